"""What a record system that speaks KITH gets about a clarification: every field at its place, in code and in prose."""

import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from certgateway.domain.certificate import Author, Coding, Patient
from certgateway.domain.dialogue_events import Measure, Target
from certgateway.domain.outgoing import Asking, Outgoing, OutgoingKind
from certgateway.domain.vocabulary import Language
from certgateway.domain.vocabulary.clarification import CLARIFICATION_REASON, RETURN_REASON, WITHDRAWAL_REASON
from certgateway.domain.vocabulary.form import CERTIFICATE_ITEM
from certgateway.kith.dialogmelding import write_dialogue
from certgateway.kith.dialogue_codes import ITEM_OID
from fixtures.authoring.people import d_number, fnr

ROOT = Path(__file__).resolve().parents[3]
OURS = ROOT / "schemas" / "kith"
# The published schemas are not ours to copy; beside the checkout, or wherever the variable says.
PUBLISHED = Path(os.environ.get("KITH_XSD", ROOT.parent / "shared" / "kith-xsd"))
XS = "{http://www.w3.org/2001/XMLSchema}"
MSGHEAD = "http://www.kith.no/xmlstds/msghead/2006-05-24"
DIALOGUE = "http://www.kith.no/xmlstds/dialog/2013-01-23"
GATEWAY = "79768"
LANGUAGES: tuple[Language, ...] = ("nb", "nn", "en")

PATIENT = Patient(fnr(3, 4, 1971, 100), "fnr", "Vennlig Glad Fjelltur")
AUTHOR = Author(
    hpr="9111999",
    profession="LE",
    role="gp",
    organisation="315001005",
    her="8143061",
    number=fnr(1, 2, 1957, 123),
    last_seen="2026-05-11",
    contact="video",
    contacts=("employer",),
)
ASKED = (
    Asking(
        Target("health-risk", "detail-for-measure", "health-risk[0].limits[1]", "Hvor mye kan pasienten løfte?"),
        "Hva må vi vite? Hvor mye kan pasienten løfte?",
    ),
    Asking(Target("prognosis", "outdated"), "Gjelder prognosen fortsatt?"),
)
QUESTION = Outgoing(
    id="9b1f0001-0d0c-4a10-9e00-000000000001",
    kind="question",
    clarification="7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01",
    at=datetime(2026, 9, 1, 7, 0, tzinfo=UTC),
    receiver="her:8143060",
    certificate=Coding("https://epj.example/legeerklaering", "0d4f1a52"),
    authored=datetime(2026, 5, 12, 8, 15, tzinfo=UTC),
    patient=PATIENT,
    author=AUTHOR,
    asked=ASKED,
    due=date(2026, 9, 21),
    measure=Measure("Arbeidstrening på lager", ("heavy-lifting", "long-standing")),
)
KINDS: dict[OutgoingKind, Outgoing] = {
    "question": QUESTION,
    "reminder": replace(QUESTION, kind="reminder", asked=ASKED[1:]),
    "return": replace(QUESTION, kind="return", reason="question-not-answered", not_payable=True),
    "withdrawal": replace(QUESTION, kind="withdrawal", asked=(), measure=None, reason="known-otherwise"),
}
RECEIVERS = ("her:8143060", "her:8143061", "org:315001005", "org:987654325", "endpoint:0f0f", "sender:0f0f")
ODD = "Øvre Ås & <Nedre> \"Å\" 'ø' ]]> 👩\u200d⚕️ \u00a0 linje\nto\tkolonner"

