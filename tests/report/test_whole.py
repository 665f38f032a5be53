"""The whole report: what is in it, that links lead somewhere, that it is the same on every run."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import get_export_names, get_exporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pypdf import PdfReader

from support import ROOT
from support.pdf import crowded, overprints, pages_of, squeezed, text_of
from tieout.data.dataset import Dataset
from tieout.errors import ReportError
from tieout.project import run
from tieout.publish import report as reports
from tieout.publish import setting
from tieout.publish.report import Report
from tieout.show import marked

#: Pages of prose, tables and appendices; a change that doubles or halves them was not meant.
PAGES = range(80, 160)


@pytest.fixture(scope="module")
def report(composed: Report) -> Report:
    return composed


@pytest.fixture(scope="module")
def made(composed_pdf: bytes) -> bytes:
    return composed_pdf


@pytest.fixture(scope="module")
def pdf(made: bytes) -> PdfReader:
    """What is not seen of it: tags, links, bookmarks, fonts."""
    return PdfReader(io.BytesIO(made))


@pytest.fixture(scope="module")
def pages(made: bytes) -> list[str]:
    return pages_of(made)


@pytest.fixture(scope="module")
def words(pages: list[str]) -> str:
    return squeezed("\n".join(pages))


def single(*cells: nbformat.NotebookNode, code: bool = False) -> Report:
    return reports.single("small", new_notebook(cells=list(cells)), code)


def elements(pdf: PdfReader) -> list[dict]:
    """The elements of the structure tree."""
    found, stack = [], [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while stack:
        node = stack.pop().get_object()
        if isinstance(node, list):
            stack += node
        elif isinstance(node, dict):
            found.append(node)
            stack += [node["/K"]] if "/K" in node else []
    return found


# --- the PDF ----------------------------------------------------------------------------


def test_everything_could_be_set(report: Report, made: bytes) -> None:
    assert made.startswith(b"%PDF-") and report.warnings == []


def test_it_has_every_figure_and_every_table_by_number(words: str, report: Report, f: Dataset) -> None:
    for row in f.tables["figures"]:
        figure = f.figure(row["id"])
        assert squeezed(f"Figure {row['number']} {figure['title_en']}") in words
        for part in ("subtitle_en", "caption_en"):
            assert squeezed(figure[part]) in words, (row["id"], part)
        assert squeezed(f"data: figures/{row['id']}.csv") in words
    tables = [t for body in report.bodies() for t in body.find_all("table")]
    assert [t["data-number"] for t in tables] == [f"Table {n}" for n in range(1, len(tables) + 1)]
    assert len(tables) > 20
    for table in tables:
        assert squeezed(table["data-number"] + table.find("caption").get_text()) in words
        assert table.find_parent("div", class_="exhibit").find("p", class_="source"), table["data-number"]


def test_no_page_holds_the_head_and_the_foot_of_a_table_without_a_row(report: Report, pages: list[str]) -> None:
    squeezed_pages = [squeezed(page) for page in pages]
    for table in (t for body in report.bodies() for t in body.find_all("table") if t.find("thead")):
        box = table.find_parent("div", class_="exhibit")
        head = squeezed("".join(cell.get_text() for cell in table.find("thead").find_all("th")))
        foot = squeezed(box.find("p").get_text())[:20] if box and box.find("p") else ""
        alone = [n for n, page in enumerate(squeezed_pages, 1) if foot and head + foot in page]
        assert alone == [], table["data-number"]


def test_figures_come_in_the_order_of_their_numbers(report: Report, f: Dataset) -> None:
    found = [n.get_text() for body in report.bodies() for n in body.select("figure span.number")]
    assert found == [f"Figure {n}" for n in range(1, len(f.tables["figures"]) + 1)]


def test_it_holds_every_fact_and_no_replacement_character(words: str, f: Dataset) -> None:
    assert "\ufffd" not in words
    for fact in f.by_id.values():
        assert squeezed(fact.english) in words, fact.id
        if fact.kind != "claim":
            assert squeezed(fact.chinese) in words, fact.id


def test_each_claim_has_its_sentence_its_translation_and_its_uses(report: Report, words: str, f: Dataset) -> None:
    notes = {n["id"]: n for body in report.bodies() for n in body.select("div.claim")}
    assert len(notes) == len(f.of_kind("claim"))
    used = 0
    for fact in f.of_kind("claim"):
        assert squeezed(fact.row["quote"] + "·" + fact.row["quote_en"]) in words, fact.id
        note = notes[f"evidence:{fact.id}"]
        uses = note.find("span", class_="uses")
        used += bool(uses)
        assert uses or "Not used in the chapters" in note.get_text()
    assert used > 70


def test_the_article_is_printed_whole(words: str, f: Dataset) -> None:
    """Piece by piece, for claims' numbers and page breaks stand in between."""
    for span in f.article.paragraphs():
        plain = squeezed(f.article.text[span.start : span.end])
        pieces = [plain[i : i + 4] for i in range(0, len(plain) - 3)]
        lost = [p for p in pieces if p not in words]
        marks = sum(span.start <= start < span.end for start, _ in marked.marks(f))
        assert len(lost) <= 3 * marks + 6, (plain[:20], lost)


