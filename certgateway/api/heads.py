"""What the head of a request alone may be refused for: what two readers could read differently, and pages of others.

What stands twice is refused rather than read once, since whoever looked at the request before us may have gone by the
other one. Nothing here may look at a body, or repeat what stands in a head.
"""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, QueryParams
from starlette.types import Scope

LARGEST_HEAD: Final = 16 * 1024
"""Bytes of all headers together."""
_ONCE: Final = frozenset({b"content-type", b"content-encoding"})
_OWN_PAGES: Final = frozenset({"same-origin", "none"})


def fault_of_head(scope: Scope) -> str | None:
    """The problem's category; None for a head that is read in one way."""
    names = [name for name, _ in scope["headers"]]
    if {b"content-length", b"transfer-encoding"} <= set(names):
        return "length-told-twice"
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEAD:
        return "headers-too-large"
    if any(names.count(name) > 1 for name in _ONCE):
        return "header-told-twice"
    if b"&" in scope["query_string"] and _is_any_twice(scope["query_string"]):
        return "parameter-told-twice"
    return None


def fault_of_page(headers: Headers, address: str) -> str | None:
    """Whether a page of somebody else's in a browser on this machine asks, where nobody has to log in.

    Such a page may send what needs no preflight, and by a name of its own that leads here (DNS rebinding) read the
    answer too. `address` is our own.
    """
    if not _is_ours(headers.get("host", ""), address):
        return "host-not-ours"
    if headers.get("sec-fetch-site", "none") not in _OWN_PAGES:
        return "page-of-another"
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != headers.get("host"):
        return "page-of-another"
    return None


def _is_any_twice(query: bytes) -> bool:
    names = [name for name, _ in QueryParams(query).multi_items()]
    return len(set(names)) < len(names)


def _is_ours(host: str, address: str) -> bool:
    """Whether a host is an address of a network, a name of a network's own, which has no dot, or the one we go by."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return "." not in name or name == urlsplit(address).hostname or bool(ipaddress.ip_address(name))
    except ValueError:
        return False
