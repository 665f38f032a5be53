"""The PDF: what is in it, that it is the same on every run, and that text stays text."""

from __future__ import annotations

import io
import itertools
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import get_export_names, get_exporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pypdf import PdfReader

from shenyang import publish
from shenyang.facts import Facts
from shenyang.publish import ReportError, Setter

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def chapters() -> list[tuple[str, nbformat.NotebookNode]]:
    return [(name, nbformat.read(ROOT / f"notebooks/{name}.ipynb", 4)) for name in publish.NOTEBOOKS]


@pytest.fixture(scope="module")
def made(chapters: list) -> tuple[bytes, list[str]]:
    return publish.typeset(chapters)


@pytest.fixture(scope="module")
def pdf(made: tuple[bytes, list[str]]) -> PdfReader:
    return PdfReader(io.BytesIO(made[0]))


@pytest.fixture(scope="module")
def words(pdf: PdfReader) -> str:
    """The text of the pages without running heads and page numbers."""
    pages = []
    for n, page in enumerate(pdf.pages, 1):
        pages.append("\n".join(x for x in page.extract_text().split("\n") if x.strip() not in (publish.TITLE, str(n))))
    return "\n".join(pages)


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "")


def small(*cells: nbformat.NotebookNode) -> list[tuple[str, nbformat.NotebookNode]]:
    notebook = new_notebook(cells=[new_markdown_cell("# Title", id="title"), *cells])
    return [("small", notebook)]


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_everything_could_be_set(made: tuple[bytes, list[str]]) -> None:
    assert made[1] == []


def test_every_card_is_kept_on_one_page(chapters: list, f: Facts) -> None:
    source = Setter("06_evidence", frozenset()).notebook(dict(chapters)["06_evidence"])
    assert source.count("#together[") == len(f.by_id)


def test_it_is_the_same_on_every_run(made: tuple[bytes, list[str]], chapters: list) -> None:
    assert publish.typeset(chapters)[0] == made[0]


def test_it_holds_every_fact_and_no_replacement_character(words: str, f: Facts) -> None:
    flat = squeezed(words)
    assert "\ufffd" not in words
    for fact in f.by_id.values():
        assert squeezed(fact.english) in flat, fact.id
        assert squeezed(fact.chinese) in flat, fact.id


def test_it_holds_the_article(words: str, f: Facts) -> None:
    flat = squeezed(words)
    assert squeezed("登记技术合同6521项,技术合同成交额达到249.3亿元,同比增长56.11%") in flat
    for span in f.article.paragraphs():
        assert squeezed(f.article.text[span.start : span.end]) in flat


def test_fonts_are_embedded_and_ours(pdf: PdfReader) -> None:
    names = set()
    for page in pdf.pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)
            names.add(font["/BaseFont"].split("+")[-1].removesuffix("-Identity-H"))
    assert any(n.startswith("ReportSansSC-Regular") for n in names)
    assert any(n.startswith("ReportSansSC-Bold") for n in names)
    assert all(n.startswith(("ReportSansSC", "DejaVuSansMono")) for n in names), names


def test_it_claims_the_standards_and_its_title(pdf: PdfReader) -> None:
    xmp = pdf.xmp_metadata.stream.get_data().decode()
    assert "pdfuaid:part>1<" in xmp and "pdfaid:part>2<" in xmp and "pdfaid:conformance>A<" in xmp
    assert pdf.metadata.title == publish.TITLE
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert pdf.metadata.creation_date.date().isoformat() == "2023-08-29"


