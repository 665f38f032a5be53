"""The server's side of JupyterLab, without a browser: how notebooks are stored, how numbers are brought up to date."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
import pytest
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from conftest import lay
from support import ROOT
from support.browser import TOKEN, serving
from tieout import config, errors
from tieout.lab import server as lab_server
from tieout.lab.server import project_of
from tieout.project import run

VIEW = "application/vnd.jupyter.widget-view+json"
#: A formula of derived.csv, and another that gives another number.
FORMULA = "contracts_turnover / (1 + contracts_turnover_growth)"
OTHER = "contracts_turnover * (1 - contracts_turnover_growth / 2)"


# --- as it should be stored ---------------------------------------------------------


def displayed(**data: str) -> nbformat.NotebookNode:
    kinds = {"text": "text/plain", "html": "text/html", "view": VIEW}
    return new_output("display_data", {kinds[k]: v for k, v in data.items()})


def printed(text: str, name: str = "stdout") -> nbformat.NotebookNode:
    return new_output("stream", name=name, text=text)


def test_a_widget_is_stored_as_what_stands_beside_it() -> None:
    outputs = [displayed(text="<Explorer>", html="<table></table>", view="1"), displayed(text="<Slider>", view="2")]
    outputs += [displayed(view="3"), displayed(text="4")]
    notebook = new_notebook(cells=[new_code_cell("x", outputs=outputs)], metadata={"widgets": {"state": {}}})
    [cell] = run.stored(notebook).cells
    assert [dict(o.data) for o in cell.outputs] == [
        {"text/plain": "<Explorer>", "text/html": "<table></table>"},
        {"text/plain": "4"},
    ]
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_one_print_in_pieces_is_stored_in_one() -> None:
    outputs = [printed("a"), printed("b\n"), printed("c", "stderr"), printed("d"), displayed(view="1"), printed("e")]
    notebook = new_notebook(cells=[new_code_cell("x", outputs=outputs), new_markdown_cell("y")])
    [cell, _] = run.stored(notebook).cells
    assert [(o.name, o.text) for o in cell.outputs] == [("stdout", "ab\n"), ("stderr", "c"), ("stdout", "de")]


@pytest.mark.parametrize(
    ("counts", "kept"),
    [([7, 8, 12], [1, 2, 3]), ([1, 2, 3], [1, 2, 3]), ([3, 2, 4], [3, 2, 4]), ([4, None, 5], [4, None, 5])],
)
def test_cells_that_ran_in_order_are_counted_from_one(counts: list[int | None], kept: list[int | None]) -> None:
    """Out of order, or not all of them: the counts stay, and tests/report/test_notebooks.py refuses them."""
    outputs = [[new_output("execute_result", {"text/plain": "1"}, execution_count=n)] for n in counts]
    cells = [new_code_cell("1", execution_count=n, outputs=o) for n, o in zip(counts, outputs, strict=True)]
    notebook = run.stored(new_notebook(cells=[new_markdown_cell("x"), *cells]))
    assert [c.execution_count for c in notebook.cells[1:]] == kept
    assert [c.outputs[0].execution_count for c in notebook.cells[1:]] == kept


def test_when_a_cell_ran_is_not_stored() -> None:
    cell = new_code_cell("x", metadata={"execution": {"shell.execute_reply": "2023-08-29"}, "tags": ["appendix"]})
    assert run.stored(new_notebook(cells=[cell])).cells[0].metadata == {"tags": ["appendix"]}


@pytest.mark.parametrize("name", config.read(ROOT).notebooks)
def test_the_notebooks_are_stored_as_they_should_be(name: str) -> None:
    text = (ROOT / f"notebooks/{name}.ipynb").read_text("utf-8")
    assert nbformat.writes(run.stored(nbformat.reads(text, 4))) + "\n" == text


def test_an_error_that_its_cell_allows_stops_a_report_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    bad = new_code_cell("1 / 0", id="bad", metadata={"tags": ["raises-exception"]})
    with pytest.raises(errors.ReportError, match=r"^x.ipynb, cell bad: ZeroDivisionError: division by zero$"):
        run.run(new_notebook(cells=[bad, new_code_cell("print(1)")]), "x", tmp_path)


# --- which notebooks are the project's ----------------------------------------------


def test_only_the_notebooks_of_a_project_are_its_own(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    shutil.copy(ROOT / "report.toml", tmp_path / "p")
    folder = str(tmp_path)
    assert project_of("p/notebooks/00_summary.ipynb", folder) == tmp_path / "p"
    others = ["p/00_summary.ipynb", "p/notebooks/mine.ipynb", "p/notebooks/00_summary.py", "p/other/00_summary.ipynb"]
    others += ["q/notebooks/00_summary.ipynb", ""]
    assert [path for path in others if project_of(path, folder)] == []
    assert project_of("../p/notebooks/00_summary.ipynb", f"{folder}/q") is None


def test_the_server_loads_without_the_rest_of_the_package() -> None:
    code = "import sys, tieout.lab.server; print([m for m in sys.modules if m.startswith('tieout.') or m == 'pandas'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['tieout.lab', 'tieout.lab.server']"


# --- a plain JupyterLab, started as everybody starts it -------------------------------


class Server:
    """A server on this machine, in a copy of the project."""

    def __init__(self, address: str, work: Path) -> None:
        self.address, self.work = address, work

    def ask(self, path: str, body: object = None, method: str = "GET", token: str = TOKEN) -> tuple[int, Any]:
        """Status and body of the answer."""
        data = None if body is None else json.dumps(body).encode()
        head = {"Authorization": f"token {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.address}/{path}", data, head, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text.startswith(b"{") else text.decode()

    def refresh(self, path: str = "notebooks/00_summary.ipynb") -> tuple[int, Any]:
        return self.ask("tieout/refresh", {"path": path}, "POST")

    def save(self, path: str, notebook: nbformat.NotebookNode) -> int:
        model = {"type": "notebook", "format": "json", "content": notebook}
        return self.ask(f"api/contents/{path}", model, "PUT")[0]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home, work = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("work")
    root = ["--allow-root"] if os.name == "posix" and os.geteuid() == 0 else []
    with serving(["jupyterlab", *root], work, home) as address:
        yield Server(address, work)


@pytest.fixture
def server(plain: Server) -> Server:
    """The plain server, its folder as new and in step."""
    lay(plain.work)
    assert plain.refresh()[0] == 200
    return plain


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), "utf-8", newline="\n")


def everything(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.rglob("*.*") if p.is_file() and ".ipynb_checkpoints" not in p.parts}


def test_a_plain_jupyter_lab_has_the_extension_and_the_settings(server: Server) -> None:
    with urllib.request.urlopen(f"{server.address}/lab?token={TOKEN}") as answer:
        start = answer.read().decode().split('<script id="jupyter-config-data" type="application/json">')[1]
    found = {e["name"]: e for e in json.loads(start.split("</script>")[0])["federated_extensions"]}
    code = found["tieout-lab"]["load"]
    with urllib.request.urlopen(f"{server.address}/lab/extensions/tieout-lab/{code}?token={TOKEN}") as answer:
        assert answer.read() == (ROOT / "src/tieout/lab/extension" / code).read_bytes()
    settings = server.ask("lab/api/settings/@jupyterlab/notebook-extension:panel")[1]["schema"]["properties"]
    buttons = {b["name"]: b.get("command") for b in settings["toolbar"]["default"]}
    assert buttons["tieout-refresh"] == "tieout:refresh"
    viewers = server.ask("lab/api/settings/@jupyterlab/docmanager-extension:plugin")[1]["schema"]["properties"]
    assert viewers["defaultViewers"]["default"]["markdown"] == "Markdown Preview"


def test_a_notebook_of_the_project_is_saved_as_it_is_kept(server: Server) -> None:
    path = "notebooks/03_technology_transfer.ipynb"
    before = (server.work / path).read_bytes()
    notebook = nbformat.read(server.work / path, 4)
    notebook.metadata |= {"widgets": {}, "language_info": {"name": "python", "version": "3"}}
    cell = next(c for c in notebook.cells if any("text/html" in o.get("data", {}) for o in c.get("outputs", [])))
    cell.outputs[0].data[VIEW] = {"model_id": "1"}
    assert server.save(path, notebook) == 200
    assert (server.work / path).read_bytes() == before


def test_other_notebooks_are_saved_as_they_are(server: Server) -> None:
    cell = new_code_cell("x", outputs=[displayed(text="<Slider>", view="1"), printed("a"), printed("b")])
    notebook = new_notebook(cells=[cell], metadata={"authors": [{"name": "A reader"}]})
    for path in ("mine.ipynb", "notebooks/mine.ipynb"):
        assert server.save(path, notebook) in (200, 201)
        assert nbformat.read(server.work / path, 4) == notebook
        (server.work / path).unlink()


def test_what_cannot_be_tidied_is_saved_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(notebook: nbformat.NotebookNode) -> None:
        notebook.cells.clear()
        raise RuntimeError("anything")

    (tmp_path / "notebooks").mkdir()
    shutil.copytree(ROOT / "data", tmp_path / "data")
    manager = LargeFileManager(root_dir=str(tmp_path))
    manager.register_pre_save_hook(lab_server.tidy)
    monkeypatch.setattr(run, "stored", fail)
    notebook = new_notebook(cells=[new_markdown_cell("Words.")])
    manager.save({"type": "notebook", "format": "json", "content": notebook}, "notebooks/00_summary.ipynb")
    assert nbformat.read(tmp_path / "notebooks/00_summary.ipynb", 4) == notebook


def test_numbers_are_brought_up_to_date_and_what_was_trusted_stays_so(server: Server) -> None:
    path = "notebooks/03_technology_transfer.ipynb"
    notebook = nbformat.read(server.work / path, 4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata["trusted"] = True
    server.save(path, notebook)
    replace(server.work / "data/derived.csv", f",CNY,{FORMULA},", f",CNY,{OTHER},")
    status, answer = server.refresh(path)
    assert status == 200 and {"00_summary", "03_technology_transfer"} <= set(answer["changed"])
    assert "[CNY 17.94 billion][contracts_turnover_earlier]" in (server.work / path).read_text("utf-8")
    cells = server.ask(f"api/contents/{path}")[1]["content"]["cells"]
    assert all(c["metadata"]["trusted"] for c in cells if c["cell_type"] == "code")
    cells = server.ask("api/contents/notebooks/00_summary.ipynb")[1]["content"]["cells"]
    assert not any(c["metadata"]["trusted"] for c in cells if c.get("outputs"))
    assert server.refresh(path) == (200, {"changed": []})


def test_a_value_that_contradicts_its_sentence_is_refused_with_its_place_and_nothing_changes(server: Server) -> None:
    replace(server.work / "data/technology_transfer.csv", "24930000000", "25930000000")
    before = everything(server.work)
    status, answer = server.refresh()
    assert status == 409
    assert answer["message"].startswith("data/technology_transfer.csv, row 3, column value: ")
    assert everything(server.work) == before


def test_a_notebook_that_cannot_be_read_is_named(server: Server) -> None:
    (server.work / "notebooks/02_enterprises.ipynb").write_text("[]")
    status, answer = server.refresh()
    assert status == 409 and answer["message"].startswith("02_enterprises.ipynb cannot be read")


@pytest.mark.parametrize(
    "body", [{"path": "mine.ipynb"}, {"path": "../notebooks/00_summary.ipynb"}, {}, [], {"path": 1}]
)
def test_what_is_no_notebook_of_a_project_is_refused(server: Server, body: object) -> None:
    status, answer = server.ask("tieout/refresh", body, "POST")
    assert status == 400 and answer["message"]


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("notebooks/00_summary.ipynb", True),
        ("notebooks/10_later.ipynb", False),  # not in report.toml
        ("README.md", False),
        ("../notebooks/00_summary.ipynb", False),
        ("", False),
    ],
)
def test_the_browser_learns_which_notebooks_are_the_project_s(server: Server, path: str, ours: bool) -> None:
    assert server.ask(f"tieout/refresh?path={quote(path)}") == (200, {"ours": ours})


def test_nobody_refreshes_without_the_token(server: Server) -> None:
    body = {"path": "notebooks/00_summary.ipynb"}
    assert server.ask("tieout/refresh", body, "POST", token="another")[0] == 403
    assert server.ask("tieout/refresh", token="another")[0] == 403
    assert server.ask("tieout/refresh", {}, "PUT")[0] == 405
    # With what a page of the server's own would send, all but the login.
    head = {"Content-Type": "application/json", "X-XSRFToken": "x", "Cookie": "_xsrf=x"}
    request = urllib.request.Request(f"{server.address}/tieout/refresh", json.dumps(body).encode(), head)
    with pytest.raises(urllib.error.HTTPError, match="403: Forbidden"):
        urllib.request.urlopen(request)
