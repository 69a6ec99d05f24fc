"""Others look at the fixtures: the official schema, fhir.resources, npm fhirpath, and a plain reading of both formats.

What they say binds the fixtures, not the gateway: a fixture that conforms must conform for everybody, and a path in the
manifest must select exactly one node for an evaluator that is not ours.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from fhir.resources.R4B.bundle import Bundle
from lxml import etree

from certgateway import safexml
from certgateway.engine import load_base
from certgateway.engine.xml import form as xmlform

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "fixtures" / "messages"
SCHEMA = Path(os.environ.get("FHIR_R4_XSD", ROOT.parent / "shared" / "fhir-r4-xsd")) / "fhir-single.xsd"
PEERS = Path(os.environ.get("CERTGATEWAY_PEERS", ROOT / "tools" / "node" / "peers" / "node_modules"))
ENTRIES: dict[str, dict[str, Any]] = {
    entry["file"]: entry
    for entry in tomllib.loads((ROOT / "fixtures/manifest.toml").read_text("utf-8"))["message"]
    if not entry["file"].startswith("kith/")  # these have witnesses of their own
}
# Messages that conform to R4, whatever else is said about them. One holds a Coverage that is broken on purpose.
CONFORMING = ("good/", "unanswered/", "remark/", "note/")
BROKEN_ON_PURPOSE = frozenset({"note/benefit-removed-coverage-malformed.json"})
Node: TypeAlias = Any
STEP = re.compile(r"([A-Za-z]+)(?:\[(\d+)\])?")


def _conforming(suffix: str) -> list[str]:
    return [
        file
        for file in sorted(set(ENTRIES) - BROKEN_ON_PURPOSE)
        if file.startswith(CONFORMING) and file.endswith(suffix)
    ]


def _twins() -> list[str]:
    both = {file.rpartition(".")[0] for file in ENTRIES if file.endswith(".json")}
    files = [
        file.rpartition(".")[0] for file in ENTRIES if file.endswith(".xml") and not file.startswith("unreadable/")
    ]
    return sorted(both.intersection(files))


def _pointed(suffix: str) -> list[str]:
    """Files of one format with at least one path in the manifest."""
    return [file for file in sorted(ENTRIES) if file.endswith(suffix) and _paths(file)]


def _paths(file: str) -> list[str]:
    entry = ENTRIES[file]
    return sorted({found["path"] for found in (*entry["findings"], *entry["removed"]) if "path" in found})


def test_build_makes_what_is_committed() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "fixtures/build.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    if not SCHEMA.is_file():
        pytest.skip(f"LOUD: the official FHIR R4 schema is not at {SCHEMA}; set FHIR_R4_XSD to its folder")
    return etree.XMLSchema(etree.parse(SCHEMA))


@pytest.mark.parametrize("file", _conforming(".xml"))
def test_xml_is_valid_by_the_official_schema(file: str, schema: etree.XMLSchema) -> None:
    valid = schema.validate(etree.parse(MESSAGES / file))
    assert valid, str(schema.error_log)


@pytest.mark.parametrize("file", _conforming(".json"))
def test_json_is_valid_by_fhir_resources(file: str) -> None:
    assert Bundle.model_validate_json((MESSAGES / file).read_bytes()).type == "message"


@pytest.mark.parametrize("name", _twins())
def test_json_and_xml_say_the_same(name: str) -> None:
    tree = json.loads((MESSAGES / f"{name}.json").read_bytes(), parse_float=Decimal)
    root = etree.parse(MESSAGES / f"{name}.xml").getroot()
    assert sorted(_json_leaves(tree)) == sorted(_xml_leaves(root, ""))


def test_every_path_selects_one_node_by_npm_fhirpath() -> None:
    asked = {str(MESSAGES / file): _paths(file) for file in _pointed(".json")}
    counted = _run_fhirpath([{"file": file, "paths": paths} for file, paths in asked.items()])
    wrong = {
        (file, path): count
        for file, paths in asked.items()
        for path, count in zip(paths, counted[file], strict=True)
        if count != 1
    }
    assert wrong == {}


@pytest.mark.parametrize("file", _pointed(".xml"))
def test_every_path_selects_one_element_of_the_xml(file: str) -> None:
    root = etree.parse(MESSAGES / file).getroot()
    assert {path: len(list(_select(root, path))) for path in _paths(file)} == dict.fromkeys(_paths(file), 1)


def test_xml_is_read_as_npm_fhir_reads_it() -> None:
    """Our reader of FHIR XML against another's, on every good message; the peer gives decimals as their text."""
    files = [str(MESSAGES / f"{name}.xml") for name in _twins() if name.startswith("good/")]
    theirs = _run_node("fhir", "read_xml.cjs", files)
    definitions = load_base()
    assert len(files) >= 15
    for file in files:
        ours, faults = xmlform.read(safexml.parse(Path(file).read_bytes()), definitions)
        assert (faults, _as_text(ours)) == ([], _as_text(theirs[file])), file


