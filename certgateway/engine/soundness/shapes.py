"""Functions that are written in Python for the shapes objects come in: `base_r4` and `profiles` try with them.

Which keys an object has says which of its parts are there, and most messages put their objects together in few ways.
For a way that has been met often enough a function is written that tries what that way leaves open. Nothing here may
know what is tried, or let a sender decide how much is written or remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Tree = Any
Keys = tuple[str, ...]
# A value, the scope it stands in, and what the one who asks hands on.
Trial = Callable[[Tree, Any, Any], bool]

OFTEN = 2
"""How often the shape of a resource is met before its function is written, which takes as long as walking it ten times.

What stands in it follows at once: a message that looks like the one before is tried with functions throughout.
"""
# Which keys there are is the sender's choice: objects of more shapes than these are walked. Now and then room is made,
# so that nobody can fill it for good.
_MOST_SHAPES = 100
_ROOM_AFTER = 10_000
_MOST_MET = 1_000
MOST_SETS = 16
"""Sets of ignored constraints come from callers, who need few: one that makes up ever new ones fills no memory."""
_HEAD = "def trial(v, s, g):"
_SPOKEN_OF = {"dict": dict, "len": len, "list": list, "str": str, "tuple": tuple, "type": type, "TypeError": TypeError}


def never(_value: Tree, _scope: object, _given: object) -> bool:
    """No value of this shape is surely without fault."""
    return False


class Shapes:
    """The functions for objects of one kind, by their keys."""

    __slots__ = ("_is_resource", "_met", "_names", "_turned_away", "_write", "known")

    def __init__(self, write: Callable[[Keys], Trial | None], names: Iterable[str], *, is_resource: bool) -> None:
        """Take who writes the function for a shape; None where such objects must be walked whatever they hold.

        `names` are the keys that such objects may have: of any other nothing is remembered.
        """
        self._names = frozenset(names) | {"resourceType"}
        self.known: dict[Keys, Trial] = {}
        self._is_resource = is_resource
        self._met: dict[Keys, int] = {}
        self._turned_away = 0
        self._write = write

    def met(self, keys: Keys) -> Trial:
        """The function for a shape for which none is known."""
        if not self._names.issuperset(keys) or (len(self.known) >= _MOST_SHAPES and not self._has_room()):
            return never
        often = self._met.pop(keys, 0) + 1
        if self._is_resource and often < OFTEN:
            if len(self._met) >= _MOST_MET:
                self._met.clear()  # Else shapes that come once would keep out all that come often.
            self._met[keys] = often
            return never
        self.known[keys] = self._write(keys) or never
        return self.known[keys]

    def _has_room(self) -> bool:
        """Whether functions are forgotten now, of shapes that may not come any more."""
        self._turned_away += 1
        if self._turned_away < _ROOM_AFTER:
            return False
        self._turned_away = 0
        self.known.clear()
        return True


class Source:
    """The source of one function of a value `v`, its scope `s` and what is given `g`: trials that refuse in turn."""

    def __init__(self, name: str) -> None:
        """Begin a function that is called `name` where an error shows it."""
        self._name = name
        self._lines = [" pass"]
        self._names: dict[str, object] = {}
        self._indent = " "

    def named(self, value: object) -> str:
        """A name for a value that the source speaks of."""
        name = f"n{len(self._names)}"
        self._names[name] = value
        return name

    def add(self, line: str) -> None:
        """Add a line as it stands."""
        self._lines.append(self._indent + line)

    def refuse_if(self, condition: str) -> None:
        """Add a trial."""
        self.add(f"if {condition}: return False")

    def begin(self, line: str) -> None:
        """Begin a block, which may hold no other."""
        self.add(line)
        self._indent = "  "

    def end(self) -> None:
        """End the block, if there is one."""
        self._indent = " "

    def refuse_of_shape(self, name: str, shapes: Shapes, *, unless: str | None = None) -> None:
        """Add the trial of an object by the function for its shape, unless it is sound without that."""
        known, met = self.named(shapes.known.get), self.named(shapes.met)
        refused = f"not ({known}(k := tuple({name})) or {met}(k))({name}, s, g)"
        self.refuse_if(refused if unless is None else f"not ({unless}) and {refused}")

    def function(self, *, answer: object = True) -> Trial:
        """The function, compiled; it gives this answer where nothing refuses."""
        given = self.named(answer)
        known: dict[str, Any] = {"__builtins__": _SPOKEN_OF, **self._names}
        # What can't be looked up (a list for a text) is of the wrong type.
        lines = [
            _HEAD,
            " try:",
            *(f" {line}" for line in self._lines),
            " except TypeError: return False",
            f" return {given}",
        ]
        # Only the words of those who write stand in the source, and quoted keys that the definitions have.
        exec(compile("\n".join(lines), f"<{self._name}>", "exec"), known)  # noqa: S102
        trial: Trial = known["trial"]
        return trial
