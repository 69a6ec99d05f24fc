"""Sorting what was put aside: enough about an answer to see where it belongs, and joining or filing it by hand.

An answer is joined to a clarification as if it had named it, with every check that still must hold; who is certified is
one of them, always. Nothing here may show what an answer says, or open the message that brought it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from certgateway.domain.amendment import stated_items
from certgateway.domain.assessment_titles import instant_text
from certgateway.domain.certificate import WITHDRAWN, Certificate
from certgateway.domain.dialogue import State, find_state
from certgateway.domain.dialogue_events import Filed, Sorted
from certgateway.domain.dialogue_report import coded
from certgateway.domain.errors import AlreadySortedError, NotFoundError
from certgateway.domain.findings import Effect, Finding, judge
from certgateway.domain.message import Origins, place
from certgateway.domain.record import Case, Version
from certgateway.domain.tray import PUT_ASIDE, PutAside, Unsortable
from certgateway.domain.vocabulary import Language
from certgateway.domain.vocabulary.clarification import DECLINE_REASON
from certgateway.domain.vocabulary.form import AUTHOR_ROLE, CERTIFICATE_ITEM
from certgateway.domain.vocabulary.systems import PROFILE_VERSION
from certgateway.rules import judge as judge_rules
from certgateway.rules.declaration import Facts, InForce
from certgateway.services.follow import answer_events, record_words
from certgateway.services.fulfil import OrderNamed, declining, follow_orders
from certgateway.services.gateway import Gateway
from certgateway.services.hear import says_something
from certgateway.services.join import SUBMITTED, Joined, joined_to, last_case, named_case, without
from certgateway.services.withhold import find_marks
from certgateway.store.dialogues import Clarification
from certgateway.store.transactions import Reading, Unit
from certgateway.store.tray import Lying

Json = dict[str, Any]
_MOST: Final = 1000
_JOINED: Final = "joined"


@dataclass(frozen=True, slots=True)
class Unsorted:
    """Why an answer was not joined; `rules` are the ids of those that it breaks, where that is the reason."""

    why: Unsortable
    rules: tuple[str, ...] = ()


def unsorted_answers(gateway: Gateway) -> list[Json]:
    """Answers that match no open question, the oldest first."""
    with gateway.store.reading() as reading:
        return [
            {
                "message": each.message,
                "certificate": each.case,
                "clarification": each.clarification,
                "why": each.why,
                "at": instant_text(each.at),
            }
            for each in reading.unsorted_answers(_MOST)
        ]


def unsorted_answer(message: str, gateway: Gateway, language: Language = "nb") -> Json:
    """What a counsellor needs to sort an answer, and nothing of what it says. Raises NotFoundError off the tray."""
    with gateway.store.reading() as reading:
        lying = reading.find_lying(message)
        if lying is None or lying.sorted is not None:
            raise NotFoundError("there is no such answer in the tray")
        answer, content = lying.answer, lying.answer.content
        why = PUT_ASIDE[answer.why].text(language)
        return {
            "message": message,
            "at": instant_text(answer.at),
            "why": answer.why,
            "why_display": why,
            "sender": lying.sender,
            "clarification": answer.clarification,
            "certificate": answer.case,
            "certificate_named": _named(lying, reading),
            "sortable": content is not None,
            **_said(content, language),
            "candidates": list(_candidates(lying, content, reading, gateway)) if content else [],
        }


def _named(lying: Lying, reading: Reading) -> str | None:
    """The gateway's id of the certificate that an answer names; None for one that nobody knows."""
    asked = lying.answer.case
    case = reading.find_case_by_uuid(asked) if asked else None
    senders = dict.fromkeys((lying.sender, case.sender) if case else (lying.sender,))
    found = (reading.find_case(sender, lying.certificate_id) for sender in senders if lying.certificate_id)
    return next((each.uuid for each in found if each is not None), None)


def _said(content: PutAside | None, language: Language) -> Json:
    """Who wrote an answer and when, and which items it is about."""
    if content is None:
        return {"author": None, "authored": None, "items": [], "in_words": False, "declined": None, "withdrawn": False}
    answer, reply = content.answer, content.reply
    role = answer.author.role if answer.author.role in AUTHOR_ROLE else None
    return {
        "author": {
            "hpr": answer.author.hpr,
            "role": role,
            "display": AUTHOR_ROLE.title(role, language) if role else None,
        },
        "authored": instant_text(answer.authored),
        "items": [{"item": item, "display": CERTIFICATE_ITEM.title(item, language)} for item in _items(content)],
        "in_words": reply.words is not None,
        "declined": coded(DECLINE_REASON, reply.declined, language),
        "withdrawn": answer.status not in SUBMITTED,
    }


