"""Tables: their header, their cells, their notes; as many parts as they need, on a turned page where they need it."""

from __future__ import annotations

from collections.abc import Sequence

from bs4 import Tag

from tieout.publish.document.tree import attribute, parent, the
from tieout.publish.typst.blocks import nested_blocks
from tieout.publish.typst.compile import literal
from tieout.publish.typst.grid import Cell, Grid, Part, cells_of, height, holds_blocks, parts
from tieout.publish.typst.metrics import PADDING, width
from tieout.publish.typst.state import Handler, Setter

_LOW = 380.0  # points: a table that one page has to hold
_HIGH = 40  # lines of a row that has to break
#: What a header that is repeated on each page may not hold: links and places.
_ONCE = ("#link(", "#label(", "#metadata(")


def set_table(setter: Setter, table: Tag, notes: Sequence[Tag] = ()) -> str:
    """A table and the ``notes`` under it; one without a cell is its caption."""
    where, grid = setter.anchors_here(), Grid(*_rows_of(table))
    caption = table.find("caption", recursive=False)
    title = setter.inline(caption.children) if caption else ""
    if not grid.columns:
        return where + title
    below = "".join(f"#{n['class'][0]}[{setter.inline(n.children)}]" for n in notes if n.get_text().strip())
    split = parts(grid, may_turn=not setter.nested)
    turned = any(part.turned for part in split)
    whole = caption and not setter.nested and not turned
    calls = []
    for n, part in enumerate(split, 1):
        cells = _rows(setter, grid, part)
        low = "true" if whole and height(grid, part) < _LOW else "false"
        which = literal(f"{n}/{len(split)}" if len(split) > 1 else "")
        number, points = literal(attribute(table, "data-number")), ", ".join(f"{w:.1f}pt" for w in part.widths)
        first, last = where if n == 1 else "", below if n == len(split) else ""
        calls.append(f"#tabular({low}, [{first}], {number}, [{title}], {which}, ({points},), [{last}],\n{cells})")
    body = "\n\n".join(calls)
    return f"#turned[{body}]" if turned else body


def set_exhibit(setter: Setter, node: Tag) -> str:
    """A table of the project's own, with its note and its source."""
    return set_table(setter, the(node, "table"), node.find_all("p", recursive=False))


def _rows_of(table: Tag) -> tuple[list[Tag], list[Tag]]:
    """The rows of the header and of the body; a first row of nothing but header cells is the header."""
    rows = [r for r in table.find_all("tr") if r.find_parent("table") is table]
    head = [r for r in rows if parent(r).name == "thead"]
    body = [r for r in rows if parent(r).name != "thead"]
    if not head and body and all(c.name == "th" for c in cells_of(body[0])):
        return body[:1], body[1:]
    return head, body


def _rows(setter: Setter, grid: Grid, part: Part) -> str:
    """The cells of a part, row by row."""
    widths = list(zip(part.columns, part.widths, strict=True))
    rows = [
        ", ".join(_cell(setter, grid, r, c, points) for c, points in widths if (r, c) in grid.cells)
        for r in range(grid.rows)
    ]
    first = ", ".join(filter(None, rows[: grid.head]))
    once = "repeat: false, " if any(call in first for call in _ONCE) else ""
    head = f"table.header({once}{first}),\n" if grid.head else ""
    return head + ",\n".join(filter(None, rows[grid.head :]))


def _cell(setter: Setter, grid: Grid, row: int, column: int, points: float) -> str:
    """A cell in a column of so many ``points``."""
    cell, side = grid.cells[row, column], grid.side(row, column)
    setter.remember_anchor(cell.node)
    body = setter.anchors_here() + _content(setter, cell, points)
    if cell.bold:
        body = f"#head-words[{body}]"
    if side == "right" and cell.node.name == "td" and width(cell.line) <= points - PADDING:
        body = f"#box[{body}]"  # 1029.62亿元 stays on one line
    options = [f"align: {side}"] if side != "left" else []
    options += [f"{k}: {n}" for k, n in (("colspan", cell.colspan), ("rowspan", cell.rowspan)) if n > 1]
    # A row longer than the page has to break; the others stay whole.
    if width(cell.node.get_text()) > _HIGH * points or holds_blocks(cell.node):
        options.append("breakable: true")
    return f"table.cell({', '.join(options)})[{body}]" if options else f"[{body}]"


def _content(setter: Setter, cell: Cell, points: float) -> str:
    """What is in a cell: blocks, or a line whose long words break at the column's width."""
    if holds_blocks(cell.node):
        return nested_blocks(setter, cell.node.children)
    with setter.within(column=points * cell.colspan):
        return setter.inline(cell.node.children)


TABLE_HANDLERS: dict[str, Handler] = {"table": set_table, "exhibit": set_exhibit}
