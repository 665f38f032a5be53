"""The curated data: valid, complete, guarded cell by cell; and what is said when it is not."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path

import nbformat
import pytest

from support import ROOT
from tieout import config
from tieout.data import tables as tables_
from tieout.data.claims import claim
from tieout.data.dataset import Dataset
from tieout.data.load import load
from tieout.errors import DataError
from tieout.explore import explorers
from tieout.numbers import read_zh, wording
from tieout.prose import links
from tieout.prose import tables as prose_tables
from tieout.show import cards, exhibits
from tieout.text.article import Article

PROJECT = config.read(ROOT)
Edit = Callable[[str, str, str], None]


def test_every_csv_is_plain_utf8_with_unix_line_ends() -> None:
    for path in (ROOT / "data").iterdir():
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf") and b"\r" not in content and content.endswith(b"\n"), path.name


def test_every_claim_agrees_with_what_is_printed(f: Dataset) -> None:
    """Read straight from the files, beside the loader's own check."""
    units = {r["id"]: r for r in csv.DictReader((ROOT / "data/units.csv").open(encoding="utf-8"))}
    text = (ROOT / PROJECT.seed).read_text("utf-8")
    for theme in PROJECT.themes:
        for row in csv.DictReader((ROOT / f"data/{theme}.csv").open(encoding="utf-8")):
            printed = read_zh.read_printed(row["as_printed"])
            assert text.count(row["quote"]) == 1 and row["quote"].count(row["as_printed"]) == 1
            assert Fraction(row["value"]) == printed.value, row["id"]
            assert row["relation"] == printed.relation, row["id"]
            assert printed.suffix in units[row["unit"]]["suffixes_zh"].split("|"), row["id"]
            counted = units[row["unit"]]["kind"] in ("count", "nominal") and row["relation"] != "~"
            assert Fraction(row["rounding"]) == (0 if counted else printed.step), row["id"]


def test_one_thing_has_its_label_in_one_table(f: Dataset) -> None:
    """Two tables with words for one id could come to disagree."""
    named: dict[str, str] = {}
    for table, rows in f.tables.items():
        for row in rows if "id" in rows[0] and "label_en" in rows[0] else []:
            assert row["id"] not in named, f"{row['id']} is called something in {named[row['id']]} and in {table}"
            named[row["id"]] = table


def test_a_count_without_a_whole_number_is_called_impossible(copy: Path, edit: Edit) -> None:
    edit("data/comparisons.csv", "smes_growth),impossible,", "smes_growth),conditional,")
    with pytest.raises(DataError, match=r"column status: conditional does not fit: 1,510\.36 to .*no whole number"):
        load(copy, lenient=False)
    # Whoever works on a value may see what follows: the report refuses it.
    assert [d.column for d in load(copy, lenient=True).disagreements] == ["status"]


def test_a_possible_count_is_not_called_impossible(copy: Path, edit: Edit) -> None:
    edit(
        "data/comparisons.csv",
        "record_smes_2022,conditional,The article counts",
        "record_smes_2022,impossible,The article counts",
    )
    with pytest.raises(DataError, match="column status: impossible does not fit: 4,479 firms is possible"):
        load(copy, lenient=False)


@pytest.mark.parametrize("code", ["solved", "partly_solved", "breakthrough"])
def test_how_strong_the_words_are_follows_the_article(code: str, f: Dataset) -> None:
    """What is called solved says so (解决) and does not take it back (初步); a breakthrough is called one."""
    words = {
        "solved": lambda q: "解决" in q and "初步" not in q,
        "partly_solved": lambda q: "初步解决" in q,
        "breakthrough": lambda q: "突破" in q and "阶段性" not in q,
    }[code]
    rows = f.tables["breakthroughs"]
    assert {r["subject"] for r in rows if words(r["quote"])} == {r["subject"] for r in rows if r["strength"] == code}


#: A sentence and the part of its number that a row takes: drawn up apart from the words of ``numerals``.
LEFT_OUT = [
    ("成本缩短25%—45%。", "25%"), ("成本为25%—45%。", "45%"), ("需要25%至45%。", "45%"), ("占25%到45%。", "25%"),
    ("有100-120家企业。", "120家"), ("企业3,806家。", "806家"), ("企业3.5家。", "5家"),
    *((f"企业{word}500家。", "500家") for word in (
        "超过", "超出", "超", "逾", "突破", "高于", "低于", "多于", "少于", "大于", "小于", "不低于", "不少于", "不高于", "不多于", "不超过",
        "不足", "不到", "至少", "至多", "最高", "最高达", "最多", "最少", "最大", "最低", "约", "大约", "近", "将近", "接近", "几乎")),
    *((f"企业500家{word}。", "500家") for word in ("以上", "及以上", "以下", "以内", "之多", "左右", "上下", "多", "余")),
    ("企业500余家。", "500"), ("企业500多家。", "500"), ("企业200多元。", "200"),
    ("增长三年半。", "三年"), ("企业上百家。", "百家"), ("企业数十家。", "十家"), ("企业几千家。", "千家"),
    *((f"同比{word}4.6%。", "4.6%") for word in ("下降", "减少", "降低", "回落", "下滑", "缩减", "下跌", "下降了", "负增长", "降幅为", "-", "−", "负")),
    ("占百分之二十。", "二十"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "printed"), LEFT_OUT, ids=["-".join(pair) for pair in LEFT_OUT])
