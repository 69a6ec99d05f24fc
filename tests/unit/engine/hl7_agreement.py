"""Compares the engine's verdicts with those of HL7's reference validator; run it to print the disagreements.

`python -m tests.unit.engine.hl7_agreement [FOLDER] [NAME]` reads the cases where they lie; none is copied here. Beside
the verdicts it compares elements: for every error of the reference whether we name the same element, or a child of it.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from certgateway import safejson, safexml
from certgateway.engine import GENERAL, Definitions, Fault, Options, judge, load_base
from certgateway.engine.xml.form import read

CASES = Path(os.environ.get("HL7_VALIDATOR_CASES", "../shared/hl7-validator-cases"))
_COMMENT = re.compile(r"/\*.*?\*/")
_TYPED = re.compile(r"\.ofType\([^)]*\)|\[url='[^']*'\]|\[x\]")
_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Check:
    """One verdict of the reference beside ours; `reference` holds its errors as (element, text)."""

    name: str
    module: str
    reference_valid: bool
    reference: list[tuple[str, str]]
    ours: list[Fault]
    unreadable: str | None

    @property
    def errors(self) -> list[Fault]:
        """Our faults that make the resource invalid."""
        return [fault for fault in self.ours if fault.severity == "error"]

    @property
    def ours_valid(self) -> bool:
        """Whether the engine found no error."""
        return self.unreadable is None and not self.errors

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.ours_valid == self.reference_valid

    @property
    def missed(self) -> list[tuple[str, str]]:
        """Errors of the reference at elements where, and right below which, we name none.

        What can't be read has no elements: then the refusal stands for all of them.
        """
        ours = {_bare(fault.path) for fault in self.errors}
        ours |= {path.rpartition(".")[0] for path in ours}
        return [] if self.unreadable else [row for row in self.reference if _bare(row[0]) not in ours]

    @property
    def added(self) -> list[Fault]:
        """Our errors at elements where, and right above which, the reference names none."""
        theirs = {_bare(path) for path, _ in self.reference}
        return [
            fault
            for fault in self.errors
            if theirs.isdisjoint((_bare(fault.path), _bare(fault.path).rpartition(".")[0]))
        ]


def _bare(path: str) -> str:
    """An expression without the reference's comments and types, and without indices, which it counts in two ways.

    Where it couldn't read the XML it gives an XPath.
    """
    path = path.removeprefix("/f:").replace("/f:", ".")
    return _INDEX.sub("", _TYPED.sub("", _COMMENT.sub("", path)))


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


def options_of(case: dict[str, Any]) -> Options:
    """Our options for what the manifest told the reference."""
    told = case["options"]
    rule = told.get("bundle-param")
    return replace(
        GENERAL,
        example_urls=told.get("examples", True),
        html_in_text="error" if told.get("security-checks") else None,
        html_in_markdown="error" if told.get("noHtmlInMarkdown") else GENERAL.html_in_markdown,
        experimental="error" if told.get("no-experimental-content") else None,
        contained=told.get("validateContains") != "IGNORE",
        aggregation_outside_bundles=told.get("enforceAggregationOutsideBundles", True),
        entry_profiles=((rule["rule"], rule["profile"]),) if rule else (),
    )


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
        (issue.get("expression", [""])[0], issue.get("details", {}).get("text", ""))
        for issue in outcome.get("issue", ())
        if issue["severity"] in ("error", "fatal")
    ]
    faults: list[Fault] = []
    unreadable = None
    try:
        tree, faults = load(folder / "files" / case["file"], definitions)
        faults = faults + judge(tree, definitions, profiles=profiles, options=options_of(case))
    except safejson.Unreadable as refusal:
        unreadable = refusal.id
    return Check(f"{case['name']}/{kind}", case["module"], wanted["valid"], reference, faults, unreadable)


def checks(folder: Path, only: str = "") -> list[Check]:
    """Every check of the suite, or those whose name holds `only`."""
    cases = json.loads((folder / "manifest.json").read_text("utf-8"))
    return [
        check(folder, case, kind)
        for case in cases
        for kind in ("base", "profile")
        if kind in case and only in f"{case['name']}/{kind}"
    ]


def elements(results: list[Check]) -> tuple[int, int]:
    """How many of the reference's errors we name at the same element, and how many there are.

    Counted over the checks that both find invalid.
    """
    both = [result for result in results if not result.reference_valid and not result.ours_valid]
    told = sum(len(result.reference) for result in both)
    return told - sum(len(result.missed) for result in both), told


def say(line: str) -> None:
    """Write one line."""
    sys.stdout.write(line + "\n")


def main() -> None:
    """Print, check by check, what only one side sees, and the totals."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CASES
    results = checks(folder, sys.argv[2] if len(sys.argv) > 2 else "")
    for result in results:
        if result.agrees and not result.missed and not result.added:
            continue
        verdict = "valid" if result.reference_valid else "invalid"
        say(f"{result.name}: reference {verdict}{'' if result.agrees else ', WE DISAGREE'}")
        for path, words in result.missed:
            say(f"    theirs {path} {words[:260]}")
        if result.unreadable and not result.agrees:
            say(f"    ours   {result.unreadable}")
        for fault in result.added:
            say(f"    ours   {fault.kind} {fault.path} {fault.expected} {fault.detail.get('key', '')}")
    same, told = elements(results)
    say(f"agreement {sum(result.agrees for result in results)} of {len(results)}, same element {same} of {told}")


if __name__ == "__main__":
    main()
