"""The register of senders: whose HER-ids are whose, and whether who signed a message may write under the one it gives.

The operator fills it, and nothing that a message says of itself can add to it. A `VerifiedSender` is made here alone,
and only of a signature that was verified. Nothing here may verify a signature, or take a HER-id for somebody's proof.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import InitVar, dataclass, field
from typing import Final, final

from certgateway.domain.errors import MisconfiguredError
from certgateway.domain.findings import Effect, Finding, Policy
from certgateway.domain.message import Envelope, Format, SenderNumber, SignedBy
from certgateway.domain.vocabulary.systems import HER_ID

_HER: Final = re.compile(rf"(?:(?:urn:oid:)?{re.escape(HER_ID.removeprefix('urn:oid:'))}[.:])?([0-9]+)")
_HER_ID: Final = re.compile(r"[0-9]{1,10}")
_BLANK: Final = " \t\r\n"
_UNSEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
"""Categories of characters that nobody sees: blanks, controls and marks of direction."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that a sender signs JSON with: its id, its thumbprint by RFC 7638 (SHA-256), and the JWK as JSON text."""

    id: str
    thumbprint: str
    jwk: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sender:
    """One registered sender: its HER-ids, without leading zeros, and what its signatures are known by.

    `certificates` are SHA-256 in lower-case hex. Without any, whoever signs by a certificate of `organisation` that a
    pinned issuer issued is this sender; with some, only these are. A policy is None where the gateway's own holds.
    """

    hers: frozenset[str]
    organisation: str | None = None
    certificates: frozenset[str] = frozenset()
    keys: tuple[PublicKey, ...] = ()
    fhir_policy: Policy | None = None
    kith_policy: Policy | None = None

    @property
    def must_sign(self) -> bool:
        """Whether what is not signed cannot be this sender's: we know what it signs with."""
        return bool(self.certificates or self.keys)

    def policy(self, format_: Format) -> Policy | None:
        """What a missing item does to its message of a format."""
        return self.kith_policy if format_ == "kith" else self.fhir_policy


@final
class _Proof:
    """Held by this module alone; who has it has held a signer to the register."""


_PROOF: Final = _Proof()


@final
@dataclass(frozen=True, slots=True)
class VerifiedSender:
    """A registered sender that has signed a message which gives its HER-id, or its organisation number alone."""

    sender: Sender
    proof: InitVar[_Proof]

    def __post_init__(self, proof: _Proof) -> None:
        """Refuses whoever has no proof."""
        if proof is not _PROOF:
            raise TypeError("only held_to_register() says whose a message is")


class Senders:
    """The register, by all that a sender is known by; it never changes."""

    __slots__ = ("_certificates", "_hers", "_keys", "_organisations", "registered")

    def __init__(self, registered: Iterable[Sender] = ()) -> None:
        """Raises MisconfiguredError where two senders have in common what one alone can have, and names both."""
        self.registered: Final = tuple(registered)
        self._hers = self._by("HER-id", [each.hers for each in self.registered])
        numbers = [frozenset({each.organisation} if each.organisation else ()) for each in self.registered]
        self._organisations = self._by("organisation number", numbers)
        self._certificates = self._by("certificate", [each.certificates for each in self.registered])
        self._keys = self._by("key id", [frozenset(key.id for key in each.keys) for each in self.registered])
        self._by("key with the thumbprint", [frozenset(k.thumbprint for k in each.keys) for each in self.registered])

    def _by(self, what: str, known: list[frozenset[str]]) -> dict[str, Sender]:
        """The senders by one kind of what they are known by."""
        owners: dict[str, int] = {}
        for index, names in enumerate(known):
            for name in sorted(names):
                first = owners.setdefault(name, index)
                if first != index:
                    raise MisconfiguredError(
                        f"settings: senders[{first}] and senders[{index}] both have the {what} {name}; "
                        "it can be one sender's only"
                    )
        return {name: self.registered[index] for name, index in owners.items()}

    def of_her(self, text: str) -> Sender | None:
        """Whose HER-id a text is, however it is written."""
        her = plain_her(text)
        return None if her is None else self._hers.get(her)

    def of_organisation(self, number: str) -> Sender | None:
        """Who is registered with an organisation number."""
        return self._organisations.get(number)

    def her_ids(self, organisation: str) -> frozenset[str]:
        """The HER-ids of an organisation (nine digits), in digits; none where it is not registered."""
        sender = self._organisations.get(organisation)
        return frozenset() if sender is None else sender.hers

    def of_key(self, id_: str) -> Sender | None:
        """Who is registered with a key of this id."""
        return self._keys.get(id_)

    def of_signer(self, signer: SignedBy) -> Sender | None:
        """Who has signed: by a key or a certificate itself, else by its number where a pinned issuer vouches for that.

        A sender with certificates of its own is known by these alone: what was taken out of the register is worth
        nothing, even though the same organisation holds it.
        """
        if signer.certificate is None:
            return self._keys.get(signer.key or "")
        sender = self._certificates.get(signer.certificate)
        if sender is not None or signer.organisation is None or not signer.issued:
            return sender
        named = self._organisations.get(signer.organisation)
        return None if named is None or named.certificates else named


