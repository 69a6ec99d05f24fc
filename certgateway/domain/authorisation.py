"""What the register of health personnel (HPR) says of an author, and what that makes of the author on a day.

Pure values: who asks the register stands in `services.hpr`. Nothing here may hold a name or an HPR number, so that what
is kept of an answer is about the message and no dossier of a clinician.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from certgateway.domain.vocabulary.form import PROFESSIONS

Found = Literal["registered", "unregistered", "no-answer"]


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `since` to `until`, both of them included; None is open."""

    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day is one of them."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Approval:
    """An authorisation or licence (helsepersonelloven §§ 48-49) in one profession, a code of OID 9060.

    It ends by time, revocation or renunciation alike (`valid`), and does not hold while it is suspended.
    """

    profession: str
    valid: Span
    suspended: tuple[Span, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether it entitles its holder on that day."""
        return self.valid.covers(day) and not any(span.covers(day) for span in self.suspended)


@dataclass(frozen=True, slots=True)
class Standing:
    """What was known of an author when a message was judged: no more than judging takes, so that it can be kept.

    `written` and `arrival` are the professions, sorted, that the author was entitled to practise on the day that the
    certificate was written and on the day that it arrived. `stated` is the profession that the message gives.
    """

    found: Found
    written: tuple[str, ...] = ()
    arrival: tuple[str, ...] = ()
    stated: str | None = None


def standing(approvals: Iterable[Approval] | None, written: date, arrival: date, stated: str | None = None) -> Standing:
    """The author's standing by the register's answer, None where nobody has the number.

    A certificate cannot have been written after it arrived, whatever date it bears.
    """
    if approvals is None:
        return Standing("unregistered", stated=stated)
    known = tuple(approvals)
    return Standing("registered", _held(known, min(written, arrival)), _held(known, arrival), stated)


def may_certify(professions: Iterable[str]) -> bool:
    """Whether one of these professions may write the certificate."""
    return any(profession in PROFESSIONS for profession in professions)


def _held(approvals: tuple[Approval, ...], day: date) -> tuple[str, ...]:
    return tuple(sorted({each.profession for each in approvals if each.holds(day)}))
