"""What the document shows of a certificate: its facts under our titles, nothing withheld, no sender's words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings

from certgateway import safejson
from certgateway.domain.certificate import (
    Attachment,
    Author,
    Certificate,
    Coding,
    FunctionStatement,
    Onset,
    Purpose,
    Section,
    Statement,
    Treatment,
)
from certgateway.domain.vocabulary import LANGUAGES, title
from certgateway.engine import Options, judge, load_base, load_profiles
from certgateway.engine.xml import write as xmlwrite
from certgateway.fhir import bundle
from certgateway.fhir.document import document
from tests.property.certificates import certificates

ROOT = Path(__file__).resolve().parents[3]
GOOD = sorted((ROOT / "fixtures" / "messages" / "good").glob("*.json"))
DEFINITIONS = load_profiles(ROOT / "certgateway" / "profiles", load_base())
# Advice that messages are not held against either (README, where we depart from practice): a narrative for every
# resource, a clinical status for every Condition.
OPTIONS = Options(unresolved="error", unknown_extension="error", ignored_invariants=frozenset({"dom-6", "con-3"}))
B = "https://certgateway.example/fhir"
CASE = "0f5d0c1e-0000-4000-a000-000000000001"
URN = f"urn:uuid:{CASE}"
ICF = "http://hl7.org/fhir/sid/icf"
ICPC_2 = "urn:oid:2.16.578.1.12.4.1.1.7170"
TEXT = "Pasienten bør få AAP. Ryggen tåler gange. Arbeidsevnen er 30 prosent."
BARE = Certificate(
    Coding("urn:oid:1.2.3", "AAP-2026-7"), datetime(2026, 5, 12, 8, 30, tzinfo=UTC), "final", author=Author("9581120")
)

Json = dict[str, Any]


class NoDiagnoses:
    """Tables that hold one title."""

    def title(self, system: str, code: str) -> str | None:
        return "Korsrygg" if (system, code) == (ICPC_2, "L03") else None


def of(certificate: Certificate, **told: Any) -> Json:  # noqa: ANN401
    return document(certificate, CASE, 1, **{"gateway_her": "8140000", "titles": NoDiagnoses(), **told})


def resources(tree: Json, kind: str) -> list[Json]:
    return [entry["resource"] for entry in tree["entry"] if entry["resource"]["resourceType"] == kind]


def composition(tree: Json) -> Json:
    found: Json = tree["entry"][0]["resource"]
    return found


def stated(*entries: Any) -> Section[Any]:  # noqa: ANN401
    return Section("stated", entries)


def titles(system: str, code: str) -> frozenset[str]:
    return frozenset(text for language in LANGUAGES if (text := title(system, code, language)))


def read(raw: bytes) -> Certificate:
    stripped = bundle.strip(bundle.open_message(raw, "fhir-json", DEFINITIONS), DEFINITIONS)
    certificate = bundle.understand(stripped, DEFINITIONS, titles)[0].certificate
    assert certificate is not None
    return certificate


def references(node: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(node, list):
        for value in node:
            yield from references(value)
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for value in node.values():
            yield from references(value)


def faults(tree: Json) -> list[tuple[str, str | None]]:
    """Against base R4 and, by way of the Composition's profile, against those of every item."""
    profile = f"{B}/StructureDefinition/certificate|1.0.0"
    head = composition(tree)
    first = {**tree["entry"][0], "resource": {**head, "meta": {**head.get("meta", {}), "profile": [profile]}}}
    claimed = {**tree, "entry": [first, *tree["entry"][1:]]}
    return [(fault.kind, fault.path) for fault in judge(claimed, DEFINITIONS, options=OPTIONS)]


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_no_engine_finds_fault(path: Path) -> None:
    tree = of(read(path.read_bytes()), verdict="accepted")
    assert faults(tree) == []
    Bundle.model_validate_json(safejson.write(tree))


def test_the_judge_of_these_tests_sees_the_profiles_of_items() -> None:
    tree = of(replace(BARE, onset=stated(Onset("2026"), Onset("2025"))))
    assert faults(tree) == [("element-repeated", "Bundle.entry[0].resource.section[0].entry[1]")]


def receivable(certificate: Certificate) -> Certificate:
    """As it could have been received: attachments within the limit of a body, orders in the form that is read."""
    small = tuple(replace(entry, size=entry.size % 20_971_520) for entry in certificate.attachment)
    purpose = certificate.purpose and replace(certificate.purpose, order=certificate.purpose.order and "2026-17")
    return replace(certificate, purpose=purpose, attachment=replace(certificate.attachment, entries=small))


