"""The CSVs as rows of text, valid against ``datapackage.json``: encoding, cells, types, keys.

frictionless does the validation; what it finds is told in this project's words, with file, row and column.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from datetime import date
from pathlib import Path

import frictionless

from tieout.errors import DataError

Row = dict[str, str]
#: Column titles by name; the table's own under "".
Titles = dict[str, str]


def read_tables(data: Path) -> tuple[dict[str, list[Row]], dict[str, Titles]]:
    """Every table that ``datapackage.json`` names, validated, and its titles.

    Raises ``DataError`` at the first thing wrong.
    """
    tables, titles = {}, {}
    for name, path, fields, title in _resources(data):
        tables[name] = read_csv(data / path)
        titles[name] = {"": title} | fields
        _check_header(f"data/{path}", list(tables[name][0]), list(fields))
    _validate(data, tables)
    return tables, titles


#: What was valid already in this process: the descriptor of the package, and each table as ``_state`` has it.
_VALID: set[str | tuple[bytes, ...]] = set()


def _validate(data: Path, tables: dict[str, list[Row]]) -> None:
    """Types, constraints and keys of the tables that are not known to be valid as they are."""
    descriptor = (data / "datapackage.json").read_text("utf-8")
    resources = json.loads(descriptor)["resources"]
    states = {r["name"]: _state(data, r, resources) for r in resources}
    changed = [name for name, state in states.items() if state not in _VALID]
    if descriptor in _VALID and not changed:
        return
    package = frictionless.Package(str(data / "datapackage.json"))
    reports = [package.get_resource(n).validate() for n in changed] if descriptor in _VALID else [package.validate()]
    for report in reports:
        for task in report.tasks:
            for error in task.errors:
                raise _in_our_words(task.name, error, tables)
        if report.errors:
            raise DataError("data/datapackage.json", 0, "", report.errors[0].message)
    _VALID.update([descriptor, *states.values()])


def _state(data: Path, resource: dict, resources: list[dict]) -> tuple[bytes, ...]:
    """All that decides whether a table is valid: its schema, its bytes and those of the tables that its keys refer to."""
    schema, paths = resource["schema"], {r["name"]: r["path"] for r in resources}
    if isinstance(schema, str):
        schema = json.loads((data / schema).read_text("utf-8"))
    named = [key["reference"]["resource"] or resource["name"] for key in schema.get("foreignKeys", [])]
    texts = [(data / paths[name]).read_bytes() for name in dict.fromkeys([resource["name"], *named])]
    return json.dumps(schema).encode(), *(hashlib.sha256(text).digest() for text in texts)


def _resources(data: Path) -> list[tuple[str, str, Titles, str]]:
    """Name, file, titles of the columns and title of every table."""
    file, found = "datapackage.json", []
    try:
        for resource in json.loads((data / file).read_text("utf-8"))["resources"]:
            schema = resource["schema"]
            if isinstance(schema, str):
                file = schema
                schema = json.loads((data / schema).read_text("utf-8"))
                file = "datapackage.json"
            titles = {f["name"]: f["title"] for f in schema["fields"]}
            found.append((resource["name"], resource["path"], titles, resource["title"]))
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
    if any(unicodedata.category(c) in ("Cc", "Cf") for c in cell):
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
    """Missing, unknown and moved columns by name: frictionless reports them as a shift of labels."""
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


def _in_our_words(table: str, error: frictionless.Error, tables: dict[str, list[Row]]) -> DataError:
    file, row = f"data/{table}.csv", getattr(error, "row_number", 0) or 0
    column = getattr(error, "field_name", "")
    if error.type == "foreign-key":
        cells, to = ", ".join(error.field_cells), error.reference_name
        return DataError(file, row, ", ".join(error.field_names), f"{cells!r} is not an id in {to}.csv.")
    if error.type in ("primary-key", "unique-error"):
        cell = tables[table][row - 2][column or next(iter(tables[table][0]))]
        return DataError(file, row, column or "id", f"{cell!r} is there twice.")
    return DataError(file, row, column, (error.note or error.title).rstrip(".") + ".")
