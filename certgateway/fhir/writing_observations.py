"""The items that are written as Observations (docs/fhir-mapping.md), a function each: the mirror of `fhir.statements`.

Each function gives the resource without id and with its subject. Prose is written as it is held; nothing may be added
to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from certgateway.domain.certificate import (
    ClinicalFinding,
    Coding,
    Employment,
    FunctionStatement,
    Onset,
    Participation,
    Period,
    Reservation,
    SpecialistStatement,
    Statement,
)
from certgateway.domain.vocabulary import systems
from certgateway.fhir.writing_values import (
    Addresses,
    Json,
    coded_part,
    compact,
    concept,
    item_code,
    limit_parts,
    links,
    notes,
    own,
    part,
    period,
    quantity,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the statements are about, and how they refer to one another. `diagnoses` counts those in the message."""

    addresses: Addresses
    diagnoses: int = 0

    @property
    def patient(self) -> Json:
        """The reference to the patient."""
        return self.addresses.reference("patient")

    def diagnosis(self, index: int | None) -> Json | None:
        """The reference to a diagnosis; None when the certificate holds none with that index (`losses` says so)."""
        if index is None or not 0 <= index < self.diagnoses:
            return None
        return self.addresses.reference(f"diagnosis[{index}]")


@dataclass(slots=True)
class _Observation:
    """What an Observation may hold; `value` is the choice's suffix and the value, absent when the value is None."""

    code: Json
    value: tuple[str, Any] = ("String", None)
    absent: str | None = None
    extensions: list[Json] = field(default_factory=list)
    date: str | None = None
    period: Period | None = None
    comment: str | None = None
    parts: Iterable[Json] = ()

    def about(self, subject: Subject) -> Json:
        """The resource, its elements in FHIR's order."""
        kind, value = self.value
        absent = concept(Coding(systems.DATA_ABSENT_REASON, self.absent)) if self.absent and value is None else None
        members = {
            "resourceType": "Observation",
            "extension": self.extensions,
            "status": "final",
            "code": self.code,
            "subject": subject.patient,
            "effectiveDateTime": self.date,
            "effectivePeriod": period(self.period) if self.period else None,
            f"value{kind}": value,
            "dataAbsentReason": absent,
            "note": notes(self.comment),
            "component": list(self.parts),
        }
        return compact(members)


def employment(entry: Employment, subject: Subject) -> Json:
    """Occupation, situation and demands, and whether there is an employer to return to."""
    parts = [
        *part("occupation", "String", entry.occupation),
        *coded_part("returns", "yes-no", entry.returns),
        *coded_part("said-by", "informant", entry.said_by),
        *coded_part("several", "yes-no", entry.several),
        *(named for code in entry.situations for named in coded_part("situation", "work-situation", code)),
        *part("other-situation", "String", entry.other_situation),
        *part("demands", "String", entry.demands),
        *part("occupation-code", "String", entry.occupation_code),
    ]
    return _Observation(item_code("employment"), date=entry.date, parts=parts).about(subject)


def history(entry: Statement, subject: Subject) -> Json:
    """The patient's own account."""
    return _prose("history", entry, subject)


def assessment(entry: Statement, subject: Subject) -> Json:
    """The doctor's overall assessment, or the answer to a question of the form of 2008."""
    return _prose("assessment", entry, subject, coded_part("question", "question", entry.question))


def _prose(item: str, entry: Statement, subject: Subject, parts: Iterable[Json] = ()) -> Json:
    text = ("String", entry.text or None)
    told = _Observation(item_code(item), text, extensions=links(entry.source), date=entry.date, parts=parts)
    return told.about(subject)


def clinical_finding(entry: ClinicalFinding, subject: Subject) -> Json:
    """Coded by ICF, measured, or in words. An Observation has one value: beside a measurement, words have no place."""
    value: tuple[str, Any] = ("String", entry.text)
    if entry.quantity is not None:
        value = ("Quantity", quantity(entry.quantity))
    return _Observation(
        concept(entry.code) if entry.code else item_code("findings"),
        value,
        extensions=links(entry.source),
        date=entry.date,
        comment=entry.comment,
        parts=coded_part("qualifier", "icf-qualifier", entry.qualifier),
    ).about(subject)


def onset(entry: Onset, subject: Subject) -> Json:
    """Since when function is reduced; an unknown onset says so in the way every FHIR reader knows, too."""
    return _Observation(
        item_code("onset"),
        ("DateTime", entry.since),
        absent="unknown" if entry.certainty == "unknown" else None,
        extensions=links(entry.source),
        comment=entry.comment,
        parts=coded_part("certainty", "onset-certainty", entry.certainty),
    ).about(subject)


def function(entry: FunctionStatement, subject: Subject) -> Json:
    """One function in work or daily life; without an ability, the reason why it was not assessed."""
    parts = [
        *coded_part("setting", "setting", entry.setting),
        *coded_part("qualifier", "icf-qualifier", entry.qualifier),
        *coded_part("variation", "variation", entry.variation),
        *coded_part("best", "ability", entry.best),
        *coded_part("worst", "ability", entry.worst),
    ]
    for code in entry.adaptations:
        parts += coded_part("adaptation", "adaptation", code)
    return _Observation(
        concept(entry.code) if entry.code else item_code("function"),
        ("CodeableConcept", own("ability", entry.ability)),
        absent=entry.not_assessed,
        extensions=links(entry.source, subject.diagnosis(entry.diagnosis)),
        date=entry.date,
        comment=entry.comment,
        parts=[*parts, *limit_parts(entry.limits)],
    ).about(subject)


def participation(entry: Participation, subject: Subject) -> Json:
    """Can the patient take part in activity or take up work, and the doctor's view of measures."""
    parts = [
        *coded_part("scope", "activity-scope", entry.scope),
        *coded_part("reason", "exemption-reason", entry.reason),
        *coded_part("measure-view", "measure-view", entry.measure_view),
        *coded_part("resumption", "resumption", entry.resumption),
        *coded_part("measure", "proposed-measure", entry.measure),
    ]
    return _Observation(
        item_code("activity"),
        ("CodeableConcept", own("participation", entry.ability)),
        extensions=links(entry.source),
        period=entry.period,
        comment=entry.comment,
        parts=parts,
    ).about(subject)


def specialist(entry: SpecialistStatement, subject: Subject) -> Json:
    """A specialist's statement and what it means for function."""
    parts = [
        *coded_part("specialty", "specialty", entry.specialty),
        *part("attached", "Boolean", entry.attached),
    ]
    return _Observation(
        item_code("specialist"),
        ("String", entry.meaning),
        extensions=links(entry.source),
        date=entry.date,
        parts=parts,
    ).about(subject)


def reservation(entry: Reservation, subject: Subject) -> Json:
    """What must be kept from the patient, and why."""
    parts = [named for item in entry.items for named in coded_part("item", "certificate-item", item)]
    reason = coded_part("reason", "reservation-reason", entry.reason)
    return _Observation(item_code("reservation"), ("String", entry.text), parts=[*parts, *reason]).about(subject)
