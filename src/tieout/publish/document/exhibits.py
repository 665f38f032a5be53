"""The project's own tables and figures: what the data of an output and the words beside it become."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

from bs4 import Tag
from bs4.element import NavigableString

from tieout.publish.document import pictures
from tieout.publish.document.tree import classes, has_class, tag

#: What objects that cannot draw themselves say of themselves: no description of a picture.
_PLAIN_REPR = re.compile(r"<[\w.]+(?: \w+)* (?:object )?at 0x[0-9a-f]+>|<Figure size .*>|<IPython\.[\w.]+ object>")


def own_table(nodes: list[Tag]) -> list[Tag]:
    """A table of ours with its note and its source as one exhibit; any other HTML as it is."""
    if not nodes or nodes[0].name != "table" or not has_class(nodes[0], "exhibit"):
        return nodes
    del nodes[0]["class"]
    foot = list(takewhile(lambda node: classes(node) in (["note"], ["source"]), nodes[1:]))
    return [tag("div", [nodes[0], *foot], **{"class": "exhibit"}), *nodes[1 + len(foot) :]]


def drawing(figure: str, folder: Path | None) -> bytes | None:
    """The drawing of a project's figure, which stands beside its notebooks; of a notebook by itself there is only the picture."""
    if folder is None or not re.fullmatch(r"\w+", figure):
        return None
    path = folder.parent / f"figures/{figure}.svg"
    return path.read_bytes() if path.is_file() else None


def figure(
    mime: str, data: Mapping[str, str], words: Mapping[str, Any], warn: Callable[[str], None], folder: Path | None
) -> Tag:
    """A picture among the ``data`` of an output, with the ``words`` of its metadata: number, titles, source.

    If they name a figure of the project, whose notebooks are in ``folder``, its drawing stands in the picture's place.
    """
    content = data[mime].encode() if mime == pictures.SVG else base64.b64decode(data[mime])
    drawn = drawing(str(words.get("figure", "")), folder)
    if drawn is not None:
        content, mime = drawn, pictures.SVG
    plain = data.get("text/plain", "").strip()
    alt = words.get("alt") or ("" if _PLAIN_REPR.fullmatch(plain) else plain)
    if mime == pictures.SVG and "crop" in words:
        content = pictures.crop(content.decode(), *words["crop"]).encode()
    picture = pictures.image(content, mime, alt, warn)
    if isinstance(words.get("width"), int):
        picture["width"] = str(words["width"])
    head = [tag("span", [words[k]], **{"class": k}) for k in ("number", "title", "subtitle") if k in words]
    new = tag("figure", [*([tag("div", head, **{"class": "head"})] if head else []), picture])
    if "source" in words:
        new.append(tag("p", [words["source"]], **{"class": "source"}))
    return new


def add_caption(figure: Tag, nodes: list[Tag]) -> None:
    """Put a caption under a picture and above its source; a number that stands above the picture is not said again."""
    caption = tag("figcaption", nodes)
    number = caption.find("strong")
    if figure.find("span", class_="number") and number:
        if isinstance(number.next_sibling, NavigableString):
            number.next_sibling.replace_with(number.next_sibling.lstrip())
        number.extract()
    line = figure.find("p", class_="source", recursive=False)
    line.insert_before(caption) if line else figure.append(caption)
