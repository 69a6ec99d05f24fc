"""Tells whether a resource surely is what base R4 asks, by functions for the shapes of its objects.

They answer "nothing would be found here", or false: then `structure` walks the resource, and only it finds faults. What
is rare (ids of elements, extensions beside primitives, References that take a second look) is never sound here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from certgateway.engine.codes import in_value_set
from certgateway.engine.compile import TypePlan, plans_of
from certgateway.engine.fhirpath.quick import QuickTest, reads_of
from certgateway.engine.primitives import ABSOLUTE, quick_check_for
from certgateway.engine.references import is_absolute, stated_type
from certgateway.engine.resources.narrative import is_plain
from certgateway.engine.soundness.shapes import MOST_SETS, Keys, Shapes, Source, Trial

if TYPE_CHECKING:
    from certgateway.engine.compile import Property, Stated
    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.instance import Scope

Tree = Any
_CODE = quick_check_for("code")
_PLAIN_TEXT = quick_check_for("string")
_BOTH = frozenset({"system", "code"})
_SPACE = re.compile(r"\s")
_SIZED = frozenset({"size", "data"})


class BaseSoundness:
    """The functions of one set of definitions."""

    def __init__(self, definitions: Definitions, *, judges_codes: bool, ignored: frozenset[str]) -> None:
        """Write nothing yet. `judges_codes`: whether a code must be one of its system, where that is known in full.

        `ignored` are the keys of constraints that are left alone.
        """
        self._definitions = definitions
        self._plans = plans_of(definitions, judges_codes=judges_codes)
        self._judges_codes = judges_codes
        self._ignored = ignored
        self._shapes: dict[str, Shapes] = {}
        # What is known of codes and extensions, so far as messages have named it.
        self._codes: dict[str, frozenset[str]] = {}
        self._defined: set[tuple[Property, str]] = set()

    def resource(self, name: str, value: Tree, scope: Scope, extensions: list[Tree]) -> Stated | None:
        """The constraints left to try of a resource that surely has no other fault; None where that can't be told.

        Its extensions are added to `extensions`: their definitions judge what they hold.
        """
        shapes = self._shapes_of(name)
        keys = tuple(value)
        found: Any = (shapes.known.get(keys) or shapes.met(keys))(value, scope, extensions)
        return None if found is False else found

    def _shapes_of(self, name: str) -> Shapes:
        found = self._shapes.get(name)
        if found is None:
            plan = self._plans.plan(name)
            found = self._shapes[name] = Shapes(
                partial(self._written, plan), plan.properties, is_resource=plan.is_resource
            )
        return found

    def _written(self, plan: TypePlan, keys: Keys) -> Trial | None:
        """What is tried of an object with these keys; None where it takes the walk whatever it holds."""
        source = Source(plan.name)
        stated = self._open(plan.stated, keys)
        if not _is_whole(plan, keys) or not self._write_members(source, plan, keys):
            return None
        if plan.is_resource:
            return source.function(answer=stated)
        return source.function() if _write_stated(source, stated, "v") else None

    def _open(self, stated: Stated, keys: Keys) -> Stated:
        """The constraints that objects with these keys don't keep by having no other."""
        return tuple(row for row in self._heeded(stated) if row[1] is None or not _is_kept(row[1], keys))

    def _heeded(self, stated: Stated) -> Stated:
        return tuple(row for row in stated if row[0].key not in self._ignored)

    def _write_members(self, source: Source, plan: TypePlan, keys: Keys) -> bool:
        """Write what is tried of each member; false where one of them takes the walk whatever it is."""
        together = _BOTH if plan.name == "Coding" and _BOTH.issubset(keys) else frozenset()
        for key in keys:
            found = plan.properties.get(key)
            if key == "resourceType" and plan.is_resource:
                continue
            if found is None or (key == "id" and not plan.is_resource):
                return False
            source.add(f"c = v[{key!r}]")
            if key in together:
                source.refuse_if("type(c) is not str")
            elif not self._write_member(source, key, found):
                return False
        if together:
            known = f"{source.named(self._codes)}.get(v['system'], ())"
            source.refuse_if(f"v['code'] not in {known} and not {source.named(self._is_coded)}(v)")
        return True

    def _write_member(self, source: Source, key: str, found: Property) -> bool:
        if found.repeats:
            source.refuse_if("type(c) is not list or not c")
            source.begin("for c in c:")
        if found.check is not None:
            written = self._primitive(source, found, self._plans.plan(found.holder).texts.get(key))
        else:
            written = self._complex(source, found)
        source.end()
        return written

    def _primitive(self, source: Source, found: Property, text: Callable[[str], object] | None) -> bool:
        if found.stated:
            return False
        if found.code == "xhtml":
            source.refuse_if(f"{source.named(found.check)}(c) is not None or not {source.named(is_plain)}(c)")
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

    def _complex(self, source: Source, found: Property) -> bool:
        """Write what is tried of one complex element: what its type asks, then what is asked of it here."""
        if found.code == "Resource":
            # The walk takes them one by one, where it knows where they stand.
            source.refuse_if("type(c) is not dict or not c")
            return found.name == "contained" or (found.holder == "Bundle.entry" and found.name == "resource")
        source.refuse_if("type(c) is not dict")
        if found.code == "Coding" and found.repeats and not found.stated and found.allowed is None:
            # Most Codings are of a code and its system, which is known.
            codes = f"{source.named(self._codes)}.get(c.get('system'), ())"
            source.add(f"if len(c) == 2 and c.get('code') in {codes}: continue")
        source.refuse_of_shape("c", self._shapes_of(found.children), unless=self._plain(source, found))
        if not _write_stated(source, self._heeded(found.stated), "c"):
            return False
        if found.allowed is not None:
            source.refuse_if(f"not {source.named(in_value_set)}({source.named(found.allowed)}, c, {found.code!r})")
        if found.code == "Reference":
            allowed = source.named(self._plans.targets(found.targets))
            source.refuse_if(f"not {source.named(self._leads)}(c, s, {allowed})")
        elif found.code == "Extension":
            source.refuse_if(f"not {source.named(partial(self._is_defined, found))}(c, g)")
        return True

    def _plain(self, source: Source, found: Property) -> str | None:
        """What tells the most usual objects of a type to be sound without their function; None where nothing does.

        They are concepts of one Coding whose code and system are known, and References by nothing but a URN.
        """
        if self._plans.plan(found.children).stated:
            return None
        if found.code == "CodeableConcept" and not self._plans.plan("Coding").stated:
            one = "len(c) == 1 and type(x := c.get('coding')) is list and len(x) == 1 and type(x := x[0]) is dict"
            return f"{one} and len(x) == 2 and x.get('code') in {source.named(self._codes)}.get(x.get('system'), ())"
        if found.code == "Reference":
            one = "len(c) == 1 and type(x := c.get('reference')) is str"
            return f"{one} and x.startswith('urn:uuid:') and len(x) < 100 and x.isprintable()"
        return None

    def _is_coded(self, coding: dict[str, str]) -> bool:
        """Whether system and code have the form they must have, and the code is one of the system's."""
        system, code = coding["system"], coding["code"]
        if (known := self._codes.get(system)) is not None:
            return code in known or (not self._judges_codes and bool(_CODE(code)))
        if ABSOLUTE.fullmatch(system) is None or not _CODE(code):
            return False
        if not self._definitions.is_known_system(system):
            return True
        codes = self._definitions.known_codes(system)
        if codes is None:
            return not self._judges_codes or not self._definitions.is_value_set(system)
        # What isn't known isn't remembered: messages name whatever they like.
        self._codes[system] = frozenset(filter(_CODE, codes))
        return not self._judges_codes or code in codes

    def _leads(self, value: dict[str, Tree], scope: Scope, allowed: tuple[str, ...]) -> bool:
        """Whether a Reference leads to the one resource it names and that is of an allowed type, or names nothing.

        Outside a Bundle a reference may lead anywhere, to a resource of the type that it tells.
        """
        if "type" in value:
            return False
        reference = value.get("reference")
        if reference is None:
            return True
        entries = scope.entries
        if entries is not None and reference.startswith("urn:uuid:"):
            rows = entries.by_url.get(reference, ())
        elif _SPACE.search(reference):
            return False
        elif entries is None and not reference.startswith("#"):
            name = stated_type(value, self._definitions)
            return not allowed or name is None or name in allowed
        else:
            rows = scope.find(reference)
        return len(rows) == 1 and (not allowed or rows[0][0].get("resourceType") in allowed)

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


