"""Breaking the glass: one original, bit for bit, in a file of its owner's. Who, why and when is on record before it.

The only reader of originals. Nothing here may open one before the ledger's entry is durable, write over a file, or
print a byte of what was received.
"""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from certgateway.domain.errors import MisconfiguredError
from certgateway.store.deeds import Deed, record_deed
from certgateway.store.evidence import find_message_uuid, open_original
from certgateway.store.transactions import Store


def unseal(
    name: str,
    *,
    by: str,
    reason: str,
    output: Path,
    store: Store,
    clock: Callable[[], datetime],
    new_id: Callable[[], str],
    sender: str | None = None,
) -> str:
    """Writes the original of a message, named by the gateway's id or its own, to a new file. The gateway's id of it.

    Raises NotKeptError for an unknown, deleted or ambiguous name, MisconfiguredError for a file that is there or cannot
    be, and StoreUnavailableError when the ledger takes no entry: then nothing was opened.
    """
    if not (by.strip() and reason.strip()):
        raise MisconfiguredError("who opens an original, and why, must be said")
    if os.path.lexists(output):
        raise MisconfiguredError("the output file exists already and is left as it is")
    with store.transaction() as unit:
        uuid = find_message_uuid(unit.connection, name, sender)
        record_deed(unit, Deed(new_id(), clock(), "unsealed", uuid, by, reason))
    content = open_original(store, uuid)
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError as error:
        raise MisconfiguredError(f"the output file cannot be written: {error.strerror}") from None
    return uuid
