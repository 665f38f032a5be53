"""The report: chapters from the notebooks, their numbers and cross-references, the annotated article.

A ``Report`` is set twice from the same tree: as PDF (``typeset``) and as HTML (``page``). The exporters
set one notebook the same way. Nothing here runs code or fetches anything.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bs4 import Tag
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Bool

from shenyang import article as source
from shenyang import evidence, page, prose, typeset
from shenyang.document import Chapter, anchor, first_heading, tag
from shenyang.fact import Fact
from shenyang.facts import Facts
from shenyang.files import write
from shenyang.runner import NOTEBOOKS, ReportError, read
from shenyang.schema import date_text
from shenyang.typeset import SetError, Setter, here, literal

PDF, HTML = Path("build/shenyang-report.pdf"), Path("build/shenyang-report.html")
TITLE, CHINESE = "Shenyang’s answer sheet, audited", "沈阳答卷：逐数核验"
SUBTITLE = (
    "What one newspaper article says about a year of science and technology in Shenyang, "
    "number by number: where each is printed, what it covers, what follows from it, and what other sources print"
)
_SUMMARY = "Summary 概要"
_EVIDENCE = prose.EVIDENCE.removesuffix(".ipynb")


@dataclass
class Part:
    """A chapter or appendix: what it is called in running heads, and its body."""

    short: str
    body: Tag


@dataclass
class Report:
    """A document that can be set. ``front`` is the executive page; a report without one has no cover."""

    title: str
    parts: list[Part]
    front: Tag | None = None
    facts: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def bodies(self) -> list[Tag]:
        """Everything that is set, in order."""
        return [*([self.front] if self.front else []), *(p.body for p in self.parts)]

    def cells(self) -> Iterator[tuple[Part | None, Tag]]:
        """The pieces of each body, of which one that cannot be set does not take the others with it."""
        for node in self.front.find_all(recursive=False) if self.front else ():
            yield None, node
        for part in self.parts:
            for node in part.body.find_all(recursive=False):
                yield part, node


# --- composing ------------------------------------------------------------------------


def single(name: str, notebook: NotebookNode, code: bool = False, folder: Path | None = None) -> Report:
    """One notebook on its own; what its links say of other notebooks stands at its end."""
    chapter = Chapter(name, notebook, code, folder)
    _number_tables([chapter.body])
    _sources(chapter.body)
    _level([chapter.body])
    title = first_heading(notebook) or name
    report = Report(title, [Part(title, chapter.body)], warnings=chapter.warnings)
    _refer(report, {})
    return report


def chapters(root: Path) -> list[Chapter]:
    """The notebooks of ``root``, without the cells that only a notebook needs."""
    found = []
    for name in NOTEBOOKS:
        notebook = read(root, name)
        notebook.cells = [c for c in notebook.cells if "notebook-only" not in c.metadata.get("tags", [])]
        found.append(Chapter(name, notebook, folder=root / "notebooks"))
    return found


def whole(chapters: Sequence[Chapter], facts: Facts) -> Report:
    """The report of all notebooks, with the annotated article and the register of what was derived."""
    front, parts, names = tag("section"), [], {}
    for n, chapter in enumerate(chapters):
        for closing in chapter.body.select("[data-cell=closing]"):  # where next is the next page
            for where in closing.find_all("ul"):
                where.extract()
            closing.find("h2").string = "What was decided?"
        short = _short(chapter)
        if n:
            names[chapter.name] = f"Chapter {n}"
            short = f"{n} {short}"
        else:
            names[chapter.name] = "Summary"
            _executive(chapter.body, front)
            short = "Details 详述"
        parts.append(Part(short, chapter.body))
    appendix = tag("section", [tag("h1", ["The tables that the chapters are made from"])])
    for part in parts:
        for cell in part.body.select(".tag-appendix"):
            appendix.append(cell.extract())
    report = Report(TITLE, parts, front)
    _number_tables([*report.bodies(), appendix])
    _refer(report, names)
    uses = _uses(report, names, facts)
    parts.append(Part("Appendix A: The article 原文", _annotated(facts, uses)))
    parts.append(Part("Appendix B: Derived figures and counts 推算与计数", _register(facts, uses, report.warnings)))
    parts.append(Part("Appendix C: Other sources 其他来源", _bibliography(facts, uses, report.warnings)))
    parts.append(Part("Appendix D: The data behind the text 数据表", appendix))
    for part in parts:
        heading = part.body.find("h1")
        heading.insert(0, tag("span", [part.short], **{"class": "kicker"}))
    _level(report.bodies())
    _curl(report.bodies())
    report.facts = [(facts[id].english.split()[0], words) for id, words in _COVER]
    report.warnings += [w for c in chapters for w in c.warnings]
    return report


_COVER = [
    ("counted_claims", "claims, each with its sentence"),
    ("counted_derived", "figures derived from them"),
    ("counted_numerals", "numerals in the article, none left out"),
]


def _short(chapter: Chapter) -> str:
    """What the line under a notebook's title calls it: Platforms 平台. The line goes."""
    line = next(
        (p for p in chapter.body.find_all("p") if p.find("em") and p.get_text() == p.find("em").get_text()), None
    )
    if line is None:
        return chapter.name
    return line.extract().get_text().split(" · ")[0]


