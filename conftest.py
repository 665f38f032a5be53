"""How the notebooks are tested: nbval runs their cells here, beside the tests in ``tests/``."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Cells that tests run draw into a folder of their own, not over the figures they are compared with."""
    os.environ["SHENYANG_FIGURES"] = tempfile.mkdtemp(prefix="figures-")
    # Strict, whatever the shell says: a test that needs a value that contradicts its sentence asks for it.
    os.environ.pop("SHENYANG_LENIENT", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(os.environ.pop("SHENYANG_FIGURES"), ignore_errors=True)


def pytest_collectstart(collector: pytest.Collector) -> None:
    """nbval compares SVG as text, to the last digit of every path; tests/test_charts.py compares pictures as pictures."""
    if getattr(collector, "skip_compare", None):
        collector.skip_compare = (*collector.skip_compare, "image/svg+xml")
