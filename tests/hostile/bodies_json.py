"""JSON that two readers may read differently, that costs much, or that is no certificate; made of a good message."""

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from tests.hostile.case import (
    ASK,
    FHIR_JSON,
    GOOD_JSON,
    PLAIN_JSON,
    PROCESS,
    SEARCH,
    VALIDATE,
    Case,
    Keys,
    body,
    kinds,
    replaced,
    tree,
)

MARK = "@@here"


def cases() -> Iterator[Case]:
    """Every case, with names that tell them apart."""
    yield from _spellings()
    yield from _duplicates()
    yield from _shapes()
    yield from _members()
    yield from _values()
    yield from _wholes()


def _texts(good: bytes) -> dict[str, bytes]:
    """Spellings of one good JSON text that are none, or that readers do not agree about."""
    return _encodings(good) | _letters(good) | _numbers(good) | _no_json(good)


def _encodings(good: bytes) -> dict[str, bytes]:
    """Other encodings, and marks and comments that JSON does not have."""
    text = good.decode()
    inner = text.strip()[1:]
    first = next(iter(json.loads(text)))
    return {
        "utf-8 mark": b"\xef\xbb\xbf" + good,
        "utf-16": text.encode("utf-16"),
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "utf-32": text.encode("utf-32"),
        "utf-32-le": text.encode("utf-32-le"),
        "utf-32-be": text.encode("utf-32-be"),
        "utf-7": text.replace("{", "+AHs-").encode("ascii", "ignore"),
        "ebcdic": text.encode("cp037", "ignore"),
        "shift-jis": ('{"x":"\u30bd",' + inner).encode("shift-jis", "ignore"),
        "trailing comma": (text.strip()[:-1] + ",}").encode(),
        "leading comma": ("{," + inner).encode(),
        "line comment": ("// c\n" + text).encode(),
        "block comment": ("{/* c */" + inner).encode(),
        "hash comment": ("# c\n" + text).encode(),
        "comment after": (text + "/* c */").encode(),
        "single quotes": text.replace('"', "'").encode(),
        "bare name": text.replace(f'"{first}"', first, 1).encode(),
        "equals": text.replace(":", "=", 1).encode(),
        "semicolon": text.replace(",", ";", 1).encode(),
        "no end": text.strip()[:-1].encode(),
        "two ends": (text + "}").encode(),
        "two values": (text + text).encode(),
        "two values on lines": (text + "\n" + text).encode(),
        "record separator": b"\x1e" + good,
    }


def _letters(good: bytes) -> dict[str, bytes]:
    """Bytes and letters that stand in no JSON text."""
    text = good.decode()
    inner = text.strip()[1:]
    first = next(iter(json.loads(text)))
    return {
        "nul before": b"\x00" + good,
        "nul after": good.rstrip() + b"\x00",
        "nul between": good.replace(b":", b":\x00", 1),
        "vertical tab": good.replace(b":", b":\x0b", 1),
        "form feed": good.replace(b":", b":\x0c", 1),
        "no-break space": text.replace(":", ":\u00a0", 1).encode(),
        "line separator": text.replace(":", ":\u2028", 1).encode(),
        "fullwidth colon": text.replace(":", "\uff1a", 1).encode(),
        "fullwidth brace": ("\uff5b" + inner).encode(),
        "curly quotes": text.replace('"', "\u201c", 1).replace('"', "\u201d", 1).encode(),
        "control in a text": text.replace('": "', '": "\x01', 1).encode(),
        "newline in a text": text.replace('": "', '": "\n', 1).encode(),
        "tab in a name": text.replace(f'"{first}"', f'"{first}\t"', 1).encode(),
        "bad escape": text.replace('": "', '": "\\x41', 1).encode(),
        "short escape": text.replace('": "', '": "\\u00"', 1).encode(),
        "octal escape": text.replace('": "', '": "\\101', 1).encode(),
        "xssi": b")]}',\n" + good,
        "call": b"f(" + good + b")",
        "in an array": b"[" + good + b"]",
        "in a text": json.dumps(text).encode(),
        "as lines of an event": b"data: " + good,
        "overlong slash": good.replace(b"/", b"\xc0\xaf", 1),
        "overlong nul": good.replace(b'": "', b'": "\xc0\x80', 1),
        "three-byte overlong": good.replace(b"/", b"\xe0\x80\xaf", 1),
        "surrogate in utf-8": good.replace(b'": "', b'": "\xed\xa0\x80', 1),
        "pair in cesu-8": good.replace(b'": "', b'": "\xed\xa0\xbd\xed\xb8\x80', 1),
        "beyond unicode": good.replace(b'": "', b'": "\xf4\x90\x80\x80', 1),
        "five bytes": good.replace(b'": "', b'": "\xf8\x88\x80\x80\x80', 1),
        "cut in a letter": good.replace(b'": "', b'": "\xc3', 1),
        "high surrogate": good.replace(b'": "', b'": "\\ud800', 1),
        "low surrogate": good.replace(b'": "', b'": "\\udc00', 1),
        "pair turned round": good.replace(b'": "', b'": "\\udc00\\ud800', 1),
        "high surrogate in a name": good.replace(b'"', b'"\\ud800', 1),
    }


