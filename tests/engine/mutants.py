"""Resources with exactly one fault, in JSON and XML: by walking a small valid resource along the fact table.

Each kind of fault is done at a few places of each resource, drawn by seeded dice. Nothing here asks any engine.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, Final

from certgateway.engine.definitions.facts import ElementFacts, TypeFacts
from tests.engine.making import BASE, child_value, codes, dice
from tests.engine.seeds import grown

Json = Any
PLACES: Final = 2
"""Places of a resource at which one kind of fault is made."""
FOREVER: Final = "9" * 65
SOME_URN: Final = "urn:uuid:00000000-0000-4000-8000-000000000001"
# For each primitive: values that are none, with what is wrong about them.
BAD: Final[dict[str, dict[str, Json]]] = {
    "boolean": {"text": "true", "number": 1},
    "integer": {"text": "1", "fraction": 1.5},
    "positiveInt": {"zero": 0, "below": -1},
    "unsignedInt": {"below": -1, "fraction": 0.5},
    "decimal": {"text": "1.0", "boolean": True},
    "string": {"spaces only": "  ", "number": 5},
    "markdown": {"number": 5},
    "uri": {"space inside": "urn:a b", "boolean": True},
    "url": {"space inside": "http://a b"},
    "canonical": {"space inside": "http://a b"},
    "oid": {"no urn": "1.2.3", "root 3": "urn:oid:3.1"},
    "uuid": {"no urn": "c757873d-ec9a-4326-a141-556f43239520", "no hexadecimal": "urn:uuid:zzzzzzzz"},
    "id": {"underscore": "a_b", "65 letters": FOREVER},
    "code": {"space before": " final", "two spaces": "a  b"},
    "date": {"month 13": "2020-13-01", "no such day": "2021-02-29", "no hyphens": "20200101", "time": "2020-01-01T10"},
    "dateTime": {
        "no zone": "2020-01-01T10:00:00", "no such day": "2021-02-29T10:00:00Z", "hour 25": "2020-01-01T25:00:00Z",
    },
    "instant": {"day only": "2020-01-01", "no zone": "2020-01-01T10:00:00"},
    "time": {"hour 25": "25:00:00", "no seconds": "10:00"},
    "base64Binary": {"five letters": "QUJDR", "no such letters": "@@@@"},
}  # fmt: skip
# Values of datatypes that break an invariant of theirs.
BROKEN: Final[dict[str, dict[str, Json]]] = {
    "Period": {"per-1": {"start": "2021-01-01", "end": "2020-01-01"}},
    "Quantity": {"qty-3": {"value": 1, "code": "kg"}},
    "Attachment": {"att-1": {"data": "QUJD"}},
    "ContactPoint": {"cpt-2": {"value": "1"}},
    "Range": {"rng-2": {"low": {"value": 3, "unit": "g"}, "high": {"value": 2, "unit": "g"}}},
    "Ratio": {"rat-1": {"numerator": {"value": 1}}},
    "Age": {"age-1": {"value": -1, "system": "http://unitsofmeasure.org", "code": "a"}},
    "Duration": {"drt-1": {"value": 4, "system": "urn:x", "code": "d"}},
    "Timing": {"tim-1": {"repeat": {"duration": 1}}},
}
WHOLE: Final[dict[str, dict[str, Json]]] = {
    "Patient": {"pat-1": {"contact": [{"gender": "male"}]}},
    "Observation": {
        "obs-6": {"dataAbsentReason": {"text": "y"}},
        "obs-7": {"code": {"text": "same"}, "valueString": "x", "component": [{"code": {"text": "same"}}]},
    },
    "Bundle": {
        "bdl-1": {"total": 1},
        "bdl-7": {"entry": [{"fullUrl": SOME_URN, "resource": {"resourceType": "Basic", "code": {"text": "x"}}}] * 2},
    },
    "Composition": {"cmp-1": {"section": [{"title": "nothing in it"}]}},
    "Condition": {
        "con-4": {
            "abatementString": "x",
            "clinicalStatus": {
                "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]
            },
        }
    },
    "Organization": {"org-2": {"address": [{"use": "home", "city": "x"}]}},
    "AllergyIntolerance": {"ait-1": {"clinicalStatus": None}},
    "Questionnaire": {"que-2": {"item": [{"linkId": "1", "type": "display"}, {"linkId": "1", "type": "display"}]}},
    "ValueSet": {"vsd-1": {"compose": {"include": [{"version": "1"}]}}},
    "Goal": {"gol-1": {"target": [{"detailString": "x"}]}},
    "Appointment": {"app-2": {"start": "2020-01-01T10:00:00Z"}},
    "ServiceRequest": {"prr-1": {"orderDetail": [{"text": "x"}], "code": None}},
}
_CONTAINED: Final = {"resourceType": "Basic", "id": "a", "code": {"text": "x"}, "subject": {"reference": "#"}}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A resource with one fault, and the kind of it."""

    type: str
    kind: str
    tree: Json


@dataclass(frozen=True, slots=True)
class Site:
    """An element of a resource: the keys that lead to its holder, its own key, what it is, and its type."""

    steps: tuple[str | int, ...]
    key: str
    child: ElementFacts
    code: str
    owner: TypeFacts


def sites(tree: Json, name: str, steps: tuple[str | int, ...] = ()) -> Iterator[Site]:
    """Every element of a tree that the fact table knows."""
    facts = BASE.type(name)
    if facts is None or not isinstance(tree, dict):
        return
    for key, value in tree.items():
        if key in facts.keys:
            child, code = facts.keys[key]
            yield Site(steps, key, child, code, facts)
            for at, item in enumerate(value) if isinstance(value, list) else [(None, value)]:
                yield from sites(item, code, (*steps, key) if at is None else (*steps, key, at))


