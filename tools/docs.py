"""Fills the generated parts of README.md and docs/, or checks that they are what the code gives.

Usage: python tools/docs.py [--check]

A generated part stands between `<!-- generated: NAME ARGUMENT -->` and `<!-- end -->`. What a page claims of rules,
settings, fixtures and measurements comes from the code, the fixture and the committed result themselves. Nothing here
may state a fact of its own.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.aims import AIMS  # noqa: E402  The repository must be importable first.
from certgateway import bootstrap, engine  # noqa: E402
from certgateway.config import Settings, UnitSettings, WebhookSettings  # noqa: E402
from certgateway.domain.findings import Language  # noqa: E402
from certgateway.hpr_settings import HprSettings  # noqa: E402
from certgateway.issuer_settings import IssuerSettings  # noqa: E402
from certgateway.rules.legibility import LEGIBILITY  # noqa: E402
from certgateway.sender_settings import SenderSettings  # noqa: E402
from certgateway.services.catalogue import catalogue_text  # noqa: E402
from tools import asvs  # noqa: E402

Json = dict[str, Any]

EXAMPLE: Final = ROOT / "fixtures" / "messages" / "good" / "required-items-only.json"
DEPARTURES: Final = ROOT / "tests" / "engine" / "fhirpath_departures.toml"
RESULT: Final = ROOT / "bench" / "results" / "latest.json"
BESIDE: Final = RESULT.with_name("validate.json")
WIDTH: Final = 118
_PART: Final = re.compile(r"(<!-- generated: (\S+)(?: ([^\n]*?))? -->\n)(.*?)(<!-- end -->)", re.DOTALL)
_BODIES: Final = frozenset(rule.id for rule in LEGIBILITY)


def pages() -> list[Path]:
    """Every page that may have generated parts."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def filled(page: str) -> str:
    """The page with every generated part anew. Raises KeyError for a part that nobody makes."""

    def part(found: re.Match[str]) -> str:
        return f"{found[1]}\n{PARTS[found[2]](found[3] or '').strip()}\n\n{found[5]}"

    return _PART.sub(part, page)


