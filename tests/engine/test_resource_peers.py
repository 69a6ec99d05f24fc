"""Every resource with one fault is refused for it, every valid one is taken, and what peers say otherwise is declared.

`resource_departures.toml` says of each peer which faults it takes, how often, who is right and why; any other number
fails, so that neither a peer's change nor ours goes unseen.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.engine import resource_peers as peers
from tests.engine.making import BASE
from tests.engine.mutants import Mutant, mutants
from tests.engine.seeds import TYPES, grown, optional, required
from tests.engine.xml_mutants import CARRIED, in_xml, xml_mutants

HERE = Path(__file__).parent
Json = Any


@cache
def departures() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((HERE / "resource_departures.toml").read_text("utf-8"))["departure"]
    return found


def declared(peer: str) -> dict[str, int]:
    return {kind["kind"]: kind["count"] for row in departures() if row["peer"] == peer for kind in row["kinds"]}


@cache
def broken() -> list[Mutant]:
    return [mutant for name in TYPES for mutant in mutants(name)]


@cache
def sound() -> list[Json]:
    """What is required, what is grown from it, and each optional element beside what is required."""
    return [tree for name in TYPES for tree in (required(name), grown(name), *_neighbours(name))]


def _neighbours(name: str) -> list[Json]:
    tree, facts = required(name), BASE.type(name)
    assert facts is not None
    return [
        tree | {key: value}
        for key, value in optional(name)
        if not any(other in tree for other, _ in facts.keys[key][0].spellings())
    ]


def test_there_are_many_of_each() -> None:
    kinds = Counter(mutant.kind for mutant in broken())
    assert len(TYPES) >= 30
    assert kinds.total() >= 1500
    assert len(kinds) >= 60
    assert len(sound()) >= 700


def test_each_mutant_has_one_fault() -> None:
    """One and no more: nothing that follows from it is found again."""
    wrong = {(mutant.type, mutant.kind, *found) for mutant in broken() if len(found := peers.faults(mutant.tree)) != 1}
    assert wrong == set()


def test_each_valid_one_has_none() -> None:
    assert {json.dumps(tree)[:200]: found for tree in sound() if (found := peers.faults(tree))} == {}


@pytest.mark.parametrize("name", TYPES)
def test_each_xml_mutant_has_one_fault(name: str) -> None:
    assert peers.xml_faults(in_xml(grown(name))) == []
    found = [(kind, peers.xml_faults(raw)) for kind, raw in xml_mutants(name)]
    assert len(found) >= 10
    assert [each for each in found if len(each[1]) != 1] == []


@pytest.mark.parametrize("peer", peers.PEERS)
def test_a_peer_takes_what_is_declared(peer: str) -> None:
    expected = [(mutant.kind, False) for mutant in broken()]
    expected += [(f"valid {tree['resourceType']}", True) for tree in sound()]
    judged = peers.PEERS[peer]([*(mutant.tree for mutant in broken()), *sound()])
    otherwise = Counter(kind for (kind, valid), found in zip(expected, judged, strict=True) if found is not valid)
    assert dict(otherwise) == declared(peer)


def test_the_xml_schema_takes_what_is_declared() -> None:
    schema = peers.xml_schema()
    documents = [each for name in TYPES for each in xml_mutants(name)]
    taken = Counter(kind for kind, raw in documents if schema.validate(etree.fromstring(raw)))
    assert dict(taken) == declared("XML schema")
    assert [name for name in TYPES if not schema.validate(etree.fromstring(in_xml(grown(name))))] == []


@pytest.mark.parametrize("row", departures(), ids=[f"{row['peer']}: {row['what']}" for row in departures()])
def test_a_departure_says_who_is_right_and_why(row: dict[str, Any]) -> None:
    kinds = {mutant.kind for mutant in broken()} | {kind for kind, _ in xml_mutants("Patient")} | set(CARRIED)
    assert row["right"] in {"ours", "theirs", "open"}
    assert row["why"].startswith("FHIR R4")
    assert {each["kind"] for each in row["kinds"] if not each["kind"].startswith("valid ")} <= kinds
