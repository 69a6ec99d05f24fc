"""An answer to a clarification: the items answered, what is declined, and everything else named as left out."""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Literal

import pytest

from certgateway.domain.reply import Reply
from certgateway.fhir import bundle
from fixtures.authoring.writers import to_json
from tests.unit.fhir.answers import (
    CERTIFICATE,
    CLARIFICATION,
    HOUSE,
    PROFILE,
    Json,
    answer,
    based_on,
    declined,
    read,
    reason,
    stated,
)

ANSWERABLE = ("function", "health-risk", "prognosis")
HEADER, COMMUNICATION = "Bundle.entry[0].resource", "Bundle.entry[1].resource"
AAP = {"system": "urn:x", "code": "1", "display": "Arbeidsavklaringspenger"}
PAGE = Path(__file__).resolve().parents[3] / "docs" / "fhir-mapping.md"


# ---- what an answer says --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("items", [("prognosis",), ("function", "health-risk", "prognosis")])
def test_an_answer_holds_the_items_it_answers_and_no_others(items: tuple[str, ...]) -> None:
    found = read(answer(*items))
    assert (found.refused, found.lost, found.removed) == ([], [], [])
    assert found.reply == Reply(CLARIFICATION)
    others = ("employment", "diagnosis", "history", "treatment", "activity", "assessment", "reservation")
    expected = {item: "stated" if item in items else "missing" for item in (*ANSWERABLE, *others)}
    assert stated(found.certificate, expected) == expected


def test_patient_author_certificate_and_time_are_read_as_ever() -> None:
    whole, found = read(CERTIFICATE).certificate, read(answer("prognosis")).certificate
    assert whole is not None
    assert found is not None
    assert found.patient == whole.patient
    assert (found.author.hpr, found.author.her) == (whole.author.hpr, whole.author.her)
    assert (found.identifier, found.authored, found.status) == (whole.identifier, whole.authored, whole.status)
    assert found.prognosis.entries[0].course == whole.prognosis.entries[0].course


def test_a_full_decline_names_patient_author_and_certificate_and_answers_nothing() -> None:
    found = read(answer(status="not-done", statusReason=reason("not-my-patient")))
    assert (found.refused, found.lost) == ([], [])
    assert found.reply == Reply(CLARIFICATION, "not-my-patient")
    assert found.certificate is not None
    assert found.certificate.patient.number is not None
    assert found.certificate.author.hpr is not None
    assert stated(found.certificate, ANSWERABLE) == dict.fromkeys(ANSWERABLE, "missing")


def test_a_partial_decline_names_its_items() -> None:
    tree = answer("prognosis", extension=declined("function", "health-risk"), statusReason=reason("not-known"))
    found = read(tree)
    assert (found.refused, found.lost) == ([], [])
    assert found.reply == Reply(CLARIFICATION, "not-known", frozenset({"function", "health-risk"}))
    assert stated(found.certificate, ("prognosis",)) == {"prognosis": "stated"}


def test_places_of_the_reply_are_known() -> None:
    tree = answer(extension=declined("function", "x", "prognosis"), statusReason=reason("not-known"))
    origins = {name: path for name, path in read(tree).origins.items() if name.startswith("clarification")}
    assert origins == {
        "clarification": f"{COMMUNICATION}.basedOn[0].identifier.value",
        "clarification.declined": f"{COMMUNICATION}.statusReason",
        "clarification.declined_items[0]": f"{COMMUNICATION}.extension[0].value",
        "clarification.declined_items[1]": f"{COMMUNICATION}.extension[2].value",
    }


def relevance(value: object) -> list[Json]:
    return [{"url": f"{PROFILE}question-relevance", "valueInteger": value}]


@pytest.mark.parametrize("score", [1, 5])
@pytest.mark.parametrize("format_", ["fhir-json", "fhir-xml"])
def test_the_doctor_says_how_relevant_the_question_was(score: int, format_: Literal["fhir-json", "fhir-xml"]) -> None:
    found = read(answer("prognosis", extension=relevance(score)), format_)
    assert (found.refused, found.lost) == ([], [])
    assert found.reply == Reply(CLARIFICATION, relevance=score)
    assert found.origins["clarification.relevance"] == f"{COMMUNICATION}.extension[0].value"


@pytest.mark.parametrize("score", [0, 6, -1, 100])
def test_a_relevance_out_of_range_is_refused_and_not_read(score: int) -> None:
    found = read(answer("prognosis", extension=relevance(score)))
    assert found.refused == [("value-out-of-range", f"{COMMUNICATION}.extension[0].value")]
    assert found.reply == Reply(CLARIFICATION)


