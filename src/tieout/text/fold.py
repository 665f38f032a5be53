"""Fold mixed English and Chinese text into lines of much the same length."""

from __future__ import annotations

import re

from tieout.text.cjk import LETTERS

# What stays on one line: a word with the space behind it, or a Chinese character with the marks that cling to it.
_PIECE = re.compile(
    rf"[（《“「]*(?:[{LETTERS}]|[^\s{LETTERS}（《“「」”》），。、；：！？]+)?[，。、；：！？”）》」]*\s*"
)


def fold(text: str, width: int) -> str:
    """``text`` in as few lines of at most ``width`` letters as it needs, of much the same length.

    Broken at spaces and between Chinese characters, which count as two; a longer word stays whole.
    """
    lines = _lines(text, width)
    for narrower in range(width - 1, 0, -1):  # no single word is left to the last line
        found = _lines(text, narrower)
        if len(found) > len(lines):
            break
        lines = found
    return "\n".join(lines)


def _lines(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for piece in filter(None, _PIECE.findall(text)):
        if line and letters(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def letters(text: str) -> int:
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)
