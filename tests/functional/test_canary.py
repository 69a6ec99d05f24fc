"""The canary finds what it looks for, wherever it stands, and nothing else; and it is there while the tests run."""

import logging

import pytest
from starlette.testclient import TestClient

from tests.canary import CANARY, Canary, is_synthetic
from tests.functional.office import PATIENT
from tests.integration.scenario import WORDS


@pytest.fixture
def canary() -> Canary:
    return Canary()


def record(message: str, *values: object, fault: BaseException | None = None) -> logging.LogRecord:
    info = (type(fault), fault, None) if fault else None
    return logging.LogRecord("certgateway.somewhere", logging.DEBUG, "", 1, message, values, info)


@pytest.mark.parametrize("word", [PATIENT, "Lett Kveldsbris", WORDS, "Halvert antall hovne ledd."])
def test_what_tells_of_a_person_is_found_in_a_log_line(canary: Canary, word: str) -> None:
    canary.handle(record("a line with %s in it", word))
    assert canary.found == {("log certgateway.somewhere", word)}


def test_a_clinician_is_named_in_the_receipt_that_goes_back_and_nowhere_else(canary: Canary) -> None:
    canary.look("body of 409", f'<AppRec xmlns="x"><Name>Grundig Skogsti</Name></AppRec>{PATIENT}')
    assert canary.found == {("body of 409", PATIENT)}
    canary.look("log", "Grundig Skogsti")
    assert ("log", "Grundig Skogsti") in canary.found


def test_what_stands_in_a_traceback_is_found(canary: Canary) -> None:
    canary.handle(record("something broke", fault=ValueError(PATIENT)))
    assert canary.found == {("log certgateway.somewhere", PATIENT)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "23909841314",
        "23109841313",
        "a23909841313",
        "239098413130",
        "7a38eab6-e7ea-581c-9a00-239098413131",
        "I arbeid eller dagligliv",
        "her:8143060 answered 200 in 12.5 ms",
    ],
)
def test_what_tells_of_nobody_is_not_found(canary: Canary, text: str) -> None:
    canary.look("here", text)
    assert canary.found == set()


def test_a_synthetic_number_has_its_month_and_both_check_digits() -> None:
    assert is_synthetic(PATIENT)
    others = {PATIENT[:place] + digit + PATIENT[place + 1 :] for place in range(11) for digit in "0123456789"}
    assert [each for each in others if is_synthetic(each)] == [PATIENT]


def test_it_sings_for_every_test(client: TestClient) -> None:
    """Every log line and every head of an answer passes by it; a person in one would be found at the end of the run."""
    before = CANARY.looked_at
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    # Its headers one by one and its body.
    assert CANARY.looked_at > before + len(answer.headers)
    before = CANARY.looked_at
    logging.getLogger("certgateway.requests").error("a line")
    logging.getLogger("uvicorn.error").error("a line")
    assert CANARY.looked_at >= before + 2
