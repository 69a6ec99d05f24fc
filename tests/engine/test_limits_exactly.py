"""Where a limit lies: what is exactly at it passes, and the next beyond it doesn't."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from certgateway.engine import UnusableDefinitionsError, judge, load_base, load_profiles
from certgateway.engine.definitions import archives, packages
from certgateway.engine.definitions.forms import MOST_DEPTH, has_form
from certgateway.engine.fhirpath.environment import MOST_STEPS, MOST_TEXT, Frame, spend_text
from certgateway.engine.fhirpath.expressions import Environment, NotCompilable, NotEvaluable, compile_expression, root
from certgateway.engine.fhirpath.syntax import DEEPEST_NESTING, LONGEST_NUMBER, LONGEST_TEXT
from certgateway.engine.fhirpath.values import TooMuchWork
from certgateway.engine.findings import MOST_FAULTS, Fault, limited
from certgateway.engine.primitives import check_for
from certgateway.engine.values import as_text, listed
from tests.engine.general_bundles import ONE, composition, document
from tests.engine.general_definitions import code_system
from tests.engine.general_form import PROFILE, QUIET, Json, extended, patient, profile
from tests.engine.general_values import STRUCTURE, refined
from tests.engine.test_packages import package, write

BASE = load_base()
NOWHERE = root({"resourceType": "Basic"}, BASE)


# Two to the power of 1536; the largest number worked with has 1600 bits.
PRODUCT = " * ".join(["2.power(64)"] * 24)


def evaluated(expression: str) -> list[Any]:
    return compile_expression(expression).evaluate(NOWHERE, Environment(BASE, NOWHERE))


def chained(deep: int) -> str:
    """Brackets in one another."""
    return "(" * deep + "1" + ")" * deep


@pytest.mark.parametrize(
    "within,beyond",
    [
        ("1" + " " * (LONGEST_TEXT - 1), "1" + " " * LONGEST_TEXT),
        ("1" * LONGEST_NUMBER + " = 1", "1" * (LONGEST_NUMBER + 1) + " = 1"),
        (chained(DEEPEST_NESTING - 1), chained(DEEPEST_NESTING)),
    ],
    ids=["text", "number", "nesting"],
)
def test_expressions_that_compile(within: str, beyond: str) -> None:
    assert len(evaluated(within)) == 1
    with pytest.raises(NotCompilable):
        compile_expression(beyond)


@pytest.mark.parametrize(
    "within,beyond",
    [
        ("2.power(64)", "2.power(65)"),
        ("2.power(-64)", "2.power(-65)"),
        ("1" * 40 + ".power(1)", "1" * 41 + ".power(1)"),
        ("1.round(400)", "1.round(401)"),
        ("1.round(0)", "1.round(-1)"),
        (f"({PRODUCT} * 2.power(63)).abs()", f"({PRODUCT} * 2.power(64)).abs()"),
    ],
)
def test_numbers_that_are_worked_with(within: str, beyond: str) -> None:
    assert len(evaluated(within)) == 1
    with pytest.raises(NotEvaluable):
        evaluated(beyond)


def test_what_one_evaluation_may_cost() -> None:
    frame = Frame(NOWHERE, Environment(BASE, NOWHERE))
    frame.spend(MOST_STEPS)
    with pytest.raises(TooMuchWork):
        frame.spend(1)
    spend_text(MOST_TEXT)
    with pytest.raises(TooMuchWork):
        spend_text(MOST_TEXT + 1)


def test_how_many_faults_are_told() -> None:
    faults = [Fault("element-unknown", "error", f"Patient.name[{at}]") for at in range(MOST_FAULTS + 1)]
    assert limited(faults[:-1]) == faults[:-1]
    more = Fault("too-many-faults", "error", "Patient", detail={"limit": "1000"})
    assert limited(faults) == [*faults[:-1], more]
    assert limited([faults[0], more]) == [faults[0], more]
    # Of two lists that were cut already one remark is left, at the end.
    assert limited([faults[0], more, faults[1], more]) == [*faults[:2], more]


@pytest.mark.parametrize(
    "code,within,beyond",
    [
        ("decimal", Decimal("1E+308"), Decimal("1E+309")),
        ("decimal", Decimal("1E-308"), Decimal("1E-309")),
        ("decimal", Decimal("0." + "1" * 319), Decimal("0." + "1" * 321)),
        ("decimal", 10**308 - 1, 10**308),
        ("integer", 2**31 - 1, 2**31),
        ("integer", -(2**31), -(2**31) - 1),
        ("unsignedInt", 0, -1),
        ("positiveInt", 1, 0),
        ("id", "a" * 64, "a" * 65),
        ("date", "0001", "0000"),
        ("dateTime", "2023-02-28T12:00:00+14:00", "2023-02-28T12:00:00+14:01"),
    ],
)
def test_primitives(code: str, within: object, beyond: object) -> None:
    assert check_for(code)(within) is None
    assert check_for(code)(beyond) is not None


@pytest.mark.parametrize("length,told", [(200, "a" * 200), (201, "a" * 200 + "…")])
def test_how_much_of_a_definition_is_quoted(length: int, told: str) -> None:
    assert as_text("a" * length) == told
    form = "a{0,9}" + "b" * (length - 6)
    known = BASE.extended([refined("Patient.language", extended(STRUCTURE + "regex", form))])
    (fault,) = judge(patient(language="nb"), known, profiles=[PROFILE], options=QUIET)
    assert fault.expected == form[:200]


def test_how_many_words_are_listed() -> None:
    words = [str(at) for at in range(21)]
    assert listed(words[:20]) == ", ".join(words[:20])
    assert listed(words) == ", ".join(words[:20]) + ", …"


def test_how_many_codes_are_told() -> None:
    for count in (20, 21):
        codes = [{"code": f"c{at:02}"} for at in range(count)]
        bound = {"resourceType": "ValueSet", "url": "https://a.example/v", "compose": {"include": [
            {"system": "https://a.example/s", "concept": codes}]}}  # fmt: skip
        binding = {"strength": "required", "valueSet": "https://a.example/v"}
        rule = profile("Patient", {"id": "Patient.maritalStatus", "binding": binding})
        tree = patient(maritalStatus={"coding": [{"system": "https://a.example/s", "code": "x"}]})
        (fault,) = judge(tree, BASE.extended([bound, rule]), profiles=[rule["url"]], options=QUIET)
        told = ": " + ", ".join(row["code"] for row in codes) if count == 20 else ""
        assert fault.detail == {"codes": told}


def nested(deep: int) -> Json:
    """Sections in one another, of which the innermost refers to what isn't there."""
    section: Json = {"title": "x", "entry": [{"reference": ONE[:-1] + "9"}]}
    for _ in range(deep - 1):
        section = {"title": "x", "section": [section]}
    return document(composition(section=[section]))


