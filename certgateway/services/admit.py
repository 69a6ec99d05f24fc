"""For whom a verified caller may speak: which senders are its own, and whether a message is from one of them.

A token says whose organisation calls, and perhaps which clinician. What a message says of its sender and its author is
held against that; a message that is another's is refused before anything of it counts, and takes nobody's place. Where
nobody can tell, the answer is no. Nothing here may verify a token.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from certgateway.domain.findings import Effect, Finding
from certgateway.domain.message import Envelope, Origins, outermost
from certgateway.services.examine import Examined

if TYPE_CHECKING:
    # Where nobody has to log in there are no tokens to load anything for.
    from certgateway.trust.tokens import Identity

_NOBODY: Final = "nobody"
"""A sender that there cannot be: what is another's is looked for under it, with the same work and the same answer."""


class Register(Protocol):
    """Who is registered as a sender."""

    def her_ids(self, organisation: str) -> frozenset[str]:
        """The HER-ids (digits) of an organisation (nine digits); empty for one that is not registered."""
        ...


@dataclass(frozen=True, slots=True)
class Calling:
    """A verified caller, and the senders ("her:8143060") that its organisation has; None where no register tells."""

    identity: Identity
    senders: frozenset[str] | None = field(default=None)

    def speaks_for(self, sender: str) -> bool:
        """Whether a sender is known to be the caller's own."""
        return self.senders is not None and sender in self.senders

    def own(self, sender: str) -> str:
        """A sender of the caller's own; for any other one, a name that nothing is found under."""
        return sender if self.speaks_for(sender) else _NOBODY

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which something of the caller's may be found; never none."""
        return tuple(sorted(self.senders or ())) or (_NOBODY,)

    @property
    def party(self) -> str:
        """Who is counted as one: an organisation by whichever client it calls, else the caller itself."""
        identity = self.identity
        return f"organisation {identity.organisation}" if identity.organisation else identity.key


def calling(identity: Identity, register: Register | None) -> Calling:
    """A caller with what the register knows of its organisation."""
    if register is None:
        return Calling(identity)
    known = register.her_ids(identity.organisation) if identity.organisation is not None else frozenset()
    return Calling(identity, frozenset(f"her:{each}" for each in known))


def speaks_for(caller: Calling | None, sender: str) -> bool:
    """Whether a sender is known to be the caller's own; nobody's where nobody logged in."""
    return caller is not None and caller.speaks_for(sender)


def vouched(examined: Examined, caller: Calling | None) -> Examined:
    """The message where its sender and author are the caller's; else one finding, and nothing that was read.

    Without a caller nothing is asked: then nobody had to log in.
    """
    if caller is None or (examined.envelope is None and examined.certificate is None):
        return examined
    against = _against_sender(examined, examined.envelope, caller) or _against_author(examined, caller.identity)
    if against is None:
        return examined
    told = tuple(examined.positioned(examined.placed([against])))
    return Examined(
        examined.raw,
        examined.format,
        None,
        None,
        Origins(),
        told,
        signer=examined.signer,
        salvaged=examined.original,
    )


def _against_sender(examined: Examined, envelope: Envelope | None, caller: Calling) -> Finding | None:
    """Another organisation number than the caller's, or a sender that is not known to be the caller's.

    The number of a department tells nothing, since an enterprise calls for its departments.
    """
    organisation = caller.identity.organisation
    numbers = [each for each in envelope.numbers if not each.inner] if envelope is not None else []
    other = next((each for each in numbers if each.number != organisation), None)
    if other is not None:
        return Finding("caller-not-sender", Effect.REFUSE, path=other.path)
    known = caller.speaks_for(envelope.sender) if envelope and caller.senders is not None else bool(numbers)
    if organisation is not None and known:
        return None
    whole = examined.origins.paths.get("")
    return Finding("caller-not-sender", Effect.REFUSE, path=outermost(whole) if whole else None)


def _against_author(examined: Examined, identity: Identity) -> Finding | None:
    """Another clinician than the one who is logged in, unless both are of the organisation that calls."""
    author = examined.certificate.author if examined.certificate is not None else None
    if author is None or author.hpr is None or identity.hpr in {None, author.hpr}:
        return None
    if author.organisation is not None and author.organisation == identity.organisation:
        return None
    return Finding("author-not-caller", Effect.REFUSE, element="author.hpr")
