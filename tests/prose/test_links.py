"""The numbers in prose: what is found stale, what is left alone, what a refresh writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from tieout.data.dataset import Dataset
from tieout.data.load import load
from tieout.prose import closing, links, notebooks
from tieout.prose import tables as prose_tables


def messages(text: str, f: Dataset) -> list[str]:
    return [p.message for p in links.check(links.refresh(text, f) if "]:" not in text else text, f)]


def body(text: str, f: Dataset) -> str:
    """The refreshed text without its definitions."""
    return links.refresh(text, f).split("\n\n[")[0]


@pytest.mark.parametrize(
    ("stale", "fresh"),
    [
        ("[1][contracts_count] contracts", "[6,521][contracts_count] contracts"),
        ("[1000][contracts_count] contracts", "[6521][contracts_count] contracts"),
        ("[1,000][contracts_count] contracts", "[6,521][contracts_count] contracts"),
        ("[6.5 thousand][contracts_count]", "[6.5 thousand][contracts_count]"),
        ("[CNY 1.00 billion][contracts_turnover]", "[CNY 24.93 billion][contracts_turnover]"),
        ("[CNY 1.0 billion][contracts_turnover]", "[CNY 24.9 billion][contracts_turnover]"),
        ("[1.0亿元][contracts_turnover]", "[249.3亿元][contracts_turnover]"),
        ("[1%][contracts_turnover_growth]", "[56%][contracts_turnover_growth]"),
        ("[one][key_labs_new] laboratories", "[nine][key_labs_new] laboratories"),
        ("[One][key_labs_new]", "[Nine][key_labs_new]"),
        ("[second][tech_centres_new_rank_national]", "[third][tech_centres_new_rank_national]"),
        ("[2nd][tech_centres_new_rank_national]", "[3rd][tech_centres_new_rank_national]"),
        ("[two][platforms_all]", "[1,479][platforms_all]"),
        ("over [CNY 1 million][financing]", "over [CNY 700 million][financing]"),
        ("[more than 1 customers][compute_customers]", "[more than 200 customers][compute_customers]"),
        ("[1][firms_shortfall.low] to [2][firms_shortfall.high]", "[61][firms_shortfall.low] to [63][firms_shortfall.high]"),
        ("on [1 May 2023][hunnan_projects.start]", "on [17 March 2023][hunnan_projects.start]"),
        ("to [May 2023][hightech_output.end]", "to [June 2023][hightech_output.end]"),
    ],
)  # fmt: skip
def test_refresh_writes_the_number_in_the_author_s_style(stale: str, fresh: str, f: Dataset) -> None:
    assert body(stale, f) == fresh
    assert messages(fresh, f) == []
    assert links.refresh(links.refresh(stale, f), f) == links.refresh(stale, f)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[6,520][contracts_count]", "should be '6,521' (contracts_count)"),
        ("[CNY 24.9 million][contracts_turnover]", "should be 'CNY 24,930.0 million' (contracts_turnover)"),
        ("[6,521][contracts_total]", "links to 'contracts_total', which is no fact"),
        ("[24.93 billion][contracts_turnover]", "should name the unit (CNY or yuan or 元)"),
        ("[56.11][contracts_turnover_growth]", "should name the unit (% or per cent or percent)"),
        ("[CNY 700 million][financing]", "is a bound: say 'more than' in or before the link"),
        ("[CNY 200,000][reward_cap]", "is a bound: say 'at most' in or before the link"),
        ("[60 MW][caes_power]", "is a bound: say 'class' in or before the link"),
        ("[some][contracts_count]", "should hold one number, has 0"),
        ("[6,521 of 6,521][contracts_count]", "should hold one number, has 2"),
        ("[6,521][contracts_count.low] [6][financing.high]", "asks for an end of 'financing', which has none"),
        ("on [18 March 2023][hunnan_projects.start]", "should be '17 March 2023' (hunnan_projects)"),
        ("no more than [CNY 700 million][financing]", "is a bound: say 'more than' in or before the link"),
        ("moreover, [CNY 700 million][financing]", "is a bound: say 'more than' in or before the link"),
        (
            "[CNY 24.93 billion][contracts_turnover]. More than enough. So [CNY 700 million][financing]",
            "is a bound: say 'more than' in or before the link",
        ),
        ("more than [6,521][contracts_count]", "is no bound: the words before it say it is one"),
        ("more than [CNY 1 billion][financing]", "should be 'CNY 0 billion' (financing)"),
        ("at most [CNY 0 million][reward_cap]", "should be 'CNY 1 million' (reward_cap)"),
        (
            "[CNY 16.0 billion][contracts_turnover_earlier.low]",
            "should be 'CNY 15.9 billion' (contracts_turnover_earlier)",
        ),
        (
            "[CNY 24.93bn][contracts_turnover]",
            "has a scale that is not known: write thousand, million, billion, 万 or 亿",
        ),
        (
            "more than [two hundred][compute_customers]",
            "has a scale that is not known: write thousand, million, billion, 万 or 亿",
        ),
        ("[-6,521][contracts_count]", "should be '6,521' (contracts_count)"),
        ("[6,521%][contracts_count]", "names a unit that is not that of 'contracts_count' (contracts)"),
        ("[CNY 6,521][contracts_count]", "names a unit that is not that of 'contracts_count' (contracts)"),
        ("[CNY 15.96950868 billion][contracts_turnover_earlier]", "is more precise than the data"),
        ("[1 May 1999][contracts_average.start]", "asks for the start of 'contracts_average', which has none"),
        ("on [2023-03-17][hunnan_projects.start]", "should be a date like 17 March 2023, March 2023 or 2023"),
        ("三家企业", "is a numeral without a link to its evidence"),
        ("dozens of firms, sixty", "is a numeral without a link to its evidence"),
        ("[a](1,234 firms)", "is a numeral without a link to its evidence"),
        ("registered 6,521 contracts", "is a numeral without a link to its evidence"),
        ("nine laboratories", "is a numeral without a link to its evidence"),
        ("a hundred numbers", "is a numeral without a link to its evidence"),
    ],
)
def test_what_does_not_agree_is_named(text: str, message: str, f: Dataset) -> None:
    assert message in [p.message for p in links.check(text, f)]


@pytest.mark.parametrize(
    "text",
    [
        "In 2023 and 2022, one of the two.",
        "Shenyang Daily, 29 August 2023",
        "the 325 model, “325沈阳模式”",
        "see 01_platforms and `data/x1.csv`",
        "[a page](https://example.org/2019/123)",
        "```\n12345\n```",
        "More than [CNY 700 million][financing]",
        "1. first\n2. second",
        "~~~\n12345\n~~~",
        "someone, network, often",  # words that hold the letters of numbers
    ],
)
def test_what_may_stand_free_is_left_alone(text: str, f: Dataset) -> None:
    assert [p for p in links.check(text, f) if "definitions" not in p.text] == []


@pytest.mark.parametrize(
    "text",
    [
        "See [city] here.\n\n[city]: https://example.org",
        '```\n[contracts_count]: evidence/technology_transfer.md#contracts_count "x"\n```',
        "[CNY 24.93bn][contracts_unknown]",
        "`[1][contracts_count]`",
    ],
)
def test_refresh_touches_nothing_but_its_own(text: str, f: Dataset) -> None:
    assert links.refresh(text, f) == text


def test_code_in_a_link_s_text_is_kept(f: Dataset) -> None:
    assert body("[`row` 1][contracts_count]", f) == "[`row` 6,521][contracts_count]"


def test_definitions_are_kept_in_step(f: Dataset) -> None:
    text = links.refresh("[6,521][contracts_count] and [CNY 15.97 billion][contracts_turnover_earlier]", f)
    assert text.endswith(
        '[contracts_count]: evidence/technology_transfer.md#contracts_count "全市登记技术合同6521项 · 6,521 technology contracts registered in the whole city"\n'
        "[contracts_turnover_earlier]: evidence/derived.md#contracts_turnover_earlier "
        '"contracts_turnover / (1 + contracts_turnover_growth); if: The growth rate belongs to this figure, '
        'and the earlier figure counts the same thing over the same months."'
    )
    stale = text.replace("全市登记", "全省登记")
    assert messages(stale, f) == ["are not those of the data; refresh the prose"]
    assert links.refresh(stale, f) == text


def test_other_links_and_definitions_are_left_alone(f: Dataset) -> None:
    text = "See [the city][City] and [a page](page.md).\n\n[City]: https://example.org"
    assert links.refresh(text, f) == text
    assert links.check(text, f) == []


def test_a_changed_value_is_named_with_its_sentence(whole: Path, edit: Callable) -> None:
    """An analyst changes a derived formula; the summary's sentence is found, with the cell, and refreshed."""
    edit(
        "data/derived.csv",
        "CNY,contracts_turnover / (1 + contracts_turnover_growth)",
        "CNY,contracts_turnover * (1 - contracts_turnover_growth)",
    )
    changed = load(whole)
    path = whole / "notebooks/00_summary.ipynb"
    problems = notebooks.check_notebook("00_summary", changed).problems
    assert ("headline-question", "should be 'CNY 10.94 billion' (contracts_turnover_earlier)") in [
        (p.cell, p.message) for p in problems
    ]
    nbformat.write(notebooks.refresh_notebook(nbformat.read(path, 4), changed), path)
    assert notebooks.check_notebook("00_summary", changed).problems == []