def test_how_deep_sections_are_looked_into() -> None:
    assert [fault.kind for fault in judge(nested(50), BASE, options=QUIET)] == ["reference-unresolved"]
    assert judge(nested(51), BASE, options=QUIET) == []


def hierarchy(deep: int) -> Json:
    """Concepts in one another, with their count."""
    concept: Json = {"code": f"c{deep}"}
    for at in range(deep - 1):
        concept = {"code": f"c{at}", "concept": [concept]}
    return code_system(concept=[concept], count=deep)


def test_how_deep_concepts_are_counted() -> None:
    assert judge(hierarchy(60), BASE, options=QUIET) == []
    assert [fault.kind for fault in judge(hierarchy(61), BASE, options=QUIET)] == ["count-differs"]


def test_how_deep_a_definition_is_read() -> None:
    def questions(deep: int) -> Json:
        item: Json = {"linkId": "1"}
        for _ in range(deep - 1):
            item = {"linkId": "1", "item": [item]}
        return {"resourceType": "Questionnaire", "item": [item]}

    assert has_form(questions(MOST_DEPTH), BASE)
    assert not has_form(questions(MOST_DEPTH + 1), BASE)


@pytest.mark.parametrize("digits,newest", [(999, "gender"), (1000, "name")])
def test_how_long_a_number_in_a_version_is_one(digits: int, newest: str) -> None:
    # A longer one counts as letters, which come before any number.
    first = profile("Patient", {"id": "Patient.name", "min": 1}) | {"version": "2"}
    second = profile("Patient", {"id": "Patient.gender", "min": 1}) | {"version": "9" * digits}
    for known in ([first, second], [second, first]):
        (fault,) = judge(patient(active=True), BASE.extended(known), profiles=[PROFILE], options=QUIET)
        assert fault.expected == newest


def test_how_large_a_package_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTGATEWAY_CACHE", "off")
    path = package(tmp_path / "x.tgz", {f"package/{name}.json": b'{"a":"' + b"x" * 500 + b'"}' for name in "ab"})
    for name, most in (("LARGEST_FILE", 508), ("MOST_MEMBERS", 2), ("LARGEST_PACKAGE", 10_240)):
        with monkeypatch.context() as patched:
            patched.setattr(archives, name, most)
            load_profiles(path, BASE)
            patched.setattr(archives, name, most - 1)
            with pytest.raises(UnusableDefinitionsError):
                load_profiles(path, BASE)
    plain = write(tmp_path / "d/x.json", b'{"a":"' + b"x" * 500 + b'"}')
    monkeypatch.setattr(packages, "LARGEST_FILE", 508)
    load_profiles(plain, BASE)
    monkeypatch.setattr(packages, "LARGEST_FILE", 507)
    with pytest.raises(UnusableDefinitionsError):
        load_profiles(plain, BASE)
