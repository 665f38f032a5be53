"""Reading, arithmetic and printing of numbers; intervals against brute force."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import ROOT
from tieout.data.dataset import Dataset
from tieout.data.load import load
from tieout.numbers import formula, read_zh, wording
from tieout.numbers import quantity as qty
from tieout.numbers.quantity import INF, Quantity, QuantityError
from tieout.numbers.units import Units

UNITS: Units = load(ROOT).units


def q(value: str, unit: str, relation: str = "=", rounding: str = "0", id: str = "x") -> Quantity:
    return qty.make(UNITS, id, Fraction(value), unit, relation, Fraction(rounding))


# --- reading


@pytest.mark.parametrize(
    ("printed", "value", "step", "relation", "suffix"),
    [
        ("15个", 15, 1, "=", "个"),
        ("249.3亿元", 24_930_000_000, 10_000_000, "=", "元"),
        ("1029.62亿元", 102_962_000_000, 1_000_000, "=", "元"),
        ("56.11%", Fraction("56.11"), Fraction("0.01"), "=", "%"),
        ("超7亿元", 700_000_000, 100_000_000, ">", "元"),
        ("超过1000万元", 10_000_000, 10_000, ">", "元"),
        ("突破亿元", 100_000_000, 100_000_000, ">", "元"),
        ("200余家", 200, 1, ">", "家"),
        ("28纳米及以上", 28, 1, ">=", "纳米"),
        ("最高500万元", 5_000_000, 10_000, "<=", "元"),
        ("每家最高20万元", 200_000, 10_000, "<=", "元"),
        ("500强", 500, 1, "<=", "强"),
        ("60兆瓦级", 60, 1, "~", "兆瓦"),
        ("11万等级", 110_000, 10_000, "~", "等级"),
        ("年产150万吨", 1_500_000, 10_000, "=", "吨"),
        ("第三代", 3, 1, "=", "代"),
        ("第一", 1, 1, "=", ""),
        ("首台套", 1, 1, "=", "台套"),
        ("一等奖", 1, 1, "=", "等奖"),
        ("百年", 100, 1, "=", "年"),
        ("36 Spin处理单元", 36, 1, "=", "Spin处理单元"),
    ],
)  # fmt: skip
def test_printed_numbers_are_read(printed: str, value: int, step: int, relation: str, suffix: str) -> None:
    assert read_zh.read_printed(printed) == read_zh.Printed(Fraction(value), Fraction(step), relation, suffix)


@pytest.mark.parametrize("printed", ["", "家", "大部分", "%"])
def test_what_holds_no_number_is_refused(printed: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        read_zh.read_printed(printed)


@pytest.mark.parametrize(
    ("text", "n"), [("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("三百二十五", 325), ("两", 2)]
)
def test_chinese_numerals_are_read(text: str, n: int) -> None:
    assert read_zh.han_number(text) == n


# --- arithmetic


def test_rounding_gives_a_closed_interval() -> None:
    turnover = q("24930000000", "CNY", rounding="10000000")
    assert (turnover.low, turnover.high) == (24_925_000_000, 24_935_000_000)
    assert not (turnover.low_open or turnover.high_open)


def test_units_multiply_divide_and_cancel() -> None:
    money, contracts = q("100", "CNY"), q("8", "contract")
    assert (money / contracts).to("CNY/contract").value == Fraction(25, 2)
    assert (q("200000", "CNY/enterprise") * q("58", "enterprise")).to("CNY").value == 11_600_000
    assert (q("10", "platform") / q("40", "platform")).to("percent").value == 25


def test_percent_is_a_ratio() -> None:
    one = qty.make(UNITS, "", Fraction(1), "ratio")
    assert (one + q("50", "percent")).to("ratio").value == Fraction(3, 2)
    assert (q("20", "percent") - q("5", "percent")).to("percentage_point").value == 15


@pytest.mark.parametrize("op", [operator.add, operator.sub])
def test_unlike_things_do_not_add(op: Callable) -> None:
    with pytest.raises(QuantityError, match=r"(?s)(firms.*deals|deals.*firms)"):
        op(q("1", "enterprise", id="firms"), q("1", "contract", id="deals"))


def test_a_quotient_is_not_taken_for_something_else() -> None:
    with pytest.raises(QuantityError, match="money with deals"):
        (q("1", "CNY", id="money") / q("1", "contract", id="deals")).to("CNY")


@pytest.mark.parametrize(("value", "rounding"), [("0", "0"), ("0", "1"), ("1", "2")])
def test_division_by_zero_is_refused(value: str, rounding: str) -> None:
    with pytest.raises(QuantityError, match=r"divide a by b: its interval holds zero"):
        q("1", "CNY", id="a") / q(value, "contract", rounding=rounding, id="b")


@pytest.mark.parametrize("unit", ["rank", "ordinal", "grade", "class"])
def test_ranks_take_no_part_in_arithmetic(unit: str) -> None:
    with pytest.raises(QuantityError, match="not a measurement"):
        q("1", unit) * q("2", "contract")


def test_a_class_takes_no_part_in_arithmetic() -> None:
    with pytest.raises(QuantityError, match="not a measurement"):
        q("60", "MW", "~") + q("1", "MW")


@pytest.mark.parametrize(
    ("left", "op", "right", "relation", "value"),
    [
        (">", operator.truediv, "=", ">", 5),
        (">=", operator.truediv, "=", ">=", 5),
        ("=", operator.truediv, ">", "<", 5),
        ("=", operator.truediv, ">=", "<=", 5),
        ("<=", operator.mul, "=", "<=", 20),
        ("<=", operator.truediv, ">", "<", 5),
        ("<=", operator.truediv, ">=", "<=", 5),
        (">", operator.mul, ">=", ">", 20),
        (">=", operator.add, ">=", ">=", 12),
        (">", operator.add, ">=", ">", 12),
        ("=", operator.sub, ">", "<", 8),
        ("=", operator.sub, "<=", ">=", 8),
    ],
)
def test_bounds_stay_bounds(left: str, op: Callable, right: str, relation: str, value: int) -> None:
    ratio = op in (operator.truediv, operator.mul)
    result = op(q("10", "CNY", left, id="a"), q("2", "contract" if ratio else "CNY", right, id="b"))
    assert (result.relation, result.value) == (relation, value)


def test_a_bound_stays_one_through_a_sum() -> None:
    """Less than 35, minus 1, is less than 34 and not a number between -1 and 34."""
    share = q("35", "CNY", id="a") / q("1", "CNY", ">", id="b")
    less = share - qty.make(UNITS, "", Fraction(1), "ratio")
    assert (less.relation, less.value) == ("<", 34)


def test_a_plain_number_leaves_the_unit_alone() -> None:
    two = qty.make(UNITS, "", Fraction(2), "ratio")
    assert (q("5", "enterprise") * two + q("1", "enterprise")).to("enterprise").value == 11
    assert (two * q("50", "percent") * q("3", "enterprise")).to("enterprise").value == 3


def test_a_rank_has_no_negative() -> None:
    with pytest.raises(QuantityError, match="cannot negate"):
        -q("1", "rank")


@pytest.mark.parametrize(
    ("value", "rounding", "shown"),
    [("20000", "2", "19,999 to 20,001 firms"), ("62.4", "2", "62 to 63 firms"), ("4729", "1", "4,729 firms only"), ("1", "1", "1 firm only"), ("19.5", "0.4", "19.30 to 19.70 firms: no whole number"), ("19.5", "0", "no whole number")],
)  # fmt: skip
def test_of_a_count_only_whole_numbers_are_possible(value: str, rounding: str, shown: str) -> None:
    assert wording.interval(q(value, "enterprise", rounding=rounding), UNITS["enterprise"]) == shown


def test_a_bound_is_printed_outwards() -> None:
    less, more = q("1.4713", "PFLOPS", "<"), q("843373.49", "CNY", ">")
    assert wording.english(less, UNITS["PFLOPS"]) == "less than 1.48 PFLOPS"
    assert wording.english(more, UNITS["CNY"]) == "more than CNY 843,373"


@pytest.mark.parametrize("printed", ["二〇二三年", "三千家", "1,234家", "20多家"])
def test_what_would_be_misread_is_refused(printed: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        read_zh.read_printed(printed)


RELATIONS = st.sampled_from(["=", ">", ">=", "<", "<="])
SIGNED = st.integers(-50, 50)


def inside(value: int, relation: str) -> list[Fraction]:
    """Values that a quantity of this value, rounded to whole numbers, or this bound allows."""
    steps = {
        "=": [-0.5, -0.25, 0, 0.5],
        ">": [0.01, 1, 1000],
        ">=": [0, 1, 1000],
        "<": [-0.01, -1, -1000],
        "<=": [0, -1, -1000],
    }
    return [value + Fraction(step).limit_denominator(100) for step in steps[relation]]


@given(
    SIGNED, RELATIONS, SIGNED, RELATIONS, st.sampled_from([operator.add, operator.sub, operator.mul, operator.truediv])
)
def test_no_operation_on_bounds_excludes_what_is_possible(a: int, ra: str, b: int, rb: str, op: Callable) -> None:
    same = op in (operator.add, operator.sub)
    x = q(str(a), "CNY", ra, rounding="1" if ra == "=" else "0", id="a")
    y = q(str(b), "CNY" if same else "contract", rb, rounding="1" if rb == "=" else "0", id="b")
    try:
        result = op(x, y)
    except QuantityError:
        return  # refused: nothing is claimed
    for u, v in itertools.product(inside(a, ra), inside(b, rb)):
        truth = op(u, v)
        assert result.low <= truth <= result.high
        assert not (truth == result.low and result.low_open) and not (truth == result.high and result.high_open)


def test_two_bounds_that_leave_nothing_are_refused() -> None:
    with pytest.raises(QuantityError, match="nothing is left to say of a and b"):
        q("10", "CNY", ">", id="a") - q("2", "CNY", ">", id="b")


def test_evidence_is_carried_along() -> None:
    assert (q("1", "CNY", id="a") / q("2", "contract", id="b") * q("3", "contract", id="c")).ids == ("a", "b", "c")


@pytest.mark.parametrize(
    ("low", "high", "relation", "verdict"),
    [
        (0, 0, "=", "holds"), (-1, 1, "=", "fits"), (1, 2, "=", "fails"), (0, 1, "=", "fits"),
        (-2, 0, "<=", "holds"), (-1, 1, "<=", "fits"), (1, 2, "<=", "fails"),
        (-2, -1, "<", "holds"), (-2, 0, "<", "fits"), (0, 1, "<", "fails"),
        (0, 2, ">=", "holds"), (-1, 1, ">=", "fits"), (-2, -1, ">=", "fails"), (1, 2, ">", "holds"), (-1, 0, ">", "fails"),
    ],
)  # fmt: skip
def test_verdicts(low: int, high: int, relation: str, verdict: str) -> None:
    left = Quantity(Fraction(low), Fraction(low), Fraction(high), UNITS.parse("CNY"), UNITS)
    assert formula.verdict(left, relation, q("0", "CNY")) == verdict


def spread(low: int, high: int, low_open: bool = False, high_open: bool = False) -> Quantity:
    return Quantity(Fraction(low), Fraction(low), Fraction(high), UNITS.parse("CNY"), UNITS, low_open, high_open)


@pytest.mark.parametrize(
    ("left", "relation", "verdict"),
    [
        (spread(-1, 0, high_open=True), "<", "holds"), (spread(-1, 0, high_open=True), "=", "fails"), (spread(-1, 0, high_open=True), ">=", "fails"),
        (spread(0, 1, low_open=True), ">", "holds"), (spread(0, 1, low_open=True), "=", "fails"), (spread(0, 1, low_open=True), "<=", "fails"),
    ],
)  # fmt: skip
def test_verdicts_at_an_excluded_end(left: Quantity, relation: str, verdict: str) -> None:
    assert formula.verdict(left, relation, q("0", "CNY")) == verdict


def test_an_end_that_is_reached_by_one_corner_is_included() -> None:
    """-1 to 1 times -1 to below 1: both 1 and -1 are attained, by -1 times -1 and 1 times -1."""
    product = spread(-1, 1) * spread(-1, 1, high_open=True)
    assert (product.low, product.low_open, product.high, product.high_open) == (-1, False, 1, False)


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (("110", "=", "10"), ("100", ">", "0"), "holds"), (("110", "=", "20"), ("100", ">", "0"), "fits"), (("110", "=", "20"), ("100", ">=", "0"), "holds"),
        (("100", "=", "10"), ("100", ">", "0"), "fits"), (("90", "=", "10"), ("100", ">", "0"), "fails"), (("200", ">", "0"), ("100", ">", "0"), "holds"),
        (("100", ">", "0"), ("200", ">", "0"), "fits"), (("5", "<=", "0"), ("7", "<", "0"), "holds"), (("7", "<=", "0"), ("7", "<", "0"), "fits"),
    ],
)  # fmt: skip
def test_verdicts_of_being_inside(left: tuple, right: tuple, verdict: str) -> None:
    a, b = (q(value, "CNY", relation, rounding) for value, relation, rounding in (left, right))
    assert formula.verdict(a, "in", b) == verdict


@pytest.mark.parametrize("relation", ["=", "in"])
def test_unlike_things_are_not_compared(relation: str) -> None:
    with pytest.raises(QuantityError, match=r"(b .* from a|a .* b)"):
        formula.verdict(q("1", "CNY", id="a"), relation, q("1", "contract", id="b"))


# --- intervals against brute force

DIGITS = st.integers(1, 10**6).flatmap(lambda n: st.integers(0, 3).map(lambda d: (n, d)))


def printed_quantity(n: int, decimals: int, unit: str, id: str) -> Quantity:
    return q(str(Fraction(n, 10**decimals)), unit, rounding=str(Fraction(1, 10**decimals)), id=id)


def candidates(n: int, decimals: int) -> list[Fraction]:
    """Values that print as these digits: the ends of the interval and a grid between them."""
    return [Fraction(2 * n * 10 + k, 2 * 10 * 10**decimals) for k in range(-10, 11)]


@given(DIGITS, DIGITS, st.sampled_from([operator.add, operator.sub, operator.mul, operator.truediv]))
def test_the_interval_of_an_operation_is_that_of_brute_force(a: tuple, b: tuple, op: Callable) -> None:
    same = op in (operator.add, operator.sub)
    x, y = printed_quantity(*a, "CNY", "a"), printed_quantity(*b, "CNY" if same else "contract", "b")
    result = op(x, y)
    truth = [op(u, v) for u, v in itertools.product(candidates(*a), candidates(*b))]
    assert (result.low, result.high) == (min(truth), max(truth))
    assert result.low <= result.point <= result.high


def derived_cases() -> list[str]:
    return [fact.id for fact in load(ROOT).of_kind("derived")]


def plain(expression: str, values: dict[str, Fraction]) -> Fraction:
    """An evaluation that shares nothing with the package: Python's own, over fractions."""
    integers = __import__("re").sub(r"(?<![\w.])(\d+)", r"Fraction(\1)", expression)
    return eval(integers, {"__builtins__": {}, "Fraction": Fraction}, values)


