"""`certgateway validate`: every message judged, every finding printed, nothing kept. No database and no network."""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from certgateway import bootstrap
from certgateway.cli.formats import render
from certgateway.cli.sources import LARGEST, Sources
from certgateway.domain.errors import MisconfiguredError
from certgateway.services.examine import detect_format, examine, examine_resource, judge_examined, validation_facts
from certgateway.services.report import report

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
    if options.profiles or options.profile:
        definitions = bootstrap.definitions_of(Path(options.profiles)) if options.profiles else bootstrap.definitions()
        for name, raw in sources:
            examined, judgement = examine_resource(raw, detect_format(raw), definitions, tuple(options.profile))
            yield report(name, examined, judgement, options.lang)
        return
    house = bootstrap.build_house()
    facts = validation_facts(house, at)
    for name, raw in sources:
        examined = examine(raw[: LARGEST + 1], detect_format(raw), house)
        yield report(name, examined, judge_examined(examined, facts, house.policies[examined.format]), options.lang)


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
