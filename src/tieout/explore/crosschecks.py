"""The figures beside other sources; sources can be switched off by their reliability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from tieout.data.dataset import Dataset
from tieout.data.fact import Check, Fact
from tieout.data.records import RELIABILITIES
from tieout.data.verdicts import VERDICTS, Headline
from tieout.explore.html import render
from tieout.explore.panels import OUTCOMES, Control, State, View, any_of, named
from tieout.explore.paths import path, records_of
from tieout.numbers.relations import RELATIONS
from tieout.prose import sides
from tieout.prose.links import cited

_SIGNS = {"contradicted": "×", "corroborated": "✓", "consistent": "≈", "nothing_found": "–"}


@dataclass(frozen=True)
class Comparison:
    """A comparison as it is shown; it is ``off`` if it needs a source that is."""

    check: Check
    article: str
    wanted: str
    outcome: str
    definition: str
    sources: str
    off: bool


@dataclass(frozen=True)
class Printed:
    """A figure of another source as it is shown."""

    fact: Fact
    source: str
    reliability: str
    origin: str
    off: bool


class CrossChecksPanel:
    """Choose a figure of the article; its path, sources and verdict follow the sources that are switched on."""

    label = "Explorer of the cross-checks 交叉核对"
    fixed: ClassVar[dict[str, str]] = {}
    regions = (("verdict", "Verdict 结论"), ("path", "Path 走势"), ("sources", "Sources 来源"))

    def __init__(self, facts: Dataset) -> None:
        self.facts = facts
        switches = [Control(r, named(facts, f"reliability:{r}"), "check", group="Sources 来源") for r in RELIABILITIES]
        verdicts = [(v, named(facts, f"verdict:{v}")) for v in VERDICTS]
        self.controls = (
            Control("verdict", "Verdict 结论", options=any_of(verdicts)),
            *switches,
            Control("choice", "Figure 数字", "list", size=7),
        )
        self.initial: State = {"verdict": "", "choice": facts.project.first_headline} | dict.fromkeys(
            RELIABILITIES, True
        )

    def see(self, state: State) -> View:
        state = self.initial | state
        weak = {r for r in RELIABILITIES if not state[r]}
        now = {id: h.without(weak) for id, h in self.facts.headlines.items()}
        order = sorted(now.values(), key=lambda h: VERDICTS.index(h.verdict))
        found = [h for h in order if state["verdict"] in ("", h.verdict)]
        if state["choice"] not in {h.id for h in found}:
            state["choice"] = found[0].id if found else ""
        options = {"choice": [(h.id, f"{_SIGNS[h.verdict]} {h.label_en} {h.label_zh}") for h in found]}
        html = {"verdict": render("none.html"), "path": "", "sources": ""}
        if state["choice"]:
            headline = self.facts.headlines[state["choice"]]
            html = {
                "verdict": self._verdict(headline, now[headline.id]),
                "path": render("path.html", path=path(self.facts, headline, weak), project=self.facts.project),
                "sources": render("sources.html", figures=sources(self.facts, headline, weak)),
            }
        return View(state, self._status(now, weak), html, options)

    def _status(self, now: dict[str, Headline], weak: Collection[str]) -> str:
        counts = Counter(h.verdict for h in now.values())
        tally = ", ".join(f"{counts[v]} {self.facts.label(f'verdict:{v}')}" for v in VERDICTS)
        status = f"{len(now)} figures: {tally}."
        if weak:
            moved = sum(now[id].verdict != h.verdict for id, h in self.facts.headlines.items())
            status += f" {moved} verdicts differ from those with all sources 与全部来源时不同的结论: {moved}."
        return status

    def _verdict(self, headline: Headline, now: Headline) -> str:
        """The verdict with the sources that are on, and with all if that is another; what it follows from."""
        return render(
            "verdict.html",
            headline=headline,
            fact=self.facts[headline.id],
            verdict=f"{_SIGNS[now.verdict]} {named(self.facts, f'verdict:{now.verdict}')}",
            was=self.facts.label(f"verdict:{headline.verdict}") if now.verdict != headline.verdict else "",
            comparisons=[comparison(self.facts, c, c not in now.comparisons) for c in headline.comparisons],
        )


def comparison(facts: Dataset, check: Check, off: bool) -> Comparison:
    """What a comparison says."""
    return Comparison(
        check,
        sides.short(facts, check.left_quantity),
        _wanted(facts, check),
        "switched off 已关" if off else OUTCOMES[check.verdict],
        "same 相同" if check.row["definition"] == "same" else "near 相近",
        "; ".join(cited(s) for s in check.sources),
        off,
    )


def _wanted(facts: Dataset, check: Check) -> str:
    """What the article's side of a comparison should be: at least 6,567 firms."""
    bound = "a figure of " if check.right_quantity.relation != "=" else ""
    return f"{RELATIONS[check.relation].between} {bound}{sides.short(facts, check.right_quantity)}"


def sources(facts: Dataset, headline: Headline, weak: Collection[str]) -> list[Printed]:
    """The figures that a verdict rests on, each with who printed it."""
    return [_printed(facts, record, record.source["reliability"] in weak) for record in records_of(facts, headline)]


def _printed(facts: Dataset, record: Fact, off: bool) -> Printed:
    source = record.source
    reliability, origin = facts.label(f"reliability:{source['reliability']}"), facts.label(f"origin:{source['origin']}")
    return Printed(record, f"{cited(source)}: {source['title']}", reliability, origin, off)
