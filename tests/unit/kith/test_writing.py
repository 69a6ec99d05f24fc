"""Writing the form of 2008, and a copy of a received one without its benefits: both are read back."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
from lxml import etree

from certgateway.domain.certificate import (
    Author,
    Certificate,
    ClinicalFinding,
    Coding,
    Diagnosis,
    Employment,
    Onset,
    Participation,
    Patient,
    Period,
    Prognosis,
    Quantity,
    Reservation,
    Section,
    Statement,
    Treatment,
)
from certgateway.domain.vocabulary import systems
from certgateway.kith.benefits import stripped_copy
from certgateway.kith.writing import name_parts, write_message
from certgateway.kith.writing_losses import losses
from fixtures.authoring.people import d_number, fnr
from tests.kith import FIXTURES, SMALL, WHOLE, changed, inserted, raw
from tests.unit.kith.judging import judged

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = ROOT / "schemas" / "kith" / "messages.xsd"
NUMBER = fnr(3, 5, 1971, 101)
ID = "m-1"
ICPC = Coding(systems.ICPC_2, "L86")
BARE = Certificate(
    identifier=Coding(systems.KITH_CONVERSATION, ID),
    authored=datetime(2026, 7, 1, 12, tzinfo=UTC),
    status="final",
    patient=Patient(NUMBER, "fnr", "Sindig Fjelltopp"),
    author=Author(hpr="9412837", her="8094231"),
)
GOOD = sorted(path.stem for path in (FIXTURES / "good").glob("*.xml"))
REMOVED = sorted(path.stem for path in (FIXTURES / "note").glob("benefit-removed*.xml"))


def written(certificate: Certificate, **ids: str) -> bytes:
    return write_message(certificate, **{"message_id": ID, "sender_her": "8094231", "receiver_her": "79768"} | ids)


def lost(**items: object) -> list[str]:
    """What is lost of a certificate that holds these items."""
    certificate = replace(BARE, **items)  # type: ignore[arg-type]
    return losses(certificate, written(certificate))


def stated(*entries: object) -> Section[object]:
    return Section("stated", entries)


def conforms(body: bytes) -> bool:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    return schema.validate(etree.fromstring(body))


@pytest.mark.parametrize("name", GOOD)
def test_a_good_message_is_written_back_valid_and_reads_the_same(name: str) -> None:
    before = replace(judged(raw(f"good/{name}")).certificate, attachment=Section())
    body = written(before, message_id=before.identifier.code)
    assert conforms(body)
    after = judged(body).certificate
    assert losses(before, body) == []
    assert (after.function, after.health_risk) == (before.function, before.health_risk)
    assert written(after, message_id=before.identifier.code) == body


def test_a_bare_certificate_is_valid_and_loses_nothing() -> None:
    body = written(BARE)
    assert conforms(body)
    assert losses(BARE, body) == []
    assert judged(body).certificate.authored == BARE.authored
    assert body == written(BARE)


def test_another_message_of_a_certificate_belongs_to_its_conversation() -> None:
    body = written(BARE, message_id="m-2")
    assert b"<RefToConversation>m-1<" in body
    assert judged(body).certificate.identifier == BARE.identifier


def test_the_office_of_the_author_stands_inside_that_of_the_sender() -> None:
    certificate = replace(BARE, author=replace(BARE.author, her="90417", organisation="987654325"))
    body = written(certificate)
    assert judged(body).certificate.author == certificate.author
    envelope = judged(body).examined.envelope
    assert envelope is not None
    assert envelope.sender == "her:8094231"
    assert conforms(body)


@pytest.mark.parametrize("number, kind", [(fnr(2, 2, 1966, 120), "fnr"), (d_number(2, 2, 1966, 120), "dnr")])
def test_numbers_of_both_kinds_keep_their_kind(number: str, kind: Literal["fnr", "dnr"]) -> None:
    certificate = replace(BARE, patient=Patient(number, kind), author=replace(BARE.author, number=number))
    body = written(certificate)
    assert body.count(b'V="DNR"' if kind == "dnr" else b'V="FNR"') == 2
    assert losses(certificate, body) == []


def test_a_patient_without_number_or_name_is_written_without() -> None:
    certificate = replace(BARE, patient=Patient(), author=Author())
    body = written(certificate)
    assert judged(body).certificate.patient == Patient()
    assert b"HealthcareProfessional" not in body


@pytest.mark.parametrize(
    "name, parts",
    [
        (None, ("", "", "")),
        ("  ", ("", "", "")),
        ("Fjelltopp", ("Fjelltopp", "", "")),
        ("Sindig Fjelltopp", ("Fjelltopp", "Sindig", "")),
        ("Lett  og Lun\tFjelltopp", ("Fjelltopp", "Lett", "og Lun")),
    ],
)
def test_names_are_parted_as_most_are(name: str | None, parts: tuple[str, str, str]) -> None:
    assert name_parts(name) == parts


@pytest.mark.parametrize(
    "items, missing",
    [
        ({"onset": stated(Onset(since="2026-03"))}, ["onset"]),
        ({"onset": stated(Onset(since="2026-03-01", certainty="exact"))}, ["onset.certainty"]),
        ({"onset": Section("not-assessed")}, ["onset"]),
        ({"reservation": Section("none")}, []),
        ({"reservation": stated(Reservation(items=("prognosis",), text="x"))}, ["reservation[0].items"]),
        ({"reservation": stated(Reservation(text="x"), Reservation(text="y"))}, ["reservation[0]", "reservation[1]"]),
        ({"history": stated(Statement("x", source="patient-reported"))}, []),
        ({"history": stated(Statement("x", source="observed"))}, ["history[0].source"]),
        ({"history": Section("none")}, ["history"]),
        ({"findings": stated(ClinicalFinding(text="x", date="2026-01-01"))}, ["findings[0].date"]),
        ({"findings": stated(ClinicalFinding(code=ICPC))}, ["findings[0]"]),
        ({"assessment": stated(Statement("x"))}, []),
        ({"assessment": stated(Statement("x", source="observed"))}, ["assessment[0].source"]),
        ({"assessment": stated(Statement("x", question="function"))}, []),
        ({"employment": stated(Employment(returns="yes"))}, ["employment"]),
        ({"employment": stated(Employment(other_situation="x", several="yes"))}, []),
        ({"prognosis": stated(Prognosis(course="improvement"))}, []),
        ({"prognosis": stated(Prognosis(course="uncertain"))}, ["prognosis"]),
        ({"prognosis": stated(Prognosis(illness_duration=Quantity(Decimal(1), "wk")))}, ["prognosis"]),
        ({"treatment": stated(Treatment(kind="exercise", status="ongoing"))}, ["treatment[0]"]),
        ({"treatment": stated(Treatment(status="planned", description="x"))}, []),
        ({"treatment": stated(Treatment(status="planned"))}, ["treatment[0]"]),
        ({"activity": stated(Participation(scope="own-work", resumption="no"))}, []),
        ({"activity": stated(Participation(scope="training"))}, ["activity[0]"]),
        ({"activity": stated(Participation(measure="work-aids"))}, []),
    ],
)
def test_what_the_form_cannot_hold_is_named_and_nothing_else(items: dict[str, object], missing: list[str]) -> None:
    assert lost(**items) == missing


def test_of_two_referrals_of_a_kind_the_form_holds_one() -> None:
    waiting = Treatment(status="waiting", period=Period("2026-01-02"), description="x", wait=Quantity(Decimal(4), "wk"))
    assert lost(treatment=stated(waiting)) == []
    assert lost(treatment=stated(waiting, replace(waiting, description="y"))) == ["treatment[1]"]
    assert lost(treatment=stated(replace(waiting, wait=Quantity(Decimal("1.5"), "wk")))) == ["treatment[0]"]
    assert lost(treatment=stated(replace(waiting, wait=Quantity(Decimal(4), "mo")))) == ["treatment[0]"]
    assert lost(treatment=stated(replace(waiting, wait=Quantity(Decimal(10**7), "wk")))) == ["treatment[0]"]


def test_two_plans_of_a_kind_share_a_field() -> None:
    plan = Treatment(status="planned", description="x")
    assert lost(treatment=stated(plan, replace(plan, description="y"))) == ["treatment[0].description", "treatment[1]"]


@pytest.mark.parametrize(
    "codes, missing",
    [
        ((("icpc", "L86", "main"), ("icpc", "P06", "other")), []),
        ((("icpc", "P06", "other"), ("icpc", "L86", "main")), []),
        ((("icpc", "L86", "main"), ("icd", "M545", "other")), ["diagnosis[1]"]),
        ((("2b", "L86.0001", "main"), ("icpc", "L86", "other")), ["diagnosis[0]", "diagnosis[1]"]),
        ((("icpc", "L86", "other"),), ["diagnosis[0]"]),
    ],
)
def test_one_code_system_holds_for_all_diagnoses(codes: tuple[tuple[str, str, str], ...], missing: list[str]) -> None:
    named = {"icpc": systems.ICPC_2, "icd": systems.ICD_10, "2b": systems.ICPC_2B}
    entries = [Diagnosis((Coding(named[system], code),), rank) for system, code, rank in codes]  # type: ignore[arg-type]
    assert lost(diagnosis=stated(*entries)) == missing


@pytest.mark.parametrize(
    "amount, text",
    [
        (Quantity(Decimal(1), "wk"), "1 uke"),
        (Quantity(Decimal(3), "mo"), "3 måneder"),
        (Quantity(Decimal("1.5"), "a"), "1,5 år"),
        (Quantity(Decimal(1), "d"), "1 dag"),
    ],
)
def test_a_duration_is_written_in_words(amount: Quantity, text: str) -> None:
    entry = Prognosis(course="improvement", illness_duration=amount, reduced_function_duration=amount)
    body = written(replace(BARE, prognosis=Section("stated", (entry,))))
    assert judged(body).answered("illness-duration") == [text]
    assert judged(body).answered("reduced-function-duration") == [text]


def test_a_contact_in_words_stands_with_the_tick_it_belongs_to() -> None:
    author = replace(BARE.author, contacts=("employer", "other", "other"))
    told = Section("stated", (Statement("Naboen", question="other-contact"),))
    certificate = replace(BARE, author=author, assessment=told)
    assert losses(certificate, written(certificate)) == []
    unticked = replace(certificate, author=replace(author, contacts=("employer",)))
    assert losses(unticked, written(unticked)) == ["assessment[0]"]


@pytest.mark.parametrize("text", ["a\x00b", "a\x0bb", "\ud800", "\ufffe"])
def test_what_xml_cannot_hold_is_refused(text: str) -> None:
    certificate = replace(BARE, history=Section("stated", (Statement(text),)))
    with pytest.raises(ValueError, match=r"XML|surrogates"):
        written(certificate)


def test_of_what_cannot_be_read_back_everything_is_lost() -> None:
    assert losses(BARE, b"<a/>") == [""]


# ---- forwarding ----


@pytest.mark.parametrize("name", REMOVED)
def test_a_stripped_copy_has_no_benefit_and_is_as_valid_as_it_was(name: str) -> None:
    body = raw(f"note/{name}")
    copy = stripped_copy(body)
    assert judged(copy).removed == []
    assert judged(copy).certificate == judged(body).certificate
    assert b"LegeerklaringGjelder" in copy
    assert not judged(copy).rules["schema-deviation"]
    assert stripped_copy(copy) == copy


def test_the_last_benefit_tick_only_loses_its_value() -> None:
    body = changed(raw(SMALL), ('typeLegeerklaring="1"', 'typeLegeerklaring="2"'))
    assert b"<LegeerklaringGjelder/>" in stripped_copy(body)
    several = inserted(body, "<LegeerklaringGjelder ", '<LegeerklaringGjelder typeLegeerklaring="4"/>')
    assert stripped_copy(several).count(b"LegeerklaringGjelder") == 1


def test_a_stripped_copy_of_an_untouched_message_is_its_content() -> None:
    body = raw(WHOLE)
    copy = stripped_copy(body)
    before, after = judged(body).examined.envelope, judged(copy).examined.envelope
    assert before is not None
    assert after is not None
    assert before.digest == after.digest


def test_a_stripped_copy_has_no_signature_and_keeps_the_text_around_what_went() -> None:
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature>'
    body = inserted(raw(SMALL), "</MsgHead>", signature)
    body = inserted(body, "<Opplysninger>", 'før<AktueltTiltak typeTiltak="5"/>etter')
    body = inserted(body, "<LegeerklaringGjelder ", 'a<LegeerklaringGjelder typeLegeerklaring="2"/>b')
    copy = stripped_copy(body)
    assert b"Signature" not in copy
    assert "føretter".encode() in copy
    assert b"ab<LegeerklaringGjelder" in copy


def test_a_benefit_as_the_root_is_taken_from_nobody() -> None:
    assert stripped_copy(b'<AktueltTiltak typeTiltak="5"/>').endswith(b'<AktueltTiltak typeTiltak="5"/>')
    assert stripped_copy(b'<LegeerklaringGjelder typeLegeerklaring="2"/>').endswith(b"<LegeerklaringGjelder/>")
