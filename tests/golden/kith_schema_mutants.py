"""Our schemas, each broken in one place: what a slip of the pen could make of them.

A mutant names its place and gives the whole schema file. Left out are changes without meaning: the comments, and string
to token, which take the same texts.
"""

import copy
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
Schema = etree._Element

# What each type is mistaken for; the mistake takes other texts or other attributes.
_MISTAKEN = {
    "xs:string": "xs:date",
    "xs:token": "xs:date",
    "xs:date": "xs:string",
    "xs:dateTime": "xs:date",
    "xs:anyURI": "xs:date",
    "xs:integer": "xs:nonNegativeInteger",
    "xs:nonNegativeInteger": "xs:string",
    "xs:base64Binary": "xs:string",
    "xs:ID": "xs:string",
    "CS": "CV",
    "CV": "CS",
    "kith:CS": "kith:CV",
    "kith:CV": "kith:CS",
    "xs:anyType": "xs:string",
    "xs:double": "xs:decimal",
    "xs:decimal": "xs:integer",
    "URL": "CS",
    "kith:URL": "kith:CS",
    "Ident": "Address",
    "Address": "TeleCom",
    "TeleCom": "Address",
    "Organisation": "Ident",
    "fk1:Ident": "fk1:Address",
    "fk1:Address": "fk1:TeleCom",
    "fk1:TeleCom": "fk1:Address",
    "fk1:Organisation": "fk1:Person",
    "oid": "xs:string",
    "typeTekst": "xs:date",
}
_PARTICLES = ("element", "choice", "sequence", "any")
# No element that a message can hold is a number, so that nothing can be given this type.
_OUT_OF_REACH = frozenset({"typeFormOfLanguage"})
# What may stand here must be declared by another schema than the signature's, which is looked at alone.
_OUT_OF_SIGHT = frozenset({"any of SignatureMethodType maxOccurs 1"})


def mutants(file: Path) -> Iterator[tuple[str, Schema]]:
    """Every mutant of a schema file, with the place and the change."""
    whole = etree.parse(file).getroot()
    for index, node in enumerate(whole.iter(f"{XS}*")):
        for change, attributes in _changes(node):
            if change not in _OUT_OF_SIGHT:
                yield f"{file.name}:{node.sourceline} {change}", _with(whole, index, attributes)


def _changes(node: Schema) -> Iterator[tuple[str, dict[str, str | None] | None]]:
    """What may be done to a node: other attributes (None: without it), or no such node at all."""
    kind = etree.QName(node).localname
    if kind == "enumeration" and not _OUT_OF_REACH & {ancestor.get("name") for ancestor in node.iterancestors()}:
        yield f"without {node.get('value')}", None
    if kind in {"element", "attribute"}:
        yield from _of_a_declaration(node, kind)
    if kind in {"element", "choice", "sequence", "any"} and etree.QName(node.getparent()).localname != "schema":
        yield from _of_occurrence(node)
    if kind == "any" and node.get("processContents", "strict") == "strict":
        yield "lax", {"processContents": "lax"}
    if kind == "complexType" and node.get("mixed") is not None:
        yield f"{node.get('name')} without text", {"mixed": None}
    if kind == "pattern":
        yield "a pattern of digits alone", {"value": r"\d+"}


def _of_a_declaration(node: Schema, kind: str) -> Iterator[tuple[str, dict[str, str | None]]]:
    type_ = node.get("type")
    if type_ is not None and (mistaken := _MISTAKEN.get(type_, "xs:string" if type_.startswith("type") else None)):
        yield f"{node.get('name')} as {mistaken}", {"type": mistaken, "default": None}
    if node.get("fixed") is not None:
        yield f"{node.get('name')} not fixed", {"fixed": None}
    if kind == "attribute":
        use = None if node.get("use") == "required" else "required"
        yield f"{node.get('name')} {use or 'optional'}", {"use": use}
    if node.get("name") is not None:
        yield f"{node.get('name')} misspelt", {"name": f"{node.get('name')}x"}


def _of_occurrence(node: Schema) -> Iterator[tuple[str, dict[str, str | None]]]:
    told = node.get("ref") or node.get("name") or f"{etree.QName(node).localname} of {_named_above(node)}"
    if node.get("minOccurs") == "0":
        yield f"{told} minOccurs 1", {"minOccurs": "1"}
    elif not _can_be_nothing(node) and not _beside_nothing(node):
        yield f"{told} minOccurs 0", {"minOccurs": "0"}
    if node.get("maxOccurs", "1") != "1":
        yield f"{told} maxOccurs 1", {"maxOccurs": "1"}
    elif not _repeats_anyway(node):
        yield f"{told} maxOccurs unbounded", {"maxOccurs": "unbounded"}


def _named_above(node: Schema) -> str:
    return next((str(above.get("name")) for above in node.iterancestors() if above.get("name")), "")


def _particles(group: Schema) -> list[Schema]:
    return list(group.iterchildren(*(f"{XS}{kind}" for kind in _PARTICLES)))


def _can_be_nothing(node: Schema) -> bool:
    """Whether nothing at all is a way to meet it, so that its minOccurs says nothing."""
    kind = etree.QName(node).localname
    if node.get("minOccurs") == "0" or kind in {"element", "any"}:
        return node.get("minOccurs") == "0"
    return (all if kind == "sequence" else any)(map(_can_be_nothing, _particles(node)))


def _beside_nothing(node: Schema) -> bool:
    """Whether it is one alternative of a choice that can be nothing anyway."""
    group = node.getparent()
    return group is not None and etree.QName(group).localname == "choice" and _can_be_nothing(group)


def _repeats_anyway(node: Schema) -> bool:
    """Whether all that it holds, or all that holds it, is repeated without end already."""
    inner, group = _particles(node), node.getparent()
    if len(inner) == 1 and inner[0].get("maxOccurs") == "unbounded":
        return True
    among = [] if group is None else [other for other in _particles(group) if other is not node]
    alone = all(etree.QName(group).localname == "choice" or _can_be_nothing(other) for other in among)
    # In a sequence that repeats, the first part repeats with it if all others may be left out.
    return (
        group is not None
        and group.get("maxOccurs") == "unbounded"
        and alone
        and (etree.QName(group).localname == "choice" or _particles(group)[0] is node)
    )


def _with(whole: Schema, index: int, attributes: dict[str, str | None] | None) -> Schema:
    changed = copy.deepcopy(whole)
    node = list(changed.iter(f"{XS}*"))[index]
    if attributes is None:
        parent = node.getparent()
        assert parent is not None
        parent.remove(node)
        return changed
    for name, value in attributes.items():
        if value is None:
            node.attrib.pop(name, "")
        else:
            node.set(name, value)
    return changed
