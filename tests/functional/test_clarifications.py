"""What a counsellor does over HTTP: asks, follows, reminds, returns, withdraws, hands over; and what is refused."""

import json
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from certgateway.domain.vocabulary.clarification import RETURN_REASON, WITHDRAWAL_REASON
from certgateway.services import clarify
from certgateway.services.gateway import Gateway
from tests import kith
from tests.functional.messages import changed
from tests.functional.office import (
    NOWHERE,
    OTHER_SYSTEM,
    PATIENT,
    PLAIN,
    SENDER,
    Office,
    items_of,
    kinds,
    request_of,
    standings,
    target,
)
from tests.integration.answering import answer
from tests.integration.receiving import message, numbered, without

Json = dict[str, Any]
WITHDRAWAL_ID = "0f5d0c1e-0000-4000-a000-000000000009"
RISK = target("health-risk", "unclear", settles="Gjelder det også stillesittende arbeid?")
ODD_IDS = [NOWHERE, "x", "%00", "a" * 300, "æøå", "..%2f..", PATIENT]
WITHDRAW = {"reason": "no-longer-needed"}
RETURN = {"reason": "still-unclear"}
HAND_OVER = {"receiver": OTHER_SYSTEM}
VERBS = {
    "remind": None,
    "return": RETURN,
    "withdraw": WITHDRAW,
    "hand-over": HAND_OVER,
    "pause": None,
    "resume": None,
}


def problem(answer_: Response) -> tuple[int, str]:
    """Status and id of a problem that keeps the form of one."""
    told = answer_.json()
    assert answer_.headers["content-type"] == "application/problem+json"
    assert told["type"] == f"https://certgateway.example/problems/{told['title']}"
    assert told["status"] == answer_.status_code
    assert told["support_reference"] == answer_.headers["support-reference"]
    return answer_.status_code, told["title"]


def withdrawal() -> Json:
    return changed(message(), WITHDRAWAL_ID, date="2026-11-02T08:00:00+01:00", status="entered-in-error")


# ---- asking ----


def test_a_question_stands_where_its_location_says(either_office: Office) -> None:
    certificate = either_office.certificate()
    created = either_office.ask(certificate, target(), RISK)
    told = created.json()
    assert (created.status_code, created.headers["content-type"]) == (201, "application/json")
    assert created.headers["location"] == f"/clarifications/{told['clarification']}"
    assert either_office.client.get(created.headers["location"]).json() == told
    assert (told["certificate"], told["version"], told["status"], told["receiver"]) == (
        certificate,
        1,
        "ordered",
        f"her:{SENDER}",
    )
    # 1 November 2026 is a Sunday: fourteen working days later is the 19th.
    assert (told["due"], told["overdue"], told["next_step"]) == ("2026-11-19", False, None)
    assert standings(told) == [("activity", "open", None), ("health-risk", "open", None)]
    assert (kinds(told), told["answers"]) == (["asked"], [])


def test_everything_that_can_be_said_in_a_question_is_kept(office: Office) -> None:
    measure = {"description": "Arbeidstrening på lager", "demands": ["heavy-lifting"]}
    told = office.ask(
        office.certificate(),
        target("function", "contradictory", element="function[0].ability", settles="Gjelder det hele dagen?"),
        measure=measure,
        due="2026-12-01",
        language="nn",
        spoken="en",
    ).json()
    (asked,) = told["targets"]
    assert (asked["element"], asked["settles"]) == ("function[0].ability", "Gjelder det hele dagen?")
    assert told["due"] == "2026-12-01"
    assert told["measure"]["description"] == "Arbeidstrening på lager"
    assert [(each["code"], each["display"]) for each in told["measure"]["demands"]] == [
        ("heavy-lifting", "Heavy lifting")
    ]


def test_the_doctor_reads_the_question_s_language_and_the_counsellor_that_of_the_header(office: Office) -> None:
    question = {"certificate": office.certificate(), "targets": [target()], "language": "en"}
    told = office.post("/clarifications", question, {"Accept-Language": "nn"}).json()
    assert told["targets"][0]["text"] == "Erklæringa seier ikkje noko om «Høve til aktivitet». Kan du svare på det?"
    (waiting,) = office.waiting()
    assert request_of(waiting)["language"] == "en"
    assert [each["contentString"] for each in request_of(waiting)["payload"]] == [
        "The certificate says nothing about “Ability to take part in activity”. Can you answer it?"
    ]


