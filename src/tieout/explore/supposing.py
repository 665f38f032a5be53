"""Change a printed number or a convention; see what moves, and what would no longer be true."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from tieout.data.fact import Fact
from tieout.explore import whatif
from tieout.explore.consequences import changes, stale
from tieout.explore.html import render
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
        outcome = self.asked.suppose(whatif.Supposition(values, state["rounding"], state["bounds"]))
        _, unit = unit_of(fact)
        labels = {"value": f"If it were, in {unit} 假设数值", "slide": f"Printed 刊出: {fact.chinese}"}
        moved = changes(self.facts, outcome, state["values"], self._derived)
        html = {"derived": render("derived.html", changes=moved), "broken": self._broken(outcome)}
        status = f"{refused} {self._status(outcome, state)}".lstrip()
        if self.facts.disagreements:
            status = f"The data on disk contradict the article 数据与原文不符: {self.facts.disagreements[0]} {status}"
        return View(state, status, html, attributes=_attributes(fact), labels=labels)

    def _ordered(self, state: State) -> tuple[State, str]:
        """With the value of the claim that is chosen now, in the slider as in the box; of values only those that differ.

        Beside it why what was set is not taken, if it is not.
        """
        fact, values = self._claims[state["claim"]], dict(state["values"])
        printed = _printed(fact)
        value, refused = Fraction(values.get(fact.id, printed)), ""
        if state["changed"] in ("value", "slide"):
            value, refused = _taken(fact, state[state["changed"]], value)
        values.pop(fact.id, None)
        if value != printed:
            values[fact.id] = _plain(value)
        return state | {"changed": "", "value": _plain(value), "slide": _plain(value), "values": values}, refused

    def _status(self, outcome: whatif.Outcome, state: State) -> str:
        fact = self._claims[state["claim"]]
        now = f"{fact.chinese}, as printed"
        if fact.id in state["values"]:
            now = f"{_measured(state['value'], unit_of(fact)[1])} instead of {fact.chinese}"
        moved = sum(id in outcome.moved for id in self._derived)
        return (
            f"{fact.label_en}: {now}. Derived figures of this theme that move 推算值变动: {moved} of {len(self._derived)}. "
            f"Sentences and words that no longer hold 失实: {len(stale(outcome)) + len(outcome.untrue)}. "
            f"Checks that come out otherwise 检验变化: {len(outcome.checks)}."
        )

    def _broken(self, outcome: whatif.Outcome) -> str:
        verdicts = [
            (a.fact.card, a.label_en, *(self.facts.label(f"verdict:{h.verdict}") for h in (a, b)))
            for a, b in outcome.headlines
        ]
        return render("broken.html", outcome=outcome, sentences=stale(outcome), verdicts=verdicts)


def _printed(fact: Fact) -> Fraction:
    """The value that is printed, in the scale in which it is set."""
    return Fraction(fact.row["value"]) / unit_of(fact)[0]


def _attributes(fact: Fact) -> dict[str, dict[str, str]]:
    """The ends and steps of the controls: from half of what is printed to twice that, on the grid of its digits."""
    scale, unit = unit_of(fact)
    printed, step = _printed(fact), Fraction(fact.row["rounding"] or 0) / scale or Fraction(1)
    low, high = (k * printed // step * step for k in (Fraction(1, 2), 2))
    ends = {"min": _plain(low), "max": _plain(high), "step": _plain(step)}
    return {"slide": ends, "value": {"step": _plain(step), "title": unit}}


def _taken(fact: Fact, words: str, value: Fraction) -> tuple[Fraction, str]:
    """What a claim is set to, or its present ``value`` and why it stays."""
    try:
        wanted = Fraction(words)
    except (ValueError, ZeroDivisionError):  # nothing, or half a number
        return value, f"No number is set; {_plain(value)} holds. 未输入数字，仍按原值。"
    low = -100 if fact.row["measure"] == "growth" else 0
    high = 100 if fact.row["measure"] == "share" else qty.INF
    if not (low < wanted <= high or wanted == 0):
        return value, f"{_plain(wanted)} cannot be; {_plain(value)} holds. 数值不可能，仍按原值。"
    return Fraction(round(wanted)) if fact.unit.kind == "count" else wanted, ""


def _measured(value: str, unit: str) -> str:
    number = f"{Decimal(value):,}"
    return f"{number}%" if unit == "%" else f"{number} {unit}"


def _plain(value: Fraction) -> str:
    """A number as a control takes it: no separators, no exponent."""
    return f"{float(value):.10f}".rstrip("0").rstrip(".")
