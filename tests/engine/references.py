"""Cases of references: into the resource, into the Bundle, their targets and profiles, and addresses of entries."""

from __future__ import annotations

from certgateway.engine import Options
from tests.engine.case_form import DROP, Group, Json, group
from tests.engine.invariants_resources import COMPOSITION, HEADER, UUID, bundle, entry
from tests.unit.engine.profile_making import BASE, observation, patient, profile

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
SERVER = "https://s.example/fhir/"
STRICT = Options(ignored_invariants=frozenset({"dom-6"}), unresolved="error")
TOLD = Options(ignored_invariants=frozenset({"dom-6"}), unresolved="warning")
PERSON = profile("Patient", {"id": "Patient.name", "min": 1}, name="person")
OTHER_PERSON = profile("Patient", {"id": "Patient.birthDate", "min": 1}, name="born")


def targets(*urls: str) -> Json:
    """A Reference's type with the profiles it may lead to."""
    return {"type": [{"code": "Reference", "targetProfile": list(urls)}]}


def served(kind: str, id_: str, resource: Json) -> Json:
    """An entry at a server's address."""
    return {"fullUrl": f"{SERVER}{kind}/{id_}", "resource": {**resource, "id": id_}}


SEEN = observation(subject={"reference": UUID + "2"})
GROUPS: list[Group] = [
    group(
        "inside a Bundle by UUID",
        bundle("collection", entry(1, SEEN), entry(2, patient())),
        {
            "to nothing": (
                {"entry.0.resource.subject.reference": UUID + "9"},
                "reference-unresolved Bundle.entry[0].resource.subject.reference",
            ),
            "to a resource of the wrong type": (
                {"entry.1.resource": observation()},
                "reference-target-wrong Bundle.entry[0].resource.subject Patient | Group | Device | Location",
            ),
            "to two of one address": (
                {"entry.+": entry(2, patient())},
                "full-url-duplicated Bundle.entry[2].fullUrl",
            ),
            "of an extension, to nothing": (
                {"entry.0.resource.extension": [{"url": BASE + "x", "valueReference": {"reference": UUID + "9"}}]},
                "reference-unresolved Bundle.entry[0].resource.extension[0].value.reference",
            ),
            "to a contained resource that isn't there": (
                {"entry.0.resource.performer": [{"reference": "#p"}]},
                "reference-unresolved Bundle.entry[0].resource.performer[0].reference",
            ),
        },
        options=STRICT,
        neighbours=[
            {"entry.0.resource.subject": {"display": "x"}},
            {"entry.0.resource.subject": {"identifier": {"system": "https://i.example", "value": "1"}}},
            {"entry.0.resource.subject": {"identifier": {"value": "1"}, "type": "Patient"}},
        ],
    ),
    group(
        "inside a Bundle by address",
        bundle(
            "collection",
            served("Observation", "1", observation(subject={"reference": "Patient/2"})),
            served("Patient", "2", patient()),
        ),
        {
            "to another server": (
                {"entry.0.resource.subject.reference": "https://t.example/fhir/Patient/2"},
                "reference-unresolved Bundle.entry[0].resource.subject.reference",
            ),
            "to nothing": (
                {"entry.0.resource.subject.reference": "Patient/3"},
                "reference-unresolved Bundle.entry[0].resource.subject.reference",
            ),
            "to a version that isn't here": (
                {
                    "entry.0.resource.subject.reference": "Patient/2/_history/1",
                    "entry.1.resource.meta": {"versionId": "2"},
                },
                "reference-unresolved Bundle.entry[0].resource.subject.reference",
            ),
            "address of another id": (
                {"entry.1.fullUrl": SERVER + "Patient/3", "entry.0.resource.subject": DROP},
                "full-url-differs Bundle.entry[1].fullUrl",
            ),
            "address of another type": (
                {"entry.1.fullUrl": SERVER + "Group/2", "entry.0.resource.subject": DROP},
                "full-url-differs Bundle.entry[1].fullUrl",
            ),
            "no id": ({"entry.1.resource.id": DROP}, "full-url-differs Bundle.entry[1].fullUrl"),
            "of two versions": (
                {
                    "entry.1.resource.meta": {"versionId": "1"},
                    "entry.+": served("Patient", "2", patient(meta={"versionId": "2"})),
                },
                "reference-ambiguous Bundle.entry[0].resource.subject.reference",
            ),
        },
        options=STRICT,
        neighbours=[
            {"entry.0.resource.subject.reference": SERVER + "Patient/2"},
            {"entry.0.resource.subject.reference": "Patient/2/_history/1", "entry.1.resource.meta": {"versionId": "1"}},
        ],
    ),
    group(
        "out of a Bundle, as a warning",
        bundle("collection", entry(1, SEEN), entry(2, patient())),
        {
            "to nothing": (
                {"entry.0.resource.subject.reference": "Patient/3"},
                "warning:reference-unresolved Bundle.entry[0].resource.subject.reference",
            )
        },
        options=TOLD,
    ),
    group(
        "addresses of entries",
        bundle("collection", entry(1, patient())),
        {
            "none": ({"entry.0.fullUrl": DROP}, "full-url-missing Bundle.entry[0] fullUrl"),
            "relative": ({"entry.0.fullUrl": "Patient/1"}, "uri-not-absolute Bundle.entry[0].fullUrl"),
            "no URI at all": ({"entry.0.fullUrl": "a b"}, "primitive-invalid Bundle.entry[0].fullUrl"),
            "twice": ({"entry.+": entry(1, observation())}, "full-url-duplicated Bundle.entry[1].fullUrl"),
        },
        neighbours=[{"entry.0.fullUrl": "urn:oid:1.2.3"}],
    ),
    group(
        "types by profile",
        observation(subject={"reference": "Patient/1"}),
        {
            "another type": ({"subject.reference": "Group/1"}, "reference-target-wrong Observation.subject Patient"),
            "another type at an address": (
                {"subject.reference": SERVER + "Group/1"},
                "reference-target-wrong Observation.subject Patient",
            ),
            "another type as stated": (
                {"subject": {"type": "Group", "display": "x"}},
                "reference-target-wrong Observation.subject Patient",
            ),
            "another type, contained": (
                {
                    "subject.reference": "#g",
                    "contained": [{"resourceType": "Group", "id": "g", "type": "person", "actual": True}],
                },
                "reference-target-wrong Observation.subject Patient",
            ),
        },
        rules=[{"id": "Observation.subject", **targets(STRUCTURE + "Patient")}],
        neighbours=[{"subject": {"display": "x"}}, {"subject.reference": UUID + "1"}],
    ),
    group(
        "profile of the contained target",
        observation(subject={"reference": "#p"}, contained=[patient(id="p", name=[{"text": "x"}])]),
        {
            "not kept": (
                {"contained.0.name": DROP, "contained.0.active": True},
                "element-missing Observation.contained[0] name",
            ),
            "not kept, twice referred to": (
                {"contained.0.name": DROP, "contained.0.active": True, "focus": [{"reference": "#p"}]},
                "element-missing Observation.contained[0] name",
            ),
        },
        rules=[
            {"id": "Observation.subject", **targets(BASE + "person")},
            {"id": "Observation.focus", **targets(BASE + "person")},
        ],
        also=[PERSON],
    ),
    group(
        "profile of the target in the Bundle",
        bundle("collection", entry(1, SEEN), entry(2, patient(name=[{"text": "x"}]))),
        {
            "not kept": (
                {"entry.1.resource.name": DROP, "entry.1.resource.active": True},
                "element-missing Bundle.entry[1].resource name",
            ),
            "of another type": (
                {"entry.1.resource": {"resourceType": "Device"}},
                "reference-target-wrong Bundle.entry[0].resource.subject Patient",
            ),
        },
        rules=[
            {"id": "Bundle.entry.resource", "type": [{"code": "Resource"}]},
            {
                "id": "Bundle.entry",
                "slicing": {"discriminator": [{"type": "type", "path": "resource"}], "rules": "open"},
            },
            {"id": "Bundle.entry:seen", "min": 1},
            {
                "id": "Bundle.entry:seen.resource",
                "min": 1,
                "type": [{"code": "Observation", "profile": [BASE + "seen"]}],
            },
        ],
        also=[PERSON, profile("Observation", {"id": "Observation.subject", **targets(BASE + "person")}, name="seen")],
        options=STRICT,
    ),
    group(
        "one of two profiles of the target",
        observation(subject={"reference": "#p"}, contained=[patient(id="p", name=[{"text": "x"}])]),
        {
            "neither": (
                {"contained.0.name": DROP, "contained.0.active": True},
                f"reference-target-wrong Observation.subject {BASE}person, {BASE}born",
            )
        },
        rules=[{"id": "Observation.subject", **targets(BASE + "person", BASE + "born")}],
        also=[PERSON, OTHER_PERSON],
        neighbours=[{"contained.0": patient(id="p", birthDate="2000")}],
    ),
    group(
        "references of a document",
        bundle(
            "document",
            entry(
                1,
                COMPOSITION
                | {"subject": {"reference": UUID + "2"}, "section": [{"entry": [{"reference": UUID + "2"}]}]},
            ),
            entry(2, patient()),
            identifier={"system": "https://i.example", "value": "1"},
            timestamp="2024-01-01T00:00:00Z",
        ),
        {
            "that begins with a patient": (
                {"entry.0": entry(3, patient()), "entry.1": entry(2, patient())},
                "invariant-broken Bundle bdl-11",
            ),
            "of a subject that isn't in it": (
                {"entry.0.resource.subject.reference": UUID + "9"},
                "reference-unresolved Bundle.entry[0].resource.subject.reference",
            ),
        },
        options=STRICT,
        neighbours=[{"entry.0.resource.section": DROP}],
    ),
    group(
        "a message and its focus",
        bundle("message", entry(1, HEADER | {"focus": [{"reference": UUID + "2"}]}), entry(2, patient())),
        {
            "that isn't in it": (
                {"entry.0.resource.focus.0.reference": UUID + "9"},
                "reference-unresolved Bundle.entry[0].resource.focus[0].reference",
            ),
            "without source": ({"entry.0.resource.source": DROP}, "element-missing Bundle.entry[0].resource source"),
            "without event": ({"entry.0.resource.eventCoding": DROP}, "element-missing Bundle.entry[0].resource event"),
            "of two events": (
                {"entry.0.resource.eventUri": "https://e.example"},
                "choice-several Bundle.entry[0].resource event",
            ),
            "that answers nothing": (
                {"entry.0.resource.response": {"code": "ok"}},
                "element-missing Bundle.entry[0].resource.response identifier",
            ),
        },
        options=STRICT,
    ),
    group(
        "identifiers and tags",
        {
            "resourceType": "QuestionnaireResponse",
            "status": "completed",
            "identifier": {"system": "https://i.example", "value": "1"},
        },
        {
            "relative system of an identifier": (
                {"identifier.system": "ours"},
                "uri-not-absolute QuestionnaireResponse.identifier.system",
            ),
            "relative system of a coding": (
                {"meta": {"tag": [{"system": "ours", "code": "x"}]}},
                "uri-not-absolute QuestionnaireResponse.meta.tag[0].system",
            ),
            "of no such status": ({"status": "done"}, "code-not-allowed QuestionnaireResponse.status"),
        },
        neighbours=[{"identifier.system": "urn:oid:1.2.3"}],
    ),
]
