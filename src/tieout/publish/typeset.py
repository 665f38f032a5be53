"""Clean HTML (``document``) to Typst, and Typst to PDF.

User text enters Typst as string literals only, so nothing in data or prose can become markup.
The look is in ``report.typ``; what is measured here (words against columns, characters against
fonts) is what Typst would get wrong without a warning.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from bs4 import NavigableString, Tag

from tieout import files
from tieout.data.fact import is_outside
from tieout.fonts import FONTS
from tieout.publish.document import content_of, legible
from tieout.text.cjk import HAN

TEMPLATE = Path(__file__).parent / "report.typ"
#: Widths in points as report.typ sets the page: a column of prose, the whole width, a turned page.
PROSE, UPRIGHT, TURNED = 362.8, 459.2, 705.8
#: The date of a PDF that has none of its own.
UNDATED = "1980-01-01"
_SIZE, _PADDING, _COMFORT = 8.0, 8.4, 62.0
_PAGE = 2500  # letters that fit on half a page, the narrower column of a register
_LOW = 240.0  # points: a table that one page has to hold
_SHORT = 18  # letters of a number with its bound that stay on one line
_LONG = 48  # letters of a word that may have to be broken in prose
_IGNORABLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
# Where a long name may break: after the underscores and slashes of ids, units and addresses.
_BREAKABLE = re.compile(r"([_/])(?=\w)")
_HAN_RUN, _HAN = re.compile(f"([{HAN}]+)"), re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_ANSI = {
    "black": "#1f2328", "red": "#a50d25", "green": "#1a6b2f", "yellow": "#7a5200", "blue": "#1f4e9c",
    "magenta": "#83308c", "cyan": "#0b6470", "white": "#5b626b",
}  # fmt: skip
_NUMBER = re.compile(r"(?:[-−+<>≤≥~]?\s?[\d.,\s]+(?:e[-+]?\d+)?\s?%?|NaN|nan|)")
_BLOCKS = re.compile(r"^(?:h[1-6]|p|ul|ol|blockquote|pre|hr|table|figure|div)$")


class SetError(RuntimeError):
    """Typst refuses the document."""


def literal(text: str) -> str:
    """``text`` as a Typst string: nothing in it can become markup."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{legible(escaped)}"'


def here(*names: str) -> str:
    """Places that links lead to."""
    return "".join(f"#metadata(none)#label({literal(n)});" for n in names)


