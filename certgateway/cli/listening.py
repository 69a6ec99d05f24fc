"""How the application is served: limits of the connection, the way it stops, and logs that hold no personal data.

Used by `serve` and `sandbox`. Nothing here may let a library write a log line of its own form: theirs may quote an
address or a value.
"""

import json
import logging
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import uvicorn
from fastapi import FastAPI

from certgateway.api.heads import LARGEST_HEAD
from certgateway.api.observation import ALWAYS, LOG, places
from certgateway.cli.deadlines import CONNECTIONS, Deadlines, punctual

_GRACE_SECONDS: Final = 20
_IDLE_SECONDS: Final = 5
_WAITING: Final = 200
"""Connections that wait to be accepted: so many are taken in at once, before one of them can be counted."""


class OneLine(logging.Formatter):
    """A record as one line of JSON, with its time in UTC. Of an exception its type and where it came by, no text."""

    def format(self, record: logging.LogRecord) -> str:
        """Records of ours are JSON already; of others the template is told and the arguments are not."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        if record.name == LOG.name:
            return json.dumps({"time": time, **json.loads(record.getMessage())})
        line: dict[str, object] = {
            "time": time,
            "logger": record.name,
            "level": record.levelname,
            "message": str(record.msg),
        }
        if record.exc_info and record.exc_info[1]:
            line |= {"fault": type(record.exc_info[1]).__name__, "at": places(record.exc_info[1])}
            line["message"] = ""  # A library that logs an exception often puts its text into the message.
        return json.dumps(line)


def log_to_stderr(level: int) -> None:
    """Everything that is logged goes to standard error as JSON: requests from `level` on, other loggers' warnings."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    LOG.setLevel(level)


def server_for(
    app: FastAPI,
    host: str,
    port: int,
    deadlines: Deadlines,
    most: int = CONNECTIONS,
    *,
    on_each: Mapping[str, str] = ALWAYS,
) -> uvicorn.Server:
    """A server that is not running yet. h11 reads the requests: it is strict, and its limits can be set."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=punctual(deadlines, most, on_each),
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            # A head that comes in one piece passes here up to the size of a read; the front door counts it again.
            h11_max_incomplete_event_size=LARGEST_HEAD,
            backlog=_WAITING,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )


def listening_socket(port: int) -> socket.socket:
    """A socket on loopback at `port`; at a free one when that is taken or 0."""
    try:
        return socket.create_server(("127.0.0.1", port), backlog=_WAITING)
    except OSError:
        return socket.create_server(("127.0.0.1", 0), backlog=_WAITING)
