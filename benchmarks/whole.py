"""How long the way from the data to the report takes, beside the plain chain of nbconvert.

    python benchmarks/whole.py [rounds]

Both start from the same copy of the project, in turn, each in processes of its own. ``tieout report`` checks the data
and the prose, runs the notebooks, draws the figures and sets PDF and page; ``jupyter nbconvert --execute`` runs the
same notebooks, one after the other, and, where xelatex is installed, ``--to pdf`` sets each (see ``export.py`` for
what that needs). Printed are the seconds, then medians and this project's share.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = ("report.toml", "seeds", "data", "notebooks", "figures", "README.md", "requirements.lock", "environment.yml")


def lay(folder: Path) -> Path:
    """A copy of the project."""
    folder.mkdir()
    for name in PARTS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    return folder


def timed(*commands: list[str], cwd: Path) -> float:
    """Seconds that some commands take, one after the other; raises ``CalledProcessError`` if one fails."""
    start = time.perf_counter()
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for command in commands:
        subprocess.run(command, cwd=cwd, check=True, capture_output=True, env=env)
    return time.perf_counter() - start


def main(rounds: int = 3) -> int:
    """Measure and print."""
    names = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    convert = [sys.executable, "-m", "nbconvert"]
    chain = [[*convert, "--execute", "--to", "notebook", "--inplace", name] for name in names]
    what = "nbconvert --execute"
    if shutil.which("xelatex"):
        chain += [[*convert, "--to", "pdf", name] for name in names]
        what += " and --to pdf"
    found: dict[str, list[float]] = {"tieout report": [], what: []}
    with tempfile.TemporaryDirectory(prefix="whole-") as name:
        for n in range(rounds):
            ours, theirs = (lay(Path(name) / f"{who}{n}") for who in ("ours", "theirs"))
            command = [sys.executable, "-m", "tieout.cli", "--root", str(ours), "report", "--quiet"]
            found["tieout report"].append(timed(command, cwd=ours))
            found[what].append(timed(*chain, cwd=theirs / "notebooks"))
    for who, seconds in found.items():
        print(f"{who}: {', '.join(f'{s:.1f}' for s in seconds)} s, median {statistics.median(seconds):.1f} s")
    ours, theirs = (statistics.median(seconds) for seconds in found.values())
    print(f"a share of {ours / theirs:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
