"""Load and validate the CSVs; the registry of claims, derived figures and counts by id.

``load()`` reads everything under ``data/``, checks it against ``datapackage.json``
(types, required cells, enumerations, keys) and against the article (quotes,
printed numbers, completeness), computes ``derived.csv`` and ``checks.csv``, and
returns one ``Facts``. The first thing that is wrong raises ``DataError``.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import frictionless
import pandas as pd
import pint

from shenyang import article as source
from shenyang import quantity as qty
from shenyang.article import Article, DataError, Span
from shenyang.formula import evaluate, names, parse, verdict
from shenyang.quantity import Quantity, QuantityError, Unit, Units

THEMES = ("platforms", "enterprises", "technology_transfer", "major_projects")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")

Row = dict[str, str]


@dataclass(frozen=True)
class Fact:
    """A number that prose, tables and figures may use, and where it comes from.

    ``kind`` is ``claim`` (printed in the article), ``derived`` (computed from claims) or
    ``counted`` (a count of rows of the curated data). ``row`` holds the cells of its CSV
    row, ``line`` the line it stands in. ``uses`` are the ids in its formula.
    """

    id: str
    kind: str
    label_en: str
    label_zh: str
    quantity: Quantity
    unit: Unit
    file: str
    line: int
    row: Row
    uses: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The value, or the bound where only a bound is known, in ``unit``."""
        return float(self.quantity.value)

    @property
    def low(self) -> float:
        return float(self.quantity.low)

    @property
    def high(self) -> float:
        return float(self.quantity.high)

    @property
    def english(self) -> str:
        return qty.english(self.quantity, self.unit)

    @property
    def chinese(self) -> str:
        """As printed for a claim, else in the article's style."""
        return self.row.get("as_printed") or qty.chinese(self.quantity, self.unit)

    @property
    def interval(self) -> str:
        return qty.interval(self.quantity, self.unit)


@dataclass(frozen=True)
class Check:
    """A consistency check of the article against itself and how it came out.

    ``verdict`` is ``holds`` (for every value in the intervals), ``fits`` (for some,
    so rounding may be the reason) or ``fails`` (for none).
    """

    id: str
    label_en: str
    label_zh: str
    left: str
    relation: str
    right: str
    note: str
    left_quantity: Quantity
    right_quantity: Quantity
    verdict: str


@dataclass(frozen=True)
class Numeral:
    """A numeral of the article and what accounts for it: claim ids or the reason for dismissal."""

    span: Span
    text: str
    claims: tuple[str, ...]
    dismissed: str


@dataclass(frozen=True)
class Facts:
    """All the curated data, validated.

    ``tables`` are the CSVs by name, ``titles`` their columns' titles by name, the table's own under ``""``.
    """

    article: Article
    units: Units
    tables: dict[str, list[Row]]
    titles: dict[str, dict[str, str]]
    by_id: dict[str, Fact]
    checks: tuple[Check, ...]
    numerals: tuple[Numeral, ...]

    def __getitem__(self, id: str) -> Fact:
        """The fact ``id``; raises ``KeyError`` with the nearest known ids."""
        if id in self.by_id:
            return self.by_id[id]
        import difflib

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
        return derived + [c.id for c in self.checks if id in names(c.left) + names(c.right)]

    def span(self, id: str) -> Span:
        """Where in the article the number of claim ``id`` is printed."""
        row = self[id].row
        return self.article.find_in(row["quote"], row["as_printed"])

    def frame(self, table: str) -> pd.DataFrame:
        """One CSV as a DataFrame indexed by its id, if it has one; text as text, numbers as numbers."""
        frame = pd.DataFrame(self.tables[table])
        for column in {"value", "rounding"} & set(frame):
            frame[column] = pd.to_numeric(frame[column])
        return frame.set_index("id") if "id" in frame else frame

    @cached_property
    def claims(self) -> pd.DataFrame:
        """The claims of all four themes, one row each, with ``theme``, ``low`` and ``high`` added."""
        frame = pd.concat([self.frame(t).assign(theme=t) for t in THEMES])
        frame["low"] = [self[i].low for i in frame.index]
        frame["high"] = [self[i].high for i in frame.index]
        return frame


def load(root: Path | None = None) -> Facts:
    """Read, validate and compute everything; raises ``DataError`` at the first thing wrong.

    ``root`` is the project's folder (default: this checkout). A second call
    without changes on disk returns the same object.
    """
    folder = (root or source.root()).resolve()
    stamps = tuple(sorted((p.name, p.stat().st_mtime_ns) for p in (folder / "data").glob("*")))
    return _load(folder, stamps)


