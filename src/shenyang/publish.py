"""Run the notebooks; set notebooks in Typst; write the PDF.

The exporter sets what a notebook shows and never runs code. User text enters Typst as
string literals only, so nothing in data or prose can become markup.
"""

from __future__ import annotations

import base64
import itertools
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import nbclient
import nbformat
from markdown_it import MarkdownIt
from markdown_it.token import Token
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets.config import Config

from shenyang import article as source
from shenyang import evidence, prose
from shenyang.article import write
from shenyang.facts import Facts
from shenyang.tables import MIME

FONTS = Path(__file__).parent / "fonts"
TEMPLATE = Path(__file__).parent / "report.typ"
REPORT = Path("build/shenyang-report.pdf")
TITLE = "Shenyang's answer sheet, audited"
#: The order of the chapters.
NOTEBOOKS = (
    "00_summary",
    "01_platforms",
    "02_enterprises",
    "03_technology_transfer",
    "04_major_projects",
    "06_evidence",
)


class ReportError(RuntimeError):
    """A notebook failed or cannot be set; the message names notebook and cell."""


# --- running --------------------------------------------------------------------


def run(notebook: NotebookNode, name: str, root: Path) -> NotebookNode:
    """Execute a notebook top to bottom in ``root``/notebooks, in place.

    Raises ``ReportError`` naming the cell that failed.
    """
    with tempfile.TemporaryDirectory(prefix="nb-") as folder:
        config = Config()
        connection = Path(folder) / "kernel.json"
        # Sockets of our own where the system has them and their path is not too long for it:
        # two kernels that start at once may pick the same TCP port.
        if os.name == "posix" and len(str(connection)) < 80:
            config.KernelManager.connection_file = str(connection)
            config.KernelManager.transport = "ipc"
        client = nbclient.NotebookClient(
            notebook,
            timeout=600,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,  # a busy machine may send one print in two pieces
            resources={"metadata": {"path": str(root / "notebooks")}},
            config=config,
        )
        try:
            # A report is never made from values that contradict the article.
            client.execute(env=os.environ | {"SHENYANG_ROOT": str(root), "SHENYANG_LENIENT": ""})
        except nbclient.exceptions.CellExecutionError as error:
            failed = (c.id for c in notebook.cells if any(o.output_type == "error" for o in c.get("outputs", [])))
            # An assertion says nothing by itself: its line quotes the words that it guards.
            line = re.search(r"^-+> *\d+ (.*)", _plain(error.traceback), re.M)
            what = error.evalue or (line[1].strip() if line else "")
            raise ReportError(f"{name}.ipynb, cell {next(failed, '?')}: {error.ename}: {what}") from None
        except (nbclient.exceptions.DeadKernelError, TimeoutError) as error:
            raise ReportError(f"{name}.ipynb: {error or 'the kernel died'}") from None
    # The version and name of this machine's kernel are not part of the notebook.
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata = nbformat.from_dict({"kernelspec": kernel, "language_info": {"name": "python"}})
    return notebook


