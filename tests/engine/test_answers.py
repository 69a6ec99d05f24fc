"""Answers against their Questionnaire: one fault each, in JSON and XML, with neighbours that keep it."""

from __future__ import annotations

import copy
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from certgateway.engine import Definitions, Options, action, judge, load_base, text
from certgateway.engine.positions import Place, resolve
from certgateway.engine.positions_json import json_positions
from certgateway.engine.positions_xml import xml_positions
from certgateway.engine.xml.write import write
from tests.engine.answer_cases import CASES
from tests.engine.answer_making import (
    COLOURS,
    FEW,
    NOTHING_FREE,
    OWN,
    QUIET,
    R4,
    SDC,
    SETS,
    URL,
    Json,
    amount,
    as_xml,
    ask,
    coded,
    extended,
    form,
    found,
    inside,
    limit,
    reply,
    response,
    value_set,
    when,
    whole,
    yes,
)
from tests.engine.answer_making import text as words

NAMES = list(CASES)


def numbered(at: int) -> str:
    return f"case-{at}"


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    forms = [form(numbered(at), case[0], contained=OWN) for at, case in enumerate(CASES.values())]
    sets = [
        value_set(SETS + "colours", COLOURS, "red", "green"),
        value_set(SETS + "units", "http://unitsofmeasure.org", "mm", "cm"),
    ]
    return load_base().extended([*forms, *sets, form("few", FEW, version="2")])


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 100
    assert len({case[2][0] for case in CASES.values()}) >= 17


@pytest.mark.parametrize("name", NAMES)
def test_one_fault_is_one_finding(name: str, definitions: Definitions) -> None:
    _, broken, (kind, path, expected), _ = CASES[name]
    tree = response(URL + numbered(NAMES.index(name)), broken)
    wanted = [(kind, "QuestionnaireResponse" + path, expected)]
    assert found(tree, definitions) == wanted
    assert found(as_xml(tree, definitions), definitions) == wanted
    assert resolve(tree, wanted[0][1]) is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_finding_names_the_question_of_the_item_it_is_about(name: str, definitions: Definitions) -> None:
    _, broken, (kind, path, expected), _ = CASES[name]
    (fault,) = judge(response(URL + numbered(NAMES.index(name)), broken), definitions, options=QUIET)
    around: Any = ""
    item: Any = {"item": broken, "linkId": ""}
    for step in re.findall(r"\.(item|answer)\[(\d+)\]", path):
        around, item = (item.get("linkId", around)), item[step[0]][int(step[1])]
    # What is absent has no place of its own; of what is not taken the question is told that takes nothing.
    own = expected if kind in {"answer-missing", "answer-not-taken"} else item.get("linkId", around)
    assert fault.detail.get("question", own) == own


@pytest.mark.parametrize("name", NAMES)
def test_a_neighbour_keeps_the_form(name: str, definitions: Definitions) -> None:
    tree = response(URL + numbered(NAMES.index(name)), CASES[name][3])
    assert found(tree, definitions) == []
    assert found(as_xml(tree, definitions), definitions) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_case_has_a_fault_of_base_r4(name: str) -> None:
    for items in (CASES[name][1], CASES[name][3]):
        assert found(response(URL + "unknown", items), load_base(), Options(unknown_profile=None)) == [
            ("invariant-broken", "QuestionnaireResponse", "dom-6")
        ]


def leaves(tree: object) -> Iterator[str]:
    if isinstance(tree, dict | list):
        for child in tree.values() if isinstance(tree, dict) else tree:
            yield from leaves(child)
    elif not isinstance(tree, bool):
        yield str(tree)


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_is_quoted(name: str, definitions: Definitions) -> None:
    asked, broken, _, _ = CASES[name]
    (fault,) = judge(response(URL + numbered(NAMES.index(name)), broken), definitions, options=QUIET)
    own = set(leaves(asked))
    received = [leaf for leaf in leaves(broken) if len(leaf) >= 4 and leaf not in own and leaf not in COLOURS]
    for language in ("nb", "nn", "en"):
        told = text(fault, language) + action(fault, language)
        assert "…" not in told or "…" in (fault.expected or "")
        assert "{" not in told
        assert [leaf for leaf in received if leaf in told] == []


