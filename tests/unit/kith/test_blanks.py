"""What is taken from the ends of a number in KITH: XML's white space and nothing else that looks like it."""

import pytest

from tests.hostile.case import GOOD_KITH
from tests.kith import changed
from tests.unit.kith.judging import judged

UNSEEN = {
    "no-break": "\u00a0", "figure": "\u2007", "narrow": "\u202f", "zero width": "\u200b", "mark": "\ufeff",
    "joiner": "\u2060", "soft hyphen": "\u00ad", "left to right": "\u200e", "override": "\u202e", "line": "\u2028",
}  # fmt: skip
PLACES = {
    "fnr": ("<Id>14837910405</Id>", "14837910405", {"fnr-invalid", "patient-ambiguous"}),
    "form": ('fodselsnummer="14837910405"', "14837910405", {"fnr-invalid", "patient-ambiguous"}),
    "hpr": ("<Id>9412837</Id>", "9412837", {"hpr-invalid"}),
    "her": ("<Id>8094231</Id>", "8094231", {"her-id-invalid"}),
    "organisation": ("<Id>987654325</Id>", "987654325", {"organisation-number-invalid"}),
}


def found(place: str, new: str) -> dict[str, str | None]:
    """The rules that speak of identities, and where each does."""
    old, value, rules = PLACES[place]
    told = judged(changed(GOOD_KITH, (old, old.replace(value, new)))).judgement.findings
    return {each.rule: each.path for each in told if each.rule in {*rules, "patient-missing", "author-missing"}}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\r\n", " \n\t"], ids=["space", "LF", "tab", "CRLF", "all"])
def test_white_space_of_xml_is_none_of_a_number(place: str, blank: str) -> None:
    value = PLACES[place][1]
    assert found(place, f"{blank}{value}{blank}") == {}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.parametrize("how", ["before", "inside", "after"])
def test_whatever_else_nobody_sees_is_told_where_it_stands(place: str, name: str, how: str) -> None:
    _, value, rules = PLACES[place]
    at = {"before": 0, "inside": 3, "after": len(value)}[how]
    told = found(place, value[:at] + UNSEEN[name] + value[at:])
    assert set(told) & rules
    ends = {"form": "@fodselsnummer"}.get(place, "[local-name()='Id'][1]")
    # Of two numbers that differ it is the second that is told as such, whichever of them was spoilt.
    assert all(path is not None and (path.endswith(ends) or rule == "patient-ambiguous") for rule, path in told.items())
