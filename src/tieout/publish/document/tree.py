"""The tree of clean HTML: its vocabulary, and how it is built."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bs4 import BeautifulSoup, Tag

from tieout.text.cjk import HAN

BLOCKS = {"p", "ul", "ol", "li", "blockquote", "pre", "hr", "figure", "figcaption", "div"}
BLOCKS |= {"table", "caption", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6"}
INLINE = {"strong", "em", "s", "sub", "sup", "code", "br", "a", "img", "span"}
_SOUP = BeautifulSoup("", "html.parser")


def tag(name: str, inside: Iterable = (), **attributes: str) -> Tag:
    """A new element."""
    new = _SOUP.new_tag(name, attrs={k: v.split() if k == "class" else v for k, v in attributes.items()})
    for node in inside:
        new.append(node)
    return new


def blocks(nodes: Iterable) -> list[Tag]:
    """Nodes as blocks: runs of inline nodes become paragraphs, white space between blocks goes."""
    out: list[Tag] = []
    run: list = []

    def end() -> None:
        if any(isinstance(n, Tag) or n.strip() for n in run):
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
