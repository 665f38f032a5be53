"""The HTML edition in headless Chromium: on paper, on a phone, in the dark, with mouse, finger and keyboard."""

from __future__ import annotations

import base64
import io
import itertools
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from playwright.sync_api import Browser, BrowserContext, Page, expect

from support import ROOT
from support.browser import not_in_our_face, press
from support.pdf import pages_of, squeezed
from tieout import config
from tieout.data.dataset import Dataset
from tieout.data.fact import is_outside
from tieout.publish import setting
from tieout.publish.document.tree import tag
from tieout.publish.report import Report
from tieout.publish.web import edition

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def made(composed: Report) -> str:
    return setting.html(composed)


@pytest.fixture(scope="module")
def file(made: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(made, "utf-8")
    return path


@pytest.fixture
def visit(file: Path, browser: Browser) -> Iterator[Open]:
    """Opens the page; at the end it must have asked for nothing and complained of nothing."""
    contexts: list[BrowserContext] = []
    asked: list[str] = []
    said: list[str] = []

    def go(width: int = 1400, height: int = 900, place: str = "", **options: object) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        page.on("request", lambda r: asked.append(r.url))
        page.on("console", lambda m: said.append(m.text))
        page.on("pageerror", lambda e: said.append(str(e)))
        page.goto(file.as_uri() + place)
        return page

    yield go
    for context in contexts:
        context.close()
    assert [u for u in asked if not u.startswith(("data:", file.as_uri()))] == []
    assert said == []


def look(page: Page, name: str) -> None:
    folder = os.environ.get("TIEOUT_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"page-{name}.png")


def test_it_has_what_the_pdf_has(made: str, f: Dataset) -> None:
    soup = BeautifulSoup(made, "html.parser")
    text = squeezed(soup.main.get_text())
    for row in f.tables["figures"]:
        figure = f.figure(row["id"])
        assert squeezed(f"Figure {row['number']} {figure['title_en']}") in text
        assert soup.find("img", alt=figure["alt_en"])
    for fact in f.by_id.values():
        assert squeezed(fact.english) in text, fact.id
    for claim in f.of_kind("claim"):
        assert squeezed(f"{claim.row['quote']} · {claim.row['quote_en']}") in text
    captions = [c.get_text() for c in soup.find_all("caption")]
    assert [re.match(r"Table \d+", c)[0] for c in captions] == [f"Table {n}" for n in range(1, len(captions) + 1)]
    assert "\ufffd" not in made


def test_every_link_leads_to_a_place_and_ids_are_there_once(made: str, f: Dataset) -> None:
    soup = BeautifulSoup(made, "html.parser")
    ids = [n["id"] for n in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    # Outside only to other sources that print on their own site, which learn nothing of the reader's page.
    addresses = {r["address"] for r in f.tables["sources"] if r["reliability"] != "reprint"}
    assert all(a["rel"] == ["noreferrer"] for a in soup.find_all("a") if a["href"] in addresses)
    targets = {a["href"] for a in soup.find_all("a")} - addresses
    assert targets <= {f"#{i}" for i in ids} and len(soup.select("a.fact")) > 500


def test_its_structure_can_be_heard(made: str) -> None:
    soup = BeautifulSoup(made, "html.parser")
    levels = [int(h.name[1]) for h in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    assert soup.html["lang"] == "en" and soup.title.get_text() == config.read(ROOT).title
    assert all(img["alt"] for img in soup.find_all("img"))
    assert all(t.find("th", scope="col") and t.find("caption") for t in soup.find_all("table"))
    for text in soup.body.find_all(string=re.compile("[\u4e00-\u9fff]")):
        assert text.find_parent(lang=re.compile("^zh")) or text.find_parent("script"), text


def test_a_number_shows_its_sentence_when_pointed_at_and_stays_while_it_is_read(visit: Open) -> None:
    page = visit()
    box = page.locator("#sentence")
    expect(box).to_be_hidden()
    number = page.locator('a.fact[href="#evidence:contracts_turnover_growth"]').first
    number.hover()
    expect(box).to_be_visible()
    expect(box).to_contain_text("技术合同成交额达到249.3亿元,同比增长56.11%")
    expect(box).to_contain_text("up 56.11% on a year earlier")
    assert number.get_attribute("aria-describedby") == "sentence" and not number.get_attribute("title")
    look(page, "hover")
    box.hover()
    page.wait_for_timeout(500)
    expect(box).to_be_visible()
    page.mouse.move(5, 890)
    expect(box).to_be_hidden()


def test_chinese_is_drawn_in_the_face_that_the_page_brings(visit: Open) -> None:
    page = visit()
    for place in ("header", "nav", "main"):
        asked, wrong = not_in_our_face(page.locator(place).first, latin=True)
        assert asked and wrong == [], place
    page.locator('a.fact[href="#evidence:contracts_turnover_growth"]').first.hover()
    expect(page.locator("#sentence")).to_be_visible()
    asked, wrong = not_in_our_face(page.locator("#sentence"), latin=True)
    assert asked and wrong == []


def test_the_face_has_what_the_frame_of_a_page_shows_whatever_is_in_it() -> None:
    made = edition("A title", [("Part", tag("section", [tag("p", ["words"])]))])
    faces = re.findall(r"font/woff;base64,([^)]*)", made)
    assert len(faces) == 2
    for face in faces:
        known = TTFont(io.BytesIO(base64.b64decode(face))).getBestCmap()
        shown = "Skip to the report Contents 目录 wider than the page: scroll → Tap again to go there."
        assert {c for c in shown if ord(c) not in known} == set()


def test_the_face_has_every_chinese_character_of_the_page(made: str) -> None:
    """The browser is asked about a few elements of each kind; here is every word."""
    words = BeautifulSoup(made, "html.parser").get_text() + "".join(re.findall(r'content: "([^"]*)"', made))
    for face in re.findall(r"font/woff;base64,([^)]*)", made):
        known = TTFont(io.BytesIO(base64.b64decode(face))).getBestCmap()
        assert {c for c in words if "\u2e80" <= c <= "\uffef" and ord(c) not in known} == set()


@pytest.mark.skipif(sys.platform != "linux", reason="fontconfig chooses the browser's fonts on Linux alone")
def test_the_browser_knows_no_chinese_font_of_the_machine(browser: Browser) -> None:
    bare = browser.new_page()
    bare.set_content('<body><p>字</p><p style="font-family: \'Report Sans SC\'">面</p><p lang="zh">印</p></body>')
    asked, wrong = not_in_our_face(bare.locator("body"))
    bare.close()
    assert asked == 3
    assert [re.search(r"'DejaVuSans', False, 1", words) is not None for words in wrong] == [True] * 3


def test_a_derived_number_shows_its_formula(visit: Open) -> None:
    page = visit()
    page.locator('a.fact[href="#evidence:contracts_turnover_earlier"]').first.hover()
    expect(page.locator("#sentence")).to_contain_text("Formula: contracts_turnover / (1 + contracts_turnover_growth)")


def test_a_click_jumps_to_the_sentence_and_the_sentence_leads_back(visit: Open) -> None:
    page = visit()
    number = page.locator('main a.fact[href="#evidence:smes_growth"]').first
    start = number.get_attribute("id")
    press(number)
    claim = page.locator('[id="evidence:smes_growth"]')
    expect(claim).to_be_in_viewport()
    expect(page.locator("#sentence")).to_be_hidden()
    assert page.evaluate("decodeURIComponent(location.hash)") == "#evidence:smes_growth"
    look(page, "claim")
    press(claim.locator('a[href="#mark:smes_growth"]'))
    expect(page.locator('[id="mark:smes_growth"]')).to_be_in_viewport()
    press(claim.locator(".uses a").first)
    expect(page.locator(f'[id="{start}"]')).to_be_in_viewport()
    page.go_back()
    page.go_back()
    page.go_back()
    assert page.evaluate("document.activeElement.id") == start


def test_the_keyboard_does_all_of_it(visit: Open) -> None:
    page = visit()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    number, box = page.locator('main a[id^="use:"]').first, page.locator("#sentence")
    page.keyboard.press("Tab")
    expect(number).to_be_focused()
    expect(box).to_be_visible()
    assert number.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    page.keyboard.press("Tab")
    expect(box).to_be_visible()
    target = page.evaluate("decodeURIComponent(document.activeElement.hash.slice(1))")
    page.keyboard.press("Enter")
    expect(page.locator(f'[id="{target}"]')).to_be_in_viewport()


def test_a_phone_shows_the_sentence_at_the_first_tap_and_goes_there_at_the_second(visit: Open) -> None:
    page = visit(360, 740, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert not page.locator("nav details").evaluate("e => e.open")
    number, box = page.locator("main a.fact").nth(1), page.locator("#sentence")
    number.tap()
    expect(box).to_be_visible()
    around = box.bounding_box()
    assert around["x"] >= 0 and around["x"] + around["width"] <= 360
    look(page, "phone")
    box.tap()
    expect(box).to_be_visible()
    target = number.evaluate("e => decodeURIComponent(e.hash.slice(1))")
    number.tap()
    expect(page.locator(f'[id="{target}"]')).to_be_in_viewport()
    expect(box).to_be_hidden()
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)")
    assert size >= 16


@pytest.mark.parametrize("width", [360, 768, 1100, 1600])
def test_nothing_is_wider_than_the_screen_but_what_scrolls(width: int, visit: Open) -> None:
    page = visit(width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    out = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter(e => {
             const r = e.getBoundingClientRect();
             return r.right > innerWidth + 1 && !e.closest(".scroll") && r.width > 0;
           }).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert out == []
    for frame in page.locator(".scroll.over").all():
        assert frame.get_attribute("tabindex") == "0" and frame.get_attribute("aria-label")
    look(page, f"width-{width}")


def test_the_sentence_is_whole_on_a_small_screen(visit: Open) -> None:
    page = visit(640, 400)
    for n in range(0, 120, 7):
        number = page.locator("main a.fact").nth(n)
        number.scroll_into_view_if_needed()
        number.hover()
        box = page.locator("#sentence")
        expect(box).to_be_visible()
        around = box.bounding_box()
        assert around["x"] >= 0 and around["x"] + around["width"] <= 640, n
        page.keyboard.press("Escape")
        page.mouse.move(1, 1)


def contrast(page: Page, selector: str) -> float:
    """The contrast of the text of the first such element with what is behind it (WCAG)."""
    return page.locator(selector).first.evaluate(
        """e => {
             const parse = c => c.match(/[\\d.]+/g).map(Number);
             const light = c => { const [r, g, b] = parse(c).slice(0, 3).map(v => { v /= 255;
               return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
               return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
             const ink = light(getComputedStyle(e).color);
             let box = e;
             while (box && /rgba\\(0, 0, 0, 0\\)/.test(getComputedStyle(box).backgroundColor)) box = box.parentElement;
             const paper = light(box ? getComputedStyle(box).backgroundColor : "rgb(255,255,255)");
             return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
           }"""
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_legible_in_both_schemes(scheme: str, visit: Open) -> None:
    page = visit(1000, color_scheme=scheme)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 23, 26)")
    for selector in ("main p", "a.fact", ".note", "figcaption p", ".kicker", "td", "em", ".claim .small", "nav a"):
        assert contrast(page, selector) >= 4.5, selector
    assert page.locator("figure img").first.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    page.locator("figure").nth(2).scroll_into_view_if_needed()
    look(page, scheme)


def test_on_paper_there_is_the_report_alone(visit: Open) -> None:
    page = visit()
    page.locator("main a.fact").first.hover()
    sheets = pages_of(page.pdf(prefer_css_page_size=True))
    text = squeezed("\n".join(sheets))
    assert 50 < len(sheets) < 170
    assert "Table2Headlinefigures" in text and "技术合同成交额达到249.3亿元" in text
    page.emulate_media(media="print")
    for hidden in ("nav", "#sentence", ".skip"):
        expect(page.locator(hidden)).to_be_hidden()


def test_without_script_the_links_and_their_sentences_are_there(visit: Open) -> None:
    page = visit(java_script_enabled=False)
    number = page.locator('a.fact[href="#evidence:contracts_turnover_growth"]').first
    assert "同比增长56.11%" in number.get_attribute("title")
    press(number)
    expect(page.locator('[id="evidence:contracts_turnover_growth"]')).to_be_in_viewport()


def test_no_script_but_its_own_may_run(file: Path, made: str, browser: Browser) -> None:
    """The policy in the page stops what a hole in the exporter would let in, and any request."""
    assert made.count("<script") == 1
    path = file.with_name("holed.html")
    path.write_text(
        made.replace("</main>", "<script>window.hacked=1</script><img src='https://example.org/x.png'></main>")
    )
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text))
    page.goto(path.as_uri())
    page.wait_for_timeout(200)
    assert page.evaluate("window.hacked") is None and len(said) == 2
    page.close()


def test_what_is_not_the_article_s_is_marked(made: str, f: Dataset) -> None:
    page = BeautifulSoup(made, "html.parser")
    seen = {True: 0, False: 0}
    for link in page.select("a.fact"):
        outside = is_outside(str(link["href"]).rpartition(":")[2])
        assert outside == ("outside" in link["class"]), link
        seen[outside] += 1
    assert seen[True] > 100 and seen[False] > 300
    entry = page.find(id="evidence:record_turnover_2023h1").get_text()
    assert "Not from the article: Shenyang city press conference" in entry and "227.65亿元" in entry
    copies = [r["address"] for r in f.tables["sources"] if r["reliability"] == "reprint"]
    assert copies and not any(link.get("href") in copies for link in page.find_all("a"))
