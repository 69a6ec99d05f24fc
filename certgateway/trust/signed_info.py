"""The form a Signature may have: an allow-list of elements, attributes and algorithms, read into plain values.

One Reference, to the root of the document, with the enveloped transform and perhaps one canonicalisation; no Object, no
Manifest, nothing that would be looked up elsewhere (XMLDSig 1.1, 4.3 to 4.5). Whatever is not named here is refused.
This module must never decide whether a signature holds, and never run a transform.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from lxml import etree

from certgateway.trust.algorithms import DIGESTS, METHODS, Hash, Method
from certgateway.trust.canonical import CANONICALIZATIONS, Canonicalization
from certgateway.trust.signature_refusal import Cause, refusal

DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
ENVELOPED: Final = f"{DSIG}enveloped-signature"
_TRANSFORMS: Final[dict[str, Canonicalization | Literal["enveloped"]]] = {ENVELOPED: "enveloped", **CANONICALIZATIONS}
_Choice = TypeVar("_Choice")
_BLANK: Final = " \t\r\n"
_UNBLANK: Final = str.maketrans("", "", _BLANK)
_LONGEST_BASE64: Final = 16_384
_SHORT_NAME: Final = re.compile(r"#([A-Za-z_][A-Za-z0-9._-]{0,199})")
_IDS: Final = etree.XPath("count(//@*[translate(local-name(), 'ID', 'id') = 'id' and . = $name])")


@dataclass(frozen=True, slots=True)
class SignedInfo:
    """What was signed: the root of the document in a form, by its digest; `name` is its id, None for URI=""."""

    canonicalization: Canonicalization
    method: Method
    name: str | None
    content: Canonicalization
    hash: Hash
    digest: bytes


@dataclass(frozen=True, slots=True)
class SignatureParts:
    """A Signature of the allowed form: the elements to work on, what SignedInfo says, and the signature's bytes."""

    element: etree._Element
    signed_info: etree._Element
    said: SignedInfo
    value: bytes
    key_info: etree._Element

    @property
    def is_inclusive(self) -> bool:
        """Whether anything must be canonicalised with all namespaces in scope."""
        return Canonicalization.INCLUSIVE in (self.said.canonicalization, self.said.content)


def find_signature(root: etree._Element, wrappers: frozenset[str] = frozenset()) -> etree._Element:
    """The one Signature of a document, which must be a child of its root. Raises SignatureRefused.

    Where the root is one of the wrappers, by `{namespace}name`, it may be a child of a document in it that has no like.
    """
    found = list(root.iter(f"{{{DSIG}}}Signature"))
    if not found:
        raise refusal("signature-missing")
    if len(found) > 1:
        raise refusal("several-signatures")
    parent = found[0].getparent()
    if parent is not root and not (root.tag in wrappers and parent is not None and _is_wrapped(parent, root)):
        raise refusal("signature-misplaced")
    return found[0]


def _is_wrapped(document: etree._Element, root: etree._Element) -> bool:
    return document.getparent() is root and len(root.findall(str(document.tag))) == 1


def read_signature(element: etree._Element) -> SignatureParts:
    """The parts of a Signature: SignedInfo, SignatureValue, KeyInfo, and nothing else. Raises SignatureRefused."""
    if element.find(f"{{{DSIG}}}Object") is not None:
        raise refusal("object-refused")
    if element.find(f"{{{DSIG}}}KeyInfo") is None:
        raise refusal("certificate-missing")
    signed_info, value, key_info = children(element, "SignedInfo", "SignatureValue", "KeyInfo", attributes=("Id",))
    said = read_signed_info(signed_info)
    return SignatureParts(element, signed_info, said, leaf_bytes(value, attributes=("Id",)), key_info)


