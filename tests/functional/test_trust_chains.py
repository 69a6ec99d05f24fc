"""Signers below authorities that they bring along, at the door on both databases; and anchors that change."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree

from certgateway import cli
from certgateway.trust.xml_signing import Signatory, sign
from tests.chains import issuer
from tests.functional.conftest import NOW
from tests.functional.messages import JSON
from tests.functional.test_signatures import DOORS, FHIR, KITH, Door, anchors_file, opened, url
from tests.jws import chain, header
from tests.jws import signed as jws
from tests.signing import (
    DS,
    MESSAGES,
    VALID,
    Identity,
    authority,
    certificate,
    key,
    raw,
    revocation_list,
    subject,
    usage,
    written,
)

__all__ = ["opened", "url"]

UPPER = issuer("Øvre", authority(), number=1)
LOWER = issuer("Nedre", UPPER, number=2)
_NUMBER = (NameOID.ORGANIZATION_IDENTIFIER, "NTRNO-987654325")
OFFICE = Identity(
    key("p256", 298),
    certificate(key("p256", 298), subject("Granlia legesenter", _NUMBER), LOWER, uses=usage("content_commitment")),
)
BODY = (MESSAGES / f"{FHIR}.json").read_bytes()
LISTS = (revocation_list(authority()), revocation_list(UPPER), revocation_list(LOWER))
# `receive` goes by the clock on the wall.
LONG = tuple(revocation_list(one, until=VALID[1]) for one in (authority(), UPPER, LOWER))


def with_chain(name: str, *brought: Identity) -> bytes:
    """A message signed by the office, with authorities beside its certificate."""
    root = etree.fromstring(sign(raw(name), Signatory(OFFICE.key, OFFICE.certificate)))
    (data,) = root.iterfind(".//ds:X509Data", DS)
    for one in brought:
        found = etree.SubElement(data, data[0].tag)
        found.text = b64encode(one.certificate.public_bytes(Encoding.DER)).decode()
    return written(root)


def hand_in_json(door: Door, *brought: Identity) -> tuple[int, str]:
    text = jws(BODY, header(OFFICE, x5c=chain(OFFICE, *brought)), OFFICE.key)
    answer = door.client.post(DOORS[FHIR], content=BODY, headers={**JSON, "X-JWS-Signature": text})
    return answer.status_code, answer.text


@pytest.mark.parametrize("name", DOORS)
def test_authorities_beside_the_signer_in_xml_lead_up_to_the_anchor(opened: Callable[..., Door], name: str) -> None:
    door = opened("require")
    refused = door.hand_in(name, with_chain(name, LOWER))
    assert "signer-not-trusted" in refused[1]
    assert door.events == 0
    status, rules = door.hand_in(name, with_chain(name, UPPER, LOWER))
    assert (status, "signer-not-trusted" in rules) == (200, False)
    assert door.events == 1


def test_authorities_beside_the_signer_in_json_lead_up_to_the_anchor(opened: Callable[..., Door]) -> None:
    door = opened("require")
    status, told = hand_in_json(door, LOWER)
    assert (status, "certificate-untrusted" in told) == (400, True)
    assert hand_in_json(door, UPPER, LOWER)[0] == 200
    assert door.events == 1


def test_five_certificates_are_refused_before_any_is_read(opened: Callable[..., Door]) -> None:
    door = opened("require")
    status, told = hand_in_json(door, UPPER, LOWER, UPPER, LOWER)
    assert (status, "key-info-refused" in told) == (400, True)
    assert "signature-refused" in door.hand_in(KITH, with_chain(KITH, UPPER, LOWER, UPPER, LOWER))[1]


def test_an_authority_that_is_revoked_while_the_gateway_runs_signs_nobody_in(
    opened: Callable[..., Door], tmp_path: Path
) -> None:
    door = opened("require", *LISTS)
    assert hand_in_json(door, UPPER, LOWER)[0] == 200
    anchors_file(tmp_path, *LISTS[1:], revocation_list(authority(), UPPER.certificate))
    assert "signer-revoked" in door.hand_in(KITH, with_chain(KITH, UPPER, LOWER))[1]
    assert door.events == 1


def value(door: Door, name: str) -> str:
    (found,) = re.findall(rf"^{name} (\S+)$", door.client.get("/metrics").text, re.MULTILINE)
    return str(found)


def test_metrics_tell_of_a_file_that_cannot_be_used_and_of_when_lists_end(
    opened: Callable[..., Door], tmp_path: Path
) -> None:
    door, end = opened("require", *LISTS), "certgateway_revocation_lists_end_timestamp_seconds"
    faulty = "certgateway_trust_anchors_faulty"
    assert (value(door, faulty), 0 < float(value(door, end)) - NOW.timestamp() <= 86_400) == ("0.0", True)
    anchors_file(tmp_path, b"-----BEGIN CERTIFICATE-----")
    assert value(door, faulty) == "1.0"
    assert hand_in_json(door, UPPER, LOWER)[0] == 200
    anchors_file(tmp_path, *LISTS)
    assert value(door, faulty) == "0.0"
    assert value(opened("require"), end) == "NaN"


# ---- the command line -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["receive", "validate"])
@pytest.mark.parametrize(
    "options,extra,code",
    [
        ([], (), 0),
        ([], LONG[:1], 1),
        (["--revocation", "off"], LONG[:1], 0),
        (["--revocation", "listed"], LONG[:1], 0),
        (["--revocation", "require"], LONG[:1], 1),
        (["--revocation", "require"], LONG, 0),
        (["--revocation", "require"], (), 2),
    ],
    ids=["no lists", "some lists", "off", "listed", "some, required", "all, required", "none, required"],
)
def test_the_command_line_has_the_policies(  # noqa: PLR0917  A table.
    command: str,
    options: list[str],
    extra: tuple[bytes, ...],
    code: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    message = tmp_path / "message.xml"
    message.write_bytes(with_chain(FHIR, UPPER, LOWER))
    how = ["--signatures", "require", "--trust-anchors", str(anchors_file(tmp_path, *extra)), *options]
    at = ["--at", NOW.isoformat()] if command == "validate" else []
    assert cli.main([command, str(message), *how, *at]) == code
    told = capsys.readouterr()
    assert ("no revocation list" in told.err) == (code == 2)
    assert ("signer-not-trusted" in told.out) == (code == 1)


def test_the_command_line_takes_weak_keys_until_their_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = key("rsa2048", 0)
    made = certificate(own, subject("Eldre legesenter", _NUMBER), authority(), uses=usage("digital_signature"))
    message = tmp_path / "message.json"
    message.write_bytes(BODY)
    text = jws(BODY, header(Identity(own, made)), own)
    (tmp_path / "message.json.jws").write_text(text)
    how = ["validate", str(message), "--signatures", "require", "--trust-anchors", str(anchors_file(tmp_path))]
    at = ["--at", NOW.isoformat()]
    later, today = str(NOW.date().replace(year=NOW.year + 1)), str(NOW.date())
    assert cli.main([*how, *at, "--rsa-2048-until", later]) == 0
    for until in ([], ["--rsa-2048-until", today]):
        capsys.readouterr()
        assert cli.main([*how, *at, *until]) == 1
        assert "key-refused" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        cli.main([*how, "--rsa-2048-until", "soon"])
