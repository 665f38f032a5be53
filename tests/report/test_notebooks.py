"""The notebooks as they are stored: run, in order, small, and in step with the data."""

from __future__ import annotations

import ast
import os
import re
import statistics
from pathlib import Path

import nbclient
import nbformat
import pytest

from support import ROOT
from support.notebooks import code
from tieout import config
from tieout.data.dataset import PLACE, Dataset
from tieout.project import evidence, run
from tieout.prose import links, notebooks
from tieout.show import cards, exhibits

PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=PATHS, ids=lambda p: p.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def notebook(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, 4)


def test_every_notebook_is_a_chapter() -> None:
    assert [p.stem for p in PATHS] == sorted(config.read(ROOT).notebooks)


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
        assert not any("nbval" in tag for tag in cell.metadata.get("tags", []))


def test_only_the_cell_on_rows_asserts_and_may_fail(notebook: nbformat.NotebookNode) -> None:
    """With the tag JupyterLab goes on to the closing cell, which checks the rest; a report and nbval still fail."""
    for cell in code(notebook):
        asserts = any(isinstance(n, ast.Assert) for n in ast.walk(ast.parse(cell.source)))
        tagged = "raises-exception" in cell.metadata.get("tags", [])
        assert asserts == tagged == (cell.id == "words-on-rows"), cell.id


def test_cells_are_short_and_define_nothing(notebook: nbformat.NotebookNode) -> None:
    """What is folded may be longer than what a reader sees."""
    assert max(len(c.source.splitlines()) for c in code(notebook)[1:]) <= 18
    seen = [c for c in code(notebook) if not c.metadata.get("jupyter", {}).get("source_hidden")]
    assert statistics.median(len(c.source.splitlines()) for c in seen) <= 3
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


def test_prose_agrees_with_the_data(path: Path, f: Dataset) -> None:
    numbers, _, problems = notebooks.check_notebook(path.stem, f)
    assert problems == []
    assert numbers > 0


def test_it_ends_with_the_check_of_its_own_prose(path: Path, notebook: nbformat.NotebookNode, f: Dataset) -> None:
    assert notebook.cells[-1].source == f'closing.report("{path.stem}", F)'
    numbers, words, _ = notebooks.check_notebook(path.stem, f)
    said = f"{numbers} numbers and {words} phrases" if words else f"{numbers} numbers"
    assert notebook.cells[-1].outputs[0].text.startswith(f"{path.stem}: {said} in the prose, all agree")


#: Words that say how one number stands to another.
WATCHED = re.compile(
    r"nearly \w+|about (?:a|two) \w+|(?:all but )?a (?:fifth|twentieth|third|quarter|fiftieth|tenth)\b"
    r"|(?:over|more than|fewer than|less than) half|more than twice|mostly|far (?:above|below|less|more)\b|barely"
    r"|slowing|speeding up|faster|\brose\b|\bfell\b|flat\b|a smooth path|the largest (?:group|growth)|\bhardly\b"
    r"|all but (?:met|one)|just (?:over|outside)|\bclose\b|, (?:more|fewer) than (?:the|had)\b"
    r"|\bfew (?:were|carry|are confirmed|levels)|(?:gave|printed) the same",
    re.I,
)
#: Words of headings, which hold no links, and the wording that the text says the same with.
HEADINGS = {
    "Contract value rose by more than half": "says_over_half_up",
    "the near tripling of": "says_smes_tripled",
    "A fifth of the national platforms": "says_fifth",
    "every first place": "says_every_first",
    "firms nearly tripled": "says_smes_tripled",
    "few were added to the tiers": "says_tiers_little",
    "More entries are under way than out": "says_more_under_way",
    "few carry a date": "says_few_dated",
    "Most figures that could be tested": "says_most_fit",
    "few are confirmed": "says_few_confirmed",
    "one growth rate does not fit its number": "says_one_contradicted",
    "really nearly triple?": "says_smes_tripled",
    "Did exports rise faster than output?": "says_exports_faster",
    "have nearly tripled?": "says_not_registered",
    "nearly met?": "says_target_nearly_met",
    "is best confirmed?": "says_centres_best",
    "keep pace": "says_output_far_less",
}
#: No finding.
FREE = ("how far contract value rose",)


