"""The one way in which a JSON tree is written to be signed: FHIR's canonical JSON, as far as that is defined.

FHIR R4 (json.html#canonical) asks for no white space and for names in order; what it leaves open is as in RFC 8785
(UTF-8, the shortest escapes, names by UTF-16 code units), but for numbers: a decimal of FHIR keeps the digits it came
with, which RFC 8785 would change. This module must never read bytes, or leave out anything that it was given.
"""

from typing import Any

from certgateway import safejson
from certgateway.safejson import Tree


def canonical_json(tree: Tree) -> bytes:
    """The canonical bytes of a tree of `safejson`: two trees that are equal in every digit have the same, no others."""
    return safejson.write(_ordered(tree))


def _ordered(node: Tree) -> Any:  # noqa: ANN401  any part of a tree
    if isinstance(node, dict):
        return {name: _ordered(node[name]) for name in sorted(node, key=_units)}
    if isinstance(node, list):
        return [_ordered(each) for each in node]
    return node


def _units(name: str) -> bytes:
    """What names are ordered by (RFC 8785, 3.2.3)."""
    return name.encode("utf-16-be")
