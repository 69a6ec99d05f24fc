"""Keys, certificates and signed messages for tests, and two peers that verify them. Nothing here calls the gateway.

Keys are made once a process; those on curves from plain numbers, so that their certificates are the same every time.
"""

import hashlib
import importlib
import tempfile
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA224, SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree

MESSAGES = Path(__file__).resolve().parents[1] / "fixtures" / "messages"
AT = datetime(2026, 11, 1, 11, tzinfo=UTC)
VALID = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2080, 1, 1, tzinfo=UTC))
DSIG = "http://www.w3.org/2000/09/xmldsig#"
DS = {"ds": DSIG}
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"

USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
# What these two offer is not all in the types that they ship.
signxml: Any = importlib.import_module("signxml")
xmlsec: Any = importlib.import_module("xmlsec")

Hash = SHA224 | SHA256 | SHA384 | SHA512
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Kind = Literal["p256", "p384", "p521", "rsa3072", "rsa2048"]
CURVES: dict[str, ec.EllipticCurve] = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}


@dataclass(frozen=True)
class Identity:
    """A private key with a certificate."""

    key: Key
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The private key, as others' libraries want it."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def certificate_base64(self) -> str:
        return b64encode(self.certificate.public_bytes(Encoding.DER)).decode()


@cache
def key(kind: Kind, number: int) -> Key:
    """A key of a kind; another number is another key."""
    if kind in CURVES:
        return ec.derive_private_key(1_000_003 + number, CURVES[kind])
    return rsa.generate_private_key(65537, int(kind.removeprefix("rsa")))


def usage(*names: str) -> x509.KeyUsage:
    """The key usage extension with these set."""
    return x509.KeyUsage(**{name: name in names for name in USES})


def subject(name: str, *others: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in ((NameOID.COMMON_NAME, name), *others)])


