"""People, diagnoses, attachments and contradictions of the form: the branches that no fixture goes through."""

import pytest

from certgateway.domain.certificate import Coding
from certgateway.domain.vocabulary import systems
from fixtures.authoring.people import d_number
from tests.kith import SMALL, WHOLE, at, attachment, changed, inserted, raw, without
from tests.unit.kith.judging import added, gone, house, judged

BACK = raw(SMALL)
FULL = raw(WHOLE)
OWN_FNR = "14837910405"
PERSON = f'<Pasient fodselsnummer="{OWN_FNR}" trygdekontor="">'
ROW = '<Enkeltdiagnose kodeverdi="L86" sortering="0"/>'
INJURY = "<VurderingYrkesskade/>"
CONTACT = '<Kontakt kontakt="2"/>'


# ---- people ----


def test_the_kind_of_number_is_as_the_envelope_says_else_as_the_number_itself() -> None:
    number = d_number(4, 4, 1980, 130)
    body = BACK.replace(OWN_FNR.encode(), number.encode())
    assert judged(body).certificate.patient.kind == "fnr"
    assert judged(body.replace(b'V="FNR"', b'V="DNR"')).certificate.patient.kind == "dnr"
    start, end = body.index(b"<Patient>"), body.index(b"</Patient>") + len(b"</Patient>")
    assert judged(body[:start] + body[end:]).certificate.patient.kind == "dnr"
    unreadable = (body[:start] + body[end:]).replace(number.encode(), b"123")
    assert judged(unreadable).certificate.patient.kind is None


def test_of_two_numbers_in_the_envelope_the_first_kind_is_read_and_the_other_told() -> None:
    number = d_number(4, 4, 1980, 130)
    body = changed(BACK, (f'fodselsnummer="{OWN_FNR}"', 'fodselsnummer=""'))
    more = f'<Ident><Id>{number}</Id><TypeId V="DNR"/></Ident>'
    body = inserted(body, "<FamilyName>Fjelltopp", more)
    found = judged(body)
    assert found.certificate.patient.number == OWN_FNR
    assert added(body, BACK) == {"patient-ambiguous": 1, "schema-deviation": 2}


@pytest.mark.parametrize(
    "piece",
    [
        "<Ident/>",
        "<Ident><Id>1</Id></Ident>",
        '<Ident><TypeId V="FNR"/></Ident>',
        '<Ident><Id/><TypeId V="FNR"/></Ident>',
        "<Ident><Id>1</Id><TypeId/></Ident>",
        '<Ident><Id>1</Id><TypeId V="PASS"/></Ident>',
    ],
)
def test_half_an_identifier_is_none(piece: str) -> None:
    number = f"<Ident>\n        <Id>{OWN_FNR}</Id>"
    body = inserted(BACK, number, piece)
    assert judged(body).certificate == judged(BACK).certificate
    assert set(added(body, BACK)) <= {"schema-deviation"}


def test_without_a_person_in_the_form_the_envelope_tells_who_it_is() -> None:
    start, end = BACK.index(b"<Pasient "), BACK.index(b"</Pasient>") + len(b"</Pasient>")
    body = BACK[:start] + BACK[end:]
    patient = judged(body).certificate.patient
    assert (patient.number, patient.kind, patient.name) == (OWN_FNR, "fnr", None)
    assert added(body, BACK) == {"element-missing": 1}


def test_a_sender_without_anybody_has_no_author() -> None:
    start, end = BACK.index(b"<Sender>"), BACK.index(b"</Sender>") + len(b"</Sender>")
    body = BACK[:start] + b"<Sender/>" + BACK[end:]
    author = judged(body).certificate.author
    assert (author.hpr, author.her, author.organisation, author.profession, author.role) == (None,) * 5
    assert added(body, BACK) == {"element-missing": 1}
    assert judged(body).verdict == "rejected"


def test_the_innermost_organisation_with_a_number_is_where_the_author_works() -> None:
    inner = '<OrganisationName>Avdeling</OrganisationName><Ident><Id>90417</Id><TypeId V="HER"/></Ident>'
    body = inserted(BACK, "<HealthcareProfessional>", f"<Organisation>{inner}</Organisation>")
    author = judged(body).certificate.author
    assert (author.her, author.organisation, author.hpr) == ("90417", "987654325", "9412837")
    envelope = judged(body).examined.envelope
    assert envelope is not None
    assert envelope.sender == "her:8094231"


@pytest.mark.parametrize("code, profession", [(" LE ", "LE"), ("le", None), ("", None), ("ZZ", None)])
def test_a_profession_is_one_of_the_code_system(code: str, profession: str | None) -> None:
    body = changed(BACK, ('<TypeHealthcareProfessional V="LE"/>', f'<TypeHealthcareProfessional V="{code}"/>'))
    assert judged(body).certificate.author.profession == profession


