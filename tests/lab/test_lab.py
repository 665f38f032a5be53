"""A real JupyterLab in headless Chromium: a number leads to its evidence, a notebook to its PDF."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Download, Locator, Page, expect

from support import ROOT
from support.browser import (
    TOKEN,
    bring_up,
    end_kernels,
    expect_run,
    look,
    menu,
    not_in_our_face,
    open_notebook,
    open_too,
    press,
    run_all,
    shown,
    turn,
)
from support.pdf import text_of
from tieout.data.load import load
from tieout.errors import DataError
from tieout.lab.server import refresh, unusable

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, lab: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(30_000)
    yield page
    look(page, "last")
    page.close()
    end_kernels(lab)


def test_the_lab_opens_on_the_summary_with_the_data_in_reach(page: Page, lab: str) -> None:
    page.goto(f"{lab}/?token={TOKEN}")
    expect(page.locator(".jp-Notebook .jp-RenderedMarkdown h1").first).to_contain_text("Most of Shenyang")
    page.locator(".lm-TabBar-tab[data-id='filebrowser']").click()
    page.locator(".jp-BreadCrumbs-home").click()
    expect(page.locator(".jp-DirListing-item", has_text="data")).to_be_visible()


def test_chinese_is_drawn_in_the_project_s_face(page: Page, lab: str) -> None:
    """Prose, tables, plain output and code, and the table of contents, where the machine has no Chinese font."""
    open_notebook(page, lab, "04_major_projects")
    cells = len(nbformat.read(ROOT / "notebooks/04_major_projects.ipynb", 4).cells)
    expect(shown(page).locator(".jp-Notebook .jp-Cell")).to_have_count(cells, timeout=60_000)
    chinese = re.compile("[\u4e00-\u9fff]")
    for kind in (".jp-MarkdownCell", ".jp-OutputArea table", ".jp-CodeCell .cm-content"):
        place = shown(page).locator(kind, has_text=chinese).first
        place.evaluate("e => e.scrollIntoView({block: 'center'})")
        expect(place, kind).to_be_visible()
        asked, wrong = not_in_our_face(place)
        assert (asked > 0, wrong) == (True, []), kind
    # The title of a page of evidence is in both languages.
    page.goto(f"{lab}/lab/tree/notebooks/evidence/enterprises.md?token={TOKEN}&reset")
    expect(page.locator(".jp-MarkdownViewer h1")).to_be_visible()
    page.locator(".lm-TabBar-tab[data-id='table-of-contents']").click()
    expect(page.locator("#table-of-contents .jp-tocItem", has_text=chinese).first).to_be_visible()
    asked, wrong = not_in_our_face(page.locator("#table-of-contents"))
    assert asked > 0 and wrong == []


def test_chinese_in_a_csv_is_drawn_in_the_project_s_face(page: Page, lab: str) -> None:
    """The viewer draws on a canvas, of which the browser does not tell the fonts: what it is asked to draw is noted."""
    page.add_init_script(_NOTE_DRAWN)
    page.goto(f"{lab}/lab/tree/data/platforms.csv?token={TOKEN}&reset")
    page.wait_for_function("window.drawn?.size > 10 && [...drawn.values()].every(ready => ready)")
    look(page, "csv")


#: The last time that each text with Chinese was drawn: whether in our face, and whether that was there.
_NOTE_DRAWN = r"""window.drawn = new Map();
const draw = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
  const ours = [...document.fonts].some(f => /Report Sans SC/.test(f.family) && f.status === "loaded");
  if (/[\u4e00-\u9fff]/.test(text)) drawn.set(text, ours && this.font.includes("Report Sans SC"));
  return draw.call(this, text, ...place);
};"""


def test_a_number_in_prose_table_figure_and_article_leads_to_its_evidence(page: Page, lab: str) -> None:
    """Its card is a heading of a page, which opens just there. A fresh clone is not trusted: pictures are shown all the same."""

    def follow(link: Locator, id: str) -> None:
        press(link)
        heading = page.locator(".jp-MarkdownViewer:visible h2", has_text=re.compile(f"^{id}\\b")).first
        expect(heading).to_be_in_viewport()
        assert heading.evaluate("h => h.getBoundingClientRect().top") < 400  # and not somewhere on the page
        look(page, f"evidence-{id}")

    def link(where: str, id: str) -> Locator:
        return shown(page).locator(f'{where} a[href*="evidence/"][href$="#{id}"]').first

    open_notebook(page, lab, "00_summary")
    look(page, "summary")
    for where, id in (
        (".jp-RenderedMarkdown", "contracts_turnover_earlier"),
        (".jp-RenderedMarkdown", "smes_growth"),
        (".jp-RenderedHTMLCommon table", "pilot_bases_earlier"),
    ):
        bring_up(page, "00_summary")
        assert link(where, id).get_attribute("title")
        follow(link(where, id), id)
    open_too(page, "06_evidence")
    follow(link(".jp-RenderedMarkdown", "zf_investment"), "zf_investment")
    open_too(page, "03_technology_transfer")
    picture = shown(page).locator(".jp-RenderedImage img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth > 1000 && image.clientWidth < 800")
    look(page, "figure")
    follow(link(".jp-OutputArea", "contracts_turnover_increase"), "contracts_turnover_increase")
    # What was only read does not ask to be saved, although each kernel has written its version into its notebook.
    for name in ("00_summary", "03_technology_transfer", "06_evidence"):
        bring_up(page, name)
        expect(shown(page).locator(".jp-Notebook-ExecutionIndicator[data-status='idle']")).to_be_attached()
        page.wait_for_timeout(300)
        expect(page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)


def download(page: Page, click: Callable[[], None]) -> Path:
    """What a click downloads: it belongs to this page or to the tab it opens, as the browser pleases."""
    found: list[Download] = []
    page.on("download", lambda d: found.append(d))
    page.context.on("page", lambda tab: tab.on("download", lambda d: found.append(d)))
    click()
    for _ in range(240):
        if found:
            break
        page.wait_for_timeout(250)
    [got] = found
    assert got.suggested_filename.endswith(".pdf")
    return Path(got.path())


def test_run_all_then_the_menu_and_the_button_export_what_the_command_line_does(
    page: Page, lab: str, work: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "nbconvert", "--to", "report_pdf", str(work / "notebooks/02_enterprises.ipynb")]
    done = subprocess.run([*command, "--output-dir", str(tmp_path)], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    wanted = text_of((tmp_path / "02_enterprises.pdf").read_bytes())
    assert "196.5%" in wanted
    with page.expect_response("**/api/nbconvert**"):
        open_notebook(page, lab, "02_enterprises")
    run_all(page)
    expect_run(page, work / "notebooks/02_enterprises.ipynb")

    def by_menu() -> None:
        page.locator(".lm-MenuBar-itemLabel", has_text="File").first.click()
        page.locator(".lm-Menu-itemLabel", has_text="Save and Export Notebook As").hover()
        entry = page.locator(".lm-Menu-itemLabel", has_text="Report_pdf")
        expect(entry).to_be_visible()
        look(page, "menu")
        entry.click()

    button = page.locator('.jp-NotebookPanel-toolbar [data-jp-item-name="report-pdf"]')
    look(page, "button")
    assert text_of(download(page, by_menu).read_bytes()) == wanted
    assert text_of(download(page, lambda: button.click()).read_bytes()) == wanted


def test_the_menu_offers_nothing_that_would_fail_here(page: Page, lab: str) -> None:
    with page.expect_response("**/api/nbconvert**") as answer:
        open_notebook(page, lab, "00_summary")
    offered = set(answer.value.json())
    assert {"report_pdf", "report_html", "html", "markdown"} <= offered
    off = {name.removesuffix("Exporter").lower() for name in unusable()}
    assert {"webpdf", "qtpdf", "qtpng"} <= off and not off & offered


def left_panel(page: Page) -> str:
    """What is shown in the left sidebar."""
    found = page.locator("#jp-left-stack > .lm-Widget:not(.lm-mod-hidden)")
    expect(found).to_have_count(1)
    return found.get_attribute("id") or ""


def test_the_contents_are_beside_the_notebook_until_the_reader_wants_something_else(
    page: Page, lab: str, work: Path
) -> None:
    open_notebook(page, lab, "00_summary")
    contents = page.locator("#table-of-contents")
    expect(contents).to_be_visible()
    cells = nbformat.read(work / "notebooks/00_summary.ipynb", 4).cells
    headings = [m for c in cells if c.cell_type == "markdown" for m in re.findall(r"^##? (.+)$", c.source, re.M)]
    assert len(headings) > 5
    for heading in headings:
        expect(contents.locator(".jp-tocItem", has_text=heading).first).to_be_visible()
    look(page, "contents")
    kept = '"current":"filebrowser"'
    with page.expect_response(lambda r: "/api/workspaces/" in r.url and kept in (r.request.post_data or "")):
        page.locator(".lm-TabBar-tab[data-id='filebrowser']").click()
    page.goto(f"{lab}/lab?token={TOKEN}")
    expect(page.locator(".jp-Notebook .jp-RenderedMarkdown h1").first).to_be_visible()
    page.wait_for_timeout(3000)  # what comes late would come by then
    assert left_panel(page) == "filebrowser"


@pytest.fixture
def kept(work: Path) -> Iterator[Path]:
    """The copy, in step; its data and notebooks are as before when the test ends."""
    refresh(work)
    before = {p: p.read_bytes() for part in ("data", "notebooks") for p in (work / part).glob("*.*") if p.is_file()}
    yield work
    for path, content in before.items():
        path.write_bytes(content)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8", newline="\n")


def test_the_button_brings_numbers_up_to_date_in_all_that_is_open(page: Page, lab: str, kept: Path) -> None:
    open_notebook(page, lab, "03_technology_transfer")
    number = shown(page).locator('.jp-MarkdownCell a[href*="#contracts_turnover_earlier"]').first
    assert number.inner_text() == "CNY 15.97 billion"
    run_all(page)
    expect_run(page, kept / "notebooks/03_technology_transfer.ipynb")
    formula = "contracts_turnover / (1 + contracts_turnover_growth)"
    change(
        kept / "data/derived.csv", f",CNY,{formula},", ",CNY,contracts_turnover * (1 - contracts_turnover_growth / 2),"
    )
    # Read far down, where the closing cell is: the reader's place is kept.
    closing = shown(page).locator(".jp-CodeCell").last
    closing.scroll_into_view_if_needed()
    expect(closing).to_be_in_viewport()
    shown(page).locator('[data-jp-item-name="tieout-refresh"]').get_by_text("Update numbers").click()
    message = page.locator(".Toastify__toast-body")
    expect(message).to_contain_text("Brought up to date")
    expect(message).to_contain_text("03_technology_transfer")
    expect(number).to_have_text("CNY 17.94 billion")
    expect(closing).to_be_in_viewport()
    look(page, "updated")
    page.wait_for_timeout(1000)
    expect(closing).to_be_in_viewport()
    expect(page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)


def test_the_button_refuses_a_value_that_contradicts_its_sentence(page: Page, lab: str, kept: Path) -> None:
    open_notebook(page, lab, "03_technology_transfer")
    before = {p.name: p.read_bytes() for p in (kept / "notebooks").glob("*.ipynb")}
    change(kept / "data/technology_transfer.csv", "24930000000", "25930000000")
    shown(page).locator('[data-jp-item-name="tieout-refresh"]').get_by_text("Update numbers").click()
    # Whole, to the remedy at its end.
    with pytest.raises(DataError) as refused:
        load(kept, lenient=False)
    message = page.get_by_role("dialog")
    expect(message).to_contain_text(str(refused.value))
    asked, wrong = not_in_our_face(message)
    assert asked > 0 and wrong == []
    look(page, "refused")
    page.keyboard.press("Enter")
    expect(message).to_have_count(0)
    assert {p.name: p.read_bytes() for p in (kept / "notebooks").glob("*.ipynb")} == before
    expect(shown(page).locator('.jp-MarkdownCell a[href*="#contracts_turnover_earlier"]').first).to_be_visible()


def test_the_command_is_in_the_palette_and_says_when_there_is_nothing_to_do(page: Page, lab: str, kept: Path) -> None:
    open_notebook(page, lab, "00_summary")
    # The palette closes when the notebook takes the focus, which it does when it is there.
    expect(shown(page).locator(".jp-Notebook-ExecutionIndicator[data-status='idle']")).to_be_attached(timeout=60_000)
    page.wait_for_timeout(1000)
    menu(page, "View", "Activate Command Palette")
    page.locator(".lm-CommandPalette-input").fill("Update numbers")
    page.locator(".lm-CommandPalette-item", has_text="Update numbers").first.click()
    expect(page.locator(".Toastify__toast-body")).to_contain_text("Everything is up to date.")


def test_a_notebook_of_the_reader_s_own_is_left_as_jupyterlab_shows_it(page: Page, lab: str, work: Path) -> None:
    own = work / "mine.ipynb"
    source = "# Mine\n\n" + "Words " * 60 + '\n\n[1](mine/evidence/x.md "Another source: mine")'
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(source)]), own)
    page.goto(f"{lab}/lab/tree/mine.ipynb?token={TOKEN}&reset")
    text = page.locator(".jp-Notebook .jp-RenderedMarkdown p").first
    expect(text).to_be_visible()
    own.unlink()
    assert text.evaluate("p => p.clientWidth") > 46 * 16
    assert "dashed" not in style(page.locator(".jp-Notebook a[title]").first, "textDecoration")
    expect(page.locator('[data-jp-item-name="tieout-refresh"]')).to_be_hidden()
    expect(page.locator('[data-jp-item-name="report-pdf"]')).to_be_visible()


def test_text_has_a_readable_measure_and_no_table_or_figure_is_wider_than_the_page(page: Page, lab: str) -> None:
    for name in ("00_summary", "05_cross_checks"):
        open_notebook(page, lab, name)
        wide = "all => all.map(e => e.scrollWidth - e.clientWidth).filter(n => n > 1)"
        text = page.locator(".jp-RenderedMarkdown > p").evaluate_all("all => all.map(p => p.clientWidth)")
        assert max(text) == 46 * 16
        tables = page.locator(".jp-OutputArea table")
        expect(tables.nth(1)).to_be_attached()
        assert page.locator(".jp-OutputArea-output").evaluate_all(wide) == []
        tables.last.scroll_into_view_if_needed()
        look(page, f"table-{name}")


def style(element: Locator, name: str) -> str:
    return str(element.evaluate(f"e => getComputedStyle(e).{name}"))


_BACKGROUND = """e => {
    for (; e; e = e.parentElement) {
        const color = getComputedStyle(e).backgroundColor;
        if (!/, 0\\)$|transparent/.test(color)) return color;
    }
}"""


def contrast(element: Locator) -> float:
    """Contrast of an element's text with what is behind it, as WCAG defines it: 1 to 21."""

    def luminance(color: str) -> float:
        channels = [int(c) / 255 for c in re.findall(r"\d+", color)[:3]]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    a, b = sorted((luminance(style(element, "color")), luminance(str(element.evaluate(_BACKGROUND)))))
    return (b + 0.05) / (a + 0.05)


def test_a_number_of_another_source_looks_different_and_is_legible_by_day_and_by_night(page: Page, lab: str) -> None:
    open_notebook(page, lab, "05_cross_checks")
    prose = page.locator(".jp-RenderedMarkdown p")
    record = prose.locator('a[href*="records.md"][href*="#record_"]').first
    compared = prose.locator('a[href*="comparisons.md"][href*="#vs_"]').first
    own = prose.locator('a[href*="evidence/enterprises.md"]').first
    found = {}
    try:
        for theme in ("Dark", "Light"):
            turn(page, theme)
            record.scroll_into_view_if_needed()
            look(page, f"outside-{theme.lower()}")
            assert "dashed" in style(record, "textDecoration") and "dashed" in style(compared, "textDecoration")
            assert "dashed" not in style(own, "textDecoration")
            found[theme] = style(record, "color")
            assert found[theme] == style(compared, "color") != style(own, "color")
            assert min(contrast(link) for link in (record, compared, own)) >= 4.5
    finally:
        turn(page, "Light")
    assert found["Dark"] != found["Light"]
