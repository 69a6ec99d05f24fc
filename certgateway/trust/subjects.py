"""What a certificate says of whose it is: its common name and its organisation number.

Only of a certificate that is trusted may anything be asked here; nothing in this module decides whether it is.
"""

import re
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

_ORGANISATION: Final = re.compile(r"(?:NTRNO-)?([0-9]{9})")


def organisation_of(certificate: x509.Certificate) -> str | None:
    """The number of nine digits in organizationIdentifier, else in serialNumber; None where neither has one."""
    stated = (_attribute(certificate, oid) for oid in (NameOID.ORGANIZATION_IDENTIFIER, NameOID.SERIAL_NUMBER))
    return next((match[1] for text in stated if (match := _ORGANISATION.fullmatch(text or ""))), None)


def common_name(certificate: x509.Certificate) -> str | None:
    """The first common name; None where there is none."""
    return _attribute(certificate, NameOID.COMMON_NAME)


def _attribute(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str | None:
    """The first of a kind of name in the subject."""
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else None
