"""Typst source to PDF."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tieout import files
from tieout.fonts import FONTS
from tieout.publish.typst.metrics import fallback_fonts
from tieout.text.characters import legible

TEMPLATE = Path(__file__).parents[1] / "report.typ"
#: The date of a PDF that has none of its own.
UNDATED = "1980-01-01"


class SetError(RuntimeError):
    """Typst refuses the document."""


def literal(text: str) -> str:
    """``text`` as a Typst string: nothing in it can become markup."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{legible(escaped)}"'


def pdf(main: str, parts: Mapping[str, bytes], date: str = UNDATED) -> bytes:
    """PDF/UA-1 and PDF/A-2a of Typst source, without system fonts, the same bytes for the same input.

    ``parts`` are the files that ``main`` names. ``date`` is what the PDF says of its making: it is a
    function of its content, not of the clock.

    Raises ``SetError`` where Typst refuses it.
    """
    import typst

    day = datetime.fromisoformat(date).replace(hour=12, tzinfo=UTC)
    with files.folder() as folder:
        for name, content in {"main.typ": main.encode(), "report.typ": TEMPLATE.read_bytes(), **parts}.items():
            (folder / name).write_bytes(content)
        try:
            return typst.compile(
                folder / "main.typ",
                root=folder,  # what is not in it cannot be read
                ignore_system_fonts=True,
                font_paths=[FONTS, fallback_fonts()],
                pdf_standards=["ua-1", "a-2a"],
                timestamp=int(day.timestamp()),
            )
        except RuntimeError as error:  # a TypstError is one, and has more to say
            raise SetError(str(getattr(error, "diagnostic", "") or error).strip()) from None