def mutants(name: str) -> list[Mutant]:
    """All mutants of the seed of a type, the same in every run."""
    seed = grown(name)
    found = list(sites(seed, name))
    made_ = [Mutant(name, kind, tree) for kind, tree in _everywhere(seed, found, dice(f"mutants {name}"))]
    for key, patch in WHOLE.get(name, {}).items():
        made_.append(Mutant(name, f"invariant {key}", _without_none(seed | patch)))
    made_.append(
        Mutant(
            name,
            "contained in contained",
            seed | {"contained": [_CONTAINED | {"contained": [_CONTAINED | {"id": "b"}]}]},
        )
    )
    made_.append(Mutant(name, "resourceType unknown", seed | {"resourceType": name + "s"}))
    return made_ if BASE.is_a(name, "DomainResource") else [each for each in made_ if "contained" not in each.kind]


def _without_none(tree: Json) -> Json:
    return {key: value for key, value in tree.items() if value is not None}


def _everywhere(seed: Json, found: list[Site], random: Random) -> Iterator[tuple[str, Json]]:
    for kind, applies, change in _KINDS:
        places = [site for site in found if applies(site)]
        for site in random.sample(places, min(PLACES, len(places))):
            yield kind, changed_at(seed, site, change)
    yield from _bad_values(seed, found, random)
    yield "unknown element", seed | {"unheardOf": "x"}


def _bad_values(seed: Json, found: list[Site], random: Random) -> Iterator[tuple[str, Json]]:
    for table, word in ((BAD, "value"), (BROKEN, "invariant")):
        for code in sorted({site.code for site in found} & table.keys()):
            site = random.choice([each for each in found if each.code == code])
            if code == "code" and codes(site.child):
                continue  # That would be a code outside its value set as well.
            for wrong, value in table[code].items():
                kind = f"{code}: {wrong}" if word == "value" else f"invariant {wrong}"
                yield kind, changed_at(seed, site, partial(_given, value))


def _given(value: Json, _: Json, site: Site) -> Json:
    return _as_item(site, value)


def _as_item(site: Site, value: Json) -> Json:
    return [value] if site.child.repeats else value


def changed_at(seed: Json, site: Site, change: Callable[[Json, Site], Json]) -> Json:
    """A copy in which `change` gives the new value at a site; ... leaves it out."""
    tree = copy.deepcopy(seed)
    holder = tree
    for step in site.steps:
        holder = holder[step]
    value = change(holder, site)
    if value is ...:
        del holder[site.key]
    else:
        holder[site.key] = value
    return tree


def _is_primitive(site: Site) -> bool:
    facts = BASE.type(site.code)
    return facts is not None and facts.kind == "primitive-type"


def _is_complex(site: Site) -> bool:
    return not _is_primitive(site) and BASE.type(site.code) is not None


def _other_choice(holder: Json, site: Site) -> Json:
    key, code = next((key, code) for key, code in site.child.spellings() if key != site.key)
    holder[key] = child_value(site.child, code, dice(key), 0, 0)
    return holder[site.key]


def _coded(site: Site) -> bool:
    return site.code in {"code", "Coding", "CodeableConcept"} and bool(codes(site.child))


def _no_such_code(_: Json, site: Site) -> Json:
    system = codes(site.child)[0][0]
    coding = {"system": system, "code": "no-such-code"}
    return _as_item(
        site, {"code": "no-such-code", "Coding": coding, "CodeableConcept": {"coding": [coding]}}[site.code]
    )


def _wrong_target(site: Site) -> bool:
    targets = next((ref.targets for ref in site.child.types if ref.code == "Reference"), ())
    return (
        site.code == "Reference" and bool(targets) and "Resource" not in {each.rpartition("/")[2] for each in targets}
    )


def _unknown_below(holder: Json, site: Site) -> Json:
    value = copy.deepcopy(holder[site.key])
    (value[0] if isinstance(value, list) else value)["unheardOf"] = "x"
    return value


def _missing(site: Site) -> bool:
    return site.child.min > 0


_KINDS: Final[list[tuple[str, Callable[[Site], bool], Callable[[Json, Site], Json]]]] = [
    ("required element missing", _missing, lambda _holder, _site: ...),
    ("single element as list", lambda site: not site.child.repeats, lambda holder, site: [holder[site.key]]),
    ("list as single element", lambda site: site.child.repeats, lambda holder, site: holder[site.key][0]),
    ("code outside its value set", _coded, _no_such_code),
    ("two types of a choice", lambda site: site.child.choice, _other_choice),
    ("empty text", lambda site: _is_primitive(site) and site.code not in {"boolean", "integer", "decimal"},
     lambda _holder, site: _as_item(site, "")),
    ("empty object", _is_complex, lambda _holder, site: _as_item(site, {})),
    ("empty list", lambda site: site.child.repeats, lambda _holder, _site: []),
    ("null", lambda site: not _missing(site), lambda _holder, site: _as_item(site, None)),
    ("text for an object", _is_complex, lambda _holder, site: _as_item(site, "x")),
    ("object for a value", _is_primitive, lambda _holder, site: _as_item(site, {"value": "x"})),
    ("unknown element below", _is_complex, _unknown_below),
    ("reference to a wrong type", _wrong_target, lambda _holder, site: _as_item(site, {"reference": "Binary/1"})),
]  # fmt: skip
