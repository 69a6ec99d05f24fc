"""XML that reaches out, grows, or is read differently by two readers; made of a good message in each XML form."""

import gzip
import re
import zlib
from collections.abc import Iterator

from tests.hostile.case import (
    FHIR_XML,
    GOOD_KITH,
    GOOD_XML,
    KITH,
    PLAIN_XML,
    PROCESS,
    REHEARSE,
    VALIDATE,
    Case,
)

DOORS = (
    (PROCESS, FHIR_XML, GOOD_XML),
    (VALIDATE, FHIR_XML, GOOD_XML),
    (KITH, PLAIN_XML, GOOD_KITH),
    (REHEARSE, PLAIN_XML, GOOD_KITH),
)
LAUGHS = b"".join(b'<!ENTITY a%d "%s">' % (at, b"&a%d;" % (at - 1) * 10) for at in range(1, 12))

DOCTYPES: dict[str, bytes] = {
    "bare": b"<!DOCTYPE %b>",
    "empty subset": b"<!DOCTYPE %b []>",
    "system": b'<!DOCTYPE %b SYSTEM "http://127.0.0.1:9/x.dtd">',
    "system file": b'<!DOCTYPE %b SYSTEM "file:///etc/passwd">',
    "public": b'<!DOCTYPE %b PUBLIC "-//x//y" "http://127.0.0.1:9/x.dtd">',
    "internal entity": b'<!DOCTYPE %b [<!ENTITY e "x">]>',
    "external entity": b'<!DOCTYPE %b [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    "external over http": b'<!DOCTYPE %b [<!ENTITY e SYSTEM "http://169.254.169.254/">]>',
    "public entity": b'<!DOCTYPE %b [<!ENTITY e PUBLIC "x" "ftp://127.0.0.1:9/">]>',
    "parameter entity": b"<!DOCTYPE %b [<!ENTITY %% p \"<!ENTITY e 'x'>\">%%p;]>",
    "external parameter entity": b'<!DOCTYPE %b [<!ENTITY %% p SYSTEM "http://127.0.0.1:9/">%%p;]>',
    "unparsed entity": b'<!DOCTYPE %b [<!NOTATION n SYSTEM "x"><!ENTITY e SYSTEM "x" NDATA n>]>',
    "notation": b'<!DOCTYPE %b [<!NOTATION n SYSTEM "sh -c x">]>',
    "element": b"<!DOCTYPE %b [<!ELEMENT %b ANY>]>",
    "attribute default": b'<!DOCTYPE %b [<!ATTLIST %b x CDATA "y">]>',
    "namespace default": b'<!DOCTYPE %b [<!ATTLIST %b xmlns CDATA "urn:x">]>',
    "id attribute": b"<!DOCTYPE %b [<!ATTLIST %b id ID #IMPLIED>]>",
    "ignored section": b"<!DOCTYPE %b [<![IGNORE[x]]>]>",
    "comment inside": b"<!DOCTYPE %b [<!-- ]> -->]>",
    "spread over lines": b"<!DOCTYPE\n\t%b\n[\n]\n>",
    "lower case": b"<!doctype %b>",
    "another root": b"<!DOCTYPE html>",
    "unfinished": b"<!DOCTYPE %b [",
}
PASSED_OVER = {
    "namespaces nested",
    "a long attribute name",
    "a long element name",
    "xinclude",
    "xinclude of text",
    "foreign element",
    "text between",
    "script",
    "signature without anything",
    "encrypted",
}
"""What stands between the parts of a MsgHead and is none of them is a remark; nothing is fetched for it."""


def cases() -> Iterator[Case]:
    """Every case at every door that takes XML."""
    for door, media, good in DOORS:
        for name, raw in texts(good).items():
            if door != KITH or name not in PASSED_OVER:
                yield Case(f"xml: {name} at {door}", door, media, raw)


def texts(good: bytes) -> dict[str, bytes]:
    """Hostile forms of one good document, by name."""
    start = good.index(b"<", good.index(b"?>") + 2 if good.startswith(b"<?xml") else 0)
    root = good[start:].rstrip()
    name = re.match(rb"<(\w+)", root)
    assert name is not None
    return (
        _doctypes(root, name[1])
        | _encodings(root)
        | _around(root, name[1])
        | _floods(root, name[1])
        | _inside(root, name[1])
        | _no_xml(root)
    )


