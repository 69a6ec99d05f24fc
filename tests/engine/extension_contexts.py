"""Cases of where extensions may stand by other extensions, FHIRPath, conditions and elements of profiles."""

from __future__ import annotations

from tests.engine.case_form import DROP, Group, group
from tests.engine.extension_places import misplaced, on, use
from tests.engine.extensions import extension
from tests.engine.slices import by
from tests.unit.engine.profile_making import BASE, observation, patient, profile

CARRIER = extension(
    "carrier",
    {"id": "Extension.extension", **by("value url")},
    {"id": "Extension.extension:part"},
    {"id": "Extension.extension:part.url", "fixedUri": "part"},
    {"id": "Extension.extension:part.value[x]", "type": [{"code": "string"}]},
    context=[("element", "Patient")],
)
NAMED = profile(
    "Patient",
    {"id": "Patient.name", **by("value use"), "min": 1},
    {"id": "Patient.name:official"},
    {"id": "Patient.name:official.use", "fixedCode": "official"},
    {"id": "Patient.birthDate", "min": 1},
    name="named",
)
BELOW_NAMED = profile("Patient", {"id": "Patient.gender", "min": 1}, name="below-named", base=BASE + "named")
GRAM = profile(
    "Quantity",
    {"id": "Quantity.code", "min": 1, "patternCode": "g"},
    name="gram",
)

