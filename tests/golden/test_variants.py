"""One certificate in many envelopes: however a good message travels, it is the same certificate with the same verdict.

Each variant changes how the message is written and nothing of what it says: order of entries, kind of addresses and
references, containment of the author, XML prefixes, white space.
"""

import json
import random
import re
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias
from uuid import NAMESPACE_URL, uuid5

import pytest

from certgateway import bootstrap
from certgateway.domain.certificate import Certificate
from certgateway.services.examine import detect_format, examine, judge_examined, validation_facts
from fixtures.authoring import writers

Tree = dict[str, Any]
Node: TypeAlias = Any

GOOD = Path(__file__).resolve().parents[2] / "fixtures" / "messages" / "good"
NAMES = sorted(path.stem for path in GOOD.glob("*.json"))
RECEIVED = datetime(2026, 11, 1, 11, tzinfo=UTC)
SERVER = "https://journal.example/r4"


def understand(raw: bytes) -> tuple[Certificate | None, str, list[str]]:
    """What the gateway makes of a message: certificate, verdict and the ids of the findings. The only call to it."""
    house = bootstrap.build_house()
    examined = examine(raw, detect_format(raw), house)
    judgement = judge_examined(examined, validation_facts(house, RECEIVED), house.policies[examined.format])
    return examined.certificate, judgement.verdict, [finding.rule for finding in judgement.findings]


def shuffled(tree: Tree) -> bytes:
    """The MessageHeader first, as R4 demands, everything else in another order."""
    first, *rest = tree["entry"]
    random.Random(2026).shuffle(rest)  # noqa: S311  The same disorder on every run is the point.
    return writers.to_json({**tree, "entry": [first, *rest]})


def urn_addresses(tree: Tree) -> bytes:
    """Other UUIDs than the ids of the resources, as R4 allows."""

    def urn(_type: str, id_: str) -> str:
        return f"urn:uuid:{uuid5(NAMESPACE_URL, id_)}"

    return writers.to_json(_readdressed(tree, urn, urn))


def http_addresses(tree: Tree) -> bytes:
    def absolute(type_: str, id_: str) -> str:
        return f"{SERVER}/{type_}/{id_}"

    return writers.to_json(_readdressed(tree, absolute, absolute))


def relative_references(tree: Tree) -> bytes:
    addressed = _readdressed(tree, lambda type_, id_: f"{SERVER}/{type_}/{id_}", lambda type_, id_: f"{type_}/{id_}")
    return writers.to_json(addressed)


def contained_author(tree: Tree) -> bytes:
    """The PractitionerRole inside the Composition, instead of an entry of its own."""
    changed = deepcopy(tree)
    composition = changed["entry"][1]["resource"]
    role = changed["entry"].pop(3)["resource"]
    assert role["resourceType"] == "PractitionerRole"
    composition["author"] = [{"reference": f"#{role['id']}"}]
    members = list(composition.items())
    changed["entry"][1]["resource"] = dict([*members[:2], ("contained", [role]), *members[2:]])
    return writers.to_json(changed)


def contained_author_xml(tree: Tree) -> bytes:
    return writers.to_xml(json.loads(contained_author(tree), parse_float=Decimal))


def prefixed_namespace(tree: Tree) -> bytes:
    """Every FHIR element with a prefix; narratives keep the default namespace they declare themselves."""
    text = writers.to_xml(tree).decode()
    pieces = re.split(r"(<div .*?</div>)", text, flags=re.DOTALL)
    named = [piece if piece.startswith("<div ") else re.sub(r"<(/?)(\w)", r"<\1f:\2", piece) for piece in pieces]
    return "".join(named).replace("<?f:xml", "<?xml").replace(" xmlns=", " xmlns:f=", 1).encode()


def as_xml(tree: Tree) -> bytes:
    return writers.to_xml(tree)


def compact_json(tree: Tree) -> bytes:
    return writers.to_compact_json(tree)


def compact_xml(tree: Tree) -> bytes:
    return writers.to_compact_xml(tree)


def wide_json(tree: Tree) -> bytes:
    """Indented by tabs, Windows line ends, every letter beyond ASCII escaped."""
    return re.sub(rb"\n( *)", _tabbed, _escaped(writers.to_json(tree)))


def properties_reversed(tree: Tree) -> bytes:
    """JSON has no order of properties."""
    return writers.to_json(_reversed(tree))


VARIANTS: tuple[Callable[[Tree], bytes], ...] = (
    shuffled,
    urn_addresses,
    http_addresses,
    relative_references,
    contained_author,
    contained_author_xml,
    prefixed_namespace,
    as_xml,
    compact_json,
    compact_xml,
    wide_json,
    properties_reversed,
)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_every_variant_is_the_same_certificate(name: str, variant: Callable[[Tree], bytes]) -> None:
    original = (GOOD / f"{name}.json").read_bytes()
    written = variant(json.loads(original, parse_float=Decimal))
    assert written != original
    certificate, verdict, rules = understand(written)
    assert certificate is not None
    assert (certificate, verdict, rules) == understand(original)
    assert (verdict, rules) == ("accepted", [])


def test_the_update_is_a_version_of_the_first_certificate() -> None:
    first, _, _ = understand((GOOD / "back-pain-tolerates-load.json").read_bytes())
    update, _, _ = understand((GOOD / "treatment-ended-update.xml").read_bytes())
    assert first is not None
    assert update is not None
    assert update.identifier == first.identifier == update.replaces
    assert update.authored > first.authored


def _readdressed(tree: Tree, address: Callable[[str, str], str], refer: Callable[[str, str], str]) -> Tree:
    """The same message under other full URLs, with every reference to them rewritten."""
    known: dict[str, str] = {}
    changed = deepcopy(tree)
    for entry in changed["entry"]:
        type_, id_ = entry["resource"]["resourceType"], entry["resource"]["id"]
        known |= {entry["fullUrl"]: refer(type_, id_), f"{type_}/{id_}": refer(type_, id_)}
        entry["fullUrl"] = address(type_, id_)
    for entry in changed["entry"]:
        entry["resource"] = _rewritten(entry["resource"], known)
    return changed


def _rewritten(node: Node, known: dict[str, str]) -> Node:
    if isinstance(node, dict):
        return {
            name: known.get(child, child)
            if name in {"reference", "url"} and isinstance(child, str)
            else _rewritten(child, known)
            for name, child in node.items()
        }
    return [_rewritten(child, known) for child in node] if isinstance(node, list) else node


def _reversed(node: Node) -> Node:
    if isinstance(node, dict):
        return {name: _reversed(child) for name, child in reversed(node.items())}
    return [_reversed(child) for child in node] if isinstance(node, list) else node


def _escaped(body: bytes) -> bytes:
    return re.sub(r"[^\x00-\x7f]", lambda found: f"\\u{ord(found[0]):04x}", body.decode()).encode()


def _tabbed(found: re.Match[bytes]) -> bytes:
    return b"\r\n" + b"\t" * (len(found[1]) // 2)
