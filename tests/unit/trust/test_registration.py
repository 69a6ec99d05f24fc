"""What a sender signs with, out of files: nothing counts that cannot be read whole, is secret, or signs for others."""

import json
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from certgateway.domain.errors import MisconfiguredError
from certgateway.domain.senders import Sender
from certgateway.trust.registration import keys_of, read_certificates, read_keys, thumbprint
from tests.signing import authority, office

Json = dict[str, Any]
EC, ED = ECKey.generate_key("P-256", {"kid": "ec"}), OKPKey.generate_key("Ed25519", {"kid": "ed"})


def file(folder: Path, content: bytes | Json) -> Path:
    path = folder / "sender"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def public(key: Key, **more: object) -> Json:
    return {**key.as_dict(private=False), **more}


def test_certificates_are_read_in_their_order_whatever_stands_around_them(tmp_path: Path) -> None:
    old, new = office(), office("974760673")
    path = file(tmp_path, b"old\n" + old.certificate_pem + b"\nnew\n" + new.certificate_pem)
    assert read_certificates(path) == (old.certificate, new.certificate)
    assert len(thumbprint(old.certificate)) == 64


@pytest.mark.parametrize(
    "content, why",
    [
        (b"", "must hold certificates and nothing else"),
        (office().certificate_pem + office().pem, "must hold certificates and nothing else"),
        (office().certificate_pem + b"-----BEGIN CERTIFICATE-----", "must hold certificates and nothing else"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "cannot be read"),
        (office().certificate_pem + authority().certificate_pem, "issuers belong in trust_anchors"),
    ],
    ids=["empty", "with its key", "cut off", "broken", "an issuer"],
)
def test_another_file_stops_the_start_and_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    path = file(tmp_path, content)
    with pytest.raises(MisconfiguredError, match=why) as error:
        read_certificates(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("read", [read_certificates, read_keys])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, read: Any) -> None:  # noqa: ANN401  Two kinds of reader.
    with pytest.raises(MisconfiguredError, match=r"nowhere.* cannot be read: No such file"):
        read(tmp_path / "nowhere")


def test_keys_are_read_alone_and_in_a_set(tmp_path: Path) -> None:
    (alone,) = read_keys(file(tmp_path, public(EC, use="sig")))
    assert (alone.id, alone.thumbprint) == ("ec", EC.thumbprint())
    assert json.loads(alone.jwk)["x"] == public(EC)["x"]
    rsa = RSAKey.generate_key(3072, {"kid": "rsa"})
    both = read_keys(file(tmp_path, {"keys": [public(EC), public(ED), public(rsa)]}))
    assert [(key.id, key.thumbprint) for key in both] == [(k.kid, k.thumbprint()) for k in (EC, ED, rsa)]


def test_smaller_keys_are_read_where_they_are_allowed_and_none_below_that(tmp_path: Path) -> None:
    small = file(tmp_path, public(RSAKey.generate_key(2048, {"kid": "small"})))
    assert [key.id for key in read_keys(small, 2048)] == ["small"]
    with pytest.raises(MisconfiguredError, match="2049 bits"):
        read_keys(small, 2049)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"1",
        b"\xff",
        {"keys": {}},
        {"keys": 1},
        {"keys": [1]},
        {"keys": [public(EC), {}]},
        {"kty": "x", "kid": "x"},
        {**EC.as_dict(private=True)},
        {**OctKey.generate_key(256, {"kid": "oct"}).as_dict(private=True)},
        public(ECKey.generate_key("P-384", {"kid": "p384"})),
        public(OKPKey.generate_key("X25519", {"kid": "x"})),
        public(RSAKey.generate_key(2048, {"kid": "small"})),
        public(EC, use="enc"),
        public(EC, kid=""),
        public(EC, kid=1),
        {name: value for name, value in public(EC).items() if name != "kid"},
        public(EC, x="AAAA"),
    ],
)
def test_what_is_no_public_key_for_signatures_is_refused_and_not_told(tmp_path: Path, content: bytes | Json) -> None:
    path = file(tmp_path, content)
    with pytest.raises(MisconfiguredError, match=r"must hold public keys|holds no key") as error:
        read_keys(path)
    told = str(error.value)
    assert str(path) in told
    assert str(EC.as_dict(private=True)["d"]) not in told
    assert error.value.__cause__ is None


def test_keys_of_senders_are_found_by_their_names_and_tell_whose_they_are(tmp_path: Path) -> None:
    ours = Sender(frozenset({"1"}), "987654325", keys=read_keys(file(tmp_path, {"keys": [public(EC), public(ED)]})))
    rsa = RSAKey.generate_key(3072, {"kid": "rsa"})
    theirs = Sender(frozenset({"2"}), keys=read_keys(file(tmp_path, public(rsa))))
    found = keys_of([ours, theirs, Sender(frozenset({"3"}))])
    assert [key.organisation for key in found.values()] == ["987654325", "987654325", None]
    assert {name: each.key for name, each in found.items()} == {key.kid: key.public_key for key in (EC, ED, rsa)}
    assert keys_of([Sender(frozenset({"3"}))]) == {}
