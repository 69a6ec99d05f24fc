"""Whether an extension may stand where it stands, by the contexts its definition names and the conditions it makes.

R4 defining extensions, "context": an element by its path or type, an extension by its canonical, whatever a FHIRPath
selects in the resource; beside them invariants that must hold on the element. Nothing here may judge the content of an
extension.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.definitions.contextnames import ANYWHERE, contexts_of
from certgateway.engine.fhirpath.values import Node, NotEvaluable
from certgateway.engine.instance import Trail, type_of
from certgateway.engine.invariants import compiled, environment_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.definitions.facts import ElementFacts
    from certgateway.engine.instance import Place
    from certgateway.engine.run import Run

Tree = Any
# Values that a definition gives as a model of others may bear whatever those may bear.
_MODELS = frozenset({"ElementDefinition.fixed", "ElementDefinition.pattern", "ElementDefinition.example.value"})


def check_context(run: Run, structure: Mapping[str, Any], place: Place) -> None:
    """Judge the place of an extension whose definition is `structure`."""
    contexts = list(contexts_of(structure))
    invariants = structure.get("contextInvariant", ())
    anywhere = not contexts or any(kind == "element" and expression in ANYWHERE for kind, expression in contexts)
    bearer = _Bearer(run.definitions, place)
    if not anywhere and not any(bearer.fits(run, kind, expression) for kind, expression in contexts):
        run.add("extension-misplaced", place.trail, ", ".join(expression for _, expression in contexts))
        return
    for expression in invariants:
        if bearer.breaks(run, expression):
            run.add("extension-misplaced", place.trail, expression)


class _Bearer:
    """The element an extension is on, and every name a context may call it by: its paths and its types."""

    def __init__(self, definitions: Definitions, place: Place) -> None:
        self._place = place
        self._node: Tree = place.scope.resource
        self._code = type_of(self._node)
        self._around: Tree = None
        paths = set(_lineage(definitions, self._code))
        for name, index in _steps(place.trail[0], place.scope.trail):
            facts = definitions.type(self._code)
            element = facts.children.get(name) if facts is not None else None
            if facts is None or element is None:
                break
            owners = {*paths, *_lineage(definitions, facts.name)}
            paths = {f"{owner}.{name}{ending}" for owner in owners for ending in ("", "[x]" if element.choice else "")}
            self._around = self._node if facts.name == "Extension" and name == "value" else None
            self._node, self._code = _child(self._node, element, index)
        self._names = {*paths, *_lineage(definitions, self._code)}

    def fits(self, run: Run, kind: str, expression: str) -> bool:
        """Whether one context is this place."""
        if kind == "extension":
            holder = self._around if self._code != "Extension" else self._node
            return isinstance(holder, dict) and holder.get("url") == expression
        if kind == "fhirpath":
            return self._is_selected(run, expression)
        return expression in self._names or not _MODELS.isdisjoint(self._names)

    def _is_selected(self, run: Run, expression: str) -> bool:
        """Whether the expression selects this element of the resource; what can't be evaluated refuses nothing."""
        ready = compiled(expression)
        if ready is None:
            return True
        scope = self._place.scope
        try:
            found = ready.evaluate(Node(scope.resource, type_of(scope.resource), None), environment_of(run, scope))
        except NotEvaluable:
            return True
        here = self._node
        return any(isinstance(item, Node) and (item.value is here or item.extra is here) for item in found)

    def breaks(self, run: Run, expression: str) -> bool:
        """Whether an invariant of the context fails on the element; what can't be evaluated breaks nothing."""
        ready = compiled(expression)
        if ready is None:
            return False
        try:
            return ready.holds(Node(self._node, self._code, None), environment_of(run, self._place.scope)) is not True
        except NotEvaluable:
            return False


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