def test_without_targets_exactly_what_is_missing_is_asked_for(office: Office) -> None:
    form = kith.raw("good/measures-one-four-seven")
    office.client.post("/kith/messages", content=form, headers={"Content-Type": "application/xml"})
    receipt = office.client.get(f"/receipts/{kith.message_id(form)}").json()
    assert receipt["verdict"] == "incomplete"
    told = office.ask(receipt["certificate"]).json()
    assert [(each["item"], each["reason"]["code"]) for each in told["targets"]] == [("health-risk", "missing")]
    assert office.open_items(receipt["certificate"]) == [
        ("health-risk", "health-risk-missing", [told["clarification"]])
    ]
    assert problem(office.ask(receipt["certificate"])) == (409, "nothing-to-ask")


@pytest.mark.parametrize(
    "language,text",
    [
        ("nb", "Ingenting mangler, eller alt som mangler, er det spurt om. Oppgi hva du vil spørre om."),
        ("nn", "Ingenting manglar, eller alt som manglar, er det spurt om. Oppgi kva du vil spørje om."),
        ("en", "Nothing is missing, or all that is missing has been asked for. State what you want to ask about."),
    ],
)
def test_where_nothing_is_missing_there_is_nothing_to_ask(office: Office, language: str, text: str) -> None:
    refused = office.ask(office.certificate(), spoken=language)
    assert problem(refused) == (409, "nothing-to-ask")
    assert (refused.json()["detail"], refused.headers["content-language"]) == (text, language)
    assert office.waiting() == []


@pytest.mark.parametrize(
    "language,benefit,opened",
    [
        (
            "nb",
            "Legen skal ikke spørres om ytelser. Spør om helse og funksjon.",
            "Det samme er spurt om før, og spørsmålet er ikke besvart ennå.",
        ),
        (
            "nn",
            "Legen skal ikkje spørjast om ytingar. Spør om helse og funksjon.",
            "Det same er spurt om før, og spørsmålet er ikkje svara på enno.",
        ),
        (
            "en",
            "The doctor must not be asked about benefits. Ask about health and functioning.",
            "The same has been asked before, and the question has not been answered yet.",
        ),
    ],
)
def test_a_question_is_refused_with_every_reason_at_once(
    office: Office, language: str, benefit: str, opened: str
) -> None:
    certificate = office.certificate()
    office.asked(certificate)
    refused = office.ask(
        certificate,
        target("function", "unclear", settles="Bør hun få AAP?"),
        target(),
        measure={"description": "Kurs i truck", "demands": ["flying"]},
        spoken=language,
    )
    assert problem(refused) == (422, "question-refused")
    assert refused.headers["content-language"] == language
    told = refused.json()
    assert told["detail"] == benefit
    assert [(each["target"], each["why"]) for each in told["refusals"]] == [
        (0, "asks-for-benefit"),
        (1, "already-open"),
        (None, "demand-unknown"),
    ]
    assert [each["text"] for each in told["refusals"][:2]] == [benefit, opened]
    assert [each for each in told["refusals"] if "answer" in each] == []
    assert "AAP" not in refused.text
    assert len(office.waiting()) == 1


def test_what_is_answered_already_is_shown_instead_of_asked(office: Office) -> None:
    certificate = office.certificate()
    refused = office.ask(certificate, target("function"), target("function", "unclear"), spoken="en")
    assert problem(refused) == (422, "question-refused")
    (told,) = refused.json()["refusals"]
    assert (told["target"], told["why"]) == (0, "already-answered")
    assert told["text"] == "The item is answered in the current version. The answer stands here."
    shown = [(each["element"], each["code"]["code"], each["code"]["display"]) for each in told["answer"]]
    assert shown == [("function[0]", "d450", "Walking"), ("function[1]", "d160", "Focusing attention")]
    assert office.waiting() == []


@pytest.mark.parametrize("certificate", ODD_IDS)
def test_no_question_about_a_certificate_that_is_unknown(office: Office, certificate: str) -> None:
    if len(certificate) > 64:
        assert problem(office.ask(certificate, target())) == (422, "request-invalid")
    else:
        assert problem(office.ask(certificate, target())) == (404, "not-found")