@given(drawn=certificates())
@settings(max_examples=40, deadline=None)
def test_the_document_says_what_the_certificate_says(drawn: Certificate) -> None:
    certificate = receivable(drawn)
    tree = of(certificate)
    back = read(safejson.write(tree))
    author = replace(certificate.author, number=None)
    shown = replace(certificate, identifier=Coding("urn:ietf:rfc:3986", URN), replaces=None, author=author)
    # Of the attachments nobody can compute size and digest again: their bytes are not here.
    assert replace(back, attachment=Section()) == replace(shown, attachment=Section())
    assert [(fault.kind, fault.path) for fault in judge(tree, DEFINITIONS, options=OPTIONS)] == []
    assert xmlwrite.write(tree, DEFINITIONS)


@given(certificate=certificates())
@settings(max_examples=20, deadline=None)
def test_every_reference_is_resolved_and_every_entry_is_reached(certificate: Certificate) -> None:
    tree = of(certificate)
    addresses = [entry["fullUrl"] for entry in tree["entry"]]
    assert len(addresses) == len(set(addresses))
    assert set(references(tree)) == set(addresses[1:])


def test_envelope() -> None:
    tree = of(BARE, verdict="incomplete", language="en")
    head = composition(tree)
    assert (tree["type"], tree["id"], tree["meta"], tree["timestamp"]) == (
        "document",
        CASE,
        {"versionId": "1"},
        "2026-05-12T08:30:00+00:00",
    )
    assert tree["identifier"] == head["identifier"] == {"system": "urn:ietf:rfc:3986", "value": URN}
    assert (head["resourceType"], head["title"], head["language"]) == ("Composition", "Medical certificate", "en")
    assert [(tag["system"], tag["code"]) for tag in head["meta"]["tag"]] == [(f"{B}/CodeSystem/verdict", "incomplete")]
    assert [coding["code"] for coding in head["type"]["coding"]] == ["72267-8", "J01-2"]
    (custodian,) = [entry for entry in tree["entry"] if entry["fullUrl"] == head["custodian"]["reference"]]
    assert custodian["resource"]["identifier"] == [{"system": "urn:oid:2.16.578.1.12.4.1.2", "value": "8140000"}]
    assert "section" not in head
    assert resources(tree, "MessageHeader") == []


def test_gateway_is_known_by_digits() -> None:
    with pytest.raises(ValueError, match=r"^a HER-id is written in digits$"):
        of(BARE, gateway_her="nav")


def test_same_version_same_document_and_other_version_other_addresses() -> None:
    first, other = of(BARE), document(BARE, CASE, 2, gateway_her="8140000", titles=NoDiagnoses())
    assert first == of(BARE)
    assert not {entry["fullUrl"] for entry in first["entry"]} & {entry["fullUrl"] for entry in other["entry"]}
    assert other["meta"] == {"versionId": "2"}


def test_codes_bear_our_titles_in_the_language_asked_for() -> None:
    lifting = FunctionStatement(Coding(ICF, "d4300"), ability="cannot")
    shown = {
        language: resources(of(replace(BARE, function=stated(lifting)), language=language), "Observation")[0]
        for language in LANGUAGES
    }
    assert {found["valueCodeableConcept"]["coding"][0]["display"] for found in shown.values()} == {
        title(f"{B}/CodeSystem/ability", "cannot", language) for language in LANGUAGES
    }
    assert shown["en"]["code"]["coding"] == [
        {"system": ICF, "code": "d4300", "display": title(ICF, "d4300", "en")},
    ]


def test_words_of_a_sender_are_neither_number_nor_code() -> None:
    author = Author(
        hpr="9581120", number="41858512345", organisation="AAP 2026", her="uføretrygd", profession="trenger AAP"
    )
    told = replace(
        BARE,
        author=author,
        purpose=Purpose("ordered", "AAP-1"),
        replaces=Coding("urn:x", "AAP-2025"),
        function=stated(FunctionStatement(Coding(ICF, "søk AAP"), ability="can")),
    )
    tree = of(told)
    written = json.dumps(tree, ensure_ascii=False)
    for word in ("AAP", "uføretrygd", "41858512345", "urn:x"):
        assert word not in written
    (practitioner,) = resources(tree, "Practitioner")
    assert practitioner["identifier"] == [{"system": "urn:oid:2.16.578.1.12.4.1.4.4", "value": "9581120"}]
    (observation,) = resources(tree, "Observation")
    assert observation["code"]["coding"] == [{"system": ICF}]
    assert len(resources(tree, "Organization")) == 1


