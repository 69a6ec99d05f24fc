"""Foreign XML becomes an lxml tree here, or is refused with a stable id and a position; nowhere else is XML parsed.

One streaming pass counts and refuses before anything is built: DOCTYPE, entities, processing instructions, encodings
that were not asked for, nesting, elements, attributes, namespaces. Only then does lxml build, with comments gone and
the text around them whole. A body that by a glance at its bytes can break no limit but nesting is built at once, and
looked over then. This module must never expand an entity, reach the network, or quote what it read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn
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
_NAMESPACE = re.compile(rb"xmlns(?::[^\s=]++)?\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+')")
_UNKNOWN_ENCODING_ERRORS = {
    expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING],
    expat.errors.codes[expat.errors.XML_ERROR_INCORRECT_ENCODING],
}
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


def parse(raw: bytes, limits: XmlLimits = DEFAULT_LIMITS, encodings: tuple[str, ...] = UTF8_ONLY) -> etree._Element:
    """Turn a document into its root element; raises `Unreadable`.

    `encodings` are the lower-case names a declaration may state; utf-8 holds without one. Besides the ids of
    `safejson` that fit: not-xml, doctype-refused, entity-refused, instruction-refused, too-many-elements,
    too-many-attributes, too-many-namespaces.
    """
    body, encoding = _check_encoding(raw, encodings)
    if not _is_plain(body, limits):
        _Count(body, encoding, limits).run()
        return _build(body, encoding)
    try:
        root = _build(body, encoding)
    except Unreadable:
        # The counting pass knows better what is wrong, and where.
        _Count(body, encoding, limits).run()
        raise
    if _is_suspect(root, limits):
        _Count(body, encoding, limits).run()
    return root


def parse_until(raw: bytes, refusal: Unreadable, encodings: tuple[str, ...] = UTF8_ONLY) -> etree._Element | None:
    """What a document said before its markup broke: enough to tell whose it is, never to be judged.

    `refusal` is why `parse` refused it; None unless it was the markup alone, and then where nothing had been said.
    Elements that were still open have no text of their own: half an id would name another message.
    """
    if refusal.id != "not-xml":
        return None
    body, encoding = _check_encoding(raw, encodings)
    said = body[: _offset(body, refusal, encoding)]
    try:
        root = _build(said, encoding, recover=True)
    except Unreadable:
        return None
    _drop_open_text(root, _open_at_end(said, encoding))
    return root


def _open_at_end(said: bytes, encoding: str) -> int:
    """How many elements have begun and not ended."""
    steps: list[int] = []
    parser = expat.ParserCreate(encoding)
    parser.StartElementHandler = lambda *_: steps.append(1)
    parser.EndElementHandler = lambda _: steps.append(-1)
    try:
        parser.Parse(said, False)  # noqa: FBT003  The C function takes it by position only.
    except expat.ExpatError:
        # The two parsers may disagree about where it broke; what was said until then counts.
        return sum(steps)
    return sum(steps)


def _drop_open_text(root: etree._Element, depth: int) -> None:
    node = root
    for _ in range(depth):
        node.text = None
        for child in node:
            child.tail = None
        if not len(node):
            return
        node = node[-1]


def _offset(body: bytes, refusal: Unreadable, encoding: str) -> int:
    """The byte at a line and column."""
    start = 0
    for _ in range(refusal.line - 1):
        start = body.find(b"\n", start) + 1
    end = body.find(b"\n", start)
    line = body[start : None if end < 0 else end].decode(encoding, "replace")
    return start + len(line[: refusal.column - 1].encode(encoding, "replace"))


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
        and len(set(namespaces)) <= min(limits.namespaces, limits.namespaces_in_scope)
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


class _Count:
    """The counting pass: expat without building, each callback stopping at the first breach."""

    def __init__(self, body: bytes, encoding: str, limits: XmlLimits) -> None:
        self.body = body
        self.encoding = encoding
        self.limits = limits
        self.depth = 0
        self.elements = 0
        self.pairs: set[tuple[str, str]] = set()
        # Each entry: the depth at which prefixes were bound, and what they meant before.
        self.bound: dict[str, str] = {}
        self.unbind: list[tuple[int, dict[str, str]]] = []
        # The encoding is given, so a declaration that the check above could not read changes nothing.
        self.parser = expat.ParserCreate(encoding)
        self.parser.ordered_attributes = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction
        self.parser.XmlDeclHandler = self._declaration

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

    def _start(self, _name: str, attributes: list[str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > self.limits.depth:
            self._refuse("too-deep")
        if self.elements > self.limits.elements:
            self._refuse("too-many-elements")
        if attributes:
            self._attributes(attributes)

    def _attributes(self, attributes: list[str]) -> None:
        names = attributes[::2]
        if len(names) > self.limits.attributes:
            self._refuse("too-many-attributes")
        fresh = {name: uri for name, uri in zip(names, attributes[1::2], strict=True) if name.startswith("xmlns")}
        if fresh:
            self._bind({name: uri for name, uri in fresh.items() if name == "xmlns" or name[5] == ":"})

    def _bind(self, fresh: dict[str, str]) -> None:
        self.unbind.append((self.depth, self.bound))
        self.bound = self.bound | fresh
        self.pairs.update(fresh.items())
        if len(self.pairs) > self.limits.namespaces or len(self.bound) > self.limits.namespaces_in_scope:
            self._refuse("too-many-namespaces")

    def _end(self, _name: str) -> None:
        if self.unbind and self.unbind[-1][0] == self.depth:
            self.bound = self.unbind.pop()[1]
        self.depth -= 1


def _build(body: bytes, encoding: str, *, recover: bool = False) -> etree._Element:
    parser = etree.XMLParser(
        recover=recover,
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
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise Unreadable("not-xml", max(line, 1), max(column, 1)) from None
    if root is None:
        # A parser that mends what it can may be left with nothing.
        raise Unreadable("not-xml", 1, 1)
    return root
