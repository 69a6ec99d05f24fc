"""A file of trust anchors counts whole or not at all; what may issue is pinned, anything else is registered."""

from __future__ import annotations

from pathlib import Path

import pytest

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.anchors import read_anchors
from certgateway.trust.revocation import NotAsked, RevocationLists
from tests.signing import authority, revocation_list, signer

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
