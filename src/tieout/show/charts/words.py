"""The words and numbers of a figure, in its language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from tieout.data.dataset import Dataset
from tieout.data.tables import Row
from tieout.numbers import wording
from tieout.text.dates import date_chinese, date_text

T = TypeVar("T")


@dataclass
class Words:
    """What a figure says of facts; ``row`` is its own in ``figures.csv``, its words filled in."""

    facts: Dataset
    row: Row

    @property
    def language(self) -> str:
        """The language of the figure, which is that of its facts."""
        return self.facts.language

    def say(self, english: T, chinese: T) -> T:
        """What belongs to the chart's language."""
        return english if self.language == "en" else chinese

    def named(self, name: str, value: str) -> str:
        """A name and its value."""
        return self.say("{}: {}", "{}：{}").format(name, value)

    def label(self, id: str) -> str:
        """What a fact measures, or the name of an organisation, a project, a policy or a code."""
        return self.facts.label(id, self.language)

    def number(self, id: str) -> str:
        """The value of fact ``id`` with unit and bound, at the precision it has; in Chinese in one style, not as printed."""
        fact = self.facts[id]
        if self.language == "en":
            return fact.english
        if fact.unit.kind == "count" and fact.quantity.relation == "=":  # what is counted stands in the label
            return self.digits(id) + fact.unit.suffixes_zh[0]
        return wording.chinese(fact.quantity, fact.unit)

    def digits(self, id: str, like: str = "") -> str:
        """The value of fact ``id`` without its unit, in the ``unit`` of fact ``like`` (default: its own)."""
        fact = self.facts[id]
        sign, digits, _ = wording.parts(fact.quantity, fact.unit, self.language, self.facts[like or id].quantity)
        return sign + digits

    def unit(self, id: str) -> str:
        """The unit of ``digits`` and ``interval``; in Chinese for what is counted the measure word."""
        unit = self.facts[id].unit
        if self.language == "zh" and unit.kind == "count":
            return unit.suffixes_zh[0]
        return wording.parts(self.facts[id].quantity, self.facts[id].unit, self.language)[2]

    def interval(self, id: str, like: str = "") -> str:
        """The interval beside ``digits``; empty if the value is exact, a bound, or the only whole number."""
        fact = self.facts[id]
        ends = wording.ends(fact.quantity, fact.unit, self.language, self.facts[like or id].quantity)
        return "" if ends is None or ends[0] == ends[1] else self.say("{} to {}", "{}至{}").format(*ends)

    def day(self, iso: str) -> str:
        """``2023-03-17`` in words, as precise as it is."""
        return self.say(date_text(iso), date_chinese(iso))

    def money(self, yuan: float) -> str:
        """A round sum for an axis: 10 million, 1000万."""
        scales = wording.EN_SCALES if self.language == "en" else wording.ZH_SCALES
        scale, word = next(((s, w) for s, w in scales if yuan >= s), (1, ""))
        return f"{yuan / scale:g}{word}"

    def data(self, ids: Iterable[str]) -> pd.DataFrame:
        """Facts as a frame to plot, one row each: fact, label, number (as text), value (in the fact's unit)."""
        rows = [(id, self.label(id), self.number(id), self.facts.value(id)) for id in ids]
        data = pd.DataFrame(rows, columns=["fact", "label", "number", "value"])
        if data["label"].duplicated().any():  # seaborn would draw the mean of the two as one bar
            raise ValueError(f"two facts have one label: {data['label'][data['label'].duplicated()].iloc[0]!r}")
        return data
