"""Where a response's Questionnaire is found, and what is left alone of one that came with the message."""

from __future__ import annotations

import pytest

from certgateway.engine import Definitions, Options, judge, load_base
from certgateway.engine.questionnaires.effort import MOST, affords, is_exhausted
from certgateway.engine.run import Run
from tests.engine.answer_making import (
    COLOURS,
    FEW,
    OWN,
    QUIET,
    R4,
    SDC,
    URL,
    Json,
    ask,
    coded,
    extended,
    form,
    found,
    inside,
    limit,
    reply,
    response,
    when,
    whole,
)
from tests.engine.answer_making import text as words


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load_base().extended([form("few", FEW, version="2")])


@pytest.mark.parametrize(
    "canonical, kind",
    [
        ("few", "answer-missing"),
        ("few|2", "answer-missing"),
        ("few|1", "questionnaire-unknown"),
        ("fewer", "questionnaire-unknown"),
    ],
)
def test_the_questionnaire_is_found_by_url_and_version(canonical: str, kind: str, definitions: Definitions) -> None:
    assert [row[0] for row in found(response(URL + canonical, []), definitions)] == [kind]


def test_an_unknown_questionnaire_is_told_as_the_caller_wants(definitions: Definitions) -> None:
    tree = response(URL + "unknown", [reply("z", words("x"))])
    assert [row.severity for row in judge(tree, definitions, options=QUIET)] == ["warning"]
    strict = Options(unknown_profile="error", ignored_invariants=frozenset({"dom-6"}))
    assert [row.severity for row in judge(tree, definitions, options=strict)] == ["error"]
    assert found(tree, definitions, Options(unknown_profile=None, ignored_invariants=frozenset({"dom-6"}))) == []


def test_a_contained_questionnaire_judges() -> None:
    own = {**form("own", FEW), "id": "form"}
    assert found(response("#form", [reply("b", whole(4))], contained=[own]), load_base()) == [
        ("answer-type-wrong", "QuestionnaireResponse.item[0].answer[0].value", "string")
    ]
    assert found(response("#form", [reply("b", words("x"))], contained=[own]), load_base()) == []
    assert found(response("#other", [], contained=[own]), load_base())[-1][:2] == (
        "reference-unresolved",
        "QuestionnaireResponse.questionnaire",
    )


def test_a_contained_value_set_stands_beside_a_contained_questionnaire() -> None:
    own = {**form("own", [ask("a", "choice", answerValueSet="#own")]), "id": "form"}
    contained = [own, OWN[0]]
    assert found(response("#form", [reply("a", coded("red"))], contained=contained), load_base()) == []
    assert found(response("#form", [reply("a", coded("green"))], contained=contained), load_base()) == [
        ("answer-not-allowed", "QuestionnaireResponse.item[0].answer[0].value", "#own")
    ]


SNOMED = "http://snomed.info/sct"
UNTOLD = {"extension": [{"url": "https://example.org/why", "valueCode": "masked"}]}


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"compose": {"include": [{"system": SNOMED, "filter": [{"property": "concept", "op": "is-a", "value": "1"}]}]}},
        {"compose": {"include": [{"valueSet": ["https://who.knows/ValueSet/x"]}]}},
        {"expansion": {"timestamp": "2026-01-01"}, "compose": {"include": [{"system": SNOMED}]}},
    ],
)
def test_a_contained_value_set_that_cannot_be_listed_allows_every_code(content: Json) -> None:
    own = {**form("own", [ask("a", "choice", answerValueSet="#any")]), "id": "form"}
    any_of = {"resourceType": "ValueSet", "id": "any", "status": "active", **content}
    tree = response("#form", [reply("a", coded("red"))], contained=[own, any_of])
    assert found(tree, load_base()) == []


@pytest.mark.parametrize(
    "content",
    [
        {"expansion": {"timestamp": "2026-01-01"}},
        {"expansion": {"timestamp": "2026-01-01", "contains": [{"system": COLOURS, "_code": UNTOLD}]}},
        {"expansion": {"timestamp": "2026-01-01", "contains": [{"_system": UNTOLD, "code": "red"}]}},
    ],
)
def test_a_contained_expansion_of_nothing_allows_no_code(content: Json) -> None:
    own = {**form("own", [ask("a", "choice", answerValueSet="#none")]), "id": "form"}
    none = {"resourceType": "ValueSet", "id": "none", "status": "active", **content}
    tree = response("#form", [reply("a", coded("red"))], contained=[own, none])
    assert ("answer-not-allowed", "QuestionnaireResponse.item[0].answer[0].value", "#none") in found(tree, load_base())


def test_several_contained_value_sets_are_told_apart() -> None:
    asked = [ask("a", "choice", answerValueSet="#own"), ask("b", "choice", answerValueSet="#expanded")]
    own = {**form("own", asked), "id": "form"}
    tree = response("#form", [reply("a", coded("red")), reply("b", coded("red"))], contained=[own, *OWN])
    assert found(tree, load_base()) == [
        ("answer-not-allowed", "QuestionnaireResponse.item[1].answer[0].value", "#expanded")
    ]


