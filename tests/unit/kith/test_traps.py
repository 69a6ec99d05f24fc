"""What receivers of this form stumble over, and what real senders write, one test each; names say the trap.

Messages are the good fixtures, changed as text; what must come of each change is told here and nowhere else.
"""

import base64
import re

import pytest

from certgateway.domain.attachments import OTHER_TYPE
from certgateway.domain.certificate import Coding, Reservation, Section
from certgateway.domain.vocabulary import systems
from certgateway.kith import msghead
from certgateway.kith.attachments import attachment_documents
from certgateway.services.convert import Target, convert
from fixtures.authoring.people import fnr
from tests.kith import PDF, SMALL, WHOLE, at, attachment, changed, inserted, message_id, raw, without
from tests.unit.kith.judging import Judged, added, answer_to, element, error_codes, gone, house, judged

BACK = raw(SMALL)
FULL = raw(WHOLE)
OCCUPATION = "<Yrkesbetegnelse>Sykepleier i akuttmottak<"
WORDS = "<BorTilbakeholdes>Alt.</BorTilbakeholdes>"
TICK = '<LegeerklaringGjelder typeLegeerklaring="1"/>'
MEASURE = '<AktueltTiltak typeTiltak="7">'
OWN_FNR = "14837910405"


def with_statuspresens(text: str, body: bytes = BACK) -> bytes:
    return inserted(without(body, "StatusPresens"), "<SymptomerBehandling>", f"<StatusPresens>{text}</StatusPresens>")


def status_of(found: Judged) -> str | None:
    (entry,) = found.certificate.findings
    return entry.text


# ---- traps that present receivers fall into ----


def test_a_second_tick_is_not_lost() -> None:
    found = judged(inserted(BACK, TICK, '<LegeerklaringGjelder typeLegeerklaring="4"/>'))
    assert found.removed == [("benefit-type", at("LegeerklaringGjelder", "@typeLegeerklaring"))]
    assert found.certificate.purpose is not None
    found = judged(changed(BACK, (TICK, TICK + '<LegeerklaringGjelder typeLegeerklaring="2"/>')))
    assert found.removed == [("benefit-type", at("LegeerklaringGjelder[2]", "@typeLegeerklaring"))]


@pytest.mark.parametrize("code", ["L02", "P02"])
@pytest.mark.parametrize("written, system", [("1", systems.ICPC_2), ("5", systems.ICPC_2), ("3", systems.ICD_10)])
def test_the_code_system_is_not_dropped(code: str, written: str, system: str) -> None:
    body = changed(BACK, ('kodesystem="1"', f'kodesystem="{written}"'), ('kodeverdi="L86"', f'kodeverdi="{code}"'))
    (diagnosis,) = judged(body).certificate.diagnosis
    assert diagnosis.code == Coding(system, code)


def test_a_code_that_names_something_else_in_the_other_system_is_told() -> None:
    body = raw("good/same-code-icpc-2")
    (title,) = house().titles(systems.ICD_10, "L80") - house().titles(systems.ICPC_2, "L80")
    body = changed(body, ('kodeverdi="L80"', f'kodeverdi="L80" diagnose="{title}"'))
    assert added(body, raw("good/same-code-icpc-2")) == {"code-system-mismatch": 1, "not-carried": 1}


def test_the_sort_order_decides_the_main_diagnosis() -> None:
    found = judged(raw("good/sort-order-is-not-document-order")).certificate.diagnosis
    assert [(entry.code.code, entry.rank) for entry in found if entry.code] == [
        ("N89", "main"),
        ("P06", "other"),
        ("A04", "other"),
    ]


@pytest.mark.parametrize("orders", [("0", "1"), ("1", "2"), ("01", "2"), ("9", "10"), (" 2 ", "+3")])
def test_the_lowest_sort_order_is_the_main_one_wherever_counting_begins(orders: tuple[str, str]) -> None:
    second = f'<Enkeltdiagnose kodeverdi="P06" sortering="{orders[1]}"/>'
    body = inserted(changed(BACK, ('sortering="0"', f'sortering="{orders[0]}"')), "<Enkeltdiagnose ", second)
    found = judged(body)
    assert [(one.code.code, one.rank) for one in found.certificate.diagnosis if one.code] == [
        ("L86", "main"),
        ("P06", "other"),
    ]
    assert found.rules["several-main-diagnoses"] == 0