@pytest.mark.parametrize("code", ["1", "06", ""])
def test_another_role_than_gp_is_not_told(code: str) -> None:
    body = changed(BACK, ('<RoleToPatient V="6"', f'<RoleToPatient V="{code}"'))
    assert judged(body).certificate.author.role is None


# ---- diagnoses ----


def test_a_text_alone_is_a_diagnosis_without_code() -> None:
    body = changed(BACK, (ROW, '<Enkeltdiagnose diagnose="Vond rygg" kodeverdi="" sortering="1"/>'))
    found = judged(body)
    assert [(entry.codes, entry.rank) for entry in found.certificate.diagnosis] == [((), "main")]
    assert added(body, BACK) == {"diagnosis-missing": 1, "not-carried": 1}
    assert found.places("not-carried")[-1] == at(
        "DiagnoseArbeidsuforhet", "DiagnoseKodesystem", "Enkeltdiagnose", "@diagnose"
    )


def test_an_injury_without_a_main_diagnosis_is_not_carried() -> None:
    body = changed(
        BACK,
        ('kodeverdi="L86"', 'kodeverdi=""'),
        (INJURY, '<VurderingYrkesskade borVurderes="1" skadeDato="2026-01-02"/>'),
    )
    assert added(body, BACK) == {"diagnosis-missing": 1, "not-carried": 1}


def test_neither_diagnosis_nor_injury_is_no_crash() -> None:
    body = changed(BACK, ('kodeverdi="L86"', 'kodeverdi=""'), (INJURY, ""))
    assert added(body, BACK) == {"diagnosis-missing": 1, "schema-deviation": 1}


def test_a_blank_main_diagnosis_leaves_the_others_where_they_are() -> None:
    body = inserted(BACK, ROW, '<Enkeltdiagnose kodeverdi="P06" sortering="3"/>')
    body = changed(body, ('kodeverdi="L86"', 'kodeverdi=" "'), (INJURY, '<VurderingYrkesskade borVurderes="1"/>'))
    found = judged(body)
    assert [(one.code, one.rank) for one in found.certificate.diagnosis] == [(Coding(systems.ICPC_2, "P06"), "other")]
    assert added(body, BACK)["not-carried"] == 1


def test_the_title_of_the_code_is_no_loss() -> None:
    title = min(house().titles(systems.ICPC_2, "L86"))
    body = changed(BACK, ('kodeverdi="L86"', f'kodeverdi="L86" diagnose="  {title.upper()}. "'))
    assert added(body, BACK) == {}


def test_words_beside_a_code_that_nobody_knows_are_held_against_nothing() -> None:
    body = changed(BACK, ('kodeverdi="L86"', 'kodeverdi="X1X" diagnose="Vond rygg"'))
    assert "code-system-mismatch" not in added(body, BACK)


@pytest.mark.parametrize("system", ["2", "4"])
def test_a_code_in_a_system_of_old_is_named_as_not_carried(system: str) -> None:
    body = changed(BACK, ('kodesystem="1"', f'kodesystem="{system}"'))
    found = judged(body)
    assert found.certificate.diagnosis.state == "missing"
    assert at("DiagnoseArbeidsuforhet", "DiagnoseKodesystem", "Enkeltdiagnose") in {
        (place or "").partition("/@")[0] for place in found.places("not-carried")
    }


def test_a_repeated_list_of_diagnoses_is_read_too_and_deviates() -> None:
    more = '<DiagnoseKodesystem kodesystem="3"><Enkeltdiagnose kodeverdi="M545" sortering="1"/></DiagnoseKodesystem>'
    body = inserted(BACK, INJURY, more)
    assert [one.code.code for one in judged(body).certificate.diagnosis if one.code] == ["L86", "M545"]
    assert added(body, BACK) == {"schema-deviation": 1}


# ---- answers that need each other ----


@pytest.mark.parametrize(
    "old, new, rule",
    [
        ('gjenopptaArbeid="1" narGjenopptaArbeid="2"', 'narGjenopptaArbeid="2"', "resumption-time-without-answer"),
        ('taAnnetArbeid="1"', 'taAnnetArbeid="2"', "resumption-time-without-answer"),
        (INJURY, '<VurderingYrkesskade skadeDato="2026-01-02"/>', "injury-date-without-injury"),
        (CONTACT, '<Kontakt kontakt="2" annenInstans="Naboen"/>', "contact-text-without-other"),
        (CONTACT, '<Kontakt kontakt="05"/>', "other-contact-unnamed"),
        ('arbeidssituasjon="1"', 'arbeidssituasjon="+4"', "other-situation-unnamed"),
        ('tiltak="2"', 'tiltak="01"', "measure-contradiction"),
        ('tilbakeholdInnhold="2"', 'tilbakeholdInnhold="01"', "reservation-contradiction"),
    ],
)
def test_what_contradicts_itself_is_a_remark(old: str, new: str, rule: str) -> None:
    body = changed(BACK, (old, new))
    assert added(body, BACK) == {rule: 1}
    assert judged(body).verdict == "incomplete"


