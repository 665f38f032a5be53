"""The source text: find a quote, say where it stands, list the numerals in it.

The article is one file in ``seeds/``, never edited. Offsets are code points,
counted from 0 in the text as read (UTF-8, NFC, LF).
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SEED = Path("seeds/000_ba7608a12f981f08.txt")
SHA256 = "e54607714c592690fdfe10cfecae2da4b9ed146609f06760915973bc8231750e"
#: Date of the article, printed in its dateline.
DATE = "2023-08-29"
#: Day of the visit that opens the article; its year (一年来) is counted from here.
VISIT = "2022-08-17"

#: What words and signs beside a number make of it, by kind, the gravest first. A row that leaves one out says
#: something else than the text does.
KINDS = {
    "part": "a part of a number",
    "range": "one end of a range",
    "sign": "negative",
    "fall": "a fall",
    "bound": "only a bound",
    "vague": "only roughly so",
}
_FALLS = "下降|减少|降低|回落|下滑|缩减|下跌|缩短|萎缩|收窄|负增长|降|减|跌"
# What ends where the number starts. 增加到 and 降至 lead to a level, which is not the end of a range.
_BEFORE = {
    "part": "分之",
    "range": r"\d[\d.,]*[%％]?[百千万亿]*[^\d\s，。、；,;增提升降减扩达得回高长加]{0,3}?(?:[—–~～]+|至|到|-)",
    "sign": "[-−－]|负",
    "fall": f"(?:{_FALLS})(?:了|幅度?为?|率为?|约|近|超过|超)?|[降跌减]幅(?:度?为|达到?|约|近|超过|超)?",
    "bound": "不(?:超过|超|足|到|低于|高于|少于|多于|大于|小于)|超过|超出|超|逾|突破|[高低多少大小]于|至少|至多"
    "|最[高低多少大小](?:可?达到?)?",
    # Not the end of another word: 签约20家, 节约20%, 最近3个月. 上百, 数十, 几千 name a scale without a value.
    "vague": "大约|(?<![签合节预公契])约|将近|接近|(?<![最附新临邻])近|几乎|[数几上](?=[十百千万亿])",
}
# What starts where the number, or its unit, ends.
_AFTER = {
    "part": "分之|半(?![年月日天数径导])",
    "range": r"[—–~～\-至到]+\s*\d",
    # Not the start of another word: 5家强化培训, 20家上下游企业.
    "bound": "余|多|及?以[上下内]|之[多内]|级|强(?![化劲势大烈力])",
    "vague": "左右(?![手侧两])|上下(?!游)|前后(?!端)|来(?=[个家人项万亿元])",
}
_BESIDE = [
    (kind, before, re.compile(pattern))
    for before, patterns in ((True, _BEFORE), (False, _AFTER))
    for kind, pattern in patterns.items()
]
# 两, 半, 双 and 首 count as numerals: two, half, a pair, the first. Measure
# words and vague quantities (多, 数, 几) do not: no number can be read off them.
_HAN = "〇零一二三四五六七八九十百千万亿两半双首"
_NUMERAL = re.compile(rf"(?:(?<![\d,])\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?[百千万亿]*|[{_HAN}]+")


class DataError(ValueError):
    """Something in the data is wrong: where (file, row, column), what, and the remedy.

    ``row`` is the line in the file, the header being line 1; 0 means the whole file.
    """

    def __init__(self, file: str, row: int, column: str, problem: str, remedy: str = "") -> None:
        place = file + (f", row {row}" if row else "") + (f", column {column}" if column else "")
        super().__init__(f"{place}: {problem}" + (f" {remedy}" if remedy else ""))
        self.file, self.row, self.column = file, row, column


@dataclass(frozen=True)
class Span:
    """Code points ``start`` (included) to ``end`` (excluded) of the article."""

    start: int
    end: int

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Beside:
    """A word or sign next to a number that changes what it says: ``kind`` is one of ``KINDS``."""

    word: str
    kind: str
    before: bool


@lru_cache(maxsize=4)
def _numerals(text: str) -> tuple[Span, ...]:
    return tuple(Span(*m.span()) for m in _NUMERAL.finditer(text))


@dataclass(frozen=True)
class Article:
    """The text of the article."""

    text: str

    def find(self, quote: str) -> Span:
        """Place of ``quote``, which must occur exactly once.

        Raises ``ValueError`` saying how often it occurs otherwise.
        """
        count = self.text.count(quote) if quote else 0
        if count != 1:
            found = "is not in the article" if count == 0 else f"is in the article {count} times"
            raise ValueError(f"the quote {quote!r} {found}")
        start = self.text.index(quote)
        return Span(start, start + len(quote))

    def find_in(self, quote: str, part: str) -> Span:
        """Place of ``part``, which must occur exactly once inside ``quote``."""
        outer = self.find(quote)
        count = quote.count(part) if part else 0
        if count != 1:
            found = "is not in" if count == 0 else f"is {count} times in"
            raise ValueError(f"{part!r} {found} the quote {quote!r}")
        start = outer.start + quote.index(part)
        return Span(start, start + len(part))

    def numerals_cut(self, span: Span) -> bool:
        """Whether ``span`` holds a part of a numeral and not the whole: 5个 in 15个."""
        touched = (n for n in self.numerals() if n.start < span.end and span.start < n.end)
        return any(not span.covers(n) for n in touched)

    def numerals(self) -> list[Span]:
        """Every digit sequence and every Chinese numeral, in order."""
        return list(_numerals(self.text))

    def beside(self, span: Span) -> Beside | None:
        """What stands next to the number ``span`` and changes what it says, the gravest of it, or None."""
        found = [
            Beside(m[0], kind, before)
            for kind, before, pattern in _BESIDE
            if (m := self._ending(pattern, span.start) if before else pattern.match(self.text, span.end))
        ]
        return min(found, key=lambda b: list(KINDS).index(b.kind), default=None)

    def _ending(self, pattern: re.Pattern[str], end: int) -> re.Match[str] | None:
        """The longest match of ``pattern`` that ends at ``end``, of a few characters."""
        matches = (pattern.match(self.text, start) for start in range(max(0, end - 16), end))
        return next((m for m in matches if m and m.end() == end), None)

    def paragraphs(self) -> list[Span]:
        """The non-empty lines, in order."""
        return [Span(*m.span()) for m in re.finditer(r"[^\n]+", self.text)]

    def paragraph_of(self, span: Span) -> int:
        """Number of the paragraph that holds ``span``, counted from 1."""
        return next(n for n, p in enumerate(self.paragraphs(), 1) if p.covers(span))


def root() -> Path:
    """The project's folder: ``SHENYANG_ROOT`` if set, else the checkout this package is in."""
    return Path(os.environ.get("SHENYANG_ROOT", Path(__file__).parents[2]))


def load(folder: Path | None = None) -> Article:
    """Read the article from ``folder`` (default: the project's).

    Raises ``DataError`` if the file is missing or is not byte for byte the one published.
    """
    path = (folder or root()) / SEED
    if not path.is_file():
        raise DataError(SEED.as_posix(), 0, "", "the article is missing.", "Restore it from git.")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise DataError(
            SEED.as_posix(), 0, "", "the article was changed (its SHA-256 differs).", "Restore it from git."
        )
    return Article(content.decode("utf-8"))
