"""Every element of one resource with its type and its trail, in order, without those of the resources inside it.

For rules that compare elements or look at all of one type. Nothing here may judge anything.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from certgateway.engine.instance import NOT_TOLD, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.instance import Place, Trail
    from certgateway.engine.run import Run

Tree = Any


def elements_of(definitions: Definitions, resource: dict[str, Tree], trail: Trail) -> Iterator[tuple[Tree, str, Trail]]:
    """Each element below the root: its value, its type (`Element` for what stands beside a primitive), its trail.

    What base R4 doesn't know has no type and is passed over.
    """
    stack: list[tuple[Tree, str, Trail]] = [*_parts(definitions, resource, type_of(resource), trail)]
    while stack:
        found = stack.pop()
        yield found
        if isinstance(found[0], dict):
            stack.extend(_parts(definitions, *found))


def told(run: Run, place: Place) -> Place:
    """The same place with its trail, where it stood as `NOT_TOLD`: each resource is looked through once.

    An object that stands in several places, as a tree made in Python may have it, is told of each in their order.
    """
    if place.trail is not NOT_TOLD:
        return place
    scope = place.scope
    key = ("trails", id(scope))
    if key not in run.remembered:
        found: dict[int, list[Trail]] = {}
        for value, _, trail in reversed([*elements_of(run.definitions, scope.resource, scope.trail)]):
            found.setdefault(id(value), []).append(trail)
        run.remembered[key] = found
    trails = run.remembered[key][id(place.value)]
    return replace(place, trail=trails.pop() if len(trails) > 1 else trails[0])


def _parts(definitions: Definitions, node: dict[str, Tree], code: str, trail: Trail) -> list[tuple[Tree, str, Trail]]:
    """The elements right below, the first one last, so that what is taken from the end is in order."""
    facts = definitions.type(code)
    found: list[tuple[Tree, str, Trail]] = []
    for key, child in node.items():
        element = facts.keys.get(key.removeprefix("_")) if facts is not None else None
        if element is None or element[1] == "Resource":
            continue
        name, inner = element[0].name, "Element" if key.startswith("_") else element[1]
        if isinstance(child, list):
            found += [(row, inner, (trail, name, at)) for at, row in enumerate(child)]
        else:
            found.append((child, inner, (trail, name, None)))
    return found[::-1]


def rows(holder: dict[str, Tree], name: str, trail: Trail) -> list[tuple[dict[str, Tree], Trail]]:
    """The objects listed under one name, each with its trail; none where what stands there is no list."""
    listed = holder.get(name)
    found = enumerate(listed if isinstance(listed, list) else ())
    return [(row, (trail, name, index)) for index, row in found if isinstance(row, dict)]
