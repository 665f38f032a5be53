"""What follows from the claims and records: counts, derived figures, comparisons, checks."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from tieout.config import Project
from tieout.data import counts as counting
from tieout.data import verdicts
from tieout.data.counts import Count, counts
from tieout.data.fact import COMPARED, RECORD, Check, Fact, is_outside
from tieout.data.tables import Row
from tieout.data.wordings import judged
from tieout.errors import DataError
from tieout.numbers import quantity as qty
from tieout.numbers.formula import evaluate, names, parse, reused, verdict
from tieout.numbers.quantity import Quantity, QuantityError, unit_id
from tieout.numbers.units import Units

if TYPE_CHECKING:
    from tieout.data.dataset import Dataset

# As long as the id of a notebook cell may be.
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,63}")


def computed(read: Dataset, claims: Iterable[Fact], records: Iterable[Fact], changed: Collection[str] = ()) -> Dataset:
    """``read`` with ``claims`` and ``records``, and all that follows from them.

    What ``read`` has computed already stays if it rests on none of the ``changed`` claims.
    """
    kept = {f.id: f for f in read.by_id.values() if f.uses and not set(changed) & set(f.quantity.ids)}
    project, units, tables, numerals = read.project, read.units, read.tables, read.numerals
    reserved = taken(project, tables)
    facts = {f.id: f for f in claims}
    rows = [f.row for f in facts.values()]
    for fact in _counted(units, counts(project, tables, rows, len(numerals), sum(not n.claims for n in numerals))):
        add(facts, fact)
    _derive("data/derived.csv", "derived", units, tables["derived"], facts, reserved, kept)
    for fact in records:
        add(facts, fact, reserved)
    _derive("data/comparisons.csv", "compared", units, tables["comparisons"], facts, reserved, kept)
    same = {
        c.id: c
        for c in read.checks + read.crosschecks
        if not set(changed) & set(c.left_quantity.ids + c.right_quantity.ids)
    }
    checks = _checks("checks", "check_", units, tables, facts, same)
    crosschecks = _checks("crosschecks", "cross_", units, tables, facts, same)
    headlines = verdicts.headlines(project, tables, facts, crosschecks)
    for fact in _counted(units, counting.counted(project, tables, headlines)):
        add(facts, fact)
    words = judged(units, tables["wordings"], facts, checks + crosschecks, headlines, read.by_id, read.wordings)
    return replace(read, by_id=facts, checks=checks, crosschecks=crosschecks, headlines=headlines, wordings=words)


def taken(project: Project, tables: dict[str, list[Row]]) -> set[str]:
    """The ids that no fact may have."""
    return {r["id"] for t in project.registers for r in tables[t]}


def add(facts: dict[str, Fact], fact: Fact, taken: Container[str] = ()) -> None:
    own = {"record": RECORD, "compared": COMPARED}.get(fact.kind, "")
    if fact.kind == "counted" and fact.file in counting.FILES:
        own = COMPARED
    reserved = fact.id.startswith(("check_", "cross_")) or is_outside(fact.id) != bool(own)
    if not _IDENTIFIER.fullmatch(fact.id) or reserved or not fact.id.startswith(own):
        problem = f"{fact.id!r} is not an identifier of a fact."
        remedy = f"Use a-z, 0-9 and _, a letter first, 64 at most; check_ and cross_ are for checks, {RECORD} and {COMPARED} for other sources."
        raise DataError(fact.file, fact.line, "id", problem, remedy)
    if fact.id in taken:
        raise DataError(fact.file, fact.line, "id", f"{fact.id!r} is already the id of something in a register.")
    if fact.id in facts:
        other = facts[fact.id]
        raise DataError(fact.file, fact.line, "id", f"{fact.id!r} is already used in {other.file}, row {other.line}.")
    facts[fact.id] = fact


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
        add(facts, computed[row["id"]], taken)


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
