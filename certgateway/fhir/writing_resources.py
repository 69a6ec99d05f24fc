"""The items that have resources of their own: diagnosis, treatment, health risk and prognosis (docs/fhir-mapping.md).

The mirror of their readers in `fhir.statements`. Each function gives the resource without id and with its subject;
none may decide for the doctor: what the certificate does not say is not written.
"""

from collections.abc import Iterable
from typing import Final

from certgateway.domain.certificate import Diagnosis, HealthRisk, Prognosis, Treatment
from certgateway.domain.vocabulary import systems
from certgateway.fhir.writing_observations import Subject
from certgateway.fhir.writing_values import (
    Json,
    compact,
    concept,
    extension,
    links,
    notes,
    own,
    period,
    quantity,
)

# R4 demands a status of its own, narrower than ours: ours stands in an extension, and readers who don't know it get
# the nearest word. "unknown" is read as no status at all.
_R4_STATUS: Final = {
    "ongoing": "in-progress",
    "planned": "scheduled",
    "waiting": "not-started",
    "under-investigation": "in-progress",
    "finished": "completed",
    "no-progression": "in-progress",
}


def diagnosis(entry: Diagnosis, subject: Subject) -> Json:
    """A Condition with every coding it came with, the one it is read by first."""
    return compact(
        {
            "resourceType": "Condition",
            "extension": [
                *extension("occupational-injury", "Code", entry.occupational_injury),
                *extension("injury-date", "Date", entry.injury_date),
            ],
            "category": [own("diagnosis-rank", entry.rank)],
            "code": concept(*entry.codes) if entry.codes else None,
            "subject": subject.patient,
            "note": notes(entry.comment),
        }
    )


def care_plan(entries: Iterable[Treatment], subject: Subject) -> Json:
    """All treatments as activities of one CarePlan, in their order."""
    return {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "subject": subject.patient,
        "activity": [_activity(entry, subject) for entry in entries],
    }


def _activity(entry: Treatment, subject: Subject) -> Json:
    extensions = [
        *extension("treatment-status", "Code", entry.status),
        *extension("expected-to-improve", "Code", entry.improves),
        *extension("combinable-with-activity", "Code", entry.combinable),
        *extension("expected-wait", "Duration", quantity(entry.wait)),
        *links(entry.source, subject.diagnosis(entry.diagnosis)),
    ]
    detail = {
        "extension": extensions,
        "code": own("treatment-kind", entry.kind),
        "status": _R4_STATUS.get(entry.status or "", "unknown"),
        "scheduledPeriod": period(entry.period),
        "description": entry.description,
    }
    return compact({"progress": notes(entry.result), "detail": compact(detail)})


def health_risk(entry: HealthRisk, subject: Subject) -> Json:
    """A RiskAssessment with one prediction: harm, severity and how long."""
    prediction = compact(
        {
            "extension": extension("severity", "Code", entry.severity),
            "outcome": own("harm", entry.harm),
            "whenPeriod": period(entry.validity),
        }
    )
    return compact(
        {
            "resourceType": "RiskAssessment",
            "extension": [*links(entry.source), *_safe_limits(entry), *_adaptations(entry)],
            "status": "final",
            "code": concept(entry.activity) if entry.activity else None,
            "subject": subject.patient,
            "occurrenceDateTime": entry.date,
            "condition": subject.diagnosis(entry.diagnosis),
            "prediction": [prediction] if prediction else [],
            "mitigation": entry.mitigation,
            "note": notes(entry.comment),
        }
    )


def _safe_limits(entry: HealthRisk) -> list[Json]:
    url = systems.STRUCTURE_DEFINITION + "safe-limit"
    return [
        {
            "url": url,
            "extension": [
                {"url": "kind", "valueCode": limit.kind},
                {"url": "quantity", "valueQuantity": quantity(limit.quantity)},
            ],
        }
        for limit in entry.safe_limits
    ]


def _adaptations(entry: HealthRisk) -> list[Json]:
    return [named for code in entry.adaptations for named in extension("adaptation", "Code", code)]


def prognosis(entry: Prognosis, subject: Subject) -> Json:
    """A ClinicalImpression: the course, and in extensions what makes it an answer."""
    course = own("course", entry.course)
    extensions = [
        *extension("horizon", "Duration", quantity(entry.horizon)),
        *extension("illness-duration", "Duration", quantity(entry.illness_duration)),
        *extension("reduced-function-duration", "Duration", quantity(entry.reduced_function_duration)),
        *extension("certainty", "Code", entry.certainty),
        *extension("uncertain-because", "Code", entry.uncertain_because),
        *extension("review-date", "Date", entry.review_date),
        *links(entry.source, subject.diagnosis(entry.diagnosis)),
    ]
    return compact(
        {
            "resourceType": "ClinicalImpression",
            "extension": extensions,
            "status": "completed",
            "subject": subject.patient,
            "date": entry.date,
            "prognosisCodeableConcept": [course] if course else [],
            "note": notes(entry.comment),
        }
    )
