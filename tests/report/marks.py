"""What a drawn figure says of each fact: value, colour, name and number of every mark that carries its id.

``tests/report/marks.csv`` holds the colour and the words that belong to each mark, looked at by a person; ``problems`` compares
a drawing with it and with the facts. After a change of a figure that is meant: ``python tests/report/marks.py`` writes the
table anew; look at what changed in it before it is committed.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import matplotlib as mpl
import matplotlib.dates as mdates
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text

from tieout.data.dataset import Dataset
from tieout.data.load import load
from tieout.numbers import wording
from tieout.show import charts
from tieout.text.dates import date_chinese, date_text

TABLE = Path(__file__).with_name("marks.csv")
TONES = {charts.ACCENT: "accent", charts.GREY: "grey", charts.DARK: "dark", charts.LIGHT: "light", charts.PAPER: "paper", charts.INK: "ink"}  # fmt: skip
_NUMBER = re.compile(r"\d[\d.,]*")
_YEAR = re.compile(r"20[12]\d\D?")
_SCALES = {"million": 10**6, "billion": 10**9, "万": 10**4, "亿": 10**8, "": 1}


@dataclass
class Seen:
    """All that a figure shows of one id."""

    marks: list[tuple[Axes, Artist]] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


def seen(fig: Figure) -> dict[str, Seen]:
    """The artists of ``fig`` that carry an id, by it."""
    found: dict[str, Seen] = defaultdict(Seen)
    for ax in fig.axes:
        for artist in ax.findobj(lambda a: bool(a.get_gid())):
            if isinstance(artist, Text):
                found[artist.get_gid()].texts.append(artist)
            elif isinstance(artist, (Patch, Line2D, LineCollection)):
                found[artist.get_gid()].marks.append((ax, artist))
    return found


def ends(artist: Artist) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of a mark, in data."""
    if isinstance(artist, Rectangle):
        x, y = artist.get_x(), artist.get_y()
        return x, x + artist.get_width(), y, y + artist.get_height()
    if isinstance(artist, Line2D):
        points = np.column_stack([np.ravel(artist.get_xdata(orig=False)), np.ravel(artist.get_ydata(orig=False))])
    else:
        points = np.concatenate([path.vertices for path in artist.get_paths()])  # type: ignore[attr-defined]
    return (*(float(x) for x in (points[:, 0].min(), points[:, 0].max(), points[:, 1].min(), points[:, 1].max())),)  # type: ignore[return-value]


def tone(artist: Artist) -> str:
    """The colour of a mark, by its name in the project's palette."""
    if isinstance(artist, Line2D):
        filled = artist.get_marker() not in ("None", "", "|")
        color = artist.get_markerfacecolor() if filled else artist.get_color()
    elif isinstance(artist, LineCollection):
        color = artist.get_colors()[0]
    else:
        color = artist.get_facecolor()  # type: ignore[attr-defined]
    name = mpl.colors.to_hex(color)
    return TONES.get(name, name)


def plain(words: str) -> str:
    """Words without the places where their lines break, and with each number that is no year as #."""
    line = re.sub(r"(?<=[^ -~])\s+|\s+(?=[^ -~])", "", re.sub(r"\s+", " ", words).strip())
    return _NUMBER.sub(lambda m: m[0] if _YEAR.fullmatch(m[0]) else "#", line)


def tick_names(ax: Axes, axis: str, at: float) -> str:
    """The words at the tick beside ``at``, if the axis has words and not numbers."""
    side = getattr(ax, f"{axis}axis")
    ticks = list(zip(side.get_ticklocs(), [t.get_text() for t in side.get_ticklabels()], strict=False))
    named = any(
        re.search(r"[^\d\s.,%−-]{3}|[一-鿿]", w) or (re.fullmatch(r"20\d\d", w) and abs(at) < 100) for at, w in ticks
    )
    if not side.get_visible() or not named:
        return ""
    near = min(ticks, key=lambda tick: abs(tick[0] - at))
    return near[1] if abs(near[0] - at) <= 0.5 else ""


