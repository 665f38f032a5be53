"""Everything there is to know of one fact, or of one check, as Markdown."""

from __future__ import annotations

import re

from tieout.data.dataset import Dataset
from tieout.data.fact import CHECKS, Check, Fact
from tieout.data.wordings import Wording
from tieout.numbers.numerals import Span
from tieout.numbers.relations import RELATIONS
from tieout.prose import wordings
from tieout.prose.links import cited
from tieout.prose.sides import side
from tieout.text.dates import date_text


class Markdown:
    """Markdown for display, with itself as the plain text, so that a comparison of outputs reads it."""

    def __init__(self, source: str) -> None:
        self.source = source

    def __repr__(self) -> str:
        return self.source

    def _repr_markdown_(self) -> str:
        return self.source


def card(id: str, f: Dataset) -> Markdown:
    """Everything there is to know of fact ``id``: value, interval, sentence or formula, care, uses."""
    fact = f[id]
    lines = _LINES[fact.kind](f, fact)
    uses = f.uses_of(id)
    if uses:
        lines.append(("Used in", ", ".join(dict.fromkeys(reference(f, u) for u in uses))))
    values = " · ".join(f"**{value}**" for value in dict.fromkeys((fact.english, fact.chinese)))
    outside = "\n\n*Not from the article 非本文数据*" if fact.outside else ""
    head = f"## {fact.id}\n\n{fact.label_en} · {fact.label_zh}{outside}\n\n{values}"
    return Markdown(head + "\n\n" + _quotes(f, fact) + "\n".join(f"- {name}: {value}" for name, value in lines))


def check(check: Check, f: Dataset) -> Markdown:
    """A check of the article against itself: its sides, its outcome and what it reads."""
    left, right = (re.sub(r"[a-z]\w*", lambda m: reference(f, m[0]), side) for side in (check.left, check.right))
    lines = [
        ("Left", f"{left} = {side(f, check.left_quantity)}"),
        ("Relation", RELATIONS[check.relation].between),
        ("Right", f"{right} = {side(f, check.right_quantity)}"),
        (
            "Outcome",
            {
                "holds": "holds for every value that rounding allows",
                "fits": "fits: holds for some of the values that rounding allows",
                "fails": "fails for every value",
            }[check.verdict],
        ),
        ("Note", check.note),
    ]
    body = "\n".join(f"- {name}: {value}" for name, value in lines if value)
    return Markdown(f"## {check.id}\n\n{check.label_en} · {check.label_zh}\n\n{body}")


def wording(says: Wording, f: Dataset) -> Markdown:
    """Words that numbers may turn false: what has to hold, what is found, and a note."""
    lines = [wordings.condition(f, c, lambda id: reference(f, id)) for c in says.conditions]
    words = " · ".join(filter(None, (f"**{says.words_en}**", says.words_zh)))
    body = "\n".join(f"- {line}" for line in lines)
    note = f"\n- Note: {says.row['note']}" if says.row["note"] else ""
    return Markdown(f"## {says.id}\n\n{words}\n\nThese words hold while\n\n{body}{note}")


def _claim_lines(f: Dataset, fact: Fact) -> list[tuple[str, str]]:
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


def _derived_lines(f: Dataset, fact: Fact) -> list[tuple[str, str]]:
    row = fact.row
    formula = re.sub(r"[a-z]\w*", lambda m: reference(f, m[0]), row["formula"])
    inputs = "; ".join(f"{reference(f, i)} {f[i].english}" for i in fact.uses)
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


def _counted_lines(f: Dataset, fact: Fact) -> list[tuple[str, str]]:
    lines = [("Counted from", fact.file)]
    for row in fact.members:
        id = row.get("id") or row["subject"]
        quote = row.get("quote") or f[id].row.get("quote")
        lines.append(
            (reference(f, id) if id in f else f.label(id), _quoted(quote) if quote else f"`{f[id].row['formula']}`")
        )
    return lines


def _record_lines(f: Dataset, fact: Fact) -> list[tuple[str, str]]:
    row, source = fact.row, fact.source
    # A copy on another site is named, not linked to: such sites change hands.
    address = f"`{source['address']}`" if source["reliability"] == "reprint" else f"<{source['address']}>"
    lines = [
        (
            "Printed by",
            f"{escape(cited(source))} · {escape(source['publisher_zh'])}, “{escape(source['title'])}”, {address}",
        ),
        ("Reliability", f"{f.label('reliability:' + source['reliability'])}; {f.label('origin:' + source['origin'])}"),
        ("As printed", escape(as_said(fact))),
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
    return f"「{escape(words)}」"


def _quotes(f: Dataset, fact: Fact) -> str:
    """The sentences that a fact rests on, the numbers in bold: those of a claim, or of all claims in a formula."""
    spans = fact.spans if len(fact.spans) > 1 else [f.span(id) for id in fact.quantity.ids if f[id].kind == "claim"]
    sentences: dict[tuple[int, int], list[Span]] = {}
    for span in spans:
        sentences.setdefault(_sentence(f, span), []).append(span)
    return "".join(f"> {_marked(f, place, found)}\n\n" for place, found in sentences.items())


def _sentence(f: Dataset, span: Span) -> tuple[int, int]:
    """Where the sentence around a place of the article starts and ends."""
    whole = f.article.text
    left = max(whole.rfind(c, 0, span.start) for c in "。\n") + 1
    ends = (whole.find("。", span.end) + 1 or len(whole), whole.find("\n", span.end), len(whole))
    return left, min(n for n in ends if n >= 0)


def _marked(f: Dataset, place: tuple[int, int], spans: list[Span]) -> str:
    marks = {(s.start, s.end): True for s in sorted(spans, key=lambda s: s.start)}
    return "".join(f"**{words}**" if mark else words for words, mark in f.article.pieces(Span(*place), marks))


def _subject(f: Dataset, id: str) -> str:
    row = next(r for t in f.project.registers for r in f.tables[t] if r["id"] == id)
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


def _decisions(f: Dataset, id: str) -> str:
    return "; ".join(f"{r['decision']} ({r['id']})" for r in f.tables["decisions"] if id in r["ids"].split())


def reference(f: Dataset, id: str) -> str:
    """A link to the card of a fact, a wording or a check; a comparison with other sources is called by its figure."""
    if id in f:
        return f"[{id}]({f[id].card})"
    if id in f.wordings:
        return f"[“{f.wordings[id].words_en}”]({f.wordings[id].card})"
    compared = next((c for c in f.crosschecks if c.id == id), None)
    return (
        f"the comparison “{f.headlines[compared.row['headline']].label_en}”" if compared else f"[{id}]({CHECKS}#{id})"
    )


def escape(plain: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#+])", r"\\\1", plain)
