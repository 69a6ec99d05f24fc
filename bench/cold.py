"""The first messages of a new process, told as one JSON object of CPU milliseconds on standard output.

Run by `bench.processes`, never imported: what it measures is what happens once in a process.
"""

import json
import sys
import time
from pathlib import Path

start = time.process_time_ns()


def _since(before: int) -> float:
    return (time.process_time_ns() - before) / 1e6


def main() -> None:
    """Measure the imports, the house, and twenty messages."""
    from bench.samples import FORMATS  # noqa: PLC0415  Importing is what is measured.
    from bench.subjects import AT  # noqa: PLC0415
    from certgateway import bootstrap  # noqa: PLC0415
    from certgateway.services.examine import examine, judge_examined, validation_facts  # noqa: PLC0415

    raw = Path(sys.argv[1]).read_bytes()
    format_ = next(known for known in FORMATS if known == sys.argv[2])
    before = time.process_time_ns()
    house = bootstrap.build_house()
    found = {"house": _since(before)}
    facts = validation_facts(house, AT)
    for number in range(1, 21):
        before = time.process_time_ns()
        judge_examined(examine(raw, format_, house), facts, "reject")
        found[str(number)] = _since(before)
    print(json.dumps({name: found[name] for name in ("house", "1", "2", "20")}))


if __name__ == "__main__":
    main()
