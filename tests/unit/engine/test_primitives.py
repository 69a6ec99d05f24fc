"""Lexical forms, ranges and calendar of R4 primitives."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from certgateway.engine.primitives import FORMS, Verdict, check_for, json_type

VALID = [
    ("boolean", True),
    ("boolean", False),
    ("integer", 0),
    ("integer", -(2**31)),
    ("integer", 2**31 - 1),
    ("unsignedInt", 0),
    ("positiveInt", 1),
    ("decimal", 0),
    ("decimal", Decimal("-0.0000100")),
    ("decimal", Decimal("1E+20")),
    ("date", "2023"),
    ("date", "2023-02"),
    ("date", "2023-02-28"),
    ("date", "2000-02-29"),
    ("date", "0001-01-01"),
    ("dateTime", "2023"),
    ("dateTime", "2023-02-28T23:59:60Z"),
    ("dateTime", "2023-02-28T00:00:00.123456-14:00"),
    ("instant", "2024-02-29T12:00:00+01:00"),
    ("time", "23:59:59.999"),
    ("code", "a b"),
    ("id", "A-z.0"),
    ("id", "a" * 64),
    ("oid", "urn:oid:2.16.578.1"),
    ("uuid", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
    ("uri", "urn:x:æ"),
    ("base64Binary", "AAEC AwQF\n"),
    ("string", "a\r\n\tb"),
    ("markdown", "# a"),
    ("string", "x" * 1_048_576),
]
WRONG_FORM = [
    ("boolean", "TRUE"),
    ("integer", 2**31),
    ("integer", -(2**31) - 1),
    ("integer", Decimal("1.0")),
    ("unsignedInt", -1),
    ("positiveInt", 0),
    ("decimal", Decimal("NaN")),
    ("decimal", Decimal("1E+400")),
    ("decimal", "1,5"),
    ("date", "2023-02-29"),
    ("date", "1900-02-29"),
    ("date", "2023-04-31"),
    ("date", "2023-13"),
    ("date", "2023-1-1"),
    ("date", "0000"),
    ("date", "23"),
    ("date", "2023-01-01T00:00:00Z"),
    ("date", "\uff12\uff10\uff12\uff13"),
    ("dateTime", "2023-02-28T12:00:00"),
    ("dateTime", "2023-02-28T12:00Z"),
    ("dateTime", "2023-02-28T24:00:00Z"),
    ("dateTime", "2023-02-28T12:00:00+14:30"),
    ("dateTime", "2023-02-28 12:00:00Z"),
    ("instant", "2023-02-28"),
    ("instant", "2023-02-30T12:00:00Z"),
    ("time", "24:00:00"),
    ("time", "12:00"),
    ("time", "12:00:00Z"),
    ("code", " a"),
    ("code", "a  b"),
    ("id", "a_b"),
    ("id", "a" * 65),
    ("oid", "2.16.578"),
    ("oid", "urn:oid:3.1"),
    ("uuid", "urn:uuid:C757873D-EC9A-4326-A141-556F43239520"),
    ("uri", "a b"),
    ("base64Binary", "AAE"),
    ("base64Binary", "A*=="),
    ("string", "a\x00b"),
    ("string", "x" * 1_048_577),
]
WRONG_TYPE = [
    ("boolean", 1),
    ("boolean", "true"),
    ("integer", "1"),
    ("integer", True),
    ("decimal", "1.50"),
    ("decimal", True),
    ("string", 1),
    ("date", 2023),
    ("code", []),
]
EMPTY = [("string", ""), ("string", " \u00a0"), ("code", ""), ("date", " "), ("base64Binary", "")]


def test_what_a_form_shows_has_that_form() -> None:
    """Examples and patterns of dates, filled in, are taken; so are both ends of a range, and nothing beyond."""
    filled = str.maketrans({"Y": "2", "M": "1", "D": "1", "h": "1", "m": "1", "s": "1", "z": "1", "x": "a"})
    for code in ("date", "dateTime", "instant", "time", "uuid"):
        for shown in FORMS[code].split(" | "):
            text = shown if code == "uuid" else shown.translate(filled)
            assert check_for(code)(text.replace("x", "a")) is None, (code, text)
    for code in ("integer", "positiveInt", "unsignedInt"):
        least, most = map(int, FORMS[code].split(" … "))
        assert [check_for(code)(number) is None for number in (least - 1, least, most, most + 1)] == [
            False, True, True, False,
        ]  # fmt: skip
    assert check_for("oid")(FORMS["oid"]) is None
    assert check_for("decimal")(Decimal(FORMS["decimal"])) is None
    assert [check_for("boolean")(each == "true") for each in FORMS["boolean"].split(" | ")] == [None, None]
    for code, texts in {"id": ("a-1.B", "a" * 64, "a" * 65, "a_b"), "code": ("a", "a b", "a  b", " a")}.items():
        assert [check_for(code)(each) is None for each in texts] == [
            re.fullmatch(FORMS[code], each) is not None for each in texts
        ]


@pytest.mark.parametrize(
    "value,name",
    [(True, "boolean"), (1, "number"), (Decimal(1), "number"), ("x", "string"), ([], "array"), ({}, "object"),
     (None, "null")],
)  # fmt: skip
def test_what_json_calls_a_type(value: object, name: str) -> None:
    assert json_type(value) == name


@pytest.mark.parametrize("code,value", VALID)
def test_valid(code: str, value: object) -> None:
    assert check_for(code)(value) is None


@pytest.mark.parametrize("code,value", WRONG_FORM)
def test_wrong_form(code: str, value: object) -> None:
    assert check_for(code)(value) is Verdict.FORM


@pytest.mark.parametrize("code,value", WRONG_TYPE)
def test_wrong_type(code: str, value: object) -> None:
    assert check_for(code)(value) is Verdict.TYPE


@pytest.mark.parametrize("code,value", EMPTY)
def test_empty(code: str, value: object) -> None:
    assert check_for(code)(value) is Verdict.EMPTY
