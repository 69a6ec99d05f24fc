"""When a statement may no longer hold: how long each kind keeps, as data with the reason.

Stale says "ask again before you build on it" and nothing else: what was stated stays, and the doctor is not at fault.
Nothing here may drop a statement or say what follows from its age.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from certgateway.domain.calendar import last_day

Staleness = Literal["age", "review-date-passed", "period-ended"]


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long an item's statements hold. `days` None: their age alone never matters.

    `reviewed`: they were to be looked at again on the prognosis' review date. `ends`: they say until when they hold.
    """

    days: int | None
    why: str
    reviewed: bool = False
    ends: bool = False


KEEPING: Final[Mapping[str, Keeping]] = MappingProxyType(
    {
        "purpose": Keeping(None, "why it was written does not change"),
        "author": Keeping(None, "when the patient was seen is a fact"),
        "employment": Keeping(365, "jobs change, and the certificate is seldom the first to know"),
        "diagnosis": Keeping(730, "a diagnosis lasts, but is reconsidered as investigations end"),
        "history": Keeping(365, "the patient's account is of its time"),
        "findings": Keeping(365, "a finding is a picture of one day"),
        "onset": Keeping(None, "when it began is a fact of the past"),
        "treatment": Keeping(180, "waiting lists and courses of treatment move within half a year", ends=True),
        "function": Keeping(180, "function changes with treatment and training within half a year", reviewed=True),
        "health-risk": Keeping(365, "a risk without an end date is to be looked at once a year", ends=True),
        "activity": Keeping(180, "what somebody can take part in follows function", ends=True),
        "prognosis": Keeping(365, "a year shows whether the course went as expected", reviewed=True),
        "specialist": Keeping(730, "specialists are seen seldom; their view is used until the next one"),
        "assessment": Keeping(365, "the overall view rests on statements that keep no longer"),
        "reservation": Keeping(None, "it holds until it is taken back"),
        "attachment": Keeping(None, "a document does not change"),
    }
)
"""Item id to how long its statements hold; the numbers are proposals to be tried with doctors and NAV offices."""


def is_past(text: str | None, today: date) -> bool:
    """Whether every day that a partial date may mean lies before today; False when there is no readable date."""
    last = None if text is None else last_day(text)
    return last is not None and last < today


def staleness(item: str, age_days: int, *, until: str | None, review: str | None, today: date) -> Staleness | None:
    """Why a statement may no longer hold, the certificate's own word first; None while it holds."""
    keeping = KEEPING[item]
    if keeping.ends and is_past(until, today):
        return "period-ended"
    if keeping.reviewed and is_past(review, today):
        return "review-date-passed"
    return "age" if keeping.days is not None and age_days > keeping.days else None
