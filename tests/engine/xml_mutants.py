"""The same resources in XML with exactly one fault: of the form alone, and faults of content that XML can carry."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any, Final

from lxml import etree

from certgateway import safejson
from certgateway.engine.xml.write import write
from tests.engine.making import BASE, dice
from tests.engine.mutants import mutants
from tests.engine.seeds import grown

Json = Any
FHIR: Final = "{http://hl7.org/fhir}"
CARRIED: Final = (
    "required element missing", "code outside its value set", "two types of a choice", "reference to a wrong type",
    "date: month 13", "date: no such day", "dateTime: no zone", "dateTime: no such day", "dateTime: hour 25",
    "instant: no zone", "uri: space inside", "string: spaces only", "code: two spaces", "positiveInt: zero",
    "unsignedInt: below", "base64Binary: no such letters",
)  # fmt: skip
Change = Callable[[etree._Element, Random], None]


def in_xml(tree: Json) -> bytes:
    """A resource as FHIR XML, by our writer."""
    return write(safejson.parse(json.dumps(tree).encode()), BASE)


def xml_mutants(name: str) -> list[tuple[str, bytes]]:
    """Kind and document, the same in every run."""
    random = dice(f"xml {name}")
    seed = etree.fromstring(in_xml(grown(name)))
    found = []
    for kind, change in _FORMS.items():
        root = copy.deepcopy(seed)
        # A resource without a place for a fault has no such mutant: there is nothing to choose from then.
        with suppress(IndexError):
            change(root, random)
            found.append((kind, etree.tostring(root, encoding="utf-8")))
    return found + [(each.kind, in_xml(each.tree)) for each in mutants(name) if each.kind in CARRIED]


def _any(root: etree._Element, random: Random) -> etree._Element:
    return random.choice([each for each in root.iter() if "value" in each.attrib])


def _first_last(root: etree._Element, _: Random) -> None:
    root.insert(0, root[-1 if root[-1].tag != root[0].tag else len(root)])


def _other_namespace(root: etree._Element, random: Random) -> None:
    chosen = _any(root, random)
    chosen.tag = f"{{urn:other}}{etree.QName(chosen).localname}"


def _attribute(root: etree._Element, random: Random) -> None:
    _any(root, random).set("unheardOf", "x")


def _attribute_of_complex(root: etree._Element, _: Random) -> None:
    root.set("value", "x")


def _stray_text(root: etree._Element, _: Random) -> None:
    root[0].tail = "stray"


def _text_in_value(root: etree._Element, random: Random) -> None:
    _any(root, random).text = "stray"


def _unknown(root: etree._Element, _: Random) -> None:
    etree.SubElement(root, f"{FHIR}unheardOf", value="x")


def _no_value(root: etree._Element, random: Random) -> None:
    del _any(root, random).attrib["value"]


def _empty_value(root: etree._Element, random: Random) -> None:
    _any(root, random).set("value", "")


def _twice(root: etree._Element, random: Random) -> None:
    facts = BASE.type(etree.QName(root).localname)
    assert facts is not None
    single = [each for each in root if not facts.keys[etree.QName(each).localname][0].repeats]
    chosen = random.choice(single)
    chosen.addnext(copy.deepcopy(chosen))


def _empty_element(root: etree._Element, random: Random) -> None:
    chosen = random.choice([each for each in root if len(each)])
    for child in list(chosen):
        chosen.remove(child)


def _child_of_value(root: etree._Element, random: Random) -> None:
    etree.SubElement(_any(root, random), f"{FHIR}value", value="x")


_FORMS: Final[dict[str, Change]] = {
    "xml: last element first": _first_last,
    "xml: foreign namespace": _other_namespace,
    "xml: unknown attribute": _attribute,
    "xml: value on a complex element": _attribute_of_complex,
    "xml: stray text": _stray_text,
    "xml: text in a value": _text_in_value,
    "xml: unknown element": _unknown,
    "xml: no value": _no_value,
    "xml: empty value": _empty_value,
    "xml: single element twice": _twice,
    "xml: empty element": _empty_element,
    "xml: unknown element in a value": _child_of_value,
}
