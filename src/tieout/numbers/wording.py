"""A quantity in words, in English and in Chinese, at the precision it has."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from tieout.numbers.quantity import Quantity
from tieout.numbers.relations import RELATIONS
from tieout.numbers.units import Unit

EN_SCALES = ((10**9, " billion"), (10**6, " million"))
ZH_SCALES = ((10**8, "亿"), (10**4, "万"))


def rounded(x: Fraction, decimals: int, to: Callable[[Fraction], int] | None = None) -> Fraction:
    """``x`` to ``decimals`` places, halves away from zero, or by ``to`` (math.floor, math.ceil)."""
    scaled = x * 10**decimals
    n = (
        to(scaled)
        if to
        else (math.floor(scaled + Fraction(1, 2)) if scaled >= 0 else -math.floor(-scaled + Fraction(1, 2)))
    )
    return Fraction(n, 10**decimals)


def digits(x: Fraction, decimals: int, to: Callable[[Fraction], int] | None = None) -> str:
    """``x`` with thousands separators, exactly ``decimals`` places and a minus sign as it is set."""
    n = rounded(x, decimals, to) * 10**decimals
    text = f"{abs(int(n)):0{decimals + 1}d}"
    whole, part = (text[:-decimals], text[-decimals:]) if decimals else (text, "")
    return ("−" if n < 0 else "") + f"{int(whole):,}" + (f".{part}" if decimals else "")


def decimals(q: Quantity, scale: int) -> int:
    """Places to show ``q`` with, in units of ``scale``.

    As many as the interval supports, so that the last digit may be off by about one, and one more
    where the rounded value would leave the interval. An exact result is shown whole if it is whole
    or large, else to two places, or three significant digits when it is small.
    """
    value = q.value / scale
    if q.relation != "=" or q.exact:
        if value.denominator == 1 or abs(value) >= 1000:
            return 0
        finite = next((d for d in (1, 2) if (value * 10**d).denominator == 1), None)
        return finite or (2 if abs(value) >= 1 else 2 - math.floor(math.log10(abs(value))))
    low, high = Fraction(q.low) / scale, Fraction(q.high) / scale
    places = 0
    while Fraction(1, 10 ** (places + 1)) >= high - low:
        places += 1
    return places if low <= rounded(value, places) <= high else places + 1


def scale(q: Quantity, unit: Unit, scales: tuple[tuple[int, str], ...]) -> tuple[int, str]:
    """The largest of ``scales`` that the value reaches, and its word; 1 in a unit that has none."""
    if not unit.scaled:
        return 1, ""
    return next(((s, word) for s, word in scales if abs(q.value) >= s), (1, ""))


def _number(q: Quantity, scale: int) -> str:
    places = decimals(q, scale)
    # Outward for a bound, so that what is printed still holds.
    to = {"<": math.ceil, "<=": math.ceil, ">": math.floor, ">=": math.floor}.get(q.relation)
    return digits(q.value / scale, places, to)


def parts(q: Quantity, unit: Unit, language: str = "en", like: Quantity | None = None) -> tuple[str, str, str]:
    """Sign, digits and unit for a table or an axis: ``("> ", "700", "CNY million")``, ``("> ", "7", "亿元")``.

    A rank, grade or class has its words for digits. ``like`` is a quantity whose scale (million, 亿) is to be kept.
    """
    words = english if language == "en" else chinese
    if q.nominal:
        return "", words(q, unit), ""
    size, word = scale(like or q, unit, EN_SCALES if language == "en" else ZH_SCALES)
    if language == "zh":
        return RELATIONS[q.relation].sign, _chinese_number(q, size), word + unit.label_zh
    name = " ".join(unit.form("en").format(n="", scale=word).split()) if unit.scaled else unit.plural_en
    return RELATIONS[q.relation].sign, _number(q, size), name


def ends(q: Quantity, unit: Unit, language: str = "en", like: Quantity | None = None) -> tuple[str, str] | None:
    """The ends of the interval, a digit finer than the value and rounded outwards; nothing if exact or a bound.

    Of a count only the whole numbers inside are possible, so those are given.
    """
    if q.relation != "=" or q.exact or q.nominal:
        return None
    if unit.kind == "count" and math.ceil(q.low) <= math.floor(q.high):
        found = f"{math.ceil(q.low):,}", f"{math.floor(q.high):,}"
    else:
        size, _ = scale(like or q, unit, EN_SCALES if language == "en" else ZH_SCALES)
        places = 0 if (q.high - q.low) / size >= 10 else decimals(q, size) + 1
        low, high = Fraction(q.low) / size, Fraction(q.high) / size
        found = digits(low, places, math.floor), digits(high, places, math.ceil)
    return found if language == "en" else (found[0].replace(",", ""), found[1].replace(",", ""))


def no_whole_number(q: Quantity, unit: Unit) -> bool:
    """Whether ``q`` counts things and its interval holds no whole number of them: it cannot be the case exactly."""
    return unit.kind == "count" and q.relation == "=" and not q.nominal and math.ceil(q.low) > math.floor(q.high)


def _chinese_number(q: Quantity, scale: int) -> str:
    """Digits as the article writes them: no separators."""
    return _number(q, scale).replace(",", "")


def english(q: Quantity, unit: Unit) -> str:
    """``CNY 24.93 billion``, ``more than 200 customers``, ``56.11%``, at the precision it has."""
    size, word = scale(q, unit, EN_SCALES)
    number = _number(q, size)
    name = unit.label_en if number == "1" and q.relation != "~" else unit.plural_en
    return _worded(q, unit, "en", n=number, nth=ordinal(int(q.value)), scale=word, unit=name)


def chinese(q: Quantity, unit: Unit) -> str:
    """``249.3亿元``, ``超过200家客户``, ``56.11%``."""
    size, word = scale(q, unit, ZH_SCALES)
    return _worded(q, unit, "zh", n=_chinese_number(q, size), scale=word, unit=unit.label_zh)


def _worded(q: Quantity, of: Unit, language: str, **parts: str) -> str:
    """``parts`` in the form of a unit: one of a bound or class if it has one, else that of a value with the words for it."""
    if q.relation != "=" and (form := of.form(language, value=False)):
        return form.format(**parts)
    relation, en = RELATIONS[q.relation], language == "en"
    words = (relation.en if en else relation.zh) + of.form(language).format(**parts)
    return words + (" class" if en else "级") if q.relation == "~" else words


def interval(q: Quantity, unit: Unit) -> str:
    """The interval, a digit finer than the value and rounded outwards; empty if exact or a bound.

    Of a count only the whole numbers inside are possible, so those are given; where there is none, that is said.
    """
    found = ends(q, unit)
    if no_whole_number(q, unit):
        between = f"{found[0]} to {found[1]} {unit.plural_en}: " if found else ""
        return f"{between}no whole number"
    if found is None:
        return ""
    low, high = found
    name = unit.label_en if low == high == "1" else unit.plural_en
    given = unit.form("en").format(
        n=low if low == high else f"{low} to {high}", scale=scale(q, unit, EN_SCALES)[1], unit=name
    )
    return f"{given} only" if low == high else given


def ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"
