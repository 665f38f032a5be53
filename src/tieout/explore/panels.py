"""What an explorer is made of: controls, regions, and what is shown for a state of the controls.

Each panel names its controls and regions; ``see`` turns a state (the controls' values, all text but the check boxes)
into a ``View``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tieout.data.dataset import Dataset
from tieout.data.fact import Fact
from tieout.numbers import wording

State = dict[str, Any]
Options = list[tuple[str, str]]
#: English and Chinese.
Words = tuple[str, str]
#: How a check came out, in its sign and a word.
OUTCOMES = {"holds": "✓ holds", "fits": "≈ fits", "fails": "× fails"}


@dataclass(frozen=True)
class Control:
    """``kind`` is search, number, range, select, list (an open select) or check."""

    name: str
    label: str
    kind: str = "select"
    options: Options = field(default_factory=list)
    title: str = ""
    group: str = ""
    size: int = 8
    wide: bool = False


@dataclass(frozen=True)
class View:
    """What is shown for ``state`` (brought into order): a line of ``status``, HTML by region; new options, attributes and labels of controls; marks."""

    state: State
    status: str
    html: dict[str, str]
    options: dict[str, Options] = field(default_factory=dict)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    marked: list[str] = field(default_factory=list)


class Panel(Protocol):
    """What an explorer needs to be drawn; ``fixed`` is the HTML of regions that never change."""

    @property
    def label(self) -> str: ...

    @property
    def fixed(self) -> Mapping[str, str]: ...

    @property
    def controls(self) -> Sequence[Control]: ...

    @property
    def regions(self) -> Sequence[tuple[str, str]]: ...

    @property
    def initial(self) -> State: ...

    def see(self, state: State) -> View: ...


def any_of(options: Options) -> Options:
    return [("", "any 不限"), *options]


def both(facts: Dataset, id: str) -> Words:
    """What a code, or anything else with an id, is called in each language."""
    return facts.label(id), facts.label(id, "zh")


def named(facts: Dataset, id: str) -> str:
    """What it is called, in both languages."""
    return " ".join(both(facts, id))


def unit_of(fact: Fact) -> tuple[int, str]:
    """The scale in which a claim's value is set, and its unit in that scale."""
    size, _ = wording.scale(fact.quantity, fact.unit, wording.EN_SCALES)
    return size, wording.parts(fact.quantity, fact.unit)[2]
