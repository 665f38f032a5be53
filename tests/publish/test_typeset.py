"""Clean HTML to Typst, piece by piece: the pairs in ``pairs/typst.yml``, and that Typst takes each of them."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from tieout.publish import typst

PAIRS = yaml.safe_load((Path(__file__).parent / "pairs/typst.yml").read_text("utf-8"))
PLACES = frozenset({"known", "evidence:smes", "evidence:record_smes_2022"})


def set_as_typst(html: str) -> tuple[str, list[str]]:
    """The Typst source of ``html``, and what was said of it."""
    said: list[str] = []
    setter = typst.setter(PLACES, warn=said.append)
    return setter.blocks(BeautifulSoup(html, "html.parser").contents), said


@pytest.mark.parametrize("pair", PAIRS, ids=[p["name"] for p in PAIRS])
def test_html_is_set_as_it_was_looked_at(pair: dict) -> None:
    assert set_as_typst(pair["html"]) == (pair["typst"], pair.get("said", []))


def test_typst_takes_all_of_it_as_an_accessible_document() -> None:
    """Compiled by the standards that the report keeps, PDF/UA-1 and PDF/A-2a, which want headings without a gap."""
    left_out = ("known", "<h", "use:")
    pieces = [p["html"] for p in PAIRS if not any(word in p["html"] for word in left_out) or p["html"] == "<hr>"]
    assert len(pieces) > 75
    setter = typst.setter(PLACES, warn=lambda _: None)
    html = '<h1 id="known">All</h1><h2>One</h2>' + "".join(pieces)
    body = setter.blocks(BeautifulSoup(html, "html.parser").contents)
    places = typst.anchors(*sorted(PLACES - {"known"}))
    main = f'#import "report.typ": *\n#show: report.with("All")\n{body}\n#par[{places}#"end"]'
    assert typst.pdf(main, setter.files).startswith(b"%PDF-")


def test_what_is_longer_than_a_page_is_not_kept_together() -> None:
    short, long = (set_as_typst(f'<div class="together"><p>{"long " * n}</p></div>')[0] for n in (500, 501))
    assert short.startswith("#together[#par[") and long.startswith("#par[")


def test_a_row_longer_than_a_page_may_break() -> None:
    short, long = (set_as_typst(f"<table><tr><td>{'words ' * n}</td></tr></table>")[0] for n in (70, 900))
    assert "breakable: true" not in short and "table.cell(breakable: true)[" in long


def test_words_in_an_svg_are_set_in_our_font() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><style>.a{font-family: X; fill: red}</style><text font-family="X">a 🦄</text></svg>'
    said: list[str] = []
    setter = typst.setter(warn=said.append)
    tag = BeautifulSoup().new_tag("img", attrs={"src": "data:image/svg+xml;base64," + _base64(svg), "alt": "words"})
    assert '#small-image("picture-0.svg", "words", none, 80mm)' in setter.blocks([tag])
    content = setter.files["picture-0.svg"].decode()
    assert (
        'font-family="Report Sans SC"' in content
        and "font-family: X" not in content
        and 'font-family="X"' not in content
    )
    assert "a [U+1F984]" in content and said == ["no font has U+1F984: set as the code"]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
