"""A reader before JupyterLab: a server on this machine, and what eyes and hands do on its page."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, expect

from support.notebooks import code

TOKEN = "only-for-this-test"

expect.set_options(timeout=30_000)


# --- the server -----------------------------------------------------------------------


@contextmanager
def serving(command: Sequence[str], work: Path, home: Path) -> Iterator[str]:
    """The address of a JupyterLab that ``command`` starts in ``work``, with settings of its own in ``home``."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    folders = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    env = os.environ | {name: str(home / folder) for name, folder in folders.items()}
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", f"--IdentityProvider.token={TOKEN}"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen([sys.executable, "-m", *command, *options], env=env, cwd=work, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                ask(address, "api/status")
                break
            except OSError:
                assert server.poll() is None, "JupyterLab ended: " + (home / "log").read_text()
                time.sleep(0.25)
        else:
            raise AssertionError("JupyterLab did not answer: " + (home / "log").read_text())
        yield address
    finally:
        server.terminate()
        server.wait(20)


def ask(lab: str, path: str, method: str = "GET") -> bytes:
    with urllib.request.urlopen(urllib.request.Request(f"{lab}/{path}?token={TOKEN}", method=method)) as answer:
        return answer.read()


def end_kernels(lab: str) -> None:
    """End every kernel of the server, so that the next notebook finds none that has counted cells already.

    While a kernel is being started the server has it in its list without the time of its last activity, and
    answers with an error of its own: asked again until that is over.
    """
    for again in range(40, -1, -1):
        try:
            found = json.loads(ask(lab, "api/kernels"))
            break
        except urllib.error.HTTPError as error:
            if error.code != 500 or not again:
                raise
            time.sleep(0.25)
    for kernel in found:
        ask(lab, f"api/kernels/{kernel['id']}", "DELETE")


# --- the page -------------------------------------------------------------------------


def look(page: Page, name: str) -> None:
    """Keep a screenshot where one was asked for, for people to look at."""
    folder = os.environ.get("TIEOUT_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def open_notebook(page: Page, lab: str, name: str) -> None:
    page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?token={TOKEN}&reset")
    expect(page.locator(".jp-Notebook .jp-RenderedMarkdown h1").first).to_be_visible()
    expect(page.locator("#table-of-contents")).to_be_visible()


def open_too(page: Page, name: str) -> None:
    """Open another notebook beside those that are open, from the list of files."""
    # A click on the tab of what is shown already would close the sidebar.
    files = page.locator(".lm-TabBar-tab[data-id='filebrowser']")
    if "lm-mod-current" not in (files.get_attribute("class") or ""):
        files.click()
    page.locator(".jp-DirListing-item", has_text=f"{name}.ipynb").dblclick()
    expect(shown(page).locator(".jp-RenderedMarkdown h1").first).to_be_visible()
    expect(page.locator(".lm-DockPanel-tabBar .lm-mod-current", has_text=name)).to_be_visible()


def bring_up(page: Page, name: str) -> None:
    """Bring a notebook that is open to the top."""
    page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text=name).click()


def shown(page: Page) -> Locator:
    """The notebook on top."""
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")


def press(target: Locator) -> None:
    """Click at the start of the first line of words that may wrap: their centre may lie on other words."""
    place = """e => {
      const [line] = e.getClientRects(), box = e.getBoundingClientRect();
      return {x: line.x - box.x + Math.min(4, line.width / 2), y: line.y - box.y + line.height / 2};
    }"""
    target.click(position=target.evaluate(place))


def not_in_our_face(place: Locator, latin: bool = False, most: int = 120) -> tuple[int, list[str]]:
    """As ``_drawn_otherwise``, asked again for a while if nothing was seen: an editor is drawn anew when it is scrolled to."""
    for _ in range(40):
        seen, wrong = _drawn_otherwise(place, latin, most)
        if seen:
            break
        place.page.wait_for_timeout(250)
    return seen, wrong


