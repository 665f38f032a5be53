"""Markdown to HTML, as JupyterLab understands it."""

from __future__ import annotations

import html

from markdown_it import MarkdownIt
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

_MARKDOWN = (
    MarkdownIt("commonmark", {"html": True, "linkify": True})
    .enable(["table", "strikethrough", "linkify"])
    .use(footnote_plugin)
    .use(tasklists_plugin)
    .use(dollarmath_plugin, double_inline=True, renderer=lambda text, _: html.escape(text))
    .use(amsmath_plugin, renderer=html.escape)
)
assert _MARKDOWN.linkify  # it is None only where linkify-it-py is not installed
_MARKDOWN.linkify.set({"fuzzy_link": False, "fuzzy_email": False})


def render(text: str, cell: str = "") -> str:
    """HTML, not clean yet, of CommonMark with tables, footnotes, task lists, bare addresses and formulas between dollars.

    Footnotes are a ``cell``'s own: their ids hold its id.
    """
    return str(_MARKDOWN.render(text, {"docId": cell}))
