"""The tables that notebooks show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from tieout.data.dataset import Dataset
from tieout.data.fact import CHECKS, EVIDENCE, Fact
from tieout.data.verdicts import VERDICTS
from tieout.numbers.relations import RELATIONS
from tieout.prose import notebooks
from tieout.prose.links import cited
from tieout.prose.sides import OUTCOMES, short, side
from tieout.show.cards import Markdown
from tieout.show.tables import Cell, Column, Table, bare_interval, number, printed, text, unit, value
from tieout.text.dates import date_text


def contents(facts: Dataset) -> Markdown:
    """The other notebooks with their title, question and number of figures, from the notebooks themselves."""
    lines = []
    for path in sorted((facts.root / "notebooks").glob("[0-9]*.ipynb")):
        opening = notebooks.read(facts.root, path.stem)[0]["source"]
        title, question = (
            opening.split("\n")[0].removeprefix("# "),
            re.search(r"\*\*Question\.\*\* (.*)", opening),
        )
        drawn = sum(row["notebook"] == path.stem for row in facts.tables["figures"])
        figures = f" Figures: {drawn}." if drawn else ""
        if not path.stem.startswith("00") and question:
            lines.append(f"- [{path.stem}]({path.name}): **{title}.** {question[1]}{figures}")
    return Markdown("\n".join(lines))


def pages(facts: Dataset) -> Markdown:
    """The pages of evidence, each with what it holds and how many cards."""
    counts = Counter(f"{EVIDENCE}/{fact.page}.md" for fact in facts.by_id.values())
    lines = [
        f"- [{name.removeprefix(f'{EVIDENCE}/').removesuffix('.md')}]({name}): {n} cards" for name, n in counts.items()
    ]
    return Markdown(
        "\n".join([*lines, f"- [checks]({CHECKS}): {len(facts.checks)} checks of the article against itself"])
    )


def completeness(facts: Dataset) -> Table:
    """Every numeral of the article by what accounts for it."""
    counts = {kind: sum(n.kind == kind for n in facts.numerals) for kind in facts.project.dismissed}
    rows = [[text("curated as claims 论断"), number(facts["counted_numerals_claimed"])]]
    rows += [[text(f"dismissed: {facts.project.dismissed[kind]}"), text(f"{n:,}")] for kind, n in counts.items()]
    left = sum(not (n.claims or n.kind) for n in facts.numerals)
    rows += [[text("left over 未处理"), text(f"{left:,}")]]
    rows += [[text("all numerals 全部数字"), number(facts["counted_numerals"])]]
    columns = [Column("Accounted for as"), Column("Numerals", end=True)]
    return Table("Numerals in the article 文中数字", columns, rows, source=origin(facts, ["data/not_data.csv"]))


def checks(facts: Dataset) -> Table:
    """The consistency checks with their two sides and the verdict."""
    rows = []
    for c in facts.checks:
        sides = [text(side(facts, q)) for q in (c.left_quantity, c.right_quantity)]
        what = [text(c.label_en, c.label_zh), text(f"{c.id}: {c.left} {c.relation} {c.right}")]
        rows.append([*what, *sides, text(c.verdict), text(c.note)])
    columns = [
        Column("Check"),
        Column("Formula"),
        Column("Left", end=True),
        Column("Right", end=True),
        Column("Verdict"),
        Column("Note"),
    ]
    note = "holds: for every value that rounding allows; fits: for some; fails: for none."
    return Table("The article against itself 一致性检验", columns, rows, note, origin(facts, ["data/checks.csv"]))


def verdicts(facts: Dataset, caption: str) -> Table:
    """The headlines by verdict, each with the comparisons it follows from, their sources and the reading."""
    body = []
    for headline in (h for v in VERDICTS for h in facts.headlines.values() if h.verdict == v):
        found = [f"{c.label_en}: {short(facts, c.right_quantity)}" for c in headline.deciding]
        cites = "; ".join(dict.fromkeys(cited(s) for c in headline.deciding for s in c.sources))
        body.append(
            [
                text(facts.label(f"verdict:{headline.verdict}")),
                text(headline.label_en, headline.label_zh),
                number(facts[headline.id]),
                text("; ".join(found) + f" ({cites})" if found else "–"),
                text(headline.row["reading_en"]),
            ]
        )
    columns = ["Verdict 结论", "Figure 数字", "In the article 本文", "Beside it 其他来源", "Reading 解读"]
    source_line = origin(facts, ["data/headlines.csv", "data/crosschecks.csv"], others=True)
    return Table(caption, [Column(c) for c in columns], body, source=source_line)


def crosschecks(facts: Dataset, caption: str, ids: Iterable[str]) -> Table:
    """The comparisons of headlines ``ids``, both sides computed, with their outcome."""
    body = []
    for headline in (facts.headlines[id] for id in ids):
        for c in headline.comparisons:
            near = "" if c.row["definition"] == "same" else "; definitions near, not the same"
            bound = c.right_quantity.relation != "="
            body.append(
                [
                    text(headline.label_en, headline.label_zh),
                    text(short(facts, c.left_quantity)),
                    text(RELATIONS[c.relation].between, *["a figure of"] * bound, short(facts, c.right_quantity)),
                    text(f"{c.label_en}.", c.note),
                    text(OUTCOMES[c.verdict] + near),
                    text("; ".join(cited(s) for s in c.sources)),
                ]
            )
    columns = ["Figure 数字", "Article 本文", "Should be 应为", "Why 依据", "Outcome 结果", "Other sources 其他来源"]
    source_line = origin(facts, ["data/crosschecks.csv", "data/context.csv"], others=True)
    return Table(caption, [Column(c) for c in columns], body, source=source_line)


def repeats(facts: Dataset) -> Table:
    """The claims that the article prints twice, with both prints."""
    rows = []
    for fact in facts.of_kind("claim"):
        if fact.row["repeat_quote"]:
            rows.append(
                [
                    text(fact.label_en, fact.label_zh),
                    printed(fact),
                    text(fact.row["quote"]),
                    text(fact.row["repeat_quote"]),
                ]
            )
    columns = [
        Column("Claim"),
        Column("As printed", end=True),
        Column("First"),
        Column("Again"),
    ]
    files = (f.file for f in facts.of_kind("claim"))
    return Table("Printed twice, with the same number 两次刊出", columns, rows, source=origin(facts, files))


def rows(facts: Dataset, table: str, columns: Sequence[str], kinds: Sequence[str] = (), caption: str = "") -> Table:
    """One CSV as it stands, row by row, or only its rows of some ``kinds``; the caption is its title if none is given.

    A column may join several: ``"label_en label_zh"``; ``label`` is what a fact is called that has its row elsewhere.
    """
    groups = [c.split() for c in columns]
    found = [r for r in facts.tables[table] if not kinds or r["kind"] in kinds]
    # Columns that say the same in one row (a plural that is the singular) say it once.
    body = [
        [text(*dict.fromkeys(_shown(facts, table, c, r["id"] if c == "label" else r[c]) for c in g)) for g in groups]
        for r in found
    ]
    titles, outside = {"label": "Label"} | facts.titles[table], table in ("sources", "context")
    mixed = outside or table in ("comparisons", "headlines", "crosschecks")
    source_line = origin(facts, [f"data/{table}.csv"], others=mixed, article=not outside)
    return Table(caption or titles[""], [Column(titles[g[0]]) for g in groups], body, source=source_line)


def _shown(facts: Dataset, table: str, column: str, cell: str) -> str:
    """A code in words, the words of a figure with their numbers, anything else as it stands."""
    if column == "label" or (table, column) in facts.project.named:
        return f"{facts.label(cell)} {facts.label(cell, 'zh')}"
    code = f"{'phase' if column == 'group' else column}:{cell}"
    if code in facts.things:
        return facts.things[code]["label_en"]
    if table == "figures":
        return facts.fill(cell, "zh" if column.endswith("_zh") else "en")
    return cell.replace("_", " ") if column in ("kind", "column") else cell


def listing(facts: Dataset, caption: str, ids: Iterable[str], care: bool = True) -> Table:
    """Facts with what is printed, their value, unit and interval, and what to take ``care`` of.

    A unit that all share stands in the header; columns that would be empty are left out.
    """
    found = [facts[i] for i in ids]
    units = dict.fromkeys(unit(f).text for f in found)
    head = f"Value 数值, {next(iter(units))}" if len(units) == 1 else "Value 数值"
    columns: list[tuple[Column, list[Cell]]] = [
        (Column("What 内容"), [called(f) for f in found]),
        (Column("As printed 原文", end=True), [printed(f) if f.kind == "claim" else text("computed") for f in found]),
        (Column("Measure 类别"), [text(_measure(facts, f)) for f in found]),
        (Column(head, end=True), [value(f) for f in found]),
        (Column("Unit 单位"), [unit(f) for f in found] if len(units) > 1 else []),
        (Column("Interval 区间", end=True), [text(bare_interval(f)) for f in found]),
        (
            Column("Care 注意"),
            [text(f.row.get("assumption", ""), f.row.get("note", "")) for f in found] if care else [],
        ),
    ]
    kept = [(c, cells) for c, cells in columns if any(cell.text for cell in cells)]
    if len({_measure(facts, f) for f in found}) == 1:
        kept = [(c, cells) for c, cells in kept if not c.header.startswith("Measure")]
    body = [list(row) for row in zip(*(cells for _, cells in kept), strict=True)]
    return Table(caption, [c for c, _ in kept], body, source=origin(facts, (f.file for f in found)))


def origin(facts: Dataset, files: Iterable[str], others: bool = False, article: bool = True) -> str:
    """The source line of a table: the article, other sources, or both."""
    own = f"{facts.project.newspaper}, {date_text(facts.project.date)}"
    named = [own] * article + ["other sources as listed in data/sources.csv"] * others
    return f"Source: {'; '.join(named)}; data: {', '.join(dict.fromkeys(files))}"


def called(fact: Fact) -> Cell:
    return text(fact.label_en, fact.label_zh)


def _measure(facts: Dataset, fact: Fact) -> str:
    return facts.label(f"measure:{fact.row['measure']}") if fact.kind == "claim" else ""
