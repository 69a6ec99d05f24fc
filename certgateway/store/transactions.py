"""The store as the services see it: one durable transaction to write, one consistent picture to read.

`with store.transaction() as unit:` commits on leaving and keeps nothing when an exception passes. This module must
never answer for the gateway, decide what a message means, or let a database's own error out.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine, text

from certgateway.domain.access_record import Access, Override
from certgateway.domain.dialogue_events import Asked, Event, Ordered
from certgateway.domain.errors import GatewayError
from certgateway.domain.findings import Finding
from certgateway.domain.outgoing import Outgoing
from certgateway.domain.record import Case, Kept, Version
from certgateway.domain.replies import ProseReply
from certgateway.store import (
    accesses,
    certificates,
    dialogues,
    feed,
    ledger,
    messages,
    outbox,
    posting,
    proofs,
    replies,
    tray,
)
from certgateway.store.database import WRITING, reading_options
from certgateway.store.dialogues import Clarification
from certgateway.store.failures import NotKeptError, translated
from certgateway.store.feed import FeedEvent
from certgateway.store.ledger import Checked, LedgerEntry
from certgateway.store.messages import StoredMessage
from certgateway.store.outbox import Waiting
from certgateway.store.posting import Claim, DeadLetter
from certgateway.store.strongbox import Sealing, Strongbox
from certgateway.store.tray import Lying, Unsorted

E = TypeVar("E", bound=Event)

# Taken last of all locks, and held to the end: ledger and feed are written in the order of the commits.
LEDGER_LOCK = "ledger"


@dataclass(frozen=True, slots=True)
class Reading:
    """What can be asked of the store. `find_` may give None; every other question has an answer, if an empty one."""

    connection: Connection
    sealing: Strongbox

    def find_message(self, sender: str, key: str) -> StoredMessage | None:
        """The message with this key (message id, or digest of the bytes) from this sender, answered or failed."""
        return messages.find_message(self.connection, sender, key)

    def find_receipt(self, message_id: str, sender: str | None = None) -> StoredMessage | None:
        """The answered message with this id; None when several senders used the id and none of them is named."""
        return messages.find_receipt(self.connection, message_id, sender)

    def signed_receipt(self, message: str) -> str | None:
        """The signed receipt of a message by the gateway's own id of it; None where none was signed."""
        return messages.signed_receipt(self.connection, message)

    def find_resend(self, sender: str, certificate_id: str | None, certificate_digest: str) -> StoredMessage | None:
        """The first message of this sender that carried this certificate, under this id or, without one, under any."""
        return messages.find_resend(self.connection, sender, certificate_id, certificate_digest)

    def find_case(self, sender: str, certificate_id: str) -> Case | None:
        """The case of this keyed certificate identity from this sender."""
        return certificates.find_case(self.connection, sender, certificate_id)

    def find_case_by_uuid(self, uuid: str) -> Case | None:
        """The case with this gateway UUID."""
        return certificates.find_case_by_uuid(self.connection, uuid)

    def cases_of_patient(self, patient: str) -> list[Case]:
        """All cases of the patient with this keyed digest, oldest first attempt first."""
        return certificates.cases_of_patient(self.connection, patient)

    def versions(self, case_uuid: str) -> list[Version]:
        """Every version of the case in order of arrival."""
        return certificates.versions(self.connection, self.sealing, case_uuid)

    def current_version(self, case_uuid: str) -> Version | None:
        """The version that counts now; None while only refused messages are known."""
        return certificates.current_version(self.connection, self.sealing, case_uuid)

    def find_clarification(self, uuid: str) -> Clarification | None:
        """The clarification with this id."""
        return dialogues.find_clarification(self.connection, self.sealing, uuid)

    def clarifications(self, case_uuid: str) -> list[Clarification]:
        """Every question about a case and every order that it has come to, the oldest first."""
        return dialogues.clarifications_of_case(self.connection, self.sealing, case_uuid)

    def orders_of_case(self, case_uuid: str) -> list[Clarification]:
        """Every order that a case has come to, the oldest first."""
        return dialogues.orders_of_case(self.connection, self.sealing, case_uuid)

    def replies(self, clarification: str) -> list[ProseReply]:
        """Every answer in words to a question, the oldest first."""
        return replies.replies_of(self.connection, self.sealing, clarification)

    def orders_of_patient(self, patient: str) -> list[Clarification]:
        """Every order about the patient with this keyed digest, the oldest first."""
        return dialogues.orders_of_patient(self.connection, self.sealing, patient)

    def clarifications_between(
        self, since: datetime, until: datetime, *, after: tuple[datetime, str] | None, limit: int
    ) -> list[Clarification]:
        """Up to `limit` clarifications asked from `since` to before `until`, the oldest first, after the last one read.

        `after` is its instant and its id.
        """
        return dialogues.clarifications_between(self.connection, self.sealing, since, until, after=after, limit=limit)

    def findings_of_cases(self, cases: Iterable[str]) -> dict[tuple[str, int], tuple[Finding, ...]]:
        """The findings of every version of some cases, by case and number."""
        return certificates.findings_of_cases(self.connection, cases)

    def waiting_for(self, receiver: str, after: int, limit: int) -> list[Waiting]:
        """Up to `limit` messages after number `after` that a receiver has not settled."""
        return outbox.waiting_for(self.connection, self.sealing, receiver, after, limit)

    def find_outgoing(self, message_id: str) -> Waiting | None:
        """The message of ours with this id, settled or not."""
        return outbox.find_outgoing(self.connection, self.sealing, message_id)

    def receivers_due(self, receivers: Collection[str], now: datetime) -> list[str]:
        """Those of some receivers to whose own systems something can be posted now."""
        return posting.receivers_due(self.connection, receivers, now)

    def is_dead(self, message_id: str) -> bool:
        """Whether a message of ours is posted no more, and was never taken."""
        return posting.is_dead(self.connection, message_id)

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """Up to `limit` messages that are posted no more and were never taken, the oldest first."""
        return posting.dead_letters(self.connection, limit)

    def unsorted_answers(self, limit: int) -> list[Unsorted]:
        """Up to `limit` answers that match nothing, the oldest first."""
        return tray.unsorted_answers(self.connection, limit)

    def find_lying(self, message: str) -> Lying | None:
        """The answer that a message brought and that was put aside, whether it is sorted by now or not."""
        return tray.find_lying(self.connection, self.sealing, message)

    def accesses_of_case(self, case_uuid: str) -> list[Access]:
        """Every look at a certificate that was allowed, the oldest first."""
        return accesses.accesses_of_case(self.connection, self.sealing, case_uuid)

    def has_override(self, patient: str, readers: tuple[str, ...], now: datetime) -> bool:
        """Whether an override by any of a reader's names for this patient (keyed digests, all) is in force."""
        return accesses.has_override(self.connection, patient, readers, now)

    def feed(self, after: int, limit: int) -> list[FeedEvent]:
        """Up to `limit` events after number `after`; 0 is before the first."""
        return feed.feed_after(self.connection, after, limit)

    def ledger_entries(self, after: int, limit: int) -> list[LedgerEntry]:
        """Up to `limit` ledger entries after number `after`; 0 is before the first."""
        return ledger.ledger_entries(self.connection, after, limit)

    def check_ledger(self) -> bool:
        """Whether the whole chain of the ledger holds."""
        return self.check_chain().broken is None

    def check_chain(self) -> Checked:
        """How far the chain of the ledger holds, and where it is broken."""
        return ledger.check_chain(self.connection)


