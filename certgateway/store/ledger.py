"""The ledger: one entry per thing recorded, each with the digest of the one before, so that a change in it shows.

Append only. Entries hold digests and ids, nothing of a message. A removed tail shows only against a checkpoint that is
kept elsewhere: what a check printed before, or a signed receipt.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from certgateway.domain.dialogue_events import Event
from certgateway.domain.record import Kept
from certgateway.store.records import event_bytes, standing_text
from certgateway.store.tables import instant_text, ledger

BEGINNING = "0" * 64
"""What the first entry has for a predecessor."""

_PAGE = 500

# Statements of every message are built once: building them costs more than SQLite takes to run them.
_LAST = select(ledger.c.seq, ledger.c.digest).order_by(ledger.c.seq.desc()).limit(1)
_INSERT = insert(ledger)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """`kind` is answered, failed, conflict, dialogue, access, override, purged, or that of a deed.

    `evidence` digests what was recorded, `digest` the entry. `message` is the id of what was recorded: of a message, an
    event, a deed, a look, an override, or what was deleted.
    """

    seq: int
    at: datetime
    kind: str
    message: str
    evidence: str
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Number and digest of the last entry up to which the chain holds, and the number of the first one that is broken.

    A removed tail, or a chain written anew from one entry on, shows only against a position and digest kept elsewhere.
    """

    position: int
    digest: str
    broken: int | None


def append_entry(connection: Connection, kind: str, message: str, at: datetime, evidence: str) -> LedgerEntry:
    """Writes the next entry. The caller holds the ledger's lock: two writers must not follow the same entry."""
    last = connection.execute(_LAST).first()
    seq, previous = (last.seq + 1, last.digest) if last else (1, BEGINNING)
    row = {"seq": seq, "at": at, "kind": kind, "message": message, "evidence": evidence, "previous": previous}
    digest = _digest([seq, instant_text(at), kind, message, evidence, previous])
    connection.execute(_INSERT, row | {"digest": digest})
    return LedgerEntry(seq, at, kind, message, evidence, previous, digest)


def ledger_entries(connection: Connection, after: int, limit: int) -> list[LedgerEntry]:
    """Up to `limit` entries that follow number `after`, in order."""
    query = select(ledger).where(ledger.c.seq > after).order_by(ledger.c.seq).limit(limit)
    return [LedgerEntry(*row) for row in connection.execute(query)]


def check_chain(connection: Connection) -> Checked:
    """Whether every entry is as it was written: no gap in the numbers, each digest right and after its predecessor."""
    seq, previous = 0, BEGINNING
    for entry in _all(connection):
        content: list[str | int] = [
            entry.seq,
            instant_text(entry.at),
            entry.kind,
            entry.message,
            entry.evidence,
            entry.previous,
        ]
        if (entry.seq, entry.previous, entry.digest) != (seq + 1, previous, _digest(content)):
            return Checked(seq, previous, entry.seq)
        seq, previous = entry.seq, entry.digest
    return Checked(seq, previous, None)


def digest_at(connection: Connection, position: int) -> str | None:
    """The digest of the entry with this number; None where the ledger has none."""
    found: str | None = connection.scalar(select(ledger.c.digest).where(ledger.c.seq == position))
    return found


def evidence_of(kept: Kept) -> str:
    """One digest over what was received, how it was judged and what was answered."""
    return _digest(evidence_parts(kept))


def evidence_parts(kept: Kept) -> list[str | int]:
    """What that digest is over, first the digest of the bytes as they came: digests and words, nothing of a message."""
    answer: list[str | int] = (
        [kept.answer.status, kept.answer.media_type, _hash(kept.answer.body)] if kept.answer else []
    )
    if kept.answer is not None and kept.answer.signature is not None:
        answer.append(_signature(kept.answer.signature))
    judged = [kept.content_digest, kept.state, kept.verdict or "", _hash(kept.receipt)]
    if (author := standing_text(kept.author)) is not None:
        judged.append(f"author {_hash(author.encode())}")
    return [_hash(kept.raw), *judged, *answer, *map(_signature, kept.detached)]


def evidence_of_event(event: Event) -> str:
    """One digest over what happened to a clarification."""
    return _digest([type(event).__name__, _hash(event_bytes(event))])


def evidence_of_access(told: bytes) -> str:
    """One digest over a look at a patient's data, or an override, as it was recorded."""
    return _hash(told)


def evidence_of_conflict(raw: bytes, content_digest: str, first_digest: str, detached: tuple[str, ...] = ()) -> str:
    """One digest over what came, and over the content it was in conflict with."""
    return _digest([_hash(raw), content_digest, first_digest, *map(_signature, detached)])


def _signature(text: str) -> str:
    """A signature that came or went beside the bytes, so that it is taken for nothing else."""
    return f"detached {_hash(text.encode())}"


def evidence_of_purge(kind: str, subject: str) -> str:
    """One digest over what was deleted: a class of `purging`, and the id of the message, case, order or letter."""
    return _digest(["purged", kind, subject])


def evidence_of_deed(kind: str, subject: str, sealed: bytes) -> str:
    """One digest over what an operator did, to what, and the sealed words of who and why."""
    return _digest([kind, subject, _hash(sealed)])


def _all(connection: Connection) -> Iterator[LedgerEntry]:
    after = 0
    while page := ledger_entries(connection, after, _PAGE):
        yield from page
        after = page[-1].seq


def _digest(content: list[str | int]) -> str:
    return _hash(json.dumps(content, separators=(",", ":")).encode())


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
