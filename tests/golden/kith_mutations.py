"""Ways to break a message, or nearly: each takes a tree and dice, and changes the tree in one place.

What a mutation makes may still be valid; the schemas say so, and are held against each other. Object identifiers stay
short, since the published pattern takes quadratic time on long ones.
"""

import copy
from collections.abc import Callable
from random import Random
from typing import cast

from lxml import etree

from tests.golden import kith_documents as documents
from tests.golden.kith_dialogues import DATA_TYPES, DIALOG_1_0, DIALOG_1_1, PARTS

Tree = etree._Element
Mutation = Callable[[Tree, Random], None]

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
XS = "http://www.w3.org/2001/XMLSchema"
SHARED_TYPES = DATA_TYPES
NAMESPACES = (
    documents.LEGEERKLARING,
    documents.MSGHEAD,
    documents.BASE64,
    documents.XMLDSIG,
    documents.APPREC_1_0,
    documents.APPREC_1_1,
    DIALOG_1_0,
    DIALOG_1_1,
    PARTS,
    SHARED_TYPES,
    "urn:example:other",
    "",
)

NUMBERS = (
    *(str(number) for number in range(10)),
    *("02", "+2", " 2 ", "2.0", "", " ", "-0", "-1", "\uff12", "1e0", "0x1", "\t3\n", "9" * 20, "+", "+ 2", "2 2"),
    *("\u00a02", "1_0", "two", "002", "+07"),
)
DATES = (
    *("2026-02-28", "2026-02-29", "2024-02-29", "2000-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-32"),
    *("2026-1-4", "2026-01-04Z", "2026-01-04+01:00", "2026-01-04+14:00", "2026-01-04+14:01", "2026-01-04+1:00"),
    *("20260104", "-0001-01-01", "12026-01-01", "02026-01-01", " 2026-01-04 ", "2026-01-04T00:00:00", "2026-06-31"),
    *("\uff12\uff10\uff12\uff16-01-04", "04.01.2026", "9999-12-31", "2026-01-04 +01:00", "2026-01-04z", "26-01-04"),
)
INSTANTS = (
    *("2026-05-12T08:20:00", "2026-05-12T08:20", "2026-05-12T08:20:00Z", "2026-05-12T08:20:00+02:00"),
    *("2026-05-12T24:00:00", "2026-05-12T24:00:01", "2026-05-12T25:00:00", "2026-05-12T08:60:00"),
    *("2026-05-12T08:20:60", "2026-05-12T08:20:00.5", "2026-05-12T08:20:00.", "2026-05-12 08:20:00"),
    *("2026-02-30T08:20:00", "2026-05-12t08:20:00", "\n2026-05-12T08:20:00\n", "2026-05-12T8:20:00"),
)
POINTS = (
    "2026",
    "2026-05",
    "2026-13",
    "26",
    "2026+01:00",
    "08:20:00",
    "08:20",
    "24:00:00",
    "--05",
    "2026-05Z",
    "-2026",
)
OIDS = (
    *("1", "1.2", "1..2", "1.", ".1", ".", "1.2.", "1 .2", " 1.2 ", "1.a", "\uff11.\u0968", "urn:oid:1.2", "1,2"),
    *("1.2.840." + "1." * 20 + "1", "1" * 40, "1.2\t", "\u00b2"),
)
FILES = (
    "",
    " ",
    "T",
    "TQ",
    "TQ=",
    "TQ==",
    "TR==",
    "TWE=",
    "TWF=",
    "TWFu",
    "T W F u",
    "TW-u",
    "TWFu=",
    "=",
    "TWF\u00f8",
)
WORDS = ("H", "HP", "h", " H ", "RES", "LE", "no", "v1.2 2006-05-24", " v1.2 2006-05-24 ", "WP", "MC", "XX", "nb")
TEXTS = ("", " ", "\n  ", "tekst", "0150", "a\tb", "\u00a0", "\U0001f600", "<&>", "x" * 300)
VALUES = (NUMBERS, DATES, INSTANTS, POINTS, OIDS, FILES, WORDS, TEXTS)

