"""Whether a narrative is the plain XHTML that FHIR allows: R4 narrative, rules txt-1 and txt-2.

Only the names of elements and attributes on FHIR's list pass. Nothing here may follow a link, resolve an entity or
repeat the narrative.
"""

from __future__ import annotations

import re

from lxml import etree

from certgateway import safexml
from certgateway.safejson import Unreadable

XHTML = "http://www.w3.org/1999/xhtml"
# fmt: off
_ELEMENTS = frozenset({
    "a", "abbr", "acronym", "b", "big", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "dfn",
    "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "q", "samp",
    "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "ul", "var",
})
_ATTRIBUTES = frozenset({
    "abbr", "accesskey", "align", "alt", "axis", "bgcolor", "border", "cellhalign", "cellpadding", "cellspacing",
    "cellvalign", "char", "charoff", "charset", "cite", "class", "colspan", "compact", "coords", "dir", "frame",
    "headers", "height", "href", "hreflang", "hspace", "id", "lang", "longdesc", "name", "nowrap", "rel", "rev",
    "rowspan", "rules", "scope", "shape", "span", "src", "start", "style", "summary", "tabindex", "title", "type",
    "valign", "value", "vspace", "width", "{http://www.w3.org/XML/1998/namespace}lang",
})
# fmt: on
_LINKS = ("href", "src", "cite", "longdesc")
_ACTIVE = frozenset({"javascript", "vbscript"})
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;|#)[A-Za-z][A-Za-z0-9]*;")
# What XHTML doesn't let stand inside a paragraph.
_BLOCKS = frozenset(f"{{{XHTML}}}{name}" for name in ("blockquote", "div", "ol", "p", "table", "ul"))

_PARAGRAPH = f"{{{XHTML}}}p"

# Of what is allowed, what asks for nothing more: no links, images or marks to link to; names as expat writes them.
_PLAIN_ATTRIBUTES = _ATTRIBUTES - {"cite", "href", "id", "longdesc", "name", "src"}
_PLAIN_ELEMENTS = frozenset(f"{XHTML}}}{name}" for name in _ELEMENTS - {"a", "img"})
_PLAIN_BLOCKS = frozenset(name[1:] for name in _BLOCKS)
_DIV = f"{XHTML}}}div"
# The most usual narrative: a text, or paragraphs of nothing else, without a character that XML forbids or folds.
_TEXT = r"[ \u00a0]*+[!-%'-;=?-~\u00a1-\u024f][ -%'-;=?-~\u00a0-\u024f]*+"
_PARAGRAPHS = re.compile(rf'<div xmlns="{re.escape(XHTML)}">(?:{_TEXT}|(?:<p>{_TEXT}</p>)++)</div>')
# Well within what `safexml` allows of depth and attributes.
_DEEPEST = 32
_MOST_ATTRIBUTES = 16


def objection(text: str) -> str | None:
    """Why the narrative isn't allowed, in our words: None where it is.

    Answers: `entities of XML alone`, `well-formed XHTML`, `a div in the XHTML namespace`, `allowed elements`,
    `allowed attributes`, `links that run nothing`, `paragraphs without blocks`, `content`.
    """
    if "&" in text and _ENTITY.search(text):
        return "entities of XML alone"
    try:
        root = safexml.parse(text.encode("utf-8", "surrogatepass"))
    except Unreadable:
        return "well-formed XHTML"
    return "a div in the XHTML namespace" if root.tag != f"{{{XHTML}}}div" else _of_content(root)


def is_plain(text: str) -> bool:
    """Whether a narrative surely is allowed and has no links; one look at each element, and no tree is built."""
    if _PARAGRAPHS.fullmatch(text) is not None:
        return True
    if "&" in text and _ENTITY.search(text):
        return False  # Even in a comment, where no parser looks for it.
    reader = _PlainReader()
    try:
        safexml.plain_parse(text.encode("utf-8"), reader.start, reader.end, reader.text)
    except (safexml.UnusualError, UnicodeEncodeError):
        return False
    return reader.has_content


class _PlainReader:
    """Looks at each element as it comes; raises `UnusualError` for whatever takes a closer look."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.has_content = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in _PLAIN_ELEMENTS or not _PLAIN_ATTRIBUTES.issuperset(attributes):
            raise safexml.UnusualError
        if len(self.open) > _DEEPEST or len(attributes) > _MOST_ATTRIBUTES:
            raise safexml.UnusualError
        if not self.open and name != _DIV:
            raise safexml.UnusualError
        if name in _PLAIN_BLOCKS and _PARAGRAPH[1:] in self.open:
            raise safexml.UnusualError
        self.open.append(name)

    def end(self, _: str) -> None:
        self.open.pop()

    def text(self, text: str) -> None:
        self.has_content = self.has_content or not text.isspace()


def _runs(link: str) -> bool:
    """Whether a browser would run what a link holds; it overlooks spaces and control characters, as browsers do."""
    scheme, colon, rest = "".join(char for char in link.casefold() if char > " ").partition(":")
    return bool(colon) and (scheme in _ACTIVE or (scheme == "data" and not rest.startswith("image/")))


def _of_content(root: etree._Element) -> str | None:
    has_content = False
    for element in root.iter(etree.Element):
        space, _, name = str(element.tag).rpartition("}")
        if space != "{" + XHTML or name not in _ELEMENTS:
            return "allowed elements"
        if not _ATTRIBUTES.issuperset(map(str, element.attrib)):
            return "allowed attributes"
        if element.attrib and any(_runs(element.get(link, "")) for link in _LINKS):
            return "links that run nothing"
        if element.tag in _BLOCKS and next(element.iterancestors(_PARAGRAPH), None) is not None:
            return "paragraphs without blocks"
        has_content = has_content or name == "img"
    return None if has_content or "".join(map(str, root.itertext())).strip() else "content"
