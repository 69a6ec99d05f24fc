"""A Dialogmelding on its way in: what is read of it, every way in which it may stand otherwise, what is never read."""

import pytest
from lxml import etree

from certgateway.kith.dialogue_codes import DECLINE_OID, ITEM_OID
from certgateway.services.convert import convert
from tests.calibration import assert_grows_by, cpu
from tests.functional.test_kith_dialogue import receipt
from tests.integration.replying import DIALOG_1_0, DIALOG_1_1, PATIENT, TEXT, code, echo, note, reply
from tests.kith import attachment, changed
from tests.unit.kith.judging import Judged, answer_to, error_codes, house, judged
from tests.unit.kith.test_letter import judges

CONVERSATION = "7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01"
FELLESFORMAT = ("http://www.trygdeetaten.no/xml/eiff/1/", "http://www.nav.no/xml/eiff/2/")
CONTENT = "/*[local-name()='MsgHead'][1]/*[local-name()='Document'][1]/*[local-name()='RefDoc'][1]"
CONTENT += "/*[local-name()='Content'][1]/*[local-name()='Dialogmelding'][1]"
NOTE = f"{CONTENT}/*[local-name()='Notat'][1]"


def texts(found: Judged) -> list[tuple[str, str, str | None]]:
    told = found.examined.reply
    assert told is not None
    assert told.words is not None
    return [(each.place, each.text, each.item) for each in told.words.texts]


def rules(body: bytes) -> dict[str, int]:
    return dict(judged(body).rules)


# ---- what the standard says ----


@pytest.mark.parametrize("namespace", [DIALOG_1_0, DIALOG_1_1])
def test_what_the_tests_send_is_valid_by_ours_and_the_published_schemas(namespace: str) -> None:
    messages = [
        reply(CONVERSATION, note(subject="Svar", remark="Obs", inside=echo(CONVERSATION)), namespace=namespace),
        reply(CONVERSATION, namespace=namespace, documents=attachment()),
    ]
    if namespace == DIALOG_1_1:
        messages.append(reply(CONVERSATION, note(inside=echo(coded=code("activity", ITEM_OID)))))
    for schema in judges(namespace):
        for message in messages:
            schema.assertValid(etree.fromstring(message))
    for message in messages:
        assert "schema-deviation" not in rules(message)


@pytest.mark.parametrize("namespace", [DIALOG_1_0, DIALOG_1_1])
def test_every_text_of_a_note_is_read_in_order(namespace: str) -> None:
    body = reply(CONVERSATION, note(subject="Svar", remark="Obs."), note("Mer."), namespace=namespace)
    found = judged(body)
    assert texts(found) == [
        ("subject", "Svar", None),
        ("text", TEXT, None),
        ("remark", "Obs.", None),
        ("text", "Mer.", None),
    ]
    assert found.rules == {}
    assert found.examined.certificate is not None
    assert found.examined.certificate.patient.number == PATIENT


@pytest.mark.parametrize("namespace", FELLESFORMAT)
def test_the_fellesformat_around_it_changes_nothing(namespace: str) -> None:
    body = reply(CONVERSATION)
    wrapped = (
        body.replace(b"<MsgHead", f'<EI_fellesformat xmlns="{namespace}"><MsgHead'.encode()) + b"</EI_fellesformat>"
    )
    assert texts(judged(wrapped)) == texts(judged(body))
    assert rules(wrapped) == {}


def test_a_message_in_latin_1_and_one_with_mangled_letters_are_read_as_they_are() -> None:
    latin = reply(CONVERSATION, note("Får ikke gå på ørsmå føtter.")).decode()
    encoded = latin.replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")
    assert texts(judged(encoded)) == [("text", "Får ikke gå på ørsmå føtter.", None)]
    mangled = "Får ikke gå på føtter.".encode().decode("iso-8859-1")
    assert texts(judged(reply(CONVERSATION, note(mangled)))) == [("text", mangled, None)]


@pytest.mark.parametrize(
    "text", ["👩\u200d⚕️ kan gå", "linje\nto\nog tre", "<ikke> & merke", "\u00a0 Ja \u00a0", "a" * 99_999]
)
def test_texts_are_kept_as_they_are(text: str) -> None:
    assert [each[1] for each in texts(judged(reply(CONVERSATION, note(text))))] == [text]


def test_the_likeliest_name_of_the_question_comes_first() -> None:
    found = judged(reply("the-conversation", note(inside=echo("the-document")), parent="the-parent")).examined.reply
    assert found is not None
    assert found.words is not None
    assert found.words.named == ("the-conversation", "the-parent", "the-document")
    assert found.clarification == "the-conversation"


# ---- otherwise than the standard says ----

DEVIATIONS = {
    "order": (note("", inside=f"<Merknad>{TEXT}</Merknad><Tema>Svar</Tema>"), "order"),
    "unknown": (note(inside="<Ukjent>noe</Ukjent>"), "unknown"),
    "repeated": (note(inside=f"<TekstNotatInnhold>{TEXT}</TekstNotatInnhold>"), "repeated"),
    "missing": (f"<Notat><TekstNotatInnhold>{TEXT}</TekstNotatInnhold></Notat>", "missing"),
    "attribute": (note().replace("<Notat>", '<Notat id="1">'), "attribute"),
    "text": (note().replace("<Notat>", "<Notat>løs tekst"), "text"),
    "both": (note() + echo(), "order"),
}


