"""Cases for the invariants of the resource types that messages are made of: one that breaks each, one that doesn't."""

from __future__ import annotations

from decimal import Decimal

from certgateway.engine import Options
from tests.engine.case_form import DROP, Group, Json, group
from tests.unit.engine.profile_making import observation, patient

UUID = "urn:uuid:00000000-0000-4000-8000-00000000000"
UCUM = "http://unitsofmeasure.org"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
SUBJECT = {"reference": "Patient/1"}


def concept(code: str, system: str) -> Json:
    """A CodeableConcept of one code."""
    return {"coding": [{"system": system, "code": code}]}


def entry(number: int, resource: Json, **members: object) -> Json:
    """An entry with a fullUrl of its own."""
    return {"fullUrl": f"{UUID}{number}", "resource": resource, **members}


def bundle(type_: str, *entries: Json, **members: object) -> Json:
    """A Bundle."""
    return {"resourceType": "Bundle", "type": type_, **members, **({"entry": list(entries)} if entries else {})}


COMPOSITION: Json = {
    "resourceType": "Composition",
    "status": "final",
    "type": {"text": "x"},
    "date": "2024-01-01",
    "author": [{"display": "x"}],
    "title": "x",
    "section": [{"title": "s", "entry": [{"display": "x"}]}],
}
HEADER: Json = {
    "resourceType": "MessageHeader",
    "eventCoding": {"system": "https://e.example", "code": "x"},
    "source": {"endpoint": "https://s.example"},
}
DOCUMENT = bundle(
    "document",
    entry(1, COMPOSITION),
    identifier={"system": "https://i.example", "value": "1"},
    timestamp="2024-01-01T00:00:00Z",
)
DATED = {"response": {"status": "200"}, "request": {"method": "GET", "url": "Patient"}}
CONDITION: Json = {
    "resourceType": "Condition",
    "subject": SUBJECT,
    "clinicalStatus": concept("resolved", CLINICAL),
    "abatementDateTime": "2024-01-01",
    "stage": [{"summary": {"text": "x"}}],
    "evidence": [{"code": [{"text": "x"}]}],
}