@pytest.mark.parametrize("id", derived_cases())
def test_the_interval_of_each_formula_is_that_of_brute_force(id: str) -> None:
    f: Dataset = load(ROOT)
    fact = f[id]
    grids = {}
    for name in fact.uses:
        claim = f[name].quantity
        scale = Fraction(1, 100) if f[name].unit.id in ("percent", "percentage_point") else Fraction(1)
        row = f[name].row
        value, step = Fraction(row.get("value", claim.value)), Fraction(row.get("rounding", 0))
        relation = row.get("relation", "=")
        if relation == "=":
            # The ends and what lies between; fewer where many are combined.
            grid = [value + step * Fraction(k, 20) for k in range(-10, 11, 1 if len(fact.uses) < 3 else 4)]
            grid = [*grid, value + step / 2] if step else [value]
        else:  # a bound: the bound itself, and far beyond it
            grid = [
                value * k for k in ((1, 2, 10**9) if relation[0] == ">" else (1, Fraction(1, 2), Fraction(1, 10**9)))
            ]
        grids[name] = [v * scale for v in grid]
    scale = Fraction(1, 100) if fact.unit.id in ("percent", "percentage_point") else Fraction(1)
    truth = [
        plain(fact.row["formula"], dict(zip(grids, v, strict=True))) / scale for v in itertools.product(*grids.values())
    ]
    low, high = fact.quantity.low, fact.quantity.high
    assert all(low <= t <= high for t in truth)
    # Not only wide enough: the ends are reached, where there are ends.
    if fact.quantity.relation == "=":
        assert (min(truth), max(truth)) == (low, high)
    elif high == INF:
        assert min(truth) == low
    else:
        assert max(truth) == high