def _numbers(good: bytes) -> dict[str, bytes]:
    """Numbers that are none, or are too much, and depth."""
    text = good.decode()
    inner = text.strip()[1:]
    return {
        "NaN": ('{"x":NaN,' + inner).encode(),
        "Infinity": ('{"x":Infinity,' + inner).encode(),
        "-Infinity": ('{"x":-Infinity,' + inner).encode(),
        "undefined": ('{"x":undefined,' + inner).encode(),
        "None": ('{"x":None,' + inner).encode(),
        "True": ('{"x":True,' + inner).encode(),
        "plus": ('{"x":+1,' + inner).encode(),
        "leading zero": ('{"x":01,' + inner).encode(),
        "hexadecimal": ('{"x":0x10,' + inner).encode(),
        "no digit before": ('{"x":.5,' + inner).encode(),
        "no digit after": ('{"x":5.,' + inner).encode(),
        "no exponent": ('{"x":1e,' + inner).encode(),
        "underscore": ('{"x":1_000,' + inner).encode(),
        "fullwidth number": ('{"x":\uff11,' + inner).encode(),
        "1e309": ('{"x":1e309,' + inner).encode(),
        "1e-400": ('{"x":1e-400,' + inner).encode(),
        "1e999999999": ('{"x":1e999999999,' + inner).encode(),
        "-1e999999999999": ('{"x":-1e999999999999,' + inner).encode(),
        "many digits": ('{"x":' + "9" * 5000 + "," + inner).encode(),
        "many decimals": ('{"x":0.' + "1" * 5000 + "," + inner).encode(),
        "deep arrays": ('{"x":' + "[" * 100 + "]" * 100 + "," + inner).encode(),
        "deep objects": ('{"x":' + '{"a":' * 100 + "1" + "}" * 100 + "," + inner).encode(),
        "deep and open": ('{"x":' + "[" * 20_000 + inner).encode(),
        "too many objects": ('{"x":[' + "{}," * 100_001 + "{}]," + inner).encode(),
    }


def _no_json(good: bytes) -> dict[str, bytes]:
    """What is something else."""
    return {
        "empty": b"",
        "blanks": b" \r\n\t ",
        "null": b"null",
        "true": b"true",
        "number": b"1",
        "text": b'"x"',
        "array": b"[]",
        "object": b"{}",
        "gzip": gzip.compress(good, mtime=0),
        "zlib": zlib.compress(good),
        "zip": _zipped(good),
        "zstandard": b"\x28\xb5\x2f\xfd" + good,
        "brotli": b"\xce\xb2\xcf\x81" + good,
        "xml": b'<Bundle xmlns="http://hl7.org/fhir"/>',
        "form": b"resource=" + good,
        "multipart": b"--x\r\nContent-Type: application/json\r\n\r\n" + good + b"\r\n--x--",
        "yaml": b"resourceType: Bundle\ntype: &a [*a]\n",
        "cbor": b"\xd9\xd9\xf7\xa1\x61x\x01",
        "pickle": b"\x80\x04cos\nsystem\n(S'x'\ntR.",
    }


