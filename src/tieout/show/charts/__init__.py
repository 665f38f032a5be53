"""One theme, one way to draw and save a figure.

A notebook calls ``start`` for a figure of ``figures.csv``, draws on the axes of the ``Chart`` it gets,
with labels and numbers from it, and ends with ``finish``, which writes SVG, PNG and the CSV of what
is plotted under one name in ``figures/`` and returns the picture for display. The language is
that of the ``Dataset``; nothing in the cell changes with it.
"""

from tieout.fonts import FAMILY, FONTS
from tieout.show.charts.chart import Chart, start
from tieout.show.charts.picture import Picture
from tieout.show.charts.theme import ACCENT, DARK, GREY, INK, LANGUAGES, LIGHT, MUTED, PAPER, WIDTH, theme

__all__ = [
    "ACCENT", "DARK", "FAMILY", "FONTS", "GREY", "INK", "LANGUAGES", "LIGHT", "MUTED", "PAPER", "WIDTH",
    "Chart", "Picture", "start", "theme",
]  # fmt: skip
