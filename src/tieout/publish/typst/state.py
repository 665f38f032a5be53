"""What is collected while clean HTML is set, and which function sets which kind of node."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeGuard

from bs4 import Tag

from tieout.publish.document.tree import Node, attribute, has_class, is_space
from tieout.publish.typst.compile import literal

#: A function that gives the Typst source of a node, or of the words of a text.
Handler: TypeAlias = Callable[["Setter", Any], str]
_BLOCKS = re.compile(r"^(?:h[1-6]|p|ul|ol|blockquote|pre|hr|table|figure|div)$")
#: Classes that say more of a node than its name does.
_BLOCK_KINDS, _INLINE_KINDS = ("math", "exhibit", "passage"), ("math", "uses")


def anchors(*names: str) -> str:
    """Places that links lead to, as Typst source."""
    return "".join(f"#metadata(none)#label({literal(n)});" for n in names)


def is_block(node: Node) -> TypeGuard[Tag]:
    """Whether a node stands by itself, not in a line."""
    return isinstance(node, Tag) and bool(_BLOCKS.match(node.name))


@dataclass
class Setter:
    """Sets clean HTML; collects files for the compiler, places of links, and what the fonts cannot show.

    ``targets`` are the ids that links may lead to; ``warn`` takes a sentence. A handler sets the
    children of its node with ``blocks`` or ``inline``.
    """

    block_handlers: Mapping[str, Handler]
    inline_handlers: Mapping[str, Handler]
    targets: frozenset[str] = frozenset()
    warn: Callable[[str], None] = print
    #: What the source names: pictures and formulas by the names of their files.
    files: dict[str, bytes] = field(default_factory=dict)
    #: Whether what is set stands in a block, in which no page can be turned.
    nested: bool = False
    #: Whether what is set is all Chinese, which needs no marks then.
    chinese: bool = False
    #: The width in points of the table's column that a line is set in; 0 in prose.
    column: float = 0
    _pending: list[str] = field(default_factory=list)
    _placed: set[str] = field(default_factory=set)

    # --- nodes

    def blocks(self, nodes: Iterable[Node]) -> str:
        """Blocks, and runs of inline nodes between them."""
        out: list[str] = []
        run: list[Node] = []

        def end() -> None:
            if not all(map(is_space, run)):
                out.append(self.inline(run))
            run.clear()

        for node in nodes:
            if is_block(node):
                end()
                self.remember_anchor(node)
                kind = next((k for k in _BLOCK_KINDS if node.name == "div" and has_class(node, k)), node.name)
                out.append(self.block_handlers[kind](self, node))
            else:
                run.append(node)
        end()
        return "\n\n".join(filter(None, out))

    def inline(self, nodes: Iterable[Node]) -> str:
        """Nodes of a line; an anchor that waits is set before the first that is no text."""
        return "".join(self._inline_node(n) for n in nodes)

    def _inline_node(self, node: Node) -> str:
        if not isinstance(node, Tag):
            return self.inline_handlers["text"](self, str(node))
        self.remember_anchor(node)
        kind = next((k for k in _INLINE_KINDS if has_class(node, k)), node.name)
        kind = node.name if node.name in ("br", "img") else kind
        return self.anchors_here() + self.inline_handlers.get(kind, self.inline_handlers["span"])(self, node)

    # --- anchors

    def remember_anchor(self, node: Tag) -> None:
        """Take the id of a node, if a link leads to it, for the first thing that has a place on the page."""
        name = attribute(node, "id")
        if name in self.targets and name not in self._placed:
            self._placed.add(name)
            self._pending.append(name)

    def remember_anchors_in(self, node: Tag) -> None:
        """Take all ids in a node of which only the words are set: a place in code is where the code begins."""
        for inside in node.find_all(id=True):
            self.remember_anchor(inside)

    @property
    def anchors_wait(self) -> bool:
        """Whether an anchor has no place yet."""
        return bool(self._pending)

    def anchors_here(self) -> str:
        """Typst source that places all anchors that were remembered and not placed since."""
        names, self._pending = self._pending, []
        return anchors(*names)

    def unplaced_anchors(self) -> str:
        """Typst source for the anchors that found nothing to stand with, and for the targets that no node had."""
        left = sorted(self.targets - self._placed)
        return self.anchors_here() + anchors(*left)

    # --- files and surroundings

    def keep_picture(self, content: bytes, ending: str) -> str:
        """Keep a file for the compiler; the name that the source calls it by, as a literal."""
        name = f"picture-{len(self.files)}.{ending}"
        self.files[name] = content
        return literal(name)

    @contextmanager
    def within(
        self, *, nested: bool | None = None, chinese: bool | None = None, column: float | None = None
    ) -> Iterator[None]:
        """Set what follows in other surroundings: in a block, in Chinese, in a column; what is not given stays."""
        before = self.nested, self.chinese, self.column
        self.nested = self.nested if nested is None else nested
        self.chinese = self.chinese if chinese is None else chinese
        self.column = self.column if column is None else column
        try:
            yield
        finally:
            self.nested, self.chinese, self.column = before
