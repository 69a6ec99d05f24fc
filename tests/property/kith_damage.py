"""Ways to damage a message of the form of 2008 as no honest sender would, in its tree or in its bytes.

What a sender invents bears a mark: names, values and texts alike, so that a finding that quotes any of it is caught.
Damage may leave a message that nobody can read. Nothing here asks the gateway anything.
"""

import copy
from collections.abc import Callable
from random import Random
from typing import Final

from lxml import etree

from certgateway.kith.names import LEGEERKLARING, MSGHEAD
from tests.golden.kith_mutations import MUTATIONS
from tests.property.kith_planting import BENEFITS
from tests.property.planting import MARK

Tree = etree._Element
Damage = Callable[[Tree, Random], None]

NAMESPACES: Final = (LEGEERKLARING, MSGHEAD, f"urn:{MARK}", "")
NUMBERS: Final = (
    "9" * 5000,
    "0" * 5000 + "2",
    "-" + "0" * 5000,
    "1e999",
    "١٢٣",
    "²",
    "0x2",
    "+ 2",
    "--2",
    "99999999999999999999",
)
DATES: Final = ("9" * 400 + "-01-01", "-0001-01-01", "2026-02-30", "0000-00-00", "2026-10-25T02:30:00", "24:00:00", "∞")
ODD_NAMES: Final = ("_", "å.b-c", "Ωa")
ENCODINGS: Final = ("utf-16", "iso-8859-1", "windows-1252", "us-ascii", "utf-8", "utf-7", "ebcdic-cp-no", "utf8")
SNIPPETS: Final = (
    f"<!-- {MARK} -->",
    f"<![CDATA[{MARK} & <a>]]>",
    f"<?{MARK} {MARK}?>",
    f"<!DOCTYPE a [<!ENTITY {MARK} '{MARK}'>]>",
    f"&{MARK};",
    "&#0;",
    "&#x10FFFF;",
    "&#xD800;",
    "&#13;",
    "\x0b",
    "\ufffe",
    "\U0001f600",
    f"<{MARK}>",
    f"</{MARK}>",
    f"<{MARK}:a/>",
    f"<a xmlns:{MARK}=''/>",
    f"<{MARK} xmlns='urn:{MARK}' xmlns:b='{LEGEERKLARING}' b:typeTiltak='2' typeTiltak='9'/>",
    "]]>",
    '"',
    "'",
    "<",
    ">",
)


def _any(root: Tree, random: Random) -> Tree:
    return random.choice(list(root.iter("*")))


def _inner(root: Tree, random: Random) -> Tree:
    """An element with one around it."""
    inner = list(root.iter("*"))[1:]
    return random.choice(inner) if inner else etree.SubElement(root, MARK)


def _tag(name: str, random: Random) -> str:
    namespace = random.choice(NAMESPACES)
    return f"{{{namespace}}}{name}" if namespace else name


def _rename(root: Tree, random: Random) -> None:
    _any(root, random).tag = _tag(random.choice((MARK, MARK, *ODD_NAMES)), random)


def _wrap(root: Tree, random: Random) -> None:
    """An element that nobody knows around one that is known."""
    element = _inner(root, random)
    around = etree.Element(_tag(MARK, random))
    element.addprevious(around)
    around.append(element)


def _deepen(root: Tree, random: Random) -> None:
    here = _any(root, random)
    for _ in range(random.choice((5, 30, 60, 70, 500))):
        here = etree.SubElement(here, _tag(random.choice((MARK, "Organisation", "Legeerklaring")), random))
    here.append(copy.deepcopy(random.choice(BENEFITS).element()))


def _add_attribute(root: Tree, random: Random) -> None:
    name = random.choice((MARK, MARK, random.choice(ODD_NAMES), "typeTiltak", "kodeverdi"))
    _any(root, random).set(_tag(name, random), random.choice((MARK, "2", " ")))


def _attributes_galore(root: Tree, random: Random) -> None:
    element = _any(root, random)
    for number in range(random.choice((10, 40))):
        element.set(f"{MARK}{number}", MARK)


def _value(root: Tree, random: Random) -> None:
    bearers = [element for element in root.iter("*") if element.attrib]
    if bearers:
        element = random.choice(bearers)
        element.set(random.choice(sorted(map(str, element.attrib))), random.choice((MARK, *NUMBERS, *DATES)))


def _text(root: Tree, random: Random) -> None:
    leaves = [element for element in root.iter("*") if not len(element)]
    random.choice(leaves).text = random.choice((MARK, f" {MARK} ", *NUMBERS, *DATES, "\u00a0", "\x85", " \t\r\n"))


