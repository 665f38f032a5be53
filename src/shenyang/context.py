"""The public record: what other sources print, and how the article's headlines stand to it.

A figure of another source is a ``record``: its id starts with ``record_``, that of a figure computed with one with
``vs_``, no other does, and nothing that is derived from the article alone may name one. ``headlines.csv`` says which of the article's figures are compared,
``crosschecks.csv`` holds the comparisons, and ``judge`` draws the verdict from how they come out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from shenyang import quantity as qty
from shenyang.article import DataError
from shenyang.counts import Count
from shenyang.fact import Check, Fact, is_outside
from shenyang.quantity import Printed, Units
from shenyang.schema import Row, check_date, check_number, date_chinese, date_text, last_day

#: In the order in which they are shown: what a reader has to know comes first.
VERDICTS = ("contradicted", "corroborated", "consistent", "nothing_found")
#: The chapter in which figures of other sources may be drawn.
NOTEBOOK = "05_cross_checks"
#: The day of the last search for other sources: nothing can be of a later date.
LATEST = "2026-11-22"
#: Whose figures are the city's own.
CITY = ("city", "district")
RELIABILITIES = ("official", "press", "reprint")
_WORDS = {"one": "1", "five": "5"}
_UNITS = {"%": "%", "P": "P", " per cent": "%", " yuan": "元", " euros": "欧元", "": ""}
_ENGLISH = re.compile(
    rf"(?P<bound>more than )?(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?|{'|'.join(_WORDS)})"
    r"(?P<scale> (?:million|billion))?(?P<rest>%|P| per cent| yuan| euros|)"
)
_SCALES = {"": 1, " million": 10**6, " billion": 10**9}


@dataclass(frozen=True)
class Headline:
    """A figure of the article and the comparisons that bear on it."""

    fact: Fact
    row: Row
    comparisons: tuple[Check, ...]

    @property
    def id(self) -> str:
        return self.fact.id

    @property
    def label_en(self) -> str:
        return self.fact.label_en

    @property
    def label_zh(self) -> str:
        return self.fact.label_zh

    @property
    def verdict(self) -> str:
        return judge(self.comparisons)

    def without(self, weak: Collection[str]) -> Headline:
        """The same without the comparisons that need a source whose reliability is in ``weak``.

        Raises ``ValueError`` for what is none of ``RELIABILITIES``.
        """
        if isinstance(weak, str) or not set(weak) <= set(RELIABILITIES):
            raise ValueError(f"{weak!r} is no set of {', '.join(RELIABILITIES)}")
        kept = (c for c in self.comparisons if not any(s["reliability"] in weak for s in c.sources))
        return replace(self, comparisons=tuple(kept))

    @property
    def same(self) -> bool:
        """Whether any comparison is of the same definition and could have failed."""
        return any(_same(c) and c.can_fail for c in self.comparisons)

    @property
    def independent(self) -> bool:
        """Whether any comparison that decides the verdict needs no figure of the city or its districts."""
        return any(all(s["origin"] not in CITY for s in c.sources) for c in self.deciding)

    @property
    def deciding(self) -> list[Check]:
        """The comparisons that the verdict rests on; of an open one those that speak against a better one."""
        tested, verdict = [c for c in self.comparisons if c.can_fail], self.verdict
        if verdict == "contradicted":
            return [c for c in tested if _same(c) and c.verdict == "fails"]
        if verdict == "corroborated":
            return [c for c in tested if _same(c) and c.row["aspect"] == "figure"]
        if verdict == "consistent":
            return [c for c in tested if _same(c)] or tested
        return [c for c in tested if c.verdict == "fails"] or list(self.comparisons)


def judge(comparisons: Sequence[Check]) -> str:
    """The verdict that comparisons carry, by a fixed rule. What cannot fail, whatever is printed, decides nothing.

    ``contradicted``: one of a same definition fails for every value that rounding allows.
    ``nothing_found`` (nothing decisive): there is nothing to compare; or one of a near definition fails, so that it
    may be the figure, or the definition, that differs; or near definitions alone speak, and from one side only.
    ``corroborated``: none fails, and another source gives the same figure, by the same definition.
    ``consistent`` (roughly consistent): none fails; the same definition, or near ones from both sides, leave room for it.
    """
    tested = [c for c in comparisons if c.can_fail]
    failed = [c for c in tested if c.verdict == "fails"]
    if any(_same(c) for c in failed):
        return "contradicted"
    sides = {side for c in tested for side in ("<>" if c.relation in ("=", "in") else c.relation[0])}
    if failed or not (any(map(_same, tested)) or sides == {"<", ">"}):
        return "nothing_found"
    return "corroborated" if any(_same(c) and c.row["aspect"] == "figure" for c in tested) else "consistent"


def _same(comparison: Check) -> bool:
    return comparison.row["definition"] == "same"


# --- loading --------------------------------------------------------------------


def records(units: Units, tables: dict[str, list[Row]]) -> Iterator[Fact]:
    """The rows of ``context.csv`` as facts, each with its source; raises ``DataError`` for the first thing wrong."""
    file = "data/context.csv"
    _check_sources(tables)
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
        _check_period(file, line, row, sources[row["source"]])
        value, rounding = _printed(file, line, row, units)
        q = qty.make(units, row["id"], value, row["unit"], row["relation"], rounding)
        labels = (_label(row, words, language) for language in ("en", "zh"))
        yield Fact(
            row["id"], "record", *labels, q, units[row["unit"]], file, line, row, source=sources[row["source"]]
        )  # fmt: skip


def _check_sources(tables: dict[str, list[Row]]) -> None:
    file, used, addresses = "data/sources.csv", {r["source"] for r in tables["context"]}, set()
    for line, source in enumerate(tables["sources"], 2):
        if source["id"] not in used:
            raise DataError(file, line, "id", f"no figure is from {source['id']!r}.", "Take it out.")
        if not re.fullmatch(r"https?://[^\s\"<>`]+\.[^\s\"<>`]+", source["address"]):
            raise DataError(file, line, "address", f"{source['address']!r} is no address.")
        if source["address"] in addresses:
            raise DataError(file, line, "address", f"{source['address']!r} is there twice.")
        addresses.add(source["address"])
        check_date(file, line, "date", source["date"], LATEST, "the last search")


def _check_period(file: str, line: int, row: Row, source: Row) -> None:
    """What is counted was there when it was printed, in that month at the latest; a plan looks ahead."""
    month = last_day(source["date"][:7])
    for column in ("period_start", "period_end"):
        check_date(file, line, column, row[column], LATEST, "the last search")
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
    if piece := qty.unread(row["as_printed"].removeprefix("预计"), unit):
        problem = f"{row['as_printed']!r} cannot be read: {piece!r} in it is not known yet."
        raise DataError(file, line, "as_printed", problem, remedy)
    try:
        printed, suffixes = read_printed(row["as_printed"])
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
    if row["as_printed"].startswith(qty.ORDINAL) and unit.kind != "nominal":
        raise DataError(file, line, "unit", f"{row['as_printed']!r} is a place in an order, and {unit.id!r} is not.")
    bare = not suffixes[0] and unit.kind == "count"
    if not bare and not set(suffixes) & set(unit.suffixes_zh):
        raise DataError(file, line, "unit", f"{unit.id!r} is not printed as {suffixes[0]!r} (see units.csv).")
    return value, rounding


def read_printed(text: str) -> tuple[Printed, tuple[str, ...]]:
    """Read a number as a Chinese or an English source prints it, and how Chinese writes what stands behind it.

    预计 (expected) leaves the number as it is: it makes it a plan. Raises ``ValueError`` for characters that hold
    no number.
    """
    m = _ENGLISH.fullmatch(text)
    if m:
        scale, digits = _SCALES[m["scale"] or ""], _WORDS.get(m["digits"], m["digits"]).replace(",", "")
        step = Fraction(1, 10 ** len(digits.partition(".")[2]))
        printed = Printed(Fraction(digits) * scale, step * scale, ">" if m["bound"] else "=", m["rest"])
        return printed, (_UNITS[m["rest"]],)
    printed = qty.read_printed(text.removeprefix("预计"))
    return printed, (printed.suffix,)


def _label(row: Row, words: dict[tuple[str, str], Row], language: str) -> str:
    """What a record is called: measure, place if it is not the city, and to when."""
    name, place = (words[c, row[c]][f"label_{language}"] for c in ("indicator", "geography"))
    english = language == "en"
    if row["measure"] == "growth":
        name = f"Growth of {name[0].lower()}{name[1:]}" if english else f"{name}同比增长"
    if row["measure"] == "plan":
        name += " (planned or expected)" if english else "（计划或预计）"
    parts = [name, *([place] if row["geography"] != "shenyang" else [])]
    parts.append(_span(row, date_text, " to ") if english else _span(row, date_chinese, "至"))
    return (", " if english else "，").join(parts)


def _span(row: Row, words: object, to: str) -> str:
    start, end = row["period_start"], row["period_end"]
    return words(end) if start in ("", end) else f"{words(start)}{to}{words(end)}"  # type: ignore[operator]


def headlines(tables: dict[str, list[Row]], facts: dict[str, Fact], checks: Sequence[Check]) -> dict[str, Headline]:
    """The headlines in their order, each with its comparisons; raises ``DataError`` for what cannot decide anything."""
    for line, row in enumerate(tables["headlines"], 2):
        if row["id"] not in facts or facts[row["id"]].kind not in ("claim", "derived"):
            raise DataError("data/headlines.csv", line, "id", f"{row['id']!r} is no figure of the article.")
        if (row["compared"] == "no") == any(c.row["headline"] == row["id"] for c in checks):
            problem = f"compared is {row['compared']!r}, and crosschecks.csv says otherwise."
            raise DataError("data/headlines.csv", line, "compared", problem)
    for line, check in enumerate(checks, 2):
        _check_crosscheck(line, check, facts[check.row["headline"]])
    rows = tables["headlines"]
    return {
        r["id"]: Headline(facts[r["id"]], r, tuple(c for c in checks if c.row["headline"] == r["id"])) for r in rows
    }


def _check_crosscheck(line: int, check: Check, headline: Fact) -> None:
    """The article stands at the left, other sources at the right, and what is compared bears on the headline."""
    file, left, right = "data/crosschecks.csv", check.left_quantity, check.right_quantity
    if not re.fullmatch(rf"cross_{headline.id}_\d+", check.id):
        raise DataError(file, line, "id", f"{check.id!r} is not called after {headline.id!r}.")
    if any(is_outside(id) for id in left.ids):
        raise DataError(file, line, "left", "the left side is the article's and names a record.")
    # A rank is compared by the number that is ranked.
    if headline.unit.kind != "nominal" and not set(headline.quantity.ids) & set(left.ids):
        raise DataError(file, line, "left", f"nothing in it bears on {headline.id!r}.")
    if not any(is_outside(id) for id in right.ids):
        raise DataError(file, line, "right", "it names no record: nothing is compared with another source.")
    if check.row["aspect"] == "figure" and (check.relation, left.relation, right.relation) != ("=", "=", "="):
        raise DataError(file, line, "aspect", "the same figure elsewhere is a value, compared by =.")
    own = next((id for id in right.ids if not is_outside(id)), "")
    if check.row["aspect"] == "figure" and own:
        problem = f"the right side rests on {own!r} of the article: no other source gives this figure."
        raise DataError(file, line, "aspect", problem, "Call it base, sum or level, whichever it is.")


#: What holds the other sources, and what is counted of them.
FILES = ("data/sources.csv", "data/context.csv", "data/headlines.csv")


def counted(tables: dict[str, list[Row]], headlines: dict[str, Headline]) -> Iterator[Count]:
    """Counts of sources, figures and verdicts, so that prose about them is checked; ids start with ``vs_counted_``."""
    sources, file = tables["sources"], "data/sources.csv"
    yield Count("vs_counted_sources", "Other sources", "其他来源", "entry", file, len(sources))
    city = sum(s["origin"] in CITY for s in sources)
    yield Count(
        "vs_counted_sources_city", "Other sources with figures of the city", "市区数据来源", "entry", file, city
    )
    copies = sum(s["reliability"] == "reprint" for s in sources)
    yield Count("vs_counted_sources_copies", "Other sources read as copies", "转载来源", "entry", file, copies)
    file, origin = "data/context.csv", {s["id"]: s["origin"] for s in sources}
    own = sum(origin[r["source"]] in CITY for r in tables["context"])
    yield Count("vs_counted_records", "Figures of other sources", "其他来源数据", "entry", file, len(tables["context"]))
    yield Count(
        "vs_counted_records_city",
        "Figures of other sources that come from the city",
        "来自市区的数据",
        "entry",
        file,
        own,
    )
    file = "data/headlines.csv"
    yield Count("vs_counted_headlines", "Headlines looked up", "查找对照的主要数字", "entry", file, len(headlines))
    compared = [h.row for h in headlines.values() if h.comparisons]
    yield Count("vs_counted_compared", "Headlines set beside other sources", "有其他来源可对照的主要数字", "entry", file, len(compared), tuple(compared))  # fmt: skip
    for verdict, zh in zip(VERDICTS, ("相互矛盾", "相互印证", "大体一致", "未找到"), strict=True):
        rows = tuple(h.row for h in headlines.values() if h.verdict == verdict)
        words = verdict.replace("_", " ")
        yield Count(f"vs_counted_{verdict}", f"Headlines: {words}", f"主要数字：{zh}", "entry", file, len(rows), rows)
    moved = [h.row for h in headlines.values() if h.without({"reprint"}).verdict != h.verdict]
    yield Count("vs_counted_on_copies", "Verdicts that rest on copies", "依据转载的结论", "entry", file, len(moved), tuple(moved))  # fmt: skip
    near = [h.row for h in headlines.values() if h.verdict == "consistent" and not h.same]
    yield Count("vs_counted_consistent_near", "Headlines roughly consistent by near definitions alone", "仅凭相近口径大体一致", "entry", file, len(near), tuple(near))  # fmt: skip
    alone = [h.row for h in headlines.values() if h.verdict == "corroborated" and not h.independent]
    yield Count("vs_counted_corroborated_city", "Headlines corroborated by the city's figures alone", "仅由市级数据印证", "entry", file, len(alone), tuple(alone))  # fmt: skip
