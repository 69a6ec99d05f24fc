"""Diagnosis codes: which exist, which titles they get, and what happens without the table."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from certgateway import codes
from certgateway.codes import DiagnosisCodes, TableNotBuiltError
from tests.calibration import assert_within, cpu

ICPC_2 = "urn:oid:2.16.578.1.12.4.1.1.7170"
ICPC_2B = "urn:oid:2.16.578.1.12.4.1.1.7171"
ICD_10 = "urn:oid:2.16.578.1.12.4.1.1.7110"
ICPC_2_ALIAS = "http://hl7.org/fhir/sid/icpc-2"
ICD_10_ALIAS = "http://hl7.org/fhir/sid/icd-10"
SNOMED_CT = "http://snomed.info/sct"


@pytest.fixture(scope="module")
def table() -> DiagnosisCodes:
    return codes.load()


@pytest.mark.parametrize(
    "system,code,title",
    [
        (ICPC_2, "L86", "Ryggsyndrom med smerteutstråling"),
        (ICPC_2_ALIAS, "L86", "Ryggsyndrom med smerteutstråling"),
        (ICPC_2B, "L86.0012", "Ryggsyndrom med smerteutstråling"),
        (ICD_10, "L86", "Keratoderma ved sykdommer klassifisert annet sted"),
        (ICD_10, "A33", "Stivkrampe hos nyfødt"),
        (ICD_10, "A010", "Tyfoidfeber"),
        (ICD_10, "A01.0", "Tyfoidfeber"),
        (ICD_10_ALIAS, "A01.0", "Tyfoidfeber"),
        (ICD_10, "I21.0a", "Akutt transmuralt hjerteinfarkt type 4a i fremre vegg"),
        (ICD_10, "Q54.4", "Medfødt «chordée»"),
    ],
)
def test_known_code_gets_our_title(table: DiagnosisCodes, system: str, code: str, title: str) -> None:
    assert table.title(system, code) == title
    assert table.exists(system, code) is True


@pytest.mark.parametrize(
    "system,code",
    [
        (ICPC_2, "L00"),  # no such rubric
        (ICPC_2, "l86"),  # codes are upper case
        (ICPC_2, "L86.0012"),  # a term of ICPC-2B under the system of ICPC-2
        (ICPC_2, "-31"),  # process codes are no diagnoses
        (ICPC_2, "M511"),  # an ICD-10 code under the system of ICPC-2
        (ICPC_2B, "L86"),  # a bare rubric is ICPC-2
        (ICPC_2B, "L86.001"),
        (ICPC_2B, "L86.00123"),
        (ICPC_2B, "L00.0012"),
        (ICPC_2B, "L86.0012\n"),
        (ICPC_2B, "L86.٠٠١٢"),  # digits of another script
        (ICD_10, "M51.1.1"),
        (ICD_10, "M5.11"),
        (ICD_10, "M51."),
        (ICD_10, ".M511"),
        (ICD_10, "M51.1 "),
        (ICD_10, "m511"),
        (ICD_10, ""),
    ],
)
def test_unknown_code_in_known_system_does_not_exist(table: DiagnosisCodes, system: str, code: str) -> None:
    assert table.exists(system, code) is False
    assert table.title(system, code) is None


@pytest.mark.parametrize("system", [SNOMED_CT, "", "2.16.578.1.12.4.1.1.7170", ICPC_2 + "0"])
def test_unknown_system_is_neither_yes_nor_no(table: DiagnosisCodes, system: str) -> None:
    assert table.exists(system, "L86") is None
    assert table.title(system, "L86") is None


def test_tables_are_whole(table: DiagnosisCodes) -> None:
    assert (len(table.icd_10), len(table.icpc_2)) == (19_634, 708)


def test_missing_table_names_the_target_that_builds_it(tmp_path: Path) -> None:
    with pytest.raises(TableNotBuiltError, match=r"^absent\.json is not built: run `make diagnoses`"):
        codes.load(tmp_path / "absent.json")


def test_one_file_is_read_once(tmp_path: Path) -> None:
    file = tmp_path / "diagnoses.json"
    file.write_text(json.dumps({"icd-10": {"A00": "En"}, "icpc-2": {"A01": "To"}}))
    first = codes.load(file)
    file.unlink()
    assert codes.load(file) is first
    assert first.title(ICD_10, "A00") == "En"


def test_loading_costs_less_than_fifteen_milliseconds() -> None:
    def load() -> None:
        codes.load.cache_clear()
        codes.load()

    assert_within(0.015, lambda: cpu(load))


def test_module_imports_nothing_slow() -> None:
    script = "import sys, certgateway.codes; print(sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not [name for name in ("lxml", "msgspec", "pydantic", "sqlalchemy", "fastapi") if repr(name) in loaded]


def test_package_of_another_size_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    rows = [{"code": "A00", "text": "En"}]
    (tmp_path / "lib/ICD10.json").write_text(json.dumps(rows))
    output = tmp_path / "out/diagnoses.json"
    command = [sys.executable, "tools/diagnosis_codes.py", str(tmp_path), str(output)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 1
    assert "ICD10.json: 1 rows, 1 codes, expected 19634 of each" in built.stderr
    assert not output.exists()
