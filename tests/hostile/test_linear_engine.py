"""Four times the resource, or four times its faults, takes the engine about four times the CPU, whatever is repeated.

As `test_linear.py` does for whole messages: what takes the square of its input takes sixteen times as long here.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from certgateway.engine import GENERAL, Definitions, load_base, validate
from tests.calibration import assert_grows_by, cpu
from tests.unit.engine.profile_making import BASE, BY_CODE, COLOURS, coded, observation, patient, profile

Json = dict[str, Any]
TIMES = 4
MOST = 9
"""How many times the CPU four times the input may take: 4 and a machine's noise, not 16."""
# Everything that can be asked for at once.
ALL = replace(GENERAL, unresolved="error")
FORM = BASE + "form"
URN = "urn:uuid:00000000-0000-4000-8000-{:012}"


@cache
def known() -> Definitions:
    """Slices by pattern, by value, by extension and by what is referred to."""
    return load_base().extended([
        *COLOURS,
        profile(
            "Observation",
            {"id": "Observation.component", **BY_CODE},
            {"id": "Observation.component:red", "max": "1"},
            {"id": "Observation.component:red.code", "patternCodeableConcept": coded("red")},
            {"id": "Observation.component:blue", "min": 1},
            {"id": "Observation.component:blue.code", "patternCodeableConcept": coded("blue")},
        ),
        profile(
            "List",
            {"id": "List.entry.item", "type": [{"code": "Reference", "targetProfile": [BASE + "named"]}]},
            name="list",
        ),
        profile("Patient", {"id": "Patient.name", "min": 1}, name="named"),
    ])  # fmt: skip


def bundle(*resources: Json) -> Json:
    """A collection of these resources."""
    entries = [{"fullUrl": URN.format(at), "resource": each} for at, each in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def faults_in_entries(count: int) -> Json:
    return bundle(*(patient(gender="x", birthDate="2020-13-01", name=[{}]) for _ in range(count)))


def sound_entries(count: int) -> Json:
    return bundle(*(observation(subject={"reference": URN.format(0)}) for _ in range(count)))


def unresolved(count: int) -> Json:
    return bundle(*(observation(subject={"reference": URN.format(10**9 + at)}) for at in range(count)))


def one_full_url(count: int) -> Json:
    made = bundle(*(patient() for _ in range(count)))
    for entry in made["entry"]:
        entry["fullUrl"] = URN.format(0)
    return made


def slices(count: int) -> Json:
    rows = [{"code": coded("red", "blue"), "valueString": "x"}, {"code": coded("green"), "valueString": "x"}]
    return observation(meta={"profile": [BASE + "p"]}, component=rows * count)


def references_to_one(count: int) -> Json:
    items = {
        "resourceType": "List",
        "status": "current",
        "mode": "working",
        "meta": {"profile": [BASE + "list"]},
        "entry": [{"item": {"reference": URN.format(1)}}] * count,
    }
    return bundle(items, patient(name=[{"given": ["x"] * count}]))


def extensions(count: int) -> Json:
    urls = ("https://x.example/{}", "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "relative")
    return patient(extension=[{"url": url.format(at), "valueString": "x"} for at in range(count) for url in urls])


def contained(count: int) -> Json:
    held = [{"resourceType": "Organization", "id": f"c{at}", "name": "x"} for at in range(count)]
    named = [{"reference": f"#c{at}"} for at in range(0, count, 2)]
    return patient(contained=held, generalPractitioner=named)


def answers(count: int) -> Json:
    items = [{"linkId": str(at), "type": "string", "maxLength": 1} for at in range(count)]
    form = {"resourceType": "Questionnaire", "id": "form", "url": FORM, "status": "active", "item": items}
    given = [{"linkId": str(at), "answer": [{"valueString": "xx"}]} for at in range(count)]
    response = {"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": "#form"}
    return response | {"contained": [form], "item": given}


def answers_to_one_question(count: int) -> Json:
    items = [{"linkId": "a", "type": "choice", "answerOption": [{"valueString": str(at)} for at in range(count)]}]
    form = {"resourceType": "Questionnaire", "id": "form", "url": FORM, "status": "active", "item": items}
    given = [{"linkId": "a", "answer": [{"valueString": "no"}] * count}]
    response = {"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": "#form"}
    return response | {"contained": [form], "item": given}


def codings(count: int) -> Json:
    return observation(category=[coded(*map(str, range(count)), system="http://loinc.org") for _ in range(2)])


def unknown_names(count: int) -> Json:
    return patient(**{f"x{at}": 1 for at in range(count)})


def narrative(count: int) -> Json:
    body = "<p onclick='x'>x</p><a href='#no'>x</a>" * count
    return patient(text={"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>'})


CASES: list[tuple[Callable[[int], Json], int]] = [
    (faults_in_entries, 60), (sound_entries, 80), (unresolved, 80), (one_full_url, 100), (slices, 80),
    (references_to_one, 150), (extensions, 60), (contained, 100), (answers, 80), (answers_to_one_question, 100),
    (codings, 150), (unknown_names, 150), (narrative, 150),
]  # fmt: skip


def found(raw: bytes) -> int:
    return len(validate(raw, known(), options=ALL))


def cost(raw: bytes) -> float:
    gc.collect()
    return cpu(lambda: found(raw))


@pytest.mark.no_cover
@pytest.mark.parametrize("make, count", CASES, ids=[make.__name__ for make, _ in CASES])
def test_four_times_the_resource_takes_no_square_of_the_time(make: Callable[[int], Json], count: int) -> None:
    small, large = (json.dumps(make(count * times)).encode() for times in (1, TIMES))
    assert 0 < found(small) <= found(large)
    assert_grows_by(MOST, lambda: cost(small), lambda: cost(large))
