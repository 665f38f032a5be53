"""How long an explorer takes on the page of a real JupyterLab, from the reader's act to what is drawn.

    python benchmarks/explore_page.py [rounds]

Needs Debian's chromium. All explorers are in one notebook, beside the least that such a thing can cost: a text box of
ipywidgets whose letters the kernel sends back. The options of every control are set one after the other, after each
one a letter in the box; both are timed in the page. Printed: median and worst in milliseconds, and the share of
answers within a tenth of a second; the last line is the median of all explorers as a multiple of the box's.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from support.browser import open_notebook, run_all, serving, waiting  # noqa: E402
from tieout.project.run import stored  # noqa: E402

EXPLORERS = {
    "evidence": 'explore.claims(F, "c")',
    "what-if, enterprises": 'explore.suppose(F, "enterprises", "c")',
    "what-if, transfer": 'explore.suppose(F, "technology_transfer", "c")',
    "projects": 'explore.projects(F, "c")',
    "cross-checks": 'explore.crosschecks(F, "c")',
}
ECHO = """import ipywidgets as widgets
box, back = widgets.Text(description="echo"), widgets.Label()
box.observe(lambda change: setattr(back, "value", change["new"]), "value")
widgets.VBox([box, back])"""

#: Set one control, as a reader does; the milliseconds until the answer is drawn.
ACT = """(root, [name, value]) => new Promise(resolve => {
  const input = root.querySelector(`[name=${name}]`);
  const seen = new MutationObserver(() => { seen.disconnect(); resolve(Number(root.dataset.milliseconds)); });
  seen.observe(root, { attributeFilter: ["data-answers"] });
  if (input.type === "checkbox") input.checked = !input.checked; else input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
})"""
CONTROLS = """root => [...root.querySelectorAll("select, input[type=checkbox]")].flatMap(e =>
  e.type === "checkbox" ? [[e.name, ""], [e.name, ""]] : [...e.options].map(o => [e.name, o.value]))"""
TYPE = """(box, letter) => new Promise(resolve => {
  const start = performance.now(), input = box.querySelector("input"), label = box.querySelector(".widget-label:last-child");
  const seen = new MutationObserver(() => { seen.disconnect(); resolve(performance.now() - start); });
  seen.observe(label, { childList: true, characterData: true, subtree: true });
  input.value = letter;
  input.dispatchEvent(new Event("input", { bubbles: true }));
})"""


def measure(page: Page, rounds: int) -> None:
    explorers = page.locator(".explorer")
    expect(explorers).to_have_count(len(EXPLORERS))
    box = page.locator(".widget-vbox")
    every: list[float] = []
    echoes: list[float] = []
    for name, explorer in zip(EXPLORERS, explorers.all(), strict=True):
        took: list[float] = []
        for n in range(rounds):
            for m, control in enumerate(explorer.evaluate(CONTROLS)):
                took.append(explorer.evaluate(ACT, control))
                echoes.append(box.evaluate(TYPE, f"{name} {n} {m}"))
        print(line(name, took))
        every += took
    print(line("a box of ipywidgets", echoes))
    print(f"times the box: {statistics.median(every) / statistics.median(echoes):.2f}")


def line(name: str, took: list[float]) -> str:
    quick = sum(t <= 100 for t in took) / len(took)
    return f"{name:22} {len(took):5} answers: median {statistics.median(took):4.0f} ms, worst {max(took):4.0f} ms, {quick:.1%} within 100 ms"


def main(rounds: int = 1) -> int:
    cells = [new_code_cell("from tieout.data.load import load\nfrom tieout.explore import explorers\nF = load()")]
    cells += [new_code_cell(source) for source in (*EXPLORERS.values(), ECHO)]
    with tempfile.TemporaryDirectory() as folder:
        work, home = Path(folder) / "work", Path(folder) / "home"
        home.mkdir()
        for name in ("data", "seeds", "notebooks", "figures"):
            shutil.copytree(ROOT / name, work / name)
        notebook = new_notebook(cells=[new_markdown_cell("# Explorers"), *cells])
        nbformat.write(stored(notebook), work / "notebooks/07_benchmark.ipynb")
        with serving(["shenyang.cli", "--root", str(work), "lab"], work, home) as lab, sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1500, "height": 1000})
            open_notebook(page, lab, "07_benchmark")
            run_all(page)
            expect(waiting(page)).to_have_count(0, timeout=60_000)
            measure(page, rounds)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
