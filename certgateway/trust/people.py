"""Asks over HTTP who a patient is to a counsellor: protection, shielding, family, unit and assignment.

One POST for each question, with the personal number in the body: it must never stand in an address, an error or a log.
Whatever is no whole answer is no answer, and what is not told is not known.
"""

from pathlib import Path
from typing import Any, Final

from certgateway import safejson
from certgateway.domain.access_rules import Protection, Relation
from certgateway.domain.errors import PeopleUnavailableError
from certgateway.safejson import JsonLimits, Unreadable
from certgateway.trust.upstream import NoAnswerError, Upstream

SECONDS: Final = 2.0
"""For a whole answer, from the question on."""
_LIMITS: Final = JsonLimits(depth=4, containers=100, values=1000, digits=32, exponent=32)
_PROTECTIONS: Final[dict[str, Protection]] = {
    "none": "none",
    "confidential": "confidential",
    "strictly-confidential": "strictly-confidential",
}


class HttpPeople:
    """The register at an address. It is asked anew each time: what was true yesterday may have been protected since."""

    __slots__ = ("_upstream",)

    def __init__(self, url: str, token_file: Path | None = None, seconds: float = SECONDS) -> None:
        """MisconfiguredError for a file without a token, or one that others may read."""
        self._upstream = Upstream(url, seconds=seconds, token_file=token_file)

    def find(self, number: str, nav_ident: str) -> Relation:
        """Who the person with this number is to a counsellor. PeopleUnavailableError for everything but an answer.

        A number that nobody has is answered like any other, with null for all that is not known.
        """
        try:
            content = self._upstream.post({"patient": number, "counsellor": nav_ident})
        except NoAnswerError as reason:
            raise PeopleUnavailableError(f"the register of persons {reason}") from None
        return read_relation(content)

    def close(self) -> None:
        """Asks nothing more."""
        self._upstream.close()


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