@dataclass
class Setter:
    """Sets clean HTML; collects files for the compiler and what the fonts cannot show.

    ``targets`` are the ids that links may lead to; ``warn`` takes a sentence.
    """

    targets: frozenset[str] = frozenset()
    warn: Callable[[str], None] = print
    files: dict[str, bytes] = field(default_factory=dict)
    _waiting: list[str] = field(default_factory=list)
    _placed: set[str] = field(default_factory=set)
    _depth: int = 0
    _chinese: bool = False  # in Chinese text, which needs no marks

    def blocks(self, nodes: Iterable) -> str:
        """Blocks, and runs of inline nodes between them."""
        out, run = [], []
        for node in [*nodes, None]:
            if node is None or (isinstance(node, Tag) and _BLOCKS.match(node.name)):
                if any(isinstance(n, Tag) or n.strip() for n in run):
                    out.append(self.inline(run))
                run = []
                out += [self._block(node)] if node is not None else []
            else:
                run.append(node)
        return "\n\n".join(filter(None, out))

    # --- blocks

    def _block(self, node: Tag) -> str:
        self.wait(node)
        name = node.name
        match name:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                return f"#heading(level: {name[1]})[{self._here()}{self.inline(node.children)}]"
            case "p":
                return self._paragraph(node)
            case "ul" | "ol":
                items = ", ".join(f"[{self._item(li)}]" for li in node.find_all("li", recursive=False))
                start = f"start: {node['start']}, " if node.get("start") else ""
                return f"#{'list' if name == 'ul' else 'enum'}({start}{items})" if items else ""
            case "blockquote":
                return f"#quote(block: true)[{self._here()}{self._inside(node.children)}]"
            case "pre":
                return f"#code({'true' if 'language-python' in node.get('class', []) else 'false'})[{self._here()}{self._lines(node)}]"
            case "hr":
                return "#rule"
            case "table":
                return self._table(node)
            case "figure":
                return self._figure(node)
        if "math" in node.get("class", []):
            return f"#align(center)[{self._math(node, block=True)}]"
        if "exhibit" in node.get("class", []):
            return self._table(node.find("table"), node.find_all("p", recursive=False))
        if "passage" in node.get("class", []):
            original, notes = node.find_all("div", recursive=False)
            self._chinese = True
            article = self.blocks(original.children)
            self._chinese = False
            return f"#passage([{article}], [{self.blocks(notes.children)}])"
        inside = self.blocks(node.children)
        classes = node.get("class", [])
        kind = next((k for k in ("executive", "register", "claim", "together") if k in classes), "")
        if "tag-keep-together" in classes:
            kind = "together"
        if kind == "together" and len(node.get_text()) > _PAGE:  # more than one page can hold
            kind = ""
        # A page cannot stand in a block.
        return f"#{kind}[{self._here()}{inside}]" if kind and "#turned[" not in inside else inside

    def _item(self, node: Tag) -> str:
        self.wait(node)
        return self._here() + self._inside(node.children)

    def _inside(self, nodes: Iterable) -> str:
        """Blocks in a block: no page can be turned there."""
        self._depth += 1
        try:
            return self.blocks(nodes)
        finally:
            self._depth -= 1

    def _paragraph(self, node: Tag) -> str:
        body = self.inline(node.children).strip()
        if not body and not self._waiting:
            return ""
        only = [c for c in node.children if not (isinstance(c, NavigableString) and not c.strip())]
        if len(only) == 1 and isinstance(only[0], Tag) and only[0].name == "img":
            return f"#block[{self._here()}{self._image(only[0])}]"
        kind = "small" if "small" in node.get("class", []) else "par"
        return f"#{kind}[{self._here()}{body}]"

    def _figure(self, node: Tag) -> str:
        """A picture with its head, its caption and its source; the notebook's own keep together."""
        where, picture = self._here(), node.find("img")
        parts = []
        for kind in ("number", "title", "subtitle"):
            span = node.find("span", class_=kind)
            parts.append(f"[{self.inline(span.children) if span else ''}]")
        caption = "".join(self.blocks(c.children) for c in node.find_all("figcaption", recursive=False))
        line = node.find("p", class_="source")
        parts += [f"[{caption}]", f"[{self.inline(line.children) if line else ''}]"]
        body = (
            self._image(picture)
            if picture
            else self.blocks(c for c in node.children if getattr(c, "name", "") != "figcaption")
        )
        if not node.find("span", class_="title"):
            return f"#block[{where}{body}]" + (f"\n\n#small[{caption}]" if caption else "")
        return f"#picture([{where}{body}], {', '.join(parts)})"

    def _image(self, node: Tag, inline: bool = False, room: float = 0) -> str:
        content, mime = content_of(str(node["src"]))
        extension = {"image/svg+xml": "svg", "image/jpeg": "jpg"}.get(mime, mime.split("/")[-1])
        path = f"picture-{len(self.files)}.{extension}"
        self.files[path] = self._in_our_fonts(content) if extension == "svg" else content
        width = f"{int(node['width']) * 0.75}pt" if node.get("width") else "none"
        words = f"{literal(path)}, {literal(self._known(node['alt']))}, {width}"
        most = f"{room - _PADDING:.1f}pt" if room > 2 * _PADDING else "80mm"
        return f"#small-image({words}, {most})" if inline else f"#fitted({words})"

    def _in_our_fonts(self, svg: bytes) -> bytes:
        """Words in an SVG in a font that is there: Typst draws boxes for another without a warning."""
        if not re.search(rb"<(?:\w+:)?text\b", svg):
            return svg
        ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
        try:
            root = ElementTree.fromstring(svg)
        except ElementTree.ParseError:
            return svg  # Typst says so, too
        family = re.compile(r"font-family\s*:[^;}]*;?")
        for part in root.iter():
            part.attrib.pop("font-family", None)
            if "style" in part.attrib:
                part.set("style", family.sub("", part.attrib["style"]))
            style = str(part.tag).endswith("}style")
            part.text = family.sub("", part.text or "") if style else part.text and self._known(part.text)
            part.tail = part.tail and self._known(part.tail)
        root.set("font-family", "Report Sans SC")
        return ElementTree.tostring(root)

    def _lines(self, node: Tag) -> str:
        """Preformatted text, line by line, with the colours of a terminal."""

        def run(part: Tag | NavigableString, style: str) -> str:
            if isinstance(part, Tag):
                if part.name in ("br", "img"):
                    return "#linebreak();" if part.name == "br" else f"#raw({literal('[' + part['alt'] + ']')});"
                own = _style(part)
                return "".join(run(c, own or style) for c in part.children)
            lines = [
                f"#raw({literal(_broken(self._known(x), 80))});" if x else ""
                for x in str(part).expandtabs().split("\n")
            ]
            return "#linebreak();".join(f"#text({style})[{x}];" if style and x else x for x in lines)

        return run(node, "").removesuffix("#linebreak();")

    # --- tables

    def _table(self, table: Tag, notes: Sequence[Tag] = ()) -> str:
        where = self._here()
        rows = [r for r in table.find_all("tr") if r.find_parent("table") is table]
        head = [r for r in rows if r.parent.name == "thead"]
        body = [r for r in rows if r.parent.name != "thead"]
        if not head and body and all(c.name == "th" for c in _cells(body[0])):
            head, body = body[:1], body[1:]
        grid = Grid(head, body)
        caption = table.find("caption", recursive=False)
        if not grid.columns:
            return where + self.inline(caption.children if caption else ())
        title = f"[{self.inline(caption.children) if caption else ''}]"
        number = literal(str(table.get("data-number", "")))
        rest = "".join(f"#{n['class'][0]}[{self.inline(n.children)}]" for n in notes if n.get_text().strip())
        parts = grid.parts(may_turn=self._depth == 0)
        out = []
        for n, (columns, widths, _) in enumerate(parts):
            cells = self._rows(grid, columns, widths)
            which = f"{n + 1}/{len(parts)}" if len(parts) > 1 else ""
            first, last = n == 0, n == len(parts) - 1
            low = (
                "true"
                if self._depth == 0
                and caption
                and not any(t for *_, t in parts)
                and grid.height(columns, widths) < _LOW
                else "false"
            )
            points = ", ".join(f"{w:.1f}pt" for w in widths)
            call = (
                f"#tabular({low}, [{where if first else ''}], {number}, {title}, {literal(which)}, ({points},), "
                f"[{rest if last else ''}],\n{cells})"
            )
            out.append(call)
        body = "\n\n".join(out)
        return f"#turned[{body}]" if any(turned for _, _, turned in parts) else body

    def _rows(self, grid: Grid, columns: Sequence[int], widths: Sequence[float]) -> str:
        rows = [
            ", ".join(self._cell(grid, r, c, widths[i]) for i, c in enumerate(columns) if (r, c) in grid.cells)
            for r in range(grid.rows)
        ]
        first = ", ".join(filter(None, rows[: grid.head]))
        # What is repeated may hold neither links nor places.
        once = "repeat: false, " if "#link(" in first or "#label(" in first or "#metadata(" in first else ""
        head = f"table.header({once}{first}),\n" if grid.head else ""
        return head + ",\n".join(filter(None, rows[grid.head :]))

    def _cell(self, grid: Grid, row: int, column: int, width: float) -> str:
        cell, colspan, rowspan = grid.cells[row, column]
        self.wait(cell)
        body = self._here()
        body += self._inside(cell.children) if _blocky(cell) else self.inline(cell.children, width * colspan)
        if cell.name == "th":
            body = f"#head-words[{body}]"
        side = grid.side(row, column)
        if side == "right" and cell.name == "td" and _width(grid.lines[row, column]) <= width - _PADDING:
            body = f"#box[{body}]"  # 1029.62亿元 stays on one line
        options = [f"align: {side}"] if side != "left" else []
        options += [f"{k}: {n}" for k, n in (("colspan", colspan), ("rowspan", rowspan)) if n > 1]
        # A row longer than the page has to break; the others stay whole.
        if _width(cell.get_text()) > 40 * width or _blocky(cell):
            options.append("breakable: true")
        return f"table.cell({', '.join(options)})[{body}]" if options else f"[{body}]"

    # --- inline

    def inline(self, nodes: Iterable, width: float = 0) -> str:
        """Inline nodes; with a ``width``, words that are longer may break anywhere."""
        return "".join(self._span(n, width) for n in nodes)

    def _span(self, node: Tag | NavigableString, width: float) -> str:
        if not isinstance(node, Tag):
            return self.text(str(node), width)
        self.wait(node)
        where = self._here()
        if node.name == "br":
            return where + "#linebreak();"
        if node.name == "img":
            return where + self._image(node, inline=True, room=width)
        if "math" in node.get("class", []):
            return where + self._math(node, block=node.name == "div")
        if "uses" in node.get("class", []):
            return f"#pages(({''.join(literal(u) + ', ' for u in node['data-uses'].split())}));"
        body = self.inline(node.children, width)
        if node.name == "a":
            return where + self._link(node, body)
        if node.name == "code" and not node.find("img"):
            return f"{where}#raw({literal(_broken(self._known(node.get_text()), 60))});"
        if node.name == "sup":
            where += "#sym.wj;"  # it stays with what it marks
        function = {"strong": "strong", "em": "emph", "s": "strike", "sub": "sub", "sup": "super"}.get(node.name)
        if function is None and {"number", "kicker"} & set(node.get("class", [])):
            function = "mark-number" if "number" in node["class"] else "kick"
        if function is None and _BLOCKS.match(node.name):  # a block inside a line, as broken HTML has it
            return f"{where}{body}#linebreak();"
        style = _style(node)
        return where + (f"#{function}[{body}];" if function else f"#text({style})[{body}];" if style else body)

    def _link(self, node: Tag, body: str) -> str:
        to, href = str(node.get("data-to", "")), str(node.get("href", ""))
        if to and to in self.targets:
            body = f"#elsewhere[{body}];" if is_outside(to.rpartition(":")[2]) else body
            return f"#link(label({literal(to)}))[{body}];"
        return f"#link({literal(href)})[{body}];" if re.match(r"https?://|mailto:", href, re.I) else body

    def text(self, text: str, width: float = 0) -> str:
        """Text; Chinese is marked as such, for its shapes, its line breaks and whoever reads it aloud."""
        text = re.sub(r"[ \t\n\r\f]+", " ", self._known(text))
        if width:
            room = width - _PADDING
            text = re.sub(r"\S+", lambda m: m[0] if _widest(m[0]) <= room else "\u200b".join(m[0]), text)
            text = _BREAKABLE.sub("\\1\u200b", text)
        else:
            text = _broken(text, _LONG)
        pieces = (p for p in _HAN_RUN.split(text) if p)
        marked = (f"zh({literal(p)})" if _HAN.search(p) and not self._chinese else literal(p) for p in pieces)
        return "".join(f"#{p};" for p in marked)

    def _known(self, text: str) -> str:
        """The text with every character that no font here can show as its code."""
        if text.isascii() and text.isprintable():
            return text
        unknown = {c for c in text if not (c in "\n\t\r" or ord(c) in _cmap())}
        lost = sorted(c for c in unknown if not _IGNORABLE.match(c))
        if lost:
            more = f" and {len(lost) - 8} more" if len(lost) > 8 else ""
            self.warn(f"no font has {', '.join(f'U+{ord(c):04X}' for c in lost[:8])}{more}: set as the code")
        return "".join(c if c not in unknown else f"[U+{ord(c):04X}]" if c in lost else "" for c in text)

    def _math(self, node: Tag, block: bool) -> str:
        latex = node.get_text().strip()
        import ziamath

        try:
            formula = ziamath.Latex(latex, size=10.5, inline=not block)
            svg, (width, height), down = formula.svg(), formula.getsize(), -formula.getyofst()
        except Exception as error:  # whatever the library meets in someone's LaTeX
            self.warn(f"a formula is set as its source: {error or type(error).__name__}")
            return f"#raw({literal(latex)});"
        path = f"picture-{len(self.files)}.svg"
        self.files[path] = svg.encode()
        return (
            f"#formula({literal(path)}, {literal(latex)}, {width:.2f}pt, {height:.2f}pt, {0 if block else down:.2f}pt);"
        )

    # --- places

    def wait(self, node: Tag) -> None:
        """The id of a node is set with the first thing in it that has a place on the page."""
        name = str(node.get("id", ""))
        if name in self.targets and name not in self._placed:
            self._placed.add(name)
            self._waiting.append(name)

    def _here(self) -> str:
        names, self._waiting = self._waiting, []
        return here(*names)

    def bracketed(self, text: str) -> str:
        """Text as a content block."""
        return f"[{self.text(text)}]"

    def rest(self) -> str:
        """The places that found nothing to stand with."""
        left = sorted(self.targets - self._placed)
        return self._here() + here(*left)


