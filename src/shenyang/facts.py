"""Load and validate the CSVs; the registry of claims, figures of other sources, and all that follows from them, by id.

``load()`` reads everything under ``data/``, checks it against ``datapackage.json``
(types, required cells, enumerations, keys) and against the article (quotes,
printed numbers, completeness), computes ``derived.csv``, ``comparisons.csv`` and the checks, and
returns one ``Facts``. The first thing that is wrong raises ``DataError``.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from shenyang import article as source
from shenyang import context
from shenyang import quantity as qty
from shenyang.article import Article, DataError, Span
from shenyang.claims import THEMES, account, check_growth, check_references, claim
from shenyang.context import Headline
from shenyang.counts import Count, counts
from shenyang.fact import COMPARED, RECORD, Check, Fact, Numeral, is_outside
from shenyang.formula import evaluate, names, parse, reused, verdict
from shenyang.quantity import Quantity, QuantityError, Unit, Units
from shenyang.schema import Row, Titles, last_day, read_tables

if TYPE_CHECKING:
    import pandas as pd

#: In the words of figures.csv: {id} is the value of a fact, {id:n} its digits alone.
PLACE = re.compile(r"\{(?P<id>\w+)(?P<bare>:n)?\}")
# As long as the id of a notebook cell may be.
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True)
class Facts:
    """All the curated data, validated.

    ``checks`` compare the article with itself, ``crosschecks`` with other sources; ``headlines`` are the figures
    that these bear on, each with its verdict. ``tables`` are the CSVs by name, ``titles`` their columns' titles by name, the table's own under ``""``.
    ``drawn`` is what the figures on disk showed when the data were read.
    ``disagreements`` are claims whose cells contradict what is printed; there are none unless asked for.
    """

    article: Article
    units: Units
    tables: dict[str, list[Row]]
    titles: dict[str, Titles]
    by_id: dict[str, Fact]
    checks: tuple[Check, ...]
    crosschecks: tuple[Check, ...]
    headlines: dict[str, Headline]
    numerals: tuple[Numeral, ...]
    drawn: dict[str, str]
    disagreements: tuple[DataError, ...] = ()

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
        """The derived facts and checks whose formula names ``id``, in order."""
        derived = [f.id for f in self.by_id.values() if id in f.uses]
        return derived + [c.id for c in self.checks + self.crosschecks if id in names(c.left) + names(c.right)]

    def span(self, id: str) -> Span:
        """Where in the article the number of claim ``id`` is printed."""
        row = self[id].row
        return self.article.find_in(row["quote"], row["as_printed"])

    @cached_property
    def things(self) -> dict[str, Row]:
        """What has a name beside the facts: organisations, projects, policies, and codes such as ``stage:in_use``.

        A statement is called by what it says, in Chinese by the article's own words.
        """
        named = {r["id"]: r for t in ("organisations", "projects", "policies") for r in self.tables[t]}
        named |= {
            r["id"]: r | {"label_en": r["statement_en"], "label_zh": r["quote"]} for r in self.tables["statements"]
        }
        return named | {f"{r['column']}:{r['code']}": r for r in self.tables["terms"]}

    @property
    def phases(self) -> dict[str, str]:
        """The phase of each stage."""
        return {r["code"]: r["group"] for r in self.tables["terms"] if r["column"] == "stage"}

    def label(self, id: str, language: str = "en") -> str:
        """What ``id`` is called: a fact, an organisation, a project, a policy, or a code such as ``stage:in_use``."""
        if id in self.by_id:
            return getattr(self.by_id[id], f"label_{language}")
        if id not in self.things:
            raise KeyError(f"nothing is called {id!r}")
        return self.things[id][f"label_{language}"]

    def fill(self, words: str, language: str = "en") -> str:
        """``words`` with the value of each fact they name in place of ``{id}``, its digits in place of ``{id:n}``."""

        def value(m: re.Match[str]) -> str:
            fact = self[m["id"]]
            if m["bare"]:
                return qty.parts(fact.quantity, fact.unit, language)[1]
            return fact.english if language == "en" else fact.chinese

        return PLACE.sub(value, words)

    def figure(self, id: str) -> Row:
        """The row of figure ``id``, its words filled in; raises ``KeyError`` if there is none."""
        row = next((r for r in self.tables["figures"] if r["id"] == id), None)
        if row is None:
            raise KeyError(f"no figure is called {id!r}: add a row to data/figures.csv")
        return {k: self.fill(v, k[-2:]) if k[-3:] in ("_en", "_zh") else v for k, v in row.items()}

    def frame(self, table: str) -> pd.DataFrame:
        """One CSV as a DataFrame indexed by its id, if it has one; text as text, numbers as numbers."""
        import pandas as pd  # half a second that most commands do not need

        frame = pd.DataFrame(self.tables[table])
        for column in {"value", "rounding"} & set(frame):
            frame[column] = pd.to_numeric(frame[column])
        return frame.set_index("id") if "id" in frame else frame

    def path(self, indicator: str, geography: str = "shenyang", also: Mapping[str, str] | None = None) -> pd.DataFrame:
        """The levels that other sources print of one measure, in order of time: one row a figure.

        ``also`` gives figures that follow from them, each with its date. Columns: ``fact``, ``date`` (the last day it
        covers), ``value`` in its unit, ``relation``, ``reliability`` (what follows from others is taken for a copy).
        Raises ``KeyError`` if there is none.
        """
        import pandas as pd  # half a second that most commands do not need

        wanted = (indicator, geography, "level")
        found = [
            f
            for f in self.of_kind("record")
            if tuple(f.row[k] for k in ("indicator", "geography", "measure")) == wanted
        ]
        if not found:
            raise KeyError(f"no record of {indicator!r} for {geography!r}")
        dated = [(f, f.row["period_end"], f.source["reliability"]) for f in found]
        dated += [(self[id], date, "reprint") for id, date in (also or {}).items()]
        rows = [(f.id, pd.Timestamp(last_day(date)), f.value, f.quantity.relation, kind) for f, date, kind in dated]
        frame = pd.DataFrame(rows, columns=["fact", "date", "value", "relation", "reliability"])
        return frame.sort_values(["date", "fact"], ignore_index=True)

    def suppose(self, quantities: Mapping[str, Quantity]) -> Facts:
        """The same with other quantities for some claims, and all that follows from them computed anew.

        ``frame`` and ``row`` stay as printed. Nothing is written. Raises ``DataError`` naming the formula that cannot be computed with them.
        """
        claims = [replace(f, quantity=quantities.get(f.id, f.quantity)) for f in self.of_kind("claim")]
        changed = {f.id for f in claims if f.quantity != self[f.id].quantity}
        return _computed(self, claims, self.of_kind("record"), changed)

    @property
    def claims(self) -> pd.DataFrame:
        """The claims of all four themes, one row each, with ``theme``, ``low`` and ``high`` added: the caller's own copy."""
        import pandas as pd

        frame = pd.concat([self.frame(t).assign(theme=t) for t in THEMES])
        frame["value"] = [self[i].value for i in frame.index]
        frame["low"] = [self[i].low for i in frame.index]
        frame["high"] = [self[i].high for i in frame.index]
        return frame


