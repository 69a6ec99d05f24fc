"""FHIRPath over a resource: paths, types, choices, primitives with extensions, and what the environment brings."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from certgateway.engine.definitions.definitions import load_base
from certgateway.engine.fhirpath.expressions import (
    Environment,
    Node,
    NotCompilable,
    NotEvaluable,
    Temporal,
    compile_expression,
    root,
)
from certgateway.engine.fhirpath.syntax import Quantity
from certgateway.engine.fhirpath.units import in_one_unit
from certgateway.engine.fhirpath.values import TooMuchWork

OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o",
    "status": "final",
    "_status": {"extension": [{"url": "urn:x", "valueString": "why"}]},
    "contained": [{"resourceType": "Patient", "id": "p", "birthDate": "1980-05-01", "deceasedBoolean": False}],
    "subject": {"reference": "#p"},
    "effectivePeriod": {"start": "2020-01-01", "end": "2020-02"},
    "valueQuantity": {"value": Decimal("5.0"), "unit": "kilo", "system": "http://unitsofmeasure.org", "code": "kg"},
    "note": [{"text": "a"}, {"text": "b"}],
    "component": [
        {"code": {"text": "one"}, "valueString": "x"},
        {"code": {"text": "two"}, "valueInteger": 7},
        {"code": {"text": "three"}, "dataAbsentReason": {"text": "none"}},
    ],
    "extension": [{"url": "urn:e", "valueDateTime": "2020-01-01T10:00:00Z"}],
}

# Expression on the observation, expected values; complex nodes are compared by their raw value.
TREE: list[tuple[str, list[object]]] = [
    ("Observation.status", ["final"]),
    ("Patient.status", []),
    ("status.extension.value", ["why"]),
    ("status.extension('urn:x').value = 'why'", [True]),
    ("extension('urn:e').value < @2021", [True]),
    ("extension('urn:other')", []),
    ("value.value", [Decimal("5.0")]),
    ("value.unit", ["kilo"]),
    ("value = 5 'kg'", [True]),
    ("value > 4000 'g'", [True]),
    ("value is Quantity", [True]),
    ("value is FHIR.Quantity", [True]),
    ("value is string", [False]),
    ("value is Element", [True]),
    ("value as string", []),
    ("(value as Quantity).code", ["kg"]),
    ("valueQuantity", []),
    ("component.value", ["x", 7]),
    ("component.value.ofType(integer) + 1", [8]),
    ("component.value.ofType(string)", ["x"]),
    ("component[1].code.text", ["two"]),
    ("component.where(value.exists()).count()", [2]),
    ("component.select(code.text & '!')", ["one!", "two!", "three!"]),
    ("component.all(value.exists() xor dataAbsentReason.exists())", [True]),
    ("note.text", ["a", "b"]),
    ("note.text = ('a' | 'b')", [True]),
    ("effective.start <= effective.end", [True]),
    ("effective.start.is(dateTime)", [True]),
    ("effective.start.hasValue()", [True]),
    ("effective.hasValue()", [False]),
    ("status.getValue()", ["final"]),
    ("contained.birthDate", ["1980-05-01"]),
    ("contained.birthDate + 1 month", [Temporal("Date", (1980, 6, 1))]),
    ("contained.deceased", [False]),
    ("contained.deceased = false", [True]),
    ("contained.ofType(Patient).id", ["p"]),
    ("contained[0].is(DomainResource)", [True]),
    ("contained[0].is(Organization)", [False]),
    ("subject.reference.substring(1) in %resource.contained.id", [True]),
    ("subject.resolve().birthDate", ["1980-05-01"]),
    ("subject.reference.resolve().is(Patient)", [True]),
    ("%context.status", ["final"]),
    ("'x' in note.text", [False]),
    ("'b' in note.text", [True]),
    ("{} in note.text", []),
    ("note.text contains 'a'", [True]),
    ("%rootResource.id", ["o"]),
    ("component.code.select(%resource.status)", ["final", "final", "final"]),
    ("contained.children().count()", [3]),
    ("component.descendants().count()", [10]),
    ("descendants().where($this is string).count()", [14]),
    ("component.repeat(code).text", ["one", "two", "three"]),
    ("now() > @2026-01-01T00:00:00Z", [True]),
    ("today()", [Temporal("Date", (2026, 3, 4))]),
    ("now()", [Temporal("DateTime", (2026, 3, 4, 5, 6, Decimal("7.000")), 60)]),
]

BASE = load_base()


def _environment() -> Environment:
    node = root(OBSERVATION, BASE)
    return Environment(
        BASE,
        node,
        resolve=lambda text: root(OBSERVATION["contained"][0], BASE) if text == "#p" else None,
        clock=lambda: datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=1))),
    )


def _raw(items: list[Any]) -> list[object]:
    return [item.value if isinstance(item, Node) else item for item in items]


@pytest.mark.parametrize("expression, expected", TREE, ids=[case[0] for case in TREE])
def test_evaluates(expression: str, expected: list[object]) -> None:
    environment = _environment()
    found = _raw(compile_expression(expression).evaluate(environment.resource, environment))
    assert found == expected
    assert [type(item) for item in found] == [type(item) for item in expected]


@pytest.mark.parametrize("expression, expected", TREE, ids=[case[0] for case in TREE])
def test_holds_agrees_with_the_collection(expression: str, expected: list[object]) -> None:
    environment = _environment()
    if len(expected) > 1:
        with pytest.raises(NotEvaluable):
            compile_expression(expression).holds(environment.resource, environment)
        return
    wanted = None if not expected else expected[0] if isinstance(expected[0], bool) else True
    assert compile_expression(expression).holds(environment.resource, environment) is wanted


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "a.",
        "a b",
        "(a",
        "a[0",
        "a..b",
        "'open",
        "@2020-13",
        "@20",
        "@T10:60",
        "@T24:00",
        "@2020-01-01T10:60",
        "1.5.5x",
        ")}",
        "#",
        "%unknown",
        "$that",
        "a.frobnicate()",
        "a.where()",
        "a.where(b, c)",
        "a.count(1)",
        "a.exists(b, c)",
        "a.is('text')",
        "a.ofType(Other.Patient)",
        "a.memberOf('http://example.org')",
        "a.conformsTo('http://example.org')",
        "a.matches('(')",
        "a.matches('x(?=y)')",
        "a.matches('[a-z&&[b]]')",
        "a = ",
        "and b",
        "(" * 200 + "1" + ")" * 200,
        "1" + " + 1" * 200,
        "a" + " " * 20_000,
    ],
)
def test_what_cannot_be_compiled_says_so(expression: str) -> None:
    with pytest.raises(NotCompilable) as refusal:
        compile_expression(expression)
    assert str(refusal.value)


def test_a_long_expression_compiles() -> None:
    environment = _environment()
    assert compile_expression("status" + " " * 19_994).evaluate(environment.resource, environment)


@pytest.mark.parametrize(
    "expression",
    [
        "note and true",
        "note.text.startsWith('a')",
        "note.single()",
        "'a' < 1",
        "status < 5",
        "true < false",
        "-'a'",
        "'a' + 1",
        "'a' * 2",
        "@2020 + 1",
        "status.skip('a')",
        "value.startsWith('a')",
        "text.div.htmlChecks() or status.htmlChecks()",
        "2.power(1000)",
        "1.round(-1)",
        "1 'kg' < 'a'",
        "@2020 < 1",
        "note.text.matches('a')",
        "('(' + '').select(%context.status.matches($this))",
        "'a'.replaceMatches('a', '$7')",
    ],
)
def test_what_has_no_answer_says_so_without_quoting(expression: str) -> None:
    environment = _environment()
    with pytest.raises(NotEvaluable) as refusal:
        compile_expression(expression).evaluate(environment.resource, environment)
    assert "final" not in str(refusal.value)


def test_the_clock_is_never_ours() -> None:
    environment = _environment()
    environment.clock = None
    with pytest.raises(NotEvaluable):
        compile_expression("now().exists()").evaluate(environment.resource, environment)


def test_functions_that_need_the_outside_world_ask_it() -> None:
    environment = _environment()
    environment.member_of = lambda item, canonical: item.value == "final" and canonical == "urn:v"
    environment.conforms_to = lambda node, canonical: node.value.get("id") == "p" and canonical == "urn:p"
    member = compile_expression("status.memberOf('urn:v')", frozenset({"memberOf"}))
    assert member.holds(environment.resource, environment) is True
    conforms = compile_expression("contained[0].conformsTo('urn:p')", frozenset({"conformsTo"}))
    assert conforms.holds(environment.resource, environment) is True


@pytest.mark.parametrize("function", ["memberOf", "conformsTo"])
def test_without_the_outside_world_there_is_no_answer(function: str) -> None:
    environment = _environment()
    for given in ("status", "{}"):
        asked = compile_expression(f"{given}.{function}('urn:v')", frozenset({function}))
        with pytest.raises(NotEvaluable):
            asked.evaluate(environment.resource, environment)
    environment.member_of = environment.conforms_to = lambda _item, _canonical: True
    for given, canonical in (("{}", "'urn:v'"), ("status", "{}")):
        asked = compile_expression(f"{given}.{function}({canonical})", frozenset({function}))
        assert asked.evaluate(environment.resource, environment) == []
    several = compile_expression(f"note.{function}('urn:v')", frozenset({function}))
    with pytest.raises(NotEvaluable):
        several.evaluate(environment.resource, environment)


def test_a_text_that_costs_too_much_to_search_is_given_up() -> None:
    letters = "a" * 150_000
    search = compile_expression("language.matches('a{1000}b{1000}c{1000}')")
    for text, answer in ((letters[:3000], False), (letters, None)):
        node = root({"resourceType": "Basic", "language": text}, BASE)
        if answer is not None:
            assert search.holds(node, Environment(BASE, node)) is answer
            continue
        with pytest.raises(TooMuchWork):
            search.holds(node, Environment(BASE, node))


def test_elements_without_a_value_compare_with_nothing() -> None:
    tree = {"resourceType": "Observation", "valueQuantity": {"unit": "kg"}, "component": [{"valueTime": "10:00:00"}]}
    node = root(tree, BASE)
    for expression, expected in (
        ("value > 1 'kg'", []),
        ("value.unit = 'kg'", [True]),
        ("component.value < @T10:00:01", [True]),
        ("component.value = @T10:00:00", [True]),
        ("component.value > @T10:00:00", [False]),
    ):
        assert compile_expression(expression).evaluate(node, Environment(BASE, node)) == expected


def test_quantities_too_large_to_measure_are_in_no_unit_together() -> None:
    large, small = Quantity(Decimal("1E+401"), "kg"), Quantity(1, "g")
    assert in_one_unit(large, small) is None
    assert in_one_unit(small, large) is None
    assert in_one_unit(large, large) == (large, large)


def test_narrative_is_judged_by_the_given_judge() -> None:
    environment = _environment()
    environment.html_is_sound = lambda text: text == "sound"
    checks = compile_expression("htmlChecks()")
    assert checks.holds(Node("sound", "xhtml"), environment) is True
    assert checks.holds(Node("other", "xhtml"), environment) is False


@pytest.mark.parametrize(
    "tree,there",
    [
        ({"birthDate": None}, False),
        ({"birthDate": None, "_birthDate": None}, False),
        ({"_birthDate": [None]}, False),
        ({"birthDate": [None]}, False),
        ({"birthDate": None, "_birthDate": {"id": "a"}}, True),
        ({"birthDate": "2020"}, True),
        ({"birthDate": [None, "2020"]}, True),
    ],
    ids=str,
)
def test_a_null_is_no_element(tree: dict[str, object], *, there: bool) -> None:
    node = Node(tree, "Patient")
    environment = Environment(BASE, node)
    for expression in ("birthDate.exists()", "birthDate.empty().not()", "birthDate.count() > 0"):
        assert _raw(compile_expression(expression).evaluate(node, environment)) == [there]


def test_primitive_lists_keep_value_and_extension_together() -> None:
    name = {"given": [None, "b", "c"], "_given": [{"extension": [{"url": "u", "valueCode": "x"}]}, None, {"id": "q"}]}
    node, environment = Node(name, "HumanName"), _environment()
    assert _raw(compile_expression("given").evaluate(node, environment)) == [None, "b", "c"]
    assert _raw(compile_expression("given.extension.value").evaluate(node, environment)) == ["x"]
    assert _raw(compile_expression("given.id").evaluate(node, environment)) == ["q"]
    assert _raw(compile_expression("given.where(hasValue())").evaluate(node, environment)) == ["b", "c"]
    nothing = Node({"given": [None, "b"], "_given": [None, None]}, "HumanName")
    assert _raw(compile_expression("given").evaluate(nothing, environment)) == ["b"]
    assert _raw(compile_expression("given[0] | given[1]").evaluate(node, environment)) == [None, "b"]


def test_an_unknown_element_is_walked_untyped() -> None:
    environment = _environment()
    node = Node({"resourceType": "Patient", "surprise": {"inner": [1, 2]}}, "Patient")
    assert _raw(compile_expression("surprise.inner").evaluate(node, environment)) == [1, 2]


def test_what_depends_on_the_resource_alone_is_evaluated_once() -> None:
    asked: list[str] = []
    environment = _environment()
    environment.resolve = asked.append
    compile_expression("component.where(code in %resource.subject.resolve())").evaluate(
        environment.resource, environment
    )
    assert asked == ["#p"]


def test_a_context_dependent_part_is_evaluated_every_time() -> None:
    environment = _environment()
    same_text = compile_expression("%context.text = text and $this.text = 'a'")
    notes = [Node(note, "Annotation") for note in OBSERVATION["note"]]
    assert [same_text.holds(note, environment) for note in notes] == [True, False]


def test_expressions_on_large_trees_stay_linear() -> None:
    contained = [{"resourceType": "Basic", "id": f"b{n}"} for n in range(1500)]
    extension = [{"url": "u", "valueReference": {"reference": f"#b{n}"}} for n in range(1500)]
    tree = {"resourceType": "Patient", "contained": contained, "extension": extension}
    environment = Environment(BASE, root(tree, BASE))
    dom_3 = compile_expression(
        "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical)))"
        " or descendants().where(reference = '#').exists()).not()).empty()"
    )
    assert dom_3.holds(environment.resource, environment) is True
    extension.pop()
    fresh = Environment(BASE, root(tree, BASE))
    assert dom_3.holds(fresh.resource, fresh) is False
