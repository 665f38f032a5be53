"""What the closing cell of a notebook shows."""

from __future__ import annotations

from tieout.data.dataset import Dataset
from tieout.prose.figures import redrawn
from tieout.prose.notebooks import check_notebook
from tieout.prose.wordings import untrue_titles


def report(name: str, facts: Dataset) -> None:
    """Print what the closing cell of notebook ``name`` shows: that its prose agrees, or each sentence and figure that does not.

    The notebook is read from disk: save it first.
    """
    numbers, words, problems = check_notebook(name, facts)
    titles = [message for notebook, message in untrue_titles(facts) if notebook == name]
    others = {other: len(check_notebook(other, facts).problems) for other in facts.project.notebooks if other != name}
    print(*facts.disagreements, sep="\n", end="\n" if facts.disagreements else "")
    if problems:
        print(f"{name}: {_places(len(problems))} in the prose no longer hold{'s' * (len(problems) == 1)}.")
    else:
        said = f"{numbers} numbers" + f" and {words} phrases" * bool(words)
        print(f"{name}: {said} in the prose, all agree with the data; no numeral without evidence.")
    print(
        *(f"- {p}" + (f", in “{p.sentence}”" if p.sentence else "") for p in problems),
        sep="\n",
        end="\n" * bool(problems),
    )
    print(*(f"- {title}" for title in titles), sep="\n", end="\n" * bool(titles))
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
