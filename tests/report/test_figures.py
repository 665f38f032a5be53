"""The figures: complete, as committed, legible, and showing what the facts say."""

from __future__ import annotations

import base64
import io
import re
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import marks
import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from conftest import DATA, lay
from shenyang.registers import phases
from support import ROOT
from tieout import config
from tieout.data.dataset import Dataset, Figures
from tieout.data.fact import is_outside
from tieout.data.load import load
from tieout.numbers import wording
from tieout.show import charts
from tieout.text.dates import date_text
from tieout.text.fold import fold

IDS = pd.read_csv(ROOT / "data/figures.csv")["id"].tolist()


def source_of(f: Dataset, id: str) -> str:
    """The imports of the notebook that draws figure ``id``, and the cell that draws it."""
    notebook = nbformat.read(ROOT / f"notebooks/{f.figure(id)['notebook']}.ipynb", 4)
    cells = {c.id: c.source for c in notebook.cells if c.cell_type == "code"}
    [cell] = [source for source in cells.values() if f'charts.start(F, "{id}"' in source]
    return cells["imports"] + "\n" + cell


def draw(f: Dataset, id: str, language: str = "en", folder: Path | None = None) -> tuple[charts.Picture, Figure]:
    """Run the notebook's own cell that draws figure ``id``, in a language and into a folder of its own."""
    kept: list[Figure] = []
    *setup, last = source_of(f, id).strip().split("\n")
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        scope: dict = {"F": replace(f, language=language, figures=Figures(folder or Path(name)))}
        patch.setattr(plt, "close", lambda fig: kept.append(fig))
        exec("\n".join(setup), scope)
        picture = eval(last, scope)
    [figure] = kept
    figure.draw_without_rendering()
    plt.close(figure)
    return picture, figure


@pytest.fixture(scope="module")
def drawn(f: Dataset) -> Callable[[str, str], tuple[charts.Picture, Figure]]:
    """Each figure in each language, drawn once."""
    return cache(lambda id, language="en": draw(f, id, language))