def _executive(body: Tag, front: Tag) -> None:
    """Title, answer, findings and scoreboard of the summary move to a page of their own."""
    first = body.find("div", class_="cell")
    heading = first.find("h1")
    answer = next(p for p in first.find_all("p") if p.get_text().startswith("Answer."))
    box = tag(
        "div",
        [tag("h1", [tag("span", [_SUMMARY], **{"class": "kicker"}), *list(heading.contents)])],
        **{"class": "executive"},
    )
    box.append(answer.extract())
    for cell in body.select(".tag-executive"):
        box.append(cell.extract())
    front.append(box)
    heading.clear()
    heading.append("The numbers behind the summary")


def _number_tables(bodies: Sequence[Tag]) -> None:
    tables = [t for body in bodies for t in body.find_all("table") if t.find("caption", recursive=False)]
    for n, table in enumerate(tables, 1):
        table["data-number"] = f"Table {n}"


def _curl(bodies: Sequence[Tag]) -> None:
    """Apostrophes as they are printed: prose is typed with straight ones."""
    for body in bodies:
        for text in body.find_all(string=re.compile(r"\w'")):
            if not text.find_parent(["pre", "code"]):
                text.replace_with(re.sub(r"(?<=\w)'(?=\w|\s|$)", "’", text))


def _level(bodies: Sequence[Tag]) -> None:
    """No level of heading is left out: each is at most one below the last."""
    last = 0
    for heading in (h for body in bodies for h in body.find_all(re.compile("^h[1-6]$"))):
        last = min(int(heading.name[1]), last + 1)
        heading.name = f"h{last}"


_EXHIBIT = re.compile(r"(?:the |this )?(figure|table)", re.I)


def _refer(report: Report, names: dict[str, str]) -> None:
    """Links to exhibits and notebooks say what the report calls them: Table 1, Chapter 3."""
    places = {node["id"]: node for body in report.bodies() for node in body.find_all(id=True)}
    for link in (a for body in report.bodies() for a in body.find_all("a", attrs={"data-to": True})):
        to, words = str(link["data-to"]), link.get_text()
        if to.partition(":")[0] == words and words in names:
            link.string = names[words]
        elif _EXHIBIT.fullmatch(words) and to in places:
            numbers = [*places[to].select("span.number"), *places[to].select("table[data-number]")]
            if numbers:
                link.string = str(numbers[0].get("data-number") or numbers[0].get_text())


