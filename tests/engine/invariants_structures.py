"""Cases for the invariants of StructureDefinition and ElementDefinition: one that breaks each, one that doesn't."""

from __future__ import annotations

from tests.engine.case_form import DROP, Group, Json, group
from tests.engine.invariants_definitions import CANONICAL, CODING, case, made

S = "StructureDefinition"
D = "differential.element"
AT = f"{S}.{D}"
BINDING = {"strength": "required", "valueSet": "https://v.example/x"}


def element(path: str, **members: object) -> Json:
    """An element of a differential."""
    return {"id": path, "path": path, **members}


def whole(path: str, **members: object) -> Json:
    """An element of a snapshot."""
    told = {"definition": "x", "min": 0, "max": "1", "base": {"path": path, "min": 0, "max": "1"}}
    return element(path, **told, **members)


PROFILE = made(
    S,
    url="https://p.example/x",
    name="Profile",
    status="draft",
    kind="resource",
    abstract=False,
    type="Patient",
    baseDefinition="http://hl7.org/fhir/StructureDefinition/Patient",
    derivation="constraint",
    differential={"element": [element("Patient"), element("Patient.name")]},
)
SNAPSHOT = {key: value for key, value in PROFILE.items() if key != "differential"} | {
    "snapshot": {"element": [whole("Patient"), whole("Patient.name")]}
}
EXTENSION = {
    **PROFILE,
    "kind": "complex-type",
    "type": "Extension",
    "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
    "context": [{"type": "element", "expression": "Patient"}],
    "contextInvariant": ["true"],
    "differential": {"element": [element("Extension"), element("Extension.url", fixedUri=PROFILE["url"])]},
}
E = f"{AT}[1]"

