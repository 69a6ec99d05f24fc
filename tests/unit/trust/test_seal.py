"""The seal opens only with its own key and context, and digests are keyed."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.cipher import Cipher
from certgateway.trust.seal import SealBrokenError, Sealer
from tests.sealing import old_form

SECRET = bytes(range(32))
OTHER = bytes(range(1, 33))
PLAIN = "Kan ikke løfte over skulderhøyde".encode()


WRAPPED_FOR = "one row"


@given(st.binary(max_size=200), st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_what_is_sealed_opens_again(plain: bytes, context: str) -> None:
    kek, wrapped, cipher = Sealer(SECRET).new_key(WRAPPED_FOR)
    assert Sealer(SECRET).unwrap(kek, wrapped, WRAPPED_FOR).open(cipher.seal(plain, context), context) == plain


def test_sealed_bytes_hold_no_plain_text_and_differ_each_time() -> None:
    cipher = Cipher(SECRET)
    first, second = cipher.seal(PLAIN, "a"), cipher.seal(PLAIN, "a")
    assert first != second
    assert PLAIN not in first
    assert len(first) == 12 + len(PLAIN) + 16


def test_every_data_key_is_another_and_none_stands_in_what_is_kept_of_it() -> None:
    sealer = Sealer(SECRET)
    (kek, first, one), (same, second, two) = sealer.new_key(WRAPPED_FOR), sealer.new_key(WRAPPED_FOR)
    assert kek == same == sealer.newest
    assert first != second
    assert len(first) == 12 + 32 + 16
    with pytest.raises(SealBrokenError):
        two.open(one.seal(PLAIN, "a"), "a")


@pytest.mark.parametrize("secret, wrapped_for", [(OTHER, WRAPPED_FOR), (SECRET, "another row")])
def test_a_data_key_opens_under_its_own_key_and_in_its_own_row_only(secret: bytes, wrapped_for: str) -> None:
    kek, wrapped, _ = Sealer(SECRET).new_key(WRAPPED_FOR)
    with pytest.raises(SealBrokenError):
        Sealer(secret).unwrap(Sealer(secret).newest, wrapped, wrapped_for)
    assert isinstance(Sealer(SECRET).unwrap(kek, wrapped, WRAPPED_FOR), Cipher)
    with pytest.raises(SealBrokenError):
        Sealer(OTHER).unwrap(kek, wrapped, WRAPPED_FOR)


def test_another_context_does_not_open() -> None:
    with pytest.raises(SealBrokenError):
        Cipher(SECRET).open(Cipher(SECRET).seal(PLAIN, "a"), "b")


def test_a_sealed_value_cut_anywhere_does_not_open() -> None:
    sealed, old = Cipher(SECRET).seal(b"kort", "a"), old_form(SECRET, b"kort", "a")
    for length in range(len(sealed)):
        with pytest.raises(SealBrokenError):
            Cipher(SECRET).open(sealed[:length], "a")
    for length in range(len(old)):
        with pytest.raises(SealBrokenError):
            Sealer(SECRET).open(old[:length], "a")


def test_a_sealed_value_changed_in_any_byte_does_not_open() -> None:
    sealed, old = Cipher(SECRET).seal(b"kort", "a"), old_form(SECRET, b"kort", "a")
    for place in range(len(sealed)):
        with pytest.raises(SealBrokenError):
            Cipher(SECRET).open(changed(sealed, place), "a")
    for place in range(len(old)):
        with pytest.raises(SealBrokenError):
            Sealer(SECRET).open(changed(old, place), "a")


def changed(sealed: bytes, place: int) -> bytes:
    content = bytearray(sealed)
    content[place] ^= 0x40
    return bytes(content)


def test_what_was_sealed_before_there_were_data_keys_opens() -> None:
    assert Sealer(SECRET).open(old_form(SECRET, PLAIN, "a"), "a") == PLAIN


def test_a_broken_seal_tells_nothing_of_key_or_value() -> None:
    now, old = Cipher(SECRET).seal(PLAIN, "hemmelig kontekst"), old_form(SECRET, PLAIN, "hemmelig kontekst")
    for seal, sealed in ((Cipher(OTHER), now), (Sealer(OTHER), old)):
        with pytest.raises(SealBrokenError) as caught:
            seal.open(sealed, "hemmelig kontekst")
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


def test_the_uses_of_one_secret_have_nothing_in_common() -> None:
    labels = (b"certgateway digest 1\x01", b"certgateway seal 1\x01", b"certgateway wrap 1\x01")
    keys = [hmac.new(SECRET, label, hashlib.sha256).digest() for label in labels]
    assert len({SECRET, *keys}) == 4
    _, wrapped, _ = Sealer(SECRET).new_key(WRAPPED_FOR)
    assert len(Cipher(keys[2]).open(wrapped, WRAPPED_FOR)) == 32
    for key in (SECRET, keys[0], keys[1]):
        with pytest.raises(SealBrokenError):
            Cipher(key).open(wrapped, WRAPPED_FOR)
    # What was wrapped is no value of the old form either.
    with pytest.raises(SealBrokenError):
        Sealer(SECRET).open(b"\x01" + wrapped, WRAPPED_FOR)


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_a_secret_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(MisconfiguredError):
        Sealer(b"x" * size)