# --- printing


@pytest.mark.parametrize(
    ("quantity", "english", "chinese", "interval"),
    [
        (("24930000000", "CNY", "=", "10000000"), "CNY 24.93 billion", "249.3亿元", "CNY 24.925 to 24.935 billion"),
        (("700000000", "CNY", ">", "100000000"), "more than CNY 700 million", "超过7亿元", ""),
        (("200000", "CNY/enterprise", "<=", "10000"), "at most CNY 200,000 per firm", "最高20万元/家", ""),
        (("3.823", "CNY", "=", "0.0017"), "CNY 3.823", "3.823元", "CNY 3.8221 to 3.8239"),
        (("56.11", "percent", "=", "0.01"), "56.11%", "56.11%", "56.105 to 56.115%"),
        (("1", "enterprise", "=", "0"), "1 firm", "1家企业", ""),
        (("6521", "contract", "=", "0"), "6,521 contracts", "6521项合同", ""),
        (("1", "rank", "=", "0"), "1st place", "第1位", ""),
        (("500", "rank", "<=", "0"), "top 500", "前500位", ""),
        (("60", "MW", "~", "1"), "60 MW class", "60兆瓦级", ""),
        (("28", "nm", ">=", "1"), "at least 28 nm", "至少28纳米", ""),
    ],
)  # fmt: skip
def test_printing(quantity: tuple, english: str, chinese: str, interval: str) -> None:
    value, unit, relation, rounding = quantity
    x = q(value, unit, relation, rounding)
    assert wording.english(x, UNITS[unit]) == english
    assert wording.chinese(x, UNITS[unit]) == chinese
    assert wording.interval(x, UNITS[unit]) == interval


@given(st.fractions(min_value=0, max_value=10**12), st.integers(0, 6))
def test_digits_round_to_the_nearest_and_outwards_when_asked(x: Fraction, decimals: int) -> None:
    step = Fraction(1, 10**decimals)
    shown = {to: Fraction(wording.digits(x, decimals, to).replace(",", "")) for to in (None, math.floor, math.ceil)}
    assert abs(shown[None] - x) <= step / 2
    assert x - step < shown[math.floor] <= x <= shown[math.ceil] < x + step


@given(DIGITS)
def test_a_printed_interval_holds_the_interval(a: tuple) -> None:
    x = printed_quantity(*a, "percent", "a")
    low, high = (Fraction(t.replace(",", "").rstrip("%")) for t in wording.interval(x, UNITS["percent"]).split(" to "))
    assert low <= x.low <= x.high <= high
