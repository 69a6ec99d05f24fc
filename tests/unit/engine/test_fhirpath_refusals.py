"""What FHIRPath refuses says why, in words for whoever wrote the expression."""

from __future__ import annotations

from typing import Any

import pytest

from certgateway.engine.definitions.definitions import load_base
from certgateway.engine.fhirpath.environment import spend_text
from certgateway.engine.fhirpath.expressions import Environment, NotCompilable, NotEvaluable, compile_expression, root

BASE = load_base()
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "valueQuantity": {"value": 1, "code": "kg"},
    "note": [{"text": "a"}, {"text": "b"}],
    "language": "a" * 150_000,
}
OPTIONAL = frozenset({"memberOf", "conformsTo"})

COMPILING = {
    "status.frobnicate()": "the function frobnicate() is not supported",
    "status.memberOf('x')": "the function memberOf() is not supported",
    "%nothing": "the variable %nothing is not known",
    "status.count(1)": "the function count() has a wrong number of arguments",
    "1" + " " * 20_000: "the expression is too long",
    "status #": "unexpected character at offset 7",
    "status 1": "unexpected token at offset 7",
    "(" * 120 + "1" + ")" * 120: "the expression is nested too deeply",
    "1 + " + "1" * 101: "the number at offset 4 is too long",
    "status.ofType('code')": "a type name is expected",
    "status.matches('[a-z&&[b]]')": "the regular expression uses classes that are not supported",
    "status.matches('(?=a)')": "the regular expression is malformed, or of a kind that is not supported",
    "status.matches('(')": "the regular expression is malformed, or of a kind that is not supported",
}
EVALUATING = {
    "(1 | 2).select(('' + $this.toString()).length()).where(1 | 2)": "a condition has several items",
    "note.skip('a')": "an integer is expected",
    "status.htmlChecks()": "htmlChecks() needs a judge of narrative",
    "status.memberOf('x')": "memberOf() needs a terminology",
    "status.conformsTo('x')": "conformsTo() needs a judge of profiles",
    "now()": "the current time is not given",
    "status is Nonsense": "the expression names a type that does not exist",
    "-'a'": "a number is expected",
    "1.round(-1)": "round() takes a small positive integer",
    "2.power(65)": "power() is bounded",
    "@2020 + 1": "a date or time moves by a duration only",
    "language.matches('a{1000}b{1000}c{1000}')": "the regular expression asks for too much work",
    "'a'.replaceMatches('a', '$7')": "the substitute names a group that the regular expression does not have",
    "status.matches('(' + status)": "the regular expression is malformed, or of a kind that is not supported",
    "note and true": "a condition has several items",
    "note.single()": "one item is expected, several are there",
    "value.startsWith('a')": "text is expected",
    "'a' < 1": "the operands have no common order",
    "@2020 < 1": "a date or time is compared with something else",
    "value < 'a'": "a quantity is compared with something else",
    "(" + " | ".join(map(str, range(600))) + ").distinct()": "the expression asks for too much work",
}

# FHIRPath's functions and R4's, by how many arguments each takes.
ARGUMENTS = {
    "0": "count allTrue allFalse anyTrue anyFalse first last tail single distinct isDistinct children descendants"
    " hasValue getValue resolve htmlChecks now today timeOfDay empty not upper lower trim length toChars abs"
    " ceiling floor truncate sqrt toBoolean toInteger toDecimal toQuantity toString toDate toDateTime toTime"
    " convertsToBoolean convertsToInteger convertsToDecimal convertsToQuantity convertsToString convertsToDate"
    " convertsToDateTime convertsToTime",
    "1": "skip take subsetOf supersetOf intersect exclude union combine extension memberOf conformsTo all where"
    " select repeat ofType is as indexOf startsWith endsWith contains matches matchesFull split power",
    "2": "replace replaceMatches",
    "01": "exists round join",
    "12": "trace substring aggregate",
    "23": "iif",
}


@pytest.mark.parametrize(
    "name,allowed", [(name, counts) for counts, names in ARGUMENTS.items() for name in names.split()]
)
def test_how_many_arguments_a_function_takes(name: str, allowed: str) -> None:
    for count in range(4):
        expression = f"status.{name}({', '.join(['language'] * count)})"
        if str(count) in allowed:
            compile_expression(expression, OPTIONAL)
            continue
        with pytest.raises(NotCompilable) as refusal:
            compile_expression(expression, OPTIONAL)
        assert str(refusal.value) == f"the function {name}() has a wrong number of arguments"


@pytest.mark.parametrize("expression", COMPILING, ids=lambda text: text[:30])
def test_what_does_not_compile(expression: str) -> None:
    with pytest.raises(NotCompilable) as refusal:
        compile_expression(expression)
    assert str(refusal.value) == COMPILING[expression]


@pytest.mark.parametrize("expression", EVALUATING, ids=lambda text: text[:30])
def test_what_has_no_answer(expression: str) -> None:
    node = root(OBSERVATION, BASE)
    with pytest.raises(NotEvaluable) as refusal:
        compile_expression(expression, OPTIONAL).evaluate(node, Environment(BASE, node))
    assert str(refusal.value) == EVALUATING[expression]


def test_a_text_too_long() -> None:
    with pytest.raises(NotEvaluable) as refusal:
        spend_text(10_000_001)
    assert str(refusal.value) == "the expression makes a text too long"
