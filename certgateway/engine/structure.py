"""Walks a resource against base R4: names, cardinality, types, primitives, codes, references, narrative, invariants.

One pass; a value of the wrong type is reported once and not entered. Nothing here may know a profile, except that each
resource and extension it meets is handed to `on_resource` and `on_extension`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine import bundles, contained
from certgateway.engine.codes import check_codes, refuse_code
from certgateway.engine.compile import Plans, Property, TypePlan, plans_of
from certgateway.engine.contexts import check_context
from certgateway.engine.instance import Place, Scope, Trail, inner_scope, type_of
from certgateway.engine.invariants import check_invariants
from certgateway.engine.narrative import objection
from certgateway.engine.primitives import FORMS, Verdict, json_type
from certgateway.engine.references import check_reference, is_absolute

if TYPE_CHECKING:
    from collections.abc import Callable

    from certgateway.engine.facts import Invariant
    from certgateway.engine.run import Run

Tree = Any
_EXTENSIONS = frozenset({"extension", "modifierExtension"})
_WITH_SYSTEM = frozenset({"Coding", "Identifier"})


class Walk:
    """One pass over one resource and everything in it."""

    def __init__(self, run: Run, on_profiled: Callable[[Place], None]) -> None:
        """Take where faults go, and who judges resources and extensions by profile once their structure is judged."""
        self._run = run
        self._plans: Plans = plans_of(run.definitions)
        self._on_profiled = on_profiled

    def resource(self, value: Tree, trail: Trail, scope: Scope) -> None:
        """Judge a resource, its contents first, then its invariants, then its profiles."""
        name = type_of(value)
        if not self._run.definitions.is_resource(name):
            self._run.add("resource-type-unknown", trail)
            return
        mark = len(self._run.faults)
        plan = self._plans.plan(name)
        self._members(value, plan, trail, scope)
        place = Place(value, None, name, trail, scope)
        if name == "Bundle":
            bundles.check_entries(self._run, value, trail)
        if "contained" in value:
            contained.check_contained(self._run, value, trail)
        stated = _stated(value, plan)
        if trail[1] == "contained":
            # R4 wants no narrative in a contained resource, whatever dom-6 says of resources in general.
            stated = tuple(row for row in stated if row.key != "dom-6")
        check_invariants(self._run, stated, place, mark)
        self._on_profiled(place)

    def _members(self, value: dict[str, Tree], plan: TypePlan, trail: Trail, scope: Scope) -> None:
        """Judge every property present, then what is absent or given twice."""
        properties, unknown, choices = plan.properties, list[str](), 0
        for key, child in value.items():
            found = properties.get(key)
            if found is None:
                found = _beside(key, plan)
                if found is None:
                    unknown += [] if key == "resourceType" and plan.is_resource else [key]
                elif key[1:] not in value:  # Beside its primitive it is judged together with it.
                    choices += found.is_choice
                    self._property(found, None, child, trail, scope)
                continue
            choices += found.is_choice
            extra = value.get(found.sibling) if found.companion else None
            if not (found.is_plain and extra is None and _is_sound(found, child)):
                self._property(found, child, extra, trail, scope)
        for key in unknown:
            self._run.add("element-unknown", trail, plan.name, culprit=key)
        self._absent(value, plan, trail, unknown, several=choices > 1)

    def _absent(
        self, value: dict[str, Tree], plan: TypePlan, trail: Trail, unknown: list[str], *, several: bool
    ) -> None:
        for name, keys in plan.required:
            if keys[0] in value:
                continue
            present = any(key in value or "_" + key in value for key in keys)
            # `valueFoo` is an unknown property already; that `value` is missing would be the same fault again.
            misspelt = len(keys) > 1 and any(key.startswith(name) for key in unknown)
            if not present and not misspelt:
                self._run.add("element-missing", trail, name)
        for name, keys in plan.choices if several else ():
            given = [key for key in keys if key in value or "_" + key in value]
            if len(given) > 1:
                self._run.add("choice-several", trail, name, detail={"found": ", ".join(given)})

    def _property(self, found: Property, value: Tree, extra: Tree, trail: Trail, scope: Scope) -> None:
        """Judge the value of one key, a list or not as the base definition says."""
        if not found.repeats:
            if isinstance(value, list) or isinstance(extra, list):
                self._run.add("single-expected", (trail, found.name, None))
            else:
                self._item(found, value, extra, (trail, found.name, None), scope)
            return
        misshapen = (value is not None and not isinstance(value, list)) or (
            extra is not None and not isinstance(extra, list)
        )
        if misshapen:
            self._run.add("list-expected", (trail, found.name, None))
            return
        self._items(found, value or [], extra or [], trail, scope)

    def _items(self, found: Property, values: list[Tree], extras: list[Tree], trail: Trail, scope: Scope) -> None:
        count = max(len(values), len(extras))
        if count == 0:
            # No path selects an empty list or a null: its holder is named, and the name leads to the position.
            self._run.add("value-empty", trail, culprit=found.sibling[1:])
        for index in range(count):
            value = values[index] if index < len(values) else None
            extra = extras[index] if index < len(extras) else None
            self._item(found, value, extra, (trail, found.name, index), scope)

    def _item(self, found: Property, value: Tree, extra: Tree, trail: Trail, scope: Scope) -> None:
        """Judge one occurrence of an element."""
        mark = len(self._run.faults)
        if value is None and extra is None:
            self._run.add("null-not-allowed", _holder(trail), culprit=found.sibling[1:])
        elif found.check is not None:
            self._primitive(found, value, extra, trail, scope)
        elif not isinstance(value, dict):
            self._run.add("type-wrong", trail, found.code, detail={"found": json_type(value)})
        elif not value:
            self._run.add("value-empty", trail)
        elif found.code == "Resource":
            self.resource(value, trail, inner_scope(scope, value, trail))
        else:
            self._complex(found, value, trail, scope)
        if found.invariants or found.guarded:
            place = Place(value, extra, found.code, trail, scope)
            check_invariants(self._run, _stated(value, found), place, mark)

    def _complex(self, found: Property, value: dict[str, Tree], trail: Trail, scope: Scope) -> None:
        mark = len(self._run.faults)
        plan = self._plans.plan(found.children)
        if value.keys() == {"id"}:
            self._run.add("value-empty", trail)
            return
        self._members(value, plan, trail, scope)
        if plan.invariants:
            check_invariants(self._run, _stated(value, plan), Place(value, None, found.code, trail, scope), mark)
        if found.allowed is not None:
            check_codes(self._run, found.allowed, value, found.code, trail)
        if found.code == "Reference":
            check_reference(self._run, value, self._plans.targets(found.targets), trail, scope)
        elif found.code == "Extension":
            self._extension(found, Place(value, None, found.code, trail, scope))
        elif found.code in _WITH_SYSTEM and not is_absolute(value.get("system")):
            self._run.add("uri-not-absolute", (trail, "system", None))

    def _extension(self, found: Property, place: Place) -> None:
        url = place.value.get("url")
        # An extension inside another is named within it; any other has a canonical.
        if not is_absolute(url) and place.trail[0][1] not in _EXTENSIONS:
            self._run.add("uri-not-absolute", (place.trail, "url", None))
            return
        structure = self._run.definitions.structure(url) if isinstance(url, str) else None
        if structure is not None:
            check_context(self._run, structure, place)
            self._on_profiled(place)
        elif found.is_modifier:
            self._run.add("modifier-extension-unknown", place.trail)
        elif self._run.options.unknown_extension is not None and is_absolute(url):
            self._run.add("extension-unknown", place.trail, severity=self._run.options.unknown_extension)

    def _primitive(self, found: Property, value: Tree, extra: Tree, trail: Trail, scope: Scope) -> None:
        if value is not None and found.check is not None:
            verdict = found.check(value)
            if verdict is not None:
                self._refuse(found, value, verdict, trail)
            elif found.allowed is not None and value not in found.allowed.any_system:
                refuse_code(self._run, found.allowed, trail)
            elif found.code == "xhtml":
                self._narrative(value, trail)
        if extra is not None:
            self._extra(found, extra, trail, scope)

    def _refuse(self, found: Property, value: Tree, verdict: Verdict, trail: Trail) -> None:
        empty = isinstance(value, (dict, list)) and not value
        kind = Verdict.EMPTY.value if empty else verdict.value
        form = {"form": FORMS[found.code]} if found.code in FORMS else {}
        detail = {"found": json_type(value), **form}
        self._run.add(kind, trail, None if kind == Verdict.EMPTY.value else found.code, detail=detail)

    def _narrative(self, text: str, trail: Trail) -> None:
        reason = objection(text)
        if reason is not None:
            self._run.add("narrative-not-allowed", trail, reason)

    def _extra(self, found: Property, extra: Tree, trail: Trail, scope: Scope) -> None:
        """Judge the id and extensions of a primitive."""
        if not isinstance(extra, dict):
            self._run.add("type-wrong", trail, "Element", detail={"found": json_type(extra)})
        elif not extra:
            self._run.add("value-empty", trail)
        else:
            self._members(extra, self._plans.plan(found.code), trail, scope)


def _beside(key: str, plan: TypePlan) -> Property | None:
    """The primitive beside which `_name` may stand."""
    found = plan.properties.get(key[1:]) if key[:1] == "_" else None
    return found if found is not None and found.companion else None


def _is_sound(found: Property, value: Tree) -> bool:
    """Whether a plain primitive, as most members are, needs no closer look."""
    if found.check is None or found.check(value) is not None:
        return False
    return found.allowed is None or value in found.allowed.any_system


def _holder(trail: Trail) -> Trail:
    """The trail of the object that an element stands in."""
    return trail[0] if trail[0] is not None else trail


def _stated(value: Tree, stated_by: TypePlan | Property) -> tuple[Invariant, ...]:
    """The invariants to try: all that are stated, save those about a property that isn't here."""
    if not stated_by.guarded or not isinstance(value, dict):
        return stated_by.invariants
    return stated_by.invariants + tuple(row for name, row in stated_by.guarded if name in value)
