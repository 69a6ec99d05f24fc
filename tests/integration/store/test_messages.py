"""A message is recorded once: a resend finds the first answer, a conflict keeps both, a failure makes room."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import func, select

from certgateway.domain.errors import GatewayError, StoreUnavailableError
from certgateway.domain.record import Answer, Kept
from certgateway.store.database import open_database
from certgateway.store.evidence import open_conflict, open_original
from certgateway.store.failures import AlreadyRecordedError, NotKeptError
from certgateway.store.feed import append_event
from certgateway.store.messages import storable
from certgateway.store.tables import conflict, metadata
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer
from tests.integration.store.walk import ARRIVAL, SENDER, accepted, case_of, failed, identifier, refused, walk


def counts(store: Store) -> dict[str, int]:
    with store.engine.connect() as connection:
        tables = metadata.sorted_tables
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }


def test_a_recorded_message_is_found_as_it_was(store: Store) -> None:
    kept = accepted("m-1")
    walk(store, kept)
    with store.reading() as read:
        found = read.find_message(SENDER, "m-1")
    assert found is not None
    assert (found.uuid, found.sender, found.key, found.message_id) == (kept.uuid, SENDER, "m-1", "m-1")
    assert (found.content_digest, found.state, found.verdict) == (kept.content_digest, "answered", "accepted")
    assert found.answer == Answer(200, "application/fhir+json", b'{"resourceType":"Bundle"}')
    assert found.receipt == b'{"verdict":"accepted"}'
    assert (found.case, found.certificate_id, found.duplicate_of) == (identifier("case"), "c" * 64, None)


def test_key_belongs_to_its_sender(store: Store) -> None:
    walk(store, refused("m-1"))
    theirs = replace(refused("m-1"), uuid=identifier("theirs"), sender="other")
    with store.transaction() as unit:
        unit.record_message(theirs, None)
    with store.reading() as read:
        ours, others = read.find_message(SENDER, "m-1"), read.find_message("other", "m-1")
        nobodys = read.find_message("third", "m-1")
    assert ours is not None
    assert others is not None
    assert (ours.uuid, others.uuid, nobodys) == (refused("m-1").uuid, theirs.uuid, None)


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 7, 1, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=timezone(timedelta(hours=-11, minutes=-30))),
        datetime(2026, 3, 2, 8, 15, tzinfo=UTC),
    ],
)
def test_instants_keep_their_microseconds_and_come_back_in_utc(store: Store, instant: datetime) -> None:
    walk(store, refused("m-1", arrival=instant))
    with store.reading() as read:
        found = read.find_message(SENDER, "m-1")
    assert found is not None
    assert found.arrival == instant
    assert found.arrival.isoformat() == instant.astimezone(UTC).isoformat()


def test_an_instant_without_a_time_zone_is_our_own_fault(store: Store) -> None:
    with pytest.raises(GatewayError) as caught, store.transaction() as unit:
        unit.record_message(refused("m-1", arrival=datetime(2026, 3, 2)), None)  # noqa: DTZ001  that is the point
    assert caught.value.category == "fault"
    assert counts(store)["message"] == 0


def test_the_original_comes_back_bit_for_bit(store: Store) -> None:
    raw = bytes(range(256)) * 5000 + b"\r\n\xef\xbb\xbf\x00"
    kept = replace(refused("m-1"), raw=raw)
    walk(store, kept)
    assert open_original(store, kept.uuid) == raw


def test_an_original_that_is_not_there_cannot_be_opened(store: Store) -> None:
    with pytest.raises(NotKeptError):
        open_original(store, identifier("nothing"))


def test_a_resend_gets_the_first_answer_and_leaves_nothing(store: Store) -> None:
    first = walk(store, accepted("m-1"))
    before = counts(store)
    later = replace(accepted("m-1"), uuid=identifier("later"), answer=Answer(200, "text/plain", b"other"))
    assert walk(store, later) == first
    assert counts(store) == before


def test_an_answered_message_is_never_replaced(store: Store) -> None:
    walk(store, refused("m-1"))
    for again in (
        replace(refused("m-1"), uuid=identifier("again")),
        replace(refused("m-1", b"other content"), uuid=identifier("other")),
    ):
        with pytest.raises(AlreadyRecordedError), store.transaction() as unit:
            unit.record_message(again, None)
        with pytest.raises(AlreadyRecordedError), store.transaction() as unit:
            unit.append_failure(failed(again))
    with store.reading() as read:
        found = read.find_message(SENDER, "m-1")
    assert found is not None
    assert found.uuid == refused("m-1").uuid
    assert counts(store)["ledger"] == 1


def test_a_refused_write_quotes_nothing_of_the_message(store: Store) -> None:
    walk(store, refused("very-secret-key"))
    with pytest.raises(AlreadyRecordedError) as caught, store.transaction() as unit:
        unit.record_message(replace(refused("very-secret-key"), uuid=identifier("again")), None)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_failed_message_is_kept_and_its_retry_takes_its_place(store: Store) -> None:
    message = accepted("m-1")
    with store.transaction() as unit:
        unit.append_failure(failed(message))
    with store.reading() as read:
        found = read.find_message(SENDER, "m-1")
        receipt = read.find_receipt("m-1")
    assert found is not None
    assert (found.state, found.answer, found.verdict, receipt) == ("failed", None, None, None)
    assert open_original(store, failed(message).uuid) == message.raw
    walk(store, message)
    with store.reading() as read:
        found = read.find_message(SENDER, "m-1")
        kinds = [entry.kind for entry in read.ledger_entries(0, 10)]
    assert found is not None
    assert (found.uuid, found.state, kinds) == (message.uuid, "answered", ["failed", "answered"])
    assert counts(store)["message"] == counts(store)["original"] == 1


def test_a_message_that_fails_again_and_again_is_kept_once(store: Store) -> None:
    for attempt in range(3):
        with store.transaction() as unit:
            unit.append_failure(replace(failed(refused("m-1")), uuid=identifier(f"attempt {attempt}")))
    assert counts(store)["message"] == 1
    assert counts(store)["ledger"] == 3


def test_a_message_that_failed_before_its_id_was_read_makes_room_too(store: Store) -> None:
    message = refused("m-1")
    with store.transaction() as unit:
        unit.append_failure(replace(failed(message), key="digest-of-bytes", message_id=None, content_digest="bytes"))
    walk(store, message)
    with store.reading() as read:
        assert read.find_message(SENDER, "digest-of-bytes") is None
    assert counts(store)["message"] == 1


def test_a_retry_in_other_bytes_takes_the_place_of_the_failed_one_too(store: Store) -> None:
    first, retry = refused("m-1", b"bundle one"), replace(refused("m-1", b"bundle two"), content_digest="same")
    with store.transaction() as unit:
        unit.append_failure(replace(failed(first), content_digest="same"))
    walk(store, retry)
    assert open_original(store, retry.uuid) == b"bundle two"
    assert counts(store)["message"] == counts(store)["original"] == 1


def test_a_failed_message_of_other_content_or_sender_stays(store: Store) -> None:
    theirs = replace(failed(refused("m-1")), uuid=identifier("theirs"), sender="other")
    with store.transaction() as unit:
        unit.append_failure(failed(refused("m-1", b"first content")))
        unit.append_failure(theirs)
    with pytest.raises(AlreadyRecordedError):
        walk(store, refused("m-1", b"second content"))
    assert open_original(store, failed(refused("m-1", b"first content")).uuid) == b"first content"
    assert open_original(store, theirs.uuid) == theirs.raw


def test_a_conflict_keeps_both_contents_and_their_digests(store: Store) -> None:
    first = accepted("m-1")
    walk(store, first)
    for _ in range(2):
        with store.transaction() as unit:
            unit.append_conflict(SENDER, "m-1", "d" * 64, b"other content", ARRIVAL + timedelta(seconds=1))
    with store.engine.connect() as connection:
        rows = connection.execute(select(conflict.c.content_digest, conflict.c.first_digest, conflict.c.arrival)).all()
    assert [tuple(row) for row in rows] == [("d" * 64, first.content_digest, ARRIVAL + timedelta(seconds=1))]
    assert open_conflict(store, SENDER, "m-1", "d" * 64) == b"other content"
    assert open_original(store, first.uuid) == first.raw
    with store.reading() as read:
        found = read.find_message(SENDER, "m-1")
        entries = [(entry.kind, entry.message) for entry in read.ledger_entries(0, 10)]
    assert found is not None
    assert found.content_digest == first.content_digest
    assert entries == [("answered", first.uuid), ("conflict", first.uuid)]


def test_a_conflict_with_nothing_cannot_be_kept(store: Store) -> None:
    with pytest.raises(NotKeptError), store.transaction() as unit:
        unit.append_conflict(SENDER, "m-1", "d" * 64, b"content", ARRIVAL)
    with pytest.raises(NotKeptError):
        open_conflict(store, SENDER, "m-1", "d" * 64)


def test_a_receipt_is_found_by_message_id_unless_it_is_ambiguous(store: Store) -> None:
    walk(store, refused("m-1"))
    with store.reading() as read:
        alone = read.find_receipt("m-1")
    with store.transaction() as unit:
        unit.record_message(replace(refused("m-1"), uuid=identifier("theirs"), sender="other"), None)
    with store.reading() as read:
        ambiguous, unknown = read.find_receipt("m-1"), read.find_receipt("m-2")
        theirs = read.find_receipt("m-1", "other")
    assert alone is not None
    assert theirs is not None
    assert (alone.uuid, ambiguous, unknown, theirs.uuid) == (refused("m-1").uuid, None, None, identifier("theirs"))


def test_a_message_without_an_id_is_found_by_its_key_only(store: Store) -> None:
    walk(store, replace(refused("f" * 64), message_id=None))
    with store.reading() as read:
        found = read.find_message(SENDER, "f" * 64)
        assert read.find_receipt("f" * 64) is None
    assert found is not None
    assert found.message_id is None


def test_the_same_certificate_under_another_message_id_is_recognised(store: Store) -> None:
    rejected = refused("m-0")
    walk(store, rejected)
    first = replace(refused("m-1"), certificate_digest=rejected.certificate_digest, verdict="accepted")
    walk(store, first)
    second = replace(refused("m-2"), certificate_digest=first.certificate_digest, duplicate_of=first.uuid)
    walk(store, replace(second, verdict="accepted", arrival=ARRIVAL - timedelta(days=1)))
    digest = first.certificate_digest or ""
    with store.transaction() as unit:
        unit.append_failure(failed(replace(refused("m-3", b"x"), certificate_digest="e" * 64)))
    with store.reading() as read:
        found = read.find_resend(SENDER, "c" * 64, digest)
        others = [read.find_resend("other", "c" * 64, digest), read.find_resend(SENDER, "d" * 64, digest)]
        others += [read.find_resend(SENDER, "c" * 64, "0" * 64), read.find_resend(SENDER, "c" * 64, "e" * 64)]
    assert found is not None
    assert (found.uuid, others) == (first.uuid, [None, None, None, None])


@pytest.mark.parametrize("name", ["", "a\x00b", "a\ud800", "x" * 256])
def test_a_name_that_some_engine_cannot_hold_is_never_found_and_never_written(store: Store, name: str) -> None:
    assert not storable(name)
    assert storable("x" * 255)
    with store.reading() as read:
        assert read.find_message(SENDER, name) is None
        assert read.find_message(name, "m-1") is None
        assert read.find_receipt(name) is None
        assert read.find_case(name, "c" * 64) is None
        assert read.find_case_by_uuid(name) is None
        assert read.versions(name) == []
        assert read.current_version(name) is None
    with pytest.raises(GatewayError), store.transaction() as unit:
        unit.record_message(replace(refused("m-1"), key=name), None)


def test_state_and_answer_must_agree(store: Store) -> None:
    with store.transaction() as unit:
        for wrong in (failed(refused("m-1")), replace(refused("m-1"), answer=None)):
            with pytest.raises(GatewayError):
                unit.record_message(wrong, None)
        with pytest.raises(GatewayError):
            unit.append_failure(refused("m-1"))
        with pytest.raises(GatewayError):
            unit.record_message(accepted("m-1"), None)
    assert set(counts(store).values()) == {0}


def test_an_exception_leaves_nothing(store: Store) -> None:
    kept = accepted("m-1")

    def record_and_break() -> None:
        with store.transaction() as unit:
            unit.record_message(kept, case_of(unit, kept))
            assert unit.find_message(SENDER, "m-1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record_and_break()
    assert set(counts(store).values()) == {0}


def race(store: Store, contenders: list[Kept], *, locking: bool) -> list[str]:
    """All at once; gives what became of each: the answer, or the error's name."""
    start, results = Barrier(len(contenders)), list[str]()

    def run(kept: Kept) -> None:
        start.wait()
        try:
            if locking:
                results.append(walk(store, kept).decode())
            else:
                with store.transaction() as unit:
                    unit.record_message(kept, None)
                results.append("recorded")
        except StoreUnavailableError as error:
            results.append(type(error).__name__)

    threads = [Thread(target=run, args=(kept,)) for kept in contenders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def test_simultaneous_duplicates_have_one_effect_and_one_answer(store: Store) -> None:
    contenders = [
        replace(
            accepted("m-1"), uuid=identifier(f"racer {n}"), answer=Answer(200, "text/plain", f"answer {n}".encode())
        )
        for n in range(8)
    ]
    answers = race(store, contenders, locking=True)
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert answers[0].startswith("answer ")
    expected = {"case": 1, "data_key": 2, "feed": 1, "ledger": 1, "message": 1, "original": 1, "version": 1}
    assert {name: rows for name, rows in counts(store).items() if rows} == expected
    with store.reading() as read:
        assert read.check_ledger()


def test_without_the_lock_the_database_itself_lets_only_one_in(store: Store) -> None:
    contenders = [replace(refused("m-1"), uuid=identifier(f"racer {n}")) for n in range(6)]
    assert race(store, contenders, locking=False) == ["AlreadyRecordedError"] * 5 + ["recorded"]
    assert counts(store)["message"] == counts(store)["ledger"] == 1


def test_different_messages_at_once_are_all_recorded_in_one_chain(store: Store) -> None:
    contenders = [refused(f"m-{n}") for n in range(8)]
    race(store, contenders, locking=True)
    with store.reading() as read:
        entries = read.ledger_entries(0, 100)
        assert read.check_ledger()
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert {entry.message for entry in entries} == {kept.uuid for kept in contenders}


def test_feed_numbers_are_given_out_in_the_order_of_the_commits(store: Store) -> None:
    second = replace(accepted("m-2"), uuid=identifier("second"), sender="other")
    done = Event()

    def follow() -> None:
        case = replace(case_of_other, uuid=identifier("case of other"))
        with store.transaction() as unit:
            unit.record_message(second, case)
        done.set()

    with store.transaction() as unit:
        case_of_other = case_of(unit, second)
        unit.record_message(accepted("m-1"), case_of(unit, accepted("m-1")))
        thread = Thread(target=follow)
        thread.start()
        # The second one has to wait: were it committed first, a reader could pass number 1 before it is there.
        assert not done.wait(0.3)
    thread.join()
    with store.reading() as read:
        assert [event.case for event in read.feed(0, 10)] == [identifier("case"), identifier("case of other")]


def outcome(store: Store, name: str) -> str:
    """What a second writer meets that asks for this name while the first one still writes."""
    try:
        with store.transaction() as unit:
            unit.lock(name)
    except StoreUnavailableError:
        return "turned away"
    return "let in"


def test_a_locked_name_keeps_others_out_until_the_commit(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certgateway.store.database._WAIT_SECONDS", 1)
    monkeypatch.setattr("certgateway.store.database._SESSION", "-c lock_timeout=1s")
    store = Store(open_database(url), Sealer(bytes(32)))
    with store.transaction() as unit:
        unit.lock("a", "b", "a")
        meanwhile = [outcome(store, name) for name in ("a", "b", "c")]
    afterwards = [outcome(store, name) for name in ("a", "b", "c")]
    on_sqlite = store.engine.dialect.name == "sqlite"
    store.close()
    # SQLite knows one writer at a time, whatever the name.
    assert meanwhile == ["turned away", "turned away", "turned away" if on_sqlite else "let in"]
    assert afterwards == ["let in"] * 3


def test_a_reference_to_nothing_is_refused(store: Store) -> None:
    with pytest.raises(StoreUnavailableError) as caught, store.transaction() as unit:
        append_event(unit.connection, identifier("no such case"), 1, "new", ARRIVAL)
    assert not isinstance(caught.value, AlreadyRecordedError)
    assert counts(store)["feed"] == 0


def test_when_no_connection_is_free_the_store_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certgateway.store.database._WAIT_SECONDS", 0.05)
    store = Store(open_database("sqlite://"), Sealer(bytes(32)))
    with store.transaction():
        assert outcome(store, "a") == "turned away"
    store.close()
