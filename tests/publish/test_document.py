"""Any notebook to PDF and HTML: nothing lost in silence, nothing executed, nothing read that is not the notebook's."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import Browser

from support import notebooks
from support.pdf import crowded, images, overprints, squeezed, text_of
from tieout.publish import report as reports
from tieout.publish import setting, typst
from tieout.publish.document.cells import chapter, first_heading
from tieout.publish.document.clean import Cleaner
from tieout.publish.document.pictures import address, content_of, crop
from tieout.publish.report import Report
from tieout.publish.typst import compile
from tieout.text.terminal import plain

#: What is not set as it is, by cell: each is named, and nothing else is.
WARNINGS = {
    "basic": ["a link to 'data.csv' is set as text"],
    "maths": ["a formula is set as its source"],
    "images": [
        "the picture 'https://example.org/x.png' is left out: nothing is fetched",
        "the picture '../outside.png' is left out: it is outside the notebook's folder",
        "the picture '..%2foutside.png' is left out: it is outside the notebook's folder",
        "the picture 'linked.png' is left out: it is outside the notebook's folder",
        "the picture 'missing.png' is left out: there is no such picture",
        "a picture has no alternative text",
    ],
    "html": ["<script> is left out", "<iframe> is left out", "<video> is left out"],
    "scripts": ["no font has U+"],
    "evil-md-6": ["<script> is left out"],
    "evil-md-7": ["the picture 'x' is left out: there is no such picture"],
    "noalt": ["a picture has no alternative text"],
    "broken-png": ["Typst refuses it (failed to decode image"],
    "broken-svg": ["Typst refuses it (failed to parse SVG"],
    "evil-svg": ["an SVG with scripts or outside parts is left out"],
    "svg-file": ["an SVG with scripts or outside parts is left out"],
    "svg-text": ["no font has U+1F9EA"],
    "latex-doc": ["LaTeX that is more than a formula is set as its source"],
    "plotly": ["HTML that only a browser can show is set as its plain text"],
    "widget": ["application/vnd.jupyter.widget-view+json cannot be set, its plain text is"],
    "unknown": ["application/x-unknown cannot be set"],
    "raw-latex": ["a raw cell of text/latex is left out"],
}
#: Words of every kind of content; each must be on the page.
WORDS = [
    "Starts at level three",
    "three",
    "four",
    "done",
    "open",
    "third",
    "nested quote",
    "list in quote",
    "First note with style",
    "Second.",
    "left",
    "22",
    "def f(x):",
    "Level five after three",
    "unclosed",
    "wide",
    "never closed",
    "video words",
    "custom words",
    "Sum",
    "inside",
    "مرحبا",
    "שלום",
    "😀",
    "plain",
    "bold green",
    "orange",
    "100%",
    "a warning",
    "line 299 of a long stream",
    "ValueError: bad <b> #panic()",
    "汉字",
    "b & c",
    "333",
    "top",
    "column_59",
    "cell2_59",
    "text of row 599",
    "group19",
    "longvalue39",
    "A title",
    "1,234",
    "Source note",
    "the words of a broken picture",
    "the words of a broken svg",
    "evil svg",
    "svg with a file",
    "markdown output",
    "\\begin{tabular}{ll} a & b \\end{tabular}",
    "plain words of plotly",
    "IntSlider(value=3)",
    '"a": 1',
    "raw words",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook's folder with a picture of its own, and pictures beside it that are not the notebook's."""
    home = tmp_path_factory.mktemp("home")
    (home / "notebooks").mkdir()
    for name in ("outside.png", "notebooks/beside.png", "secret.png"):
        (home / name).write_bytes(base64.b64decode(notebooks.PNG))
    (home / "notebooks/linked.png").symlink_to(home / "outside.png")
    return home / "notebooks"


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return reports.single("torture", notebooks.torture(str(folder / "executed")), folder=folder)


@pytest.fixture(scope="module")
def pdf(report: Report) -> bytes:
    return setting.pdf(report)


@pytest.fixture(scope="module")
def words(pdf: bytes) -> str:
    return squeezed(text_of(pdf))


@pytest.fixture(scope="module")
def page(report: Report, pdf: bytes) -> str:
    return setting.html(report)


def test_what_is_not_set_is_named_with_its_cell_and_nothing_else_is(report: Report, pdf: bytes, page: str) -> None:
    found: dict[str, list[str]] = {}
    for warning in report.warnings:
        cell, message = re.fullmatch(r"torture\.ipynb, cell ([\w-]+): (.*)", warning).groups()
        found.setdefault(cell, []).append(message)
    assert set(found) == set(WARNINGS)
    for cell, messages in WARNINGS.items():
        assert len(found[cell]) == len(messages), (cell, found[cell])
        for message, wanted in zip(found[cell], messages, strict=True):
            assert message.startswith(wanted), cell


