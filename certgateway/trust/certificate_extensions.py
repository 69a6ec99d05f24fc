"""What a certificate says of its own use: whether it may issue others, sign messages, and what else it demands.

Nothing here asks whether it is to be believed. This module must never pass over a demand that it does not understand.
"""

from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
# Critical extensions that are looked at, or that only narrow what a certificate is used for elsewhere. Any other one
# says something that must not be passed over (RFC 5280, 4.2).
_UNDERSTOOD: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    }
)
# Purposes whose keys lie open on servers or speak for others. No purpose stands for the signing of messages, and what
# issuers write into enterprise certificates differs, so that an allow-list would refuse honest ones.
_OTHER_PURPOSES: Final = frozenset(
    {
        ExtendedKeyUsageOID.SERVER_AUTH,
        ExtendedKeyUsageOID.CODE_SIGNING,
        ExtendedKeyUsageOID.TIME_STAMPING,
        ExtendedKeyUsageOID.OCSP_SIGNING,
    }
)
BROKEN: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises for what cannot be read, or is signed in a way that it does not know."""


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether a certificate says that it may issue others."""
    constraints = _extension(certificate, x509.BasicConstraints)
    return constraints is not None and constraints.ca


def may_sign_messages(certificate: x509.Certificate) -> bool:
    """Whether its key usage is for signing. Enterprise certificates come in threes, for encryption and log-in too."""
    usage = _extension(certificate, x509.KeyUsage)
    signs = usage is not None and (usage.digital_signature or usage.content_commitment)
    return signs and not _is_for_something_else(certificate)


def may_issue(authority: x509.Certificate, below: int) -> bool:
    """Whether a certificate may issue others, with so many authorities between it and the signer.

    Constraints on names are refused where they stand: which of a signer's names they are about nobody here can judge.
    """
    constraints = _extension(authority, x509.BasicConstraints)
    usage = _extension(authority, x509.KeyUsage)
    return (
        constraints is not None
        and constraints.ca
        and (constraints.path_length is None or below <= constraints.path_length)
        and usage is not None
        and usage.key_cert_sign
        and _extension(authority, x509.NameConstraints) is None
        and not demands_more(authority)
        and not _is_for_something_else(authority)
    )


def may_sign_lists(authority: x509.Certificate) -> bool:
    """Whether a certificate's key may sign revocation lists (RFC 5280, 6.3.3 f)."""
    usage = _extension(authority, x509.KeyUsage)
    return usage is not None and usage.crl_sign


def demands_more(certificate: x509.Certificate) -> bool:
    """Whether something critical in a certificate is not understood."""
    return any(extension.critical and extension.oid not in _UNDERSTOOD for extension in certificate.extensions)


def _is_for_something_else(certificate: x509.Certificate) -> bool:
    """Whether every purpose that is stated is another one than signing messages or issuing for who does."""
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    return purposes is not None and _OTHER_PURPOSES.issuperset(purposes)


def _extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
