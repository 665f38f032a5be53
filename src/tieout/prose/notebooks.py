"""The prose of whole notebooks, read as files."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.config import Project
from tieout.data.dataset import Dataset
from tieout.prose.links import Place, Problem, check, links, places, refresh

if TYPE_CHECKING:
    import nbformat


def uses(project: Project) -> dict[str, list[Place]]:
    """The numbers in the prose of all notebooks of ``project`` by the fact that they give, in order."""
    found: dict[str, list[Place]] = {}
    for name in project.notebooks:
        for cell in markdown_cells(read(project.root, name)):
            for place in places(cell["source"], cell["id"], name):
                found.setdefault(place.id, []).append(place)
    return found


def read(root: Path, name: str) -> list[dict[str, Any]]:
    """The cells of a notebook of ``root``, quickly: nothing is validated, a source is one text.

    Read again for a second if it is half written: JupyterLab writes in place. Raises ``ValueError`` if it stays so.
    """
    for again in range(20, -1, -1):
        try:
            cells = json.loads((root / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]
            break
        except ValueError:
            if not again:
                raise
            time.sleep(0.05)
    return [cell | {"source": "".join(cell["source"])} for cell in cells]


def markdown_cells(cells: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (cell for cell in cells if cell["cell_type"] == "markdown")


def check_notebook(name: str, facts: Dataset) -> tuple[int, list[Problem]]:
    """How many numbers the prose of notebook ``name`` links, and what is wrong with it."""
    cells = list(markdown_cells(read(facts.root, name)))
    count = sum(1 for cell in cells for _ in links(cell["source"]))
    return count, [p for cell in cells for p in check(cell["source"], facts, cell["id"])]


def refresh_notebook(notebook: nbformat.NotebookNode, facts: Dataset) -> nbformat.NotebookNode:
    """The notebook with its prose brought up to date, in place."""
    for cell in markdown_cells(notebook.cells):
        cell["source"] = refresh(cell["source"], facts)
    return notebook
