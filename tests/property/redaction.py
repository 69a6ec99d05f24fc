"""What must hold of a message with benefit content, held against the same message without: used by test_redaction*.py.

A breach is a sentence of ours that names what does not hold; no breach means that redaction kept every promise.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from certgateway import bootstrap, safejson
from certgateway.cli.formats import render
from certgateway.domain.assessment import project
from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Finding, Verdict
from certgateway.domain.record import Version
from certgateway.engine.positions import path_of, resolve
from certgateway.engine.xml import write as xmlwrite
from certgateway.services.examine import House, detect_format, examine, judge_examined, validation_facts
from certgateway.services.report import report
from tests.property.planting import MARK, Place, holds_token, leaves, planted
from tests.property.planting_ways import Json

RECEIVED = datetime(2026, 11, 1, 11, tzinfo=UTC)
CASE = "00000000-0000-4000-8000-000000000001"
TELLING = frozenset({"benefit-removed", "not-carried"})


@dataclass(frozen=True, slots=True)
class Judged:
    """What one message led to. `told` are findings by rule, item and element, but for what tells of removal itself."""

    certificate: Certificate | None
    verdict: Verdict
    told: Counter[tuple[str, str | None, str | None]]
    findings: tuple[Finding, ...]
    removed: tuple[str, ...]
    assessment: str
    text: str


def house() -> House:
    return bootstrap.build_house()


def encoded(tree: Json, house: House, *, xml: bool) -> bytes:
    return xmlwrite.write(tree, house.definitions) if xml else safejson.write(tree)


def judged(raw: bytes, house: House) -> Judged:
    """Examined and judged as `validate` does it, with the assessment data that its certificate gives."""
    examined = examine(raw, detect_format(raw), house)
    judgement = judge_examined(examined, validation_facts(house, RECEIVED), house.policies[examined.format])
    findings = judgement.findings
    told = Counter((found.rule, found.item, found.element) for found in findings if found.rule not in TELLING)
    data = report("message", examined, judgement, "nb")
    return Judged(
        certificate=examined.certificate,
        verdict=judgement.verdict,
        told=told,
        findings=findings,
        removed=tuple(removal.path for removal in examined.removed),
        assessment=_assessment(examined.certificate, judgement.verdict, findings, house),
        text="".join(render([data], "text")) + json.dumps(data["findings"], ensure_ascii=False),
    )


def _assessment(certificate: Certificate | None, verdict: Verdict, findings: tuple[Finding, ...], house: House) -> str:
    if certificate is None:
        return ""
    version = Version(1, "message", RECEIVED, verdict, certificate, findings, current=True)
    made = project(CASE, [version], first_attempt=RECEIVED, now=RECEIVED, titles=house.diagnoses)
    return json.dumps(made, ensure_ascii=False)


def breaches(tree: Json, base: Judged, places: Sequence[Place], house: House, *, xml: bool = False) -> list[str]:
    """What is broken when the places are planted in the tree; `base` is what the tree leads to without them."""
    message = planted(tree, places)
    after = judged(encoded(message, house, xml=xml), house)
    found = [f"the {name} is another one" for name, same in _compared(base, after) if not same]
    found += [f"a finding quotes the message in {name}" for name in ("text",) if MARK in after.text]
    found += _untold(message, after, places, house)
    wrong = [path for path in after.removed if not holds_token(resolve(message, path))]
    return found + [f"{path} was removed, but no benefit stood there" for path in wrong if path not in base.removed]


def _compared(base: Judged, after: Judged) -> Iterator[tuple[str, bool]]:
    yield "certificate", base.certificate == after.certificate
    yield "verdict", base.verdict == after.verdict
    yield f"list of findings {sorted(map(str, after.told - base.told))}", base.told == after.told
    yield "assessment data", base.assessment == after.assessment


def _untold(message: Json, after: Judged, places: Sequence[Place], house: House) -> list[str]:
    """Tokens whose place no finding names as promised."""
    removed = set(after.removed)
    lost = {found.path for found in after.findings if found.rule == "not-carried" and found.path is not None}
    by_token: dict[str, list[str]] = {}
    for keys, text in leaves(message):
        start = text.index(MARK)
        by_token.setdefault(text[start : start + len(MARK) + 7], []).append(path_of(message, keys, house.definitions))
    untold = []
    for number, place in enumerate(places):
        paths = by_token[f"{MARK}{number:06d}z"]
        names = removed if place.promise == "removed" else removed | lost
        told = any(_along(path, name) for path in paths for name in names)
        if place.promise != "silent" and not told:
            untold.append(f"nothing is {place.promise} at {paths[0]}")
    return untold


def _along(one: str, other: str) -> bool:
    """Whether one of the paths is the other, or leads through it."""
    short, long = sorted((one, other.replace("`", "")), key=len)
    return long == short or long.startswith((f"{short}.", f"{short}["))


def culprits(
    tree: Json, base: Judged, places: Sequence[Place], house: House, *, xml: bool = False
) -> Iterator[tuple[Place, list[str]]]:
    """The single places that break something; a batch that holds is not looked into."""
    broken = breaches(tree, base, places, house, xml=xml)
    if not broken:
        return
    if len(places) == 1:
        yield places[0], broken
        return
    half = len(places) // 2
    yield from culprits(tree, base, places[:half], house, xml=xml)
    yield from culprits(tree, base, places[half:], house, xml=xml)
