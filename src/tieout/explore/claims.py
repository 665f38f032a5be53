"""Search and filter the claims; one of them, or a place of the article, in full."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.data.dataset import Dataset
from tieout.data.fact import Fact
from tieout.explore.dossiers import dossier
from tieout.explore.html import render
from tieout.explore.panels import Control, State, View, any_of, both, named
from tieout.explore.places import Places
from tieout.explore.usage import Uses
from tieout.numbers.relations import RELATIONS

#: A click in the article is answered whatever is filtered.
_NO_FILTER = {"search": "", "theme": "", "organisation": "", "measure": "", "relation": ""}


class ClaimsPanel:
    """Search and filter the claims; one of them, or a place of the article, in full."""

    label = "Explorer of the claims 论断检索"
    regions = (("card", "What is chosen 所选论断"), ("article", "The article 原文"))

    def __init__(self, facts: Dataset, uses: Uses) -> None:
        self.facts, self.uses, self._places = facts, uses, Places(facts)
        self._claims = sorted(facts.of_kind("claim"), key=lambda f: facts.span(f.id).start)
        self._words = {f.id: _haystack(facts, f) for f in self._claims}
        self.controls = (
            Control("search", "Search, in either language 搜索", "search"),
            Control(
                "theme", "Theme 主题", options=any_of([(t, named(facts, f"theme:{t}")) for t in facts.project.themes])
            ),
            Control("organisation", "Organisation 机构", options=any_of(_owners(facts, self._claims))),
            Control("measure", "Measure 类别", options=any_of(_measures(facts, self._claims))),
            Control("relation", "Printed as 刊出形式", options=any_of(_relations(self._claims))),
            Control("place", "Place in the article 原文位置", options=any_of(self._places.options())),
            Control("choice", "Claims 论断", "list", size=12),
        )
        self.initial = {c.name: "" for c in self.controls} | {"choice": facts.project.first_claim}
        paragraphs = self._places.paragraphs()
        self.fixed = {"article": render("article.html", paragraphs=paragraphs, no_filter=_NO_FILTER)}

    def see(self, state: State) -> View:
        state = self.initial | state
        found = [f for f in self._claims if self._fits(f, state)]
        if state["choice"] not in {f.id for f in found}:
            state["choice"] = found[0].id if found else ""
        choice, place = state["choice"], state["place"]
        where = "at this place of the article" if place else "found"
        status = f"{len(found)} of {len(self._claims)} claims {where} 找到{len(found)}条"
        card = render(
            "card.html",
            standing=self._places.standing(int(place)) if place else None,
            known=dossier(self.facts, self.uses, self.facts[choice]) if choice else None,
        )
        options = {"choice": [(f.id, f"{f.chinese} · {f.label_en}") for f in found]}
        marked = [choice] * bool(choice) + [f"place-{place}"] * bool(place)
        return View(state, status, {"card": card}, options, marked=marked)

    def _fits(self, fact: Fact, state: State) -> bool:
        wanted = {
            "theme": fact.file.removeprefix("data/").removesuffix(".csv"),
            "organisation": _owner(self.facts, fact),
            "measure": fact.row["measure"],
            "relation": fact.row["relation"],
        }
        return (
            all(state[k] in ("", v) for k, v in wanted.items())
            and (not state["place"] or fact.id in self._places.claims[int(state["place"])])
            and all(word in self._words[fact.id] for word in state["search"].casefold().split())
        )


def _owner(facts: Dataset, fact: Fact) -> str:
    """The organisation whose number it is, or which owns the project, or issues the policy."""
    row = facts.things[fact.row["subject"]]
    return row.get("owner") or row.get("issuer") or row["id"]


def _haystack(facts: Dataset, fact: Fact) -> str:
    """All words of a claim that a search may find, in both languages."""
    row = (fact.row[k] for k in ("quote", "repeat_quote", "quote_en", "as_printed", "note"))
    words = [fact.id, fact.english, *row, fact.label_en, fact.label_zh]
    return " ".join([*words, *both(facts, _owner(facts, fact)), *both(facts, fact.row["subject"])]).casefold()


def _owners(facts: Dataset, claims: Sequence[Fact]) -> list[tuple[str, str]]:
    """The organisations that claims belong to, by their names."""
    owners = dict.fromkeys(_owner(facts, f) for f in claims)
    return [(id, f"{en} {zh}") for en, zh, id in sorted((*both(facts, id), id) for id in owners)]


def _measures(facts: Dataset, claims: Sequence[Fact]) -> list[tuple[str, str]]:
    return [(m, named(facts, f"measure:{m}")) for m in dict.fromkeys(f.row["measure"] for f in claims)]


def _relations(claims: Sequence[Fact]) -> list[tuple[str, str]]:
    used = {f.row["relation"] for f in claims}
    return [
        (relation, words)
        for relation, words in ((r, about.named) for r, about in RELATIONS.items())
        if relation in used
    ]
