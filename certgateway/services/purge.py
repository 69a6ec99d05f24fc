"""What is older than it may become is deleted, class by class, in small steps beside a running gateway.

A dry run tells the same without touching anything. Ids only: nothing here may know whom something is about.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from certgateway.store.purging import PURGE_CLASSES, Due, PurgeClass, find_due, purge_one
from certgateway.store.transactions import Store

_PAGE = 100


def purge(
    store: Store, days: Mapping[PurgeClass, int | None], at: datetime, now: datetime, *, dry_run: bool
) -> Iterator[Due]:
    """Everything that has become too old at the instant `at`, as it is deleted `now`. None days is for ever.

    Whoever is stopped begins again: what is deleted is not due any more.
    """
    for kind in PURGE_CLASSES:
        kept = days[kind]
        if kept is None:
            continue
        before, after = at - timedelta(days=kept), ""
        while found := find_due(store, kind, before, after, _PAGE):
            yield from (each for each in found if dry_run or purge_one(store, each, before, now))
            after = found[-1].subject
