"""Pieces of what the explorers show: links, lists, tables and dots over time, as HTML and SVG.

Links carry ``data-notebook`` and ``data-cell``, what can be clicked ``data-set`` (the controls it sets), what can be
marked ``data-ids``; ``explore.js`` does the rest. Words are escaped here, HTML is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from matplotlib.ticker import MaxNLocator

from tieout.data.fact import Fact
from tieout.text.dates import date_text, last_day


def link(notebook: str, cell: str, words: str) -> str:
    return f'<a data-notebook="{escape(notebook)}.ipynb" data-cell="{escape(cell)}" href="#">{escape(words)}</a>'


def card(id: str, words: str) -> str:
    """Words that lead to the card of fact or check ``id``."""
    return link("06_evidence", "checks-table" if id.startswith("check_") else id, words)


def sets(words: str, **state: str) -> str:
    """A button that sets controls."""
    return f'<button type="button" data-set="{escape(json.dumps(state))}">{escape(words)}</button>'


def listing(items: Iterable[str], none: str = "") -> str:
    found = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{found}</ul>" if found else f"<p>{escape(none)}</p>" if none else ""


def table(headers: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]], caption: str = "") -> str:
    """Rows of HTML cells, each row with its attributes."""
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in headers)
    body = "".join(
        f'<tr {attributes}><th scope="row">{cells[0]}</th>' + "".join(f"<td>{c}</td>" for c in cells[1:]) + "</tr>"
        for attributes, cells in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def both(en: str, zh: str) -> str:
    return f'{escape(en)} <span lang="zh">{escape(zh)}</span>'


def value(fact: Fact) -> str:
    interval = f" ({fact.interval})" if fact.interval else ""
    return f"<b>{escape(fact.english)}</b>{escape(interval)}"


def days(iso: str) -> tuple[date, date]:
    """The first and the last day of a date as precise as it is."""
    return date.fromisoformat((iso + "-01-01")[:10] if len(iso) < 10 else iso), date.fromisoformat(last_day(iso))


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


def plot(marks: Sequence[Mark], scale: str, label: str, span: tuple[str, str] = ("", "")) -> str:
    """Marks over time as SVG: dots, or bars where only the month or year is known.

    With ``scale`` the height is a value in that unit, else a row; a mark without a date is a line at its value.
    """
    width, height, left, right, foot = 720, 210 if scale else 30 + 26 * (1 + len(marks)), 70 if scale else 12, 16, 26
    shown = [day for m in marks for iso in (m.iso, m.since) if iso for day in days(iso)] + [
        days(iso)[0] for iso in span if iso
    ]
    first, last = min(shown).toordinal(), max(shown).toordinal()
    first, last = first - max(20, (last - first) // 30), last + max(20, (last - first) // 30)
    values = [m.y for m in marks] if scale else [-0.7, max(m.y for m in marks) + 0.7]
    ticks = (
        MaxNLocator(4, integer=all(float(v).is_integer() for v in values)).tick_values(min(0, *values), max(values))
        if scale
        else []
    )
    low, high = (ticks[0], ticks[-1]) if scale else (values[1], values[0])

    def x(day: int) -> float:
        return left + (day - first) / (last - first) * (width - left - right)

    def y(value: float) -> float:
        return 14 + (high - value) / (high - low) * (height - foot - 14)

    out = []
    for tick in ticks:
        words = f"{tick:,.0f}" if abs(tick) >= 10 or tick == 0 else f"{tick:g}"
        out.append(f'<path class="grid" d="M{left} {y(tick):.1f}H{width - right}"/>')
        out.append(f'<text x="{left - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{words}</text>')
    step = 12 if last - first > 900 else 3
    for month in range(date.fromordinal(first).year * 12, date.fromordinal(last).year * 12 + 12, step):
        at = date(month // 12, month % 12 + 1, 1)
        if first <= at.toordinal() <= last:
            words = str(at.year) if step == 12 else date_text(f"{at:%Y-%m}")
            out.append(f'<path class="tick" d="M{x(at.toordinal()):.1f} {height - foot}v5"/>')
            out.append(f'<text x="{x(at.toordinal()):.1f}" y="{height - 6}" text-anchor="middle">{words}</text>')
    out.append(f'<path class="axis" d="M{left} {height - foot}H{width - right}"/>')
    for m in (m for m in marks if not m.iso):
        words = f"{m.words}: {m.y:,.4g}" if m.y < 1000 else f"{m.words}: {m.y:,.0f}"
        out.append(f'<g class="line {m.look}"><path d="M{left} {y(m.y):.1f}H{width - right}"/>')
        out.append(f'<text x="{width - right}" y="{y(m.y) - 5:.1f}" text-anchor="end">{escape(words)}</text></g>')
    for m in (m for m in marks if m.iso):
        start, end = (x(day.toordinal()) for day in days(m.iso))
        at, up = (end if scale else start), y(m.y)
        action = escape(json.dumps({"choice": m.choice}))
        action = f' role="button" tabindex="0" data-ids="{m.choice}" data-set="{action}"' if m.choice else ' role="img"'
        shape = f'<circle cx="{at:.1f}" cy="{up:.1f}" r="5"/>'
        if m.open:
            shape = f'<path class="dot" d="M{at - 6:.1f} {up + 4:.1f}h12l-6 -10z"/>'
        if m.since:
            begin = x(days(m.since)[0].toordinal())
            shape = f'<path class="span" d="M{begin:.1f} {up:.1f}H{at:.1f}"/>{shape}'
        if not scale and end - start > 12:
            shape = f'<rect x="{start:.1f}" y="{up - 5:.1f}" width="{end - start:.1f}" height="10" rx="5"/>'
        if m.name:
            flip = (at - left) > 0.55 * (width - left - right)
            place = f'x="{at - 9 if flip else end + 9:.1f}" text-anchor="{"end" if flip else "start"}"'
            shape += f'<text {place} y="{up + (-9 if scale else 4):.1f}">{escape(m.words)}</text>'
        out.append(f'<g class="{m.look}"{action}><title>{escape(m.words)}</title>{shape}</g>')
    return f'<svg viewBox="0 0 {width} {height}" role="group" aria-label="{escape(label)}">{"".join(out)}</svg>'
