"""Reception of the form of 2008: what is the same message, the same case, another version, and what no scanner let in.

Everything runs on SQLite (a file) and on PostgreSQL (a real server), as in `test_receive`.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from lxml import etree
from sqlalchemy import select

from certgateway import bootstrap
from certgateway.domain.attachments import AttachmentPolicy
from certgateway.domain.errors import GatewayError, ScannerUnavailableError
from certgateway.kith.apprec import AppRecVersion
from certgateway.services.answer import media_type
from certgateway.services.assess import assess
from certgateway.services.examine import House
from certgateway.services.receive import Delivery, Outcome, receive
from certgateway.store.evidence import open_conflict, open_original
from certgateway.store.tables import conflict
from fixtures.authoring.people import fnr
from tests.integration.receiving import (
    DAY,
    NOTHING,
    ONE_ACCEPTED,
    ONE_REJECTED,
    START,
    Desk,
    desk,
    message,
    receipt,
    resource,
    rules,
    told,
)
from tests.integration.test_receive_kill import BEFORE_THE_ANSWER, KILLED, Dying, statements
from tests.kith import PDF, SMALL, attachment, changed, inserted, message_id, numbered, raw, without

BACK = raw(SMALL)
SENDER = "her:8094231"
OWN_FNR = "14837910405"
GENDATE = "<GenDate>2026-03-16T10:42:00<"
STANDING = {"function-uncoded": 1, "health-risk-missing": 1}
"""What stands for every good message on this form: it has no field for health risk, and asks for function in words."""


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def at_desk(url: str, house: House) -> Iterator[Desk]:
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


def following(number: int, conversation: str = message_id(BACK), date: str = "2026-04-16T10:42:00") -> bytes:
    """A later message of the same conversation, with other content."""
    reference = f"<ConversationRef><RefToParent>x</RefToParent><RefToConversation>{conversation}</RefToConversation>"
    body = inserted(numbered(BACK, number), "<Sender>", reference + "</ConversationRef>")
    return changed(body, (GENDATE, f"<GenDate>{date}<"), ("3-6 måneder", "To måneder"))


def about_somebody_else(body: bytes) -> bytes:
    return body.replace(OWN_FNR.encode(), fnr(3, 5, 1971, 101).encode())


def asking(at_desk: Desk, body: bytes, version: AppRecVersion) -> Outcome:
    return receive(Delivery(body, "kith", media_type("kith"), apprec=version), at_desk.gateway)


def status(outcome: Outcome) -> str | None:
    found = etree.fromstring(outcome.answer.body).find("{*}Status")
    assert found is not None
    return found.get("V")


def errors(outcome: Outcome) -> list[str]:
    return [error.get("V", "") for error in etree.fromstring(outcome.answer.body).iterfind("{*}Error")]


# ---- one message ----


def test_a_first_message_becomes_a_version_with_what_is_open(at_desk: Desk) -> None:
    outcome = at_desk.hand_in(BACK)
    data = receipt(outcome)
    assert (outcome.verdict, outcome.answer.status, outcome.answer.media_type) == ("incomplete", 200, "application/xml")
    assert status(outcome) == "3"
    assert rules(outcome) == STANDING
    assert at_desk.counts() == ONE_ACCEPTED
    assert at_desk.events() == [("new", 1)]
    assert at_desk.versions(outcome.case) == [(1, True)]
    assert (data["message_id"], data["certificate"], data["version"]) == (message_id(BACK), outcome.case, 1)
    assert data["answer"] == outcome.answer.body.decode()
    assessment = assess(outcome.case or "", at_desk.gateway)
    assert assessment is not None
    assert (assessment["version"], assessment["verdict"]) == (1, "incomplete")
    assert [element["item"] for element in assessment["open"]] == ["health-risk"]
    assert all(element["question"] for element in assessment["open"])
    assert {element["item"] for element in assessment["proposals"]} >= {"health-risk"}
    assert not {element["item"] for element in assessment["risks"]}


def test_the_original_is_kept_bit_for_bit_benefits_and_all(at_desk: Desk) -> None:
    body = BACK.replace(b'typeLegeerklaring="1"', b'typeLegeerklaring="2"') + b"<!-- slutt -->\r\n"
    outcome = at_desk.hand_in(body)
    assert rules(outcome) == STANDING | {"benefit-removed": 1}
    with at_desk.gateway.store.reading() as read:
        found = read.find_message(SENDER, message_id(BACK))
    assert found is not None
    assert open_original(at_desk.gateway.store, found.uuid) == body


def test_a_rejected_message_is_recorded_and_answered(at_desk: Desk) -> None:
    outcome = at_desk.hand_in(BACK.replace(OWN_FNR.encode(), b"12345678901"))
    assert (outcome.verdict, outcome.answer.status, status(outcome)) == ("rejected", 200, "2")
    assert errors(outcome)[:2] == ["E31", "X99"]
    assert at_desk.counts() == ONE_REJECTED
    assert at_desk.events() == []
    assert assess(outcome.case or "", at_desk.gateway) is None


def test_a_receipt_is_found_by_message_id(at_desk: Desk) -> None:
    outcome = at_desk.hand_in(BACK)
    with at_desk.gateway.store.reading() as read:
        found = read.find_receipt(message_id(BACK))
        assert read.find_receipt("x") is None
    assert found is not None
    assert found.receipt == outcome.receipt


# ---- the same message again ----


def test_a_replay_gets_the_first_bytes_whatever_version_is_asked_for(at_desk: Desk) -> None:
    first = asking(at_desk, BACK, "1.0")
    at_desk.clock.now += 30 * DAY
    again = asking(at_desk, BACK, "1.1")
    assert told(again) == told(first)
    assert (again.verdict, again.case) == (first.verdict, first.case)
    assert b"apprec/2004-11-21" in again.answer.body
    assert at_desk.counts() == ONE_ACCEPTED
    other = asking(at_desk, following(2), "1.1")
    assert b"apprec/2012-02-15" in other.answer.body


@pytest.mark.parametrize(
    "body",
    [BACK, BACK.replace(OWN_FNR.encode(), b"1"), without(BACK, "MsgId"), BACK[:-20], BACK[:300], b"", b"<a/>"],
    ids=["incomplete", "rejected", "no id", "cut short", "cut in the envelope", "empty", "no message"],
)
def test_the_same_bytes_get_the_same_bytes_whatever_they_were(body: bytes, at_desk: Desk) -> None:
    first = asking(at_desk, body, "1.0")
    at_desk.clock.now += 30 * DAY
    again = asking(at_desk, body, "1.0")
    assert told(again) == told(first)
    counts = at_desk.counts()
    assert (counts["message"], counts["conflict"], counts["ledger"]) == (1, 0, 1)


def relaid(way: str) -> bytes:
    declaration, _, rest = BACK.partition(b"\n")
    if way == "compact":
        return declaration + b"".join(line.strip() for line in rest.splitlines())
    if way == "prefixes":
        tree = etree.fromstring(BACK)
        copy = etree.Element(tree.tag, nsmap={"h": str(etree.QName(tree).namespace)})
        copy.extend(list(tree))
        return etree.tostring(copy, encoding="utf-8", xml_declaration=True)
    if way == "latin letters":
        return BACK.decode().replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")
    if way == "comments":
        return declaration + b"<!-- a -->" + rest.replace(b"<MsgId>", b"<!-- b --><MsgId><!-- c -->")
    received = f'<MottakenhetBlokk ediLoggId="{way}" mottattDatotid="2026-10-30T08:00:05"/>'.encode()
    wrapping = b'<EI_fellesformat xmlns="http://www.nav.no/xml/eiff/2/">'
    return declaration + wrapping + rest + received + b"</EI_fellesformat>"


@pytest.mark.parametrize("way", ["compact", "prefixes", "latin letters", "comments", "reception 1", "reception 2"])
def test_the_same_content_in_another_layout_is_the_same_message(way: str, at_desk: Desk) -> None:
    first = at_desk.hand_in(BACK)
    again = at_desk.hand_in(relaid(way))
    assert told(again) == told(first)
    assert at_desk.counts() == ONE_ACCEPTED


# ---- other content under the same id ----


def test_other_content_under_the_same_id_replaces_nothing(at_desk: Desk) -> None:
    first = at_desk.hand_in(BACK)
    other = changed(BACK, ("3-6 måneder", "To måneder"))
    refused = at_desk.hand_in(other)
    assert (refused.answer.status, refused.conflict, refused.case) == (409, True, None)
    assert (status(refused), errors(refused)) == ("2", ["E10", "message-id-conflict"])
    assert at_desk.counts() == ONE_ACCEPTED | {"conflict": 1, "ledger": 2}
    with at_desk.gateway.store.engine.connect() as connection:
        row = connection.execute(select(conflict)).one()
    assert row.content_digest != row.first_digest
    assert open_conflict(at_desk.gateway.store, SENDER, message_id(BACK), row.content_digest) == other
    assert told(at_desk.hand_in(BACK)) == told(first)


def test_a_tick_that_is_removed_makes_other_content_all_the_same(at_desk: Desk) -> None:
    at_desk.hand_in(BACK)
    assert at_desk.hand_in(BACK.replace(b'typeLegeerklaring="1"', b'typeLegeerklaring="4"')).answer.status == 409


def test_a_broken_message_is_no_conflict_for_the_whole_one(at_desk: Desk) -> None:
    cut = BACK[: BACK.index(b"<Prognose")]
    broken = at_desk.hand_in(cut)
    assert (broken.verdict, broken.answer.status, status(broken)) == ("rejected", 200, "2")
    assert errors(broken) == ["T01", "not-xml"]
    with at_desk.gateway.store.reading() as read:
        kept = read.find_message("unknown", hashlib.sha256(cut).hexdigest())
    assert kept is not None
    whole = at_desk.hand_in(BACK)
    assert (whole.answer.status, whole.verdict) == (200, "incomplete")
    assert at_desk.events() == [("new", 1)]


def test_two_senders_may_use_one_message_id(at_desk: Desk) -> None:
    other = changed(BACK, ("<Id>8094231<", "<Id>8094232<"))
    assert at_desk.hand_in(BACK).case != at_desk.hand_in(other).case
    assert at_desk.counts() == {name: 2 * number for name, number in ONE_ACCEPTED.items()}


def test_one_message_id_in_both_formats_is_a_conflict(at_desk: Desk) -> None:
    """The sender chose the id; what it stands for cannot change with the format."""
    tree = message()
    number = tree["entry"][0]["resource"]["id"]
    header = resource(tree, "MessageHeader")
    sender = header["source"]["endpoint"].rpartition(".")[2]
    at_desk.hand_in(tree)
    body = changed(BACK, (f"<MsgId>{message_id(BACK)}", f"<MsgId>{number}"), ("<Id>8094231<", f"<Id>{sender}<"))
    assert at_desk.hand_in(body).answer.status == 409


# ---- the same certificate under another id ----


def test_the_same_certificate_under_another_id_is_a_resend(at_desk: Desk) -> None:
    first = at_desk.hand_in(following(1))
    again = at_desk.hand_in(numbered(following(1), 2))
    assert (again.verdict, again.case) == (first.verdict, first.case)
    assert rules(again) == STANDING | {"likely-resend": 1}
    assert receipt(again)["version"] is None
    assert at_desk.events() == [("new", 1)]


def test_the_same_certificate_without_a_conversation_is_a_resend_too(at_desk: Desk) -> None:
    first = at_desk.hand_in(BACK)
    again = at_desk.hand_in(numbered(BACK, 2))
    assert (again.verdict, again.case) == (first.verdict, first.case)
    assert rules(again) == STANDING | {"likely-resend": 1}
    assert receipt(again)["version"] is None
    assert at_desk.events() == [("new", 1)]


def test_written_at_another_time_it_is_another_certificate(at_desk: Desk) -> None:
    first = at_desk.hand_in(BACK)
    later = at_desk.hand_in(changed(numbered(BACK, 2), (GENDATE, "<GenDate>2026-03-17T10:42:00<")))
    assert later.case != first.case
    assert "likely-resend" not in rules(later)


# ---- versions ----


def test_an_update_in_the_conversation_is_the_next_version(at_desk: Desk) -> None:
    first = at_desk.hand_in(BACK)
    at_desk.clock.now += DAY
    second = at_desk.hand_in(following(2))
    assert (second.verdict, second.case) == ("incomplete", first.case)
    assert (receipt(second)["version"], receipt(second)["first_attempt"]) == (2, receipt(first)["arrival"])
    assert at_desk.versions(first.case) == [(1, False), (2, True)]
    assert at_desk.events() == [("new", 1), ("replaced", 2)]
    assessment = assess(first.case or "", at_desk.gateway)
    assert assessment is not None
    assert assessment["differences"]


def test_an_older_update_is_history(at_desk: Desk) -> None:
    first = at_desk.hand_in(BACK)
    late = at_desk.hand_in(following(2, date="2026-01-20T08:00:00"))
    assert rules(late) == STANDING | {"filed-as-history": 1}
    assert at_desk.versions(first.case) == [(1, True), (2, False)]
    assert at_desk.events() == [("new", 1)]


def test_an_update_whose_first_message_never_came_is_a_case_of_its_own(at_desk: Desk) -> None:
    first = at_desk.hand_in(following(2, conversation="never-seen"))
    assert first.verdict == "incomplete"
    assert at_desk.hand_in(BACK).case != first.case


def test_an_update_about_another_patient_is_refused(at_desk: Desk) -> None:
    first = at_desk.hand_in(BACK)
    other = at_desk.hand_in(about_somebody_else(following(2)))
    assert (other.verdict, status(other)) == ("rejected", "2")
    assert rules(other) == STANDING | {"revision-of-other-patient": 1}
    assert "E31" in errors(other)
    assert at_desk.versions(first.case) == [(1, True)]
    assert at_desk.events() == [("new", 1)]
    assert at_desk.hand_in(following(3)).verdict == "incomplete"


def test_a_refused_attempt_keeps_the_day(at_desk: Desk) -> None:
    refused = at_desk.hand_in(without(BACK, "Prognose"))
    assert refused.verdict == "rejected"
    at_desk.clock.now += 3 * DAY
    accepted = at_desk.hand_in(following(2))
    assert (accepted.verdict, accepted.case) == ("incomplete", refused.case)
    assert receipt(accepted)["first_attempt"] == receipt(refused)["arrival"]
    assert receipt(accepted)["version"] == 1
    assert at_desk.events() == [("new", 1)]


def test_a_message_without_a_name_is_refused_and_no_version(at_desk: Desk) -> None:
    """It is answered with 400: whoever gets that must be able to rely on nothing having been registered."""
    outcome = at_desk.hand_in(without(following(2), "MsgId"))
    assert (outcome.verdict, outcome.answer.status) == ("rejected", 400)
    assert outcome.answer.media_type == "application/problem+json"
    assert json.loads(outcome.answer.body)["findings"][0]["rule"] == "element-missing"
    assert at_desk.events() == []
    assert at_desk.versions(outcome.case) == []


def test_a_policy_of_reject_rejects_what_is_incomplete(at_desk: Desk) -> None:
    strict = replace(at_desk.gateway.house, policies=bootstrap.DEFAULT_POLICIES | {"kith": "reject"})
    outcome = Desk(replace(at_desk.gateway, house=strict), at_desk.clock).hand_in(BACK)
    assert (outcome.verdict, status(outcome), outcome.answer.status) == ("rejected", "2", 200)
    assert at_desk.events() == []


def test_an_incomplete_one_may_be_told_as_ok(at_desk: Desk) -> None:
    mild = Desk(replace(at_desk.gateway, apprec_status="1"), at_desk.clock)
    outcome = mild.hand_in(BACK)
    assert (outcome.verdict, status(outcome)) == ("incomplete", "1")
    assert "health-risk-missing" in errors(outcome)


# ---- malware ----


@dataclass
class Looking:
    """A scanner that remembers what it was shown; `virus` is what it finds something in, `broken` never answers."""

    virus: bytes = b"?"
    broken: bool = False
    seen: list[bytes] = field(default_factory=list)

    def is_infected(self, content: bytes) -> bool:
        if self.broken:
            raise ScannerUnavailableError("it does not answer")
        self.seen.append(content)
        return self.virus in content


def scanned(at_desk: Desk, scanner: Looking, policy: AttachmentPolicy | None = None) -> Desk:
    house = replace(at_desk.gateway.house, attachments=policy) if policy else at_desk.gateway.house
    return Desk(replace(at_desk.gateway, scanner=scanner, house=house), at_desk.clock)


def with_attachments(*contents: str) -> bytes:
    return inserted(BACK, "</MsgHead>", "".join(attachment(content) for content in contents))


def test_an_infected_attachment_is_refused_and_the_certificate_taken(at_desk: Desk) -> None:
    scanner = Looking(virus=b"%PDF-1.4")
    outcome = scanned(at_desk, scanner).hand_in(with_attachments(PDF))
    assert outcome.verdict == "incomplete"
    assert rules(outcome) == STANDING | {"attachment-refused": 1}
    assert scanner.seen == [b"%PDF-1.4\n"]
    assert at_desk.events() == [("new", 1)]


def test_a_clean_attachment_is_looked_at_once_however_often_it_stands_there(at_desk: Desk) -> None:
    scanner = Looking()
    assert rules(scanned(at_desk, scanner).hand_in(with_attachments(PDF, PDF))) == STANDING
    assert scanner.seen == [b"%PDF-1.4\n"]


def test_without_an_answer_from_the_scanner_nothing_is_kept(at_desk: Desk) -> None:
    with pytest.raises(GatewayError) as fault:
        scanned(at_desk, Looking(broken=True)).hand_in(with_attachments(PDF))
    assert fault.value.category == "unavailable"
    assert at_desk.counts() == NOTHING
    assert scanned(at_desk, Looking()).hand_in(with_attachments(PDF)).verdict == "incomplete"
    assert at_desk.counts() == ONE_ACCEPTED


def test_what_is_refused_for_size_or_number_is_not_scanned(at_desk: Desk) -> None:
    scanner = Looking()
    policy = AttachmentPolicy(largest=8, most=1)
    outcome = scanned(at_desk, scanner, policy).hand_in(with_attachments(PDF, "JVBERi0x"))
    assert rules(outcome)["attachment-refused"] == 2
    assert scanner.seen == []


def test_a_message_without_attachments_asks_no_scanner(at_desk: Desk) -> None:
    assert scanned(at_desk, Looking(broken=True)).hand_in(BACK).verdict == "incomplete"


def test_the_attachments_of_the_other_format_are_scanned_too(at_desk: Desk) -> None:
    scanner = Looking(virus=b"%PDF")
    outcome = scanned(at_desk, scanner).hand_in(message("every-mapped-element"))
    assert len(scanner.seen) == 2
    assert receipt(outcome)["verdict"] == "accepted-with-remarks"
    assert any(finding["rule"] == "attachment-refused" for finding in receipt(outcome)["findings"])


# ---- kill -9 ----


@pytest.fixture(scope="module")
def dying() -> Iterator[Dying]:
    process = Dying()
    yield process
    process.stop()


def test_killed_at_any_statement_a_retry_has_one_effect(at_desk: Desk, dying: Dying) -> None:
    """`test_receive_kill` tells the statements apart; here it counts that this form takes the same road."""
    address = at_desk.gateway.store.engine.url.render_as_string(hide_password=False)
    for point in range(1, len(statements(at_desk)) + 1):
        assert dying.receive(address, point, "kith") == KILLED
        assert at_desk.counts() == NOTHING
    assert dying.receive(address, BEFORE_THE_ANSWER, "kith") == KILLED
    assert at_desk.counts() == ONE_ACCEPTED
    first = at_desk.hand_in(BACK)
    assert receipt(first)["arrival"] == (START + timedelta(minutes=1)).isoformat()
    assert told(at_desk.hand_in(BACK)) == told(first)
    assert at_desk.counts() == ONE_ACCEPTED
