"""A number with unit, bound and rounding interval; its arithmetic; printing and reading it.

Endpoints are exact fractions, so an interval never loses a digit on the way.
Units are pint's: adding firms to contracts is refused, money by count is money
per count, percent is a ratio. The units themselves are rows of ``data/units.csv``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pint

from shenyang import numerals
from shenyang.numerals import Span

INF = math.inf
Number = Fraction | float  # a Fraction, or -inf or +inf: never another float


class QuantityError(ValueError):
    """An operation that makes no sense; the message names both operands."""


@dataclass(frozen=True)
class Unit:
    """One row of ``units.csv``: ``kind`` is amount, count, ratio or nominal."""

    id: str
    kind: str
    definition: str
    label_en: str
    plural_en: str
    label_zh: str
    suffixes_zh: tuple[str, ...]


class Units:
    """The units of the project, by id, and the pint registry that knows their algebra."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.by_id = {u.id: u for u in units}
        self._factors: dict[pint.Unit, Fraction] = {}  # pint takes its time, and they are asked for all the time
        self.registry = pint.UnitRegistry(None, non_int_type=Fraction)
        for id, unit in self.by_id.items():
            if "/" not in id:
                self.registry.define(f"{id} = {unit.definition or f'[{id}]'}")

    def __getitem__(self, id: str) -> Unit:
        return self.by_id[id]

    def parse(self, id: str) -> pint.Unit:
        return self.registry.Unit(id)

    def factor(self, unit: pint.Unit) -> Fraction:
        """How many base units one ``unit`` is: 1/100 for percent, 1 for a unit of its own."""
        if unit not in self._factors:
            self._factors[unit] = Fraction(self.registry.Quantity(Fraction(1), unit).to_base_units().magnitude)
        return self._factors[unit]


@dataclass(frozen=True)
class Quantity:
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
        self._match(other, "subtract")
        if self.base.unit != other.base.unit:
            raise QuantityError(f"cannot subtract {other._name} ({other.unit}) from {self._name} ({self.unit})")
        return self + (-other)

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
        inverse = b._with(1 / b.point, (_inverse(b.high), _inverse(b.low)), b.unit**-1)
        # 1/inf is 0, which is approached and not reached.
        inverse = replace(
            inverse,
            low_open=b.high_open or b.high == INF,
            high_open=b.low_open or b.low == -INF,
        )
        return a * inverse

    @property
    def _name(self) -> str:
        return " with ".join(self.ids) or f"the number {self.point}"

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


# --- reading the printed form -------------------------------------------------

_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_SCALES = {"": 1, "万": 10**4, "亿": 10**8}
#: What makes a place in an order of the number behind it.
ORDINAL = ("第", "首")
_PRINTED = re.compile(
    r"(?P<per>每家)?(?P<bound>超过|超|突破|最高)?(?P<before>年产|第|首)?"
    r"(?P<number>\d+(?:\.\d+)?|[〇零一二两三四五六七八九十百]+)?(?P<more>余)?(?P<scale>[万亿])?"
    r" ?(?P<suffix>.*?)(?P<after>及以上|以上|级)?"
)


@dataclass(frozen=True)
class Printed:
    """What the characters of a number say: value and step in base units, relation, what is counted."""

    value: Fraction
    step: Fraction
    relation: str
    suffix: str


def han_number(text: str) -> int:
    """A Chinese numeral below a thousand: 三 is 3, 十二 is 12, 百 is 100, 三百二十五 is 325."""
    total, digit = 0, None
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        else:
            total += (1 if digit is None else digit) * {"十": 10, "百": 100}[c]
            digit = None
    return total + (digit or 0)


def read_printed(text: str) -> Printed:
    """Read a number as the article prints it: 超7亿元 is more than 700,000,000 元.

    Raises ``ValueError`` for characters that hold no number.
    """
    m = _PRINTED.fullmatch(text)
    # 三千家 and 1,234家 would leave a part of the number in the suffix; 二〇二三 has no place values; 两三百 is a range.
    odd = m and (
        re.match(r"[\d,.千多几万亿]", m["suffix"])
        or re.search("[一二两三四五六七八九][〇零一二两三四五六七八九]", m["number"] or "")
    )
    if not m or odd or not (m["number"] or m["scale"] or m["before"] == "首"):
        raise ValueError(f"no number can be read from {text!r}")
    scale, number = _SCALES[m["scale"] or ""], m["number"] or "1"
    if number[0].isdigit():
        decimals = len(number.partition(".")[2])
        value, step = Fraction(number), Fraction(1, 10**decimals)
    else:
        value, step = Fraction(han_number(number)), Fraction(1)
    relation = "="
    if m["bound"] in ("超", "超过", "突破") or m["more"]:
        relation = ">"
    elif m["bound"] == "最高" or m["suffix"] == "强":
        relation = "<="
    elif m["after"] in ("及以上", "以上"):
        relation = ">="
    elif m["after"] == "级":
        relation = "~"
    suffix = m["suffix"] + ("级" if m["suffix"] == "等" and m["after"] == "级" else "")
    return Printed(value * scale, step * scale, relation, suffix)


