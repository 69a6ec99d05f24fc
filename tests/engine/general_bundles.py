"""Cases of Bundles and references: documents, messages, searches, and the ways references lead."""

from __future__ import annotations

from dataclasses import replace

from tests.engine.general_form import PROFILE, QUIET, General, Json, observation, patient, profile

ONE = "urn:uuid:0a3c0d7e-1111-4222-8333-000000000001"
TWO = "urn:uuid:0a3c0d7e-1111-4222-8333-000000000002"
THREE = "urn:uuid:0a3c0d7e-1111-4222-8333-000000000003"
HTTP = "https://s.example/"


def entry(url: str | None, resource: Json, **members: object) -> Json:
    """An entry of a Bundle."""
    return ({} if url is None else {"fullUrl": url}) | {"resource": resource, **members}


def bundle(kind: str, *entries: Json, **members: object) -> Json:
    """A Bundle."""
    return {"resourceType": "Bundle", "type": kind, "entry": [*entries], **members}


def composition(**members: object) -> Json:
    """A Composition by the author in entry two."""
    return {
        "resourceType": "Composition",
        "status": "final",
        "type": {"text": "x"},
        "date": "2024-01-01",
        "title": "x",
        "author": [{"reference": TWO}],
        **members,
    }


def document(first: Json, *entries: Json) -> Json:
    """A document with its author."""
    author = entry(TWO, {"resourceType": "Practitioner", "active": True})
    marks = {"identifier": {"system": "urn:a", "value": "1"}, "timestamp": "2024-01-01T00:00:00Z"}
    return bundle("document", entry(ONE, first), author, *entries, **marks)


def search(mode: str, resource: Json, url: str = HTTP + "Patient?name=x") -> Json:
    """A search for patients that found this."""
    found = entry(HTTP + "x", resource, search={"mode": mode})
    return bundle("searchset", found, link=[{"relation": "self", "url": url}])


def paged(kind: str, relation: str) -> Json:
    """A Bundle with one link."""
    return bundle(kind, entry(ONE, patient(id="a")), link=[{"relation": relation, "url": HTTP}])


def treated(reference: str, kind: str = "collection", **members: object) -> Json:
    """An observation of the one in entry two, in a Bundle."""
    return bundle(
        kind,
        entry(HTTP + "Observation/o", observation(id="o", subject={"reference": reference, **members})),
        entry(HTTP + "Patient/p", patient(id="p")),
    )


BUNDLED = profile(
    "Observation",
    {
        "id": "Observation.subject",
        "type": [{
            "code": "Reference",
            "targetProfile": ["http://hl7.org/fhir/StructureDefinition/Patient"],
            "aggregation": ["contained"],
        }],
    },
)  # fmt: skip
NAMED = profile("Patient", {"id": "Patient.name", "min": 1}, url=PROFILE + "atient")


def chained(reference: str) -> Json:
    """A patient with two contained ones, of which the first refers to the second."""
    first = patient(id="a", link=[{"type": "refer", "other": {"reference": "#b"}}])
    return patient(contained=[first, patient(id="b")], link=[{"type": "refer", "other": {"reference": reference}}])


