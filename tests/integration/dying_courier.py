"""A process that looks once for what is to be posted, each time in a child that is killed at the statement it is told.

Reads lines ``DATABASE POINT HOOK INSTANT`` and answers each with the number of the signal that ended the child (0: it
came to its end). POINT counts the statements and the COMMITs of the look from 1; HOOK is where messages are posted.
"""

import os
import sys
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from certgateway import bootstrap
from certgateway.services.examine import House
from tests.integration.dying_receiver import die_at
from tests.integration.pushing import looked, posting_to
from tests.integration.receiving import Desk, desk


def look_and_die(database: str, point: int, hook: str, now: str, house: House) -> None:
    opened = desk(database, house)
    # The ids of a desk count up from one, and the parent has used them.
    at_desk = Desk(replace(opened.gateway, new_id=lambda: str(uuid4())), opened.clock)
    at_desk.clock.now = datetime.fromisoformat(now)
    die_at(at_desk.gateway.store, point)
    looked(posting_to(at_desk, hook), seconds=5)


def serve() -> None:
    house = bootstrap.build_house()
    for line in sys.stdin:
        database, point, hook, now = line.split()
        child = os.fork()
        if child == 0:
            look_and_die(database, int(point), hook, now, house)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  the pipe is how it answers


if __name__ == "__main__":
    serve()
