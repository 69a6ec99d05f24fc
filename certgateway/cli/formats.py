"""Reports in the formats people and their tools read: text, JSON, NDJSON, JUnit, SARIF and GitHub annotations.

Each renderer takes reports (the objects of the contract) and yields text, as soon as the format allows.
"""

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from certgateway.cli.sources import printable

Json = dict[str, Any]
_XPATH_STEP = re.compile(r"/\*\[local-name\(\)='([^']*)'\]\[([0-9]+)\]")
_LEVELS = {"error": "error", "warning": "warning", "information": "note"}
_GITHUB = {"error": "error", "warning": "warning", "information": "notice"}


def render(reports: Iterable[Json], format_: str) -> Iterator[str]:
    """The reports in `format_`; raises KeyError for a format that does not exist."""
    renderers: dict[str, Callable[[Iterable[Json]], Iterator[str]]] = {
        "text": _text,
        "json": _json,
        "ndjson": _ndjson,
        "junit": _junit,
        "sarif": _sarif,
        "github": _github,
    }
    return renderers[format_](reports)


def _text(reports: Iterable[Json]) -> Iterator[str]:
    for report in reports:
        yield f"{printable(report['file'])}: {report['verdict']}\n"
        for finding in report["findings"]:
            place = f"{finding['line']}:{finding['column']} " if "line" in finding else ""
            expected = f" ({finding['expected']})" if "expected" in finding else ""
            span = f" [{_range(finding['span'])}]" if "span" in finding else ""
            yield f"  {finding['severity']} {finding['rule']} {place}{_for_people(finding['path'])}{span}{expected}\n"
            yield f"    {finding['text']}\n    → {finding['action']}\n"
        for removal in report["removed"]:
            yield f"  removed {removal['item']} {_for_people(removal['path'])}\n"
        for sentence in report["withheld"]:
            yield f"  withheld {sentence['kind']} {_for_people(sentence['path'])} [{_range(sentence['span'])}]\n"


def _range(span: list[int]) -> str:
    """Code points of the value at the path, from 0, end exclusive, as JSON tells them."""
    return f"{span[0]}-{span[1]}"


def _for_people(path: str | None) -> str:
    """An XPath by names alone, counted from the second on; programs get it whole in every other format."""
    return _XPATH_STEP.sub(lambda step: f"/{step[1]}" + ("" if step[2] == "1" else f"[{step[2]}]"), path or "")


def _json(reports: Iterable[Json]) -> Iterator[str]:
    separator = "["
    for report in reports:
        yield separator + json.dumps(report, ensure_ascii=False, indent=1)
        separator = ",\n"
    yield "[]\n" if separator == "[" else "]\n"


def _ndjson(reports: Iterable[Json]) -> Iterator[str]:
    for report in reports:
        yield json.dumps(report, ensure_ascii=False) + "\n"


def _junit(reports: Iterable[Json]) -> Iterator[str]:
    cases = []
    failures = 0
    for report in reports:
        errors = [finding for finding in report["findings"] if finding["severity"] == "error"]
        failures += bool(errors)
        name = _attribute(report["file"])
        cases.append(f'<testcase classname="certgateway" name={name}>{_junit_failure(errors)}</testcase>')
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuite name="certgateway" tests="{len(cases)}" failures="{failures}">'
    yield "".join(cases) + "</testsuite>\n"


def _junit_failure(errors: list[Json]) -> str:
    if not errors:
        return ""
    lines = "\n".join(f"{error['rule']} {_where(error)}" for error in errors)
    first = errors[0]
    return (
        f"<failure type={_attribute(first['rule'])} message={_attribute(_where(first))}>{html.escape(lines)}</failure>"
    )


def _where(finding: Json) -> str:
    return f"{finding['path'] or ''} ({finding.get('line', '?')}:{finding.get('column', '?')}): {finding['text']}"


def _attribute(text: str) -> str:
    return f'"{html.escape(printable(text))}"'


def _sarif(reports: Iterable[Json]) -> Iterator[str]:
    results: list[Json] = []
    rules: dict[str, Json] = {}
    for report in reports:
        for finding in report["findings"]:
            rules.setdefault(finding["rule"], {"id": finding["rule"]})
            results.append(_sarif_result(report["file"], finding))
    driver = {"name": "certgateway", "rules": list(rules.values())}
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    yield json.dumps(document, ensure_ascii=False) + "\n"


def _sarif_result(file: str, finding: Json) -> Json:
    location: Json = {"artifactLocation": {"uri": file}}
    logical = {"fullyQualifiedName": finding["path"] or ""}
    if "line" in finding:
        location["region"] = {"startLine": finding["line"], "startColumn": finding["column"]}
    return {
        "ruleId": finding["rule"],
        "level": _LEVELS[finding["severity"]],
        "message": {"text": f"{finding['text']} {finding['action']}"},
        "locations": [{"physicalLocation": location, "logicalLocations": [logical]}],
    }


def _github(reports: Iterable[Json]) -> Iterator[str]:
    for report in reports:
        for finding in report["findings"]:
            level = _GITHUB[finding["severity"]]
            place = f",line={finding['line']},col={finding['column']}" if "line" in finding else ""
            text = _github_escaped(f"{finding['path'] or ''}: {finding['text']} {finding['action']}")
            file = _github_escaped(printable(report["file"])).replace(":", "%3A").replace(",", "%2C")
            yield f"::{level} file={file}{place},title={finding['rule']}::{text}\n"


def _github_escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
