"""The explorer that only this report has: the register of projects."""

from __future__ import annotations

from shenyang import exhibits
from tieout.data.dataset import Dataset
from tieout.explore.explorers import Explorer
from tieout.explore.projects import ProjectsPanel


def projects(facts: Dataset, caption: str) -> Explorer:
    """The register of projects: filter by stage, sector, date and claimed scope."""
    return Explorer(ProjectsPanel(facts), exhibits.register(facts, caption, facts.frame("projects").index))
