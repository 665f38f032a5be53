"""What stands behind the chapters: the annotated article, the registers of figures and sources."""

from __future__ import annotations

from bs4 import Tag

from tieout.data.dataset import Dataset
from tieout.data.fact import EVIDENCE, Fact
from tieout.prose import links, wordings
from tieout.publish.document.cells import warner
from tieout.publish.document.clean import Cleaner
from tieout.publish.document.links import anchor
from tieout.publish.document.tree import Node, tag, the
from tieout.show import cards, marked
from tieout.show.card import card


def _used(id: str, uses: dict[str, list[tuple[str, str]]]) -> list[Node]:
    """Where a fact is used: pages in print, names of places on screen."""
    found = uses.get(id, [])
    if not found:
        return ["Not used in the chapters."]
    first = {where: use for use, where in reversed(found)}
    places = [tag("a", [where], **{"data-to": first[where]}) for where in dict.fromkeys(w for _, w in found)]
    inside = [x for place in places for x in (", ", place)][1:]
    return ["Used: ", tag("span", inside, **{"class": "uses", "data-uses": " ".join(u for u, _ in found)})]


def annotated(facts: Dataset, uses: dict[str, list[tuple[str, str]]]) -> Tag:
    """The article, paragraph by paragraph; each claim marked, and beside it what it says and where it is used."""
    marks = marked.marks(facts)
    order = {id: n for n, id in enumerate(dict.fromkeys(id for ids in marks.values() for id in ids), 1)}
    body = tag("section", [tag("div", [tag("h1", ["The article, each claim marked"]), tag("p", [_HOW])])])
    placed: set[str] = set()
    for paragraph in facts.article.paragraphs():
        text, notes = tag("p"), tag("div")
        for words, ids in facts.article.pieces(paragraph, marks):
            text.append(tag("strong", [words]) if ids else words)
            for id in ids or ():
                again = id in placed
                place = {} if again else {"id": f"mark:{id}"}
                reading = {"data-to": anchor(EVIDENCE, id), "aria-label": f"Claim {order[id]}, its reading"}
                text.append(tag("sup", [tag("a", [str(order[id])], **reading)], **place))
                notes.append(_again(facts[id], order[id]) if again else _note(facts, facts[id], order[id], uses))
                placed.add(id)
        body.append(tag("div", [tag("div", [text], lang="zh-Hans"), notes], **{"class": "passage"}))
    return body


_HOW = (
    "On the left the article as it was printed, with each claim's number in bold; on the right what it says in "
    "English, as what it is read, for which period, what to take care of and on which pages it is used. Words in "
    "square brackets stand elsewhere in the sentence."
)


def _again(fact: Fact, number: int) -> Tag:
    link = tag(
        "a", [str(number)], **{"data-to": anchor(EVIDENCE, fact.id), "aria-label": f"Claim {number}, its reading"}
    )
    return tag("p", [link, f" {fact.label_en}: printed again, as read above."], **{"class": "small"})


def _note(facts: Dataset, fact: Fact, number: int, uses: dict[str, list[tuple[str, str]]]) -> Tag:
    known = card(facts, fact)
    back = tag("a", [str(number)], **{"data-to": f"mark:{fact.id}", "aria-label": f"Claim {number}, in the article"})
    head = tag("p", [tag("strong", [back, f" {fact.label_en}"]), f" {fact.label_zh}: ", tag("strong", [fact.english])])
    quote = tag("p", [tag("span", [fact.row["quote"]], **{"class": "quote"}), f" · {known.text('english')}"])
    facets = [known.text("period"), fact.interval and f"interval {fact.interval}", known.text("care")]
    words = ". ".join(f[0].upper() + f[1:].rstrip(".") for f in facets if f)
    more = tag("p", [words + ". " if words else "", *_used(fact.id, uses), f" · {fact.id}"], **{"class": "small"})
    return tag("div", [head, quote, more], id=anchor(EVIDENCE, fact.id), **{"class": "claim"})


def register(facts: Dataset, uses: dict[str, list[tuple[str, str]]], warnings: list[str]) -> Tag:
    """The cards of what is not printed: derived figures and counts."""
    body = tag("section", [tag("h1", ["What follows from the claims"])])
    for kind, title in (("derived", "Derived figures 推算值"), ("counted", "Counts of the curated data 数据计数")):
        body.extend([tag("h2", [title]), _cards(facts, kind, uses, warnings)])
    if facts.wordings:
        heading = tag("h2", ["Words that hang on numbers 随数字而定的措辞"])
        body.extend([tag("div", [heading, tag("p", [_SAYS])]), _wordings(facts, uses)])
    return body


