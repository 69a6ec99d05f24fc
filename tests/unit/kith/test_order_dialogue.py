"""What a record system that speaks KITH gets about an order: in code, in prose, and valid by the schemas."""

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from certgateway.domain.certificate import Author, Coding
from certgateway.domain.ordering import CaseQuestion, ordered_targets, target_text
from certgateway.domain.outgoing import Asking, Outgoing, OutgoingKind
from certgateway.domain.vocabulary import LANGUAGES, Language
from certgateway.domain.vocabulary.clarification import ORDER_QUESTION
from certgateway.fhir.communication import question_message
from certgateway.kith.dialogmelding import QUESTION_OID, write_dialogue
from certgateway.kith.dialogue_codes import ITEM_OID
from tests.unit.fhir.test_order_task import KINDS, ORDER

ROOT = Path(__file__).resolve().parents[3]
OURS = ROOT / "schemas" / "kith"
# The published schemas are not ours to copy; beside the checkout, or wherever the variable says.
PUBLISHED = Path(os.environ.get("KITH_XSD", ROOT.parent / "shared" / "kith-xsd"))
XS = "{http://www.w3.org/2001/XMLSchema}"
MSGHEAD = "http://www.kith.no/xmlstds/msghead/2006-05-24"
DIALOGUE = "http://www.kith.no/xmlstds/dialog/2013-01-23"


def written(outgoing: Outgoing) -> etree._Element:
    return etree.fromstring(write_dialogue(outgoing, gateway_her="79768"))


def find(root: etree._Element, path: str) -> etree._Element:
    (found,) = root.findall("/".join(f"{{*}}{step}" for step in path.split("/")))
    return found


def text(root: etree._Element, path: str) -> str:
    return find(root, path).text or ""


def requests(outgoing: Outgoing) -> list[etree._Element]:
    return written(outgoing).findall(".//{*}Foresporsel")


@cache
def together(head: Path, dialogue: Path) -> etree.XMLSchema:
    """One schema of header and content: whatever a header carries must be declared."""
    whole = etree.Element(f"{XS}schema")
    for namespace, file in ((MSGHEAD, head), (DIALOGUE, dialogue)):
        etree.SubElement(whole, f"{XS}import", namespace=namespace, schemaLocation=file.resolve().as_uri())
    return etree.XMLSchema(whole)


def in_language(outgoing: Outgoing, language: Language) -> Outgoing:
    asked = tuple(Asking(each.target, target_text(each.target, language)) for each in outgoing.asked)
    return replace(outgoing, language=language, asked=asked)


def cases() -> list[Outgoing]:
    every = ordered_targets(CaseQuestion(question, "Når?") for question in ORDER_QUESTION.concepts)
    return [
        *(in_language(each, language) for each in KINDS.values() for language in LANGUAGES),
        replace(ORDER, asked=tuple(Asking(target, target_text(target, "nb")) for target in every)),
        replace(ORDER, author=Author(), name=None, measure=None),
        replace(ORDER, name="Øystein"),
        replace(ORDER, name=None, certificate=Coding("urn:oid:1.2.3", "x")),
    ]


def test_every_message_is_valid_by_our_schemas() -> None:
    schema = together(OURS / "msghead-1.2.xsd", OURS / "dialogmelding-1.1.xsd")
    for each in cases():
        schema.assertValid(written(each))


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="LOUD: the published KITH schemas are not here; set KITH_XSD")
def test_every_message_is_valid_by_the_published_schemas() -> None:
    fiks = PUBLISHED / "fiks-nhn-client"
    schema = together(fiks / "MsgHead-v1_2.xsd", fiks / "dialogmelding-v1.1.xsd")
    for each in cases():
        schema.assertValid(written(each))


@pytest.mark.parametrize("kind", KINDS)
def test_everything_of_an_order_is_one_conversation(kind: OutgoingKind) -> None:
    info = find(written(replace(KINDS[kind], id="another-message")), "MsgInfo")
    assert text(info, "MsgId") == "another-message"
    assert text(info, "ConversationRef/RefToParent") == ORDER.clarification
    assert text(info, "ConversationRef/RefToConversation") == ORDER.clarification
    asks = kind in {"question", "reminder"}
    assert find(info, "Type").get("V") == ("DIALOG_FORESPORSEL" if asks else "DIALOG_NOTAT")


def test_every_question_stands_as_a_code_and_as_the_same_prose_as_in_fhir() -> None:
    told = [
        (find(each, "KodetOpplysning").get("S"), find(each, "KodetOpplysning").get("V")) for each in requests(ORDER)
    ]
    assert told == [
        (ITEM_OID, "diagnosis"),
        (ITEM_OID, "function"),
        (ITEM_OID, "health-risk"),
        (ITEM_OID, "prognosis"),
        (QUESTION_OID, "since-when"),
        (QUESTION_OID, "compatible-with-measure"),
    ]
    (task,) = (
        entry["resource"]
        for entry in question_message(ORDER, gateway_her="79768")["entry"]
        if entry["resource"]["resourceType"] == "Task"
    )
    assert [text(each, "Sporsmal") for each in requests(ORDER)] == [each["valueString"] for each in task["input"]]
    assert [text(each, "EmneSporsmal") for each in requests(ORDER)][-2:] == [
        "Nedsatt funksjon siden når",
        "Medisinsk syn på et planlagt tiltak",
    ]


def test_our_two_code_systems_are_told_apart() -> None:
    oids: set[str] = {ITEM_OID, QUESTION_OID}
    assert len(oids) == 2
    for oid in oids:
        assert oid.startswith("2.25.")
        assert int(oid.removeprefix("2.25.")) < 2**128


def test_why_it_is_asked_names_the_order_and_the_measure() -> None:
    (first, *_) = requests(ORDER)
    assert text(first, "Begrunnelse") == (
        "NAV bestiller en legeerklæring. Send den som svar i denne samtalen, med bestillingens id: "
        f"{ORDER.clarification}. Planlagt tiltak: Arbeidstrening på lager (Tunge løft)"
    )
    assert text(first, "TilDato") == "2026-09-21"
    assert text(first, "DokIdForesp") == ORDER.clarification
    assert find(first, "TypeForesp").get("V") == "1"
    assert find(requests(KINDS["reminder"])[0], "TypeForesp").get("V") == "2"


def test_the_address_is_the_hospital_within_it_the_organisation_and_the_clinician() -> None:
    outer = find(written(ORDER), "MsgInfo/Receiver/Organisation")
    assert text(outer, "Ident/Id") == "8143999"
    assert text(outer, "Organisation/Ident/Id") == "315001005"
    person = find(outer, "Organisation/HealthcareProfessional")
    assert [(etree.QName(each).localname, each.text) for each in person][:2] == [
        ("FamilyName", "Psykiater"),
        ("GivenName", "Rolig"),
    ]
    assert text(person, "Ident/Id") == "7733105"


def test_a_withdrawal_and_a_return_say_so() -> None:
    withdrawn = text(written(KINDS["withdrawal"]), "Document/RefDoc/Content/Dialogmelding/Notat/TekstNotatInnhold")
    assert withdrawn == "Legeerklæringen er ikke lenger bestilt. Årsak: Er kjent på annen måte."
    returned = text(written(KINDS["return"]), "Document/RefDoc/Content/Dialogmelding/Notat/TekstNotatInnhold")
    assert returned.startswith("Svaret er sendt tilbake. Årsak: Svaret er fortsatt uklart. Spørsmålene nedenfor")
    assert returned.count("\n- ") == len(ORDER.asked)
