"""What follows from a supposition, as the panel shows it: figures that move, words that would be false."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from tieout.data.dataset import Dataset
from tieout.data.fact import Fact
from tieout.explore.whatif import Outcome


@dataclass(frozen=True)
class Value:
    """A number, in brackets what else it may be, and how it differs from another."""

    words: str
    aside: str = ""
    change: str = ""


@dataclass(frozen=True)
class Change:
    """A figure as the data give it and as it would be; ``after`` is nothing if it stays, ``supposed`` if it was set."""

    fact: Fact
    before: Value
    after: Value | None
    supposed: bool = False


@dataclass
class Stale:
    """A sentence that would be false, and each of its numbers beside what it would have to say."""

    notebook: str
    cell: str
    sentence: str
    changes: list[tuple[str, str]] = field(default_factory=list)


def value(fact: Fact) -> Value:
    return Value(fact.english, fact.interval)


def then(before: Fact, after: Fact) -> Value:
    """A value and its interval under a supposition, no finer than ``before`` where only the interval is another."""
    if before.value != after.value:
        share = after.value / before.value - 1 if before.value else 0
        change = f", {abs(share):.1%} {'more 增' if share > 0 else 'less 减'}" if abs(share) >= 0.0005 else ""
        return Value(after.english, after.interval, change)
    if after.quantity.relation != "=":
        return value(after)
    if after.quantity.exact:
        return Value(before.english, "exact 精确")
    if after.unit.kind == "count":  # the printed point may lie between the whole numbers that are possible
        return Value(after.interval)
    return Value(before.english, after.interval)


def changes(before: Dataset, outcome: Outcome, supposed: Iterable[str], derived: Collection[str]) -> list[Change]:
    """The claims that were set, then what is derived: first what moves, then the rest."""
    after = outcome.facts
    rows = [Change(before[id], value(before[id]), value(after[id]), True) for id in supposed]
    for id in sorted(derived, key=lambda id: id not in outcome.moved):
        was, now = value(before[id]), then(before[id], after[id])
        rows.append(Change(before[id], was, now if id in outcome.moved and now != was else None))
    return rows


def stale(outcome: Outcome) -> list[Stale]:
    """The sentences that would be false, each once."""
    found: dict[tuple[str, str, str], Stale] = {}
    for place, should in outcome.stale:
        key = (place.notebook, place.cell, place.sentence)
        numbers = found.setdefault(key, Stale(*key)).changes
        if (change := (place.link["text"], should)) not in numbers:
            numbers.append(change)
    return list(found.values())
