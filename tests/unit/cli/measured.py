"""A process that judges and receives one body after the other, each in a child of its own, and tells what it cost.

Reads lines ``FILE GOOD`` and answers each with one line of JSON: exit code, output and cost of `validate`, then outcome
of `receive`, then what becomes of the good message in the same process. Nothing here decides what is right.
"""

import contextlib
import io
import json
import os
import resource
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from certgateway import bootstrap, cli
from certgateway.prose import mark
from certgateway.services.answer import media_type
from certgateway.services.examine import detect_format
from certgateway.services.gateway import Gateway
from certgateway.services.receive import Delivery, Outcome, receive
from certgateway.store.database import open_database
from certgateway.store.schema import migrate
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer

AT = "2026-11-01T12:00:00+01:00"


def cost() -> tuple[float, int]:
    """CPU seconds so far, and the largest size so far in KiB."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_maxrss


def validate(file: str) -> dict[str, Any]:
    out, err = io.StringIO(), io.StringIO()
    cpu, size = cost()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(["validate", file, "--format", "json", "--at", AT])
    after = cost()
    (report,) = json.loads(out.getvalue())
    return {
        "code": code,
        "verdict": report["verdict"],
        "rules": sorted({finding["rule"] for finding in report["findings"]}),
        "output": len(out.getvalue()),
        "stderr": err.getvalue(),
        "cpu": after[0] - cpu,
        "growth": after[1] - size,
    }


def hand_in(file: str, gateway: Gateway) -> Outcome:
    raw = Path(file).read_bytes()
    form = detect_format(raw)
    return receive(Delivery(raw, form, media_type(form)), gateway)


def received(file: str, good: str, gateway: Gateway) -> dict[str, Any]:
    cpu, size = cost()
    outcome = hand_in(file, gateway)
    after = cost()
    return {
        "verdict": outcome.verdict,
        "status": outcome.answer.status,
        "cpu": after[0] - cpu,
        "growth": after[1] - size,
        "next": hand_in(good, gateway).verdict,
    }


def gateway_in(folder: str) -> Gateway:
    engine = open_database(f"sqlite:///{folder}/store.sqlite3")
    migrate(engine)
    sealer = Sealer(bytes(32))
    ids = iter(f"00000000-0000-4000-8000-{number:012d}" for number in range(99))
    return Gateway(
        house=bootstrap.build_house(),
        store=Store(engine, sealer),
        sealer=sealer,
        clock=lambda: datetime(2026, 11, 1, 11, tzinfo=UTC),
        new_id=lambda: next(ids),
        her="8140000",
    )


def tell(file: str, good: str, pipe: int) -> None:
    told = {"validate": validate(file)}
    with tempfile.TemporaryDirectory() as folder:
        told["receive"] = received(file, good, gateway_in(folder))
    with os.fdopen(pipe, "w") as answer:
        json.dump(told, answer)


def serve() -> None:
    bootstrap.build_house()
    mark("")  # What every process reads once is no cost of a body.
    for line in sys.stdin:
        file, good = line.split()
        if not os.path.getsize(good):  # noqa: PTH202  a plain question
            continue
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            tell(file, good, writing)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as answer:
            print(answer.read() or "{}", flush=True)  # noqa: T201  the pipe is how it answers
        os.waitpid(child, 0)


if __name__ == "__main__":
    serve()