def grey(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"), dtype=float)


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Root mean square of the difference of grey values; infinite for pictures of different size.

    Another build of the rasteriser stays below ``TOLERANCE``, another digit in a label does not.
    """
    return float(np.sqrt(np.mean((a - b) ** 2))) if a.shape == b.shape else np.inf


TOLERANCE = 0.5


def texts(fig: Figure) -> list[plt.Text]:
    """The texts that are seen: not those of an axis that was taken away."""
    hidden = {
        t for ax in fig.axes for axis in (ax.xaxis, ax.yaxis) if not axis.get_visible() for t in axis.findobj(plt.Text)
    }
    return [t for t in fig.findobj(plt.Text) if t.get_visible() and t.get_text().strip() and t not in hidden]


def test_every_figure_is_there_three_times_and_none_is_orphaned() -> None:
    files = {p.name for p in (ROOT / "figures").iterdir()}
    assert files == {f"{id}.{kind}" for id in IDS for kind in ("svg", "png", "csv")}


def test_figures_are_numbered_in_order(f: Dataset) -> None:
    assert [int(r["number"]) for r in f.tables["figures"]] == list(range(1, len(IDS) + 1))


def test_every_figure_is_drawn_by_one_cell_and_every_drawing_cell_is_registered(f: Dataset) -> None:
    started = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        code = "\n".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code")
        started += [(path.stem, id) for id in re.findall(r'charts\.start\(F, "(\w+)"', code)]
    assert started == [(r["notebook"], r["id"]) for r in f.tables["figures"]]


@pytest.mark.parametrize("id", IDS)
def test_titles_are_claims_of_a_length_that_is_read(id: str, f: Dataset) -> None:
    row = f.figure(id)
    assert 5 <= len(row["title_en"].split()) <= 12
    assert not row["title_en"].endswith(".") and not row["title_zh"].endswith("。")
    assert not re.match(r"(A |An )?(Chart|Figure|Graph|Picture)\b", row["alt_en"])
    assert all(re.search("[\u4e00-\u9fff]", row[f"{part}_zh"]) for part in ("title", "subtitle", "caption", "alt"))
    assert not any("{" in words for words in row.values())


@pytest.mark.parametrize("id", IDS)
def test_the_committed_picture_is_a_fresh_one(id: str, f: Dataset, tmp_path: Path) -> None:
    picture, _ = draw(f, id, folder=tmp_path)
    assert distance(grey((ROOT / f"figures/{id}.png").read_bytes()), grey(picture.png)) < TOLERANCE
    assert (tmp_path / f"{id}.csv").read_bytes() == (ROOT / f"figures/{id}.csv").read_bytes()
    assert {p.name for p in tmp_path.iterdir()} == {f"{id}.{kind}" for kind in ("svg", "png", "csv")}


@pytest.mark.parametrize("id", IDS)
def test_two_drawings_are_the_same_bytes(id: str, f: Dataset, drawn: Callable) -> None:
    first, second = drawn(id)[0], draw(f, id)[0]
    assert (first.svg, first.png) == (second.svg, second.png)


@pytest.mark.parametrize("language", charts.LANGUAGES)
@pytest.mark.parametrize("id", IDS)
def test_texts_stay_on_the_page_and_apart(id: str, language: str, drawn: Callable) -> None:
    _, fig = drawn(id, language)
    boxes = {text: text.get_window_extent() for text in texts(fig)}
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


@pytest.mark.parametrize("id", IDS)
def test_the_switch_leaves_no_english_in_a_chinese_figure(id: str, drawn: Callable) -> None:
    """Names of things (LNG, ZF, Spin) stay; the source line names the file of the data."""
    _, fig = drawn(id, "zh")
    words = [t.get_text() for t in texts(fig) if "figures/" not in t.get_text()]
    assert any(re.search("[\u4e00-\u9fff]", w) for w in words)
    assert [w for w in words if re.search(r"[A-Za-z]{4,}", w)] == []


@pytest.mark.parametrize("id", IDS)
def test_what_is_plotted_are_the_registered_facts(id: str, f: Dataset, drawn: Callable) -> None:
    picture, _ = drawn(id)
    registered = set(f.figure(id)["facts"].split())
    if "fact" in picture.data:
        assert set(picture.data["fact"]) == registered
    if {"fact", "value"} <= set(picture.data):
        assert picture.data["value"].tolist() == [f.value(fact) for fact in picture.data["fact"]]


#: Points over time are read off an axis; of these the article's own numbers stand beside their marks.
PATHS = {"paths_firms", "paths_platforms"}


@pytest.mark.parametrize("id", IDS)
def test_every_plotted_number_stands_on_the_figure(id: str, f: Dataset, drawn: Callable) -> None:
    picture, fig = drawn(id)
    words = "\n".join(t.get_text() for t in texts(fig))
    if {"fact", "value"} <= set(picture.data):
        for fact in picture.data["fact"]:
            if id in PATHS and is_outside(fact):
                continue
            nominal = f[fact].quantity.nominal  # a rank stands as its number alone
            assert (f"{f.value(fact):.0f}" if nominal else wording.parts(f[fact].quantity, f[fact].unit)[1]) in words, (
                fact
            )


@pytest.mark.parametrize("id", IDS)
def test_words_say_the_numbers_of_the_facts(id: str, f: Dataset) -> None:
    """Captions and alternative texts name facts and not digits; what they name is registered or counted here."""
    row = next(r for r in f.tables["figures"] if r["id"] == id)
    for part in ("title", "caption", "alt"):
        named = [set(re.findall(r"\{(\w+)", row[f"{part}_{language}"])) for language in charts.LANGUAGES]
        assert named[0] == named[1], f"{part}: the two languages name different facts"


# --- each mark, its fact and what stands at its place -----------------------------------


@pytest.mark.parametrize("language", charts.LANGUAGES)
@pytest.mark.parametrize("id", IDS)
def test_each_mark_has_the_value_the_colour_and_the_words_of_its_fact(
    id: str, language: str, f: Dataset, drawn: Callable
) -> None:
    picture, fig = drawn(id, language)
    assert marks.problems(fig, f, id, language, "value" in picture.data) == []
    if "fact" in picture.data and id != "verdicts":  # there each comparison has its mark, not each fact
        found = marks.seen(fig)
        assert {*picture.data["fact"]} <= found.keys()
        for row in picture.data.itertuples():  # the CSV of what is plotted says the same
            words = marks.words_of(found[row.fact], "")
            label = marks.plain(getattr(row, "label", ""))
            assert label in (marks.plain(f.label(row.fact, language)), "") or label in words, row.fact
            if hasattr(row, "number") and language == "en":
                assert row.number == f[row.fact].english, row.fact


def exchange(one: object, other: object, *names: str) -> Callable[[], None]:
    """Exchange properties of two artists; what undoes it."""
    pairs = [(getattr(one, f"get_{n}")(), getattr(other, f"get_{n}")()) for n in names]

    def put(swap: bool) -> None:
        for n, (a, b) in zip(names, pairs, strict=True):
            getattr(one, f"set_{n}")(b if swap else a)
            getattr(other, f"set_{n}")(a if swap else b)

    put(True)
    return lambda: put(False)


def another(ax: Axes, axis: str, one: float, other: float) -> bool:
    """Whether two places of an axis say different things: of dots at one name it is the same whose is whose."""
    name = marks.tick_names(ax, axis, one)
    return not name or name != marks.tick_names(ax, axis, other)


def spoilt(fig: Figure) -> Iterator[tuple[str, Callable[[], Callable[[], None]]]]:
    """Ways to make a figure say something else and stay plausible, by kind: each returns what undoes it."""
    found = marks.seen(fig)
    drawn_marks = [(ax, a, id) for id, s in found.items() for ax, a in s.marks]
    for ax in fig.axes:
        for axis in ("x", "y"):
            side = getattr(ax, f"{axis}axis")
            ticks = [t.get_text() for t in side.get_ticklabels()]
            shown = [t for t in ticks if t]
            own = [(a, id) for other, a, id in drawn_marks if other is ax]
            if side.get_visible() and len({*shown}) > 1 and own:

                def reverse(ax: Axes = ax, axis: str = axis, ticks: list[str] = ticks) -> Callable[[], None]:
                    places = getattr(ax, f"get_{axis}ticks")()
                    getattr(ax, f"set_{axis}ticks")(places, ticks[::-1])
                    return lambda: getattr(ax, f"set_{axis}ticks")(places, ticks)

                yield "tick labels reversed", reverse
            # An axis whose marks lie at one place is no axis.
            spread = {round(sum(marks.ends(a)[0 if axis == "x" else 2 :][:2]), 6) for a, _ in own}
            if own and (len(spread) > 1 or any(isinstance(a, Rectangle) for a, _ in own)):

                def mirror(ax: Axes = ax, axis: str = axis) -> Callable[[], None]:
                    limits = getattr(ax, f"get_{axis}lim")()
                    getattr(ax, f"set_{axis}lim")(limits[::-1])
                    return lambda: getattr(ax, f"set_{axis}lim")(limits)

                yield "axis mirrored", mirror
        bars = [a for other, a, _ in drawn_marks if other is ax and isinstance(a, Rectangle) and a.get_width() > 1]
        if bars:

            def cut(ax: Axes = ax, bars: list[Rectangle] = bars) -> Callable[[], None]:
                limits = ax.get_xlim()
                ax.set_xlim(limits[0] + 0.4 * max(b.get_width() for b in bars), limits[1])
                return lambda: ax.set_xlim(limits)

            yield "axis cut", cut
    for (ax, a, one), (other_ax, b, other) in combinations(drawn_marks, 2):
        if ax is not other_ax or one == other or type(a) is not type(b):
            continue
        if marks.tone(a) != marks.tone(b):
            name = "facecolor" if isinstance(a, Rectangle) else "markerfacecolor" if isinstance(a, plt.Line2D) else ""
            if name and marks.tone(a) and "|" not in (getattr(a, "get_marker", str)(), getattr(b, "get_marker", str)()):
                yield "colours exchanged", lambda a=a, b=b, name=name: exchange(a, b, name)
        size = lambda m: tuple(round(x, 6) for x in marks.ends(m))  # noqa: E731
        if isinstance(a, Rectangle) and not np.isclose(a.get_width(), b.get_width()):
            yield "bars exchanged", lambda a=a, b=b: exchange(a, b, "width")
        if isinstance(a, Rectangle) and not np.isclose(a.get_height(), b.get_height()):
            yield "columns exchanged", lambda a=a, b=b: exchange(a, b, "height")
        if isinstance(a, plt.Line2D) and len(a.get_xdata()) == len(b.get_xdata()) == 1:
            if size(a)[0] != size(b)[0] and another(ax, "x", size(a)[0], size(b)[0]):
                yield "dots exchanged", lambda a=a, b=b: exchange(a, b, "xdata")
            if size(a)[2] != size(b)[2] and another(ax, "y", size(a)[2], size(b)[2]):
                yield "dots exchanged", lambda a=a, b=b: exchange(a, b, "ydata")
    words = [(t, id) for id, s in found.items() for t in s.texts]
    for (a, one), (b, other) in combinations(words, 2):
        if one != other and a.get_text() != b.get_text():
            kind = "numbers exchanged" if re.search(r"\d", a.get_text() + b.get_text()) else "words exchanged"
            yield kind, lambda a=a, b=b: exchange(a, b, "text")
    for a, b in combinations([ax.title for ax in fig.axes if ax.get_title()], 2):
        yield "heads exchanged", lambda a=a, b=b: exchange(a, b, "text")


@pytest.mark.parametrize("id", IDS)
def test_every_spoilt_drawing_is_caught(id: str, f: Dataset, drawn: Callable) -> None:
    """Labels, numbers, bars, dots and colours exchanged two by two, ticks reversed, axes mirrored and cut."""
    picture, fig = drawn(id)
    valued = "value" in picture.data
    kinds: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for kind, spoil in spoilt(fig):
        if kinds[kind] >= 8:
            continue
        kinds[kind] += 1
        undo = spoil()
        missed[kind] += not marks.problems(fig, f, id, "en", valued)
        undo()
    assert marks.problems(fig, f, id, "en", valued) == []
    assert sum(kinds.values()) >= 2 and not +missed, (dict(missed), dict(kinds))


# --- a changed value is seen ----------------------------------------------------------

#: Figures of rows and not of values: for each a change of a row that its picture must show.
ROWS = {
    "stages": ("data/projects.csv", "product,ai,incubated,共同孵化的", "product,ai,in_use,共同孵化的"),
    "timeline": ("data/projects.csv", "开工,2023-06-13", "开工,2023-06-03"),
    "firsts": ("data/superlatives.csv", "taiyi_first,province", "taiyi_first,country"),
    "model_325": ("data/policies.csv", "focus,Key leading firms,", "focus,Leading key firms,"),
    "verdicts": (
        "data/crosschecks.csv",
        "_customers_1,compute_customers,level,near",
        "_customers_1,compute_customers,scale,near",
    ),
    "peers": ("data/context.csv", "=,812210000000,CNY,10000000,8122.1亿元", "=,712210000000,CNY,10000000,7122.1亿元"),
}


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The data with every claim's value moved, and all that follows from it."""
    root = lay(tmp_path_factory.mktemp("moved"), DATA)
    for theme in config.read(root).themes:
        path = root / f"data/{theme}.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        whole = ~frame["value"].str.contains(".", regex=False)
        value = frame["value"].astype(float)
        frame["value"] = np.where(
            frame["unit"] == "percent",
            (value * 0.97).round(3).astype(str),
            np.where(whole, (value * 1.08 + 1).astype("int64").astype(str), frame["value"]),
        )
        frame.to_csv(path, index=False, lineterminator="\n")
    return load(root, lenient=True)


@pytest.mark.parametrize("id", [id for id in IDS if id not in {*ROWS} - {"model_325"}])
def test_a_moved_value_moves_the_marks_and_fails_both_tests(id: str, f: Dataset, moved: Dataset) -> None:
    picture, fig = draw(moved, id)
    committed = (ROOT / f"figures/{id}.png").read_bytes()
    assert distance(grey(committed), grey(picture.png)) > TOLERANCE
    assert picture.data.to_csv(index=False) != (ROOT / f"figures/{id}.csv").read_text("utf-8")
    assert list(marks.against_the_facts(fig, moved, "en")) == []
    assert list(marks.against_the_facts(fig, f, "en")) != []


@pytest.mark.parametrize("id", list(ROWS))
def test_a_changed_row_changes_the_figure(id: str, copy: Path, edit: Callable) -> None:
    edit(*ROWS[id])
    picture, _ = draw(load(copy), id)
    assert distance(grey((ROOT / f"figures/{id}.png").read_bytes()), grey(picture.png)) > TOLERANCE
    assert picture.data.to_csv(index=False) != (ROOT / f"figures/{id}.csv").read_text("utf-8")


def test_two_facts_of_one_label_are_refused(f: Dataset) -> None:
    """seaborn would draw one bar, as long as their mean."""
    chart = charts.start(f, "firm_groups")
    plt.close(chart.fig)
    with pytest.raises(ValueError, match="two facts have one label: 'Eaglet firms'"):
        chart.data(["eaglets", "eaglets"])


def test_what_no_chart_can_show_is_refused(f: Dataset) -> None:
    chart = charts.start(f, "firm_groups")
    plt.close(chart.fig)
    with pytest.raises(ValueError, match="no number of squares"):
        chart.squares(chart.data(["drug_in_average_contracts"]), {"drug_in_average_contracts": charts.GREY}, 10)
    with pytest.raises(KeyError, match="is not among what is drawn"):
        chart.accent(["eaglets"], "eagles")
    with pytest.raises(ValueError, match="none of the languages"):
        charts.start(replace(f, language="de"), "firm_groups")


def test_a_head_that_leaves_the_page_is_refused(f: Dataset, tmp_path: Path) -> None:
    chart = charts.start(replace(f, figures=Figures(tmp_path)), "firm_groups")
    chart.fig.texts[0].set_text("A title that is by far too long for a page of seven inches " * 2)
    with pytest.raises(ValueError, match="too long for the page: 'A title"):
        chart.finish(chart.data(["eaglets"]))
    plt.close(chart.fig)


def test_a_mark_of_another_length_is_found(f: Dataset, drawn: Callable) -> None:
    """The test of the marks can fail: a bar is made longer by a hair."""
    _, fig = draw(f, "firm_groups")
    bar = fig.axes[0].patches[0]
    bar.set_width(bar.get_width() * 1.001)
    [problem] = marks.against_the_facts(fig, f, "en")
    assert problem.startswith("firms_total: no mark of the size 19938")


# --- figures of rows: what stands where -------------------------------------------------


def test_every_project_is_a_dot_in_its_row_and_phase(f: Dataset, drawn: Callable) -> None:
    picture, fig = drawn("stages")
    ax = fig.axes[0]
    dots = [
        (float(d.get_xdata()[0]), float(d.get_ydata()[0])) for d in ax.lines if d.get_gid() in set(picture.data["id"])
    ]
    rows = {
        round(y): t.get_text().replace("\n", " ") for y, t in zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)
    }
    heads = [t.get_text() for t in ax.get_xticklabels()]
    projects = {r["id"]: r for r in f.tables["projects"]}
    assert set(picture.data["id"]) == set(projects) and len(dots) == len(projects)
    for (x, y), id in zip(dots, picture.data["id"], strict=True):
        row = projects[id]
        assert rows[round(y)] == f.label(row["owner"])
        assert heads[round(x)].replace("\n", " ").startswith(f.label(f"phase:{phases(f.tables)[row['stage']]}"))


