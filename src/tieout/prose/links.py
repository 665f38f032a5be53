"""The numbers in Markdown cells: check them against the data, bring them up to date.

A number in prose is a reference link whose label is a fact's id::

    The town has [48][libraries] libraries.

    [libraries]: evidence/reading.md#libraries "总数达到48座 · the total reached 48 libraries"

``[27,888 books][books_earlier.low]`` and ``.high`` are the ends of the interval,
``.start`` and ``.end`` those of the period. The author chooses scale, decimals and
words; the tool compares and, on ``refresh``, rewrites the number and the
definition. Words that numbers may turn false are links, too: ``[nearly all][says_nearly_all]``;
they are a row of ``wordings.csv``, and are compared and never rewritten. A number outside such a link is reported unless the project lets it stand (``free`` in ``report.toml``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from tieout.data.dataset import Dataset
from tieout.data.fact import EVIDENCE, Fact
from tieout.data.tables import Row
from tieout.data.wordings import SAYS
from tieout.numbers.quantity import INF
from tieout.numbers.relations import RELATIONS
from tieout.numbers.units import Units
from tieout.numbers.wording import decimals, digits, ordinal, rounded
from tieout.prose import wordings
from tieout.text.dates import MONTHS, date_text

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
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "万": 10**4, "亿": 10**8}
_LINK = re.compile(r"\[(?P<text>[^\[\]]+)\]\[(?P<id>[a-z][a-z0-9_]*)(?:\.(?P<part>low|high|start|end))?\]")
# Only definitions that this module writes: an author's own are left alone.
_DEFINITION = re.compile(rf"^\[[a-z][a-z0-9_.]*\]: {EVIDENCE}/\w+\.md#.*$", re.M)
_NUMBER = re.compile(
    r"(?P<digits>[-−]?\d[\d,]*(?:\.\d+)?)(?:(?P<gap>[\s\u00a0]*)(?P<scale>thousand\b|million\b|billion\b|万|亿)|(?P<th>st|nd|rd|th)\b)?"
    rf"|\b(?P<word>{'|'.join(_WORDS + _ORDINALS)})\b",
    re.I,
)
# What may not follow a number: a scale that is not known, which would be left standing.
_UNKNOWN_SCALE = re.compile(r"[\s\u00a0-]*(?:bn|mn|m|k|tn|hundreds?|trillion|dozen)\b|[千百十万亿]", re.I)
# One and two are too common as words of English to be taken for data.
_FREE = re.compile(
    rf"\d[\d.,]*|[\u00bc-\u00be\u2150-\u215e\u2460-\u2473]|[〇零二三四五六七八九十百千万亿两]+(?=[家个项亿万人台%])"
    rf"|\b(?:{'|'.join(_WORDS[3:])}|eleventh|twelfth|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    r"|(?:hundred|thousand|million|billion|trillion|dozen)s?)\b",
    re.I,
)
_CODE = re.compile(
    r"```.*?```|~~~.*?~~~|`[^`\n]*`|\]\([^()\s]*(?: \"[^\"]*\")?\)|<https?:[^>\s]*>|^\s*\d+\.\s", re.S | re.M
)
_FENCE = re.compile(r"```.*?```|~~~.*?~~~", re.S)
_NEGATED = re.compile(r"\b(?:no|not|never)\s+(?:more|less|over|above|below|under|at|up)\b", re.I)
_ANY_BOUND = re.compile(r"\b(?:more than|over|above|at least|less than|below|under|at most|up to)\s*$", re.I)
# Where a sentence, a list item or a row ends.
_SENTENCE = re.compile(r"(?<=[.!?])[\"”*)_]*\s+(?=[^a-z\s])|\n\s*\n|\n(?=\s*(?:[-|>#]|\d+\. ))|(?<=\|)(?=[^\n])")
_DATE = re.compile(rf"(?:\d{{1,2}} )?(?:(?:{'|'.join(MONTHS)}) )?\d{{4}}")


@dataclass(frozen=True)
class Problem:
    """Something in a cell's prose that does not agree with the data."""

    cell: str
    text: str
    message: str
    sentence: str = ""

    def __str__(self) -> str:
        return f"cell {self.cell}: {self.text!r} {self.message}"


