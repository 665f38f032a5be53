"""Make the fonts of the report: ``python src/tieout/fonts/make.py Regular.ttc Bold.ttc``.

From the Noto Sans CJK collections (https://github.com/notofonts/noto-cjk, version 2.004)
it takes the face for Simplified Chinese and keeps GB 2312, Latin, punctuation, arrows, and
every character in the project's data, notebooks and article. The result has a name
of its own, so that an installed Noto font is never taken for it, or it for Noto.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

FAMILY = "Report Sans SC"
HERE = Path(__file__).parent
ROOT = HERE.parents[2]
RANGES = [(0x20, 0x7F), (0xA0, 0x180), (0x2010, 0x2040), (0x3007, 0x3008)]
SYMBOLS = "₀₁₂₃₄₅₆₇₈₉€←↑→↓↔≈≠≤≥−×÷∞√∑∆●○■□▲△▼▽◆◇★☆✓✗‰°′″"


def characters() -> set[int]:
    """Code points to keep."""
    kept = {ord(c) for c in SYMBOLS} | {n for start, end in RANGES for n in range(start, end)}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            kept |= {ord(c) for c in bytes([row, cell]).decode("gb2312", "ignore")}
    for pattern in ("seeds/*", "data/*", "notebooks/*.ipynb"):
        for path in ROOT.glob(pattern):
            kept |= {ord(c) for c in path.read_text("utf-8")}
    return kept


def make(collection: Path, weight: str) -> None:
    """Write the subset of one weight beside this file; the same bytes for the same input."""
    fonts = TTCollection(collection, recalcTimestamp=False).fonts
    font = next(f for f in fonts if f["name"].getDebugName(1).startswith("Noto Sans CJK SC"))
    options = subset.Options(
        layout_features=["ccmp", "kern", "locl", "palt", "mark", "mkmk", "liga", "calt", "halt", "pwid"],
        name_IDs=["*"], notdef_outline=True, hinting=False, recalc_timestamp=False,
        drop_tables=["DSIG", "VORG", "vhea", "vmtx", "BASE"],
    )  # fmt: skip
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    postscript = f"{FAMILY.replace(' ', '')}-{weight}"
    names = {1: FAMILY, 2: weight, 3: f"2.004;{postscript}", 4: f"{FAMILY} {weight}", 6: postscript}
    for record in list(font["name"].names):
        if record.nameID in (16, 17, 21, 22, 25):
            font["name"].removeNames(record.nameID)
    for id, text in names.items():
        font["name"].setName(text, id, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames[0] = postscript
    cff.topDictIndex[0].FullName, cff.topDictIndex[0].FamilyName = f"{FAMILY} {weight}", FAMILY
    font.save(HERE / f"{postscript}.otf")


if __name__ == "__main__":
    for file, weight in zip(sys.argv[1:], ("Regular", "Bold"), strict=True):
        make(Path(file), weight)
