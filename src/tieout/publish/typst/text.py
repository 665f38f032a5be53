"""Words: marked as Chinese where they are, broken where they are too long, spelled out where no font has them."""

from __future__ import annotations

import re

from tieout.publish.typst.compile import literal
from tieout.publish.typst.metrics import BREAKABLE, PADDING, known_characters, widest
from tieout.publish.typst.state import Setter
from tieout.text.cjk import HAN, IDEOGRAPHS, KANA

_LONG = 48  # letters of a word that may have to be broken in prose
_NAMED = 8  # characters without a font that a warning names
_HAN_RUN, _HAN = re.compile(f"([{HAN}]+)"), re.compile(f"[{KANA}{IDEOGRAPHS}]")
#: Characters that are not seen: nothing is lost with them.
_IGNORABLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_MAY_BREAK = "\u200b"


def set_text(setter: Setter, text: str) -> str:
    """Text; Chinese is marked as such, for its shapes, its line breaks and whoever reads it aloud."""
    text = re.sub(r"[ \t\n\r\f]+", " ", spelled_out(setter, text))
    text = _broken_in_column(text, setter.column - PADDING) if setter.column else broken(text, _LONG)
    pieces = (p for p in _HAN_RUN.split(text) if p)
    marked = (f"zh({literal(p)})" if _HAN.search(p) and not setter.chinese else literal(p) for p in pieces)
    return "".join(f"#{p};" for p in marked)


def spelled_out(setter: Setter, text: str) -> str:
    """The text with every character that no font here can show as its code; each such is warned of."""
    if text.isascii() and text.isprintable():
        return text
    unknown = {c for c in text if not (c in "\n\t\r" or ord(c) in known_characters())}
    lost = sorted(c for c in unknown if not _IGNORABLE.match(c))
    if lost:
        names = ", ".join(f"U+{ord(c):04X}" for c in lost[:_NAMED])
        more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
        setter.warn(f"no font has {names}{more}: set as the code")
    return "".join(c if c not in unknown else f"[U+{ord(c):04X}]" if c in lost else "" for c in text)


def broken(text: str, length: int) -> str:
    """The text, in which words of ``length`` letters or more may break at every letter."""
    return re.sub(rf"[^\s\u200b{KANA}{IDEOGRAPHS}]{{{length},}}", lambda m: _MAY_BREAK.join(m[0]), text)


def _broken_in_column(text: str, room: float) -> str:
    """The text, in which words that are wider than ``room`` points may break at every letter, and names at their joints."""
    text = re.sub(r"\S+", lambda m: m[0] if widest(m[0]) <= room else _MAY_BREAK.join(m[0]), text)
    return BREAKABLE.sub(f"\\1{_MAY_BREAK}", text)
