"""What the patient reads: sentences in plain language, nothing reserved, nothing that waits for the patient."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from certgateway.domain.amendment import with_reservations
from certgateway.domain.assessment_titles import Titles
from certgateway.domain.certificate import (
    ITEMS,
    Attachment,
    Author,
    Certificate,
    ClinicalFinding,
    Coding,
    Diagnosis,
    Employment,
    FunctionStatement,
    HealthRisk,
    Limit,
    Onset,
    Participation,
    Patient,
    Period,
    Prognosis,
    Provenance,
    Purpose,
    Quantity,
    Reservation,
    Section,
    SpecialistStatement,
    Statement,
    Treatment,
)
from certgateway.domain.dialogue_events import (
    Answered,
    Asked,
    Clinician,
    Declined,
    Event,
    Measure,
    Ordered,
    Replied,
    Returned,
    Superseded,
    TakenBack,
    Target,
    Withdrawn,
)
from certgateway.domain.dialogue_steps import steps
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.ordering import CaseQuestion, ordered_targets
from certgateway.domain.patient_page import patient_page
from certgateway.domain.patient_reservation import Kept, kept_back
from certgateway.domain.patient_sentences import TOLD_ITEMS, sentences
from certgateway.domain.patient_view import patient_view
from certgateway.domain.patient_words import SAID, day_text, instant_day
from certgateway.domain.record import Version
from certgateway.domain.vocabulary import LANGUAGES, Language
from certgateway.domain.vocabulary.clarification import CLARIFICATION_REASON
from certgateway.domain.vocabulary.systems import ICF, ICPC_2

Held = Mapping[str, tuple[tuple[str, tuple[int, int]], ...]]
MAY = datetime(2026, 5, 12, 8, 15, tzinfo=UTC)
DAY = timedelta(days=1)
BARE = Certificate(
    Coding("urn:oid:1.2.3", "c-1"),
    MAY,
    "final",
    Patient("01818012345", "fnr", "Testine"),
    Author(hpr="7654321", role="gp"),
)
FULL = replace(
    BARE,
    purpose=Purpose("first"),
    diagnosis=Section("stated", (Diagnosis((Coding(ICPC_2, "L86"),), "main", "Etter fall."),)),
    history=Section("stated", (Statement("Falt i trapp."),)),
    function=Section("stated", (FunctionStatement(Coding(ICF, "d4300"), ability="can", comment="Helst lite."),)),
    health_risk=Section("none"),
    onset=Section("not-assessed", reason="notasked"),
    prognosis=Section("stated", (Prognosis("improvement", Quantity(Decimal(6), "mo")),)),
)
QUESTION = Asked(
    "q",
    MAY + DAY,
    "case-1",
    1,
    "her:1",
    (Target("function", "unclear", "function[0]", "Hele dagen?"), Target("prognosis", "outdated")),
    Measure("Arbeidstrening", ("heavy-lifting",)),
)


class Table:
    """One diagnosis has a title."""

    def title(self, _system: str, code: str) -> str | None:
        return "Ryggsyndrom" if code == "L86" else None


def titles(language: Language = "nb") -> Titles:
    return Titles(Table(), language)


def version(certificate: Certificate = FULL, number: int = 1, *findings: Finding, current: bool = True) -> Version:
    return Version(number, "m", MAY + number * DAY, "accepted", certificate, findings, current)


def view(
    *versions: Version, asked: tuple[Event, ...] = (), language: Language = "nb", withheld: Held | None = None
) -> dict[str, Any]:
    questions = [("c-1", asked)] if asked else []
    return patient_view("case-1", versions or (version(),), questions, titles=titles(language), withheld=withheld or {})


def reserving(*items: str, certificate: Certificate = FULL, **more: str) -> Certificate:
    return replace(certificate, reservation=Section("stated", (Reservation(items, **more),)))


def answers(told: dict[str, Any]) -> list[str]:
    return [each["item"] for each in told["answers"]["items"]]


def targets(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [target for each in told["questions"]["clarifications"] for target in each["targets"]]


def test_what_is_told_of_a_certificate_on_which_nothing_is_reserved() -> None:
    told = view()
    assert told["about"] == [
        "Erklæringen er skrevet 12. mai 2026 og kom til NAV 13. mai 2026.",
        "Den er fra: Fastlege.",
    ]
    assert (told["written"], told["received"], told["not_all_shown"]) == ("2026-05-12", "2026-05-13", False)
    assert answers(told) == ["diagnosis", "history", "onset", "function", "health-risk", "prognosis"]
    diagnosis, history, onset, function, risk, prognosis = told["answers"]["items"]
    assert diagnosis["statements"] == [
        {"sentences": ["Hoveddiagnose: Ryggsyndrom."], "parts": [{"text": "Etter fall."}]}
    ]
    assert history["statements"] == [{"sentences": [], "parts": [{"text": "Falt i trapp."}]}]
    assert (onset["state"], onset["text"]) == ("not-assessed", "Legen har ikke vurdert dette.")
    assert (risk["state"], risk["text"]) == ("none", "Legen har vurdert dette og ikke funnet noe.")
    assert function["statements"][0]["sentences"] == ["Løfte: Du kan gjøre dette."]
    assert prognosis["statements"][0]["sentences"] == [
        "Slik venter legen at det går: Bedring.",
        "Det gjelder for: 6 måneder.",
    ]
    assert [each["item"] for each in told["shared"]["items"]] == ["purpose", "patient", "author", *answers(told)]
    assert told["shared"]["withheld"] == []
    assert "«Diagnose»" in told["shared"]["text"]
    assert told["questions"] == {
        "heading": "Hva NAV har spurt legen om",
        "text": "Det er ingen spørsmål å vise her.",
        "clarifications": [],
    }


def test_who_it_is_from_and_when_the_patient_was_seen() -> None:
    author = Author(profession="FT", last_seen="2026-05")
    assert "Legen så deg sist mai 2026." in view(version(replace(FULL, author=author)))["about"]
    assert view(version(replace(FULL, author=Author())))["about"][1:] == []
    assert view(version(reserving("author")))["about"][1:] == [SAID["kept-back"].nb]


def test_a_withheld_sentence_is_told_of_and_not_shown() -> None:
    held = {"history[0].text": (("benefit-recommendation", (0, 4)),)}
    certificate = replace(FULL, history=Section("stated", (Statement("AAP! Falt i trapp."),)))
    told = view(version(certificate), withheld=held)
    assert "AAP" not in str(told)
    parts = told["answers"]["items"][1]["statements"][0]["parts"]
    assert [part.get("withheld") for part in parts] == ["benefit-recommendation", None]
    (withheld,) = told["shared"]["withheld"]
    assert withheld["text"].startswith(
        "Under «Sykehistorie (pasientens beskrivelse)»: En setning om ytelser er ikke vist for veilederen."
    )
    assert withheld["text"] in patient_page(told)


@pytest.mark.parametrize("kind", ["benefit-recommendation", "work-ability-verdict", "vocational-advice", "unread"])
def test_every_kind_of_what_is_withheld_has_words(kind: str) -> None:
    told = view(withheld={"history[0].text": ((kind, (0, 13)),)})
    assert told["shared"]["withheld"][0]["kind"] == kind


def test_a_question_that_waits_asks_nothing_of_the_patient() -> None:
    function, prognosis = targets(view(asked=(QUESTION,)))
    assert function["asked"] == "NAV spurte legen 13. mai 2026 om «Funksjonsevne»."
    assert function["why"] == "NAV ville forstå bedre hva legen mener."
    assert "Hele dagen?" in function["question"]
    assert (function["stands"], function["steps"]) == ("open", [])
    assert function["text"] == prognosis["text"] == "NAV venter på svar fra legen. Du trenger ikke å gjøre noe."


def test_the_measure_is_told() -> None:
    (clarification,) = view(asked=(QUESTION,))["questions"]["clarifications"]
    assert clarification["measure"] == ["NAV planlegger dette: Arbeidstrening", "Det krever: Tunge løft."]
    bare = replace(QUESTION, measure=Measure("Kurs"))
    assert view(asked=(bare,))["questions"]["clarifications"][0]["measure"] == ["NAV planlegger dette: Kurs"]
    assert view(asked=(replace(QUESTION, measure=None),))["questions"]["clarifications"][0]["measure"] == []


def test_what_became_of_each_question() -> None:
    events = (
        QUESTION,
        Answered("a", MAY + 2 * DAY, frozenset({"function"}), 2, 1),
        Returned("r", MAY + 3 * DAY, "other-patient"),
        Declined("d", MAY + 4 * DAY, "not-seen", frozenset({"prognosis"})),
    )
    function, prognosis = targets(view(asked=events))
    assert function["steps"] == ["Legen svarte 14. mai 2026.", "NAV ba legen om å utdype svaret 15. mai 2026."]
    assert function["stands"] == "open"
    assert prognosis["steps"] == ["Legen ga 16. mai 2026 beskjed om at dette ikke kan besvares der."]
    assert prognosis["text"] == "Legen kan ikke svare på dette. Du trenger ikke å gjøre noe."
    again = (*events, Answered("b", MAY + 5 * DAY, frozenset({"function"}), 3, 2))
    assert targets(view(asked=again))[0]["stands"] == "answered"
    gone = (*events, Withdrawn("w", MAY + 5 * DAY, "no-longer-needed"))
    assert [each["stands"] for each in targets(view(asked=gone))] == ["withdrawn", "declined"]


def test_events_without_their_question_are_no_question() -> None:
    assert targets(view(asked=(Declined("d", MAY, "not-seen"),))) == []
    assert steps([Declined("d", MAY, "not-seen")]) == ()


def test_an_answer_that_is_added_to_and_one_that_came_by_itself_are_steps() -> None:
    asked = replace(QUESTION, targets=(Target("prognosis", "missing"),))
    events = (
        asked,
        Superseded("s", MAY + 2 * DAY, 2, frozenset({"prognosis"})),
        Answered("a", MAY + 3 * DAY, frozenset({"prognosis"}), 3, 2),
    )
    assert [(step.target, step.what, step.at) for step in steps(events)] == [
        (0, "answered", MAY + 2 * DAY),
        (0, "answered", MAY + 3 * DAY),
    ]


def test_an_incomplete_certificate_is_told_of_kindly() -> None:
    gap = Finding("prognosis-missing", Effect.UNANSWERED, item="prognosis")
    remark = Finding("something", Effect.REMARK, item="function")
    assert SAID["incomplete"].nb in view(version(FULL, 1, gap))["about"]
    assert SAID["incomplete"].nb not in view(version(FULL, 1, remark))["about"]
    # That what is reserved is missing would tell of it.
    assert SAID["incomplete"].nb not in view(version(reserving("prognosis"), 1, gap))["about"]


def test_a_reserved_item_is_neither_answered_asked_about_nor_shared() -> None:
    told = view(version(reserving("prognosis")), asked=(QUESTION,))
    assert (told["not_all_shown"], SAID["kept-back"].nb in told["about"]) == (True, True)
    assert answers(told) == ["diagnosis", "onset", "function", "health-risk"]
    assert [each["item"] for each in targets(told)] == ["function"]
    assert "Prognose" not in str(told)
    assert "Prognose" not in patient_page(told)
    for words in ("Hele dagen?", "Arbeidstrening", "Tunge løft", "Helst lite", "Etter fall", "Falt i trapp"):
        assert words not in str(told)


def test_a_question_about_reserved_items_alone_is_not_there() -> None:
    told = view(version(reserving("prognosis", "function")), asked=(QUESTION,))
    assert told["questions"]["clarifications"] == []
    assert told["questions"]["text"] == SAID["no-questions"].nb


def test_the_reservation_itself_is_never_there() -> None:
    certificate = reserving("prognosis", reason="regard-for-close-persons")
    asked = replace(QUESTION, targets=(Target("reservation", "unclear"),))
    told = view(version(certificate), asked=(asked,))
    assert re.search("Forbehold|pasienten nær", str(told)) is None
    free = view(version(replace(FULL, reservation=Section("none"))), asked=(asked,))
    assert "Forbehold" not in str(free)
    assert not free["not_all_shown"]


@pytest.mark.parametrize(
    "reservation",
    [
        Reservation(),
        Reservation(text="Ikke noe om moren"),
        Reservation(("function",), text="Heller ikke prognosen"),
        Reservation(("function", "no-such-item")),
    ],
    ids=["no items", "words alone", "items and words", "an item that is none"],
)
def test_all_is_kept_back_where_nobody_can_tell_what_is_meant(reservation: Reservation) -> None:
    told = view(version(replace(FULL, reservation=Section("stated", (reservation,)))), asked=(QUESTION,))
    assert (answers(told), targets(told), told["shared"]["items"]) == ([], [], [])
    assert told["shared"]["text"] == SAID["shared-nothing"].nb
    assert told["about"] == ["Erklæringen er skrevet 12. mai 2026 og kom til NAV 13. mai 2026.", SAID["kept-back"].nb]


def test_a_reservation_that_is_itself_withheld_keeps_all_back() -> None:
    certificate = replace(FULL, reservation=Section("not-assessed", reason="withheld"))
    assert kept_back([certificate]) == Kept(frozenset(ITEMS))
    assert kept_back([replace(FULL, reservation=Section("not-assessed", reason="notasked"))]) == Kept()


def test_what_tells_the_same_in_other_words_is_kept_back_with_it() -> None:
    kept = kept_back([reserving("diagnosis")])
    assert kept.items == {"diagnosis", "findings", "treatment", "specialist", "history", "assessment", "attachment"}
    assert kept_back([reserving("treatment")]).hides("specialist")
    assert kept_back([reserving("specialist")]).hides("treatment")


def test_a_reservation_holds_until_it_is_taken_back() -> None:
    earlier = reserving("prognosis")
    later = replace(FULL, authored=MAY + DAY)
    for order in ([earlier, later], [later, earlier]):
        assert kept_back(order).hides("prognosis")
    added = reserving("onset", certificate=later)
    assert kept_back([earlier, added]).hides("prognosis")
    taken_back = replace(later, reservation=Section("none"))
    for order in ([earlier, taken_back], [taken_back, earlier]):
        assert kept_back(order) == Kept()
    # Said at the same time, withdrawn, or reserved anew: in doubt it holds.
    assert kept_back([earlier, replace(taken_back, authored=MAY)]).hides("prognosis")
    assert kept_back([earlier, replace(taken_back, status="entered-in-error")]).hides("prognosis")
    assert kept_back(
        [earlier, taken_back, reserving("onset", certificate=replace(FULL, authored=MAY + 2 * DAY))]
    ) == Kept(kept_back([reserving("onset")]).items)
    # One that came with an answer counts from the answer.
    answered = replace(earlier, provenance=(Provenance("reservation", Author(), MAY + 3 * DAY),))
    assert kept_back([answered, taken_back]).hides("prognosis")


def test_an_answer_adds_its_reservation() -> None:
    answer = reserving("activity", certificate=replace(BARE, authored=MAY + DAY, author=Author(hpr="1")))
    joined = with_reservations(reserving("prognosis"), answer)
    assert joined is not None
    assert [entry.items for entry in joined.reservation] == [("activity",), ("prognosis",)]
    assert joined.stated_by("reservation") == (answer.author, MAY + DAY)
    assert joined.function == FULL.function
    # Whichever was written first: neither takes the other back.
    late = with_reservations(reserving("prognosis"), replace(answer, authored=MAY - DAY))
    assert late is not None
    assert late.reservation == joined.reservation
    assert late.stated_by("reservation") == (FULL.author, MAY)
    assert with_reservations(FULL, replace(answer, reservation=Section("none"))) is None
    none = replace(FULL, reservation=Section("none"))
    assert with_reservations(none, replace(answer, authored=MAY - DAY)) is None
    assert with_reservations(none, answer) is not None
    unassessed = with_reservations(
        replace(FULL, reservation=Section("not-assessed")), replace(answer, authored=MAY - DAY)
    )
    assert unassessed is not None
    assert unassessed.reservation == answer.reservation


def test_answers_with_reservations_that_overtake_each_other_end_in_the_same_certificate() -> None:
    first = reserving("activity", certificate=replace(BARE, authored=MAY + DAY, author=Author(hpr="1")))
    second = reserving("prognosis", certificate=replace(BARE, authored=MAY + 2 * DAY, author=Author(hpr="2")))
    ends = []
    for order in ((first, second), (second, first)):
        certificate = FULL
        for answer in order:
            certificate = with_reservations(certificate, answer) or certificate
        ends.append(certificate)
    assert ends[0] == ends[1]
    assert ends[0].stated_by("reservation") == (second.author, MAY + 2 * DAY)
    assert kept_back([ends[0]]).items >= {"activity", "prognosis"}


def test_a_reservation_of_an_earlier_version_holds_for_the_current_one() -> None:
    told = view(version(reserving("prognosis"), 1, current=False), version(replace(FULL, authored=MAY + DAY), 2))
    assert "prognosis" not in answers(told)
    assert told["not_all_shown"]


def test_of_several_versions_the_current_one_is_told_and_the_first_one_came() -> None:
    later = replace(FULL, authored=MAY + DAY, prognosis=Section())
    told = view(version(later, 2), version(FULL, 1, current=False))
    assert told["received"] == "2026-05-13"
    assert "prognosis" not in answers(told)


WEEK = Quantity(Decimal(1), "wk")


@pytest.mark.parametrize(
    "item,entry,told",
    [
        ("diagnosis", Diagnosis((), "other"), ["Bidiagnose: en diagnose uten kode."]),
        ("diagnosis", Diagnosis((Coding(ICPC_2, "P76"),), "main"), ["Hoveddiagnose: P76."]),
        (
            "diagnosis",
            Diagnosis((Coding(ICPC_2, "L86"),), "main", occupational_injury="yes", injury_date="2026"),
            ["Hoveddiagnose: Ryggsyndrom.", "Kan være en yrkesskade: Ja.", "Dato for skaden: 2026."],
        ),
        (
            "onset",
            Onset("2026-01-19", "approximate", comment="x"),
            ["Funksjonsevnen din har vært nedsatt siden 19. januar 2026.", "Hvor sikker datoen er: Omtrentlig."],
        ),
        (
            "function",
            FunctionStatement(
                Coding(ICF, "d4300"),
                setting="work",
                ability="can-with-adaptation",
                limits=(Limit("max-load", Quantity(Decimal(10), "kg")), Limit("unknown", WEEK)),
                variation="fluctuating",
                best="can",
                worst="cannot",
                adaptations=("own-pace", "own-pace", "lifting-aid"),
                date="2026-05",
                diagnosis=0,
            ),
            [
                "Løfte: Du kan gjøre dette når det tilpasses.",
                "Det gjelder: Arbeid.",
                "Høyeste vekt: 10 kg.",
                "Det svinger.",
                "På det beste: Kan.",
                "På det verste: Kan ikke.",
                "Dette hjelper: Eget tempo, Løftehjelpemiddel.",
                "Vurdert mai 2026.",
            ],
        ),
        ("function", FunctionStatement(ability="cannot"), ["En aktivitet: Du kan ikke gjøre dette."]),
        (
            "function",
            FunctionStatement(Coding(ICF, "d4300"), not_assessed="asked-declined"),
            ["Løfte: Legen har ikke vurdert dette."],
        ),
        (
            "function",
            FunctionStatement(Coding(ICF, "b152"), qualifier="2", variation="stable"),
            ["Følelser.", "Hvor store vansker: Moderate vansker."],
        ),
        (
            "health-risk",
            HealthRisk(
                Coding(ICF, "d4300"),
                "worsening",
                "moderate",
                (Limit("max-load", Quantity(Decimal("2.5"), "kg")),),
                ("lifting-aid",),
                validity=Period("2026-05-12", "2026-11"),
            ),
            [
                "Løfte kan være en risiko for helsen din.",
                "Hva som kan skje: Forverring av tilstanden.",
                "Hvor alvorlig: Moderat.",
                "Trygt innenfor denne grensen: Høyeste vekt 2,5 kg.",
                "Tryggere med: Løftehjelpemiddel.",
                "Gjelder fra 12. mai 2026 til november 2026.",
            ],
        ),
        (
            "health-risk",
            HealthRisk(validity=Period("2026")),
            [
                "En aktivitet kan være en risiko for helsen din.",
                "Gjelder fra 2026.",
                "Det er ikke satt noen sluttdato.",
            ],
        ),
        (
            "health-risk",
            HealthRisk(validity=Period(None, "2026")),
            ["En aktivitet kan være en risiko for helsen din.", "Gjelder til 2026."],
        ),
        (
            "prognosis",
            Prognosis("uncertain", WEEK, "low", "newly-ill", WEEK, WEEK, "2026-08-17"),
            [
                "Slik venter legen at det går: Usikker.",
                "Det gjelder for: 1 uke.",
                "Hvor sikker legen er: Liten sikkerhet.",
                "Grunnen til at det er usikkert: Nylig syk.",
                "Så lenge venter legen at sykdommen varer: 1 uke.",
                "Så lenge venter legen at funksjonsevnen er nedsatt: 1 uke.",
                "Legen foreslår å vurdere det på nytt 17. august 2026.",
            ],
        ),
        (
            "treatment",
            Treatment("surgery", "waiting", improves="yes", combinable="no", wait=WEEK),
            [
                "Operasjon: Venter.",
                "Virkning: Ventes å bedre funksjonen.",
                "Behandling og aktivitet: Kan ikke kombineres med aktivitet.",
                "Ventetid: 1 uke.",
            ],
        ),
        ("treatment", Treatment(kind="no-such-kind"), []),
        (
            "activity",
            Participation("no", "all", "admitted", Period(), "later", None, None, "no", "work-aids"),
            [
                "Å delta i aktivitet: Kan ikke delta.",
                "Hva det gjelder: All aktivitet.",
                "Grunn: Innlagt.",
                "Legens syn på tiltaket: Mulig på et senere tidspunkt.",
                "Kan ta opp arbeidet: Nei.",
                "Legen foreslår: Hjelpemidler på arbeidsplassen.",
            ],
        ),
        (
            "findings",
            ClinicalFinding(Coding(ICF, "b152"), None, WEEK, "1", "2026-05-12"),
            ["Følelser.", "Hvor store vansker: Lette vansker.", "Målt: 1 uke.", "Vurdert 12. mai 2026."],
        ),
        ("findings", ClinicalFinding(text="Bare ord"), []),
        (
            "employment",
            Employment("Snekker", "yes", several="no", situations=("student",)),
            [
                "Har en arbeidsgiver å gå tilbake til: Ja.",
                "Har flere arbeidsforhold: Nei.",
                "Arbeidssituasjon: Elev eller student.",
            ],
        ),
        ("employment", Employment("Snekker"), []),
        (
            "specialist",
            SpecialistStatement("neurology", "2026-05-12", attached=True),
            ["Uttalelse fra spesialist: Nevrologi.", "Dato: 12. mai 2026.", "Den er lagt ved."],
        ),
        ("specialist", SpecialistStatement(attached=False), []),
        ("assessment", Statement("Ord.", question="cannot-do"), ["Hva pasienten ikke bør gjøre i nåværende arbeid."]),
        ("attachment", Attachment("application/pdf", 1, "ab"), ["Et vedlegg fulgte med."]),
    ],
)
def test_what_each_kind_of_statement_is_told_as(item: str, entry: object, told: list[str]) -> None:
    assert sentences(item, entry, titles()) == told


def test_every_item_with_statements_is_told_of_but_the_reservation() -> None:
    assert set(ITEMS) - set(TOLD_ITEMS) == {"purpose", "patient", "author", "reservation"}
    assert [item for item in ITEMS if item in TOLD_ITEMS] == list(TOLD_ITEMS)


@pytest.mark.parametrize(
    "text,nb,en",
    [
        ("2026", "2026", "2026"),
        ("2026-05", "mai 2026", "May 2026"),
        ("2026-05-01", "1. mai 2026", "1 May 2026"),
        ("2026-12-31T10:00:00Z", "31. desember 2026", "31 December 2026"),
        ("i fjor", None, None),
        (None, None, None),
    ],
)
def test_days_in_words(text: str | None, nb: str | None, en: str | None) -> None:
    assert (day_text(text, "nb"), day_text(text, "nn"), day_text(text, "en")) == (nb, nb, en)


def test_an_instant_is_told_as_the_day_in_norway() -> None:
    assert instant_day(datetime(2026, 5, 11, 22, 30, tzinfo=UTC), "nb") == "12. mai 2026"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_asking_is_told_in_every_language(language: Language) -> None:
    asked = replace(QUESTION, targets=tuple(Target("function", reason) for reason in CLARIFICATION_REASON.concepts))
    whys = [each["why"] for each in targets(view(asked=(asked,), language=language))]
    assert len(set(whys)) == len(CLARIFICATION_REASON.concepts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_ours_sounds_as_if_the_patient_owed_or_failed_something(language: Language) -> None:
    told = " ".join(title.text(language) for title in SAID.values()).casefold()
    blame = r"du må|du skulle|du burde|frist|for sent|møtte ikke|oppfyl|plikt|sanksjon|stans|must|should|deadline"
    assert re.search(blame, told) is None


def test_braces_of_others_are_filled_in_by_nothing() -> None:
    wish = "{0} {given} {given.__class__} %s %(name)s {{x}}"
    told = view(version(replace(FULL, history=Section("stated", (Statement(wish),)))), asked=(QUESTION,))
    assert wish in patient_page(told)


def test_the_page_holds_every_sentence_and_sets_in_what_others_wrote() -> None:
    forged = "Falt.\nHva veilederen i NAV ser\n------------------------\nIngenting"
    certificate = replace(FULL, history=Section("stated", (Statement(forged),)))
    told = view(version(certificate), asked=(QUESTION,))
    page = patient_page(told)
    assert page.endswith("veilederen din i NAV.\n")
    lines = page.splitlines()
    assert lines.count("Hva veilederen i NAV ser") == 1
    assert "    Hva veilederen i NAV ser" in lines
    for text in texts_of(told):
        for line in text.strip().splitlines():
            assert line in page


def texts_of(told: dict[str, Any]) -> list[str]:
    """Every sentence of a view."""
    items = told["answers"]["items"]
    statements = [statement for each in items for statement in each["statements"]]
    clarifications = told["questions"]["clarifications"]
    return [
        told["title"],
        *told["about"],
        *(each["text"] for each in items if each["text"]),
        *(text for each in statements for text in each["sentences"]),
        *(part["text"] for each in statements for part in each["parts"]),
        *(text for each in clarifications for text in each["measure"]),
        *(target[name] for target in targets(told) for name in ("asked", "why", "question", "text")),
        *(text for target in targets(told) for text in target["steps"]),
        *(part["heading"] for part in (told["answers"], told["questions"], told["shared"])),
        told["shared"]["text"],
        told["contact"],
    ]


def test_an_order_reads_as_an_order_question_by_question() -> None:
    wanted = ordered_targets([CaseQuestion("since-when", "Regn fra fallet.")])
    clinician = Clinician("7654321", "gp", "315001005")
    order = Ordered("o", MAY, "her:1", BARE.patient, clinician, wanted)
    targets = view(asked=(order,))["questions"]["clarifications"][0]["targets"]
    assert [each["item"] for each in targets] == ["diagnosis", "function", "health-risk", "prognosis", "onset"]
    assert {each["why"] for each in targets} == {"NAV bestilte en legeerklæring som svarer på dette."}
    assert "Regn fra fallet." in targets[-1]["question"]
    kept = view(version(reserving("onset")), asked=(order,))["questions"]["clarifications"][0]["targets"]
    assert "onset" not in [each["item"] for each in kept]


def test_what_another_certificate_of_an_order_keeps_back_is_hidden_of_the_order_alone() -> None:
    wanted = ordered_targets([CaseQuestion("since-when", "Regn fra fallet.")])
    order = Ordered("o", MAY, "her:1", BARE.patient, Clinician("7654321", "gp", "315001005"), wanted)

    def seen(**elsewhere: Kept) -> dict[str, Any]:
        return patient_view(
            "case", [version()], [("order", (order,))], titles=titles(), withheld={}, elsewhere=elsewhere
        )

    plain, told, beside = seen(), seen(order=Kept(frozenset({"function"}))), seen(other=Kept(frozenset({"function"})))
    assert [each["item"] for each in targets(told)] == ["diagnosis", "health-risk", "prognosis", "onset"]
    assert "Regn fra fallet." in targets(plain)[-1]["question"]
    assert "Regn fra fallet." not in targets(told)[-1]["question"]
    assert [each["not_all_shown"] for each in (plain, told, beside)] == [False, True, True]
    assert targets(beside) == targets(plain)
    assert told["answers"] == plain["answers"]


def test_an_answer_that_was_taken_back_and_one_that_nobody_has_read_yet_are_told_as_what_they_are() -> None:
    said = Answered("a", MAY + 2 * DAY, frozenset({"function"}), 2, 1, None, "her:1", MAY + 2 * DAY)
    back = TakenBack("t", MAY + 3 * DAY, frozenset({"function"}), "her:1", MAY + 3 * DAY, 3)
    told = view(asked=(QUESTION, said, back))["questions"]["clarifications"][0]["targets"][0]
    assert told["steps"] == ["Legen svarte 14. mai 2026.", "Legen trakk svaret tilbake 15. mai 2026."]
    assert told["text"] == SAID["stands-open"].nb
    words = Replied("r", MAY + 4 * DAY, "reply-1", "her:1")
    unread = view(asked=(QUESTION, said, words))["questions"]["clarifications"][0]["targets"]
    assert [each["text"] for each in unread] == [SAID["stands-answered"].nb, SAID["stands-unread"].nb]


def test_what_a_version_reserved_by_itself_holds_also_where_answers_stand_over_it() -> None:
    covered = replace(version(reserving("onset")), beneath=reserving("function"))
    assert {"function", "onset"}.isdisjoint(answers(view(covered)))
    assert "function" in answers(view(version(reserving("onset"))))
