"""Chains of authorities with every fault we know of, drawn at random: we take none that a peer refuses.

OpenSSL and the path validation of `cryptography` judge each chain too. Where one of them takes what we refuse, the
reason stands here.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from certgateway.trust.certificates import Anchors, trusted_key
from certgateway.trust.revocation import NotAsked
from certgateway.trust.signature_refusal import CAUSES, SignatureRefused
from tests.chains import ISSUING, issuer, library_accepts, office_below, openssl_accepts
from tests.signing import AT, VALID, Identity, key, usage

CHAINS = 300
DAY = timedelta(days=1)
FAULTS = (
    "no authority",
    "length 0",
    "length 1",
    "not for issuing",
    "expired",
    "not yet valid",
    "another key of the name",
    "a demand",
    "names",
    "for servers",
    "missing",
    "twice",
    "a stranger",
    "a namesake",
    "issued itself",
    "handed over",
)
# Where we refuse what a peer takes: purposes of authorities, constraints on names, an issuer's new key in its old name.
STRICTER = frozenset({"names", "for servers", "handed over"})


@dataclass(frozen=True)
class Chain:
    """What a signer sends, what is pinned, and the faults that were put in."""

    signer: x509.Certificate
    brought: tuple[x509.Certificate, ...]
    pinned: tuple[x509.Certificate, ...]
    faults: frozenset[str]


@cache
def drawn(number: int) -> Chain:
    """The chain of a number: one to four authorities, mostly with a fault, in any order."""
    chance = Random(number)  # noqa: S311  Nothing secret: the same chains each time.
    faults: set[str] = set()
    line: list[Identity] = []
    for depth in range(chance.randint(1, 5)):
        fault = chance.choice(FAULTS) if chance.random() < 0.3 else ""
        faults.add(fault)
        line.append(_authority(depth, line[-1] if line else None, fault))
    if "issued itself" in faults:
        by: Identity = Identity(key("p256", 299), line[-1].certificate)
    else:
        by = line[-1]
    brought = [one.certificate for one in line[1:]]
    if "missing" in faults and brought:
        del brought[chance.randrange(len(brought))]
    if "twice" in faults and brought:
        brought.append(chance.choice(brought))
    if "a stranger" in faults:
        brought.append(issuer("Fremmed", number=90).certificate)
    if "a namesake" in faults:
        brought.append(issuer(f"Ledd {chance.randrange(len(line))}", line[0], number=91).certificate)
    chance.shuffle(brought)
    pinned = chance.choice(line[:2]) if chance.random() < 0.2 else line[0]
    return Chain(office_below(by).certificate, tuple(brought[:4]), (pinned.certificate,), frozenset(faults - {""}))


def _authority(depth: int, by: Identity | None, fault: str) -> Identity:
    name, number = f"Ledd {depth}", 40 + depth
    demands: dict[str, tuple[x509.ExtensionType, bool]] = {
        "a demand": (x509.UnrecognizedExtension(x509.ObjectIdentifier("2.16.578.1.99.2"), b"\x05\x00"), True),
        "names": (x509.NameConstraints([x509.DNSName("andre.example.org")], None), True),
        "for servers": (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), True),
    }
    if fault == "handed over" and by is not None:
        name = f"Ledd {depth - 1}"
    made = issuer(
        name,
        by,
        number=number,
        is_authority=fault != "no authority",
        path_length={"length 0": 0, "length 1": 1}.get(fault) if fault != "no authority" else None,
        uses=usage("digital_signature") if fault == "not for issuing" else ISSUING,
        valid={"expired": (VALID[0], AT - DAY), "not yet valid": (AT + DAY, VALID[1])}.get(fault, VALID),
        extras=[demands[fault]] if fault in demands else [],
    )
    return Identity(key("p256", 399), made.certificate) if fault == "another key of the name" else made


def verdict(chain: Chain) -> str:
    """`trusted`, or the cause of the refusal."""
    given = [one.public_bytes(Encoding.DER) for one in (*chain.brought, chain.signer)]
    try:
        trusted_key(given, Anchors(chain.pinned, (), NotAsked("made for these tests")), AT)
    except SignatureRefused as refused:
        return refused.id
    return "trusted"


@pytest.mark.parametrize("number", range(CHAINS))
def test_no_chain_is_taken_that_a_peer_refuses_and_none_refused_without_a_reason(number: int) -> None:
    chain = drawn(number)
    found = verdict(chain)
    asked = (chain.signer, chain.pinned, chain.brought)
    peers = (openssl_accepts(*asked), library_accepts(*asked))
    if found == "trusted":
        assert peers == (True, True)
        return
    assert found in CAUSES
    if found == "certificate-ambiguous":
        assert "no authority" in chain.faults
    elif any(peers):
        assert chain.faults & STRICTER, (chain.faults, peers)


def test_the_draw_holds_every_fault_and_enough_that_is_whole() -> None:
    """A generator that made nothing but broken chains would say little."""
    chains = [drawn(number) for number in range(CHAINS)]
    counted = Counter(fault for chain in chains for fault in chain.faults)
    assert set(counted) == set(FAULTS)
    assert min(counted.values()) >= 5
    verdicts = Counter(map(verdict, chains))
    assert verdicts["trusted"] >= 60
    assert verdicts["certificate-untrusted"] >= 60
