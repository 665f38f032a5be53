"""The explorers without a browser: what is shown for what is set, against the data read another way."""

from __future__ import annotations

import ast
import hashlib
import itertools
import json
import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from jinja2 import UndefinedError

from shenyang import exhibits as registered
from shenyang import explorer as projects_panel
from shenyang.explorer import projects as explorer_of_projects
from shenyang.registers import phases
from support import ROOT
from tieout import config
from tieout.data import records, verdicts
from tieout.data.dataset import Dataset
from tieout.data.load import load
from tieout.explore import claims as claims_panel
from tieout.explore import crosschecks as crosschecks_panel
from tieout.explore import supposing, usage, whatif
from tieout.explore.explorers import Explorer
from tieout.explore.panels import View
from tieout.project import evidence, run
from tieout.prose import closing, links, notebooks
from tieout.prose import figures as drawn_figures
from tieout.show import marked
from tieout.show.html import environment
from tieout.show.tables import VIEW

NOTEBOOKS = {p.stem: nbformat.read(p, 4) for p in sorted((ROOT / "notebooks").glob("0*.ipynb"))}
THEMES = ("enterprises", "technology_transfer")
PACKAGE = ROOT / "src/tieout"
TEMPLATES = sorted(PACKAGE.glob("*/templates/*.*"))


@pytest.fixture(scope="module")
def uses() -> usage.Uses:
    return usage.Uses(config.read(ROOT))


@pytest.fixture(scope="module")
def claims(f: Dataset, uses: usage.Uses) -> claims_panel.ClaimsPanel:
    return claims_panel.ClaimsPanel(f, uses)


@pytest.fixture(scope="module")
def asked(f: Dataset) -> whatif.WhatIf:
    return whatif.WhatIf(f)


@pytest.fixture(scope="module", params=THEMES)
def suppose(request: pytest.FixtureRequest, asked: whatif.WhatIf) -> supposing.WhatIfPanel:
    return supposing.WhatIfPanel(asked, request.param)


@pytest.fixture(scope="module")
def projects(f: Dataset) -> projects_panel.ProjectsPanel:
    return projects_panel.ProjectsPanel(f)


@pytest.fixture(scope="module")
def crosschecks(f: Dataset) -> crosschecks_panel.CrossChecksPanel:
    return crosschecks_panel.CrossChecksPanel(f)


@pytest.fixture(scope="module")
def everything(f: Dataset, claims: Any, asked: Any, projects: Any, crosschecks: Any) -> list[Any]:
    return [claims, *(supposing.WhatIfPanel(asked, theme) for theme in THEMES), projects, crosschecks]


def ids(view: View, control: str = "choice") -> list[str]:
    return [value for value, _ in view.options[control]]


def soup(view: View, region: str) -> BeautifulSoup:
    return BeautifulSoup(view.html[region], "html.parser")


def words(view: View, region: str) -> str:
    return " ".join(soup(view, region).get_text(" ").split())


def ends(f: Dataset) -> dict[str, tuple[Any, ...]]:
    """Every quantity without its unit, which knows its registry."""
    quantities = ((id, fact.quantity) for id, fact in f.by_id.items())
    return {id: (q.point, q.low, q.high, q.low_open, q.high_open) for id, q in quantities}


def options(panel: Any, name: str) -> list[str]:
    return [value for value, _ in next(c for c in panel.controls if c.name == name).options if value]


def see(panel: Any, **state: Any) -> View:
    return panel.see(panel.initial | state)


# --- one output with two faces ------------------------------------------------------


def test_an_explorer_is_its_table_and_a_widget(f: Dataset) -> None:
    explorer = explorer_of_projects(f, "Register")
    bundle = explorer._repr_mimebundle_()
    twin = registered.register(f, "Register", f.frame("projects").index)
    assert bundle.pop(VIEW)["model_id"] == explorer.model_id
    assert bundle == twin._repr_mimebundle_()


def test_a_state_from_the_page_is_answered_even_if_the_answer_is_the_same(f: Dataset) -> None:
    explorer = explorer_of_projects(f, "Register")
    first = explorer.view["answer"]
    explorer.state = explorer.initial | {"sector": "power"}
    assert explorer.view["answer"] == first + 1 and "2 of 29" in explorer.view["status"]
    explorer.state = explorer.initial | {"sector": "power", "search": " "}
    assert explorer.view["answer"] == first + 2
    json.dumps(explorer.get_state(["controls", "view", "state", "initial", "regions"]))


