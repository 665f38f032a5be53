"""One theme, one way to draw and save a figure.

A notebook calls ``start`` for a figure of ``figures.csv``, draws on the axes of the ``Chart`` it gets,
with labels and numbers from it, and ends with ``finish``, which writes SVG, PNG and the CSV of what
is plotted under one name in ``figures/`` and returns the picture for display. The language is
that of the ``Dataset``; nothing in the cell changes with it.
"""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from IPython.display import display
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image

from tieout.data.dataset import PLACE, Dataset
from tieout.data.fact import Fact
from tieout.data.tables import Row
from tieout.fonts import FAMILY, FONTS
from tieout.numbers import wording
from tieout.text.dates import date_chinese, date_text
from tieout.text.fold import fold, letters

ACCENT, GREY, INK, MUTED = "#c8102e", "#8f959d", "#1f2328", "#5b626b"
#: Greys beside the accent where more than two kinds must be told apart, from dark to light.
DARK, LIGHT, PAPER = "#4d535b", "#dfe2e6", "#ffffff"
LANGUAGES = ("en", "zh")
WIDTH = 7.2  # inches
# Left and right edge of what is drawn as shares of the width; heads and source line in inches.
_LEFT, _RIGHT, _HEAD, _FOOT = 0.02, 0.97, 0.72, 0.34
_SOURCE = {
    "en": "Source: {newspaper}, {day}{others}; data: figures/{id}.csv",
    "zh": "资料来源：{newspaper}，{day}{others}；数据：figures/{id}.csv",
}
_OTHERS = {"en": ", and others (data/sources.csv)", "zh": "，及其他来源（data/sources.csv）"}
_NUMBER = {"en": "Figure {}", "zh": "图{}"}
_CAPTION = {"en": "**{number}.** {caption} Numbers: {links}.", "zh": "**{number}** {caption}数据：{links}。"}


@dataclass(frozen=True, eq=False)
class Picture:
    """A finished figure: what was plotted, how it looks, what it says to those who cannot see it.

    Shown as the picture and its caption, in which each fact is a link to its evidence.
    """

    row: Row
    facts: tuple[Fact, ...]
    language: str
    data: pd.DataFrame
    svg: str
    png: bytes
    source: str

    @property
    def number(self) -> str:
        """What the figure is called: Figure 9."""
        return _NUMBER[self.language].format(self.row["number"])

    def __repr__(self) -> str:
        title = self.row[f"title_{self.language}"]
        return f"{self.number}. {title}\n\n{self.data.to_string(index=False)}"

    @property
    def caption(self) -> str:
        """Number, caption and the facts that are shown or named, in Markdown."""
        links = (", " if self.language == "en" else "、").join(f"[{fact.id}]({fact.card})" for fact in self.facts)
        caption = self.row[f"caption_{self.language}"]
        return _CAPTION[self.language].format(number=self.number, caption=caption, links=links)

    def bundle(self) -> tuple[dict[str, str], dict[str, dict]]:
        """The picture as PNG with its alternative text, and as text.

        A report takes the drawing of ``figure`` and sets title and source as text: ``crop`` is what then goes from the
        picture, above and below, in points.
        """
        words = {k: self.row[f"{k}_{self.language}"] for k in ("alt", "title", "subtitle")}
        words |= {"number": self.number, "source": self.source, "crop": [72 * _HEAD - 4, 72 * _FOOT - 4]}
        words |= {"figure": self.row["id"], "width": int(WIDTH * 96)}
        data = {"image/png": base64.b64encode(self.png).decode() + "\n", "text/plain": repr(self)}
        return data, {"image/png": words}

    def _ipython_display_(self) -> None:
        data, metadata = self.bundle()
        display(data, metadata=metadata, raw=True)
        caption = {"text/markdown": self.caption, "text/plain": self.caption}
        display(caption, metadata={"text/markdown": {"caption": self.row["id"]}}, raw=True)


