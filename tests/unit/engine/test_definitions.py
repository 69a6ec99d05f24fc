"""The fact table and what is loaded beside it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from certgateway.engine import load_base, load_profiles, problems, uncompiled
from certgateway.engine.definitions.facts import Binding, TypeRef
from certgateway.engine.definitions.facttable import TABLE, FactTable
from certgateway.engine.definitions.forms import has_form
from tests.calibration import assert_within

NO_BASIS = Path(__file__).parents[4] / "shared" / "no-basis"


def test_every_resource_type_of_r4_is_known() -> None:
    base = load_base()
    resources = [name for name in base.type_names() if base.is_resource(name)]
    assert len(resources) == 146
    assert not base.is_resource("DomainResource")
    assert not base.is_resource("HumanName")
    assert base.type("Certificate") is None


def test_children_stand_in_order_with_cardinality_and_type() -> None:
    entry = load_base().type("Bundle.entry")
    assert entry is not None
    assert (entry.kind, entry.base) == ("backbone", "BackboneElement")
    assert list(entry.children) == [
        "id", "extension", "modifierExtension", "link", "fullUrl", "resource", "search", "request", "response",
    ]  # fmt: skip
    link = entry.children["link"]
    assert (link.min, link.max, link.repeats, link.content) == (0, None, True, "Bundle.link")
    assert entry.keys["resource"][1] == "Resource"
    assert entry.keys["link"][1] == "Bundle.link"


def test_choice_is_one_element_with_a_key_for_each_type() -> None:
    observation = load_base().type("Observation")
    assert observation is not None
    value, code = observation.keys["valueQuantity"]
    assert (value.name, value.choice, code) == ("value", True, "Quantity")
    assert observation.keys["valueDateTime"][1] == "dateTime"
    assert "value" not in observation.keys
    assert value is observation.children["value"]


def test_targets_bindings_and_flags() -> None:
    observation = load_base().type("Observation")
    assert observation is not None
    assert observation.children["subject"].types == (TypeRef("Reference", ("Patient", "Group", "Device", "Location")),)
    status = observation.children["status"]
    assert status.binding == Binding("required", "http://hl7.org/fhir/ValueSet/observation-status")
    assert status.is_modifier
    extension = load_base().type("Extension")
    assert extension is not None
    assert extension.children["url"].xml_attribute
    assert extension.children["url"].types == (TypeRef("uri"),)


@pytest.mark.parametrize(
    "name,ancestor,expected",
    [
        ("Patient", "DomainResource", True),
        ("Bundle", "DomainResource", False),
        ("Bundle", "Resource", True),
        ("Age", "Quantity", True),
        ("Quantity", "Age", False),
        ("uuid", "uri", True),
        ("Observation.component", "BackboneElement", True),
        ("Nothing", "Element", False),
    ],
)
def test_descent(name: str, ancestor: str, *, expected: bool) -> None:
    assert load_base().is_a(name, ancestor) is expected


def test_value_sets_by_system() -> None:
    base = load_base()
    timing = base.value_set("http://hl7.org/fhir/ValueSet/event-timing|4.0.1")
    assert timing is not None
    assert "MORN" in timing["http://hl7.org/fhir/event-timing"]
    assert "HS" in timing["http://terminology.hl7.org/CodeSystem/v3-TimingEvent"]
    assert base.value_set("http://hl7.org/fhir/ValueSet/mimetypes") is None
    assert base.value_set("http://unknown.example") is None


def test_every_base_invariant_compiles() -> None:
    assert uncompiled(load_base()) == []


def test_table_has_one_entry_a_line_and_no_digest_drift() -> None:
    lines = TABLE.read_bytes().splitlines()
    assert len(lines) == 3026
    assert max(map(len, lines)) < 70_000
    assert TABLE.stat().st_size < 1_600_000
    assert len(hashlib.sha256(TABLE.read_bytes()).hexdigest()) == 64


def test_a_bundle_of_ten_types_is_cheap_to_load() -> None:
    program = (
        "import time; from certgateway.engine.definitions.facttable import FactTable;"
        "t = time.process_time(); table = FactTable();"
        "[table.type_family(name) for name in 'Bundle MessageHeader Composition Patient Practitioner PractitionerRole"
        " Organization Condition Observation RiskAssessment HumanName Coding CodeableConcept Meta Narrative Identifier"
        " Reference Quantity Period Extension'.split()]; print(time.process_time() - t)"
    )
    command = [sys.executable, "-c", program]
    assert_within(0.06, lambda: float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def test_table_names_what_it_holds() -> None:
    table = FactTable()
    assert table.head("fhir") == "4.0.1"
    assert "http://hl7.org/fhir/StructureDefinition/vitalsigns" in table.names("profile")
    assert table.entry("type", "Nothing") is None
    assert table.type_family("Nothing") == []


@pytest.mark.parametrize(
    "member,wanted",
    [
        ({"_url": 5}, False),
        ({"_url": {"id": "a"}}, True),
        ({"_url": {"extension": {}}}, False),
        ({"_url": None}, True),
        ({"_nothing": 5, "nothing": 5}, True),
        ({"contact": [{"name": 5}]}, False),
        ({"contact": [5]}, False),
        ({"contact": {}}, False),
        ({"immutable": "true"}, False),
        ({"immutable": True}, True),
        ({"expansion": {"total": True}}, False),
        ({"expansion": {"total": 1}}, True),
        ({"expansion": {"parameter": [{"valueDecimal": True}]}}, False),
        ({"expansion": {"parameter": [{"valueDecimal": 1.5}, {"valueDecimal": 1}]}}, True),
        ({"resourceType": 5, "contact": {}}, True),
    ],
)
def test_definitions_have_the_form_of_their_type(member: dict[str, object], *, wanted: bool) -> None:
    assert has_form({"resourceType": "ValueSet"} | member, load_base()) is wanted


@pytest.mark.skipif(not NO_BASIS.is_dir(), reason=f"LOUD: {NO_BASIS} is absent, the no-basis profiles are not tried")
def test_no_basis_profiles_load_and_compile() -> None:
    known = load_profiles(NO_BASIS, load_base())
    assert len([known.profile(url) for url in known.profile_urls()]) == 35
    assert problems(known) == []
    assert uncompiled(known) == []
