"""The commands: ``shenyang check``, ``report``, ``refresh``, ``dictionary``, ``lab``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

from shenyang import article as source
from shenyang.article import DataError
from shenyang.facts import Facts, load


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if all is well, 1 with one clear sentence if not."""
    parser = argparse.ArgumentParser(prog="shenyang", description="Shenyang's answer sheet, audited.")
    parser.add_argument("--root", type=Path, default=None, help="the project's folder (default: this checkout)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="validate data and prose, and say what is there")
    commands.add_parser("refresh", help="bring prose numbers, evidence cells and README in step with the data")
    report = commands.add_parser(
        "report", help="validate, refresh, run every notebook, draw every figure, write the PDF"
    )
    report.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")
    commands.add_parser("lab", help="open JupyterLab on the summary")
    options = parser.parse_args(arguments)
    root = (options.root or source.root()).resolve()
    os.environ["SHENYANG_ROOT"] = str(root)
    try:
        return {"check": check, "refresh": refresh, "report": make_report, "lab": lab}[options.command](root, options)
    except (DataError, _report_error()) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _report_error() -> type[Exception]:
    from shenyang.publish import ReportError

    return ReportError


def check(root: Path, options: argparse.Namespace) -> int:
    """Data and prose only."""
    from shenyang import prose, publish

    facts = load(root)
    for line in summary(facts):
        print(line)
    problems = 0
    for name in publish.NOTEBOOKS:
        count, found = prose.check_notebook(root / "notebooks" / f"{name}.ipynb", facts)
        print(f"prose of {name}: {count} numbers, {len(found)} problems")
        print(*(f"  {p}" for p in found), sep="\n", end="\n" if found else "")
        problems += len(found)
    for place, text in prose.texts(facts):
        for numeral in prose.free_numerals(text):
            print(f"{place}: {numeral!r} is a numeral that no check guards; say it without")
            problems += 1
    failing = [c.id for c in facts.checks if c.verdict == "fails"]
    if failing:
        print(f"the article contradicts itself: {', '.join(failing)}")
    return 1 if problems or failing else 0


def summary(facts: Facts) -> list[str]:
    """What the data holds, a line each."""
    verdicts = Counter(c.verdict for c in facts.checks)
    left = [n for n in facts.numerals if not n.claims and not n.dismissed]
    curated = sum(bool(n.claims) for n in facts.numerals)
    return [
        f"numerals in the article: {len(facts.numerals)}; curated {curated}, dismissed {len(facts.numerals) - curated - len(left)}, left {len(left)}",
        f"claims: {len(facts.of_kind('claim'))}; derived facts: {len(facts.of_kind('derived'))}; decisions: {len(facts.tables['decisions'])}",
        f"checks: {len(facts.checks)}; hold {verdicts['holds']}, fit within rounding {verdicts['fits']}, fail {verdicts['fails']}",
    ]


def refresh(root: Path, options: argparse.Namespace) -> int:
    """Prose, evidence cells and the README's dictionary, without running anything."""
    from shenyang import project, publish

    facts = load(root)
    changed = publish.update(facts, root, execute=False, say=print)
    changed += project.refresh(root)
    print(f"brought up to date: {', '.join(changed)}" if changed else "everything is up to date")
    return 0


def make_report(root: Path, options: argparse.Namespace) -> int:
    """Everything, from the CSVs to the PDF."""
    from shenyang import project, publish

    started = time.monotonic()

    def say(message: str) -> None:
        if not options.quiet:
            print(f"[{time.monotonic() - started:5.1f} s] {message}", flush=True)

    facts = load(root)
    for line in summary(facts):
        say(line)
    # The closing cell of a notebook reads its own file: the prose must be there before it runs.
    changed = publish.update(facts, root, execute=False, say=say) + project.refresh(root)
    if changed:
        say(f"brought up to date: {', '.join(changed)}")
    publish.update(facts, root, execute=True, say=say)
    path, warnings = publish.report(root)
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)
    say(f"wrote {path.relative_to(root)}")
    return 0


def lab(root: Path, options: argparse.Namespace) -> int:
    """JupyterLab on the summary notebook."""
    os.chdir(root)
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", "notebooks/00_summary.ipynb"])


if __name__ == "__main__":
    sys.exit(main())