# The whole of a question, by hand.
ENVELOPE = f"""\
<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24">
  <MsgInfo>
    <Type V="DIALOG_FORESPORSEL" DN="Forespørsel"/>
    <MIGversion>v1.2 2006-05-24</MIGversion>
    <GenDate>2026-09-01T09:00:00+02:00</GenDate>
    <MsgId>9b1f0001-0d0c-4a10-9e00-000000000001</MsgId>
    <Ack V="J" DN="Ja"/>
    <ConversationRef>
      <RefToParent>7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01</RefToParent>
      <RefToConversation>7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01</RefToConversation>
    </ConversationRef>
    <Sender>
      <Organisation>
        <OrganisationName>NAV</OrganisationName>
        <Ident><Id>79768</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident>
      </Organisation>
    </Sender>
    <Receiver>
      <Organisation>
        <OrganisationName/>
        <Ident><Id>8143060</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident>
        <Organisation>
          <OrganisationName/>
          <Ident><Id>8143061</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident>
          <Ident><Id>315001005</Id><TypeId V="ENH" S="2.16.578.1.12.4.1.1.9051" DN="Organisasjonsnummer"/></Ident>
          <HealthcareProfessional>
            <TypeHealthcareProfessional V="LE"/>
            <Ident><Id>9111999</Id><TypeId V="HPR" S="2.16.578.1.12.4.1.1.8116" DN="HPR-nummer"/></Ident>
          </HealthcareProfessional>
        </Organisation>
      </Organisation>
    </Receiver>
    <Patient>
      <FamilyName>Fjelltur</FamilyName>
      <MiddleName>Glad</MiddleName>
      <GivenName>Vennlig</GivenName>
      <Ident><Id>{PATIENT.number}</Id><TypeId V="FNR" S="2.16.578.1.12.4.1.1.8116" DN="Fødselsnummer"/></Ident>
    </Patient>
  </MsgInfo>
  <Document>
    <RefDoc>
      <MsgType V="XML" DN="XML-instans"/>
      <Content/>
    </RefDoc>
  </Document>
</MsgHead>"""
CONTENTS: dict[OutgoingKind, str] = {
    "question": """\
<Dialogmelding xmlns="http://www.kith.no/xmlstds/dialog/2013-01-23">
  <Foresporsel>
    <TypeForesp V="1" S="2.16.578.1.12.4.1.1.8129" DN="Forespørsel om pasient"/>
    <EmneSporsmal>Aktiviteter med helserisiko</EmneSporsmal>
    <Sporsmal>Hva må vi vite? Hvor mye kan pasienten løfte?</Sporsmal>
    <Begrunnelse>Trenger flere opplysninger for et planlagt tiltak. Planlagt tiltak: Arbeidstrening på lager \
(Tunge løft, Langvarig stående arbeid)</Begrunnelse>
    <TilDato>2026-09-21</TilDato>
    <KodetOpplysning V="health-risk" S="2.25.173044876145162463630725047893086902827" \
DN="Aktiviteter med helserisiko"/>
    <DokIdForesp>7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01</DokIdForesp>
  </Foresporsel>
  <Foresporsel>
    <TypeForesp V="1" S="2.16.578.1.12.4.1.1.8129" DN="Forespørsel om pasient"/>
    <EmneSporsmal>Prognose</EmneSporsmal>
    <Sporsmal>Gjelder prognosen fortsatt?</Sporsmal>
    <Begrunnelse>Utdatert. Planlagt tiltak: Arbeidstrening på lager \
(Tunge løft, Langvarig stående arbeid)</Begrunnelse>
    <TilDato>2026-09-21</TilDato>
    <KodetOpplysning V="prognosis" S="2.25.173044876145162463630725047893086902827" DN="Prognose"/>
    <DokIdForesp>7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01</DokIdForesp>
  </Foresporsel>
</Dialogmelding>""",
    "reminder": """\
<Dialogmelding xmlns="http://www.kith.no/xmlstds/dialog/2013-01-23">
  <Foresporsel>
    <TypeForesp V="2" S="2.16.578.1.12.4.1.1.8129" DN="Påminnelse forespørsel om pasient"/>
    <EmneSporsmal>Prognose</EmneSporsmal>
    <Sporsmal>Gjelder prognosen fortsatt?</Sporsmal>
    <Begrunnelse>Utdatert. Planlagt tiltak: Arbeidstrening på lager \
(Tunge løft, Langvarig stående arbeid)</Begrunnelse>
    <TilDato>2026-09-21</TilDato>
    <KodetOpplysning V="prognosis" S="2.25.173044876145162463630725047893086902827" DN="Prognose"/>
    <DokIdForesp>7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01</DokIdForesp>
  </Foresporsel>
</Dialogmelding>""",
    "return": """\
<Dialogmelding xmlns="http://www.kith.no/xmlstds/dialog/2013-01-23">
  <Notat>
    <TemaKodet V="3" S="2.16.578.1.12.4.1.1.8127" DN="Retur av legeerklæring"/>
    <TekstNotatInnhold>Svaret er sendt tilbake. Årsak: Svaret besvarer ikke spørsmålet. \
Spørsmålene nedenfor er fortsatt åpne, med frist 2026-09-21.
- Hva må vi vite? Hvor mye kan pasienten løfte?
- Gjelder prognosen fortsatt?</TekstNotatInnhold>
    <DokIdNotat>7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01</DokIdNotat>
  </Notat>
</Dialogmelding>""",
    "withdrawal": """\
<Dialogmelding xmlns="http://www.kith.no/xmlstds/dialog/2013-01-23">
  <Notat>
    <TemaKodet V="8" S="2.16.578.1.12.4.1.1.8127" DN="Melding fra NAV"/>
    <TekstNotatInnhold>Spørsmålet trenger ikke svar. Årsak: Er kjent på annen måte.</TekstNotatInnhold>
    <DokIdNotat>7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01</DokIdNotat>
  </Notat>
</Dialogmelding>""",
}


