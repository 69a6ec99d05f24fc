"""Definitions out of folders, packages and single files; and everything that is no such thing, refused by name."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certgateway.engine import UnusableDefinitionsError, judge, load_base, load_profiles
from certgateway.engine.definitions import archives, packages
from certgateway.engine.definitions.library import Kept
from tests.unit.engine.profile_making import BASE, COLOURS, QUIET, profile

Json = dict[str, Any]
NAMED = profile("Patient", {"id": "Patient.name", "min": 1}, name="named")
NO_PHOTO = profile("Patient", {"id": "Patient.photo", "max": "0"}, name="no-photo")
XML = f"""<?xml version="1.0" encoding="utf-8"?>
<!-- made by hand -->
<StructureDefinition xmlns="http://hl7.org/fhir"><url value="{BASE}in-xml"/><type value="Patient"/>
<derivation value="constraint"/><baseDefinition value="http://hl7.org/fhir/StructureDefinition/Patient"/>
<differential><element id="Patient.birthDate"><path value="Patient.birthDate"/><min value="1"/></element></differential>
</StructureDefinition>"""


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTGATEWAY_CACHE", "off")


def kinds(place: Path, name: str) -> list[tuple[str, str | None]]:
    """The faults of an empty Patient by a profile from there."""
    known = load_profiles(place, load_base())
    found = judge({"resourceType": "Patient"}, known, profiles=[BASE + name], options=QUIET)
    return [(fault.kind, fault.expected) for fault in found]


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def package(path: Path, members: dict[str, object], change: Callable[[tarfile.TarInfo], None] | None = None) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            raw = content if isinstance(content, bytes) else json.dumps(content).encode()
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            if change is not None:
                change(info)
            archive.addfile(info, io.BytesIO(raw))
    return path


def test_a_folder_is_read_to_any_depth_and_everything_else_in_it_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "a/b/c/named.json", NAMED)
    write(tmp_path / "a/in-xml.xml", XML.encode())
    write(tmp_path / "a/marked.json", b"\xef\xbb\xbf" + json.dumps(NO_PHOTO).encode())
    write(tmp_path / "a/patient.json", {"resourceType": "Patient"})
    write(tmp_path / "a/list.json", [1, 2])
    write(tmp_path / "a/other.xml", b"<html><p>not FHIR</html>")
    write(tmp_path / "a/notes.txt", b"\xff\xfe")
    write(tmp_path / "package.json", {"name": "x"})
    write(tmp_path / ".index.json", b"{ not JSON at all")
    assert kinds(tmp_path, "named") == [("element-missing", "name")]
    assert kinds(tmp_path, "in-xml") == [("element-missing", "birthDate")]
    assert len(load_profiles(tmp_path, load_base()).profile_urls()) == 3


def test_a_package_is_read_without_its_examples(tmp_path: Path) -> None:
    example = NAMED | {"url": BASE + "an-example"}
    members: dict[str, object] = {
        "package/package.json": {"name": "x"},
        "package/.index.json": b"{ not JSON at all",
        "package/StructureDefinition-named.json": NAMED,
        "package/xml/in-xml.xml": XML.encode(),
        "package/example/StructureDefinition-example.json": example,
    }
    path = package(tmp_path / "x.tgz", members)
    assert kinds(path, "named") == [("element-missing", "name")]
    assert kinds(path, "in-xml") == [("element-missing", "birthDate")]
    unpacked = tmp_path / "unpacked"
    for name, content in members.items():
        write(unpacked / name, content)
    for place in (path, unpacked):
        assert len(load_profiles(place, load_base()).profile_urls()) == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == ["unpacked", "x.tgz"]


def test_single_files_and_several_places_add_up(tmp_path: Path) -> None:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": NAMED}, {"fullUrl": "urn:x"}, 3]}
    one = write(tmp_path / "bundle.json", bundle)
    two = write(tmp_path / "two.json", NO_PHOTO)
    known = load_profiles([one, two], load_base())
    assert [url for url in known.profile_urls() if "|" not in url] == []
    assert sorted(known.profile_urls()) == [f"{BASE}named|1.0.0", f"{BASE}no-photo|1.0.0"]


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no such folder": (lambda at: at / "nowhere", "no such folder"),
    "broken JSON": (lambda at: write(at / "d/x.json", b'{"resourceType": ').parent, "x.json"),
    "duplicate name": (lambda at: write(at / "d/x.json", b'{"url": "a", "url": "b"}').parent, "x.json"),
    "broken XML": (lambda at: write(at / "d/x.xml", XML[:300].encode()).parent, "x.xml"),
    "entities": (
        lambda at: write(at / "d/x.xml", XML.replace("<!--", '<!DOCTYPE a [<!ENTITY b "c">]><!--').encode()).parent,
        "x.xml",
    ),
    "no package": (lambda at: write(at / "x.tgz", b"plain text"), "neither a folder nor a FHIR package"),
    "no archive": (lambda at: write(at / "x.tgz", gzip.compress(b"no tar" * 1000)), "no FHIR package"),
    "cut short": (
        lambda at: write(at / "y.tgz", package(at / "x.tgz", {"package/a.json": NAMED}).read_bytes()[:-40]),
        "no FHIR package",
    ),
    "leads out": (lambda at: package(at / "x.tgz", {"package/../../x.json": NAMED}), "leads out of itself"),
    "absolute": (lambda at: package(at / "x.tgz", {"/etc/x.json": NAMED}), "leads out of itself"),
    "link": (
        lambda at: package(at / "x.tgz", {"package/x.json": b""}, lambda info: setattr(info, "type", tarfile.SYMTYPE)),
        "leads out of itself",
    ),
    "device": (
        lambda at: package(at / "x.tgz", {"package/x.json": b""}, lambda info: setattr(info, "type", tarfile.CHRTYPE)),
        "leads out of itself",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused_by_name(name: str, tmp_path: Path) -> None:
    make, told = REFUSED[name]
    with pytest.raises(UnusableDefinitionsError, match=told):
        load_profiles(make(tmp_path), load_base())


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = package(tmp_path / "x.tgz", {f"package/{name}.json": b'{"a":"' + b"x" * 9000 + b'"}' for name in "ab"})
    load_profiles(path, load_base())
    monkeypatch.setattr(archives, "LARGEST_PACKAGE", 15_000)
    with pytest.raises(UnusableDefinitionsError, match="when unpacked"):
        load_profiles(path, load_base())
    monkeypatch.setattr(archives, "LARGEST_PACKAGE", 10**9)
    monkeypatch.setattr(archives, "MOST_MEMBERS", 1)
    with pytest.raises(UnusableDefinitionsError, match="more than 1 files"):
        load_profiles(path, load_base())
    monkeypatch.setattr(archives, "MOST_MEMBERS", 10)
    monkeypatch.setattr(archives, "LARGEST_FILE", 5000)
    with pytest.raises(UnusableDefinitionsError, match="a file larger"):
        load_profiles(path, load_base())
    monkeypatch.setattr(packages, "LARGEST_FILE", 50)
    with pytest.raises(UnusableDefinitionsError, match="larger than 50"):
        load_profiles(write(tmp_path / "d/x.json", NAMED).parent, load_base())


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.json").symlink_to("/proc/self/mem")
    with pytest.raises(UnusableDefinitionsError, match=r"x\.json cannot be read"):
        load_profiles(tmp_path, load_base())


def test_concepts_of_no_form_list_nothing(tmp_path: Path) -> None:
    system = {"resourceType": "CodeSystem", "url": "https://x.example/s", "content": "complete", "concept": [1]}
    known = load_profiles(write(tmp_path / "x.json", system), load_base())
    assert known.system_codes("https://x.example/s") is None


def test_what_is_known_of_a_definition_is_told_without_reading_it() -> None:
    kept = Kept({"resourceType": "ValueSet", "url": "urn:a", "version": None}, b'{"url": "urn:a", "name": "X"}')
    unread = Kept({"url": "urn:a"}, b"not read")
    assert [unread.get("url"), kept.get("name"), kept.get("version"), kept.get("nothing", 1)] == ["urn:a", "X", None, 1]
    assert (kept["url"], sorted(kept), len(kept), kept.get("url")) == ("urn:a", ["name", "url"], 2, "urn:a")


def test_a_header_that_claims_endless_names_costs_nothing(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type = tarfile.XHDTYPE
    header.size = 10**9
    path = write(tmp_path / "x.tgz", gzip.compress(header.tobuf() + bytes(200 * 1024)))
    with pytest.raises(UnusableDefinitionsError, match="no FHIR package"):
        load_profiles(path, load_base())


def test_the_kept_form_says_what_the_files_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bound = {"id": "Observation.code", "binding": {"strength": "required", "valueSet": COLOURS[1]["url"]}}
    bounds = {"id": "Observation.value[x]:valueQuantity.value", "fixedDecimal": 1.5}
    for number, each in enumerate([*COLOURS, profile("Observation", bound, bounds), NAMED]):
        write(tmp_path / f"d/{number}.json", each)
    monkeypatch.setenv("CERTGATEWAY_CACHE", str(tmp_path / "kept"))
    resource = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "valueQuantity": {"value": 2}}
    told = [
        [(fault.kind, fault.path) for fault in judge(resource, known, profiles=[BASE + "p"], options=QUIET)]
        for known in (load_profiles(tmp_path / "d", load_base()) for _ in range(2))
    ]
    assert told[0] == [("code-not-allowed", "Observation.code"), ("fixed-value-differs", "Observation.value.value")]
    assert told[1] == told[0]
    (kept,) = (tmp_path / "kept").iterdir()
    assert b"narrative" not in kept.read_bytes()
    write(tmp_path / "d/4.json", NAMED | {"version": "2.0.0"})
    assert load_profiles(tmp_path / "d", load_base()).profile(f"{BASE}named|2.0.0") is not None