@pytest.mark.parametrize(
    "written, section",
    [
        ('<ForbeholdLegeerklaring tilbakeholdInnhold="2"/>', Section("none")),
        ('<ForbeholdLegeerklaring tilbakeholdInnhold="1"/>', Section("stated", (Reservation(),))),
        ("<ForbeholdLegeerklaring/>", Section()),
        ('<ForbeholdLegeerklaring tilbakeholdInnhold=""/>', Section()),
        (
            f'<ForbeholdLegeerklaring tilbakeholdInnhold="2">{WORDS}</ForbeholdLegeerklaring>',
            Section("stated", (Reservation(text="Alt."),)),
        ),
    ],
)
def test_the_reservation_is_not_inverted(written: str, section: Section[Reservation]) -> None:
    body = changed(BACK, ('<ForbeholdLegeerklaring tilbakeholdInnhold="2"/>', written))
    assert judged(body).certificate.reservation == section


def test_what_nobody_answered_is_never_a_no() -> None:
    certificate = judged(raw("good/unanswered-stays-unanswered")).certificate
    (diagnosis,) = certificate.diagnosis
    assert (diagnosis.occupational_injury, diagnosis.injury_date) == (None, None)
    assert [entry.resumption for entry in certificate.activity] == []
    assert certificate.reservation.state == "missing"
    assert certificate.prognosis.state == "missing"
    assert certificate.purpose is None


def test_dont_know_is_neither_yes_nor_no() -> None:
    (employment,) = judged(changed(BACK, ('flereArbeidsforhold="2"', 'flereArbeidsforhold="3"'))).certificate.employment
    assert employment.several == "unknown"


def test_leading_zeros_stay() -> None:
    body = changed(BACK, ('yrkeskode="4131105"', 'yrkeskode="0150"'), ("<Id>8094231<", "<Id>0812<"))
    certificate = judged(body).certificate
    (employment,) = certificate.employment
    assert (employment.occupation_code, certificate.author.her) == ("0150", "0812")
    number = fnr(3, 5, 1971, 101)
    assert number.startswith("03")
    assert judged(BACK.replace(OWN_FNR.encode(), number.encode())).certificate.patient.number == number


def test_a_postcode_is_no_number_to_anybody() -> None:
    """Addresses are named as not carried, and the message is kept as it came: nothing can lose a zero."""
    body = changed(FULL, ("<City>Oslo</City>\n                  <Country>", "<City>Oslo</City><Country>"))
    found = judged(body)
    assert at("Pasientopplysninger", "Pasient", "PersonAdr") in found.places("not-carried")
    assert found.examined.raw.count(b"<PostalCode>0150</PostalCode>") == 3


def test_every_contact_is_kept() -> None:
    certificate = judged(raw("good/contacts-one-to-five")).certificate
    assert certificate.author.contacts == ("treating-doctor", "employer", "work-office", "local-group", "other")
    assert [one.text for one in certificate.assessment if one.question == "other-contact"] == ["Psykologen hennes"]


def test_occupation_code_and_several_employments_are_kept() -> None:
    (employment,) = judged(FULL).certificate.employment
    assert (employment.occupation_code, employment.several) == ("2223", "yes")


def test_code_5_is_no_benefit_of_today_but_removed() -> None:
    found = judged(raw("note/benefit-removed-measure-five"))
    (gone_one,) = found.examined.removed
    assert (gone_one.item, gone_one.code) == ("proposed-benefit", "5")
    assert [entry.measure for entry in found.certificate.activity if entry.measure] == ["work-aids", "other"]
    main, _ = judged(raw("good/depression-icpc-2-by-five")).certificate.diagnosis
    assert main.code == Coding(systems.ICPC_2, "P76")


@pytest.mark.parametrize("written", ["<LegeerklaringGjelder/>", '<LegeerklaringGjelder typeLegeerklaring=""/>', ""])
def test_an_absent_tick_is_no_crash_and_no_tick(written: str) -> None:
    found = judged(changed(BACK, (TICK, written)))
    assert (found.verdict, found.certificate.purpose, found.removed) == ("incomplete", None, [])


def test_an_attachment_of_unknown_type_is_told() -> None:
    body = inserted(BACK, "</MsgHead>", attachment("0M8R4KGxGuE=", "application/msword"))
    assert added(body, BACK) == {"attachment-refused": 1}
    (entry,) = judged(body).certificate.attachment
    assert (entry.content_type, entry.size) == ("other", 8)


EMOJI = "🤕 verre 👩‍⚕️ \U0010fffd"