def _sources(body: Tag) -> None:
    """What the numbers of a single notebook say when they are pointed at, as notes at its end."""
    inside = {str(node["id"]) for node in body.find_all(id=True)}
    notes: dict[str, Tag] = {}
    for link in body.find_all("a", attrs={"data-to": True, "title": True}):
        to = str(link["data-to"])
        if to not in inside and to not in notes:
            name = to.partition(":")[2]
            notes[to] = tag("li", [tag("strong", [name]), f": {link['title']}"], id=to)
    if notes:
        head = tag("h2", ["Evidence"])
        body.append(tag("div", [head, tag("ol", notes.values())], **{"class": "cell small"}))


def _uses(report: Report, names: dict[str, str], facts: Facts) -> dict[str, list[tuple[str, str]]]:
    """For each fact the places that use it: the id of the link, and what stands there in words."""
    uses: dict[str, list[tuple[str, str]]] = {}
    parts = [("Summary", report.front), *zip(names.values(), (p.body for p in report.parts), strict=True)]
    for name, body in parts:
        for link in body.find_all("a", attrs={"data-to": True}):
            id = str(link["data-to"]).removeprefix(f"{_EVIDENCE}:")
            if id in facts:
                table, figure = link.find_parent("table"), link.find_parent("figure")
                number = figure.find("span", class_="number") if figure else None
                where = str(table.get("data-number", name)) if table else number.get_text() if number else name
                known = uses.setdefault(id, [])
                link["id"] = f"use:{id}:{len(known)}"
                link["class"] = ["fact"]
                known.append((link["id"], where))
    return uses


def _used(id: str, uses: dict[str, list[tuple[str, str]]]) -> list:
    """Where a fact is used: pages in print, names of places on screen."""
    found = uses.get(id, [])
    if not found:
        return ["Not used in the chapters."]
    first = {where: use for use, where in reversed(found)}
    places = [tag("a", [where], **{"data-to": first[where]}) for where in dict.fromkeys(w for _, w in found)]
    inside = [x for place in places for x in (", ", place)][1:]
    return ["Used: ", tag("span", inside, **{"class": "uses", "data-uses": " ".join(u for u, _ in found)})]


def _annotated(facts: Facts, uses: dict[str, list[tuple[str, str]]]) -> Tag:
    """The article, paragraph by paragraph; each claim marked, and beside it what it says and where it is used."""
    marks = evidence.marks(facts)
    order = {id: n for n, id in enumerate(dict.fromkeys(id for ids in marks.values() for id in ids), 1)}
    body = tag("section", [tag("div", [tag("h1", ["The article, each claim marked"]), tag("p", [_HOW])])])
    placed: set[str] = set()
    whole = facts.article.text
    for paragraph in facts.article.paragraphs():
        text, notes, at = tag("p"), tag("div"), paragraph.start
        for (start, end), ids in marks.items():
            if paragraph.start <= start < paragraph.end:
                text.append(whole[at:start])
                text.append(tag("strong", [whole[start:end]]))
                for id in ids:
                    again = id in placed
                    place = {} if again else {"id": f"mark:{id}"}
                    link = tag(
                        "a",
                        [str(order[id])],
                        **{"data-to": anchor(_EVIDENCE, id), "aria-label": f"Claim {order[id]}, its reading"},
                    )
                    text.append(tag("sup", [link], **place))
                    notes.append(_again(facts[id], order[id]) if again else _note(facts[id], order[id], uses))
                    placed.add(id)
                at = end
        text.append(whole[at : paragraph.end])
        body.append(tag("div", [tag("div", [text], lang="zh-Hans"), notes], **{"class": "passage"}))
    return body


_HOW = (
    "On the left the article as it was printed, with each claim's number in bold; on the right what it says in "
    "English, as what it is read, for which period, what to take care of and on which pages it is used. Words in "
    "square brackets stand elsewhere in the sentence."
)


