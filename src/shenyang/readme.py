"""The data dictionary in the README, generated from ``datapackage.json``."""

from __future__ import annotations

import json
import re
from pathlib import Path

_BLOCK = re.compile(r"(?<=<!-- dictionary -->\n).*?(?=<!-- /dictionary -->)", re.S)


def dictionary(data: Path) -> str:
    """A table of the files, then a table of the columns of each, in Markdown."""
    package = json.loads((data / "datapackage.json").read_text("utf-8"))
    schemas: dict[str, tuple[list[str], list[dict]]] = {}
    lines = ["| file | rows | what it holds |", "| --- | ---: | --- |"]
    for resource in package["resources"]:
        rows = (data / resource["path"]).read_text("utf-8").count("\n") - 1
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


def _type(field: dict) -> str:
    rules = field.get("constraints", {})
    return field["type"] + (", required" if rules.get("required") else "")


def _meaning(field: dict) -> str:
    values = field.get("constraints", {}).get("enum")
    text = field.get("description", field["title"]).replace("|", "\\|")
    return f"{text}. One of {', '.join(f'`{v}`' for v in values)}" if values else text


def refresh(root: Path) -> list[str]:
    """Write the dictionary into the README if it differs; the names of the files changed."""
    path = root / "README.md"
    before = path.read_text("utf-8")
    after = _BLOCK.sub(lambda m: dictionary(root / "data"), before)
    if after == before:
        return []
    temporary = path.with_suffix(".tmp")
    temporary.write_text(after, "utf-8", newline="\n")
    temporary.replace(path)
    return [path.name]
