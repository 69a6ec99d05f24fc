"""What makes two FHIR messages the same: a digest over what they say, however they are addressed and laid out.

It is kept and compared for years: it must never change for a message.
"""

import hashlib
from typing import Any

from certgateway import safejson
from certgateway.safejson import Tree

Json = dict[str, Any]

_ADDRESSING = frozenset({"id", "meta", "timestamp"})


def content_digest(tree: Json) -> str:
    """SHA-256 of the opened message without Bundle.id, Bundle.meta, Bundle.timestamp and layout."""
    content = {key: value for key, value in tree.items() if key not in _ADDRESSING}
    return hashlib.sha256(_written(content)).hexdigest()


def _written(content: Json) -> bytes:
    """As `safejson.write` writes it, with the names of every object in order."""
    import msgspec  # noqa: PLC0415  `validate` asks for no digest, and must start fast in somebody's CI.

    written = msgspec.json.Encoder(order="sorted", decimal_format="number").encode(content)
    # Only decimals next to nothing differ: 1E-7 here is 0.0000001 there. Texts may hold these letters too.
    return safejson.write(_ordered(content)) if b"E-" in written else written


def _ordered(value: Tree) -> Tree:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list) else value
