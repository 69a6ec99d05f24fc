"""`certgateway ledger check|deeds`: whether the chain holds, and what operators did.

A chain that was written anew, or lost its tail, holds by itself. So it is compared with checkpoints that were kept
elsewhere: what an earlier check printed, and the signed receipts that senders have.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from certgateway import bootstrap, safejson
from certgateway.cli.sources import printable
from certgateway.config import load_settings
from certgateway.domain.errors import MisconfiguredError
from certgateway.safejson import Unreadable
from certgateway.store.deeds import deeds
from certgateway.store.ledger import BEGINNING, digest_at
from certgateway.store.transactions import Reading, Store
from certgateway.trust import base64url

_PRINTED: Final = re.compile(r"position ([0-9]{1,18})\ndigest ([0-9a-f]{64})(\n|$)")
_LARGEST: Final = 1024 * 1024


class Checkpoint(NamedTuple):
    """That the entry with this number had this digest."""

    position: int
    digest: str


EMPTY: Final = Checkpoint(0, BEGINNING)
"""Of a ledger without entries."""


def run(options: argparse.Namespace) -> int:
    """Do what the verb says; exit 1 when the chain is broken, or is another than a checkpoint tells."""
    checkpoints = [(path, read_checkpoint(path)) for path in options.checkpoint] if options.verb == "check" else []
    settings = load_settings(Path(options.settings) if options.settings else None)
    store = bootstrap.store_of(settings)
    try:
        return _check(store, checkpoints) if options.verb == "check" else _deeds(store)
    finally:
        store.close()


def _check(store: Store, checkpoints: Sequence[tuple[Path, Checkpoint]]) -> int:
    with store.reading() as reading:
        found = reading.check_chain()
        others = [(path, _otherwise(checkpoint, reading)) for path, checkpoint in checkpoints]
    sys.stdout.write(f"position {found.position}\ndigest {found.digest}\n")
    for path, otherwise in others:
        sys.stdout.write(f"checkpoint {printable(str(path))}: {otherwise or 'the ledger has that entry'}\n")
    if found.broken is not None:
        sys.stdout.write(f"the chain is broken at entry {found.broken}; what is told above is the last that holds\n")
        return 1
    sys.stdout.write("the chain holds\n")
    return 1 if any(otherwise for _, otherwise in others) else 0


def _otherwise(checkpoint: Checkpoint, reading: Reading) -> str | None:
    """How the ledger differs from a checkpoint; None where it does not."""
    if checkpoint == EMPTY:
        return None
    digest = digest_at(reading.connection, checkpoint.position)
    if digest is None:
        return f"there is NO ENTRY {checkpoint.position} any more"
    return None if digest == checkpoint.digest else f"entry {checkpoint.position} is ANOTHER than it was"


def read_checkpoint(path: Path) -> Checkpoint:
    """What an earlier check printed, or what a signed receipt tells of its entry; MisconfiguredError for all else.

    The receipt's signature is not looked at: a forged one raises an alarm and hides nothing.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST).decode("ascii")
    except (OSError, UnicodeDecodeError):
        raise MisconfiguredError(f"the checkpoint {path} cannot be read") from None
    printed = _PRINTED.match(text)
    found = Checkpoint(int(printed[1]), printed[2]) if printed else _of_receipt(text.strip())
    if found is None:
        raise MisconfiguredError(f"{path} is neither what `ledger check` printed nor a signed receipt")
    return found


def _of_receipt(text: str) -> Checkpoint | None:
    try:
        _, payload, _ = text.split(".")
        told = safejson.parse(base64url.decode(payload))
        place = told["ledger"]
        position, digest = place["position"], place["entry"]
    except (ValueError, Unreadable, KeyError, TypeError):
        return None
    return Checkpoint(position, digest) if type(position) is int and type(digest) is str else None


def _deeds(store: Store) -> int:
    with store.reading() as reading:
        for each in deeds(reading):
            said = f"{printable(each.by)}: {printable(each.reason)}"
            sys.stdout.write(f"{each.at.isoformat()} {each.kind} {each.subject} {said}\n")
    return 0
