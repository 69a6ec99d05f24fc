"""HL7 Norway's profiles, as somebody else's definitions: loaded, compiled without gaps, their own examples judged.

They lie beside the project and are never copied; where they are absent this is skipped loudly.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certgateway import safexml
from certgateway.engine import Definitions, gaps, judge, load_base, load_profiles, validate
from certgateway.engine.definitions.library import definitions_at
from certgateway.engine.xml import form as xmlform

NO_BASIS = Path(__file__).parents[3] / "shared" / "no-basis"
Json = dict[str, Any]
pytestmark = pytest.mark.skipif(
    not NO_BASIS.is_dir(), reason=f"LOUD: {NO_BASIS} is absent, HL7 Norway's profiles are not tried"
)
# What is told of their examples beside dom-6 (no narrative), each looked at.
TOLD = {
    # An id with a space in it.
    "no-basis-HealthcareService-example.xml": {
        ("error", "primitive-invalid", "HealthcareService.id"),
        # The organisation is named by HER-id, and their own profile recommends another system.
        ("warning", "invariant-broken", "HealthcareService.providedBy.identifier.system"),
    },
}
VOLVEN = "urn:oid:2.16.578.1.12.4.1.1."
# Value sets that draw on code systems of the country's registers, on media types, on languages.
ELSEWHERE = {
    "http://hl7.no/fhir/ValueSet/no-basis-service-type",
    "https://register.geonorge.no/subregister/sosi-kodelister/kartverket/kommunenummer-alle",
    "http://www.rfc-editor.org/bcp/bcp13.txt",
    "http://hl7.org/fhir/ValueSet/all-languages",
}
NAMES = [path.name for path in sorted(NO_BASIS.glob("examples/*.xml"))]


@pytest.fixture(name="known", scope="module")
def _known() -> Definitions:
    return load_profiles(NO_BASIS, load_base())


def forms() -> tuple[Definitions, Definitions]:
    """The same profiles by snapshot alone and by differential alone."""
    rows = [dict(row) for row in definitions_at([NO_BASIS], load_base())]
    one, other = (
        load_base().extended({name: value for name, value in row.items() if name != left_out} for row in rows)
        for left_out in ("differential", "snapshot")
    )
    return one, other


def test_every_profile_compiles_and_only_codes_kept_elsewhere_are_not_judged(known: Definitions) -> None:
    found = gaps(known)
    assert {gap.kind for gap in found} == {"value-set"}
    elsewhere = {gap.what for gap in found if not gap.what.startswith(VOLVEN)}
    assert len(found) > len(elsewhere)
    assert elsewhere <= ELSEWHERE


@pytest.mark.parametrize("name", NAMES)
def test_their_own_examples_keep_their_profiles(name: str, known: Definitions) -> None:
    rows = validate((NO_BASIS / "examples" / name).read_bytes(), known)
    told = {(row.fault.severity, row.fault.kind, row.fault.path) for row in rows if row.fault.expected != "dom-6"}
    assert told == TOLD.get(name, set())
    assert all(row.line is not None and row.column is not None for row in rows)


def mutants(tree: Json) -> Iterator[Json]:
    """The tree, and the tree with each member left out, and each list doubled."""
    yield tree
    for keys in list(_ways(tree, [])):
        for change in ("left out", "doubled"):
            mutant = copy.deepcopy(tree)
            node: Any = mutant
            for key in keys[:-1]:
                node = node[key]
            if change == "left out":
                del node[keys[-1]]
            elif isinstance(node[keys[-1]], list):
                node[keys[-1]] *= 2
            else:
                continue
            yield mutant


def _ways(node: object, keys: list[str | int]) -> Iterator[list[Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key != "resourceType":
                yield [*keys, key]
                yield from _ways(value, [*keys, key])
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _ways(value, [*keys, index])


def test_snapshot_and_differential_of_a_profile_say_the_same() -> None:
    by_snapshot, by_differential = forms()
    count = 0
    for name in NAMES:
        tree, _ = xmlform.read(safexml.parse((NO_BASIS / "examples" / name).read_bytes()), load_base())
        for mutant in mutants(tree):
            count += 1
            one, other = (
                {(fault.kind, fault.path, fault.expected) for fault in judge(mutant, known)}
                for known in (by_snapshot, by_differential)
            )
            assert one == other
    assert count > 200
