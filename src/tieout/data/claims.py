"""The article's claims from the themed CSVs: compared with what is printed, and every numeral accounted for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial

from tieout.config import Project
from tieout.data.fact import Fact, Numeral, is_outside
from tieout.data.tables import Row, check_date, check_number
from tieout.errors import DataError
from tieout.numbers import quantity as qty
from tieout.numbers import read_zh
from tieout.numbers.numerals import KINDS, LeftOut, Span
from tieout.numbers.read_zh import Printed
from tieout.numbers.units import Unit, Units
from tieout.text.article import Article

#: Measures with a direction: what falls is no positive one of these.
CHANGES = ("growth", "increment")
_WAIT = "No claim can hold it yet: dismiss the whole of it in data/not_data.csv, with that reason."


def _quoted(article: Article, file: str, line: int, column: str, find: Callable[[], Span]) -> Span:
    try:
        return find()
    except ValueError as error:
        raise DataError(file, line, column, f"{error}.", "Copy a longer or exact piece of the article.") from None


def claim(
    article: Article, units: Units, file: str, line: int, row: Row, disagreements: list[DataError], last: str
) -> Fact:
    """One row as a fact, with the cells that say the same thing compared with each other; no period begins after ``last``."""
    _quoted(article, file, line, "quote", lambda: article.find(row["quote"]))
    span = _quoted(article, file, line, "as_printed", lambda: article.find_in(row["quote"], row["as_printed"]))
    for column in ("value", "rounding"):
        check_number(file, line, column, row[column])
    unit, value, rounding = units[row["unit"]], Fraction(row["value"]), Fraction(row["rounding"])
    if left := article.left_out(span, row["measure"] in CHANGES):
        raise DataError(file, line, "as_printed", *_left_out(article, span, left, unit))
    printed = _read(file, line, row["as_printed"], unit)
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
    _check_period(file, line, row, last)
    spans = (span, _repeat(article, file, line, row, unit)) if row["repeat_quote"] else (span,)
    q = qty.make(units, row["id"], value, unit.id, row["relation"], rounding)
    return Fact(row["id"], "claim", row["label_en"], row["label_zh"], q, unit, file, line, row, spans=spans)


def _left_out(article: Article, span: Span, left: LeftOut, unit: Unit) -> tuple[str, str]:
    """What is wrong with a number that leaves a piece out, and what to do: take it along, if it can be read then."""
    part, whole = span.of(article.text), left.whole.of(article.text)
    problem = f"{part!r} leaves out {left.text!r}: {KINDS[left.kind]}."
    printed = read_zh.reading(whole, unit)
    if printed:
        return problem, f"Write {whole!r}, which reads as {printed.relation} {printed.value}."
    return problem, f"The whole is {whole!r}. {_WAIT}"


def _read(file: str, line: int, text: str, unit: Unit) -> Printed:
    """What is printed, as a number of ``unit``; raises ``DataError`` naming the word that is not known, if it is one."""
    if piece := read_zh.unread(text, unit):
        problem = f"{text!r} cannot be read: {piece!r} in it is not known yet."
        raise DataError(file, line, "as_printed", problem, _WAIT)
    try:
        printed = read_zh.read_printed(text)
    except ValueError as error:
        raise DataError(file, line, "as_printed", f"{error}.", _WAIT) from None
    if problem := read_zh.unlike(text, printed, unit):
        raise DataError(file, line, "unit", problem)
    return printed


def _check_period(file: str, line: int, row: Row, last: str) -> None:
    start, end, basis = row["period_start"], row["period_end"], row["period_basis"]
    for column in ("period_start", "period_end"):
        check_date(file, line, column, row[column], last)
    if bool(start or end) != bool(basis):
        raise DataError(file, line, "period_basis", "a period has a basis and a basis has a period.")
    if start and not end:
        raise DataError(file, line, "period_end", "the period has a start and no end.")
    if start and start[: len(end)] > end[: len(start)]:
        raise DataError(file, line, "period_end", f"the period ends ({end}) before it starts ({start}).")


def check_growth(facts: dict[str, Fact]) -> None:
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


def _repeat_span(article: Article, row: Row, unit: Unit) -> Span:
    """Where the second print of a claim's number stands: its characters, or the numeral alone where it is written otherwise.

    Raises ``ValueError`` if it is not in the repeated quote.
    """
    quote, printed = row["repeat_quote"], read_zh.read_printed(row["as_printed"])
    if row["as_printed"] in quote:
        return article.find_in(quote, row["as_printed"])
    outer = article.find(quote)
    for numeral in article.numerals():
        # 2个 may return as 两个 or 2家, but not as a bound, nor a bound as a number.
        if outer.covers(numeral) and article.text.startswith(unit.suffixes_zh, numeral.end):
            try:
                again = read_zh.read_printed(numeral.of(article.text))
            except ValueError:
                continue
            if (again.value, again.relation) == (printed.value, printed.relation):
                return numeral
    raise ValueError(f"the number of {row['as_printed']!r} is not in the repeated quote {quote!r}")


def _repeat(article: Article, file: str, line: int, row: Row, unit: Unit) -> Span:
    """Where the number is printed a second time, saying the same: no other number, no bound, no decline."""
    span = whole = _quoted(article, file, line, "repeat_quote", lambda: _repeat_span(article, row, unit))
    if row["as_printed"] not in row["repeat_quote"]:
        found = [s for s in unit.suffixes_zh if article.text.startswith(s, span.end)]
        whole = Span(span.start, span.end + len(max(found, key=len)))
    if left := article.left_out(whole, row["measure"] in CHANGES):
        problem, remedy = _left_out(article, whole, left, unit)
        problem += f" The repeated quote prints another number than {row['as_printed']!r}."
        raise DataError(
            file, line, "repeat_quote", problem, f"Empty the cell; the other number is a row of its own. {remedy}"
        )
    return span


def account(article: Article, tables: dict[str, list[Row]], facts: dict[str, Fact]) -> Iterator[Numeral]:
    """Every numeral of the article with what accounts for it; raises ``DataError`` for one left over."""
    claimed: dict[Span, str] = {}
    for fact in facts.values():
        for span in fact.spans:
            if span in claimed:
                raise DataError(
                    fact.file, fact.line, "quote", f"the same number is already claimed by {claimed[span]!r}."
                )
            claimed[span] = fact.id
    numerals = article.numerals()
    claims: dict[Span, list[str]] = {}
    for span, id in claimed.items():
        for numeral in _inside(numerals, span):
            claims.setdefault(numeral, []).append(id)
    ends = sorted((span.end, span.start, id) for span, id in claimed.items())
    dismissed: dict[Span, Row] = {}
    file = "data/not_data.csv"
    for line, row in enumerate(tables["not_data"], 2):
        span = _quoted(article, file, line, "quote", partial(article.find_in, row["quote"], row["as_printed"]))
        inside = _inside(numerals, span)
        both = [id for numeral in inside for id in claims.get(numeral, ())]
        at = bisect_right(ends, (span.start, len(article.text), ""))  # the first claim that ends behind its start
        if at < len(ends) and ends[at][1] < span.end:
            both.append(ends[at][2])
        if both:
            raise DataError(file, line, "as_printed", f"{row['as_printed']!r} is also claimed by {both[0]}.")
        # Words beside it matter to a claim alone, the rest of the number to a dismissal, too: 3 of 3,806 says nothing.
        left = article.left_out(span)
        if left and left.kind == "part":
            problem = f"{row['as_printed']!r} leaves out {left.text!r}: {KINDS[left.kind]}."
            raise DataError(file, line, "as_printed", problem, f"Dismiss the whole: {left.whole.of(article.text)!r}.")
        if not inside:
            raise DataError(file, line, "as_printed", f"{row['as_printed']!r} holds no numeral: nothing to dismiss.")
        dismissed |= {numeral: row for numeral in inside if numeral not in dismissed}
    for span in numerals:
        text, row = span.of(article.text), dismissed.get(span, {})
        if span not in claims and not row:
            around = article.text[max(0, span.start - 8) : span.end + 8].replace("\n", " ")
            problem = f"the numeral {text!r} in …{around}… is neither claimed nor dismissed."
            raise DataError(file, 0, "", problem, "Add a claim, or a row here with the reason.")
        ids = tuple(dict.fromkeys(claims.get(span, ())))
        yield Numeral(span, text, ids, row.get("kind", ""), row.get("reason", ""))


def _inside(numerals: Sequence[Span], span: Span) -> Sequence[Span]:
    """The numerals that a place of the article covers."""
    first = bisect_left(numerals, span.start, key=lambda n: n.start)
    last = bisect_right(numerals, span.end, key=lambda n: n.end)
    return numerals[first:last]


def check_references(project: Project, article: Article, tables: dict[str, list[Row]]) -> None:
    """What Table Schema cannot say: a subject is in one of several registers; what is said to be printed is."""
    things: set[str] = set()
    for table in project.registers:
        for line, row in enumerate(tables[table], 2):
            if is_outside(row["id"]):
                raise DataError(
                    f"data/{table}.csv", line, "id", f"{row['id']!r} is called like a figure of another source."
                )
            if row["id"] in things or row["id"] == row.get("policy"):
                raise DataError(f"data/{table}.csv", line, "id", f"{row['id']!r} is already the id of something else.")
            things.add(row["id"])
    files = [f"{table}.csv" for table in project.registers]
    for table, column in (*((t, "subject") for t in project.themes), *project.subjects):
        for line, row in enumerate(tables[table], 2):
            if row[column] not in things:
                problem = f"{row[column]!r} is no id in {', '.join(files[:-1])} or {files[-1]}."
                raise DataError(f"data/{table}.csv", line, column, problem)
    for table in (
        t for t, rows in tables.items() if t not in (*project.themes, "not_data") and rows and "quote" in rows[0]
    ):
        for line, row in enumerate(tables[table], 2):
            _quoted(article, f"data/{table}.csv", line, "quote", partial(article.find, row["quote"]))
