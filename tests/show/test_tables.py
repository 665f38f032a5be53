"""Tables and cards: their three forms say the same, and text stays text."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from shenyang import exhibits as registered
from tieout.data.dataset import Dataset
from tieout.numbers import wording
from tieout.show import cards, exhibits, marked
from tieout.show.tables import Cell, Column, Table, number, printed, text, unit, value

TABLE = Table(
    "Caption 标题",
    [Column("Name"), Column("Value", end=True)],
    [[text("科技", "a"), Cell("1,234", "smes", "say", "evidence/enterprises.md#smes")]],
    "Note.",
)


def test_the_text_form_is_aligned_for_wide_characters() -> None:
    assert repr(TABLE).split("\n") == [
        "Caption 标题",
        "",
        "Name    Value",
        "------  -----",
        "科技 a  1,234",
        "",
        "Note.",
    ]


def test_the_three_forms_hold_the_same_cells() -> None:
    bundle = TABLE._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    for cell in ("科技 a", "1,234", "Caption 标题", "Note."):
        assert cell in bundle["text/plain"] and cell in bundle["text/html"]


def test_html_is_escaped_and_linked() -> None:
    hostile = Table(
        "<b>", [Column("<i>")], [[Cell("<script>", "smes", '"><img>', "evidence/enterprises.md#smes")]], "&"
    )
    found = hostile._repr_mimebundle_()["text/html"]
    assert "<script>" not in found and "<img>" not in found and "<i>" not in found
    assert '<a href="evidence/enterprises.md#smes"' in found
    assert '<th scope="col"' in found and "<thead>" in found


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="1 cells under 2 columns"):
        Table("t", [Column("a"), Column("b")], [[text("x")]])


def test_numbers_carry_their_evidence(f: Dataset) -> None:
    hover = "技术合同成交额达到249.3亿元 · the transaction value of technology contracts reached CNY 24.93 billion"
    assert number(f["contracts_turnover"]) == Cell(
        "CNY 24.93 billion", "contracts_turnover", hover, f["contracts_turnover"].card
    )
    assert printed(f["financing"]).text == "超7亿元"


def test_a_card_of_a_claim_says_where_it_stands(f: Dataset) -> None:
    card = repr(cards.fact("contracts_turnover", f))
    assert card.startswith(
        "## contracts_turnover\n\nValue of technology contracts · 技术合同成交额\n\n**CNY 24.93 billion** · **249.3亿元**"
    )
    assert "> ●全市登记技术合同6521项,技术合同成交额达到**249.3亿元**,同比增长56.11%" in card
    assert "> 截至目前,全市完成登记技术合同6521项,实现技术合同成交额**249.3亿元**,同比增长56.11%。" in card
    assert "- Interval: CNY 24.925 to 24.935 billion" in card
    assert "- Period: 2023 to 29 August 2023 (inferred)" in card
    assert "characters 541–548" in card
    assert f.article.text[541:548] == "249.3亿元"


def test_a_card_of_a_derived_figure_says_what_it_needs(f: Dataset) -> None:
    card = repr(cards.fact("contracts_turnover_earlier", f))
    assert "[contracts_turnover](evidence/technology_transfer.md#contracts_turnover) / (1 + " in card
    assert "- Status: conditional. The growth rate belongs to this figure" in card


def test_markdown_of_cards_and_article_renders_without_leftover_marks(f: Dataset) -> None:
    """Emphasis beside Chinese punctuation fails silently in CommonMark: the stars would be printed."""
    sources = [repr(cards.fact(id, f)) for id in f.by_id] + [repr(marked.marked_article(f))]
    for source in sources:
        tokens = MarkdownIt("commonmark").parse(source)
        shown = "".join(c.content for t in tokens for c in t.children or [] if c.type == "text")
        # The one star that belongs there is that of a product.
        assert not re.search(r"\*\*|\]\(", shown), shown


def test_the_marked_article_is_the_article(f: Dataset) -> None:
    tokens = MarkdownIt("commonmark").parse(repr(marked.marked_article(f)))
    shown = ["".join(c.content for c in t.children or []) for t in tokens if t.type == "inline"]
    paragraphs = [f.article.text[p.start : p.end] for p in f.article.paragraphs()]
    assert [re.sub(r"^¶\d+ ", "", line) for line in shown] == paragraphs


def test_every_claim_is_marked_in_the_article(f: Dataset) -> None:
    shown_article = repr(marked.marked_article(f))
    for fact in f.of_kind("claim"):
        times = 2 if fact.row["repeat_quote"] else 1
        assert shown_article.count(f'#{fact.id} "') == times, fact.id


def test_completeness_adds_up(f: Dataset) -> None:
    table = exhibits.completeness(f)
    counts = [int(row[1].text.split()[0].replace(",", "")) for row in table.rows]
    assert sum(counts[:-1]) == counts[-1] == len(f.numerals)


@pytest.mark.parametrize(
    ("id", "en", "zh"),
    [
        ("contracts_turnover", ("", "24.93", "CNY billion"), ("", "249.3", "亿元")),
        ("financing", ("> ", "700", "CNY million"), ("> ", "7", "亿元")),
        ("reward_cap", ("≤ ", "200,000", "CNY per firm"), ("≤ ", "20", "万元/家")),
        ("firms_total", ("", "19,938", "firms"), ("", "19938", "家企业")),
        ("smes_growth", ("", "196.5", "%"), ("", "196.5", "%")),
        ("tech_centres_new_rank_national", ("", "3rd place", ""), ("", "第3位", "")),
        ("zf_global_rank", ("", "top 500", ""), ("", "前500位", "")),
        ("drug_class", ("", "class 1", ""), ("", "1类", "")),
        ("caes_power", ("", "60 MW class", ""), ("", "60兆瓦级", "")),
    ],
)
def test_a_number_comes_apart_into_sign_digits_and_unit(
    id: str, en: tuple[str, ...], zh: tuple[str, ...], f: Dataset
) -> None:
    fact = f[id]
    assert wording.parts(fact.quantity, fact.unit) == en
    assert wording.parts(fact.quantity, fact.unit, "zh") == zh


def test_two_numbers_side_by_side_are_in_one_unit(f: Dataset) -> None:
    """An average contract is millions; beside the turnover it is told in billions."""
    small, large = f["hightech_exports_earlier"], f["drug_transfer_value"]
    assert value(large).text == "110" and unit(large).text == "CNY million"
    assert value(large, small).text == "0.11" and unit(small).text == "CNY billion"
    assert wording.ends(large.quantity, large.unit, like=small.quantity) == ("0.105", "0.115")


def test_a_listing_leaves_out_what_would_be_empty(f: Dataset) -> None:
    counts = exhibits.listing(f, "t", ["platforms_national", "platforms_all"])
    assert [c.header for c in counts.columns] == ["What 内容", "As printed 原文", "Value 数值, platforms", "Care 注意"]
    mixed = exhibits.listing(f, "t", ["contracts_turnover", "smes_growth", "contracts_average"], care=False)
    assert [c.header.split()[0] for c in mixed.columns] == ["What", "As", "Measure", "Value", "Unit", "Interval"]
    assert mixed.rows[2][1].text == "computed"


def test_the_register_names_owner_stage_and_first(f: Dataset) -> None:
    table = registered.register(f, "t", ["caes_compressor", "zf_parts"])
    compressor, plant = [[c.text for c in row] for row in table.rows]
    assert (
        compressor[1] == "Shengu Group 沈鼓集团" and "满负荷试运行成功" in compressor[2] and "首台套: " in compressor[4]
    )
    assert plant[3] == "13 June 2023" and plant[4] == ""
