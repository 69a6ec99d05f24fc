"""Holds what is pinned to what was declared, and asks whether any of it is known to be vulnerable.

Usage: python tools/audit.py [--must-ask]

Without a network: every requirement and every entry of npm's lock files has its hash, the lock files are those of
`pyproject.toml` and `package.json`, nothing is pinned that nobody asks for, nothing is installed that is not pinned,
every licence is allowed. Then pip-audit and `npm audit` ask their services. Exit code 1 for a fault or a known
vulnerability that is not accepted (`requirements/accepted.toml`). A service that cannot be asked is told loudly, and is
a fault with `--must-ask`. A package that a service did not answer for must never count as one without a vulnerability.
"""

from __future__ import annotations

import argparse
import functools
import importlib.metadata
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from license_expression import get_spdx_licensing  # type: ignore[import-untyped]
from packaging.requirements import Requirement

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import pins  # noqa: E402  The repository must be importable first.

REQUIREMENTS: Final = ROOT / "requirements"
# The environment brings these itself, before anything of ours is installed.
BROUGHT: Final = frozenset({"pip", "setuptools"})
LONGEST: Final = timedelta(days=30)
PATIENCE: Final = 30  # seconds for one service


@dataclass(frozen=True)
class Vulnerability:
    """One that a service knows: its id, and the package and version that have it."""

    id: str
    package: str
    version: str


@dataclass(frozen=True)
class Asked:
    """What a service said: how many packages it was asked about, of how many it knew nothing, and what it knows."""

    service: str
    packages: int
    unanswered: int
    found: tuple[Vulnerability, ...] = ()


# ---- without a network ----------------------------------------------------------------------------------------------