def test_no_question_about_a_certificate_that_was_only_refused(office: Office) -> None:
    refused = office.certificate(without(message(), "prognosis"))
    assert problem(office.ask(refused, target())) == (404, "not-found")


def test_no_question_about_a_certificate_that_was_withdrawn(office: Office) -> None:
    certificate = office.certificate()
    assert office.submit(withdrawal()).status_code == 200
    assert problem(office.ask(certificate, target())) == (410, "certificate-withdrawn")


@pytest.mark.parametrize("due,status", [("2026-11-01", 201), ("2027-11-02", 201), ("2026-10-31", 422)])
def test_the_due_day_lies_from_today_to_a_year_ahead(office: Office, due: str, status: int) -> None:
    assert office.ask(office.certificate(), target(), due=due).status_code == status


@pytest.mark.parametrize(
    "due",
    ["2027-11-03", "9999-12-31", "0001-01-01", "2026-11-31", "20261119", "2026-W47-4", "2026-11-19T00:00:00", 20411],
)
def test_what_is_no_day_or_beyond_a_year_is_refused(office: Office, due: object) -> None:
    assert problem(office.ask(office.certificate(), target(), due=due)) == (422, "request-invalid")


@pytest.mark.parametrize("words", ["", " \n", "a" * 501, "Hvor lenge?\u0001", "Hvor lenge?\ufffe", "\x00"])
def test_words_that_no_message_could_carry_are_refused(office: Office, words: str) -> None:
    certificate = office.certificate()
    refused = (
        office.ask(certificate, target(settles=words)),
        office.ask(certificate, target(), measure={"description": words}),
    )
    assert [problem(each) for each in refused] == [(422, "request-invalid")] * 2


# ---- following ----


def test_the_clarifications_of_a_certificate_are_listed_the_oldest_first(either_office: Office) -> None:
    certificate, other = either_office.certificate(), either_office.certificate(_of_somebody_else())
    first = either_office.asked(certificate, target())
    second = either_office.asked(certificate, RISK)
    theirs = either_office.asked(other, target("function", "unclear"))
    for of, expected in ((certificate, [first, second]), (other, [theirs]), (NOWHERE, []), ("\x00", [])):
        answer_ = either_office.client.get("/clarifications", params={"certificate": of})
        assert answer_.status_code == 200
        assert [each["clarification"] for each in answer_.json()["clarifications"]] == expected


@pytest.mark.parametrize("name", ["certificate", "after"])
def test_what_can_be_no_id_of_ours_is_refused_in_a_list(office: Office, name: str) -> None:
    assert problem(office.client.get("/clarifications", params={name: "a" * 65})) == (422, "request-invalid")


def test_without_a_certificate_what_waits_is_listed_page_by_page(either_office: Office) -> None:
    office = either_office
    certificate = office.certificate()
    items = ("activity", "onset", "employment", "history", "specialist")
    asked = [office.asked(certificate, target(item, "unclear")) for item in items]
    office.followed(asked[1], "withdraw", {"reason": "no-longer-needed"})
    found = office.client.get("/clarifications").json()
    waiting = [each for each in asked if each != asked[1]]
    assert ([each["clarification"] for each in found["clarifications"]], found["next"]) == (waiting, None)

    gateway: Gateway = office.client.app.state.surface.gateway  # type: ignore[attr-defined]
    pages: list[list[str]] = []
    after: str | None = None
    while not pages or after is not None:
        page, after = clarify.waiting_clarifications(after, gateway, page=2)
        pages.append([each["clarification"] for each in page])
    # The page that ends with what is settled is short, and the next one goes on behind it.
    assert pages == [asked[:1], asked[2:4], asked[4:]]
    assert problem(office.client.get("/clarifications", params={"after": NOWHERE})) == (404, "not-found")


@pytest.mark.parametrize("clarification", ODD_IDS)
@pytest.mark.parametrize("verb", ["", *VERBS])
def test_a_clarification_that_is_unknown_is_not_found(office: Office, verb: str, clarification: str) -> None:
    assert problem(office.followed(clarification, verb, VERBS.get(verb))) == (404, "not-found")