GROUPS: list[Group] = [
    group(
        "a document",
        DOCUMENT,
        {
            "with a total": ({"total": 1}, "invariant-broken Bundle bdl-1"),
            "found by a search": ({"entry.0.search": {"mode": "match"}}, "invariant-broken Bundle bdl-2"),
            "with a request": (
                {"entry.0.request": {"method": "PUT", "url": "Composition/1"}},
                "invariant-broken Bundle bdl-3",
            ),
            "with a response": ({"entry.0.response": {"status": "200"}}, "invariant-broken Bundle bdl-4"),
            "with an entry of nothing": (
                {"entry.+": {"fullUrl": UUID + "2"}},
                "invariant-broken Bundle.entry[1] bdl-5",
            ),
            "one fullUrl twice": (
                {"entry.+": entry(1, patient())},
                "full-url-duplicated Bundle.entry[1].fullUrl",
            ),
            "of one version": (
                {"entry.+": {"fullUrl": "https://s.example/Patient/1/_history/1", "resource": patient(id="1")}},
                "invariant-broken Bundle.entry[1] bdl-8",
            ),
            "without identifier": ({"identifier": DROP}, "invariant-broken Bundle bdl-9"),
            "identified by no system": ({"identifier.system": DROP}, "invariant-broken Bundle bdl-9"),
            "identified by no value": ({"identifier.value": DROP}, "invariant-broken Bundle bdl-9"),
            "without timestamp": ({"timestamp": DROP}, "invariant-broken Bundle bdl-10"),
            "that begins otherwise": ({"entry.0.resource": patient()}, "invariant-broken Bundle bdl-11"),
        },
        neighbours=[{"entry.+": entry(2, patient()), "entry.0.resource.section.0.entry.0": {"reference": UUID + "2"}}],
    ),
    group(
        "a message",
        bundle("message", entry(1, HEADER), entry(2, patient())),
        {"that begins otherwise": ({"entry.0.resource": patient()}, "invariant-broken Bundle bdl-12")},
    ),
    group(
        "a transaction",
        bundle("transaction", {"resource": patient(), "request": {"method": "POST", "url": "Patient"}}),
        {
            "without request": ({"entry.0.request": DROP}, "invariant-broken Bundle bdl-3"),
            "with responses": ({"entry.0.response": {"status": "200"}}, "invariant-broken Bundle bdl-4"),
            "by no method": ({"entry.0.request.method": DROP}, "element-missing Bundle.entry[0].request method"),
            "by no known method": (
                {"entry.0.request.method": "SEND"},
                "code-not-allowed Bundle.entry[0].request.method",
            ),
            "to nowhere": ({"entry.0.request.url": DROP}, "element-missing Bundle.entry[0].request url"),
        },
        neighbours=[{"entry.0": {"request": {"method": "DELETE", "url": "Patient/1"}}}],
    ),
    group(
        "a batch",
        bundle("batch", {"request": {"method": "GET", "url": "Patient"}}),
        {
            "without request": (
                {"entry.0.request": DROP, "entry.0.resource": patient()},
                "invariant-broken Bundle bdl-3",
            )
        },
    ),
    group(
        "a response",
        bundle("batch-response", {"response": {"status": "200 OK"}}),
        {
            "without response": (
                {"entry.0.response": DROP, "entry.0.resource": patient()},
                "invariant-broken Bundle bdl-4",
            ),
            "without status": ({"entry.0.response": {"etag": "x"}}, "element-missing Bundle.entry[0].response status"),
        },
    ),
    group(
        "a history",
        bundle("history", {"fullUrl": "https://s.example/Patient/1", "resource": patient(id="1"), **DATED}, total=1),
        {
            "without request": ({"entry.0.request": DROP}, "invariant-broken Bundle bdl-3"),
            "without response": ({"entry.0.response": DROP}, "invariant-broken Bundle bdl-4"),
        },
        neighbours=[{"entry.+": {"fullUrl": "https://s.example/Patient/1", "resource": patient(id="1"), **DATED}}],
    ),
    group(
        "a search",
        bundle("searchset", {**entry(1, patient(id="1")), "search": {"mode": "match"}}, total=1),
        {
            "of a result without id": ({"entry.0.resource.id": DROP}, "element-missing Bundle.entry[0].resource id"),
            "by an unknown mode": ({"entry.0.search.mode": "x"}, "code-not-allowed Bundle.entry[0].search.mode"),
            "below zero": ({"total": -1}, "primitive-invalid Bundle.total"),
            "of another kind": ({"type": "collection", "entry.0.search": DROP}, "invariant-broken Bundle bdl-1"),
        },
    ),
    group(
        "sections",
        COMPOSITION,
        {
            "of nothing": ({"section.0": {"title": "s"}}, "invariant-broken Composition.section[0] cmp-1"),
            "empty and full": (
                {"section.0.emptyReason": {"text": "x"}},
                "invariant-broken Composition.section[0] cmp-2",
            ),
            "inner, of nothing": (
                {"section.0.section": [{"title": "s"}]},
                "invariant-broken Composition.section[0].section[0] cmp-1",
            ),
        },
    ),
    group(
        "condition",
        CONDITION,
        {
            "stage of nothing": ({"stage.0": {"type": {"text": "x"}}}, "invariant-broken Condition.stage[0] con-1"),
            "evidence of nothing": (
                {"evidence.0": {"extension": [{"url": "https://e.example", "valueCode": "x"}]}},
                "invariant-broken Condition.evidence[0] con-2",
            ),
            "over and active": (
                {"clinicalStatus": concept("active", CLINICAL)},
                "invariant-broken Condition con-4",
            ),
            "entered in error": (
                {"verificationStatus": concept("entered-in-error", VERIFICATION)},
                "invariant-broken Condition con-5",
            ),
        },
        neighbours=[{"stage.0": {"assessment": [{"reference": "ClinicalImpression/1"}]}}],
    ),
    group(
        "care plan",
        {
            "resourceType": "CarePlan",
            "status": "active",
            "intent": "plan",
            "subject": SUBJECT,
            "activity": [{"detail": {"status": "scheduled"}}],
        },
        {
            "told and referred to": (
                {"activity.0.reference": {"reference": "ServiceRequest/1"}},
                "invariant-broken CarePlan.activity[0] cpl-3",
            )
        },
        neighbours=[{"activity.0": {"reference": {"reference": "ServiceRequest/1"}}}],
    ),
    group(
        "observation",
        observation(
            valueString="x",
            code={"coding": [{"system": "https://c.example", "code": "a"}]},
            component=[{"code": concept("b", "https://c.example")}],
            referenceRange=[{"text": "x"}],
        ),
        {
            "range of nothing": (
                {"referenceRange.0": {"type": {"text": "x"}}},
                "invariant-broken Observation.referenceRange[0] obs-3",
            ),
            "absent and there": ({"dataAbsentReason": {"text": "x"}}, "invariant-broken Observation obs-6"),
            "component of the same code": (
                {"component.0.code": concept("a", "https://c.example")},
                "invariant-broken Observation obs-7",
            ),
        },
        neighbours=[
            {"valueString": DROP, "dataAbsentReason": {"text": "x"}},
            {"valueString": DROP, "component.0.code": concept("a", "https://c.example")},
        ],
    ),
    group(
        "organization",
        {
            "resourceType": "Organization",
            "name": "x",
            "address": [{"use": "work", "city": "x"}],
            "telecom": [{"use": "work", "system": "phone", "value": "1"}],
        },
        {
            "nameless": ({"name": DROP}, "invariant-broken Organization org-1"),
            "at home": ({"address.0.use": "home"}, "invariant-broken Organization.address[0] org-2"),
            "phoned at home": ({"telecom.0.use": "home"}, "invariant-broken Organization.telecom[0] org-3"),
        },
        neighbours=[{"name": DROP, "identifier": [{"value": "1"}]}],
    ),
    group(
        "patient",
        patient(contact=[{"name": {"text": "x"}}]),
        {"contact of nothing": ({"contact.0": {"gender": "female"}}, "invariant-broken Patient.contact[0] pat-1")},
        neighbours=[{"contact.0": {"telecom": [{"system": "phone", "value": "1"}]}}],
    ),
    group(
        "service request",
        {
            "resourceType": "ServiceRequest",
            "status": "active",
            "intent": "order",
            "subject": SUBJECT,
            "code": {"text": "x"},
            "orderDetail": [{"text": "x"}],
        },
        {"detail of nothing": ({"code": DROP}, "invariant-broken ServiceRequest prr-1")},
        neighbours=[{"orderDetail": DROP, "code": DROP}],
    ),
    group(
        "answers",
        {
            "resourceType": "QuestionnaireResponse",
            "status": "completed",
            "item": [{"linkId": "1", "answer": [{"valueString": "x"}]}],
        },
        {
            "with items beside": (
                {"item.0.item": [{"linkId": "2"}]},
                "invariant-broken QuestionnaireResponse.item[0] qrs-1",
            )
        },
        neighbours=[{"item.0.answer": DROP, "item.0.item": [{"linkId": "2"}]}],
    ),
    group(
        "risk",
        {
            "resourceType": "RiskAssessment",
            "status": "final",
            "subject": SUBJECT,
            "prediction": [{"probabilityDecimal": Decimal("99.9")}],
        },
        {
            "above a hundred": (
                {"prediction.0.probabilityDecimal": Decimal("100.1")},
                "invariant-broken RiskAssessment.prediction[0] ras-2",
            ),
            "range of no percentage": (
                {"prediction.0": {"probabilityRange": {"low": {"value": 1, "unit": "mg"}}}},
                "invariant-broken RiskAssessment.prediction[0].probability ras-1",
            ),
        },
        neighbours=[
            {"prediction.0.probabilityDecimal": 100},
            {"prediction.0": {"probabilityRange": {"low": {"value": 1, "system": UCUM, "code": "%"}}}},
        ],
    ),
    group(
        "task",
        {
            "resourceType": "Task",
            "status": "requested",
            "intent": "order",
            "authoredOn": "2024-01-02",
            "lastModified": "2024-01-03",
        },
        {"changed before it was written": ({"lastModified": "2024-01-01"}, "invariant-broken Task inv-1")},
        neighbours=[{"authoredOn": DROP}, {"lastModified": "2024-01-02"}],
    ),
    group(
        "advice on problem lists",
        {
            "resourceType": "Condition",
            "subject": SUBJECT,
            "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'},
            "clinicalStatus": concept("active", CLINICAL),
            "category": [concept("problem-list-item", "http://terminology.hl7.org/CodeSystem/condition-category")],
        },
        {"of no status": ({"clinicalStatus": DROP}, "warning:invariant-broken Condition con-3")},
        neighbours=[{"clinicalStatus": DROP, "verificationStatus": concept("entered-in-error", VERIFICATION)}],
        options=Options(),
    ),
]
