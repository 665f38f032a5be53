"""What is Chinese: which characters are ideographs, and which are set, broken and spoken with them.

The sets are for use inside the brackets of a pattern.
"""

from __future__ import annotations

import re

#: Characters that are words: what has one of these is Chinese.
IDEOGRAPHS = r"\u3400-\u9fff"
#: Kana, which are broken as ideographs are.
KANA = r"\u3040-\u30ff"
#: Ideographs with their radicals, their wide forms and what stands between them as letters do: each takes a place of its
#: own in a line.
LETTERS = r"\u2e80-\u2fff\u3005-\u9fff\uff00-\uffef"
#: All that is set in the Chinese face, punctuation included, which is Chinese between Chinese characters.
HAN = r"\u2e80-\u303f\u3400-\u9fff\uff00-\uffef“”‘’…—"
#: Found in what is Chinese.
CHINESE = re.compile(f"[{IDEOGRAPHS}]")
