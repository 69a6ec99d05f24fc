"""The long run: damaged resources, definitions, documents and expressions until the time is up.

`python -m tests.engine.fuzz --seconds 600` prints every example that raised, hung, leaked or pointed nowhere, with the
seed that brings it back (`--seed N --only WHAT`), and ends with 1 if there was any. `test_fuzz.py` runs the same for
moments. Nothing here may pass over an exception that the engine doesn't promise.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

from certgateway import safejson
from certgateway.engine import (
    GENERAL,
    Definitions,
    Fault,
    Options,
    action,
    gaps,
    judge,
    kinds,
    load_base,
    load_profiles,
    problems,
    text,
    uncompiled,
    unlisted,
    validate,
)
from certgateway.engine.fhirpath.expressions import Environment, NotCompilable, NotEvaluable, compile_expression, root
from certgateway.engine.positions import keys_of
from certgateway.engine.xml.write import write
from certgateway.safejson import Unreadable
from tests.engine.damage import MARK, damaged, damaged_bytes, damaged_definition, damaged_expression, dice, junk
from tests.engine.seeds import TYPES, grown
from tests.engine.tables import GENERAL_CASES, GROUPS
from tests.unit.engine.profile_making import COLOURS
from tests.unit.engine.test_robustness import select

Json = Any
MOST_SECONDS: Final = 5
"""Of CPU, for one small example; what takes longer hangs."""
_ROOT: Final = Path(__file__).parents[2]
_LANGUAGES: Final = ("nb", "nn", "en")


class BadFindingError(Exception):
    """A finding that says or shows what it must not."""


class HungError(BaseException):
    """An example took too long; no `except Exception` may swallow it."""


@dataclass(frozen=True, slots=True)
class Known:
    """A resource, what it is judged by, and the options."""

    resource: Json
    definitions: tuple[Json, ...]
    profiles: tuple[str, ...]
    options: Options


@cache
def corpus() -> list[Known]:
    """Every resource that the tests of the engine speak of, sound and broken, and whole messages of ours."""
    found = [Known(grown(name), (), (), Options()) for name in TYPES]
    for group in GROUPS:
        found.append(Known(group.sound, group.definitions, group.urls, group.options))
        found += [Known(case.broken(), group.definitions, group.urls, group.options) for case in group.cases]
    for general in GENERAL_CASES.values():
        urls = tuple(row["url"] for row in general.known if row.get("resourceType") == "StructureDefinition")
        found.append(Known(general.broken, general.known, urls, general.options))
        found.append(Known(general.sound, general.known, urls, GENERAL))
    return found


@cache
def house() -> tuple[Definitions, list[Json]]:
    """Our own profiles, and messages that claim them."""
    folder = _ROOT / "fixtures" / "messages" / "good"
    messages = [json.loads(path.read_bytes()) for path in sorted(folder.rglob("*.json"))[:12]]
    return load_profiles(_ROOT / "certgateway" / "profiles", load_base()), messages


@cache
def shapes() -> list[Json]:
    """Definitions to damage: those of the tables and our own."""
    own = [json.loads(path.read_bytes()) for path in sorted((_ROOT / "certgateway" / "profiles").glob("*.json"))]
    small = [row for row in own if len(json.dumps(row)) < 40_000]
    return [row for known in corpus() for row in known.definitions] + small


@cache
def _given(at: int) -> Definitions:
    return load_base().extended([*COLOURS, *corpus()[at].definitions])


@cache
def expressions() -> list[str]:
    """Expressions of R4 and of our comparison with other compilers."""
    listed = (Path(__file__).with_name("fhirpath_expressions.txt")).read_text("utf-8").splitlines()
    return [line for line in listed if line and not line.startswith("#")] + sorted(
        {row.expression for row in load_base().invariants()}
    )


def check(resource: Json, faults: Sequence[Fault], *, marked: bool = True) -> None:
    """Every finding is of a known kind, stands at a present place, and says nothing that was received."""
    for fault in faults:
        if fault.kind not in kinds():
            raise BadFindingError(f"unknown kind {fault.kind}")
        path = fault.path.removesuffix(".`div`") + ".div" if fault.path.endswith(".`div`") else fault.path
        is_there = isinstance(resource, dict) and (keys_of(resource, path) is not None or bool(select(resource, path)))
        if not is_there and path != "Resource":
            raise BadFindingError(f"{fault.kind} at {path}, which is nowhere")
        said = [part(fault, language) for part in (text, action) for language in _LANGUAGES]
        if marked and MARK.lower() in " ".join([*said, path]).lower():
            raise BadFindingError(f"{fault.kind} quotes what was received: {fault}")


def try_resource(random: Random) -> Json:
    """A damaged resource, judged by base R4 and by profiles that fit or don't."""
    if random.random() < 0.1:
        definitions, messages = house()
        resource = damaged(random.choice(messages), junk(random), random)
        profiles: tuple[str, ...] = ()
        options = Options()
    else:
        at = random.randrange(len(corpus()))
        known = corpus()[at]
        definitions, profiles, options = _given(at), known.profiles, known.options
        resource = damaged(known.resource, random.choice(corpus()).resource, random)
    if random.random() < 0.03:
        resource = junk(random)
    if random.random() < 0.4:
        options = random.choice((Options(), GENERAL, Options(unresolved="error", html_in_text="warning")))
    check(resource, judge(resource, definitions, profiles=profiles, options=options))
    return resource


