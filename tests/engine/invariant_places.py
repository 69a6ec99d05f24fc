"""Where invariants are stated, and on what they are tried: every expression of base R4, of our profiles, and no-basis.

Each place is the name of a type and values of it: from examples, from the cases of the unit tests, made by dice, and
changed by dice. No value comes from outside this repository, but no-basis and its examples are read where they lie.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from certgateway.engine.definitions.definitions import Definitions
from certgateway.engine.fhirpath.environment import Environment
from certgateway.engine.fhirpath.errata import as_meant
from certgateway.engine.fhirpath.expressions import Node, compile_expression, root
from tests.engine.making import BASE, changed, dice, family, made
from tests.engine.peers import ROOT
from tests.unit.engine.test_fhirpath_invariants import CASES, WARNED
from tests.unit.engine.test_fhirpath_invariants import node as case_node

Json = Any
OURS = ROOT / "certgateway" / "profiles"
EXAMPLES = ROOT / "fhir-profiles" / "examples"
MESSAGES = ROOT / "fixtures" / "messages" / "good"
NO_BASIS = Path(os.environ.get("NO_BASIS", ROOT.parent / "shared" / "no-basis"))
_MOST_TYPES = 3
"""Types on which one expression is tried: ele-1 is stated for every one."""


@dataclass(slots=True)
class Place:
    """An expression, the type it is stated for, and pairs of a resource and a value in it to try it on."""

    expression: str
    type: str
    tried: list[tuple[Json, Json]] = field(default_factory=list)


def base_places(each: int) -> list[Place]:
    """Every distinct expression of base R4, on up to three types, on some `each` values a type."""
    stated: dict[str, list[str]] = defaultdict(list)
    for owner, expression in _statements(BASE):
        if owner not in stated[expression] and len(stated[expression]) < _MOST_TYPES:
            stated[expression].append(owner)
    cases = _case_values()
    return [
        Place(as_meant(expression), owner, [_around(owner, tree) for tree in _values(owner, cases[owner], each)])
        for expression, owners in stated.items()
        for owner in owners
    ]


def _statements(definitions: Definitions) -> Iterator[tuple[str, str]]:
    for facts in (part for name in definitions.type_names() for part in family(name)):
        if not facts.abstract:
            yield from ((facts.name, row.expression) for row in facts.invariants)
        for child in facts.children.values():
            yield from ((child.spellings()[0][1], row.expression) for row in child.invariants)


def _case_values() -> dict[str, list[Json]]:
    values: dict[str, list[Json]] = defaultdict(list)
    for owner, element, _, good, bad in CASES:
        at = case_node(owner, element, good)
        values[at.type] += [as_json(good), as_json(bad)]
    return values


def as_json(tree: Json) -> Json:
    """The tree without Decimal, as every peer takes it."""
    return json.loads(json.dumps(tree, default=float))


def _values(owner: str, cases: list[Json], each: int) -> list[Json]:
    random = dice(owner)
    facts = BASE.type(owner)
    if facts is None or facts.kind == "primitive-type":
        return [made(owner, random) for _ in range(2)]
    typed = {"resourceType": owner} if facts.kind == "resource" else {}
    sound = [typed | case for case in cases] + [made(owner, random, chance) for chance in (0.1, 0.3, 0.6, 0.9)]
    random.shuffle(sound)
    return sound[: each // 2] + [changed(random.choice(sound), random) for _ in range(each - each // 2)]


def _around(owner: str, tree: Json) -> tuple[Json, Json]:
    return (tree if BASE.is_resource(owner) else WARNED), tree


def profile_places(folder: Path, examples: Iterable[Path], each: int) -> list[Place]:
    """Every expression that the profiles of a folder add, on values from examples and their changes."""
    resources = [tree for path in examples for tree in _resources(json.loads(path.read_bytes()))]
    known = {expression for _, expression in _statements(BASE)}
    places: dict[tuple[str, str], Place] = {}
    for path, expression in _constraints(folder):
        if expression not in known:
            for place in _found(path, expression, resources, each):
                places.setdefault((place.expression, place.type), place)
    return list(places.values())


def _resources(tree: Json) -> list[Json]:
    return [tree, *(entry["resource"] for entry in tree.get("entry", ()) if "resource" in entry)]


def _constraints(folder: Path) -> Iterator[tuple[str, str]]:
    """Path and expression of every constraint of the StructureDefinitions of a folder."""
    for file in sorted(folder.rglob("*.json")):
        tree = json.loads(file.read_bytes())
        if tree.get("resourceType") == "StructureDefinition":
            elements = tree.get("snapshot", tree.get("differential"))["element"]
            for element in elements + tree.get("differential", {}).get("element", []):
                for row in element.get("constraint", ()):
                    if "expression" in row:
                        yield element["path"], row["expression"]


def _found(path: str, expression: str, resources: list[Json], each: int) -> Iterator[Place]:
    owner, _, below = path.partition(".")
    if not BASE.is_resource(owner):
        facts = BASE.type(owner)
        values = _values(owner, [], each) if facts is not None and not below else []
        yield Place(expression, owner, [(WARNED, value) for value in values])
        return
    random = dice(path + expression)
    whole = [tree for tree in resources if tree.get("resourceType") == owner]
    random.shuffle(whole)
    whole = whole[: each // 2] or [made(owner, random, chance) for chance in (0.3, 0.6)]
    whole += [changed(random.choice(whole), random) for _ in range(each - len(whole))]
    by_type: dict[str, list[tuple[Json, Json]]] = defaultdict(list)
    for tree in whole:
        for at in _nodes(tree, below.replace("[x]", "")):
            by_type[at.type].append((tree, at.value))
    yield from (Place(expression, type_, tried[:each]) for type_, tried in by_type.items() if type_)


def _nodes(tree: Json, path: str) -> list[Node]:
    top = root(tree, BASE)
    if not path:
        return [top]
    steps = ".".join(f"`{step.partition(':')[0]}`" for step in path.split("."))
    found = compile_expression(steps).evaluate(top, Environment(BASE, top))
    return [at for at in found if isinstance(at, Node) and at.extra is None and at.value is not None]
