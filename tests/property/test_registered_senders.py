"""Whatever the register and whatever the message: nobody is verified for a HER-id whose registered sender did not sign.

Messages are really signed and walk the whole way. Who may write under what is worked out here from the draw alone.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from certgateway import bootstrap
from certgateway.domain.senders import Sender, Senders
from certgateway.domain.vocabulary.systems import HER_ID
from certgateway.services.receive import Outcome
from certgateway.store.tables import message
from tests.integration.receiving import Desk, desk
from tests.integration.test_signer_and_sender import FHIR, KITH, fingerprint, found, signed
from tests.kith import numbered
from tests.signing import Identity, authority, office, raw

HERS = ("8143060", "8100001", "8100002")
NUMBERS = ("987654325", "974760673")
SIGNERS: dict[str, tuple[Identity, str | None]] = {
    "one": (office(NUMBERS[0]), NUMBERS[0]),
    "sister": (office(NUMBERS[0], by="Zweiter"), NUMBERS[0]),
    "other": (office(NUMBERS[1]), NUMBERS[1]),
    "nameless": (office(None), None),
}
SENDERS = st.none() | st.integers(0, 2)
DISGUISES = ("{}", "{}", "{}", "0{}", " {} ", "{}&#x200B;", "9{}")


@dataclass(frozen=True)
class Draw:
    """Which sender of three each HER-id, certificate and number belongs to; and a message: who signs, and as whom."""

    hers: dict[str, int | None]
    certificates: dict[str, int | None]
    numbers: dict[str, int | None]
    form: str
    signer: str | None
    claims: tuple[str, ...]
    department: str | None
    only_registered: bool

    def register(self) -> Senders:
        made = (
            Sender(
                frozenset(her for her, owner in self.hers.items() if owner == index),
                next((number for number, owner in self.numbers.items() if owner == index), None),
                frozenset(fingerprint(SIGNERS[one][0]) for one, owner in self.certificates.items() if owner == index),
            )
            for index in range(3)
        )
        return Senders(each for each in made if each.hers)

    def has_certificates(self, sender: int) -> bool:
        return sender in self.certificates.values()

    def signed_by(self) -> int | None:
        """Whose signature it is."""
        if self.signer is None:
            return None
        owner = self.certificates[self.signer]
        # Without a HER-id nobody is registered, and nothing of theirs is.
        if owner is not None and owner in self.hers.values():
            return owner
        number = SIGNERS[self.signer][1]
        named = self.numbers.get(number or "")
        return None if named is None or self.has_certificates(named) else named

    def body(self, number: int) -> bytes:
        if self.form == FHIR:
            text = f'<endpoint value="{self.claims[0]}"/>'.encode()
            body = raw(FHIR).replace(f'<endpoint value="{HER_ID}.8143060"/>'.encode(), text)
            body = body.replace(b"5e1f0001-0d0c-4a10-9e00", f"5e1f{number:04}-0d0c-4a10-9e00".encode())
        else:
            idents = "".join(map(ident, self.claims))
            inner = f"<Organisation>{ident(self.department)}</Organisation>" if self.department else ""
            body = numbered(raw(KITH), number)
            # All identifiers of the organisation go, and these come.
            body = re.sub(
                rb"(<OrganisationName>Granlia[^<]*</OrganisationName>)(\s*<Ident>.*?</Ident>)+",
                rb"\1@",
                body,
                count=1,
                flags=re.DOTALL,
            )
            body = body.replace(b"@", idents.encode(), 1)
            body = body.replace(b"<HealthcareProfessional>", inner.encode() + b"<HealthcareProfessional>", 1)
        return body if self.signer is None else signed(body, SIGNERS[self.signer][0])


def ident(her: str) -> str:
    return f'<Ident><Id>{her}</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident>'


@st.composite
def draws(draw: st.DrawFn) -> Draw:
    form = draw(st.sampled_from([FHIR, KITH]))
    claim = st.builds(lambda how, her: how.format(her), st.sampled_from(DISGUISES), st.sampled_from(HERS))
    claims = draw(st.lists(claim, min_size=1, max_size=1 if form == FHIR else 2).map(tuple))
    # One sender has one number, so that the second belongs to another one.
    first, second = draw(SENDERS), draw(SENDERS)
    return Draw(
        hers={her: draw(SENDERS) for her in HERS},
        certificates={one: draw(SENDERS) for one in SIGNERS},
        numbers={NUMBERS[0]: first, NUMBERS[1]: None if second == first else second},
        form=form,
        signer=draw(st.none() | st.sampled_from(sorted(SIGNERS))),
        claims=tuple(f"{HER_ID}.{each}" for each in claims) if form == FHIR else claims,
        department=draw(st.none() | st.sampled_from(HERS)) if form == KITH else None,
        only_registered=draw(st.booleans()),
    )


NEXT = count(1)
HandIn = Callable[[Draw], tuple[Outcome, str]]
"""What became of a message, and the sender it is kept under."""


@pytest.fixture(scope="module")
def hand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HandIn]:
    folder: Path = tmp_path_factory.mktemp("senders")
    (folder / "anchors.pem").write_bytes(authority().certificate_pem + authority("Zweiter").certificate_pem)
    house = bootstrap.build_house(signatures=bootstrap.signatures_of("verify", folder / "anchors.pem"))
    opened = desk(f"sqlite:///{folder}/senders.db", house)

    def to_desk(draw: Draw) -> tuple[Outcome, str]:
        gateway = replace(opened.gateway, senders=draw.register(), only_registered=draw.only_registered)
        outcome = Desk(gateway, opened.clock).hand_in(draw.body(next(NEXT)))
        last = select(message.c.sender).order_by(message.c.arrival.desc()).limit(1)
        with gateway.store.engine.connect() as connection:
            return outcome, connection.execute(last).scalar_one()

    # A function, for a desk would be printed whole with what fails.
    yield to_desk
    opened.gateway.store.close()


@settings(max_examples=120, deadline=None)
@given(draw=draws())
def test_nobody_is_verified_for_a_her_id_that_its_sender_did_not_sign(hand_in: HandIn, draw: Draw) -> None:
    outcome, kept = hand_in(draw)
    her = kept.removeprefix("her:")
    owner, by = draw.hers.get(her), draw.signed_by()
    verified = outcome.verdict != "rejected" and "sender-not-verified" not in found(outcome)
    if verified:
        assert owner is not None
        assert owner == by
    if owner is not None and (draw.has_certificates(owner) or draw.only_registered or draw.signer is not None):
        assert by == owner
    if draw.only_registered:
        assert verified or kept == "unknown"
    plain = draw.claims in {(her,) for her in HERS} | {(f"{HER_ID}.{her}",) for her in HERS} and not draw.department
    claimed = draw.claims[0].removeprefix(f"{HER_ID}.")
    if plain and by is not None and draw.hers.get(claimed) == by:
        assert verified