@dataclass(frozen=True)
class Place:
    """A number in prose, or words that numbers may turn false: the link, the words before it, and where it stands."""

    notebook: str
    cell: str
    markdown: str
    link: re.Match[str]
    before: str

    @property
    def id(self) -> str:
        return self.link["id"]

    @property
    def sentence(self) -> str:
        return sentence(self.markdown, self.link.start())

    def problem(self, facts: Dataset) -> str:
        """What is wrong with it, or nothing."""
        if self.markdown[: self.link.start()].rpartition("\n")[2].startswith("#"):
            return "stands in a heading: JupyterLab's table of contents would show its brackets"
        if self.id.startswith(SAYS):
            return _check_words(self.link, facts)
        return _check_link(self.link, self.before, facts)

    def updated(self, facts: Dataset) -> str:
        """The words of the link with the number that the data have."""
        return _updated(self.link, facts)


def _masked(markdown: str) -> str:
    """The prose with code, addresses and this module's definitions blanked out, offsets kept."""
    for pattern in (_CODE, _DEFINITION):
        markdown = pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), markdown)
    return markdown


def links(markdown: str) -> Iterator[re.Match[str]]:
    """The links to facts and wordings in a Markdown text, outside code."""
    masked = _masked(markdown)
    # Found in the masked text, read in the original: a link's text may hold code.
    for m in _LINK.finditer(masked):
        whole = _LINK.fullmatch(markdown, m.start(), m.end())
        if whole:
            yield whole


def check(markdown: str, facts: Dataset, cell: str = "") -> list[Problem]:
    """Every stale number, word or definition, unknown id, missing bound word and free numeral."""
    problems = []
    for place in places(markdown, cell):
        message = place.problem(facts)
        if message:
            problems.append(Problem(cell, place.link["text"], message, place.sentence))
    written = [m[0] for m in _own_definitions(markdown)]
    if not problems and written != _definitions(markdown, facts):
        problems.append(Problem(cell, "link definitions", "are not those of the data; refresh the prose"))
    problems += [
        Problem(cell, text, "is a numeral without a link to its evidence")
        for text in free_numerals(markdown, facts.project.free)
    ]
    return problems


def sentence(markdown: str, at: int) -> str:
    """The sentence, item or cell of a table that holds the character ``at``, as a reader sees it."""
    masked = _LINK.sub(lambda m: "X" * len(m[0]), markdown)
    ends = [m.end() for m in _SENTENCE.finditer(masked)]
    start, end = max([0, *(e for e in ends if e <= at)]), min([*(e for e in ends if e > at), len(markdown)])
    words = without_links(_DEFINITION.sub("", markdown[start:end]))
    return re.sub(r"^(?:[-#>|]+|\d+\.) +|[*`|]", "", words.strip()).strip()


def without_links(markdown: str) -> str:
    """The text with each link as its words."""
    return re.sub(r"\[([^\[\]]+)\](?:\[[^\]]*\]|\([^()]*\))", r"\1", markdown)


def places(markdown: str, cell: str = "", notebook: str = "") -> Iterator[Place]:
    """The numbers and the words that hang on them in a Markdown text, in order."""
    for m in links(markdown):
        # Words of this sentence only, without the labels of other links.
        before = re.split(r"[.;:!?]\s|\n\n", re.sub(r"\]\[[^\]]*\]", "", markdown[: m.start()]))[-1][-24:]
        yield Place(notebook, cell, markdown, m, before)


def free_numerals(markdown: str, allowed: Iterable[str]) -> list[str]:
    """The numerals outside links to facts that no ``allowed`` pattern names, each with its surroundings."""
    text = _LINK.sub(lambda m: " " * len(m[0]), _masked(markdown))
    for pattern in allowed:
        text = re.sub(pattern, lambda m: " " * len(m[0]), text)
    return [markdown[max(0, m.start() - 12) : m.end() + 12].strip().replace("\n", " ") for m in _FREE.finditer(text)]


