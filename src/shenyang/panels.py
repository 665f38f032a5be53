"""What the explorers show: plain functions from what is set to HTML, without a widget and without a browser.

Each panel names its controls and regions; ``see`` turns a state (the controls' values, all text but the check boxes)
into a ``View``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from html import escape
from pathlib import Path
from textwrap import shorten
from typing import Any, ClassVar, Protocol

from shenyang import evidence, markup, prose, whatif
from shenyang import quantity as qty
from shenyang.article import DATE, Span
from shenyang.claims import THEMES
from shenyang.context import RELIABILITIES, VERDICTS, Headline
from shenyang.fact import RECORD, Check, Fact
from shenyang.facts import Facts
from shenyang.prose import Place, cited
from shenyang.schema import Row, date_text
from shenyang.tables import Cell, Column, Table, number, text

State = dict[str, Any]
Options = list[tuple[str, str]]

_RELATIONS = {
    "=": "a value 数值", ">": "more than 超", ">=": "at least 以上", "<": "less than 不足", "<=": "at most 最高", "~": "a class 级"
}  # fmt: skip
_VERDICT_SIGNS = {"contradicted": "×", "corroborated": "✓", "consistent": "≈", "nothing_found": "–"}
_OUTCOMES = {"holds": "✓ holds", "fits": "≈ fits", "fails": "× fails"}


@dataclass(frozen=True)
class Control:
    """``kind`` is search, number, range, select, list (an open select) or check."""

    name: str
    label: str
    kind: str = "select"
    options: Options = field(default_factory=list)
    title: str = ""
    group: str = ""
    size: int = 8
    wide: bool = False


@dataclass(frozen=True)
class View:
    """What is shown for ``state`` (brought into order): a line of ``status``, HTML by region; new options, attributes and labels of controls; marks."""

    state: State
    status: str
    html: dict[str, str]
    options: dict[str, Options] = field(default_factory=dict)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    marked: list[str] = field(default_factory=list)


class Panel(Protocol):
    """What an explorer needs to be drawn; ``fixed`` is the HTML of regions that never change."""

    label: str
    fixed: dict[str, str]
    controls: Sequence[Control]
    regions: Sequence[tuple[str, str]]
    initial: State

    def see(self, state: State) -> View: ...


# --- where numbers are used -----------------------------------------------------------


class Uses:
    """Where the notebooks of ``root`` use each fact: in sentences, and in the cells that draw the figures."""

    def __init__(self, root: Path) -> None:
        self.places = prose.uses(root)
        self.drawn: dict[str, tuple[str, str]] = {}
        for name in prose.NOTEBOOKS:
            for cell in prose.read(root, name):
                for id in re.findall(r'charts\.start\(F, "(\w+)"', cell["source"]):
                    self.drawn[id] = (name, cell["id"])

    def sentences(self, id: str) -> list[Place]:
        """The places in prose that give a fact, one a sentence."""
        return list({(p.notebook, p.cell, p.sentence): p for p in self.places.get(id, ())}.values())


def _figures(facts: Facts, id: str) -> list[Row]:
    return [facts.figure(row["id"]) for row in facts.tables["figures"] if id in row["facts"].split()]


def _resting(facts: Facts, id: str) -> list[Fact]:
    """All that is computed from a claim, directly or through others."""
    return [f for f in facts.by_id.values() if id in f.quantity.ids and f.id != id]


def index(facts: Facts, uses: Uses, caption: str) -> Table:
    """The claims in the order of the article, each with what rests on it and where it is used."""
    order = dict.fromkeys(id for ids in evidence.marks(facts).values() for id in ids)
    rows = []
    for fact in (facts[id] for id in order):
        notebooks = dict.fromkeys(place.notebook[:2] for place in uses.sentences(fact.id))
        figures = ", ".join(row["number"] for row in _figures(facts, fact.id))
        paragraph = facts.article.paragraph_of(facts.span(fact.id))
        named = text(fact.label_en, fact.label_zh)
        printed = Cell(fact.chinese, fact.id, number(fact).hover)
        measure = text(facts.label(f"measure:{fact.row['measure']}"))
        rests = text(str(len(_resting(facts, fact.id)) or ""))
        rows.append([text(f"¶{paragraph}"), named, printed, measure, rests, text(figures), text(", ".join(notebooks))])
    columns = [
        Column("¶ 段"),
        Column("Claim 论断"),
        Column("As printed 原文", end=True),
        Column("Measure 类别"),
        Column("Derived 推算", end=True),
        Column("Figures 图"),
        Column("Prose 见于"),
    ]
    note = "Derived: how many figures are computed from it, comparisons with other sources among them. Prose: the notebooks that give it, 00 being the summary."
    return Table(caption, columns, rows, note, evidence.origin(f"data/{theme}.csv" for theme in THEMES))


# --- the evidence ---------------------------------------------------------------------


class Evidence:
    """Search and filter the claims; one of them, or a place of the article, in full."""

    label = "Explorer of the claims 论断检索"
    regions = (("card", "What is chosen 所选论断"), ("article", "The article 原文"))

    def __init__(self, facts: Facts, uses: Uses) -> None:
        self.facts, self.uses = facts, uses
        claims = facts.of_kind("claim")
        self._claims = sorted(claims, key=lambda f: facts.span(f.id).start)
        self._marks = evidence.marks(facts)
        self._places = list(evidence.sentences(facts))
        self._words = {f.id: self._haystack(f) for f in claims}
        owners = dict.fromkeys(self._owner(f) for f in self._claims)
        words = sorted((facts.label(id), facts.label(id, "zh"), id) for id in owners)
        measures = dict.fromkeys(f.row["measure"] for f in self._claims)
        relations = [r for r in _RELATIONS if any(f.row["relation"] == r for f in claims)]
        places = [(str(n), self._place(n)) for n in range(len(self._places))]
        self.controls = (
            Control("search", "Search, in either language 搜索", "search"),
            Control("theme", "Theme 主题", options=_any([(t, _name(facts, f"theme:{t}")) for t in THEMES])),
            Control("organisation", "Organisation 机构", options=_any([(id, f"{en} {zh}") for en, zh, id in words])),
            Control("measure", "Measure 类别", options=_any([(m, _name(facts, f"measure:{m}")) for m in measures])),
            Control("relation", "Printed as 刊出形式", options=_any([(r, _RELATIONS[r]) for r in relations])),
            Control("place", "Place in the article 原文位置", options=_any(places)),
            Control("choice", "Claims 论断", "list", size=12),
        )
        self.initial = {c.name: "" for c in self.controls} | {"choice": "contracts_turnover"}
        self.fixed = {"article": self._paper()}

    def see(self, state: State) -> View:
        state = self.initial | state
        found = [f for f in self._claims if self._fits(f, state)]
        if state["choice"] not in {f.id for f in found}:
            state["choice"] = found[0].id if found else ""
        where = "at this place of the article" if state["place"] else "found"
        status = f"{len(found)} of {len(self._claims)} claims {where} 找到{len(found)}条"
        html = self._at(state["place"]) if state["place"] else ""
        if state["choice"]:
            html += self._full(self.facts[state["choice"]])
        elif not state["place"]:
            html += "<p>No claim fits: other words, or Reset. 没有符合的论断：请换词或重置。</p>"
        options = {"choice": [(f.id, f"{f.chinese} · {f.label_en}") for f in found]}
        marked = [state["choice"]] * bool(state["choice"]) + [f"place-{state['place']}"] * bool(state["place"])
        return View(state, status, {"card": html}, options, marked=marked)

    def _owner(self, fact: Fact) -> str:
        """The organisation whose number it is, or which owns the project, or issues the policy."""
        row = self.facts.things[fact.row["subject"]]
        return row.get("owner") or row.get("issuer") or row["id"]

    def _haystack(self, fact: Fact) -> str:
        owner = self._owner(fact)
        words = [
            fact.id,
            fact.english,
            *(fact.row[k] for k in ("quote", "repeat_quote", "quote_en", "as_printed", "note")),
        ]
        words += [fact.label_en, fact.label_zh, self.facts.label(owner), self.facts.label(owner, "zh")]
        words += [self.facts.label(fact.row["subject"]), self.facts.label(fact.row["subject"], "zh")]
        return " ".join(words).casefold()

    def _fits(self, fact: Fact, state: State) -> bool:
        wanted = {
            "theme": fact.file.removeprefix("data/").removesuffix(".csv"),
            "organisation": self._owner(fact),
            "measure": fact.row["measure"],
            "relation": fact.row["relation"],
        }
        return (
            all(state[k] in ("", v) for k, v in wanted.items())
            and (not state["place"] or self._stands(fact.id, int(state["place"])))
            and all(word in self._words[fact.id] for word in state["search"].casefold().split())
        )

    def _stands(self, id: str, place: int) -> bool:
        span = self._places[place]
        return any(id in ids and span.start <= start < span.end for (start, _), ids in self._marks.items())

    def _place(self, n: int) -> str:
        span = self._places[n]
        words = self.facts.article.text[span.start : span.end].strip()
        return f"¶{self.facts.article.paragraph_of(span)} {words[:26]}{'…' if len(words) > 26 else ''}"

    def _at(self, place: str) -> str:
        """What stands at a place of the article beside its claims."""
        f, span = self.facts, self._places[int(place)]
        words = escape(f.article.text[span.start : span.end].strip())
        head = f"<h4>At this place 此处</h4><p>Paragraph {f.article.paragraph_of(span)}, characters {span.start}–{span.end}</p>"
        claims = [
            markup.sets(f"{c.label_en}: {c.chinese}", choice=c.id)
            for c in self._claims
            if self._stands(c.id, int(place))
        ]
        numerals = (n for n in f.numerals if n.kind and span.covers(n.span))
        dismissed = [f'<span lang="zh">{escape(n.text)}</span>: no claim. {escape(n.reason)}' for n in numerals]
        named = []
        for table in ("organisations", "projects", "policies"):
            for row in f.tables[table]:
                quoted = f.article.find(row["quote"])
                if quoted.start < span.end and span.start < quoted.end:
                    named.append(
                        f"{markup.both(row['label_en'], row['label_zh'])} ({table[:-1].replace('policie', 'policy')})"
                    )
        return (
            f'{head}<blockquote lang="zh">{words}</blockquote>'
            + (
                f"<h5>Claims 论断</h5>{markup.listing(claims)}"
                if claims
                else "<p>No claim stands here. 此处没有论断。</p>"
            )
            + (f"<h5>Numerals that are no claims 非论断数字</h5>{markup.listing(dismissed)}" if dismissed else "")
            + (f"<h5>Named here 提及</h5>{markup.listing(named)}" if named else "")
        )

    def _full(self, fact: Fact) -> str:
        f, row, span = self.facts, fact.row, self.facts.span(fact.id)
        bound = "no other end is known" if fact.quantity.relation not in ("=", "~") else "exact, or a name"
        quotes = [q for q in (row["quote"], row["repeat_quote"]) if q]
        marked = (
            escape(q).replace(escape(row["as_printed"]), f"<b>{escape(row['as_printed'])}</b>", 1) for q in quotes
        )
        stands = f"paragraph {f.article.paragraph_of(span)}, characters {span.start}–{span.end}; {fact.file}, row {fact.line}"
        facts = [
            ("Interval 区间", fact.interval or bound),
            ("Measure 类别", _name(f, f"measure:{row['measure']}")),
            ("Whose 所属", f"{f.label(row['subject'])} {f.label(row['subject'], 'zh')}"),
            ("Period 时段", evidence.period(row)),
            ("Care 注意", row["note"]),
            ("Stands in 出处", stands),
        ]
        lines = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts if v)
        resting = _resting(f, fact.id)
        derived = [
            f"{markup.card(d.id, d.label_en)} {markup.value(d)}" + (" · <i>with other sources</i>" if d.outside else "")
            for d in resting
        ]
        checks = [
            f"{escape(_OUTCOMES[c.verdict])}: {markup.card(c.id, c.label_en) if c in f.checks else escape(c.label_en)}"
            for c in f.checks + f.crosschecks
            if fact.id in c.left_quantity.ids + c.right_quantity.ids
        ]
        figures = [
            markup.link(*self.uses.drawn[r["id"]], f"Figure {r['number']}. {r['title_en']}")
            for r in _figures(f, fact.id)
        ]
        sentences = [
            f"{markup.link(p.notebook, p.cell, p.notebook)}: {escape(p.sentence)}" for p in self.uses.sentences(fact.id)
        ]
        return (
            f"<h4>{markup.both(fact.label_en, fact.label_zh)}</h4><p class=value>{markup.card(fact.id, fact.english)} · "
            f'<span lang="zh">{escape(fact.chinese)}</span></p>'
            + "".join(f'<blockquote lang="zh">{q}</blockquote>' for q in marked)
            + f"<p>{escape(row['quote_en'])}</p><dl>{lines}</dl>"
            + f"<h5>Derived from it 由此推算 ({len(derived)})</h5>{markup.listing(derived, 'Nothing. 无')}"
            + f"<h5>Checks 检验 ({len(checks)})</h5>{markup.listing(checks, 'None. 无')}"
            + f"<h5>Figures 图 ({len(figures)})</h5>{markup.listing(figures, 'None. 无')}"
            + f"<h5>Sentences 语句 ({len(sentences)})</h5>{markup.listing(sentences, 'None. 无')}"
        )

    def _paper(self) -> str:
        """The article, each sentence and each claim's number in it to click."""
        f, out = self.facts, []
        for n, paragraph in enumerate(f.article.paragraphs(), 1):
            inside = [(i, s) for i, s in enumerate(self._places) if paragraph.covers(s)]
            out.append(f"<p><small>¶{n}</small> " + "".join(self._line(i, s) for i, s in inside) + "</p>")
        head = "<h5>The article: choose a sentence or a number 原文：点击语句或数字</h5>"
        return f'{head}<div lang="zh">{"".join(out)}</div>'

    def _line(self, place: int, span: Span) -> str:
        words, at, article = "", span.start, self.facts.article.text
        for (start, end), ids in self._marks.items():
            if span.start <= start < span.end:
                sets = escape(json.dumps({"place": "", "choice": ids[0]} | _NO_FILTER))
                words += escape(article[at:start])
                words += f'<mark data-ids="{" ".join(ids)}" data-set="{sets}">{escape(article[start:end])}</mark>'
                at = end
        sets = escape(json.dumps({"place": str(place)} | _NO_FILTER))
        return f'<span data-ids="place-{place}" data-set="{sets}">{words}{escape(article[at : span.end])}</span>'


