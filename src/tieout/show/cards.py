"""A card as Markdown: for the pages of evidence, and for the report, which sets them."""

from __future__ import annotations

import re

from tieout.data.dataset import Dataset
from tieout.data.fact import CHECKS, Check
from tieout.data.wordings import Wording
from tieout.numbers.relations import RELATIONS
from tieout.prose import wordings
from tieout.prose.sides import side
from tieout.show.card import TITLES, Address, Code, Ref, Words, card, formula


class Markdown:
    """Markdown for display, with itself as the plain text, so that a comparison of outputs reads it."""

    def __init__(self, source: str) -> None:
        self.source = source

    def __repr__(self) -> str:
        return self.source

    def _repr_markdown_(self) -> str:
        return self.source


def fact(id: str, f: Dataset) -> Markdown:
    """All that is known of fact ``id``: value, sentences, fields."""
    known = card(f, f[id])
    own = known.fact
    values = " · ".join(f"**{value}**" for value in dict.fromkeys((own.english, own.chinese)))
    outside = "\n\n*Not from the article 非本文数据*" if own.outside else ""
    quotes = "".join(f"> {''.join(f'**{w}**' if m else w for w, m in pieces)}\n\n" for pieces in known.quotes)
    lines = [(TITLES[field][0], _markdown(f, words)) for field, words in known.fields.items() if field != "used"]
    lines += [(_markdown(f, name), _markdown(f, words)) for name, words in known.members]
    if "used" in known.fields:
        lines.append((TITLES["used"][0], _markdown(f, known.fields["used"])))
    head = f"## {own.id}\n\n{own.label_en} · {own.label_zh}{outside}\n\n{values}"
    return Markdown(f"{head}\n\n{quotes}" + "\n".join(f"- {name}: {words}" for name, words in lines))


def check(check: Check, f: Dataset) -> Markdown:
    """A check of the article against itself: its sides, its outcome and what it reads."""
    left, right = (_markdown(f, formula(side)) for side in (check.left, check.right))
    lines = [
        ("Left", f"{left} = {side(f, check.left_quantity)}"),
        ("Relation", RELATIONS[check.relation].between),
        ("Right", f"{right} = {side(f, check.right_quantity)}"),
        (
            "Outcome",
            {
                "holds": "holds for every value that rounding allows",
                "fits": "fits: holds for some of the values that rounding allows",
                "fails": "fails for every value",
            }[check.verdict],
        ),
        ("Note", check.note),
    ]
    body = "\n".join(f"- {name}: {value}" for name, value in lines if value)
    return Markdown(f"## {check.id}\n\n{check.label_en} · {check.label_zh}\n\n{body}")


def wording(says: Wording, f: Dataset) -> Markdown:
    """Words that numbers may turn false: what has to hold, what is found, and a note."""
    lines = [wordings.condition(f, c, lambda id: reference(f, id)) for c in says.conditions]
    words = " · ".join(filter(None, (f"**{says.words_en}**", says.words_zh)))
    body = "\n".join(f"- {line}" for line in lines)
    note = f"\n- Note: {says.row['note']}" if says.row["note"] else ""
    return Markdown(f"## {says.id}\n\n{words}\n\nThese words hold while\n\n{body}{note}")


def _markdown(f: Dataset, words: Words) -> str:
    return "".join(_part(f, part) for part in words)


def _part(f: Dataset, part: str | Ref | Code | Address) -> str:
    match part:
        case Ref(id):
            return reference(f, id)
        case Code(text):
            return f"`{text}`"
        case Address(url):
            return f"<{url}>"
        case _:
            return escape(part)


def reference(f: Dataset, id: str) -> str:
    """A link to the card of a fact, a wording or a check; a comparison with other sources is called by its figure."""
    if id in f:
        return f"[{id}]({f[id].card})"
    if id in f.wordings:
        return f"[“{f.wordings[id].words_en}”]({f.wordings[id].card})"
    compared = next((c for c in f.crosschecks if c.id == id), None)
    return (
        f"the comparison “{f.headlines[compared.row['headline']].label_en}”" if compared else f"[{id}]({CHECKS}#{id})"
    )


def escape(plain: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#])", r"\\\1", plain)
