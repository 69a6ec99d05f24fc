"""Base R4's own invariants: all compile, and each of these holds for one tree and breaks for its neighbour."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from certgateway.engine.definitions.definitions import load_base
from certgateway.engine.definitions.facts import Invariant
from certgateway.engine.fhirpath.expressions import Environment, Node, NotCompilable, compile_expression

BASE = load_base()
Tree = Any
UCUM = "http://unitsofmeasure.org"
WARNED = {"resourceType": "Basic", "contained": [{"resourceType": "Patient", "id": "p"}]}


def entry(resource: Tree, **rest: Tree) -> Tree:
    return {"fullUrl": "urn:uuid:1", "resource": resource, **rest}


def bundle(type_: str, *entries: Tree, **rest: Tree) -> Tree:
    return {"resourceType": "Bundle", "type": type_, "entry": list(entries), **rest}


def coded(code: str, system: str) -> Tree:
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}]}


def condition(**rest: Tree) -> Tree:
    return {"resourceType": "Condition", "subject": {"reference": "Patient/1"}, **rest}


ACTIVE, RESOLVED = coded("active", "condition-clinical"), coded("resolved", "condition-clinical")
WRONG = coded("entered-in-error", "condition-ver-status")
PATIENT = {"resourceType": "Patient"}
FIRST, SECOND = ({**PATIENT, "meta": {"versionId": version}} for version in ("1", "2"))
PROBLEM = coded("problem-list-item", "condition-category")
HEADER = {"resourceType": "MessageHeader"}
LETTER = {"resourceType": "Composition"}
IDENTIFIED = {"identifier": {"system": "urn:s", "value": "1"}}
PERCENT = {"value": 5, "system": UCUM, "code": "%"}
EXTENSION = [{"url": "urn:x", "valueCode": "y"}]

# Owner type, element with the invariant (None: the type itself), key, a tree that holds, a tree that breaks.
CASES: list[tuple[str, str | None, str, Tree, Tree]] = [
    ("HumanName", None, "ele-1", {"family": "A"}, {}),
    ("Extension", None, "ext-1", {"valueCode": "x"}, {"valueCode": "x", "extension": EXTENSION}),
    ("Extension", None, "ext-1", {"url": "u", "extension": EXTENSION}, {"url": "u"}),
    ("Patient", None, "dom-2", WARNED, {"contained": [{"resourceType": "Patient", "contained": [PATIENT]}]}),
    (
        "Observation",
        None,
        "dom-3",
        {"contained": [{"resourceType": "Patient", "id": "p"}], "subject": {"reference": "#p"}},
        {"contained": [{"resourceType": "Patient", "id": "p"}], "subject": {"reference": "#q"}},
    ),
    (
        "Observation",
        None,
        "dom-3",
        {"contained": [{"resourceType": "Basic", "id": "p", "subject": {"reference": "#"}}]},
        {"contained": [{"resourceType": "Basic", "id": "p", "subject": {"reference": "#x"}}]},
    ),
    (
        "Patient",
        None,
        "dom-4",
        {"contained": [{"resourceType": "Basic", "meta": {"source": "urn:s"}}]},
        {"contained": [{"resourceType": "Basic", "meta": {"versionId": "1"}}]},
    ),
    (
        "Patient",
        None,
        "dom-5",
        {"contained": [{"resourceType": "Basic", "meta": {"tag": [{"code": "x"}]}}]},
        {"contained": [{"resourceType": "Basic", "meta": {"security": [{"code": "x"}]}}]},
    ),
    ("Patient", None, "dom-6", {"text": {"div": "<div/>"}}, {"text": {"status": "empty"}}),
    ("Bundle", None, "bdl-1", bundle("searchset", total=1), bundle("message", total=1)),
    ("Bundle", None, "bdl-2", bundle("searchset", {"search": {"mode": "match"}}), bundle("batch", {"search": {}})),
    (
        "Bundle",
        None,
        "bdl-3",
        bundle("batch", entry(PATIENT, request={"method": "PUT", "url": "x"})),
        bundle("message", entry(PATIENT, request={"method": "PUT", "url": "x"})),
    ),
    ("Bundle", None, "bdl-3", bundle("message", entry(PATIENT)), bundle("batch", entry(PATIENT))),
    ("Bundle", None, "bdl-4", bundle("message", entry(PATIENT)), bundle("message", entry(PATIENT, response={}))),
    (
        "Bundle",
        None,
        "bdl-7",
        bundle("message", entry(PATIENT), {"fullUrl": "urn:uuid:2", "resource": PATIENT}),
        bundle("message", entry(PATIENT), entry(HEADER)),
    ),
    (
        "Bundle",
        None,
        "bdl-7",
        bundle("message", entry(FIRST), entry(SECOND)),
        bundle("message", entry(FIRST), entry(FIRST)),
    ),
    ("Bundle", None, "bdl-9", bundle("document", **IDENTIFIED), bundle("document", identifier={"system": "urn:s"})),
    ("Bundle", None, "bdl-10", bundle("document", timestamp="2020-01-01T00:00:00Z"), bundle("document")),
    ("Bundle", None, "bdl-11", bundle("document", entry(LETTER)), bundle("document", entry(PATIENT), entry(LETTER))),
    ("Bundle", None, "bdl-12", bundle("message", entry(HEADER)), bundle("message", entry(PATIENT), entry(HEADER))),
    ("Bundle", "entry", "bdl-5", entry(PATIENT), {"fullUrl": "urn:uuid:1"}),
    ("Bundle", "entry", "bdl-8", {"fullUrl": "http://x/Patient/1"}, {"fullUrl": "http://x/Patient/1/_history/2"}),
    ("Period", None, "per-1", {"start": "2020", "end": "2021"}, {"start": "2020-01-02", "end": "2020-01-01"}),
    ("Period", None, "per-1", {"start": "2020-01-01"}, {"start": "2020-06", "end": "2020-05"}),
    (
        "Period",
        None,
        "per-1",
        {"start": "2020-01-01T12:00:00+02:00", "end": "2020-01-01T10:30:00Z"},
        {"start": "2020-01-01T12:00:00+02:00", "end": "2020-01-01T09:30:00Z"},
    ),
    ("Quantity", None, "qty-3", {"code": "kg", "system": UCUM}, {"code": "kg"}),
    ("Age", None, "age-1", {"value": 40, "code": "a", "system": UCUM}, {"value": 0, "code": "a", "system": UCUM}),
    ("Age", None, "age-1", {"value": 40, "code": "a", "system": UCUM}, {"value": 40, "code": "a", "system": "urn:x"}),
    ("Duration", None, "drt-1", {"value": 4, "code": "d", "system": UCUM}, {"code": "d", "system": UCUM}),
    ("Distance", None, "dis-1", {"value": 4, "code": "m", "system": UCUM}, {"value": 4, "system": UCUM}),
    ("Count", None, "cnt-3", {"value": 4, "code": "1", "system": UCUM}, {"value": Decimal("4.5"), "code": "1"}),
    ("Range", None, "rng-2", {"low": {"value": 1, "unit": "g"}, "high": {"value": 2, "unit": "g"}}, {
        "low": {"value": 3, "unit": "g"}, "high": {"value": 2, "unit": "g"}}),
    ("Ratio", None, "rat-1", {"numerator": {"value": 1}, "denominator": {"value": 2}}, {"numerator": {"value": 1}}),
    ("Ratio", None, "rat-1", {"extension": EXTENSION}, {}),
    ("Attachment", None, "att-1", {"data": "QQ==", "contentType": "text/plain"}, {"data": "QQ=="}),
    ("ContactPoint", None, "cpt-2", {"value": "1", "system": "phone"}, {"value": "1"}),
    ("Expression", None, "exp-1", {"expression": "1"}, {"language": "text/cql"}),
    ("Reference", None, "ref-1", {"reference": "#p"}, {"reference": "#other"}),
    ("Reference", None, "ref-1", {"reference": "#"}, {"reference": "#px"}),
    ("Timing", "repeat", "tim-1", {"duration": 1, "durationUnit": "h"}, {"duration": 1}),
    ("Timing", "repeat", "tim-2", {"period": 1, "periodUnit": "h"}, {"period": 1}),
    ("Timing", "repeat", "tim-4", {"duration": 0}, {"duration": -1}),
    ("Timing", "repeat", "tim-5", {"period": Decimal("0.5")}, {"period": Decimal("-0.5")}),
    ("Timing", "repeat", "tim-6", {"periodMax": 2, "period": 1}, {"periodMax": 2}),
    ("Timing", "repeat", "tim-7", {"durationMax": 2, "duration": 1}, {"durationMax": 2}),
    ("Timing", "repeat", "tim-8", {"countMax": 2, "count": 1}, {"countMax": 2}),
    ("Timing", "repeat", "tim-9", {"offset": 5, "when": ["AC"]}, {"offset": 5, "when": ["CM"]}),
    ("Timing", "repeat", "tim-9", {"when": ["CM"]}, {"offset": 5}),
    ("Timing", "repeat", "tim-10", {"when": ["AC"]}, {"when": ["AC"], "timeOfDay": ["10:00:00"]}),
    ("TriggerDefinition", None, "trd-1", {"data": [{"type": "Patient"}]}, {"data": [{}], "timingDate": "2020-01-01"}),
    ("TriggerDefinition", None, "trd-3", {"type": "named-event", "name": "x"}, {"type": "named-event"}),
    ("TriggerDefinition", None, "trd-3", {"type": "data-added", "data": [{"type": "Patient"}]}, {"type": "data-added"}),
    ("DataRequirement", "codeFilter", "drq-1", {"path": "x"}, {"path": "x", "searchParam": "y"}),
    ("DataRequirement", "dateFilter", "drq-2", {"searchParam": "x"}, {"valueDateTime": "2020"}),
    ("Observation", None, "obs-6", {"dataAbsentReason": {"text": "x"}}, {
        "dataAbsentReason": {"text": "x"}, "valueBoolean": False}),
    ("Observation", None, "obs-7",
     {"code": {"coding": [{"code": "a"}]}, "valueString": "x", "component": [{"code": {"coding": [{"code": "b"}]}}]},
     {"code": {"coding": [{"code": "a"}]}, "valueString": "x", "component": [{"code": {"coding": [{"code": "a"}]}}]}),
    ("Observation", "referenceRange", "obs-3", {"text": "x"}, {"age": {"low": {"value": 1}}}),
    ("Condition", None, "con-3", condition(clinicalStatus=ACTIVE), condition(category=[PROBLEM])),
    ("Condition", None, "con-4", condition(clinicalStatus=RESOLVED, abatementString="x"),
     condition(clinicalStatus=ACTIVE, abatementString="x")),
    ("Condition", None, "con-5", condition(verificationStatus=WRONG),
     condition(verificationStatus=WRONG, clinicalStatus=ACTIVE)),
    ("Condition", "stage", "con-1", {"summary": {"text": "x"}}, {"type": {"text": "x"}}),
    ("Condition", "evidence", "con-2", {"detail": [{"reference": "x"}]}, {"extension": EXTENSION}),
    ("Composition", "section", "cmp-1", {"entry": [{"reference": "x"}]}, {"title": "x"}),
    ("Composition", "section", "cmp-2", {"emptyReason": {"text": "x"}}, {
        "emptyReason": {"text": "x"}, "entry": [{"reference": "x"}]}),
    ("RiskAssessment", "prediction", "ras-2", {"probabilityDecimal": 100}, {"probabilityDecimal": Decimal("100.1")}),
    ("RiskAssessment.prediction", "probability", "ras-1", {"low": PERCENT}, {"low": {**PERCENT, "code": "1"}}),
    ("CarePlan", "activity", "cpl-3", {"detail": {"status": "x"}}, {"detail": {"status": "x"}, "reference": {}}),
    ("Patient", "contact", "pat-1", {"name": {"text": "x"}}, {"gender": "male"}),
    ("Organization", None, "org-1", {"name": "x"}, {"active": True}),
    ("Organization", "address", "org-2", {"use": "work"}, {"use": "home"}),
    ("Organization", "telecom", "org-3", {"use": "work"}, {"use": "home"}),
    ("QuestionnaireResponse", "item", "qrs-1", {"linkId": "1", "answer": [{"valueBoolean": True}]}, {
        "linkId": "1", "answer": [{"valueBoolean": True}], "item": [{"linkId": "2"}]}),
    ("Questionnaire", None, "que-2",
     {"item": [{"linkId": "1", "item": [{"linkId": "2"}]}]}, {"item": [{"linkId": "1", "item": [{"linkId": "1"}]}]}),
    ("Questionnaire", None, "que-0", {"name": "Good1"}, {"name": "x-y"}),
    ("Questionnaire", "item", "que-1", {"type": "group", "item": [{}]}, {"type": "group"}),
    ("Questionnaire", "item", "que-3", {"type": "group"}, {"type": "display", "code": [{"code": "x"}]}),
    ("Questionnaire", "item", "que-4", {"answerValueSet": "u"}, {"answerValueSet": "u", "answerOption": [{}]}),
    ("Questionnaire", "item", "que-6", {"type": "group", "required": True}, {"type": "display", "required": False}),
    ("Questionnaire", "item", "que-11", {"answerOption": [{}]}, {"answerOption": [{}], "initial": [{}]}),
    ("Questionnaire.item", "enableWhen", "que-7", {"operator": "exists", "answerBoolean": True}, {
        "operator": "exists", "answerString": "x"}),
    ("Task", None, "inv-1", {"lastModified": "2020-02-01T00:00:00Z", "authoredOn": "2020-01-01T00:00:00Z"}, {
        "lastModified": "2020-01-01T00:00:00Z", "authoredOn": "2020-02-01T00:00:00Z"}),
    ("Parameters", "parameter", "inv-1", {"name": "x", "valueString": "y"}, {
        "name": "x", "valueString": "y", "resource": PATIENT}),
    ("List", None, "lst-1", {"entry": [{}]}, {"entry": [{"date": "2020"}], "emptyReason": {"text": "x"}}),
    ("List", None, "lst-2", {"mode": "changes", "entry": [{"deleted": True}]}, {
        "mode": "working", "entry": [{"deleted": True}]}),
    ("Linkage", None, "lnk-1", {"item": [{"type": "x"}, {"type": "y"}]}, {"item": [{"type": "x"}]}),
    ("Appointment", None, "app-2", {"start": "x", "end": "y"}, {"start": "x"}),
    ("Appointment", None, "app-3", {"status": "proposed"}, {"status": "booked"}),
    ("Appointment", None, "app-4", {"status": "noshow"}, {"status": "booked", "cancelationReason": {"text": "x"}}),
    ("MedicationDispense", None, "mdd-1", {"whenPrepared": "2020-01-01", "whenHandedOver": "2020-01-02"}, {
        "whenPrepared": "2020-01-03", "whenHandedOver": "2020-01-02"}),
    ("Measure", None, "mea-1", {"group": [{"stratifier": [{"code": {"text": "x"}}]}]}, {
        "group": [{"stratifier": [{"code": {"text": "x"}, "component": [{}]}]}]}),
    ("MolecularSequence", None, "msq-3", {"coordinateSystem": 1}, {"coordinateSystem": 2}),
    ("NamingSystem", None, "nsd-2",
     {"uniqueId": [{"type": "oid", "preferred": True}, {"type": "oid"}]},
     {"uniqueId": [{"type": "oid", "preferred": True}, {"type": "oid", "preferred": True}]}),
    ("MessageDefinition", "focus", "md-1", {"max": "*"}, {"max": "0"}),
    ("CodeSystem", None, "csd-1",
     {"concept": [{"code": "a", "concept": [{"code": "b"}]}]},
     {"concept": [{"code": "a", "concept": [{"code": "a"}]}]}),
    ("CapabilityStatement", None, "cpb-2", {"description": "x"}, {"status": "active"}),
    ("ValueSet.compose", "include", "vsd-1", {"system": "urn:x"}, {"version": "1"}),
    ("ValueSet.compose", "include", "vsd-2", {"system": "urn:x", "concept": [{}]}, {"concept": [{"code": "x"}]}),
    ("StructureDefinition", None, "sdf-4", {"abstract": True}, {"abstract": False}),
    ("StructureDefinition", "snapshot", "sdf-3",
     {"element": [{"definition": "x", "min": 0, "max": "1"}]}, {"element": [{"definition": "x", "max": "1"}]}),
    ("AuditEvent", "entity", "sev-1", {"name": "x"}, {"name": "x", "query": "QQ=="}),
    ("Goal", "target", "gol-1", {"detailString": "x", "measure": {"text": "y"}}, {"detailString": "x"}),
    ("Consent", None, "ppc-1", {"policyRule": {"text": "x"}}, {"status": "active"}),
]  # fmt: skip


def invariant(owner: str, element: str | None, key: str) -> Invariant:
    facts = BASE.type(owner)
    assert facts is not None, owner
    stated = facts.invariants if element is None else facts.children[element].invariants
    return next(row for row in stated if row.key == key)


def node(owner: str, element: str | None, tree: Tree) -> Node:
    if element is None:
        return Node(tree, owner)
    facts = BASE.type(owner)
    assert facts is not None
    return Node(tree, next(code for other, code in facts.keys.values() if other is facts.children[element]))


def environment(of: Node) -> Environment:
    is_resource = BASE.is_resource(of.type)
    return Environment(BASE, of if is_resource else Node(WARNED, "Basic"))


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{case[0]}{'.' if case[1] else ''}{case[1] or ''}-{case[2]}" for case in CASES]
)
def test_invariant_holds_for_the_good_and_breaks_for_the_bad(case: tuple[str, str | None, str, Tree, Tree]) -> None:
    owner, element, key, good, bad = case
    expression = compile_expression(invariant(owner, element, key).expression)
    sound, broken = node(owner, element, good), node(owner, element, bad)
    assert expression.holds(sound, environment(sound)) is True
    assert expression.holds(broken, environment(broken)) is False


@pytest.mark.parametrize(
    "owner, element, key, tree",
    [
        ("Bundle", "entry", "bdl-8", {"resource": PATIENT}),
        ("RiskAssessment", "prediction", "ras-2", {"outcome": {"text": "x"}}),
        ("Reference", None, "ref-1", {"display": "x"}),
        ("Questionnaire", None, "que-0", {"status": "draft"}),
    ],
)
def test_an_absent_optional_element_breaks_nothing(owner: str, element: str | None, key: str, tree: Tree) -> None:
    at = node(owner, element, tree)
    assert compile_expression(invariant(owner, element, key).expression).holds(at, environment(at)) is True


def test_the_cases_cover_at_least_sixty_invariants() -> None:
    assert len({case[2] for case in CASES}) >= 60


def test_every_base_invariant_compiles() -> None:
    refused: list[tuple[str, str]] = []
    rows = {(row.key, row.expression) for row in BASE.invariants()}
    for key, expression in rows:
        try:
            compile_expression(expression)
        except NotCompilable as reason:
            refused.append((key, str(reason)))
    assert refused == []
    assert len(rows) > 200