def test_an_id_that_no_database_could_hold_is_not_found(either_office: Office) -> None:
    assert problem(either_office.ask("\x00", target())) == (404, "not-found")
    for verb, body in VERBS.items():
        assert problem(either_office.followed("%00", verb, body)) == (404, "not-found")


def test_an_answer_that_matches_nothing_lies_in_the_tray(either_office: Office) -> None:
    assert either_office.client.get("/clarifications/unsorted").json() == {"answers": []}
    certificate = either_office.certificate()
    clarification = either_office.asked(certificate)
    either_office.submit(answer(NOWHERE, ["activity"]))
    either_office.submit(answer(clarification, ["prognosis"], number=101))
    told = either_office.client.get("/clarifications/unsorted").json()["answers"]
    assert [(each["why"], each["clarification"], each["certificate"]) for each in told] == [
        ("clarification-unknown", None, None),
        ("not-asked", clarification, certificate),
    ]
    assert [set(each) for each in told] == [{"message", "certificate", "clarification", "why", "at"}] * 2
    assert standings(either_office.followed(clarification).json()) == [("activity", "open", None)]


# ---- what the counsellor does meanwhile ----


def test_a_reminder_asks_for_what_is_open_and_nothing_when_all_is_answered(office: Office) -> None:
    clarification = office.asked(office.certificate(), target(), RISK)
    office.submit(answer(clarification, ["activity"]))
    reminded = office.followed(clarification, "remind")
    assert (reminded.status_code, kinds(reminded.json())) == (200, ["asked", "answered", "reminded"])
    question, reminder = office.waiting()
    assert (question["kind"], items_of(question)) == ("question", ["activity", "health-risk"])
    assert (reminder["kind"], items_of(reminder)) == ("reminder", ["health-risk"])
    office.submit(answer(clarification, ["health-risk"], number=101))
    assert problem(office.followed(clarification, "remind")) == (409, "not-possible-now")


def test_a_reminder_and_a_second_look_are_in_place_when_their_days_have_come(office: Office) -> None:
    clarification = office.asked(office.certificate())
    for days, step, overdue in ((18, "remind", False), (1, "remind", True), (10, "look-again", True)):
        office.clock.now += timedelta(days=days)
        told = office.followed(clarification).json()
        assert (told["next_step"], told["overdue"]) == (step, overdue)


def test_what_is_returned_is_open_again(either_office: Office) -> None:
    clarification = either_office.asked(either_office.certificate(), target(), RISK)
    assert problem(either_office.followed(clarification, "return", RETURN)) == (409, "not-possible-now")
    either_office.submit(answer(clarification, ["activity"]))
    wrong = RETURN | {"items": ["activity", "health-risk"]}
    assert problem(either_office.followed(clarification, "return", wrong)) == (409, "not-possible-now")
    told = either_office.followed(clarification, "return", RETURN | {"items": ["activity"], "not_payable": True}).json()
    assert standings(told) == [("activity", "open", 2), ("health-risk", "open", None)]
    assert [each["code"] for each in told["not_payable"]] == ["still-unclear"]
    assert told["targets"][0]["why"]["code"] == "still-unclear"
    returned = either_office.waiting()[-1]
    assert (returned["kind"], items_of(returned)) == ("return", ["activity", "health-risk"])


def test_a_withdrawn_question_cannot_be_gone_on_with(office: Office) -> None:
    certificate = office.certificate()
    clarification = office.asked(certificate)
    told = office.followed(clarification, "withdraw", WITHDRAW).json()
    assert (told["status"], told["withdrawn"]["code"]) == ("withdrawn", "no-longer-needed")
    sent = office.waiting()[-1]
    assert (sent["kind"], request_of(sent)["status"], items_of(sent)) == ("withdrawal", "revoked", [])
    assert office.open_items(certificate) == []
    # An answer that comes all the same is taken in, and there is nothing that could be returned with it.
    assert office.submit(answer(clarification, ["activity"])).status_code == 200
    assert standings(office.followed(clarification).json()) == [("activity", "answered", 2)]
    for verb, body in VERBS.items():
        assert problem(office.followed(clarification, verb, body)) == (409, "not-possible-now")
    assert [each["kind"] for each in office.waiting()] == ["question", "withdrawal"]


