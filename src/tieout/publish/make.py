"""Everything, from the CSVs to the PDF and the HTML page, in a folder of its own."""

from __future__ import annotations

import shutil
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tieout import files
from tieout.data.dataset import Dataset
from tieout.data.fact import EVIDENCE
from tieout.data.load import load
from tieout.data.verdicts import VERDICTS
from tieout.numbers import wording
from tieout.project import generated, run
from tieout.prose import links, notebooks, wordings
from tieout.prose import tables as prose_tables

#: What a report is made from and what it may change.
_PARTS = ("report.toml", "seeds", "data", "notebooks", "figures", "README.md", "requirements.lock", "environment.yml")


def problems(facts: Dataset) -> list[str]:
    """What is wrong with prose and checks, a line each: nothing here stops the data from loading."""
    found, allowed = [], facts.project.free
    for name in facts.project.notebooks:
        found += [f"{name}.ipynb, {p}" for p in notebooks.check_notebook(name, facts).problems]
    for place, text in prose_tables.texts(facts):
        found += [f"{place}: {n!r} is a numeral that no check guards" for n in links.free_numerals(text, allowed)]
    found += prose_tables.bare_bounds(facts)
    found += [message for _, message in wordings.untrue_titles(facts)]
    found += [f"the article contradicts itself: {c.id}" for c in facts.checks if c.verdict == "fails"]
    return found


def summary(facts: Dataset) -> list[str]:
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
            if wording.no_whole_number(f.quantity, f.unit)
        ),
    ]


def make_report(root: Path, quiet: bool = False) -> int:
    """Everything, from the CSVs to the PDF and the HTML page.

    It is made in a folder of its own and moved into place at the end: a failure changes nothing.
    """
    from tieout.project import warm
    from tieout.publish import setting  # a second for what sets pages, that a check of the data does not need

    started = time.monotonic()

    def say(message: str) -> None:
        if not quiet:
            # In one piece: several threads speak.
            print(f"[{time.monotonic() - started:5.1f} s] {message}\n", end="", flush=True)

    files.sweep(root)
    # Its imports are done while the data are read and checked.
    with warm.parent() as kernels, files.folder() as stage:
        for line in summary(load(root)):
            say(line)
        _lay(root, stage)
        known = {path: files.read(stage / path) for path in _files(stage)}
        # Beside what it is made from: a report that began later may be done first, and is the newer one.
        facts = load(stage)
        built = (path.relative_to(stage).as_posix() for path in (facts.project.pdf, facts.project.html))
        known |= {name: files.read(root / name) for name in built}
        changed = generated.bring_up_to_date(facts)
        if changed:
            say(f"brought up to date: {', '.join(changed)}")
        found = problems(facts)
        if found:
            print(*(f"error: {p}" for p in found), sep="\n", file=sys.stderr)
            return 1
        run.execute(facts.project, say, kernels)
        paths, warnings = setting.publish(facts, say)
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
    notebook = top == "notebooks" and (rest.endswith(".ipynb") or rest.startswith(f"{EVIDENCE}/"))
    return name in generated.GENERATED or top in ("figures", "build") or notebook


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
