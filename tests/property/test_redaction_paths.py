"""A fault stands where the sender put it, however much benefit content stood before it: path, line and column.

The place is found without the gateway: the flaw's own words occur once in the message, so that a search for them tells
line and column, and the path is followed through the message as it was sent.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from certgateway import safejson
from certgateway.services.examine import House
from fixtures.authoring.writers import to_json
from tests.property import redaction
from tests.property.planting import Key, Planter, batches, follow, planted
from tests.property.planting_ways import Json
from tests.property.redaction import judged

MESSAGES = Path(__file__).resolve().parents[2] / "fixtures" / "messages"
STEP = re.compile(r"([A-Za-z]+)(?:\[([0-9]+)\])?")


def keys_of(tree: Json, path: str) -> tuple[Key, ...]:
    """Keys for a path, by the names in the tree alone: a choice is the key that begins with the step's name."""
    keys: list[Key] = []
    node: Any = tree
    for name, index in STEP.findall(path)[1:]:
        key = name if name in node else next(key for key in node if re.fullmatch(name + "[A-Z][A-Za-z]+", key))
        keys.append(key)
        node = node[key]
        if index:
            keys.append(int(index))
            node = node[int(index)]
    return tuple(keys)


@pytest.fixture(scope="module")
def house() -> House:
    return redaction.house()


# File, rule, what stands at the fault's path, and the words at line and column in JSON and in XML.
FAULTS = [
    (
        "conformance/code-not-allowed-status",
        "code-not-allowed",
        "ferdig",
        '"status": "ferdig"',
        '<status value="ferdig"/>',
    ),
    (
        "remark/placeholder-text-occupation-dot",
        "placeholder-text",
        ".",
        '"valueString": "."',
        '<valueString value="."/>',
    ),
    (
        "remark/placeholder-text-history-dash",
        "placeholder-text",
        "-",
        '"valueString": "-"',
        '<valueString value="-"/>',
    ),
    (
        "refuse/fnr-invalid-all-zeros",
        "fnr-invalid",
        "00000000000",
        '"value": "00000000000"',
        '<value value="00000000000"/>',
    ),
]


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("file,rule,value,in_json,in_xml", FAULTS)
def test_a_fault_keeps_its_place(  # noqa: PLR0917  one column of the table each
    file: str, rule: str, value: str, in_json: str, in_xml: str, form: str, house: House
) -> None:
    tree: Json = safejson.parse((MESSAGES / f"{file}.json").read_bytes())
    places = [
        place for place in Planter(house.definitions, 5).places(tree) if place.repeats and place.promise != "silent"
    ]
    tried = 0
    for batch in batches(places, 40):
        message = planted(tree, batch, at_front=True)
        raw = to_json(message) if form == "json" else redaction.encoded(message, house, xml=True)
        found = [finding for finding in judged(raw, house).findings if finding.rule == rule]
        assert [follow(message, keys_of(message, finding.path or "")) for finding in found] == [value]
        words = in_json if form == "json" else in_xml
        text = raw.decode()
        assert text.count(words) == 1
        start = text.index(words)
        assert found[0].line == text.count("\n", 0, start) + 1
        assert found[0].column == start - text.rfind("\n", 0, start)
        tried += 1
    assert tried >= 10