def test_cross_references_say_numbers(report: Report) -> None:
    links = [a for body in report.bodies() for a in body.find_all("a", attrs={"data-to": True})]
    texts = Counter(re.sub(r"\d+", "N", a.get_text()) for a in links if not a.find_parent(class_="uses"))
    assert texts["Table N"] >= 2 and texts["Figure N"] >= 1 and texts["Chapter N"] > 10
    assert not [t for t in texts if re.fullmatch(r"N_\w+|(?:the |this )?(?:figure|table)", t, re.I)]


def test_every_link_leads_to_a_place(report: Report, pdf: PdfReader, f: Dataset) -> None:
    """Inside the report; outside only to other sources that print on their own site."""
    addresses = {r["address"] for r in f.tables["sources"] if r["reliability"] != "reprint"}
    places = {n["id"] for body in report.bodies() for n in [body, *body.find_all(id=True)] if n.get("id")}
    wanted = {a["data-to"] for body in report.bodies() for a in body.find_all("a", attrs={"data-to": True})}
    assert wanted <= places
    inside = 0
    names = set(pdf.named_destinations)
    for page in pdf.pages:
        for reference in page.get("/Annots") or []:
            note = reference.get_object()
            assert note["/Subtype"] == "/Link"
            if note.get("/A", {}).get("/S") == "/URI":
                assert note["/A"]["/URI"] in addresses
                continue
            to = note.get("/Dest") or note["/A"]["/D"]
            assert to in names if isinstance(to, str) else to[0].get_object()["/Type"] == "/Page"
            inside += 1
    assert inside > 1500


def test_links_run_both_ways(report: Report) -> None:
    """Number to sentence, sentence to where it is used."""
    uses = {a["id"]: a["data-to"] for body in report.bodies() for a in body.select('a[id^="use:"]')}
    listed = {u: s.find_parent(["div", "li"], id=True)["id"] for b in report.bodies() for s in b.select("span.uses") for u in s["data-uses"].split()}  # fmt: skip
    assert uses == listed


def test_every_figure_is_cited_in_the_text_before_it_stands(report: Report) -> None:
    for body in report.bodies():
        nodes = list(body.descendants)
        for figure in body.select("figure"):
            number = figure.select_one("span.number").get_text()
            cited = [a for a in body.find_all("a") if a.get_text() == number and not a.find_parent("figure")]
            assert cited and nodes.index(cited[0]) < nodes.index(figure), number


def test_the_list_of_figures_gives_the_pages_on_which_they_stand(pages: list[str], f: Dataset) -> None:
    """A figure that is moved away from its place would leave the page of the place in the list."""
    front = "\n".join(pages[2:6])
    for row in f.tables["figures"]:
        number, title = f"Figure {row['number']}", f.figure(row["id"])["title_en"]
        listed = re.search(rf"{number}\s(?:(?!Figure).)*?\s(\d+)\s*$", front, re.M | re.S)
        assert listed, number
        assert squeezed(number + title) in squeezed(pages[int(listed[1]) - 1]), (number, listed[1])


