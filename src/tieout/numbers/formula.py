"""Formulas over facts: arithmetic that carries units and intervals, and comparisons of its results.

A formula is made of ids, whole numbers, + - * / and brackets. It is read as a
syntax tree and walked; nothing in it is ever executed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cache

from tieout.numbers import quantity as qty
from tieout.numbers.quantity import Quantity
from tieout.numbers.units import Units

_OPERATORS: dict[type, Callable[[Quantity, Quantity], Quantity]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


@cache
def names(formula: str) -> tuple[str, ...]:
    """The ids in a formula, in order, each as often as it stands there."""
    tree = ast.walk(ast.parse(formula, mode="eval"))
    found = [n for n in tree if isinstance(n, ast.Name)]
    return tuple(n.id for n in sorted(found, key=lambda n: n.col_offset))


@cache
def parse(formula: str) -> ast.expr:
    """The syntax tree of a formula of names, numbers, + - * / and brackets; anything else is a ``ValueError``."""
    try:
        tree = ast.parse(formula, mode="eval").body
    except SyntaxError:
        raise ValueError(f"the formula {formula!r} cannot be read") from None
    allowed = (ast.BinOp, ast.UnaryOp, ast.USub, ast.Name, ast.Load, ast.Constant, *_OPERATORS)
    for node in ast.walk(tree):
        if not isinstance(node, allowed) or (isinstance(node, ast.Constant) and type(node.value) is not int):
            what = "a call" if isinstance(node, ast.Call) else type(node).__name__.lower()
            raise ValueError(
                f"the formula {formula!r} holds {what}; only ids, whole numbers, + - * / and brackets are allowed"
            )
    return tree


def reused(ids: Iterable[str], quantities: dict[str, Quantity]) -> str:
    """An inexact claim that enters more than once through ``ids``, or nothing."""
    inexact = [base for name in ids for base in quantities[name].ids if not quantities[base].exact]
    return next((base for base in inexact if inexact.count(base) > 1), "")


def evaluate(formula: str, quantities: dict[str, Quantity], units: Units, outer: bool = False) -> Quantity:
    """The quantity that ``formula`` gives.

    An inexact number may enter it once only, directly or through another formula: interval
    arithmetic takes each occurrence for another number and would give too wide an interval.
    With ``outer`` it may: the interval then holds every possible value, and some that are not.
    Raises ``ValueError`` (``QuantityError`` for units and zero) saying what is wrong.
    """
    tree = parse(formula)
    ids = names(formula)
    for name in ids:
        if name not in quantities:
            raise ValueError(f"the formula {formula!r} names {name!r}, which is no fact")
    twice = reused(ids, quantities)
    if twice and not outer:
        raise ValueError(f"the formula {formula!r} uses the inexact {twice!r} twice; rewrite it so that it stands once")

    def walk(node: ast.expr) -> Quantity:
        if isinstance(node, ast.BinOp):
            return _OPERATORS[type(node.op)](walk(node.left), walk(node.right))
        if isinstance(node, ast.UnaryOp):
            return -walk(node.operand)
        if isinstance(node, ast.Name):
            return quantities[node.id]
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            return qty.make(units, "", Fraction(node.value), "ratio")
        raise ValueError(f"the formula {formula!r} cannot be read")  # which ``parse`` lets through nowhere

    return walk(tree)


def verdict(left: Quantity, relation: str, right: Quantity) -> str:
    """``holds`` (for every value in the intervals), ``fits`` (for some) or ``fails`` (for none).

    Between the sides stands ``=``, ``<``, ``<=``, ``>``, ``>=`` or ``in``: every value of left is one that
    right allows. Raises ``QuantityError`` if they measure unlike things.
    """
    if relation == "in":
        return _within(left, right)
    d = _difference(left, right)
    above = d.high > 0 or (d.high == 0 and not d.high_open)  # zero or more is possible
    below = d.low < 0 or (d.low == 0 and not d.low_open)  # zero or less is possible
    possible = {"=": above and below, "<=": below, "<": d.low < 0, ">=": above, ">": d.high > 0}[relation]
    certain = {
        "=": d.low == d.high == 0,
        "<=": d.high <= 0,
        "<": d.high < 0 or (d.high == 0 and d.high_open),
        ">=": d.low >= 0,
        ">": d.low > 0 or (d.low == 0 and d.low_open),
    }[relation]
    return "holds" if certain else "fits" if possible else "fails"


def _difference(left: Quantity, right: Quantity) -> Quantity:
    """``left - right`` even where both are bounds and nothing is known of the difference."""
    a, b = left.base.compared(right.base)
    return replace(
        a,
        point=a.point - b.point,
        low=a.low - b.high,
        high=a.high - b.low,
        low_open=a.low_open or b.high_open,
        high_open=a.high_open or b.low_open,
    )


def _within(left: Quantity, right: Quantity) -> str:
    a, b = left.base.compared(right.base)
    low = a.low > b.low or (a.low == b.low and (a.low_open or not b.low_open))
    high = a.high < b.high or (a.high == b.high and (a.high_open or not b.high_open))
    if low and high:
        return "holds"
    return "fails" if verdict(left, "=", right) == "fails" else "fits"