def refresh(markdown: str, facts: Dataset) -> str:
    """The text with every linked number and every definition as the data has them."""
    changes = [(m.start("text"), m.end("text"), _updated(m, facts)) for m in links(markdown)]
    changes += [(m.start(), m.end(), "") for m in _own_definitions(markdown)]
    text = markdown
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    text = text.rstrip("\n")
    definitions = _definitions(text, facts)
    return "\n".join([text, "", *definitions]) if definitions else text


def _own_definitions(markdown: str) -> list[re.Match[str]]:
    """The definitions that ``refresh`` wrote, not those shown in code."""
    hidden = _FENCE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), markdown)
    return list(_DEFINITION.finditer(hidden))


def _definitions(markdown: str, facts: Dataset) -> list[str]:
    """The definition of each fact and wording linked in the text, in order of first use."""
    found = []
    for label in dict.fromkeys(m["id"] + (f".{m['part']}" if m["part"] else "") for m in links(markdown)):
        id = label.split(".")[0]
        if id in facts:
            found.append(f'[{label}]: {facts[id].card} "{hover(facts[id])}"')
        elif id in facts.wordings:
            found.append(f'[{label}]: {facts.wordings[id].card} "{wordings.hover(facts, facts.wordings[id])}"')
    return found


def hover(fact: Fact) -> str:
    """What a number shows when pointed at: its sentence, or its formula, or what was counted."""
    if fact.kind == "claim":
        text = f"{fact.row['quote']} · {fact.row['quote_en']}"
    elif fact.kind in ("derived", "compared"):
        text = fact.row["formula"] + (f"; if: {fact.row['assumption']}" if fact.row["assumption"] else "")
    elif fact.kind == "record":
        said = fact.row["as_printed"] or "counted from the names printed"
        text = f"Another source: {cited(fact.source)}: {said} · {fact.row['definition']}"
    else:
        text = f"counted: {fact.file}"
    if fact.outside and fact.kind != "record":
        text = f"With other sources: {text}"
    return text.replace('"', "'")


def cited(source: Row) -> str:
    """Who printed something and when: Jia Daily, 1 July 2023."""
    return ", ".join([source["publisher_en"], date_text(source["date"]) if source["date"] else "undated"])


def _check_words(m: re.Match[str], facts: Dataset) -> str:
    """What is wrong with words that numbers may turn false, or nothing."""
    if m["id"] not in facts.wordings:
        return f"links to {m['id']!r}, which is no row of wordings.csv"
    says, text = facts.wordings[m["id"]], m["text"]
    words = says.words(facts.language)
    if text[:1].lower() + text[1:] != words[:1].lower() + words[1:]:
        return f"should be {words!r} ({m['id']})"
    return wordings.untrue(facts, says)


def _check_link(m: re.Match[str], before: str, facts: Dataset) -> str:
    """What is wrong with one link, or nothing."""
    if m["id"] not in facts:
        return f"links to {m['id']!r}, which is no fact"
    fact, text, part = facts[m["id"]], m["text"], m["part"]
    if part in ("start", "end"):
        if not fact.row.get(f"period_{part}"):
            return f"asks for the {part} of {m['id']!r}, which has none"
        if not _DATE.fullmatch(text):
            return "should be a date like 17 March 2023, March 2023 or 2023"
    else:
        problem = _check_form(fact, text, part, facts.units) or (_check_bound(fact, before, text) if not part else "")
        if problem:
            return problem
    expected = _updated(m, facts)
    return "" if text == expected else f"should be {expected!r} ({m['id']})"


