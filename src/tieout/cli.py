"""The commands: ``tieout check``, ``refresh``, ``report`` and ``lab``."""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import cast

from tieout import config, errors, files
from tieout.data.dataset import Dataset
from tieout.data.load import load
from tieout.errors import DataError
from tieout.project import generated
from tieout.prose import figures as drawn_figures
from tieout.prose import notebooks
from tieout.publish.make import make_report, problems, summary


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if all is well, 1 with one clear sentence if not."""
    for stream in (sys.stdout, sys.stderr):  # the messages quote Chinese, whatever the locale
        cast(io.TextIOWrapper, stream).reconfigure(encoding="utf-8")
    parser = argparse.ArgumentParser(
        prog="tieout", description="Each number of an article tied to the sentence it was printed in."
    )
    parser.add_argument(
        "--root", type=Path, default=None, help="the project's folder (default: the one that holds this folder)"
    )
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
    try:
        root = options.root.resolve() if options.root else config.find(Path.cwd())
        if options.command == "report":
            return make_report(root, options.quiet)
        if options.command == "lab":
            return lab(root, rest)
        return {"check": check, "refresh": refresh}[options.command](root)
    except (DataError, errors.ReportError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def check(root: Path) -> int:
    """Data, prose and the numbers of the figures; of a value that contradicts its sentence, all that hangs on it."""
    facts = load(root, lenient=True)
    print(*summary(facts), sep="\n")
    for name in facts.project.notebooks:
        numbers, words, found = notebooks.check_notebook(name, facts)
        print(f"prose of {name}: {numbers} numbers, {words} phrases, {len(found)} problem{'s' * (len(found) != 1)}")
    wrong = [str(one) for one in (*facts.disagreements, *problems(facts), *stale_figures(facts))]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


def stale_figures(facts: Dataset) -> list[str]:
    """The figures on disk that show another number than the data has, a line each."""
    found = drawn_figures.stale_figures(facts)
    return [f"figures/{row['id']} is drawn with other numbers: {'; '.join(words)}" for row, words in found]


def refresh(root: Path) -> int:
    """Prose, evidence cells and generated files, without running anything."""
    files.sweep(root)
    facts = load(root)
    changed = generated.bring_up_to_date(facts)
    print(f"brought up to date: {', '.join(changed)}" if changed else "everything is up to date")
    if any(name in facts.project.notebooks for name in changed):
        print("Tables and figures are as they were: `make report`, or Run All Cells in JupyterLab, draws them anew.")
    return 0


def lab(root: Path, options: list[str]) -> int:
    """JupyterLab on the first notebook."""
    # Named as a file, the notebook's folder would become the root, and data/ would be out of reach.
    first = f"/lab/tree/notebooks/{config.read(root).notebooks[0]}.ipynb"
    start = [f"--ServerApp.root_dir={root}", f"--LabApp.default_url={first}"]
    command = [sys.executable, "-m", "jupyterlab", *start, *options]
    if os.name != "posix":
        return subprocess.call(command, cwd=root)
    if os.geteuid() == 0:  # in a container: JupyterLab would refuse; it listens on this machine only, with a token
        command.append("--allow-root")
    os.chdir(root)
    os.execv(sys.executable, command)


if __name__ == "__main__":
    sys.exit(main())
