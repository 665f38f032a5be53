"""Kernels that start at once: forks of one process that has the imports of the notebooks done (``forks``).

Most of the time of a short notebook goes into starting a kernel and importing pandas, matplotlib and seaborn there.
With ``parent()`` this is done once. A fork is a kernel like any other to its client: only the way in which its process
comes to be is another, and for this ``jupyter_client`` has provisioners. Whatever cannot be forked is started plainly:
another interpreter, a system without ``fork``, a parent that is gone.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

#: A parent that does not answer for so many seconds counts as gone; its imports take about three.
PATIENCE = 60.0


def possible() -> bool:
    """Whether this system forks what has been imported; macOS does, but its own libraries may not bear it."""
    return hasattr(os, "fork") and sys.platform not in ("darwin", "win32", "emscripten", "wasi")


class Parent:
    """The process that forks kernels, seen from its owner, with whom it ends.

    Several threads may ask it. Raises ``OSError`` when it is asked and is gone.
    """

    def __init__(self) -> None:
        self._link, theirs = socket.socketpair()
        self._link.settimeout(PATIENCE)
        self._lines = self._link.makefile("rwb")
        self._lock, self._ready = Lock(), False
        command = [sys.executable, "-m", "tieout.project.forks"]
        try:
            with theirs:
                # A session of its own: what interrupts the owner at a terminal is the owner's to handle.
                self._process = subprocess.Popen(command, stdin=theirs.fileno(), start_new_session=True)
        except OSError:
            self._hang_up()
            raise

    @property
    def pid(self) -> int:
        """The number of the process."""
        number: int = self._process.pid
        return number

    def fork(self, argv: list[str], cwd: str, env: dict[str, str]) -> Kernel:
        """A new kernel with the arguments ``argv``."""
        number = self._ask({"argv": argv, "cwd": cwd, "env": env})
        if number is None:
            raise OSError("the system gives no process")
        return Kernel(self, number)

    def manager(self) -> type[KernelManager]:
        """The class of kernel managers whose kernels are its forks."""
        return manager(self)

    def poll(self, number: int) -> int | None:
        """The exit code of a kernel, which is told once; None while it lives."""
        code: int | None = self._ask({"poll": number})
        return code

    def _ask(self, order: dict[str, Any]) -> Any:
        with self._lock:
            try:
                if not self._ready:
                    self._hear()
                    self._ready = True
                self._lines.write(json.dumps(order).encode() + b"\n")
                self._lines.flush()
                return self._hear()
            except BaseException as error:
                # What it says from now on would be the answer to another question.
                self._hang_up()
                if isinstance(error, OSError | ValueError):  # a closed file is a ValueError
                    raise OSError(f"the kernels' parent is gone: {error}") from None
                raise

    def _hear(self) -> Any:
        line = self._lines.readline()
        if not line:
            raise OSError("nothing more comes from it")
        return json.loads(line)

    def _hang_up(self) -> None:
        for end in (self._lines, self._link):
            with suppress(OSError):  # what was not sent yet can no longer be
                end.close()

    def close(self) -> None:
        """End the process, and with it the kernels that are left."""
        self._hang_up()
        if not self._ready:  # it has no kernels, and would do all its imports before it looks up
            self._process.kill()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Kernel:
    """A forked kernel, as ``subprocess.Popen`` stands for one that was started."""

    stdin = stdout = stderr = None

    def __init__(self, parent: Parent, pid: int) -> None:
        self.parent, self.pid = parent, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code; None while it lives."""
        if self.returncode is None:
            try:
                self.returncode = self.parent.poll(self.pid)
            except OSError:
                # A kernel ends with its parent.
                self.returncode = -signal.SIGKILL
        return self.returncode

    def wait(self) -> int:
        """The exit code of a kernel of which ``poll`` said that it ended: the provisioner waits for no other."""
        code = self.poll()
        if code is None:
            raise RuntimeError(f"kernel {self.pid} still runs")
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, unless it ended: its number may be another's by now."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the process."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)


class Provisioner(LocalProvisioner):
    """Forks a kernel where it would be started; all else is as with a local one."""

    warm: Parent | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel, or start it if it cannot be forked."""
        plain = self._scrub_kwargs(kwargs)
        try:
            if self.warm is None or cmd[:3] != [sys.executable, "-m", "ipykernel_launcher"] or not plain.keys() <= {"cwd", "env"}:  # fmt: skip
                raise OSError("another kernel than those of the parent")
            cwd = str(plain.get("cwd") or os.getcwd())  # noqa: PTH109
            kernel = self.warm.fork(cmd[3:], cwd, dict(plain.get("env") or os.environ))
        except OSError:
            return await super().launch_kernel(cmd, **kwargs)
        # The leader of its session also before it says so: its parent's group is not the one to signal.
        self.process = cast("subprocess.Popen[bytes]", kernel)  # it does what is asked of one
        self.pid = self.pgid = kernel.pid
        self.cwd = cwd
        return self.connection_info


def manager(parent: Parent) -> type[KernelManager]:
    """The class of kernel managers whose kernels are forks of ``parent``."""

    class Manager(AsyncKernelManager):
        """A manager with the provisioner given, where it would be looked up among those installed."""

        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.kernel_id = str(uuid.uuid4())
            self.provisioner = Provisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
            self.provisioner.warm = parent

    return Manager


@contextmanager
def parent() -> Iterator[Parent | None]:
    """A parent of kernels, which does its imports while its owner goes on; None where there can be none."""
    if not possible():
        yield None
        return
    try:
        started = Parent()
    except OSError:
        yield None
        return
    try:
        yield started
    finally:
        started.close()
