"""The rules in force, in the order in which their findings are told, and the judgement over one certificate.

The list below is the order; nothing registers itself. A rule is taken out of force by its date of repeal and stays in
the list, because receipts and findings name it for ever. Nothing here may look at a message's format, read a clock or
put a received value into a finding or a text.
"""

from datetime import date
from types import MappingProxyType
from typing import Final

from certgateway.domain.calendar import norwegian_date
from certgateway.domain.certificate import ITEMS, Certificate
from certgateway.domain.findings import Finding, Language
from certgateway.rules import (
    attachments,
    author,
    authorisation,
    coding,
    completeness,
    consistency,
    dialogue,
    form,
    identity,
    mandate,
    plausibility,
    prose,
    substance,
    treatment_status,
)
from certgateway.rules.caller import CALLERS
from certgateway.rules.declaration import FIRST_RULE_SET, Facts, Rule, Text
from certgateway.rules.form_answers import FORM_ANSWERS
from certgateway.rules.legibility import LEGIBILITY
from certgateway.rules.signature import SIGNATURES

__all__ = ["RULES", "judge", "rule", "worded"]

RULES: Final[tuple[Rule, ...]] = (
    *LEGIBILITY,
    *SIGNATURES,
    *CALLERS,
    mandate.PROFILE_NOT_IN_FORCE,
    mandate.DRAFT_SUBMITTED,
    mandate.MODIFIER_NOT_UNDERSTOOD,
    form.VALUE_INVALID,
    form.SEVERAL_CERTIFICATES,
    identity.PATIENT_MISSING,
    identity.FNR_INVALID,
    identity.PERSON_WRONG_ENVIRONMENT,
    identity.REVISION_OF_OTHER_PATIENT,
    identity.SUBJECT_DIFFERS,
    identity.PATIENT_AMBIGUOUS,
    author.HPR_INVALID,
    author.AUTHOR_IS_PATIENT,
    *authorisation.REFUSING,
    completeness.AUTHOR_MISSING,
    completeness.DIAGNOSIS_MISSING,
    completeness.FUNCTION_MISSING,
    completeness.HEALTH_RISK_MISSING,
    completeness.PROGNOSIS_MISSING,
    completeness.PROGNOSIS_UNCERTAIN_WITHOUT_REVIEW,
    form.SCHEMA_DEVIATION,
    author.ORGANISATION_NUMBER_INVALID,
    *authorisation.REMARKS,
    coding.CODE_SYSTEM_MISMATCH,
    coding.DIAGNOSIS_CODE_UNKNOWN,
    coding.SEVERAL_MAIN_DIAGNOSES,
    mandate.FILED_AS_HISTORY,
    consistency.DATE_IN_FUTURE,
    consistency.ONSET_AFTER_AUTHORED,
    consistency.REVIEW_DATE_PASSED,
    consistency.PERIOD_REVERSED,
    *FORM_ANSWERS,
    plausibility.QUANTITY_IMPLAUSIBLE,
    plausibility.FUNCTION_WITHOUT_ABILITY,
    substance.NO_RESOURCE_STATED,
    substance.PLACEHOLDER_TEXT,
    substance.TEXT_REPEATS_DIAGNOSIS,
    substance.ACTIVITY_REFUSED_WITHOUT_REASON,
    substance.SOURCE_ONLY_PATIENT,
    completeness.FUNCTION_UNCODED,
    *prose.PROSE,
    attachments.ATTACHMENT_REFUSED,
    dialogue.ANSWER_UNSORTED,
    dialogue.ANSWER_BEYOND_QUESTION,
    dialogue.ANSWER_OLDER_THAN_KNOWN,
    dialogue.ANSWER_TAKEN_BACK,
    treatment_status.STATUS_UNSORTED,
    treatment_status.STATUS_BEYOND_TREATMENT,
    mandate.SENDER_NOT_VERIFIED,
    authorisation.AUTHOR_NOT_LOOKED_UP,
    mandate.LIKELY_RESEND,
    dialogue.ORDER_UNKNOWN,
    prose.PATIENT_REPORTED_IN_ASSESSMENT,
    mandate.BENEFIT_REMOVED,
    mandate.NOT_CARRIED,
)
"""Every rule there is or was: what cannot be read, what refuses, what is unanswered, remarks, and notes."""

_BY_ID: Final = MappingProxyType({entry.id: entry for entry in RULES})


def judge(certificate: Certificate, facts: Facts) -> list[Finding]:
    """Every finding of every rule in force at arrival, in the order of `RULES`, without paths in the input.

    `facts.arrival` must be aware, and so must `certificate.authored`.
    """
    day = norwegian_date(facts.arrival)
    return [
        Finding(
            rule=entry.id,
            effect=entry.effect,
            item=entry.item or item_of(breach.element),
            element=breach.element,
            expected=breach.expected,
            span=breach.span,
            detail=breach.detail,
        )
        for entry in RULES
        if applies(entry, day)
        for breach in entry.broken(certificate, facts)
    ]


def applies(entry: Rule, day: date) -> bool:
    """Whether a rule is in force on a day. The first rule set applies before its time too: no date switches it off."""
    return entry.in_force <= max(day, FIRST_RULE_SET) and (entry.repealed is None or day < entry.repealed)


def item_of(element: str) -> str | None:
    """The item an element path begins with; None for the certificate itself, its date and its profile."""
    item = element.partition(".")[0].partition("[")[0]
    return item if item in ITEMS else None


def rule(rule_id: str) -> Rule | None:
    """The rule with this id, repealed or not; None for other ids (the engine's kinds are not here)."""
    return _BY_ID.get(rule_id)


def worded(finding: Finding, language: Language) -> Text | None:
    """The texts of a finding with its details filled in; None when the finding is none of these rules'."""
    entry = rule(finding.rule)
    if entry is None:
        return None
    text = entry.text(language)
    words = _Words(finding.detail)
    if finding.expected is not None:
        words.setdefault("expected", finding.expected)
    for name, value in finding.detail.items():
        if value in entry.words:
            words[name] = entry.words[value].text(language).format_map(words)
    return Text(*(part.format_map(words) for part in (text.found, text.action, text.counsellor)))


class _Words(dict[str, str]):
    """Template values; a word that a stored finding no longer carries leaves a gap instead of an error."""

    def __missing__(self, key: str) -> str:
        return "…"