def unlike(text: str, printed: Printed, unit: Unit) -> str:
    """Why ``text``, which reads as ``printed``, is no number of ``unit``; nothing if it is one."""
    if text.startswith(ORDINAL) and unit.kind != "nominal":
        return f"{text!r} is a place in an order, and {unit.id!r} is not."
    if printed.suffix not in unit.suffixes_zh:
        return f"{unit.id!r} is not printed as {printed.suffix!r} (see suffixes_zh in units.csv)."
    return ""


def reading(text: str, unit: Unit) -> Printed | None:
    """What ``text`` says in ``unit``, or nothing if it cannot be read so."""
    try:
        printed = read_printed(text)
    except ValueError:
        return None
    return None if unlike(text, printed, unit) else printed


def unread(text: str, unit: Unit) -> str:
    """What alone keeps ``text`` from being read as a number of ``unit``: 左右 of 500家左右; nothing if it is more."""
    if text.startswith(ORDINAL) or reading(text, unit):
        return ""
    for numeral in numerals.find(text):
        rest = text[numeral.end :]
        suffix = max((s for s in unit.suffixes_zh if rest.startswith(s)), key=len, default="")
        bare = Span(numeral.start, numeral.end + len(suffix))
        left = numerals.left_out(text, bare)
        if left and reading(bare.of(text), unit):
            return left.text
    return ""


# --- printing -----------------------------------------------------------------

EN_SCALES = ((10**9, " billion"), (10**6, " million"))
ZH_SCALES = ((10**8, "亿"), (10**4, "万"))
_EN_WORDS = {"=": "", ">": "more than ", ">=": "at least ", "<": "less than ", "<=": "at most ", "~": ""}
_ZH_WORDS = {"=": "", ">": "超过", ">=": "至少", "<": "不足", "<=": "最高", "~": ""}


def rounded(x: Fraction, decimals: int, to: Callable[[Fraction], int] | None = None) -> Fraction:
    """``x`` to ``decimals`` places, halves away from zero, or by ``to`` (math.floor, math.ceil)."""
    scaled = x * 10**decimals
    n = (
        to(scaled)
        if to
        else (math.floor(scaled + Fraction(1, 2)) if scaled >= 0 else -math.floor(-scaled + Fraction(1, 2)))
    )
    return Fraction(n, 10**decimals)


def digits(x: Fraction, decimals: int, to: Callable[[Fraction], int] | None = None) -> str:
    """``x`` with thousands separators, exactly ``decimals`` places and a minus sign as it is set."""
    n = rounded(x, decimals, to) * 10**decimals
    text = f"{abs(int(n)):0{decimals + 1}d}"
    whole, part = (text[:-decimals], text[-decimals:]) if decimals else (text, "")
    return ("−" if n < 0 else "") + f"{int(whole):,}" + (f".{part}" if decimals else "")


def decimals(q: Quantity, scale: int) -> int:
    """Places to show ``q`` with, in units of ``scale``.

    As many as the interval supports, so that the last digit may be off by about one, and one more
    where the rounded value would leave the interval. An exact result is shown whole if it is whole
    or large, else to two places, or three significant digits when it is small.
    """
    value = q.value / scale
    if q.relation != "=" or q.exact:
        if value.denominator == 1 or abs(value) >= 1000:
            return 0
        finite = next((d for d in (1, 2) if (value * 10**d).denominator == 1), None)
        return finite or (2 if abs(value) >= 1 else 2 - math.floor(math.log10(abs(value))))
    low, high = Fraction(q.low) / scale, Fraction(q.high) / scale
    places = 0
    while Fraction(1, 10 ** (places + 1)) >= high - low:
        places += 1
    return places if low <= rounded(value, places) <= high else places + 1


def _scale(q: Quantity, scales: tuple[tuple[int, str], ...]) -> tuple[int, str]:
    if "CNY" not in str(q.unit):
        return 1, ""
    return next(((s, word) for s, word in scales if abs(q.value) >= s), (1, ""))


def _number(q: Quantity, scale: int) -> str:
    places = decimals(q, scale)
    # Outward for a bound, so that what is printed still holds.
    to = {"<": math.ceil, "<=": math.ceil, ">": math.floor, ">=": math.floor}.get(q.relation)
    return digits(q.value / scale, places, to)


_SIGNS = {"=": "", ">": "> ", ">=": "≥ ", "<": "< ", "<=": "≤ ", "~": ""}


