"""Where a path of the stripped message stood in the message as received."""

from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.redaction import Received

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str"
GONE = "gone"


@pytest.mark.parametrize(
    "gone,stripped,received",
    [
        ([], "Bundle.entry[3].resource", "Bundle.entry[3].resource"),
        (["Bundle.entry[0]"], "Bundle.entry[0].resource", "Bundle.entry[1].resource"),
        (["Bundle.entry[4]"], "Bundle.entry[3].resource", "Bundle.entry[3].resource"),
        (["Bundle.entry[4]"], "Bundle.entry[4].resource", "Bundle.entry[5].resource"),
        (["Bundle.entry[2]", "Bundle.entry[0]", "Bundle.entry[1]"], "Bundle.entry[0]", "Bundle.entry[3]"),
        (["Bundle.entry[0]", "Bundle.entry[2]"], "Bundle.entry[1]", "Bundle.entry[3]"),
        (
            ["Bundle.entry[1]", "Bundle.entry[3].resource.component[0]"],
            "Bundle.entry[2].resource.component[0].value",
            "Bundle.entry[3].resource.component[1].value",
        ),
        # A list inside what is gone moves nothing; neither does the list of the same name next door.
        (["Bundle.entry[0]", "Bundle.entry[0].resource.note[0]"], "Bundle.entry[0].note[0]", "Bundle.entry[1].note[0]"),
        (["A.b[1].c[0]"], "A.b[0].c[0]", "A.b[0].c[0]"),
        (["A.b[0]"], "A.bb[0]", "A.bb[0]"),
        (["A.name[0].given[0]"], "A.name[0].given[0].extension[0]", "A.name[0].given[1].extension[0]"),
    ],
)
def test_an_index_counts_what_was_taken_before_it(gone: list[str], stripped: str, received: str) -> None:
    assert Received(gone).path(stripped) == received


def leaves() -> st.SearchStrategy[Tree]:
    inside = st.deferred(lambda: trees)
    lists = st.lists(st.just(GONE) | inside, max_size=5)
    trees: st.SearchStrategy[Tree] = st.just("x") | st.dictionaries(st.sampled_from("abc"), lists | inside, max_size=3)
    return st.dictionaries(st.sampled_from("abc"), lists, min_size=1, max_size=3)


def walk(node: Tree, before: str, after: str, gone: list[str]) -> dict[str, str]:
    """What brute force says: path without the removed items, to path with them; `gone` collects the latter."""
    told = {after: before}
    if isinstance(node, dict):
        for name, child in node.items():
            told |= walk(child, f"{before}.{name}", f"{after}.{name}", gone)
    elif isinstance(node, list):
        told = {}
        left = 0
        for index, child in enumerate(node):
            if child == GONE:
                gone.append(f"{before}[{index}]")
                continue
            told |= walk(child, f"{before}[{index}]", f"{after}[{left}]", gone)
            left += 1
    return told


@given(leaves())
def test_every_path_is_what_brute_force_says(tree: Tree) -> None:
    gone: list[str] = []
    told = walk(tree, "R", "R", gone)
    received = Received(reversed(gone))
    assert {stripped: received.path(stripped) for stripped in told} == told
