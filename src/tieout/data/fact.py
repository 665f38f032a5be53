"""One number with what is known of it; one check; one numeral of the article."""

from __future__ import annotations

from dataclasses import dataclass, field

from tieout.data.tables import Row
from tieout.numbers import quantity as qty
from tieout.numbers import wording
from tieout.numbers.numerals import Span
from tieout.numbers.quantity import Quantity
from tieout.numbers.units import Unit
from tieout.text.cjk import CHINESE

#: How the ids of all that rests on other sources than the article begin: what they print, what follows with it or is
#: counted of it.
RECORD, COMPARED = "record_", "vs_"
#: The folder of the cards, beside the notebooks, and the page of each kind of fact but claims.
EVIDENCE = "evidence"
PAGES = {"derived": "derived", "counted": "counts", "record": "records", "compared": "comparisons"}
#: The address, from a notebook, of the page of the checks, a heading each.
CHECKS = f"{EVIDENCE}/checks.md"


def is_outside(id: str) -> bool:
    """Whether what is called ``id`` rests on anything but the article."""
    return id.startswith((RECORD, COMPARED))


@dataclass(frozen=True)
class Fact:
    """A number that prose, tables and figures may use, and where it comes from.

    ``kind`` is ``claim`` (printed in the article), ``derived`` (computed from claims), ``counted``
    (a count of rows of the curated data), ``record`` (printed by another source) or ``compared``
    (computed from records, with or without claims). ``row`` holds the cells of its CSV row, ``line`` the
    line it stands in. ``uses`` are the ids in its formula, ``members`` the rows that were counted,
    ``source`` the row of ``sources.csv`` of a record, ``spans`` the places where the article prints a claim.
    """

    id: str
    kind: str
    label_en: str
    label_zh: str
    quantity: Quantity
    unit: Unit
    file: str
    line: int
    row: Row
    uses: tuple[str, ...] = ()
    members: tuple[Row, ...] = ()
    source: Row = field(default_factory=dict)
    spans: tuple[Span, ...] = ()

    @property
    def outside(self) -> bool:
        """Whether it rests on anything but the article."""
        return is_outside(self.id)

    @property
    def page(self) -> str:
        """The page of evidence that its card is on: a table of claims has one, and so has each other kind."""
        return PAGES.get(self.kind) or self.file.removeprefix("data/").removesuffix(".csv")

    @property
    def card(self) -> str:
        """The address, from a notebook, of all that is known of it: a heading of a page."""
        return f"{EVIDENCE}/{self.page}.md#{self.id}"

    @property
    def value(self) -> float:
        """The value, or the bound where only a bound is known, in ``unit``."""
        return float(self.quantity.value)

    @property
    def low(self) -> float:
        return float(self.quantity.low)

    @property
    def high(self) -> float:
        return float(self.quantity.high)

    @property
    def english(self) -> str:
        return wording.english(self.quantity, self.unit)

    @property
    def chinese(self) -> str:
        """As printed for a claim, and for a record that is printed in Chinese, else in the article's style."""
        printed = self.row.get("as_printed", "")
        foreign = self.kind == "record" and not CHINESE.search(printed)
        return printed if printed and not foreign else wording.chinese(self.quantity, self.unit)

    @property
    def interval(self) -> str:
        return wording.interval(self.quantity, self.unit)


@dataclass(frozen=True)
class Check:
    """A comparison of two sides and how it came out: of the article with itself, or with other sources.

    ``verdict`` is ``holds`` (for every value in the intervals), ``fits`` (for some,
    so rounding may be the reason) or ``fails`` (for none). ``row`` holds the cells of its CSV row,
    ``sources`` the rows of ``sources.csv`` that its sides rest on.
    """

    id: str
    label_en: str
    label_zh: str
    left: str
    relation: str
    right: str
    note: str
    left_quantity: Quantity
    right_quantity: Quantity
    verdict: str
    row: Row
    sources: tuple[Row, ...] = ()

    @property
    def card(self) -> str:
        """The address, from a notebook, of a check of the article against itself; a comparison stands with its headline."""
        return f"{CHECKS}#{self.id}"

    @property
    def can_fail(self) -> bool:
        """Whether other numbers of the same kind could have failed it: where only a floor is printed, none may."""
        left, right = self.left_quantity, self.right_quantity
        too_high = left.low != -qty.INF and right.high != qty.INF
        too_low = left.high != qty.INF and right.low != -qty.INF
        return {"<": too_high, "<=": too_high, ">": too_low, ">=": too_low}.get(self.relation, too_high or too_low)


@dataclass(frozen=True)
class Numeral:
    """A numeral of the article and what accounts for it: claim ids, or the kind and reason of its dismissal."""

    span: Span
    text: str
    claims: tuple[str, ...]
    kind: str = ""
    reason: str = ""
