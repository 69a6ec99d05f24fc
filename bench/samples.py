"""The messages that are measured, made from committed fixtures: two sizes of FHIR's formats, KITH, and longer ones.

Nothing here may invent clinical content: statements are repeated, addresses are renewed, and that is all.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lxml import etree

from certgateway.bootstrap import definitions
from certgateway.domain.findings import Verdict
from certgateway.domain.message import Format
from certgateway.engine.xml.write import write
from certgateway.safejson import parse

Json = dict[str, Any]

ROOT: Final = Path(__file__).resolve().parents[1]
GOOD: Final = ROOT / "fixtures" / "messages" / "good"
KITH: Final = ROOT / "fixtures" / "messages" / "kith" / "good" / "every-element.xml"
KITH_BYTES: Final = 20_000
SMALL: Final = "no-known-health-risk"
LARGE: Final = "back-pain-tolerates-load"
FORMATS: Final[tuple[Format, ...]] = ("fhir-json", "fhir-xml")
_REPEATED: Final = "function"


@dataclass(frozen=True, slots=True)
class Sample:
    """One message as bytes. `message_id` and `certificate` stand in it and may be renewed; it gets the `verdict`."""

    name: str
    format: Format
    raw: bytes
    entries: int
    message_id: str
    certificate: str
    verdict: Verdict = "accepted"

    def renewed(self, number: int) -> bytes:
        """The same message under new ids of the same length: what a store has not seen before."""
        raw = self.raw
        for old in (self.message_id, self.certificate):
            raw = raw.replace(old.encode(), f"{number:08x}{old[8:]}".encode())
        return raw


def samples() -> list[Sample]:
    """A small message without layout, as record systems send it, and a large one as it is committed; then KITH."""
    found = []
    for format_ in FORMATS:
        found.append(_sample("small", format_, _compact(_bytes(SMALL, format_), format_), _tree(SMALL)))
        found.append(_sample("large", format_, _bytes(LARGE, format_), _tree(LARGE)))
    return [*found, kith_sample()]


def kith_sample() -> Sample:
    """The form of 2008 with every field filled in, its texts repeated until the message has 20 KB."""
    root = etree.fromstring(KITH.read_bytes())
    form = root.find(".//{*}Legeerklaring")
    texts = [node for node in form.iter() if not len(node) and " " in (node.text or "")] if form is not None else []
    original = [str(node.text) for node in texts]
    times = 1
    while len(raw := etree.tostring(root, encoding="UTF-8", xml_declaration=True)) < KITH_BYTES:
        times += 1
        for node, text in zip(texts, original, strict=True):
            node.text = "\n".join([text] * times)
    message_id, conversation = (str(root.findtext(f".//{{*}}{name}")) for name in ("MsgId", "RefToConversation"))
    # Ids are renewed in their first part; these two must differ in another.
    other = f"{conversation[:-1]}2"
    raw = raw.replace(conversation.encode(), other.encode())
    return Sample("every field", "kith", raw, sum(1 for _ in root.iter()), message_id, other, "incomplete")


def longer(entries: int, format_: Format) -> Sample:
    """The small message with its function statements repeated until the Bundle has `entries` entries."""
    tree = _tree(SMALL)
    for copied in _copies(tree, entries - len(tree["entry"])):
        tree["entry"].append(copied)
        _section(tree, _REPEATED)["entry"].append({"reference": copied["fullUrl"]})
    raw = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    if format_ == "fhir-xml":
        raw = write(parse(raw), definitions())
    return _sample(f"{entries} entries", format_, raw, tree)


def _copies(tree: Json, wanted: int) -> Iterator[Json]:
    urls = [reference["reference"] for reference in _section(tree, _REPEATED)["entry"]]
    statements = [entry for entry in tree["entry"] if entry["fullUrl"] in urls]
    for number in range(wanted):
        copied = copy.deepcopy(statements[number % len(statements)])
        name = f"{copied['resource']['id'][:-8]}be{number:06x}"
        copied["resource"]["id"] = name
        copied["fullUrl"] = f"urn:uuid:{name}"
        yield copied


def _section(tree: Json, item: str) -> Json:
    found: Json = next(s for s in tree["entry"][1]["resource"]["section"] if s["code"]["coding"][0]["code"] == item)
    return found


def _sample(name: str, format_: Format, raw: bytes, tree: Json) -> Sample:
    header, composition = tree["entry"][0]["resource"], tree["entry"][1]["resource"]
    return Sample(name, format_, raw, len(tree["entry"]), header["id"], composition["identifier"]["value"])


def _bytes(fixture: str, format_: Format) -> bytes:
    return (GOOD / f"{fixture}.{format_.removeprefix('fhir-')}").read_bytes()


def _tree(fixture: str) -> Json:
    tree: Json = json.loads(_bytes(fixture, "fhir-json"))
    return tree


def _compact(raw: bytes, format_: Format) -> bytes:
    if format_ == "fhir-xml":
        root = etree.fromstring(raw, etree.XMLParser(remove_blank_text=True))
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return json.dumps(json.loads(raw), ensure_ascii=False, separators=(",", ":")).encode()