def _again(fact: Fact, number: int) -> Tag:
    link = tag(
        "a", [str(number)], **{"data-to": anchor(_EVIDENCE, fact.id), "aria-label": f"Claim {number}, its reading"}
    )
    return tag("p", [link, f" {fact.label_en}: printed again, as read above."], **{"class": "small"})


def _note(fact: Fact, number: int, uses: dict[str, list[tuple[str, str]]]) -> Tag:
    row = fact.row
    back = tag("a", [str(number)], **{"data-to": f"mark:{fact.id}", "aria-label": f"Claim {number}, in the article"})
    head = tag("p", [tag("strong", [back, f" {fact.label_en}"]), f" {fact.label_zh}: ", tag("strong", [fact.english])])
    quote = tag("p", [tag("span", [row["quote"]], **{"class": "quote"}), f" · {row['quote_en']}"])
    facets = [evidence.period(row), fact.interval and f"interval {fact.interval}", row["note"]]
    words = ". ".join(f[0].upper() + f[1:].rstrip(".") for f in facets if f)
    more = tag("p", [words + ". " if words else "", *_used(fact.id, uses), f" · {fact.id}"], **{"class": "small"})
    return tag("div", [head, quote, more], id=anchor(_EVIDENCE, fact.id), **{"class": "claim"})


def _register(facts: Facts, uses: dict[str, list[tuple[str, str]]], warnings: list[str]) -> Tag:
    """The cards of what is not printed: derived figures and counts."""
    body = tag("section", [tag("h1", ["What follows from the claims"])])
    for kind, title in (("derived", "Derived figures 推算值"), ("counted", "Counts of the curated data 数据计数")):
        body.extend([tag("h2", [title]), _cards(facts, kind, uses, warnings)])
    return body


def _cards(facts: Facts, kind: str, uses: dict[str, list[tuple[str, str]]], warnings: list[str]) -> Tag:
    """The cards of one kind of facts, without the sentences, which stand in another appendix."""
    reader, cards = Chapter(_EVIDENCE, NotebookNode(cells=[])), tag("div", **{"class": "register"})
    for fact in facts.of_kind(kind):
        card = tag("div", reader.markdown(evidence.card(fact.id, facts).source), id=anchor(_EVIDENCE, fact.id))
        for quote in card.find_all("blockquote"):
            quote.extract()
        # What it is called comes first, and then how formulas call it.
        heading, line = card.find("h3"), card.find("p")
        heading.string = fact.label_en
        line.string = f"{fact.label_zh} · {fact.id}"
        card["class"] = ["together"]
        card.append(tag("p", _used(fact.id, uses), **{"class": "small"}))
        cards.append(card)
    warnings += reader.warnings
    return cards


def _bibliography(facts: Facts, uses: dict[str, list[tuple[str, str]]], warnings: list[str]) -> Tag:
    """The sources other than the article, each with the figures that are taken from it, and what is computed with them."""
    opening = [tag("h1", ["What other sources print"]), tag("p", [_OTHERS]), tag("h2", ["Sources by date 来源"])]
    body = tag("section", opening)
    for other in facts.tables["sources"]:
        kind = ", ".join(facts.label(f"{column}:{other[column]}") for column in ("reliability", "origin"))
        # A copy on another site is named, not linked to: such sites change hands.
        address = other["address"]
        if other["reliability"] != "reprint":
            address = tag("a", [address], href=address)
        lines = [tag("p", [f"{other['publisher_zh']}: {other['title']}. {kind}. ", address], **{"class": "small"})]
        if other["note"]:
            lines.append(tag("p", [other["note"]], **{"class": "small"}))
        found = [_entry(f, uses) for f in facts.of_kind("record") if f.source["id"] == other["id"]]
        body.append(tag("div", [tag("h3", [prose.cited(other)]), *lines, tag("ul", found)], **{"class": "small"}))
    body.append(tag("h2", ["Comparisons with other sources 与其他来源的对照"]))
    body.append(_cards(facts, "compared", uses, warnings))
    return body


