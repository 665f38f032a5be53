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

# What this project leaves beside a file it writes, and in the temporary folder; the number is the process that made it.
_BESIDE = re.compile(r".+\.shenyang-(?P<pid>\d+)\.tmp")
_FOLDER = re.compile(r"shenyang-(?P<pid>\d+)-")


class ChangedMeanwhile(OSError):
    """Files were changed by somebody else between the reading and the writing; they are as that one left them."""

    def __init__(self, names: Iterable[str], remedy: str) -> None:
        self.names = tuple(names)
        were = "was saved by somebody else meanwhile and is" if len(self.names) == 1 else "were saved by somebody else meanwhile and are"  # fmt: skip
        super().__init__(f"{', '.join(self.names)} {were} as it was left there. {remedy}")


def read(path: Path) -> bytes | None:
    """The content of a file; None if there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def write(path: Path, content: bytes) -> None:
    """Write whole or not at all: to a temporary name, then moved into place."""
    _place(path, content)


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
    temporary = path.with_name(f"{path.name}.shenyang-{os.getpid()}.tmp")
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
    with tempfile.TemporaryDirectory(prefix=f"shenyang-{os.getpid()}-") as name:
        yield Path(name).resolve()


def sweep(root: Path) -> None:
    """Remove what killed runs left beside the files of ``root`` and in the temporary folder; of living ones nothing."""
    places = [root, *(root / name for name in ("data", "notebooks", "figures", "build"))]
    for path in (p for place in places if place.is_dir() for p in place.iterdir()):
        if _orphan(path, _BESIDE.fullmatch(path.name)):
            path.unlink(missing_ok=True)
    for path in Path(tempfile.gettempdir()).iterdir():
        if _orphan(path, _FOLDER.match(path.name)):
            shutil.rmtree(path, ignore_errors=True)


def _orphan(path: Path, name: re.Match[str] | None) -> bool:
    """Whether this user's process that made ``path`` is gone."""
    if name is None or psutil.pid_exists(int(name["pid"])):
        return False
    try:
        return not hasattr(os, "getuid") or path.lstat().st_uid == os.getuid()
    except OSError:
        return False
