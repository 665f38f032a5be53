"""What the explorers show as HTML, from this package's templates.

Links carry ``data-to``, an address beside the notebooks; what can be clicked ``data-set`` (the controls it sets), what can be
marked ``data-ids``; ``explore.js`` does the rest. Pieces that several regions share are in ``macros.html``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _templates(*folders: Path) -> Environment:
    from tieout.show.html import environment  # Jinja is read with the first view, not with the first import

    templates = environment(*folders, Path(__file__).parent / "templates")
    templates.filters["json"] = json.dumps
    return templates


def renderer(*folders: Path) -> Callable[..., str]:
    """A function that fills in the template of a name, from ``folders`` or this package's."""
    return lambda name, **values: _templates(*folders).get_template(name).render(values)


#: The template of a name, filled in.
render = renderer()
