"""Tells which slice an element belongs to, by the discriminators of the profile.

Matching compares only what identifies a slice; whether the element also conforms to it is judged elsewhere. Nothing
here may record a fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from certgateway.engine.codes import in_value_set, listed
from certgateway.engine.instance import Place, children, steps_of
from certgateway.engine.profiles.plans import (
    RulePlan,
    Sorting,
    Step,
    Test,
    allows,
    is_known,
    labels_at,
    plan_of,
)
from certgateway.engine.profiles.profiles import Profile, Rule
from certgateway.engine.references import stated_type, target_place
from certgateway.engine.slice_tests import SliceTests
from certgateway.engine.values import equals, includes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from certgateway.engine.definitions.definitions import Definitions

# R4's name for the slice of all that belongs to no other.
DEFAULT = "@default"


class Trial(Protocol):
    """Answers whether a place would conform to a profile, without recording faults."""

    def __call__(self, profile: Profile, place: Place, /) -> bool:
        """True where no error would be found."""


class Slicer:
    """Assigns elements to slices under one set of definitions."""

    def __init__(self, definitions: Definitions, conforms: Trial) -> None:
        """Take the definitions and a way to try a whole profile."""
        self._definitions = definitions
        self._steps = steps_of(definitions)
        self._prepared = SliceTests(definitions)
        self._conforms = conforms

    def slice_of(self, plan: RulePlan, place: Place) -> RulePlan | None:
        """The first slice of the rule that the place belongs to, or None."""
        sorting = self._prepared.sorting_of(plan)
        found = min(self._labelled(sorting, place), default=None)
        for number in sorting.tried:
            if found is not None and found < number:
                break
            if self._belongs(sorting.tests[number], place):
                return plan.slices[number]
        if found is None and DEFAULT in plan.rule.slices:
            found = list(plan.rule.slices).index(DEFAULT)
        return None if found is None else plan.slices[found]

    def may_belong(self, plan: RulePlan, place: Place) -> list[RulePlan]:
        """The slices that a place in no slice may belong to: those known by what can't be told here."""
        tests = self._prepared.sorting_of(plan).tests
        return [each for each, tried in zip(plan.slices, tests, strict=False) if self._is_open(tried, place)]

    def _is_open(self, tests: tuple[Test, ...], place: Place) -> bool:
        unseen = [self._is_unseen(test, place) for test in tests]
        rows = zip(tests, unseen, strict=True)
        answers = [self.matches(test, place) for test, is_unseen in rows if test.kind != "unknown" and not is_unseen]
        return False not in answers and (True in unseen or any(map(self._is_untold, tests)))

    def _is_unseen(self, test: Test, place: Place) -> bool:
        """Whether a test asks for what a reference leads to out of the message, or for its type if none is stated."""
        kinds = [kind for kind, _ in test.steps]
        if "resolve" not in kinds:
            return False
        at = kinds.index("resolve")
        leading = [found for found in self.places_at(place, test.steps[:at]) if _leads_away(found)]
        of_type = test.kind == "type" and at == len(kinds) - 1
        return any(not of_type or self._type_of(found) is None for found in leading)

    def _is_untold(self, test: Test) -> bool:
        """Whether a test rests on what nobody here knows."""
        if test.kind == "profile":
            asked = _profiles_asked(test.rules)
            return not asked or any(self._definitions.profile(url) is None for url in asked)
        if test.kind == "type":
            return not test.codes
        return test.kind == "unknown" or any(self._is_unlisted(rule) for rule in test.rules)

    def _is_unlisted(self, rule: Rule) -> bool:
        """Whether a rule is known by nothing but a value set that can't be listed."""
        alone = rule.fixed is None and rule.pattern is None and not any(map(_identifies, rule.children.values()))
        return alone and rule.value_set is not None and listed(self._definitions, rule.value_set) is None

    def _labelled(self, sorting: Sorting, place: Place) -> Iterator[int]:
        """The slices that a label of the place names."""
        for found in self.places_at(place, sorting.steps) if sorting.index else ():
            for label in labels_at(found.value):
                yield from sorting.index.get(label, ())

    def _belongs(self, tests: tuple[Test, ...], place: Place) -> bool:
        if any(test.kind == "unknown" for test in tests):
            return False
        answers = [self.matches(test, place) for test in tests]
        told = [answer for answer in answers if answer is not None]
        return bool(told) and all(told)

    def matches(self, test: Test, place: Place) -> bool | None:
        """Whether one discriminator picks the slice; None where the slice says nothing at that path."""
        places = self.places_at(place, test.steps)
        if test.kind == "exists":
            return self._exists(test.rules, places)
        if test.kind == "type":
            return self._is_type(test.codes, self._types_at(place, test.steps))
        if test.kind == "profile":
            return self._has_profile(test.rules, places)
        if test.kind == "whole":
            return all(self._conforms(_alone(rule, place), place) for rule in test.rules)
        telling = [rule for rule in test.rules if not self._is_unlisted(rule)]
        if not telling:
            return None
        return any(self._resembles(rule, found) for found in places for rule in telling)

    def _exists(self, rules: Sequence[Rule], places: list[Place]) -> bool | None:
        if any(rule.max == 0 for rule in rules):
            return not places
        return bool(places) if any(rule.min for rule in rules) else None

    def _is_type(self, codes: tuple[str, ...], found: list[str]) -> bool | None:
        if not codes:
            return None
        return any(allows(code, each, self._definitions) for each in found for code in codes)

    def _types_at(self, place: Place, steps: tuple[Step, ...]) -> list[str]:
        """The types of what a path leads to; of a reference that leads out of sight the one it states."""
        if not steps or steps[-1][0] != "resolve":
            return [found.type for found in self.places_at(place, steps)]
        return [code for found in self.places_at(place, steps[:-1]) if (code := self._type_of(found)) is not None]

    def _type_of(self, reference: Place) -> str | None:
        target = target_place(reference)
        if target is not None or not isinstance(reference.value, dict):
            return target.type if target is not None else None
        return stated_type(reference.value, self._definitions)

    def _has_profile(self, rules: Sequence[Rule], places: list[Place]) -> bool | None:
        asked = [self._definitions.profile(url) for url in _profiles_asked(rules)]
        known = [profile for profile in asked if profile is not None]
        if any(self._conforms(profile, place) for place in places for profile in known):
            return True
        return False if known and len(known) == len(asked) else None

    def places_at(self, place: Place, steps: tuple[Step, ...]) -> list[Place]:
        """The places that the path of a discriminator leads to."""
        places = [place]
        for kind, argument in steps:
            places = [found for each in places for found in self._step(each, kind, argument)]
        return places

    def _step(self, place: Place, kind: str, argument: str) -> list[Place]:
        if kind == "name":
            return children(place, argument, self._steps)
        if kind == "extension":
            found = children(place, "extension", self._steps)
            return [each for each in found if isinstance(each.value, dict) and each.value.get("url") == argument]
        if kind == "type":
            return [place] if self._definitions.is_a(place.type, argument) else []
        target = target_place(place)
        return [] if target is None else [target]

    def _resembles(self, rule: Rule, place: Place) -> bool:
        """Whether the place has the values that the rule is known by."""
        if rule.fixed is not None:
            return equals(rule.fixed.value, place.value)
        if rule.pattern is not None:
            # The pattern is what the slice is known by; a code beside it that the slice doesn't allow is its own fault.
            return includes(rule.pattern.value, place.value)
        if rule.value_set is not None and not self._in_value_set(rule.value_set, place):
            return False
        return all(
            self._any_resembles(child, children(place, name, self._steps))
            for name, child in rule.children.items()
            if is_known(plan_of(child))
        )

    def _any_resembles(self, rule: Rule, places: list[Place]) -> bool:
        """Whether one of the places is what the rule is known by, and each slice that must be there has one."""
        must = [each for each in rule.slices.values() if each.min and plan_of(each).identifies]
        return any(self._resembles(rule, place) for place in places) and all(
            any(self._resembles(each, place) for place in places) for each in must
        )

    def _in_value_set(self, value_set: str, place: Place) -> bool:
        allowed = listed(self._definitions, value_set)
        return allowed is None or in_value_set(allowed, place.value, place.type)


def _leads_away(reference: Place) -> bool:
    """Whether a Reference names something that isn't in the message."""
    named = reference.value.get("reference") if isinstance(reference.value, dict) else None
    return isinstance(named, str) and not named.startswith("#") and target_place(reference) is None


def _alone(rule: Rule, place: Place) -> Profile:
    """What a slice says, as a profile of whatever type the place has."""
    return Profile(f"{rule.name}:{rule.slice_name}", place.type, rule)


def _profiles_asked(rules: Sequence[Rule]) -> list[str]:
    """The profiles, or for want of one the types, by which a slice is known."""
    return [url for rule in rules for ref in rule.types for url in ref.profiles or (ref.code,)]


def _identifies(rule: Rule) -> bool:
    return plan_of(rule).identifies
