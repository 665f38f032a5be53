"""Table Schemas as validators of rows of text: cells by a JSON Schema that ``fastjsonschema`` compiles, keys by own code.

Only what a Table Schema may say here is known: ``_RULES`` names the types with their constraints, and whatever else
would change how a cell is read is refused. In the tests frictionless gives a second opinion.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, NamedTuple

import fastjsonschema

Row = Mapping[str, str]
#: What the cells of a row mean by column: text or a number, text where it is no number; empty cells are not there.
Values = dict[str, Any]
Key = tuple[str, ...]

_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
#: The constraints that a field of each type may have, in the order in which they are told; ``unique`` is a key.
_RULES = {
    "string": ("required", "minLength", "maxLength", "pattern", "enum"),
    "number": ("required", *_BOUNDS, "enum"),
    "integer": ("required", *_BOUNDS, "enum"),
}
#: Properties of fields and schemas that would have cells read in another way than this module reads them.
_UNREAD = ("missingValues", "decimalChar", "groupChar", "bareNumber", "fieldsMatch", "uniqueKeys")


class SchemaError(ValueError):
    """A Table Schema that cannot be followed; the message says why."""


class Fault(NamedTuple):
    """What is wrong with a table, and where: the line of its file, the columns."""

    line: int
    column: str
    problem: str


@dataclass(frozen=True)
class Field:
    """One column: its type and its constraints as the schema gives them."""

    name: str
    type: str
    constraints: dict[str, Any]

    def rules(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each rule by itself: what to say where it is broken, and the JSON Schema of the column's values."""
        yield f'type is "{self.type}/default"', {"type": self.type}
        for rule in _RULES[self.type]:
            if rule in self.constraints:
                given = self.constraints[rule]
                yield f'constraint "{rule}" is "{given}"', self._json_schema(rule, given)

    def read(self, cell: str) -> Any:
        """What a cell means in JSON's terms: the number, or the text itself where it is none."""
        if self.type == "string":
            return cell
        try:
            value = int(cell) if self.type == "integer" else float(Decimal(cell))
        except (ValueError, InvalidOperation):
            return cell
        if value == value or not set(_BOUNDS) & set(self.constraints):
            return value
        # What is not a number lies within no bounds, but only numbers can be out of them.
        return float("-inf" if {"minimum", "exclusiveMinimum"} & set(self.constraints) else "inf")

    def _json_schema(self, rule: str, given: Any) -> dict[str, Any]:
        if rule == "required":
            return {}  # an empty cell has no value: the row says so
        if rule == "pattern":
            return {rule: f"^(?:{given})$"}
        return {rule: float(given) if rule in _BOUNDS else given}


@dataclass(frozen=True)
class Reference:
    """A foreign key: the columns, and those of the table ``to`` in which their values stand."""

    columns: Key
    to: str
    target: Key


class Schema:
    """The Table Schema of one table, compiled; raises ``SchemaError`` if it cannot be followed."""

    def __init__(self, table: str, descriptor: Mapping[str, Any]) -> None:
        _refuse_unread(descriptor, "the schema")
        self.fields = {f["name"]: _field(f) for f in descriptor["fields"]}
        self.unique = [name for name, field in self.fields.items() if field.constraints.get("unique")]
        self.primary = _columns(descriptor.get("primaryKey", []))
        self.references = [
            Reference(_columns(key["fields"]), to["resource"] or table, _columns(to["fields"]))
            for key in descriptor.get("foreignKeys", [])
            for to in [key["reference"]]
        ]
        unknown = {*self.primary, *(name for r in self.references for name in r.columns)} - set(self.fields)
        if unknown:
            raise SchemaError(f"a key names {min(unknown)!r}, which is no column")
        self._numbers = [field for field in self.fields.values() if field.type != "string"]
        self._check = _compiled(json.dumps(self._json_schema()))

    def values(self, row: Row) -> Values:
        """What the cells of a row mean."""
        values: Values = {name: cell for name, cell in row.items() if cell}
        for field in self._numbers:
            if field.name in values:
                values[field.name] = field.read(values[field.name])
        return values

    def fault(self, rows: Sequence[Row], found: Mapping[Reference, set[Key]]) -> Fault | None:
        """The first thing wrong in the rows, or nothing; ``found`` holds the values that each reference may name."""
        seen: dict[Key, set[Key]] = {}
        for line, row in enumerate(rows, 2):
            values = self.values(row)
            broken = self._broken(values) or self._twice(row, values, seen) or self._unknown(row, values, found)
            if broken:
                return Fault(line, *broken)
        return None

    def _broken(self, values: Values) -> tuple[str, str] | None:
        """The column whose cell breaks a rule, and which."""
        try:
            self._check(values)
        except fastjsonschema.JsonSchemaValueException:
            # Which one is asked only now, rule by rule: the columns of keys first, for by them a row is known.
            keys = [*self.unique, *self.primary, *(name for r in self.references for name in r.columns)]
            for name in dict.fromkeys([*keys, *self.fields]):
                if problem := _first_broken(self.fields[name], values):
                    return name, problem
            raise  # a row that is wrong as a whole and right in each of its cells: there is none
        return None

    def _twice(self, row: Row, values: Values, seen: dict[Key, set[Key]]) -> tuple[str, str] | None:
        """The column in which a value is there twice, of those in which each may be there once; ``seen`` are those before."""
        for name in self.unique:
            if name in values and _again((name,), values, seen):
                return name, f"{row[name]!r} is there twice"
        if self.primary and not set(self.primary) & set(values):
            return ", ".join(self.primary), "the cells of the key are empty"
        # The primary key as a whole, called by the first column whatever its name.
        if self.primary and _again((*self.primary, ""), values, seen):
            return "id", f"{next(iter(row.values()))!r} is there twice"
        return None

    def _unknown(self, row: Row, values: Values, found: Mapping[Reference, set[Key]]) -> tuple[str, str] | None:
        """The columns whose cells refer to a row that is not there."""
        for reference in self.references:
            cells = tuple(values.get(name) for name in reference.columns)
            if any(cell is not None for cell in cells) and cells not in found[reference]:
                words = ", ".join(row[name] for name in reference.columns)
                return ", ".join(reference.columns), f"{words!r} is not an id in {reference.to}.csv"
        return None

    def _json_schema(self) -> dict[str, Any]:
        """The JSON Schema of a row: every rule of every column."""
        properties = {
            name: {k: v for _, rule in field.rules() for k, v in rule.items()} for name, field in self.fields.items()
        }
        required = [name for name, field in self.fields.items() if field.constraints.get("required")]
        return {"type": "object", "properties": properties, "required": required}


