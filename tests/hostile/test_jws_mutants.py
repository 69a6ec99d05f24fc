"""Detached JSON Web Signatures, changed in every way we know of: none is taken as anything but what was signed.

Each mutant goes before two peers too. Whatever we take both take; where a peer takes more, it is the form that we
refuse and never the sum: of a header's spelling we are stricter than they are.
"""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from random import Random
from typing import Any

import pytest

from certgateway.trust.certificates import Anchors
from certgateway.trust.json_signatures import Verified, verify
from certgateway.trust.revocation import NotAsked
from certgateway.trust.signature_refusal import CAUSES, SignatureRefused
from tests.jws import PrivateKey, b64u, chain, edwards, header, joserfc_accepts, pyjwt_accepts, signed, unb64u
from tests.signing import AT, MESSAGES, Identity, authority, key, office, signer

Json = dict[str, Any]
BODY = (MESSAGES / "good/back-pain-tolerates-load.json").read_bytes()
ANCHORS = Anchors((authority().certificate,), (), NotAsked("made for these tests"))
SIGNERS = {"p256": office(), "p384": signer("p384"), "rsa3072": signer("rsa3072")}
THIEF = key("p256", 66)
Mutant = tuple[bytes, str]
FORMAL = frozenset(
    {
        "jws-malformed",
        "jws-header-refused",
        "signature-method-refused",
        "too-large",
        "key-info-refused",
        "certificate-missing",
        "certificate-ambiguous",
        "certificate-unreadable",
        "certificate-untrusted",
        "certificate-not-for-signing",
        "key-refused",
        "key-mismatch",
        "key-value-differs",
        "key-unknown",
        "signature-time-refused",
    }
)
"""Causes that are about the form of a signature or whose it is, and not about the sum."""


@cache
def original(kind: str, *, plain: bool) -> str:
    by = SIGNERS[kind]
    return signed(BODY, header(by, plain=plain), by.key)


def parts(text: str) -> tuple[Json, str, str]:
    head, value = text.split("..")
    found: Json = json.loads(unb64u(head))
    return found, head, value


# ---- ways of changing a body, a text, a header -----------------------------------------------------------------------