def _zipped(raw: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("message.json", raw)
    return file.getvalue()


def _spellings() -> Iterator[Case]:
    question = b'{"patient": "23909841314"}'
    asking = b'{"certificate": "none-such", "targets": []}'
    for door, media, good in (
        (PROCESS, FHIR_JSON, GOOD_JSON),
        (SEARCH, PLAIN_JSON, question),
        (ASK, PLAIN_JSON, asking),
    ):
        for name, raw in _texts(good).items():
            if raw != good:
                yield Case(f"spelling: {name} at {door}", door, media, raw)


def _duplicates() -> Iterator[Case]:
    """A name twice in each object: as it is, and once in escapes, which many readers of bytes take for another."""
    for place, keys, value in kinds(tree()):
        if not isinstance(value, dict):
            continue
        name = next(iter(value))
        for how, spelled in (("plain", name), ("escaped", "".join(f"\\u{ord(letter):04x}" for letter in name))):
            marked = {MARK: None} | value
            raw = body(replaced(keys, marked) if keys else marked)
            again = f'"{spelled}": {json.dumps(value[name])}'
            yield Case(
                f"duplicate: {how} {place}",
                PROCESS,
                FHIR_JSON,
                raw.replace(b'"%b": null' % MARK.encode(), again.encode()),
            )


TURNS = ("in an array", "true")
OTHER: dict[str, Callable[[Any], object]] = {
    "in an array": lambda value: [value],
    "empty object": lambda _value: {},
    "null": lambda _value: None,
    "true": lambda _value: True,
}


def _shapes() -> Iterator[Case]:
    """At every place of a good message a value of another shape."""
    for number, (place, keys, value) in enumerate(kinds(tree())):
        if not keys:
            continue
        for how, other in OTHER.items():
            # Of a plain value an array and a truth by turns; of an array in an array one is enough.
            if (
                isinstance(value, dict)
                or (isinstance(value, list) and how != "in an array")
                or how == TURNS[number % 2]
            ):
                yield Case(f"shape: {how} at {place}", PROCESS, FHIR_JSON, body(replaced(keys, other(value))))


NAMES = (
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "$type",
    "@class",
    "$ref",
    "",
    " ",
    "resourcetype",
    "\u200bid",
    "id\u0000",
    "_",
    "fhir_comments",
    "extension\u202e",
)


def _members() -> Iterator[Case]:
    """Members that mean something to some reader, at the root, in a resource and in a datatype."""
    for place in ((), ("entry", 1, "resource"), ("entry", 0, "resource", "eventCoding")):
        for name in NAMES:
            message = tree()
            inside: Any = message
            for key in place:
                inside = inside[key]
            inside[name] = {"isAdmin": True, "status": "final"}
            at = ".".join(map(str, place)) or "root"
            yield Case(f"member: {name!r} in {at}", PROCESS, FHIR_JSON, body(message))


def _values() -> Iterator[Case]:
    """Other types of resource and message, and references that lead in circles, nowhere or out of the house."""
    for index, entry in enumerate(tree()["entry"]):
        kind = entry["resource"]["resourceType"]
        for other in (
            "Bundle",
            "Parameters",
            "Binary",
            "bundle",
            "Patient ",
            "Basic",
            "OperationOutcome",
            1,
            None,
            ["Patient"],
        ):
            if other != kind:
                keys: Keys = ("entry", index, "resource", "resourceType")
                yield Case(f"type: {index} {kind} as {other!r}", PROCESS, FHIR_JSON, body(replaced(keys, other)))
    for other in ("batch", "transaction", "document", "collection", "history", "searchset", "Message", "message ", ""):
        yield Case(f"bundle: {other!r}", PROCESS, FHIR_JSON, body(replaced(("type",), other)))
    own = tree()["entry"][1]["fullUrl"]
    for other in (
        own,
        "#",
        "#x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "Patient/1",
        "urn:uuid:x",
        "..",
        "javascript:x",
        "ldap://x/a",
        "\\\\x\\a",
        own.upper(),
        own + " ",
        own + "?a",
        own + "#a",
        own + "#",
    ):
        for member in ("subject", "author"):
            value: object = {"reference": other}
            changed = replaced(("entry", 1, "resource", member), value if member == "subject" else [value])
            yield Case(f"reference: {member} {other!r}", PROCESS, FHIR_JSON, body(changed))
        changed = replaced(("entry", 0, "resource", "focus"), [{"reference": other}])
        if other != own:
            yield Case(f"reference: focus {other!r}", PROCESS, FHIR_JSON, body(changed))


def _wholes() -> Iterator[Case]:
    """Messages in messages, too many of something, and what is no message at all."""
    message = tree()
    inside = tree()
    for depth in (1, 2, 5):
        inside = {"resourceType": "Bundle", "type": "message", "entry": [{"resource": inside}]}
        yield Case(f"whole: message in {depth} messages", PROCESS, FHIR_JSON, body(inside))
    twice = tree()
    twice["entry"].append({"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000001", "resource": message})
    yield Case("whole: message beside its parts", VALIDATE, FHIR_JSON, body(twice))
    for kind in sorted({entry["resource"]["resourceType"] for entry in message["entry"]}):
        without = tree()
        without["entry"] = [entry for entry in without["entry"] if entry["resource"]["resourceType"] != kind]
        yield Case(f"whole: no {kind}", PROCESS, FHIR_JSON, body(without))
        alone = next(entry["resource"] for entry in message["entry"] if entry["resource"]["resourceType"] == kind)
        yield Case(f"whole: {kind} alone", PROCESS, FHIR_JSON, body(alone))
    for index in range(len(message["entry"])):
        doubled = tree()
        doubled["entry"].insert(index, doubled["entry"][index])
        yield Case(f"whole: entry {index} twice", PROCESS, FHIR_JSON, body(doubled))
    for count in (501, 5000):
        flood = tree()
        flood["entry"] += [{}] * count
        yield Case(f"whole: {count} entries more", PROCESS, FHIR_JSON, body(flood))
    turned = tree()
    turned["entry"].reverse()
    yield Case("whole: entries turned round", PROCESS, FHIR_JSON, body(turned))
