"""The article with its claims marked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tieout.data import load
from tieout.data.claims import repeat_span
from tieout.data.dataset import Dataset
from tieout.numbers.numerals import Span
from tieout.prose.links import target
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
        found.setdefault((facts.span(fact.id).start, facts.span(fact.id).end), []).append(fact.id)
        if fact.row["repeat_quote"]:
            again = repeat_span(facts.article, fact.row, fact.unit)
            found.setdefault((again.start, again.end), []).append(fact.id)
    return dict(sorted(found.items()))


def marked_article(facts: Dataset | None = None) -> Markdown:
    """The article, paragraph by paragraph, each claim's number a link to its card."""
    f = facts or load.load()
    places = marks(f)
    out = []
    for n, paragraph in enumerate(f.article.paragraphs(), 1):
        line, at = "", paragraph.start
        for (start, end), ids in places.items():
            if paragraph.start <= start < paragraph.end:
                line += escape(f.article.text[at:start])
                line += f'[**{f.article.text[start:end]}**]({target(ids[0])} "{ids[0]}: {f[ids[0]].english}")'
                at = end
        out.append(f"¶{n} {line}{escape(f.article.text[at : paragraph.end])}")
    return Markdown("\n\n".join(out))
