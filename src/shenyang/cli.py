"""The commands: ``shenyang check``, ``refresh``, ``report`` and ``lab``."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from shenyang import article as source
from shenyang import files, project, prose, publish, runner
from shenyang import quantity as qty
from shenyang.article import DataError
from shenyang.context import VERDICTS
from shenyang.facts import Facts, load

#: What a report is made from and what it may change.
_PARTS = ("seeds", "data", "notebooks", "figures", "README.md", "requirements.lock", "environment.yml")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if all is well, 1 with one clear sentence if not."""
    for stream in (sys.stdout, sys.stderr):  # the messages quote Chinese, whatever the locale
        stream.reconfigure(encoding="utf-8")
    parser = argparse.ArgumentParser(prog="shenyang", description="Shenyang's answer sheet, audited.")
    parser.add_argument("--root", type=Path, default=None, help="the project's folder (default: this checkout)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="validate data and prose, and say what is there")
    commands.add_parser("refresh", help="bring prose numbers, evidence cells and README in step with the data")
    report = commands.add_parser(
        "report", help="validate, refresh, run every notebook, draw every figure, write PDF and HTML"
    )
    report.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")
    commands.add_parser("lab", help="open JupyterLab on the summary; further options go to JupyterLab")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command != "lab":
        parser.error(f"unknown: {' '.join(rest)}")
    root = (options.root or source.root()).resolve()
    try:
        if options.command == "report":
            return make_report(root, options.quiet)
        if options.command == "lab":
            return lab(root, rest)
        return {"check": check, "refresh": refresh}[options.command](root)
    except (DataError, runner.ReportError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def check(root: Path) -> int:
    """Data, prose and the numbers of the figures; of a value that contradicts its sentence, all that hangs on it."""
    facts = load(root, lenient=True)
    print(*summary(facts), sep="\n")
    for name in runner.NOTEBOOKS:
        count, found = prose.check_notebook(root, name, facts)
        print(f"prose of {name}: {count} numbers, {len(found)} problem{'s' * (len(found) != 1)}")
    found = [*map(str, facts.disagreements), *problems(root, facts), *stale_figures(facts)]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def stale_figures(facts: Facts) -> list[str]:
    """The figures on disk that show another number than the data has, a line each."""
    found = prose.stale_figures(facts)
    return [f"figures/{row['id']} is drawn with other numbers: {'; '.join(words)}" for row, words in found]


def problems(root: Path, facts: Facts) -> list[str]:
    """What is wrong with prose and checks, a line each: nothing here stops the data from loading."""
    found = []
    for name in runner.NOTEBOOKS:
        _, wrong = prose.check_notebook(root, name, facts)
        found += [f"{name}.ipynb, {p}" for p in wrong]
    for place, text in prose.texts(facts):
        found += [f"{place}: {n!r} is a numeral that no check guards" for n in prose.free_numerals(text)]
    found += prose.bare_bounds(facts)
    found += [f"the article contradicts itself: {c.id}" for c in facts.checks if c.verdict == "fails"]
    return found


def summary(facts: Facts) -> list[str]:
    """What the data holds, a line each."""
    verdicts = Counter(c.verdict for c in facts.checks)
    curated = sum(bool(n.claims) for n in facts.numerals)
    dismissed = sum(bool(n.kind) for n in facts.numerals)
    left = len(facts.numerals) - curated - dismissed
    stand = Counter(h.verdict for h in facts.headlines.values())
    return [
        f"numerals in the article: {len(facts.numerals)}; curated {curated}, dismissed {dismissed}, left {left}",
        f"claims: {len(facts.of_kind('claim'))}; derived facts: {len(facts.of_kind('derived'))}; "
        f"decisions: {len(facts.tables['decisions'])}",
        f"checks: {len(facts.checks)}; hold {verdicts['holds']}, fit {verdicts['fits']}, fail {verdicts['fails']}",
        f"other sources: {len(facts.tables['sources'])}; figures: {len(facts.of_kind('record'))}; headlines beside them: "
        + ", ".join(f"{stand[v]} {facts.label(f'verdict:{v}')}" for v in VERDICTS),
        *(
            f"no whole number: {f.id} is {f.interval}"
            for f in facts.by_id.values()
            if qty.no_whole_number(f.quantity, f.unit)
        ),
    ]


def refresh(root: Path) -> int:
    """Prose, evidence cells and generated files, without running anything."""
    files.sweep(root)
    changed = project.bring_up_to_date(root, load(root, lenient=False))
    print(f"brought up to date: {', '.join(changed)}" if changed else "everything is up to date")
    if any(name in runner.NOTEBOOKS for name in changed):
        print("Tables and figures are as they were: `make report`, or Run All Cells in JupyterLab, draws them anew.")
    return 0


def make_report(root: Path, quiet: bool = False) -> int:
    """Everything, from the CSVs to the PDF and the HTML page.

    It is made in a folder of its own and moved into place at the end: a failure changes nothing.
    """
    started = time.monotonic()

    def say(message: str) -> None:
        if not quiet:
            # In one piece: several threads speak.
            print(f"[{time.monotonic() - started:5.1f} s] {message}\n", end="", flush=True)

    for line in summary(load(root, lenient=False)):
        say(line)
    files.sweep(root)
    with files.folder() as stage:
        _lay(root, stage)
        known = {path: files.read(stage / path) for path in _files(stage)}
        # Beside what it is made from: a report that began later may be done first, and is the newer one.
        known |= {name: files.read(root / name) for name in map(Path.as_posix, (publish.PDF, publish.HTML))}
        facts = load(stage, lenient=False)
        changed = project.bring_up_to_date(stage, facts)
        if changed:
            say(f"brought up to date: {', '.join(changed)}")
        found = problems(stage, facts)
        if found:
            print(*(f"error: {p}" for p in found), sep="\n", file=sys.stderr)
            return 1
        runner.execute(stage, say)
        paths, warnings = publish.publish(stage, facts, say)
        for warning in warnings:
            print(f"warning: {warning}", file=sys.stderr)
        with files.alone(root):
            left = _bring(stage, root, known)
        say(f"wrote {' and '.join(path.relative_to(stage).as_posix() for path in paths)}")
    if left:
        raise files.ChangedMeanwhile(left, "The report is of the state before: run `make report` again.")
    return 0


def _lay(root: Path, stage: Path) -> None:
    """Copy what a report is made from; what editors leave beside the files is none of it."""
    for name in _PARTS:
        if (root / name).is_dir():
            shutil.copytree(root / name, stage / name, ignore=shutil.ignore_patterns(".*", "*~", "*.tmp"))
        elif (root / name).exists():
            shutil.copy2(root / name, stage / name)


def _files(folder: Path) -> list[str]:
    """The files of ``folder`` by their names in it, in order."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def _made(name: str) -> bool:
    """Whether a report makes the file of this name: notebooks with their outputs, figures, what is generated, the report.

    Seeds and data are the curator's: no command writes them.
    """
    top, _, rest = name.partition("/")
    return name in project.GENERATED or top in ("figures", "build") or (top == "notebooks" and rest.endswith(".ipynb"))


def _bring(stage: Path, root: Path, known: Mapping[str, bytes | None]) -> list[str]:
    """Move what was made in ``stage`` to ``root``, each file only over what was ``known`` of it; the names of what changed meanwhile."""
    left = []
    for name in sorted({*known, *filter(_made, _files(stage))}):
        content, before = files.read(stage / name), known.get(name)
        if content is None or not _made(name):  # only read, or a figure that is drawn no more
            left += [name] * (files.read(root / name) != before)
        elif content != before:
            left += [name] * (not files.replace(root / name, content, before))
        else:
            left += [name] * (files.read(root / name) != before)
    return left


def lab(root: Path, options: list[str]) -> int:
    """JupyterLab on the summary notebook."""
    # Named as a file, the notebook's folder would become the root, and data/ would be out of reach.
    start = [f"--ServerApp.root_dir={root}", "--LabApp.default_url=/lab/tree/notebooks/00_summary.ipynb"]
    command = [sys.executable, "-m", "jupyterlab", *start, *options]
    env = os.environ | {"SHENYANG_ROOT": str(root)}
    if os.name != "posix":
        return subprocess.call(command, cwd=root, env=env)
    if os.geteuid() == 0:  # in a container: JupyterLab would refuse; it listens on this machine only, with a token
        command.append("--allow-root")
    os.chdir(root)
    os.execve(sys.executable, command, env)


if __name__ == "__main__":
    sys.exit(main())
