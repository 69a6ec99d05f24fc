"""Cases for the invariants of definitional resources: one that breaks each, one that doesn't."""

from __future__ import annotations

from tests.engine.case_form import DROP, Group, Json, group

REF = {"reference": "Basic/1"}
TEXT = {"text": "x"}
CODING = {"system": "https://c.example", "code": "x"}
CANONICAL = "https://d.example/x"


def made(type_: str, **members: object) -> Json:
    """A resource."""
    return {"resourceType": type_, **members}


def case(change: Json, at: str, key: str) -> tuple[Json, str]:
    """A change that breaks one invariant."""
    return change, f"invariant-broken {at} {key}"


def evidence(kind: str, *names: str) -> Json:
    """One of the types of evidence, whose required parts are references."""
    return made(kind, status="draft", **{name: {"reference": "EvidenceVariable/1"} for name in names})


SYNTHESIS = made(
    "EffectEvidenceSynthesis",
    status="draft",
    population={"reference": "EvidenceVariable/1"},
    exposure={"reference": "EvidenceVariable/1"},
    exposureAlternative={"reference": "EvidenceVariable/1"},
    outcome={"reference": "EvidenceVariable/1"},
)
CAPABILITY = made(
    "CapabilityStatement",
    status="draft",
    date="2024",
    kind="instance",
    fhirVersion="4.0.1",
    format=["json"],
    implementation={"description": "x"},
    rest=[{"mode": "server", "resource": [{"type": "Patient", "searchParam": [{"name": "a", "type": "token"}]}]}],
)
TERMINOLOGY = made(
    "TerminologyCapabilities", status="draft", date="2024", kind="instance", implementation={"description": "x"}
)
GUIDE = made(
    "ImplementationGuide",
    url="https://g.example",
    name="Guide",
    status="draft",
    packageId="g.example",
    fhirVersion=["4.0.1"],
    definition={"grouping": [{"id": "g", "name": "x"}], "resource": [{"reference": REF, "groupingId": "g"}]},
)
SCRIPT = made("TestScript", url="https://t.example", name="Script", status="draft")
MAP = made(
    "StructureMap",
    url="https://m.example",
    name="Map",
    status="draft",
    group=[
        {
            "name": "g",
            "typeMode": "none",
            "input": [{"name": "i", "mode": "source"}],
            "rule": [
                {
                    "name": "r",
                    "source": [{"context": "i"}],
                    "target": [{"context": "i", "contextType": "variable", "element": "e"}],
                }
            ],
        }
    ],
)
PARAMETER = made(
    "SearchParameter",
    url="https://s.example",
    name="Search",
    status="draft",
    description="x",
    code="x",
    base=["Patient"],
    type="reference",
    chain=["name"],
    xpath="x",
    xpathUsage="normal",
)
OPERATION = made(
    "OperationDefinition",
    name="Operation",
    status="draft",
    kind="operation",
    code="x",
    system=False,
    type=False,
    instance=False,
    parameter=[{"name": "p", "use": "in", "min": 0, "max": "1", "type": "string", "searchType": "token"}],
)
NAMED: list[tuple[str, Json]] = [
    ("adf-0", made("ActivityDefinition", status="draft", name="A")),
    ("cmd-0", made("ConceptMap", status="draft", name="A")),
    ("cpb-0", CAPABILITY | {"name": "A"}),
    (
        "cpd-0",
        made("CompartmentDefinition", url="https://x.example", name="A", status="draft", code="Patient", search=True),
    ),
    ("csd-0", made("CodeSystem", status="draft", content="complete", name="A")),
    ("ees-0", SYNTHESIS | {"name": "A"}),
    ("esc-0", made("ExampleScenario", status="draft", name="A")),
    ("evd-0", made("EventDefinition", status="draft", name="A", trigger=[{"type": "named-event", "name": "x"}])),
    ("evi-0", made("Evidence", status="draft", name="A", exposureBackground={"reference": "EvidenceVariable/1"})),
    ("evv-0", made("EvidenceVariable", status="draft", name="A", characteristic=[{"definitionCanonical": CANONICAL}])),
    ("gdf-0", made("GraphDefinition", name="A", status="draft", start="Patient")),
    ("ig-0", GUIDE),
    ("lib-0", made("Library", status="draft", name="A", type=TEXT)),
    ("mea-0", made("Measure", status="draft", name="A")),
    ("msd-0", made("MessageDefinition", status="draft", date="2024", eventUri="https://e.example", name="A")),
    (
        "nsd-0",
        made(
            "NamingSystem", name="A", status="draft", kind="root", date="2024", uniqueId=[{"type": "oid", "value": "x"}]
        ),
    ),
    ("opd-0", OPERATION),
    ("pdf-0", made("PlanDefinition", status="draft", name="A")),
    (
        "red-0",
        made(
            "ResearchElementDefinition",
            status="draft",
            type="outcome",
            name="A",
            characteristic=[{"definitionCanonical": CANONICAL}],
        ),
    ),
    (
        "rsd-0",
        made("ResearchDefinition", status="draft", name="A", population={"reference": "ResearchElementDefinition/1"}),
    ),
    (
        "rvs-0",
        made(
            "RiskEvidenceSynthesis",
            status="draft",
            name="A",
            population={"reference": "EvidenceVariable/1"},
            outcome={"reference": "EvidenceVariable/1"},
        ),
    ),
    ("smp-0", MAP),
    ("spd-0", PARAMETER),
    ("tcp-0", TERMINOLOGY | {"name": "A"}),
    ("tst-0", SCRIPT),
    ("vsd-0", made("ValueSet", status="draft", name="A")),
]
GROUPS: list[Group] = [
    group(
        f"name of {tree['resourceType']}",
        tree,
        {"no machine reads it": ({"name": "a name"}, f"warning:invariant-broken {tree['resourceType']} {key}")},
        neighbours=[{"name": "Name_2"}],
    )
    for key, tree in NAMED
]