GROUPS: list[Group] = [
    group(
        "contexts by extension",
        patient(
            extension=[
                {"url": BASE + "plain", "valueString": "x", "_valueString": {"extension": [use("on-plain")]}},
                {"url": BASE + "carrier", "extension": [use("on-carrier"), {"url": "part", "valueString": "x"}]},
            ]
        ),
        {
            "in another extension": (
                {"extension.1.extension.0": use("on-plain")},
                f"extension-misplaced Patient.extension[1].extension[0] {BASE}plain",
            ),
            "in none": ({"extension.+": use("on-carrier")}, "extension-misplaced Patient.extension[2]"),
            "too deep": (
                {
                    "extension.1.extension.1": {
                        "url": "part",
                        "valueString": "x",
                        "_valueString": {"extension": [use("on-carrier")]},
                    }
                },
                "extension-misplaced Patient.extension[1].extension[1].value.extension[0]",
            ),
        },
        also=[
            on("plain", "element Patient"),
            CARRIER,
            on("on-plain", f"extension {BASE}plain"),
            on("on-carrier", f"extension {BASE}carrier"),
        ],
    ),
    group(
        "contexts by FHIRPath, of every kind",
        patient(
            birthDate="2000",
            _birthDate={"extension": [use("selects-date")]},
            name=[
                {
                    "use": "official",
                    "family": "x",
                    "extension": [use("selects-names")],
                    "_family": {"extension": [use("selects-official")]},
                }
            ],
            extension=[use("selects-root"), use("selects-born")],
            contact=[{"name": {"text": "y", "extension": [use("selects-names")]}}],
        ),
        {
            "on another date": (
                {
                    "_birthDate": DROP,
                    "deceasedDateTime": "2000",
                    "_deceasedDateTime": {"extension": [use("selects-date")]},
                },
                "extension-misplaced Patient.deceased.extension[0] Patient.birthDate",
            ),
            "on a part with the same text": (
                {"name.0.given": ["x"], "name.0._given": [{"extension": [use("selects-official")]}]},
                "extension-misplaced Patient.name[0].given[0].extension[0]",
            ),
            "on a part": misplaced("name.0._family.extension", "selects-names", "Patient.name[0].family"),
            "of what is no longer selected": (
                {"name.0.use": DROP},
                "extension-misplaced Patient.name[0].family.extension[0]",
            ),
            "of the resource on a name": misplaced("name.0.extension", "selects-root", "Patient.name[0]"),
            "of a resource that is no longer selected": (
                {"birthDate": DROP, "_birthDate": DROP},
                "extension-misplaced Patient.extension[1] Patient.where(birthDate.exists())",
            ),
        },
        also=[
            on("selects-date", "fhirpath Patient.birthDate"),
            on("selects-names", "fhirpath Patient.descendants().ofType(HumanName)"),
            on("selects-official", "fhirpath Patient.name.where(use = 'official').family"),
            on("selects-root", "fhirpath Patient"),
            on("selects-born", "fhirpath Patient.where(birthDate.exists())"),
        ],
    ),
    group(
        "conditions on the element",
        patient(
            name=[{"use": "official", "family": "x", "extension": [use("if-official")]}],
            birthDate="2000",
            _birthDate={"extension": [use("if-late")]},
            extension=[use("if-male")],
            gender="male",
        ),
        {
            "of an object": (
                {"name.0.use": "usual"},
                "extension-misplaced Patient.name[0].extension[0] use = 'official'",
            ),
            "of a primitive": (
                {"birthDate": "1999"},
                "extension-misplaced Patient.birthDate.extension[0] $this >= @2000",
            ),
            "of the resource": (
                {"gender": "female"},
                "extension-misplaced Patient.extension[0] %resource.gender = 'male'",
            ),
        },
        also=[
            on("if-official", "element HumanName", conditions=["use = 'official'"]),
            on("if-late", "element date", conditions=["$this >= @2000"]),
            on("if-male", "element Patient", conditions=["exists()", "%resource.gender = 'male'"]),
        ],
    ),
    group(
        "contexts in a profile",
        patient(
            meta={"profile": [BASE + "named"]},
            birthDate="2000",
            name=[
                {"use": "official", "family": "x", "extension": [use("profiled-name"), use("profiled-official")]},
                {"use": "usual", "text": "x", "extension": [use("profiled-name")]},
            ],
            extension=[use("profiled")],
        ),
        {
            "on another element": (
                {"contact": [{"name": {"text": "x", "extension": [use("profiled-name")]}}]},
                f"extension-misplaced Patient.contact[0].name.extension[0] {BASE}named#Patient.name",
            ),
            "on another slice": (
                {"name.1.extension": [use("profiled-official")]},
                f"extension-misplaced Patient.name[1].extension[0] {BASE}named#Patient.name:official",
            ),
            "on what is not of the profile": (
                {"meta": DROP, "birthDate": DROP, "name.0.extension": DROP, "name.1.extension": DROP},
                f"extension-misplaced Patient.extension[0] {BASE}named#Patient",
            ),
            "on what says it is of the profile and breaks it": (
                {"birthDate": DROP},
                "element-missing Patient birthDate",
            ),
        },
        neighbours=[
            {"meta.profile": [BASE + "below-named"], "gender": "male"},
            {"meta.profile": [BASE + "named|1.0.0"]},
            {"meta": DROP},
        ],
        also=[
            NAMED,
            BELOW_NAMED,
            on("profiled", f"element {BASE}named#Patient"),
            on("profiled-name", f"element {BASE}named#Patient.name"),
            on("profiled-official", f"element {BASE}named#Patient.name:official"),
        ],
    ),
    group(
        "contexts in a profile that was asked for",
        patient(birthDate="2000", name=[{"text": "x"}], extension=[use("profiled")]),
        {"which is broken": ({"birthDate": DROP}, "element-missing Patient birthDate")},
        urls=(BASE + "below-named-but-open",),
        also=[
            NAMED,
            profile("Patient", name="below-named-but-open", base=BASE + "named"),
            on("profiled", f"element {BASE}named#Patient"),
        ],
    ),
    group(
        "contexts in a profile of a datatype",
        observation(
            valueQuantity={"value": 1, "code": "g", "system": "urn:x", "_value": {"extension": [use("weighed")]}}
        ),
        {
            "on another": (
                {"valueQuantity.code": "kg"},
                f"extension-misplaced Observation.value.value.extension[0] {BASE}gram#Quantity.value",
            ),
        },
        also=[GRAM, on("weighed", f"element {BASE}gram#Quantity.value")],
    ),
    group(
        "contexts in a profile that nobody loaded",
        patient(name=[{"text": "x", "extension": [use("elsewhere")]}]),
        {"on another element": misplaced("extension", "elsewhere", "Patient")},
        also=[on("elsewhere", "element https://nowhere.example/p#Patient.name:official")],
    ),
]
