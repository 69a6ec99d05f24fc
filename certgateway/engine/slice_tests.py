"""Prepares how slices are told apart: what a profile's discriminators try of an element, for each slice.

What is prepared holds for every element; `slices` tries it. Nothing here may look at an element.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from certgateway.engine.definitions.facts import TypeRef
from certgateway.engine.profiles.plans import (
    RulePlan,
    Sorting,
    Step,
    Test,
    plan_of,
    sorting_of,
)
from certgateway.engine.profiles.profiles import Discriminator, Rule, Slicing, Wanted

if TYPE_CHECKING:
    from certgateway.engine.definitions.definitions import Definitions

BY_URL = Slicing((Discriminator("value", "url"),))
_KINDS = frozenset({"value", "pattern", "exists", "type", "profile"})
_STEP = re.compile(
    r"\.?(?:(?P<resolve>resolve\(\))|extension\('(?P<extension>[^']*)'\)|ofType\((?P<type>\w+)\)|(?P<name>[$\w]+)(?:\[x\])?)"
)


@lru_cache(maxsize=4096)
def way_of(path: str) -> tuple[Step, ...]:
    """A discriminator path as steps: (`name`, x), (`resolve`, ""), (`extension`, url), (`type`, code)."""
    found: list[Step] = []
    for matched in _STEP.finditer(path):
        kind = matched.lastgroup or "name"
        if matched["name"] != "$this":
            found.append((kind, "" if kind == "resolve" else matched[kind]))
    return tuple(found)


def is_followed(discriminator: Discriminator) -> bool:
    """Whether this discriminator's kind and every step of its path are among those that are known here."""
    return discriminator.kind in _KINDS and not _STEP.sub("", discriminator.path).strip()


class SliceTests:
    """How the slices of rules are tried, under one set of definitions."""

    def __init__(self, definitions: Definitions) -> None:
        """Take the definitions."""
        self._definitions = definitions

    def sorting_of(self, plan: RulePlan) -> Sorting:
        """How the places of a rule are told apart, worked out once."""
        if plan.sorting is None:
            plan.sorting = self._sorting(plan.rule)
        return plan.sorting

    def _sorting(self, rule: Rule) -> Sorting:
        slicing = slicing_of(rule)
        if slicing is None:
            # A profile that slices without saying how can't be followed.
            return sorting_of(tuple((Test("unknown", (), ()),) for _ in rule.slices))
        if not slicing.discriminators:
            # Nothing tells them apart but what they say as a whole.
            return sorting_of(tuple((Test("whole", (), (each,)),) for each in rule.slices.values()))
        return sorting_of(
            tuple(
                tuple(self._test(discriminator, each) for discriminator in slicing.discriminators)
                for each in rule.slices.values()
            )
        )

    def _test(self, discriminator: Discriminator, each: Rule) -> Test:
        if not is_followed(discriminator):
            return Test("unknown", (), ())
        steps = way_of(discriminator.path)
        rules = self._rules_at(each, steps)
        if discriminator.kind == "type":
            codes = dict.fromkeys(ref.code for rule in _with_slices(rules) for ref in rule.types)
            return Test("type", steps, tuple(rules), tuple(codes))
        if discriminator.kind in ("exists", "profile"):
            return Test(discriminator.kind, steps, tuple(rules))
        telling = [rule for rule in _with_slices(rules) if plan_of(rule).identifies]
        return Test("value", steps, tuple(telling))

    def _rules_at(self, rule: Rule, steps: tuple[Step, ...]) -> list[Rule]:
        rules = self._rule_step(rule, *steps[0]) if steps else [rule]
        for kind, argument in steps[1:]:
            # What `code.coding.code` is may be said in a slice of `coding`.
            rules = [found for each in _telling(rules) for found in self._rule_step(each, kind, argument)]
        return rules

    def _rule_step(self, rule: Rule, kind: str, argument: str) -> list[Rule]:
        if kind == "name":
            return self._child_rules(rule, argument)
        if kind == "extension":
            found = [each for child in self._child_rules(rule, "extension") for each in child.slices.values()]
            return [each for each in found if any(argument in _fixed(url) for url in self._child_rules(each, "url"))]
        if kind == "type":
            return [each for each in rule.slices.values() if any(ref.code == argument for ref in each.types)] or [rule]
        return [self._target_rule(target) for ref in rule.types for target in ref.targets]

    def _child_rules(self, rule: Rule, name: str) -> list[Rule]:
        """What is said of a child, by the rule itself or by the profiles its type must have."""
        own = rule.children.get(name)
        urls = [url for ref in rule.types for url in ref.profiles]
        profiles = [profile for profile in map(self._definitions.profile, urls) if profile is not None]
        others = [profile.root.children.get(name) for profile in profiles]
        found = [each for each in (own, *others) if each is not None]
        if not found and rule.slices:
            # What is said of a slice that must be there is said of the element: one of it has to be so.
            must = [each for each in rule.slices.values() if each.min]
            found = [below for each in must for below in self._child_rules(each, name)]
        # An extension's url is its definition's canonical, known even where the definition itself isn't.
        return found or [Rule("url", fixed=Wanted(url.partition("|")[0])) for url in urls if name == "url"]

    def _target_rule(self, target: str) -> Rule:
        profile = self._definitions.profile(target)
        if profile is None:
            return Rule("target")
        return replace(profile.root, types=(TypeRef(profile.type, profiles=(target,)),))


def slicing_of(rule: Rule) -> Slicing | None:
    """How a rule is sliced; extensions are known by their URL unless the profile says other."""
    return rule.slicing or (BY_URL if rule.name in ("extension", "modifierExtension") else None)


def _telling(rules: list[Rule]) -> list[Rule]:
    """The rules and those of their slices that must be there; of a rule where none must, all of them."""
    found: list[Rule] = []
    for rule in rules:
        slices = list(rule.slices.values())
        found += [rule, *([each for each in slices if each.min] or slices)]
    return found


def _with_slices(rules: list[Rule]) -> list[Rule]:
    """The rules and their slices: what is said of `valueQuantity` is said in a slice of `value`."""
    return [each for rule in rules for each in (rule, *rule.slices.values())]


def _fixed(rule: Rule) -> tuple[str, ...]:
    return (rule.fixed.value,) if rule.fixed is not None else ()
