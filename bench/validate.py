"""`python -m bench validate`: the conformance engine and its peers on one message, in one run.

Every judge works alone in processes that take turns, so that start-up, memory and CPU are its own. Prints, and writes
`bench/results/<name>.json`. A peer that is not at hand is left out loudly, never quietly.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from bench import machine, samples, subjects
from bench.alone import JUDGES, MODULES, NOT_AT_HAND, ROOT
from bench.samples import FORMATS, Sample
from bench.timing import interleaved
from certgateway import bootstrap, safejson
from certgateway.domain.message import Format
from certgateway.engine import Definitions, judge

Json = dict[str, Any]
RESULTS: Final = Path(__file__).with_name("results")
BYTES: Final = 15_000
"""Of the JSON message that is measured."""
LENGTHS: Final = (24, 48, 96, 192)
FAULTS: Final = (0, 1, 2, 4, 8, 16, 32, 64)
_IN_XML: Final = frozenset({"certgateway, XML", "certgateway, XML, with advice", "lxml + R4 XSD"})
_IN_NODE: Final = ("Medplum", "fhirpath.js, invariants")


def main(arguments: Sequence[str]) -> None:
    """Measure, print and write."""
    options = _options(arguments)
    before = machine.described()
    print(f"{before['processor']}, {before['cores']} cores, Python {before['python']}, load {before['load_average']}")
    messages = {format_: sized(format_) for format_ in FORMATS}
    result: Json = {"command": options.command, "machine": before}
    result["messages"] = [{"format": s.format, "bytes": len(s.raw), "entries": s.entries} for s in messages.values()]
    with tempfile.TemporaryDirectory(prefix="certgateway-bench-") as folder:
        result["judges"], result["left_out"] = _judges(messages, Path(folder), options)
    result["entries"] = {format_: _entries(format_, options.rounds) for format_ in FORMATS}
    result["faults"] = _faults(options.rounds)
    result["load_average_after"] = machine.described()["load_average"]
    _print(result)
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{options.name}.json"
    target.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(f"\nwritten: {target}")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench validate", description="The engine beside its peers.")
    parser.add_argument("--rounds", type=int, default=30, help="messages that each judge gets in each process")
    parser.add_argument("--repeats", type=int, default=3, help="processes of each judge, in turns")
    parser.add_argument("--name", default="validate", help="name of the file in bench/results")
    options = parser.parse_args(arguments)
    options.command = (
        f"python -m bench validate --rounds {options.rounds} --repeats {options.repeats} --name {options.name}"
    )
    return options


def sized(format_: Format) -> Sample:
    """The shortest message made of the small one whose JSON has at least BYTES bytes."""
    entries = 17
    while len(samples.longer(entries, "fhir-json").raw) < BYTES:
        entries += 1
    return samples.longer(entries, format_)


# ---- each judge alone -----------------------------------------------------------------------------------------------


def _judges(messages: Mapping[Format, Sample], folder: Path, options: argparse.Namespace) -> tuple[Json, list[str]]:
    files = {format_: folder / f"message.{format_}" for format_ in messages}
    for format_, sample in messages.items():
        files[format_].write_bytes(sample.raw)
    invariants = folder / "invariants.json"
    invariants.write_text(json.dumps(list(stated(messages["fhir-json"].raw))), "utf-8")
    commands: dict[str, list[str]] = {}
    for name in JUDGES:
        file = files["fhir-xml" if name in _IN_XML else "fhir-json"]
        commands[name] = [sys.executable, "-m", "bench.alone", name, str(file), str(options.rounds)]
    for name in _IN_NODE:
        script = [str(ROOT / "tools" / "npm.sh"), "node", str(Path(__file__).with_name("alone.cjs")), str(MODULES)]
        commands[name] = [*script, name, str(files["fhir-json"]), str(options.rounds), str(invariants)]
    runs: dict[str, list[Json]] = {name: [] for name in commands}
    left_out: list[str] = []
    for _ in range(options.repeats):
        for name in [name for name in commands if name not in left_out]:
            run = _run(commands[name])
            if run is None:
                print(f"LOUD: {name} is not at hand; it is LEFT OUT", file=sys.stderr)
                left_out.append(name)
            else:
                runs[name].append(run)
    return {name: _medians(each) for name, each in runs.items() if each}, left_out


def _run(command: Sequence[str]) -> Json | None:
    """What a judge prints; None where it is not at hand."""
    environment = {**os.environ, "VENV": sys.prefix}
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, env=environment, check=False)
    if run.returncode == NOT_AT_HAND:
        return None
    run.check_returncode()
    found: Json = json.loads(run.stdout)
    return found


def _medians(runs: Sequence[Json]) -> Json:
    return {name: round(statistics.median(run[name] for run in runs), 3) for name in runs[0]}


def stated(raw: bytes) -> Iterator[Json]:
    """Every invariant that base R4 states for the elements of a message: its type, expression and the way to it."""
    yield from _stated(json.loads(raw), "Resource", bootstrap.definitions(), [])


def _stated(tree: Any, name: str, definitions: Definitions, steps: list[str | int]) -> Iterator[Json]:  # noqa: ANN401  JSON.
    name = tree.get("resourceType", name) if isinstance(tree, dict) and name == "Resource" else name
    facts = definitions.type(name)
    if facts is None:
        return
    yield from ({"base": name, "expression": row.expression, "steps": steps} for row in facts.invariants)
    for key, value in tree.items() if isinstance(tree, dict) else ():
        child, code = facts.keys.get(key, (None, ""))
        if child is not None:
            for at, item in enumerate(value) if isinstance(value, list) else [(None, value)]:
                below = [*steps, key] if at is None else [*steps, key, at]
                yield from ({"base": code, "expression": row.expression, "steps": below} for row in child.invariants)
                yield from _stated(item, code, definitions, below)


# ---- linear in entries and in faults --------------------------------------------------------------------------------


def _entries(format_: Format, rounds: int) -> Json:
    longer = [samples.longer(entries, format_) for entries in LENGTHS]
    times = list(interleaved({s.name: subjects.engine_alone(s) for s in longer}, max(rounds // 4, 5), 2).values())
    return {
        "entries": list(LENGTHS),
        "bytes": [len(sample.raw) for sample in longer],
        "cpu": [round(each.summary()["cpu"], 3) for each in times],
        "ratios": [round(later.multiple_of(earlier), 3) for earlier, later in pairwise(times)],
    }


def _faults(rounds: int) -> Json:
    """CPU of one message of 96 entries in which ever more observations have a status that is none."""
    definitions = bootstrap.definitions()
    broken = {str(count): with_faults(count) for count in FAULTS}
    for count, raw in broken.items():
        found = [fault for fault in judge(safejson.parse(raw), definitions) if fault.severity == "error"]
        if len(found) != int(count):
            raise subjects.UnexpectedVerdictError(f"{count} faults")

    def judging(raw: bytes) -> subjects.Subject:
        return lambda _: judge(safejson.parse(raw), definitions)

    times = interleaved({count: judging(raw) for count, raw in broken.items()}, max(rounds // 4, 5), 2)
    return {"faults": list(FAULTS), "cpu": [round(each.summary()["cpu"], 3) for each in times.values()]}


def with_faults(count: int) -> bytes:
    """A JSON message of 96 entries with so many faults, each in an observation of its own."""
    tree = json.loads(samples.longer(96, "fhir-json").raw)
    observations = [each["resource"] for each in tree["entry"] if each["resource"]["resourceType"] == "Observation"]
    for observation in observations[-count:] if count else []:
        observation["status"] = "no-such-status"
    return json.dumps(tree, ensure_ascii=False).encode()


def _print(result: Json) -> None:
    print("\nmilliseconds of CPU a message: median (10 % - 90 %); first message; ready after; memory in MiB")
    for name, found in result["judges"].items():
        spread = f"({found['low']:.2f} - {found['high']:.2f})"
        rest = f"{found['first']:9.2f} {found['ready']:9.0f} {found['memory']:7.0f}"
        print(f"  {name:31} {found['median']:9.3f} {spread:18} {rest}")
    for format_, found in result["entries"].items():
        ratios = ", ".join(f"x{ratio:.2f}" for ratio in found["ratios"])
        print(f"  entries {found['entries']}, {format_}: {found['cpu']} ms, {ratios}")
    print(f"  faults {result['faults']['faults']}: {result['faults']['cpu']} ms")