def _drawn_otherwise(place: Locator, latin: bool, most: int) -> tuple[int, list[str]]:
    """How many elements of ``place`` hold Chinese that is seen, and of those that are drawn otherwise: words, fonts.

    Every Chinese character is a glyph of the project's own face, as a font of the page (a face that the machine has
    does not count), of the weight that the style asks for; all else is drawn by other fonts, or, with ``latin``, by
    ours, too. Of each kind of element a few are asked, ``most`` in all.
    """
    page = place.page
    page.evaluate("document.fonts.ready")
    asked = place.evaluate(_CHINESE, most)
    session = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    root, seen, wrong = session.send("DOM.getDocument")["root"]["nodeId"], 0, []
    for n, (words, chinese, weights) in enumerate(asked):
        node = session.send("DOM.querySelector", {"nodeId": root, "selector": f'[data-asked="{n}"]'})["nodeId"]
        # JupyterLab may have put another node in its place meanwhile, and sets no words that are far out of sight.
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"] if node else []
        seen += bool(fonts)
        ours = {f["postScriptName"].removeprefix("ReportSansSC-"): f["glyphCount"] for f in fonts if f["isCustomFont"]}
        alone = len(ours) == len(fonts)
        if fonts and not (alone and ours.keys() == set(weights) if latin else ours == chinese):
            wrong.append(f"{words}: {[(f['postScriptName'], f['isCustomFont'], f['glyphCount']) for f in fonts]}")
    session.detach()
    place.evaluate("place => place.querySelectorAll('[data-asked]').forEach(e => e.removeAttribute('data-asked'))")
    return seen, wrong


#: Marks elements of a place that hold Chinese; for each one its words, how many Chinese characters it has of each
#: weight, and the weights of all its words. The browser tells the fonts of an element and its children, no deeper.
_CHINESE = r"""(place, most) => {
  const han = /[\u2e80-\u2fdf\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]/g;
  const shared = /[\u00b7\u2014\u2018-\u201d\u2026]/g; // Chinese only where the language is said to be
  const kinds = new Map(), found = [];
  for (const e of place.querySelectorAll("*")) {
    const shown = e.selectedOptions?.[0] ?? e; // a closed list shows what is chosen, of an open one the options are asked
    if (e.size > 1 || !shown.textContent.match(han) || e.querySelector(":scope > * > *") || !e.getClientRects().length) continue;
    const kind = `${e.tagName} ${e.closest("[class]")?.getAttribute("class")} ${getComputedStyle(e).fontWeight}`;
    if ((kinds.get(kind) ?? 0) > 2 || found.length >= most) continue;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const chinese = {}, weights = new Set(), texts = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
    for (let text; (text = texts.nextNode()); ) {
      if (!text.data.trim()) continue;
      const weight = getComputedStyle(shown === e ? text.parentElement : e).fontWeight >= 600 ? "Bold" : "Regular";
      const marks = text.parentElement.closest("[lang|=zh]") ? text.data.match(shared) ?? [] : [];
      const count = (text.data.match(han) ?? []).length + marks.length;
      if (count) chinese[weight] = (chinese[weight] ?? 0) + count;
      weights.add(weight);
    }
    e.setAttribute("data-asked", found.length);
    found.push([shown.textContent.trim(), chinese, [...weights]]);
  }
  return found;
}"""


def menu(page: Page, *path: str) -> None:
    """Click through the menu bar."""
    page.locator(".lm-MenuBar-itemLabel", has_text=path[0]).first.click()
    for name in path[1:-1]:
        page.locator(".lm-Menu-itemLabel", has_text=name).first.hover()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{re.escape(path[-1])}$")).first.click()


def turn(page: Page, theme: str) -> None:
    """Choose the theme, "Light" or "Dark", and wait until it is there."""
    menu(page, "Settings", "Theme", f"JupyterLab {theme}")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true" if theme == "Light" else "false")
    page.wait_for_timeout(1000)  # the theme's style sheet comes after its name


# --- running --------------------------------------------------------------------------


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
    count = len(code(nbformat.read(path, 4)))
    # JupyterLab puts the cells of a long notebook into the page one after the other.
    expect(shown(page).locator(".jp-CodeCell")).to_have_count(count, timeout=60_000)
    expect(waiting(page)).to_have_count(0, timeout=180_000)
    assert troubles(page).all_inner_texts() == [], path.stem
    expect(shown(page).locator(".jp-CodeCell .jp-InputPrompt").last).to_have_text(f"[{count}]:")