NOBODY: Final = Senders()


def is_her_id(text: str) -> bool:
    """Whether a text is a HER-id, and nothing else: one to ten ASCII digits."""
    return _HER_ID.fullmatch(text) is not None


def misspelt(claims: Iterable[SenderNumber]) -> Iterator[Finding]:
    """What stands for a HER-id and is none: whoever reads it sees one, and it would be kept as another sender's.

    An endpoint may be another address than a HER-id, of letters that are what they look like.
    """
    for claim in claims:
        text = claim.number.strip(_BLANK)
        if text and not (_is_sound_address(text) if claim.is_address else is_her_id(text)):
            yield _refused("her-id-invalid", claim)


def _is_sound_address(text: str) -> bool:
    her = text.removeprefix(f"{HER_ID}.")
    if her != text:
        return is_her_id(her)
    return text.isascii() and text.isprintable() and plain_her(text) is None


def plain_her(text: str) -> str | None:
    """The HER-id that a text gives, as people would read it: without URN, blanks and leading zeros, in ASCII digits.

    None when it gives none. It is for recognising whom a text means, never for naming anybody.
    """
    seen = (each for each in text if unicodedata.category(each) not in _UNSEEN)
    digits = "".join(str(unicodedata.digit(each, each)) for each in unicodedata.normalize("NFKC", "".join(seen)))
    match = _HER.fullmatch(digits.lower())
    return (match[1].lstrip("0") or "0") if match else None


def held_to_register(
    envelope: Envelope, signer: SignedBy | None, senders: Senders, *, only_registered: bool, trusted: bool = False
) -> VerifiedSender | Finding | None:
    """Whose a message is: its registered sender, None where it is taken at its word, a finding where it is refused.

    `envelope` must have been read from what was signed. `only_registered`: nobody else is taken. `trusted`: whoever
    handed it in was verified otherwise, so that it need not be signed.
    """
    if not senders.registered and not only_registered:
        # Most gateways have no register, and to look for HER-ids costs.
        return None
    sender = None if signer is None else senders.of_signer(signer)
    if signer is not None and sender is not None:
        return _held_to_own(envelope, signer, sender, senders)
    if signer is None and trusted:
        return None
    owners = list(_owners(envelope, senders))
    if signer is not None and owners:
        return _refused("sender-other-than-signer", owners[0][1])
    unsigned = next((place for owner, place in owners if owner.must_sign or only_registered), None)
    if unsigned is not None:
        return _refused("signature-missing", unsigned)
    return _refused("sender-not-registered", _first(envelope)) if only_registered else None


def _held_to_own(envelope: Envelope, signer: SignedBy, sender: Sender, senders: Senders) -> VerifiedSender | Finding:
    """Everything that the message calls its sender must be this one's; a department may be nobody else's."""
    for claim in envelope.claims():
        owner = senders.of_her(claim.number)
        if owner is not sender and (owner is not None or (claim.number and not claim.inner)):
            return _refused("sender-other-than-signer", claim)
    if sender.organisation is not None:
        own = {sender.organisation, signer.organisation}
        other = next((each for each in envelope.numbers if not each.inner and each.number not in own), None)
        if other is not None:
            return _refused("signer-not-sender", other)
    # The message is kept and answered under this name, to the letter: another spelling of it would be another's place.
    kind, _, name = envelope.sender.partition(":")
    if name not in {"her": sender.hers, "org": {sender.organisation}}.get(kind, ()):
        return _refused("sender-other-than-signer", _first(envelope))
    return VerifiedSender(sender, _PROOF)


def _owners(envelope: Envelope, senders: Senders) -> Iterator[tuple[Sender, SenderNumber]]:
    """The registered senders that a message says it is from, each with the place where it says so."""
    for claim in envelope.claims():
        owner = senders.of_her(claim.number)
        if owner is not None:
            yield owner, claim
    # The number alone names a sender only where the message is kept under it.
    for number in envelope.numbers:
        owner = senders.of_organisation(number.number)
        if owner is not None and envelope.sender == f"org:{number.number}":
            yield owner, number


def _first(envelope: Envelope) -> SenderNumber | None:
    return next(iter(envelope.claims()), None)


def _refused(rule: str, place: SenderNumber | None) -> Finding:
    """At the place; where nothing stands there, with what belongs in it."""
    if place is None:
        return Finding(rule, Effect.REFUSE, line=1, column=1)
    return Finding(rule, Effect.REFUSE, path=place.path, expected=None if place.number else "HER-id")
