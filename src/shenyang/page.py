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

from bs4 import BeautifulSoup, NavigableString, Tag

from shenyang.document import HAN, legible, tag
from shenyang.typeset import FONTS

_STYLE, _SCRIPT = Path(__file__).parent / "report.css", Path(__file__).parent / "report.js"
_HAN_RUN = re.compile(f"([{HAN}]*[\u3400-\u9fff][{HAN}]*)")
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
    contents = "".join(_entry(name, body) for (name, _), body in zip(parts, bodies, strict=True))
    main = "\n".join(str(body) for body in bodies)
    head = _cover(title, cover, facts) if cover else ""
    style = _fonts(title + "".join(cover) + head + main + contents) + style
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; script-src 'sha256-{hashed}'"
    )
    return legible(f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{html.escape(title)}</title>
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the report</a>
<nav aria-label="Contents"><details open><summary>Contents 目录</summary><ul>{contents}</ul></details></nav>
<main id="content">
{head}{main}
</main>
<script>{script}</script>
</body>
</html>
""")


def _cover(title: str, cover: Sequence[str], facts: Sequence[tuple[str, str]]) -> str:
    chinese, subtitle, *lines = (html.escape(line) for line in cover)
    strip = "".join(f"<div><dt>{html.escape(n)}</dt><dd>{html.escape(words)}</dd></div>" for n, words in facts)
    about = "".join(f"<p>{line}</p>" for line in lines)
    return (
        f'<header><h1>{html.escape(title)}</h1><p class="chinese" lang="zh">{chinese}</p>'
        f'<p class="subtitle">{subtitle}</p><dl>{strip}</dl>{about}</header>\n'
    )


def _entry(name: str, body: Tag) -> str:
    questions = "".join(
        f'<li><a href="#{html.escape(h["id"])}">{html.escape(h.get_text())}</a></li>'
        for h in body.find_all(re.compile("^h[23]$"))
        if h.get("id") and not h.find("span", class_="kicker")
    )
    return f'<li><a href="#{html.escape(body["id"])}">{html.escape(name)}</a>{f"<ul>{questions}</ul>" if questions else ""}</li>'


def _prepare(body: Tag, deeper: int) -> None:
    """What a browser needs beyond the common tree: levels under the title, formulas, frames to scroll, languages."""
    for heading in body.find_all(re.compile("^h[1-6]$")):
        heading.name = f"h{min(int(heading.name[1]) + deeper, 6)}"
    for formula in body.select(".math"):
        formula.replace_with(_formula(formula))
    for table in body.find_all("table"):
        number, caption = table.attrs.pop("data-number", ""), table.find("caption")
        if caption and number:
            caption.insert(0, tag("span", [str(number)], **{"class": "number"}))
            caption.insert(1, " ")
        for row in table.select("thead th"):
            row["scope"] = "col"
        for row in table.select("tbody th"):
            row["scope"] = "row"
        frame = tag("div", **{"class": "scroll", "tabindex": "0", "role": "region"})
        frame["aria-label"] = caption.get_text() if caption else "Table"
        table.wrap(frame)
    for picture in body.select("figure > img"):
        number = picture.parent.find("span", class_="number")
        frame = tag("div", **{"class": "scroll picture", "tabindex": "0", "role": "region"})
        frame["aria-label"] = number.get_text() if number else "Picture"
        picture.wrap(frame)
    for text in body.find_all(string=_HAN_RUN):
        if not text.find_parent(lang="zh"):
            pieces = (p for p in _HAN_RUN.split(text) if p)
            text.replace_with(
                *(tag("span", [p], lang="zh") if _HAN_RUN.fullmatch(p) else NavigableString(p) for p in pieces)
            )


def _resolve(body: Tag, known: set[str]) -> None:
    """Links to places in the page; what leads nowhere becomes text."""
    for link in body.find_all("a"):
        to = link.attrs.pop("data-to", None)
        if to in known:
            link["href"] = f"#{to}"
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
    found["aria-label"] = latex
    return tag("div" if block else "span", [found], **{"class": "math"})


def _fonts(text: str) -> str:
    """The characters of the page from our own fonts: it looks the same where no Chinese font is installed."""
    from fontTools import subset

    rules = []
    for weight, name in (("400", "Regular"), ("700", "Bold")):
        options = subset.Options(
            layout_features=["kern", "liga"], notdef_outline=True, hinting=False, recalc_timestamp=False
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
