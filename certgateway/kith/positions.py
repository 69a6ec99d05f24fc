"""Line and column of XPaths in the bytes as received: the first character of the start tag or of the attribute.

A second pass over the body, made only when there are findings. Only bodies that `safexml` has read come here.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from certgateway.engine.positions import Position, in_code_points
from certgateway.engine.positions_xml import attribute_offsets
from certgateway.safexml import declared_encoding

_BOM: Final = b"\xef\xbb\xbf"
_STEP: Final = re.compile(r"local-name\(\)='([^']*)'\]\[([0-9]+)\]")


def xpath_positions(raw: bytes, wanted: Iterable[str]) -> dict[str, Position]:
    """Where each path starts, in code points from 1; a path that selects nothing is left out."""
    encoding = declared_encoding(raw)
    scan = _Scan(raw.removeprefix(_BOM), encoding, wanted)
    # A name that only newer parsers take: what stands before it has its position, and no message may break on the rest.
    with suppress(expat.ExpatError):
        scan.parser.Parse(scan.body, True)  # noqa: FBT003  The C function takes it by position only.
    positions = in_code_points(scan.body, scan.offsets.values(), encoding)
    return {path: positions[offset] for path, offset in scan.offsets.items()}


@dataclass(slots=True)
class _Wanted:
    """An element on the way to a wanted place: its path where it is wanted itself, its attributes, what is below."""

    path: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    below: dict[tuple[str, int], "_Wanted"] = field(default_factory=dict)


class _Scan:
    def __init__(self, body: bytes, encoding: str, wanted: Iterable[str]) -> None:
        self.body = body
        self.offsets: dict[str, int] = {}
        top = _Wanted()
        for path in wanted:
            _plant(top, path)
        # Each open element, None where nothing is wanted below, and how many children of each name it has had.
        self.open: list[tuple[_Wanted, dict[str, int]] | None] = [(top, {})]
        self.parser = expat.ParserCreate(encoding, namespace_separator="}")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        parent = self.open[-1]
        if parent is None:
            self.open.append(None)
            return
        wanted, counts = parent
        name = tag.rpartition("}")[2]
        count = counts[name] = counts.get(name, 0) + 1
        found = wanted.below.get((name, count))
        self.open.append(None if found is None else (found, {}))
        if found is not None:
            self._note(found, self.parser.CurrentByteIndex)

    def _note(self, found: _Wanted, offset: int) -> None:
        if found.path is not None:
            self.offsets[found.path] = offset
        if found.attributes:
            for attribute, at in attribute_offsets(self.body, offset):
                if attribute in found.attributes:
                    self.offsets[found.attributes[attribute]] = at

    def _end(self, _: str) -> None:
        self.open.pop()


def _plant(top: _Wanted, path: str) -> None:
    element, _, attribute = path.partition("/@")
    node = top
    for name, count in _STEP.findall(element):
        node = node.below.setdefault((name, int(count)), _Wanted())
    if attribute:
        node.attributes[attribute] = path
    else:
        node.path = path
