"""What the tests share: the project's facts, and a copy of the project to break."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib as mpl
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from support import ROOT
from support.browser import serving
from tieout import config
from tieout.data import dataset
from tieout.data.load import load
from tieout.publish import report as reports
from tieout.publish import setting
from tieout.text import article

# The miniature is run by a test of its own, in a copy.
collect_ignore = ["mini"]
# How long an example takes says how busy the machine is.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")
#: What the facts are loaded from, and all that a report reads and writes.
DATA = ("report.toml", "seeds", "data")
WHOLE = (*DATA, "notebooks", "figures", "README.md", "requirements.lock", "environment.yml")


def lay(root: Path, parts: tuple[str, ...] = WHOLE) -> Path:
    """Copy parts of the project into ``root``."""
    for name in parts:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, root / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".ipynb_checkpoints")
            )
        else:
            shutil.copy(ROOT / name, root / name)
    return root


@pytest.fixture(scope="session")
def f() -> dataset.Dataset:
    return load(ROOT)


@pytest.fixture(scope="session")
def text() -> article.Article:
    return article.load(config.read(ROOT))


@pytest.fixture(scope="session")
def composed(f: dataset.Dataset) -> reports.Report:
    """The whole report, as the tests of its editions share it: none of them changes it."""
    return reports.whole(reports.chapters(config.read(ROOT)), f)


@pytest.fixture(scope="session")
def composed_pdf(composed: reports.Report) -> bytes:
    """The whole report as PDF; setting it may add to the report's warnings."""
    return setting.pdf(composed)


@pytest.fixture(scope="session")
def needs() -> Callable[[str, str], str]:
    """The path of a program, or a skip that says why; in CI a missing program is a failure."""

    def find(program: str, package: str) -> str:
        path = shutil.which(program)
        if path is None:
            message = f"{program} is not installed (Debian: apt install {package})"
            pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
        return path

    return find


@pytest.fixture(scope="session")
def plain_fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fontconfig that knows one Latin family and nothing else, as on a machine on which nothing was installed.

    The project's own Chinese face is not in it, so that Chinese can only come from what page and JupyterLab bring.
    """
    folder = tmp_path_factory.mktemp("fonts")
    for face in sorted((Path(mpl.get_data_path()) / "fonts/ttf").glob("DejaVuSans*.ttf")):
        shutil.copy(face, folder)
    config = folder / "fonts.conf"
    config.write_text(f"<fontconfig><dir>{folder}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>")
    return config


@pytest.fixture(scope="module")
def browser(needs: Callable[[str, str], str], plain_fonts: Path) -> Iterator[Browser]:
    """Headless Chromium; it ends with the module, for its event loop would be in the way of the notebooks' kernels."""
    path = needs("chromium", "chromium")
    env = os.environ | {"FONTCONFIG_FILE": str(plain_fonts)}
    options = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=options, env=env)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project for JupyterLab, which saves what it opens."""
    return lay(tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, work: Path) -> Iterator[str]:
    """The address of a server as ``tieout lab`` starts it, on the project's notebooks; it ends with the tests."""
    with serving(["tieout.cli", "--root", str(work), "lab"], work, tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the data that a test may change."""
    return lay(tmp_path, DATA)


@pytest.fixture
def whole(copy: Path) -> Path:
    """The copy with the notebooks, the figures and the README beside the data."""
    return lay(copy, WHOLE[len(DATA) :])


@pytest.fixture
def edit(copy: Path) -> Callable[[str, str, str], None]:
    """Replace a text that stands exactly once in a file of the copy."""

    def change(name: str, old: str, new: str) -> None:
        path = copy / name
        before = path.read_text("utf-8")
        assert before.count(old) == 1, f"{old!r} is {before.count(old)} times in {name}"
        path.write_text(before.replace(old, new), "utf-8", newline="\n")

    return change
