"""What a terminal shows of a text once all of it is printed."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """Terminal text as it stands when all is printed: a progress bar's last state, no codes but those of style."""
    text = re.sub(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[A-Za-ln-z]", "", text.replace("\r\n", "\n"))
    text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))
    return "\n".join(_overtyped(line) for line in text.split("\n")).rstrip("\n")


def _overtyped(line: str) -> str:
    """A backspace takes the letter before it."""
    if "\b" not in line:
        return line
    left: list[str] = []
    for letter in line:
        if letter != "\b":
            left.append(letter)
        elif left:
            left.pop()
    return "".join(left)
