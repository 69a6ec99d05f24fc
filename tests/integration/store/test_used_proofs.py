"""A proof is used once, by whoever of several writers comes first, and is forgotten when nobody would take it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from certgateway.store.database import open_database
from certgateway.store.proofs import KEPT_LONGER, SWEPT
from certgateway.store.tables import used_proof
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer

NOW = datetime(2026, 11, 1, 11, tzinfo=UTC)
UNTIL = NOW + timedelta(seconds=65)
SECRET = bytes(range(32))


def use(store: Store, once: str, key: str = "key", until: datetime = UNTIL, now: datetime = NOW) -> bool:
    with store.transaction() as unit:
        return unit.use_proof(key, once, until, now)


def rows(store: Store) -> int:
    with store.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(used_proof)).scalar_one()


def test_the_second_use_is_none(store: Store) -> None:
    assert use(store, "a")
    assert not use(store, "a")
    assert use(store, "b")
    assert use(store, "a", key="another key")
    assert rows(store) == 3


def test_any_text_is_an_id(store: Store) -> None:
    texts = ["", "a" * 255, "'; --", "ÆØÅ", "A", "a"]
    assert [use(store, text) for text in texts] == [True] * 6
    assert [use(store, text) for text in texts] == [False] * 6


def test_what_has_ended_goes_a_few_at_a_time(store: Store) -> None:
    many = 3 * SWEPT
    for number in range(many):
        assert use(store, f"{number}")
    later = UNTIL + KEPT_LONGER + timedelta(seconds=1)
    assert use(store, "later", until=later + timedelta(seconds=65), now=later)
    assert rows(store) == many - SWEPT + 1
    for number in range(3):
        use(store, f"later-{number}", until=later + timedelta(seconds=65), now=later)
    # What has not ended is still known, and all else is gone.
    assert rows(store) == 4
    assert not use(store, "later", until=later + timedelta(seconds=65), now=later)


def test_nothing_ends_before_its_time(store: Store) -> None:
    assert use(store, "a")
    assert not use(store, "a", now=UNTIL)
    assert rows(store) == 1


def test_a_process_whose_clock_is_ahead_opens_nothing_to_a_replay_elsewhere(store: Store) -> None:
    assert use(store, "a")
    ahead = NOW + timedelta(minutes=9)
    assert use(store, "b", until=ahead + timedelta(seconds=65), now=ahead)
    # Here it is a minute later, and the proof would still be taken.
    assert not use(store, "a", now=NOW + timedelta(seconds=60))


@pytest.fixture
def racers(store: Store, url: str) -> Iterator[list[Store]]:
    """Stores of their own on one database, as processes have them."""
    opened = [Store(open_database(url), store.sealing) for _ in range(8)]
    yield opened
    for each in opened:
        each.close()


def test_of_many_at_once_exactly_one_wins(racers: list[Store]) -> None:
    for number in range(5):
        won: list[bool] = []
        barrier = Barrier(len(racers))

        def race(store: Store, once: str, at: Barrier = barrier, told: list[bool] = won) -> None:
            at.wait()
            told.append(use(store, once))

        threads = [Thread(target=race, args=(each, f"race {number}")) for each in racers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(won) == [False] * 7 + [True]


def _race(url: str, start: float, names: list[str]) -> list[bool]:
    """One process: waits for the moment, then uses every name as fast as it can."""
    store = Store(open_database(url), Sealer(SECRET))
    while time.time() < start:
        time.sleep(0.001)
    won = [use(store, name) for name in names]
    store.close()
    return won


def test_of_two_processes_exactly_one_wins_each_proof(store: Store, url: str) -> None:
    names = [f"proof {number}" for number in range(30)]
    with get_context("spawn").Pool(2) as pool:
        start = time.time() + 2.5
        first, second = pool.starmap(_race, [(url, start, names), (url, start, names)])
    assert [sorted(pair) for pair in zip(first, second, strict=True)] == [[False, True]] * 30
    assert rows(store) == 30
