"""Bodies nobody should send: each with the id under which it is refused, or the verdict it must get all the same.

Every body is made here, from nothing or from the smallest good message; none is larger than the command line reads.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from fixtures.authoring import good
from fixtures.authoring.writers import to_compact_json, to_json, to_xml

Json = dict[str, Any]
MIB = 1024 * 1024
NEARLY = MIB - 64 * 1024
"""Bytes of text that leave room for the message around them, below what may stand outside attachments."""
SMALL = good.messages()["required-items-only"].tree
XMLNS = b'<Bundle xmlns="http://hl7.org/fhir">'


@dataclass(frozen=True, slots=True)
class Hostile:
    """`rules` must all be found, and nothing but refusals and notes counts beside them.

    `status` is that of the answer over HTTP; None follows from the rules.
    """

    name: str
    make: Callable[[], bytes]
    rules: frozenset[str]
    verdict: str = "rejected"
    status: int | None = None


def changed(edit: Callable[[Json], None], *, xml: bool = False) -> Callable[[], bytes]:
    def make() -> bytes:
        tree = deepcopy(SMALL)
        edit(tree)
        return to_xml(tree) if xml else to_json(tree)

    return make


def composition(tree: Json) -> Json:
    found: Json = tree["entry"][1]["resource"]
    return found


def spliced(old: bytes, new: bytes, *, xml: bool = False) -> Callable[[], bytes]:
    def make() -> bytes:
        body = to_xml(SMALL) if xml else to_compact_json(SMALL)
        if body.count(old) < 1:
            raise ValueError("the text to be replaced must occur")
        return body.replace(old, new, 1)

    return make


def nested(levels: int) -> Json:
    node: Json = {"resourceType": "Basic", "id": "x", "code": {"text": "x"}}
    for _ in range(levels):
        node = {"resourceType": "Basic", "id": "x", "code": {"text": "x"}, "contained": [node]}
    return node


def entry(number: int, resource: Json) -> Json:
    return {"fullUrl": f"urn:uuid:5e1f0000-0d0c-4a10-9e01-{number:012x}", "resource": resource}


def many_entries(count: int, **members: object) -> Callable[[Json], None]:
    def edit(tree: Json) -> None:
        tree["entry"] += [entry(number, {"resourceType": "Basic", **members}) for number in range(count)]

    return edit


def alternating(count: int) -> Callable[[Json], None]:
    """Benefit and other resources by turns, so that every path behind them has to be counted."""

    def edit(tree: Json) -> None:
        for number in range(count):
            tree["entry"].append(entry(2 * number, {"resourceType": "Coverage", "status": "active"}))
            tree["entry"].append(entry(2 * number + 1, {"resourceType": "Basic", "code": {"text": "x"}}))

    return edit


def many_statements(count: int) -> Callable[[Json], None]:
    """The first function over and over, each time with a display of the sender's."""

    def edit(tree: Json) -> None:
        found = next(one for one in tree["entry"] if one["resource"]["resourceType"] == "Observation")
        section = next(one for one in composition(tree)["section"] if one["entry"][0]["reference"] == found["fullUrl"])
        for number in range(count):
            more = deepcopy(found["resource"])
            more["code"]["coding"][0]["display"] = "x"
            del more["id"]
            tree["entry"].append(entry(number, more))
            section["entry"].append({"reference": tree["entry"][-1]["fullUrl"]})

    return edit


def chained(count: int) -> Callable[[Json], None]:
    """Each plan consists of the next, and the last one of a benefit."""

    def edit(tree: Json) -> None:
        plan = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": {"display": "x"}}
        urls = [entry(number, {})["fullUrl"] for number in range(count)]
        tree["entry"] += [
            entry(number, {**plan, "activity": [{"reference": {"reference": url}}]})
            for number, url in enumerate(urls[1:])
        ]
        tree["entry"].append(entry(count - 1, {"resourceType": "Coverage", "status": "active"}))

    return edit


def laughs(depth: int) -> bytes:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (number, b"&e%d;" % (number - 1) * 10) for number in range(1, depth))
    return (
        b'<!DOCTYPE x [<!ENTITY e0 "ha">' + entities + b"]>" + XMLNS + b'<type value="&e%d;"/></Bundle>' % (depth - 1)
    )


def put(name: str, value: object) -> Callable[[Json], None]:
    return lambda tree: composition(tree).update({name: value})


def coded(code: str) -> Callable[[Json], None]:
    def edit(tree: Json) -> None:
        composition(tree)["section"][0]["code"]["coding"][0]["code"] = code

    return edit


