"""The evidence notebook: a card for each fact, the marked article, and what proves it complete.

Each fact has a cell of its own whose id is the fact's id, so that a link from
anywhere lands on it. ``sync`` keeps those cells in step with the data.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence

import nbformat

from shenyang import facts as data
from shenyang import quantity as qty
from shenyang.facts import THEMES, Fact, Facts, repeat_span
from shenyang.prose import date_text, target
from shenyang.quantity import Quantity
from shenyang.tables import Cell, Column, Table, number, printed, text

_KINDS = {
    "furniture": "page furniture 页面信息",
    "date": "dates 日期",
    "period": "spans of time 时段",
    "name": "parts of names 名称",
    "phrase": "idioms and words 词语",
}
# Cells that hold a code of words: shown with spaces.
_CODES = ("stage", "relation", "kind")
_THEME_TITLES = {
    "platforms": "Platforms 创新平台",
    "enterprises": "Enterprises 科技型企业",
    "technology_transfer": "Technology transfer 成果转化",
    "major_projects": "Major projects 重大项目",
}


class Markdown:
    """Markdown for display, with itself as the plain text, so that a comparison of outputs reads it."""

    def __init__(self, source: str) -> None:
        self.source = source

    def __repr__(self) -> str:
        return self.source

    def _repr_markdown_(self) -> str:
        return self.source


# --- cards --------------------------------------------------------------------


def card(id: str, facts: Facts | None = None) -> Markdown:
    """Everything there is to know of fact ``id``: value, interval, sentence or formula, care, uses."""
    f = facts or data.load()
    fact = f[id]
    lines = {"claim": _claim_lines, "derived": _derived_lines, "counted": _counted_lines}[fact.kind](f, fact)
    uses = f.uses_of(id)
    if uses:
        lines.append(("Used in", ", ".join(_reference(u) for u in uses)))
    head = f"### {fact.id}\n\n{fact.label_en} · {fact.label_zh}\n\n**{fact.english}** · **{fact.chinese}**"
    return Markdown(head + "\n\n" + _quotes(f, fact) + "\n".join(f"- {name}: {value}" for name, value in lines))


def _claim_lines(f: Facts, fact: Fact) -> list[tuple[str, str]]:
    row, span = fact.row, f.span(fact.id)
    where = f"`{fact.file}`, row {fact.line}; article, paragraph {f.article.paragraph_of(span)}, characters {span.start}–{span.end}"
    quoted = " and ".join(f"`{row[q]}`" for q in ("quote", "repeat_quote") if row[q])
    lines = [("Interval", fact.interval), ("Measure", f"{row['measure']}, {_subject(f, row['subject'])}")]
    lines += [
        ("Period", _period(row)),
        ("Care", row["note"]),
        ("Decided", _decisions(f, fact.id)),
        ("Quoted as", quoted),
        ("Stands in", where),
    ]
    return [(name, value) for name, value in lines if value]


def _derived_lines(f: Facts, fact: Fact) -> list[tuple[str, str]]:
    row = fact.row
    formula = re.sub(r"[a-z]\w*", lambda m: _reference(m[0]), row["formula"])
    inputs = "; ".join(f"{_reference(i)} {f[i].english}" for i in fact.uses)
    status = f"conditional. {row['assumption']}" if row["assumption"] else "robust: follows from the printed numbers"
    lines = [("Interval", fact.interval), ("Formula", formula), ("From", inputs), ("Status", status)]
    lines += [
        ("Care", row["note"]),
        ("Decided", _decisions(f, fact.id)),
        ("Stands in", f"`{fact.file}`, row {fact.line}"),
    ]
    return [(name, value) for name, value in lines if value]


def _counted_lines(f: Facts, fact: Fact) -> list[tuple[str, str]]:
    return [("Counted from", fact.file)]


def _quotes(f: Facts, fact: Fact) -> str:
    """The sentences a claim is printed in, its number in bold."""
    if fact.kind != "claim":
        return ""
    spans = [f.span(fact.id)] + ([repeat_span(f.article, fact.row)] if fact.row["repeat_quote"] else [])
    return "".join(f"> {_sentence(f, span.start, span.end)}\n\n" for span in spans)


def _sentence(f: Facts, start: int, end: int) -> str:
    """The sentence around a place of the article, the place in bold."""
    whole = f.article.text
    left = max(whole.rfind(c, 0, start) for c in "。\n") + 1
    right = min(n for n in (whole.find("。", end) + 1 or len(whole), whole.find("\n", end), len(whole)) if n >= 0)
    return whole[left:start] + f"**{whole[start:end]}**" + whole[end:right]


def _subject(f: Facts, id: str) -> str:
    row = next(r for t in ("organisations", "projects", "policies") for r in f.tables[t] if r["id"] == id)
    return f"{row['label_en']} {row['label_zh']}"


def _period(row: dict[str, str]) -> str:
    start, end = (date_text(row[k]) if row[k] else "" for k in ("period_start", "period_end"))
    if not end:
        return ""
    dates = end if start == end else f"{start} to {end}" if start else f"as of {end}"
    return f"{dates} ({row['period_basis']})"


def _decisions(f: Facts, id: str) -> str:
    return "; ".join(f"{r['decision']} ({r['id']})" for r in f.tables["decisions"] if id in r["ids"].split())


def _reference(id: str) -> str:
    """A link to the card of a fact, or to the table of checks."""
    return f"[{id}]({target('checks-table' if id.startswith('check_') else id)})"


# --- the article --------------------------------------------------------------


def marked_article(facts: Facts | None = None) -> Markdown:
    """The article, paragraph by paragraph, each claim's number a link to its card."""
    f = facts or data.load()
    marks: dict[tuple[int, int], list[str]] = {}
    for fact in f.of_kind("claim"):
        marks.setdefault((f.span(fact.id).start, f.span(fact.id).end), []).append(fact.id)
        if fact.row["repeat_quote"]:
            again = repeat_span(f.article, fact.row)
            marks.setdefault((again.start, again.end), []).append(fact.id)
    out = []
    for n, paragraph in enumerate(f.article.paragraphs(), 1):
        line, at = "", paragraph.start
        for (start, end), ids in sorted(marks.items()):
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
    rows += [[text("left over 未处理"), text("0")], [text("all numerals 全部数字"), number(facts["counted_numerals"])]]
    return Table(
        "Numerals in the article 文中数字", [Column("Accounted for as", share=3), Column("Numerals", end=True)], rows
    )