def test_words_that_depend_on_numbers_lead_to_their_condition(notebook: nbformat.NotebookNode, f: Dataset) -> None:
    """In prose and in the titles of figures; what no formula can say is asserted of rows, in a message that quotes it."""
    cells = [c.source for c in notebook.cells if c.cell_type == "markdown"]
    prose_of = re.sub(r"^\[[a-z][\w.]*\]: evidence/.*$", "", "\n\n".join(cells), flags=re.M)
    shown = [id for c in code(notebook) for id in re.findall(r'charts\.start\(F, "(\w+)"', c.source)]
    rows = {r["id"]: r for r in f.tables["figures"]}
    titles = "\n\n".join(rows[id]["title_en"] for id in shown)
    plain = links.without_links("\n\n".join([prose_of, *(f.figure(id)["title_en"] for id in shown)]))
    plain = re.sub(r"[*`]", "", plain).lower()
    cell = next((c for c in notebook.cells if c.id == "words-on-rows"), None)
    asserted = [n for n in ast.walk(ast.parse(cell.source if cell else "")) if isinstance(n, ast.Assert)]
    quoted = [ast.literal_eval(n.msg) for n in asserted]
    assert [q for q in quoted if q.lower() not in plain] == [], "quoted in an assertion, no longer in the prose"
    said = links.without_links(re.sub(r"\[[^\[\]]+\]\[says_\w+\]", "◆", f"{prose_of}\n\n{PLACE.sub('◆', titles)}"))
    for words, id in HEADINGS.items():
        if any(line.startswith("#") and words in line for line in said.split("\n")):
            assert f"[{id}]" in prose_of or f"{{{id}}}" in titles, f"{words}: no text says so with {id}"
    for words in (*FREE, *HEADINGS, *quoted):
        said = re.sub(re.escape(words), "◆", said.replace("*", ""), flags=re.I)
    assert [said[max(0, m.start() - 40) : m.end() + 20] for m in WATCHED.finditer(said)] == []


def test_every_wording_is_said_somewhere(f: Dataset) -> None:
    said = {m[1] for p in PATHS for m in re.finditer(r"\]\[(says_\w+)\]", p.read_text("utf-8"))}
    said |= {m["id"] for row in f.tables["figures"] for words in row.values() for m in PLACE.finditer(words)}
    assert [id for id in f.wordings if id not in said] == []


def test_tables_come_in_the_one_style(notebook: nbformat.NotebookNode) -> None:
    for cell in code(notebook):
        for output in cell.outputs:
            data = output.get("data", {})
            assert 'class="exhibit"' in data.get("text/html", 'class="exhibit"'), f"{cell.id}: a table of another kind"


def test_every_figure_is_stored_with_its_caption(notebook: nbformat.NotebookNode, f: Dataset) -> None:
    for cell in code(notebook):
        for id in re.findall(r'charts\.start\(F, "(\w+)"', cell.source):
            picture, caption = cell.outputs
            assert set(picture.data) == {"image/png", "text/plain"}
            assert picture.metadata["image/png"]["alt"] == f.figure(id)["alt_en"]
            assert caption.metadata["text/markdown"] == {"caption": id}
            assert f.figure(id)["caption_en"] in caption.data["text/markdown"]


def stable(output: nbformat.NotebookNode) -> dict:
    """An output without what another rasteriser may draw otherwise and what counts the runs."""
    kept = {k: v for k, v in output.items() if k not in ("execution_count", "metadata")}
    if "data" in kept:
        kept["data"] = {k: v for k, v in kept["data"].items() if not k.startswith("image/")}
    return kept


