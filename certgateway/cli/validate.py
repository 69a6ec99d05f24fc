"""`certgateway validate`: every message judged, every finding printed, nothing kept. No database and no network."""

import argparse
import gc
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Self

from certgateway.cli.formats import render
from certgateway.cli.sources import LARGEST, NOT_READ, Sources, signature_beside
from certgateway.domain.errors import MisconfiguredError

Json = dict[str, Any]
_FAILING = {"error": {"error"}, "warning": {"error", "warning"}}


def run(options: argparse.Namespace) -> int:
    """Judge, print, and tell by the exit code whether something at or above the level was found."""
    sources = Sources(tuple(options.paths))
    failed = False
    stop = _Stop()

    def noted() -> Iterator[Json]:
        nonlocal failed
        with stop:
            for judged in _judged(sources, options):
                failed = failed or any(found["severity"] in _FAILING[options.fail_on] for found in judged["findings"])
                yield judged

    for piece in render(noted(), options.format):
        sys.stdout.write(piece)
    sys.stdout.flush()
    if stop.fault is not None:
        raise stop.fault
    if options.format == "text" and not _is_conformance(options):
        # Programs that read the other formats know the command; whoever reads this may take silence for an answer.
        sys.stderr.write("certgateway: no author was looked up in the register of health personnel (HPR)\n")
    if sources.others:
        sys.stderr.write(f"certgateway: {sources.others} other files were not read\n")
    return 1 if failed else 0


class _Stop:
    """Holds the fault that ended the reports until what is told of the others has been printed whole."""

    fault: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, fault: BaseException | None, __: object) -> bool:
        self.fault = fault if isinstance(fault, Exception) else None
        return self.fault is not None


def _judged(sources: Sources, options: argparse.Namespace) -> Iterator[Json]:
    at = _instant(options.at)
    if _is_conformance(options):
        if options.signatures != "ignore":
            raise MisconfiguredError("--signatures is for certificates; it cannot be given with --profiles")
        yield from _conformance(sources, options)
        return
    # What is made here lives as long as the process: the collector would only go through it again and again.
    gc.disable()
    # What only a certificate needs is loaded for certificates only.
    from certgateway import bootstrap  # noqa: PLC0415
    from certgateway.services.examine import (  # noqa: PLC0415
        detect_format,
        examine,
        judge_examined,
        not_read,
        validation_facts,
    )
    from certgateway.services.report import report  # noqa: PLC0415

    house = bootstrap.build_house(
        signatures=bootstrap.signatures_of(
            options.signatures,
            options.trust_anchors,
            revocation=options.revocation,
            rsa_2048_until=options.rsa_2048_until,
        )
    )
    gc.freeze()
    gc.enable()
    facts = validation_facts(house, at)
    for name, raw in sources:
        beside = () if house.signatures is None else signature_beside(name)
        if name in sources.unread:
            examined = not_read(NOT_READ)
        else:
            examined = examine(raw[: LARGEST + 1], detect_format(raw), house, at, beside)
        yield report(name, examined, judge_examined(examined, facts, house.policies[examined.format]), options.lang)


def _is_conformance(options: argparse.Namespace) -> bool:
    return bool(options.profiles or options.profile or options.gaps)


def _conformance(sources: Sources, options: argparse.Namespace) -> Iterator[Json]:
    from certgateway.cli import conformance  # noqa: PLC0415  As above: the one or the other is loaded.

    definitions = conformance.definitions_of(options.profiles, options.profile)
    yield from conformance.reports(sources, definitions, options.profile, options.lang)
    conformance.tell_gaps(definitions, everything=options.gaps)


def _instant(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min  # noqa: DTZ901  Only to take the refusal below.
    if moment.tzinfo is None:
        raise MisconfiguredError("--at takes a time with zone, such as 2026-11-01T12:00:00+01:00")
    return moment
