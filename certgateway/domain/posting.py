"""How often and when a message is posted to a receiver's own system, and what its answer means.

The schedule is data, without chance in it, so that an operator can say when the next attempt comes. Nothing of an
answer's content stands here: a status, or a word of ours for why there is none.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, Literal

SCHEDULE: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The wait after each attempt that failed: ten attempts in a little more than three days."""

LONGEST_WISH: Final = timedelta(hours=6)
"""How far a receiver may put an attempt off; the whole takes four days at most."""

LEASE: Final = timedelta(minutes=1)
"""How long an attempt belongs to whoever has begun it; one that is not told of until then is made again."""

Fault = Literal["unreachable", "untrusted", "timed-out", "broken-off", "not-writable", "gateway-fault"]
"""Why there is no answer: no connection, no TLS that can be trusted, no answer in time, an answer that broke off, a
message that the wished format cannot hold, a fault of ours."""

_SUCCESS: Final = range(200, 300)
_GONE: Final = 410
# Before anything has left us; all others may have been read by somebody.
_UNSENT: Final = frozenset[str | None]({"unreachable", "untrusted", "not-writable", "gateway-fault"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of posting a message once: the status of the answer, or the fault that stood in its way.

    `wish` is how long the receiver asks us to wait before the next attempt.
    """

    status: int | None = None
    fault: Fault | None = None
    wish: timedelta | None = None

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver has it."""
        return self.status in _SUCCESS

    @property
    def is_sent(self) -> bool:
        """Whether the message has left us, whatever became of it."""
        return self.fault not in _UNSENT

    @property
    def is_final(self) -> bool:
        """Whether another attempt could not end otherwise: the receiver wants no more, or we cannot write it."""
        return self.status == _GONE or self.fault == "not-writable"

    @property
    def code(self) -> str:
        """What went wrong, as one word."""
        return self.fault or f"http-{self.status}"


def next_attempt(made: int, attempt: Attempt, now: datetime) -> datetime | None:
    """When to post again after attempt number `made` (from 1) failed; None when it was the last one."""
    if attempt.is_final or made > len(SCHEDULE):
        return None
    wish = min(attempt.wish or timedelta(0), LONGEST_WISH)
    return now + max(SCHEDULE[made - 1], wish)


def wish_of(retry_after: str | None, now: datetime) -> timedelta | None:
    """The wait that a Retry-After asks for, in seconds or as a date of HTTP; None for one that says neither."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdecimal():
        # Nine digits are thirty years; more could not be a wait, and would not fit.
        return timedelta(seconds=int(text[:9]))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max((at if at.tzinfo else at.replace(tzinfo=UTC)) - now, timedelta(0))
