"""A report as PDF and as page; a piece that Typst refuses is found, set as its words, and named."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from pathlib import Path

from bs4 import Tag

from tieout.data.dataset import Dataset
from tieout.errors import ReportError
from tieout.files import write
from tieout.publish import typst, web
from tieout.publish.document.tree import tag
from tieout.publish.report import SUMMARY, Part, Report, about, chapters, whole
from tieout.publish.typst import SetError, Setter, anchors, literal


def pdf(report: Report) -> bytes:
    """The report as PDF. A cell that Typst refuses is set as its words, and named in the warnings.

    Raises ``ReportError`` where even that cannot be set.
    """
    places = {str(n["id"]) for body in report.bodies() for n in [body, *body.find_all(id=True)] if n.get("id")}
    wanted = {str(a["data-to"]) for body in report.bodies() for a in body.find_all("a", attrs={"data-to": True})}
    wanted |= {use for body in report.bodies() for s in body.select("span.uses") for use in str(s["data-uses"]).split()}
    setter = typst.setter(frozenset(places & wanted))
    pieces = []
    for part, node in report.cells():
        setter.warn = _warner(report, part, node)
        opening = ""
        if part and node is part.body.find(recursive=False):
            setter.remember_anchor(part.body)
            opening = f"#chapter({literal(part.short)})\n"
        pieces.append((opening, setter.blocks([node])))
    try:
        return typst.pdf(_main(report, pieces, setter), setter.files, report.date)
    except SetError:
        pass  # which piece is to blame is found by setting each by itself
    cells = list(report.cells())
    for i in _to_blame(list(range(len(pieces))), [text for _, text in pieces], setter):
        part, node = cells[i]
        setter.warn = _warner(report, part, node)
        setter.warn(f"Typst refuses it ({_refusal(pieces[i][1], setter)}): its words are set without their form")
        kept = "".join(anchors(name) for name in sorted(setter.targets) if anchors(name) in pieces[i][1])
        said = (
            f"[{n['alt']}]" if isinstance(n, Tag) else str(n)
            for n in node.descendants
            if not isinstance(n, Tag) or n.name == "img"
        )
        pieces[i] = (pieces[i][0], kept + setter.blocks([tag("p", [" ".join(" ".join(said).split())])]))
    try:
        return typst.pdf(_main(report, pieces, setter), setter.files, report.date)
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
    cell = node if node.get("data-cell") else node.select_one("[data-cell]")
    where = f"{cell['data-notebook']}.ipynb, cell {cell['data-cell']}" if cell else part.short if part else report.title

    def warn(message: str) -> None:
        if f"{where}: {message}" not in report.warnings:
            report.warnings.append(f"{where}: {message}")

    return warn


def _refusal(piece: str, setter: Setter) -> str:
    """Why Typst refuses a piece of the document by itself; empty if it does not."""
    levels = "".join(f"#heading(level: {n})[x]\n" for n in range(1, 6))
    others = "".join(anchors(name) for name in sorted(setter.targets) if anchors(name) not in piece)
    try:
        typst.pdf(f'#import "report.typ": *\n#show: report.with("x")\n{levels}{others}\n\n{piece}', setter.files)
    except SetError as error:
        return str(error).splitlines()[0].removeprefix("error: ")
    return ""


def _main(report: Report, pieces: Sequence[tuple[str, str]], setter: Setter) -> str:
    """The Typst source of a document."""
    project = report.project
    about_it = f"author: {literal(project.author)}, keywords: ({''.join(literal(k) + ', ' for k in project.keywords)})" if project else ""  # fmt: skip
    lines = ['#import "report.typ": *', f"#show: report.with({literal(report.title)}, {about_it})"]
    texts = [opening + text for opening, text in pieces]
    if report.front and project:
        facts = "".join(f"({literal(n)}, {literal(words)}), " for n, words in report.facts)
        foot = ", ".join(f"[{setter.inline([line])}]" for line in about(project))
        words = ", ".join(map(literal, (report.title, project.title_zh, project.subtitle)))
        lines.append(f"#cover({words}, ({facts}), ({foot},))")
        front = len(report.front.find_all(recursive=False))
        lines += [f"#chapter({literal(SUMMARY)})", *texts[:front], "#contents()", *texts[front:]]
    else:
        lines += texts
    return "\n\n".join([*lines, setter.unplaced_anchors()]) + "\n"


def html(report: Report) -> str:
    """The report as one HTML page that asks for nothing else."""
    parts = [(part.short, part.body) for part in report.parts]
    project = report.project
    if not report.front or not project:
        return web.edition(report.title, parts)
    first = (SUMMARY, tag("section", [copy.copy(report.front)]))
    return web.edition(
        report.title, [first, *parts], (project.title_zh, project.subtitle, *about(project)), report.facts
    )


def publish(facts: Dataset, say: Callable[[str], None] = lambda _: None) -> tuple[list[Path], list[str]]:
    """Set the executed notebooks of a project as one PDF and one HTML page; their paths, and what could not be set."""
    project = facts.project
    report = whole(chapters(project), facts)
    say("setting the PDF")
    write(project.pdf, pdf(report))
    say("setting the HTML")
    write(project.html, html(report).encode())
    return [project.pdf, project.html], report.warnings
