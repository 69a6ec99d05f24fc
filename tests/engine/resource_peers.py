"""Whole resources judged by our engine and by others: true where no error is found. A peer is asked for all at once."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import fhirkit
import jsonschema_rs
import pytest
from fhir.resources.R4B import get_fhir_model_class
from lxml import etree

from certgateway import safejson, safexml
from certgateway.engine import judge
from certgateway.engine.xml.form import read
from tests.engine.making import BASE
from tests.engine.peers import MODULES, ROOT, ask_node

Json = Any
XSD = Path(os.environ.get("FHIR_R4_XSD", ROOT.parent / "shared" / "fhir-r4-xsd")) / "fhir-single.xsd"
JSON_SCHEMA = MODULES / "@asymmetrik" / "fhir-json-schema-validator" / "fhir.schema.json"


def ours(tree: Json) -> bool:
    """Whether our engine finds no error."""
    return not faults(tree)


def faults(tree: Json) -> list[tuple[str, str]]:
    """Kind and path of every error that our engine finds in JSON."""
    found = judge(safejson.parse(json.dumps(tree).encode()), BASE)
    return [(fault.kind, fault.path) for fault in found if fault.severity == "error"]


def xml_faults(raw: bytes) -> list[tuple[str, str]]:
    """The same in XML: of its form and of its content."""
    tree, found = read(safexml.parse(raw), BASE)
    return [(fault.kind, fault.path) for fault in (*found, *judge(tree, BASE)) if fault.severity == "error"]


def medplum(trees: list[Json]) -> list[bool]:
    """Medplum's validator: structure, types, base invariants."""
    told: list[bool] = ask_node("@medplum/core", "judge_medplum.cjs", trees)
    return told


def fhir_resources(trees: list[Json]) -> list[bool]:
    """The R4B models of fhir.resources, which fit R4 for the types we ask about."""
    return [_modelled(tree) for tree in trees]


def _modelled(tree: Json) -> bool:
    try:
        get_fhir_model_class(tree["resourceType"]).model_validate(tree)
    except Exception:  # noqa: BLE001  Its failures have no common type: KeyError for a type that it doesn't know.
        return False
    return True


def fhirkit_rs(trees: list[Json]) -> list[bool]:
    """fhirkit: structure and types."""
    return [not any(issue.severity == "error" for issue in fhirkit.validate(tree)) for tree in trees]


def json_schema(trees: list[Json]) -> list[bool]:
    """HL7's JSON schema of R4, which an npm package carries."""
    schema = _json_schema()
    return [schema.is_valid(tree) for tree in trees]


@cache
def _json_schema() -> jsonschema_rs.Draft6Validator:
    if not JSON_SCHEMA.is_file():
        if os.environ.get("CI"):
            pytest.fail(f"HL7's JSON schema must be there in CI, and is not at {JSON_SCHEMA}")
        pytest.skip(f"LOUD: HL7's JSON schema is not at {JSON_SCHEMA}; `make peers` installs it")
    return jsonschema_rs.Draft6Validator(json.loads(JSON_SCHEMA.read_bytes()))


@cache
def xml_schema() -> etree.XMLSchema:
    """HL7's XML schema of R4; skips loudly where it is absent."""
    if not XSD.is_file():
        pytest.skip(f"LOUD: the official FHIR R4 schema is not at {XSD}; set FHIR_R4_XSD to its folder")
    return etree.XMLSchema(etree.parse(XSD))


PEERS = {
    "Medplum": medplum,
    "fhir.resources": fhir_resources,
    "fhirkit-rs": fhirkit_rs,
    "JSON schema": json_schema,
}
