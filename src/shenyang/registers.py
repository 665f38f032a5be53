"""The registers that only this report has: projects with their stages, policies, superlatives, breakthroughs, statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tieout.data.counts import Count, listed
from tieout.data.fact import Fact
from tieout.data.tables import Row, check_date
from tieout.errors import DataError

Tables = Mapping[str, Sequence[Row]]


def phases(tables: Tables) -> dict[str, str]:
    """The phase of each stage."""
    return {r["code"]: r["group"] for r in tables["terms"] if r["column"] == "stage"}


def firsts(tables: Tables, facts: Mapping[str, Fact]) -> dict[str, Row]:
    """The rows of ``superlatives.csv`` that claim a first, by whose it is."""
    rows = ((facts[r["id"]], r) for r in tables["superlatives"])
    return {fact.row["subject"]: row for fact, row in rows if fact.row["measure"] == "ordinal"}


def check(tables: Tables, claims: Mapping[str, Fact], text: str, last: str) -> None:
    """What the schema cannot say of these tables; no date is after ``last``, what is printed is in ``text``.

    Raises ``DataError`` for the first thing wrong.
    """
    _check_projects(tables["projects"], text, last)
    _check_superlatives(tables, claims)
    known = {(r["column"], r["code"]) for r in tables["terms"]}
    if not {("part", r["kind"]) for r in tables["policies"] if r["policy"] == "model_325"} <= known:
        problem = "a part of the 325 model has a kind without a row in terms.csv."
        raise DataError("data/policies.csv", 0, "kind", problem)
    for line, row in enumerate(tables["terms"], 2):
        if (row["column"] == "stage") != bool(row["group"]):
            raise DataError("data/terms.csv", line, "group", "a stage has a phase, nothing else has one.")


def _check_projects(rows: Sequence[Row], text: str, last: str) -> None:
    file = "data/projects.csv"
    for line, row in enumerate(rows, 2):
        check_date(file, line, "date", row["date"], last)
        for column, whole, where in (("stage_printed", row["quote"], "quote"), ("first_printed", text, "article")):
            for piece in row[column].split("…"):
                if piece not in whole:
                    raise DataError(file, line, column, f"{piece!r} is not in the {where}.")
        for column in ("date_basis", "event_en", "event_zh"):
            if bool(row["date"]) != bool(row[column]):
                raise DataError(file, line, column, "a date has a basis and an event, nothing else has.")


def _check_superlatives(tables: Tables, claims: Mapping[str, Fact]) -> None:
    """Each is a claim; each first that a project prints is one of them."""
    found = []
    for line, row in enumerate(tables["superlatives"], 2):
        for column in ("id", "what"):
            if row[column] not in claims:
                raise DataError("data/superlatives.csv", line, column, f"no claim is called {row[column]!r}.")
        if claims[row["id"]].row["measure"] == "ordinal":
            found.append(claims[row["id"]].row["subject"])
    for line, row in enumerate(tables["projects"], 2):
        if found.count(row["id"]) != bool(row["first_printed"]):
            problem = f"{found.count(row['id'])} rows of superlatives.csv are claims of a first for {row['id']!r}."
            remedy = "There is one for each first, else none."
            raise DataError("data/projects.csv", line, "first_printed", problem, remedy)


def counts(tables: Tables, claims: Sequence[Row]) -> Iterator[Count]:
    """The counts that only this report has; ids start with ``counted_``."""
    yield listed("organisations", "Organisations", "机构", "data/organisations.csv", tables["organisations"])
    customers = [r for r in tables["relations"] if (r["relation"], r["object"]) == ("customer_of", "compute_centre")]
    yield listed("customers", "Customers named", "列名客户", "data/relations.csv", customers, "customer")
    superlatives, printed = tables["superlatives"], {r["id"]: r for r in claims}
    firsts = [r for r in superlatives if printed[r["id"]]["measure"] == "ordinal"]
    ranks = [r for r in superlatives if printed[r["id"]]["measure"] == "rank"]
    places = [r for r in ranks if (printed[r["id"]]["relation"], printed[r["id"]]["value"]) == ("=", "1")]
    regional = [r for r in places if r["level"] in ("province", "northeast")]
    file = "data/superlatives.csv"
    yield listed("superlatives", "Ranks, firsts and records", "位次、首个与纪录", file, superlatives)
    yield listed("firsts", "Claimed firsts", "首个、首批、首台", file, firsts)
    yield listed("firsts_world", "Claimed firsts in the world", "世界首台", file, [r for r in firsts if r["level"] == "world"])  # fmt: skip
    yield listed("first_places", "First places in a ranking", "位次第一", file, places)
    yield listed("first_places_regional", "First places in the province or the Northeast", "省内或东北第一", file, regional)  # fmt: skip
    yield listed("ranks_national", "Ranks in the whole country", "全国位次", file, [r for r in ranks if r["level"] == "country"])  # fmt: skip
    industries = [r for r in tables["policies"] if r["kind"] == "industry"]
    yield listed("industries", "Industries named in the chain maps", "产业链图谱列明产业", "data/policies.csv", industries, "item")  # fmt: skip

    solved, file = tables["breakthroughs"], "data/breakthroughs.csv"
    yield listed("breakthroughs", "Claims of something solved or reached", "突破之说", file, solved)
    for term in (r for r in tables["terms"] if r["column"] == "strength"):
        rows = [r for r in solved if r["strength"] == term["code"]]
        yield listed(f"breakthroughs_{term['code']}", f"Said to be {term['label_en']}", f"称{term['label_zh']}者", file, rows)  # fmt: skip
    theses, file = [r for r in tables["statements"] if r["kind"] == "thesis"], "data/statements.csv"
    yield listed("theses", "Theses that order the article", "文章的分论点", file, theses)

    projects, file = tables["projects"], "data/projects.csv"
    yield listed("projects", "Projects", "项目", file, projects, "project")
    dated = [r for r in projects if r["date"]]
    yield listed("projects_dated", "Projects with a date", "有日期的项目", file, dated, "project")
    phase_of = phases(tables)
    for term in (r for r in tables["terms"] if r["column"] == "phase"):
        rows = [r for r in projects if phase_of.get(r["stage"]) == term["code"]]
        en, zh = f"Projects: {term['label_en'].lower()}", f"项目：{term['label_zh']}"
        yield listed(f"projects_{term['code']}", en, zh, file, rows, "project")
    for term in (r for r in tables["terms"] if r["column"] == "part"):
        rows = [r for r in tables["policies"] if (r["policy"], r["kind"]) == ("model_325", term["code"])]
        en, zh = f"{term['label_en']} of the 325 model that are named", f"“325沈阳模式”列明的{term['label_zh']}"
        yield listed(f"model_325_{term['code']}", en, zh, "data/policies.csv", rows, "item")