def test_bookmarks_name_the_chapters_and_their_questions(pdf: PdfReader) -> None:
    def flat(entries: list) -> list[str]:
        return [t for e in entries for t in (flat(e) if isinstance(e, list) else [e.title])]

    titles = flat(pdf.outline)
    assert sum(bool(re.match(r"\d Platforms 平台|\d \S|Appendix [A-D]|Summary|Details", t)) for t in titles) >= 8
    assert any("How many of the national platforms are new?" in t for t in titles)


def test_the_front_matter_comes_first(pages: list[str], report: Report) -> None:
    assert squeezed(report.project.title) in squeezed(pages[0]) and report.project.title_zh in squeezed(pages[0])
    assert "Answer." in pages[1] and "What are the findings?" in pages[1]
    assert squeezed("named in the province’s newspaper, all of them in Shenyang") in squeezed(pages[1])
    assert "Contents" in pages[2], "the summary is one page"


def test_running_heads_and_page_numbers(pages: list[str], report: Report) -> None:
    assert len(pages) in PAGES
    for n, text in enumerate(pages[2:], 3):
        assert squeezed(report.project.title) in squeezed(text) and re.search(rf"(?<!\d){n}(?!\d)", text), n
        assert len(text) > 400, f"page {n} is all but empty"


def test_fonts_are_embedded_and_ours(pdf: PdfReader) -> None:
    names = set()
    for page in pdf.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)
            assert re.match(r"/[A-Z]{6}\+", font["/BaseFont"]), "a subset"
            names.add(font["/BaseFont"].split("+")[-1].removesuffix("-Identity-H"))
    assert any(n.startswith("ReportSansSC-Regular") for n in names)
    assert any(n.startswith("ReportSansSC-Bold") for n in names)
    assert all(n.startswith(("ReportSansSC", "DejaVuSans")) for n in names), names


def test_it_claims_the_standards_its_title_and_its_language(pdf: PdfReader, report: Report) -> None:
    xmp = pdf.xmp_metadata.stream.get_data().decode()
    assert "pdfuaid:part>1<" in xmp and "pdfaid:part>2<" in xmp and "pdfaid:conformance>A<" in xmp
    assert pdf.metadata.title == report.project.title
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert pdf.metadata.creation_date.date().isoformat() == "2023-08-29"


def test_alternative_texts_header_rows_and_chinese_are_tagged(pdf: PdfReader, f: Dataset) -> None:
    found = elements(pdf)
    figures = [e for e in found if e.get("/S") == "/Figure"]
    assert {str(e["/Alt"]) for e in figures} == {f.figure(r["id"])["alt_en"] for r in f.tables["figures"]}
    tables = [e for e in found if e.get("/S") == "/Table"]
    assert len(tables) > 20
    for table in tables:
        kinds = Counter(e["/S"] for e in below(table))
        assert kinds["/TH"] and kinds["/THead"] == 1
    assert any(str(e.get("/Lang", "")).startswith("zh") for e in found)


def below(node: dict) -> list[dict]:
    out, stack = [], [node]
    while stack:
        here = stack.pop().get_object()
        if isinstance(here, list):
            stack += here
        elif isinstance(here, dict):
            out += [here] if "/S" in here else []
            stack += [here["/K"]] if "/K" in here else []
    return out


def test_no_word_is_set_over_another(made: bytes) -> None:
    """Typst overprints a word that is wider than its column without a warning."""
    assert overprints(made) == []


def test_every_page_is_drawn_within_its_margins(made: bytes) -> None:
    """Figures and rules, too; head and foot stand nearer to the edge than the sides."""
    assert crowded(made) == []


# --- the exporters ------------------------------------------------------------------------


