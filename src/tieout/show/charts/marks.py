"""The marks of a figure, each with the id of its fact, and the axes that they stand on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from tieout.show.charts.theme import ACCENT, GREY, INK, LIGHT, readable
from tieout.show.charts.words import Words
from tieout.text.fold import fold


@dataclass
class Canvas(Words):
    """The axes of a figure; those that are drawn on are ``ax``."""

    fig: Figure
    ax: Axes

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


class Marks(Canvas):
    """What is drawn on the axes.

    Every mark, and every number or name beside one, carries the id of its fact, row or code (``gid``) into the picture;
    a test compares value, colour and words of the mark with those of the id.
    """

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

    def compare(self, data: pd.DataFrame, *accented: str) -> None:
        """A bar for each row of ``data`` (columns ``fact``, ``label`` and ``value``) from the top, all grey but ``accented``."""
        colors = self.accent(data["fact"], *accented)
        sns.barplot(data, x="value", y="label", hue="fact", palette=colors, legend=False, saturation=1, ax=self.ax)

    def dots(self, ids: Iterable[str], x: Iterable[Any], y: Iterable[Any], colors: Iterable[str], size: float) -> None:
        """A dot for each of ``ids``, ``size`` points wide."""
        for id, left, up, color in zip(ids, x, y, colors, strict=True):
            self.ax.plot(left, up, "o", ms=size, color=color, mew=1.5, gid=id, zorder=3)

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

    def squares(self, data: pd.DataFrame, colors: dict[str, str], columns: int) -> None:
        """One square a unit, row by row from the top left, group after group, each group named at the right.

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
            style = {"va": "center", "color": readable(colors[row.fact]), "fontsize": 9, "gid": row.fact}
            self.ax.text(columns + 0.6, middle, words, **style)
            place += len(cells)
        # As wide as every other field of squares, so that a square is of one size in all of them.
        self.ax.set(aspect="equal", anchor="W", xlim=(0, 28), ylim=(-((place - 1) // columns) - 0.1, 1))
        self.hide("x", "y")
