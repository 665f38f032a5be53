"""Words that numbers may turn false, in words: what has to hold, and what is found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tieout.data.dataset import PLACE, Dataset
from tieout.data.wordings import Range, Side, State, Wording
from tieout.numbers import wording
from tieout.numbers.quantity import Quantity
from tieout.numbers.relations import RELATIONS
from tieout.prose.sides import OUTCOMES, side


def hover(facts: Dataset, says: Wording) -> str:
    """What the words show when pointed at: what they say of what, and how that is now."""
    return f"Words that hold while {conditions(facts, says)}"


def conditions(facts: Dataset, says: Wording, refer: Callable[[str], str] = str) -> str:
    """All conditions, each with what is found; ``refer`` shows an id."""
    return "; ".join(condition(facts, c, refer) for c in says.conditions)


def condition(facts: Dataset, c: Range | State, refer: Callable[[str], str] = str) -> str:
    """One condition, what is found in brackets: libraries_share (0.25) lies between 0.2 and 0.3."""
    if isinstance(c, State):
        found = f" ({', '.join(_spelled(facts, w) for w in c.found)})" if c.verdict == "fails" else ""
        verb = "" if set(c.wanted) <= set(OUTCOMES) else "is "
        return f"{refer(c.id)}{found} {verb}{' or '.join(_spelled(facts, w) for w in c.wanted)}"
    # A constant without a unit makes the formula a plain ratio.
    found = _value(facts, c.side.quantity, any(end.ratio for end in (*c.low, *c.high)))
    low, high = (" and ".join(_end(facts, end, refer) for end in ends) for ends in (c.low, c.high))
    if c.same:
        where = f"is {low}"
    elif len(c.low) == len(c.high) == 1:
        where = f"lies between {low} and {high}"
    else:
        where = " and ".join(filter(None, [low and f"is above {low}", high and f"is below {high}"]))
    return f"{_formula(c.side.text, refer)} ({found}) {where}"


def untrue(facts: Dataset, says: Wording) -> str:
    """Why the words do not hold, or nothing."""
    wrong = "; ".join(condition(facts, c) for c in says.conditions if c.verdict != "holds")
    return f"no longer holds: it says that {wrong}" if wrong else ""


def untrue_titles(facts: Dataset) -> Iterator[tuple[str, str]]:
    """The notebook of each figure whose words name a wording that does not hold, and what is wrong."""
    for line, row in enumerate(facts.tables["figures"], 2):
        for column, words in row.items():
            for m in PLACE.finditer(words):
                if m["id"] in facts.wordings and (message := untrue(facts, facts.wordings[m["id"]])):
                    said = facts.wordings[m["id"]].words_en
                    yield row["notebook"], f"data/figures.csv, row {line}, column {column}: {said!r} {message}"


def _spelled(facts: Dataset, state: str) -> str:
    if state in RELATIONS:
        return f"given as “{RELATIONS[state].between}”"
    verdict = f"verdict:{state}"
    return facts.label(verdict) if verdict in facts.things else state


def _formula(text: str, refer: Callable[[str], str]) -> str:
    return re.sub(r"[a-z]\w*", lambda m: refer(m[0]), text)


def _end(facts: Dataset, end: Side, refer: Callable[[str], str]) -> str:
    value = _value(facts, end.quantity, end.ratio)
    return value if end.constant else f"{_formula(end.text, refer)} ({value})"


def _value(facts: Dataset, q: Quantity | None, ratio: bool) -> str:
    """A side in words: a plain ratio if it is to be one, else as in a check."""
    if q is None:
        return "not to be computed"
    if not ratio:
        return side(facts, q)
    ends = wording.ends(q.base, facts.units["ratio"])
    return " to ".join(ends) if ends else wording.parts(q.base, facts.units["ratio"])[1]
