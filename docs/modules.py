"""Write the list of modules into architecture.md, from their docstrings."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/architecture.md"


def table() -> str:
    """Each module of both packages with the first sentence of its docstring, in Markdown."""
    lines = ["| module | what it does |", "| --- | --- |"]
    for path in sorted((ROOT / "src").rglob("*.py")):
        words = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        name = path.relative_to(ROOT / "src").with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        first = words.split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
        lines.append(f"| `{name}` | {first} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """The page with the list as the docstrings have it."""
    text = PAGE.read_text("utf-8")
    return re.sub(r"(?<=<!-- modules -->\n).*?(?=<!-- /modules -->)", lambda _: table(), text, flags=re.S)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8", newline="\n")
