"""The places of the article, sentence by sentence, and what stands at each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tieout.data.dataset import Dataset
from tieout.data.fact import Fact, Numeral
from tieout.explore.panels import Words
from tieout.numbers.numerals import Span
from tieout.show import marked


@dataclass(frozen=True)
class Sentence:
    """The number of its place, and its words in pieces: those of a number with the claims whose it is, the others with nothing."""

    place: int
    pieces: tuple[tuple[str, list[str] | None], ...]


@dataclass(frozen=True)
class Standing:
    """All that stands at a place: claims, numerals that are none, and what is named there with its kind."""

    paragraph: int
    span: Span
    words: str
    claims: tuple[Fact, ...]
    dismissed: tuple[Numeral, ...]
    named: tuple[tuple[Words, str], ...]


class Places:
    """The sentences of the article by their number, and the claims whose numbers stand in each."""

    def __init__(self, facts: Dataset) -> None:
        self.facts, self.article = facts, facts.article
        self._spans = list(marked.sentences(facts))
        self._marks = marked.marks(facts)
        self.claims = [
            {id for (start, _), ids in self._marks.items() if span.start <= start < span.end for id in ids}
            for span in self._spans
        ]

    def words(self, place: int) -> str:
        return self._text(self._spans[place]).strip()

    def options(self) -> list[tuple[str, str]]:
        """Each place with its paragraph and how it begins."""
        return [(str(n), self._title(n)) for n in range(len(self._spans))]

    def _title(self, place: int) -> str:
        words = self.words(place)
        return f"¶{self.article.paragraph_of(self._spans[place])} {words[:26]}{'…' if len(words) > 26 else ''}"

    def standing(self, place: int) -> Standing:
        """What stands at a place."""
        f, span = self.facts, self._spans[place]
        here = (fact for fact in f.of_kind("claim") if fact.id in self.claims[place])
        claims = sorted(here, key=lambda fact: f.span(fact.id).start)
        dismissed = (n for n in f.numerals if n.kind and span.covers(n.span))
        paragraph = self.article.paragraph_of(span)
        return Standing(paragraph, span, self.words(place), tuple(claims), tuple(dismissed), tuple(self._named(span)))

    def _named(self, span: Span) -> Iterator[tuple[Words, str]]:
        """The things of registers that are quoted from ``span`` or a part of it."""
        for table, kind in self.facts.project.registers.items():
            for row in self.facts.tables[table]:
                quoted = self.article.find(row["quote"])
                if quoted.start < span.end and span.start < quoted.end:
                    yield (row["label_en"], row["label_zh"]), kind

    def paragraphs(self) -> list[list[Sentence]]:
        """The whole article."""
        return [
            [
                Sentence(n, tuple(self.article.pieces(span, self._marks)))
                for n, span in enumerate(self._spans)
                if paragraph.covers(span)
            ]
            for paragraph in self.article.paragraphs()
        ]

    def _text(self, span: Span) -> str:
        return self.article.text[span.start : span.end]
