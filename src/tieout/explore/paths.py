"""What other sources print over time of what a figure of the article is compared with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tieout.data.dataset import Dataset
from tieout.data.fact import RECORD, Fact
from tieout.data.verdicts import Headline
from tieout.explore.panels import named, unit_of
from tieout.explore.timeline import Mark, Plot, plot
from tieout.prose.links import cited


@dataclass(frozen=True)
class Path:
    """What is drawn, what it is called, and its unit."""

    names: str
    unit: str
    plot: Plot


def records_of(facts: Dataset, headline: Headline) -> list[Fact]:
    """The figures of other sources that the comparisons rest on."""
    ids = dict.fromkeys(id for c in headline.comparisons for id in c.right_quantity.ids if id.startswith(RECORD))
    return [facts[id] for id in ids]


def path(facts: Dataset, headline: Headline, weak: Collection[str]) -> Path | None:
    """The path of what the comparisons measure; if it is of another kind than the figure, its level."""
    fact, series = facts[headline.id], _series(facts, headline)
    own = [r for r in series if r.unit.id == fact.unit.id and r.row["measure"] in ("level", fact.row.get("measure"))]
    levels = [r for r in series if r.row["measure"] == "level"]
    if len(own) == 1 < len(levels) and own[0] not in levels:  # one rate is no path; what it implies stands on one
        own = []
    shown = own or levels
    if not shown:
        return None
    like = fact if own else shown[0]
    shown = [r for r in shown if r.unit.id == like.unit.id]
    scale, unit = unit_of(like)
    marks = [_elsewhere(r, scale, weak) for r in shown]
    marks += [_here(fact, scale, facts.project.date)] if own else _levels(headline, like, scale)
    growth = "Growth 增长率: " if own and fact.row.get("measure") == "growth" else ""
    names = growth + ", ".join(dict.fromkeys(named(facts, f"indicator:{r.row['indicator']}") for r in shown))
    return Path(names, unit, plot(marks, unit, names))


def _series(facts: Dataset, headline: Headline) -> Sequence[Fact]:
    """The place's own figures of what the comparisons measure, as they are printed."""
    records = records_of(facts, headline)
    measured = {r.row["indicator"] for r in records}
    series = [
        r
        for r in facts.of_kind("record")
        if r.row["indicator"] in measured and (r.row["geography"], r.row["basis"]) == (facts.project.home, "printed")
    ]
    # A figure of a wider region that should be the same number is the place's, too: no other place has a part in it.
    same = [c.right_quantity for c in headline.comparisons if c.relation == "="]
    return series + [r for quantity in same for r in records if r.quantity == quantity and r not in series]


def _elsewhere(record: Fact, scale: int, weak: Collection[str]) -> Mark:
    """What another source prints, in the look of its reliability."""
    reliability, words = record.source["reliability"], f"{record.label_en}: {record.english} ({cited(record.source)})"
    return Mark(
        record.row["period_end"],
        record.value / scale,
        words,
        "off" if reliability in weak else reliability,
        since=record.row["period_start"],
        open=record.quantity.relation != "=",
    )


def _here(fact: Fact, scale: int, date: str) -> Mark:
    """What the article prints."""
    end, since = fact.row.get("period_end") or date, fact.row.get("period_start", "")
    since = since if since != end else ""
    return Mark(end, fact.value / scale, f"The article 本文: {fact.english}", "own", name=True, since=since)


def _levels(headline: Headline, like: Fact, scale: int) -> list[Mark]:
    """What the article implies for a series of another kind, and what it should be."""
    sides = [
        side
        for c in headline.comparisons
        for side in (
            ("implied by the article 由本文推算", "own", c.left_quantity),
            ("other sources 其他来源", "dark", c.right_quantity),
        )
    ]
    unit = like.quantity.unit
    return [Mark("", float(q.value) / scale, name, look) for name, look, q in sides if q.unit == unit]
