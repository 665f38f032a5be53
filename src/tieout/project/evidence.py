"""The pages of evidence: a card for each fact and check, a heading each, so that a link lands on it anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from tieout.data.dataset import Dataset
from tieout.data.fact import EVIDENCE, PAGES
from tieout.show import cards

_TITLES = {
    "derived": ("Derived figures 推算值", "what follows from the claims by the formulas of `data/derived.csv`"),
    "counted": ("Counts of the curated data 数据计数", "how many rows there are of a kind"),
    "record": ("Figures of other sources 其他来源数据", "the rows of `data/context.csv`; none is the article's"),
    "compared": ("Comparisons with other sources 与其他来源的对照", "what follows from figures of other sources by the formulas of `data/comparisons.csv`"),
}  # fmt: skip


def pages(facts: Dataset) -> dict[str, str]:
    """The pages in Markdown, by their names in the folder of the notebooks."""
    return {
        f"{EVIDENCE}/{name}.md": _page(facts, title, about, found)
        for name, title, about, found in _parts(facts)
        if found
    }


def _parts(facts: Dataset) -> Iterator[tuple[str, str, str, list[cards.Markdown]]]:
    """Name, title and subject of each page, and its cards."""
    for theme in facts.project.themes:
        title = f"{facts.label(f'theme:{theme}')} {facts.label(f'theme:{theme}', 'zh')}"
        own = [f for f in facts.of_kind("claim") if f.page == theme]
        yield theme, title, f"the claims of `data/{theme}.csv`", [cards.fact(f.id, facts) for f in own]
    for kind in PAGES:
        title, about = _TITLES[kind]
        yield PAGES[kind], title, about, [cards.fact(f.id, facts) for f in facts.of_kind(kind)]
    about = "what the article says in two places, compared by the rows of `data/checks.csv`"
    yield "checks", "The article against itself 一致性检验", about, [cards.check(c, facts) for c in facts.checks]
    about = "words that numbers may turn false, by the rows of `data/wordings.csv`"
    yield (
        "wordings",
        "Words that hang on numbers 随数字而定的措辞",
        about,
        [cards.wording(w, facts) for w in facts.wordings.values()],
    )


def _page(facts: Dataset, title: str, about: str, found: list[cards.Markdown]) -> str:
    intro = f"{about[0].upper()}{about[1:]}, a heading each. Made from the data: edit the CSV, not this page."
    back = f"[How to read a card](../{facts.project.evidence}.ipynb)."
    body = "\n\n".join(card.source for card in found)
    # A page's own links start in its folder, the notebooks' one above it.
    return f"# {title}\n\n{intro} {back}\n\n{body}\n".replace(f"]({EVIDENCE}/", "](")
