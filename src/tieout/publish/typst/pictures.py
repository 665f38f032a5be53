"""Pictures and formulas: what the compiler gets as files of their own."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from bs4 import Tag

from tieout.publish.document.pictures import content_of
from tieout.publish.document.tree import attribute
from tieout.publish.typst.compile import literal
from tieout.publish.typst.metrics import PADDING
from tieout.publish.typst.state import Setter
from tieout.publish.typst.text import spelled_out

_FORMULA = 10.5  # points: the size of letters in a formula
_FAMILY = re.compile(r"font-family\s*:[^;}]*;?")
_POINTS = 0.75  # of a pixel, in which HTML gives widths


def set_image(setter: Setter, node: Tag) -> str:
    """A picture that stands by itself."""
    return f"#fitted({_picture(setter, node)})"


def set_small_image(setter: Setter, node: Tag) -> str:
    """A picture in a line, no wider than its column."""
    most = f"{setter.column - PADDING:.1f}pt" if setter.column > 2 * PADDING else "80mm"
    return f"#small-image({_picture(setter, node)}, {most})"


def _picture(setter: Setter, node: Tag) -> str:
    """The name of a picture's file, what it shows in words, and its width: arguments of the template's functions."""
    content, mime = content_of(str(node["src"]))
    ending = {"image/svg+xml": "svg", "image/jpeg": "jpg"}.get(mime, mime.split("/")[-1])
    name = setter.keep_picture(_in_our_font(setter, content) if ending == "svg" else content, ending)
    pixels = attribute(node, "width")
    width = f"{int(pixels) * _POINTS}pt" if pixels else "none"
    return f"{name}, {literal(spelled_out(setter, str(node['alt'])))}, {width}"


def _in_our_font(setter: Setter, svg: bytes) -> bytes:
    """Words in an SVG in a font that is there: Typst draws boxes for another without a warning."""
    if not re.search(rb"<(?:\w+:)?text\b", svg):
        return svg
    ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        return svg  # Typst says so, too
    for part in root.iter():
        part.attrib.pop("font-family", None)
        if "style" in part.attrib:
            part.set("style", _FAMILY.sub("", part.attrib["style"]))
        style = str(part.tag).endswith("}style")
        part.text = _FAMILY.sub("", part.text or "") if style else part.text and spelled_out(setter, part.text)
        part.tail = part.tail and spelled_out(setter, part.tail)
    root.set("font-family", "Report Sans SC")
    return ElementTree.tostring(root)


def set_formula(setter: Setter, node: Tag) -> str:
    """LaTeX as a picture with its source for whoever reads it aloud; what is no LaTeX as its source."""
    latex, block = node.get_text().strip(), node.name == "div"
    from ziamath.zmath import Latex

    try:
        formula = Latex(latex, size=_FORMULA, inline=not block)
        svg, (width, height), down = formula.svg(), formula.getsize(), -formula.getyofst()
    except Exception as error:  # whatever the library meets in someone's LaTeX
        setter.warn(f"a formula is set as its source: {str(error) or type(error).__name__}")
        return f"#raw({literal(latex)});"
    name = setter.keep_picture(svg.encode(), "svg")
    return f"#formula({name}, {literal(latex)}, {width:.2f}pt, {height:.2f}pt, {0 if block else down:.2f}pt);"