def bundle(*resources: Json) -> Json:
    entries = [
        {"fullUrl": f"https://server.example/{row['resourceType']}/{at}", "resource": {**row, "id": str(at)}}
        for at, row in enumerate(resources)
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


@pytest.mark.parametrize("canonical", ["https://server.example/Questionnaire/1", URL + "sent", URL + "sent|7"])
def test_a_questionnaire_in_the_same_bundle_judges(canonical: str) -> None:
    tree = bundle(response(canonical, [reply("b", whole(4))]), form("sent", FEW, version="7"))
    assert found(tree, load_base()) == [
        ("answer-type-wrong", "Bundle.entry[0].resource.item[0].answer[0].value", "string")
    ]


@pytest.mark.parametrize("canonical", ["https://server.example/Questionnaire/2", URL + "sent"])
def test_two_responses_to_one_questionnaire_of_the_same_bundle_are_judged(canonical: str) -> None:
    answered = response(canonical, [reply("b", whole(4))])
    tree = bundle(answered, response(canonical, [reply("b", words("x"))]), form("sent", FEW), answered)
    assert found(tree, load_base()) == [
        ("answer-type-wrong", f"Bundle.entry[{at}].resource.item[0].answer[0].value", "string") for at in (0, 3)
    ]


def test_a_loaded_questionnaire_goes_before_the_senders_own(definitions: Definitions) -> None:
    lenient = form("few", [ask("a", "integer"), ask("b", "integer"), ask("c", "string")])
    tree = bundle(response(URL + "few", [reply("b", whole(4))]), lenient)
    assert [row[0] for row in found(tree, definitions)] == ["answer-type-wrong"]


def test_a_received_questionnaire_at_fault_judges_nothing_but_is_told() -> None:
    own = {**form("own", [{"linkId": "a", "type": "riddle"}]), "id": "form"}
    kinds = [row[0] for row in found(response("#form", [reply("b", words("x"))], contained=[own]), load_base())]
    assert kinds == ["code-not-allowed", "questionnaire-unknown"]


def test_work_that_grows_with_the_product_of_form_and_response_is_cut_short_and_told() -> None:
    often = 230
    never = [when("no", "=", answerBoolean=True)]
    wide = [ask(f"a{at}", "string", required=True, enableWhen=never) for at in range(often)]
    own = {**form("own", [ask("no", "boolean"), ask("g", "group", *wide, repeats=True)]), "id": "form"}
    items = [reply("no", {"valueBoolean": False}), *[inside("g") for _ in range(often)]]
    assert found(response("#form", items, contained=[own]), load_base()) == [
        ("answer-not-tried", "QuestionnaireResponse", None)
    ]
    assert found(response("#form", items[: often // 4], contained=[own]), load_base()) == []


def test_conditions_on_many_answers_are_cut_short_with_the_rest() -> None:
    often = 230
    asked = [ask(f"a{at}", "string", enableWhen=[when("n", ">", answerInteger=often)]) for at in range(often)]
    known = load_base().extended([form("x", [ask("n", "integer", repeats=True), *asked])])
    answered = [reply("n", *map(whole, range(often))), *[reply(f"a{at}", words("x")) for at in range(often)]]
    told = [row[0] for row in found(response(URL + "x", answered), known)]
    assert told.count("answer-not-tried") == 1
    # What was tried before the bound is told; nothing is guessed of the rest.
    assert 150 < told.count("answer-disabled") < often


def test_effort_is_counted_over_the_whole_judgement() -> None:
    run = Run(load_base(), QUIET)
    assert affords(run, MOST)
    assert not is_exhausted(run)
    assert not affords(run, 1)
    assert is_exhausted(run)


def test_many_options_are_looked_up_and_not_tried_in_turn() -> None:
    options = [coded(f"c{at}") for at in range(1000)]
    own = {**form("own", [ask("a", "choice", repeats=True, answerOption=options)]), "id": "form"}
    assert found(response("#form", [reply("a", *reversed(options))], contained=[own]), load_base()) == []


RULES = [
    (extended("a", "string", limit(R4 + "regex", valueString="(x+x+)+y")), [reply("a", words("x" * 40))]),
    (
        extended(
            "a",
            "string",
            limit(SDC + "enableWhenExpression", valueExpression={"language": "text/fhirpath", "expression": "false"}),
            required=True,
        ),
        [reply("a", words("x"))],
    ),
]


@pytest.mark.parametrize("item, items", RULES)
def test_no_expression_of_the_senders_own_is_run(item: Json, items: list[Json]) -> None:
    own = {**form("own", [item]), "id": "form"}
    faults = judge(response("#form", items, contained=[own]), load_base(), options=QUIET)
    assert [(row.kind, row.severity) for row in faults] == [("answer-not-tried", "warning")]
    # Whether a required question stands open can't be told either; of one that may be left out nothing need be said.
    silent = found(response("#form", [], contained=[own]), load_base())
    assert [row[0] for row in silent] == (["answer-not-tried"] if "required" in item else [])


@pytest.mark.parametrize(
    "expression", [{"language": "text/cql", "expression": "true"}, {"language": "text/fhirpath", "expression": "%"}]
)
def test_an_expression_that_does_not_compile_is_told(expression: Json) -> None:
    item = extended("a", "string", limit(SDC + "enableWhenExpression", valueExpression=expression))
    known = load_base().extended([form("x", [item])])
    assert found(response(URL + "x", [reply("a", words("x"))]), known) == [
        ("answer-not-tried", "QuestionnaireResponse.item[0]", None)
    ]
