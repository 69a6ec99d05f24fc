"""Cases and versions: the first attempt, history, what is current, withdrawal, the feed and the ledger."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import text, update

from certgateway.domain.errors import GatewayError
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.record import Case
from certgateway.store.failures import AlreadyRecordedError
from certgateway.store.feed import FeedEvent
from certgateway.store.ledger import BEGINNING
from certgateway.store.tables import ledger
from certgateway.store.transactions import Store
from tests.integration.store.walk import (
    ARRIVAL,
    AUTHORED,
    SENDER,
    accepted,
    case_of,
    certificate,
    failed,
    identifier,
    refused,
    walk,
)

CASE = identifier("case")
DAY = timedelta(days=1)


def the_case(store: Store) -> Case:
    with store.reading() as read:
        found = read.find_case(SENDER, "c" * 64)
        assert found == read.find_case_by_uuid(CASE)
    assert found is not None
    return found


def test_an_accepted_message_makes_a_case_with_its_first_version(store: Store) -> None:
    walk(store, accepted("m-1"))
    assert the_case(store) == Case(
        CASE, "p" * 64, ARRIVAL, 1, withdrawn=False, current_authored=AUTHORED, sender=SENDER
    )
    with store.reading() as read:
        assert read.versions(CASE) == [accepted("m-1").version]
        assert read.current_version(CASE) == accepted("m-1").version
        assert read.find_case("other", "c" * 64) is None
        assert read.find_case(SENDER, "d" * 64) is None


def test_a_certificate_comes_back_with_every_decimal_date_and_state(store: Store) -> None:
    walk(store, accepted("m-1"))
    with store.reading() as read:
        version = read.current_version(CASE)
    assert version is not None
    back = version.certificate
    assert back == certificate()
    limit = back.function.entries[0].limits[0]
    assert type(limit.quantity.value) is Decimal
    assert str(limit.quantity.value) == "5.50"
    assert back.authored.isoformat() == "2026-03-02T08:00:30.000005+01:00"
    assert (back.health_risk.state, back.activity.reason, back.onset.state) == ("none", "not-seen", "missing")


def test_findings_come_back_without_the_culprits_name(store: Store) -> None:
    finding = Finding(
        rule="unknown-property",
        effect=Effect.REMARK,
        item="function",
        element="function[0].limits[0]",
        path="Bundle.entry[2].resource",
        expected="valueQuantity",
        line=3,
        column=14,
        span=(0, 9),
        detail={"maximum": "1"},
        culprit="somethingOfTheSenders",
    )
    kept = accepted("m-1")
    assert kept.version is not None
    walk(store, replace(kept, version=replace(kept.version, findings=(finding,)), findings=(finding,)))
    with store.reading() as read:
        version = read.current_version(CASE)
    assert version is not None
    assert version.findings == (replace(finding, culprit=None),)


def test_refused_attempts_count_as_first_attempt_and_bring_no_version(store: Store) -> None:
    with store.transaction() as unit:
        unit.record_message(refused("m-1"), case_of(unit, refused("m-1"), patient=None))
    assert the_case(store) == Case(CASE, None, ARRIVAL, 0, withdrawn=False, current_authored=None, sender=SENDER)
    with store.reading() as read:
        assert (read.versions(CASE), read.current_version(CASE), read.feed(0, 10)) == ([], None, [])
        message = read.find_message(SENDER, "m-1")
    assert message is not None
    assert message.case == CASE
    walk(store, accepted("m-2", arrival=ARRIVAL + DAY))
    assert the_case(store) == Case(
        CASE, "p" * 64, ARRIVAL, 1, withdrawn=False, current_authored=AUTHORED, sender=SENDER
    )


def test_first_attempt_moves_back_but_never_forward(store: Store) -> None:
    walk(store, accepted("m-1"))
    for days in (3, -2, 5):
        kept = refused(f"m-{days}", arrival=ARRIVAL + days * DAY)
        with store.transaction() as unit:
            unit.record_message(kept, replace(case_of(unit, kept), first_attempt=kept.arrival))
    assert the_case(store).first_attempt == ARRIVAL - 2 * DAY


def test_a_patient_once_known_stays(store: Store) -> None:
    walk(store, accepted("m-1"))
    for patient in (None, "q" * 64):
        kept = refused(f"m-{patient}")
        with store.transaction() as unit:
            unit.record_message(kept, replace(case_of(unit, kept), patient=patient))
    assert the_case(store).patient == "p" * 64


def test_a_newer_version_takes_the_place_of_the_current_one(store: Store) -> None:
    walk(store, accepted("m-1"))
    walk(store, accepted("m-2", 2, feed="replaced", authored=AUTHORED + DAY, arrival=ARRIVAL + DAY))
    with store.reading() as read:
        found = [(version.number, version.message_id, version.current) for version in read.versions(CASE)]
        current = read.current_version(CASE)
    assert found == [(1, "m-1", False), (2, "m-2", True)]
    assert current is not None
    assert current.number == 2
    assert the_case(store).current_authored == AUTHORED + DAY
    assert the_case(store).versions == 2


def test_a_version_of_earlier_authorship_is_filed_as_history(store: Store) -> None:
    walk(store, accepted("m-1"))
    walk(store, accepted("m-2", 2, feed=None, authored=AUTHORED - DAY, arrival=ARRIVAL + DAY, current=False))
    with store.reading() as read:
        found = [(version.number, version.current, version.certificate.authored) for version in read.versions(CASE)]
        events = read.feed(0, 10)
    assert found == [(1, True, AUTHORED), (2, False, AUTHORED - DAY)]
    assert the_case(store).current_authored == AUTHORED
    assert [event.version for event in events] == [1]


def test_a_version_number_is_given_once(store: Store) -> None:
    walk(store, accepted("m-1"))
    with pytest.raises(AlreadyRecordedError):
        walk(store, accepted("m-2", 1))
    assert the_case(store).versions == 1


def test_withdrawal_shows_in_case_and_feed(store: Store) -> None:
    walk(store, accepted("m-1"))
    kept = replace(refused("m-2", arrival=ARRIVAL + DAY), feed="withdrawn", verdict="accepted")
    with store.transaction() as unit:
        unit.record_message(kept, replace(case_of(unit, kept), withdrawn=True))
    assert the_case(store).withdrawn
    with store.reading() as read:
        assert read.feed(0, 10) == [
            FeedEvent(1, CASE, 1, "new", ARRIVAL),
            FeedEvent(2, CASE, None, "withdrawn", ARRIVAL + DAY),
        ]


def test_the_feed_is_read_on_from_a_number(store: Store) -> None:
    walk(store, accepted("m-1"))
    for number in (2, 3, 4):
        walk(store, accepted(f"m-{number}", number, feed="replaced"))
    with store.reading() as read:
        assert [event.seq for event in read.feed(0, 2)] == [1, 2]
        assert [(event.seq, event.version) for event in read.feed(2, 10)] == [(3, 3), (4, 4)]
        assert read.feed(4, 10) == []


def test_cases_of_a_patient_are_found_by_digest(store: Store) -> None:
    walk(store, accepted("m-1"))
    other = replace(accepted("m-2"), certificate_id="d" * 64)
    with store.transaction() as unit:
        case = Case(
            identifier("older"), "p" * 64, ARRIVAL - DAY, 0, withdrawn=False, current_authored=None, sender=SENDER
        )
        unit.record_message(other, case)
    with store.reading() as read:
        assert [case.uuid for case in read.cases_of_patient("p" * 64)] == [identifier("older"), CASE]
        assert read.cases_of_patient("q" * 64) == []


def test_one_certificate_id_has_one_case_for_each_sender(store: Store) -> None:
    walk(store, accepted("m-1"))
    kept = refused("m-2")
    with pytest.raises(AlreadyRecordedError), store.transaction() as unit:
        unit.record_message(kept, replace(case_of(unit, kept), uuid=identifier("second case")))
    theirs = replace(refused("m-2"), sender="other")
    with store.transaction() as unit:
        unit.record_message(theirs, replace(case_of(unit, theirs), uuid=identifier("their case")))
        found = unit.find_case("other", "c" * 64)
    assert found is not None
    assert found.uuid == identifier("their case")


def test_a_case_needs_the_identity_of_its_certificate(store: Store) -> None:
    kept = replace(refused("m-1"), certificate_id=None)
    with pytest.raises(GatewayError), store.transaction() as unit:
        unit.record_message(kept, case_of(unit, kept))


@pytest.mark.parametrize(
    "authored, stored",
    [
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), datetime.min.replace(tzinfo=UTC)),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12))), datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_the_ends_of_the_calendar_do_not_stop_a_message(store: Store, authored: datetime, stored: datetime) -> None:
    walk(store, accepted("m-1", authored=authored))
    assert the_case(store).current_authored == stored
    with store.reading() as read:
        version = read.current_version(CASE)
    assert version is not None
    assert version.certificate.authored.isoformat() == authored.isoformat()


def test_every_entry_of_the_ledger_follows_the_one_before(store: Store) -> None:
    walk(store, accepted("m-1"))
    with store.transaction() as unit:
        unit.append_failure(failed(refused("m-2")))
        unit.append_conflict(SENDER, "m-1", "d" * 64, b"other", ARRIVAL + DAY)
    with store.reading() as read:
        entries = read.ledger_entries(0, 10)
        assert read.check_ledger()
    assert [(entry.seq, entry.kind, entry.at) for entry in entries] == [
        (1, "answered", ARRIVAL),
        (2, "failed", ARRIVAL),
        (3, "conflict", ARRIVAL + DAY),
    ]
    assert [entry.previous for entry in entries] == [BEGINNING, entries[0].digest, entries[1].digest]
    assert len({entry.evidence for entry in entries}) == 3


def test_evidence_covers_what_was_received_judged_and_answered(store: Store) -> None:
    kept = accepted("m-1")
    assert kept.answer is not None
    variants = [
        kept,
        replace(kept, raw=b"other"),
        replace(kept, content_digest="other"),
        replace(kept, verdict="incomplete"),
        replace(kept, receipt=b"other"),
        replace(kept, answer=replace(kept.answer, status=201)),
        replace(kept, answer=replace(kept.answer, media_type="other")),
        replace(kept, answer=replace(kept.answer, body=b"other")),
    ]
    for number, variant in enumerate(variants):
        again = replace(variant, uuid=identifier(f"{number}"), key=f"m-{number}", version=None, feed=None)
        with store.transaction() as unit:
            unit.record_message(again, None)
    with store.reading() as read:
        assert len({entry.evidence for entry in read.ledger_entries(0, 20)}) == 8


def test_an_empty_ledger_holds(store: Store) -> None:
    with store.reading() as read:
        assert read.check_ledger()


@pytest.mark.parametrize(
    "change",
    [
        {"at": ARRIVAL + timedelta(microseconds=1)},
        {"kind": "failed"},
        {"message": "somebody-else"},
        {"evidence": "0" * 64},
        {"previous": "0" * 64},
        {"digest": "0" * 64},
        {"seq": 9},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_change_to_an_entry_breaks_the_chain(store: Store, change: dict[str, object]) -> None:
    for number in (1, 2, 3):
        walk(store, refused(f"m-{number}"))
    with store.engine.begin() as connection:
        connection.execute(update(ledger).where(ledger.c.seq == 2).values(change))
    with store.reading() as read:
        assert not read.check_ledger()


@pytest.mark.parametrize("seq", [1, 2])
def test_an_entry_taken_out_breaks_the_chain(store: Store, seq: int) -> None:
    for number in (1, 2, 3):
        walk(store, refused(f"m-{number}"))
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM ledger WHERE seq = :seq"), {"seq": seq})
    with store.reading() as read:
        assert not read.check_ledger()


def test_a_long_ledger_is_checked_to_its_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certgateway.store.ledger._PAGE", 2)
    for number in range(5):
        walk(store, refused(f"m-{number}"))
    with store.reading() as read:
        assert read.check_ledger()
    with store.engine.begin() as connection:
        connection.execute(update(ledger).where(ledger.c.seq == 5).values(evidence="0" * 64))
    with store.reading() as read:
        assert not read.check_ledger()