def test_it_runs_elsewhere_with_the_same_outputs(whole: Path) -> None:
    """The summary in a copy, with a hash order of chance; tests/test_cli.py runs all, all set otherwise."""
    stored = code(nbformat.read(ROOT / "notebooks/00_summary.ipynb", 4))
    again = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c.source) for c in stored])
    client = nbclient.NotebookClient(
        again,
        timeout=300,
        kernel_name="python3",
        coalesce_streams=True,
        resources={"metadata": {"path": whole / "notebooks"}},
    )
    client.execute(env=os.environ | {"LC_ALL": "C", "TZ": "America/St_Johns", "PYTHONHASHSEED": "random"})
    for cell, after in zip(stored, run.stored(again).cells, strict=True):
        assert [stable(o) for o in after.outputs] == [stable(o) for o in cell.outputs], cell.id


def test_the_map_of_the_report_names_every_other_notebook(f: Dataset) -> None:
    lines = repr(exhibits.contents(f)).splitlines()
    assert [re.findall(r"\[(\w+)\]", line)[0] for line in lines] == [p.stem for p in PATHS[1:]]
    for line, path in zip(lines, PATHS[1:], strict=True):
        assert nbformat.read(path, 4).cells[0].source.split("\n")[0].removeprefix("# ") in line
    drawn = sum(int(n) for line in lines for n in re.findall(r"Figures: (\d+)", line))
    assert drawn == sum(r["notebook"] != "00_summary" for r in f.tables["figures"])


def test_a_number_leads_to_its_sentence_with_one_click(f: Dataset) -> None:
    """The card a number links to prints the Chinese it rests on: for a claim, a derived figure, and a count of rows."""
    for fact in f.by_id.values():
        card = repr(cards.fact(fact.id, f))
        claims = [f[id] for id in fact.quantity.ids if f[id].kind == "claim"]
        assert all(f"**{c.row['as_printed']}**" in card for c in claims), fact.id
        for row in fact.members:
            assert (row.get("quote") or f[row["id"]].row.get("quote") or f[row["id"]].row["formula"]) in card, fact.id


def test_every_fact_and_check_has_one_card_under_its_name(f: Dataset) -> None:
    pages = evidence.pages(f)
    headings = [h for page in pages.values() for h in re.findall("^## (.*)", page, re.M)]
    assert sorted(headings) == sorted([*f.by_id, *(c.id for c in f.checks), *f.wordings])
    for fact in f.by_id.values():
        name, _, id = fact.card.partition("#")
        assert f"\n## {id}\n" in pages[name]


def test_the_pages_of_evidence_are_as_the_data_make_them(f: Dataset) -> None:
    folder = ROOT / "notebooks"
    assert {
        p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in folder.glob("evidence/*")
    } == evidence.pages(f)


def test_every_link_leads_to_a_cell_or_a_card(f: Dataset) -> None:
    places = {p.name: {c.id for c in nbformat.read(p, 4).cells} for p in PATHS}
    places |= {name: set(re.findall("^## (.*)", page, re.M)) for name, page in evidence.pages(f).items()}
    found = 0
    for path in [*PATHS, *(ROOT / "notebooks/evidence").glob("*.md")]:
        base = "evidence/" if path.suffix == ".md" else ""
        for file, cell, place in re.findall(
            r"((?:evidence/)?\w+\.(?:ipynb|md))#(cell-id=)?([\w-]+)", path.read_text("utf-8")
        ):
            name = file if file in places or cell else base + file
            assert place in places[name], (path.name, file, place)
            found += 1
    assert found > 1000


def test_what_a_reader_does_not_need_is_folded(notebook: nbformat.NotebookNode) -> None:
    """Imports, the code of charts and what is asserted of rows; the lines that make a table are seen."""
    for cell in code(notebook):
        hidden = cell.id in ("imports", "load", "words-on-rows") or "charts.start(" in cell.source
        assert bool(cell.metadata.get("jupyter", {}).get("source_hidden")) == hidden, cell.id


def test_notebooks_are_small() -> None:
    sizes = [path.stat().st_size for path in PATHS]
    assert max(sizes) < 1_000_000 and sum(sizes) < 4_000_000
