"""A notebook as a document: what its cells show, as clean HTML in a small vocabulary.

Both editions, PDF and HTML, are set from this tree and from nothing else. Markdown and HTML take
the same way: Markdown becomes HTML, HTML is parsed leniently, and only what is known passes: no
script, no style, no address to load from. What does not pass is named with its cell.

Vocabulary: ``section h1-h6 p ul ol li blockquote pre hr table caption thead tbody tr th td figure
figcaption div`` (blocks) and ``strong em s sub sup code br a img span`` (inline); pictures are data
addresses; ``span.math`` and ``div.math`` hold LaTeX; a link carries its resolved target in ``data-to``.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote
from xml.etree import ElementTree

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString
from markdown_it import MarkdownIt
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin
from nbconvert.filters import ansi2html
from nbformat import NotebookNode

from tieout.data.fact import EVIDENCE
from tieout.text.cjk import HAN
from tieout.text.terminal import plain

_SYNONYMS = {"b": "strong", "i": "em", "del": "s", "strike": "s", "dfn": "em", "cite": "em", "var": "em"}
_SYNONYMS |= {"tt": "code", "kbd": "code", "samp": "code", "ins": "span", "u": "span", "mark": "strong"}
_SYNONYMS |= {"dl": "div", "dt": "p", "dd": "blockquote", "summary": "p", "tfoot": "tbody", "center": "div"}
_SYNONYMS |= {"figure": "div", "figcaption": "p"}
_BLOCKS = {"p", "ul", "ol", "li", "blockquote", "pre", "hr", "figure", "figcaption", "div"}
_BLOCKS |= {"table", "caption", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6"}
_INLINE = {"strong", "em", "s", "sub", "sup", "code", "br", "a", "img", "span"}
#: What a page cannot show, and whether the words inside are any use without it.
_LOST = {"script": False, "svg": False, "canvas": False, "object": False, "select": False, "iframe": False}
_LOST |= {
    "math": True,
    "progress": True,
    "meter": True,
    "embed": False,
    "textarea": True,
    "video": True,
    "audio": True,
    "button": True,
    "input": True,
    "applet": True,
}
#: What only dresses the page: dropped without a word.
_DRESS = {"style", "col", "meta", "link", "base", "head", "title", "template", "source", "rp"}
_ALIGN = re.compile(r"text-align:\s*(left|right|center|start|end)")
_CLASSES = re.compile(r"ansi-[\w-]+|math|exhibit|source|footnotes?|footnote-\w+|task-list-item|dataframe|note|stderr")
_IMAGES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
_ENDINGS = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
_ENDINGS |= {".gif": "image/gif", ".webp": "image/webp"}
_PLAIN_REPR = re.compile(r"<[\w.]+(?: \w+)* (?:object )?at 0x[0-9a-f]+>|<Figure size .*>|<IPython\.[\w.]+ object>")


@dataclass
class Chapter:
    """One notebook: a ``section`` of clean HTML, and what was left out of it, a line each.

    ``code`` shows the source of code cells. ``folder`` is where pictures that Markdown names by their
    path may be read from; without it none is.
    """

    name: str
    notebook: NotebookNode
    code: bool = False
    folder: Path | None = None
    body: Tag = field(init=False)
    warnings: list[str] = field(default_factory=list)
    cell: str = ""

    def __post_init__(self) -> None:
        self.body = tag("section", id=anchor(self.name))
        for n, cell in enumerate(self.notebook.cells):
            self.cell = cell.get("id") or f"number {n + 1}"
            try:
                nodes = list(self._cell(cell))
            except Exception as error:  # one broken cell of someone's notebook shall not cost the others
                self.warn(f"it cannot be read ({type(error).__name__}: {error}): its source is set")
                nodes = _pre(str(cell.get("source", "")))
            if nodes:
                classes = " ".join(["cell", *(f"tag-{name}" for name in sorted(_tags(cell)))])
                words = {"class": classes, "id": anchor(self.name, self.cell)}
                words |= {"data-cell": self.cell, "data-notebook": self.name}
                place = tag("div", nodes, **words)
                self.body.append(place)

    def warn(self, message: str) -> None:
        """Name something that the report does not show, or not as the notebook does."""
        line = f"{self.name}.ipynb, cell {self.cell}: {message}"
        if line not in self.warnings:
            self.warnings.append(line)

    # --- cells

    def _cell(self, cell: NotebookNode) -> Iterable[Tag]:
        tags, jupyter = _tags(cell), cell.metadata.get("jupyter", {})
        if tags & {"remove-cell", "hide-cell"}:
            return
        if cell.cell_type == "markdown":
            yield from self.markdown(cell.source, cell.get("attachments", {}))
        elif cell.cell_type == "raw":
            kind = cell.metadata.get("format") or cell.metadata.get("raw_mimetype") or "text/plain"
            if kind == "text/plain":
                yield from _pre(cell.source)
            elif cell.source.strip():
                self.warn(f"a raw cell of {kind} is left out")
        else:
            if self.code and not tags & {"remove-input", "hide-input"} and not jupyter.get("source_hidden"):
                yield from _pre(cell.source, "language-python")
            if not tags & {"remove-output", "hide-output"} and not jupyter.get("outputs_hidden"):
                yield from self._outputs(cell.get("outputs", []))

    def _outputs(self, outputs: Iterable[NotebookNode]) -> Iterable[Tag]:
        shown: list[Tag] = []
        for output in outputs:
            words = output.get("metadata", {}).get("text/markdown", {})
            nodes = list(self._output(output))
            if "caption" in words and shown and shown[-1].name == "figure":
                caption = tag("figcaption", nodes)
                number = caption.find("strong")
                if shown[-1].find("span", class_="number") and number:
                    if isinstance(number.next_sibling, NavigableString):
                        number.next_sibling.replace_with(number.next_sibling.lstrip())
                    number.extract()  # it stands above
                line = shown[-1].find("p", class_="source", recursive=False)
                line.insert_before(caption) if line else shown[-1].append(caption)
            else:
                shown += nodes
        return shown

    def _output(self, output: NotebookNode) -> Iterable[Tag]:
        if output.output_type == "stream":
            return _pre(output.text, "stderr" if output.name == "stderr" else "")
        if output.output_type == "error":
            return _pre("\n".join(output.traceback) or f"{output.ename}: {output.evalue}", "stderr")
        data, words = output.data, output.get("metadata", {})
        for mime in _IMAGES:
            if mime in data:
                return [self._figure(mime, data, {**words, **words.get(mime, {})})]
        if "text/markdown" in data:
            return self.markdown(data["text/markdown"])
        if "text/html" in data:
            return self._html_output(data)
        if "text/latex" in data:
            return self.latex(data["text/latex"])
        return self._plain(data)

    def _html_output(self, data: NotebookNode) -> Iterable[Tag]:
        known = len(self.warnings)
        nodes = list(self.html(data["text/html"]))
        if (
            nodes and nodes[0].name == "table" and "exhibit" in nodes[0].get("class", [])
        ):  # a table of ours with its notes
            del nodes[0]["class"]
            nodes = [tag("div", nodes, **{"class": "exhibit"})]
        text = "".join(n.get_text() + ("x" if n.find("img") or n.name == "img" else "") for n in nodes)
        if text.strip() or "text/plain" not in data:
            return nodes
        del self.warnings[known:]
        self.warn("HTML that only a browser can show is set as its plain text")
        return _pre(data["text/plain"])

    def _plain(self, data: NotebookNode) -> Iterable[Tag]:
        if "application/json" in data:
            return _pre(json.dumps(data["application/json"], ensure_ascii=False, indent=2))
        others = [m for m in data if m != "text/plain"]
        if others:
            self.warn(f"{', '.join(others)} cannot be set" + (", its plain text is" if "text/plain" in data else ""))
        return _pre(data.get("text/plain", ""))

    def _figure(self, mime: str, data: NotebookNode, words: dict) -> Tag:
        content = data[mime].encode() if mime == "image/svg+xml" else base64.b64decode(data[mime])
        drawn = self._drawn(str(words.get("figure", "")))
        if drawn is not None:
            content, mime = drawn, "image/svg+xml"
        plain = data.get("text/plain", "").strip()
        alt = words.get("alt") or ("" if _PLAIN_REPR.fullmatch(plain) else plain)
        if mime == "image/svg+xml" and "crop" in words:
            content = crop(content.decode(), *words["crop"]).encode()
        picture = self._image(content, mime, alt)
        if isinstance(words.get("width"), int):
            picture["width"] = str(words["width"])
        head = [tag("span", [words["number"]], **{"class": "number"})] if "number" in words else []
        head += [tag("span", [words[k]], **{"class": k}) for k in ("title", "subtitle") if k in words]
        figure = tag("figure", [*([tag("div", head, **{"class": "head"})] if head else []), picture])
        if "source" in words:
            figure.append(tag("p", [words["source"]], **{"class": "source"}))
        return figure

    def _drawn(self, figure: str) -> bytes | None:
        """The drawing of a project's figure, which stands beside the notebooks; a notebook by itself has its picture only."""
        if self.folder is None or not re.fullmatch(r"\w+", figure):
            return None
        path = self.folder.parent / f"figures/{figure}.svg"
        return path.read_bytes() if path.is_file() else None

    def _image(self, content: bytes, mime: str, alt: str) -> Tag:
        if not alt:
            self.warn("a picture has no alternative text")
        if mime == "image/svg+xml" and not _self_contained(content):
            self.warn("an SVG with scripts or outside parts is left out")
            return tag("span", [f"[{alt or 'picture'}]"])
        return tag("img", src=address(content, mime), alt=alt or "Picture without a description")

    # --- Markdown and HTML

    def markdown(self, text: str, attachments: dict | None = None) -> list[Tag]:
        """CommonMark with tables, footnotes, task lists, bare addresses and formulas between dollars."""
        # Footnotes are a cell's own; where there is HTML among the Markdown it may need repair.
        return self.html(_MARKDOWN.render(text, {"docId": self.cell}), attachments, broken="<" in text)

    def latex(self, text: str) -> list[Tag]:
        """A formula as an object shows it, with or without dollars; other LaTeX as it stands."""
        text = re.sub(r"^\s*\\[(\[](.*)\\[)\]]\s*$", r"\1", text, flags=re.S)
        bare = re.fullmatch(
            r"\s*(\${1,2})(?P<formula>[^$]*)\1\s*|\s*(?P<env>\\begin\{(?:equation|align|gather|multline)\*?\}.*)",
            text,
            re.S,
        )
        if bare:
            return [tag("div", [bare["formula"] or bare["env"].strip()], **{"class": "math"})]
        if "\\begin{" in text or "$" in text:
            self.warn("LaTeX that is more than a formula is set as its source")
            return _pre(text)
        return [tag("div", [text.strip()], **{"class": "math"})]

    def html(self, text: str, attachments: dict | None = None, broken: bool = True) -> list[Tag]:
        """The known part of any HTML, as blocks; what may be ``broken`` is repaired as browsers do it."""
        soup = BeautifulSoup(f"<body>{legible(text)}", "html5lib" if broken else "html.parser")
        return blocks(self._clean(list((soup.body or soup).children), attachments or {}))

    def _clean(self, nodes: list, attachments: dict) -> list:
        out: list = []
        for node in nodes:
            if isinstance(node, Tag):
                out += self._clean_tag(node, attachments)
            elif not isinstance(node, PreformattedString):  # comments and declarations
                inside_pre = node.find_parent("pre")
                out.append(NavigableString(str(node) if inside_pre else join(str(node))))
        return out

    def _clean_tag(self, node: Tag, attachments: dict) -> list:
        name = _SYNONYMS.get(node.name, node.name)
        if name in _DRESS:
            return []
        if name == "input" and node.get("type") == "checkbox":
            return [NavigableString("\u2611 " if node.has_attr("checked") else "\u2610 ")]
        if name == "img":
            return self._named_image(node, attachments)
        if name in _LOST:
            at = str(node.get("src") or node.get("data") or "")[:60]
            self.warn(f"<{node.name}> is left out" + (f", with {at!r}" if at else ""))
            return self._clean(list(node.children), attachments) if _LOST[name] else []
        inside = self._clean(list(node.children), attachments)
        around = {
            "rt": (" (", ")"),
            "q": ("“", "”"),
            "abbr": ("", f" ({node.get('title')})" if node.get("title") else ""),
        }
        if name in around:
            inside = [NavigableString(around[name][0]), *inside, NavigableString(around[name][1])]
        known = _CLASSES.search(" ".join(node.get("class", [])))
        if name == "span" and not known:
            words = {"style": _ansi(node)} if _ansi(node) else {}
            words |= {"id": anchor(self.name, f"-{node['id']}")} if node.get("id") else {}
            return [tag("span", inside, **words)] if words else inside
        if name in ("div", "section", "article", "details") and not known:
            place = {"id": anchor(self.name, f"-{node['id']}")} if node.get("id") else {}
            return [tag("div", inside, **place)]
        if name not in _BLOCKS | _INLINE:  # a box without a meaning of its own
            return inside
        return [self._known(node, name, inside)]

    def _known(self, node: Tag, name: str, inside: list) -> Tag:
        if name in ("ul", "ol"):  # a list holds items only
            inside = [n for n in inside if isinstance(n, Tag) or n.strip()]
            inside = [n if isinstance(n, Tag) and n.name == "li" else tag("li", [n]) for n in inside]
        new = tag(name, inside)
        classes = [c for c in node.get("class", []) if _CLASSES.fullmatch(c) or c.startswith("language-")]
        align = _ALIGN.search(str(node.get("style", ""))) or re.search(
            "(left|right|center)", str(node.get("align", ""))
        )
        align = align or re.search("gt_(left|right|center)", " ".join(node.get("class", [])))
        if name in ("th", "td") and align:
            classes.append({"right": "end", "center": "middle"}.get(align[1], "start" if align[1] != "end" else "end"))
        if classes:
            new["class"] = classes
        for key, number in (("colspan", "[1-9][0-9]{0,2}"), ("rowspan", "[1-9][0-9]{0,2}"), ("start", "[0-9]{1,9}")):
            if re.fullmatch(number, str(node.get(key, ""))):
                new[key] = node[key]
        if node.get("id") or (name == "a" and node.get("name")):
            new["id"] = anchor(self.name, f"-{node.get('id') or node['name']}")
        elif re.fullmatch("h[1-6]", name):  # as JupyterLab names it
            new["id"] = anchor(self.name, "-" + new.get_text().strip().replace(" ", "-"))
        if name == "a":
            self._point(new, str(node.get("href", "")), str(node.get("title", "")))
        return new

    def _point(self, link: Tag, href: str, title: str) -> None:
        """Where a link leads: ``data-to`` is a place in a notebook, ``href`` the web."""
        if title:
            link["title"] = title
        web, href = re.match(r"https?://|mailto:", href, re.I), href if ":" in href else unquote(href)
        inside = re.fullmatch(r"(?:\./)?(?P<name>[^/#?:]+)\.ipynb(?:#(?P<cell>cell-id=)?(?P<place>.*))?", href)
        if inside:
            place = inside["place"] or ""
            link["data-to"] = anchor(inside["name"], place if inside["cell"] or not place else f"-{place}")
        elif card := re.fullmatch(rf"(?:\./)?{EVIDENCE}/\w+\.md#(\w+)", href):
            link["data-to"] = anchor(EVIDENCE, card[1])
        elif href.startswith("#cell-id="):
            link["data-to"] = anchor(self.name, href.removeprefix("#cell-id="))
        elif href.startswith("#"):
            link["data-to"] = anchor(self.name, f"-{href[1:]}")
        elif web:
            link["href"] = quote(href, safe="%/:?#[]@!$&'()*+,;=~")
        elif href:
            self.warn(f"a link to {href[:60]!r} is set as text")

    def _named_image(self, node: Tag, attachments: dict) -> list:
        src, alt = str(node.get("src", "")), str(node.get("alt", ""))
        try:
            found = self._load(src, attachments)
        except (OSError, ValueError, RuntimeError) as error:  # names too long, loops of links, broken data
            found = f"it cannot be read ({type(error).__name__})"
        if isinstance(found, str):
            self.warn(f"the picture {src[:60]!r} is left out: {found}")
            return [tag("span", [f"[{alt or src[:60]}]"])]
        picture = self._image(*found, alt)
        if picture.name == "img" and re.fullmatch("[0-9]{1,4}", str(node.get("width", ""))):
            picture["width"] = node["width"]
        return [picture]

    def _load(self, src: str, attachments: dict) -> tuple[bytes, str] | str:
        """Content and kind of a picture, or why there is none. Nothing outside the notebook's folder is read."""
        data = re.fullmatch(r"data:(image/[\w.+-]+)(?:;[\w=-]+)*?(;base64)?,(.*)", src, re.S)
        if data and data[1] not in _IMAGES:
            return f"{data[1]} is no kind that can be set"
        if data:
            try:
                return (base64.b64decode(data[3], validate=True) if data[2] else unquote(data[3]).encode()), data[1]
            except ValueError:
                return "its data cannot be read"
        if src.startswith("attachment:"):
            bundle = attachments.get(unquote(src.removeprefix("attachment:")), {})
            mime = next((m for m in _IMAGES if m in bundle), "")
            if not mime:
                return "there is no such attachment"
            whole = "".join(bundle[mime])
            return (whole.encode() if mime == "image/svg+xml" and "<" in whole else base64.b64decode(whole)), mime
        if re.match(r"\w+:|//", src):
            return "nothing is fetched"
        if self.folder is None:
            return "the notebook's folder is not known"
        path, home = (self.folder / unquote(src)).resolve(), self.folder.resolve()
        if not path.is_relative_to(home):
            return "it is outside the notebook's folder"
        mime = _ENDINGS.get(path.suffix.lower(), "")
        if not mime or not path.is_file():
            return "there is no such picture"
        return path.read_bytes(), mime


