"""The walk of one message, from bytes to a durable answer (docs/walk.md; the numbers there are the numbers here).

The answer leaves only after the one transaction of step 9. A refused message is recorded and acknowledged like an
accepted one. A sender's faults are findings; only our own are exceptions, and then the bytes are kept and no receipt
is given.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from certgateway.domain.certificate import WITHDRAWN, Certificate
from certgateway.domain.errors import GatewayError
from certgateway.domain.findings import Finding, Language, Verdict
from certgateway.domain.message import Format, Origins
from certgateway.domain.record import Answer, Case, Kept, Version, becomes_current, feed_kind
from certgateway.kith.apprec import AppRecVersion
from certgateway.rules.declaration import Facts
from certgateway.services.abridge import first_removals
from certgateway.services.admit import Calling, speaks_for, vouched
from certgateway.services.answer import Receipt, answer_for, answer_format, conflict_answer
from certgateway.services.attest import attest
from certgateway.services.compare import NO_NAME, is_named_by_message, said_in
from certgateway.services.examine import Examined, House, Judgement, examine, judge_examined
from certgateway.services.follow import follow_answer, follow_refusal, follow_version
from certgateway.services.fulfil import NO_ORDER, OrderNamed, declined, find_order, follow_orders, possible_order
from certgateway.services.gateway import Gateway
from certgateway.services.hear import addressed, hear, words_of
from certgateway.services.join import Joined, join, refused_alone, with_answers
from certgateway.services.look_up import UNASKED, LookedUp, look_up, settled
from certgateway.services.recognise import policy_of, recognised
from certgateway.store.messages import StoredMessage
from certgateway.store.transactions import Unit
from certgateway.trust.seal import Sealer


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message at the door, with the signatures that came beside it (`detached`).

    `trusted` tells whether the sender was verified before the walk began.
    """

    raw: bytes
    format: Format
    media_type: str
    language: Language = "nb"
    trusted: bool = False
    apprec: AppRecVersion = "1.0"
    detached: tuple[str, ...] = ()
    caller: Calling | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the sender gets (`answer`) and the receipt as JSON; `case` leads to the assessment when there is one."""

    answer: Answer
    receipt: bytes
    verdict: Verdict | None
    case: str | None
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class _Message:
    """One message after step 6, kept under `sender` and `key` (message id, else the digest of the bytes).

    `named_by_message`: the certificate has no id but that of the message it first came in. `content`, `certificate`,
    `certificate_digest` and `patient` are keyed digests, so that nobody who holds one can try values against it.
    """

    delivery: Delivery
    examined: Examined
    arrival: datetime
    sender: str
    key: str
    content: str
    certificate: str | None
    certificate_digest: str | None
    patient: str | None
    named_by_message: bool = False
    looked_up: LookedUp = UNASKED
    joined: Joined | None = None
    alone: Examined | None = None
    order: OrderNamed = NO_ORDER
    beneath: Certificate | None = None

    @property
    def locks(self) -> tuple[str, ...]:
        """What no two transactions may decide about at the same time: message, certificate and question."""
        certificate = self.certificate_digest if self.named_by_message else self.certificate
        locks = f"message {self.sender} {self.key}", f"certificate {self.sender} {certificate}"
        reply = self.examined.reply
        asked = possible_order(self.ordered) if reply is None else reply.clarification.lower()
        return locks if asked is None else (*locks, f"clarification {asked}")

    @property
    def ordered(self) -> Certificate | None:
        """The certificate where it may be one that was ordered: one without a name of its own belongs to nothing."""
        return None if self.named_by_message else self.examined.certificate

    @property
    def in_words(self) -> bool:
        """Whether it is an answer in words, which makes no version of anything."""
        return words_of(self.examined) is not None

    @property
    def is_own(self) -> bool:
        """Whether its sender has signed it, or is known to be the one who handed it in."""
        return self.examined.sender is not None or speaks_for(self.delivery.caller, self.sender)

    @property
    def message_id(self) -> str | None:
        """The readable message id."""
        return self.examined.envelope.message_id if self.examined.envelope else None


def receive(delivery: Delivery, gateway: Gateway) -> Outcome:
    """Walk one message to its end. Raises GatewayError when we could not do our part; then nothing was answered."""
    # 1. Keep: arrival is fixed before any thought; the bytes are written with everything else in step 9.
    arrival = gateway.clock()
    try:
        # 2.-6. Open, trust, forget, conform, understand.
        read = vouched(
            examine(delivery.raw, delivery.format, gateway.house, arrival, delivery.detached), delivery.caller
        )
        examined = addressed(recognised(read, gateway, delivery.caller, trusted=delivery.trusted), gateway)
        message = _identified(delivery, examined, arrival, gateway.sealer)
        # Before the transaction: others may be slow, and no lock shall wait for them.
        return _record(replace(message, looked_up=look_up(examined, arrival, gateway)), gateway)
    except GatewayError:
        raise
    except Exception as fault:
        _keep_failed(delivery, arrival, gateway)
        raise GatewayError(f"the walk stopped: {type(fault).__name__}") from fault


def _record(message: _Message, gateway: Gateway) -> Outcome:
    """Steps 7 to 10 inside one transaction, under locks on the message and its certificate."""
    with gateway.store.transaction() as unit:
        unit.lock(*message.locks)
        earlier = unit.find_message(message.sender, message.key)
        if earlier is not None and earlier.content_digest != message.content:
            return _conflict(message, unit, gateway)
        if earlier is not None and earlier.answer is not None:
            # The same message again: the first answer, byte for byte.
            return Outcome(earlier.answer, earlier.receipt, earlier.verdict, earlier.case)
        # 7. Ask: what the store knows of this certificate.
        resent = _resent(message, unit)
        message = replace(message, looked_up=settled(message.looked_up, resent, gateway))
        if message.named_by_message and resent is not None:
            message = replace(message, certificate=resent.certificate_id)
        said = message.examined
        message, case = _with_what_is_known(message, unit)
        # An answer may come from another system than the certificate.
        order = find_order(message.ordered, case.sender if case else message.sender, message.patient, unit)
        message = replace(message, order=order)
        # 8. Judge.
        judgement, first = _judgement(message, case, resent, gateway.house)
        # 9. Record.
        kept, known = _kept(message, judgement, case, first, gateway)
        attest(unit.record_message(kept, known), kept, message.examined, unit, gateway)
        if first is None and kept.verdict != "rejected":
            _follow(message, kept, known, unit, gateway, read=said.findings)
        elif kept.verdict == "rejected" and said.reply is not None:
            follow_refusal(kept, said.reply, unit, gateway)
    # 10. Answer: the transaction is durable now.
    if kept.answer is None:
        raise GatewayError("a recorded message has no answer")
    return Outcome(kept.answer, kept.receipt, kept.verdict, known.uuid if known else None)


def _identified(delivery: Delivery, examined: Examined, arrival: datetime, sealer: Sealer) -> _Message:
    # The same bytes with another signature beside them may be judged otherwise.
    raw_digest = hashlib.sha256("".join(delivery.detached).encode() + delivery.raw).hexdigest()
    envelope, certificate = examined.envelope, examined.certificate
    name = certificate.identifier if certificate else None
    named_by_message = bool(name and envelope and is_named_by_message(name, envelope))
    content = replace(certificate, identifier=NO_NAME) if certificate and named_by_message else certificate
    number = certificate.patient.number if certificate else None
    return _Message(
        delivery=delivery,
        examined=examined,
        arrival=arrival,
        sender=envelope.sender if envelope else "unknown",
        key=(envelope.message_id if envelope else None) or raw_digest,
        content=sealer.digest(envelope.digest if envelope else raw_digest, "message"),
        certificate=sealer.digest(f"{name.system}|{name.code}", "certificate") if name else None,
        # Equal certificates have equal representations, the authored time included.
        certificate_digest=sealer.digest(repr(said_in(content, examined.reply)), "content") if content else None,
        named_by_message=named_by_message,
        patient=sealer.digest(number, "patient") if number else None,
    )


def _with_what_is_known(message: _Message, unit: Unit) -> tuple[_Message, Case | None]:
    """An answer becomes the certificate that it makes of the current version; a whole version keeps later answers."""
    examined, certificate, reply = message.examined, message.examined.certificate, message.examined.reply
    if reply is None or certificate is None:
        case = unit.find_case(message.sender, message.certificate) if message.certificate else None
        if case is None or not becomes_current(certificate, case):
            return message, case
        whole = with_answers(examined, case, unit)
        return replace(message, examined=whole, beneath=None if whole is examined else certificate), case
    if reply.words is not None:
        joined = hear(certificate, reply, message.sender, message.patient, reading=unit)
        findings = (*examined.findings, *joined.findings)
        return replace(message, examined=replace(examined, findings=findings), joined=joined), joined.case
    joined = declined(certificate, reply, message.sender, message.patient, message.certificate, reading=unit) or join(
        certificate, reply, message.sender, message.certificate, arrival=message.arrival, reading=unit
    )
    # Where these stand is told before the places of what was not taken are forgotten.
    alone = replace(examined, findings=(*examined.findings, *examined.placed(joined.findings)))
    whole = replace(alone, certificate=joined.certificate, reply=None, origins=examined.origins.without(joined.untaken))
    examined = whole if joined.case else alone
    return replace(message, examined=examined, joined=joined, alone=alone), joined.case


def _follow(
    message: _Message, kept: Kept, case: Case | None, unit: Unit, gateway: Gateway, *, read: tuple[Finding, ...]
) -> None:
    """What the message means for the orders that its certificate answers, and for the questions about it."""
    if case is not None:
        follow_orders(kept.version, case, message.order, unit, gateway, at=kept.arrival, joined=message.joined)
    if message.joined is not None:
        follow_answer(kept, message.joined, unit, gateway, read=read)
    elif case is not None:
        follow_version(kept, case, unit, gateway)


def _resent(message: _Message, unit: Unit) -> StoredMessage | None:
    # An answer counts for the question as it stands now, however often it comes; words are read once.
    counts_anew = message.examined.reply is not None and not message.in_words
    if message.certificate is None or message.certificate_digest is None or counts_anew:
        return None
    name = None if message.named_by_message else message.certificate
    return unit.find_resend(message.sender, name, message.certificate_digest)


def _judgement(
    message: _Message, case: Case | None, first: StoredMessage | None, house: House
) -> tuple[Judgement, StoredMessage | None]:
    """All rules with what the store knows; a certificate that came before keeps the verdict it got then.

    A message is no resend when one of the two is refused and the other is not: the certificate is not all of a message.
    """
    facts = Facts(
        arrival=message.arrival,
        diagnoses=house.diagnoses,
        persons=house.persons,
        other_patient=bool(case and case.patient and message.patient and case.patient != message.patient),
        resend=first is not None,
        attachments=house.attachments,
        infected=message.looked_up.infected,
        author=message.looked_up.author,
        trusted=message.delivery.trusted or message.is_own,
        submitted=True,
        uncoded_function=message.joined is not None and message.joined.has_uncoded_function,
        order_unknown=message.order.is_unknown,
        history=first is None and not message.in_words and not becomes_current(message.examined.certificate, case),
    )
    if message.alone is not None and (refused := refused_alone(message.alone, facts)):
        return refused, None
    # A doctor who answers one of two questions has answered: what is still missing must not undo that.
    policy = "hold" if message.joined else policy_of(message.examined, house)
    judgement = judge_examined(message.examined, facts, policy)
    if first is None or first.verdict is None:
        return judgement, None
    if (judgement.verdict == "rejected") != (first.verdict == "rejected"):
        return judge_examined(message.examined, replace(facts, resend=False), policy), None
    return replace(judgement, verdict=first.verdict), first


def _conflict(message: _Message, unit: Unit, gateway: Gateway) -> Outcome:
    """Another content came under a known key: the first is never overwritten, and both are kept."""
    sent, at = message.delivery, message.arrival
    unit.append_conflict(message.sender, message.key, message.content, sent.raw, at, detached=sent.detached)
    receipt = _receipt(message, Judgement((), "rejected"), gateway)
    answer, data = conflict_answer(receipt, gateway.her, gateway.house.definitions, gateway.signatory)
    return Outcome(answer, data, None, None, conflict=True)


def _receipt(message: _Message, judgement: Judgement, gateway: Gateway) -> Receipt:
    return Receipt(
        raw=message.delivery.raw,
        envelope=message.examined.envelope,
        format=answer_format(message.examined),
        language=message.delivery.language,
        arrival=message.arrival,
        judgement=judgement,
        unreadable=message.examined.unreadable,
        removed=first_removals(message.examined.removed),
        original=message.examined.original,
        signer=message.examined.signer,
        apprec=message.delivery.apprec,
        incomplete_status=gateway.apprec_status,
    )


def _kept(
    message: _Message, judgement: Judgement, case: Case | None, first: StoredMessage | None, gateway: Gateway
) -> tuple[Kept, Case | None]:
    """Everything that step 9 writes: the message with its answer, the case as it will be, perhaps a version."""
    known = _case(message, case, gateway)
    version = None
    if first is None and judgement.verdict != "rejected" and known is not None:
        version, known = _next_version(message, judgement, known)
    told = message.joined.told(judgement) if message.joined else judgement
    receipt = replace(
        _receipt(message, told, gateway),
        certificate=known.uuid if known else None,
        version=version.number if version else None,
        first_attempt=known.first_attempt if known else message.arrival,
        duplicate_of=first.message_id if first else None,
    )
    answer, receipt_json = answer_for(receipt, gateway.her, gateway.house.definitions, gateway.signatory)
    kept = replace(
        _unanswered(message, gateway.new_id()),
        state="answered",
        verdict=told.verdict,
        findings=told.findings,
        removed=first_removals(message.examined.removed),
        answer=answer,
        receipt=receipt_json,
        version=version,
        feed=feed_kind(version, known) if version and known else None,
        duplicate_of=receipt.duplicate_of,
        author=message.looked_up.author,
    )
    return kept, known


def _unanswered(message: _Message, uuid: str) -> Kept:
    """The message as it came, before anything was decided about it."""
    return Kept(
        uuid=uuid,
        sender=message.sender,
        key=message.key,
        message_id=message.message_id,
        content_digest=message.content,
        raw=message.delivery.raw,
        media_type=message.delivery.media_type,
        format=message.examined.format,
        arrival=message.arrival,
        state="failed",
        verdict=None,
        findings=(),
        removed=(),
        answer=None,
        receipt=b"",
        certificate_id=message.certificate,
        certificate_digest=message.certificate_digest,
        detached=message.delivery.detached,
    )


def _case(message: _Message, case: Case | None, gateway: Gateway) -> Case | None:
    """The case this message belongs to, with the earliest arrival; refused messages open one too."""
    if message.certificate is None or (message.joined is not None and case is None):
        return None
    if case is not None:
        return replace(case, first_attempt=min(case.first_attempt, message.arrival))
    return Case(
        gateway.new_id(), None, message.arrival, 0, withdrawn=False, current_authored=None, sender=message.sender
    )


def _next_version(message: _Message, judgement: Judgement, case: Case) -> tuple[Version | None, Case]:
    """The next version; one authored before the current one is filed as history."""
    certificate = message.examined.certificate
    if certificate is None or (message.joined is not None and not message.joined.is_new):
        return None, case
    current = becomes_current(certificate, case)
    version = Version(
        number=case.versions + 1,
        message_id=message.key,
        arrival=message.arrival,
        verdict=judgement.verdict,
        certificate=certificate,
        findings=judgement.findings,
        current=current,
        beneath=message.beneath,
    )
    known = replace(case, versions=case.versions + 1, patient=case.patient or message.patient)
    if current:
        withdrawn = certificate.status == WITHDRAWN
        known = replace(known, withdrawn=withdrawn, current_authored=certificate.authored)
    return version, known


def _keep_failed(delivery: Delivery, arrival: datetime, gateway: Gateway) -> None:
    """Our own fault stopped the walk: the bytes are kept, nothing is answered, and a retry walks again."""
    unread = Examined(delivery.raw, delivery.format, None, None, Origins(), ())
    message = _identified(delivery, unread, arrival, gateway.sealer)
    with gateway.store.transaction() as unit:
        unit.append_failure(_unanswered(message, gateway.new_id()))