@pytest.mark.parametrize("target", ["json", "fhir-json", "fhir-xml", "kith"])
def test_emoji_and_rare_characters_break_no_output(target: Target) -> None:
    body = with_statuspresens(f"{EMOJI}&#9;x&#10;&#13;y")
    body = changed(body, ('DN="Legeerklæring ved arbeidsuførhet"', f'DN="{EMOJI}"'))
    body = changed(body, ("<OrganisationName>NAV<", f"<OrganisationName>{EMOJI}<"))
    found = judged(body)
    assert status_of(found) == f"{EMOJI}\tx\n\ry"
    assert element(answer_to(found), ".//{*}OriginalMsgId/{*}MsgType").get("DN") == EMOJI
    converted = convert(body, "kith", target, house()).content
    assert converted is not None
    if target == "kith":
        assert status_of(judged(converted)) == f"{EMOJI}\tx\n\ry"


@pytest.mark.parametrize("character", ["&#1;", "&#0;", "&#xFFFE;", "&#xD800;", "\x01", "\x00", "\x0b"])
def test_control_characters_are_refused_and_answered_by_id(character: str) -> None:
    """XML has no way to write them, so that such a message is cut off where they stand."""
    found = judged(with_statuspresens(f"før{character}etter"))
    assert (found.verdict, set(found.rules)) == ("rejected", {"not-xml"})
    answer = answer_to(found)
    assert element(answer, "{*}OriginalMsgId/{*}Id").text == message_id(BACK)
    assert error_codes(answer) == ["T01", "not-xml"]


def test_every_error_is_told_and_not_only_the_first() -> None:
    body = changed(BACK, (f'fodselsnummer="{OWN_FNR}"', 'fodselsnummer="1"'), ("<Id>9412837<", "<Id>0<"))
    body = changed(body, ('kodeverdi="L86"', 'kodeverdi=""'), ('arbeidssituasjon="1"', 'arbeidssituasjon="8"'))
    new = added(body, BACK)
    assert new == {
        "fnr-invalid": 1,
        "patient-ambiguous": 1,
        "hpr-invalid": 1,
        "diagnosis-missing": 1,
        "value-invalid": 1,
    }
    assert set(error_codes(answer_to(judged(body)))) >= {"T02", "E20", "E31", "X99", *new}


# ---- what real messages look like ----


def test_iso_8859_1_is_read_by_declaration_with_places_in_characters() -> None:
    body = BACK.decode().replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').encode("iso-8859-1")
    found = judged(body)
    assert found.certificate == judged(BACK).certificate
    told = {(finding.rule, finding.line, finding.column) for finding in found.judgement.findings}
    assert told == {(finding.rule, finding.line, finding.column) for finding in judged(BACK).judgement.findings}


def test_mojibake_in_a_name_costs_nothing() -> None:
    body = changed(BACK, ('DN="Fødselsnummer"', 'DN="F\u00c3\u00b8dselsnummer"'))
    assert added(body, BACK) == {}
    assert judged(body).certificate == judged(BACK).certificate


def test_a_comment_inside_a_value_leaves_the_text_around_it_whole() -> None:
    parts = ("Sitter 30 minutter", "Stiv i korsryggen", "4131105", "<MsgId>", "2026-03-16T10:42:00</GenDate>")
    body = changed(
        BACK,
        *((part, f"{part[:3]}<!-- {part} -->{part[3:]}") for part in parts[:2]),
        (parts[3], f"{parts[3]}<!-- en kommentar -->"),
        (parts[4], "2026-03<!-- -->-16T10:42:00</GenDate>"),
    )
    found = judged(body)
    assert found.certificate == judged(BACK).certificate
    assert added(body, BACK) == {}
    assert found.examined.envelope == judged(BACK).examined.envelope


def test_cdata_is_text() -> None:
    found = judged(with_statuspresens("a <![CDATA[<b> & ]]>c"))
    assert status_of(found) == "a <b> & c"


@pytest.mark.parametrize("date", ["2026-01-12+01:00", "2026-01-12Z", " 2026-01-12 ", "2026-01-12-14:00"])
def test_a_date_may_have_an_offset(date: str) -> None:
    body = changed(BACK, ('arbeidsuforFra="2026-01-12"', f'arbeidsuforFra="{date}"'))
    assert added(body, BACK) == {}
    (onset,) = judged(body).certificate.onset
    assert onset.since == "2026-01-12"


@pytest.mark.parametrize("date, day", [("1991-12-4", "1991-12-04"), ("2026-1-2+01:00", "2026-01-02")])
def test_a_date_without_its_zeros_is_read_with_a_remark(date: str, day: str) -> None:
    body = changed(BACK, ('arbeidsuforFra="2026-01-12"', f'arbeidsuforFra="{date}"'))
    assert added(body, BACK) == {"schema-deviation": 1}
    (onset,) = judged(body).certificate.onset
    assert onset.since == day