def test_every_dated_project_stands_at_its_day(f: Dataset, drawn: Callable) -> None:
    picture, fig = drawn("timeline")
    dated = {r["id"]: r["date"] for r in f.tables["projects"] if r["date"]}
    assert dict(zip(picture.data["id"], picture.data["date"], strict=True)) == dated
    words = "\n".join(t.get_text() for t in texts(fig))
    stalks = {seg[0][0] for c in fig.axes[0].collections for seg in c.get_segments()}
    for id, day in zip(picture.data["id"], picture.data["day"], strict=True):
        assert date_text(dated[id]) in words
        assert float(mdates.date2num(day)) in stalks


@pytest.mark.parametrize("id", ["ranks", "firsts"])
def test_every_superlative_stands_in_its_row_and_the_column_of_its_reach(id: str, f: Dataset, drawn: Callable) -> None:
    picture, fig = drawn(id)
    ax = fig.axes[0]
    heads = [t.get_text() for t in ax.get_xticklabels()]
    rows = [t.get_text().replace("\n", " ") for t in ax.get_yticklabels()]
    superlatives = {r["id"]: r for r in f.tables["superlatives"]}
    dots = [(float(d.get_xdata()[0]), float(d.get_ydata()[0])) for d in ax.lines if d.get_gid() in superlatives]
    assert len(dots) == len(picture.data)
    for (x, y), fact in zip(dots, picture.data["fact"], strict=True):
        assert heads[round(x)] == f.label(f"level:{superlatives[fact]['level']}")
        assert rows[round(y)] == f.label(superlatives[fact]["what"])


