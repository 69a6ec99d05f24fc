"""Cases for the invariants of every resource and of data types: one that breaks it, one that doesn't."""

from __future__ import annotations

from decimal import Decimal

from certgateway.engine import Options
from tests.engine.case_form import DROP, Group, Json, JsonOnly, group
from tests.unit.engine.profile_making import observation, patient

UCUM = "http://unitsofmeasure.org"
URL = "https://extensions.example/any"


def valued(name: str, value: object) -> Json:
    """A Patient whose extension holds a value of the type under trial."""
    return patient(extension=[{"url": URL, "value" + name: value}])


V = "Patient.extension[0].value"
SPAN = {"value": 3, "unit": "a", "system": UCUM, "code": "a"}
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">'

GROUPS: list[Group] = [
    group(
        "age",
        valued("Age", SPAN),
        {
            "no code": ({"extension.0.valueAge.code": DROP}, f"invariant-broken {V} age-1"),
            "not by UCUM": ({"extension.0.valueAge.system": "https://u.example"}, f"invariant-broken {V} age-1"),
            "zero": ({"extension.0.valueAge.value": 0}, f"invariant-broken {V} age-1"),
            "below zero": ({"extension.0.valueAge.value": -1}, f"invariant-broken {V} age-1"),
        },
        neighbours=[{"extension.0.valueAge": {"unit": "x"}}, {"extension.0.valueAge.value": Decimal("0.5")}],
    ),
    group(
        "count",
        valued("Count", {"value": 3, "system": UCUM, "code": "1"}),
        {
            "in litres": ({"extension.0.valueCount.code": "L"}, f"invariant-broken {V} cnt-3"),
            "with a fraction": ({"extension.0.valueCount.value": Decimal("3.5")}, f"invariant-broken {V} cnt-3"),
            "no code": ({"extension.0.valueCount.code": DROP}, f"invariant-broken {V} cnt-3"),
        },
        neighbours=[{"extension.0.valueCount.system": DROP, "extension.0.valueCount": {"unit": "x"}}],
    ),
    group(
        "distance",
        valued("Distance", {"value": 3, "system": UCUM, "code": "km"}),
        {
            "no code": ({"extension.0.valueDistance.code": DROP}, f"invariant-broken {V} dis-1"),
            "not by UCUM": ({"extension.0.valueDistance.system": "https://u.example"}, f"invariant-broken {V} dis-1"),
        },
        neighbours=[{"extension.0.valueDistance": {"unit": "km"}}],
    ),
    group(
        "duration",
        valued("Duration", {"value": 3, "system": UCUM, "code": "d"}),
        {
            "no value": ({"extension.0.valueDuration.value": DROP}, f"invariant-broken {V} drt-1"),
            "not by UCUM": ({"extension.0.valueDuration.system": "https://u.example"}, f"invariant-broken {V} drt-1"),
        },
        neighbours=[{"extension.0.valueDuration": {"value": 3}}],
    ),
    group(
        "quantity",
        observation(valueQuantity={"value": 3, "system": UCUM, "code": "mg"}),
        {"code without system": ({"valueQuantity.system": DROP}, "invariant-broken Observation.value qty-3")},
        neighbours=[{"valueQuantity": {"value": 3, "unit": "mg"}}],
    ),
    group(
        "range",
        observation(valueRange={"low": {"value": 1, "unit": "g"}, "high": {"value": 2, "unit": "g"}}),
        {"upside down": ({"valueRange.low.value": 3}, "invariant-broken Observation.value rng-2")},
        neighbours=[{"valueRange.low": DROP}, {"valueRange.high": DROP}, {"valueRange.low.value": 2}],
    ),
    group(
        "ratio",
        observation(valueRatio={"numerator": {"value": 1}, "denominator": {"value": 2}}),
        {
            "no denominator": ({"valueRatio.denominator": DROP}, "invariant-broken Observation.value rat-1"),
            "no numerator": ({"valueRatio.numerator": DROP}, "invariant-broken Observation.value rat-1"),
        },
        neighbours=[{"valueRatio": {"extension": [{"url": URL, "valueCode": "x"}]}}],
    ),
    group(
        "period",
        observation(effectivePeriod={"start": "2024-01-01", "end": "2024-02-01"}),
        {
            "backwards": ({"effectivePeriod.end": "2023-12-31"}, "invariant-broken Observation.effective per-1"),
            "backwards by a second": (
                {"effectivePeriod": {"start": "2024-01-01T10:00:01Z", "end": "2024-01-01T10:00:00Z"}},
                "invariant-broken Observation.effective per-1",
            ),
            "backwards over zones": (
                {"effectivePeriod": {"start": "2024-01-01T10:00:00Z", "end": "2024-01-01T10:30:00+02:00"}},
                "invariant-broken Observation.effective per-1",
            ),
        },
        neighbours=[{"effectivePeriod.end": "2024-01-01"}, {"effectivePeriod.end": DROP}],
    ),
    group(
        "attachment",
        patient(photo=[{"contentType": "image/png", "data": "aGVp"}]),
        {"data of no type": ({"photo.0.contentType": DROP}, "invariant-broken Patient.photo[0] att-1")},
        neighbours=[{"photo.0": {"url": "https://p.example/x.png"}}],
    ),
    group(
        "contact point",
        patient(telecom=[{"system": "phone", "value": "1"}]),
        {"value of no system": ({"telecom.0.system": DROP}, "invariant-broken Patient.telecom[0] cpt-2")},
        neighbours=[{"telecom.0.value": DROP}],
    ),
    group(
        "extension",
        patient(extension=[{"url": URL, "valueString": "x"}]),
        {
            "neither value nor parts": (
                {"extension.0.valueString": DROP},
                "invariant-broken Patient.extension[0] ext-1",
            ),
            "both value and parts": (
                {"extension.0.extension": [{"url": "part", "valueString": "x"}]},
                "invariant-broken Patient.extension[0] ext-1",
            ),
        },
        neighbours=[{"extension.0": {"url": URL, "extension": [{"url": "part", "valueString": "x"}]}}],
    ),
    group(
        "elements have content",
        patient(name=[{"family": "x", "id": "n"}]),
        {
            "only an id": ({"name.0.family": DROP}, "value-empty Patient.name[0]"),
            "nothing": ({"name.0": {}}, "value-empty Patient.name[0]"),
        },
    ),
    group(
        "reference",
        patient(generalPractitioner=[{"reference": "#a"}], contained=[{"resourceType": "Practitioner", "id": "a"}]),
        {
            "to nothing contained": (
                {"generalPractitioner.+": {"reference": "#b"}},
                "reference-unresolved Patient.generalPractitioner[1].reference",
            ),
        },
        neighbours=[{"generalPractitioner.+": {"display": "x"}}],
    ),
    group(
        "contained resources",
        patient(
            generalPractitioner=[{"reference": "#a"}],
            contained=[{"resourceType": "Organization", "id": "a", "name": "x", "partOf": {"display": "b"}}],
        ),
        {
            "contained in contained": (
                {
                    "contained.0.partOf": {"reference": "#b"},
                    "contained.0.contained": [{"resourceType": "Organization", "id": "b", "name": "x"}],
                    "contained.+": {"resourceType": "Organization", "id": "b", "name": "x"},
                },
                "invariant-broken Patient dom-2",
            ),
            "nobody refers to it": ({"generalPractitioner": DROP}, "invariant-broken Patient.contained[0] dom-3"),
            "with a version": ({"contained.0.meta": {"versionId": "1"}}, "invariant-broken Patient dom-4"),
            "with a date of change": (
                {"contained.0.meta": {"lastUpdated": "2024-01-01T00:00:00Z"}},
                "invariant-broken Patient dom-4",
            ),
            "with a security label": (
                {"contained.0.meta": {"security": [{"system": "https://s.example", "code": "x"}]}},
                "invariant-broken Patient dom-5",
            ),
        },
        neighbours=[
            {"contained.0.meta": {"tag": [{"system": "https://s.example", "code": "x"}]}},
            {"generalPractitioner": DROP, "contained.0": observation(id="a", subject={"reference": "#"})},
        ],
    ),
    group(
        "narrative is advised",
        patient(text={"status": "generated", "div": DIV + "x</div>"}),
        {
            "none": ({"text": DROP}, "warning:invariant-broken Patient dom-6"),
        },
        options=Options(),
    ),
    group(
        "narrative",
        patient(text={"status": "generated", "div": DIV + "<p>x</p></div>"}),
        {
            "with a script": (
                {"text.div": DIV + "<script>x</script></div>"},
                "narrative-not-allowed Patient.text.div allowed elements",
            ),
            "with extensions": (
                {"text._div": {"extension": [{"url": URL, "valueCode": "x"}]}},
                "element-unknown Patient.text.div xhtml",
                JsonOnly("the div of XML is the text itself"),
            ),
            "empty": ({"text.div": DIV + " </div>"}, "narrative-not-allowed Patient.text.div content"),
        },
    ),
    group(
        "expression",
        valued("Expression", {"language": "text/fhirpath", "expression": "true"}),
        {"none": ({"extension.0.valueExpression.expression": DROP}, f"invariant-broken {V} exp-1")},
        neighbours=[{"extension.0.valueExpression": {"language": "text/cql", "reference": "https://x.example"}}],
    ),
    group(
        "data requirement",
        valued(
            "DataRequirement",
            {
                "type": "Observation",
                "codeFilter": [{"path": "code", "valueSet": "https://x.example/v"}],
                "dateFilter": [{"path": "effective"}],
            },
        ),
        {
            "filter by path and parameter": (
                {"extension.0.valueDataRequirement.codeFilter.0.searchParam": "code"},
                f"invariant-broken {V}.codeFilter[0] drq-1",
            ),
            "filter by neither": (
                {"extension.0.valueDataRequirement.codeFilter.0.path": DROP},
                f"invariant-broken {V}.codeFilter[0] drq-1",
            ),
            "dates by path and parameter": (
                {"extension.0.valueDataRequirement.dateFilter.0.searchParam": "date"},
                f"invariant-broken {V}.dateFilter[0] drq-2",
            ),
        },
        neighbours=[{"extension.0.valueDataRequirement.dateFilter.0": {"searchParam": "date"}}],
    ),
    group(
        "trigger",
        valued("TriggerDefinition", {"type": "data-added", "data": [{"type": "Patient"}]}),
        {
            "data and timing": (
                {"extension.0.valueTriggerDefinition.timingDate": "2024-01-01"},
                f"invariant-broken {V} trd-1",
            ),
            "condition on no data": (
                {
                    "extension.0.valueTriggerDefinition": {
                        "type": "named-event",
                        "name": "x",
                        "condition": {"language": "text/cql", "expression": "x"},
                    }
                },
                f"invariant-broken {V} trd-2",
            ),
            "named without name": (
                {"extension.0.valueTriggerDefinition": {"type": "named-event"}},
                f"invariant-broken {V} trd-3",
            ),
            "periodic without timing": (
                {"extension.0.valueTriggerDefinition": {"type": "periodic"}},
                f"invariant-broken {V} trd-3",
            ),
            "data without data": ({"extension.0.valueTriggerDefinition.data": DROP}, f"invariant-broken {V} trd-3"),
        },
        neighbours=[{"extension.0.valueTriggerDefinition": {"type": "periodic", "timingDate": "2024-01-01"}}],
    ),
]

