"""Change a printed number or a convention; see what moves, and what would no longer be true."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from html import escape
from typing import ClassVar

from tieout.data.fact import Fact
from tieout.data.verdicts import Headline
from tieout.explore import markup, whatif
from tieout.explore.panels import Control, State, View, unit_of
from tieout.numbers import quantity as qty


class WhatIfPanel:
    """Change a printed number of a theme or a convention; see what moves, and what would no longer be true."""

    fixed: ClassVar[dict[str, str]] = {}
    regions = (("derived", "Derived figures 推算值"), ("broken", "What would turn false 将不再成立"))

    def __init__(self, asked: whatif.WhatIf, theme: str) -> None:
        self.asked, self.facts = asked, asked.facts
        self.label = f"What if: {self.facts.label(f'theme:{theme}')} 假设"
        self._claims = {f.id: f for f in whatif.claims(self.facts, theme)}
        self._derived = [f.id for f in whatif.derived(self.facts, theme)]
        claims = [(f.id, f"{f.chinese} · {f.label_en}") for f in self._claims.values()]
        self.controls = (
            Control("claim", "Printed number 刊出数字", options=claims, wide=True),
            Control("value", "Its value, if it were 假设数值", "number"),
            Control("slide", "Slide 拖动", "range"),
            Control("rounding", "Rounding 取整", options=list(whatif.ROUNDINGS.items()), wide=True),
            Control("bounds", "More than, at most 超、最高", options=list(whatif.BOUNDS.items()), wide=True),
        )
        first = next((f.id for f in self._claims.values() if f.row["measure"] == "growth"), claims[0][0])
        self.initial = {"claim": first, "changed": "", "value": "", "slide": "", "values": {}}
        self.initial |= {"rounding": "nearest", "bounds": "open"}

    def see(self, state: State) -> View:
        state, refused = self._ordered(self.initial | state)
        fact = self._claims[state["claim"]]
        values = {id: Fraction(v) * unit_of(self._claims[id])[0] for id, v in state["values"].items()}
        supposed = whatif.Supposition(values, state["rounding"], state["bounds"])
        scale, unit = unit_of(fact)
        printed = Fraction(fact.row["value"]) / scale
        step = Fraction(fact.row["rounding"] or 0) / scale or Fraction(1)
        # On the grid of the printed digits, as the value is.
        low, high = (k * printed // step * step for k in (Fraction(1, 2), 2))
        ends = {"min": _plain(low), "max": _plain(high), "step": _plain(step)}
        attributes = {"slide": ends, "value": {"step": _plain(step), "title": unit}}
        outcome = self.asked.suppose(supposed)
        broken = len({(p.notebook, p.cell, p.sentence) for p, _ in outcome.stale}) + len(outcome.untrue)
        moved = [id for id in self._derived if id in outcome.moved]
        now = (
            f"{_measured(state['value'], unit)} instead of {fact.chinese}"
            if fact.id in values
            else f"{fact.chinese}, as printed"
        )
        status = (
            f"{fact.label_en}: {now}. Derived figures of this theme that move 推算值变动: {len(moved)} of {len(self._derived)}. "
            f"Sentences and words that no longer hold 失实: {broken}. "
            f"Checks that come out otherwise 检验变化: {len(outcome.checks)}."
        )
        if refused:
            status = f"{refused} {status}"
        if self.facts.disagreements:
            status = f"The data on disk contradict the article 数据与原文不符: {self.facts.disagreements[0]} {status}"
        labels = {"value": f"If it were, in {unit} 假设数值", "slide": f"Printed 刊出: {fact.chinese}"}
        html = {"derived": self._moved(outcome, state), "broken": self._broken(outcome)}
        return View(state, status, html, attributes=attributes, labels=labels)

    def _ordered(self, state: State) -> tuple[State, str]:
        """With the value of the claim that is chosen now, in the slider as in the box; of values only those that differ.

        Beside it why what was set is not taken, if it is not.
        """
        fact, values = self._claims[state["claim"]], dict(state["values"])
        printed = Fraction(fact.row["value"]) / unit_of(fact)[0]
        value, refused = Fraction(values.get(fact.id, printed)), ""
        if state["changed"] in ("value", "slide"):
            low, high = (
                (-100 if fact.row["measure"] == "growth" else 0),
                (100 if fact.row["measure"] == "share" else qty.INF),
            )
            try:
                wanted = Fraction(state[state["changed"]])
            except (ValueError, ZeroDivisionError):  # nothing, or half a number
                refused = f"No number is set; {_plain(value)} holds. 未输入数字，仍按原值。"
            else:
                if low < wanted <= high or wanted == 0:
                    value = Fraction(round(wanted)) if fact.unit.kind == "count" else wanted
                else:
                    refused = f"{_plain(wanted)} cannot be; {_plain(value)} holds. 数值不可能，仍按原值。"
        values.pop(fact.id, None)
        if value != printed:
            values[fact.id] = _plain(value)
        return state | {"changed": "", "value": _plain(value), "slide": _plain(value), "values": values}, refused

    def _moved(self, outcome: whatif.Outcome, state: State) -> str:
        rows = []
        for id in state["values"]:
            claim = self._claims[id]
            now = markup.value(outcome.facts[id])
            rows.append(
                ('class="changed"', [f"● {markup.card(id, claim.label_en)}, printed 刊出", markup.value(claim), now])
            )
        for id in sorted(self._derived, key=lambda id: id not in outcome.moved):
            before, after = self.facts[id], outcome.facts[id]
            new = id in outcome.moved and _then(before, after) != markup.value(before)
            name = f"{'● ' if new else ''}{markup.card(id, before.label_en)} <span lang=zh>{escape(before.label_zh)}</span>"
            then = _then(before, after) if new else "the same 不变"
            rows.append(('class="changed"' if new else "", [name, markup.value(before), then]))
        return markup.table(["Figure 数字", "As read 原读法", "Then 假设下"], rows, "● what changes 变动项")

    def _broken(self, outcome: whatif.Outcome) -> str:
        numbers: dict[tuple[str, str, str], list[str]] = {}
        for place, should in outcome.stale:
            changes = numbers.setdefault((place.notebook, place.cell, place.sentence), [])
            changes.append(f"<del>{escape(place.link['text'])}</del> → <ins>{escape(should)}</ins>")
        sentences = [
            f"{markup.link(notebook, cell, notebook)}: {', '.join(dict.fromkeys(changes))}<br>{escape(sentence)}"
            for (notebook, cell, sentence), changes in numbers.items()
        ]
        words = [f"{markup.link(n, p.cell, n)}: “{escape(p.text or p.cell)}”" for n, p in outcome.untrue]
        checks = [
            f"{escape(a.label_en)} <span lang=zh>{escape(a.label_zh)}</span>: {a.verdict} → <b>{b.verdict}</b>"
            for a, b in outcome.checks
        ]
        verdicts = [
            f"{markup.link('05_cross_checks', 'verdicts-table', a.label_en)}: {self._verdict(a)} → <b>{self._verdict(b)}</b>"
            for a, b in outcome.headlines
        ]
        figures = [f"Figure {row['number']}. {escape(row['title_en'])}" for row in outcome.figures]
        return (
            f"<h5>Sentences that would be false 将失实的语句 ({len(sentences)})</h5>{markup.listing(sentences, 'None. 无')}"
            f"<h5>Words that may no longer hold 未必成立的措辞 ({len(words)})</h5>{markup.listing(words, 'None. 无')}"
            f"<h5>Checks that come out otherwise 结果改变的检验 ({len(checks)})</h5>{markup.listing(checks, 'None. 无')}"
            f"<h5>Verdicts beside other sources 与其他来源对照的结论 ({len(verdicts)})</h5>{markup.listing(verdicts, 'None change. 不变')}"
            f"<h5>Figures that show one of these numbers 涉及的图 ({len(figures)})</h5>{markup.listing(figures, 'None. 无')}"
        )

    def _verdict(self, headline: Headline) -> str:
        return escape(self.facts.label(f"verdict:{headline.verdict}"))


def _measured(value: str, unit: str) -> str:
    number = f"{Decimal(value):,}"
    return f"{number}%" if unit == "%" else f"{number} {unit}"


def _then(before: Fact, after: Fact) -> str:
    """A value and its interval under a supposition, no finer than ``before`` where only the interval is another."""
    if before.value != after.value:
        share = after.value / before.value - 1 if before.value else 0
        change = f", {abs(share):.1%} {'more 增' if share > 0 else 'less 减'}" if abs(share) >= 0.0005 else ""
        return f"{markup.value(after)}{change}"
    if after.quantity.relation != "=":
        return markup.value(after)
    if after.quantity.exact:
        return f"<b>{escape(before.english)}</b> (exact 精确)"
    whole = after.unit.kind == "count"  # the printed point may lie between the whole numbers that are possible
    return (
        f"<b>{escape(after.interval)}</b>" if whole else f"<b>{escape(before.english)}</b> ({escape(after.interval)})"
    )


def _plain(value: Fraction) -> str:
    """A number as a control takes it: no separators, no exponent."""
    return f"{float(value):.10f}".rstrip("0").rstrip(".")
