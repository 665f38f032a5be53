"""Clean HTML (``document``) as one page that asks for nothing else: fonts, pictures, style and script are in it.

A policy in the page forbids it to load anything and to run any script but its own.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import html
import io
import re
from collections.abc import Sequence
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from markupsafe import Markup

from tieout.data.fact import is_outside
from tieout.data.wordings import SAYS
from tieout.fonts import FONTS
from tieout.publish.document.pictures import content_of
from tieout.publish.document.tree import classes, parent, set_classes, tag
from tieout.show.html import environment
from tieout.text.characters import legible
from tieout.text.cjk import CHINESE, HAN

_STYLE, _SCRIPT = Path(__file__).parent / "report.css", Path(__file__).parent / "report.js"
# Chinese with the numbers inside it.
_HAN_RUN = re.compile(f"([{HAN}]+(?:[\\d.,%]+[{HAN}]+)*)")
_MATH = set("math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle msub msup msubsup munder mover".split())  # noqa: SIM905
_MATH |= {"munderover", "mtable", "mtr", "mtd", "menclose", "mphantom", "mpadded", "mmultiscripts", "mprescripts"}
_MATH_ATTRIBUTES = {"display", "mathvariant", "stretchy", "fence", "accent", "linethickness", "columnalign", "notation"}


def edition(
    title: str, parts: Sequence[tuple[str, Tag]], cover: Sequence[str] = (), facts: Sequence[tuple[str, str]] = ()
) -> str:
    """The page. ``parts`` are names and bodies; with a ``cover`` (Chinese title, subtitle, lines) the title stands above them."""
    bodies = [copy.copy(body) for _, body in parts]
    for n, body in enumerate(bodies, 1):
        body["id"] = body.get("id") or f"part-{n}"
        _prepare(body, 1 if cover else 0)
    known = {str(node["id"]) for body in bodies for node in [body, *body.find_all(id=True)] if node.get("id")}
    for body in bodies:
        _resolve(body, known)
    script, style = _SCRIPT.read_text("utf-8"), _STYLE.read_text("utf-8")
    found = [(name, body["id"], _questions(body)) for (name, _), body in zip(parts, bodies, strict=True)]
    contents = _marked(_render("contents.html", parts=found))
    chinese, subtitle, *lines = cover or ("", "")
    head = _render("cover.html", title=title, chinese=chinese, subtitle=subtitle, facts=facts, lines=lines)
    shown = [Markup(str(body)) for body in bodies]
    page = _render(
        "body.html", contents=contents, head=_marked(head) if cover else "", parts=shown, script=Markup(script)
    )
    # The script and the style have words of their own, which are shown, too.
    style = _fonts(page + style) + style
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
    policy += f"script-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"
    return legible(_render("page.html", title=title, policy=Markup(policy), style=Markup(style), body=page))


def _render(name: str, **values: object) -> Markup:
    """The template of a name, filled in."""
    return Markup(environment(Path(__file__).parent / "templates").get_template(name).render(values))


def _marked(markup: Markup) -> Markup:
    soup = BeautifulSoup(markup, "html.parser")
    _mark_chinese(soup)
    return Markup(str(soup))


def _questions(body: Tag) -> list[Tag]:
    """The headings of a part that its contents list."""
    found = body.find_all(re.compile("^h[23]$"))
    return [h for h in found if h.get("id") and not h.find("span", class_="kicker")]


def _prepare(body: Tag, deeper: int) -> None:
    """What a browser needs beyond the common tree: levels under the title, formulas, frames to scroll, languages."""
    for heading in body.find_all(re.compile("^h[1-6]$")):
        heading.name = f"h{min(int(heading.name[1]) + deeper, 6)}"
    for formula in body.select(".math"):
        formula.replace_with(_formula(formula))
    for table in body.find_all("table"):
        number, caption = table.attrs.pop("data-number", ""), table.find("caption", recursive=False)
        if caption and number:
            caption.insert(0, tag("span", [str(number)], **{"class": "number"}))
            caption.insert(1, " ")
        for cell in table.select("thead th"):
            cell["scope"] = "col"
        # In a table of ours the first cell says what the row is about.
        for row in table.select("tbody tr") if table.find_parent("div", class_="exhibit") else ():
            first = row.find(["td", "th"], recursive=False)
            if first and first.get_text(strip=True):
                first.name, first["scope"] = "th", "row"
        table.wrap(_frame(caption.get_text() if caption else "Table"))
    for picture in body.find_all("img"):
        size = _size(*content_of(str(picture["src"])))
        if size:  # its place is kept before it is there: nothing moves under a reader, or under a link
            picture["style"] = f"aspect-ratio: {size[0]:g} / {size[1]:g}"
    for n, picture in enumerate(body.select("figure > img"), 1):
        figure = parent(picture)
        head = figure.find("div", class_="head")
        picture.wrap(_frame(head.get_text(" ") if head else "Picture"))
        if head:
            head["id"] = f"{body['id']}-figure-{n}"
            figure["aria-labelledby"] = head["id"]
    _mark_chinese(body)


def _size(content: bytes, mime: str) -> tuple[float, float] | None:
    """Width and height of an SVG or a PNG, if it says so."""
    if mime == "image/png" and content[12:16] == b"IHDR":
        return float(int.from_bytes(content[16:20])), float(int.from_bytes(content[20:24]))
    box = re.search(rb'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', content[:2000])
    return (float(box[1]), float(box[2])) if box and mime == "image/svg+xml" else None


def _frame(name: str) -> Tag:
    """What scrolls if its content is wider than the page."""
    frame = tag("div", **{"class": "scroll"})
    frame["aria-label"] = name
    return frame


def _mark_chinese(body: Tag) -> None:
    """The language of Chinese in English text, for its shapes and for whoever reads it aloud."""
    for text in body.find_all(string=CHINESE):
        if not text.find_parent(lang=re.compile("^zh")):
            pieces = (p for p in _HAN_RUN.split(text) if p)
            text.replace_with(
                *(tag("span", [p], lang="zh-Hans") if CHINESE.search(p) else NavigableString(p) for p in pieces)
            )


def _resolve(body: Tag, known: set[str]) -> None:
    """Links to places in the page; what leads nowhere becomes text."""
    for link in body.find_all("a"):
        to = link.attrs.pop("data-to", None)
        if to in known:
            link["href"] = f"#{to}"
            id = to.rpartition(":")[2]
            if kind := "outside" if is_outside(id) else "says" if id.startswith(SAYS) else "":
                set_classes(link, [*classes(link), kind])
        elif "href" in link.attrs:
            link["rel"] = "noreferrer"
        else:
            link.name = "span"


def _formula(node: Tag) -> Tag:
    """LaTeX as MathML, which browsers set and read aloud themselves."""
    from latex2mathml.converter import convert

    latex, block = node.get_text().strip(), node.name == "div"
    try:
        found = BeautifulSoup(convert(latex, display="block" if block else "inline"), "html.parser").find("math")
    except Exception:  # whatever the library meets in someone's LaTeX
        found = None
    if found is None:
        return tag("code", [latex])
    for part in [found, *found.find_all(True)]:
        part.attrs = {k: v for k, v in part.attrs.items() if k in _MATH_ATTRIBUTES}
        if part.name not in _MATH:
            part.name = "mtext"
    return tag("div" if block else "span", [found], **{"class": "math"})


def _fonts(text: str) -> str:
    """The characters of the page from our own fonts: it looks the same where no Chinese font is installed."""
    from fontTools import subset

    rules = []
    for weight, name in (("400", "Regular"), ("700", "Bold")):
        options = subset.Options(
            layout_features=["kern", "liga", "pwid"], notdef_outline=True, hinting=False, recalc_timestamp=False
        )
        font = subset.load_font(str(FONTS / f"ReportSansSC-{name}.otf"), options)
        chosen = subset.Subsetter(options)
        chosen.populate(text=html.unescape(text))
        chosen.subset(font)
        font.flavor, made = "woff", io.BytesIO()
        font.save(made)
        data = base64.b64encode(made.getvalue()).decode()
        rules.append(
            f"@font-face{{font-family:Report;font-weight:{weight};src:url(data:font/woff;base64,{data}) format('woff')}}\n"
        )
    return "".join(rules)
