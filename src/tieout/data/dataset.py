"""All the curated data, validated: the registry of claims, figures of other sources, and all that follows from them, by id."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tieout import files
from tieout.config import Project
from tieout.data import frames
from tieout.data.compute import computed
from tieout.data.fact import Check, Fact, Numeral
from tieout.data.tables import Row, Titles
from tieout.data.verdicts import Headline
from tieout.data.wordings import Wording
from tieout.errors import DataError
from tieout.numbers import wording
from tieout.numbers.formula import names
from tieout.numbers.numerals import Span
from tieout.numbers.quantity import Quantity
from tieout.numbers.units import Units
from tieout.text.article import Article

if TYPE_CHECKING:
    import pandas as pd


#: In the words of figures.csv: {id} is the value of a fact, {id:n} its digits alone, or the words of a wording.
PLACE = re.compile(r"\{(?P<id>\w+)(?P<bare>:n)?\}")


class Figures:
    """The figures of a project on disk, and what was there before this process drew them anew.

    A figure is three files of one name: SVG, PNG, and the CSV of what is plotted, which says what it shows.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._before: dict[str, str] = {}

    def shown(self) -> dict[str, str]:
        """What the figures on disk show: the CSV of each, by its id."""
        return {path.stem: path.read_text("utf-8") for path in sorted(self.folder.glob("*.csv"))}

    def before(self) -> dict[str, str]:
        """What they showed before this process drew any."""
        return {**self.shown(), **self._before}

    def write(self, id: str, parts: Mapping[str, bytes]) -> None:
        """Write the files of figure ``id`` by their endings (svg, png, csv)."""
        shown = files.read(self.folder / f"{id}.csv")
        self._before.setdefault(id, (shown or b"").decode("utf-8"))
        for ending, content in parts.items():
            files.replace_if_other(self.folder / f"{id}.{ending}", content)


@dataclass(frozen=True)
class Dataset:
    """All the curated data of one project, validated, and what the engine has to know to show them.

    ``language`` is what notebooks, tables and figures are made in, ``figures`` what was drawn and where it is kept.
    ``checks`` compare the article with itself, ``crosschecks`` with other sources; ``headlines`` are the figures
    that these bear on, each with its verdict; ``wordings`` the words that numbers may turn false. ``tables`` are the CSVs by name, ``titles`` their columns' titles by name, the table's own under ``""``.
    ``disagreements`` are claims whose cells contradict what is printed; there are none unless asked for.
    """

    project: Project
    article: Article
    units: Units
    tables: dict[str, list[Row]]
    titles: dict[str, Titles]
    by_id: dict[str, Fact]
    checks: tuple[Check, ...]
    crosschecks: tuple[Check, ...]
    headlines: dict[str, Headline]
    numerals: tuple[Numeral, ...]
    figures: Figures
    wordings: dict[str, Wording] = field(default_factory=dict)
    language: str = "en"
    disagreements: tuple[DataError, ...] = ()

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.project.root

    def __getitem__(self, id: str) -> Fact:
        """The fact ``id``; raises ``KeyError`` with the nearest known ids."""
        if id in self.by_id:
            return self.by_id[id]
        near = difflib.get_close_matches(id, self.by_id, n=3)
        raise KeyError(f"no fact is called {id!r}" + (f"; did you mean {', '.join(near)}?" if near else ""))

    def __contains__(self, id: str) -> bool:
        return id in self.by_id

    def of_kind(self, kind: str) -> list[Fact]:
        return [f for f in self.by_id.values() if f.kind == kind]

    def value(self, id: str) -> float:
        """The value of ``id`` in its base unit: CNY, percent, a count."""
        return self[id].value

    def uses_of(self, id: str) -> list[str]:
        """The derived facts and checks whose formula names ``id``, and the wordings that hang on it, in order."""
        derived = [f.id for f in self.by_id.values() if id in f.uses]
        checks = [c.id for c in self.checks + self.crosschecks if id in names(c.left) + names(c.right)]
        return derived + checks + [w.id for w in self.wordings.values() if id in w.uses]

    def span(self, id: str) -> Span:
        """Where in the article the number of claim ``id`` is printed."""
        return self[id].spans[0]

    @cached_property
    def things(self) -> dict[str, Row]:
        """What has a name beside the facts: the rows of registers, and codes such as ``stage:in_use``.

        A statement is called by what it says, in Chinese by the article's own words.
        """
        named = {r["id"]: r for t in self.project.registers for r in self.tables[t]}
        for row in self.tables.get("statements", ()):
            named[row["id"]] = row | {"label_en": row["statement_en"], "label_zh": row["quote"]}
        return named | {f"{r['column']}:{r['code']}": r for r in self.tables["terms"]}

    def label(self, id: str, language: str = "en") -> str:
        """What ``id`` is called: a fact, a row of a register, or a code such as ``stage:in_use``."""
        if id in self.by_id:
            return str(getattr(self.by_id[id], f"label_{language}"))
        if id not in self.things:
            raise KeyError(f"nothing is called {id!r}")
        return self.things[id][f"label_{language}"]

    def fill(self, words: str, language: str = "en") -> str:
        """``words`` with the value of each fact they name in place of ``{id}``, its digits in place of ``{id:n}``.

        ``{id}`` of a wording is its words, with a capital where a sentence begins.
        """

        def value(m: re.Match[str]) -> str:
            if m["id"] in self.wordings:
                said = self.wordings[m["id"]].words(language)
                return said if m.start() else said[:1].upper() + said[1:]
            fact = self[m["id"]]
            if m["bare"]:
                return wording.parts(fact.quantity, fact.unit, language)[1]
            return fact.english if language == "en" else fact.chinese

        return PLACE.sub(value, words)

    def figure(self, id: str) -> Row:
        """The row of figure ``id``, its words filled in; raises ``KeyError`` if there is none."""
        row = next((r for r in self.tables["figures"] if r["id"] == id), None)
        if row is None:
            raise KeyError(f"no figure is called {id!r}: add a row to data/figures.csv")
        return {k: self.fill(v, k[-2:]) if k[-3:] in ("_en", "_zh") else v for k, v in row.items()}

    def frame(self, table: str) -> pd.DataFrame:
        """One CSV as a DataFrame indexed by its id, if it has one; see ``frames``."""
        return frames.frame(self, table)

    def path(self, indicator: str, geography: str = "", also: Mapping[str, str] | None = None) -> pd.DataFrame:
        """The levels that other sources print of one measure, in order of time; see ``frames``."""
        return frames.path(self, indicator, geography, also)

    def suppose(self, quantities: Mapping[str, Quantity]) -> Dataset:
        """The same with other quantities for some claims, and all that follows from them computed anew.

        ``frame`` and ``row`` stay as printed. Nothing is written. Raises ``DataError`` naming the formula that cannot be computed with them.
        """
        claims = [replace(f, quantity=quantities.get(f.id, f.quantity)) for f in self.of_kind("claim")]
        changed = {f.id for f in claims if f.quantity != self[f.id].quantity}
        return computed(self, claims, self.of_kind("record"), changed)

    @property
    def claims(self) -> pd.DataFrame:
        """The claims of all themes, one row each: the caller's own copy; see ``frames``."""
        return frames.claims(self)
