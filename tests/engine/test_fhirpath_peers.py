"""Our FHIRPath compiler and three others answer alike, or `fhirpath_departures.toml` says who is right and why.

Both ways: what differs is declared, and what is declared differs. `python -m tests.engine.oracles --many` tries seven
times as many values.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.engine import fhirpath_peers as peers
from tests.engine.fhirpath_peers import Answer
from tests.engine.fhirpath_subjects import SUBJECTS
from tests.engine.invariant_places import (
    EXAMPLES,
    MESSAGES,
    NO_BASIS,
    OURS,
    Place,
    base_places,
    profile_places,
)

HERE = Path(__file__).parent
FEW, MANY = 8, 60
"""Values that an invariant is tried on, for each type."""
Found = set[tuple[str, str]]


@cache
def departures() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((HERE / "fhirpath_departures.toml").read_text("utf-8"))["departure"]
    return found


def declared(name: str) -> Found:
    return {(row["peer"], each) for row in departures() for each in row.get(name, ())}


def asked() -> list[tuple[str, list[str]]]:
    """Every subject with its expressions."""
    found: list[tuple[str, list[str]]] = []
    for line in (HERE / "fhirpath_expressions.txt").read_text("utf-8").splitlines():
        if line.startswith("## on "):
            found.append((line.removeprefix("## on "), []))
        elif line and not line.startswith("#"):
            found[-1][1].append(line)
    return found


def expressions_that_differ() -> Found:
    """Peer and expression; one on another subject than the first is named with it."""
    script = peers.javascript([(SUBJECTS[name], expressions) for name, expressions in asked()])
    found: Found = set()
    for (name, expressions), scripted in zip(asked(), script, strict=True):
        tree = SUBJECTS[name]
        for expression, answer in zip(expressions, scripted, strict=True):
            theirs = (answer, peers.python(tree, expression), peers.rust(tree, expression))
            called = expression if name == "observation" else f"{name}: {expression}"
            found.update(_differing(called, peers.ours(tree, expression), theirs))
    return found


def _differing(called: str, ours: Answer, theirs: tuple[Answer, ...]) -> Iterator[tuple[str, str]]:
    return ((peer, called) for peer, answer in zip(peers.PEERS, theirs, strict=True) if answer != ours)


def invariants_that_differ(places: list[Place]) -> Found:
    found: Found = set()
    for place, script in zip(places, peers.javascript_of(places), strict=True):
        answers = zip(peers.ours_of(place), script, peers.python_of(place), peers.rust_of(place), strict=True)
        for ours, *theirs in answers:
            found.update(_differing(place.expression, ours, tuple(theirs)))
    return found


def own_places(each: int) -> list[Place]:
    examples = sorted([*EXAMPLES.glob("*.json"), *MESSAGES.glob("*.json")])
    return base_places(each) + profile_places(OURS, examples, each)


def no_basis_places(each: int) -> list[Place]:
    return profile_places(NO_BASIS, sorted((NO_BASIS / "examples").rglob("*.json")), each)


def test_they_agree_on_expressions_or_it_is_declared() -> None:
    assert sum(len(expressions) for _, expressions in asked()) >= 750
    found = expressions_that_differ()
    assert sorted(found ^ declared("expressions")) == []


def test_they_agree_on_invariants_or_it_is_declared() -> None:
    places = own_places(FEW)
    assert len({place.expression for place in places}) >= 200
    found = invariants_that_differ(places)
    assert sorted(found ^ declared("invariants")) == []


def test_they_agree_on_norwegian_invariants() -> None:
    if not NO_BASIS.is_dir():
        pytest.skip(f"LOUD: HL7 Norway's profiles are not at {NO_BASIS}; set NO_BASIS to their folder")
    places = no_basis_places(FEW)
    assert places
    found = invariants_that_differ(places)
    assert sorted(found - declared("invariants")) == sorted(declared("norwegian"))


def test_invariants_are_met_kept_and_broken() -> None:
    """Else the peers would agree on nothing but yes."""
    answers = {place.expression: Counter(map(str, peers.ours_of(place))) for place in base_places(FEW)}
    told = [("[True]" in found, "[False]" in found) for found in answers.values()]
    assert sum(kept for kept, _ in told) >= 190
    assert sum(broken for _, broken in told) >= 110


@pytest.mark.parametrize("row", departures(), ids=[f"{row['peer']}: {row['what']}" for row in departures()])
def test_a_departure_says_who_is_right_and_why(row: dict[str, Any]) -> None:
    assert row["peer"] in peers.PEERS
    assert row["right"] in {"ours", "theirs", "open"}
    assert "N1" in row["why"] or "FHIR R4" in row["why"]
    assert row.get("expressions") or row.get("invariants") or row.get("norwegian") or row.get("more")