@lru_cache(maxsize=8)
def _load(folder: Path, stamps: tuple[tuple[str, int], ...]) -> Facts:
    article = source.load(folder)
    tables, titles = _read_tables(folder / "data")
    units = _units(tables["units"])
    _check_references(article, tables)
    facts: dict[str, Fact] = {}
    for theme in THEMES:
        for line, row in enumerate(tables[theme], 2):
            _add(facts, _claim(article, units, f"data/{theme}.csv", line, row))
    _check_growth(facts)
    numerals = tuple(_account(article, tables, facts))
    for fact in _counted(units, tables, facts, numerals):
        _add(facts, fact)
    _derive(units, tables["derived"], facts)
    checks = tuple(_check(facts, units, line, row) for line, row in enumerate(tables["checks"], 2))
    for line, row in enumerate(tables["decisions"], 2):
        for id in row["ids"].split():
            if id not in facts:
                raise DataError("data/decisions.csv", line, "ids", f"no fact is called {id!r}.")
    return Facts(article, units, tables, titles, facts, checks, numerals)


def _units(rows: list[Row]) -> Units:
    """The units, each known to be definable."""
    units = Units(
        Unit(suffixes_zh=tuple(r["suffixes_zh"].split("|")), **{k: r[k] for k in r if k not in ("suffixes_zh", "note")})
        for r in rows
    )
    for line, row in enumerate(rows, 2):
        try:
            units.factor(units.parse(row["id"]))
        except (pint.errors.PintError, ValueError) as error:
            column = "definition" if row["definition"] else "id"
            raise DataError("data/units.csv", line, column, f"{row[column]!r} is no unit: {error}.") from None
    return units


def _add(facts: dict[str, Fact], fact: Fact) -> None:
    if not _IDENTIFIER.fullmatch(fact.id):
        raise DataError(
            fact.file, fact.line, "id", f"{fact.id!r} is not an identifier.", "Use a-z, 0-9 and _, a letter first."
        )
    if fact.id in facts:
        other = facts[fact.id]
        raise DataError(fact.file, fact.line, "id", f"{fact.id!r} is already used in {other.file}, row {other.line}.")
    facts[fact.id] = fact


# --- reading ------------------------------------------------------------------


def read_csv(path: Path) -> list[Row]:
    """The rows of a CSV, all cells as text; raises ``DataError`` for what a spreadsheet does to one."""
    name = f"data/{path.name}"
    if not path.is_file():
        raise DataError(name, 0, "", "the file is missing.", "Restore it from git.")
    content = path.read_bytes()
    if not content.strip():
        raise DataError(name, 0, "", "the file is empty.", "Restore it from git.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataError(
            name, line, "", "the file is not UTF-8 (a spreadsheet may have saved it as GBK).",
            "Save it as 'CSV UTF-8', or convert it: iconv -f GB18030 -t UTF-8.",
        ) from None  # fmt: skip
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header, *body = [row for row in reader if row]
    except csv.Error as error:
        raise DataError(name, reader.line_num, "", f"the CSV is broken: {error}.") from None
    rows = []
    for line, cells in enumerate(body, 2):
        if len(cells) != len(header):
            raise DataError(
                name, line, "", f"{len(cells)} cells under {len(header)} columns.", "A comma in a text needs quotes."
            )
        for column, cell in zip(header, cells, strict=True):
            _check_cell(name, line, column, cell)
        rows.append(dict(zip(header, cells, strict=True)))
    return rows


def _check_cell(file: str, line: int, column: str, cell: str) -> None:
    if cell[:1] == "@" or (cell[:1] == "=" and cell != "="):
        raise DataError(
            file,
            line,
            column,
            f"the cell starts with {cell[0]!r}, which spreadsheets run as a formula.",
            "Take it out.",
        )
    wide = [c for c in cell if "\uff10" <= c <= "\uff19" or c in "％．"]
    if wide:
        raise DataError(
            file, line, column, f"full-width {wide[0]!r} in {cell!r}.", "Type digits, point and % half-width."
        )
    if cell != unicodedata.normalize("NFC", cell):
        raise DataError(file, line, column, f"{cell!r} is not in Unicode NFC.", "Normalise it.")
    if cell != cell.strip() or "\n" in cell:
        raise DataError(file, line, column, f"{cell!r} has a space at an end or a line break.", "Take it out.")


