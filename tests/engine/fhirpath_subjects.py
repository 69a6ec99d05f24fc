"""The three resources that `fhirpath_expressions.txt` is asked of, with one of everything that a path may meet."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

OBSERVATION: Json = {
    "resourceType": "Observation",
    "id": "o",
    "status": "final",
    "_status": {"extension": [{"url": "urn:x", "valueString": "why"}]},
    "contained": [{"resourceType": "Patient", "id": "p", "birthDate": "1980-05-01", "deceasedBoolean": False}],
    "code": {"text": "Weight", "coding": [{"system": "urn:c", "code": "w"}, {"system": "urn:d", "code": "v"}]},
    "subject": {"reference": "#p"},
    "effectivePeriod": {"start": "2020-01-01", "end": "2020-02"},
    "_issued": {"extension": [{"url": "urn:absent", "valueCode": "unknown"}]},
    "valueQuantity": {"value": 5.0, "unit": "kilo", "system": "http://unitsofmeasure.org", "code": "kg"},
    "note": [{"text": "a", "extension": [{"url": "urn:n", "valueString": "noted"}]}, {"text": "b"}],
    "component": [
        {"code": {"text": "one", "coding": [{"code": "1"}, {"code": "1b"}]}, "valueString": "x"},
        {"code": {"text": "two"}, "valueInteger": 7},
        {"code": {"text": "three"}, "dataAbsentReason": {"text": "none"}},
    ],
    "extension": [{"url": "urn:e", "valueDateTime": "2020-01-01T10:00:00Z"}],
}

_BIRTH_TIME = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
PATIENT: Json = {
    "resourceType": "Patient",
    "id": "p1",
    "meta": {"profile": ["urn:profile"]},
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Text</p></div>'},
    "contained": [{"resourceType": "Practitioner", "id": "doctor"}],
    "extension": [{"url": "urn:nested", "extension": [{"url": "urn:inner", "valueString": "deep"}]}],
    "identifier": [{"system": "urn:a", "value": "123"}, {"system": "urn:b", "value": "x-9"}],
    "active": True,
    "name": [
        {"use": "official", "family": "Nord", "given": ["Anna", "Berit"]},
        {"use": "usual", "given": ["Anna"], "period": {"start": "2001"}},
    ],
    "telecom": [{"system": "phone", "value": "1", "use": "mobile"}, {"value": "2"}],
    "gender": "female",
    "birthDate": "1980-05-01",
    "_birthDate": {"extension": [{"url": _BIRTH_TIME, "valueDateTime": "1980-05-01T10:00:00+01:00"}]},
    "deceasedBoolean": False,
    "address": [
        {
            "line": ["First", "Second"],
            "_line": [None, {"extension": [{"url": "urn:l", "valueString": "on the line"}]}],
            "period": {"start": "2001-01-01", "end": "2002-01-01"},
        }
    ],
    "maritalStatus": {"coding": [{"system": "urn:m", "code": "M"}]},
    "multipleBirthInteger": 2,
    "photo": [{"contentType": "image/png", "data": "QUJD"}],
    "contact": [{"relationship": [{"coding": [{"system": "urn:r", "code": "N"}]}], "name": {"family": "Sør"}}],
    "generalPractitioner": [{"reference": "#doctor"}],
}

QUESTIONNAIRE: Json = {
    "resourceType": "Questionnaire",
    "status": "draft",
    "version": "1.2",
    "date": "2020-02-29",
    "item": [
        {
            "linkId": "1",
            "type": "group",
            "item": [
                {"linkId": "1.1", "type": "choice", "text": "Which?", "answerOption": [
                    {"valueCoding": {"code": "a"}}, {"valueInteger": 3}]},
                {"linkId": "1.2", "type": "decimal", "required": True, "initial": [{"valueDecimal": 1.50}],
                 "enableWhen": [{"question": "1.1", "operator": "exists", "answerBoolean": True}]},
            ],
        },
        {"linkId": "2", "type": "date", "initial": [{"valueDate": "2020-02-29"}]},
    ],
}  # fmt: skip

SUBJECTS: dict[str, Json] = {"observation": OBSERVATION, "patient": PATIENT, "questionnaire": QUESTIONNAIRE}
