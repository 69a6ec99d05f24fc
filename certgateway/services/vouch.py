"""Signs what leaves us, in the form its readers can stand: inside where the format has a place for it, else beside.

A MsgHead and a FHIR message in XML get an enveloped signature. AppRec has no place for one, and JSON none that leaves
the bytes alone: their signature goes beside them. Nothing here may change a body that is not signed inside.
"""

from certgateway.trust.json_signing import sign_beside
from certgateway.trust.xml_signing import Signatory, sign

XML_INSIDE = frozenset({"fhir-xml", "kith"})
"""The formats of messages in which a signature stands inside; an AppRec is none of them."""


def signed_inside(body: bytes, format_: str, signatory: Signatory | None) -> bytes:
    """A message with its signature, where its format has one inside and there is a key; else as it is."""
    return body if signatory is None or format_ not in XML_INSIDE else sign(body, signatory)


def signed_beside(body: bytes, signatory: Signatory | None) -> str | None:
    """A detached JWS over a body as it leaves us; None without a key."""
    return None if signatory is None else sign_beside(body, signatory)
