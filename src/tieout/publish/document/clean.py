"""Which HTML passes: a policy for each kind of element. What is not known is its words; what is lost is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement, PreformattedString

from tieout.publish.document import markdown, pictures
from tieout.publish.document.code import terminal_colours
from tieout.publish.document.links import anchor, destination, readable
from tieout.publish.document.tree import BLOCKS, INLINE, Node, attribute, blocks, classes, is_space, join, tag
from tieout.text.characters import legible

_SYNONYMS = {"b": "strong", "i": "em", "del": "s", "strike": "s", "dfn": "em", "cite": "em", "var": "em"}
_SYNONYMS |= {"tt": "code", "kbd": "code", "samp": "code", "ins": "span", "u": "span", "mark": "strong"}
_SYNONYMS |= {"dl": "div", "dt": "p", "dd": "blockquote", "summary": "p", "tfoot": "tbody", "center": "div"}
_SYNONYMS |= {"figure": "div", "figcaption": "p"}
#: What a page cannot show; of the second kind the words inside are of use without it.
_LOST = ("script", "svg", "canvas", "object", "select", "iframe", "embed")
_LOST_BUT_FOR_WORDS = ("math", "progress", "meter", "textarea", "video", "audio", "button", "input", "applet")
#: What only dresses the page: dropped without a word.
_DRESS = ("style", "col", "meta", "link", "base", "head", "title", "template", "source", "rp")
_BOXES = ("div", "section", "article", "details")
_ALIGN = re.compile(r"text-align:\s*(left|right|center|start|end)")
_SIDES = {"left": "start", "start": "start", "right": "end", "end": "end", "center": "middle"}
_CLASSES = re.compile(r"ansi-[\w-]+|math|exhibit|source|footnotes?|footnote-\w+|task-list-item|dataframe|note|stderr")
_NUMBERS = {"colspan": "[1-9][0-9]{0,2}", "rowspan": "[1-9][0-9]{0,2}", "start": "[0-9]{1,9}"}
_SHOWN = 60  # letters of an address that a warning names


@dataclass(frozen=True)
class Cleaner:
    """Makes clean HTML of a notebook's Markdown and HTML.

    ``name`` is the notebook's, which its anchors begin with; ``warn`` takes a line for what does not
    pass. Footnotes are the own of a ``cell``. Pictures are read from the ``attachments`` of that cell,
    and those that are named by their path from ``folder``; without it none is.
    """

    name: str
    warn: Callable[[str], None]
    cell: str = ""
    folder: Path | None = None
    attachments: pictures.Attachments = field(default_factory=dict)

    def markdown(self, text: str) -> list[Tag]:
        """The known part of Markdown, as blocks."""
        # Where there is HTML among the Markdown it may need repair.
        return self.html(markdown.render(text, self.cell), broken="<" in text)

    def html(self, text: str, broken: bool = True) -> list[Tag]:
        """The known part of any HTML, as blocks; what may be ``broken`` is repaired as browsers do it."""
        soup = BeautifulSoup(f"<body>{legible(text)}", "html5lib" if broken else "html.parser")
        return blocks(self.nodes((soup.body or soup).children))

    def nodes(self, nodes: Iterable[PageElement]) -> list[Node]:
        """What passes of some nodes; comments and declarations do not."""
        out: list[Node] = []
        for node in list(nodes):
            if isinstance(node, Tag):
                name = _SYNONYMS.get(node.name, node.name)
                out += _HANDLERS.get(name, _element)(self, node, name)
            elif not isinstance(node, PreformattedString):
                out.append(NavigableString(str(node) if node.find_parent("pre") else join(str(node))))
        return out

    def place(self, id: str) -> str:
        """The anchor of a place that has an id of its own."""
        return anchor(self.name, f"-{id}")


#: What is left of an element, which goes by a name that may be a synonym of its own.
_Handler: TypeAlias = Callable[[Cleaner, Tag, str], list[Node]]


def _around(before: str, after: str) -> _Handler:
    return lambda cleaner, node, _: _in_words(cleaner, node, before, after)


def _in_words(cleaner: Cleaner, node: Tag, before: str, after: str) -> list[Node]:
    """The inside of an element between the words that stand for it."""
    return [NavigableString(before), *cleaner.nodes(node.children), NavigableString(after)]


def _abbreviation(cleaner: Cleaner, node: Tag, _: str) -> list[Node]:
    title = attribute(node, "title")
    return _in_words(cleaner, node, "", f" ({title})" if title else "")


def _lost(cleaner: Cleaner, node: Tag, name: str) -> list[Node]:
    at = (attribute(node, "src") or attribute(node, "data"))[:_SHOWN]
    cleaner.warn(f"<{node.name}> is left out" + (f", with {at!r}" if at else ""))
    return cleaner.nodes(node.children) if name in _LOST_BUT_FOR_WORDS else []


def _input(cleaner: Cleaner, node: Tag, name: str) -> list[Node]:
    if node.get("type") == "checkbox":
        return [NavigableString("\u2611 " if node.has_attr("checked") else "\u2610 ")]
    return _lost(cleaner, node, name)


def _image(cleaner: Cleaner, node: Tag, _: str) -> list[Node]:
    src, alt = attribute(node, "src"), attribute(node, "alt")
    try:
        content, mime = pictures.load(src, cleaner.attachments, cleaner.folder)
    except pictures.NoPictureError as error:
        cleaner.warn(f"the picture {src[:_SHOWN]!r} is left out: {error}")
        return [tag("span", [f"[{alt or src[:_SHOWN]}]"])]
    picture = pictures.image(content, mime, alt, cleaner.warn)
    if picture.name == "img" and re.fullmatch("[0-9]{1,4}", attribute(node, "width")):
        picture["width"] = node["width"]
    return [picture]


def _has_known_class(node: Tag) -> bool:
    return bool(_CLASSES.search(" ".join(classes(node))))


def _place(cleaner: Cleaner, node: Tag) -> dict[str, str]:
    id = attribute(node, "id")
    return {"id": cleaner.place(id)} if id else {}


def _span(cleaner: Cleaner, node: Tag, name: str) -> list[Node]:
    """A span that is a place, or that a terminal coloured; another is its words."""
    if _has_known_class(node):
        return _element(cleaner, node, name)
    colours = terminal_colours(node)
    words = {"style": colours} if colours else {}
    words |= _place(cleaner, node)
    inside = cleaner.nodes(node.children)
    return [tag("span", inside, **words)] if words else inside


def _box(cleaner: Cleaner, node: Tag, name: str) -> list[Node]:
    if _has_known_class(node):
        return _element(cleaner, node, name)
    return [tag("div", cleaner.nodes(node.children), **_place(cleaner, node))]


def _element(cleaner: Cleaner, node: Tag, name: str) -> list[Node]:
    """An element of the vocabulary with what is known of it; a box without a meaning of its own is what is in it."""
    inside = cleaner.nodes(node.children)
    if name not in BLOCKS | INLINE:
        return inside
    kept = " ".join(_classes(node, name))
    new = tag(name, _items(inside) if name in ("ul", "ol") else inside, **({"class": kept} if kept else {}))
    for key, number in _NUMBERS.items():
        if re.fullmatch(number, attribute(node, key)):
            new[key] = node[key]
    if id := attribute(node, "id") or (attribute(node, "name") if name == "a" else ""):
        new["id"] = cleaner.place(id)
    elif re.fullmatch("h[1-6]", name):  # as JupyterLab names it
        new["id"] = cleaner.place(new.get_text().strip().replace(" ", "-"))
    if name == "a":
        _point(cleaner, new, attribute(node, "href"), attribute(node, "title"))
    return [new]


def _items(inside: Iterable[Node]) -> list[Tag]:
    """A list holds items only."""
    kept = (n for n in inside if not is_space(n))
    return [n if isinstance(n, Tag) and n.name == "li" else tag("li", [n]) for n in kept]


def _classes(node: Tag, name: str) -> list[str]:
    """The classes that are known; those of a cell say at which side it stands."""
    given = classes(node)
    kept = [c for c in given if _CLASSES.fullmatch(c) or c.startswith("language-")]
    kept = [c for c in kept if c != "exhibit" or name == "table"]  # which makes a box of ours: exhibits.py
    if name in ("th", "td"):
        align = _ALIGN.search(attribute(node, "style"))
        align = align or re.search("(left|right|center)", attribute(node, "align"))
        align = align or re.search("gt_(left|right|center)", " ".join(given))
        kept += [_SIDES[align[1]]] if align else []
    return kept


def _point(cleaner: Cleaner, link: Tag, address: str, title: str) -> None:
    """Let a link lead where its address does."""
    if title:
        link["title"] = title
    to = destination(cleaner.name, address)
    link.attrs |= to
    if address and not to:
        cleaner.warn(f"a link to {readable(address)[:_SHOWN]!r} is set as text")


_HANDLERS: dict[str, _Handler] = {
    **dict.fromkeys(_DRESS, lambda *_: []),
    **dict.fromkeys((*_LOST, *_LOST_BUT_FOR_WORDS), _lost),
    **dict.fromkeys(_BOXES, _box),
    "input": _input,
    "img": _image,
    "span": _span,
    "rt": _around(" (", ")"),
    "q": _around("“", "”"),
    "abbr": _abbreviation,
}
