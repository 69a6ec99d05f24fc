"""A signed JSON text in compact form (RFC 7515): three parts between dots, opened strictly and believed by nobody yet.

Everything is bounded before it is read. One text has one spelling here: Base64url without padding and without stray
bits, JSON without duplicate names. This module must never verify anything, and never give out an unverified value but
to those who will.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from certgateway import safejson
from certgateway.safejson import JsonLimits, Unreadable
from certgateway.trust import base64url
from certgateway.trust.token_refusal import Part, TokenRefused

Json = dict[str, Any]

MOST: Final = 12 * 1024
"""Characters of a token or a proof; all the headers of a request may have 16 KiB."""
_FORM: Final = re.compile(r"([A-Za-z0-9_-]{1,4096})\.([A-Za-z0-9_-]{1,12288})\.([A-Za-z0-9_-]{1,2048})", re.ASCII)
_LIMITS: Final = JsonLimits(depth=12, containers=200, values=2000, digits=32, exponent=32)


@dataclass(frozen=True, slots=True)
class Compact:
    """`text` as it came; `header` and `claims` as they were read and, until the signature is verified, mere claims."""

    text: str = field(repr=False)
    header: Json = field(repr=False)
    claims: Json = field(repr=False)


def open_compact(text: str, header_names: frozenset[str], part: Part) -> Compact:
    """The three parts opened. Raises TokenRefused for any other form and for a name in the header that is not listed.

    What is not listed is not passed over: `crit`, `jku`, `x5u`, `x5c` and `b64` each change what a signature means.
    """
    if len(text) > MOST:
        raise TokenRefused("too-long", part)
    form = _FORM.fullmatch(text)
    if form is None:
        raise TokenRefused("malformed", part)
    header, claims = _object(form[1], part), _object(form[2], part)
    decoded(form[3], part)
    if not header.keys() <= header_names:
        raise TokenRefused("header-refused", part)
    return Compact(text, header, claims)


def decoded(text: str, part: Part) -> bytes:
    """The bytes of Base64url; TokenRefused for a text that is not exactly what these bytes are written as."""
    try:
        return base64url.decode(text)
    except ValueError:
        raise TokenRefused("malformed", part) from None


def _object(text: str, part: Part) -> Json:
    try:
        found = safejson.parse(decoded(text, part), _LIMITS)
    except Unreadable:
        raise TokenRefused("malformed", part) from None
    if not isinstance(found, dict):
        raise TokenRefused("malformed", part)
    return found
