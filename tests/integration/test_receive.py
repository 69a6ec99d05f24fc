"""Reception from bytes to a durable answer: who is who, what comes twice, what comes late, and what stops half-way.

Everything runs on SQLite (a file) and on PostgreSQL (a real server).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from certgateway import bootstrap
from certgateway.domain.errors import GatewayError, StoreUnavailableError
from certgateway.domain.findings import Policy
from certgateway.engine.xml import write as xmlwrite
from certgateway.services.assess import assess
from certgateway.services.examine import House
from certgateway.services.receive import Outcome
from certgateway.store.evidence import open_conflict, open_original
from certgateway.store.tables import conflict
from fixtures.authoring.writers import to_compact_json, to_json
from tests.integration.receiving import (
    BASE,
    DAY,
    NOTHING,
    ONE_ACCEPTED,
    ONE_REJECTED,
    SENDER,
    START,
    Desk,
    Json,
    authored,
    desk,
    holding,
    message,
    numbered,
    receipt,
    resource,
    rules,
    told,
    without,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def at_desk(url: str, house: House) -> Iterator[Desk]:
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


def the_id(tree: Json) -> str:
    found: str = tree["entry"][0]["resource"]["id"]
    return found


def state_of(at_desk: Desk, key: str) -> tuple[str, str | None] | None:
    with at_desk.gateway.store.reading() as read:
        found = read.find_message(SENDER, key)
    return None if found is None else (found.state, found.verdict)


# ---- one message ----


def test_a_good_message_is_recorded_answered_and_assessed(at_desk: Desk) -> None:
    outcome = at_desk.hand_in(message())
    data = receipt(outcome)
    assert (outcome.verdict, outcome.answer.status, outcome.conflict) == ("accepted", 200, False)
    assert at_desk.counts() == ONE_ACCEPTED
    assert at_desk.events() == [("new", 1)]
    assert at_desk.versions(outcome.case) == [(1, True)]
    assert rules(outcome) == {}
    assert (data["message_id"], data["certificate"], data["version"]) == (the_id(message()), outcome.case, 1)
    assert data["arrival"] == data["first_attempt"] == (START + MINUTE).isoformat()
    assert data["duplicate_of"] is None
    assessment = assess(outcome.case or "", at_desk.gateway)
    assert assessment is not None
    assert (assessment["certificate"], assessment["version"], assessment["verdict"]) == (outcome.case, 1, "accepted")


def test_a_rejected_message_is_recorded_and_answered_like_an_accepted_one(at_desk: Desk) -> None:
    outcome = at_desk.hand_in(without(message(), "prognosis"))
    assert (outcome.verdict, outcome.answer.status) == ("rejected", 422)
    assert rules(outcome) == {"prognosis-missing": 1}
    assert at_desk.counts() == ONE_REJECTED
    assert at_desk.events() == []
    assert at_desk.versions(outcome.case) == []
    assert assess(outcome.case or "", at_desk.gateway) is None
    assert b'"resourceType":"OperationOutcome"' in outcome.answer.body
    assert receipt(outcome)["version"] is None


def test_the_original_is_kept_bit_for_bit(at_desk: Desk) -> None:
    raw = to_compact_json(message()) + b"\r\n \n"
    at_desk.hand_in(raw)
    with at_desk.gateway.store.reading() as read:
        found = read.find_message(SENDER, the_id(message()))
    assert found is not None
    assert open_original(at_desk.gateway.store, found.uuid) == raw


def test_hold_registers_what_is_incomplete_and_opens_exactly_the_missing_items(at_desk: Desk) -> None:
    outcome = holding(at_desk).hand_in(without(without(message(), "prognosis"), "health-risk"))
    assert (outcome.verdict, outcome.answer.status) == ("incomplete", 200)
    assert rules(outcome) == {"prognosis-missing": 1, "health-risk-missing": 1}
    assert at_desk.counts() == ONE_ACCEPTED
    assert at_desk.events() == [("new", 1)]
    assessment = assess(outcome.case or "", at_desk.gateway)
    assert assessment is not None
    assert assessment["verdict"] == "incomplete"
    assert sorted(element["item"] for element in assessment["open"]) == ["health-risk", "prognosis"]


def test_a_draft_is_not_for_the_record(at_desk: Desk) -> None:
    draft = message()
    resource(draft, "Composition")["status"] = "preliminary"
    outcome = at_desk.hand_in(draft)
    assert (outcome.verdict, outcome.answer.status) == ("rejected", 422)
    assert rules(outcome) == {"draft-submitted": 1}
    assert at_desk.events() == []


# ---- the same message again ----


def relaid(way: str, house: House) -> bytes:
    """The same content in another layout."""
    tree = message()
    if way == "compact":
        return to_compact_json(tree)
    if way == "names in another order":
        return to_json(dict(reversed(tree.items())))
    if way == "xml":
        return xmlwrite.write(tree, house.definitions)
    changes: dict[str, Json] = {
        "bundle id": {"id": "b1111111-77d1-4f00-a000-0000000000bd"},
        "timestamp": {"timestamp": "2026-06-01T12:00:00+02:00"},
        "meta": {"meta": {**tree["meta"], "lastUpdated": "2026-06-01T12:00:00+02:00"}},
    }
    return to_json(tree | changes[way])


@pytest.mark.parametrize("way", ["compact", "names in another order", "xml", "bundle id", "timestamp", "meta"])
def test_the_same_content_in_another_layout_gets_the_first_answer(way: str, at_desk: Desk, house: House) -> None:
    first = at_desk.hand_in(message())
    again = at_desk.hand_in(relaid(way, house))
    assert told(again) == told(first)
    assert (again.verdict, again.case, again.conflict) == ("accepted", first.case, False)
    assert at_desk.counts() == ONE_ACCEPTED


@pytest.mark.parametrize(
    "raw,status,rows",
    [
        (to_json(message()), 200, ONE_ACCEPTED),
        (to_json(without(message(), "prognosis")), 422, ONE_REJECTED),
        (to_json(message())[:-20], 400, ONE_REJECTED | {"case": 0}),
        (b"", 400, ONE_REJECTED | {"case": 0}),
        (b'{"resourceType":"Patient"}', 422, ONE_REJECTED | {"case": 0}),
    ],
    ids=["accepted", "rejected", "cut short", "empty", "no message"],
)
def test_the_same_bytes_get_the_same_bytes_whatever_they_were(
    raw: bytes, status: int, rows: dict[str, int], at_desk: Desk
) -> None:
    first = at_desk.hand_in(raw)
    at_desk.clock.now += 30 * DAY
    again = at_desk.hand_in(raw)
    assert first.answer.status == status
    assert told(again) == told(first)
    assert at_desk.counts() == rows


def test_a_clock_that_runs_backwards_makes_no_second_message(at_desk: Desk) -> None:
    first = at_desk.hand_in(message())
    at_desk.clock.now -= 400 * DAY
    assert told(at_desk.hand_in(message())) == told(first)
    assert at_desk.counts() == ONE_ACCEPTED


def test_a_message_without_an_id_is_known_by_its_bytes(at_desk: Desk) -> None:
    nameless = message()
    del nameless["entry"][0]["resource"]["id"]
    first, again = at_desk.hand_in(nameless), at_desk.hand_in(nameless)
    assert told(again) == told(first)
    assert at_desk.counts()["message"] == 1
    nameless["timestamp"] = "2026-06-01T12:00:00+02:00"
    at_desk.hand_in(nameless)
    assert at_desk.counts()["message"] == 2


def test_two_senders_may_use_one_message_id(at_desk: Desk) -> None:
    other = message()
    other["entry"][0]["resource"]["source"]["endpoint"] = "urn:oid:2.16.578.1.12.4.1.2.8143061"
    first, second = at_desk.hand_in(message()), at_desk.hand_in(other)
    assert (first.verdict, second.verdict) == ("accepted", "accepted")
    assert first.case != second.case
    assert at_desk.counts() == {name: 2 * number for name, number in ONE_ACCEPTED.items()}


def test_many_at_once_have_one_effect_and_one_answer(at_desk: Desk) -> None:
    raw = to_json(message())
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(at_desk.hand_in, [raw] * 8))
    assert len({told(outcome) for outcome in outcomes}) == 1
    assert at_desk.counts() == ONE_ACCEPTED


# ---- other content under the same id ----


def changed() -> Json:
    tree = message()
    resource(tree, "ClinicalImpression")["note"] = [{"text": "Godt forløp er ventet etter opptrening."}]
    return tree


def test_other_content_under_the_same_id_replaces_nothing(at_desk: Desk) -> None:
    first = at_desk.hand_in(message())
    other = at_desk.hand_in(changed())
    assert (other.answer.status, other.conflict, other.case) == (409, True, None)
    assert [finding["rule"] for finding in receipt(other)["findings"]] == ["message-id-conflict"]
    assert at_desk.counts() == ONE_ACCEPTED | {"conflict": 1, "ledger": 2}
    with at_desk.gateway.store.engine.connect() as connection:
        row = connection.execute(select(conflict)).one()
    assert row.content_digest != row.first_digest
    assert open_conflict(at_desk.gateway.store, SENDER, the_id(message()), row.content_digest) == to_json(changed())
    assert told(at_desk.hand_in(message())) == told(first)
    at_desk.hand_in(changed())
    assert at_desk.counts() == ONE_ACCEPTED | {"conflict": 1, "ledger": 2}


def test_other_content_under_the_id_of_a_rejected_message_is_a_conflict_too(at_desk: Desk) -> None:
    refused = at_desk.hand_in(without(message(), "prognosis"))
    other = at_desk.hand_in(message())
    assert (refused.answer.status, other.answer.status) == (422, 409)
    assert at_desk.counts() == ONE_REJECTED | {"conflict": 1, "ledger": 2}
    assert at_desk.hand_in(numbered(message(), 2)).verdict == "accepted"


def test_benefit_content_added_is_other_content(at_desk: Desk) -> None:
    """The digest is over the message as it came: what was removed from it counts."""
    at_desk.hand_in(message())
    with_tick = message()
    with_tick["entry"][1]["resource"]["category"] = [{"text": "Arbeidsavklaringspenger"}]
    assert at_desk.hand_in(with_tick).answer.status == 409


# ---- the same certificate under another id ----


def test_the_same_certificate_under_another_id_is_a_resend(at_desk: Desk) -> None:
    first = at_desk.hand_in(message())
    again = at_desk.hand_in(numbered(message(), 2))
    assert (again.verdict, again.answer.status, again.case) == ("accepted", 200, first.case)
    assert rules(again) == {"likely-resend": 1}
    assert receipt(again)["duplicate_of"] == the_id(message())
    assert receipt(again)["version"] is None
    assert at_desk.versions(first.case) == [(1, True)]
    assert at_desk.events() == [("new", 1)]
    assert at_desk.counts() == ONE_ACCEPTED | {"message": 2, "original": 2, "ledger": 2}
    third = at_desk.hand_in(numbered(message(), 3))
    assert receipt(third)["duplicate_of"] == the_id(message())


def test_what_was_rejected_is_rejected_again_under_another_id(at_desk: Desk) -> None:
    at_desk.hand_in(without(message(), "prognosis"))
    again = at_desk.hand_in(numbered(without(message(), "prognosis"), 2))
    assert (again.verdict, again.answer.status) == ("rejected", 422)
    assert rules(again) == {"prognosis-missing": 1, "likely-resend": 1}
    assert receipt(again)["duplicate_of"] == the_id(message())
    assert at_desk.events() == []
    # A setting that has changed meanwhile counts: nobody was told that this certificate is registered.
    held = holding(at_desk).hand_in(numbered(without(message(), "prognosis"), 3))
    assert held.verdict == "incomplete"
    assert at_desk.events() == [("new", 1)]


def test_a_message_corrected_outside_its_certificate_is_no_resend(at_desk: Desk) -> None:
    """What was refused for its envelope would else be refused for ever, and a broken resend would be let in."""
    broken = message()
    broken["entry"][2]["resource"]["birthDate"] = "1979-13-45"
    assert at_desk.hand_in(broken).verdict == "rejected"
    corrected = at_desk.hand_in(numbered(message(), 2))
    assert (corrected.verdict, rules(corrected), receipt(corrected)["version"]) == ("accepted", {}, 1)
    again = at_desk.hand_in(numbered(message(), 3))
    assert (again.verdict, receipt(again)["duplicate_of"]) == ("accepted", receipt(corrected)["message_id"])
    refused = at_desk.hand_in(numbered(broken, 4))
    assert (refused.verdict, receipt(refused)["duplicate_of"]) == ("rejected", None)
    assert at_desk.events() == [("new", 1)]


def test_the_same_certificate_with_benefit_content_is_a_resend(at_desk: Desk) -> None:
    """Derived data does not depend on what was removed, so the certificate is the same one."""
    at_desk.hand_in(message())
    with_tick = numbered(message(), 2)
    with_tick["entry"][1]["resource"]["category"] = [{"text": "Arbeidsavklaringspenger"}]
    assert rules(at_desk.hand_in(with_tick)) == {"likely-resend": 1, "benefit-removed": 1}


# ---- versions ----

LATER, MUCH_LATER, EARLIER = "2026-06-06T09:20:00+02:00", "2026-07-06T09:20:00+02:00", "2026-04-06T09:20:00+02:00"


def test_a_later_one_with_the_same_certificate_id_is_the_next_version(at_desk: Desk) -> None:
    first = at_desk.hand_in(message())
    at_desk.clock.now += DAY
    second = at_desk.hand_in(authored(numbered(message(), 2), LATER))
    assert (second.verdict, second.case) == ("accepted", first.case)
    assert receipt(second)["version"] == 2
    assert receipt(second)["first_attempt"] == (START + MINUTE).isoformat()
    assert at_desk.versions(first.case) == [(1, False), (2, True)]
    assert at_desk.events() == [("new", 1), ("replaced", 2)]


def test_an_older_one_that_comes_late_is_history(at_desk: Desk) -> None:
    first = at_desk.hand_in(authored(message(), LATER))
    late = at_desk.hand_in(authored(numbered(message(), 2), EARLIER))
    assert (late.verdict, receipt(late)["version"]) == ("accepted-with-remarks", 2)
    assert rules(late) == {"filed-as-history": 1}
    assert at_desk.versions(first.case) == [(1, True), (2, False)]
    assert at_desk.events() == [("new", 1)]
    assessment = assess(first.case or "", at_desk.gateway)
    assert assessment is not None
    assert assessment["version"] == 1
    newest = at_desk.hand_in(authored(numbered(message(), 3), MUCH_LATER))
    assert at_desk.versions(newest.case) == [(1, False), (2, False), (3, True)]
    assert at_desk.events() == [("new", 1), ("replaced", 3)]


def test_a_change_at_the_same_authored_time_is_the_current_one(at_desk: Desk) -> None:
    first = at_desk.hand_in(message())
    at_desk.hand_in(numbered(changed(), 2))
    assert at_desk.versions(first.case) == [(1, False), (2, True)]


def test_versions_tell_what_changed(at_desk: Desk) -> None:
    first = at_desk.hand_in(message())
    second = authored(numbered(message(), 2), LATER)
    extension: Any = next(
        found for found in resource(second, "ClinicalImpression")["extension"] if found["url"].endswith("/horizon")
    )
    before = extension["valueDuration"]["value"]
    extension["valueDuration"]["value"] = Decimal(9)
    assert before != 9
    at_desk.hand_in(second)
    assessment = assess(first.case or "", at_desk.gateway)
    assert assessment is not None
    assert [change["item"] for change in assessment["differences"]] == ["prognosis"]


def test_another_certificate_id_is_another_case(at_desk: Desk) -> None:
    other = numbered(message(), 2)
    resource(other, "Composition")["identifier"]["value"] = "7c0fffff-52aa-4b1e-8c00-0000000000ce"
    assert at_desk.hand_in(message()).case != at_desk.hand_in(other).case
    assert at_desk.events() == [("new", 1), ("new", 1)]


# ---- another patient ----


def about_somebody_else(tree: Json) -> Json:
    resource(tree, "Patient")["identifier"] = deepcopy(resource(message("me-with-pauses"), "Patient")["identifier"])
    return tree


def test_a_revision_about_another_patient_is_refused(at_desk: Desk) -> None:
    first = at_desk.hand_in(message())
    other = at_desk.hand_in(about_somebody_else(authored(numbered(message(), 2), LATER)))
    assert (other.verdict, other.answer.status) == ("rejected", 422)
    assert rules(other) == {"revision-of-other-patient": 1}
    assert at_desk.versions(first.case) == [(1, True)]
    assert at_desk.events() == [("new", 1)]
    assert at_desk.hand_in(authored(numbered(message(), 3), MUCH_LATER)).verdict == "accepted"


def test_a_withdrawal_about_another_patient_is_refused(at_desk: Desk) -> None:
    first = at_desk.hand_in(message())
    other = at_desk.hand_in(about_somebody_else(withdrawn(2)))
    assert rules(other) == {"revision-of-other-patient": 1}
    assert assess(first.case or "", at_desk.gateway) is not None


def test_who_was_only_ever_refused_binds_nobody(at_desk: Desk) -> None:
    at_desk.hand_in(without(message(), "prognosis"))
    assert at_desk.hand_in(about_somebody_else(numbered(message(), 2))).verdict == "accepted"


# ---- withdrawal ----


def withdrawn(number: int, date: str = LATER) -> Json:
    tree = authored(numbered(message(), number), date)
    resource(tree, "Composition")["status"] = "entered-in-error"
    return tree


def test_a_withdrawal_takes_the_certificate_out_of_sight(at_desk: Desk) -> None:
    first = at_desk.hand_in(message())
    gone = at_desk.hand_in(withdrawn(2))
    assert (gone.verdict, gone.case) == ("accepted", first.case)
    assert at_desk.events() == [("new", 1), ("withdrawn", 2)]
    assert assess(first.case or "", at_desk.gateway) is None
    back = at_desk.hand_in(authored(numbered(message(), 3), MUCH_LATER))
    assert back.verdict == "accepted"
    assert at_desk.events() == [("new", 1), ("withdrawn", 2), ("replaced", 3)]
    assert assess(first.case or "", at_desk.gateway) is not None


def test_who_withdraws_need_not_answer_first(at_desk: Desk) -> None:
    at_desk.hand_in(message())
    gone = at_desk.hand_in(without(without(withdrawn(2), "prognosis"), "function"))
    assert gone.verdict == "accepted"
    assert rules(gone) == {}


def test_a_withdrawal_older_than_what_is_current_withdraws_nothing(at_desk: Desk) -> None:
    first = at_desk.hand_in(authored(message(), LATER))
    at_desk.hand_in(withdrawn(2, EARLIER))
    assert at_desk.versions(first.case) == [(1, True), (2, False)]
    assert at_desk.events() == [("new", 1)]
    assert assess(first.case or "", at_desk.gateway) is not None


def test_an_older_version_after_a_withdrawal_brings_nothing_back(at_desk: Desk) -> None:
    first = at_desk.hand_in(withdrawn(1))
    at_desk.hand_in(authored(numbered(message(), 2), EARLIER))
    assert at_desk.events() == [("withdrawn", 1)]
    assert assess(first.case or "", at_desk.gateway) is None


# ---- the first attempt ----


def test_a_refused_attempt_keeps_the_day(at_desk: Desk) -> None:
    refused = at_desk.hand_in(without(message(), "prognosis"))
    at_desk.clock.now += 3 * DAY
    accepted = at_desk.hand_in(numbered(message(), 2))
    assert accepted.case == refused.case
    assert receipt(accepted)["arrival"] == (START + 3 * DAY + 2 * MINUTE).isoformat()
    assert receipt(accepted)["first_attempt"] == (START + MINUTE).isoformat()
    assessment = assess(accepted.case or "", at_desk.gateway)
    assert assessment is not None
    assert assessment["first_attempt"] == "2026-11-01T11:01:00Z"


def test_a_clock_that_went_backwards_moves_the_first_attempt_back(at_desk: Desk) -> None:
    at_desk.hand_in(message())
    at_desk.clock.now -= 2 * DAY
    second = at_desk.hand_in(authored(numbered(message(), 2), LATER))
    assert receipt(second)["first_attempt"] == (START - 2 * DAY + 2 * MINUTE).isoformat()


# ---- our own faults ----


class Stopping(dict[str, Policy]):
    """A policy table that stops the walk in the middle."""

    def __missing__(self, key: str) -> Policy:
        raise ZeroDivisionError(key)


def stopping(at_desk: Desk) -> Desk:
    gateway = replace(at_desk.gateway, house=replace(at_desk.gateway.house, policies=Stopping()))
    return Desk(gateway, at_desk.clock)


def test_a_fault_inside_the_walk_keeps_the_bytes_and_answers_nothing(at_desk: Desk) -> None:
    raw = to_json(message())
    for _ in range(2):
        with pytest.raises(GatewayError) as fault:
            stopping(at_desk).hand_in(raw)
        assert str(fault.value) == "the walk stopped: ZeroDivisionError"
    counts = at_desk.counts()
    assert {name: counts[name] for name in ("message", "original", "case", "feed", "version")} == {
        "message": 1,
        "original": 1,
        "case": 0,
        "feed": 0,
        "version": 0,
    }
    with at_desk.gateway.store.engine.connect() as connection:
        uuid, state = connection.execute(text("SELECT uuid, state FROM message")).one()
    assert state == "failed"
    assert open_original(at_desk.gateway.store, uuid) == raw
    assert state_of(at_desk, the_id(message())) is None


def test_a_retry_after_our_fault_walks_again_and_leaves_one_message(at_desk: Desk) -> None:
    with pytest.raises(GatewayError):
        stopping(at_desk).hand_in(message())
    outcome = at_desk.hand_in(message())
    assert outcome.verdict == "accepted"
    assert state_of(at_desk, the_id(message())) == ("answered", "accepted")
    assert at_desk.counts() == ONE_ACCEPTED | {"ledger": 2}
    assert told(at_desk.hand_in(message())) == told(outcome)


def test_a_fault_never_replaces_an_answer(at_desk: Desk) -> None:
    first = at_desk.hand_in(message())
    assert told(stopping(at_desk).hand_in(message())) == told(first)
    with pytest.raises(GatewayError):
        stopping(at_desk).hand_in(authored(numbered(message(), 2), LATER))
    assert told(at_desk.hand_in(message())) == told(first)
    assert at_desk.versions(first.case) == [(1, True)]


@pytest.mark.parametrize("table", ["message", "data_key", "original", "case", "version", "feed", "ledger"])
def test_without_its_evidence_nothing_is_accepted(table: str, at_desk: Desk) -> None:
    """No evidence, no acceptance: whichever write fails, nothing is kept and the sender may come again."""
    forbid(at_desk, table)
    with pytest.raises(StoreUnavailableError):
        at_desk.hand_in(message())
    assert at_desk.counts() == NOTHING
    allow(at_desk, table)
    assert at_desk.hand_in(message()).verdict == "accepted"
    assert at_desk.counts() == ONE_ACCEPTED


def forbid(at_desk: Desk, table: str) -> None:
    """From now on the database refuses every new row of the table."""
    with at_desk.gateway.store.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            body = "BEGIN SELECT RAISE(ABORT, 'forbidden'); END"
            connection.execute(text(f'CREATE TRIGGER forbidden BEFORE INSERT ON "{table}" {body}'))
            return
        body = "BEGIN RAISE EXCEPTION 'forbidden'; END"
        connection.execute(text(f"CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"))
        made = f'CREATE TRIGGER forbidden BEFORE INSERT ON "{table}" FOR EACH ROW EXECUTE FUNCTION forbid()'
        connection.execute(text(made))


def allow(at_desk: Desk, table: str) -> None:
    with at_desk.gateway.store.engine.begin() as connection:
        on = "" if connection.dialect.name == "sqlite" else f' ON "{table}"'
        connection.execute(text(f"DROP TRIGGER forbidden{on}"))


def test_a_locked_database_is_our_trouble_and_passes(at_desk: Desk) -> None:
    """Two gateways on one database: what one has answered the other repeats."""
    other: Outcome | None = None
    second = desk(at_desk.gateway.store.engine.url.render_as_string(hide_password=False), at_desk.gateway.house)
    first = at_desk.hand_in(message(BASE))
    other = second.hand_in(message(BASE))
    second.gateway.store.close()
    assert told(other) == told(first)
    assert at_desk.counts() == ONE_ACCEPTED


def refused_for_room(at_desk: Desk) -> tuple[Json, dict[str, int]]:
    """The first message for which there was no room, and what was kept before it came."""
    for number in range(2, 60):
        body, before = numbered(message(), number), at_desk.counts()
        try:
            at_desk.hand_in(body)
        except StoreUnavailableError:
            return body, before
    raise AssertionError("there was always room")


def test_on_a_full_disk_nothing_is_accepted_and_what_stands_is_read(tmp_path: Path, house: House) -> None:
    """SQLite has no more pages than it has now, as on a disk without room."""
    at_desk = desk(f"sqlite:///{tmp_path}/gateway.sqlite3", house)
    engine = at_desk.gateway.store.engine
    first = at_desk.hand_in(message())
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    body, before = refused_for_room(at_desk)
    assert at_desk.counts() == before
    assert told(at_desk.hand_in(message())) == told(first)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={2 * pages}")
    assert at_desk.hand_in(body).verdict == "accepted"
    at_desk.gateway.store.close()
