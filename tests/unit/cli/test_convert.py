"""`certgateway convert`: one certificate in another format, every loss named and told by the exit code."""

import io
import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from certgateway import bootstrap, cli
from certgateway.domain.certificate import Certificate
from certgateway.services.convert import certificate_json
from certgateway.services.examine import detect_format, examine

ROOT = Path(__file__).resolve().parents[3]
MESSAGES = ROOT / "fixtures" / "messages"
GOOD = sorted((MESSAGES / "good").glob("*.json"))
SCHEMA: dict[str, Any] = json.loads((ROOT / "schemas" / "certificate.schema.json").read_bytes())


class Output:
    """What a command wrote, with its exit code."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def of(self, path: Path | str, target: str) -> tuple[int, bytes, list[str]]:
        written, errors = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
        with self.monkeypatch.context() as context:
            context.setattr(sys, "stdout", written)
            context.setattr(sys, "stderr", errors)
            code = cli.main(["convert", str(path), "--to", target])
        written.flush()
        buffer = written.buffer
        assert isinstance(buffer, io.BytesIO)
        return code, buffer.getvalue(), errors.getvalue().splitlines()


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> Output:
    return Output(monkeypatch)


def understood(raw: bytes) -> Certificate:
    certificate = examine(raw, detect_format(raw), bootstrap.build_house()).certificate
    assert certificate is not None
    return certificate


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_json_meets_its_schema_and_loses_nothing(path: Path, output: Output) -> None:
    code, written, lost = output.of(path, "json")
    assert (code, lost) == (0, [])
    faults = [str(error.instance_path) for error in Draft202012Validator(SCHEMA).iter_errors(json.loads(written))]
    assert faults == []


@pytest.mark.parametrize("name", ["back-pain-tolerates-load", "hospital-specialist-arthritis", "me-with-pauses"])
def test_a_certificate_is_the_same_in_every_format(name: str, output: Output, tmp_path: Path) -> None:
    source = MESSAGES / "good" / f"{name}.json"
    code, xml, lost = output.of(source, "fhir-xml")
    assert (code, lost) == (0, [])
    (tmp_path / "message.xml").write_bytes(xml)
    code, back, lost = output.of(tmp_path / "message.xml", "fhir-json")
    assert (code, lost) == (0, [])
    assert understood(back) == understood(xml) == understood(source.read_bytes())
    assert output.of(source, "fhir-json")[1] == back
    assert output.of(tmp_path / "message.xml", "json")[1] == output.of(source, "json")[1]


def test_message_id_and_sender_stay(output: Output) -> None:
    _, written, _ = output.of(MESSAGES / "good" / "required-items-only.xml", "fhir-json")
    header = json.loads(written)["entry"][0]["resource"]
    assert header["id"] == "5e1f000f-0d0c-4a10-9e00-000000000000"
    assert header["source"] == {"endpoint": "urn:oid:2.16.578.1.12.4.1.2.8143060"}


def test_numbers_keep_their_digits_as_text(output: Output) -> None:
    _, written, _ = output.of(MESSAGES / "good" / "every-mapped-element.json", "json")
    certificate = json.loads(written)
    assert certificate["findings"]["entries"][0]["quantity"] == {"value": "61.50", "unit": "%"}
    assert certificate["function"]["entries"][2]["limits"][0]["quantity"] == {"value": "7.5", "unit": "kg"}
    assert certificate["authored"] == "2026-10-20T06:45:30+00:00"


def test_states_are_told_apart(output: Output) -> None:
    _, written, _ = output.of(MESSAGES / "good" / "no-known-health-risk.json", "json")
    certificate = json.loads(written)
    assert certificate["health_risk"] == {"state": "none", "entries": [], "reason": None}
    assert certificate["reservation"] == {"state": "missing", "entries": [], "reason": None}


def test_attachments_have_no_bytes_to_write(output: Output) -> None:
    code, written, lost = output.of(MESSAGES / "good" / "every-mapped-element.json", "fhir-json")
    assert code == 1
    assert lost == [
        "certgateway: has no place in the target: attachment[0]",
        "certgateway: has no place in the target: attachment[1]",
    ]
    assert "attachment" not in {section["code"]["coding"][0]["code"] for section in _sections(written)}


def _sections(written: bytes) -> list[dict[str, Any]]:
    sections: list[dict[str, Any]] = json.loads(written)["entry"][1]["resource"]["section"]
    return sections


def test_what_reading_left_out_is_a_loss_and_is_not_written(output: Output) -> None:
    path = MESSAGES / "note" / "benefit-removed-coverage-entry.json"
    code, written, lost = output.of(path, "fhir-json")
    assert code == 1
    assert len(lost) == 1
    assert lost[0].startswith("certgateway: benefit content removed: Bundle.entry[")
    assert b"Coverage" not in written
    assert b"Coverage" in path.read_bytes()


def test_what_does_not_conform_is_a_loss(output: Output) -> None:
    code, written, lost = output.of(MESSAGES / "conformance" / "code-not-allowed-course.json", "json")
    assert code == 1
    place = "Bundle.entry[9].resource.prognosisCodeableConcept[0]"
    assert lost == [f"certgateway: does not conform (code-not-allowed): {place}"]
    assert json.loads(written)["prognosis"]["entries"][0]["course"] is None


@pytest.mark.parametrize(
    "file, first",
    [
        ("unreadable/duplicate-key.json", "certgateway: cannot be read (duplicate-key)"),
        ("unreadable/doctype-refused.xml", "certgateway: cannot be read (doctype-refused)"),
    ],
)
def test_an_unreadable_message_gives_nothing(file: str, first: str, output: Output) -> None:
    code, written, lost = output.of(MESSAGES / file, "json")
    assert (code, written) == (1, b"")
    assert lost == [first, "certgateway: the input holds no certificate that can be converted"]


@pytest.mark.parametrize(
    "body",
    [b'{"resourceType": "Patient"}', b'{"resourceType": "Bundle", "type": "message"}'],
)
def test_a_message_without_certificate_gives_nothing(body: bytes, output: Output, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_bytes(body)
    code, written, lost = output.of(tmp_path / "other.json", "fhir-xml")
    assert (code, written) == (1, b"")
    assert lost[-1] == "certgateway: the input holds no certificate that can be converted"


def test_a_sender_outside_the_health_network_is_a_loss(output: Output, tmp_path: Path) -> None:
    message = json.loads((MESSAGES / "good" / "required-items-only.json").read_bytes())
    message["entry"][0]["resource"]["source"]["endpoint"] = "https://epj.example/fhir"
    (tmp_path / "m.json").write_text(json.dumps(message))
    code, written, lost = output.of(tmp_path / "m.json", "fhir-json")
    assert code == 1
    assert lost == ["certgateway: is no address in the health network: MessageHeader.source.endpoint"]
    assert json.loads(written)["entry"][0]["resource"]["source"] == {"endpoint": "urn:oid:2.16.578.1.12.4.1.2.0"}


def test_letters_that_xml_lacks_are_refused_as_a_loss(output: Output, tmp_path: Path) -> None:
    text = (MESSAGES / "good" / "required-items-only.json").read_text("utf-8")
    (tmp_path / "m.json").write_text(text.replace("Lett Kveldsbris", "Lett\\u0001Kveldsbris"), "utf-8")
    code, written, lost = output.of(tmp_path / "m.json", "fhir-xml")
    assert (code, written) == (1, b"")
    assert "certgateway: XML has no letters for something that the certificate says" in lost


@pytest.mark.parametrize("arguments", [["missing.json", "--to", "json"], [str(MESSAGES / "good"), "--to", "json"]])
def test_no_file_or_several_is_a_fault_of_the_user(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["convert", *arguments]) == 2
    assert capsys.readouterr().err.startswith("certgateway: ")


@pytest.mark.parametrize("target", ["dialogmelding", "pdf"])
def test_an_unknown_target_is_a_fault_of_the_user(target: str) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["convert", str(GOOD[0]), "--to", target])
    assert left.value.code == 2


def test_the_schema_names_every_field_of_the_certificate() -> None:
    names = [field.name for field in fields(Certificate)]
    assert list(SCHEMA["properties"]) == SCHEMA["required"] == names


def test_the_schema_refuses_a_number_for_a_decimal() -> None:
    data = json.loads(certificate_json(understood((MESSAGES / "good" / "every-mapped-element.json").read_bytes())))
    assert Draft202012Validator(SCHEMA).is_valid(data)
    data["findings"]["entries"][0]["quantity"]["value"] = 61.5
    assert not Draft202012Validator(SCHEMA).is_valid(data)


def test_the_schema_refuses_statements_in_an_empty_item() -> None:
    data = json.loads(certificate_json(understood((MESSAGES / "good" / "every-mapped-element.json").read_bytes())))
    data["function"]["state"] = "none"
    assert not Draft202012Validator(SCHEMA).is_valid(data)


def test_convert_loads_nothing_heavy() -> None:
    heavy = ("pydantic", "sqlalchemy", "msgspec", "fastapi")
    script = f"import sys, certgateway.cli.convert; print(*[name for name in {heavy!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
