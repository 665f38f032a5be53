"""The engine on a project in miniature: an invented article of four sentences, and nothing of any other report."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from support import MINI, ROOT
from tieout import cli, config
from tieout.data.load import load
from tieout.errors import DataError


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return shutil.copytree(MINI, tmp_path / "mini")


def test_its_claims_and_what_follows_from_them() -> None:
    f = load(MINI)
    assert [(c.id, c.english) for c in f.of_kind("claim")][:3] == [
        ("libraries_new", "12 libraries"), ("libraries", "48 libraries"), ("books", "35,000 books"),
    ]  # fmt: skip
    assert f["libraries_earlier"].english == "36 libraries"
    assert f["books_earlier"].interval == "27,889 to 28,112 books"
    assert {n.text: n.kind or n.claims for n in f.numerals}["12"] == ("libraries_new",)


def test_a_report_is_made_of_it_and_is_as_it_is_stored(mini: Path) -> None:
    shutil.rmtree(mini / "figures")
    shutil.rmtree(mini / "notebooks/evidence")
    assert cli.main(["--root", str(mini), "report", "--quiet"]) == 0
    for folder in ("notebooks", "notebooks/evidence", "figures"):
        stored = {p.name: p.read_bytes() for p in (MINI / folder).iterdir() if p.is_file()}
        assert {p.name: p.read_bytes() for p in (mini / folder).iterdir() if p.is_file()} == stored
    assert (mini / "build/mini-report.pdf").read_bytes().startswith(b"%PDF-")
    page = (mini / "build/mini-report.html").read_text("utf-8")
    assert "A year of reading, audited" in page and "Jia Daily" in page


def test_a_changed_formula_is_named_with_the_sentence_that_gives_it(
    mini: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = mini / "data/derived.csv"
    path.write_text(
        path.read_text("utf-8").replace("libraries - libraries_new", "libraries - 2 * libraries_new"), "utf-8"
    )
    assert cli.main(["--root", str(mini), "check"]) == 1
    out = capsys.readouterr().out
    assert "00_reading.ipynb, cell libraries-question: '36' should be '24' (libraries_earlier)" in out
    assert "figures/libraries is drawn with other numbers" in out


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "mini"', 'nom = "mini"', "the key name is missing"),
        ('name = "mini"', 'name = "mini"\nnom = "x"', "the key nom is unknown"),
        ('themes = ["reading"]', 'themes = "reading"', "data.themes is 'reading', which is no list"),
        ("[cover]", "[cover", "cannot be read"),
        ('file = "seeds/article.txt"', 'file = "seeds/other.txt"', "the article is missing"),
    ],
)
def test_what_is_wrong_in_report_toml_is_named(mini: Path, old: str, new: str, message: str) -> None:
    path = mini / "report.toml"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(DataError, match=re.escape(message)):
        load(mini)


def test_a_folder_finds_its_project(tmp_path: Path) -> None:
    assert config.find(MINI / "notebooks") == MINI
    with pytest.raises(DataError, match="is in no project"):
        config.find(tmp_path)


def test_the_engine_names_nothing_of_a_report() -> None:
    """No place, no id of a fact or thing, no notebook, no theme of the report in this repository."""
    f = load(ROOT)
    names = {*f.by_id, *(id for id in f.things if ":" not in id), *f.project.notebooks, *f.project.themes}
    names = {n for n in names if not n.startswith(("counted_", "vs_counted_"))} | {
        "shenyang",
        "Shenyang",
        "沈阳",
        "city",
    }
    found = []
    for path in (
        p
        for p in (ROOT / "src/tieout").rglob("*")
        if p.suffix in {".py", ".js", ".css", ".typ", ".html", ".svg", ".json"}
    ):
        words = re.findall(r"[a-z][a-z0-9_]*|Shenyang|沈阳|\d\d_[a-z_]+", path.read_text("utf-8"))
        found += [(path.name, word) for word in words if word in names]
    assert found == []
