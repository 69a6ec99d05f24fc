"""A file of trust anchors counts whole or not at all; what may issue is pinned, anything else is registered."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.anchors import FileAnchors, read_anchors
from certgateway.trust.certificates import trusted_key
from certgateway.trust.revocation import NotAsked, Policy, RevocationLists
from certgateway.trust.signature_refusal import SignatureRefused
from tests.signing import AT, Identity, authority, revocation_list, signer

ISSUER, OFFICE = authority().certificate_pem, signer().certificate_pem
LIST = revocation_list(authority())


def file(folder: Path, content: bytes) -> Path:
    path = folder / "anchors.pem"
    path.write_bytes(content)
    return path


def test_issuers_are_pinned_and_others_registered(tmp_path: Path) -> None:
    found = read_anchors(file(tmp_path, b"Utsteder:\n" + ISSUER + b"\n" + OFFICE))
    assert found.issuers == (authority().certificate,)
    assert found.registered == (signer().certificate,)
    assert isinstance(found.revocation, NotAsked)
    assert found.rsa_2048_until is None


def test_with_a_list_in_it_revocation_is_asked_about(tmp_path: Path) -> None:
    found = read_anchors(file(tmp_path, ISSUER + LIST))
    assert isinstance(found.revocation, RevocationLists)
    assert len(found.revocation.lists) == 1


@pytest.mark.parametrize(
    "content,told",
    [
        (b"", "no certificate"),
        (LIST, "no certificate"),
        (ISSUER + signer().pem, "something else"),
        (ISSUER + OFFICE[:-10], "something else"),
        (ISSUER.replace(b"M", b"A", 1), "cannot be read"),
        (ISSUER + LIST.replace(b"M", b"A", 1), "cannot be read"),
    ],
    ids=["empty", "a list alone", "a key", "cut off", "a broken certificate", "a broken list"],
)
def test_one_fault_and_nothing_counts(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(MisconfiguredError, match=told):
        read_anchors(file(tmp_path, content))


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match=r"none\.pem"):
        read_anchors(tmp_path / "none.pem")


# ---- policy ---------------------------------------------------------------------------------------------------------


def test_the_policy_says_what_lists_are_for(tmp_path: Path) -> None:
    with_list = file(tmp_path, ISSUER + LIST)
    assert isinstance(read_anchors(with_list, "off").revocation, NotAsked)
    for policy, required in (("listed", False), ("require", True), (None, True)):
        found = read_anchors(with_list, policy).revocation  # type: ignore[arg-type]
        assert isinstance(found, RevocationLists)
        assert found.required is required


@pytest.mark.parametrize("policy", ["listed", "require"])
def test_where_lists_are_asked_there_must_be_one(tmp_path: Path, policy: Policy) -> None:
    with pytest.raises(MisconfiguredError, match="no revocation list"):
        read_anchors(file(tmp_path, ISSUER), policy)
    assert isinstance(read_anchors(file(tmp_path, ISSUER), "off").revocation, NotAsked)


def test_the_sunset_of_weak_keys_comes_with_the_anchors(tmp_path: Path) -> None:
    assert read_anchors(file(tmp_path, ISSUER), rsa_2048_until=AT).rsa_2048_until == AT
    assert FileAnchors(file(tmp_path, ISSUER), None, AT).current().rsa_2048_until == AT


def test_an_issuer_with_a_key_that_nobody_can_read_stops_the_file(tmp_path: Path) -> None:
    der = bytearray(authority().certificate.public_bytes(Encoding.DER))
    # The name of the curve, which then is none.
    at = der.index(bytes.fromhex("06082a8648ce3d030107"))
    der[at + 9] = 0x7F
    pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"
    with pytest.raises(MisconfiguredError, match="cannot be read"):
        read_anchors(file(tmp_path, pem))


# ---- a file that changes --------------------------------------------------------------------------------------------


def replaced(path: Path, content: bytes) -> None:
    """As it should be done: the new file stands beside the old one and takes its name."""
    draft = path.with_suffix(".new")
    draft.write_bytes(content)
    draft.replace(path)


def is_trusted(anchors: FileAnchors, one: Identity) -> str:
    try:
        trusted_key([one.certificate.public_bytes(Encoding.DER)], anchors.current(), AT)
    except SignatureRefused as refused:
        return refused.id
    return "trusted"


def test_what_was_revoked_since_the_start_is_refused_without_a_new_one(tmp_path: Path) -> None:
    path = file(tmp_path, ISSUER + LIST)
    anchors = FileAnchors(path)
    first = anchors.current()
    assert is_trusted(anchors, signer()) == "trusted"
    assert anchors.current() is first
    replaced(path, ISSUER + revocation_list(authority(), signer().certificate))
    assert is_trusted(anchors, signer()) == "certificate-revoked"
    replaced(path, ISSUER + LIST)
    assert is_trusted(anchors, signer()) == "trusted"


def test_an_issuer_that_was_taken_out_counts_no_more(tmp_path: Path) -> None:
    path = file(tmp_path, ISSUER + authority("Annen").certificate_pem)
    anchors = FileAnchors(path)
    assert is_trusted(anchors, signer()) == "trusted"
    replaced(path, authority("Annen").certificate_pem)
    assert is_trusted(anchors, signer()) == "certificate-untrusted"


def test_a_file_that_is_written_over_is_read_again(tmp_path: Path) -> None:
    path = file(tmp_path, ISSUER)
    anchors = FileAnchors(path)
    path.write_bytes(ISSUER + OFFICE)
    assert anchors.current().registered == (signer().certificate,)


@pytest.mark.parametrize(
    "content", [b"", ISSUER + OFFICE[:-10], ISSUER, None], ids=["empty", "cut off", "no lists", "gone"]
)
def test_a_faulty_file_changes_nothing_and_is_told_of_once(
    content: bytes | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file without the lists that it had at the start is faulty too: nobody is to be let through by an accident."""
    path = file(tmp_path, ISSUER + revocation_list(authority(), signer().certificate))
    anchors = FileAnchors(path)
    if content is None:
        path.unlink()
    else:
        replaced(path, content)
    for _ in range(3):
        assert is_trusted(anchors, signer()) == "certificate-revoked"
    assert anchors.is_faulty
    (told,) = caplog.records
    assert (told.levelname, told.args) == ("ERROR", ())
    assert str(tmp_path) not in told.getMessage()
    replaced(path, ISSUER + LIST)
    assert is_trusted(anchors, signer()) == "trusted"
    assert (anchors.is_faulty, len(caplog.records)) == (False, 1)