def load(root: Path | None = None, lenient: bool | None = None) -> Facts:
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
def _load(folder: Path, stamps: tuple[tuple[str, int, int], ...]) -> Facts:
    article = source.load(folder)
    tables, titles = read_tables(folder / "data")
    units = _units(tables["units"])
    check_references(article, tables)
    claims: dict[str, Fact] = {}
    disagreements: list[DataError] = []
    for theme in THEMES:
        for line, row in enumerate(tables[theme], 2):
            _add(claims, claim(article, units, f"data/{theme}.csv", line, row, disagreements), _taken(tables))
    check_growth(claims)
    numerals = tuple(account(article, tables, claims))
    _check_superlatives(tables, claims)
    records = tuple(context.records(units, tables))
    read = Facts(article, units, tables, titles, {}, (), (), {}, numerals, drawn(folder), tuple(disagreements))
    facts = _computed(read, claims.values(), records)
    _check_named(tables, facts.by_id)
    return replace(facts, disagreements=(*disagreements, *_impossible(facts.by_id)))


def _computed(read: Facts, claims: Iterable[Fact], records: Iterable[Fact], changed: Collection[str] = ()) -> Facts:
    """``read`` with ``claims`` and ``records``, and all that follows from them.

    What ``read`` has computed already stays if it rests on none of the ``changed`` claims.
    """
    kept = {f.id: f for f in read.by_id.values() if f.uses and not set(changed) & set(f.quantity.ids)}
    units, tables, numerals, taken = read.units, read.tables, read.numerals, _taken(read.tables)
    facts = {f.id: f for f in claims}
    rows = [f.row for f in facts.values()]
    for fact in _counted(units, counts(tables, rows, len(numerals), sum(not n.claims for n in numerals))):
        _add(facts, fact)
    _derive("data/derived.csv", "derived", units, tables["derived"], facts, taken, kept)
    for fact in records:
        _add(facts, fact, taken)
    _derive("data/comparisons.csv", "compared", units, tables["comparisons"], facts, taken, kept)
    same = {
        c.id: c
        for c in read.checks + read.crosschecks
        if not set(changed) & set(c.left_quantity.ids + c.right_quantity.ids)
    }
    checks = _checks("checks", "check_", units, tables, facts, same)
    crosschecks = _checks("crosschecks", "cross_", units, tables, facts, same)
    headlines = context.headlines(tables, facts, crosschecks)
    for fact in _counted(units, context.counted(tables, headlines)):
        _add(facts, fact)
    return replace(read, by_id=facts, checks=checks, crosschecks=crosschecks, headlines=headlines)


