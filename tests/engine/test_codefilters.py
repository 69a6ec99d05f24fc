"""Filters of value sets over code systems at hand, expansions, versions, and what none of them can tell."""

from __future__ import annotations

from typing import Any

import pytest

from certgateway.engine import load_base

Json = dict[str, Any]
SYSTEM = "https://x.example/CodeSystem/animals"
SET = "https://x.example/ValueSet/wanted"


def concept(code: str, *below: Json, **properties: Any) -> Json:  # noqa: ANN401  Any value a property may have.
    names = {bool: "valueBoolean", int: "valueInteger", dict: "valueCoding", str: "valueCode"}
    rows = [{"code": name, names[type(value)]: value} for name, value in properties.items()]
    found: Json = {"code": code, "display": code.upper()}
    return found | ({"property": rows} if rows else {}) | ({"concept": list(below)} if below else {})


ANIMALS: Json = {
    "resourceType": "CodeSystem",
    "url": SYSTEM,
    "content": "complete",
    "property": [{"code": "under", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}],
    "concept": [
        concept("animal", concept("dog", concept("poodle", legs=4, tame=True)), concept("fish", legs=0), abstract=True),
        concept("wolf", under="dog", kin={"code": "poodle"}),
        concept("plant", inactive=True),
    ],
}


def codes(compose: Json | None, *others: Json, **members: Any) -> set[str] | None:  # noqa: ANN401  As above.
    value_set = {"resourceType": "ValueSet", "url": SET} | ({"compose": compose} if compose else {}) | members
    listed = load_base().extended([ANIMALS, value_set, *others]).value_set(SET)
    return None if listed is None else set(listed.get(SYSTEM, ()))


def by(name: str, operation: str, value: str) -> set[str] | None:
    row = {"property": name, "op": operation, "value": value}
    return codes({"include": [{"system": SYSTEM, "filter": [row]}]})


ALL = {"animal", "dog", "poodle", "fish", "wolf", "plant"}
FILTERS: list[tuple[str, str, str, set[str] | None]] = [
    ("concept", "is-a", "dog", {"dog", "poodle", "wolf"}),
    ("code", "descendent-of", "dog", {"poodle", "wolf"}),
    ("concept", "is-not-a", "animal", {"plant"}),
    ("concept", "generalizes", "wolf", {"wolf", "dog", "animal"}),
    ("concept", "child-of", "animal", {"dog", "fish"}),
    ("concept", "descendent-leaf", "animal", {"poodle", "fish", "wolf"}),
    ("concept", "in", "dog, fish", {"dog", "fish"}),
    ("concept", "not-in", "dog,fish", ALL - {"dog", "fish"}),
    ("concept", "=", "dog", {"dog"}),
    ("code", "regex", "p.*", {"poodle", "plant"}),
    ("code", "regex", "p", set()),
    ("parent", "=", "dog", {"poodle", "wolf"}),
    ("child", "=", "wolf", {"dog"}),
    ("legs", "=", "4", {"poodle"}),
    ("legs", "in", "0,4", {"poodle", "fish"}),
    ("legs", "exists", "true", {"poodle", "fish"}),
    ("legs", "exists", "false", ALL - {"poodle", "fish"}),
    ("legs", "regex", "[1-9]", {"poodle"}),
    ("kin", "=", "poodle", {"wolf"}),
    ("tame", "=", "true", {"poodle"}),
    ("inactive", "=", "false", ALL - {"plant"}),
    ("abstract", "not-in", "true", ALL - {"animal"}),
    ("concept", "is-a", "unicorn", None),
    ("code", "regex", "(", None),
    ("wings", "=", "2", None),
    ("display", "=", "POODLE", None),  # Displays aren't kept; of concepts without properties nobody would know.
    ("concept", "unheard-of", "dog", None),
]


@pytest.mark.parametrize("name,operation,value,expected", FILTERS)
def test_filter(name: str, operation: str, value: str, expected: set[str] | None) -> None:
    assert by(name, operation, value) == expected


