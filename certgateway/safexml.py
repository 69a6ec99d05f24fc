"""Foreign XML becomes a tree here, or is refused with a stable id and a position; nowhere else is XML parsed.

One streaming pass counts and refuses: DOCTYPE, entities, processing instructions, encodings that were not asked for,
nesting, elements, attributes, namespaces. `parse_into` lets the caller build from that same pass. For `parse`, lxml
builds when the pass has found nothing, with comments gone and the text around them whole; a body that by a glance at
its bytes can break no limit but nesting is built at once, and looked over then. This module must never expand an
entity, reach the network, or quote what it read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn, Protocol
from xml.parsers import expat

from lxml import etree

from certgateway.safejson import Unreadable

_BOM = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xfe\xff", b"\xff\xfe", b"\x00\x00\xfe\xff")
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}?\sencoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_PLAIN_DECLARATION = re.compile(
    rb"<\?xml version=(?:\"1\.0\"|'1\.0')(?: encoding=(?:\"[A-Za-z0-9-]+\"|'[A-Za-z0-9-]+'))?"
    rb"(?: standalone=(?:\"(?:yes|no)\"|'(?:yes|no)'))? ?\?>"
)
_UNUSUAL_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
# libxml2 takes more letters beyond ASCII for names than expat does; what one of them refuses must be refused. First the
# tags that hold such letters anywhere, then of those the ones that hold them outside their values.
_FOREIGN_TAG = re.compile(rb"<[^<>\x80-\xff]*+[\x80-\xff][^<>]*+")
_FOREIGN_NAME = re.compile(rb"(?:[^\"'\x80-\xff]|\"[^\"]*+\"|'[^']*+')*+[\x80-\xff]")
# What surely is a URI: libxml2 refuses namespaces that are none, expat takes them.
_PLAIN_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[A-Za-z0-9/._\-]*")
_NAMESPACE = re.compile(rb"xmlns(?::[^\s=]++)?\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+')")
_UNKNOWN_ENCODING_ERRORS = {
    expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING],
    expat.errors.codes[expat.errors.XML_ERROR_INCORRECT_ENCODING],
}
_BUILT_AT_ONCE = 10_000
"""Tags of a document that is built while it is counted: the largest certificate anybody could write has fewer."""
_ENTITY_ERROR = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """What a document may hold: nesting, elements, attributes an element, namespace pairs in all and in scope."""

    depth: int = 64
    elements: int = 50_000
    attributes: int = 32
    namespaces: int = 64
    namespaces_in_scope: int = 16


DEFAULT_LIMITS = XmlLimits()
UTF8_ONLY = ("utf-8",)
SEPARATOR = "\x01"
"""Between namespace and local name in what a builder is told; XML can hold it nowhere."""


class Builder(Protocol):
    """Who is told what stands in a document, in its order. An offset counts bytes from behind a UTF-8 mark."""

    def start(self, name: str, attributes: dict[str, str], offset: int, /) -> None:
        """An element begins; names that have a namespace are `namespace SEPARATOR local name`."""

    def end(self) -> None:
        """The element that began last and is still open ends."""

    def text(self, text: str, /) -> None:
        """Some of the text in the open element, without comments."""


def parse(raw: bytes, limits: XmlLimits = DEFAULT_LIMITS, encodings: tuple[str, ...] = UTF8_ONLY) -> etree._Element:
    """Turn a document into its root element; raises `Unreadable`.

    `encodings` are the lower-case names a declaration may state; utf-8 holds without one. Besides the ids of
    `safejson` that fit: not-xml, doctype-refused, entity-refused, instruction-refused, too-many-elements,
    too-many-attributes, too-many-namespaces.
    """
    body, encoding = _check_encoding(raw, encodings)
    if not _is_plain(body, limits):
        _Pass(body, encoding, limits).run()
        return _build(body, encoding)
    try:
        root = _build(body, encoding)
    except Unreadable:
        # The counting pass knows better what is wrong, and where.
        _Pass(body, encoding, limits).run()
        raise
    if _is_suspect(root, limits):
        _Pass(body, encoding, limits).run()
    return root


def parse_into(
    raw: bytes, builder: Builder, limits: XmlLimits = DEFAULT_LIMITS, encodings: tuple[str, ...] = UTF8_ONLY
) -> None:
    """Read a document once and let `builder` build from it; raises `Unreadable` as `parse` does.

    What was told to the builder before a refusal may be used to say whose document it was, and for nothing else.
    """
    body, encoding = _check_encoding(raw, encodings)
    if body.count(b"<") > _BUILT_AT_ONCE:
        # To build costs twenty times as much as to count: nothing of a large document is built that is to be refused.
        _Pass(body, encoding, limits).run()
    _Pass(body, encoding, limits, builder).run()


class UnusualError(Exception):
    """A document holds what `plain_parse` leaves to `parse`."""


def plain_parse(
    raw: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    limits: XmlLimits = DEFAULT_LIMITS,
) -> None:
    """Read a UTF-8 document in one pass straight from the parser; raises `UnusualError` for what `parse` must see.

    That is whatever `parse` would refuse, and some that it wouldn't; only nesting and attributes are left to count for
    those who are told of elements. Names with a namespace are `namespace}local name`.
    """
    if raw.startswith((_BOM, *_WIDE_MARKS)) or b"\x00" in raw[:2] or declared_encoding(raw) != "utf-8":
        raise UnusualError
    if raw.count(b"<") > limits.elements or b"<!DOCTYPE" in raw:
        raise UnusualError
    pairs: set[tuple[str | None, str | None]] = set()

    def bind(prefix: str | None, uri: str | None) -> None:
        pairs.add((prefix, uri))
        is_plain = uri is None or _PLAIN_NAMESPACE.fullmatch(uri) is not None
        if len(pairs) > limits.namespaces_in_scope or not is_plain:
            raise UnusualError

    def refuse(*_: object) -> None:
        raise UnusualError

    parser = expat.ParserCreate("utf-8", namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartNamespaceDeclHandler = bind
    parser.ProcessingInstructionHandler = parser.StartDoctypeDeclHandler = refuse
    parser.XmlDeclHandler = lambda version, encoding, _: None if _is_expected(version, encoding) else refuse()
    try:
        parser.Parse(raw, True)  # noqa: FBT003  As below.
    except expat.ExpatError:
        raise UnusualError from None


def _is_expected(version: str, encoding: str | None) -> bool:
    return version == "1.0" and (encoding or "utf-8").lower() == "utf-8"


def salvage_into(raw: bytes, builder: Builder, limits: XmlLimits = DEFAULT_LIMITS) -> None:
    """Tell `builder` what can be read of a document that was refused, until nothing more can; never to be judged.

    Instructions and a document type are passed over without a look inside, and whatever encoding is declared, the bytes
    decide between UTF-16, UTF-8 and Latin-1: ids are ASCII in all that are in use. The limits hold, and no entity is
    expanded.
    """
    encoding = "utf-16" if raw.startswith(_WIDE_MARKS) else "utf-8" if _is_utf8(raw) else "iso-8859-1"
    # Whatever stops it, the builder has what was said until then.
    with suppress(Unreadable):
        _Pass(_without_doctype(raw.removeprefix(_BOM)), encoding, limits, builder, salvaging=True).run()


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _without_doctype(body: bytes) -> bytes:
    start = body.find(b"<!DOCTYPE")
    end = body.find(b">", start)
    if start < 0 or end < 0:
        return body
    subset = body.find(b"[", start, end)
    if subset >= 0:
        end = body.find(b">", body.find(b"]", subset))
    return body[:start] + body[end + 1 :] if end >= 0 else body


def declared_encoding(raw: bytes) -> str:
    """The lower-case encoding a document declares, or utf-8; for positions, which count code points."""
    match = _DECLARATION.match(raw.removeprefix(_BOM))
    return match[1].decode("ascii").lower() if match else "utf-8"


def place(body: bytes, offset: int, encoding: str) -> tuple[int, int]:
    """Line and column, from 1 and in code points, of a byte of a body without byte order mark."""
    start = body.rfind(b"\n", 0, offset) + 1
    return body.count(b"\n", 0, offset) + 1, len(body[start:offset].decode(encoding, "replace")) + 1


def _check_encoding(raw: bytes, encodings: tuple[str, ...]) -> tuple[bytes, str]:
    """The body without a UTF-8 mark, and its encoding, once both are allowed."""
    if raw.startswith(_WIDE_MARKS) or b"\x00" in raw[:2]:
        raise Unreadable("encoding-refused", 1, 1)
    encoding = declared_encoding(raw)
    marked = raw.startswith(_BOM)
    if encoding not in encodings or (marked and encoding != "utf-8"):
        raise Unreadable("encoding-refused", 1, 1)
    body = raw.removeprefix(_BOM)
    if not body.strip(b" \t\r\n"):
        raise Unreadable("empty-body", 1, 1)
    if body.startswith(_BOM):
        # A second mark is a letter that no document begins with; the parsers below would take it for their own mark.
        raise Unreadable("not-xml", 1, 1)
    if encoding == "utf-8":
        _check_utf8(body)
    return body, encoding


def _check_utf8(body: bytes) -> None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("not-utf8", *place(body, error.start, "utf-8")) from None


def _is_plain(body: bytes, limits: XmlLimits) -> bool:
    """Whether the bytes alone show that the counting pass would find nothing but nesting or broken markup.

    Each test errs on the safe side: marks inside comments and values count as if they were markup.
    """
    declaration = _PLAIN_DECLARATION.match(body)
    start = declaration.end() if declaration else 0
    namespaces = _NAMESPACE.findall(body)
    return (
        body.count(b"<") <= limits.elements
        and body.count(b"=") <= limits.elements
        and body.find(b"<?", start) < 0
        and b"<!DOCTYPE" not in body
        and not any(_FOREIGN_NAME.match(tag) for tag in _FOREIGN_TAG.findall(body))
        and _UNUSUAL_ENTITY.search(body) is None
        and len(set(namespaces)) <= min(limits.namespaces, limits.namespaces_in_scope, limits.attributes // 2)
        and body.count(b"xmlns") == len(namespaces)
    )


def _is_suspect(root: etree._Element, limits: XmlLimits) -> bool:
    """Whether a built document may be nested too deeply, or hold an element with too many attributes."""
    # Namespace declarations are no attributes to lxml, but they count; so from half the limit on, the pass decides.
    return bool(_deeper_than(limits.depth)(root)) or bool(_more_attributes_than(limits.attributes // 2)(root))


@lru_cache(maxsize=8)
def _deeper_than(depth: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * (depth + 1)})")


@lru_cache(maxsize=8)
def _more_attributes_than(count: int) -> etree.XPath:
    return etree.XPath(f"boolean(//*[@*[{count + 1}]])")


class _Pass:
    """The one pass: expat tells what stands there, each callback stops at the first breach, a builder may listen."""

    def __init__(
        self,
        body: bytes,
        encoding: str,
        limits: XmlLimits,
        builder: Builder | None = None,
        *,
        salvaging: bool = False,
    ) -> None:
        self.body = body
        self.encoding = encoding
        self.limits = limits
        self.builder = builder
        self.depth = 0
        self.elements = 0
        self.pairs: set[tuple[str | None, str]] = set()
        # How often each prefix is bound just now; and how many bindings stand in the start tag that is being read.
        self.bound: Counter[str | None] = Counter()
        self.declared = 0
        # The encoding is given, so a declaration that the check above could not read changes nothing.
        self.parser = expat.ParserCreate(encoding, namespace_separator=SEPARATOR)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartNamespaceDeclHandler = self._bind
        self.parser.EndNamespaceDeclHandler = self._unbind
        self.parser.StartDoctypeDeclHandler = self._doctype
        if not salvaging:
            self.parser.ProcessingInstructionHandler = self._instruction
            self.parser.XmlDeclHandler = self._declaration
        if builder is not None:
            self.parser.buffer_text = True
            self.parser.CharacterDataHandler = builder.text

    def run(self) -> None:
        """Read the whole body once; raises `Unreadable`."""
        try:
            self.parser.Parse(self.body, True)  # noqa: FBT003  The C function takes it by position only.
        except expat.ExpatError as error:
            self._refuse(self._id_of(error.code), self.parser.ErrorByteIndex)

    @staticmethod
    def _id_of(code: int) -> str:
        if code in _UNKNOWN_ENCODING_ERRORS:
            return "encoding-refused"
        return "entity-refused" if code == _ENTITY_ERROR else "not-xml"

    def _refuse(self, id_: str, offset: int | None = None) -> NoReturn:
        at = self.parser.CurrentByteIndex if offset is None else offset
        raise Unreadable(id_, *place(self.body, max(at, 0), self.encoding))

    def _declaration(self, version: str, encoding: str | None, _standalone: int) -> None:
        # A declaration written so that `declared_encoding` misses it must not slip past the list of encodings.
        if version != "1.0":
            self._refuse("not-xml", 0)
        if (encoding or "utf-8").lower() != self.encoding:
            self._refuse("encoding-refused", 0)

    def _doctype(self, *_: object) -> None:
        self._refuse("doctype-refused")

    def _instruction(self, *_: object) -> None:
        self._refuse("instruction-refused")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > self.limits.depth:
            self._refuse("too-deep")
        if self.elements > self.limits.elements:
            self._refuse("too-many-elements")
        # A declaration is written as an attribute, and costs as much.
        if len(attributes) + self.declared > self.limits.attributes:
            self._refuse("too-many-attributes")
        self.declared = 0
        if self.builder is not None:
            self.builder.start(name, attributes, self.parser.CurrentByteIndex)

    def _end(self, _name: str) -> None:
        self.depth -= 1
        if self.builder is not None:
            self.builder.end()

    def _bind(self, prefix: str | None, uri: str | None) -> None:
        self.declared += 1
        self.bound[prefix] += 1
        self.pairs.add((prefix, uri or ""))
        if len(self.pairs) > self.limits.namespaces or len(self.bound) > self.limits.namespaces_in_scope:
            self._refuse("too-many-namespaces")

    def _unbind(self, prefix: str | None) -> None:
        self.bound[prefix] -= 1
        if not self.bound[prefix]:
            del self.bound[prefix]


def _build(body: bytes, encoding: str) -> etree._Element:
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        # libxml2's own walls stop an honest attachment; ours have been checked by now.
        huge_tree=True,
    )
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise Unreadable("not-xml", max(line, 1), max(column, 1)) from None
