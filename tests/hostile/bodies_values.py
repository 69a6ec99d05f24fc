"""Values that look like others, files that are something else, packed bodies, and personal data where none belongs."""

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator

from tests.functional.messages import raw as fhir
from tests.hostile.case import (
    ASK,
    FHIR_JSON,
    FHIR_XML,
    GOOD_JSON,
    GOOD_KITH,
    GOOD_XML,
    KITH,
    PLAIN_JSON,
    PLAIN_XML,
    PROCESS,
    REHEARSE,
    SEARCH,
    VALIDATE,
    Case,
    Keys,
    body,
    kinds,
    replaced,
    tree,
)
from tests.kith import attachment, changed, inserted

PERSON = "23909841314"
"""A synthetic number that is in no fixture used here: where it comes back, it was quoted."""

LOOKALIKES: dict[str, Callable[[str], str]] = {
    "fullwidth digits": lambda text: text.translate({48 + at: 0xFF10 + at for at in range(10)}),
    "arabic digits": lambda text: text.translate({48 + at: 0x0660 + at for at in range(10)}),
    "mathematical digits": lambda text: text.translate({48 + at: 0x1D7CE + at for at in range(10)}),
    "homoglyphs": lambda text: text.translate(str.maketrans("aeopcxi", "\u0430\u0435\u043e\u0440\u0441\u0445\u0456")),
    "zero width space": lambda text: text[:2] + "\u200b" + text[2:],
    "zero width joiner": lambda text: text + "\u200d",
    "mark inside": lambda text: text[:1] + "\ufeff" + text[1:],
    "right to left": lambda text: "\u202e" + text + "\u202c",
    "isolate": lambda text: "\u2066" + text + "\u2069",
    "soft hyphen": lambda text: text[:2] + "\u00ad" + text[2:],
    "combining": lambda text: text + "\u0301",
    "variation": lambda text: text + "\ufe0f",
    "tag letters": lambda text: text + "\U000e0061",
    "no-break space": lambda text: text + "\u00a0",
    "no-break space before": lambda text: "\u00a0" + text,
    "no-break space inside": lambda text: text[:3] + "\u00a0" + text[3:],
    "figure space": lambda text: text + "\u2007",
    "narrow no-break space": lambda text: "\u202f" + text,
    "ideographic space": lambda text: text + "\u3000",
    "line separator": lambda text: text + "\u2028",
    "zero width space at the end": lambda text: text + "\u200b",
    "mark at the end": lambda text: text + "\ufeff",
    "word joiner": lambda text: text + "\u2060",
    "soft hyphen before": lambda text: "\u00ad" + text,
    "left to right": lambda text: "\u200e" + text,
    "nul": lambda text: text + "\u0000",
    "newline": lambda text: text + "\n",
}
PLACES = (
    "system",
    "code",
    "fullUrl",
    "reference",
    "url",
    "profile",
    "endpoint",
    "id",
    "timestamp",
    "date",
    "start",
    "status",
    "type",
)

AS_IT_IS = {
    "MessageHeader.entry.fullUrl",
    "MessageHeader.entry.resource.destination.endpoint",
    "Composition.entry.resource.identifier.system",
    "Observation.entry.resource.code.coding.code",
}
"""Places for any value: another one is another receiver or certificate, or is carried as it came."""


def cases() -> Iterator[Case]:
    """Every case, with names that tell them apart."""
    yield from _lookalikes()
    yield from _kith_lookalikes()
    yield from _packed()
    yield from _media()
    yield from _files()
    yield from _fhir_files()
    yield from _persons()


def _lookalikes() -> Iterator[Case]:
    for number, (place, keys, value) in enumerate(kinds(tree())):
        named = next((key for key in reversed(keys) if isinstance(key, str)), "")
        is_number = isinstance(value, str) and value.isdecimal()
        if not isinstance(value, str) or not (is_number or named in PLACES):
            continue
        # A third of them in each place, and another third in the next.
        for how, other in list(LOOKALIKES.items())[number % 3 :: 3]:
            if other(value) != value and place.strip(".") not in AS_IT_IS:
                yield Case(f"unicode: {how} at {place}", VALIDATE, FHIR_JSON, body(replaced(keys, other(value))))