def _is_whole(plan: TypePlan, keys: Keys) -> bool:
    """Whether an object with these keys has all it needs, nothing twice, and no members that are judged together."""
    lacking = any(frozenset(spelled).isdisjoint(keys) for _, spelled in plan.required)
    twice = any(len(frozenset(spelled).intersection(keys)) > 1 for _, spelled in plan.choices)
    return bool(keys) and not lacking and not twice and not (plan.name == "Attachment" and _SIZED.issubset(keys))


def _write_stated(source: Source, stated: Stated, name: str) -> bool:
    """Write constraints on a value; false where one has no quick form."""
    for _, quick in stated:
        source.refuse_if(f"{source.named(quick)}({name}) is not True")
    return all(quick is not None for _, quick in stated)


def _is_kept(test: QuickTest, keys: Keys) -> bool:
    reads = reads_of(test)
    return reads is not None and reads.isdisjoint(keys) and test({}) is True


def base_soundness_of(
    definitions: Definitions, *, judges_codes: bool, ignored: frozenset[str] = frozenset()
) -> BaseSoundness:
    """The functions of these definitions, shared by all judgements that look at codes and constraints alike."""
    known: dict[object, BaseSoundness] = definitions.remembered("base soundness", lambda _: {})
    key = (judges_codes, ignored)
    if key not in known:
        if len(known) >= MOST_SETS:
            known.clear()
        known[key] = BaseSoundness(definitions, judges_codes=judges_codes, ignored=ignored)
    return known[key]
