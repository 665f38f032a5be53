"""What the closing cell of a notebook shows."""

from __future__ import annotations

from tieout.data.dataset import Dataset
from tieout.prose.figures import redrawn
from tieout.prose.guards import guarding, untrue
from tieout.prose.notebooks import check_notebook, read


def report(name: str, facts: Dataset) -> None:
    """Print what the closing cell of notebook ``name`` shows: that its prose agrees, or each sentence and figure that does not.

    The notebook is read from disk: save it first. Words are judged with the variables of the notebook that runs.
    """
    from IPython import get_ipython  # slow to import, and only notebooks need it

    shell = get_ipython()
    count, problems = check_notebook(name, facts)
    names = shell.user_ns if shell else {"F": facts}
    for cell in guarding(read(facts.root, name)):
        problems += untrue(cell["id"], cell["source"], names)
    others = {other: len(check_notebook(other, facts)[1]) for other in facts.project.notebooks if other != name}
    print(*facts.disagreements, sep="\n", end="\n" if facts.disagreements else "")
    if problems:
        print(f"{name}: {_places(len(problems))} in the prose no longer hold{'s' * (len(problems) == 1)}.")
    else:
        print(f"{name}: {count} numbers in the prose, all agree with the data; no numeral without evidence.")
    print(
        *(f"- {p}" + (f", in “{p.sentence}”" if p.sentence else "") for p in problems),
        sep="\n",
        end="\n" * bool(problems),
    )
    print(*(figures := list(redrawn(facts, name))), sep="\n", end="\n" * bool(figures))
    if problems or any(others.values()):
        print(
            *(f"{_places(n)} in {other} no longer hold{'s' * (n == 1)}." for other, n in others.items() if n),
            sep="\n",
            end="\n" * any(others.values()),
        )
        if facts.disagreements:
            print(
                "First correct the value, or the sentence that it contradicts: until then the button “Update numbers”,"
            )
            print("`make refresh` and `make report` refuse to carry it into prose and figures.")
        else:
            print("The button “Update numbers”, or `make refresh`, brings the numbers in all prose up to date;")
            print("`make report` also runs every notebook and draws every figure. Words are the author's to mend.")


def _places(n: int) -> str:
    return f"{n} place{'s' * (n != 1)}"
