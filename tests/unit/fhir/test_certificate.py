"""From the message to the certificate: what is carried, what counts as absent, and where each element stood."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from certgateway.domain.certificate import Certificate, Coding
from certgateway.fhir.certificate import Parsed, parse_certificate
from certgateway.fhir.reading import Message
from fixtures.authoring import good

Json = dict[str, Any]
OWN = "https://certgateway.example/fhir/CodeSystem/"
MESSAGES = good.messages()
EVERYTHING = MESSAGES["every-mapped-element"]


def parsed(edit: Callable[[Json], None] = lambda _: None, name: str = "every-mapped-element") -> Parsed:
    tree = deepcopy(MESSAGES[name].tree)
    edit(tree)
    return parse_certificate(Message(tree))


def certificate(edit: Callable[[Json], None] = lambda _: None, name: str = "every-mapped-element") -> Certificate:
    found = parsed(edit, name).certificate
    assert found is not None
    return found


def composition(tree: Json) -> Json:
    found: Json = tree["entry"][1]["resource"]
    return found


def section(tree: Json, item: str) -> Json:
    sections = composition(tree)["section"]
    found: Json = next(one for one in sections if one["code"]["coding"][0]["code"] == item)
    return found


def test_identity_and_time() -> None:
    found = certificate()
    assert found.identifier == Coding("https://epj.example/legeerklaering", "7c0f0015-52aa-4b1e-8c00-0000000000ce")
    assert found.authored == datetime(2026, 10, 20, 6, 45, 30, tzinfo=UTC)
    assert found.status == "amended"
    assert found.replaces == found.identifier
    assert found.purpose is not None
    assert (found.purpose.reason, found.purpose.order) == ("ordered", "NAV-2026-009888")


@pytest.mark.parametrize(
    "date", ["2026-10-20", "2026-10-20T08:45:30", "", "yesterday", "9999-12-31T23:59:59-23:59", None]
)
def test_without_an_exact_time_there_is_no_certificate(date: str | None) -> None:
    assert parsed(lambda tree: composition(tree).update(date=date)).certificate is None


@pytest.mark.parametrize("identifier", [None, {}, {"system": "urn:x"}, {"value": ""}, [{"value": "x"}]])
def test_without_an_identifier_there_is_no_certificate(identifier: object) -> None:
    assert parsed(lambda tree: composition(tree).update(identifier=identifier)).certificate is None


def test_without_a_composition_there_is_no_certificate() -> None:
    assert parse_certificate(Message({"resourceType": "Bundle", "entry": []})) == Parsed(None, {})


def test_the_header_says_which_composition_is_meant() -> None:
    def edit(tree: Json) -> None:
        other = deepcopy(tree["entry"][1])
        other["fullUrl"] = "urn:uuid:5e1f0000-0d0c-4a10-9e01-00000000beef"
        other["resource"] |= {"id": "5e1f0000-0d0c-4a10-9e01-00000000beef", "status": "final"}
        tree["entry"].insert(1, other)

    assert certificate(edit).status == "amended"
    assert parsed(edit).origins[""] == "Bundle.entry[2].resource"


@pytest.mark.parametrize(
    "order,carried",
    [
        ("NAV-2026-009888", True),
        ("0f5f9a3e-1c44-4f0e-9f6e-0d6f0b3c2a11", True),
        ("AAP-2026-1", False),
        ("Gjelder AAP", False),
        ("2026/1", False),
        ("\uff12\uff10\uff12\uff16", False),
    ],
)
def test_an_order_is_an_id_and_nothing_else(order: str, carried: bool) -> None:  # noqa: FBT001
    def edit(tree: Json) -> None:
        composition(tree)["event"][1]["detail"][0]["identifier"]["value"] = order

    purpose = certificate(edit).purpose
    assert purpose is not None
    assert purpose.order == (order if carried else None)


def test_unanswered_is_never_no() -> None:
    """Three values everywhere: stated, assessed and none, not assessed; and missing."""

    def empty(reason: str) -> Callable[[Json], None]:
        def edit(tree: Json) -> None:
            found = section(tree, "health-risk")
            found.pop("entry", None)
            system = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
            found["emptyReason"] = {"coding": [{"system": system, "code": reason}]}

        return edit

    def gone(tree: Json) -> None:
        composition(tree)["section"].remove(section(tree, "health-risk"))

    assert certificate().health_risk.state == "stated"
    assert certificate(empty("nilknown")).health_risk.state == "none"
    not_asked = certificate(empty("notasked")).health_risk
    assert (not_asked.state, not_asked.reason) == ("not-assessed", "notasked")
    assert certificate(gone).health_risk.state == "missing"


def test_a_repeated_section_is_read_with_the_first_and_a_resource_named_twice_once() -> None:
    def edit(tree: Json) -> None:
        found = section(tree, "function")
        composition(tree)["section"].append({"code": found["code"], "entry": [*found["entry"], *found["entry"]]})

    assert certificate(edit).function == certificate().function


def test_sections_and_resources_of_other_kinds_are_not_read() -> None:
    def edit(tree: Json) -> None:
        patient = {"reference": tree["entry"][2]["fullUrl"]}
        section(tree, "function")["entry"].insert(0, patient)
        section(tree, "diagnosis")["entry"].append(patient)
        composition(tree)["section"].append({"code": {"coding": [{"system": OWN + "certificate-item", "code": "x"}]}})
        composition(tree)["section"].append({"title": "Annet", "entry": [patient]})

    assert certificate(edit).function == certificate().function
    assert certificate(edit).history == certificate().history


def test_displays_titles_and_narratives_are_never_carried() -> None:
    def edit(node: object) -> None:
        if isinstance(node, dict):
            for child in list(node.values()):
                edit(child)
            if "system" in node and "code" in node:
                node["display"] = "TEGN"
            if "coding" in node:
                node["text"] = "TEGN"
            if node.get("resourceType") in {"Observation", "Condition", "Composition"}:
                node["text"] = {"status": "generated", "div": "<div>TEGN</div>"}
        elif isinstance(node, list):
            for child in node:
                edit(child)

    assert certificate(edit) == certificate()
    assert "TEGN" not in repr(certificate(edit))


def test_every_element_stands_where_the_message_has_it() -> None:
    places, origins = EVERYTHING.places, parsed().origins
    assert origins["patient"] == places["patient"]
    assert origins["patient.number"] == f"{places['patient']}.identifier[0].value"
    assert origins["author.hpr"] == f"{places['practitioner']}.identifier[0].value"
    assert origins["function"] == places["section:function"]
    assert origins["function[0]"] == places["function[0]"]
    assert origins["prognosis"] == places["prognosis[0]"]
    assert origins["treatment[1]"] == f"{places['treatment[0]']}.activity[1]"
    assert origins["assessment.text" if "assessment.text" in origins else "assessment[0].text"].endswith(".value")
    assert origins["author.last_seen"] == f"{places['composition']}.event[0].period.start"


def test_the_name_is_text_or_else_put_together() -> None:
    def named(name: Json) -> str | None:
        def edit(tree: Json) -> None:
            tree["entry"][2]["resource"]["name"] = [name]

        return certificate(edit).patient.name

    assert named({"text": "Kari Fjell", "family": "x"}) == "Kari Fjell"
    assert named({"family": "Fjell", "given": ["Kari", None, "Marie"]}) == "Kari Marie Fjell"
    assert named({"use": "official"}) is None


def test_a_number_that_is_no_longer_in_use_is_nobodys() -> None:
    def edit(tree: Json) -> None:
        numbers = tree["entry"][2]["resource"]["identifier"]
        numbers.insert(0, {**numbers[0], "value": "00000000000", "use": "old"})

    assert certificate(edit).patient == certificate().patient
    assert parsed(edit).origins["patient.number"] == "Bundle.entry[2].resource.identifier[1].value"


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_every_good_message_gives_a_certificate_that_answers(name: str) -> None:
    found = certificate(name=name)
    assert found.diagnosis.entries
    assert found.function.entries
    assert found.health_risk.state in {"stated", "none"}
    assert found.prognosis.entries
    assert found.author.hpr
    assert found.patient.number
