"""The source text: find a quote, say where it stands, list the numerals in it.

The article is one file in ``seeds/``, never edited. Offsets are code points,
counted from 0 in the text as read (UTF-8, NFC, LF).
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from tieout.config import Project
from tieout.errors import DataError
from tieout.numbers import numerals
from tieout.numbers.numerals import LeftOut, Span

T = TypeVar("T")


@dataclass(frozen=True)
class Article:
    """The text of the article."""

    text: str

    def find(self, quote: str) -> Span:
        """Place of ``quote``, which must occur exactly once.

        Raises ``ValueError`` saying how often it occurs otherwise.
        """
        if quote not in self._found:
            start = self.text.find(quote) if quote else -1
            if start < 0 or self.text.find(quote, start + len(quote)) >= 0:
                count = self.text.count(quote) if quote else 0
                found = "is not in the article" if count == 0 else f"is in the article {count} times"
                raise ValueError(f"the quote {quote!r} {found}")
            self._found[quote] = Span(start, start + len(quote))
        return self._found[quote]

    @cached_property
    def _found(self) -> dict[str, Span]:
        """The quotes that were found: several rows may have one, and each is asked for more than once."""
        return {}

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
        return self._paragraphs

    @cached_property
    def _paragraphs(self) -> list[Span]:
        return [Span(*m.span()) for m in re.finditer(r"[^\n]+", self.text)]

    def pieces(self, whole: Span, marks: Mapping[tuple[int, int], T]) -> Iterator[tuple[str, T | None]]:
        """The words of ``whole`` in order: those of a place in ``marks`` with what is marked there, what is between with nothing.

        ``marks`` are by start and end, in order, and do not overlap.
        """
        at = whole.start
        for (start, end), mark in marks.items():
            if whole.start <= start < whole.end:
                if at < start:
                    yield self.text[at:start], None
                yield self.text[start:end], mark
                at = end
        if at < whole.end:
            yield self.text[at : whole.end], None

    def paragraph_of(self, span: Span) -> int:
        """Number of the paragraph that holds ``span``, counted from 1."""
        n = bisect_right(self._paragraphs, span.start, key=lambda p: p.start)
        if not n or not self._paragraphs[n - 1].covers(span):
            raise ValueError(f"no paragraph holds characters {span.start}–{span.end}")
        return n


def load(project: Project) -> Article:
    """Read the article of ``project``.

    Raises ``DataError`` if the file is missing or is not byte for byte the one published.
    """
    file = project.seed.as_posix()
    try:
        content = (project.root / project.seed).read_bytes()
    except FileNotFoundError:
        raise DataError(file, 0, "", "the article is missing.", "Restore it from git.") from None
    if hashlib.sha256(content).hexdigest() != project.sha256:
        raise DataError(file, 0, "", "the article was changed (its SHA-256 differs).", "Restore it from git.")
    return Article(content.decode("utf-8"))
