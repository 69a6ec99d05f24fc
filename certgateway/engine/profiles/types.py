"""Completes slices that a profile names and the profile of their type defines.

A profile of Organization may say more of a slice that the profile of its Address made: what the slice is known by then
stands in the latter alone. Nothing here may look at an instance, or add a rule that isn't about such a slice.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from certgateway.engine.profiles import profiles

if TYPE_CHECKING:
    from certgateway.engine.profiles.profiles import Rule, Source


def underlay_types(rule: Rule, source: Source, around: frozenset[str]) -> None:
    """Lay the profile of each element's one type under the slices below it."""
    for below in (*rule.children.values(), *rule.slices.values()):
        url = _only_profile(below)
        if url is not None and url not in around and _has_slices(below):
            structure = source.structure(url)
            if structure is not None:
                _underlay(below, profiles.compile_profile(structure, source, around).root)
        underlay_types(below, source, around)


def _only_profile(rule: Rule) -> str | None:
    urls = [url for ref in rule.types for url in ref.profiles]
    return urls[0] if len(urls) == 1 and "#" not in urls[0] else None


def _has_slices(rule: Rule) -> bool:
    return any(child.slices or _has_slices(child) for child in rule.children.values())


def _underlay(rule: Rule, under: Rule) -> None:
    """Fill in what the slices below a rule leave unsaid."""
    for name, child in rule.children.items():
        base = under.children.get(name)
        if base is None:
            continue
        child.slicing = child.slicing or base.slicing
        for slice_name, each in child.slices.items():
            if slice_name in base.slices:
                _fill(each, base.slices[slice_name])
        _underlay(child, base)


def _fill(each: Rule, base: Rule) -> None:
    each.types = each.types or base.types
    each.fixed = each.fixed or base.fixed
    each.pattern = each.pattern or base.pattern
    each.value_set = each.value_set or base.value_set
    for name, child in base.children.items():
        each.children.setdefault(name, deepcopy(child))