_NO_FILTER = {"search": "", "theme": "", "organisation": "", "measure": "", "relation": ""}


def _wanted(facts: Facts, check: Check) -> str:
    """What the article's side of a comparison should be: at least 6,567 firms."""
    bound = "a figure of " if check.right_quantity.relation != "=" else ""
    return f"{evidence.RELATIONS[check.relation]} {bound}{evidence.short(facts, check.right_quantity)}"


def _any(options: Options) -> Options:
    return [("", "any 不限"), *options]


def _name(facts: Facts, id: str) -> str:
    """What a code is called, in both languages."""
    return f"{facts.label(id)} {facts.label(id, 'zh')}"


# --- what if --------------------------------------------------------------------------


class WhatIf:
    """Change a printed number of a theme or a convention; see what moves, and what would no longer be true."""

    fixed: ClassVar[dict[str, str]] = {}
    regions = (("derived", "Derived figures 推算值"), ("broken", "What would turn false 将不再成立"))

    def __init__(self, asked: whatif.WhatIf, theme: str) -> None:
        self.asked, self.facts = asked, asked.facts
        self.label = f"What if: {self.facts.label(f'theme:{theme}')} 假设"
        self._claims = {f.id: f for f in whatif.claims(self.facts, theme)}
        self._derived = [f.id for f in whatif.derived(self.facts, theme)]
        claims = [(f.id, f"{f.chinese} · {f.label_en}") for f in self._claims.values()]
        self.controls = (
            Control("claim", "Printed number 刊出数字", options=claims, wide=True),
            Control("value", "Its value, if it were 假设数值", "number"),
            Control("slide", "Slide 拖动", "range"),
            Control("rounding", "Rounding 取整", options=list(whatif.ROUNDINGS.items()), wide=True),
            Control("bounds", "More than, at most 超、最高", options=list(whatif.BOUNDS.items()), wide=True),
        )
        first = next((f.id for f in self._claims.values() if f.row["measure"] == "growth"), claims[0][0])
        self.initial = {"claim": first, "changed": "", "value": "", "slide": "", "values": {}}
        self.initial |= {"rounding": "nearest", "bounds": "open"}

    def see(self, state: State) -> View:
        state, refused = self._ordered(self.initial | state)
        fact = self._claims[state["claim"]]
        values = {id: Fraction(v) * _unit_of(self._claims[id])[0] for id, v in state["values"].items()}
        supposed = whatif.Supposition(values, state["rounding"], state["bounds"])
        scale, unit = _unit_of(fact)
        printed = Fraction(fact.row["value"]) / scale
        step = Fraction(fact.row["rounding"] or 0) / scale or Fraction(1)
        # On the grid of the printed digits, as the value is.
        low, high = (k * printed // step * step for k in (Fraction(1, 2), 2))
        ends = {"min": _plain(low), "max": _plain(high), "step": _plain(step)}
        attributes = {"slide": ends, "value": {"step": _plain(step), "title": unit}}
        outcome = self.asked.suppose(supposed)
        broken = len({(p.notebook, p.cell, p.sentence) for p, _ in outcome.stale}) + len(outcome.untrue)
        moved = [id for id in self._derived if id in outcome.moved]
        now = (
            f"{_measured(state['value'], unit)} instead of {fact.chinese}"
            if fact.id in values
            else f"{fact.chinese}, as printed"
        )
        status = (
            f"{fact.label_en}: {now}. Derived figures of this theme that move 推算值变动: {len(moved)} of {len(self._derived)}. "
            f"Sentences and words that no longer hold 失实: {broken}. "
            f"Checks that come out otherwise 检验变化: {len(outcome.checks)}."
        )
        if refused:
            status = f"{refused} {status}"
        if self.facts.disagreements:
            status = f"The data on disk contradict the article 数据与原文不符: {self.facts.disagreements[0]} {status}"
        labels = {"value": f"If it were, in {unit} 假设数值", "slide": f"Printed 刊出: {fact.chinese}"}
        html = {"derived": self._moved(outcome, state), "broken": self._broken(outcome)}
        return View(state, status, html, attributes=attributes, labels=labels)

    def _ordered(self, state: State) -> tuple[State, str]:
        """With the value of the claim that is chosen now, in the slider as in the box; of values only those that differ.

        Beside it why what was set is not taken, if it is not.
        """
        fact, values = self._claims[state["claim"]], dict(state["values"])
        printed = Fraction(fact.row["value"]) / _unit_of(fact)[0]
        value, refused = Fraction(values.get(fact.id, printed)), ""
        if state["changed"] in ("value", "slide"):
            low, high = (
                (-100 if fact.row["measure"] == "growth" else 0),
                (100 if fact.row["measure"] == "share" else qty.INF),
            )
            try:
                wanted = Fraction(state[state["changed"]])
            except (ValueError, ZeroDivisionError):  # nothing, or half a number
                refused = f"No number is set; {_plain(value)} holds. 未输入数字，仍按原值。"
            else:
                if low < wanted <= high or wanted == 0:
                    value = Fraction(round(wanted)) if fact.unit.kind == "count" else wanted
                else:
                    refused = f"{_plain(wanted)} cannot be; {_plain(value)} holds. 数值不可能，仍按原值。"
        values.pop(fact.id, None)
        if value != printed:
            values[fact.id] = _plain(value)
        return state | {"changed": "", "value": _plain(value), "slide": _plain(value), "values": values}, refused

    def _moved(self, outcome: whatif.Outcome, state: State) -> str:
        rows = []
        for id in state["values"]:
            claim = self._claims[id]
            now = markup.value(outcome.facts[id])
            rows.append(
                ('class="changed"', [f"● {markup.card(id, claim.label_en)}, printed 刊出", markup.value(claim), now])
            )
        for id in sorted(self._derived, key=lambda id: id not in outcome.moved):
            before, after = self.facts[id], outcome.facts[id]
            new = id in outcome.moved and _then(before, after) != markup.value(before)
            name = f"{'● ' if new else ''}{markup.card(id, before.label_en)} <span lang=zh>{escape(before.label_zh)}</span>"
            then = _then(before, after) if new else "the same 不变"
            rows.append(('class="changed"' if new else "", [name, markup.value(before), then]))
        return markup.table(["Figure 数字", "As read 原读法", "Then 假设下"], rows, "● what changes 变动项")

    def _broken(self, outcome: whatif.Outcome) -> str:
        numbers: dict[tuple[str, str, str], list[str]] = {}
        for place, should in outcome.stale:
            changes = numbers.setdefault((place.notebook, place.cell, place.sentence), [])
            changes.append(f"<del>{escape(place.link['text'])}</del> → <ins>{escape(should)}</ins>")
        sentences = [
            f"{markup.link(notebook, cell, notebook)}: {', '.join(dict.fromkeys(changes))}<br>{escape(sentence)}"
            for (notebook, cell, sentence), changes in numbers.items()
        ]
        words = [f"{markup.link(n, p.cell, n)}: “{escape(p.text or p.cell)}”" for n, p in outcome.untrue]
        checks = [
            f"{escape(a.label_en)} <span lang=zh>{escape(a.label_zh)}</span>: {a.verdict} → <b>{b.verdict}</b>"
            for a, b in outcome.checks
        ]
        verdicts = [
            f"{markup.link('05_cross_checks', 'verdicts-table', a.label_en)}: {self._verdict(a)} → <b>{self._verdict(b)}</b>"
            for a, b in outcome.headlines
        ]
        figures = [f"Figure {row['number']}. {escape(row['title_en'])}" for row in outcome.figures]
        return (
            f"<h5>Sentences that would be false 将失实的语句 ({len(sentences)})</h5>{markup.listing(sentences, 'None. 无')}"
            f"<h5>Words that may no longer hold 未必成立的措辞 ({len(words)})</h5>{markup.listing(words, 'None. 无')}"
            f"<h5>Checks that come out otherwise 结果改变的检验 ({len(checks)})</h5>{markup.listing(checks, 'None. 无')}"
            f"<h5>Verdicts beside other sources 与其他来源对照的结论 ({len(verdicts)})</h5>{markup.listing(verdicts, 'None change. 不变')}"
            f"<h5>Figures that show one of these numbers 涉及的图 ({len(figures)})</h5>{markup.listing(figures, 'None. 无')}"
        )

    def _verdict(self, headline: Headline) -> str:
        return escape(self.facts.label(f"verdict:{headline.verdict}"))


def _unit_of(fact: Fact) -> tuple[int, str]:
    """The scale in which a claim's value is set, and its unit in that scale."""
    _, _, unit = qty.parts(fact.quantity, fact.unit)
    scales = {"CNY billion": 10**9, "CNY million": 10**6}
    scale = next((s for words, s in scales.items() if unit.startswith(words)), 1)
    return scale, unit


def _measured(value: str, unit: str) -> str:
    number = f"{Decimal(value):,}"
    return f"{number}%" if unit == "%" else f"{number} {unit}"


def _then(before: Fact, after: Fact) -> str:
    """A value and its interval under a supposition, no finer than ``before`` where only the interval is another."""
    if before.value != after.value:
        share = after.value / before.value - 1 if before.value else 0
        change = f", {abs(share):.1%} {'more 增' if share > 0 else 'less 减'}" if abs(share) >= 0.0005 else ""
        return f"{markup.value(after)}{change}"
    if after.quantity.relation != "=":
        return markup.value(after)
    if after.quantity.exact:
        return f"<b>{escape(before.english)}</b> (exact 精确)"
    whole = after.unit.kind == "count"  # the printed point may lie between the whole numbers that are possible
    return (
        f"<b>{escape(after.interval)}</b>" if whole else f"<b>{escape(before.english)}</b> ({escape(after.interval)})"
    )


def _plain(value: Fraction) -> str:
    """A number as a control takes it: no separators, no exponent."""
    return f"{float(value):.10f}".rstrip("0").rstrip(".")


# --- projects --------------------------------------------------------------------------


class Projects:
    """Filter the register of projects; timeline and table follow."""

    label = "Explorer of the projects 项目检索"
    fixed: ClassVar[dict[str, str]] = {}
    regions = (("timeline", "Timeline 时间线"), ("register", "Register 项目表"))

    def __init__(self, facts: Facts) -> None:
        self.facts, rows = facts, facts.tables["projects"]
        phases = {r["code"]: r for r in facts.tables["terms"] if r["column"] == "phase"}
        stages: Options = []
        for phase in phases:
            stages.append((f"phase:{phase}", f"{_name(facts, f'phase:{phase}')}: all 全部"))
            own = (code for code, group in facts.phases.items() if group == phase)
            stages += [
                (f"stage:{s}", f"  {_name(facts, f'stage:{s}')}") for s in own if any(r["stage"] == s for r in rows)
            ]
        sectors = [r for r in facts.tables["terms"] if r["column"] == "sector"]
        months = sorted({r["date"][:7] for r in rows if r["date"]})
        dates = [(m, date_text(m)) for m in months]
        self._firsts = {
            facts[r["id"]].row["subject"]: r
            for r in facts.tables["superlatives"]
            if facts[r["id"]].row["measure"] == "ordinal"
        }
        levels = dict.fromkeys(r["level"] for r in self._firsts.values())
        scopes = [("none", "no claim of a first 无"), ("some", "any claimed first 有首个之说")]
        self.controls = (
            Control("search", "Search, in either language 搜索", "search"),
            Control("stage", "Stage 阶段", options=_any(stages)),
            Control(
                "sector",
                "Sector 领域",
                options=_any([(r["code"], f"{r['label_en']} {r['label_zh']}") for r in sectors]),
            ),
            Control(
                "scope",
                "Claimed first in 首个范围",
                options=_any(scopes + [(v, _name(facts, f"level:{v}")) for v in levels]),
            ),
            Control("since", "Dated from 自", options=_any(dates)),
            Control("until", "Dated to 至", options=_any(dates)),
        )
        self.initial = {c.name: "" for c in self.controls} | {"choice": ""}

    def see(self, state: State) -> View:
        state = self.initial | state
        rows = [row for row in self.facts.tables["projects"] if self._fits(row, state)]
        if state["choice"] not in {row["id"] for row in rows}:
            state["choice"] = ""
        phases = Counter(self.facts.phases[row["stage"]] for row in rows)
        order = dict.fromkeys(self.facts.phases.values())
        split = "; ".join(f"{phases[p]} {self.facts.label(f'phase:{p}').lower()}" for p in order if phases[p])
        status = f"{len(rows)} of {len(self.facts.tables['projects'])} projects 项目{len(rows)}个" + (
            f": {split}" if split else ""
        )
        html = {"timeline": self._timeline(rows), "register": self._register(rows)}
        return View(state, status, html, marked=[state["choice"]] * bool(state["choice"]))

    def _fits(self, row: Row, state: State) -> bool:
        first = self._firsts.get(row["id"])
        owner = self.facts.things[row["owner"]]
        words = " ".join([*row.values(), owner["label_en"], owner["label_zh"]]).casefold()
        scope = {"": True, "none": not first, "some": bool(first)}
        return (
            state["stage"] in ("", f"stage:{row['stage']}", f"phase:{self.facts.phases[row['stage']]}")
            and state["sector"] in ("", row["sector"])
            and scope.get(state["scope"], bool(first) and first["level"] == state["scope"])
            and (not state["since"] or row["date"][:7] >= state["since"])
            and (not state["until"] or "" < row["date"][:7] <= state["until"])
            and all(word in words for word in state["search"].casefold().split())
        )

    def _timeline(self, rows: Sequence[Row]) -> str:
        dated = sorted((row for row in rows if row["date"]), key=lambda row: row["date"])
        undated = f"{len(rows) - len(dated)} without a date 无日期" if len(dated) < len(rows) else ""
        marks = [
            markup.Mark(
                row["date"],
                n,
                f"{shorten(row['label_en'], 52, placeholder=' …')}, {date_text(row['date'])}",
                "dark",
                row["id"],
                True,
            )
            for n, row in enumerate(dated)
        ]
        every = sorted(row["date"] for row in self.facts.tables["projects"] if row["date"])
        drawn = markup.plot(marks, "", "Dated projects 有日期的项目", (every[0], every[-1])) if marks else ""
        return (
            f"{drawn}<p>{undated or 'All carry a date. 均有日期。'}</p>"
            if rows
            else "<p>No project fits. 没有符合的项目。</p>"
        )

    def _register(self, rows: Sequence[Row]) -> str:
        f, body = self.facts, []
        for row in rows:
            first = self._firsts.get(row["id"])
            claimed = f"{markup.card(first['id'], row['first_printed'])}: {escape(first['among_en'])}" if first else ""
            when = f"{date_text(row['date'])}: {row['event_en']}" if row["date"] else ""
            cells = [
                markup.sets(row["label_en"], choice=row["id"]) + f' <span lang="zh">{escape(row["label_zh"])}</span>',
                markup.both(f.label(row["owner"]), f.label(row["owner"], "zh")),
                escape(_name(f, f"sector:{row['sector']}")),
                markup.both(f.label(f"stage:{row['stage']}"), row["stage_printed"]),
                escape(when),
                claimed,
                f'<span lang="zh">{escape(row["quote"])}</span>',
            ]
            body.append((f'data-ids="{row["id"]}"', cells))
        heads = [
            "Project 项目",
            "Whose 所属",
            "Sector 领域",
            "Stage 阶段",
            "Date 日期",
            "Claimed first 首个",
            "Printed as 原文",
        ]
        return markup.table(heads, body) if rows else ""


# --- cross-checks ----------------------------------------------------------------------


class CrossChecks:
    """Choose a figure of the article; its path, sources and verdict follow the sources that are switched on."""

    label = "Explorer of the cross-checks 交叉核对"
    fixed: ClassVar[dict[str, str]] = {}
    regions = (("verdict", "Verdict 结论"), ("path", "Path 走势"), ("sources", "Sources 来源"))

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        switches = [Control(r, _name(facts, f"reliability:{r}"), "check", group="Sources 来源") for r in RELIABILITIES]
        verdicts = [(v, _name(facts, f"verdict:{v}")) for v in VERDICTS]
        self.controls = (
            Control("verdict", "Verdict 结论", options=_any(verdicts)),
            *switches,
            Control("choice", "Figure 数字", "list", size=7),
        )
        self.initial = {"verdict": "", "choice": "smes_growth"} | dict.fromkeys(RELIABILITIES, True)

    def see(self, state: State) -> View:
        state = self.initial | state
        weak = {r for r in RELIABILITIES if not state[r]}
        now = {id: h.without(weak) for id, h in self.facts.headlines.items()}
        order = sorted(now.values(), key=lambda h: VERDICTS.index(h.verdict))
        found = [h for h in order if state["verdict"] in ("", h.verdict)]
        if state["choice"] not in {h.id for h in found}:
            state["choice"] = found[0].id if found else ""
        counts = Counter(h.verdict for h in now.values())
        moved = sum(now[id].verdict != h.verdict for id, h in self.facts.headlines.items())
        tally = ", ".join(f"{counts[v]} {self.facts.label(f'verdict:{v}')}" for v in VERDICTS)
        status = f"{len(now)} figures: {tally}." + (
            f" {moved} verdicts differ from those with all sources 与全部来源时不同的结论: {moved}." if weak else ""
        )
        options = {"choice": [(h.id, f"{_VERDICT_SIGNS[h.verdict]} {h.label_en} {h.label_zh}") for h in found]}
        html = dict.fromkeys(("verdict", "path", "sources"), "")
        if state["choice"]:
            headline = self.facts.headlines[state["choice"]]
            html = {
                "verdict": self._verdict(headline, now[headline.id]),
                "path": self._path(headline, weak),
                "sources": self._sources(headline, weak),
            }
        else:
            html["verdict"] = "<p>No figure has this verdict with these sources. 没有符合的数字。</p>"
        return View(state, status, html, options)

    def _verdict(self, headline: Headline, now: Headline) -> str:
        f, fact = self.facts, self.facts[headline.id]
        was = (
            f" (with all sources: {f.label(f'verdict:{headline.verdict}')})" if now.verdict != headline.verdict else ""
        )
        verdict = f"{_VERDICT_SIGNS[now.verdict]} {_name(f, f'verdict:{now.verdict}')}"
        rows = []
        for c in headline.comparisons:
            off = c not in now.comparisons
            cells = [
                escape(c.label_en) + f' <span lang="zh">{escape(c.label_zh)}</span>',
                escape(evidence.short(f, c.left_quantity)),
                escape(_wanted(f, c)),
                "switched off 已关" if off else escape(_OUTCOMES[c.verdict]),
                escape("same 相同" if c.row["definition"] == "same" else "near 相近"),
                escape("; ".join(cited(s) for s in c.sources)),
            ]
            rows.append(('class="off"' if off else "", cells))
        heads = [
            "Comparison 对照",
            "Article 本文",
            "Should be 应为",
            "Outcome 结果",
            "Definition 口径",
            "Source 来源",
        ]
        return (
            f"<h4>{markup.both(headline.label_en, headline.label_zh)}</h4>"
            f"<p class=value>{markup.card(fact.id, fact.english)} · <span lang=zh>{escape(fact.chinese)}</span></p>"
            f"<p><b>{escape(verdict)}</b>{escape(was)}</p>"
            + (markup.table(heads, rows) if rows else "<p>Nothing to compare was found. 未找到可对照的数字。</p>")
            + f"<p>{escape(headline.row['definition_en'])}</p><p>With all sources: {escape(headline.row['reading_en'])}</p>"
        )

    def _records(self, headline: Headline) -> list[Fact]:
        """The figures of other sources that the comparisons rest on."""
        ids = dict.fromkeys(id for c in headline.comparisons for id in c.right_quantity.ids if id.startswith(RECORD))
        return [self.facts[id] for id in ids]

    def _path(self, headline: Headline, weak: set[str]) -> str:
        """What other sources print over time of what the comparisons measure; if it is of another kind, its level."""
        fact = self.facts[headline.id]
        measured = {r.row["indicator"] for r in self._records(headline)}
        series = [
            r
            for r in self.facts.of_kind("record")
            if r.row["indicator"] in measured and (r.row["geography"], r.row["basis"]) == ("shenyang", "printed")
        ]
        # A figure of a wider region that should be the same number is of the city, too: no other city has a part in it.
        series += [
            r
            for c in headline.comparisons
            for r in self._records(headline)
            if (c.relation, c.right_quantity) == ("=", r.quantity) and r not in series
        ]
        own = [
            r for r in series if r.unit.id == fact.unit.id and r.row["measure"] in ("level", fact.row.get("measure"))
        ]
        shown = own or [r for r in series if r.row["measure"] == "level"]
        if not shown:
            return "<p>No series of the city was found. 未找到本市序列。</p>"
        like = fact if own else shown[0]
        shown = [r for r in shown if r.unit.id == like.unit.id]
        scale, unit = _unit_of(like)
        marks = [
            markup.Mark(
                r.row["period_end"],
                r.value / scale,
                f"{r.label_en}: {r.english} ({cited(r.source)})",
                "off" if r.source["reliability"] in weak else r.source["reliability"],
                since=r.row["period_start"],
                open=r.quantity.relation != "=",
            )
            for r in shown
        ]
        if own:
            end = fact.row.get("period_end") or DATE
            since = fact.row.get("period_start", "")
            words = f"The article 本文: {fact.english}"
            marks.append(
                markup.Mark(end, fact.value / scale, words, "own", name=True, since=since if since != end else "")
            )
        else:
            for c in headline.comparisons:
                sides = (
                    ("implied by the article 由本文推算", "own", c.left_quantity),
                    ("other sources 其他来源", "dark", c.right_quantity),
                )
                marks += [
                    markup.Mark("", float(q.value) / scale, name, look)
                    for name, look, q in sides
                    if q.unit == like.quantity.unit
                ]
        growth = "Growth 增长率: " if own and fact.row.get("measure") == "growth" else ""
        names = growth + ", ".join(dict.fromkeys(_name(self.facts, f"indicator:{r.row['indicator']}") for r in shown))
        key = (
            f"In {unit}. Filled: official 实心：官方; grey: press 灰：媒体; hollow: reprint 空心：转载; dashed: switched off 虚线：已关; "
            "red: the article 红：本文. A line to a dot is the time that a sum covers 横线为累计时段; a triangle is a floor 三角为下限."
        )
        return f"<h5>{escape(names)}</h5>{markup.plot(marks, unit, names)}<p>{escape(key)}</p>"

    def _sources(self, headline: Headline, weak: set[str]) -> str:
        f, rows = self.facts, []
        for r in self._records(headline):
            off = r.source["reliability"] in weak
            cells = [
                markup.card(r.id, r.label_en) + f' <span lang="zh">{escape(r.label_zh)}</span>',
                escape(r.english),
                escape(f"{cited(r.source)}: {r.source['title']}"),
                escape(f.label(f"reliability:{r.source['reliability']}") + (", switched off 已关" if off else "")),
                escape(f.label(f"origin:{r.source['origin']}")),
                escape(r.row["definition"]),
            ]
            rows.append(('class="off"' if off else "", cells))
        heads = [
            "Figure 数字",
            "Value 数值",
            "Printed by 刊载",
            "Reliability 可靠性",
            "Whose figure 数据来源",
            "Definition 口径",
        ]
        return markup.table(heads, rows, "What it rests on 依据") if rows else ""
