"""Line and column of findings in an XML body.

One descent over the bytes, guided by what is wanted: an element that nobody asks about is passed over by searching for
its end. Where comments or other markup could hide a tag from that search, expat tells of each element instead. Only
bodies that `safexml` has read come here; nothing is refused or judged.
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
_TAG = re.compile(rb"<([^\s/>]++)(?:[^\"'>]|\"[^\"]*+\"|'[^']*+')*+>")
_AFTER_NAME = b" \t\r\n/>"
_SLASH = ord("/")
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
        self.encoding = encoding
        self.asks_for_text = False
        self.open: list[_Open | None] = [_Open(self.top)]

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
        self.asks_for_text = self.asks_for_text or name == "text()"

    def run(self) -> None:
        """Find everything that is wanted."""
        start = self.body.find(b"<", self.body.find(b"?>") + 2 if self.body.startswith(b"<?") else 0)
        if b"<!" in self.body or self.asks_for_text or start < 0:
            self._read()
        else:
            self._element(start, _Open(self.top), is_root=True)

    # ---- by search ----

    def _element(self, offset: int, parent: _Open, *, is_root: bool = False) -> int:
        """Note what is wanted of the element at `offset` and in it; gives the offset behind it."""
        tag = _TAG.match(self.body, offset)
        if tag is None:
            return len(self.body)  # Only where it isn't XML; then nothing more is found.
        name, end = tag[1], tag.end()
        child = self._begun(parent, name.decode(self.encoding, "replace").rpartition(":")[2], offset, is_root=is_root)
        if self.body[end - 2] == _SLASH:
            return end
        return self._past(name, end) if child is None else self._content(end, child)

    def _content(self, offset: int, parent: _Open) -> int:
        """Go through the children of an element that begin at `offset`; gives the offset behind its end tag."""
        at = self.body.find(b"<", offset)
        while at >= 0 and self.body[at + 1] != _SLASH:
            at = self.body.find(b"<", self._element(at, parent))
        return self.body.find(b">", at) + 1 if at >= 0 else len(self.body)

    def _past(self, name: bytes, offset: int) -> int:
        """The offset behind the end tag of an unwanted element whose content begins at `offset`."""
        body, opening, depth = self.body, b"<" + name, 1
        begun = end = offset
        while depth:
            end = self._tag(b"</" + name, end, len(body))
            if end < 0:
                return len(body)
            # Elements of the same name within it end before it does.
            while (begun := self._tag(opening, begun, end)) >= 0:
                tag = _TAG.match(body, begun)
                begun = tag.end() if tag else end
                depth += body[begun - 2] != _SLASH
            depth -= 1
            begun = end = body.find(b">", end) + 1
        return end

    def _tag(self, beginning: bytes, offset: int, limit: int) -> int:
        """Where the next tag of exactly this name begins, from `offset` on and before `limit`; -1 where none does."""
        at = self.body.find(beginning, offset, limit)
        while at >= 0 and self.body[at + len(beginning)] not in _AFTER_NAME:
            at = self.body.find(beginning, at + 1, limit)
        return at

    # ---- by expat ----

    def _read(self) -> None:
        """Read the body once. A name that only newer parsers take ends it: what stands before has its position."""
        parser = expat.ParserCreate(self.encoding, namespace_separator="}")
        parser.ordered_attributes = True
        parser.StartElementHandler = lambda tag, _: self._start(tag, parser.CurrentByteIndex)
        parser.EndElementHandler = lambda _: self.open.pop()
        if self.asks_for_text:
            parser.CharacterDataHandler = lambda text: self._text(text, parser.CurrentByteIndex)
        with suppress(expat.ExpatError):
            parser.Parse(self.body, True)  # noqa: FBT003  The C function takes it by position only.

    def _start(self, tag: str, offset: int) -> None:
        parent = self.open[-1]
        name = tag.rpartition("}")[2]
        is_root = len(self.open) == 1
        self.open.append(None if parent is None else self._begun(parent, name, offset, is_root=is_root))

    def _text(self, text: str, offset: int) -> None:
        current = self.open[-1]
        if current is None or not text.strip():
            return
        places = current.wanted.culprits.pop("text()[0]", None)
        before = len(text) - len(text.lstrip())
        self._note(places, offset + len(text[:before].encode("utf-8")))

    # ---- what is wanted ----

    def _begun(self, parent: _Open, name: str, offset: int, *, is_root: bool) -> _Open | None:
        """Note what is wanted of an element that begins; gives what is wanted in it, None where that is nothing."""
        count = parent.counts.get(name, 0)
        parent.counts[name] = count + 1
        self._note(parent.wanted.culprits.get(f"{name}[{count}]"), offset)
        child = self._child(parent, name, count, is_root=is_root)
        if child is not None:
            if child.wanted is not parent.wanted:
                self._enter(child.wanted, offset)
            self._attributes(child.wanted, offset)
        return child if child is not None and (child.wanted.children or child.wanted.culprits) else None

    def _child(self, parent: _Open, name: str, count: int, *, is_root: bool) -> _Open | None:
        # A resource inside `contained` or `resource` is no step of its own: its fields are those of the step around it.
        if name[:1].isupper() and not is_root:
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

    def _note(self, places: Iterable[Place] | None, offset: int) -> None:
        for place in places or ():
            self.offsets[place] = offset


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
