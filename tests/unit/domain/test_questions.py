"""Questions to the doctor: for every gap that holds a certificate, exactly what is missing, and nothing of benefits."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from certgateway.domain.certificate import REQUIRED_ITEMS, Certificate, Coding, Prognosis, Quantity, Section
from certgateway.domain.findings import LANGUAGES, Effect, Finding
from certgateway.domain.questions import QUESTIONS, draft, question
from certgateway.domain.vocabulary import Title, names_benefit
from certgateway.rules import RULES, judge
from certgateway.rules.declaration import Facts

AT = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
EMPTY = Certificate(Coding("urn:oid:1.2.3", "c-1"), AT, "final")
TEXTS = [text for texts in QUESTIONS.values() for text in texts.values()]


class NoTables:
    """Diagnosis tables that hold nothing."""

    def exists(self, _system: str, _code: str) -> bool | None:
        return None

    def title(self, _system: str, _code: str) -> str | None:
        return None


def found(certificate: Certificate) -> list[Finding]:
    return judge(certificate, Facts(arrival=AT, diagnoses=NoTables()))


def of_prognosis(entry: Prognosis) -> str:
    (asked,) = [
        each
        for each in draft(found(Certificate(EMPTY.identifier, AT, "final", prognosis=Section("stated", (entry,)))))
        if each.item == "prognosis"
    ]
    return asked.texts.nb


def test_an_empty_certificate_is_asked_about_every_required_item_once() -> None:
    drafts = draft(found(EMPTY))
    # A certificate without a patient is refused, and nobody can be asked.
    assert [each.item for each in drafts] == [item for item in REQUIRED_ITEMS if item != "patient"]
    assert {each.reason for each in drafts} == {"missing"}
    assert [each.rule for each in drafts] == [f"{each.item}-missing" for each in drafts]


def test_every_rule_that_holds_a_certificate_has_its_question() -> None:
    unanswered = {entry.id for entry in RULES if entry.effect is Effect.UNANSWERED}
    assert set(QUESTIONS) == unanswered
    assert all(None in texts for texts in QUESTIONS.values())


def test_what_was_answered_is_not_asked_again() -> None:
    risk = Certificate(EMPTY.identifier, AT, "final", health_risk=Section("none"))
    assert "health-risk" not in {each.item for each in draft(found(risk))}


@pytest.mark.parametrize(
    "entry,asked",
    [
        (Prognosis(horizon=Quantity(Decimal(6), "mo")), "Hvordan venter du at funksjonen utvikler seg?"),
        (Prognosis("stable"), "Hvor lenge gjelder forløpet du har oppgitt?"),
        (Prognosis("uncertain"), "Du har oppgitt at forløpet er usikkert. Hvorfor er det usikkert, og når"),
        (Prognosis("uncertain", review_date="2026-09-01"), "Du har oppgitt at forløpet er usikkert. Hvorfor"),
        (
            Prognosis("uncertain", uncertain_because="awaiting-investigation"),
            "Du har oppgitt at forløpet er usikkert. Når bør",
        ),
    ],
)
def test_only_what_is_missing_of_a_prognosis_is_asked(entry: Prognosis, asked: str) -> None:
    assert of_prognosis(entry).startswith(asked)


def test_every_part_of_a_prognosis_that_rules_ask_for_has_its_own_question() -> None:
    entries = (
        Prognosis("stable"),
        Prognosis("uncertain", review_date="2026-09-01"),
        Prognosis("uncertain", uncertain_because="awaiting-investigation"),
    )
    asked = [of_prognosis(entry) for entry in (*entries, Prognosis(), Prognosis("uncertain"))]
    assert len(set(asked)) == len(asked)
    known = {expected for texts in QUESTIONS.values() for expected in texts if expected is not None}
    told = {
        finding.expected
        for entry in entries
        for finding in found(Certificate(EMPTY.identifier, AT, "final", prognosis=Section("stated", (entry,))))
        if finding.item == "prognosis"
    }
    assert told == known


def test_no_known_risk_is_offered_as_a_full_answer() -> None:
    texts = QUESTIONS["health-risk-missing"][None]
    assert [word in texts.text(language) for language, word in zip(LANGUAGES, ANSWERS, strict=True)] == [True] * 3


ANSWERS = ("«vurdert, ingen kjente»", "«vurdert, ingen kjende»", "“assessed, none known”")


def test_a_gap_found_twice_is_asked_about_once() -> None:
    twice = [Finding("health-risk-missing", Effect.UNANSWERED, "health-risk", line=line) for line in (1, 2)]
    assert [each.item for each in draft(twice)] == ["health-risk"]


@pytest.mark.parametrize(
    "finding",
    [
        Finding("placeholder-text", Effect.REMARK, "assessment"),
        Finding("fnr-invalid", Effect.REFUSE, "patient"),
        Finding("function-missing", Effect.REMARK, "function"),
        Finding("no-such-rule", Effect.UNANSWERED, "function"),
    ],
)
def test_what_is_no_gap_is_not_asked_about(finding: Finding) -> None:
    assert question(finding) is None
    assert draft([finding]) == ()


def test_a_gap_of_no_item_is_not_asked_about() -> None:
    assert draft([Finding("function-missing", Effect.UNANSWERED)]) == ()


@pytest.mark.parametrize("texts", TEXTS, ids=lambda title: title.en[:30])
def test_no_question_is_about_a_benefit(texts: Title) -> None:
    said = [texts.text(language) for language in LANGUAGES]
    assert len(set(said)) == len(said)
    assert not any(names_benefit(text) for text in said)
    assert not any(word in text.lower() for text in said for word in ("ytelse", "yting", "benefit", "prosent", "nav"))
    assert all("?" in text for text in said)


def test_bokmal_and_nynorsk_are_kept_apart() -> None:
    bokmal = {word for text in TEXTS for word in text.nb.lower().split()}
    nynorsk = {word for text in TEXTS for word in text.nn.lower().split()}
    assert bokmal & {"ikkje", "eit", "ein", "frå", "kva", "kven", "korleis", "gjere"} == set()
    assert nynorsk & {"ikke", "et", "en", "fra", "hva", "hvem", "hvordan", "gjøre", "være"} == set()
