"""Canonical JSON: one spelling for one tree, decimals as they came."""

from decimal import Decimal

import pytest

from certgateway import safejson
from certgateway.trust.canonical_json import canonical_json


def test_names_are_in_order_and_nothing_stands_between() -> None:
    raw = b'{ "b" : [ 3, {"z": null, "a": true} ],\n\t"a" : "x  y" }'
    assert canonical_json(safejson.parse(raw)) == b'{"a":"x  y","b":[3,{"a":true,"z":null}]}'


def test_rfc_8785_section_3_2_3_names_are_ordered_by_utf_16() -> None:
    raw = (
        b'{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",'
        b'"\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}'
    )
    written = safejson.parse(canonical_json(safejson.parse(raw)))
    assert list(written) == ["\r", "1", "\x80", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_rfc_8785_section_3_2_2_2_texts_have_the_shortest_escapes() -> None:
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"
    assert canonical_json(text) == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()
    assert canonical_json("\b\f\r\t\x7f") == b'"\\b\\f\\r\\t\x7f"'


@pytest.mark.parametrize("number", ["0", "1.50", "-0.10", "10", "0.000", "123456789012345678901234567890.10"])
def test_decimals_keep_every_digit(number: str) -> None:
    assert canonical_json(safejson.parse(number.encode())) == number.encode()


def test_trees_that_differ_are_written_differently() -> None:
    trees = [Decimal("1.5"), Decimal("1.50"), 1, True, "1", [1], {"1": 1}, None, "", [], {}, [[]], ["", ""], [","]]
    assert len({canonical_json(tree) for tree in trees}) == len(trees)
