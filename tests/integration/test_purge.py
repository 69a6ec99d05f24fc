"""What has become too old is deleted for good, class by class; what is held or open stays, and so do answers."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, update

from certgateway import bootstrap
from certgateway.domain.dialogue_events import Rated
from certgateway.domain.errors import GatewayError
from certgateway.services import clarify
from certgateway.services.assess import assess
from certgateway.services.examine import House
from certgateway.services.purge import purge
from certgateway.store.evidence import open_original
from certgateway.store.failures import DestroyedError, NotKeptError
from certgateway.store.ledger import evidence_of_purge
from certgateway.store.purging import PURGE_CLASSES, Due, PurgeClass
from certgateway.store.strongbox import Strongbox
from certgateway.store.tables import case, clarification, conflict, data_key, message, original, outbox
from tests.integration import receiving, replying
from tests.integration.answering import answer
from tests.integration.receiving import DAY, Desk, authored, desk, numbered
from tests.integration.scenario import play, sealed_values

NEVER: dict[PurgeClass, int | None] = dict.fromkeys(PURGE_CLASSES)
YEAR: dict[PurgeClass, int | None] = dict.fromkeys(PURGE_CLASSES, 365)


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def at_desk(url: str, house: House) -> Iterator[Desk]:
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


def purged(
    at_desk: Desk, days: Mapping[PurgeClass, int | None], after: int = 400, *, dry_run: bool = False
) -> list[Due]:
    """What a purge deletes so many days after the last thing that happened."""
    now = at_desk.clock.now
    return list(purge(at_desk.gateway.store, days, now + after * DAY, now, dry_run=dry_run))


def filed(at_desk: Desk) -> None:
    """Whatever lies in the tray is filed, so that nothing waits for anybody."""
    with at_desk.gateway.store.transaction() as unit:
        for each in unit.unsorted_answers(10):
            unit.settle_unsorted(each.message, at_desk.clock.now, "not-an-answer")


def kinds(found: list[Due]) -> dict[str, int]:
    return {kind: count for kind in PURGE_CLASSES if (count := sum(each.kind == kind for each in found))}


def keys_of(at_desk: Desk, uuid: str) -> list[tuple[str, bool]]:
    """Class of every data key of a holder, and whether there is anything left to open with it."""
    query = select(data_key.c["class"], data_key.c.wrapped).where(data_key.c.holder == uuid).order_by("class")
    with at_desk.gateway.store.engine.connect() as connection:
        return [(row[0], row[1] is not None) for row in connection.execute(query)]


def test_nothing_is_deleted_unless_somebody_has_said_when(at_desk: Desk) -> None:
    play(at_desk)
    counted = at_desk.counts()
    assert purged(at_desk, NEVER, after=40_000) == []
    assert at_desk.counts() == counted


def test_a_dry_run_tells_what_would_go_and_touches_nothing(at_desk: Desk) -> None:
    scene = play(at_desk)
    filed(at_desk)
    counted = at_desk.counts()
    told = purged(at_desk, YEAR, dry_run=True)
    assert at_desk.counts() == counted
    assert assess(scene.case, at_desk.gateway) is not None
    assert kinds(told) == {"original": 2, "derived": 2, "dialogue": 1, "refused": 3}
    done = purged(at_desk, YEAR)
    assert set(told) <= set(done)


def test_of_a_deleted_case_nothing_opens_with_all_the_keys_that_are_left(at_desk: Desk) -> None:
    """The sealed bytes as a backup keeps them, and everything that the database still has of keys."""
    scene = play(at_desk)
    filed(at_desk)
    store = at_desk.gateway.store
    with store.engine.connect() as connection:
        of_the_case = set(connection.scalars(select(data_key.c.uuid).where(data_key.c.case == scene.case)))
        copies = list(sealed_values(connection))
    assert kinds(purged(at_desk, YEAR | {"dialogue": None})) == {"original": 2, "derived": 2, "refused": 3}
    with store.engine.connect() as connection:
        assert {
            row.wrapped for row in connection.execute(select(data_key).where(data_key.c.uuid.in_(of_the_case)))
        } == {None}
        strongbox = Strongbox(connection, store.sealing)
        opened = []
        for table, sealed in copies:
            try:
                strongbox.open(sealed, "any")
            except GatewayError as fault:
                opened.append((table, type(fault)))
    # The order alone still has a key; that fails for the context only.
    assert {table for table, fault in opened if fault is not DestroyedError} == {"clarification_event", "outbox"}
    assert {table for table, fault in opened if fault is DestroyedError} == {table for table, _ in copies}
    assert len(opened) == len(copies)
    assert assess(scene.case, at_desk.gateway) is None


def test_the_wrapped_key_is_gone_from_the_file(house: House, tmp_path: Path) -> None:
    at_desk = desk(f"sqlite:///{tmp_path}/gateway.db", house)
    scene = play(at_desk)
    filed(at_desk)
    with at_desk.gateway.store.engine.connect() as connection:
        query = select(data_key.c.wrapped).where(data_key.c.case == scene.case)
        wrapped = [bytes(each) for each in connection.scalars(query)]
        values = [sealed for _, sealed in sealed_values(connection)]
    before = (tmp_path / "gateway.db").read_bytes()
    assert all(each in before for each in wrapped)
    purged(at_desk, YEAR)
    at_desk.gateway.store.close()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert len(wrapped) == 3
    assert [each for each in wrapped if each in left] == []
    # Of what it sealed no piece is left either.
    assert [each for each in values if each[40:72] in left] == []


def test_what_was_answered_is_answered_alike_and_a_certificate_that_comes_again_is_a_new_one(at_desk: Desk) -> None:
    scene = play(at_desk)
    filed(at_desk)
    first = at_desk.hand_in(receiving.message())
    with at_desk.gateway.store.reading() as reading:
        feed = reading.feed(0, 100)
    purged(at_desk, YEAR)
    again = at_desk.hand_in(receiving.message())
    assert (again.answer, again.receipt, again.case) == (first.answer, first.receipt, scene.case)
    with at_desk.gateway.store.reading() as reading:
        assert reading.feed(0, 100) == feed
        found = reading.find_receipt(receiving.resource(receiving.message(), "MessageHeader")["id"])
        assert found is not None
        assert found.receipt == first.receipt
        assert reading.check_ledger()
    anew = at_desk.hand_in(numbered(receiving.message(), 800))
    assert anew.verdict == "accepted"
    assert anew.case not in {None, scene.case}
    assert at_desk.versions(anew.case) == [(1, True)]
    with at_desk.gateway.store.reading() as reading:
        assert [each.seq for each in reading.feed(0, 100)] == [*(each.seq for each in feed), feed[-1].seq + 1]
    # What comes late about what is gone finds nothing, and is kept for somebody to sort.
    at_desk.hand_in(answer(scene.question, ["activity"], number=801))
    at_desk.hand_in(replying.reply(scene.question, replying.note("Sent svar"), number=802))
    with at_desk.gateway.store.reading() as reading:
        assert [each.why for each in reading.unsorted_answers(10)] == ["clarification-unknown"] * 2
    # Another content under the id of a message whose certificate is gone is a conflict as before.
    assert at_desk.hand_in(authored(receiving.message(), "2026-11-02T12:00:00+01:00")).conflict


def test_every_deletion_stands_in_the_ledger_once(at_desk: Desk) -> None:
    play(at_desk)
    filed(at_desk)
    with at_desk.gateway.store.reading() as reading:
        before = len(reading.ledger_entries(0, 100))
    with at_desk.gateway.store.engine.connect() as connection:
        messages = set(connection.scalars(select(message.c.uuid)))
    done = purged(at_desk, YEAR)
    with at_desk.gateway.store.reading() as reading:
        entries = reading.ledger_entries(before, 100)
        assert reading.check_ledger()
    assert {each.kind for each in entries} == {"purged"}
    with_originals = [each.message for each in entries if each.evidence == evidence_of_purge("original", each.message)]
    refused = [each.message for each in entries if each.evidence == evidence_of_purge("refused", each.message)]
    assert sorted(with_originals + refused) == sorted(messages)
    for kind in ("derived", "dialogue"):
        told = [each.message for each in entries if each.evidence == evidence_of_purge(kind, each.message)]
        assert sorted(told) == sorted(due.subject for due in done if due.kind == kind)
    assert len(entries) == len(messages) + 3
    assert purged(at_desk, YEAR) == []
    with at_desk.gateway.store.reading() as reading:
        assert len(reading.ledger_entries(before, 100)) == len(entries)


def test_originals_can_go_before_what_was_made_of_them(at_desk: Desk) -> None:
    scene = play(at_desk)
    filed(at_desk)
    before = assess(scene.case, at_desk.gateway)
    assert kinds(purged(at_desk, NEVER | {"original": 30}, 40)) == {"original": 2}
    assert keys_of(at_desk, scene.case) == [("derived", True), ("original", False)]
    assert assess(scene.case, at_desk.gateway) == before
    counts = at_desk.counts()
    assert (counts["original"], counts["conflict"], counts["version"]) == (3, 0, 4)
    # The next message has a key of its own again.
    at_desk.hand_in(authored(numbered(receiving.message(), 810), "2026-11-05T10:00:00+01:00"))
    assert keys_of(at_desk, scene.case) == [("derived", True), ("original", False), ("original", True)]


def test_what_was_made_can_go_before_the_originals_and_they_can_go_later(at_desk: Desk) -> None:
    scene = play(at_desk)
    filed(at_desk)
    assert kinds(purged(at_desk, NEVER | {"derived": 30}, 40)) == {"derived": 2}
    assert keys_of(at_desk, scene.case) == [("derived", False), ("original", True)]
    with at_desk.gateway.store.engine.connect() as connection:
        of_the_case = select(message.c.uuid).where(message.c.case == scene.case, message.c.verdict != "rejected")
        messages = connection.scalars(of_the_case).all()
    assert len(messages) == 4
    assert all(open_original(at_desk.gateway.store, each) for each in messages)
    assert kinds(purged(at_desk, NEVER | {"original": 30}, 40)) == {"original": 2}
    for each in messages:
        with pytest.raises(NotKeptError):
            open_original(at_desk.gateway.store, each)


def test_refused_messages_have_a_time_of_their_own(at_desk: Desk) -> None:
    scene = play(at_desk)
    refused = purged(at_desk, NEVER | {"refused": 30}, 40)
    # The one without a function and the one that is no message; what lies in the tray is nobody's to delete.
    assert kinds(refused) == {"refused": 2}
    counts = at_desk.counts()
    assert (counts["original"], counts["conflict"]) == (8 - 2, 1)
    assert assess(scene.case, at_desk.gateway) is not None
    assert [keys_of(at_desk, each.subject) for each in refused] == [[("original", False)]] * 2


def test_a_letter_that_is_settled_goes_by_itself(at_desk: Desk) -> None:
    scene = play(at_desk)
    with at_desk.gateway.store.transaction() as unit:
        first, second = unit.waiting_for(receiving.SENDER, 0, 10)
        unit.settle(first.outgoing.id, at_desk.clock.now, refused=False)
    done = purged(at_desk, NEVER | {"outbox": 30}, 40)
    assert done == [Due("outbox", first.outgoing.id)]
    with at_desk.gateway.store.reading() as reading:
        assert reading.find_outgoing(first.outgoing.id) is None
        assert [each.outgoing.id for each in reading.waiting_for(receiving.SENDER, 0, 10)] == [second.outgoing.id]
    assert clarify.clarification(scene.question, at_desk.gateway)["clarification"] == scene.question


@pytest.mark.parametrize("kind", ["original", "derived"])
def test_a_case_that_is_held_stays_until_it_is_let_go(at_desk: Desk, kind: PurgeClass) -> None:
    scene = play(at_desk)
    filed(at_desk)
    held(at_desk, scene.case, at_desk.clock.now)
    days = NEVER | {kind: 30, "refused": 30, "outbox": 30}
    assert scene.case not in {each.subject for each in purged(at_desk, days, 400)}
    # What the one that is held has is no reason to delete the other one again.
    assert purged(at_desk, days, 400) == []
    assert assess(scene.case, at_desk.gateway) is not None
    with at_desk.gateway.store.engine.connect() as connection:
        apart = select(original.c.message).join(message, message.c.uuid == original.c.message)
        assert len(connection.scalars(apart.where(message.c.case == scene.case)).all()) == 5
    held(at_desk, scene.case, None)
    assert scene.case in {each.subject for each in purged(at_desk, days, 400)}


def held(at_desk: Desk, uuid: str, since: datetime | None) -> None:
    with at_desk.gateway.store.engine.begin() as connection:
        connection.execute(update(case).where(case.c.uuid == uuid).values(held=since))


def test_what_is_young_or_waits_in_the_tray_stays(at_desk: Desk) -> None:
    scene = play(at_desk)
    assert purged(at_desk, YEAR, 364) == []
    later = at_desk.clock.now + 300 * DAY
    at_desk.clock.now = later
    with at_desk.gateway.store.transaction() as unit:
        unit.append_event(scene.question, Rated(at_desk.gateway.new_id(), later, "counsellor", 4))
    gone = {each.subject for each in purged(at_desk, NEVER | {"derived": 365, "original": 365}, 100)}
    assert gone == {scene.other}
    counts = at_desk.counts()
    # Of the other case its own version and original are gone, and of nobody else's anything.
    assert (counts["version"], counts["original"], counts["conflict"], counts["reply"]) == (3, 7, 1, 1)


def test_an_order_that_a_certificate_has_come_to_goes_after_the_certificate(at_desk: Desk) -> None:
    scene = play(at_desk)
    with at_desk.gateway.store.transaction() as unit:
        unit.join_case(scene.order, scene.other)
    assert kinds(purged(at_desk, NEVER | {"dialogue": 30}, 40)) == {}
    purged(at_desk, NEVER | {"derived": 30}, 40)
    assert purged(at_desk, NEVER | {"dialogue": 30}, 40) == [Due("dialogue", scene.order)]
    assert keys_of(at_desk, scene.order) == [("derived", False)]
    with at_desk.gateway.store.reading() as reading:
        assert reading.find_clarification(scene.order) is None


def test_an_answer_that_was_sorted_goes_with_the_certificate_it_was_made_a_version_of(at_desk: Desk) -> None:
    scene = play(at_desk)
    with at_desk.gateway.store.transaction() as unit:
        (lying,) = unit.unsorted_answers(10)
        (*_, last) = unit.versions(scene.case)
        known = unit.find_case_by_uuid(scene.case)
        assert known is not None
        version = replace(last, number=known.versions + 1, current=False, beneath=None)
        unit.record_sorted(lying.message, known, version, at_desk.clock.now)
        unit.settle_unsorted(lying.message, at_desk.clock.now, "sorted")
    assert lying.message not in {each.subject for each in purged(at_desk, NEVER | {"refused": 30}, 40)}
    purged(at_desk, NEVER | {"derived": 30, "original": 60}, 40)
    assert open_original(at_desk.gateway.store, lying.message)
    purged(at_desk, NEVER | {"original": 60}, 80)
    with pytest.raises(NotKeptError):
        open_original(at_desk.gateway.store, lying.message)


def test_an_error_at_any_statement_deletes_a_case_wholly_or_not_at_all(at_desk: Desk) -> None:
    scene = play(at_desk)
    filed(at_desk)
    store, point, ended, whole = at_desk.gateway.store, 0, False, [True, True]
    while not ended:
        left = point = point + 1

        def fail(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise RuntimeError

        event.listen(store.engine, "before_cursor_execute", fail)
        event.listen(store.engine, "commit", fail)
        try:
            purged(at_desk, NEVER | {"derived": 30, "original": 30}, 40)
            ended = True
        except RuntimeError:
            pass
        finally:
            event.remove(store.engine, "before_cursor_execute", fail)
            event.remove(store.engine, "commit", fail)
        with store.engine.connect() as connection:
            rows = set(connection.scalars(select(case.c.uuid).where(case.c.purged.is_(None))))
            asked = connection.scalar(select(func.count()).where(clarification.c.case == scene.case))
        whole = [dict(keys_of(at_desk, each))["derived"] for each in (scene.case, scene.other)]
        assert [scene.case in rows, scene.other in rows] == whole
        assert asked == whole[0]
        with store.reading() as reading:
            assert reading.check_ledger()
            assert len(reading.versions(scene.case)) == (3 if whole[0] else 0)
    assert point > 30
    assert whole == [False, False]
    with store.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(conflict)) == 0
        assert connection.scalar(select(func.count()).select_from(outbox)) == 1
