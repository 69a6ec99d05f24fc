"""What a signature says of its key: the certificates it brings, and keys written out, which must be the same key.

Nothing here is signed, so nothing of it is believed: a certificate must be trusted for other reasons, and the names of
issuers and subjects beside it are not read. This module must never give a key that stands in no certificate, or follow
a pointer to one.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from certgateway.trust.algorithms import Key
from certgateway.trust.signature_refusal import refusal
from certgateway.trust.signed_info import DSIG, check_plain, children, leaf_bytes

_DSIG_11: Final = "http://www.w3.org/2009/xmldsig11#"
_MOST_CERTIFICATES: Final = 4
_HINTS: Final = frozenset(f"{{{DSIG}}}{name}" for name in ("X509IssuerSerial", "X509SubjectName", "X509SKI"))
_CURVE_NAMES: Final = {"urn:oid:1.2.840.10045.3.1.7": "secp256r1", "urn:oid:1.3.132.0.34": "secp384r1"}


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """The certificates in DER, and the KeyValue beside them, if any."""

    certificates: tuple[bytes, ...]
    key_value: etree._Element | None


def read_key_info(element: etree._Element) -> KeyInfo:
    """One X509Data with certificates, and at most one KeyValue. Raises SignatureRefused."""
    check_plain(element, attributes=("Id",))
    data, values = element.findall(f"{{{DSIG}}}X509Data"), element.findall(f"{{{DSIG}}}KeyValue")
    if len(data) > 1 or len(values) > 1 or len(element) > len(data) + len(values):
        raise refusal("key-info-refused")
    if not data:
        raise refusal("certificate-missing")
    check_plain(data[0])
    written = data[0].findall(f"{{{DSIG}}}X509Certificate")
    hints = [child for child in data[0] if child.tag in _HINTS]
    if len(data[0]) > len(written) + len(hints) or len(written) > _MOST_CERTIFICATES:
        raise refusal("key-info-refused")
    if not written:
        raise refusal("certificate-missing")
    return KeyInfo(tuple(map(leaf_bytes, written)), values[0] if values else None)


def check_key_value(element: etree._Element, key: Key) -> None:
    """Nothing, when a KeyValue is the certificate's key once more. Raises SignatureRefused `key-value-differs`."""
    if not (_is_rsa(element, key) if isinstance(key, rsa.RSAPublicKey) else _is_elliptic(element, key)):
        raise refusal("key-value-differs")


def _is_rsa(element: etree._Element, key: rsa.RSAPublicKey) -> bool:
    stated = element.find(f"{{{DSIG}}}RSAKeyValue")
    if stated is None:
        return False
    modulus, exponent = (int.from_bytes(leaf_bytes(part), "big") for part in children(stated, "Modulus", "Exponent"))
    return rsa.RSAPublicNumbers(exponent, modulus) == key.public_numbers()


def _is_elliptic(element: etree._Element, key: ec.EllipticCurvePublicKey) -> bool:
    curve = element.find(f"{{{_DSIG_11}}}ECKeyValue/{{{_DSIG_11}}}NamedCurve")
    point = element.find(f"{{{_DSIG_11}}}ECKeyValue/{{{_DSIG_11}}}PublicKey")
    if curve is None or point is None or _CURVE_NAMES.get(curve.get("URI", "")) != key.curve.name:
        return False
    return leaf_bytes(point) == key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
