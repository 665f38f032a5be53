"""Write whole or not at all, never over what somebody else wrote meanwhile; clear away what a killed run left."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

# What this project leaves beside a file it writes, and in the temporary folder; the number is the process that made
# it. No name that a person would give fits: what fits is deleted.
_BESIDE = re.compile(r".+\.tieout-(?P<pid>\d+)\.tmp")
_FOLDER = re.compile(r"tieout-tmp-(?P<pid>\d+)-[a-z0-9_]{8}")


class ChangedMeanwhile(OSError):
    """Files were changed by somebody else between the reading and the writing; they are as that one left them.

    ``names`` are these files, ``changed`` those that were written all the same.
    """

    def __init__(self, names: Iterable[str], remedy: str, changed: Iterable[str] = ()) -> None:
        self.names, self.changed, self.remedy = tuple(names), tuple(changed), remedy
        were = "was saved by somebody else meanwhile and is" if len(self.names) == 1 else "were saved by somebody else meanwhile and are"  # fmt: skip
        written = f" Brought up to date: {', '.join(self.changed)}." if self.changed else ""
        super().__init__(f"{', '.join(self.names)} {were} as it was left there. {remedy}{written}")


def read(path: Path) -> bytes | None:
    """The content of a file; None if there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def write(path: Path, content: bytes) -> None:
    """Write whole or not at all: to a temporary name, then moved into place."""
    _place(path, content)


def replace_if_other(path: Path, content: bytes) -> None:
    """Write ``content`` unless the file holds it already."""
    if read(path) != content:
        write(path, content)


def replace(path: Path, content: bytes, known: bytes | None) -> bool:
    """Write ``content`` if the file still holds what was ``known`` of it (None: there was none); whether it could.

    A file that holds ``content`` already is left as it is, whoever wrote it.
    """
    now = read(path)
    if now == content:
        return True
    return now == known and _place(path, content, known)


def _place(path: Path, content: bytes, *known: bytes | None) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.tieout-{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        # Looked at again at the last moment: writing takes its time, and an editor may save in it.
        if known and read(path) != known[0]:
            return False
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder whose name tells which process made it."""
    with tempfile.TemporaryDirectory(prefix=f"tieout-tmp-{os.getpid()}-") as name:
        yield Path(name).resolve()


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Keep other commands on ``root`` waiting: what is compared before it is written is not written by two at once.

    The lock is the system's, on the folder itself, and ends with the process. On Windows there is none.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def sweep(root: Path) -> None:
    """Remove what killed runs left beside the files of ``root`` and in the temporary folder; of living ones nothing."""
    places = [root, *(root / name for name in ("data", "notebooks", "figures", "build"))]
    for path in (p for place in places if place.is_dir() for p in place.iterdir()):
        if path.is_file() and _orphan(path, _BESIDE.fullmatch(path.name)):
            path.unlink(missing_ok=True)
    for path in Path(tempfile.gettempdir()).iterdir():
        if path.is_dir() and _orphan(path, _FOLDER.fullmatch(path.name)):
            shutil.rmtree(path, ignore_errors=True)


def _orphan(path: Path, name: re.Match[str] | None) -> bool:
    """Whether this user's process that made ``path`` is gone; one that began later only has its number."""
    if name is None or path.is_symlink():
        return False
    try:
        about = path.lstat()
        if hasattr(os, "getuid") and about.st_uid != os.getuid():
            return False
        return bool(psutil.Process(int(name["pid"])).create_time() > about.st_mtime + 1)
    except psutil.NoSuchProcess:
        return True
    except (OSError, psutil.Error):
        return False