@dataclass(frozen=True, slots=True)
class Unit(Reading):
    """A transaction that writes. Lock what the message is about before reading it: nobody comes between then.

    `by` is on whose behalf, and goes into every event that is written.
    """

    by: str | None = None

    def lock(self, *names: str) -> None:
        """Waits until no other transaction holds any of `names`, then holds them to the end. Call it once, with all.

        SQLite has one writer at a time anyway. Names are taken in one order, so that no two wait for each other.
        """
        if self.connection.dialect.name == "postgresql":
            for number in sorted({_lock_number(name) for name in names}):
                self.connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})

    def record_clarification(self, uuid: str, asked: Asked, outgoing: Outgoing) -> None:
        """A new question, and the message that carries it."""
        told = self._signed(asked)
        dialogues.insert_clarification(self.connection, self.sealing, uuid, told)
        self._send(outgoing)
        self._enter(told)

    def record_order(self, uuid: str, ordered: Ordered, patient: str, outgoing: Outgoing) -> None:
        """A new order about the patient with this keyed digest, and the message that carries it."""
        told = self._signed(ordered)
        dialogues.insert_order(self.connection, self.sealing, uuid, told, patient)
        self._send(outgoing)
        self._enter(told)

    def join_case(self, uuid: str, case_uuid: str) -> None:
        """A certificate has come to an order."""
        dialogues.join_case(self.connection, uuid, case_uuid)

    def append_event(self, uuid: str, event: Event, *outgoing: Outgoing) -> None:
        """What has happened to a clarification, with the messages that tell doctors of it, if any do."""
        told = self._signed(event)
        dialogues.append_event(self.connection, self.sealing, uuid, told)
        for each in outgoing:
            self._send(each)
        self._enter(told)

    def _signed(self, event: E) -> E:
        """With who brought it about."""
        return event if self.by is None else replace(event, caller=self.by)

    def _send(self, outgoing: Outgoing) -> None:
        self.lock(LEDGER_LOCK)
        outbox.append_outgoing(self.connection, self.sealing, outgoing)

    def _enter(self, event: Event) -> None:
        self.lock(LEDGER_LOCK)
        ledger.append_entry(self.connection, "dialogue", event.id, event.at, ledger.evidence_of_event(event))

    def mark_fetched(self, message_id: str, at: datetime) -> None:
        """A receiver has got a message of ours."""
        outbox.mark_fetched(self.connection, message_id, at)

    def settle(self, message_id: str, at: datetime, *, refused: bool) -> None:
        """A receiver has a message of ours for good or, `refused`, will not take it."""
        outbox.settle(self.connection, message_id, at, refused=refused)

    def record_reply(self, told: ProseReply) -> None:
        """An answer in words; the event that tells of it is written with it."""
        replies.insert_reply(self.connection, self.sealing, told)

    def claim(self, receiver: str, now: datetime, until: datetime, lease: str) -> Claim | None:
        """The next attempt to post something to a receiver, ours until then. Hold the receiver's lock."""
        return posting.claim(self.connection, receiver, now, until, lease)

    def is_open(self, claim: Claim, *, delivered: bool) -> bool:
        """Whether what an attempt came to changes anything, or it was overtaken."""
        return posting.is_open(self.connection, claim, delivered=delivered)

    def postpone(self, message_id: str, due: datetime, fault: str) -> None:
        """Posting a message failed; it is tried again when it is due."""
        posting.postpone(self.connection, message_id, due, fault)

    def end_posting(self, message_id: str, at: datetime, fault: str | None = None) -> None:
        """A message is posted no more: it was taken or, with a fault, given up."""
        posting.end(self.connection, message_id, at, fault)

    def reopen(self, message_id: str, at: datetime) -> None:
        """A message waits again, and posting it begins anew."""
        outbox.reopen(self.connection, message_id)
        posting.begin_anew(self.connection, message_id, at)

    def put_aside(self, unsorted: Unsorted) -> None:
        """An answer that matches nothing."""
        tray.insert_unsorted(self.connection, self.sealing, unsorted)

    def settle_unsorted(self, message: str, at: datetime, outcome: str) -> None:
        """An answer leaves the tray; what was kept of it is wiped."""
        tray.settle_unsorted(self.connection, message, at, outcome)

    def enter(self, event: Event) -> None:
        """What somebody did that belongs to no clarification, in the ledger."""
        self._enter(self._signed(event))

    def record_access(self, told: Access | Override) -> None:
        """A look at a patient's data, an attempt at one, or a counsellor's reason for one."""
        self.lock(LEDGER_LOCK)
        accesses.record(self.connection, self.sealing, told)

    def use_proof(self, key: str, once: str, until: datetime, now: datetime) -> bool:
        """Whether a proof of possession is used for the first time; from now on it is not."""
        return proofs.use_proof(self.connection, key, once, until, now)

    def record_sorted(self, message: str, case: Case, version: Version, at: datetime) -> None:
        """A version that somebody's sorting has made out of a message that is on record, and the news of it."""
        certificates.insert_version(self.connection, self.sealing, message, case.uuid, version)
        self.lock(LEDGER_LOCK)
        feed.append_event(self.connection, case.uuid, version.number, "replaced", at)

    def record_message(self, kept: Kept, case: Case | None) -> LedgerEntry:
        """Everything an answered message leaves behind, in a fixed order of statements; its entry in the ledger.

        `case` is the case as it shall be; of it, `versions` and `current_authored` follow from the versions on record.
        A failed attempt at the same message is replaced, an answered one never (AlreadyRecordedError).
        """
        if kept.state != "answered" or kept.answer is None:
            raise GatewayError("only an answered message can be recorded as one")
        if case is None and (kept.version or kept.feed):
            raise GatewayError("a version or feed event needs its case")
        messages.insert_message(self.connection, self.sealing, kept, case.uuid if case else None)
        if case:
            certificates.record_case(self.connection, kept, case)
        if case and kept.version:
            certificates.insert_version(self.connection, self.sealing, kept.uuid, case.uuid, kept.version)
        self.lock(LEDGER_LOCK)
        if case and kept.feed:
            number = kept.version.number if kept.version else None
            feed.append_event(self.connection, case.uuid, number, kept.feed, kept.arrival)
        return ledger.append_entry(self.connection, "answered", kept.uuid, kept.arrival, ledger.evidence_of(kept))

    def keep_receipt(self, message: str, signed: str) -> None:
        """The signed receipt of a message that this transaction has recorded."""
        messages.insert_receipt(self.connection, message, signed)

    def append_failure(self, kept: Kept) -> None:
        """Keeps the bytes of a message that our own fault stopped. AlreadyRecordedError when its key has an answer."""
        if kept.state != "failed" or kept.answer is not None:
            raise GatewayError("an answered message cannot be recorded as failed")
        messages.insert_message(self.connection, self.sealing, kept, None)
        self.lock(LEDGER_LOCK)
        ledger.append_entry(self.connection, "failed", kept.uuid, kept.arrival, ledger.evidence_of(kept))

    def append_conflict(
        self,
        sender: str,
        key: str,
        content_digest: str,
        raw: bytes,
        arrival: datetime,
        *,
        detached: tuple[str, ...] = (),
    ) -> None:
        """Keeps what came under a key that another content has, with the signatures beside it.

        The same conflict again adds nothing. NotKeptError when no message has the key.
        """
        first = self.find_message(sender, key)
        if first is None:
            raise NotKeptError("there is no message that this one could be in conflict with")
        if messages.insert_conflict(
            self.connection,
            self.sealing,
            first,
            content_digest=content_digest,
            raw=raw,
            signatures=detached,
            arrival=arrival,
        ):
            self.lock(LEDGER_LOCK)
            evidence = ledger.evidence_of_conflict(raw, content_digest, first.content_digest, detached)
            ledger.append_entry(self.connection, "conflict", first.uuid, arrival, evidence)


