"""The numbers in Markdown cells: check them against the data, bring them up to date.

A number in prose is a reference link whose label is a fact's id::

    The city registered [6,521][contracts_count] contracts.

    [contracts_count]: 06_evidence.ipynb#cell-id=contracts_count "全市登记技术合同6521项"

``[15.97][contracts_turnover_earlier.low]`` and ``.high`` are the ends of the interval,
``.start`` and ``.end`` those of the period. The author chooses scale, decimals and
words; the tool compares and, on ``refresh``, rewrites the number and the
definition. A number outside such a link is reported unless ``ALLOWED`` names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import nbformat

from shenyang import article as source
from shenyang.facts import Fact, Facts
from shenyang.quantity import INF, digits, ordinal, rounded

EVIDENCE = "06_evidence.ipynb"

#: Numerals that may stand free in prose, each with the reason.
ALLOWED = {
    r"\b29 August 2023\b": "the date of the article",
    r"(?<!\d)20[12]\d(?!\d)": "a year names a period",
    r"\b0\d_[a-z_]+": "the name of a notebook",
    r"325(?= (?:Shenyang )?model|沈阳模式)": "the name of the 325 model",
    r"\b6G\b|SR210D|\b6\+1\b": "names of things",
    r"\bA4\b|PDF/UA-1|PDF/A-2a": "names of standards",
    r"[Tt]hree-dimensional": "the name of an instrument",
    r"CC BY 4\.0": "the name of a licence",
}

_WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_ORDINALS = ["zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "万": 10**4, "亿": 10**8}

_LINK = re.compile(r"\[(?P<text>[^\[\]]+)\]\[(?P<id>[a-z][a-z0-9_]*)(?:\.(?P<part>low|high|start|end))?\]")
_DEFINITION = re.compile(r"^\[[a-z][a-z0-9_]*(?:\.(?:low|high|start|end))?\]:.*$", re.M)
_NUMBER = re.compile(
    r"(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<th>st|nd|rd|th)?(?: ?(?P<scale>thousand|million|billion|万|亿))?"
    rf"|\b(?P<word>{'|'.join(_WORDS + _ORDINALS)})\b",
    re.I,
)
# One and two are too common as words of English to be taken for data.
_FREE = re.compile(
    rf"\d|\b(?:{'|'.join(_WORDS[3:])}|thirty|forty|fifty|hundred|thousand|million|billion|dozen)\b", re.I
)
_CODE = re.compile(r"```.*?```|`[^`\n]*`|\]\([^)]*\)|<https?:[^>]*>", re.S)
_BOUNDS = {
    ">": "more than|over|above|exceed|超|余",
    ">=": "at least|or more|以上",
    "<": "less than|below|under|不足",
    "<=": "at most|up to|or less|no more than|top|最高",
    "~": "class|级",
}
_UNIT_WORDS = {"CNY": "CNY|yuan|元", "percent": "%|per cent", "percentage_point": "percentage point|个百分点"}


@dataclass(frozen=True)
class Problem:
    """Something in a cell's prose that does not agree with the data."""

    cell: str
    text: str
    message: str

    def __str__(self) -> str:
        return f"cell {self.cell}: {self.text!r} {self.message}"


def _masked(markdown: str) -> str:
    """The prose with code, addresses and link definitions blanked out, offsets kept."""
    for pattern in (_DEFINITION, _CODE):
        markdown = pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), markdown)
    return markdown


def links(markdown: str) -> Iterator[re.Match[str]]:
    """The links to facts in a Markdown text."""
    return _LINK.finditer(_masked(markdown))


