"""A process that receives one message again and again, each time in a child that is killed at the statement it is told.

Reads lines ``URL POINT FORM`` and answers each with the number of the signal that ended the child (0: it came to its
end). POINT counts the statements and the COMMIT of the reception from 1; 0 is the moment before the answer would leave.
FORM is "fhir" or "kith".
The house is built once and inherited: a child costs a fork, not a start.
"""

import os
import signal
import sys
from itertools import count

from sqlalchemy import event

from certgateway import bootstrap
from certgateway.services.examine import House
from certgateway.store.transactions import Store
from tests.integration.receiving import desk, message
from tests.kith import SMALL, raw


def die_at(store: Store, point: int) -> None:
    numbers = count(1)

    def step(*_: object, **__: object) -> None:
        if next(numbers) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store.engine, "before_cursor_execute", step)
    event.listen(store.engine, "commit", step)


def receive_and_die(url: str, point: int, form: str, house: House) -> None:
    at_desk = desk(url, house)
    die_at(at_desk.gateway.store, point)
    at_desk.hand_in(raw(SMALL) if form == "kith" else message())
    # The answer would leave now.
    if point == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def serve() -> None:
    house = bootstrap.build_house()
    for line in sys.stdin:
        url, point, form = line.rsplit(maxsplit=2)
        child = os.fork()
        if child == 0:
            receive_and_die(url, int(point), form, house)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  the pipe is how it answers


if __name__ == "__main__":
    serve()