def certificate(
    of: Key,
    name: x509.Name,
    by: Identity | None = None,
    *,
    authority: bool = False,
    path_length: int | None = None,
    uses: x509.KeyUsage | None,
    valid: tuple[datetime, datetime] = VALID,
    hash_: Hash | None = None,
    extras: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> x509.Certificate:
    """A certificate for a key, issued by an identity or by itself."""
    signing = by.key if by else of
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.certificate.subject if by else name)
        .public_key(of.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(name.public_bytes()).digest()[:8], "big") // 2 + 1)
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.BasicConstraints(ca=authority, path_length=path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(of.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    if uses is not None:
        builder = builder.add_extension(uses, critical=True)
    for extension, critical in extras:
        builder = builder.add_extension(extension, critical=critical)
    deterministic = True if isinstance(signing, ec.EllipticCurvePrivateKey) else None
    return builder.sign(signing, hash_ or SHA256(), ecdsa_deterministic=deterministic)


def authority(name: str = "Testutsteder") -> Identity:
    """An issuer; another name is another one, with another key."""
    return _authority(name)


@cache
def _authority(name: str) -> Identity:
    own = ec.derive_private_key(int.from_bytes(name.encode(), "big") % 2**128, ec.SECP256R1())
    uses = usage("key_cert_sign", "crl_sign")
    return Identity(own, certificate(own, subject(name), authority=True, uses=uses))


def signer(kind: Kind = "p256", by: str = "Testutsteder", number: int = 0) -> Identity:
    """A doctor's office with an enterprise certificate; another number is another office."""
    # The cache would tell a default from the same value spelled out.
    return _signer(kind, by, number)


@cache
def _signer(kind: Kind, by: str, number: int) -> Identity:
    own = key(kind, number)
    name = subject(f"Legekontor {number}", (NameOID.ORGANIZATION_IDENTIFIER, f"NTRNO-99999999{number}"))
    return Identity(own, certificate(own, name, authority(by), uses=usage("digital_signature")))


def office(organisation: str | None = "987654325", by: str = "Testutsteder") -> Identity:
    """An office whose certificate has this organisation number, or none; by default that of the example messages."""
    return _office(organisation, by)


@cache
def _office(organisation: str | None, by: str) -> Identity:
    own = key("p256", int(organisation or 0))
    stated = () if organisation is None else ((NameOID.ORGANIZATION_IDENTIFIER, f"NTRNO-{organisation}"),)
    return Identity(
        own, certificate(own, subject("Granlia legesenter", *stated), authority(by), uses=usage("digital_signature"))
    )


def revocation_list(by: Identity, *revoked: x509.Certificate, until: datetime = AT + timedelta(days=1)) -> bytes:
    """An issuer's list in PEM, in force at AT."""
    builder = x509.CertificateRevocationListBuilder(by.certificate.subject, AT - timedelta(days=1), until)
    for one in revoked:
        entry = x509.RevokedCertificateBuilder(one.serial_number, AT - timedelta(days=1)).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(by.key, SHA256()).public_bytes(Encoding.PEM)


def raw(name: str) -> bytes:
    """A message by its path below fixtures/messages, without its ending."""
    return (MESSAGES / f"{name}.xml").read_bytes()


@cache
def valid_messages() -> tuple[str, ...]:
    """Every message of both formats in XML that has nothing wrong with it."""
    folders = ("good", "kith/good")
    return tuple(f"{folder}/{path.stem}" for folder in folders for path in sorted((MESSAGES / folder).glob("*.xml")))


def canonical(root: etree._Element, *, exclusive: bool = True) -> bytes:
    """What a signature over a document without its Signature is about."""
    copy = etree.fromstring(etree.tostring(root))
    for element in copy.findall("ds:Signature", DS):
        before = element.getprevious()
        if before is None:
            copy.text = (copy.text or "") + (element.tail or "")
        else:
            before.tail = (before.tail or "") + (element.tail or "")
        copy.remove(element)
    return etree.tostring(copy, method="c14n", exclusive=exclusive, with_comments=False)


def resigned(body: bytes, by: Identity, hash_: HashAlgorithm | None = None, *, digest: str | None = "sha256") -> bytes:
    """The same document, its digest and its signature made anew: what a sender with a key may write as they please."""
    root = etree.fromstring(body)
    signed_info = root.find(".//ds:SignedInfo", DS)
    value = root.find(".//ds:SignatureValue", DS)
    if signed_info is None or value is None:
        raise ValueError("there is no signature to make anew")
    if digest is not None:
        for one in signed_info.iterfind(".//ds:DigestValue", DS):
            one.text = b64encode(hashlib.new(digest, canonical(root)).digest()).decode()
    value.text = b64encode(_value(by.key, etree.tostring(signed_info, method="c14n", exclusive=True), hash_)).decode()
    return written(root)


def _value(own: Key, data: bytes, hash_: HashAlgorithm | None) -> bytes:
    if isinstance(own, rsa.RSAPrivateKey):
        return own.sign(data, padding.PKCS1v15(), hash_ or SHA256())
    size = (own.key_size + 7) // 8
    pair = decode_dss_signature(own.sign(data, ec.ECDSA(hash_ or SHA256())))
    return b"".join(number.to_bytes(size, "big") for number in pair)


# ---- the peers ------------------------------------------------------------------------------------------------------


@cache
def authority_file() -> str:
    """The authority's certificate in a file, which is what the peers read."""
    with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as file:
        file.write(authority().certificate_pem)
    return file.name


def signxml_accepts(body: bytes) -> bytes | None:
    """What signxml says was signed; None when it refuses."""
    config = signxml.SignatureConfiguration(verification_time=AT)
    try:
        result = signxml.XMLVerifier().verify(body, ca_pem_file=authority_file(), expect_config=config)
    except Exception:  # noqa: BLE001  It raises whatever its libraries raise.
        return None
    return result.signed_data if not isinstance(result, list) else None


def signed_by_signxml(body: bytes, by: Identity, *, method: str, digest: str, form: str) -> bytes:
    made = signxml.XMLSigner(signature_algorithm=method, digest_algorithm=digest, c14n_algorithm=form)
    root = made.sign(etree.fromstring(body), key=by.pem, cert=[by.certificate_pem.decode()])
    return written(root)


@cache
def _manager() -> object:
    manager = xmlsec.KeysManager()
    manager.load_cert_from_memory(authority().certificate_pem, xmlsec.KeyFormat.CERT_PEM, xmlsec.KeyDataType.TRUSTED)
    return manager


def xmlsec_accepts(body: bytes) -> bool:
    """Whether xmlsec takes the first signature of a document; what was signed it does not tell."""
    try:
        root = etree.fromstring(body)
        xmlsec.tree.add_ids(root, ["Id"])
        node = xmlsec.tree.find_node(root, xmlsec.Node.SIGNATURE)
        if node is None:
            return False
        xmlsec.SignatureContext(_manager()).verify(node)
    except (xmlsec.Error, etree.XMLSyntaxError, ValueError):
        return False
    return True


def signed_by_xmlsec(
    body: bytes, by: Identity, *, method: str, digest: str, forms: Sequence[str], uri: str = ""
) -> bytes:
    """Algorithms by xmlsec's names; `forms` are the canonicalisation of SignedInfo and perhaps one of the content.

    With a `uri` of #x the root gets the Id x.
    """
    steps = xmlsec.Transform
    root = etree.fromstring(body)
    if uri:
        root.set("Id", uri.removeprefix("#"))
    signature = xmlsec.template.create(root, getattr(steps, forms[0]), getattr(steps, method))
    root.append(signature)
    reference = xmlsec.template.add_reference(signature, getattr(steps, digest), uri=uri)
    xmlsec.template.add_transform(reference, steps.ENVELOPED)
    for form in forms[1:]:
        xmlsec.template.add_transform(reference, getattr(steps, form))
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(by.pem, xmlsec.KeyFormat.PEM)
    context.key.load_cert_from_memory(by.certificate_pem, xmlsec.KeyFormat.CERT_PEM)
    xmlsec.tree.add_ids(root, ["Id"])
    context.sign(signature)
    return written(root)


def written(root: etree._Element) -> bytes:
    """A document in UTF-8 that says so."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