GROUPS: list[Group] = [
    group(
        "profile",
        PROFILE,
        {
            "of no machine's name": ({"name": "a profile"}, f"warning:invariant-broken {S} sdf-0"),
            "on no base": case({"baseDefinition": DROP}, S, "sdf-4"),
            "of nothing": case({"differential": DROP}, S, "sdf-6"),
            "mapped to nothing": case({"mapping": [{"identity": "m"}]}, f"{S}.mapping[0]", "sdf-2"),
            "element of no id": ({f"{D}.1.id": DROP}, f"invariant-broken {S} sdf-14", f"invariant-broken {S} sdf-17"),
            "two elements of one id": case({f"{D}.1.id": "Patient"}, S, "sdf-17"),
            "context of no extension": case({"contextInvariant": ["true"]}, S, "sdf-18"),
            "type at the root": case({f"{D}.0.type": [{"code": "Patient"}]}, S, "sdf-15a"),
            "slicing at the root": case(
                {f"{D}.0.slicing": {"rules": "open", "description": "x"}}, f"{S}.differential", "sdf-20"
            ),
            "default in a constraint": case({f"{D}.1.defaultValueString": "x"}, S, "sdf-21"),
            "slice at the root": case({f"{D}.0.sliceName": "a"}, S, "sdf-23"),
            "label at the root": case({f"{D}.0.label": "x"}, S, "sdf-9"),
            "another type's elements": case(
                {D: [element("Group"), element("Group.name")]}, f"{S}.differential", "sdf-8a"
            ),
        },
        neighbours=[{"abstract": True, "baseDefinition": DROP}, {"mapping": [{"identity": "m", "uri": CANONICAL}]}],
    ),
    group(
        "snapshot",
        SNAPSHOT,
        {
            "one path twice in a type": (
                {
                    "type": "Person",
                    "derivation": "specialization",
                    "snapshot.element": [whole("Person"), whole("Person.name"), {**whole("Person.name"), "id": "b"}],
                },
                f"invariant-broken {S} sdf-1",
            ),
            "bound to nothing": case(
                {"snapshot.element.1.binding": {"strength": "example"}}, f"{S}.snapshot.element[1]", "sdf-10"
            ),
            "element of no id": (
                {"snapshot.element.1.id": DROP},
                f"invariant-broken {S} sdf-14",
                f"invariant-broken {S} sdf-16",
            ),
            "two elements of one id": case({"snapshot.element.1.id": "Patient"}, S, "sdf-16"),
            "type at the root": case({"snapshot.element.0.type": [{"code": "Patient"}]}, S, "sdf-15"),
            "element without meaning": case({"snapshot.element.1.definition": DROP}, f"{S}.snapshot", "sdf-3"),
            "element without base": case({"snapshot.element.1.base": DROP}, f"{S}.snapshot", "sdf-8b"),
            "root of another type": (
                {"type": "Group"},
                f"invariant-broken {S} sdf-11",
                f"invariant-broken {S}.snapshot sdf-8",
            ),
            "element elsewhere": case({"snapshot.element.1.path": "Group.name"}, f"{S}.snapshot", "sdf-8"),
        },
    ),
    group(
        "HL7's own",
        {**SNAPSHOT, "url": "http://hl7.org/fhir/StructureDefinition/x"},
        {
            "type of no such name": case({"snapshot.element.1.type": [{"code": "https://x.example"}]}, S, "sdf-19"),
            "with a default": case({"snapshot.element.1.defaultValueString": "x"}, S, "sdf-22"),
        },
    ),
    group(
        "definition of an extension",
        EXTENSION,
        {
            "that stands nowhere": case({"context": DROP}, S, "sdf-5"),
            "on a path that isn't there": (
                {"context.0.expression": "Patient.surname"},
                f"warning:path-unknown {S}.context[0].expression FHIR R4",
            ),
            "on a type that isn't there": (
                {"context.+": {"type": "element", "expression": "Pasient"}},
                f"warning:path-unknown {S}.context[1].expression FHIR R4",
            ),
            "on a slice of a path that isn't there": (
                {"context.0.expression": "Patient.surname:x"},
                f"warning:path-unknown {S}.context[0].expression FHIR R4",
            ),
        },
        neighbours=[
            {"context.0.expression": expression}
            for expression in (
                "Element",
                "MetadataResource",
                "BackboneElement",
                "string",
                "Extension.value[x]",
                "Observation.value[x]",
                "Patient.contact.name.family",
                "Questionnaire.item.item",
                "https://p.example/p#Patient.surname:x",
            )
        ],
    ),
    group(
        "element",
        {
            **PROFILE,
            "differential": {
                "element": [
                    element("Patient"),
                    element(
                        "Patient.extension.value[x]",
                        min=1,
                        max="1",
                        type=[{"code": "code"}],
                        binding=BINDING,
                        constraint=[{"key": "a", "severity": "error", "human": "x", "expression": "true"}],
                    ),
                ]
            },
        },
        {
            "slicing by nothing": case({f"{D}.1.slicing": {"rules": "open"}}, f"{E}.slicing", "eld-1"),
            "value set at no address": (
                {f"{D}.1.binding.valueSet": "ftp://v.example/x"},
                f"invariant-broken {E}.binding eld-12",
            ),
            "one type twice": case({f"{D}.1.type.+": {"code": "code"}}, E, "eld-13"),
            "one constraint twice": case(
                {f"{D}.1.constraint.+": {"key": "a", "severity": "error", "human": "y", "expression": "true"}},
                E,
                "eld-14",
            ),
            "slice name with a space": case({f"{D}.1.sliceName": "a b"}, E, "eld-16"),
            "target of what doesn't refer": case(
                {f"{D}.1.type.0.targetProfile": [CANONICAL]}, f"{E}.type[0]", "eld-17"
            ),
            "modifier for no reason": case({f"{D}.1.isModifier": True}, E, "eld-18"),
            "most below least": case({f"{D}.1.min": 2}, E, "eld-2"),
            "most of no number": case({f"{D}.1.max": "-1", f"{D}.1.min": DROP}, f"{E}.max", "eld-3"),
            "constraint in words alone": (
                {f"{D}.1.constraint.0.expression": DROP},
                f"warning:invariant-broken {E}.constraint[0] eld-21",
            ),
            "constraining no slice": case({f"{D}.1.sliceIsConstraining": True}, E, "eld-22"),
            "gathering what doesn't refer": case({f"{D}.1.type.0.aggregation": ["contained"]}, f"{E}.type[0]", "eld-4"),
            "type beside a content reference": case({f"{D}.1.contentReference": "#Patient"}, E, "eld-5"),
            "fixed and of two types": case({f"{D}.1.type.+": {"code": "string"}, f"{D}.1.fixedCode": "x"}, E, "eld-6"),
            "pattern of two types": case({f"{D}.1.type.+": {"code": "string"}, f"{D}.1.patternCode": "x"}, E, "eld-7"),
            "fixed and a pattern": case({f"{D}.1.fixedCode": "x", f"{D}.1.patternCode": "x"}, E, "eld-8"),
        },
        neighbours=[
            {f"{D}.+": element("Patient.name", max="*")},
            {f"{D}.1.isModifier": True, f"{D}.1.isModifierReason": "x"},
            {f"{D}.1.sliceName": "a/b", f"{D}.1.sliceIsConstraining": True},
            {f"{D}.1.contentReference": "#Patient", f"{D}.1.type": DROP, f"{D}.1.binding": DROP},
        ],
    ),
    group(
        "logical model",
        {
            **PROFILE,
            "kind": "logical",
            "derivation": "specialization",
            "type": "https://t.example",
            "differential": {"element": [element("Model")]},
        },
        {
            "path without a letter": ({f"{D}.0.path": "1"}, f"warning:invariant-broken {AT}[0] eld-20"),
            "path of signs": (
                {f"{D}.0.path": "$"},
                f"invariant-broken {AT}[0] eld-19",
                f"warning:invariant-broken {AT}[0] eld-20",
            ),
        },
    ),
    group(
        "element of a type of its own",
        {
            **PROFILE,
            "type": "Person",
            "derivation": "specialization",
            "differential": {"element": [element("Person"), element("Person.name", defaultValueString="x")]},
        },
        {"default and meaning without": case({f"{D}.1.meaningWhenMissing": "x"}, E, "eld-15")},
    ),
]

