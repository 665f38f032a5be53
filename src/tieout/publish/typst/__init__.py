"""Clean HTML (``tieout.publish.document``) to Typst, and Typst to PDF.

User text enters Typst as string literals only, so nothing in data or prose can become markup.
The look is in ``report.typ``; what is measured here (words against columns, characters against
fonts) is what Typst would get wrong without a warning.

Each kind of node has a handler, a function of the setter and the node that gives Typst source.
"""

from __future__ import annotations

from collections.abc import Callable

from tieout.publish.typst.blocks import BLOCK_HANDLERS
from tieout.publish.typst.compile import SetError, literal, pdf
from tieout.publish.typst.inline import INLINE_HANDLERS
from tieout.publish.typst.state import Setter, anchors
from tieout.publish.typst.tables import TABLE_HANDLERS

__all__ = ["SetError", "Setter", "anchors", "literal", "pdf", "setter"]


def setter(targets: frozenset[str] = frozenset(), warn: Callable[[str], None] = print) -> Setter:
    """A setter that knows every kind of node; ``targets`` and ``warn`` are those of ``Setter``."""
    return Setter({**BLOCK_HANDLERS, **TABLE_HANDLERS}, INLINE_HANDLERS, targets, warn)
