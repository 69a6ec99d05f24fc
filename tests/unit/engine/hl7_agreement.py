"""Compares the engine's verdicts with those of HL7's reference validator; run it to print the disagreements.

`python tests/unit/engine/hl7_agreement.py [FOLDER] [NAME]` reads the cases where they lie; none is copied here.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certgateway import safejson, safexml
from certgateway.engine import Definitions, Fault, Options, judge, load_base
from certgateway.engine.xmlform import read

CASES = Path(os.environ.get("HL7_VALIDATOR_CASES", "../shared/hl7-validator-cases"))


@dataclass(frozen=True, slots=True)
class Check:
    """One verdict of the reference beside ours."""

    name: str
    reference_valid: bool
    reference: list[str]
    ours: list[Fault]
    unreadable: str | None

    @property
    def ours_valid(self) -> bool:
        """Whether the engine found no error."""
        return self.unreadable is None and all(fault.severity != "error" for fault in self.ours)

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.ours_valid == self.reference_valid


def load(path: Path, definitions: Definitions) -> tuple[Any, list[Fault]]:
    """The tree of a JSON or XML file and the faults of its XML form. Raises safejson.Unreadable."""
    raw = path.read_bytes()
    if path.suffix == ".json":
        return safejson.parse(raw), []
    return read(safexml.parse(raw), definitions)


def load_definitions(folder: Path, names: list[str]) -> Definitions:
    """Base R4 and the supporting files that can be read."""
    resources = []
    for name in names:
        try:
            tree, _ = load(folder / "files" / name, load_base())
        except (safejson.Unreadable, OSError):
            continue
        entries = tree.get("entry", []) if tree.get("resourceType") == "Bundle" else []
        resources.extend([tree, *(entry["resource"] for entry in entries if "resource" in entry)])
    return load_base().extended(resources)


def check(folder: Path, case: dict[str, Any], kind: str) -> Check:
    """Judge one case against base R4 (`base`) or its profile as well (`profile`)."""
    wanted = case[kind]
    definitions = load_definitions(folder, case.get("supporting", []) + wanted.get("supporting", []))
    profiles = []
    if kind == "profile" and "://" in wanted["profile"]:
        profiles = [wanted["profile"]]
    elif kind == "profile":
        tree, _ = load(folder / "files" / wanted["profile"], definitions)
        definitions, profiles = definitions.extended([tree]), [tree["url"]]
    outcome = json.loads((folder / "outcomes" / wanted["outcome"]).read_text("utf-8"))
    reference = [
        f"{issue.get('expression', [''])[0]} {issue.get('details', {}).get('text', '')}"
        for issue in outcome.get("issue", ())
        if issue["severity"] in ("error", "fatal")
    ]
    faults: list[Fault] = []
    unreadable = None
    try:
        tree, faults = load(folder / "files" / case["file"], definitions)
        faults = faults + judge(
            tree,
            definitions,
            profiles=profiles,
            options=Options(unresolved="error" if tree.get("type") == "document" else None),
        )
    except safejson.Unreadable as refusal:
        unreadable = refusal.id
    return Check(f"{case['name']}/{kind}", wanted["valid"], reference, faults, unreadable)


def checks(folder: Path, only: str = "") -> list[Check]:
    """Every check of the suite, or those whose name holds `only`."""
    cases = json.loads((folder / "manifest.json").read_text("utf-8"))
    return [
        check(folder, case, kind)
        for case in cases
        for kind in ("base", "profile")
        if kind in case and only in f"{case['name']}/{kind}"
    ]


def say(line: str) -> None:
    """Write one line."""
    sys.stdout.write(line + "\n")


def main() -> None:
    """Print each disagreement and the totals."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CASES
    results = checks(folder, sys.argv[2] if len(sys.argv) > 2 else "")
    for result in results:
        if not result.agrees:
            say(f"{result.name}: reference {'valid' if result.reference_valid else 'invalid'}")
            for line in result.reference[:4]:
                say(f"    theirs {line[:260]}")
            if result.unreadable:
                say(f"    ours   {result.unreadable}")
            for fault in [fault for fault in result.ours if fault.severity == "error"][:6]:
                say(f"    ours   {fault.kind} {fault.path} {fault.expected} {fault.detail.get('key', '')}")
    say(f"agreement {sum(result.agrees for result in results)} of {len(results)}")


if __name__ == "__main__":
    main()
