"""How the notebooks are tested: nbval runs the cells of a copy, so that what they draw is not put over what is stored."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
_COPY = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Have a copy of the project tested where its notebooks are asked for; the processes of xdist get the same one."""
    wanted = [arg for arg in config.args if (ROOT / arg).resolve() == ROOT / "notebooks"]
    if hasattr(config, "workerinput") or not wanted:
        return
    config.stash[_COPY] = tempfile.mkdtemp(prefix="notebooks-")
    copy = Path(config.stash[_COPY])
    for name in ("seeds", "data", "notebooks", "figures"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "report.toml", copy)
    config.args[:] = [str(copy / "notebooks") if arg in wanted else arg for arg in config.args]


def pytest_unconfigure(config: pytest.Config) -> None:
    if _COPY in config.stash:
        shutil.rmtree(config.stash[_COPY], ignore_errors=True)


def pytest_collectstart(collector: pytest.Collector) -> None:
    """nbval compares SVG as text, to the last digit of every path; tests/report/test_figures.py compares pictures as pictures."""
    if getattr(collector, "skip_compare", None):
        collector.skip_compare = (*collector.skip_compare, "image/svg+xml")