def _items(content: PutAside) -> tuple[str, ...]:
    """The items that an answer is about; words are about whatever somebody reads in them."""
    return () if content.reply.words is not None else stated_items(content.answer)


def _candidates(lying: Lying, content: PutAside, reading: Reading, gateway: Gateway) -> Iterator[Json]:
    """Questions about the same patient that ask for something this answer is about."""
    patient = _patient(content.answer, gateway)
    about = {*_items(content), *content.reply.declined_items}
    for case in reading.cases_of_patient(patient) if patient else ():
        for each in reading.clarifications(case.uuid) if not case.withdrawn else ():
            state = find_state(each.events)
            items = list(dict.fromkeys(target.target.item for target in state.targets)) if state else []
            meant = _meant_case(each, lying, reading)
            # An order to which several have come is one candidate.
            if state is not None and meant == case and (not about or about.intersection(items)):
                yield _candidate(each, case.uuid, state)
    for each in reading.orders_of_patient(patient) if patient else ():
        state = find_state(each.events)
        if state is not None and not each.cases:
            alone = Joined(content.answer, content.reply, content.answer, lying.sender, each)
            if not isinstance(_before_any(alone, each, state), Unsorted):
                yield _candidate(each, None, state)


def _candidate(each: Clarification, certificate: str | None, state: State) -> Json:
    return {
        "clarification": each.uuid,
        "certificate": certificate,
        "status": state.status,
        "items": list(dict.fromkeys(target.target.item for target in state.targets)),
        "open": list(state.open_items),
    }


def _patient(answer: Certificate, gateway: Gateway) -> str | None:
    number = answer.patient.number
    return gateway.sealer.digest(number, "patient") if number else None


def sort(message: str, clarification: str, gateway: Gateway) -> Unsorted | None:
    """Joins an answer to a clarification, or tells why not. Raises NotFoundError, AlreadySortedError for the answer."""
    with gateway.store.transaction() as unit:
        unit.lock(*_locks(message, clarification, unit, gateway))
        lying = _lying(message, unit)
        found = _found(lying, clarification, unit, gateway)
        if isinstance(found, Unsorted):
            return found
        joined, case, asked = found
        now = gateway.clock()
        made = None
        if joined.is_new and case is not None:
            version = _judged(joined, case, lying, gateway)
            if version.verdict == "rejected":
                refused = (each.rule for each in version.findings if each.effect is Effect.REFUSE)
                return Unsorted("refused", tuple(sorted(set(refused))))
            unit.record_sorted(message, case, version, now)
            made = version
        unit.append_event(asked.uuid, Sorted(gateway.new_id(), now, message))
        came = lying.answer.at
        record_words(joined, unit, gateway, message=message, sender=lying.sender, at=now, arrived=came)
        for uuid, event in answer_events(joined, asked, made, now, gateway=gateway, unit=unit, arrived=came):
            unit.append_event(uuid, event)
        if case is not None:
            named = OrderNamed(patient=case.patient)
            follow_orders(made, case, named, unit, gateway, at=now, joined=joined)
        unit.settle_unsorted(message, now, _JOINED)
        return None


def _locks(message: str, clarification: str, unit: Unit, gateway: Gateway) -> Iterator[str]:
    """The answer, the question and its certificates, these by the names that `services.receive` locks them by."""
    yield f"unsorted {message}"
    yield f"clarification {clarification}"
    asked = unit.find_clarification(clarification)
    for uuid in asked.cases if asked else ():
        case, current = unit.find_case_by_uuid(uuid), unit.current_version(uuid)
        if case is not None and current is not None:
            name = current.certificate.identifier
            yield f"certificate {case.sender} {gateway.sealer.digest(f'{name.system}|{name.code}', 'certificate')}"


def _lying(message: str, unit: Unit) -> Lying:
    lying = unit.find_lying(message)
    if lying is None:
        raise NotFoundError("there is no such answer in the tray")
    if lying.sorted is not None:
        raise AlreadySortedError("the answer is sorted already")
    return lying


