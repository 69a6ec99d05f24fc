"""Messages as they were received and answered, and conflicts: the rows that make a resend find its first answer.

Must never read the table of originals, and never overwrite a message that was answered.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, text

from certgateway.domain.authorisation import Standing
from certgateway.domain.errors import GatewayError
from certgateway.domain.findings import Verdict
from certgateway.domain.record import Answer, Kept
from certgateway.store.records import findings_text, read_standing, removals_text, sealing_context, standing_text
from certgateway.store.strongbox import Holder, Strongbox, of_original
from certgateway.store.tables import conflict, detached, message, original, signed_receipts, standing, vouched

LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message that is on record. `answer` is None while `state` is "failed"; `receipt` is as it was given.

    `certificate_id` is the keyed identity; `case` is the UUID of the case it belongs to, None when none could be told.
    `author` is what was known of the author, None where nobody was asked.
    """

    uuid: str
    sender: str
    key: str
    message_id: str | None
    content_digest: str
    arrival: datetime
    state: Literal["answered", "failed"]
    verdict: Verdict | None
    answer: Answer | None
    receipt: bytes
    certificate_id: str | None
    case: str | None
    duplicate_of: str | None
    author: Standing | None = None


_MESSAGES = select(
    message.c.uuid,
    message.c.sender,
    message.c.key,
    message.c.message_id,
    message.c.content_digest,
    message.c.arrival,
    message.c.state,
    message.c.verdict,
    message.c.answer_status,
    message.c.answer_media_type,
    message.c.answer_body,
    message.c.receipt,
    message.c.certificate_id,
    message.c.case,
    message.c.duplicate_of,
    standing.c.told,
    vouched.c.answer.label("answer_signature"),
).select_from(message.outerjoin(vouched).outerjoin(standing))

# Statements of every message are built once: building them costs more than SQLite takes to run them.
_BY_KEY = _MESSAGES.where(message.c.sender == bindparam("sender"), message.c.key == bindparam("key"))
_SAME_CONTENT = _MESSAGES.where(
    message.c.sender == bindparam("sender"),
    message.c.certificate_digest == bindparam("certificate_digest"),
    message.c.state == "answered",
    message.c.duplicate_of.is_(None),
)
_FIRST = (message.c.verdict == "rejected", message.c.arrival, message.c.uuid)
_RESENDS_OF_ANY = _SAME_CONTENT.order_by(*_FIRST).limit(1)
_RESENDS = _SAME_CONTENT.where(message.c.certificate_id == bindparam("certificate_id")).order_by(*_FIRST).limit(1)
# The state is spelled out rather than bound: only so can the engines use the partial index.
# Where the walk stopped before a sender could be read, only the bytes tell that this is the same message.
_DELETE_FAILED = (
    delete(message)
    .where(
        text("state = 'failed'"),
        or_(
            and_(
                message.c.sender == bindparam("from_sender"),
                message.c.key == bindparam("with_key"),
                message.c.content_digest == bindparam("with_content"),
            ),
            message.c.raw_digest == bindparam("with_bytes"),
        ),
    )
    .returning(message.c.uuid)
)
_INSERT_MESSAGE = insert(message)
_INSERT_ORIGINAL = insert(original)
_INSERT_STANDING = insert(standing)


def storable(name: str) -> bool:
    """Whether `name` can be a sender or a key on every engine: 1 to 255 characters, all of them printable."""
    return 0 < len(name) <= LONGEST_NAME and name.isprintable()


def find_message(connection: Connection, sender: str, key: str) -> StoredMessage | None:
    """The message with this key from this sender, answered or failed."""
    if not (storable(sender) and storable(key)):
        return None
    return _first(connection.execute(_BY_KEY, {"sender": sender, "key": key}))


def find_receipt(connection: Connection, message_id: str, sender: str | None) -> StoredMessage | None:
    """The answered message with this id. None when several senders used the id and none of them is named."""
    if not storable(message_id):
        return None
    query = _MESSAGES.where(message.c.message_id == message_id, message.c.state == "answered")
    if sender is not None:
        query = query.where(message.c.sender == sender)
    rows = connection.execute(query.limit(2)).all()
    return _stored(rows[0]) if len(rows) == 1 else None


def find_resend(
    connection: Connection, sender: str, certificate_id: str | None, certificate_digest: str
) -> StoredMessage | None:
    """The first message of this sender that carried exactly this certificate; a registered one before a refused one.

    Without a certificate id, whatever id it went by.
    """
    names = {"sender": sender, "certificate_digest": certificate_digest}
    if not storable(sender):
        return None
    if certificate_id is None:
        return _first(connection.execute(_RESENDS_OF_ANY, names))
    return _first(connection.execute(_RESENDS, names | {"certificate_id": certificate_id}))


