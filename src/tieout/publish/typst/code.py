"""Preformatted text, in the colours of a terminal."""

from __future__ import annotations

import re

from bs4 import Tag

from tieout.publish.document.tree import Node, attribute, classes, has_class
from tieout.publish.typst.compile import literal
from tieout.publish.typst.state import Setter
from tieout.publish.typst.text import broken, spelled_out

_LONG = 80  # letters of a word that may have to be broken in a line of code
_NEXT = "#linebreak();"
_COLOURS = {
    "black": "#1f2328", "red": "#a50d25", "green": "#1a6b2f", "yellow": "#7a5200", "blue": "#1f4e9c",
    "magenta": "#83308c", "cyan": "#0b6470", "white": "#5b626b",
}  # fmt: skip


def set_code(setter: Setter, node: Tag) -> str:
    """Preformatted text line by line, as source or as what a program printed."""
    setter.remember_anchors_in(node)
    source = "true" if has_class(node, "language-python") else "false"
    return f"#code({source})[{setter.anchors_here()}{_run(setter, node, '').removesuffix(_NEXT)}]"


def _run(setter: Setter, part: Node, style: str) -> str:
    """A piece of code in a ``style``, or in that of its own."""
    if not isinstance(part, Tag):
        lines = [_line(setter, line, style) for line in str(part).expandtabs().split("\n")]
        return _NEXT.join(lines)
    if part.name == "br":
        return _NEXT
    if part.name == "img":
        return f"#raw({literal('[' + str(part['alt']) + ']')});"
    own = terminal_style(part) or style
    return "".join(_run(setter, child, own) for child in part.children)


def _line(setter: Setter, line: str, style: str) -> str:
    if not line:
        return ""
    raw = f"#raw({literal(broken(spelled_out(setter, line), _LONG))});"
    return f"#text({style})[{raw}];" if style else raw


def terminal_style(node: Tag) -> str:
    """Arguments of Typst's ``text`` for what a terminal coloured; empty if it did not."""
    out = {}
    for name in classes(node):
        colour = re.fullmatch(r"ansi-(\w+?)(?:-intense)?-fg", name)
        if colour and colour[1] in _COLOURS:
            out["fill"] = f'rgb("{_COLOURS[colour[1]]}")'
        if name == "ansi-bold":
            out["weight"] = '"bold"'
    rgb = re.search(r"(?<!-)color: rgb\((\d+),(\d+),(\d+)\)", attribute(node, "style"))
    if rgb:
        out["fill"] = f"rgb({', '.join(str(min(int(n), 255)) for n in rgb.groups())}).darken(30%)"
    return ", ".join(f"{k}: {v}" for k, v in out.items())
