"""Run the notebooks; keep them as they should be stored."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from tieout import files
from tieout.config import Project
from tieout.data.dataset import Dataset
from tieout.errors import ReportError
from tieout.prose import notebooks
from tieout.show.tables import VIEW
from tieout.text.terminal import plain

# nbclient and nbformat are imported where they are used: with jsonschema they take over a second, that a check of the
# data or an explorer does not need.
if TYPE_CHECKING:
    from jupyter_client.manager import KernelManager
    from nbformat import NotebookNode

    from tieout.project import warm


def run(notebook: NotebookNode, name: str, root: Path, parent: warm.Parent | None = None) -> NotebookNode:
    """Execute a notebook top to bottom in ``root``/notebooks, in place, in a fork of ``parent`` if there is one.

    Raises ``ReportError`` naming the cell that failed.
    """
    import nbclient
    from jupyter_client.manager import AsyncKernelManager

    try:
        try:
            _execute(notebook, root, parent.manager() if parent else AsyncKernelManager)
        except RuntimeError:  # a kernel died, or never came to life
            if parent is None:  # a plain one did: the notebook is to blame
                raise
            _execute(notebook, root, AsyncKernelManager)
    except nbclient.exceptions.CellExecutionError as error:
        if next(_errors(notebook), None) is None:  # the kernel said so, and sent no output
            raise ReportError(f"{name}.ipynb: {error.ename}: {error.evalue}") from None
    except (nbclient.exceptions.DeadKernelError, TimeoutError) as error:
        raise ReportError(f"{name}.ipynb: {error or 'the kernel died'}") from None
    # A cell may be tagged so that an error does not stop the run: a report never has one.
    for cell, output in _errors(notebook):
        # An assertion without a message says nothing by itself: its line does.
        trace = re.sub(r"\x1b\[[\d;]*m", "", plain("\n".join(output.traceback)))
        line = re.search(r"^-+> *\d+ (.*)", trace, re.M)
        what = output.evalue or (line[1].strip() if line else "")
        raise ReportError(f"{name}.ipynb, cell {cell.id}: {output.ename}: {what}")
    return stored(notebook)


def _execute(notebook: NotebookNode, root: Path, manager: type[KernelManager]) -> None:
    """Execute a notebook in a kernel of a ``manager``; raises what nbclient does."""
    import nbclient
    from traitlets.config import Config

    with files.folder() as folder:
        config = Config()
        connection = folder / "kernel.json"
        # Sockets of our own where the system has them and their path is not too long for it:
        # two kernels that start at once may pick the same TCP port.
        if os.name == "posix" and len(str(connection)) < 80:
            config.KernelManager.connection_file = str(connection)
            config.KernelManager.transport = "ipc"
        client = nbclient.NotebookClient(
            notebook,
            timeout=600,
            kernel_name="python3",
            kernel_manager_class=manager,
            record_timing=False,
            coalesce_streams=True,  # a busy machine may send one print in two pieces
            resources={"metadata": {"path": str(root / "notebooks")}},
            config=config,
        )
        client.execute()


def _errors(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, NotebookNode]]:
    """Each output that is an error, with its cell."""
    return ((c, o) for c in notebook.cells for o in c.get("outputs", []) if o.output_type == "error")


def stored(notebook: NotebookNode) -> NotebookNode:
    """The notebook as it is kept, in place: the same whoever ran it, and readable without a kernel.

    A widget lives only while its kernel does, so its view goes and the table or picture beside it stays. A widget
    with nothing beside it but its repr goes whole.
    """
    import nbformat

    # The version and name of this machine's kernel are not part of the notebook; neither is the state of widgets.
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata.pop("widgets", None)
    _count_anew(notebook)
    notebook.metadata |= nbformat.from_dict({"kernelspec": kernel, "language_info": {"name": "python"}})
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran, which JupyterLab records for those who ask for it
        if cell.cell_type == "code":
            cell.outputs = _joined(o for o in cell.outputs if not _bare_widget(o))
            for output in cell.outputs:
                output.get("data", {}).pop(VIEW, None)
    return notebook


def _count_anew(notebook: NotebookNode) -> None:
    """Cells that all ran in order are counted from one, also where the kernel had run others before."""
    cells = [c for c in notebook.cells if c.cell_type == "code"]
    counts = [c.execution_count or 0 for c in cells]
    if all(a < b for a, b in zip([0, *counts], counts, strict=False)):
        for n, cell in enumerate(cells, 1):
            cell.execution_count = n
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = n


def _bare_widget(output: NotebookNode) -> bool:
    data = output.get("data", {})
    return VIEW in data and set(data) <= {VIEW, "text/plain"}


def _joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """The outputs with what was printed in several pieces in one: a busy machine cuts where it likes."""
    found: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and found and found[-1].get("name") == output.name:
            found[-1].text += output.text
        else:
            found.append(output)
    return found


def read(root: Path, name: str) -> NotebookNode:
    """A notebook of ``root``; raises ``ReportError`` if there is none that can be read."""
    import nbformat

    try:
        notebook: NotebookNode = nbformat.read(root / "notebooks" / f"{name}.ipynb", 4)
        return notebook
    except Exception as error:  # nbformat raises what it meets: a list for a notebook, bytes that are no text
        raise ReportError(f"{name}.ipynb cannot be read: {error}. Restore it from git.") from None


def _content(notebook: NotebookNode) -> bytes:
    import nbformat

    text: str = nbformat.writes(notebook)
    return (text + "\n").encode()


def refresh(facts: Dataset) -> list[str]:
    """Bring prose and evidence cells in step with the data, without running; the names of what changed.

    Raises ``ChangedMeanwhile`` naming the notebooks that somebody else saved at the same time: they are left as they are.
    """
    changed: list[str] = []
    left: list[str] = []
    for name in facts.project.notebooks:
        path = facts.root / "notebooks" / f"{name}.ipynb"
        known, notebook = files.read(path), read(facts.root, name)
        content = _content(notebooks.refresh_notebook(notebook, facts))
        if content != known:
            (changed if files.replace(path, content, known) else left).append(name)
    if left:
        names = [f"notebooks/{name}.ipynb" for name in left]
        raise files.ChangedMeanwhile(names, "Bring it up to date again.", changed)
    return changed


def execute(project: Project, say: Callable[[str], None], kernels: warm.Parent | None = None) -> None:
    """Run every notebook of ``project`` and store the outputs; figures are drawn on the way.

    As many at a time as there are processors, each in a kernel that is a fork of one parent where the system has it, for
    most of the time would go into starting kernels. What was drawn before goes first: closing cells name the figures
    that changed, and a report is the same whatever came before it. ``say`` hears of each start and end; ``kernels`` is a
    parent that was started before. Raises ``ReportError`` for the first that failed.
    """
    from tieout.project import warm

    root, names = project.root, project.notebooks
    left = list(names)
    for path in project.figures.glob("*.*"):
        path.unlink()

    def one(name: str) -> None:
        say(f"running {name}")
        files.write(root / "notebooks" / f"{name}.ipynb", _content(run(read(root, name), name, root, parent)))
        left.remove(name)
        say(f"ran {name}; {len(left)} of {len(names)} left" if left else f"ran {name}; that was the last")

    workers = min(len(names), os.cpu_count() or 1)
    with nullcontext(kernels) if kernels else warm.parent() as parent, ThreadPoolExecutor(max_workers=workers) as pool:
        running: list[Future[None]] = [pool.submit(one, name) for name in names]
        wait(running, return_when=FIRST_EXCEPTION)
        pool.shutdown(cancel_futures=True)
        for done in running:
            if not done.cancelled():
                done.result()
