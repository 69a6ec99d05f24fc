"""Line and column of findings in an XML body.

One streaming pass counts siblings along the wanted paths only; expat's byte index gives the column, which lxml doesn't
keep. Only bodies that `safexml` has read come here; nothing is refused or judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from certgateway.engine.positions import SUFFIXES, Place, Position, Step, in_code_points, steps_of
from certgateway.safexml import declared_encoding

_BOM = b"\xef\xbb\xbf"
_ATTRIBUTE = re.compile(rb"\s+([^\s=/>]+)\s*=\s*(?:\"[^\"]*+\"|'[^']*+')")
_TAG_NAME = re.compile(rb"<[^\s/>]++")
_AS_ATTRIBUTES = ("id", "url")


@dataclass(slots=True)
class _Wanted:
    """A node of the tree of wanted places; culprits are kept by their bare name."""

    here: list[Place] = field(default_factory=list)
    culprits: dict[str, list[Place]] = field(default_factory=dict)
    children: dict[Step, _Wanted] = field(default_factory=dict)


@dataclass(slots=True)
class _Open:
    """An open element on a wanted path: what is wanted in it, and how many children of each name were met."""

    wanted: _Wanted
    counts: dict[str, int] = field(default_factory=dict)


def xml_positions(raw: bytes, wanted: Iterable[Place]) -> dict[Place, Position]:
    """Where each place starts: the first character of its start tag or attribute.

    `raw` is what `safexml.parse` read. A place that isn't there is left out; a culprit that isn't, is placed at its
    parent.
    """
    encoding = declared_encoding(raw)
    body = raw.removeprefix(_BOM)
    scan = _Scan(body, encoding)
    for place in wanted:
        scan.want(place)
    scan.run()
    positions = in_code_points(body, scan.offsets.values(), encoding)
    return {place: positions[offset] for place, offset in scan.offsets.items()}


class _Scan:
    def __init__(self, body: bytes, encoding: str) -> None:
        self.body = body
        self.offsets: dict[Place, int] = {}
        self.top = _Wanted()
        self.open: list[_Open | None] = [_Open(self.top)]
        self.parser = expat.ParserCreate(encoding, namespace_separator="}")
        self.parser.ordered_attributes = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def want(self, place: Place) -> None:
        """Plant one place."""
        steps = steps_of(place.path)
        if steps is None:
            return
        node = self.top
        for step in steps:
            node = node.children.setdefault(step, _Wanted())
        if place.culprit is None:
            node.here.append(place)
            return
        name, index = _culprit(place.culprit)
        node.culprits.setdefault(f"{name}[{index}]", []).append(place)
        if name == "text()":
            self.parser.CharacterDataHandler = self._text

    def run(self) -> None:
        """Read the body once. A name that only newer parsers take ends it: what stands before has its position."""
        with suppress(expat.ExpatError):
            self.parser.Parse(self.body, True)  # noqa: FBT003  The C function takes it by position only.

    def _start(self, tag: str, attributes: list[str]) -> None:
        parent = self.open[-1]
        if parent is None:
            self.open.append(None)
            return
        name = tag.rpartition("}")[2]
        count = parent.counts.get(name, 0)
        parent.counts[name] = count + 1
        offset = self.parser.CurrentByteIndex
        self._note(parent.wanted.culprits.get(f"{name}[{count}]"), offset)
        child = self._child(parent, name, count)
        self.open.append(child)
        if child is not None:
            if child.wanted is not parent.wanted:
                self._enter(child.wanted, offset)
            if attributes:
                self._attributes(child.wanted, offset)

    def _child(self, parent: _Open, name: str, count: int) -> _Open | None:
        # A resource inside `contained` or `resource` is no step of its own: its fields are those of the step around it.
        if name[:1].isupper() and len(self.open) > 1:
            return _Open(parent.wanted)
        for reading in _readings(name):
            children = parent.wanted.children
            unnumbered = children.get(Step(reading, None)) if count == 0 else None
            child = children.get(Step(reading, count)) or unnumbered
            if child is not None:
                return _Open(child)
        return None

    def _enter(self, wanted: _Wanted, offset: int) -> None:
        self._note(wanted.here, offset)
        for places in wanted.culprits.values():
            for place in places:
                self.offsets.setdefault(place, offset)

    def _attributes(self, wanted: _Wanted, offset: int) -> None:
        if not wanted.culprits and not wanted.children:
            return
        for name, at in attribute_offsets(self.body, offset):
            self._note(wanted.culprits.get(f"@{name}[0]"), at)
            if name in _AS_ATTRIBUTES and (child := wanted.children.get(Step(name, None))):
                self._note(child.here, at)

    def _text(self, text: str) -> None:
        current = self.open[-1]
        if current is None or not text.strip():
            return
        places = current.wanted.culprits.pop("text()[0]", None)
        before = len(text) - len(text.lstrip())
        self._note(places, self.parser.CurrentByteIndex + len(text[:before].encode("utf-8")))

    def _note(self, places: Iterable[Place] | None, offset: int) -> None:
        for place in places or ():
            self.offsets[place] = offset

    def _end(self, _: str) -> None:
        self.open.pop()


def _culprit(text: str) -> tuple[str, int]:
    """Bare name and occurrence of `name`, `name[1]`, `{namespace}name`, `@name`; the `_` of a JSON key says nothing."""
    match = re.fullmatch(r"(@?)(?:\{[^}]*\})?_?([^\[\]]+)(?:\[([0-9]+)\])?", text)
    return (match[1] + match[2], int(match[3] or 0)) if match else (text, 0)


@lru_cache(maxsize=4096)
def _readings(name: str) -> tuple[str, ...]:
    """The steps an element's name may stand for: itself, or a choice without its type."""
    return (name, *(name[:at] for at in range(1, len(name)) if name[at:] in SUFFIXES))


def attribute_offsets(body: bytes, offset: int) -> Iterator[tuple[str, int]]:
    """Bare names and offsets of the attributes of the start tag at `offset`."""
    head = _TAG_NAME.match(body, offset)
    at = head.end() if head else len(body)
    while (match := _ATTRIBUTE.match(body, at)) is not None:
        yield match[1].decode("utf-8", "replace").rpartition(":")[2], match.start(1)
        at = match.end()
