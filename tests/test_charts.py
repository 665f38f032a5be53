"""The figures: complete, as committed, legible, and showing what the facts say."""

from __future__ import annotations

import io
import re
import warnings
from itertools import combinations
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from PIL import Image

from shenyang import charts
from shenyang.facts import Facts

ROOT = Path(__file__).parents[1]
IDS = pd.read_csv(ROOT / "data/figures.csv")["id"].tolist()


def draw(
    f: Facts, id: str, language: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[charts.Picture, Figure]:
    """Run the notebook's own cell that draws figure ``id``, in a language, into ``folder``."""
    kept: list[Figure] = []
    finish, start = charts.finish, charts.start
    monkeypatch.setenv("SHENYANG_FIGURES", str(folder / "figures"))
    monkeypatch.setattr(plt, "close", lambda fig: kept.append(fig))
    monkeypatch.setattr(charts, "start", lambda *a, **k: start(*a, **(k | {"language": language})))
    monkeypatch.setattr(charts, "finish", lambda *a, **k: finish(*a, **(k | {"language": language})))
    label = charts.label
    monkeypatch.setattr(charts, "label", lambda *a, **k: label(*a, **(k | {"language": language})))
    row = next(r for r in f.tables["figures"] if r["id"] == id)
    notebook = nbformat.read(ROOT / f"notebooks/{row['notebook']}.ipynb", 4)
    source = next(c.source for c in notebook.cells if c.cell_type == "code" and f'"{id}"' in c.source)
    *setup, last = source.strip().split("\n")
    scope = {"F": f, "charts": charts, "pd": pd}
    exec("\n".join(setup), scope)
    return eval(last, scope), kept[0]


def test_every_figure_is_there_three_times_and_none_is_orphaned() -> None:
    files = {p.name for p in (ROOT / "figures").iterdir()}
    assert files == {f"{id}.{kind}" for id in IDS for kind in ("svg", "png", "csv")}


def test_figures_are_numbered_in_order(f: Facts) -> None:
    assert [int(r["number"]) for r in f.tables["figures"]] == list(range(1, len(IDS) + 1))


@pytest.mark.parametrize("id", IDS)
def test_titles_are_claims_of_a_length_that_is_read(id: str, f: Facts) -> None:
    row = next(r for r in f.tables["figures"] if r["id"] == id)
    assert 5 <= len(row["title_en"].split()) <= 12
    assert not row["title_en"].endswith(".")
    assert not re.match(r"(Chart|Figure|Graph|Picture)\b", row["alt_en"])


@pytest.mark.parametrize("id", IDS)
def test_the_committed_picture_is_a_fresh_one(
    id: str, f: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, _ = draw(f, id, "en", tmp_path, monkeypatch)
    stored = np.asarray(Image.open(ROOT / f"figures/{id}.png").convert("L"), dtype=float)
    fresh = np.asarray(Image.open(io.BytesIO(picture.png)).convert("L"), dtype=float)
    assert stored.shape == fresh.shape
    # Root mean square of grey values: another build of the rasteriser stays far below, another bar does not.
    assert np.sqrt(np.mean((stored - fresh) ** 2)) < 2
    assert (tmp_path / f"figures/{id}.csv").read_bytes() == (ROOT / f"figures/{id}.csv").read_bytes()


@pytest.mark.parametrize("id", IDS)
def test_two_drawings_are_the_same_bytes(id: str, f: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = draw(f, id, "en", tmp_path, monkeypatch)
    monkeypatch.undo()
    second, _ = draw(f, id, "en", tmp_path, monkeypatch)
    assert (first.svg, first.png) == (second.svg, second.png)


@pytest.mark.parametrize("language", charts.LANGUAGES)
@pytest.mark.parametrize("id", IDS)
def test_texts_stay_on_the_page_and_apart(
    id: str, language: str, f: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, fig = draw(f, id, language, tmp_path, monkeypatch)
    fig.draw_without_rendering()
    boxes = {}
    for text in fig.findobj(plt.Text):
        if (
            text.get_visible()
            and text.get_text().strip()
            and (text.axes is None or text.axes.xaxis.get_visible() or text not in text.axes.xaxis.findobj())
        ):
            boxes[text] = text.get_window_extent()
    page = fig.bbox
    for text, box in boxes.items():
        margin = 0.01 * page.width
        inside = page.x0 + margin <= box.x0 and box.x1 <= page.x1 - margin and page.y0 <= box.y0 and box.y1 <= page.y1
        assert inside, f"{text.get_text()!r} leaves the page"
    for (a, box_a), (b, box_b) in combinations(boxes.items(), 2):
        apart = (
            box_a.x1 <= box_b.x0 + 1 or box_b.x1 <= box_a.x0 + 1 or box_a.y1 <= box_b.y0 + 1 or box_b.y1 <= box_a.y0 + 1
        )
        assert apart, f"{a.get_text()!r} overlaps {b.get_text()!r}"


def test_bars_are_as_long_as_the_facts_say(f: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture, fig = draw(f, "growth_rates", "en", tmp_path, monkeypatch)
    bars = {
        label.get_text(): bar.get_width()
        for label, bar in zip(fig.axes[0].get_yticklabels(), fig.axes[0].patches, strict=True)
    }
    drawn = {row.fact: (row.percent, bars[row.label]) for row in picture.data.itertuples()}
    expected = next(r for r in f.tables["figures"] if r["id"] == "growth_rates")["facts"].split()
    assert set(drawn) == set(expected)
    for id, (value, length) in drawn.items():
        assert value == length == f.value(id)
    assert fig.axes[0].get_xlim()[0] == 0


@pytest.mark.parametrize("id", IDS)
def test_plotted_numbers_are_those_of_the_registered_facts(id: str, f: Facts) -> None:
    row = next(r for r in f.tables["figures"] if r["id"] == id)
    data = pd.read_csv(ROOT / f"figures/{id}.csv")
    assert set(data["fact"]) <= set(row["facts"].split())
    value = data.columns[-1]  # the last column is what is plotted, in the fact's own unit
    assert data[value].tolist() == [f.value(id) for id in data["fact"]]


def test_a_missing_glyph_is_an_error(f: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENYANG_FIGURES", str(tmp_path / "figures"))
    fig, _ = charts.start(f, "growth_rates")
    fig.text(0.5, 0.5, "\U0001f600")
    with pytest.raises(UserWarning, match="missing"):
        charts.finish(f, fig, "growth_rates", pd.DataFrame({"fact": []}))
    assert not (tmp_path / "figures").exists()
    plt.close(fig)


def test_an_unknown_figure_is_named(f: Facts) -> None:
    with pytest.raises(KeyError, match="add a row to data/figures"):
        charts.start(f, "nothing")


def test_bold_chinese_is_set_in_a_real_bold(f: Facts) -> None:
    charts.theme()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        from matplotlib import font_manager

        paths = {
            w: font_manager.findfont(font_manager.FontProperties(family=charts.FAMILY, weight=w))
            for w in ("normal", "bold")
        }
    assert Path(paths["normal"]).name == "ReportSansSC-Regular.otf"
    assert Path(paths["bold"]).name == "ReportSansSC-Bold.otf"


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_fonts_hold_every_character_in_use(weight: str) -> None:
    known = set(TTFont(charts.FONTS / f"ReportSansSC-{weight}.otf").getBestCmap())
    used: dict[int, str] = {}
    for pattern in ("seeds/*", "data/*", "notebooks/*.ipynb", "src/shenyang/*.py"):
        for path in ROOT.glob(pattern):
            used |= {ord(c): path.name for c in path.read_text("utf-8") if c not in "\n\t"}
    missing = {chr(c): name for c, name in used.items() if c not in known and c != 0x200B}
    assert missing == {}