def test_a_question_that_is_handed_over_waits_for_the_other_system(either_office: Office) -> None:
    clarification = either_office.asked(either_office.certificate())
    told = either_office.followed(clarification, "hand-over", HAND_OVER).json()
    assert (told["receiver"], told["status"]) == (f"her:{OTHER_SYSTEM}", "ordered")
    assert [each["kind"] for each in either_office.waiting()] == ["question", "withdrawal"]
    (theirs,) = either_office.waiting(OTHER_SYSTEM)
    assert (theirs["kind"], theirs["clarification"], items_of(theirs)) == ("question", clarification, ["activity"])


def test_no_working_day_counts_during_a_pause(office: Office) -> None:
    clarification = office.asked(office.certificate())
    assert problem(office.followed(clarification, "resume")) == (409, "not-possible-now")
    assert office.followed(clarification, "pause").json()["paused"] is True
    assert problem(office.followed(clarification, "pause")) == (409, "not-possible-now")
    office.clock.now += timedelta(days=7)
    told = office.followed(clarification, "resume").json()
    assert (told["paused"], told["due"]) == (False, "2026-11-26")


def test_the_furthest_due_day_can_be_paused(office: Office) -> None:
    certificate = office.certificate()
    clarification = office.asked(certificate, target(), due="2027-11-02")
    office.followed(clarification, "pause")
    office.clock.now += timedelta(days=7)
    # Tuesday 2 November, and five working days on.
    assert office.followed(clarification, "resume").json()["due"] == "2027-11-09"
    assert office.open_items(certificate) == [("activity", "asked", [clarification])]


# ---- bodies ----


BODIES = {"": {"certificate": NOWHERE}, "return": RETURN, "withdraw": WITHDRAW, "hand-over": HAND_OVER}
UNREADABLE = {
    "empty": b"",
    "blank": b"  ",
    "cut": b'{"reason": "still-unclear"',
    "two": b"{} {}",
    "duplicate": b'{"reason": "other-patient", "reason": "still-unclear"}',
    "duplicate-inside": b'{"certificate": "x", "measure": {"description": "a", "description": "b"}}',
    "nan": b'{"reason": NaN}',
    "infinity": b"-Infinity",
    "huge-number": b'{"due": 1e400}',
    "nested": b"[" * 10_000 + b"]" * 10_000,
    "nested-objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "not-utf8": b'{"reason": "\xff"}',
    "utf16": '{"reason": "still-unclear"}'.encode("utf-16"),
    "byte-order-mark": b'\xef\xbb\xbf{"reason": "still-unclear"}',
    "lone-surrogate": b'{"certificate": "\\ud800"}',
}


def address(verb: str) -> str:
    return f"/clarifications/{NOWHERE}/{verb}" if verb else "/clarifications"


