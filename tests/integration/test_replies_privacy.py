"""What a doctor answers in words is found sealed and nowhere else: no number, no name and no word of it.

Each sentence of the fixtures that NAV may not see is answered with, on SQLite and on PostgreSQL; what is looked for is
every run of four words of it, in all that a reception leaves readable or gives away.
"""

import json
from collections.abc import Iterator

import pytest

from certgateway import bootstrap
from certgateway.domain.dialogue_events import Target
from certgateway.services import clarify, deliver
from certgateway.services.assess import assess, assess_document
from certgateway.services.examine import House
from certgateway.services.pose import Question
from certgateway.store.evidence import open_original
from fixtures.authoring.prose_texts import Marked
from tests.integration.receiving import Desk, desk, message
from tests.integration.replying import HPR, NAME, PATIENT, TEXT, note, reply
from tests.integration.test_receive_prose import TEXTS, plain, rows, runs


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def here(house: House, url: str) -> Iterator[Desk]:
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


def asked(here: Desk) -> tuple[str, str]:
    case = here.hand_in(message()).case or ""
    clarification = clarify.ask(Question(case, (Target("activity", "missing"),)), here.gateway)
    assert isinstance(clarification, str)
    return case, clarification


@pytest.mark.parametrize("marked", TEXTS, ids=lambda marked: marked.way)
def test_a_sentence_that_nav_may_not_see_is_found_sealed_alone(marked: Marked, here: Desk) -> None:
    case, clarification = asked(here)
    sent = reply(clarification, note(marked.text))
    outcome = here.hand_in(sent)
    given = plain(
        json.dumps([assess(case, here.gateway), assess_document(case, here.gateway)], ensure_ascii=False, default=str),
        json.dumps(clarify.clarification(clarification, here.gateway), ensure_ascii=False),
        json.dumps(clarify.clarifications(case, here.gateway), ensure_ascii=False),
        str([each.outgoing for each in deliver.fetch("her:8143060", 0, 10, here.gateway)]),
        outcome.answer.body.decode(),
        outcome.receipt.decode(),
        rows(here),
    )
    assert [run for run in runs(marked.sentence) if run in given] == []
    (told,) = clarify.clarification(clarification, here.gateway)["replies"]
    assert marked.kind in [part.get("withheld") for part in told["parts"]]
    with here.gateway.store.reading() as read:
        found = read.find_message("her:8143060", outcome_id(sent))
        (kept,) = read.replies(clarification)
    assert found is not None
    assert open_original(here.gateway.store, found.uuid) == sent
    # It is kept all the same: corrected patterns must hold for what came before them.
    assert marked.sentence in plain(kept.texts[0].text) or marked.text == kept.texts[0].text


def outcome_id(sent: bytes) -> str:
    return sent.partition(b"<MsgId>")[2].partition(b"</MsgId>")[0].decode()


@pytest.mark.parametrize("fits", [True, False])
def test_no_word_no_name_and_no_number_is_readable_in_the_database(here: Desk, fits: bool) -> None:  # noqa: FBT001
    _, clarification = asked(here)
    here.hand_in(
        reply(clarification if fits else "nowhere", note(f"{TEXT} Ring {PATIENT}."), note("Ja.", subject="Om Kari"))
    )
    stored = rows(here)
    for secret in (*runs(TEXT), PATIENT, *NAME, "Om Kari"):
        assert secret not in stored


def test_nothing_of_the_author_s_own_number_is_kept_beside_the_original(here: Desk) -> None:
    _, clarification = asked(here)
    own = '<Ident><Id>14837910405</Id><TypeId V="FNR" S="2.16.578.1.12.4.1.1.8116" DN="F"/></Ident>'
    body = reply(clarification).replace(b"</HealthcareProfessional>", f"{own}</HealthcareProfessional>".encode())
    here.hand_in(body)
    with here.gateway.store.reading() as read:
        (kept,) = read.replies(clarification)
    assert (kept.author.hpr, kept.author.number) == (HPR, None)