def words_of(found: Seen, label: str) -> str:
    """What stands at the marks of an id: words at the ticks, heads of panels, words of its own."""
    parts, dates = [], []
    for ax, artist in found.marks:
        left, right, bottom, top = ends(artist)
        for axis, at in (("y", (bottom + top) / 2), ("x", (left + right) / 2)):
            parts.append(tick_names(ax, axis, at))
        parts.append(ax.get_title())
        if isinstance(ax.xaxis.get_converter(), mdates.DateConverter | mdates._SwitchableDateConverter):
            dates.append(f"{mdates.num2date(left):%Y-%m-%d}")
    parts += [text.get_text() for text in found.texts]
    shown = " | ".join(dict.fromkeys([*filter(None, map(plain, parts)), *dates]))
    return shown.replace(plain(label), "{label}") if label else shown


def distance(text: Text, artists: list[tuple[Axes, Artist]]) -> float:
    """From the words to the nearest of the marks, in pixels of the drawing."""
    box = text.get_window_extent()
    gaps = []
    for ax, artist in artists:
        left, right, bottom, top = ends(artist)
        (x0, y0), (x1, y1) = ax.transData.transform([(left, bottom), (right, top)])
        x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        gaps.append(np.hypot(max(x0 - box.x1, 0, box.x0 - x1), max(y0 - box.y1, 0, box.y0 - y1)))
    return float(min(gaps, default=np.inf))


def beside_its_own(id: str, found: dict[str, Seen]) -> bool:
    """Whether all words of ``id`` stand nearer to its marks than to those of any other."""
    others = [s.marks for other, s in found.items() if other != id and s.marks]
    own = found[id]
    return all(distance(t, own.marks) <= min((distance(t, o) for o in others), default=np.inf) + 1 for t in own.texts)


