"""All that is known of one claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieout.data.dataset import Dataset
from tieout.data.fact import Check, Fact
from tieout.data.tables import Row
from tieout.explore.panels import OUTCOMES
from tieout.explore.usage import Uses, figures_of, resting
from tieout.prose.links import Place
from tieout.show.card import TITLES, card


@dataclass(frozen=True)
class Outcome:
    """A check and how it came out; ``own`` ones have a place among the article's own."""

    check: Check
    words: str
    own: bool


@dataclass(frozen=True)
class Drawn:
    """A figure and the cell that draws it."""

    row: Row
    notebook: str
    cell: str


@dataclass(frozen=True)
class Dossier:
    """A claim with what rests on it and where it is used.

    ``quotes`` are split where the number stands, ``lines`` are pairs of a name and what is to be said.
    """

    fact: Fact
    quotes: Sequence[tuple[str, str, str]]
    lines: Sequence[tuple[str, str]]
    derived: Sequence[Fact]
    checks: Sequence[Outcome]
    figures: Sequence[Drawn]
    sentences: Sequence[Place]


def dossier(facts: Dataset, uses: Uses, fact: Fact) -> Dossier:
    """What is known of ``fact``."""
    quotes = (q for q in (fact.row["quote"], fact.row["repeat_quote"]) if q)
    return Dossier(
        fact,
        [q.partition(fact.row["as_printed"]) for q in quotes],
        _lines(facts, fact),
        resting(facts, fact.id),
        _checks(facts, fact.id),
        [Drawn(row, *uses.drawn[row["id"]]) for row in figures_of(facts, fact.id)],
        uses.sentences(fact.id),
    )


def _lines(facts: Dataset, fact: Fact) -> list[tuple[str, str]]:
    """The fields of its card that a panel shows; one without an interval says why."""
    known = card(facts, fact)
    bound = "no other end is known" if fact.quantity.relation not in ("=", "~") else "exact, or a name"
    shown = {"interval": known.text("interval") or bound}
    shown |= {field: known.text(field) for field in ("measure", "whose", "period", "care", "place")}
    return [(" ".join(TITLES[field]), words) for field, words in shown.items() if words]


def _checks(facts: Dataset, id: str) -> list[Outcome]:
    """The checks that compute with a claim: of the article with itself, then with other sources."""
    every = [(c, True) for c in facts.checks] + [(c, False) for c in facts.crosschecks]
    return [
        Outcome(check, OUTCOMES[check.verdict], own)
        for check, own in every
        if id in check.left_quantity.ids + check.right_quantity.ids
    ]
