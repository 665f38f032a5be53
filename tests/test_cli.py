"""The commands as a reader meets them: what they print, what they leave behind."""

from __future__ import annotations

import hashlib
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import lay
from support import ROOT
from tieout import cli, files
from tieout.data import dataset
from tieout.data.load import load
from tieout.project import generated, run
from tieout.prose import notebooks
from tieout.publish import make, setting

Edit = Callable[[str, str, str], None]


def tieout(root: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tieout.cli", "--root", str(root), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=os.environ | env, cwd="/", timeout=300
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
    done = tieout(root, "report", LC_ALL="C", TZ="Asia/Kathmandu", PYTHONHASHSEED="7")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return root


def test_check_says_what_is_there() -> None:
    done = tieout(ROOT, "check")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    summary = make.summary(load(ROOT))
    assert lines[: len(summary)] == summary
    assert lines[0].endswith(", left 0") and lines[2].endswith(", fail 0")
    assert all(line.endswith(" 0 problems") for line in lines[len(summary) :])


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
        done = tieout(built, "report", "--quiet")
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
        broken = kept["notebooks/00_summary.ipynb"].replace(
            'assert {\\"hunnan', 'assert {\\"neu_centenary\\", \\"hunnan'
        )
        (built / "notebooks/00_summary.ipynb").write_text(broken, "utf-8")
        done = tieout(built, "report", "--quiet")
        said = "error: 00_summary.ipynb, cell words-on-rows: AssertionError: plans and bounds are not results"
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(said) and done.stderr.count("\n") == 1
    finally:
        for name, text in kept.items():
            (built / name).write_text(text, "utf-8")
    assert digests(built) == before


def test_check_names_all_that_hangs_on_a_value_and_report_refuses_it(whole: Path, edit: Edit) -> None:
    """A value that contradicts its sentence: the row, the sentences, the figures; no report is made of it."""
    edit("data/technology_transfer.csv", "level,=,24930000000,", "level,=,25930000000,")
    done = tieout(whole, "check")
    assert done.returncode == 1
    for named in (
        "data/technology_transfer.csv, row 3, column value: 25930000000 does not agree with '249.3亿元'",
        "03_technology_transfer.ipynb, cell title: 'CNY 24.93 billion' should be 'CNY 25.93 billion'",
        "contracts_turnover CNY 24.93 billion → CNY 25.93 billion",
    ):
        assert named in done.stdout
    before = digests(whole)
    refused = tieout(whole, "report", "--quiet")
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
        tieout(built, "refresh")
        summary = built / "notebooks/00_summary.ipynb"
        summary.write_text(summary.read_text("utf-8").replace("[CNY 15.97 billion]", "[CNY 16.97 billion]"), "utf-8")
        done = tieout(built, "check")
        assert done.returncode == 1
        assert "cell headline-question: 'CNY 16.97 billion' should be 'CNY 15.97 billion'" in done.stdout
        assert tieout(built, "report", "--quiet").returncode == 0
        assert "[CNY 15.97 billion]" in summary.read_text("utf-8")
        assert ">113.9</a>" in summary.read_text("utf-8")
    finally:
        path.write_text(kept, "utf-8")
        done = tieout(built, "report", "--quiet")
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


@pytest.mark.parametrize("made_in", ["", "/another/folder", "here"])
def test_an_environment_made_elsewhere_is_made_anew(
    made_in: str, tmp_path: Path, needs: Callable[[str, str], str]
) -> None:
    """A copied checkout would work on the folder that it was copied from, a moved one not at all."""
    root = tmp_path / "it's a (checkout), 沈阳"
    (root / ".venv/bin").mkdir(parents=True)
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        (root / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    for tool in ("python", "tieout"):
        script = root / ".venv/bin" / tool
        script.write_text(f"#!/bin/sh\necho {tool} ran\n")
        script.chmod(0o755)
    (root / ".venv/ready").write_text((str(root) if made_in == "here" else made_in) + "\n")
    done = subprocess.run([needs("make", "make"), "-n", "-C", str(root), "check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert ("building .venv" in done.stdout) == (made_in != "here")
    moved = root.with_name("moved")
    root.rename(moved)
    done = subprocess.run([needs("make", "make"), "-n", "-C", str(moved), "check"], capture_output=True, text=True)
    assert "building .venv" in done.stdout


# --- nothing that a person did is lost ----------------------------------------------------


def edited(path: Path) -> bytes:
    """Save a change to ``path``, as an editor does."""
    path.write_bytes(path.read_bytes().rstrip(b"\n") + b" \n")
    return path.read_bytes()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Path], None]], None]:
    """A report whose notebooks are not run; what is given happens in their place, with the folder it is made in."""

    def set_up(meanwhile: Callable[[Path], None]) -> None:
        def publish_nothing(facts: dataset.Dataset, *_: object) -> tuple[list[Path], list[str]]:
            files.write(facts.project.pdf, b"report")
            return [facts.project.pdf], []

        monkeypatch.setattr(run, "execute", lambda project, say, kernels: meanwhile(project.root))
        monkeypatch.setattr(setting, "publish", publish_nothing)

    return set_up


