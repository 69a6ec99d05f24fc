"""Answers to a question, made of a good certificate: sections that answer, and a Communication that says to what."""

from collections.abc import Iterable
from typing import Any

from certgateway.domain.vocabulary import systems
from tests.integration.receiving import authored, message, numbered, resource

Json = dict[str, Any]

FULL = "every-mapped-element"
"""A good certificate that says something about every item."""


def answer(
    clarification: str,
    items: Iterable[str] = (),
    *,
    number: int = 100,
    date: str = "2026-10-31T10:00:00+01:00",
    certificate: str | None = None,
    declined: str | None = None,
    declined_items: Iterable[str] = (),
    sections: str = FULL,
) -> Json:
    """A message that answers some items of the base certificate with what the certificate `sections` says of them."""
    tree = authored(numbered(message(sections), number), date)
    base = message()
    header, composition = resource(tree, "MessageHeader"), resource(tree, "Composition")
    header["eventCoding"]["code"] = "clarification-answer"
    header["source"] = resource(base, "MessageHeader")["source"]
    tree["meta"] = {"profile": [systems.STRUCTURE_DEFINITION + "answer-message"]}
    composition["identifier"] = dict(resource(base, "Composition")["identifier"])
    if certificate is not None:
        composition["identifier"]["value"] = certificate
    resource(tree, "Patient").update(_identity(resource(base, "Patient")))
    wanted = set(items)
    composition.pop("event", None)
    composition.pop("relatesTo", None)
    kept = [section for section in composition.pop("section") if _item(section) in wanted]
    if kept:
        composition["section"] = kept
    tree["entry"].append(_communication(tree, clarification, declined, declined_items))
    return _reachable(tree)


def _item(section: Json) -> str:
    code: str = section["code"]["coding"][0]["code"]
    return code


def _identity(patient: Json) -> Json:
    return {"identifier": patient["identifier"], "name": patient["name"]}


def _communication(tree: Json, clarification: str, declined: str | None, items: Iterable[str]) -> Json:
    composition = next(entry for entry in tree["entry"] if entry["resource"]["resourceType"] == "Composition")
    communication: Json = {
        "resourceType": "Communication",
        "extension": [
            {"url": systems.STRUCTURE_DEFINITION + "declined-item", "valueCode": item} for item in sorted(items)
        ],
        "basedOn": [{"identifier": {"system": systems.CLARIFICATION, "value": clarification}}],
        "status": "completed" if composition["resource"].get("section") else "not-done",
        "subject": composition["resource"]["subject"],
        "payload": [{"contentReference": {"reference": composition["fullUrl"]}}],
    }
    if declined is not None:
        coding = {"system": systems.CODE_SYSTEM + "decline-reason", "code": declined}
        communication["statusReason"] = {"coding": [coding]}
    if not communication["extension"]:
        del communication["extension"]
    return {"fullUrl": "urn:uuid:0d8a6f0e-7b43-4a9d-9d3a-5f4b1c2d3e4f", "resource": communication}


def _reachable(tree: Json) -> Json:
    """The message without resources that nothing in it refers to any more."""
    while True:
        named = str([entry["resource"] for entry in tree["entry"]])
        always = {"MessageHeader", "Composition", "Communication"}
        kept = [
            entry
            for entry in tree["entry"]
            if entry["resource"]["resourceType"] in always or f"'{entry['fullUrl']}'" in named
        ]
        if len(kept) == len(tree["entry"]):
            return tree
        tree["entry"] = kept
