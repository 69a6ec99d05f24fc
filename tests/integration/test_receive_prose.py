"""Sentences that are held back: NAV finds them in nothing it reads, and the sender is told where they stand.

Each message of the fixtures with such a sentence is received in both forms, on SQLite and on PostgreSQL; what is
looked for is every run of four words of the sentence, in all that a reception leaves readable or gives away.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from certgateway import bootstrap
from certgateway.domain.patient_page import patient_page
from certgateway.services.assess import assess, assess_document
from certgateway.services.examine import House
from certgateway.services.tell import tell_patient
from certgateway.store.evidence import open_original
from certgateway.store.tables import metadata
from fixtures.authoring import prose_texts
from fixtures.authoring.prose_texts import Marked
from tests.integration.receiving import Desk, desk

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
HELD = [
    entry for entry in tomllib.loads((FIXTURES / "manifest.toml").read_text("utf-8"))["message"] if "withheld" in entry
]
TEXTS = [text for text in vars(prose_texts).values() if isinstance(text, Marked) and text.kind]
RUN = 4


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def here(house: House, url: str) -> Iterator[Desk]:
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


def runs(sentence: str) -> set[str]:
    """Every run of four words, without the signs around them."""
    said = [word.strip(".,") for word in sentence.split()]
    return {" ".join(said[at : at + RUN]) for at in range(len(said) - RUN + 1)}


def plain(*texts: str) -> str:
    """Texts with every white space as one blank, as `runs` has them."""
    return " ".join(" ".join(texts).replace("\\n", " ").replace("\\u00a0", " ").split())


def rows(here: Desk) -> str:
    with here.gateway.store.engine.connect() as connection:
        values = [v for table in metadata.sorted_tables for row in connection.execute(select(table)) for v in row]
    return plain(*(v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in values))


def text_of(entry: dict[str, Any]) -> Marked:
    """The text that the message was made with."""
    (held,) = entry["withheld"]
    (text,) = [
        text for text in TEXTS if entry["file"].rpartition(".")[0].endswith(text.way) and text.kind == held["kind"]
    ]
    return text


@pytest.mark.parametrize("entry", HELD, ids=lambda entry: entry["file"])
def test_a_withheld_sentence_is_found_in_the_sealed_original_alone(entry: dict[str, Any], here: Desk) -> None:
    raw, marked = (FIXTURES / "messages" / entry["file"]).read_bytes(), text_of(entry)
    outcome = here.hand_in(raw)
    assert outcome.case is not None
    assessment, document = assess(outcome.case, here.gateway), assess_document(outcome.case, here.gateway)
    told = tell_patient(outcome.case, here.gateway)
    assert told is not None
    given = plain(
        json.dumps([assessment, document, told], ensure_ascii=False, default=str),
        patient_page(told),
        outcome.answer.body.decode(),
        outcome.receipt.decode(),
    )
    assert [run for run in runs(marked.sentence) if run in given] == []
    assert [run for run in runs(marked.sentence) if run in rows(here)] == []
    (held,) = entry["withheld"]
    assert {"withheld": marked.kind, "element": held["element"]} in parts(assessment)
    # The sentences around it are kept as they were written.
    kept = [sentence for sentence in marked.text.split(marked.sentence) if sentence.strip()]
    shown = [part["text"] for part in parts(assessment) if part["element"] == held["element"] and "text" in part]
    assert [sentence.strip() for sentence in shown[: len(kept)]] == [sentence.strip() for sentence in kept]
    assert all(sentence.strip() in given for sentence in kept)
    with here.gateway.store.reading() as read:
        found = read.find_message(*key(here))
    assert found is not None
    assert open_original(here.gateway.store, found.uuid) == raw


def key(here: Desk) -> tuple[str, str]:
    with here.gateway.store.engine.connect() as connection:
        (row,) = connection.execute(select(metadata.tables["message"]))
    return row.sender, row.key


def parts(value: object) -> list[dict[str, str]]:
    """Every part of prose, wherever it stands."""
    if isinstance(value, list):
        return [part for entry in value for part in parts(entry)]
    if isinstance(value, dict):
        own = value.get("parts", []) if isinstance(value.get("parts"), list) else []
        return [*own, *(part for name, entry in value.items() if name != "parts" for part in parts(entry))]
    return []


def test_the_texts_are_all_used() -> None:
    assert {text_of(entry).way for entry in HELD} == {text.way for text in TEXTS}
