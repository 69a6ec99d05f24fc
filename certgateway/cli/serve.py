"""`certgateway serve`: the gateway as a service, with the settings of the environment or a TOML file.

Listens on this machine only, unless callers and senders are known. Log lines are JSON on standard error.
"""

import argparse
import ipaddress
import logging
import signal
import sys
from pathlib import Path

from certgateway import bootstrap
from certgateway.api.observation import headers_at
from certgateway.app import create_app
from certgateway.cli.deadlines import Deadlines
from certgateway.cli.listening import log_to_stderr, server_for
from certgateway.config import Settings, load_settings
from certgateway.domain.errors import MisconfiguredError


def run(options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; requests that have begun are answered first."""
    settings = load_settings(Path(options.settings) if options.settings else None)
    check_host(settings)
    log_to_stderr(logging.INFO)
    gateway = bootstrap.build_gateway(settings)
    try:
        deadlines = Deadlines(settings.head_seconds, settings.body_seconds, settings.request_seconds)
        app = create_app(gateway, settings)
        most, on_each = settings.connections_at_once, headers_at(settings.address)
        server = server_for(app, settings.host, settings.port, deadlines, most, on_each=on_each)
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


def check_host(settings: Settings) -> None:
    """Raises MisconfiguredError for an address that other machines can reach, unless callers and senders are known.

    The gateway speaks no TLS: whoever opens it to others has something in front of it that does, at `public_url`.
    """
    try:
        is_local = settings.host == "localhost" or ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        is_local = False
    demanded = {
        "issuers": bool(settings.issuers),
        "senders": bool(settings.senders),
        'unregistered_senders = "refuse"': settings.unregistered_senders == "refuse",
        "public_url = https://...": (settings.public_url or "").startswith("https://"),
    }
    lacking = [name for name, is_there in demanded.items() if not is_there]
    if not is_local and lacking:
        raise MisconfiguredError(
            "host: other machines may reach the gateway only where it knows its callers and senders; use 127.0.0.1 or "
            f"::1, or set {', '.join(lacking)}"
        )
