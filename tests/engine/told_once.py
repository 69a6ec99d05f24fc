"""Cases of faults that break several rules at once and are told once, where they are."""

from __future__ import annotations

from tests.engine.case_form import DROP, Group, group
from tests.unit.engine.profile_making import BASE, observation, patient, profile

UUID = "urn:uuid:5d1f6a4e-4e3c-4d7c-9a39-7b8f1d2c0a0"
OWNED = observation(
    performer=[{"reference": "Practitioner/1", "type": "Practitioner"}, {"reference": "#p"}],
    contained=[{"resourceType": "Practitioner", "id": "p", "active": True}],
)
FORM = {
    "resourceType": "Questionnaire",
    "url": "https://forms.example/Questionnaire/f",
    "status": "active",
    "item": [{"linkId": "a", "type": "string", "item": [{"linkId": "b", "type": "boolean", "required": True}]}],
}
YES = {"valueBoolean": True}

GROUPS: list[Group] = [
    group(
        "what a profile and R4 both ask for",
        patient(
            telecom=[{"system": "phone", "value": "1"}],
            contact=[{"name": {"text": "x"}, "relationship": [{"text": "x"}]}],
            photo=[{"contentType": "image/png", "data": "aGVsbG8="}],
        ),
        {
            "system of what has a value": (
                {"telecom.0.system": DROP},
                "element-missing Patient.telecom[0] system",
            ),
            "details of a contact": ({"contact.0.name": DROP}, "element-missing Patient.contact[0] name"),
            "type of what has data": ({"photo.0.contentType": DROP}, "element-missing Patient.photo[0] contentType"),
            "what the profile doesn't ask for": (
                {"address": [{"period": {"start": "2001", "end": "2000"}}]},
                "invariant-broken Patient.address[0].period per-1",
            ),
        },
        rules=[
            {"id": "Patient.telecom.system", "min": 1},
            {"id": "Patient.contact.name", "min": 1},
            {"id": "Patient.photo.contentType", "min": 1},
            {"id": "Patient.address.period.start", "min": 1},
        ],
    ),
    group(
        "what R4 alone asks for",
        patient(telecom=[{"system": "phone", "value": "1", "use": "work"}]),
        {
            "beside what a profile asks for": (
                {"telecom.0.system": DROP, "telecom.0.use": DROP},
                "invariant-broken Patient.telecom[0] cpt-2",
                "element-missing Patient.telecom[0] use",
            ),
        },
        rules=[{"id": "Patient.telecom.use", "min": 1}],
    ),
    group(
        "an entry without its resource",
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"fullUrl": UUID + "1", "resource": patient(active=True)}],
        },
        {
            "missing": (
                {"entry.0.resource": DROP, "entry.0.link": [{"relation": "a", "url": "https://x.example"}]},
                "element-missing Bundle.entry[0] resource",
            )
        },
        rules=[{"id": "Bundle.entry.resource", "min": 1}],
    ),
    group(
        "what a reference says of its type",
        OWNED,
        {
            "another than its URL": (
                {"performer.0.type": "Organization"},
                "reference-type-differs Observation.performer[0].type",
            ),
            "another than what it leads to": (
                {"performer.1.type": "Organization"},
                "reference-type-differs Observation.performer[1].type",
            ),
            "another than its URL, where anything may be": (
                {"focus": [{"reference": "https://s.example/fhir/Patient/1/_history/2", "type": "Group"}]},
                "reference-type-differs Observation.focus[0].type",
            ),
        },
        neighbours=[
            {"performer.1.type": "Practitioner"},
            {"performer.0": {"type": "Practitioner", "display": "x"}},
            {"performer.0.reference": "https://s.example/any/address"},
            {"performer.0.reference": "urn:oid:1.2.3"},
        ],
    ),
    group(
        "contained in what is contained",
        OWNED,
        {
            "and referred to there": (
                {
                    "contained.0": {
                        "resourceType": "PractitionerRole",
                        "id": "p",
                        "organization": {"reference": "#o"},
                        "contained": [{"resourceType": "Organization", "id": "o", "name": "x"}],
                    }
                },
                "invariant-broken Observation dom-2",
            ),
        },
    ),
    group(
        "two entries of one address",
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [
                {"fullUrl": UUID + "1", "resource": observation(subject={"reference": UUID + "2"})},
                {"fullUrl": UUID + "2", "resource": patient(active=True)},
                {"fullUrl": UUID + "3", "resource": observation(subject={"reference": UUID + "2"})},
            ],
        },
        {
            "that two others refer to": (
                {"entry.+": {"fullUrl": UUID + "2", "resource": patient(active=False)}},
                "full-url-duplicated Bundle.entry[3].fullUrl",
            ),
        },
        neighbours=[{"entry.1.resource.meta": {"versionId": "1"}}],
    ),
    group(
        "two states in a history",
        {
            "resourceType": "Bundle",
            "type": "history",
            "entry": [
                {
                    "fullUrl": f"https://s.example/fhir/{kind}/{number}",
                    "resource": resource,
                    "request": {"method": "PUT", "url": f"{kind}/{number}"},
                    "response": {"status": "200"},
                }
                for kind, number, resource in (
                    ("Observation", 1, observation(id="1", subject={"reference": "Patient/2"})),
                    ("Patient", 2, patient(id="2", active=True)),
                )
            ],
        },
        {
            "of which a reference may mean either": (
                {
                    "entry.+": {
                        "fullUrl": "https://s.example/fhir/Patient/2",
                        "resource": patient(id="2", active=False),
                        "request": {"method": "PUT", "url": "Patient/2"},
                        "response": {"status": "200"},
                    }
                },
                "reference-ambiguous Bundle.entry[0].resource.subject.reference",
            ),
        },
    ),
    group(
        "what expressions take for now",
        patient(birthDate="2000-01-01"),
        {
            "born after today": ({"birthDate": "9000-01-01"}, "invariant-broken Patient born"),
        },
        rules=[
            {
                "id": "Patient",
                "constraint": [
                    {
                        "key": "born",
                        "severity": "error",
                        "human": "x",
                        "expression": "birthDate <= today() and today() = now().toString().substring(0, 10).toDate()",
                    }
                ],
            }
        ],
    ),
    group(
        "profiles of one resource that ask for the same",
        patient(meta={"profile": [BASE + "one", BASE + "other"]}, active=True),
        {"missing": ({"active": DROP, "gender": "male"}, "element-missing Patient active")},
        also=[profile("Patient", {"id": "Patient.active", "min": 1}, name=name) for name in ("one", "other")],
    ),
    group(
        "an item beside the answer that it belongs to",
        {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": FORM["url"],
            "status": "completed",
            "item": [{"linkId": "a", "answer": [{"valueString": "x", "item": [{"linkId": "b", "answer": [YES]}]}]}],
        },
        {
            "which is required": (
                {
                    "item.0": {
                        "linkId": "a",
                        "answer": [{"valueString": "x"}],
                        "item": [{"linkId": "b", "answer": [YES]}],
                    }
                },
                "invariant-broken QuestionnaireResponse.item[0] qrs-1",
            ),
        },
        also=[FORM],
    ),
]
