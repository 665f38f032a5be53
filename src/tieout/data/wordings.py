"""Words that numbers may turn false: each row of ``wordings.csv`` with its conditions, judged on intervals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction

from tieout.data.fact import EVIDENCE, Check, Fact
from tieout.data.tables import Row
from tieout.data.verdicts import Headline
from tieout.errors import DataError
from tieout.numbers import formula as formulas
from tieout.numbers import quantity as qty
from tieout.numbers.quantity import Quantity, QuantityError, unit_id
from tieout.numbers.units import Units

#: How the ids of wordings begin, and the page of their cards, from a notebook.
SAYS, PAGE = "says_", f"{EVIDENCE}/wordings.md"
FILE = "data/wordings.csv"
_CONSTANT = re.compile(r"(-?\d+(?:\.\d+)?)(?: (\S+))?")


@dataclass(frozen=True)
class Side:
    """A formula or a constant as it is written, and its quantity: none if it cannot be computed with these values."""

    text: str
    quantity: Quantity | None

    @property
    def constant(self) -> bool:
        """Whether it names no fact."""
        return bool(_CONSTANT.fullmatch(self.text))

    @property
    def ratio(self) -> bool:
        """Whether it is a constant without a unit."""
        return self.constant and " " not in self.text


@dataclass(frozen=True)
class Range:
    """That ``side`` lies above every end in ``low`` and below every one in ``high``, for each value in the intervals.

    If ``low`` and ``high`` are the same, ``side`` is given as just that number.
    ``verdict`` is that of a check: holds, fits or fails; what cannot be computed fails.
    """

    side: Side
    low: tuple[Side, ...]
    high: tuple[Side, ...]
    verdict: str

    @property
    def same(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True)
class State:
    """That what is called ``id`` is known as one of ``wanted``; ``found`` is as what it is known.

    A check is known by its outcome; a headline by its verdict, and as independent if it is corroborated by others than the place itself;
    a fact by its relation (``>`` is a floor) and by its status if it is computed.
    """

    id: str
    wanted: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def verdict(self) -> str:
        return "holds" if set(self.wanted) & set(self.found) else "fails"


@dataclass(frozen=True)
class Wording:
    """Words of prose, or of a figure's title, that are true while all ``conditions`` hold. ``uses`` are the ids in these."""

    id: str
    words_en: str
    words_zh: str
    row: Row
    line: int
    conditions: tuple[Range | State, ...]
    uses: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the words are true for every value in the intervals."""
        return all(c.verdict == "holds" for c in self.conditions)

    @property
    def card(self) -> str:
        """The address, from a notebook, of the card."""
        return f"{PAGE}#{self.id}"

    def words(self, language: str) -> str:
        return self.words_en if language == "en" else self.words_zh


def judged(
    units: Units,
    rows: Sequence[Row],
    facts: Mapping[str, Fact],
    checks: Iterable[Check],
    headlines: Mapping[str, Headline],
    before: Mapping[str, Fact],
    known: Mapping[str, Wording],
) -> dict[str, Wording]:
    """The rows of ``wordings.csv`` by id; those in ``known`` stay that rest on nothing but facts which are as ``before``.

    Raises ``DataError`` for a condition that cannot be read.
    """
    states = {id: (f.quantity.relation, *filter(None, [f.row.get("status")])) for id, f in facts.items()}
    for id, headline in headlines.items():
        states[id] += (headline.verdict, *["independent"] * headline.independent)
    reader = _Reader(units, {id: f.quantity for id, f in facts.items()}, states | {c.id: (c.verdict,) for c in checks})
    found: dict[str, Wording] = {}
    for line, row in enumerate(rows, 2):
        if not row["id"].startswith(SAYS):
            raise DataError(FILE, line, "id", f"{row['id']!r} does not start with {SAYS}.")
        same = known.get(row["id"])
        if (
            same
            and not row["states"]
            and all(u in before and before[u].quantity == facts[u].quantity for u in same.uses)
        ):
            found[same.id] = same
        else:
            found[row["id"]] = reader.wording(line, row)
    return found


@dataclass(frozen=True)
class _Reader:
    """What conditions are judged by: the quantity of each fact, and what each thing is known as."""

    units: Units
    quantities: dict[str, Quantity]
    states: Mapping[str, tuple[str, ...]]

    def wording(self, line: int, row: Row) -> Wording:
        cells = {c: tuple(part.strip() for part in row[c].split(";") if part.strip()) for c in _COLUMNS}
        if bool(cells["formula"]) != bool(cells["low"] or cells["high"]) or not (cells["formula"] or cells["states"]):
            problem = "it has a formula with a low end, a high one or both, or states, or all of these."
            raise DataError(FILE, line, "formula", problem)
        low, sides, high = ([self._side(line, c, text) for text in cells[c]] for c in ("low", "formula", "high"))
        try:
            ranges = [Range(side, tuple(low), tuple(high), _verdict(side, low, high)) for side in sides]
        except QuantityError as error:
            raise DataError(FILE, line, "formula", f"{error}.") from None
        states = [state for text in cells["states"] for state in self._states(line, text)]
        named = [id for side in (*sides, *low, *high) if not side.constant for id in formulas.names(side.text)]
        uses = tuple(dict.fromkeys([*named, *(s.id for s in states)]))
        return Wording(row["id"], row["words_en"], row["words_zh"], row, line, (*ranges, *states), uses)

    def _side(self, line: int, column: str, text: str) -> Side:
        constant = _CONSTANT.fullmatch(text)
        try:
            if constant:
                unit = constant[2] or "ratio"
                if unit not in self.units.by_id:
                    raise ValueError(f"the unit {unit!r} has no row in units.csv")
                return Side(text, qty.make(self.units, "", Fraction(constant[1]), unit))
            quantity = formulas.evaluate(text, self.quantities, self.units, outer=True)
            if not quantity.unit.dimensionless and unit_id(quantity) not in self.units.by_id:
                raise ValueError(f"the unit {unit_id(quantity)!r} has no row in units.csv")
            return Side(text, quantity)
        except QuantityError:  # of units that do not go together, or of a division by what may be zero
            return Side(text, None)
        except ValueError as error:
            raise DataError(FILE, line, column, f"{error}.") from None

    def _states(self, line: int, text: str) -> Iterator[State]:
        """``id wanted/or this``; an id with a star is each that it matches."""
        pattern, _, wanted = text.partition(" ")
        found = [id for id in self.states if fnmatchcase(id, pattern)]
        if not found or not wanted:
            raise DataError(FILE, line, "states", f"{text!r} is not an id of a fact, check or headline and what it is.")
        yield from (State(id, tuple(wanted.split("/")), self.states[id]) for id in found)


_COLUMNS = ("low", "formula", "high", "states")


def _verdict(side: Side, low: Sequence[Side], high: Sequence[Side]) -> str:
    """The worst outcome of the comparisons of ``side`` with its ends; one that cannot be made fails."""
    if low == high:
        return "holds" if all(_alike(side.quantity, end.quantity) for end in low) else "fails"
    found = [_compared(side, ">", end) for end in low] + [_compared(side, "<", end) for end in high]
    return next((v for v in ("fails", "fits") if v in found), "holds")


def _compared(side: Side, relation: str, end: Side) -> str:
    if side.quantity is None or end.quantity is None:
        return "fails"
    return formulas.verdict(side.quantity, relation, end.quantity)


def _alike(a: Quantity | None, b: Quantity | None) -> bool:
    """Whether two quantities are given as the same number, with the same interval."""
    if a is None or b is None:
        return False
    x, y = a.compared(b)
    return (x.point, x.low, x.high, x.low_open, x.high_open) == (y.point, y.low, y.high, y.low_open, y.high_open)
