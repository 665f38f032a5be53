"""The explorer that only this report has: the register of projects, with its timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import ClassVar

from shenyang import exhibits
from shenyang.registers import firsts, phases
from tieout.data.dataset import Dataset
from tieout.data.tables import Row
from tieout.explore.explorers import Explorer
from tieout.explore.html import renderer
from tieout.explore.panels import Control, Options, State, View, Words, any_of, both, named
from tieout.explore.timeline import Mark, Plot, plot
from tieout.text.dates import date_text

render = renderer(Path(__file__).parent / "templates")


def projects(facts: Dataset, caption: str) -> Explorer:
    """The register of projects: filter by stage, sector, date and claimed scope."""
    return Explorer(ProjectsPanel(facts), exhibits.register(facts, caption, facts.frame("projects").index))


@dataclass(frozen=True)
class Entry:
    """A project as the register shows it; ``first`` is the row of the first that it claims to be, if it does, ``card`` that claim's."""

    row: Row
    owner: Words
    sector: str
    stage: str
    when: str
    first: Row | None
    card: str


class ProjectsPanel:
    """Filter the register of projects; timeline and table follow."""

    label = "Explorer of the projects 项目检索"
    fixed: ClassVar[dict[str, str]] = {}
    regions = (("timeline", "Timeline 时间线"), ("register", "Register 项目表"))

    def __init__(self, facts: Dataset) -> None:
        self.facts, self._rows, self._firsts = facts, facts.tables["projects"], firsts(facts.tables, facts.by_id)
        self._phases = phases(facts.tables)
        sectors = [r for r in facts.tables["terms"] if r["column"] == "sector"]
        months = sorted({r["date"][:7] for r in self._rows if r["date"]})
        dates = any_of([(m, date_text(m)) for m in months])
        levels = dict.fromkeys(r["level"] for r in self._firsts.values())
        scopes = [("none", "no claim of a first 无"), ("some", "any claimed first 有首个之说")]
        scopes += [(v, named(facts, f"level:{v}")) for v in levels]
        codes = [(r["code"], f"{r['label_en']} {r['label_zh']}") for r in sectors]
        self.controls = (
            Control("search", "Search, in either language 搜索", "search"),
            Control("stage", "Stage 阶段", options=any_of(_stages(facts))),
            Control("sector", "Sector 领域", options=any_of(codes)),
            Control("scope", "Claimed first in 首个范围", options=any_of(scopes)),
            Control("since", "Dated from 自", options=dates),
            Control("until", "Dated to 至", options=dates),
        )
        self.initial = {c.name: "" for c in self.controls} | {"choice": ""}

    def see(self, state: State) -> View:
        state = self.initial | state
        rows = [row for row in self._rows if self._fits(row, state)]
        if state["choice"] not in {row["id"] for row in rows}:
            state["choice"] = ""
        dated = [row for row in rows if row["date"]]
        drawn = timeline(dated, self._rows) if dated else None
        entries = [entry(self.facts, row, self._firsts.get(row["id"])) for row in rows]
        html = {
            "timeline": render("timeline.html", shown=len(rows), undated=len(rows) - len(dated), plot=drawn),
            "register": render("register.html", entries=entries),
        }
        return View(state, self._status(rows), html, marked=[state["choice"]] * bool(state["choice"]))

    def _status(self, rows: Sequence[Row]) -> str:
        reached = Counter(self._phases[row["stage"]] for row in rows)
        order = dict.fromkeys(self._phases.values())
        split = "; ".join(f"{reached[p]} {self.facts.label(f'phase:{p}').lower()}" for p in order if reached[p])
        return f"{len(rows)} of {len(self._rows)} projects 项目{len(rows)}个" + (f": {split}" if split else "")

    def _fits(self, row: Row, state: State) -> bool:
        first = self._firsts.get(row["id"])
        owner = self.facts.things[row["owner"]]
        words = " ".join([*row.values(), owner["label_en"], owner["label_zh"]]).casefold()
        scope = {"": True, "none": not first, "some": bool(first)}
        return (
            state["stage"] in ("", f"stage:{row['stage']}", f"phase:{self._phases[row['stage']]}")
            and state["sector"] in ("", row["sector"])
            and scope.get(state["scope"], first is not None and first["level"] == state["scope"])
            and (not state["since"] or row["date"][:7] >= state["since"])
            and (not state["until"] or "" < row["date"][:7] <= state["until"])
            and all(word in words for word in state["search"].casefold().split())
        )


def entry(facts: Dataset, row: Row, first: Row | None) -> Entry:
    """What the register says of a project."""
    when = f"{date_text(row['date'])}: {row['event_en']}" if row["date"] else ""
    stage = facts.label(f"stage:{row['stage']}")
    card = facts[first["id"]].card if first else ""
    return Entry(row, both(facts, row["owner"]), named(facts, f"sector:{row['sector']}"), stage, when, first, card)


def timeline(dated: Sequence[Row], every: Sequence[Row]) -> Plot:
    """The projects with a date, one below the other; the span is that of ``every`` project, whatever is filtered."""
    rows = sorted(dated, key=lambda row: row["date"])
    marks = [Mark(row["date"], n, _short(row), "dark", row["id"], True) for n, row in enumerate(rows)]
    dates = [row["date"] for row in every if row["date"]]
    return plot(marks, "", "Dated projects 有日期的项目", (min(dates), max(dates)))


def _short(row: Row) -> str:
    return f"{shorten(row['label_en'], 52, placeholder=' …')}, {date_text(row['date'])}"


def _stages(facts: Dataset) -> Options:
    """The phases, each followed by those of its stages that a project is in."""
    reached = {r["stage"] for r in facts.tables["projects"]}
    stages: Options = []
    for phase in (r["code"] for r in facts.tables["terms"] if r["column"] == "phase"):
        stages.append((f"phase:{phase}", f"{named(facts, f'phase:{phase}')}: all 全部"))
        own = (stage for stage, group in phases(facts.tables).items() if group == phase and stage in reached)
        stages += [(f"stage:{stage}", f"  {named(facts, f'stage:{stage}')}") for stage in own]
    return stages