def test_a_row_that_leaves_something_out_is_refused(sentence: str, printed: str, f: Dataset) -> None:
    unit = "percent" if "%" in printed else "enterprise"
    value = re.sub("[^0-9.]", "", printed) or "10"
    row = f["smes"].row | {"quote": sentence, "repeat_quote": "", "as_printed": printed, "value": value, "unit": unit}
    row |= {"relation": "=", "rounding": "0", "measure": "growth"}
    with pytest.raises(DataError, match="leaves out") as caught:
        claim(Article(sentence), f.units, "data/enterprises.csv", 5, row, [], PROJECT.date)
    message = str(caught.value)
    assert message.startswith("data/enterprises.csv, row 5, column as_printed: ")
    assert re.search(r"Write '|dismiss the whole of it in data/not_data.csv", message)


def test_the_article_is_complete(f: Dataset) -> None:
    """Every numeral inside the characters of a claim, or dismissed: enumerated here from the text, not by the package."""
    text = (ROOT / PROJECT.seed).read_text("utf-8")
    covered: set[int] = set()

    def cover(quote: str, part: str) -> None:
        start = text.index(quote) + quote.index(part)
        covered.update(range(start, start + len(part)))

    for theme in PROJECT.themes:
        for row in csv.DictReader((ROOT / f"data/{theme}.csv").open(encoding="utf-8")):
            cover(row["quote"], row["as_printed"])
            if row["repeat_quote"]:
                other = {"model_dimensions": "两个"}.get(row["id"], row["as_printed"])
                cover(row["repeat_quote"], other)
    for row in csv.DictReader((ROOT / "data/not_data.csv").open(encoding="utf-8")):
        cover(row["quote"], row["as_printed"])
    numerals = {i for i, c in enumerate(text) if c.isdigit() or c in "〇零一二三四五六七八九十百千万亿两半双首"}
    left = sorted(numerals - covered)
    assert not left, [text[max(0, i - 6) : i + 6] for i in left]


def test_both_prints_of_a_claim_agree(f: Dataset) -> None:
    """The digits of the first print stand in the second quote; 2个 alone returns as 两个."""
    twice = [fact for fact in f.of_kind("claim") if fact.row["repeat_quote"]]
    assert len(twice) == 10
    for fact in twice:
        digits = fact.row["as_printed"].rstrip("个家项亿元%")
        assert {"2": "两"}.get(digits, digits) in fact.row["repeat_quote"], fact.id


def test_no_check_fails(f: Dataset) -> None:
    assert {c.id for c in f.checks if c.verdict == "fails"} == set()


def test_prose_in_the_csvs_holds_no_free_numeral(f: Dataset) -> None:
    found = [(place, n) for place, t in prose_tables.texts(f) for n in links.free_numerals(t, PROJECT.free)]
    assert found == []


