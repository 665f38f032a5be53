"""Load and validate the CSVs.

``load()`` reads everything under ``data/``, checks it against ``datapackage.json``
(types, required cells, enumerations, keys) and against the article (quotes,
printed numbers, completeness), computes ``derived.csv``, ``comparisons.csv`` and the checks, and
returns one ``Dataset``. The first thing that is wrong raises ``DataError``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from string import Formatter

from tieout import config
from tieout.config import Project
from tieout.data import records, verdicts
from tieout.data.claims import account, check_growth, check_references, claim
from tieout.data.compute import add, computed, taken
from tieout.data.dataset import PLACE, Dataset, Figures
from tieout.data.fact import Fact, is_outside
from tieout.data.tables import Row, read_tables
from tieout.errors import DataError
from tieout.numbers import wording
from tieout.numbers.units import Unit, Units
from tieout.text import article as source

#: Tables that a project may do without.
_OPTIONAL = (
    "derived",
    "checks",
    "not_data",
    "decisions",
    "figures",
    "sources",
    "context",
    "comparisons",
    "headlines",
    "crosschecks",
    "wordings",
)


def load(root: Path | None = None, lenient: bool = False, language: str = "en") -> Dataset:
    """Read, validate and compute everything; raises ``DataError`` at the first thing wrong.

    ``root`` is the project's folder (default: the one that holds the working folder, as in a notebook). A ``lenient``
    reader takes a value that contradicts what is printed as it stands and lists it in ``disagreements``, so that all
    that hangs on it can be named; notebooks are, a report is not. ``language`` is what is shown in: en or zh.
    """
    project = config.read(root if root is not None else config.find(Path.cwd()))
    folders = (project.root / "data", (project.root / project.seed).parent)
    files = [p for folder in folders for p in folder.glob("[!.]*") if p.is_file()]
    facts = _load(project, tuple(sorted((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in files)))
    if facts.disagreements and not lenient:
        raise facts.disagreements[0]
    return replace(facts, language=language, figures=Figures(project.figures))


# The project is compared by what it is: two reads of one file without a change give the same object.
@lru_cache(maxsize=8)
def _load(project: Project, stamps: tuple[tuple[str, int, int], ...]) -> Dataset:
    article = source.load(project)
    tables, titles = read_tables(project.root / "data")
    for name in _OPTIONAL:
        tables.setdefault(name, [])
    units = _units(tables["units"])
    check_references(project, article, tables)
    claims: dict[str, Fact] = {}
    disagreements: list[DataError] = []
    for theme in project.themes:
        for line, row in enumerate(tables[theme], 2):
            fact = claim(article, units, f"data/{theme}.csv", line, row, disagreements, project.date)
            add(claims, fact, taken(project, tables))
    check_growth(claims)
    numerals = tuple(account(article, tables, claims))
    if project.extension:
        project.extension.check(tables, claims, article.text, project.date)
    others = tuple(records.records(project, units, tables))
    read = Dataset(
        project, article, units, tables, titles, {}, (), (), {}, numerals, Figures(project.figures),
        disagreements=tuple(disagreements),
    )  # fmt: skip
    facts = computed(read, claims.values(), others)
    _check_named(project, tables, facts)
    return replace(facts, disagreements=(*disagreements, *_impossible(facts.by_id)))


def _impossible(facts: dict[str, Fact]) -> Iterator[DataError]:
    """Counts without a whole number in their interval whose status does not say so, and other figures whose status does."""
    for fact in facts.values():
        none = wording.no_whole_number(fact.quantity, fact.unit)
        if "status" in fact.row and none != (fact.row["status"] == "impossible"):
            what = fact.interval if none else f"{fact.english} is possible"
            remedy = "Call it impossible, and say so where it is told." if none else "Call it conditional."
            yield DataError(fact.file, fact.line, "status", f"{fact.row['status']} does not fit: {what}.", remedy)


def _check_named(project: Project, tables: dict[str, list[Row]], facts: Dataset) -> None:
    """Every fact that another table names is one, and every code has its words."""
    for line, row in enumerate(tables["figures"], 2):
        named = [*row["facts"].split(), *(m["id"] for words in row.values() for m in PLACE.finditer(words))]
        outside = next((id for id in named if is_outside(id)), "")
        if outside and row["notebook"] != project.others:
            problem = f"{outside!r} is not of the article; only the figures of {project.others} say so in their source."
            raise DataError("data/figures.csv", line, "facts", problem)
    for table, column in (("decisions", "ids"), ("figures", "facts")):
        for line, row in enumerate(tables[table], 2):
            for id in row[column].split():
                if id not in facts:
                    raise DataError(f"data/{table}.csv", line, column, f"no fact is called {id!r}.")
    for line, row in enumerate(tables["figures"], 2):
        for column, words in row.items():
            for m in PLACE.finditer(words):
                if m["id"] not in facts and m["id"] not in facts.wordings:
                    raise DataError("data/figures.csv", line, column, f"no fact or wording is called {m['id']!r}.")
            if re.search(r"[{}]", PLACE.sub("", words)):
                problem = "a brace that names no fact."
                raise DataError(
                    "data/figures.csv", line, column, problem, "Write {id}, or {id:n} for the digits alone."
                )
    known = {(r["column"], r["code"]) for r in tables["terms"]}
    coded = [(t, "measure", "measure") for t in project.themes]
    coded += [("sources", "reliability", "reliability"), ("sources", "origin", "origin")]
    coded += [
        ("crosschecks", "aspect", "aspect"),
        ("context", "indicator", "indicator"),
        ("context", "geography", "geography"),
    ]
    missing = next((v for v in verdicts.VERDICTS if ("verdict", v) not in known), "")
    if missing:
        raise DataError("data/terms.csv", 0, "code", f"the verdict {missing!r} has no row.", "Restore it from git.")
    coded += [(table, column, column) for table, column in project.codes]
    for table, column, kind in coded:
        for line, row in enumerate(tables[table], 2):
            if (kind, row[column]) not in known:
                raise DataError(f"data/{table}.csv", line, column, f"{row[column]!r} has no row in terms.csv.")


def _units(rows: list[Row]) -> Units:
    """The units, each known to be definable."""
    units = Units(
        Unit(suffixes_zh=tuple(r["suffixes_zh"].split("|")), **{k: r[k] for k in r if k not in ("suffixes_zh", "note")})
        for r in rows
    )
    for line, row in enumerate(rows, 2):
        try:
            units.factor(units.parse(row["id"]))
        except Exception as error:  # pint evaluates definitions: anything may come out of a bad one
            column = "definition" if row["definition"] else "id"
            raise DataError("data/units.csv", line, column, f"{row[column]!r} is no unit: {error}.") from None
        for column, parts in (("form_en", {"n", "nth", "scale", "unit"}), ("form_zh", {"n", "scale", "unit"})):
            try:
                unknown = {name for _, name, _, _ in Formatter().parse(row[column]) if name is not None} - parts
            except ValueError as error:
                raise DataError("data/units.csv", line, column, f"{row[column]!r} is no form: {error}.") from None
            if unknown:
                problem = f"{row[column]!r} names {', '.join(sorted(unknown)) or 'nothing'} in braces."
                raise DataError("data/units.csv", line, column, problem, f"Known are {', '.join(sorted(parts))}.")
    return units
