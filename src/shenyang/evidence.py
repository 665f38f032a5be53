"""The evidence notebook: a card for each fact, the marked article, and what proves it complete.

Each fact has a cell of its own whose id is the fact's id, so that a link from
anywhere lands on it. ``sync`` keeps those cells in step with the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import nbformat

from shenyang import article as source
from shenyang import facts as data
from shenyang import quantity as qty
from shenyang.article import Span
from shenyang.claims import THEMES, repeat_span
from shenyang.context import VERDICTS
from shenyang.fact import Fact
from shenyang.facts import Facts
from shenyang.prose import cited, target
from shenyang.quantity import Quantity
from shenyang.schema import date_text
from shenyang.tables import Cell, Column, Table, bare_interval, number, printed, text, unit, value

_KINDS = {
    "furniture": "page furniture 页面信息",
    "date": "dates 日期",
    "period": "spans of time 时段",
    "name": "parts of names 名称",
    "phrase": "idioms and words 词语",
}


class Markdown:
    """Markdown for display, with itself as the plain text, so that a comparison of outputs reads it."""

    def __init__(self, source: str) -> None:
        self.source = source

    def __repr__(self) -> str:
        return self.source

    def _repr_markdown_(self) -> str:
        return self.source


def contents(facts: Facts) -> Markdown:
    """The other notebooks with their title, question and number of figures, from the notebooks themselves."""
    lines = []
    for path in sorted((source.root() / "notebooks").glob("[0-9]*.ipynb")):
        opening = nbformat.read(path, 4).cells[0].source
        title, question = opening.split("\n")[0].removeprefix("# "), re.search(r"\*\*Question\.\*\* (.*)", opening)
        drawn = sum(row["notebook"] == path.stem for row in facts.tables["figures"])
        figures = f" Figures: {drawn}." if drawn else ""
        if not path.stem.startswith("00") and question:
            lines.append(f"- [{path.stem}]({path.name}): **{title}.** {question[1]}{figures}")
    return Markdown("\n".join(lines))


# --- cards --------------------------------------------------------------------


def card(id: str, facts: Facts | None = None) -> Markdown:
    """Everything there is to know of fact ``id``: value, interval, sentence or formula, care, uses."""
    f = facts or data.load()
    fact = f[id]
    lines = _LINES[fact.kind](f, fact)
    uses = f.uses_of(id)
    if uses:
        compared = {c.id: f"the comparison “{f.headlines[c.row['headline']].label_en}”" for c in f.crosschecks}
        lines.append(("Used in", ", ".join(dict.fromkeys(compared.get(u) or _reference(u) for u in uses))))
    values = " · ".join(f"**{value}**" for value in dict.fromkeys((fact.english, fact.chinese)))
    outside = "\n\n*Not from the article 非本文数据*" if fact.outside else ""
    head = f"### {fact.id}\n\n{fact.label_en} · {fact.label_zh}{outside}\n\n{values}"
    return Markdown(head + "\n\n" + _quotes(f, fact) + "\n".join(f"- {name}: {value}" for name, value in lines))


def _claim_lines(f: Facts, fact: Fact) -> list[tuple[str, str]]:
    row, span = fact.row, f.span(fact.id)
    where = f"`{fact.file}`, row {fact.line}; article, paragraph {f.article.paragraph_of(span)}, characters {span.start}–{span.end}"
    quoted = " and ".join(_quoted(row[q]) for q in ("quote", "repeat_quote") if row[q])
    lines = [("Interval", fact.interval), ("Measure", f"{row['measure']}, {_subject(f, row['subject'])}")]
    lines += [
        ("Period", period(row)),
        ("Care", row["note"]),
        ("Decided", _decisions(f, fact.id)),
        ("Quoted as", quoted),
        ("In English", row["quote_en"]),
        ("Stands in", where),
    ]
    return [(name, value) for name, value in lines if value]


def _derived_lines(f: Facts, fact: Fact) -> list[tuple[str, str]]:
    row = fact.row
    formula = re.sub(r"[a-z]\w*", lambda m: _reference(m[0]), row["formula"])
    inputs = "; ".join(f"{_reference(i)} {f[i].english}" for i in fact.uses)
    status = {
        "robust": "robust: follows from the printed numbers",
        "conditional": f"conditional. {row['assumption']}",
        "impossible": f"impossible to the unit: no whole number lies in the interval. It was assumed: {row['assumption']}",
    }[row["status"]]
    lines = [("Interval", fact.interval), ("Formula", formula), ("From", inputs), ("Status", status)]
    lines += [
        ("Care", row["note"]),
        ("Decided", _decisions(f, fact.id)),
        ("Stands in", f"`{fact.file}`, row {fact.line}"),
    ]
    return [(name, value) for name, value in lines if value]


def _counted_lines(f: Facts, fact: Fact) -> list[tuple[str, str]]:
    lines = [("Counted from", fact.file)]
    for row in fact.members:
        id = row.get("id") or row["subject"]
        quote = row.get("quote") or f[id].row.get("quote")
        lines.append(
            (_reference(id) if id in f else f.label(id), _quoted(quote) if quote else f"`{f[id].row['formula']}`")
        )
    return lines


def _record_lines(f: Facts, fact: Fact) -> list[tuple[str, str]]:
    row, source = fact.row, fact.source
    # A copy on another site is named, not linked to: such sites change hands.
    address = f"`{source['address']}`" if source["reliability"] == "reprint" else f"<{source['address']}>"
    lines = [
        (
            "Printed by",
            f"{_escape(cited(source))} · {_escape(source['publisher_zh'])}, “{_escape(source['title'])}”, {address}",
        ),
        ("Reliability", f"{f.label('reliability:' + source['reliability'])}; {f.label('origin:' + source['origin'])}"),
        ("As printed", _escape(as_said(fact))),
        ("Interval", fact.interval),
        ("Measure", f"{row['measure']}, {f.label('geography:' + row['geography'])}"),
        ("Period", _covered(row)),
        ("Definition", row["definition"]),
        ("Care", " ".join(filter(None, (row["note"], source["note"])))),
        ("Decided", _decisions(f, fact.id)),
        ("Stands in", f"`{fact.file}`, row {fact.line}"),
    ]
    return [(name, value) for name, value in lines if value]


def as_said(record: Fact) -> str:
    """The characters in which a source gives a number, or that it was counted."""
    return record.row["as_printed"] or "counted from the names printed"


_LINES = {
    "claim": _claim_lines,
    "derived": _derived_lines,
    "compared": _derived_lines,
    "counted": _counted_lines,
    "record": _record_lines,
}


def _quoted(words: str) -> str:
    return f"「{_escape(words)}」"


def _quotes(f: Facts, fact: Fact) -> str:
    """The sentences that a fact rests on, the numbers in bold: those of a claim, or of all claims in a formula."""
    if fact.kind == "claim" and fact.row["repeat_quote"]:
        spans = [f.span(fact.id), repeat_span(f.article, fact.row, fact.unit)]
    else:
        spans = [f.span(id) for id in fact.quantity.ids if f[id].kind == "claim"]
    sentences: dict[tuple[int, int], list[Span]] = {}
    for span in spans:
        sentences.setdefault(_sentence(f, span), []).append(span)
    return "".join(f"> {_marked(f, place, found)}\n\n" for place, found in sentences.items())


def _sentence(f: Facts, span: Span) -> tuple[int, int]:
    """Where the sentence around a place of the article starts and ends."""
    whole = f.article.text
    left = max(whole.rfind(c, 0, span.start) for c in "。\n") + 1
    ends = (whole.find("。", span.end) + 1 or len(whole), whole.find("\n", span.end), len(whole))
    return left, min(n for n in ends if n >= 0)


def _marked(f: Facts, place: tuple[int, int], spans: list[Span]) -> str:
    out, at = "", place[0]
    for span in sorted(set(spans), key=lambda s: s.start):
        out += f.article.text[at : span.start] + f"**{f.article.text[span.start : span.end]}**"
        at = span.end
    return out + f.article.text[at : place[1]]


def _subject(f: Facts, id: str) -> str:
    row = next(r for t in ("organisations", "projects", "policies") for r in f.tables[t] if r["id"] == id)
    return f"{row['label_en']} {row['label_zh']}"


def period(row: dict[str, str]) -> str:
    """The period of a claim in words, and whether it is printed or inferred; empty if it has none."""
    dates = _covered(row)
    return f"{dates} ({row['period_basis']})" if dates else ""


def _covered(row: dict[str, str]) -> str:
    start, end = (date_text(row[k]) if row[k] else "" for k in ("period_start", "period_end"))
    if not end:
        return ""
    return end if start == end else f"{start} to {end}" if start else f"as of {end}"


def _decisions(f: Facts, id: str) -> str:
    return "; ".join(f"{r['decision']} ({r['id']})" for r in f.tables["decisions"] if id in r["ids"].split())


def _reference(id: str) -> str:
    """A link to the card of a fact, or to the table of checks."""
    return f"[{id}]({target('checks-table' if id.startswith('check_') else id)})"


# --- the article --------------------------------------------------------------


def sentences(facts: Facts) -> Iterator[Span]:
    """The sentences of the article, in order; a line without a full stop is one."""
    for paragraph in facts.article.paragraphs():
        words = facts.article.text[paragraph.start : paragraph.end]
        for m in re.finditer(r"[^。！？]+[。！？]*[”」）]*", words):
            yield Span(paragraph.start + m.start(), paragraph.start + m.end())


def marks(facts: Facts) -> dict[tuple[int, int], list[str]]:
    """Where the article prints claims, in its order: start and end of the number, and the claims it belongs to."""
    found: dict[tuple[int, int], list[str]] = {}
    for fact in facts.of_kind("claim"):
        found.setdefault((facts.span(fact.id).start, facts.span(fact.id).end), []).append(fact.id)
        if fact.row["repeat_quote"]:
            again = repeat_span(facts.article, fact.row, fact.unit)
            found.setdefault((again.start, again.end), []).append(fact.id)
    return dict(sorted(found.items()))


def marked_article(facts: Facts | None = None) -> Markdown:
    """The article, paragraph by paragraph, each claim's number a link to its card."""
    f = facts or data.load()
    places = marks(f)
    out = []
    for n, paragraph in enumerate(f.article.paragraphs(), 1):
        line, at = "", paragraph.start
        for (start, end), ids in places.items():
            if paragraph.start <= start < paragraph.end:
                line += _escape(f.article.text[at:start])
                line += f'[**{f.article.text[start:end]}**]({target(ids[0])} "{ids[0]}: {f[ids[0]].english}")'
                at = end
        out.append(f"¶{n} {line}{_escape(f.article.text[at : paragraph.end])}")
    return Markdown("\n\n".join(out))


