"""`certgateway purge`: deletes what is older than the settings allow, and prints ids and counts, nothing of anybody."""

import argparse
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

from certgateway import bootstrap
from certgateway.config import Settings, load_settings
from certgateway.domain.errors import MisconfiguredError
from certgateway.services.purge import purge
from certgateway.store.purging import PURGE_CLASSES, PurgeClass


def run(options: argparse.Namespace) -> int:
    """Delete, or with `--dry-run` tell what would be."""
    settings = load_settings(Path(options.settings) if options.settings else None)
    days = retention_of(settings)
    at = _instant(options.at)
    store = bootstrap.store_of(settings)
    counted: Counter[str] = Counter()
    try:
        for due in purge(store, days, at, bootstrap.now(), dry_run=options.dry_run):
            counted[due.kind] += 1
            sys.stdout.write(f"{due.kind} {due.subject}\n")
    finally:
        store.close()
    done = "would be deleted" if options.dry_run else "deleted"
    for kind in PURGE_CLASSES:
        kept = "kept for ever" if days[kind] is None else f"kept for {days[kind]} days"
        sys.stdout.write(f"{kind}: {counted[kind]} {done} ({kept})\n")
    return 0


def retention_of(settings: Settings) -> dict[PurgeClass, int | None]:
    """How many days each class is kept."""
    return {
        "original": settings.retention_original,
        "derived": settings.retention_derived,
        "refused": settings.retention_refused,
        "dialogue": settings.retention_dialogue,
        "outbox": settings.retention_outbox,
    }


def _instant(told: str | None) -> datetime:
    """The instant to count from."""
    if told is None:
        return bootstrap.now()
    try:
        instant = datetime.fromisoformat(told)
    except ValueError:
        raise MisconfiguredError("--at must be an instant in ISO 8601") from None
    if instant.tzinfo is None:
        raise MisconfiguredError("--at must have a time zone")
    return instant
