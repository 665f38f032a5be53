"""Figures on disk beside the data: which of them show other numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from tieout.data.dataset import Dataset
from tieout.data.fact import Fact
from tieout.data.tables import Row
from tieout.numbers.quantity import INF
from tieout.numbers.wording import english


def stale_figures(facts: Dataset) -> list[tuple[Row, list[str]]]:
    """The figures that showed other numbers before any was drawn anew: each with facts, old and new values in words."""
    found, before = [], facts.figures.before()
    for id in (row["id"] for row in facts.tables["figures"]):
        moved = [(fact, old) for fact, old in _shown(facts, id, before) if old != fact.value]
        words = [f"{fact.id} {_formerly(fact, old)} → {fact.english}" for fact, old in moved]
        if words:
            found.append((facts.figure(id), words))
    return found


def _shown(facts: Dataset, figure: str, drawn: Mapping[str, str]) -> Iterator[tuple[Fact, float]]:
    """The facts that a figure shows, each with the value drawn."""
    for row in csv.DictReader(drawn.get(figure, "").splitlines()):
        with suppress(ValueError, TypeError):  # whatever else stands there is no number to compare
            id = row.get("fact") or ""
            if id in facts:
                yield facts[id], float(row.get("value") or "")


def redrawn(facts: Dataset, name: str) -> Iterator[str]:
    """The figures that are not as they were before any was drawn anew: what was drawn, what is or has to be, a line each."""
    stale = {row["id"]: words for row, words in stale_figures(facts)}
    before, now = facts.figures.before(), facts.figures.shown()
    for row in facts.tables["figures"]:
        id, head = row["id"], f"- Figure {row['number']}, {row['id']}:"
        was, new = (text.get(id, "").splitlines() for text in (before, now))
        if id in stale:
            anew = all(old == fact.value for fact, old in _shown(facts, id, now))
            state = "drawn anew" if anew else f"run {row['notebook']} to draw it anew"
            yield f"{head} {'; '.join(stale[id])} ({state})"
        elif was and was != new and row["notebook"] == name:
            gone, come = ([line for line in a if line not in b] for a, b in ((was, new), (new, was)))
            yield f"{head} {' | '.join(gone[:3])} → {' | '.join(come[:3])} (drawn anew)"


def _formerly(fact: Fact, old: float) -> str:
    """``old`` in the unit, scale and precision of ``fact``."""
    by = Fraction(old) - fact.quantity.value
    low, high = (end if end in (INF, -INF) else end + by for end in (fact.quantity.low, fact.quantity.high))
    return english(replace(fact.quantity, point=Fraction(old), low=low, high=high), fact.unit)