def _escape(plain: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#+])", r"\\\1", plain)


# --- tables -------------------------------------------------------------------


def completeness(facts: Facts) -> Table:
    """Every numeral of the article by what accounts for it."""
    counts = {kind: sum(n.kind == kind for n in facts.numerals) for kind in _KINDS}
    rows = [[text("curated as claims 论断"), number(facts["counted_numerals_claimed"])]]
    rows += [[text(f"dismissed: {_KINDS[kind]}"), text(f"{n:,}")] for kind, n in counts.items()]
    left = sum(not (n.claims or n.kind) for n in facts.numerals)
    rows += [[text("left over 未处理"), text(f"{left:,}")]]
    rows += [[text("all numerals 全部数字"), number(facts["counted_numerals"])]]
    columns = [Column("Accounted for as"), Column("Numerals", end=True)]
    return Table("Numerals in the article 文中数字", columns, rows, source=origin(["data/not_data.csv"]))


def checks(facts: Facts) -> Table:
    """The consistency checks with their two sides and the verdict."""
    rows = []
    for c in facts.checks:
        sides = [text(_side(facts, q)) for q in (c.left_quantity, c.right_quantity)]
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
    return Table("The article against itself 一致性检验", columns, rows, note, origin(["data/checks.csv"]))


def verdicts(facts: Facts, caption: str) -> Table:
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
    source_line = origin(["data/headlines.csv", "data/crosschecks.csv"], others=True)
    return Table(caption, [Column(c) for c in columns], body, source=source_line)


RELATIONS = {"=": "equal to", ">=": "at least", "<=": "at most", ">": "more than", "<": "less than", "in": "within"}
_OUTCOMES = {"holds": "holds", "fits": "fits, within rounding or an open bound", "fails": "fails"}


def crosschecks(facts: Facts, caption: str, ids: Iterable[str]) -> Table:
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
                    text(RELATIONS[c.relation], *["a figure of"] * bound, short(facts, c.right_quantity)),
                    text(f"{c.label_en}.", c.note),
                    text(_OUTCOMES[c.verdict] + near),
                    text("; ".join(cited(s) for s in c.sources)),
                ]
            )
    columns = ["Figure 数字", "Article 本文", "Should be 应为", "Why 依据", "Outcome 结果", "Other sources 其他来源"]
    source_line = origin(["data/crosschecks.csv", "data/context.csv"], others=True)
    return Table(caption, [Column(c) for c in columns], body, source=source_line)


