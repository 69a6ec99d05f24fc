"""Whether an element of a message is a certain element of a profile, slices and all.

For contexts of extensions (`url#Patient.name:official`). What can't be told, because a profile or what tells its slices
apart isn't known, is taken for true. Nothing here may record a fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from certgateway.engine.profiles.plans import RulePlan, plan_of
from certgateway.engine.profiles.profiles import slice_names
from certgateway.engine.slices import Slicer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from certgateway.engine.instance import Place
    from certgateway.engine.run import Run


def is_of_profile(run: Run, url: str, owner: Place) -> bool:
    """Whether the owner was said to be of the profile, by itself or by who asked, or conforms to it anyway."""
    profile = run.definitions.profile(url)
    if profile is None or run.conforms is None or url in _said(run, owner):
        return True
    return run.conforms(profile, owner) is True


def _said(run: Run, owner: Place) -> Iterator[str]:
    """The profiles an owner claims or is held against, and those they are made from."""
    meta = owner.value.get("meta") if isinstance(owner.value, dict) else None
    claimed = meta.get("profile") if isinstance(meta, dict) else None
    waiting = [url for url in claimed if isinstance(url, str)] if isinstance(claimed, list) else []
    waiting += run.asked if owner.value is run.whole else ()
    seen: set[str] = set()
    while waiting:
        url = waiting.pop()
        structure = run.definitions.structure(url) if url not in seen else None
        seen.add(url)
        if structure is not None:
            yield from (url, str(structure.get("url")))
            base = structure.get("baseDefinition")
            waiting += [base] if isinstance(base, str) else ()


def is_element(run: Run, url: str, steps: Sequence[str], way: Sequence[tuple[str, Place]]) -> bool:
    """Whether the way (names and places from the root down) is the one that the steps of an element id go."""
    profile = run.definitions.profile(url)
    plan = None if profile is None else plan_of(profile.root)
    for step, (name, place) in zip(steps, way, strict=True):
        wanted, _, chosen = step.partition(":")
        if wanted.removesuffix("[x]") != name:
            return False
        plan = next((each for each in plan.children if each.rule.name == name), None) if plan is not None else None
        for slice_name in slice_names(chosen):
            if plan is not None and not _is_in_slice(run, plan, slice_name, place):
                return False
            plan = next((each for each in plan.slices if each.rule.slice_name == slice_name), None) if plan else None
    return True


def _is_in_slice(run: Run, plan: RulePlan, slice_name: str, place: Place) -> bool:
    conforms = run.conforms
    if conforms is None or slice_name not in plan.rule.slices:
        return True
    slicer = Slicer(run.definitions, conforms)
    found = slicer.slice_of(plan, place)
    possible = [found] if found is not None else slicer.may_belong(plan, place)
    return any(each.rule.slice_name == slice_name for each in possible)
