"""A question put: recorded, and its message in the outbox, in the transaction of whoever puts it.

By a counsellor (`services.clarify`) or, where the settings say so, by the gateway itself for what a certificate lacks.
Nothing here may decide whether a question may be asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from certgateway.domain.amendment import ANSWERABLE
from certgateway.domain.certificate import Author, Certificate, Patient
from certgateway.domain.dialogue import State, find_state, open_targets
from certgateway.domain.dialogue_events import Asked, Event, Measure, Ordered, Returned, Target, Withdrawn
from certgateway.domain.findings import Effect
from certgateway.domain.ordering import target_text
from certgateway.domain.outgoing import Asking, Outgoing, OutgoingKind
from certgateway.domain.record import Case, Version
from certgateway.domain.vocabulary import Language
from certgateway.services.gateway import Gateway
from certgateway.store.transactions import Reading, Unit


@dataclass(frozen=True, slots=True)
class Question:
    """What a counsellor wants to know: about the certificate with this gateway UUID, until `due` if it is given.

    Without targets: every required item that is missing.
    """

    certificate: str
    targets: tuple[Target, ...] = ()
    measure: Measure | None = None
    due: date | None = None
    language: Language = "nb"


def pose(question: Question, case: Case, version: Version, unit: Unit, gateway: Gateway) -> str:
    """Records a question about the current version and sends it; the id of the clarification."""
    uuid = gateway.new_id()
    asked = _asked(question, case.sender, version.number, gateway)
    state = find_state([asked])
    if state is None:
        raise AssertionError("a question is its own first event")
    unit.record_clarification(uuid, asked, outgoing_message("question", uuid, state, version, gateway, event=asked))
    return uuid


def waiting_targets(case: Case, reading: Reading) -> tuple[Target, ...]:
    """Everything that the author of a certificate is asked for and has not answered."""
    states = (find_state(each.events) for each in reading.clarifications(case.uuid))
    return tuple(open_targets(state for state in states if state is not None))


def worded_targets(case: Case, reading: Reading) -> tuple[Target, ...]:
    """Everything that a counsellor found answered in words: it stands in no version, and is not asked for again."""
    states = (find_state(each.events) for each in reading.clarifications(case.uuid))
    return tuple(each.target for state in states if state is not None for each in state.targets if each.replies)


def missing_targets(version: Version, waiting: Iterable[Target]) -> tuple[Target, ...]:
    """A target for each item that a rule found unanswered and nobody has asked for yet."""
    asked_for = {target.item for target in waiting if target.reason == "missing"}
    unanswered = {finding.item for finding in version.findings if finding.effect is Effect.UNANSWERED}
    return tuple(Target(item, "missing") for item in ANSWERABLE if item in unanswered - asked_for)


def _asked(question: Question, receiver: str, version: int, gateway: Gateway) -> Asked:
    return Asked(
        id=gateway.new_id(),
        at=gateway.clock(),
        certificate=question.certificate,
        version=version,
        receiver=receiver,
        targets=question.targets,
        measure=question.measure,
        due=question.due,
        language=question.language,
    )


def outgoing_message(
    kind: OutgoingKind,
    uuid: str,
    state: State,
    version: Version | None,
    gateway: Gateway,
    *,
    event: Event | None = None,
) -> Outgoing:
    """The message that tells of a question or an order, or of what has become of it, to whoever has it now.

    `version` is the current one of the certificate; None for an order that none has come to.
    """
    certificate = version.certificate if version else None
    language = state.asked.language
    still_open = (each.target for each in state.targets if each.standing == "open" and state.withdrawn is None)
    return Outgoing(
        id=gateway.new_id(),
        kind=kind,
        clarification=uuid,
        # What carries an event is written with it: of two sendings, each tells by its time which one it was.
        at=event.at if event else gateway.clock(),
        receiver=state.receiver,
        certificate=certificate.identifier if certificate else None,
        authored=certificate.authored if certificate else None,
        patient=_patient(state, certificate),
        author=_addressee(state, certificate),
        asked=tuple(Asking(target, target_text(target, language)) for target in still_open),
        due=state.due,
        measure=state.asked.measure,
        reason=event.reason if isinstance(event, Returned | Withdrawn) else None,
        not_payable=isinstance(event, Returned) and event.not_payable,
        language=language,
        order=isinstance(state.asked, Ordered),
        name=state.clinician.name if state.clinician else None,
        status=state.status,
    )


def _patient(state: State, certificate: Certificate | None) -> Patient:
    if isinstance(state.asked, Ordered):
        return state.asked.patient
    if certificate is None:
        raise AssertionError("a question is about a certificate")
    return certificate.patient


def _addressee(state: State, certificate: Certificate | None) -> Author:
    """Whom the message is for; whoever has taken it over may be known by the address alone."""
    told = state.clinician
    if told is not None:
        return Author(hpr=told.hpr, role=told.role, organisation=told.organisation)
    if certificate is None or isinstance(state.asked, Ordered) or state.receiver != state.asked.receiver:
        return Author()
    return certificate.author
