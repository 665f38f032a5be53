"""Search and filter the claims; one of them, or a place of the article, in full."""

from __future__ import annotations

import json
from html import escape

from tieout.data.dataset import Dataset
from tieout.data.fact import Fact
from tieout.explore import markup
from tieout.explore.crosschecks import _OUTCOMES
from tieout.explore.panels import Control, State, View, any_of, named
from tieout.explore.usage import Uses, figures_of, resting
from tieout.numbers.numerals import Span
from tieout.show import cards, marked

_RELATIONS = {
    "=": "a value 数值", ">": "more than 超", ">=": "at least 以上", "<": "less than 不足", "<=": "at most 最高", "~": "a class 级"
}  # fmt: skip


class ClaimsPanel:
    """Search and filter the claims; one of them, or a place of the article, in full."""

    label = "Explorer of the claims 论断检索"
    regions = (("card", "What is chosen 所选论断"), ("article", "The article 原文"))

    def __init__(self, facts: Dataset, uses: Uses) -> None:
        self.facts, self.uses = facts, uses
        claims = facts.of_kind("claim")
        self._claims = sorted(claims, key=lambda f: facts.span(f.id).start)
        self._marks = marked.marks(facts)
        self._places = list(marked.sentences(facts))
        self._words = {f.id: self._haystack(f) for f in claims}
        owners = dict.fromkeys(self._owner(f) for f in self._claims)
        words = sorted((facts.label(id), facts.label(id, "zh"), id) for id in owners)
        measures = dict.fromkeys(f.row["measure"] for f in self._claims)
        relations = [r for r in _RELATIONS if any(f.row["relation"] == r for f in claims)]
        places = [(str(n), self._place(n)) for n in range(len(self._places))]
        self.controls = (
            Control("search", "Search, in either language 搜索", "search"),
            Control(
                "theme", "Theme 主题", options=any_of([(t, named(facts, f"theme:{t}")) for t in facts.project.themes])
            ),
            Control("organisation", "Organisation 机构", options=any_of([(id, f"{en} {zh}") for en, zh, id in words])),
            Control("measure", "Measure 类别", options=any_of([(m, named(facts, f"measure:{m}")) for m in measures])),
            Control("relation", "Printed as 刊出形式", options=any_of([(r, _RELATIONS[r]) for r in relations])),
            Control("place", "Place in the article 原文位置", options=any_of(places)),
            Control("choice", "Claims 论断", "list", size=12),
        )
        self.initial = {c.name: "" for c in self.controls} | {"choice": facts.project.first_claim}
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
        for table in f.project.registers:
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
            ("Measure 类别", named(f, f"measure:{row['measure']}")),
            ("Whose 所属", f"{f.label(row['subject'])} {f.label(row['subject'], 'zh')}"),
            ("Period 时段", cards.period(row)),
            ("Care 注意", row["note"]),
            ("Stands in 出处", stands),
        ]
        lines = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts if v)
        rests = resting(f, fact.id)
        derived = [
            f"{markup.card(d.id, d.label_en)} {markup.value(d)}" + (" · <i>with other sources</i>" if d.outside else "")
            for d in rests
        ]
        checks = [
            f"{escape(_OUTCOMES[c.verdict])}: {markup.card(c.id, c.label_en) if c in f.checks else escape(c.label_en)}"
            for c in f.checks + f.crosschecks
            if fact.id in c.left_quantity.ids + c.right_quantity.ids
        ]
        figures = [
            markup.link(*self.uses.drawn[r["id"]], f"Figure {r['number']}. {r['title_en']}")
            for r in figures_of(f, fact.id)
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
