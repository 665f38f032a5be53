"""HTML from templates: tags stand in a template, what it is given is text and is escaped here, in one place."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup


class Joined(Extension):
    """It leaves out a template's line breaks with the spaces around them: a template is laid out to be read."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            if token.type == "data":
                token = Token(token.lineno, "data", re.sub(r"\s*\n\s*", "", token.value))
            yield token


@cache
def environment(*folders: Path) -> Environment:
    """The templates in ``folders``, the first that has one; a name that a template does not know is an error."""
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[Joined],
        finalize=_escaped,
    )


def _escaped(value: object) -> Markup:
    """A value as HTML, unless a template made it.

    Jinja would escape it, too, but writes quotes otherwise (``&#34;``), and stored notebooks have them as Python does.
    """
    return value if isinstance(value, Markup) else Markup(html.escape(str(value)))
