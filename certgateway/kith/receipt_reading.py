"""A receipt for a message of ours: AppRec 1.0 or 1.1, alone or inside the Fellesformat, read by the names in it.

It tells which message, whether it was taken, and by whom. Texts beside the codes are for people and are not read: they
may hold anything. Nothing here may know whether there is such a message.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

from certgateway import safexml
from certgateway.kith.apprec import NAMESPACES
from certgateway.kith.msghead import ENCODINGS
from certgateway.kith.names import BLANK
from certgateway.kith.nodes import Node, Tree

_TAKEN: Final = {"1": True, "3": True, "2": False}
_PATIENT: Final = ("E30", "E31", "E32", "E35", "E36", "E53", "E54")
_CLINICIAN: Final = ("E20", "E21")
_FORMAT: Final = ("T01", "T02", "T10", "T99")
_REASONS: Final[dict[str, str]] = {
    **dict.fromkeys(_PATIENT, "patient-unknown"),
    **dict.fromkeys(_CLINICIAN, "clinician-unknown"),
    **dict.fromkeys(_FORMAT, "format-not-supported"),
}
"""Codes of 8221 to ours of `REFUSAL_REASON`; whatever else was wrong is another reason."""
_OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class ReadReceipt:
    """What a receipt says: the id of the message, the HER-ids of whoever answers, and `refused`, a code, or None."""

    message: str
    senders: frozenset[str]
    refused: str | None


def find_receipt(raw: bytes, limits: safexml.XmlLimits = safexml.DEFAULT_LIMITS) -> Node | None:
    """The AppRec in a body; None where it is something else. Raises `Unreadable`, but for what is no receipt at all."""
    if b"AppRec" not in raw:
        return None
    tree = Tree()
    safexml.parse_into(raw, tree, limits, ENCODINGS)
    root = cast("Node", tree.root)  # A document that was read to its end has a root.
    found = root.first("AppRec") if root.name == "EI_fellesformat" else root
    return found if found is not None and found.name == "AppRec" and found.namespace in NAMESPACES.values() else None


def read_receipt(receipt: Node) -> ReadReceipt | None:
    """What it says; None when it names no message or no status that there is."""
    message = receipt.word("OriginalMsgId", "Id") if receipt.first("OriginalMsgId") is not None else None
    status = receipt.first("Status")
    told = next((code for code in _codes(status) if code in _TAKEN), None) if status is not None else None
    if message is None or told is None:
        return None
    return ReadReceipt(message, frozenset(_senders(receipt)), None if _TAKEN[told] else _reason(receipt))


def _codes(node: Node | None) -> Iterator[str]:
    """A code where it belongs, and where some write it instead: the name, or the code system."""
    for name in ("V", "DN", "S"):
        value = node.attributes.get(name, "").strip(BLANK) if node is not None else ""
        if value:
            yield value


def _reason(receipt: Node) -> str:
    """The first error that says more than that something was wrong."""
    codes = (code for error in receipt.all("Error") for code in _codes(error))
    return next((_REASONS[code] for code in codes if code in _REASONS), _OTHER)


def _senders(receipt: Node) -> Iterator[str]:
    """Every HER-id of the institution that answers and of its departments."""
    for institution in receipt.every("Sender", "HCP", "Inst"):
        for holder in (institution, *institution.all("Dept")):
            yield from _her(holder.word("Id"), holder.first("TypeId"))
            for more in holder.all("AdditionalId"):
                yield from _her(more.word("Id"), more.first("Type"))


def _her(number: str | None, kind: Node | None) -> Iterator[str]:
    if number is not None and "HER" in (code.upper() for code in _codes(kind)):
        yield number
