"""The comparison of the engine with its peers measures what docs/performance.md says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import alone, validate
from bench.samples import FORMATS
from bench.subjects import engine_alone
from certgateway import bootstrap, safejson
from certgateway.domain.message import Format
from certgateway.engine import judge
from tools import docs


@pytest.mark.parametrize("format_", FORMATS)
def test_the_measured_message_has_15_kb_and_no_fault(format_: Format) -> None:
    sample = validate.sized(format_)
    assert 15_000 <= len(validate.sized("fhir-json").raw) < 17_000
    assert engine_alone(sample)(0) == []


@pytest.mark.parametrize("count", validate.FAULTS)
def test_a_message_has_as_many_faults_as_it_says(count: int) -> None:
    found = judge(safejson.parse(validate.with_faults(count)), bootstrap.definitions())
    assert len([fault for fault in found if fault.severity == "error"]) == count


def test_invariants_are_given_with_the_way_to_their_element() -> None:
    raw = validate.sized("fhir-json").raw
    places = list(validate.stated(raw))
    period = next(place for place in places if place["base"] == "Bundle.entry" and "fullUrl" in place["expression"])
    node = json.loads(raw)
    for step in period["steps"]:
        node = node[step]
    assert "fullUrl" in node
    assert len(places) > 500


def _alone(name: str, file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench.alone", name, str(file), "3"]
    return subprocess.run(command, cwd=alone.ROOT, capture_output=True, text=True, check=False)


def test_a_judge_alone_tells_its_cpu_and_memory(tmp_path: Path) -> None:
    file = tmp_path / "message.json"
    file.write_bytes(validate.sized("fhir-json").raw)
    told = json.loads(_alone("fhirkit-rs", file).stdout)
    assert 0 < told["median"] < told["ready"]
    assert 5 < told["memory"] < 200


def test_a_judge_that_is_not_at_hand_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FHIR_R4_XSD", str(tmp_path))
    done = _alone("lxml + R4 XSD", Path(__file__))
    assert done.returncode == alone.NOT_AT_HAND
    assert "no R4 schema" in done.stderr


def test_the_page_has_every_judge_and_those_left_out() -> None:
    found = {"median": 1.0, "low": 0.5, "high": 2.0, "first": 3.0, "ready": 400.0, "memory": 70.0}
    result = {
        "messages": [{"format": "fhir-json", "bytes": 15_000, "entries": 18}],
        "judges": {"certgateway, JSON": found},
        "left_out": ["Medplum"],
    }
    page = docs._beside_judges(result)
    assert "| certgateway, JSON | 1.000 | 0.50 - 2.00 | 3.0 | 400 | 70 |" in page
    assert "| Medplum | left out |" in page
