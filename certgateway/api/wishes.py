"""What the bodies of questions and of orders have in common: words, days, a planned measure, a clinician.

Forms only. Whether something may be asked or ordered is decided by the domain.
"""

import re
from datetime import date, timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from certgateway.api.problems import ProblemError
from certgateway.api.surface import Surface
from certgateway.domain import dialogue_events as events
from certgateway.domain.calendar import norwegian_date

HER: Final = r"^[0-9]{1,10}$"
_LONGEST_TIME: Final = timedelta(days=366)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What XML can hold, with something to read in it.
_READABLE: Final = re.compile(r"(?=\s*\S)[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")


def _readable(text: str) -> str:
    """What a counsellor writes goes into messages in JSON and XML alike."""
    if _READABLE.fullmatch(text) is None:
        raise ValueError("not readable")
    return text


def whole_day(value: object) -> object:
    """A whole date as text; no number, and no instant, is taken for one."""
    return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else value


Words = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_readable)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_readable)]
Day = Annotated[date, BeforeValidator(whole_day)]
Due = Annotated[Day | None, Field(description="From today to a year ahead.")]


class Body(BaseModel):
    """A body with nothing in it that nobody knows, and no value of another type than its own."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PlannedMeasure(Body):
    """A measure that NAV plans; `demands` are codes of risk-activity."""

    description: Words
    demands: Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=30)] = []


class Clinician(Body):
    """Whom something is sent to: HPR number, a code of author-role, and the organisation number of the work place."""

    hpr: Annotated[str, Field(max_length=20)]
    role: Annotated[str, Field(max_length=32)]
    organisation: Annotated[str, Field(max_length=20)]
    name: Name | None = None


def measure_of(body: PlannedMeasure | None) -> events.Measure | None:
    """The measure as the domain knows it."""
    return events.Measure(body.description, tuple(body.demands)) if body else None


def clinician_of(body: Clinician) -> events.Clinician:
    """The clinician as the domain knows one."""
    return events.Clinician(body.hpr, body.role, body.organisation, body.name)


def check_due(due: date | None, here: Surface) -> None:
    """Raises ProblemError for a day that has passed, or one so late that a pause could not move it."""
    today = norwegian_date(here.gateway.clock())
    if due is not None and not today <= due <= today + _LONGEST_TIME:
        raise ProblemError("request-invalid")
