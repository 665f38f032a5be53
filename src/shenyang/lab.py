"""JupyterLab with this package installed: exports that would fail here are off, the report's are there.

``lab-server.json`` loads this module into the server, ``lab-settings.json`` adds the button; both are
installed beside Jupyter's own files, and whatever a reader sets for themselves wins.
"""

from __future__ import annotations

import importlib.util
import shutil
from typing import Any

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
    return [{"module": "shenyang.lab"}]


def _load_jupyter_server_extension(server: Any) -> None:
    for exporter in unusable():
        if "enabled" not in server.config[exporter]:
            server.config[exporter].enabled = False


def unusable() -> list[str]:
    """The exporters whose programs or packages are missing on this machine."""
    return [name for name, needs in _NEEDS.items() if not all(map(_there, needs))]


def _there(need: str) -> bool:
    return shutil.which(need) is not None or (need.isidentifier() and importlib.util.find_spec(need) is not None)
