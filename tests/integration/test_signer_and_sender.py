"""Who signed is held against who the message says sent it, on both engines and in both formats in XML."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree
from sqlalchemy import select

from certgateway import bootstrap
from certgateway.domain.vocabulary.systems import ORGANISATION_NUMBER
from certgateway.services.examine import House
from certgateway.services.receive import Outcome
from certgateway.store.tables import conflict, message
from certgateway.trust.xml_signing import Signatory, sign
from tests.integration.receiving import Desk, desk, receipt
from tests.kith import HEAD, SMALL, changed, inserted, message_id
from tests.signing import Identity, authority, office, raw

Json = dict[str, Any]
FHIR, KITH, WRAPPED = "good/back-pain-tolerates-load", f"kith/{SMALL}", "kith/good/wrapped-in-first-namespace"
OWN, OTHER = "987654325", "974760673"
OFFICE = "urn:uuid:5e1f0001-0d0c-4a10-9e00-000000000005"
"""The author's Organization in the FHIR message."""
KITH_PLACE = (
    f"{HEAD}/*[local-name()='MsgInfo'][1]/*[local-name()='Sender'][1]/*[local-name()='Organisation'][1]"
    "/*[local-name()='Ident'][1]/*[local-name()='Id'][1]"
)


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def at_desk(url: str, house: House, tmp_path: Path) -> Iterator[Desk]:
    anchors = tmp_path / "anchors.pem"
    anchors.write_bytes(authority().certificate_pem)
    opened = desk(url, house)
    asked = replace(house, signatures=bootstrap.signatures_of("verify", anchors))
    yield Desk(replace(opened.gateway, house=asked), opened.clock)
    opened.gateway.store.close()


# ---- messages -------------------------------------------------------------------------------------------------------


def unsigned(name: str, number: str | None = OWN) -> bytes:
    """A message that gives its sender this organisation number, or none."""
    body = raw(name)
    if name == FHIR:
        return naming(body, number)
    if number is None:
        # The sender's is the first of them.
        return body.replace(b'<TypeId V="ENH"', b'<TypeId V="AKO"', 1)
    return changed(body, (f"<Id>{OWN}</Id>", f"<Id>{number}</Id>"))


def naming(body: bytes, number: str | None) -> bytes:
    """A FHIR message whose header names its sender's Organization, of which there is one beside the author's."""
    if number is None:
        return body
    entry = (
        f'<entry><fullUrl value="urn:uuid:5e1f0001-0d0c-4a10-9e00-0000000000fe"/><resource><Organization>'
        f'<identifier><system value="urn:oid:2.16.578.1.12.4.1.2"/><value value="8143060"/></identifier>'
        f'<identifier><system value="{ORGANISATION_NUMBER}"/><value value="{number}"/></identifier>'
        f"</Organization></resource></entry>"
    )
    named = inserted(
        body, "<source>", '<sender><reference value="urn:uuid:5e1f0001-0d0c-4a10-9e00-0000000000fe"/></sender>'
    )
    return changed(named, ("</Bundle>", f"{entry}</Bundle>"))


def signed(body: bytes, by: Identity) -> bytes:
    """A message with its signature; a Fellesformat around a MsgHead that was signed alone."""
    if b"EI_fellesformat" not in body:
        return sign(body, Signatory(by.key, by.certificate))
    start, end = body.index(b"<MsgHead"), body.index(b"</MsgHead>") + len(b"</MsgHead>")
    made = sign(body[start:end], Signatory(by.key, by.certificate))
    return body[:start] + made[made.index(b"?>") + 2 :].strip() + body[end:]


# ---- what is told ---------------------------------------------------------------------------------------------------


def found(outcome: Outcome) -> dict[str, Json]:
    return {finding["rule"]: finding for finding in receipt(outcome)["findings"]}


def fingerprint(by: Identity) -> str:
    return by.certificate.fingerprint(SHA256()).hex()


def at_place(body: bytes, path: str) -> str:
    """The text of what an XPath selects in the message as it came."""
    return str(etree.fromstring(body).xpath(f"string({path})"))


def told_in_fhir(body: bytes) -> dict[str, str]:
    """The signer in the receipt that stands in a FHIR answer."""
    parts = etree.fromstring(body).iterfind(".//{*}extension[@url='signer']/{*}extension")
    return {part.get("url", ""): part[0].get("value", "") for part in parts}


# ---- same, other, absent --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [FHIR, KITH, WRAPPED])
def test_a_message_that_its_sender_signed_is_taken(at_desk: Desk, name: str) -> None:
    outcome = at_desk.hand_in(signed(unsigned(name), office()))
    assert outcome.verdict not in {None, "rejected"}
    assert "signer-not-sender" not in found(outcome)
    # Whose HER-id the message gives is not known by the signature.
    assert "sender-not-verified" in found(outcome)
    assert receipt(outcome)["signer"] == {"certificate": fingerprint(office()), "organisation": OWN}


