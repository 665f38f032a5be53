"""What would follow if a printed number, the rounding or the meaning of a bound were another.

A ``Supposition`` changes what the claims are taken to say; everything else is computed from them as always
(``Dataset.suppose``). Nothing is written: the data on disk are never touched.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeVar

from tieout.data.dataset import Dataset
from tieout.data.fact import Check, Fact
from tieout.data.tables import Row
from tieout.data.verdicts import Headline
from tieout.data.wordings import Wording
from tieout.numbers import quantity as qty
from tieout.numbers.formula import verdict
from tieout.numbers.quantity import Quantity
from tieout.prose import notebooks
from tieout.prose.links import Place
from tieout.show import exhibits
from tieout.show.tables import Cell, Column, Table, bare_interval, text, value

#: How the last printed digit came about. The first is how the data are read.
ROUNDINGS = {
    "nearest": "to the nearest 四舍五入: 12.5亿 is 12.45 to 12.55",
    "down": "cut off 舍去: 12.5亿 is 12.5 to below 12.6",
    "up": "rounded up 进位: 12.5亿 is above 12.4 to 12.5",
    "none": "not rounded 未取整: 12.5亿 is exactly that",
}
#: What "more than" (超) and "at most" (最高) mean. The first is how the data are read.
BOUNDS = {
    "open": "as worded 按字面: 超7亿 is anything above 7亿",
    "closed": "the number itself, too 含本数: 超7亿 is 7亿 or above",
    "round": "up to the next round number 至下一整数: 超7亿 is between 7亿 and 8亿",
    "equal": "just the number 等于: 超7亿 is 7亿",
}


@dataclass(frozen=True)
class Supposition:
    """Other ``values`` for some claims (in base units), and conventions for all of them."""

    values: Mapping[str, Fraction] = field(default_factory=dict)
    rounding: str = "nearest"
    bounds: str = "open"

    def __post_init__(self) -> None:
        if self.rounding not in ROUNDINGS or self.bounds not in BOUNDS:
            raise ValueError(f"unknown convention: {self.rounding!r}, {self.bounds!r}")

    def quantity(self, facts: Dataset, id: str) -> Quantity:
        """What claim ``id`` is taken to say."""
        row = facts[id].row
        printed, step, relation = Fraction(row["value"]), Fraction(row["rounding"]), row["relation"]
        x = self.values.get(id, printed)
        q = qty.make(facts.units, id, x, row["unit"], relation, step)
        if q.nominal:
            return q
        if relation == "=":
            low, high = {
                "nearest": (q.low, q.high), "down": (x, x + step), "up": (x - step, x), "none": (x, x)
            }[self.rounding]  # fmt: skip
            # An open zero at the low end would read as a bound, so there it is closed.
            return replace(q, low=low, high=high, low_open=low < high == x and low != 0, high_open=x == low < high)
        if self.bounds == "open":
            return q
        if self.bounds == "closed":
            return replace(q, low_open=False, high_open=False)
        if self.bounds == "equal" or x <= 0:
            return replace(q, low=x, high=x, low_open=False, high_open=False)
        # From 7 to 8, from 200 to 300: one more, or one less, of the first digit.
        whole = Fraction(10) ** math.floor(math.log10(x))
        low, high = (x, x + whole) if relation[0] == ">" else (x - whole, x)
        return replace(q, point=(low + high) / 2, low=low, high=high)


@dataclass(frozen=True)
class Outcome:
    """What follows: the facts, and what is different from the data.

    ``moved`` are the ids of all facts with another quantity, ``stale`` the numbers in prose that would be false, each
    with what it would have to say, ``untrue`` the words that would be, each with the places and the figures that say them; ``checks`` those with
    another verdict, ``headlines`` likewise, each before and after; ``figures`` those that would be drawn otherwise.
    """

    facts: Dataset
    moved: tuple[str, ...]
    stale: tuple[tuple[Place, str], ...]
    untrue: tuple[tuple[Wording, tuple[Place, ...], tuple[Row, ...]], ...]
    checks: tuple[tuple[Check, Check], ...]
    headlines: tuple[tuple[Headline, Headline], ...]
    figures: tuple[Row, ...]


class WhatIf:
    """The project's data and prose, read once, to be asked again and again."""

    def __init__(self, facts: Dataset) -> None:
        self.facts = facts
        self.places = notebooks.uses(facts.project)

    def suppose(self, supposition: Supposition) -> Outcome:
        """What follows from ``supposition``; raises ``DataError`` if something cannot be computed with it."""
        before = self.facts
        after = _supposed(before, supposition)
        moved = {id for id, fact in before.by_id.items() if _differs(fact.quantity, after[id].quantity)}
        places = (place for id in before.by_id if id in moved for place in self.places.get(id, ()))
        stale = ((place, _should(place, before, after)) for place in places)
        figures = (row for row in before.tables["figures"] if moved & set(row["facts"].split()))
        return Outcome(
            after,
            tuple(id for id in before.by_id if id in moved),
            tuple((place, words) for place, words in stale if words),
            tuple(
                (says, tuple(self.places.get(says.id, ())), tuple(self._titled(says.id)))
                for says in after.wordings.values()
                if before.wordings[says.id].holds and not says.holds
            ),
            _turned(before.checks + before.crosschecks, after.checks + after.crosschecks),
            _turned(before.headlines.values(), after.headlines.values()),
            tuple(before.figure(row["id"]) for row in figures),
        )

    def _titled(self, id: str) -> Iterator[Row]:
        """The figures whose words name the wording ``id``."""
        for row in self.facts.tables["figures"]:
            if any(f"{{{id}}}" in words for words in row.values()):
                yield self.facts.figure(row["id"])


