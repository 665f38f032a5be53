"""How long a PDF of all notebooks takes: this project's exporter beside nbconvert with xelatex.

    python benchmarks/export.py [rounds]

Both start from the same executed notebooks, each in a process of its own, in turn. This project sets them as one
PDF, nbconvert as one each. Printed are the seconds of the export itself and, in brackets, of the whole process,
in which starting Python and importing are the same two seconds for both; then medians and this project's share.
nbconvert needs (Debian): apt install pandoc inkscape texlive-xetex texlive-latex-recommended
texlive-plain-generic texlive-fonts-recommended lmodern fonts-noto-cjk
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = """
import time
from pathlib import Path
from tieout import config
from tieout.data.load import load
from tieout.publish import report, setting
start, root = time.perf_counter(), Path({root!r})
Path("ours.pdf").write_bytes(setting.pdf(report.whole(report.chapters(config.read(root)), load(root))))
print(time.perf_counter() - start)
"""
THEIRS = """
import time
from pathlib import Path
from nbconvert.exporters import PDFExporter
start = time.perf_counter()
for path in sorted(Path({root!r}).glob("notebooks/[0-9]*.ipynb")):
    exporter = PDFExporter(template_name="chinese", extra_template_basedirs=["templates"], log_level="ERROR")
    Path(path.stem + ".pdf").write_bytes(exporter.from_filename(str(path))[0])
print(time.perf_counter() - start)
"""
# nbconvert's template loads no font with Chinese: the characters would be missing.
CHINESE = (
    "((*- extends 'latex/index.tex.j2' -*))\n((* block packages *))((( super() )))\n"
    '\\AtBeginDocument{\\setmainfont{Noto Sans CJK SC}\\XeTeXlinebreaklocale "zh"}((* endblock packages *))\n'
)


def main(rounds: int = 3) -> int:
    """Measure and print; 1 if a program is missing or an export fails."""
    missing = [p for p in ("xelatex", "pandoc", "inkscape") if shutil.which(p) is None]
    if missing:
        print(f"not installed: {', '.join(missing)}; see the head of this file")
        return 1
    exports: dict[str, list[float]] = {"this project": [], "nbconvert with xelatex": []}
    whole: dict[str, list[float]] = {who: [] for who in exports}
    with tempfile.TemporaryDirectory(prefix="export-") as name:
        template = Path(name) / "templates/chinese"
        template.mkdir(parents=True)
        (template / "conf.json").write_text('{"base_template": "latex", "mimetypes": {"text/latex": true}}')
        (template / "index.tex.j2").write_text(CHINESE)
        for _ in range(rounds):
            for who, code in zip(exports, (OURS, THEIRS), strict=True):
                start = time.perf_counter()
                command = [sys.executable, "-c", code.format(root=str(ROOT))]
                done = subprocess.run(command, cwd=name, capture_output=True, text=True)
                if done.returncode:
                    print(f"{who} failed:\n{done.stderr[-2000:]}")
                    return 1
                whole[who].append(time.perf_counter() - start)
                exports[who].append(float(done.stdout.split()[-1]))
    for who, found in exports.items():
        print(f"{who}: " + ", ".join(f"{e:.1f} ({w:.1f})" for e, w in zip(found, whole[who], strict=True)) + " s")
    for what, times in (("the export itself", exports), ("whole process", whole)):
        ours, theirs = (statistics.median(found) for found in times.values())
        print(f"{what}: {ours:.1f} s beside {theirs:.1f} s, a share of {ours / theirs:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
