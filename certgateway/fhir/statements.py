"""The resources that sections refer to, one reader per item, in the order of the form (docs/fhir-mapping.md).

Each reader takes the resource and the element path it will have, notes where the parts stood, and returns the
statement. What a reader does not name is not carried.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from certgateway.domain.certificate import (
    Attachment,
    ClinicalFinding,
    Coding,
    Diagnosis,
    Employment,
    FunctionStatement,
    HealthRisk,
    Limit,
    Onset,
    Participation,
    Prognosis,
    Quantity,
    Reservation,
    SpecialistStatement,
    Statement,
    Treatment,
)
from certgateway.domain.vocabulary import known, systems
from certgateway.fhir import elements
from certgateway.fhir.elements import ITEM_SYSTEM, RISK_SYSTEM, Parts, Reading
from certgateway.fhir.reading import Node

# Attachment types that may be named in derived data; any other is a foreign word and reads "other".
_CONTENT_TYPES = frozenset({"application/pdf", "image/png", "image/jpeg", "image/tiff"})


_NOT_HELD = {
    "verificationStatus": frozenset({"refuted", "entered-in-error"}),
    "clinicalStatus": frozenset({"inactive", "resolved"}),
}


def employment(node: Node, element: str, reading: Reading) -> Employment:
    """Occupation, and whether there is an employer to return to."""
    elements.obligatory(node, reading)
    node.code_of(ITEM_SYSTEM, "code")
    parts = elements.components(node)
    occupation = parts.first("occupation")
    return Employment(
        occupation=elements.prose(occupation, f"{element}.occupation", reading) if occupation else None,
        returns=parts.code("returns", "yes-no"),
        said_by=parts.code("said-by", "informant"),
        date=elements.date(node, element, reading),
    )


def diagnoses(resources: list[Node], reading: Reading) -> list[Diagnosis]:
    """All Conditions that are held to be true now. Without a category anywhere the first is the main diagnosis."""
    resources = [node for node in resources if node.value.get("resourceType") == "Condition" and _is_held(node)]
    ranks = [_rank(node) for node in resources]
    found = []
    for index, (node, rank) in enumerate(zip(resources, ranks, strict=True)):
        elements.obligatory(node, reading)
        node.skip("clinicalStatus", "verificationStatus")
        element = f"diagnosis[{index}]"
        reading.note(element, node.path)
        reading.diagnosis_index[node.path] = index
        codes: list[Coding] = []
        for coding, path in node.codings("code"):
            system = systems.canonical_system(coding.system)
            if system in systems.DIAGNOSIS_SYSTEMS:
                node.keep(path, "code")
                reading.note(f"{element}.codes[{len(codes)}]" if codes else f"{element}.code", f"{path}.code")
                codes.append(Coding(system, coding.code))
        first = index == 0 and not any(ranks)
        main: Literal["main", "other"] = "main" if rank == "main" or (rank is None and first) else "other"
        found.append(Diagnosis(tuple(codes), main, elements.comment(node, element, reading)))
    return found


def _is_held(node: Node) -> bool:
    """A diagnosis that is refuted, entered in error or over is none; it stays unread and is named as not carried."""
    for name, codes in _NOT_HELD.items():
        concept = node.value.get(name)
        codings = concept.get("coding") if isinstance(concept, dict) else None
        for coding in codings if isinstance(codings, list) else ():
            if isinstance(coding, dict) and coding.get("code") in codes:
                return False
    return True


def _rank(node: Node) -> str | None:
    for concept in node.items("category"):
        for place, (coding, _) in enumerate(concept.own_codings()):
            if coding.system == systems.CODE_SYSTEM + "diagnosis-rank":
                concept.message.mark(concept.value["coding"][place], ("system", "code"))
                return coding.code
    return None


def history(node: Node, element: str, reading: Reading) -> Statement | None:
    """The patient's own account; its source is the patient unless somebody says otherwise."""
    statement = assessment(node, element, reading)
    return statement and replace(statement, source=statement.source or "patient-reported")