def test_a_yes_without_a_time_is_a_yes() -> None:
    body = changed(BACK, (' narGjenopptaArbeid="2"', ""), (' narTaAnnetArbeid="1"', ""))
    answers = [entry.resumption for entry in judged(body).certificate.activity if entry.scope]
    assert answers == ["yes", "yes"]
    assert added(body, BACK) == {}


def test_a_profession_and_a_role_without_a_code_of_ours_are_told_as_not_carried() -> None:
    body = changed(BACK, ('<RoleToPatient V="6"', '<RoleToPatient V="9"'))
    body = changed(body, ('<TypeHealthcareProfessional V="LE"', '<TypeHealthcareProfessional V="lege"'))
    found = judged(body)
    assert (found.certificate.author.role, found.certificate.author.profession) == (None, None)
    told = [f.path for f in found.judgement.findings if f.rule == "not-carried"]
    assert [path.rpartition("local-name()='")[2] for path in told if path and "/@V" in path] == [
        "TypeHealthcareProfessional'][1]/@V",
        "RoleToPatient'][1]/@V",
    ]


def test_a_no_to_measures_is_carried() -> None:
    bare = changed(raw("good/sick-leave-only"), ("<ForslagTiltak>", '<ForslagTiltak tiltak=" +2">'))
    (entry,) = judged(bare).certificate.activity
    assert (entry.measure, entry.comment) == ("none", None)
    told = judged(changed(bare, ('tiltak=" +2"', 'tiltak="1"')))
    assert not told.certificate.activity.entries
    assert told.rules["measure-contradiction"] == 1


def test_a_day_in_the_form_after_the_norwegian_day_of_signing_is_told() -> None:
    when = 'henvistDato="2026-03-17" antattVentetid="2"'
    plan = f"<HenvistUtredning {when}><Spesifikasjon>MR</Spesifikasjon></HenvistUtredning>"
    body = inserted(BACK, "<BehandlingsPlan>", plan)
    assert added(body, BACK) == {"event-after-authored": 1}
    # 23:30 UTC is already the next day in Norway.
    late = changed(body, ("<GenDate>2026-03-16T10:42:00<", "<GenDate>2026-03-16T23:30:00Z<"))
    assert added(late, BACK) == {}


@pytest.mark.parametrize("wait, weeks", [("0", 0), ("007", 7), ("52", 52)])
def test_a_wait_is_in_weeks(wait: str, weeks: int) -> None:
    body = changed(FULL, ('antattVentetid="10"', f'antattVentetid="{wait}"'))
    waits = [entry.wait for entry in judged(body).certificate.treatment if entry.wait is not None]
    assert [(int(amount.value), amount.unit) for amount in waits] == [(6, "wk"), (weeks, "wk")]


def test_a_referral_of_which_nothing_is_told_is_none() -> None:
    body = inserted(BACK, "<BehandlingsPlan>", "<HenvistUtredning/>")
    assert judged(body).certificate.treatment == judged(BACK).certificate.treatment


@pytest.mark.parametrize("code", ["413", "41311051", "4131-105", "\uff14131"])
def test_an_occupation_code_of_another_form_is_not_carried(code: str) -> None:
    body = changed(BACK, ('yrkeskode="4131105"', f'yrkeskode="{code}"'))
    assert added(body, BACK) == {"not-carried": 1}
    (employment,) = judged(body).certificate.employment
    assert employment.occupation_code is None


def test_of_several_situations_in_words_the_first_is_carried_and_the_others_told() -> None:
    other = '<Arbeidssituasjon arbeidssituasjon="4" annenArbeidssituasjon="{}"/>'
    body = changed(BACK, ('<Arbeidssituasjon arbeidssituasjon="1"/>', other.format("Fisker") + other.format("Bonde")))
    (employment,) = judged(body).certificate.employment
    assert (employment.situations, employment.other_situation) == (("other", "other"), "Fisker")
    assert judged(body).places("not-carried") == [
        at("VurderingFunksjonsevne", "Arbeidssituasjon[2]", "@annenArbeidssituasjon")
    ]


# ---- attachments ----