@pytest.mark.parametrize("name", DEVIATIONS)
@pytest.mark.parametrize("namespace", [DIALOG_1_0, DIALOG_1_1])
def test_a_deviation_is_told_and_costs_nobody_an_answer(name: str, namespace: str) -> None:
    content, kind = DEVIATIONS[name]
    found = judged(reply(CONVERSATION, content, namespace=namespace))
    assert found.verdict == "accepted-with-remarks"
    assert {finding.detail["kind"] for finding in found.told("schema-deviation")} == {kind}
    assert TEXT in [text for _, text, _ in texts(found)]


def test_what_a_stranger_is_called_is_not_repeated() -> None:
    found = judged(reply(CONVERSATION, note(inside="<Hemmelig hemmelig='ja'>noe</Hemmelig>")))
    assert found.places("schema-deviation") == [NOTE]
    assert "Hemmelig" not in str([finding.path for finding in found.judgement.findings])


@pytest.mark.parametrize("namespace", ["", "http://www.kith.no/xmlstds/dialog/1999-01-01", "urn:hemmelig"])
def test_a_wrong_namespace_is_refused(namespace: str) -> None:
    found = judged(reply(CONVERSATION, namespace=namespace))
    assert found.verdict == "rejected"
    assert [(each.path, each.expected) for each in found.told("namespace-wrong")] == [(CONTENT, DIALOG_1_1)]
    inner = judged(reply(CONVERSATION, note().replace("<Notat>", '<Notat xmlns="urn:hemmelig">')))
    assert (inner.verdict, inner.places("namespace-wrong")) == ("rejected", [NOTE])
    assert "hemmelig" not in str(inner.judgement.findings)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<Notat/>",
        note(""),
        note(" \n "),
        note("", subject="Svar på spørsmål"),
        echo(CONVERSATION).replace("Kan du svare på det?", ""),
    ],
)
def test_what_says_nothing_is_told_so_once(content: str) -> None:
    found = judged(reply(CONVERSATION, content or " "))
    assert found.places("placeholder-text") == [CONTENT]
    assert found.verdict == "accepted-with-remarks"


def test_a_question_of_the_doctor_s_own_is_read_where_there_is_no_note() -> None:
    found = judged(reply(CONVERSATION, echo(CONVERSATION)))
    assert texts(found) == [("text", "Kan du svare på det?", None)]
    # Beside a note it is our own question, repeated.
    assert texts(judged(reply(CONVERSATION, note(inside=echo())))) == [("text", TEXT, None)]


def test_a_document_that_holds_two_of_them_is_read_to_its_end() -> None:
    second = f'<Document><RefDoc><MsgType V="XML" DN="XML-instans"/><Content><Dialogmelding xmlns="{DIALOG_1_1}">'
    second += f"{note('Nummer to.')}</Dialogmelding></Content></RefDoc></Document>"
    found = judged(reply(CONVERSATION, documents=second))
    assert [text for _, text, _ in texts(found)] == [TEXT, "Nummer to."]
    assert found.rules == {}


def test_beside_a_certificate_it_is_no_answer() -> None:
    from tests.kith import SMALL, raw  # noqa: PLC0415

    body = raw(SMALL)
    piece = f'<Document><RefDoc><MsgType V="XML"/><Content><Dialogmelding xmlns="{DIALOG_1_1}">{note()}'
    both = body.replace(b"</MsgHead>", f"{piece}</Dialogmelding></Content></RefDoc></Document></MsgHead>".encode())
    found = judged(both)
    assert found.examined.reply is None
    assert found.certificate.diagnosis.entries
    assert "not-carried" in found.rules