def case(name: str, make: Callable[[], bytes], *rules: str, verdict: str = "rejected") -> Hostile:
    return Hostile(name, make, frozenset(rules), verdict)


def fixed(body: bytes) -> Callable[[], bytes]:
    return lambda: body


def profiled(profile: str) -> Callable[[Json], None]:
    return lambda tree: tree.update(meta={"profile": [profile]})


OWN = "https://certgateway.example/fhir/StructureDefinition/certificate-message"
TITLE = '"title":"Legeerklæring"'.encode()
TITLE_XML = '<title value="Legeerklæring"/>'.encode()
FLOOD = 100_000
FULLWIDTH = "".join(chr(ord(letter) + 0xFEE0) for letter in "diagnosis")

HOSTILE: tuple[Hostile, ...] = (
    # What the issue names.
    case("not utf-8", lambda: to_json(SMALL).decode().encode("latin-1"), "not-utf8"),
    case("not json", fixed(b"Legeerkl\xc3\xa6ring per post"), "not-json"),
    case("not xml", fixed(b"<Bundle"), "not-xml"),
    case("entity bomb", fixed(laughs(12)), "doctype-refused"),
    case("duplicate keys", spliced(TITLE, TITLE + b"," + TITLE), "duplicate-key"),
    case("100 000 brackets", fixed(b"[" * FLOOD), "too-deep"),
    case("100 000 objects", fixed(b'{"a":' * FLOOD), "too-deep"),
    case("1e400", spliced(TITLE, TITLE + b',"x":1e400'), "number-out-of-range"),
    case("unknown resource type", fixed(b'{"resourceType":"Legeerklaering"}'), "resource-type-unknown"),
    case("unknown profile", changed(profiled("https://epj.example/StructureDefinition/other")), "profile-unknown"),
    case("wrong version", changed(profiled(f"{OWN}|9.9.9")), "profile-unknown"),
    case("nearly a MiB of a title", changed(put("title", "L" * NEARLY)), "not-carried", verdict="accepted"),
    case("nearly a MiB of nothing", fixed(b" " * NEARLY), "empty-body"),
    case("nearly a MiB of noise", fixed(b"\x00\x01\x02\x03" * (NEARLY // 4)), "encoding-refused"),
    case("empty body", fixed(b""), "empty-body"),
    # Large.
    case("8 MiB of one text", fixed(b'{"resourceType":"Bundle","x":"' + b"x" * 8 * MIB + b'"}'),
         "outside-attachments-too-large"),
    case("8 MiB of data in small pieces", fixed(b'{"data":"QQ"},' * (8 * MIB // 14)), "outside-attachments-too-large"),
    case("nearly a MiB of one text", fixed(b'{"resourceType":"Bundle","x":"' + b"x" * NEARLY + b'"}'),
         "element-unknown"),
    case("nearly a MiB of empty objects", fixed(b"[" + b"{}," * (NEARLY // 3) + b"{}]"), "too-many-elements"),
    case("30 000 faults", changed(put("category", [1] * 30_000)), "too-many-faults"),
    case("30 000 unknown properties", changed(lambda tree: composition(tree).update(
        {f"x{number}": 1 for number in range(30_000)})), "too-many-faults"),
    case("5 000 entries", changed(many_entries(5_000)), "too-many-entries"),
    case("501 entries", changed(many_entries(491)), "too-many-entries"),
    case("500 entries", changed(many_entries(490)), "element-missing"),
    case("a number of 300 digits", spliced(TITLE, TITLE + b',"x":' + b"9" * 300), "element-unknown"),
    case("a number of 10 000 digits", spliced(TITLE, TITLE + b',"x":' + b"9" * 10_000), "number-out-of-range"),
    case("500 sound entries", changed(many_entries(490, code={"text": "x"})), "not-carried", verdict="accepted"),
    case("benefits and others by turns", changed(alternating(245)), "benefit-removed", "not-carried",
         verdict="accepted"),
    case("490 statements with a display each", changed(many_statements(490)), "not-carried", verdict="accepted"),
    case("plans that refer to plans", changed(chained(490)), "benefit-removed", "reference-target-wrong"),
    case("5 000 sections that are benefits", changed(lambda tree: composition(tree)["section"].extend(
        {"title": "Uføretrygd"} for _ in range(5_000))), "benefit-removed", verdict="accepted"),
    case("5 000 sections of nothing known", changed(lambda tree: composition(tree)["section"].extend(
        {"text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}}
        for _ in range(5_000))), "not-carried", verdict="accepted"),
    case("10 000 names with extensions", changed(lambda tree: tree["entry"][2]["resource"]["name"].append(
        {"given": ["AAP"] * 10_000, "_given": [None] * 9_999 + [{"id": "x"}]})), "benefit-removed", verdict="accepted"),
    # Deep.
    case("contained in contained", changed(lambda tree: composition(tree).update(contained=[nested(20)])),
         "invariant-broken"),
    case("contained too deep", changed(lambda tree: composition(tree).update(contained=[nested(60)])), "too-deep"),
    case("sections in sections", changed(lambda tree: composition(tree)["section"].append(
        json.loads('{"section":[' * 25 + '{"entry":[{"display":"x"}]}' + "]}" * 25))),
        "not-carried", verdict="accepted"),
    case("sections in sections of nothing", changed(lambda tree: composition(tree)["section"].append(
        json.loads('{"section":[' * 25 + '{"title":"x"}' + "]}" * 25))), "invariant-broken"),
    # Names and characters.
    case("duplicate keys far inside", spliced(b'"code":"function"', b'"code":"function","code":"function"'),
         "duplicate-key"),
    case("duplicate keys in disguise", spliced(TITLE, TITLE + b',"\\u0074itle":"x"'), "duplicate-key"),
    case("fullwidth letters in a code", changed(coded(FULLWIDTH)), "diagnosis-missing"),
    case("a zero-width space in a code", changed(coded("diag\u200bnosis")), "diagnosis-missing"),
    case("a right-to-left override in a code", changed(coded("\u202esisongaid")), "diagnosis-missing"),
    case("a combining dot in a code", changed(coded("diagno\u0323sis")), "diagnosis-missing"),
    case("a code of nearly a MiB", changed(coded("f" * NEARLY)), "diagnosis-missing"),
    case("half a surrogate pair", spliced(TITLE, b'"title":"\\ud83d"'), "lone-surrogate"),
    case("a zero in a text", spliced(TITLE, b'"title":"\\u0000"'), "primitive-invalid"),
    case("a name of nearly a MiB", spliced(TITLE, TITLE + b',"' + b"x" * NEARLY + b'":1'), "element-unknown"),
    case("a type of nearly a MiB", fixed(b'{"resourceType":"' + b"X" * NEARLY + b'"}'), "resource-type-unknown"),
    case("a type that is a list", fixed(b'{"resourceType":["Bundle"]}'), "resource-type-unknown"),
    case("entries that are no list", fixed(b'{"resourceType":"Bundle","type":"message","entry":{}}'), "list-expected"),
    case("a benefit as the root", fixed(b'{"resourceType":"Coverage","status":"active"}'), "element-missing"),
    # XML.
    case("xml not utf-8", lambda: to_xml(SMALL).decode().encode("latin-1"), "not-utf8"),
    case("an entity from a file", fixed(
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + XMLNS + b'<id value="&e;"/></Bundle>'),
        "doctype-refused"),
    case("100 000 elements deep", fixed(XMLNS + b"<entry>" * FLOOD), "too-deep"),
    case("100 000 elements wide", fixed(XMLNS + b"<entry/>" * FLOOD + b"</Bundle>"), "too-many-elements"),
    case("100 000 comments", fixed(XMLNS + b"<!-- x -->" * FLOOD + b"</Bundle>"), "element-missing"),
    case("an attribute of nearly a MiB", spliced(TITLE_XML, b'<title value="' + b"L" * NEARLY + b'"/>', xml=True),
         "not-carried", verdict="accepted"),
    case("33 attributes", spliced(TITLE_XML, b"<title " + b"".join(b'a%d="1" ' % n for n in range(33)) + b"/>",
         xml=True), "too-many-attributes"),
    case("40 000 namespaces", fixed(XMLNS + b"".join(b'<a xmlns="urn:%d"/>' % n for n in range(40_000)) + b"</Bundle>"),
         "too-many-namespaces"),
    case("a processing instruction", fixed(b"<?php system('id') ?>" + XMLNS + b"</Bundle>"), "instruction-refused"),
    case("a wrong namespace", fixed(b'<Bundle xmlns="urn:x"/>'), "namespace-wrong"),
    case("a narrative that is deep", changed(lambda tree: composition(tree)["section"][2]["text"].update(
        div='<div xmlns="http://www.w3.org/1999/xhtml">' + "<b>" * 70 + "x" + "</b>" * 70 + "</div>"), xml=True),
        "too-deep"),
    case("a narrative with a script", changed(lambda tree: composition(tree)["section"][2]["text"].update(
        div='<div xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></div>')), "narrative-not-allowed"),
)  # fmt: skip