def test_withheld_sentences_are_cut_out_and_named() -> None:
    certificate = replace(BARE, assessment=stated(Statement("Uten merke."), Statement(TEXT)))
    held = {
        "assessment[1].text": [("benefit-recommendation", (0, 21)), ("work-ability-verdict", (42, 69))],
        "assessment[0].source": [("benefit-recommendation", (0, 5))],
    }
    first, second = resources(of(certificate, withheld=held, language="en"), "Observation")
    assert second["valueString"] == (
        "[Withheld: benefit recommendation] Ryggen tåler gange. [Withheld: work-ability verdict]"
    )
    assert [label["code"] for label in second["meta"]["security"]] == ["REDACTED"]
    assert (first["valueString"], "meta" in first) == ("Uten merke.", False)


def test_wholly_withheld_prose_of_every_kind_of_place() -> None:
    everything = [("vocational-advice", (0, 4000))]
    certificate = replace(
        BARE,
        onset=stated(Onset("2026-01", comment=TEXT)),
        treatment=stated(Treatment("medication"), Treatment("medication", description=TEXT, result=TEXT)),
        function=stated(FunctionStatement(Coding(ICF, "d450"), ability="can", comment=TEXT)),
    )
    cut = ("onset.comment", "treatment[1].description", "treatment[1].result", "function[0].comment")
    held = dict.fromkeys(cut, everything)
    tree = of(certificate, withheld=held)
    assert TEXT[:10] not in json.dumps(tree, ensure_ascii=False)
    redacted = [entry["resource"] for entry in tree["entry"] if "security" in entry["resource"].get("meta", {})]
    assert [resource["resourceType"] for resource in redacted] == ["Observation", "CarePlan", "Observation"]
    (plan,) = resources(tree, "CarePlan")
    line = "[Holdt tilbake: råd om utdanning eller arbeidsmarked]"
    assert plan["activity"][1]["progress"] == [{"text": line}]
    assert plan["activity"][1]["detail"]["description"] == line
    assert faults(tree) == []


def test_sentences_that_touch_stay_apart_and_unknown_kinds_hold_back_too() -> None:
    certificate = replace(BARE, history=stated(Statement("En. To. Tre.")))
    held = {"history[0].text": [("vocational-advice", (0, 3)), ("something-new", (4, 7))]}
    (history,) = resources(of(certificate, withheld=held, language="nn"), "Observation")
    assert history["valueString"] == "[Halde tilbake: råd om utdanning eller arbeidsmarknad] [Halde tilbake] Tre."


def test_prose_is_whole_when_nothing_is_withheld() -> None:
    (observation,) = resources(of(replace(BARE, assessment=stated(Statement(TEXT)))), "Observation")
    assert observation["valueString"] == TEXT


def test_none_not_assessed_and_missing_never_look_alike() -> None:
    certificate = replace(BARE, health_risk=Section("none"), function=Section("not-assessed", reason="unavailable"))
    sections = composition(of(certificate, language="en"))["section"]
    assert [(section["title"], section["emptyReason"]["coding"][0]["code"]) for section in sections] == [
        ("Functioning", "unavailable"),
        ("Activities with health risk", "nilknown"),
    ]
    assert [section["text"]["div"] for section in sections] == [
        '<div xmlns="http://www.w3.org/1999/xhtml">Unavailable</div>',
        '<div xmlns="http://www.w3.org/1999/xhtml">Assessed, none</div>',
    ]


def test_attachments_are_type_size_and_digest() -> None:
    found = (Attachment("application/pdf", 1200, "ab" * 32), Attachment("other", 7, "cd" * 32))
    tree = of(replace(BARE, attachment=stated(*found)))
    told = [entry["content"][0]["attachment"] for entry in resources(tree, "DocumentReference")]
    assert [(entry["contentType"], entry["size"], entry["extension"][0]["valueString"]) for entry in told] == [
        ("application/pdf", 1200, "ab" * 32),
        ("application/octet-stream", 7, "cd" * 32),
    ]
    (section,) = composition(tree)["section"]
    assert (section["code"]["coding"][0]["code"], len(section["entry"])) == ("attachment", 2)
    assert faults(tree) == []
