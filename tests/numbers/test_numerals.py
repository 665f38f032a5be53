"""What beside a number changes what it says: a row that leaves it out is refused, one that takes it along is not."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import ROOT
from tieout.data import records
from tieout.data.claims import account, claim
from tieout.data.fact import Fact
from tieout.data.load import load
from tieout.errors import DataError
from tieout.numbers import numerals
from tieout.numbers.numerals import KINDS, WORDS, Span, Word
from tieout.numbers.units import Units
from tieout.text.article import Article

UNITS: Units = load(ROOT).units
WAIT = "No claim can hold it yet: dismiss the whole of it in data/not_data.csv"


def words(text: str) -> list[str]:
    return text.split()


def load(text: str, printed: str, unit: str = "enterprise", **cells: str) -> tuple[Fact, list[DataError]]:
    """The claim that ``printed`` makes in ``text``, and what disagrees in it; a whole number of ``unit`` unless told."""
    row = dict.fromkeys(
        ("id", "label_en", "label_zh", "repeat_quote", "period_start", "period_end", "period_basis"), ""
    )
    row |= {"id": "x", "measure": "level", "relation": "=", "value": "500", "unit": unit, "rounding": "0"}
    row |= {"as_printed": printed, "quote": text} | cells
    disagreements: list[DataError] = []
    return claim(Article(text), UNITS, "data/x.csv", 7, row, disagreements, "2023-08-29"), disagreements


def refused(text: str, printed: str, unit: str = "enterprise", **cells: str) -> DataError:
    with pytest.raises(DataError) as caught:
        load(text, printed, unit, **cells)
    assert str(caught.value).startswith("data/x.csv, row 7, column ")
    return caught.value


# --- every word, typed from a reader's list and not from the table ------------------------

AHEAD = words(
    """
    逾 超 超过 超出 突破 冲破 跌破 破 满 高于 低于 多于 少于 大于 小于 不低于 不少于 不高于 不多于 不大于 不小于 不超过 未超过 不超 未超
    不逾 不下 不下于 不止 不只 不满 未满 不足 不到 不及 未达 至少 至多 最少 最多 最低 最高 最小 最大 起码 上限 下限 > < ≥ ≤ ＞ ＜ ≧ ≦
    约 大约 约莫 近 将近 接近 近乎 几近 几乎 逼近 大概 大致 差不多 ≈ ~ ～ ± 正负 倒数 倒数第 前 第
    超过了 最高达 最高可达 最多可达 最高给予 最高奖励 至少有 上限为 约为 近有
    """
)
SCALE = words("上 过 数 几 好几 超 近 约 不足")
BEHIND = words("以上 及以上 以下 及以下 以内 之内 内 之上 之多 有余 出头 开外 多 余 左右 上下 不等 级 等级 半")
INSIDE = words("多 余 几 来 强")
FALLS = words(
    """
    下降 减少 降低 回落 缩减 负增长 下滑 下跌 下调 滑落 递减 锐减 骤减 骤降 缩短 缩小 收缩 压缩 压减 削减 裁减 萎缩
    降幅 降幅为 跌幅 跌幅为 减幅 减幅为 降 跌 减 低 少 缩 降了 跌了 减了 低了 少了 缩了 收窄
    下降了 降低了 下降约 下降达 降幅达 降幅达到
    """
)
MINUS = words("- − － ﹣ – 负 零下 为-")


@pytest.mark.parametrize("word", AHEAD)
def test_a_word_before_the_number_is_not_left_out(word: str) -> None:
    error = refused(f"全市{word}500家企业。", "500家")
    assert error.column == "as_printed" and f"'500家' leaves out '{word}'" in str(error)
    assert f"'{word}500家'" in str(error) and ("Write" in str(error) or WAIT in str(error))


@pytest.mark.parametrize("word", SCALE)
def test_a_word_before_a_scale_is_not_left_out(word: str) -> None:
    error = refused(f"全市有{word}百家企业。", "百家", value="100")
    assert error.column == "as_printed" and f"'百家' leaves out '{word}'" in str(error)
    assert f"'{word}百家'" in str(error)


@pytest.mark.parametrize("word", BEHIND)
def test_a_word_behind_the_unit_is_not_left_out(word: str) -> None:
    error = refused(f"全市500家{word},创历史新高。", "500家")
    assert error.column == "as_printed" and f"'500家' leaves out '{word}'" in str(error)
    assert f"'500家{word}'" in str(error)


@pytest.mark.parametrize("word", INSIDE)
def test_a_word_inside_is_not_left_out(word: str) -> None:
    """In 500多家 the unit is behind the word, so that only a unit without characters can leave it out."""
    error = refused(f"全市排名五百{word}位。", "五百", "rank")
    assert f"'五百' leaves out '{word}'" in str(error) and f"'五百{word}'" in str(error)


def test_behind_digits_a_word_is_itself_where_behind_a_unit_it_is_a_part_of_another() -> None:
    assert "'五百' leaves out '多'" in str(refused("全市排名五百多名。", "五百", "rank"))
    assert load("全市500家多名企业。", "500家")[1] == []


@pytest.mark.parametrize("word", FALLS)
@pytest.mark.parametrize("measure", ["growth", "level", "increment"])
def test_a_decline_is_no_rise(word: str, measure: str) -> None:
    error = refused(f"产值同比{word}4.6%。", "4.6%", "percent", value="4.6", rounding="0.1", measure=measure)
    # 约 is nearer, and the whole holds both.
    piece = "约" if word.endswith("约") else word
    assert error.column == "as_printed" and f"'4.6%' leaves out '{piece}': " in str(error)
    assert f"'{word}4.6%'. {WAIT}" in str(error)


@pytest.mark.parametrize("sign", MINUS)
def test_a_sign_is_not_left_out(sign: str) -> None:
    error = refused(f"增速{sign}4.6%。", "4.6%", "percent", value="4.6", rounding="0.1")
    assert f"'4.6%' leaves out '{sign.removeprefix('为')}': {KINDS['sign']}" in str(error)


# --- the shapes --------------------------------------------------------------------

REFUSED = [
    # half of a range
    ("审批时间压到25%—45%。", "25%", "percent", "—45%", "25%—45%"),
    ("审批时间压到25%—45%。", "45%", "percent", "25%—", "25%—45%"),
    ("新增15家—20家企业。", "15家", "enterprise", "—20家", "15家—20家"),
    ("新增15家-20家企业。", "20家", "enterprise", "15家-", "15家-20家"),
    ("新增15～20家企业。", "20家", "enterprise", "15～", "15～20家"),
    ("新增15~20家企业。", "20家", "enterprise", "15~", "15~20家"),
    ("新增15 – 20家企业。", "20家", "enterprise", "15 – ", "15 – 20家"),
    ("新增15——20家企业。", "20家", "enterprise", "15——", "15——20家"),
    ("新增15至20家企业。", "20家", "enterprise", "15至", "15至20家"),
    ("新增15家到20家企业。", "15家", "enterprise", "到20家", "15家到20家"),
    ("投资80亿到100亿元。", "100亿元", "CNY", "80亿到", "80亿到100亿元"),
    ("用时三至五年。", "五年", "year", "三至", "三至五年"),
    ("超15家至20家企业。", "超15家", "enterprise", "至20家", "超15家至20家"),
    # the tail, the head or the middle of a number
    ("企业3,806家。", "806家", "enterprise", "3,", "3,806家"),
    ("企业3，806家。", "806家", "enterprise", "3，", "3，806家"),
    ("企业1,203,806家。", "806家", "enterprise", "1,203,", "1,203,806家"),
    ("产值12,480.5亿元。", "480.5亿元", "CNY", "12,", "12,480.5亿元"),
    ("产值12,480.5亿元。", "5亿元", "CNY", "12,480.", "12,480.5亿元"),
    ("产值12．5亿元。", "5亿元", "CNY", "12．", "12．5亿元"),
    ("产值8.9 亿元。", "亿元", "CNY", "8.9 ", "8.9 亿元"),
    ("产值1200多亿元。", "亿元", "CNY", "1200多", "1200多亿元"),
    ("产值十几亿元。", "亿元", "CNY", "十几", "十几亿元"),
    ("企业3千五百家。", "五百家", "enterprise", "3千", "3千五百家"),
    ("占三分之二年。", "二年", "year", "三分之", "三分之二年"),
    ("占三点五年。", "五年", "year", "三点", "三点五年"),
    ("占百分之五家。", "五家", "enterprise", "百分之", "百分之五家"),
    ("每1/5家。", "5家", "enterprise", "1/", "1/5家"),
    ("比例为3:5家。", "5家", "enterprise", "3:", "3:5家"),
    ("实行6+1年。", "1年", "year", "6+", "6+1年"),
    ("用时3年半。", "3年", "year", "半", "3年半"),
    ("第15家企业。", "15家", "enterprise", "第", "第15家"),
    ("位居倒数第三。", "第三", "rank", "倒数", "倒数第三"),
    ("位居全国前三。", "三", "rank", "前", "前三"),
    ("占比提高15个百分点。", "15个", "project", "百分点", "15个百分点"),
    ("新增15 至 20家企业。", "20家", "enterprise", "15 至 ", "15 至 20家"),
    ("五、六家企业。", "六家", "enterprise", "五、", "五、六家"),
    ("企业1 234家。", "234家", "enterprise", "1 ", "1 234家"),
    ("投资15个亿。", "15个", "project", "亿", "15个亿"),
    # with the usual words and brackets between
    ("给予500家(含)以上奖励。", "500家", "enterprise", "以上", "500家(含)以上"),
    ("企业大于等于500家。", "500家", "enterprise", "大于等于", "大于等于500家"),
    ("最高可享受500家。", "500家", "enterprise", "最高可享受", "最高可享受500家"),
    ("最高给予每家500家。", "500家", "enterprise", "最高给予每家", "最高给予每家500家"),
    ("产值超过人民币15亿元。", "15亿元", "CNY", "超过人民币", "超过人民币15亿元"),
    ("企业约  500家。", "500家", "enterprise", "约", "约  500家"),
    # of a list of which one word says what all its numbers are
    ("产值分别超过15亿元和20亿元。", "20亿元", "CNY", "超过", "超过15亿元和20亿元"),
    ("分别达到15家、20家以上。", "15家", "enterprise", "以上", "15家、20家以上"),
    ("分别达到15家、18家、20家以上。", "18家", "enterprise", "以上", "18家、20家以上"),
    # on both sides
    ("约500家左右。", "500家", "enterprise", "约", "约500家左右"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "printed", "unit", "piece", "whole"), REFUSED, ids=[f"{r[1]} of {r[4]}" for r in REFUSED]
)
def test_a_part_of_what_is_printed_is_refused(text: str, printed: str, unit: str, piece: str, whole: str) -> None:
    error = refused(text, printed, unit)
    assert error.column == "as_printed"
    assert f"{printed!r} leaves out {piece!r}: " in str(error)
    assert str(error).endswith(f"The whole is {whole!r}. {WAIT}, with that reason.")


@pytest.mark.parametrize(
    ("text", "printed", "whole", "reads"),
    [
        ("全市超500家企业。", "500家", "超500家", "> 500"),
        ("全市超过1500家企业。", "500家", "超过1500家", "> 1500"),
        ("全市12.5家企业。", "5家", "12.5家", "= 25/2"),
        ("最高500家以上。", "500家", "最高500家以上", "<= 500"),
        ("全市500家及以上企业。", "500家", "500家及以上", ">= 500"),
        ("全市1500家企业。", "500家", "1500家", "= 1500"),
    ],
)
def test_what_can_be_read_is_what_to_write(text: str, printed: str, whole: str, reads: str) -> None:
    message = str(refused(text, printed))
    assert message.endswith(f" Write {whole!r}, which reads as {reads}.")


@pytest.mark.parametrize(
    "text",
    [
        "产值同比分别下降5.2%和4.6%。",
        "产值、销量同比下降5.2%、4.6%。",
        "产值、销量同比下降5.2%,4.6%。",
        "出口增长的同时,产值减少幅度在4.6%。",
        "产值同比分别下降5.2%,3.2%,4.6%。",
        "产值缩水4.6%。",
        "产值经历了4.6%的下降。",
        "产值有4.6%的负增长。",
        "产值降幅收窄至4.6%。",
    ],
)
def test_a_decline_elsewhere_in_its_clause_is_no_growth(text: str) -> None:
    cells = {"value": "4.6", "rounding": "0.1"}
    assert "leaves out" in str(refused(text, "4.6%", "percent", measure="growth", **cells))


# --- what is right is not refused ---------------------------------------------------

RIGHT = [
    ("全市超500家企业。", "超500家", "enterprise", ">", "500"),
    ("全市超过500家企业。", "超过500家", "enterprise", ">", "500"),
    ("全市突破500家。", "突破500家", "enterprise", ">", "500"),
    ("全市500余家企业。", "500余家", "enterprise", ">", "500"),
    ("全市500家以上。", "500家以上", "enterprise", ">=", "500"),
    ("全市500家及以上。", "500家及以上", "enterprise", ">=", "500"),
    ("最高500家。", "最高500家", "enterprise", "<=", "500"),
    ("世界500强企业。", "500强", "rank", "<=", "500"),
    ("位居全国第三。", "第三", "rank", "=", "3"),
    ("国内首家企业。", "首家", "ordinal", "=", "1"),
    # the same characters in other words
    ("目前500家企业。", "500家", "enterprise", "=", "500"),
    ("新签约500家企业。", "500家", "enterprise", "=", "500"),
    ("附近500家企业。", "500家", "enterprise", "=", "500"),
    ("最近500家企业。", "500家", "enterprise", "=", "500"),
    ("全市500家上下游企业。", "500家", "enterprise", "=", "500"),
    ("全市500家半导体企业。", "500家", "enterprise", "=", "500"),
    ("全市500家内资企业。", "500家", "enterprise", "=", "500"),
    ("全市500家多为民营。", "500家", "enterprise", "=", "500"),
    ("全市500家几乎翻番。", "500家", "enterprise", "=", "500"),
    ("不少500家。", "500家", "enterprise", "=", "500"),
    ("主场反超500家。", "500家", "enterprise", "=", "500"),
    ("打破500家垄断。", "500家", "enterprise", "=", "500"),
    ("圆满500家。", "500家", "enterprise", "=", "500"),
    ("网上百家企业。", "百家", "enterprise", "=", "100"),
    ("通过百家企业。", "百家", "enterprise", "=", "100"),
    ("总数百家企业。", "百家", "enterprise", "=", "100"),
    ("全市500家余杭企业。", "500家", "enterprise", "=", "500"),
    ("位居第五几乎不变。", "第五", "rank", "=", "5"),
    ("位居第五来自沈阳。", "第五", "rank", "=", "5"),
    ("全市500家级别不一。", "500家", "enterprise", "=", "500"),
    ("肩负500家的期望。", "500家", "enterprise", "=", "500"),
    ("增减500家。", "500家", "enterprise", "=", "500"),
    ("升降500家。", "500家", "enterprise", "=", "500"),
    ("高低500家。", "500家", "enterprise", "=", "500"),
    ("突破500项关键技术。", "500项", "item", "=", "500"),
    *((f"全市500家{noun}。", "500家", "enterprise", "=", "500") for noun in words(
        "多晶硅企业 内饰企业 多轴机床厂 多式联运枢纽 内燃机厂 内窥镜厂 上下料设备厂 半挂车厂 余压发电厂 以上市公司为主")),
    *((f"{verb}500家。", "500家", "enterprise", "=", "500") for verb in words("续约 制约 售前 沉降 缔约")),
    # what only looks like one number, or like a range
    ("统一500家标准。", "500家", "enterprise", "=", "500"),
    ("第一:500家企业。", "500家", "enterprise", "=", "500"),
    ("从300家到500家。", "500家", "enterprise", "=", "500"),
    ("由500家增至多家,从500万到600万。", "500家", "enterprise", "=", "500"),
    ("500家——9家为民营。", "500家", "enterprise", "=", "500"),
    ("从2021年的500家到2023年翻番。", "500家", "enterprise", "=", "500"),
    ("全市500家——3月17日公布。", "500家", "enterprise", "=", "500"),
    ("2020-2022年,全市500家。", "500家", "enterprise", "=", "500"),
    ("按PDF/A-2a标准,500家。", "500家", "enterprise", "=", "500"),
    ("6+1型500家。", "500家", "enterprise", "=", "500"),
    ("3月至6月,500家。", "500家", "enterprise", "=", "500"),
    ("截至6月500家。", "500家", "enterprise", "=", "500"),
    ("统一到500家。", "500家", "enterprise", "=", "500"),
    ("达到500家。", "500家", "enterprise", "=", "500"),
    ("69家、500家、1家。", "500家", "enterprise", "=", "500"),
    ("2023,500家。", "500家", "enterprise", "=", "500"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "printed", "unit", "relation", "value"), RIGHT, ids=[r[0] for r in RIGHT])
def test_a_whole_number_loads(text: str, printed: str, unit: str, relation: str, value: str) -> None:
    fact, disagreements = load(text, printed, unit, relation=relation, value=value)
    assert disagreements == [] and (fact.quantity.relation, fact.quantity.value) == (relation, int(value))


def test_an_addition_loads_whatever_falls_before_it() -> None:
    assert load("降低成本并新增企业500家。", "500家", measure="increment")[1] == []
    assert "leaves out '减少'" in str(refused("新增减少企业500家。", "500家", measure="increment"))


@pytest.mark.parametrize(
    "text",
    [
        "产值同比增长4.6%。",
        "成本下降的同时产值增长4.6%。",
        "成本下降,产值为4.6%。",
        "增速由下降转为增长4.6%。",
        "增速回落至4.6%。",
        "增速下降到4.6%。",
        "增速降至4.6%。",
        "产值提升了4.6%。",
        "压缩机产量同比增4.6%。",
        "减少能耗的同时产值涨4.6%。",
        "实现4.6%的压缩机出口增长。",
        "全国出口回落,4.6%的增速居全省第一。",
    ],
)
def test_a_rise_and_a_level_that_was_reached_load(text: str) -> None:
    _, disagreements = load(text, "4.6%", "percent", value="4.6", rounding="0.1", measure="growth")
    assert disagreements == []


# --- every word of the table -----------------------------------------------------------


def beside(word: Word, number: str = "500", unit: str = "家") -> str:
    if word.place == "inside":
        return f"全市{number}{word.text}{unit}。"
    if word.place == "behind":
        return f"全市{number}{unit}{word.text}。"
    return f"全市{word.text}{number}{unit}。"


@pytest.mark.parametrize("word", WORDS, ids=lambda w: f"{w.place} {w.text}")
def test_each_word_of_the_table_is_seen_and_not_in_its_compounds(word: Word) -> None:
    number, unit = "百" if word.place == "scale" else "500", "" if word.place == "inside" else "家"
    printed, text = number + unit, beside(word, number)
    error = refused(text, printed)
    assert f"{printed!r} leaves out {word.text!r}: {KINDS[word.kind]}." in str(error)
    for c in word.compounds.replace("A-Za-z0-9", "A"):
        other = text.replace(word.text, word.text + c if word.place in ("inside", "behind") else c + word.text)
        left = numerals.left_out(other, Article(other).find(printed))
        assert left is None or left.text != word.text, other


def test_every_kind_has_words_and_a_reason() -> None:
    assert {w.kind for w in WORDS} == set(KINDS)


# A text of numbers, units, words and signs in any order, as no newspaper prints it.
PIECES = st.sampled_from(
    [*{w.text for w in WORDS}, "15", "3,806", "2.5", "百", "三", "亿", "家", "%", "年", "的", ",", "—", "至", " ", "、"]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=12).map("".join)


@given(TEXTS, st.data())
def test_the_whole_holds_the_part_and_leaves_nothing_out(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    left = numerals.left_out(text, span)
    if left is not None:
        assert left.text in text and left.whole.covers(span) and left.whole != span
        assert numerals.left_out(text, left.whole) is None


@given(TEXTS)
def test_numerals_hold_every_digit_and_do_not_overlap(text: str) -> None:
    found = numerals.find(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    covered = {i for n in found for i in range(n.start, n.end)}
    unit = {m.start() for m in re.finditer("百分点", text)}  # 百 of a unit is no numeral
    assert {i for i, c in enumerate(text) if c.isdigit() or c in "百三亿"} - unit <= covered


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3,806家", ["3,806"]),
        ("12,480.5亿元", ["12,480.5亿"]),
        ("3，806家", ["3，806"]),
        ("1200多亿", ["1200多亿"]),
        ("8.9 亿元", ["8.9 亿"]),
        ("十余万", ["十余万"]),
        ("200余家", ["200"]),
        ("2023,500家", ["2023", "500"]),
        ("12,34", ["12", "34"]),
        ("1,2345", ["1", "2345"]),
        ("69,22,1", ["69", "22", "1"]),
    ],
)
def test_a_number_with_separators_is_one_numeral(text: str, found: list[str]) -> None:
    assert [n.of(text) for n in numerals.find(text)] == found


# --- what is in as_printed, and cannot be read -----------------------------------------------


@pytest.mark.parametrize(
    ("printed", "piece"),
    [
        ("逾500家", "逾"),
        ("约500家", "约"),
        ("500家左右", "左右"),
        ("500家以下", "以下"),
        ("500家—600家", "—600家"),
        ("前500家", "前"),
    ],
)
def test_a_word_that_is_not_known_is_named(printed: str, piece: str) -> None:
    error = refused(f"全市{printed}。", printed)
    assert error.column == "as_printed"
    assert f"{printed!r} cannot be read: {piece!r} in it is not known yet. {WAIT}" in str(error)


@pytest.mark.parametrize("printed", ["3,806家", "两三百家", "六七百家", "几百家"])
def test_what_cannot_be_read_is_no_dead_end(printed: str) -> None:
    error = refused(f"全市{printed}。", printed)
    assert error.column == "as_printed" and WAIT in str(error)


def test_a_place_in_an_order_counts_nothing() -> None:
    error = refused("第15家企业。", "第15家", value="15")
    assert error.column == "unit" and "'第15家' is a place in an order, and 'enterprise' is not." in str(error)


# --- the second print, and what is dismissed -----------------------------------------------


@pytest.mark.parametrize(
    ("again", "piece"),
    [
        ("另有逾500家。", "逾"),
        ("另有500家左右。", "左右"),
        ("另有1500家。", "1"),
        ("另有500家—600家。", "—600家"),
        ("减少500家。", "减少"),
    ],
)
def test_a_second_print_that_says_something_else_is_refused(again: str, piece: str) -> None:
    error = refused_again("全市500家企业,", again, "500家")
    assert error.column == "repeat_quote" and f"'500家' leaves out {piece!r}: " in str(error)
    assert "prints another number than '500家'. Empty the cell; the other number is a row of its own." in str(error)


def refused_again(first: str, again: str, printed: str) -> DataError:
    row_text = first + again
    return refused(row_text, printed, quote=first, repeat_quote=again)


@pytest.mark.parametrize(
    ("printed", "value", "relation", "again", "message"),
    [
        ("2家", "2", "=", "共两家以上。", "'两家' leaves out '以上'"),
        ("2家", "2", "=", "共两年。", "is not in the repeated quote"),
        ("最高2家", "2", "<=", "共两家。", "is not in the repeated quote"),
        ("最高2家", "2", "<=", "共2家。", "is not in the repeated quote"),
    ],
)
def test_a_second_print_in_other_characters_says_the_same(
    printed: str, value: str, relation: str, again: str, message: str
) -> None:
    error = refused(
        f"全市{printed}," + again, printed, quote=f"全市{printed},", value=value, relation=relation, repeat_quote=again
    )
    assert error.column == "repeat_quote" and message in str(error)


def test_a_second_print_with_another_measure_word_loads() -> None:
    _, disagreements = load("全市2家,共两户。", "2家", quote="全市2家,", value="2", repeat_quote="共两户。")
    assert disagreements == []


def dismissed(text: str, *parts: str) -> Iterator[object]:
    rows = [{"as_printed": p, "quote": text, "kind": "phrase", "reason": "x"} for p in parts]
    return account(Article(text), {"not_data": rows}, {})


@pytest.mark.parametrize(
    ("text", "part", "piece", "whole"),
    [
        ("企业3,806家。", "3", ",806", "3,806"),
        ("企业3,806家。", "806家", "3,", "3,806家"),
        ("企业15家。", "5家", "1", "15家"),
        ("压到25%—45%。", "25%", "—45%", "25%—45%"),
        ("占三分之二。", "二", "三分之", "三分之二"),
        ("用时3年半。", "3年", "半", "3年半"),
    ],
)
def test_a_part_of_a_number_is_not_dismissed(text: str, part: str, piece: str, whole: str) -> None:
    with pytest.raises(DataError) as caught:
        list(dismissed(text, part))
    message = f"data/not_data.csv, row 2, column as_printed: {part!r} leaves out {piece!r}: {KINDS['part']}."
    assert str(caught.value) == f"{message} Dismiss the whole: {whole!r}."


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("缩短25%—45%。", ["25%—45%"]),
        ("近三年,企业3,806家。", ["三年", "3,806"]),
        ("令人眼前一亮。", ["一亮"]),
        ("产值下降4.6%。", ["4.6%"]),
    ],
)
def test_a_whole_number_is_dismissed(text: str, parts: list[str]) -> None:
    assert len(list(dismissed(text, *parts))) == len(Article(text).numerals())


# --- figures of other sources ------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "unit", "measure", "piece"),
    [
        ("下降4.6%", "percent", "growth", "下降"),
        ("-4.6%", "percent", "growth", "-"),
        ("4.6%左右", "percent", "share", "左右"),
        ("25%—45%", "percent", "share", "—45%"),
        ("逾500家", "enterprise", "level", "逾"),
        ("不低于500家", "enterprise", "level", "不低于"),
        ("减少500家", "enterprise", "increment", "减少"),
        ("预计约500家", "enterprise", "plan", "约"),
    ],
)
def test_a_figure_of_another_source_with_a_word_that_is_not_known_is_refused(
    printed: str, unit: str, measure: str, piece: str
) -> None:
    row = {"basis": "printed", "value": "4.6", "rounding": "0.1", "relation": "=", "unit": unit, "measure": measure}
    with pytest.raises(DataError) as caught:
        records._printed("data/context.csv", 7, row | {"as_printed": printed}, UNITS)
    assert str(caught.value) == (
        f"data/context.csv, row 7, column as_printed: {printed!r} cannot be read: {piece!r} in it is not known yet. "
        "Leave the row out until it can be read."
    )


def test_a_figure_of_another_source_that_is_a_place_counts_nothing() -> None:
    row = {
        "basis": "printed",
        "value": "15",
        "rounding": "0",
        "relation": "=",
        "unit": "enterprise",
        "measure": "level",
    }
    with pytest.raises(DataError, match="row 7, column unit: '第15家' is a place in an order"):
        records._printed("data/context.csv", 7, row | {"as_printed": "第15家"}, UNITS)
