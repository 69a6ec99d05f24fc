"""Evaluates FHIRPath constraints at the places they are stated for.

An expression that can't be compiled is listed by `uncompiled`, and one that can't be evaluated is reported: neither
passes in silence. Nothing here may know an invariant by its key.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from certgateway.engine.codes import in_value_set
from certgateway.engine.compile import AllowedCodes
from certgateway.engine.fhirpath import Expression, NotCompilable, compile_expression
from certgateway.engine.fhirpath_environment import Environment
from certgateway.engine.fhirpath_values import Collection, Node, NotEvaluable, TooMuchWork
from certgateway.engine.instance import type_of
from certgateway.engine.narrative import objection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from certgateway.engine.compile import Stated
    from certgateway.engine.definitions import Definitions
    from certgateway.engine.facts import Invariant
    from certgateway.engine.findings import Fault
    from certgateway.engine.instance import Place, Scope
    from certgateway.engine.run import Run

Tree = Any
# conformsTo() would need a judgement inside a judgement; an expression that asks for it is listed as uncompiled.
_SUPPORTED = frozenset({"memberOf", "htmlChecks"})
_NAME = re.compile(r"[A-Za-z]\w*")


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
    blamed = {name for fault in run.faults[mark:] for name in _blamed(fault)}
    for invariant in invariants:
        if invariant.key in run.options.ignored_invariants:
            continue
        if not blamed or blamed.isdisjoint(_names(invariant.expression)):
            _check(run, invariant, place)


def _blamed(fault: Fault) -> list[str]:
    if fault.kind.startswith("invariant-"):
        return []  # Its path is where the constraint is stated, not what is wrong there.
    last = fault.path.rpartition(".")[2].partition("[")[0]
    return [last, fault.expected] if fault.kind == "element-missing" and fault.expected else [last]


def holds(run: Run, invariant: Invariant, node: Node, scope: Scope) -> bool:
    """Whether a constraint is surely kept at a node; one that can't be compiled breaks nothing."""
    expression = compiled(invariant.expression)
    if expression is None:
        return True
    if invariant.expression in run.given_up:
        return False
    try:
        return expression.holds(node, _environment(run, scope)) is True
    except NotEvaluable:
        return False


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
        is_kept = expression.holds(Node(place.value, place.type, place.extra), _environment(run, place.scope)) is True
    except NotEvaluable as reason:
        if isinstance(reason, TooMuchWork):
            run.given_up.add(invariant.expression)
        _give_up(run, invariant, place)
        return
    if not is_kept:
        _report(run, invariant, place)


def _report(run: Run, invariant: Invariant, place: Place) -> None:
    run.add("invariant-broken", place.trail, invariant.key, severity=invariant.severity, detail=_detail(invariant))


def evaluated(run: Run, text: str, node: Node, scope: Scope) -> Collection | None:
    """What an expression that is no invariant gives at a node; None where it can't be compiled or tried."""
    expression = compiled(text)
    try:
        return None if expression is None else expression.evaluate(node, _environment(run, scope))
    except NotEvaluable:
        return None


def _give_up(run: Run, invariant: Invariant, place: Place) -> None:
    run.add("invariant-not-evaluable", place.trail, invariant.key, severity="warning", detail=_detail(invariant))


def _detail(invariant: Invariant) -> dict[str, str]:
    return {"key": invariant.key, "human": invariant.human.rstrip(".")}


def _environment(run: Run, scope: Scope) -> Environment:
    now = run.options.now
    if scope.environment is None:
        scope.environment = Environment(
            run.definitions,
            _node(scope.resource),
            _node(scope.container),
            resolve=lambda reference: _resolved(scope, reference),
            clock=None if now is None else lambda: now,
            member_of=lambda item, value_set: _member(run.definitions, item, value_set),
            html_is_sound=lambda text: objection(text) is None,
        )
    environment: Environment = scope.environment
    return environment


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