def test_the_two_figures_of_superlatives_show_all_of_them(f: Dataset, drawn: Callable) -> None:
    shown = [*drawn("ranks")[0].data["fact"], *drawn("firsts")[0].data["fact"]]
    assert sorted(shown) == sorted(r["id"] for r in f.tables["superlatives"])


def test_every_part_of_the_model_has_a_box(f: Dataset, drawn: Callable) -> None:
    picture, fig = drawn("model_325")
    parts = [r for r in f.tables["policies"] if r["policy"] == "model_325"]
    boxes = {t.get_text().replace("\n", " ") for t in texts(fig) if t.get_bbox_patch()}
    assert boxes == {r["label_en"] for r in parts} and len(picture.data) == len(parts)
    arrows = [a for a in fig.axes[0].texts if isinstance(a, plt.Annotation)]
    assert len(arrows) == f.value("counted_model_325_focus") - 1


# --- how a picture is shown ------------------------------------------------------------


def test_a_picture_is_seen_where_no_svg_is(f: Dataset, drawn: Callable) -> None:
    """JupyterLab shows no SVG of a notebook that it does not trust; the PNG is there, with the same words."""
    picture, _ = drawn("growth_rates")
    data, metadata = picture.bundle()
    assert set(data) == {"image/png", "text/plain"}
    assert base64.b64decode(data["image/png"]) == picture.png
    assert metadata["image/png"]["alt"] == f.figure("growth_rates")["alt_en"]
    assert metadata["image/png"]["figure"] == "growth_rates"
    assert data["text/plain"].startswith(f"Figure 1. {f.figure('growth_rates')['title_en']}")


