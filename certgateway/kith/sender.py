"""The organisation numbers and HER-ids by which a MsgHead names its sender, each with its place.

They are what the message says of itself. Nothing here may mark a number as carried or judge it.
"""

from collections.abc import Iterator
from typing import Final

from certgateway.domain.message import SenderNumber
from certgateway.kith.names import BLANK
from certgateway.kith.nodes import Node

_ORGANISATION_NUMBER: Final = "ENH"
_HER_ID: Final = "HER"
_WITHOUT_BLANKS: Final = dict.fromkeys(map(ord, BLANK))


def sender_numbers(info: Node) -> Iterator[SenderNumber]:
    """The numbers of the organisation in MsgInfo/Sender, and of the departments inside it, outermost first."""
    for id_, type_, inner in _idents(info):
        number = id_.text.translate(_WITHOUT_BLANKS)
        if number and type_ == _ORGANISATION_NUMBER:
            yield SenderNumber(number, id_.path, inner)


def sender_claims(info: Node) -> Iterator[SenderNumber]:
    """The HER-ids in the same order, as written; without one, an empty one at the nearest place that is there."""
    found = [SenderNumber(id_.text, id_.path, inner) for id_, type_, inner in _idents(info) if type_ == _HER_ID]
    nearest = info.first("Sender", "Organisation") or info.first("Sender") or info
    yield from found or [SenderNumber("", nearest.path)]


def _idents(info: Node) -> Iterator[tuple[Node, str, bool]]:
    """The Id of each identifier, its type, and whether it is a department's."""
    organisation, inner = info.first("Sender", "Organisation"), False
    while organisation is not None:
        for ident in organisation.all("Ident"):
            id_, type_ = ident.first("Id"), ident.first("TypeId")
            if id_ is not None and type_ is not None:
                yield id_, type_.attributes.get("V", "").strip(BLANK).upper(), inner
        organisation, inner = organisation.first("Organisation"), True
