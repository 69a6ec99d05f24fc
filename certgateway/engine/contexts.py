"""Whether an extension may stand where it stands, by the contexts its definition names.

Contexts by element and by extension are judged; one by FHIRPath, and a context invariant, are not, and say nothing.
Nothing here may judge the content of an extension.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from certgateway.engine.instance import Trail, type_of

if TYPE_CHECKING:
    from certgateway.engine.definitions import Definitions
    from certgateway.engine.facts import ElementFacts
    from certgateway.engine.instance import Place
    from certgateway.engine.run import Run

Tree = Any
_ANYWHERE = frozenset({"Element", "*", "Any"})


class _Everything:
    """A container that holds whatever is asked for."""

    def __contains__(self, _: object) -> bool:
        return True


def holders(structure: Mapping[str, Any]) -> Container[str]:
    """Names of types on which the extension may stand wherever they stand; the other places take `check_context`."""
    contexts = list(_contexts(structure))
    if not contexts or any(kind == "fhirpath" or expression in _ANYWHERE for kind, expression in contexts):
        return _Everything()
    return frozenset(expression for kind, expression in contexts if kind == "element")


def check_context(run: Run, structure: Mapping[str, Any], place: Place) -> None:
    """Judge the place of an extension whose definition is `structure`."""
    contexts = list(_contexts(structure))
    if not contexts or any(kind == "fhirpath" or expression in _ANYWHERE for kind, expression in contexts):
        return
    bearer, names = _bearer(run.definitions, place)
    url = bearer.get("url") if isinstance(bearer, dict) and "Extension" in names else None
    if not any(expression == url if kind == "extension" else expression in names for kind, expression in contexts):
        run.add("extension-misplaced", place.trail, ", ".join(expression for _, expression in contexts))


def _contexts(structure: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The contexts of a StructureDefinition, from a resource or from the fact table."""
    for row in structure.get("context", ()):
        kind, expression = (row.get("type"), row.get("expression")) if isinstance(row, Mapping) else row
        yield str(kind), str(expression).rpartition("#")[2] if kind == "element" else str(expression)


def _bearer(definitions: Definitions, place: Place) -> tuple[Tree, set[str]]:
    """The element an extension is on, and every name a context may call it by: its path and its types."""
    node, code = place.scope.resource, type_of(place.scope.resource)
    paths = {code}
    for name, index in _steps(place.trail[0], place.scope.trail):
        facts = definitions.type(code)
        element = facts.children.get(name) if facts is not None else None
        if facts is None or element is None:
            break
        paths = {f"{owner}.{name}{ending}" for owner in _lineage(definitions, facts.name) for ending in ("", "[x]")}
        node, code = _child(node, element, index)
    return node, {*paths, *_lineage(definitions, code)}


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
