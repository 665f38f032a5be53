"""Clean HTML (``document``) to Typst, and Typst to PDF.

User text enters Typst as string literals only, so nothing in data or prose can become markup.
The look is in ``report.typ``; what is measured here (words against columns, characters against
fonts) is what Typst would get wrong without a warning.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bs4 import NavigableString, Tag

from shenyang import article as source
from shenyang.document import HAN, content_of, legible

FONTS = Path(__file__).parent / "fonts"
TEMPLATE = Path(__file__).parent / "report.typ"
#: Widths in points as report.typ sets the page: a column of prose, the whole width, a turned page.
PROSE, UPRIGHT, TURNED = 362.8, 459.2, 705.8
_SIZE, _PADDING, _COMFORT = 8.0, 8.4, 62.0
_SHORT = 12  # letters of a number with its bound that stay on one line
_LONG = 48  # letters of a word that may have to be broken in prose
_IGNORABLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
# Where a long name may break: after the underscores and slashes of ids, units and addresses.
_BREAKABLE = re.compile(r"([_/])(?=\w)")
_HAN_RUN = re.compile(f"([{HAN}]*[\u3400-\u9fff][{HAN}]*)")
_ANSI = {
    "black": "#1f2328", "red": "#a50d25", "green": "#1a6b2f", "yellow": "#7a5200", "blue": "#1f4e9c",
    "magenta": "#83308c", "cyan": "#0b6470", "white": "#5b626b",
}  # fmt: skip
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
                return f"#quote(block: true)[{self._here()}{self.blocks(node.children)}]"
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
            parts = (f"[{self.blocks(part.children)}]" for part in node.find_all("div", recursive=False))
            return f"#passage({', '.join(parts)})"
        inside = self.blocks(node.children)
        kinds = {c.removeprefix("tag-keep-") for c in node.get("class", [])} & {
            "together",
            "register",
            "executive",
            "claim",
        }
        # A page cannot stand in a block.
        return f"#{kinds.pop()}[{self._here()}{inside}]" if kinds and "#turned[" not in inside else inside

    def _item(self, node: Tag) -> str:
        self.wait(node)
        return self._here() + self.blocks(node.children)

    def _paragraph(self, node: Tag) -> str:
        body = self.inline(node.children).strip()
        if not body and not self._waiting:
            return ""
        only = [c for c in node.children if not (isinstance(c, NavigableString) and not c.strip())]
        if len(only) == 1 and isinstance(only[0], Tag) and only[0].name == "img":
            return f"#block[{self._here()}{self._image(only[0])}]"
        kind = next((c for c in node.get("class", []) if c in ("kicker", "lead", "small")), "par")
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

    def _image(self, node: Tag, inline: bool = False) -> str:
        content, mime = content_of(str(node["src"]))
        extension = {"image/svg+xml": "svg", "image/jpeg": "jpg"}.get(mime, mime.split("/")[-1])
        path = f"picture-{len(self.files)}.{extension}"
        self.files[path] = self._in_our_fonts(content) if extension == "svg" else content
        width = f"{int(node['width']) * 0.75}pt" if node.get("width") else "none"
        return (
            f"#{'small-image' if inline else 'fitted'}({literal(path)}, {literal(self._known(node['alt']))}, {width})"
        )

    def _in_our_fonts(self, svg: bytes) -> bytes:
        """Words in an SVG in a font that is there: Typst draws boxes for another without a warning."""
        text = svg.decode("utf-8", "replace")
        if not re.search(r"<text\b", text):
            return svg
        text = re.sub(r"""font-family\s*=\s*("[^"]*"|'[^']*')""", "", self._known(text))
        text = re.sub(r"""font(?:-family)?\s*:[^;"'<>}]*(?:(["'])[^"'<>]*\1[^;"'<>}]*)*;?""", "", text)
        return re.sub(r"<svg\b", '<svg font-family="Report Sans SC"', text, count=1).encode()

    def _lines(self, node: Tag) -> str:
        """Preformatted text, line by line, with the colours of a terminal."""

        def run(part: Tag | NavigableString, style: str) -> str:
            if isinstance(part, Tag):
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
        if not grid.columns:
            return ""
        caption = table.find("caption")
        title = f"[{self.inline(caption.children) if caption else ''}]"
        number = literal(str(table.get("data-number", "")))
        rest = "".join(f"#{n['class'][0]}[{self.inline(n.children)}]" for n in notes if n.get_text().strip())
        parts = grid.parts()
        out = []
        for n, (columns, widths, _) in enumerate(parts):
            cells = self._rows(grid, columns, widths)
            which = f"{n + 1}/{len(parts)}" if len(parts) > 1 else ""
            first, last = n == 0, n == len(parts) - 1
            points = ", ".join(f"{w:.1f}pt" for w in widths)
            call = (
                f"#tabular([{where if first else ''}], {number}, {title}, {literal(which)}, ({points},), "
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
        head = f"table.header({', '.join(filter(None, rows[: grid.head]))}),\n" if grid.head else ""
        return head + ",\n".join(filter(None, rows[grid.head :]))

    def _cell(self, grid: Grid, row: int, column: int, width: float) -> str:
        cell, colspan, rowspan = grid.cells[row, column]
        body = self.blocks(cell.children) if cell.find(_BLOCKS) else self.inline(cell.children, width * colspan)
        if cell.name == "th":
            body = f"#strong[{body}]"
        side = grid.side(row, column)
        if side == "right" and cell.name == "td" and _width(_line(cell)) <= width - _PADDING:
            body = f"#box[{body}]"  # 1029.62亿元 stays on one line
        options = [f"align: {side}"] if side != "left" else []
        options += [f"{k}: {n}" for k, n in (("colspan", colspan), ("rowspan", rowspan)) if n > 1]
        # A row longer than the page has to break; the others stay whole.
        if _width(cell.get_text()) > 40 * width or cell.find(_BLOCKS):
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
            return where + self._image(node, inline=True)
        if "math" in node.get("class", []):
            return where + self._math(node, block=node.name == "div")
        if "uses" in node.get("class", []):
            return f"#pages(({''.join(literal(u) + ', ' for u in node['data-uses'].split())}));"
        body = self.inline(node.children, width)
        if node.name == "a":
            return where + self._link(node, body)
        if node.name == "code":
            return f"{where}#raw({literal(_broken(self._known(node.get_text()), 60))});"
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
            return f"#link(label({literal(to)}))[{body}];"
        return f"#link({literal(href)})[{body}];" if re.match(r"https?://|mailto:", href, re.I) else body

    def text(self, text: str, width: float = 0) -> str:
        """Text; Chinese is marked as such, for its shapes, its line breaks and whoever reads it aloud."""
        text = re.sub(r"\s+", " ", self._known(text))
        if width:
            room = width - _PADDING
            text = re.sub(r"\S+", lambda m: m[0] if _widest(m[0]) <= room else "\u200b".join(m[0]), text)
            text = _BREAKABLE.sub("\\1\u200b", text)
        else:
            text = _broken(text, _LONG)
        pieces = (p for p in _HAN_RUN.split(text) if p)
        return "".join(f"#zh({literal(p)});" if _HAN_RUN.fullmatch(p) else f"#{literal(p)};" for p in pieces)

    def _known(self, text: str) -> str:
        """The text with every character that no font here can show as its code."""
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
        self.spans = any(a > 1 or b > 1 for _, a, b in self.cells.values())
        empty = Tag(name="td")
        for place in {(r, c) for r in range(self.rows) for c in range(self.columns)} - taken:
            self.cells[place] = (empty, 1, 1)

    def side(self, row: int, column: int) -> str:
        """Left, right or center: as the cell says; numbers of a table that says nothing to the right."""
        classes = self.cells[row, column][0].get("class", [])
        for name, side in (("end", "right"), ("middle", "center"), ("start", "left")):
            if name in classes:
                return side
        numbers = (
            t for (r, c), (t, _, _) in self.cells.items() if c == column and r >= self.head and t.get_text().strip()
        )
        return (
            "right"
            if self.head
            and all(
                re.fullmatch(r"\s*[-−+<>≤≥~]?[\d.,\s]+(?:e[-+]?\d+)?\s*%?|\s*NaN\s*", t.get_text()) for t in numbers
            )
            and column
            else "left"
        )

    def needs(self) -> list[float]:
        """For each column the width in points of its longest word, and some comfort for prose."""
        found = [1.0] * self.columns
        for (r, c), (cell, colspan, _) in self.cells.items():
            if colspan == 1:
                # Chinese breaks anywhere, but not in a column of numbers.
                end, bold = self.side(r, c) == "right", cell.name == "th"
                text = _line(cell)
                short = end and not bold and len(text) <= _SHORT
                word = _width(text) if short else _widest(text, whole=end and not bold, bold=bold)
                comfort = min(_width(text, bold), _COMFORT) if r >= self.head and not end else 0
                pictures = (float(i.get("width") or 90) * 0.75 for i in cell.find_all("img"))
                found[c] = max(found[c], word, comfort, *pictures)
        return [a + _PADDING for a in found]

    def parts(self) -> list[tuple[list[int], list[float], bool]]:
        """The columns of each part, their widths in points, and whether the page is turned for them.

        A table that is too wide for the page turns it; one that is too wide even so is split, its
        first column repeated; one with joined cells cannot be split, so its words break anywhere.
        """
        needs, every = self.needs(), list(range(self.columns))
        for page in (UPRIGHT, TURNED):
            if sum(needs) <= page:
                return [(every, self._widths(every, needs, page), page == TURNED)]
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

    def _widths(self, columns: Sequence[int], needs: Sequence[float], page: float) -> list[float]:
        """Widths that make the table about as low as it can be: what is left goes, step by step, where lines go.

        A table whose rows take one line each stays narrower than the page.
        """
        rows = [
            [_width(_line(cell), cell.name == "th") if colspan == 1 else 0.0 for cell, colspan, _ in found]
            for r in range(self.rows)
            if len(found := [self.cells[r, c] for c in columns if (r, c) in self.cells]) == len(columns)
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


def _line(cell: Tag) -> str:
    """The words of a cell on one line."""
    return " ".join(cell.get_text(" " if cell.find(_BLOCKS) else "").split())


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
    return re.sub(rf"[^\s\u200b{HAN}]{{{length},}}", lambda m: "\u200b".join(m[0]), text)


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


def pdf(main: str, files: dict[str, bytes]) -> bytes:
    """PDF/UA-1 and PDF/A-2a of Typst source, without system fonts, the same bytes for the same input.

    Raises ``SetError`` where Typst refuses it.
    """
    import typst

    # Noon UTC on the article's date: the PDF is a function of its content, not of the clock.
    day = datetime.fromisoformat(source.DATE).replace(hour=12, tzinfo=UTC)
    with tempfile.TemporaryDirectory(prefix="typst-") as folder:
        for name, content in {"main.typ": main.encode(), "report.typ": TEMPLATE.read_bytes(), **files}.items():
            (Path(folder) / name).write_bytes(content)
        try:
            return typst.compile(
                Path(folder) / "main.typ",
                root=folder,  # what is not in it cannot be read
                ignore_system_fonts=True,
                font_paths=[str(FONTS), str(fallback())],
                pdf_standards=["ua-1", "a-2a"],
                timestamp=int(day.timestamp()),
            )
        except RuntimeError as error:  # a TypstError is one, and has more to say
            raise SetError(str(getattr(error, "diagnostic", "") or error).strip()) from None
