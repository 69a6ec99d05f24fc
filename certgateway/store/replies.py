"""Answers in words, sealed: what a doctor wrote about a question, kept beside the event that tells of it.

Written once and never changed. Nothing here may look into one, or keep a word of it outside its seal.
"""

import msgspec
from sqlalchemy import Connection, insert, select

from certgateway.domain.replies import ProseReply
from certgateway.store.messages import storable
from certgateway.store.records import Sealing, sealing_context
from certgateway.store.tables import reply

_encode = msgspec.json.Encoder().encode
_replies = msgspec.json.Decoder(ProseReply)


def insert_reply(connection: Connection, sealing: Sealing, told: ProseReply) -> None:
    """Writes an answer in words. The message that brought it is on record already."""
    row = {
        "message": told.message,
        "clarification": told.clarification,
        "at": told.at,
        "sealed": sealing.seal(_encode(told), _context(told.message)),
    }
    connection.execute(insert(reply), row)


def replies_of(connection: Connection, sealing: Sealing, clarification: str) -> list[ProseReply]:
    """Every answer in words to a question, the oldest first."""
    if not storable(clarification):
        return []
    query = select(reply).where(reply.c.clarification == clarification).order_by(reply.c.at, reply.c.message)
    return [_replies.decode(sealing.open(row.sealed, _context(row.message))) for row in connection.execute(query)]


def _context(message: str) -> str:
    return sealing_context("reply", message)
