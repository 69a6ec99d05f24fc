"""Messages that others have published: what real senders do. Nothing of them may be copied here."""

import os
from pathlib import Path

import pytest

from certgateway.services.answer import Receipt, answer_for
from fixtures.authoring.people import fnr
from tests.unit.kith.judging import AT, Judged, answer_to, element, error_codes, house, judged

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = Path(os.environ.get("KITH_SAMPLES", ROOT.parent / "shared" / "kith-samples"))


@pytest.fixture(params=["fellesformat_le", "fellesformat_conversationref"])
def sample(request: pytest.FixtureRequest) -> bytes:
    return sample_of("legeerklaring", f"{request.param}.xml")


def sample_of(folder: str, name: str) -> bytes:
    path = SAMPLES / folder / name
    if not path.is_file():
        pytest.skip(f"THE SAMPLES OF OTHERS ARE ABSENT: {SAMPLES} has no {folder}/{name}")
    return path.read_bytes()


def grave(found: Judged) -> set[str]:
    return {finding.rule for finding in found.judgement.findings if finding.effect.label == "refuse"}


def test_a_sample_is_read_to_the_end_and_refused_for_its_number_alone(sample: bytes) -> None:
    found = judged(sample)
    assert (found.verdict, grave(found)) == ("rejected", {"fnr-invalid"})
    assert found.rules["schema-deviation"] >= 5
    assert found.rules["benefit-removed"] == 1
    assert set(error_codes(answer_to(found))) >= {"E31", "fnr-invalid", "schema-deviation", "benefit-removed"}


def test_a_sample_with_a_number_of_nobody_is_registered_as_incomplete(sample: bytes) -> None:
    number = fnr(12, 3, 1974, 110).encode()
    assert sample.count(b"12349812345") == 2
    found = judged(sample.replace(b"12349812345", number))
    assert (found.verdict, grave(found)) == ("incomplete", set())
    certificate = found.certificate
    assert certificate.patient.number == number.decode()
    assert [one.code.code for one in certificate.diagnosis if one.code] == ["K74", "U99"]
    assert found.answered("function") == ["Kan ikke lengre danse"]
    assert element(answer_to(found), "{*}Status").get("V") == "3"


@pytest.mark.parametrize(
    "folder, name",
    [
        ("apprec", "app-rec-1.0-example-avvist.xml"),
        ("apprec", "app-rec-1.0-example-ok.xml"),
        ("apprec", "app-rec-1.1-example-ok.xml"),
    ],
)
def test_another_kind_of_message_is_no_certificate_and_no_crash(folder: str, name: str) -> None:
    found = judged(sample_of(folder, name))
    assert found.verdict == "rejected"
    assert "not-a-message" in found.rules
    receipt = Receipt(
        raw=found.examined.raw,
        envelope=found.examined.envelope,
        format="kith",
        language="nb",
        arrival=AT,
        judgement=found.judgement,
        original=found.examined.original,
    )
    answer, _ = answer_for(receipt, "8140000", house().definitions)
    assert answer.status == (200 if found.examined.original else 400)


@pytest.mark.parametrize(
    "name,kind,begins,named",
    [
        ("dialog-foresporsel-1.0.xml", "question", "Pas går snart tom for cetirizin", 0),
        ("dialogmelding_dialog_notat.xml", "note", "Hei,Det gjelder pas.", 2),
        ("dialogmelding_dialog_svar_foresporsel_om_pasient.xml", "answer", "Pasieten har masse info her", 1),
        ("helsefaglig-1.1.xml", "note", "EKG tatt i dag", 0),
    ],
)
def test_a_dialogue_is_read_as_words_and_answers_nothing(name: str, kind: str, begins: str, named: int) -> None:
    found = judged(sample_of("dialogmelding", name))
    reply = found.examined.reply
    assert reply is not None
    assert reply.words is not None
    assert (reply.words.kind, reply.declined) == (kind, None)
    assert reply.words.texts[0].text.startswith(begins)
    assert len(reply.words.named) >= named
    assert found.certificate.assessment.entries
    assert "not-a-message" not in found.rules
    assert grave(found) <= {"fnr-invalid", "patient-missing", "organisation-number-invalid", "hpr-invalid"}