def flipped(data: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


BODIES: dict[str, Callable[[Random], bytes]] = {
    "a bit": lambda chance: flipped(BODY, chance),
    "a byte less": lambda chance: BODY[: (at := chance.randrange(len(BODY)))] + BODY[at + 1 :],
    "a byte more": lambda chance: BODY[: (at := chance.randrange(len(BODY)))] + b" " + BODY[at:],
    "cut": lambda chance: BODY[: chance.randrange(len(BODY))],
    "written anew": lambda _: json.dumps(json.loads(BODY)).encode(),
    "a mark before it": lambda _: b"\xef\xbb\xbf" + BODY,
    "encoded": lambda _: b64u(BODY).encode(),
    "decoded": lambda _: b64decode(BODY[:1000] + b"=" * (-len(BODY[:1000]) % 4)),
    "a name twice": lambda _: BODY.replace(b'"type"', b'"type": "batch", "type"', 1),
    "in UTF-16": lambda _: BODY.decode().encode("utf-16"),
    "twice": lambda _: BODY * 2,
}


def stretched(text: str, chance: Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice([" ", "\n", "\t", "=", "+", "/", ".", "\0", "æ", "A", "%2e"]) + text[at:]


TEXTS: dict[str, Callable[[str, Random], str]] = {
    "something in between": stretched,
    "something less": lambda text, chance: text[: (at := chance.randrange(len(text)))] + text[at + 1 :],
    "a letter": lambda text, chance: text[: (at := chance.randrange(len(text)))] + "Q" + text[at + 1 :],
    "case": lambda text, _: text.swapcase(),
    "a payload inside": lambda text, _: text.replace("..", f".{b64u(BODY)}."),
    "another payload inside": lambda text, _: text.replace("..", ".e30."),
    "the payload as it is": lambda text, _: text.replace("..", ".$.02."),
    "no value": lambda text, _: text[: text.index("..") + 2],
    "no header": lambda text, _: text[text.index("..") :],
    "turned round": lambda text, _: "..".join(reversed(text.split(".."))),
    "twice": lambda text, _: f"{text},{text}",
    "four parts": lambda text, _: f"{text}.",
    "padded": lambda text, _: f"{text}=",
    "left over": lambda text, _: text[:-1] + ("B" if text[-1] == "A" else "A"),
    "in JSON": lambda text, _: json.dumps(dict(zip(("protected", "signature"), text.split(".."), strict=True))),
    "a value of nothing": lambda text, _: text[: text.index("..") + 2] + b64u(bytes(len(unb64u(text.split("..")[1])))),
}
HEADERS: dict[str, Callable[[Json], object]] = {
    "none": lambda head: head.update(alg="none"),
    "hmac": lambda head: head.update(alg="HS256"),
    "other curve": lambda head: head.update(alg="ES384" if head["alg"] == "ES256" else "ES256"),
    "pkcs": lambda head: head.update(alg="RS256"),
    "edwards": lambda head: head.update(alg="EdDSA"),
    "no algorithm": lambda head: head.pop("alg"),
    "key inside": lambda head: head.update(jwk={"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
    "key elsewhere": lambda head: head.update(jku="https://example.org/keys"),
    "certificate elsewhere": lambda head: head.update(x5u="https://example.org/chain"),
    "a pointer alone": lambda head: (head.pop("x5c"), head.update(x5u="https://example.org/chain")),
    "critical": lambda head: head.update(crit=[*head.get("crit", []), "exp"], exp=1),
    "critical without": lambda head: head.update(crit=["b64"]) if head.pop("b64", None) is None else None,
    "encoded otherwise": lambda head: head.update(b64=not head.get("b64", True), crit=["b64"]),
    "a token": lambda head: head.update(typ="JWT"),
    "compressed": lambda head: head.update(zip="DEF"),
    "no certificate": lambda head: head.pop("x5c"),
    "another certificate": lambda head: head.update(x5c=chain(office("974760673"))),
    "the issuer first": lambda head: head.update(x5c=[*chain(authority()), *head["x5c"]]),
    "the issuer alone": lambda head: head.update(x5c=chain(authority())),
    "a stranger's": lambda head: head.update(x5c=chain(office(by="Fremmed utsteder"))),
    "two signers": lambda head: head.update(x5c=[*head["x5c"], *chain(office("974760673"))]),
    "a name": lambda head: (head.pop("x5c"), head.update(kid="own")),
    "the time to come": lambda head: head.update(iat=10**11),
    "another thumbprint": lambda head: head.update({"x5t#S256": b64u(bytes(32))}),
}


def mutants(kind: str, *, plain: bool) -> Iterator[tuple[str, Mutant]]:
    chance = Random(f"{kind} {plain}")  # noqa: S311  Nothing secret.
    text = original(kind, plain=plain)
    by = SIGNERS[kind]
    for name, change in BODIES.items():
        yield f"body: {name}", (change(chance), text)
    for name, edit in TEXTS.items():
        for turn in range(3 if name.startswith(("something", "a letter")) else 1):
            yield f"text: {name} {turn}", (BODY, edit(text, chance))
    for name, set_ in HEADERS.items():
        head, _, value = parts(text)
        set_(head)
        raw = json.dumps(head).encode()
        # As it came, with the old value; signed anew by the same key; and by a thief who has another.
        yield f"header: {name}", (BODY, f"{b64u(raw)}..{value}")
        yield f"header, signed by a thief: {name}", (BODY, signed(BODY, raw, THIEF, plain=plain))
        yield f"header, signed anew: {name}", (BODY, signed(BODY, raw, by.key, plain=head.get("b64") is False))
    yield from spelled(text, by, plain=plain)


def spelled(text: str, by: Identity, *, plain: bool) -> Iterator[tuple[str, Mutant]]:
    """Headers that say the same, or two things, in another spelling; all signed by the true key."""
    raw = unb64u(text.split("..", maxsplit=1)[0])
    for name, other in {
        "a name twice": raw.replace(b'"alg"', b'"alg":"none","alg"'),
        "a name twice, the true one first": raw[:-1] + b',"alg":"HS256"}',
        "a certificate twice": raw[:-1] + b',"x5c":[]}',
        "a name escaped and twice": raw[:-1] + b',"\\u0061lg":"none"}',
        "trailing": raw + b"{}",
        "a comment": raw[:-1] + b"/**/}",
        "a mark": b"\xef\xbb\xbf" + raw,
        "not UTF-8": raw[:-1] + b',"cty":"\xff"}',
        "a number that is none": raw[:-1] + b',"iat":NaN}',
        "deep": raw[:-1] + b',"cty":' + b"[" * 40 + b"]" * 40 + b"}",
    }.items():
        yield f"spelling: {name}", (BODY, signed(BODY, other, by.key, plain=plain))


# ---- what becomes of them --------------------------------------------------------------------------------------------

ALL = [
    (kind, plain, name, mutant)
    for kind, plain in product(SIGNERS, (True, False))
    for name, mutant in mutants(kind, plain=plain)
    if mutant != (BODY, original(kind, plain=plain))
]


def test_there_are_enough_of_them() -> None:
    assert len(ALL) >= 600
    assert len({mutant for _, _, _, mutant in ALL}) >= 500


@pytest.mark.parametrize("kind", SIGNERS)
@pytest.mark.parametrize("plain", [True, False])
def test_no_mutant_is_taken_for_anything_but_what_was_signed(kind: str, *, plain: bool) -> None:
    by = SIGNERS[kind]
    taken, causes = [], set()
    for of, how, name, (body, text) in ALL:
        if (of, how) != (kind, plain):
            continue
        found = outcome(body, text)
        if isinstance(found, Verified):
            taken.append(name)
            assert (body, found.content) == (BODY, BODY), name
            assert found.signer.organisation == ("987654325" if kind == "p256" else "999999990"), name
            assert joserfc_accepts(body, text, by.certificate.public_key()), name  # type: ignore[arg-type]
        else:
            causes.add(found)
            assert found in CAUSES, name
            if peers_take(body, text, by.key):
                # They spell more leniently, and have been told whose the key is.
                assert found in FORMAL or "another certificate" in name, (name, found)
    # Another header by the same key, over the same bytes, that says nothing else of who signed or how.
    assert set(taken) <= {"header, signed anew: encoded otherwise"}
    assert {"jws-malformed", "jws-header-refused", "signature-invalid", "certificate-ambiguous"} <= causes


@pytest.mark.parametrize("kind", SIGNERS)
@pytest.mark.parametrize("plain", [True, False])
def test_what_is_not_changed_is_taken_by_all(kind: str, *, plain: bool) -> None:
    text, public = original(kind, plain=plain), SIGNERS[kind].key.public_key()
    assert isinstance(outcome(BODY, text), Verified)
    assert joserfc_accepts(BODY, text, public)
    assert pyjwt_accepts(BODY, text, public) == plain


def test_the_peers_are_no_readers_for_a_door() -> None:
    """Why the text of a signature is read by us: what a library takes that has two meanings, or two spellings."""
    by = office()
    _, head, _ = parts(original("p256", plain=True))
    twice = signed(BODY, unb64u(head)[:-1] + b',"alg":"ES256"}', by.key, plain=True)
    assert joserfc_accepts(BODY, twice, by.key.public_key())
    assert outcome(BODY, twice) == "jws-malformed"
    assert outcome(BODY, f"{original('p256', plain=True)}=") == "jws-malformed"


def outcome(body: bytes, text: str) -> Verified | str:
    try:
        return verify(body, text, ANCHORS, AT)
    except SignatureRefused as refusal:
        return refusal.id


def peers_take(body: bytes, text: str, own: PrivateKey) -> bool:
    public = own.public_key()
    return joserfc_accepts(body, text, public) or pyjwt_accepts(body, text, public)


def test_a_thief_s_key_is_a_thief_s_for_the_peers_too() -> None:
    text = signed(BODY, header(office()), THIEF)
    assert joserfc_accepts(BODY, text, THIEF.public_key())
    assert outcome(BODY, text) == "signature-invalid"
    assert outcome(BODY, signed(BODY, {**header(office()), "alg": "EdDSA"}, edwards())) == "key-mismatch"