def test_type_and_its_name_may_be_swapped() -> None:
    body = changed(
        BACK,
        ('V="LEGEERKL" DN="Legeerklæring ved arbeidsuførhet"', 'V="Legeerklæring ved arbeidsuførhet" DN="LEGEERKL"'),
    )
    assert added(body, BACK) == {}
    original = element(answer_to(judged(body)), "{*}OriginalMsgId/{*}MsgType")
    assert (original.get("V"), original.get("DN")) == ("Legeerklæring ved arbeidsuførhet", "LEGEERKL")


EMPTY = (
    "PlanUtredBehandle",
    "Prognose",
    "VurderingArbeidsevne",
    "AndreOpplysninger",
    "Kontakt",
    "VurderingYrkesskade",
    "ArsakssammenhengLegeerklaring",
    "ForbeholdLegeerklaring",
    "ForslagTiltak",
    "StatusPresens",
    "SymptomerBehandling",
    "Arbeidssituasjon",
    "AktueltTiltak",
    "HenvistUtredning",
    "Arbeidsforhold",
    "HealthcareProfessional",
    "Navn",
)


@pytest.mark.parametrize("layout", ["<{0}/>", "<{0}></{0}>", "<{0}>  \n  </{0}>"])
@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_element_is_an_absent_answer_and_no_crash(name: str, layout: str) -> None:
    emptied = without(FULL, name)
    at_it = FULL.index(f"<{name}".encode())
    body = emptied[:at_it] + layout.format(name).encode() + emptied[at_it:]
    found, away = judged(body), judged(emptied)
    assert found.verdict == "incomplete" or "element-missing" in found.rules
    assert found.certificate == away.certificate
    answer_to(found)


def test_everything_empty_at_once_is_answered() -> None:
    body = raw("unanswered/empty-but-valid")
    found = judged(body)
    assert found.verdict == "incomplete"
    assert {"diagnosis-missing", "function-missing", "prognosis-missing", "health-risk-missing"} <= set(found.rules)
    assert element(answer_to(found), "{*}Status").get("V") == "3"


def test_the_number_in_two_places_must_agree() -> None:
    other = fnr(11, 11, 1955, 110)
    body = changed(BACK, (f"<Id>{OWN_FNR}</Id>", f"<Id>{other}</Id>"))
    assert added(body, BACK) == {"patient-ambiguous": 1}
    assert judged(body).verdict == "rejected"
    same = changed(BACK, (f'fodselsnummer="{OWN_FNR}"', f'fodselsnummer=" {OWN_FNR} "'))
    assert added(same, BACK) == {}


@pytest.mark.parametrize("place", ["form", "envelope"])
def test_the_number_in_one_place_is_enough(place: str) -> None:
    body = changed(BACK, (f'fodselsnummer="{OWN_FNR}"', 'fodselsnummer=""')) if place == "envelope" else BACK
    if place == "form":
        start, end = BACK.index(b"<Patient>"), BACK.index(b"</Patient>") + len(b"</Patient>")
        body = BACK[:start] + BACK[end:]
    found = judged(body)
    assert (found.certificate.patient.number, found.certificate.patient.kind) == (OWN_FNR, "fnr")
    assert found.verdict == "incomplete"


def moved(body: bytes, name: str, behind: str) -> bytes:
    """The first element of a name, moved behind the first end of another."""
    rest = without(body, name)
    start = body.index(f"<{name}".encode())
    piece = body[start : start + len(body) - len(rest)]
    return rest.replace(f"</{behind}>".encode(), f"</{behind}>".encode() + piece, 1)


@pytest.mark.parametrize(
    "name, behind",
    [
        ("PlanUtredBehandle", "Prognose"),
        ("KravArbeid", "VurderingArbeidsevne"),
        ("AndreOpplysninger", "ArsakssammenhengLegeerklaring"),
        ("ConversationRef", "Receiver"),
        ("TypeTelecom", "TypeHealthcareProfessional"),
        ("DiagnoseArbeidsuforhet", "Prognose"),
        ("GenDate", "Patient"),
    ],
)
def test_children_out_of_order_are_read_with_a_remark(name: str, behind: str) -> None:
    body = FULL
    if name == "TypeTelecom":
        telecom = '<TypeTelecom V="HP" DN="Hovedtelefon"/>'
        body = changed(
            without(FULL, name), ('<TeleAddress V="tel:22000000"/>', f'<TeleAddress V="tel:22000000"/>{telecom}')
        )
    else:
        body = moved(FULL, name, behind)
    assert judged(body).certificate == judged(FULL).certificate
    new = added(body, FULL)
    assert set(new) == {"schema-deviation"}
    assert judged(body).verdict == "incomplete"


