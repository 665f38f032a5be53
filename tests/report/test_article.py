"""The source text: unchanged, and what is said of places in it."""

from pathlib import Path

import pytest

from tieout import config
from tieout.errors import DataError
from tieout.numbers.numerals import Span
from tieout.text import article
from tieout.text.article import Article


def test_a_changed_article_is_refused(copy: Path) -> None:
    path = copy / config.read(copy).seed
    path.write_bytes(path.read_bytes().replace(b"249.3", b"249.4", 1))
    with pytest.raises(DataError, match="was changed"):
        article.load(config.read(copy))


def test_a_missing_article_is_named(copy: Path) -> None:
    (copy / config.read(copy).seed).unlink()
    with pytest.raises(DataError, match="is missing"):
        article.load(config.read(copy))


def test_a_quote_is_found_once_or_refused() -> None:
    text = Article("甲1家,乙1家。")
    assert text.find("乙1家") == Span(4, 7)
    assert text.find_in("乙1家", "1家") == Span(5, 7)
    with pytest.raises(ValueError, match="2 times"):
        text.find("1家")
    with pytest.raises(ValueError, match="not in the article"):
        text.find("丙")
    with pytest.raises(ValueError, match="not in the article"):
        text.find("")


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("249.3亿元", ["249.3亿"]),
        ("突破亿元的新纪录", ["亿"]),
        ("国内首台,第三代", ["首", "三"]),
        ("一等奖、两个、百年", ["一", "两", "百"]),
        ("2021/8/16 上午9:31", ["2021", "8", "16", "9", "31"]),
        ("上半年双足", ["半", "双"]),
        ("数量多个", []),
        ("企业3,806家,投资12,480.5亿元", ["3,806", "12,480.5亿"]),
        ("8月17日,195家,2023年", ["8", "17", "195", "2023"]),
    ],
)
def test_numerals_are_found(printed: str, found: list[str]) -> None:
    text = Article(printed)
    assert [printed[s.start : s.end] for s in text.numerals()] == found


def test_numerals_of_the_article_leave_no_digit_out(text: Article) -> None:
    covered = {i for s in text.numerals() for i in range(s.start, s.end)}
    # A decimal point and a thousands sign are never first: every digit counts.
    assert {i for i, c in enumerate(text.text) if c.isdigit()} <= covered
    assert {i for i, c in enumerate(text.text) if c in "一二三四五六七八九十百千万亿两半双首零"} <= covered


def test_paragraphs_hold_the_whole_text(text: Article) -> None:
    joined = "".join(text.text[p.start : p.end] for p in text.paragraphs())
    assert joined == text.text.replace("\n", "")
    assert text.paragraph_of(text.find("加快实现高水平科技自立自强的沈阳答卷")) == 2
