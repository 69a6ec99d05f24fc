"""What can be asked of a compiled profile as a whole: its invariants, its value sets, the canonicals it refers to.

Nothing here may change a rule or look at an instance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from certgateway.engine.profiles.profiles import Profile, Rule, id_steps, slice_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgateway.engine.definitions.facts import Invariant


def rules_of(rule: Rule) -> Iterator[Rule]:
    """A rule and every rule below it."""
    yield rule
    for below in (*rule.children.values(), *rule.slices.values()):
        yield from rules_of(below)


def rule_invariants(rule: Rule) -> Iterator[Invariant]:
    """Every invariant of a rule and of the rules below it."""
    for each in rules_of(rule):
        yield from each.invariants


def bound_value_sets(rule: Rule) -> Iterator[str]:
    """Every value set that a rule or one below it requires."""
    for each in rules_of(rule):
        if each.value_set is not None:
            yield each.value_set
        if each.refined is not None:
            yield from each.refined.value_sets


def referred_profiles(rule: Rule) -> Iterator[str]:
    """Every profile that a rule or one below it wants of a type or of a reference's target."""
    for each in rules_of(rule):
        for ref in each.types:
            yield from ref.profiles
            yield from ref.targets


def element_profile(profile: Profile, identity: str) -> Profile | None:
    """What a profile says of one of its elements, as a profile of that element's type; None where it says nothing."""
    rule: Rule | None = profile.root
    for step in id_steps(identity):
        name, _, chosen = step.partition(":")
        rule = rule.children.get(name.removesuffix("[x]")) if rule is not None else None
        for slice_name in slice_names(chosen):
            rule = rule.slices.get(slice_name) if rule is not None else None
    names = (step.partition(":")[0].removesuffix("[x]") for step in identity.split("."))
    return None if rule is None else Profile(f"{profile.url}#{identity}", ".".join(names), rule)
