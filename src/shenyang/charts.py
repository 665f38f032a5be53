"""One theme, one way to draw and save a figure.

A notebook calls ``start`` for a figure of ``figures.csv``, draws on the axes of the ``Chart`` it gets,
with labels and numbers from it, and ends with ``finish``, which writes SVG, PNG and the CSV of what
is plotted under one name in ``figures/`` and returns the picture for display. Another language
is one argument of ``start``; nothing else in the cell changes.
"""

from __future__ import annotations

import base64
import io
import os
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import networkx as nx
import pandas as pd
import seaborn as sns
from IPython.display import display
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from shenyang import article as source
from shenyang import quantity as qty
from shenyang.article import DATE, VISIT, write  # noqa: F401  (for time axes)
from shenyang.facts import Facts, Row
from shenyang.prose import date_text, target

FONTS = Path(__file__).parent / "fonts"
#: The project's own name for its subset of Noto Sans CJK SC: a system font of that name must not win.
FAMILY = "Report Sans SC"
ACCENT, GREY, INK, MUTED = "#c8102e", "#b8bcc2", "#1f2328", "#5b626b"
#: Greys beside the accent where more than two kinds must be told apart, from dark to light.
DARK, LIGHT, PAPER = "#767c85", "#dfe2e6", "#ffffff"
LANGUAGES = ("en", "zh")
WIDTH = 7.2  # inches
_SOURCE = {
    "en": "Source: Shenyang Daily, 29 August 2023. Figure {number}; data: figures/{id}.csv",
    "zh": "资料来源：沈阳日报，2023年8月29日。图{number}；数据：figures/{id}.csv",
}
_CAPTION = {"en": "**Figure {number}.** {caption}", "zh": "**图{number}** {caption}"}
_FACTS = {"en": "Numbers", "zh": "数据"}


@dataclass(frozen=True)
class Picture:
    """A finished figure: what was plotted, how it looks, what it says to those who cannot see it.

    Shown as the picture and its caption, in which each fact is a link to its evidence.
    """

    row: Row
    language: str
    data: pd.DataFrame
    svg: str
    png: bytes

    def __repr__(self) -> str:
        title = self.row[f"title_{self.language}"]
        return f"Figure {self.row['number']}. {title}\n\n{self.data.to_string(index=False)}"

    @property
    def caption(self) -> str:
        """Number, caption and the facts shown, in Markdown."""
        words = _CAPTION[self.language].format(number=self.row["number"], caption=self.row[f"caption_{self.language}"])
        links = ", ".join(f"[{id}]({target(id)})" for id in self.row["facts"].split())
        return f"{words} {_FACTS[self.language]}: {links}." if links else words

    def bundle(self) -> tuple[dict[str, str], dict[str, dict]]:
        """The picture as SVG and PNG with its alternative text, and as text.

        A notebook that JupyterLab does not trust yet shows no SVG; it shows the PNG.
        """
        png = base64.b64encode(self.png).decode() + "\n"
        words = {k: self.row[f"{k}_{self.language}"] for k in ("title", "alt")}
        words |= {"number": self.row["number"], "id": self.row["id"]}
        data = {"image/svg+xml": self.svg, "image/png": png, "text/plain": repr(self)}
        return data, {"image/svg+xml": words, "image/png": {"alt": words["alt"], "width": int(WIDTH * 96)}}

    def _ipython_display_(self) -> None:
        data, metadata = self.bundle()
        display(data, metadata=metadata, raw=True)
        caption = {"text/markdown": self.caption, "text/plain": self.caption}
        display(caption, metadata={"text/markdown": {"caption": self.row["id"]}}, raw=True)


