"""Questions for systems that lack Dialogmelding 1.1, and for those that show letters only: the same words."""

import base64
import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from pypdf import PdfReader

from certgateway.domain.certificate import Author, Patient
from certgateway.domain.dialogue_events import Measure, Target
from certgateway.domain.outgoing import Asking, Outgoing, OutgoingKind
from certgateway.domain.vocabulary import Language
from certgateway.domain.vocabulary.clarification import ORDER_QUESTION
from certgateway.domain.vocabulary.form import CERTIFICATE_ITEM
from certgateway.kith.attachments import attachment_documents
from certgateway.kith.dialogmelding import write_dialogue
from certgateway.kith.letter import write_letter
from certgateway.kith.msghead import open_message
from tests.unit.fhir.test_order_task import ORDER
from tests.unit.kith.test_dialogmelding import (
    ASKED,
    AUTHOR,
    GATEWAY,
    KINDS,
    LANGUAGES,
    MSGHEAD,
    ODD,
    OURS,
    PATIENT,
    PUBLISHED,
    QUESTION,
    ROOT,
    XS,
    cases,
)

OLD = "http://www.kith.no/xmlstds/dialog/2006-10-11"
NEW = "http://www.kith.no/xmlstds/dialog/2013-01-23"
BASE64 = "http://www.kith.no/xmlstds/base64container"


def pages(outgoing: Outgoing) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(write_letter(outgoing))).pages]


def words(outgoing: Outgoing) -> str:
    """Everything in a letter on one line: where a line ends is a matter of layout."""
    return " ".join(" ".join(pages(outgoing)).split())


def written(outgoing: Outgoing, *, letter: bytes | None = None) -> etree._Element:
    return etree.fromstring(write_dialogue(outgoing, gateway_her=GATEWAY, version="1.0", letter=letter))


@cache
def judge(head: Path, dialogue: Path, base64_: Path, namespace: str) -> etree.XMLSchema:
    whole = etree.Element(f"{XS}schema")
    for space, file in ((MSGHEAD, head), (namespace, dialogue), (BASE64, base64_)):
        etree.SubElement(whole, f"{XS}import", namespace=space, schemaLocation=file.resolve().as_uri())
    return etree.XMLSchema(whole)


def judges(namespace: str) -> list[etree.XMLSchema]:
    """Ours and the published ones, of one version."""
    number = "1.0" if namespace == OLD else "1.1"
    ours = judge(
        OURS / "msghead-1.2.xsd", OURS / f"dialogmelding-{number}.xsd", OURS / "base64container.xsd", namespace
    )
    if not PUBLISHED.is_dir():
        pytest.skip(f"LOUD: the published KITH schemas are not at {PUBLISHED}; set KITH_XSD to their folder")
    fiks = PUBLISHED / "fiks-nhn-client"
    return [
        ours,
        judge(fiks / "MsgHead-v1_2.xsd", fiks / f"dialogmelding-v{number}.xsd", fiks / "kith-base64.xsd", namespace),
    ]


# ---- Dialogmelding 1.0 ----


def test_every_message_of_the_older_version_is_valid_by_ours_and_the_published_schemas() -> None:
    for schema in judges(OLD):
        for outgoing in cases():
            schema.assertValid(written(outgoing))


@pytest.mark.parametrize("kind", KINDS)
def test_the_older_version_says_the_same_without_codes(kind: OutgoingKind) -> None:
    old, new = written(KINDS[kind]), etree.fromstring(write_dialogue(KINDS[kind], gateway_her=GATEWAY))
    assert {etree.QName(each).namespace for each in old.iterfind(".//{*}Dialogmelding//{*}*")} <= {OLD}
    gone = {"EmneSporsmal", "KodetOpplysning"}
    assert [
        (etree.QName(each).localname, each.text, dict(each.attrib))
        for each in new.iter()
        if etree.QName(each).localname not in gone
    ] == [(etree.QName(each).localname, each.text, dict(each.attrib)) for each in old.iter()]


# ---- letter ----


@pytest.mark.parametrize("version,namespace", [("1.0", OLD), ("1.1", NEW)])
def test_a_letter_goes_as_an_attachment_that_we_would_take_ourselves(version: str, namespace: str) -> None:
    letter = write_letter(QUESTION)
    raw = write_dialogue(QUESTION, gateway_her=GATEWAY, version=version, letter=letter)  # type: ignore[arg-type]
    for schema in judges(namespace):
        schema.assertValid(etree.fromstring(raw))
    head = open_message(raw).head
    assert head is not None
    (found,) = attachment_documents(head)
    assert (found.attachment.content_type, found.content) == ("application/pdf", letter)
    assert found.attachment.sha256 == hashlib.sha256(letter).hexdigest()
    assert base64.b64encode(letter) in raw


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_says_what_the_message_says(kind: OutgoingKind, language: Language) -> None:
    outgoing = replace(KINDS[kind], language=language)
    told = words(outgoing)
    assert all(part in told for part in ("NAV", "Vennlig Glad Fjelltur", str(PATIENT.number), "9111999", "8143060"))
    assert outgoing.clarification in told
    assert outgoing.id in told
    message = etree.fromstring(write_dialogue(outgoing, gateway_her=GATEWAY))
    texts = [each.text or "" for name in ("Sporsmal", "Begrunnelse") for each in message.iterfind(f".//{{*}}{name}")]
    texts += [
        line.removeprefix("- ")
        for each in message.iterfind(".//{*}TekstNotatInnhold")
        for line in (each.text or "").splitlines()
    ]
    assert texts
    for text in texts:
        assert text in told


