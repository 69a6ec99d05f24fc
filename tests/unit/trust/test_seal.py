"""The seal opens only with its own key and context, and its key file is made once, whole, and for its owner alone."""

import hashlib
import hmac
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.seal import SealBrokenError, Sealer, create_key_file

SECRET = bytes(range(32))
OTHER = bytes(range(1, 33))
PLAIN = "Kan ikke løfte over skulderhøyde".encode()


@given(st.binary(max_size=200), st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_what_is_sealed_opens_again(plain: bytes, context: str) -> None:
    assert Sealer(SECRET).open(Sealer(SECRET).seal(plain, context), context) == plain


def test_sealed_bytes_hold_no_plain_text_and_differ_each_time() -> None:
    sealer = Sealer(SECRET)
    first, second = sealer.seal(PLAIN, "a"), sealer.seal(PLAIN, "a")
    assert first != second
    assert PLAIN not in first
    assert first[:1] == b"\x01"
    assert len(first) == 1 + 12 + len(PLAIN) + 16


def test_another_key_does_not_open() -> None:
    with pytest.raises(SealBrokenError):
        Sealer(OTHER).open(Sealer(SECRET).seal(PLAIN, "a"), "a")


def test_another_context_does_not_open() -> None:
    with pytest.raises(SealBrokenError):
        Sealer(SECRET).open(Sealer(SECRET).seal(PLAIN, "a"), "b")


def test_a_sealed_value_cut_anywhere_does_not_open() -> None:
    sealed = Sealer(SECRET).seal(b"kort", "a")
    for length in range(len(sealed)):
        with pytest.raises(SealBrokenError):
            Sealer(SECRET).open(sealed[:length], "a")


def test_a_sealed_value_changed_in_any_byte_does_not_open() -> None:
    sealed = Sealer(SECRET).seal(b"kort", "a")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 0x40
        with pytest.raises(SealBrokenError):
            Sealer(SECRET).open(bytes(changed), "a")


def test_a_broken_seal_tells_nothing_of_key_or_value() -> None:
    sealed = Sealer(SECRET).seal(PLAIN, "hemmelig kontekst")
    with pytest.raises(SealBrokenError) as caught:
        Sealer(OTHER).open(sealed, "hemmelig kontekst")
    assert "kontekst" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.category == "seal-broken"


def test_digest_is_a_keyed_hmac_of_the_value_under_its_purpose() -> None:
    derived = hmac.new(SECRET, b"certgateway digest 1\x01", hashlib.sha256).digest()
    under_purpose = hmac.new(derived, b"patient", hashlib.sha256).digest()
    expected = hmac.new(under_purpose, b"synthetic person", hashlib.sha256).hexdigest()
    assert Sealer(SECRET).digest("synthetic person", "patient") == expected


def test_digest_differs_by_key_purpose_and_value() -> None:
    digests = {
        Sealer(SECRET).digest("a", "patient"),
        Sealer(SECRET).digest("b", "patient"),
        Sealer(SECRET).digest("a", "certificate"),
        Sealer(OTHER).digest("a", "patient"),
        hashlib.sha256(b"a").hexdigest(),
    }
    assert len(digests) == 5


def test_the_key_of_the_cipher_is_not_the_key_of_the_digest() -> None:
    sealer = Sealer(SECRET)
    by_digest_key = hmac.new(SECRET, b"certgateway digest 1\x01", hashlib.sha256).digest()
    assert by_digest_key not in {SECRET, hmac.new(SECRET, b"certgateway seal 1\x01", hashlib.sha256).digest()}
    with pytest.raises(SealBrokenError):
        Sealer(by_digest_key).open(sealer.seal(PLAIN, "a"), "a")


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_a_secret_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(MisconfiguredError):
        Sealer(b"x" * size)


def test_key_file_is_random_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        create_key_file(tmp_path / "one.key")
        create_key_file(tmp_path / "two.key")
    finally:
        os.umask(old)
    one, two = (tmp_path / "one.key").read_bytes(), (tmp_path / "two.key").read_bytes()
    assert len(one) == len(two) == 32
    assert one != two
    assert stat.S_IMODE((tmp_path / "one.key").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.key", "two.key"]
    sealed = Sealer.from_file(tmp_path / "one.key").seal(PLAIN, "a")
    assert Sealer(one).open(sealed, "a") == PLAIN


def test_an_existing_key_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "gateway.key"
    path.write_bytes(SECRET)
    with pytest.raises(MisconfiguredError, match="exists already"):
        create_key_file(path)
    assert path.read_bytes() == SECRET
    assert [entry.name for entry in tmp_path.iterdir()] == ["gateway.key"]


def test_a_key_file_that_cannot_be_created_is_told(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match="cannot be created"):
        create_key_file(tmp_path / "no such folder" / "gateway.key")


def test_a_missing_key_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match="cannot be read"):
        Sealer.from_file(tmp_path / "gateway.key")


def test_a_key_file_of_the_wrong_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gateway.key"
    path.write_bytes(b"too short")
    path.chmod(0o600)
    with pytest.raises(MisconfiguredError, match="exactly 32 bytes"):
        Sealer.from_file(path)


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660])
def test_a_key_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "gateway.key"
    create_key_file(path)
    path.chmod(mode)
    with pytest.raises(MisconfiguredError, match="0600"):
        Sealer.from_file(path)
