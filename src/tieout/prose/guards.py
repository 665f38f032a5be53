"""Words that an assertion in a code cell guards."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

from tieout.prose.links import Problem


@dataclass(frozen=True)
class _Statement:
    """One statement of a code cell: what to run, and if it is an assertion the words that its comment quotes."""

    code: CodeType
    asserts: bool
    quotes: tuple[str, ...]


def quoted(source: str) -> tuple[str, ...]:
    """The words that the comments of a code cell's assertions quote."""
    return tuple(q for statement in _statements(source) if statement.asserts for q in statement.quotes)


@cache
def _statements(source: str) -> tuple[_Statement, ...]:
    """The assertions of a cell, each as the expression that has to be true, and the assignments that they may need."""
    try:
        body, lines, found = ast.parse(source).body, source.split("\n"), []
    except SyntaxError:  # a magic of IPython's: nothing is guarded there
        return ()
    for node, following in zip(body, [*body[1:], None], strict=True):
        last = following.lineno - 1 if following else len(lines)
        comments = [line.partition("  # ")[2] for line in lines[node.lineno - 1 : last]]
        quotes = tuple(q for comment in comments for q in re.findall(r'"([^"]+)"', comment))
        if isinstance(node, ast.Assert):
            found.append(_Statement(compile(ast.Expression(node.test), "cell", "eval"), True, quotes))
        elif isinstance(node, ast.Assign):
            found.append(_Statement(compile(ast.Module([node], []), "cell", "exec"), False, ()))
    return tuple(found)


def untrue(cell: str, source: str, names: Mapping[str, object]) -> list[Problem]:
    """The words that the assertions of a code cell guard and that are not true, with ``names`` as its variables.

    What needs more variables than these is passed over, with all that comes after it.
    """
    own, found = dict(names), []
    for statement in _statements(source):
        try:
            if not statement.asserts:
                exec(statement.code, own)
            elif not eval(statement.code, own):
                words = statement.quotes or ("",)
                found += [Problem(cell, quote, "is no longer true") for quote in words]
        except NameError:
            break
    return found


def guarding(cells: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The code cells with an assertion that quotes words."""
    for cell in cells:
        if cell["cell_type"] == "code" and "assert" in cell["source"] and quoted(cell["source"]):
            yield cell
