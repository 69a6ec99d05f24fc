"""The audit finds what is wrong with the pins, and never takes silence for an answer."""

import json
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tools import audit, pins

TODAY = date(2026, 11, 28)
GOOD = {
    "id": "PYSEC-1",
    "package": "a",
    "since": date(2026, 11, 20),
    "until": date(2026, 12, 20),
    "reason": "never called",
}


def pin(name: str, version: str, marker: str = "") -> pins.Pin:
    return pins.Pin(name, version, marker, ("a" * 64,))


def locked() -> list[pins.Pin]:
    return pins.read_pins(audit.REQUIREMENTS / "test.txt")


def test_everything_here_is_as_it_was_declared() -> None:
    assert audit.offline_faults() == []


def test_every_group_has_its_lock_file() -> None:
    assert sorted(audit.declared()) == sorted(path.stem for path in audit.REQUIREMENTS.glob("*.txt"))
    assert "fastapi>=0.128" in audit.declared()["test"]


def test_a_requirement_that_is_not_pinned_is_found() -> None:
    wanted = [*audit.declared()["test"], "no-such-package>=1"]
    assert audit.lock_faults(wanted, locked()) == ["no-such-package>=1 is not what is pinned: nothing"]


def test_a_requirement_that_the_pin_does_not_meet_is_found() -> None:
    assert audit.lock_faults(["a>=2"], [pin("a", "1.9")]) == ["a>=2 is not what is pinned: 1.9"]


def test_what_a_package_asks_for_must_be_pinned_too() -> None:
    without = [each for each in locked() if each.name != "starlette"]
    faults = audit.lock_faults(audit.declared()["test"], without)
    assert faults
    assert all(fault.startswith("starlette") and fault.endswith("pinned: nothing") for fault in faults)


def test_what_nobody_asks_for_is_found_unless_it_belongs_elsewhere() -> None:
    more = [*locked(), pin("left-over", "1"), pin("for-windows", "1", "sys_platform == 'win32'")]
    assert audit.lock_faults(audit.declared()["test"], more) == ["left-over is pinned and nobody asks for it"]


def test_of_a_file_without_dependencies_those_are_not_followed() -> None:
    assert audit.lock_faults(["fastapi"], [pin("fastapi", "1")], whole=False) == []


def test_what_is_installed_and_not_pinned_is_found() -> None:
    known = {"a": "1", "b": "1"}
    assert audit.stray_installed(known, {"a": "1", "pip": "9", "setuptools": "9", "certgateway": "0"}) == []
    assert audit.stray_installed(known, {"a": "2", "c": "1"}) == [
        "a 2 is installed and 1 is pinned",
        "c 1 is installed and nothing is pinned",
    ]


@pytest.mark.parametrize(
    "expression, good",
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("(MIT AND Apache-2.0)", True),
        ("Apache-2.0 AND (GPL-3.0-only OR MIT)", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only", False),
        ("MIT-0", False),
        ("", False),
    ],
)
def test_a_licence_must_be_allowed(expression: str, good: bool) -> None:  # noqa: FBT001  A column of the table.
    assert (audit.licence_faults([("a", expression)], ["MIT", "Apache-2.0"]) == []) is good


def test_every_licence_that_is_allowed_is_used_and_every_one_that_was_read_up_is_needed() -> None:
    told = dict(audit.licences())
    used = {symbol for expression in told.values() for symbol in expression.replace("(", "").replace(")", "").split()}
    facts = tomllib.loads(pins.LICENCES.read_text("utf-8"))
    assert sorted(set(facts["allowed"]) - used) == []
    assert sorted({*facts["stated"], *facts["npm"]} - set(told)) == []


# ---- what services say ----------------------------------------------------------------------------------------------


def test_a_package_that_pip_audit_skipped_was_not_answered_for() -> None:
    said = {"dependencies": [{"name": "a", "skip_reason": "not found"}, {"name": "b", "version": "1", "vulns": []}]}
    answer = audit.read_pip_audit("test.txt", 3, json.dumps(said))
    assert (answer.packages, answer.unanswered, answer.found) == (3, 2, ())


def test_what_pip_audit_knows_is_told() -> None:
    vulns = [{"id": "PYSEC-1", "fix_versions": ["2"]}, {"id": "PYSEC-2", "fix_versions": []}]
    said = json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": vulns}]})
    answer = audit.read_pip_audit("test.txt", 1, said)
    assert answer.unanswered == 0
    assert audit.vulnerability_faults([answer], [GOOD]) == ["a 1 is known to be vulnerable: PYSEC-2 (test.txt)"]