def check(markdown: str, facts: Facts, cell: str = "") -> list[Problem]:
    """Every stale number, unknown fact, missing bound word, stale definition and free numeral."""
    problems = []
    for m in links(markdown):
        before = markdown[max(0, m.start() - 20) : m.start()]
        message = _check_link(m, before, facts)
        if message:
            problems.append(Problem(cell, m["text"], message))
    if not problems and _DEFINITION.findall(markdown) != _definitions(markdown, facts):
        problems.append(Problem(cell, "link definitions", "are not those of the data; refresh the prose"))
    problems += [Problem(cell, text, "is a numeral without a link to its evidence") for text in free_numerals(markdown)]
    return problems


def free_numerals(markdown: str) -> list[str]:
    """The numerals outside links to facts that ``ALLOWED`` does not name, each with its surroundings."""
    text = _LINK.sub(lambda m: " " * len(m[0]), _masked(markdown))
    for pattern in ALLOWED:
        text = re.sub(pattern, lambda m: " " * len(m[0]), text)
    return [markdown[max(0, m.start() - 12) : m.end() + 12].replace("\n", " ") for m in _FREE.finditer(text)]


def refresh(markdown: str, facts: Facts) -> str:
    """The text with every linked number and every definition as the data has them."""
    spans = {m.span(): m for m in links(markdown)}
    out, end = [], 0
    for (start, stop), m in spans.items():
        out += [markdown[end:start], f"[{_updated(m, facts)}]{m[0][len(m['text']) + 2 :]}"]
        end = stop
    text = _DEFINITION.sub("", "".join(out) + markdown[end:]).rstrip("\n")
    definitions = _definitions(text, facts)
    return "\n".join([text, "", *definitions]) if definitions else text


def _definitions(markdown: str, facts: Facts) -> list[str]:
    """The definition of each fact linked in the text, in order of first use."""
    labels = dict.fromkeys(m["id"] + (f".{m['part']}" if m["part"] else "") for m in links(markdown))
    return [f'[{x}]: {target(x)} "{hover(facts[x.split(".")[0]])}"' for x in labels if x.split(".")[0] in facts]


def target(label: str) -> str:
    """Where a click on a number goes: the cell of the evidence notebook that is called like the fact."""
    return f"{EVIDENCE}#cell-id={label.split('.')[0]}"


def hover(fact: Fact) -> str:
    """What a number shows when pointed at: its sentence, or its formula, or what was counted."""
    if fact.kind == "claim":
        text = fact.row["quote"]
    elif fact.kind == "derived":
        text = fact.row["formula"] + (f"; if: {fact.row['assumption']}" if fact.row["assumption"] else "")
    else:
        text = f"counted: {fact.file}"
    return text.replace('"', "'")


def _check_link(m: re.Match[str], before: str, facts: Facts) -> str:
    """What is wrong with one link, or nothing."""
    if m["id"] not in facts:
        return f"links to {m['id']!r}, which is no fact"
    fact, text, part = facts[m["id"]], m["text"], m["part"]
    if part in ("start", "end"):
        expected = _updated(m, facts)
        return "" if text == expected else f"should be {expected!r} ({m['id']})"
    found = list(_NUMBER.finditer(text))
    if len(found) != 1:
        return f"should hold one number, has {len(found)}"
    if part and not _end(fact, part):
        return f"asks for an end of {m['id']!r}, which has none"
    needed = _UNIT_WORDS.get(fact.unit.id.split("/")[0])
    if needed and not re.search(needed, text):
        return f"should name the unit ({needed.replace('|', ' or ')})"
    if not part and fact.quantity.relation != "=" and not re.search(_BOUNDS[fact.quantity.relation], before + text):
        return f"is a bound: say {_BOUNDS[fact.quantity.relation].split('|')[0]!r} in or before the link"
    expected = _updated(m, facts)
    return "" if text == expected else f"should be {expected!r} ({m['id']})"


def _end(fact: Fact, part: str) -> Fraction | None:
    end = fact.quantity.low if part == "low" else fact.quantity.high
    return None if end in (INF, -INF) else Fraction(end)


