"""`certgateway serve`: the gateway as a service, with the settings of the environment or a TOML file.

Listens on this machine only until senders can be verified. Log lines are JSON on standard error.
"""

import argparse
import ipaddress
import logging
import signal
import sys
from pathlib import Path

from certgateway import bootstrap
from certgateway.app import create_app
from certgateway.cli.deadlines import Deadlines
from certgateway.cli.listening import log_to_stderr, server_for
from certgateway.config import load_settings
from certgateway.domain.errors import MisconfiguredError


def run(options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; requests that have begun are answered first."""
    settings = load_settings(Path(options.settings) if options.settings else None)
    check_host(settings.host)
    log_to_stderr(logging.INFO)
    gateway = bootstrap.build_gateway(settings)
    try:
        deadlines = Deadlines(settings.head_seconds, settings.body_seconds, settings.request_seconds)
        app = create_app(gateway, settings)
        server = server_for(app, settings.host, settings.port, deadlines, settings.connections_at_once)
        sys.stderr.write(f"certgateway: listening on http://{settings.host}:{settings.port}\n")
        _end_quietly()
        server.run()
    finally:
        gateway.store.close()
    return 0 if server.started else 2


def _end_quietly() -> None:
    """Uvicorn stops on these signals and raises them once more when done; what is left then is to close the store."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)


def check_host(host: str) -> None:
    """Raises MisconfiguredError for an address that other machines can reach."""
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise MisconfiguredError(
            "host: senders cannot be verified yet, so the gateway listens on this machine only; use 127.0.0.1 or ::1"
        )
