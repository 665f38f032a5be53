"""The commands as a reader meets them: what they print, what they leave behind."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import lay
from shenyang import cli, facts

ROOT = Path(__file__).parents[1]
Edit = Callable[[str, str, str], None]


def shenyang(root: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SHENYANG_")}
    command = [sys.executable, "-m", "shenyang.cli", "--root", str(root), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=clean | env, cwd="/", timeout=300
    )


def digests(root: Path) -> dict[str, str]:
    return {
        str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(root.rglob("*"))
        if p.is_file()
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, copied to a folder with a space and Chinese in its name, and its report made there."""
    root = lay(tmp_path_factory.mktemp("沈阳 report"))
    done = shenyang(root, "report", LC_ALL="C", TZ="Asia/Kathmandu", PYTHONHASHSEED="7")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return root


def test_check_says_what_is_there() -> None:
    done = shenyang(ROOT, "check")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:4] == cli.summary(facts.load(ROOT))
    assert lines[0].endswith(", left 0") and lines[2].endswith(", fail 0")
    assert all(line.endswith(" 0 problems") for line in lines[4:])


def test_a_report_changes_nothing_that_is_committed(built: Path) -> None:
    """In another folder, locale, time zone and hash order: notebooks, figures and README come out the same."""
    for name, digest in digests(built).items():
        if not name.startswith("build/"):
            assert digest == hashlib.sha256((ROOT / name).read_bytes()).hexdigest(), name


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("data/platforms.csv", "=,76,platform", "=,77,platform", "error: data/platforms.csv, row 3, column value: 77 does not agree with '76个'"),
        ("data/figures.csv", "smes_growth pilot_bases_growth", "smes_groth pilot_bases_growth", "error: data/figures.csv, row 2, column facts: no fact is called 'smes_groth'"),
        ("notebooks/00_summary.ipynb", "What grew, and by how much?", "What grew, by 9 or more?", "error: 00_summary.ipynb, cell growth-question: 'at grew, by 9 or more?"),
        ("notebooks/00_summary.ipynb", "verdicts = pd.Series", "__import__(\\\"os\\\")._exit(3)\\nverdicts = pd.Series", "error: 00_summary.ipynb: Kernel died"),
        ("notebooks/06_evidence.ipynb", "{\n \"cells\"", "\"cells\"", "error: 06_evidence.ipynb cannot be read"),
    ],
    ids=["a wrong row", "an unknown fact in a figure", "a free numeral", "a cell that kills its kernel", "a broken notebook"],
)  # fmt: skip
def test_a_failure_is_one_sentence_and_leaves_the_last_report(
    file: str, old: str, new: str, message: str, built: Path
) -> None:
    path = built / file
    kept = path.read_text("utf-8")
    assert kept.count(old) == 1
    before = digests(built)
    try:
        path.write_text(kept.replace(old, new), "utf-8")
        done = shenyang(built, "report", "--quiet")
        assert done.returncode == 1
        assert done.stderr.startswith(message) and done.stderr.count("\n") == 1, done.stderr
    finally:
        path.write_text(kept, "utf-8")
    assert digests(built) == before


def test_a_failure_after_a_figure_was_drawn_leaves_the_figure(built: Path) -> None:
    """Everything is made in a folder of its own: another subtitle is drawn, a later cell fails, nothing has changed."""
    kept = {name: (built / name).read_text("utf-8") for name in ("data/figures.csv", "notebooks/00_summary.ipynb")}
    before = digests(built)
    try:
        (built / "data/figures.csv").write_text(
            kept["data/figures.csv"].replace("2023; periods differ", "2023; periods vary"), "utf-8"
        )
        broken = kept["notebooks/00_summary.ipynb"].replace('assert \\"fails\\" not in', 'assert \\"holds\\" not in')
        (built / "notebooks/00_summary.ipynb").write_text(broken, "utf-8")
        done = shenyang(built, "report", "--quiet")
        said = 'error: 00_summary.ipynb, cell checks-verdicts: AssertionError: assert "holds" not in verdicts'
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(said) and done.stderr.count("\n") == 1
    finally:
        for name, text in kept.items():
            (built / name).write_text(text, "utf-8")
    assert digests(built) == before


def test_check_names_all_that_hangs_on_a_value_and_report_refuses_it(whole: Path, edit: Edit) -> None:
    """A value that contradicts its sentence: the row, the sentences, the figures; no report is made of it."""
    edit("data/technology_transfer.csv", "level,=,24930000000,", "level,=,25930000000,")
    done = shenyang(whole, "check")
    assert done.returncode == 1
    for named in (
        "data/technology_transfer.csv, row 3, column value: 25930000000 does not agree with '249.3亿元'",
        "03_technology_transfer.ipynb, cell title: 'CNY 24.93 billion' should be 'CNY 25.93 billion'",
        "contracts_turnover CNY 24.93 billion → CNY 25.93 billion",
    ):
        assert named in done.stdout
    before = digests(whole)
    refused = shenyang(whole, "report", "--quiet", SHENYANG_LENIENT="1")
    assert refused.returncode == 1 and "does not agree with '249.3亿元'" in refused.stderr
    assert digests(whole) == before


def test_a_changed_row_is_carried_through_and_changed_back_all_is_the_same_to_the_byte(built: Path) -> None:
    """The editing loop: a derived figure changes, check names the sentence, report brings it up to date."""
    before = digests(built)
    path = built / "data/derived.csv"
    kept = path.read_text("utf-8")
    try:
        path.write_text(
            kept.replace(
                "hightech_output / (1 + hightech_output_growth),", "hightech_output * (1 + hightech_output_growth),", 1
            ),
            "utf-8",
        )
        shenyang(built, "refresh")
        summary = built / "notebooks/00_summary.ipynb"
        summary.write_text(summary.read_text("utf-8").replace("[CNY 15.97 billion]", "[CNY 16.97 billion]"), "utf-8")
        done = shenyang(built, "check")
        assert done.returncode == 1
        assert "cell headline-question: 'CNY 16.97 billion' should be 'CNY 15.97 billion'" in done.stdout
        assert shenyang(built, "report", "--quiet").returncode == 0
        assert "[CNY 15.97 billion]" in summary.read_text("utf-8")
        assert '"text": "113.9"' in summary.read_text("utf-8")
    finally:
        path.write_text(kept, "utf-8")
        done = shenyang(built, "report", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert digests(built) == before


def test_make_says_what_python_it_needs(tmp_path: Path, needs: Callable[[str, str], str]) -> None:
    make = needs("make", "make")
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    old = tmp_path / "bin"
    old.mkdir()
    for tool in ("sh", "rm", "touch", "echo", "sed"):
        (old / tool).symlink_to(f"/bin/{tool}" if Path(f"/bin/{tool}").exists() else f"/usr/bin/{tool}")
    for python in ("python3", "python"):
        script = old / python
        script.write_text("#!/bin/sh\nexit 1\n")  # what an old Python answers
        script.chmod(0o755)
    done = subprocess.run([make, "-C", str(tmp_path), "report"], capture_output=True, text=True, env={"PATH": str(old)})
    assert done.returncode != 0
    assert done.stderr.splitlines()[0].startswith("error: Python 3.11 or newer is needed")
    assert not (tmp_path / ".venv").exists()
