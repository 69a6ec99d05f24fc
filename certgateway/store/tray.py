"""Answers that match no question: kept until somebody has sorted them, and what became of each after that.

What was understood of an answer is sealed, and wiped when the answer leaves the tray: then it stands in a certificate,
or nobody needs it. Nothing here may open the original, or decide where an answer belongs.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from certgateway.domain.authorisation import Standing
from certgateway.domain.tray import PutAside
from certgateway.store.messages import storable
from certgateway.store.records import put_aside_bytes, read_put_aside, read_standing, sealing_context
from certgateway.store.strongbox import Holder, Strongbox
from certgateway.store.tables import message, standing, unsorted

Why = Literal[
    "clarification-unknown",
    "other-certificate",
    "other-patient",
    "certificate-withdrawn",
    "answer-withdrawn",
    "older-than-known",
    "not-asked",
    "certificate-unknown",
]


@dataclass(frozen=True, slots=True)
class Unsorted:
    """An answer that matches nothing: the message that brought it, what it named, and why it was put aside.

    `clarification` is None when what it named cannot be an id of ours; `content` is None unless it is asked for, or
    when it was put aside before contents were kept.
    """

    message: str
    case: str | None
    clarification: str | None
    why: Why
    at: datetime
    content: PutAside | None = None


@dataclass(frozen=True, slots=True)
class Lying:
    """An answer in the tray, and what is on record of its message; `sorted` is when it left the tray.

    `key` is the message id or what stands for it, `certificate_id` the keyed identity of the certificate that it named,
    `author` what was known of who wrote it.
    """

    answer: Unsorted
    sender: str
    key: str
    format: str
    certificate_id: str | None
    sorted: datetime | None
    author: Standing | None = None


def insert_unsorted(connection: Connection, sealing: Strongbox, put_aside: Unsorted) -> None:
    """Puts an answer aside. The message that brought it is on record already."""
    content, context = put_aside.content, unsorted_context(put_aside.message)
    holder = Holder(put_aside.case or put_aside.message, put_aside.case, put_aside.at)
    row = {
        "message": put_aside.message,
        "case": put_aside.case,
        "clarification": put_aside.clarification,
        "why": put_aside.why,
        "at": put_aside.at,
        "sealed": sealing.seal(put_aside_bytes(content), context, "derived", holder) if content else None,
    }
    connection.execute(insert(unsorted), row)


def unsorted_answers(connection: Connection, limit: int) -> list[Unsorted]:
    """Up to `limit` answers that lie in the tray, the oldest first, without their contents."""
    query = select(unsorted).where(unsorted.c.sorted.is_(None)).order_by(unsorted.c.at, unsorted.c.message).limit(limit)
    return [_unsorted(row) for row in connection.execute(query)]


def find_lying(connection: Connection, sealing: Strongbox, uuid: str) -> Lying | None:
    """The answer that a message brought, with its content, whether it still lies in the tray or not."""
    if not storable(uuid):
        return None
    query = (
        select(unsorted, message.c.sender, message.c.key, message.c.format, message.c.certificate_id, standing.c.told)
        .join(message, message.c.uuid == unsorted.c.message)
        .outerjoin(standing, standing.c.message == message.c.uuid)
        .where(unsorted.c.message == uuid)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    content = read_put_aside(sealing.open(row.sealed, unsorted_context(uuid))) if row.sealed is not None else None
    answer, author = _unsorted(row, content), read_standing(row.told)
    return Lying(answer, row.sender, row.key, row.format, row.certificate_id, row.sorted, author)


def settle_unsorted(connection: Connection, uuid: str, at: datetime, outcome: str) -> None:
    """Takes an answer off the tray, and wipes what was kept of it; `outcome` is a code of ours."""
    values = {"sorted": at, "outcome": outcome, "sealed": None}
    connection.execute(update(unsorted).where(unsorted.c.message == uuid).values(values))


def _unsorted(row: Any, content: PutAside | None = None) -> Unsorted:  # noqa: ANN401  a row's columns have no types here
    return Unsorted(row.message, row.case, row.clarification, row.why, row.at, content)


def unsorted_context(uuid: str) -> str:
    """What an answer that was put aside is sealed for."""
    return sealing_context("unsorted", uuid)