@pytest.mark.parametrize("id", IDS)
def test_the_caption_links_every_fact(id: str, f: Dataset, drawn: Callable) -> None:
    for language, word in (("en", "Figure "), ("zh", "图")):
        caption = drawn(id, language)[0].caption
        assert caption.startswith(f"**{word}{f.figure(id)['number']}")
        assert all(f']({f[fact].card} "' in caption for fact in f.figure(id)["facts"].split())
        # By their digits: no id is in view.
        assert not any(f"[{fact}]" in caption for fact in f.by_id)


def test_a_missing_glyph_is_an_error(f: Dataset, tmp_path: Path) -> None:
    chart = charts.start(replace(f, figures=Figures(tmp_path / "figures")), "growth_rates")
    chart.fig.text(0.5, 0.5, "\U0001f600")
    with pytest.raises(UserWarning, match="missing"):
        chart.finish(pd.DataFrame({"fact": []}))
    assert not (tmp_path / "figures").exists()
    plt.close(chart.fig)


@pytest.mark.parametrize(
    ("text", "width", "folded"),
    [
        ("a b", 10, "a b"),
        ("one two three", 8, "one two\nthree"),
        ("averyveryverylongword x", 5, "averyveryverylongword\nx"),
        ("科技型中小企业", 8, "科技型中\n小企业"),
        ("Technology-based small and medium firms", 34, "Technology-based small\nand medium firms"),
        ("（甲）乙丙", 6, "（甲）\n乙丙"),
        ("高新技术企业，2022年", 14, "高新技术企\n业，2022年"),
        ("新松SR210D机器人", 10, "新松SR210D\n机器人"),
        ("", 5, ""),
    ],
)
def test_folding(text: str, width: int, folded: str) -> None:
    assert fold(text, width) == folded


def test_an_unknown_figure_is_named(f: Dataset) -> None:
    with pytest.raises(KeyError, match="add a row to data/figures"):
        charts.start(f, "nothing")


def test_bold_chinese_is_set_in_a_real_bold(f: Dataset) -> None:
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
    for pattern in ("seeds/*", "data/*", "notebooks/*.ipynb", "src/*/*.py", "src/tieout/*/*.py", "report.toml"):
        for path in (p for p in ROOT.glob(pattern) if p.name != "make.py"):  # which asks for more than its source has
            used |= {ord(c): path.name for c in path.read_text("utf-8") if c not in "\n\t"}
    missing = {chr(c): name for c, name in used.items() if c not in known and c != 0x200B}
    assert missing == {}