def _taken(tables: dict[str, list[Row]]) -> set[str]:
    """The ids that no fact may have."""
    return {r["id"] for t in ("organisations", "projects", "policies") for r in tables[t]}


def drawn(folder: Path) -> dict[str, str]:
    """What the figures on disk show: the CSV of each, by its id."""
    return {path.stem: path.read_text("utf-8") for path in sorted((folder / "figures").glob("*.csv"))}


def _impossible(facts: dict[str, Fact]) -> Iterator[DataError]:
    """Counts without a whole number in their interval whose status does not say so, and other figures whose status does."""
    for fact in facts.values():
        none = qty.no_whole_number(fact.quantity, fact.unit)
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
        if outside and row["notebook"] != context.NOTEBOOK:
            problem = (
                f"{outside!r} is not of the article; only the figures of {context.NOTEBOOK} say so in their source."
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
    missing = next((v for v in context.VERDICTS if ("verdict", v) not in known), "")
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


def _add(facts: dict[str, Fact], fact: Fact, taken: Container[str] = ()) -> None:
    own = {"record": RECORD, "compared": COMPARED}.get(fact.kind, "")
    if fact.kind == "counted" and fact.file in context.FILES:
        own = COMPARED
    reserved = fact.id.startswith(("check_", "cross_")) or is_outside(fact.id) != bool(own)
    if not _IDENTIFIER.fullmatch(fact.id) or reserved or not fact.id.startswith(own):
        problem = f"{fact.id!r} is not an identifier of a fact."
        remedy = f"Use a-z, 0-9 and _, a letter first, 64 at most; check_ and cross_ are for checks, {RECORD} and {COMPARED} for other sources."
        raise DataError(fact.file, fact.line, "id", problem, remedy)
    if fact.id in taken:
        raise DataError(
            fact.file, fact.line, "id", f"{fact.id!r} is already the id of an organisation, project or policy."
        )
    if fact.id in facts:
        other = facts[fact.id]
        raise DataError(fact.file, fact.line, "id", f"{fact.id!r} is already used in {other.file}, row {other.line}.")
    facts[fact.id] = fact


# --- counts, formulas, checks ---------------------------------------------------


def _counted(units: Units, found: Iterable[Count]) -> Iterator[Fact]:
    for count in found:
        if count.unit not in units.by_id:
            raise DataError("data/units.csv", 0, "id", f"the unit {count.unit!r} is missing.", "Restore it from git.")
        q = qty.make(units, count.id, Fraction(count.n), count.unit)
        yield Fact(
            count.id, "counted", count.label_en, count.label_zh, q, units[count.unit], count.file, 0, {}, (), count.members
        )  # fmt: skip


def _derive(
    file: str,
    kind: str,
    units: Units,
    rows: list[Row],
    facts: dict[str, Fact],
    taken: Container[str],
    kept: Mapping[str, Fact],
) -> None:
    """Compute the formulas of ``file`` into ``facts``, each after those it names; ``kept`` ones are known."""
    by_id, uses = {}, {}
    for line, row in enumerate(rows, 2):
        if (row["status"] != "robust") != bool(row["assumption"]):
            raise DataError(file, line, "assumption", "a robust figure has no assumption, any other states it.")
        try:
            parse(row["formula"])
        except ValueError as error:
            raise DataError(file, line, "formula", f"{error}.") from None
        by_id[row["id"]], uses[row["id"]] = (line, row), names(row["formula"])
    try:
        order = [id for id in TopologicalSorter(uses).static_order() if id in by_id]
    except CycleError as error:
        line, row = by_id[error.args[1][0]]
        raise DataError(file, line, "formula", f"the formulas are circular: {' → '.join(error.args[1])}.") from None
    quantities = {id: f.quantity for id, f in facts.items()}
    computed = {}
    for id in order:
        if id in kept:
            computed[id], quantities[id] = kept[id], kept[id].quantity
            continue
        line, row = by_id[id]
        try:
            result = evaluate(row["formula"], quantities, units, outer=kind == "compared")
        except ValueError as error:
            raise DataError(file, line, "formula", f"{error}.") from None
        try:
            q = result.to(row["unit"])
        except QuantityError as error:
            raise DataError(file, line, "unit", f"{error}.") from None
        used = tuple(dict.fromkeys(names(row["formula"])))
        rows_used = {u: (facts.get(u) or computed[u]).row for u in used if u in facts or u in computed}
        shaky = next((u for u, r in rows_used.items() if r.get("status", "robust") != "robust"), "")
        if shaky and row["status"] == "robust":
            raise DataError(
                file, line, "status", f"it rests on {shaky!r}, which is conditional.", "State the assumption."
            )
        if kind == "compared" and not any(base.startswith(RECORD) for base in q.ids):
            raise DataError(file, line, "formula", "it names no record.", "It belongs into data/derived.csv.")
        quantities[id] = q
        computed[id] = Fact(id, kind, row["label_en"], row["label_zh"], q, units[row["unit"]], file, line, row, used)
    for row in rows:  # the file's order, not the order of computation
        _add(facts, computed[row["id"]], taken)


def _checks(
    table: str,
    prefix: str,
    units: Units,
    tables: dict[str, list[Row]],
    facts: dict[str, Fact],
    same: Mapping[str, Check],
) -> tuple[Check, ...]:
    """The rows of ``table``, computed unless they are the ``same``; those of the article against itself know nothing else."""
    file, known = f"data/{table}.csv", facts
    if table == "checks":
        known = {id: fact for id, fact in facts.items() if not is_outside(id)}
    found = []
    for line, row in enumerate(tables[table], 2):
        if not row["id"].startswith(prefix):
            raise DataError(file, line, "id", f"{row['id']!r} does not start with {prefix}.")
        found.append(same.get(row["id"]) or _check(file, known, units, line, row))
    return tuple(found)


def _check(file: str, facts: dict[str, Fact], units: Units, line: int, row: Row) -> Check:
    quantities = {id: f.quantity for id, f in facts.items()}
    sides = []
    for column in ("left", "right"):
        try:
            side = evaluate(row[column], quantities, units)
        except ValueError as error:
            raise DataError(file, line, column, f"{error}.") from None
        if not side.unit.dimensionless and unit_id(side) not in units.by_id:
            raise DataError(file, line, column, f"the unit {unit_id(side)!r} has no row in units.csv.")
        sides.append(side)
    left, right = sides
    twice = reused(names(row["left"]) + names(row["right"]), quantities)
    if twice:
        raise DataError(file, line, "right", f"the inexact {twice!r} stands on both sides: nothing is compared.")
    try:
        result = verdict(left, row["relation"], right)
    except QuantityError as error:
        raise DataError(file, line, "right", f"{error}.") from None
    return Check(
        row["id"], row["label_en"], row["label_zh"], row["left"], row["relation"], row["right"], row["note"],
        left, right, result, row, _sources(facts, left, right),
    )  # fmt: skip


def _sources(facts: dict[str, Fact], *sides: Quantity) -> tuple[Row, ...]:
    """The sources that the records in ``sides`` are from, each once."""
    bases = (facts[id] for side in sides for id in side.ids if id.startswith(RECORD))
    return tuple({fact.source["id"]: fact.source for fact in bases}.values())


def unit_id(q: Quantity) -> str:
    """The id that the unit of a result has in ``units.csv``, if it has one."""
    return str(q.unit).replace(" ", "")
