"""The public record: figures that other sources print.

A figure of another source is a ``record``: its id starts with ``record_``, that of a figure computed with one with
``vs_``, no other does, and nothing that is derived from the article alone may name one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from tieout.config import Project
from tieout.data.fact import Fact
from tieout.data.tables import Row, check_date, check_number
from tieout.errors import DataError
from tieout.numbers import quantity as qty
from tieout.numbers import read_zh
from tieout.numbers.read_en import read_either
from tieout.numbers.units import Units
from tieout.text.dates import date_chinese, date_text, last_day

RELIABILITIES = ("official", "press", "reprint")


def records(project: Project, units: Units, tables: dict[str, list[Row]]) -> Iterator[Fact]:
    """The rows of ``context.csv`` as facts, each with its source; raises ``DataError`` for the first thing wrong."""
    file = "data/context.csv"
    _check_sources(tables, project.searched)
    sources = {r["id"]: r for r in tables["sources"]}
    words = {(r["column"], r["code"]): r for r in tables["terms"]}
    seen: dict[tuple[str, ...], str] = {}
    for line, row in enumerate(tables["context"], 2):
        for column in ("indicator", "geography"):
            if (column, row[column]) not in words:
                raise DataError(file, line, column, f"{row[column]!r} has no row in terms.csv.")
        same = tuple(
            row[k] for k in ("source", "indicator", "geography", "measure", "unit", "period_start", "period_end")
        )
        if same in seen:
            raise DataError(file, line, "id", f"{seen[same]!r} says the same of the same source.")
        seen[same] = row["id"]
        _check_period(file, line, row, sources[row["source"]], project.searched)
        value, rounding = _printed(file, line, row, units)
        q = qty.make(units, row["id"], value, row["unit"], row["relation"], rounding)
        english, chinese = (_label(row, words, language, project.home) for language in ("en", "zh"))
        unit, source = units[row["unit"]], sources[row["source"]]
        yield Fact(row["id"], "record", english, chinese, q, unit, file, line, row, source=source)


def _check_sources(tables: dict[str, list[Row]], searched: str) -> None:
    file, used, addresses = "data/sources.csv", {r["source"] for r in tables["context"]}, set()
    for line, source in enumerate(tables["sources"], 2):
        if source["id"] not in used:
            raise DataError(file, line, "id", f"no figure is from {source['id']!r}.", "Take it out.")
        if not re.fullmatch(r"https?://[^\s\"<>`]+\.[^\s\"<>`]+", source["address"]):
            raise DataError(file, line, "address", f"{source['address']!r} is no address.")
        if source["address"] in addresses:
            raise DataError(file, line, "address", f"{source['address']!r} is there twice.")
        addresses.add(source["address"])
        check_date(file, line, "date", source["date"], searched, "the last search")


def _check_period(file: str, line: int, row: Row, source: Row, searched: str) -> None:
    """What is counted was there when it was printed, in that month at the latest; a plan looks ahead."""
    month = last_day(source["date"][:7])
    for column in ("period_start", "period_end"):
        check_date(file, line, column, row[column], searched, "the last search")
    over = row["period_end"] if row["measure"] == "plan" else last_day(row["period_end"])
    if row["measure"] != "plan" and over > month:
        raise DataError(
            file, line, "period_end", f"{row['period_end']} is not over when its source prints it ({month})."
        )
    if row["measure"] == "plan" and last_day(row["period_end"]) < source["date"]:
        raise DataError(file, line, "period_end", f"a plan for {row['period_end']} is printed after it.")
    if row["period_start"] and row["period_start"][: len(row["period_end"])] > row["period_end"]:
        raise DataError(file, line, "period_end", f"{row['period_end']!r} is before {row['period_start']!r}.")


def _printed(file: str, line: int, row: Row, units: Units) -> tuple[Fraction, Fraction]:
    """Value and rounding of a row, which say the same as the number that is printed.

    A bound is taken at its word, a whole count is exact, and so is a plan; a count in round ten thousands is not.
    """
    for column in ("value", "rounding"):
        check_number(file, line, column, row[column])
    value, rounding, unit = Fraction(row["value"]), Fraction(row["rounding"]), units[row["unit"]]
    if (row["basis"] == "printed") != bool(row["as_printed"]):
        raise DataError(file, line, "as_printed", "what is printed has characters, what is counted has none.")
    if row["basis"] == "counted":
        plain = row["relation"] == "=" and rounding == 0 and value >= 0 and value.denominator == 1
        if not plain or unit.kind != "count":
            raise DataError(file, line, "value", "what is counted from names is a whole number of things.")
        return value, rounding
    remedy = "Leave the row out until it can be read."
    if piece := read_zh.unread(row["as_printed"].removeprefix("预计"), unit):
        problem = f"{row['as_printed']!r} cannot be read: {piece!r} in it is not known yet."
        raise DataError(file, line, "as_printed", problem, remedy)
    try:
        printed, suffixes = read_either(row["as_printed"])
    except ValueError as error:
        raise DataError(file, line, "as_printed", f"{error}.", remedy) from None
    expected = "plan" if row["as_printed"].startswith("预计") else row["measure"]
    whole = unit.kind == "count" and (printed.step == 1 or expected == "plan")
    exact = whole or printed.relation != "="
    for column, cell, reading in (
        ("measure", row["measure"], expected),
        ("value", value, printed.value),
        ("relation", row["relation"], printed.relation),
        ("rounding", rounding, Fraction(0) if exact else printed.step),
    ):
        if cell != reading:
            problem = f"{row[column]} does not agree with {row['as_printed']!r}, which reads as {reading}."
            raise DataError(file, line, column, problem, "Correct whichever is wrong.")
    if row["as_printed"].startswith(read_zh.ORDINAL) and unit.kind != "nominal":
        raise DataError(file, line, "unit", f"{row['as_printed']!r} is a place in an order, and {unit.id!r} is not.")
    bare = not suffixes[0] and unit.kind == "count"
    if not bare and not set(suffixes) & set(unit.suffixes_zh):
        raise DataError(file, line, "unit", f"{unit.id!r} is not printed as {suffixes[0]!r} (see units.csv).")
    return value, rounding


def _label(row: Row, words: dict[tuple[str, str], Row], language: str, home: str) -> str:
    """What a record is called: measure, place if it is not ``home``, and to when."""
    name, place = (words[c, row[c]][f"label_{language}"] for c in ("indicator", "geography"))
    english = language == "en"
    if row["measure"] == "growth":
        name = f"Growth of {name[0].lower()}{name[1:]}" if english else f"{name}同比增长"
    if row["measure"] == "plan":
        name += " (planned or expected)" if english else "（计划或预计）"
    parts = [name, *([place] if row["geography"] != home else [])]
    parts.append(_span(row, date_text, " to ") if english else _span(row, date_chinese, "至"))
    return (", " if english else "，").join(parts)


def _span(row: Row, words: object, to: str) -> str:
    start, end = row["period_start"], row["period_end"]
    return words(end) if start in ("", end) else f"{words(start)}{to}{words(end)}"  # type: ignore[operator]
