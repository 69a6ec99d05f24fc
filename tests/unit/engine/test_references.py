"""References inside a Bundle and inside a resource, and the Bundle's own rules."""

from __future__ import annotations

from typing import Any

import pytest

from certgateway.engine import Options, judge, load_base
from certgateway.engine.instance import root_scope

QUIET = frozenset({"dom-6"})
STRICT = Options(unresolved="error", ignored_invariants=QUIET)
LENIENT = Options(ignored_invariants=QUIET)
URN = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
BASE = "https://server.example/fhir/"


def entry(url: str | None, **members: object) -> dict[str, Any]:
    """An entry of a Bundle."""
    return ({} if url is None else {"fullUrl": url}) | {"resource": members}


def observation(reference: str) -> dict[str, Any]:
    """An Observation of this subject."""
    subject = {"reference": reference}
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": subject}


def bundle(*entries: dict[str, Any], kind: str = "collection") -> dict[str, Any]:
    """A Bundle of these entries."""
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def pair(subject_url: str, reference: str, observation_url: str = BASE + "Observation/1") -> dict[str, Any]:
    """A Bundle of a Patient and an Observation that refers to it."""
    return bundle(
        entry(subject_url, resourceType="Patient", id="7"), entry(observation_url, **observation(reference), id="1")
    )


def found(resource: dict[str, Any], options: Options = STRICT) -> list[tuple[str, str]]:
    """The faults of a resource as (kind, path)."""
    return [(fault.kind, fault.path) for fault in judge(resource, load_base(), options=options)]


@pytest.mark.parametrize(
    "subject_url,reference,observation_url",
    [
        (URN, URN, "urn:uuid:00000000-0000-4000-8000-000000000001"),
        ("urn:oid:1.2.3", "urn:oid:1.2.3", BASE + "Observation/1"),
        (BASE + "Patient/7", "Patient/7", BASE + "Observation/1"),
        (BASE + "Patient/7", BASE + "Patient/7", URN),
        (BASE + "Patient/7", "Patient/7/_history/3", BASE + "Observation/1"),
    ],
)
def test_reference_resolves(subject_url: str, reference: str, observation_url: str) -> None:
    assert found(pair(subject_url, reference, observation_url)) == []


@pytest.mark.parametrize(
    "subject_url,reference,observation_url",
    [
        (URN, "urn:uuid:00000000-0000-4000-8000-000000000002", BASE + "Observation/1"),
        (BASE + "Patient/7", "Patient/8", BASE + "Observation/1"),
        (BASE + "Patient/7", "Patient/7", "https://other.example/Observation/1"),
        (BASE + "Patient/7", "Patient/7", URN),
    ],
)
def test_reference_does_not_resolve(subject_url: str, reference: str, observation_url: str) -> None:
    message = pair(subject_url, reference, observation_url)
    assert found(message) == [("reference-unresolved", "Bundle.entry[1].resource.subject.reference")]
    assert found(message, LENIENT) == []


def test_outside_a_bundle_references_lead_out_of_sight() -> None:
    assert found(observation("Patient/7")) == []


def test_wrong_target_by_what_is_there() -> None:
    message = bundle(
        entry(URN, resourceType="Organization", name="x"), entry(BASE + "Observation/1", **observation(URN), id="1")
    )
    assert found(message) == [("reference-target-wrong", "Bundle.entry[1].resource.subject")]


@pytest.mark.parametrize("reference", ["Encounter/1", "https://server.example/fhir/Encounter/1"])
def test_wrong_target_by_what_the_reference_says(reference: str) -> None:
    assert found(observation(reference)) == [("reference-target-wrong", "Observation.subject")]


def test_wrong_target_by_stated_type() -> None:
    resource = observation("urn:x") | {"subject": {"type": "Encounter", "display": "x"}}
    assert found(resource) == [("reference-target-wrong", "Observation.subject")]


def contained(reference: str, *ids: str) -> dict[str, Any]:
    """An Observation that contains Patients and refers to one."""
    return observation(reference) | {"contained": [{"resourceType": "Patient", "id": each} for each in ids]}


@pytest.mark.parametrize("address", [URN, BASE + "Patient/1"])
@pytest.mark.parametrize("fragment", ["#a", "#"])
def test_a_fragment_of_a_resource_is_not_the_resource(address: str, fragment: str) -> None:
    inside = {"resourceType": "Patient", "id": "1", "contained": [{"resourceType": "Patient", "id": "a"}]}
    holder = bundle({"fullUrl": address, "resource": inside})
    scope = root_scope(holder)
    assert [row[0] for row in scope.find(address)] == [inside]
    assert scope.find(address + fragment) == []


def test_contained_reference() -> None:
    assert found(contained("#a", "a")) == []


def test_contained_reference_without_target_is_an_error_always() -> None:
    resource = contained("#b", "a") | {"performer": [{"reference": "#a"}]}
    assert found(resource, LENIENT) == [("reference-unresolved", "Observation.subject.reference")]


def test_contained_resource_nobody_refers_to() -> None:
    assert found(contained("#a", "a", "b")) == [("invariant-broken", "Observation.contained[1]")]


def test_contained_resource_an_image_refers_to() -> None:
    resource = contained("#a", "a", "b")
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><img src="#b" alt="x"/></div>'
    assert found(resource | {"text": {"status": "generated", "div": div}}) == []


def test_contained_ids_are_unique() -> None:
    assert found(contained("#a", "a", "a")) == [("id-duplicated", "Observation.contained[1].id")]


def test_contained_in_contained() -> None:
    link = {"type": "refer", "other": {"reference": "#a"}}
    inner = {
        "resourceType": "Patient",
        "id": "a",
        "contained": [{"resourceType": "Patient", "id": "b", "link": [link]}],
    }
    resource = observation("#a") | {"contained": [inner]}
    faults = judge(resource, load_base(), options=STRICT)
    assert ("Observation", "dom-2") in [(fault.path, fault.expected) for fault in faults]


def test_full_url_missing() -> None:
    assert found(bundle(entry(None, resourceType="Patient"))) == [("full-url-missing", "Bundle.entry[0]")]


def test_full_url_is_not_needed_in_a_transaction() -> None:
    row = entry(None, resourceType="Patient") | {"request": {"method": "POST", "url": "Patient"}}
    assert found(bundle(row, kind="transaction")) == []


def test_full_url_twice() -> None:
    message = bundle(entry(URN, resourceType="Patient"), entry(URN, resourceType="Patient"))
    assert found(message) == [("full-url-duplicated", "Bundle.entry[1].fullUrl")]


@pytest.mark.parametrize("url", [BASE + "Patient/8", BASE + "Person/7"])
def test_full_url_of_another_resource(url: str) -> None:
    message = bundle(entry(url, resourceType="Patient", id="7"))
    assert found(message) == [("full-url-differs", "Bundle.entry[0].fullUrl")]


@pytest.mark.parametrize("url", ["Patient/7", "7", "#7"])
def test_full_url_is_absolute(url: str) -> None:
    message = bundle(entry(url, resourceType="Patient", id="7"))
    assert found(message) == [("uri-not-absolute", "Bundle.entry[0].fullUrl")]


def test_restful_full_url_needs_an_id() -> None:
    message = bundle(entry(BASE + "Patient/7", resourceType="Patient"))
    assert found(message) == [("full-url-differs", "Bundle.entry[0].fullUrl")]


def test_message_begins_with_its_header() -> None:
    message = bundle(entry(URN, resourceType="Patient"), kind="message")
    assert found(message) == [("invariant-broken", "Bundle")]
