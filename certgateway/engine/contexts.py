"""Whether an extension may stand where it stands, by the contexts its definition names and the conditions it makes.

An expression that can't be compiled is listed by `uncompiled` and says nothing here. Nothing here may judge the content
of an extension.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from certgateway.engine.extension_contexts import ANYWHERE, contexts_of
from certgateway.engine.fhirpath_values import Node
from certgateway.engine.instance import Trail, type_of
from certgateway.engine.invariants import evaluated

if TYPE_CHECKING:
    from certgateway.engine.definitions import Definitions
    from certgateway.engine.facts import ElementFacts
    from certgateway.engine.instance import Place
    from certgateway.engine.run import Run

Tree = Any


def check_context(run: Run, structure: Mapping[str, Any], place: Place) -> None:
    """Judge the place of an extension whose definition is `structure`."""
    contexts = list(contexts_of(structure))
    conditions = structure.get("contextInvariant", ())
    is_free = not contexts or any(expression in ANYWHERE for _, expression in contexts)
    if is_free and not conditions:
        return
    bearer, code, names = _bearer(run.definitions, place)
    if not is_free and not any(_is_context(run, row, names, Node(bearer, code), place) for row in contexts):
        run.add("extension-misplaced", place.trail, ", ".join(expression for _, expression in contexts))
        return
    for condition in conditions:
        if evaluated(run, condition, Node(bearer, code), place.scope) == [False]:
            run.add("extension-misplaced", place.trail, condition)


def _is_context(run: Run, row: tuple[str, str], names: set[str], bearer: Node, place: Place) -> bool:
    """Whether the bearer of an extension is what one context names; one that can't be tried says nothing."""
    kind, expression = row
    if kind == "extension":
        return "Extension" in names and isinstance(bearer.value, dict) and bearer.value.get("url") == expression
    if kind != "fhirpath":
        return expression in names
    resource = place.scope.resource
    found = evaluated(run, expression, Node(resource, type_of(resource)), place.scope)
    return found is None or any(
        isinstance(node, Node)
        and bearer.value is not None
        and (node.value is bearer.value or node.extra is bearer.value)
        for node in found
    )


def _bearer(definitions: Definitions, place: Place) -> tuple[Tree, str, set[str]]:
    """The element an extension is on, its type, and every name a context may call it by: its path and its types."""
    node, code = place.scope.resource, type_of(place.scope.resource)
    paths = {code}
    for name, index in _steps(place.trail[0], place.scope.trail):
        facts = definitions.type(code)
        element = facts.children.get(name) if facts is not None else None
        if facts is None or element is None:
            break
        paths = {f"{owner}.{name}{ending}" for owner in _lineage(definitions, facts.name) for ending in ("", "[x]")}
        node, code = _child(node, element, index)
    return node, code, {*paths, *_lineage(definitions, code)}


def _steps(trail: Trail | None, top: Trail) -> list[tuple[str, int | None]]:
    """The way from a resource down to one of its elements."""
    steps: list[tuple[str, int | None]] = []
    while trail is not None and trail != top:
        parent, name, index = trail
        steps.append((name, index))
        trail = parent
    return steps[::-1]


def _child(node: Tree, element: ElementFacts, index: int | None) -> tuple[Tree, str]:
    """A child and its type; of a primitive, the object that holds its extensions."""
    spelled = element.spellings()
    here = node if isinstance(node, dict) else {}
    key, code = next(((key, code) for key, code in spelled if key in here or "_" + key in here), spelled[0])
    parts = (_at(here.get(key), index), _at(here.get("_" + key), index))
    return next((part for part in parts if isinstance(part, dict)), None), code


def _at(part: Tree, index: int | None) -> Tree:
    """One item of a list; of a primitive's values and extensions one list may be shorter than the other."""
    if index is None:
        return part
    return part[index] if isinstance(part, list) and index < len(part) else None


def _lineage(definitions: Definitions, code: str) -> Iterator[str]:
    step: str | None = code
    while step:
        yield step
        facts = definitions.type(step)
        step = facts.base if facts is not None else None
