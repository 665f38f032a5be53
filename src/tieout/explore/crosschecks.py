"""The figures beside other sources; sources can be switched off by their reliability."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import ClassVar

from tieout.data.dataset import Dataset
from tieout.data.fact import RECORD, Check, Fact
from tieout.data.records import RELIABILITIES
from tieout.data.verdicts import VERDICTS, Headline
from tieout.explore import markup
from tieout.explore.panels import Control, State, View, any_of, named, unit_of
from tieout.prose.links import cited
from tieout.show import exhibits

_VERDICT_SIGNS = {"contradicted": "×", "corroborated": "✓", "consistent": "≈", "nothing_found": "–"}
_OUTCOMES = {"holds": "✓ holds", "fits": "≈ fits", "fails": "× fails"}


def _wanted(facts: Dataset, check: Check) -> str:
    """What the article's side of a comparison should be: at least 6,567 firms."""
    bound = "a figure of " if check.right_quantity.relation != "=" else ""
    return f"{exhibits.RELATIONS[check.relation]} {bound}{exhibits.short(facts, check.right_quantity)}"


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
        self.initial = {"verdict": "", "choice": facts.project.first_headline} | dict.fromkeys(RELIABILITIES, True)

    def see(self, state: State) -> View:
        state = self.initial | state
        weak = {r for r in RELIABILITIES if not state[r]}
        now = {id: h.without(weak) for id, h in self.facts.headlines.items()}
        order = sorted(now.values(), key=lambda h: VERDICTS.index(h.verdict))
        found = [h for h in order if state["verdict"] in ("", h.verdict)]
        if state["choice"] not in {h.id for h in found}:
            state["choice"] = found[0].id if found else ""
        counts = Counter(h.verdict for h in now.values())
        moved = sum(now[id].verdict != h.verdict for id, h in self.facts.headlines.items())
        tally = ", ".join(f"{counts[v]} {self.facts.label(f'verdict:{v}')}" for v in VERDICTS)
        status = f"{len(now)} figures: {tally}." + (
            f" {moved} verdicts differ from those with all sources 与全部来源时不同的结论: {moved}." if weak else ""
        )
        options = {"choice": [(h.id, f"{_VERDICT_SIGNS[h.verdict]} {h.label_en} {h.label_zh}") for h in found]}
        html = dict.fromkeys(("verdict", "path", "sources"), "")
        if state["choice"]:
            headline = self.facts.headlines[state["choice"]]
            html = {
                "verdict": self._verdict(headline, now[headline.id]),
                "path": self._path(headline, weak),
                "sources": self._sources(headline, weak),
            }
        else:
            html["verdict"] = "<p>No figure has this verdict with these sources. 没有符合的数字。</p>"
        return View(state, status, html, options)

    def _verdict(self, headline: Headline, now: Headline) -> str:
        f, fact = self.facts, self.facts[headline.id]
        was = (
            f" (with all sources: {f.label(f'verdict:{headline.verdict}')})" if now.verdict != headline.verdict else ""
        )
        verdict = f"{_VERDICT_SIGNS[now.verdict]} {named(f, f'verdict:{now.verdict}')}"
        rows = []
        for c in headline.comparisons:
            off = c not in now.comparisons
            cells = [
                escape(c.label_en) + f' <span lang="zh">{escape(c.label_zh)}</span>',
                escape(exhibits.short(f, c.left_quantity)),
                escape(_wanted(f, c)),
                "switched off 已关" if off else escape(_OUTCOMES[c.verdict]),
                escape("same 相同" if c.row["definition"] == "same" else "near 相近"),
                escape("; ".join(cited(s) for s in c.sources)),
            ]
            rows.append(('class="off"' if off else "", cells))
        heads = [
            "Comparison 对照",
            "Article 本文",
            "Should be 应为",
            "Outcome 结果",
            "Definition 口径",
            "Source 来源",
        ]
        return (
            f"<h4>{markup.both(headline.label_en, headline.label_zh)}</h4>"
            f"<p class=value>{markup.card(fact.id, fact.english)} · <span lang=zh>{escape(fact.chinese)}</span></p>"
            f"<p><b>{escape(verdict)}</b>{escape(was)}</p>"
            + (markup.table(heads, rows) if rows else "<p>Nothing to compare was found. 未找到可对照的数字。</p>")
            + f"<p>{escape(headline.row['definition_en'])}</p><p>With all sources: {escape(headline.row['reading_en'])}</p>"
        )

    def _records(self, headline: Headline) -> list[Fact]:
        """The figures of other sources that the comparisons rest on."""
        ids = dict.fromkeys(id for c in headline.comparisons for id in c.right_quantity.ids if id.startswith(RECORD))
        return [self.facts[id] for id in ids]

    def _path(self, headline: Headline, weak: set[str]) -> str:
        """What other sources print over time of what the comparisons measure; if it is of another kind, its level."""
        fact = self.facts[headline.id]
        measured = {r.row["indicator"] for r in self._records(headline)}
        series = [
            r
            for r in self.facts.of_kind("record")
            if r.row["indicator"] in measured
            and (r.row["geography"], r.row["basis"]) == (self.facts.project.home, "printed")
        ]
        # A figure of a wider region that should be the same number is of the city, too: no other city has a part in it.
        series += [
            r
            for c in headline.comparisons
            for r in self._records(headline)
            if (c.relation, c.right_quantity) == ("=", r.quantity) and r not in series
        ]
        own = [
            r for r in series if r.unit.id == fact.unit.id and r.row["measure"] in ("level", fact.row.get("measure"))
        ]
        shown = own or [r for r in series if r.row["measure"] == "level"]
        if not shown:
            return "<p>No series of the city was found. 未找到本市序列。</p>"
        like = fact if own else shown[0]
        shown = [r for r in shown if r.unit.id == like.unit.id]
        scale, unit = unit_of(like)
        marks = [
            markup.Mark(
                r.row["period_end"],
                r.value / scale,
                f"{r.label_en}: {r.english} ({cited(r.source)})",
                "off" if r.source["reliability"] in weak else r.source["reliability"],
                since=r.row["period_start"],
                open=r.quantity.relation != "=",
            )
            for r in shown
        ]
        if own:
            end = fact.row.get("period_end") or self.facts.project.date
            since = fact.row.get("period_start", "")
            words = f"The article 本文: {fact.english}"
            marks.append(
                markup.Mark(end, fact.value / scale, words, "own", name=True, since=since if since != end else "")
            )
        else:
            for c in headline.comparisons:
                sides = (
                    ("implied by the article 由本文推算", "own", c.left_quantity),
                    ("other sources 其他来源", "dark", c.right_quantity),
                )
                marks += [
                    markup.Mark("", float(q.value) / scale, name, look)
                    for name, look, q in sides
                    if q.unit == like.quantity.unit
                ]
        growth = "Growth 增长率: " if own and fact.row.get("measure") == "growth" else ""
        names = growth + ", ".join(dict.fromkeys(named(self.facts, f"indicator:{r.row['indicator']}") for r in shown))
        key = (
            f"In {unit}. Filled: official 实心：官方; grey: press 灰：媒体; hollow: reprint 空心：转载; dashed: switched off 虚线：已关; "
            "red: the article 红：本文. A line to a dot is the time that a sum covers 横线为累计时段; a triangle is a floor 三角为下限."
        )
        return f"<h5>{escape(names)}</h5>{markup.plot(marks, unit, names)}<p>{escape(key)}</p>"

    def _sources(self, headline: Headline, weak: set[str]) -> str:
        f, rows = self.facts, []
        for r in self._records(headline):
            off = r.source["reliability"] in weak
            cells = [
                markup.card(r.id, r.label_en) + f' <span lang="zh">{escape(r.label_zh)}</span>',
                escape(r.english),
                escape(f"{cited(r.source)}: {r.source['title']}"),
                escape(f.label(f"reliability:{r.source['reliability']}") + (", switched off 已关" if off else "")),
                escape(f.label(f"origin:{r.source['origin']}")),
                escape(r.row["definition"]),
            ]
            rows.append(('class="off"' if off else "", cells))
        heads = [
            "Figure 数字",
            "Value 数值",
            "Printed by 刊载",
            "Reliability 可靠性",
            "Whose figure 数据来源",
            "Definition 口径",
        ]
        return markup.table(heads, rows, "What it rests on 依据") if rows else ""
