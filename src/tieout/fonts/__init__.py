"""The faces that every edition is set in."""

from pathlib import Path

#: The folder of the font files.
FONTS = Path(__file__).parent
#: The engine's own name for its subset of Noto Sans CJK SC: a system font of that name must not win.
FAMILY = "Report Sans SC"
