"""Requests whose credentials must not be taken: one dictionary, by name, each the headers of one request.

Those who made them are of every kind: who has no key at all, who has a client's key or another issuer's token, and the
issuer itself gone mad, since what an issuer signs is not therefore well formed.
"""

import hashlib
import hmac
import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certgateway.trust.issuers import ProfileName
from tests.tokens import (
    ADDRESS,
    AUDIENCE,
    NAMES,
    NOW,
    ORGANISATION,
    URL,
    b64,
    claims_of,
    header_of,
    jwk,
    private,
    proof,
    signed,
    thumbprint,
    token,
)

Json = dict[str, Any]
Headers = list[tuple[str, str]]
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of P-256."""
_PROFILES: tuple[ProfileName, ...] = ("helseid", "maskinporten", "entra", "sandbox")


def cases() -> dict[str, Headers]:
    """Every case by its name."""
    made: dict[str, Headers] = {}
    for group in (
        _forms,
        _headers,
        _claims,
        _values,
        _algorithms,
        _signatures,
        _keys,
        _crossings,
        _proof_forms,
        _proofs,
        _proof_headers,
    ):
        for name, headers in group():
            if name in made:
                raise ValueError(name)
            made[name] = headers
    return made


def bound(made: str, *proofs: str) -> Headers:
    """A token with a good proof for it, unless told."""
    return [("Authorization", f"DPoP {made}"), *(("DPoP", each) for each in (proofs or (proof(made),)))]


def bearer(made: str) -> Headers:
    return [("Authorization", f"Bearer {made}")]


def presented(profile: ProfileName, made: str) -> Headers:
    return bound(made) if profile == "helseid" else bearer(made)


def _issued(profile: ProfileName, header: Json | bytes, claims: Json | bytes) -> Headers:
    """Signed by the issuer, whatever it is."""
    ours = profile == "sandbox"
    made = signed(header, claims, private("issuer-ec" if ours else "issuer"), "ES256" if ours else "RS256")
    return presented(profile, made)


def _forms() -> Iterator[tuple[str, Headers]]:
    good = token("sandbox")
    head, body, end = good.split(".")
    forms = {
        "empty": "",
        "scheme alone": "Bearer",
        "scheme and blanks": "Bearer    ",
        "no scheme": good,
        "basic": f"Basic {b64encode(b'user:secret').decode()}",
        "token as scheme": f"Token {good}",
        "negotiate": "Negotiate YII=",
        "a tab for a blank": f"Bearer\t{good}",
        "two tokens": f"Bearer {good} {good}",
        "two tokens with a comma": f"Bearer {good}, Bearer {good}",
        "in quotes": f'Bearer "{good}"',
        "a parameter": f"Bearer token={good}",
        "two parts": f"Bearer {head}.{body}",
        "two parts and a dot": f"Bearer {head}.{body}.",
        "four parts": f"Bearer {good}.{end}",
        "five parts, as if encrypted": f"Bearer {head}..{body}.{end}.{end}",
        "a dot before": f"Bearer .{good}",
        "detached": f"Bearer {head}..{end}",
        "no header": f"Bearer .{body}.{end}",
        "padded": f"Bearer {head}.{body}.{end}==",
        "padded inside": f"Bearer {head}=.{body}.{end}",
        "Base64 of the old kind": f"Bearer {head}.{body}.{b64encode(b'>>>???' * 11).decode().rstrip('=')}",
        "a line break": f"Bearer {head}.\n{body}.{end}",
        "a zero byte": f"Bearer {head}\x00.{body}.{end}",
        "a letter that is none of ASCII": f"Bearer {head}\u00e9.{body}.{end}",
        "percent": f"Bearer {head}%2E{body}%2E{end}",
        "as JSON": "Bearer " + json.dumps({"protected": head, "payload": body, "signature": end}),
        "too long": "Bearer " + "A" * 12_289,
        "long parts": f"Bearer {'A' * 4097}.{'A' * 4000}.AA",
        "one character less": f"Bearer {good[:-1]}",
        "one character more": f"Bearer {good}A",
        "lower case": f"Bearer {good.lower()}",
        "parts in another order": f"Bearer {body}.{head}.{end}",
        "not JSON": f"Bearer {b64(b'header')}.{b64(b'claims')}.{end}",
        "spare bits": f"Bearer {head}.{body}.{end[:-1]}{chr(ord(end[-1]) + 1) if end[-1] in 'AQgw' else 'B'}",
    }
    for name, value in forms.items():
        yield f"form: {name}", [("Authorization", value)]
    yield "form: no header at all", []
    yield "form: two headers", [*bearer(good), *bearer(good)]
    yield "form: a good one after a bad one", [*bearer("x"), *bearer(good)]
    yield "form: in a cookie", [("Cookie", f"access_token={good}")]
    yield "form: in another header", [("X-Authorization", f"Bearer {good}"), ("Proxy-Authorization", f"Bearer {good}")]
    yield "form: a token that needs no proof, as if bound", bound(good)
    yield "form: a token that needs no proof, with one", [*bearer(good), ("DPoP", proof(good))]


def _headers() -> Iterator[tuple[str, Headers]]:
    claims = claims_of("helseid")
    plain = json.dumps(header_of("helseid"))
    raws = {
        "algorithm twice": plain[:-1] + ', "alg": "none"}',
        "algorithm twice, escaped": plain[:-1] + ', "\\u0061lg": "RS256"}',
        "key id twice": plain[:-1] + ', "kid": "another"}',
        "a mark before it": "\ufeff" + plain,
        "a comment": plain + " // x",
        "something behind it": plain + "{}",
        "a list": f"[{plain}]",
        "a text": json.dumps(plain),
        "null": "null",
        "deep": '{"alg": ' + "[" * 40 + "]" * 40 + "}",
        "not a number": plain[:-1] + ', "typ": NaN}',
    }
    for name, raw in raws.items():
        yield f"header: {name}", _issued("helseid", raw.encode(), claims)
    yield "header: in another encoding", _issued("helseid", plain.encode("utf-16-le"), claims)
    yield "header: no UTF-8", _issued("helseid", plain.encode() + b"\xff", claims)
    changes: dict[str, Json] = {
        "an embedded key": {"jwk": jwk(private("stranger"))},
        "an address of keys": {"jku": "https://attacker.example/jwks"},
        "an address of a certificate": {"x5u": "https://attacker.example/cert"},
        "a certificate": {"x5c": ["MIIB"]},
        "something critical": {"crit": ["exp"], "exp": NOW + 60},
        "nothing critical": {"crit": []},
        "an unencoded body": {"b64": False, "crit": ["b64"]},
        "a content type": {"cty": "JWT"},
        "compressed": {"zip": "DEF"},
        "encrypted": {"enc": "A256GCM"},
        "an unknown name": {"x-note": "1"},
        "the type of a proof": {"typ": "dpop+jwt"},
        "the type of a logout": {"typ": "logout+jwt"},
        "a type that is no text": {"typ": ["at+jwt"]},
        "a type with a blank": {"typ": "at+jwt "},
        "an empty type": {"typ": ""},
        "no type": {"typ": ...},
    }
    for name, change in changes.items():
        yield f"header: {name}", _issued("helseid", header_of("helseid", **change), claims)


def _claims() -> Iterator[tuple[str, Headers]]:
    header = header_of("maskinporten")
    whole = claims_of("maskinporten")
    plain = json.dumps(whole)
    raws = {
        "audience twice": plain[:-1] + f', "aud": "{AUDIENCE}"}}',
        "issuer twice": plain[:-1] + ', "iss": "https://issuer.example"}',
        "end twice": plain[:-1] + f', "exp": {NOW + 100}}}',
        "scope twice": plain[:-1] + ', "scope": "nav:audit"}',
        "a twice named organisation": plain.replace('"ID": ', '"ID": "0192:974760673", "ID": '),
        "deep": plain[:-1] + ', "x": ' + "[" * 40 + "]" * 40 + "}",
        "many values": plain[:-1] + ', "x": [' + "1," * 2500 + "1]}",
        "many objects": plain[:-1] + ', "x": [' + "{}," * 300 + "{}]}",
        "half a letter": plain[:-1] + ', "x": "\\ud800"}',
        "not a number": plain[:-1] + ', "x": NaN}',
        "endless": plain[:-1] + ', "x": Infinity}',
        "an end with an exponent": plain.replace(f'"exp": {whole["exp"]}', '"exp": 1e400'),
        "an end of many digits": plain.replace(f'"exp": {whole["exp"]}', '"exp": ' + "9" * 40),
        "a list": f"[{plain}]",
        "null": "null",
        "a mark before it": "\ufeff" + plain,
        "nothing": "",
        "broken off": plain[:-1],
    }
    for name, raw in raws.items():
        yield f"claims: {name}", _issued("maskinporten", header, raw.encode())
    yield "claims: no UTF-8", _issued("maskinporten", header, plain.encode() + b"\xc3")


def _values() -> Iterator[tuple[str, Headers]]:
    header = header_of("maskinporten")
    changes: dict[str, Json] = {
        "issuer with a stroke less": {"iss": NAMES["maskinporten"].rstrip("/")},
        "issuer in capitals": {"iss": NAMES["maskinporten"].upper()},
        "issuer in a list": {"iss": [NAMES["maskinporten"]]},
        "issuer with a dot": {"iss": NAMES["maskinporten"].replace(".example", ".example.")},
        "another audience": {"aud": "another"},
        "audience and another": {"aud": [AUDIENCE, "another"]},
        "audience twice in a list": {"aud": [AUDIENCE, AUDIENCE]},
        "audience in a list in a list": {"aud": [[AUDIENCE]]},
        "audience as an object": {"aud": {AUDIENCE: True}},
        "audience with a blank": {"aud": AUDIENCE + " "},
        "audience that begins alike": {"aud": AUDIENCE + "/more"},
        "audiences in one text": {"aud": f"{AUDIENCE} another"},
        "empty audience": {"aud": []},
        "expired": {"exp": NOW - 60, "iat": NOW - 120},
        "expired to the second": {"exp": NOW - 5, "iat": NOW - 60},
        "end as a text": {"exp": str(NOW + 60)},
        "end in milliseconds": {"exp": (NOW + 60) * 1000},
        "end as true": {"exp": True},
        "end as null": {"exp": None},
        "end in a list": {"exp": [NOW + 60]},
        "end before 1970": {"exp": -1},
        "from tomorrow": {"nbf": NOW + 86_400},
        "from a text": {"nbf": "now"},
        "made tomorrow": {"iat": NOW + 86_400, "exp": NOW + 86_460},
        "made never": {"iat": ...},
        "lives for a year": {"exp": NOW + 365 * 86_400},
        "old and long-lived": {"iat": NOW - 10_000},
        "bound to nothing": {"cnf": {}},
        "bound to a certificate": {"cnf": {"x5t#S256": "A" * 43}},
        "bound to null": {"cnf": None},
        "bound to a list": {"cnf": [thumbprint(jwk(private("client")))]},
        "consumer of another kind": {"consumer": {"authority": "iso6523-actorid-upis", "ID": "0007:987654325"}},
        "consumer without a kind": {"consumer": {"authority": "iso6523-actorid-upis", "ID": ORGANISATION}},
        "consumer with more": {"consumer": {"authority": "iso6523-actorid-upis", "ID": f"0192:{ORGANISATION}0"}},
        "consumer of letters": {"consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:98765432x"}},
        "consumer with a line": {"consumer": {"authority": "iso6523-actorid-upis", "ID": f"0192:{ORGANISATION}\n"}},
        "client as a list": {"client_id": ["epj"]},
        "client of control characters": {"client_id": "epj\r\nX: y"},
        "scope as a number": {"scope": 1},
        "scope as an object": {"scope": {"nav:poll": True}},
    }
    for name, change in changes.items():
        yield f"claims: {name}", _issued("maskinporten", header, claims_of("maskinporten", **change))


def _algorithms() -> Iterator[tuple[str, Headers]]:
    for profile in _PROFILES:
        issuer = private("issuer-ec" if profile == "sandbox" else "issuer").public_key()
        secrets = {
            "PEM": issuer.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            "DER": issuer.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            "nothing": b"",
        }
        for form, secret in secrets.items():
            for name in ("HS256", "HS512"):
                text = f"{_part(header_of(profile, alg=name))}.{_part(claims_of(profile))}"
                digest = hmac.digest(secret, text.encode(), "sha256" if name == "HS256" else "sha512")
                yield f"algorithm: {name} with {form}, {profile}", presented(profile, f"{text}.{b64(digest)}")
        for name in ("none", "None", "NONE", "", "RS1", "RSA-OAEP"):
            text = f"{_part(header_of(profile, alg=name))}.{_part(claims_of(profile))}"
            yield f"algorithm: {name!r}, {profile}", presented(profile, f"{text}.AA")
            yield f"algorithm: {name!r} and no signature, {profile}", presented(profile, f"{text}.")
    for value in (["RS256"], None, 1, {"a": 1}):
        yield f"algorithm: {value!r}", _issued("helseid", header_of("helseid", alg=value), claims_of("helseid"))
    yield (
        "algorithm: another than the profile's",
        presented("maskinporten", token("maskinporten", header={"alg": "PS256"})),
    )
    yield "algorithm: of another kind of key", presented("helseid", token("helseid", header={"alg": "ES256"}))
    yield (
        "algorithm: a weaker hash than was signed",
        _issued("helseid", header_of("helseid", alg="RS512"), claims_of("helseid")),
    )


def _signatures() -> Iterator[tuple[str, Headers]]:
    head, body, end = token("sandbox").split(".")
    text = f"{head}.{body}"
    size = 32
    raw = _raw(end)
    pair = int.from_bytes(raw[:size], "big"), int.from_bytes(raw[size:], "big")
    forged = {
        "of zeros": bytes(2 * size),
        "r of zero": bytes(size) + raw[size:],
        "s of zero": raw[:size] + bytes(size),
        "r is the order": _ORDER.to_bytes(size, "big") + raw[size:],
        "s is the order": raw[:size] + _ORDER.to_bytes(size, "big"),
        "both ones": (1).to_bytes(size, "big") * 2,
        "all bits": b"\xff" * 2 * size,
        "halves exchanged": raw[size:] + raw[:size],
        "as DER": encode_dss_signature(*pair),
        "a byte less": raw[:-1],
        "a byte more": raw + b"\0",
        "of another curve's length": raw[:size].rjust(48, b"\0") + raw[size:].rjust(48, b"\0"),
        "of one byte": b"\1",
    }
    for name, value in forged.items():
        yield f"signature: {name}", bearer(f"{text}.{b64(value)}")
    yield "signature: of other claims", bearer(f"{head}.{_part(claims_of('sandbox', exp=NOW + 300))}.{end}")
    yield "signature: of another header", bearer(f"{_part(header_of('sandbox', typ='AT+JWT'))}.{body}.{end}")
    yield "signature: of the claims alone", bearer(f"{text}.{b64(_by(private('issuer-ec'), body.encode()))}")
    for profile in _PROFILES:
        ours = profile == "sandbox"
        stranger = private("stranger" if ours else "client-rsa")
        made = signed(header_of(profile), claims_of(profile), stranger, "ES256" if ours else "RS256")
        yield f"signature: by a stranger, {profile}", presented(profile, made)


def _keys() -> Iterator[tuple[str, Headers]]:
    claims = claims_of("helseid")
    for kid in (
        "",
        "nobody",
        "issuer ",
        "ISSUER",
        "issuer-ed",
        "../../etc/passwd",
        "/dev/null",
        "' OR 1=1 --",
        "https://attacker.example/key",
        "issuer\u0000",
        "k" * 2000,
        None,
        0,
        True,
        ["issuer"],
        {"issuer": 1},
    ):
        yield f"key id: {str(kid)[:40]!r}", _issued("helseid", header_of("helseid", kid=kid), claims)
    yield "key id: none", _issued("helseid", header_of("helseid", kid=...), claims)


def _crossings() -> Iterator[tuple[str, Headers]]:
    """A token that is good where it is from, presented as if it were from elsewhere."""
    for profile in _PROFILES:
        for other in _PROFILES:
            if profile != other:
                made = claims_of(profile, iss=NAMES[other])
                yield f"crossing: {profile} as {other}", _issued(profile, header_of(profile), made)
    yield "crossing: a client's proof as a token", bearer(proof(token("sandbox")))
    yield "crossing: an id token of Entra's", bearer(token("entra", {"nonce": "n", "at_hash": "x"}))
    yield "crossing: an old version of Entra's", bearer(token("entra", {"ver": "1.0"}))
    yield "crossing: another tenant of Entra's", bearer(token("entra", {"tid": "another"}))
    yield "crossing: HelseID's without its binding", bearer(token("helseid", {"cnf": ...}))
    yield "crossing: HelseID's as a bearer's", bearer(token("helseid"))
    level = {"helseid://claims/identity/assurance_level": "low"}
    yield "crossing: HelseID's of low assurance", bound(token("helseid", level))
    nobody = {"helseid://claims/client/claims/orgnr_parent": ...}
    yield "crossing: HelseID's without an organisation", bound(token("helseid", nobody))


def _proof_forms() -> Iterator[tuple[str, Headers]]:
    made = token("helseid")
    good = proof(made)
    head, body, end = good.split(".")
    forms = {
        "empty": "",
        "a word": "proof",
        "two parts": f"{head}.{body}",
        "no signature": f"{head}.{body}.",
        "padded": good + "==",
        "too long": "A" * 9000,
        "with a scheme": f"DPoP {good}",
        "two in one": f"{good}, {good}",
        "one character less": good[:-1],
        "the token itself": made,
        "another's claims": f"{head}.{_part({'jti': 'x'})}.{end}",
    }
    for name, value in forms.items():
        yield f"proof form: {name}", bound(made, value)
    yield "proof form: none", [("Authorization", f"DPoP {made}")]
    yield "proof form: two", bound(made, good, proof(made))
    yield "proof form: under a false name", [("Authorization", f"DPoP {made}"), ("DPoP-Proof", good)]
    plain = json.dumps({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk(private("client"))})
    said = {"jti": "once", "htm": "GET", "htu": URL, "iat": NOW, "ath": b64(hashlib.sha256(made.encode()).digest())}
    twice = plain[:-1] + ', "jwk": ' + json.dumps(jwk(private("stranger"))) + "}"
    yield "proof form: two keys in one", bound(made, signed(twice.encode(), said, private("stranger"), "ES256"))
    double = json.dumps(said)[:-1] + f', "htu": "{URL}/1"}}'
    yield (
        "proof form: two addresses in one",
        bound(made, signed(plain.encode(), double.encode(), private("client"), "ES256")),
    )


def _proofs() -> Iterator[tuple[str, Headers]]:
    made = token("helseid")
    claims: dict[str, Json] = {
        "another method": {"htm": "POST"},
        "its method in small letters": {"htm": "get"},
        "every method": {"htm": "*"},
        "methods in a list": {"htm": ["GET"]},
        "no method": {"htm": ...},
        "another route": {"htu": f"{ADDRESS}/receipts/1"},
        "a longer route": {"htu": f"{URL}/"},
        "a route around a corner": {"htu": f"{ADDRESS}/other/../messages"},
        "another host": {"htu": "http://attacker.example/messages"},
        "our host as a name": {"htu": "http://127.0.0.1:8080@attacker.example/messages"},
        "our host as a beginning": {"htu": "http://127.0.0.1:8080.attacker.example/messages"},
        "another port": {"htu": "http://127.0.0.1:8081/messages"},
        "no scheme": {"htu": "//127.0.0.1:8080/messages"},
        "another scheme": {"htu": "https://127.0.0.1:8080/messages"},
        "the path alone": {"htu": "/messages"},
        "no address": {"htu": ...},
        "addresses in a list": {"htu": [URL]},
        "an address of control characters": {"htu": URL + "\n"},
        "a broken port": {"htu": "http://127.0.0.1:port/messages"},
        "a broken host": {"htu": "http://[::1/messages"},
        "broken escapes": {"htu": f"{ADDRESS}/messages%FF"},
        "another token": {"ath": b64(hashlib.sha256(token("helseid").encode()).digest())},
        "a token's digest in hexadecimal": {"ath": hashlib.sha256(made.encode()).hexdigest()},
        "a padded digest": {"ath": urlsafe_b64encode(hashlib.sha256(made.encode()).digest()).decode()},
        "no token": {"ath": ...},
        "made an hour ago": {"iat": NOW - 3600},
        "made in an hour": {"iat": NOW + 3600},
        "made in milliseconds": {"iat": NOW * 1000},
        "made as a text": {"iat": str(NOW)},
        "made never": {"iat": ...},
        "no id": {"jti": ...},
        "an empty id": {"jti": ""},
        "a number for an id": {"jti": 7},
        "a long id": {"jti": "x" * 256},
        "an id of control characters": {"jti": "a\x00b"},
    }
    for name, change in claims.items():
        yield f"proof: {name}", bound(made, proof(made, change))


def _proof_headers() -> Iterator[tuple[str, Headers]]:
    made = token("helseid")
    key = jwk(private("client"))
    headers: dict[str, Json] = {
        "no type": {"typ": ...},
        "the type of a token": {"typ": "at+jwt"},
        "its type in capitals": {"typ": "DPoP+JWT"},
        "no algorithm": {"alg": "none"},
        "a shared secret": {"alg": "HS256"},
        "another curve's algorithm": {"alg": "ES384"},
        "no key": {"jwk": ...},
        "a key that is no object": {"jwk": json.dumps(key)},
        "a private key": {"jwk": {**key, "d": "AA"}},
        "a secret for a key": {"jwk": {"kty": "oct", "k": "AAAA"}},
        "a key off its curve": {"jwk": {**key, "x": key["y"]}},
        "a key of zeros": {"jwk": {**key, "x": b64(bytes(32)), "y": b64(bytes(32))}},
        "a short key": {"jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}},
        "a key with a certificate": {"jwk": {**key, "x5c": ["MIIB"]}},
        "a key with an address": {"jwk": {**key, "x5u": "https://attacker.example"}},
        "a key of another curve": {"jwk": {**key, "crv": "secp256k1"}},
        "a key for something else": {"jwk": {**key, "use": "enc"}},
        "an address of keys": {"jku": "https://attacker.example/jwks"},
        "something critical": {"crit": ["exp"]},
        "a nonce in its header": {"nonce": "x"},
    }
    for name, change in headers.items():
        yield f"proof: {name}", bound(made, proof(made, header=change))
    yield "proof: by a stranger's key", bound(made, proof(made, key=private("stranger")))
    yield (
        "proof: by a stranger with the client's key in it",
        bound(made, proof(made, header={"jwk": key}, key=private("stranger"))),
    )
    huge = {"kty": "RSA", "n": b64(b"\xff" * 1200), "e": "AQAB"}
    yield "proof: a key that costs", bound(made, proof(made, header={"jwk": huge, "alg": "RS256"}))
    dear = {**jwk(private("client-rsa")), "e": jwk(private("client-rsa"))["n"]}
    yield (
        "proof: an exponent that costs",
        bound(made, proof(made, header={"jwk": dear}, key=private("client-rsa"), alg="RS256")),
    )


def _part(value: Json) -> str:
    return b64(json.dumps(value).encode())


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _by(key: Any, text: bytes) -> bytes:  # noqa: ANN401
    r, s = decode_dss_signature(key.sign(text, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
