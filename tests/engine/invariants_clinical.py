"""Cases for the invariants of the other clinical and administrative resources: one that breaks, one that doesn't."""

from __future__ import annotations

from tests.engine.case_form import DROP, Group, Json, group
from tests.engine.invariants_definitions import CODING, TEXT, case, made
from tests.unit.engine.profile_making import patient

SUBJECT = {"reference": "Patient/1"}
ALLERGY_STATUS = "http://terminology.hl7.org/CodeSystem/allergyintolerance-"


def status(part: str, code: str) -> Json:
    """A status of an allergy."""
    return {"coding": [{"system": ALLERGY_STATUS + part, "code": code}]}


GROUPS: list[Group] = [
    group(
        "allergy",
        made("AllergyIntolerance", patient=SUBJECT, clinicalStatus=status("clinical", "active")),
        {
            "of no status": case({"clinicalStatus": DROP}, "AllergyIntolerance", "ait-1"),
            "that is none": case(
                {"verificationStatus": status("verification", "entered-in-error")}, "AllergyIntolerance", "ait-2"
            ),
        },
        neighbours=[{"clinicalStatus": DROP, "verificationStatus": status("verification", "entered-in-error")}],
    ),
    group(
        "appointment",
        made(
            "Appointment",
            status="booked",
            start="2024-01-01T10:00:00Z",
            end="2024-01-01T11:00:00Z",
            participant=[{"status": "accepted", "actor": SUBJECT}],
        ),
        {
            "with nobody": case({"participant.0.actor": DROP}, "Appointment.participant[0]", "app-1"),
            "that ends never": case({"end": DROP, "status": "proposed"}, "Appointment", "app-2"),
            "at no time": case({"end": DROP, "start": DROP}, "Appointment", "app-3"),
            "cancelled for a reason and booked": case({"cancelationReason": TEXT}, "Appointment", "app-4"),
        },
        neighbours=[{"status": "cancelled", "cancelationReason": TEXT}],
    ),
    group(
        "answer to an appointment",
        made(
            "AppointmentResponse",
            appointment={"reference": "Appointment/1"},
            participantStatus="accepted",
            actor=SUBJECT,
        ),
        {"of nobody": case({"actor": DROP}, "AppointmentResponse", "apr-1")},
    ),
    group(
        "coverage",
        made(
            "CoverageEligibilityResponse",
            status="active",
            purpose=["benefits"],
            patient=SUBJECT,
            created="2024",
            request={"reference": "CoverageEligibilityRequest/1"},
            outcome="complete",
            insurer={"reference": "Organization/1"},
            insurance=[{"coverage": {"reference": "Coverage/1"}, "item": [{"category": TEXT}]}],
        ),
        {
            "category and product": case(
                {"insurance.0.item.0.productOrService": TEXT},
                "CoverageEligibilityResponse.insurance[0].item[0]",
                "ces-1",
            ),
            "neither": case(
                {"insurance.0.item.0": {"name": "x"}}, "CoverageEligibilityResponse.insurance[0].item[0]", "ces-1"
            ),
        },
    ),
    group(
        "care team",
        made(
            "CareTeam",
            contained=[{"resourceType": "Practitioner", "id": "p"}],
            participant=[{"member": {"reference": "#p"}, "onBehalfOf": {"reference": "Organization/1"}}],
        ),
        {"patient on behalf of somebody": case({"contained.0": patient(id="p")}, "CareTeam.participant[0]", "ctm-1")},
        neighbours=[{"participant.0.onBehalfOf": DROP}],
    ),
    group(
        "family history",
        made(
            "FamilyMemberHistory",
            status="completed",
            patient=SUBJECT,
            relationship=TEXT,
            ageString="60",
            estimatedAge=True,
        ),
        {
            "age and birth": case({"bornDate": "1960"}, "FamilyMemberHistory", "fhs-1"),
            "estimate of no age": case({"ageString": DROP}, "FamilyMemberHistory", "fhs-2"),
        },
    ),
    group(
        "goal",
        made(
            "Goal",
            lifecycleStatus="active",
            description=TEXT,
            subject=SUBJECT,
            target=[{"measure": TEXT, "detailString": "x"}],
        ),
        {"target of no measure": case({"target.0.measure": DROP}, "Goal.target[0]", "gol-1")},
        neighbours=[{"target.0.detailString": DROP}],
    ),
    group(
        "group",
        made("Group", type="person", actual=True, member=[{"entity": SUBJECT}]),
        {"members of a description": case({"actual": False}, "Group", "grp-1")},
    ),
    group(
        "immunization",
        made(
            "Immunization",
            status="completed",
            vaccineCode=TEXT,
            patient=SUBJECT,
            occurrenceString="x",
            education=[{"documentType": "x"}],
        ),
        {
            "education by nothing": case(
                {"education.0": {"publicationDate": "2024"}}, "Immunization.education[0]", "imm-1"
            )
        },
    ),
    group(
        "recommendation",
        made(
            "ImmunizationRecommendation",
            patient=SUBJECT,
            date="2024",
            recommendation=[{"forecastStatus": TEXT, "targetDisease": TEXT}],
        ),
        {
            "of nothing": case(
                {"recommendation.0.targetDisease": DROP}, "ImmunizationRecommendation.recommendation[0]", "imr-1"
            )
        },
    ),
    group(
        "insurance plan",
        made("InsurancePlan", name="x", status="active"),
        {"nameless": case({"name": DROP}, "InsurancePlan", "ipn-1")},
        neighbours=[{"name": DROP, "identifier": [{"value": "1"}]}],
    ),
    group(
        "linkage",
        made("Linkage", item=[{"type": "source", "resource": SUBJECT}, {"type": "alternate", "resource": SUBJECT}]),
        {"of one": case({"item.1": DROP}, "Linkage", "lnk-1")},
    ),
    group(
        "list",
        made("List", status="current", mode="changes", entry=[{"item": SUBJECT, "deleted": True}]),
        {
            "empty and full": case({"emptyReason": TEXT}, "List", "lst-1"),
            "deleted from no changes": case({"mode": "working"}, "List", "lst-2"),
            "dated and not at work": case({"entry.0.date": "2024"}, "List", "lst-3"),
        },
        neighbours=[{"mode": "working", "entry.0": {"item": SUBJECT, "date": "2024"}}],
    ),
    group(
        "medicine given",
        made(
            "MedicationAdministration",
            status="completed",
            medicationCodeableConcept=TEXT,
            subject=SUBJECT,
            effectiveDateTime="2024",
            dosage={"dose": {"value": 1}},
        ),
        {"dose of nothing": case({"dosage": {"text": "x"}}, "MedicationAdministration.dosage", "mad-1")},
    ),
    group(
        "medicine dispensed",
        made(
            "MedicationDispense",
            status="completed",
            medicationCodeableConcept=TEXT,
            whenPrepared="2024-01-01",
            whenHandedOver="2024-01-02",
        ),
        {"before it was ready": case({"whenHandedOver": "2023-12-31"}, "MedicationDispense", "mdd-1")},
    ),
    group(
        "report of a measure",
        made(
            "MeasureReport",
            status="complete",
            type="summary",
            measure="https://m.example",
            period={"start": "2024"},
            group=[{"stratifier": [{"stratum": [{"value": TEXT}]}]}],
        ),
        {
            "of data, with groups": case({"type": "data-collection"}, "MeasureReport", "mrp-1"),
            "value and parts": case(
                {"group.0.stratifier.0.stratum.0.component": [{"code": TEXT, "value": TEXT}]}, "MeasureReport", "mrp-2"
            ),
        },
    ),
    group(
        "sequence",
        made("MolecularSequence", coordinateSystem=0, referenceSeq={"genomeBuild": "x", "chromosome": TEXT}),
        {
            "counted from two": case({"coordinateSystem": 2}, "MolecularSequence", "msq-3"),
            "build of no chromosome": case(
                {"referenceSeq.chromosome": DROP}, "MolecularSequence.referenceSeq", "msq-5"
            ),
            "two sources": case({"referenceSeq.referenceSeqString": "x"}, "MolecularSequence.referenceSeq", "msq-6"),
        },
    ),
    group(
        "nutrition",
        made(
            "NutritionOrder",
            status="active",
            intent="order",
            patient=SUBJECT,
            dateTime="2024",
            oralDiet={"instruction": "x"},
        ),
        {"of nothing": (({"oralDiet": DROP}), "warning:invariant-broken NutritionOrder nor-1")},
    ),
    group(
        "consent",
        made("Consent", status="active", scope=TEXT, category=[TEXT], policyRule=TEXT, patient=SUBJECT),
        {
            "by no rule": case({"policyRule": DROP}, "Consent", "ppc-1"),
        },
        neighbours=[{"patient": DROP}],
    ),
    group(
        "group of requests",
        made("RequestGroup", status="active", intent="order", action=[{"resource": {"reference": "Task/1"}}]),
        {"action of nothing": case({"action.0": {"title": "x"}}, "RequestGroup.action[0]", "rqg-1")},
        neighbours=[{"action.0": {"action": [{"resource": {"reference": "Task/1"}}]}}],
    ),
    group(
        "audit",
        made(
            "AuditEvent",
            type=CODING,
            recorded="2024-01-01T00:00:00Z",
            agent=[{"requestor": True}],
            source={"observer": {"reference": "Device/1"}},
            entity=[{"name": "x"}],
        ),
        {"name and query": case({"entity.0.query": "aGVp"}, "AuditEvent.entity[0]", "sev-1")},
    ),
    group(
        "parameters",
        made("Parameters", parameter=[{"name": "p", "valueString": "x"}]),
        {
            "of nothing": case({"parameter.0.valueString": DROP}, "Parameters.parameter[0]", "inv-1"),
            "value and parts": case(
                {"parameter.0.part": [{"name": "q", "valueString": "x"}]}, "Parameters.parameter[0]", "inv-1"
            ),
            "value and resource": case({"parameter.0.resource": patient()}, "Parameters.parameter[0]", "inv-1"),
            "part of nothing": case(
                {"parameter.0": {"name": "p", "part": [{"name": "q"}]}}, "Parameters.parameter[0].part[0]", "inv-1"
            ),
        },
        neighbours=[{"parameter.0": {"name": "p", "resource": patient()}}],
    ),
]