@pytest.mark.parametrize("name", [FHIR, KITH, WRAPPED])
def test_a_message_that_another_office_signed_is_refused(at_desk: Desk, name: str) -> None:
    outcome = at_desk.hand_in(signed(unsigned(name), office(OTHER)))
    assert (outcome.case, outcome.verdict) == (None, "rejected")
    assert set(found(outcome)) == {"signer-not-sender"}
    assert receipt(outcome)["signer"] == {"certificate": fingerprint(office(OTHER)), "organisation": OTHER}
    assert at_desk.events() == []
    assert (at_desk.counts()["message"], at_desk.counts()["case"]) == (1, 0)
    # Neither the number that was named nor the one in the certificate stands in a text for people.
    told = found(outcome)["signer-not-sender"]
    assert OWN not in told["text"] + told["action"]
    assert OTHER not in told["text"] + told["action"]


@pytest.mark.parametrize("name", [FHIR, KITH, WRAPPED])
@pytest.mark.parametrize("stated, by", [(None, OWN), (OWN, None), (None, None)])
def test_where_one_of_them_has_no_number_nothing_is_compared(
    at_desk: Desk, name: str, stated: str | None, by: str | None
) -> None:
    outcome = at_desk.hand_in(signed(unsigned(name, stated), office(by)))
    assert outcome.verdict not in {None, "rejected"}
    assert "signer-not-sender" not in found(outcome)
    assert receipt(outcome)["signer"] == {"certificate": fingerprint(office(by)), "organisation": by}


@pytest.mark.parametrize("name", [FHIR, KITH, WRAPPED])
def test_of_an_unsigned_message_nobody_is_told_to_have_signed(at_desk: Desk, name: str) -> None:
    outcome = at_desk.hand_in(unsigned(name))
    assert "sender-not-verified" in found(outcome)
    assert receipt(outcome)["signer"] is None
    assert told_in_fhir(outcome.answer.body) == {}


# ---- where ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [FHIR, KITH])
def test_the_finding_stands_where_the_message_names_its_sender(at_desk: Desk, name: str) -> None:
    body = signed(unsigned(name), office(OTHER))
    told = found(at_desk.hand_in(body))["signer-not-sender"]
    if name == KITH:
        assert told["path"] == KITH_PLACE
        assert at_place(body, told["path"]) == OWN
    else:
        entries = len(etree.fromstring(body).findall("{*}entry"))
        assert told["path"] == f"Bundle.entry[{entries - 1}].resource.identifier[1].value"
    line = body.decode().splitlines()[told["line"] - 1]
    assert line[told["column"] - 1 :].startswith("<Id>" if name == KITH else "<value ")
    assert OWN in line[told["column"] - 1 :][:30]


def test_the_finding_in_a_fellesformat_counts_the_message_as_it_came(at_desk: Desk) -> None:
    body = signed(unsigned(WRAPPED), office(OTHER))
    told = found(at_desk.hand_in(body))["signer-not-sender"]
    assert at_place(body, told["path"]) == OWN
    assert f"<Id>{OWN}</Id>" in body.decode().splitlines()[told["line"] - 1]


# ---- the answer and the record --------------------------------------------------------------------------------------


def test_a_fhir_receipt_names_the_certificate_and_its_number_and_no_more(at_desk: Desk) -> None:
    outcome = at_desk.hand_in(signed(unsigned(FHIR), office()))
    assert told_in_fhir(outcome.answer.body) == {"certificate": fingerprint(office()), "organisation": OWN}
    refused = at_desk.hand_in(signed(unsigned(FHIR), office(OTHER)))
    assert refused.answer.status == 400
    response = receipt(refused)["answer"].encode()
    assert told_in_fhir(response) == {"certificate": fingerprint(office(OTHER)), "organisation": OTHER}


def test_apprec_refuses_by_a_code_of_signatures_and_by_the_message_id_that_was_signed(at_desk: Desk) -> None:
    body = unsigned(WRAPPED)
    forged = '<x:MsgHead xmlns:x="urn:x"><MsgInfo><Type V="X"/><GenDate>2026-03-16T10:42:00</GenDate><MsgId>forged'
    made = inserted(signed(body, office(OTHER)), "<MsgHead", f"{forged}</MsgId></MsgInfo></x:MsgHead>")
    answer = etree.fromstring(at_desk.hand_in(made).answer.body)
    assert [one.get("V") for one in answer.iterfind("{*}Error")] == ["S99", "signer-not-sender"]
    assert [one.get("V") for one in answer.iterfind("{*}Status")] == ["2"]
    assert answer.findtext("{*}OriginalMsgId/{*}Id") == message_id(body)