def read(root: Path, name: str) -> NotebookNode:
    """A notebook of ``root``; raises ``ReportError`` if there is none that can be read."""
    try:
        return nbformat.read(root / "notebooks" / f"{name}.ipynb", 4)
    except (OSError, nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise ReportError(f"{name}.ipynb cannot be read: {error}. Restore it from git.") from None


def _save(root: Path, name: str, notebook: NotebookNode) -> bool:
    path, text = root / "notebooks" / f"{name}.ipynb", nbformat.writes(notebook) + "\n"
    changed = path.read_text("utf-8") != text
    if changed:
        write(path, text.encode())
    return changed


def refresh(facts: Facts, root: Path) -> list[str]:
    """Bring prose and evidence cells in step with the data, without running; the names of what changed."""
    changed = []
    for name in NOTEBOOKS:
        notebook = read(root, name)
        if f"{name}.ipynb" == prose.EVIDENCE:
            evidence.sync(notebook, facts)
        if _save(root, name, prose.refresh_notebook(notebook, facts)):
            changed.append(name)
    return changed


def execute(root: Path, say: Callable[[str], None]) -> None:
    """Run every notebook of ``root`` and store the outputs; figures are drawn on the way.

    As many at a time as there are processors, for most of the time goes into starting kernels.
    Raises ``ReportError`` for the first of ``NOTEBOOKS`` that failed.
    """
    with ThreadPoolExecutor(max_workers=min(len(NOTEBOOKS), os.cpu_count() or 1)) as pool:
        running = {name: pool.submit(run, read(root, name), name, root) for name in NOTEBOOKS}
        for n, (name, done) in enumerate(running.items(), 1):
            try:
                _save(root, name, done.result())
            except ReportError:
                pool.shutdown(cancel_futures=True)
                raise
            say(f"ran {name} ({n} of {len(NOTEBOOKS)})")


# --- Typst ------------------------------------------------------------------------

_HAN = r"\u2e80-\u303f\u3400-\u9fff\uff00-\uffef“”‘’…—"


def literal(text: str) -> str:
    """``text`` as a Typst string: nothing in it can become markup."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "\ufffd", escaped) + '"'


def _text(text: str) -> str:
    return f"#{literal(text)};" if text else ""


@dataclass
class Setter:
    """Sets one notebook; collects files for the compiler and warnings for the author.

    ``labels`` are the cells that can be linked to, as ``name:cell id``.
    """

    name: str
    labels: frozenset[str]
    code: bool = False
    files: dict[str, bytes] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    cell: str = ""

    def notebook(self, notebook: NotebookNode) -> str:
        """The body of the chapter."""
        return "\n\n".join(filter(None, (self._cell(c) for c in notebook.cells))) + "\n"

    def _cell(self, cell: NotebookNode) -> str:
        self.cell = cell.get("id", "?")
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type == "raw" or "remove-cell" in tags:
            return ""
        anchor = f"#metadata(none) {_label(f'{self.name}:{self.cell}')}\n" if "id" in cell else ""
        if cell.cell_type == "markdown":
            return anchor + self.markdown(cell.source)
        parts = []
        if self.code and "remove-input" not in tags:
            parts.append(_raw(cell.source, "python"))
        if "remove-output" not in tags:
            for output in cell.outputs:
                body = self._output(output)
                if output.get("metadata", {}).get("text/markdown", {}).get("caption") and parts:
                    body = f"#picture[{parts.pop()}][{body}]"
                parts.append(body)
        body = "\n\n".join(filter(None, parts))
        together = "keep-together" in tags and body and "#page(" not in body  # a page cannot stand in a block
        return anchor + (f"#together[{body}]" if together else body)

    def _output(self, output: NotebookNode) -> str:
        if output.output_type == "stream":
            return _raw(_plain(output.text))
        if output.output_type == "error":
            return _raw(_plain("\n".join(output.traceback) or f"{output.ename}: {output.evalue}"))
        bundle = output.data
        if MIME in bundle:
            return self._table(bundle[MIME])
        for mime, extension in (("image/svg+xml", "svg"), ("image/png", "png"), ("image/jpeg", "jpg")):
            if mime in bundle:
                content = bundle[mime].encode() if extension == "svg" else base64.b64decode(bundle[mime])
                return self._image(content, extension, output.metadata.get(mime, {}))
        if "text/markdown" in bundle:
            return self.markdown(bundle["text/markdown"])
        if "text/plain" in bundle:
            if "text/html" in bundle:
                self._warn("HTML is set as its plain text")
            return _raw(_plain(bundle["text/plain"]))
        self._warn(f"cannot set {', '.join(bundle)}")
        return ""

    def _warn(self, message: str) -> None:
        self.warnings.append(f"{self.name}.ipynb, cell {self.cell}: {message}")

    def _image(self, content: bytes, extension: str, words: dict[str, str]) -> str:
        path = f"{self.name}-{len(self.files)}.{extension}"
        self.files[path] = content
        alt = words.get("alt", "")
        if not alt:
            self._warn("a picture has no alternative text")
            alt = "Picture without a description"
        return f"#block(image({literal(path)}, alt: {literal(alt)}, width: 100%))"

    def _table(self, table: dict) -> str:
        columns = table["columns"]
        try:
            widths, turned = column_widths(table)
        except ValueError as error:
            raise ReportError(f"{self.name}.ipynb, cell {self.cell}: {error}") from None
        align = ", ".join("right" if c["end"] else "left" for c in columns)
        head = ", ".join(f"[{_text(c['header'])}]" for c in columns)
        ends = [c["end"] for c in columns]
        rows = ",\n".join(
            ", ".join(f"[{self._table_cell(c, end)}]" for c, end in zip(row, ends, strict=True))
            for row in table["rows"]
        )
        points = ", ".join(f"{w:.1f}pt" for w in widths)
        words = f"{literal(table['caption'])}, ({points},), ({align},), ({head},), {literal(table['note'])}"
        tabular = f"#tabular({words},\n{rows})"
        return f"#page(flipped: true)[{tabular}]" if turned else tabular

    def _table_cell(self, cell: dict, end: bool) -> str:
        text = _text(_BREAKABLE.sub("\\1\u200b", cell["text"]))
        if end and " " not in cell["text"]:
            text = f"#box[{text}];"  # 1029.62亿元 stays on one line
        return self._link(prose.target(cell["fact"]), text) if cell["fact"] else text

    def _link(self, href: str, body: str) -> str:
        """A link to a cell of this report, or to the web; other addresses become plain text."""
        m = re.fullmatch(r"(?:(?P<name>[\w-]+)\.ipynb)?#cell-id=(?P<cell>[\w-]+)", href)
        if m:
            label = f"{m['name'] or self.name}:{m['cell']}"
            return f"#link({_label(label)})[{body}];" if label in self.labels else body
        if re.match(r"https?://", href):
            return f"#link({literal(href)})[{body}];"
        m = re.fullmatch(r"(?P<name>[\w-]+)\.ipynb", href)
        if m and f"{m['name']}:" in self.labels:
            return f"#link({_label(m['name'] + ':')})[{body}];"
        return body

    # --- Markdown

    def markdown(self, text: str) -> str:
        """CommonMark with tables, as Typst markup."""
        tokens = MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(text)
        return self._blocks(iter(tokens))

    def _blocks(self, tokens: Iterator[Token], end: str = "") -> str:
        out = []
        for t in tokens:
            if t.type == end:
                break
            out.append(self._block(t, tokens))
        return "\n\n".join(filter(None, out))

    def _block(self, t: Token, tokens: Iterator[Token]) -> str:
        match t.type:
            case "heading_open":
                body = self._inline(next(tokens))
                next(tokens)
                return f"#heading(level: {t.tag[1]})[{body}]"
            case "paragraph_open":
                body = self._inline(next(tokens))
                next(tokens)
                return body if t.hidden else f"#par[{body}]"
            case "bullet_list_open" | "ordered_list_open":
                items = []
                for item in tokens:
                    if item.type == t.type.replace("open", "close"):
                        break
                    items.append(f"[{self._blocks(tokens, 'list_item_close')}]")
                start = f"start: {t.attrs['start']}, " if "start" in t.attrs else ""
                return f"#{'list' if t.type[0] == 'b' else 'enum'}({start}{', '.join(items)})"
            case "blockquote_open":
                return f"#quote(block: true)[{self._blocks(tokens, 'blockquote_close')}]"
            case "fence" | "code_block":
                return _raw(t.content.rstrip("\n"), t.info.split()[0] if t.info.split() else "")
            case "hr":
                return "#line(length: 100%, stroke: 0.5pt + gray)"
            case "table_open":
                return self._markdown_table(tokens)
            case "html_block":
                self._warn(f"HTML in Markdown is not set: {t.content.strip()[:40]!r}")
                return _raw(t.content.rstrip("\n"))
        raise ReportError(f"{self.name}.ipynb, cell {self.cell}: cannot set Markdown of kind {t.type}")

    def _markdown_table(self, tokens: Iterator[Token]) -> str:
        rows: list[list[str]] = []
        for t in tokens:
            if t.type == "table_close":
                break
            if t.type == "tr_open":
                rows.append([])
            elif t.type == "inline":
                rows[-1].append(f"[{self._inline(t)}]")
        head, *body = rows
        cells = ", ".join(c for row in body for c in row)
        return f"#table(columns: {len(head)}, table.header({', '.join(head)}), {cells})"

    def _inline(self, token: Token) -> str:
        return self._spans(iter(token.children or []))

    def _spans(self, children: Iterator[Token], end: str = "") -> str:
        out: list[str] = []
        pending = ""  # text is joined first, for a line break between Chinese characters is no space
        for t in children:
            if t.type in ("text", "softbreak"):
                pending += "\n" if t.type == "softbreak" else t.content
                continue
            out.append(_text(_join(pending)))
            pending = ""
            if t.type == end:
                break
            out.append(self._span(t, children))
        return "".join(out) + _text(_join(pending))

    def _span(self, t: Token, children: Iterator[Token]) -> str:
        match t.type:
            case "strong_open":
                return f"#strong[{self._spans(children, 'strong_close')}];"
            case "em_open":
                return f"#emph[{self._spans(children, 'em_close')}];"
            case "s_open":
                return f"#strike[{self._spans(children, 's_close')}];"
            case "link_open":
                return self._link(str(t.attrs.get("href", "")), self._spans(children, "link_close"))
            case "code_inline":
                return f"#raw({literal(t.content)});"
            case "hardbreak":
                return "#linebreak();"
            case "image" | "html_inline":
                self._warn(f"{t.type.replace('_', ' ')} is not set: {t.content[:40]!r}")
                return _text(t.content)
        raise ReportError(f"{self.name}.ipynb, cell {self.cell}: cannot set Markdown of kind {t.type}")


def column_widths(table: dict) -> tuple[list[float], bool]:
    """Widths in points that fill the page, and whether the page has to be turned for them.

    They follow ``share``, but no column is narrower than its longest word: Typst sets a word that
    is too long over the next column without a warning. Raises ``ValueError`` if the longest words
    do not fit beside each other even on a turned page.
    """
    needed = []
    for i, column in enumerate(table["columns"]):
        texts = [column["header"], *(_BREAKABLE.sub("\\1 ", row[i]["text"]) for row in table["rows"])]
        # Chinese breaks anywhere, but not in a column of numbers.
        pieces = _WORDS if column["end"] else _PIECES
        needed.append(_PADDING + max((_word_width(w) for text in texts for w in pieces.findall(text)), default=0.0))
    page = next((width for width in _TEXT_WIDTHS if sum(needed) <= width), None)
    if page is None:
        raise ValueError(f"the table {table['caption']!r} is too wide for the page")
    shares = [c["share"] for c in table["columns"]]
    fixed: set[int] = set()
    while True:
        free = page - sum(needed[i] for i in fixed)
        total = sum(s for i, s in enumerate(shares) if i not in fixed)
        widths = [needed[i] if i in fixed else free * s / total for i, s in enumerate(shares)]
        narrow = {i for i, w in enumerate(widths) if w < needed[i]} - fixed
        if not narrow:
            return widths, page != _TEXT_WIDTHS[0]
        fixed |= narrow


# Upright and turned, as report.typ sets the page; size and padding of table text.
_TEXT_WIDTHS = (459.0, 705.0)
_TABLE_SIZE, _PADDING = 8.0, 8.0
# Where a long name may break: after the underscores and slashes of ids, units and addresses.
_BREAKABLE = re.compile(r"([_/])(?=\w)")
# What does not break: a run of anything but spaces and Chinese.
_PIECES, _WORDS = re.compile(rf"[^\s{_HAN}]+"), re.compile(r"\S+")


def _word_width(word: str) -> float:
    """A generous width in points: bold capitals and digits are the widest."""
    han = len(re.findall(f"[{_HAN}]", word))
    wide = sum(c.isupper() or c.isdigit() or c in "%<=>+mw" for c in word)
    return _TABLE_SIZE * (han + 0.66 * wide + 0.56 * (len(word) - wide - han))


def _join(text: str) -> str:
    """Soft line breaks as spaces, but none between two Chinese characters."""
    return re.sub(rf"(?<=[{_HAN}])\n(?=[{_HAN}])", "", text).replace("\n", " ")


def _plain(text: str) -> str:
    """Terminal text as it stands when all is printed: no colour codes, a progress bar's last state."""
    text = re.sub(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\))", "", text.replace("\r\n", "\n"))
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n")).rstrip("\n")


