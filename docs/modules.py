"""Write the lists of modules into the pages beside this file, from the docstrings."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Page → where the modules stand that it lists.
PAGES = {ROOT / "docs/architecture.md": ROOT / "src", ROOT / "docs/testing.md": ROOT / "tests"}


def table(folder: Path) -> str:
    """Each module under ``folder`` with the first paragraph of its docstring, in Markdown."""
    lines = ["| module | what it does |", "| --- | --- |"]
    for path in sorted(folder.rglob("*.py")):
        words = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        name = path.relative_to(folder).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        first = words.split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
        lines.append(f"| `{name}` | {first} |")
    return "\n".join(lines) + "\n"


def page(path: Path) -> str:
    """The page with its list as the docstrings have it."""
    text, listed = path.read_text("utf-8"), table(PAGES[path])
    return re.sub(r"(?<=<!-- modules -->\n).*?(?=<!-- /modules -->)", lambda _: listed, text, flags=re.S)


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(page(path), "utf-8", newline="\n")
