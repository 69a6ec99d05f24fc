"""Chains of authorities for tests, and two peers that judge them: OpenSSL and the path validation of cryptography."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification

from tests.signing import AT, VALID, Hash, Identity, certificate, key, subject, usage

ISSUING = usage("key_cert_sign", "crl_sign")
MOST_BETWEEN = 3
Certificates = Sequence[x509.Certificate]


def issuer(
    name: str,
    by: Identity | None = None,
    *,
    number: int,
    is_authority: bool = True,
    path_length: int | None = None,
    uses: x509.KeyUsage | None = ISSUING,
    valid: tuple[datetime, datetime] = VALID,
    hash_: Hash | None = None,
    extras: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Identity:
    """An authority below another one, or by itself; another number is another key."""
    own = key("p256", 300 + number)
    made = certificate(
        own,
        subject(name),
        by,
        authority=is_authority,
        path_length=path_length,
        uses=uses,
        valid=valid,
        hash_=hash_,
        extras=extras,
    )
    return Identity(own, made)


def office_below(by: Identity, *, valid: tuple[datetime, datetime] = VALID, name: str = "Kjede legesenter") -> Identity:
    """A signer's certificate by an authority, whichever."""
    own = key("p256", 299)
    return Identity(own, certificate(own, subject(name), by, uses=usage("digital_signature"), valid=valid))


def over_sha1(made: x509.Certificate, by: Identity) -> x509.Certificate:
    """The same certificate signed over SHA-1, which the library makes no more: its names for the two differ by a byte.

    The issuer's key is RSA.
    """
    if not isinstance(by.key, rsa.RSAPrivateKey):
        raise TypeError("only RSA has signatures of one length")
    newer, older = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    body = made.tbs_certificate_bytes.replace(newer, older)
    der = made.public_bytes(Encoding.DER).replace(newer, older)
    return x509.load_der_x509_certificate(
        der.replace(made.signature, by.key.sign(body, padding.PKCS1v15(), SHA1()))  # noqa: S303  What is refused.
    )


def holds_over_sha1(made: x509.Certificate, by: Identity) -> bool:
    """Whether an issuer with RSA did sign a certificate so: `cryptography` itself no longer says."""
    public = by.key.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        return False
    try:
        public.verify(made.signature, made.tbs_certificate_bytes, padding.PKCS1v15(), SHA1())  # noqa: S303  As above.
    except InvalidSignature:
        return False
    return True


def der(*ones: Identity) -> list[bytes]:
    return [one.certificate.public_bytes(Encoding.DER) for one in ones]


def openssl_accepts(
    one: x509.Certificate, pinned: Sequence[x509.Certificate], brought: Sequence[x509.Certificate]
) -> bool:
    """Whether OpenSSL finds a path from a certificate to a pinned one, which need not have issued itself."""
    if shutil.which("openssl") is None and not os.environ.get("CI"):
        pytest.skip("LOUD: there is no openssl here to ask about chains of certificates; CI has one")
    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder) / name for name in ("one", "pinned", "brought")]
        for path, held in zip(names, ((one,), pinned, brought), strict=True):
            path.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in held))
        told = subprocess.run(
            [
                "openssl",
                "verify",
                *("-no-CApath", "-no-CAstore", "-partial_chain", "-auth_level", "2"),
                *("-attime", str(int(AT.timestamp())), "-verify_depth", str(MOST_BETWEEN)),
                *("-CAfile", str(names[1])),
                *(("-untrusted", str(names[2])) if brought else ()),
                str(names[0]),
            ],
            capture_output=True,
            check=False,
        )
    return told.returncode == 0


def library_accepts(
    one: x509.Certificate, pinned: Sequence[x509.Certificate], brought: Sequence[x509.Certificate]
) -> bool:
    """Whether `cryptography` finds such a path. It leaves the use of keys to whoever asks."""

    def issues(_policy: verification.Policy, _certificate: x509.Certificate, uses: x509.KeyUsage) -> None:
        if not uses.key_cert_sign:
            raise ValueError("issues nothing")

    everywhere = verification.Criticality.AGNOSTIC
    of_issuers = verification.ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, everywhere, None)
    verifier = (
        verification.PolicyBuilder()
        .store(verification.Store(list(pinned)))
        .time(AT)
        .max_chain_depth(MOST_BETWEEN)
        .extension_policies(
            ca_policy=of_issuers.require_present(x509.KeyUsage, everywhere, issues),
            ee_policy=verification.ExtensionPolicy.permit_all(),
        )
        .build_client_verifier()
    )
    try:
        verifier.verify(one, list(brought))
    except verification.VerificationError:
        return False
    return True
