"""The data as tables of pandas, for analysis and plotting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tieout.text.dates import last_day

if TYPE_CHECKING:
    import pandas as pd

    from tieout.data.dataset import Dataset


def frame(facts: Dataset, table: str) -> pd.DataFrame:
    """One CSV as a DataFrame indexed by its id, if it has one; text as text, numbers as numbers."""
    import pandas as pd  # half a second that most commands do not need

    frame = pd.DataFrame(facts.tables[table])
    for column in {"value", "rounding"} & set(frame):
        frame[column] = pd.to_numeric(frame[column])
    return frame.set_index("id") if "id" in frame else frame


def path(facts: Dataset, indicator: str, geography: str = "", also: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The levels that other sources print of one measure, in order of time: one row a figure.

    ``geography`` is the article's own place unless told. ``also`` gives figures that follow from them, each with its date. Columns: ``fact``, ``date`` (the last day it
    covers), ``value`` in its unit, ``relation``, ``reliability`` (what follows from others is taken for a copy).
    Raises ``KeyError`` if there is none.
    """
    import pandas as pd  # half a second that most commands do not need

    geography = geography or facts.project.home
    wanted = (indicator, geography, "level")
    found = [
        f for f in facts.of_kind("record") if tuple(f.row[k] for k in ("indicator", "geography", "measure")) == wanted
    ]
    if not found:
        raise KeyError(f"no record of {indicator!r} for {geography!r}")
    dated = [(f, f.row["period_end"], f.source["reliability"]) for f in found]
    dated += [(facts[id], date, "reprint") for id, date in (also or {}).items()]
    rows = [(f.id, pd.Timestamp(last_day(date)), f.value, f.quantity.relation, kind) for f, date, kind in dated]
    frame = pd.DataFrame(rows, columns=["fact", "date", "value", "relation", "reliability"])
    return frame.sort_values(["date", "fact"], ignore_index=True)


def claims(facts: Dataset) -> pd.DataFrame:
    """The claims of all themes, one row each, with ``theme``, ``low`` and ``high`` added: the caller's own copy."""
    import pandas as pd

    found = pd.concat([frame(facts, t).assign(theme=t) for t in facts.project.themes])
    found["value"] = [facts[i].value for i in found.index]
    found["low"] = [facts[i].low for i in found.index]
    found["high"] = [facts[i].high for i in found.index]
    return found
