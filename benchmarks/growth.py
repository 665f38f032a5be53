"""How loading, checking and the proof of completeness grow with the data: a made article of many sentences.

    python benchmarks/growth.py

The miniature of the tests is enlarged: each sentence has a claim of its own, and a numeral that is dismissed. Printed
are seconds for each size, and how much more a hundred times the rows cost, beside the hundred that is linear.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SIZES = (100, 1_000, 10_000)


def letters(n: int) -> str:
    """A name of letters for ``n``, so that no sentence holds another numeral than its own."""
    return "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in f"{n:06d}")


def enlarge(folder: Path, n: int) -> Path:
    """The miniature in ``folder`` with ``n`` more claims and dismissals."""
    shutil.copytree(ROOT / "tests/mini", folder)
    article = folder / "seeds/article.txt"
    text = article.read_text("utf-8") + "".join(f"{letters(i)}馆有座位{i + 10}个,建于第{i + 5}年。\n" for i in range(n))
    article.write_text(text, "utf-8")
    settings = folder / "report.toml"
    old = settings.read_text("utf-8").split('sha256 = "')[1].split('"')[0]
    new = hashlib.sha256(text.encode()).hexdigest()
    settings.write_text(settings.read_text("utf-8").replace(old, new), "utf-8")
    with (folder / "data/reading.csv").open(encoding="utf-8", newline="") as file:
        columns = csv.DictReader(file).fieldnames or []
    with (folder / "data/reading.csv").open("a", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        for i in range(n):
            quote = f"{letters(i)}馆有座位{i + 10}个"
            rows.writerow({
                "id": f"seats_{i}", "subject": "jia", "label_en": f"Seats {i}", "label_zh": f"座位{i}", "measure": "level",
                "relation": "=", "value": str(i + 10), "unit": "seat", "rounding": "0", "as_printed": f"{i + 10}个",
                "quote": quote, "quote_en": f"{i + 10} seats",
            })  # fmt: skip
    with (folder / "data/units.csv").open("a", encoding="utf-8") as file:
        file.write("seat,count,,seat,seats,个,个,a unit\n")
    with (folder / "data/not_data.csv").open("a", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerows(
            (f"第{i + 5}年", f"{letters(i)}馆有座位{i + 10}个,建于第{i + 5}年", "period", "a year") for i in range(n)
        )
    return folder


def main() -> int:
    """Measure and print."""
    from tieout.data.load import load
    from tieout.publish.make import problems

    found = []
    with tempfile.TemporaryDirectory(prefix="growth-") as name:
        for n in SIZES:
            folder = enlarge(Path(name) / str(n), n)
            start = time.process_time()
            facts = load(folder)
            loaded = time.process_time()
            problems(facts)
            found.append((loaded - start, time.process_time() - loaded))
            print(f"{n:>6} sentences: load {found[-1][0]:.2f} s, check {found[-1][1]:.2f} s of processor time")
    for what, times in zip(("load", "check"), zip(*found, strict=True), strict=True):
        print(f"{what}: {times[-1] / times[0]:.0f} times as long for {SIZES[-1] // SIZES[0]} times the rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
