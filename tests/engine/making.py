"""Makes elements and resources from the fact table by seeded dice, and changes them: the same in every run.

What is made has the structure that R4 gives it, sample values and codes from its required value sets; it keeps no
invariant on purpose, so that invariants are met both kept and broken.
"""

from __future__ import annotations

import copy
from random import Random
from typing import Any, Final

from certgateway.engine.definitions.definitions import load_base
from certgateway.engine.definitions.facts import ElementFacts, TypeFacts

Json = Any
BASE: Final = load_base()
# Two or more of each, so that comparing and counting has something to do.
VALUES: Final[dict[str, tuple[Json, ...]]] = {
    "boolean": (True, False),
    "integer": (0, 1, 7),
    "positiveInt": (1, 2, 7),
    "unsignedInt": (0, 1, 7),
    "decimal": (0.5, 1.5, 100.0, 2.0),
    "string": ("x", "name one", "Name1", "a.b"),
    "markdown": ("text", "*more*"),
    "uri": ("urn:x:1", "http://example.org/one"),
    "url": ("http://example.org/one", "http://example.org/two"),
    "canonical": ("http://example.org/one", "http://example.org/two|1.0"),
    "oid": ("urn:oid:1.2.3", "urn:oid:2.16.578"),
    "uuid": ("urn:uuid:c757873d-ec9a-4326-a141-556f43239520",),
    "id": ("a", "b-1"),
    "code": ("a", "b"),
    "date": ("2020-01-01", "2020-06", "2021"),
    "dateTime": ("2020-01-01", "2020-06-01T10:00:00Z", "2021"),
    "instant": ("2020-01-01T10:00:00Z", "2021-01-01T10:00:00.5+02:00"),
    "time": ("10:00:00", "23:59:59"),
    "base64Binary": ("QUJD",),
    "xhtml": ('<div xmlns="http://www.w3.org/1999/xhtml">text</div>',),
    "http://hl7.org/fhirpath/System.String": ("x1", "x2"),
}
# What their own invariants ask of every one of them.
SPECIAL: Final[dict[str, Json]] = {
    "Age": {"value": 40, "system": "http://unitsofmeasure.org", "code": "a"},
    "Ratio": {"numerator": {"value": 1}, "denominator": {"value": 2}},
}
_NEVER: Final = frozenset({"extension", "modifierExtension", "contained", "implicitRules", "language", "meta", "text"})
_DEEPEST: Final = 4


def dice(seed: str) -> Random:
    """Dice for one purpose."""
    return Random(seed)  # noqa: S311  The same in every run, and nothing secret.


def made(name: str, random: Random, chance: float = 0.5, depth: int = 0) -> Json:
    """A value of a type: optional elements with a chance that halves with every level; required ones always."""
    facts = BASE.type(name)
    if facts is None or facts.kind == "primitive-type":
        return random.choice(VALUES.get(name, ("x",)))
    if facts.name in {"Resource", "DomainResource"}:
        return {"resourceType": "Basic", "code": {"text": "any"}}
    tree: Json = {"resourceType": name} if facts.kind == "resource" else {}
    for child in facts.children.values():
        if child.min or (child.name not in _NEVER and depth < _DEEPEST and random.random() < chance):
            key, code = random.choice(child.spellings())
            tree[key] = repeated(
                child, [child_value(child, code, random, chance, depth) for _ in range(_times(child, random))]
            )
    if not tree:
        filler = next(child for child in facts.children.values() if child.name not in _NEVER | {"id"})
        key, code = filler.spellings()[0]
        tree[key] = repeated(filler, [child_value(filler, code, random, 0, depth)])
    return tree


def _times(child: ElementFacts, random: Random) -> int:
    return random.choice((1, 1, 2)) if child.repeats else 1


def repeated(child: ElementFacts, values: list[Json]) -> Json:
    """The values as JSON has them for an element."""
    return values if child.repeats else values[0]


def child_value(child: ElementFacts, code: str, random: Random, chance: float, depth: int) -> Json:
    """A value for an element in one of its types: a code that it allows, a reference that it may hold."""
    if code in SPECIAL:
        return SPECIAL[code]
    allowed = codes(child)
    if allowed and code in {"code", "Coding", "CodeableConcept"}:
        system, value = random.choice(allowed)
        coding = {"system": system, "code": value}
        return {"code": value, "Coding": coding, "CodeableConcept": {"coding": [coding]}}[code]
    if code == "Reference":
        return {"reference": f"{target(child)}/1"}
    return made(code, random, chance / 2, depth + 1)


def codes(child: ElementFacts) -> list[tuple[str, str]]:
    """The first codes of a required value set, each with its system; none where there is no such set to list."""
    if child.binding is None or child.binding.strength != "required":
        return []
    listed = BASE.value_set(child.binding.value_set) or {}
    return [(system, code) for system in sorted(listed) for code in sorted(listed[system])][:40]


def target(child: ElementFacts) -> str:
    """A type that an element may refer to."""
    targets = [name for ref in child.types if ref.code == "Reference" for name in ref.targets]
    names = [name.rpartition("/")[2] for name in targets]
    return names[0] if names and names[0] != "Resource" else "Patient"


def changed(tree: Json, random: Random) -> Json:
    """A copy with one or two places changed: left out, repeated, or given another value of the same kind."""
    copied = copy.deepcopy(tree)
    for _ in range(random.choice((1, 1, 2))):
        holders = [holder for holder in _holders(copied) if holder]
        if holders:
            _change(random.choice(holders), random)
    return copied


def _holders(tree: Json) -> list[Json]:
    below = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    here = [tree] if isinstance(tree, dict | list) else []
    return here + [holder for each in below for holder in _holders(each)]


def _change(holder: Json, random: Random) -> None:
    if isinstance(holder, list):
        holder.insert(0, copy.deepcopy(random.choice(holder)))
        return
    key = random.choice([name for name in holder if name != "resourceType"] or [""])
    value = holder.get(key)
    if isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, int | float):
        holder[key] = random.choice((-1, 0, 1, 250))
    elif isinstance(value, str) and random.random() < 0.5:
        holder[key] = random.choice(
            ("x", "Name1", "2020", "2031-01-01", "entered-in-error", "unknown", "#a", "http://x")
        )
    elif key:
        del holder[key]


def family(name: str) -> list[TypeFacts]:
    """A type and the backbones below it."""
    found: dict[str, TypeFacts] = {}
    waiting = [name]
    while waiting:
        facts = BASE.type(waiting.pop())
        if facts is not None and facts.name not in found:
            found[facts.name] = facts
            waiting += [code for child in facts.children.values() for _, code in child.spellings() if "." in code]
    return list(found.values())
