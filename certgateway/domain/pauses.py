"""Pauses of a question: the days on which no time runs, and the days that move on for them.

A pause is the day on which it began and the day on which it ended, None while it runs. Nothing here knows why time
stands still.
"""

from collections.abc import Iterable
from datetime import date

from certgateway.domain.calendar import norwegian_date
from certgateway.domain.dialogue_events import Event, Paused
from certgateway.domain.working_days import after_working_days, working_days_between

Pauses = tuple[tuple[date, date | None], ...]


def with_pause(pauses: Pauses, event: Event) -> Pauses:
    """A pause begins, or any other event ends it; one within another and an end without a beginning change nothing."""
    day = norwegian_date(event.at)
    running = bool(pauses) and pauses[-1][1] is None
    if isinstance(event, Paused):
        return pauses if running else (*pauses, (day, None))
    return (*pauses[:-1], (pauses[-1][0], day)) if running else pauses


def moved_on(day: date, pauses: Iterable[tuple[date, date | None]], begun: date) -> date:
    """A day moved on by the working days of the pauses since the time began."""
    for started, ended in pauses:
        if ended is not None and ended > begun and started <= day:
            day = after_working_days(day, working_days_between(max(started, begun), ended))
    return day
