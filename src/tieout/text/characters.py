"""What is a character at all."""

from __future__ import annotations

import re

_NO_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def legible(text: str) -> str:
    """The text with a mark for what is no character: control codes, halves of pairs."""
    return _NO_CHARACTERS.sub("\ufffd", text)
