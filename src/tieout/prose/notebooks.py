"""The prose of whole notebooks, read as files."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tieout.config import Project
from tieout.data.dataset import Dataset
from tieout.data.wordings import SAYS
from tieout.prose.links import Place, Problem, check, links, places, refresh

if TYPE_CHECKING:
    import nbformat


def uses(project: Project) -> dict[str, list[Place]]:
    """The numbers in the prose of all notebooks of ``project`` by the fact that they give, and the words by their wording."""
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


class Checked(NamedTuple):
    """How many numbers and how many wordings the prose of a notebook links, and what is wrong with it."""

    numbers: int
    words: int
    problems: list[Problem]


def check_notebook(name: str, facts: Dataset) -> Checked:
    """The prose of notebook ``name`` beside the data."""
    cells = list(markdown_cells(read(facts.root, name)))
    words = [m["id"].startswith(SAYS) for cell in cells for m in links(cell["source"])]
    problems = [p for cell in cells for p in check(cell["source"], facts, cell["id"])]
    return Checked(words.count(False), words.count(True), problems)


def refresh_notebook(notebook: nbformat.NotebookNode, facts: Dataset) -> nbformat.NotebookNode:
    """The notebook with its prose brought up to date, in place."""
    for cell in markdown_cells(notebook.cells):
        cell["source"] = refresh(cell["source"], facts)
    return notebook