def test_the_closing_cell_prints_what_no_longer_holds(
    whole: Path, edit: Callable, capsys: pytest.CaptureFixture
) -> None:
    edit(
        "data/derived.csv",
        "CNY,contracts_turnover / (1 + contracts_turnover_growth)",
        "CNY,contracts_turnover * (1 - contracts_turnover_growth)",
    )
    closing.report("00_summary", load(whole))
    out = capsys.readouterr().out
    assert "places in the prose no longer hold" in out
    assert "cell headline-question: 'CNY 15.97 billion' should be 'CNY 10.94 billion'" in out


def test_a_figure_s_words_say_that_a_bound_is_one(f: Dataset, copy: Path, edit: Callable) -> None:
    assert list(prose_tables.bare_bounds(f)) == []
    edit(
        "data/figures.csv",
        "Two totals had {says_only_ceiling}",
        "Of {financing:n} two totals had {says_only_ceiling}",
    )
    [found] = prose_tables.bare_bounds(load(copy))
    assert found.endswith("column title_en: {financing:n} is a bound and not said to be one")


def test_words_of_figures_are_filled_in_their_language(f: Dataset) -> None:
    assert f.fill("{contracts_turnover}, {contracts_turnover:n}") == "CNY 24.93 billion, 24.93"
    assert f.fill("{contracts_turnover}，{contracts_turnover:n}", "zh") == "249.3亿元，249.3"
    assert f.fill("{firms_total:n} {firms_target:n}", "zh") == "19938 20000"
