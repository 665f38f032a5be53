"""One way to show a table: as HTML, from which print is set, too, and as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tieout.data.fact import Fact
from tieout.numbers import wording
from tieout.prose.links import hover

#: What a widget shows of itself; its table stands beside it.
VIEW = "application/vnd.jupyter.widget-view+json"
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Cell:
    """A text and, if it is a number with evidence, the id of its fact, its card's address and what it says when pointed at."""

    text: str
    fact: str = ""
    hover: str = ""
    card: str = ""


@dataclass(frozen=True)
class Column:
    """A header; ``end`` aligns numbers to the right."""

    header: str
    end: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under headers, with a caption above, and below an optional note and where the rows are from."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{len(row)} cells under {len(self.columns)} columns in {self.caption!r}")

    def __repr__(self) -> str:
        """The table as text, columns padded for the double width of Chinese characters."""
        grid = [[c.header for c in self.columns], *([c.text for c in row] for row in self.rows)]
        widths = [max(_width(row[i]) for row in grid) for i in range(len(self.columns))]
        lines = [
            "  ".join(_pad(text, w, c.end) for text, w, c in zip(row, widths, self.columns, strict=True)).rstrip()
            for row in grid
        ]
        rule = "  ".join("-" * w for w in widths)
        return "\n".join(
            [self.caption, "", lines[0], rule, *lines[1:], *(line for note in self._notes() for line in ("", note))]
        )

    def _notes(self) -> list[str]:
        return [note for note in (self.note, self.source) if note]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        return {"text/plain": repr(self), "text/html": self._html()}

    def _html(self) -> str:
        from tieout.show.html import environment  # Jinja is read where a table is drawn, not with every command

        template = environment(_TEMPLATES).get_template("table.html")
        return template.render(table=self)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int, end: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if end else text + space


def text(*parts: str) -> Cell:
    """A cell without evidence: its non-empty parts, one space between."""
    return Cell(" ".join(p for p in parts if p))


def number(fact: Fact) -> Cell:
    """The value of a fact in English, linked to its evidence."""
    return Cell(fact.english, fact.id, hover(fact), fact.card)


def printed(fact: Fact) -> Cell:
    """The value of a fact in Chinese (as printed, if it is), linked to its evidence."""
    return Cell(fact.chinese, fact.id, hover(fact), fact.card)


def value(fact: Fact, like: Fact | None = None) -> Cell:
    """Sign and digits of a fact, linked to its evidence, in ``unit`` of ``like`` (default: its own)."""
    sign, digits, _ = wording.parts(fact.quantity, fact.unit, like=like.quantity if like else None)
    return Cell(sign + digits, fact.id, hover(fact), fact.card)


def unit(fact: Fact) -> Cell:
    """The unit in which ``value`` is given."""
    return text(wording.parts(fact.quantity, fact.unit)[2])


def bare_interval(fact: Fact, like: Fact | None = None) -> str:
    """The interval in the unit of ``value``, without naming it; empty if the value is exact or a bound."""
    ends = wording.ends(fact.quantity, fact.unit, like=like.quantity if like else None)
    if ends is None:
        return ""
    if wording.no_whole_number(fact.quantity, fact.unit):
        return f"{ends[0]} to {ends[1]}, no whole number"
    return f"{ends[0]} only" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
