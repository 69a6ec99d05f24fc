"""`certgateway receive`: the main job without HTTP. Prints one JSON array of `{file, receipt, assessment}`."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from certgateway import bootstrap
from certgateway.cli.sources import NOT_READ, Sources, signature_beside
from certgateway.domain.body_size import oversize
from certgateway.services.answer import media_type
from certgateway.services.examine import House, detect_format
from certgateway.services.gateway import Gateway
from certgateway.services.receive import Delivery, receive
from certgateway.trust.seal import create_key_file

Json = dict[str, Any]


def run(options: argparse.Namespace) -> int:
    """Receive every message in order; exit 1 when one is rejected or in conflict."""
    refused = False
    separator = "["
    try:
        signatures = bootstrap.signatures_of(
            options.signatures,
            options.trust_anchors,
            revocation=options.revocation,
            rsa_2048_until=options.rsa_2048_until,
        )
        with _gateway(options.database, bootstrap.build_house(signatures=signatures)) as gateway:
            sources = Sources(tuple(options.paths))
            for name, raw in sources:
                row, is_refused = (
                    _unread(name, options) if name in sources.unread else _received(name, raw, gateway, options)
                )
                refused = refused or is_refused
                sys.stdout.write(separator + json.dumps(row, ensure_ascii=False, indent=1))
                separator = ",\n"
    finally:
        # Whatever stopped us: what was received before it stands in a whole array, ahead of the line that tells of it.
        sys.stdout.write("[]\n" if separator == "[" else "]\n")
        sys.stdout.flush()
    return 1 if refused else 0


def _unread(name: str, options: argparse.Namespace) -> tuple[Json, bool]:
    """Of an archive that was not read to its end nothing is kept: it is no message."""
    return _problem(name, NOT_READ, {}, options), True


def _problem(name: str, category: str, detail: dict[str, str], options: argparse.Namespace) -> Json:
    from certgateway.api.problems import plain_details  # noqa: PLC0415  Only this needs what serves HTTP.

    told = plain_details(category, detail, options.lang)
    return {"file": name, "receipt": None, "assessment": None, "problem": told}


def _received(name: str, raw: bytes, gateway: Gateway, options: argparse.Namespace) -> tuple[Json, bool]:
    """What is printed of one message, and whether it was rejected or in conflict.

    What is too large is not kept here either: without a receipt, a problem names the limit.
    """
    too_large = oversize(raw, gateway.house.bounds.size)
    if too_large is not None:
        return _problem(name, too_large.fault, {"limit": str(too_large.limit)}, options), True
    format_ = detect_format(raw)
    delivery = Delivery(raw, format_, media_type(format_), options.lang, detached=signature_beside(name))
    outcome = receive(delivery, gateway)
    row: Json = {"file": name, "receipt": json.loads(outcome.receipt), "assessment": None}
    if options.aev and outcome.case is not None and outcome.verdict not in {None, "rejected"}:
        from certgateway.services.assess import assess  # noqa: PLC0415  Only with --aev.

        row["assessment"] = assess(outcome.case, gateway, options.lang)
    return row, outcome.conflict or outcome.verdict == "rejected"


@contextmanager
def _gateway(database: str | None, house: House) -> Iterator[Gateway]:
    """A gateway on the database given, its key in the file the environment names; or on one that is gone afterwards."""
    if database is not None:
        key_file = Path(os.environ.get("CERTGATEWAY_KEY_FILE", "certgateway.key"))
        if not key_file.exists():
            create_key_file(key_file)
        yield bootstrap.gateway_on(database, key_file, house)
        return
    with tempfile.TemporaryDirectory(prefix="certgateway-") as folder:
        key_file = Path(folder) / "key"
        create_key_file(key_file)
        yield bootstrap.gateway_on(f"sqlite:///{folder}/certgateway.db", key_file, house)
