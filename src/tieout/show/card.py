"""What is known of one fact, described once: fields without markup, which JupyterLab, the explorers and the report show each in its way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tieout.data.dataset import Dataset
from tieout.data.fact import Fact
from tieout.data.tables import Row
from tieout.numbers.numerals import Span
from tieout.prose.links import cited
from tieout.text.dates import date_text


@dataclass(frozen=True)
class Ref:
    """Words that lead to what is called ``id``: a fact, a wording or a check."""

    id: str


@dataclass(frozen=True)
class Code:
    """The name of a file, or a formula."""

    text: str


@dataclass(frozen=True)
class Address:
    """An address on the web that is safe to follow."""

    url: str


Words = tuple[str | Ref | Code | Address, ...]
#: What each field is called, in English and in Chinese.
TITLES = {
    "interval": ("Interval", "区间"),
    "formula": ("Formula", "公式"),
    "inputs": ("From", "取自"),
    "status": ("Status", "性质"),
    "counted": ("Counted from", "计自"),
    "source": ("Printed by", "刊载"),
    "reliability": ("Reliability", "可靠性"),
    "printed": ("As printed", "原文"),
    "measure": ("Measure", "类别"),
    "whose": ("Whose", "所属"),
    "period": ("Period", "时段"),
    "definition": ("Definition", "口径"),
    "care": ("Care", "注意"),
    "decided": ("Decided", "决定"),
    "quoted": ("Quoted as", "引文"),
    "english": ("In English", "英译"),
    "place": ("Stands in", "出处"),
    "used": ("Used in", "用于"),
}
_STATUS = {
    "robust": "robust: follows from the printed numbers",
    "conditional": "conditional. {}",
    "impossible": "impossible to the unit: no whole number lies in the interval. It was assumed: {}",
}


@dataclass(frozen=True)
class Card:
    """One fact: its fields by name, in order, those left out that say nothing.

    ``members`` are the rows that were counted, each with what it is called and the words it rests on. ``quotes`` are the sentences of
    the article, in pieces: words, and whether they are the number.
    """

    fact: Fact
    fields: Mapping[str, Words]
    members: tuple[tuple[Words, Words], ...]
    quotes: tuple[tuple[tuple[str, bool], ...], ...]

    def text(self, field: str) -> str:
        """A field as text, empty if there is none."""
        return "".join(_plain(part) for part in self.fields.get(field, ()))


def card(f: Dataset, fact: Fact) -> Card:
    """What is known of ``fact``."""
    own = {"claim": _claim, "derived": _derived, "compared": _derived, "counted": _counted, "record": _record}
    fields = {"interval": fact.interval} | own[fact.kind](f, fact)
    fields["used"] = tuple(_joined([(Ref(id),) for id in _uses(f, fact.id)], ", "))
    shown: dict[str, Words] = {k: (v,) if isinstance(v, str) else v for k, v in fields.items() if v}
    return Card(fact, {k: shown[k] for k in TITLES if k in shown}, tuple(_members(f, fact)), tuple(_quotes(f, fact)))


def _claim(f: Dataset, fact: Fact) -> dict[str, str | Words]:
    row, span = fact.row, f.span(fact.id)
    where = f"; article, paragraph {f.article.paragraph_of(span)}, characters {span.start}–{span.end}"
    return {
        "measure": _both(f, f"measure:{row['measure']}"),
        "whose": _both(f, row["subject"]),
        "period": period(row),
        "care": row["note"],
        "decided": _decisions(f, fact.id),
        "quoted": " and ".join(f"「{row[q]}」" for q in ("quote", "repeat_quote") if row[q]),
        "english": row["quote_en"],
        "place": (Code(fact.file), f", row {fact.line}{where}"),
    }


def _derived(f: Dataset, fact: Fact) -> dict[str, str | Words]:
    row = fact.row
    return {
        "formula": formula(row["formula"]),
        "inputs": tuple(_joined([(Ref(i), f" {f[i].english}") for i in fact.uses], "; ")),
        "status": _STATUS[row["status"]].format(row["assumption"]),
        "care": row["note"],
        "decided": _decisions(f, fact.id),
        "place": (Code(fact.file), f", row {fact.line}"),
    }


def _counted(f: Dataset, fact: Fact) -> dict[str, str | Words]:
    return {"counted": fact.file}


def _record(f: Dataset, fact: Fact) -> dict[str, str | Words]:
    row, source = fact.row, fact.source
    # A copy on another site is named, not linked to: such sites change hands.
    address = Code(source["address"]) if source["reliability"] == "reprint" else Address(source["address"])
    return {
        "source": (f"{cited(source)} · {source['publisher_zh']}, “{source['title']}”, ", address),
        "reliability": f"{f.label('reliability:' + source['reliability'])}; {f.label('origin:' + source['origin'])}",
        "printed": row["as_printed"] or "counted from the names printed",
        "measure": f"{row['measure']}, {f.label('geography:' + row['geography'])}",
        "period": _covered(row),
        "definition": row["definition"],
        "care": " ".join(filter(None, (row["note"], source["note"]))),
        "decided": _decisions(f, fact.id),
        "place": (Code(fact.file), f", row {fact.line}"),
    }


def _members(f: Dataset, fact: Fact) -> Iterator[tuple[Words, Words]]:
    for row in fact.members:
        id = row.get("id") or row["subject"]
        quote = row.get("quote") or f[id].row.get("quote")
        name: Words = (Ref(id),) if id in f else (f.label(id),)
        yield name, (f"「{quote}」",) if quote else (Code(f[id].row["formula"]),)


def _uses(f: Dataset, id: str) -> Iterator[str]:
    """What hangs on a fact; of several comparisons of one headline, which are called alike, the first."""
    headline, seen = {c.id: c.row["headline"] for c in f.crosschecks}, set()
    for use in f.uses_of(id):
        if (name := headline.get(use, use)) not in seen:
            seen.add(name)
            yield use


def formula(text: str) -> Words:
    """A formula with each id a reference."""
    parts = re.split(r"([a-z]\w*)", text)
    return tuple(Ref(part) if n % 2 else part for n, part in enumerate(parts) if part)


def _joined(found: list[Words], between: str) -> Iterator[str | Ref | Code | Address]:
    for n, words in enumerate(found):
        if n:
            yield between
        yield from words


def _plain(part: str | Ref | Code | Address) -> str:
    match part:
        case Ref(words) | Code(words) | Address(words):
            return words
        case _:
            return part


def _both(f: Dataset, id: str) -> str:
    return f"{f.label(id)} {f.label(id, 'zh')}"


def period(row: Row) -> str:
    """The period of a claim in words, and whether it is printed or inferred; empty if it has none."""
    dates = _covered(row)
    return f"{dates} ({row['period_basis']})" if dates else ""


def _covered(row: Row) -> str:
    start, end = (date_text(row[k]) if row[k] else "" for k in ("period_start", "period_end"))
    if not end:
        return ""
    return end if start == end else f"{start} to {end}" if start else f"as of {end}"


def _decisions(f: Dataset, id: str) -> str:
    return "; ".join(f"{r['decision']} ({r['id']})" for r in f.tables["decisions"] if id in r["ids"].split())


def _quotes(f: Dataset, fact: Fact) -> Iterator[tuple[tuple[str, bool], ...]]:
    """The sentences that a fact rests on: those of a claim, or of all claims in a formula."""
    spans = fact.spans if len(fact.spans) > 1 else [f.span(id) for id in fact.quantity.ids if f[id].kind == "claim"]
    sentences: dict[Span, dict[tuple[int, int], bool]] = {}
    for span in spans:
        sentences.setdefault(_sentence(f, span), {})[span.start, span.end] = True
    for whole, found in sentences.items():
        marks = dict(sorted(found.items()))
        yield tuple((words, bool(mark)) for words, mark in f.article.pieces(whole, marks))


def _sentence(f: Dataset, span: Span) -> Span:
    """The sentence around a place of the article."""
    whole = f.article.text
    left = max(whole.rfind(c, 0, span.start) for c in "。\n") + 1
    ends = (whole.find("。", span.end) + 1 or len(whole), whole.find("\n", span.end), len(whole))
    return Span(left, min(n for n in ends if n >= 0))