def test_every_figure_has_its_alternative_text(pdf: PdfReader, f: Facts) -> None:
    found, stack = set(), [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while stack:
        node = stack.pop().get_object()
        if isinstance(node, list):
            stack += node
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                found.add(str(node["/Alt"]))
            if "/K" in node:
                stack.append(node["/K"])
    assert found == {f.figure(r["id"])["alt_en"] for r in f.tables["figures"]}


def test_links_lead_into_the_document(pdf: PdfReader) -> None:
    inside = 0
    for page in pdf.pages:
        for reference in page.get("/Annots") or []:
            note = reference.get_object()
            assert note["/Subtype"] == "/Link"
            inside += "/Dest" in note or note.get("/A", {}).get("/S") == "/GoTo"
            assert note.get("/A", {}).get("/S") != "/URI"
    assert inside > 300


@pytest.mark.parametrize(
    "hostile",
    ['"]; #panic("x") //', "#read(\"/etc/passwd\")", "$x$ *b* _e_ `c` <l> @r \\ #h", "\\u{41} \\n", "/* no comment */ // nor this", "= no heading"],
)  # fmt: skip
def test_text_stays_text(hostile: str) -> None:
    table = {
        "caption": hostile,
        "columns": [{"header": hostile, "end": False, "share": 1.0}],
        "rows": [[{"text": hostile, "fact": "", "hover": ""}]],
        "note": hostile,
    }
    outputs = [
        new_output("stream", name="stdout", text=hostile),
        new_output("display_data", {publish.MIME: table}),
        new_output("display_data", {"text/plain": hostile}),
    ]
    pdf, _ = publish.typeset(small(new_code_cell("1", id="code", outputs=outputs)), title=hostile)
    assert squeezed(text_of(pdf)).count(squeezed(hostile)) >= 5


def test_markdown_is_set() -> None:
    text = (
        "## Two\n\nA *b* **c** `d` ~~e~~ [web](https://example.org) [page](other.md)\n"
        "汉\n字 and\nlatin\n\n- one\n  - two\n\n1. first\n2. second\n\n> quoted\n\n```python\nx = 1\n```\n\n"
        "| h1 | h2 |\n|---|---|\n| c1 | c2 |\n\n---\n"
    )
    pdf, warnings = publish.typeset(small(new_markdown_cell(text, id="m")))
    found = text_of(pdf)
    assert warnings == []
    assert "汉字 and latin" in found.replace("\n", " ")
    for word in ("Two", "web", "page", "one", "two", "first", "second", "quoted", "x = 1", "h1", "c2"):
        assert word in found


def test_what_cannot_be_set_is_named_with_its_cell() -> None:
    cells = [
        new_markdown_cell("<div>raw</div>", id="html"),
        new_code_cell("1", id="out", outputs=[new_output("display_data", {"application/x-unknown": "x"})]),
        new_code_cell(
            "2", id="rich", outputs=[new_output("display_data", {"text/html": "<b>x</b>", "text/plain": "x"})]
        ),
    ]
    _, warnings = publish.typeset(small(*cells))
    assert [w.split(": ")[0] for w in warnings] == [
        "small.ipynb, cell html",
        "small.ipynb, cell out",
        "small.ipynb, cell rich",
    ]


def test_a_character_without_a_glyph_is_an_error() -> None:
    with pytest.raises(ReportError, match="could not be displayed"):
        publish.typeset(small(new_markdown_cell("\U0001f600", id="m")))


def test_code_is_hidden_unless_asked_for() -> None:
    chapter = small(new_code_cell("secret_name = 1", id="c"))
    assert "secret_name" not in text_of(publish.typeset(chapter)[0])
    assert "secret_name" in text_of(publish.typeset(chapter, code=True)[0])


def test_nothing_is_executed_and_tags_hide() -> None:
    outputs = [new_output("stream", name="stdout", text="shown")]
    removed = new_code_cell("raise SystemExit", id="c", outputs=outputs, metadata={"tags": ["remove-output"]})
    assert "shown" not in text_of(publish.typeset(small(removed))[0])


def test_links_out_of_the_report_become_text() -> None:
    setter = Setter("a", frozenset({"a:x", "b:"}))
    assert setter._link("a.ipynb#cell-id=x", "t") == "#link(<a:x>)[t];"
    assert setter._link("#cell-id=x", "t") == "#link(<a:x>)[t];"
    assert setter._link("b.ipynb", "t") == "#link(<b:>)[t];"
    assert setter._link("a.ipynb#cell-id=gone", "t") == "t"
    assert setter._link("javascript:alert(1)", "t") == "t"


def test_the_exporter_is_in_jupyter_s_list(tmp_path: Path) -> None:
    assert "report_pdf" in get_export_names()
    exporter = get_exporter("report_pdf")()
    path = shutil.copy(ROOT / "notebooks/00_summary.ipynb", tmp_path)
    body, resources = exporter.from_filename(str(path))
    assert body.startswith(b"%PDF-") and resources["output_extension"] == ".pdf"
    assert "Do the numbers agree with each other?" in text_of(body)


def test_lists_keep_their_numbers_and_progress_bars_their_last_state() -> None:
    outputs = [new_output("stream", name="stdout", text="1%\r50%\r100%\r\nnext \x1b[31mred\x1b[0m \x1b]8;;x\x07link")]
    pdf, _ = publish.typeset(
        small(new_markdown_cell("3. third\n4. fourth", id="m"), new_code_cell("1", id="c", outputs=outputs))
    )
    found = text_of(pdf)
    assert "3. third" in found and "4. fourth" in found
    assert "100%" in found and "50%" not in found and "next red link" in found and "\ufffd" not in found


def test_the_title_is_the_first_heading_and_not_a_comment_in_code() -> None:
    notebook = new_notebook(
        cells=[new_markdown_cell("```\n# comment\n```"), new_markdown_cell("# A *b* [6][x]\n\n[x]: y")]
    )
    assert publish._first_heading(notebook) == "A b 6"


def test_a_wide_table_that_must_stay_together_turns_the_page() -> None:
    table = {
        "caption": "Wide",
        "columns": [{"header": "x" * 60, "end": False, "share": 1.0}] * 2,
        "rows": [],
        "note": "",
    }
    cell = new_code_cell(
        "1", id="c", outputs=[new_output("display_data", {publish.MIME: table})], metadata={"tags": ["keep-together"]}
    )
    pdf = PdfReader(io.BytesIO(publish.typeset(small(cell))[0]))
    assert [p.mediabox.width > p.mediabox.height for p in pdf.pages] == [False, True]


def test_a_failing_cell_is_named(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    notebook = new_notebook(cells=[new_code_cell("1 / 0", id="bad")])
    with pytest.raises(ReportError, match=r"x.ipynb, cell bad: ZeroDivisionError"):
        publish.run(notebook, "x", tmp_path)


def test_pages_hold_no_empty_one(pdf: PdfReader) -> None:
    assert 10 <= len(pdf.pages) <= 120
    assert all(len(page.extract_text()) > 100 for page in pdf.pages)


def test_no_word_is_set_over_another(made: tuple[bytes, list[str]], tmp_path: Path, needs: object) -> None:
    """Typst overprints a word that is wider than its column without a warning; poppler knows where each word stands."""
    needs("pdftotext", "poppler-utils")
    (tmp_path / "r.pdf").write_bytes(made[0])
    subprocess.run(["pdftotext", "-bbox", "r.pdf", "r.html"], cwd=tmp_path, check=True)
    pages = (tmp_path / "r.html").read_text("utf-8").split("<page ")[1:]
    assert len(pages) == len(PdfReader(io.BytesIO(made[0])).pages)
    pattern = r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
    for n, page in enumerate(pages, 1):
        width = float(re.search(r'width="([\d.]+)"', page)[1])
        words = sorted((float(y), float(x), float(x2), w) for x, y, x2, _, w in re.findall(pattern, page))
        assert all(x2 <= width - 60 for _, _, x2, _ in words), f"page {n}: text in the margin"
        for (y1, _, end, left), (y2, start, _, right) in itertools.pairwise(words):
            if abs(y1 - y2) < 0.1:
                assert start >= end - 0.5, f"page {n}: {left!r} runs into {right!r}"


def test_a_table_that_cannot_fit_is_named() -> None:
    wide = {
        "caption": "Wide",
        "columns": [{"header": "x" * 90, "end": False, "share": 1.0}] * 2,
        "rows": [],
        "note": "",
    }
    with pytest.raises(ReportError, match="'Wide' is too wide"):
        publish.typeset(small(new_code_cell("1", id="c", outputs=[new_output("display_data", {publish.MIME: wide})])))


def test_poppler_opens_it_without_complaint(made: tuple[bytes, list[str]], tmp_path: Path, needs: object) -> None:
    needs("pdftoppm", "poppler-utils")
    (tmp_path / "r.pdf").write_bytes(made[0])
    done = subprocess.run(["pdftoppm", "-r", "20", "-png", "r.pdf", "p"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(tmp_path.glob("p-*.png"))) == len(PdfReader(io.BytesIO(made[0])).pages)