def test_every_claim_as_it_was_read_a_second_time(f: Dataset) -> None:
    """Typed here by hand from the article, not by the package: a slip in a row and in its print is still found."""
    values = {
        "platforms_national_new": 15, "platforms_national": 76, "platforms_all": 1479, "key_labs_new": 9, "tech_centres_new": 5,
        "key_labs_new_rank": 1, "tech_centres_new_rank_northeast": 1, "tech_centres_new_rank_national": 3,
        "firms_total": 19938, "firms_target_share": 99.69, "smes": 14022, "smes_growth": 196.5, "firms_total_rank": 1, "smes_rank": 1,
        "contracts_count": 6521, "contracts_turnover": 24.93e9, "contracts_turnover_growth": 56.11,
        "pilot_bases_new": 23, "pilot_bases": 35, "pilot_plan_years": 3, "matching_events": 830, "financing": 7e8,
        "hightech_output": 102.962e9, "hightech_output_growth": 10.62, "hightech_exports": 8.007e9, "hightech_exports_growth": 19.63,
        "hightech_large_2021": 374, "hightech_large_2022": 452, "hightech_large_growth": 20.86, "hightech_revenue_threshold": 1e7,
        "eaglets": 1453, "gazelles_unicorns": 256, "eaglets_new": 69, "gazelles_new": 22, "unicorns_new": 1,
        "zhiyou_years": 3, "policy_rules": 22, "hunnan_projects": 195, "hunnan_investment": 34e9, "zf_investment": 1.3e9, "zf_global_rank": 500,
        "institute_staff": 174, "institute_academicians": 6, "institute_professors": 89, "institute_directions": 53, "atom_probe_first": 1,
        "neu_centenary": 100, "facility_systems": 9, "facility_patents_domestic": 20, "facility_patents_international": 2,
        "compute_capacity": 300, "compute_utilisation": 97.92, "compute_customers": 200, "compute_first_batch": 1, "taiyi_first": 1,
        "drug_transfer_value": 1.1e8, "drug_class": 1, "drug_record_threshold": 1e8,
        "reward_firms": 58, "reward_cap": 2e5, "reward_threshold": 5e7, "equity_cap": 5e6, "startup_bar_first": 1, "startup_bars_planned": 7,
        "tbea_products": 30, "tbea_leading": 13, "tbea_advanced": 17, "tbea_transformer_generation": 3,
        "problems_listed": 81, "technologies_listed": 35, "model_foci": 3, "model_dimensions": 2, "model_ways": 5,
        "coater_spin_units": 36, "coater_node": 28, "cleaner_award_grade": 1, "siasun_robots_shown": 4,
        "ethylene_capacity": 1.5e6, "asu_class": 110_000, "caes_power": 60, "caes_first": 1, "pdh_capacity": 9e5,
    }  # fmt: skip
    assert {fact.id: fact.value for fact in f.of_kind("claim")} == values
    relations = {
        ">": "financing compute_customers reward_threshold hightech_revenue_threshold drug_record_threshold",
        "<=": "reward_cap equity_cap zf_global_rank", ">=": "coater_node", "~": "asu_class caes_power",
    }  # fmt: skip
    read = {id: relation for relation, ids in relations.items() for id in ids.split()}
    assert {id: f[id].row["relation"] for id in values} == {id: read.get(id, "=") for id in values}
    money = "contracts_turnover financing hightech_output hightech_exports hunnan_investment zf_investment drug_transfer_value drug_record_threshold"
    assert {c.id for c in f.of_kind("claim") if c.unit.id == "CNY"} == {*money.split()}
    shares = "firms_target_share smes_growth contracts_turnover_growth hightech_output_growth hightech_exports_growth hightech_large_growth compute_utilisation"
    assert {c.id for c in f.of_kind("claim") if c.unit.id == "percent"} == {*shares.split()}


# --- what stands beside the numbers: rules that a wrong cell breaks -----------------------


def test_chinese_names_are_the_article_s(f: Dataset) -> None:
    """A name exchanged with that of another row would not be found by its own quote."""
    ours = {"hunnan_round", "materials_lab_phase2", "asu_compressor", "startup_bar_sie"}  # put together from its words
    words = re.sub(r"[“”《》]", "", f.article.text)
    for table in ("organisations", "projects", "policies"):
        for row in f.tables[table]:
            name = re.sub(r"[“”《》]", "", row["label_zh"])
            assert row["id"] in ours or name in words, (table, row["id"])
            if table == "organisations" and row["id"] not in (
                "shenyang",
                "kingsemi",
                "siasun",
                "zhiyou",
                "shenyang_daily",
            ):
                assert name in re.sub(r"[“”《》]", "", row["quote"]), row["id"]


def test_a_printed_period_stands_beside_its_number(f: Dataset) -> None:
    for fact in f.of_kind("claim"):
        if fact.row["period_basis"] == "printed":
            paragraph = f.article.text[: f.span(fact.id).end].rsplit("\n", 1)[-1]
            for column in ("period_start", "period_end"):
                assert fact.row[column][:4] in paragraph, (fact.id, column)


def test_the_measure_is_that_of_the_words(f: Dataset) -> None:
    """新增 and 新获批 are additions, 增长 before a share is growth, 第 a rank or an ordinal, 最高 a cap."""
    for fact in f.of_kind("claim"):
        row, start = fact.row, f.span(fact.id).start
        before = re.split(r"[,。●]", f.article.text[max(0, start - 30) : start])[-1]
        growth = bool(re.search(r"(?:增长|提升了?)$", before)) and row["unit"] == "percent"
        assert (row["measure"] == "growth") == growth, fact.id
        assert row["measure"] != "increment" or re.search("新增|新获批", row["quote"] + before), fact.id
        if re.search("新增|新获批", before) and "数量位居" not in before:
            assert row["measure"] == "increment", fact.id
        assert row["measure"] != "rank" or re.search("第|强", row["as_printed"]), fact.id
        assert (row["measure"] == "cap") == ("最高" in row["as_printed"]), fact.id


