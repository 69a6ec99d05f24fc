"""kill -9 at every statement between the look and the record: the message is posted again, and delivered once."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from certgateway import bootstrap
from certgateway.domain.posting import LEASE
from certgateway.services import clarify
from certgateway.services.examine import House
from tests.integration.listening_receiver import Receiver, listening
from tests.integration.pushing import asked, in_outbox, looked, outcomes, posting_to, stored
from tests.integration.receiving import Desk, desk
from tests.integration.store.test_kill import LOCK, short

ROOT = Path(__file__).resolve().parents[2]
KILLED = -9

LOOK = ("SELECT outbox", "COMMIT")
CLAIM = ("SELECT outbox", "INSERT posting", "COMMIT")
READ = ("SELECT outbox", "SELECT data_key", "COMMIT")
KEY = ("SELECT clarification", "SELECT data_key")
SENT = ("INSERT clarification_event", "SELECT ledger", "INSERT ledger")
RECORD = (
    *("SELECT outbox", "SELECT outbox", "SELECT data_key"),
    *("UPDATE outbox", *KEY, *SENT, "UPDATE outbox", *SENT, "UPDATE posting", "COMMIT"),
)
NO_MORE = ("SELECT outbox", "COMMIT")


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def at_desk(url: str, house: House) -> Iterator[Desk]:
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


class Dying:
    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.integration.dying_courier"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def look(self, at_desk: Desk, point: int, receiver: Receiver) -> int:
        """How a child ended that was to be killed at this statement."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        database = at_desk.gateway.store.engine.url.render_as_string(hide_password=False)
        self.process.stdin.write(f"{database} {point} {receiver.url} {at_desk.clock.now.isoformat()}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def stop(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="module")
def dying() -> Iterator[Dying]:
    process = Dying()
    yield process
    process.stop()


def statements(at_desk: Desk) -> list[str]:
    """What a look at one message asks of the database, locks and the beginnings of transactions left out."""
    seen: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        seen.append(short(statement))

    event.listen(at_desk.gateway.store.engine, "before_cursor_execute", note)
    event.listen(at_desk.gateway.store.engine, "commit", lambda _: seen.append("COMMIT"))
    with listening() as receiver:
        looked(posting_to(at_desk, receiver.url), seconds=5)
    return seen


def test_a_message_is_posted_by_these_statements_in_this_order(at_desk: Desk) -> None:
    asked(at_desk)
    seen = statements(at_desk)
    assert [each for each in seen if each != LOCK and not each.startswith("BEGIN")] == [
        *LOOK,
        *CLAIM,
        *READ,
        *RECORD,
        *NO_MORE,
    ]


def test_killed_at_any_statement_the_message_is_posted_again_and_delivered_once(at_desk: Desk, dying: Dying) -> None:
    clarification = asked(at_desk)
    points = len(statements(at_desk))
    posted = []
    with listening() as receiver:
        hooked = posting_to(at_desk, receiver.url)
        for point in range(1, points + 1):
            clarify.remind(clarification, at_desk.gateway)
            (message_id,) = in_outbox(at_desk)
            receiver.got.clear()
            assert dying.look(at_desk, point, receiver) == KILLED, point
            at_desk.clock.now += LEASE
            recorded = stored(at_desk, message_id).settled is not None
            assert outcomes(looked(hooked, seconds=5)) == ([] if recorded else [("delivered", None)]), point
            assert set(receiver.ids) == {message_id}
            assert (in_outbox(at_desk), stored(at_desk, message_id).refused) == ([], False)
            posted.append(len(receiver.got))
    # Killed before it was posted, between that and the record, and after the record.
    assert posted.count(2) >= len(RECORD)
    told = clarify.clarification(clarification, at_desk.gateway)["events"]
    kinds = [each["kind"] for each in told]
    assert {kind: kinds.count(kind) for kind in ("sent", "delivered")} == {"sent": points + 1, "delivered": points + 1}
    with at_desk.gateway.store.reading() as reading:
        assert reading.check_ledger()
