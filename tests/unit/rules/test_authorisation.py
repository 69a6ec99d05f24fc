"""Who may write a certificate, by what the register told: each rule where it holds, and each way of breaking it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from certgateway.domain.authorisation import Standing
from certgateway.domain.certificate import Certificate
from certgateway.rules import judge, rule
from certgateway.rules.declaration import Facts

Told = Callable[[Standing | None], dict[str, str | None]]


@pytest.fixture
def told(good: Certificate, facts: Facts) -> Told:
    """Rule and element of everything that is told of the author's standing."""

    def found(author: Standing | None) -> dict[str, str | None]:
        findings = judge(good, replace(facts, author=author))
        return {each.rule: each.element for each in findings if each.rule.startswith("author-")}

    return found


def registered(written: str, arrival: str | None = None, stated: str | None = None) -> Standing:
    return Standing(
        "registered", tuple(written.split()), tuple((written if arrival is None else arrival).split()), stated
    )


@pytest.mark.parametrize(
    "author, expected",
    [
        (None, {}),
        (registered("LE"), {}),
        (registered("LE SP", stated="LE"), {}),
        (registered("MT", stated="MT"), {}),
        (registered("LE FT", "FT", stated="LE"), {}),
        (registered("SP TL", "TL"), {}),
        (Standing("unregistered", stated="LE"), {"author-not-registered": "author.hpr"}),
        (registered(""), {"author-not-authorised": "author.hpr"}),
        (registered("", "LE"), {"author-not-authorised": "author.hpr"}),
        (registered("", stated="LE"), {"author-not-authorised": "author.hpr"}),
        (registered("SP"), {"author-may-not-certify": "author.hpr"}),
        (registered("HP SP", "LE", stated="LE"), {"author-may-not-certify": "author.hpr"}),
        (registered("LE", ""), {"author-no-longer-authorised": "author.hpr"}),
        (registered("LE SP", "SP"), {"author-no-longer-authorised": "author.hpr"}),
        (registered("FT", stated="LE"), {"author-profession-differs": "author.profession"}),
        (
            registered("FT", "", stated="LE"),
            {"author-no-longer-authorised": "author.hpr", "author-profession-differs": "author.profession"},
        ),
        (Standing("no-answer", stated="LE"), {"author-not-looked-up": "author.hpr"}),
    ],
)
def test_what_is_told_of_an_author(told: Told, author: Standing | None, expected: dict[str, str | None]) -> None:
    assert told(author) == expected


@pytest.mark.parametrize(
    "language, listed",
    [
        ("nb", "av lege, psykolog, fysioterapeut, manuellterapeut, kiropraktor eller tannlege, med"),
        ("nn", "av lege, psykolog, fysioterapeut, manuellterapeut, kiropraktor eller tannlege, med"),
        ("en", "by a physician, psychologist, physiotherapist, manual therapist, chiropractor or dentist, under"),
    ],
)
def test_who_may_write_it_is_told(language: str, listed: str) -> None:
    declared = rule("author-may-not-certify")
    assert declared is not None
    assert listed in getattr(declared, language).action