def short(facts: Facts, q: Quantity) -> str:
    """One side of a comparison as its value, in percent if it is a ratio."""
    q = q.to("percent") if q.unit.dimensionless else q
    return qty.english(q, facts.units[data.unit_id(q)])


def _side(facts: Facts, q: Quantity) -> str:
    """One side of a check: its interval if it has one, in percent if it is a ratio."""
    if q.unit.dimensionless:
        q = q.to("percent")
    unit = facts.units[data.unit_id(q)]
    return qty.interval(q, unit) or qty.english(q, unit)


def repeats(facts: Facts) -> Table:
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
    return Table("Printed twice, with the same number 两次刊出", columns, rows, source=origin(files))


def rows(facts: Facts, table: str, columns: Sequence[str], kinds: Sequence[str] = (), caption: str = "") -> Table:
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
    source_line = origin([f"data/{table}.csv"], others=mixed, article=not outside)
    return Table(caption or titles[""], [Column(titles[g[0]]) for g in groups], body, source=source_line)


def _shown(facts: Facts, table: str, column: str, cell: str) -> str:
    """A code in words, the words of a figure with their numbers, anything else as it stands."""
    named = {("superlatives", "what"), ("statements", "subject"), ("breakthroughs", "subject")}
    if column == "label" or (table, column) in named:
        return f"{facts.label(cell)} {facts.label(cell, 'zh')}"
    code = f"{'phase' if column == 'group' else column}:{cell}"
    if code in facts.things:
        return facts.things[code]["label_en"]
    if table == "figures":
        return facts.fill(cell, "zh" if column.endswith("_zh") else "en")
    return cell.replace("_", " ") if column in ("kind", "column") else cell