class Store:
    """The database and the seal, together. `engine` is open to tests and to the break-glass command.

    `by` is on whose behalf it is written to, None on nobody's.
    """

    __slots__ = ("_by", "_reading", "engine", "sealing")

    def __init__(self, engine: Engine, sealing: Sealing, by: str | None = None) -> None:
        self.engine = engine
        self.sealing = sealing
        self._by = by
        self._reading = reading_options(engine)

    def acting(self, by: str) -> "Store":
        """The same database, written to on somebody's behalf."""
        return Store(self.engine, self.sealing, by)

    @contextmanager
    def transaction(self) -> Iterator[Unit]:
        """All or nothing. When it is left without an exception, what was written is on the disk."""
        with translated(), self.engine.connect() as connection, connection.execution_options(**WRITING).begin():
            yield Unit(connection, Strongbox(connection, self.sealing), self._by)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """One consistent picture, no write lock. Not to be nested in a transaction: it would see the past, or wait."""
        options = self._reading
        with translated(), self.engine.connect() as connection, connection.execution_options(**options).begin():
            yield Reading(connection, Strongbox(connection, self.sealing))

    def close(self) -> None:
        """Closes every connection; a database in memory is gone with it."""
        self.engine.dispose()


def _lock_number(name: str) -> int:
    """PostgreSQL's advisory locks are signed numbers of 64 bits."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