@pytest.mark.parametrize("name", [FHIR, KITH])
def test_the_record_says_who_signed_and_holds_no_name_of_the_certificate(at_desk: Desk, name: str) -> None:
    at_desk.hand_in(signed(unsigned(name), office(OTHER)))
    at_desk.hand_in(signed(unsigned(name), office()))
    with at_desk.gateway.store.engine.connect() as connection:
        rows = connection.execute(select(message.c.receipt).order_by(message.c.arrival)).scalars().all()
    assert [json.loads(row)["signer"]["certificate"] for row in rows] == [
        fingerprint(office(OTHER)),
        fingerprint(office()),
    ]
    assert not any(b"Testutsteder" in row or b"NTRNO" in row for row in rows)


@pytest.mark.parametrize("name", [FHIR, KITH])
def test_who_signs_as_another_takes_nobody_s_place(at_desk: Desk, name: str) -> None:
    """Its id and its sender are another's: the true message with this id is no conflict afterwards, nor a resend."""
    other = changed(unsigned(name), *CHANGES[name])
    assert at_desk.hand_in(signed(other, office(OTHER))).verdict == "rejected"
    outcome = at_desk.hand_in(signed(unsigned(name), office()))
    assert not outcome.conflict
    assert outcome.verdict not in {None, "rejected"}
    assert "likely-resend" not in found(outcome)
    with at_desk.gateway.store.engine.connect() as connection:
        assert connection.execute(select(conflict)).all() == []
    # Nor is it told what became of the true one.
    again = at_desk.hand_in(signed(unsigned(name), office(OTHER)))
    assert set(found(again)) == {"signer-not-sender"}
    assert again.answer.body != outcome.answer.body


CHANGES = {
    FHIR: [('<name value="Granlia legesenter"/>', '<name value="Granli legesenter"/>')],
    KITH: [("<OrganisationName>Granlia legesenter<", "<OrganisationName>Granli legesenter<")],
}


# ---- what does not count --------------------------------------------------------------------------------------------


FORGED = (
    "<MsgInfo><Sender><Organisation><Ident><Id>{number}</Id>"
    '<TypeId V="ENH" S="2.16.578.1.12.4.1.1.9051"/></Ident></Organisation></Sender></MsgInfo>'
)
WRAPPERS: dict[str, Callable[[str], str]] = {
    "a sender alone": lambda number: FORGED.format(number=number),
    "a head of another vocabulary": lambda number: (
        f'<x:MsgHead xmlns:x="urn:x">{FORGED.format(number=number)}</x:MsgHead>'
    ),
}


@pytest.mark.parametrize("way", WRAPPERS)
@pytest.mark.parametrize("mark", ["<MsgHead", "<MottakenhetBlokk"])
def test_a_sender_in_the_wrapper_does_not_count(at_desk: Desk, way: str, mark: str) -> None:
    """Who wraps a message can write what they like around it: neither to get in by it nor to keep somebody out."""
    got_in = inserted(signed(unsigned(WRAPPED), office(OTHER)), mark, WRAPPERS[way](OTHER))
    assert set(found(at_desk.hand_in(got_in))) == {"signer-not-sender"}
    kept_out = inserted(signed(unsigned(WRAPPED), office()), mark, WRAPPERS[way](OTHER))
    assert "signer-not-sender" not in found(at_desk.hand_in(kept_out))


def test_the_author_s_organisation_is_not_the_sender(at_desk: Desk) -> None:
    """A FHIR message with an author's Organization and no sender names nobody that a signer could be."""
    outcome = at_desk.hand_in(signed(raw(FHIR), office(OTHER)))
    assert outcome.verdict not in {None, "rejected"}
    assert "signer-not-sender" not in found(outcome)


def test_a_header_may_name_the_author_s_organisation_as_the_sender(at_desk: Desk) -> None:
    body = inserted(raw(FHIR), "<source>", f'<sender><reference value="{OFFICE}"/></sender>')
    told = found(at_desk.hand_in(signed(body, office(OTHER))))
    assert set(told) == {"signer-not-sender"}
    assert told["signer-not-sender"]["path"] == "Bundle.entry[5].resource.identifier[0].value"
    assert "signer-not-sender" not in found(at_desk.hand_in(signed(body, office())))


def test_a_department_with_another_number_refuses_nothing(at_desk: Desk) -> None:
    """An enterprise signs for its departments."""
    for number in (OTHER, OWN):
        department = (
            f"<Organisation><OrganisationName>Avdeling</OrganisationName><Ident><Id>{number}</Id>"
            '<TypeId V="ENH" S="2.16.578.1.12.4.1.1.9051"/></Ident></Organisation>'
        )
        body = inserted(raw(KITH), "<HealthcareProfessional>", department)
        fresh = changed(body, (f"<MsgId>{message_id(body)}<", f"<MsgId>0f5d0c1e-0000-4000-a000-0000{number[:8]}<"))
        outcome = at_desk.hand_in(signed(fresh, office()))
        assert outcome.verdict not in {None, "rejected"}
        assert "signer-not-sender" not in found(outcome)
