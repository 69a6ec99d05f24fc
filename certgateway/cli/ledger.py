"""`certgateway ledger check|deeds`: whether the chain holds, and what operators did."""

import argparse
import sys
from pathlib import Path

from certgateway import bootstrap
from certgateway.cli.sources import printable
from certgateway.config import load_settings
from certgateway.store.deeds import deeds
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer


def run(options: argparse.Namespace) -> int:
    """Do what the verb says; exit 1 when the chain is broken."""
    settings = load_settings(Path(options.settings) if options.settings else None)
    store = bootstrap.store_on(settings.database, Sealer.from_file(settings.key_file))
    try:
        return {"check": _check, "deeds": _deeds}[options.verb](store)
    finally:
        store.close()


def _check(store: Store) -> int:
    with store.reading() as reading:
        found = reading.check_chain()
    sys.stdout.write(f"position {found.position}\ndigest {found.digest}\n")
    if found.broken is None:
        sys.stdout.write("the chain holds\n")
        return 0
    sys.stdout.write(f"the chain is broken at entry {found.broken}; what is told above is the last that holds\n")
    return 1


def _deeds(store: Store) -> int:
    with store.reading() as reading:
        for each in deeds(reading):
            said = f"{printable(each.by)}: {printable(each.reason)}"
            sys.stdout.write(f"{each.at.isoformat()} {each.kind} {each.subject} {said}\n")
    return 0
