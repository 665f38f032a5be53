"""Dates as precise as they are printed (2023, 2023-03, 2023-03-17): in words, and their last day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


def date_text(iso: str, like: str = "1 January 2000") -> str:
    """``2023-03-17`` as ``17 March 2023``, or only as precise as ``like``; a month or year stays one."""
    year, month, day = [*iso.split("-"), "", ""][:3]
    precision = len(like.split())
    parts = [str(int(day)) if day else "", MONTHS[int(month) - 1] if month else "", year]
    return " ".join(p for p in parts[3 - precision :] if p)


def date_chinese(iso: str) -> str:
    """``2023-03-17`` as 2023年3月17日, as precise as it is."""
    return "".join(f"{int(part)}{unit}" for part, unit in zip(iso.split("-"), "年月日", strict=False))


def last_day(iso: str) -> str:
    """The last day of a date as precise as it is: ``2023-06`` ends on ``2023-06-30``."""
    year, month, day = (int(part) for part in (iso + "-12-99"[len(iso) - 4 :]).split("-"))
    return date(year, month, min(day, monthrange(year, month)[1])).isoformat()
