"""A process that rotates keys or deletes what is old, each time in a child that is killed at the statement it is told.

Reads lines ``TASK URL KEY_FILE POINT`` and answers each with the number of the signal that ended the child (0: it came
to its end). POINT counts the statements of all transactions from 1, commits included.
"""

import os
import signal
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from sqlalchemy import event

from certgateway.services.purge import purge
from certgateway.services.rotate import rotate
from certgateway.store.database import open_database
from certgateway.store.purging import PURGE_CLASSES
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer


def die_at(store: Store, point: int) -> None:
    numbers = count(1)

    def step(*_: object, **__: object) -> None:
        if next(numbers) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store.engine, "before_cursor_execute", step)
    event.listen(store.engine, "commit", step)


def work(task: str, url: str, key_file: Path, point: int) -> None:
    store = Store(open_database(url), Sealer.from_file(key_file))
    with store.engine.connect():
        pass  # what a first connection asks of its server is no statement of ours
    die_at(store, point)
    if task == "rotate":
        rotate(store, key_file)
    else:
        years = datetime(2030, 1, 1, tzinfo=UTC)
        list(purge(store, dict.fromkeys(PURGE_CLASSES, 365), years, years, dry_run=False))


def serve() -> None:
    for line in sys.stdin:
        task, url, key_file, point = line.split()
        child = os.fork()
        if child == 0:
            work(task, url, Path(key_file), int(point))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  the pipe is how it answers


if __name__ == "__main__":
    serve()
