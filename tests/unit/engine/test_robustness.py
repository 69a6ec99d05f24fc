"""Whatever a resource holds, judging it gives faults and never an exception, and every path selects what is there."""

from __future__ import annotations

import copy
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certgateway.engine import Definitions, Options, judge, load_base
from tests.calibration import assert_grows_by, cpu
from tests.unit.engine.profile_making import BASE, BY_CODE, PATTERN_CODE, coded, profile

STEP = re.compile(r"^(\w+)(?:\[(\d+)\])?$")
NARRATIVE = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "meta": {"profile": [BASE + "p"]},
    "text": NARRATIVE,
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": {"city": "x"}}],
    "identifier": [{"system": "urn:oid:1.2.3", "value": "x"}],
    "name": [
        {
            "given": ["x", None],
            "_given": [{"id": "a"}, {"extension": [{"url": "https://x.example/y", "valueCode": "a"}]}],
        }
    ],
    "birthDate": "2000-02-29",
    "_birthDate": {"extension": [{"url": "https://x.example/y", "valueCode": "a"}]},
    "contact": [{"name": {"text": "x"}}],
    "managingOrganization": {"reference": "#o"},
    "contained": [{"resourceType": "Organization", "id": "o", "name": "x"}],
}
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o",
    "text": NARRATIVE,
    "meta": {"profile": [BASE + "o"]},
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "1-8"}]},
    "subject": {"reference": "Patient/p"},
    "valueQuantity": {"value": Decimal("1.50"), "system": "http://unitsofmeasure.org", "code": "kg"},
    "component": [{"code": coded("red"), "valueString": "x"}],
}
BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"fullUrl": "https://s.example/Patient/p", "resource": PATIENT},
        {"fullUrl": "https://s.example/Observation/o", "resource": OBSERVATION},
    ],
}
PROFILES = [
    profile(
        "Patient",
        {"id": "Patient.name.given", "max": "2"},
        {
            "id": "Patient.identifier",
            "slicing": {"discriminator": [{"type": "value", "path": "system"}], "rules": "closed"},
        },
        {"id": "Patient.identifier:one", "min": 1},
        {"id": "Patient.identifier:one.system", "fixedUri": "urn:oid:1.2.3"},
    ),
    profile(
        "Observation",
        {"id": "Observation.component", **BY_CODE},
        {"id": "Observation.component:red", "min": 1},
        {"id": "Observation.component:red.code", **PATTERN_CODE},
        {"id": "Observation.value[x]:valueQuantity.value", "fixedDecimal": Decimal("1.5")},
        name="o",
    ),
]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["#", "#o", "2000", Decimal(1)]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "url", "coding", "x"]), inner),
    max_leaves=4,
)


def known() -> Definitions:
    """Base R4 and the profiles above, made once."""
    made: Definitions = load_base().remembered("robustness", lambda base: base.extended(PROFILES))
    return made


def places(tree: Any, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:  # noqa: ANN401  JSON.
    """The way to every value of a tree."""
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [way] * bool(way) + [found for step, child in steps for found in places(child, (*way, step))]


WAYS = places(BUNDLE)


def select(resource: dict[str, Any], path: str) -> list[Any]:
    """What a path of ours selects, by a reading of its own: choice steps by prefix, companions beside their values."""
    nodes: list[Any] = [resource]
    for step in path.split(".")[1:]:
        matched = STEP.match(step)
        assert matched is not None, path
        nodes = [found for node in nodes for found in _children(node, matched[1], matched[2])]
    return nodes


def _children(node: Any, name: str, index: str | None) -> list[Any]:  # noqa: ANN401  JSON.
    spelling = re.compile(rf"^_?{name}([A-Z]\w*)?$")
    values = [value for key, value in node.items() if spelling.match(key)] if isinstance(node, dict) else []
    if index is None:
        return values
    return [value[int(index)] for value in values if isinstance(value, list) and len(value) > int(index)]


def test_the_unbroken_bundle_has_no_fault() -> None:
    assert judge(BUNDLE, known(), options=Options(unresolved="error")) == []


@settings(max_examples=300)
@given(way=st.sampled_from(WAYS), junk=JUNK)
def test_junk_anywhere_gives_faults_with_paths_that_select(way: tuple[str | int, ...], junk: object) -> None:
    broken = copy.deepcopy(BUNDLE)
    node: Any = broken
    for step in way[:-1]:
        node = node[step]
    node[way[-1]] = junk
    for fault in judge(broken, known(), options=Options(unresolved="error")):
        assert select(broken, fault.path) or fault.path == "Resource", fault


@settings(max_examples=100)
@given(way=st.sampled_from(WAYS))
def test_anything_may_be_absent(way: tuple[str | int, ...]) -> None:
    broken = copy.deepcopy(BUNDLE)
    node: Any = broken
    for step in way[:-1]:
        node = node[step]
    del node[way[-1]]
    for fault in judge(broken, known(), options=Options(unresolved="error")):
        assert select(broken, fault.path) or fault.path == "Resource", fault


@pytest.mark.parametrize("junk", [None, [], "x", 1, True])
def test_a_resource_that_is_no_object(junk: Any) -> None:  # noqa: ANN401  Whatever a body may hold.
    (fault,) = judge(junk, load_base())
    assert (fault.kind, fault.path) == ("resource-type-unknown", "Resource")


def test_depth_of_64_is_walked() -> None:
    item: dict[str, Any] = {"linkId": "1"}
    for _ in range(60):
        item = {"linkId": "1", "item": [item]}
    response = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [item]}
    assert [fault.expected for fault in judge(response, load_base())] == ["dom-6"]


def test_what_messages_name_is_not_remembered() -> None:
    definitions = load_base().extended([])
    extension = {"url": "http://hl7.org/fhir/StructureDefinition/made-up", "valueCode": "a"}
    resource = {"resourceType": "Patient", "meta": {"profile": ["https://x.example/y"]}, "extension": [extension]}
    judge(resource, definitions)
    before = [len(held) for held in vars(definitions).values() if isinstance(held, dict)]
    for number in range(20):
        extension["url"] += str(number)
        resource["meta"] = {"profile": [f"https://x.example/{number}"]}
        judge(resource, definitions)
    assert [len(held) for held in vars(definitions).values() if isinstance(held, dict)] == before


CASES = Path(__file__).parents[4] / "shared" / "hl7-validator-cases" / "files"


def test_codes_that_a_known_system_lacks_cost_no_more_than_others() -> None:
    """They are no fault where codes aren't judged; the list of the system's own may not be gone through for each."""
    definitions = load_base()

    def seconds(system: str) -> float:
        codings = [{"system": system, "code": f"x{number}"} for number in range(3_000)]
        basic = {"resourceType": "Basic", "text": NARRATIVE, "code": {"coding": codings}}
        assert judge(basic, definitions, options=Options()) == []
        return cpu(lambda: judge(basic, definitions, options=Options()))

    assert_grows_by(
        3, lambda: seconds("https://x.example/codes"), lambda: seconds("http://hl7.org/fhir/resource-types")
    )


@pytest.mark.skipif(not CASES.is_dir(), reason=f"LOUD: {CASES} is absent")
def test_paths_select_in_hl7_cases() -> None:
    for path in sorted(CASES.glob("*.json")):
        try:
            resource = json.loads(path.read_bytes(), parse_float=Decimal)
        except ValueError:
            continue
        for fault in judge(resource, load_base()):
            assert select(resource, fault.path) or fault.path == "Resource", (path.name, fault)
