"""`python -m bench`: measure everything in one run, print it, and write `bench/results/<name>.json`."""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from bench import machine, processes, samples, subjects, validate
from bench.samples import FORMATS, Sample
from bench.timing import Times, interleaved
from certgateway import bootstrap
from certgateway.domain.message import Format
from certgateway.services.examine import House

Json = dict[str, Any]
RESULTS: Final = Path(__file__).with_name("results")
LENGTHS: Final = (24, 48, 96, 192)


def main() -> None:
    """Measure, print and write; `validate` as the first argument measures the engine beside its peers instead."""
    if sys.argv[1:2] == ["validate"]:
        validate.main(sys.argv[2:])
        return
    options = _options()
    before = machine.described()
    print(f"{before['processor']}, {before['cores']} cores, Python {before['python']}, load {before['load_average']}")
    messages = samples.samples()
    house = bootstrap.build_house()
    result: Json = {"command": options.command, "machine": before, "messages": _listed(messages)}
    with tempfile.TemporaryDirectory(prefix="certgateway-bench-", dir=options.folder) as folder:
        result["one_message"] = _one_message(messages, house, Path(folder), options)
    result["steps"] = {f"{each.name} {each.format}": _steps(each, house, options) for each in messages}
    result["doubling"] = {format_: _doubling(house, format_, options) for format_ in FORMATS}
    result["first_messages"] = {
        each.format: processes.first_messages(each, options.repeats) for each in messages[0:4:2]
    }
    result["start_up"] = processes.start_up(options.repeats)
    result["folder_ms_per_file"] = processes.folder_of_files(messages[0])
    result["load_average_after"] = machine.described()["load_average"]
    _print(result)
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{options.name}.json"
    target.write_text(json.dumps(_rounded(result), indent=1) + "\n", "utf-8")
    print(f"\nwritten: {target}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What a message costs, in one run.")
    parser.add_argument("--rounds", type=int, default=60, help="rounds in which everything takes its turn")
    parser.add_argument("--repeats", type=int, default=7, help="how often a process is started")
    parser.add_argument("--name", default="latest", help="name of the file in bench/results")
    parser.add_argument("--folder", help="where the SQLite files lie while measured (default: the temporary folder)")
    options = parser.parse_args()
    options.command = f"python -m bench --rounds {options.rounds} --repeats {options.repeats} --name {options.name}"
    return options


def _listed(messages: list[Sample]) -> list[Json]:
    return [{"name": s.name, "format": s.format, "bytes": len(s.raw), "entries": s.entries} for s in messages]


def _one_message(messages: list[Sample], house: House, folder: Path, options: argparse.Namespace) -> Json:
    """Ours and the yardsticks in the same rounds, so that their ratios hold on a busy machine too."""
    found: dict[str, subjects.Subject] = {}
    yardsticks: dict[str, str] = {}
    for sample in messages:
        name = f"{sample.name} {sample.format}"
        found[f"{name}: validate"] = subjects.validating(sample, house)
        found[f"{name}: receive"] = subjects.receiving(sample, house, folder)
        if sample.format in FORMATS:
            found[f"{name}: engine"] = subjects.engine_alone(sample)
        called, yardstick = subjects.yardstick(sample)
        if yardstick is not None:
            yardsticks[name] = f"{name}: {called}"
            found[yardsticks[name]] = yardstick
    times = interleaved(found, options.rounds, warm_up=5)
    return {name: each.summary() | _multiple(each, times, yardsticks, name) for name, each in times.items()}


def _multiple(mine: Times, times: Mapping[str, Times], yardsticks: Mapping[str, str], name: str) -> Json:
    yardstick = yardsticks.get(name.partition(":")[0])
    return {} if yardstick is None else {"yardstick": yardstick, "multiple": mine.multiple_of(times[yardstick])}


def _steps(sample: Sample, house: House, options: argparse.Namespace) -> Json:
    times = interleaved(subjects.steps(sample, house), options.rounds, warm_up=5)
    return {name: each.summary() for name, each in times.items()}


def _doubling(house: House, format_: Format, options: argparse.Namespace) -> Json:
    """CPU of validating ever longer messages, and each one as a multiple of the one half as long."""
    longer = [samples.longer(entries, format_) for entries in LENGTHS]
    measured = {sample.name: subjects.validating(sample, house) for sample in longer}
    times = list(interleaved(measured, max(options.rounds // 2, 5), warm_up=3).values())
    return {
        "entries": list(LENGTHS),
        "bytes": [len(sample.raw) for sample in longer],
        "cpu": [each.summary()["cpu"] for each in times],
        "ratios": [later.multiple_of(earlier) for earlier, later in pairwise(times)],
    }


def _rounded(value: Any) -> Any:  # noqa: ANN401  JSON.
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return round(value, 3) if isinstance(value, float) else value


def _print(result: Json) -> None:
    print("\nmilliseconds of CPU, median (10 % - 90 %); wall clock")
    for name, timing in result["one_message"].items():
        spread = f"({timing['cpu_low']:.2f} - {timing['cpu_high']:.2f})"
        print(f"  {name:36} {timing['cpu']:8.2f} {spread} {timing['wall']:8.2f}")
    for name, parts in result["steps"].items():
        print(f"  steps, {name}: " + ", ".join(f"{part} {timing['cpu']:.2f}" for part, timing in parts.items()))
    for format_, found in result["doubling"].items():
        print(
            f"  doubling, {format_}: {found['entries']} entries, "
            + ", ".join(f"x{ratio:.2f}" for ratio in found["ratios"])
        )
    for format_, found in result["first_messages"].items():
        print(f"  new process, {format_}: " + ", ".join(f"{name} {cpu:.1f}" for name, cpu in found.items()))
    for name, cpu in result["start_up"].items():
        print(f"  start-up, {name}: {cpu:.0f}")
    print(f"  validate over a folder, a file: {result['folder_ms_per_file']:.2f}")


if __name__ == "__main__":
    main()
