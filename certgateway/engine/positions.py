"""From the FHIRPath of a finding to the node of the tree, and to line and column in the bytes as received.

Wanted only when there are findings, so the bytes are read a second time instead of burdening every parse; the scans are
in `positions_json` and `positions_xml`. Nothing here may judge: a path that selects nothing has no position.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from certgateway.engine.definitions.definitions import Definitions

Json = dict[str, Any]
# The JSON name of a step in an object, by the object's identity.
KeysOfSteps = dict[tuple[int, str], str | None]
# Line and column, from 1, in code points.
Position = tuple[int, int]

_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[([0-9]{1,9})\])?")
# The endings a choice element may have. With them a step finds its key without definitions.
SUFFIXES = frozenset({
    "Address", "Age", "Annotation", "Attachment", "Base64Binary", "Boolean", "Canonical", "Code", "CodeableConcept",
    "Coding", "ContactDetail", "ContactPoint", "Contributor", "Count", "DataRequirement", "Date", "DateTime",
    "Decimal", "Distance", "Dosage", "Duration", "Expression", "HumanName", "Id", "Identifier", "Instant", "Integer",
    "Markdown", "Meta", "Money", "Oid", "ParameterDefinition", "Period", "PositiveInt", "Quantity", "Range", "Ratio",
    "Reference", "RelatedArtifact", "SampledData", "Signature", "String", "Time", "Timing", "TriggerDefinition",
    "UnsignedInt", "Uri", "Url", "UsageContext", "Uuid",
})  # fmt: skip


class Place(NamedTuple):
    """A place asked for: a path, and the name of a child of it that no path can name (`Fault.culprit`)."""

    path: str
    culprit: str | None = None


class Step(NamedTuple):
    """One step of a path; `at` is its index, where it has one."""

    name: str
    at: int | None


@lru_cache(maxsize=4096)
def steps_of(path: str) -> list[Step] | None:
    """The steps of a path as findings write it, its root included; None for any other FHIRPath."""
    steps: list[Step] = []
    for part in path.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            return None
        steps.append(Step(match[1], int(match[2]) if match[2] else None))
    return steps


def resolve(tree: Json, path: str) -> Any:  # noqa: ANN401  Any part of a tree.
    """What `path` selects in the tree, None when nothing; a primitive with extensions only gives these."""
    keys = keys_of(tree, path)
    node: Any = tree
    for key in keys or ():
        node = node[key]
    return None if keys is None else node


def keys_of(
    tree: Json, path: str, culprit: str | None = None, known: KeysOfSteps | None = None
) -> list[str | int] | None:
    """The JSON names and array indices that lead from the root to what `path` selects; None when nothing does.

    With a `culprit` the object that can hold it is selected (of a primitive, the one beside it); its name comes last.
    `known` remembers, from one path to the next in the same tree, which key a choice has in an object of many.
    """
    known = {} if known is None else known
    steps = steps_of(path)
    if steps is None or steps[0].name != tree.get("resourceType", steps[0].name):
        return None
    keys: list[str | int] = []
    node: Any = tree
    for at, step in enumerate(steps[1:], 2):
        following = steps[at].name if at < len(steps) else culprit
        found = _child(node, step, following, known)
        if found is None:
            return None
        keys += found[0]
        node = found[1]
    return keys if culprit is None else [*keys, culprit]


def _child(node: object, step: Step, following: str | None, known: KeysOfSteps) -> tuple[list[str | int], Any] | None:
    """Keys and value of one step; `following` tells whether the extensions of a primitive are meant."""
    if not isinstance(node, dict):
        return None
    name = step.name
    if name not in node and "_" + name not in node:
        if (id(node), name) not in known:
            known[id(node), name] = _choice(node, name)
        name = known[id(node), name] or ""
    if not name:
        return None
    for key in (name, "_" + name):
        keys: list[str | int] = [key]
        value = node.get(key)
        if step.at is not None and isinstance(value, list):
            keys.append(step.at)
            value = value[step.at] if step.at < len(value) else None
        if value is not None and (following is None or isinstance(value, dict)):
            return keys, value
    return None


def _choice(node: Json, name: str) -> str | None:
    """The JSON name that a step stands for where it is not its own: a choice element's, with its type."""
    for key in node:
        plain = key.removeprefix("_")
        if plain.startswith(name) and plain[len(name) :] in SUFFIXES:
            return plain
    return None


def path_of(tree: Json, keys: Sequence[str | int], definitions: Definitions) -> str:
    """The FHIRPath of JSON names and array indices in `tree`: choices without their type, primitives without `_`."""
    node: Any = tree
    type_ = ""
    steps: list[str] = [_resource_type(tree) or "Resource"]
    for key in keys:
        if isinstance(key, int):
            steps[-1] += f"[{key}]"
            node = node[key] if isinstance(node, list) and key < len(node) else None
            continue
        facts = definitions.type(_resource_type(node) or type_)
        plain = key.removeprefix("_")
        element, type_ = facts.keys.get(plain, (None, "")) if facts else (None, "")
        steps.append(element.name if element else plain)
        node = node.get(key) if isinstance(node, dict) else None
    return ".".join(steps)


def _resource_type(node: object) -> str:
    name = node.get("resourceType") if isinstance(node, dict) else None
    return name if isinstance(name, str) and name.isalpha() else ""


def in_code_points(text: str | bytes, offsets: Iterable[int], encoding: str = "utf-8") -> dict[int, Position]:
    """Line and column of each offset, in one pass over the text whatever the number of offsets."""
    found: dict[int, Position] = {}
    line, column, last = 1, 1, 0
    newline: Any = "\n" if isinstance(text, str) else b"\n"
    for offset in sorted(set(offsets)):
        breaks = text.count(newline, last, offset)
        line += breaks
        start = text.rfind(newline, last, offset) + 1 if breaks else last
        part = text[start:offset]
        width = len(part) if isinstance(part, str) else len(part.decode(encoding, "replace"))
        column = width + (1 if breaks else column)
        found[offset] = (line, column)
        last = offset
    return found
