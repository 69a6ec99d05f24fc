"""Turns files of definitions into definitions, kept in a small form that is read again only where one is used.

A definition loses what judges nothing (narrative, remarks, mappings) and keeps every word that may. What was read once
is kept on disk (`cache`) under the digest of the files. Nothing here may drop a definition without saying so, or judge.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certgateway import safejson
from certgateway.engine.definitions.cache import engine_sources, key_of, remembered
from certgateway.engine.definitions.packages import UnusableDefinitionsError, files_of
from certgateway.safejson import JsonLimits, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from certgateway.engine.definitions.definitions import Definitions

Json = dict[str, Any]
KINDS = frozenset({"StructureDefinition", "ValueSet", "CodeSystem", "Questionnaire"})

_LIMITS = JsonLimits(depth=128, containers=20_000_000, values=50_000_000)
_MOST_ELEMENTS = 5_000_000
_MARK = b"\xef\xbb\xbf"
_ROOT = re.compile(rb"(?:<\?(?:[^?]|\?(?!>))*+\?>|<!--(?:[^-]|-(?!->))*+-->|\s)*+<(?:[\w.-]++:)?([A-Za-z]++)[\s/>]")
_NAMESPACE = b"http://hl7.org/fhir"
# What a definition says to people only, by where it is said.
_REMARKS = frozenset(
    {"text", "contact", "description", "purpose", "copyright", "useContext", "jurisdiction", "mapping"}
)
_ELEMENT_REMARKS = frozenset({"short", "definition", "comment", "requirements", "alias", "mapping", "example", "base"})


class Kept(Mapping[str, Any]):
    """One definition as it was kept: kind, canonical and version are known, the rest is read when first asked for."""

    __slots__ = ("_body", "_head", "_tree")

    def __init__(self, head: Json, body: bytes) -> None:
        """Take what is known of the definition (`resourceType`, `url`, `version`) and its JSON."""
        self._head = head
        self._body = body
        self._tree: Json | None = None

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401  JSON.
        """The value of a property; what is known already is answered without reading."""
        found = self._head.get(key) if self._tree is None else None
        return self._read().get(key, default) if found is None else found

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401  JSON.
        return self._read()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def _read(self) -> Json:
        if self._tree is None:
            self._tree = json.loads(self._body, parse_float=Decimal)
            self._body = b""
        return self._tree or {}


def definitions_at(paths: Iterable[Path], base: Definitions) -> list[Kept]:
    """Every definition in the files at these places, in their order.

    Raises UnusableDefinitionsError for a place or a file that can't be used.
    """
    files = list(files_of(paths))
    key = key_of([b"library", engine_sources(), *(part for name, raw in files for part in (name[-4:].encode(), raw))])
    return _unpacked(remembered(key, lambda: _packed(_definitions(files, base))))


def _packed(definitions: Iterator[Json]) -> bytes:
    """All heads in one line of JSON, each with the length of its body, and then the bodies."""
    heads: list[Any] = []
    bodies: list[bytes] = []
    for definition in definitions:
        body = _written(_without_remarks(definition))
        heads.append([*(definition.get(name) for name in ("resourceType", "url", "version")), len(body)])
        bodies.append(body)
    return b"".join([json.dumps(heads).encode(), b"\n", *bodies])


def _unpacked(packed: bytes) -> list[Kept]:
    line, _, bodies = packed.partition(b"\n")
    found: list[Kept] = []
    start = 0
    for kind, url, version, length in json.loads(line):
        head = {"resourceType": kind, "url": url, "version": version}
        found.append(Kept(head, bodies[start : start + length]))
        start += length
    return found


def _written(tree: Json) -> bytes:
    try:
        return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    except TypeError:  # It holds decimals, which only our own writer writes exactly.
        return safejson.write(tree)


def _definitions(files: list[tuple[str, bytes]], base: Definitions) -> Iterator[Json]:
    for name, raw in files:
        try:
            tree = _tree_of(raw.removeprefix(_MARK), base, is_xml=name.lower().endswith(".xml"))
        except Unreadable as refusal:
            raise UnusableDefinitionsError(f"{name} cannot be read: {refusal}") from refusal
        yield from _found_in(tree)


def _tree_of(raw: bytes, base: Definitions, *, is_xml: bool) -> Any:  # noqa: ANN401  JSON of any kind.
    if not is_xml:
        return safejson.parse(raw, _LIMITS)
    root = _ROOT.match(raw)
    if root is not None and (root[1].decode() not in {*KINDS, "Bundle"} or _NAMESPACE not in raw):
        return None
    # Few have definitions in XML, and who has none need not wait for its reader.
    from certgateway import safexml  # noqa: PLC0415
    from certgateway.engine.xml import form as xmlform  # noqa: PLC0415

    limits = safexml.XmlLimits(depth=128, elements=_MOST_ELEMENTS)
    return xmlform.read(safexml.parse(raw, limits), base)[0]


def _found_in(tree: object) -> Iterator[Json]:
    """The definition that a resource is, or those that a Bundle holds."""
    if not isinstance(tree, dict):
        return
    if tree.get("resourceType") in KINDS:
        yield tree
    elif tree.get("resourceType") == "Bundle":
        entries = tree.get("entry")
        for entry in entries if isinstance(entries, list) else ():
            yield from _found_in(entry.get("resource") if isinstance(entry, dict) else None)


def _without_remarks(definition: Json) -> Json:
    if definition["resourceType"] == "Questionnaire":
        return {name: value for name, value in definition.items() if name != "text"}
    kept = {name: value for name, value in definition.items() if name not in _REMARKS}
    for form in ("snapshot", "differential"):
        rows = kept.get(form)
        elements = rows.get("element") if isinstance(rows, dict) else None
        if isinstance(elements, list):
            kept[form] = {"element": [_without(row, _ELEMENT_REMARKS) for row in elements]}
    if isinstance(kept.get("concept"), list):
        kept["concept"] = [_concept(row) for row in kept["concept"]]
    return kept


def _concept(row: Any) -> Any:  # noqa: ANN401  JSON of any kind.
    if not isinstance(row, dict):
        return row
    below = row.get("concept")
    inner = {"concept": [_concept(each) for each in below]} if isinstance(below, list) else {}
    return _without(row, frozenset({"definition"})) | inner


def _without(row: Any, names: frozenset[str]) -> Any:  # noqa: ANN401  JSON of any kind.
    return {name: value for name, value in row.items() if name not in names} if isinstance(row, dict) else row
