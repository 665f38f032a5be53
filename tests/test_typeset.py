"""Clean HTML to Typst, piece by piece: the pairs in ``typeset.yml``, and that Typst takes each of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from tieout.publish import typeset

PAIRS = yaml.safe_load(Path(__file__).with_name("typeset.yml").read_text("utf-8"))
PLACES = frozenset({"known", "06_evidence:smes", "06_evidence:record_smes_2022"})


def setter(said: list[str]) -> typeset.Setter:
    return typeset.Setter(PLACES, warn=said.append)


@pytest.mark.parametrize("pair", PAIRS, ids=[p["name"] for p in PAIRS])
def test_html_is_set_as_it_was_looked_at(pair: dict[str, str]) -> None:
    said: list[str] = []
    assert setter(said).blocks(BeautifulSoup(pair["html"], "html.parser").contents) == pair["typst"]
    assert said == []


def test_typst_takes_all_of_it_as_an_accessible_document() -> None:
    """Compiled by the standards that the report keeps: PDF/UA-1 and PDF/A-2a."""
    one, pieces = setter([]), [p["html"] for p in PAIRS if "known" not in p["html"] and "<h1" not in p["html"]]
    html = '<h1 id="known">All</h1><h2>One</h2>' + "".join(pieces)
    body = one.blocks(BeautifulSoup(html, "html.parser").contents)
    places = typeset.here(*sorted(PLACES - {"known"}))
    main = f'#import "report.typ": *\n#show: report.with("All")\n{body}\n#par[{places}#"end"]'
    assert typeset.pdf(main, one.files).startswith(b"%PDF-")


def test_what_no_font_can_show_is_said() -> None:
    said: list[str] = []
    setter(said).blocks(BeautifulSoup("<p>a 🦄 b</p>", "html.parser").contents)
    assert said == ["no font has U+1F984: set as the code"]
