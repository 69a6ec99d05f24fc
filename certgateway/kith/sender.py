"""The organisation numbers by which a MsgHead names its sender, each with its place.

They are what the message says of itself. Nothing here may mark a number as carried or judge it.
"""

from collections.abc import Iterator
from typing import Final

from certgateway.domain.message import SenderNumber
from certgateway.kith.names import BLANK
from certgateway.kith.nodes import Node

_ORGANISATION_NUMBER: Final = "ENH"


def sender_numbers(info: Node) -> Iterator[SenderNumber]:
    """The numbers of the organisation in MsgInfo/Sender, and of the departments inside it, outermost first."""
    organisation, inner = info.first("Sender", "Organisation"), False
    while organisation is not None:
        for ident in organisation.all("Ident"):
            id_, type_ = ident.first("Id"), ident.first("TypeId")
            if id_ is None or type_ is None:
                continue
            number = "".join(id_.text.split())
            if number and type_.attributes.get("V", "").strip(BLANK).upper() == _ORGANISATION_NUMBER:
                yield SenderNumber(number, id_.path, inner)
        organisation, inner = organisation.first("Organisation"), True
