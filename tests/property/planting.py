"""Where benefit content can stand in a good message: every place R4 allows, found from the type facts.

A place is one node that the message does not have and R4 lets it have: an item more in a list, or an element that is
absent. Each is planted with a benefit (by name, code, system, URL or resource type) and a token of its own. The prose
that the gateway keeps is left alone. This module judges nothing and knows no path of the gateway's answer.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import NAMESPACE_URL, uuid5

from certgateway.engine.definitions.definitions import Definitions
from certgateway.engine.definitions.facts import ElementFacts, TypeFacts
from tests.property.planting_ways import (
    ACTIVITIES,
    CODINGS,
    CONCEPTS,
    CONTAINED,
    NARRATIVES,
    OTHER_SYSTEM,
    REFERENCES,
    RESOURCES,
    Json,
    Make,
    Promise,
    Seed,
    Value,
    extensions,
    text,
)

Key: TypeAlias = str | int

MARK = "qzkanari"
TOKEN = re.compile(MARK + "[0-9]{6}z")


# Prose of the doctor: kept as written and withheld by sentence, so no place for this test (domain.md 5.3).
PROSE = frozenset(
    {
        "Annotation.text",
        "Observation.valueString",
        "Observation.component.valueString",
        "CarePlan.activity.detail.description",
        "RiskAssessment.mitigation",
    }
)
# A code, display, text, title or URL is looked at for benefit names; other texts are merely not carried.
LABELS = frozenset({"code", "display", "implicitRules", "text", "title", "url"})
# How a message travels, and what people and places are called: read from registers by number, so not reported as lost.
TRANSPORT = frozenset(
    {
        *(
            "Bundle.type",
            "Bundle.timestamp",
            "Bundle.signature",
            "Bundle.entry.fullUrl",
            "Composition.type",
            "Composition.subject",
        ),
        *(f"MessageHeader.{name}" for name in ("eventCoding", "destination", "sender", "source", "focus")),
        *("MessageHeader.author", "MessageHeader.responsible"),
        *(f"Meta.{name}" for name in ("profile", "versionId", "lastUpdated", "source")),
        *(f"{kind}.{name}" for kind in ("Practitioner", "Organization") for name in ("name", "telecom", "address")),
        *("PractitionerRole.telecom", "Identifier.use", "Identifier.type", "Quantity.unit", "Duration.unit"),
        *("Reference.reference", "Reference.type", "Reference.identifier"),
        # What FHIR demands of every statement beside what it says.
        *(
            f"{kind}.{name}"
            for kind in (
                "Observation",
                "Condition",
                "CarePlan",
                "RiskAssessment",
                "ClinicalImpression",
                "DocumentReference",
            )
            for name in ("id", "status", "subject")
        ),
    }
)
# What R4 does not let a certificate message have, however it is filled: requests and responses in a message (bdl-3,
# bdl-4), a past diagnosis that is current (con-4), a value beside the reason why there is none (obs-6).
# An extension's URL is an attribute in XML; a reference must lead to something in the message.
NOT_ALLOWED = frozenset(
    {
        "Bundle.entry.request",
        "Bundle.entry.response",
        "Bundle.entry.search",
        "Extension.url",
        "Reference.reference",
        "CarePlan.activity.detail.scheduledString",
    }  # the last: our profile wants a period
)
# Each item of these is a statement that is carried: only an item that is a benefit as a whole can be planted there.
STATEMENTS = frozenset(
    {
        *("CarePlan.activity", "DocumentReference.content", "RiskAssessment.prediction"),
        # A further answer is prose of the doctor, or stands beside items where R4 allows none.
        "QuestionnaireResponse.item.answer",
    }
)
# Amounts must be whole to be valid, and a new note is prose: benefit content is planted in those that are there.
_NOT_NESTED = frozenset({"Quantity", "Age", "Count", "Distance", "Duration", "Money", "Range", "Ratio", "SampledData",
                         "Annotation", "Signature", "Timing"})  # fmt: skip
_DEEP = 2
_UNPLANTABLE = frozenset({"base64Binary", "boolean", "date", "dateTime", "decimal", "instant", "integer", "time"})
_NUMBERS = frozenset({"positiveInt", "unsignedInt", "xhtml"})


@dataclass(frozen=True, slots=True)
class Place:
    """One place: `keys` lead to the object that gets the member `name`; `site` is the same place in every message."""

    kind: str
    site: str
    keys: tuple[Key, ...]
    name: str
    repeats: bool
    promise: Promise
    make: Make
    chain: tuple[str, ...]
    index: int | None = None

    @property
    def slot(self) -> tuple[Key, ...]:
        """Two places with one slot cannot be planted in one message."""
        return (*self.keys, self.name) if not self.repeats else (*self.keys, self.name, self.site)


def token(number: int) -> str:
    """A word that occurs nowhere else; the same length for every number."""
    return f"{MARK}{number:06d}z"


def planted(tree: Json, places: Sequence[Place], first: int = 0, *, at_front: bool = False) -> Json:
    """A copy of the message with a benefit at each of the places; the tokens are numbered from `first`."""
    copy = deepcopy(tree)
    # Found before anything is planted, since what stands at the front moves the rest.
    parents = [follow(copy, place.keys) for place in places]
    for number, (place, parent) in enumerate(zip(places, parents, strict=True), first):
        value = place.make(token(number))
        if place.index is not None:
            row = parent.setdefault(place.name, [])
            row += [None] * (place.index + 1 - len(row))
            row[place.index] = value
        elif place.repeats:
            items = parent.setdefault(place.name, [])
            items.insert(0 if at_front else len(items), value)
        else:
            parent[place.name] = value
    return copy


def follow(node: Value, keys: Iterable[Key]) -> Value:
    """The node that the keys lead to."""
    for key in keys:
        node = node[key]
    return node


def batches(places: Iterable[Place], size: int) -> Iterator[list[Place]]:
    """All places, at most `size` together, and no two of one slot in the same batch."""
    rounds: dict[int, list[Place]] = {}
    used: dict[tuple[Key, ...], int] = {}
    for place in places:
        turn = used[place.slot] = used.get(place.slot, -1) + 1
        rounds.setdefault(turn, []).append(place)
    for listed in rounds.values():
        yield from (listed[start : start + size] for start in range(0, len(listed), size))


@dataclass(frozen=True, slots=True)
class _Spot:
    """A member an object may have: its element and type, the object's type and keys, and all that stands around."""

    key: str
    element: ElementFacts
    kind: str
    facts: TypeFacts
    keys: tuple[Key, ...]
    chain: tuple[str, ...]

    @property
    def site(self) -> str:
        return f"{self.facts.name}.{self.key}"