def _read_tables(data: Path) -> tuple[dict[str, list[Row]], dict[str, dict[str, str]]]:
    """Every table of ``datapackage.json`` by name, validated against its schema and keys, and its titles."""
    try:
        descriptor = json.loads((data / "datapackage.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError("data/datapackage.json", 0, "", f"cannot be read: {error}.", "Restore it from git.") from None
    tables, titles = {}, {}
    for resource in descriptor["resources"]:
        schema = resource["schema"]
        if isinstance(schema, str):
            schema = json.loads((data / schema).read_text("utf-8"))
        fields = {f["name"]: f["title"] for f in schema["fields"]}
        tables[resource["name"]] = read_csv(data / resource["path"])
        titles[resource["name"]] = {"": resource["title"]} | fields
        _check_header(resource["path"], tables[resource["name"]], list(fields))
    report = frictionless.Package(str(data / "datapackage.json")).validate()
    for task in report.tasks:
        for error in task.errors:
            raise _from_frictionless(task.name, error, tables)
    if report.errors:
        raise DataError("data/datapackage.json", 0, "", report.errors[0].message)
    return tables, titles


def _check_header(path: str, rows: list[Row], expected: list[str]) -> None:
    """Missing and unknown columns by name: frictionless reports them as a shift of labels."""
    if not rows:
        raise DataError(f"data/{path}", 0, "", "there are no rows.", "Restore them from git.")
    for column in expected:
        if column not in rows[0]:
            raise DataError(f"data/{path}", 1, column, "the column is missing.", "Restore it from git.")
    for column in rows[0]:
        if column not in expected:
            raise DataError(
                f"data/{path}", 1, column, "the column is unknown.", "Describe it in datapackage.json or take it out."
            )


def _from_frictionless(table: str, error: frictionless.Error, tables: dict[str, list[Row]]) -> DataError:
    """frictionless's finding, with its place, in the words of this project's errors."""
    file, row = f"data/{table}.csv", getattr(error, "row_number", 0) or 0
    column = getattr(error, "field_name", "")
    if error.type == "foreign-key":
        column = ", ".join(error.field_names)
        return DataError(
            file, row, column, f"{', '.join(error.field_cells)!r} is not an id in {error.reference_name}.csv."
        )
    if error.type in ("primary-key", "unique-error"):
        cells = list(tables[table][row - 2].values())
        return DataError(file, row, column or "id", f"{cells[0]!r} is there twice.")
    return DataError(file, row, column, error.note.rstrip(".") + ".")


# --- claims -------------------------------------------------------------------


def _check_references(article: Article, tables: dict[str, list[Row]]) -> None:
    """What Table Schema cannot say: a subject is in one of several tables; quotes are in the article."""
    things = {r["id"] for t in ("organisations", "projects", "policies") for r in tables[t]}
    columns = [(t, c) for t in THEMES for c in ("subject",)] + [("relations", "subject"), ("relations", "object")]
    for table, column in columns:
        for line, row in enumerate(tables[table], 2):
            if row[column] not in things:
                raise DataError(
                    f"data/{table}.csv", line, column,
                    f"{row[column]!r} is no id in organisations.csv, projects.csv or policies.csv.",
                )  # fmt: skip
    for table in ("organisations", "projects", "policies", "relations"):
        for line, row in enumerate(tables[table], 2):
            _quoted(article, f"data/{table}.csv", line, "quote", lambda row=row: article.find(row["quote"]))


def _quoted(article: Article, file: str, line: int, column: str, find: Callable[[], Span]) -> Span:
    try:
        return find()
    except ValueError as error:
        raise DataError(file, line, column, f"{error}.", "Copy a longer or exact piece of the article.") from None


def _claim(article: Article, units: Units, file: str, line: int, row: Row) -> Fact:
    """One row as a fact, with the cells that say the same thing compared with each other."""
    _quoted(article, file, line, "quote", lambda: article.find(row["quote"]))
    _quoted(article, file, line, "as_printed", lambda: article.find_in(row["quote"], row["as_printed"]))
    unit, value, rounding = units[row["unit"]], Fraction(row["value"]), Fraction(row["rounding"])
    try:
        printed = qty.read_printed(row["as_printed"])
    except ValueError as error:
        raise DataError(file, line, "as_printed", f"{error}.") from None
    expected = Fraction(0) if unit.kind in ("count", "nominal") and row["relation"] != "~" else printed.step
    for column, cell, reading in (
        ("value", value, printed.value),
        ("relation", row["relation"], printed.relation),
        ("rounding", rounding, expected),
    ):
        if cell != reading:
            raise DataError(
                file, line, column, f"{row[column]} does not agree with {row['as_printed']!r}, which reads as {reading}.",
                "Correct whichever is wrong.",
            )  # fmt: skip
    if printed.suffix not in unit.suffixes_zh:
        raise DataError(
            file, line, "unit", f"{unit.id!r} is not printed as {printed.suffix!r} (see suffixes_zh in units.csv)."
        )
    _check_period(file, line, row)
    if row["repeat_quote"]:
        _quoted(article, file, line, "repeat_quote", lambda: repeat_span(article, row))
    q = qty.make(units, row["id"], value, unit.id, row["relation"], rounding)
    return Fact(row["id"], "claim", row["label_en"], row["label_zh"], q, unit, file, line, row)


def _check_period(file: str, line: int, row: Row) -> None:
    start, end, basis = row["period_start"], row["period_end"], row["period_basis"]
    if bool(start or end) != bool(basis):
        raise DataError(file, line, "period_basis", "a period has a basis and a basis has a period.")
    if start and not end:
        raise DataError(file, line, "period_end", "the period has a start and no end.")
    if start and start[: len(end)] > end[: len(start)]:
        raise DataError(file, line, "period_end", f"the period ends ({end}) before it starts ({start}).")
    # A year or a month is as precise as printed: 2023 holds the article's date.
    if end > source.DATE and not source.DATE.startswith(end):
        raise DataError(file, line, "period_end", f"{end} is after the article ({source.DATE}).")


def _check_growth(facts: dict[str, Fact]) -> None:
    """A growth rate ``x_growth`` has the scope of its level ``x`` (or ``x_2022``): same subject, same period."""
    for growth in facts.values():
        if growth.row["measure"] != "growth":
            continue
        stem = growth.id.removesuffix("_growth")
        level = facts.get(stem) or facts.get(f"{stem}_{growth.row['period_end'][:4]}")
        if level is None or stem == growth.id:
            raise DataError(
                growth.file,
                growth.line,
                "id",
                f"{growth.id!r} grows nothing.",
                f"Call it like its level: {stem} and {stem}_growth.",
            )
        for column in ("subject", "period_start", "period_end"):
            if growth.row[column] != level.row[column]:
                raise DataError(
                    growth.file, growth.line, column,
                    f"{growth.row[column]!r} differs from {level.row[column]!r} of {level.id}, whose growth it is.",
                )  # fmt: skip


def repeat_span(article: Article, row: Row) -> Span:
    """Where the second print of a claim's number stands; raises ``ValueError`` if the two prints differ."""
    quote, value = row["repeat_quote"], Fraction(row["value"])
    if row["as_printed"] in quote:
        return article.find_in(quote, row["as_printed"])
    outer = article.find(quote)
    for numeral in article.numerals():
        # The measure word may differ (2个, 两个), the number may not.
        if outer.covers(numeral) and qty.read_printed(article.text[numeral.start : numeral.end]).value == value:
            return numeral
    raise ValueError(f"the number {row['value']} is not in the repeated quote {quote!r}")


def _account(article: Article, tables: dict[str, list[Row]], facts: dict[str, Fact]) -> Iterator[Numeral]:
    """Every numeral of the article with what accounts for it; raises ``DataError`` for one left over."""
    claimed: list[tuple[Span, str]] = []
    for fact in facts.values():
        claimed.append((article.find_in(fact.row["quote"], fact.row["as_printed"]), fact.id))
        if fact.row["repeat_quote"]:
            claimed.append((repeat_span(article, fact.row), fact.id))
    dismissed: list[tuple[Span, str]] = []
    for line, row in enumerate(tables["not_data"], 2):
        span = _quoted(
            article,
            "data/not_data.csv",
            line,
            "quote",
            lambda row=row: article.find_in(row["quote"], row["as_printed"]),
        )
        both = [id for s, id in claimed if s.start < span.end and span.start < s.end]
        if both:
            raise DataError(
                "data/not_data.csv", line, "as_printed", f"{row['as_printed']!r} is also claimed by {both[0]}."
            )
        dismissed.append((span, row["reason"]))
    for span in article.numerals():
        text = article.text[span.start : span.end]
        claims = tuple(dict.fromkeys(id for s, id in claimed if s.covers(span)))
        reasons = [reason for s, reason in dismissed if s.covers(span)]
        if not claims and not reasons:
            around = article.text[max(0, span.start - 8) : span.end + 8].replace("\n", " ")
            raise DataError(
                "data/not_data.csv", 0, "", f"the numeral {text!r} in …{around}… is neither claimed nor dismissed.",
                "Add a claim, or a row here with the reason.",
            )  # fmt: skip
        yield Numeral(span, text, claims, reasons[0] if reasons and not claims else "")


# --- counts, formulas, checks ---------------------------------------------------


def _counted(
    units: Units, tables: dict[str, list[Row]], facts: dict[str, Fact], numerals: tuple[Numeral, ...]
) -> Iterator[Fact]:
    """Counts of the curated rows, so that prose about the data is checked like prose about the city."""
    claims = [f for f in facts.values() if f.kind == "claim"]
    customers = {r["subject"] for r in tables["relations"] if r["relation"] == "customer_of"}
    counts = [
        ("counted_claims", "Claims", "论断", "entry", len(claims), "the four themed files"),
        ("counted_repeated", "Claims printed twice", "两次刊出的论断", "entry", sum(bool(f.row["repeat_quote"]) for f in claims), "repeat_quote"),
        ("counted_bounds", "Claims that are bounds", "界限值", "entry", sum(f.row["relation"] not in "=~" for f in claims), "relation"),
        ("counted_derived", "Derived figures", "推算值", "entry", len(tables["derived"]), "data/derived.csv"),
        ("counted_conditional", "Derived figures that need an assumption", "有条件的推算值", "entry", sum(r["status"] == "conditional" for r in tables["derived"]), "data/derived.csv"),
        ("counted_checks", "Consistency checks", "一致性检验", "entry", len(tables["checks"]), "data/checks.csv"),
        ("counted_decisions", "Decisions", "整理决定", "entry", len(tables["decisions"]), "data/decisions.csv"),
        ("counted_organisations", "Organisations", "机构", "entry", len(tables["organisations"]), "data/organisations.csv"),
        ("counted_projects", "Projects", "项目", "entry", len(tables["projects"]), "data/projects.csv"),
        ("counted_numerals", "Numerals in the article", "文中数字", "entry", len(numerals), "the article"),
        ("counted_numerals_claimed", "Numerals that are claims", "属于论断的数字", "entry", sum(bool(n.claims) for n in numerals), "the article"),
        ("counted_numerals_dismissed", "Numerals that are no claims", "不属于论断的数字", "entry", sum(not n.claims for n in numerals), "data/not_data.csv"),
        ("counted_customers", "Customers named", "列名客户", "customer", len(customers), "data/relations.csv"),
    ]  # fmt: skip
    for kind in ("focus", "dimension", "way"):
        n = sum(r["policy"] == "model_325" and r["kind"] == kind for r in tables["policies"])
        counts.append((f"counted_model_325_{kind}", f"Parts of the 325 model named as {kind}", "“325沈阳模式”列明项", "item", n, "data/policies.csv"))  # fmt: skip
    for id, en, zh, unit, n, where in counts:
        q = qty.make(units, id, Fraction(n), unit)
        yield Fact(id, "counted", en, zh, q, units[unit], where, 0, {})


def _derive(units: Units, rows: list[Row], facts: dict[str, Fact]) -> None:
    """Compute ``derived.csv`` into ``facts``, each formula after those it names."""
    file, by_id, uses = "data/derived.csv", {}, {}
    for line, row in enumerate(rows, 2):
        if row["id"] in facts:
            raise DataError(file, line, "id", f"{row['id']!r} is already used in {facts[row['id']].file}.")
        if (row["status"] == "conditional") != bool(row["assumption"]):
            raise DataError(
                file, line, "assumption", "a conditional figure states its assumption, a robust one has none."
            )
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
        line, row = by_id[id]
        try:
            result = evaluate(row["formula"], quantities, units)
        except ValueError as error:
            raise DataError(file, line, "formula", f"{error}.") from None
        try:
            q = result.to(row["unit"])
        except QuantityError as error:
            raise DataError(file, line, "unit", f"{error}.") from None
        used = tuple(dict.fromkeys(names(row["formula"])))
        quantities[id] = q
        computed[id] = Fact(
            id, "derived", row["label_en"], row["label_zh"], q, units[row["unit"]], file, line, row, used
        )
    for row in rows:  # the file's order, not the order of computation
        _add(facts, computed[row["id"]])


def _check(facts: dict[str, Fact], units: Units, line: int, row: Row) -> Check:
    quantities = {id: f.quantity for id, f in facts.items()}
    sides = []
    for column in ("left", "right"):
        try:
            sides.append(evaluate(row[column], quantities, units))
        except ValueError as error:
            raise DataError("data/checks.csv", line, column, f"{error}.") from None
    left, right = sides
    try:
        result = verdict(left, row["relation"], right)
    except QuantityError as error:
        raise DataError("data/checks.csv", line, "right", f"{error}.") from None
    return Check(
        row["id"], row["label_en"], row["label_zh"], row["left"], row["relation"], row["right"], row["note"],
        left, right, result,
    )  # fmt: skip
