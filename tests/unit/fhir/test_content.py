"""The digest that tells whether two messages are the same: it may never change for a message, nor for its layout."""

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway import safejson
from certgateway.fhir.content import content_digest

GOOD = Path(__file__).parents[3] / "fixtures" / "messages" / "good"

decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000)
texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | decimals | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


def in_order(value: Any) -> Any:  # noqa: ANN401  Any JSON.
    """The names of every object sorted, as the first digests were made."""
    if isinstance(value, dict):
        return dict(sorted((name, in_order(member)) for name, member in value.items()))
    return [in_order(item) for item in value] if isinstance(value, list) else value


@given(values)
def test_a_digest_is_over_names_in_order_and_numbers_as_written(value: Any) -> None:  # noqa: ANN401  Any JSON.
    written = safejson.write(in_order({"entry": value}))
    assert content_digest({"entry": value}) == hashlib.sha256(written).hexdigest()


@pytest.mark.parametrize("number", ["0.0000001", "0.00000000", "-1E-7", "1E-31", "1E+400", "1.50", "-0", "1" * 300])
def test_numbers_count_as_they_are_written(number: str) -> None:
    tree = {"value": Decimal(number), "text": "E-post"}
    assert content_digest(tree) == hashlib.sha256(safejson.write(in_order(tree))).hexdigest()


def test_digests_of_earlier_years_are_found_again() -> None:
    tree = safejson.parse((GOOD / "back-pain-tolerates-load.json").read_bytes())
    assert content_digest(tree) == "c0542e22d03ae46e07cb3facc032846fdc3bd83688b9b409d660d693f25dc676"


def test_addressing_and_order_of_names_make_no_difference_and_all_else_does() -> None:
    tree = safejson.parse((GOOD / "no-known-health-risk.json").read_bytes())
    turned = {name: tree[name] for name in reversed(tree)}
    assert content_digest(turned | {"id": "b", "meta": {}, "timestamp": "now"}) == content_digest(tree)
    assert content_digest(tree | {"identifier": {"value": "b"}}) != content_digest(tree)
    assert content_digest(tree | {"entry": tree["entry"][::-1]}) != content_digest(tree)
