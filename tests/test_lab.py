"""A real JupyterLab in headless Chromium: a number leads to its evidence, a notebook to its PDF."""

from __future__ import annotations

import io
import os
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
from playwright.sync_api import Browser, Download, Page, expect
from pypdf import PdfReader

from shenyang.lab import unusable

ROOT = Path(__file__).parents[1]
TOKEN = "only-for-this-test"

expect.set_options(timeout=30_000)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on this machine, on the project's notebooks; it ends with the tests."""
    home = tmp_path_factory.mktemp("home")
    work = tmp_path_factory.mktemp("work")
    # A copy: JupyterLab saves what it opens.
    for name in ("seeds", "data", "notebooks", "figures"):
        shutil.copytree(ROOT / name, work / name)
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
                urllib.request.urlopen(f"{address}/api/status?token={TOKEN}")
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
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(30_000)
    yield page
    page.close()


def look(page: Page, name: str) -> None:
    """Keep a screenshot where one was asked for, for people to look at."""
    folder = os.environ.get("SHENYANG_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def open_notebook(page: Page, lab: str, name: str) -> None:
    page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?token={TOKEN}&reset")
    expect(page.locator(".jp-Notebook .jp-RenderedMarkdown h1").first).to_be_visible()


def test_the_lab_opens_on_the_summary_with_the_data_in_reach(page: Page, lab: str) -> None:
    page.goto(f"{lab}/?token={TOKEN}")
    expect(page.locator(".jp-Notebook .jp-RenderedMarkdown h1").first).to_contain_text("Contract value rose")
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
    page: Page, lab: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "nbconvert", "--to", "report_pdf", str(ROOT / "notebooks/02_enterprises.ipynb")]
    done = subprocess.run([*command, "--output-dir", str(tmp_path)], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    wanted = words((tmp_path / "02_enterprises.pdf").read_bytes())
    assert "196.5%" in wanted
    with page.expect_response("**/api/nbconvert**"):
        open_notebook(page, lab, "02_enterprises")
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
    page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()
    count = sum(c.cell_type == "code" for c in nbformat.read(ROOT / "notebooks/02_enterprises.ipynb", 4).cells)
    expect(page.locator(".jp-InputPrompt", has_text=f"[{count}]:")).to_have_count(1, timeout=120_000)
    expect(page.locator(".jp-Notebook [data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)

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
