"""The resources that sections refer to, one reader per item, in the order of the form (docs/fhir-mapping.md).

Each reader takes the resource and the element path it will have, notes where the parts stood, and returns the
statement. What a reader does not name is not carried.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from certgateway.domain.certificate import (
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
    Reservation,
    SpecialistStatement,
    Statement,
    Treatment,
)
from certgateway.domain.vocabulary import known, systems
from certgateway.fhir import elements
from certgateway.fhir.elements import ITEM_SYSTEM, RISK_SYSTEM, Parts, Reading
from certgateway.fhir.reading import Node

_NOT_HELD = {
    "verificationStatus": frozenset({"refuted", "entered-in-error"}),
    "clinicalStatus": frozenset({"inactive", "resolved"}),
}


def employment(node: Node, element: str, reading: Reading) -> Employment:
    """Occupation, situation and demands, and whether there is an employer to return to."""
    elements.obligatory(node, reading)
    node.code_of(ITEM_SYSTEM, "code")
    parts = elements.components(node)
    return Employment(
        occupation=elements.part_prose(parts, "occupation", f"{element}.occupation", reading),
        returns=parts.code("returns", "yes-no"),
        said_by=parts.code("said-by", "informant"),
        date=elements.date(node, element, reading),
        several=elements.part_code(parts, "several", "yes-no", f"{element}.several", reading),
        situations=elements.part_codes(parts, "situation", "work-situation", f"{element}.situations", reading),
        other_situation=elements.part_prose(parts, "other-situation", f"{element}.other_situation", reading),
        demands=elements.part_prose(parts, "demands", f"{element}.demands", reading),
        occupation_code=_occupation_code(parts, element, reading),
    )


def _occupation_code(parts: Parts, element: str, reading: Reading) -> str | None:
    """A code is digits and nothing else: words in its place would be prose that nobody reads as prose."""
    node = parts.first("occupation-code")
    if node is None:
        return None
    reading.note(f"{element}.occupation_code", f"{node.path}.value")
    is_code = elements.OCCUPATION_CODE.fullmatch(str(node.value.get("valueString")))
    return node.text("valueString") if is_code else None


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
        told = Diagnosis(tuple(codes), main, elements.comment(node, element, reading))
        found.append(_with_injury(told, node, element, reading))
    return found


def _with_injury(diagnosis: Diagnosis, node: Node, element: str, reading: Reading) -> Diagnosis:
    """The diagnosis with what is said of an injury at work."""
    answer = elements.extension(node, "occupational-injury", f"{element}.occupational_injury", reading)
    return replace(
        diagnosis,
        occupational_injury=elements.own("yes-no", answer.text("valueCode")) if answer else None,
        injury_date=elements.extension_date(node, "injury-date", f"{element}.injury_date", reading),
    )


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
    statement = _prose(node, element, reading)
    return statement and replace(statement, source=statement.source or "patient-reported")


def assessment(node: Node, element: str, reading: Reading) -> Statement | None:
    """Prose of the doctor, and which question of the form of 2008 it answers, if any."""
    statement = _prose(node, element, reading)
    if statement is None:
        return None
    question = elements.part_code(elements.components(node), "question", "question", f"{element}.question", reading)
    return replace(statement, question=question)


def _prose(node: Node, element: str, reading: Reading) -> Statement | None:
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
    code = node.coding_in((systems.ICF, ITEM_SYSTEM), "code")
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
        wait=elements.duration(detail, "expected-wait", f"{element}.wait", reading),
    )


def function(node: Node, element: str, reading: Reading) -> FunctionStatement:
    """One function in work or daily life. `dataAbsentReason` without a value is "not assessed", with its reason."""
    elements.obligatory(node, reading)
    code = node.coding_in((systems.ICF,), "code")
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
        adaptations=elements.part_codes(parts, "adaptation", "adaptation", f"{element}.adaptations", reading),
        diagnosis=elements.diagnosis_link(node, reading),
        date=elements.date(node, element, reading),
        source=elements.source(node, element, reading),
        comment=elements.comment(node, element, reading),
    )


def health_risk(node: Node, element: str, reading: Reading) -> HealthRisk:
    """One activity that poses a risk; the single prediction says harm, severity and how long."""
    elements.obligatory(node, reading)
    activity = node.coding_in((RISK_SYSTEM, systems.ICF), "code")
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
    """Can the patient take part in activity or take up work, and the doctor's view of measures."""
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
        resumption=elements.part_code(parts, "resumption", "resumption", f"{element}.resumption", reading),
        measure=elements.part_code(parts, "measure", "proposed-measure", f"{element}.measure", reading),
    )


def prognosis(node: Node, element: str, reading: Reading) -> Prognosis:
    """The course ahead, with what makes it an answer: horizon, durations, review date, or why it is uncertain."""
    elements.obligatory(node, reading)
    return Prognosis(
        course=_course(node, element, reading),
        horizon=elements.duration(node, "horizon", f"{element}.horizon", reading),
        certainty=elements.extension_code(node, "certainty", "certainty"),
        uncertain_because=elements.extension_code(node, "uncertain-because", "uncertain-because"),
        illness_duration=elements.duration(node, "illness-duration", f"{element}.illness_duration", reading),
        reduced_function_duration=elements.duration(
            node, "reduced-function-duration", f"{element}.reduced_function_duration", reading
        ),
        review_date=elements.extension_date(node, "review-date", f"{element}.review_date", reading),
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
