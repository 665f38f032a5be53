"""Where links lead: the ids of places in a document, and what an address names."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from tieout.data.fact import EVIDENCE

_NOTEBOOK = re.compile(r"(?:\./)?(?P<name>[^/#?:]+)\.ipynb(?:#(?P<cell>cell-id=)?(?P<place>.*))?")
_CARD = re.compile(rf"(?:\./)?{EVIDENCE}/\w+\.md#(\w+)")
_CELL, _WEB = "#cell-id=", re.compile(r"https?://|mailto:", re.I)


def anchor(name: str, place: str = "") -> str:
    """The id of a place in the document: a notebook, or a cell of it; a heading or another id with a hyphen before it."""
    return re.sub(r"[^\w.:-]", "-", f"{name}:{place}" if place else f"{name}:")


def readable(address: str) -> str:
    """The address of a file or a place as it is called; one with a scheme as it stands."""
    return address if ":" in address else unquote(address)


def destination(name: str, address: str) -> dict[str, str]:
    """Where an address in the notebook ``name`` leads, as the attribute of a link.

    ``data-to`` is a place in a notebook, ``href`` the web; an address of anything else has none.
    """
    to = readable(address)
    inside = _NOTEBOOK.fullmatch(to)
    if inside:
        place = inside["place"] or ""
        return {"data-to": anchor(inside["name"], place if inside["cell"] or not place else f"-{place}")}
    if card := _CARD.fullmatch(to):
        return {"data-to": anchor(EVIDENCE, card[1])}
    if to.startswith(_CELL):
        return {"data-to": anchor(name, to.removeprefix(_CELL))}
    if to.startswith("#"):
        return {"data-to": anchor(name, f"-{to[1:]}")}
    if _WEB.match(address):
        return {"href": quote(to, safe="%/:?#[]@!$&'()*+,;=~")}
    return {}