def test_the_stored_notebooks_hold_the_tables_and_no_widget() -> None:
    made = {
        "02_enterprises": "suppose", "03_technology_transfer": "suppose", "04_major_projects": "register-table",
        "05_cross_checks": "verdicts-table", "06_evidence": "claims-explorer",
    }  # fmt: skip
    found = {
        name: cell.id
        for name, nb in NOTEBOOKS.items()
        for cell in nb.cells
        if cell.source.startswith(("explorers.", "explorer."))
    }
    assert found == made
    for name, id in made.items():
        [output] = next(c for c in NOTEBOOKS[name].cells if c.id == id).outputs
        assert set(output.data) == {"text/plain", "text/html"}
    assert all("widgets" not in nb.metadata for nb in NOTEBOOKS.values())


def test_what_is_stored_has_no_view_though_the_cell_made_one(f: Dataset) -> None:
    data = explorer_of_projects(f, "Register")._repr_mimebundle_()
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("display_data", data)])
    kept = run.stored(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs[0].data
    assert set(kept) == {"text/plain", "text/html"}


# --- every panel -------------------------------------------------------------------------


def test_every_first_view_is_whole_and_says_the_same_again(everything: list[Any]) -> None:
    for panel in everything:
        view = panel.see(dict(panel.initial))
        assert view.status and set(view.html) | set(panel.fixed) == {name for name, _ in panel.regions}
        again = panel.see(dict(view.state))
        assert again == view, panel.label
        assert {c.name for c in panel.controls} <= set(view.state)


def test_every_link_has_a_cell_and_every_click_sets_a_control(everything: list[Any], f: Dataset) -> None:
    cells = {f"{name}.ipynb": {c.id for c in nb.cells} for name, nb in NOTEBOOKS.items()}
    cells |= {n: set(re.findall("^## (.*)", p, re.M)) for n, p in evidence.pages(f).items()}
    links = clicks = 0
    for panel in everything:
        view = panel.see(dict(panel.initial))
        view.html.update(panel.fixed)
        for region in view.html:
            for a in soup(view, region).select("a"):
                links += 1
                file, _, place = a["data-to"].partition("#")
                assert place.removeprefix("cell-id=") in cells[file], a
            for element in soup(view, region).select("[data-set]"):
                clicks += 1
                assert set(json.loads(element["data-set"])) <= set(view.state), element
    assert links > 50 and clicks > 100


def test_every_control_has_a_name_in_both_languages(everything: list[Any]) -> None:
    for panel in everything:
        for words in [panel.label, *(c.label for c in panel.controls), *(label for _, label in panel.regions)]:
            assert re.search("[a-z]", words) and re.search("[\u4e00-\u9fff]", words), words


def test_what_the_data_say_is_never_markup(f: Dataset, uses: usage.Uses) -> None:
    fact = f["smes"]
    row = fact.row | {"note": "<img src=x onerror=alert(1)>", "quote_en": "a \" b' <b>"}
    odd = replace(f, by_id=f.by_id | {"smes": replace(fact, label_en="<script>'\"", row=row)})
    view = see(claims_panel.ClaimsPanel(odd, uses), choice="smes")
    assert "&lt;img" in view.html["card"] and "&lt;script&gt;" in view.html["card"]
    assert not soup(view, "card").select("img, script, dd b")


#: The dictionary of the data is Markdown with a fold; the parser of HTML wants a body around what it is given.
OTHER_TAGS = {"generated.py": {"<details>", "</details>", "<summary>Columns of ", "</summary>"}, "clean.py": {"<body>"}}
#: The one place that escapes, the page that puts whole trees into its template, and the source of formulas.
ESCAPING = {"show/html.py", "publish/web.py", "publish/document/markdown.py"}


def test_tags_stand_in_templates_only() -> None:
    """Else what the data say would have to be escaped by hand, and would once be forgotten."""
    sources = sorted(p for package in (PACKAGE, ROOT / "src/shenyang") for p in package.rglob("*.py"))
    assert len(sources) > 80
    for path in sources:
        source = path.read_text("utf-8")
        texts = [n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant) and type(n.value) is str]
        # What opens a group in a pattern, and what docstrings quote, is no tag.
        tags = {t for t in texts if re.search(r"(?<!\?P)(?<!``)</?[a-z]+[ >/]", t) and "(?" not in t}
        assert tags == OTHER_TAGS.get(path.name, set()), path.name
        escapes = bool(re.search(r"html\.escape\(|\bMarkup\b", source))
        own = path.is_relative_to(PACKAGE) and path.relative_to(PACKAGE).as_posix() in ESCAPING
        assert escapes == own, path.name


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_escapes_all_that_it_is_given(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape", source)
    own = environment(path.parent)
    assert own.autoescape is True and own.from_string("{{ words }}").render(words="<b>'") == "&lt;b&gt;&#x27;"
    with pytest.raises(UndefinedError, match="unheard_of"):
        own.from_string("{{ unheard_of }}").render()


def test_a_template_is_laid_out_freely() -> None:
    """Line breaks between tags are not shown, spaces in a line and line breaks of the data are."""
    laid_out = "<p>\n  {% if words %}\n    <b>{{ words }}</b> {{ words }}\n  {% endif %}\n</p>\n"
    shown = environment(PACKAGE / "explore/templates").from_string(laid_out).render(words="a\n b")
    assert shown == "<p><b>a\n b</b> a\n b</p>"


# --- the evidence --------------------------------------------------------------------------


def test_each_claim_is_shown_with_all_that_hangs_on_it(
    f: Dataset, claims: claims_panel.ClaimsPanel, uses: usage.Uses
) -> None:
    for fact in f.of_kind("claim"):
        view = see(claims, choice=fact.id)
        text = words(view, "card")
        assert view.state["choice"] == fact.id and view.marked == [fact.id]
        bound = "no other end is known" if fact.quantity.relation not in ("=", "~") else "exact, or a name"
        for part in (fact.english, fact.chinese, fact.row["quote_en"], fact.interval or bound, fact.row["note"]):
            assert part in text, (fact.id, part)
        assert any(fact.row["as_printed"] in b.get_text() for b in soup(view, "card").select("blockquote b"))
        linked = {a["data-to"].rpartition("#")[2].removeprefix("cell-id=") for a in soup(view, "card").select("a")}
        assert {d.id for d in f.by_id.values() if fact.id in d.quantity.ids} <= linked
        for row in f.tables["figures"]:
            shown = f"Figure {row['number']}." in text
            assert shown == (fact.id in row["facts"].split()), (fact.id, row["id"])
        for name, notebook in NOTEBOOKS.items():
            for cell in notebook.cells:
                if cell.cell_type == "markdown" and any(m["id"] == fact.id for m in links.links(cell.source)):
                    found = soup(view, "card").select(f'a[data-to="{name}.ipynb#cell-id={cell.id}"]')
                    assert found, (fact.id, name, cell.id)


def test_the_checks_of_a_claim_are_those_that_compute_with_it(f: Dataset, claims: claims_panel.ClaimsPanel) -> None:
    view = see(claims, choice="hightech_large_2021")
    assert "Growth of high-tech firms above the threshold agrees with the two counts" in words(view, "card")
    computed = [c for c in f.checks + f.crosschecks if re.search(r"\bhightech_large_2021\b", f"{c.left} {c.right}")]
    assert f"Checks 检验 ({len(computed)})" in words(view, "card") and len(computed) > 1


@pytest.mark.parametrize("column", ["theme", "measure", "relation"])
def test_filters_agree_with_the_table_of_claims(f: Dataset, claims: claims_panel.ClaimsPanel, column: str) -> None:
    frame = f.claims
    assert set(options(claims, column)) == set(frame[column])
    for value in options(claims, column):
        assert set(ids(see(claims, **{column: value}))) == set(frame.index[frame[column] == value])


def test_filters_of_organisations_split_the_claims(f: Dataset, claims: claims_panel.ClaimsPanel) -> None:
    found = Counter(id for value in options(claims, "organisation") for id in ids(see(claims, organisation=value)))
    assert found == Counter({c.id: 1 for c in f.of_kind("claim")})
    # A project's claim is its owner's.
    assert "caes_power" in ids(see(claims, organisation="shengu"))
    assert {"compute_capacity", "taiyi_first"} <= set(ids(see(claims, organisation="compute_centre")))


@pytest.mark.parametrize(
    ("search", "found"),
    [("增长 科技型中小企业", {"smes_growth"}), ("asthma", {"drug_transfer_value"}), ("249.3", {"contracts_turnover"}),
     ("KINGSEMI spin", {"coater_spin_units"}), ("zzz", set()), ("采埃孚", {"zf_investment", "zf_global_rank"})],
)  # fmt: skip
def test_search_finds_words_of_either_language(claims: claims_panel.ClaimsPanel, search: str, found: set[str]) -> None:
    view = see(claims, search=search)
    assert set(ids(view)) >= found and bool(found) == bool(ids(view))
    assert len(ids(view)) <= 8
    assert view.status.startswith(f"{len(ids(view))} of 82")
    if not found:
        assert "No claim fits" in view.html["card"]


def test_filters_work_together(f: Dataset, claims: claims_panel.ClaimsPanel) -> None:
    both = set(ids(see(claims, theme="enterprises"))) & set(ids(see(claims, measure="growth")))
    assert set(ids(see(claims, theme="enterprises", measure="growth"))) == both and len(both) == 4


def test_the_places_are_the_whole_article(f: Dataset, claims: claims_panel.ClaimsPanel) -> None:
    spans = list(marked.sentences(f))
    assert "".join(f.article.text[s.start : s.end] for s in spans) == f.article.text.replace("\n", "")
    shown = BeautifulSoup(claims.fixed["article"], "html.parser")
    for extra in shown.select("small, h5"):
        extra.decompose()
    assert re.sub(r"\s", "", shown.get_text()) == re.sub(r"\s", "", f.article.text)


def test_a_place_answers_with_all_that_stands_there(f: Dataset, claims: claims_panel.ClaimsPanel) -> None:
    spans = list(marked.sentences(f))
    at: dict[str, set[str]] = {}
    for n in options(claims, "place"):
        view = see(claims, place=n)
        text, span = words(view, "card"), spans[int(n)]
        at[n] = set(ids(view))
        assert f"place-{n}" in view.marked
        for numeral in f.numerals:
            if numeral.kind and span.covers(numeral.span):
                assert numeral.reason in text, (n, numeral)
        for row in f.tables["projects"]:
            quoted = f.article.find(row["quote"])
            inside = quoted.start < span.end and span.start < quoted.end
            assert (f"{row['label_en']} {row['label_zh']} (project)" in text) == inside, (n, row["id"])
    for fact in f.of_kind("claim"):
        home = next(str(n) for n, s in enumerate(spans) if s.covers(f.span(fact.id)))
        assert fact.id in at[home]
    assert any(not found for found in at.values())


def test_each_claim_is_marked_in_the_article_where_its_number_stands(
    f: Dataset, claims: claims_panel.ClaimsPanel
) -> None:
    marks = BeautifulSoup(claims.fixed["article"], "html.parser").select("mark")
    for fact in f.of_kind("claim"):
        own = [m for m in marks if fact.id in m["data-ids"].split()]
        assert len(own) == 1 + bool(fact.row["repeat_quote"])
        assert own[0].get_text() == fact.row["as_printed"]


def test_the_index_lists_each_claim_once_in_the_order_of_the_article(f: Dataset, uses: usage.Uses) -> None:
    table = usage.index(f, uses, "Claims")
    linked = [row[2].fact for row in table.rows]
    assert sorted(linked) == sorted(c.id for c in f.of_kind("claim"))
    assert [f.span(id).start for id in linked] == sorted(f.span(id).start for id in linked)
    row = next(r for r in table.rows if r[2].fact == "contracts_turnover")
    assert row[4].text == str(sum("contracts_turnover" in d.quantity.ids for d in f.by_id.values()) - 1)


# --- what if ---------------------------------------------------------------------------------


def test_nothing_moves_at_first(suppose: supposing.WhatIfPanel) -> None:
    view = suppose.see(dict(suppose.initial))
    assert "推算值变动: 0 of" in view.status and ", as printed" in view.status and view.state["values"] == {}
    assert not soup(view, "derived").select("tr.changed")


def test_each_printed_number_moves_what_is_computed_with_it(f: Dataset, suppose: supposing.WhatIfPanel) -> None:
    for id, fact in suppose._claims.items():
        start = see(suppose, claim=id)
        half = supposing._plain(Fraction(start.state["value"]) / 2)
        half = str(round(Fraction(half))) if fact.unit.kind == "count" else half
        view = suppose.see(start.state | {"value": half, "changed": "value"})
        moved = {a["data-to"].rpartition("#")[2] for a in soup(view, "derived").select("tr.changed a")} - {id}
        assert moved == {d.id for d in f.of_kind("derived") if id in d.quantity.ids}, id
        assert Fraction(view.state["values"][id]) == Fraction(half) and view.state["slide"] == view.state["value"]
        assert fact.chinese in view.labels["slide"]


def test_the_slider_the_box_and_several_changes(asked: whatif.WhatIf) -> None:
    panel = supposing.WhatIfPanel(asked, "enterprises")

    def after(view: View, name: str, value: str) -> View:
        return panel.see(view.state | {name: value, "changed": name})

    view = after(see(panel), "claim", "smes")
    view = after(view, "slide", "10000")
    assert view.state["value"] == "10000" and view.state["values"] == {"smes": "10000"}
    view = after(view, "claim", "smes_growth")
    assert view.state["value"] == "196.5" and view.state["values"] == {"smes": "10000"}
    view = after(view, "value", "100")
    assert view.state["values"] == {"smes": "10000", "smes_growth": "100"}
    assert "5,000 firms" in words(view, "derived")
    for nonsense in ("", "-", "1e", "abc"):
        assert after(view, "value", nonsense).state["values"] == view.state["values"]
    view = after(view, "value", "196.5")
    assert view.state["values"] == {"smes": "10000"}
    assert "-0.5% instead of 196.5%" in after(view, "value", "-0.5").status
    # Chosen and typed before the kernel answered: the value is the new claim's.
    quick = panel.see(view.state | {"claim": "eaglets", "value": "900", "changed": "value"})
    assert quick.state["values"] == {"smes": "10000", "eaglets": "900"}


@pytest.mark.parametrize(
    ("id", "value"), [("smes", 9000), ("smes_growth", 60), ("contracts_turnover", 20_000_000_000), ("pilot_bases_new", 20)]
)  # fmt: skip
def test_it_is_what_the_data_would_say_with_that_value(
    f: Dataset, asked: whatif.WhatIf, whole: Path, id: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same change made in the CSV of a copy, loaded and checked the usual way."""
    path = whole / f[id].file
    lines = path.read_text("utf-8").split("\n")
    row = lines[f[id].line - 1]
    old = f",{f[id].row['value']},"
    assert row.count(old) == 1
    lines[f[id].line - 1] = row.replace(old, f",{value},")
    path.write_text("\n".join(lines), "utf-8", newline="\n")
    changed = load(whole, lenient=True)
    outcome = asked.suppose(whatif.Supposition({id: Fraction(value)}))
    assert ends(outcome.facts) == ends(changed)
    assert [c.verdict for c in outcome.facts.checks] == [c.verdict for c in changed.checks]
    assert {h.id: h.verdict for h in outcome.facts.headlines.values()} == {
        h.id: h.verdict for h in changed.headlines.values()
    }
    found = Counter()
    for name in NOTEBOOKS:
        problems = notebooks.check_notebook(name, changed).problems
        found += Counter((name, p.cell, p.text, p.message) for p in problems if p.text != "link definitions")
    should = Counter((p.notebook, p.cell, p.link["text"], f"should be {new!r} ({p.id})") for p, new in outcome.stale)
    should += Counter(
        (p.notebook, p.cell, p.link["text"], p.problem(changed)) for _, all, _ in outcome.untrue for p in all
    )
    assert should == found
    assert found


def test_words_turn_false_with_the_number_that_they_rest_on(asked: whatif.WhatIf) -> None:
    outcome = asked.suppose(whatif.Supposition({"smes_growth": Fraction(30)}))
    untrue = {says.id: {p.notebook for p in places} for says, places, _ in outcome.untrue}
    assert untrue["says_smes_tripled"] == {"02_enterprises"}
    titles = {says.id: [row["id"] for row in figures] for says, _, figures in outcome.untrue}
    assert titles["says_smes_tripled"] == ["smes_before"]
    assert "says_one_contradicted" in untrue and "says_bases_tripled" not in untrue
    assert {(a.id, a.verdict, b.verdict) for a, b in outcome.headlines} >= {
        ("smes_growth", "contradicted", "consistent")
    }
    assert {row["id"] for row in outcome.figures} >= {"growth_rates", "smes_before"}


def test_a_value_with_which_nothing_can_be_computed_says_so(asked: whatif.WhatIf) -> None:
    explorer = Explorer(
        supposing.WhatIfPanel(asked, "enterprises"), whatif.conventions(asked.facts, "enterprises", "x")
    )
    chosen = explorer.see(explorer.view["state"] | {"claim": "smes_growth"})["state"]
    for impossible, holds in (("-100", "196.5"), ("-150.5", "196.5"), ("", "196.5"), ("2e", "196.5")):
        view = explorer.see(chosen | {"value": impossible, "changed": "value"})
        assert f"{holds} holds" in view["status"] and view["state"]["value"] == holds and view["state"]["values"] == {}
    assert explorer.see(chosen | {"value": "-99.9", "changed": "value"})["state"]["values"] == {"smes_growth": "-99.9"}
    share = explorer.see(chosen | {"claim": "firms_target_share"})["state"]
    assert explorer.see(share | {"value": "101", "changed": "value"})["status"].startswith(
        "101 cannot be; 99.69 holds."
    )
    explorer.state = chosen | {"claim": "hightech_large_2021", "values": {"hightech_large_2021": "0"}}
    assert explorer.view["status"].startswith("This cannot be computed") and "zero" in explorer.view["status"]
    # What was shown before does not follow from this.
    assert set(explorer.view["html"].values()) == {""}
    explorer.state = explorer.initial
    assert "as printed" in explorer.view["status"]


def test_nothing_is_written(asked: whatif.WhatIf, suppose: supposing.WhatIfPanel) -> None:
    def state() -> dict[Path, str]:
        files = [
            p
            for folder in ("data", "notebooks", "figures", "seeds")
            for p in (ROOT / folder).glob("*.*")
            if p.is_file()
        ]
        return {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}

    before, numbers = state(), ends(asked.facts)
    for rounding, bounds in itertools.product(whatif.ROUNDINGS, whatif.BOUNDS):
        see(suppose, rounding=rounding, bounds=bounds)
    assert state() == before and ends(asked.facts) == numbers


@pytest.mark.parametrize("rounding", ["nearest", "down", "up"])
def test_a_convention_allows_just_the_numbers_that_would_be_printed_so(f: Dataset, rounding: str) -> None:
    supposed = whatif.Supposition(rounding=rounding)
    for fact in f.of_kind("claim"):
        step = Fraction(fact.row["rounding"])
        if fact.quantity.relation != "=" or not step or fact.quantity.nominal:
            continue
        q, printed = supposed.quantity(f, fact.id), Fraction(fact.row["value"])
        for n in range(-40, 41):
            true = printed + n * step / 20
            cut = true // step * step
            shown = {"down": {cut}, "up": {-(-true // step) * step}, "nearest": {(true + step / 2) // step * step}}[
                rounding
            ]
            if rounding == "nearest" and (true + step / 2) % step == 0:
                shown |= {true - step / 2}  # a half may go either way
            low = q.low < true or (q.low == true and not q.low_open)
            high = true < q.high or (q.high == true and not q.high_open)
            assert (low and high) == (printed in shown), (fact.id, n)


def test_what_a_bound_may_mean(f: Dataset) -> None:
    def read(id: str, bounds: str) -> tuple[Any, ...]:
        q = whatif.Supposition(bounds=bounds).quantity(f, id)
        return float(q.low), float(q.high), q.low_open, q.high_open

    inf = float("inf")
    assert read("financing", "open") == (7e8, inf, True, False)
    assert read("financing", "closed") == (7e8, inf, False, False)
    assert read("financing", "round")[:3] == (7e8, 8e8, True)
    assert read("financing", "equal") == (7e8, 7e8, False, False)
    assert read("reward_cap", "round")[:2] == (1e5, 2e5)
    assert read("compute_customers", "round")[:2] == (200, 300)
    rank = whatif.Supposition(bounds="equal").quantity(f, "zf_global_rank")
    assert rank == f["zf_global_rank"].quantity  # a rank is a name
    with pytest.raises(ValueError, match="unknown convention"):
        whatif.Supposition(bounds="loose")


def test_words_of_a_bound_stay_true_while_it_holds(asked: whatif.WhatIf) -> None:
    assert asked.suppose(whatif.Supposition(bounds="round")).stale == ()
    equal = {p.link["text"]: new for p, new in asked.suppose(whatif.Supposition(bounds="equal")).stale}
    assert equal["more than CNY 700 million"] == "CNY 700 million"
    closed = {p.link["text"]: new for p, new in asked.suppose(whatif.Supposition(bounds="closed")).stale}
    assert closed["more than CNY 700 million"] == "at least CNY 700 million"


@pytest.mark.parametrize("theme", THEMES)
def test_the_table_beside_the_panel_is_what_the_panel_shows(f: Dataset, asked: whatif.WhatIf, theme: str) -> None:
    table, panel = whatif.conventions(f, theme, "x"), supposing.WhatIfPanel(asked, theme)
    by_name = {row[0].text: row for row in table.rows}
    readings = [{}, {"rounding": "down"}, {"rounding": "up"}, {"bounds": "round"}]
    moved = set()
    for n, reading in enumerate(readings, 2):
        view = see(panel, **reading)
        for row in soup(view, "derived").select("tbody tr"):
            id = row.select_one("a")["data-to"].rpartition("#")[2]
            cells = [c.get_text() for c in row.select("th, td")]
            name = f"{f[id].label_en} {f[id].label_zh}"
            if row.get("class"):
                moved.add(name)
                assert by_name[name][n].text.split(" ")[0] in cells[2], (id, reading)
    assert moved == {name for name in by_name if not name.startswith("Check")}


# --- projects -----------------------------------------------------------------------------------


def shown(view: View) -> list[str]:
    return [row["data-ids"] for row in soup(view, "register").select("tbody tr")]


def test_filters_of_projects_agree_with_the_csv(f: Dataset, projects: projects_panel.ProjectsPanel) -> None:
    frame = f.frame("projects")
    for sector in options(projects, "sector"):
        assert shown(see(projects, sector=sector)) == list(frame.index[frame["sector"] == sector])
    for option in options(projects, "stage"):
        kind, _, code = option.partition(":")
        own = frame["stage"] if kind == "stage" else frame["stage"].map(phases(f.tables))
        assert shown(see(projects, stage=option)) == list(frame.index[own == code]) != []
    firsts = {r["id"]: r["level"] for r in f.tables["superlatives"] if f[r["id"]].row["measure"] == "ordinal"}
    level = {f[id].row["subject"]: reach for id, reach in firsts.items()}
    assert set(shown(see(projects, scope="some"))) == set(level) == set(frame.index[frame["first_printed"] != ""])
    assert not set(shown(see(projects, scope="none"))) & set(level)
    for reach in set(level.values()):
        assert set(shown(see(projects, scope=reach))) == {id for id in level if level[id] == reach}


def test_dates_of_projects_and_their_timeline(f: Dataset, projects: projects_panel.ProjectsPanel) -> None:
    frame = f.frame("projects").query("date != ''")
    for since, until in itertools.product(["", *options(projects, "since")], ["", *options(projects, "until")]):
        view = see(projects, since=since, until=until)
        months = frame["date"].str[:7]
        wanted = set(frame.index[(months >= since) & (months <= (until or "9"))])
        if since or until:
            assert set(shown(view)) == wanted
        drawn = {g["data-ids"] for g in soup(view, "timeline").select("g[data-ids]")}
        assert drawn == wanted
    everything = see(projects)
    assert "24 without a date" in words(everything, "timeline")
    places = {g["data-ids"]: g for g in soup(everything, "timeline").select("g[data-ids]")}
    xs = {id: float((g.circle or g.rect).get("cx") or g.rect["x"]) for id, g in places.items()}
    assert sorted(xs, key=xs.__getitem__) == list(frame.sort_values("date").index)
    assert places["deep_engineering_facility"].rect  # a month is drawn whole


def test_a_search_and_a_choice_among_projects(f: Dataset, projects: projects_panel.ProjectsPanel) -> None:
    assert set(shown(see(projects, search="沈鼓"))) == set(shown(see(projects, search="shengu compressor")))
    view = see(projects, choice="zf_parts")
    assert view.marked == ["zf_parts"]
    assert see(projects, choice="zf_parts", sector="power").marked == []
    none = see(projects, search="zzz")
    assert none.status.startswith("0 of 29") and "No project fits" in none.html["timeline"]


# --- cross-checks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "weak",
    [set(c) for n in range(4) for c in itertools.combinations(records.RELIABILITIES, n)],
    ids=lambda weak: "-".join(sorted(weak)) or "all",
)
def test_verdicts_follow_the_sources_that_are_on(
    f: Dataset, crosschecks: crosschecks_panel.CrossChecksPanel, weak: set[str]
) -> None:
    off = dict.fromkeys(weak, False)
    now = {id: h.without(weak).verdict for id, h in f.headlines.items()}
    tally = Counter(now.values())
    view = see(crosschecks, **off)
    for verdict in verdicts.VERDICTS:
        assert f"{tally[verdict]} {f.label(f'verdict:{verdict}')}" in view.status
        found = see(crosschecks, verdict=verdict, **off)
        assert set(ids(found)) == {id for id in now if now[id] == verdict}
    moved = sum(now[id] != h.verdict for id, h in f.headlines.items())
    assert (f"结论: {moved}" in view.status) == bool(weak)
    view = see(crosschecks, choice="smes_growth", **off)
    assert f.label(f"verdict:{now['smes_growth']}") in words(view, "verdict")


def test_each_figure_shows_its_comparisons_path_and_sources(
    f: Dataset, crosschecks: crosschecks_panel.CrossChecksPanel
) -> None:
    drawn = 0
    for id, headline in f.headlines.items():
        view = see(crosschecks, choice=id)
        assert len(soup(view, "verdict").select("tbody tr")) == len(headline.comparisons)
        assert headline.row["reading_en"] in words(view, "verdict")
        for comparison in headline.comparisons:
            assert comparison.label_en in words(view, "verdict")
            for source in comparison.sources:
                assert links.cited(source) in words(view, "sources") and source["title"] in words(view, "sources")
        dots = soup(view, "path").select("circle")
        drawn += len(dots) > 0
        for dot in dots:
            assert 0 <= float(dot["cx"]) <= 720 and 0 <= float(dot["cy"]) <= 210
    assert drawn > 20


def test_a_path_is_what_the_facts_give(f: Dataset, crosschecks: crosschecks_panel.CrossChecksPanel) -> None:
    view = see(crosschecks, choice="contracts_turnover")
    marks = soup(view, "path").select("g:has(circle)")
    titles = [g.title.get_text() for g in marks]
    path = f.path("contracts_turnover")
    for id in path["fact"]:
        assert any(t.startswith(f"{f[id].label_en}: {f[id].english}") for t in titles), id
    assert titles[-1] == "The article 本文: CNY 24.93 billion" and marks[-1]["class"] == ["own"]
    looks = Counter(g["class"][0] for g in marks)
    without = Counter(
        g["class"][0]
        for g in soup(see(crosschecks, choice="contracts_turnover", reprint=False), "path").select("g:has(circle)")
    )
    assert without["off"] == looks["reprint"] > 0 and without["reprint"] == 0


def test_a_figure_of_the_province_that_is_the_city_s_stands_on_its_path(
    crosschecks: crosschecks_panel.CrossChecksPanel,
) -> None:
    """All firms of the batch are Shenyang's; the strongest source may not be missing. Whole things have whole ticks."""
    view = see(crosschecks, choice="tech_centres_new")
    titles = [g.title.get_text() for g in soup(view, "path").select("g[role=img]")]
    assert len(titles) == 3 and any("Liaoning Daily" in t and "15 March 2023" in t for t in titles)
    ticks = [t.get_text() for t in soup(view, "path").select("text[text-anchor=end]")]
    assert ticks[:3] == ["0", "2", "4"]
    # What only bounds the article's figure is not drawn as if it were one.
    titles = [g.title.get_text() for g in soup(see(crosschecks, choice="smes"), "path").select("g[role=img]")]
    assert not any("Liaoning, " in t for t in titles)


def test_a_figure_of_another_kind_than_its_sources_is_drawn_by_what_it_implies(
    crosschecks: crosschecks_panel.CrossChecksPanel,
) -> None:
    view = see(crosschecks, choice="smes_growth")
    assert "implied by the article 由本文推算: 4,729" in words(view, "path") and soup(view, "path").select("g.line")


def test_without_any_source_nothing_decides(crosschecks: crosschecks_panel.CrossChecksPanel) -> None:
    view = see(crosschecks, **dict.fromkeys(records.RELIABILITIES, False))
    all = len(crosschecks.facts.headlines)
    assert view.status.startswith(
        f"{all} figures: 0 contradicted, 0 corroborated, 0 roughly consistent, {all} nothing decisive"
    )
    assert (
        "No figure has this verdict"
        in see(crosschecks, verdict="corroborated", **dict.fromkeys(records.RELIABILITIES, False)).html["verdict"]
    )


# --- the editing loop -------------------------------------------------------------------------------


def test_the_closing_cell_lists_sentences_words_and_figures_with_old_and_new_values(
    whole: Path, edit: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    formula = "smes / (1 + smes_growth)"
    edit("data/derived.csv", f",enterprise,{formula},", ",enterprise,smes / (2 + smes_growth),")
    closing.report("02_enterprises", load(whole))
    out = capsys.readouterr().out
    assert "02_enterprises: " in out and "places in the prose no longer hold" in out
    assert "'4,729' should be '3,536' (smes_earlier), in “14,022 firms after a growth of 196.5% imply 4,729" in out
    assert "'nearly tripled' no longer holds: it says that smes / smes_earlier" in out
    assert "Figure 5, smes_before: smes_earlier 4,729 firms → 3,536 firms (run 02_enterprises to draw it anew)" in out
    assert re.search(r"\d+ places in 05_cross_checks no longer hold", out) and "Update numbers" in out


def test_the_closing_cell_names_a_value_that_contradicts_its_sentence(
    whole: Path, edit: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("data/technology_transfer.csv", ",24930000000,", ",25930000000,")
    closing.report("03_technology_transfer", load(whole, lenient=True))
    out = capsys.readouterr().out
    assert out.startswith(
        "data/technology_transfer.csv, row 3, column value: 25930000000 does not agree with '249.3亿元'"
    )
    assert "'CNY 24.93 billion' should be 'CNY 25.93 billion' (contracts_turnover)" in out
    assert "contracts_turnover CNY 24.93 billion → CNY 25.93 billion" in out
    # No remedy is named that would be refused.
    assert "First correct the value" in out and "brings the numbers" not in out


def test_a_figure_that_was_drawn_anew_is_named_with_what_it_showed(
    whole: Path, edit: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("data/derived.csv", ",enterprise,smes / (1 + smes_growth),", ",enterprise,smes / (2 + smes_growth),")
    changed = load(whole)
    assert [row["id"] for row, _ in drawn_figures.stale_figures(changed)] == ["smes_before", "paths_firms"]
    old = (whole / "figures/smes_before.csv").read_text("utf-8")
    value = next(line for line in old.split("\n") if line.startswith("smes_earlier,")).rpartition(",")[2]
    new = old.replace(value, repr(changed.value("smes_earlier")))
    changed.figures.write("smes_before", {"csv": new.encode()})
    closing.report("02_enterprises", changed)
    out = capsys.readouterr().out
    assert "Figure 5, smes_before: smes_earlier 4,729 firms → 3,536 firms (drawn anew)" in out
    assert "(run 05_cross_checks to draw it anew)" in out
    # Read again, with a figure file that somebody spoilt.
    (whole / "figures/ranks.csv").write_text("fact,value\nsmes,n/a\n", "utf-8")
    (whole / "data/derived.csv").touch()
    assert [row["id"] for row, _ in drawn_figures.stale_figures(load(whole))] == ["paths_firms"]