def assessment(node: Node, element: str, reading: Reading) -> Statement | None:
    """Prose of the doctor, kept as written; without text there is no statement."""
    elements.obligatory(node, reading)
    node.code_of(ITEM_SYSTEM, "code")
    text = elements.prose(node, f"{element}.text", reading)
    if text is None:
        return None
    return Statement(text, elements.source(node, element, reading), elements.date(node, element, reading))


def clinical_finding(node: Node, element: str, reading: Reading) -> ClinicalFinding:
    """Coded by ICF, measured, or in words."""
    elements.obligatory(node, reading)
    code = elements.coding_of(node, (systems.ICF, ITEM_SYSTEM))
    parts = elements.components(node)
    return ClinicalFinding(
        code=code if code and code.system == systems.ICF else None,
        text=elements.prose(node, f"{element}.text", reading),
        quantity=elements.quantity(node),
        qualifier=parts.code("qualifier", "icf-qualifier"),
        date=elements.date(node, element, reading),
        source=elements.source(node, element, reading),
        comment=elements.comment(node, element, reading),
    )


def onset(node: Node, element: str, reading: Reading) -> Onset:
    """Since when function is reduced; an unknown onset is said by its certainty or by dataAbsentReason."""
    elements.obligatory(node, reading)
    node.code_of(ITEM_SYSTEM, "code")
    since = node.text("valueDateTime")
    if since is not None:
        reading.note(f"{element}.since", f"{node.path}.value")
    absent = node.code_of(systems.DATA_ABSENT_REASON, "dataAbsentReason")
    certainty = elements.components(node).code("certainty", "onset-certainty")
    return Onset(
        since=since,
        certainty=certainty or ("unknown" if absent else None),
        source=elements.source(node, element, reading),
        comment=elements.comment(node, element, reading),
    )


# R4's own status words where our extension is absent.
_TREATMENT_STATUS = {
    "in-progress": "ongoing",
    "scheduled": "planned",
    "not-started": "planned",
    "on-hold": "waiting",
    "completed": "finished",
    "stopped": "finished",
}


def treatments(plan: Node, start: int, reading: Reading) -> list[Treatment]:
    """Each activity of a CarePlan is one treatment; `start` is the index of the first."""
    if plan.value.get("resourceType") != "CarePlan":
        return []
    elements.obligatory(plan, reading)
    plan.skip("intent")
    found: list[Treatment] = []
    for activity in plan.items("activity"):
        detail = activity.get("detail")
        if detail is not None:
            element = f"treatment[{start + len(found)}]"
            reading.note(element, activity.path)
            found.append(_treatment(activity, detail, element, reading))
    return found


def _treatment(activity: Node, detail: Node, element: str, reading: Reading) -> Treatment:
    progress = activity.first("progress")
    status = detail.text("status") or ""
    return Treatment(
        kind=elements.concept(detail, "treatment-kind", "code", None),
        status=elements.extension_code(detail, "treatment-status", "treatment-status") or _TREATMENT_STATUS.get(status),
        period=elements.period(detail.get("scheduled", "scheduledPeriod"), f"{element}.period", reading),
        description=elements.prose(detail, f"{element}.description", reading, "description", "description"),
        result=elements.prose(progress, f"{element}.result", reading, "text", "text") if progress else None,
        improves=elements.extension_code(detail, "expected-to-improve", "expected-to-improve"),
        combinable=elements.extension_code(detail, "combinable-with-activity", "combinable-with-activity"),
        diagnosis=elements.diagnosis_link(detail, reading),
        source=elements.source(detail, element, reading),
    )