ATTRIBUTES = (
    *("V", "S", "DN", "OT", "Id", "URI", "Algorithm", "Target", "lang", "v", "typeLegeerklaring", "typeTiltak"),
    *("kontakt", "annenInstans", "tiltak", "onskesKopi", "fodselsnummer", "trygdekontor", "kodesystem", "sortering"),
    *("diagnose", "kodeverdi", "skadeDato", "borVurderes", "henvistDato", "adressetype", "typeTelekom"),
)
TYPES = (
    *("typeTekst", "typeJaNei", "typeHelsepersonell", "typeFormOfLanguage", "typeNavn", "typeAdresse", "typeKontakt"),
    *("typePostalAddress", "typeAdressetype", "CS", "CV", "TS", "URL", "Ident", "Address", "TeleCom", "oid", "ST"),
    *("SignatureType", "CryptoBinary", "DigestValueType", "HMACOutputLengthType", "ObjectType", "Nothing"),
    *("BL", "INT", "REAL", "PQ", "MO", "RTO", "ED", "TN", "base", "Person", "Organisation", "HealthcareProfessional"),
)


BUILT_IN = ("string", "token", "date", "dateTime", "anyType", "nonNegativeInteger", "normalizedString", "int")


def _any(root: Tree, random: Random) -> Tree:
    return random.choice(list(root.iter("*")))


def _below(root: Tree, random: Random) -> Tree | None:
    inner = list(root.iter("*"))[1:]
    return random.choice(inner) if inner else None


def _value(random: Random) -> str:
    return random.choice(random.choice(VALUES))


def _drop(root: Tree, random: Random) -> None:
    element = _below(root, random)
    if element is not None and (parent := element.getparent()) is not None:
        parent.remove(element)


def _duplicate(root: Tree, random: Random) -> None:
    element = _below(root, random)
    if element is not None:
        for _ in range(random.choice((1, 1, 2, 4))):
            element.addnext(copy.deepcopy(element))


def _swap(root: Tree, random: Random) -> None:
    """A child goes before its elder sibling."""
    element = _below(root, random)
    elder = None if element is None else element.getprevious()
    if element is not None and elder is not None:
        elder.addprevious(element)


def _shuffle(root: Tree, random: Random) -> None:
    parents = [element for element in root.iter("*") if len(element) > 1]
    if parents:
        parent = random.choice(parents)
        children = list(parent)
        random.shuffle(children)
        parent[:] = children


def _rename(root: Tree, random: Random) -> None:
    element, other = _any(root, random), _any(root, random)
    namespace, local = etree.QName(element).namespace, etree.QName(other).localname
    new = random.choice((local, local, "Ukjent", local.lower()))
    element.tag = f"{{{namespace}}}{new}" if namespace else new


def _move(root: Tree, random: Random) -> None:
    element, goal = _below(root, random), _any(root, random)
    if element is not None and goal not in set(element.iter()):
        goal.insert(random.randint(0, len(goal)), element)


def _copy_elsewhere(root: Tree, random: Random) -> None:
    goal = _any(root, random)
    goal.insert(random.randint(0, len(goal)), copy.deepcopy(_any(root, random)))


def _add_unknown(root: Tree, random: Random) -> None:
    goal = _any(root, random)
    namespace = random.choice(NAMESPACES)
    goal.insert(random.randint(0, len(goal)), etree.Element(f"{{{namespace}}}Ukjent" if namespace else "Ukjent"))


def _namespace(root: Tree, random: Random) -> None:
    element, namespace = _any(root, random), random.choice(NAMESPACES)
    whole = random.random() < 0.5
    for changed in list(element.iter("*")) if whole else [element]:
        local = etree.QName(changed).localname
        changed.tag = f"{{{namespace}}}{local}" if namespace else local


def _drop_attribute(root: Tree, random: Random) -> None:
    bearers = [element for element in root.iter("*") if element.attrib]
    if bearers:
        element = random.choice(bearers)
        del element.attrib[random.choice(sorted(element.attrib))]