@pytest.mark.parametrize(
    "content, mime, type_, size",
    [
        ("JVBERi0xLjQK", "application/pdf", "application/pdf", 9),
        ("JVBERi0x\n  LjQK", "APPLICATION/PDF; charset=x", "application/pdf", 9),
        ("JVBERi0xLjQK", "", "application/pdf", 9),
        ("JVBERi0xLjQK", "application/octet-stream", "application/pdf", 9),
        ("/9j/4AAQ", "image/jpg", "image/jpeg", 6),
        ("/9j/4AAQ", "image/png", "other", 6),
        ("", "application/pdf", "other", 0),
        ("JVBERi0xLjQ", "application/pdf", "other", 0),
        ("ikke base64!", "application/pdf", "other", 0),
        ("JVBERi0xLjQK\u00e5", "application/pdf", "other", 0),
    ],
)
def test_an_attachment_is_what_its_bytes_are(content: str, mime: str, type_: str, size: int) -> None:
    body = inserted(BACK, "</MsgHead>", attachment(content, mime))
    (entry,) = judged(body).certificate.attachment
    assert (entry.content_type, entry.size) == (type_, size)
    assert ("attachment-refused" in added(body, BACK)) == (type_ == "other")


def test_a_document_that_is_empty_is_named() -> None:
    assert added(inserted(BACK, "</MsgHead>", "<Document/>"), BACK)["not-carried"] == 1
    marked = "<Document><RefDoc><MsgType V='XML'/></RefDoc></Document>"
    assert added(inserted(BACK, "</MsgHead>", marked), BACK) == {"not-carried": 1}


# ---- what is not carried ----


def test_what_stands_around_the_form_is_named_and_its_transport_is_not() -> None:
    beside = '<Annet xmlns="urn:x">y</Annet>'
    body = inserted(BACK, "</Content>", beside)
    assert added(body, BACK) == {"not-carried": 1}
    inside = inserted(BACK, "<IssueDate ", "<Ukjent>x</Ukjent>")
    assert added(inside, BACK) == {"not-carried": 1, "schema-deviation": 1}
    description = inserted(BACK, "<MimeType>text/xml", "<Description>x</Description>")
    assert "not-carried" not in added(description, BACK)


def test_text_between_elements_is_told_once_each_way() -> None:
    body = inserted(BACK, "<StatusPresens>", "noe i mellom")
    assert added(body, BACK) == {"schema-deviation": 1, "not-carried": 1}
    assert at("DiagnoseArbeidsuforhet") in judged(body).places("not-carried")


def test_an_element_of_which_nothing_was_read_is_one_loss() -> None:
    full = judged(FULL).places("not-carried")
    assert at("Pasientopplysninger", "Pasient", "PersonAdr") in full
    assert not [
        place for place in full if place and place.startswith(at("Pasientopplysninger", "Pasient", "PersonAdr") + "/")
    ]


def test_a_repeated_part_of_the_form_is_named_where_it_was_not_read() -> None:
    body = inserted(BACK, "<ForbeholdLegeerklaring ", "<Prognose><AntattVarighet>To år</AntattVarighet></Prognose>")
    assert added(body, BACK) == {"schema-deviation": 1, "not-carried": 1}
    assert judged(body).places("not-carried") == [at("Prognose[2]")]


def test_what_stands_in_a_refused_value_is_told_once() -> None:
    body = changed(BACK, (CONTACT, '<Kontakt kontakt="9"/>'))
    assert added(body, BACK) == {"value-invalid": 1}


# ---- benefits ----


def test_what_was_removed_takes_nothing_else_with_it() -> None:
    body = inserted(
        FULL,
        '<AktueltTiltak typeTiltak="7">',
        '<AktueltTiltak typeTiltak="6"><HvilkeAndreTiltak>AAP</HvilkeAndreTiltak></AktueltTiltak>',
    )
    assert judged(body).certificate == judged(FULL).certificate
    assert added(body, FULL) == {"benefit-removed": 1}
    assert gone(body, FULL) == {}


def test_the_container_of_measures_may_be_empty_after_removal() -> None:
    body = without(FULL, "HvilkeAndreTiltak").replace(b'typeTiltak="7"', b'typeTiltak="3"')
    assert judged(body).removed == [("proposed-benefit", at("ForslagTiltak", "AktueltTiltak"))]


def test_every_position_is_that_of_the_thing_itself() -> None:
    body = changed(BACK, (PERSON, f'<Pasient\n  trygdekontor="Æ"\n  fodselsnummer="{OWN_FNR}">'))
    (loss,) = judged(body).told("not-carried")
    line = body[: body.index('trygdekontor="Æ"'.encode())].count(b"\n") + 1
    assert (loss.line, loss.column) == (line, 3)