def _raw(text: str, language: str = "") -> str:
    lang = f", lang: {literal(language)}" if language else ""
    return f"#raw({literal(text)}, block: true{lang})" if text else ""


def _label(name: str) -> str:
    return f"<{re.sub(r'[^A-Za-z0-9_.:-]', '-', name)}>"


def typeset(
    notebooks: Sequence[tuple[str, NotebookNode]], title: str = TITLE, code: bool = False
) -> tuple[bytes, list[str]]:
    """The PDF of executed notebooks, and what could not be set.

    PDF/UA-1 and PDF/A-2a, without system fonts, the same bytes for the same input.
    Raises ``ReportError`` where Typst refuses the document.
    """
    import typst

    labels = frozenset(f"{name}:{c.get('id', '')}" for name, nb in notebooks for c in nb.cells) | {
        f"{n}:" for n, _ in notebooks
    }
    files: dict[str, bytes] = {}
    body, warnings = [], []
    for name, notebook in notebooks:
        setter = Setter(name, labels, code)
        body.append(f"#pagebreak(weak: true)\n#metadata(none) {_label(name + ':')}\n\n{setter.notebook(notebook)}")
        files |= setter.files
        warnings += setter.warnings
    main = f'#import "report.typ": *\n#show: report.with({literal(title)})\n\n' + "\n".join(body)
    files |= {"main.typ": main.encode(), "report.typ": TEMPLATE.read_bytes()}
    try:
        pdf = typst.compile(
            files,
            ignore_system_fonts=True,
            font_paths=[str(FONTS)],
            pdf_standards=["ua-1", "a-2a"],
            timestamp=_timestamp(),
        )
    except typst.TypstError as error:
        raise ReportError(f"the PDF cannot be set: {error}") from None
    return pdf, warnings


