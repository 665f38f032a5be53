"""A number with unit, bound and rounding interval, and its arithmetic.

Endpoints are exact fractions, so an interval never loses a digit on the way.
Units are pint's: adding firms to contracts is refused, money by count is money
per count, percent is a ratio.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pint

from tieout.numbers.units import Units

INF = math.inf
Number = Fraction | float  # a Fraction, or -inf or +inf: never another float


class QuantityError(ValueError):
    """An operation that makes no sense; the message names both operands."""


@dataclass(frozen=True)
class Interval:
    """What is known of a number: a point estimate and the interval it lies in.

    ``low`` and ``high`` are in ``unit``; an end is open where the bound itself is
    excluded (more than 7 means 7 is not possible). ``ids`` are the claims it rests on.
    A ``nominal`` quantity (a rank, a class) is a name and not a measurement: no arithmetic.
    """

    point: Fraction
    low: Number
    high: Number
    unit: pint.Unit
    units: Units = field(repr=False, compare=False)
    low_open: bool = False
    high_open: bool = False
    nominal: bool = False
    ids: tuple[str, ...] = ()

    @property
    def relation(self) -> str:
        """``=``, ``>``, ``>=``, ``<``, ``<=`` or ``~``, read off the interval.

        An open zero as the low end comes only from dividing by something
        unbounded, so it says no more than minus infinity does.
        """
        if self.low == -INF and self.high == INF:
            return "~"
        if self.high == INF:
            return ">" if self.low_open else ">="
        if self.low == -INF or (self.low == 0 and self.low_open):
            return "<" if self.high_open else "<="
        return "="

    @property
    def value(self) -> Fraction:
        """The point estimate, or the bound where only a bound is known."""
        if self.relation in (">", ">="):
            return Fraction(self.low)
        if self.relation in ("<", "<="):
            return Fraction(self.high)
        return self.point

    @property
    def exact(self) -> bool:
        return self.low == self.high

    @property
    def _name(self) -> str:
        return " with ".join(self.ids) or f"the number {self.point}"


@dataclass(frozen=True)
class Quantity(Interval):
    """An interval with its arithmetic, which is exact, carries units, and refuses what makes no sense."""

    def to(self, id: str) -> Quantity:
        """The same quantity in the unit ``id``; raises ``QuantityError`` if it measures something else."""
        target = self.units.parse(id)
        if target.dimensionality != self.unit.dimensionality:
            raise QuantityError(f"{self._name} is in {self.unit or 'ratio'}, not in {id}")
        k = self.units.factor(self.unit) / self.units.factor(target)
        return self._with(self.point * k, (_times(self.low, k), _times(self.high, k)), target)

    def __add__(self, other: Quantity) -> Quantity:
        a, b = (x._as_bound for x in self._match(other, "add"))
        if a.unit != b.unit:
            raise QuantityError(f"cannot add {b._name} ({b.unit}) to {a._name} ({a.unit})")
        return a._result(
            b,
            a.point + b.point,
            (a.low + b.low, a.low_open or b.low_open),
            (a.high + b.high, a.high_open or b.high_open),
            a.unit,
        )

    def __neg__(self) -> Quantity:
        if self.nominal:
            raise QuantityError(f"cannot negate {self._name}: it is a rank, class or grade, not a measurement")
        q = self._with(-self.point, (-self.high, -self.low), self.unit)
        return replace(q, low_open=self.high_open, high_open=self.low_open)

    def __sub__(self, other: Quantity) -> Quantity:
        self.compared(other)
        return self + (-other)

    def compared(self, other: Quantity) -> tuple[Quantity, Quantity]:
        """Both in base units, if one can be subtracted from the other; else raises ``QuantityError``, naming both."""
        a, b = self._match(other, "subtract")
        if a.unit != b.unit:
            raise QuantityError(f"cannot subtract {other._name} ({other.unit}) from {self._name} ({self.unit})")
        return a, b

    def __mul__(self, other: Quantity) -> Quantity:
        a, b = self._match(other, "multiply")
        ends = [
            _product(x, xo, y, yo)
            for x, xo in ((a.low, a.low_open), (a.high, a.high_open))
            for y, yo in ((b.low, b.low_open), (b.high, b.high_open))
        ]
        # Where two products tie, a closed end wins: the value is attained.
        low = min(ends, key=lambda e: (e[0], e[1]))
        high = max(ends, key=lambda e: (e[0], not e[1]))
        # A plain ratio leaves the other's unit as it is.
        unit = a.unit if b.unit.dimensionless else b.unit if a.unit.dimensionless else a.unit * b.unit
        return a._result(b, a.point * b.point, low, high, unit)

    def __truediv__(self, other: Quantity) -> Quantity:
        a, b = self._match(other, "divide")
        if b.low <= 0 <= b.high:
            raise QuantityError(f"cannot divide {a._name} by {b._name}: its interval holds zero")
        inverse = b._with(1 / b.point, (_inverse(b.high), _inverse(b.low)), b.units.inverse(b.unit))
        # 1/inf is 0, which is approached and not reached.
        inverse = replace(
            inverse,
            low_open=b.high_open or b.high == INF,
            high_open=b.low_open or b.low == -INF,
        )
        return a * inverse

    @property
    def _as_bound(self) -> Quantity:
        """With an open low end where that is no more than an open zero left by a division.

        Without this, less than 35 minus 1 would read as a number between -1 and 34.
        """
        return replace(self, low=-INF) if self.relation in ("<", "<=") else self

    @property
    def base(self) -> Quantity:
        """Percent and percentage points as plain ratios, anything else as it is."""
        return self.to("ratio") if self.unit.dimensionless else self

    def _match(self, other: Quantity, verb: str) -> tuple[Quantity, Quantity]:
        for q in (self, other):
            if q.nominal:
                raise QuantityError(
                    f"cannot {verb} {self._name} and {other._name}: {q._name} is a rank, class or grade, not a measurement"
                )
        return self.base, other.base

    def _with(self, point: Fraction, ends: tuple[Number, Number], unit: pint.Unit) -> Quantity:
        return replace(self, point=point, low=ends[0], high=ends[1], unit=unit)

    def _result(
        self, other: Quantity, point: Fraction, low: tuple[Number, bool], high: tuple[Number, bool], unit: pint.Unit
    ) -> Quantity:
        if low[0] == -INF and high[0] == INF:
            raise QuantityError(f"nothing is left to say of {self._name} and {other._name}: both ends are open")
        ids = tuple(dict.fromkeys(self.ids + other.ids))
        return Quantity(point, low[0], high[0], unit, self.units, low[1], high[1], ids=ids)


def unit_id(q: Quantity) -> str:
    """The id that the unit of a result has in ``units.csv``, if it has one."""
    return str(q.unit).replace(" ", "")


def _times(x: Number, k: Fraction) -> Number:
    return x if isinstance(x, float) else x * k


def _inverse(x: Number) -> Fraction:
    return Fraction(0) if isinstance(x, float) else 1 / x


def _product(x: Number, x_open: bool, y: Number, y_open: bool) -> tuple[Number, bool]:
    """One corner of a product and whether it is excluded; zero times infinity is zero here."""
    if x == 0 or y == 0:
        return Fraction(0), (x == 0 and x_open and not (y == 0 and not y_open)) or (y == 0 and y_open and x != 0)
    if isinstance(x, float) or isinstance(y, float):
        return (INF if (x > 0) == (y > 0) else -INF), True
    return x * y, x_open or y_open


def make(
    units: Units, id: str, value: Fraction, unit: str, relation: str = "=", rounding: Fraction = Fraction(0)
) -> Quantity:
    """The quantity of one claim.

    ``rounding`` is the step of the last printed digit: the true value lies within
    half a step of the printed one. A bound is taken at its word: no rounding.
    """
    if rounding < 0:
        raise QuantityError(f"{id}: the rounding {rounding} is negative")
    low: Number = value - rounding / 2
    high: Number = value + rounding / 2
    nominal = units[unit].kind == "nominal" or relation == "~"
    if relation in (">", ">="):
        low, high = value, INF
    elif relation in ("<", "<="):
        low, high = -INF, value
    elif relation == "~":
        low, high = -INF, INF  # a class says nothing of the value itself
    return Quantity(
        value, low, high, units.parse(unit), units, relation == ">", relation == "<", nominal, (id,) if id else ()
    )
