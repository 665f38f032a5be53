"""Load and validate the CSVs; the registry of claims, derived figures and counts by id.

``load()`` reads everything under ``data/``, checks it against ``datapackage.json``
(types, required cells, enumerations, keys) and against the article (quotes,
printed numbers, completeness), computes ``derived.csv`` and ``checks.csv``, and
returns one ``Facts``. The first thing that is wrong raises ``DataError``.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from shenyang import article as source
from shenyang import quantity as qty
from shenyang.article import Article, DataError, Span
from shenyang.counts import Count, counts
from shenyang.formula import evaluate, names, parse, reused, verdict
from shenyang.quantity import Quantity, QuantityError, Unit, Units
from shenyang.schema import Row, Titles, check_date, read_tables

if TYPE_CHECKING:
    import pandas as pd

THEMES = ("platforms", "enterprises", "technology_transfer", "major_projects")
#: In the words of figures.csv: {id} is the value of a fact, {id:n} its digits alone.
PLACE = re.compile(r"\{(?P<id>\w+)(?P<bare>:n)?\}")
# As long as the id of a notebook cell may be.
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True)
class Fact:
    """A number that prose, tables and figures may use, and where it comes from.

    ``kind`` is ``claim`` (printed in the article), ``derived`` (computed from claims) or
    ``counted`` (a count of rows of the curated data). ``row`` holds the cells of its CSV
    row, ``line`` the line it stands in. ``uses`` are the ids in its formula,
    ``members`` the rows that were counted.
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
    members: tuple[Row, ...] = ()

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
    """A numeral of the article and what accounts for it: claim ids, or the kind and reason of its dismissal."""

    span: Span
    text: str
    claims: tuple[str, ...]
    kind: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Facts:
    """All the curated data, validated.

    ``tables`` are the CSVs by name, ``titles`` their columns' titles by name, the table's own under ``""``.
    ``disagreements`` are claims whose cells contradict what is printed; there are none unless asked for.
    """

    article: Article
    units: Units
    tables: dict[str, list[Row]]
    titles: dict[str, Titles]
    by_id: dict[str, Fact]
    checks: tuple[Check, ...]
    numerals: tuple[Numeral, ...]
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
        return derived + [c.id for c in self.checks if id in names(c.left) + names(c.right)]

    def span(self, id: str) -> Span:
        """Where in the article the number of claim ``id`` is printed."""
        row = self[id].row
        return self.article.find_in(row["quote"], row["as_printed"])

    @cached_property
    def things(self) -> dict[str, Row]:
        """What has a name beside the facts: organisations, projects, policies, and codes such as ``stage:in_use``."""
        named = {r["id"]: r for t in ("organisations", "projects", "policies") for r in self.tables[t]}
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

    @property
    def claims(self) -> pd.DataFrame:
        """The claims of all four themes, one row each, with ``theme``, ``low`` and ``high`` added: the caller's own copy."""
        import pandas as pd

        frame = pd.concat([self.frame(t).assign(theme=t) for t in THEMES])
        frame["low"] = [self[i].low for i in frame.index]
        frame["high"] = [self[i].high for i in frame.index]
        return frame


