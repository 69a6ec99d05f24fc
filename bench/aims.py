"""What the gateway is meant to cost, and where in a result the figure stands. Data only: nothing here judges.

The first two are due with the main job; the others are aims of later work, shown from the beginning so that nobody
takes them for reached.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Aim:
    """One limit in `unit`, and how to read the measured figure out of a result."""

    what: str
    limit: float
    unit: str
    measured: Callable[[Json], float]


def _cpu(result: Json, name: str) -> float:
    found: float = result["one_message"][name]["cpu"]
    return found


AIMS: Final[tuple[Aim, ...]] = (
    Aim("`validate` starts and judges one file, CPU", 400, "ms", lambda r: float(r["start_up"]["validate, one file"])),
    Aim("`receive` starts and takes one file, CPU", 1000, "ms", lambda r: float(r["start_up"]["receive, one file"])),
    Aim("twice the entries, JSON, at most", 2.2, "times", lambda r: float(max(r["doubling"]["fhir-json"]["ratios"]))),
    Aim("twice the entries, XML, at most", 2.2, "times", lambda r: float(max(r["doubling"]["fhir-xml"]["ratios"]))),
    Aim("`$validate` of a small message, JSON, CPU", 2, "ms", lambda r: _cpu(r, "small fhir-json: validate")),
    Aim("`receive` of a small message, JSON, CPU", 2.5, "ms", lambda r: _cpu(r, "small fhir-json: receive")),
    Aim("`receive` of a small message, XML, CPU", 6, "ms", lambda r: _cpu(r, "small fhir-xml: receive")),
    Aim("`validate` of 20 KB of KITH XML, CPU", 3, "ms", lambda r: _cpu(r, "every field kith: validate")),
    Aim("`validate` over many files, a file, CPU", 5, "ms", lambda r: float(r["folder_ms_per_file"])),
)
