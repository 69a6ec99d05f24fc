"""Lock files are read strictly: whatever has no hash, or comes from a place of its own, is refused by its place."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tools import pins

REQUIREMENTS = pins.ROOT / "requirements"
HASH = "--hash=sha256:" + "a" * 64
SHA512 = "sha512-" + base64.b64encode(bytes(64)).decode()
FILES = ("bootstrap", "build", "definitions", "runtime", "test")
LOCKS = ("diagnoses", "peers")


def written(folder: Path, text: str) -> Path:
    path = folder / "locked.txt"
    path.write_text(text, "utf-8")
    return path


def lock(folder: Path, packages: dict[str, Any], *, wanted: dict[str, str] | None = None, version: int = 3) -> Path:
    root = {"": {"dependencies": {"a": "1.0.0"}}}
    folder.joinpath("package.json").write_text(json.dumps({"dependencies": wanted or {"a": "1.0.0"}}))
    path = folder / "package-lock.json"
    path.write_text(json.dumps({"lockfileVersion": version, "packages": {**root, **packages}}))
    return path


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_of_ours_has_its_hashes(name: str) -> None:
    read = pins.read_pins(REQUIREMENTS / f"{name}.txt")
    lines = (REQUIREMENTS / f"{name}.txt").read_text("utf-8").splitlines()
    assert len(read) == sum("==" in line and not line.startswith(("#", " ")) for line in lines)
    assert sum(len(pin.hashes) for pin in read) == sum("--hash=sha256:" in line for line in lines)


def test_every_file_of_requirements_is_looked_at() -> None:
    assert sorted(path.stem for path in REQUIREMENTS.glob("*.txt")) == sorted(FILES)


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_npm_s_has_its_digest_or_travels_in_one_that_has(name: str) -> None:
    path = pins.NODE / name / "package-lock.json"
    packages = json.loads(path.read_text("utf-8"))["packages"]
    read = pins.read_packages(path)
    assert len(read) == len(packages) - 1
    assert sum(not each.sha512 for each in read) == sum("inBundle" in each for each in packages.values())


def test_every_lock_of_npm_s_is_looked_at() -> None:
    assert sorted(path.parent.name for path in pins.NODE.glob("*/package.json")) == sorted(LOCKS)


def test_a_pin_is_read_with_marker_and_hashes(tmp_path: Path) -> None:
    text = f"# made by hand\na-b==1.0 ; sys_platform == 'win32' \\\n    {HASH} \\\n    {HASH}\n\nc==2 {HASH}\n"
    first, second = pins.read_pins(written(tmp_path, text))
    assert (first.name, first.version, first.marker, len(first.hashes)) == ("a-b", "1.0", "sys_platform == 'win32'", 2)
    assert (second.name, second.version, second.marker, second.hashes) == ("c", "2", "", ("a" * 64,))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a==1\n", id="no hash"),
        pytest.param(f"a==1 {HASH}\nb==1\n", id="no hash on the second"),
        pytest.param(f"a==1 \\\n    {HASH} \\\n    # {HASH}\n", id="a hash in a comment"),
        pytest.param(f"a==1 --hash=md5:{'a' * 32}\n", id="another sum"),
        pytest.param(f"a==1 --hash=sha256:{'a' * 63}\n", id="a short sum"),
        pytest.param(f"a==1 {HASH} --hash=sha256:\n", id="an empty sum beside a good one"),
        pytest.param(f"a>=1 {HASH}\n", id="a range"),
        pytest.param(f"a==1.* {HASH}\n", id="a pattern"),
        pytest.param(f"a {HASH}\n", id="no version"),
        pytest.param(f"a @ https://elsewhere.example/a.whl {HASH}\n", id="an address"),
        pytest.param(f"--index-url https://elsewhere.example\na==1 {HASH}\n", id="another index"),
        pytest.param("-r other.txt\n", id="another file"),
        pytest.param(f"a==1 {HASH}\na==2 {HASH}\n", id="a name twice"),
        pytest.param("# nothing\n", id="nothing"),
    ],
)
def test_what_is_not_pinned_to_the_bit_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(pins.UnpinnedError, match=r"^locked\.txt"):
        pins.read_pins(written(tmp_path, text))


def test_the_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(pins.UnpinnedError, match=r"^locked\.txt:3: "):
        pins.read_pins(written(tmp_path, f"a==1 \\\n    {HASH}\nb==1\n"))


def test_a_package_of_npm_s_is_read_with_its_digest(tmp_path: Path) -> None:
    packages = {
        "node_modules/a": {"version": "1.0.0", "integrity": SHA512, "license": "MIT"},
        "node_modules/a/node_modules/@b/c": {"version": "2.0.0", "inBundle": True},
    }
    first, second = pins.read_packages(lock(tmp_path, packages))
    assert (first.name, first.version, first.licence, first.sha512) == ("a", "1.0.0", "MIT", "00" * 64)
    assert (second.name, second.licence, second.sha512) == ("@b/c", "", "")


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"version": "1.0.0"}, id="no digest"),
        pytest.param({"version": "1.0.0", "integrity": "sha1-AAAA"}, id="another sum"),
        pytest.param({"version": "1.0.0", "integrity": "sha512-AAAA"}, id="a short sum"),
        pytest.param({"version": "1.0.0", "integrity": "sha512-?"}, id="no Base64"),
        pytest.param({"version": "1.0.0", "integrity": SHA512, "resolved": "https://x.example"}, id="an address"),
        pytest.param({"version": "1.0.0", "integrity": SHA512, "link": True}, id="a link"),
        pytest.param({"version": "1.0.0", "inBundle": True}, id="in a bundle of nobody's"),
    ],
)
def test_a_package_of_npm_s_that_is_not_pinned_is_refused(tmp_path: Path, entry: dict[str, Any]) -> None:
    with pytest.raises(pins.UnpinnedError, match=r"package-lock\.json: node_modules/a "):
        pins.read_packages(lock(tmp_path, {"node_modules/a": entry}))


@pytest.mark.parametrize(
    "change", [pytest.param({"wanted": {"a": "2.0.0"}}, id="other wishes"), pytest.param({"version": 1}, id="old form")]
)
def test_a_lock_of_npm_s_is_that_of_its_package(tmp_path: Path, change: dict[str, Any]) -> None:
    packages = {"node_modules/a": {"version": "1.0.0", "integrity": SHA512}}
    with pytest.raises(pins.UnpinnedError, match="not the lock of the package"):
        pins.read_packages(lock(tmp_path, packages, **change))


def test_a_licence_is_told_by_spdx_or_read_up() -> None:
    assert pins.licence_of("fastapi") == "MIT"
    assert pins.licence_of("reportlab") == "BSD-3-Clause"
    assert pins.licence_of("no-such-package") == ""