def test_every_kind_of_content_is_in_the_pdf(words: str) -> None:
    for word in WORDS:
        # Arabic and Hebrew come out of a PDF in the order in which they are drawn.
        assert squeezed(word) in words or squeezed(word)[::-1] in words, word
    assert "mustnotbeshown" not in words and "secret_code" not in words


def test_every_kind_of_content_is_in_the_page(page: str) -> None:
    text = squeezed(BeautifulSoup(page, "html.parser").main.get_text())
    for word in WORDS:
        assert squeezed(word) in text or word in ("the words of a broken picture", "the words of a broken svg"), word
    for alt in ("the words of a broken picture", "the words of a broken svg", "A red bar", "A dot"):
        assert f'alt="{alt}"' in page
    assert "mustnotbeshown" not in text and "secret_code" not in text


@pytest.mark.parametrize("evil", notebooks.EVIL[:6])
def test_markup_of_typst_stays_text(evil: str, words: str) -> None:
    """Twice as a stream and as plain text; as Markdown and HTML what they make of it."""
    assert words.count(squeezed(evil)) >= 2


def test_long_words_wide_and_long_tables_stay_on_their_pages(pdf: bytes) -> None:
    assert overprints(pdf) == []
    assert crowded(pdf) == []
    shapes = [image.shape for image in images(pdf)]
    wide = [width > height for height, width in shapes]
    assert any(wide) and not all(wide) and len(wide) < 60


@pytest.mark.parametrize(("right", "down", "seen"), [(20, 0, True), (20, 6, True), (70, 0, False), (0, 20, False)])
def test_a_word_over_another_is_seen(right: int, down: int, seen: bool) -> None:
    """Beginning in it, or reaching into it from another line; not beside or under it."""
    pair = f"#set text(12pt)\n#place[overprinted]\n#place(dx: {right}pt, dy: {down}pt)[words]"
    assert bool(overprints(compile.pdf('#set document(title: "x")\n' + pair, {}))) == seen


def test_a_word_in_the_margin_is_seen() -> None:
    page = '#set document(title: "x")\n#set page(width: 300pt, height: 200pt, margin: 60pt)\n'
    assert crowded(compile.pdf(page + "marginal", {})) == []
    [found] = crowded(compile.pdf(page + "#place(dx: 150pt)[marginal]", {}))
    assert found.startswith("page 1: ")


def test_nothing_is_executed_fetched_or_read_from_elsewhere(report: Report, folder: Path, page: str) -> None:
    assert not (folder / "executed").exists()
    sources = [str(i["src"]) for body in report.bodies() for i in body.find_all("img")]
    assert len(sources) == 9 and all(s.startswith("data:image/") for s in sources)
    assert "<script>window" not in page and "onerror=" not in re.sub(r"&lt;img[^&]*&gt;", "", page)
    assert page.count("<script") == 1


def test_the_same_notebook_gives_the_same_bytes(pdf: bytes, page: str, folder: Path) -> None:
    again = reports.single("torture", notebooks.torture(str(folder / "executed")), folder=folder)
    assert setting.pdf(again) == pdf and setting.html(again) == page


def test_typst_cannot_read_what_it_was_not_given(tmp_path: Path) -> None:

    (tmp_path / "near.txt").write_text("secret")
    for path in (tmp_path / "near.txt", "/etc/hostname", "../near.txt"):
        with pytest.raises(typst.SetError):
            typst.pdf(f'#set document(title: "x")\n#read({typst.literal(str(path))})', {})


@pytest.mark.parametrize("width", [360, 1400])
def test_a_browser_runs_nothing_of_it_and_asks_for_nothing(
    width: int, page: str, tmp_path: Path, browser: Browser
) -> None:
    (tmp_path / "torture.html").write_text(page, "utf-8")
    tab = browser.new_page(viewport={"width": width, "height": 800})
    asked, said = [], []
    tab.on("request", lambda r: asked.append(r.url))
    tab.on("console", lambda m: said.append(m.text))
    tab.on("pageerror", lambda e: said.append(str(e)))
    tab.goto((tmp_path / "torture.html").as_uri())
    tab.wait_for_timeout(300)
    assert [u for u in asked if not u.startswith("data:")] == [(tmp_path / "torture.html").as_uri()]
    assert said == [] and tab.evaluate("window.hacked") is None
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.close()


# --- pieces ---------------------------------------------------------------------------------


CLEAN = yaml.safe_load((Path(__file__).parent / "pairs/clean.yml").read_text("utf-8"))