@pytest.mark.parametrize(
    "extension",
    [
        [{"url": f"{PROFILE}question-relevance", "valueString": "Svært"}],
        [{"url": f"{PROFILE}question-relevance"}],
        [*relevance(3), *relevance(4)],
    ],
    ids=["words", "nothing", "twice"],
)
def test_a_relevance_of_another_form_is_refused(extension: list[Json]) -> None:
    assert read(answer("prognosis", extension=extension)).refused != []


def test_focus_may_name_the_communication_too_and_then_it_is_the_one() -> None:
    tree = answer("prognosis")
    other = deepcopy(tree["entry"][1])
    other["fullUrl"] = "urn:uuid:5e1f0000-0d0c-4a10-9e01-00000000beef"
    other["resource"]["id"] = "5e1f0000-0d0c-4a10-9e01-00000000beef"
    other["resource"]["basedOn"][0]["identifier"]["value"] = "another"
    tree["entry"][0]["resource"]["focus"].append({"reference": tree["entry"][1]["fullUrl"]})
    assert read(tree).refused == []
    tree["entry"].insert(1, other)
    assert read(tree).reply == Reply(CLARIFICATION)


@pytest.mark.parametrize(
    "claims", [None, [f"{PROFILE}answer-message"], ["https://epj.example/x", f"{PROFILE}answer-message"]]
)
def test_an_answer_is_held_against_its_profile_whatever_it_claims(claims: list[str] | None) -> None:
    tree = answer("prognosis", status="in-progress")
    del tree["meta"]
    tree |= {"meta": {"profile": claims}} if claims else {}
    assert ("invariant-broken", COMMUNICATION) in read(tree).refused


@pytest.mark.parametrize("claims", [["https://epj.example/x"], [f"{PROFILE}answer-message|9.9.9"]])
def test_an_answer_that_claims_nothing_of_ours_is_refused(claims: list[str]) -> None:
    opened = bundle.open_message(
        to_json(answer("prognosis") | {"meta": {"profile": claims}}), "fhir-json", HOUSE.definitions
    )
    faults = bundle.conform(opened, bundle.strip(opened, HOUSE.definitions), HOUSE.definitions)
    told = [(fault.rule, fault.path, fault.expected) for fault in faults]
    assert told == [("profile-unknown", "Bundle.meta.profile[0]", f"{PROFILE}answer-message|1.0.0")]


@pytest.mark.parametrize("name,version", [("answer-message|9.9.9", "9.9.9"), ("answer-message", "1.0.0")])
def test_version_is_that_of_the_profile_claimed(name: str, version: str) -> None:
    assert bundle.profile_version({"meta": {"profile": [PROFILE + name]}}) == version