def test_every_filter_of_an_include_must_hold_and_what_is_excluded_is_out() -> None:
    under = {"property": "concept", "op": "is-a", "value": "animal"}
    legged = {"property": "legs", "op": "exists", "value": "true"}
    assert codes({"include": [{"system": SYSTEM, "filter": [under, legged]}]}) == {"poodle", "fish"}
    exclude = [{"system": SYSTEM, "filter": [legged]}]
    assert codes({"include": [{"system": SYSTEM}], "exclude": exclude}) == ALL - {"poodle", "fish"}
    unknown = [{"system": SYSTEM, "filter": [legged | {"property": "wings"}]}]
    assert codes({"include": [{"system": SYSTEM}], "exclude": unknown}) is None


def contains(*codes: str) -> list[Json]:
    return [{"system": SYSTEM, "code": code} for code in codes]


def test_an_expansion_stands_in_for_what_cannot_be_composed() -> None:
    snomed = {"include": [{"system": "http://snomed.info/sct", "filter": [{"property": "x", "op": "=", "value": "y"}]}]}
    whole: Json = {"contains": [*contains("dog"), {"abstract": True, "code": "x", "contains": contains("fish")}]}
    assert codes(snomed) is None
    assert codes(snomed, expansion=whole) == {"dog", "fish"}
    assert codes(None, expansion=whole | {"total": 2}) == {"dog", "fish"}
    assert codes(None, expansion=whole | {"total": 3}) is None
    assert codes(None, expansion=whole | {"parameter": [{"name": "limitedExpansion", "valueBoolean": True}]}) is None
    listed = {"include": [{"system": SYSTEM, "concept": [{"code": "wolf"}]}]}
    assert codes(listed, expansion=whole) == {"wolf"}


@pytest.mark.parametrize("content", ["fragment", "not-present", "supplement", "example", None])
def test_a_code_system_that_is_not_whole_lists_nothing(content: str | None) -> None:
    part = {**ANIMALS, "url": "https://x.example/part", "content": content}
    assert codes({"include": [{"system": "https://x.example/part"}]}, part) is None


def test_what_says_it_is_not_whole_takes_nothing_from_base_r4() -> None:
    gender = "http://hl7.org/fhir/administrative-gender"
    hollow = {"resourceType": "CodeSystem", "url": gender, "content": "not-present"}
    assert load_base().extended([hollow]).system_codes(gender) == frozenset({"male", "female", "other", "unknown"})


def test_a_version_is_used_where_it_is_here() -> None:
    old = ANIMALS | {"version": "1", "concept": [concept("dodo")]}
    new = ANIMALS | {"version": "2", "concept": [concept("pug")]}
    for version, expected in (("1", {"dodo"}), ("2", {"pug"}), (None, {"pug"})):
        include = {"system": SYSTEM} | ({"version": version} if version else {})
        assert codes({"include": [include]}, new, old) == expected
    known = load_base().extended(
        {
            "resourceType": "ValueSet",
            "url": SET,
            "version": version,
            "compose": {"include": [{"system": SYSTEM, "concept": [{"code": version}]}]},
        }
        for version in ("1", "2")
    )
    assert [known.value_set(SET + end) for end in ("|1", "|2", "", "|9")] == [
        {SYSTEM: frozenset({code})} for code in ("1", "2", "2", "2")
    ]


@pytest.mark.parametrize("lacking", ["property", "op", "value"])
def test_half_a_filter_selects_nothing_that_can_be_told(lacking: str) -> None:
    row = {"property": "concept", "op": "is-a", "value": "dog"}
    del row[lacking]
    assert codes({"include": [{"system": SYSTEM, "filter": [row]}]}) is None


@pytest.mark.parametrize("compose", [[1], {"include": [3]}, {"include": [{"system": SYSTEM, "concept": [{}]}]}])
def test_a_value_set_without_the_form_of_one_lists_nothing(compose: Any) -> None:  # noqa: ANN401  Anything at all.
    assert codes(compose) is None
