"""The form of 2008 on the command line: converted either way with every loss named, judged in folders and archives."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from lxml import etree

from certgateway import bootstrap, cli
from certgateway.domain.certificate import Certificate
from certgateway.services.examine import detect_format, examine
from tests.kith import FIXTURES, PDF, SMALL, attachment, changed, inserted, message_id, raw
from tests.unit.cli.test_convert import GOOD, SCHEMA, Output, output

__all__ = ["output"]

Json = dict[str, Any]
AT = "2026-11-01T12:00:00+01:00"
GOOD_KITH = sorted((FIXTURES / "good").glob("*.xml"))
MESSAGES = etree.XMLSchema(etree.parse(Path(__file__).resolve().parents[3] / "schemas" / "kith" / "messages.xsd"))
UNASKED = "certgateway: no author was looked up in the register of health personnel (HPR)\n"
LOST = "certgateway: has no place in the target: "
SPLIT = {"activity[1].measure"}
"""One statement that the form holds in two places: what is lost is that they belong together."""
BACK = raw(SMALL)


def understood(body: bytes) -> Certificate:
    found = examine(body, detect_format(body), bootstrap.build_house()).certificate
    assert found is not None
    return found


def losses(lines: list[str]) -> list[str]:
    """The element paths among what was told."""
    return [line.removeprefix(LOST) for line in lines if line.startswith(LOST)]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401  Any JSON.
    """Everything that a certificate says, by element path; states and lists as the domain names them."""
    if isinstance(value, dict) and set(value) == {"state", "entries", "reason"}:
        yield from leaves(value["entries"], path)
        if value["state"] in {"none", "not-assessed"}:
            yield path, value["state"]
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from leaves(member, f"{path}[{index}]")
    elif value is not None:
        yield path, value


def without_numbers(path: str) -> str:
    return "".join(part.partition("]")[2] if part[:1].isdigit() else part for part in path.replace("_", "-").split("["))


def named(path: str, lost: list[str]) -> bool:
    """Whether a loss stands at a path or around it; elements of single items have no number."""
    for loss in lost:
        here = loss.replace("_", "-")
        if f"{without_numbers(path)}.".startswith(f"{without_numbers(here)}."):
            return True
    return False


# ---- from FHIR ----


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_whatever_the_form_does_not_hold_is_named(path: Path, output: Output, tmp_path: Path) -> None:
    """Told apart here from the JSON of both, not by the code that looks for losses."""
    code, written, lines = output.of(path, "kith")
    assert code == 1
    assert losses(lines) == [line.removeprefix(LOST) for line in lines]
    assert MESSAGES.validate(etree.fromstring(written))
    (tmp_path / "m.xml").write_bytes(written)
    before = dict(leaves(json.loads(output.of(path, "json")[1])))
    after = dict(leaves(json.loads(output.of(tmp_path / "m.xml", "json")[1])))
    kept = Counter((without_numbers(place), value) for place, value in after.items())
    silent = []
    for place, value in before.items():
        key = (without_numbers(place), value)
        if kept[key]:
            kept[key] -= 1
        elif not named(place, losses(lines)):
            silent.append(place)
    assert silent == []


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_nothing_is_named_that_the_form_holds(path: Path, output: Output, tmp_path: Path) -> None:
    _, written, lines = output.of(path, "kith")
    (tmp_path / "m.xml").write_bytes(written)
    before = list(leaves(json.loads(output.of(path, "json")[1])))
    after = list(leaves(json.loads(output.of(tmp_path / "m.xml", "json")[1])))
    for loss in losses(lines):
        held = Counter((without_numbers(place), value) for place, value in before if named(place, [loss]))
        kept = Counter((without_numbers(place), value) for place, value in after if named(place, [loss]))
        assert held, f"{loss} was never there"
        assert held - kept or loss in SPLIT, f"{loss} is there"


def test_a_written_certificate_is_judged_as_one_of_the_form(output: Output, tmp_path: Path) -> None:
    _, written, _ = output.of(GOOD[0], "kith")
    (tmp_path / "m.xml").write_bytes(written)
    (report,) = reports(tmp_path / "m.xml")
    assert (report["format"], report["verdict"]) == ("kith", "incomplete")
    assert not {"schema-deviation", "value-invalid", "element-missing"} & {one["rule"] for one in report["findings"]}


def test_the_same_bytes_each_time(output: Output) -> None:
    assert output.of(GOOD[0], "kith") == output.of(GOOD[0], "kith")


def test_a_control_character_has_no_place_in_the_form(output: Output, tmp_path: Path) -> None:
    body = (FIXTURES.parent / "good" / "required-items-only.json").read_text("utf-8")
    (tmp_path / "m.json").write_text(body.replace("Lett Kveldsbris", "Lett\\u0001Kveldsbris"), "utf-8")
    code, written, lines = output.of(tmp_path / "m.json", "kith")
    assert (code, written) == (1, b"")
    assert "certgateway: XML has no letters for something that the certificate says" in lines


def test_benefits_are_named_and_never_written(output: Output) -> None:
    code, written, lines = output.of(FIXTURES.parent / "note" / "benefit-removed-coverage-entry.json", "kith")
    assert code == 1
    assert any(line.startswith("certgateway: benefit content removed: ") for line in lines)
    assert b'typeLegeerklaring="' not in written or b'typeLegeerklaring="1"' in written


# ---- from the form ----


@pytest.mark.parametrize("target", ["json", "fhir-json", "fhir-xml", "kith"])
@pytest.mark.parametrize("path", GOOD_KITH, ids=lambda path: path.stem)
def test_a_form_goes_over_whole(path: Path, target: str, output: Output, tmp_path: Path) -> None:
    code, written, lines = output.of(path, target)
    before = understood(path.read_bytes())
    expected = [] if target == "json" else [f"attachment[{number}]" for number in range(len(before.attachment.entries))]
    assert losses(lines) == expected
    assert code == (1 if lines else 0)
    if target == "json":
        assert list(Draft202012Validator(SCHEMA).iter_errors(json.loads(written))) == []
        return
    (tmp_path / "m").write_bytes(written)
    assert output.of(tmp_path / "m", "json")[1] == output.of(path, "json")[1] or expected
    after = understood(written)
    assert (after.assessment, after.diagnosis, after.treatment, after.author, after.patient) == (
        before.assessment,
        before.diagnosis,
        before.treatment,
        before.author,
        before.patient,
    )


def test_what_reading_left_out_is_named_by_its_place(output: Output) -> None:
    code, written, lines = output.of(FIXTURES / "note" / "not-carried-employer.xml", "fhir-json")
    assert code == 1
    assert any(line.startswith("certgateway: not carried: /*[local-name()='MsgHead'][1]/") for line in lines)
    assert json.loads(written)["resourceType"] == "Bundle"


@pytest.mark.parametrize("target", ["json", "fhir-json", "fhir-xml", "kith"])
def test_a_removed_benefit_is_written_nowhere(target: str, output: Output, tmp_path: Path) -> None:
    words = "<HvilkeAndreTiltak>Attføring til anleggsgartner</HvilkeAndreTiltak>"
    measure = f'<AktueltTiltak typeTiltak="05">{words}</AktueltTiltak>'
    body = inserted(BACK.replace(b'typeLegeerklaring="1"', b'typeLegeerklaring="+2"'), "<Opplysninger>", measure)
    (tmp_path / "m.xml").write_bytes(body)
    code, written, lines = output.of(tmp_path / "m.xml", target)
    assert code == 1
    assert len([line for line in lines if line.startswith("certgateway: benefit content removed: /*")]) == 2
    assert "anleggsgartner" not in written.decode()
    assert not [line for line in lines if "anleggsgartner" in line]
    if target == "kith":
        assert b"<LegeerklaringGjelder/>" in written


@pytest.mark.parametrize(
    "name", ["unreadable/not-xml-truncated", "unreadable/not-a-message-discharge-letter", "unreadable/too-deep"]
)
def test_what_is_no_certificate_gives_nothing(name: str, output: Output) -> None:
    code, written, lines = output.of(FIXTURES / f"{name}.xml", "fhir-json")
    assert (code, written) == (1, b"")
    assert lines[-1] == "certgateway: the input holds no certificate that can be converted"


def test_a_time_at_the_end_of_the_calendar_breaks_nothing(output: Output, tmp_path: Path) -> None:
    body = changed(BACK, ("<GenDate>2026-03-16T10:42:00<", "<GenDate>9999-12-31T23:30:00Z<"))
    (tmp_path / "m.xml").write_bytes(body)
    for target in ("json", "fhir-json", "fhir-xml", "kith"):
        code, written, _ = output.of(tmp_path / "m.xml", target)
        assert code == 0
        assert understood(written).authored == understood(body).authored if target != "json" else b"9999" in written


def test_a_message_id_that_fhir_cannot_bear_gives_way(output: Output, tmp_path: Path) -> None:
    body = changed(BACK, (f"<MsgId>{message_id(BACK)}", "<MsgId>{a}/b c"))
    (tmp_path / "m.xml").write_bytes(body)
    _, written, _ = output.of(tmp_path / "m.xml", "fhir-json")
    identity = json.loads(written)["entry"][0]["resource"]["id"]
    assert len(identity) == 64
    assert understood(written).identifier.code == "{a}/b c"


# ---- validate ----


def reports(*paths: Path | str, language: str = "nb") -> list[Json]:
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", printed)
        cli.main(["validate", *map(str, paths), "--format", "json", "--at", AT, "--lang", language])
    listed: list[Json] = json.loads(printed.getvalue())
    return listed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "one.XML").write_bytes(BACK)
    (tmp_path / "b" / "other.pdf").write_bytes(b"%PDF-1.4")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("kith/latin.xml", raw("good/nynorsk-iso-8859-1"))
        archive.writestr("wrapped.xml", raw("good/wrapped-in-second-namespace"))
        archive.writestr("fhir.xml", (FIXTURES.parent / "good" / "required-items-only.xml").read_bytes())
        archive.writestr("cut.xml", BACK[:-20])
        archive.writestr("other.txt", b"x")
    return tmp_path


def test_forms_are_found_in_folders_and_archives_among_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = reports(folder)
    assert [(Path(one["file"]).name, one["format"], one["verdict"]) for one in listed] == [
        ("a.zip!cut.xml", "kith", "rejected"),
        ("a.zip!fhir.xml", "fhir-xml", "accepted"),
        ("latin.xml", "kith", "incomplete"),
        ("a.zip!wrapped.xml", "kith", "incomplete"),
        ("one.XML", "kith", "incomplete"),
    ]
    assert "2" in capsys.readouterr().err


@pytest.mark.parametrize(
    "opening",
    [
        "",
        "\ufeff",
        "<!-- kommentar -->\n",
        '<?xml version="1.0"?>\n<!-- a --><!-- b -->\n',
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        "\n\n ",
    ],
)
@pytest.mark.parametrize(
    "root", ["<MsgHead", "<h:MsgHead xmlns:h='x'", "<EI_fellesformat", "<x xmlns='http://www.kith.no/xmlstds/x'"]
)
def test_the_form_is_known_by_its_root(opening: str, root: str) -> None:
    assert detect_format(f"{opening}{root}/>".encode()) == "kith"


@pytest.mark.parametrize("body", [b"<Bundle/>", b"<x><MsgHead/></x>", b"<MsgHeader/>", b"<!-- <MsgHead> --><a/>", b"<"])
def test_other_xml_is_taken_for_fhir(body: bytes) -> None:
    assert detect_format(body) == "fhir-xml"


def test_a_report_gives_place_element_and_code(tmp_path: Path) -> None:
    (tmp_path / "m.xml").write_bytes(raw("note/benefit-removed-tick-two"))
    (report,) = reports(tmp_path / "m.xml")
    (removed,) = report["removed"]
    assert (removed["item"], removed["code"]) == ("benefit-type", "2")
    assert removed["path"].endswith("/@typeLegeerklaring")
    assert report["message_id"] == message_id(raw("note/benefit-removed-tick-two"))
    assert all(finding["line"] >= 1 and finding["column"] >= 1 for finding in report["findings"])


def test_text_for_people_names_elements_without_the_words_of_xpath(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = inserted(BACK, "</MsgHead>", attachment("0M8R4KGxGuE=", "application/msword") + attachment(PDF))
    (tmp_path / "m.xml").write_bytes(body)
    code = cli.main(["validate", str(tmp_path / "m.xml"), "--at", AT, "--lang", "en"])
    told = capsys.readouterr().out
    assert code == 1
    assert "local-name" not in told
    assert "/MsgHead/Document/RefDoc/Content/Legeerklaring" in told
    assert " /MsgHead/Document[2]" in told
    assert told.startswith(f"{tmp_path / 'm.xml'}: incomplete\n")


@pytest.mark.parametrize("form", ["json", "ndjson", "junit", "sarif", "github"])
def test_every_form_of_report_can_be_had(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.xml").write_bytes(BACK)
    assert cli.main(["validate", str(tmp_path / "m.xml"), "--format", form, "--at", AT]) == 1
    assert "health-risk-missing" in capsys.readouterr().out


def test_exit_codes_follow_the_level(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.xml").write_bytes(BACK)
    for level, code in (("error", 1), ("warning", 1)):
        assert cli.main(["validate", str(tmp_path / "m.xml"), "--fail-on", level, "--at", AT]) == code
    assert capsys.readouterr().err == UNASKED * 2


# ---- receive ----


def test_receive_gives_receipt_and_assessment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.xml").write_bytes(BACK)
    (tmp_path / "cut.xml").write_bytes(BACK[:-20])
    code = cli.main(["receive", str(tmp_path / "m.xml"), str(tmp_path / "cut.xml"), "--aev"])
    one, cut = json.loads(capsys.readouterr().out)
    assert code == 1
    assert (one["receipt"]["verdict"], one["assessment"]["verdict"]) == ("incomplete", "incomplete")
    assert one["receipt"]["answer"].startswith("<?xml")
    assert (cut["receipt"]["verdict"], cut["assessment"]) == ("rejected", None)
    assert [element["item"] for element in one["assessment"]["open"]] == ["health-risk"]
