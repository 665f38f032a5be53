"""The article with its claims marked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tieout.data.dataset import Dataset
from tieout.numbers.numerals import Span
from tieout.show.cards import Markdown, escape


def sentences(facts: Dataset) -> Iterator[Span]:
    """The sentences of the article, in order; a line without a full stop is one."""
    for paragraph in facts.article.paragraphs():
        words = facts.article.text[paragraph.start : paragraph.end]
        for m in re.finditer(r"[^。！？]+[。！？]*[”」）]*", words):
            yield Span(paragraph.start + m.start(), paragraph.start + m.end())


def marks(facts: Dataset) -> dict[tuple[int, int], list[str]]:
    """Where the article prints claims, in its order: start and end of the number, and the claims it belongs to."""
    found: dict[tuple[int, int], list[str]] = {}
    for fact in facts.of_kind("claim"):
        for span in fact.spans:
            found.setdefault((span.start, span.end), []).append(fact.id)
    return dict(sorted(found.items()))


def marked_article(f: Dataset) -> Markdown:
    """The article, paragraph by paragraph, each claim's number a link to its card."""
    places = marks(f)
    out = []
    for n, paragraph in enumerate(f.article.paragraphs(), 1):
        line = ""
        for words, ids in f.article.pieces(paragraph, places):
            line += f'[**{words}**]({f[ids[0]].card} "{ids[0]}: {f[ids[0]].english}")' if ids else escape(words)
        out.append(f"¶{n} {line}")
    return Markdown("\n\n".join(out))
