"""The catalogue of kinds, its texts in three languages, and that no text repeats what was received."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from certgateway.engine import Fault, action, judge, kinds, load_base, text
from certgateway.engine.findings import TEXTS, Language

LANGUAGES: tuple[Language, ...] = ("nb", "nn", "en")
ENGINE = TEXTS.parent
SECRET = "Hemmelig7Verdi"


@pytest.mark.parametrize("kind", kinds())
def test_each_kind_says_what_and_what_to_do(kind: str) -> None:
    fault = Fault(kind, "error", "Patient", "name")
    for language in LANGUAGES:
        assert len(text(fault, language)) >= 8
        assert len(action(fault, language)) >= 8
    assert len({text(fault, language) for language in LANGUAGES}) >= 2


def test_every_kind_in_the_code_stands_in_the_catalogue_and_no_other() -> None:
    sources = "".join(path.read_text("utf-8") for path in sorted(ENGINE.rglob("*.py")))
    used = {kind for kind in kinds() if f'"{kind}"' in sources}
    assert used == set(kinds())
    stated = set(re.findall(r'(?:run|_run)\.add\(\s*"([a-z-]+)"', sources))
    assert stated <= set(kinds())


def test_words_that_a_fault_lacks_leave_no_hole() -> None:
    assert text(Fault("slice-missing", "error", "Patient"), "en") == "The slice … is missing."
    told = Fault("slice-missing", "error", "Patient", "name:a", detail={"min": "2", "found": "1", "asked": "use = 'b'"})
    assert text(told, "en") == (
        "The slice name:a is missing; the profile asks for at least 2, 1 found. It is known by use = 'b'."
    )


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": SECRET},
        {"resourceType": "Patient", SECRET: 1},
        {"resourceType": "Patient", "gender": SECRET, "active": SECRET, "birthDate": SECRET, "id": SECRET + "_"},
        {"resourceType": "Patient", "meta": {"profile": ["https://x.example/" + SECRET]}},
        {"resourceType": "Patient", "extension": [{"url": SECRET, "valueString": SECRET}]},
        {"resourceType": "Patient", "modifierExtension": [{"url": "https://x.example/" + SECRET, "valueString": "x"}]},
        {"resourceType": "Patient", "text": {"status": "generated", "div": f"<{SECRET}/>"}},
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": SECRET},
            "subject": {"reference": "#" + SECRET},
        },
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"fullUrl": SECRET, "resource": {"resourceType": SECRET}}],
        },
    ],
)
def test_no_fault_repeats_a_received_value(resource: dict[str, object]) -> None:
    faults = judge(resource, load_base())
    assert faults
    for fault in faults:
        shown = [fault.path, fault.expected or "", *fault.detail.values()]
        shown += [part for language in LANGUAGES for part in (text(fault, language), action(fault, language))]
        assert not [part for part in shown if SECRET in part]


def test_texts_file_is_the_catalogue() -> None:
    assert Path(TEXTS).name == "texts.toml"
    assert len(kinds()) == len(set(kinds())) >= 35


@pytest.mark.parametrize(
    "reason",
    ["entities of XML alone", "well-formed XHTML", "a div in the XHTML namespace", "allowed elements",
     "allowed attributes", "links that run nothing", "paragraphs without blocks", "content"],
)  # fmt: skip
def test_what_a_narrative_must_have_is_said_in_the_language_asked_for(reason: str) -> None:
    fault = Fault("narrative-not-allowed", "error", "Patient.text.div", reason)
    said = {language: text(fault, language) for language in LANGUAGES}
    assert len(set(said.values())) == len(LANGUAGES)
    assert reason not in said["nb"] or reason == "content"
    assert said["nb"] != text(Fault("narrative-not-allowed", "error", "Patient.text.div", "other"), "nb")