def raw(outgoing: Outgoing = QUESTION) -> bytes:
    return write_dialogue(outgoing, gateway_her=GATEWAY)


def written(outgoing: Outgoing = QUESTION) -> etree._Element:
    return etree.fromstring(raw(outgoing))


def canonical(root: etree._Element) -> bytes:
    told: bytes = etree.tostring(root, method="c14n")
    return told


def by_hand(kind: OutgoingKind) -> bytes:
    """The message as it is to be, without the layout."""
    without_layout = etree.XMLParser(remove_blank_text=True)
    root = etree.fromstring(ENVELOPE, without_layout)
    if kind in {"return", "withdrawal"}:
        type_ = find(root, "MsgInfo/Type")
        type_.set("V", "DIALOG_NOTAT")
        type_.set("DN", "Notat")
    find(root, "Document/RefDoc/Content").append(etree.fromstring(CONTENTS[kind], without_layout))
    return canonical(root)


def find(root: etree._Element, path: str) -> etree._Element:
    (found,) = root.findall("/".join(f"{{*}}{step}" for step in path.split("/")))
    return found


def attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(text) for name, text in element.attrib.items()}


def value(root: etree._Element, path: str) -> str | None:
    return find(root, path).text


def names(element: etree._Element) -> list[str]:
    return [etree.QName(child).localname for child in element]


def numbers(place: etree._Element) -> list[tuple[str | None, str | None]]:
    """The identifiers that stand right in it: kind and number."""
    return [(find(ident, "TypeId").get("V"), value(ident, "Id")) for ident in place.findall("{*}Ident")]


def note(outgoing: Outgoing) -> str | None:
    return value(written(outgoing), "Document/RefDoc/Content/Dialogmelding/Notat/TekstNotatInnhold")


def requests(outgoing: Outgoing) -> list[etree._Element]:
    return written(outgoing).findall(".//{*}Foresporsel")


def reasons(outgoing: Outgoing) -> list[str | None]:
    return [value(request, "Begrunnelse") for request in requests(outgoing)]