def try_definitions(random: Random) -> Json:
    """A resource judged by damaged definitions, and what they leave unjudged."""
    known = random.choice([each for each in corpus() if each.definitions])
    own = [*known.definitions, *(random.choice(shapes()) for _ in range(random.randrange(3)))]
    urls = [row["url"] for row in own if isinstance(row.get("url"), str)]
    made = [damaged_definition(row, random.choice(shapes()), urls, random) for row in own]
    made = [row for row in made if isinstance(row, dict)]
    resource = damaged(known.resource, random.choice(shapes()), random) if random.random() < 0.5 else known.resource
    shown = {"definitions": made, "resource": resource, "profiles": known.profiles}
    try:
        definitions = load_base().extended(made)
        asked = [*known.profiles, *definitions.profile_urls()[:4]]
        check(resource, judge(resource, definitions, profiles=asked, options=known.options), marked=False)
        for listed in (gaps, uncompiled, unlisted, problems):
            listed(definitions)
    except BaseException as error:
        error.add_note(json.dumps(shown, default=str)[:6000])
        raise
    return shown


@cache
def documents() -> list[bytes]:
    """Resources in JSON and in XML."""
    trees = [grown(name) for name in TYPES] + [group.sound for group in GROUPS] + house()[1][:2]
    in_json = [json.dumps(tree, default=float).encode() for tree in trees]
    return in_json + [write(safejson.parse(raw), load_base()) for raw in in_json]


def try_bytes(random: Random) -> bytes:
    """Any bytes: they are one resource, or refused."""
    raw = damaged_bytes(random.choice(documents()), random) if random.random() < 0.97 else random.randbytes(40)
    try:
        located = validate(raw, load_base(), options=random.choice((Options(), GENERAL)))
    except Unreadable:
        return raw
    for fault, line, column in located:
        said = [part(fault, language) for part in (text, action) for language in _LANGUAGES]
        if MARK.lower() in " ".join([*said, fault.path]).lower():
            raise BadFindingError(f"{fault.kind} quotes what was received: {fault}")
        if line is not None and (line < 1 or column is None or column < 1):
            raise BadFindingError(f"{fault.kind} at {line}:{column}")
    return raw


def try_expression(random: Random) -> str:
    """Any FHIRPath: it is answered, or refused by name."""
    expression = damaged_expression(random.choice(expressions()), random)
    resource = grown(random.choice(TYPES))
    environment = Environment(load_base(), root(resource, load_base()))
    try:
        compiled = compile_expression(expression)
        compiled.holds(environment.resource, environment)
        compiled.evaluate(environment.resource, environment)
    except (NotCompilable, NotEvaluable) as refusal:
        if MARK in str(refusal):
            raise BadFindingError("a refusal quotes what was received") from refusal
    except BaseException as error:
        error.add_note(f"{expression!r} on {resource['resourceType']}")
        raise
    return expression


ALL: Final[dict[str, Callable[[Random], Any]]] = {
    "resource": try_resource,
    "definitions": try_definitions,
    "bytes": try_bytes,
    "expression": try_expression,
}


def _hung(_signal: int, _frame: object) -> None:
    raise HungError(f"more than {MOST_SECONDS} seconds of CPU")


def run(what: str, seed: int) -> bool:
    """One example; raises whatever is wrong with it, and says that it came to its end."""
    signal.signal(signal.SIGVTALRM, _hung)
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    try:
        ALL[what](dice(f"{what} {seed}"))
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return True


def main() -> int:
    """Run until the time is up; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--only", choices=ALL, help="one kind of example")
    parser.add_argument("--once", action="store_true", help="the first seed alone, with its whole traceback")
    asked = parser.parse_args()
    names = [asked.only] if asked.only else list(ALL)
    if asked.once:
        for name in names:
            run(name, asked.seed)
        return 0
    for ready in (corpus, house, shapes, documents, expressions):  # Made once, and no example's time.
        ready()
    end, seed = time.monotonic() + asked.seconds, asked.seed
    tried: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    slowest: dict[str, tuple[float, int]] = {}
    while time.monotonic() < end:
        for name in names:
            start = time.process_time()
            try:
                run(name, seed)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001  Whatever it is, it is what is looked for.
                last = traceback.extract_tb(error.__traceback__)[-1]
                reason = str(error)[:100] if isinstance(error, BadFindingError) else ""
                place = f"{type(error).__name__} {Path(last.filename).name}:{last.lineno} {reason}"
                wrong[place] += 1
                if wrong[place] == 1:
                    sys.stdout.write(f"--only {name} --seed {seed} --once: {place} {str(error)[:300]}\n")
                    sys.stdout.flush()
            tried[name] += 1
            slowest[name] = max(slowest.get(name, (0.0, 0)), (time.process_time() - start, seed))
        seed += 1
    sys.stdout.write(
        f"{dict(tried)} tried, seeds {asked.seed} to {seed - 1}; wrong: {dict(wrong)}; slowest: {slowest}\n"
    )
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
