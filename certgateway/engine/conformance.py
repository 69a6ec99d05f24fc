"""Judges places against compiled profiles: cardinality, types, values, bindings, slices, targets, constraints.

Base R4 has been judged already; only what a profile adds is judged here. A profile that leads back to itself is judged
once a place. Nothing here may report what a trial found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from certgateway.engine.bounds import within
from certgateway.engine.codes import CODED, check_codes, listed
from certgateway.engine.instance import Place, children, path_of, steps_of
from certgateway.engine.invariants import check_invariants
from certgateway.engine.profiles.plans import RulePlan, plan_of
from certgateway.engine.references import is_absolute, stated_type, target_place
from certgateway.engine.refinements import check_refinements
from certgateway.engine.run import EnoughFaultsError, Key, Run
from certgateway.engine.slice_order import first_misplaced, standing
from certgateway.engine.slice_reasons import SliceReasons
from certgateway.engine.slices import Slicer
from certgateway.engine.soundness.profiles import soundness_of
from certgateway.engine.values import as_text, differences, equals, includes

if TYPE_CHECKING:
    from certgateway.engine.profiles.profiles import Profile, Rule

_VALUE_OR_PARTS = frozenset({"value", "extension"})
# Of trials within one another.
_DEEPEST = 10


class Conformance:
    """Judges profiles for one run."""

    def __init__(self, run: Run) -> None:
        """Take where faults go."""
        self._run = run
        self._definitions = run.definitions
        self._steps = steps_of(run.definitions)
        self._slicer = Slicer(run.definitions, self.conforms)
        self._soundness = soundness_of(run.definitions, run.options.ignored_invariants)
        self._reasons = SliceReasons(run.definitions, self._slicer)

    def conforms(self, profile: Profile, place: Place) -> bool:
        """Whether a place would be found without error.

        Where trials lead too far down, what lies there is tried for itself, and then what led to it once more.
        """
        tried = self._run.tried
        key = (id(place.value), id(profile.root))
        if tried.depth >= _DEEPEST and not (tried.known.is_lost(key) or tried.known.holds(key)):
            tried.beyond[key] = (profile, place)
            tried.assumed += 1
            return True
        waiting, seen, found = [(profile, place)], set[Key](), False
        while waiting:
            found = self._tried(*waiting[-1])
            further = {} if tried.depth else {key: row for key, row in tried.beyond.items() if key not in seen}
            if not tried.depth:
                tried.beyond.clear()
            if found and further:
                seen.update(further)
                waiting += further.values()
            else:
                waiting.pop()
        return found

    def _tried(self, profile: Profile, place: Place) -> bool:
        """The same without what lies too far down; a resource is not tried again where that told for certain."""
        tried, key = self._run.tried, (id(place.value), id(profile.root))
        if not self._definitions.is_resource(place.type):
            return self._would_conform(profile, place)
        if tried.known.is_lost(key) or tried.known.holds(key):
            return not tried.known.is_lost(key)
        mark, assumed = tried.known.begin(key), tried.assumed
        tried.depth += 1
        found = self._would_conform(profile, place)
        tried.depth -= 1
        tried.known.end(key, mark, found=found)
        if tried.depth == 0 and (tried.assumed != assumed or self._run.known.is_at_work):
            tried.known.forget(mark)
        return found

    def _would_conform(self, profile: Profile, place: Place) -> bool:
        trial = Conformance(self._run.trial())
        try:
            trial.check(profile, place)
        except EnoughFaultsError:
            return False
        return True

    def check(self, profile: Profile, place: Place) -> None:
        """Judge one place against one profile, and the resources it leads to against what is asked of them there."""
        run = self._run
        if run.is_judging:
            self._check(profile, place)
            return
        if self._is_sound(profile, place):
            return
        run.is_judging = True
        # What a trial has passed holds until it ends; else two that lead to one another would be tried without end.
        passed: set[tuple[int, str]] = set()
        try:
            run.led_to.append((profile, place))
            while run.led_to:
                asked, there = run.led_to.pop()
                self._check(asked, there)
                key = (id(there.value), asked.url)
                if run.is_trial and key not in run.trying:
                    passed.add(key)
                    run.trying.add(key)
        finally:
            run.is_judging = False
            run.led_to.clear()
            run.trying.difference_update(passed)

    def _check(self, profile: Profile, place: Place) -> None:
        if self._is_sound(profile, place):
            return
        key = (id(place.value), profile.url)
        if key in self._run.trying:
            self._run.tried.assumed += 1
            return
        if not self._definitions.is_a(place.type, profile.type):
            self._run.add("profile-type-wrong", place.trail, profile.type, detail=self._known_type(place.type))
            return
        self._run.trying.add(key)
        try:
            self._rule(plan_of(profile.root), place)
        finally:
            self._run.trying.discard(key)

    def is_sound(self, extension: Place) -> bool:
        """Whether an extension surely is what its definition asks."""
        if extension.extra is not None or id(extension.scope.resource) in self._run.odd:
            return False
        sound = self._soundness.extension(extension.value["url"])
        if sound is None or not sound(extension.value, extension.scope, self._run):
            return False
        self._run.defined.add(id(extension.value))
        return True

    def _is_sound(self, profile: Profile, place: Place) -> bool:
        """Whether a place surely conforms. Of a resource that base R4 found fault with that can't be told."""
        if place.extra is not None or id(place.scope.resource) in self._run.odd:
            return False
        return self._soundness.profile(profile, place.type)(place.value, place.scope, self._run)

    def _rule(self, plan: RulePlan, place: Place) -> None:
        """Judge one place against what a rule says of it and of everything below."""
        mark = len(self._run.faults)
        rule = plan.rule
        if rule.types and not self._types(plan, place):
            return
        if plan.names_value and place.value is not None:
            self._value(rule, place)
        if plan.bounds_value and place.value is not None:
            self._bounds(rule, place)
        if rule.refined is not None:
            check_refinements(self._run, rule.refined, place)
        for child in plan.children:
            places = children(place, child.rule.name, self._steps)
            if places or child.demands:
                self._occurrences(child, places, place)
        if rule.invariants:
            check_invariants(self._run, rule.invariants, place, mark)

    def _occurrences(self, plan: RulePlan, places: list[Place], parent: Place) -> None:
        """Judge all occurrences of one child element: how many there are, each of them, and their slices."""
        rule = plan.rule
        if not places and path_of((parent.trail, rule.name, None)) in self._run.faulty:
            return  # Base R4 has refused what stands there, so that nothing can be counted.
        if rule.name in _VALUE_OR_PARTS and parent.type == "Extension" and self._run.is_broken(parent.trail, "ext-1"):
            return  # That it has neither value nor parts, or both, is told.
        if len(places) < rule.min:
            detail = {"min": str(rule.min), "found": str(len(places))}
            self._run.add("element-missing", parent.trail, rule.name, detail=detail)
        if rule.max is not None and len(places) > rule.max:
            kind = "element-repeated" if rule.max else "element-not-allowed"
            detail = {"max": str(rule.max), "found": str(len(places))}
            self._run.add(kind, places[rule.max].trail, rule.name, detail=detail)
            places = places[: rule.max]
        for place in places:
            self._rule(plan, place)
        # Where the element is wholly absent and must be there, its slices are absent with it: one fault.
        if plan.slices and (places or not rule.min):
            self._slices(plan, places, parent)

    def _slices(self, plan: RulePlan, places: list[Place], parent: Place) -> None:
        """Assign each place to a slice, judge it there, and count."""
        rule = plan.rule
        members: dict[str, list[Place]] = {name: [] for name in rule.slices}
        strangers: list[Place] = []
        undecided: set[str | None] = set()
        for place in places:
            found = self._slicer.slice_of(plan, place)
            if found is None or found.rule.slice_name is None:
                possible = self._slicer.may_belong(plan, place)
                undecided.update(each.rule.slice_name for each in possible)
                strangers += [] if possible else [place]
            else:
                members[found.rule.slice_name].append(place)
        closed = rule.slicing is not None and rule.slicing.rules == "closed"
        refused = [place for place in strangers if closed or _is_undefined_part(parent, place)]
        for place in refused:
            reason = {} if self._run.is_trial else self._reasons.of_stranger(plan, place)
            self._run.add("slice-closed", place.trail, ", ".join(rule.slices), detail=reason)
        if rule.slicing is not None and (rule.slicing.ordered or rule.slicing.rules == "openAtEnd"):
            misplaced = first_misplaced(rule.slicing, list(rule.slices), places, members)
            if misplaced is not None:
                order = {"found": standing(places, members)}
                self._run.add("slice-order", misplaced.trail, ", ".join(rule.slices), detail=order)
        for name, each in zip(rule.slices, plan.slices, strict=True):
            if name in undecided:
                continue  # What may belong to it can't be told, so nothing can be counted.
            # Beside a stranger in closed slicing an absent slice is the same fault.
            is_missing = len(members[name]) < each.rule.min
            if is_missing and not refused:
                self._absent(plan, each.rule, strangers, parent, found=len(members[name]))
            # A slice that may be absent may have slices of its own that may not.
            if members[name] or (each.demands and not is_missing and not refused):
                self._slice(each, members[name], parent)

    def _absent(self, plan: RulePlan, each: Rule, strangers: list[Place], parent: Place, *, found: int) -> None:
        """Say that a slice is missing, what it is known by, and what comes nearest to it."""
        reason = {} if self._run.is_trial else self._reasons.of_missing(plan, str(each.slice_name), strangers)
        detail = {"min": str(each.min), "found": str(found), **reason}
        self._run.add("slice-missing", parent.trail, f"{each.name}:{each.slice_name}", detail=detail)

    def _slice(self, plan: RulePlan, members: list[Place], parent: Place) -> None:
        """Judge the members of one slice."""
        each = plan.rule
        if each.max is not None and len(members) > each.max:
            label = f"{each.name}:{each.slice_name}"
            detail = {"max": str(each.max), "found": str(len(members))}
            self._run.add("slice-too-many", members[each.max].trail, label, detail=detail)
        for place in members:
            self._rule(plan, place)
        if plan.slices:
            self._slices(plan, members, parent)

    def _types(self, plan: RulePlan, place: Place) -> bool:
        """Judge the type; where it is allowed, the profiles and targets that come with it."""
        fit = plan.fit(place.type, self._definitions)
        if fit is None:
            expected = dict.fromkeys(ref.code for ref in plan.rule.types)
            found = self._known_type(place.type)
            self._run.add("type-not-allowed", place.trail, " | ".join(expected), detail=found)
            return False
        if fit.profiles:
            self._one_of(fit.profiles, place)
        if fit.targets:
            self._targets(fit.targets, place)
        return True

    def _known_type(self, code: str | None) -> dict[str, str]:
        """The type that was found, where it is one of FHIR's: any other name is the sender's own."""
        return {"found": code} if code and self._definitions.type(code) is not None else {}

    def _one_of(self, urls: tuple[str, ...], place: Place) -> None:
        """Judge a place that must conform to one of these profiles; a profile nobody knows may be the one."""
        profiles = [profile for profile in map(self._definitions.profile, urls) if profile is not None]
        if len(profiles) < len(urls):
            self._untried(urls, place)
        elif len(profiles) == 1:
            self.check(profiles[0], place)
        elif not any(self.conforms(profile, place) for profile in profiles):
            self._run.add("profile-none-fits", place.trail, ", ".join(urls))

    def _untried(self, urls: tuple[str, ...], place: Place) -> None:
        """Say which profile of a type isn't known. Of extensions the policy on unknown ones has said so."""
        unknown = [url for url in urls if self._definitions.profile(url) is None]
        severity = self._run.options.missing_profile
        if severity is not None and place.type != "Extension":
            self._run.add("profile-unknown", place.trail, ", ".join(unknown), severity=severity)

    def _targets(self, targets: tuple[str, ...], place: Place) -> None:
        """Judge where a Reference may lead: by the resource itself if it is here, else by the type it states."""
        if not isinstance(place.value, dict):
            return
        profiles = [profile for profile in map(self._definitions.profile, targets) if profile is not None]
        target = target_place(place)
        if len(profiles) < len(targets):
            if target is not None:
                self._untried(targets, place)
            return
        name = target.type if target is not None else stated_type(place.value, self._definitions)
        fitting = [profile for profile in profiles if name is None or self._definitions.is_a(name, profile.type)]
        if not fitting:
            expected = " | ".join(dict.fromkeys(profile.type for profile in profiles))
            self._run.add("reference-target-wrong", place.trail, expected, detail=self._known_type(name))
        elif target is not None and len(fitting) == 1:
            self._once(fitting[0], target)
        elif target is not None and not any(self.conforms(profile, target) for profile in fitting):
            self._run.add("reference-target-wrong", place.trail, ", ".join(profile.url for profile in fitting))

    def _once(self, profile: Profile, target: Place) -> None:
        """See to it that a referenced resource is judged where it stands, once however many references lead to it."""
        key = (id(target.value), profile.url)
        if key not in self._run.referred:
            self._run.referred.add(key)
            self._run.led_to.append((profile, target))

    def _value(self, rule: Rule, place: Place) -> None:
        """Judge fixed value, pattern and binding."""
        if rule.fixed is not None and not equals(rule.fixed.value, place.value):
            where = differences(rule.fixed.value, place.value, equals)
            self._run.add("fixed-value-differs", place.trail, as_text(rule.fixed.value), detail=where)
        if rule.pattern is not None and not includes(rule.pattern.value, place.value):
            where = differences(rule.pattern.value, place.value, includes)
            self._run.add("pattern-differs", place.trail, as_text(rule.pattern.value), detail=where)
        if rule.value_set is not None and place.type in CODED:
            allowed = listed(self._definitions, rule.value_set)
            if allowed is not None:
                check_codes(self._run, allowed, place.value, place.type, place.trail)

    def _bounds(self, rule: Rule, place: Place) -> None:
        """Judge bounds and length."""
        if not within(rule.least, rule.most, place.value, place.type):
            limits = " - ".join(as_text(each.value) for each in (rule.least, rule.most) if each is not None)
            self._run.add("value-out-of-range", place.trail, limits)
        if rule.max_length is not None and isinstance(place.value, str) and len(place.value) > rule.max_length:
            self._run.add("length-exceeded", place.trail, str(rule.max_length), detail={"found": str(len(place.value))})
        elif isinstance(place.value, str) and len(place.value) < rule.min_length:
            self._run.add("length-short", place.trail, str(rule.min_length), detail={"found": str(len(place.value))})


def _is_undefined_part(parent: Place, place: Place) -> bool:
    """Whether an extension inside an extension bears a name that only that extension could define, and hasn't."""
    inner = parent.type == "Extension" and place.type == "Extension"
    return inner and isinstance(place.value, dict) and not is_absolute(place.value.get("url"))
