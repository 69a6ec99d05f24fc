"""Answers in words, sealed: what a doctor wrote about a question, kept beside the event that tells of it.

Written once and never changed. Nothing here may look into one, or keep a word of it outside its seal.
"""

import msgspec
from sqlalchemy import Connection, insert, select

from certgateway.domain.replies import ProseReply
from certgateway.store.messages import storable
from certgateway.store.records import sealing_context
from certgateway.store.strongbox import Strongbox
from certgateway.store.tables import reply

_encode = msgspec.json.Encoder().encode
_replies = msgspec.json.Decoder(ProseReply)


def insert_reply(connection: Connection, sealing: Strongbox, told: ProseReply) -> None:
    """Writes an answer in words. The message that brought it is on record already."""
    holder = sealing.of_clarification(told.clarification, told.at)
    row = {
        "message": told.message,
        "clarification": told.clarification,
        "at": told.at,
        "sealed": sealing.seal(_encode(told), reply_context(told.message), "derived", holder),
    }
    connection.execute(insert(reply), row)


def replies_of(connection: Connection, sealing: Strongbox, clarification: str) -> list[ProseReply]:
    """Every answer in words to a question, the oldest first."""
    if not storable(clarification):
        return []
    query = select(reply).where(reply.c.clarification == clarification).order_by(reply.c.at, reply.c.message)
    return [_replies.decode(sealing.open(row.sealed, reply_context(row.message))) for row in connection.execute(query)]


def reply_context(message: str) -> str:
    """What an answer in words is sealed for."""
    return sealing_context("reply", message)
