"""Hypothesis strategy for personal numbers of nobody: right control digits, and 80 added to the month."""

from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def _control_digit(digits: str, weights: tuple[int, ...]) -> int:
    return -sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11


def _numbered(day: int, month: int, year: int, serial: int) -> str | None:
    """The eleven digits, None when a control digit would be ten."""
    nine = f"{day:02}{month:02}{year:02}{serial:03}"
    first = _control_digit(nine, _FIRST_WEIGHTS)
    second = _control_digit(f"{nine}{first}"[:10], _SECOND_WEIGHTS)
    return None if 10 in (first, second) else f"{nine}{first}{second}"


@cache
def person_numbers(*, d_number: bool = False) -> SearchStrategy[str]:
    """Birth numbers or D-numbers of nobody: 80 is added to the month."""
    first_day = 41 if d_number else 1
    days, months = st.integers(first_day, first_day + 27), st.integers(81, 92)
    drawn = st.builds(_numbered, days, months, st.integers(40, 99), st.integers(0, 499))
    return drawn.filter(lambda number: number is not None).map(str)
