"""The register of senders at the door, on both engines: who has signed may write under their own HER-ids only.

Messages are really signed, in both formats that can be, and walk the whole way.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import select

from certgateway import bootstrap
from certgateway.domain.dialogue_events import Target
from certgateway.domain.message import Format
from certgateway.domain.senders import NOBODY, Sender, Senders
from certgateway.domain.vocabulary.systems import HER_ID
from certgateway.services import clarify, deliver
from certgateway.services.examine import House
from certgateway.services.pose import Question
from certgateway.services.receive import Delivery
from certgateway.services.rehearse import rehearse
from certgateway.store.tables import conflict, message
from tests.integration.receiving import Desk, desk, receipt
from tests.integration.replying import reply
from tests.integration.test_signer_and_sender import FHIR, KITH, WRAPPED, fingerprint, found, signed, unsigned
from tests.kith import changed, inserted, message_id, numbered
from tests.signing import MESSAGES, authority, office, raw

Json = dict[str, Any]
OWN, OTHER = "987654325", "974760673"
HERS = {FHIR: "8143060", KITH: "8094231", WRAPPED: "8094231"}
"""The HER-id that each message gives."""
OFFICE = Sender(frozenset(HERS.values()), certificates=frozenset({fingerprint(office())}))
"""The office of the messages, by its certificate."""
BY_NUMBER = Sender(frozenset(HERS.values()), OWN)
NEIGHBOUR = Sender(frozenset({"8100001"}), OTHER)
FORGER = office(OTHER)
"""The neighbour's own good certificate, of an issuer that is pinned."""
ALONE = office(OWN, by="Ingen utsteder vi kjenner")
"""A certificate that is trusted by itself: nobody vouches for the number that it states."""
NOTE = "sender-not-verified"


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def opened(url: str, house: House, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """A desk by its register; asked for again, the same one with another register."""
    anchors = tmp_path / "anchors.pem"
    anchors.write_bytes(
        authority().certificate_pem + authority("Annen utsteder").certificate_pem + ALONE.certificate_pem
    )
    asked = replace(house, signatures=bootstrap.signatures_of("verify", anchors))
    made = desk(url, asked)

    def make(*senders: Sender, only_registered: bool = False) -> Desk:
        gateway = replace(made.gateway, senders=Senders(senders), only_registered=only_registered)
        return Desk(gateway, made.clock)

    yield make
    made.gateway.store.close()


def own(name: str) -> bytes:
    """A message that names its sender by HER-id alone, so that no number decides."""
    return unsigned(name, None)


def fresh(body: bytes) -> bytes:
    """The same under another message id."""
    return body.replace(b"5e1f0001", b"5e1e0001").replace(b"<MsgId>5e2f", b"<MsgId>5e2e")


def claiming(name: str, her: str) -> bytes:
    """The same with something else in the place of its HER-id."""
    if name == FHIR:
        return changed(own(name), (f'<endpoint value="{HER_ID}.{HERS[name]}"/>', f'<endpoint value="{her}"/>'))
    return changed(own(name), (f"<Id>{HERS[name]}</Id>", f"<Id>{her}</Id>"))


def kept_under(at_desk: Desk) -> list[str]:
    """The senders that messages are kept under, in the order of their arrival."""
    with at_desk.gateway.store.engine.connect() as connection:
        return list(connection.execute(select(message.c.sender).order_by(message.c.arrival)).scalars())


# ---- one's own ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [FHIR, KITH, WRAPPED])
@pytest.mark.parametrize("sender", [OFFICE, BY_NUMBER], ids=["certificate", "organisation"])
def test_who_signs_under_an_own_her_id_is_verified(opened: Callable[..., Desk], name: str, sender: Sender) -> None:
    at_desk = opened(sender, NEIGHBOUR)
    outcome = at_desk.hand_in(signed(own(name), office()))
    assert outcome.verdict not in {None, "rejected"}
    assert NOTE not in found(outcome)
    assert kept_under(at_desk) == [f"her:{HERS[name]}"]
    # The receipt is the same the second time, and nobody was verified by having been so before.
    assert at_desk.hand_in(signed(own(name), office())).receipt == outcome.receipt


@pytest.mark.parametrize("name", [FHIR, KITH])
def test_without_a_register_a_signature_tells_no_her_id(opened: Callable[..., Desk], name: str) -> None:
    assert NOTE in found(opened().hand_in(signed(own(name), office())))
    # Nor with one that has neither the signer nor the HER-id.
    other = opened(NEIGHBOUR).hand_in(fresh(own(name)))
    assert NOTE in found(other)


def test_a_message_by_number_alone_is_verified_by_that_number(opened: Callable[..., Desk]) -> None:
    at_desk = opened(BY_NUMBER)
    body = unsigned(KITH).replace(b'<TypeId V="HER"', b'<TypeId V="AKO"', 1)
    assert NOTE not in found(at_desk.hand_in(signed(body, office())))
    assert kept_under(at_desk) == [f"org:{OWN}"]


@pytest.mark.parametrize("name", [FHIR, KITH])
def test_two_certificates_count_while_one_replaces_the_other(opened: Callable[..., Desk], name: str) -> None:
    """Both are of one organisation: who is known by certificates is known by nothing else."""
    old, new = office(), office(OWN, by="Annen utsteder")
    both = replace(OFFICE, certificates=frozenset({fingerprint(old), fingerprint(new)}))
    assert NOTE not in found(opened(replace(both, organisation=OWN)).hand_in(signed(own(name), old)))
    after = opened(replace(both, organisation=OWN, certificates=frozenset({fingerprint(new)})))
    assert NOTE not in found(after.hand_in(signed(fresh(own(name)), new)))
    refused = found(after.hand_in(signed(fresh(own(name)).replace(b"Granlia", b"Granli"), old)))
    assert set(refused) == {"sender-other-than-signer"}


@pytest.mark.parametrize("name", [FHIR, KITH])
def test_a_number_that_no_issuer_vouches_for_is_nobody_s(opened: Callable[..., Desk], name: str) -> None:
    """The operator trusts the certificate, but has not said whose it is."""
    assert set(found(opened(BY_NUMBER).hand_in(signed(own(name), ALONE)))) == {"sender-other-than-signer"}
    known = replace(BY_NUMBER, certificates=frozenset({fingerprint(ALONE)}))
    assert NOTE not in found(opened(known).hand_in(signed(own(name), ALONE)))


# ---- another's ------------------------------------------------------------------------------------------------------


def forged(name: str) -> bytes:
    """A good message of the office's, signed by the neighbour, who names no number that would differ."""
    return signed(own(name), FORGER)


@pytest.mark.parametrize("name", [FHIR, KITH, WRAPPED])
@pytest.mark.parametrize(
    "senders",
    [(OFFICE, NEIGHBOUR), (BY_NUMBER, NEIGHBOUR), (OFFICE,), (BY_NUMBER,)],
    ids=["both registered", "both by number", "signer unknown", "signer unknown, owner by number"],
)
def test_who_signs_under_another_s_her_id_is_refused(
    opened: Callable[..., Desk], name: str, senders: tuple[Sender, ...]
) -> None:
    at_desk = opened(*senders)
    outcome = at_desk.hand_in(forged(name))
    assert (outcome.verdict, outcome.case) == ("rejected", None)
    told = found(outcome)
    assert set(told) == {"sender-other-than-signer"}
    body, place = forged(name), told["sender-other-than-signer"]
    if name == FHIR:
        assert place["path"] == "Bundle.entry[0].resource.source.endpoint"
    else:
        assert etree.fromstring(body).xpath(f"string({place['path']})") == HERS[name]
    assert HERS[name] in body.decode().splitlines()[place["line"] - 1]
    # Neither HER-id nor number stands in a text for people.
    assert not any(number in place["text"] + place["action"] for number in (HERS[name], OWN, OTHER))
    assert receipt(outcome)["signer"] == {"certificate": fingerprint(FORGER), "organisation": OTHER}


@pytest.mark.parametrize("name", [FHIR, KITH])
@pytest.mark.parametrize("way", ["signed by another", "not signed"])
def test_what_is_refused_takes_nobody_s_place(opened: Callable[..., Desk], name: str, way: str) -> None:
    at_desk = opened(OFFICE, NEIGHBOUR)
    other = own(name).replace(b"Granlia legesenter", b"Granli legesenter")
    assert other != own(name)
    assert at_desk.hand_in(other if way == "not signed" else signed(other, FORGER)).verdict == "rejected"
    assert at_desk.events() == []
    assert at_desk.counts()["case"] == 0
    true = at_desk.hand_in(signed(own(name), office()))
    assert not true.conflict
    assert true.verdict not in {None, "rejected"}
    assert {NOTE, "likely-resend"}.isdisjoint(found(true))
    assert kept_under(at_desk) == ["unknown", f"her:{HERS[name]}"]
    with at_desk.gateway.store.engine.connect() as connection:
        assert connection.execute(select(conflict)).all() == []
    # Nor is anybody told what became of the true one.
    again = at_desk.hand_in(own(name) if way == "not signed" else forged(name))
    assert again.verdict == "rejected"
    assert again.answer.body != true.answer.body


def test_apprec_names_the_message_that_was_refused(opened: Callable[..., Desk]) -> None:
    answer = etree.fromstring(opened(OFFICE).hand_in(own(KITH)).answer.body)
    assert [one.get("V") for one in answer.iterfind("{*}Error")] == ["S99", "signature-missing"]
    assert answer.findtext("{*}OriginalMsgId/{*}Id") == message_id(own(KITH))


def test_a_number_that_is_not_the_registered_one_is_refused(opened: Callable[..., Desk]) -> None:
    """A certificate without a number could else sign for any organisation."""
    nameless = office(None)
    sender = replace(OFFICE, organisation=OWN, certificates=frozenset({fingerprint(nameless)}))
    at_desk = opened(sender)
    assert set(found(at_desk.hand_in(signed(unsigned(KITH, OTHER), nameless)))) == {"signer-not-sender"}
    assert NOTE not in found(at_desk.hand_in(signed(unsigned(KITH, OWN), nameless)))


# ---- the HER-id in disguise -----------------------------------------------------------------------------------------


def in_script(digits: str, zero: int) -> str:
    """The same digits in another script, as references of XML."""
    return "".join(f"&#{zero + int(digit)};" for digit in digits)


FULLWIDTH, ARABIC = 0xFF10, 0x0660
DISGUISES = {
    FHIR: [
        f"{HER_ID}.08143060",
        f"{HER_ID.upper()}.8143060",
        f"{HER_ID}.814 3060",
        f" {HER_ID}.8143060",
        f"{HER_ID.removeprefix('urn:oid:')}.8143060",
        "8143060",
        f"{HER_ID}.{in_script('8143060', FULLWIDTH)}",
        f"{HER_ID}.8143060&#x200B;",
    ],
    KITH: [
        "08094231",
        "0008094231",
        "8 094 231",
        in_script("8094231", FULLWIDTH),
        in_script("8094231", ARABIC),
        "8094231&#x200E;",
    ],
}


@pytest.mark.parametrize("name", DISGUISES)
def test_a_her_id_that_people_would_read_as_another_s_must_be_signed_by_it(
    opened: Callable[..., Desk], name: str
) -> None:
    at_desk = opened(OFFICE, NEIGHBOUR)
    for text in DISGUISES[name]:
        assert set(found(at_desk.hand_in(claiming(name, text)))) == {"signature-missing"}, text
        assert set(found(at_desk.hand_in(signed(claiming(name, text), FORGER)))) == {"sender-other-than-signer"}, text
    assert set(kept_under(at_desk)) == {"unknown"}


@pytest.mark.parametrize("name", DISGUISES)
def test_its_owner_writes_a_her_id_as_it_is_registered(opened: Callable[..., Desk], name: str) -> None:
    """Another spelling is another key in the store: it would be a second sender of the same name."""
    at_desk = opened(OFFICE)
    for text in DISGUISES[name]:
        told = found(at_desk.hand_in(signed(claiming(name, text), office())))
        assert set(told) == {"sender-other-than-signer"}, text
    assert set(kept_under(at_desk)) == {"unknown"}


def test_blanks_around_a_her_id_are_layout(opened: Callable[..., Desk]) -> None:
    at_desk = opened(OFFICE)
    assert set(found(at_desk.hand_in(claiming(KITH, " 8094231\n")))) == {"signature-missing"}
    assert NOTE not in found(at_desk.hand_in(signed(claiming(KITH, " 8094231\n"), office())))
    assert kept_under(at_desk) == ["unknown", "her:8094231"]


@pytest.mark.parametrize("name, text", [(FHIR, "https://epj.example/"), (FHIR, f"{HER_ID}."), (KITH, ""), (KITH, "x")])
def test_who_is_registered_gives_a_her_id(opened: Callable[..., Desk], name: str, text: str) -> None:
    assert set(found(opened(OFFICE).hand_in(signed(claiming(name, text), office())))) == {"sender-other-than-signer"}


def ident(her: str) -> str:
    return f'<Ident><Id>{her}</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident>'


@pytest.mark.parametrize("mark", ["<Ident>", "<HealthcareProfessional>"])
def test_of_several_her_ids_every_one_must_be_the_sender_s(opened: Callable[..., Desk], mark: str) -> None:
    """The first of them is what the message is kept under, but people may read any."""
    at_desk = opened(OFFICE, NEIGHBOUR)
    body = inserted(claiming(KITH, "8100001"), mark, ident(HERS[KITH]))
    for form, by in ((body, FORGER), (body, office())):
        assert set(found(at_desk.hand_in(signed(form, by)))) == {"sender-other-than-signer"}
    assert set(found(at_desk.hand_in(body))) == {"signature-missing"}
    assert NOTE not in found(opened(replace(OFFICE, hers=OFFICE.hers | {"8100001"})).hand_in(signed(body, office())))


def test_a_department_may_be_one_s_own_or_nobody_s_but_not_another_s(opened: Callable[..., Desk]) -> None:
    def department(her: str) -> bytes:
        inner = f"<Organisation><OrganisationName>Avdeling</OrganisationName>{ident(her)}</Organisation>"
        return numbered(inserted(own(KITH), "<HealthcareProfessional>", inner), int(her))

    at_desk = opened(OFFICE, NEIGHBOUR)
    assert NOTE not in found(at_desk.hand_in(signed(department("8100009"), office())))
    refused = found(at_desk.hand_in(signed(department("8100001"), office())))
    assert set(refused) == {"sender-other-than-signer"}
    assert (
        etree.fromstring(department("8100001")).xpath(f"string({refused['sender-other-than-signer']['path']})")
        == "8100001"
    )


def organisation_named(her: str, system: str = HER_ID) -> bytes:
    """A FHIR message whose header names an organisation with a HER-id beside its endpoint."""
    return naming(raw(FHIR), her, system)


def naming(body: bytes, her: str, system: str) -> bytes:
    sender = f'<sender><identifier><system value="{system}"/><value value="{her}"/></identifier></sender>'
    return inserted(body, "<source>", sender)


@pytest.mark.parametrize("system", [HER_ID, HER_ID.upper(), f"{HER_ID} "])
def test_a_fhir_message_with_two_addresses_must_own_both(opened: Callable[..., Desk], system: str) -> None:
    at_desk = opened(OFFICE, NEIGHBOUR)
    body = organisation_named("8100001", system)
    told = found(at_desk.hand_in(signed(body, office())))
    assert set(told) == {"sender-other-than-signer"}
    assert told["sender-other-than-signer"]["path"] == "Bundle.entry[0].resource.sender.identifier.value"
    own_too = naming(raw(FHIR), HERS[FHIR], HER_ID)
    assert NOTE not in found(at_desk.hand_in(signed(own_too, office())))


def test_a_second_header_is_not_the_sender(opened: Callable[..., Desk]) -> None:
    """What the first one says is what the message is kept under, and the other gets nobody under another's HER-id."""
    at_desk = opened(OFFICE, NEIGHBOUR)
    tree = etree.fromstring(claiming(FHIR, f"{HER_ID}.8100001"))
    second = etree.fromstring(own(FHIR)).find("{*}entry")
    assert second is not None
    tree.append(second)
    outcome = at_desk.hand_in(signed(etree.tostring(tree), FORGER))
    assert outcome.verdict == "rejected"
    assert kept_under(at_desk) == ["her:8100001"]


@pytest.mark.parametrize("mark", ["<MsgHead", "<MottakenhetBlokk"])
def test_a_her_id_in_the_wrapper_does_not_count(opened: Callable[..., Desk], mark: str) -> None:
    forged_sender = f"<MsgInfo><Sender><Organisation>{ident('8100001')}</Organisation></Sender></MsgInfo>"
    body = inserted(signed(own(WRAPPED), office()), mark, forged_sender)
    outcome = opened(OFFICE, NEIGHBOUR).hand_in(body)
    assert NOTE not in found(outcome)
    own_in_the_wrapper = forged_sender.replace("8100001", HERS[WRAPPED])
    refused = opened(OFFICE, NEIGHBOUR).hand_in(inserted(forged(WRAPPED), mark, own_in_the_wrapper))
    assert set(found(refused)) == {"sender-other-than-signer"}


def test_the_number_alone_is_the_sender_s_too(opened: Callable[..., Desk]) -> None:
    """Without a HER-id a KITH message is kept under its number: that must be signed for as well."""
    sender = replace(OFFICE, organisation=OWN)
    body = unsigned(KITH).replace(b'<TypeId V="HER"', b'<TypeId V="AKO"', 1)
    at_desk = opened(sender)
    told = found(at_desk.hand_in(body))
    assert set(told) == {"signature-missing"}
    assert etree.fromstring(body).xpath(f"string({told['signature-missing']['path']})") == OWN
    assert set(found(at_desk.hand_in(signed(body, office(None))))) == {"sender-other-than-signer"}
    # A sister of the same organisation, with a HER-id of her own, is another sender.
    assert NOTE in found(at_desk.hand_in(changed(unsigned(KITH), (f"<Id>{HERS[KITH]}</Id>", "<Id>8100009</Id>"))))


# ---- who does not sign, and who is not registered -------------------------------------------------------------------


@pytest.mark.parametrize("name", [FHIR, KITH, WRAPPED])
def test_who_is_known_by_a_certificate_must_sign(opened: Callable[..., Desk], name: str) -> None:
    told = found(opened(OFFICE).hand_in(own(name)))
    assert set(told) == {"signature-missing"}
    assert HERS[name] in own(name).decode().splitlines()[told["signature-missing"]["line"] - 1]
    # Who is known by a number alone is taken at their word still.
    assert NOTE in found(opened(BY_NUMBER).hand_in(own(name)))


def test_json_that_cannot_be_signed_is_no_way_round(opened: Callable[..., Desk]) -> None:
    body = (MESSAGES / f"{FHIR}.json").read_bytes()
    told = found(opened(OFFICE).hand_in(body))
    assert set(told) == {"signature-missing"}
    assert told["signature-missing"]["path"] == "Bundle.entry[0].resource.source.endpoint"


@pytest.mark.parametrize("name", [FHIR, KITH])
def test_only_registered_senders_are_taken_where_the_operator_says_so(opened: Callable[..., Desk], name: str) -> None:
    at_desk = opened(BY_NUMBER, only_registered=True)
    stranger = claiming(name, f"{HER_ID}.8100009" if name == FHIR else "8100009")
    for body in (stranger, signed(stranger, FORGER)):
        told = found(at_desk.hand_in(body))
        assert set(told) == {"sender-not-registered"}
        assert told["sender-not-registered"]["path"]
    # A HER-id that anybody could give is no way in: here who is registered must sign, whatever they are known by.
    assert set(found(at_desk.hand_in(own(name)))) == {"signature-missing"}
    assert kept_under(at_desk) == ["unknown"] * 3
    assert NOTE not in found(at_desk.hand_in(signed(own(name), office())))


@pytest.mark.parametrize("name", [FHIR, KITH])
def test_a_message_that_cannot_be_read_keeps_its_own_finding(opened: Callable[..., Desk], name: str) -> None:
    told = found(opened(OFFICE, only_registered=True).hand_in(own(name)[:-20]))
    assert set(told) == {"not-xml"}


# ---- policy ---------------------------------------------------------------------------------------------------------

INCOMPLETE = {FHIR: "unanswered/health-risk-missing-section-absent", KITH: KITH}
"""A message of each format that lacks an item; KITH's always does."""


@pytest.mark.parametrize("name, verdict", [(FHIR, "incomplete"), (KITH, "rejected")])
def test_the_policy_for_a_sender_is_that_of_who_signed(opened: Callable[..., Desk], name: str, verdict: str) -> None:
    body = raw(INCOMPLETE[name])
    eased = replace(BY_NUMBER, fhir_policy="hold", kith_policy="reject")
    assert opened(eased).hand_in(signed(body, office())).verdict == verdict


@pytest.mark.parametrize("name, verdict", [(FHIR, "rejected"), (KITH, "incomplete")])
def test_no_policy_is_had_by_naming_a_sender(opened: Callable[..., Desk], name: str, verdict: str) -> None:
    body = raw(INCOMPLETE[name])
    eased = replace(BY_NUMBER, fhir_policy="hold", kith_policy="reject")
    assert opened(eased).hand_in(body).verdict == verdict
    # Nor by having signed: of a format that the register does not speak of, the gateway's own policy holds.
    assert opened(BY_NUMBER).hand_in(signed(fresh(body), office())).verdict == verdict


# ---- dialogue -------------------------------------------------------------------------------------------------------


PATIENT = str(etree.fromstring(raw(KITH)).findtext(".//{*}MsgInfo/{*}Patient/{*}Ident/{*}Id"))


def answered(clarification: str) -> bytes:
    return reply(clarification, sender=HERS[KITH], patient=PATIENT)


def asked(at_desk: Desk) -> str:
    case = at_desk.hand_in(signed(own(KITH), office())).case
    found_ = clarify.ask(Question(case or "", (Target("activity", "unclear"),)), at_desk.gateway)
    assert isinstance(found_, str)
    return found_


def test_an_answer_in_a_dialogue_is_signed_by_who_was_asked(opened: Callable[..., Desk]) -> None:
    at_desk = opened(OFFICE, NEIGHBOUR)
    clarification = asked(at_desk)
    answer = answered(clarification)
    before = clarify.clarification(clarification, at_desk.gateway)["events"]
    assert set(found(at_desk.hand_in(answer))) == {"signature-missing"}
    assert set(found(at_desk.hand_in(signed(answer, FORGER)))) == {"sender-other-than-signer"}
    assert clarify.clarification(clarification, at_desk.gateway)["events"] == before
    outcome = at_desk.hand_in(signed(answer, office()))
    assert outcome.verdict not in {None, "rejected"}
    assert NOTE not in found(outcome)
    after = clarify.clarification(clarification, at_desk.gateway)["events"]
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1


def test_what_waits_for_a_sender_goes_on_waiting_when_it_leaves_the_register(opened: Callable[..., Desk]) -> None:
    clarification = asked(opened(OFFICE))
    after = opened()
    waiting = deliver.fetch(f"her:{HERS[KITH]}", 0, 10, after.gateway)
    assert [each.outgoing.clarification for each in waiting] == [clarification]
    # From then on it is a stranger, who is taken at their word.
    answer = answered(clarification)
    assert NOTE in found(after.hand_in(answer))


# ---- validation -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [FHIR, KITH])
def test_validation_knows_no_register(opened: Callable[..., Desk], name: str) -> None:
    at_desk = opened(OFFICE, NEIGHBOUR, only_registered=True)
    form: Format = "kith" if name == KITH else "fhir-xml"
    for body in (own(name), forged(name), signed(own(name), office())):
        delivery = Delivery(body, form, "application/xml")
        answer = rehearse(delivery, at_desk.gateway)
        plain = rehearse(delivery, replace(at_desk.gateway, senders=NOBODY, only_registered=False))
        assert answer == plain
        assert not any(rule in answer.body.decode() for rule in (NOTE, "signature-missing", "sender-"))
