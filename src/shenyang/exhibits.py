"""Tables that only this report shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shenyang.registers import firsts
from tieout.data.dataset import Dataset
from tieout.show.exhibits import called, origin
from tieout.show.tables import Column, Table, bare_interval, printed, text, unit, value
from tieout.text.dates import date_text


def register(facts: Dataset, caption: str, ids: Iterable[str]) -> Table:
    """Projects with owner, stage in the article's words, date, claimed first and the sentence they rest on."""
    among = {subject: row["among_en"] for subject, row in firsts(facts.tables, facts.by_id).items()}
    rows = {r["id"]: r for r in facts.tables["projects"]}
    body = []
    for row in (rows[id] for id in ids):
        first = f"{row['first_printed']}: {among[row['id']]}" if row["first_printed"] else ""
        stage = facts.label(f"stage:{row['stage']}")
        body.append(
            [
                text(row["label_en"], row["label_zh"]),
                text(facts.label(row["owner"]), facts.label(row["owner"], "zh")),
                text(stage, row["stage_printed"]),
                text(date_text(row["date"]) if row["date"] else ""),
                text(first),
                text(row["quote"]),
            ]
        )
    columns = [
        Column("Project 项目"),
        Column("Whose 所属"),
        Column("Stage 阶段"),
        Column("Date 日期"),
        Column("Claimed first 首个"),
        Column("Printed as 原文"),
    ]
    return Table(caption, columns, body, source=origin(facts, ["data/projects.csv", "data/superlatives.csv"]))


def scoreboard(facts: Dataset, rows: Sequence[tuple[str, str, str]]) -> Table:
    """Headline figures beside what they imply for the time before.

    ``rows`` are ids: the figure, its growth rate (or empty), the earlier figure (or empty).
    """
    body, files = [], [facts[id].file for row in rows for id in row if id]
    for now, growth, before in rows:
        cells = [value(facts[id], like) if id else text("–") for id, like in ((growth, None), (before, facts[now]))]
        interval = bare_interval(facts[before], facts[now]) if before else ""
        body.append(
            [called(facts[now]), printed(facts[now]), value(facts[now]), unit(facts[now]), *cells, text(interval)]
        )
    columns = [
        Column("Measure 指标"),
        Column("As printed 原文", end=True),
        Column("Value 数值", end=True),
        Column("Unit 单位"),
        Column("Growth, % 增长", end=True),
        Column("Before 此前", end=True),
        Column("Its interval 区间", end=True),
    ]
    note = "Before: a year earlier where the article prints a growth rate, before the additions where it prints an addition, and as printed for high-tech firms above the threshold; each under the assumption stated with it. –: not printed. No interval: exact."
    return Table("Headline figures, as printed and as implied 主要数字", columns, body, note, origin(facts, files))