def _doctypes(root: bytes, name: bytes) -> dict[str, bytes]:
    made = {}
    for kind, doctype in DOCTYPES.items():
        written = doctype.replace(b"%b", name).replace(b"%%", b"%")
        made[f"doctype {kind}"] = b'<?xml version="1.0" encoding="UTF-8"?>' + written + root
    plain = b"<!DOCTYPE " + name + b' [<!ENTITY e "x">]>' + root
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037", "iso-8859-1", "utf-7"):
        declared = f'<?xml version="1.0" encoding="{encoding}"?>'
        made[f"doctype in {encoding}"] = (declared + plain.decode()).encode(encoding, "replace")
    first = root.index(b">") + 1
    for kind, entity in {
        "laughs": b'<!ENTITY a0 "ha">' + LAUGHS + b'<!ENTITY e "&a11;">',
        "one long": b'<!ENTITY e "' + b"x" * 50_000 + b'">',
        "itself": b'<!ENTITY e "&e;">',
        "a file": b'<!ENTITY e SYSTEM "file:///etc/hostname">',
    }.items():
        made[f"entity used: {kind}"] = (
            b"<!DOCTYPE " + name + b" [" + entity + b"]>" + root[:first] + b"&e;" + root[first:]
        )
    made["doctype behind a comment"] = b"<!-- c --><!DOCTYPE " + name + b">" + root
    made["doctype after the root"] = root + b"<!DOCTYPE " + name + b">"
    made["doctype twice"] = (b"<!DOCTYPE " + name + b">") * 2 + root
    made["doctype inside"] = root[:first] + b"<!DOCTYPE x>" + root[first:]
    made["undeclared entity"] = root[:first] + b"&nbsp;" + root[first:]
    made["character reference to nul"] = root[:first] + b"&#0;" + root[first:]
    made["character reference to a surrogate"] = root[:first] + b"&#xD800;" + root[first:]
    made["character reference beyond unicode"] = root[:first] + b"&#x110000;" + root[first:]
    made["character reference that is endless"] = root[:first] + b"&#" + b"9" * 5000 + b";" + root[first:]
    return made


def _encodings(root: bytes) -> dict[str, bytes]:
    text = root.decode()
    made = {"angles in utf-7": root.replace(b"<", b"+ADw-")}
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "cp037"):
        declared = f'<?xml version="1.0" encoding="{encoding}"?>'
        made[f"{encoding}, declared"] = (declared + text).encode(encoding, "replace")
        made[f"{encoding}, declared as utf-8"] = (declared.replace(encoding, "UTF-8") + text).encode(
            encoding, "replace"
        )
        made[f"utf-8, declared as {encoding}"] = (declared + text).encode()
    for encoding in (
        "windows-1252",
        "us-ascii",
        "x-none",
        "",
        "UTF-8 ",
        "cp65001",
        "ISO-2022-KR",
        "hz-gb-2312",
        "big5",
        "ucs-4",
    ):
        made[f"declared as {encoding!r}"] = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode()
    made["latin-1 letters as utf-8"] = b'<?xml version="1.0" encoding="UTF-8"?>' + root.replace(b">", b">\xe6", 1)
    for kind, piece in {
        "nul": b"\x00",
        "control": b"\x01",
        "escape": b"\x1b",
        "delete of unicode": "\ufffe".encode(),
        "overlong": b"\xc0\xbc",
        "surrogate": b"\xed\xa0\x80",
        "beyond unicode": b"\xf4\x90\x80\x80",
        "half a letter": b"\xc3",
    }.items():
        made[f"{kind} in a text"] = root.replace(b">", b">" + piece, 1)
        made[f"{kind} in a value"] = root.replace(b'="', b'="' + piece, 1)
    return made


