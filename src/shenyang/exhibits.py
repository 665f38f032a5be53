"""Tables that only this report shows."""

from __future__ import annotations

from collections.abc import Iterable

from shenyang.registers import firsts
from tieout.data.dataset import Dataset
from tieout.show.exhibits import origin
from tieout.show.tables import Column, Table, text
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
