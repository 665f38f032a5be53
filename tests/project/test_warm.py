"""Kernels that are forks of one warm parent: used, like plain ones to the byte, and gone when they should be."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from support import ROOT
from tieout import config
from tieout.errors import ReportError
from tieout.project import forks, run, warm

pytestmark = pytest.mark.skipif(not warm.possible(), reason="no kernels are forked on this system")

#: What a notebook can see of its kernel once all is imported, apart from what names the process or its connection file.
SEEN = (
    f"import {', '.join(forks.MODULES)}",
    "import os, sys; sys.argv[0], len(sys.argv), sys.argv[1], sys.argv[3:], sys.path, os.getcwd(), sys.flags, __name__",
    "sorted(k for k in os.environ if k != 'JPY_PARENT_PID'), os.environ['MPLBACKEND']",
    "import matplotlib; sorted((k, str(v)) for k, v in matplotlib.rcParams.items() if k != 'backend')",
    "matplotlib.get_backend(auto_select=False)",
    "import matplotlib.pyplot as plt; plt.get_backend(), plt.isinteractive(), plt.rcParams == matplotlib.rcParams",
    "plt.plot([1, 3, 2])",
    "import pandas as pd; pd.DataFrame({'a': [1, 2]})",
    "import seaborn as sns; sorted(globals())",
    # The order says only which was imported first: the kernel itself or the rest.
    "import warnings; sorted(map(repr, warnings.filters))",
    "import signal; [signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGPIPE, signal.SIGCHLD)], os.umask(0o22)",
    "import locale, time; locale.getlocale(), time.tzname, sys.stdin.closed, sys.stdin.read(), os.read(0, 9)",
    "import threading; sorted(type(t).__name__ for t in threading.enumerate()), threading.current_thread().name",
    "import logging; len(logging.root.handlers), logging.root.level, logging.getLogger('tornado').handlers[0].level",
    "sorted(os.listdir('/dev/fd')) and sys.getrecursionlimit(), sys.gettrace(), sys.modules['__main__'].__dict__ is globals()",
    "import numpy as np; float((np.ones((600, 600)) @ np.ones((600, 600))).sum())",
    "print('to stdout'); print('to stderr', file=sys.stderr); os.system('echo from a shell')",
    "warnings.warn('once'); warnings.warn('once')",
    "import subprocess; subprocess.run(['cat'], capture_output=True).stdout",
    "1 / 0",
)


@pytest.fixture(scope="module")
def parent() -> Iterator[warm.Parent]:
    with warm.parent() as parent:
        assert parent is not None
        yield parent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def book(*sources: str) -> nbformat.NotebookNode:
    """A notebook of these cells, of which each may fail."""
    cells = [new_code_cell(s, id=f"c{i}", metadata={"tags": ["raises-exception"]}) for i, s in enumerate(sources)]
    return new_notebook(cells=cells)


def said(root: Path, parent: warm.Parent | None, source: str) -> str:
    """What a cell prints in a new kernel."""
    return run.run(book(source), "x", root, parent).cells[0].outputs[0].text.strip()


def wait_until_gone(numbers: list[int], seconds: float = 8) -> None:
    """Fail unless all processes are gone in time; one that ended and that nobody waited for yet is gone."""
    late = time.monotonic() + seconds
    while left := [n for n in numbers if psutil.pid_exists(n) and psutil.Process(n).status() != psutil.STATUS_ZOMBIE]:
        assert time.monotonic() < late, f"{left} are left"
        time.sleep(0.1)


def test_a_kernel_is_a_fork_of_the_parent_with_the_imports_done(root: Path, parent: warm.Parent) -> None:
    source = f"import os, sys; print(os.getppid(), {set(forks.MODULES)} <= set(sys.modules))"
    assert said(root, parent, source) == f"{parent.pid} True"
    assert said(root, None, source) == f"{os.getpid()} False"


def test_all_that_notebooks_import_is_imported_before(root: Path, parent: warm.Parent) -> None:
    lines = [
        line
        for name in config.read(ROOT).notebooks
        for cell in nbformat.read(ROOT / f"notebooks/{name}.ipynb", 4).cells
        for line in cell.source.splitlines()
        if cell.cell_type == "code" and line.startswith(("import ", "from "))
    ]
    late = "\n".join(
        [
            "import sys",
            "before = {*sys.modules}",
            *lines,
            "print({m for m in {*sys.modules} - before if not m.startswith('shenyang')})",
        ]
    )
    assert said(root, parent, late) == "set()"


def test_a_notebook_sees_no_difference(root: Path, parent: warm.Parent) -> None:
    forked, plain = book(*SEEN), book(*SEEN)
    for notebook, of in ((forked, parent), (plain, None)):
        with pytest.raises(ReportError, match="division by zero"):
            run.run(notebook, "x", root, of)
    for one, other in zip(forked.cells, plain.cells, strict=True):
        assert one.execution_count == other.execution_count
        assert text(one) == text(other), one.source


def text(cell: nbformat.NotebookNode) -> str:
    """The outputs of a cell without the numbers of its process and of what lies where in memory."""
    return re.sub(r"ipykernel_\d+|0x[0-9a-f]+", "", nbformat.v4.writes(new_notebook(cells=[cell])))


def test_kernels_of_one_parent_share_nothing(root: Path, parent: warm.Parent) -> None:
    source = "import random, uuid, numpy as np; print(random.random(), np.random.rand(), uuid.uuid4())"
    drawn = [said(root, parent, source).split() for _ in range(2)]
    assert not set(drawn[0]) & set(drawn[1])
    said(root, parent, "import pandas as pd; pd.left = 1; import os; os.environ['LEFT'] = '1'; print()")
    assert (
        said(root, parent, "import pandas as pd, os; print(hasattr(pd, 'left'), 'LEFT' in os.environ)") == "False False"
    )


def test_the_short_notebook_is_the_same(whole: Path, parent: warm.Parent) -> None:
    path = whole / "notebooks/01_platforms.ipynb"
    for of in (parent, None):
        notebook = run.run(run.read(whole, path.stem), path.stem, whole, of)
        assert nbformat.writes(notebook) + "\n" == path.read_text("utf-8")


@pytest.mark.slow
def test_all_notebooks_and_figures_are_as_they_are_stored(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own folder for figures is not meant: these are compared with those that are stored."""
    forked = []
    fork = warm.Parent.fork
    monkeypatch.setattr(warm.Parent, "fork", lambda *about: forked.append(fork(*about)) or forked[-1])
    run.execute(config.read(whole), lambda _: None)
    assert len(forked) == len(config.read(ROOT).notebooks)
    for folder in ("notebooks", "figures"):
        for path in (ROOT / folder).glob("*.*"):
            assert (whole / folder / path.name).read_bytes() == path.read_bytes(), path.name


