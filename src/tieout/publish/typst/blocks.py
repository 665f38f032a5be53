"""What stands by itself: a handler for each kind of node but tables."""

from __future__ import annotations

from collections.abc import Iterable

from bs4 import Tag

from tieout.publish.document.tree import Node, has_class, is_space
from tieout.publish.typst.code import set_code
from tieout.publish.typst.pictures import set_formula, set_image
from tieout.publish.typst.state import Handler, Setter

_PAGE = 2500  # letters that fit on half a page, the narrower column of a register


def nested_blocks(setter: Setter, nodes: Iterable[Node]) -> str:
    """Blocks in a block: no page can be turned there."""
    with setter.within(nested=True):
        return setter.blocks(nodes)


def set_heading(setter: Setter, node: Tag) -> str:
    """A heading of one of six levels."""
    return f"#heading(level: {node.name[1]})[{setter.anchors_here()}{setter.inline(node.children)}]"


def set_paragraph(setter: Setter, node: Tag) -> str:
    """A paragraph, small print, or a picture by itself."""
    only = [c for c in node.children if not is_space(c)]
    if len(only) == 1 and isinstance(only[0], Tag) and only[0].name == "img":
        setter.remember_anchor(only[0])
        return f"#block[{setter.anchors_here()}{set_image(setter, only[0])}]"
    body = setter.inline(node.children).strip()
    if not body and not setter.anchors_wait:
        return ""
    kind = "small" if has_class(node, "small") else "par"
    return f"#{kind}[{setter.anchors_here()}{body}]"


def set_list(setter: Setter, node: Tag) -> str:
    """A list of points or of numbers, which may start later than at one; an empty list is nothing."""
    items = ", ".join(f"[{_item(setter, li)}]" for li in node.find_all("li", recursive=False))
    start = f"start: {node['start']}, " if node.get("start") else ""
    return f"#{'list' if node.name == 'ul' else 'enum'}({start}{items})" if items else ""


def _item(setter: Setter, node: Tag) -> str:
    setter.remember_anchor(node)
    return setter.anchors_here() + nested_blocks(setter, node.children)


def set_quote(setter: Setter, node: Tag) -> str:
    """A quotation of blocks."""
    return f"#quote(block: true)[{setter.anchors_here()}{nested_blocks(setter, node.children)}]"


def set_figure(setter: Setter, node: Tag) -> str:
    """A picture with its head, its caption and its source; the notebook's own keep together."""
    where, picture = setter.anchors_here(), node.find("img")
    head = [node.find("span", class_=kind) for kind in ("number", "title", "subtitle")]
    parts = [setter.inline(span.children) if span else "" for span in head]
    captions = node.find_all("figcaption", recursive=False)
    caption, line = "".join(setter.blocks(c.children) for c in captions), node.find("p", class_="source")
    parts += [caption, setter.inline(line.children) if line else ""]
    others = (c for c in node.children if getattr(c, "name", "") != "figcaption")
    body = where + (set_image(setter, picture) if picture else setter.blocks(others))
    if not node.find("span", class_="title"):
        return f"#block[{body}]" + (f"\n\n#small[{caption}]" if caption else "")
    return f"#picture([{body}], {', '.join(f'[{part}]' for part in parts)})"


def set_passage(setter: Setter, node: Tag) -> str:
    """A paragraph of the article, and beside it the notes on its claims."""
    original, notes = node.find_all("div", recursive=False)
    with setter.within(chinese=True):
        article = setter.blocks(original.children)
    return f"#passage([{article}], [{setter.blocks(notes.children)}])"


def set_box(setter: Setter, node: Tag) -> str:
    """A box: one that the template knows by name, one that stays on one page, or only what is in it."""
    inside, kind = setter.blocks(node.children), _box(node)
    if kind == "together" and len(node.get_text()) > _PAGE:  # more than one page can hold
        kind = ""
    # A page cannot stand in a block.
    return f"#{kind}[{setter.anchors_here()}{inside}]" if kind and "#turned[" not in inside else inside


def _box(node: Tag) -> str:
    if has_class(node, "tag-keep-together"):
        return "together"
    return next((kind for kind in ("executive", "register", "claim", "together") if has_class(node, kind)), "")


BLOCK_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), set_heading),
    "p": set_paragraph,
    "ul": set_list,
    "ol": set_list,
    "blockquote": set_quote,
    "pre": set_code,
    "hr": lambda *_: "#rule",
    "figure": set_figure,
    "math": lambda setter, node: f"#align(center)[{set_formula(setter, node)}]",
    "passage": set_passage,
    "div": set_box,
}
