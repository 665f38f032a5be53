"""``report.toml``: what the engine has to know of one report, as one object."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tieout.errors import DataError

FILE = "report.toml"


@dataclass(frozen=True, eq=False)  # one file, read once, is one project
class Project:
    """One report: its folder, and what ``report.toml`` says of it.

    ``module`` is the Python module with what only this report has (empty: none): its functions ``check(tables, claims)``
    and ``counts(tables, claims)`` are called while the data are loaded. Dates are ISO dates. ``seed`` is the article's
    file under ``root``. ``themes`` are the tables of claims, ``registers`` those of the things that claims are about,
    with what one thing is called. ``subjects`` and ``named`` are pairs of table and column whose cells are ids of things; ``named`` ones are shown by
    their names. ``home`` is the place that the article is about; ``own`` are the origins of sources whose figures are its
    own, ``own_en`` and ``own_zh`` what those are called together, ``others_about`` a sentence above the list of all such
    figures. ``codes`` are pairs of table and column whose codes stand in ``terms.csv``. ``dismissed`` are the kinds
    of numerals that are no claims, ``free`` the patterns of numerals that may stand in prose without a link, each with
    its words or reason. ``cover`` are facts with the words that stand beside them on the cover.
    """

    root: Path
    name: str
    module: str
    title: str
    title_zh: str
    subtitle: str
    author: str
    keywords: tuple[str, ...]
    seed: Path
    sha256: str
    article_title: str
    newspaper_en: str
    newspaper_zh: str
    date: str
    opening: str
    searched: str
    home: str
    own: tuple[str, ...]
    own_en: str
    own_zh: str
    others_about: str
    notebooks: tuple[str, ...]
    evidence: str
    others: str
    themes: tuple[str, ...]
    themed: str
    registers: Mapping[str, str]
    subjects: tuple[tuple[str, str], ...]
    named: tuple[tuple[str, str], ...]
    codes: tuple[tuple[str, str], ...]
    dismissed: Mapping[str, str]
    free: Mapping[str, str]
    cover: Mapping[str, str]
    first_claim: str
    first_headline: str

    @property
    def newspaper(self) -> str:
        """The newspaper in both languages."""
        return f"{self.newspaper_en} {self.newspaper_zh}"

    @property
    def figures(self) -> Path:
        """The folder of what the notebooks draw."""
        return self.root / "figures"

    @property
    def pdf(self) -> Path:
        return self.root / f"build/{self.name}-report.pdf"

    @property
    def html(self) -> Path:
        return self.root / f"build/{self.name}-report.html"

    @property
    def extension(self) -> ModuleType | None:
        """The module of this report; None if it has none."""
        return importlib.import_module(self.module) if self.module else None


def find(start: Path) -> Path:
    """The project that holds ``start``: the nearest folder upwards with a ``report.toml``.

    Raises ``DataError`` if there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise DataError(FILE, 0, "", f"{start} is in no project: no folder above it has this file.", "Name the folder.")


def read(root: Path) -> Project:
    """The project in ``root``; raises ``DataError`` naming the key that is missing, unknown or of the wrong kind."""
    path = root.resolve() / FILE
    try:
        about = path.stat()
    except FileNotFoundError:
        raise DataError(FILE, 0, "", f"{root} is no project: the file is missing.", "Restore it from git.") from None
    return _read(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=16)
def _read(path: Path, time: int, size: int) -> Project:
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(FILE, 0, "", f"cannot be read: {error}.") from None
    take = _Taker(given)
    project = Project(
        root=path.parent,
        name=take("name", str),
        module=take("module", str, ""),
        title=take("title.en", str),
        title_zh=take("title.zh", str),
        subtitle=take("title.subtitle", str),
        author=take("title.author", str),
        keywords=tuple(take("title.keywords", list, [])),
        seed=Path(take("article.file", str)),
        sha256=take("article.sha256", str),
        article_title=take("article.title", str),
        newspaper_en=take("article.newspaper_en", str),
        newspaper_zh=take("article.newspaper_zh", str),
        date=take("article.date", str),
        opening=take("article.opening", str, ""),
        searched=take("sources.searched", str, "9999-12-31"),
        home=take("sources.home", str, ""),
        own=tuple(take("sources.own", list, [])),
        own_en=take("sources.own_en", str, "the place itself"),
        own_zh=take("sources.own_zh", str, "当地"),
        others_about=take("sources.about", str, ""),
        notebooks=tuple(take("notebooks.chapters", list)),
        evidence=take("notebooks.evidence", str),
        others=take("notebooks.others", str, ""),
        themes=tuple(take("data.themes", list)),
        themed=take("data.themed", str),
        registers=take("data.registers", dict),
        subjects=_pairs(take("data.subjects", list, [])),
        named=_pairs(take("data.named", list, [])),
        codes=_pairs(take("data.codes", list, [])),
        dismissed=take("data.dismissed", dict, {}),
        free={row["pattern"]: row["reason"] for row in take("prose.free", list, [])},
        cover=take("cover", dict, {}),
        first_claim=take("explore.claim", str, ""),
        first_headline=take("explore.headline", str, ""),
    )
    take.end()
    return project


class _Taker:
    """Takes values out of what was read, by dotted keys, and says what is missing, of the wrong kind or left over."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given

    def __call__(self, key: str, kind: type, default: Any = None) -> Any:
        *path, last = key.split(".")
        table = self.given
        for part in path:
            table = table.get(part, {})
        if last not in table:
            if default is None:
                raise DataError(FILE, 0, "", f"the key {key} is missing.", "Restore it from git.")
            return default
        value = table.pop(last)
        if not isinstance(value, kind):
            raise DataError(FILE, 0, "", f"{key} is {value!r}, which is no {kind.__name__}.")
        return value

    def end(self) -> None:
        """Raise ``DataError`` for what nobody took: a key that is spelled wrongly says nothing otherwise."""
        left = [key if not isinstance(v, dict) else f"{key}.{k}" for key, v in self.given.items() for k in (v if isinstance(v, dict) else [""])]  # fmt: skip
        if left:
            raise DataError(FILE, 0, "", f"the key {left[0]} is unknown.")


def _pairs(cells: list[str]) -> tuple[tuple[str, str], ...]:
    """Table and column of each ``table.column``."""
    return tuple((table, column) for table, _, column in (cell.partition(".") for cell in cells))
