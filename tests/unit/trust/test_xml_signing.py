"""What we sign, others verify; and nothing is signed with a weak key, twice, or unread."""

from __future__ import annotations

from base64 import b64encode
from typing import Literal

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from certgateway.safejson import Unreadable
from certgateway.trust.certificates import Anchors
from certgateway.trust.key_info import check_key_value
from certgateway.trust.revocation import NotAsked
from certgateway.trust.signature_refusal import SignatureRefused
from certgateway.trust.xml_signatures import verify
from certgateway.trust.xml_signing import Signatory, sign
from tests.signing import (
    AT,
    DS,
    DSIG,
    authority,
    canonical,
    key,
    raw,
    signer,
    signxml_accepts,
    valid_messages,
    xmlsec_accepts,
)

ANCHORS = Anchors((authority().certificate,), (), NotAsked("made for this test"))
SMALL = "kith/good/back-pain-one-tick"
DSIG_11 = "http://www.w3.org/2009/xmldsig11#"
Kind = Literal["p256", "p384", "p521", "rsa3072", "rsa2048"]


def signatory(kind: Kind = "p256") -> Signatory:
    return Signatory(signer(kind).key, signer(kind).certificate)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", valid_messages())
def test_both_peers_verify_every_message_that_we_sign(name: str) -> None:
    body = sign(raw(name), signatory())
    assert signxml_accepts(body) == verify(body, ANCHORS, AT).content
    assert xmlsec_accepts(body)


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa3072"])
def test_each_kind_of_key_signs_so_that_others_verify(kind: Kind) -> None:
    body = sign(raw(SMALL), signatory(kind))
    assert verify(body, ANCHORS, AT).content == canonical(etree.fromstring(body))
    assert signxml_accepts(body) is not None
    assert xmlsec_accepts(body)


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa3072"])
def test_the_same_document_is_signed_alike(kind: Kind) -> None:
    assert sign(raw(SMALL), signatory(kind)) == sign(raw(SMALL), signatory(kind))


def test_the_signature_is_the_last_child_and_the_rest_is_as_it_was() -> None:
    root = etree.fromstring(sign(raw(SMALL), signatory()))
    assert root[-1].tag == f"{{{DSIG}}}Signature"
    root.remove(root[-1])
    before = etree.fromstring(raw(SMALL))
    assert etree.tostring(root, method="c14n") == etree.tostring(before, method="c14n")


def test_what_is_signed_already_is_not_signed_again() -> None:
    with pytest.raises(ValueError, match="signed already"):
        sign(sign(b"<a/>", signatory()), signatory())


def test_what_cannot_be_read_is_not_signed() -> None:
    with pytest.raises(Unreadable):
        sign(b"<!DOCTYPE a><a/>", signatory())


def test_key_and_certificate_belong_together_and_are_strong() -> None:
    with pytest.raises(ValueError, match="belong together"):
        Signatory(signer().key, signer(number=1).certificate)
    with pytest.raises(ValueError, match="3072"):
        signatory("rsa2048")
    with pytest.raises(ValueError, match="P-256 or P-384"):
        signatory("p521")


# ---- a key written out beside the certificate -----------------------------------------------------------------------


def rsa_value(kind: Kind) -> str:
    numbers = signer(kind).certificate.public_key().public_numbers()  # type: ignore[union-attr]
    modulus, exponent = (_base64(getattr(numbers, name)) for name in "ne")
    return (
        f'<KeyValue xmlns="{DSIG}"><RSAKeyValue><Modulus>{modulus}</Modulus><Exponent>{exponent}</Exponent>'
        "</RSAKeyValue></KeyValue>"
    )


def _base64(number: int) -> str:
    return b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode()


def ec_value(curve: str, point: bytes) -> str:
    return (
        f'<KeyValue xmlns="{DSIG}"><ECKeyValue xmlns="{DSIG_11}"><NamedCurve URI="{curve}"/>'
        f"<PublicKey>{b64encode(point).decode()}</PublicKey></ECKeyValue></KeyValue>"
    )


def point(kind: Kind, number: int = 0) -> bytes:
    own = key(kind, number)
    assert isinstance(own, ec.EllipticCurvePrivateKey)
    numbers, size = own.public_key().public_numbers(), own.key_size // 8
    return b"\x04" + numbers.x.to_bytes(size, "big") + numbers.y.to_bytes(size, "big")


P256, P384 = "urn:oid:1.2.840.10045.3.1.7", "urn:oid:1.3.132.0.34"


@pytest.mark.parametrize(
    "kind,value,fits",
    [
        ("rsa3072", lambda: rsa_value("rsa3072"), True),
        ("rsa3072", lambda: rsa_value("rsa2048"), False),
        ("rsa3072", lambda: ec_value(P256, point("p256")), False),
        ("p256", lambda: ec_value(P256, point("p256")), True),
        ("p384", lambda: ec_value(P384, point("p384")), True),
        ("p256", lambda: ec_value(P384, point("p256")), False),
        ("p256", lambda: ec_value(P256, point("p256", 1)), False),
        ("p256", lambda: rsa_value("rsa3072"), False),
        ("p256", lambda: f'<KeyValue xmlns="{DSIG}"><ECKeyValue xmlns="{DSIG_11}"/></KeyValue>', False),
    ],
)
def test_a_key_beside_the_certificate_is_the_same_key_or_the_document_is_refused(
    kind: Kind, value: object, *, fits: bool
) -> None:
    root = etree.fromstring(sign(raw(SMALL), signatory(kind)))
    info = root.find(".//ds:KeyInfo", DS)
    assert info is not None
    assert callable(value)
    info.insert(0, etree.fromstring(value()))
    body = etree.tostring(root)
    if fits:
        verify(body, ANCHORS, AT)
    else:
        with pytest.raises(SignatureRefused, match="key-value-differs"):
            verify(body, ANCHORS, AT)


def test_a_key_that_cannot_be_compared_differs() -> None:
    element = etree.fromstring(f'<KeyValue xmlns="{DSIG}"/>')
    public = signer("p256").key.public_key()
    with pytest.raises(SignatureRefused, match="key-value-differs"):
        check_key_value(element, public)
