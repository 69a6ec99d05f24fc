"""Whether an extension may stand where it stands, by the contexts its definition names and the conditions it makes.

R4 defining extensions, "context": an element by its path or type, an extension by its canonical, whatever a FHIRPath
selects in the resource; beside them invariants that must hold on the element. Nothing here may judge the content of an
extension.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.definitions.contextnames import ANYWHERE, contexts_of
from certgateway.engine.fhirpath.values import Node, NotEvaluable
from certgateway.engine.instance import Place, Trail, children, steps_of, type_of
from certgateway.engine.invariants import compiled, environment_of, evaluated
from certgateway.engine.profile_elements import is_element, is_of_profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from certgateway.engine.definitions.definitions import Definitions
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
    """The element an extension is on, and every name a context may call it by: its paths and its types.

    `_way` leads there from the resource: each element with its name.
    """

    def __init__(self, definitions: Definitions, place: Place) -> None:
        scope = place.scope
        here = Place(scope.resource, None, type_of(scope.resource), scope.trail, scope)
        self._way = [(here.type, here)]
        self._definitions = definitions
        self._around: Tree = None
        paths = set(_lineage(definitions, here.type))
        for step in _steps(place.trail[0], scope.trail):
            below = _child(definitions, here, step)
            if below is None:
                break
            name = step[1]
            owners = {*paths, *_lineage(definitions, here.type)}
            paths = {f"{owner}.{each}" for owner in owners for each in _spellings(definitions, here, below, name)}
            self._around = here.value if here.type == "Extension" and name == "value" else None
            here = below
            self._way.append((name, here))
        self._here = here
        self._names = {*paths, *_lineage(definitions, here.type)}

    def fits(self, run: Run, kind: str, expression: str) -> bool:
        """Whether one context is this place."""
        if kind == "extension":
            holder = self._around if self._here.type != "Extension" else self._here.value
            return isinstance(holder, dict) and holder.get("url") == expression
        if kind == "fhirpath":
            return self._is_selected(run, expression)
        if not _MODELS.isdisjoint(self._names):
            return True
        return self._is_in_profile(run, expression) if "#" in expression else expression in self._names

    def _is_in_profile(self, run: Run, expression: str) -> bool:
        """Whether this is the element of a profile (`url#id`), in something that is of that profile."""
        url, _, identity = expression.partition("#")
        root, *steps = identity.split(".")
        depth = len(self._way) - len(steps)
        if depth < 1 or not self._definitions.is_a(self._way[depth - 1][1].type, root):
            return False
        owner = self._way[depth - 1][1]
        return is_of_profile(run, url, owner) and is_element(run, url, steps, self._way[depth:])

    def _is_selected(self, run: Run, expression: str) -> bool:
        """Whether the expression selects this element of the resource; what can't be evaluated refuses nothing."""
        ready = compiled(expression)
        if ready is None:
            return True
        scope, here = self._here.scope, self._here
        try:
            found = ready.evaluate(Node(scope.resource, type_of(scope.resource), None), environment_of(run, scope))
        except NotEvaluable:
            return True
        # Equal texts may be one object: a primitive is known by what stands beside it.
        return any(
            isinstance(item, Node)
            and (item.extra is here.extra if here.extra is not None else item.value is here.value)
            for item in found
        )

    def breaks(self, run: Run, expression: str) -> bool:
        """Whether an invariant of the context fails on the element; what can't be evaluated breaks nothing."""
        ready = compiled(expression)
        if ready is None:
            return False
        try:
            return evaluated(run, ready, self._here) is not True
        except NotEvaluable:
            return False


def _steps(trail: Trail | None, top: Trail) -> list[Trail]:
    """The way from a resource down to one of its elements."""
    steps: list[Trail] = []
    while trail is not None and trail != top:
        steps.append(trail)
        trail = trail[0]
    return steps[::-1]


def _child(definitions: Definitions, place: Place, trail: Trail) -> Place | None:
    """The element at a trail, right below a place; None where base R4 refuses its form."""
    found = children(place, trail[1], steps_of(definitions))
    return next((each for each in found if each.trail == trail), None)


def _spellings(definitions: Definitions, parent: Place, child: Place, name: str) -> tuple[str, ...]:
    """What an element may be called below its parent: a choice by its name, `[x]`, or its name and type."""
    facts = definitions.type(parent.type)
    element = facts.children.get(name) if facts is not None else None
    if element is None or not element.choice:
        return (name,)
    return (name, f"{name}[x]", *(key for key, code in element.spellings() if code == child.type))


def _lineage(definitions: Definitions, code: str) -> Iterator[str]:
    step: str | None = code
    while step:
        yield step
        facts = definitions.type(step)
        step = facts.base if facts is not None else None
