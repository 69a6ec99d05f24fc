"""Says why an element belongs to no slice: what each slice is known by, and what stands there instead.

Demands are written as FHIRPath, which reads alike in every language; of the instance only counts, types and indices are
told. Asked for only once a fault is found. Nothing here may record a fault or quote a received value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from certgateway.engine.profiles.plans import plan_of
from certgateway.engine.slice_tests import SliceTests, slicing_of
from certgateway.engine.values import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.instance import Place
    from certgateway.engine.profiles.plans import RulePlan, Test
    from certgateway.engine.profiles.profiles import Rule
    from certgateway.engine.slices import Slicer

_MOST_SLICES = 8
_MOST_CANDIDATES = 20
_LONGEST = 600


class SliceReasons:
    """Words about slicing under one set of definitions."""

    def __init__(self, definitions: Definitions, slicer: Slicer) -> None:
        """Take the definitions, and the slicer whose answers are explained."""
        self._definitions = definitions
        self._slicer = slicer
        self._prepared = SliceTests(definitions)

    def of_stranger(self, plan: RulePlan, place: Place) -> Mapping[str, str]:
        """`asked`: what each slice is known by, as far as the place isn't that; `found`: what stands there."""
        failing = [(each, self._failing(plan, number, place)) for number, each in enumerate(plan.slices)]
        told = [f"{each.rule.slice_name}: {_both([row[0] for row in rows])}" for each, rows in failing if rows]
        seen = dict.fromkeys(row[1] for _, rows in failing for row in rows)
        return {"asked": _cut("; ".join(told[:_MOST_SLICES])), "found": ", ".join(seen)}

    def of_missing(self, plan: RulePlan, name: str, strangers: Sequence[Place]) -> Mapping[str, str]:
        """`asked`: what a slice is known by; `nearest`: the element that comes nearest to it, and what it fails.

        Without `nearest` where no element stands outside the slices.
        """
        number = list(plan.rule.slices).index(name)
        demands = [_demand(path, test) for path, test in self._tests(plan, number)]
        asked = {"asked": _cut(_both([demand for demand in demands if demand]))}
        near = [(self._failing(plan, number, place), place) for place in strangers[:_MOST_CANDIDATES]]
        if not near:
            return asked
        failed, place = min(near, key=lambda row: len(row[0]))
        _, element, index = place.trail
        where = element if index is None else f"{element}[{index}]"
        # Of several demands those are told that aren't met; of one it goes without saying.
        unmet = [f"({demand}).not()" for demand, _ in failed] if len(demands) > 1 else []
        return {**asked, "nearest": _cut(f"{where}: {', '.join([*unmet, *(seen for _, seen in failed)])}")}

    def _failing(self, plan: RulePlan, number: int, place: Place) -> list[tuple[str, str]]:
        """The demands of a slice that a place doesn't meet, each with what stands there instead."""
        return [
            (_demand(path, test), self._seen(path, test, place))
            for path, test in self._tests(plan, number)
            if self._slicer.matches(test, place) is False
        ]

    def _seen(self, path: str, test: Test, place: Place) -> str:
        """What stands at a path: its type where slices are known by types, else how many."""
        places = self._slicer.places_at(place, test.steps)
        if test.kind != "type" or not places:
            return f"{path}.count() = {len(places)}"
        known = (each.type for each in places if self._definitions.type(each.type) is not None)
        return f"{path} is {' | '.join(dict.fromkeys(known))}"

    def _tests(self, plan: RulePlan, number: int) -> list[tuple[str, Test]]:
        """Each discriminator's path and how one slice is tried there."""
        slicing, tests = slicing_of(plan.rule), self._prepared.sorting_of(plan).tests
        if slicing is None or number >= len(tests):
            return []
        # Slices without discriminators are told apart by what they say as a whole.
        paths = [row.path for row in slicing.discriminators] or ["$this"]
        return list(zip(paths, tests[number], strict=True))


def _demand(path: str, test: Test) -> str:
    """What one discriminator asks, as FHIRPath."""
    if test.kind == "exists":
        return f"{path}.exists().not()" if any(rule.max == 0 for rule in test.rules) else f"{path}.exists()"
    if test.kind == "type":
        return f"{path} is {' | '.join(test.codes)}"
    if test.kind == "profile":
        urls = [url for rule in test.rules for ref in rule.types for url in ref.profiles or (ref.code,)]
        return " or ".join(f"{path}.conformsTo('{url}')" for url in urls)
    return " or ".join(dict.fromkeys(_both(list(_known_by(path, rule))) for rule in test.rules))


def _known_by(path: str, rule: Rule) -> Iterator[str]:
    """The values a rule is known by, its own and those of its parts."""
    if rule.fixed is not None:
        value = rule.fixed.value
        yield f"{path} = '{value}'" if isinstance(value, str) else f"{path} = {as_text(value)}"
    elif rule.pattern is not None:
        yield f"{path} ~ {as_text(rule.pattern.value)}"
    else:
        if rule.value_set is not None:
            yield f"{path}.memberOf('{rule.value_set}')"
        for name, child in rule.children.items():
            for part in (child, *child.slices.values()):
                if plan_of(part).identifies:
                    yield from _known_by(name if path == "$this" else f"{path}.{name}", part)


def _both(demands: Sequence[str]) -> str:
    return " and ".join(dict.fromkeys(demands))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
