"""Changes to a signed message that someone without its key might make: wrapping, moving, swapping, hiding, renaming.

Each takes the message, a source of chance and another signed message, and gives the message changed. Some change
nothing that is signed, on purpose: those may be accepted, and then as exactly what was signed. Nothing here verifies.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from copy import deepcopy
from random import Random

from lxml import etree

from tests.signing import DS, DSIG, authority, signer

Mutation = Callable[[bytes, Random, bytes], bytes]
MUTATIONS: dict[str, Mutation] = {}
TreeEdit = Callable[[etree._Element, Random, etree._Element], "etree._Element | None"]
EVIL = "Pasienten er frisk"
RSA_VALUE = '<KeyValue xmlns="#"><RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyValue>'

SIGNATURE_METHODS = [
    f"{DSIG}rsa-sha1",
    f"{DSIG}dsa-sha1",
    f"{DSIG}hmac-sha1",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "http://www.w3.org/2009/xmldsig11#dsa-sha256",
    "",
]
DIGEST_METHODS = [
    f"{DSIG}sha1",
    "http://www.w3.org/2001/04/xmldsig-more#md5",
    "http://www.w3.org/2001/04/xmlenc#sha512",
    "http://www.w3.org/2001/04/xmldsig-more#sha224",
    "",
]
FORMS = [
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    "http://www.w3.org/2006/12/xml-c14n11",
    f"{DSIG}base64",
    "",
]
TRANSFORMS = [
    *FORMS,
    "http://www.w3.org/TR/1999/REC-xpath-19991116",
    "http://www.w3.org/2002/06/xmldsig-filter2",
    "http://www.w3.org/TR/1999/REC-xslt-19991116",
]
URIS = [
    "#nobody",
    "#xpointer(/)",
    "#xpointer(id('x'))",
    "http://127.0.0.1/evil.xml",
    "file:///etc/hostname",
    "other.xml",
    "#",
    " ",
]


def tree_edit(edit: TreeEdit) -> TreeEdit:
    """A change to the tree, under the name of its function; it may give another root."""

    def mutation(body: bytes, chance: Random, other: bytes) -> bytes:
        root = etree.fromstring(body)
        made = edit(root, chance, etree.fromstring(other))
        return etree.tostring(root if made is None else made, encoding="UTF-8", xml_declaration=True)

    MUTATIONS[edit.__name__.replace("_", " ")] = mutation
    return edit


def byte_edit(edit: Mutation) -> Mutation:
    """A change to the bytes, under the name of its function."""
    MUTATIONS[edit.__name__.replace("_", " ")] = edit
    return edit


def signature(root: etree._Element) -> etree._Element:
    return found(root, "/*/ds:Signature")


def found(root: etree._Element, path: str) -> etree._Element:
    matches = root.getroottree().xpath(path, namespaces=DS)
    assert isinstance(matches, list)
    assert isinstance(matches[0], etree._Element)
    return matches[0]


def part(root: etree._Element, name: str) -> etree._Element:
    return found(root, f"(//ds:{name})[1]")


def elements(root: etree._Element) -> list[etree._Element]:
    """Everything below the root that is signed."""
    return [one for one in root.iter("*") if one is not root and etree.QName(one).namespace != DSIG]


def texts(root: etree._Element) -> list[etree._Element]:
    return [one for one in elements(root) if (one.text or "").strip()]


def detached(root: etree._Element) -> etree._Element:
    """The signature, out of the document; the text behind it stays away too, as there is none."""
    one = signature(root)
    root.remove(one)
    return one


def changed(root: etree._Element, chance: Random) -> etree._Element:
    """A copy that says something else."""
    copy = deepcopy(root)
    values = [one for one in elements(copy) if one.get("value") or one.get("V")]
    one = chance.choice(values)
    one.set("value" if one.get("value") else "V", EVIL)
    return copy


# ---- wrapping -------------------------------------------------------------------------------------------------------


@tree_edit
def original_in_an_object(root: etree._Element, chance: Random, _other: etree._Element) -> etree._Element:
    evil = changed(root, chance)
    held = etree.SubElement(signature(evil), f"{{{DSIG}}}Object")
    detached(root)
    held.append(root)
    return evil


@tree_edit
def original_with_signature_in_an_object(
    root: etree._Element, chance: Random, _other: etree._Element
) -> etree._Element:
    evil = changed(root, chance)
    etree.SubElement(signature(evil), f"{{{DSIG}}}Object").append(root)
    return evil


@tree_edit
def original_inside_another_root(root: etree._Element, chance: Random, _other: etree._Element) -> etree._Element:
    evil = changed(root, chance)
    detached(evil)
    evil.insert(chance.randrange(len(evil)), root)
    return evil


@tree_edit
def original_beside_its_signature(root: etree._Element, chance: Random, _other: etree._Element) -> etree._Element:
    evil = changed(root, chance)
    detached(root)
    evil.insert(chance.randrange(len(evil)), root)
    return evil


@tree_edit
def original_in_an_unknown_wrapper(root: etree._Element, chance: Random, _other: etree._Element) -> etree._Element:
    evil = changed(root, chance)
    detached(root)
    etree.SubElement(evil, "{urn:x-wrapper}Wrapper").append(root)
    return evil


@tree_edit
def signature_around_the_original(root: etree._Element, _chance: Random, _other: etree._Element) -> etree._Element:
    one = detached(root)
    etree.SubElement(one, f"{{{DSIG}}}Object").append(root)
    return one


@tree_edit
def changed_root_that_keeps_the_signature(
    root: etree._Element, chance: Random, _other: etree._Element
) -> etree._Element:
    return changed(root, chance)


@tree_edit
def reference_to_the_original_by_id(root: etree._Element, chance: Random, _other: etree._Element) -> etree._Element:
    evil = changed(root, chance)
    detached(root)
    root.set("Id", "original")
    etree.SubElement(signature(evil), f"{{{DSIG}}}Object").append(root)
    part(evil, "Reference").set("URI", "#original")
    return evil


@tree_edit
def two_elements_with_the_id(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    root.set(chance.choice(["Id", "ID", "id"]), "original")
    chance.choice(elements(root)).set("Id", "original")
    part(root, "Reference").set("URI", "#original")


# ---- moving and doubling --------------------------------------------------------------------------------------------


@tree_edit
def signature_moved_among_the_children(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = detached(root)
    root.insert(chance.randrange(len(root)), one)


@tree_edit
def signature_moved_into_another_element(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = detached(root)
    chance.choice(elements(root)).append(one)


@tree_edit
def signature_doubled(root: etree._Element, _chance: Random, _other: etree._Element) -> None:
    root.append(deepcopy(signature(root)))


@tree_edit
def signature_doubled_inside(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    chance.choice(elements(root)).append(deepcopy(signature(root)))


@tree_edit
def signature_inside_the_signature(root: etree._Element, _chance: Random, _other: etree._Element) -> None:
    signature(root).append(deepcopy(signature(root)))


@tree_edit
def another_message_signature_in_its_place(root: etree._Element, _chance: Random, other: etree._Element) -> None:
    detached(root)
    root.append(signature(other))


@tree_edit
def another_message_signature_before_it(root: etree._Element, _chance: Random, other: etree._Element) -> None:
    root.insert(0, signature(other))


@tree_edit
def signature_taken_away(root: etree._Element, _chance: Random, _other: etree._Element) -> None:
    detached(root)


@tree_edit
def signature_in_another_namespace(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = signature(root)
    one.tag = chance.choice(
        ["{urn:x-other}Signature", f"{{{DSIG}}}signature", "{http://www.w3.org/2009/xmldsig11#}Signature"]
    )


# ---- what is signed -------------------------------------------------------------------------------------------------


@tree_edit
def text_changed(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    found_ = texts(root)
    if found_:
        chance.choice(found_).text = EVIL
    else:
        root.text = EVIL


@tree_edit
def attribute_changed(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = chance.choice([element for element in elements(root) if element.keys()])
    one.set(chance.choice(one.keys()), EVIL)


@tree_edit
def element_taken_away(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = chance.choice(elements(root))
    parent = one.getparent()
    assert parent is not None
    parent.remove(one)


@tree_edit
def element_doubled(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = chance.choice(elements(root))
    one.addnext(deepcopy(one))


@tree_edit
def element_renamed(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    chance.choice(elements(root)).tag = chance.choice(["{urn:x-other}Annet", "{http://hl7.org/fhir}id"])


@tree_edit
def white_space_changed(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = chance.choice(elements(root))
    one.tail = (one.tail or "") + chance.choice([" ", "\n", "\t", "\u00a0"])


@tree_edit
def white_space_before_the_signature(root: etree._Element, _chance: Random, _other: etree._Element) -> None:
    before = signature(root).getprevious()
    assert before is not None
    before.tail = (before.tail or "") + " "


@tree_edit
def white_space_behind_the_signature(root: etree._Element, _chance: Random, _other: etree._Element) -> None:
    signature(root).tail = "\n"


# ---- SignedInfo -----------------------------------------------------------------------------------------------------


def _flip(text: str, chance: Random) -> str:
    value = bytearray(b64decode(text))
    value[chance.randrange(len(value))] ^= 1 << chance.randrange(8)
    return b64encode(bytes(value)).decode()


@tree_edit
def digest_changed(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = part(root, "DigestValue")
    text = one.text or ""
    one.text = chance.choice([_flip(text, chance), text[:-4], "", EVIL, f" {text}"])


@tree_edit
def digest_of_the_changed_message(root: etree._Element, chance: Random, other: etree._Element) -> None:
    part(root, "DigestValue").text = part(other, "DigestValue").text
    attribute_changed(root, chance, other)


@tree_edit
def signature_value_changed(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = part(root, "SignatureValue")
    text = one.text or ""
    nothing = b64encode(bytes(len(b64decode(text)))).decode()
    one.text = chance.choice([_flip(text, chance), text[:-4], "", nothing, text + "AAAA", text + "!", "=" + text])


@tree_edit
def signature_value_in_lines(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = part(root, "SignatureValue")
    cut = chance.randrange(len(one.text or ""))
    one.text = f"\n  {(one.text or '')[:cut]}\n\t{(one.text or '')[cut:]} "


@tree_edit
def signature_method_swapped(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    part(root, "SignatureMethod").set("Algorithm", chance.choice(SIGNATURE_METHODS))


@tree_edit
def digest_method_swapped(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    part(root, "DigestMethod").set("Algorithm", chance.choice(DIGEST_METHODS))


@tree_edit
def canonicalization_swapped(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    part(root, "CanonicalizationMethod").set("Algorithm", chance.choice(FORMS))


@tree_edit
def transform_swapped(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    transforms = part(root, "Transforms")
    transforms[chance.randrange(len(transforms))].set("Algorithm", chance.choice(TRANSFORMS))


@tree_edit
def transform_added(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    transforms = part(root, "Transforms")
    one = etree.Element(f"{{{DSIG}}}Transform", Algorithm=chance.choice(TRANSFORMS))
    etree.SubElement(one, f"{{{DSIG}}}XPath").text = "not(ancestor-or-self::*)"
    transforms.insert(chance.randrange(len(transforms) + 1), one)


@tree_edit
def transforms_out_of_order(root: etree._Element, _chance: Random, _other: etree._Element) -> None:
    transforms = part(root, "Transforms")
    transforms.append(transforms[0])


@tree_edit
def transforms_taken_away(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    transforms = part(root, "Transforms")
    if chance.random() < 0.5:
        part(root, "Reference").remove(transforms)
    else:
        transforms.remove(transforms[chance.randrange(len(transforms))])


@tree_edit
def prefix_list_added(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    place = chance.choice([part(root, "CanonicalizationMethod"), part(root, "Transforms")[-1]])
    etree.SubElement(place, "{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces", PrefixList="#default xsi")


@tree_edit
def reference_swapped(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    part(root, "Reference").set("URI", chance.choice(URIS))


@tree_edit
def reference_without_uri(root: etree._Element, _chance: Random, _other: etree._Element) -> None:
    del part(root, "Reference").attrib["URI"]


@tree_edit
def reference_doubled(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = deepcopy(part(root, "Reference"))
    one.set("URI", chance.choice(["", *URIS]))
    part(root, "SignedInfo").insert(chance.choice([2, 3]), one)


@tree_edit
def many_references(root: etree._Element, _chance: Random, _other: etree._Element) -> None:
    for _ in range(200):
        part(root, "SignedInfo").append(deepcopy(part(root, "Reference")))


@tree_edit
def reference_taken_away(root: etree._Element, _chance: Random, _other: etree._Element) -> None:
    part(root, "SignedInfo").remove(part(root, "Reference"))


@tree_edit
def signed_info_doubled(root: etree._Element, chance: Random, other: etree._Element) -> None:
    extra = deepcopy(part(chance.choice([root, other]), "SignedInfo"))
    signature(root).insert(chance.choice([0, 1, 3]), extra)


@tree_edit
def attribute_in_the_signature(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = chance.choice(list(signature(root).iter("*")))
    one.set(chance.choice(["Id", "Type", "evil", "{urn:x-other}Id"]), "x")


@tree_edit
def text_in_the_signature(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = chance.choice(list(signature(root).iter("*")))
    one.text = (one.text or "") + chance.choice([EVIL, " ", "\n"])


# ---- KeyInfo --------------------------------------------------------------------------------------------------------


def _key_info(root: etree._Element, xml: str) -> None:
    one = part(root, "KeyInfo")
    for child in list(one):
        one.remove(child)
    one.append(etree.fromstring(xml))


@tree_edit
def key_info_taken_away(root: etree._Element, _chance: Random, _other: etree._Element) -> None:
    signature(root).remove(part(root, "KeyInfo"))


@tree_edit
def key_info_of_another_kind(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    kind = chance.choice(
        [
            '<RetrievalMethod xmlns="#" URI="#key"/>',
            '<KeyName xmlns="#">Legekontor</KeyName>',
            RSA_VALUE,
            '<MgmtData xmlns="#">x</MgmtData>',
            '<X509Data xmlns="#"/>',
            '<X509Data xmlns="#"><X509SubjectName>CN=Legekontor 0</X509SubjectName></X509Data>',
        ]
    )
    _key_info(root, kind.replace('"#"', f'"{DSIG}"', 1))


@tree_edit
def key_value_beside_the_certificate(root: etree._Element, _chance: Random, _other: etree._Element) -> None:
    part(root, "KeyInfo").append(etree.fromstring(RSA_VALUE.replace('"#"', f'"{DSIG}"', 1)))


@tree_edit
def certificate_of_another_office(root: etree._Element, _chance: Random, _other: etree._Element) -> None:
    part(root, "X509Certificate").text = signer(number=1).certificate_base64


@tree_edit
def certificate_of_another_issuer(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    stranger = signer(by="Fremmed utsteder")
    part(root, "X509Certificate").text = chance.choice([stranger, authority()]).certificate_base64


@tree_edit
def certificate_added(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = etree.Element(f"{{{DSIG}}}X509Certificate")
    one.text = chance.choice([authority(), signer(number=1), signer(by="Fremmed utsteder")]).certificate_base64
    part(root, "X509Data").insert(chance.choice([0, 1]), one)


@tree_edit
def certificate_broken(root: etree._Element, chance: Random, _other: etree._Element) -> None:
    one = part(root, "X509Certificate")
    text = one.text or ""
    one.text = chance.choice([_flip(text, chance), text[:-40], "", "AAAA", text + text])


# ---- bytes ----------------------------------------------------------------------------------------------------------


def _into_signed_text(body: bytes, chance: Random, piece: bytes) -> bytes:
    """A piece of markup at some place between two tags that is signed."""
    places = [match.end() for match in re.finditer(rb"<[A-Za-z][^<>]*[^/]>", body[: body.index(b"Signature")])]
    at = chance.choice(places)
    return body[:at] + piece + body[at:]


def _into(body: bytes, name: str, piece: bytes) -> bytes:
    """A piece in the middle of an element's text."""
    match = re.search(rb"<(?:\w+:)?%b[^<>]*>([^<]*)" % name.encode(), body)
    assert match is not None
    at = (match.start(1) + match.end(1)) // 2
    return body[:at] + piece + body[at:]


