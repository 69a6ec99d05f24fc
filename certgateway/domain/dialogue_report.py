"""A clarification as data for those who follow it: where it stands, what is asked, and what has happened.

Nothing of an answer's content stands here; it is in the certificate. A question that waits for the doctor is told as
just that, and never as something that the patient owes.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from certgateway.domain.assessment_titles import instant_text
from certgateway.domain.certificate import ITEMS
from certgateway.domain.dialogue import State, TargetState, find_state, in_order
from certgateway.domain.dialogue_events import AnswerRefused, Clinician, Event, Filed, Measure, Ordered, TakenBack
from certgateway.domain.ordering import target_text
from certgateway.domain.vocabulary import Language, Vocabulary
from certgateway.domain.vocabulary.clarification import (
    CLARIFICATION_REASON,
    CLARIFICATION_STATUS,
    DECLINE_REASON,
    FILING_REASON,
    ORDER_QUESTION,
    REFUSAL_REASON,
    RETURN_REASON,
    WITHDRAWAL_REASON,
)
from certgateway.domain.vocabulary.form import AUTHOR_ROLE, CERTIFICATE_ITEM
from certgateway.domain.vocabulary.risks import RISK_ACTIVITY

Json = dict[str, Any]


def told(uuid: str, events: Iterable[Event], today: date, language: Language) -> Json:
    """A clarification on a day in Norway (`schemas/clarification.schema.json`).

    Raises ValueError when the question is not among its events.
    """
    events = tuple(events)
    state = find_state(events)
    if state is None:
        raise ValueError("the question is not among the events")
    asked = state.asked
    certificate, version = state.about or (None, None)
    return {
        "clarification": uuid,
        "kind": "order" if isinstance(asked, Ordered) else "question",
        "certificate": certificate,
        "version": version,
        "status": state.status,
        "status_display": CLARIFICATION_STATUS.title(state.status, language),
        "receiver": state.receiver,
        "clinician": _clinician(state.clinician, language),
        "asked": instant_text(asked.at),
        "due": state.due.isoformat(),
        "reminder_due": state.reminder_due.isoformat(),
        "second_look_due": state.second_look_due.isoformat(),
        "overdue": state.is_overdue(today),
        "paused": state.is_paused,
        "next_step": state.next_step(today),
        "certificate_withdrawn": state.revoked,
        "refusal": coded(REFUSAL_REASON, state.refusal, language),
        "withdrawn": coded(WITHDRAWAL_REASON, state.withdrawn, language),
        "not_payable": [coded(RETURN_REASON, reason, language) for reason in state.not_payable],
        "ratings": dict(state.ratings),
        "measure": _measure(asked.measure, language),
        "targets": [_target(each, language) for each in state.targets],
        "events": [_event(event, language) for event in in_order(events)],
        "unsorted": list(state.unsorted),
    }


def open_items(asked: Iterable[tuple[str, State]]) -> list[str]:
    """Items that some clarifications wait for an answer on, in the order of the form."""
    waiting = {item for _, state in asked for item in state.open_items}
    return [item for item in ITEMS if item in waiting]


def open_on(item: str, asked: Iterable[tuple[str, State]], language: Language) -> list[Json]:
    """The questions that wait for an answer on an item, as the assessment data shows them."""
    return [
        {
            "clarification": uuid,
            "reason": coded(CLARIFICATION_REASON, each.target.reason, language),
            "element": each.target.element,
            "text": target_text(each.target, language),
            "due": state.due.isoformat(),
            "status": state.status,
        }
        for uuid, state in asked
        for each in state.targets
        if each.standing == "open" and each.target.item == item and state.withdrawn is None
    ]


def _target(each: TargetState, language: Language) -> Json:
    target = each.target
    why = DECLINE_REASON if each.standing == "declined" else RETURN_REASON
    return {
        "item": target.item,
        "display": CERTIFICATE_ITEM.title(target.item, language),
        "question": coded(ORDER_QUESTION, target.question, language),
        "element": target.element,
        "reason": coded(CLARIFICATION_REASON, target.reason, language),
        "settles": target.settles,
        "text": target_text(target, language),
        "standing": each.standing,
        "version": each.version,
        "certificate": each.certificate,
        "late": each.late,
        "rounds": each.rounds,
        "replies": list(each.replies),
        "why": coded(why, each.reason, language),
    }


def _clinician(clinician: Clinician | None, language: Language) -> Json | None:
    """Whom a certificate was ordered from, as far as that is told; no name, which nobody needs to follow it."""
    if clinician is None:
        return None
    return {
        "hpr": clinician.hpr,
        "role": coded(AUTHOR_ROLE, clinician.role, language),
        "organisation": clinician.organisation,
    }


def _measure(measure: Measure | None, language: Language) -> Json | None:
    if measure is None:
        return None
    return {
        "description": measure.description,
        "demands": [coded(RISK_ACTIVITY, demand, language) for demand in measure.demands],
    }


def _event(event: Event, language: Language) -> Json:
    """What happened and when; what it was about stands in the targets, but for what has no place among them."""
    happened: Json = {"kind": _kind(event), "at": instant_text(event.at)}
    if isinstance(event, AnswerRefused):
        return happened | {"rules": list(event.rules)}
    if isinstance(event, TakenBack):
        return happened | {"items": [item for item in ITEMS if item in event.items]}
    if isinstance(event, Filed):
        return happened | {"reason": coded(FILING_REASON, event.reason, language)}
    return happened


def _kind(event: Event) -> str:
    """The name of an event's class in words: HandedOver becomes handed-over."""
    name = type(event).__name__
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("-")


def coded(vocabulary: Vocabulary, code: str | None, language: Language) -> Json | None:
    """A code with our title for it; None for none."""
    if code is None:
        return None
    return {"system": vocabulary.url, "code": code, "display": vocabulary.title(code, language)}
