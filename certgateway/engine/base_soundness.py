"""Tells whether a resource surely is what base R4 asks, by functions written for the shapes that objects come in.

Which keys an object has says which of its parts are there, and most messages put their objects together in few ways.
For a way that has been met often enough a Python function is written that tries what that way leaves open. It answers
"nothing would be found here", or false: then `structure` walks the resource, and only it finds faults. What is rare
(ids of elements, extensions beside primitives, resources in resources, References that take a second look) is never
sound here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from certgateway.engine.codes import in_value_set
from certgateway.engine.compile import TypePlan, plans_of
from certgateway.engine.fhirpath_quick import QuickTest, reads_of
from certgateway.engine.narrative import objection
from certgateway.engine.primitives import ABSOLUTE, quick_check_for
from certgateway.engine.references import is_absolute

if TYPE_CHECKING:
    from certgateway.engine.compile import Property, Stated
    from certgateway.engine.definitions import Definitions
    from certgateway.engine.instance import Scope

Tree = Any
Keys = tuple[str, ...]
# A value, the scope it stands in, and where to put the extensions met, whose content their definitions judge.
Sound = Callable[[Tree, "Scope", list[Tree]], bool]

OFTEN = 8
"""How often a shape is met before its function is written, which costs as much as walking a hundred objects."""
# Which keys there are is the sender's choice: of more ways than these, objects of the type are walked.
_MOST_SHAPES = 100
_MOST_MET = 1_000
_CODE = quick_check_for("code")
_PLAIN_TEXT = quick_check_for("string")
_SPOKEN_OF = {"dict": dict, "len": len, "list": list, "str": str, "tuple": tuple, "type": type}
_BOTH = frozenset({"system", "code"})


@dataclass(slots=True)
class _Type:
    """A type with the functions written for its shapes, how often others were met, and constraints of a resource."""

    plan: TypePlan
    shapes: dict[Keys, Sound] = field(default_factory=dict)
    met: dict[Keys, int] = field(default_factory=dict)
    stated: dict[Keys, Stated] = field(default_factory=dict)


class BaseSoundness:
    """The functions of one set of definitions."""

    def __init__(self, definitions: Definitions, *, judges_codes: bool) -> None:
        """Write nothing yet. `judges_codes`: whether a code must be one of its system, where that is known in full."""
        self._definitions = definitions
        self._plans = plans_of(definitions, judges_codes=judges_codes)
        self._judges_codes = judges_codes
        self._types: dict[str, _Type] = {}
        # What is known of codes and extensions, so far as messages have named it.
        self._codes: dict[str, frozenset[str]] = {}
        self._defined: set[tuple[Property, str]] = set()

    def resource(self, name: str, value: Tree, scope: Scope, extensions: list[Tree]) -> Stated | None:
        """The constraints left to try of a resource that surely has no other fault; None where that can't be told."""
        known = self._type(name)
        keys = tuple(value)
        sound = known.shapes.get(keys) or self._function(known, keys)
        return known.stated[keys] if sound(value, scope, extensions) else None

    def _type(self, name: str) -> _Type:
        found = self._types.get(name)
        if found is None:
            found = self._types[name] = _Type(self._plans.plan(name))
        return found

    def _function(self, known: _Type, keys: Keys) -> Sound:
        """The function for objects with these keys, for which there was none."""
        often = known.met.get(keys, 0) + 1
        if often < OFTEN or len(known.shapes) >= _MOST_SHAPES:
            if len(known.met) < _MOST_MET or keys in known.met:
                known.met[keys] = often
            return _never
        known.met.pop(keys, None)
        known.stated[keys] = _open(known.plan.stated, keys)
        written = self._written(known.plan, keys)
        sound = known.shapes[keys] = _never if written is None else written
        return sound

    def _written(self, plan: TypePlan, keys: Keys) -> Sound | None:
        """What is tried of an object with these keys; None where it takes the walk whatever it holds."""
        lacking = any(frozenset(spelled).isdisjoint(keys) for _, spelled in plan.required)
        twice = any(len(frozenset(spelled).intersection(keys)) > 1 for _, spelled in plan.choices)
        if not keys or lacking or twice:
            return None
        is_coded = plan.name == "Coding" and _BOTH.issubset(keys)
        source = _Source(plan.name)
        for key in keys:
            found = plan.properties.get(key)
            if key == "resourceType" and plan.is_resource:
                continue
            is_code = is_coded and key in _BOTH
            if found is None or (key == "id" and not plan.is_resource):
                return None
            if not self._member(source, key, found, is_judged=not is_code):
                return None
        if is_coded:
            known = f"{source.named(self._codes)}.get(v['system'], ())"
            source.refuse_if(f"v['code'] not in {known} and not {source.named(self._is_coded)}(v)")
        if plan.name == "Attachment" and {"size", "data"}.issubset(keys):
            return None
        for _, quick in () if plan.is_resource else _open(plan.stated, keys):
            if quick is None:
                return None
            source.refuse_if(f"{source.named(quick)}(v) is not True")
        return source.function()

    def _member(self, source: _Source, key: str, found: Property, *, is_judged: bool) -> bool:
        """Write what is tried of one member; false where it takes the walk whatever it is."""
        source.add(f"c = v[{key!r}]")
        if found.repeats:
            source.refuse_if("type(c) is not list or not c")
            source.begin("for c in c:")
        if not is_judged:
            source.refuse_if("type(c) is not str")
            written = True
        elif found.check is not None:
            written = self._primitive(source, found, self._plans.plan(found.holder).texts.get(key))
        else:
            written = self._complex(source, found)
        source.end()
        return written

    def _primitive(self, source: _Source, found: Property, text: Callable[[str], object] | None) -> bool:
        if found.stated:
            return False
        if found.code == "xhtml":
            source.refuse_if(f"type(c) is not str or not {source.named(_is_plain_narrative)}(c)")
        elif found.allowed is not None:
            source.refuse_if(f"type(c) is not str or c not in {source.named(found.allowed.any_system)}")
        elif text is _PLAIN_TEXT:
            plain = f"0 < len(c) < 1000 and c.isprintable() and not c.isspace() or {source.named(text)}(c)"
            source.refuse_if(f"type(c) is not str or not ({plain})")
        elif text is not None:
            source.refuse_if(f"type(c) is not str or not {source.named(text)}(c)")
        else:
            source.refuse_if(f"c is None or {source.named(found.check)}(c) is not None")
        return True

    def _complex(self, source: _Source, found: Property) -> bool:
        """Write what is tried of one complex element: what its type asks, then what is asked of it here."""
        if any(quick is None for _, quick in found.stated):
            return False
        if found.code == "Resource":
            # Those of a Bundle's entries the walk takes one by one; all others it looks for itself.
            source.refuse_if("type(c) is not dict or not c")
            return found.holder == "Bundle.entry" and found.name == "resource"
        known = self._type(found.children)
        shapes, unknown = source.named(known.shapes.get), source.named(partial(self._function, known))
        source.refuse_if("type(c) is not dict")
        source.add("k = tuple(c)")
        source.refuse_if(f"not ({shapes}(k) or {unknown}(k))(c, s, e)")
        for _, quick in found.stated:
            source.refuse_if(f"{source.named(quick)}(c) is not True")
        if found.allowed is not None:
            source.refuse_if(f"not {source.named(in_value_set)}({source.named(found.allowed)}, c, {found.code!r})")
        if found.code == "Reference":
            source.refuse_if(f"not {source.named(_leads)}(c, s, {source.named(self._plans.targets(found.targets))})")
        elif found.code == "Extension":
            source.refuse_if(f"not {source.named(partial(self._is_defined, found))}(c, e)")
        return True

    def _is_coded(self, coding: dict[str, str]) -> bool:
        """Whether system and code have the form they must have, and the code is one of the system's."""
        system, code = coding["system"], coding["code"]
        if ABSOLUTE.fullmatch(system) is None or not _CODE(code):
            return False
        if not self._judges_codes or not self._definitions.is_known_system(system):
            return True
        codes = self._definitions.known_codes(system)
        if codes is None:
            return not self._definitions.is_value_set(system)
        # What isn't known isn't remembered: messages name whatever they like.
        self._codes[system] = frozenset(filter(_CODE, codes))
        return code in codes

    def _is_defined(self, found: Property, extension: dict[str, Tree], extensions: list[Tree]) -> bool:
        """Whether an extension is defined and may stand here, or is a part of another, named within that."""
        url = extension["url"]
        if (found, url) not in self._defined:
            if not is_absolute(url):
                return found.holder == "Extension"
            known = self._plans.extension(url) if "|" not in url else None
            if known is None or found.is_modifier != known.modifies or found.holder not in known.holders:
                return False
            self._defined.add((found, url))
        extensions.append(extension)
        return True


