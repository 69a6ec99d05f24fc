"""`certgateway unseal`: one original to a new file, with who and why on record. Prints where it is, never what."""

import argparse
import sys
from pathlib import Path
from uuid import uuid4

from certgateway import bootstrap
from certgateway.config import load_settings
from certgateway.services.unseal import unseal


def run(options: argparse.Namespace) -> int:
    """Open it, once the ledger has its entry."""
    settings = load_settings(Path(options.settings) if options.settings else None)
    store = bootstrap.store_of(settings)
    try:
        uuid = unseal(
            options.message,
            by=options.by,
            reason=options.reason,
            output=options.output,
            store=store,
            clock=bootstrap.now,
            new_id=lambda: str(uuid4()),
            sender=options.sender,
        )
    finally:
        store.close()
    sys.stdout.write(f"message {uuid} is in {options.output}; the ledger has an entry of it\n")
    return 0