@pytest.mark.parametrize("verb", BODIES)
@pytest.mark.parametrize("sent", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_cannot_be_read(reader: TestClient, verb: str, sent: bytes) -> None:
    assert problem(reader.post(address(verb), content=sent, headers=PLAIN)) == (400, "request-unreadable")


@pytest.mark.parametrize("verb", BODIES)
@pytest.mark.parametrize("announced", ["text/plain", "application/fhir+json", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_media_type(reader: TestClient, verb: str, announced: str) -> None:
    answer_ = reader.post(address(verb), content=json.dumps(BODIES[verb]), headers={"Content-Type": announced})
    assert problem(answer_) == (415, "media-type-not-supported")


@pytest.mark.parametrize(
    "spoken, told",
    [
        ("nb", "Forespørselen er større enn 32768 byte, som er det meste som tas imot her. Send mindre."),
        ("nn", "Førespurnaden er større enn 32768 byte, som er det meste som blir teke imot her. Send mindre."),
        ("en", "The request is larger than 32768 bytes, the most that is accepted here. Send less."),
    ],
)
def test_of_a_question_that_is_too_large_no_attachment_is_told(reader: TestClient, spoken: str, told: str) -> None:
    headers = PLAIN | {"Accept-Language": spoken}
    assert reader.post("/clarifications", content=b" " * 32769, headers=headers).json()["detail"] == told


@pytest.mark.parametrize("verb", BODIES)
def test_a_body_that_is_too_large_or_compressed(reader: TestClient, verb: str) -> None:
    limit = 32 * 1024
    assert problem(reader.post(address(verb), content=b" " * limit, headers=PLAIN)) == (400, "request-unreadable")
    assert problem(reader.post(address(verb), content=b" " * (limit + 1), headers=PLAIN)) == (413, "body-too-large")
    packed = reader.post(address(verb), content=b"\x1f\x8b", headers=PLAIN | {"Content-Encoding": "gzip"})
    assert problem(packed) == (415, "content-encoding-not-supported")


@pytest.mark.parametrize("verb", BODIES)
@pytest.mark.parametrize("sent", [[], None, "x", 1, {}, {"more": 1}])
def test_a_body_of_another_form(reader: TestClient, verb: str, sent: object) -> None:
    answer_ = reader.post(address(verb), content=json.dumps(sent), headers=PLAIN)
    assert problem(answer_) == (422, "request-invalid")


@pytest.mark.parametrize(
    "verb,change",
    [
        ("", {"certificate": 1}),
        ("", {"more": 1}),
        ("", {"targets": {}}),
        ("", {"targets": [{"item": "activity"}]}),
        ("", {"targets": [{"item": "activity", "reason": "missing", "more": 1}]}),
        ("", {"targets": [{"item": "a" * 33, "reason": "missing"}]}),
        ("", {"targets": [{"item": "activity", "reason": "missing", "element": "a" * 101}]}),
        ("", {"targets": [target()] * 21}),
        ("", {"measure": "kurs"}),
        ("", {"measure": {"demands": []}}),
        ("", {"measure": {"description": "kurs", "demands": [1]}}),
        ("", {"language": "sv"}),
        ("return", {"reason": "no-longer-needed"}),
        ("return", {"reason": None}),
        ("return", {"items": "activity"}),
        ("return", {"items": ["activity"] * 21}),
        ("return", {"not_payable": "yes"}),
        ("return", {"not_payable": 1}),
        ("return", {"not_payable": None}),
        ("withdraw", {"reason": "still-unclear"}),
        ("withdraw", {"more": 1}),
        ("hand-over", {"receiver": "her:8143999"}),
        ("hand-over", {"receiver": 8143999}),
        ("hand-over", {"receiver": ""}),
        ("hand-over", {"receiver": "8143999\n"}),
        ("hand-over", {"receiver": PATIENT}),
        ("hand-over", {"receiver": "\uff18\uff11\uff14"}),
    ],
)
def test_a_member_of_another_form(reader: TestClient, verb: str, change: Json) -> None:
    answer_ = reader.post(address(verb), content=json.dumps(BODIES[verb] | change), headers=PLAIN)
    assert problem(answer_) == (422, "request-invalid")


@pytest.mark.parametrize("verb", BODIES)
def test_a_body_of_the_right_form_is_taken(reader: TestClient, verb: str) -> None:
    answer_ = reader.post(address(verb), content=json.dumps(BODIES[verb]), headers=PLAIN)
    assert problem(answer_) == (404, "not-found")


def test_every_reason_of_the_vocabulary_can_be_given_but_the_one_that_handing_over_gives(reader: TestClient) -> None:
    given = [("return", reason) for reason in RETURN_REASON.concepts]
    given += [("withdraw", reason) for reason in WITHDRAWAL_REASON.concepts if reason != "handed-over"]
    assert len(given) == 7
    for verb, reason in given:
        assert problem(reader.post(address(verb), json={"reason": reason})) == (404, "not-found")
    assert problem(reader.post(address("withdraw"), json={"reason": "handed-over"})) == (422, "request-invalid")


def _of_somebody_else() -> Json:
    return numbered(message("back-pain-tolerates-load"), 7)


def test_an_answer_is_rated_and_nothing_else_is(either_office: Office) -> None:
    clarification = either_office.asked(either_office.certificate())
    assert problem(either_office.followed(clarification, "rate", {"score": 4})) == (409, "not-possible-now")
    either_office.submit(answer(clarification, ["activity"]))
    for score in (2, 4):
        told = either_office.followed(clarification, "rate", {"score": score})
        assert (told.status_code, told.json()["ratings"]) == (200, {"counsellor": score})
    for wrong in ({"score": 0}, {"score": 6}, {"score": "4"}, {"score": 4.5}, {"score": True}, {}):
        assert problem(either_office.followed(clarification, "rate", wrong)) == (422, "request-invalid")
