"""How much a sender is told: the first places of each rule and of what was removed, and the message itself for more."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from certgateway.domain.findings import Finding
from certgateway.domain.message import Removal, outermost

MOST_PLACES = 1000


def first_places(found: Iterable[Finding]) -> list[Finding]:
    """The first places of each rule, and the message itself in place of the others."""
    told: list[Finding] = []
    counts: Counter[str] = Counter()
    for finding in found:
        counts[finding.rule] += 1
        if counts[finding.rule] <= MOST_PLACES:
            told.append(finding)
        elif counts[finding.rule] == MOST_PLACES + 1 and finding.path is not None:
            told.append(replace(finding, path=outermost(finding.path), element="", culprit=None))
    return told


def first_removals(removed: tuple[Removal, ...]) -> tuple[Removal, ...]:
    """The first of what was removed, and the message itself in place of the others: the places that findings tell."""
    if len(removed) <= MOST_PLACES:
        return removed
    more = removed[MOST_PLACES]
    return (*removed[:MOST_PLACES], Removal(more.item, outermost(more.path)))