_MARKDOWN = (
    MarkdownIt("commonmark", {"html": True, "linkify": True})
    .enable(["table", "strikethrough", "linkify"])
    .use(footnote_plugin)
    .use(tasklists_plugin)
    .use(dollarmath_plugin, double_inline=True, renderer=lambda text, _: html.escape(text))
    .use(amsmath_plugin, renderer=html.escape)
)
_MARKDOWN.linkify.set({"fuzzy_link": False, "fuzzy_email": False})


def tag(name: str, inside: Iterable = (), **attributes: str) -> Tag:
    """A new element."""
    new = _SOUP.new_tag(name, attrs={k: v.split() if k == "class" else v for k, v in attributes.items()})
    for node in inside:
        new.append(node)
    return new


_SOUP = BeautifulSoup("", "html.parser")


def anchor(name: str, place: str = "") -> str:
    """The id of a place in the document: a notebook, or a cell or heading of it."""
    return re.sub(r"[^\w.:-]", "-", f"{name}:{place}" if place else f"{name}:")


def blocks(nodes: list) -> list[Tag]:
    """Nodes as blocks: runs of inline nodes become paragraphs, white space between blocks goes."""
    out: list[Tag] = []
    run: list = []

    def end() -> None:
        if any(isinstance(n, Tag) or n.strip() for n in run):
            out.append(tag("p", run))
        run.clear()

    for node in nodes:
        if isinstance(node, Tag) and node.name in _BLOCKS:
            end()
            out.append(node)
        else:
            run.append(node)
    end()
    return out