def test_what_is_saved_while_the_report_is_made_is_left_as_it_was_saved(
    whole: Path, quick: Callable, capsys: pytest.CaptureFixture[str]
) -> None:
    kept: dict[str, bytes] = {}

    def meanwhile(stage: Path) -> None:
        for name in ("data/decisions.csv", "notebooks/02_enterprises.ipynb", "notebooks/03_technology_transfer.ipynb"):
            kept[name] = edited(whole / name)
        for name in ("notebooks/02_enterprises.ipynb", "notebooks/01_platforms.ipynb", "figures/stages.csv"):
            files.write(stage / name, b"made")  # what running leaves

    quick(meanwhile)
    assert cli.main(["--root", str(whole), "report", "--quiet"]) == 1
    message = capsys.readouterr().err
    assert all((whole / name).read_bytes() == content and name in message for name, content in kept.items())
    assert "saved by somebody else meanwhile" in message and "run `make report` again" in message
    assert (
        (whole / "notebooks/01_platforms.ipynb").read_bytes() == (whole / "figures/stages.csv").read_bytes() == b"made"
    )
    assert "01_platforms" not in message and (whole / "build/shenyang-report.pdf").read_bytes() == b"report"


def test_what_is_deleted_or_new_meanwhile_stays_so(whole: Path, quick: Callable) -> None:
    def meanwhile(stage: Path) -> None:
        (whole / "notebooks/01_platforms.ipynb").unlink()
        (whole / "figures/new.csv").write_bytes(b"mine")
        for name in ("notebooks/01_platforms.ipynb", "figures/new.csv"):
            files.write(stage / name, b"made")

    quick(meanwhile)
    assert cli.main(["--root", str(whole), "report", "--quiet"]) == 1
    assert not (whole / "notebooks/01_platforms.ipynb").exists()
    assert (whole / "figures/new.csv").read_bytes() == b"mine"


def test_a_report_that_ends_last_is_not_put_over_a_newer_one(whole: Path, quick: Callable) -> None:
    def meanwhile(stage: Path) -> None:
        files.write(whole / "build/shenyang-report.pdf", b"newer")

    files.write(whole / "build/shenyang-report.pdf", b"old")
    quick(meanwhile)
    assert cli.main(["--root", str(whole), "report", "--quiet"]) == 1
    assert (whole / "build/shenyang-report.pdf").read_bytes() == b"newer"


def test_what_editors_leave_beside_the_files_is_no_part_of_a_report(whole: Path, quick: Callable) -> None:
    swap = whole / "data/.claims.csv.swp"
    swap.write_bytes(b"vim")
    (whole / "data/.#claims.csv").symlink_to("me@host.1:2")  # Emacs: a link that leads nowhere
    quick(lambda stage: swap.unlink())
    assert cli.main(["--root", str(whole), "report", "--quiet"]) == 0


