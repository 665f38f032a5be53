"""How long one PDF of all notebooks takes: this project's exporter beside nbconvert with xelatex.

    python benchmarks/export.py [rounds]

Both start from the same executed notebooks and end with one PDF. nbconvert's way is the usual one: the
notebooks are joined and exported ``--to pdf``, which needs pandoc, xelatex and a Chinese font (Debian: apt
install pandoc texlive-xetex texlive-latex-recommended texlive-plain-generic texlive-fonts-recommended lmodern
librsvg2-bin fonts-noto-cjk) and inkscape or rsvg for the figures; here it is given their PNGs, which is quicker.
Rounds alternate, each in a process of its own; printed are all times, the medians and their ratio.
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


def joined() -> nbformat.NotebookNode:
    """All notebooks as one, with pictures that LaTeX can include and a font that has Chinese."""
    whole = nbformat.v4.new_notebook()
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        for cell in nbformat.read(path, 4).cells:
            cell.id = f"{path.stem[:2]}-{cell.id}"[:64]
            for output in cell.get("outputs", []):
                output.get("data", {}).pop("image/svg+xml", None)
            whole.cells.append(cell)
    return whole


def main(rounds: int = 3) -> int:
    for program in ("xelatex", "pandoc"):
        if shutil.which(program) is None:
            print(f"{program} is not installed; see the head of this file")
            return 1
    times: dict[str, list[float]] = {"this project": [], "nbconvert with xelatex": []}
    with tempfile.TemporaryDirectory(prefix="export-") as name:
        folder = Path(name)
        nbformat.write(joined(), folder / "joined.ipynb")
        # nbconvert's template loads no font with Chinese; without one the characters would be missing.
        template = folder / "templates/chinese"
        template.mkdir(parents=True)
        (template / "conf.json").write_text('{"base_template": "latex", "mimetypes": {"text/latex": true}}')
        (template / "index.tex.j2").write_text(
            "((*- extends 'latex/index.tex.j2' -*))\n((* block packages *))((( super() )))\n"
            '\\AtBeginDocument{\\setmainfont{Noto Sans CJK SC}\\XeTeXlinebreaklocale "zh"}((* endblock packages *))\n'
        )
        latex = [
            sys.executable,
            "-m",
            "nbconvert",
            "--to",
            "pdf",
            "--template",
            "chinese",
            "joined.ipynb",
            "--log-level=ERROR",
        ]
        latex += [f"--TemplateExporter.extra_template_basedirs={folder / 'templates'}", "--output", "theirs"]
        ours = [sys.executable, "-c", OURS.format(root=str(ROOT), out=str(folder / "ours.pdf"))]
        for _ in range(rounds):
            for who, command in (("this project", ours), ("nbconvert with xelatex", latex)):
                start = time.perf_counter()
                done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
                times[who].append(time.perf_counter() - start)
                made = folder / ("ours.pdf" if who == "this project" else "theirs.pdf")
                if done.returncode or not made.is_file():
                    print(f"{who} failed:\n{done.stderr[-2000:]}")
                    return 1
        for who, found in times.items():
            size = (folder / ("ours.pdf" if who == "this project" else "theirs.pdf")).stat().st_size
            print(
                f"{who}: {', '.join(f'{t:.1f}' for t in found)} s; median {statistics.median(found):.1f} s; {size:,} bytes"
            )
    ratio = statistics.median(times["this project"]) / statistics.median(times["nbconvert with xelatex"])
    print(f"ratio: {ratio:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