class Grid:
    """Where the cells of a table stand, and how wide its columns have to be."""

    def __init__(self, head: list[Tag], body: list[Tag]) -> None:
        self.head, self.rows = len(head), len(head) + len(body)
        self.cells: dict[tuple[int, int], tuple[Tag, int, int]] = {}
        taken: set[tuple[int, int]] = set()
        for r, row in enumerate([*head, *body]):
            last, c = self.head if r < self.head else self.rows, 0
            for cell in _cells(row):
                while (r, c) in taken:
                    c += 1
                colspan, rowspan = int(cell.get("colspan", 1)), min(int(cell.get("rowspan", 1)), last - r)
                self.cells[r, c] = (cell, colspan, rowspan)
                taken |= {(r + i, c + j) for i in range(rowspan) for j in range(colspan)}
                c += colspan
        self.columns = max((c for _, c in taken), default=-1) + 1
        self.lines = {place: _line(cell) for place, (cell, _, _) in self.cells.items()}
        self.spans = any(a > 1 or b > 1 for _, a, b in self.cells.values())
        empty = Tag(name="td")
        for place in {(r, c) for r in range(self.rows) for c in range(self.columns)} - taken:
            self.cells[place], self.lines[place] = (empty, 1, 1), ""
        self.numbers = self._numbers()

    def side(self, row: int, column: int) -> str:
        """Left, right or center: as the cell says; numbers of a table that says nothing to the right."""
        classes = self.cells[row, column][0].get("class", [])
        for name, side in (("end", "right"), ("middle", "center"), ("start", "left")):
            if name in classes:
                return side
        return "right" if column in self.numbers else "left"

    def _numbers(self) -> set[int]:
        """The columns under a header that hold nothing but numbers; the first names the rows."""
        words = {c for (r, c), line in self.lines.items() if r >= self.head and not _NUMBER.fullmatch(line)}
        return set(range(1, self.columns)) - words if self.head else set()

    def needs(self, tight: bool = False) -> list[float]:
        """For each column the width in points of its longest word; unless ``tight``, with some comfort for prose
        and intervals on one line."""
        found = [1.0] * self.columns
        for (r, c), (cell, colspan, _) in self.cells.items():
            if colspan == 1:
                # Chinese breaks anywhere, but not in a column of numbers.
                end, bold = self.side(r, c) == "right", cell.name == "th"
                text = self.lines[r, c]
                short = end and not bold and len(text) <= (_SHORT if not tight else 10)
                word = _width(text) if short else _widest(text, whole=end or bold, bold=bold)
                natural = _width(text, bold) if r >= self.head and not end else 0
                comfort = min(natural, _COMFORT if natural > 2 * _COMFORT and not tight else 0.75 * _COMFORT)
                pictures = (float(i.get("width") or 90) * 0.75 for i in _tags(cell) if i.name == "img")
                found[c] = max(found[c], word, comfort, *pictures)
        return [a + _PADDING for a in found]

    def parts(self, may_turn: bool = True) -> list[tuple[list[int], list[float], bool]]:
        """The columns of each part, their widths in points, and whether the page is turned for them.

        A table that is too wide for the page turns it; one that is too wide even so is split, its
        first column repeated; one with joined cells cannot be split, so its words break anywhere.
        """
        needs, every = self.needs(), list(range(self.columns))
        if not may_turn:  # in a list or a cell: words break anywhere
            room = PROSE * 0.8
            needs = [min(a, room / self.columns) for a in needs] if sum(needs) > room else needs
            return [(every, self._widths(every, needs, room), False)]
        for page, least in ((UPRIGHT, needs), (UPRIGHT, self.needs(tight=True)), (TURNED, needs)):
            if sum(least) <= page:
                return [(every, self._widths(every, least, page), page == TURNED)]
        needs = [min(a, TURNED / 3) for a in needs]
        if self.spans:
            needs = [min(a, TURNED / self.columns) for a in needs]
            return [(every, self._widths(every, needs, TURNED), True)]
        parts: list[list[int]] = [[0]]
        for c in every[1:]:
            if sum(needs[i] for i in (*parts[-1], c)) > TURNED:
                parts.append([0])
            parts[-1].append(c)
        return [(p, self._widths(p, [needs[i] for i in p], TURNED), True) for p in parts]

    def height(self, columns: Sequence[int], widths: Sequence[float]) -> float:
        """About how high the table is with such columns, in points."""
        rows: dict[int, float] = {}
        for (r, c), (cell, _, _) in self.cells.items():
            if c in columns:
                lines = math.ceil(
                    _width(self.lines[r, c], cell.name == "th")
                    * 1.08
                    / max(widths[list(columns).index(c)] - _PADDING, 1)
                )
                rows[r] = max(rows.get(r, 1), lines)
        return sum(1.32 * _SIZE * lines + 8 for lines in rows.values())

    def _widths(self, columns: Sequence[int], needs: Sequence[float], page: float) -> list[float]:
        """Widths that make the table about as low as it can be: what is left goes, step by step, where lines go.

        A table whose rows take one line each stays narrower than the page.
        """
        rows = [
            [
                _width(self.lines[r, c], self.cells[r, c][0].name == "th") if self.cells[r, c][1] == 1 else 0.0
                for c in columns
            ]
            for r in range(self.rows)
            if all((r, c) in self.cells for c in columns)
        ]
        widths, step = list(needs), 4.0
        while sum(widths) + step <= page:
            gains = [0.0] * len(widths)
            for row in rows:
                lines = [n / max(w - _PADDING, 1.0) for n, w in zip(row, widths, strict=True)]
                most = max(range(len(lines)), key=lines.__getitem__)
                if lines[most] > 0.97:  # words do not fill a line
                    gains[most] += lines[most] / widths[most]
            best = max(range(len(gains)), key=gains.__getitem__)
            if not gains[best]:
                more = min((page - sum(widths)) / len(widths), 16.0)
                return [w + more for w in widths]
            widths[best] += step
        return widths


