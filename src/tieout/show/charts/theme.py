"""The look that all figures share: colours, faces, the width of a page."""

from __future__ import annotations

from functools import cache

import seaborn as sns
from matplotlib import font_manager

from tieout.fonts import FAMILY, FONTS

ACCENT, GREY, INK, MUTED = "#c8102e", "#8f959d", "#1f2328", "#5b626b"
#: Greys beside the accent where more than two kinds must be told apart, from dark to light.
DARK, LIGHT, PAPER = "#4d535b", "#dfe2e6", "#ffffff"
LANGUAGES = ("en", "zh")
WIDTH = 7.2  # inches
# Left and right edge of what is drawn as shares of the width; heads and source line in inches.
LEFT, RIGHT, HEAD, FOOT = 0.02, 0.97, 0.72, 0.34


@cache
def _add_fonts() -> None:
    for weight in ("Regular", "Bold"):
        font_manager.fontManager.addfont(FONTS / f"ReportSansSC-{weight}.otf")


def theme() -> None:
    """The project's look. Fonts come last: seaborn's theme resets the family."""
    _add_fonts()
    sns.set_theme(
        style="white",
        rc={
            "axes.edgecolor": MUTED,
            "axes.labelcolor": MUTED,
            "axes.spines.left": False,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "figure.dpi": 200,  # as saved: texts are measured to fit the page
            "font.size": 10,
            "grid.color": "#e3e5e8",
            "savefig.dpi": 200,
            "svg.fonttype": "path",
            "text.color": INK,
            "text.hinting": "none",  # hinted widths differ between resolutions, and between PNG and SVG
            "xtick.color": MUTED,
            "ytick.color": INK,
            "ytick.labelsize": 10,
            "xtick.labelsize": 10,
            "font.family": [FAMILY],
        },
    )


def readable(color: str) -> str:
    """The colour for words beside a mark: greys are too pale for text."""
    return color if color == ACCENT else MUTED