CASES: dict[str, General] = {
    "contained resource at the beginning of a chain": General(
        chained("#b"), ("invariant-broken", "Patient.contained[0]", "dom-3"), chained("#a")
    ),
    "entry the document doesn't speak of": General(
        document(composition(), entry(THREE, patient())),
        ("entry-unreachable", "Bundle.entry[2]", None),
        document(composition(subject={"reference": THREE}), entry(THREE, patient())),
    ),
    "entry that speaks of an entry": General(
        document(composition(), entry(THREE, patient(generalPractitioner=[{"reference": ONE[:-1] + "9"}]))),
        ("entry-unreachable", "Bundle.entry[2]", None),
        document(composition(), entry(THREE, patient(generalPractitioner=[{"reference": TWO}]))),
    ),
    "section of what isn't there": General(
        document(composition(section=[{"title": "a", "entry": [{"reference": THREE}]}])),
        ("reference-unresolved", "Bundle.entry[0].resource.section[0].entry[0].reference", None),
        document(composition(section=[{"title": "a", "entry": [{"reference": THREE}]}]), entry(THREE, patient())),
    ),
    "focus that isn't there": General(
        bundle(
            "message",
            entry(
                ONE,
                {
                    "resourceType": "MessageHeader",
                    "eventUri": "urn:x",
                    "source": {"endpoint": "urn:x"},
                    "focus": [{"reference": TWO}],
                },
            ),
        ),
        ("reference-unresolved", "Bundle.entry[0].resource.focus[0].reference", None),
        bundle(
            "message",
            entry(
                ONE,
                {
                    "resourceType": "MessageHeader",
                    "eventUri": "urn:x",
                    "source": {"endpoint": "urn:x"},
                    "focus": [{"reference": TWO}],
                },
            ),
            entry(TWO, patient()),
        ),
    ),
    "match without id": General(
        search("match", patient()),
        ("element-missing", "Bundle.entry[0].resource", "id"),
        search("match", patient(id="a")),
    ),
    "match of another type": General(
        search("match", observation(id="a")),
        ("entry-type-wrong", "Bundle.entry[0].resource", "Patient"),
        search("match", observation(id="a"), HTTP + "?_type=Patient,Observation"),
    ),
    "outcome that is none": General(
        search("outcome", patient(id="a")),
        ("entry-type-wrong", "Bundle.entry[0].resource", "OperationOutcome"),
        search("include", patient(id="a")),
    ),
    "page of a collection": General(
        paged("collection", "next"), ("link-not-allowed", "Bundle.link[0].relation", None), paged("collection", "self")
    ),
    "one link twice": General(
        paged("searchset", "next") | {"link": [{"relation": "next", "url": HTTP}, {"relation": "next", "url": HTTP}]},
        ("link-repeated", "Bundle.link[1]", None),
        paged("searchset", "next") | {"link": [{"relation": "next", "url": HTTP}, {"relation": "last", "url": HTTP}]},
    ),
    "reference with a space": General(
        treated("Patient/ p"),
        ("reference-malformed", "Bundle.entry[0].resource.subject.reference", None),
        treated("Patient/p"),
    ),
    "reference of one part": General(
        treated("p"), ("reference-malformed", "Bundle.entry[0].resource.subject.reference", None), treated("Patient/q")
    ),
    "reference that states another type": General(
        treated("Patient/p", type="Group"),
        ("reference-type-differs", "Bundle.entry[0].resource.subject.type", None),
        treated("Patient/p", type="Patient"),
    ),
    "relative reference without a base": General(
        bundle(
            "transaction",
            entry(
                None, observation(subject={"reference": "Patient/p"}), request={"method": "POST", "url": "Observation"}
            ),
        ),
        ("full-url-missing", "Bundle.entry[0]", "fullUrl"),
        bundle(
            "transaction",
            entry(
                ONE, observation(subject={"reference": "Patient/p"}), request={"method": "POST", "url": "Observation"}
            ),
        ),
    ),
    "relative reference to the id of another type": General(
        bundle("collection", entry(ONE, observation(subject={"reference": "Group/" + TWO[9:]})), entry(TWO, patient())),
        ("reference-type-differs", "Bundle.entry[0].resource.subject.reference", None),
        bundle(
            "collection", entry(ONE, observation(subject={"reference": "Patient/" + TWO[9:]})), entry(TWO, patient())
        ),
    ),
    "way a reference may not lead": General(
        observation(subject={"reference": "Patient/p"}),
        ("reference-way-wrong", "Observation.subject", "contained"),
        observation(subject={"reference": "#p"}, contained=[patient(id="p")]),
        known=(BUNDLED,),
    ),
    "entry the caller has a profile for": General(
        bundle("collection", entry(ONE, patient(active=True)), entry(TWO, patient(active=True))),
        ("element-missing", "Bundle.entry[1].resource", "name"),
        bundle("collection", entry(ONE, patient(active=True)), entry(TWO, patient(name=[{"text": "x"}]))),
        known=(NAMED,),
        options=replace(QUIET, entry_profiles=(("Patient:1", PROFILE + "atient"),)),
    ),
    "contained resources that refer to each other alone": General(
        patient(contained=[patient(id="a", link=[{"type": "refer", "other": {"reference": "#a"}}])]),
        ("invariant-broken", "Patient.contained[0]", "dom-3"),
        patient(contained=[patient(id="a", link=[{"type": "refer", "other": {"reference": "#"}}])]),
    ),
    "contained resource of a profile by expression": General(
        bundle("collection", entry(ONE, patient(active=True))),
        ("invariant-broken", "Bundle", "our-1"),
        bundle("collection", entry(ONE, patient(name=[{"text": "x"}]))),
        known=(
            NAMED,
            profile(
                "Bundle",
                {
                    "id": "Bundle",
                    "constraint": [
                        {
                            "key": "our-1",
                            "severity": "error",
                            "human": "x",
                            "expression": f"entry.resource.all(conformsTo('{PROFILE}atient'))",
                        }
                    ],
                },
            ),
        ),
    ),
}