def _wordings(facts: Dataset, uses: dict[str, list[tuple[str, str]]]) -> Tag:
    """Words that numbers may turn false, each with what has to hold, and where they stand."""
    found = []
    for says in facts.wordings.values():
        head = tag("p", [tag("strong", [says.words_en]), f": {wordings.conditions(facts, says)}."])
        note = f"{says.row['note']} " if says.row["note"] else ""
        used = tag("p", [note, *_used(says.id, uses), f" · {says.id}"], **{"class": "small"})
        found.append(tag("div", [head, used], id=anchor(EVIDENCE, says.id), **{"class": "together"}))
    return tag("div", found, **{"class": "register"})


_SAYS = (
    "Words of the chapters that would be false if the numbers were others. Each holds for every value that rounding "
    "leaves; what is found stands in brackets."
)


def _cards(facts: Dataset, kind: str, uses: dict[str, list[tuple[str, str]]], warnings: list[str]) -> Tag:
    """The cards of one kind of facts, without the sentences, which stand in another appendix."""
    found = tag("div", **{"class": "register"})
    for fact in facts.of_kind(kind):
        cleaner = Cleaner(EVIDENCE, warner(warnings, EVIDENCE, fact.id))
        shown = cleaner.markdown(cards.fact(fact.id, facts).source)
        body = tag("div", shown, id=anchor(EVIDENCE, fact.id), **{"class": "together"})
        for quote in body.find_all("blockquote"):
            quote.extract()
        # What it is called comes first, and then how formulas call it.
        heading, line = the(body, "h2"), the(body, "p")
        heading.name, heading.string = "h3", fact.label_en
        line.string = f"{fact.label_zh} · {fact.id}"
        body.append(tag("p", _used(fact.id, uses), **{"class": "small"}))
        found.append(body)
    return found


def bibliography(facts: Dataset, uses: dict[str, list[tuple[str, str]]], warnings: list[str]) -> Tag:
    """The sources other than the article, each with the figures that are taken from it, and what is computed with them."""
    opening = [
        tag("h1", ["What other sources print"]),
        tag("p", [" ".join(_OTHERS.format(about=facts.project.others_about).split())]),
        tag("h2", ["Sources by date 来源"]),
    ]
    body = tag("section", opening)
    for other in facts.tables["sources"]:
        kind = ", ".join(facts.label(f"{column}:{other[column]}") for column in ("reliability", "origin"))
        # A copy on another site is named, not linked to: such sites change hands.
        address: Node = other["address"]
        if other["reliability"] != "reprint":
            address = tag("a", [address], href=other["address"])
        lines = [tag("p", [f"{other['publisher_zh']}: {other['title']}. {kind}. ", address], **{"class": "small"})]
        if other["note"]:
            lines.append(tag("p", [other["note"]], **{"class": "small"}))
        found = [_entry(facts, f, uses) for f in facts.of_kind("record") if f.source["id"] == other["id"]]
        body.append(tag("div", [tag("h3", [links.cited(other)]), *lines, tag("ul", found)], **{"class": "small"}))
    body.append(tag("h2", ["Comparisons with other sources 与其他来源的对照"]))
    body.append(_cards(facts, "compared", uses, warnings))
    return body


def _entry(facts: Dataset, record: Fact, uses: dict[str, list[tuple[str, str]]]) -> Tag:
    """A figure of another source, complete by itself: the page shows it where the number is pointed at."""
    head = tag("p", [tag("strong", [f"{record.label_en}: {record.english}"]), f" · {record.chinese}"])
    words = " ".join(filter(None, (record.row["definition"], record.row["note"])))
    printed = card(facts, record).text("printed")
    said = f"Not from the article: {links.cited(record.source)}: {printed}. {words}"
    return tag(
        "li",
        [head, tag("p", [said]), tag("p", _used(record.id, uses), **{"class": "small"})],
        id=anchor(EVIDENCE, record.id),
    )


_OTHERS = (
    "None of these figures is the article's. Each is given with what the source says it counts, as far as it says so. "
    "{about} Addresses of copies on other sites are given without a link."
)