def test_the_exporters_are_in_jupyter_s_list(tmp_path: Path) -> None:
    assert {"report_pdf", "report_html"} <= set(get_export_names())
    path = shutil.copy(ROOT / "notebooks/00_summary.ipynb", tmp_path)
    body, resources = get_exporter("report_pdf")().from_filename(str(path))
    assert body.startswith(b"%PDF-") and resources["output_extension"] == ".pdf" and "outputs" not in resources
    assert "Do the numbers agree with each other?" in text_of(body)
    body, resources = get_exporter("report_html")().from_filename(str(path))
    assert body.startswith("<!DOCTYPE html>") and resources["output_extension"] == ".html"


def test_a_notebook_by_itself_brings_the_sentences_of_its_numbers() -> None:
    name = "03_technology_transfer"
    report = reports.single(name, run.read(ROOT, name))
    pages = [squeezed(page) for page in pages_of(setting.pdf(report))]
    words = "".join(pages)
    assert report.warnings == []
    assert squeezed("contracts_turnover: 技术合同成交额达到249.3亿元 · the transaction value") in words
    assert "Chapter" not in words and squeezed("Figure 8") in words
    # Its title is its running head, and stands there once.
    title = squeezed(report.parts[0].short)
    assert {page.count(title) for page in pages[1:]} == {1}


def test_the_command_line_works_from_any_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nbconvert", "--to", "report_pdf", "--output-dir", str(tmp_path)]
    done = subprocess.run([*command, str(ROOT / "notebooks/01_platforms.ipynb")], cwd="/", capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "01_platforms.pdf").read_bytes().startswith(b"%PDF-")


def test_code_is_hidden_unless_asked_for() -> None:
    cell = new_code_cell("secret_name = 1", id="c")
    assert "secret_name" not in text_of(setting.pdf(single(cell)))
    assert "secret_name" in text_of(setting.pdf(single(cell, code=True)))
    assert "secret_name" in setting.html(single(cell, code=True))
    exporter = get_exporter("report_html")(exclude_input=False)
    assert "secret_name" in exporter.from_notebook_node(new_notebook(cells=[cell]))[0]


@pytest.mark.parametrize("style", ["-", "_"])
def test_tags_hide_cell_input_or_output(style: str) -> None:
    def cell(tag: str) -> nbformat.NotebookNode:
        outputs = [new_output("stream", name="stdout", text=f"output of {tag};")]
        return new_code_cell(f"input of {tag};", id=tag, outputs=outputs, metadata={"tags": [tag.replace("-", style)]})

    tags = {
        "kept": (True, True), "remove-cell": (False, False), "remove-input": (False, True),
        "remove-output": (True, False), "hide-cell": (False, False), "hide-input": (False, True), "hide-output": (True, False),
    }  # fmt: skip
    page = BeautifulSoup(setting.html(single(*map(cell, tags), code=True)), "html.parser").main.get_text()
    assert {tag: (f"input of {tag};" in page, f"output of {tag};" in page) for tag in tags} == tags


def test_a_cell_that_typst_refuses_is_named_and_its_words_stay() -> None:
    good = new_markdown_cell("# Good", id="good")
    broken = new_output("display_data", {"image/png": "bm90IGEgcGljdHVyZQ==", "text/plain": "what it shows"})
    report = single(good, new_code_cell("1", id="bad", outputs=[broken]))
    words = text_of(setting.pdf(report))
    assert "Good" in words and "what it shows" in words
    [warning] = report.warnings
    assert warning.startswith("small.ipynb, cell bad: Typst refuses it (failed to decode image")


def test_what_no_cell_is_to_blame_for_is_an_error() -> None:
    report = single(new_markdown_cell("# Good", id="good"))
    report.title = ""
    with pytest.raises(ReportError, match=r"the PDF cannot be set: .*title"):
        setting.pdf(report)


def test_a_failing_cell_is_named(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    notebook = new_notebook(cells=[new_code_cell("1 / 0", id="bad")])
    with pytest.raises(ReportError, match=r"x.ipynb, cell bad: ZeroDivisionError"):
        run.run(notebook, "x", tmp_path)