WHEN = f"{V}.repeat"
TIMING = "extension.0.valueTiming.repeat."
GROUPS += [
    group(
        "timing",
        valued(
            "Timing",
            {
                "repeat": {
                    "count": 1,
                    "countMax": 2,
                    "duration": 1,
                    "durationMax": 2,
                    "durationUnit": "h",
                    "frequency": 1,
                    "period": 1,
                    "periodMax": 2,
                    "periodUnit": "d",
                    "when": ["ACM"],
                    "offset": 5,
                }
            },
        ),
        {
            "duration of no unit": ({TIMING + "durationUnit": DROP}, f"invariant-broken {WHEN} tim-1"),
            "period of no unit": ({TIMING + "periodUnit": DROP}, f"invariant-broken {WHEN} tim-2"),
            "duration below zero": ({TIMING + "duration": -1}, f"invariant-broken {WHEN} tim-4"),
            "period below zero": ({TIMING + "period": -1}, f"invariant-broken {WHEN} tim-5"),
            "longest of no period": ({TIMING + "period": DROP}, f"invariant-broken {WHEN} tim-6"),
            "longest of no duration": ({TIMING + "duration": DROP}, f"invariant-broken {WHEN} tim-7"),
            "most of no count": ({TIMING + "count": DROP}, f"invariant-broken {WHEN} tim-8"),
            "offset from nothing": ({TIMING + "when": DROP}, f"invariant-broken {WHEN} tim-9"),
            "offset from a meal": ({TIMING + "when": ["C"]}, f"invariant-broken {WHEN} tim-9"),
            "time and event": ({TIMING + "timeOfDay": ["10:00:00"]}, f"invariant-broken {WHEN} tim-10"),
        },
        neighbours=[{TIMING + "when": DROP, TIMING + "offset": DROP, TIMING + "timeOfDay": ["10:00:00"]}],
    ),
    group(
        "sampled data",
        observation(valueSampledData={"origin": {"value": 0}, "period": 1, "dimensions": 1, "data": "1 2 E"}),
        {
            "no origin": ({"valueSampledData.origin": DROP}, "element-missing Observation.value origin"),
            "no period": ({"valueSampledData.period": DROP}, "element-missing Observation.value period"),
            "no dimensions": ({"valueSampledData.dimensions": DROP}, "element-missing Observation.value dimensions"),
            "zero dimensions": ({"valueSampledData.dimensions": 0}, "primitive-invalid Observation.value.dimensions"),
            "origin with a comparator": (
                {"valueSampledData.origin.comparator": "<"},
                "element-unknown Observation.value.origin SimpleQuantity",
            ),
        },
    ),
    group(
        "simple quantity",
        observation(referenceRange=[{"low": {"value": 1}}]),
        {
            "with a comparator": (
                {"referenceRange.0.low.comparator": "<"},
                "element-unknown Observation.referenceRange[0].low SimpleQuantity",
            )
        },
    ),
    group(
        "annotation",
        observation(note=[{"text": "x", "authorString": "y"}]),
        {
            "no text": ({"note.0.text": DROP}, "element-missing Observation.note[0] text"),
            "two authors": (
                {"note.0.authorReference": {"reference": "Patient/1"}},
                "choice-several Observation.note[0] author",
            ),
            "author of another type": (
                {"note.0": {"text": "x", "authorReference": {"reference": "Group/1"}}},
                "reference-target-wrong Observation.note[0].author",
            ),
        },
    ),
    group(
        "signature",
        valued(
            "Signature",
            {
                "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}],
                "when": "2024-01-01T00:00:00Z",
                "who": {"reference": "Practitioner/1"},
            },
        ),
        {
            "by nobody": ({"extension.0.valueSignature.who": DROP}, f"element-missing {V} who"),
            "at no instant": ({"extension.0.valueSignature.when": "2024-01-01"}, f"primitive-invalid {V}.when"),
            "of no type": ({"extension.0.valueSignature.type": DROP}, f"element-missing {V} type"),
        },
    ),
]
