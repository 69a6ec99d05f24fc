"""Opens what was received, bit for bit. For the audited break-glass command and for tests, and for nothing else.

No read path (API, pages, feed, log, export) may import this module; `services.unseal` alone does.
"""

from sqlalchemy import Connection, or_, select

from certgateway.store.failures import NotKeptError, translated
from certgateway.store.messages import conflict_context, original_context, storable
from certgateway.store.strongbox import Strongbox
from certgateway.store.tables import conflict, message, original
from certgateway.store.transactions import Store


def open_original(store: Store, message_uuid: str) -> bytes:
    """The bytes of the message with this UUID as they came. NotKeptError when there is none."""
    with translated(), store.engine.connect() as connection:
        return _open_original(connection, Strongbox(connection, store.sealing), message_uuid)


def find_message_uuid(connection: Connection, name: str, sender: str | None) -> str:
    """The gateway's id of a message, by that or by its own id. NotKeptError unless its original is kept, once."""
    named = or_(message.c.uuid == name, message.c.key == name)
    query = select(message.c.uuid).join(original, original.c.message == message.c.uuid).where(named)
    if sender is not None:
        query = query.where(message.c.sender == sender)
    found = connection.scalars(query.limit(2)).all() if storable(name) else []
    if len(found) > 1:
        raise NotKeptError("several senders used this message id; name the sender")
    if not found:
        raise NotKeptError("no original of such a message is kept")
    return str(found[0])


def open_conflict(store: Store, sender: str, key: str, content_digest: str) -> bytes:
    """The bytes that came under a key already taken. NotKeptError when there are none."""
    query = select(conflict.c.sealed).where(
        conflict.c.sender == sender, conflict.c.key == key, conflict.c.content_digest == content_digest
    )
    with translated(), store.engine.connect() as connection:
        row = connection.execute(query).first()
        if row is None:
            raise NotKeptError("no such conflict is kept")
        strongbox = Strongbox(connection, store.sealing)
        return strongbox.open(row.sealed, conflict_context(sender, key, content_digest))


def _open_original(connection: Connection, sealing: Strongbox, message_uuid: str) -> bytes:
    joined = original.join(message, original.c.message == message.c.uuid)
    query = select(original.c.sealed, message.c.sender, message.c.key).select_from(joined)
    row = connection.execute(query.where(message.c.uuid == message_uuid)).first()
    if row is None:
        raise NotKeptError("no such message is kept")
    return sealing.open(row.sealed, original_context(message_uuid, row.sender, row.key))
