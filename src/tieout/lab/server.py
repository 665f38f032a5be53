"""JupyterLab with this package installed: numbers brought up to date, notebooks saved as they are kept, no export that would fail.

``server.json`` loads this module into the server, ``settings.json`` adds the buttons, ``extension/`` is
what runs in the browser; all are installed beside Jupyter's own files, and whatever a reader sets for themselves
wins. Modules of this package are imported when first needed, so that the server starts as fast as without them.
"""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
from pathlib import Path
from typing import Any

import nbformat
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ApiPath, to_os_path, url_path_join
from tornado import web

#: What nbconvert's own exporters need, by the programs and packages that have to be there;
#: a browser of playwright's own cannot be looked for, so that one counts as missing.
_NEEDS = {
    "PDFExporter": ("xelatex", "pandoc"),
    "LatexExporter": ("pandoc",),
    "RSTExporter": ("pandoc",),
    "ASCIIDocExporter": ("pandoc",),
    "WebPDFExporter": ("playwright", "chromium of playwright"),
    "QtPDFExporter": ("PyQt5",),
    "QtPNGExporter": ("PyQt5",),
}


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "tieout.lab.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    for exporter in unusable():
        if "enabled" not in server.config[exporter]:
            server.config[exporter].enabled = False
    server.contents_manager.register_pre_save_hook(tidy)
    address = url_path_join(server.web_app.settings["base_url"], "tieout/refresh")
    server.web_app.add_handlers(".*$", [(address, RefreshHandler)])


def unusable() -> list[str]:
    """The exporters whose programs or packages are missing on this machine."""
    return [name for name, needs in _NEEDS.items() if not all(map(_there, needs))]


def _there(need: str) -> bool:
    return shutil.which(need) is not None or (need.isidentifier() and importlib.util.find_spec(need) is not None)


def project_of(path: str, folder: str) -> Path | None:
    """The project of which ``path``, as the server of ``folder`` calls it, is a notebook; None for any other file."""
    file = Path(to_os_path(ApiPath(path), folder))
    root = file.parent.parent
    # Cheap questions first: every file that the reader saves comes by.
    if file.suffix != ".ipynb" or file.parent.name != "notebooks" or not file.is_relative_to(folder):
        return None
    if not (root / "report.toml").is_file():
        return None
    from tieout import config
    from tieout.errors import DataError

    try:
        return root if file.stem in config.read(root).notebooks else None
    except DataError:
        return None


def tidy(model: dict[str, Any], path: str, contents_manager: Any, **_: object) -> None:
    """Before a notebook of a project is saved: leave out what is not kept, so that a run without changes changes nothing.

    If this fails, the server says so in its log and saves the notebook as it is.
    """
    if model["type"] != "notebook" or project_of(path, contents_manager.root_dir) is None:
        return
    from tieout.project import run

    model["content"] = run.stored(nbformat.from_dict(model["content"]))


class RefreshHandler(APIHandler):
    """``GET ?path=…``: is that a notebook of a project? Answers ``{"ours": …}``.

    ``POST {"path": …}``: bring the project of that notebook up to date; answers ``{"changed": […]}``.
    400 if no project's notebook is named, 409 if the data cannot be used: ``{"message": …}`` says why.
    """

    auth_resource = "contents"

    @web.authenticated
    @authorized
    async def get(self) -> None:
        path = self.get_query_argument("path", "")
        self.finish({"ours": project_of(path, self.contents_manager.root_dir) is not None})

    @web.authenticated
    @authorized
    async def post(self) -> None:
        body = self.get_json_body()
        path = body.get("path") if isinstance(body, dict) else None
        root = project_of(path, self.contents_manager.root_dir) if isinstance(path, str) else None
        if root is None:
            self._refuse(400, f"{path} is not a notebook of this project.")
            return
        from tieout import config
        from tieout.errors import DataError, ReportError

        notary = self.contents_manager.notary
        try:
            trusted = [name for name in config.read(root).notebooks if notary.check_signature(_read(root, name))]
            changed = await asyncio.to_thread(refresh, root)
            # Only text was changed: what the reader ran and trusted before is trusted still.
            for name in {*changed} & {*trusted}:
                notary.sign(_read(root, name))
        except (DataError, ReportError, OSError) as error:
            self._refuse(409, str(error))
            return
        self.finish({"changed": changed})

    def _refuse(self, status: int, message: str) -> None:
        self.set_status(status)
        self.finish({"message": message})


def _read(root: Path, name: str) -> nbformat.NotebookNode:
    from tieout.project import run

    return run.read(root, name)


def refresh(root: Path) -> list[str]:
    """What ``tieout refresh`` does: the names of the files that changed.

    Raises ``DataError`` if a value contradicts its sentence, ``ReportError`` if a notebook cannot be read.
    """
    from tieout.data.load import load
    from tieout.project import generated

    return generated.bring_up_to_date(load(root))
