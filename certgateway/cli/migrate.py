"""`certgateway migrate`: creates the database's tables, or brings them up to date."""

import argparse
import sys
from pathlib import Path

from certgateway.config import load_settings
from certgateway.store.database import open_database
from certgateway.store.schema import migrate


def run(options: argparse.Namespace) -> int:
    """Migrate the database of the settings."""
    settings = load_settings(Path(options.settings) if options.settings else None)
    migrate(open_database(settings.database, settings.database_tls))
    sys.stdout.write("the tables are up to date\n")
    return 0
