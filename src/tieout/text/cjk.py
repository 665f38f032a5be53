"""What is Chinese: the characters that are set, broken and spoken as such."""

from __future__ import annotations

HAN = r"\u2e80-\u303f\u3400-\u9fff\uff00-\uffef“”‘’…—"
