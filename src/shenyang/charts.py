"""One theme, one way to draw and save a figure.

A notebook calls ``start`` for a figure of ``figures.csv``, draws on the axes, and
calls ``finish``, which adds title, subtitle and source, writes SVG, PNG and the CSV of what
is plotted under one name in ``figures/``, and returns the picture for display.
"""

from __future__ import annotations

import io
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from shenyang import article as source
from shenyang.article import write
from shenyang.facts import Facts, Row

FONTS = Path(__file__).parent / "fonts"
#: The project's own name for its subset of Noto Sans CJK SC: a system font of that name must not win.
FAMILY = "Report Sans SC"
ACCENT, GREY, INK, MUTED = "#c8102e", "#b8bcc2", "#1f2328", "#5b626b"
LANGUAGES = ("en", "zh")
_SOURCE = {
    "en": "Source: Shenyang Daily, 29 August 2023; facts: ",
    "zh": "资料来源：沈阳日报，2023年8月29日；数据编号：",
}


@dataclass(frozen=True)
class Picture:
    """A finished figure: what was plotted, how it looks, what it says to those who cannot see it."""

    row: Row
    language: str
    data: pd.DataFrame
    svg: str
    png: bytes

    def __repr__(self) -> str:
        title = self.row[f"title_{self.language}"]
        return f"Figure {self.row['number']}. {title}\n\n{self.data.to_string(index=False)}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        words = {
            k.removesuffix(f"_{self.language}"): v for k, v in self.row.items() if not k.endswith(_other(self.language))
        }
        return {"image/svg+xml": self.svg, "text/plain": repr(self)}, {"image/svg+xml": words}


def _other(language: str) -> str:
    return "_zh" if language == "en" else "_en"


def theme() -> None:
    """The project's look. Fonts come last: seaborn's theme resets the family."""
    for weight in ("Regular", "Bold"):
        font_manager.fontManager.addfont(FONTS / f"ReportSansSC-{weight}.otf")
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
            "svg.hashsalt": "shenyang",
            "text.color": INK,
            "text.hinting": "none",  # hinted widths differ between resolutions, and between PNG and SVG
            "xtick.color": MUTED,
            "ytick.color": INK,
            "ytick.labelsize": 10,
            "xtick.labelsize": 10,
            "font.family": [FAMILY],
        },
    )


def start(facts: Facts, id: str, height: float = 3.6, language: str = "en") -> tuple[Figure, Axes]:
    """An empty figure of figure ``id``, 7.2 inches wide, with its title and subtitle set."""
    row = _row(facts, id)
    theme()
    fig, ax = plt.subplots(figsize=(7.2, height))
    top = 1 - 0.78 / height
    fig.subplots_adjust(left=0.02, right=0.97, top=top, bottom=0.55 / height)
    fig.text(0.02, 1 - 0.12 / height, row[f"title_{language}"], fontsize=13, fontweight="bold", va="top")
    fig.text(0.02, 1 - 0.42 / height, row[f"subtitle_{language}"], fontsize=10, color=MUTED, va="top")
    return fig, ax


def label(facts: Facts, id: str, language: str = "en") -> str:
    """What fact ``id`` measures, for an axis."""
    fact = facts[id]
    return fact.label_en if language == "en" else fact.label_zh


def finish(facts: Facts, fig: Figure, id: str, data: pd.DataFrame, language: str = "en") -> Picture:
    """Add the source line, write the three files (English only) and return the picture.

    ``data`` is what is plotted, one row a mark; its numbers are compared with the facts by a test.
    Raises ``UserWarning`` as an error when a character has no glyph.
    """
    row = _row(facts, id)
    svg, png = io.StringIO(), io.BytesIO()
    with warnings.catch_warnings(), mpl.rc_context({"svg.hashsalt": f"shenyang-{id}"}):
        warnings.filterwarnings("error", message="Glyph .* missing")
        height = fig.get_figheight()
        _fit(fig)
        fig.text(
            0.02,
            0.1 / height,
            _SOURCE[language] + row["facts"].replace(" ", ", "),
            fontsize=6.5,
            color=MUTED,
            wrap=True,
        )
        fig.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
        fig.savefig(png, format="png", metadata={"Software": None})
    plt.close(fig)
    picture = Picture(row, language, data, svg.getvalue(), png.getvalue())
    if language == "en":
        # Tests and half-made reports must not touch the figures that are there.
        folder = Path(os.environ.get("SHENYANG_FIGURES", source.root() / "figures"))
        write(folder / f"{id}.svg", picture.svg.encode())
        write(folder / f"{id}.png", picture.png)
        write(folder / f"{id}.csv", data.to_csv(index=False, lineterminator="\n").encode())
    return picture


def _fit(fig: Figure) -> None:
    """Widen the margins until the labels of the axes stand inside the page."""
    left, right = 0.02 * fig.bbox.width, 0.97 * fig.bbox.width
    for _ in range(3):  # labels move a little as the axes shrink
        fig.draw_without_rendering()
        boxes = [ax.get_tightbbox() for ax in fig.axes]
        pars = fig.subplotpars
        fig.subplots_adjust(
            left=pars.left + (left - min(b.x0 for b in boxes)) / fig.bbox.width,
            right=pars.right + (right - max(b.x1 for b in boxes)) / fig.bbox.width,
        )


def _row(facts: Facts, id: str) -> Row:
    row = next((r for r in facts.tables["figures"] if r["id"] == id), None)
    if row is None:
        raise KeyError(f"no figure is called {id!r}: add a row to data/figures.csv")
    for fact in row["facts"].split():
        facts[fact]  # an unknown fact is an error here, with its near matches
    return row
