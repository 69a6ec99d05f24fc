"""Cases of definitions: what they must hold beyond their structure, and profiles nobody claims."""

from __future__ import annotations

from dataclasses import replace

from tests.engine.general_form import BASE, CODES, COLOURS, PROFILE, QUIET, General, Json, observation, patient, profile

LOINC = "http://loinc.org"
VITAL = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}
ORGANIZATION_NAME = "http://hl7.org/fhir/SearchParameter/Organization-name"


def parameter(**members: object) -> Json:
    """A SearchParameter."""
    return {
        "resourceType": "SearchParameter",
        "url": BASE + "SearchParameter/x",
        "name": "X",
        "status": "active",
        "description": "x",
        "code": "x",
        "base": ["Organization"],
        "type": "string",
        **members,
    }


def code_system(**members: object) -> Json:
    """A CodeSystem with two concepts."""
    return CODES | {"url": BASE + "CodeSystem/x", "name": "X", **members}


def value_set(system: str, *codes: str) -> Json:
    """A ValueSet of one code system."""
    include = {"system": system} | ({"concept": [{"code": code} for code in codes]} if codes else {})
    return {"resourceType": "ValueSet", "name": "X", "status": "active", "compose": {"include": [include]}}


def concept_map(code: str) -> Json:
    """A ConceptMap from one of the colours."""
    target = [{"code": "any", "equivalence": "equal"}]
    group = {"source": COLOURS, "target": "urn:x", "element": [{"code": code, "target": target}]}
    return {"resourceType": "ConceptMap", "name": "X", "status": "active", "group": [group]}


def capable(kind: str) -> Json:
    """A capability statement with one search parameter."""
    parameters = [{"name": "name", "definition": ORGANIZATION_NAME, "type": kind}]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2024",
        "kind": "instance",
        "instantiates": ["urn:x"],
        "implementation": {"description": "x"},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{"mode": "server", "resource": [{"type": "Organization", "searchParam": parameters}]}],
    }


def form(question: str) -> Json:
    """A Questionnaire whose second item hangs on a question."""
    condition = {"question": question, "operator": "exists", "answerBoolean": True}
    inner = {"linkId": "b1", "type": "string"}
    items = [
        {"linkId": "a", "type": "boolean"},
        {"linkId": "b", "type": "group", "item": [inner], "enableWhen": [condition]},
    ]
    return {"resourceType": "Questionnaire", "name": "X", "status": "active", "item": items}


def sliced(path: str, discriminator: str, *elements: Json) -> Json:
    """A profile that slices an element by a value."""
    slicing = {"discriminator": [{"type": "value", "path": discriminator}], "rules": "open"}
    return profile(path.partition(".")[0], {"id": path, "slicing": slicing}, *elements)


def extension(fixed: str) -> Json:
    """The definition of an extension that fixes this url."""
    return profile(
        "Extension",
        {"id": "Extension.url", "fixedUri": fixed},
        kind="complex-type",
        context=[{"type": "element", "expression": "Patient"}],
    )