def _timestamp() -> int:
    """Noon UTC on the article's date: the PDF is a function of its content, not of the clock."""
    from datetime import UTC, datetime

    return int(datetime.fromisoformat(source.DATE).replace(hour=12, tzinfo=UTC).timestamp())


class ReportPDFExporter(Exporter):
    """nbconvert's ``report_pdf``: a notebook with stored outputs as PDF. Code is never run."""

    export_from_notebook = "Report PDF"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw: object) -> tuple[bytes, dict]:
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        name = resources.get("metadata", {}).get("name", "notebook")
        pdf, warnings = typeset([(name, nb)], title=_first_heading(nb) or name)
        for warning in warnings:
            self.log.warning(warning)
        # The server would zip these and choke on bytes.
        resources.pop("outputs", None)
        resources.pop("attachments", None)
        return pdf, resources


def _first_heading(notebook: NotebookNode) -> str:
    """The words of the first heading, links and emphasis taken off."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            tokens = MarkdownIt("commonmark").parse(cell.source)
            for opening, inline in itertools.pairwise(tokens):
                if opening.type == "heading_open":
                    return "".join(c.content for c in inline.children or [] if c.type in ("text", "code_inline"))
    return ""


def report(root: Path) -> tuple[Path, list[str]]:
    """Set the executed notebooks of ``root`` as one PDF; its path, and what could not be set."""
    notebooks = [(name, read(root, name)) for name in NOTEBOOKS]
    pdf, warnings = typeset(notebooks)
    write(root / REPORT, pdf)
    return root / REPORT, warnings
