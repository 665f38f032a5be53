"""The cells of the evidence notebook, one a fact, in step with the data."""

from __future__ import annotations

import nbformat

from tieout.data.dataset import Dataset


def _section(id: str, title: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(title, id=id, metadata={"tags": ["notebook-only", "synced"]})


def _card_cell(id: str) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(f'cards.card("{id}", F)', id=id)
    cell.metadata = nbformat.from_dict(
        {"jupyter": {"source_hidden": True}, "tags": ["keep-together", "notebook-only", "synced"]}
    )
    return cell


def sync(notebook: nbformat.NotebookNode, facts: Dataset) -> nbformat.NotebookNode:
    """The evidence notebook with exactly one card cell a fact, under a heading a theme.

    The cells tagged ``synced`` are replaced where the first of them stands; all others stay.
    """
    cells = []
    for theme in facts.project.themes:
        title = " ".join(facts.label(f"theme:{theme}", language) for language in ("en", "zh"))
        cells.append(_section(f"section-{theme}", f"## {title}"))
        cells += [_card_cell(f.id) for f in facts.of_kind("claim") if f.file == f"data/{theme}.csv"]
    cells.append(_section("section-derived", "## Derived figures 推算值"))
    cells += [_card_cell(f.id) for f in facts.of_kind("derived")]
    cells.append(_section("section-counted", "## Counts of the curated data 数据计数"))
    cells += [_card_cell(f.id) for f in facts.of_kind("counted")]
    cells.append(_section("section-records", "## Figures of other sources 其他来源数据"))
    cells += [_card_cell(f.id) for f in facts.of_kind("record")]
    cells.append(_section("section-compared", "## Comparisons with other sources 与其他来源的对照"))
    cells += [_card_cell(f.id) for f in facts.of_kind("compared")]
    old = {c.id: c for c in notebook.cells if "synced" in c.metadata.get("tags", [])}
    at = next((i for i, c in enumerate(notebook.cells) if c.id in old), len(notebook.cells) - 1)
    for cell in cells:
        if cell.cell_type == "code" and cell.id in old:  # keep what was run until it is run again
            cell.outputs, cell.execution_count = old[cell.id].outputs, old[cell.id].execution_count
    rest = [c for c in notebook.cells if c.id not in old]
    taken = {c.id for c in rest} & {c.id for c in cells}
    if taken:
        raise ValueError(f"facts may not be called like other cells of the notebook: {', '.join(sorted(taken))}")
    notebook.cells = rest[:at] + cells + rest[at:]
    return notebook