@dataclass
class Chart:
    """A figure that is being drawn: its axes, and the words for them in one language."""

    facts: Facts
    row: Row
    language: str
    fig: Figure
    ax: Axes

    def say(self, english: str, chinese: str) -> str:
        """The words in the chart's language."""
        return english if self.language == "en" else chinese

    def label(self, id: str) -> str:
        """What a fact measures, or the name of an organisation, a project, a policy or a code."""
        return self.facts.label(id, self.language)

    def number(self, id: str) -> str:
        """The value of fact ``id`` with unit and bound, at the precision it has."""
        return self.facts[id].english if self.language == "en" else self.facts[id].chinese

    def digits(self, id: str) -> str:
        """The value of fact ``id`` in ``unit``, without it."""
        sign, digits, _ = qty.parts(self.facts[id].quantity, self.facts[id].unit, self.language)
        return sign + digits

    def unit(self, id: str) -> str:
        """The unit of ``digits`` and ``interval``."""
        return qty.parts(self.facts[id].quantity, self.facts[id].unit, self.language)[2]

    def interval(self, id: str) -> str:
        """The interval of fact ``id`` in ``unit``; empty if the value is exact, a bound, or the only whole number."""
        ends = qty.ends(self.facts[id].quantity, self.facts[id].unit, self.language)
        return "" if ends is None or ends[0] == ends[1] else self.say("{} to {}", "{}至{}").format(*ends)

    def day(self, iso: str) -> str:
        """``2023-03-17`` in words, as precise as it is."""
        chinese = (f"{int(part)}{unit}" for part, unit in zip(iso.split("-"), "年月日", strict=False))
        return self.say(date_text(iso), "".join(chinese))

    def data(self, ids: Iterable[str]) -> pd.DataFrame:
        """Facts as a frame to plot, one row each: fact, label, number (as text), value (in the fact's unit)."""
        rows = [(id, self.label(id), self.number(id), self.facts.value(id)) for id in ids]
        return pd.DataFrame(rows, columns=["fact", "label", "number", "value"])

    def accent(self, keys: Iterable[str], *accented: str) -> dict[str, str]:
        """A palette in which all is grey but ``accented``."""
        return {key: ACCENT if key in accented else GREY for key in keys}

    def money(self, yuan: float) -> str:
        """A round sum for an axis: 10 million, 1000万."""
        scales = qty.EN_SCALES if self.language == "en" else qty.ZH_SCALES
        scale, word = next(((s, w) for s, w in scales if yuan >= s), (1, ""))
        return f"{yuan / scale:,.0f}{word}"

    def hide(self, *axes: str) -> None:
        """Take axes away (``x`` unless told) whose values stand on the marks."""
        for axis in axes or ("x",):
            getattr(self.ax, f"{axis}axis").set_visible(False)
            self.ax.spines["bottom" if axis == "x" else "left"].set_visible(False)
        self.ax.set(xlabel="", ylabel="")

    def wrap(self, width: int = 26, axis: str = "y") -> None:
        """Break tick labels into lines of about ``width`` letters; a Chinese character counts as two."""
        axis_ = getattr(self.ax, f"{axis}axis")
        ticks = axis_.get_majorticklocs()
        axis_.set_ticks(ticks, [fold(t.get_text(), width) for t in axis_.get_majorticklabels()])

    def grid(self, rows: list[str], columns: list[str]) -> None:
        """Axes of names: ``rows`` from the top, ``columns`` from the left, at whole numbers, with light lines."""
        self.ax.set_yticks(range(len(rows)), rows)
        self.ax.set_xticks(range(len(columns)), columns)
        self.ax.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5), xlabel="", ylabel="")
        self.ax.xaxis.tick_top()
        self.ax.spines["bottom"].set_visible(False)
        self.ax.tick_params(length=0)
        self.ax.hlines([i - 0.5 for i in range(len(rows) + 1)], -0.5, len(columns) - 0.5, color=LIGHT, lw=0.8, zorder=0)

    def at_ends(self, data: pd.DataFrame) -> None:
        """The number of each bar or dot behind its end; an arrow shows to which side a bound is open."""
        log = self.ax.get_xscale() == "log"
        room = 0.012 * max(data["value"])
        for y, row in enumerate(data.itertuples()):
            relation, x = self.facts[row.fact].quantity.relation, row.value
            behind = x * 1.35 if log else x + room
            if relation != "=":
                up = relation[0] == ">"
                tip = x * (2.6 if up else 1 / 2.6) if log else max(x + (4 if up else -4) * room, 0)
                style = {"arrowstyle": "-|>", "color": INK, "lw": 1.2, "shrinkA": 0, "shrinkB": 0}
                if log or abs(tip - x) > 2 * room:  # no room for one beside a bar near zero
                    self.ax.annotate("", (tip, y), (x, y), arrowprops=style)
                behind = max(behind, tip * 1.15 if log else tip + room / 2)
            self.ax.text(behind, y, row.number, va="center")

    def squares(self, data: pd.DataFrame, colors: dict[str, str], columns: int, apart: bool = False) -> None:
        """One square a unit, row by row from the top left, group after group, each group named at the right.

        Groups that are no parts of one whole start on a row of their own (``apart``).
        """
        place = 0
        for row in data.itertuples():
            cells = [divmod(i, columns) for i in range(place, place + round(row.value))]
            for down, across in cells:
                square = Rectangle((across, -down), 0.84, 0.84, color=colors[row.fact], lw=0, gid=row.fact)
                self.ax.add_patch(square)
            middle = -sum(down for down, _ in cells) / len(cells) + 0.42
            words = fold(f"{row.label}: {self.digits(row.fact)}", 34)
            self.ax.text(columns + 0.6, middle, words, va="center", color=_readable(colors[row.fact]), fontsize=9)
            place = (cells[-1][0] + 2) * columns if apart else place + len(cells)
        # As wide as every other field of squares, so that a square is of one size in all of them.
        self.ax.set(aspect="equal", anchor="W", xlim=(0, 28), ylim=(-((place - 1) // columns) - 0.1, 1))
        self.hide("x", "y")

    def stack(self, data: pd.DataFrame, colors: dict[str, str]) -> None:
        """One bar made of parts, each named under it on a line of its own."""
        total, left = sum(data["value"]), 0.0
        for step, row in enumerate(data.itertuples(), 1):
            self.ax.barh(0, row.value, left=left, height=0.9, color=colors[row.fact], gid=row.fact)
            middle, below = left + row.value / 2, -0.35 - 0.65 * step
            end = middle > total / 2
            self.ax.plot([middle, middle], [-0.45, below], color=MUTED, lw=0.8)
            words = f" {row.number}: {row.label} "
            align = "right" if end else "left"
            self.ax.text(middle, below, words, ha=align, va="center", color=_readable(colors[row.fact]))
            left += row.value
        self.ax.set(xlim=(0, total), ylim=(-0.7 - 0.65 * len(data), 0.5))
        self.hide("x", "y")

    def slope(self, before: str, now: str, ax: Axes, color: str = ACCENT) -> None:
        """Two values of one thing side by side on an axis from zero, with their intervals."""
        values = [self.facts.value(before), self.facts.value(now)]
        ax.plot([0, 1], values, color=color, lw=2, marker="o", ms=7)
        top = max(*values, ax.get_ylim()[1])
        for x, id in enumerate((before, now)):
            fact = self.facts[id]
            if fact.quantity.relation == "=":
                ax.vlines(x, fact.low, fact.high, color=INK, lw=1)
            # The lower end has its words below, clear of the line.
            up = values[x] == max(values)
            near, far = (0.05, 0.13) if up else (-0.05, -0.13)
            style = {"ha": "center", "va": "bottom" if up else "top"}
            interval = self.interval(id)
            ax.text(x, values[x] + (far if interval and up else near) * top, self.digits(id), weight="bold", **style)
            ax.text(x, values[x] + (near if up else far) * top, interval, fontsize=8, color=MUTED, **style)
        ax.set(xlim=(-0.5, 1.5), ylim=(0, top * 1.2))
        ax.yaxis.set_visible(False)

    def event(self, day: pd.Timestamp, height: float, date: str, what: str, color: str = ACCENT) -> None:
        """A mark on a time axis at zero with its words to the left of a stalk of ``height``."""
        name = self.label(what) if what in self.facts.things else what
        if len(date) == len("2023-03"):  # a month is drawn whole
            self.ax.hlines(0, day, day + pd.offsets.MonthEnd(), color=color, lw=6)
        else:
            self.ax.plot(day, 0, "o", ms=8, color=color)
        self.ax.vlines(day, 0, height, color=MUTED, lw=0.8)
        words = f"{self.day(date)} \n{fold(name, 30)} "
        self.ax.text(day, height, words, ha="right", va="top" if height < 0 else "bottom", fontsize=9)

    def among(self, id: str) -> str:
        """Among whom a rank, first or record is claimed."""
        return next(r[f"among_{self.language}"] for r in self.facts.tables["superlatives"] if r["id"] == id)

    def box(self, x: float, y: float, words: str, color: str = INK) -> None:
        """Words in a frame."""
        frame = {"boxstyle": "round,pad=0.45", "fc": PAPER, "ec": color, "lw": 1}
        self.ax.text(x, y, words, ha="center", va="center", fontsize=8.5, color=color, bbox=frame, zorder=3)

    def layers(self, graph: nx.DiGraph) -> dict[str, tuple[float, float]]:
        """Places for the nodes of a graph without cycles: a column a generation, component under component."""
        column = {node: x for x, nodes in enumerate(nx.topological_generations(graph)) for node in nodes}
        places: dict[str, tuple[float, float]] = {}
        top = 0.0
        for part in sorted(nx.weakly_connected_components(graph), key=lambda p: (-len(p), min(p))):
            columns = [[n for n in graph if n in part and column[n] == x] for x in range(max(column.values()) + 1)]
            tall = max(len(nodes) for nodes in columns)
            for x, nodes in enumerate(columns):
                for i, node in enumerate(nodes):
                    places[node] = (float(x), top - (tall - len(nodes)) / 2 - i)
            top -= tall + 0.5
        self.ax.set(xlim=(-0.36, max(column.values()) + 0.36), ylim=(top + 1, 0.5))
        self.hide("x", "y")
        return places

    def link(self, start: tuple[float, float], end: tuple[float, float], words: str = "", gap: float = 0) -> None:
        """An arrow from place to place that ends ``gap`` points before the second, with words on its way."""
        style = {"arrowstyle": "-|>", "color": MUTED, "lw": 1, "shrinkA": 0, "shrinkB": gap}
        self.ax.annotate("", end, start, arrowprops=style, zorder=1)
        if words:
            paper = {"boxstyle": "round,pad=0.15", "fc": PAPER, "ec": "none"}
            place = {"ha": "center", "va": "center", "fontsize": 8, "color": MUTED, "bbox": paper, "zorder": 2}
            self.ax.text(end[0] - 0.5, end[1], words, **place)

    def finish(self, data: pd.DataFrame) -> Picture:
        """Fit the page, add the source line, write the three files (English only) and return the picture.

        ``data`` is what is plotted, one row a mark; a test compares its numbers with the facts and with the marks.
        Raises ``UserWarning`` as an error when a character has no glyph.
        """
        id, svg, png = self.row["id"], io.StringIO(), io.BytesIO()
        with warnings.catch_warnings(), mpl.rc_context({"svg.hashsalt": f"shenyang-{id}"}):
            warnings.filterwarnings("error", message="Glyph .* missing")
            _fit(self.fig)
            line = _SOURCE[self.language].format(number=self.row["number"], id=id)
            self.fig.text(0.02, 0.1 / self.fig.get_figheight(), line, fontsize=7, color=MUTED)
            self.fig.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
            self.fig.savefig(png, format="png", metadata={"Software": None})
        plt.close(self.fig)
        picture = Picture(self.row, self.language, data, svg.getvalue(), png.getvalue())
        if self.language == "en":
            # Tests and half-made reports must not touch the figures that are there.
            folder = Path(os.environ.get("SHENYANG_FIGURES", source.root() / "figures"))
            write(folder / f"{id}.svg", picture.svg.encode())
            write(folder / f"{id}.png", picture.png)
            write(folder / f"{id}.csv", data.to_csv(index=False, lineterminator="\n").encode())
        return picture


def theme() -> None:
    """The project's look. Fonts come last: seaborn's theme resets the family."""
    for weight in ("Regular", "Bold"):
        font_manager.fontManager.addfont(FONTS / f"ReportSansSC-{weight}.otf")
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
            "svg.hashsalt": "shenyang",
            "text.color": INK,
            "text.hinting": "none",  # hinted widths differ between resolutions, and between PNG and SVG
            "xtick.color": MUTED,
            "ytick.color": INK,
            "ytick.labelsize": 10,
            "xtick.labelsize": 10,
            "font.family": [FAMILY],
        },
    )


def start(facts: Facts, id: str, height: float = 3.6, language: str = "en", panels: int = 1) -> Chart:
    """An empty figure of figure ``id``, 7.2 inches wide and ``height`` high, with its title and subtitle set.

    With more than one of ``panels`` side by side, ``chart.ax`` is the first and ``chart.fig.axes`` has all.
    Raises ``KeyError`` for a figure that is not in ``figures.csv``.
    """
    row = facts.figure(id)
    theme()
    fig, axes = plt.subplots(1, panels, figsize=(WIDTH, height), squeeze=False)
    fig.subplots_adjust(left=0.02, right=0.97, top=1 - 0.78 / height, bottom=0.45 / height)
    fig.text(0.02, 1 - 0.12 / height, row[f"title_{language}"], fontsize=13, fontweight="bold", va="top")
    fig.text(0.02, 1 - 0.42 / height, row[f"subtitle_{language}"], fontsize=10, color=MUTED, va="top")
    return Chart(facts, row, language, fig, axes[0, 0])


def _readable(color: str) -> str:
    """The colour for words beside a mark: greys are too pale for text."""
    return color if color == ACCENT else MUTED


def fold(text: str, width: int) -> str:
    """``text`` in lines of about ``width`` letters, broken at spaces, Chinese between any two characters."""
    lines, line, used = [], "", 0
    spaced = text.isascii() or text.count(" ") > 2
    pieces, space = (text.split(" "), " ") if spaced else (list(text), "")
    for piece in pieces:
        size = sum(2 if ord(c) > 0x2E7F else 1 for c in piece)
        # No line starts with a closing mark.
        if line and used + size > width and piece not in "，。、”）：":
            lines.append(line)
            line, used = "", 0
        line, used = (line + space + piece if line else piece), used + size + 1 * bool(space)
    return "\n".join([*lines, line])


def _fit(fig: Figure) -> None:
    """Set the margins so that the labels of the axes stand inside the page, between subtitle and source line."""
    page, height = fig.bbox, fig.get_figheight()
    left, right = 0.02 * page.width, 0.97 * page.width
    bottom, top = 0.34 / height * page.height, (1 - 0.72 / height) * page.height
    for _ in range(3):  # labels move a little as the axes shrink
        fig.draw_without_rendering()
        boxes = [ax.get_tightbbox() for ax in fig.axes]
        pars = fig.subplotpars
        fig.subplots_adjust(
            left=pars.left + (left - min(b.x0 for b in boxes)) / page.width,
            # Axes of equal aspect may be narrower than their room: no use in more of it.
            right=min(pars.right + (right - max(b.x1 for b in boxes)) / page.width, 0.99),
            bottom=max(pars.bottom + (bottom - min(b.y0 for b in boxes)) / page.height, 0.02),
            top=min(pars.top + (top - max(b.y1 for b in boxes)) / page.height, 1 - 0.72 / height),
        )
