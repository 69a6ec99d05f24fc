"""No change to a signed message makes us take anything but what was signed; where peers differ is declared.

`signature_departures.toml` says of each peer which changes it takes that we refuse, or refuses that we take, how often,
who is right and why. Any other number fails, so that neither a peer's change nor ours goes unseen.
"""

from __future__ import annotations

import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import etree

from certgateway.trust.certificates import Anchors
from certgateway.trust.revocation import NotAsked
from certgateway.trust.signature_refusal import SignatureRefused
from certgateway.trust.xml_signatures import verify
from certgateway.trust.xml_signing import Signatory, sign
from tests.hostile.signature_mutants import MUTATIONS
from tests.signing import (
    AT,
    EXCLUSIVE,
    authority,
    canonical,
    raw,
    signed_by_signxml,
    signed_by_xmlsec,
    signer,
    signxml_accepts,
    valid_messages,
    xmlsec_accepts,
)

EACH = 9
ANCHORS = Anchors((authority().certificate,), (), NotAsked("certificates made for this test"))
ENCODINGS = ("utf-8", "iso-8859-1")
CPU = 10.0
"""Seconds that all mutants together may take, ours and both peers."""


@dataclass(frozen=True)
class Signed:
    """A signed message, and what was signed of it."""

    body: bytes
    content: bytes


@dataclass(frozen=True)
class Seen:
    """What became of one mutant: the refusal's id or None, and whether what was taken is what was signed."""

    mutation: str
    refusal: str | None
    is_signed_content: bool
    peers: dict[str, bool]


def by_us(body: bytes) -> bytes:
    return sign(body, Signatory(signer().key, signer().certificate))


def by_signxml(body: bytes) -> bytes:
    return signed_by_signxml(body, signer(), method="ecdsa-sha256", digest="sha256", form=EXCLUSIVE)


def by_xmlsec(body: bytes) -> bytes:
    """With an id on the root and inclusive canonicalisation, which only few declarations allow."""
    forms = ("C14N", "C14N")
    return signed_by_xmlsec(body, signer(), method="ECDSA_SHA256", digest="SHA512", forms=forms, uri="#melding")


@cache
def signed(number: int) -> Signed:
    """Signed messages in turn: every valid message, by us and by both peers."""
    names = valid_messages()
    body = (by_us, by_signxml, by_xmlsec)[number % 3](raw(names[number % len(names)]))
    return Signed(body, canonical(etree.fromstring(body), exclusive=number % 3 != 2))


def mutants() -> list[tuple[str, Signed, bytes]]:
    made = []
    for at, (name, mutation) in enumerate(MUTATIONS.items()):
        for seed in range(EACH):
            number = at * 5 + seed * 7
            chance = Random(f"{name} {seed}")  # noqa: S311  Nothing secret: the same mutants each time.
            one, other = signed(number), signed(number + 3)
            made.append((name, one, mutation(one.body, chance, other.body)))
    return made


@cache
def outcome() -> tuple[list[Seen], float]:
    """All mutants before all three; and what that took in CPU."""
    made = mutants()
    start = time.process_time()
    return [seen(*mutant) for mutant in made], time.process_time() - start


def seen(name: str, before: Signed, body: bytes) -> Seen:
    refusal, content = None, None
    try:
        content = verify(body, ANCHORS, AT, encodings=ENCODINGS).content
    except SignatureRefused as refused:
        refusal = refused.id
    peers = {"signxml": signxml_accepts(body) is not None, "xmlsec": xmlsec_accepts(body)}
    return Seen(name, refusal, content == before.content, peers)


def departures() -> list[dict[str, Any]]:
    path = Path(__file__).with_name("signature_departures.toml")
    found: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["departure"]
    return found


def declared(peer: str, verdict: str) -> dict[str, int]:
    rows = [row for row in departures() if row["peer"] == peer and row["they"] == verdict]
    return {kind["kind"]: kind["count"] for row in rows for kind in row["kinds"]}


def test_there_are_enough_mutants_and_each_is_one() -> None:
    made = mutants()
    assert len(made) >= 500
    unchanged = Counter(name for name, before, body in made if body == before.body)
    assert unchanged == {}


def test_nothing_is_taken_but_what_was_signed() -> None:
    assert [one for one in outcome()[0] if one.refusal is None and not one.is_signed_content] == []


def test_what_changes_nothing_that_is_signed_is_taken() -> None:
    """Else a verifier that refuses everything would pass this file."""
    taken = Counter(one.mutation for one in outcome()[0] if one.refusal is None)
    always = {name for name, number in taken.items() if number == EACH}
    assert {"comment in what is signed", "empty cdata", "line ends of another system"} <= always


def test_what_is_refused_is_refused_for_its_cause() -> None:
    causes = {
        "original with signature in an object": {"several-signatures"},
        "signature moved into another element": {"signature-misplaced"},
        "two elements with the id": {"id-ambiguous"},
        "text changed": {"digest-differs"},
        "reference doubled": {"several-references"},
        "many references": {"too-many-references"},
        "document type": {"doctype-refused"},
        "instruction": {"instruction-refused"},
        "many namespaces": {"too-many-namespaces"},
        "other encoding": {"encoding-refused", "not-utf8"},
    }
    for mutation, expected in causes.items():
        assert {one.refusal for one in outcome()[0] if one.mutation == mutation} == expected, mutation


@pytest.mark.parametrize("peer", ["signxml", "xmlsec"])
@pytest.mark.parametrize("they", ["take", "refuse"])
def test_every_disagreement_with_a_peer_is_declared(peer: str, they: str) -> None:
    takes = they == "take"
    found = Counter(
        one.mutation for one in outcome()[0] if one.peers[peer] is takes and (one.refusal is None) is not takes
    )
    assert found == declared(peer, they)


@pytest.mark.no_cover
def test_all_mutants_together_take_little() -> None:
    assert outcome()[1] < CPU
