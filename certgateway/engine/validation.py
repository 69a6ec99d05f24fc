"""One call for those who have bytes: JSON or XML in, every fault out with its line and column.

What cannot be read as one resource is refused as `safejson.Unreadable`, with its place; nothing else is raised for what
a sender wrote. Nothing here may judge: the reader, the judge and the positions each do their part.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from certgateway import safejson
from certgateway.engine.findings import Fault, limited
from certgateway.engine.judgement import judge
from certgateway.engine.positions import Place, path_of
from certgateway.engine.run import GENERAL, Options
from certgateway.safejson import Key, Tree, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from certgateway.engine.definitions.definitions import Definitions

Json = dict[str, Any]
_ORDER = {"error": 0, "warning": 1, "information": 2}
# A byte order mark, and the zeros that stand around ASCII in wider encodings; the readers refuse these by name.
_BEFORE = b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n"


class Located(NamedTuple):
    """A fault and where it stands in the bytes: line and column from 1, in code points; None where it stands nowhere.

    The fault's `path` is FHIRPath as it can be evaluated: `div` stands in backticks.
    """

    fault: Fault
    line: int | None
    column: int | None


def validate(
    raw: bytes, definitions: Definitions, *, profiles: Sequence[str] = (), options: Options = GENERAL
) -> list[Located]:
    """Every fault of a resource in JSON or XML: errors first, then by place.

    It is judged against base R4, the profiles it claims and those given here (`url` or `url|version`). Raises
    `safejson.Unreadable` for bytes that are not one resource.
    """
    is_xml = looks_like_xml(raw)
    tree, form = _read_xml(raw, definitions) if is_xml else (_read_json(raw), [])
    faults = limited([*form, *judge(tree, definitions, profiles=profiles, options=options)])
    placed = _placed(faults, raw, tree, is_xml=is_xml)
    return sorted(placed, key=lambda row: (_ORDER[row.fault.severity], row.line or 0, row.column or 0, row.fault.kind))


def looks_like_xml(raw: bytes) -> bool:
    """Whether a body begins as XML does; anything else is read as JSON."""
    return raw[:64].lstrip(_BEFORE).startswith(b"<")


def _read_json(raw: bytes) -> Json:
    tree = safejson.parse(raw)
    if not isinstance(tree, dict):
        raise Unreadable("not-a-resource", 1, 1)
    return tree


def _read_xml(raw: bytes, definitions: Definitions) -> tuple[Json, list[Fault]]:
    # Who sends JSON need not wait for the reader of XML.
    from certgateway.engine.xml.form import read_bytes  # noqa: PLC0415

    return read_bytes(raw, definitions)


def _placed(faults: Iterable[Fault], raw: bytes, tree: Json, *, is_xml: bool) -> list[Located]:
    faults = list(faults)
    if not faults:
        return []
    wanted = {Place(fault.path, fault.culprit) for fault in faults}
    if is_xml:
        from certgateway.engine.positions_xml import xml_positions  # noqa: PLC0415  As above.

        found = xml_positions(raw, wanted)
    else:
        from certgateway.engine.positions_json import json_positions  # noqa: PLC0415  Only faults have places.

        found = json_positions(raw, tree, wanted)
    return [_located(fault, found.get(Place(fault.path, fault.culprit))) for fault in faults]


def _located(fault: Fault, position: tuple[int, int] | None) -> Located:
    line, column = position or (None, None)
    delimited = replace(fault, path=fault.path[:-4] + ".`div`") if fault.path.endswith(".div") else fault
    return Located(delimited, line, column)


def refused_at(refusal: Unreadable, definitions: Definitions) -> str | None:
    """The path of the object with a duplicate name; None for every other reason why reading stopped."""
    if refusal.keys is None or not isinstance(refusal.tree, dict):
        return None
    if not definitions.is_resource(str(refusal.tree.get("resourceType"))):
        return None
    return path_of(refusal.tree, _known_keys(refusal.tree, refusal.keys, definitions), definitions)


def _known_keys(tree: Json, keys: tuple[Key, ...], definitions: Definitions) -> list[Key]:
    """The keys as far as FHIR knows them: a name of the sender's own stands in no path."""
    known: list[Key] = []
    node: Tree = tree
    type_ = ""
    for key in keys:
        if isinstance(key, str):
            named = node.get("resourceType") if isinstance(node, dict) else None
            facts = definitions.type(named if isinstance(named, str) else type_)
            if facts is None or key.removeprefix("_") not in facts.keys:
                break
            type_ = "Element" if key.startswith("_") else facts.keys[key][1]
        known.append(key)
        node = node[key]
    return known
