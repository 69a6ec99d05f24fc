"""Ways to name a benefit: in a coding, a concept, an extension, a narrative, a reference, a resource. Data, no walking.

Every way takes a token and gives a value of the FHIR type it is for. This module knows no message and no place in one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from certgateway.domain.vocabulary.benefits import BENEFIT_RESOURCE_TYPES

Json = dict[str, Any]
Value: TypeAlias = Any
Make = Callable[[str], Value]
Promise = Literal["removed", "named", "silent"]
"""What the sender is told: `removed` by name, `named` as removed or not carried, `silent` for transport."""

BENEFIT_SYSTEM = "https://certgateway.example/fhir/CodeSystem/benefit-type"
OTHER_SYSTEM = "urn:oid:2.16.578.1.12.4.1.1.8888"
ICPC_2 = "urn:oid:2.16.578.1.12.4.1.1.7170"
XHTML = "http://www.w3.org/1999/xhtml"
EPJ = "https://epj.example/fhir"

_TEXTS = ("AAP {}", "Uføretrygd ({})", "søker arbeidsavklaringspenger, {}", "{} disability pension", "sykepenger/{}")


@dataclass(frozen=True, slots=True)
class Seed:
    """A value with a benefit in it, for one type."""

    kind: str
    promise: Promise
    make: Make


def text(word: str) -> str:
    return _TEXTS[int(re.sub("[^0-9]", "", word)) % len(_TEXTS)].format(word)


def _coding(**members: str) -> Make:
    return lambda word: {name: text.format(word) for name, text in members.items()}


CODINGS: tuple[Seed, ...] = tuple(
    Seed(f"coding-{name}", "removed", make)
    for name, make in (
        ("system", _coding(system=BENEFIT_SYSTEM, code="{}")),
        ("code", _coding(system=OTHER_SYSTEM, code="AAP-{}")),
        ("display", _coding(system=OTHER_SYSTEM, code="{}", display="Uføretrygd")),
        ("display-alone", _coding(display="Arbeidsavklaringspenger {}")),
        ("system-url", _coding(system=EPJ + "/CodeSystem/foreslått-ytelse/{}", code="2")),
        ("clinical-system", _coding(system=ICPC_2, code="AAP-{}")),
        ("tick", _coding(system=EPJ + "/typeTiltak", code="2", display="{}")),
    )
)


def _concept(make: Make) -> Make:
    return lambda word: {"coding": [make(word)]}


CONCEPTS: tuple[Seed, ...] = (
    *(Seed(seed.kind, "removed", _concept(seed.make)) for seed in CODINGS),
    Seed("concept-text", "removed", lambda word: {"text": text(word)}),
    Seed(
        "concept-text",
        "removed",
        lambda word: {"coding": [{"system": OTHER_SYSTEM, "code": f"AAP-{word}"}], "text": text(word)},
    ),
)


def _nested(word: str) -> Json:
    parts = [
        {"url": "hva", "valueCodeableConcept": CONCEPTS[1].make(word)},
        {"url": "svar", "valueBoolean": True},
        {"url": "mer", "extension": [{"url": "ytelse", "valueCoding": CODINGS[0].make(word)}]},
    ]
    return {"url": f"{EPJ}/StructureDefinition/tillegg", "extension": parts}


def _valued(kind: str, make: Make) -> Make:
    return lambda word: {"url": f"{EPJ}/StructureDefinition/tillegg", f"value{kind}": make(word)}


_WHOLE_EXTENSIONS: tuple[Seed, ...] = (
    Seed("extension-url", "removed", lambda w: {"url": f"{EPJ}/StructureDefinition/uforetrygd/{w}", "valueInteger": 1}),
    Seed("extension-coding", "removed", _valued("Coding", CODINGS[1].make)),
    Seed("extension-concept", "removed", _valued("CodeableConcept", CONCEPTS[0].make)),
    Seed("extension-concept", "removed", _valued("CodeableConcept", CONCEPTS[7].make)),
    Seed("extension-reference", "removed", _valued("Reference", lambda word: {"display": text(word)})),
)
_OTHER_EXTENSIONS: tuple[Seed, ...] = (
    Seed("extension-nested", "removed", _nested),
    Seed("extension-string", "named", _valued("String", text)),
    Seed("extension-code", "named", _valued("Code", lambda word: f"AAP-{word}")),
)


def extensions(key: str) -> tuple[Seed, ...]:
    """Ways to plant an extension; of an unknown modifier nothing may be left, since it could not be ignored."""
    if key == "modifierExtension":
        return tuple(Seed(f"modifier-{seed.kind}", seed.promise, seed.make) for seed in _WHOLE_EXTENSIONS)
    return (*_WHOLE_EXTENSIONS, *_OTHER_EXTENSIONS)


def _div(inner: str) -> Make:
    return lambda word: {"status": "generated", "div": f'<div xmlns="{XHTML}">{inner.format(word)}</div>'}


NARRATIVES: tuple[Seed, ...] = (
    Seed("narrative", "removed", _div("<p>Pasienten bør få AAP.</p><p>{}</p>")),
    Seed("narrative-hidden", "named", _div("<p>A<b>A</b>P {}</p>")),
)


def _reference(url: str) -> Make:
    return lambda word: {"reference": url.format(word)}


REFERENCES: tuple[Seed, ...] = (
    Seed("reference-display", "removed", lambda word: {"display": text(word)}),
    Seed("reference-elsewhere", "removed", _reference("https://nav.example/fhir/Coverage/{}")),
    Seed("reference-elsewhere", "removed", _reference("Claim/{}")),
    Seed("reference-type", "removed", lambda word: {"type": "Coverage", "identifier": {"value": word}}),
    Seed(
        "reference-identifier",
        "removed",
        lambda word: {"identifier": {"type": {"coding": [{"system": BENEFIT_SYSTEM, "code": word}]}}},
    ),
)


def _benefit_resource(kind: str) -> Make:
    return lambda word: {"resourceType": kind, "id": f"c-{word}", "language": "nb", "status": "active"}


def _coded(kind: str, member: str = "code", **beside: Value) -> Make:
    def made(word: str) -> Json:
        concept = {"coding": [{"system": OTHER_SYSTEM, "code": f"AAP-{word}"}]}
        return {"resourceType": kind, "id": f"c-{word}", **beside, member: concept}

    return made


RESOURCES: tuple[Seed, ...] = (
    *(Seed(f"resource-{kind}", "removed", _benefit_resource(kind)) for kind in sorted(BENEFIT_RESOURCE_TYPES)),
    Seed("coded-Observation", "removed", _coded("Observation", status="final")),
    Seed("coded-Observation-value", "removed", lambda word: {
        "resourceType": "Observation", "id": f"c-{word}", "status": "final",
        "code": {"coding": [{"system": OTHER_SYSTEM, "code": "gjelder"}]},
        "valueCodeableConcept": {"coding": [{"system": BENEFIT_SYSTEM, "code": word}]},
    }),
    Seed("coded-Condition", "removed", _coded("Condition", subject={"display": "x"})),
    Seed("coded-ServiceRequest", "removed", _coded(
        "ServiceRequest", status="active", intent="proposal", subject={"display": "x"})),
    Seed("coded-Task", "removed", _coded("Task", status="requested", intent="proposal")),
    Seed("coded-Basic", "removed", _coded("Basic")),
    Seed("coded-CarePlan", "removed", lambda word: {
        "resourceType": "CarePlan", "id": f"c-{word}", "status": "active", "intent": "plan",
        "subject": {"display": "x"}, "activity": [{"detail": {
            "code": {"coding": [{"system": BENEFIT_SYSTEM, "code": word}]}, "status": "not-started"}}],
    }),
)  # fmt: skip
# A contained resource must be referred to (dom-3), so only one that goes whole can stand there by itself.
CONTAINED = tuple(seed for seed in RESOURCES if seed.kind != "coded-CarePlan")


def _activity(make: Make) -> Make:
    return lambda word: {"detail": {"code": make(word), "status": "not-started"}}


ACTIVITIES = tuple(Seed(f"activity-{seed.kind}", "removed", _activity(seed.make)) for seed in CONCEPTS)