def test_two_commands_do_not_write_at_the_same_time(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no such lock")
    code = (
        "import sys, time; from pathlib import Path; from tieout import files\n"
        "with files.alone(Path(sys.argv[1])):\n    print('in', flush=True); sys.stdin.read(); print('out', flush=True)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    first, second = (subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in "12")
    ready = select.select([first.stdout, second.stdout], [], [], 60)[0]
    inside, waiting = (first, second) if first.stdout in ready else (second, first)
    assert inside.stdout.readline() == "in\n"
    assert not select.select([waiting.stdout], [], [], 1)[0], "it has to wait"
    inside.communicate("")
    assert waiting.communicate("")[0] == "in\nout\n"


def test_a_refresh_goes_on_where_one_file_is_left(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = files.replace
    for name in ("data/README.md", "notebooks/00_summary.ipynb", "notebooks/01_platforms.ipynb"):
        text = (whole / name).read_text("utf-8")
        stale = text.replace("[15][platforms_national_new]", "[16][platforms_national_new]").replace("| `units.csv` | ", "| `units.csv` | 9")  # fmt: skip
        assert stale != text
        (whole / name).write_text(stale, "utf-8")

    def saved(path: Path, content: bytes, known: bytes | None) -> bool:
        if path.name == "00_summary.ipynb":
            edited(path)
        return replace(path, content, known)

    monkeypatch.setattr(files, "replace", saved)
    with pytest.raises(files.ChangedMeanwhile) as caught:
        generated.bring_up_to_date(load(whole, lenient=False))
    assert caught.value.names == ("notebooks/00_summary.ipynb",)
    assert caught.value.changed == ("01_platforms", "data/README.md")
    assert str(caught.value).endswith("Brought up to date: 01_platforms, data/README.md.")
    assert "| 9" not in (whole / "data/README.md").read_text("utf-8")


def test_no_command_writes_seeds_or_what_people_write() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    made = {name for name in listed if make._made(name)}
    written = {name for name in made if name.startswith(("seeds/", "data/", "src/", "tests/", "requirements"))}
    assert written == {"data/README.md"}  # which is made from the schema
    assert {"README.md", "environment.yml", "notebooks/00_summary.ipynb", "figures/stages.svg"} <= made


def test_two_reports_at_once_agree(whole: Path, quick: Callable) -> None:
    again = iter([True, False])

    def meanwhile(stage: Path) -> None:
        if next(again):
            assert cli.main(["--root", str(whole), "report", "--quiet"]) == 0
        files.write(stage / "notebooks/01_platforms.ipynb", b"made")

    quick(meanwhile)
    assert cli.main(["--root", str(whole), "report", "--quiet"]) == 0
    assert (whole / "notebooks/01_platforms.ipynb").read_bytes() == b"made"


def test_a_refresh_leaves_what_is_saved_meanwhile(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring, kept = notebooks.refresh_notebook, {}

    def meanwhile(notebook: object, f: dataset.Dataset) -> object:
        path = whole / "notebooks/02_enterprises.ipynb"
        if not kept and 'closing.report("02_enterprises"' in notebook["cells"][-1]["source"]:
            kept[path] = edited(path)
        return bring(notebook, f)

    for name in ("01_platforms", "02_enterprises"):
        path = whole / f"notebooks/{name}.ipynb"
        path.write_text(path.read_text("utf-8").replace("[76][platforms_national]", "[77][platforms_national]").replace("[19,938][firms_total]", "[19,937][firms_total]"), "utf-8")  # fmt: skip
    monkeypatch.setattr(notebooks, "refresh_notebook", meanwhile)
    f = load(whole, lenient=False)
    with pytest.raises(files.ChangedMeanwhile, match=r"^notebooks/02_enterprises.ipynb was saved by somebody else"):
        run.refresh(f)
    assert [path.read_bytes() for path in kept] == [*kept.values()] and kept
    assert "[76][platforms_national]" in (whole / "notebooks/01_platforms.ipynb").read_text("utf-8")


def test_the_readme_is_left_if_it_is_saved_meanwhile(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, path = generated.readme, whole / "README.md"
    edited(path)

    def meanwhile(*arguments: object) -> str:
        path.write_bytes(b"mine")
        return made(*arguments)

    monkeypatch.setattr(generated, "readme", meanwhile)
    with pytest.raises(files.ChangedMeanwhile, match=r"^README\.md was saved"):
        path.write_text(path.read_text("utf-8").replace("![", "![stale "), "utf-8")
        generated.refresh(load(whole))
    assert path.read_bytes() == b"mine"


def test_a_file_is_compared_at_the_last_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"first")
    write = Path.write_bytes

    def slow(self: Path, content: bytes) -> int:
        if self != path:
            write(path, b"mine")  # somebody saves while the new content is written to its temporary name
        return write(self, content)

    monkeypatch.setattr(Path, "write_bytes", slow)
    assert not files.replace(path, b"second", b"first")
    assert path.read_bytes() == b"mine" and [p.name for p in tmp_path.iterdir()] == ["file"]


def test_what_a_killed_run_left_is_cleared_away_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    root = tmp_path / "root"
    (root / "data").mkdir(parents=True)
    (tmp_path / "tmp").mkdir()
    code = (
        "import sys, time; from pathlib import Path; from tieout import files\n"
        "with files.folder() as folder:\n"
        "    (Path(sys.argv[1]) / f'a.csv.tieout-{__import__(\"os\").getpid()}.tmp').write_bytes(b'half')\n"
        "    print(folder, flush=True); time.sleep(600)\n"
    )
    env = os.environ | {"TMPDIR": str(tmp_path / "tmp")}
    left = subprocess.Popen(
        [sys.executable, "-c", code, str(root / "data")], stdout=subprocess.PIPE, text=True, env=env
    )
    assert left.stdout
    folder = Path(left.stdout.readline().strip())
    others = [tmp_path / "tmp/report-abc", root / "data/a.csv.123.tmp", root / "data/mine.tmp"]
    for path in others:
        path.write_bytes(b"mine")
    # Folders that a person may have, with the article's own date in the name of one.
    for name in ("tmp/shenyang-2023-08-29", "tmp/shenyang-2022-notebook", "root/data/x.csv.tieout-999999.tmp"):
        (tmp_path / name).mkdir()
        (others := [*others, tmp_path / name / "mine"])[-1].write_bytes(b"mine")
    used_again = root / f"data/b.csv.tieout-{os.getpid()}.tmp"  # by this process, which began after it was left
    used_again.write_bytes(b"half")
    os.utime(used_again, (0, 0))
    files.sweep(root)
    assert folder.is_dir() and len(list((root / "data").iterdir())) == 4, "a living process keeps its own"
    left.kill()
    left.wait()
    left.stdout.close()
    files.sweep(root)
    assert not folder.exists() and all(path.exists() for path in others)
    assert sorted(p.name for p in (root / "data").iterdir()) == [
        "a.csv.123.tmp",
        "mine.tmp",
        "x.csv.tieout-999999.tmp",
    ]