@pytest.mark.parametrize("damage", ["doctype", "cut", "utf-16", "entity", "instruction"])
def test_what_cannot_be_read_is_answered_and_nothing_is_read(damage: str) -> None:
    body = reply(CONVERSATION)
    sent = {
        "doctype": body.replace(b"?>", b'?><!DOCTYPE MsgHead [<!ENTITY x "y">]>', 1),
        "cut": body[: len(body) // 2],
        "utf-16": body.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        "entity": changed(body, (TEXT, "&hei;")),
        "instruction": body.replace(b"?>", b"?><?php hei?>", 1),
    }[damage]
    found = judged(sent)
    assert found.verdict == "rejected"
    assert found.examined.reply is None


def test_markup_is_read_in_the_order_in_which_people_read_it() -> None:
    html = 'xmlns="http://www.w3.org/1999/xhtml"'
    marked = f"Først <p {html}>kan hun <b>gå<i>ing</i>en</b> steder<br/>alene</p>og sist."
    marked = f"<TekstNotatInnhold>{marked}</TekstNotatInnhold>"
    found = judged(reply(CONVERSATION, note("", inside=marked)))
    assert texts(found) == [("text", "Først kan hun gåingen steder\nalene\nog sist.", None)]
    assert found.rules == {}


def test_a_tick_for_a_benefit_in_a_note_is_forgotten() -> None:
    form = 'xmlns="http://www.kith.no/xmlstds/legeerklaring/2008-06-06"'
    tick = f'<LegeerklaringGjelder {form} typeLegeerklaring="4">uføretrygd ja</LegeerklaringGjelder>'
    tick = f"<TekstNotatInnhold>Hei {tick}der</TekstNotatInnhold>"
    found = judged(reply(CONVERSATION, note("", inside=tick)))
    assert len(found.removed) == 1
    assert texts(found) == [("text", "Hei der", None)]


# ---- codes ----


@pytest.mark.parametrize("item", ["activity", "health-risk", "function"])
def test_a_text_beside_our_own_code_is_about_that_item(item: str) -> None:
    body = reply(CONVERSATION, note(inside=echo(coded=code(item, ITEM_OID))), note("Ellers intet."))
    assert texts(judged(body)) == [("text", TEXT, item), ("text", "Ellers intet.", None)]


@pytest.mark.parametrize(
    "item,system", [("activity", ""), ("activity", "2.16.578"), ("nonsense", ITEM_OID), ("patient", ITEM_OID)]
)
def test_no_other_code_is_an_item(item: str, system: str) -> None:
    assert texts(judged(reply(CONVERSATION, note(inside=echo(coded=code(item, system)))))) == [("text", TEXT, None)]


def test_our_code_of_why_nobody_can_answer_is_read_and_no_item_is() -> None:
    for content in (note(inside=echo(coded=code("not-seen", DECLINE_OID))), echo(coded=code("not-seen", DECLINE_OID))):
        told = judged(reply(CONVERSATION, content)).examined.reply
        assert told is not None
        assert (told.declined, told.declined_items) == ("not-seen", frozenset())


def test_codes_have_systems_of_their_own() -> None:
    oids = {ITEM_OID, DECLINE_OID}
    assert len(oids) == 2
    for oid in oids:
        assert int(oid.removeprefix("2.25.")) < 2**128


# ---- what may not be said, and what is too much ----


@pytest.mark.parametrize(
    "sentence,rule",
    [
        ("Jeg anbefaler at pasienten innvilges uføretrygd.", "benefit-recommended-in-prose"),
        ("Pasienten er 100 % arbeidsufør.", "work-ability-verdict-in-prose"),
    ],
)
def test_what_may_not_be_said_is_told_to_the_doctor_without_being_repeated(sentence: str, rule: str) -> None:
    found = judged(reply(CONVERSATION, note(f"{TEXT} {sentence}")))
    assert rule in found.rules
    answer = answer_to(found)
    assert rule in error_codes(answer)
    assert sentence.encode() not in answer
    assert [each.element for each in found.judgement.withheld] == ["assessment[0].text"]


def test_where_a_sentence_stands_is_told_by_its_range_where_there_is_one() -> None:
    sentence = "Jeg anbefaler at pasienten innvilges uføretrygd."
    plain = judged(reply(CONVERSATION, note(f"\n  {TEXT} {sentence}")))
    (found,) = plain.told("benefit-recommended-in-prose")
    assert found.path == f"{NOTE}/*[local-name()='TekstNotatInnhold'][1]"
    assert found.span is not None
    assert "uføretrygd" in f"\n  {TEXT} {sentence}"[slice(*found.span)]
    marked = f"<TekstNotatInnhold> <b>{TEXT}</b> {sentence}</TekstNotatInnhold>"
    (other,) = judged(reply(CONVERSATION, note("", inside=marked))).told("benefit-recommended-in-prose")
    assert (other.path, other.span) == (found.path, None)


def test_more_than_anybody_reads_is_held_back_unread() -> None:
    found = judged(reply(CONVERSATION, note("ord " * 30_000)))
    assert [(each.kind, each.span) for each in found.judgement.withheld] == [("unread", (0, 120_000))]


def test_the_time_grows_with_the_size_alone() -> None:
    marked = "<TekstNotatInnhold>" + "<p>a <b>b</b></p>" * 20 + "</TekstNotatInnhold>"
    few, many = (reply(CONVERSATION, *(note("", inside=marked) for _ in range(count))) for count in (200, 800))
    assert_grows_by(8, lambda: cpu(lambda: judged(few)), lambda: cpu(lambda: judged(many)))


def test_a_receipt_is_no_answer() -> None:
    found = judged(receipt(CONVERSATION))
    assert (found.verdict, found.examined.reply) == ("rejected", None)
    assert "not-a-message" in found.rules


def test_words_are_no_certificate_that_could_be_converted() -> None:
    for target in ("fhir-json", "fhir-xml", "kith", "json"):
        made = convert(reply(CONVERSATION), "kith", target, house())
        assert made.content is None
        assert [(loss.kind, loss.place, loss.rule) for loss in made.losses] == [
            ("not-conforming", CONTENT, "not-a-message")
        ]
