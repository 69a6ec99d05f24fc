"""An answer taken back: what stands in its place, whose words those are, which diagnosis they mean, what is told."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from certgateway.domain.amendment import Answerer, Void, amended, carried_over, is_void, taken_back
from certgateway.domain.assessment_titles import Titles
from certgateway.domain.certificate import Certificate, Onset, Provenance, Section
from certgateway.domain.differences import differences
from certgateway.domain.tray import PUT_ASIDE, UNSORTABLE, Unsortable
from certgateway.domain.vocabulary import LANGUAGES
from certgateway.store.tray import Why
from tests.unit.domain.test_amendment import (
    AUGUST,
    BACK,
    BETTER,
    CERTIFICATE,
    JULY,
    JUNE,
    KNEE,
    SPECIALIST,
    STABLE,
    STAND_IN,
    WORSE,
    answer,
    diagnoses,
    links,
)
from tests.unit.domain.test_differences import NB

OURS, THEIRS = Answerer("c-1", "her:1"), Answerer("c-1", "her:2")
FIRST = amended(CERTIFICATE, answer(JUNE, prognosis=WORSE), ["prognosis"], OURS)
SECOND = amended(FIRST, answer(JULY, STAND_IN, prognosis=BETTER), ["prognosis"], THEIRS)


def void(answerer: Answerer = OURS, item: str = "prognosis", until: int = 0) -> Void:
    return Void(answerer, item, JUNE + timedelta(days=until))


def test_whose_answer_it_is_stands_in_its_provenance() -> None:
    assert FIRST.provenance == (Provenance("prognosis", SPECIALIST, JUNE, "c-1", "her:1"),)


@pytest.mark.parametrize(
    "said,expected",
    [
        (void(), True),
        (void(until=1), True),
        (void(until=-1), False),
        (void(THEIRS), False),
        (void(Answerer("c-2", "her:1")), False),
        (void(item="onset"), False),
    ],
)
def test_what_is_void(said: Void, expected: bool) -> None:  # noqa: FBT001
    assert is_void(FIRST, "prognosis", [said]) is expected
    assert (taken_back(FIRST, [CERTIFICATE, FIRST], [said]) == CERTIFICATE) is expected


def test_the_certificate_itself_is_never_void() -> None:
    everything = [Void(Answerer(), "prognosis", AUGUST), void(until=400)]
    assert not is_void(CERTIFICATE, "prognosis", [void(until=400)])
    assert taken_back(CERTIFICATE, [CERTIFICATE], [everything[1]]) is CERTIFICATE


def test_the_answer_before_it_stands_again() -> None:
    known = [CERTIFICATE, FIRST, SECOND]
    assert taken_back(SECOND, known, [void(THEIRS, until=30)]) == FIRST
    assert taken_back(SECOND, known, [void(THEIRS, until=30), void()]) == CERTIFICATE
    assert taken_back(SECOND, known, [void()]) is SECOND


def test_what_nobody_said_before_is_missing_again() -> None:
    onset: Section[Onset] = Section("not-assessed", (), "unavailable")
    joined = amended(CERTIFICATE, answer(JUNE, onset=onset), ["onset"], OURS)
    back = taken_back(joined, [CERTIFICATE, joined], [void(item="onset")])
    assert back == CERTIFICATE
    assert back.onset == Section()


def test_of_a_whole_version_only_the_current_one_counts() -> None:
    whole = replace(CERTIFICATE, authored=JUNE - timedelta(days=1), prognosis=Section())
    joined = carried_over(FIRST, whole)
    assert joined.prognosis == WORSE
    assert taken_back(joined, [CERTIFICATE, FIRST, whole, joined], [void()]) == whole
    beneath = replace(whole, prognosis=STABLE)
    covered = carried_over(FIRST, beneath)
    assert covered.prognosis == WORSE
    assert taken_back(covered, [CERTIFICATE, FIRST, beneath, covered], [void()]).prognosis == STABLE


def test_of_two_that_say_it_the_one_that_was_written_last_stands_whatever_their_order() -> None:
    later = amended(CERTIFICATE, answer(AUGUST, prognosis=STABLE), ["prognosis"], OURS)
    for known in ([CERTIFICATE, FIRST, SECOND, later], [later, SECOND, FIRST, CERTIFICATE]):
        back = taken_back(later, known, [Void(OURS, "prognosis", AUGUST)])
        assert back == SECOND


def test_what_was_withdrawn_is_not_revived() -> None:
    withdrawn = replace(FIRST, status="entered-in-error", authored=JUNE + timedelta(days=1))
    anew = replace(CERTIFICATE, authored=JUNE + timedelta(days=2), prognosis=Section())
    joined = amended(anew, answer(AUGUST, prognosis=BETTER), ["prognosis"], THEIRS)
    known = [CERTIFICATE, FIRST, withdrawn, anew, joined]
    assert taken_back(joined, known, [Void(THEIRS, "prognosis", AUGUST)]) == anew


def test_statements_find_their_diagnosis_again() -> None:
    other = amended(CERTIFICATE, answer(JUNE, diagnosis=diagnoses(KNEE)), ["diagnosis"], OURS)
    assert links(other) == [[None, None], [None], [None, None], [None]]
    gone = void(item="diagnosis")
    assert taken_back(other, [CERTIFICATE, other], [gone]) == CERTIFICATE
    told = answer(JULY, prognosis=WORSE)
    beside = amended(other, told, ["prognosis"], THEIRS)
    back = taken_back(beside, [CERTIFICATE, other, beside], [gone])
    assert links(back) == [[0, None], [1], [0, 1], [None]]
    assert back.prognosis == WORSE


def test_what_stood_before_means_the_diagnosis_it_was_stated_with() -> None:
    moved = amended(CERTIFICATE, answer(JULY, diagnosis=diagnoses(KNEE, BACK)), ["diagnosis"], THEIRS)
    joined = amended(moved, answer(AUGUST, treatment=Section("none")), ["treatment"], OURS)
    back = taken_back(joined, [CERTIFICATE, moved, joined], [Void(OURS, "treatment", AUGUST)])
    assert links(back)[0] == [1, None]
    assert back == moved


def told(before: Certificate, after: Certificate, *voids: Void, titles: Titles = NB) -> list[tuple[str, str, object]]:
    return [(each["text"], each["change"], each["before"]) for each in differences(before, after, titles, voids)]


def test_of_what_was_taken_back_nothing_is_told_but_that_it_was() -> None:
    assert told(FIRST, CERTIFICATE, void()) == [("Prognose: svaret er trukket tilbake", "removed", None)]
    assert told(FIRST, CERTIFICATE)[0][2] is not None
    # What is still there is told as ever.
    assert told(FIRST, FIRST, void()) == []
    assert told(CERTIFICATE, FIRST, void()) == told(CERTIFICATE, FIRST)


def test_every_reason_has_words_in_every_language() -> None:
    assert set(PUT_ASIDE) == set(get_args(Why))
    assert set(UNSORTABLE) == set(get_args(Unsortable))
    texts = [title.text(language) for title in (*PUT_ASIDE.values(), *UNSORTABLE.values()) for language in LANGUAGES]
    assert all(text.endswith(".") and len(text) > 20 for text in texts)
