"""The parent of the notebooks' kernels: a process that has the imports done, and forks a kernel when it is asked to.

``python -m tieout.project.forks`` is started by ``warm``, with one end of a pair of sockets as its standard input. It
says when it is ready, and then answers each line of JSON with one: ``{"cwd", "env", "argv"}`` with the number of the
kernel that it forked, ``{"poll": number}`` with the kernel's exit code, or null while it lives. When the other end of
the pair is closed, it kills the kernels that are left, and ends; a kernel whose parent is gone ends by itself.

It never starts a thread, an event loop or a context of ZeroMQ: a fork would have only half of it. The one pool of
threads that comes with the imports, that of numpy's linear algebra, is laid down and taken up again around a fork by
its own library.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import os
import signal
import socket
import sys
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

#: What the notebooks import, and what their kernels import to show a figure. Not matplotlib's inline backend: it
#: finds the kernel's shell when it is imported, and here is none yet.
MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "pandas",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "anywidget",
    "tieout.data.load",
    "tieout.explore.explorers",
    "tieout.prose.closing",
    "tieout.show.cards",
    "tieout.show.charts",
    "tieout.show.exhibits",
    "tieout.show.marked",
)
INLINE = "module://matplotlib_inline.backend_inline"

Order = dict[str, Any]


def main() -> None:
    """Serve until the owner is gone; in a fork, be the kernel that was asked for."""
    # What was started with -m finds modules in the folder that it was started in first; a kernel does not.
    if sys.path[0] == "" or Path(sys.path[0]) == Path.cwd():
        del sys.path[0]
    link = _link()
    if not _imports():
        return
    order = _serve(link)
    # A fork comes back to here, so that nothing of the parent's work lies under the kernel when it ends.
    if order is not None:
        _become(order)


def _link() -> socket.socket:
    """The socket that stands in the place of standard input, which becomes empty: it is the kernels' as well."""
    link = socket.socket(fileno=os.dup(0))
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    return link


def _imports() -> bool:
    """Import all ``MODULES``; whether it went without a warning.

    A warning belongs below the cell that imports: then each kernel has to do it by itself.
    """
    given = os.environ.get("MPLBACKEND")
    # matplotlib looks for it when it is imported, and a kernel sets it before.
    os.environ["MPLBACKEND"] = given or INLINE
    warned: list[object] = []
    show, warnings.showwarning = warnings.showwarning, lambda *about, **_: warned.append(about)
    for name in MODULES:
        importlib.import_module(name)
    warnings.showwarning = show
    if not given:
        del os.environ["MPLBACKEND"]
    # What is there now stays: a collection in a kernel need not look at it, nor copy the memory that it is in.
    gc.collect()
    gc.freeze()
    return not warned


def _serve(link: socket.socket) -> Order | None:
    """Answer until the owner is gone, and then None; in a kernel that was forked, what was asked for."""
    kernels: set[int] = set()
    # Writing fails when the owner is gone, and so does the closing of what could not be written.
    with suppress(OSError), link, link.makefile("rwb") as lines:

        def say(answer: Any) -> None:
            lines.write(json.dumps(answer).encode() + b"\n")
            lines.flush()

        say("ready")
        for line in lines:
            order: dict[str, Any] = json.loads(line)
            if "poll" in order:
                say(_poll(order["poll"], kernels))
                continue
            kernel = _fork()
            if kernel == 0:
                return order
            if kernel is not None:
                kernels.add(kernel)
            say(kernel)
    for kernel in kernels:
        _kill(kernel)
    return None


def _fork() -> int | None:
    """The number of a new kernel, nought in the kernel itself, None if the system gives no process."""
    try:
        kernel = os.fork()
    except OSError:
        return None
    if not kernel:
        # A session of its own: an interrupt reaches the kernel and what it started, and nobody else.
        os.setsid()
    return kernel


def _poll(kernel: int, kernels: set[int]) -> int | None:
    """The exit code of a kernel that ended, which is told once; None while it lives."""
    ended, status = os.waitpid(kernel, os.WNOHANG)
    if not ended:
        return None
    kernels.remove(kernel)
    return os.waitstatus_to_exitcode(status)


def _kill(kernel: int) -> None:
    """Kill a kernel and what it started, at once: nobody is left who would wait for it."""
    try:
        os.killpg(kernel, signal.SIGKILL)
    except ProcessLookupError:  # it has no session of its own yet
        with suppress(ProcessLookupError):
            os.kill(kernel, signal.SIGKILL)


def _become(order: Order) -> None:
    """Be a kernel as ``python -m ipykernel_launcher`` would be one in a process of its own."""
    import numpy as np
    from ipykernel import kernelapp

    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    # The kernel ends with the process that forked it.
    parent = os.getppid()
    os.environ["JPY_PARENT_PID"] = str(parent)
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher and launcher.origin), *order["argv"]]
    sys.orig_argv = [sys.executable, "-m", "ipykernel_launcher", *order["argv"]]
    # Python begins its random numbers anew after a fork; numpy does not.
    np.random.seed()
    # The default of this option was read from the environment when it was imported.
    kernelapp.launch_new_instance(argv=[*order["argv"], f"--IPKernelApp.parent_handle={parent}"])


if __name__ == "__main__":
    main()
