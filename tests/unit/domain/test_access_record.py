"""What a patient is told of who has looked: role, place, act and ground, and nothing that names anybody."""

from datetime import UTC, datetime

import pytest

from certgateway.domain.access_record import Access, Reader, told_access

AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
COUNSELLOR = Reader("entra:Z990099", "counsellor", unit="0219")
SYSTEM = Reader("maskinporten:client", "system", organisation="889640782")


@pytest.mark.parametrize("who", [COUNSELLOR, SYSTEM], ids=["a counsellor", "a system"])
def test_a_look_is_told_without_who_it_was(who: Reader) -> None:
    look = Access("look", AT, "case", "p" * 64, "r" * 64, who, "read-assessment", is_allowed=True, basis="unit")
    told = told_access(look)
    assert told == {
        "at": "2026-11-28T12:00:00Z",
        "role": who.role,
        "unit": who.unit,
        "organisation": who.organisation,
        "act": "read-assessment",
        "basis": "unit",
    }
    for secret in (who.key, look.id, look.reader, str(look.patient)):
        assert secret not in str(told)
