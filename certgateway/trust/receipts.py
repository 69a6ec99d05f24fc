"""Signed receipts: what the gateway registered of a message, as a JWS that can be verified offline, years later.

A receipt is a JSON object with the digest of the message's bytes and the time of its arrival; what else it tells is for
whoever makes it. Nothing here may read a clock: a receipt is held to the time that it states itself, under a
signature that holds only for whoever had the key then.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from certgateway import safejson
from certgateway.safejson import Unreadable
from certgateway.trust.canonical_json import canonical_json
from certgateway.trust.certificates import Anchors
from certgateway.trust.json_signatures import Signer, verify_within
from certgateway.trust.json_signing import sign_within
from certgateway.trust.signature_refusal import refusal
from certgateway.trust.xml_signing import Signatory

Json = dict[str, Any]
TYPE: Final = "certgateway-receipt+jws"


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """What a receipt tells, and whose signature holds for it."""

    told: Json
    signer: Signer

    def is_of(self, message: bytes) -> bool:
        """Whether these are the bytes that were received."""
        return hmac.compare_digest(str(self.told.get("digest")).encode(), digest_of(message).encode())

    @property
    def has_proof(self) -> bool:
        """Whether it tells what its entry in the ledger is made of; receipts from before that was told do not."""
        place = self.told.get("ledger")
        return isinstance(place, dict) and "evidence" in place

    def is_in_ledger(self, message: bytes) -> bool:
        """Whether the entry that it names is one of these bytes: made anew of its parts, it has the same digest.

        The entry is the head of the ledger at the time, so that the signed receipt is a checkpoint with its inclusion
        proof; `certgateway ledger check --checkpoint` holds a later ledger to it.
        """
        try:
            place = self.told["ledger"]
            parts, entry = place["evidence"], place["entry"]
            made = [*(place[name] for name in ("position", "at", "kind", "message")), _made(parts), place["previous"]]
            return bool(parts[0] == hashlib.sha256(message).hexdigest() and entry == _made(made))
        except (KeyError, TypeError, IndexError):
            return False


def _made(parts: object) -> str:
    """The digest of some parts as the ledger has it."""
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


def digest_of(message: bytes) -> str:
    """How a receipt names the bytes of a message."""
    return f"sha-256:{hashlib.sha256(message).hexdigest()}"


def sign_receipt(told: Json, signatory: Signatory) -> str:
    """The receipt as a compact JWS. It must have `digest` and an aware `arrival` in ISO 8601."""
    return sign_within(canonical_json(told), signatory, TYPE)


def verify_receipt(text: str, anchors: Anchors) -> SignedReceipt:
    """The receipt, once its signature holds at the arrival it states. Raises SignatureRefused."""
    verified = verify_within(text, TYPE, anchors, lambda content: _arrival(_told(content)))
    return SignedReceipt(_told(verified.content), verified.signer)


def _told(content: bytes) -> Json:
    try:
        told = safejson.parse(content)
    except Unreadable:
        raise refusal("jws-malformed") from None
    if not isinstance(told, dict):
        raise refusal("jws-malformed")
    return told


def _arrival(told: Json) -> datetime:
    stated = told.get("arrival")
    try:
        arrival = datetime.fromisoformat(stated) if isinstance(stated, str) else None
    except ValueError:
        arrival = None
    if arrival is None or arrival.tzinfo is None:
        raise refusal("jws-malformed")
    return arrival