@pytest.mark.parametrize("pair", CLEAN, ids=[p["name"] for p in CLEAN])
def test_of_markdown_and_html_is_left_what_was_looked_at(pair: dict) -> None:
    said: list[str] = []
    cleaner = Cleaner("n", said.append, "c")
    nodes = cleaner.markdown(pair["markdown"]) if "markdown" in pair else cleaner.html(pair["html"])
    assert ("".join(map(str, nodes)), said) == (pair["clean"], pair.get("said", []))


def shown(*cells: object) -> str:
    return str(chapter("n", new_notebook(cells=list(cells))).body)


def test_a_line_break_between_chinese_characters_is_no_space() -> None:
    assert "<p>汉字 and\nlatin</p>" in shown(new_markdown_cell("汉\n字 and\nlatin"))


@pytest.mark.parametrize(
    "html",
    [
        '<div class="exhibit">words</div>',
        '<table class="exhibit"><tr><td>a</td></tr></table><p>words</p>',
        '<table class="exhibit"><tr><td>a</td></tr></table><p class="other">words</p><p class="note">more</p>',
        '<table class="exhibit"><tr><td>words</td></tr><tr></tr></table>',
    ],
)
def test_a_class_of_ours_in_anybody_s_output_breaks_nothing(html: str) -> None:
    output = new_output("display_data", {"text/html": html})
    report = reports.single("n", new_notebook(cells=[new_code_cell("x", outputs=[output])]))
    assert "words" in text_of(setting.pdf(report)) and "words" in setting.html(report)


def test_progress_bars_show_their_last_state() -> None:
    assert plain("1%\r50%\r100%\r\nnext\x1b]8;;x\x07link ab\bc\n") == "100%\nnextlink ac"


def test_links_are_resolved_or_named() -> None:
    made = chapter("n", new_notebook(cells=[new_markdown_cell("[a](01_platforms.ipynb#cell-id=x) [e](evidence/derived.md#smes_earlier) [b](#cell-id=y) [c](o.ipynb) [d](../x.csv) [e](HTTPS://e.org/<>)", id="m")]))  # fmt: skip
    assert [a.get("data-to") for a in made.body.find_all("a")][:5] == [
        "01_platforms:x",
        "evidence:smes_earlier",
        "n:y",
        "o:",
        None,
    ]
    assert made.warnings == ["n.ipynb, cell m: a link to '../x.csv' is set as text"]


def test_a_link_to_a_place_in_code_leads_to_the_code() -> None:
    notebook = new_notebook(cells=[new_markdown_cell('# T\n\n<code><b id="x">a</b></code> <a href="#x">go</a>')])
    report = reports.single("n", notebook)
    assert setting.pdf(report).startswith(b"%PDF-") and report.warnings == []


def test_headings_are_found_where_jupyterlab_finds_them() -> None:
    text = shown(new_markdown_cell("# A b\n\n[go](#A-b)"))
    assert 'id="n:-A-b"' in text and 'data-to="n:-A-b"' in text


def test_a_caption_joins_the_picture_before_it() -> None:
    words = {"image/svg+xml": {"alt": "a", "number": "Figure 9", "title": "T", "subtitle": "S", "source": "From"}}
    svg = new_output("display_data", {"image/svg+xml": notebooks.SVG}, metadata=words)
    caption = new_output("display_data", {"text/markdown": "**Figure 9.** Read it so."}, metadata={"text/markdown": {"caption": "x"}})  # fmt: skip
    figure = chapter("n", new_notebook(cells=[new_code_cell("1", outputs=[svg, caption])])).body.find("figure")
    assert figure.get_text(" ", strip=True) == "Figure 9 T S Read it so. From"


def test_a_picture_is_cropped_by_its_view() -> None:
    svg = '<svg height="200pt" viewBox="0 0 500 200" width="500pt">'
    assert crop(svg, 40, 10) == '<svg height="150pt" viewBox="0 40 500 150" width="500pt">'
    assert crop("<svg>", 40, 10) == "<svg>"


def test_an_address_holds_its_picture() -> None:
    assert content_of(address(b"\x00x", "image/png")) == (b"\x00x", "image/png")


def test_the_title_is_the_first_heading_and_not_a_comment_in_code() -> None:
    cells = [new_markdown_cell("```\n# comment\n```"), new_markdown_cell("# A *b* [6][x]\n\n[x]: y")]
    assert first_heading(new_notebook(cells=cells)) == "A b 6"


def test_a_notebook_without_cell_ids_or_headings_is_set() -> None:
    notebook = new_notebook(cells=[new_markdown_cell("words"), new_markdown_cell("more words")])
    for cell in notebook.cells:
        del cell["id"]
    notebook.nbformat_minor = 4
    assert "more words" in text_of(setting.pdf(reports.single("old notebook, 沈阳", notebook)))
