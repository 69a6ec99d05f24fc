"""The key file is made once, whole, for its owner alone; it can hold several keys, and is watched for new ones."""

import os
import stat
from pathlib import Path
from threading import Thread

import pytest

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.cipher import Cipher, SealBrokenError
from certgateway.trust.keyfile import (
    FileKeys,
    KeysUnavailableError,
    add_key,
    create_key_file,
    read_key_file,
    remove_old_keys,
)
from certgateway.trust.keyring import KeyRing
from certgateway.trust.seal import Sealer
from tests.sealing import old_form

SECRET = bytes(range(32))
OTHER = bytes(range(1, 33))
PLAIN = "Kan ikke løfte over skulderhøyde".encode()


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
    kek, wrapped, cipher = Sealer.from_file(tmp_path / "one.key").new_key("a")
    assert Sealer(one).unwrap(kek, wrapped, "a").open(cipher.seal(PLAIN, "b"), "b") == PLAIN


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


@pytest.fixture
def path(tmp_path: Path) -> Path:
    created = tmp_path / "gateway.key"
    created.touch(mode=0o600)
    created.write_bytes(SECRET)
    return created


def lines(*keys: tuple[str, bytes]) -> bytes:
    return b"certgateway-keys 1\n" + b"".join(f"{name} {key.hex()}\n".encode() for name, key in keys)


def test_a_new_key_is_added_and_digests_stay_what_they_were(path: Path) -> None:
    ring = add_key(path)
    assert ring.ids[:-1] == KeyRing.of_secret(SECRET).ids
    assert ring.digest_key == KeyRing.of_secret(SECRET).digest_key
    head, digest, old, new = path.read_bytes().splitlines()
    assert (head, digest) == (b"certgateway-keys 1", f"digest {ring.digest_key.hex()}".encode())
    assert old == f"key {SECRET.hex()}".encode()
    assert len(new) == len("key ") + 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["gateway.key"]
    assert Sealer.from_file(path).digest("a", "patient") == Sealer(SECRET).digest("a", "patient")


def test_every_key_of_the_file_opens_and_the_newest_wraps(path: Path) -> None:
    kek, wrapped, _ = Sealer(SECRET).new_key("a")
    add_key(path)
    sealer = Sealer.from_file(path)
    assert sealer.newest != kek
    again, anew = sealer.rewrap(kek, wrapped, "a")
    assert again == sealer.newest
    assert sealer.unwrap(again, anew, "a").open(sealer.unwrap(kek, wrapped, "a").seal(PLAIN, "b"), "b") == PLAIN
    assert sealer.open(old_form(SECRET, PLAIN, "b"), "b") == PLAIN
    with pytest.raises(SealBrokenError):
        sealer.open(old_form(OTHER, PLAIN, "b"), "b")


def test_without_the_old_keys_only_what_the_newest_wrapped_opens(path: Path) -> None:
    kek, wrapped, _ = Sealer(SECRET).new_key("a")
    newest = add_key(path).newest
    again, anew = Sealer.from_file(path).rewrap(kek, wrapped, "a")
    assert remove_old_keys(path).ids == (newest,)
    sealer = Sealer.from_file(path)
    assert isinstance(sealer.unwrap(again, anew, "a"), Cipher)
    with pytest.raises(SealBrokenError):
        sealer.unwrap(kek, wrapped, "a")
    with pytest.raises(SealBrokenError):
        sealer.open(old_form(SECRET, PLAIN, "b"), "b")
    assert sealer.digest("a", "patient") == Sealer(SECRET).digest("a", "patient")


def test_a_gateway_that_runs_uses_a_key_from_when_it_is_in_the_file(path: Path) -> None:
    running = Sealer.from_file(path)
    old = running.newest
    newest = add_key(path).newest
    assert running.newest == newest != old
    assert running.new_key("a")[0] == newest


def test_a_gateway_that_runs_opens_what_another_one_wrapped_by_a_new_key(path: Path) -> None:
    running = Sealer.from_file(path)
    add_key(path)
    kek, wrapped, cipher = Sealer.from_file(path).new_key("a")
    assert running.unwrap(kek, wrapped, "a").open(cipher.seal(PLAIN, "b"), "b") == PLAIN


@pytest.mark.parametrize("fault", ["gone", "spoilt", "open to others", "of another gateway"])
def test_nothing_is_wrapped_by_a_key_that_stands_in_no_file(path: Path, fault: str) -> None:
    running = Sealer.from_file(path)
    kek, wrapped, _ = running.new_key("a")
    if fault == "gone":
        path.unlink()
    elif fault == "open to others":
        path.chmod(0o644)
        os.utime(path)
    else:
        path.write_bytes(b"spoilt" if fault == "spoilt" else OTHER)
    with pytest.raises(KeysUnavailableError) as caught:
        running.new_key("a")
    assert caught.value.category == "unavailable"
    # What is there can be read all the same.
    assert isinstance(running.unwrap(kek, wrapped, "a"), Cipher)


def test_of_two_who_add_a_key_at_once_neither_loses_the_other_s(path: Path) -> None:
    threads = [Thread(target=add_key, args=(path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(read_key_file(path).ids)) == 9


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x" * 31,
        b"x" * 33,
        b"certgateway-keys 1\n",
        b"certgateway-keys 1\ndigest\n",
        lines(("digest", SECRET)),
        lines(("key", SECRET), ("key", OTHER)),
        lines(("digest", SECRET), ("digest", OTHER)),
        lines(("digest", SECRET), ("key", OTHER), ("key", OTHER)),
        lines(("digest", SECRET), ("key", SECRET)),
        lines(("digest", SECRET), ("key", OTHER[:31])),
        lines(("digest", SECRET), ("key", OTHER)).replace(b"keys 1", b"keys 2"),
        lines(("digest", SECRET), ("key", OTHER)).replace(b"\nkey ", b"\nkey  "),
        lines(("digest", SECRET), ("key", OTHER)).replace(b"1f", b"\xff\xfe"),
    ],
)
def test_a_file_of_another_form_is_refused_without_a_word_of_it(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(MisconfiguredError) as caught:
        read_key_file(path)
    assert str(caught.value).startswith(f"the key file {path} cannot be used: it")
    assert SECRET.hex()[:8] not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_in_text_is_read(path: Path) -> None:
    path.write_bytes(lines(("digest", SECRET), ("key", OTHER)))
    ring = read_key_file(path)
    assert (ring.digest_key, ring.ids) == (SECRET, KeyRing.of_secret(OTHER).ids)
    assert ring.text() == path.read_bytes()
    assert SECRET.hex() not in repr(ring)
    assert OTHER.hex() not in repr(ring)
    assert FileKeys(path).newest == ring.newest


def test_a_file_that_cannot_be_replaced_stays_as_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(MisconfiguredError, match="cannot be written: No space left"):
        add_key(path)
    assert path.read_bytes() == SECRET
    assert [entry.name for entry in path.parent.iterdir()] == ["gateway.key"]


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match="cannot be read"):
        FileKeys(tmp_path)