def load(root: Path | None = None, lenient: bool | None = None) -> Facts:
    """Read, validate and compute everything; raises ``DataError`` at the first thing wrong.

    ``root`` is the project's folder (default: this checkout). A second call
    without changes on disk returns the same object. ``lenient`` (default: whether the variable
    ``SHENYANG_LENIENT`` is 1) takes a value that contradicts what is printed as it stands and lists it in
    ``disagreements``, so that all that hangs on it can be named; the tests do so, a report does not.
    """
    if lenient is None:
        lenient = os.environ.get("SHENYANG_LENIENT") == "1"
    folder = (root or source.root()).resolve()
    files = [*(folder / "data").glob("*"), *(folder / "seeds").glob("*")]
    facts = _load(folder, tuple(sorted((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in files)))
    if facts.disagreements and not lenient:
        raise facts.disagreements[0]
    return facts


@lru_cache(maxsize=8)
def _load(folder: Path, stamps: tuple[tuple[str, int, int], ...]) -> Facts:
    article = source.load(folder)
    tables, titles = read_tables(folder / "data")
    units = _units(tables["units"])
    _check_references(article, tables)
    facts: dict[str, Fact] = {}
    disagreements: list[DataError] = []
    taken = {r["id"] for t in ("organisations", "projects", "policies") for r in tables[t]}
    for theme in THEMES:
        for line, row in enumerate(tables[theme], 2):
            _add(facts, _claim(article, units, f"data/{theme}.csv", line, row, disagreements), taken)
    _check_growth(facts)
    numerals = tuple(_account(article, tables, facts))
    _check_superlatives(tables, facts)
    claims = [f.row for f in facts.values()]
    for fact in _counted(units, counts(tables, claims, len(numerals), sum(not n.claims for n in numerals))):
        _add(facts, fact)
    _derive(units, tables["derived"], facts, taken)
    checks = tuple(_check(facts, units, line, row) for line, row in enumerate(tables["checks"], 2))
    _check_named(tables, facts)
    return Facts(article, units, tables, titles, facts, checks, numerals, tuple(disagreements))


def _check_superlatives(tables: dict[str, list[Row]], facts: dict[str, Fact]) -> None:
    """Each is a claim; each first that a project prints is one of them."""
    firsts = []
    for line, row in enumerate(tables["superlatives"], 2):
        if row["id"] not in facts:
            raise DataError("data/superlatives.csv", line, "id", f"no claim is called {row['id']!r}.")
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
    coded += [("projects", "stage", "stage"), ("projects", "kind", "kind"), ("relations", "relation", "relation")]
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
    if not _IDENTIFIER.fullmatch(fact.id) or fact.id.startswith("check_"):
        problem = f"{fact.id!r} is not an identifier of a fact."
        remedy = "Use a-z, 0-9 and _, a letter first, 64 at most; check_ is for checks."
        raise DataError(fact.file, fact.line, "id", problem, remedy)
    if fact.id in taken:
        raise DataError(
            fact.file, fact.line, "id", f"{fact.id!r} is already the id of an organisation, project or policy."
        )
    if fact.id in facts:
        other = facts[fact.id]
        raise DataError(fact.file, fact.line, "id", f"{fact.id!r} is already used in {other.file}, row {other.line}.")
    facts[fact.id] = fact


# --- claims -------------------------------------------------------------------


def _check_references(article: Article, tables: dict[str, list[Row]]) -> None:
    """What Table Schema cannot say: a subject is in one of several tables; what is said to be printed is."""
    things: set[str] = set()
    for table in ("organisations", "projects", "policies"):
        for line, row in enumerate(tables[table], 2):
            if row["id"] in things or row["id"] == row.get("policy"):
                raise DataError(f"data/{table}.csv", line, "id", f"{row['id']!r} is already the id of something else.")
            things.add(row["id"])
    columns = [(t, c) for t in THEMES for c in ("subject",)] + [("relations", "subject"), ("relations", "object")]
    for table, column in columns:
        for line, row in enumerate(tables[table], 2):
            if row[column] not in things:
                raise DataError(
                    f"data/{table}.csv", line, column,
                    f"{row[column]!r} is no id in organisations.csv, projects.csv or policies.csv.",
                )  # fmt: skip
    for table in ("organisations", "projects", "policies", "relations", "breakthroughs"):
        for line, row in enumerate(tables[table], 2):
            _quoted(article, f"data/{table}.csv", line, "quote", lambda row=row: article.find(row["quote"]))
    for line, row in enumerate(tables["projects"], 2):
        check_date("data/projects.csv", line, "date", row["date"], source.DATE)
        for column, text, where in (
            ("stage_printed", row["quote"], "quote"),
            ("first_printed", article.text, "article"),
        ):
            for piece in row[column].split("…"):
                if piece not in text:
                    raise DataError("data/projects.csv", line, column, f"{piece!r} is not in the {where}.")
        for column in ("date_basis", "event_en", "event_zh"):
            if bool(row["date"]) != bool(row[column]):
                raise DataError("data/projects.csv", line, column, "a date has a basis and an event, nothing else has.")


def _quoted(article: Article, file: str, line: int, column: str, find: Callable[[], Span]) -> Span:
    try:
        return find()
    except ValueError as error:
        raise DataError(file, line, column, f"{error}.", "Copy a longer or exact piece of the article.") from None


def _claim(article: Article, units: Units, file: str, line: int, row: Row, disagreements: list[DataError]) -> Fact:
    """One row as a fact, with the cells that say the same thing compared with each other."""
    _quoted(article, file, line, "quote", lambda: article.find(row["quote"]))
    span = _quoted(article, file, line, "as_printed", lambda: article.find_in(row["quote"], row["as_printed"]))
    beside = article.bound_beside(span)
    if article.numerals_cut(span) or beside:
        problem = f"{row['as_printed']!r} leaves out {beside!r}." if beside else f"{row['as_printed']!r} cuts a number."
        raise DataError(file, line, "as_printed", problem, "Take the whole of what is printed.")
    for column in ("value", "rounding"):
        if not re.fullmatch(r"-?\d+(\.\d+)?", row[column]):
            raise DataError(file, line, column, f"{row[column]!r} is no plain number.")
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
            problem = f"{row[column]} does not agree with {row['as_printed']!r}, which reads as {reading}."
            disagreements.append(
                DataError(
                    file, line, column, problem, "Correct whichever is wrong; `make check` names what hangs on it."
                )
            )
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
    for column in ("period_start", "period_end"):
        check_date(file, line, column, row[column], source.DATE)
    if bool(start or end) != bool(basis):
        raise DataError(file, line, "period_basis", "a period has a basis and a basis has a period.")
    if start and not end:
        raise DataError(file, line, "period_end", "the period has a start and no end.")
    if start and start[: len(end)] > end[: len(start)]:
        raise DataError(file, line, "period_end", f"the period ends ({end}) before it starts ({start}).")


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
    quote, value = row["repeat_quote"], qty.read_printed(row["as_printed"]).value
    if row["as_printed"] in quote:
        span = article.find_in(quote, row["as_printed"])
        if article.numerals_cut(span) or article.bound_beside(span):
            raise ValueError(f"the repeated quote {quote!r} prints another number than {row['as_printed']!r}")
        return span
    outer = article.find(quote)
    for numeral in article.numerals():
        # The measure word may differ (2个, 两个), the number may not, nor become a bound.
        if outer.covers(numeral) and not article.bound_beside(numeral):
            try:
                printed = qty.read_printed(article.text[numeral.start : numeral.end])
            except ValueError:
                continue
            if printed.value == value:
                return numeral
    raise ValueError(f"the number of {row['as_printed']!r} is not in the repeated quote {quote!r}")


def _account(article: Article, tables: dict[str, list[Row]], facts: dict[str, Fact]) -> Iterator[Numeral]:
    """Every numeral of the article with what accounts for it; raises ``DataError`` for one left over."""
    claimed: dict[Span, str] = {}
    for fact in facts.values():
        spans = [article.find_in(fact.row["quote"], fact.row["as_printed"])]
        if fact.row["repeat_quote"]:
            spans.append(repeat_span(article, fact.row))
        for span in spans:
            if span in claimed:
                raise DataError(
                    fact.file, fact.line, "quote", f"the same number is already claimed by {claimed[span]!r}."
                )
            claimed[span] = fact.id
    dismissed: dict[Span, Row] = {}
    file = "data/not_data.csv"
    for line, row in enumerate(tables["not_data"], 2):
        find = lambda row=row: article.find_in(row["quote"], row["as_printed"])  # noqa: E731
        span = _quoted(article, file, line, "quote", find)
        both = [id for s, id in claimed.items() if s.start < span.end and span.start < s.end]
        if both:
            raise DataError(file, line, "as_printed", f"{row['as_printed']!r} is also claimed by {both[0]}.")
        if not any(span.covers(n) for n in article.numerals()):
            raise DataError(file, line, "as_printed", f"{row['as_printed']!r} holds no numeral: nothing to dismiss.")
        dismissed[span] = row
    for span in article.numerals():
        text = article.text[span.start : span.end]
        claims = tuple(dict.fromkeys(id for s, id in claimed.items() if s.covers(span)))
        row = next((r for s, r in dismissed.items() if s.covers(span)), {})
        if not claims and not row:
            around = article.text[max(0, span.start - 8) : span.end + 8].replace("\n", " ")
            problem = f"the numeral {text!r} in …{around}… is neither claimed nor dismissed."
            raise DataError(file, 0, "", problem, "Add a claim, or a row here with the reason.")
        yield Numeral(span, text, claims, row.get("kind", ""), row.get("reason", ""))


# --- counts, formulas, checks ---------------------------------------------------


def _counted(units: Units, found: Iterable[Count]) -> Iterator[Fact]:
    for count in found:
        if count.unit not in units.by_id:
            raise DataError("data/units.csv", 0, "id", f"the unit {count.unit!r} is missing.", "Restore it from git.")
        q = qty.make(units, count.id, Fraction(count.n), count.unit)
        yield Fact(
            count.id, "counted", count.label_en, count.label_zh, q, units[count.unit], count.file, 0, {}, (), count.members
        )  # fmt: skip


def _derive(units: Units, rows: list[Row], facts: dict[str, Fact], taken: Container[str]) -> None:
    """Compute ``derived.csv`` into ``facts``, each formula after those it names."""
    file, by_id, uses = "data/derived.csv", {}, {}
    for line, row in enumerate(rows, 2):
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
        _add(facts, computed[row["id"]], taken)


def _check(facts: dict[str, Fact], units: Units, line: int, row: Row) -> Check:
    file = "data/checks.csv"
    if not row["id"].startswith("check_"):
        raise DataError(file, line, "id", f"{row['id']!r} does not start with check_.")
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
        left, right, result,
    )  # fmt: skip


def unit_id(q: Quantity) -> str:
    """The id that the unit of a result has in ``units.csv``, if it has one."""
    return str(q.unit).replace(" ", "")