def declared() -> dict[str, list[str]]:
    """What each lock file was made from: the requirements that somebody wrote down."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    runtime, build = project["project"]["dependencies"], groups["build"]
    test = [each for each in groups["test"] if isinstance(each, str)]
    files = {name: _lines(REQUIREMENTS / f"{name}.in") for name in ("bootstrap", "definitions")}
    return {**files, "runtime": runtime, "build": build, "test": [*runtime, *build, *test]}


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def lock_faults(wanted: Sequence[str], locked: Sequence[pins.Pin], *, whole: bool = True) -> list[str]:
    """What a lock file lacks of what is wanted, and what it has that nobody asks for.

    `whole` is False for a file that is installed without the dependencies of what stands in it.
    """
    known = {pin.name: pin.version for pin in locked}
    faults: list[str] = []
    reached: set[str] = set()
    waiting = [Requirement(each) for each in wanted]
    while waiting:
        each = waiting.pop()
        name = pins.normal(each.name)
        if name not in known or known[name] not in each.specifier:
            faults.append(f"{each} is not what is pinned: {known.get(name, 'nothing')}")
        elif whole and (name not in reached or each.extras):
            waiting.extend(_asked_by(name, each.extras))
        reached.add(name)
    # What does not belong on this platform asks for nothing here, and its marker says who wanted it.
    stray = [pin.name for pin in locked if pin.name not in reached and not pin.marker]
    return sorted(set(faults)) + [f"{name} is pinned and nobody asks for it" for name in stray]


def _asked_by(name: str, extras: Iterable[str]) -> Iterator[Requirement]:
    try:
        requires = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return
    for each in map(Requirement, requires):
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield each


def stray_installed(known: Mapping[str, str], installed: Mapping[str, str]) -> list[str]:
    """What lies in the environment in another version than the pinned one, or is pinned nowhere."""
    wrong = {name: version for name, version in installed.items() if known.get(name) != version}
    return [
        f"{name} {version} is installed and {known.get(name, 'nothing')} is pinned"
        for name, version in sorted(wrong.items())
        if name not in BROUGHT | {"certgateway"}
    ]


def environment() -> dict[str, str]:
    """Every distribution of this environment with its version."""
    return {pins.normal(each.metadata["Name"]): each.version for each in importlib.metadata.distributions()}


def licence_faults(told: Iterable[tuple[str, str]], allowed: Iterable[str]) -> list[str]:
    """Packages whose licence nobody knows or has allowed; pairs of name and SPDX expression."""
    known = frozenset(allowed)
    return [
        f"{name}: {expression or 'no licence is told'}"
        for name, expression in told
        if not expression or not _allows(_parsed(expression), known)
    ]


def _parsed(expression: str) -> Any:  # noqa: ANN401  The root of a tree without types.
    return _licensing().parse(expression)


@functools.cache
def _licensing() -> Any:  # noqa: ANN401  As above.
    return get_spdx_licensing()


def _allows(expression: Any, allowed: frozenset[str]) -> bool:  # noqa: ANN401  A node of a tree without types.
    if not getattr(expression, "args", ()):
        return str(expression) in allowed
    parts = [_allows(each, allowed) for each in expression.args]
    return any(parts) if type(expression).__name__ == "OR" else all(parts)


def licences() -> Iterator[tuple[str, str]]:
    """Every pinned package of Python and npm with its licence, as told or as read up."""
    for name in declared():
        for pin in pins.read_pins(REQUIREMENTS / f"{name}.txt"):
            yield pin.name, pins.licence_of(pin.name)
    stated = tomllib.loads(pins.LICENCES.read_text("utf-8"))["npm"]
    for path in sorted(pins.NODE.glob("*/package-lock.json")):
        for package in pins.read_packages(path):
            yield package.name, stated.get(package.name, package.licence)


def offline_faults() -> list[str]:
    """Everything that is wrong without asking anybody. A file that cannot be read is one fault, and the only one."""
    try:
        locked = {name: pins.read_pins(REQUIREMENTS / f"{name}.txt") for name in declared()}
        told = sorted(set(licences()))
    except pins.UnpinnedError as fault:
        return [str(fault)]
    faults = [
        f"{name}.txt: {fault}"
        for name, wanted in declared().items()
        for fault in lock_faults(wanted, locked[name], whole=name not in {"bootstrap", "definitions"})
    ]
    known = {pin.name: pin.version for name in ("bootstrap", "test") for pin in locked[name]}
    for part in ("runtime", "build"):
        faults += [
            f"{part}.txt and test.txt differ: {pin.name}" for pin in locked[part] if known.get(pin.name) != pin.version
        ]
    allowed = tomllib.loads(pins.LICENCES.read_text("utf-8"))["allowed"]
    return [*faults, *stray_installed(known, environment()), *licence_faults(told, allowed)]


# ---- known vulnerabilities ------------------------------------------------------------------------------------------


def ask_pypi(path: Path) -> Asked:
    """What pip-audit's service knows of one requirement file. No answer in time is no answer for any package."""
    count = len(pins.read_pins(path))
    with tempfile.TemporaryDirectory() as folder:
        command = (sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner=off")
        options = (f"--cache-dir={folder}", "--format=json", "--timeout=5", f"--requirement={path}")
        return read_pip_audit(path.name, count, _said([*command, *options]))


def read_pip_audit(service: str, packages: int, said: str) -> Asked:
    """pip-audit's report. A package that it skipped, or does not name, is one that it did not answer for."""
    try:
        answered = [each for each in json.loads(said)["dependencies"] if "vulns" in each]
    except (ValueError, KeyError, TypeError):
        return Asked(service, packages, packages)
    found = [Vulnerability(v["id"], each["name"], each["version"]) for each in answered for v in each["vulns"]]
    return Asked(service, packages, packages - len(answered), tuple(found))


def ask_npm(path: Path) -> Asked:
    """What npm's service knows of one lock file."""
    count = len(pins.read_packages(path))
    command = (str(ROOT / "tools" / "npm.sh"), "audit", "--package-lock-only", "--json")
    return read_npm_audit(f"npm {path.parent.name}", count, _said(command, folder=path.parent))


def read_npm_audit(service: str, packages: int, said: str) -> Asked:
    """The report of npm, which answers for all packages or for none."""
    try:
        report = json.loads(said)
        entries = report["vulnerabilities"].items()
    except (ValueError, KeyError, TypeError, AttributeError):
        return Asked(service, packages, packages)
    found = {
        Vulnerability(str(via["url"]).rpartition("/")[2], name, str(entry["range"]))
        for name, entry in entries
        for via in entry["via"]
        if isinstance(via, dict)
    }
    return Asked(service, packages, 0, tuple(sorted(found, key=lambda each: (each.package, each.id))))


def _said(command: Sequence[str], folder: Path = ROOT) -> str:
    """Standard output of a command; nothing when it does not end in time."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def acceptance_faults(accepted: Iterable[Mapping[str, Any]], today: date) -> list[str]:
    """Entries of the list of accepted vulnerabilities that do not hold: ended, too long, or without a reason."""
    faults = []
    for entry in accepted:
        name = f"{entry.get('id')} of {entry.get('package')}"
        since, until = entry.get("since"), entry.get("until")
        if not isinstance(since, date) or not isinstance(until, date) or not str(entry.get("reason", "")).strip():
            faults.append(f"{name}: accepted without since, until and reason")
        elif until < today or since > today:
            faults.append(f"{name}: accepted from {since} until {until}")
        elif until - since > LONGEST:
            faults.append(f"{name}: accepted for more than {LONGEST.days} days")
    return faults


def vulnerability_faults(asked: Iterable[Asked], accepted: Sequence[Mapping[str, Any]]) -> list[str]:
    """Known vulnerabilities that nobody has accepted."""
    names = {(entry.get("id"), entry.get("package")) for entry in accepted}
    return [
        f"{found.package} {found.version} is known to be vulnerable: {found.id} ({answer.service})"
        for answer in asked
        for found in answer.found
        if (found.id, found.package) not in names
    ]


def main(arguments: Sequence[str]) -> int:
    """Says what is wrong, what was asked, and what could not be asked."""
    options = argparse.ArgumentParser(description="audit of what is pinned")
    options.add_argument("--must-ask", action="store_true", help="a service that cannot be asked is a fault")
    must_ask = options.parse_args(arguments).must_ask
    faults = offline_faults()
    for fault in faults:
        print(f"FAULT {fault}")
    if faults:
        return 1
    accepted = tomllib.loads((REQUIREMENTS / "accepted.toml").read_text("utf-8")).get("accepted", [])
    locks = sorted(pins.NODE.glob("*/package-lock.json"))
    python = [REQUIREMENTS / f"{name}.txt" for name in ("test", "bootstrap")]  # The others are parts of test.txt.
    with ThreadPoolExecutor() as pool:  # They wait for the network, and so they wait together.
        answers = [*pool.map(ask_pypi, python), *pool.map(ask_npm, locks)]
    faults = [*acceptance_faults(accepted, datetime.now(UTC).date()), *vulnerability_faults(answers, accepted)]
    for fault in faults:
        print(f"FAULT {fault}")
    for answer in answers:
        if answer.unanswered:
            left = f"{answer.unanswered} of {answer.packages}"
            print(f"NOT ASKED: whether {left} packages of {answer.service} are known to be vulnerable is NOT KNOWN")
    answered = sum(each.packages - each.unanswered for each in answers)
    print(f"audit: {answered} of {sum(each.packages for each in answers)} packages asked about, {len(faults)} faults")
    return 1 if faults or (must_ask and any(each.unanswered for each in answers)) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