def test_what_npm_knows_is_told() -> None:
    advisory = {"url": "https://advisories.example/GHSA-1", "title": "t", "severity": "high"}
    entries = {"a": {"range": "<2", "via": [advisory]}, "b": {"range": "*", "via": ["a"]}}
    said = json.dumps({"vulnerabilities": entries, "metadata": {"vulnerabilities": {"total": 2}}})
    answer = audit.read_npm_audit("npm peers", 200, said)
    assert answer.unanswered == 0
    assert audit.vulnerability_faults([answer], []) == ["a <2 is known to be vulnerable: GHSA-1 (npm peers)"]


def test_npm_may_know_of_nothing() -> None:
    assert audit.read_npm_audit("npm peers", 200, '{"vulnerabilities": {}}').unanswered == 0


SILENCE = ["", "Traceback", "null", "[]", '{"message": "405", "error": {}}', '{"dependencies": null}']


@pytest.mark.parametrize("said", SILENCE)
@pytest.mark.parametrize("read", [audit.read_pip_audit, audit.read_npm_audit], ids=["pip-audit", "npm"])
def test_silence_is_no_answer(read: Callable[[str, int, str], audit.Asked], said: str) -> None:
    assert read("x", 7, said) == audit.Asked("x", 7, 7)


def test_a_command_that_does_not_end_in_time_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PATIENCE", 0.2)
    assert audit._said(("sleep", "5")) == ""


def accepting(**changes: object) -> list[str]:
    return audit.acceptance_faults([{**GOOD, **changes}], TODAY)


def test_an_acceptance_holds_until_its_last_day_and_for_thirty_days_at_most() -> None:
    assert accepting() == []
    assert accepting(until=TODAY) == []
    assert accepting(until=date(2026, 11, 27)) == ["PYSEC-1 of a: accepted from 2026-11-20 until 2026-11-27"]
    assert accepting(since=date(2026, 11, 29)) == ["PYSEC-1 of a: accepted from 2026-11-29 until 2026-12-20"]
    assert accepting(until=date(2026, 12, 21)) == ["PYSEC-1 of a: accepted for more than 30 days"]


@pytest.mark.parametrize(
    "change", [{"reason": " "}, {"since": None}, {"until": "2026-12-20"}], ids=["reason", "since", "until"]
)
def test_an_acceptance_says_why_and_how_long(change: dict[str, Any]) -> None:
    assert accepting(**change) == ["PYSEC-1 of a: accepted without since, until and reason"]


# ---- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, tuple[audit.Vulnerability, ...]], None]:
    """Services that say this; the real ones are no machine of ours, and tests reach no others."""

    def given(unanswered: int, found: tuple[audit.Vulnerability, ...]) -> None:
        def ask(path: Path) -> audit.Asked:
            return audit.Asked(path.name, 2, unanswered, found)

        monkeypatch.setattr(audit, "ask_pypi", ask)
        monkeypatch.setattr(audit, "ask_npm", ask)

    return given


def test_what_could_not_be_asked_is_told_loudly_and_is_a_fault_where_it_must_be_asked(
    answers: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    answers(1, ())
    assert audit.main([]) == 0
    said = capsys.readouterr().out
    assert said.count("NOT ASKED: whether 1 of 2 packages of ") == 4
    assert "audit: 4 of 8 packages asked about, 0 faults" in said
    assert audit.main(["--must-ask"]) == 1


def test_where_everything_was_asked_nothing_is_said_to_be_unknown(
    answers: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    answers(0, ())
    assert audit.main(["--must-ask"]) == 0
    assert "NOT ASKED" not in capsys.readouterr().out


def test_a_known_vulnerability_fails_the_build(
    answers: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    answers(0, (audit.Vulnerability("PYSEC-9", "a", "1"),))
    assert audit.main([]) == 1
    assert "FAULT a 1 is known to be vulnerable: PYSEC-9" in capsys.readouterr().out


def test_a_fault_of_the_pins_fails_the_build_before_anybody_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answers: Callable[..., None]
) -> None:
    answers(0, ())
    monkeypatch.setattr(audit, "environment", lambda: {"stranger": "1"})
    assert audit.main([]) == 1
    assert capsys.readouterr().out == "FAULT stranger 1 is installed and nothing is pinned\n"


def test_the_list_of_accepted_holds_today() -> None:
    accepted = tomllib.loads((audit.REQUIREMENTS / "accepted.toml").read_text("utf-8")).get("accepted", [])
    assert audit.acceptance_faults(accepted, date.today()) == []  # noqa: DTZ011  The day that it is here.
