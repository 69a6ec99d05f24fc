"""Value sets that can be listed, and those that can't."""

from __future__ import annotations

from typing import Any

import pytest

from certgateway.engine.definitions.terminology import Terminology, compose_of, concepts_of

TREE = ["a", ["b", ["b1", ["b2", ["b21"]]]]]
SETS: dict[str, Any] = {
    "whole": {"include": [{"system": "s"}]},
    "listed": {"include": [{"system": "s", "concept": ["a", "b"]}]},
    "under": {"include": [{"system": "s", "filter": [{"property": "concept", "op": "is-a", "value": "b2"}]}]},
    "below": {"include": [{"system": "s", "filter": [{"property": "concept", "op": "descendent-of", "value": "b"}]}]},
    "less": {"include": [{"system": "s"}], "exclude": [{"system": "s", "concept": ["a"]}]},
    "imported": {"include": [{"valueSet": ["listed"]}, {"system": "t", "concept": ["x"]}]},
    "both": {"include": [{"system": "s", "valueSet": ["listed"]}]},
    "cut": {"include": [{"valueSet": ["listed", "under"]}]},
    "service": {"include": [{"system": "s", "filter": [{"property": "regex", "op": "regex", "value": "."}]}]},
    "unknown system": {"include": [{"system": "u"}]},
    "unknown import": {"include": [{"system": "s"}, {"valueSet": ["nowhere"]}]},
    "circle": {"include": [{"valueSet": ["circle"]}]},
}
EXPECTED: dict[str, dict[str, set[str]] | None] = {
    "whole": {"s": {"a", "b", "b1", "b2", "b21"}},
    "listed": {"s": {"a", "b"}},
    "under": {"s": {"b2", "b21"}},
    "below": {"s": {"b1", "b2", "b21"}},
    "less": {"s": {"b", "b1", "b2", "b21"}},
    "imported": {"s": {"a", "b"}, "t": {"x"}},
    "both": {"s": {"a", "b"}},
    "cut": {"s": set()},
    "service": None,
    "unknown system": None,
    "unknown import": None,
    "circle": None,
    "absent": None,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_expansion(name: str) -> None:
    terminology = Terminology(SETS.get, {"s": TREE}.get)
    assert terminology.codes_of(f"{name}|1.0") == EXPECTED[name]


def test_resources_become_composes_and_concepts() -> None:
    value_set = {"compose": {"include": [{"system": "s", "concept": [{"code": "a", "display": "A"}]}]}}
    assert compose_of(value_set) == {"include": [{"system": "s", "concept": ["a"]}], "exclude": []}
    assert compose_of({"status": "draft"}) is None
    code_system = {"content": "complete", "concept": [{"code": "a", "concept": [{"code": "b"}]}, {"code": "c"}]}
    assert concepts_of(code_system) == [["a", ["b"]], "c"]
    assert concepts_of(code_system | {"content": "fragment"}) is None