def _around(root: bytes, name: bytes) -> dict[str, bytes]:
    return {
        "two roots": root + root,
        "root in a root": b"<x>" + root + b"</x>",
        "text before": b"x" + root,
        "text after": root + b"x",
        "nul after": root + b"\x00",
        "element after": root + b"<x/>",
        "end tag after": root + b"</" + name + b">",
        "no end": root[: -len(name) - 3],
        "half": root[: len(root) // 2],
        "blank before the declaration": b' <?xml version="1.0"?>' + root,
        "declaration twice": b'<?xml version="1.0"?>' * 2 + root,
        "declaration inside": root.replace(b">", b'><?xml version="1.0"?>', 1),
        "version 1.1": b'<?xml version="1.1"?>' + root,
        "version 2.0": b'<?xml version="2.0"?>' + root,
        "instruction before": b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl" type="text/xsl"?>' + root,
        "instruction inside": root.replace(b">", b"><?php system($x); ?>", 1),
        "instruction after": root + b"<?x?>",
        "mark twice": b"\xef\xbb\xbf" * 2 + root,
        "mark of utf-16": b"\xff\xfe" + root,
        "section outside": b"<![CDATA[x]]>" + root,
        "comment that does not end": root + b"<!-- ",
        "comment with two dashes": root.replace(b">", b"><!-- a -- b -->", 1),
    }


def _floods(root: bytes, name: bytes) -> dict[str, bytes]:
    first = root.index(b">")
    inside = first + 1
    spaces = b"".join(b' xmlns:p%d="urn:%d"' % (at, at) for at in range(200))
    attributes = b"".join(b' a%d="x"' % at for at in range(500))
    nested = b"".join(b'<x xmlns="urn:%d">' % at for at in range(60))
    return {
        "namespaces at the root": root[:first] + spaces + root[first:],
        "namespaces inside": root[:inside] + b"<x" + spaces + b"/>" + root[inside:],
        "namespaces nested": root[:inside] + nested + b"</x>" * 60 + root[inside:],
        "attributes at the root": root[:first] + attributes + root[first:],
        "attributes inside": root[:inside] + b"<x" + attributes + b"/>" + root[inside:],
        "a long attribute name": root[:first] + b" " + b"a" * 70_000 + b'="x"' + root[first:],
        "a long element name": root[:inside] + b"<" + b"a" * 70_000 + b"/>" + root[inside:],
        "deep": root[:inside] + b"<x>" * 300 + b"</x>" * 300 + root[inside:],
        "deep and open": root[:inside] + b"<x>" * 20_000,
        "wide": root[:inside] + b"<x/>" * 51_000 + root[inside:],
        "one attribute twice": root[:inside] + b'<x a="1" a="2"/>' + root[inside:],
        "one attribute in two prefixes": root[:inside]
        + b'<x xmlns:p="urn:x" xmlns:q="urn:x" p:a="1" q:a="2"/>'
        + root[inside:],
        "the root's name in lower case": root.replace(name, name.lower()),
    }


def _inside(root: bytes, name: bytes) -> dict[str, bytes]:
    inside = root.index(b">") + 1
    head, rest = root[:inside], root[inside:]
    body = rest[: -len(name) - 3]
    return {
        "xinclude": head + b'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>' + rest,
        "xinclude of text": head
        + b'<i:include xmlns:i="http://www.w3.org/2001/XInclude" parse="text" href="http://127.0.0.1:9/"/>'
        + rest,
        "foreign element": head + b'<x xmlns="urn:x"/>' + rest,
        "foreign wrapper": head + b'<x xmlns="urn:x">' + body + b"</x></" + name + b">",
        "no namespace": re.sub(rb' xmlns="[^"]*"', b"", root),
        "another namespace": re.sub(rb' xmlns="[^"]*"', b' xmlns="urn:x"', root),
        "namespace with a slash": re.sub(rb' xmlns="([^"]*)"', rb' xmlns="\1/"', root, count=1),
        "namespace in upper case": re.sub(
            rb' xmlns="([^"]*)"', lambda found: b' xmlns="' + found[1].upper() + b'"', root, count=1
        ),
        "the reserved prefix": head + b'<x xmlns:xml="urn:x"/>' + rest,
        "the prefix of prefixes": head + b'<x xmlns:xmlns="urn:x"/>' + rest,
        "a prefix for nothing": head + b'<p:x xmlns:p=""/>' + rest,
        "an undeclared prefix": head + b"<p:x/>" + rest,
        "text between": head + b"x" + rest,
        "script": head + b'<script xmlns="http://www.w3.org/1999/xhtml">x</script>' + rest,
        "everything in a section": head + b"<![CDATA[" + body + b"]]></" + name + b">",
        "everything in a comment": head + b"<!--" + body.replace(b"--", b"") + b"--></" + name + b">",
        "signature without anything": head + b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>' + rest,
        "encrypted": head + b'<EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#"/>' + rest,
        "end of section in a text": head + b"]]>" + rest,
        "bare ampersand": head + b"&" + rest,
        "less-than in a value": root.replace(b'="', b'="<', 1),
        "unquoted value": re.sub(rb'="([^"]*)"', rb"=\1", root, count=1),
        "tags crossed": head + b"<x><y></x></y>" + rest,
    }


def _no_xml(root: bytes) -> dict[str, bytes]:
    return {
        "empty": b"",
        "blanks": b" \n\t",
        "json": b'{"resourceType": "Bundle"}',
        "html": b"<!doctype html><title>x",
        "only a declaration": b'<?xml version="1.0"?>',
        "gzip": gzip.compress(root, mtime=0),
        "zlib": zlib.compress(root),
        "base64": b"PE1zZ0hlYWQvPg==",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>',
        "stylesheet": b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"/>',
        "soap": b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        + root
        + b"</e:Body></e:Envelope>",
        "fast infoset": b"\xe0\x00\x00\x01" + root,
        "exi": b"$EXI\x80" + root,
    }