@cache
def together(head: Path, dialogue: Path) -> etree.XMLSchema:
    """One schema of header and content: whatever a header carries must be declared."""
    whole = etree.Element(f"{XS}schema")
    for namespace, file in ((MSGHEAD, head), (DIALOGUE, dialogue)):
        etree.SubElement(whole, f"{XS}import", namespace=namespace, schemaLocation=file.resolve().as_uri())
    return etree.XMLSchema(whole)


def schemas() -> list[etree.XMLSchema]:
    """Ours, and the published ones."""
    if not PUBLISHED.is_dir():
        pytest.skip(f"LOUD: the published KITH schemas are not at {PUBLISHED}; set KITH_XSD to their folder")
    fiks = PUBLISHED / "fiks-nhn-client"
    return [our_schema(), together(fiks / "MsgHead-v1_2.xsd", fiks / "dialogmelding-v1.1.xsd")]


def our_schema() -> etree.XMLSchema:
    return together(OURS / "msghead-1.2.xsd", OURS / "dialogmelding-1.1.xsd")


def breaches(outgoing: Outgoing, *judges: etree.XMLSchema) -> list[str]:
    root = written(outgoing)
    return [str(judge.error_log) for judge in judges if not judge.validate(root)]


def cases() -> list[Outgoing]:
    """Every kind in every language, with every reason, with and without each of what may be absent."""
    of_kinds = [replace(each, language=language) for each in KINDS.values() for language in LANGUAGES]
    asked = [Asking(Target(item, "unclear"), "Hva menes?") for item in CERTIFICATE_ITEM.concepts]
    because = [Asking(Target("function", reason), "Hva menes?") for reason in CLARIFICATION_REASON.concepts]
    odd = replace(
        QUESTION, measure=Measure(ODD), patient=replace(PATIENT, name=ODD), asked=(Asking(ASKED[0].target, ODD),)
    )
    return [
        *of_kinds,
        *(replace(KINDS["return"], reason=reason) for reason in RETURN_REASON.concepts),
        *(replace(KINDS["withdrawal"], reason=reason) for reason in WITHDRAWAL_REASON.concepts),
        *(replace(QUESTION, asked=tuple(every)) for every in (asked, because)),
        *(replace(each, receiver=receiver) for each in KINDS.values() for receiver in RECEIVERS),
        *(replace(each, author=Author(), patient=Patient()) for each in KINDS.values()),
        odd,
        replace(QUESTION, author=Author(organisation="315001005")),
        replace(QUESTION, author=Author(profession="LE")),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_stands_at_its_place(kind: OutgoingKind) -> None:
    assert canonical(written(KINDS[kind])).decode() == by_hand(kind).decode()


def test_every_message_is_valid_by_our_schemas() -> None:
    assert [breaches(each, our_schema()) for each in cases()] == [[] for _ in cases()]


def test_every_message_is_valid_by_the_published_schemas() -> None:
    judges = schemas()
    assert [breaches(each, *judges) for each in cases()] == [[] for _ in cases()]


def test_the_schemas_judge_what_the_header_carries() -> None:
    root = written()
    find(root.findall(".//{*}Foresporsel")[0], "TilDato").text = "21.09.2026"
    assert [judge.validate(root) for judge in schemas()] == [False, False]


def test_the_same_message_gives_the_same_bytes() -> None:
    for outgoing in KINDS.values():
        first = raw(outgoing)
        assert first == raw(replace(outgoing))
        assert first.startswith(b"<?xml version='1.0' encoding='utf-8'?>\n<MsgHead xmlns=")
        assert first.endswith(b"</MsgHead>\n")


# ---- envelope ----


@pytest.mark.parametrize("kind", KINDS)
def test_everything_of_a_clarification_is_one_conversation(kind: OutgoingKind) -> None:
    outgoing = replace(KINDS[kind], id="another-message", clarification="the-clarification")
    info = find(written(outgoing), "MsgInfo")
    assert value(info, "MsgId") == "another-message"
    assert value(info, "ConversationRef/RefToParent") == "the-clarification"
    assert value(info, "ConversationRef/RefToConversation") == "the-clarification"


@pytest.mark.parametrize(
    "kind, type_",
    [
        ("question", "DIALOG_FORESPORSEL"),
        ("reminder", "DIALOG_FORESPORSEL"),
        ("return", "DIALOG_NOTAT"),
        ("withdrawal", "DIALOG_NOTAT"),
    ],
)
def test_the_header_tells_what_the_content_is(kind: OutgoingKind, type_: str) -> None:
    root = written(KINDS[kind])
    assert find(root, "MsgInfo/Type").get("V") == type_
    content = {"DIALOG_FORESPORSEL": "Foresporsel", "DIALOG_NOTAT": "Notat"}[type_]
    assert set(names(find(root, "Document/RefDoc/Content/Dialogmelding"))) == {content}


@pytest.mark.parametrize(
    "receiver, told",
    [("her:8143061", [("HER", "8143061")]), ("org:315001005", [("ENH", "315001005")])],
)
def test_an_author_of_the_receivers_own_address_stands_right_in_it(receiver: str, told: list[tuple[str, str]]) -> None:
    organisation = find(written(replace(QUESTION, receiver=receiver)), "MsgInfo/Receiver/Organisation")
    assert numbers(organisation) == told
    assert names(organisation) == ["OrganisationName", "Ident", "HealthcareProfessional"]


@pytest.mark.parametrize("receiver", ["endpoint:0f0f0f0f", "sender:0f0f0f0f", "endpoint", ""])
def test_a_digest_is_nobodys_number(receiver: str) -> None:
    outgoing = replace(QUESTION, receiver=receiver)
    organisation = find(written(outgoing), "MsgInfo/Receiver/Organisation")
    assert (
        canonical(organisation)
        == b'<Organisation xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"></Organisation>'
    )
    assert b"0f0f" not in raw(outgoing)
    assert breaches(outgoing, our_schema()) == []


def test_whoever_has_taken_over_is_known_by_the_address_alone() -> None:
    organisation = find(written(replace(QUESTION, author=Author())), "MsgInfo/Receiver/Organisation")
    assert names(organisation) == ["OrganisationName", "Ident"]
    assert numbers(organisation) == [("HER", "8143060")]


def test_an_author_without_hpr_number_is_not_named() -> None:
    author = replace(AUTHOR, hpr=None)
    told = raw(replace(QUESTION, author=author))
    assert b"HealthcareProfessional" not in told
    assert b"8143061" in told


def test_an_author_without_profession_is_named_by_number_alone() -> None:
    root = written(replace(QUESTION, author=Author(hpr="9111999")))
    person = find(root, "MsgInfo/Receiver/Organisation/HealthcareProfessional")
    assert names(person) == ["Ident"]
    assert numbers(person) == [("HPR", "9111999")]


def test_a_d_number_is_told_as_one() -> None:
    number = d_number(7, 2, 1980, 300)
    patient = find(written(replace(QUESTION, patient=Patient(number, "dnr", "Vennlig Fjelltur"))), "MsgInfo/Patient")
    assert names(patient) == ["FamilyName", "GivenName", "Ident"]
    assert value(patient, "Ident/Id") == number
    assert attributes(find(patient, "Ident/TypeId")) == {
        "V": "DNR",
        "S": "2.16.578.1.12.4.1.1.8116",
        "DN": "D-nummer",
    }


@pytest.mark.parametrize(
    "patient, told",
    [
        (Patient(), []),
        (Patient(name="Fjelltur"), ["FamilyName"]),
        (Patient(PATIENT.number, "fnr"), ["Ident"]),
        (Patient(PATIENT.number), []),
    ],
)
def test_what_is_not_known_of_a_patient_is_left_out(patient: Patient, told: list[str]) -> None:
    outgoing = replace(QUESTION, patient=patient)
    assert names(find(written(outgoing), "MsgInfo/Patient")) == told
    assert breaches(outgoing, our_schema()) == []


@pytest.mark.parametrize(
    "utc, local",
    [("2026-03-29T01:00:00", "2026-03-29T03:00:00+02:00"), ("2026-12-31T23:30:00", "2027-01-01T00:30:00+01:00")],
)
def test_it_is_made_by_the_clock_in_norway(utc: str, local: str) -> None:
    outgoing = replace(QUESTION, at=datetime.fromisoformat(utc).replace(tzinfo=UTC))
    assert value(written(outgoing), "MsgInfo/GenDate") == local


# ---- questions ----


def test_there_is_one_request_for_each_target_in_its_order() -> None:
    asked = tuple(Asking(Target("function", "unclear"), f"Nummer {place}?") for place in range(5))
    assert [value(request, "Sporsmal") for request in requests(replace(QUESTION, asked=asked))] == [
        "Nummer 0?",
        "Nummer 1?",
        "Nummer 2?",
        "Nummer 3?",
        "Nummer 4?",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("item", CERTIFICATE_ITEM.concepts)
def test_code_and_prose_name_the_same_item(item: str, language: Language) -> None:
    outgoing = replace(QUESTION, asked=(Asking(Target(item, "unclear"), "?"),), language=language)
    (request,) = requests(outgoing)
    code = attributes(find(request, "KodetOpplysning"))
    assert (code["V"], code["S"]) == (item, ITEM_OID)
    assert code["DN"] == value(request, "EmneSporsmal") == CERTIFICATE_ITEM.title(item, language)


def test_items_have_a_system_of_their_own_that_needs_no_registration() -> None:
    assert re.fullmatch(r"2\.25\.[1-9]\d{0,38}", ITEM_OID)
    assert int(ITEM_OID.removeprefix("2.25.")) < 2**128


@pytest.mark.parametrize(
    "language, told",
    [
        (
            "nb",
            "Utdatert. Planlagt tiltak: Arbeidstrening på lager (Tunge løft, Langvarig stående arbeid)",
        ),
        ("nn", "Utdatert. Planlagt tiltak: Arbeidstrening på lager (Tunge løft, Langvarig ståande arbeid)"),
        ("en", "Outdated. Planned measure: Arbeidstrening på lager (Heavy lifting, Long standing)"),
    ],
)
def test_why_it_is_asked_is_told_in_the_language_of_the_question(language: Language, told: str) -> None:
    outgoing = replace(QUESTION, asked=ASKED[1:], language=language)
    assert reasons(outgoing) == [told]


def test_a_measure_without_demands_is_told_without_any() -> None:
    outgoing = replace(QUESTION, asked=ASKED[1:], measure=Measure("Kurs"))
    assert reasons(outgoing) == ["Utdatert. Planlagt tiltak: Kurs"]


def test_without_a_measure_the_reason_stands_alone() -> None:
    assert reasons(replace(QUESTION, asked=ASKED[1:], measure=None)) == ["Utdatert."]


@pytest.mark.parametrize("kind", ["question", "reminder"])
def test_every_request_has_the_day_it_is_due(kind: OutgoingKind) -> None:
    outgoing = replace(KINDS[kind], due=date(2027, 1, 4))
    assert {value(request, "TilDato") for request in requests(outgoing)} == {"2027-01-04"}


# ---- notes ----


@pytest.mark.parametrize(
    "language, told",
    [
        (
            "nb",
            (
                "Svaret er sendt tilbake. Årsak: Svaret er fortsatt uklart. "
                "Spørsmålene nedenfor er fortsatt åpne, med frist 2026-09-21.\n- Gjelder prognosen fortsatt?"
            ),
        ),
        (
            "nn",
            (
                "Svaret er sendt tilbake. Årsak: Svaret er framleis uklart. "
                "Spørsmåla nedanfor er framleis opne, med frist 2026-09-21.\n- Gjelder prognosen fortsatt?"
            ),
        ),
        (
            "en",
            (
                "The answer is returned. Reason: The answer is still unclear. "
                "The questions below are still open; an answer is due 2026-09-21.\n- Gjelder prognosen fortsatt?"
            ),
        ),
    ],
)
def test_a_return_says_why_and_what_is_still_open(language: Language, told: str) -> None:
    assert note(replace(KINDS["return"], reason="still-unclear", asked=ASKED[1:], language=language)) == told


@pytest.mark.parametrize(
    "language, told",
    [
        ("nb", "Spørsmålet trenger ikke svar. Årsak: En annen er spurt."),
        ("nn", "Spørsmålet treng ikkje svar. Årsak: Ein annan er spurd."),
        ("en", "The question need not be answered. Reason: Somebody else is asked."),
    ],
)
def test_a_withdrawal_says_why(language: Language, told: str) -> None:
    assert note(replace(KINDS["withdrawal"], reason="handed-over", language=language)) == told


@pytest.mark.parametrize("reason", [None, "no-such-reason"])
def test_a_reason_that_is_not_known_is_not_told_of(reason: str | None) -> None:
    assert note(replace(KINDS["withdrawal"], reason=reason)) == "Spørsmålet trenger ikke svar."


def test_a_return_with_nothing_open_announces_no_questions() -> None:
    returned = replace(KINDS["return"], asked=())
    assert note(returned) == "Svaret er sendt tilbake. Årsak: Svaret besvarer ikke spørsmålet."


def test_what_is_payable_is_not_told_here() -> None:
    assert raw(KINDS["return"]) == raw(replace(KINDS["return"], not_payable=False))


# ---- texts ----


def test_signs_of_every_kind_come_back_as_they_were() -> None:
    patient = replace(PATIENT, name="Øystein 👩\u200d⚕️ <Å&>")
    outgoing = replace(QUESTION, patient=patient, asked=(Asking(ASKED[1].target, ODD),), measure=Measure(ODD))
    root = written(outgoing)
    assert value(root, "MsgInfo/Patient/FamilyName") == "<Å&>"
    assert value(root, "MsgInfo/Patient/MiddleName") == "👩\u200d⚕️"
    (request,) = root.findall(".//{*}Foresporsel")
    assert value(request, "Sporsmal") == ODD
    assert value(request, "Begrunnelse") == f"Utdatert. Planlagt tiltak: {ODD}"
    assert note(replace(KINDS["return"], reason=None, asked=outgoing.asked)) == (
        f"Svaret er sendt tilbake. Spørsmålene nedenfor er fortsatt åpne, med frist 2026-09-21.\n- {ODD}"
    )


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\ufffe", "\ud800"])
@pytest.mark.parametrize("kind", ["question", "return"])
def test_a_sign_that_xml_cannot_hold_is_refused(kind: OutgoingKind, sign: str) -> None:
    with pytest.raises(ValueError, match=r"XML compatible|surrogates not allowed"):
        raw(replace(KINDS[kind], asked=(Asking(ASKED[0].target, f"Hva{sign}?"),)))


def test_such_a_sign_in_a_name_is_refused_or_counts_as_a_blank() -> None:
    with pytest.raises(ValueError, match="XML compatible"):
        raw(replace(QUESTION, patient=Patient(name="Vennlig\x00 Fjelltur")))
    patient = find(written(replace(QUESTION, patient=Patient(name="Vennlig\x0bFjelltur"))), "MsgInfo/Patient")
    assert [part.text for part in patient] == ["Fjelltur", "Vennlig"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_certificate_and_nobodys_own_number_but_the_patients_stands_here(kind: OutgoingKind) -> None:
    told = raw(KINDS[kind]).decode()
    said = ("2026-05-11", "2026-05-12", "video", "employer", "epj.example", "0d4f1a52", "health-risk[0]")
    assert [text for text in (*said, AUTHOR.number or "") if text in told] == []
    assert told.count(PATIENT.number or "") == 1
