"""Cases of slicing resources: entries of a Bundle and contained ones, by type and by profile."""

from __future__ import annotations

from tests.engine.case_form import DROP, Group, Json, group
from tests.engine.invariants_resources import HEADER, bundle, entry
from tests.engine.slices import STRUCTURE, by, pattern
from tests.unit.engine.profile_making import BASE, observation, patient, profile

PERSON = profile("Patient", {"id": "Patient.name", "min": 1}, name="person")


def typed(kind: str, profile_url: str | None = None) -> Json:
    """The type of an entry's resource."""
    return {"type": [{"code": kind, **({"profile": [profile_url]} if profile_url else {})}]}


GROUPS: list[Group] = [
    group(
        "entries by type",
        bundle("collection", entry(1, patient(name=[{"text": "x"}])), entry(2, observation())),
        {
            "missing": ({"entry.0": DROP}, "slice-missing Bundle entry:patient"),
            "twice": (
                {"entry.+": entry(3, patient(name=[{"text": "y"}]))},
                "slice-too-many Bundle.entry[2] entry:patient",
            ),
            "not by its profile": (
                {"entry.0.resource.name": DROP, "entry.0.resource.active": True},
                "element-missing Bundle.entry[0].resource name",
            ),
        },
        rules=[
            {"id": "Bundle.entry", **by("type resource")},
            {"id": "Bundle.entry:patient", "min": 1, "max": "1"},
            {"id": "Bundle.entry:patient.resource", "min": 1, **typed("Patient", BASE + "person")},
        ],
        also=[PERSON],
    ),
    group(
        "entries by profile",
        bundle("collection", entry(1, patient(name=[{"text": "x"}])), entry(2, patient(active=True))),
        {
            "missing": ({"entry.0.resource": patient(active=True)}, "slice-missing Bundle entry:person"),
            "twice": (
                {"entry.1.resource": patient(name=[{"text": "y"}])},
                "slice-too-many Bundle.entry[1] entry:person",
            ),
        },
        rules=[
            {"id": "Bundle.entry", **by("profile resource")},
            {"id": "Bundle.entry:person", "min": 1, "max": "1"},
            {"id": "Bundle.entry:person.resource", "min": 1, **typed("Patient", BASE + "person")},
        ],
        also=[PERSON],
    ),
    group(
        "entries, closed",
        bundle("message", entry(1, HEADER), entry(2, patient())),
        {"a stranger": ({"entry.+": entry(3, observation())}, "slice-closed Bundle.entry[2] header, patient")},
        rules=[
            {"id": "Bundle.entry", **by("type resource", rules="closed")},
            {"id": "Bundle.entry:header", "min": 1},
            {"id": "Bundle.entry:header.resource", "min": 1, **typed("MessageHeader")},
            {"id": "Bundle.entry:patient", "min": 1},
            {"id": "Bundle.entry:patient.resource", "min": 1, **typed("Patient")},
        ],
    ),
    group(
        "contained by type",
        observation(
            subject={"reference": "#p"},
            performer=[{"reference": "#q"}],
            contained=[patient(id="p"), {"resourceType": "Practitioner", "id": "q"}],
        ),
        {
            "missing": (
                {"contained.0": {"resourceType": "Group", "id": "p", "type": "person", "actual": True}},
                "slice-missing Observation contained:patient",
            )
        },
        rules=[
            {"id": "Observation.contained", **by("type $this")},
            {"id": "Observation.contained:patient", "min": 1, **typed("Patient")},
        ],
    ),
    group(
        "contained by type, none of them demanded",
        observation(subject={"reference": "#p"}, contained=[patient(id="p")]),
        {
            "twice": (
                {"performer": [{"reference": "#q"}], "contained.+": patient(id="q")},
                "slice-too-many Observation.contained[1] contained:patient",
            )
        },
        rules=[
            {"id": "Observation.contained", **by("type $this")},
            {"id": "Observation.contained:patient", "max": "1", **typed("Patient")},
        ],
        neighbours=[{"performer": [{"reference": "#q"}], "contained.+": {"resourceType": "Practitioner", "id": "q"}}],
    ),
    group(
        "by the type of what a reference leads to, out of sight",
        observation(derivedFrom=[{"reference": "https://s.example/x/1"}, {"reference": "Observation/2"}]),
        {
            "missing": ({"derivedFrom.0": DROP}, "slice-missing Observation derivedFrom:doc"),
            "twice by their URLs": (
                {
                    "derivedFrom": [
                        {"reference": "DocumentReference/1"},
                        {"reference": "https://s.example/fhir/DocumentReference/2"},
                    ]
                },
                "slice-too-many Observation.derivedFrom[1] derivedFrom:doc",
            ),
            "what leads nowhere": ({"derivedFrom": [{"display": "x"}]}, "slice-missing Observation derivedFrom:doc"),
        },
        rules=[
            {"id": "Observation.derivedFrom", **by("type resolve()")},
            {
                "id": "Observation.derivedFrom:doc",
                "min": 1,
                "max": "1",
                "type": [{"code": "Reference", "targetProfile": [STRUCTURE + "DocumentReference"]}],
            },
        ],
        neighbours=[
            {"derivedFrom": [{"reference": "DocumentReference/1"}]},
            {"derivedFrom": [{"identifier": {"value": "1"}, "type": "DocumentReference"}]},
            {"derivedFrom": [{"reference": "https://s.example/x/1", "type": "DocumentReference"}]},
        ],
    ),
    group(
        "by what a reference leads to, out of sight",
        observation(hasMember=[{"reference": "Observation/1"}]),
        {
            "missing": ({"hasMember": DROP}, "slice-missing Observation hasMember:red"),
            "another in sight": (
                {"hasMember": [{"reference": "#x"}], "contained": [observation(id="x")]},
                "slice-closed Observation.hasMember[0] red",
            ),
        },
        rules=[
            {"id": "Observation.hasMember", **by("pattern resolve().code", rules="closed")},
            {
                "id": "Observation.hasMember:red",
                "min": 1,
                "type": [{"code": "Reference", "targetProfile": [BASE + "red"]}],
            },
        ],
        also=[profile("Observation", {"id": "Observation.code", **pattern("red")}, name="red")],
    ),
]