@byte_edit
def comment_in_what_is_signed(body: bytes, chance: Random, _other: bytes) -> bytes:
    return _into_signed_text(body, chance, b"<!-- <Signature/> -->")


@byte_edit
def comment_inside_a_text(body: bytes, chance: Random, _other: bytes) -> bytes:
    return _into(body, chance.choice(["DigestValue", "SignatureValue", "X509Certificate"]), b"<!--x-->")


@byte_edit
def comment_in_signed_info(body: bytes, _chance: Random, _other: bytes) -> bytes:
    return _into(body, "SignedInfo", b"<!--x-->")


@byte_edit
def comment_outside_the_root(body: bytes, chance: Random, _other: bytes) -> bytes:
    piece = b"<!-- <Signature/><Signature/> -->"
    start = body.index(b"?>") + 2
    return body + piece if chance.random() < 0.5 else body[:start] + piece + body[start:]


@byte_edit
def document_type(body: bytes, chance: Random, _other: bytes) -> bytes:
    start = body.index(b"?>") + 2
    declared = chance.choice(
        [
            b'<!DOCTYPE x [<!ENTITY e "evil">]>',
            b'<!DOCTYPE x [<!ATTLIST id value CDATA "evil">]>',
            b'<!DOCTYPE x SYSTEM "file:///etc/hostname">',
            b"<!DOCTYPE x [<!ATTLIST Bundle id ID #IMPLIED>]>",
        ]
    )
    return body[:start] + declared + body[start:]


