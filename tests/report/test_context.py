"""The public record: kept apart from the article, each row with its source, each verdict computed."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from conftest import DATA, lay
from support import ROOT
from tieout import config
from tieout.data import counts as counting
from tieout.data import records, verdicts
from tieout.data.dataset import Dataset
from tieout.data.fact import Check, is_outside
from tieout.data.load import load
from tieout.errors import DataError
from tieout.numbers import read_en
from tieout.numbers.formula import names
from tieout.numbers.quantity import INF
from tieout.prose import links, notebooks
from tieout.show import cards, exhibits

NOTEBOOKS = {p.stem: nbformat.read(p, 4) for p in sorted((ROOT / "notebooks").glob("*.ipynb"))}


def rows(table: str, root: Path = ROOT) -> list[dict[str, str]]:
    return list(csv.DictReader((root / f"data/{table}.csv").open(encoding="utf-8")))


def write(table: str, found: list[dict[str, str]], root: Path) -> None:
    with (root / f"data/{table}.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, found[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)


# --- apart from the article -----------------------------------------------------------


def test_every_figure_of_another_source_says_where_it_is_printed_and_what_it_counts() -> None:
    sources = {r["id"]: r for r in rows("sources")}
    for row in rows("context"):
        source = sources[row["source"]]
        assert row["definition"] and source["publisher_en"] and source["publisher_zh"] and source["title"], row["id"]
        assert re.match(r"https?://\S+$", source["address"]) and re.match(r"20\d\d", source["date"]), row["id"]
        assert source["reliability"] in ("official", "press", "reprint") and source["origin"], row["id"]


def test_ids_tell_what_is_not_the_article_s(f: Dataset) -> None:
    for fact in f.by_id.values():
        outside = fact.kind in ("record", "compared") or (fact.kind == "counted" and fact.file in counting.FILES)
        assert is_outside(fact.id) == outside == fact.outside, fact.id
    for table in (*config.read(ROOT).themes, "derived", "checks", "superlatives", "projects", "organisations"):
        assert not re.search(r"\b(record|vs)_\w", (ROOT / f"data/{table}.csv").read_text("utf-8")), table


def test_nothing_of_the_article_rests_on_another_source(f: Dataset) -> None:
    for fact in f.of_kind("derived") + f.of_kind("claim"):
        assert not any(is_outside(id) for id in (*fact.uses, *fact.quantity.ids)), fact.id


def test_what_is_not_the_article_s_says_so_wherever_it_is_met(f: Dataset) -> None:
    for fact in f.by_id.values():
        card, hover = repr(cards.fact(fact.id, f)), links.hover(fact)
        assert ("Not from the article" in card) == fact.outside, fact.id
        assert hover.startswith(("Another source: ", "With other sources: ")) == fact.outside, fact.id


def test_every_figure_and_comparison_is_used(f: Dataset) -> None:
    used = {
        m["id"] for nb in NOTEBOOKS.values() for c in notebooks.markdown_cells(nb.cells) for m in links.links(c.source)
    }
    cells = [c.source for c in NOTEBOOKS["05_cross_checks"].cells if c.cell_type == "code"]
    used |= set(re.findall(r'"((?:record|vs)_\w+)"', "\n".join(cells)))
    used |= {id for row in f.tables["figures"] for id in row["facts"].split()}
    used |= {id for fact in f.by_id.values() for id in fact.uses}
    used |= {id for says in f.wordings.values() for id in says.uses}
    used |= {id for c in f.crosschecks for id in names(c.left) + names(c.right)}
    assert [id for id in f.by_id if is_outside(id) and id not in used] == []


# --- the numbers ------------------------------------------------------------------------


def test_the_comparisons_by_hand(f: Dataset) -> None:
    """Worked with a calculator from the printed numbers."""
    expected = {
        "vs_turnover_2022h1": 22.765e9 / 1.7292,
        "vs_contracts_since_june": 24.93e9 - 22.765e9,
        "vs_contracts_since_june_2022": 24.93e9 / 1.5611 - 22.765e9 / 1.7292,
        "vs_contracts_since_june_change": -22.8,
        "vs_contracts_rest_change": 33.3,
        "vs_contracts_share_of_year": 39.19,
        "vs_firms_2021": 15363 - 4238,
        "vs_firms_2023": 24021 - 2110,
        "vs_firms_added_share": 98.66,
        "vs_smes_2021": 9280 - 2713,
        "vs_smes_growth_least": 51.1,
        "vs_smes_growth_most": 113.5,
        "vs_smes_added_before": 1510.6,
        "firms_left": 19938 - 14022 - 1453 - 256,
        "vs_left_2022": 15363 - 9543 - (1453 - 69) - (256 - 22 - 1),
        "vs_thresholds_2021": 374,
        "vs_thresholds_2022": 452,
        "vs_platforms_left": 64 + 15 - 76,
        "vs_key_labs_room": 11 - 3 - 1,
        "vs_contract_average_2022q3": 19.549e9 / 4770,
        "vs_contract_average_change": (24.93e9 / 6521) / (19.549e9 / 4770) * 100 - 100,
        "vs_tiers_2022": 15363 - 9543 - 4200,
        "vs_tiers_2021": (15363 - 4238) - (9280 - 2713) - (4200 - 859),
        "vs_pilot_bases_gained": 36 - 22,
        "tiers_growth": 5.69,
        "vs_contracts_gdp_shenyang": 7.83,
        "vs_contracts_gdp_rest": 3.04,
    }
    for id, value in expected.items():
        assert f.value(id) == pytest.approx(value, rel=2e-3), id


def test_an_interval_of_a_comparison_holds_every_value(f: Dataset) -> None:
    """The change since June at the ends of what rounding allows: inside the interval, which may be wider."""
    change = f["vs_contracts_since_june_change"]
    for turnover in (24.925e9, 24.935e9):
        for growth in (0.56105, 0.56115):
            for half in (22.7645e9, 22.7655e9):
                for rate in (0.729150, 0.729250):
                    value = ((turnover - half) / (turnover / (1 + growth) - half / (1 + rate)) - 1) * 100
                    assert change.low <= value <= change.high


@pytest.mark.parametrize(
    ("text", "value", "step", "relation"),
    [
        ("32.47 billion yuan", 32_470_000_000, 10_000_000, "="),
        ("more than one billion yuan", 10**9, 10**9, ">"),
        ("24,021", 24021, 1, "="),
        ("28.6 per cent", Fraction("28.6"), Fraction("0.1"), "="),
        ("five", 5, 1, "="),
        ("300P", 300, 1, "="),
        ("预计4200家", 4200, 1, "="),
        ("突破2.1万家", 21000, 1000, ">"),
        ("636.2亿元", 63_620_000_000, 10_000_000, "="),
    ],
)
def test_reading_a_print(text: str, value: Fraction, step: Fraction, relation: str) -> None:
    printed, _ = read_en.read_either(text)
    assert (printed.value, printed.step, printed.relation) == (value, step, relation)


@pytest.mark.parametrize("text", ["", "many", "about 5", "billion"])
def test_what_holds_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no number can be read"):
        read_en.read_either(text)


# --- the verdicts -------------------------------------------------------------------------


ONE, FLOOR = SimpleNamespace(low=1, high=1), SimpleNamespace(low=1, high=INF)


def check(verdict: str, relation: str = "=", aspect: str = "path", right: SimpleNamespace = ONE) -> Check:
    row = {"aspect": aspect, "definition": "same"}
    return Check("cross_x", "", "", "", relation, "", "", ONE, right, verdict, row)  # type: ignore[arg-type]


def near(*arguments: str) -> Check:
    found = check(*arguments)
    return replace(found, row=found.row | {"definition": "near"})


@pytest.mark.parametrize(
    ("comparisons", "verdict"),
    [
        ([], "nothing_found"),
        ([check("holds")], "consistent"),
        ([check("fits")], "consistent"),
        ([check("holds", ">=")], "consistent"),
        ([check("fails")], "contradicted"),
        ([check("holds", "=", "figure")], "corroborated"),
        ([check("fits", "=", "figure"), check("holds")], "corroborated"),
        ([check("holds", "=", "figure"), check("fails")], "contradicted"),
        ([near("holds")], "consistent"),
        ([near("holds", "=", "figure")], "consistent"),
        # From one side only a near figure says little; from both it leaves room for the article's and for no other.
        ([near("holds", ">=")], "nothing_found"),
        ([near("holds", ">="), near("holds", ">")], "nothing_found"),
        ([near("holds", ">="), near("holds", "<=")], "consistent"),
        # A near definition that fails may be the figure or the definition: whatever else agrees, it stays open.
        ([near("fails")], "nothing_found"),
        ([near("fails"), check("holds")], "nothing_found"),
        ([near("fails"), near("holds")], "nothing_found"),
        ([near("fails"), check("holds", "=", "figure")], "nothing_found"),
        ([near("fails"), check("fails")], "contradicted"),
        # Nothing can lie above a number of which only the floor is known.
        ([check("holds", "<=", "path", FLOOR)], "nothing_found"),
        ([check("holds", "<=", "path", FLOOR), check("holds", "=", "figure")], "corroborated"),
    ],
)
def test_the_rule(comparisons: list[Check], verdict: str) -> None:
    assert verdicts.judge(comparisons) == verdict


def test_what_cannot_fail_is_known(f: Dataset) -> None:
    """Typed by hand: a source gives no more than a floor, or the article does."""
    assert {c.id for c in f.crosschecks if not c.can_fail} == {"cross_contracts_count_1", "cross_compute_customers_1"}


def test_the_verdicts_are_those_that_were_read(f: Dataset) -> None:
    """Typed here by hand: a verdict that moves is seen."""
    expected = {
        "corroborated": "platforms_national_new tech_centres_new compute_capacity compute_utilisation ethylene_capacity",
        "contradicted": "smes_growth",
        "nothing_found": "key_labs_new compute_customers hunnan_projects hunnan_investment zf_investment smes_rank"
        " tiers_total hightech_large_2021 hightech_large_2022 hightech_output contracts_count pilot_bases_new"
        " pilot_bases financing matching_events drug_transfer_value tbea_products",
    }
    for verdict, ids in expected.items():
        assert [h.id for h in f.headlines.values() if h.verdict == verdict] == ids.split(), verdict


@pytest.fixture(scope="module")
def scaled(tmp_path_factory: pytest.TempPathFactory) -> list[Dataset]:
    """The data with every figure of another source ten times as large, and a tenth."""
    read, found = records._printed, []
    for factor in (Fraction(10), Fraction(1, 10)):
        root = lay(tmp_path_factory.mktemp("scaled"), DATA)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(records, "_printed", lambda *a, by=factor: (read(*a)[0] * by, read(*a)[1]))
            found.append(load(root, lenient=True))
    return found


def test_every_comparison_turns_when_its_inputs_do(f: Dataset, scaled: list[Dataset]) -> None:
    stored = {c.id: c.verdict for c in f.crosschecks}
    others = [{c.id: c.verdict for c in s.crosschecks} for s in scaled]
    assert [id for id, outcome in stored.items() if all(o[id] == outcome for o in others)] == []


def test_verdicts_follow_their_comparisons(f: Dataset, scaled: list[Dataset]) -> None:
    verdicts = {id: {s.headlines[id].verdict for s in (f, *scaled)} for id in f.headlines}
    same = {id for id, found in verdicts.items() if len(found) == 1}
    bare = {h.id for h in f.headlines.values() if not h.comparisons}
    # Nothing can be decided where only a floor is known, nor where near definitions speak from one side only; of the
    # firms above the threshold the parts do not add up in either.
    floors = {"contracts_count", "compute_customers"}
    one_side = {"hunnan_projects", "zf_investment", "smes_rank", "tiers_total", "hightech_output", "pilot_bases", "pilot_bases_new"}  # fmt: skip
    assert same == bare | floors | one_side | {"hightech_large_2021", "hightech_large_2022"}


def test_weak_sources_can_be_left_out(f: Dataset) -> None:
    assert f.headlines["smes_growth"].without({"reprint"}).verdict == "nothing_found"
    assert f.headlines["tech_centres_new"].without({"reprint"}).verdict == "corroborated"
    assert f.headlines["platforms_national_new"].without({"official"}).verdict == "consistent"


def test_who_stands_behind_a_verdict(f: Dataset) -> None:
    assert f.headlines["tech_centres_new"].independent and f.headlines["ethylene_capacity"].independent
    assert not f.headlines["platforms_national_new"].independent and not f.headlines["compute_utilisation"].independent


# --- the notebooks ------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in NOTEBOOKS if n[:2] in ("01", "02", "03", "04")])
def test_each_themed_notebook_has_notes_beside_its_headlines(name: str, f: Dataset) -> None:
    notes = [c.source for c in NOTEBOOKS[name].cells if c.id.endswith("-beside")]
    assert notes and all(n.startswith("> **Beside other sources") and "(05_cross_checks.ipynb" in n for n in notes)
    for note in notes:
        assert any(is_outside(m["id"]) for m in links.links(note))


def test_outside_figures_stand_in_notes_and_nowhere_else_of_a_themed_notebook(f: Dataset) -> None:
    for name, notebook in NOTEBOOKS.items():
        if name[:2] in ("01", "02", "03", "04"):
            for cell in notebooks.markdown_cells(notebook.cells):
                linked = any(is_outside(m["id"]) for m in links.links(cell.source))
                assert not linked or cell.id.endswith("-beside"), f"{name}, cell {cell.id}"
    for row in f.tables["figures"]:
        assert row["notebook"] == "05_cross_checks" or not any(is_outside(id) for id in row["facts"].split())


def test_every_headline_is_told_of(f: Dataset) -> None:
    told = {
        m["id"] for c in notebooks.markdown_cells(NOTEBOOKS["05_cross_checks"].cells) for m in links.links(c.source)
    }
    table = (
        next(c for c in NOTEBOOKS["05_cross_checks"].cells if c.id == "verdicts-table").outputs[0].data["text/plain"]
    )
    for headline in f.headlines.values():
        assert headline.label_en in table
        assert headline.verdict != "contradicted" or headline.id in told, headline.id


# --- bad input ------------------------------------------------------------------------------

BAD = [
    ("a record with the id of a claim", "context", "id", "record_smes_2022", "smes", "column id"),
    ("a claim with the id of a record", "enterprises", "id", "smes", "record_smes", "'record_smes' is not an identifier"),
    ("a record of no source", "context", "source", "cns_2022_12", "cns_2022_11", "column source: 'cns_2022_11' is not an id in sources"),
    ("a record that is there twice", "context", "indicator", "platforms_all", "platforms_national", "says the same of the same source"),
    ("an address that is none", "sources", "address", "", "kjj.shenyang.gov.cn", "column address: 'kjj.shenyang.gov.cn' is no address"),
    ("an address that breaks out", "sources", "address", "", "http://a.cn/<script>", "is no address"),
    ("a date that is none", "sources", "date", "2023-07-01", "20230701", "column date: '20230701' is no date"),
    ("a reliability that is none", "sources", "reliability", "official", "certain", "column reliability"),
    ("an indicator without words", "context", "indicator", "smes", "smess", "column indicator: 'smess' has no row in terms.csv"),
    ("a value that is not printed", "context", "value", "15363", "15364", "column value: 15364 does not agree with '15363家'"),
    ("a value that is no plain number", "context", "value", "15363", "1.5363e4", "column value: .*plain number"),
    ("a floor read as a value", "context", "relation", ">", "=", "column relation: = does not agree"),
    ("a per cent read as firms", "context", "as_printed", "28.6 per cent", "28.6", "is not printed as ''"),
    ("a period after its source", "context", "period_end", "2022-12-24", "2023-12-24", "is not over when its source prints it"),
    ("a period not over", "context", "period_end", "2022-09", "2022", "is not over when its source prints it"),
    ("a date of a record that is none", "context", "period_end", "2022-12-24", "20221224", "column period_end: '20221224' is no date"),
    ("a count with characters", "context", "basis", "printed", "counted", "what is printed has characters"),
    ("a count that is a range", "context", "rounding", "counted", "5", "what is counted from names is a whole number"),
    ("a comparison without a record", "comparisons", "formula", "", "contracts_turnover", "column formula: it names no record"),
    ("a robust figure on a shaky one", "comparisons", "status", "conditional", "robust", "column (status|assumption)"),
    ("a derived figure with a record", "derived", "formula", "", "record_smes_2022 + smes", "'record_smes_2022', which is no fact"),
    ("a check with a record", "checks", "left", "smes", "record_smes_2022", "'record_smes_2022', which is no fact"),
    ("a headline from outside", "headlines", "id", "financing", "record_smes_2022", "'record_smes_2022' is no figure of the article"),
    ("a headline that is a count", "headlines", "id", "financing", "counted_claims", "'counted_claims' is no figure of the article"),
    ("a headline without its comparisons", "headlines", "compared", "no", "yes", "column compared"),
    ("a cross-check of the article with itself", "crosschecks", "right", "record_smes_2022", "firms_total", "it names no record"),
    ("a cross-check the wrong way round", "crosschecks", "left", "smes", "record_smes_2022", "the left side is the article's"),
    ("a cross-check that bears on nothing", "crosschecks", "left", "compute_customers", "reward_firms", "cannot subtract|nothing in it bears"),
    ("a cross-check of unlike things", "crosschecks", "right", "record_smes_2022", "record_turnover_2023", "cannot subtract"),
    ("the same figure as a bound", "crosschecks", "aspect", "level", "figure", "the same figure elsewhere is a value"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "old", "new", "message"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])  # fmt: skip
def test_bad_input_is_named(table: str, column: str, old: str, new: str, message: str, copy: Path) -> None:
    found = rows(table, copy)
    where = "basis" if old == "counted" else column
    row = next(r for r in found if not old or r[where] == old)
    row[column] = new
    write(table, found, copy)
    with pytest.raises(DataError, match=message) as caught:
        load(copy, lenient=False)
    assert caught.value.file.startswith("data/")


def test_an_organisation_called_like_a_record_is_named(copy: Path) -> None:
    found = rows("organisations", copy)
    write("organisations", [*found, found[0] | {"id": "record_zf"}], copy)
    with pytest.raises(DataError, match="'record_zf' is called like a figure of another source"):
        load(copy)


def test_an_expected_number_is_no_count(copy: Path) -> None:
    found = rows("context", copy)
    next(r for r in found if r["id"] == "record_hightech_2022")["measure"] = "level"
    write("context", found, copy)
    with pytest.raises(DataError, match="column measure: level does not agree with '预计4200家', which reads as plan"):
        load(copy)


def test_a_source_without_figures_is_named(copy: Path) -> None:
    found = rows("sources", copy)
    write("sources", [*found, found[0] | {"id": "another", "address": "http://another.cn/page"}], copy)
    with pytest.raises(DataError, match="column id: no figure is from 'another'"):
        load(copy)


def test_a_figure_of_another_chapter_shows_nothing_from_outside(copy: Path) -> None:
    found = rows("figures", copy)
    found[0]["caption_en"] += " {vs_smes_2021}"
    write("figures", found, copy)
    with pytest.raises(DataError, match="'vs_smes_2021' is not of the article"):
        load(copy)


def test_a_missing_verdict_has_no_words(copy: Path) -> None:
    write("terms", [r for r in rows("terms", copy) if r["code"] != "corroborated"], copy)
    with pytest.raises(DataError, match="the verdict 'corroborated' has no row"):
        load(copy)


def test_unknown_kinds_of_sources_cannot_be_left_out(f: Dataset) -> None:
    for weak in ({"reprints"}, "reprint"):
        with pytest.raises(ValueError, match="is no set of official, press, reprint"):
            f.headlines["smes_growth"].without(weak)


def test_tables_of_comparisons_read_as_english(f: Dataset) -> None:
    text = repr(exhibits.crosschecks(f, "x", f.headlines))
    assert not re.search(r"(more than|at most|equal to) (more|less|at) ", text)
    assert "at most a figure of more than 12,000 contracts" in text


def test_paths_are_in_order_of_time(f: Dataset) -> None:
    path = f.path("firms_total", also={"vs_firms_2021": "2021-12"})
    assert path["date"].is_monotonic_increasing and "vs_firms_2021" in set(path["fact"])
    with pytest.raises(KeyError, match="no record of 'nothing'"):
        f.path("nothing")