@pytest.mark.parametrize("status", ["in-progress", "stopped", "entered-in-error"])
def test_what_is_left_open_is_a_warning_while_not_finished(status: str, definitions: Definitions) -> None:
    for items, where in (([], ""), ([reply("b")], ".item[0]")):
        (fault,) = judge(response(URL + "few", items, status=status), definitions, options=QUIET)
        assert (fault.kind, fault.severity) == ("answer-missing", "warning")
        assert fault.path == "QuestionnaireResponse" + where
    (fault,) = judge(response(URL + "few", [], status="amended"), definitions, options=QUIET)
    assert fault.severity == "error"


def test_too_many_answers_are_an_error_however_far_the_response_is(definitions: Definitions) -> None:
    tree = response(URL + "few", [reply("b", words("x"), words("y"))], status="in-progress")
    assert [(row.kind, row.severity) for row in judge(tree, definitions, options=QUIET)] == [
        ("answer-repeated", "error")
    ]


def test_without_a_questionnaire_or_where_nobody_asks_no_answers_are_judged(definitions: Definitions) -> None:
    tree = response(URL + "few", [reply("z", words("x"))])
    assert found(tree, definitions, Options(answers=False, ignored_invariants=frozenset({"dom-6"}))) == []
    del tree["questionnaire"]
    assert found(tree, definitions) == []


def test_a_code_without_a_system_is_a_warning_where_a_value_set_has_it(definitions: Definitions) -> None:
    at = NAMES.index("option: code outside a value set")
    for code, severity in (("green", "warning"), ("mauve", "error")):
        tree = response(URL + numbered(at), [reply("a", {"valueCoding": {"code": code}})])
        assert [(row.kind, row.severity) for row in judge(tree, definitions, options=QUIET)] == [
            ("answer-not-allowed", severity)
        ]


def test_an_answer_of_the_wrong_type_decides_nothing() -> None:
    items = [ask("a", "boolean"), ask("b", "string", required=True, enableWhen=[when("a", "=", answerBoolean=True)])]
    known = load_base().extended([form("x", items)])
    for rest in ([], [reply("b", words("x"))]):
        assert [row[0] for row in found(response(URL + "x", [reply("a", whole(1)), *rest]), known)] == [
            "answer-type-wrong"
        ]


def test_what_base_r4_refuses_is_not_refused_again(definitions: Definitions) -> None:
    at = NAMES.index("limit: integer below")
    for value in (2**40, "2", True):
        tree = response(URL + numbered(at), [reply("a", {"valueInteger": value})])
        assert [row[0] for row in found(tree, definitions)] in (["primitive-invalid"], ["type-wrong"])
    tree = response(URL + numbered(at), [{"answer": [whole(4)]}])
    assert [row[0] for row in found(tree, definitions)] == ["element-missing"]


def test_a_question_with_both_items_and_answers_is_one_fault(definitions: Definitions) -> None:
    at = NAMES.index("place: item below a question and not its answer")
    tree = response(URL + numbered(at), [{**reply("a", words("x")), "item": [reply("b", words("y"))]}])
    assert found(tree, definitions) == [("invariant-broken", "QuestionnaireResponse.item[0]", "qrs-1")]


def test_the_subject_is_of_a_type_that_the_form_is_for() -> None:
    known = load_base().extended([form("x", FEW, subjectType=["Patient", "Practitioner"])])
    for subject in ({"reference": "Group/1"}, {"type": "Device", "display": "x"}):
        assert found(response(URL + "x", [reply("b", words("x"))], subject=subject), known) == [
            ("answer-subject-wrong", "QuestionnaireResponse.subject", "Patient | Practitioner")
        ]
    for subject in ({"reference": "Patient/1"}, {"display": "x"}):
        assert found(response(URL + "x", [reply("b", words("x"))], subject=subject), known) == []


def on(question: str) -> list[Json]:
    """A condition on a question being answered with yes."""
    return [when(question, "=", answerBoolean=True)]


ASKED = [
    ([ask("a", "boolean"), ask("b", "string", enableWhen=on("z"))], "condition-question-unknown", "error"),
    ([ask("a", "boolean"), ask("b", "boolean", enableWhen=on("b"))], "condition-question-own", "error"),
    (
        [ask("a", "boolean"), ask("b", "group", ask("c", "boolean"), enableWhen=on("c"))],
        "condition-question-own",
        "error",
    ),
    (
        [ask("a", "boolean"), ask("b", "string", enableWhen=on("c")), ask("c", "boolean")],
        "condition-question-later",
        "warning",
    ),
]


