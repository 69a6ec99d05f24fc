"""The file of the signing key: one key and its certificate, closed to others, and no word of it in an error."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.signing_key import read_signatory
from tests.signing import office, signer

OWN = office()


def written(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "signing.pem"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("content", [OWN.pem + OWN.certificate_pem, OWN.certificate_pem + b"# ours\n" + OWN.pem])
def test_a_key_and_its_certificate_are_read(tmp_path: Path, content: bytes) -> None:
    found = read_signatory(written(tmp_path, content))
    assert found.certificate == OWN.certificate
    assert found.key.public_key() == OWN.key.public_key()


def sealed() -> bytes:
    return OWN.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))


def edwards() -> bytes:
    own = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    return own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    "content, why",
    [
        (b"", "one private key and its certificate"),
        (OWN.pem, "one private key and its certificate"),
        (OWN.certificate_pem, "one private key and its certificate"),
        (OWN.pem * 2 + OWN.certificate_pem, "one private key and its certificate"),
        (OWN.pem + OWN.certificate_pem * 2, "one private key and its certificate"),
        (OWN.pem + OWN.certificate_pem + OWN.pem.replace(b"PRIVATE", b"PUBLIC"), "one private key and its"),
        (OWN.pem.replace(b"MIG", b"AAA") + OWN.certificate_pem, "cannot be read"),
        (OWN.pem + OWN.certificate_pem.replace(b"MII", b"AAA"), "cannot be read"),
        (sealed() + OWN.certificate_pem, "cannot be read"),
        (edwards() + OWN.certificate_pem, "neither RSA nor"),
        (OWN.pem + signer("p384").certificate_pem, "do not belong together"),
        (signer("rsa2048").pem + signer("rsa2048").certificate_pem, "3072"),
        (signer("p521").pem + signer("p521").certificate_pem, "P-256"),
    ],
)
def test_anything_else_stops_the_start(tmp_path: Path, content: bytes, why: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(MisconfiguredError, match=why) as found:
        read_signatory(path)
    assert "BEGIN" not in str(found.value)
    assert str(path) in str(found.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_that_others_may_open_is_not_used(tmp_path: Path, mode: int) -> None:
    with pytest.raises(MisconfiguredError, match="0600"):
        read_signatory(written(tmp_path, OWN.pem + OWN.certificate_pem, mode))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match=r"signing\.pem cannot be read"):
        read_signatory(tmp_path / "signing.pem")
