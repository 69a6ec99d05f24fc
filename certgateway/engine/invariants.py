"""Evaluates FHIRPath constraints at the places they are stated for.

An expression that can't be compiled is listed by `uncompiled`, and one that can't be evaluated is reported: neither
passes in silence. Nothing here may know an invariant by its key.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from certgateway.engine.codes import AllowedCodes, in_value_set
from certgateway.engine.fhirpath.environment import Environment
from certgateway.engine.fhirpath.expressions import Expression, NotCompilable, compile_expression
from certgateway.engine.fhirpath.values import Node, NotEvaluable, TooMuchWork
from certgateway.engine.instance import Place, Scope, type_of
from certgateway.engine.resources.narrative import objection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from certgateway.engine.compile import Stated
    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.definitions.facts import Invariant
    from certgateway.engine.findings import Fault
    from certgateway.engine.run import Run

Tree = Any
_SUPPORTED = frozenset({"memberOf", "conformsTo", "htmlChecks"})
# Of these nothing is left that an invariant could be tried on.
_OF_THE_WHOLE = frozenset({"value-empty", "type-wrong", "null-not-allowed"})
_NAME = re.compile(r"[A-Za-z]\w*")
# An expression that asks for nothing but what is there and what isn't.
_OF_PRESENCE = re.compile(r"(?:[A-Za-z\s().]|!=)+")


@cache
def compiled(expression: str) -> Expression | None:
    """The compiled expression, once; None where the compiler refuses it."""
    try:
        return compile_expression(expression, _SUPPORTED)
    except NotCompilable:
        return None


@cache
def _names(expression: str) -> frozenset[str]:
    return frozenset(_NAME.findall(expression))


def check_stated(run: Run, stated: Stated, place: Place, mark: int, *, is_sound: bool) -> None:
    """Judge constraints that may have a quick form, which decides where the place `is_sound`; `mark` as below."""
    for invariant, quick in stated:
        answer = quick(place.value) if is_sound and quick is not None else None
        if answer is None:
            check_invariants(run, (invariant,), place, mark)
        elif not answer and invariant.key not in run.options.ignored_invariants:
            _report(run, invariant, place)


def check_invariants(run: Run, invariants: Iterable[Invariant], place: Place, mark: int) -> None:
    """Judge invariants at a place. `mark` counts the faults found before it was entered: later ones are its own.

    An invariant that speaks of an element already found faulty there is left alone: it would say the same again.
    """
    blamed = [names for fault in run.faults[mark:] if (names := _blamed(fault, place)) is not None]
    for invariant in invariants:
        if invariant.key in run.options.ignored_invariants:
            continue
        if not any(names <= _names(invariant.expression) for names in blamed):
            _check(run, invariant, place)


def _blamed(fault: Fault, place: Place) -> frozenset[str] | None:
    """The names on the way from a place to what is faulty below it; None where nothing there is.

    An invariant that goes the whole way stumbles over the fault; one that goes part of it, or elsewhere, doesn't.
    """
    if fault.kind.startswith("invariant-") or fault.severity != "error":
        return None  # Its path is where the constraint is stated, not what is wrong there.
    above = place.path
    if fault.path == above:
        names = []
    elif fault.path.startswith(above + "."):
        names = [step.partition("[")[0] for step in fault.path[len(above) + 1 :].split(".")]
    else:
        return None
    if fault.kind == "element-missing" and fault.expected:
        names.append(fault.expected)
    return frozenset(names) if names or fault.kind in _OF_THE_WHOLE else None


def holds(run: Run, invariant: Invariant, node: Node, scope: Scope) -> bool:
    """Whether a constraint is surely kept at a node; one that can't be compiled breaks nothing."""
    expression = compiled(invariant.expression)
    if expression is None:
        return True
    if invariant.expression in run.given_up:
        return False
    try:
        return expression.holds(node, environment_of(run, scope)) is True
    except NotEvaluable:
        return False


def evaluated(run: Run, expression: Expression, place: Place) -> bool | None:
    """An expression as a condition on a place, None when its result is empty. Raises `NotEvaluable`."""
    return expression.holds(Node(place.value, place.type, place.extra), environment_of(run, place.scope))


def _check(run: Run, invariant: Invariant, place: Place) -> None:
    expression = compiled(invariant.expression)
    if expression is None:
        return
    if invariant.expression in run.given_up:
        _give_up(run, invariant, place)
        return
    try:
        # Nothing isn't true, as HL7's reference validator has it: a period from a day to a moment within that day is in
        # no provable order.
        is_kept = evaluated(run, expression, place) is True
    except NotEvaluable as reason:
        if isinstance(reason, TooMuchWork):
            run.given_up.add(invariant.expression)
        _give_up(run, invariant, place)
        return
    if not is_kept:
        _report(run, invariant, place)


def _report(run: Run, invariant: Invariant, place: Place) -> None:
    if _OF_PRESENCE.fullmatch(invariant.expression):
        run.lacking[place.path, invariant.key] = _names(invariant.expression)
    run.add("invariant-broken", place.trail, invariant.key, severity=invariant.severity, detail=_detail(invariant))


def _give_up(run: Run, invariant: Invariant, place: Place) -> None:
    run.add("invariant-not-evaluable", place.trail, invariant.key, severity="warning", detail=_detail(invariant))


def _detail(invariant: Invariant) -> dict[str, str]:
    return {"key": invariant.key, "human": invariant.human.rstrip(".")}


def environment_of(run: Run, scope: Scope) -> Environment:
    """The surroundings of one resource for its expressions, made once."""
    if scope.environment is None:
        scope.environment = Environment(
            run.definitions,
            _node(scope.resource),
            _node(scope.container),
            resolve=lambda reference: _resolved(scope, reference),
            clock=run.now,
            conforms_to=lambda node, url: _conforms(run, scope, node, url),
            member_of=lambda item, value_set: _member(run.definitions, item, value_set),
            html_is_sound=lambda text: objection(text) is None,
        )
    environment: Environment = scope.environment
    return environment


def _conforms(run: Run, scope: Scope, node: Node, url: str) -> bool | None:
    """Whether an element would be found without error by a profile; None where the profile isn't known."""
    profile = run.definitions.profile(url)
    if profile is None or run.conforms is None:
        return None
    inside = scope
    if node.value is not scope.resource and type_of(node.value):
        known = scope.entries.scopes.get(id(node.value)) if scope.entries is not None else None
        address = scope.entries.urls.get(id(node.value)) if scope.entries is not None else None
        inside = known or Scope(node.value, scope.trail, node.value, scope.trail, address, scope.entries)
    return bool(run.conforms(profile, Place(node.value, node.extra, node.type, inside.trail, inside)))


def _node(resource: Tree) -> Node:
    return Node(resource, type_of(resource), None)


def _resolved(scope: Scope, reference: str) -> Node | None:
    found = scope.find(reference)
    return _node(found[0][0]) if found else None


def _member(definitions: Definitions, item: Tree, value_set: str) -> bool | None:
    """Whether a code, Coding or CodeableConcept is in a value set; None where that can't be told offline."""
    listed = definitions.value_set(value_set)
    if listed is None:
        return None
    value = item.value if isinstance(item, Node) else item
    if isinstance(value, dict):
        allowed = AllowedCodes(value_set, frozenset().union(*listed.values()), listed)
        return in_value_set(allowed, value, "CodeableConcept" if "coding" in value else "Coding")
    return any(value in codes for codes in listed.values())
