"""Profiles are written by strangers: whatever an expression asks for, it is refused or ends in bounded time and memory.

Each of these once took minutes, filled the memory or raised what nobody catches; some double their work at every step.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from certgateway.engine import Options, judge, load_base, uncompiled
from certgateway.engine.fhirpath.expressions import Environment, NotCompilable, NotEvaluable, compile_expression, root
from tests.calibration import allowed
from tests.unit.engine.profile_making import profile

BASE = load_base()
GIVEN = [f"name-{at}" for at in range(400)]
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "name": [{"family": "a" * 60_000, "given": GIVEN}],
    "contact": [{"name": {"text": text}} for text in GIVEN],
}
MOST_SECONDS = 5.0
"""Of CPU, for whatever is asked once."""

REFUSED = {
    "a pattern that looks around": "name.family.matches('(?=a)')",
    "a pattern that refers back": "name.family.matches('(a)\\\\1')",
    "a pattern of a million states": "name.family.matches('(a{1000}){1000}')",
    "a number that needs a book": "1" * 19_000 + " > 0",
    "comments that never end": "/*" * 9_000,
    "brackets": "(" * 5_000 + "1" + ")" * 5_000,
    "signs": "-" * 15_000 + "1",
    "a chain of sums": "1" + "+1" * 9_000,
    "a path without end": "a" + ".a" * 9_000,
    "indexes in indexes": "a[" * 5_000,
    "calls in calls": "iif(true," * 2_000,
    "text without end": "'" + "\\\\" * 9_000,
}
UNANSWERED = {
    "repeat() that counts": "(1).repeat($this + 1)",
    "repeat() that writes": "('a').repeat($this & 'a')",
    "everything beside everything": (
        "contact.all(%context.contact.all(%context.contact.all(%context.contact.exists(name.text = 'x') or true)))"
    ),
    "descendants of descendants": "descendants().select(%context.descendants()).select(%context.descendants()).count()",
    "a text that doubles": "contact.aggregate($total & $total, 'aaaa')",
    "a collection that doubles": "contact.aggregate($total.combine($total), 1 | 2)",
    "a number that squares itself": "contact.aggregate($total * $total, 10)",
    "a text replaced into itself": (
        "contact.aggregate(iif($total.length() > 1, $total.replace('', $total), 'aaaaaaaaaaaa'), 'aa')"
    ),
    "a substitute for every letter": f"name.family.replaceMatches('a', '{'b' * 200}')",
    "a group that is not there": "'a'.replaceMatches('a', '$7')",
    "a pattern made on the way": "name.family.matches('(' & '?=a)')",
    "seconds beyond counting": "@2020-01-01T00:00:00 + " + "9" * 90 + " seconds",
    "a power of powers": "10.power(60).power(60)",
}
ANSWERED = {
    "a pattern that backtracks": ("name.family.matches('^(a+)+$')", True),
    "a pattern that almost matches": ("name.family.matches('^(a|a)*b$')", False),
    "a pattern with many stars": ("name.family.matches('^a*a*a*a*a*a*a*a*b')", False),
    "not() of not()": ("true" + ".not()" * 100, True),
    "four hundred alternatives": (" or ".join(f"name.use = '{at}'" for at in range(400)) + " or true", True),
    "four hundred codes": ("'399' in (" + " | ".join(f"'{at}'" for at in range(400)) + ")", True),
    "conditions side by side": (" and ".join(["(name.exists() implies name.exists())"] * 300), True),
    "a surrogate alone": ("'\\ud800'.matches('x')", False),
}


def answer(expression: str) -> bool | None:
    environment = Environment(BASE, root(PATIENT, BASE))
    return compile_expression(expression).holds(environment.resource, environment)


@pytest.fixture(autouse=True)
def _in_bounded_time() -> Any:  # noqa: ANN401  A fixture's generator.
    start = time.process_time()
    yield
    spent = time.process_time() - start
    assert spent < MOST_SECONDS or spent < allowed(MOST_SECONDS)


@pytest.mark.parametrize("expression", REFUSED.values(), ids=REFUSED)
def test_refused_when_compiled(expression: str) -> None:
    with pytest.raises(NotCompilable):
        compile_expression(expression)


@pytest.mark.parametrize("expression", UNANSWERED.values(), ids=UNANSWERED)
def test_given_up_when_evaluated(expression: str) -> None:
    with pytest.raises(NotEvaluable):
        answer(expression)


@pytest.mark.parametrize("expression, expected", ANSWERED.values(), ids=ANSWERED)
def test_answered_all_the_same(expression: str, expected: bool) -> None:  # noqa: FBT001  The answer itself.
    assert answer(expression) is expected


def test_what_was_given_up_once_is_not_tried_at_every_place() -> None:
    all_of_all = "%resource.contact.all(%resource.contact.all(%resource.contact.all(name.exists())))"
    rule = {"key": "slow-1", "severity": "error", "human": "x", "expression": all_of_all}
    elements = [{"id": "Patient.contact", "path": "Patient.contact", "constraint": [rule]}]
    known = BASE.extended([profile("Patient", *elements)])
    url = known.profile_urls()[0]
    faults = judge(PATIENT | {"meta": {"profile": [url]}}, known, options=Options())
    assert uncompiled(known) == []
    given_up = [fault for fault in faults if fault.kind == "invariant-not-evaluable"]
    assert [(fault.severity, fault.expected) for fault in given_up] == [("warning", "slow-1")] * len(GIVEN)


def test_names_of_types_that_are_none_are_no_silent_no() -> None:
    for expression in (
        "name is Nonsense",
        "name.ofType(Nonsense).empty()",
        "1 is System.Nonsense",
        "name is FHIR.String",
    ):
        with pytest.raises(NotEvaluable):
            answer(expression)
