"""What a cell's outputs show: a handler for each kind of content, of which an output may hold several."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

from bs4 import Tag
from nbformat import NotebookNode

from tieout.publish.document.clean import Cleaner
from tieout.publish.document.code import preformatted
from tieout.publish.document.exhibits import add_caption, figure, own_table
from tieout.publish.document.pictures import IMAGES
from tieout.publish.document.tree import tag

_IN_BRACKETS = re.compile(r"^\s*\\[(\[](.*)\\[)\]]\s*$", re.S)
_FORMULA = re.compile(
    r"\s*(\${1,2})(?P<formula>[^$]*)\1\s*|\s*(?P<env>\\begin\{(?:equation|align|gather|multline)\*?\}.*)", re.S
)


def shown(cleaner: Cleaner, outputs: Iterable[NotebookNode]) -> list[Tag]:
    """The outputs of a cell; a caption joins the picture before it."""
    found: list[Tag] = []
    for output in outputs:
        words = output.get("metadata", {}).get("text/markdown", {})
        nodes = _output(cleaner, output)
        if "caption" in words and found and found[-1].name == "figure":
            add_caption(found[-1], nodes)
        else:
            found += nodes
    return found


def _output(cleaner: Cleaner, output: NotebookNode) -> list[Tag]:
    if output.output_type == "stream":
        return preformatted(output.text, "stderr" if output.name == "stderr" else "")
    if output.output_type == "error":
        return preformatted("\n".join(output.traceback) or f"{output.ename}: {output.evalue}", "stderr")
    for mime, handler in _HANDLERS.items():
        if mime in output.data:
            return handler(cleaner, output, mime)
    return _plain(cleaner, output.data)


def _picture(cleaner: Cleaner, output: NotebookNode, mime: str) -> list[Tag]:
    words = output.get("metadata", {})
    return [figure(mime, output.data, {**words, **words.get(mime, {})}, cleaner.warn, cleaner.folder)]


def _html(cleaner: Cleaner, output: NotebookNode, mime: str) -> list[Tag]:
    """HTML, or the plain text of what only a browser can show, which is all that is said then."""
    said: list[str] = []
    nodes = replace(cleaner, warn=said.append).html(output.data[mime])
    text = "".join(n.get_text() + ("x" if n.find("img") or n.name == "img" else "") for n in nodes)
    if text.strip() or "text/plain" not in output.data:
        for message in said:
            cleaner.warn(message)
        return own_table(nodes)
    cleaner.warn("HTML that only a browser can show is set as its plain text")
    return preformatted(output.data["text/plain"])


def _latex(cleaner: Cleaner, output: NotebookNode, mime: str) -> list[Tag]:
    """A formula as an object shows it, with or without dollars; other LaTeX as it stands."""
    text = _IN_BRACKETS.sub(r"\1", output.data[mime])
    bare = _FORMULA.fullmatch(text)
    if bare:
        return [tag("div", [bare["formula"] or bare["env"].strip()], **{"class": "math"})]
    if "\\begin{" in text or "$" in text:
        cleaner.warn("LaTeX that is more than a formula is set as its source")
        return preformatted(text)
    return [tag("div", [text.strip()], **{"class": "math"})]


def _plain(cleaner: Cleaner, data: NotebookNode) -> list[Tag]:
    """The plain text of what has no handler; what is not set is named."""
    if "application/json" in data:
        return preformatted(json.dumps(data["application/json"], ensure_ascii=False, indent=2))
    others = [m for m in data if m != "text/plain"]
    if others:
        cleaner.warn(f"{', '.join(others)} cannot be set" + (", its plain text is" if "text/plain" in data else ""))
    return preformatted(data.get("text/plain", ""))


_Handler: TypeAlias = Callable[[Cleaner, NotebookNode, str], list[Tag]]
#: The kinds of content, the best first.
_HANDLERS: dict[str, _Handler] = {
    **dict.fromkeys(IMAGES, _picture),
    "text/markdown": lambda cleaner, output, mime: cleaner.markdown(output.data[mime]),
    "text/html": _html,
    "text/latex": _latex,
}