class Planter:
    """Finds the places of a message. `rotation` chooses which of several ways to name a benefit each place gets."""

    def __init__(self, definitions: Definitions, rotation: int = 0) -> None:
        self.definitions = definitions
        self.turn = rotation

    def places(self, tree: Json) -> Iterator[Place]:
        """Every place of the message, in document order."""
        yield from _entries()
        for place in self._object(tree, (), str(tree["resourceType"]), ()):
            silent = place.promise == "named" and not TRANSPORT.isdisjoint(place.chain)
            yield replace(place, promise="silent") if silent else place

    def _type(self, code: str) -> TypeFacts | None:
        return self.definitions.type(code)

    def _next(self, ways: Sequence[Seed]) -> Seed:
        self.turn += 1
        return ways[self.turn % len(ways)]

    # ---- walking what is there ----

    def _object(self, value: Json, keys: tuple[Key, ...], code: str, chain: tuple[str, ...]) -> Iterator[Place]:
        facts = self._type(str(value.get("resourceType", code)))
        if facts is None:
            return
        for key, (element, kind) in facts.keys.items():
            spot = _Spot(key, element, kind, facts, keys, (*chain, f"{facts.name}.{key}"))
            if key in value:
                yield from self._present(value[key], spot)
            elif not self._excluded(value, facts, element):
                yield from self._absent(spot)

    def _excluded(self, value: Json, facts: TypeFacts, element: ElementFacts) -> bool:
        """Whether what stands there already leaves no room: a choice, obs-6, ext-1, qrs-1, a reference."""
        if facts.name == "Reference" and element.name == "type":
            return "reference" in value
        if facts.name == "QuestionnaireResponse.item" and element.name in {"item", "answer"}:
            return "item" in value or "answer" in value
        if facts.name == "Extension" and element.name == "extension":
            return any(key.startswith(("value", "_value")) for key in value)
        if not element.choice:
            return False
        taken = "dataAbsentReason" in value or (facts.name == "Extension" and "extension" in value)
        return taken or _spelled(value, facts, element)

    def _present(self, value: Value, spot: _Spot) -> Iterator[Place]:
        listed = isinstance(value, list)
        items = value if listed else [value]
        for index, item in enumerate(items):
            if isinstance(item, dict):
                keys = (*spot.keys, spot.key, index) if listed else (*spot.keys, spot.key)
                yield from self._object(item, keys, spot.kind, spot.chain)
        if not isinstance(items[-1], dict) and spot.kind != "xhtml" and spot.site not in NOT_ALLOWED:
            yield self._beside_primitive(spot, len(items) - 1 if listed else None)
        if spot.element.repeats and spot.site != "Bundle.entry":
            yield from self._absent(spot)

    def _beside_primitive(self, spot: _Spot, index: int | None) -> Place:
        """An extension of the text, number or truth value that stands here."""
        seed = self._next(extensions("extension"))
        return Place(
            kind=f"primitive-{seed.kind}",
            site=f"{spot.facts.name}._{spot.key}",
            keys=spot.keys,
            name=f"_{spot.key}",
            repeats=False,
            promise=seed.promise,
            make=_extended(seed.make),
            chain=spot.chain,
            index=index,
        )

    def _absent(self, spot: _Spot) -> Iterator[Place]:
        site, element = spot.site, spot.element
        if element.max == 0 or site in PROSE | NOT_ALLOWED or site.startswith("Condition.abatement"):
            return
        if site in STATEMENTS:
            seeds: Iterable[Seed] = ACTIVITIES if site == "CarePlan.activity" else ()
        else:
            seeds = self._seeds(spot.kind, spot.facts, element, spot.key, depth=_DEEP)
        for seed in seeds:
            yield Place(seed.kind, site, spot.keys, spot.key, element.repeats, seed.promise, seed.make, spot.chain)

    # ---- what to plant ----

    def _seeds(self, kind: str, facts: TypeFacts, element: ElementFacts, key: str, *, depth: int) -> Iterator[Seed]:
        if kind == "Extension":
            yield self._next(extensions(key))
        elif kind == "Coding":
            yield self._next(CODINGS)
        elif kind == "CodeableConcept":
            yield self._next(CONCEPTS)
        elif kind == "Narrative":
            yield self._next(NARRATIVES)
        elif kind == "Resource":
            if key == "contained":
                yield self._next(CONTAINED)
        elif kind == "Reference":
            yield self._next(REFERENCES)
        elif (below := self._type(kind)) is not None and below.kind == "primitive-type":
            yield from _primitive(kind, facts, element)
        elif below is not None and depth and kind not in _NOT_NESTED:
            yield from self._nested(below, depth)

    def _nested(self, facts: TypeFacts, depth: int) -> Iterator[Seed]:
        """An absent element of a complex type, with the benefit in one of its members and what must stand beside it."""
        listed = [
            (key, element, kind)
            for key, (element, kind) in facts.keys.items()
            if f"{facts.name}.{key}" not in PROSE and key not in {"id", "extension", "modifierExtension"}
        ]
        for key, element, kind in listed:
            for seed in self._seeds(kind, facts, element, key, depth=depth - 1):
                beside = self._beside(facts, element.name)
                if beside is not None:
                    silent = seed.promise == "named" and f"{facts.name}.{key}" in TRANSPORT
                    promise: Promise = "silent" if silent else seed.promise
                    yield Seed(seed.kind, promise, _member(key, seed.make, beside, element))

    def _beside(self, facts: TypeFacts, without: str) -> Json | None:
        """The least that the type demands beside the member planted; None when that cannot be made up."""
        made: Json = {"system": "other"} if facts.name == "ContactPoint" and without != "system" else {}
        for element in facts.children.values():
            if element.min and element.name != without:
                key, kind = element.spellings()[0]
                value = self._least(kind, element)
                if value is None:
                    return None
                made[key] = [value] if element.repeats else value
        return made

    def _least(self, kind: str, element: ElementFacts) -> Value | None:
        simple: dict[str, Value] = {
            "string": "x", "markdown": "x", "uri": "urn:x:y", "url": "urn:x:y", "canonical": "urn:x:y", "boolean": True,
            "CodeableConcept": {"coding": [{"system": OTHER_SYSTEM, "code": "x"}]}, "dateTime": "2026-10-20",
            "date": "2026-10-20", "instant": "2026-10-20T08:00:00Z", "positiveInt": 1, "unsignedInt": 1, "integer": 1,
        }  # fmt: skip
        if kind == "code" and element.binding is not None:
            codes = self.definitions.value_set(element.binding.value_set) or {}
            return next((code for listed in codes.values() for code in sorted(listed)), None)
        return deepcopy(simple.get(kind))


