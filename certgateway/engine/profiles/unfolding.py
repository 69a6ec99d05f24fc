"""Brings the slices of a type's profile to where another profile speaks of them by name.

A differential may walk into an element whose type has a profile (`Patient.extension:citizenship.extension:code`); what
such a slice is known by stands in that profile alone. Nothing here may change the profile it copies from.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certgateway.engine.profiles.profiles import Rule, Source


def shape_of(rule: Rule, source: Source) -> Rule | None:
    """What the one profile of a rule's types says; None where there is none, or several."""
    urls = [url for ref in rule.types for url in ref.profiles]
    found = source.profile(urls[0]) if len(urls) == 1 else None
    return None if found is None else found.root


def unfold(rule: Rule, shape: Rule | None) -> None:
    """Give a rule the slices that the same element has in the profile of its type, where it hasn't got them."""
    if shape is None or not shape.slices:
        return
    for name, each in shape.slices.items():
        if name not in rule.slices:
            rule.slices[name] = _copied(each)
    rule.slicing = rule.slicing or shape.slicing


def _copied(rule: Rule) -> Rule:
    children = {name: _copied(child) for name, child in rule.children.items()}
    return replace(rule, children=children, slices={name: _copied(each) for name, each in rule.slices.items()})
