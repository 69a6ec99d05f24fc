"""Steps 2 to 8 without a store: whatever a message holds, there is a judgement in the end and no exception."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.domain.findings import Effect
from certgateway.domain.message import Format
from certgateway.engine.xml import write as xmlwrite
from certgateway.services.examine import House, detect_format, examine, judge_examined, validation_facts
from certgateway.services.report import report
from fixtures.authoring import good
from fixtures.authoring.writers import to_json, to_xml

AT = datetime(2026, 11, 1, 11, tzinfo=UTC)
MESSAGES = good.messages()
NULLS = frozenset({"null-not-allowed", "invariant-broken"})
JUNK: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**17,
    "",
    "x",
    "#x",
    "AAP",
    "2026-13-45",
    [],
    [None],
    [[]],
    ["x"],
    {},
    {"x": 1},
    {"resourceType": "Patient"},
    {"resourceType": "Coverage"},
    {"reference": "#"},
    [{"coding": [None]}],
    {"extension": "x"},
)


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


def walk(node: Any, keys: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401  any part of a tree
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in pairs:
        yield (*keys, key)
        yield from walk(child, (*keys, key))


def damaged(tree: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The message with one to three of its nodes replaced by junk, removed, or moved elsewhere."""
    changed = deepcopy(tree)
    for _ in range(chance.randint(1, 3)):
        *path, last = chance.choice(list(walk(changed)))
        node = changed
        for key in path:
            node = node[key]
        kind = chance.random()
        if kind < 0.7:
            node[last] = deepcopy(chance.choice(JUNK))
        elif kind < 0.85:
            del node[last]
        else:
            node[last] = deepcopy(chance.choice([changed["entry"][1], changed["entry"][-1], [changed["entry"][2]]]))
    return changed


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", ["required-items-only", "every-mapped-element", "hospital-specialist-arthritis"])
def test_no_damage_to_a_message_raises(name: str, seed: int, house: House) -> None:
    chance = random.Random(f"{name} {seed}")  # noqa: S311  the same damage on every run
    facts = validation_facts(house, AT)
    for _ in range(25):
        tree = damaged(MESSAGES[name].tree, chance)
        raw = to_json(tree)
        examined = examine(raw, "fhir-json", house)
        judgement = judge_examined(examined, facts, "reject")
        data = report("x", examined, judgement, "nb")
        assert json.loads(json.dumps(data))["verdict"] == judgement.verdict
        # A null stands nowhere that a path could lead to, and a choice that is null is not found by its name.
        placed = [finding for finding in judgement.findings if finding.rule not in NULLS]
        assert [finding for finding in placed if not (finding.line and finding.column)] == []


@pytest.mark.parametrize("seed", range(2))
def test_no_damage_to_a_message_in_xml_raises(seed: int, house: House) -> None:
    chance = random.Random(seed)  # noqa: S311  as above
    raw = to_xml(MESSAGES["every-mapped-element"].tree)
    facts = validation_facts(house, AT)
    for _ in range(20):
        start, end = sorted(chance.sample(range(len(raw)), 2))
        cut = raw[:start] + chance.choice([b"", b"<", b"/>", b'"', raw[start : start + 40] * 2]) + raw[end:]
        if chance.random() < 0.7:
            # One attribute's value is another: the form stays whole.
            parts = raw.split(b'value="')
            at = chance.randrange(1, len(parts))
            parts[at] = chance.choice([b"", b"x", b"AAP", b"2026-13-45"]) + parts[at][parts[at].index(b'"') :]
            cut = b'value="'.join(parts)
        examined = examine(cut, "fhir-xml", house)
        judgement = judge_examined(examined, facts, "reject")
        assert report("x", examined, judgement, "en")["verdict"] == judgement.verdict


@pytest.mark.parametrize(
    "start,form",
    [
        (b'{"resourceType":', "fhir-json"),
        (b"  \r\n[", "fhir-json"),
        (b"", "fhir-json"),
        ("\ufeff<Patient>".encode("utf-16-le"), "fhir-xml"),
        ("<MsgHead>".encode("utf-16-be"), "kith"),
        (b"<!DOCTYPE a [<!ENTITY b '<MsgHead>'>]><Bundle>", "fhir-xml"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'> ] ><MsgHead>", "kith"),
        (b"<Bundle xmlns='http://hl7.org/fhir'>", "fhir-xml"),
        (b"\xef\xbb\xbf\n<Bundle", "fhir-xml"),
        (b"<?xml version='1.0'?><!-- x --><Patient", "fhir-xml"),
        (b"<MsgHead xmlns='http://www.kith.no/xmlstds/msghead/2006-05-24'>", "kith"),
        (b"<EI_fellesformat>", "kith"),
        (b"<x:MsgHead", "kith"),
    ],
)
def test_the_format_is_told_by_the_first_characters(start: bytes, form: Format) -> None:
    assert detect_format(start) == form


def test_a_format_that_nobody_knows_is_refused_by_name(house: House) -> None:
    examined = examine(b"<MsgHead/>", "unknown", house)
    assert [(found.rule, found.effect) for found in examined.findings] == [("format-not-supported", Effect.REFUSE)]
    assert examined.unreadable


def test_json_and_xml_give_one_certificate_and_one_digest(house: House) -> None:
    for message in MESSAGES.values():
        one = examine(to_json(message.tree), "fhir-json", house)
        other = examine(xmlwrite.write(message.tree, house.definitions), "fhir-xml", house)
        assert one.certificate == other.certificate
        assert one.envelope == other.envelope
        assert one.origins == other.origins


def test_policy_decides_what_a_missing_item_does(house: House) -> None:
    tree = deepcopy(MESSAGES["required-items-only"].tree)
    composition = tree["entry"][1]["resource"]
    composition["section"] = [one for one in composition["section"] if one["code"]["coding"][0]["code"] != "prognosis"]
    examined = examine(to_json(tree), "fhir-json", house)
    facts = validation_facts(house, AT)
    assert judge_examined(examined, facts, "reject").verdict == "rejected"
    assert judge_examined(examined, facts, "hold").verdict == "incomplete"


def test_findings_stand_worst_first_and_then_in_the_order_of_the_message(house: House) -> None:
    tree = deepcopy(MESSAGES["every-mapped-element"].tree)
    tree["entry"][1]["resource"]["category"] = [{"text": "AAP"}]
    tree["entry"][9]["resource"]["valueString"] = "-"
    tree["entry"][7]["resource"]["status"] = "ferdig"
    judgement = judge_examined(examine(to_json(tree), "fhir-json", house), validation_facts(house, AT), "reject")
    ranks = [(-found.effect, found.line, found.column) for found in judgement.findings]
    assert len(ranks) >= 3
    assert ranks == sorted(ranks)
