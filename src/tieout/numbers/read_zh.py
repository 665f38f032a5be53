"""Read a number as Chinese prints it: value, step, bound, and what is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from tieout.numbers import numerals
from tieout.numbers.numerals import Span
from tieout.numbers.units import Unit

_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_SCALES = {"": 1, "万": 10**4, "亿": 10**8}
#: What makes a place in an order of the number behind it.
ORDINAL = ("第", "首")
_PRINTED = re.compile(
    r"(?P<per>每家)?(?P<bound>超过|超|突破|最高)?(?P<before>年产|第|首)?"
    r"(?P<number>\d+(?:\.\d+)?|[〇零一二两三四五六七八九十百]+)?(?P<more>余)?(?P<scale>[万亿])?"
    r" ?(?P<suffix>.*?)(?P<after>及以上|以上|级)?"
)


@dataclass(frozen=True)
class Printed:
    """What the characters of a number say: value and step in base units, relation, what is counted."""

    value: Fraction
    step: Fraction
    relation: str
    suffix: str


def han_number(text: str) -> int:
    """A Chinese numeral below a thousand: 三 is 3, 十二 is 12, 百 is 100, 三百二十五 is 325."""
    total, digit = 0, None
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        else:
            total += (1 if digit is None else digit) * {"十": 10, "百": 100}[c]
            digit = None
    return total + (digit or 0)


def read_printed(text: str) -> Printed:
    """Read a number as the article prints it: 超7亿元 is more than 700,000,000 元.

    Raises ``ValueError`` for characters that hold no number.
    """
    m = _PRINTED.fullmatch(text)
    # 三千家 and 1,234家 would leave a part of the number in the suffix; 二〇二三 has no place values; 两三百 is a range.
    odd = m and (
        re.match(r"[\d,.千多几万亿]", m["suffix"])
        or re.search("[一二两三四五六七八九][〇零一二两三四五六七八九]", m["number"] or "")
    )
    if not m or odd or not (m["number"] or m["scale"] or m["before"] == "首"):
        raise ValueError(f"no number can be read from {text!r}")
    scale, number = _SCALES[m["scale"] or ""], m["number"] or "1"
    if number[0].isdigit():
        decimals = len(number.partition(".")[2])
        value, step = Fraction(number), Fraction(1, 10**decimals)
    else:
        value, step = Fraction(han_number(number)), Fraction(1)
    relation = "="
    if m["bound"] in ("超", "超过", "突破") or m["more"]:
        relation = ">"
    elif m["bound"] == "最高" or m["suffix"] == "强":
        relation = "<="
    elif m["after"] in ("及以上", "以上"):
        relation = ">="
    elif m["after"] == "级":
        relation = "~"
    suffix = m["suffix"] + ("级" if m["suffix"] == "等" and m["after"] == "级" else "")
    return Printed(value * scale, step * scale, relation, suffix)


def unlike(text: str, printed: Printed, unit: Unit) -> str:
    """Why ``text``, which reads as ``printed``, is no number of ``unit``; nothing if it is one."""
    if text.startswith(ORDINAL) and unit.kind != "nominal":
        return f"{text!r} is a place in an order, and {unit.id!r} is not."
    if printed.suffix not in unit.suffixes_zh:
        return f"{unit.id!r} is not printed as {printed.suffix!r} (see suffixes_zh in units.csv)."
    return ""


def reading(text: str, unit: Unit) -> Printed | None:
    """What ``text`` says in ``unit``, or nothing if it cannot be read so."""
    try:
        printed = read_printed(text)
    except ValueError:
        return None
    return None if unlike(text, printed, unit) else printed


def unread(text: str, unit: Unit) -> str:
    """What alone keeps ``text`` from being read as a number of ``unit``: 左右 of 500家左右; nothing if it is more."""
    if text.startswith(ORDINAL) or reading(text, unit):
        return ""
    for numeral in numerals.find(text):
        rest = text[numeral.end :]
        suffix = max((s for s in unit.suffixes_zh if rest.startswith(s)), key=len, default="")
        bare = Span(numeral.start, numeral.end + len(suffix))
        left = numerals.left_out(text, bare)
        if left and reading(bare.of(text), unit):
            return left.text
    return ""
