"""What stands in a line: a handler for each kind of node."""

from __future__ import annotations

import re

from bs4 import Tag

from tieout.data.fact import is_outside
from tieout.data.wordings import SAYS
from tieout.publish.document.tree import attribute, has_class
from tieout.publish.typst.code import terminal_style
from tieout.publish.typst.compile import literal
from tieout.publish.typst.pictures import set_formula, set_small_image
from tieout.publish.typst.state import Handler, Setter
from tieout.publish.typst.text import broken, set_text, spelled_out

_LONG = 60  # letters of a word that may have to be broken in code


def calls(function: str, before: str = "") -> Handler:
    """A handler that calls a function of Typst or of the template on the children of a node."""
    return lambda setter, node: f"{before}#{function}[{setter.inline(node.children)}];"


def set_link(setter: Setter, node: Tag) -> str:
    """A link to a place of the document, or to the web; one that leads nowhere is its words."""
    body, to, href = setter.inline(node.children), attribute(node, "data-to"), attribute(node, "href")
    if to and to in setter.targets:
        id = to.rpartition(":")[2]
        if id.startswith(SAYS):
            body = f"#says[{body}];"
        elif is_outside(id):
            body = f"#elsewhere[{body}];"
        return f"#link(label({literal(to)}))[{body}];"
    return f"#link({literal(href)})[{body}];" if re.match(r"https?://|mailto:", href, re.I) else body


def set_code_in_line(setter: Setter, node: Tag) -> str:
    """Code; with a picture in it, what is in it."""
    if node.find("img"):
        return set_span(setter, node)
    setter.remember_anchors_in(node)
    return f"{setter.anchors_here()}#raw({literal(broken(spelled_out(setter, node.get_text()), _LONG))});"


def set_uses(_: Setter, node: Tag) -> str:
    """The numbers of the pages on which a figure is used, which only Typst knows."""
    return f"#pages(({''.join(literal(use) + ', ' for use in str(node['data-uses']).split())}));"


def set_span(setter: Setter, node: Tag) -> str:
    """A run of words: the number of an exhibit, the line over a title, words in a terminal's colours, or only words."""
    body, style = setter.inline(node.children), terminal_style(node)
    for name, function in (("number", "mark-number"), ("kicker", "kick")):
        if has_class(node, name):
            return f"#{function}[{body}];"
    return f"#text({style})[{body}];" if style else body


def set_block_in_line(setter: Setter, node: Tag) -> str:
    """A block inside a line, as broken HTML has it."""
    return f"{setter.inline(node.children)}#linebreak();"


INLINE_HANDLERS: dict[str, Handler] = {
    "text": set_text,
    "span": set_span,  # and whatever has no handler of its own
    "a": set_link,
    "br": lambda *_: "#linebreak();",
    "code": set_code_in_line,
    "em": calls("emph"),
    "img": set_small_image,
    "math": set_formula,
    "s": calls("strike"),
    "strong": calls("strong"),
    "sub": calls("sub"),
    "sup": calls("super", before="#sym.wj;"),  # it stays with what it marks
    "uses": set_uses,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "blockquote"), set_block_in_line),
    **dict.fromkeys(("pre", "hr", "table", "figure", "div"), set_block_in_line),
}