def _add_attribute(root: Tree, random: Random) -> None:
    name = random.choice(ATTRIBUTES)
    namespace = random.choice((*NAMESPACES, "", "", "", "http://www.w3.org/XML/1998/namespace"))
    _any(root, random).set(f"{{{namespace}}}{name}" if namespace else name, _value(random))


def _change_attribute(root: Tree, random: Random) -> None:
    bearers = [element for element in root.iter("*") if element.attrib]
    if bearers:
        element = random.choice(bearers)
        element.set(random.choice(sorted(element.attrib)), _value(random))


def _change_number(root: Tree, random: Random) -> None:
    """As above, but where a number stood, a number."""
    places = [
        (element, name)
        for element in root.iter("*")
        for name, value in element.items()
        if not str(value).strip(" +0123456789")
    ]
    if places:
        element, name = random.choice(places)
        element.set(name, random.choice(NUMBERS))


def _change_text(root: Tree, random: Random) -> None:
    _any(root, random).text = _value(random)


def _change_leaf(root: Tree, random: Random) -> None:
    random.choice([element for element in root.iter("*") if not len(element)]).text = _value(random)


def _stray_text(root: Tree, random: Random) -> None:
    element = _below(root, random)
    if element is not None:
        element.tail = random.choice(TEXTS)


def _stray_node(root: Tree, random: Random) -> None:
    """A comment or an instruction, which no schema may mind, with or without text that it may."""
    node = random.choice((etree.Comment("merknad"), etree.PI("les", "meg")))
    node.tail = random.choice((None, "", "\n", "tekst"))
    _any(root, random).insert(0, node)


def in_scope(element: Tree, namespace: str, name: str) -> str:
    """A name as the value of xsi:type, with the prefix that the element has for its namespace, or an unknown one."""
    prefixes = {uri: prefix for prefix, uri in element.nsmap.items()}
    prefix = prefixes.get(namespace, "unknown")
    return f"{prefix}:{name}" if prefix else name


def _name_type(root: Tree, random: Random) -> None:
    """An xsi:type; its namespace is declared at the element, unless it is in scope under whichever prefix."""
    element = _below(root, random)
    parent = None if element is None else element.getparent()
    if element is None or parent is None:
        return
    own = etree.QName(element).namespace or ""
    namespace = random.choice((own, own, own, SHARED_TYPES, XS, *NAMESPACES[:-1]))
    attributes = {str(name): str(value) for name, value in element.items()}
    prefixes = cast("dict[str, str]", {**element.nsmap, "typed": namespace})
    typed = etree.Element(element.tag, attributes, nsmap=prefixes)
    typed.text, typed.tail = element.text, element.tail
    typed.extend(list(element))
    parent.replace(element, typed)
    typed.set(f"{XSI}type", in_scope(typed, namespace, random.choice(BUILT_IN if namespace == XS else TYPES)))


def _instance_attribute(root: Tree, random: Random) -> None:
    name, value = random.choice((("nil", "true"), ("nil", "false"), ("schemaLocation", "urn:a b.xsd"), ("other", "1")))
    _any(root, random).set(f"{XSI}{name}", value)


def _empty(root: Tree, random: Random) -> None:
    element = _any(root, random)
    tail = element.tail
    element.clear()
    element.tail = tail


MUTATIONS: tuple[Mutation, ...] = (
    _drop,
    _duplicate,
    _swap,
    _shuffle,
    _rename,
    _move,
    _copy_elsewhere,
    _add_unknown,
    _namespace,
    _drop_attribute,
    _add_attribute,
    _change_attribute,
    _change_number,
    _change_text,
    _change_leaf,
    _stray_text,
    _stray_node,
    _name_type,
    _instance_attribute,
    _empty,
)


def mutated(root: Tree, mutation: Mutation, random: Random) -> Tree:
    """A message changed once, now and then twice, and at times one of its parts alone; read anew from its text."""
    whole = copy.deepcopy(root)
    mutation(whole, random)
    if random.random() < 0.15:
        random.choice(MUTATIONS)(whole, random)
    if random.random() < 0.05:
        whole = _any(whole, random)
    # A change may have left a tree that no text says, such as two texts side by side.
    return etree.fromstring(etree.tostring(whole, encoding="utf-8", with_tail=False))
