"""The list of rules: ids, effects, texts in three languages, what is in force, and how it is shown."""

import json
import re
import string
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from certgateway import rules
from certgateway.domain.certificate import ITEMS, Certificate
from certgateway.domain.findings import LANGUAGES, Effect, Finding, Language
from certgateway.rules import RULES, applies, item_of, judge, rule, worded
from certgateway.rules.caller import CALLERS
from certgateway.rules.catalogue import RENDERINGS, Entry, entries, render
from certgateway.rules.declaration import Breach, Facts, Rule, Text, stated_elsewhere
from certgateway.rules.legibility import LEGIBILITY
from certgateway.rules.mandate import PROFILE_NOT_IN_FORCE
from certgateway.rules.signature import SIGNATURES

# The contract's table of verdicts, and our own remarks at the end.
EFFECTS = {
    "signature-missing": "refuse",
    "signature-refused": "refuse",
    "signer-not-trusted": "refuse",
    "signer-revoked": "refuse",
    "signer-not-sender": "refuse",
    "sender-other-than-signer": "refuse",
    "sender-not-registered": "refuse",
    "caller-not-sender": "refuse",
    "author-not-caller": "refuse",
    "patient-missing": "refuse",
    "fnr-invalid": "refuse",
    "hpr-invalid": "refuse",
    "author-is-patient": "refuse",
    "author-not-registered": "refuse",
    "author-not-authorised": "refuse",
    "author-may-not-certify": "refuse",
    "author-no-longer-authorised": "remark",
    "author-profession-differs": "remark",
    "author-not-looked-up": "note",
    "person-wrong-environment": "refuse",
    "profile-not-in-force": "refuse",
    "draft-submitted": "refuse",
    "modifier-not-understood": "refuse",
    "subject-differs": "refuse",
    "patient-ambiguous": "refuse",
    "filed-as-history": "remark",
    "quantity-implausible": "remark",
    "function-without-ability": "remark",
    "revision-of-other-patient": "refuse",
    "author-missing": "unanswered",
    "diagnosis-missing": "unanswered",
    "function-missing": "unanswered",
    "health-risk-missing": "unanswered",
    "prognosis-missing": "unanswered",
    "prognosis-uncertain-without-review": "unanswered",
    "no-resource-stated": "remark",
    "placeholder-text": "remark",
    "text-repeats-diagnosis": "remark",
    "activity-refused-without-reason": "remark",
    "code-system-mismatch": "remark",
    "date-in-future": "remark",
    "onset-after-authored": "remark",
    "source-only-patient": "remark",
    "benefit-removed": "note",
    "not-carried": "note",
    "likely-resend": "note",
    "sender-not-verified": "note",
    "diagnosis-code-unknown": "remark",
    "several-main-diagnoses": "remark",
    "period-reversed": "remark",
    "review-date-passed": "remark",
    "organisation-number-invalid": "remark",
    "value-invalid": "refuse",
    "several-certificates": "refuse",
    "schema-deviation": "remark",
    "event-after-authored": "remark",
    "injury-date-without-injury": "remark",
    "situation-text-without-other": "remark",
    "other-situation-unnamed": "remark",
    "resumption-time-without-answer": "remark",
    "measure-text-without-other": "remark",
    "other-measure-unnamed": "remark",
    "measure-contradiction": "remark",
    "reservation-contradiction": "remark",
    "contact-text-without-other": "remark",
    "other-contact-unnamed": "remark",
    "function-uncoded": "remark",
    "attachment-refused": "remark",
    "benefit-recommended-in-prose": "remark",
    "work-ability-verdict-in-prose": "remark",
    "vocational-advice-in-prose": "remark",
    "exemption-in-prose": "remark",
    "pasted-epikrise": "remark",
    "prose-too-long": "remark",
    "answer-unsorted": "remark",
    "answer-beyond-question": "remark",
    "answer-older-than-known": "remark",
    "order-unknown": "note",
    "answer-taken-back": "remark",
    "status-unsorted": "remark",
    "status-beyond-treatment": "remark",
    "patient-reported-in-assessment": "note",
}

# NAV is never told that something was removed or not carried.
UNTOLD = {"benefit-removed", "not-carried"}
BY_CODEC = UNTOLD | {
    "modifier-not-understood",
    "subject-differs",
    "patient-ambiguous",
    "value-invalid",
    "several-certificates",
    "schema-deviation",
    "resumption-time-without-answer",
    "measure-contradiction",
    "contact-text-without-other",
    "answer-unsorted",
    "answer-beyond-question",
    "answer-older-than-known",
    "answer-taken-back",
    "status-unsorted",
    "status-beyond-treatment",
}

TEXTS = [(entry, language) for entry in RULES for language in LANGUAGES]


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_rule_has_the_effect_of_the_contract() -> None:
    judged = [entry for entry in RULES if entry not in LEGIBILITY]
    assert {entry.id: entry.effect.label for entry in judged} == EFFECTS
    assert len(judged) == len(EFFECTS)
    assert {entry.effect for entry in LEGIBILITY} == {Effect.REFUSE}


