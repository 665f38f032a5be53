"""The two sides of a check or comparison, and how it came out, in words."""

from __future__ import annotations

from tieout.data.dataset import Dataset
from tieout.numbers import wording
from tieout.numbers.quantity import Quantity, unit_id

OUTCOMES = {"holds": "holds", "fits": "fits, within rounding or an open bound", "fails": "fails"}


def short(facts: Dataset, q: Quantity) -> str:
    """One side of a comparison as its value, in percent if it is a ratio."""
    q = q.to("percent") if q.unit.dimensionless else q
    return wording.english(q, facts.units[unit_id(q)])


def side(facts: Dataset, q: Quantity) -> str:
    """One side of a check: its interval if it has one, in percent if it is a ratio."""
    if q.unit.dimensionless:
        q = q.to("percent")
    unit = facts.units[unit_id(q)]
    return wording.interval(q, unit) or wording.english(q, unit)
