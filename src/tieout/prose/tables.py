"""The prose that stands in the CSVs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tieout.data.dataset import PLACE, Dataset
from tieout.numbers.relations import RELATIONS


def texts(facts: Dataset) -> Iterator[tuple[str, str]]:
    """The prose that stands in the CSVs (notes, reasons, assumptions, captions) with its place: no free numerals there either."""
    columns = (
        "label_en",
        "note",
        "assumption",
        "definition",
        "definition_en",
        "reading_en",
        "decision",
        "reason",
        "among_en",
        *(f"{part}_{language}" for part in ("title", "subtitle", "caption", "alt") for language in ("en", "zh")),
    )
    for table, rows in facts.tables.items():
        for line, row in enumerate(rows, 2):
            if table != "units":
                # A number that a figure's words name is filled in from the data.
                found = ((c, PLACE.sub("", row[c]) if table == "figures" else row[c]) for c in columns if row.get(c))
                yield from ((f"data/{table}.csv, row {line}, column {c}", words) for c, words in found)


def bare_bounds(facts: Dataset) -> Iterator[str]:
    """Words of figures that give the digits of a bound without saying that it is one."""
    for line, row in enumerate(facts.tables["figures"], 2):
        for column, words in row.items():
            for m in PLACE.finditer(words):
                relation = facts[m["id"]].quantity.relation if m["id"] in facts else "="
                around = words[max(0, m.start() - 24) : m.start()] + words[m.end() : m.end() + 3]
                if m["bare"] and relation != "=" and not re.search(RELATIONS[relation].prose, around, re.I):
                    yield f"data/figures.csv, row {line}, column {column}: {m[0]} is a bound and not said to be one"
