"""The form of the single-fault cases: a sound resource, changes that each break it once, and what must be found.

A group is a sound resource (the valid neighbour of all its cases) with the profile it is judged by. A case is a change
and the findings it must give, no more and no fewer, in JSON and in XML::

    group(
        "names",
        patient(name=[{"family": "a"}]),
        {"no family": ({"name.0.family": DROP}, "element-missing Patient.name[0] family")},
        rules=[{"id": "Patient.name.family", "min": 1}],
    )

A finding is written `kind path expected`, with `warning:` or `information:` before it where it is no error; what
`expected` holds is compared where it is written. Nothing here may know one particular case.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import pytest

from certgateway import safejson, safexml
from certgateway.engine import Definitions, Options, judge, load_base
from certgateway.engine.findings import Fault
from certgateway.engine.positions import Place
from certgateway.engine.positions_json import json_positions
from certgateway.engine.positions_xml import xml_positions
from certgateway.engine.soundness import shapes
from certgateway.engine.xml.form import read
from certgateway.engine.xml.write import write
from tests.unit.engine.profile_making import BASE, COLOURS, QUIET, profile

Json = dict[str, Any]
Change = Mapping[str, object]

DROP: Final = object()
"""In a change: the element is taken away."""


@dataclass(frozen=True, slots=True)
class JsonOnly:
    """Why a fault can't be said in XML."""

    reason: str


@dataclass(frozen=True, slots=True)
class InXml:
    """What is found in XML where it is another finding than in JSON."""

    faults: tuple[str, ...]


AS_TEXT: Final = JsonOnly("every value is text in XML")
LISTS: Final = JsonOnly("XML has no lists and no null: an element stands once or several times")
UNWRITABLE: Final = JsonOnly("XML has no place for it that differs from another fault's")


@dataclass(frozen=True, slots=True)
class Case:
    """One change that breaks a sound resource once."""

    group: Group
    name: str
    change: Change
    faults: tuple[str, ...]
    in_xml: InXml | JsonOnly | None = None

    def broken(self) -> Json:
        """The resource with the one fault."""
        return changed(self.group.sound, self.change)

    def expected_in_xml(self) -> tuple[str, ...]:
        """What is to be found in XML."""
        return self.in_xml.faults if isinstance(self.in_xml, InXml) else self.faults


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A sound resource, its profile, its single-fault cases, and changes that leave it sound."""

    name: str
    sound: Json
    definitions: tuple[Json, ...]
    urls: tuple[str, ...]
    options: Options
    cases: list[Case] = field(default_factory=list)
    neighbours: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class XmlCase:
    """One replacement in the text of a sound XML document that breaks it once; `old` stands there once."""

    name: str
    document: str
    old: str
    new: str
    faults: tuple[str, ...]

    def broken(self) -> str:
        """The document with the one fault."""
        assert self.document.count(self.old) == 1, self.name
        return self.document.replace(self.old, self.new)


def group(
    name: str,
    sound: Json,
    cases: Mapping[str, tuple[object, ...]],
    *,
    rules: Sequence[Json] = (),
    also: Sequence[Json] = (),
    neighbours: Sequence[Change] = (),
    options: Options = QUIET,
    urls: tuple[str, ...] = (),
) -> Group:
    """A group; `rules` is the differential of the profile it is judged by, `also` are definitions beside it."""
    own = (profile(sound["resourceType"], *rules),) if rules else ()
    made = Group(name, sound, (*own, *also), (BASE + "p",) if rules else urls, options, neighbours=tuple(neighbours))
    for title, (change, *rest) in cases.items():
        assert isinstance(change, Mapping), title
        faults = tuple(each for each in rest if isinstance(each, str))
        other = next((each for each in rest if isinstance(each, InXml | JsonOnly)), None)
        made.cases.append(Case(made, title, change, faults, other))
    return made


def changed(tree: Json, change: Change) -> Json:
    """A copy of the tree with each path (`name.0.family`, `name.+` for one more) set or dropped."""
    made: Json = copy.deepcopy(tree)
    for path, value in change.items():
        node: Any = made
        *way, last = path.split(".")
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node[step]
        if isinstance(node, list) and last == "+":
            node.append(copy.deepcopy(value))
            continue
        key: Any = int(last) if isinstance(node, list) else last
        if value is DROP:
            del node[key]
        else:
            node[key] = copy.deepcopy(value)
    return made


@cache
def definitions_of(group: Group) -> Definitions:
    """Base R4, the colours that bindings speak of, and the group's own definitions."""
    return load_base().extended([*COLOURS, *group.definitions]) if group.definitions else load_base()


def said(fault: Fault, *, wanted: str = "") -> str:
    """A fault as a case writes it; `expected` only where the case says something of it."""
    severity = "" if fault.severity == "error" else fault.severity + ":"
    short = f"{severity}{fault.kind} {fault.path}"
    return short if wanted.count(" ") == 1 else f"{short} {fault.expected}"


def all_said(faults: Sequence[Fault], wanted: Sequence[str]) -> list[str]:
    """All faults as the case writes them, in no order."""
    shape = {" ".join(each.split(" ")[:2]): each for each in wanted}
    return sorted(said(fault, wanted=shape.get(said(fault, wanted="x x"), "")) for fault in faults)


def judged_json(group: Group, tree: Json) -> tuple[bytes, list[Fault]]:
    """The bytes in JSON and their faults."""
    raw = safejson.write(tree, indent=1)
    parsed = safejson.parse(raw)
    assert isinstance(parsed, dict)
    return raw, _judged(group, parsed)


def _judged(group: Group, tree: Json) -> list[Fault]:
    """The faults of a tree, which are the same once functions are written for the shapes of its objects."""
    found, again = (_judged_often(group, tree, often) for often in (100, 1))
    assert sorted(map(repr, found)) == sorted(map(repr, again))
    return found


def _judged_often(group: Group, tree: Json, often: int) -> list[Fault]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shapes, "OFTEN", often)
        return judge(tree, definitions_of(group), profiles=group.urls, options=group.options)


def judged_xml(group: Group, raw: bytes) -> list[Fault]:
    """The faults of a document: those of its form and those of its content."""
    definitions = definitions_of(group)
    tree, faults = read(safexml.parse(raw), definitions)
    return [*faults, *_judged(group, tree)]


def as_xml(group: Group, tree: Json) -> bytes:
    """The XML of a tree, broken or sound."""
    return write(tree, definitions_of(group))


def shown_json(raw: bytes, fault: Fault) -> str | None:
    """The text from where a fault is placed in JSON; None where it has no place."""
    tree = safejson.parse(raw)
    assert isinstance(tree, dict)
    place = Place(fault.path, fault.culprit)
    return _text_at(raw, json_positions(raw, tree, [place]).get(place))


def shown_xml(raw: bytes, fault: Fault) -> str | None:
    """The text from where a fault is placed in XML; None where it has no place."""
    place = Place(fault.path, fault.culprit)
    return _text_at(raw, xml_positions(raw, [place]).get(place))


def _text_at(raw: bytes, position: tuple[int, int] | None) -> str | None:
    if position is None:
        return None
    line, column = position
    return raw.decode().split("\n")[line - 1][column - 1 :]
