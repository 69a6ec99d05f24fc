"""Walks a resource against base R4: names, cardinality, types, primitives, codes, references, narrative, invariants.

One pass; a value of the wrong type is reported once and not entered. Nothing here may know a profile, except that each
resource and extension it meets is handed to `on_resource` and `on_extension`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.codes import check_codes, is_code_blamed, refuse_code
from certgateway.engine.compile import Plans, Property, Stated, TypePlan, plans_of
from certgateway.engine.datatypes import check_attachment, check_system
from certgateway.engine.extensions import check_unknown, check_use
from certgateway.engine.instance import NOT_TOLD, Place, Scope, Trail, inner_scope, type_of
from certgateway.engine.invariants import check_stated
from certgateway.engine.primitives import FORMS, Verdict, json_type
from certgateway.engine.references import check_reference, is_absolute
from certgateway.engine.resources import bundles, contained
from certgateway.engine.resources.narrative import objection
from certgateway.engine.resources.narrative_links import check_links
from certgateway.engine.resources.whole import LOOKED_AT, check_whole, looks_at_all
from certgateway.engine.soundness.base_r4 import BaseSoundness, base_soundness_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from certgateway.engine.run import Run

Tree = Any
_TWO = 2


class Walk:
    """One pass over one resource and everything in it."""

    def __init__(self, run: Run, on_profiled: Callable[[Place], None], *, is_quick: bool = True) -> None:
        """Take where faults go, and who judges resources and extensions by profile once their structure is judged.

        Where it `is_quick`, what surely has no fault is not walked; the findings are the same.
        """
        self._run = run
        judges_codes = run.options.unknown_code is not None
        self._plans: Plans = plans_of(run.definitions, judges_codes=judges_codes)
        self._soundness: BaseSoundness | None = None
        if is_quick:
            ignored = run.options.ignored_invariants
            self._soundness = base_soundness_of(run.definitions, judges_codes=judges_codes, ignored=ignored)
        self._looks_at_all = looks_at_all(run.options)
        self._known = self._plans.known
        self._on_profiled = on_profiled

    def resource(self, value: Tree, trail: Trail, scope: Scope) -> None:
        """Judge a resource, its contents first, then its invariants, then its profiles."""
        name = type_of(value)
        if not self._is_judged(value, name, trail):
            return
        run = self._run
        mark, oddities, identified = len(run.faults), run.oddities, run.identified
        extensions: list[Tree] = []
        stated = self._soundness.resource(name, value, scope, extensions) if self._soundness is not None else None
        if stated is None:
            plan = self._plans.plan(name)
            extensions, stated = [], plan.stated
            self._members(value, plan, trail, scope)
        else:
            self._inside(name, value, trail, scope)
        place = Place(value, None, name, trail, scope)
        if stated:
            if trail[1] == "contained":
                # R4 wants no narrative in a contained resource, whatever dom-6 says of resources in general.
                stated = tuple(row for row in stated if row[0].key != "dom-6")
            self._check(stated, place, mark, oddities)
        # What R4 states as a constraint is told as that; the rules of whole resources add what no constraint has said.
        if self._looks_at_all or name in LOOKED_AT:
            check_whole(run, value, trail, has_ids=run.identified > identified)
        if name == "Bundle":
            bundles.check_bundle(run, value, trail, scope)
        if "contained" in value:
            contained.check_contained(run, value, trail)
        if run.oddities > oddities:
            run.odd.add(id(value))
        # As on the walk: of two that say the same of one place the first is heard.
        for each in extensions:
            self._on_profiled(Place(each, None, "Extension", NOT_TOLD, scope))
        self._on_profiled(place)

    def _is_judged(self, value: Tree, name: str, trail: Trail) -> bool:
        """Whether a resource is of a type that there is, and not of those that are left alone."""
        if not self._run.definitions.is_resource(name):
            self._run.add("resource-type-unknown", trail)
        elif trail[1] != "contained" or self._run.options.contained:
            return True
        else:
            # What nobody has looked at may have any form, so that no quick test may look into it either.
            self._run.oddities += 1
        self._run.odd.add(id(value))
        return False

    def _inside(self, name: str, value: dict[str, Tree], trail: Trail, scope: Scope) -> None:
        """Judge the resources in one that has no fault outside them."""
        for index, inner in enumerate(value.get("contained", ())):
            place: Trail = (trail, "contained", index)
            self.resource(inner, place, inner_scope(scope, inner, place))
        for index, entry in enumerate(value.get("entry", ()) if name == "Bundle" else ()):
            if "resource" in entry:
                place = ((trail, "entry", index), "resource", None)
                self.resource(entry["resource"], place, inner_scope(scope, entry["resource"], place))

    def _check(self, stated: Stated, place: Place, mark: int, oddities: int) -> None:
        """Judge constraints; by their quick forms where nothing odd has been found since there were `oddities`."""
        check_stated(self._run, stated, place, mark, is_sound=self._run.oddities == oddities)

    def _members(self, value: dict[str, Tree], plan: TypePlan, trail: Trail, scope: Scope) -> None:
        """Judge every property present, then what is absent or given twice."""
        unknown: list[str] = []
        for key, child in value.items():
            if type(child) is str and (test := plan.texts.get(key)) is not None and test(child):
                continue
            if not self._member(key, value, plan, trail, scope):
                unknown.append(key)
        # Most objects have what they need, and too few properties for two of one choice.
        if unknown or len(value) > plan.room or (plan.needed and not plan.needed <= value.keys()):
            self._absent(value, plan, trail, unknown)

    def _member(self, key: str, value: dict[str, Tree], plan: TypePlan, trail: Trail, scope: Scope) -> bool:
        """Judge one property in full; a primitive and what stands beside it at the second of their keys.

        False where the type has no such property.
        """
        found = plan.properties.get(key)
        if found is not None:
            if not (found.companion and found.sibling in value):
                self._property(found, value[key], None, trail, scope)
            if found.is_system:
                check_system(self._run, found.holder, value, trail)
            elif key == "id":
                self._run.identified += 1
            return True
        found = _beside(key, plan)
        if found is not None:
            self._run.oddities += 1
            self._property(found, value.get(key[1:]), value[key], trail, scope)
            return True
        return key == "resourceType" and plan.is_resource

    def _absent(self, value: dict[str, Tree], plan: TypePlan, trail: Trail, unknown: list[str]) -> None:
        """Report the unknown, and judge what is absent or given twice."""
        for key in unknown:
            self._run.add("element-unknown", trail, plan.name, culprit=key)
        for name, keys in plan.required:
            if keys[0] in value:
                continue
            present = any(key in value or "_" + key in value for key in keys)
            # `valueFoo` is an unknown property already; that `value` is missing would be the same fault again.
            misspelt = len(keys) > 1 and any(key.startswith(name) for key in unknown)
            if not present and not misspelt:
                self._run.add("element-missing", trail, name)
        if len([key for key in value if key in plan.choice_keys]) > 1:
            for name, keys in plan.choices:
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
        if value is None and extra is None:
            self._run.add("null-not-allowed", _holder(trail), culprit=found.sibling[1:])
        elif found.check is not None:
            mark, oddities = len(self._run.faults), self._run.oddities - (extra is not None)
            self._primitive(found, value, extra, trail, scope)
            if found.stated:
                self._check(found.stated, Place(value, extra, found.code, trail, scope), mark, oddities)
        elif not isinstance(value, dict):
            self._run.add("type-wrong", trail, found.code, detail={"found": json_type(value)})
        else:
            self._object(found, value, trail, scope)

    def _object(self, found: Property, value: dict[str, Tree], trail: Trail, scope: Scope) -> None:
        """Judge one complex element: what it holds, then what is asked of it here."""
        if len(value) < _TWO and (not value or ("id" in value and found.code != "Resource")):
            self._run.add("value-empty", trail)
            return
        mark, oddities = len(self._run.faults), self._run.oddities
        if found.code == "Resource":
            self.resource(value, trail, inner_scope(scope, value, trail))
            stated = found.stated
        else:
            plan = self._known.get(found.children) or self._plans.plan(found.children)
            self._members(value, plan, trail, scope)
            stated = plan.stated + found.stated if found.stated else plan.stated
        for _, quick in stated:
            # A quick test relies on the form, so that it may not be asked where something odd was found.
            if self._run.oddities != oddities or quick is None or quick(value) is not True:
                self._check(stated, Place(value, None, found.code, trail, scope), mark, oddities)
                break
        if found.allowed is not None and not is_code_blamed(self._run.faults[mark:]):
            check_codes(self._run, found.allowed, value, found.code, trail)
        if found.is_special:
            self._special(found, value, trail, scope)

    def _special(self, found: Property, value: dict[str, Tree], trail: Trail, scope: Scope) -> None:
        """Judge where references lead, and extensions by what defines them."""
        if found.code == "Reference":
            check_reference(self._run, value, self._plans.targets(found.targets), trail, scope)
        elif found.code == "Extension":
            self._extension(found, value, trail, scope)
        elif "size" in value and "data" in value:
            check_attachment(self._run, value, trail)

    def _extension(self, found: Property, value: dict[str, Tree], trail: Trail, scope: Scope) -> None:
        url = value.get("url")
        known = self._plans.extension(url.partition("|")[0]) if isinstance(url, str) and is_absolute(url) else None
        place = Place(value, None, found.code, trail, scope)
        if known is None or url is None:
            check_unknown(self._run, place, is_modifier=found.is_modifier)
            return
        if "|" in url or found.is_modifier != known.modifies or found.holder not in known.holders:
            check_use(self._run, known.structure, place, modifies=known.modifies, is_modifier=found.is_modifier)
        self._on_profiled(place)

    def _primitive(self, found: Property, value: Tree, extra: Tree, trail: Trail, scope: Scope) -> None:
        if value is not None and found.check is not None:
            verdict = found.check(value)
            if verdict is not None:
                self._refuse(found, value, verdict, trail)
            elif found.allowed is not None and value not in found.allowed.any_system:
                refuse_code(self._run, found.allowed, trail)
            elif found.code == "xhtml":
                self._narrative(value, trail, scope)
            elif found.is_system and not is_absolute(value):
                self._run.add("uri-not-absolute", trail)
        elif isinstance(extra, dict) and extra.keys() == {"id"}:
            self._run.add("value-empty", trail)  # An id is no content, as in any other element.
        elif found.allowed is not None and _stands_alone(extra):
            # A code that is required to be of a set can't be left to an extension that says why it is absent.
            self._run.add("value-missing", trail)
        if extra is not None:
            self._extra(found, extra, trail, scope)

    def _refuse(self, found: Property, value: Tree, verdict: Verdict, trail: Trail) -> None:
        empty = isinstance(value, (dict, list)) and not value
        kind = Verdict.EMPTY.value if empty else verdict.value
        form = {"form": FORMS[found.code]} if found.code in FORMS else {}
        detail = {"found": json_type(value), **form}
        self._run.add(kind, trail, None if kind == Verdict.EMPTY.value else found.code, detail=detail)

    def _narrative(self, text: str, trail: Trail, scope: Scope) -> None:
        reason = objection(text)
        if reason is not None:
            self._run.add("narrative-not-allowed", trail, reason)
        elif "href" in text or "src" in text:
            check_links(self._run, text, trail, scope)

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


def _stands_alone(extra: Tree) -> bool:
    """Whether what is beside a primitive could stand for its value; what may not stand there at all is told."""
    return isinstance(extra, dict) and ("extension" in extra or "id" in extra)


def _holder(trail: Trail) -> Trail:
    """The trail of the object that an element stands in."""
    return trail[0] if trail[0] is not None else trail