def test_an_unknown_attribute_on_the_root_is_a_remark() -> None:
    body = changed(BACK, ("<MsgHead xmlns", '<MsgHead xmlxd="http://www.w3.org/2000/09/xmldsig#" xmlns'))
    assert added(body, BACK) == {"schema-deviation": 1}
    assert judged(body).places("schema-deviation") == ["/*[local-name()='MsgHead'][1]"]


def test_a_schema_location_on_the_root_is_nothing() -> None:
    location = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" xml:lang="nb"'
    assert added(changed(BACK, ("<MsgHead xmlns", f"<MsgHead {location} xmlns")), BACK) == {}


@pytest.mark.parametrize("kind", ['V=" HER"', 'V="HER "', 'V="her"', 'V="&#10;HER&#9;"'])
def test_white_space_around_a_type_is_nothing(kind: str) -> None:
    body = BACK.replace(b'V="HER"', kind.encode(), 1)
    found = judged(body)
    assert found.certificate.author.her == "8094231"
    assert found.examined.envelope is not None
    assert found.examined.envelope.sender == "her:8094231"


@pytest.mark.parametrize("opening", ["", "<!-- først en kommentar -->\n", "\n  \n", "\ufeff"])
def test_a_declaration_may_be_missing_and_a_comment_come_first(opening: str) -> None:
    body = opening.encode() + BACK.partition(b"\n")[2]
    found = judged(body)
    assert found.certificate == judged(BACK).certificate
    assert added(body, BACK) == {}


def test_of_several_identifiers_the_right_ones_are_read() -> None:
    number, d_number = fnr(2, 2, 1966, 120), fnr(5, 6, 1966, 120)
    more = "".join(
        f'<Ident><Id>{id_}</Id><TypeId V="{kind}" S="1.16.578.1.12.3.1.1.8116"/></Ident>'
        for id_, kind in (("1234", "HER"), ("x", "XXX"), (number, "FNR"), (d_number, "DNR"), ("", "HPR"))
    )
    body = inserted(BACK, "<Ident>\n            <Id>9412837</Id>", more)
    author = judged(body).certificate.author
    assert (author.hpr, author.number, author.her) == ("9412837", number, "8094231")
    assert added(body, BACK) == {}


def test_the_author_is_found_out_by_any_of_several_numbers() -> None:
    more = "".join(f'<Ident><Id>{id_}</Id><TypeId V="FNR"/></Ident>' for id_ in (fnr(2, 2, 1966, 120), OWN_FNR))
    body = inserted(BACK, "<Ident>\n            <Id>9412837</Id>", more)
    assert added(body, BACK) == {"author-is-patient": 1}


@pytest.mark.parametrize("namespace", ["http://www.trygdeetaten.no/xml/eiff/1/", "http://www.nav.no/xml/eiff/2/"])
def test_the_wrapping_is_seen_through(namespace: str) -> None:
    declaration, _, rest = BACK.partition(b"\n")
    wrapped = declaration + f'<EI_fellesformat xmlns="{namespace}">'.encode() + rest
    wrapped += b'<MottakenhetBlokk ediLoggId="x" ebRole="Lege"/></EI_fellesformat>'
    found = judged(wrapped)
    assert found.certificate == judged(BACK).certificate
    assert added(wrapped, BACK) == {}
    assert found.examined.envelope == judged(BACK).examined.envelope
    assert {place[:35] for place in found.places("not-carried") if place} <= {
        "/*[local-name()='EI_fellesformat'][1"[:35]
    }


def test_another_wrapping_is_a_wrong_namespace() -> None:
    declaration, _, rest = BACK.partition(b"\n")
    wrapped = declaration + b'<EI_fellesformat xmlns="http://www.nav.no/xml/eiff/3/">' + rest + b"</EI_fellesformat>"
    assert added(wrapped, BACK) == {"namespace-wrong": 1}


@pytest.mark.parametrize(
    "connection, kind", [("V", "A"), ("V", "XML"), (None, "A"), ("H", "A"), (None, "XML"), (" V ", " A ")]
)
def test_an_attachment_is_one_however_it_is_marked(connection: str | None, kind: str) -> None:
    body = inserted(BACK, "</MsgHead>", attachment(connection=connection, kind=kind))
    (entry,) = judged(body).certificate.attachment
    assert (entry.content_type, entry.size) == ("application/pdf", 9)
    assert added(body, BACK) == {} or set(added(body, BACK)) == {"schema-deviation"}