def test_ids_are_unique_and_state_a_fault_in_kebab_case() -> None:
    ids = [entry.id for entry in RULES]
    assert len(set(ids)) == len(ids)
    assert [each for each in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", each)] == []


def test_what_refuses_is_told_first_and_notes_last() -> None:
    refusals = [entry.effect is Effect.REFUSE for entry in RULES]
    assert refusals == sorted(refusals, reverse=True)
    effects = [entry.effect for entry in RULES]
    assert effects == sorted(effects, reverse=True)


@pytest.mark.parametrize("entry", RULES, ids=lambda entry: str(entry.id))
def test_rule_names_an_item_and_an_authority(entry: Rule) -> None:
    assert entry.item is None or entry.item in ITEMS
    assert len(entry.authority) > 20
    assert (entry.in_force, entry.repealed) == (date(2026, 1, 1), None)


@pytest.mark.parametrize("entry,language", TEXTS, ids=lambda value: value.id if isinstance(value, Rule) else value)
def test_text_is_whole(entry: Rule, language: Language) -> None:
    text = entry.text(language)
    told = (text.found, text.action) if entry.id in UNTOLD else (text.found, text.action, text.counsellor)
    for part in told:
        assert part == part.strip()
        assert part.endswith(".")
        assert "  " not in part
    assert (text.counsellor == "") is (entry.id in UNTOLD)


@pytest.mark.parametrize("entry", RULES, ids=lambda entry: str(entry.id))
def test_languages_take_the_same_details(entry: Rule) -> None:
    for part in ("found", "action", "counsellor"):
        assert len({frozenset(fields(getattr(entry.text(language), part))) for language in LANGUAGES}) == 1


@pytest.mark.parametrize("entry,language", TEXTS, ids=lambda value: value.id if isinstance(value, Rule) else value)
def test_no_text_sounds_like_a_decision(entry: Rule, language: Language) -> None:
    text = entry.text(language)
    said = f"{text.found} {text.action} {text.counsellor}".lower()
    words = {"nb": "godkjent godkjenn innvilg", "nn": "godkjent godkjend godkjenn innvilg", "en": "approv granted"}
    assert [word for word in words[language].split() if word in said] == []


def test_bokmal_and_nynorsk_are_kept_apart() -> None:
    bokmal = " ".join(f"{e.nb.found} {e.nb.action} {e.nb.counsellor}" for e in RULES).lower().split()
    nynorsk = " ".join(f"{e.nn.found} {e.nn.action} {e.nn.counsellor}" for e in RULES).lower().split()
    assert {"ikkje", "eit", "ein", "frå", "kva", "kven", "vart", "blir"} & set(bokmal) <= {"blir"}
    assert {"ikke", "et", "en", "fra", "hva", "hvem", "ble", "være", "gjøre", "mangler", "erklæringen"} & set(
        nynorsk
    ) == set()


def test_rule_is_found_by_its_id() -> None:
    assert [rule(entry.id) for entry in RULES] == list(RULES)
    assert rule("element-unknown") is None


@pytest.mark.parametrize(
    "element,item",
    [
        ("", None),
        ("authored", None),
        ("profile", None),
        ("patient.number", "patient"),
        ("health-risk[0].validity.end", "health-risk"),
        ("function", "function"),
        ("function[2].limits[0]", "function"),
        ("functionality", None),
    ],
)
def test_item_of_an_element(element: str, item: str | None) -> None:
    assert item_of(element) == item


def test_finding_of_a_rule_over_all_items_takes_the_item_of_its_place(good: Certificate, facts: Facts) -> None:
    late = replace(good, authored=datetime(2026, 7, 15, tzinfo=UTC), history=good.assessment, assessment=good.history)
    filler = replace(late, activity=replace(good.activity, entries=(replace(good.activity.entries[0], comment="-"),)))
    assert [(each.rule, each.element, each.item, each.path) for each in judge(filler, facts)] == [
        ("date-in-future", "authored", None, None),
        ("placeholder-text", "activity[0].comment", "activity", None),
    ]


def test_details_are_filled_in() -> None:
    finding = Finding(
        "code-system-mismatch",
        Effect.REMARK,
        detail={"system": "ICPC-2", "other": "ICD-10"},
        element="diagnosis[0].code",
    )
    text = worded(finding, "nb")
    assert text is not None
    assert text.found == "Diagnosekoden finnes ikke i ICPC-2, som er oppgitt som kodeverk, men den finnes i ICD-10."


def test_detail_that_was_not_stored_leaves_a_gap() -> None:
    text = worded(Finding("diagnosis-code-unknown", Effect.REMARK), "en")
    assert text is not None
    assert text.found == "The diagnosis code does not exist in …."


def test_finding_of_another_part_has_no_text_here() -> None:
    assert worded(Finding("element-unknown", Effect.REFUSE), "nb") is None


@pytest.mark.parametrize(
    "day,in_force,repealed,expected",
    [
        (date(2026, 6, 1), date(2026, 1, 1), None, True),
        (date(2026, 6, 1), date(2026, 6, 1), None, True),
        (date(2026, 6, 1), date(2026, 6, 2), None, False),
        (date(2026, 6, 1), date(2026, 1, 1), date(2026, 6, 2), True),
        (date(2026, 6, 1), date(2026, 1, 1), date(2026, 6, 1), False),
        # A message that claims to have come before there were rules is judged by the first ones.
        (date(2025, 6, 1), date(2026, 1, 1), None, True),
        (date(2025, 6, 1), date(2026, 1, 2), None, False),
    ],
)
def test_rule_applies_while_in_force(day: date, in_force: date, repealed: date | None, *, expected: bool) -> None:
    assert applies(replace(PROFILE_NOT_IN_FORCE, in_force=in_force, repealed=repealed), day) is expected


def test_repealed_rule_finds_nothing(good: Certificate, facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    always = replace(PROFILE_NOT_IN_FORCE, broken=lambda _certificate, _facts: (Breach("profile"),))
    monkeypatch.setattr(rules, "RULES", (always, replace(always, id="repealed", repealed=date(2026, 6, 1))))
    assert [each.rule for each in judge(good, facts)] == ["profile-not-in-force"]


def test_rule_that_is_stated_elsewhere_finds_nothing_itself(good: Certificate, facts: Facts) -> None:
    assert stated_elsewhere(good, facts) == ()
    assert {entry.id for entry in RULES if entry.broken is stated_elsewhere} == BY_CODEC | {
        each.id for each in (*LEGIBILITY, *SIGNATURES, *CALLERS)
    }


FURTHER = Entry(
    id="element-unknown",
    effect=Effect.REFUSE,
    item=None,
    authority="HL7 FHIR R4 4.0.1 | base",
    in_force=date(2026, 1, 1),
    texts=dict.fromkeys(LANGUAGES, Text("Feil a|b.", "Rett opp.", "")),
    repealed=date(2027, 1, 1),
)


def test_catalogue_takes_further_entries_after_the_rules() -> None:
    catalogue = entries([FURTHER])
    assert [each.id for each in catalogue] == [*(entry.id for entry in RULES), "element-unknown"]


def test_two_entries_may_not_share_an_id() -> None:
    with pytest.raises(ValueError, match="share an id"):
        entries([FURTHER, FURTHER])


def test_verdict_is_the_one_that_messages_get() -> None:
    verdicts = {each.effect.label: each.verdict for each in entries()}
    assert verdicts == {
        "refuse": "rejected",
        "unanswered": "incomplete (hold), rejected (reject)",
        "remark": "accepted-with-remarks",
        "note": "none",
    }


def test_json_tells_everything() -> None:
    told = json.loads(render(entries([FURTHER]), "json"))
    assert [each["id"] for each in told] == [*EFFECTS_IN_ORDER, "element-unknown"]
    assert told[-1] == {
        "id": "element-unknown",
        "severity": "error",
        "effect": "refuse",
        "verdict": {"hold": "rejected", "reject": "rejected"},
        "item": None,
        "authority": "HL7 FHIR R4 4.0.1 | base",
        "in_force": "2026-01-01",
        "repealed": "2027-01-01",
        "texts": {
            "nb": {"found": "Feil a|b.", "action": "Rett opp.", "counsellor": ""},
            "nn": {"found": "Feil a|b.", "action": "Rett opp.", "counsellor": ""},
            "en": {"found": "Feil a|b.", "action": "Rett opp.", "counsellor": ""},
        },
    }
    assert told[0]["repealed"] is None


EFFECTS_IN_ORDER = [entry.id for entry in RULES]


def test_table_has_one_line_an_entry_and_aligned_columns() -> None:
    lines = render(entries([FURTHER]), "table", "en").splitlines()
    assert len(lines) == len(RULES) + 2
    start = lines[0].index("SEVERITY")
    assert {line[start:].split()[0] for line in lines[1:]} == {"error", "warning", "information"}
    assert lines[-1].split() == ["element-unknown", "error", "refuse", "-", "Feil", "a|b."]


def test_markdown_escapes_what_would_end_a_cell() -> None:
    lines = render(entries([FURTHER]), "markdown", "nn").splitlines()
    assert len(lines) == len(RULES) + 3
    assert lines[1] == "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    assert lines[-1] == (
        "| `element-unknown` | error | refuse | rejected |  | Feil a\\|b. | Rett opp. | HL7 FHIR R4 4.0.1 \\| base "
        "| 2026-01-01, repealed 2027-01-01 |"
    )
    missing = next(line for line in lines if line.startswith("| `prognosis-missing`"))
    assert "| `prognosis` | Det er ikkje svart på spørsmålet om prognose. |" in missing


@pytest.mark.parametrize("form", RENDERINGS)
def test_every_rendering_ends_in_one_line_break(form: str) -> None:
    text = render(entries(), form)  # type: ignore[arg-type]
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_rules_import_nothing_slow() -> None:
    script = "import sys, certgateway.rules.catalogue; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )
    assert (
        loaded & {"stdnum", "tomllib", "lxml", "msgspec", "pydantic", "sqlalchemy", "fastapi", "certgateway.codes"}
        == set()
    )
