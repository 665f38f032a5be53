"""The figures that only this report has, and the pieces that only one of them needs."""

from __future__ import annotations

from typing import Any, TypeAlias

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Text

from tieout.show.charts import ACCENT, DARK, GREY, INK, LIGHT, MUTED, PAPER, Chart
from tieout.text.fold import fold

#: Keywords that matplotlib hands on, of types as many as there are properties.
Style: TypeAlias = dict[str, Any]


def verdicts(chart: Chart, rows: list[str], verdicts: list[str], aspects: list[str]) -> None:
    """A grid for comparisons: figures by verdict from the top, kinds of comparison from the left, verdicts at the right."""
    chart.grid(rows, [fold(chart.label(f"aspect:{a}"), 7) for a in aspects])
    chart.ax.set_xlim(-0.5, len(aspects) + 1.2)
    chart.ax.tick_params(axis="x", labelsize=8.5)
    for verdict in dict.fromkeys(verdicts):
        first = verdicts.index(verdict)
        name = fold(chart.label(f"verdict:{verdict}"), 13)
        chart.ax.text(len(aspects) - 0.4, first - 0.42, name, va="top", weight="bold", fontsize=9.5, color=MUTED)
        chart.ax.axhline(first - 0.5, color=MUTED, lw=0.9)


def thresholds(chart: Chart, ids: list[str], starts: list[float]) -> None:
    """Words around bars of parts: what their ends say, what the parts are, and the years they stand for."""
    own, industry = chart.say("in the article", "本文"), chart.say("in industry alone", "仅规上工业")
    for id, y, color, name in zip(ids, (0, 1, -1), (ACCENT, ACCENT, INK), (own, own, industry), strict=True):
        style: Style = {"va": "center", "weight": "bold", "fontsize": 9.5, "color": color, "gid": id}
        chart.ax.text(chart.facts.value(id) + 8, y, f"{chart.facts.value(id):,.0f} {name}", **style)
    for start, id in zip(
        starts, ("hightech_revenue_threshold", "record_threshold_middle", "record_threshold_highest"), strict=True
    ):
        head = chart.say("above {}", "超过{}元").format(chart.money(chart.facts.value(id)))
        words = head.removeprefix("above ") if start else head
        chart.ax.text(start, -0.42, words, fontsize=8.5, color=MUTED, gid=id)
    chart.ax.set(yticks=[-1, 0, 1], yticklabels=["2020", "2021", "2022"], ylim=(1.5, -1.5), xlim=(0, 760))
    chart.hide()


def panel(chart: Chart, head: str, rows: int, most: float) -> None:
    """The head and the limits of a panel of bars from the top."""
    chart.ax.set_title(head, fontsize=10)
    chart.ax.set(xlim=(0, 1.3 * most), ylim=(rows - 0.5, -0.5))
    chart.hide()


def pair(chart: Chart, before: str, now: str, ax: Axes, color: str = ACCENT) -> None:
    """Two columns for one thing at two times, both in the unit of the second."""
    for x, (id, tone) in enumerate(((before, GREY), (now, color))):
        fact = chart.facts[id]
        ax.bar(x, fact.value, width=0.62, color=tone, gid=id)
        if fact.quantity.relation == "=":
            ax.vlines(x, fact.low, fact.high, color=INK, lw=1)
        style: Style = {"textcoords": "offset points", "ha": "center", "weight": "bold", "gid": id}
        ax.annotate(chart.digits(id, now), (x, fact.value), (0, 4), **style)
    ax.set(xlim=(-0.6, 1.6), ylim=(0, 1.1 * max(ax.get_ylim())))
    ax.yaxis.set_visible(False)


def event(chart: Chart, id: str, date: str, height: float, what: str, verb: str = "", color: str = ACCENT) -> None:
    """A mark on a time axis at zero for a date as precise as it is, its words to the left of a stalk."""
    period = pd.Period(date)
    chart.ax.vlines(period.start_time, 0, height, color=MUTED, lw=0.8, zorder=0)
    if period.start_time.date() == period.end_time.date():
        chart.ax.plot(period.start_time, 0, "o", ms=8, color=color, mec=PAPER, gid=id)
    else:  # a month is drawn whole
        chart.ax.hlines(0, period.start_time, period.end_time, color=color, lw=9, alpha=0.45, gid=id)
    head = chart.named(chart.day(date), verb) if verb else chart.day(date)
    place: Style = {"xytext": (-4, 0), "textcoords": "offset points", "ha": "right", "fontsize": 9, "gid": id}
    up = "bottom" if height > 0 else "top"
    chart.ax.annotate(f"{head}\n{fold(what, 34)}", (period.start_time, height), va=up, **place)


