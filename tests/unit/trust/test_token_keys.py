"""Which keys may sign tokens, and that a key signs by its own algorithms only."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certgateway.trust.compact import open_compact
from certgateway.trust.token_keys import ALGORITHMS, check_signed, read_key
from certgateway.trust.token_refusal import TokenRefused
from tests.tokens import b64, jwk, private, signed

NAMES = frozenset({"alg"})
CLIENT = jwk(private("client"))
RSA = jwk(private("client-rsa"))
ED = jwk(private("client-ed"))


@pytest.mark.parametrize(
    "key",
    [
        None,
        [],
        {},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "EC"},
        {**CLIENT, "crv": "P-521"},
        {**CLIENT, "crv": "secp256k1"},
        {**CLIENT, "crv": ["P-256"]},
        {**CLIENT, "x": CLIENT["y"]},
        {**CLIENT, "x": 1},
        {**CLIENT, "y": CLIENT["y"] + "="},
        {**CLIENT, "d": "AAAA"},
        {**CLIENT, "use": "enc"},
        {**CLIENT, "key_ops": ["sign"]},
        {**CLIENT, "key_ops": "verify"},
        {**CLIENT, "kty": "RSA"},
        {**CLIENT, "alg": 1},
        {**RSA, "e": "Aw"},
        {**RSA, "e": RSA["n"]},
        {**RSA, "n": "AQAB"},
        {**RSA, "n": RSA["n"] + "!"},
        {**RSA, "p": "AQAB"},
        {**RSA, "kty": "EC"},
        jwk(rsa.generate_private_key(65537, 1024)),  # noqa: S505  That is the point.
        {**ED, "crv": "Ed448"},
        {**ED, "crv": "X25519"},
        {**ED, "x": "AAAA"},
        {**ED, "kty": "EC"},
    ],
)
def test_a_key_that_is_not_on_the_list_is_none(key: object) -> None:
    with pytest.raises(TokenRefused) as caught:
        read_key(key)
    assert caught.value.cause in {"key-refused", "malformed"}


@pytest.mark.parametrize("key", [CLIENT, RSA, ED, {**CLIENT, "kid": 1, "x5c": [], "use": "sig", "key_ops": ["verify"]}])
def test_what_else_stands_beside_a_key_is_passed_over(key: dict[str, Any]) -> None:
    found = read_key(key)
    assert (
        found.thumbprint()
        == read_key({name: key[name] for name in key if name in ["kty", "crv", "x", "y", "n", "e"]}).thumbprint()
    )


def test_a_key_that_names_its_algorithm_signs_by_no_other() -> None:
    text = open_compact(signed({"alg": "PS256"}, {}, private("client-rsa"), "PS256"), NAMES, "token")
    check_signed(text, read_key(RSA), ALGORITHMS)
    check_signed(text, read_key({**RSA, "alg": "PS256"}), ALGORITHMS)
    with pytest.raises(TokenRefused) as caught:
        check_signed(text, read_key({**RSA, "alg": "RS256"}), ALGORITHMS)
    assert caught.value.cause == "signature-invalid"


def test_an_algorithm_must_be_allowed_here_and_known_at_all() -> None:
    text = open_compact(signed({"alg": "ES256"}, {}, private("client"), "ES256"), NAMES, "token")
    check_signed(text, read_key(CLIENT), ("ES256",))
    for allowed in ((), ("RS256",)):
        with pytest.raises(TokenRefused) as caught:
            check_signed(text, read_key(CLIENT), allowed)
        assert caught.value.cause == "algorithm-refused"
    unknown = open_compact(signed({"alg": "ES512"}, {}, private("client"), "ES512"), NAMES, "token")
    with pytest.raises(TokenRefused):
        check_signed(unknown, read_key(CLIENT), ("ES512",))


def test_a_point_that_is_on_no_curve_is_refused() -> None:
    off = {**CLIENT, "y": b64((int.from_bytes(b"y" * 32, "big")).to_bytes(32, "big"))}
    with pytest.raises(TokenRefused):
        read_key(off)
    assert read_key(jwk(ec.derive_private_key(7, ec.SECP256R1()))).thumbprint()