@dataclass
class Chart:
    """A figure that is being drawn: its axes, and the words for them in one language."""

    facts: Dataset
    row: Row
    language: str
    fig: Figure
    ax: Axes

    def say(self, english: Any, chinese: Any) -> Any:
        """What belongs to the chart's language."""
        return english if self.language == "en" else chinese

    def named(self, name: str, value: str) -> str:
        """A name and its value."""
        return self.say("{}: {}", "{}：{}").format(name, value)

    def label(self, id: str) -> str:
        """What a fact measures, or the name of an organisation, a project, a policy or a code."""
        return self.facts.label(id, self.language)

    def number(self, id: str) -> str:
        """The value of fact ``id`` with unit and bound, at the precision it has; in Chinese in one style, not as printed."""
        fact = self.facts[id]
        if self.language == "en":
            return fact.english
        if fact.unit.kind == "count" and fact.quantity.relation == "=":  # what is counted stands in the label
            return self.digits(id) + fact.unit.suffixes_zh[0]
        return wording.chinese(fact.quantity, fact.unit)

    def digits(self, id: str, like: str = "") -> str:
        """The value of fact ``id`` without its unit, in the ``unit`` of fact ``like`` (default: its own)."""
        fact = self.facts[id]
        sign, digits, _ = wording.parts(fact.quantity, fact.unit, self.language, self.facts[like or id].quantity)
        return sign + digits

    def unit(self, id: str) -> str:
        """The unit of ``digits`` and ``interval``; in Chinese for what is counted the measure word."""
        unit = self.facts[id].unit
        if self.language == "zh" and unit.kind == "count":
            return unit.suffixes_zh[0]
        return wording.parts(self.facts[id].quantity, self.facts[id].unit, self.language)[2]

    def interval(self, id: str, like: str = "") -> str:
        """The interval beside ``digits``; empty if the value is exact, a bound, or the only whole number."""
        fact = self.facts[id]
        ends = wording.ends(fact.quantity, fact.unit, self.language, self.facts[like or id].quantity)
        return "" if ends is None or ends[0] == ends[1] else self.say("{} to {}", "{}至{}").format(*ends)

    def day(self, iso: str) -> str:
        """``2023-03-17`` in words, as precise as it is."""
        return self.say(date_text(iso), date_chinese(iso))

    def data(self, ids: Iterable[str]) -> pd.DataFrame:
        """Facts as a frame to plot, one row each: fact, label, number (as text), value (in the fact's unit)."""
        rows = [(id, self.label(id), self.number(id), self.facts.value(id)) for id in ids]
        data = pd.DataFrame(rows, columns=["fact", "label", "number", "value"])
        if data["label"].duplicated().any():  # seaborn would draw the mean of the two as one bar
            raise ValueError(f"two facts have one label: {data['label'][data['label'].duplicated()].iloc[0]!r}")
        return data

    def accent(self, keys: Iterable[str], *accented: str) -> dict[str, str]:
        """A palette in which all is grey but ``accented``; raises ``KeyError`` if that is none of ``keys``."""
        palette = dict.fromkeys(keys, GREY)
        for key in accented:
            if key not in palette:
                raise KeyError(f"{key!r} is not among what is drawn")
            palette[key] = ACCENT
        return palette

    def mark(self, ids: Iterable[str], ax: Axes | None = None) -> None:
        """Say which fact, row or code each of the last patches shows that were drawn on ``ax``, in their order.

        Every mark, and every number or name beside one, carries such an id (``gid``) into the picture; a test compares
        value, colour and words of the mark with those of the id.
        """
        ids = list(ids)
        for patch, id in zip((ax or self.ax).patches[-len(ids) :], ids, strict=True):
            patch.set_gid(id)

    def bars(self, names: Iterable[Any], data: pd.DataFrame, **style: Any) -> None:
        """A bar for each row of ``data`` (columns ``fact`` and ``value``) at its name or place."""
        self.ax.barh(list(names), data["value"], **style)
        self.mark(data["fact"])

    def dots(self, ids: Iterable[str], x: Iterable[Any], y: Iterable[Any], colors: Iterable[str], size: float) -> None:
        """A dot for each of ``ids``, ``size`` points wide."""
        for id, left, up, color in zip(ids, x, y, colors, strict=True):
            self.ax.plot(left, up, "o", ms=size, color=color, mew=1.5, gid=id, zorder=3)

    def money(self, yuan: float) -> str:
        """A round sum for an axis: 10 million, 1000万."""
        scales = wording.EN_SCALES if self.language == "en" else wording.ZH_SCALES
        scale, word = next(((s, w) for s, w in scales if yuan >= s), (1, ""))
        return f"{yuan / scale:g}{word}"

    def hide(self, *axes: str) -> None:
        """Take axes away (``x`` unless told) whose values stand on the marks."""
        for axis in axes or ("x",):
            getattr(self.ax, f"{axis}axis").set_visible(False)
            self.ax.spines["bottom" if axis == "x" else "left"].set_visible(False)
        self.ax.set(xlabel="", ylabel="")  # what is measured stands in the subtitle

    def wrap(self, width: int) -> None:
        """Break the labels of the rows into lines of about ``width`` letters; a Chinese character counts as two."""
        self.ax.set_yticks(self.ax.get_yticks(), [fold(t.get_text(), width) for t in self.ax.get_yticklabels()])

    def grid(self, rows: list[str], columns: list[str]) -> None:
        """Axes of names: ``rows`` from the top, ``columns`` from the left, at whole numbers, with light lines."""
        self.ax.set_yticks(range(len(rows)), rows)
        self.ax.set_xticks(range(len(columns)), columns)
        self.ax.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5), xlabel="", ylabel="")
        self.ax.xaxis.tick_top()
        self.ax.spines["bottom"].set_visible(False)
        self.ax.tick_params(length=0)
        for head in self.ax.get_xticklabels():
            head.set_verticalalignment("baseline")
        self.ax.hlines([i - 0.5 for i in range(len(rows) + 1)], -0.5, len(columns) - 0.5, color=LIGHT, lw=0.8, zorder=0)

    def at_ends(self, data: pd.DataFrame) -> None:
        """The number of each bar or dot behind its end; an arrow shows to which side a bound is open.

        A mark stands at the place of its row in ``data``, or where its column ``row`` says. If marks are bars, they are
        the last that were drawn.
        """
        if self.ax.patches:
            self.mark(data["fact"])
        log = self.ax.get_xscale() == "log"
        room = 0.012 * max(data["value"])
        for place, row in enumerate(data.itertuples()):
            fact, x, y = self.facts[row.fact], row.value, getattr(row, "row", place)
            end = fact.high if fact.quantity.relation == "=" else x
            if fact.quantity.relation not in ("=", "~"):
                up = fact.quantity.relation[0] == ">"
                tip = x * (2.6 if up else 1 / 2.6) if log else x + (4 if up else -4) * room
                style = {"arrowstyle": "-|>", "color": INK, "lw": 1.2, "shrinkA": 0, "shrinkB": 0}
                self.ax.annotate("", (tip, y), (x, y), arrowprops=style)
                end = max(x, tip)
            self.ax.text(end * 1.3 if log else end + room, y, row.number, va="center", gid=row.fact)

    def squares(self, data: pd.DataFrame, colors: dict[str, str], columns: int, apart: bool = False) -> None:
        """One square a unit, row by row from the top left, group after group, each group named at the right.

        Groups that are compared by length start on a row of their own (``apart``).
        Raises ``ValueError`` for what is no positive whole number: half a square says nothing.
        """
        place = 0
        for row in data.itertuples():
            if row.value < 1 or row.value != round(row.value):
                raise ValueError(f"{row.fact} is {row.value}: no number of squares")
            cells = [divmod(i, columns) for i in range(place, place + round(row.value))]
            for down, across in cells:
                square = Rectangle((across, -down), 0.84, 0.84, color=colors[row.fact], lw=0, gid=row.fact)
                self.ax.add_patch(square)
            middle = -sum(down for down, _ in cells) / len(cells) + 0.42
            # A bound says that it is one; of an exact count the digits are enough.
            value = self.digits(row.fact) if self.facts[row.fact].quantity.exact else row.number
            words = fold(self.named(row.label, value), int(3.6 * (28 - columns)))
            style = {"va": "center", "color": _readable(colors[row.fact]), "fontsize": 9, "gid": row.fact}
            self.ax.text(columns + 0.6, middle, words, **style)
            place = (cells[-1][0] + 2) * columns if apart else place + len(cells)
        # As wide as every other field of squares, so that a square is of one size in all of them.
        self.ax.set(aspect="equal", anchor="W", xlim=(0, 28), ylim=(-((place - 1) // columns) - 0.1, 1))
        self.hide("x", "y")

    def stack(self, data: pd.DataFrame, colors: dict[str, str]) -> None:
        """One bar made of parts, each named inside if it is wide enough, else under it."""
        total, left, depth = sum(data["value"]), 0.0, -0.45
        for row in data.itertuples():
            color, middle = colors[row.fact], left + row.value / 2
            self.ax.barh(0, row.value, left=left, height=0.9, color=color, gid=row.fact)
            words = self.named(row.label, self.digits(row.fact))
            if letters(words) * 0.085 < WIDTH * row.value / total:  # inches of a letter, and of the part
                ink = PAPER if color == ACCENT else INK
                self.ax.text(middle, 0, words, ha="center", va="center", color=ink, gid=row.fact)
            else:
                depth -= 0.5
                end = middle > total / 2
                self.ax.plot([middle, middle], [-0.45, depth], color=MUTED, lw=0.8)
                align = {"ha": "right" if end else "left", "va": "center", "color": _readable(color), "gid": row.fact}
                self.ax.annotate(words, (middle, depth), (-5 if end else 5, 0), textcoords="offset points", **align)
            left += row.value
        self.ax.set(xlim=(0, total), ylim=(depth - 0.3, 0.5))
        self.hide("x", "y")

    def finish(self, data: pd.DataFrame) -> Picture:
        """Fit the page, add the source line, write the three files (English only) and return the picture.

        ``data`` is what is plotted, one row a mark; a test compares its numbers with the facts and with the marks.
        Raises ``UserWarning`` as an error when a character has no glyph.
        """
        id, svg, png, project = self.row["id"], io.StringIO(), io.BytesIO(), self.facts.project
        with warnings.catch_warnings(), mpl.rc_context({"svg.hashsalt": f"{project.name}-{id}"}):
            warnings.filterwarnings("error", message="Glyph .* missing")
            for text in self.fig.findobj(Text):
                text.set_linespacing(self.say(1.2, 1.35))
            _fit(self.fig)
            for head in self.fig.texts:
                if head.get_window_extent().x1 > 0.99 * self.fig.bbox.width:
                    raise ValueError(f"too long for the page: {head.get_text()!r}")
            others = _OTHERS[self.language] if self.row["notebook"] == project.others else ""
            newspaper = self.say(project.newspaper_en, project.newspaper_zh)
            line = _SOURCE[self.language].format(newspaper=newspaper, day=self.day(project.date), others=others, id=id)
            named = self.say("{}. {}", "{}。{}").format(_NUMBER[self.language].format(self.row["number"]), line)
            self.fig.text(_LEFT, 0.1 / self.fig.get_figheight(), named, fontsize=7.5, color=MUTED)
            self.fig.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
            self.fig.savefig(png, format="png", metadata={"Software": None})
        plt.close(self.fig)
        named = (
            m["id"]
            for words in self.facts.tables["figures"][int(self.row["number"]) - 1].values()
            for m in PLACE.finditer(words)
        )
        shown = tuple(dict.fromkeys([*self.row["facts"].split(), *named]))
        picture = Picture(
            self.row, tuple(self.facts[i] for i in shown), self.language, data, svg.getvalue(), _small(png), line
        )
        if self.language == "en":
            shown = data.to_csv(index=False, lineterminator="\n").encode()
            self.facts.figures.write(id, {"svg": picture.svg.encode(), "png": picture.png, "csv": shown})
        return picture


@cache
def _add_fonts() -> None:
    for weight in ("Regular", "Bold"):
        font_manager.fontManager.addfont(FONTS / f"ReportSansSC-{weight}.otf")


def theme() -> None:
    """The project's look. Fonts come last: seaborn's theme resets the family."""
    _add_fonts()
    sns.set_theme(
        style="white",
        rc={
            "axes.edgecolor": MUTED,
            "axes.labelcolor": MUTED,
            "axes.spines.left": False,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "figure.dpi": 200,  # as saved: texts are measured to fit the page
            "font.size": 10,
            "grid.color": "#e3e5e8",
            "savefig.dpi": 200,
            "svg.fonttype": "path",
            "text.color": INK,
            "text.hinting": "none",  # hinted widths differ between resolutions, and between PNG and SVG
            "xtick.color": MUTED,
            "ytick.color": INK,
            "ytick.labelsize": 10,
            "xtick.labelsize": 10,
            "font.family": [FAMILY],
        },
    )


def start(facts: Dataset, id: str, height: float = 3.6, panels: int = 1) -> Chart:
    """An empty figure of figure ``id``, 7.2 inches wide and ``height`` inches high, with its title and subtitle set.

    With more than one of ``panels`` side by side, ``chart.ax`` is the first and ``chart.fig.axes`` has all.
    It is made in the language of ``facts``. Raises ``KeyError`` for a figure that is not in ``figures.csv``,
    ``ValueError`` for another language than ``LANGUAGES``.
    """
    language = facts.language
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is none of the languages {', '.join(LANGUAGES)}")
    row = facts.figure(id)
    theme()
    fig, axes = plt.subplots(1, panels, figsize=(WIDTH, height), squeeze=False)
    fig.subplots_adjust(left=_LEFT, right=_RIGHT, top=1 - _HEAD / height, bottom=_FOOT / height)
    fig.text(_LEFT, 1 - 0.12 / height, row[f"title_{language}"], fontsize=13, fontweight="bold", va="top")
    fig.text(_LEFT, 1 - 0.42 / height, row[f"subtitle_{language}"], fontsize=10, color=MUTED, va="top")
    return Chart(facts, row, language, fig, axes[0, 0])


@cache
def _palette() -> Image.Image:
    """The theme's own colours, each with its shades on paper, for the edges of letters and for what is drawn pale.

    A palette that is chosen by how often a colour occurs would lose the few red marks of a grey figure.
    """
    shades = [(INK, 16), (ACCENT, 16), (MUTED, 10), (DARK, 8), (GREY, 8), (LIGHT, 4)]
    found = [to_rgb(PAPER)]
    for color, steps in shades:
        ink, paper = to_rgb(color), to_rgb(PAPER)
        found += [tuple(i + (p - i) * n / steps for i, p in zip(ink, paper, strict=True)) for n in range(steps)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([round(255 * part) for color in found for part in color])
    return palette


def _small(png: io.BytesIO) -> bytes:
    """A picture in the colours of the theme: a third of the bytes, and it looks the same."""
    small = io.BytesIO()
    picture = Image.open(png).convert("RGB").quantize(palette=_palette(), dither=Image.Dither.NONE)
    picture.save(small, format="png", optimize=True)
    return small.getvalue()


def _readable(color: str) -> str:
    """The colour for words beside a mark: greys are too pale for text."""
    return color if color == ACCENT else MUTED


def _fit(fig: Figure) -> None:
    """Set the margins so that the labels of the axes stand inside the page, between subtitle and source line."""
    page, height = fig.bbox, fig.get_figheight()
    left, right = _LEFT * page.width, _RIGHT * page.width
    bottom, top = _FOOT / height * page.height, (1 - _HEAD / height) * page.height
    for _ in range(3):  # labels move a little as the axes shrink
        fig.draw_without_rendering()
        boxes = [ax.get_tightbbox() for ax in fig.axes if ax.get_visible()]
        pars = fig.subplotpars
        fig.subplots_adjust(
            left=pars.left + (left - min(b.x0 for b in boxes)) / page.width,
            # Axes of equal aspect may be narrower than their room: no use in more of it.
            right=min(pars.right + (right - max(b.x1 for b in boxes)) / page.width, 0.99),
            bottom=max(pars.bottom + (bottom - min(b.y0 for b in boxes)) / page.height, 0.02),
            top=min(pars.top + (top - max(b.y1 for b in boxes)) / page.height, 1 - _HEAD / height),
        )