C = "CapabilityStatement"
GROUPS += [
    group(
        "capabilities",
        CAPABILITY,
        {
            "of nothing": case({"rest": DROP}, C, "cpb-1"),
            "one parameter twice": case(
                {"rest.0.resource.0.searchParam.+": {"name": "a", "type": "token"}},
                f"{C}.rest[0].resource[0]",
                "cpb-12",
            ),
            "of no instance": case({"implementation": DROP, "description": "x"}, C, "cpb-14"),
            "one document twice": case(
                {"document": [{"mode": "producer", "profile": CANONICAL}, {"mode": "producer", "profile": CANONICAL}]},
                C,
                "cpb-7",
            ),
            "one type twice": case({"rest.0.resource.+": {"type": "Patient"}}, f"{C}.rest[0]", "cpb-9"),
        },
    ),
    group(
        "capabilities of a kind of software",
        {
            **{key: value for key, value in CAPABILITY.items() if key != "implementation"},
            "kind": "capability",
            "software": {"name": "x"},
        },
        {
            "with an implementation": case({"implementation": {"description": "x"}}, C, "cpb-15"),
            "required and implemented": case({"kind": "requirements", "description": "x"}, C, "cpb-16"),
            "with endpoints": case(
                {"messaging": [{"endpoint": [{"protocol": CODING, "address": "https://x.example"}]}]}, C, "cpb-3"
            ),
        },
    ),
    group(
        "required capabilities",
        {
            **{key: value for key, value in CAPABILITY.items() if key != "implementation"},
            "kind": "requirements",
            "description": "x",
        },
        {"of nothing in words": case({"description": DROP}, C, "cpb-2")},
    ),
    group(
        "capabilities of a terminology",
        TERMINOLOGY | {"codeSystem": [{"uri": CANONICAL, "version": [{"code": "1"}, {"code": "2"}]}]},
        {
            "a version of no code": case(
                {"codeSystem.0.version.1": {"isDefault": True}}, "TerminologyCapabilities.codeSystem[0]", "tcp-1"
            ),
            "of no instance": case({"implementation": DROP, "description": "x"}, "TerminologyCapabilities", "tcp-3"),
            "of software that stands somewhere": case(
                {"kind": "capability", "software": {"name": "x"}}, "TerminologyCapabilities", "tcp-4"
            ),
            "required of software": case(
                {"kind": "requirements", "software": {"name": "x"}, "implementation": DROP},
                "TerminologyCapabilities",
                "tcp-5",
            ),
            "of nothing": case({"kind": "requirements", "implementation": DROP}, "TerminologyCapabilities", "tcp-2"),
        },
        neighbours=[{"codeSystem.0.version": [{"isDefault": True}]}],
    ),
    group(
        "concept map",
        made(
            "ConceptMap",
            status="draft",
            group=[
                {
                    "element": [{"target": [{"equivalence": "narrower", "comment": "x"}]}],
                    "unmapped": {"mode": "fixed", "code": "x"},
                }
            ],
        ),
        {
            "narrower without a word": case(
                {"group.0.element.0.target.0.comment": DROP}, "ConceptMap.group[0].element[0].target[0]", "cmd-1"
            ),
            "fixed on nothing": case({"group.0.unmapped.code": DROP}, "ConceptMap.group[0].unmapped", "cmd-2"),
            "in another map": case(
                {"group.0.unmapped": {"mode": "other-map"}}, "ConceptMap.group[0].unmapped", "cmd-3"
            ),
        },
        neighbours=[{"group.0.element.0.target.0": {"equivalence": "equal"}}],
    ),
    group(
        "code system",
        made("CodeSystem", status="draft", content="complete", concept=[{"code": "a", "concept": [{"code": "b"}]}]),
        {"one code twice": case({"concept.0.concept.0.code": "a"}, "CodeSystem", "csd-1")},
    ),
    group(
        "value set",
        made(
            "ValueSet",
            status="draft",
            compose={"include": [{"system": "https://c.example", "concept": [{"code": "a"}]}]},
            expansion={"timestamp": "2024", "contains": [{"system": "https://c.example", "code": "a"}]},
        ),
        {
            "of nothing": case({"compose.include.0": {"version": "1"}}, "ValueSet.compose.include[0]", "vsd-1"),
            "codes of no system": case(
                {"compose.include.0": {"concept": [{"code": "a"}], "valueSet": [CANONICAL]}},
                "ValueSet.compose.include[0]",
                "vsd-2",
            ),
            "listed and filtered": case(
                {"compose.include.0.filter": [{"property": "p", "op": "=", "value": "x"}]},
                "ValueSet.compose.include[0]",
                "vsd-3",
            ),
            "excluding nothing": case({"compose.exclude": [{"version": "1"}]}, "ValueSet.compose.exclude[0]", "vsd-1"),
            "expanded to a code of no system": case(
                {"expansion.contains.0.system": DROP}, "ValueSet.expansion.contains[0]", "vsd-10"
            ),
            "expanded to nothing": case(
                {"expansion.contains.0": {"abstract": True}}, "ValueSet.expansion.contains[0]", "vsd-6"
            ),
            "expanded to a heading that is none": case(
                {"expansion.contains.0": {"display": "x"}}, "ValueSet.expansion.contains[0]", "vsd-9"
            ),
        },
        neighbours=[{"expansion.contains.0": {"display": "x", "abstract": True}}],
    ),
    group(
        "guide",
        GUIDE,
        {
            "group nobody made": case(
                {"definition.resource.0.groupingId": "h"}, "ImplementationGuide.definition", "ig-1"
            ),
            "version it isn't for": case(
                {"definition.resource.0.fhirVersion": ["4.0.0"]}, "ImplementationGuide", "ig-2"
            ),
        },
        neighbours=[{"definition.resource.0.fhirVersion": ["4.0.1"]}],
    ),
    group(
        "message definition",
        made(
            "MessageDefinition",
            status="draft",
            date="2024",
            eventUri="https://e.example",
            focus=[{"code": "Patient", "min": 0, "max": "1"}],
        ),
        {"at most none": case({"focus.0.max": "0"}, "MessageDefinition.focus[0]", "md-1")},
        neighbours=[{"focus.0.max": "*"}],
    ),
    group(
        "measure",
        made("Measure", status="draft", group=[{"stratifier": [{"code": TEXT}]}]),
        {
            "by a code and by parts": case(
                {"group.0.stratifier.0.component": [{"criteria": {"language": "text/cql", "expression": "x"}}]},
                "Measure",
                "mea-1",
            )
        },
    ),
    group(
        "naming system",
        made(
            "NamingSystem",
            name="A",
            status="draft",
            kind="root",
            date="2024",
            uniqueId=[{"type": "oid", "value": "1", "preferred": True}],
        ),
        {
            "root that is a UUID": case({"uniqueId.0.type": "uuid"}, "NamingSystem", "nsd-1"),
            "preferring two": case(
                {"uniqueId.+": {"type": "oid", "value": "2", "preferred": True}}, "NamingSystem", "nsd-2"
            ),
        },
        neighbours=[{"kind": "identifier", "uniqueId.0.type": "uuid"}],
    ),
    group(
        "operation",
        OPERATION,
        {
            "parameter of nothing": case(
                {"parameter.0": {"name": "p", "use": "in", "min": 0, "max": "1"}},
                "OperationDefinition.parameter[0]",
                "opd-1",
            ),
            "searching what is no text": case(
                {"parameter.0.type": "integer"}, "OperationDefinition.parameter[0]", "opd-2"
            ),
            "target of what doesn't refer": case(
                {"parameter.0.targetProfile": [CANONICAL]}, "OperationDefinition.parameter[0]", "opd-3"
            ),
            "part of nothing": case(
                {
                    "parameter.0": {
                        "name": "p",
                        "use": "in",
                        "min": 0,
                        "max": "1",
                        "part": [{"name": "q", "use": "in", "min": 0, "max": "1"}],
                    }
                },
                "OperationDefinition.parameter[0].part[0]",
                "opd-1",
            ),
        },
    ),
    group(
        "search parameter",
        PARAMETER,
        {
            "path of no use": case({"xpathUsage": DROP}, "SearchParameter", "spd-1"),
            "chained from what doesn't refer": case({"type": "token"}, "SearchParameter", "spd-2"),
        },
    ),
    group(
        "structure map",
        MAP,
        {
            "element of nothing": case(
                {"group.0.rule.0.target.0": {"element": "e"}}, "StructureMap.group[0].rule[0].target[0]", "smp-1"
            ),
            "context of no kind": case(
                {"group.0.rule.0.target.0.contextType": DROP}, "StructureMap.group[0].rule[0].target[0]", "smp-2"
            ),
        },
    ),
]
