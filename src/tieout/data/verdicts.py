"""How the article's headline figures stand to other sources.

``headlines.csv`` says which of the article's figures are compared, ``crosschecks.csv`` holds the comparisons, and
``judge`` draws the verdict from how they come out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from tieout.config import Project
from tieout.data.fact import Check, Fact, is_outside
from tieout.data.records import RELIABILITIES
from tieout.data.tables import Row
from tieout.errors import DataError

#: In the order in which they are shown: what a reader has to know comes first.
VERDICTS = ("contradicted", "corroborated", "consistent", "nothing_found")


@dataclass(frozen=True)
class Headline:
    """A figure of the article and the comparisons that bear on it; ``own`` are the origins that are the place's own."""

    fact: Fact
    row: Row
    comparisons: tuple[Check, ...]
    own: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.fact.id

    @property
    def label_en(self) -> str:
        return self.fact.label_en

    @property
    def label_zh(self) -> str:
        return self.fact.label_zh

    @property
    def verdict(self) -> str:
        return judge(self.comparisons)

    def without(self, weak: Collection[str]) -> Headline:
        """The same without the comparisons that need a source whose reliability is in ``weak``.

        Raises ``ValueError`` for what is none of ``RELIABILITIES``.
        """
        if isinstance(weak, str) or not set(weak) <= set(RELIABILITIES):
            raise ValueError(f"{weak!r} is no set of {', '.join(RELIABILITIES)}")
        kept = (c for c in self.comparisons if not any(s["reliability"] in weak for s in c.sources))
        return replace(self, comparisons=tuple(kept))

    @property
    def same(self) -> bool:
        """Whether any comparison is of the same definition and could have failed."""
        return any(same_definition(c) and c.can_fail for c in self.comparisons)

    @property
    def independent(self) -> bool:
        """Whether any comparison that decides the verdict needs no figure of the place itself."""
        return any(all(s["origin"] not in self.own for s in c.sources) for c in self.deciding)

    @property
    def deciding(self) -> list[Check]:
        """The comparisons that the verdict rests on; of an open one those that speak against a better one."""
        tested, verdict = [c for c in self.comparisons if c.can_fail], self.verdict
        if verdict == "contradicted":
            return [c for c in tested if same_definition(c) and c.verdict == "fails"]
        if verdict == "corroborated":
            return [c for c in tested if same_definition(c) and c.row["aspect"] == "figure"]
        if verdict == "consistent":
            return [c for c in tested if same_definition(c)] or tested
        return [c for c in tested if c.verdict == "fails"] or list(self.comparisons)


def judge(comparisons: Sequence[Check]) -> str:
    """The verdict that comparisons carry, by a fixed rule. What cannot fail, whatever is printed, decides nothing.

    ``contradicted``: one of a same definition fails for every value that rounding allows.
    ``nothing_found`` (nothing decisive): there is nothing to compare; or one of a near definition fails, so that it
    may be the figure, or the definition, that differs; or near definitions alone speak, and from one side only.
    ``corroborated``: none fails, and another source gives the same figure, by the same definition.
    ``consistent`` (roughly consistent): none fails; the same definition, or near ones from both sides, leave room for it.
    """
    tested = [c for c in comparisons if c.can_fail]
    failed = [c for c in tested if c.verdict == "fails"]
    if any(same_definition(c) for c in failed):
        return "contradicted"
    sides = {side for c in tested for side in ("<>" if c.relation in ("=", "in") else c.relation[0])}
    if failed or not (any(map(same_definition, tested)) or sides == {"<", ">"}):
        return "nothing_found"
    return "corroborated" if any(same_definition(c) and c.row["aspect"] == "figure" for c in tested) else "consistent"


def same_definition(comparison: Check) -> bool:
    return comparison.row["definition"] == "same"


def headlines(
    project: Project, tables: dict[str, list[Row]], facts: dict[str, Fact], checks: Sequence[Check]
) -> dict[str, Headline]:
    """The headlines in their order, each with its comparisons; raises ``DataError`` for what cannot decide anything."""
    for line, row in enumerate(tables["headlines"], 2):
        if row["id"] not in facts or facts[row["id"]].kind not in ("claim", "derived"):
            raise DataError("data/headlines.csv", line, "id", f"{row['id']!r} is no figure of the article.")
        if (row["compared"] == "no") == any(c.row["headline"] == row["id"] for c in checks):
            problem = f"compared is {row['compared']!r}, and crosschecks.csv says otherwise."
            raise DataError("data/headlines.csv", line, "compared", problem)
    for line, check in enumerate(checks, 2):
        _check_crosscheck(line, check, facts[check.row["headline"]])
    rows = tables["headlines"]
    return {
        r["id"]: Headline(facts[r["id"]], r, tuple(c for c in checks if c.row["headline"] == r["id"]), project.own)
        for r in rows
    }


def _check_crosscheck(line: int, check: Check, headline: Fact) -> None:
    """The article stands at the left, other sources at the right, and what is compared bears on the headline."""
    file, left, right = "data/crosschecks.csv", check.left_quantity, check.right_quantity
    if not re.fullmatch(rf"cross_{headline.id}_\d+", check.id):
        raise DataError(file, line, "id", f"{check.id!r} is not called after {headline.id!r}.")
    if any(is_outside(id) for id in left.ids):
        raise DataError(file, line, "left", "the left side is the article's and names a record.")
    # A rank is compared by the number that is ranked.
    if headline.unit.kind != "nominal" and not set(headline.quantity.ids) & set(left.ids):
        raise DataError(file, line, "left", f"nothing in it bears on {headline.id!r}.")
    if not any(is_outside(id) for id in right.ids):
        raise DataError(file, line, "right", "it names no record: nothing is compared with another source.")
    if check.row["aspect"] == "figure" and (check.relation, left.relation, right.relation) != ("=", "=", "="):
        raise DataError(file, line, "aspect", "the same figure elsewhere is a value, compared by =.")
    own = next((id for id in right.ids if not is_outside(id)), "")
    if check.row["aspect"] == "figure" and own:
        problem = f"the right side rests on {own!r} of the article: no other source gives this figure."
        raise DataError(file, line, "aspect", problem, "Call it base, sum or level, whichever it is.")
