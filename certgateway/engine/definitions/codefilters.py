"""Evaluates the filters of a value set over the concepts of one code system: by hierarchy, code, display and property.

A concept is a code, or `[code, children]`, or `[code, children, properties]` with the values of each property by name.
What the concepts at hand can't tell has no answer (None), never an empty one. Nothing here may know where the concepts
come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from certgateway.engine.fhirpath.syntax import NotCompilable

Json = Mapping[str, Any]
Properties = Mapping[str, frozenset[str]]

# Boolean properties that FHIR defines for every code system: where one isn't stated, it is false.
_FALSE_UNSTATED = frozenset({"inactive", "notSelectable", "abstract"})
_PARENT_URI = "http://hl7.org/fhir/concept-properties#parent"
_PARENTS = frozenset({"parent", "subsumedBy"})
_NO_CODE = "the code of a concept is a text"
_CODE = frozenset({"concept", "code"})


@dataclass(slots=True)
class Concepts:
    """The concepts of a code system: every code in order, with its parents, children and properties."""

    properties: dict[str, Properties] = field(default_factory=dict)
    parents: dict[str, set[str]] = field(default_factory=dict)
    children: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Any]) -> Concepts:
        """Index rows; a property that names a parent makes a hierarchy as nesting does."""
        found = cls()
        found._enter(rows, None)
        for code, properties in found.properties.items():
            for name in _PARENTS & properties.keys():
                for parent in properties[name]:
                    found._join(parent, code)
        return found

    def _enter(self, rows: Iterable[Any], parent: str | None) -> None:
        for row in rows:
            code, children, properties = (row, (), {}) if isinstance(row, str) else (*row, {})[:3]
            self.properties[code] = properties
            if parent is not None:
                self._join(parent, code)
            self._enter(children, code)

    def _join(self, parent: str, child: str) -> None:
        self.children.setdefault(parent, set()).add(child)
        self.parents.setdefault(child, set()).add(parent)

    def codes(self) -> frozenset[str]:
        """All codes."""
        return frozenset(self.properties)

    def below(self, code: str) -> frozenset[str]:
        """All codes under one, without itself."""
        return _reached(self.children, code)

    def above(self, code: str) -> frozenset[str]:
        """All codes over one, without itself."""
        return _reached(self.parents, code)


def _reached(steps: Mapping[str, set[str]], start: str) -> frozenset[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = steps.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return frozenset(found)


def flat_codes(rows: Iterable[Any]) -> Iterable[str]:
    """The codes of rows, in order."""
    for row in rows:
        if isinstance(row, str):
            yield row
        else:
            yield row[0]
            yield from flat_codes(row[1])


def filtered(concepts: Concepts, row: Json) -> frozenset[str] | None:
    """The codes that a filter (`property`, `op`, `value`) selects; None where that can't be told."""
    name, operation, value = row.get("property"), row.get("op"), row.get("value")
    if not isinstance(name, str) or not isinstance(operation, str) or not isinstance(value, str):
        return None
    if name in _CODE:
        return _by_code(concepts, operation, value)
    if name in ("parent", "child") and operation == "=":
        return frozenset((concepts.children if name == "parent" else concepts.parents).get(value, ()))
    return _by_property(concepts, name, operation, value)


def _by_code(concepts: Concepts, operation: str, value: str) -> frozenset[str] | None:
    everything = concepts.codes()
    if operation in _HIERARCHY:
        return everything & _HIERARCHY[operation](concepts, value) if value in everything else None
    return _selected({code: frozenset({code}) for code in everything}, operation, value)


_HIERARCHY: dict[str, Callable[[Concepts, str], AbstractSet[str]]] = {
    "is-a": lambda concepts, code: concepts.below(code) | {code},
    "descendent-of": lambda concepts, code: concepts.below(code),
    "is-not-a": lambda concepts, code: concepts.codes() - concepts.below(code) - {code},
    "generalizes": lambda concepts, code: concepts.above(code) | {code},
    "child-of": lambda concepts, code: concepts.children.get(code, set()),
    "descendent-leaf": lambda concepts, code: {each for each in concepts.below(code) if each not in concepts.children},
}


def _by_property(concepts: Concepts, name: str, operation: str, value: str) -> frozenset[str] | None:
    unstated = frozenset({"false"}) if name in _FALSE_UNSTATED else frozenset()
    stated = {code: properties.get(name, unstated) for code, properties in concepts.properties.items()}
    if not any(name in properties for properties in concepts.properties.values()):
        return None  # Perhaps the property lives where the concepts come from, and wasn't carried here.
    if operation == "exists" and value in ("true", "false"):
        wanted = value == "true"
        return frozenset(code for code, values in stated.items() if bool(values) is wanted)
    return _selected(stated, operation, value)


def _selected(stated: Mapping[str, frozenset[str]], operation: str, value: str) -> frozenset[str] | None:
    """The codes whose values pass a test that knows no hierarchy."""
    listed = frozenset(part.strip() for part in value.split(","))
    if operation == "=":
        return frozenset(code for code, values in stated.items() if value in values)
    if operation == "in":
        return frozenset(code for code, values in stated.items() if listed & values)
    if operation == "not-in":
        return frozenset(code for code, values in stated.items() if not listed & values)
    if operation != "regex":
        return None
    from certgateway.engine.fhirpath.texts import pattern  # noqa: PLC0415  Few value sets need its machinery.

    try:
        fits = pattern(value).fullmatch
    except NotCompilable:
        return None
    told = {code: [each.encode("utf-8", "replace") for each in values] for code, values in stated.items()}
    return frozenset(code for code, values in told.items() if any(fits(each) for each in values))


def rows_of(code_system: Json) -> list[Any]:
    """The concepts of a CodeSystem resource as rows, each as short as it may be."""
    parents = {
        str(row.get("code")) for row in code_system.get("property", ()) if row.get("uri") == _PARENT_URI
    } | _PARENTS
    return _rows(code_system.get("concept", ()), parents)


def _rows(concepts: Iterable[Json], parents: frozenset[str] | set[str]) -> list[Any]:
    return [_row(concept, parents) for concept in concepts]


def _row(concept: Json, parents: frozenset[str] | set[str]) -> Any:  # noqa: ANN401  A code or a row.
    code = concept["code"]
    if not isinstance(code, str):
        raise TypeError(_NO_CODE)
    stated: dict[str, set[str]] = {}
    for each in concept.get("property", ()):
        name = "parent" if each.get("code") in parents else str(each.get("code"))
        stated.setdefault(name, set()).add(_value_of(each))
    properties = {name: frozenset(values) for name, values in stated.items()}
    children = _rows(concept.get("concept", ()), parents)
    if properties:
        return [code, children, properties]
    return [code, children] if children else code


def _value_of(row: Json) -> str:
    """The value of a property as a filter writes it; of a Coding its code."""
    value = next((value for key, value in row.items() if key.startswith("value")), "")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.get("code", "")) if isinstance(value, Mapping) else str(value)