KITH_VALUES = {
    "fnr": "<Id>14837910405</Id>",
    "fnr in the form": 'fodselsnummer="14837910405"',
    "HPR": "<Id>9412837</Id>",
    "HER-id": "<Id>8094231</Id>",
    "organisation number": "<Id>987654325</Id>",
    "type": '<Type V="LEGEERKL"',
    "form": 'xmlns="http://www.kith.no/xmlstds/legeerklaring/2008-06-06"',
    "head": 'xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"',
    "time": "<GenDate>2026-03-16T10:42:00<",
}


def _kith_lookalikes() -> Iterator[Case]:
    for place, old in KITH_VALUES.items():
        before, mark, after = old.partition('="') if '="' in old else old.partition(">")
        value = after.rstrip('"') if mark == '="' else after.partition("<")[0]
        for how, other in LOOKALIKES.items():
            may_stand = place == "type" and other(value).isprintable()
            if other(value) != value and how != "newline" and not may_stand:
                raw = changed(GOOD_KITH, (old, before + mark + other(value) + after.removeprefix(value)))
                yield Case(f"unicode: {how} at {place}", REHEARSE, PLAIN_XML, raw)


CODINGS = (
    "gzip",
    "deflate",
    "br",
    "zstd",
    "compress",
    "x-gzip",
    "gzip, gzip",
    "identity, gzip",
    "GZIP",
    "bzip2",
    "*",
    "aes128gcm",
    "exi",
    "pack200-gzip",
    "\tgzip",
    "identity;q=1",
)
DOORS = (
    (PROCESS, FHIR_JSON, GOOD_JSON),
    (VALIDATE, FHIR_XML, GOOD_XML),
    (KITH, PLAIN_XML, GOOD_KITH),
    (SEARCH, PLAIN_JSON, b'{"patient":"23909841314"}'),
)


def _packed() -> Iterator[Case]:
    """Packed as said, said and not packed, and a little that would be very much."""
    bomb = gzip.compress(b" " * 10_000_000, mtime=0)
    for door, media, good in DOORS:
        for coding in CODINGS:
            raw = zlib.compress(good) if coding == "deflate" else gzip.compress(good, mtime=0)
            headers = (("Content-Encoding", coding),)
            yield Case(f"packed: {coding!r} at {door}", door, media, raw, headers)
            yield Case(f"packed: {coding!r} said only at {door}", door, media, good, headers)
        yield Case(f"packed: bomb at {door}", door, media, bomb, (("Content-Encoding", "gzip"),))
        yield Case(f"packed: bomb unsaid at {door}", door, media, bomb)


MEDIA = (
    "",
    "text/plain",
    "text/html",
    "application/octet-stream",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "application/gzip",
    "application/zip",
    "application/pdf",
    "image/svg+xml",
    "application/soap+xml",
    "application/fhir+json; charset=utf-16",
    "application/fhir+xml; charset=utf-7",
    "application/xml; charset=ebcdic-cp-us",
    "application/jsonx",
    "application /json",
    "*/*",
    "application/fhir+json, text/html",
    "application/fhir+json; fhirVersion=5.0",
    "application/ld+json",
    "application/json-seq",
    "application/hal+json",
    "\u0430pplication/json",
    "x" * 5000,
)


def _media() -> Iterator[Case]:
    for door, _, good in DOORS:
        for media in MEDIA:
            yield Case(f"media: {media[:40]!r} at {door}", door, media, good)


def _zip(name: str, raw: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, raw)
    return file.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n"
