"""The signed receipt of a message, made in the transaction that records it and names its entry in the ledger.

It tells what was registered and nothing of what the message says: ids, paths and digests. No text of a finding, no
number of a person and nothing of what was removed may stand in it.
"""

import hashlib
from functools import cache
from typing import Any

from certgateway.domain.authorisation import Standing
from certgateway.domain.message import SignedBy
from certgateway.domain.record import Kept
from certgateway.fhir import bundle
from certgateway.rules import RULES
from certgateway.services.examine import Examined
from certgateway.services.gateway import Gateway
from certgateway.store.ledger import LedgerEntry, evidence_parts
from certgateway.store.tables import instant_text
from certgateway.store.transactions import Unit

Json = dict[str, Any]


def attest(entry: LedgerEntry, kept: Kept, examined: Examined, unit: Unit, gateway: Gateway) -> None:
    """Signs and keeps the receipt of a message that was just recorded, where the gateway has a key."""
    if gateway.signatory is None:
        return
    from certgateway.trust.receipts import digest_of, sign_receipt  # noqa: PLC0415  Only with a key.

    told: Json = {
        "gateway": f"her:{gateway.her}",
        "message_id": kept.message_id,
        "digest": digest_of(kept.raw),
        "arrival": kept.arrival.isoformat(),
        "sender": kept.sender,
        "signer": _signer(examined.signer),
        "format": kept.format,
        "profile": _profile(examined),
        "rules": rule_set(),
        "verdict": kept.verdict,
        "findings": [{"rule": finding.rule, "path": finding.path} for finding in kept.findings],
        "removed": [{"item": removal.item, "path": removal.path} for removal in kept.removed],
        "ledger": _inclusion(entry, kept),
    }
    if kept.author is not None:
        # The same message, rules and arrival give the same verdict only with the same answer of the register.
        told["author"] = _author(kept.author)
    unit.keep_receipt(kept.uuid, sign_receipt(told, gateway.signatory))


@cache
def rule_set() -> str:
    """The rules that a verdict rests on, by one digest over their ids, effects and times."""
    rows = "\n".join(f"{rule.id} {rule.effect.name} {rule.in_force} {rule.repealed}" for rule in RULES)
    return f"sha-256:{hashlib.sha256(rows.encode()).hexdigest()}"


def _inclusion(entry: LedgerEntry, kept: Kept) -> Json:
    """Where the message stands in the ledger, and all that its entry is made of, so that anybody can make it anew."""
    return {
        "position": entry.seq,
        "entry": entry.digest,
        "previous": entry.previous,
        "at": instant_text(entry.at),
        "kind": entry.kind,
        "message": entry.message,
        "evidence": evidence_parts(kept),
    }


def _signer(signer: SignedBy | None) -> Json | None:
    if signer is None:
        return None
    return {"certificate": signer.certificate, "key": signer.key, "organisation": signer.organisation}


def _author(standing: Standing) -> Json:
    return {
        "found": standing.found,
        "written": list(standing.written),
        "arrival": list(standing.arrival),
        "stated": standing.stated,
    }


def _profile(examined: Examined) -> str | None:
    """The version of our message profiles that a FHIR message is judged by; None for all else."""
    opened = examined.opened
    is_message = isinstance(opened, bundle.Opened) and opened.is_certificate
    return bundle.profile_version(opened.tree) if is_message and isinstance(opened, bundle.Opened) else None
