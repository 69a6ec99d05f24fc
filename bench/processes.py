"""What starting costs: whole processes, by what the kernel charges them, and the first message after a start."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.samples import GOOD, ROOT, SMALL, Sample

FILES: Final = 250
_FILE: Final = str(GOOD / f"{SMALL}.json")
_GATEWAY: Final = (sys.executable, "-m", "certgateway")
_COMMANDS: Final[Mapping[str, Sequence[str]]] = {
    "python alone": (sys.executable, "-c", "pass"),
    "validate, one file": (*_GATEWAY, "validate", _FILE, "--at", "2026-11-01T12:00:00Z"),
    "receive, one file": (*_GATEWAY, "receive", _FILE),
    "rules": (*_GATEWAY, "rules"),
}


def start_up(repeats: int) -> dict[str, float]:
    """Median CPU milliseconds (user and system) of whole commands, which take turns."""
    found: dict[str, list[float]] = {name: [] for name in _COMMANDS}
    for _ in range(repeats):
        for name, command in _COMMANDS.items():
            found[name].append(_cpu(command))
    return {name: statistics.median(times) for name, times in found.items()}


def folder_of_files(sample: Sample) -> float:
    """CPU milliseconds a file of one `certgateway validate` over a folder, its start included."""
    with tempfile.TemporaryDirectory(prefix="certgateway-bench-") as folder:
        for number in range(FILES):
            (Path(folder) / f"{number:04}.json").write_bytes(sample.renewed(number))
        return _cpu((*_GATEWAY, "validate", folder, "--at", "2026-11-01T12:00:00Z")) / FILES


def first_messages(sample: Sample, repeats: int) -> dict[str, float]:
    """Median CPU milliseconds of building the house, and of the 1st, 2nd and 20th message in a new process."""
    runs = [_first_messages(sample) for _ in range(repeats)]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _first_messages(sample: Sample) -> dict[str, float]:
    with tempfile.NamedTemporaryFile(prefix="certgateway-bench-") as file:
        file.write(sample.raw)
        file.flush()
        command = (sys.executable, "-m", "bench.cold", file.name, sample.format)
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(run.stdout)
    return found


def _cpu(command: Sequence[str]) -> float:
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return (usage.ru_utime + usage.ru_stime) * 1000
