"""A finished figure: what it shows, in the forms in which it is kept and displayed."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd
from IPython.display import display
from matplotlib.colors import to_rgb
from PIL import Image

from tieout.data.fact import Fact
from tieout.data.tables import Row
from tieout.numbers import wording
from tieout.show.charts.theme import ACCENT, DARK, FOOT, GREY, HEAD, INK, LIGHT, MUTED, PAPER, WIDTH

NUMBER = {"en": "Figure {}", "zh": "图{}"}
_CAPTION = {
    "en": "**{number}.** {caption} Evidence for each number: {links}.",
    "zh": "**{number}** {caption}逐项依据：{links}。",
}


@dataclass(frozen=True, eq=False)
class Picture:
    """A finished figure: what was plotted, how it looks, what it says to those who cannot see it.

    Shown as the picture and its caption, in which each fact is a link to its evidence.
    """

    row: Row
    facts: tuple[Fact, ...]
    language: str
    data: pd.DataFrame
    svg: str
    png: bytes
    source: str

    @property
    def number(self) -> str:
        """What the figure is called: Figure 9."""
        return NUMBER[self.language].format(self.row["number"])

    def __repr__(self) -> str:
        title = self.row[f"title_{self.language}"]
        return f"{self.number}. {title}\n\n{self.data.to_string(index=False)}"

    @property
    def caption(self) -> str:
        """Number, caption and the facts that are shown or named, in Markdown: each as its digits, a link to its card."""
        links = ("; " if self.language == "en" else "；").join(self._link(fact) for fact in self.facts)
        caption = self.row[f"caption_{self.language}"]
        return _CAPTION[self.language].format(number=self.number, caption=caption, links=links)

    def _link(self, fact: Fact) -> str:
        sign, digits, unit = wording.parts(fact.quantity, fact.unit, self.language)
        named = fact.label_en if self.language == "en" else fact.label_zh
        return f'[{sign}{digits}{unit if unit == "%" else ""}]({fact.card} "{named.replace(chr(34), chr(39))}")'

    def bundle(self) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
        """The picture as PNG with its alternative text, and as text.

        A report takes the drawing of ``figure`` and sets title and source as text: ``crop`` is what then goes from the
        picture, above and below, in points.
        """
        words: dict[str, Any] = {k: self.row[f"{k}_{self.language}"] for k in ("alt", "title", "subtitle")}
        words |= {"number": self.number, "source": self.source, "crop": [72 * HEAD - 4, 72 * FOOT - 4]}
        words |= {"figure": self.row["id"], "width": int(WIDTH * 96)}
        data = {"image/png": base64.b64encode(self.png).decode() + "\n", "text/plain": repr(self)}
        return data, {"image/png": words}

    def _ipython_display_(self) -> None:
        data, metadata = self.bundle()
        display(data, metadata=metadata, raw=True)
        caption = {"text/markdown": self.caption, "text/plain": self.caption}
        display(caption, metadata={"text/markdown": {"caption": self.row["id"]}}, raw=True)


@cache
def _palette() -> Image.Image:
    """The theme's own colours, each with its shades on paper, for the edges of letters and for what is drawn pale.

    A palette that is chosen by how often a colour occurs would lose the few red marks of a grey figure.
    """
    shades = [(INK, 16), (ACCENT, 16), (MUTED, 10), (DARK, 8), (GREY, 8), (LIGHT, 4)]
    found = [to_rgb(PAPER)]
    for color, steps in shades:
        ink, paper = to_rgb(color), to_rgb(PAPER)
        found += [
            (a + (x - a) * n / steps, b + (y - b) * n / steps, c + (z - c) * n / steps)
            for (a, b, c), (x, y, z) in [(ink, paper)]
            for n in range(steps)
        ]
    palette = Image.new("P", (1, 1))
    palette.putpalette([round(255 * part) for color in found for part in color])
    return palette


def small_png(png: io.BytesIO) -> bytes:
    """A picture in the colours of the theme: a third of the bytes, and it looks the same."""
    small = io.BytesIO()
    picture = Image.open(png).convert("RGB").quantize(palette=_palette(), dither=Image.Dither.NONE)
    picture.save(small, format="png", optimize=True)
    return small.getvalue()
