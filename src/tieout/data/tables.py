"""The CSVs as rows of text, valid against ``datapackage.json``: encoding, cells, types, keys.

What is wrong is told with file, row and column; the rules of the columns are those of ``schema``.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tieout.data.schema import Schema, SchemaError, first_fault
from tieout.errors import DataError

Row = dict[str, str]
#: Column titles by name; the table's own under "".
Titles = dict[str, str]


class _Resource(NamedTuple):
    """A table as ``datapackage.json`` describes it."""

    path: str
    titles: Titles
    schema: Schema


def read_tables(data: Path) -> tuple[dict[str, list[Row]], dict[str, Titles]]:
    """Every table that ``datapackage.json`` names, validated, and its titles.

    Raises ``DataError`` at the first thing wrong.
    """
    tables, resources = {}, _resources(data)
    for name, resource in resources.items():
        tables[name] = read_csv(data / resource.path)
        _check_header(f"data/{resource.path}", list(tables[name][0]), list(resource.schema.fields))
    _validate(tables, {name: resource.schema for name, resource in resources.items()})
    return tables, {name: resource.titles for name, resource in resources.items()}


def _validate(tables: dict[str, list[Row]], schemas: dict[str, Schema]) -> None:
    """Types, constraints and keys of all tables."""
    try:
        found = first_fault(schemas, tables)
    except SchemaError as error:
        raise DataError("data/datapackage.json", 0, "", f"{error}.", "Describe the table otherwise.") from None
    if found:
        table, fault = found
        raise DataError(f"data/{table}.csv", fault.line, fault.column, f"{fault.problem}.")


def _resources(data: Path) -> dict[str, _Resource]:
    """Every table by its name."""
    file, found = "datapackage.json", {}
    try:
        for resource in json.loads((data / file).read_text("utf-8"))["resources"]:
            descriptor = resource["schema"]
            if isinstance(descriptor, str):
                file = descriptor
                descriptor = json.loads((data / file).read_text("utf-8"))
            titles = {"": resource["title"]} | {f["name"]: f["title"] for f in descriptor["fields"]}
            found[resource["name"]] = _Resource(resource["path"], titles, Schema(resource["name"], descriptor))
            file = "datapackage.json"
    except SchemaError as error:
        problem = f"table {resource['name']}: {error}."
        raise DataError(f"data/{file}", 0, "", problem, "Describe the table otherwise.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"data/{file}", 0, "", f"cannot be read: {error!r}.", "Restore it from git.") from None
    return found


def read_csv(path: Path) -> list[Row]:
    """The rows of a CSV, all cells as text; raises ``DataError`` for what a spreadsheet does to one."""
    name = f"data/{path.name}"
    if not path.is_file():
        raise DataError(name, 0, "", "the file is missing.", "Restore it from git.")
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataError(
            name, line, "", "the file is not UTF-8 (a spreadsheet may have saved it as GBK).",
            "Save it as 'CSV UTF-8', or convert it: iconv -f GB18030 -t UTF-8.",
        ) from None  # fmt: skip
    if not text.strip():
        raise DataError(name, 0, "", "the file is empty.", "Restore it from git.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header, *body = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise DataError(name, reader.line_num, "", f"the CSV is broken: {error}.") from None
    columns = header[1]
    if len(columns) == 1 and re.search(r"[;\t]", columns[0]):
        raise DataError(name, 1, "", "the columns are separated by semicolons or tabs.", "Save it with commas.")
    if not body:
        raise DataError(name, 0, "", "there are no rows.", "Restore them from git.")
    rows = []
    for line, cells in body:
        if not any(cells):
            raise DataError(name, line, "", "the row is empty.", "Delete it.")
        if len(cells) != len(columns):
            problem = f"{len(cells)} cells under {len(columns)} columns."
            raise DataError(name, line, "", problem, "A comma in a text needs quotes.")
        for column, cell in zip(columns, cells, strict=True):
            _check_cell(name, line, column, cell)
        rows.append(dict(zip(columns, cells, strict=True)))
    return rows


def _check_cell(file: str, line: int, column: str, cell: str) -> None:
    def refuse(problem: str, remedy: str) -> DataError:
        return DataError(file, line, column, problem, remedy)

    # The cells of relation may be "=" alone, those of value a negative number.
    if cell[:1] in ("=", "@", "+", "-") and cell != "=" and not re.fullmatch(r"-\d+(\.\d+)?", cell):
        raise refuse(f"the cell starts with {cell[0]!r}, which spreadsheets run as a formula.", "Take it out.")
    wide = next((c for c in cell if "\uff10" <= c <= "\uff19" or c in "％．"), "")
    if wide:
        raise refuse(f"full-width {wide!r} in {cell!r}.", "Type digits, point and % half-width.")
    # First whether all can be printed: nearly every cell can, and it is asked in a hundredth of the time.
    if not cell.isprintable() and any(unicodedata.category(c) in ("Cc", "Cf") for c in cell):
        raise refuse(f"{cell!r} holds a line break or an invisible character.", "Take it out.")
    if cell != unicodedata.normalize("NFC", cell):
        raise refuse(f"{cell!r} is not in Unicode NFC.", "Normalise it.")
    if cell != cell.strip():
        raise refuse(f"{cell!r} has a space at an end.", "Take it out.")


def check_number(file: str, line: int, column: str, cell: str) -> None:
    """That a cell is a plain number: digits, a point, a minus."""
    if not re.fullmatch(r"-?\d+(\.\d+)?", cell):
        raise DataError(file, line, column, f"{cell!r} is no plain number.")


def check_date(file: str, line: int, column: str, iso: str, last: str, what: str = "the article") -> None:
    """That a date as precise as printed (2023, 2023-03, 2023-03-17) exists and does not begin after ``last``, that of ``what``."""
    try:
        if iso and not re.fullmatch(r"\d{4}(-\d\d){0,2}", iso):
            raise ValueError
        first = date.fromisoformat(iso + "-01-01"[len(iso) - 4 :]) if iso else None
    except ValueError:
        raise DataError(file, line, column, f"{iso!r} is no date.") from None
    if first and first > date.fromisoformat(last):
        raise DataError(file, line, column, f"{iso} is after {what} ({last}).")


def _check_header(file: str, found: list[str], expected: list[str]) -> None:
    """Missing, unknown and moved columns by name."""
    for column in expected:
        if column not in found:
            raise DataError(file, 1, column, "the column is missing.", "Restore it from git.")
    for column in found:
        if column not in expected:
            raise DataError(
                file, 1, column, "the column is unknown.", "Describe it in datapackage.json or take it out."
            )
    if found != expected:
        raise DataError(file, 1, "", "the columns are not in the order of datapackage.json.", "Restore it from git.")