def pulse(**members: object) -> Json:
    """A heart rate."""
    code = {"coding": [{"system": LOINC, "code": "8867-4"}]}
    given = {"subject": {"reference": "Patient/p"}, "effectiveDateTime": "2024-01-01", "category": [VITAL]}
    value = {"value": 60, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"}
    return observation(**{"code": code, **given, "valueQuantity": value, **members})


AGAIN = {"discriminator": [{"type": "value", "path": "use"}], "rules": "open"}
GUIDE: Json = {
    "resourceType": "ImplementationGuide",
    "url": BASE + "ImplementationGuide/x",
    "global": [{"type": "Patient", "profile": BASE + "StructureDefinition/named"}],
}
NAMED = profile("Patient", {"id": "Patient.name", "min": 1}, url=BASE + "StructureDefinition/named")
IMPOSING = profile(
    "Patient",
    extension=[
        {
            "url": "http://hl7.org/fhir/StructureDefinition/structuredefinition-imposeProfile",
            "valueCanonical": BASE + "StructureDefinition/named",
        }
    ],
)

CASES: dict[str, General] = {
    "search of another type than its origin": General(
        parameter(derivedFrom=ORGANIZATION_NAME, type="token"),
        ("derivation-differs", "SearchParameter.type", "string"),
        parameter(derivedFrom=ORGANIZATION_NAME),
    ),
    "search of another resource than its origin": General(
        parameter(derivedFrom=ORGANIZATION_NAME, base=["Organization", "Patient"]),
        ("derivation-differs", "SearchParameter.base[1]", "Organization"),
        parameter(derivedFrom=BASE + "unknown", base=["Organization", "Patient"]),
    ),
    "search by an expression of another resource": General(
        parameter(expression="Organization.name | Patient.name", xpathUsage="normal"),
        ("expression-wrong", "SearchParameter.expression", "Organization"),
        parameter(expression="Organization.name | (Organization.alias)", xpathUsage="normal"),
    ),
    "search by what is no expression": General(
        parameter(expression="Organization.name ||", xpathUsage="normal"),
        ("expression-wrong", "SearchParameter.expression", None),
        parameter(expression="Organization.name", xpathUsage="normal"),
    ),
    "composite search of one": General(
        parameter(type="composite", component=[{"definition": "urn:a", "expression": "name"}]),
        ("element-missing", "SearchParameter", "component"),
        parameter(type="composite", component=[{"definition": "urn:a", "expression": "name"}] * 2),
    ),
    "search of another type in a capability": General(
        capable("token"),
        ("derivation-differs", "CapabilityStatement.rest[0].resource[0].searchParam[0].type", "string"),
        capable("string"),
    ),
    "miscounted code system": General(
        code_system(count=2), ("count-differs", "CodeSystem.count", None), code_system(count=3)
    ),
    "supplement that says so once": General(
        code_system(content="supplement"),
        ("supplement-unclear", "CodeSystem.content", None),
        code_system(content="supplement", supplements=COLOURS),
        (CODES,),
    ),
    "supplement of an unknown code": General(
        code_system(content="supplement", supplements=COLOURS, concept=[{"code": "green"}]),
        ("code-unknown", "CodeSystem.concept[0].code", COLOURS),
        code_system(content="supplement", supplements=COLOURS, concept=[{"code": "blue"}]),
        (CODES,),
    ),
    "concepts that aren't present": General(
        code_system(content="not-present"),
        ("element-not-allowed", "CodeSystem.concept[0]", "concept"),
        code_system(content="fragment"),
    ),
    "value set of a value set": General(
        value_set("http://hl7.org/fhir/ValueSet/observation-status"),
        ("system-is-value-set", "ValueSet.compose.include[0].system", None),
        value_set("http://hl7.org/fhir/observation-status"),
    ),
    "value set of a version in the URL": General(
        value_set("http://hl7.org/fhir/observation-status|4.0.1"),
        ("system-versioned", "ValueSet.compose.include[0].system", None),
        value_set("http://hl7.org/fhir/observation-status"),
    ),
    "value set of an unknown code": General(
        value_set(COLOURS, "red", "green"),
        ("code-unknown", "ValueSet.compose.include[0].concept[1].code", COLOURS),
        value_set(COLOURS, "red", "crimson"),
        (CODES,),
    ),
    "map of an unknown code": General(
        concept_map("green"),
        ("code-unknown", "ConceptMap.group[0].element[0].code", COLOURS),
        concept_map("red"),
        (CODES,),
    ),
    "condition on no question": General(
        form("c"), ("condition-question-unknown", "Questionnaire.item[1].enableWhen[0].question", None), form("a")
    ),
    "condition on itself": General(
        form("b"), ("condition-question-own", "Questionnaire.item[1].enableWhen[0].question", None), form("a")
    ),
    "condition on what is within": General(
        form("b1"), ("condition-question-own", "Questionnaire.item[1].enableWhen[0].question", None), form("a")
    ),
    "profile of another type than its base": General(
        profile(
            "Patient", {"id": "Patient.name", "min": 1}, baseDefinition="http://hl7.org/fhir/StructureDefinition/Person"
        ),
        ("derivation-differs", "StructureDefinition.type", "Person"),
        profile("Patient", {"id": "Patient.name", "min": 1}),
    ),
    "profile of another kind than its base": General(
        profile("Patient", {"id": "Patient.name", "min": 1}, kind="complex-type"),
        ("derivation-differs", "StructureDefinition.kind", "resource"),
        profile("Patient", {"id": "Patient.name", "min": 1}),
    ),
    "path that isn't there": General(
        profile("Patient", {"id": "Patient.surname", "min": 1}),
        ("path-unknown", "StructureDefinition.differential.element[0].path", "Patient"),
        profile("Patient", {"id": "Patient.name.family", "min": 1}),
    ),
    "cardinality that widens": General(
        profile("Observation", {"id": "Observation.status", "min": 0}),
        ("definition-widens", "StructureDefinition.differential.element[0].min", "1"),
        profile("Observation", {"id": "Observation.status", "min": 1}),
    ),
    "maximum that widens": General(
        profile("Patient", {"id": "Patient.gender", "max": "*"}),
        ("definition-widens", "StructureDefinition.differential.element[0].max", "1"),
        profile("Patient", {"id": "Patient.name", "max": "5"}),
    ),
    "binding that loosens": General(
        profile("Patient", {"id": "Patient.gender", "binding": {"strength": "preferred", "valueSet": "urn:x"}}),
        ("definition-widens", "StructureDefinition.differential.element[0].binding.strength", "required"),
        profile("Patient", {"id": "Patient.gender", "binding": {"strength": "required", "valueSet": "urn:x"}}),
    ),
    "discriminator that isn't there": General(
        sliced("Patient.name", "kind"),
        (
            "discriminator-unknown",
            "StructureDefinition.differential.element[0].slicing.discriminator[0].path",
            "HumanName",
        ),
        sliced("Patient.name", "use"),
    ),
    "slicing of what is single": General(
        sliced("Patient.maritalStatus", "text"),
        ("slicing-not-possible", "StructureDefinition.differential.element[0].slicing", None),
        sliced("Patient.name", "$this.use"),
    ),
    "slice that slices in another way": General(
        sliced("Patient.name", "family", {"id": "Patient.name:a", "sliceName": "a", "slicing": AGAIN}),
        ("slicing-differs", "StructureDefinition.differential.element[1].slicing", None),
        sliced("Patient.name", "use", {"id": "Patient.name:a", "sliceName": "a", "slicing": AGAIN}),
    ),
    "constraint that is no FHIRPath": General(
        profile(
            "Patient",
            {
                "id": "Patient",
                "constraint": [{"key": "a-1", "severity": "error", "human": "x", "expression": "name.exists("}],
            },
        ),
        ("expression-wrong", "StructureDefinition.differential.element[0].constraint[0].expression", None),
        profile(
            "Patient",
            {
                "id": "Patient",
                "constraint": [{"key": "a-1", "severity": "error", "human": "x", "expression": "name.exists()"}],
            },
        ),
    ),
    "extension that fixes another url": General(
        extension(BASE + "StructureDefinition/q"),
        ("extension-url-differs", "StructureDefinition.url", None),
        extension(PROFILE),
    ),
    "context of what is no extension": General(
        profile("Patient", {"id": "Patient.name", "min": 1}, context=[{"type": "element", "expression": "Patient"}]),
        ("element-not-allowed", "StructureDefinition.context[0]", "context"),
        profile("Patient", {"id": "Patient.name", "min": 1}),
    ),
    "experiment": General(
        value_set("urn:x") | {"experimental": True},
        ("experimental-content", "ValueSet.experimental", None),
        value_set("urn:x") | {"experimental": False},
        options=replace(QUIET, experimental="error"),
    ),
    "vital sign without its time": General(
        {key: value for key, value in pulse().items() if key != "effectiveDateTime"},
        ("element-missing", "Observation", "effective"),
        pulse(),
    ),
    "vital sign to the month": General(
        pulse(effectiveDateTime="2024-01"),
        ("invariant-broken", "Observation.effective", "vs-1"),
        {key: value for key, value in pulse(effectivePeriod={"start": "2024"}).items() if key != "effectiveDateTime"},
    ),
    "what a guide asks of every patient": General(
        patient(active=True), ("element-missing", "Patient", "name"), patient(name=[{"text": "x"}]), (GUIDE, NAMED)
    ),
    "what a profile imposes": General(
        patient(active=True), ("element-missing", "Patient", "name"), patient(name=[{"text": "x"}]), (IMPOSING, NAMED)
    ),
    "target of a profile nobody loaded": General(
        observation(subject={"reference": "#p"}, contained=[patient(id="p")]),
        ("profile-unknown", "Observation.subject", "https://who.knows/StructureDefinition/x"),
        observation(subject={"reference": "Patient/p"}),
        (
            profile(
                "Observation",
                {
                    "id": "Observation.subject",
                    "type": [{"code": "Reference", "targetProfile": ["https://who.knows/StructureDefinition/x"]}],
                },
            ),
        ),
    ),
}