def join(text: str) -> str:
    """A line break between two Chinese characters is no space."""
    return re.sub(rf"(?<=[{HAN}])\n(?=[{HAN}])", "", text)


def address(content: bytes, mime: str) -> str:
    """A picture as a data address."""
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def content_of(src: str) -> tuple[bytes, str]:
    """The picture in a data address of ours, and its kind."""
    kind, _, data = src.partition(";base64,")
    return base64.b64decode(data), kind.removeprefix("data:")


def _self_contained(svg: bytes) -> bool:
    """Whether an SVG runs nothing and loads nothing; one that cannot be parsed does neither."""
    if b"<!ENTITY" in svg:
        return False
    try:
        parts = list(ElementTree.fromstring(svg).iter())
    except ElementTree.ParseError:
        return b"<script" not in svg and b"href" not in svg
    for part in parts:
        name = str(part.tag).rpartition("}")[2].lower()
        loads = [v for k, v in part.attrib.items() if k.rpartition("}")[2] in ("href", "src") and name != "a"]
        if name in ("script", "foreignobject", "handler") or any(not v.startswith(("#", "data:")) for v in loads):
            return False
    return True


def crop(svg: str, top: float, bottom: float) -> str:
    """An SVG as matplotlib writes it, without its first and last points of height."""
    m = re.search(r'height="([\d.]+)pt" viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if not m:
        return svg
    height = float(m[3]) - top - bottom
    new = f'height="{height:g}pt" viewBox="0 {top:g} {m[2]} {height:g}"'
    return svg[: m.start()] + new + svg[m.end() :]


def legible(text: str) -> str:
    """The text with a mark for what is no character: control codes, halves of pairs."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)


def _pre(text: str, kind: str = "") -> list[Tag]:
    shown = legible(plain(text))
    if not shown.strip():
        return []
    new = tag("pre", list(BeautifulSoup(ansi2html(shown), "html.parser").children))
    for span in new.find_all("span"):
        style = _ansi(span)
        classes = span.get("class", [])
        span.attrs = {k: v for k, v in (("class", classes), ("style", style)) if v}
    if kind:
        new["class"] = [kind]
    return [new]


def _ansi(node: Tag) -> str:
    """The colour that a terminal's palette of 256 gives, and nothing else of a style."""
    return "; ".join(
        re.findall(r"(?<![\w-])(?:background-)?color: rgb\(\d{1,3},\d{1,3},\d{1,3}\)", str(node.get("style", "")))
    )


def _tags(cell: NotebookNode) -> set[str]:
    found = (str(t).replace("_", "-") for t in cell.metadata.get("tags", []))
    return {t for t in found if re.fullmatch(r"[\w-]+", t)}


def first_heading(notebook: NotebookNode) -> str:
    """The words of the first heading, links and emphasis taken off; empty if there is none."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = BeautifulSoup(_MARKDOWN.render(cell.source), "html.parser").find(re.compile("h[1-6]"))
            if heading:
                return heading.get_text().strip()
    return ""
