"""All notebooks run in one window of a real JupyterLab; then each control of each explorer is set, and what follows on
the page is compared with the data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from shenyang import explorer as projects_panel
from support import ROOT
from support.browser import (
    bring_up,
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
    waiting,
)
from support.notebooks import code
from tieout import config
from tieout.data.dataset import Dataset
from tieout.explore import claims as claims_panel
from tieout.explore import usage, whatif

pytestmark = pytest.mark.browser

Run = Callable[[str], Locator]


@pytest.fixture(scope="module")
def window(browser: Browser, lab: str, work: Path) -> Iterator[Page]:
    """A window in which all seven were run, their kernels at work at the same time; to the end it may say no error."""
    said: list[str] = []
    page = browser.new_page(viewport={"width": 1500, "height": 1000})
    page.set_default_timeout(30_000)
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: said.append(str(e)))
    open_notebook(page, lab, config.read(ROOT).notebooks[0])
    for name in config.read(ROOT).notebooks:
        open_too(page, name)
        run_all(page)
    for name in config.read(ROOT).notebooks:
        bring_up(page, name)
        expect_run(page, work / f"notebooks/{name}.ipynb")
    look(page, "run")
    yield page
    page.close()
    assert said == []


@pytest.fixture
def running(window: Page) -> Run:
    """The explorer of a notebook that was run, reset."""

    def explorer(name: str) -> Locator:
        bring_up(window, name)
        found = shown(window).locator(".explorer")
        expect(found).to_have_count(1)
        found.scroll_into_view_if_needed()
        answered(found, lambda: found.get_by_role("button", name="Reset").click())
        return found

    return explorer


def test_every_notebook_saved_after_its_run_is_the_same_file(window: Page, work: Path) -> None:
    # Saved when all have run: some cells read the notebooks from disk.
    before = {name: (work / f"notebooks/{name}.ipynb").read_bytes() for name in config.read(ROOT).notebooks}
    for name in config.read(ROOT).notebooks:
        bring_up(window, name)
        shown(window).locator(".jp-Notebook").focus()
        with window.expect_response(lambda r: r.request.method == "PUT" and "/api/contents/" in r.url) as saved:
            window.keyboard.press("Control+s")
        assert saved.value.ok and name in saved.value.url
        assert (work / f"notebooks/{name}.ipynb").read_bytes() == before[name], name


def answered(explorer: Locator, act: Callable[[], object]) -> None:
    """Do something, and wait until the kernel has answered."""
    before = int(explorer.get_attribute("data-answers") or 0)
    act()
    expect(explorer).not_to_have_attribute("data-answers", str(before))


def choose(explorer: Locator, name: str, value: str) -> None:
    answered(explorer, lambda: explorer.locator(f"[name={name}]").select_option(value))


def status(explorer: Locator) -> Locator:
    return explorer.locator(".status")


def region(explorer: Locator, name: str) -> Locator:
    return explorer.locator(f".region.{name}")


def in_pane(mark: Locator) -> bool:
    """Whether a marked place can be seen in the pane that scrolls."""
    return bool(
        mark.evaluate(
            """e => { const a = e.getBoundingClientRect(), b = e.closest(".region").getBoundingClientRect();
                      return a.top >= b.top - 1 && a.bottom <= b.bottom + 1; }"""
        )
    )


# --- the evidence ---------------------------------------------------------------------


def test_a_search_leads_to_a_claim_its_card_and_its_place(running: Run, f: Dataset) -> None:
    explorer = running("06_evidence")
    options = explorer.locator("[name=choice] option")
    expect(options).to_have_count(82)
    look(explorer.page, "explorer-evidence")
    search = explorer.get_by_label("Search, in either language")
    search.press_sequentially("采埃孚")
    expect(options).to_have_count(2)
    expect(status(explorer)).to_have_text("2 of 82 claims found 找到2条")
    expect(search).to_be_focused()  # what is typed stays in the reader's hands
    choose(explorer, "choice", "zf_investment")
    card = region(explorer, "card")
    expect(card).to_contain_text("CNY 1.3 billion")
    expect(card).to_contain_text(f["zf_investment"].interval)
    mark = region(explorer, "article").locator("mark.chosen")
    expect(mark).to_have_text("13亿元")
    assert in_pane(mark)
    answered(explorer, lambda: explorer.get_by_role("button", name="Reset").click())
    expect(options).to_have_count(82)
    expect(search).to_have_value("")


@pytest.mark.parametrize(("name", "value"), [("theme", "enterprises"), ("measure", "growth"), ("relation", ">"), ("organisation", "shengu")])  # fmt: skip
def test_each_filter_of_the_claims_filters(running: Run, f: Dataset, name: str, value: str) -> None:
    explorer = running("06_evidence")
    choose(explorer, name, value)
    panel = claims_panel.ClaimsPanel(f, usage.Uses(config.read(ROOT)))
    wanted = [id for id, _ in panel.see(panel.initial | {name: value}).options["choice"]]
    found = explorer.locator("[name=choice] option").evaluate_all("all => all.map(o => o.value)")
    assert found == wanted and 0 < len(found) < 82


def test_a_place_of_the_article_says_what_stands_there(running: Run) -> None:
    explorer = running("06_evidence")
    sentence = region(explorer, "article").locator("span[data-ids]", has_text="6月13日,由世界").first
    answered(explorer, lambda: press(sentence))
    expect(status(explorer)).to_contain_text("at this place of the article")
    card = region(explorer, "card")
    expect(card).to_contain_text("Numerals that are no claims")
    expect(card).to_contain_text("Parts plant for new-energy cars")
    expect(explorer.locator("[name=choice] option")).to_have_count(2)
    # By the list of places, too, and one without a claim.
    choose(
        explorer, "place", explorer.locator("[name=place] option", has_text="一年来").first.get_attribute("value") or ""
    )
    expect(card).to_contain_text("No claim stands here")
    number = region(explorer, "article").locator("mark", has_text="196.5%")
    answered(explorer, lambda: press(number))
    expect(card).to_contain_text("Growth of technology-based small and medium firms")


def test_chinese_is_drawn_in_the_project_s_face_without_a_chinese_font_on_the_machine(running: Run) -> None:
    for name in ("06_evidence", "04_major_projects"):
        explorer = running(name)
        asked, wrong = not_in_our_face(explorer)
        assert asked > 10 and wrong == [], name


def test_what_uses_a_claim_is_a_click_away(running: Run) -> None:
    explorer = running("06_evidence")
    choose(explorer, "choice", "platforms_national")
    card, page = region(explorer, "card"), explorer.page
    press(card.locator('a[data-to="01_platforms.ipynb#cell-id=new-question"]').first)
    cell = shown(page).locator(".jp-MarkdownCell", has_text="15 of 76 were added")
    expect(cell).to_be_in_viewport()
    expect(page.locator(".lm-DockPanel-tabBar .lm-mod-current", has_text="01_platforms")).to_be_visible()
    bring_up(page, "06_evidence")
    expect(card).to_be_visible()
    press(card.locator('a[data-to$="#platforms_national_earlier"]').first)
    expect(
        page.locator(".jp-MarkdownViewer:visible h2", has_text="platforms_national_earlier").first
    ).to_be_in_viewport()


# --- what if ---------------------------------------------------------------------------


def test_a_value_moves_figures_sentences_words_and_checks_and_reset_brings_all_back(
    running: Run, work: Path, f: Dataset
) -> None:
    explorer, derived, broken = (found := running("02_enterprises")), region(found, "derived"), region(found, "broken")
    files = {p: p.read_bytes() for part in ("data", "figures") for p in (work / part).glob("*.*") if p.is_file()}
    first = derived.inner_text()
    choose(explorer, "claim", "smes")
    box, slider = explorer.locator("[name=value]"), explorer.locator("[name=slide]")
    expect(box).to_have_value("14022")
    answered(explorer, lambda: box.fill("9000"))
    outcome = whatif.WhatIf(f).suppose(whatif.Supposition({"smes": 9000}))
    expect(slider).to_have_value("9000")
    moved = {"smes", *(d.id for d in f.of_kind("derived") if "smes" in d.quantity.ids)}
    shown = derived.locator("tr.changed a").evaluate_all("all => all.map(a => a.dataset.to.split('#')[1])")
    assert set(shown) == moved
    expect(derived).to_contain_text(outcome.facts["smes_earlier"].english)
    expect(broken).to_contain_text(f"({len({(p.notebook, p.cell, p.sentence) for p, _ in outcome.stale})})")
    expect(broken).to_contain_text("is not contradicted")
    expect(broken.locator("del", has_text="14,022").first).to_be_visible()
    expect(broken).to_contain_text("roughly consistent → contradicted")
    look(explorer.page, "explorer-whatif")
    answered(explorer, lambda: explorer.get_by_role("button", name="Reset").click())
    assert derived.inner_text() == first
    assert {p: p.read_bytes() for p in files} == files


def test_the_slider_by_keyboard_moves_the_value_step_by_step(running: Run) -> None:
    explorer = running("02_enterprises")
    slider = explorer.locator("[name=slide]")
    slider.focus()
    before = float(explorer.locator("[name=value]").input_value())
    for _ in range(5):
        slider.press("ArrowRight")
    expect(explorer.locator("[name=value]")).to_have_value(f"{before + 0.5:g}")
    expect(status(explorer)).to_contain_text("197%")
    expect(slider).to_be_focused()


def test_rounding_and_bounds_have_their_conventions(running: Run) -> None:
    explorer = running("02_enterprises")
    choose(explorer, "rounding", "down")
    expect(region(explorer, "broken")).to_contain_text("fits → fails")
    expect(status(explorer)).to_contain_text("Checks that come out otherwise 检验变化: 1.")
    choose(explorer, "rounding", "nearest")
    choose(explorer, "bounds", "equal")
    expect(region(explorer, "broken")).to_contain_text("more than CNY 10 million")


# --- projects ---------------------------------------------------------------------------


def test_the_register_and_its_timeline_follow_the_filters(running: Run, f: Dataset) -> None:
    explorer = running("04_major_projects")
    rows, dots = region(explorer, "register").locator("tbody tr"), region(explorer, "timeline").locator("g[data-ids]")
    expect(rows).to_have_count(29)
    expect(dots).to_have_count(5)
    look(explorer.page, "explorer-projects")
    for name, value in (
        ("stage", "phase:under_way"),
        ("sector", "compressors"),
        ("scope", "some"),
        ("since", "2023-06"),
    ):
        choose(explorer, name, value)
        panel = projects_panel.ProjectsPanel(f)
        view = panel.see(panel.initial | {name: value})
        wanted = re.findall(r'<tr data-ids="(\w+)"', view.html["register"])
        assert rows.evaluate_all("all => all.map(r => r.dataset.ids)") == wanted and 0 < len(wanted) < 29
        answered(explorer, lambda: explorer.get_by_role("button", name="Reset").click())
    dot = dots.nth(3)
    dot.focus()
    answered(explorer, lambda: explorer.page.keyboard.press("Enter"))
    chosen = region(explorer, "register").locator("tr.chosen")
    expect(chosen).to_have_attribute("data-ids", dot.get_attribute("data-ids") or "")
    assert in_pane(chosen)


# --- cross-checks -------------------------------------------------------------------------


def test_verdict_path_and_sources_follow_the_figure_and_the_sources_that_are_on(running: Run, f: Dataset) -> None:
    explorer = running("05_cross_checks")
    verdict, path, sources = (region(explorer, name) for name in ("verdict", "path", "sources"))
    expect(verdict).to_contain_text("× contradicted")
    look(explorer.page, "explorer-crosschecks")
    answered(explorer, lambda: explorer.get_by_label("reprint").uncheck())
    expect(verdict).to_contain_text("nothing decisive found")
    expect(verdict).to_contain_text("with all sources: contradicted")
    moved = sum(h.without({"reprint"}).verdict != h.verdict for h in f.headlines.values())
    expect(status(explorer)).to_contain_text(f"结论: {moved}.")
    expect(sources.locator("tr.off").first).to_be_visible()
    expect(path.locator("g.off").first).to_be_attached()
    answered(explorer, lambda: explorer.get_by_label("reprint").check())
    choose(explorer, "choice", "contracts_turnover")
    expect(path).to_contain_text("The article 本文: CNY 24.93 billion")
    expect(verdict).to_contain_text("roughly consistent")
    assert path.locator("circle").count() == len(f.path("contracts_turnover")) + 1
    choose(explorer, "verdict", "corroborated")
    expect(explorer.locator("[name=choice] option")).to_have_count(int(f.value("vs_counted_corroborated")))


# --- the editing loop ---------------------------------------------------------------------


def test_after_a_change_run_all_goes_on_to_the_closing_cell_which_lists_what_no_longer_holds(
    browser: Browser, lab: str, work: Path
) -> None:
    path = work / "data/derived.csv"
    before = path.read_text("utf-8")
    changed = before.replace(",smes / (1 + smes_growth),", ",smes / (2 + smes_growth),")
    changed = changed.replace(",ratio,1 + smes_growth,", ",ratio,2 + smes_growth,")
    assert changed != before
    path.write_text(changed, "utf-8", newline="\n")
    page = browser.new_page(viewport={"width": 1500, "height": 1000})
    try:
        open_notebook(page, lab, "00_summary")
        run_all(page)
        count = len(code(nbformat.read(work / "notebooks/00_summary.ipynb", 4)))
        cells = shown(page).locator(".jp-CodeCell")
        expect(cells).to_have_count(count)
        expect(waiting(page)).to_have_count(0, timeout=120_000)
        closing = cells.last.locator(".jp-OutputArea")
        expect(closing).to_contain_text("'4,729' should be '3,536' (smes_earlier), in “")
        expect(closing).to_contain_text("places in 02_enterprises no longer hold")
        expect(closing).to_contain_text("smes_earlier 4,729 firms → 3,536 firms (run 02_enterprises to draw it anew)")
        expect(closing).to_contain_text("places in 05_cross_checks no longer hold")
        closing.scroll_into_view_if_needed()
        look(page, "closing")
    finally:
        path.write_text(before, "utf-8", newline="\n")
        page.close()


# --- keyboard, dark theme, without a kernel ---------------------------------------------------


def test_by_keyboard_alone_a_reader_gets_in_filters_and_cuts_no_cell(running: Run) -> None:
    explorer = running("04_major_projects")
    page = explorer.page
    cells = shown(page).locator(".jp-Cell")
    count = cells.count()
    explorer.locator("[name=search]").focus()
    names = []
    for _ in range(8):
        names.append(page.evaluate("document.activeElement.name || document.activeElement.textContent"))
        page.keyboard.press("Tab")
    assert names[:7] == ["search", "stage", "sector", "scope", "since", "until", "Reset 重置"]
    explorer.locator("[name=sector]").focus()
    page.keyboard.press("ArrowDown")
    expect(status(explorer)).to_contain_text("5 of 29")
    # In command mode JupyterLab takes these for cutting, adding and deleting cells.
    for key in ("x", "a", "b", "d", "d", "z"):
        explorer.get_by_role("button", name="Reset").press(key)
        region(explorer, "register").press(key)
    assert cells.count() == count
    # The status is spoken once the reader pauses.
    expect(explorer.get_by_role("status")).to_have_text(status(explorer).inner_text())
    # Tab leads in from the notebook, and nothing holds the reader there.
    explorer.locator("[name=search]").focus()
    page.keyboard.press("Shift+Tab")
    assert not explorer.evaluate("e => e.contains(document.activeElement)")
    page.keyboard.press("Tab")
    expect(explorer.locator("[name=search]")).to_be_focused()


TEXTS = "h4, h5, p, dt, dd, td, th, li, a, button, label > span, mark, legend, option, input:is([type=search], [type=number]), select, caption, svg text"


def test_every_word_is_legible_in_both_themes(running: Run, window: Page) -> None:
    for theme in ("Dark", "Light"):
        turn(window, theme)
        for name in ("06_evidence", "02_enterprises", "04_major_projects", "05_cross_checks"):
            explorer = running(name)
            if name == "02_enterprises":
                choose(explorer, "rounding", "down")
            elif name == "04_major_projects":
                answered(explorer, explorer.get_by_role("button", name="Three-dimensional atom probe").first.click)
            explorer.scroll_into_view_if_needed()
            look(window, f"explorer-{name}-{theme.lower()}")
            assert explorer.evaluate(PALE, TEXTS) == [], (name, theme)


#: The words whose contrast with what is behind them is below 4.5, as WCAG defines it.
PALE = """(root, texts) => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const over = (color, back) => {
    const [r, g, b, a = 1] = channels(color), under = channels(back);
    return [r, g, b].map((c, i) => a * c + (1 - a) * under[i]);
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (!(channels(color)[3] === 0)) return color;
    }
  };
  const pale = [];
  for (const e of root.querySelectorAll(texts)) {
    if (!e.textContent.trim() && !e.value) continue;
    const svg = e instanceof SVGElement;
    const paper = behind(e), style = getComputedStyle(e);
    const words = luminance(over(svg ? style.fill : style.color, paper));
    const back = luminance(channels(paper).slice(0, 3));
    const contrast = (Math.max(words, back) + 0.05) / (Math.min(words, back) + 0.05);
    if (contrast < 4.5) pale.push(`${e.tagName} ${e.className} ${contrast.toFixed(2)}: ${(e.textContent || e.value).slice(0, 40)}`);
  }
  return [...new Set(pale)].slice(0, 8);
}"""


def test_after_a_restart_of_the_kernel_the_explorer_says_so_and_run_again_it_works(running: Run, f: Dataset) -> None:
    explorer = running("05_cross_checks")
    page = explorer.page
    menu(page, "Kernel", "Restart Kernel…")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(status(explorer)).to_contain_text("run this cell again")
    run_all(page)
    expect(waiting(page)).to_have_count(0, timeout=60_000)
    explorer = running("05_cross_checks")
    choose(explorer, "verdict", "corroborated")
    expect(explorer.locator("[name=choice] option")).to_have_count(int(f.value("vs_counted_corroborated")))


def test_without_a_kernel_the_table_stands_in_the_same_place(browser: Browser, lab: str) -> None:
    page = browser.new_page(viewport={"width": 1500, "height": 1000})
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    open_notebook(page, lab, "04_major_projects")
    table = page.locator(".jp-OutputArea table", has_text="Register of projects")
    expect(table).to_be_attached()
    expect(page.locator(".explorer")).to_have_count(0)
    assert page.get_by_text("Loading widget").count() == page.get_by_text("Error displaying widget").count() == 0
    page.close()
    assert said == []


def test_no_explorer_asks_for_anything_outside(running: Run, lab: str) -> None:
    explorer = running("05_cross_checks")
    asked: list[str] = []
    explorer.page.on("request", lambda r: asked.append(r.url))
    choose(explorer, "choice", "smes")
    choose(explorer, "verdict", "corroborated")
    assert [url for url in asked if not url.startswith((lab, "blob:", "data:"))] == []
    names = explorer.page.evaluate("performance.getEntriesByType('resource').map(r => r.name)")
    assert [n for n in names if not n.startswith((lab, lab.replace("http", "ws"), "blob:", "data:"))] == []
