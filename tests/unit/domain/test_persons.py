"""Forms of numbers. No number of a living person's series stands here: those are completed by computation."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.no import fodselsnummer, orgnr

from certgateway.domain.persons import (
    Kind,
    PersonNumber,
    is_hpr_number,
    is_organisation_number,
    read_person_number,
    same_number,
)


def complete(nine: str) -> str | None:
    """Nine digits and their two check digits by the definition in force until 2032; None where there are none."""
    for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)):
        digit = -sum(weight * int(figure) for weight, figure in zip(weights, nine, strict=True)) % 11
        if digit == 10:
            return None
        nine += str(digit)
    return nine


def some(start: str) -> str:
    """The first number there is that begins with these six digits and an individual number of the 1900s."""
    return next(number for each in range(100, 200) if (number := complete(f"{start}{each}")))


def with_later_check_digit(start: str, remainder: int) -> str:
    """A number as from 2032: the first check digit leaves `remainder` instead of 0, the second holds."""
    for each in range(100, 200):
        nine = f"{start}{each}"
        rest = sum(w * int(f) for w, f in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), nine, strict=True)) % 11
        ten = f"{nine}{(remainder - rest) % 11}"
        last = -sum(w * int(f) for w, f in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), ten[:10], strict=True)) % 11
        if len(ten) == 10 and last < 10:
            return f"{ten}{last}"
    raise AssertionError(start)


@pytest.mark.parametrize(
    "start,kind,series",
    [
        ("150574", "fnr", "real"),
        ("550574", "dnr", "real"),
        ("158574", "fnr", "synthetic"),  # Skatteetaten adds 80 to the month
        ("558574", "dnr", "synthetic"),
        ("157074", "fnr", "synthetic"),  # 65
        ("557074", "dnr", "synthetic"),
        ("154574", "fnr", "synthetic"),  # 40
        ("554574", "dnr", "synthetic"),
        ("019274", "fnr", "synthetic"),  # December, the highest month
        ("017774", "fnr", "synthetic"),
        ("015274", "fnr", "synthetic"),
        ("298200", "fnr", "synthetic"),  # 29 February 2000
        ("719274", "dnr", "synthetic"),  # 31 December
    ],
)
def test_number_tells_kind_and_series(start: str, kind: Kind, series: str) -> None:
    assert read_person_number(some(start)) == PersonNumber(kind, series)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "start",
    [
        "008174",  # day 0
        "328174",  # day 32
        "308274",  # 30 February
        "298275",  # 29 February in no leap year
        "728174",  # D-number of day 32
        "408174",  # day 40 is neither
        "818174",  # the series of numbers without a birthday
        "150074",  # month 0
        "151374",  # month 13
        "154074",
        "155374",
        "156574",
        "157874",
        "158074",
        "159374",
        "159974",
    ],
)
def test_impossible_date_is_no_number(start: str) -> None:
    assert read_person_number(some(start)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "158574",
        "1585741004",
        "158574100488",
        "15857410O48",
        "158574 10048",
        "00000000000",
        "\uff11\uff15\uff18\uff15\uff17\uff14\uff11\uff10\uff10\uff14\uff18",
        "١٥٨٥٧٤١٠٠٤٨",
    ],
)
def test_other_than_eleven_ascii_digits_is_no_number(wrong: str) -> None:
    assert read_person_number(wrong) is None


def test_good_number_with_anything_around_it_is_no_number() -> None:
    number = some("158574")
    assert read_person_number(number) is not None
    assert [read_person_number(f) for f in (f"{number}\n", f" {number}", f"{number[:6]} {number[6:]}")] == [None] * 3


@pytest.mark.parametrize("remainder", [1, 2, 3])
def test_first_check_digit_of_2032_holds(remainder: int) -> None:
    assert read_person_number(with_later_check_digit("158574", remainder)) == PersonNumber("fnr", "synthetic")


@pytest.mark.parametrize("remainder", [4, 5, 6, 7, 8, 9, 10])
def test_first_check_digit_of_no_rule_does_not_hold(remainder: int) -> None:
    assert read_person_number(with_later_check_digit("158574", remainder)) is None


BIRTHDAYS = st.dates(date(1900, 1, 1), date(1999, 12, 31))
RAISES = st.sampled_from([0, 40, 65, 80])


@given(BIRTHDAYS, st.integers(0, 499), RAISES, st.sampled_from([0, 40]))
def test_every_birthday_has_numbers_of_every_kind(born: date, individual: int, raised: int, added: int) -> None:
    # 29 February 1900 does not exist and is not drawn; the form alone would not know.
    number = complete(f"{born.day + added:02}{born.month + raised:02}{born.year % 100:02}{individual:03}")
    assume(number is not None)
    assert number is not None
    expected = PersonNumber("dnr" if added else "fnr", "synthetic" if raised else "real")
    assert read_person_number(number) == expected


@given(BIRTHDAYS, st.integers(0, 499), RAISES, st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(born: date, individual: int, raised: int, place: int, change: int) -> None:
    number = complete(f"{born.day:02}{born.month + raised:02}{born.year % 100:02}{individual:03}")
    assume(number is not None)
    assert number is not None
    wrong = (int(number[place]) + change) % 10
    assert read_person_number(f"{number[:place]}{wrong}{number[place + 1 :]}") is None


def lowered(number: str) -> str | None:
    """The number without the raise of 80 or 65, which the peer does not know, with the check digits it then has."""
    month = int(number[2:4])
    return complete(f"{number[:2]}{month - next((step for step in (80, 65) if month > step), 0):02}{number[4:9]}")


@given(st.dates(date(1900, 1, 1), date(2025, 12, 31)), st.integers(0, 999), RAISES, st.sampled_from([0, 40]))
def test_what_the_peer_accepts_is_accepted(born: date, individual: int, raised: int, added: int) -> None:
    number = complete(f"{born.day + added:02}{born.month + raised:02}{born.year % 100:02}{individual:03}")
    assume(number is not None)
    assert number is not None
    plain = lowered(number)
    assume(plain is not None and fodselsnummer.is_valid(plain))
    assert read_person_number(number) is not None


# Individual numbers below 500 are of the 1900s: the century, which the peer judges and the form does not, is open
# to no doubt. The peer knows a raise of 40, but not of 65 and 80.
@given(st.integers(0, 99), st.integers(0, 60), st.integers(0, 99), st.integers(0, 499))
def test_dates_are_judged_as_the_peer_does(day: int, month: int, year: int, individual: int) -> None:
    assume((day % 40, month % 40, year) != (29, 2, 0))  # no day of 1900, but of 2000
    number = complete(f"{day:02}{month:02}{year:02}{individual:03}")
    assume(number is not None)
    assert number is not None
    assert (read_person_number(number) is not None) == fodselsnummer.is_valid(number)


# Public numbers of two public bodies and a listed company.
@pytest.mark.parametrize("good", ["974760673", "889640782", "923609016"])
def test_organisation_number_holds(good: str) -> None:
    assert is_organisation_number(good) is True


@pytest.mark.parametrize(
    "wrong",
    ["", "974760674", "97476067", "9747606730", "000000000", "974 760 673", "974760673\n", "NO974760673", "٩٧٤٧٦٠٦٧٣"],
)
def test_organisation_number_does_not_hold(wrong: str) -> None:
    assert is_organisation_number(wrong) is False


@given(st.from_regex(r"[1-9][0-9]{8}", fullmatch=True))
def test_organisation_number_agrees_with_the_peer(number: str) -> None:
    assert is_organisation_number(number) == orgnr.is_valid(number)


@pytest.mark.parametrize("good", ["1234567", "12345678", "123456789", "0000001"])
def test_hpr_number_holds(good: str) -> None:
    assert is_hpr_number(good) is True


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "123456",
        "1234567890",
        "0000000",
        "000000000",
        "12345678A",
        "1234 567",
        "1234567\n",
        "0000000\n",
        "\uff11\uff12\uff13\uff14\uff15\uff16\uff17",
    ],
)
def test_hpr_number_does_not_hold(wrong: str) -> None:
    assert is_hpr_number(wrong) is False


@pytest.mark.parametrize(
    "one,other,same",
    [
        ("15857410048", "15857410048", True),
        ("158574 10048", "15857410048", True),
        ("\uff11\uff15\uff18\uff15\uff17\uff14\uff11\uff10\uff10\uff14\uff18", "15857410048", True),
        ("15857410048", "15857410049", False),
        ("15857410048", "1585741004", False),
        ("", "", False),
        ("-", "?", False),
    ],
)
def test_numbers_are_compared_as_digits(one: str, other: str, *, same: bool) -> None:
    assert same_number(one, other) is same
