"""Prepares the types of base R4 as functions that tell whether a value surely has no fault, so that most cost one call.

The keys of an object say which of its parts are there, and most messages put their objects together in few ways: what
is to be tried for one way is worked out once and kept. A function answers "nothing would be found here", or false: then
`structure` walks the value, and only it finds faults. What is rare (ids of elements, extensions beside primitives,
resources in resources, References that take a second look) is never sound here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from certgateway.engine.codes import in_value_set
from certgateway.engine.compile import TypePlan, plans_of
from certgateway.engine.fhirpath_quick import QuickTest, reads_of
from certgateway.engine.narrative import objection
from certgateway.engine.primitives import ABSOLUTE, Check, quick_check_for
from certgateway.engine.references import is_absolute

if TYPE_CHECKING:
    from certgateway.engine.compile import AllowedCodes, Property, Stated
    from certgateway.engine.definitions import Definitions
    from certgateway.engine.instance import Scope

Tree = Any
# A value, the scope it stands in, and where to put the extensions met, whose content their definitions judge.
Sound = Callable[[Tree, "Scope", list[Tree]], bool]
OfText = Callable[[str], object]
OfObject = Callable[[dict[str, Tree]], object]

# Ways of putting an object together are the sender's: more of them for one type are worked out anew each time.
_MOST_SHAPES = 1_000


_CODE = quick_check_for("code")
_ANY_TEXT: OfText = bool


class _Shape(NamedTuple):
    """What is tried of an object with certain keys: texts, other members, and the object as a whole.

    `stated` are the constraints of a resource that the keys alone don't keep.
    """

    texts: tuple[tuple[str, OfText], ...]
    members: tuple[tuple[str, Sound], ...]
    whole: tuple[OfObject, ...]
    stated: Stated


class BaseSoundness:
    """The functions of one set of definitions, each made when first asked for."""

    def __init__(self, definitions: Definitions, *, judges_codes: bool) -> None:
        """Make nothing yet. `judges_codes`: whether a code must be one of its system, where that is known in full."""
        self._definitions = definitions
        self._plans = plans_of(definitions, judges_codes=judges_codes)
        self._judges_codes = judges_codes
        self._known: dict[str, Sound] = {}
        self._shapes: dict[str, dict[tuple[str, ...], _Shape | None]] = {}
        self._codes: dict[str, frozenset[str]] = {}

    def resource(self, name: str, value: Tree, scope: Scope, extensions: list[Tree]) -> Stated | None:
        """The constraints left to try where a resource surely has no other fault, else None."""
        if not self._of(name)(value, scope, extensions):
            return None
        shape = self._shapes[name].get(tuple(value))
        return self._plans.plan(name).stated if shape is None else shape.stated

    def _of(self, name: str) -> Sound:
        """Whether an object is what its type asks; of a resource, whatever its constraints say of the whole of it."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._object(self._plans.plan(name))
        return found

    def _object(self, plan: TypePlan) -> Sound:
        shapes = self._shapes[plan.name] = {}

        def sound(value: Tree, scope: Scope, extensions: list[Tree]) -> bool:
            if type(value) is not dict:
                return False
            keys = tuple(value)
            shape = shapes[keys] if keys in shapes else self._met(plan, keys)
            if shape is None:
                return False
            texts, members, whole, _ = shape
            for key, fits in texts:
                child = value[key]
                if type(child) is not str or not fits(child):
                    return False
            for key, is_sound in members:
                if not is_sound(value[key], scope, extensions):
                    return False
            for holds in whole:  # noqa: SIM110  A loop costs half of a generator.
                if holds(value) is not True:
                    return False
            return True

        return sound

    def _met(self, plan: TypePlan, keys: tuple[str, ...]) -> _Shape | None:
        """The shape of objects with these keys, which were not met before."""
        shape = self._shape(plan, keys)
        if len(self._shapes[plan.name]) < _MOST_SHAPES:
            self._shapes[plan.name][keys] = shape
        return shape

    def _shape(self, plan: TypePlan, keys: tuple[str, ...]) -> _Shape | None:
        """What is to be tried of an object with these keys; None where it takes the walk whatever it holds."""
        lacking = any(present.isdisjoint(keys) for present in (frozenset(spelled) for _, spelled in plan.required))
        twice = any(len(frozenset(spelled).intersection(keys)) > 1 for _, spelled in plan.choices)
        whole = () if plan.is_resource else self._whole(plan, keys)
        if not keys or lacking or twice or whole is None:
            return None
        texts: list[tuple[str, OfText]] = []
        members: list[tuple[str, Sound]] = []
        for key in keys:
            found = plan.properties.get(key)
            if key == "resourceType" and plan.is_resource:
                continue
            if found is None or (key == "id" and not plan.is_resource):
                return None
            text = self._text(found, plan.texts.get(key), keys)
            member = self._member(found) if text is None else None
            if text is not None:
                texts.append((key, text))
            elif member is not None:
                members.append((key, member))
            else:
                return None
        return _Shape(tuple(texts), tuple(members), whole, _open(plan.stated, keys))

    def _whole(self, plan: TypePlan, keys: tuple[str, ...]) -> tuple[OfObject, ...] | None:
        """What is asked of an object of a type beside its members; None where that has no quick form."""
        own: dict[str, OfObject] = {"Attachment": _has_no_size, "Coding": self._is_coded}
        quick = [test for _, test in _open(plan.stated, keys)]
        tests = [own[plan.name], *quick] if plan.name in own else quick
        known = [test for test in tests if test is not None]
        return tuple(known) if len(known) == len(tests) else None

    def _text(self, found: Property, fits: OfText | None, keys: tuple[str, ...]) -> OfText | None:
        """The test of a text; of a Coding with both, system and code are tried together."""
        if found.holder != "Coding" or found.name not in ("system", "code"):
            return fits
        if "system" in keys and "code" in keys:
            return _ANY_TEXT
        return ABSOLUTE.fullmatch if found.is_system else fits

    def _is_coded(self, coding: dict[str, Tree]) -> bool:
        """Whether system and code of a Coding have the form they must have, and the code is one of the system's."""
        if "system" not in coding or "code" not in coding:
            return True
        system, code = coding["system"], coding["code"]
        codes = self._codes.get(system)
        if codes is None:
            codes = self._listed(system)
        if codes is not None and code in codes:
            return True
        judged = self._judges_codes and (codes is not None or self._definitions.is_value_set(system))
        return not judged and ABSOLUTE.fullmatch(system) is not None and _CODE(code) is not None

    def _listed(self, system: str) -> frozenset[str] | None:
        """The codes of a system that is known in full, so far as they have a code's form; else None."""
        codes = self._definitions.known_codes(system) if ABSOLUTE.fullmatch(system) else None
        if codes is not None:  # What isn't known isn't remembered: messages name whatever they like.
            self._codes[system] = codes = frozenset(filter(_CODE, codes))
        return codes

    # ---- members ----

    def _member(self, found: Property) -> Sound | None:
        one = self._primitive(found, found.check) if found.check is not None else self._complex(found)
        return _each(one) if one is not None and found.repeats else one

    def _primitive(self, found: Property, check: Check) -> Sound | None:
        if found.stated:
            return None
        if found.code == "xhtml":
            return lambda value, _scope, _extensions: check(value) is None and _is_plain_narrative(value)
        if found.allowed is None:
            return lambda value, _scope, _extensions: value is not None and check(value) is None
        codes = found.allowed.any_system
        return lambda value, _scope, _extensions: value is not None and check(value) is None and value in codes

    def _complex(self, found: Property) -> Sound | None:
        """One complex element: what its type asks, then what is asked of it here."""
        if found.code == "Resource":
            return None
        tests = [self._of(found.children)]
        for _, quick in found.stated:
            if quick is None:
                return None
            tests.append(_of_whole(quick))
        if found.allowed is not None:
            tests.append(_is_among(found.allowed, found.code))
        if found.code == "Reference":
            tests.append(_leads(self._plans.targets(found.targets)))
        elif found.code == "Extension":
            tests.append(self._is_defined(found))
        return tests[0] if len(tests) == 1 else _every(tuple(tests))

    def _is_defined(self, found: Property) -> Sound:
        """Whether an extension is defined and may stand here, or is a part of another, named within that."""

        def sound(value: Tree, _scope: Scope, extensions: list[Tree]) -> bool:
            url = value["url"]
            if not is_absolute(url):
                return found.holder == "Extension"
            known = self._plans.extension(url) if "|" not in url else None
            if known is None or found.is_modifier != known.modifies or found.holder not in known.holders:
                return False
            extensions.append(value)
            return True

        return sound