def test_lists_that_come_later_are_required_from_then_on_where_no_policy_says_otherwise(tmp_path: Path) -> None:
    path = file(tmp_path, ISSUER)
    anchors, off = FileAnchors(path), FileAnchors(path, "off")
    for content in (ISSUER + revocation_list(authority(), signer().certificate), ISSUER):
        replaced(path, content)
        assert is_trusted(anchors, signer()) == "certificate-revoked"
        assert is_trusted(off, signer()) == "trusted"
    assert (anchors.is_faulty, off.is_faulty) == (True, False)


def test_registered_certificates_stay_beside_those_of_the_file(tmp_path: Path) -> None:
    path = file(tmp_path, ISSUER)
    anchors = FileAnchors(path, registered=(signer(by="Fremmed").certificate,))
    replaced(path, ISSUER + OFFICE)
    assert anchors.current().registered == (signer().certificate, signer(by="Fremmed").certificate)


def test_while_one_reads_others_go_on_with_what_was(tmp_path: Path) -> None:
    path = file(tmp_path, ISSUER)
    anchors = FileAnchors(path)
    replaced(path, ISSUER + OFFICE)
    with anchors._file._lock:
        begun = monotonic()
        assert anchors.current().registered == ()
        assert monotonic() - begun < 1
    assert anchors.current().registered == (signer().certificate,)


def test_the_end_of_the_lists_is_the_first_issuer_s(tmp_path: Path) -> None:
    assert FileAnchors(file(tmp_path, ISSUER)).lists_end is None
    day = timedelta(days=1)
    both = [
        revocation_list(authority(), until=AT + 2 * day),
        revocation_list(authority(), until=AT + day),
        revocation_list(authority("Annen"), until=AT + 3 * day),
    ]
    assert FileAnchors(file(tmp_path, b"".join((ISSUER, *both)))).lists_end == AT + 2 * day
    assert FileAnchors(file(tmp_path, b"".join((ISSUER, *reversed(both))))).lists_end == AT + 2 * day