SCRIPT = made(
    "TestScript",
    url="https://t.example",
    name="Script",
    status="draft",
    variable=[{"name": "v", "path": "x"}],
    metadata={"capability": [{"required": True, "validated": False, "capabilities": CANONICAL}]},
    setup={"action": [{"operation": {"encodeRequestUrl": True, "url": "x"}}]},
    test=[{"action": [{"operation": {"encodeRequestUrl": True, "url": "x"}}]}],
    teardown={"action": [{"operation": {"encodeRequestUrl": True, "url": "x"}}]},
)
CHECKED = made(
    "TestScript",
    url="https://t.example",
    name="Script",
    status="draft",
    setup={"action": [{"assert": {"warningOnly": True, "direction": "response", "response": "okay"}}]},
    test=[{"action": [{"assert": {"warningOnly": True, "direction": "response", "response": "okay"}}]}],
)
REPORT = made(
    "TestReport",
    status="completed",
    testScript={"reference": "TestScript/1"},
    result="pass",
    setup={"action": [{"operation": {"result": "pass"}}]},
    test=[{"action": [{"operation": {"result": "pass"}}]}],
)
AT_SETUP, AT_TEST = "TestScript.setup.action[0]", "TestScript.test[0].action[0]"
OPERATION = ".operation"

GROUPS += [
    group(
        "script",
        SCRIPT,
        {
            "doing nothing before": case(
                {"setup.action.0": {"id": "a", "extension": [{"url": "https://e.example", "valueCode": "x"}]}},
                AT_SETUP,
                "tst-1",
            ),
            "doing and checking before": case(
                {"setup.action.0.assert": {"warningOnly": True, "response": "okay"}}, AT_SETUP, "tst-1"
            ),
            "doing and checking": case(
                {"test.0.action.0.assert": {"warningOnly": True, "response": "okay"}}, AT_TEST, "tst-2"
            ),
            "variable from two places": case(
                {"variable.0": {"name": "v", "path": "x", "expression": "y", "headerField": "z"}},
                "TestScript.variable[0]",
                "tst-3",
            ),
            "going nowhere before": case({"setup.action.0.operation.url": DROP}, AT_SETUP + OPERATION, "tst-7"),
            "going nowhere": case({"test.0.action.0.operation.url": DROP}, AT_TEST + OPERATION, "tst-8"),
            "going nowhere after": case(
                {"teardown.action.0.operation.url": DROP}, "TestScript.teardown.action[0]" + OPERATION, "tst-9"
            ),
        },
        neighbours=[
            {"setup.action.0.operation": {"encodeRequestUrl": True, "sourceId": "a"}},
            {"setup.action.0.operation": {"encodeRequestUrl": True, "type": CODING | {"code": "search"}}},
        ],
    ),
    group(
        "script that checks",
        CHECKED,
        {
            "comparing to nothing before": case(
                {"setup.action.0.assert.compareToSourceExpression": "x"}, AT_SETUP + ".assert", "tst-10"
            ),
            "comparing to nothing": case(
                {"test.0.action.0.assert.compareToSourceExpression": "x"}, AT_TEST + ".assert", "tst-11"
            ),
            "response of a request before": case(
                {"setup.action.0.assert.direction": "request"}, AT_SETUP + ".assert", "tst-12"
            ),
            "response of a request": case(
                {"test.0.action.0.assert.direction": "request"}, AT_TEST + ".assert", "tst-13"
            ),
            "two things before": case({"setup.action.0.assert.path": "x"}, AT_SETUP + ".assert", "tst-5"),
            "two things": case({"test.0.action.0.assert.path": "x"}, AT_TEST + ".assert", "tst-6"),
        },
        neighbours=[{"test.0.action.0.assert": {"warningOnly": True, "direction": "request", "path": "x"}}],
    ),
    group(
        "report",
        REPORT,
        {
            "doing and checking before": case(
                {"setup.action.0.assert": {"result": "pass"}}, "TestReport.setup.action[0]", "inv-1"
            ),
            "doing and checking": case(
                {"test.0.action.0.assert": {"result": "pass"}}, "TestReport.test[0].action[0]", "inv-2"
            ),
        },
    ),
]