def _open(stated: Stated, keys: tuple[str, ...]) -> Stated:
    """The constraints that objects with these keys don't keep by having no other."""
    return tuple(row for row in stated if row[1] is None or not _is_kept(row[1], keys))


def _is_kept(test: QuickTest, keys: tuple[str, ...]) -> bool:
    reads = reads_of(test)
    return reads is not None and reads.isdisjoint(keys) and test({}) is True


def _has_no_size(attachment: dict[str, Tree]) -> bool:
    return "size" not in attachment or "data" not in attachment


def _is_plain_narrative(text: str) -> bool:
    return objection(text) is None and "href" not in text and "src" not in text


def _each(one: Sound) -> Sound:
    def sound(values: Tree, scope: Scope, extensions: list[Tree]) -> bool:
        if type(values) is not list or not values:
            return False
        for value in values:  # noqa: SIM110  As above.
            if not one(value, scope, extensions):
                return False
        return True

    return sound


def _every(tests: tuple[Sound, ...]) -> Sound:
    def sound(value: Tree, scope: Scope, extensions: list[Tree]) -> bool:
        for test in tests:  # noqa: SIM110  As above.
            if not test(value, scope, extensions):
                return False
        return True

    return sound


def _of_whole(holds: OfObject) -> Sound:
    return lambda value, _scope, _extensions: holds(value) is True


def _is_among(allowed: AllowedCodes, code: str) -> Sound:
    return lambda value, _scope, _extensions: in_value_set(allowed, value, code)


def _leads(allowed: tuple[str, ...]) -> Sound:
    """Whether a Reference leads to the one entry it names and that is of an allowed type, or names nothing."""

    def sound(value: Tree, scope: Scope, _extensions: list[Tree]) -> bool:
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

    return sound


def base_soundness_of(definitions: Definitions, *, judges_codes: bool) -> BaseSoundness:
    """The functions of these definitions, shared by all judgements that look at codes alike."""
    name = "base soundness with codes" if judges_codes else "base soundness"
    made: BaseSoundness = definitions.remembered(name, lambda known: BaseSoundness(known, judges_codes=judges_codes))
    return made
