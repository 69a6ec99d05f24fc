"""The quick tests may never change what is found: whatever they pass over, the slow judgement finds nothing there.

Each message is judged twice: as always, and with everything declared odd, so that no quick test may answer.
"""

from __future__ import annotations

import copy
import math
import random
from pathlib import Path
from typing import Any

import pytest

from certgateway import safejson
from certgateway.bootstrap import definitions
from certgateway.engine import GENERAL, Definitions, Fault, Options, judge, load_base
from certgateway.engine.conformance import Conformance
from certgateway.engine.instance import Place, inner_scope, root_scope
from certgateway.engine.judgement import judge_profiles
from certgateway.engine.run import Run
from certgateway.engine.soundness import shapes
from certgateway.engine.soundness.base_r4 import base_soundness_of
from certgateway.engine.structure import Walk
from tests.unit.engine.profile_making import BASE, QUIET, profile

Json = Any
Key = Any
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "fhir-profiles" / "examples").glob("*.json"))
MESSAGES = sorted((ROOT / "fixtures" / "messages" / "good").glob("*.json"))
CHANGES_OF_EACH = 12
ALL_ALIKE = Options(unresolved="error", unknown_extension="warning")


def slowly(tree: Json, known: Definitions, options: Options) -> list[Fault]:
    """All faults, found without a single quick test."""
    run = Run(known, options, limit=10_000)
    never_equal: Any = math.nan
    run.oddities = never_equal
    scope = root_scope(tree)
    places: list[Place] = []
    Walk(run, places.append, is_quick=False).resource(tree, scope.trail, scope)
    run.odd.update(id(node) for node in nodes(tree) if isinstance(node, dict))
    judge_profiles(run, Conformance(run), places)
    run.say_once()
    return run.faults


def nodes(tree: Json) -> list[Json]:
    """Every object and list of a tree, itself first."""
    if not isinstance(tree, dict | list):
        return []
    inner = tree.values() if isinstance(tree, dict) else tree
    return [tree, *(node for child in inner for node in nodes(child))]


def changed(tree: Json, dice: random.Random) -> Json:
    """The tree with one to three small changes anywhere."""
    made = copy.deepcopy(tree)
    for _ in range(dice.randint(1, 3)):
        node = dice.choice(nodes(made))
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            continue
        key = dice.choice(keys)
        CHANGES[dice.randrange(len(CHANGES))](node, key, dice)
    return made


def _remove(node: Json, key: Key, _: random.Random) -> None:
    del node[key]


def _repeat(node: Json, key: Key, _: random.Random) -> None:
    if isinstance(node, list):
        node.append(copy.deepcopy(node[key]))
    elif isinstance(node[key], list) and node[key]:
        node[key].append(copy.deepcopy(node[key][-1]))


def _replace(node: Json, key: Key, dice: random.Random) -> None:
    node[key] = dice.choice(["", " ", "x", 1, True, None, {}, [], "2023-02-30", "urn:uuid:none", {"extension": []}])


def _alter(node: Json, key: Key, dice: random.Random) -> None:
    if isinstance(node[key], str) and node[key]:
        at = dice.randrange(len(node[key]))
        node[key] = node[key][:at] + dice.choice("aZ0-/. ") + node[key][at + 1 :]


def _extend(node: Json, key: Key, dice: random.Random) -> None:
    if isinstance(node, dict) and isinstance(key, str):
        extension = {"url": dice.choice(["http://example.org/unknown", "relative"]), "valueString": "x"}
        node["_" + key if isinstance(node[key], str) else "extension"] = (
            {"extension": [extension]} if isinstance(node[key], str) else [extension]
        )


def _swap(node: Json, key: Key, dice: random.Random) -> None:
    other = dice.choice(list(node) if isinstance(node, dict) else range(len(node)))
    node[key], node[other] = node[other], node[key]


CHANGES = (_remove, _repeat, _replace, _alter, _extend, _swap)