def checks(facts: Facts) -> Table:
    """The consistency checks with their two sides and the verdict."""
    rows = []
    for c in facts.checks:
        sides = [text(_side(facts, q)) for q in (c.left_quantity, c.right_quantity)]
        what = [text(c.label_en, c.label_zh), text(f"{c.id}: {c.left} {c.relation} {c.right}")]
        rows.append([*what, *sides, text(c.verdict), text(c.note)])
    columns = [
        Column("Check", share=2.4),
        Column("Formula", share=2.6),
        Column("Left", end=True),
        Column("Right", end=True),
        Column("Verdict", share=0.8),
        Column("Note", share=2),
    ]
    note = "holds: for every value that rounding allows; fits: for some; fails: for none."
    return Table("The article against itself 一致性检验", columns, rows, note)


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
        Column("Claim", share=2),
        Column("As printed", end=True),
        Column("First", share=2),
        Column("Again", share=2),
    ]
    return Table("Printed twice, with the same number 两次刊出", columns, rows)


def rows(facts: Facts, table: str, columns: Sequence[str]) -> Table:
    """One CSV as it stands, row by row. A column may join several: ``"label_en label_zh"``.

    Widths follow from what the cells hold.
    """
    groups = [c.split() for c in columns]
    body = [
        [text(*(r[c].replace("_", " ") if c in _CODES else r[c] for c in g)) for g in groups]
        for r in facts.tables[table]
    ]
    # By the filled cells: a column of few notes needs the room of a note.
    lengths = [[len(row[i].text) for row in body if row[i].text] or [0] for i in range(len(groups))]
    shares = [max(0.7, math.sqrt(sum(n) / len(n))) for n in lengths]
    titles = facts.titles[table]
    heads = [Column(titles[g[0]], share=round(share, 1)) for g, share in zip(groups, shares, strict=True)]
    return Table(titles[""], heads, body)


def scoreboard(facts: Facts, rows: Iterable[tuple[str, str, str]]) -> Table:
    """Headline figures beside what they imply for a year earlier.

    ``rows`` are ids: the figure, its growth rate (or empty), the implied earlier figure (or empty).
    """

    def cell(id: str, show: Callable[[Fact], Cell]) -> Cell:
        return show(facts[id]) if id else text("not printed")

    def interval(id: str) -> Cell:
        return text((facts[id].interval or "exact") if id else "")

    body = [
        [
            text(facts[a].label_en, facts[a].label_zh),
            printed(facts[a]),
            number(facts[a]),
            cell(g, number),
            cell(e, number),
            interval(e),
        ]
        for a, g, e in rows
    ]
    columns = [
        Column("Measure 指标", share=2.6),
        Column("As printed", end=True),
        Column("Reads as", end=True, share=1.5),
        Column("Growth", end=True),
        Column("Implied before", end=True, share=1.5),
        Column("Interval", end=True, share=1.9),
    ]
    note = "Implied before: a year earlier where the article prints a growth rate, before the additions where it prints an addition, and as printed for high-tech firms above the threshold; each under the assumption on its card."
    return Table("Headline figures, as printed and as implied 主要数字", columns, body, note)


def listing(facts: Facts, caption: str, ids: Iterable[str]) -> Table:
    """Facts with what is printed, what it reads as and what to take care of."""
    rows = [
        [
            text(f.label_en, f.label_zh),
            printed(f),
            number(f),
            text(f.row.get("measure", "")),
            text(f.row.get("note", "")),
        ]
        for f in (facts[i] for i in ids)
    ]
    columns = [
        Column("What 内容", share=2),
        Column("As printed", end=True),
        Column("Reads as", end=True, share=1.4),
        Column("Measure", share=0.8),
        Column("Care", share=3.4),
    ]
    return Table(caption, columns, rows)


# --- the notebook ----------------------------------------------------------------


def _section(id: str, title: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(title, id=id, metadata={"tags": ["synced"]})


def _card_cell(id: str) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(f'evidence.card("{id}")', id=id)
    cell.metadata = nbformat.from_dict({"jupyter": {"source_hidden": True}, "tags": ["synced", "keep-together"]})
    return cell


def sync(notebook: nbformat.NotebookNode, facts: Facts) -> nbformat.NotebookNode:
    """The evidence notebook with exactly one card cell a fact, under a heading a theme.

    The cells tagged ``synced`` are replaced where the first of them stands; all others stay.
    """
    cells = []
    for theme in THEMES:
        cells.append(_section(f"section-{theme}", f"## {_THEME_TITLES[theme]}"))
        cells += [_card_cell(f.id) for f in facts.of_kind("claim") if f.file == f"data/{theme}.csv"]
    cells.append(_section("section-derived", "## Derived figures 推算值"))
    cells += [_card_cell(f.id) for f in facts.of_kind("derived")]
    cells.append(_section("section-counted", "## Counts of the curated data 数据计数"))
    cells += [_card_cell(f.id) for f in facts.of_kind("counted")]
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
