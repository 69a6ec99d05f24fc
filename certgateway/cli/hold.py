"""`certgateway hold`: a certificate that is not to be deleted, whatever its age, or may be again."""

import argparse
import sys
from pathlib import Path
from uuid import uuid4

from certgateway import bootstrap
from certgateway.config import load_settings
from certgateway.domain.errors import MisconfiguredError
from certgateway.store.deeds import Deed, DeedKind, hold


def run(options: argparse.Namespace) -> int:
    """Hold it or, with `--release`, let it go."""
    if not (options.by.strip() and options.reason.strip()):
        raise MisconfiguredError("who holds a certificate, and why, must be said")
    settings = load_settings(Path(options.settings) if options.settings else None)
    store = bootstrap.store_of(settings)
    kind: DeedKind = "released" if options.release else "held"
    try:
        with store.transaction() as unit:
            done = Deed(str(uuid4()), bootstrap.now(), kind, options.certificate, options.by, options.reason)
            hold(unit, done)
    finally:
        store.close()
    sys.stdout.write(f"the certificate is {kind}\n")
    return 0
