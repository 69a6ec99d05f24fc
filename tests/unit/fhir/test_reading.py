"""The cursor reads what is there in its right shape and nothing else, and remembers what it has read."""

from decimal import Decimal
from typing import Any

import pytest

from certgateway.domain.certificate import Coding
from certgateway.fhir.reading import Message, Node

Json = dict[str, Any]
CODING = {"system": "urn:x", "code": "1", "display": "x"}
OBSERVATION: Json = {
    "resourceType": "Observation",
    "id": "o",
    "extension": [
        {"url": "urn:other"},
        5,
        {"url": "urn:mine", "valueCode": "a"},
        {"url": "urn:mine", "valueCode": "b"},
    ],
    "contained": [{"resourceType": "Basic", "id": "c"}],
    "code": {"coding": [{"code": "2"}, CODING, {"system": "urn:y", "code": "3"}]},
    "subject": {"reference": "Patient/p"},
    "focus": [{"reference": "#c"}, {"reference": "urn:uuid:2"}, {"reference": "Nobody/9"}, {"reference": 7}, {}],
    "valueQuantity": {"value": Decimal("1.50"), "unit": "kg"},
    "note": [{"text": "one"}, {"text": "two"}],
    "component": ["x", {"valueInteger": 5, "valueBoolean": True}],
}


def message() -> Message:
    entries = [
        {"fullUrl": "https://epj.example/fhir/Observation/o", "resource": OBSERVATION},
        {"fullUrl": "https://epj.example/fhir/Patient/p", "resource": {"resourceType": "Patient", "id": "p"}},
        {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Basic", "id": "b"}},
        "no entry",
        {"fullUrl": "urn:uuid:3"},
    ]
    return Message({"resourceType": "Bundle", "type": "message", "entry": entries})


@pytest.fixture
def node() -> Node:
    return message().resources[0]


def test_the_resources_are_those_of_the_entries_in_their_order() -> None:
    assert [(one.path, one.value["resourceType"]) for one in message().resources] == [
        ("Bundle.entry[0].resource", "Observation"),
        ("Bundle.entry[1].resource", "Patient"),
        ("Bundle.entry[2].resource", "Basic"),
    ]


@pytest.mark.parametrize("entry", [None, {}, "x", [None], [[]], [{"resource": "x"}]])
def test_entries_of_the_wrong_shape_are_none(entry: object) -> None:
    assert Message({"resourceType": "Bundle", "entry": entry}).resources == []


def test_values_are_read_in_their_right_shape_only(node: Node) -> None:
    part = next(node.items("component"))
    assert part.path == "Bundle.entry[0].resource.component[1]"
    assert (part.number("valueInteger"), part.number("valueBoolean")) == (Decimal(5), None)
    assert (part.flag("valueBoolean"), part.flag("valueInteger")) == (True, None)
    assert (node.text("id"), node.text("code"), node.text("absent")) == ("o", None, None)
    assert node.get("note") is None
    assert list(node.items("code")) == []
    assert node.first("code") is None


def test_a_choice_has_the_path_of_its_element(node: Node) -> None:
    amount = node.get("value", "valueQuantity")
    assert amount is not None
    assert (amount.path, str(amount.number("value"))) == ("Bundle.entry[0].resource.value", "1.50")


def test_codings_come_without_their_displays(node: Node) -> None:
    assert list(node.codings("code")) == [
        (Coding("urn:x", "1"), "Bundle.entry[0].resource.code.coding[1]"),
        (Coding("urn:y", "3"), "Bundle.entry[0].resource.code.coding[2]"),
    ]
    assert node.code_of("urn:y", "code") == "3"
    assert node.code_of("urn:z", "code") is None
    assert node.code_of("urn:x", "note") is None


def test_only_what_was_kept_of_a_coding_counts_as_read(node: Node) -> None:
    node.code_of("urn:x", "code")
    assert node.message.read[id(CODING)] == {"system", "code"}
    assert "code" in node.message.read[id(OBSERVATION)]
    assert "note" not in node.message.read[id(OBSERVATION)]


def test_extensions_are_found_by_url_with_their_index(node: Node) -> None:
    found = list(node.extensions("urn:mine"))
    assert [(one.path, one.text("valueCode")) for one in found] == [
        ("Bundle.entry[0].resource.extension[2]", "a"),
        ("Bundle.entry[0].resource.extension[3]", "b"),
    ]
    assert node.extension("urn:absent") is None


@pytest.mark.parametrize(
    "index,path",
    [
        (0, "Bundle.entry[0].resource.contained[0]"),
        (1, "Bundle.entry[2].resource"),
        (2, None),
        (3, None),
        (4, None),
    ],
)
def test_a_reference_leads_into_the_message_or_nowhere(index: int, path: str | None, node: Node) -> None:
    found = list(node.items("focus"))[index].resolve()
    assert (found.path if found else None) == path


def test_a_relative_reference_is_relative_to_its_own_address(node: Node) -> None:
    found = node.linked("subject")
    assert found is not None
    assert found.path == "Bundle.entry[1].resource"
    assert node.linked("absent") is None


def test_the_message_is_left_as_it_was(node: Node) -> None:
    before = repr(OBSERVATION)
    node.skip("id", "status")
    node.first("note")
    list(node.extensions("urn:mine"))
    assert repr(OBSERVATION) == before
