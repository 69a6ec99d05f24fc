"""For whom a caller may speak: sender and author of a message held against the token, and no where nobody can tell."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.domain.certificate import Certificate
from certgateway.domain.message import SenderNumber
from certgateway.services.admit import Calling, calling, speaks_for, vouched
from certgateway.services.examine import Examined, House, examine
from tests import kith
from tests.functional.messages import raw
from tests.tokens import HPR, ORGANISATION, identity

HER, OTHER = "her:8143060", "974760673"
ORGNR = "helseid://claims/client/claims/orgnr_parent"
CLINICIAN = "helseid://claims/hpr/hpr_number"
GOOD = "good/back-pain-tolerates-load.json"


@dataclass(frozen=True)
class Registered:
    known: Mapping[str, frozenset[str]]

    def her_ids(self, organisation: str) -> frozenset[str]:
        return self.known.get(organisation, frozenset())


REGISTER = Registered({ORGANISATION: frozenset({"8143060", "1"}), OTHER: frozenset({"2"})})


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house("synthetic")


@pytest.fixture(scope="module")
def good(house: House) -> Examined:
    return examine(raw(GOOD), "fhir-json", house)


def caller(register: Registered | None = REGISTER, claims: dict[str, Any] | None = None) -> Calling:
    return calling(identity("helseid", **(claims or {})), register)


def numbered(examined: Examined, *numbers: SenderNumber) -> Examined:
    assert examined.envelope is not None
    return replace(examined, envelope=replace(examined.envelope, numbers=numbers))


def by(examined: Examined, **author: Any) -> Examined:  # noqa: ANN401
    certificate = examined.certificate
    assert isinstance(certificate, Certificate)
    assert certificate.author is not None
    return replace(examined, certificate=replace(certificate, author=replace(certificate.author, **author)))


def against(examined: Examined, who: Calling | None) -> list[tuple[str, str | None]]:
    """What speaks against a message; of one that is refused nothing is left."""
    found = vouched(examined, who)
    if found is examined:
        return []
    assert (found.envelope, found.certificate, found.reply, found.opened) == (None, None, None, None)
    assert found.raw == examined.raw
    return [(each.rule, each.path) for each in found.findings]


OWN, ELSE = SenderNumber(ORGANISATION, "Bundle.a"), SenderNumber(OTHER, "Bundle.b")
INNER = SenderNumber(OTHER, "Bundle.c", inner=True)
REFUSED = "caller-not-sender"


@pytest.mark.parametrize(
    "numbers, register, expected",
    [
        ((), REGISTER, []),
        ((OWN,), REGISTER, []),
        ((OWN, INNER), REGISTER, []),
        ((OWN, OWN), None, []),
        ((OWN, INNER), None, []),
        ((ELSE,), REGISTER, [(REFUSED, "Bundle.b")]),
        ((OWN, ELSE), REGISTER, [(REFUSED, "Bundle.b")]),
        ((OWN, ELSE), None, [(REFUSED, "Bundle.b")]),
        ((), None, [(REFUSED, "Bundle")]),
        ((INNER,), None, [(REFUSED, "Bundle")]),
        ((OWN,), Registered({}), [(REFUSED, "Bundle")]),
        ((OWN,), Registered({ORGANISATION: frozenset({"9"})}), [(REFUSED, "Bundle")]),
    ],
)
def test_the_sender_must_be_known_as_the_caller_s(
    good: Examined, numbers: tuple[SenderNumber, ...], register: Registered | None, expected: list[tuple[str, str]]
) -> None:
    assert against(numbered(good, *numbers), caller(register)) == expected


def test_a_caller_without_an_organisation_sends_for_nobody(good: Examined) -> None:
    nobody = calling(identity("sandbox", organisation=...), REGISTER)
    assert nobody.senders == frozenset()
    assert against(good, nobody) == [(REFUSED, "Bundle")]
    assert against(numbered(good, OWN), Calling(nobody.identity, None)) == [(REFUSED, "Bundle.a")]


def test_where_nobody_logs_in_nothing_is_asked(good: Examined) -> None:
    assert against(numbered(good, ELSE), None) == []


def test_what_cannot_be_read_has_no_sender_to_hold_anybody_to(house: House) -> None:
    broken = examine(b"{", "fhir-json", house)
    assert vouched(broken, caller()) is broken


def test_a_certificate_without_a_readable_envelope_is_nobody_s(good: Examined) -> None:
    assert against(replace(good, envelope=None), caller()) == [(REFUSED, "Bundle")]


@pytest.mark.parametrize(
    "clinician, author, expected",
    [
        (HPR, {}, []),
        ("7733105", {}, []),
        (..., {}, []),
        (..., {"organisation": OTHER}, []),
        (HPR, {"organisation": OTHER}, []),
        ("7733105", {"organisation": OTHER}, ["author-not-caller"]),
        ("7733105", {"organisation": None}, ["author-not-caller"]),
        ("7733105", {"hpr": None, "organisation": OTHER}, []),
        (HPR, {"hpr": "7733105", "organisation": OTHER}, ["author-not-caller"]),
        (HPR, {"hpr": f"0{HPR}", "organisation": OTHER}, ["author-not-caller"]),
    ],
)
def test_the_author_is_who_is_logged_in_or_of_the_same_organisation(
    good: Examined, clinician: object, author: dict[str, str | None], expected: list[str]
) -> None:
    found = against(by(good, **author), caller(claims={CLINICIAN: clinician}))
    assert [rule for rule, _ in found] == expected
    assert all(path and path.endswith(".identifier[0].value") for _, path in found)


def test_in_kith_s_form_the_author_s_number_is_named_where_it_stands(house: House) -> None:
    body = kith.raw()
    office = Registered({"916554834": frozenset({"8160733"})})
    who = caller(office, {ORGNR: "916554834", CLINICIAN: HPR})
    read = examine(body, "kith", house)
    assert against(read, who) == []
    found = vouched(by(read, organisation=OTHER), who)
    assert [each.rule for each in found.findings] == ["author-not-caller"]
    assert found.findings[0].path is not None
    assert found.findings[0].path.startswith("/*[local-name()='MsgHead'][1]/")
    assert found.findings[0].line is not None
    # An AppRec can still name the message that it refuses.
    assert found.original is not None


def test_senders_are_the_organisation_s_own_and_no_other_s() -> None:
    who = caller()
    assert who.senders == frozenset({HER, "her:1"})
    assert (who.own(HER), who.own("her:2")) == (HER, "nobody")
    assert who.names == ("her:1", HER)
    assert (speaks_for(who, HER), speaks_for(who, "her:2"), speaks_for(None, HER)) == (True, False, False)
    unknown = caller(None)
    assert (unknown.own(HER), unknown.names, unknown.speaks_for(HER)) == ("nobody", ("nobody",), False)
    assert caller(Registered({})).names == ("nobody",)


def test_an_organisation_is_counted_as_one_and_a_counsellor_alone() -> None:
    assert caller().party == caller(claims={"client_id": "another", "sub": "another"}).party
    assert caller().party != caller(claims={ORGNR: OTHER}).party
    counsellor = identity("entra")
    # The issuer is part of the name: another one's Z990001 is somebody else.
    assert calling(counsellor, None).party == f"entra:{counsellor.issuer} Z990001"
