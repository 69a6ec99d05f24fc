"""What we sign in JSON others verify, and we do; a receipt's signature is no message's."""

import json
from typing import Literal

import jwt
import pytest

from certgateway.trust.certificates import Anchors
from certgateway.trust.json_signatures import verify
from certgateway.trust.json_signing import sign_beside, sign_within
from certgateway.trust.revocation import NotAsked
from certgateway.trust.signature_refusal import SignatureRefused
from certgateway.trust.xml_signing import Signatory
from tests.jws import ALGORITHMS, joserfc_accepts, pyjwt_accepts, unb64u
from tests.signing import AT, authority, signer

ANCHORS = Anchors((authority().certificate,), (), NotAsked("made for this test"))
BODY = '{"note":"Ærlig talt.."}'.encode()
Kind = Literal["p256", "p384", "rsa3072"]
KINDS: tuple[Kind, ...] = ("p256", "p384", "rsa3072")


def signatory(kind: Kind) -> Signatory:
    return Signatory(signer(kind).key, signer(kind).certificate)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [BODY, bytes(range(256)), b""])
def test_what_we_sign_is_verified_by_us_and_by_peers(kind: Kind, body: bytes) -> None:
    own = signer(kind)
    text = sign_beside(body, signatory(kind))
    assert verify(body, text, ANCHORS, AT).signer.certificate is not None
    assert joserfc_accepts(body, text, own.key.public_key())
    assert pyjwt_accepts(body, text, own.key.public_key())
    assert not pyjwt_accepts(body + b" ", text, own.key.public_key())


@pytest.mark.parametrize("kind", ["p256", "p384"])
def test_a_curve_signs_the_same_bytes_alike(kind: Kind) -> None:
    assert sign_beside(BODY, signatory(kind)) == sign_beside(BODY, signatory(kind))
    assert sign_beside(BODY, signatory(kind)) != sign_beside(BODY + b" ", signatory(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_what_holds_its_bytes_is_read_by_a_peer_and_is_no_signature_of_a_message(kind: Kind) -> None:
    text = sign_within(BODY, signatory(kind), "receipt+jws")
    found = jwt.PyJWS().decode_complete(text, signer(kind).key.public_key(), algorithms=list(ALGORITHMS))
    assert (found["payload"], found["header"]["typ"]) == (BODY, "receipt+jws")
    head, payload, value = text.split(".")
    assert json.loads(unb64u(head))["x5c"] == [signer(kind).certificate_base64]
    for other in (text, f"{head}..{value}"):
        with pytest.raises(SignatureRefused):
            verify(unb64u(payload), other, ANCHORS, AT)
