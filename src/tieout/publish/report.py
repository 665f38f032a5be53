"""The report: chapters from the notebooks, their numbers and cross-references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bs4 import Tag
from nbformat import NotebookNode

from tieout.config import Project
from tieout.data.dataset import Dataset
from tieout.data.fact import EVIDENCE
from tieout.project.run import read
from tieout.publish.appendices import annotated, bibliography, register
from tieout.publish.document import cells
from tieout.publish.document.cells import Chapter, first_heading
from tieout.publish.document.links import anchor
from tieout.publish.document.tree import attribute, set_classes, tag, the
from tieout.publish.typst.compile import UNDATED
from tieout.text.dates import date_text

SUMMARY = "Summary 概要"


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
    project: Project | None = None

    @property
    def date(self) -> str:
        """What the PDF says of its making: the article's date, or none of its own."""
        return self.project.date if self.project else UNDATED

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


def single(name: str, notebook: NotebookNode, code: bool = False, folder: Path | None = None) -> Report:
    """One notebook on its own; what its links say of other notebooks stands at its end."""
    made = cells.chapter(name, notebook, code, folder)
    _number_tables([made.body])
    _sources(made.body)
    _level([made.body])
    title = first_heading(notebook) or name
    report = Report(title, [Part(title, made.body)], warnings=made.warnings)
    _refer(report, {})
    return report


def chapters(project: Project) -> list[Chapter]:
    """The notebooks of ``project``, without the cells that only a notebook needs."""
    found = []
    for name in project.notebooks:
        notebook = read(project.root, name)
        notebook.cells = [c for c in notebook.cells if "notebook-only" not in c.metadata.get("tags", [])]
        found.append(cells.chapter(name, notebook, folder=project.root / "notebooks"))
    return found


def whole(chapters: Sequence[Chapter], facts: Dataset) -> Report:
    """The report of all notebooks, with the annotated article and the register of what was derived."""
    front, parts, names = tag("section"), [], {}
    for n, chapter in enumerate(chapters):
        for closing in chapter.body.select("[data-cell=closing]"):  # where next is the next page
            for where in closing.find_all("ul"):
                where.extract()
            the(closing, "h2").string = "What was decided?"
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
    report = Report(facts.project.title, parts, front, project=facts.project)
    _number_tables([*report.bodies(), appendix])
    _refer(report, names)
    uses = _uses(report, names, facts)
    behind = [("The article 原文", annotated(facts, uses))]
    behind.append(("Derived figures and counts 推算与计数", register(facts, uses, report.warnings)))
    if facts.tables["sources"]:
        behind.append(("Other sources 其他来源", bibliography(facts, uses, report.warnings)))
    if len(appendix.find_all(recursive=False)) > 1:
        behind.append(("The data behind the text 数据表", appendix))
    parts += [Part(f"Appendix {letter}: {title}", body) for letter, (title, body) in zip("ABCD", behind, strict=False)]
    for part in parts:
        the(part.body, "h1").insert(0, tag("span", [part.short], **{"class": "kicker"}))
    _level(report.bodies())
    _curl(report.bodies())
    # The checks have no cards here, but one table.
    for link in (
        a for body in report.bodies() for a in body.find_all("a", attrs={"data-to": re.compile(f"^{EVIDENCE}:check_")})
    ):
        link["data-to"] = anchor(facts.project.evidence, "checks-table")
    report.facts = [(facts[id].english.split()[0], words) for id, words in facts.project.cover.items()]
    report.warnings += [w for c in chapters for w in c.warnings]
    return report


def _short(chapter: Chapter) -> str:
    """What the line under a notebook's title calls it: Platforms 平台. The line goes."""
    lines = (p for p in chapter.body.find_all("p") if (em := p.find("em")) and p.get_text() == em.get_text())
    line = next(lines, None)
    if line is None:
        return chapter.name
    return line.extract().get_text().split(" · ")[0]


def _executive(body: Tag, front: Tag) -> None:
    """Title, answer, findings and scoreboard of the summary move to a page of their own."""
    first = the(body, "div.cell")
    heading = the(first, "h1")
    answer = next(p for p in first.find_all("p") if p.get_text().startswith("Answer."))
    box = tag(
        "div",
        [tag("h1", [tag("span", [SUMMARY], **{"class": "kicker"}), *list(heading.contents)])],
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
                link.string = attribute(numbers[0], "data-number") or numbers[0].get_text()


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


def _uses(report: Report, names: dict[str, str], facts: Dataset) -> dict[str, list[tuple[str, str]]]:
    """For each fact the places that use it: the id of the link, and what stands there in words."""
    uses: dict[str, list[tuple[str, str]]] = {}
    for name, body in zip(["Summary", *names.values()], report.bodies(), strict=True):
        for link in body.find_all("a", attrs={"data-to": True}):
            id = str(link["data-to"]).removeprefix(f"{EVIDENCE}:")
            if id in facts or id in facts.wordings:
                table, figure = link.find_parent("table"), link.find_parent("figure")
                number = figure.find("span", class_="number") if figure else None
                where = str(table.get("data-number", name)) if table else number.get_text() if number else name
                known = uses.setdefault(id, [])
                link["id"] = use = f"use:{id}:{len(known)}"
                if id in facts:
                    set_classes(link, ["fact"])
                known.append((use, where))
    return uses


def about(project: Project) -> tuple[str, str]:
    """What stands at the foot of the cover."""
    return (
        f"The article: {project.article_title}, {project.newspaper}, {date_text(project.date)}",
        "Numbers in red lead to the sentence they were printed in, or to the formula they follow from; "
        "numbers in blue are not the article's and lead to other sources.",
    )