@pytest.fixture(autouse=True)
def _functions_are_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else what a test sees would hang on what those before it have judged."""
    monkeypatch.setattr(shapes, "OFTEN", 1)


@pytest.fixture(scope="module")
def ours() -> Definitions:
    """Base R4 and our profiles."""
    return definitions()


@pytest.mark.parametrize("path", [*MESSAGES, *EXAMPLES], ids=lambda path: path.stem)
def test_quick_tests_change_no_fault(path: Path, ours: Definitions) -> None:
    tree = safejson.parse(path.read_bytes())
    dice = random.Random(path.stem)  # noqa: S311  The same changes every time.
    for number in range(CHANGES_OF_EACH + 1):
        judged = changed(tree, dice) if number else tree
        if not isinstance(judged.get("resourceType"), str) or not ours.is_resource(judged["resourceType"]):
            continue
        options = ALL_ALIKE if number % 2 else Options()
        assert sorted(map(repr, judge(judged, ours, options=options))) == sorted(
            map(repr, slowly(judged, ours, options))
        )


def test_a_reference_to_an_entry_of_nothing_is_judged(ours: Definitions) -> None:
    tree = safejson.parse((MESSAGES[0].parent / "required-items-only.json").read_bytes())
    assert isinstance(tree, dict)
    for number in range(2, len(tree["entry"])):
        broken = copy.deepcopy(tree)
        broken["entry"][number]["resource"] = {}
        found = judge(broken, ours, options=ALL_ALIKE)
        assert ("value-empty", f"Bundle.entry[{number}].resource") in {(fault.kind, fault.path) for fault in found}
        assert sorted(map(repr, found)) == sorted(map(repr, slowly(broken, ours, ALL_ALIKE)))


DIV = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'
# As many as may stand together are 32.
NAMES = (
    "abbr align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset class "
    "colspan coords dir frame headers height hreflang hspace lang nowrap rel rev rowspan rules scope shape span start "
    "style title"
)
ATTRIBUTES = [f'{name}="x"' for name in NAMES.split()]
FOURTEEN = " ".join(f'xmlns:n{number}="urn:{number}"' for number in range(14))
NARRATIVES = {
    "plain": ("x <b>y</b><p>z</p>", None),
    "spaces": (" \n\u00a0", "narrative-not-allowed"),
    "an image without text": ('<img src="data:image/png;base64,AAAA"/>', None),
    "a link": ('<a href="https://example.org">x</a>', None),
    "a link that runs": ('<a href="javascript:x">x</a>', "narrative-not-allowed"),
    "a block in a paragraph": ("<p>x<b><ul><li>y</li></ul></b></p>", "narrative-not-allowed"),
    "a block beside a paragraph": ("<p>x</p><ul><li>y</li></ul>", None),
    "an element that is not allowed": ("<script>x</script>", "narrative-not-allowed"),
    "an attribute that is not allowed": ('<b onclick="x">y</b>', "narrative-not-allowed"),
    "an entity of HTML": ("x&nbsp;y", "narrative-not-allowed"),
    "an element of another namespace": ('<b xmlns="urn:x">y</b>', "narrative-not-allowed"),
    "a comment": ("x<!-- y -->", None),
    "an entity of HTML in a comment": ("x<!-- &nbsp; -->", "narrative-not-allowed"),
    "an entity of HTML in marked text": ("x<![CDATA[&nbsp;]]>", "narrative-not-allowed"),
    "a namespace that is no URI": ('<b xmlns:p="http://a b">y</b>', "narrative-not-allowed"),
    "thirty-four attributes": (f"<b {' '.join(ATTRIBUTES)}>y</b>", "narrative-not-allowed"),
    "twenty attributes and fourteen namespaces": (
        f"<b {FOURTEEN} {' '.join(ATTRIBUTES[:20])}>y</b>",
        "narrative-not-allowed",
    ),
    "nothing closed": ("<b>x", "narrative-not-allowed"),
    "longer than a text may be": ("x" * 1_048_576, "primitive-invalid"),
    "forty elements deep": ("<b>" * 40 + "x" + "</b>" * 40, None),
}


@pytest.mark.parametrize("narrative", NARRATIVES.values(), ids=NARRATIVES)
def test_narratives_are_judged_alike(narrative: tuple[str, str | None], ours: Definitions) -> None:
    inside, wanted = narrative
    tree = {"resourceType": "Patient", "text": {"status": "generated", "div": DIV.format(inside)}}
    found = [(fault.kind, fault.path) for fault in judge(tree, ours, options=QUIET)]
    assert found == [(wanted, "Patient.text.div")][: wanted is not None]
    assert found == [(fault.kind, fault.path) for fault in slowly(tree, ours, QUIET)]


def test_what_was_taken_for_granted_of_a_profile_that_fails_is_not_kept() -> None:
    """An observation leads to one that should be `a` or `b` and is neither; that one leads to an `o`, which leads back.

    While it is found out whether the second is an `a`, the third may take it for one, and no longer.
    """

    def on_observation(name: str, *elements: Json) -> Json:
        return profile("Observation", *elements, name=name)

    def to(path: str, *names: str) -> Json:
        targets = [BASE + name for name in names]
        return {"id": f"Observation.{path}", "type": [{"code": "Reference", "targetProfile": targets}]}

    known = load_base().extended(
        [
            on_observation("x", to("hasMember", "a", "b")),
            on_observation("a", to("hasMember", "o"), {"id": "Observation.component", "max": "0"}),
            on_observation("b", {"id": "Observation.valueInteger", "min": 1}),
            on_observation("o", to("focus", "a")),
        ]
    )
    urls = [f"urn:uuid:00000000-0000-4000-8000-00000000000{number}" for number in range(3)]
    plain = {"resourceType": "Observation", "status": "final", "code": {"text": "t"}}
    resources = [
        plain | {"meta": {"profile": [BASE + "x"]}, "hasMember": [{"reference": urls[1]}]},
        plain | {"hasMember": [{"reference": urls[2]}], "component": [{"code": {"text": "c"}, "valueBoolean": True}]},
        plain | {"meta": {"profile": [BASE + "o"]}, "focus": [{"reference": urls[1]}]},
    ]
    entries = [{"fullUrl": url, "resource": each} for url, each in zip(urls, resources, strict=True)]
    tree = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    found = judge(tree, known, options=QUIET)
    assert sorted((fault.kind, fault.path) for fault in found) == [
        ("element-not-allowed", "Bundle.entry[1].resource.component[0]"),
        ("reference-target-wrong", "Bundle.entry[0].resource.hasMember[0]"),
    ]
    assert sorted(map(repr, found)) == sorted(map(repr, slowly(tree, known, QUIET)))


def claimed(known: Definitions, tree: Json) -> list[Fault]:
    """What is found in a resource that claims the one profile; slowly, and by functions as well."""
    judged = tree | {"meta": {"profile": [BASE + "p"]}}
    found = judge(judged, known, options=QUIET)
    assert sorted(map(repr, found)) == sorted(map(repr, slowly(judged, known, QUIET)))
    return found


@pytest.mark.parametrize("bound", [{"max": "0"}, {"min": 2}])
def test_a_profile_that_forbids_the_value_of_a_primitive_is_heard(bound: Json) -> None:
    known = load_base().extended([profile("Patient", {"id": "Patient.birthDate.value", **bound}, name="p")])
    found = claimed(known, {"resourceType": "Patient", "birthDate": "2020-01-01"})
    assert [fault.path for fault in found] == ["Patient.birthDate"]


@pytest.mark.parametrize("path", ["system.id", "system.extension", "system.extension.url"])
def test_slices_told_apart_by_what_stands_beside_a_primitive(path: str) -> None:
    sliced = {"slicing": {"discriminator": [{"type": "value", "path": path}], "rules": "open"}}
    known = load_base().extended(
        [
            profile(
                "Patient",
                {"id": "Patient.identifier", **sliced},
                {"id": "Patient.identifier:a", "sliceName": "a", "max": "1"},
                {"id": f"Patient.identifier:a.{path}", "fixedString": "x"},
                name="p",
            )
        ]
    )
    assert claimed(known, {"resourceType": "Patient", "identifier": [{"system": "urn:x", "value": "1"}]}) == []


def test_slices_known_by_texts_and_codings_where_a_number_stands() -> None:
    sliced = {"slicing": {"discriminator": [{"type": "value", "path": "maxLength"}], "rules": "open"}}
    known = load_base().extended(
        [
            profile(
                "Questionnaire",
                {"id": "Questionnaire.item", **sliced},
                {"id": "Questionnaire.item:a", "sliceName": "a", "max": "1"},
                {"id": "Questionnaire.item:a.maxLength", "fixedString": "5"},
                {"id": "Questionnaire.item:b", "sliceName": "b", "max": "1"},
                {"id": "Questionnaire.item:b.maxLength", "patternCoding": {"code": "c"}},
                name="p",
            )
        ]
    )
    item = {"linkId": "1", "type": "string", "maxLength": 5}
    assert claimed(known, {"resourceType": "Questionnaire", "status": "draft", "item": [item]}) == []


@pytest.mark.parametrize("inner", [{"contained": 5}, {"meta": {"versionId": None}}, {"meta": "x"}, {"meta": 1}])
def test_contained_resources_left_alone_are_looked_into_by_no_quick_test(inner: Json, ours: Definitions) -> None:
    tree = {"resourceType": "Patient", "contained": [{"resourceType": "Patient", "id": "a", **inner}]}
    options = Options(contained=False)
    assert sorted(map(repr, judge(tree, ours, options=options))) == sorted(map(repr, slowly(tree, ours, options)))


def chain(count: int, last: Json) -> Json:
    """A Bundle of observations of which each leads to the next; the first one claims `a`."""
    urls = [f"urn:uuid:00000000-0000-4000-8000-{number:012}" for number in range(count + 1)]
    plain = {"resourceType": "Observation", "status": "final", "code": {"text": "t"}}
    resources = [plain | {"hasMember": [{"reference": url}]} for url in urls[1:]] + [plain | last]
    resources[0] |= {"meta": {"profile": [BASE + "a"]}}
    entries = [{"fullUrl": url, "resource": each} for url, each in zip(urls, resources, strict=True)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


WRONG = {"component": [{"code": {"text": "c"}, "valueBoolean": True}]}


@pytest.mark.parametrize("names", ["a", "ab"])
def test_long_chains_of_references_are_followed_to_their_end(names: str) -> None:
    """However long they are, and however many profiles each link may be one of: neither too deep nor too slow."""
    wanted = {"type": [{"code": "Reference", "targetProfile": [BASE + name for name in names]}]}
    known = load_base().extended(
        [
            profile(
                "Observation",
                {"id": "Observation.hasMember", **wanted},
                {"id": "Observation.component", "max": "0"},
                name=name,
            )
            for name in names
        ]
    )
    assert judge(chain(300, {}), known, options=QUIET) == []
    found = [(fault.kind, fault.path) for fault in judge(chain(300, WRONG), known, options=QUIET)]
    # Of two profiles neither is blamed where the fault lies.
    far, near = "Bundle.entry[300].resource.component[0]", "Bundle.entry[0].resource.hasMember[0]"
    assert found == [("element-not-allowed", far) if names == "a" else ("reference-target-wrong", near)]


def test_names_that_nobody_defined_are_not_remembered(ours: Definitions) -> None:
    tree = {"resourceType": "Patient", "name": [{"family": "x", "a name of the sender's own": 1}], "another": 2}
    written: list[Json] = []
    met = shapes.Shapes(written.append, ["name", "active"], is_resource=False)
    assert met.met(tuple(tree)) is shapes.never
    assert met.met(("resourceType", "name")) is shapes.never
    assert written == [("resourceType", "name")]
    assert list(met.known) == written
    assert len(judge(tree, ours, options=QUIET)) == 2


def test_one_object_in_several_places_is_told_of_each(ours: Definitions) -> None:
    """A tree made in Python may have it so; what is told of extensions on the quick way needs their places."""
    known = ours.extended([an_extension()])
    extension = {"url": BASE + "e", "valueString": "c"}
    name = {"family": "x", "extension": [extension]}
    patient = {"resourceType": "Patient", "extension": [extension], "name": [name, name]}
    entries = [{"fullUrl": f"urn:uuid:00000000-0000-4000-8000-00000000000{at}", "resource": patient} for at in (1, 2)]
    tree = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    found = judge(tree, known, options=QUIET)
    assert len(found) == len(entries) * 3
    assert sorted(map(repr, found)) == sorted(map(repr, slowly(tree, known, QUIET)))


def an_extension() -> Json:
    """The definition of an extension that may stand anywhere and must say `a`."""
    value = {"id": "Extension.value[x]", "type": [{"code": "string"}], "fixedString": "a"}
    made = profile("Extension", {"id": "Extension.url", "fixedUri": BASE + "e"}, value, name="e")
    return made | {"context": [{"type": "element", "expression": "Element"}]}


def test_an_extension_is_judged_before_what_its_resource_says_of_it(ours: Definitions) -> None:
    by_url = {"slicing": {"discriminator": [{"type": "value", "path": "url"}], "rules": "open"}}
    on_patient = profile(
        "Patient",
        {"id": "Patient.extension", **by_url},
        {"id": "Patient.extension:x", "sliceName": "x"},
        {"id": "Patient.extension:x.url", "fixedUri": BASE + "e"},
        {"id": "Patient.extension:x.value[x]", "patternString": "b"},
        name="p",
    )
    known = ours.extended([an_extension(), on_patient])
    extension = {"url": BASE + "e", "valueString": "c"}
    found = claimed(known, {"resourceType": "Patient", "extension": [extension]})
    assert [(fault.kind, fault.expected) for fault in found] == [("fixed-value-differs", "a")]


def test_half_a_character_is_searched_as_always(ours: Definitions) -> None:
    """No reader lets it through, but a tree made in Python may hold one."""
    tree = {"resourceType": "ValueSet", "status": "draft", "name": "A\ud800"}
    assert sorted(map(repr, judge(tree, ours, options=QUIET))) == sorted(map(repr, slowly(tree, ours, QUIET)))


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_what_good_messages_hold_is_passed_by_functions(path: Path, ours: Definitions) -> None:
    """That everything were walked would change no fault, and cost several times as much."""
    tree = safejson.parse(path.read_bytes())
    soundness, scope = base_soundness_of(ours, judges_codes=False), root_scope(tree)
    assert tree["entry"]
    for index, entry in enumerate(tree["entry"]):
        each = entry["resource"]
        inner = inner_scope(scope, each, ((scope.trail, "entry", index), "resource", None))
        assert soundness.resource(each["resourceType"], each, inner, []) is not None


CONTAINER: Json = {
    "resourceType": "Observation",
    "contained": [
        {"resourceType": "Practitioner", "id": "p", "name": [{"family": "A"}]},
        {
            "resourceType": "PractitionerRole",
            "id": "r",
            "practitioner": {"reference": "#p"},
            "organization": {"reference": "https://example.org/fhir/Organization/1"},
        },
    ],
    "status": "final",
    "code": {"text": "t"},
    "subject": {"reference": "Patient/1"},
    "performer": [{"reference": "#r"}],
    "hasMember": [{"reference": "Observation/2/_history/1"}],
}


def _by_url(tree: Json) -> Json:
    """A resource in a Bundle beside the Patient that it leads to by a relative reference."""
    base = "https://example.org/fhir"
    patient = {"resourceType": "Patient", "id": "1", "managingOrganization": {"display": "o"}}
    entries = [
        {"fullUrl": f"{base}/Observation/3", "resource": tree | {"id": "3"}},
        {"fullUrl": f"{base}/Patient/1", "resource": patient},
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


@pytest.mark.parametrize("is_alone", [True, False])
def test_resources_in_others_and_references_by_url_are_passed_by_functions(
    *, is_alone: bool, ours: Definitions
) -> None:
    tree = copy.deepcopy(CONTAINER)
    if not is_alone:
        # What leads out of a Bundle takes a second look.
        del tree["hasMember"], tree["contained"][1]["organization"]
    soundness, scope = base_soundness_of(ours, judges_codes=False), root_scope(tree if is_alone else _by_url(tree))
    if not is_alone:
        tree = scope.resource["entry"][0]["resource"]
        scope = inner_scope(scope, tree, ((scope.trail, "entry", 0), "resource", None))
    assert soundness.resource("Observation", tree, scope, []) is not None
    for index, each in enumerate(tree["contained"]):
        inner = inner_scope(scope, each, (scope.trail, "contained", index))
        assert soundness.resource(each["resourceType"], each, inner, []) is not None
    assert judge(scope.container if is_alone else _by_url(tree), ours, options=QUIET) == []


@pytest.mark.parametrize("options", [ALL_ALIKE, Options(), Options(contained=False), GENERAL])
@pytest.mark.parametrize("seed", range(60))
def test_quick_tests_change_no_fault_of_resources_in_others(seed: int, options: Options, ours: Definitions) -> None:
    dice = random.Random(seed)  # noqa: S311  The same changes every time.
    tree = changed(CONTAINER if seed % 2 else _by_url(CONTAINER), dice)
    if isinstance(tree.get("resourceType"), str) and ours.is_resource(tree["resourceType"]):
        found = sorted(map(repr, judge(tree, ours, options=options)))
        assert found == sorted(map(repr, slowly(tree, ours, options)))


UNRESOLVED = Options(unresolved="error", ignored_invariants=frozenset({"dom-6"}))
REFERENCES = ["Patient/1", "Patient/2", "Group/1", "Nobody/1", "Patient/1 ", " ", "#", "#none", "#p", "urn:x",
              "https://a/Patient/1", "https://a/Group/1", "patient",
              "https://example.org/fhir/Patient/1", "Patient/1/_history/2", "Patient?x=y"]  # fmt: skip


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("stated", [{}, {"type": "Patient"}, {"type": "Group"}])
@pytest.mark.parametrize("is_alone", [True, False])
def test_quick_tests_change_no_fault_of_references(
    reference: str, stated: Json, *, is_alone: bool, ours: Definitions
) -> None:
    subject = {"reference": reference, **stated}
    tree = CONTAINER | {"subject": subject, "focus": [subject], "encounter": subject}
    tree = tree if is_alone else _by_url(tree)
    found = judge(tree, ours, options=UNRESOLVED)
    assert sorted(map(repr, found)) == sorted(map(repr, slowly(tree, ours, UNRESOLVED)))
    # Nothing leads to an encounter; only of these, outside a Bundle and without a type beside them, nobody can tell.
    untold = is_alone and not stated and reference in {"Nobody/1", "urn:x", "patient", "Patient?x=y"}
    assert bool(found) is not untold


def test_constraints_that_are_left_alone_keep_nothing_from_the_functions(ours: Definitions) -> None:
    period = {"start": "2020-01-02", "end": "2020-01-01"}
    tree = {"resourceType": "Patient", "identifier": [{"value": "1", "period": period}]}
    scope, left = root_scope(tree), frozenset({"per-1", "dom-6"})
    heeding = base_soundness_of(ours, judges_codes=False)
    ignoring = base_soundness_of(ours, judges_codes=False, ignored=left)
    assert heeding.resource("Patient", tree, scope, []) is None
    assert ignoring.resource("Patient", tree, scope, []) == ()
    assert [fault.expected for fault in judge(tree, ours, options=QUIET)] == ["per-1"]
    assert judge(tree, ours, options=Options(ignored_invariants=left)) == []


def test_sets_of_ignored_constraints_are_not_kept_without_end() -> None:
    known = load_base()
    first = base_soundness_of(known, judges_codes=True)
    for number in range(shapes.MOST_SETS):
        base_soundness_of(known, judges_codes=True, ignored=frozenset({str(number)}))
    assert base_soundness_of(known, judges_codes=True) is not first
