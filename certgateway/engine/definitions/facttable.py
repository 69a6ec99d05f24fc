"""Reads the fact table `r4-facts.json`: an index of its lines at once, each line's JSON only when asked for.

The table is made by `tools/fact_table.py`. Nothing here may change a fact or know anything but that file's layout.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

from certgateway.engine.definitions.facts import Binding, ElementFacts, Invariant, TypeFacts, TypeRef

TABLE = Path(__file__).with_name("r4-facts.json")
Json = Any


class FactTable:
    """The table of one FHIR version."""

    def __init__(self, path: Path = TABLE) -> None:
        """Index the table: key to the bytes of its value, which are decoded where they are wanted."""
        self._lines: dict[str, bytes] = {}
        for line in path.read_bytes().rstrip().split(b"\n")[1:-1]:
            key, _, value = line.partition(b'":')
            self._lines[key[1:].decode()] = value
        self._invariants: dict[str, list[Any]] = {}

    def entry(self, kind: str, name: str) -> Json:
        """The parsed entry, or None where there is none. Kinds: `type`, `profile`, `valueset`, `codesystem`."""
        return self.head(f"{kind} {name}")

    def has(self, kind: str, name: str) -> bool:
        """Whether there is such an entry."""
        return f"{kind} {name}" in self._lines

    def head(self, name: str) -> Json:
        """An entry by its whole key: `resources`, `invariants`, `fhir`."""
        line = self._lines.get(name)
        return None if line is None else json.loads(line.removesuffix(b","))

    def names(self, kind: str) -> list[str]:
        """The names of all entries of a kind."""
        return [key[len(kind) + 1 :] for key in self._lines if key.startswith(kind + " ")]

    def type_family(self, name: str) -> list[TypeFacts]:
        """A type and all its backbones, the type first; empty where `name` is no type."""
        entry = self.entry("type", name)
        if entry is None:
            return []
        family = [self._facts(entry, part, name) for part in entry.get("parts", {})]
        return family or [self._facts(entry, name, name)]

    def _facts(self, entry: Json, part: str, root: str) -> TypeFacts:
        is_root = part == root
        return TypeFacts(
            name=part,
            kind=entry["kind"] if is_root else "backbone",
            children={row[0]: self._element(row) for row in entry.get("parts", {}).get(part, ())},
            invariants=self.invariants(entry.get("invariants", ()) if is_root else ["ele-1"]),
            base=entry.get("base") if is_root else "BackboneElement",
            abstract=entry.get("abstract", False),
            regex=entry.get("regex"),
        )

    def _element(self, row: list[Any]) -> ElementFacts:
        name, least, most, types, flags, content, binding, invariants = row + [None] * (8 - len(row))
        return ElementFacts(
            name=name,
            min=least,
            max=None if most < 0 else most,
            types=tuple(TypeRef(code) if isinstance(code, str) else _type_ref(*code) for code in types),
            choice="c" in (flags or ""),
            content=content,
            binding=Binding(*binding) if binding else None,
            invariants=self.invariants(invariants or ()),
            is_modifier="m" in (flags or ""),
            xml_attribute="a" in (flags or ""),
        )

    def invariants(self, names: list[str] | tuple[str, ...]) -> tuple[Invariant, ...]:
        """Invariants by their names in the table."""
        return tuple(_invariant(*self._all_invariants()[name]) for name in names)

    def has_invariant(self, key: str, expression: str) -> bool:
        """Whether some type states an invariant of this key and expression; spaces don't count."""
        rows = self._all_invariants().values()
        return any(_same(row[3], expression) for row in rows if row[0] == key)

    def states(self, key: str) -> bool:
        """Whether some type states an invariant of this key."""
        return key in self._all_invariants()

    def _all_invariants(self) -> dict[str, list[Any]]:
        if not self._invariants:
            self._invariants = self.head("invariants")
        return self._invariants


def _same(one: str, other: str) -> bool:
    return one == other or "".join(one.split()) == "".join(other.split())


@cache
def _invariant(key: str, severity: Literal["error", "warning"], human: str, expression: str) -> Invariant:
    return Invariant(key, severity, human, expression)


def _type_ref(code: str, targets: list[str], profiles: list[str]) -> TypeRef:
    return TypeRef(code, tuple(targets), tuple(profiles))