def insert_message(connection: Connection, sealing: Strongbox, kept: Kept, case: str | None) -> None:
    """Writes the message and its original; a failed attempt at the same message makes room."""
    if not (storable(kept.sender) and storable(kept.key) and (kept.message_id is None or storable(kept.message_id))):
        raise GatewayError(
            "a sender or message id that cannot be stored must be refused or replaced by a digest before"
        )
    raw_digest = hashlib.sha256(kept.raw).hexdigest()
    attempt = {
        "from_sender": kept.sender,
        "with_key": kept.key,
        "with_content": kept.content_digest,
        "with_bytes": raw_digest,
    }
    if replaced := connection.scalars(_DELETE_FAILED, attempt).all():
        sealing.forget(replaced)
    connection.execute(_INSERT_MESSAGE, _row(kept, case, raw_digest))
    context = original_context(kept.uuid, kept.sender, kept.key)
    holder = of_original(kept.uuid, case, kept.verdict, kept.arrival)
    sealed = sealing.seal(kept.raw, context, "original", holder)
    connection.execute(_INSERT_ORIGINAL, {"message": kept.uuid, "sealed": sealed})
    beside = _sealed_signatures(sealing, kept.detached, context, holder)
    if beside is not None:
        connection.execute(insert(detached), {"message": kept.uuid, "sealed": beside})
    if kept.answer is not None and kept.answer.signature is not None:
        connection.execute(insert(vouched), {"message": kept.uuid, "answer": kept.answer.signature})
    if (told := standing_text(kept.author)) is not None:
        connection.execute(_INSERT_STANDING, {"message": kept.uuid, "told": told})


def insert_receipt(connection: Connection, message_uuid: str, signed: str) -> None:
    """Keeps the signed receipt of a message."""
    connection.execute(insert(signed_receipts), {"message": message_uuid, "text": signed})


def signed_receipt(connection: Connection, message_uuid: str) -> str | None:
    """The signed receipt of a message; None where none was signed."""
    query = select(signed_receipts.c.text).where(signed_receipts.c.message == message_uuid)
    return connection.execute(query).scalar()


def insert_conflict(
    connection: Connection,
    sealing: Strongbox,
    first: StoredMessage,
    *,
    content_digest: str,
    raw: bytes,
    signatures: tuple[str, ...],
    arrival: datetime,
) -> bool:
    """Keeps what came under the key of `first`. False when the same content is kept already."""
    same = (
        conflict.c.sender == first.sender,
        conflict.c.key == first.key,
        conflict.c.content_digest == content_digest,
    )
    if connection.execute(select(conflict.c.arrival).where(*same)).first():
        return False
    context = conflict_context(first.sender, first.key, content_digest)
    holder = of_original(first.uuid, first.case, first.verdict, arrival)
    row = {
        "sender": first.sender,
        "key": first.key,
        "content_digest": content_digest,
        "first_digest": first.content_digest,
        "arrival": arrival,
        "sealed": sealing.seal(raw, context, "original", holder),
        "detached": _sealed_signatures(sealing, signatures, context, holder),
    }
    connection.execute(insert(conflict), row)
    return True


def original_context(uuid: str, sender: str, key: str) -> str:
    """What the original of a message is sealed for."""
    return sealing_context("original", sender, key, uuid)


def conflict_context(sender: str, key: str, content_digest: str) -> str:
    """What a conflicting original is sealed for."""
    return sealing_context("conflict", sender, key, content_digest)


def detached_context(context: str) -> str:
    """What the signatures beside an original are sealed for, by what that is sealed for."""
    return sealing_context("detached", context)


def _sealed_signatures(sealing: Strongbox, texts: tuple[str, ...], context: str, holder: Holder) -> bytes | None:
    """None where there are none, as nearly always."""
    if not texts:
        return None
    return sealing.seal(json.dumps(texts).encode(), detached_context(context), "original", holder)


def _first(rows: Iterable[Any]) -> StoredMessage | None:
    return next(map(_stored, rows), None)


def _stored(row: Any) -> StoredMessage:  # noqa: ANN401  a row's columns have no types here
    answer = None
    if row.answer_status is not None:
        answer = Answer(row.answer_status, row.answer_media_type, row.answer_body, row.answer_signature)
    return StoredMessage(
        uuid=row.uuid,
        sender=row.sender,
        key=row.key,
        message_id=row.message_id,
        content_digest=row.content_digest,
        arrival=row.arrival,
        state=row.state,
        verdict=row.verdict,
        answer=answer,
        receipt=row.receipt,
        certificate_id=row.certificate_id,
        case=row.case,
        duplicate_of=row.duplicate_of,
        author=read_standing(row.told),
    )


def _row(kept: Kept, case: str | None, raw_digest: str) -> dict[str, object]:
    answer = kept.answer
    return {
        "uuid": kept.uuid,
        "sender": kept.sender,
        "key": kept.key,
        "message_id": kept.message_id,
        "content_digest": kept.content_digest,
        "raw_digest": raw_digest,
        "media_type": kept.media_type,
        "format": kept.format,
        "arrival": kept.arrival,
        "state": kept.state,
        "verdict": kept.verdict,
        "findings": findings_text(kept.findings),
        "removed": removals_text(kept.removed),
        "answer_status": answer.status if answer else None,
        "answer_media_type": answer.media_type if answer else None,
        "answer_body": answer.body if answer else None,
        "receipt": kept.receipt,
        "certificate_id": kept.certificate_id,
        "certificate_digest": kept.certificate_digest,
        "case": case,
        "duplicate_of": kept.duplicate_of,
    }