def test_the_example_that_vendors_copy_is_an_answer_without_a_finding() -> None:
    (written,) = re.findall(r"^```json\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    found = read(json.loads(written))
    assert (found.refused, found.lost) == ([], [])
    assert found.reply == Reply(CLARIFICATION, "not-known", frozenset({"health-risk"}))
    assert stated(found.certificate, ("prognosis", "health-risk")) == {"prognosis": "stated", "health-risk": "missing"}


# ---- what is no answer ----------------------------------------------------------------------------------------------


def opened(tree: Json) -> bundle.Opened:
    return bundle.open_message(to_json(tree), "fhir-json", HOUSE.definitions)


def test_a_certificate_is_no_answer_and_its_communication_is_foreign() -> None:
    tree = deepcopy(CERTIFICATE)
    tree["entry"].append(answer("prognosis")["entry"][1])
    tree["entry"][-1]["resource"]["payload"][0]["contentReference"] = {"reference": tree["entry"][1]["fullUrl"]}
    found = read(tree)
    assert (opened(tree).is_certificate, opened(tree).is_answer) == (True, False)
    assert (found.reply, found.refused) == (None, [])
    assert found.lost == [("not-carried", f"Bundle.entry[{len(tree['entry']) - 1}].resource")]


@pytest.mark.parametrize("event", ["certificate", "clarification", "clarification-reminder"])
def test_another_event_contradicts_the_profile_that_is_claimed(event: str) -> None:
    tree = answer("prognosis")
    tree["entry"][0]["resource"]["eventCoding"]["code"] = event
    assert not opened(tree).is_answer
    assert read(tree).reply is None
    assert ("pattern-differs", f"{HEADER}.event") in read(tree).refused


def test_the_event_of_an_answer_contradicts_the_profile_of_a_certificate() -> None:
    tree = answer("prognosis")
    tree["meta"]["profile"] = [f"{PROFILE}certificate-message|1.0.0"]
    assert opened(tree).is_answer
    assert read(tree).refused == [("pattern-differs", f"{HEADER}.event")]


def test_an_event_of_another_system_is_no_answer() -> None:
    tree = answer("prognosis")
    tree["entry"][0]["resource"]["eventCoding"]["system"] = "urn:x"
    assert not opened(tree).is_answer


def test_a_resource_is_no_answer() -> None:
    assert not opened({"resourceType": "MessageHeader"}).is_answer


# ---- what is wrong with an answer -----------------------------------------------------------------------------------


BROKEN: dict[str, tuple[Json, list[tuple[str, str]]]] = {
    "no clarification": ({"basedOn": None}, [("element-missing", COMMUNICATION)]),
    "no identifier": (
        {"basedOn": [{"display": "x"}]},
        [("element-missing", f"{COMMUNICATION}.basedOn[0]")],
    ),
    "other system": (
        {"basedOn": based_on(system="urn:x")},
        [("pattern-differs", f"{COMMUNICATION}.basedOn[0].identifier.system")],
    ),
    "no value": (
        {"basedOn": based_on(value=None)},
        [("element-missing", f"{COMMUNICATION}.basedOn[0].identifier")],
    ),
}


@pytest.mark.parametrize("change,expected", BROKEN.values(), ids=BROKEN)
def test_an_answer_to_nothing_is_refused_and_gives_no_reply(change: Json, expected: list[tuple[str, str]]) -> None:
    found = read(answer("prognosis", **change))
    assert found.refused == expected
    assert found.reply is None
    assert found.certificate is not None


@pytest.mark.parametrize("value", ["to ord", "12847931246 Fjelltur", "x" * 65, "ærlig"])
def test_a_clarification_that_is_no_id_gives_no_reply(value: str) -> None:
    assert read(answer("prognosis", basedOn=based_on(value=value))).reply is None


@pytest.mark.parametrize(
    "change,expected",
    [
        ({"status": "not-done"}, [("invariant-broken", COMMUNICATION)]),
        ({"status": "on-hold"}, [("invariant-broken", COMMUNICATION)]),
        ({"extension": declined("function")}, [("invariant-broken", COMMUNICATION)]),
        ({"statusReason": reason("busy")}, [("code-not-allowed", f"{COMMUNICATION}.statusReason")]),
        (
            {"extension": declined("mood"), "statusReason": reason("not-known")},
            [("code-not-allowed", f"{COMMUNICATION}.extension[0].value")],
        ),
        ({"payload": None}, [("element-missing", COMMUNICATION)]),
        ({"payload": [{"contentString": "x"}]}, [("slice-missing", COMMUNICATION)]),
        ({"subject": None}, [("element-missing", COMMUNICATION)]),
    ],
)
def test_a_breach_of_the_profile_is_told_at_its_place(change: Json, expected: list[tuple[str, str]]) -> None:
    assert read(answer("prognosis", **change)).refused == expected


def test_an_unknown_reason_and_an_unknown_item_read_as_absent() -> None:
    found = read(answer("prognosis", extension=declined("mood"), statusReason=reason("busy")))
    assert found.reply == Reply(CLARIFICATION)


def test_an_answer_about_somebody_else_is_told() -> None:
    number = {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": "01010112345"}
    found = read(answer("prognosis", subject={"identifier": number}))
    assert found.lost == [("subject-differs", f"{COMMUNICATION}.subject")]


def test_a_reply_is_found_where_the_certificate_cannot_be_read() -> None:
    tree = answer("prognosis")
    del tree["entry"][2]["resource"]["identifier"]
    assert (read(tree).certificate, read(tree).reply) == (None, Reply(CLARIFICATION))


# ---- what is not carried --------------------------------------------------------------------------------------------

TEXT = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}
LOST: dict[str, tuple[Json, str]] = {
    "narrative": ({"text": TEXT}, "text"),
    "note": ({"note": [{"text": "Ring meg."}]}, "note[0]"),
    "category": ({"category": [{"text": "x"}]}, "category[0]"),
    "topic": ({"topic": {"text": "x"}}, "topic"),
    "sent": ({"sent": "2026-09-14T13:20:00+02:00"}, "sent"),
    "reason in words": (
        {"statusReason": reason("not-known") | {"text": "Har sluttet."}},
        "statusReason.text",
    ),
    "display of the clarification": ({"basedOn": [{**based_on()[0], "display": "x"}]}, "basedOn[0]"),
    "foreign extension": ({"extension": [{"url": "urn:x", "valueString": "x"}]}, "extension[0]"),
}


@pytest.mark.parametrize("change,place", LOST.values(), ids=LOST)
def test_what_nobody_reads_is_named_once(change: Json, place: str) -> None:
    found = read(answer("prognosis", **change))
    assert found.lost == [("not-carried", f"{COMMUNICATION}.{place}")]


@pytest.mark.parametrize("first", [True, False])
def test_prose_beside_the_answer_is_named_and_never_read(first: bool) -> None:  # noqa: FBT001
    tree = answer("prognosis")
    payload = tree["entry"][1]["resource"]["payload"]
    payload.insert(0 if first else 1, {"contentString": "Pasienten er bedre."})
    found = read(tree)
    assert (found.refused, found.lost) == ([], [("not-carried", f"{COMMUNICATION}.payload[{0 if first else 1}]")])
    assert found.reply == Reply(CLARIFICATION)


def test_a_payload_that_leads_elsewhere_is_named() -> None:
    tree = answer("prognosis")
    patient = next(entry for entry in tree["entry"] if entry["resource"]["resourceType"] == "Patient")
    payload = tree["entry"][1]["resource"]["payload"]
    payload.append({"contentReference": {"reference": patient["fullUrl"]}})
    assert ("not-carried", f"{COMMUNICATION}.payload[1]") in read(tree).lost


def test_a_second_communication_is_foreign() -> None:
    tree = answer("prognosis")
    other = deepcopy(tree["entry"][1])
    other |= {"fullUrl": "urn:uuid:5e1f0000-0d0c-4a10-9e01-00000000beef"}
    other["resource"]["id"] = "5e1f0000-0d0c-4a10-9e01-00000000beef"
    tree["entry"].append(other)
    assert ("not-carried", f"Bundle.entry[{len(tree['entry']) - 1}].resource") in read(tree).lost


# ---- benefits -------------------------------------------------------------------------------------------------------

BENEFITS: dict[str, tuple[Json, str]] = {
    "category": ({"category": [{"coding": [AAP]}]}, "category[0].coding[0]"),
    "topic in words": ({"topic": {"text": "Søknad om uføretrygd"}}, "topic.text"),
    "reason": ({"reasonCode": [{"coding": [AAP]}]}, "reasonCode[0].coding[0]"),
    "display of the clarification": (
        {"basedOn": [{**based_on()[0], "display": "Spørsmål om AAP"}]},
        "basedOn[0].display",
    ),
    "display of a declined item's reason": (
        {"statusReason": {"coding": [{**reason("not-known")["coding"][0], "display": "Uføretrygd"}]}},
        "statusReason.coding[0].display",
    ),
}


@pytest.mark.parametrize("change,place", BENEFITS.values(), ids=BENEFITS)
def test_a_benefit_in_the_communication_is_removed_and_told(change: Json, place: str) -> None:
    without = read(answer("prognosis", **({"statusReason": reason("not-known")} if "statusReason" in change else {})))
    found = read(answer("prognosis", **change))
    assert found.removed == [f"{COMMUNICATION}.{place}"]
    assert (found.refused, found.lost, found.reply) == (without.refused, without.lost, without.reply)


@pytest.mark.parametrize("first", [True, False])
def test_a_line_that_names_a_benefit_is_removed_and_told(first: bool) -> None:  # noqa: FBT001
    tree = answer("prognosis")
    payload = tree["entry"][1]["resource"]["payload"]
    payload.insert(0 if first else 1, {"contentString": "Pasienten bør få arbeidsavklaringspenger."})
    found = read(tree)
    assert found.removed == [f"{COMMUNICATION}.payload[{0 if first else 1}]"]
    assert (found.refused, found.lost, found.reply) == ([], [], Reply(CLARIFICATION))


# ---- both formats ---------------------------------------------------------------------------------------------------

BOTH: dict[str, Json] = {
    "one item": answer("prognosis"),
    "several items": answer(*ANSWERABLE),
    "full decline": answer(status="not-done", statusReason=reason("confidential")),
    "partial decline": answer("prognosis", extension=declined("function"), statusReason=reason("not-seen")),
    "nothing answered": answer("prognosis", basedOn=None),
    "prose": answer("prognosis", note=[{"text": "Ring meg."}]),
    "benefit": answer("prognosis", topic={"coding": [AAP]}),
}


@pytest.mark.parametrize("tree", BOTH.values(), ids=BOTH)
def test_json_and_xml_give_the_same(tree: Json) -> None:
    assert read(tree, "fhir-xml") == read(tree, "fhir-json")