def function(node: Node, element: str, reading: Reading) -> FunctionStatement:
    """One function in work or daily life. `dataAbsentReason` without a value is "not assessed", with its reason."""
    elements.obligatory(node, reading)
    code = elements.coding_of(node, (systems.ICF,))
    if code is not None:
        reading.note(f"{element}.code", f"{node.path}.code")
    reading.note(f"{element}.ability", f"{node.path}.value" if "valueCodeableConcept" in node.value else node.path)
    parts = elements.components(node)
    return FunctionStatement(
        code=code,
        setting=parts.code("setting", "setting"),
        ability=elements.concept(node, "ability"),
        not_assessed=node.code_of(systems.DATA_ABSENT_REASON, "dataAbsentReason"),
        qualifier=parts.code("qualifier", "icf-qualifier"),
        limits=elements.limits(parts, element, reading),
        variation=parts.code("variation", "variation"),
        best=parts.code("best", "ability"),
        worst=parts.code("worst", "ability"),
        adaptations=tuple(_adaptations(parts)),
        diagnosis=elements.diagnosis_link(node, reading),
        date=elements.date(node, element, reading),
        source=elements.source(node, element, reading),
        comment=elements.comment(node, element, reading),
    )


def _adaptations(parts: Parts) -> Iterator[str]:
    for node in parts.parts.get("adaptation", ()):
        code = elements.concept(node, "adaptation")
        if code is not None:
            yield code


def health_risk(node: Node, element: str, reading: Reading) -> HealthRisk:
    """One activity that poses a risk; the single prediction says harm, severity and how long."""
    elements.obligatory(node, reading)
    activity = elements.coding_of(node, (RISK_SYSTEM, systems.ICF))
    if activity is not None:
        reading.note(f"{element}.activity", f"{node.path}.code")
    prediction = node.first("prediction")
    condition = node.linked("condition")
    period = prediction.get("when", "whenPeriod") if prediction else None
    return HealthRisk(
        activity=activity if activity and known(activity.system, activity.code) else None,
        harm=elements.concept(prediction, "harm", "outcome", None) if prediction else None,
        severity=elements.extension_code(prediction, "severity", "severity") if prediction else None,
        safe_limits=_safe_limits(node, element, reading),
        adaptations=tuple(_extension_codes(node, "adaptation")),
        mitigation=elements.prose(node, f"{element}.mitigation", reading, "mitigation", "mitigation"),
        validity=elements.period(period, f"{element}.validity", reading),
        diagnosis=reading.diagnosis_index.get(condition.path) if condition else None,
        date=elements.date(node, element, reading, "occurrence", "occurrenceDateTime"),
        source=elements.source(node, element, reading),
        comment=elements.comment(node, element, reading),
    )


def _extension_codes(node: Node, vocabulary: str) -> Iterator[str]:
    for extension in node.extensions(systems.STRUCTURE_DEFINITION + vocabulary):
        code = elements.own(vocabulary, extension.text("valueCode"))
        if code is not None:
            yield code


def _safe_limits(node: Node, element: str, reading: Reading) -> tuple[Limit, ...]:
    limits: list[Limit] = []
    for extension in node.extensions(systems.STRUCTURE_DEFINITION + "safe-limit"):
        kind_part, amount = extension.extension("kind"), extension.extension("quantity")
        kind = elements.own("limit", kind_part.text("valueCode")) if kind_part else None
        quantity = elements.quantity(amount) if amount else None
        if kind is not None and quantity is not None:
            reading.note(f"{element}.safe_limits[{len(limits)}]", extension.path)
            limits.append(Limit(kind, quantity))
    return tuple(limits)


def participation(node: Node, element: str, reading: Reading) -> Participation:
    """Can the patient take part in activity, and the doctor's view of a measure that NAV described."""
    elements.obligatory(node, reading)
    node.code_of(ITEM_SYSTEM, "code")
    parts = elements.components(node)
    return Participation(
        ability=elements.concept(node, "participation"),
        scope=parts.code("scope", "activity-scope"),
        reason=parts.code("reason", "exemption-reason"),
        period=elements.period(node.get("effective", "effectivePeriod"), f"{element}.period", reading),
        measure_view=parts.code("measure-view", "measure-view"),
        source=elements.source(node, element, reading),
        comment=elements.comment(node, element, reading),
    )


