"""Tables and cards: their three forms say the same, and text stays text."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from shenyang import evidence
from shenyang.facts import Facts
from shenyang.tables import MIME, Cell, Column, Table, number, printed, text

TABLE = Table(
    "Caption 标题",
    [Column("Name"), Column("Value", end=True)],
    [[text("科技", "a"), Cell("1,234", "smes", "say")]],
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
    assert set(bundle) == {"text/plain", "text/html", MIME}
    for cell in ("科技 a", "1,234", "Caption 标题", "Note."):
        assert cell in bundle["text/plain"] and cell in bundle["text/html"] and cell in str(bundle[MIME])


def test_html_is_escaped_and_linked() -> None:
    hostile = Table("<b>", [Column("<i>")], [[Cell("<script>", "smes", '"><img>')]], "&")
    found = hostile._repr_mimebundle_()["text/html"]
    assert "<script>" not in found and "<img>" not in found and "<i>" not in found
    assert '<a href="06_evidence.ipynb#cell-id=smes"' in found
    assert '<th scope="col"' in found and "<thead>" in found


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="1 cells under 2 columns"):
        Table("t", [Column("a"), Column("b")], [[text("x")]])


def test_numbers_carry_their_evidence(f: Facts) -> None:
    assert number(f["contracts_turnover"]) == Cell(
        "CNY 24.93 billion", "contracts_turnover", "技术合同成交额达到249.3亿元"
    )
    assert printed(f["financing"]).text == "超7亿元"


def test_a_card_of_a_claim_says_where_it_stands(f: Facts) -> None:
    card = repr(evidence.card("contracts_turnover", f))
    assert card.startswith(
        "### contracts_turnover\n\nValue of technology contracts · 技术合同成交额\n\n**CNY 24.93 billion** · **249.3亿元**"
    )
    assert "> ●全市登记技术合同6521项,技术合同成交额达到**249.3亿元**,同比增长56.11%" in card
    assert "> 截至目前,全市完成登记技术合同6521项,实现技术合同成交额**249.3亿元**,同比增长56.11%。" in card
    assert "- Interval: CNY 24.925 to 24.935 billion" in card
    assert "- Period: 2023 to 29 August 2023 (inferred)" in card
    assert "characters 541–548" in card
    assert f.article.text[541:548] == "249.3亿元"


def test_a_card_of_a_derived_figure_says_what_it_needs(f: Facts) -> None:
    card = repr(evidence.card("contracts_turnover_earlier", f))
    assert "[contracts_turnover](06_evidence.ipynb#cell-id=contracts_turnover) / (1 + " in card
    assert "- Status: conditional. The growth rate belongs to this figure" in card


def test_markdown_of_cards_and_article_renders_without_leftover_marks(f: Facts) -> None:
    """Emphasis beside Chinese punctuation fails silently in CommonMark: the stars would be printed."""
    sources = [repr(evidence.card(id, f)) for id in f.by_id] + [repr(evidence.marked_article(f))]
    for source in sources:
        tokens = MarkdownIt("commonmark").parse(source)
        shown = "".join(c.content for t in tokens for c in t.children or [] if c.type == "text")
        # The one star that belongs there is that of a product.
        assert not re.search(r"\*\*|\]\(", shown), shown


def test_the_marked_article_is_the_article(f: Facts) -> None:
    tokens = MarkdownIt("commonmark").parse(repr(evidence.marked_article(f)))
    shown = ["".join(c.content for c in t.children or []) for t in tokens if t.type == "inline"]
    paragraphs = [f.article.text[p.start : p.end] for p in f.article.paragraphs()]
    assert [re.sub(r"^¶\d+ ", "", line) for line in shown] == paragraphs


def test_every_claim_is_marked_in_the_article(f: Facts) -> None:
    marked = repr(evidence.marked_article(f))
    for fact in f.of_kind("claim"):
        times = 2 if fact.row["repeat_quote"] else 1
        assert marked.count(f'cell-id={fact.id} "') == times, fact.id


def test_completeness_adds_up(f: Facts) -> None:
    table = evidence.completeness(f)
    counts = [int(row[1].text.split()[0].replace(",", "")) for row in table.rows]
    assert sum(counts[:-1]) == counts[-1] == len(f.numerals)
