"""`$validate`: the judgement of a submission without the submission. The same steps as `receive`, nothing is kept.

A resource may come bare or inside Parameters as the parameter `resource`. Paths and positions are those of the body as
received, so findings inside Parameters begin with `Parameters.parameter[n].resource`. Nothing here may write.
"""

from dataclasses import dataclass, replace
from typing import Any

from certgateway import safejson
from certgateway.api.problems import ProblemError
from certgateway.domain.findings import Effect, Finding, Language
from certgateway.domain.message import Origins
from certgateway.engine.findings import Fault
from certgateway.fhir import bundle
from certgateway.fhir.bundle import FhirFormat, Opened
from certgateway.fhir.outcome import operation_outcome
from certgateway.safejson import Unreadable
from certgateway.services.examine import Examined, Judgement, examine, judge_examined, validation_facts
from certgateway.services.gateway import Gateway
from certgateway.services.look_up import standing_of
from certgateway.services.report import text_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Validated:
    """`outcome` is the OperationOutcome as a tree; `judged` is False for a body that could not be read."""

    outcome: Json
    judged: bool


def validate(
    raw: bytes, form: FhirFormat, gateway: Gateway, language: Language, detached: tuple[str, ...] = ()
) -> Validated:
    """Judge one body as from a trusted sender, at this moment, with nothing received before.

    A signature that came beside it (`detached`) is about a resource, and never about Parameters around one.
    ProblemError for Parameters with two resources.
    """
    wrapped = _wrapped(raw, form, gateway) if b"Parameters" in raw else None
    if wrapped is not None:
        opened, place, inner = wrapped
        examined, judgement = _judged(safejson.write(inner), "fhir-json", gateway, detached)
        findings = _moved(examined, judgement, opened, place)
        return Validated(operation_outcome(findings, language, text_of), judged=True)
    examined, judgement = _judged(raw, form, gateway, detached)
    return Validated(operation_outcome(judgement.findings, language, text_of), judged=not examined.unreadable)


def _judged(raw: bytes, form: FhirFormat, gateway: Gateway, detached: tuple[str, ...]) -> tuple[Examined, Judgement]:
    house, at = gateway.house, gateway.clock()
    examined = examine(raw, form, house, at, detached)
    facts = replace(validation_facts(house, at), author=standing_of(examined, at, gateway))
    return examined, judge_examined(examined, facts, house.policies[examined.format])


def _wrapped(raw: bytes, form: FhirFormat, gateway: Gateway) -> tuple[Opened, str, Json] | None:
    """The opened Parameters, the place of the resource in it, and the resource; None when it is no such wrapping."""
    try:
        bounds = gateway.house.bounds
        opened = bundle.open_message(raw, form, gateway.house.definitions, bounds.json, bounds.xml)
    except Unreadable:
        return None  # Told by the judgement of the bare body.
    if opened.tree.get("resourceType") != "Parameters":
        return None
    parameters = opened.tree.get("parameter")
    named = [
        (index, parameter)
        for index, parameter in enumerate(parameters if isinstance(parameters, list) else ())
        if isinstance(parameter, dict) and parameter.get("name") == "resource"
    ]
    if len(named) > 1:
        raise ProblemError("parameter-told-twice")
    for index, parameter in named:
        inner = parameter.get("resource")
        if isinstance(inner, dict):
            return opened, f"Parameters.parameter[{index}].resource", inner
    return None


def _moved(examined: Examined, judgement: Judgement, opened: Opened, place: str) -> list[Finding]:
    """Findings of the inner resource at their places in the body, and faults of the body's own XML form."""
    root = str(examined.opened.tree.get("resourceType")) if isinstance(examined.opened, Opened) else ""
    gone = tuple(_path(removal.path, place, root) for removal in examined.removed)
    form = [_formal(fault) for fault in opened.faults if not fault.path.startswith(gone)]
    inner = [
        replace(finding, path=_path(finding.path, place, root), line=None, column=None)
        for finding in judgement.findings
    ]
    return bundle.locate([*form, *inner], Origins(), opened)


def _path(path: str | None, place: str, root: str) -> str:
    return place if path is None else place + path.removeprefix(root)


def _formal(fault: Fault) -> Finding:
    effect = Effect.REFUSE if fault.severity == "error" else Effect.NOTE
    return Finding(
        fault.kind, effect, path=fault.path, expected=fault.expected, detail=dict(fault.detail), culprit=fault.culprit
    )
