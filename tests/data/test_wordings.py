"""Words that numbers may turn false: conditions, judged on intervals, and what is said when they no longer hold."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from support import MINI
from tieout import cli
from tieout.data.dataset import Dataset
from tieout.data.load import load
from tieout.data.verdicts import VERDICTS
from tieout.data.wordings import Range, State, Wording, judged
from tieout.errors import DataError
from tieout.numbers.quantity import Quantity
from tieout.prose import links, wordings


@pytest.fixture(scope="module")
def small() -> Dataset:
    return load(MINI)


def say(facts: Dataset, low: str = "", formula: str = "", high: str = "", states: str = "") -> Wording:
    """One wording with these conditions."""
    cells = {"low": low, "formula": formula, "high": high, "states": states}
    row = {"id": "says_so", "words_en": "so", "words_zh": "如此", "note": ""} | cells
    found = judged(facts.units, [row], facts.by_id, facts.checks + facts.crosschecks, facts.headlines, facts.by_id, {})
    return found["says_so"]


@pytest.mark.parametrize(
    ("low", "formula", "high", "verdict"),
    [
        ("0.2", "libraries_new / libraries", "0.3", "holds"),
        ("0.25", "libraries_new / libraries", "0.3", "fails"),  # strictly between
        ("0.2", "libraries_new / libraries", "", "holds"),
        ("", "libraries_new / libraries", "0.2", "fails"),
        ("24 percent", "libraries_new / libraries", "26 percent", "holds"),
        ("10 library", "libraries_new; libraries", "", "holds"),
        ("20 library", "libraries_new; libraries", "", "fails"),  # each of them
        ("", "libraries_new", "libraries; libraries_earlier", "holds"),
        ("", "libraries_new", "libraries; libraries_new", "fails"),  # below each of them
        ("27888 book", "books_earlier", "28113 book", "holds"),
        ("28000 book", "books_earlier", "28113 book", "fits"),  # the interval is 27,888.4 to 28,112.4
        ("28113 book", "books_earlier", "", "fails"),
        ("199 person", "volunteers", "", "holds"),  # more than 200
        ("200 person", "volunteers", "", "holds"),
        ("201 person", "volunteers", "", "fits"),
        ("12 library", "libraries_new", "12 library", "holds"),
        ("libraries_new", "libraries", "libraries_new", "fails"),
        ("28000 book", "books_earlier", "28000 book", "fails"),  # inexact: not given as just that
        ("books_earlier", "books_earlier", "books_earlier", "holds"),
    ],
)
def test_a_range_holds_for_every_value_in_the_interval(
    low: str, formula: str, high: str, verdict: str, small: Dataset
) -> None:
    says = say(small, low, formula, high)
    found = [c.verdict for c in says.conditions]
    worst = next((v for v in ("fails", "fits") if v in found), "holds")
    assert (worst, says.holds) == (verdict, verdict == "holds")


@pytest.mark.parametrize(
    ("states", "holds"),
    [
        ("check_added holds", True),
        ("check_added fails", False),
        ("check_added holds/fits", True),
        ("check_* holds", True),
        ("volunteers >", True),
        ("volunteers =", False),
        ("libraries_earlier conditional; books_per_library robust", True),
        ("libraries_earlier conditional; books_per_library conditional", False),
    ],
)
def test_a_state_is_what_a_check_or_a_fact_is_known_as(states: str, holds: bool, small: Dataset) -> None:
    assert say(small, states=states).holds == holds


def test_a_headline_is_known_by_its_verdict_and_as_independent(f: Dataset) -> None:
    independent = next(h for h in f.headlines.values() if h.independent)
    assert say(f, states=f"{independent.id} {independent.verdict}; {independent.id} independent").holds
    other = next(h for h in f.headlines.values() if not h.independent)
    assert say(f, states=f"{other.id} {other.verdict}").holds
    assert not say(f, states=f"{other.id} independent").holds


@pytest.mark.parametrize(
    ("low", "formula", "high", "states", "message"),
    [
        ("0.2", "librairies / libraries", "", "", "column low|column formula: the formula .* names 'librairies'"),
        ("0.2 parsec", "libraries", "", "", "column low: the unit 'parsec' has no row"),
        ("0.2", "libraries", "", "", "cannot subtract"),
        ("", "libraries / books", "1", "", "column formula: the unit 'library/book' has no row"),
        ("0.2", "", "", "", "it has a formula with a low end"),
        ("", "libraries", "", "", "it has a formula with a low end"),
        ("", "", "", "", "it has a formula with a low end"),
        ("", "", "", "check_adding holds", "column states: 'check_adding holds' is not an id"),
        ("", "", "", "check_added", "column states: 'check_added' is not an id"),
        ("1 rank", "readers_rank", "3 rank", "", "is a rank, class or grade"),
        ("__import__('os')", "libraries", "", "", "column low: the formula .* holds a call"),
    ],
)
def test_a_condition_that_cannot_be_read_is_named(
    low: str, formula: str, high: str, states: str, message: str, small: Dataset
) -> None:
    with pytest.raises(DataError, match=f"data/wordings.csv, row 2, .*({message})"):
        say(small, low, formula, high, states)


def test_the_id_of_a_wording_says_that_it_is_one(small: Dataset) -> None:
    row = {
        "id": "so",
        "words_en": "so",
        "words_zh": "",
        "low": "",
        "formula": "",
        "high": "",
        "states": "x",
        "note": "",
    }
    with pytest.raises(DataError, match="row 2, column id: 'so' does not start with says_"):
        judged(small.units, [row], small.by_id, (), {}, {}, {})


def test_what_cannot_be_computed_does_not_hold(small: Dataset) -> None:
    says = say(small, "0", "libraries / (libraries_new - libraries_new)", "")
    assert not says.holds and "not to be computed" in wordings.untrue(small, says)


def moved(q: Quantity, k: Fraction) -> Quantity:
    """``q`` times ``k``, or that beside it if it is nothing."""
    by = q.point * (k - 1) if q.point else k
    return replace(q, point=q.point + by, low=q.low + by, high=q.high + by)


def test_every_wording_can_turn_false(f: Dataset) -> None:
    """For each there is another number with which it does not hold; else it would say nothing of numbers."""
    for says in f.wordings.values():
        ranges = [c for c in says.conditions if isinstance(c, Range)]
        if not ranges:
            wanted = [set(c.wanted) for c in says.conditions if isinstance(c, State)]
            assert wanted and not any({"holds", "fits", "fails"} <= w or set(VERDICTS) <= w for w in wanted), says.id
            continue
        others = (
            f.by_id | {id: replace(f[id], quantity=moved(f[id].quantity, Fraction(k)))}
            for id in says.uses
            if id in f
            for k in (-5, 0, Fraction(1, 2), 2, 20)
        )
        rows = [says.row | {"states": ""}]
        assert any(not judged(f.units, rows, facts, (), {}, {}, {})[says.id].holds for facts in others), says.id


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a quarter][says_quarter]", ""),
        ("[A quarter][says_quarter]", ""),
        ("[a third][says_quarter]", "should be 'a quarter' (says_quarter)"),
        ("# [A quarter][says_quarter]", "stands in a heading: JupyterLab's table of contents would show its brackets"),
        ("[a quarter][says_quartr]", "links to 'says_quartr', which is no row of wordings.csv"),
    ],
)
def test_words_in_prose_are_those_of_their_row(text: str, message: str, small: Dataset) -> None:
    found = [p.message for p in links.check(links.refresh(text, small), small)]
    assert found == ([message] if message else [])


def test_a_refresh_writes_the_condition_and_leaves_the_words(small: Dataset) -> None:
    text = links.refresh("[a third][says_quarter] and [more][says_helped]", small)
    assert text.startswith("[a third][says_quarter] and [more][says_helped]\n\n")
    assert text.splitlines()[2:] == [
        '[says_quarter]: evidence/wordings.md#says_quarter "Words that hold while libraries_new / libraries (0.25) lies between 0.2 and 0.3"',
        '[says_helped]: evidence/wordings.md#says_helped "Words that hold while libraries (48 libraries) is below 200 libraries; volunteers is given as “more than”"',
    ]


def test_words_that_no_longer_hold_are_named_where_they_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In prose and in the title of a figure."""
    mini = shutil.copytree(MINI, tmp_path / "mini")
    path = mini / "data/wordings.csv"
    path.write_text(path.read_text("utf-8").replace("0.2,libraries_new", "0.28,libraries_new"), "utf-8")
    assert cli.main(["--root", str(mini), "check"]) == 1
    out, said = capsys.readouterr().out, "libraries_new / libraries (0.25) lies between 0.28 and 0.3"
    assert f"00_reading.ipynb, cell title: 'a quarter' no longer holds: it says that {said}" in out
    assert re.search(
        rf"figures.csv, row 2, column title_en: 'a quarter' no longer holds: it says that {re.escape(said)}", out
    )


def test_supposing_judges_only_what_may_have_changed_and_all_of_that(f: Dataset) -> None:
    """A wording that stays is the same object; all come out as if each had been judged anew."""
    claim = f["eaglets_new"].quantity
    after = f.suppose({"eaglets_new": moved(claim, Fraction(3))})
    same = [id for id, says in after.wordings.items() if says is f.wordings[id]]
    assert len(same) > len(f.wordings) / 2
    anew = judged(f.units, f.tables["wordings"], after.by_id, after.checks + after.crosschecks, after.headlines, {}, {})
    assert {id: w.holds for id, w in anew.items()} == {id: w.holds for id, w in after.wordings.items()}
    assert not after.wordings["says_tiers_tenth"].holds
