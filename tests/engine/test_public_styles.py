"""Profiles written the ways that public ones are: kept ones pass, one fault gives one finding, nothing is unjudged."""

from __future__ import annotations

import pytest

from certgateway.engine import gaps, load_base
from tests.engine.public_styles import R4, STYLES
from tests.unit.engine.profile_making import Json, found

BARE = {R4 + name for name in ("Patient", "Observation", "Composition", "Bundle", "Questionnaire")}
KEPT = [(name, number) for name, style in STYLES.items() for number in range(len(style.kept))]
BROKEN = [(name, number) for name, style in STYLES.items() for number in range(len(style.broken))]


@pytest.mark.parametrize("name,number", KEPT)
def test_kept(name: str, number: int) -> None:
    style = STYLES[name]
    assert found(style.kept[number], *style.definitions) == []


@pytest.mark.parametrize("name,number", BROKEN)
def test_broken_once(name: str, number: int) -> None:
    style = STYLES[name]
    resource, fault = style.broken[number]
    assert found(resource, *style.definitions) == [fault]


@pytest.mark.parametrize("name", STYLES)
def test_nothing_is_left_unjudged(name: str) -> None:
    assert gaps(load_base().extended(STYLES[name].definitions)) == []


def snapshot_of(definition: Json) -> Json:
    """The same profile as if its elements were a snapshot, on a base that nobody has."""
    kept = {name: value for name, value in definition.items() if name != "differential"}
    return {**kept, "snapshot": definition["differential"], "baseDefinition": "https://nobody.example/base"}


NO_BASE_NEEDED = [name for name, style in STYLES.items() if style.definitions[0]["baseDefinition"] in BARE]


@pytest.mark.parametrize("name", NO_BASE_NEEDED)
def test_a_snapshot_alone_says_the_same(name: str) -> None:
    style = STYLES[name]
    definitions = [snapshot_of(each) if "differential" in each else each for each in style.definitions]
    for resource, fault in style.broken:
        assert found(resource, *definitions) == [fault]
    for resource in style.kept:
        assert found(resource, *definitions) == []