def _updated(m: re.Match[str], facts: Facts) -> str:
    """The link's text with the number the data has, in the author's scale, precision and style."""
    if m["id"] not in facts:
        return m["text"]
    fact = facts[m["id"]]
    if m["part"] in ("start", "end"):
        iso = fact.row.get(f"period_{m['part']}", "")
        return date_text(iso, m["text"])
    value = _end(fact, m["part"]) if m["part"] else fact.quantity.value
    if value is None:
        return m["text"]
    return _NUMBER.sub(lambda n: _like(value, n), m["text"], count=1)


def _like(value: Fraction, n: re.Match[str]) -> str:
    """``value`` written the way ``n`` is written: word or digits, scale, decimals, separators."""
    if n["word"]:
        word, whole = n["word"], value.denominator == 1
        names = _ORDINALS if word.lower() in _ORDINALS else _WORDS
        if whole and 0 <= value < len(names):
            new = names[int(value)]
            return new.capitalize() if word[0].isupper() else new
        return ordinal(int(value)) if whole and names is _ORDINALS else digits(value, 0 if whole else 2)
    scale = _SCALES[n["scale"].lower()] if n["scale"] else 1
    decimals = len(n["digits"].partition(".")[2])
    new = digits(value / scale, decimals)
    if "," not in n["digits"] and len(n["digits"].partition(".")[0]) > 3:
        new = new.replace(",", "")
    if n["th"]:
        new = ordinal(int(rounded(value, 0)))
    return new + n[0][len(n["digits"]) + len(n["th"] or "") :]


def date_text(iso: str, like: str = "1 January 2000") -> str:
    """``2023-03-17`` as ``17 March 2023``, or only as precise as ``like``; a month or year stays one."""
    if not iso:
        return like
    year, month, day = [*iso.split("-"), "", ""][:3]
    precision = len(like.split())
    parts = [str(int(day)) if day else "", _MONTHS[int(month) - 1] if month else "", year]
    return " ".join(p for p in parts[3 - precision :] if p)


# --- whole notebooks --------------------------------------------------------------


def markdown_cells(notebook: nbformat.NotebookNode) -> Iterator[nbformat.NotebookNode]:
    return (cell for cell in notebook.cells if cell.cell_type == "markdown")


def check_notebook(path: Path, facts: Facts) -> tuple[int, list[Problem]]:
    """How many numbers the prose of a notebook links, and what is wrong with it."""
    cells = list(markdown_cells(nbformat.read(path, 4)))
    count = sum(1 for cell in cells for _ in links(cell.source))
    return count, [p for cell in cells for p in check(cell.source, facts, cell.id)]


def refresh_notebook(notebook: nbformat.NotebookNode, facts: Facts) -> nbformat.NotebookNode:
    """The notebook with its prose brought up to date, in place."""
    for cell in markdown_cells(notebook):
        cell.source = refresh(cell.source, facts)
    return notebook


def report(name: str, facts: Facts) -> None:
    """Print what the closing cell of notebook ``name`` shows: that its prose agrees, or each sentence that does not.

    The notebook is read from disk: save it first.
    """
    count, problems = check_notebook(source.root() / "notebooks" / f"{name}.ipynb", facts)
    if not problems:
        print(f"{name}: {count} numbers in the prose, all agree with the data; no numeral without evidence.")
        return
    print(f"{name}: {len(problems)} places in the prose no longer hold.")
    print(*(f"- {p}" for p in problems), sep="\n")
    print("Run `make report` to bring the numbers up to date; words are the author's to mend.")


def texts(facts: Facts) -> Iterator[tuple[str, str]]:
    """The prose that stands in the CSVs (notes, reasons, assumptions, captions) with its place: no free numerals there either."""
    columns = ("label_en", "note", "assumption", "decision", "first_scope", "title_en", "subtitle_en", "alt_en")
    for table, rows in facts.tables.items():
        for line, row in enumerate(rows, 2):
            if table != "units":
                yield from ((f"data/{table}.csv, row {line}, column {c}", row[c]) for c in columns if row.get(c))
