"""A PDF as its reader sees it, by pdfium: the text of its pages, where each word stands, what is drawn.

pdfium comes with its Python package, so that this runs wherever the tests do. Its structure (tags, links, fonts) is
asked of pypdf, in the tests themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ctypes import c_double
from dataclasses import dataclass

import numpy as np
from pypdfium2 import PdfDocument, PdfTextPage
from pypdfium2.raw import FPDFText_GetCharBox, FPDFText_GetUnicode, FPDFText_IsGenerated

#: How pdfium writes a hyphen at the end of a line, which it takes for one that is not the word's own.
_HYPHEN = re.compile("[\x02\ufffe]")
#: Places where a word may break, and where it may not.
_UNSEEN = "\u200b\u2060"
#: In points: ink of two words that may lie over each other; how far a letter may reach back into the one before it, how
#: far it may stand off, beside and above or below, and be of the same word.
_TOUCH, _BACK, _BESIDE, _ABOVE = 0.5, 1.0, 2.0, 8.0


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    with PdfDocument(pdf) as document:
        return [_HYPHEN.sub("-", page.get_textpage().get_text_bounded()) for page in document]


def text_of(pdf: bytes) -> str:
    """The text of all pages."""
    return "\n".join(pages_of(pdf))


def squeezed(text: str) -> str:
    """The text without spaces, places to break and the difference between apostrophes."""
    return re.sub(rf"[\s{_UNSEEN}]", "", text).replace("’", "'")


@dataclass
class Word:
    """Letters that follow each other, and the box of their ink, in points from the foot of the page."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    def is_over(self, other: Word) -> bool:
        """Whether ink of both lies in one place."""
        across = min(self.right, other.right) - max(self.left, other.left)
        return across > _TOUCH and min(self.top, other.top) - max(self.bottom, other.bottom) > _TOUCH

    def goes_on_with(self, letter: Word) -> bool:
        """Whether the letter stands right behind the word."""
        apart = max(self.bottom, letter.bottom) - min(self.top, letter.top)
        return -_BACK <= letter.left - self.right < _BESIDE and apart < _ABOVE

    def add(self, letter: Word) -> None:
        """Make the letter the word's last."""
        self.text += letter.text
        self.left, self.right = min(self.left, letter.left), max(self.right, letter.right)
        self.bottom, self.top = min(self.bottom, letter.bottom), max(self.top, letter.top)


def _letters(text: PdfTextPage) -> Iterator[Word | None]:
    """Each letter of a page with the box of its ink, in the order in which they are drawn; ``None`` between words."""
    box = [c_double() for _ in range(4)]
    for i in range(text.count_chars()):
        letter = chr(FPDFText_GetUnicode(text, i))
        if letter.isspace() or letter in _UNSEEN or FPDFText_IsGenerated(text, i):
            yield None
            continue
        FPDFText_GetCharBox(text, i, *box)
        left, right, bottom, top = (side.value for side in box)
        if right > left and top > bottom:
            yield Word(letter, left, bottom, right, top)


def words(text: PdfTextPage) -> list[Word]:
    """The words of a page. What is drawn over a word is a word of its own."""
    found: list[Word] = []
    open_, last = False, None
    for letter in _letters(text):
        box = letter and (letter.left, letter.bottom, letter.right, letter.top)
        if letter is None:
            open_ = False
        elif open_ and (box == last or found[-1].goes_on_with(letter)):  # the letters of a ligature share its box
            found[-1].add(letter)
        else:
            found.append(letter)
            open_ = True
        last = box
    return found


def overprints(pdf: bytes) -> list[str]:
    """Each two words of which one is drawn over the other, with their page."""
    with PdfDocument(pdf) as document:
        return [
            f"page {n}: {one.text!r} and {other.text!r}"
            for n, page in enumerate(document, 1)
            for one, other in _meeting(words(page.get_textpage()))
        ]


def _meeting(words: list[Word]) -> Iterator[tuple[Word, Word]]:
    """The pairs whose ink lies in one place, found from left to right."""
    open_: list[Word] = []
    for word in sorted(words, key=lambda w: w.left):
        open_ = [w for w in open_ if w.right > word.left]
        yield from ((w, word) for w in open_ if w.is_over(word))
        open_.append(word)


def images(pdf: bytes, scale: float = 0.5) -> Iterator[np.ndarray]:
    """Each page as it is drawn, in grey, with ``scale`` pixels for a point."""
    with PdfDocument(pdf) as document:
        for page in document:
            yield page.render(scale=scale, grayscale=True).to_numpy().squeeze().copy()


def crowded(pdf: bytes, sides: int = 60, ends: int = 24) -> list[str]:
    """Each page on which anything is drawn within ``sides`` or ``ends`` points of the paper's edge."""
    found = []
    for n, image in enumerate(images(pdf, scale=0.5), 1):
        rows, columns = np.nonzero(image < 250)
        height, width = image.shape
        left, right = 2 * columns.min(), 2 * (width - 1 - columns.max())
        above, below = 2 * rows.min(), 2 * (height - 1 - rows.max())
        if min(left, right) < sides or min(above, below) < ends:
            found.append(f"page {n}: {above} above, {below} below, {left} to the left, {right} to the right")
    return found