def first_fault(schemas: Mapping[str, Schema], tables: Mapping[str, Sequence[Row]]) -> tuple[str, Fault] | None:
    """The first table with something wrong in it, and what; nothing if all are valid.

    Raises ``SchemaError`` if a foreign key refers to a table or column that no schema describes.
    """
    found = {r: _referred(r, schemas, tables) for schema in schemas.values() for r in schema.references}
    for name, schema in schemas.items():
        if fault := schema.fault(tables[name], found):
            return name, fault
    return None


def _referred(reference: Reference, schemas: Mapping[str, Schema], tables: Mapping[str, Sequence[Row]]) -> set[Key]:
    """The values that stand in the columns that a reference names."""
    if reference.to not in schemas:
        raise SchemaError(f"a key refers to {reference.to!r}, which is no table")
    schema = schemas[reference.to]
    unknown = set(reference.target) - set(schema.fields)
    if unknown or len(reference.target) != len(reference.columns):
        raise SchemaError(f"a key refers to {', '.join(reference.target)} of {reference.to}, which do not fit")
    rows = map(schema.values, tables[reference.to])
    return {_cells(values, reference.target) for values in rows}


def _cells(values: Values, key: Key) -> Key:
    """The values of a key; what is missing is no text."""
    return tuple(str(values.get(name, "")) for name in key)


def _field(descriptor: Mapping[str, Any]) -> Field:
    """A field of a schema, if its type and all of its constraints are known."""
    name, type = descriptor["name"], descriptor.get("type", "string")
    _refuse_unread(descriptor, f"the field {name!r}")
    if type not in _RULES or descriptor.get("format", "default") != "default":
        raise SchemaError(f"the type of {name!r} is not known: {type}/{descriptor.get('format', 'default')}")
    constraints = descriptor.get("constraints", {})
    unknown = set(constraints) - {*_RULES[type], "unique"}
    if unknown:
        raise SchemaError(f"the constraint {min(unknown)!r} of {name!r} is not one of type {type}")
    return Field(name, type, constraints)


def _refuse_unread(descriptor: Mapping[str, Any], what: str) -> None:
    for name in _UNREAD:
        if name in descriptor:
            raise SchemaError(f"{what} has {name!r}, which is not known")


def _columns(names: str | Sequence[str]) -> Key:
    """The columns of a key; a single one may stand without a list."""
    return (names,) if isinstance(names, str) else tuple(names)


def _first_broken(field: Field, values: Values) -> str:
    """What to say of the first rule of a field that a row breaks; empty if there is none."""
    if field.name not in values:
        return 'constraint "required" is "True"' if field.constraints.get("required") else ""
    for problem, rule in field.rules():
        try:
            _compiled(json.dumps(rule))(values[field.name])
        except fastjsonschema.JsonSchemaValueException:
            return problem
    return ""


def _again(key: Key, values: Values, seen: dict[Key, set[Key]]) -> bool:
    """Whether the values of a key were seen before; now they are."""
    before = seen.setdefault(key, set())
    cells = _cells(values, key)
    known = cells in before
    before.add(cells)
    return known


@cache
def _compiled(json_schema: str) -> Callable[[Any], Any]:
    """The function that raises ``JsonSchemaValueException`` for what is not valid."""
    try:
        return fastjsonschema.compile(json.loads(json_schema), use_default=False, detailed_exceptions=False)
    except (fastjsonschema.JsonSchemaDefinitionException, re.error) as error:
        raise SchemaError(f"a rule cannot be followed: {error}") from None
