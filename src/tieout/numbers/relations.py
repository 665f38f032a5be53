"""How a number stands to what it counts: a value, a bound, a class. One table for all who read, word, check or show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Relation:
    """One relation: its sign in tables, what stands before a number in English and in Chinese, and what it is called.

    ``between`` is what a comparison says of its two sides, ``prose`` a pattern of the words that a sentence may say it in.
    """

    sign: str
    en: str
    zh: str
    named: str
    between: str
    prose: str


RELATIONS = {
    "=": Relation("", "", "", "a value 数值", "equal to", ""),
    ">": Relation("> ", "more than ", "超过", "more than 超", "more than", r"\bmore than\b|\bover\b|\babove\b|超|余"),
    ">=": Relation("≥ ", "at least ", "至少", "at least 以上", "at least", r"\bat least\b|\bor more\b|以上"),
    "<": Relation("< ", "less than ", "不足", "less than 不足", "less than", r"\bless than\b|\bbelow\b|\bunder\b|不足"),
    "<=": Relation(
        "≤ ", "at most ", "最高", "at most 最高", "at most", r"\bat most\b|\bup to\b|\bor less\b|\btop\b|最高"
    ),
    "~": Relation("", "", "", "a class 级", "", r"\bclass\b|级"),
    "in": Relation("", "", "", "", "within", ""),
}
