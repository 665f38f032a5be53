"""A figure from its start, with title and subtitle, to its end, with source line and files."""

from __future__ import annotations

import io
import warnings

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.text import Text

from tieout.data.dataset import PLACE, Dataset
from tieout.show.charts.marks import Marks
from tieout.show.charts.picture import NUMBER, Picture, small_png
from tieout.show.charts.theme import FOOT, HEAD, LANGUAGES, LEFT, MUTED, RIGHT, WIDTH, theme

_SOURCE = {
    "en": "Source: {newspaper}, {day}{others}; data: figures/{id}.csv",
    "zh": "资料来源：{newspaper}，{day}{others}；数据：figures/{id}.csv",
}
_OTHERS = {"en": ", and others (data/sources.csv)", "zh": "，及其他来源（data/sources.csv）"}


class Chart(Marks):
    """A figure that is being drawn."""

    def finish(self, data: pd.DataFrame) -> Picture:
        """Fit the page, add the source line, write the three files (English only) and return the picture.

        ``data`` is what is plotted, one row a mark; a test compares its numbers with the facts and with the marks.
        Raises ``UserWarning`` as an error when a character has no glyph.
        """
        id, svg, png, project = self.row["id"], io.StringIO(), io.BytesIO(), self.facts.project
        with warnings.catch_warnings(), mpl.rc_context({"svg.hashsalt": f"{project.name}-{id}"}):
            warnings.filterwarnings("error", message="Glyph .* missing")
            for text in self.fig.findobj(Text):
                text.set_linespacing(self.say(1.2, 1.35))
            _fit(self.fig)
            for head in self.fig.texts:
                if head.get_window_extent().x1 > 0.99 * self.fig.bbox.width:
                    raise ValueError(f"too long for the page: {head.get_text()!r}")
            others = _OTHERS[self.language] if self.row["notebook"] == project.others else ""
            newspaper = self.say(project.newspaper_en, project.newspaper_zh)
            line = _SOURCE[self.language].format(newspaper=newspaper, day=self.day(project.date), others=others, id=id)
            named = self.say("{}. {}", "{}。{}").format(NUMBER[self.language].format(self.row["number"]), line)
            self.fig.text(LEFT, 0.1 / self.fig.get_figheight(), named, fontsize=7.5, color=MUTED)
            self.fig.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
            self.fig.savefig(png, format="png", metadata={"Software": None})
        plt.close(self.fig)
        mentioned = (
            m["id"]
            for words in self.facts.tables["figures"][int(self.row["number"]) - 1].values()
            for m in PLACE.finditer(words)
        )
        shown = tuple(dict.fromkeys([*self.row["facts"].split(), *mentioned]))
        picture = Picture(
            self.row,
            tuple(self.facts[i] for i in shown if i in self.facts),
            self.language,
            data,
            svg.getvalue(),
            small_png(png),
            line,
        )
        if self.language == "en":
            shown = data.to_csv(index=False, lineterminator="\n").encode()
            self.facts.figures.write(id, {"svg": picture.svg.encode(), "png": picture.png, "csv": shown})
        return picture


def start(facts: Dataset, id: str, height: float = 3.6, panels: int = 1) -> Chart:
    """An empty figure of figure ``id``, 7.2 inches wide and ``height`` inches high, with its title and subtitle set.

    With more than one of ``panels`` side by side, ``chart.ax`` is the first and ``chart.fig.axes`` has all.
    It is made in the language of ``facts``. Raises ``KeyError`` for a figure that is not in ``figures.csv``,
    ``ValueError`` for another language than ``LANGUAGES``.
    """
    language = facts.language
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is none of the languages {', '.join(LANGUAGES)}")
    row = facts.figure(id)
    theme()
    fig, axes = plt.subplots(1, panels, figsize=(WIDTH, height), squeeze=False)
    fig.subplots_adjust(left=LEFT, right=RIGHT, top=1 - HEAD / height, bottom=FOOT / height)
    fig.text(LEFT, 1 - 0.12 / height, row[f"title_{language}"], fontsize=13, fontweight="bold", va="top")
    fig.text(LEFT, 1 - 0.42 / height, row[f"subtitle_{language}"], fontsize=10, color=MUTED, va="top")
    return Chart(facts, row, fig, axes[0, 0])


def _fit(fig: Figure) -> None:
    """Set the margins so that the labels of the axes stand inside the page, between subtitle and source line."""
    page, height = fig.bbox, fig.get_figheight()
    left, right = LEFT * page.width, RIGHT * page.width
    bottom, top = FOOT / height * page.height, (1 - HEAD / height) * page.height
    for _ in range(3):  # labels move a little as the axes shrink
        fig.draw_without_rendering()
        boxes = [box for ax in fig.axes if ax.get_visible() and (box := ax.get_tightbbox())]
        pars = fig.subplotpars
        fig.subplots_adjust(
            left=pars.left + (left - min(b.x0 for b in boxes)) / page.width,
            # Axes of equal aspect may be narrower than their room: no use in more of it.
            right=min(pars.right + (right - max(b.x1 for b in boxes)) / page.width, 0.99),
            bottom=max(pars.bottom + (bottom - min(b.y0 for b in boxes)) / page.height, 0.02),
            top=min(pars.top + (top - max(b.y1 for b in boxes)) / page.height, 1 - HEAD / height),
        )
