"""The organisation numbers that a FHIR message gives its sender, by MessageHeader.sender and nothing else; and HER-ids.

HER-ids stand in the endpoint, and beside the numbers.
"""

from typing import Any

import pytest

from certgateway.domain.message import SenderNumber
from certgateway.domain.vocabulary.systems import HER_ID, ORGANISATION_NUMBER
from certgateway.fhir.sender import sender_claims, sender_numbers

Json = dict[str, Any]
ADDRESS = "urn:uuid:5e1f0001-0d0c-4a10-9e00-00000000000{}"


def identifier(number: object, system: str = ORGANISATION_NUMBER) -> Json:
    return {"system": system, "value": number}


def organisation(*identifiers: Json, **more: object) -> Json:
    return {"resourceType": "Organization", "identifier": [*identifiers], **more}


def message(sender: object, *resources: Json) -> Json:
    """A Bundle whose header stands first; the others have the addresses 1, 2 and so on."""
    header = {"resourceType": "MessageHeader", "sender": sender}
    entries = [{"fullUrl": ADDRESS.format(index), "resource": each} for index, each in enumerate([header, *resources])]
    return {"resourceType": "Bundle", "type": "message", "entry": entries}


def to(number: int) -> Json:
    return {"reference": ADDRESS.format(number)}


def test_the_numbers_of_the_organisation_are_read_where_they_stand() -> None:
    office = organisation(identifier("8143060", HER_ID), identifier("987 654 325"), identifier("2"))
    assert list(sender_numbers(message(to(1), office))) == [
        SenderNumber("987654325", "Bundle.entry[1].resource.identifier[1].value"),
        SenderNumber("2", "Bundle.entry[1].resource.identifier[2].value"),
    ]


def test_a_number_in_the_reference_itself_counts_with_those_it_leads_to() -> None:
    sender = to(1) | {"identifier": identifier("1")}
    assert list(sender_numbers(message(sender, organisation(identifier("2"))))) == [
        SenderNumber("1", "Bundle.entry[0].resource.sender.identifier.value"),
        SenderNumber("2", "Bundle.entry[1].resource.identifier[0].value"),
    ]


def test_only_white_space_of_xml_is_none_of_a_number() -> None:
    for written, read in ((" 987 654\t325\r\n", "987654325"), ("987654325\u00a0", "987654325\u00a0")):
        found = sender_numbers(message({"identifier": identifier(written)}))
        assert [each.number for each in found] == [read]


def test_a_role_leads_on_to_its_organisation() -> None:
    role = {"resourceType": "PractitionerRole", "organization": to(2), "identifier": [identifier("9")]}
    found = list(sender_numbers(message(to(1), role, organisation(identifier("2")))))
    assert found == [SenderNumber("2", "Bundle.entry[2].resource.identifier[0].value")]
    assert list(sender_numbers(message(to(1), {"resourceType": "PractitionerRole"}))) == []


def test_roles_in_a_ring_come_to_an_end() -> None:
    roles: list[Json] = [{"resourceType": "PractitionerRole", "organization": to(number)} for number in (2, 1)]
    assert list(sender_numbers(message(to(1), *roles))) == []
    assert list(sender_numbers(message(to(1), {"resourceType": "PractitionerRole", "organization": to(1)}))) == []


def test_an_organisation_inside_the_header_is_found() -> None:
    tree = message({"reference": "#o"})
    tree["entry"][0]["resource"]["contained"] = [organisation(identifier("1"), id="o")]
    assert [stated.number for stated in sender_numbers(tree)] == ["1"]


@pytest.mark.parametrize(
    "tree",
    [
        message(None, organisation(identifier("1"))),
        message("urn:x", organisation(identifier("1"))),
        message([to(1)], organisation(identifier("1"))),
        message({}, organisation(identifier("1"))),
        message(to(7), organisation(identifier("1"))),
        message(to(1), {"resourceType": "Practitioner", "identifier": [identifier("1")]}),
        message(to(1), organisation(identifier("1", HER_ID), identifier(1), identifier(" "), {"value": "1"})),
        message(to(1), {"resourceType": "Organization", "identifier": {"system": ORGANISATION_NUMBER, "value": "1"}}),
        message(to(1), organisation(partOf=to(2)), organisation(identifier("1"))),
        {"resourceType": "Bundle", "entry": {"resource": 1}},
        organisation(identifier("1")),
    ],
    ids=str,
)
def test_what_names_no_organisation_by_number_names_none(tree: Json) -> None:
    assert list(sender_numbers(tree)) == []


# ---- HER-ids ----


def sent(source: object, sender: object = None, *resources: Json) -> Json:
    tree = message(sender, *resources)
    tree["entry"][0]["resource"]["source"] = source
    return tree


def test_the_endpoint_is_claimed_as_it_was_written() -> None:
    for text in ("urn:oid:2.16.578.1.12.4.1.2.8143060", " 8143060 ", "https://epj.example/"):
        found = list(sender_claims(sent({"endpoint": text})))
        assert found == [SenderNumber(text, "Bundle.entry[0].resource.source.endpoint", is_address=True)]


def test_her_ids_of_the_organisation_are_claimed_behind_the_endpoint() -> None:
    sender = to(1) | {"identifier": identifier("1", HER_ID)}
    role = {"resourceType": "PractitionerRole", "organization": to(2), "identifier": [identifier("9", HER_ID)]}
    office = organisation(identifier("2", f" {HER_ID.upper()}"), identifier("987654325"), identifier(3, HER_ID))
    assert list(sender_claims(sent({"endpoint": "8"}, sender, role, office))) == [
        SenderNumber("8", "Bundle.entry[0].resource.source.endpoint", is_address=True),
        SenderNumber("1", "Bundle.entry[0].resource.sender.identifier.value"),
        SenderNumber("2", "Bundle.entry[2].resource.identifier[0].value"),
    ]


@pytest.mark.parametrize(
    "tree, place",
    [
        (sent({}), "Bundle.entry[0].resource.source"),
        (sent({"endpoint": ""}), "Bundle.entry[0].resource.source"),
        (sent({"endpoint": ["8143060"]}), "Bundle.entry[0].resource.source"),
        (sent([{"endpoint": "8143060"}]), "Bundle.entry[0].resource"),
        ({"resourceType": "Bundle"}, "Bundle"),
        ({"resourceType": "Patient"}, "Patient"),
    ],
    ids=str,
)
def test_without_an_endpoint_nothing_is_claimed_at_the_nearest_place(tree: Json, place: str) -> None:
    assert list(sender_claims(tree)) == [SenderNumber("", place)]
