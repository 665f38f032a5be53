"""What the fonts can show, and how wide words are in them: Typst overprints and draws boxes without a warning."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tieout.fonts import FONTS
from tieout.text.cjk import HAN

#: Points: the size of letters in a table, and the padding of a cell on its left and right together.
SIZE, PADDING = 8.0, 8.4
#: Where a long name may break: after the underscores and slashes of ids, units and addresses.
BREAKABLE = re.compile(r"([_/])(?=\w)")


class Font(NamedTuple):
    """The names of a font's glyphs by code point, their widths by name, and the units of those in a quad."""

    glyphs: dict[int, str]
    widths: dict[str, tuple[int, int]]
    quad: int


@cache
def font(name: str) -> Font:
    """A font of ours, or one that comes with matplotlib, by the name of its file."""
    from fontTools.ttLib import TTFont

    path = FONTS / name if (FONTS / name).exists() else fallback_fonts() / name
    read = TTFont(path, lazy=True)
    return Font(read.getBestCmap(), read["hmtx"].metrics, read["head"].unitsPerEm)


def fallback_fonts() -> Path:
    """The folder of matplotlib's fonts: DejaVu covers many scripts that ours does not."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@cache
def known_characters() -> frozenset[int]:
    """The code points that can be set: in both weights of ours, or in the font that comes with matplotlib."""
    regular, bold, fallback = map(font, ("ReportSansSC-Regular.otf", "ReportSansSC-Bold.otf", "DejaVuSans.ttf"))
    return frozenset(regular.glyphs.keys() & bold.glyphs.keys() | fallback.glyphs.keys())


@cache
def width(text: str, bold: bool = False) -> float:
    """The width in points of a text on one line of a table."""
    glyphs, widths, quad = font(f"ReportSansSC-{'Bold' if bold else 'Regular'}.otf")
    return SIZE * sum(widths[glyphs[ord(c)]][0] if ord(c) in glyphs else 0.75 * quad for c in text) / quad


@cache
def widest(text: str, whole: bool = False, bold: bool = False) -> float:
    """The width in points of the longest piece that does not break; with ``whole``, Chinese does not either."""
    text = BREAKABLE.sub("\\1 ", text)
    pieces = text.split() if whole else re.findall(rf"[^\s{HAN}]+|[{HAN}]", text)
    return max((width(p, bold) for p in pieces), default=0.0)
