"""Dots over time: where on a drawing each date and value stands; ``timeline.svg`` draws it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib.ticker import MaxNLocator

from tieout.text.dates import date_text, last_day

_WIDTH, _TOP, _RIGHT, _FOOT = 720, 14, 16, 26


@dataclass(frozen=True)
class Mark:
    """A date with its words, its place on the scale (of rows or of values), its look, what a click chooses, if it is named.

    ``iso`` is empty for what has no date; ``since`` is when the time begins that a sum covers; an ``open`` value is a floor.
    """

    iso: str
    y: float
    words: str
    look: str
    choice: str = ""
    name: bool = False
    since: str = ""
    open: bool = False


@dataclass(frozen=True)
class Tick:
    """A number or date beside an axis; a value without a date has a look, and a line of its own."""

    at: float
    words: str
    look: str = ""


@dataclass(frozen=True)
class Name:
    """Where a dot's words stand, and which of their ends is there."""

    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Dot:
    """A mark in its place: a ``dot``, a ``floor`` or a ``bar`` as wide as its month or year.

    ``since`` is where the line to it begins, if it has one.
    """

    mark: Mark
    shape: str
    x: float
    y: float
    width: float
    since: float | None
    name: Name | None


@dataclass(frozen=True)
class Plot:
    """All that is drawn; ``edge`` and ``base`` are where the axis ends and how far down it lies."""

    label: str
    width: int
    height: int
    left: int
    edge: int
    base: int
    values: Sequence[Tick]
    dates: Sequence[Tick]
    levels: Sequence[Tick]
    dots: Sequence[Dot]


@dataclass(frozen=True)
class _Scales:
    """Where days (their ordinals) and values stand on the drawing."""

    first: int
    last: int
    low: float
    high: float
    left: int
    edge: int
    base: int

    def x(self, day: date) -> float:
        return self.left + (day.toordinal() - self.first) / (self.last - self.first) * (self.edge - self.left)

    def y(self, value: float) -> float:
        return _TOP + (self.high - value) / (self.high - self.low) * (self.base - _TOP)


def plot(marks: Sequence[Mark], scale: str, label: str, span: tuple[str, str] = ("", "")) -> Plot:
    """Marks over time: dots, or bars where only the month or year is known.

    With ``scale`` the height is a value in that unit, else a row; a mark without a date is a line at its value.
    """
    height = 210 if scale else 30 + 26 * (1 + len(marks))
    left, edge, base = 70 if scale else 12, _WIDTH - _RIGHT, height - _FOOT
    ticks = _value_ticks([m.y for m in marks]) if scale else []
    # Rows are counted from the top.
    low, high = (ticks[0], ticks[-1]) if scale else (max(m.y for m in marks) + 0.7, -0.7)
    scales = _Scales(*_ends(marks, span), low, high, left, edge, base)
    return Plot(
        label,
        _WIDTH,
        height,
        left,
        edge,
        base,
        [Tick(scales.y(tick), _number(tick)) for tick in ticks],
        list(_date_ticks(scales)),
        [Tick(scales.y(m.y), f"{m.words}: {_level(m.y)}", m.look) for m in marks if not m.iso],
        [_dot(m, scales, bool(scale)) for m in marks if m.iso],
    )


def days(iso: str) -> tuple[date, date]:
    """The first and the last day of a date as precise as it is."""
    return date.fromisoformat((iso + "-01-01")[:10] if len(iso) < 10 else iso), date.fromisoformat(last_day(iso))


def _ends(marks: Sequence[Mark], span: tuple[str, str]) -> tuple[int, int]:
    """The first and the last day that are drawn, with room at both ends."""
    shown = [day for m in marks for iso in (m.iso, m.since) if iso for day in days(iso)]
    shown += [days(iso)[0] for iso in span if iso]
    first, last = min(shown).toordinal(), max(shown).toordinal()
    room = max(20, (last - first) // 30)
    return first - room, last + room


def _value_ticks(values: Sequence[float]) -> list[float]:
    """Round numbers from zero, or the lowest value, to the highest; whole ones for whole values."""
    whole = all(float(v).is_integer() for v in values)
    return [float(t) for t in MaxNLocator(4, integer=whole).tick_values(min(0, *values), max(values))]


def _date_ticks(scales: _Scales) -> Iterable[Tick]:
    """The years, or the quarters of a short time, each at its first day."""
    step = 12 if scales.last - scales.first > 900 else 3
    years = date.fromordinal(scales.first).year, date.fromordinal(scales.last).year
    for month in range(years[0] * 12, years[1] * 12 + 12, step):
        at = date(month // 12, month % 12 + 1, 1)
        if scales.first <= at.toordinal() <= scales.last:
            yield Tick(scales.x(at), str(at.year) if step == 12 else date_text(f"{at:%Y-%m}"))


def _dot(mark: Mark, scales: _Scales, valued: bool) -> Dot:
    start, end = (scales.x(day) for day in days(mark.iso))
    x = end if valued else start  # a sum is complete on its last day
    y = scales.y(mark.y)
    # The words of a value stand above the line that leads to it.
    name = _name(x, end, y - 9 if valued else y + 4, scales) if mark.name else None
    if not valued and end - start > 12:
        return Dot(mark, "bar", x, y, end - start, None, name)
    since = scales.x(days(mark.since)[0]) if mark.since else None
    return Dot(mark, "floor" if mark.open else "dot", x, y, 0, since, name)


def _name(x: float, end: float, y: float, scales: _Scales) -> Name:
    """A dot's words stand at its right, or at its left where there is no room."""
    flip = x - scales.left > 0.55 * (scales.edge - scales.left)
    return Name(x - 9, y, "end") if flip else Name(end + 9, y, "start")


def _number(tick: float) -> str:
    return f"{tick:,.0f}" if abs(tick) >= 10 or tick == 0 else f"{tick:g}"


def _level(value: float) -> str:
    return f"{value:,.4g}" if value < 1000 else f"{value:,.0f}"