@pytest.mark.parametrize("asked, kind, severity", ASKED)
def test_conditions_of_a_questionnaire_ask_for_an_earlier_question(asked: list[Json], kind: str, severity: str) -> None:
    tree = form("x", asked, name="X")
    for each in (tree, as_xml(tree, load_base())):
        faults = judge(each, load_base(), options=QUIET)
        assert [(row.kind, row.severity, row.path) for row in faults] == [
            (kind, severity, "Questionnaire.item[1].enableWhen[0].question")
        ]


def test_a_condition_may_ask_for_a_question_before_it_or_around_it() -> None:
    around = ask("c", "boolean", ask("g", "group", ask("b", "string", enableWhen=on("c"))))
    assert found(form("x", [around, ask("d", "string", enableWhen=on("c"))], name="X"), load_base()) == []


Tree = Any
ODD: list[Tree] = [None, [], {}, "", "x", 7, True, [None], [[]], [{}], {"x": 1}, ["x"]]


def places(tree: Tree, trail: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, child in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*trail, key)
        yield from places(child, (*trail, key))


def with_odd(tree: Json, trail: tuple[Any, ...], odd: object) -> Json:
    broken = copy.deepcopy(tree)
    holder: Any = broken
    for key in trail[:-1]:
        holder = holder[key]
    holder[trail[-1]] = odd
    return broken


RICH = [
    extended(
        "a", "quantity", limit(SDC + "maxQuantity", **amount("5", "kg")), limit(R4 + "maxDecimalPlaces", valueInteger=1)
    ),
    ask(
        "b",
        "choice",
        answerOption=NOTHING_FREE,
        enableWhen=[when("a", ">", answerQuantity=amount("1", "g")["valueQuantity"])],
    ),
    ask("g", "group", ask("c", "string", maxLength=3, required=True, text="C"), repeats=True),
    ask("d", "open-choice", answerValueSet="#own"),
]
ANSWERED = [
    reply("a", amount("4", "kg")),
    reply("b", coded("red")),
    inside("g", reply("c", words("abc"), text="C")),
    reply("d", coded("red")),
]


def test_nothing_that_a_response_or_a_questionnaire_holds_makes_the_judge_raise() -> None:
    sound = response(URL + "rich", ANSWERED, subject={"reference": "Patient/1"})
    asked = form("rich", RICH, contained=OWN[:1], subjectType=["Patient"])
    known = load_base().extended([asked])
    assert found(sound, known) == []
    for at, trail in enumerate(places(sound)):
        for odd in (ODD * 2)[at % len(ODD) :][:3]:
            judge(with_odd(sound, trail, odd), known, options=QUIET)
    contained = response("#form", ANSWERED, contained=[{**asked, "id": "form", "contained": []}, OWN[0]])
    del contained["contained"][0]["contained"]
    assert found(contained, load_base()) == []
    for at, trail in enumerate(places(asked)):
        judge(sound, load_base().extended([with_odd(asked, trail, ODD[at % len(ODD)])]), options=QUIET)
    for at, trail in enumerate(places(contained["contained"], ("contained",))):
        judge(with_odd(contained, trail, ODD[at % len(ODD)]), load_base(), options=QUIET)


def calls_for(count: int) -> int:
    """How many functions are called to judge so many rows that each ask for the answers of as many others."""
    asked = [
        ask("x", "group", ask("x.a", "boolean"), repeats=True),
        ask("y", "group", ask("y.a", "string", enableWhen=on("x.a")), repeats=True),
    ]
    known = load_base().extended([form("many", asked)])
    rows = [inside("x", reply("x.a", yes(value=False))) for _ in range(count)]
    rows += [inside("y", reply("y.a")) for _ in range(count)]
    calls = 0

    def count_call(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    found(response(URL + "many", rows), known)
    before = sys.getprofile()
    sys.setprofile(count_call)
    try:
        assert found(response(URL + "many", rows), known) == []
    finally:
        sys.setprofile(before)
    return calls


def test_many_rows_with_conditions_on_one_another_are_looked_through_once() -> None:
    assert calls_for(400) < 2.2 * calls_for(200)


def test_a_fault_is_found_in_the_bytes_of_both_formats(definitions: Definitions) -> None:
    tree = response(URL + "few", [reply("b", words("x"), words("y"))])
    (fault,) = judge(tree, definitions, options=QUIET)
    place = Place(fault.path)
    raw = json.dumps(tree, indent=1).encode()
    line, _ = json_positions(raw, tree, {place})[place]
    assert raw.splitlines()[line].strip() == b'"valueString": "y"'
    assert xml_positions(write(tree, definitions), {place})[place][0] > 0