FILES: dict[str, tuple[str, bytes]] = {
    "program as PDF": ("application/pdf", b"MZ\x90\x00" + b"\0" * 60),
    "elf as PDF": ("application/pdf", b"\x7fELF\x02\x01\x01"),
    "script as PDF": ("application/pdf", b"#!/bin/sh\nrm -rf x\n"),
    "zip as PDF": ("application/pdf", _zip("a.txt", b"x")),
    "page as PDF": ("application/pdf", b"<html><script>x()</script>"),
    "drawing with a script": ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'),
    "drawing as PNG": ("image/png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'),
    "PDF as PNG": ("image/png", PDF),
    "PNG as PDF": ("application/pdf", b"\x89PNG\r\n\x1a\n"),
    "GIF with a script": ("image/gif", b"GIF89a/*\0*/=1;x()"),
    "PDF behind a page": ("application/pdf", b"<script>x()</script>" + b" " * 2000 + PDF),
    "zip bomb": ("application/zip", _zip("a", b"\0" * 5_000_000)),
    "gzip as PDF": ("application/pdf", gzip.compress(PDF, mtime=0)),
    "Word with macros": ("application/vnd.ms-word.document.macroEnabled.12", _zip("word/vbaProject.bin", b"x")),
    "program": ("application/x-msdownload", b"MZ"),
    "page": ("text/html", b"<script>x()</script>"),
    "message": ("message/rfc822", b"From: x\n\n"),
    "nothing": ("application/pdf", b""),
    "type with a line": ("application/pdf\nX: y", PDF),
    "type in capitals with a blank": ("APPLICATION/PDF ", b"MZ"),
}
NO_BASE64 = (
    "JVBERi0xLjQK!",
    "JVBERi0xLjQ",
    "====",
    "JVBE=Ri0x",
    "JVBE-_8=",
    "%PDF-1.7",
    "\u4a56",
    "data:application/pdf;base64,JVBERi0xLjQK",
)


def _files() -> Iterator[Case]:
    """Attachments of the form of 2008: the message stays, the file does not, and the receipt says so."""
    for name, (media, raw) in FILES.items():
        piece = attachment(base64.b64encode(raw).decode(), media)
        yield Case(f"file: {name}", REHEARSE, PLAIN_XML, inserted(GOOD_KITH, "</MsgHead>", piece))
    for text in NO_BASE64:
        piece = attachment(text)
        yield Case(f"file: {text!r}", REHEARSE, PLAIN_XML, inserted(GOOD_KITH, "</MsgHead>", piece))
    for address in (
        "http://127.0.0.1:9/x.pdf",
        "file:///etc/passwd",
        "http://169.254.169.254/",
        "\\\\127.0.0.1\\x",
        "ftp://127.0.0.1:9/x",
    ):
        piece = attachment().replace("<Content>", f"<FileReference>{address}</FileReference><Content>", 1)
        piece = piece[: piece.index("<Content>")] + "</RefDoc></Document>"
        yield Case(f"file: at {address}", REHEARSE, PLAIN_XML, inserted(GOOD_KITH, "</MsgHead>", piece))


WHOLE = fhir("good/every-mapped-element.json")
"""A good message with a document in place (entry 31) and one in a Binary (entry 33)."""
INSIDE: Keys = ("entry", 31, "resource", "content", 0, "attachment")
BESIDE: Keys = ("entry", 32, "resource", "content", 0, "attachment")


def _with_document(place: Keys, **members: object) -> bytes:
    """The message with other members of one of its documents; without the digest that its sender gave."""
    message = json.loads(WHOLE)
    holder = message
    for key in place:
        holder = holder[key]
    holder.pop("extension", None)
    holder.update(members)
    return body(message)


def _fhir_files() -> Iterator[Case]:
    """The same documents in FHIR, in place and as a Binary, and documents that are not what is said of them."""
    for name, (media, raw) in FILES.items():
        members: dict[str, object] = {"contentType": media, "data": base64.b64encode(raw).decode()}
        yield Case(f"FHIR file: {name}", VALIDATE, FHIR_JSON, _with_document(INSIDE, **members))
        yield Case(
            f"FHIR file: {name} beside", VALIDATE, FHIR_JSON, _with_document(("entry", 33, "resource"), **members)
        )
    for text in NO_BASE64:
        yield Case(f"FHIR file: {text!r}", VALIDATE, FHIR_JSON, _with_document(INSIDE, data=text))
    for address in ("http://127.0.0.1:9/x.pdf", "file:///etc/passwd", "data:application/pdf;base64,JVBERi0xLjQK"):
        yield Case(f"FHIR file: at {address}", VALIDATE, FHIR_JSON, _with_document(BESIDE, url=address))
    digest = {"url": "https://certgateway.example/fhir/StructureDefinition/sha256", "valueString": "0" * 64}
    for place in (INSIDE, BESIDE):
        at = place[1]
        yield Case(f"FHIR file: wrong size at {at}", VALIDATE, FHIR_JSON, _with_document(place, size=1))
        yield Case(f"FHIR file: no bytes at {at}", VALIDATE, FHIR_JSON, _with_document(place, size=0))
        yield Case(f"FHIR file: wrong digest at {at}", VALIDATE, FHIR_JSON, _with_document(place, extension=[digest]))
        yield Case(
            f"FHIR file: other type at {at}", VALIDATE, FHIR_JSON, _with_document(place, contentType="image/png")
        )
    large = base64.b64encode(PDF + b" " * 10_485_760).decode()
    yield Case("FHIR file: larger than may be", VALIDATE, FHIR_JSON, _with_document(INSIDE, data=large))


def _persons() -> Iterator[Case]:
    """A number of a person in every place of a request that is none for it; with what is refused for another reason."""
    broken = GOOD_JSON.replace(b'"final"', b'"finel"', 1)
    places: dict[str, tuple[tuple[tuple[str, str], ...], str, str]] = {
        "query": ((), f"?patient={PERSON}", FHIR_JSON),
        "format": ((), f"?_format={PERSON}", FHIR_JSON),
        "address": ((), f"/{PERSON}", FHIR_JSON),
        "media type": ((), "", f"application/{PERSON}"),
        "media parameter": ((), "", f"application/fhir+json; charset={PERSON}"),
        "accept": ((("Accept", f"application/{PERSON}"),), "", FHIR_JSON),
        "language": ((("Accept-Language", PERSON),), "", FHIR_JSON),
        "cookie": ((("Cookie", f"fnr={PERSON}"),), "", FHIR_JSON),
        "own header": ((("X-Request-Id", PERSON),), "", FHIR_JSON),
        "name of a header": (((f"X-{PERSON}", "1"),), "", FHIR_JSON),
        "host": ((("Host", f"{PERSON}.example"),), "", FHIR_JSON),
        "referer": ((("Referer", f"https://x.example/{PERSON}"),), "", FHIR_JSON),
        "agent": ((("User-Agent", PERSON),), "", FHIR_JSON),
        "signature": ((("X-JWS-Signature", PERSON),), "", FHIR_JSON),
        "token": ((("Authorization", f"Bearer {PERSON}"),), "", FHIR_JSON),
        "coding": ((("Content-Encoding", PERSON),), "", FHIR_JSON),
        "forwarded": ((("Forwarded", f"for={PERSON}"),), "", FHIR_JSON),
    }
    for place, (headers, query, media) in places.items():
        for door in (PROCESS, VALIDATE, KITH, ASK):
            yield Case(f"person: in {place} at {door}", door, media, broken, headers, query)
    for place, keys, value in kinds(tree()):
        if isinstance(value, str) and keys[-1] in PLACES:
            message = replaced(keys, PERSON)
            message["entry"][1]["resource"]["status"] = "finel"
            yield Case(f"person: as {place}", PROCESS, FHIR_JSON, body(message))
        if isinstance(value, dict):
            yield Case(
                f"person: a member of {place or 'the root'}",
                PROCESS,
                FHIR_JSON,
                body(replaced(keys, value | {PERSON: 1}) if keys else value | {PERSON: 1}),
            )
    for piece in (
        f"<x{PERSON}/>",
        f'<x a="{PERSON}"/>',
        f"<x>{PERSON}</y>",
        f"&x{PERSON};",
        f"<?x{PERSON}?>",
        f"<x{PERSON}:y/>",
    ):
        for door, media, good in ((PROCESS, FHIR_XML, GOOD_XML), (REHEARSE, PLAIN_XML, GOOD_KITH)):
            at = good.index(b">", good.index(b"?>") + 2) + 1
            raw = good[:at] + piece.encode() + good[at:]
            yield Case(f"person: {piece} at {door}", door, media, raw)
