"""What the codec left behind is named by its place, topmost and once; what says nothing of its own is not."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.engine.definitions.definitions import Definitions
from certgateway.fhir import bundle
from certgateway.services.examine import House
from fixtures.authoring import good
from fixtures.authoring.writers import to_json

Json = dict[str, Any]
MESSAGE = good.messages()["every-mapped-element"]
XHTML = '<div xmlns="http://www.w3.org/1999/xhtml">'
FOREIGN = {"url": "https://epj.example/fhir/StructureDefinition/kontor", "valueString": "x"}


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


def told(tree: Json, house: House) -> list[tuple[str, str | None]]:
    """Rule and path of all that was left out."""
    definitions: Definitions = house.definitions
    opened = bundle.open_message(to_json(tree), "fhir-json", definitions)
    _, lost = bundle.understand(bundle.strip(opened, definitions), definitions, house.titles)
    return [(note.rule, note.path) for note in lost]


def at(tree: Json, place: str) -> Json:
    """The resource with that label."""
    index = int(MESSAGE.places[place].removeprefix("Bundle.entry[").removesuffix("].resource"))
    found: Json = tree["entry"][index]["resource"]
    return found


def added(place: str, name: str, value: object) -> Callable[[Json], None]:
    def edit(tree: Json) -> None:
        node = at(tree, place)
        node[name] = [*node.get(name, []), value] if isinstance(node.get(name), list) else value

    return edit


LOST: list[tuple[Callable[[Json], None], str]] = [
    (added("function[0]", "extension", FOREIGN), "<function[0]>.extension[1]"),
    (added("function[0]", "category", [{"coding": [{"system": "urn:x", "code": "1"}]}]), "<function[0]>.category[0]"),
    (added("function[0]", "interpretation", [{"text": "x"}]), "<function[0]>.interpretation[0]"),
    (added("diagnosis[0]", "severity", {"text": "x"}), "<diagnosis[0]>.severity"),
    (added("composition", "confidentiality", "R"), "<composition>.confidentiality"),
    (added("composition", "title", "Attest"), "<composition>.title"),
    (added("composition", "text", {"status": "generated", "div": XHTML + "x</div>"}), "<composition>.text"),
    (added("composition", "custodian", {"display": "x"}), "<composition>.custodian"),
    (added("patient", "birthDate", "1978-03-14"), "<patient>.birthDate"),
    (added("patient", "telecom", [{"system": "phone", "value": "0"}]), "<patient>.telecom[0]"),
    (added("header", "reason", {"text": "x"}), "<header>.reason"),
    (added("prognosis[0]", "summary", "x"), "<prognosis[0]>.summary"),
    (added("health-risk[0]", "basis", [{"display": "x"}]), "<health-risk[0]>.basis[0]"),
    (added("function[0]", "_status", {"extension": [FOREIGN]}), "<function[0]>.status.extension[0]"),
]


@pytest.mark.parametrize("edit,place", LOST, ids=[place for _, place in LOST])
def test_what_nobody_reads_is_named_once(edit: Callable[[Json], None], place: str, house: House) -> None:
    tree = deepcopy(MESSAGE.tree)
    edit(tree)
    assert told(tree, house) == [("not-carried", MESSAGE.locate(place))]


def test_a_foreign_resource_is_one_loss_and_not_one_for_each_of_its_members(house: House) -> None:
    tree = deepcopy(MESSAGE.tree)
    resource = {"resourceType": "Procedure", "status": "completed", "code": {"text": "x"}, "note": [{"text": "x"}]}
    tree["entry"].append({"fullUrl": "urn:uuid:5e1f0000-0d0c-4a10-9e01-00000000beef", "resource": resource})
    assert told(tree, house) == [("not-carried", f"Bundle.entry[{len(tree['entry']) - 1}].resource")]


def test_a_second_note_is_lost_and_the_first_is_not(house: House) -> None:
    tree = deepcopy(MESSAGE.tree)
    at(tree, "function[0]")["note"] = [{"text": "x"}, {"text": "y"}]
    assert told(tree, house) == [("not-carried", MESSAGE.locate("<function[0]>.note[1]"))]


@pytest.mark.parametrize("title", ["Gå", "gå", "X"])
def test_a_display_is_lost_unless_it_is_our_own(title: str, house: House) -> None:
    tree = deepcopy(MESSAGE.tree)
    coding = at(tree, "function[0]")["code"]["coding"][0]
    coding["display"] = title
    ours = title in house.titles(coding["system"], coding["code"])
    expected = [] if ours else [("not-carried", MESSAGE.locate("<function[0]>.code.coding[0].display"))]
    assert told(tree, house) == expected


def test_every_title_of_ours_is_our_own_in_every_language(house: House) -> None:
    tree = deepcopy(MESSAGE.tree)
    coding = at(tree, "function[0]")["code"]["coding"][0]
    titles = house.titles(coding["system"], coding["code"])
    assert len(titles) >= 2
    for title in titles:
        coding["display"] = title
        assert told(tree, house) == []


@pytest.mark.parametrize("words,lost", [("Ikke vurdert", False), ("Vurdert: ingen kjente", False), ("Vurdert", True)])
def test_a_narrative_is_lost_unless_it_says_what_the_code_says(words: str, lost: bool, house: House) -> None:  # noqa: FBT001
    tree = deepcopy(MESSAGE.tree)
    at(tree, "composition")["section"][0]["text"] = {"status": "generated", "div": f"{XHTML}{words}</div>"}
    expected = [("not-carried", MESSAGE.locate("<section:employment>.text"))] if lost else []
    assert told(tree, house) == expected


def test_what_travels_with_a_message_is_no_loss(house: House) -> None:
    tree = deepcopy(MESSAGE.tree)
    tree["meta"]["lastUpdated"] = "2026-10-20T08:46:02Z"
    at(tree, "header")["source"] |= {"name": "x", "software": "y", "version": "1"}
    at(tree, "organization")["telecom"] = [{"system": "phone", "value": "0"}]
    at(tree, "practitioner")["address"] = [{"city": "x"}]
    at(tree, "patient")["identifier"][0]["use"] = "official"
    assert told(tree, house) == []


def test_a_modifier_beside_what_was_carried_cannot_be_left_out(house: House) -> None:
    tree = deepcopy(MESSAGE.tree)
    finding = at(tree, "findings[0]")
    finding["valueQuantity"]["comparator"] = "<"
    assert told(tree, house) == [("modifier-not-understood", MESSAGE.locate("<findings[0]>.value.comparator"))]


def test_a_modifier_of_nothing_is_left_out_with_what_holds_it(house: House) -> None:
    tree = deepcopy(MESSAGE.tree)
    at(tree, "findings[0]")["valueQuantity"] = {"comparator": "<"}
    assert told(tree, house) == [("not-carried", MESSAGE.locate("<findings[0]>.value"))]
