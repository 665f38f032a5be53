"""Files generated from others: the data's dictionary, the words of the README's figure, evidence, ``environment.yml``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tieout import files
from tieout.data.dataset import Dataset
from tieout.data.fact import EVIDENCE
from tieout.data.tables import read_csv
from tieout.project import evidence, run

#: What this module writes beside the pages of evidence.
GENERATED = ("README.md", "data/README.md", "environment.yml")
_FIGURE = re.compile(r"!\[[^\]]*\]\(figures/(?P<id>\w+)\.png\)")
_BLOCK = re.compile(r"(?<=<!-- dictionary -->\n).*?(?=<!-- /dictionary -->)", re.S)


def dictionary(data: Path) -> str:
    """A table of the files, then a table of the columns of each, in Markdown."""
    package = json.loads((data / "datapackage.json").read_text("utf-8"))
    schemas: dict[str, tuple[list[str], list[dict[str, Any]]]] = {}
    lines = ["| file | rows | what it holds |", "| --- | ---: | --- |"]
    for resource in package["resources"]:
        rows = len(read_csv(data / resource["path"]))
        lines.append(f"| `{resource['path']}` | {rows} | {resource['description']} |")
        schema = resource["schema"]
        if isinstance(schema, str):
            fields = json.loads((data / schema).read_text("utf-8"))["fields"]
            schemas.setdefault(schema, ([], fields))[0].append(resource["path"])
        else:
            schemas[resource["path"]] = ([resource["path"]], schema["fields"])
    for paths, fields in schemas.values():
        names = ", ".join(f"`{p}`" for p in paths)
        lines += [
            "",
            "<details>",
            f"<summary>Columns of {names}</summary>",
            "",
            "| column | type | meaning |",
            "| --- | --- | --- |",
        ]
        lines += [f"| `{f['name']}` | {_type(f)} | {_meaning(f)} |" for f in fields]
        lines += ["", "</details>"]
    return "\n".join(lines) + "\n"


def _type(field: dict[str, Any]) -> str:
    rules = field.get("constraints", {})
    return str(field["type"]) + (", required" if rules.get("required") else "")


def _meaning(field: dict[str, Any]) -> str:
    values = field.get("constraints", {}).get("enum")
    text = field.get("description", field["title"]).replace("|", "\\|")
    return f"{text}. One of {', '.join(f'`{v}`' for v in values)}" if values else text


def environment(lock: str, name: str) -> str:
    """``environment.yml`` for conda: the same pins as the lock, and the package itself.

    The hashes stay in the lock: pip refuses a local package beside hashed ones.
    """
    pins = [line.removesuffix(" \\") for line in lock.splitlines() if re.match(r"[a-z0-9]", line)]
    lines = [
        "# Generated from requirements.lock: conda env create -f environment.yml",
        f"name: {name}",
        "channels:",
        "  - conda-forge",
    ]
    lines += ["dependencies:", "  - python >=3.11,<3.14", "  - pip", "  - pip:"]
    return "\n".join([*lines, *(f'      - "{pin}"' for pin in pins), "      - -e ."]) + "\n"


def readme(text: str, facts: Dataset) -> str:
    """The README with the alternative text of its figures as the data has them."""
    return _FIGURE.sub(lambda m: f"![{facts.figure(m['id'])['alt_en']}](figures/{m['id']}.png)", text)


def contents(facts: Dataset) -> dict[str, bytes]:
    """What is generated, by its name in the project; a project may do without READMEs and lock."""
    words, lock = facts.root / "README.md", facts.root / "requirements.lock"
    made = {f"notebooks/{name}": page for name, page in evidence.pages(facts).items()}
    if lock.is_file():
        made = {"environment.yml": environment(lock.read_text("utf-8"), facts.project.name)} | made
    data = facts.root / "data"
    if (data / "README.md").is_file():
        known = (data / "README.md").read_text("utf-8")
        made = {"data/README.md": _BLOCK.sub(lambda _: dictionary(data), known)} | made
    if words.is_file():
        made = {"README.md": readme(words.read_text("utf-8"), facts)} | made
    return {name: text.encode() for name, text in made.items()}


def refresh(facts: Dataset) -> list[str]:
    """Write what is generated where it differs, and remove pages of evidence that are none any more; the names of what changed.

    Raises ``ChangedMeanwhile`` naming those that somebody else saved at the same time.
    """
    root, folder = facts.root, facts.root / f"notebooks/{EVIDENCE}"
    # Read before anything is made of them: what somebody saves meanwhile is seen.
    known = {name: files.read(root / name) for name in GENERATED}
    known |= {path.relative_to(root).as_posix(): files.read(path) for path in folder.glob("*.md")}
    made = contents(facts)
    changed = [name for name in made if known.get(name) != made[name]]
    left = [name for name in changed if not files.replace(root / name, made[name], known.get(name))]
    gone = [path for path in folder.glob("*.md") if path.relative_to(root).as_posix() not in made]
    for path in gone:
        path.unlink()
    written = [*(name for name in changed if name not in left), *(p.relative_to(root).as_posix() for p in gone)]
    if left:
        raise files.ChangedMeanwhile(left, "Bring it up to date again.", written)
    return written


def bring_up_to_date(facts: Dataset) -> list[str]:
    """Notebooks and generated files in step with ``facts``, which nothing contradicts; the names of what changed.

    Raises ``ChangedMeanwhile`` once all has been tried, naming what was left and what was written.
    """
    changed: list[str] = []
    left: list[str] = []
    remedy = ""
    with files.alone(facts.root):
        for step in (run.refresh, refresh):
            try:
                changed += step(facts)
            except files.ChangedMeanwhile as error:
                changed += error.changed
                left, remedy = [*left, *error.names], error.remedy
    if left:
        raise files.ChangedMeanwhile(left, remedy, changed)
    return changed
