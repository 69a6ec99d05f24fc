"""Which version of a certificate counts: told by when it was written, never by when it came."""

from datetime import UTC, datetime, timedelta

import pytest

from certgateway.domain.certificate import WITHDRAWN, Certificate, Coding
from certgateway.domain.record import Case, Version, becomes_current, feed_kind

KNOWN = datetime(2026, 5, 12, 8, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def version(authored: datetime = KNOWN, status: str = "final") -> Certificate:
    return Certificate(Coding("urn:oid:1.2.3", "c-1"), authored, status)


def case(*, withdrawn: bool = False, authored: datetime | None = KNOWN) -> Case:
    return Case("case-1", None, KNOWN, 1, withdrawn, authored, "her:1")


def test_the_first_version_counts_and_what_has_none_to_compete_with() -> None:
    assert becomes_current(version(), None)
    assert becomes_current(version(), case(authored=None))
    assert becomes_current(None, case())


@pytest.mark.parametrize("status", ["final", WITHDRAWN])
@pytest.mark.parametrize("withdrawn", [False, True])
def test_the_one_that_was_written_last_counts(status: str, withdrawn: bool) -> None:  # noqa: FBT001
    known = case(withdrawn=withdrawn)
    assert becomes_current(version(KNOWN + MINUTE, status), known)
    assert not becomes_current(version(KNOWN - MINUTE, status), known)


def test_of_the_same_instant_the_later_counts_but_never_over_a_withdrawal() -> None:
    assert becomes_current(version(), case())
    assert becomes_current(version(status=WITHDRAWN), case())
    assert becomes_current(version(status=WITHDRAWN), case(withdrawn=True))
    assert not becomes_current(version(), case(withdrawn=True))


@pytest.mark.parametrize(
    "number, current, withdrawn, kind",
    [
        (1, True, False, "new"),
        (2, True, False, "replaced"),
        (2, True, True, "withdrawn"),
        (1, True, True, "withdrawn"),
        (3, False, False, None),
        (3, False, True, None),
    ],
)
def test_what_counts_is_news_and_history_is_none(
    number: int,
    current: bool,  # noqa: FBT001
    withdrawn: bool,  # noqa: FBT001
    kind: str | None,
) -> None:
    told = Version(number, "m-1", KNOWN, "accepted", version(), (), current)
    assert feed_kind(told, case(withdrawn=withdrawn)) == kind
