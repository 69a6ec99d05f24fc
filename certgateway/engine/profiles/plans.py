"""Prepares a profile's rules for judging: what is asked of each type, which slice a label names, all worked out once.

A plan belongs to its rule and so to the definitions that hold the profile. Nothing here may look at an instance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.profiles.profiles import Rule

Tree = Any
Step = tuple[str, str]
# A text as it stands; (system, code) of a Coding; ("coding", system, code) of one coding of a CodeableConcept.
Label = str | tuple[str, ...]

_ANY_TYPE = frozenset({"Element", "BackboneElement", "Resource", "DomainResource"})


@dataclass(frozen=True, slots=True)
class Fit:
    """What a rule asks of a place of one type: profiles of which one must hold, and where a Reference may lead."""

    profiles: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """One discriminator for one slice: `value`, `exists`, `type`, `profile` or `whole`, the way, what rules say there.

    `unknown` is one whose path can't be followed. Of values only those rules are here that name one; `codes` are the
    types a slice by type may have.
    """

    kind: str
    steps: tuple[Step, ...]
    rules: tuple[Rule, ...]
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sorting:
    """How places are sorted into slices.

    `steps` leads to the labels that `index` maps to slices by number, where one discriminator by value tells them
    apart; `tried` are the slices known by more than a label, and `tests` says how each slice is tried.
    """

    tests: tuple[tuple[Test, ...], ...]
    steps: tuple[Step, ...] = ()
    index: Mapping[Label, tuple[int, ...]] = field(default_factory=dict)
    tried: tuple[int, ...] = ()


@dataclass(slots=True)
class RulePlan:
    """One rule prepared.

    `names_value`: fixed value, pattern or value set; `bounds_value`: bounds or length; `identifies`: it or a rule below
    names a value to be known by; `demands`: that the element is absent may be a fault.
    """

    rule: Rule
    children: tuple[RulePlan, ...]
    slices: tuple[RulePlan, ...]
    names_value: bool
    bounds_value: bool
    identifies: bool
    demands: bool
    sorting: Sorting | None = None
    fits: dict[str, Fit | None] = field(default_factory=dict)

    def fit(self, code: str, definitions: Definitions) -> Fit | None:
        """What is asked of a place of this type; None where the rule doesn't allow the type."""
        if code in self.fits:
            return self.fits[code]
        found = _fit(self.rule, code, definitions)
        # A type nobody defined came from the sender: remembering it would let a sender fill the memory.
        if definitions.type(code) is not None:
            self.fits[code] = found
        return found


def plan_of(rule: Rule) -> RulePlan:
    """The plan of a rule, made on first asking."""
    if rule.plan is None:
        rule.plan = _plan(rule)
    return rule.plan


def _plan(rule: Rule) -> RulePlan:
    children = tuple(map(plan_of, rule.children.values()))
    slices = tuple(map(plan_of, rule.slices.values()))
    named = rule.fixed is not None or rule.pattern is not None or rule.value_set is not None
    bounded = rule.least is not None or rule.most is not None or rule.max_length is not None or rule.min_length > 0
    return RulePlan(
        rule,
        children,
        slices,
        names_value=named,
        bounds_value=bounded,
        identifies=named or any(is_known(child) for child in children),
        demands=rule.min > 0 or any(each.demands for each in slices),
    )


def is_known(child: RulePlan) -> bool:
    """Whether a rule, or one of its slices, names a value to be known by."""
    return child.identifies or any(each.identifies for each in child.slices)


def allows(wanted: str, code: str, definitions: Definitions) -> bool:
    """Whether an element of the type `code` is what a profile calls `wanted`.

    A code is a string by descent, and yet where a profile asks for valueString a valueCode is another element: only the
    abstract types take in what descends from them.
    """
    return wanted == code or (wanted in _ANY_TYPE and definitions.is_a(code, wanted))


def _fit(rule: Rule, code: str, definitions: Definitions) -> Fit | None:
    fitting = [ref for ref in rule.types if allows(ref.code, code, definitions)]
    if not fitting:
        return None
    profiles = [url for ref in fitting for url in ref.profiles] if all(ref.profiles for ref in fitting) else []
    leads = code == "Reference" and all(ref.targets for ref in fitting)
    targets = [target for ref in fitting for target in ref.targets] if leads else []
    return Fit(tuple(profiles), tuple(targets))


def sorting_of(tests: tuple[tuple[Test, ...], ...]) -> Sorting:
    """Index the slices that are known by a label; every other one has to be tried."""
    index: dict[Label, tuple[int, ...]] = {}
    tried: list[int] = []
    for number, each in enumerate(tests):
        labels = _labels_of(each)
        if labels is None:
            tried.append(number)
        for label in labels or ():
            index[label] = (*index.get(label, ()), number)
    steps = tests[0][0].steps if index else ()
    return Sorting(tests, steps, index, tuple(tried))


def _labels_of(tests: tuple[Test, ...]) -> set[Label] | None:
    """The labels one of which a member bears; None where the slice is known by something else or by several things."""
    if len(tests) != 1 or tests[0].kind != "value" or not tests[0].rules:
        return None
    labels = [_label(rule) for rule in tests[0].rules]
    return {label for label in labels if label is not None} if None not in labels else None


def _label(rule: Rule) -> Label | None:
    if rule.fixed is not None:
        return rule.fixed.value if isinstance(rule.fixed.value, str) else None
    pattern = rule.pattern.value if rule.pattern is not None else None
    if isinstance(pattern, str):
        return pattern
    if not isinstance(pattern, dict):
        return None
    codings = pattern.get("coding")
    if pattern.keys() == {"coding"} and isinstance(codings, list) and len(codings) == 1:
        coding = _coding(codings[0])
        return coding and ("coding", *coding)
    return _coding(pattern)


def _coding(pattern: Tree) -> tuple[str, str] | None:
    """System and code of a pattern that consists of them."""
    if not isinstance(pattern, dict) or pattern.keys() != {"system", "code"}:
        return None
    system, code = pattern["system"], pattern["code"]
    return (system, code) if isinstance(system, str) and isinstance(code, str) else None


def labels_at(value: Tree) -> list[Label]:
    """Every label that a value bears."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, dict):
        return []
    codings = value.get("coding")
    listed = [("coding", *pair) for pair in map(_pair, codings) if pair] if isinstance(codings, list) else []
    own = _pair(value)
    return [own, *listed] if own else [*listed]


def _pair(coding: Tree) -> tuple[str, str] | None:
    if not isinstance(coding, dict):
        return None
    system, code = coding.get("system"), coding.get("code")
    return (system, code) if isinstance(system, str) and isinstance(code, str) else None
