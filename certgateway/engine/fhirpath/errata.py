"""Invariants of R4 whose published text says something else than they mean.

Each answers "unknown" where the optional element it speaks of is absent, and an invariant that is not true is broken:
taken literally, every fullUrl, reference, probability and name would be mandatory. HL7's validator corrects such texts
too. Only exact published texts are corrected here, never a profile's own constraint.
"""

from __future__ import annotations

_MEANT = {
    # adf-0, csd-0, que-0 and the rest of that family.
    "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')": "name.empty() or name.matches('[A-Z]([A-Za-z0-9_]){0,254}')",
    # bdl-8
    "fullUrl.contains('/_history/').not()": "fullUrl.empty() or fullUrl.contains('/_history/').not()",
    # ras-2
    "probability is decimal implies (probability as decimal) <= 100": (
        "probability.empty() or (probability is decimal implies (probability as decimal) <= 100)"
    ),
    # ref-1; besides, "#" alone is how a contained resource points to the one that contains it.
    (
        "reference.startsWith('#').not() or "
        "(reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))"
    ): (
        "reference.empty() or reference.startsWith('#').not() or reference = '#' or "
        "(reference.substring(1) in %rootResource.contained.id)"
    ),
    # vs-1: of a dateTime alone, and to the day, as its own words say.
    "($this as dateTime).toString().length() >= 8": "$this is dateTime implies $this.toString().length() >= 10",
}


def as_meant(text: str) -> str:
    """The expression to evaluate for a published one."""
    return _MEANT.get(text, text)