def _found(
    lying: Lying, clarification: str, unit: Unit, gateway: Gateway
) -> Unsorted | tuple[Joined, Case | None, Clarification]:
    """What the answer amounts to for a clarification, or the first thing that speaks against it.

    Without a certificate where it is sorted to an order that none has come to.
    """
    content = lying.answer.content
    if content is None:
        return Unsorted("content-not-kept")
    asked = unit.find_clarification(clarification)
    state = find_state(asked.events) if asked else None
    case = _meant_case(asked, lying, unit) if asked else None
    current = unit.current_version(case.uuid) if case else None
    if asked is None or state is None:
        return Unsorted("clarification-unknown")
    # An order has its patient from the beginning, as in `services.hear`.
    patient = asked.patient or (case.patient if case else None)
    if patient is None or patient != _patient(content.answer, gateway):
        return Unsorted("other-patient")
    alone = Joined(content.answer, content.reply, content.answer, lying.sender, asked)
    if case is None or current is None:
        return _before_any(alone, asked, state)
    joined = _by_hand(alone, state, case, current, unit)
    return joined if isinstance(joined, Unsorted) else (joined, case, asked)


def _before_any(alone: Joined, asked: Clarification, state: State) -> Unsorted | tuple[Joined, None, Clarification]:
    """What an order takes before a certificate has come to it: words, a decline, or the taking back of one."""
    if alone.reply.words is not None:
        return (alone, None, asked) if says_something(alone) else Unsorted("not-asked")
    declined = declining(alone, state)
    if declined is None:
        return Unsorted("clarification-unknown")
    return Unsorted("not-asked") if declined.put_aside is not None else (declined, None, asked)


def _meant_case(asked: Clarification, lying: Lying, reading: Reading) -> Case | None:
    """The certificate that an answer is joined to: of several that have come to an order, the one that it names.

    An answer that names none of them belongs to the one that came last.
    """
    named = named_case(asked, lying.certificate_id, reading) if len(asked.cases) > 1 else None
    return named or last_case(asked, reading) or next(map(reading.find_case_by_uuid, asked.cases), None)


def _in_words(alone: Joined, case: Case) -> Unsorted | Joined:
    """Words are laid beside a question as they are: they change nothing of the certificate."""
    if case.withdrawn:
        return Unsorted("certificate-withdrawn")
    return replace(alone, case=case) if says_something(alone) else Unsorted("not-asked")


def _by_hand(alone: Joined, state: State, case: Case, current: Version, unit: Unit) -> Unsorted | Joined:
    if alone.reply.words is not None:
        return _in_words(alone, case)
    is_withdrawal = alone.answer.status == WITHDRAWN
    if is_withdrawal and alone.reply.tells:
        return Unsorted("answer-withdrawn")
    if case.withdrawn and not is_withdrawal:
        return Unsorted("certificate-withdrawn")
    joined = without(alone, state, case, current, unit) if is_withdrawal else joined_to(alone, state, case, current)
    if joined.put_aside is None and not (joined.items or joined.takes_back or joined.reply.declined):
        return Unsorted("answer-withdrawn")
    if joined.put_aside is not None:
        return Unsorted("older-than-known" if joined.put_aside == "older-than-known" else "not-asked")
    return joined


def _judged(joined: Joined, case: Case, lying: Lying, gateway: Gateway) -> Version:
    """The version that an answer makes, judged as a whole, as when it is joined at its arrival."""
    certificate, house = joined.certificate, gateway.house
    marks = find_marks(certificate)
    facts = Facts(
        arrival=lying.answer.at,
        diagnoses=house.diagnoses,
        persons=house.persons,
        profile=house.profiles.get(PROFILE_VERSION, InForce()),
        submitted=True,
        attachments=house.attachments,
        uncoded_function=joined.has_uncoded_function or lying.format == "kith",
        marks=marks,
        author=lying.author,
    )
    read = lying.answer.content.findings if lying.answer.content else ()
    found: list[Finding] = [*read, *place((*joined.findings, *judge_rules(certificate, facts)), Origins())]
    findings = tuple(sorted(found, key=lambda each: (-each.effect, each.rule, each.element or "")))
    return Version(
        number=case.versions + 1,
        message_id=lying.key,
        arrival=lying.answer.at,
        verdict=judge(findings, "hold"),
        certificate=certificate,
        findings=findings,
        current=True,
    )


def file(message: str, reason: str, gateway: Gateway) -> None:
    """Files an answer as belonging nowhere. Raises NotFoundError, and AlreadySortedError when it is off the tray."""
    with gateway.store.transaction() as unit:
        unit.lock(f"unsorted {message}")
        lying = _lying(message, unit)
        filed = Filed(gateway.new_id(), gateway.clock(), message, reason)
        named = lying.answer.clarification
        if named is not None and unit.find_clarification(named) is not None:
            unit.append_event(named, filed)
        else:
            unit.enter(filed)
        unit.settle_unsorted(message, filed.at, reason)
