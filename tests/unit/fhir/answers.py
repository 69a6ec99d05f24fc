"""Answers to a clarification for tests: a fixture's certificate cut down to some items, and how they are read."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from certgateway import bootstrap
from certgateway.domain.certificate import Certificate
from certgateway.domain.reply import Reply
from certgateway.engine.xml import write as xmlwrite
from certgateway.fhir import bundle
from fixtures.authoring import good
from fixtures.authoring.writers import to_json

Json = dict[str, Any]

BASE = "https://certgateway.example/fhir"
PROFILE = f"{BASE}/StructureDefinition/"
DECLINED_ITEM = f"{PROFILE}declined-item"
CLARIFICATION = "7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01"
CERTIFICATE = good.messages()["every-mapped-element"].tree
HOUSE = bootstrap.build_house()


def head() -> tuple[Json, Json, list[Json]]:
    """Header and Composition of the fixture, and the rest of its entries."""
    tree = deepcopy(CERTIFICATE)
    header, composition, *rest = tree["entry"]
    assert (header["resource"]["resourceType"], composition["resource"]["resourceType"]) == (
        "MessageHeader",
        "Composition",
    )
    return header, composition, rest


def answer(*items: str, **communication: Any) -> Json:  # noqa: ANN401  Any member of a Communication.
    """The fixture's certificate made an answer to some items. A member that is None is left out."""
    header, composition, rest = head()
    header["resource"]["eventCoding"]["code"] = "clarification-answer"
    told = composition["resource"]
    # What is not asked about is left out: the last visit, the purpose, the certificate this one replaced.
    for name in ("event", "relatesTo"):
        told.pop(name, None)
    told["section"] = [section for section in told["section"] if section["code"]["coding"][0]["code"] in items]
    needed = {entry["reference"] for section in told["section"] for entry in section.get("entry", ())}
    kept = [entry for entry in rest if entry["fullUrl"] in needed or _is_person(entry)]
    for entry in kept:
        _unlink(entry["resource"])
    if not told["section"]:
        del told["section"]
    members = {
        "resourceType": "Communication",
        "id": "5e1f0000-0d0c-4a10-9e01-00000000c0de",
        "basedOn": based_on(),
        "status": "completed",
        "subject": dict(told["subject"]),
        "payload": [{"contentReference": {"reference": composition["fullUrl"]}}],
    } | communication
    resource = {name: value for name, value in members.items() if value is not None}
    entry = {"fullUrl": f"urn:uuid:{resource['id']}", "resource": _ordered(resource)}
    return {
        "resourceType": "Bundle",
        "id": "5e1f0000-0d0c-4a10-9e01-00000000b0d1",
        "meta": {"profile": [f"{PROFILE}answer-message|1.0.0"]},
        "type": "message",
        "timestamp": CERTIFICATE["timestamp"],
        "entry": [header, entry, composition, *kept],
    }


def based_on(**changes: object) -> list[Json]:
    """`basedOn` with another identifier; a member that is None is left out."""
    identifier = {"system": f"{BASE}/NamingSystem/clarification", "value": CLARIFICATION} | changes
    return [{"identifier": {name: value for name, value in identifier.items() if value is not None}}]


def _is_person(entry: Json) -> bool:
    return entry["resource"]["resourceType"] in {"Patient", "PractitionerRole", "Practitioner", "Organization"}


def _unlink(resource: Json) -> None:
    """Without links to diagnoses, which stand in no answer that does not tell of them."""
    listed = resource.get("extension", ())
    kept = [extension for extension in listed if not extension["url"].endswith("/diagnosis-link")]
    resource.pop("extension", None)
    resource.pop("condition", None)
    if kept:
        resource["extension"] = kept


def _ordered(resource: Json) -> Json:
    """FHIR's order, which XML demands."""
    order = ("resourceType", "id", "text", "extension", "basedOn", "inResponseTo", "status", "statusReason", "category")
    later = ("topic", "subject", "sent", "reasonCode", "payload", "note")
    return {name: resource[name] for name in (*order, *later) if name in resource}


def declined(*items: str) -> list[Json]:
    """Extensions of items that cannot be answered."""
    return [{"url": DECLINED_ITEM, "valueCode": item} for item in items]


def reason(code: str) -> Json:
    """A `statusReason`."""
    return {"coding": [{"system": f"{BASE}/CodeSystem/decline-reason", "code": code}]}


@dataclass(frozen=True)
class Read:
    """What became of an answer: rules are with their paths."""

    certificate: Certificate | None
    reply: Reply | None
    refused: list[tuple[str, str | None]]
    lost: list[tuple[str, str | None]]
    removed: list[str]
    origins: dict[str, str]


def read(tree: Json, format_: Literal["fhir-json", "fhir-xml"] = "fhir-json") -> Read:
    """Open, strip, conform and understand, as the gateway does."""
    raw = to_json(tree) if format_ == "fhir-json" else xmlwrite.write(tree, HOUSE.definitions)
    opened = bundle.open_message(raw, format_, HOUSE.definitions)
    stripped = bundle.strip(opened, HOUSE.definitions)
    faults = bundle.conform(opened, stripped, HOUSE.definitions)
    parsed, lost = bundle.understand(stripped, HOUSE.definitions, HOUSE.titles)
    return Read(
        parsed.certificate,
        bundle.find_reply(stripped),
        [(fault.rule, fault.path) for fault in faults],
        [(note.rule, note.path) for note in lost],
        [removal.path for removal in stripped.removed],
        parsed.origins,
    )


def stated(certificate: Certificate | None, items: Iterable[str]) -> dict[str, str]:
    """The state of each item."""
    return {item: getattr(certificate, item.replace("-", "_")).state for item in items}