@byte_edit
def entity_in_what_is_signed(body: bytes, chance: Random, _other: bytes) -> bytes:
    start = body.index(b"?>") + 2
    with_entity = _into_signed_text(body, chance, b"&nothing;")
    return with_entity[:start] + b'<!DOCTYPE x [<!ENTITY nothing "">]>' + with_entity[start:]


@byte_edit
def instruction(body: bytes, chance: Random, _other: bytes) -> bytes:
    return _into_signed_text(body, chance, b"<?evil x?>")


@byte_edit
def empty_cdata(body: bytes, chance: Random, _other: bytes) -> bytes:
    return _into_signed_text(body, chance, b"<![CDATA[]]>")


@byte_edit
def cdata_that_says_something(body: bytes, chance: Random, _other: bytes) -> bytes:
    return _into_signed_text(body, chance, b"<![CDATA[<evil/>]]>")


@byte_edit
def character_reference_for_a_letter(body: bytes, _chance: Random, _other: bytes) -> bytes:
    match = re.search(rb'="([A-Za-z])', body[body.index(b"?>") + 2 :])
    assert match is not None
    at = match.start(1) + body.index(b"?>") + 2
    # In a namespace name too, which is the same name then.
    return body[:at] + b"&#%d;" % body[at] + body[at + 1 :]


