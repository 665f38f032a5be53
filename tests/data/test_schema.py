"""The rules of ``datapackage.json``, followed twice: by our own validator and by frictionless, which is asked here alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frictionless
import pytest

from support import ROOT
from tieout.data.schema import Schema
from tieout.data.tables import read_tables
from tieout.errors import DataError

Edit = Callable[[str, str, str], None]
TRANSFER, FIGURES = "data/technology_transfer.csv", "data/figures.csv"


def test_the_package_is_valid_for_frictionless() -> None:
    report = frictionless.Package(str(ROOT / "data/datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])
    assert report.stats["tasks"] == len(list((ROOT / "data").glob("*.csv")))


#: One bad input a rule: the file, what is edited, and what is said of it.
REFUSED = [
    ("required", TRANSFER, "Technology contracts registered,", ",", 'row 2, column label_en: constraint "required" is "True".'),
    ("pattern", TRANSFER, "\ncontracts_count,", "\ncontracts-count,", 'row 2, column id: constraint "pattern" is "[a-z][a-z0-9_]*".'),
    ("enum", "data/units.csv", "percent,ratio,", "percent,share,", "row 4, column kind: constraint \"enum\" is \"['amount', 'count', 'ratio', 'nominal']\"."),
    ("type number", TRANSFER, "=,6521,contract", "=,65Z1,contract", 'row 2, column value: type is "number/default".'),
    ("type integer", FIGURES, "\nplatforms_new,2,", "\nplatforms_new,two,", 'row 3, column number: type is "integer/default".'),
    ("minimum of a number", TRANSFER, "6521,contract,0,", "6521,contract,-1,", 'row 2, column rounding: constraint "minimum" is "0".'),
    ("minimum beside no number", TRANSFER, "6521,contract,0,", "6521,contract,NaN,", 'row 2, column rounding: constraint "minimum" is "0".'),
    ("minimum of an integer", FIGURES, "\ngrowth_rates,1,", "\ngrowth_rates,0,", 'row 2, column number: constraint "minimum" is "1".'),
    ("unique", TRANSFER, "\ncontracts_turnover,", "\ncontracts_count,", "row 3, column id: 'contracts_count' is there twice."),
    ("primary key of one column", "data/breakthroughs.csv", "\nservo_drive,", "\nrobot_controller,", "row 3, column id: 'robot_controller' is there twice."),
    ("primary key of two columns", "data/terms.csv", "\nphase,under_way,", "\nphase,planned,", "row 3, column id: 'phase' is there twice."),
    ("foreign key", TRANSFER, "6521,contract,", "6521,contrakt,", "row 2, column unit: 'contrakt' is not an id in units.csv."),
    ("foreign key to the same table", "data/policies.csv", "\nmodel_325_chains,model_325,", "\nmodel_325_chains,no_policy,", "row 3, column policy: 'no_policy' is not an id in policies.csv."),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "said"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_breaks_a_rule_is_refused_by_both(
    file: str, old: str, new: str, said: str, copy: Path, edit: Edit
) -> None:
    edit(file, old, new)
    with pytest.raises(DataError) as caught:
        read_tables(copy / "data")
    assert str(caught.value) == f"{file}, {said}"
    report = frictionless.Package(str(copy / "data/datapackage.json")).validate()
    (task,) = (t for t in report.tasks if t.errors)
    assert f"data/{task.name}.csv" == file
    error = task.errors[0]
    assert error.row_number == caught.value.row
    if error.type in ("type-error", "constraint-error"):
        assert f"{error.field_name}: {error.note}." == said.partition("column ")[2]


#: A rule that no table has yet: the field, a cell that follows it, a cell that breaks it.
RULES: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "string", "constraints": {"minLength": 2}}, "ab", "a"),
    ({"type": "string", "constraints": {"maxLength": 2}}, "ab", "abc"),
    ({"type": "string", "constraints": {"pattern": "b+", "enum": ["a", "bb"]}}, "bb", "c"),
    ({"type": "string", "constraints": {"required": True, "enum": ["a"]}}, "a", ""),
    ({"type": "number", "constraints": {"maximum": 0.1}}, "0.1", "0.11"),
    ({"type": "number", "constraints": {"minimum": 0.1}}, "0.1", "NaN"),
    ({"type": "number", "constraints": {"maximum": 0.1}}, "-1e5", "NaN"),
    ({"type": "number", "constraints": {"exclusiveMinimum": 0}}, "0.001", "0"),
    ({"type": "number", "constraints": {"exclusiveMaximum": 1}}, "0.999", "1.0"),
    ({"type": "number", "constraints": {"enum": [0.5, 1]}}, "1.0", "2"),
    ({"type": "integer", "constraints": {"enum": [1, 2]}}, "02", "3"),
    ({"type": "integer"}, "-12", "1.5"),
    ({"type": "number"}, "Infinity", "1,5"),
]


@pytest.mark.parametrize(("field", "good", "bad"), RULES, ids=[json.dumps(r[0]) for r in RULES])
def test_every_rule_is_told_as_frictionless_tells_it(field: dict[str, Any], good: str, bad: str) -> None:
    fields = [{"name": "x", **field}, {"name": "y", "type": "string"}]
    descriptor = {"$schema": "https://datapackage.org/profiles/2.0/tableschema.json", "fields": fields}
    schema, other = Schema("t", descriptor), frictionless.Schema.from_descriptor(descriptor).get_field("x")
    assert schema.fault([{"x": good, "y": "a"}], {}) is None and other.read_cell(good)[1] is None
    fault, (_, notes) = schema.fault([{"x": bad, "y": "a"}], {}), other.read_cell(bad)
    assert fault == (2, "x", next(iter(notes.values())))


#: A schema that cannot be followed: what is changed in that of the figures, and what is said of it.
UNKNOWN = [
    ("a type", lambda s: s["fields"][1].update(type="duration"), "table figures: the type of 'number' is not known: duration/default."),
    ("a format", lambda s: s["fields"][2].update(format="uri"), "table figures: the type of 'notebook' is not known: string/uri."),
    ("a constraint", lambda s: s["fields"][1]["constraints"].update(pattern="1"), "table figures: the constraint 'pattern' of 'number' is not one of type integer."),
    ("a broken pattern", lambda s: s["fields"][0]["constraints"].update(pattern="("), "table figures: a rule cannot be followed: "),
    ("another comma", lambda s: s["fields"][1].update(decimalChar=","), "table figures: the field 'number' has 'decimalChar', which is not known."),
    ("other empty cells", lambda s: s.update(missingValues=["", "-"]), "table figures: the schema has 'missingValues', which is not known."),
    ("a key of no column", lambda s: s.update(primaryKey=["nr"]), "table figures: a key names 'nr', which is no column."),
    ("a key to no table", lambda s: s.update(foreignKeys=[{"fields": ["id"], "reference": {"resource": "x", "fields": ["id"]}}]), "a key refers to 'x', which is no table."),
    ("a key to no column", lambda s: s.update(foreignKeys=[{"fields": ["id"], "reference": {"resource": "units", "fields": ["x"]}}]), "a key refers to x of units, which do not fit."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), [u[1:] for u in UNKNOWN], ids=[u[0] for u in UNKNOWN])
def test_a_schema_that_cannot_be_followed_is_named(change: Callable[[dict], None], said: str, copy: Path) -> None:
    """What would be passed over in silence is refused: a rule that nobody follows guards nothing."""
    path = copy / "data/datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    change(next(r["schema"] for r in package["resources"] if r["name"] == "figures"))
    path.write_text(json.dumps(package), "utf-8")
    with pytest.raises(DataError) as caught:
        read_tables(copy / "data")
    assert str(caught.value).startswith(f"data/datapackage.json: {said}")


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("from tieout.data.load import load; load()", "frictionless nbformat jsonschema pandas matplotlib"),
        ("from tieout.cli import main; main(['check'])", "frictionless nbformat jsonschema pandas matplotlib bs4"),
    ],
)
def test_loading_and_checking_import_nothing_heavy(code: str, heavy: str) -> None:
    """Each of these takes from a third of a second to two, more than all the rest."""
    code += f"; import sys; print('heavy:', *[m for m in {heavy.split()} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1].split() == ["heavy:"]
