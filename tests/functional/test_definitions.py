"""What vendors fetch: every definition in both formats, the rules' code system, a capability statement that holds."""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from certgateway import bootstrap, engine, safejson
from certgateway.fhir.bundle import open_message
from certgateway.rules import RULES

BASE = "https://certgateway.example/fhir"
FILES = sorted(
    path
    for path in bootstrap.PROFILES.glob("*.json")
    if path.name.split("-")[0] in {"StructureDefinition", "ValueSet", "CodeSystem", "Questionnaire"}
)
FHIR_XML = {"Accept": "application/fhir+xml"}


def faults(resource: bytes) -> list[tuple[str, str]]:
    """Errors of a resource against base R4, by our own engine."""
    judged = engine.judge(safejson.parse(resource), bootstrap.definitions())
    return [(fault.kind, fault.path) for fault in judged if fault.severity == "error"]


def test_capability_statement_conforms(reader: TestClient) -> None:
    answer = reader.get("/fhir/metadata")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/fhir+json")
    assert faults(answer.content) == []


def test_capability_statement_names_what_there_is(reader: TestClient) -> None:
    statement = reader.get("/fhir/metadata").json()
    assert statement["fhirVersion"] == "4.0.1"
    rest = statement["rest"][0]
    assert [operation["name"] for operation in rest["operation"]] == ["process-message", "validate"]
    kinds = [resource["type"] for resource in rest["resource"]]
    assert kinds == ["Bundle", "StructureDefinition", "ValueSet", "CodeSystem", "Questionnaire"]
    for kind in kinds[1:]:
        assert reader.get(f"/fhir/{kind}").json()["total"] > 0


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_definition_is_served_as_built(reader: TestClient, file: Path) -> None:
    built = safejson.parse(file.read_bytes())
    address = f"/fhir/{built['resourceType']}/{built['id']}"
    assert safejson.parse(reader.get(address).content) == built
    as_xml = reader.get(address, headers=FHIR_XML)
    assert as_xml.headers["content-type"] == "application/fhir+xml; charset=utf-8"
    opened = open_message(as_xml.content, "fhir-xml", bootstrap.definitions())
    assert (opened.tree, opened.faults) == (built, ())


def test_definition_is_found_by_its_url(reader: TestClient) -> None:
    url = f"{BASE}/StructureDefinition/function"
    for asked, total in ((url, 1), (f"{url}|1.0.0", 1), (f"{url}|9.9.9", 0), (f"{url}x", 0)):
        found = reader.get("/fhir/StructureDefinition", params={"url": asked})
        assert (found.status_code, found.json()["total"]) == (200, total)
    assert reader.get("/fhir/ValueSet", params={"url": url}).json()["total"] == 0
    entry = reader.get("/fhir/StructureDefinition", params={"url": url}).json()["entry"][0]
    assert (entry["fullUrl"], entry["resource"]["id"]) == (url, "function")


def test_searchset_conforms(reader: TestClient) -> None:
    found = reader.get("/fhir/StructureDefinition", params={"url": f"{BASE}/StructureDefinition/function"})
    assert faults(found.content) == []


def test_every_rule_stands_in_the_code_system(reader: TestClient) -> None:
    answer = reader.get("/fhir/CodeSystem/rule")
    codes = [concept["code"] for concept in answer.json()["concept"]]
    assert len(codes) == len(set(codes))
    assert {rule.id for rule in RULES} <= set(codes)
    assert {"element-missing", "prognosis-missing", "not-json", "benefit-removed"} <= set(codes)
    assert faults(answer.content) == []


@pytest.mark.parametrize("address", ["/fhir/StructureDefinition/none", "/fhir/Patient/1", "/fhir/nothing", "/fhir"])
def test_what_is_not_there_is_an_outcome(reader: TestClient, address: str) -> None:
    answer = reader.get(address)
    assert answer.status_code == 404
    assert json.loads(answer.content)["issue"][0]["code"] == "not-found"


def test_too_long_a_url_is_an_outcome_that_does_not_repeat_it(reader: TestClient) -> None:
    answer = reader.get("/fhir/ValueSet", params={"url": "x" * 1001})
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "request-invalid"
    assert "xxx" not in answer.text
