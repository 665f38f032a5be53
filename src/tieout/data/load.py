"""Load and validate the CSVs.

``load()`` reads everything under ``data/``, checks it against ``datapackage.json``
(types, required cells, enumerations, keys) and against the article (quotes,
printed numbers, completeness), computes ``derived.csv``, ``comparisons.csv`` and the checks, and
returns one ``Dataset``. The first thing that is wrong raises ``DataError``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from tieout.data import records, verdicts
from tieout.data.claims import THEMES, account, check_growth, check_references, claim
from tieout.data.compute import add, computed, taken
from tieout.data.dataset import PLACE, Dataset
from tieout.data.fact import Fact, is_outside
from tieout.data.tables import Row, read_tables
from tieout.errors import DataError
from tieout.numbers import wording
from tieout.numbers.units import Unit, Units
from tieout.prose.figures import drawn
from tieout.text import article as source


def load(root: Path | None = None, lenient: bool | None = None) -> Dataset:
    """Read, validate and compute everything; raises ``DataError`` at the first thing wrong.

    ``root`` is the project's folder (default: this checkout). A second call
    without changes on disk returns the same object. ``lenient`` (default: whether the variable
    ``SHENYANG_LENIENT`` is 1) takes a value that contradicts what is printed as it stands and lists it in
    ``disagreements``, so that all that hangs on it can be named; JupyterLab does so, a report does not.
    """
    if lenient is None:
        lenient = os.environ.get("SHENYANG_LENIENT") == "1"
    folder = (root or source.root()).resolve()
    files = [p for name in ("data", "seeds") for p in (folder / name).glob("[!.]*") if p.is_file()]
    facts = _load(folder, tuple(sorted((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in files)))
    if facts.disagreements and not lenient:
        raise facts.disagreements[0]
    shown = drawn(folder)
    return facts if shown == facts.drawn else replace(facts, drawn=shown)


@lru_cache(maxsize=8)
def _load(folder: Path, stamps: tuple[tuple[str, int, int], ...]) -> Dataset:
    article = source.load(folder)
    tables, titles = read_tables(folder / "data")
    units = _units(tables["units"])
    check_references(article, tables)
    claims: dict[str, Fact] = {}
    disagreements: list[DataError] = []
    for theme in THEMES:
        for line, row in enumerate(tables[theme], 2):
            add(claims, claim(article, units, f"data/{theme}.csv", line, row, disagreements), taken(tables))
    check_growth(claims)
    numerals = tuple(account(article, tables, claims))
    _check_superlatives(tables, claims)
    others = tuple(records.records(units, tables))
    read = Dataset(article, units, tables, titles, {}, (), (), {}, numerals, drawn(folder), tuple(disagreements))
    facts = computed(read, claims.values(), others)
    _check_named(tables, facts.by_id)
    return replace(facts, disagreements=(*disagreements, *_impossible(facts.by_id)))


def _impossible(facts: dict[str, Fact]) -> Iterator[DataError]:
    """Counts without a whole number in their interval whose status does not say so, and other figures whose status does."""
    for fact in facts.values():
        none = wording.no_whole_number(fact.quantity, fact.unit)
        if "status" in fact.row and none != (fact.row["status"] == "impossible"):
            what = fact.interval if none else f"{fact.english} is possible"
            remedy = "Call it impossible, and say so where it is told." if none else "Call it conditional."
            yield DataError(fact.file, fact.line, "status", f"{fact.row['status']} does not fit: {what}.", remedy)


def _check_superlatives(tables: dict[str, list[Row]], facts: dict[str, Fact]) -> None:
    """Each is a claim; each first that a project prints is one of them."""
    firsts = []
    for line, row in enumerate(tables["superlatives"], 2):
        for column in ("id", "what"):
            if row[column] not in facts:
                raise DataError("data/superlatives.csv", line, column, f"no claim is called {row[column]!r}.")
        if facts[row["id"]].row["measure"] == "ordinal":
            firsts.append(facts[row["id"]].row["subject"])
    for line, row in enumerate(tables["projects"], 2):
        if firsts.count(row["id"]) != bool(row["first_printed"]):
            problem = f"{firsts.count(row['id'])} rows of superlatives.csv are claims of a first for {row['id']!r}."
            raise DataError(
                "data/projects.csv", line, "first_printed", problem, "There is one for each first, else none."
            )


def _check_named(tables: dict[str, list[Row]], facts: dict[str, Fact]) -> None:
    """Every fact that another table names is one, and every code has its words."""
    for line, row in enumerate(tables["figures"], 2):
        named = [*row["facts"].split(), *(m["id"] for words in row.values() for m in PLACE.finditer(words))]
        outside = next((id for id in named if is_outside(id)), "")
        if outside and row["notebook"] != verdicts.NOTEBOOK:
            problem = (
                f"{outside!r} is not of the article; only the figures of {verdicts.NOTEBOOK} say so in their source."
            )
            raise DataError("data/figures.csv", line, "facts", problem)
    for table, column in (("decisions", "ids"), ("figures", "facts")):
        for line, row in enumerate(tables[table], 2):
            for id in row[column].split():
                if id not in facts:
                    raise DataError(f"data/{table}.csv", line, column, f"no fact is called {id!r}.")
    for line, row in enumerate(tables["figures"], 2):
        for column, words in row.items():
            for m in PLACE.finditer(words):
                if m["id"] not in facts:
                    raise DataError("data/figures.csv", line, column, f"no fact is called {m['id']!r}.")
            if re.search(r"[{}]", PLACE.sub("", words)):
                problem = "a brace that names no fact."
                raise DataError(
                    "data/figures.csv", line, column, problem, "Write {id}, or {id:n} for the digits alone."
                )
    known = {(r["column"], r["code"]) for r in tables["terms"]}
    coded = [(t, "measure", "measure") for t in THEMES] + [("superlatives", "level", "level")]
    coded += [("sources", "reliability", "reliability"), ("sources", "origin", "origin")]
    coded += [
        ("crosschecks", "aspect", "aspect"),
        ("context", "indicator", "indicator"),
        ("context", "geography", "geography"),
    ]
    missing = next((v for v in verdicts.VERDICTS if ("verdict", v) not in known), "")
    if missing:
        raise DataError("data/terms.csv", 0, "code", f"the verdict {missing!r} has no row.", "Restore it from git.")
    coded += [("projects", c, c) for c in ("stage", "kind", "sector")] + [("relations", "relation", "relation")]
    model = [r["kind"] for r in tables["policies"] if r["policy"] == "model_325"]
    if not {("part", kind) for kind in model} <= known:
        raise DataError(
            "data/policies.csv", 0, "kind", "a part of the 325 model has a kind without a row in terms.csv."
        )
    for table, column, kind in coded:
        for line, row in enumerate(tables[table], 2):
            if (kind, row[column]) not in known:
                raise DataError(f"data/{table}.csv", line, column, f"{row[column]!r} has no row in terms.csv.")
    for line, row in enumerate(tables["terms"], 2):
        if (row["column"] == "stage") != bool(row["group"]):
            raise DataError("data/terms.csv", line, "group", "a stage has a phase, nothing else has one.")


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
    return units
