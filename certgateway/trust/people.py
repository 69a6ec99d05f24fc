"""Asks over HTTP who a patient is to a counsellor: protection, shielding, family, unit and assignment.

One POST for each question, with the personal number in the body: it must never stand in an address, an error or a log.
Whatever is no whole answer is no answer, and what is not told is not known.
"""

import json
import time
from typing import Any, Final

import httpx2

from certgateway import safejson
from certgateway.domain.access_rules import Protection, Relation
from certgateway.domain.errors import PeopleUnavailableError
from certgateway.safejson import JsonLimits, Unreadable

SECONDS: Final = 2.0
"""For connecting, and for each part of the answer."""
ALTOGETHER: Final = 5.0
"""For an answer that comes in many parts."""
_LARGEST: Final = 16 * 1024
_OK: Final = 200
_LIMITS: Final = JsonLimits(depth=4, containers=100, values=1000, digits=32, exponent=32)
_PROTECTIONS: Final[dict[str, Protection]] = {
    "none": "none",
    "confidential": "confidential",
    "strictly-confidential": "strictly-confidential",
}


class HttpPeople:
    """The register at an address. It is asked anew each time: what was true yesterday may have been protected since."""

    __slots__ = ("_client", "_url")

    def __init__(self, url: str) -> None:
        self._url = url
        headers = {"User-Agent": "certgateway", "Accept": "application/json", "Accept-Encoding": "identity"}
        self._client = httpx2.Client(trust_env=False, follow_redirects=False, timeout=SECONDS, headers=headers)

    def find(self, number: str, nav_ident: str) -> Relation:
        """Who the person with this number is to a counsellor. PeopleUnavailableError for everything but an answer.

        A number that nobody has is answered like any other, with null for all that is not known.
        """
        until = time.monotonic() + ALTOGETHER
        body = json.dumps({"patient": number, "counsellor": nav_ident}).encode()
        try:
            with self._client.stream(
                "POST", self._url, content=body, headers={"Content-Type": "application/json"}
            ) as response:
                if response.status_code != _OK:
                    raise PeopleUnavailableError("the register of persons does not answer")
                content = bytearray()
                for chunk in response.iter_raw():
                    content += chunk
                    if len(content) > _LARGEST or time.monotonic() > until:
                        raise PeopleUnavailableError("the register of persons says too much, or too slowly")
        except httpx2.HTTPError:
            # The library's own words may quote the address.
            raise PeopleUnavailableError("the register of persons cannot be reached") from None
        return read_relation(bytes(content))

    def close(self) -> None:
        """Ends its connections."""
        self._client.close()


def read_relation(content: bytes) -> Relation:
    """What an answer says; PeopleUnavailableError for one of another form. What it leaves out is not known."""
    try:
        told = safejson.parse(content, _LIMITS)
    except Unreadable:
        told = None
    if not isinstance(told, dict):
        raise PeopleUnavailableError("the register of persons answers nothing that can be read")
    protection, unit = told.get("protection"), told.get("unit")
    return Relation(
        protection=_PROTECTIONS.get(protection) if isinstance(protection, str) else None,
        is_shielded=_truth(told, "shielded"),
        is_self=_truth(told, "self"),
        is_family=_truth(told, "family"),
        unit=unit if isinstance(unit, str) else None,
        is_assigned=_truth(told, "assigned"),
    )


def _truth(told: dict[str, Any], name: str) -> bool | None:
    value = told.get(name)
    return value if isinstance(value, bool) else None
