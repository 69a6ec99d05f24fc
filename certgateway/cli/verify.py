"""`certgateway verify`: whether a signed receipt holds, and is of a message; offline, with the gateway's certificate.

Nothing but the two files and the file of trust anchors is read. The receipt is printed only when it holds.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from certgateway.bootstrap import start_of
from certgateway.cli.sources import NoSuchFileError, printable
from certgateway.domain.findings import Language
from certgateway.trust.anchors import read_anchors
from certgateway.trust.receipts import verify_receipt
from certgateway.trust.signature_refusal import SignatureRefused

Json = dict[str, Any]
_DIFFERS: Final = "message-differs"
_UNPROVED: Final = "entry-differs"
_HOLDS: Final[dict[Language, str]] = {
    "nb": "Kvitteringen holder: signert av {signer}, for meldingen {message}, mottatt {arrival}, utfall {verdict}.",
    "nn": "Kvitteringa held: signert av {signer}, for meldinga {message}, motteken {arrival}, utfall {verdict}.",
    "en": "The receipt holds: signed by {signer}, for the message {message}, received {arrival}, verdict {verdict}.",
}
_FAILS: Final[dict[Language, str]] = {
    "nb": "Kvitteringen holder ikke ({cause}).",
    "nn": "Kvitteringa held ikkje ({cause}).",
    "en": "The receipt does not hold ({cause}).",
}
_OTHER: Final[dict[Language, str]] = {
    "nb": "Kvitteringen er ekte, men gjelder en annen melding enn denne.",
    "nn": "Kvitteringa er ekte, men gjeld ei anna melding enn denne.",
    "en": "The receipt is genuine, but it is of another message than this one.",
}

_NOT_IN_LEDGER: Final[dict[Language, str]] = {
    "nb": "Kvitteringen er ekte, men posten i loggen som den nevner, er ikke av denne meldingen.",
    "nn": "Kvitteringa er ekte, men posten i loggen som ho nemner, er ikkje av denne meldinga.",
    "en": "The receipt is genuine, but the entry in the ledger that it names is not of this message.",
}


def run(options: argparse.Namespace) -> int:
    """Print whether the receipt holds and is of the message; 0 when both are so, else 1."""
    text = _read(options.receipt).decode("latin-1").strip()
    message = _read(options.message)
    anchors = read_anchors(options.trust_anchors, options.revocation, start_of(options.rsa_2048_until))
    try:
        receipt = verify_receipt(text, anchors)
    except SignatureRefused as refused:
        return _told(options, refused.id, _FAILS[options.lang].format(cause=refused.id), None)
    if not receipt.is_of(message):
        return _told(options, _DIFFERS, _OTHER[options.lang], None)
    if receipt.has_proof and not receipt.is_in_ledger(message):
        return _told(options, _UNPROVED, _NOT_IN_LEDGER[options.lang], None)
    told = receipt.told
    names = {
        "signer": receipt.signer.organisation or receipt.signer.certificate,
        "message": told.get("message_id") or told.get("digest"),
        "arrival": told.get("arrival"),
        "verdict": told.get("verdict"),
    }
    return _told(options, None, _HOLDS[options.lang].format_map(names), told)


def _told(options: argparse.Namespace, cause: str | None, sentence: str, receipt: Json | None) -> int:
    """Prints what was found, and gives the exit code."""
    if options.format == "json":
        row = {"holds": cause is None, "cause": cause, "receipt": receipt}
        sys.stdout.write(json.dumps(row, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(printable(sentence) + "\n")
    return 0 if cause is None else 1


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        raise NoSuchFileError(path) from None