@pytest.mark.parametrize(
    ("chinese", "english"), [("国际领先", "internationally leading"), ("国际先进", "internationally advanced")]
)
def test_a_grade_is_called_as_it_is_printed(chinese: str, english: str, f: Dataset) -> None:
    for fact in f.of_kind("claim"):
        assert (chinese in fact.row["quote"]) == (english in fact.label_en.lower()), fact.id


def test_the_date_of_a_source_is_that_of_its_address(f: Dataset) -> None:
    uploaded_later = {"bureau_2019", "bureau_2020"}  # both pages were put on the bureau's new site in 2022
    for source in f.tables["sources"]:
        dates = ["".join(d) for d in re.findall(r"(20[12]\d)[-/]?([01]\d)(?:[-/]?[0-3]\d)?", source["address"])]
        month = source["date"].replace("-", "")[:6]
        assert not dates or source["id"] in uploaded_later or any(d.startswith(month[: len(d)]) or month.startswith(d) for d in dates), source["id"]  # fmt: skip


def test_speakers_are_named_in_the_paragraph_that_they_are_quoted_from(f: Dataset) -> None:
    for table in ("breakthroughs", "statements"):
        for row in f.tables[table]:
            place = f.article.paragraph_of(f.article.find(row["quote"]))
            span = f.article.paragraphs()[place - 1]
            for name in re.findall("[\u4e00-\u9fff]{2,3}", row["speaker"]):
                assert name in f.article.text[span.start : span.end], (table, row["speaker"])


def test_headline_derivations(f: Dataset) -> None:
    """Worked by hand with a calculator."""
    assert f["contracts_turnover_earlier"].interval == "CNY 15.965 to 15.974 billion"
    assert f["firms_target"].interval == "19,999 to 20,001 firms"
    assert f["smes_earlier"].english == "4,729 firms"
    assert f["reward_ceiling"].english == "at most CNY 11.6 million"
    assert f["reward_turnover_floor"].english == "more than CNY 2.9 billion"
    assert f["compute_used_per_customer"].quantity.relation == "<"


def test_every_fact_can_be_shown_as_a_frame(f: Dataset) -> None:
    assert list(f.claims.index) == [fact.id for fact in f.of_kind("claim")]
    row = f.claims.loc["contracts_turnover"]
    assert (row["theme"], row["low"], row["high"]) == ("technology_transfer", 24.925e9, 24.935e9)


def test_an_unknown_fact_is_named_with_its_neighbours(f: Dataset) -> None:
    with pytest.raises(KeyError, match="did you mean contracts_turnover"):
        f["contract_turnover"]


# --- every cell is guarded ----------------------------------------------------------


@cache
def table_cells() -> list[str]:
    """The cells of tables in the notebooks that show all of the data."""
    cells = [
        c for n in ("05_cross_checks", "06_evidence") for c in nbformat.read(ROOT / f"notebooks/{n}.ipynb", 4).cells
    ]
    return [c.source.strip() for c in cells if c.cell_type == "code" and c.id.endswith("-table")]


def shown(f: Dataset) -> str:
    """All that the evidence notebook shows of the data, by the code of its own cells."""
    scope = {"F": f, "exhibits": exhibits, "explorers": explorers}
    out = [repr(cards.fact(id, f)) for id in f.by_id]
    for source in table_cells():
        *setup, last = source.split("\n")
        exec("\n".join(setup), scope)
        out.append(repr(eval(last, scope)))
    return "\n".join(out)


@pytest.fixture(scope="module")
def shown_before(f: Dataset) -> str:
    return shown(f)


#: Columns in which a wrong cell says another number, or loses its evidence.
GUARDED = {
    "value",
    "relation",
    "unit",
    "rounding",
    "as_printed",
    "quote",
    "repeat_quote",
    "formula",
    "left",
    "right",
    "subject",
    "source",
}


def columns() -> list[tuple[str, str]]:
    names = sorted(p.stem for p in (ROOT / "data").glob("*.csv"))
    heads = {n: next(csv.reader((ROOT / f"data/{n}.csv").open(encoding="utf-8"))) for n in names}
    return [(n, c) for n in names for c in heads[n] if c in GUARDED]


