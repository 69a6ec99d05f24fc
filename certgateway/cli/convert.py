"""`certgateway convert`: one certificate from one format to another, on standard output; losses on standard error.

The exit code tells whether anything was lost: a conversion that drops something silently is worse than none.
"""

import argparse
import sys

from certgateway import bootstrap
from certgateway.cli.sources import LARGEST, NoSuchFileError, Sources
from certgateway.domain.errors import MisconfiguredError
from certgateway.services.convert import Loss, convert
from certgateway.services.examine import detect_format

_WORDS = {
    "not-carried": "not carried: {place}",
    "benefit-removed": "benefit content removed: {place}",
    "not-conforming": "does not conform ({rule}): {place}",
    "unreadable": "cannot be read ({rule})",
    "not-written": "has no place in the target: {place}",
    "not-xml": "XML has no letters for something that the certificate says",
    "address-unknown": "is no address in the health network: {place}",
}


def run(options: argparse.Namespace) -> int:
    """Convert, name what was lost, and tell by the exit code whether something was."""
    raw = _only_message(options.path)
    conversion = convert(raw[: LARGEST + 1], detect_format(raw), options.to, bootstrap.build_house())
    for loss in conversion.losses:
        sys.stderr.write(f"certgateway: {_worded(loss)}\n")
    if conversion.content is None:
        sys.stderr.write("certgateway: the input holds no certificate that can be converted\n")
        return 1
    sys.stdout.buffer.write(conversion.content)
    sys.stdout.flush()
    return 1 if conversion.losses else 0


def _only_message(path: str) -> bytes:
    """The one message that the path names; a folder or archive of several is a wrong option."""
    sources = Sources((path,))
    found = [raw for _, raw in sources]
    if sources.unread:
        raise MisconfiguredError("the archive was not read to its end")
    if not found:
        raise NoSuchFileError(path)
    if len(found) > 1:
        raise MisconfiguredError("convert takes one message; the path names several")
    return found[0]


def _worded(loss: Loss) -> str:
    return _WORDS[loss.kind].format(place=loss.place, rule=loss.rule)
