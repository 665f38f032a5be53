"""What several test modules share: a test module imports from here, never from another test module."""

from __future__ import annotations

from pathlib import Path

#: The repository, which is a project and carries the engine; and another project, in miniature.
ROOT = Path(__file__).parents[2]
MINI = ROOT / "tests/mini"
