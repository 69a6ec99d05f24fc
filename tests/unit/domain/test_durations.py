"""An exact amount of time written in words, and everything that is not one."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.certificate import Quantity
from certgateway.domain.durations import find_duration
from certgateway.domain.vocabulary import DURATION_UNITS


@pytest.mark.parametrize(
    "text,value,unit",
    [
        ("6 måneder", "6", "mo"),
        ("6 mnd", "6", "mo"),
        ("6 mnd.", "6", "mo"),
        ("6mnd", "6", "mo"),
        ("6 mndr", "6", "mo"),
        ("3 mdr", "3", "mo"),
        ("6 månader", "6", "mo"),
        ("1 måned", "1", "mo"),
        ("1 månad", "1", "mo"),
        ("2 år", "2", "a"),
        ("1,5 år", "1.5", "a"),
        ("1.5 ÅR", "1.5", "a"),
        ("0,5 år", "0.5", "a"),
        ("12 uker", "12", "wk"),
        ("1 uke", "1", "wk"),
        ("12 veker", "12", "wk"),
        ("1 veke", "1", "wk"),
        ("14 dager", "14", "d"),
        ("14 dagar.", "14", "d"),
        ("1 dag", "1", "d"),
        ("10 days", "10", "d"),
        ("1 day", "1", "d"),
        ("2 weeks", "2", "wk"),
        ("1 week", "1", "wk"),
        ("3 months", "3", "mo"),
        ("1 month", "1", "mo"),
        ("2 years", "2", "a"),
        ("1 year", "1", "a"),
        ("  6\n måneder\t", "6", "mo"),
        ("006 Måneder", "6", "mo"),
    ],
)
def test_an_amount_and_nothing_else_is_read(text: str, value: str, unit: str) -> None:
    assert find_duration(text) == Quantity(Decimal(value), unit)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "6", "måneder", "ca. 6 mnd", "ca 6 mnd", "6-8 uker", "6 - 8 uker", "6\u20138 uker", "minst 6 måneder",
        "inntil 6 måneder", "over 2 år", "> 2 år", "6 måneder?", "6 (seks) måneder", "6 måneder til", "seks måneder",
        "et halvt år", "1/2 år", "½ år", "2 år 6 måneder", "2 år og 6 mnd", "varig", "livslang", "2026 år", "2026",
        "-6 mnd", "+6 mnd", "6 m", "6 timer", "6 mnder", "0 uker", "0,0 år", "1,234 år", "1. år", ",5 år", "6..mnd",
        "6 mnd..", "6 mnd, deretter ny vurdering", "6 mnd 6 mnd", "٦ måneder", "\uff16 måneder", "6e1 mnd",
        "1 000 dager", "6 år_", "uker 12",
    ],
)  # fmt: skip
def test_what_says_anything_else_stays_words(text: str) -> None:
    assert find_duration(text) is None


def test_decomposed_letters_are_the_same_letters() -> None:
    assert find_duration(unicodedata.normalize("NFD", "2 år")) == Quantity(Decimal(2), "a")


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{1,4}([.,][0-9]{1,3})? ?(mnd|år|uker|dager)\.?", fullmatch=True))
def test_whatever_is_read_is_a_length_of_time(text: str) -> None:
    read = find_duration(text)
    assert read is None or (read.unit in DURATION_UNITS and 0 < read.value < 1000)
