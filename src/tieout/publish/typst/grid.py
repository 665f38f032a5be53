"""Where the cells of a table stand, and how wide its columns are. Widths and heights are in points."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bs4 import Tag

from tieout.publish.document.tree import attribute, has_class
from tieout.publish.typst.metrics import PADDING, SIZE, widest, width
from tieout.publish.typst.state import is_block

#: Widths as report.typ sets the page: a column of prose, the whole width, a turned page.
PROSE, UPRIGHT, TURNED = 362.8, 459.2, 705.8
_COMFORT = 62.0  # what prose in a column gets beyond its longest word
_SHORT, _TIGHT = 18, 10  # letters of a number with its bound that stay on one line
_ICON = 90.0  # pixels of a picture that does not say how wide it is
_STEP, _ROOMY = 4.0, 16.0  # by which a column grows at once, and what a table of single lines gets beyond its words
_NUMBER = re.compile(r"(?:[-−+<>≤≥~]?\s?[\d.,\s]+(?:e[-+]?\d+)?\s?%?|NaN|nan|)")
_SIDES = (("end", "right"), ("middle", "center"), ("start", "left"))


class Cell(NamedTuple):
    """A cell, how many columns and rows it takes, and its words on one line."""

    node: Tag
    colspan: int
    rowspan: int
    line: str

    @property
    def bold(self) -> bool:
        """Whether it is the header of a column or a row."""
        return self.node.name == "th"


class Part(NamedTuple):
    """Columns of a table that stand side by side, their widths, and whether the page is turned for them."""

    columns: list[int]
    widths: list[float]
    turned: bool


class Grid:
    """Where the cells of a table stand: ``cells`` by row and column of their upper left corner.

    A place that no cell takes has an empty one. ``head`` is the number of header rows; ``spans``
    tells whether any cell takes more than one place.
    """

    def __init__(self, head: Sequence[Tag], body: Sequence[Tag]) -> None:
        self.head, self.rows = len(head), len(head) + len(body)
        self.cells: dict[tuple[int, int], Cell] = {}
        taken = self._place([*head, *body])
        self.columns = max((c for _, c in taken), default=-1) + 1
        self.spans = any(cell.colspan > 1 or cell.rowspan > 1 for cell in self.cells.values())
        empty = Cell(Tag(name="td"), 1, 1, "")
        self.cells |= dict.fromkeys({(r, c) for r in range(self.rows) for c in range(self.columns)} - taken, empty)
        self._numbers = self._columns_of_numbers()

    def _place(self, rows: Sequence[Tag]) -> set[tuple[int, int]]:
        """Give each cell the first free place of its row; all places that are taken then."""
        taken: set[tuple[int, int]] = set()
        for r, row in enumerate(rows):
            last, c = self.head if r < self.head else self.rows, 0
            for node in cells_of(row):
                while (r, c) in taken:
                    c += 1
                colspan = int(attribute(node, "colspan") or 1)
                rowspan = min(int(attribute(node, "rowspan") or 1), last - r)
                self.cells[r, c] = Cell(node, colspan, rowspan, _line(node))
                taken |= {(r + i, c + j) for i in range(rowspan) for j in range(colspan)}
                c += colspan
        return taken

    def _columns_of_numbers(self) -> set[int]:
        """The columns under a header that hold nothing but numbers; the first names the rows."""
        words = {c for (r, c), cell in self.cells.items() if r >= self.head and not _NUMBER.fullmatch(cell.line)}
        return set(range(1, self.columns)) - words if self.head else set()

    def side(self, row: int, column: int) -> str:
        """Left, right or center: as the cell says; numbers of a table that says nothing to the right."""
        node = self.cells[row, column].node
        default = "right" if column in self._numbers else "left"
        return next((side for name, side in _SIDES if has_class(node, name)), default)

    def needs(self, tight: bool = False) -> list[float]:
        """For each column the width of its longest word; unless ``tight``, with some comfort for prose and
        intervals on one line."""
        found = [1.0] * self.columns
        for (r, c), cell in self.cells.items():
            if cell.colspan == 1:
                found[c] = max(found[c], _need(cell, self.side(r, c) == "right", r >= self.head, tight))
        return [a + PADDING for a in found]


def _need(cell: Cell, end: bool, body: bool, tight: bool) -> float:
    """The width that a cell of the body or the head needs; at its ``end`` stand numbers."""
    # Chinese breaks anywhere, but not in a column of numbers.
    short = end and not cell.bold and len(cell.line) <= (_TIGHT if tight else _SHORT)
    word = width(cell.line) if short else widest(cell.line, whole=end or cell.bold, bold=cell.bold)
    natural = width(cell.line, cell.bold) if body and not end else 0
    comfort = min(natural, _COMFORT if natural > 2 * _COMFORT and not tight else 0.75 * _COMFORT)
    pictures = (float(attribute(i, "width") or _ICON) * 0.75 for i in tags_in(cell.node) if i.name == "img")
    return max(word, comfort, *pictures)


def parts(grid: Grid, may_turn: bool = True) -> list[Part]:
    """The parts in which a table is set, side by side with the names of its rows.

    A table that is too wide for the page turns it; one that is too wide even so is split, its
    first column repeated; one with joined cells cannot be split, so its words break anywhere.
    """
    needs, every = grid.needs(), list(range(grid.columns))
    if not may_turn:  # in a list or a cell: words break anywhere
        room = PROSE * 0.8
        needs = [min(a, room / grid.columns) for a in needs] if sum(needs) > room else needs
        return [Part(every, _spread(grid, every, needs, room), False)]
    for page, least in ((UPRIGHT, needs), (UPRIGHT, grid.needs(tight=True)), (TURNED, needs)):
        if sum(least) <= page:
            return [Part(every, _spread(grid, every, least, page), page == TURNED)]
    needs = [min(a, TURNED / 3) for a in needs]
    if grid.spans:
        needs = [min(a, TURNED / grid.columns) for a in needs]
        return [Part(every, _spread(grid, every, needs, TURNED), True)]
    return [Part(p, _spread(grid, p, [needs[i] for i in p], TURNED), True) for p in _split(needs)]


def _split(needs: Sequence[float]) -> list[list[int]]:
    """The columns of each part that fits a turned page, the first column in all of them."""
    found: list[list[int]] = [[0]]
    for c in range(1, len(needs)):
        if sum(needs[i] for i in (*found[-1], c)) > TURNED:
            found.append([0])
        found[-1].append(c)
    return found


def _spread(grid: Grid, columns: Sequence[int], needs: Sequence[float], page: float) -> list[float]:
    """Widths that make the table about as low as it can be: what is left goes, step by step, where lines go.

    A table whose rows take one line each stays narrower than the page.
    """
    rows = [
        [width(cell.line, cell.bold) if cell.colspan == 1 else 0.0 for cell in (grid.cells[r, c] for c in columns)]
        for r in range(grid.rows)
        if all((r, c) in grid.cells for c in columns)
    ]
    widths = list(needs)
    while sum(widths) + _STEP <= page:
        gains = _gains(rows, widths)
        best = max(range(len(gains)), key=gains.__getitem__)
        if not gains[best]:
            more = min((page - sum(widths)) / len(widths), _ROOMY)
            return [w + more for w in widths]
        widths[best] += _STEP
    return widths


def _gains(rows: Sequence[Sequence[float]], widths: Sequence[float]) -> list[float]:
    """For each column how much lower the table becomes if it grows: only a row's longest cell makes it high."""
    gains = [0.0] * len(widths)
    for row in rows:
        lines = [n / max(w - PADDING, 1.0) for n, w in zip(row, widths, strict=True)]
        most = max(range(len(lines)), key=lines.__getitem__)
        if lines[most] > 0.97:  # words do not fill a line
            gains[most] += lines[most] / widths[most]
    return gains


def height(grid: Grid, part: Part) -> float:
    """About how high a part of a table is."""
    rows: dict[int, float] = {}
    widths = dict(zip(part.columns, part.widths, strict=True))
    for (r, c), cell in grid.cells.items():
        if c in widths:
            lines = math.ceil(width(cell.line, cell.bold) * 1.08 / max(widths[c] - PADDING, 1))
            rows[r] = max(rows.get(r, 1), lines)
    return sum(1.32 * SIZE * lines + 8 for lines in rows.values())


def tags_in(node: Tag) -> Iterator[Tag]:
    """All elements in a node, at any depth."""
    return (d for d in node.descendants if isinstance(d, Tag))


def holds_blocks(node: Tag) -> bool:
    """Whether any block stands in a node, at any depth."""
    return any(map(is_block, tags_in(node)))


def cells_of(row: Tag) -> list[Tag]:
    """The cells of a row, and not those of tables in it."""
    return row.find_all(["td", "th"], recursive=False)


def _line(cell: Tag) -> str:
    """The words of a cell on one line."""
    return " ".join(cell.get_text(" " if holds_blocks(cell) else "").split())
