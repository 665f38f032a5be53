"""Which cells and which outputs of a notebook are shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from nbformat import NotebookNode

from tieout.publish.document import markdown, outputs
from tieout.publish.document.clean import Cleaner
from tieout.publish.document.code import preformatted
from tieout.publish.document.links import anchor
from tieout.publish.document.tree import tag


@dataclass
class Chapter:
    """One notebook: a ``section`` of clean HTML, and what was left out of it, a line each."""

    name: str
    body: Tag
    warnings: list[str] = field(default_factory=list)


def chapter(name: str, notebook: NotebookNode, code: bool = False, folder: Path | None = None) -> Chapter:
    """A notebook as clean HTML: in its ``section`` a ``div`` for each cell that shows something.

    ``code`` shows the source of code cells. ``folder`` is where pictures that Markdown names by their
    path may be read from; without it none is.
    """
    made = Chapter(name, tag("section", id=anchor(name)))
    for n, cell in enumerate(notebook.cells, 1):
        id = cell.get("id") or f"number {n}"
        cleaner = Cleaner(name, warner(made.warnings, name, id), id, folder)
        try:
            nodes = _shown(cell, cleaner, code)
        except Exception as error:  # one broken cell of someone's notebook shall not cost the others
            cleaner.warn(f"it cannot be read ({type(error).__name__}: {error}): its source is set")
            nodes = preformatted(str(cell.get("source", "")))
        if nodes:
            classes = " ".join(["cell", *(f"tag-{t}" for t in sorted(_tags(cell)))])
            words = {"class": classes, "id": anchor(name, id), "data-cell": id, "data-notebook": name}
            made.body.append(tag("div", nodes, **words))
    return made


def warner(warnings: list[str], name: str, cell: str) -> Callable[[str], None]:
    """What names something of a cell that is not shown, or not as the notebook does; each once."""

    def warn(message: str) -> None:
        line = f"{name}.ipynb, cell {cell}: {message}"
        if line not in warnings:
            warnings.append(line)

    return warn


def _shown(cell: NotebookNode, cleaner: Cleaner, code: bool) -> list[Tag]:
    """What a cell shows; what its tags or JupyterLab hide stays hidden."""
    if _tags(cell) & {"remove-cell", "hide-cell"}:
        return []
    if cell.cell_type == "markdown":
        return replace(cleaner, attachments=cell.get("attachments", {})).markdown(cell.source)
    if cell.cell_type == "raw":
        return _raw(cell, cleaner)
    return _code(cell, cleaner, code)


def _raw(cell: NotebookNode, cleaner: Cleaner) -> list[Tag]:
    kind = cell.metadata.get("format") or cell.metadata.get("raw_mimetype") or "text/plain"
    if kind == "text/plain":
        return preformatted(cell.source)
    if cell.source.strip():
        cleaner.warn(f"a raw cell of {kind} is left out")
    return []


def _code(cell: NotebookNode, cleaner: Cleaner, code: bool) -> list[Tag]:
    tags, jupyter, found = _tags(cell), cell.metadata.get("jupyter", {}), []
    if code and not tags & {"remove-input", "hide-input"} and not jupyter.get("source_hidden"):
        found += preformatted(cell.source, "language-python")
    if not tags & {"remove-output", "hide-output"} and not jupyter.get("outputs_hidden"):
        found += outputs.shown(cleaner, cell.get("outputs", []))
    return found


def _tags(cell: NotebookNode) -> set[str]:
    found = (str(t).replace("_", "-") for t in cell.metadata.get("tags", []))
    return {t for t in found if re.fullmatch(r"[\w-]+", t)}


def first_heading(notebook: NotebookNode) -> str:
    """The words of the first heading, links and emphasis taken off; empty if there is none."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = BeautifulSoup(markdown.render(cell.source), "html.parser").find(re.compile("h[1-6]"))
            if heading:
                return heading.get_text().strip()
    return ""