class _Source:
    """The source of one function: tries one after another, each of which may refuse."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lines = ["def sound(v, s, e):"]
        self._names: dict[str, object] = {}
        self._indent = " "

    def named(self, value: object) -> str:
        """A name for a value that the source speaks of."""
        name = f"n{len(self._names)}"
        self._names[name] = value
        return name

    def add(self, line: str) -> None:
        self._lines.append(self._indent + line)

    def refuse_if(self, condition: str) -> None:
        self.add(f"if {condition}: return False")

    def begin(self, line: str) -> None:
        self.add(line)
        self._indent = "  "

    def end(self) -> None:
        self._indent = " "

    def function(self) -> Sound:
        known: dict[str, Any] = {"__builtins__": _SPOKEN_OF, **self._names}
        # Only our own words stand in the source, and the quoted keys that a type of the definitions has.
        exec(compile("\n".join([*self._lines, " return True"]), f"<{self._name}>", "exec"), known)  # noqa: S102
        sound: Sound = known["sound"]
        return sound


def _never(_value: Tree, _scope: Scope, _extensions: list[Tree]) -> bool:
    return False


def _open(stated: Stated, keys: Keys) -> Stated:
    """The constraints that objects with these keys don't keep by having no other."""
    return tuple(row for row in stated if row[1] is None or not _is_kept(row[1], keys))


def _is_kept(test: QuickTest, keys: Keys) -> bool:
    reads = reads_of(test)
    return reads is not None and reads.isdisjoint(keys) and test({}) is True


def _is_plain_narrative(text: str) -> bool:
    return objection(text) is None and "href" not in text and "src" not in text


def _leads(value: dict[str, Tree], scope: Scope, allowed: tuple[str, ...]) -> bool:
    """Whether a Reference leads to the one entry it names and that is of an allowed type, or names nothing."""
    if "type" in value:
        return False
    reference = value.get("reference")
    if reference is None:
        return True
    if scope.entries is None or not reference.startswith("urn:uuid:"):
        return False
    rows = scope.entries.by_url.get(reference)
    if rows is None or len(rows) != 1:
        return False
    return not allowed or rows[0][0].get("resourceType") in allowed


def base_soundness_of(definitions: Definitions, *, judges_codes: bool) -> BaseSoundness:
    """The functions of these definitions, shared by all judgements that look at codes alike."""
    name = "base soundness with codes" if judges_codes else "base soundness"
    made: BaseSoundness = definitions.remembered(name, lambda known: BaseSoundness(known, judges_codes=judges_codes))
    return made