def _entry(record: Fact, uses: dict[str, list[tuple[str, str]]]) -> Tag:
    """A figure of another source, complete by itself: the page shows it where the number is pointed at."""
    head = tag("p", [tag("strong", [f"{record.label_en}: {record.english}"]), f" · {record.chinese}"])
    words = " ".join(filter(None, (record.row["definition"], record.row["note"])))
    said = f"Not from the article: {prose.cited(record.source)}: {evidence.as_said(record)}. {words}"
    return tag(
        "li",
        [head, tag("p", [said]), tag("p", _used(record.id, uses), **{"class": "small"})],
        id=anchor(_EVIDENCE, record.id),
    )


_OTHERS = (
    "None of these figures is the article's. Each is given with what the source says it counts, as far as it says so. "
    "Most trace back to the city's own authorities. Addresses of copies on other sites are given without a link."
)


# --- setting --------------------------------------------------------------------------


def pdf(report: Report) -> bytes:
    """The report as PDF. A cell that Typst refuses is set as its words, and named in the warnings.

    Raises ``ReportError`` where even that cannot be set.
    """
    places = {str(n["id"]) for body in report.bodies() for n in [body, *body.find_all(id=True)] if n.get("id")}
    wanted = {str(a["data-to"]) for body in report.bodies() for a in body.find_all("a", attrs={"data-to": True})}
    wanted |= {use for body in report.bodies() for s in body.select("span.uses") for use in s["data-uses"].split()}
    setter = Setter(frozenset(places & wanted))
    pieces = []
    for part, node in report.cells():
        setter.warn = _warner(report, part, node)
        opening = ""
        if part and node is part.body.find(recursive=False):
            setter.wait(part.body)
            opening = f"#chapter({literal(part.short)})\n"
        pieces.append((opening, setter.blocks([node])))
    try:
        return typeset.pdf(_main(report, pieces, setter), setter.files)
    except SetError:
        pass  # which piece is to blame is found by setting each by itself
    cells = list(report.cells())
    for i in _to_blame(list(range(len(pieces))), [text for _, text in pieces], setter):
        part, node = cells[i]
        setter.warn = _warner(report, part, node)
        setter.warn(f"Typst refuses it ({_refusal(pieces[i][1], setter)}): its words are set without their form")
        kept = "".join(here(name) for name in sorted(setter.targets) if here(name) in pieces[i][1])
        said = (
            n if isinstance(n, str) else f"[{n['alt']}]"
            for n in node.descendants
            if isinstance(n, str) or n.name == "img"
        )
        pieces[i] = (pieces[i][0], kept + setter.blocks([tag("p", [" ".join(" ".join(said).split())])]))
    try:
        return typeset.pdf(_main(report, pieces, setter), setter.files)
    except SetError as error:
        raise ReportError(f"the PDF cannot be set: {error}") from None


def _to_blame(some: list[int], texts: Sequence[str], setter: Setter) -> list[int]:
    """Which of ``some`` pieces Typst refuses, found by halves."""
    if not some or not _refusal("\n\n".join(texts[i] for i in some), setter):
        return []
    if len(some) == 1:
        return some
    half = len(some) // 2
    return _to_blame(some[:half], texts, setter) + _to_blame(some[half:], texts, setter)


def _warner(report: Report, part: Part | None, node: Tag) -> Callable[[str], None]:
    cell = node if node.get("data-cell") else node.find(attrs={"data-cell": True})
    where = f"{cell['data-notebook']}.ipynb, cell {cell['data-cell']}" if cell else part.short if part else report.title

    def warn(message: str) -> None:
        if f"{where}: {message}" not in report.warnings:
            report.warnings.append(f"{where}: {message}")

    return warn


