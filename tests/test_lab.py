"""A real JupyterLab in headless Chromium: a number leads to its evidence, a notebook to its PDF."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Download, Locator, Page, expect
from pypdf import PdfReader

from conftest import COPIED
from shenyang import runner
from shenyang.lab import refresh, unusable

ROOT = Path(__file__).parents[1]
TOKEN = "only-for-this-test"

expect.set_options(timeout=30_000)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project: JupyterLab saves what it opens."""
    work = tmp_path_factory.mktemp("work")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, work / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        else:
            shutil.copy(ROOT / name, work / name)
    return work


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, work: Path) -> Iterator[str]:
    """The address of a server on this machine, on the project's notebooks; it ends with the tests."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    env = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
    }
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", f"--IdentityProvider.token={TOKEN}"]
    command = [sys.executable, "-m", "shenyang.cli", "--root", str(work), "lab", *options]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=env, cwd=work, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                ask(address, "api/status")
                break
            except OSError:
                assert server.poll() is None, (home / "log").read_text()
                time.sleep(0.25)
        else:
            pytest.fail("JupyterLab did not start: " + (home / "log").read_text())
        yield address
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def page(browser: Browser, lab: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(30_000)
    yield page
    look(page, "last")
    page.close()
    # The next test finds no kernel that has counted cells already.
    for kernel in json.loads(ask(lab, "api/kernels")):
        ask(lab, f"api/kernels/{kernel['id']}", "DELETE")


def ask(lab: str, path: str, method: str = "GET") -> bytes:
    with urllib.request.urlopen(urllib.request.Request(f"{lab}/{path}?token={TOKEN}", method=method)) as answer:
        return answer.read()


def look(page: Page, name: str) -> None:
    """Keep a screenshot where one was asked for, for people to look at."""
    folder = os.environ.get("SHENYANG_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def open_notebook(page: Page, lab: str, name: str) -> None:
    page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?token={TOKEN}&reset")
    expect(page.locator(".jp-Notebook .jp-RenderedMarkdown h1").first).to_be_visible()


def shown(page: Page) -> Locator:
    """The notebook on top."""
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")


def menu(page: Page, *path: str) -> None:
    """Click through the menu bar."""
    page.locator(".lm-MenuBar-itemLabel", has_text=path[0]).first.click()
    for name in path[1:-1]:
        page.locator(".lm-Menu-itemLabel", has_text=name).first.hover()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{re.escape(path[-1])}$")).first.click()


def run_all(page: Page) -> None:
    """Run All Cells of the notebook on top, once its kernel is there; returns when it has begun."""
    # Until the notebook has its kernel, JupyterLab shows the state of none.
    expect(shown(page).locator(".jp-KernelName")).to_contain_text("Python 3", timeout=60_000)
    expect(shown(page).locator(".jp-Notebook-ExecutionIndicator[data-status='idle']")).to_be_attached(timeout=60_000)
    page.wait_for_timeout(500)
    menu(page, "Run", "Run All Cells")
    expect(waiting(page).or_(troubles(page)).first).to_be_attached()


def waiting(page: Page) -> Locator:
    """The prompts of the cells that have not run to their end."""
    return shown(page).locator(".jp-InputPrompt", has_text="[*]:")


def troubles(page: Page) -> Locator:
    """Errors, and words on stderr."""
    return shown(page).locator("[data-mime-type$='jupyter.error'], [data-mime-type$='jupyter.stderr']")


def expect_run(page: Page, path: Path) -> None:
    """Wait until the notebook on top, read from ``path``, has run, without an error and without a word on stderr."""
    count = sum(c.cell_type == "code" for c in nbformat.read(path, 4).cells)
    # JupyterLab puts the cells of a long notebook into the page one after the other.
    expect(shown(page).locator(".jp-CodeCell")).to_have_count(count, timeout=60_000)
    expect(waiting(page)).to_have_count(0, timeout=180_000)
    assert troubles(page).all_inner_texts() == [], path.stem
    expect(shown(page).locator(".jp-CodeCell .jp-InputPrompt").last).to_have_text(f"[{count}]:")


def test_the_lab_opens_on_the_summary_with_the_data_in_reach(page: Page, lab: str) -> None:
    page.goto(f"{lab}/?token={TOKEN}")
    expect(page.locator(".jp-Notebook .jp-RenderedMarkdown h1").first).to_contain_text("Contract value rose")
    page.locator(".lm-TabBar-tab[data-id='filebrowser']").click()
    page.locator(".jp-BreadCrumbs-home").click()
    expect(page.locator(".jp-DirListing-item", has_text="data")).to_be_visible()


@pytest.mark.parametrize("id", ["contracts_turnover_earlier", "smes_growth"])
def test_a_click_on_a_number_opens_its_evidence(page: Page, lab: str, id: str) -> None:
    open_notebook(page, lab, "00_summary")
    number = page.locator(f'.jp-RenderedMarkdown a[href*="cell-id={id}"]').first
    assert number.get_attribute("title")
    look(page, "summary")
    number.click()
    heading = page.locator(".jp-MainAreaWidget:not(.lm-mod-hidden) .jp-OutputArea h3", has_text=id).first
    expect(heading).to_be_in_viewport()
    # The card alone is selected: a key pressed by mistake acts on nothing else.
    expect(shown(page).locator(".jp-Cell.jp-mod-selected")).to_have_count(1)
    expect(shown(page).locator(".jp-Cell.jp-mod-active h3")).to_contain_text(id)
    look(page, f"evidence-{id}")


def test_a_number_in_a_table_opens_its_evidence(page: Page, lab: str) -> None:
    open_notebook(page, lab, "00_summary")
    page.locator('.jp-RenderedHTMLCommon table a[href*="cell-id=pilot_bases_earlier"]').first.click()
    heading = page.locator(".jp-MainAreaWidget:not(.lm-mod-hidden) .jp-OutputArea h3", has_text="pilot_bases_earlier")
    expect(heading.first).to_be_in_viewport()


def test_a_number_in_the_article_leads_to_its_card(page: Page, lab: str) -> None:
    open_notebook(page, lab, "06_evidence")
    page.locator('.jp-RenderedMarkdown a[href*="cell-id=zf_investment"]').first.click()
    heading = page.locator(".jp-OutputArea h3", has_text="zf_investment").first
    expect(heading).to_be_in_viewport()
    look(page, "evidence-from-article")


def test_a_figure_is_seen_before_the_notebook_is_trusted_and_its_numbers_lead_to_their_evidence(
    page: Page, lab: str
) -> None:
    """A fresh clone is not trusted: no SVG is shown, so the PNG must be."""
    open_notebook(page, lab, "03_technology_transfer")
    picture = page.locator(".jp-RenderedImage img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth > 1000 && image.clientWidth < 800")
    look(page, "figure")
    page.locator('.jp-OutputArea a[href*="cell-id=contracts_turnover_increase"]').first.click()
    heading = page.locator(".jp-MainAreaWidget:not(.lm-mod-hidden) .jp-OutputArea h3", has_text="turnover_increase")
    expect(heading.first).to_be_in_viewport()


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


def words(pdf: bytes) -> str:
    return "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages)


def test_run_all_then_the_menu_and_the_button_export_what_the_command_line_does(
    page: Page, lab: str, work: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "nbconvert", "--to", "report_pdf", str(work / "notebooks/02_enterprises.ipynb")]
    done = subprocess.run([*command, "--output-dir", str(tmp_path)], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    wanted = words((tmp_path / "02_enterprises.pdf").read_bytes())
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
    assert words(download(page, by_menu).read_bytes()) == wanted
    assert words(download(page, lambda: button.click()).read_bytes()) == wanted


def test_the_menu_offers_nothing_that_would_fail_here(page: Page, lab: str) -> None:
    with page.expect_response("**/api/nbconvert**") as answer:
        open_notebook(page, lab, "00_summary")
    offered = set(answer.value.json())
    assert {"report_pdf", "report_html", "html", "markdown"} <= offered
    off = {name.removesuffix("Exporter").lower() for name in unusable()}
    assert {"webpdf", "qtpdf", "qtpng"} <= off and not off & offered


def test_every_notebook_runs_to_its_end_and_saved_again_it_is_the_same_file(page: Page, lab: str, work: Path) -> None:
    """All seven in one window, their kernels at work at the same time."""
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: said.append(str(e)))
    before = {name: (work / f"notebooks/{name}.ipynb").read_bytes() for name in runner.NOTEBOOKS}
    open_notebook(page, lab, runner.NOTEBOOKS[0])
    page.locator(".lm-TabBar-tab[data-id='filebrowser']").click()
    for name in runner.NOTEBOOKS:
        page.locator(".jp-DirListing-item", has_text=f"{name}.ipynb").dblclick()
        expect(shown(page).locator(".jp-RenderedMarkdown h1").first).to_be_visible()
        expect(page.locator(".lm-DockPanel-tabBar .lm-mod-current", has_text=name)).to_be_visible()
        run_all(page)
    for name in runner.NOTEBOOKS:
        page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text=name).click()
        expect_run(page, work / f"notebooks/{name}.ipynb")
    # Saved when all have run: some cells read the notebooks from disk.
    for name in runner.NOTEBOOKS:
        page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text=name).click()
        shown(page).locator(".jp-Notebook").focus()
        with page.expect_response(lambda r: r.request.method == "PUT" and "/api/contents/" in r.url) as saved:
            page.keyboard.press("Control+s")
        assert saved.value.ok and name in saved.value.url
        assert (work / f"notebooks/{name}.ipynb").read_bytes() == before[name], name
    look(page, "run")
    assert said == []


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
    number = shown(page).locator('.jp-MarkdownCell a[href*="cell-id=contracts_turnover_earlier"]').first
    assert number.inner_text() == "CNY 15.97 billion"
    run_all(page)
    expect_run(page, kept / "notebooks/03_technology_transfer.ipynb")
    formula = "contracts_turnover / (1 + contracts_turnover_growth)"
    change(
        kept / "data/derived.csv", f",CNY,{formula},", ",CNY,contracts_turnover * (1 - contracts_turnover_growth / 2),"
    )
    number.scroll_into_view_if_needed()
    shown(page).locator('[data-jp-item-name="shenyang-refresh"]').get_by_text("Update numbers").click()
    message = page.locator(".Toastify__toast-body")
    expect(message).to_contain_text("Brought up to date")
    expect(message).to_contain_text("03_technology_transfer")
    expect(number).to_have_text("CNY 17.94 billion")
    expect(number).to_be_in_viewport()
    look(page, "updated")
    # What was trusted still is: the vector graphic is shown, not the picture.
    expect(shown(page).locator("[data-mime-type='image/svg+xml']").first).to_be_attached()
    expect(page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)


def test_the_button_refuses_a_value_that_contradicts_its_sentence(page: Page, lab: str, kept: Path) -> None:
    open_notebook(page, lab, "03_technology_transfer")
    before = {p.name: p.read_bytes() for p in (kept / "notebooks").glob("*.ipynb")}
    change(kept / "data/technology_transfer.csv", "24930000000", "25930000000")
    shown(page).locator('[data-jp-item-name="shenyang-refresh"]').get_by_text("Update numbers").click()
    message = page.locator(".Toastify__toast-body")
    expect(message).to_contain_text("data/technology_transfer.csv, row 3, column value")
    look(page, "refused")
    assert {p.name: p.read_bytes() for p in (kept / "notebooks").glob("*.ipynb")} == before
    expect(shown(page).locator('.jp-MarkdownCell a[href*="cell-id=contracts_turnover_earlier"]').first).to_be_visible()


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
    source = "# Mine\n\n" + "Words " * 60 + '\n\n[1](06_evidence.ipynb "Another source: mine")'
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(source)]), own)
    page.goto(f"{lab}/lab/tree/mine.ipynb?token={TOKEN}&reset")
    text = page.locator(".jp-Notebook .jp-RenderedMarkdown p").first
    expect(text).to_be_visible()
    own.unlink()
    assert text.evaluate("p => p.clientWidth") > 46 * 16
    assert "dashed" not in style(page.locator(".jp-Notebook a[title]").first, "textDecoration")
    expect(page.locator('[data-jp-item-name="shenyang-refresh"]')).to_be_hidden()
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
    record = prose.locator('a[title^="Another source"]').first
    compared = prose.locator('a[title^="With other sources"]').first
    own = prose.locator('a[href*="cell-id="]:not([title^="Another source"]):not([title^="With other sources"])').first
    found = {}
    try:
        for theme, light in (("JupyterLab Dark", "false"), ("JupyterLab Light", "true")):
            menu(page, "Settings", "Theme", theme)
            expect(page.locator("body")).to_have_attribute("data-jp-theme-light", light)
            page.wait_for_timeout(1000)  # the theme's style sheet comes after its name
            record.scroll_into_view_if_needed()
            look(page, f"outside-{theme.split()[1].lower()}")
            assert "dashed" in style(record, "textDecoration") and "dashed" in style(compared, "textDecoration")
            assert "dashed" not in style(own, "textDecoration")
            found[theme] = style(record, "color")
            assert found[theme] == style(compared, "color") != style(own, "color")
            assert min(contrast(link) for link in (record, compared, own)) >= 4.5
    finally:
        menu(page, "Settings", "Theme", "JupyterLab Light")
    assert found["JupyterLab Dark"] != found["JupyterLab Light"]