def _as_text(node: Any, name: str = "") -> Any:  # noqa: ANN401  Any part of a tree.
    if isinstance(node, dict):
        return {key: _as_text(value, key) for key, value in node.items()}
    if isinstance(node, list):
        return [_as_text(value, name) for value in node]
    text = str(node).lower() if isinstance(node, bool) else str(node)
    return "".join(text.split()) if name == "div" else text


def _run_fhirpath(asked: list[dict[str, Any]]) -> dict[str, list[int]]:
    counted: dict[str, list[int]] = _run_node("fhirpath", "count_nodes.cjs", asked)
    return counted


def _run_node(package: str, script: str, asked: list[Any]) -> dict[str, Any]:
    """What a script beside this file prints, run on an npm package of others."""
    if not (PEERS / package).is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"npm {package} must be installed in CI, and is not at {PEERS}")
        pytest.skip(f"LOUD: npm {package} is not at {PEERS}; `make peers` installs it")
    done = subprocess.run(
        [ROOT / "tools/npm.sh", "node", Path(__file__).with_name(script), PEERS],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "VENV": sys.prefix},
    )
    assert done.returncode == 0, done.stderr.decode()
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _json_leaves(node: Node, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value with its place, written as XML would have it: all steps indexed, `_name` and `name` one element."""
    if isinstance(node, dict):
        path = f"{path}/{node['resourceType']}[0]" if "resourceType" in node else path
        for name, child in node.items():
            if name != "resourceType":
                place = f"{path}/{name.removeprefix('_')}"
                for index, item in enumerate(child if isinstance(child, list) else [child]):
                    yield from _json_leaves(item, f"{place}[{index}]")
    elif path.endswith("/div[0]"):
        yield path, _words(etree.fromstring(node))
    elif node is not None:
        yield path, {True: "true", False: "false"}[node] if isinstance(node, bool) else str(node)


def _xml_leaves(element: etree._Element, path: str) -> Iterator[tuple[str, str]]:
    counts: dict[str, int] = {}
    if not path:
        path = f"/{etree.QName(element).localname}[0]"
    for name, value in element.attrib.items():
        yield (path if name == "value" else f"{path}/{name!s}[0]"), str(value)
    for child in element:
        name = etree.QName(child).localname
        index = counts.get(name, 0)
        counts[name] = index + 1
        place = f"{path}/{name}[{index}]"
        if name == "div":
            yield place, _words(child)
        else:
            yield from _xml_leaves(child, place)


def _words(div: etree._Element) -> str:
    return " ".join("".join(str(text) for text in div.itertext()).split())


def _select(root: etree._Element, path: str) -> Iterator[etree._Element]:
    """The elements a path names: a choice by the start of its name, a resource by the element around it."""
    first, *steps = STEP.findall(path.replace("`", ""))
    found = [root] if etree.QName(root).localname == first[0] else []
    for name, index in steps:
        found = [child for element in found for child in _children(element, name, int(index or 0))]
    yield from found


def _children(element: etree._Element, name: str, index: int) -> list[etree._Element]:
    spelled = re.compile(rf"{name}([A-Z]\w*)?")
    inner = element[0] if etree.QName(element).localname in {"resource", "contained"} else element
    exact = [child for child in inner if etree.QName(child).localname == name]
    either = exact or [child for child in inner if spelled.fullmatch(etree.QName(child).localname)]
    return either[index : index + 1]