def _entries() -> Iterator[Place]:
    """Entries of their own: benefit resources, and statements that are coded as a benefit."""
    for seed in RESOURCES:
        site = f"Bundle.entry:{seed.kind}"
        yield Place(seed.kind, site, (), "entry", repeats=True, promise="removed", make=_entry(seed.make), chain=())


def _spelled(value: Json, facts: TypeFacts, element: ElementFacts) -> bool:
    return any(known is element and (key in value or f"_{key}" in value) for key, (known, _) in facts.keys.items())


def _member(key: str, make: Make, beside: Json, element: ElementFacts) -> Make:
    def made(word: str) -> Json:
        value = make(word)
        return {**beside, key: [value] if element.repeats else value}

    return made


def _extended(make: Make) -> Make:
    return lambda word: {"extension": [make(word)]}


def _primitive(kind: str, facts: TypeFacts, element: ElementFacts) -> Iterator[Seed]:
    """A text, URL or code; codes that must come from a list have no room for a benefit."""
    if kind in _UNPLANTABLE or kind in _NUMBERS or (element.binding and element.binding.strength == "required"):
        return
    label = (element.name in LABELS and facts.name != "Annotation") or facts.name == "HumanName"
    promise: Promise = "removed" if label else "named"
    name = "label" if label else "string"
    if kind in {"string", "markdown"} and element.name != "id":
        yield Seed(name, promise, text)
    elif kind in {"uri", "url", "canonical"}:
        yield Seed(f"{name}-url", promise, lambda word: f"https://nav.example/uforetrygd/{word}")
    elif kind == "code":
        yield Seed(f"{name}-code", promise, lambda word: f"AAP-{word}")
    elif element.name == "id" or kind == "id":
        yield Seed("id", "silent", lambda word: f"AAP-{word}")


def _entry(make: Make) -> Make:
    return lambda word: {"fullUrl": f"urn:uuid:{uuid5(NAMESPACE_URL, word)}", "resource": make(word)}


def leaves(tree: Value, keys: tuple[Key, ...] = ()) -> Iterator[tuple[tuple[Key, ...], str]]:
    """Where in the tree a token stands: the keys that lead to each text with one in it, and that text."""
    pairs: Iterable[tuple[Key, Value]] = ()
    if isinstance(tree, dict):
        pairs = tree.items()
    elif isinstance(tree, list):
        pairs = enumerate(tree)
    elif isinstance(tree, str) and MARK in tree:
        yield keys, tree
    for key, child in pairs:
        yield from leaves(child, (*keys, key))


def holds_token(node: Value) -> bool:
    """Whether anything below the node holds a token."""
    return MARK in json.dumps(node, default=str)
