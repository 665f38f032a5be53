"""How long a PDF of all notebooks takes: this project's exporter beside nbconvert with xelatex.

    python benchmarks/export.py [rounds]

All start from the same executed notebooks, each in a process of its own, in turn. This project sets them as one
PDF, nbconvert as one each in one command. nbconvert converts SVG figures with Inkscape; since that takes most of
its time, it is measured a second time with PNG figures alone. It needs (Debian): apt install pandoc inkscape
texlive-xetex texlive-latex-recommended texlive-plain-generic texlive-fonts-recommended lmodern fonts-noto-cjk
Printed are all times, medians, and this project's median as a share of the others'.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
OURS = """
from pathlib import Path
from shenyang import facts, publish
root = Path({root!r})
Path({out!r}).write_bytes(publish.pdf(publish.whole(publish.chapters(root), facts.load(root))))
"""
# nbconvert's template loads no font with Chinese: the characters would be missing.
CHINESE = (
    "((*- extends 'latex/index.tex.j2' -*))\n((* block packages *))((( super() )))\n"
    '\\AtBeginDocument{\\setmainfont{Noto Sans CJK SC}\\XeTeXlinebreaklocale "zh"}((* endblock packages *))\n'
)


def copy(folder: Path, svg: bool) -> list[str]:
    """The project's notebooks in ``folder``, with or without their SVG figures; their names."""
    folder.mkdir()
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        notebook = nbformat.read(path, 4)
        for output in (o for c in notebook.cells for o in c.get("outputs", [])):
            if not svg:
                output.get("data", {}).pop("image/svg+xml", None)
        nbformat.write(notebook, folder / path.name)
    return [p.name for p in sorted(folder.iterdir())]


def main(rounds: int = 3) -> int:
    """Measure and print; 1 if a program is missing or an export fails."""
    missing = [p for p in ("xelatex", "pandoc", "inkscape") if shutil.which(p) is None]
    if missing:
        print(f"not installed: {', '.join(missing)}; see the head of this file")
        return 1
    with tempfile.TemporaryDirectory(prefix="export-") as name:
        home = Path(name)
        template = home / "templates/chinese"
        template.mkdir(parents=True)
        (template / "conf.json").write_text('{"base_template": "latex", "mimetypes": {"text/latex": true}}')
        (template / "index.tex.j2").write_text(CHINESE)
        latex = [sys.executable, "-m", "nbconvert", "--to", "pdf", "--template", "chinese", "--log-level=ERROR"]
        latex.append(f"--TemplateExporter.extra_template_basedirs={template.parent}")
        commands: dict[str, tuple[list[str], Path]] = {
            "this project": ([sys.executable, "-c", OURS.format(root=str(ROOT), out=str(home / "ours.pdf"))], home)
        }
        for who, svg in (("nbconvert with xelatex", True), ("nbconvert with xelatex, PNG figures", False)):
            folder = home / ("svg" if svg else "png")
            commands[who] = ([*latex, *copy(folder, svg)], folder)
        times: dict[str, list[float]] = {who: [] for who in commands}
        for _ in range(rounds):
            for who, (command, folder) in commands.items():
                start = time.perf_counter()
                done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
                times[who].append(time.perf_counter() - start)
                if done.returncode or not list(folder.glob("*.pdf")):
                    print(f"{who} failed:\n{done.stderr[-2000:]}")
                    return 1
    ours = statistics.median(times["this project"])
    for who, found in times.items():
        middle = statistics.median(found)
        print(f"{who}: {', '.join(f'{t:.1f}' for t in found)} s; median {middle:.1f} s; share {ours / middle:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
