"""What is kept of every look at a patient's data, and of every override: who, in which role, what, why and when.

Whoever is named here is named under seal. Nothing here may hold a word of what was seen, or a personal number.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from certgateway.domain.access_rules import Basis
from certgateway.domain.assessment_titles import instant_text

Role = Literal["counsellor", "system"]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looked: `key` tells one caller from every other; `unit` is a counsellor's, `organisation` a system's."""

    key: str
    role: Role
    unit: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """One look at a patient's data, or one attempt.

    `case` is the gateway's id of the certificate, None for an order and for what does not exist; `patient` and `reader`
    are keyed digests. `act` is the operation that was asked for, `basis` what decided,
    `reference` the support reference of the request, None of looks from before it was kept.
    """

    id: str
    at: datetime
    case: str | None
    patient: str | None
    reader: str
    who: Reader
    act: str
    is_allowed: bool
    basis: Basis
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """A counsellor's access to a patient of another unit's until an instant, for a reason in the counsellor's words."""

    id: str
    at: datetime
    until: datetime
    case: str
    patient: str
    reader: str
    who: Reader
    reason: str
    reference: str | None = None


def told_access(access: Access) -> dict[str, Any]:
    """What the patient may know of a look: when, in which role and from where, at what, and on what ground; no name."""
    return {
        "at": instant_text(access.at),
        "role": access.who.role,
        "unit": access.who.unit,
        "organisation": access.who.organisation,
        "act": access.act,
        "basis": access.basis,
    }
