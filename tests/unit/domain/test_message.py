"""Between domain elements and the places in the input they came from, both ways."""

from dataclasses import replace

import pytest

from certgateway.domain.findings import Effect, Finding
from certgateway.domain.message import Envelope, Origins, lineage, outermost, place

PLACES = {
    "": "Bundle.entry[1].resource",
    "patient": "Bundle.entry[2].resource",
    "patient.number": "Bundle.entry[2].resource.identifier[0].value",
    "function": "Bundle.entry[1].resource.section[3]",
    "function[0]": "Bundle.entry[7].resource",
    "function[1]": "Bundle.entry[17].resource",
    "function[1].limits[0]": "Bundle.entry[17].resource.component[2].value",
}
ORIGINS = Origins(PLACES)


@pytest.mark.parametrize(
    "element,path,itself",
    [
        ("patient.number", "Bundle.entry[2].resource.identifier[0].value", True),
        ("function[1].limits[0]", "Bundle.entry[17].resource.component[2].value", True),
        ("function[1].limits[1]", "Bundle.entry[17].resource", False),
        ("function[1].limits[0].value", "Bundle.entry[17].resource.component[2].value", False),
        ("function[2].code", "Bundle.entry[1].resource.section[3]", False),
        ("prognosis.course", "Bundle.entry[1].resource", False),
        ("", "Bundle.entry[1].resource", True),
    ],
)
def test_an_element_stands_where_it_came_from_or_at_what_is_around_it(element: str, path: str, itself: bool) -> None:  # noqa: FBT001
    assert ORIGINS.locate(element) == (path, itself)


def test_nothing_is_located_in_nothing() -> None:
    assert Origins().locate("patient.number") == (None, False)
    assert Origins().element_at("Bundle.entry[1].resource") is None


@pytest.mark.parametrize(
    "path,element",
    [
        ("Bundle.entry[17].resource.component[2].value.code", "function[1].limits[0]"),
        ("Bundle.entry[17].resource.component[2].value", "function[1].limits[0]"),
        ("Bundle.entry[17].resource.component[2]", "function[1]"),
        ("Bundle.entry[7].resource.status", "function[0]"),
        # An index is no prefix of a longer one, nor a name of a longer name.
        ("Bundle.entry[70].resource", None),
        ("Bundle.entry[7].resources", None),
        # The certificate as such is no element.
        ("Bundle.entry[1].resource.title", None),
        ("Bundle.entry[1].resource.section[3].entry[0]", "function"),
        ("Bundle", None),
    ],
)
def test_the_innermost_element_around_a_path(path: str, element: str | None) -> None:
    assert ORIGINS.element_at(path) == element


def test_of_two_elements_at_one_place_the_first_is_told() -> None:
    assert Origins({"author": "A.b", "author.hpr": "A.b"}).element_at("A.b.c") == "author"


def test_the_lineage_of_a_path_goes_outwards() -> None:
    assert list(lineage("A.b[0].c")) == ["A.b[0].c", "A.b[0]", "A.b", "A"]


@pytest.mark.parametrize(
    "element,item",
    [("function[2].limits[0]", "function"), ("patient.number", "patient"), ("prognosis", "prognosis"), (None, None)],
)
def test_the_item_is_the_root_of_an_element(element: str | None, item: str | None) -> None:
    assert Origins.item_of(element) == item


def test_the_outermost_path_is_the_whole_message() -> None:
    assert outermost("Bundle.entry[1].resource") == "Bundle"
    assert outermost("/MsgHead/Document[1]") == "/MsgHead"


# ---- without what does not come from this message ----


def test_what_comes_from_elsewhere_has_no_place_here() -> None:
    left = ORIGINS.without(["function", "prognosis"])
    assert set(left.paths) == {"", "patient", "patient.number"}
    # What is said of it now stands nowhere in the message but in the certificate as a whole.
    assert left.locate("function[1].limits[0]") == ("Bundle.entry[1].resource", False)
    assert left.locate("patient.number") == ORIGINS.locate("patient.number")
    assert left.element_at("Bundle.entry[17].resource") is None


def test_only_whole_items_are_left_out() -> None:
    assert ORIGINS.without(()) == ORIGINS
    assert ORIGINS.without(["func", "function[1]", "patient.number", ""]) == ORIGINS
    assert ORIGINS.without(iter(["patient"])).paths == {
        name: path for name, path in PLACES.items() if not name.startswith("patient")
    }


# ---- findings ----


def found(
    item: str | None = None,
    element: str | None = None,
    path: str | None = None,
    span: tuple[int, int] | None = None,
) -> Finding:
    return Finding("rule", Effect.REMARK, item, element, path, span=span)


def test_a_range_counts_in_the_value_that_stands_at_the_path() -> None:
    origins = Origins({"": "Bundle", "history[0]": "Bundle.entry[3]", "history[0].text": "Bundle.entry[3].note"})
    itself = found(item="history", element="history[0].text", span=(3, 9))
    around = found(item="history", element="history[0].other", span=(3, 9))
    elsewhere = found(item="assessment", element="assessment[0].text", span=(3, 9))
    assert place([itself, around, elsewhere], origins) == [
        replace(itself, path="Bundle.entry[3].note"),
        replace(around, path="Bundle.entry[3]", span=None),
        replace(elsewhere, path="Bundle", span=None),
    ]


def test_a_range_in_what_has_no_path_at_all_marks_nothing() -> None:
    finding = found(item="history", element="history[0].text", span=(3, 9))
    assert place([finding], Origins()) == [replace(finding, span=None)]


def test_an_element_is_found_by_the_path_and_names_the_item_unless_one_is_named() -> None:
    path = "Bundle.entry[17].resource.component[2]"
    assert place([found(path=path, span=(0, 1)), found(path=path, item="history")], ORIGINS) == [
        found(path=path, element="function[1]", item="function", span=(0, 1)),
        found(path=path, element="function[1]", item="history"),
    ]
    assert place([found(path="Bundle")], ORIGINS) == [found(path="Bundle")]


def test_what_has_both_or_neither_stays_as_it_is() -> None:
    both = found(path="Bundle", element="function[1]", span=(0, 1))
    assert place([both, found()], ORIGINS) == [both, found()]


def test_the_digest_is_computed_when_it_is_asked_for() -> None:
    assert Envelope("m-1", "her:1", lambda: "00ff").digest == "00ff"
