"""Any FHIR resource against any profiles, for `certgateway validate --profiles`: conformance and nothing else.

The reports have the form that every format prints. Nothing here may load what only a certificate needs: this command
runs once a file in somebody's build.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from certgateway.cli.sources import LARGEST, NOT_READ, Sources
from certgateway.domain.errors import MisconfiguredError
from certgateway.domain.findings import Effect, Finding, Language
from certgateway.engine import (
    Definitions,
    UnusableDefinitionsError,
    action,
    gaps,
    load_base,
    load_profiles,
    text,
    validate,
)
from certgateway.engine.validation import Located, looks_like_xml, refused_at
from certgateway.safejson import Unreadable

Json = dict[str, Any]
OUR_PROFILES = Path(__file__).parent.with_name("profiles")
_EFFECTS = {"error": Effect.REFUSE, "warning": Effect.NOTE, "information": Effect.NOTE}
_TOLD = 20
"""Gaps that are told without being asked for; the rest is a number."""


def definitions_of(paths: list[str], profiles: list[str]) -> Definitions:
    """Base R4 and the definitions at these paths, ours where there are none; every profile asked for is among them."""
    try:
        places = [Path(path) for path in paths] or [OUR_PROFILES]
        definitions = load_profiles(places, load_base())
    except UnusableDefinitionsError as refusal:
        raise MisconfiguredError(str(refusal)) from refusal
    for url in profiles:
        if definitions.profile(url) is None:
            raise MisconfiguredError(f"no such profile among the definitions: {url}")
    return definitions


def reports(sources: Sources, definitions: Definitions, profiles: list[str], language: Language) -> Iterator[Json]:
    """One report a resource."""
    for name, raw in sources:
        format_ = "fhir-xml" if looks_like_xml(raw) else "fhir-json"
        if name in sources.unread:
            yield _report(name, "unknown", [_not_read(language)])
            continue
        try:
            found = validate(raw[: LARGEST + 1], definitions, profiles=profiles)
        except Unreadable as refusal:
            yield _report(name, format_, [_unreadable(refusal, definitions, language)])
        else:
            yield _report(name, format_, [_finding(each, language) for each in found])


def tell_gaps(definitions: Definitions, *, everything: bool) -> None:
    """Say on standard error what the definitions ask for and nobody judged: of those that were used, or of all."""
    used = None if everything else definitions.used_profiles()
    found = gaps(definitions, used)
    for gap in found if everything else found[:_TOLD]:
        sys.stderr.write(f"certgateway: not judged: {gap.kind}: {gap.what} ({gap.subject or 'no canonical'})\n")
    if not everything and len(found) > _TOLD:
        sys.stderr.write(f"certgateway: not judged: {len(found) - _TOLD} more; --gaps lists all\n")


def _report(name: str, format_: str, findings: list[Json]) -> Json:
    rejected = any(finding["severity"] == "error" for finding in findings)
    return {
        "file": name,
        "format": format_,
        "message_id": None,
        "verdict": "rejected" if rejected else "accepted",
        "findings": findings,
        "removed": [],
        "withheld": [],
    }


def _finding(located: Located, language: Language) -> Json:
    fault = located.fault
    data: Json = {
        "rule": fault.kind,
        "severity": fault.severity,
        "effect": _EFFECTS[fault.severity].label,
        "path": fault.path,
        "expected": fault.expected,
        "line": located.line,
        "column": located.column,
        "text": text(fault, language),
        "action": action(fault, language),
    }
    return {key: value for key, value in data.items() if value is not None}


def _not_read(language: Language) -> Json:
    from certgateway.services.report import finding_data  # noqa: PLC0415  As below.

    return finding_data(Finding(NOT_READ, Effect.REFUSE), language)


def _unreadable(refusal: Unreadable, definitions: Definitions, language: Language) -> Json:
    # The texts of what cannot be read stand among the rules, which a readable resource does not need.
    from certgateway.services.report import finding_data  # noqa: PLC0415

    path = refused_at(refusal, definitions)
    finding = Finding(refusal.id, Effect.REFUSE, path=path, line=refusal.line, column=refusal.column)
    return finding_data(finding, language)
