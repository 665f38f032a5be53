"""The repository itself: locks in step, generated files fresh, nothing that does not belong."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from support import ROOT
from tieout import __version__, files
from tieout.data.load import load
from tieout.project import generated

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout: nothing is tracked here")
    return done.stdout.splitlines()


def pins() -> list[str]:
    return [line.removesuffix(" \\") for line in LOCK.splitlines() if re.match(r"[a-z0-9]", line)]


def test_every_pin_is_hashed_and_no_host_is_named() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK.strip())
    assert len(blocks) == len(pins()) > 100
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK and "--index" not in LOCK and "--find-links" not in LOCK


def test_each_package_has_one_version_from_3_11_to_3_13() -> None:
    names = [re.split(r"[=; ]", pin)[0] for pin in pins() if "python_full_version >= '3.14'" not in pin]
    assert len(names) == len(set(names))


def test_all_that_pyproject_asks_for_is_locked() -> None:
    asked = CONFIG["project"]["dependencies"] + CONFIG["project"]["optional-dependencies"]["dev"]
    names = {re.split(r"[<>=]", a)[0] for a in asked}
    assert names <= {re.split(r"[=; ]", pin)[0] for pin in pins()}
    assert {re.split(r"[<>=]", b)[0] for b in CONFIG["build-system"]["requires"]} <= names


def test_conda_gets_the_same_versions() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    *conda, pip = environment["dependencies"]
    assert environment["name"] == "shenyang"
    assert [c.split()[0] for c in conda] == ["python", "pip"]
    assert pip["pip"] == [*pins(), "-e ."]


def test_generated_files_are_fresh() -> None:
    assert (ROOT / "environment.yml").read_text("utf-8") == generated.environment(LOCK, "shenyang")
    assert generated.dictionary(ROOT / "data") in (ROOT / "data/README.md").read_text("utf-8")
    found = {path: (ROOT / path).read_bytes() for path in generated.contents(load(ROOT))}
    assert found == generated.contents(load(ROOT))


def test_a_changed_dictionary_is_written(whole: Path) -> None:
    path = whole / "data/datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    package["resources"][0]["description"] = "Another word"
    path.write_text(json.dumps(package), "utf-8")
    assert generated.refresh(load(whole)) == ["data/README.md"]
    assert "Another word" in (whole / "data/README.md").read_text("utf-8")
    assert generated.refresh(load(whole)) == []


def test_every_dependency_has_a_reason() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("### Why each is here")[1].split("\n## ")[0]
    asked = CONFIG["project"]["dependencies"] + CONFIG["project"]["optional-dependencies"]["dev"]
    named = {
        n for line in table.splitlines() if line.startswith("|") for n in re.split(r", ", line.split("|")[1].strip())
    }
    assert {re.split(r"[<>=]", a)[0] for a in asked} <= named


def test_the_readme_s_example_is_true() -> None:
    example = (ROOT / "README.md").read_text("utf-8").split("```python\n")[1].split("```")[0]
    scope: dict = {}
    shown = 0
    for line in example.strip().splitlines():
        statement, _, comment = line.partition("  # ")
        if comment.startswith("'"):
            assert repr(eval(statement, scope)) == comment
            shown += 1
        elif statement and not comment:
            exec(statement, scope)
    assert shown == 2


def test_numbers_in_the_readme_are_those_of_the_data() -> None:
    f = load(ROOT)
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f["contracts_turnover"].english in readme and "between 24.925 and 24.935" in readme
    assert f"{f['financing'].chinese} is {f['financing'].english}" in readme
    n = {
        id.removeprefix("vs_counted_"): fact.quantity.value
        for id, fact in f.by_id.items()
        if id.startswith("vs_counted_")
    }
    words = {1: "one", 5: "five"}
    said = (
        f"Of {n['headlines']} headline figures {n['compared']} could be compared with other sources: "
        f"{words[n['corroborated']]} are corroborated, {n['consistent']} roughly consistent, and "
        f"{words[n['contradicted']]} is contradicted as read here, the growth of technology-based small and medium firms by "
        f"{f['smes_growth'].english}. The value of technology contracts was {f['contracts_turnover_growth'].english} above the "
        f"year before and slowing: it had been {f['record_turnover_2023h1_growth'].english} at the end of June, and the year "
        f"ended at {f['record_turnover_2023_growth'].english}."
    )
    assert said in readme
    assert [h.id for h in f.headlines.values() if h.verdict == "contradicted"] == ["smes_growth"]


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    for page in ("README.md", "CONTRIBUTING.md", "docs/editing.md", "docs/architecture.md", "data/README.md"):
        text = (ROOT / page).read_text("utf-8")
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert link.startswith("https:") or ((ROOT / page).parent / link).exists(), (page, link)
    assert (ROOT / "README.md").stat().st_size < 7_000


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/testing.md"])
def test_the_list_of_modules_is_that_of_the_docstrings(page: str) -> None:
    modules = runpy.run_path(str(ROOT / "docs/modules.py"))
    assert modules["page"](ROOT / page) == (ROOT / page).read_text("utf-8")


def test_the_readme_s_figure_has_the_figure_s_alternative_text() -> None:
    f = load(ROOT)
    figures = {r["id"]: f.figure(r["id"]) for r in f.tables["figures"]}
    shown = re.findall(r"!\[([^\]]*)\]\(figures/(\w+)\.png\)", (ROOT / "README.md").read_text("utf-8"))
    assert shown and all(alt == figures[id]["alt_en"] for alt, id in shown)


def test_the_version_is_the_same_everywhere() -> None:
    assert CONFIG["project"]["version"] == __version__
    assert json.loads((ROOT / "data/datapackage.json").read_text("utf-8"))["version"] == __version__
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_nothing_built_is_tracked_and_no_file_is_large() -> None:
    for name in tracked():
        assert not name.startswith((".venv/", "build/")) and "checkpoint" not in name
        path = ROOT / name
        assert not path.exists() or path.stat().st_size < 3_600_000, name


def test_the_package_reads_nothing_outside_the_project() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        source = path.read_text("utf-8")
        assert not re.search(r"expanduser|Path\.home|urlopen|requests\.|/tmp|/home", source), path.name


def test_writing_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "folder/file"
    files.write(path, b"first")

    def full(self: Path, content: bytes) -> None:
        with self.open("wb") as out:
            out.write(content[:2])
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="disk full"):
        files.write(path, b"second")
    assert path.read_bytes() == b"first"
    assert [p.name for p in path.parent.iterdir()] == ["file"]
