"""`python -m bench.signatures`: what verifying one signed message costs, beside signxml and xmlsec, in one run.

The same bytes, key and certificate for all three; what a verifier may keep from one message to the next it keeps. A
subject that does not take the message stops the run: what is not verified is not measured.
"""

import argparse
import importlib
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from bench import machine
from bench.samples import GOOD, KITH, SMALL
from bench.timing import interleaved
from certgateway.trust.certificates import Anchors
from certgateway.trust.revocation import NotAsked
from certgateway.trust.xml_signatures import verify
from certgateway.trust.xml_signing import Signatory, sign

Subject = Callable[[int], object]
MESSAGES: Final = {"KITH, every element": KITH, "FHIR, small": GOOD / f"{SMALL}.xml"}
# What these two offer is not all in the types that they ship.
_SIGNXML: Any = importlib.import_module("signxml")
_XMLSEC: Any = importlib.import_module("xmlsec")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.signatures", description=__doc__.partition(":")[0])
    parser.add_argument("--rounds", type=int, default=200, help="rounds in which everything takes its turn")
    options = parser.parse_args()
    now = datetime.now(UTC).replace(microsecond=0)
    authority, signatory = _identities(now)
    found = machine.described()
    print(f"{found['processor']}, {found['cores']} cores, Python {found['python']}, load {found['load_average']}")
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(authority.public_bytes(Encoding.PEM))
        file.flush()
        for name, path in MESSAGES.items():
            body = sign(path.read_bytes(), signatory)
            subjects = {
                "ours": _ours(body, authority, now),
                "signxml": _signxml(body, file.name, now),
                "xmlsec": _xmlsec(body, authority),
            }
            times = interleaved(subjects, options.rounds, warm_up=10)
            print(f"{name}, {len(body)} bytes signed:")
            for subject, each in times.items():
                ratio = times["ours"].multiple_of(each)
                print(f"  {subject:8} {each.summary()['cpu']:.2f} ms CPU; ours takes {ratio:.2f} of it")


def _identities(now: datetime) -> tuple[x509.Certificate, Signatory]:
    top, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer, subject = (x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in ("Issuer", "Signer"))
    authority = _certificate(issuer, issuer, top, top, now, is_authority=True)
    return authority, Signatory(own, _certificate(issuer, subject, own, top, now, is_authority=False))


def _certificate(
    issuer: x509.Name,
    subject: x509.Name,
    own: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    now: datetime,
    *,
    is_authority: bool,
) -> x509.Certificate:
    names = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign")
    uses = dict.fromkeys((*names, "encipher_only", "decipher_only"), False)
    usage = x509.KeyUsage(digital_signature=not is_authority, key_cert_sign=is_authority, **uses)
    day = timedelta(days=1)
    builder = x509.CertificateBuilder(issuer, subject, own.public_key(), x509.random_serial_number())
    return (
        builder.not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .sign(by, SHA256())
    )


def _ours(body: bytes, authority: x509.Certificate, now: datetime) -> Subject:
    anchors = Anchors((authority,), (), NotAsked("certificates made for this run"))
    return lambda _: verify(body, anchors, now)


def _signxml(body: bytes, file: str, now: datetime) -> Subject:
    config = _SIGNXML.SignatureConfiguration(verification_time=now)
    return lambda _: _SIGNXML.XMLVerifier().verify(body, ca_pem_file=file, expect_config=config)


def _xmlsec(body: bytes, authority: x509.Certificate) -> Subject:
    manager = _XMLSEC.KeysManager()
    pem = authority.public_bytes(Encoding.PEM)
    manager.load_cert_from_memory(pem, _XMLSEC.KeyFormat.CERT_PEM, _XMLSEC.KeyDataType.TRUSTED)
    return partial(_by_xmlsec, body, manager)


def _by_xmlsec(body: bytes, manager: object, _: int) -> None:
    root = etree.fromstring(body)
    _XMLSEC.SignatureContext(manager).verify(_XMLSEC.tree.find_node(root, _XMLSEC.Node.SIGNATURE))


if __name__ == "__main__":
    main()
