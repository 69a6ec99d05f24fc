"""Line and column of XPaths in the bytes as received: the first character of the start tag or of the attribute."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from certgateway.engine.positions import Position, in_code_points
from certgateway.engine.positions_xml import attribute_offsets
from certgateway.kith.nodes import Node
from certgateway.safexml import declared_encoding

_BOM: Final = b"\xef\xbb\xbf"
_STEP: Final = re.compile(r"local-name\(\)='([^']*)'\]\[([0-9]+)\]")


@dataclass(slots=True)
class _Wanted:
    """An element on the way to a wanted place: its path where it is wanted itself, its attributes, what is below."""

    path: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    below: dict[tuple[str, int], "_Wanted"] = field(default_factory=dict)


def xpath_positions(raw: bytes, root: Node, wanted: Iterable[str]) -> dict[str, Position]:
    """Where each path starts in the body that `root` was read from, in code points from 1; nowhere: left out."""
    top = _Wanted()
    for path in wanted:
        _plant(top, path)
    body = raw.removeprefix(_BOM)
    offsets = dict(_found(top, root, body))
    positions = in_code_points(body, offsets.values(), declared_encoding(raw))
    return {path: positions[offset] for path, offset in offsets.items()}


def _plant(top: _Wanted, path: str) -> None:
    element, _, attribute = path.partition("/@")
    node = top
    for name, count in _STEP.findall(element):
        node = node.below.setdefault((name, int(count) - 1), _Wanted())
    if attribute:
        node.attributes[attribute] = path
    else:
        node.path = path


def _found(top: _Wanted, root: Node, body: bytes) -> Iterable[tuple[str, int]]:
    """Wanted paths and their byte offsets. Each node's children are looked through once, however many are wanted."""
    stack = [(top.below[key], root) for key in [(root.name, root.index)] if key in top.below]
    while stack:
        wanted, node = stack.pop()
        if wanted.path is not None:
            yield wanted.path, node.offset
        if wanted.attributes:
            for name, at in attribute_offsets(body, node.offset):
                if name in wanted.attributes:
                    yield wanted.attributes[name], at
        if wanted.below:
            below = ((wanted.below.get((child.name, child.index)), child) for child in node.children)
            stack += ((found, child) for found, child in below if found is not None)
