"""Counts of rows of the curated data, so that prose about them is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tieout.config import Project
from tieout.data.tables import Row
from tieout.data.verdicts import VERDICTS, Headline

Tables = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Count:
    """How many rows there are of a kind: ``members`` are the rows, where a reader may want to see them."""

    id: str
    label_en: str
    label_zh: str
    unit: str
    file: str
    n: int
    members: tuple[Row, ...] = ()


def number(id: str, en: str, zh: str, file: str, n: int) -> Count:
    """A count without its members; its id is ``counted_`` and ``id``."""
    return Count(f"counted_{id}", en, zh, "entry", file, n)


def listed(id: str, en: str, zh: str, file: str, rows: Sequence[Row], unit: str = "entry") -> Count:
    """A count of ``rows``; its id is ``counted_`` and ``id``."""
    return Count(f"counted_{id}", en, zh, unit, file, len(rows), tuple(rows))


def counts(project: Project, tables: Tables, claims: Sequence[Row], numerals: int, dismissed: int) -> Iterator[Count]:
    """Every count of the article's side that prose, tables and figures may name, those of this report last."""
    themed = project.themed

    def measured(measure: str) -> list[Row]:
        return [r for r in claims if r["measure"] == measure]

    yield number("claims", "Claims", "论断", themed, len(claims))
    yield number("levels", "Claims that are levels", "水平类论断", themed, len(measured("level")))
    yield listed("growth_rates", "Growth rates", "增长率", themed, measured("growth"))
    yield listed("ranks", "Ranks", "位次", themed, measured("rank"))
    yield listed("plans", "Plans", "计划数", themed, measured("plan"))
    yield listed("repeated", "Claims printed twice", "两次刊出的论断", themed, [r for r in claims if r["repeat_quote"]])
    bounds = [r for r in claims if r["relation"] not in ("=", "~")]
    yield listed("bounds", "Claims that are bounds", "界限值", themed, bounds)

    derived = tables["derived"]
    conditional = sum(r["status"] == "conditional" for r in derived)
    yield number("derived", "Derived figures", "推算值", "data/derived.csv", len(derived))
    yield number("conditional", "Derived figures that need an assumption", "有条件的推算值", "data/derived.csv", conditional)  # fmt: skip
    yield number("checks", "Consistency checks", "一致性检验", "data/checks.csv", len(tables["checks"]))
    yield number("decisions", "Decisions", "整理决定", "data/decisions.csv", len(tables["decisions"]))
    yield number("numerals", "Numerals in the article", "文中数字", "the article", numerals)
    yield number("numerals_claimed", "Numerals that are claims", "属于论断的数字", "the article", numerals - dismissed)
    yield number(
        "numerals_dismissed", "Numerals that are no claims", "不属于论断的数字", "data/not_data.csv", dismissed
    )
    if project.extension:
        yield from project.extension.counts(tables, claims)


#: What holds the other sources, and what is counted of them.
FILES = ("data/sources.csv", "data/context.csv", "data/headlines.csv")


def counted(project: Project, tables: Tables, headlines: Mapping[str, Headline]) -> Iterator[Count]:
    """Counts of sources, figures and verdicts, so that prose about them is checked; ids start with ``vs_counted_``."""
    sources, file = tables["sources"], "data/sources.csv"
    if not sources:
        return
    yield Count("vs_counted_sources", "Other sources", "其他来源", "entry", file, len(sources))
    theirs = sum(s["origin"] in project.own for s in sources)
    yield Count("vs_counted_sources_own", f"Other sources with figures of {project.own_en}", f"{project.own_zh}数据来源", "entry", file, theirs)  # fmt: skip
    copies = sum(s["reliability"] == "reprint" for s in sources)
    yield Count("vs_counted_sources_copies", "Other sources read as copies", "转载来源", "entry", file, copies)
    file, origin = "data/context.csv", {s["id"]: s["origin"] for s in sources}
    own = sum(origin[r["source"]] in project.own for r in tables["context"])
    yield Count("vs_counted_records", "Figures of other sources", "其他来源数据", "entry", file, len(tables["context"]))
    yield Count("vs_counted_records_own", f"Figures of other sources that come from {project.own_en}", f"来自{project.own_zh}的数据", "entry", file, own)  # fmt: skip
    file = "data/headlines.csv"
    yield Count("vs_counted_headlines", "Headlines looked up", "查找对照的主要数字", "entry", file, len(headlines))
    compared = [h.row for h in headlines.values() if h.comparisons]
    yield Count("vs_counted_compared", "Headlines set beside other sources", "有其他来源可对照的主要数字", "entry", file, len(compared), tuple(compared))  # fmt: skip
    for verdict, zh in zip(VERDICTS, ("相互矛盾", "相互印证", "大体一致", "未找到"), strict=True):
        rows = tuple(h.row for h in headlines.values() if h.verdict == verdict)
        words = verdict.replace("_", " ")
        yield Count(f"vs_counted_{verdict}", f"Headlines: {words}", f"主要数字：{zh}", "entry", file, len(rows), rows)
    moved = [h.row for h in headlines.values() if h.without({"reprint"}).verdict != h.verdict]
    yield Count("vs_counted_on_copies", "Verdicts that rest on copies", "依据转载的结论", "entry", file, len(moved), tuple(moved))  # fmt: skip
    near = [h.row for h in headlines.values() if h.verdict == "consistent" and not h.same]
    yield Count("vs_counted_consistent_near", "Headlines roughly consistent by near definitions alone", "仅凭相近口径大体一致", "entry", file, len(near), tuple(near))  # fmt: skip
    alone = [h.row for h in headlines.values() if h.verdict == "corroborated" and not h.independent]
    yield Count("vs_counted_corroborated_own", f"Headlines corroborated by figures of {project.own_en} alone", f"仅由{project.own_zh}数据印证", "entry", file, len(alone), tuple(alone))  # fmt: skip
