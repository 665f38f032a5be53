"""Units of measure: rows of ``units.csv``, and the registry that knows their algebra."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import pint


@dataclass(frozen=True)
class Unit:
    """One row of ``units.csv``: ``kind`` is amount, count, ratio or nominal.

    ``form_en`` and ``form_zh`` say how a value is worded, with ``{n}``, ``{nth}``, ``{scale}`` and ``{unit}``, and after
    a bar how a bound or class is; ``said`` are words of which one has to stand beside a number in this unit.
    """

    id: str
    kind: str
    definition: str
    label_en: str
    plural_en: str
    label_zh: str
    suffixes_zh: tuple[str, ...]
    form_en: str = ""
    form_zh: str = ""
    said: str = ""

    @property
    def scaled(self) -> bool:
        """Whether large values are given in million and billion, 万 and 亿."""
        return "{scale}" in self.form_en

    def form(self, language: str, value: bool = True) -> str:
        """How a value is worded; without ``value`` how a bound or class is, or nothing where that follows from the value."""
        given = self.form_en or "{n} {unit}" if language == "en" else self.form_zh or "{n}{scale}{unit}"
        of_value, _, other = given.partition("|")
        return of_value if value else other


class Units:
    """The units of the project, by id, and the pint registry that knows their algebra."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.by_id = {u.id: u for u in units}
        self._factors: dict[pint.Unit, Fraction] = {}  # pint takes its time, and they are asked for all the time
        self.registry: pint.UnitRegistry[Fraction] = pint.UnitRegistry(None, non_int_type=Fraction)
        for id, unit in self.by_id.items():
            if "/" not in id:
                self.registry.define(f"{id} = {unit.definition or f'[{id}]'}")

    def __getitem__(self, id: str) -> Unit:
        return self.by_id[id]

    def parse(self, id: str) -> pint.Unit:
        return self.registry.Unit(id)

    def inverse(self, unit: pint.Unit) -> pint.Unit:
        """The unit of one divided by ``unit``."""
        return self.registry.Unit(unit**-1)

    def factor(self, unit: pint.Unit) -> Fraction:
        """How many base units one ``unit`` is: 1/100 for percent, 1 for a unit of its own."""
        if unit not in self._factors:
            self._factors[unit] = Fraction(self.registry.Quantity(Fraction(1), unit).to_base_units().magnitude)
        return self._factors[unit]
