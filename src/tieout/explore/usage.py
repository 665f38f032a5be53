"""Where the notebooks use each fact, and the index of claims."""

from __future__ import annotations

import re

from tieout.config import Project
from tieout.data.dataset import Dataset
from tieout.data.fact import Fact
from tieout.data.tables import Row
from tieout.prose import notebooks
from tieout.prose.links import Place
from tieout.show import exhibits, marked
from tieout.show.tables import Column, Table, printed, text


class Uses:
    """Where the notebooks of ``project`` use each fact: in sentences, and in the cells that draw the figures."""

    def __init__(self, project: Project) -> None:
        self.places = notebooks.uses(project)
        self.drawn: dict[str, tuple[str, str]] = {}
        for name in project.notebooks:
            for cell in notebooks.read(project.root, name):
                for id in re.findall(r'charts\.start\(F, "(\w+)"', cell["source"]):
                    self.drawn[id] = (name, cell["id"])

    def sentences(self, id: str) -> list[Place]:
        """The places in prose that give a fact, one a sentence."""
        return list({(p.notebook, p.cell, p.sentence): p for p in self.places.get(id, ())}.values())


def figures_of(facts: Dataset, id: str) -> list[Row]:
    return [facts.figure(row["id"]) for row in facts.tables["figures"] if id in row["facts"].split()]


def resting(facts: Dataset, id: str) -> list[Fact]:
    """All that is computed from a claim, directly or through others."""
    return [f for f in facts.by_id.values() if id in f.quantity.ids and f.id != id]


def index(facts: Dataset, uses: Uses, caption: str) -> Table:
    """The claims in the order of the article, each with what rests on it and where it is used."""
    order = dict.fromkeys(id for ids in marked.marks(facts).values() for id in ids)
    rows = []
    for fact in (facts[id] for id in order):
        notebooks = dict.fromkeys(place.notebook[:2] for place in uses.sentences(fact.id))
        figures = ", ".join(row["number"] for row in figures_of(facts, fact.id))
        paragraph = facts.article.paragraph_of(facts.span(fact.id))
        named = text(fact.label_en, fact.label_zh)
        printed_ = printed(fact)
        measure = text(facts.label(f"measure:{fact.row['measure']}"))
        rests = text(str(len(resting(facts, fact.id)) or ""))
        rows.append([text(f"¶{paragraph}"), named, printed_, measure, rests, text(figures), text(", ".join(notebooks))])
    columns = [
        Column("¶ 段"),
        Column("Claim 论断"),
        Column("As printed 原文", end=True),
        Column("Measure 类别"),
        Column("Derived 推算", end=True),
        Column("Figures 图"),
        Column("Prose 见于"),
    ]
    note = "Derived: how many figures are computed from it, comparisons with other sources among them. Prose: the notebooks that give it, 00 being the summary."
    return Table(
        caption, columns, rows, note, exhibits.origin(facts, (f"data/{theme}.csv" for theme in facts.project.themes))
    )