def parts(q: Quantity, unit: Unit, language: str = "en", like: Quantity | None = None) -> tuple[str, str, str]:
    """Sign, digits and unit for a table or an axis: ``("> ", "700", "CNY million")``, ``("> ", "7", "亿元")``.

    A rank, grade or class has its words for digits. ``like`` is a quantity whose scale (million, 亿) is to be kept.
    """
    if language == "zh":
        if q.nominal:
            return "", chinese(q, unit), ""
        scale, word = _scale(like or q, ZH_SCALES)
        return _SIGNS[q.relation], _chinese_number(q, scale), word + unit.label_zh
    if q.nominal:
        return "", english(q, unit), ""
    scale, word = _scale(like or q, EN_SCALES)
    name = f"CNY{word}{unit.label_en.removeprefix('CNY')}" if unit.id.startswith("CNY") else unit.plural_en
    return _SIGNS[q.relation], _number(q, scale), name


def ends(q: Quantity, unit: Unit, language: str = "en", like: Quantity | None = None) -> tuple[str, str] | None:
    """The ends of the interval, a digit finer than the value and rounded outwards; nothing if exact or a bound.

    Of a count only the whole numbers inside are possible, so those are given.
    """
    if q.relation != "=" or q.exact or q.nominal:
        return None
    if unit.kind == "count" and math.ceil(q.low) <= math.floor(q.high):
        found = f"{math.ceil(q.low):,}", f"{math.floor(q.high):,}"
    else:
        scale, _ = _scale(like or q, EN_SCALES if language == "en" else ZH_SCALES)
        places = 0 if (q.high - q.low) / scale >= 10 else decimals(q, scale) + 1
        found = digits(q.low / scale, places, math.floor), digits(q.high / scale, places, math.ceil)
    return found if language == "en" else (found[0].replace(",", ""), found[1].replace(",", ""))


def no_whole_number(q: Quantity, unit: Unit) -> bool:
    """Whether ``q`` counts things and its interval holds no whole number of them: it cannot be the case exactly."""
    return unit.kind == "count" and q.relation == "=" and not q.nominal and math.ceil(q.low) > math.floor(q.high)


def _chinese_number(q: Quantity, scale: int) -> str:
    """Digits as the article writes them: no separators."""
    return _number(q, scale).replace(",", "")


def english(q: Quantity, unit: Unit) -> str:
    """``CNY 24.93 billion``, ``more than 200 customers``, ``56.11%``, at the precision it has."""
    scale, word = _scale(q, EN_SCALES)
    number, relation = _number(q, scale), _EN_WORDS[q.relation]
    if unit.id.startswith("CNY"):
        return f"{relation}CNY {number}{word}{unit.label_en.removeprefix('CNY')}"
    if unit.id == "percent":
        return f"{relation}{number}%"
    if unit.id == "rank":
        return f"top {number}" if q.relation == "<=" else f"{ordinal(int(q.value))} place"
    if q.relation == "~":
        return f"{number} class" if unit.id == "class" else f"{number} {unit.plural_en} class"
    if unit.kind == "nominal":
        return f"class {number}" if unit.id == "class" else ordinal(int(q.value))
    return f"{relation}{number} {unit.label_en if number == '1' else unit.plural_en}"


def chinese(q: Quantity, unit: Unit) -> str:
    """``249.3亿元``, ``超过200家客户``, ``56.11%``."""
    scale, word = _scale(q, ZH_SCALES)
    number = _chinese_number(q, scale)
    if unit.id == "rank":
        return f"前{number}位" if q.relation == "<=" else f"第{number}位"
    if unit.id in ("ordinal", "grade"):
        return f"第{number}" if unit.id == "ordinal" else f"{number}等"
    if unit.id == "class":
        return f"{number}级" if q.relation == "~" else f"{number}类"
    return f"{_ZH_WORDS[q.relation]}{number}{word}{unit.label_zh}" + ("级" if q.relation == "~" else "")


def interval(q: Quantity, unit: Unit) -> str:
    """The interval, a digit finer than the value and rounded outwards; empty if exact or a bound.

    Of a count only the whole numbers inside are possible, so those are given; where there is none, that is said.
    """
    found = ends(q, unit)
    if no_whole_number(q, unit):
        between = f"{found[0]} to {found[1]} {unit.plural_en}: " if found else ""
        return f"{between}no whole number"
    if found is None:
        return ""
    low, high = found
    if low == high:
        return f"{low} {unit.label_en if low == '1' else unit.plural_en} only"
    if unit.id.startswith("CNY"):
        return f"CNY {low} to {high}{_scale(q, EN_SCALES)[1]}{unit.label_en.removeprefix('CNY')}"
    return f"{low} to {high}" + ("%" if unit.id == "percent" else f" {unit.plural_en}")


def ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"