def scoreboard(facts: Facts, rows: Sequence[tuple[str, str, str]]) -> Table:
    """Headline figures beside what they imply for the time before.

    ``rows`` are ids: the figure, its growth rate (or empty), the earlier figure (or empty).
    """
    body, files = [], [facts[id].file for row in rows for id in row if id]
    for now, growth, before in rows:
        cells = [value(facts[id], like) if id else text("–") for id, like in ((growth, None), (before, facts[now]))]
        interval = bare_interval(facts[before], facts[now]) if before else ""
        body.append(
            [_called(facts[now]), printed(facts[now]), value(facts[now]), unit(facts[now]), *cells, text(interval)]
        )
    columns = [
        Column("Measure 指标"),
        Column("As printed 原文", end=True),
        Column("Value 数值", end=True),
        Column("Unit 单位"),
        Column("Growth, % 增长", end=True),
        Column("Before 此前", end=True),
        Column("Its interval 区间", end=True),
    ]
    note = "Before: a year earlier where the article prints a growth rate, before the additions where it prints an addition, and as printed for high-tech firms above the threshold; each under the assumption stated with it. –: not printed. No interval: exact."
    return Table("Headline figures, as printed and as implied 主要数字", columns, body, note, origin(files))


def listing(facts: Facts, caption: str, ids: Iterable[str], care: bool = True) -> Table:
    """Facts with what is printed, their value, unit and interval, and what to take ``care`` of.

    A unit that all share stands in the header; columns that would be empty are left out.
    """
    found = [facts[i] for i in ids]
    units = dict.fromkeys(unit(f).text for f in found)
    head = f"Value 数值, {next(iter(units))}" if len(units) == 1 else "Value 数值"
    columns: list[tuple[Column, list[Cell]]] = [
        (Column("What 内容"), [_called(f) for f in found]),
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
    return Table(caption, [c for c, _ in kept], body, source=origin(f.file for f in found))


def register(facts: Facts, caption: str, ids: Iterable[str]) -> Table:
    """Projects with owner, stage in the article's words, date, claimed first and the sentence they rest on."""
    firsts = {r["id"]: r["among_en"] for r in facts.tables["superlatives"]}
    among = {facts[id].row["subject"]: words for id, words in firsts.items() if facts[id].row["measure"] == "ordinal"}
    rows = {r["id"]: r for r in facts.tables["projects"]}
    body = []
    for row in (rows[id] for id in ids):
        first = f"{row['first_printed']}: {among[row['id']]}" if row["first_printed"] else ""
        stage = facts.label(f"stage:{row['stage']}")
        body.append(
            [
                text(row["label_en"], row["label_zh"]),
                text(facts.label(row["owner"]), facts.label(row["owner"], "zh")),
                text(stage, row["stage_printed"]),
                text(date_text(row["date"]) if row["date"] else ""),
                text(first),
                text(row["quote"]),
            ]
        )
    columns = [
        Column("Project 项目"),
        Column("Whose 所属"),
        Column("Stage 阶段"),
        Column("Date 日期"),
        Column("Claimed first 首个"),
        Column("Printed as 原文"),
    ]
    return Table(caption, columns, body, source=origin(["data/projects.csv", "data/superlatives.csv"]))


def origin(files: Iterable[str], others: bool = False, article: bool = True) -> str:
    """The source line of a table: the article, other sources, or both."""
    day = date_text(source.DATE)
    named = [f"Shenyang Daily 沈阳日报, {day}"] * article + ["other sources as listed in data/sources.csv"] * others
    return f"Source: {'; '.join(named)}; data: {', '.join(dict.fromkeys(files))}"


def _called(fact: Fact) -> Cell:
    return text(fact.label_en, fact.label_zh)


def _measure(facts: Facts, fact: Fact) -> str:
    return facts.label(f"measure:{fact.row['measure']}") if fact.kind == "claim" else ""


# --- the notebook ----------------------------------------------------------------


def _section(id: str, title: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(title, id=id, metadata={"tags": ["notebook-only", "synced"]})


def _card_cell(id: str) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(f'evidence.card("{id}")', id=id)
    cell.metadata = nbformat.from_dict(
        {"jupyter": {"source_hidden": True}, "tags": ["keep-together", "notebook-only", "synced"]}
    )
    return cell


def sync(notebook: nbformat.NotebookNode, facts: Facts) -> nbformat.NotebookNode:
    """The evidence notebook with exactly one card cell a fact, under a heading a theme.

    The cells tagged ``synced`` are replaced where the first of them stands; all others stay.
    """
    cells = []
    for theme in THEMES:
        title = " ".join(facts.label(f"theme:{theme}", language) for language in ("en", "zh"))
        cells.append(_section(f"section-{theme}", f"## {title}"))
        cells += [_card_cell(f.id) for f in facts.of_kind("claim") if f.file == f"data/{theme}.csv"]
    cells.append(_section("section-derived", "## Derived figures 推算值"))
    cells += [_card_cell(f.id) for f in facts.of_kind("derived")]
    cells.append(_section("section-counted", "## Counts of the curated data 数据计数"))
    cells += [_card_cell(f.id) for f in facts.of_kind("counted")]
    cells.append(_section("section-records", "## Figures of other sources 其他来源数据"))
    cells += [_card_cell(f.id) for f in facts.of_kind("record")]
    cells.append(_section("section-compared", "## Comparisons with other sources 与其他来源的对照"))
    cells += [_card_cell(f.id) for f in facts.of_kind("compared")]
    old = {c.id: c for c in notebook.cells if "synced" in c.metadata.get("tags", [])}
    at = next((i for i, c in enumerate(notebook.cells) if c.id in old), len(notebook.cells) - 1)
    for cell in cells:
        if cell.cell_type == "code" and cell.id in old:  # keep what was run until it is run again
            cell.outputs, cell.execution_count = old[cell.id].outputs, old[cell.id].execution_count
    rest = [c for c in notebook.cells if c.id not in old]
    taken = {c.id for c in rest} & {c.id for c in cells}
    if taken:
        raise ValueError(f"facts may not be called like other cells of the notebook: {', '.join(sorted(taken))}")
    notebook.cells = rest[:at] + cells + rest[at:]
    return notebook