def path(
    chart: Chart, ax: Axes, records: pd.DataFrame, claim: str, base: str = "", day: str = "", floor: float = 0
) -> pd.DataFrame:
    """What other sources print over time (``Facts.path``), the article's number on its day, and its implied base.

    Filled marks are official, pale ones of the press, hollow ones copies; an arrow is a floor, and no line runs
    through it. ``claim`` may be empty; the ``base`` of ``day`` (default: a year earlier) is a ring. The axis starts at
    ``floor``. Returns what is drawn, one row a mark.
    """
    date = chart.facts.project.date
    dated = [(claim, date)] * bool(claim) + [(base, day or f"{int(date[:4]) - 1}{date[4:]}")] * bool(base)
    own = pd.DataFrame(
        [(id, pd.Timestamp(iso), chart.facts.value(id)) for id, iso in dated], columns=["fact", "date", "value"]
    )
    exact = records["relation"] == "="
    ax.plot(records["date"], records["value"].where(exact), color=LIGHT, lw=1.5, zorder=1)
    fill = {"official": DARK, "press": GREY, "reprint": PAPER}
    for row in records.itertuples():
        marker = "o" if row.relation == "=" else "^"
        style: Style = {
            "ms": 5.5,
            "color": fill[row.reliability],
            "mec": DARK,
            "mew": 0.9,
            "zorder": 2,
            "gid": row.fact,
        }
        ax.plot(row.date, row.value, marker, **style)
    ax.plot(own["date"], own["value"], color=ACCENT, lw=0.9, ls=(0, (2, 2)), zorder=2)
    for row in own.itertuples():
        above = row.fact == claim or not claim
        place: Style = {"xytext": (-5, 5) if above else (0, -13), "ha": "right" if above else "center"}
        fills: Style = (
            {"mfc": ACCENT, "mec": PAPER, "ms": 7.5} if row.fact == claim else {"mfc": PAPER, "mec": ACCENT, "ms": 7}
        )
        ax.plot(row.date, row.value, "o", mew=1.5, zorder=4, gid=row.fact, **fills)
        named: Style = {
            "color": ACCENT,
            "weight": "bold",
            "fontsize": 9,
            "textcoords": "offset points",
            "gid": row.fact,
        }
        ax.annotate(chart.digits(row.fact), (row.date, row.value), **named, **place)
    top = floor + 1.14 * (max(*own["value"], *records["value"]) - floor)
    # Only ticks that are seen: others would leave labels outside the panel.
    ax.set_yticks([y for y in mpl.ticker.MaxNLocator(4).tick_values(floor, top) if floor <= y <= top])
    ax.set_ylim(floor, top)
    # All panels of all figures share the years, so that paths can be read side by side.
    first, last = pd.Timestamp("2019-07-01"), pd.Timestamp("2026-01-31")
    if not records["date"].between(first, last).all():
        raise ValueError("a figure lies outside the years that are drawn")
    ax.set_xlim(first, last)
    ax.set_xticks([pd.Timestamp(f"{y}-07-01") for y in range(2020, 2026, 2)], [str(y) for y in range(2020, 2026, 2)])
    ax.set_xticks([pd.Timestamp(f"{y}-01-01") for y in range(2020, 2027)], minor=True)
    ax.tick_params(axis="x", labelsize=8.5, length=0)
    ax.tick_params(axis="x", which="minor", bottom=True, length=4, color=GREY)
    ax.yaxis.set_major_formatter(lambda y, _: f"{y:,.0f}")
    ax.tick_params(axis="y", labelsize=8.5, labelcolor=MUTED)
    ax.grid(axis="y")
    return pd.concat([records[["fact", "date", "value"]], own], ignore_index=True)


def box(chart: Chart, x: float, y: float, id: str, width: int) -> Text:
    """What ``id`` is called in a frame, in lines of about ``width`` letters, for ``link``."""
    frame = {"boxstyle": "round,pad=0.45", "fc": PAPER, "ec": INK, "lw": 1}
    style: Style = {"ha": "center", "va": "center", "fontsize": 8.5, "bbox": frame, "zorder": 3, "gid": id}
    return chart.ax.text(x, y, fold(chart.label(id), width), **style)


def link(chart: Chart, start: Text, end: Text) -> None:
    """An arrow from frame to frame."""
    style: Style = {"arrowstyle": "-|>", "color": MUTED, "lw": 1, "shrinkA": 2, "shrinkB": 2}
    style |= {"patchA": start.get_bbox_patch(), "patchB": end.get_bbox_patch()}
    # Above the frames, so that it is drawn after them and knows where they are.
    chart.ax.annotate("", end.get_position(), start.get_position(), arrowprops=style, zorder=4)