@pytest.mark.parametrize("connection, kind", [("V", "XML"), (None, "A"), ("V", "A")])
def test_an_attachment_without_content_or_reference_is_told(connection: str | None, kind: str) -> None:
    whole = attachment(connection=connection, kind=kind)
    piece = whole[: whole.index("<Content>")] + whole[whole.index("</Content>") + len("</Content>") :]
    body = inserted(BACK, "</MsgHead>", piece)
    assert added(body, BACK) == {"attachment-refused": 1}
    assert judged(body).places("attachment-refused") == ["/*[local-name()='MsgHead'][1]/*[local-name()='Document'][2]"]


def test_a_document_of_another_kind_is_named_as_not_carried() -> None:
    piece = '<Document><RefDoc><MsgType V="XML"/><Content><Annet xmlns="urn:x">y</Annet></Content></RefDoc></Document>'
    assert added(inserted(BACK, "</MsgHead>", piece), BACK) == {"not-carried": 1}


@pytest.mark.parametrize(
    "written, utc",
    [
        ("2026-07-01T08:00:00", "2026-07-01T06:00:00+00:00"),
        ("2026-01-15T08:00:00", "2026-01-15T07:00:00+00:00"),
        ("2026-03-29T01:59:59", "2026-03-29T00:59:59+00:00"),
        ("2026-03-29T03:00:00", "2026-03-29T01:00:00+00:00"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00+00:00"),
        ("2026-10-25T03:00:00", "2026-10-25T02:00:00+00:00"),
        ("2026-07-01T08:00:00Z", "2026-07-01T08:00:00+00:00"),
        ("2026-07-01T08:00:00-05:00", "2026-07-01T13:00:00+00:00"),
    ],
)
def test_a_time_without_zone_is_norwegian(written: str, utc: str) -> None:
    body = changed(BACK, ("<GenDate>2026-03-16T10:42:00<", f"<GenDate>{written}<"))
    assert judged(body).certificate.authored.isoformat() == utc


@pytest.mark.parametrize("tick", ["2", "02", "+2", " 2 ", "\t2", "&#10;2", "+0002", "0" * 30 + "2"])
def test_ticks_are_compared_by_value(tick: str) -> None:
    found = judged(changed(BACK, (TICK, f'<LegeerklaringGjelder typeLegeerklaring="{tick}"/>')))
    assert found.removed == [("benefit-type", at("LegeerklaringGjelder", "@typeLegeerklaring"))]
    assert found.certificate.purpose is None
    assert gone(changed(BACK, (TICK, f'<LegeerklaringGjelder typeLegeerklaring="{tick}"/>')), BACK) == {}


@pytest.mark.parametrize("code", ["5", "05", "+5", " 5", "&#x20;5&#9;", "0" * 40 + "5"])
def test_measures_are_compared_by_value_and_go_with_their_text(code: str) -> None:
    found = judged(changed(FULL, (MEASURE, f'<AktueltTiltak typeTiltak="{code}">')))
    assert found.removed == [("proposed-benefit", at("ForslagTiltak", "AktueltTiltak"))]
    assert "Stol med" not in repr(found.certificate)


@pytest.mark.parametrize("tick", ["\uff12", "2.0", "to", "2 2", "\u00a02", "-2"])
def test_what_is_no_number_is_refused_and_not_guessed(tick: str) -> None:
    found = judged(changed(BACK, (TICK, f'<LegeerklaringGjelder typeLegeerklaring="{tick}"/>')))
    assert (found.verdict, found.rules["value-invalid"]) == ("rejected", 1)


def test_the_pdf_of_these_tests_is_one() -> None:
    (entry,) = judged(inserted(BACK, "</MsgHead>", attachment(PDF))).certificate.attachment
    assert entry.content_type == "application/pdf"


# ---- a second one of what the standard has once: none may hide behind the first ----

OTHER_FNR = fnr(11, 11, 1955, 110)


def element_text(body: bytes, name: str) -> bytes:
    """The first element of a name, as it is written."""
    found = re.search(rf"<{name}\b(?:[^>]*/>|.*?</{name}>)".encode(), body, re.DOTALL)
    assert found is not None
    return found[0]


def wrapped_with(*heads: bytes) -> bytes:
    bodies = (head.partition(b"\n")[2] for head in heads)
    opening = b'<EI_fellesformat xmlns="http://www.nav.no/xml/eiff/2/">'
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + opening + b"".join(bodies) + b"</EI_fellesformat>"


@pytest.mark.parametrize("second", [BACK, FULL, without(FULL, "Document")])
def test_a_second_message_in_the_wrapping_is_refused_and_counts_for_the_digest(second: bytes) -> None:
    found = judged(wrapped_with(BACK, second))
    place = "/*[local-name()='EI_fellesformat'][1]/*[local-name()='MsgHead'][2]"
    assert (found.verdict, found.places("several-certificates")) == ("rejected", [place])
    assert found.examined.certificate is None
    one, both = judged(wrapped_with(BACK)).examined.envelope, found.examined.envelope
    assert one is not None
    assert both is not None
    assert one.digest != both.digest


@pytest.mark.parametrize("inside", ["RefDoc", "Content"])
def test_a_second_certificate_in_one_document_is_refused(inside: str) -> None:
    whole = element_text(BACK, inside)
    found = judged(BACK.replace(whole, whole + whole))
    assert found.verdict == "rejected"
    assert found.rules["several-certificates"] == 1


@pytest.mark.parametrize("inside", ["RefDoc", "Content"])
def test_a_second_file_in_one_document_is_judged_and_scanned(inside: str) -> None:
    program = base64.b64encode(b"MZ\x90\x00").decode()
    one = attachment()
    whole = element_text(one.encode(), inside).decode()
    body = inserted(BACK, "</MsgHead>", one.replace(whole, whole + whole.replace(PDF, program)))
    found = judged(body)
    assert [entry.content_type for entry in found.certificate.attachment] == ["application/pdf", OTHER_TYPE]
    assert found.rules["attachment-refused"] == 1
    assert isinstance(found.examined.opened, msghead.Opened)
    assert found.examined.opened.head is not None
    assert b"MZ\x90\x00" in [document.content for document in attachment_documents(found.examined.opened.head)]


NOTHING_RESERVED = '<ForbeholdLegeerklaring tilbakeholdInnhold="2"/>'
RESERVED = '<ForbeholdLegeerklaring tilbakeholdInnhold="1"/>'
IN_WORDS = '<ForbeholdLegeerklaring tilbakeholdInnhold="2"><BorTilbakeholdes>Alt.</BorTilbakeholdes>'
IN_WORDS += "</ForbeholdLegeerklaring>"


@pytest.mark.parametrize(
    "pieces, state, text",
    [
        ((NOTHING_RESERVED, RESERVED), "stated", None),
        ((RESERVED, NOTHING_RESERVED), "stated", None),
        ((NOTHING_RESERVED, IN_WORDS), "stated", "Alt."),
        ((NOTHING_RESERVED, '<ForbeholdLegeerklaring tilbakeholdInnhold="9"/>'), "missing", None),
        ((NOTHING_RESERVED, "<ForbeholdLegeerklaring/>"), "none", None),
        (("<ForbeholdLegeerklaring/>", NOTHING_RESERVED), "none", None),
        (("<ForbeholdLegeerklaring/>",), "missing", None),
        ((NOTHING_RESERVED, NOTHING_RESERVED), "none", None),
    ],
)
def test_no_reservation_hides_behind_another(pieces: tuple[str, ...], state: str, text: str | None) -> None:
    body = BACK.replace(element_text(BACK, "ForbeholdLegeerklaring"), "".join(pieces).encode())
    section = judged(body).certificate.reservation
    assert section.state == state
    assert section.entries == ((Reservation(text=text),) if state == "stated" else ())


@pytest.mark.parametrize("name", ["Pasientopplysninger", "Pasient"])
def test_a_second_patient_in_the_form_is_told(name: str) -> None:
    whole = element_text(BACK, name)
    body = BACK.replace(whole, whole + whole.replace(OWN_FNR.encode(), OTHER_FNR.encode()))
    assert added(body, BACK)["patient-ambiguous"] == 1
    assert judged(body).verdict == "rejected"


@pytest.mark.parametrize("name", ["MsgInfo", "Patient"])
def test_a_second_patient_in_the_envelope_is_told(name: str) -> None:
    whole = element_text(BACK, name)
    body = BACK.replace(whole, whole + whole.replace(OWN_FNR.encode(), OTHER_FNR.encode()))
    assert added(body, BACK)["patient-ambiguous"] == 1
    assert judged(body).verdict == "rejected"


def test_a_personal_number_of_unknown_type_is_one_all_the_same() -> None:
    more = f'<Ident><Id>{OTHER_FNR}</Id><TypeId V="XXX"/></Ident>'
    body = BACK.replace(b"<Patient>", b"<Patient>" + more.encode(), 1)
    assert added(body, BACK)["patient-ambiguous"] == 1


@pytest.mark.parametrize("name", ["HealthcareProfessional", "Organisation"])
def test_the_patient_does_not_hide_behind_another_professional(name: str) -> None:
    whole = element_text(BACK, "HealthcareProfessional")
    person = f'<HealthcareProfessional><Ident><Id>{OWN_FNR}</Id><TypeId V="FNR"/></Ident></HealthcareProfessional>'
    more = person if name == "HealthcareProfessional" else f"<Organisation>{person}</Organisation>"
    assert added(BACK.replace(whole, whole + more.encode(), 1), BACK)["author-is-patient"] == 1


@pytest.mark.parametrize(
    "empty", ["<Prognose/>", '<Prognose bedreArbeidsevne=" "><AntattVarighet> </AntattVarighet></Prognose>']
)
@pytest.mark.parametrize("times", [1, 2])
def test_an_empty_answer_does_not_hide_the_next(empty: str, times: int) -> None:
    found = judged(inserted(BACK, "<Prognose", times * empty))
    assert found.certificate.prognosis == judged(BACK).certificate.prognosis
    assert found.certificate.prognosis.state == "stated"
    behind = BACK.replace(b"</Prognose>", b"</Prognose>" + empty.encode())
    assert judged(behind).certificate.prognosis == judged(BACK).certificate.prognosis


@pytest.mark.parametrize(
    "old, new, steps",
    [
        ('sortering="0"', f'sortering="{10**19}"', ("DiagnoseArbeidsuforhet", "DiagnoseKodesystem", "Enkeltdiagnose")),
        ('arbeidsuforFra="', 'arbeidsuforFra="1', ("DiagnoseArbeidsuforhet",)),
    ],
)
def test_a_value_that_is_valid_but_beyond_us_is_named(old: str, new: str, steps: tuple[str, ...]) -> None:
    body = changed(BACK, (old, new))
    assert judged(body).places("not-carried") == [at(*steps, f"@{old.partition('=')[0]}")]


@pytest.mark.parametrize("name, new", [("antattVentetid", "1" * 30), ("henvistDato", "12026-01-02")])
def test_a_referral_that_is_beyond_us_is_named(name: str, new: str) -> None:
    body = re.sub(rf'({name}=)"[^"]*"'.encode(), rf'\1"{new}"'.encode(), FULL, count=1)
    steps = ("PlanUtredBehandle", "HenvistUtredning")
    assert at(*steps, f"@{name}") in judged(body).places("not-carried")
    assert at(*steps, f"@{name}") not in judged(FULL).places("not-carried")


def test_a_second_element_behind_one_of_a_wrong_namespace_is_judged() -> None:
    found = judged(inserted(BACK, "<Prognose", '<Prognose xmlns="urn:x"/>'))
    assert (found.rules["namespace-wrong"], found.certificate.prognosis) == (1, judged(BACK).certificate.prognosis)


# ---- what must not cost a patient a day ----


def test_a_party_without_identifiers_is_a_deviation_and_no_refusal() -> None:
    body = FULL
    for _ in range(body.count(b"<Ident>")):
        body = re.sub(rb"\s*<Ident>.*?</Ident>", b"", body, count=1, flags=re.DOTALL)
    found = judged(body)
    assert "element-missing" not in found.rules
    assert {finding.expected for finding in found.judgement.findings if finding.rule == "schema-deviation"} >= {"Ident"}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<Content/>",
        "<Content><Dialogmelding xmlns='http://www.kith.no/xmlstds/dialog/2006-10-11'/></Content>",
        "<Content><Base64Container xmlns='http://www.kith.no/xmlstds/base64container'>JVBERi0x=LjQ</Base64Container></Content>",
        "<FileReference>https://x.example/y.pdf</FileReference>",
    ],
)
def test_a_document_marked_as_attachment_is_refused_by_name_when_it_cannot_be_read(content: str) -> None:
    document = f'<Document><DocumentConnection V="V"/><RefDoc><MsgType V="A"/>{content}</RefDoc></Document>'
    found = judged(inserted(BACK, "</MsgHead>", document))
    refused = [finding for finding in found.judgement.findings if finding.rule == "attachment-refused"]
    assert [(finding.detail["reason"], finding.element) for finding in refused] == [("empty", "attachment[0]")]


def test_the_document_of_the_certificate_is_no_attachment_whatever_it_is_marked_as() -> None:
    body = changed(BACK, ("<RefDoc>", '<DocumentConnection V="V"/><RefDoc>'))
    assert "attachment-refused" not in judged(body).rules
