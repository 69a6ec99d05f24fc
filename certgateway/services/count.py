"""Statistics of clarifications, read page by page: of each only what is counted is kept.

Counted anew at each reading; nothing of it is stored. Nothing here may hand on an event, an id or a word of anybody.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from certgateway.domain.calendar import norwegian_instant
from certgateway.domain.dialogue_events import Asked, Ordered
from certgateway.domain.dialogue_statistics import Counted, counted, dialogue_statistics
from certgateway.domain.findings import Finding
from certgateway.domain.small_groups import whole_quarters
from certgateway.domain.vocabulary import Language
from certgateway.services.gateway import Gateway
from certgateway.store.dialogues import Clarification
from certgateway.store.transactions import Reading

Json = dict[str, Any]
PAGE: Final = 200
"""How many clarifications are read at once."""


def count_clarifications(first: date, last: date, gateway: Gateway, language: Language = "nb") -> Json:
    """The statistics of the clarifications asked on some days in Norway, widened to whole quarters of a year."""
    first, last = whole_quarters(first, last)
    since, until = _midnight(first), _midnight(last + timedelta(days=1))
    with gateway.store.reading() as reading:
        return dialogue_statistics(_counted(reading, since, until), first, last, language)


def _midnight(day: date) -> datetime:
    return norwegian_instant(datetime.combine(day, time()))


def _counted(reading: Reading, since: datetime, until: datetime) -> Iterator[Counted]:
    after: tuple[datetime, str] | None = None
    while page := reading.clarifications_between(since, until, after=after, limit=PAGE):
        findings = reading.findings_of_cases({about for about in map(_about, page) if about is not None})
        for each in page:
            found = counted(each.events, _told_missing(each, findings))
            if found is not None:
                yield found
        after = _asked(page[-1]).at, page[-1].uuid


def _about(each: Clarification) -> str | None:
    """The certificate that was asked about. Whoever orders one asks before there is one to judge."""
    asked = _asked(each)
    return asked.certificate if isinstance(asked, Asked) else None


def _asked(each: Clarification) -> Asked | Ordered:
    return next(event for event in each.events if isinstance(event, Asked | Ordered))


def _told_missing(each: Clarification, findings: dict[tuple[str, int], tuple[Finding, ...]]) -> frozenset[str]:
    """The items that rules found missing in the version that was asked about."""
    asked = _asked(each)
    found = findings.get((asked.certificate, asked.version), ()) if isinstance(asked, Asked) else ()
    return frozenset(finding.item for finding in found if finding.item and finding.rule == f"{finding.item}-missing")
