"""The source text: find a quote, say where it stands, list the numerals in it.

The article is one file in ``seeds/``, never edited. Offsets are code points,
counted from 0 in the text as read (UTF-8, NFC, LF).
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from tieout.errors import DataError
from tieout.numbers import numerals
from tieout.numbers.numerals import LeftOut, Span

SEED = Path("seeds/000_ba7608a12f981f08.txt")
SHA256 = "e54607714c592690fdfe10cfecae2da4b9ed146609f06760915973bc8231750e"
#: Date of the article, printed in its dateline.
DATE = "2023-08-29"
#: Day of the visit that opens the article; its year (一年来) is counted from here.
VISIT = "2022-08-17"


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

    def numerals(self) -> list[Span]:
        """Every digit sequence and every Chinese numeral, in order."""
        return list(numerals.find(self.text))

    def left_out(self, span: Span, change: bool = False) -> LeftOut | None:
        """What stands beside ``span`` and changes what its number says; ``change``: of a growth, in its whole clause."""
        return numerals.left_out(self.text, span, change)

    def paragraphs(self) -> list[Span]:
        """The non-empty lines, in order."""
        return [Span(*m.span()) for m in re.finditer(r"[^\n]+", self.text)]

    def paragraph_of(self, span: Span) -> int:
        """Number of the paragraph that holds ``span``, counted from 1."""
        return next(n for n, p in enumerate(self.paragraphs(), 1) if p.covers(span))


def root() -> Path:
    """The project's folder: ``SHENYANG_ROOT`` if set, else the checkout this package is in."""
    return Path(os.environ.get("SHENYANG_ROOT", Path(__file__).parents[3]))


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
