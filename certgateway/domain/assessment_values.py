"""What each kind of statement says, as the value, source, dates and prose of its element. One function per item.

Values are codes with our titles, exact quantities, dates and yes or no. Nothing here may carry prose in a value, name a
benefit, or give a share of work ability.
"""

from certgateway.domain.assessment_element import Facts, Sheet
from certgateway.domain.assessment_staleness import is_past
from certgateway.domain.assessment_titles import Json, date_text
from certgateway.domain.certificate import (
    Attachment,
    ClinicalFinding,
    Diagnosis,
    Employment,
    FunctionStatement,
    HealthRisk,
    Onset,
    Participation,
    Prognosis,
    Purpose,
    Reservation,
    SpecialistStatement,
    Statement,
    Treatment,
)
from certgateway.domain.vocabulary import names_benefit
from certgateway.domain.vocabulary.form import ABSENT_REASONS, CERTIFICATE_ITEM, PURPOSE
from certgateway.domain.vocabulary.form_2008 import PROPOSED_MEASURE, QUESTION, RESUMPTION, WORK_SITUATION
from certgateway.domain.vocabulary.functioning import (
    ABILITY,
    ADAPTATION,
    DIAGNOSIS_RANK,
    ICF_QUALIFIER,
    INFORMANT,
    ONSET_CERTAINTY,
    SETTING,
    VARIATION,
    YES_NO,
)
from certgateway.domain.vocabulary.outlook import (
    ACTIVITY_SCOPE,
    CERTAINTY,
    COMBINABLE,
    COURSE,
    EXEMPTION_REASON,
    EXPECTED_IMPROVEMENT,
    MEASURE_VIEW,
    PARTICIPATION,
    RESERVATION_REASON,
    SPECIALTY,
    TREATMENT_KIND,
    TREATMENT_STATUS,
    UNCERTAIN_BECAUSE,
)
from certgateway.domain.vocabulary.risks import HARM, SEVERITY


def _linked(sheet: Sheet, index: int | None) -> Json | None:
    """The diagnosis a statement is tied to."""
    diagnoses = sheet.certificate.diagnosis.entries
    if index is None or not 0 <= index < len(diagnoses):
        return None
    code = diagnoses[index].code
    return {"element": f"diagnosis[{index}]", "code": sheet.titles.coded(code) if code else None}


def purpose(sheet: Sheet, entry: Purpose) -> Facts:
    """Why it was written. An order's id is NAV's own; one that names a benefit was not NAV's and is not passed on."""
    order = None if entry.order is None or names_benefit(entry.order) else entry.order
    return Facts(value={"reason": sheet.titles.own(PURPOSE, entry.reason), "order": order})


def employment(sheet: Sheet, entry: Employment) -> Facts:
    """What the patient does when well, whether there is an employer to return to and who says so; in words, the work.

    An occupation code is digits; anything else in its place would be words of the sender.
    """
    own = sheet.titles.own
    value = {
        "returns": own(YES_NO, entry.returns),
        "said_by": own(INFORMANT, entry.said_by),
        "several": own(YES_NO, entry.several),
        "situations": sheet.titles.all_own(WORK_SITUATION, entry.situations),
        "occupation_code": digits(entry.occupation_code),
    }
    prose = (
        ("occupation", entry.occupation),
        ("other_situation", entry.other_situation),
        ("demands", entry.demands),
    )
    return Facts(value=value, stated=entry.date, prose=prose)


def digits(text: str | None) -> str | None:
    """A code of digits as it is; None for anything else."""
    return text if text is not None and text.isascii() and text.isdecimal() else None


def diagnosis(sheet: Sheet, entry: Diagnosis) -> Facts:
    """Rank, every coding the sender gave, and whether an occupational injury should be considered."""
    codes = [sheet.titles.coded(coding) for coding in entry.codes]
    value = {
        "rank": sheet.titles.own(DIAGNOSIS_RANK, entry.rank),
        "codes": codes,
        "occupational_injury": sheet.titles.own(YES_NO, entry.occupational_injury),
        "injury_date": date_text(entry.injury_date),
    }
    return Facts(code=codes[0] if codes else None, value=value, prose=(("comment", entry.comment),))


def statement(sheet: Sheet, entry: Statement) -> Facts:
    """Prose of the doctor; all of it is in the parts. The question it answers, where there is one, is its code."""
    code = sheet.titles.own(QUESTION, entry.question)
    return Facts(code=code, value={}, source=entry.source, stated=entry.date, prose=(("text", entry.text),))


def finding(sheet: Sheet, entry: ClinicalFinding) -> Facts:
    """What was observed or tested: by ICF code and grade, measured, or in words."""
    return Facts(
        code=sheet.titles.coded(entry.code) if entry.code else None,
        value={
            "qualifier": sheet.titles.own(ICF_QUALIFIER, entry.qualifier),
            "quantity": sheet.titles.quantity(entry.quantity),
        },
        source=entry.source,
        stated=entry.date,
        prose=(("text", entry.text), ("comment", entry.comment)),
    )


def onset(sheet: Sheet, entry: Onset) -> Facts:
    """Since when function is reduced, and how well that is known."""
    return Facts(
        value=moment("onset", day=date_text(entry.since), certainty=sheet.titles.own(ONSET_CERTAINTY, entry.certainty)),
        source=entry.source,
        prose=(("comment", entry.comment),),
    )