def prognosis(node: Node, element: str, reading: Reading) -> Prognosis:
    """The course ahead, with what makes it an answer: horizon, durations, review date, or why it is uncertain."""
    elements.obligatory(node, reading)
    review = node.extension(systems.STRUCTURE_DEFINITION + "review-date")
    if review is not None:
        reading.note(f"{element}.review_date", f"{review.path}.value")
    return Prognosis(
        course=_course(node, element, reading),
        horizon=_duration(node, "horizon"),
        certainty=elements.extension_code(node, "certainty", "certainty"),
        uncertain_because=elements.extension_code(node, "uncertain-because", "uncertain-because"),
        illness_duration=_duration(node, "illness-duration"),
        reduced_function_duration=_duration(node, "reduced-function-duration"),
        review_date=review.text("valueDate") if review else None,
        diagnosis=elements.diagnosis_link(node, reading),
        date=elements.date(node, element, reading, "date", "date"),
        source=elements.source(node, element, reading),
        comment=elements.comment(node, element, reading),
    )


def _course(node: Node, element: str, reading: Reading) -> str | None:
    for concept in node.items("prognosisCodeableConcept"):
        for coding in concept.items("coding"):
            course = elements.own("course", str(coding.value.get("code")))
            if course and coding.value.get("system") == systems.CODE_SYSTEM + "course":
                coding.skip("system", "code")
                reading.note(f"{element}.course", concept.path)
                return course
    return None


def _duration(node: Node, url: str) -> Quantity | None:
    extension = node.extension(systems.STRUCTURE_DEFINITION + url)
    return elements.quantity(extension, "value", "valueDuration") if extension else None


def specialist(node: Node, element: str, reading: Reading) -> SpecialistStatement:
    """A specialist's statement and what it means for function."""
    elements.obligatory(node, reading)
    node.code_of(ITEM_SYSTEM, "code")
    parts = elements.components(node)
    attached = parts.first("attached")
    return SpecialistStatement(
        specialty=parts.code("specialty", "specialty"),
        date=elements.date(node, element, reading),
        attached=attached.flag("valueBoolean") if attached else None,
        meaning=elements.prose(node, f"{element}.meaning", reading),
        source=elements.source(node, element, reading),
    )


def reservation(node: Node, element: str, reading: Reading) -> Reservation:
    """What must be kept from the patient, and why."""
    elements.obligatory(node, reading)
    node.code_of(ITEM_SYSTEM, "code")
    parts = elements.components(node)
    items = (elements.concept(part, "certificate-item") for part in parts.parts.get("item", ()))
    return Reservation(
        items=tuple(item for item in items if item is not None),
        reason=parts.code("reason", "reservation-reason"),
        text=elements.prose(node, f"{element}.text", reading),
    )


def attachment(node: Node, element: str, reading: Reading) -> Attachment | None:
    """Type, size and SHA-256, computed from the bytes in the message. Without bytes there is no attachment."""
    elements.obligatory(node, reading)
    content = node.first("content")
    attached = content.get("attachment") if content else None
    if attached is None:
        return None
    reading.note(f"{element}.content_type", f"{attached.path}.contentType")
    content_type, target = attached.text("contentType"), attached.text("url")
    # What the sender says of size and digest is not carried but computed.
    attached.skip("size", "hash")
    stated = attached.extension(systems.STRUCTURE_DEFINITION + "sha256")
    if stated is not None:
        stated.skip("valueString")
    data = attached.text("data")
    binary = attached.named(target) if target and data is None else None
    if binary is None:
        return _content(data, content_type)
    if binary.path not in reading.contents:
        binary.skip("resourceType", "id")
        reading.contents[binary.path] = _content(binary.text("data"), binary.text("contentType"))
    found = reading.contents[binary.path]
    if found is None:
        return None
    return replace(found, content_type=_named(binary.text("contentType") or content_type))


def _content(data: str | None, content_type: str | None) -> Attachment | None:
    decoded = _decoded(data)
    if decoded is None:
        return None
    return Attachment(_named(content_type), len(decoded), hashlib.sha256(decoded).hexdigest())


def _named(content_type: str | None) -> str:
    return content_type if content_type in _CONTENT_TYPES else "other"


def _decoded(data: str | None) -> bytes | None:
    try:
        return None if data is None else base64.b64decode("".join(data.split()), validate=True)
    except binascii.Error:
        return None