def row(*cells: object) -> str:
    """One line of a table."""
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def table(head: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> str:
    """A table with its head."""
    return row(*head) + row(*("---" for _ in head)) + "".join(row(*cells) for cells in rows)


# ---- rules ----------------------------------------------------------------------------------------------------------


def catalogue(language: Language = "en") -> list[Json]:
    """What `certgateway rules --format json` prints."""
    found: list[Json] = json.loads(catalogue_text("json", language))
    return found


def _groups() -> tuple[list[Json], list[Json], list[Json]]:
    """Rules about certificates, refusals of bodies, kinds of conformance fault."""
    kinds, entries = frozenset(engine.kinds()), catalogue()
    bodies = [entry for entry in entries if entry["id"] in _BODIES]
    faults = [entry for entry in entries if entry["id"] in kinds]
    return [entry for entry in entries if entry not in bodies and entry not in faults], bodies, faults


def rules_short(_: str) -> str:
    """For the README: what judges a certificate in full, the rest by id."""
    rules, bodies, faults = _groups()
    head = ("id", "effect", "item", "what is wrong")
    shown = table(head, ((f"`{e['id']}`", e["effect"], e["item"] or "", _found(e, "en")) for e in rules))
    return (
        f"{shown}\n**A body that cannot be taken** ({len(bodies)} ids, effect *refuse*): {_ids(bodies)}.\n\n"
        f"**Conformance with R4 and our profiles** ({len(faults)} ids, effect *refuse*, or *note* where the definition"
        f" only warns): {_ids(faults)}.\n"
    )


def rules_long(language: str) -> str:
    """For docs/rules.md: every id with its texts in one language."""
    titles = ("Rules about certificates", "Bodies that cannot be taken", "Conformance with R4 and our profiles")
    return "\n".join(
        f"### {title} ({language})\n\n" + "\n".join(_entry(entry, language) for entry in entries)
        for title, entries in zip(titles, _groups(), strict=True)
    )


def _entry(entry: Json, language: str) -> str:
    about = f"#### {entry['id']} ({language})\n\n"
    if language == "en":
        about = f"#### {entry['id']}\n\n{_facts(entry)}\n\n"
    texts = entry["texts"][language]
    told = f"> NAV: {texts['counsellor']}\n" if texts["counsellor"] else ""
    return f"{about}{texts['found']}\n→ {texts['action']}\n\n{told}"


def _facts(entry: Json) -> str:
    item = f", item `{entry['item']}`" if entry["item"] else ""
    until = f", repealed {entry['repealed']}" if entry["repealed"] else ""
    verdict = entry["verdict"]["reject"]
    if verdict != entry["verdict"]["hold"]:
        verdict += f" (policy hold: {entry['verdict']['hold']})"
    since = f"in force {entry['in_force']}{until}"
    return f"*{entry['effect']}* ({entry['severity']}), alone: {verdict}{item}; {since}. {entry['authority']}."


def _found(entry: Json, language: str) -> str:
    return str(entry["texts"][language]["found"])


def _ids(entries: list[Json]) -> str:
    return ", ".join(f"`{entry['id']}`" for entry in entries)


# ---- settings and engine --------------------------------------------------------------------------------------------


def settings(_: str) -> str:
    """Every setting with its environment variable, default and meaning."""
    schema = Settings.model_json_schema()

    def rows() -> Iterator[tuple[object, ...]]:
        for name, facts in schema["properties"].items():
            yield (
                f"`CERTGATEWAY_{name.upper()}`",
                f"`{name}`",
                _default(facts),
                _allowed(_wanted(facts)),
                facts["description"],
            )

    return table(("environment", "TOML key", "default", "allowed", "meaning"), rows())


def webhook(_: str) -> str:
    """Every key of one webhook with its default and meaning."""
    return _keys(WebhookSettings)


def sender(_: str) -> str:
    """The same of one registered sender."""
    return _keys(SenderSettings)


def issuer(_: str) -> str:
    """Every key of one issuer with its default and meaning."""
    return _keys(IssuerSettings)


def hpr(_: str) -> str:
    """Every key of the register of health personnel with its default and meaning."""
    return _keys(HprSettings)


def unit(_: str) -> str:
    """Both keys of one unit with their meaning."""
    return _keys(UnitSettings)


def _keys(model: type[BaseModel]) -> str:
    facts = model.model_json_schema()["properties"]
    rows = ((f"`{name}`", _default(each), _allowed(_wanted(each)), each["description"]) for name, each in facts.items())
    return table(("key", "default", "allowed", "meaning"), rows)


def _default(facts: Json) -> str:
    if "default" not in facts:
        return "none: must be set"
    default = facts["default"]
    if default is None:
        return "not set"
    if default == []:
        return "none"
    return ", ".join(f"`{value}`" for value in (default if isinstance(default, list) else [default]))


def _wanted(facts: Json) -> Json:
    """What a setting that may be left out is when it is not."""
    alternatives = [each for each in facts.get("anyOf", []) if each.get("type") != "null"]
    wanted: Json = alternatives[0] if alternatives else facts
    return wanted


def _allowed(facts: Json) -> str:
    if facts.get("type") in {None, "array"}:
        return "a list" if "type" in facts else "a table"
    if "enum" in facts:
        return ", ".join(f"`{value}`" for value in facts["enum"])
    if "pattern" in facts:
        return f"`{facts['pattern']}`"
    low, high = facts.get("minimum"), facts.get("maximum")
    if "exclusiveMinimum" in facts:
        return f"more than {facts['exclusiveMinimum']}" + (f", at most {high}" if high is not None else "")
    if low is None and high is None:
        return "a path" if facts.get("format") == "path" else "text"
    return f"{low} to {high}" if high is not None else f"at least {low}"


def gaps(_: str) -> str:
    """What the engine was given and cannot judge, by its own declaration."""
    known = bootstrap.definitions()
    declared: Mapping[str, list[Any]] = {
        "`uncompiled`: invariants whose expression does not compile": list(engine.uncompiled(known)),
        "`unlisted`: value sets of required bindings and of answers that cannot be listed offline": list(
            engine.unlisted(known)
        ),
        "`problems`: profile elements that have no place in base R4": list(engine.problems(known)),
    }
    rows = ((what, len(found), ", ".join(f"`{each}`" for each in found) or "none") for what, found in declared.items())
    return table(("declared gap", "count", "which"), rows)


def coverage(_: str) -> str:
    """How much there is to judge."""
    known = bootstrap.definitions()
    invariants = {(invariant.key, invariant.expression) for invariant in engine.load_base().invariants()}
    counted = {
        "types of base R4, backbone elements not counted": len(known.type_names()),
        "distinct invariants of base R4": len(invariants),
        "profiles and extensions of ours": len(known.profile_urls()),
        "kinds of fault": len(engine.kinds()),
    }
    return table(("what", "count"), iter(counted.items()))


def fhirpath_peers(_: str) -> str:
    """Where others answer FHIRPath otherwise, by the file that the tests hold both ways."""
    told: dict[tuple[str, str, str], list[str]] = {}
    for departure in tomllib.loads(DEPARTURES.read_text("utf-8"))["departure"]:
        shown = sum(len(departure.get(name, ())) for name in ("expressions", "invariants", "norwegian", "more"))
        key = (departure["what"], departure["right"], departure["why"])
        told.setdefault(key, []).append(f"{departure['peer']} {shown}")
    return _peers(told, "which, and how many expressions show it")


def resource_peers(_: str) -> str:
    """Where others judge a resource with one fault otherwise, by the file that the tests hold both ways."""
    told: dict[tuple[str, str, str], list[str]] = {}
    for departure in tomllib.loads((DEPARTURES.parent / "resource_departures.toml").read_text("utf-8"))["departure"]:
        shown = sum(kind["count"] for kind in departure["kinds"])
        key = (departure["what"], departure["right"], departure["why"])
        told.setdefault(key, []).append(f"{departure['peer']} {shown}")
    return _peers(told, "which, and how many resources show it")


def _peers(told: Mapping[tuple[str, str, str], list[str]], counted: str) -> str:
    rows = ((what, ", ".join(peers), right, why) for (what, right, why), peers in told.items())
    return table(("what a peer does otherwise", counted, "right", "why"), rows)


def asvs_counts(_: str) -> str:
    """How much of the standard is met, by level."""
    told = asvs.counts(asvs.requirements())
    rows = ((f"*{state}*: {asvs.STATES[state]}", *numbers) for state, numbers in told.items())
    return table(("state", "level 1", "level 2", "together"), rows)


def asvs_chapters(_: str) -> str:
    """Every requirement under its chapter, with how it is met, the test that shows it and what lacks."""
    chapters = asvs.by_chapter(asvs.requirements())
    return "\n".join(
        f"## {title}\n\n{table(('id', 'level', 'what is asked', 'state', 'how', 'shown by'), map(_required, entries))}"
        for title, entries in chapters.items()
    )


def _required(entry: asvs.Requirement) -> tuple[object, ...]:
    files = ", ".join(f"`{name}`" for name in entry.files)
    lacks = f"**Lacks:** {entry.lacks}." if entry.lacks else ""
    how = " ".join(filter(None, (f"{entry.how}." if entry.how else "", files, lacks)))
    return entry.id, entry.level, entry.about, entry.state, how, "<br>".join(f"`{name}`" for name in entry.tests)


# ---- the example ----------------------------------------------------------------------------------------------------


def excerpt(path: str) -> str:
    """One node of the example, with the lines of the fixture it stands on; short objects in one line."""
    first, last = lines_of(path)
    name, node = path.rpartition(".")[2], _node(path)
    shown = _compact(node, "", f'"{name}": ' if not name.endswith("]") else "")
    return f"Lines {first}-{last}:\n\n```json\n{shown}\n```\n"


def lines_of(path: str) -> tuple[int, int]:
    """First and last line of a node in the example, which is laid out by an indent of two."""
    marked = json.loads(EXAMPLE.read_text("utf-8"))
    holder, key = _holder(marked, path)
    size = len(json.dumps(holder[key], ensure_ascii=False, indent=2).splitlines())
    holder[key] = "\u0000"
    before, _, _ = json.dumps(marked, ensure_ascii=False, indent=2).partition('"\\u0000"')
    first = before.count("\n") + 1
    return first, first + size - 1


def excerpts(page: str) -> list[str]:
    """The paths of the excerpts of a page, in order."""
    return [found[3] for found in _PART.finditer(page) if found[2] == "excerpt"]


def _node(path: str) -> Any:  # noqa: ANN401  JSON.
    holder, key = _holder(json.loads(EXAMPLE.read_text("utf-8")), path)
    return holder[key]


def _holder(tree: Any, path: str) -> tuple[Any, Any]:  # noqa: ANN401  JSON.
    steps: list[Any] = [int(index) if index else name for name, index in re.findall(r"([A-Za-z]+)|\[(\d+)\]", path)]
    for step in steps[:-1]:
        tree = tree[step]
    return tree, steps[-1]


def _compact(node: Any, indent: str, label: str = "") -> str:  # noqa: ANN401  JSON.
    line = f"{indent}{label}{json.dumps(node, ensure_ascii=False)}"
    if len(line) <= WIDTH or not isinstance(node, dict | list):
        return line
    inner = f"{indent}  "
    if isinstance(node, dict):
        members = (_compact(value, inner, f'"{key}": ') for key, value in node.items())
        return f"{indent}{label}{{\n" + ",\n".join(members) + f"\n{indent}}}"
    return f"{indent}{label}[\n" + ",\n".join(_compact(item, inner) for item in node) + f"\n{indent}]"


# ---- measurements ---------------------------------------------------------------------------------------------------


def measured(name: str) -> str:
    """A table of the committed result of the benchmark."""
    result: Json = json.loads(RESULT.read_text("utf-8"))
    return _MEASURED[name](result)


def _machine(result: Json) -> str:
    machine = result["machine"]
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    return (
        f"Command: `{result['command']}`. Date: {machine['date']}. Machine: {machine['processor']},"
        f" {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}; load average"
        f" {machine['load_average'][0]} before and {result['load_average_after'][0]} after. Python"
        f" {machine['python']}, SQLite {machine['sqlite']}, {libraries}.\n"
    )


def _messages(result: Json) -> str:
    rows = ((f"{m['name']} {m['format']}", f"{m['bytes'] / 1000:.1f} KB", m["entries"]) for m in result["messages"])
    return table(("message", "size", "entries"), rows)


def _one_message(result: Json) -> str:
    def rows() -> Iterator[tuple[object, ...]]:
        for name, timing in result["one_message"].items():
            spread = f"{timing['cpu_low']:.1f} - {timing['cpu_high']:.1f}"
            multiple = f"{timing['multiple']:.2f}" if "multiple" in timing else "left out"
            yield name, f"{timing['cpu']:.2f}", spread, f"{timing['wall']:.2f}", multiple

    head = ("what", "CPU ms, median", "10 % - 90 %", "wall ms, median", "CPU as a multiple of the yardstick")
    return table(head, rows())


def _steps(result: Json) -> str:
    names = list(next(iter(result["steps"].values())))
    rows = ((message, *(f"{parts[name]['cpu']:.2f}" for name in names)) for message, parts in result["steps"].items())
    return table(("CPU ms, median", *names), rows)


def _doubling(result: Json) -> str:
    def rows() -> Iterator[tuple[object, ...]]:
        for format_, found in result["doubling"].items():
            for number, entries in enumerate(found["entries"]):
                ratio = f"{found['ratios'][number - 1]:.2f}" if number else ""
                yield format_, entries, f"{found['bytes'][number] / 1000:.0f} KB", f"{found['cpu'][number]:.1f}", ratio

    return table(("format", "entries", "size", "CPU ms, median", "times the half"), rows())


def _cold(result: Json) -> str:
    found = result["first_messages"]
    rows = ((format_, *(f"{cpu:.1f}" for cpu in times.values())) for format_, times in found.items())
    return table(("new process, CPU ms", "building the house", "1st message", "2nd", "20th"), rows)


def _start_up(result: Json) -> str:
    whole = [*result["start_up"].items()]
    rows = ((name, f"{cpu:.0f}") for name, cpu in whole)
    folder = f"{result['folder_ms_per_file']:.1f}"
    return table(("whole process", "CPU ms, median"), rows) + row("validate, 250 files, each", folder)


def _aims(result: Json) -> str:
    def rows() -> Iterator[tuple[object, ...]]:
        for aim in AIMS:
            found = aim.measured(result)
            yield (
                aim.what,
                f"{aim.limit:g} {aim.unit}",
                f"{found:.1f} {aim.unit}",
                "yes" if found <= aim.limit else "no",
            )

    return table(("what", "aim", "measured", "reached"), rows())


_MEASURED: Final[Mapping[str, Callable[[Json], str]]] = {
    "machine": _machine,
    "messages": _messages,
    "one-message": _one_message,
    "steps": _steps,
    "doubling": _doubling,
    "cold": _cold,
    "start-up": _start_up,
    "aims": _aims,
}


def measured_beside(name: str) -> str:
    """A table of what `python -m bench validate` measured; until then it says so."""
    if not BESIDE.is_file():
        return "Not measured yet: `python -m bench validate`.\n"
    result: Json = json.loads(BESIDE.read_text("utf-8"))
    return _MEASURED_BESIDE[name](result)


def _beside_judges(result: Json) -> str:
    def rows() -> Iterator[tuple[object, ...]]:
        for name, found in result["judges"].items():
            spread = f"{found['low']:.2f} - {found['high']:.2f}"
            rest = (f"{found['first']:.1f}", f"{found['ready']:.0f}", f"{found['memory']:.0f}")
            yield name, f"{found['median']:.3f}", spread, *rest
        yield from ((name, "left out", "", "", "", "") for name in result["left_out"])

    head = ("judge", "CPU ms a message, median", "10 % - 90 %", "first message", "ready after CPU ms", "memory MiB")
    sizes = ", ".join(f"{each['format']} {each['bytes'] / 1000:.1f} KB" for each in result["messages"])
    return f"Messages of {result['messages'][0]['entries']} entries: {sizes}.\n\n" + table(head, rows())


def _beside_linear(result: Json) -> str:
    faults = result["faults"]
    rows = ((count, f"{cpu:.1f}") for count, cpu in zip(faults["faults"], faults["cpu"], strict=True))
    return _doubling({"doubling": result["entries"]}) + "\n" + table(("faults in 96 entries", "CPU ms"), rows)


_MEASURED_BESIDE: Final[Mapping[str, Callable[[Json], str]]] = {
    "machine": _machine,
    "judges": _beside_judges,
    "linear": _beside_linear,
}

PARTS: Final[Mapping[str, Callable[[str], str]]] = {
    "rules": rules_short,
    "catalogue": rules_long,
    "settings": settings,
    "webhook": webhook,
    "sender": sender,
    "issuer": issuer,
    "hpr": hpr,
    "unit": unit,
    "asvs-counts": asvs_counts,
    "asvs": asvs_chapters,
    "gaps": gaps,
    "coverage": coverage,
    "fhirpath-peers": fhirpath_peers,
    "resource-peers": resource_peers,
    "excerpt": excerpt,
    "measured": measured,
    "measured-beside": measured_beside,
}


def main() -> int:
    """Write every page that differs; with `--check` say which ones differ and write nothing."""
    parser = argparse.ArgumentParser(description="Fills the generated parts of README.md and docs/.")
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 when a page differs")
    options = parser.parse_args()
    stale = [page for page in pages() if filled(page.read_text("utf-8")) != page.read_text("utf-8")]
    for page in stale:
        print(f"{'differs' if options.check else 'written'}: {page.relative_to(ROOT)}")
        if not options.check:
            page.write_text(filled(page.read_text("utf-8")), "utf-8")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
