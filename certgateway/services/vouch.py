"""Signs what leaves us, in the form its readers can stand: inside where the format has a place for it, else beside.

A MsgHead and a FHIR message in XML get an enveloped signature. AppRec has no place for one, and JSON none that leaves
the bytes alone: their signature goes beside them. Nothing here may change a body that is not signed inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Where there is no key, nothing is loaded that signs.
    from certgateway.trust.xml_signing import Signatory

XML_INSIDE = frozenset({"fhir-xml", "kith"})
"""The formats of messages in which a signature stands inside; an AppRec is none of them."""


def signed_inside(body: bytes, format_: str, signatory: Signatory | None) -> bytes:
    """A message with its signature, where its format has one inside and there is a key; else as it is."""
    if signatory is None or format_ not in XML_INSIDE:
        return body
    from certgateway.trust.xml_signing import sign  # noqa: PLC0415  As above.

    return sign(body, signatory)


def signed_beside(body: bytes, signatory: Signatory | None) -> str | None:
    """A detached JWS over a body as it leaves us; None without a key."""
    if signatory is None:
        return None
    from certgateway.trust.json_signing import sign_beside  # noqa: PLC0415  As above.

    return sign_beside(body, signatory)
