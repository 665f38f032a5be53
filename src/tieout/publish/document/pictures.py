"""Pictures as data addresses: which are loaded, which may be shown, and how they are cropped."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote
from xml.etree import ElementTree

from bs4 import Tag

from tieout.publish.document.tree import tag

SVG = "image/svg+xml"
#: The kinds that can be set, the best first.
IMAGES = (SVG, "image/png", "image/jpeg", "image/gif", "image/webp")
_ENDINGS = {".svg": SVG, ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
_ENDINGS |= {".gif": "image/gif", ".webp": "image/webp"}
_DATA = re.compile(r"data:(?P<mime>image/[\w.+-]+)(?:;[\w=-]+)*?(?P<base64>;base64)?,(?P<data>.*)", re.S)
#: What a cell brings with it, by name and then by kind: text, or lines of it.
Attachments: TypeAlias = Mapping[str, Mapping[str, str | list[str]]]
_RUNS = ("script", "foreignobject", "handler")


class NoPictureError(Exception):
    """There is no picture at an address, or none that may be read; its words say why."""


def address(content: bytes, mime: str) -> str:
    """A picture as a data address."""
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def content_of(src: str) -> tuple[bytes, str]:
    """The picture in a data address of ours, and its kind."""
    kind, _, data = src.partition(";base64,")
    return base64.b64decode(data), kind.removeprefix("data:")


def image(content: bytes, mime: str, alt: str, warn: Callable[[str], None]) -> Tag:
    """A picture as an element; one that would run or load something is its words. ``warn`` is told of what is missing."""
    if not alt:
        warn("a picture has no alternative text")
    if mime == SVG and not self_contained(content):
        warn("an SVG with scripts or outside parts is left out")
        return tag("span", [f"[{alt or 'picture'}]"])
    return tag("img", src=address(content, mime), alt=alt or "Picture without a description")


def load(src: str, attachments: Attachments, folder: Path | None) -> tuple[bytes, str]:
    """Content and kind of the picture that Markdown or HTML names. Nothing outside the notebook's folder is read.

    Raises ``NoPictureError`` where there is none.
    """
    try:
        return _find(src, attachments, folder)
    except (OSError, ValueError, RuntimeError) as error:  # names too long, loops of links, broken data
        raise NoPictureError(f"it cannot be read ({type(error).__name__})") from None


def _find(src: str, attachments: Attachments, folder: Path | None) -> tuple[bytes, str]:
    data = _DATA.fullmatch(src)
    if data:
        return _from_address(data)
    if src.startswith("attachment:"):
        return _from_attachment(attachments.get(unquote(src.removeprefix("attachment:")), {}))
    if re.match(r"\w+:|//", src):
        raise NoPictureError("nothing is fetched")
    if folder is None:
        raise NoPictureError("the notebook's folder is not known")
    return _from_file((folder / unquote(src)).resolve(), folder.resolve())


def _from_address(data: re.Match[str]) -> tuple[bytes, str]:
    if data["mime"] not in IMAGES:
        raise NoPictureError(f"{data['mime']} is no kind that can be set")
    try:
        content = base64.b64decode(data["data"], validate=True) if data["base64"] else unquote(data["data"]).encode()
    except ValueError:
        raise NoPictureError("its data cannot be read") from None
    return content, data["mime"]


def _from_attachment(bundle: Mapping[str, str | list[str]]) -> tuple[bytes, str]:
    mime = next((m for m in IMAGES if m in bundle), "")
    if not mime:
        raise NoPictureError("there is no such attachment")
    whole = "".join(bundle[mime])
    return (whole.encode() if mime == SVG and "<" in whole else base64.b64decode(whole)), mime


def _from_file(path: Path, home: Path) -> tuple[bytes, str]:
    if not path.is_relative_to(home):
        raise NoPictureError("it is outside the notebook's folder")
    mime = _ENDINGS.get(path.suffix.lower(), "")
    if not mime or not path.is_file():
        raise NoPictureError("there is no such picture")
    return path.read_bytes(), mime


def self_contained(svg: bytes) -> bool:
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
        if name in _RUNS or any(not v.startswith(("#", "data:")) for v in loads):
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
