"""nbconvert's exporters: one notebook, set as the report is. Code is never run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Bool

from tieout.publish.report import Report, single
from tieout.publish.setting import html, pdf


class _Exporter(Exporter):
    """A notebook with stored outputs, set as the report is. Code is never run."""

    exclude_input = Bool(True, help="Hide the source of code cells.").tag(config=True)

    # nbconvert declares a notebook, and gives text or bytes in its own exporters, too.
    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: object
    ) -> tuple[object, dict[str, Any]]:
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        about = resources.get("metadata", {})
        name, folder = about.get("name") or "notebook", about.get("path")
        report = single(name, nb, code=not self.exclude_input, folder=Path(folder) if folder is not None else None)
        made = self._set(report)
        for warning in report.warnings:
            self.log.warning(warning)
        # The server would zip these and choke on bytes.
        resources.pop("outputs", None)
        resources.pop("attachments", None)
        return made, resources

    def _set(self, report: Report) -> object:
        raise NotImplementedError


class ReportPDFExporter(_Exporter):
    """nbconvert's ``report_pdf``: PDF/UA-1 and PDF/A-2a."""

    export_from_notebook = "Report PDF"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def _set(self, report: Report) -> bytes:
        return pdf(report)


class ReportHTMLExporter(_Exporter):
    """nbconvert's ``report_html``: one file that makes no request."""

    export_from_notebook = "Report HTML"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def _set(self, report: Report) -> str:
        return html(report)
