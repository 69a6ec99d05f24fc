"""A process that records one message again and again, each time in a child that is killed at the statement it is told.

Reads lines ``URL POINT`` and answers each with the number of the signal that ended the child (0: it came to its end).
POINT counts the statements of the transaction from 1, its COMMIT included; one more is the moment after the COMMIT.
A child of its own for each point, forked from here, saves loading the libraries each time.
"""

import os
import signal
import sys
from itertools import count

from sqlalchemy import event

from certgateway.store.database import open_database
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer
from tests.integration.store.walk import accepted, walk

SECRET = bytes(range(32))


def die_at(store: Store, point: int) -> None:
    numbers = count(1)

    def step(*_: object, **__: object) -> None:
        if next(numbers) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store.engine, "before_cursor_execute", step)
    event.listen(store.engine, "commit", step)


def record(url: str, point: int) -> None:
    store = Store(open_database(url), Sealer(SECRET))
    with store.engine.connect():
        pass  # what a first connection asks of its server is no statement of ours
    die_at(store, point)
    walk(store, accepted("m-1"))
    # The answer would leave now.
    os.kill(os.getpid(), signal.SIGKILL if point < 0 else 0)


def serve() -> None:
    for line in sys.stdin:
        url, point = line.rsplit(maxsplit=1)
        child = os.fork()
        if child == 0:
            record(url, int(point))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  the pipe is how it answers


if __name__ == "__main__":
    serve()