def moment(
    kind: str,
    *,
    day: str | None = None,
    certainty: Json | None = None,
    quantity: Json | None = None,
    passed: bool | None = None,
) -> Json:
    """A value on the time line: a date or instant, or a length of time; `passed` is for the review date."""
    return {"kind": kind, "date": day, "certainty": certainty, "quantity": quantity, "passed": passed}


def treatment(sheet: Sheet, entry: Treatment) -> Facts:
    """How far a treatment has come, what is hoped for, and whether activity is possible beside it."""
    own = sheet.titles.own
    return Facts(
        code=own(TREATMENT_KIND, entry.kind),
        value={
            "status": own(TREATMENT_STATUS, entry.status),
            "expected_to_improve": own(EXPECTED_IMPROVEMENT, entry.improves),
            "combinable_with_activity": own(COMBINABLE, entry.combinable),
            "wait": sheet.titles.quantity(entry.wait),
            "diagnosis": _linked(sheet, entry.diagnosis),
        },
        source=entry.source,
        period=entry.period,
        prose=(("description", entry.description), ("result", entry.result)),
    )


def function(sheet: Sheet, entry: FunctionStatement) -> Facts:
    """A function in work or daily life: the ability, its limits, its variation and what makes it possible."""
    own = sheet.titles.own
    return Facts(
        code=sheet.titles.coded(entry.code) if entry.code else None,
        value={
            "setting": own(SETTING, entry.setting),
            "ability": own(ABILITY, entry.ability),
            "not_assessed": own(ABSENT_REASONS, entry.not_assessed),
            "qualifier": own(ICF_QUALIFIER, entry.qualifier),
            "limits": [sheet.titles.limit(limit) for limit in entry.limits],
            "variation": own(VARIATION, entry.variation),
            "best": own(ABILITY, entry.best),
            "worst": own(ABILITY, entry.worst),
            "adaptations": sheet.titles.all_own(ADAPTATION, entry.adaptations),
            "diagnosis": _linked(sheet, entry.diagnosis),
        },
        source=entry.source,
        stated=entry.date,
        prose=(("comment", entry.comment),),
    )


def health_risk(sheet: Sheet, entry: HealthRisk) -> Facts:
    """An activity that can do harm, the limit under which it is safe, and whether its period has ended."""
    own = sheet.titles.own
    return Facts(
        code=sheet.titles.coded(entry.activity) if entry.activity else None,
        value={
            "harm": own(HARM, entry.harm),
            "severity": own(SEVERITY, entry.severity),
            "safe_limits": [sheet.titles.limit(limit) for limit in entry.safe_limits],
            "adaptations": sheet.titles.all_own(ADAPTATION, entry.adaptations),
            "expired": is_past(entry.validity.end, sheet.today),
            "diagnosis": _linked(sheet, entry.diagnosis),
        },
        source=entry.source,
        stated=entry.date,
        period=entry.validity,
        prose=(("mitigation", entry.mitigation), ("comment", entry.comment)),
    )


def participation(sheet: Sheet, entry: Participation) -> Facts:
    """Whether the patient can take part in activity or take up work, and the medical view of measures."""
    own = sheet.titles.own
    return Facts(
        value={
            "ability": own(PARTICIPATION, entry.ability),
            "scope": own(ACTIVITY_SCOPE, entry.scope),
            "reason": own(EXEMPTION_REASON, entry.reason),
            "measure_view": own(MEASURE_VIEW, entry.measure_view),
            "resumption": own(RESUMPTION, entry.resumption),
            "measure": own(PROPOSED_MEASURE, entry.measure),
        },
        source=entry.source,
        period=entry.period,
        prose=(("comment", entry.comment),),
    )


def prognosis(sheet: Sheet, entry: Prognosis) -> Facts:
    """The course ahead, how sure the doctor is, and when to look again."""
    own, quantity = sheet.titles.own, sheet.titles.quantity
    return Facts(
        value={
            "course": own(COURSE, entry.course),
            "horizon": quantity(entry.horizon),
            "certainty": own(CERTAINTY, entry.certainty),
            "uncertain_because": own(UNCERTAIN_BECAUSE, entry.uncertain_because),
            "illness_duration": quantity(entry.illness_duration),
            "reduced_function_duration": quantity(entry.reduced_function_duration),
            "review_date": date_text(entry.review_date),
            "review_passed": is_past(entry.review_date, sheet.today),
            "diagnosis": _linked(sheet, entry.diagnosis),
        },
        source=entry.source,
        stated=entry.date,
        prose=(("comment", entry.comment),),
    )


def specialist(sheet: Sheet, entry: SpecialistStatement) -> Facts:
    """A specialist's statement; what it means for function is prose."""
    value = {"specialty": sheet.titles.own(SPECIALTY, entry.specialty), "attached": entry.attached}
    return Facts(value=value, source=entry.source, stated=entry.date, prose=(("meaning", entry.meaning),))


def reservation(sheet: Sheet, entry: Reservation) -> Facts:
    """What must be kept from the patient; no items means all of it."""
    value = {
        "items": sheet.titles.all_own(CERTIFICATE_ITEM, entry.items),
        "reason": sheet.titles.own(RESERVATION_REASON, entry.reason),
    }
    return Facts(value=value, prose=(("text", entry.text),))


def attachment(_sheet: Sheet, entry: Attachment) -> Facts:
    """Type, size in bytes and SHA-256; the bytes stay sealed."""
    return Facts(value={"content_type": entry.content_type, "size": entry.size, "sha256": entry.sha256})
