"""Filter the register of projects; timeline and table follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from textwrap import shorten
from typing import ClassVar

from tieout.data.dataset import Dataset
from tieout.data.tables import Row
from tieout.explore import markup
from tieout.explore.panels import Control, Options, State, View, any_of, named
from tieout.text.dates import date_text


class ProjectsPanel:
    """Filter the register of projects; timeline and table follow."""

    label = "Explorer of the projects 项目检索"
    fixed: ClassVar[dict[str, str]] = {}
    regions = (("timeline", "Timeline 时间线"), ("register", "Register 项目表"))

    def __init__(self, facts: Dataset) -> None:
        self.facts, rows = facts, facts.tables["projects"]
        self._phases = {r["code"]: r["group"] for r in facts.tables["terms"] if r["column"] == "stage"}
        phases = {r["code"]: r for r in facts.tables["terms"] if r["column"] == "phase"}
        stages: Options = []
        for phase in phases:
            stages.append((f"phase:{phase}", f"{named(facts, f'phase:{phase}')}: all 全部"))
            own = (code for code, group in self._phases.items() if group == phase)
            stages += [
                (f"stage:{s}", f"  {named(facts, f'stage:{s}')}") for s in own if any(r["stage"] == s for r in rows)
            ]
        sectors = [r for r in facts.tables["terms"] if r["column"] == "sector"]
        months = sorted({r["date"][:7] for r in rows if r["date"]})
        dates = [(m, date_text(m)) for m in months]
        self._firsts = {
            facts[r["id"]].row["subject"]: r
            for r in facts.tables["superlatives"]
            if facts[r["id"]].row["measure"] == "ordinal"
        }
        levels = dict.fromkeys(r["level"] for r in self._firsts.values())
        scopes = [("none", "no claim of a first 无"), ("some", "any claimed first 有首个之说")]
        self.controls = (
            Control("search", "Search, in either language 搜索", "search"),
            Control("stage", "Stage 阶段", options=any_of(stages)),
            Control(
                "sector",
                "Sector 领域",
                options=any_of([(r["code"], f"{r['label_en']} {r['label_zh']}") for r in sectors]),
            ),
            Control(
                "scope",
                "Claimed first in 首个范围",
                options=any_of(scopes + [(v, named(facts, f"level:{v}")) for v in levels]),
            ),
            Control("since", "Dated from 自", options=any_of(dates)),
            Control("until", "Dated to 至", options=any_of(dates)),
        )
        self.initial = {c.name: "" for c in self.controls} | {"choice": ""}

    def see(self, state: State) -> View:
        state = self.initial | state
        rows = [row for row in self.facts.tables["projects"] if self._fits(row, state)]
        if state["choice"] not in {row["id"] for row in rows}:
            state["choice"] = ""
        phases = Counter(self._phases[row["stage"]] for row in rows)
        order = dict.fromkeys(self._phases.values())
        split = "; ".join(f"{phases[p]} {self.facts.label(f'phase:{p}').lower()}" for p in order if phases[p])
        status = f"{len(rows)} of {len(self.facts.tables['projects'])} projects 项目{len(rows)}个" + (
            f": {split}" if split else ""
        )
        html = {"timeline": self._timeline(rows), "register": self._register(rows)}
        return View(state, status, html, marked=[state["choice"]] * bool(state["choice"]))

    def _fits(self, row: Row, state: State) -> bool:
        first = self._firsts.get(row["id"])
        owner = self.facts.things[row["owner"]]
        words = " ".join([*row.values(), owner["label_en"], owner["label_zh"]]).casefold()
        scope = {"": True, "none": not first, "some": bool(first)}
        return (
            state["stage"] in ("", f"stage:{row['stage']}", f"phase:{self._phases[row['stage']]}")
            and state["sector"] in ("", row["sector"])
            and scope.get(state["scope"], bool(first) and first["level"] == state["scope"])
            and (not state["since"] or row["date"][:7] >= state["since"])
            and (not state["until"] or "" < row["date"][:7] <= state["until"])
            and all(word in words for word in state["search"].casefold().split())
        )

    def _timeline(self, rows: Sequence[Row]) -> str:
        dated = sorted((row for row in rows if row["date"]), key=lambda row: row["date"])
        undated = f"{len(rows) - len(dated)} without a date 无日期" if len(dated) < len(rows) else ""
        marks = [
            markup.Mark(
                row["date"],
                n,
                f"{shorten(row['label_en'], 52, placeholder=' …')}, {date_text(row['date'])}",
                "dark",
                row["id"],
                True,
            )
            for n, row in enumerate(dated)
        ]
        every = sorted(row["date"] for row in self.facts.tables["projects"] if row["date"])
        drawn = markup.plot(marks, "", "Dated projects 有日期的项目", (every[0], every[-1])) if marks else ""
        return (
            f"{drawn}<p>{undated or 'All carry a date. 均有日期。'}</p>"
            if rows
            else "<p>No project fits. 没有符合的项目。</p>"
        )

    def _register(self, rows: Sequence[Row]) -> str:
        f, body = self.facts, []
        for row in rows:
            first = self._firsts.get(row["id"])
            claimed = f"{markup.card(first['id'], row['first_printed'])}: {escape(first['among_en'])}" if first else ""
            when = f"{date_text(row['date'])}: {row['event_en']}" if row["date"] else ""
            cells = [
                markup.sets(row["label_en"], choice=row["id"]) + f' <span lang="zh">{escape(row["label_zh"])}</span>',
                markup.both(f.label(row["owner"]), f.label(row["owner"], "zh")),
                escape(named(f, f"sector:{row['sector']}")),
                markup.both(f.label(f"stage:{row['stage']}"), row["stage_printed"]),
                escape(when),
                claimed,
                f'<span lang="zh">{escape(row["quote"])}</span>',
            ]
            body.append((f'data-ids="{row["id"]}"', cells))
        heads = [
            "Project 项目",
            "Whose 所属",
            "Sector 领域",
            "Stage 阶段",
            "Date 日期",
            "Claimed first 首个",
            "Printed as 原文",
        ]
        return markup.table(heads, body) if rows else ""
