"""Line and column of findings in a JSON body.

One descent over the text, guided by what is wanted: a value that nobody asks about is passed over by the C scanner.
Only bodies that `safejson` has read come here; nothing is refused or judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from certgateway.engine.positions import Json, KeysOfSteps, Place, Position, in_code_points, keys_of

_SPACE = re.compile(r"[ \t\n\r]*+")
# Numbers are passed over as text: their value doesn't matter here, and theirs may be long.
_SKIP: Callable[[str, int], tuple[Any, int]] = vars(json.JSONDecoder(parse_float=str, parse_int=str))["scan_once"]


@dataclass(slots=True)
class _Wanted:
    """A node of the tree of wanted places."""

    here: list[Place] = field(default_factory=list)
    children: dict[str | int, _Wanted] = field(default_factory=dict)

    def at(self, key: str | int) -> _Wanted:
        """The node for one more key, made on demand."""
        found = self.children.get(key)
        if found is None:
            found = self.children[key] = _Wanted()
        return found


def json_positions(raw: bytes, tree: Json, wanted: Iterable[Place]) -> dict[Place, Position]:
    """Where each place starts: the key of a property, or the value of an array's item.

    `tree` is what `safejson.parse(raw)` gave. A place that isn't there is left out.
    """
    top = _Wanted()
    known: KeysOfSteps = {}
    for place in wanted:
        _plant(top, tree, place, known)
    text = raw.decode("utf-8")
    offsets: dict[Place, int] = {}
    start = _after_space(text, 0)
    offsets.update(dict.fromkeys(top.here, start))
    _Descent(text, offsets).value(start, top)
    positions = in_code_points(text, offsets.values())
    return {place: positions[offset] for place, offset in offsets.items()}


def _plant(top: _Wanted, tree: Json, place: Place, known: KeysOfSteps) -> None:
    keys = keys_of(tree, place.path, place.culprit, known) or keys_of(tree, place.path, None, known)
    if keys is None:
        return
    node = top
    for key in keys:
        node = node.at(key)
    node.here.append(place)


def _after_space(text: str, offset: int) -> int:
    """Where something stands again; most JSON on its way between systems has no spaces."""
    if text[offset : offset + 1] > " ":
        return offset
    match = _SPACE.match(text, offset)
    return match.end() if match else offset


class _Descent:
    """Walks the wanted parts of the text; nesting is bounded by what `safejson` lets through."""

    def __init__(self, text: str, offsets: dict[Place, int]) -> None:
        self.text = text
        self.offsets = offsets
        self.skip = _SKIP

    def value(self, offset: int, wanted: _Wanted) -> int:
        """Pass the value at `offset`, noting what is wanted in it; gives the offset after it."""
        mark = self.text[offset]
        if not wanted.children or mark not in "{[":
            return int(self.skip(self.text, offset)[1])
        return self._object(offset + 1, wanted) if mark == "{" else self._array(offset + 1, wanted)

    def _object(self, offset: int, wanted: _Wanted) -> int:
        text, children = self.text, wanted.children
        offset = _after_space(text, offset)
        while text[offset] != "}":
            key, end = self._key(offset)
            start = _after_space(text, _after_space(text, end) + 1)
            child = children.get(key)
            if child is None:
                end = self.skip(text, start)[1]
            else:
                self._note(child, offset)
                end = self.value(start, child)
            offset = self._next(end)
        return offset + 1

    def _key(self, offset: int) -> tuple[str, int]:
        """The name that begins at `offset`, and where it has ended."""
        end = self.text.index('"', offset + 1)
        name = self.text[offset + 1 : end]
        if "\\" not in name:
            return name, end + 1
        name, end = self.skip(self.text, offset)
        return name, end

    def _array(self, offset: int, wanted: _Wanted) -> int:
        offset = _after_space(self.text, offset)
        index = 0
        while self.text[offset] != "]":
            child = wanted.children.get(index)
            if child is None:
                end = self.skip(self.text, offset)[1]
            else:
                self._note(child, offset)
                end = self.value(offset, child)
            offset = self._next(end)
            index += 1
        return offset + 1

    def _note(self, child: _Wanted, offset: int) -> None:
        for place in child.here:
            self.offsets[place] = offset

    def _next(self, offset: int) -> int:
        offset = _after_space(self.text, offset)
        return _after_space(self.text, offset + 1) if self.text[offset] == "," else offset