def _check_form(fact: Fact, text: str, part: str | None, units: Units) -> str:
    """One number, in a scale that is known, with its own unit, no more precise than the data."""
    found = list(_NUMBER.finditer(text))
    if len(found) != 1:
        return f"should hold one number, has {len(found)}"
    if _UNKNOWN_SCALE.match(text, found[0].end()):
        return "has a scale that is not known: write thousand, million, billion, 万 or 亿"
    if part and _end(fact, part) is None:
        return f"asks for an end of {fact.id!r}, which has none"
    own = units[fact.unit.id.split("/")[0]]
    for unit in (u for u in units.by_id.values() if u.said):
        if unit == own and not re.search(unit.said, text):
            return f"should name the unit ({unit.said.replace('|', ' or ')})"
        if unit != own and re.search(unit.said, text) and not re.search(own.said or "(?!)", text):
            return f"names a unit that is not that of {fact.id!r} ({fact.unit.plural_en})"
    scale = _SCALES[found[0]["scale"].lower()] if found[0]["scale"] else 1
    places = len((found[0]["digits"] or "").partition(".")[2])
    if fact.quantity.relation == "=" and not fact.quantity.exact and places > decimals(fact.quantity, scale) + 1:
        return "is more precise than the data"
    return ""


def _check_bound(fact: Fact, before: str, text: str) -> str:
    """A bound has its word in or before the link, and what is no bound has none."""
    relation = fact.quantity.relation
    if relation == "=":
        return "is no bound: the words before it say it is one" if _ANY_BOUND.search(before) else ""
    words = RELATIONS[relation].prose
    if _NEGATED.search(before + text) or not re.search(words, before + text, re.I):
        name = words.split("|")[0].replace("\\b", "")
        return f"is a bound: say {name!r} in or before the link"
    return ""


def _end(fact: Fact, part: str) -> Fraction | None:
    end = fact.quantity.low if part == "low" else fact.quantity.high
    return None if end in (INF, -INF) else Fraction(end)


def _updated(m: re.Match[str], facts: Dataset) -> str:
    """The link's text with the number the data has, in the author's scale, precision and style.

    A text that cannot be read (an unknown fact, scale or form of date) is left as it is.
    """
    if m["id"] not in facts:
        return m["text"]
    fact, part = facts[m["id"]], m["part"]
    if part in ("start", "end"):
        iso = fact.row.get(f"period_{part}", "")
        return date_text(iso, m["text"]) if iso and _DATE.fullmatch(m["text"]) else m["text"]
    value = _end(fact, part) if part else fact.quantity.value
    number = _NUMBER.search(m["text"])
    if value is None or number is None or _UNKNOWN_SCALE.match(m["text"], number.end()):
        return m["text"]
    new = _like(value, number, _direction(fact, part))
    return m["text"][: number.start()] + new + m["text"][number.end() :]


def _direction(fact: Fact, part: str | None) -> Callable[[Fraction], int] | None:
    """How to round what is shown, so that it stays true: a bound and an interval outwards, whole counts inwards."""
    outward = {"low": math.floor, "high": math.ceil, ">": math.floor, ">=": math.floor, "<": math.ceil, "<=": math.ceil}
    if part and fact.unit.kind == "count":
        return math.ceil if part == "low" else math.floor
    return outward.get(part or fact.quantity.relation)


def _like(value: Fraction, n: re.Match[str], to: Callable[[Fraction], int] | None) -> str:
    """``value`` written the way ``n`` is written: word or digits, scale, decimals, separators."""
    if n["word"]:
        word, whole = n["word"], value.denominator == 1
        names = _ORDINALS if word.lower() in _ORDINALS else _WORDS
        if whole and 0 <= value < len(names):
            new = names[int(value)]
            return new.capitalize() if word[0].isupper() else new
        return ordinal(int(value)) if whole and names is _ORDINALS else digits(value, 0 if whole else 2, to)
    if n["th"]:
        return ordinal(int(rounded(value, 0, to)))
    scale = _SCALES[n["scale"].lower()] if n["scale"] else 1
    places = len(n["digits"].partition(".")[2])
    new = digits(value / scale, places, to)
    if "," not in n["digits"] and len(n["digits"].partition(".")[0]) > 3:
        new = new.replace(",", "")
    if "−" in n["digits"]:
        new = new.replace("-", "−")
    return new + n[0][len(n["digits"]) :]