@pytest.mark.parametrize(("table", "column"), columns())
def test_a_changed_cell_is_noticed(table: str, column: str, copy: Path, shown_before: str) -> None:
    """In each such column one cell, drawn by the column's name, is changed: loading fails or the evidence shows it."""
    path = copy / f"data/{table}.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    filled = [r for r in rows if r[column]] or rows
    row = random.Random(f"{table}.{column}").choice(filled)
    row[column] = str(int(row[column]) + 1) if row[column].isdigit() else row[column][:-1] + "x"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    try:
        changed = load(copy, lenient=False)
    except DataError as error:
        assert error.file.startswith("data/")
    else:
        # Not the two texts: pytest would print them both.
        assert hash(shown(changed)) != hash(shown_before), (
            f"{table}.csv, column {column}: {row[column]!r} is not noticed"
        )


# --- bad input: one clear error naming file, row and column ---------------------------

TRANSFER = "data/technology_transfer.csv"
BAD = [
    ("a bound left out", TRANSFER, "level,>,700000000,CNY,100000000,超7亿元", "level,=,700000000,CNY,100000000,7亿元", "row 9, column as_printed: '7亿元' leaves out '超'"),
    ("a bound left out behind", "data/platforms.csv", "level,>,200,customer,0,200余家", "level,=,200,customer,0,200", "column as_printed: '200' leaves out '余'"),
    ("a piece of a number", "data/platforms.csv", "=,15,platform,0,15个", "=,5,platform,0,5个", "row 2, column as_printed: '5个' leaves out '1': it is a part .* Write '15个'"),
    ("a cap left out", TRANSFER, "CNY/base,10000,最高500万元", "CNY/base,10000,500万元", "column as_printed: '500万元' leaves out '最高': .* Write '最高500万元', which reads as <= 5000000"),
    ("a class left out", "data/major_projects.csv", "MW,1,60兆瓦级,", "MW,1,60兆瓦,", "column as_printed: '60兆瓦' leaves out '级': .* Write '60兆瓦级'"),
    ("a part of a date dismissed", "data/not_data.csv", "2023-08-29,沈阳日报", "08-29,沈阳日报", "column as_printed: '08-29' leaves out '2023-': .* Dismiss the whole: '2023-08-29'"),
    ("a repeat that is another number", "data/platforms.csv", "新获批国家企业技术中心5个,,", "新获批国家企业技术中心5个,新增各类国家级创新平台15个,", "row 6, column repeat_quote: .*another number"),
    ("a value that is not a number", TRANSFER, "=,6521,", "=,NaN,", "row 2, column value: 'NaN' is no plain number"),
    ("a date that does not exist", "data/platforms.csv", "195个,2023-03-17,2023-03-17", "195个,2023-02-30,2023-03-17", "row 10, column period_start: '2023-02-30' is no date"),
    ("a project's date that does not exist", "data/projects.csv", "2023-06-13", "2023-13-13", "row 3, column date"),
    ("a project of the future", "data/projects.csv", "2023-06-13", "2024-06-13", "row 3, column date: 2024-06-13 is after the article"),
    ("a stage that is not printed", "data/projects.csv", "delivered,已如期交付,", "delivered,已完全交付,", "row 4, column stage_printed: '已完全交付' is not in the quote"),
    ("a first that is not printed", "data/projects.csv", "首台套,", "首批套,", "column first_printed: '首批套' is not in the article"),
    ("an id of two kinds of things", "data/projects.csv", "\nzf_parts,", "\nzf,", "row 3, column id: 'zf' is already the id of something else"),
    ("a dismissal of no numeral", "data/not_data.csv", "两院,两院院士", "院士,两院院士", "column as_printed: '院士' holds no numeral"),
    ("the same claim twice", TRANSFER, "\ncontracts_turnover,shenyang", "\ncontracts_n,shenyang,N,数,level,=,6521,contract,0,6521项,2023,2023-08-29,inferred,登记技术合同6521项,,x,\ncontracts_turnover,shenyang", "column quote: .*2 times"),
    ("a figure of an unknown fact", "data/figures.csv", "smes_growth pilot_bases_growth", "smes_groth pilot_bases_growth", "row 2, column facts: no fact is called 'smes_groth'"),
    ("a figure's words that name no fact", "data/figures.csv", "\"{counted_projects_out:n} of", "\"{counted_projects:n} and {counted_projekts:n} of", "row 12, column title_en: no fact or wording is called 'counted_projekts'"),
    ("a figure's words with a broken place", "data/figures.csv", "\"{counted_projects_out:n} of", "\"{counted-projects} of", "row 12, column title_en: a brace that names no fact"),
    ("a superlative of nothing", "data/superlatives.csv", "taiyi_first,taiyi_first,", "taiyi_frist,taiyi_first,", "row 4, column id: no claim is called 'taiyi_frist'"),
    ("a date without an event", "data/projects.csv", ",inferred,work started,开工,", ",inferred,,开工,", "row 3, column event_en: a date has a basis and an event"),
    ("a fact called like an organisation", "data/technology_transfer.csv", "\ncontracts_count,", "\nhunnan,", "row 2, column id: 'hunnan' is already the id of something in a register"),
    ("a fact called like a check", TRANSFER, "\ncontracts_count,", "\ncheck_contracts,", "row 2, column id: 'check_contracts' is not an identifier of a fact"),
    ("a check called like a fact", "data/checks.csv", "check_customers,", "customers,", "column id: 'customers' does not start with check_"),
    ("a check of an inexact claim with itself", "data/checks.csv", "hightech_exports,<,hightech_output,", "hightech_output,<,hightech_output,", "column right: the inexact 'hightech_output' stands on both sides"),
    ("a check in a unit without a row", "data/checks.csv", "smes,<=,firms_total", "smes / contracts_count,<=,firms_total", "column left: the unit 'enterprise/contract' has no row in units.csv"),
    ("a check of unlike things", "data/checks.csv", "smes,<=,firms_total", "smes,<=,contracts_count", "column right: cannot subtract contracts_count"),
    ("a unit defined by itself", "data/units.csv", "percent,ratio,0.01", "percent,ratio,percent", "row 4, column definition: 'percent' is no unit"),
    ("a form with an unknown part", "data/units.csv", "CNY {n}{scale} per firm", "CNY {n}{size} per firm", "row 36, column form_en: 'CNY {n}{size} per firm' names size in braces. Known are n, nth, scale, unit"),
    ("a form with half a brace", "data/units.csv", "第{n}位|", "第{n位|", "column form_zh: '第{n位|前{n}位' is no form"),
    ("a unit that is missing", "data/units.csv", "entry,count", "entri,count", "column id: the unit 'entry' is missing"),
    ("a cell that starts with +", TRANSFER, "登记技术合同,level", "+1,level", "row 2, column label_zh: .*starts with '[+]'"),
    ("an invisible character", TRANSFER, "登记技术合同,level", "登记\u200b技术合同,level", "row 2, column label_zh: .*invisible"),
    ("text not in NFC", TRANSFER, "Technology contracts registered", "Technology contracts re\u0301gistered", "row 2, column label_en: .*NFC"),
    ("a space at an end", TRANSFER, "Technology contracts registered,", "Technology contracts registered ,", "row 2, column label_en: .*space at an end"),
    ("an empty row", TRANSFER, "\ncontracts_turnover,", "\n,,,,,,,,,,,,,,,\ncontracts_turnover,", "row 3: the row is empty"),
    ("a blank line", TRANSFER, "\ncontracts_turnover,", "\n\ncontracts_turnover,", "row 3: the row is empty"),
    ("columns moved", TRANSFER, "id,subject,", "subject,id,", "row 1: the columns are not in the order"),
    ("a growth of another subject", TRANSFER, "contracts_turnover_growth,shenyang", "contracts_turnover_growth,hunnan", "column subject: 'hunnan' differs from 'shenyang' of contracts_turnover"),
    ("a growth of nothing", TRANSFER, "\ncontracts_turnover_growth,", "\ncontracts_value_growth,", "column id: 'contracts_value_growth' grows nothing"),
    ("a quote that is not there", TRANSFER, "全市登记技术合同6521项,", "全市登记技术合同6521件,", "row 2, column quote: .*is not in the article"),
    ("a quote that is there twice", TRANSFER, "技术合同成交额达到249.3亿元,实现", "249.3亿元,实现", "row 3, column quote: .*2 times"),
    ("an unknown unit", TRANSFER, "6521,contract,", "6521,contrakt,", "row 2, column unit: 'contrakt' is not an id in units"),
    ("a value that disagrees", TRANSFER, "=,6521,", "=,6512,", "row 2, column value: 6512 does not agree with '6521项'"),
    ("a relation that disagrees", TRANSFER, "level,>,700000000", "level,=,700000000", "column relation: = does not agree with '超7亿元'"),
    ("a rounding that disagrees", TRANSFER, "CNY,10000000,249.3亿元", "CNY,1000000,249.3亿元", "row 3, column rounding: 1000000 does not agree"),
    ("a unit of another kind", TRANSFER, "6521,contract,0", "6521,enterprise,0", "row 2, column unit: 'enterprise' is not printed as '项'"),
    ("a measure that is none", TRANSFER, "level,=,6521", "lebel,=,6521", "row 2, column measure: .*enum"),
    ("a value that is no number", TRANSFER, "=,6521,contract", "=,65Z1,contract", "row 2, column value: .*number"),
    ("a period that ends before it starts", TRANSFER, "6521项,2023,2023-08-29", "6521项,2023,2022-08-29", "row 2, column period_end"),
    ("a period after the article", TRANSFER, "6521项,2023,2023-08-29", "6521项,2023,2023-09-01", "after the article"),
    ("a period without a basis", TRANSFER, "6521项,2023,2023-08-29,inferred", "6521项,2023,2023-08-29,", "period_basis"),
    ("a subject that is nobody", TRANSFER, "contracts_count,shenyang", "contracts_count,shenjang", "row 2, column subject"),
    ("full-width digits", TRANSFER, "=,6521,", "=,６５２１,", "row 2, column value: full-width '６'"),
    ("a cell that starts with =", TRANSFER, "登记技术合同,level", "=1+1,level", "row 2, column label_zh: .*starts with '='"),
    ("a cell that starts with @", TRANSFER, "登记技术合同,level", "@SUM,level", "row 2, column label_zh: .*starts with '@'"),
    ("a cell too many", TRANSFER, "=,6521,contract", "=,6521,contract,", "row 2: 18 cells under 17 columns"),
    ("a missing required cell", TRANSFER, "Technology contracts registered,", ",", "row 2, column label_en"),
    ("a missing column", TRANSFER, "rounding,as_printed", "rouding,as_printed", "row 1, column rounding: the column is missing"),
    ("an id in two files", TRANSFER, "\ncontracts_count,", "\nsmes,", "row 2, column id: 'smes' is already used in data/enterprises.csv"),
    ("a growth of another period", TRANSFER, '56.11%,2023,', '56.11%,2022,', "column period_start: '2022' differs from '2023' of contracts_turnover"),
    ("a numeral left over", "data/not_data.csv", "一年来,\"一年来,沈鼓集团\"", "一年来,\"一年来,沈阳牢记嘱托\"", "not_data.csv"),
    ("a dismissal of a claim", "data/not_data.csv", "13号,世纪路13号", "13亿,采埃孚投资13亿元", "also claimed by zf_investment"),
    ("a formula with an unknown id", "data/derived.csv", "CNY/contract,contracts_turnover / contracts_count", "CNY/contract,contracts_turnover / contract_count", "column formula: .*'contract_count', which is no fact"),
    ("a formula that divides by zero", "data/derived.csv", "CNY/contract,contracts_turnover / contracts_count", "CNY/contract,contracts_turnover / 0", "column formula: .*holds zero"),
    ("a circular formula", "data/derived.csv", "CNY/contract,contracts_turnover / contracts_count", "CNY/contract,contracts_average + contracts_average", "circular: contracts_average → contracts_average"),
    ("a formula that calls", "data/derived.csv", "CNY/contract,contracts_turnover / contracts_count", "CNY/contract,open('x')", "column formula: .*holds a call"),
    ("a formula that reaches for attributes", "data/derived.csv", "CNY/contract,contracts_turnover / contracts_count", "CNY/contract,contracts_count.units", "column formula: .*attribute"),
    ("a formula with a power", "data/derived.csv", "CNY/contract,contracts_turnover / contracts_count", "CNY/contract,9 ** 9 ** 9", "column formula: .*pow"),
    ("a formula that is none", "data/derived.csv", "CNY/contract,contracts_turnover / contracts_count", "CNY/contract,contracts_turnover /", "cannot be read"),
    ("a formula of unlike things", "data/derived.csv", "CNY/contract,contracts_turnover / contracts_count", "CNY/contract,contracts_turnover + contracts_count", "cannot add contracts_count .* to contracts_turnover"),
    ("a formula in another unit", "data/derived.csv", "CNY/contract,contracts_turnover / contracts_count", "CNY/event,contracts_turnover / contracts_count", "column unit: contracts_turnover with contracts_count is in"),
    ("a formula that uses an inexact claim twice", "data/derived.csv", "hightech_exports / hightech_output,", "hightech_exports / hightech_output * hightech_exports / hightech_exports,", "uses the inexact 'hightech_exports' twice"),
    ("an assumption missing", "data/derived.csv", "conditional,The added platforms are all in the total.", "conditional,", "column assumption"),
    ("a sector that is none", "data/projects.csv", "construction,car_parts,", "construction,cars,", "row 3, column sector: .*enum"),
    ("a decision on nothing", "data/decisions.csv", "neu_centenary\n", "neu_centenery\n", "row 34, column ids: no fact is called 'neu_centenery'"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "message"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_bad_input_is_named(file: str, old: str, new: str, message: str, copy: Path, edit: Edit) -> None:
    edit(file, old, new)
    with pytest.raises(DataError, match=message) as caught:
        load(copy, lenient=False)
    assert caught.value.file == file


@pytest.mark.parametrize(("column", "code", "row"), [("stage", "led", 18), ("sector", "compressors", 21)])
def test_a_code_without_words_is_named(column: str, code: str, row: int, copy: Path, edit: Edit) -> None:
    edit("data/terms.csv", f"{column},{code},", f"{column},other,")
    message = rf"data/projects.csv, row {row}, column {column}: '{code}' has no row in terms.csv"
    with pytest.raises(DataError, match=message):
        load(copy)


def test_every_sector_has_projects_and_words(f: Dataset) -> None:
    """No sector of the enumeration is empty, and the words hold no other."""
    words = [r["code"] for r in f.tables["terms"] if r["column"] == "sector"]
    assert set(words) == {r["sector"] for r in f.tables["projects"]}
    package = json.loads((ROOT / "data/datapackage.json").read_text("utf-8"))
    fields = next(r["schema"]["fields"] for r in package["resources"] if r["name"] == "projects")
    assert next(c["constraints"]["enum"] for c in fields if c["name"] == "sector") == words


def test_an_empty_file_is_named(copy: Path) -> None:
    (copy / "data/platforms.csv").write_text("")
    with pytest.raises(DataError, match=r"data/platforms.csv: the file is empty"):
        load(copy)


def test_a_file_of_a_header_alone_is_named(copy: Path) -> None:
    path = copy / "data/platforms.csv"
    path.write_text(path.read_text("utf-8").split("\n")[0] + "\n", "utf-8")
    with pytest.raises(DataError, match=r"data/platforms.csv: there are no rows"):
        load(copy)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "data/relations.csv").unlink()
    with pytest.raises(DataError, match=r"data/relations.csv: the file is missing"):
        load(copy)


def test_semicolons_are_named(copy: Path) -> None:
    path = copy / "data/units.csv"
    path.write_text(path.read_text("utf-8").replace(",", ";"), "utf-8")
    with pytest.raises(DataError, match=r"data/units.csv, row 1: the columns are separated by semicolons"):
        load(copy)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n"])
def test_a_file_of_nothing_is_named(content: bytes, copy: Path) -> None:
    (copy / "data/units.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"data/units.csv: the file is empty"):
        load(copy)


def test_a_missing_shared_schema_is_named(copy: Path) -> None:
    (copy / "data/claims.schema.json").unlink()
    with pytest.raises(DataError, match=r"data/claims.schema.json: cannot be read"):
        load(copy)


def test_the_claims_frame_is_the_caller_s_own(f: Dataset) -> None:
    mine = f.claims
    mine["value"] = 0
    assert f.claims["value"].sum() > 0


def test_a_table_that_was_valid_is_checked_again_when_one_that_its_keys_refer_to_changes(
    copy: Path, edit: Edit
) -> None:
    tables_.read_tables(copy / "data")
    edit("data/organisations.csv", "\nshengu,", "\nshengv,")
    with pytest.raises(DataError, match="'shengu'") as caught:
        tables_.read_tables(copy / "data")
    assert caught.value.file != "data/organisations.csv"


def test_a_changed_article_is_noticed_after_a_first_load(copy: Path) -> None:
    load(copy)
    path = copy / PROJECT.seed
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(DataError, match="was changed"):
        load(copy)


def test_a_broken_schema_is_named(copy: Path) -> None:
    (copy / "data/datapackage.json").write_text("{")
    with pytest.raises(DataError, match=r"data/datapackage.json: cannot be read"):
        load(copy)


def test_gbk_is_refused_with_the_remedy(copy: Path) -> None:
    path = copy / "data/platforms.csv"
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    with pytest.raises(DataError, match=r"data/platforms.csv, row 2: .*not UTF-8.*CSV UTF-8") as caught:
        load(copy)
    assert "iconv" in str(caught.value)


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(copy: Path, f: Dataset) -> None:
    path = copy / "data/platforms.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load(copy).by_id.keys() == f.by_id.keys()


def test_the_same_data_is_read_once(copy: Path) -> None:
    first = load(copy)
    assert load(copy).by_id is first.by_id


def test_every_translation_holds_its_number(f: Dataset) -> None:
    """The digits of the value, in the scale in which English prints them, stand in the translated quote."""
    for fact in f.of_kind("claim"):
        digits = wording.parts(fact.quantity, fact.unit)[1]
        shown = {digits, digits.removesuffix(".0"), f"{fact.quantity.value.numerator:,}"}
        shown |= {re.sub("(?:st|nd|rd|th)$", "", d) for d in shown}
        found = re.findall(r"\d(?:[\d,]*\d)?(?:\.\d+)?", fact.row["quote_en"])
        assert shown & set(found), (fact.id, shown, fact.row["quote_en"])