@byte_edit
def character_reference_for_a_line_end(body: bytes, chance: Random, _other: bytes) -> bytes:
    return _into_signed_text(body, chance, b"&#13;")


@byte_edit
def line_ends_of_another_system(body: bytes, _chance: Random, _other: bytes) -> bytes:
    return body.replace(b"\n", b"\r\n")


@byte_edit
def quotes_of_the_other_kind(body: bytes, chance: Random, _other: bytes) -> bytes:
    match = chance.choice(list(re.finditer(rb'="([^"\'<>&]*)"', body)))
    return body[: match.start()] + b"='" + match[1] + b"'" + body[match.end() :]


@byte_edit
def namespace_that_nobody_uses(body: bytes, chance: Random, _other: bytes) -> bytes:
    where = chance.choice([rb"<(?!\?)[^\s<>/]+", rb"<(?:\w+:)?SignedInfo", rb"<(?:\w+:)?Signature(?=[\s>])"])
    match = re.search(where, body)
    assert match is not None
    return body[: match.end()] + b' xmlns:evil="urn:x-evil"' + body[match.end() :]


@byte_edit
def many_namespaces(body: bytes, _chance: Random, _other: bytes) -> bytes:
    match = re.search(rb"<(?!\?)[^\s<>/]+", body)
    assert match is not None
    declared = b"".join(b' xmlns:n%d="urn:x-%d"' % (number, number) for number in range(100))
    return body[: match.end()] + declared + body[match.end() :]