@pytest.mark.parametrize(
    "language,heading,due",
    [
        ("nb", "Spørsmål om legeerklæring", "Svarfrist 21.9.2026"),
        ("nn", "Spørsmål om legeerklæring", "Svarfrist 21.9.2026"),
        ("en", "Question about a medical certificate", "Answer due 2026-09-21"),
    ],
)
def test_a_letter_is_written_in_the_language_of_the_question(language: Language, heading: str, due: str) -> None:
    outgoing = replace(QUESTION, language=language)
    read = PdfReader(BytesIO(write_letter(outgoing)))
    assert read.metadata is not None
    assert read.metadata.title == heading
    assert str(read.trailer["/Root"]["/Lang"]).startswith(language)  # type: ignore[index]
    assert heading in words(outgoing)
    assert due in words(outgoing)


def test_a_withdrawal_sets_no_day_and_asks_for_nothing() -> None:
    told = words(KINDS["withdrawal"])
    assert "Spørsmålet trenger ikke svar" in told
    assert "Svarfrist" not in told
    assert "journalsystemet" not in told


def test_what_is_not_known_is_left_out() -> None:
    told = words(replace(QUESTION, patient=Patient(), author=Author(), receiver="endpoint:0f0f"))
    for label in ("Pasient ", "Fødselsnummer", "HPR", "HER-id"):
        assert label not in told
    assert "0f0f" not in told


def test_nothing_of_the_author_but_the_number_as_a_professional_is_told() -> None:
    told = words(replace(QUESTION, author=AUTHOR))
    assert str(AUTHOR.number) not in told
    assert str(AUTHOR.her) not in told


def test_the_same_message_gives_the_same_bytes_in_any_process() -> None:
    program = (
        "import hashlib\nfrom certgateway.kith.letter import write_letter\n"
        "from tests.unit.kith.test_dialogmelding import QUESTION\n"
        "print(hashlib.sha256(write_letter(QUESTION)).hexdigest())"
    )
    first = write_letter(QUESTION)
    assert write_letter(replace(QUESTION)) == first
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    assert told.stdout.strip() == hashlib.sha256(first).hexdigest()
    assert write_letter(replace(QUESTION, due=date(2026, 9, 22))) != first


def test_every_page_has_its_number_and_the_reference() -> None:
    many = tuple(Asking(Target("function", "unclear"), f"Nummer {place}? " * 40) for place in range(20))
    found = pages(replace(QUESTION, asked=many))
    assert len(found) > 3
    for number, page in enumerate(found, 1):
        assert f"Side {number}" in page
        assert QUESTION.clarification in page
    assert sum(page.count("Nummer 7?") for page in found) == 40


@pytest.mark.parametrize(
    "text", ["æøåÆØÅ éáčđšž “sitat” «sitat» \u2013 … ≥ 1/2 µg", "<b>fet</b> & <para> </para> &amp; &#0;"]
)
def test_letters_and_signs_are_shown_as_they_are(text: str) -> None:
    told = words(replace(QUESTION, asked=(Asking(ASKED[0].target, text),), measure=Measure(text)))
    assert text in told
    assert "\u25ca" not in told


@pytest.mark.parametrize("sign", ["ŋ", "👩", "\x00", "\ud800", "中", "\ufffe", "\x0b"])
def test_a_sign_that_the_font_lacks_is_told_of_and_breaks_nothing(sign: str) -> None:
    told = words(replace(QUESTION, patient=replace(PATIENT, name=f"Lars {sign} Vik")))
    assert "Lars \u25ca Vik" in told
    assert "står som \u25ca" in told


def test_odd_texts_break_no_letter() -> None:
    for text in (ODD, "x" * 5000, "\n" * 200, " ", "a\r\nb\rc\nd", "<br/>" * 50):
        asked = (Asking(ASKED[0].target, text), Asking(ASKED[1].target, "Slutt?"))
        assert "Slutt?" in words(replace(QUESTION, asked=asked, measure=Measure(text)))


def test_a_letter_that_orders_a_certificate_says_so_and_how_to_answer() -> None:
    letter = words(ORDER)
    assert "Bestilling av legeerklæring" in letter
    assert "Spørsmål om legeerklæring" not in letter
    for asking in ORDER.asked:
        title = ORDER_QUESTION.title(asking.target.question or "") or CERTIFICATE_ITEM.title(asking.target.item)
        assert title is not None
        assert f"{title} {asking.text}" in letter
    assert "med formålet «Bestilt av NAV» og referansen over" in letter
    assert "trengs ikke lenger" in words(replace(ORDER, kind="withdrawal", asked=(), reason="no-longer-needed"))
