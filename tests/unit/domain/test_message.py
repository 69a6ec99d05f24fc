"""Between domain elements and the places in the input they came from, both ways."""

import pytest

from certgateway.domain.message import Origins, lineage

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