@byte_edit
def signature_by_a_prefix(body: bytes, _chance: Random, _other: bytes) -> bytes:
    """The same names in the same namespace; but the prefix is part of what is signed of SignedInfo."""
    start = re.search(rb"<(?:\w+:)?Signature[\s>]", body)
    assert start is not None
    head, tail = body[: start.start()], body[start.start() :]
    renamed = re.sub(rb"<(/?)(?:\w+:)?(?=[A-Z])", rb"<\1other:", tail.replace(b"xmlns=", b"xmlns:other=", 1))
    closing = re.search(rb"</other:Signature>", renamed)
    assert closing is not None
    return head + renamed[: closing.end()] + tail[tail.rindex(b"</") :]


@byte_edit
def other_encoding(body: bytes, chance: Random, _other: bytes) -> bytes:
    text = body.decode("utf-8")
    encoding = chance.choice(["utf-16", "utf-7", "windows-1252", "cp037"])
    return text.replace("UTF-8", encoding, 1).encode(encoding, "replace")


@byte_edit
def bytes_behind_the_end(body: bytes, chance: Random, other: bytes) -> bytes:
    return body + chance.choice([b"\n", b" ", b"x", other, b"<evil/>"])


@byte_edit
def some_byte_changed(body: bytes, chance: Random, _other: bytes) -> bytes:
    at = chance.randrange(body.index(b"?>") + 2, len(body))
    return body[:at] + bytes([body[at] ^ (1 << chance.randrange(7))]) + body[at + 1 :]
