"""What only the form of 2008 asks, in FHIR: read with its place, written, named where lost, shown as code."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.domain.certificate import (
    Author,
    Certificate,
    Coding,
    Diagnosis,
    Employment,
    Participation,
    Quantity,
    Section,
    Statement,
    Treatment,
)
from certgateway.fhir.certificate import Parsed, parse_certificate
from certgateway.fhir.disclosure import disclosed
from certgateway.fhir.document import document
from certgateway.fhir.questionnaire_writing import questionnaire_losses
from certgateway.fhir.reading import Message
from certgateway.fhir.writing import losses, write_certificate
from certgateway.services.examine import examine
from fixtures.authoring import good
from fixtures.authoring.writers import to_json

Json = dict[str, Any]
Edit = Callable[[Json], None]
B = "https://certgateway.example/fhir"
MESSAGE = good.messages()["every-mapped-element"]
HOUSE = bootstrap.build_house()

TOLD = Certificate(
    Coding("urn:x", "c-1"),
    datetime(2026, 5, 12, 8, 30, tzinfo=UTC),
    "final",
    author=Author("9581120", contacts=("employer", "other", "employer")),
    employment=Section(
        "stated",
        (
            Employment(
                "Sveiser",
                several="unknown",
                situations=("paid-work", "other"),
                other_situation="Verv i foreningen.",
                demands="Tunge løft og varme.",
                occupation_code="7212",
            ),
        ),
    ),
    diagnosis=Section("stated", (Diagnosis((), "main", occupational_injury="no", injury_date="2025-11-03"),)),
    treatment=Section("stated", (Treatment(status="waiting", wait=Quantity(Decimal(12), "wk")),)),
    activity=Section(
        "stated",
        (Participation(scope="other-work", resumption="now"), Participation(measure="other", comment="Ny stol.")),
    ),
    assessment=Section("stated", (Statement("Kan ikke stå lenge.", question="function"), Statement("Stabilt."))),
)


def nothing(_: Json) -> None:
    """Change nothing."""


def at(tree: Json, place: str) -> Json:
    """The resource with that label."""
    index = int(MESSAGE.places[place].removeprefix("Bundle.entry[").removesuffix("].resource"))
    found: Json = tree["entry"][index]["resource"]
    return found


def part(tree: Json, place: str, name: str) -> Json:
    """The component of a resource that is this part."""
    found: Json = next(each for each in at(tree, place)["component"] if each["code"]["coding"][0]["code"] == name)
    return found


def parsed(edit: Edit = nothing) -> Parsed:
    tree = deepcopy(MESSAGE.tree)
    edit(tree)
    return parse_certificate(Message(tree))


def certificate(edit: Edit = nothing) -> Certificate:
    found = parsed(edit).certificate
    assert found is not None
    return found


def unread(edit: Edit) -> list[tuple[str, str | None]]:
    """Rule and place of everything that reading finds."""
    tree = deepcopy(MESSAGE.tree)
    edit(tree)
    return [(finding.rule, finding.path) for finding in examine(to_json(tree), "fhir-json", HOUSE).findings]


# ---- reading --------------------------------------------------------------------------------------------------------


def test_what_the_form_asks_is_read() -> None:
    found = certificate()
    (employment,) = found.employment.entries
    assert (employment.several, employment.situations, employment.occupation_code) == (
        "no",
        ("paid-work", "other"),
        "8331102",
    )
    assert employment.other_situation == "Trener et guttelag to kvelder i uka."
    assert employment.demands == "Kjøring i skift, billettering og enkel klargjøring av bussen."
    assert [(entry.occupational_injury, entry.injury_date) for entry in found.diagnosis] == [
        ("yes", "2026-03-02"),
        (None, None),
    ]
    assert [entry.wait for entry in found.treatment] == [None, Quantity(Decimal(16), "wk"), None]
    assert [(entry.ability, entry.scope, entry.resumption, entry.measure) for entry in found.activity] == [
        ("with-limits", "physical", None, None),
        (None, "own-work", "after-treatment", "work-aids"),
    ]
    assert [entry.question for entry in found.assessment] == [None, "cannot-do"]
    assert found.author.contacts == ("employer", "treating-doctor")
    assert found.author.hpr is not None


PLACES = {
    "employment.several": "<employment[0]>.component[3].value",
    "employment.situations[0]": "<employment[0]>.component[4].value",
    "employment.situations[1]": "<employment[0]>.component[5].value",
    "employment.other_situation": "<employment[0]>.component[6].value",
    "employment.demands": "<employment[0]>.component[7].value",
    "employment.occupation_code": "<employment[0]>.component[8].value",
    "diagnosis[0].occupational_injury": "<diagnosis[0]>.extension[0].value",
    "diagnosis[0].injury_date": "<diagnosis[0]>.extension[1].value",
    "treatment[1].wait": "<treatment[0]>.activity[1].detail.extension[3].value",
    "activity[1].resumption": "<activity[1]>.component[1].value",
    "activity[1].measure": "<activity[1]>.component[2].value",
    "assessment[1].text": "<assessment[1]>.value",
    "assessment[1].question": "<assessment[1]>.component[0].value",
    "author.contacts[0]": "<composition>.event[2]",
    "author.contacts[1]": "<composition>.event[3]",
}


@pytest.mark.parametrize("element", PLACES)
def test_its_elements_stand_where_the_message_has_them(element: str) -> None:
    assert parsed().origins[element] == MESSAGE.locate(PLACES[element])


@pytest.mark.parametrize("code", ["833", "83311021", "8331-02", "Bør få AAP", "８３３１"])  # noqa: RUF001
def test_an_occupation_code_is_digits_and_nothing_else(code: str) -> None:
    def edit(tree: Json) -> None:
        part(tree, "employment[0]", "occupation-code")["valueString"] = code

    assert certificate(edit).employment.entries[0].occupation_code is None
    assert ("not-carried", MESSAGE.locate(PLACES["employment.occupation_code"])) in unread(edit)


def test_an_unknown_wish_is_none_and_does_not_move_the_others() -> None:
    def edit(tree: Json) -> None:
        at(tree, "composition")["event"][2]["code"][0]["coding"][0]["code"] = "everybody"

    assert certificate(edit).author.contacts == ("treating-doctor",)
    assert parsed(edit).origins["author.contacts[0]"] == MESSAGE.locate("<composition>.event[3]")
    assert unread(edit) == [("code-not-allowed", MESSAGE.locate("<composition>.event[2].code[0]"))]


def test_a_wish_is_told_without_an_author_too() -> None:
    def edit(tree: Json) -> None:
        at(tree, "composition")["author"][0]["reference"] = "urn:uuid:5e1f0000-0d0c-4a10-9e01-00000000beef"

    assert certificate(edit).author == Author(
        last_seen="2026-10-19", contact="in-person", contacts=("employer", "treating-doctor")
    )


def test_only_an_assessment_answers_a_question() -> None:
    def edit(tree: Json) -> None:
        at(tree, "history[0]")["component"] = deepcopy(at(tree, "assessment[1]")["component"])

    assert certificate(edit).history.entries[0].question is None
    assert unread(edit) == [("not-carried", MESSAGE.locate("<history[0]>.component[0]"))]


@pytest.mark.parametrize(
    "place, name, told",
    [
        ("employment[0]", "several", lambda found: found.employment.entries[0].several),
        ("activity[1]", "resumption", lambda found: found.activity.entries[1].resumption),
        ("activity[1]", "measure", lambda found: found.activity.entries[1].measure),
        ("assessment[1]", "question", lambda found: found.assessment.entries[1].question),
    ],
)
def test_a_code_that_we_do_not_know_reads_as_absent_and_is_refused_at_its_element(
    place: str, name: str, told: Callable[[Certificate], str | None]
) -> None:
    def edit(tree: Json) -> None:
        part(tree, place, name)["valueCodeableConcept"]["coding"][0]["code"] = "perhaps"

    assert told(certificate()) is not None
    assert told(certificate(edit)) is None
    assert [rule for rule, _ in unread(edit)] == ["code-not-allowed"]


# ---- writing --------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_and_nothing_is_lost() -> None:
    tree = write_certificate(TOLD, message_id="m-1", sender_her="8143060")
    assert parse_certificate(Message(tree)).certificate == TOLD
    assert losses(TOLD) == []


def test_wishes_are_events_of_their_own_in_their_order() -> None:
    tree = write_certificate(TOLD, message_id="m-1", sender_her="8143060")
    codes = [event["code"][0]["coding"][0] for event in tree["entry"][1]["resource"]["event"]]
    assert [(coding["system"], coding["code"]) for coding in codes] == [
        (f"{B}/CodeSystem/contact-wish", code) for code in ("employer", "other", "employer")
    ]


def test_a_question_is_lost_beside_the_patients_own_account() -> None:
    account = Section("stated", (Statement("A", "observed"), Statement("B", "observed", question="function")))
    assert losses(replace(TOLD, history=account)) == ["history[1].question"]


def test_the_form_of_answers_asks_none_of_it_and_says_so() -> None:
    assert questionnaire_losses(TOLD) == [
        "employment.several",
        "employment.situations",
        "employment.other_situation",
        "employment.demands",
        "employment.occupation_code",
        "diagnosis[0].occupational_injury",
        "diagnosis[0].injury_date",
        "treatment[0].wait",
        "activity[0].resumption",
        "activity[1].measure",
        "assessment[0].question",
    ]


# ---- showing --------------------------------------------------------------------------------------------------------


class NoDiagnoses:
    """Tables without titles."""

    def title(self, _system: str, _code: str) -> str | None:
        return None


def shown(told: Certificate) -> str:
    return str(document(told, "0f5d0c1e-0000-4000-a000-000000000001", 1, gateway_her="8140000", titles=NoDiagnoses()))


def test_codes_are_shown_only_in_their_own_form() -> None:
    work = Section("stated", (replace(TOLD.employment.entries[0], occupation_code="Bør få AAP"),))
    told = replace(TOLD, author=Author(contacts=("uføretrygd", "employer")), employment=work)
    found = disclosed(told, {}, "nb")
    assert found.author.contacts == ("employer",)
    assert found.employment.entries == (replace(TOLD.employment.entries[0], occupation_code=None),)
    assert "AAP" not in shown(told)
    assert "uføretrygd" not in shown(told)


def test_codes_in_their_own_form_are_shown_under_our_titles() -> None:
    written = shown(TOLD)
    assert disclosed(TOLD, {}, "nb").employment == TOLD.employment
    for title in ("Arbeidsgiver", "Inntektsgivende arbeid", "Ja, nå", "Annet tiltak", "Annet arbeid", "7212"):
        assert title in written


def test_prose_of_the_form_is_cut_like_other_prose() -> None:
    held = {
        "employment.demands": [("work-ability-verdict", (0, 20))],
        "employment.other_situation": [("vocational-advice", (0, 18))],
    }
    (work,) = disclosed(TOLD, held, "en").employment.entries
    assert (work.demands, work.other_situation) == (
        "[Withheld: work-ability verdict]",
        "[Withheld: vocational advice]",
    )
