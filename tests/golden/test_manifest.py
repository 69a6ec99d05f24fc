"""The manifest says what the gateway must say of every fixture; here `certgateway validate` is held against it."""

import contextlib
import io
import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from certgateway import cli

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "fixtures" / "messages"
ENTRIES: dict[str, dict[str, Any]] = {
    entry["file"]: entry for entry in tomllib.loads((ROOT / "fixtures/manifest.toml").read_text("utf-8"))["message"]
}
# Every good message was written before this instant, and nothing but the year 2099 lies after it.
RECEIVED = "2026-11-01T12:00:00+01:00"
WITHHELD = ("path", "element", "kind", "span")
FOUND_WITH_VALIDATE = frozenset(
    {
        "activity-refused-without-reason",
        "author-is-patient",
        "author-missing",
        "benefit-recommended-in-prose",
        "benefit-removed",
        "code-system-mismatch",
        "date-in-future",
        "diagnosis-code-unknown",
        "diagnosis-missing",
        "exemption-in-prose",
        "fnr-invalid",
        "function-missing",
        "health-risk-missing",
        "hpr-invalid",
        "no-resource-stated",
        "not-carried",
        "onset-after-authored",
        "pasted-epikrise",
        "patient-missing",
        "patient-reported-in-assessment",
        "period-reversed",
        "placeholder-text",
        "profile-not-in-force",
        "prognosis-missing",
        "prognosis-uncertain-without-review",
        "review-date-passed",
        "source-only-patient",
        "text-repeats-diagnosis",
        "vocational-advice-in-prose",
        "work-ability-verdict-in-prose",
    }
)


@pytest.fixture(scope="module")
def reports() -> dict[str, dict[str, Any]]:
    """One run over all messages, as a vendor's CI would do it: file below fixtures/messages to its report."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        cli.main(["validate", str(MESSAGES), "--format", "json", "--at", RECEIVED])
    listed = json.loads(printed.getvalue())
    return {str(Path(report["file"]).relative_to(MESSAGES)): report for report in listed}


@pytest.mark.parametrize("file", sorted(ENTRIES))
def test_verdict_findings_and_removals_are_those_of_the_manifest(file: str, reports: dict[str, dict[str, Any]]) -> None:
    expected, report = ENTRIES[file], reports[file]
    assert _findings(report) == _findings(expected)
    assert _removed(report) == _removed(expected)
    assert _withheld(report) == sorted(tuple(held[name] for name in WITHHELD) for held in expected.get("withheld", ()))
    assert report["verdict"] == expected["verdict"]


@pytest.mark.parametrize("file", sorted(ENTRIES))
def test_declared_elements_are_named(file: str, reports: dict[str, dict[str, Any]]) -> None:
    named = {(found["rule"], found["path"], found.get("element")) for found in reports[file]["findings"]}
    declared = [found for found in ENTRIES[file]["findings"] if "element" in found]
    assert [found for found in declared if (found["rule"], found["path"], found["element"]) not in named] == []


@pytest.mark.parametrize("file", sorted(ENTRIES))
def test_every_finding_says_where_in_the_file(file: str, reports: dict[str, dict[str, Any]]) -> None:
    lines = (MESSAGES / file).read_bytes().count(b"\n") + 1
    for found in reports[file]["findings"]:
        assert 1 <= found["line"] <= lines
        assert found["column"] >= 1


def test_the_manifest_lists_every_message_once() -> None:
    present = sorted(str(path.relative_to(MESSAGES)) for path in MESSAGES.rglob("*") if path.is_file())
    assert sorted(ENTRIES) == present


def test_every_rule_that_one_message_can_break_is_broken() -> None:
    broken = {found["rule"] for entry in ENTRIES.values() for found in entry["findings"]}
    assert broken >= FOUND_WITH_VALIDATE


def _findings(source: dict[str, Any]) -> Counter[tuple[str, str | None]]:
    return Counter((found["rule"], found.get("path")) for found in source["findings"])


def _withheld(report: dict[str, Any]) -> list[tuple[str, ...]]:
    """What is held back, once it is seen that a finding inside each sentence says why."""
    told = []
    for held in report["withheld"]:
        start, end = held["span"]
        inside = [found for found in report["findings"] if found["path"] == held["path"] and "span" in found]
        assert any(start <= found["span"][0] < found["span"][1] <= end for found in inside)
        told.append(tuple(f"{start}-{end}" if name == "span" else held[name] for name in WITHHELD))
    return sorted(told)


def _removed(source: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter((gone["item"], gone["path"]) for gone in source["removed"])
