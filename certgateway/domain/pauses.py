"""Pauses of a clarification as pairs of days, and what they do to a date. The end is None while one still runs.

Nothing here may know why somebody waits.
"""

from collections.abc import Iterable
from datetime import date

from certgateway.domain.working_days import after_working_days, working_days_between

Pauses = tuple[tuple[date, date | None], ...]


def begun(pauses: Pauses, day: date) -> Pauses:
    """With a pause from a day; one within another changes nothing."""
    return pauses if is_running(pauses) else (*pauses, (day, None))


def ended(pauses: Pauses, day: date) -> Pauses:
    """With the pause that runs ended on a day; an end without a beginning changes nothing."""
    return (*pauses[:-1], (pauses[-1][0], day)) if is_running(pauses) else pauses


def is_running(pauses: Pauses) -> bool:
    """Whether no working day counts now."""
    return bool(pauses) and pauses[-1][1] is None


def shifted(day: date, pauses: Iterable[tuple[date, date | None]], since: date) -> date:
    """A day moved on by the working days of the pauses since the time began."""
    for started, ended_on in pauses:
        if ended_on is not None and ended_on > since and started <= day:
            day = after_working_days(day, working_days_between(max(started, since), ended_on))
    return day
