"""Looks and overrides are kept as they were, on both databases, and any change to them shows in the ledger."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from certgateway.domain.access_record import Access, Override, Reader
from certgateway.domain.errors import GatewayError
from certgateway.store.access_tables import access, access_override
from certgateway.store.failures import AlreadyRecordedError
from certgateway.store.transactions import Store

NOW = datetime(2026, 11, 1, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
CASE, OTHER = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
WHO = Reader("entra:Z990001", "counsellor", unit="0315")
LOOK = Access("1", NOW, CASE, "p", "r", WHO, "read-assessment", is_allowed=True, basis="unit")
OVERRIDE = Override("o", NOW, NOW + HOUR, CASE, "p", "r", WHO, "Vikarierer i dag")


def test_allowed_looks_at_one_certificate_come_back_in_order(store: Store) -> None:
    looks = [
        replace(LOOK, id="3", at=NOW + HOUR),
        replace(LOOK, id="2", case=None),
        replace(LOOK, id="4", case=OTHER),
        replace(LOOK, id="5", is_allowed=False, basis="shielded"),
        LOOK,
    ]
    with store.transaction() as unit:
        for look in looks:
            unit.record_access(look)
    with store.reading() as reading:
        assert reading.accesses_of_case(CASE) == [LOOK, looks[0]]
        assert reading.accesses_of_case("\x00") == []
        assert [each.message for each in reading.ledger_entries(0, 9)] == ["3", "2", "4", "5", "1"]
        assert reading.check_ledger()


def test_an_override_holds_from_its_beginning_to_before_its_end_for_whom_it_was_given(store: Store) -> None:
    with store.transaction() as unit:
        unit.record_access(OVERRIDE)
    with store.reading() as reading:
        times = (NOW - timedelta(microseconds=1), NOW, NOW + HOUR - timedelta(microseconds=1), NOW + HOUR)
        assert [reading.has_override("p", ("r",), each) for each in times] == [False, True, True, False]
        assert reading.has_override("p", ("another", "r"), NOW)
        assert not reading.has_override("p", ("another",), NOW)
        assert not reading.has_override("another", ("r",), NOW)


def test_neither_who_nor_why_can_be_read_in_passing_or_in_another_place(store: Store) -> None:
    with store.transaction() as unit:
        unit.record_access(LOOK)
        unit.record_access(replace(LOOK, id="2", who=replace(WHO, key="entra:Z990002")))
        unit.record_access(OVERRIDE)
    with store.engine.begin() as connection:
        rows = [connection.execute(table.select()).all() for table in (access, access_override)]
        assert "Z990001" not in str(rows)
        assert "Vikarierer" not in str(rows)
        # Who looked cannot be changed by moving what is sealed.
        other = next(row.sealed for row in rows[0] if row.id == "2")
        connection.execute(access.update().where(access.c.id == "1").values(sealed=other))
    with store.reading() as reading, pytest.raises(GatewayError):
        reading.accesses_of_case(CASE)


def test_a_look_is_written_once(store: Store) -> None:
    with store.transaction() as unit:
        unit.record_access(LOOK)
    with pytest.raises(AlreadyRecordedError), store.transaction() as unit:
        unit.record_access(LOOK)
    with store.reading() as reading:
        assert len(reading.ledger_entries(0, 9)) == 1


CHANGES: list[dict[str, Any]] = [
    {"at": NOW + HOUR},
    {"case": OTHER},
    {"case": None},
    {"patient": "q"},
    {"reader": "q"},
    {"act": "read-patient-view"},
    {"allowed": False},
    {"basis": "override"},
    {"sealed": b"another"},
]


@pytest.mark.parametrize("changed", [{}, *CHANGES])
def test_every_part_of_a_look_is_in_its_evidence(store: Store, changed: dict[str, Any]) -> None:
    with store.transaction() as unit:
        unit.record_access(LOOK)
    if changed:
        with store.engine.begin() as connection:
            connection.execute(access.update().values(changed))
    with store.engine.connect() as connection:
        row = dict(connection.execute(access.select()).one()._mapping)
    with store.reading() as reading:
        (entry,) = reading.ledger_entries(0, 9)
    held = hashlib.sha256(msgspec.json.encode(row)).hexdigest() == entry.evidence
    assert held == (not changed)
