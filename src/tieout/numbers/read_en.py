"""Read a number as an English source prints it, or else as a Chinese one does."""

from __future__ import annotations

import re
from fractions import Fraction

from tieout.numbers import read_zh
from tieout.numbers.read_zh import Printed

_WORDS = {"one": "1", "five": "5"}
_UNITS = {"%": "%", "P": "P", " per cent": "%", " yuan": "元", " euros": "欧元", "": ""}
_ENGLISH = re.compile(
    rf"(?P<bound>more than )?(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?|{'|'.join(_WORDS)})"
    r"(?P<scale> (?:million|billion))?(?P<rest>%|P| per cent| yuan| euros|)"
)
_SCALES = {"": 1, " million": 10**6, " billion": 10**9}


def read_either(text: str) -> tuple[Printed, tuple[str, ...]]:
    """Read a number as a Chinese or an English source prints it, and how Chinese writes what stands behind it.

    预计 (expected) leaves the number as it is: it makes it a plan. Raises ``ValueError`` for characters that hold
    no number.
    """
    m = _ENGLISH.fullmatch(text)
    if m:
        scale, digits = _SCALES[m["scale"] or ""], _WORDS.get(m["digits"], m["digits"]).replace(",", "")
        step = Fraction(1, 10 ** len(digits.partition(".")[2]))
        printed = Printed(Fraction(digits) * scale, step * scale, ">" if m["bound"] else "=", m["rest"])
        return printed, (_UNITS[m["rest"]],)
    printed = read_zh.read_printed(text.removeprefix("预计"))
    return printed, (printed.suffix,)