def reread(facts: Dataset, rounding: str = "nearest", bounds: str = "open") -> Dataset:
    """The facts if all printed digits and bounds are read by other conventions (``ROUNDINGS``, ``BOUNDS``)."""
    return _supposed(facts, Supposition(rounding=rounding, bounds=bounds))


def _supposed(facts: Dataset, supposition: Supposition) -> Dataset:
    return facts.suppose({f.id: supposition.quantity(facts, f.id) for f in facts.of_kind("claim")})


def claims(facts: Dataset, theme: str) -> list[Fact]:
    """The claims of a theme whose value can be another: all but ranks and classes."""
    found = (f for f in facts.of_kind("claim") if f.file == f"data/{theme}.csv")
    return [f for f in found if not f.quantity.nominal]


def derived(facts: Dataset, theme: str) -> list[Fact]:
    """What is derived from the claims of a theme."""
    own = {f.id for f in claims(facts, theme)}
    return [f for f in facts.of_kind("derived") if own & set(f.quantity.ids)]


def _should(place: Place, before: Dataset, after: Dataset) -> str:
    """What a number in prose would have to say, or nothing; the words of a bound stay true while it holds."""
    was, now = before[place.id].quantity, after[place.id]
    if was.relation == now.quantity.relation:
        return place.updated(after) if place.problem(after) else ""
    return "" if verdict(now.quantity, "in", was) == "holds" else now.english


def _differs(a: Quantity, b: Quantity) -> bool:
    return (a.point, a.low, a.high, a.low_open, a.high_open) != (b.point, b.low, b.high, b.low_open, b.high_open)


T = TypeVar("T", Check, Headline)


def _turned(before: Iterable[T], after: Iterable[T]) -> tuple[tuple[T, T], ...]:
    """The pairs whose verdict is another."""
    return tuple((a, b) for a, b in zip(before, after, strict=True) if a.verdict != b.verdict)


def conventions(facts: Dataset, theme: str, caption: str) -> Table:
    """What is derived from a theme's claims and depends on how a printed number is read, each reading side by side."""
    readings = {
        "As read 原读法": facts,
        "Digits cut off 舍去": reread(facts, rounding="down"),
        "Digits rounded up 进位": reread(facts, rounding="up"),
        "More than (超): to the next round number 至下一整数": reread(facts, bounds="round"),
    }
    shown = [f for f in derived(facts, theme) if any(_ends(r[f.id], f) != _ends(f, f) for r in readings.values())]
    # A reading under which nothing here is different needs no column.
    used = {
        name: reading
        for name, reading in readings.items()
        if reading is facts or any(_ends(reading[f.id], f) != _ends(f, f) for f in shown)
    }
    body = [[text(f.label_en, f.label_zh), value(f), *(_ends(r[f.id], f) for r in used.values())] for f in shown]
    own = {f.id for f in claims(facts, theme)}
    for checks in zip(*(r.checks for r in used.values()), strict=True):
        first = checks[0]
        if len({c.verdict for c in checks}) > 1 and own & set(first.left_quantity.ids + first.right_quantity.ids):
            outcomes = (text(c.verdict) for c in checks)
            body.append([text("Check 检验:", first.label_en, first.label_zh), text(""), *outcomes])
    columns = [Column("Derived figure 推算值"), Column("Value 数值", end=True)]
    note = "As read: the last digit is rounded to the nearest, a bound is open at its other side. holds, fits, fails: for every value that the reading allows, for some, for none."
    files = dict.fromkeys([f"data/{theme}.csv", "data/derived.csv"])
    return Table(
        caption, columns + [Column(name, end=True) for name in used], body, note, exhibits.origin(facts, files)
    )


def _ends(fact: Fact, like: Fact) -> Cell:
    """The interval in the scale of ``like``; of a bound or an exact value its sign and digits."""
    return text(bare_interval(fact, like) or value(fact, like).text)
