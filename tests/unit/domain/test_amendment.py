"""An answer joined to a certificate: what is taken, what stays, whose words they are, and which diagnosis they mean."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from certgateway.domain.amendment import (
    ANSWERABLE,
    amended,
    carried_over,
    has_all_of,
    points_only,
    stated_items,
    taken_items,
    value_of,
)
from certgateway.domain.certificate import (
    ITEMS,
    Author,
    Certificate,
    Coding,
    Diagnosis,
    FunctionStatement,
    HealthRisk,
    Onset,
    Participation,
    Patient,
    Prognosis,
    Provenance,
    Purpose,
    Section,
    Statement,
    Treatment,
)

GP, SPECIALIST, STAND_IN = Author(hpr="7654321", role="gp"), Author(hpr="1234567"), Author(hpr="7777777")
MAY = datetime(2026, 5, 12, 8, 15, tzinfo=UTC)
JUNE, JULY, AUGUST = (MAY + timedelta(days=days) for days in (30, 60, 90))

BACK, ANXIETY, KNEE = (Coding("urn:oid:2.16.578.1.12.4.1.1.7170", code) for code in ("L86", "P74", "L90"))


def diagnoses(*codes: Coding | None) -> Section[Diagnosis]:
    entries = (Diagnosis((code,) if code else (), "other") for code in codes)
    return Section("stated", tuple(entries))


BARE = Certificate(Coding("urn:oid:1.2.3", "c-1"), MAY, "final", Patient("01818012345", "fnr"), GP)
CERTIFICATE = replace(
    BARE,
    purpose=Purpose("first-certificate"),
    diagnosis=diagnoses(BACK, ANXIETY),
    history=Section("stated", (Statement("Falt i trapp."),)),
    treatment=Section("stated", (Treatment(kind="physiotherapy", diagnosis=0), Treatment(diagnosis=None))),
    function=Section("stated", (FunctionStatement(ability="can", diagnosis=1),)),
    health_risk=Section("stated", (HealthRisk(harm="worsening", diagnosis=0), HealthRisk(diagnosis=1))),
    prognosis=Section("stated", (Prognosis("stable", diagnosis=1),)),
    specialist=Section("none"),
)
STABLE, WORSE, BETTER = (
    Section("stated", (Prognosis(course),)) for course in ("stable", "deterioration", "improvement")
)


def answer(at: datetime, author: Author = SPECIALIST, **sections: Section[Any]) -> Certificate:
    empty = Certificate(Coding("urn:oid:9.9.9", "another id"), at, "amended", Patient("other"), author)
    named: dict[str, Any] = sections
    return replace(empty, **named)


def links(certificate: Certificate) -> list[list[int | None]]:
    items = ("treatment", "function", "health-risk", "prognosis")
    return [[entry.diagnosis for entry in value_of(certificate, item)] for item in items]


# ---- which items ----


def test_who_is_certified_by_whom_cannot_be_answered() -> None:
    assert ANSWERABLE == (
        "employment",
        "diagnosis",
        "history",
        "findings",
        "onset",
        "treatment",
        "function",
        "health-risk",
        "activity",
        "prognosis",
        "specialist",
        "assessment",
        "reservation",
        "attachment",
    )


def test_what_a_certificate_says_anything_about() -> None:
    expected = ("diagnosis", "history", "treatment", "function", "health-risk", "prognosis", "specialist")
    assert stated_items(CERTIFICATE) == expected
    assert stated_items(BARE) == ()
    told = replace(BARE, onset=Section("not-assessed", (), "unavailable"))
    assert stated_items(told) == ("onset",)
    assert value_of(CERTIFICATE, "health-risk") is CERTIFICATE.health_risk


def test_the_item_that_was_asked_about_is_taken_and_nothing_else() -> None:
    told = answer(JUNE, prognosis=WORSE, activity=Section("stated", (Participation("no"),)), history=Section("none"))
    joined = amended(CERTIFICATE, told, ["prognosis"])
    assert joined == replace(CERTIFICATE, prognosis=WORSE, provenance=(Provenance("prognosis", SPECIALIST, JUNE),))


@pytest.mark.parametrize("section", [Section("none"), Section("not-assessed", (), "unavailable"), WORSE])
def test_an_answer_may_be_that_there_is_none_or_that_nobody_knows(section: Section[Prognosis]) -> None:
    assert amended(CERTIFICATE, answer(JUNE, prognosis=section), ["prognosis"]).prognosis == section


@pytest.mark.parametrize("items", [[], ["activity"], ["purpose", "patient", "author"], ["health_risk"], ["no-such"]])
def test_where_nothing_is_answered_the_certificate_is_the_same_one(items: list[str]) -> None:
    told = replace(
        answer(JUNE, prognosis=WORSE, health_risk=Section("none")), purpose=Purpose("update"), replaces=BARE.identifier
    )
    assert amended(CERTIFICATE, told, items) is CERTIFICATE


def test_an_answer_never_takes_anything_away() -> None:
    assert amended(CERTIFICATE, answer(JUNE), ANSWERABLE) is CERTIFICATE


def test_items_are_taken_that_are_asked_about_and_answered_and_not_known_from_later() -> None:
    told = answer(
        MAY - timedelta(days=1), onset=Section("stated", (Onset("2026"),)), prognosis=WORSE, specialist=Section("none")
    )
    assert taken_items(CERTIFICATE, told, ["onset", "prognosis", "activity", "author"]) == ("onset",)
    assert taken_items(CERTIFICATE, replace(told, authored=MAY), ["prognosis", "onset"]) == ("prognosis", "onset")
    joined = amended(CERTIFICATE, answer(JULY, prognosis=BETTER), ["prognosis"])
    assert taken_items(joined, replace(told, authored=JUNE), ["prognosis", "specialist"]) == ("specialist",)
    assert taken_items(CERTIFICATE, told, ()) == ()


# ---- the last word ----


@pytest.mark.parametrize("first,second", [(JUNE, JULY), (JULY, JUNE)])
def test_of_two_answers_the_later_one_counts(first: datetime, second: datetime) -> None:
    said = {JUNE: answer(JUNE, prognosis=WORSE), JULY: answer(JULY, STAND_IN, prognosis=BETTER)}
    joined = amended(amended(CERTIFICATE, said[first], ["prognosis"]), said[second], ["prognosis"])
    assert joined.prognosis == BETTER
    assert joined.stated_by("prognosis") == (STAND_IN, JULY)
    # Whole versions and withdrawals are told apart by the date of the certificate as a whole.
    assert joined.authored == MAY


def test_what_the_certificate_said_later_counts_too() -> None:
    older = answer(MAY - timedelta(seconds=1), prognosis=WORSE)
    assert amended(CERTIFICATE, older, ["prognosis"]) is CERTIFICATE


def test_an_answer_from_before_fills_what_the_certificate_is_silent_about() -> None:
    earlier = MAY - timedelta(days=3)
    onset = Section("stated", (Onset("2026"),))
    joined = amended(CERTIFICATE, answer(earlier, prognosis=WORSE, onset=onset), ["onset", "prognosis"])
    assert joined == replace(CERTIFICATE, onset=onset, provenance=(Provenance("onset", SPECIALIST, earlier),))


def test_of_two_at_the_same_time_the_one_that_arrives_last_counts() -> None:
    one, other = answer(JUNE, prognosis=WORSE), answer(JUNE, STAND_IN, prognosis=BETTER)
    joined = amended(amended(CERTIFICATE, one, ["prognosis"]), other, ["prognosis"])
    assert (joined.prognosis, joined.stated_by("prognosis")) == (BETTER, (STAND_IN, JUNE))
    joined = amended(amended(CERTIFICATE, other, ["prognosis"]), one, ["prognosis"])
    assert (joined.prognosis, joined.stated_by("prognosis")) == (WORSE, (SPECIALIST, JUNE))


def test_an_answer_at_the_time_of_the_certificate_counts() -> None:
    same = MAY.astimezone(timezone(timedelta(hours=2)))
    assert amended(CERTIFICATE, answer(same, prognosis=WORSE), ["prognosis"]).prognosis == WORSE


def test_what_was_answered_meanwhile_is_no_reason_to_turn_an_answer_to_another_item_away() -> None:
    joined = amended(CERTIFICATE, answer(AUGUST, prognosis=WORSE), ["prognosis"])
    joined = amended(joined, answer(JUNE, STAND_IN, specialist=Section("not-assessed")), ["specialist"])
    assert joined.specialist == Section("not-assessed")
    assert joined.authored == MAY
    assert joined.stated_by("specialist") == (STAND_IN, JUNE)


# ---- whose words ----


def test_everything_but_the_answer_is_the_certificates_author_s_of_then() -> None:
    joined = amended(CERTIFICATE, answer(JUNE, prognosis=WORSE), ["prognosis"])
    assert joined.author == GP
    stated = {item: joined.stated_by(item) for item in ITEMS}
    assert stated.pop("prognosis") == (SPECIALIST, JUNE)
    assert list(stated.values()) == [(GP, MAY)] * 16
    assert joined.provenance == (Provenance("prognosis", SPECIALIST, JUNE),)


def test_no_entry_says_what_the_certificate_says_itself() -> None:
    joined = amended(CERTIFICATE, answer(JUNE, GP, prognosis=WORSE), ["prognosis"])
    assert joined.provenance == (Provenance("prognosis", GP, JUNE),)
    assert joined.stated_by("prognosis") == (GP, JUNE)
    assert joined.stated_by("function") == (GP, MAY)
    # At the same instant another author is told, and the same author is not.
    assert amended(CERTIFICATE, answer(MAY, GP, prognosis=WORSE), ["prognosis"]).provenance == ()
    told = amended(CERTIFICATE, answer(MAY, prognosis=WORSE), ["prognosis"])
    assert told.provenance == (Provenance("prognosis", SPECIALIST, MAY),)
    assert amended(told, answer(MAY, GP, prognosis=BETTER), ["prognosis"]).provenance == ()


def test_who_answered_first_is_remembered_when_another_answers_another_item() -> None:
    joined = amended(CERTIFICATE, answer(JUNE, prognosis=WORSE), ["prognosis"])
    onset = Section("stated", (Onset("2026"),))
    joined = amended(joined, answer(JULY, STAND_IN, onset=onset), ["onset"])
    assert [joined.stated_by(item) for item in ("history", "onset", "prognosis")] == [
        (GP, MAY),
        (STAND_IN, JULY),
        (SPECIALIST, JUNE),
    ]
    assert len({entry.item for entry in joined.provenance}) == len(joined.provenance)


def test_without_provenance_the_author_stated_everything() -> None:
    assert [CERTIFICATE.stated_by(item) for item in (*ITEMS, None)] == [(GP, MAY)] * 18


# ---- a whole version and the answers that it cannot know of ----


@pytest.mark.parametrize("at", [MAY + timedelta(days=1), JUNE])
def test_a_whole_version_takes_the_place_of_answers_that_were_not_written_after_it(at: datetime) -> None:
    known = amended(CERTIFICATE, answer(at, prognosis=WORSE), ["prognosis"])
    whole = replace(CERTIFICATE, authored=JUNE)
    assert carried_over(known, whole) is whole


@pytest.mark.parametrize("at", [MAY + timedelta(days=1), JUNE])
def test_an_answer_to_what_a_whole_version_leaves_out_is_kept_however_old(at: datetime) -> None:
    known = amended(CERTIFICATE, answer(at, onset=Section("none")), ["onset"])
    whole = replace(CERTIFICATE, authored=JUNE, author=STAND_IN)
    joined = carried_over(known, whole)
    assert (joined.onset, joined.stated_by("onset")) == (Section("none"), (SPECIALIST, at))
    assert replace(joined, onset=Section(), provenance=()) == whole


def test_what_was_never_answered_is_not_carried_over() -> None:
    whole = replace(BARE, authored=MAY - timedelta(days=1))
    assert carried_over(CERTIFICATE, whole) is whole


def test_answers_written_after_a_whole_version_are_kept_with_their_author_and_date() -> None:
    known = amended(CERTIFICATE, answer(JUNE, onset=Section("none")), ["onset"])
    known = amended(known, answer(AUGUST, STAND_IN, prognosis=WORSE), ["prognosis"])
    known = amended(known, answer(AUGUST, activity=Section("stated", (Participation("no"),))), ["activity"])
    history = Section("stated", (Statement("Falt av sykkel."),))
    whole = replace(CERTIFICATE, authored=JULY, author=SPECIALIST, history=history, prognosis=STABLE)
    assert carried_over(known, whole) == replace(
        whole,
        onset=Section("none"),
        activity=Section("stated", (Participation("no"),)),
        prognosis=WORSE,
        provenance=(
            Provenance("onset", SPECIALIST, JUNE),
            Provenance("activity", SPECIALIST, AUGUST),
            Provenance("prognosis", STAND_IN, AUGUST),
        ),
    )


def test_an_answer_that_is_carried_over_outlives_every_whole_version_that_is_older() -> None:
    known = amended(CERTIFICATE, answer(AUGUST, prognosis=WORSE), ["prognosis"])
    first = carried_over(known, replace(CERTIFICATE, authored=JUNE))
    second = carried_over(first, replace(CERTIFICATE, authored=JULY))
    assert (second.authored, second.prognosis, second.stated_by("prognosis")) == (JULY, WORSE, (SPECIALIST, AUGUST))
    # An answer that comes now and is older than it is not taken; a whole version of the same instant is.
    assert taken_items(second, answer(JULY, prognosis=BETTER), ["prognosis"]) == ()
    last = replace(CERTIFICATE, authored=AUGUST)
    assert carried_over(second, last) is last


def test_that_nobody_knows_is_carried_over_too() -> None:
    unknown: Section[Prognosis] = Section("not-assessed", (), "unavailable")
    known = amended(CERTIFICATE, answer(JULY, prognosis=unknown), ["prognosis"])
    assert carried_over(known, replace(CERTIFICATE, authored=JUNE)).prognosis == unknown


def test_who_is_certified_by_whom_is_never_carried_over() -> None:
    # Earlier releases kept these entries.
    entries = tuple(Provenance(item, GP, AUGUST) for item in ("purpose", "patient", "author"))
    whole = replace(BARE, authored=JUNE)
    assert carried_over(replace(CERTIFICATE, provenance=entries), whole) is whole


def test_statements_that_are_carried_over_follow_their_diagnosis_to_its_place_in_the_whole_version() -> None:
    told = answer(
        JULY,
        diagnosis=diagnoses(ANXIETY, BACK),
        function=Section("stated", (FunctionStatement(diagnosis=0), FunctionStatement(diagnosis=1))),
    )
    known = amended(CERTIFICATE, told, ["function"])
    assert links(known) == [[0, None], [1, 0], [0, 1], [1]]
    whole = replace(
        CERTIFICATE,
        authored=JUNE,
        diagnosis=diagnoses(KNEE, BACK),
        treatment=Section("stated", (Treatment(diagnosis=0),)),
        health_risk=Section("none"),
        prognosis=Section("stated", (Prognosis("stable", diagnosis=1),)),
    )
    # What the whole version states itself points where it did.
    assert links(carried_over(known, whole)) == [[0], [None, 1], [], [1]]


def test_statements_of_a_whole_version_follow_diagnoses_that_are_carried_over() -> None:
    known = amended(CERTIFICATE, answer(JULY, diagnosis=diagnoses(KNEE, ANXIETY)), ["diagnosis"])
    joined = carried_over(known, replace(CERTIFICATE, authored=JUNE))
    assert joined.diagnosis == diagnoses(KNEE, ANXIETY)
    assert links(joined) == [[None, None], [1], [None, 1], [1]]


# ---- which diagnosis ----


def test_statements_follow_their_diagnosis_to_its_new_place() -> None:
    joined = amended(CERTIFICATE, answer(JUNE, diagnosis=diagnoses(KNEE, ANXIETY, BACK)), ["diagnosis"])
    assert links(CERTIFICATE) == [[0, None], [1], [0, 1], [1]]
    assert links(joined) == [[2, None], [1], [2, 1], [1]]
    assert joined.treatment.entries[0].kind == "physiotherapy"


def test_statements_of_a_diagnosis_that_is_gone_point_to_none() -> None:
    joined = amended(CERTIFICATE, answer(JUNE, diagnosis=diagnoses(ANXIETY)), ["diagnosis"])
    assert links(joined) == [[None, None], [0], [None, 0], [0]]
    assert links(amended(CERTIFICATE, answer(JUNE, diagnosis=Section("none")), ["diagnosis"])) == [
        [None, None],
        [None],
        [None, None],
        [None],
    ]


def test_an_answer_s_statements_point_among_the_diagnoses_that_stand_then() -> None:
    told = answer(
        JUNE,
        diagnosis=diagnoses(KNEE, BACK),
        function=Section("stated", (FunctionStatement(diagnosis=1), FunctionStatement(diagnosis=0))),
    )
    # Asked about function only, the doctor sent diagnoses in another order: they are not taken, their numbers not kept.
    assert links(amended(CERTIFICATE, told, ["function"])) == [[0, None], [0, None], [0, 1], [1]]
    assert links(amended(CERTIFICATE, told, ["function", "diagnosis"])) == [[1, None], [1, 0], [1, None], [None]]


@pytest.mark.parametrize(
    "item,section",
    [
        ("treatment", Section("stated", (Treatment(diagnosis=0),))),
        ("function", Section("stated", (FunctionStatement(diagnosis=0),))),
        ("health-risk", Section("stated", (HealthRisk(diagnosis=0),))),
        ("prognosis", Section("stated", (Prognosis("stable", diagnosis=0),))),
    ],
)
def test_every_item_with_links_follows(item: str, section: Section[Any]) -> None:
    given: dict[str, Any] = {item.replace("-", "_"): section}
    told = replace(answer(JUNE, diagnosis=diagnoses(ANXIETY)), **given)
    (entry,) = value_of(amended(CERTIFICATE, told, [item]), item)
    assert entry.diagnosis == 1


def test_where_no_diagnosis_changed_no_link_is_touched() -> None:
    # The same diagnosis twice, and a number that is nobody's.
    odd = Section("stated", (Treatment(diagnosis=1), Treatment(diagnosis=7)))
    certificate = replace(CERTIFICATE, diagnosis=diagnoses(BACK, BACK), treatment=odd)
    assert amended(certificate, answer(JUNE, onset=Section("none")), ["onset"]).treatment == odd
    same = answer(JUNE, diagnosis=certificate.diagnosis)
    assert amended(certificate, same, ["diagnosis"]).treatment == odd


def test_what_is_older_than_the_certificate_is_not_linked_anew() -> None:
    older = answer(MAY - timedelta(days=1), diagnosis=diagnoses(ANXIETY, BACK), onset=Section("none"))
    assert links(amended(CERTIFICATE, older, ["diagnosis", "onset"])) == links(CERTIFICATE)


def test_diagnoses_without_a_code_are_the_same_only_when_they_are_equal() -> None:
    vague, other = Diagnosis((), "other", "vondt"), Diagnosis((), "other", "stivt")
    certificate = replace(CERTIFICATE, diagnosis=Section("stated", (vague, other)))
    joined = amended(certificate, answer(JUNE, diagnosis=Section("stated", (other,))), ["diagnosis"])
    assert links(joined) == [[None, None], [0], [None, 0], [0]]


def test_of_two_with_one_code_the_equal_one_is_the_same() -> None:
    left, right = Diagnosis((KNEE,), "main", "venstre"), Diagnosis((KNEE,), "other", "høyre")
    certificate = replace(CERTIFICATE, diagnosis=Section("stated", (left, right)))
    comes = Section("stated", (Diagnosis((BACK,), "other"), left, right))
    joined = amended(certificate, answer(JUNE, diagnosis=comes), ["diagnosis"])
    assert links(joined) == [[1, None], [2], [1, 2], [2]]
    renamed = Section("stated", (Diagnosis((BACK,), "other"), replace(left, comment="begge")))
    joined = amended(certificate, answer(JUNE, diagnosis=renamed), ["diagnosis"])
    assert links(joined) == [[1, None], [1], [1, 1], [1]]


def test_the_first_code_is_the_one_that_a_diagnosis_is_read_by() -> None:
    certificate = replace(CERTIFICATE, diagnosis=Section("stated", (Diagnosis((BACK, KNEE), "main"),)))
    joined = amended(certificate, answer(JUNE, diagnosis=diagnoses(KNEE)), ["diagnosis"])
    assert joined.treatment.entries[0].diagnosis is None


# ---- diagnoses that are named to be pointed to ----


@pytest.mark.parametrize(
    "named,place,only,there",
    [
        ((BACK,), 0, True, True),
        ((KNEE,), 0, True, False),
        ((None,), 0, True, False),
        ((BACK, ANXIETY), 0, False, True),
        ((BACK,), None, False, True),
        ((), None, False, True),
    ],
)
def test_whether_diagnoses_are_named_for_nothing_but_to_point_to_them(
    named: tuple[Coding | None, ...],
    place: int | None,
    only: bool,  # noqa: FBT001
    there: bool,  # noqa: FBT001
) -> None:
    told = answer(JUNE, diagnosis=diagnoses(*named), treatment=Section("stated", (Treatment(diagnosis=place),)))
    assert (points_only(told), has_all_of(CERTIFICATE, told)) == (only, there)