def _tags(node: Tag) -> Iterator[Tag]:
    return (d for d in node.descendants if isinstance(d, Tag))


def _blocky(node: Tag) -> bool:
    return any(_BLOCKS.match(d.name) for d in _tags(node))


def _line(cell: Tag) -> str:
    """The words of a cell on one line."""
    return " ".join(cell.get_text(" " if _blocky(cell) else "").split())


def _cells(row: Tag) -> list[Tag]:
    return row.find_all(["td", "th"], recursive=False)


@cache
def _font(name: str) -> tuple[dict[int, str], dict[str, tuple[int, int]], int]:
    from fontTools.ttLib import TTFont

    path = FONTS / name if (FONTS / name).exists() else fallback() / name
    font = TTFont(path, lazy=True)
    return font.getBestCmap(), font["hmtx"].metrics, font["head"].unitsPerEm


@cache
def _cmap() -> frozenset[int]:
    """The characters that can be set: in our fonts, or in those that come with matplotlib."""
    names = ("ReportSansSC-Regular.otf", "ReportSansSC-Bold.otf", "DejaVuSans.ttf")
    ours = set(_font(names[0])[0]) & set(_font(names[1])[0])
    return frozenset(ours | set(_font(names[2])[0]))


def fallback() -> Path:
    """The folder of matplotlib's fonts: DejaVu covers many scripts that ours does not."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@cache
def _width(text: str, bold: bool = False) -> float:
    """The width in points of a text on one line of a table."""
    cmap, metrics, em = _font(f"ReportSansSC-{'Bold' if bold else 'Regular'}.otf")
    return _SIZE * sum(metrics[cmap[ord(c)]][0] if ord(c) in cmap else 0.75 * em for c in text) / em


@cache
def _widest(text: str, whole: bool = False, bold: bool = False) -> float:
    """The width of the longest piece that does not break."""
    text = _BREAKABLE.sub("\\1 ", text)
    pieces = text.split() if whole else re.findall(rf"[^\s{HAN}]+|[{HAN}]", text)
    return max((_width(p, bold) for p in pieces), default=0.0)


def _broken(text: str, length: int) -> str:
    """Words of more than ``length`` letters may break at every letter."""
    return re.sub(rf"[^\s\u200b\u3040-\u30ff\u3400-\u9fff]{{{length},}}", lambda m: "\u200b".join(m[0]), text)


def _style(node: Tag) -> str:
    """Arguments of Typst's ``text`` for what a terminal coloured."""
    out = {}
    for name in node.get("class", []):
        m = re.fullmatch(r"ansi-(\w+?)(?:-intense)?-fg", name)
        if m and m[1] in _ANSI:
            out["fill"] = f'rgb("{_ANSI[m[1]]}")'
        if name == "ansi-bold":
            out["weight"] = '"bold"'
    rgb = re.search(r"(?<!-)color: rgb\((\d+),(\d+),(\d+)\)", str(node.get("style", "")))
    if rgb:
        out["fill"] = f"rgb({', '.join(str(min(int(n), 255)) for n in rgb.groups())}).darken(30%)"
    return ", ".join(f"{k}: {v}" for k, v in out.items())


def pdf(main: str, parts: dict[str, bytes], date: str = UNDATED) -> bytes:
    """PDF/UA-1 and PDF/A-2a of Typst source, without system fonts, the same bytes for the same input.

    ``date`` is what the PDF says of its making: it is a function of its content, not of the clock.

    Raises ``SetError`` where Typst refuses it.
    """
    import typst

    day = datetime.fromisoformat(date).replace(hour=12, tzinfo=UTC)
    with files.folder() as folder:
        for name, content in {"main.typ": main.encode(), "report.typ": TEMPLATE.read_bytes(), **parts}.items():
            (folder / name).write_bytes(content)
        try:
            return typst.compile(
                folder / "main.typ",
                root=str(folder),  # what is not in it cannot be read
                ignore_system_fonts=True,
                font_paths=[str(FONTS), str(fallback())],
                pdf_standards=["ua-1", "a-2a"],
                timestamp=int(day.timestamp()),
            )
        except RuntimeError as error:  # a TypstError is one, and has more to say
            raise SetError(str(getattr(error, "diagnostic", "") or error).strip()) from None