def _refusal(piece: str, setter: Setter) -> str:
    """Why Typst refuses a piece of the document by itself; empty if it does not."""
    levels = "".join(f"#heading(level: {n})[x]\n" for n in range(1, 6))
    others = "".join(here(name) for name in sorted(setter.targets) if here(name) not in piece)
    try:
        typeset.pdf(f'#import "report.typ": *\n#show: report.with("x")\n{levels}{others}\n\n{piece}', setter.files)
    except SetError as error:
        return str(error).splitlines()[0].removeprefix("error: ")
    return ""


def _main(report: Report, pieces: Sequence[tuple[str, str]], setter: Setter) -> str:
    """The Typst source of a document."""
    lines = ['#import "report.typ": *', f"#show: report.with({literal(report.title)})"]
    texts = [opening + text for opening, text in pieces]
    if report.front:
        facts = "".join(f"({literal(n)}, {literal(words)}), " for n, words in report.facts)
        about = ", ".join(map(setter.bracketed, _about()))
        words = ", ".join(map(literal, (report.title, CHINESE, SUBTITLE)))
        lines.append(f"#cover({words}, ({facts}), ({about},))")
        front = len(report.front.find_all(recursive=False))
        lines += [f"#chapter({literal(_SUMMARY)})", *texts[:front], "#contents()", *texts[front:]]
    else:
        lines += texts
    return "\n\n".join([*lines, setter.rest()]) + "\n"


def html(report: Report) -> str:
    """The report as one HTML page that asks for nothing else."""
    parts = [(part.short, part.body) for part in report.parts]
    if not report.front:
        return page.edition(report.title, parts)
    first = (_SUMMARY, tag("section", [copy.copy(report.front)]))
    return page.edition(report.title, [first, *parts], (CHINESE, SUBTITLE, *_about()), report.facts)


def _about() -> tuple[str, str]:
    """What stands at the foot of the cover."""
    day = date_text(source.DATE)
    return (
        f"The article: 加快实现高水平科技自立自强的沈阳答卷, Shenyang Daily 沈阳日报, {day}",
        "Numbers in red lead to the sentence they were printed in, or to the formula they follow from; "
        "numbers in blue are not the article's and lead to other sources.",
    )


# --- exporters ------------------------------------------------------------------------


class _Exporter(Exporter):
    """A notebook with stored outputs, set as the report is. Code is never run."""

    exclude_input = Bool(True, help="Hide the source of code cells.").tag(config=True)

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw: object) -> tuple[object, dict]:
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        about = resources.get("metadata", {})
        name, folder = about.get("name") or "notebook", about.get("path")
        report = single(name, nb, code=not self.exclude_input, folder=Path(folder) if folder is not None else None)
        made = self._set(report)
        for warning in report.warnings:
            self.log.warning(warning)
        # The server would zip these and choke on bytes.
        resources.pop("outputs", None)
        resources.pop("attachments", None)
        return made, resources

    def _set(self, report: Report) -> object:
        raise NotImplementedError


class ReportPDFExporter(_Exporter):
    """nbconvert's ``report_pdf``: PDF/UA-1 and PDF/A-2a."""

    export_from_notebook = "Report PDF"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def _set(self, report: Report) -> bytes:
        return pdf(report)


class ReportHTMLExporter(_Exporter):
    """nbconvert's ``report_html``: one file that makes no request."""

    export_from_notebook = "Report HTML"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def _set(self, report: Report) -> str:
        return html(report)


def publish(root: Path, facts: Facts, say: Callable[[str], None] = lambda _: None) -> tuple[list[Path], list[str]]:
    """Set the executed notebooks of ``root`` as one PDF and one HTML page; their paths, and what could not be set."""
    report = whole(chapters(root), facts)
    say("setting the PDF")
    write(root / PDF, pdf(report))
    say("setting the HTML")
    write(root / HTML, html(report).encode())
    return [root / PDF, root / HTML], report.warnings
