"""The explorers in the notebooks: a table to read, and with a kernel to touch.

An ``Explorer`` is one output with two faces. Its table is what a stored notebook, a report and a notebook without
widgets show, and what the tests compare; where JupyterLab runs the cell, the controls take its place. What the
controls do is decided by the panels, plain functions from what is set to what is shown; ``explore.js`` draws it.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Dict, List, Unicode

from tieout.data.dataset import Dataset
from tieout.explore import claims as claims_panel
from tieout.explore import crosschecks as crosschecks_panel
from tieout.explore import supposing, usage, whatif
from tieout.explore.panels import Panel, State
from tieout.show import exhibits
from tieout.show.tables import VIEW, Table

_HERE = Path(__file__).parent


class Explorer(anywidget.AnyWidget):
    """A panel as a widget; as any other output it is its ``twin``."""

    _esm = _HERE / "explore.js"
    _css = _HERE / "explore.css"
    label = Unicode().tag(sync=True)
    controls: List[Any] = List().tag(sync=True)
    regions: List[Any] = List().tag(sync=True)
    fixed = Dict().tag(sync=True)
    initial = Dict().tag(sync=True)
    state = Dict().tag(sync=True)
    view = Dict().tag(sync=True)

    def __init__(self, panel: Panel, twin: Table) -> None:
        self.panel, self.twin, self._answers = panel, twin, 0
        controls = [asdict(control) for control in panel.controls]
        super().__init__(
            label=panel.label,
            controls=controls,
            regions=list(panel.regions),
            fixed=panel.fixed,
            initial=panel.initial,
            state=panel.initial,
        )
        self._answer()
        self.observe(lambda _: self._answer(), "state")

    def _answer(self) -> None:
        self._answers += 1  # an answer that looks like the last one is one, too
        self.view = self.see(self.state) | {"answer": self._answers}

    def see(self, state: State) -> dict[str, Any]:
        """What the panel shows for ``state``; where nothing can be computed, why."""
        try:
            return asdict(self.panel.see(dict(state)))
        except Exception as error:  # whatever it is: a question without an answer would look like a dead kernel
            changing = (name for name, _ in self.panel.regions if name not in self.panel.fixed)
            why = f"This cannot be computed 无法计算: {error or type(error).__name__}"
            return {"state": dict(state), "status": why, "html": dict.fromkeys(changing, "")}

    # Of what IPython takes, anywidget declares the one form, the tables give the other.
    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, object]:  # type: ignore[override]
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return self.twin._repr_mimebundle_() | {VIEW: view}


def claims(facts: Dataset, caption: str) -> Explorer:
    """The claims: search, filter, choose one; the article beside it."""
    places = usage.Uses(facts.project)
    return Explorer(claims_panel.ClaimsPanel(facts, places), usage.index(facts, places, caption))


def suppose(facts: Dataset, theme: str, caption: str) -> Explorer:
    """What follows if a printed number of a theme, the rounding or the meaning of a bound were another."""
    asked = whatif.WhatIf(facts)
    return Explorer(supposing.WhatIfPanel(asked, theme), whatif.conventions(facts, theme, caption))


def crosschecks(facts: Dataset, caption: str) -> Explorer:
    """The figures beside other sources: choose one, switch weak sources off."""
    return Explorer(crosschecks_panel.CrossChecksPanel(facts), exhibits.verdicts(facts, caption))