def test_without_a_parent_kernels_are_plain(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "possible", lambda: False)
    with warm.parent() as none:
        assert none is None
    monkeypatch.undo()
    monkeypatch.setattr(sys, "executable", "/nowhere")
    with warm.parent() as none:
        assert none is None


def test_when_the_parent_is_gone_kernels_are_plain(root: Path) -> None:
    with warm.parent() as parent:
        psutil.Process(parent.pid).kill()
        assert said(root, parent, "import os; print(os.getppid())") == str(os.getpid())


def test_a_parent_that_cannot_import_or_warns_is_none(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "anywidget.py").write_text("import warnings; warnings.warn('old')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with warm.parent() as parent:
        assert said(root, parent, "import os; print(os.getppid())") == str(os.getpid())
    assert "old" not in capfd.readouterr().err


def test_what_the_system_does_not_fork_is_started(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no more than so many processes of a user a fork fails; here the parent says so."""
    with warm.parent() as parent:
        assert parent is not None
        monkeypatch.setattr(parent, "_ask", lambda _: None)
        assert said(root, parent, "import os; print(os.getppid())") == str(os.getpid())


def test_a_notebook_whose_fork_dies_runs_in_a_plain_kernel(root: Path, parent: warm.Parent) -> None:
    source = f"import os\nif os.getppid() == {parent.pid}: os._exit(3)\nprint('plain')"
    assert said(root, parent, source) == "plain"
    with pytest.raises(ReportError, match="died"):
        run.run(book("import os; os._exit(3)"), "x", root, parent)


def test_a_cell_may_be_interrupted(root: Path, parent: warm.Parent) -> None:
    """The signal reaches the kernel and what it started, and not its parent."""
    late = (
        "import os, signal, threading, time; threading.Timer(1, os.killpg, (0, signal.SIGINT)).start(); time.sleep(60)"
    )
    notebook = book(late)
    with pytest.raises(ReportError, match="KeyboardInterrupt"):
        run.run(notebook, "x", root, parent)
    assert said(root, parent, "import os; print(os.getppid())") == str(parent.pid)


def test_nothing_is_left_after_a_run(root: Path) -> None:
    with warm.parent() as parent:
        kernels = [int(said(root, parent, "import os; print(os.getpid())")) for _ in range(2)]
        wait_until_gone(kernels, 1)
    wait_until_gone([parent.pid], 0)


#: An owner whose kernel has started a process; what all of them are called is printed.
OWNER = """
import sys
from pathlib import Path
from nbformat.v4 import new_code_cell, new_notebook
from tieout.project import run, warm
cell = "import os, subprocess, time; p = subprocess.Popen(['sleep', '20'])\\n"
cell += "print(os.getppid(), os.getpid(), p.pid, file=open('numbers', 'w'), flush=True); time.sleep(60)"
with warm.parent() as parent:
    run.run(new_notebook(cells=[new_code_cell(cell)]), "x", Path(sys.argv[1]), parent)
"""


@pytest.mark.parametrize("killed", ["owner", "parent", "both"])
def test_nothing_is_left_when_someone_is_killed(root: Path, killed: str) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(root)], stderr=subprocess.DEVNULL)
    numbers, late = root / "notebooks/numbers", time.monotonic() + 60
    while not (numbers.exists() and numbers.read_text().endswith("\n")):
        assert owner.poll() is None and time.monotonic() < late
        time.sleep(0.1)
    parent, kernel, started = map(int, numbers.read_text().split())
    if killed != "owner":
        os.kill(parent, signal.SIGKILL)
        wait_until_gone([parent, kernel])
    if killed != "parent":
        owner.kill()
        wait_until_gone([parent, kernel, *([started] if killed == "owner" else [])])
    owner.kill()
    owner.wait()
    if psutil.pid_exists(started):  # as with a plain kernel: what was started by one that was killed goes on
        os.kill(started, signal.SIGKILL)
