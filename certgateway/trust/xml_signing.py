"""Signs what we send: an enveloped signature in exclusive canonical form, as `xml_signatures` verifies it.

This module must never sign what cannot be read back by the same rules, or with a key below the strength we demand of
others.
"""

import base64
import hashlib
from dataclasses import dataclass
from typing import Final, cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from certgateway import safexml
from certgateway.trust.algorithms import DIGESTS, METHODS, Method
from certgateway.trust.canonical import Canonicalization, canonical
from certgateway.trust.signed_info import DSIG, ENVELOPED

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
# The default namespace has no prefix, which the stubs of lxml do not know.
_NAMESPACES: Final = cast("dict[str, str]", {None: DSIG})
_FEWEST_RSA_BITS: Final = 3072
_METHOD_URIS: Final = {method: uri for uri, method in METHODS.items()}
_DIGEST_URIS: Final = {hash_: uri for uri, hash_ in DIGESTS.items()}


@dataclass(frozen=True, slots=True)
class Signatory:
    """A key with its certificate. ValueError when the two do not belong together, or the key is too weak."""

    key: SigningKey
    certificate: x509.Certificate

    def __post_init__(self) -> None:
        if self.key.public_key() != self.certificate.public_key():
            raise ValueError("the key and the certificate do not belong together")
        if isinstance(self.key, rsa.RSAPrivateKey) and self.key.key_size < _FEWEST_RSA_BITS:
            raise ValueError(f"an RSA key that signs has at least {_FEWEST_RSA_BITS} bits")
        if isinstance(self.key, ec.EllipticCurvePrivateKey) and self.key.curve.name not in {"secp256r1", "secp384r1"}:
            raise ValueError("an elliptic key that signs is on P-256 or P-384")


def sign(raw: bytes, signatory: Signatory) -> bytes:
    """The document in UTF-8 with a Signature over all of it as the last child of its root.

    Comments are gone, as they are for every reader. Raises `Unreadable`, and ValueError when it is signed already.
    """
    root = safexml.parse(raw, encodings=("utf-8", "iso-8859-1"))
    if next(root.iter(f"{{{DSIG}}}Signature"), None) is not None:
        raise ValueError("the document is signed already")
    digest = hashlib.sha256(canonical(root, Canonicalization.EXCLUSIVE)).digest()
    signature = etree.SubElement(root, f"{{{DSIG}}}Signature", nsmap=_NAMESPACES)
    signed_info = _signed_info(signature, _method(signatory.key), digest)
    value = _value(signatory.key, canonical(signed_info, Canonicalization.EXCLUSIVE))
    _child(signature, "SignatureValue").text = base64.b64encode(value).decode("ascii")
    data = _child(_child(signature, "KeyInfo"), "X509Data")
    der = signatory.certificate.public_bytes(Encoding.DER)
    _child(data, "X509Certificate").text = base64.b64encode(der).decode("ascii")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _signed_info(signature: etree._Element, method: Method, digest: bytes) -> etree._Element:
    signed_info = _child(signature, "SignedInfo")
    _child(signed_info, "CanonicalizationMethod", Algorithm=Canonicalization.EXCLUSIVE.value)
    _child(signed_info, "SignatureMethod", Algorithm=_METHOD_URIS[method])
    reference = _child(signed_info, "Reference", URI="")
    transforms = _child(reference, "Transforms")
    _child(transforms, "Transform", Algorithm=ENVELOPED)
    _child(transforms, "Transform", Algorithm=Canonicalization.EXCLUSIVE.value)
    _child(reference, "DigestMethod", Algorithm=_DIGEST_URIS["sha256"])
    _child(reference, "DigestValue").text = base64.b64encode(digest).decode("ascii")
    return signed_info


def _child(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{DSIG}}}{name}", attributes)


def _method(key: SigningKey) -> Method:
    if isinstance(key, rsa.RSAPrivateKey):
        return Method("rsa", "sha256")
    return Method("ecdsa", "sha384" if key.curve.name == "secp384r1" else "sha256")


def _value(key: SigningKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), SHA256())
    size = key.key_size // 8
    # What is written anew each time it is fetched shall be the same bytes each time.
    hash_ = SHA384() if _method(key).hash == "sha384" else SHA256()
    der = key.sign(data, ec.ECDSA(hash_, deterministic_signing=True))
    r, s = decode_dss_signature(der)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")
