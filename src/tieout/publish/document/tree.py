"""The tree of clean HTML: its vocabulary, and how it is built."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from bs4 import BeautifulSoup, Tag
from bs4.element import AttributeValueList, PageElement

from tieout.errors import ReportError
from tieout.text.cjk import HAN

BLOCKS = {"p", "ul", "ol", "li", "blockquote", "pre", "hr", "figure", "figcaption", "div"}
BLOCKS |= {"table", "caption", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6"}
INLINE = {"strong", "em", "s", "sub", "sup", "code", "br", "a", "img", "span"}
_SOUP = BeautifulSoup("", "html.parser")
#: An element, or words: those of a tree are ``PageElement`` in the types of bs4, new ones may be plain.
Node: TypeAlias = PageElement | str


def tag(name: str, inside: Iterable[Node] = (), **attributes: str) -> Tag:
    """A new element."""
    new = _SOUP.new_tag(name, attrs=attributes)
    for node in inside:
        new.append(node)
    return new


def attribute(node: Tag, name: str) -> str:
    """An attribute of an element that may do without it; empty then."""
    return str(node.get(name, ""))


def classes(node: Tag) -> list[str]:
    """The classes of an element, of which it may have none."""
    return node.get_attribute_list("class")


def has_class(node: Tag, name: str) -> bool:
    """Whether ``name`` is among the classes of an element."""
    return name in classes(node)


def set_classes(node: Tag, names: Iterable[str]) -> None:
    """Give an element these classes and no others."""
    node["class"] = AttributeValueList(names)


def the(node: Tag, selector: str) -> Tag:
    """The first element in a node that a CSS selector finds; raises ``ReportError`` where what is set needs one."""
    found = node.select_one(selector)
    if found is None:
        raise ReportError(f"{attribute(node, 'id') or f'<{node.name}>'} has no {selector}")
    return found


def parent(node: Tag) -> Tag:
    """The element that a node stands in; raises ``ValueError`` for one that was taken out of its tree."""
    if node.parent is None:
        raise ValueError(f"<{node.name}> stands in nothing")
    return node.parent


def is_space(node: Node) -> bool:
    """Whether a node is only the white space between others."""
    return not isinstance(node, Tag) and not str(node).strip()


def blocks(nodes: Iterable[Node]) -> list[Tag]:
    """Nodes as blocks: runs of inline nodes become paragraphs, white space between blocks goes."""
    out: list[Tag] = []
    run: list[Node] = []

    def end() -> None:
        if not all(map(is_space, run)):
            out.append(tag("p", run))
        run.clear()

    for node in nodes:
        if isinstance(node, Tag) and node.name in BLOCKS:
            end()
            out.append(node)
        else:
            run.append(node)
    end()
    return out


def join(text: str) -> str:
    """The text, in which a line break between two Chinese characters is no space."""
    return re.sub(rf"(?<=[{HAN}])\n(?=[{HAN}])", "", text)
