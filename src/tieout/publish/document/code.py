"""Preformatted text, in the colours of a terminal."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from nbconvert.filters import ansi2html

from tieout.publish.document.tree import attribute, classes, set_classes, tag
from tieout.text.characters import legible
from tieout.text.terminal import plain

_COLOUR = re.compile(r"(?<![\w-])(?:background-)?color: rgb\(\d{1,3},\d{1,3},\d{1,3}\)")


def preformatted(text: str, kind: str = "") -> list[Tag]:
    """Text as a terminal shows it, as a block of a ``kind``, which is a class; nothing for white space alone."""
    shown = legible(plain(text))
    if not shown.strip():
        return []
    new = tag("pre", list(BeautifulSoup(ansi2html(shown), "html.parser").children))
    for span in new.find_all("span"):
        named, colours = classes(span), terminal_colours(span)
        span.attrs = {}
        if named:
            set_classes(span, named)
        if colours:
            span["style"] = colours
    if kind:
        set_classes(new, [kind])
    return [new]


def terminal_colours(node: Tag) -> str:
    """The colours that a terminal's palette of 256 gives, and nothing else of a style."""
    return "; ".join(_COLOUR.findall(attribute(node, "style")))