def _mix(root: Tree, random: Random) -> None:
    """Text between elements, and elements, comments and instructions inside text."""
    element = _any(root, random)
    text = element.text or ""
    inside = random.choice((etree.Comment(MARK), etree.Element(_tag(MARK, random)), random.choice(BENEFITS).element()))
    at = random.randint(0, len(text))
    element.insert(0, inside)
    element.text, inside.tail = text[:at] or None, (text[at:] or None) if random.random() < 0.5 else MARK


def _plant(root: Tree, random: Random) -> None:
    place = _any(root, random)
    place.insert(random.randint(0, len(place)), random.choice(BENEFITS).element())


def _twice(root: Tree, random: Random) -> None:
    element = _inner(root, random)
    for _ in range(random.choice((1, 1, 3, 40))):
        element.addnext(copy.deepcopy(element))


TREE_DAMAGES: Final[tuple[Damage, ...]] = (
    _rename,
    _wrap,
    _deepen,
    _add_attribute,
    _attributes_galore,
    _value,
    _text,
    _mix,
    _plant,
    _twice,
)


def damaged_tree(raw: bytes, random: Random) -> bytes:
    """The message with one to three things done to its tree."""
    root = etree.fromstring(raw)
    for _ in range(random.choice((1, 1, 2, 3))):
        random.choice(MUTATIONS if random.random() < 0.3 else TREE_DAMAGES)(root, random)
    encoding = random.choice(("utf-8", "utf-8", "iso-8859-1"))
    content = etree.tostring(root, encoding=encoding, xml_declaration=True, with_tail=False)
    return content if isinstance(content, bytes) else content.encode()


# ---- bytes ----


def _flip(raw: bytes, random: Random) -> bytes:
    body = bytearray(raw)
    for _ in range(random.choice((1, 1, 2, 8))):
        body[random.randrange(len(body))] ^= 1 << random.randrange(8)
    return bytes(body)


def _cut_out(raw: bytes, random: Random) -> bytes:
    start = random.randrange(len(raw))
    return raw[:start] + raw[start + random.choice((1, 2, 10, 100, 1000)) :]


def _repeat(raw: bytes, random: Random) -> bytes:
    start = random.randrange(len(raw))
    piece = raw[start : start + random.choice((1, 5, 50, 500))]
    return raw[:start] + piece * random.choice((2, 3)) + raw[start + len(piece) :]


def _cut_short(raw: bytes, random: Random) -> bytes:
    return raw[: random.randrange(1, len(raw))]


def _insert(raw: bytes, random: Random) -> bytes:
    """Now and then where something begins or ends, since elsewhere it seldom means anything."""
    borders = [at for at, byte in enumerate(raw) if byte in b'<> "/']
    start = random.choice(borders) + random.randint(0, 1) if random.random() < 0.7 else random.randrange(len(raw))
    return raw[:start] + random.choice(SNIPPETS).encode("utf-8", "surrogatepass") + raw[start:]


def _declare(raw: bytes, random: Random) -> bytes:
    """Another encoding declared, and perhaps used."""
    name = random.choice(ENCODINGS)
    body = raw.partition(b"?>")[2]
    if random.random() < 0.5:
        try:
            body = body.decode("utf-8").encode(name, "xmlcharrefreplace")
        except (LookupError, UnicodeDecodeError):
            return body
    mark = random.choice((b"", b"", b"\xef\xbb\xbf", b"\n", b"\xff\xfe"))
    quote = random.choice(("'", '"'))
    return mark + f"<?xml version={quote}1.0{quote} encoding={quote}{name}{quote}?>".encode() + body


def _rewrite(raw: bytes, random: Random) -> bytes:
    """Other line ends, references for letters, and prefixes: nothing that means anything else."""
    old, new = random.choice(
        (
            (b"\n", b"\r\n"),
            (b"\n", b"\r"),
            (b"\n", b""),
            (b'"', b"'"),
            (b"<Prognose", b"<Prognose\n\t"),
            (b"a", b"&#x61;"),
            (b"></", b"><!-- x --></"),
        )
    )
    return raw.replace(old, new)


BYTE_DAMAGES: Final[tuple[Callable[[bytes, Random], bytes], ...]] = (
    _flip,
    _cut_out,
    _repeat,
    _cut_short,
    _insert,
    _insert,
    _declare,
    _rewrite,
)


def damaged_bytes(raw: bytes, random: Random) -> bytes:
    """The message with one or two things done to its bytes."""
    for _ in range(random.choice((1, 1, 2))):
        raw = random.choice(BYTE_DAMAGES)(raw, random) or b" "
    return raw


def damaged(raw: bytes, random: Random) -> bytes:
    """Tree, bytes, or first the one and then the other."""
    if random.random() < 0.65:
        raw = damaged_tree(raw, random)
        return damaged_bytes(raw, random) if random.random() < 0.2 else raw
    return damaged_bytes(raw, random)
