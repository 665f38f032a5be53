"""How long an explorer takes to answer in the kernel, beside what a reader would do without it.

    python benchmarks/explore.py [rounds]

Every option of every control is set once a round, then the table of answers is printed: median and worst in
milliseconds. For the what-if panels the named alternative is the editing loop: the same number changed in the CSV of
a copy, the data loaded anew, the prose of all notebooks checked; the last line is the panel's share of its time.
``explore_page.py`` measures what a reader waits for, the way to the page and back included.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tieout import config
from tieout.data.load import load
from tieout.explore import claims as claims_panel
from tieout.explore import crosschecks as crosschecks_panel
from tieout.explore import projects as projects_panel
from tieout.explore import supposing, usage, whatif
from tieout.prose import notebooks

ROOT = Path(__file__).parents[1]


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def states(panel: Any) -> Iterator[dict[str, Any]]:
    """The first state with every option of every control, one after the other."""
    first = panel.see(dict(panel.initial))
    for control in panel.controls:
        for value, _ in control.options or first.options.get(control.name, []):
            yield first.state | {control.name: value}
        if control.kind == "check":
            yield first.state | {control.name: False}
    if isinstance(panel, supposing.WhatIfPanel):
        for value, _ in panel.controls[0].options:
            chosen = panel.see(first.state | {"claim": value}).state
            yield chosen | {"value": str(float(chosen["value"]) * 0.9)}


def edited(copy: Path, n: int) -> None:
    """The editing loop with another number of small and medium firms."""
    path = copy / "data/enterprises.csv"
    path.write_text((ROOT / "data/enterprises.csv").read_text("utf-8").replace(",14022,", f",{9000 + n},"), "utf-8")
    changed = load(copy, lenient=True)
    for name in config.read(ROOT).notebooks:
        notebooks.check_notebook(name, changed)


def main(rounds: int = 3) -> int:
    f = load(ROOT)
    asked = whatif.WhatIf(f)
    made = [
        claims_panel.ClaimsPanel(f, usage.Uses(config.read(ROOT))),
        supposing.WhatIfPanel(asked, "enterprises"),
        supposing.WhatIfPanel(asked, "technology_transfer"),
        projects_panel.ProjectsPanel(f),
        crosschecks_panel.CrossChecksPanel(f),
    ]
    for panel in made:
        took = [
            timed(lambda state=state, panel=panel: json.dumps(asdict(panel.see(state))))
            for _ in range(rounds)
            for state in states(panel)
        ]
        print(
            f"{panel.label:40} {len(took):4} answers: median {statistics.median(took):5.1f} ms, worst {max(took):5.1f} ms"
        )
    panel, ours, theirs = made[1], [], []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("data", "seeds", "notebooks", "figures"):
            shutil.copytree(ROOT / name, copy / name)
        for n in range(rounds):  # in turn: both have the same noise
            state = panel.see(panel.initial | {"claim": "smes"}).state | {"value": str(9000 + n)}
            ours.append(timed(lambda state=state: panel.see(state)))
            theirs.append(timed(lambda n=n: edited(copy, n)))
    print(
        f"one number changed: panel {statistics.median(ours):.1f} ms, editing loop {statistics.median(theirs):.0f} ms"
    )
    print(f"share: {statistics.median(ours) / statistics.median(theirs):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