def view(ax: Axes) -> str:
    """Scales of the axes of a panel, and to which side they rise."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    return (
        f"{ax.get_xscale()} {'right' if left < right else 'left'}, {ax.get_yscale()} {'up' if bottom < top else 'down'}"
    )


def rows(fig: Figure, f: Dataset, figure: str, language: str) -> Iterator[dict[str, str]]:
    """What ``tests/report/marks.csv`` holds of a figure in one language."""
    for n, ax in enumerate(fig.axes):
        yield {"figure": figure, "id": f"panel {n}", "tones": view(ax), "beside": "", language: plain(ax.get_title())}
    found = seen(fig)
    for id in sorted(found):
        try:
            label = f.label(id, language)
        except KeyError:
            label = ""
        tones = " ".join(dict.fromkeys(tone(artist) for _, artist in found[id].marks))
        beside = {True: "yes", False: "no"}[beside_its_own(id, found)] if found[id].texts and found[id].marks else ""
        yield {"figure": figure, "id": id, "tones": tones, "beside": beside, language: words_of(found[id], label)}


@cache
def expected() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(r["figure"], r["id"]): r for r in csv.DictReader(file)}


def problems(fig: Figure, f: Dataset, figure: str, language: str, valued: bool = True) -> list[str]:
    """What is wrong with a drawing, a line each; marks that are not ``valued`` only say that something is there."""
    values = against_the_facts(fig, f, language) if valued else ()
    return [*_against_the_table(fig, f, figure, language), *values, *_against_the_axes(fig)]


def _against_the_table(fig: Figure, f: Dataset, figure: str, language: str) -> Iterator[str]:
    table = {id: r for (name, id), r in expected().items() if name == figure}
    drawn = {r["id"]: r for r in rows(fig, f, figure, language)}
    for id in sorted(table.keys() ^ drawn.keys()):
        yield f"{id}: {'not drawn' if id in table else 'not in tests/report/marks.csv'}"
    for id in sorted(table.keys() & drawn.keys()):
        for column in ("tones", "beside", language):
            if table[id][column] != drawn[id][column]:
                yield f"{id}: {column} is {drawn[id][column]!r}, not {table[id][column]!r}"


def against_the_facts(fig: Figure, f: Dataset, language: str) -> Iterator[str]:
    found = seen(fig)
    scales = [f[id].quantity for id in found if id in f]
    for id, own in found.items():
        if id not in f:  # a code: its bar is as long as its number says
            for text, (_, bar) in ((t, m) for t in own.texts for m in own.marks if isinstance(m[1], Rectangle)):
                if _NUMBER.fullmatch(text.get_text()) and float(text.get_text()) != bar.get_width():
                    yield f"{id}: {text.get_text()} stands at a bar of {bar.get_width()}"
            continue
        fact, value = f[id], f.value(id)
        squares = len(own.marks) > 2 and all(isinstance(a, Rectangle) for _, a in own.marks)
        if not fact.quantity.nominal and squares and len(own.marks) != round(value):
            yield f"{id}: {len(own.marks)} squares for {value}"
        elif not fact.quantity.nominal and not squares:
            for _, artist in own.marks:
                left, right, bottom, top = ends(artist)
                sizes = (right - left, top - bottom, left, right, bottom, top)
                inside = isinstance(artist, Line2D) and left <= value <= right
                if not inside and not np.isclose(sizes, value, rtol=1e-9).any():
                    yield f"{id}: no mark of the size {value}, but {sizes}"
        shown = {wording.parts(fact.quantity, fact.unit, language, like)[1] for like in [None, *scales]}
        shown |= {
            f"{value:,.0f}",
            f"{value:.0f}",
            f"{value:.1f}",
            *(f"{value / scale:g}" for scale in _SCALES.values()),
        }
        for text in own.texts:
            low_high = {
                end for like in [None, *scales] for end in wording.ends(fact.quantity, fact.unit, language, like) or ()
            }
            numbers = [n.strip(".,") for n in _NUMBER.findall(text.get_text())]
            if numbers and not {*numbers} & (shown | low_high):
                yield f"{id}: {text.get_text()!r} has none of {sorted(shown)}"


def _against_the_axes(fig: Figure) -> Iterator[str]:
    for id, own in seen(fig).items():
        for ax, artist in own.marks:
            left, right, bottom, top = ends(artist)
            for low, high, limits in ((left, right, ax.get_xlim()), (bottom, top, ax.get_ylim())):
                room = 1e-6 * abs(limits[1] - limits[0])
                if low < min(limits) - room or high > max(limits) + room:
                    yield f"{id}: {low} to {high} is outside of {limits}"
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis):
            days = isinstance(axis.get_converter(), mdates.DateConverter | mdates._SwitchableDateConverter)
            for at, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False):
                words = label.get_text()
                m = re.fullmatch(r"(?:CNY )?([\d.,]+) ?(million|billion|万|亿|)元?%?", words)
                if not axis.get_visible() or not words:
                    continue
                if days:
                    day = f"{mdates.num2date(at):%Y-%m}"
                    if words not in (day[:4], date_text(day), date_chinese(day)):
                        yield f"the tick {words!r} stands at {day}"
                elif m and not (re.fullmatch(r"20\d\d", words) and abs(at) < 100):  # a year may be a name
                    value = float(m[1].replace(",", "")) * _SCALES[m[2]]
                    if not np.isclose(value, at, rtol=1e-3):
                        yield f"the tick {words!r} stands at {at}"


def main() -> None:
    """Write the table anew from the figures as the notebooks draw them."""
    sys.path.insert(0, str(Path(__file__).parents[1]))  # where pytest finds what tests share
    from test_figures import IDS, draw

    f, found = load(), {}
    for figure in IDS:
        for language in charts.LANGUAGES:
            _, fig = draw(f, figure, language)
            for row in rows(fig, f, figure, language):
                found.setdefault((figure, row["id"]), {}).update(row)
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["figure", "id", "tones", "beside", "en", "zh"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(found.values())


if __name__ == "__main__":
    sys.exit(main())
