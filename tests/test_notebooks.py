"""The notebooks as they are stored: run, in order, small, and in step with the data."""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

import nbformat
import pytest

from shenyang import evidence, prose, publish
from shenyang.facts import Facts

ROOT = Path(__file__).parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=PATHS, ids=lambda p: p.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def notebook(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, 4)


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [c for c in notebook.cells if c.cell_type == "code"]


def test_every_notebook_is_a_chapter() -> None:
    assert [p.stem for p in PATHS] == sorted(publish.NOTEBOOKS)


def test_it_is_valid_and_written_the_one_way(path: Path, notebook: nbformat.NotebookNode) -> None:
    nbformat.validate(notebook)
    same = nbformat.writes(notebook) + "\n" == path.read_text("utf-8")
    assert same, "saved by another program; `make report` writes it the one way"


def test_every_cell_was_run_once_in_order(notebook: nbformat.NotebookNode) -> None:
    """nbval passes a notebook whose outputs were cleared; this does not."""
    assert [c.execution_count for c in code(notebook)] == list(range(1, len(code(notebook)) + 1))


def test_no_output_is_an_error_or_a_warning(notebook: nbformat.NotebookNode) -> None:
    for cell in code(notebook):
        assert all(o.output_type != "error" and o.get("name") != "stderr" for o in cell.outputs), cell.id


def test_no_output_is_a_bare_object(notebook: nbformat.NotebookNode) -> None:
    for cell in code(notebook):
        for output in cell.outputs:
            assert not re.search(
                r"<[\w.]+ (object )?at 0x|0x[0-9a-f]{6,}", str(output.get("data", {}).get("text/plain", ""))
            ), cell.id


def test_nothing_of_the_machine_is_stored(notebook: nbformat.NotebookNode) -> None:
    # JupyterLab adds the version of its kernel when it saves; `make report` takes it out again.
    assert notebook.metadata.language_info == {"name": "python"}, "run `make report` before you commit"
    assert notebook.metadata.kernelspec.name == "python3"
    assert all("execution" not in c.metadata and "collapsed" not in c.metadata for c in notebook.cells)


def test_no_check_is_switched_off(notebook: nbformat.NotebookNode) -> None:
    for cell in code(notebook):
        assert "nbval" not in cell.source.lower()
        assert not any("nbval" in tag or tag == "raises-exception" for tag in cell.metadata.get("tags", []))


def test_cells_are_short_and_define_nothing(notebook: nbformat.NotebookNode) -> None:
    lengths = [len(c.source.splitlines()) for c in code(notebook)]
    assert max(lengths) <= 15 and statistics.median(lengths) <= 3
    for cell in code(notebook):
        nodes = ast.walk(ast.parse(cell.source))
        assert not any(isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Lambda) for n in nodes), cell.id


def test_headings_are_questions_under_one_title(notebook: nbformat.NotebookNode) -> None:
    cells = [c for c in notebook.cells if c.cell_type == "markdown" and "synced" not in c.metadata.get("tags", [])]
    headings = [line for c in cells for line in c.source.splitlines() if line.startswith("#")]
    assert headings[0].startswith("# ") and sum(h.startswith("# ") for h in headings) == 1
    # "How to ..." is the one form that asks without a question mark.
    assert all(h.endswith("?") or "How to" in h for h in headings[1:]), headings


def test_the_opening_cell_says_what_a_reader_needs_first(notebook: nbformat.NotebookNode) -> None:
    opening = notebook.cells[0].source
    for part in ("**Question.**", "**Answer.**", "**Source.**", "**What the article does not say.**"):
        assert part in opening


def test_prose_agrees_with_the_data(path: Path, f: Facts) -> None:
    count, problems = prose.check_notebook(path, f)
    assert problems == []
    assert count > 0


def test_it_ends_with_the_check_of_its_own_prose(path: Path, notebook: nbformat.NotebookNode, f: Facts) -> None:
    assert notebook.cells[-1].source == f'prose.report("{path.stem}", F)'
    count, _ = prose.check_notebook(path, f)
    assert notebook.cells[-1].outputs[0].text.startswith(f"{path.stem}: {count} numbers in the prose, all agree")


def test_every_fact_has_one_card_cell_with_its_name(f: Facts) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / prose.EVIDENCE, 4)
    cards = {c.id: c.source for c in code(notebook) if c.source.startswith("evidence.card(")}
    assert cards == {id: f'evidence.card("{id}")' for id in f.by_id}


def test_the_evidence_is_as_the_package_would_write_it(f: Facts) -> None:
    path = ROOT / "notebooks" / prose.EVIDENCE
    assert nbformat.writes(evidence.sync(nbformat.read(path, 4), f)) + "\n" == path.read_text("utf-8")


def test_sync_restores_lost_cards_and_drops_unknown_ones(f: Facts) -> None:
    path = ROOT / "notebooks" / prose.EVIDENCE
    whole = nbformat.read(path, 4)
    broken = nbformat.read(path, 4)
    broken.cells = [c for c in broken.cells if c.id != "contracts_turnover"]
    extra = nbformat.v4.new_code_cell('evidence.card("gone")', id="gone", metadata={"tags": ["synced"]})
    broken.cells.insert(len(broken.cells) // 2, extra)
    ids = [c.id for c in evidence.sync(broken, f).cells]
    assert ids == [c.id for c in whole.cells]


def test_every_link_in_outputs_leads_to_a_cell(f: Facts) -> None:
    cells = {p.name: {c.id for c in nbformat.read(p, 4).cells} for p in PATHS}
    links = set()
    for path in PATHS:
        links |= set(re.findall(r"([\w-]+\.ipynb)#cell-id=([\w-]+)", path.read_text("utf-8")))
    assert len(links) > 100
    assert {(name, id) for name, id in links if id not in cells[name]} == set()