def read_signed_info(element: etree._Element) -> SignedInfo:
    """What a SignedInfo says, when all of it is on the allow-list. Raises SignatureRefused."""
    if len(element.findall(f"{{{DSIG}}}Reference")) > 1:
        raise refusal("several-references")
    form, method, reference = children(
        element, "CanonicalizationMethod", "SignatureMethod", "Reference", attributes=("Id",)
    )
    # A Type would say that the Reference means an Object or a Manifest.
    transforms, digest, value = children(
        reference, "Transforms", "DigestMethod", "DigestValue", attributes=("Id", "URI")
    )
    return SignedInfo(
        canonicalization=_allowed(form, CANONICALIZATIONS, "canonicalization-refused"),
        method=_allowed(method, METHODS, "signature-method-refused"),
        name=_name(reference),
        content=_content_form(transforms),
        hash=_allowed(digest, DIGESTS, "digest-method-refused"),
        digest=leaf_bytes(value),
    )


def check_reference(name: str | None, root: etree._Element) -> None:
    """Nothing, when a Reference means the root and can mean nothing else. Raises SignatureRefused.

    Id, ID, id and xml:id all count, for nobody can know which of them another reader would follow.
    """
    if name is None:
        return
    if not any(etree.QName(key).localname.lower() == "id" and value == name for key, value in root.items()):
        raise refusal("reference-refused")
    if _IDS(root, name=name) != 1:
        raise refusal("id-ambiguous")


def children(element: etree._Element, *names: str, attributes: Sequence[str] = ()) -> list[etree._Element]:
    """The children of an element, which are exactly these, with no text between them. Raises SignatureRefused."""
    found = list(element)
    if [child.tag for child in found] != [f"{{{DSIG}}}{name}" for name in names]:
        raise refusal("signature-malformed")
    check_plain(element, attributes)
    return found


def check_plain(element: etree._Element, attributes: Sequence[str] = ()) -> None:
    """Nothing, when there is no text between children, and no attribute but these. Raises SignatureRefused."""
    if any((text or "").strip(_BLANK) for text in (element.text, *(child.tail for child in element))):
        raise refusal("signature-malformed")
    _check_attributes(element, attributes)


def leaf_bytes(element: etree._Element, attributes: Sequence[str] = ()) -> bytes:
    """The bytes that an element without children holds in base64. Raises SignatureRefused `signature-malformed`."""
    if len(element):
        raise refusal("signature-malformed")
    _check_attributes(element, attributes)
    text = (element.text or "").translate(_UNBLANK)
    if not text or len(text) > _LONGEST_BASE64:
        raise refusal("signature-malformed")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise refusal("signature-malformed") from None


def _check_attributes(element: etree._Element, allowed: Sequence[str]) -> None:
    if not set(map(str, element.keys())) <= set(allowed):
        raise refusal("signature-malformed")


def _allowed(element: etree._Element, choices: dict[str, _Choice], cause: Cause) -> _Choice:
    """What an element's Algorithm stands for. A parameter in it would change what the algorithm does."""
    chosen = choices.get(element.get("Algorithm", ""))
    if chosen is None or len(element):
        raise refusal(cause)
    children(element, attributes=("Algorithm",))
    return chosen


def _content_form(transforms: etree._Element) -> Canonicalization:
    """The form of what is signed; inclusive where no transform says it (XMLDSig 1.1, 4.4.3.2)."""
    found = [child for child in transforms if child.tag == f"{{{DSIG}}}Transform"]
    children(transforms, *("Transform" for _ in found))
    steps = [_allowed(transform, _TRANSFORMS, "transforms-refused") for transform in found]
    if steps == ["enveloped"]:
        return Canonicalization.INCLUSIVE
    match steps:
        case ["enveloped", Canonicalization() as form]:
            return form
    raise refusal("transforms-refused")


def _name(reference: etree._Element) -> str | None:
    uri = reference.get("URI")
    if uri == "":
        return None
    match = _SHORT_NAME.fullmatch(uri or "")
    if match is None:
        raise refusal("reference-refused")
    return match[1]
