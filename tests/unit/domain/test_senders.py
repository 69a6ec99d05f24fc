"""The register of senders by itself: what two cannot share, who has signed, and whose a HER-id is however written."""

from dataclasses import replace
from typing import cast

import pytest

from certgateway.domain import senders as module
from certgateway.domain.errors import MisconfiguredError
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.message import Envelope, SenderNumber, SignedBy
from certgateway.domain.senders import (
    NOBODY,
    PublicKey,
    Sender,
    Senders,
    VerifiedSender,
    held_to_register,
    misspelt,
    plain_her,
)

FIRST, SECOND = "a" * 64, "b" * 64
KEY = PublicKey("k-1", "t-1", "{}")
OFFICE = Sender(frozenset({"8143060", "8143061"}), "987654325", frozenset({FIRST, SECOND}))
BY_NUMBER = Sender(frozenset({"8100001"}), "974760673")
BY_KEY = Sender(frozenset({"8100002"}), keys=(KEY,))
ALL = Senders([OFFICE, BY_NUMBER, BY_KEY])


def envelope(sender: str, *claims: SenderNumber, numbers: tuple[SenderNumber, ...] = ()) -> Envelope:
    return Envelope("m-1", sender, str, numbers, lambda: claims)


def claim(her: str, path: str = "/her", *, inner: bool = False) -> SenderNumber:
    return SenderNumber(her, path, inner)


def of(her: str) -> Envelope:
    return envelope(f"her:{her}", claim(her))


def signer(certificate: str = FIRST, organisation: str | None = None, *, issued: bool = True) -> SignedBy:
    return SignedBy(certificate, organisation, issued)


def refused(rule: str, path: str | None = "/her", expected: str | None = None) -> Finding:
    return Finding(rule, Effect.REFUSE, path=path, expected=expected)


def held(message: Envelope, by: SignedBy | None, *, only: bool = False, trusted: bool = False) -> object:
    found = held_to_register(message, by, ALL, only_registered=only, trusted=trusted)
    return found.sender if isinstance(found, VerifiedSender) else found


# ---- the register ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change, what",
    [
        ({"hers": frozenset({"8143061"})}, "HER-id 8143061"),
        ({"organisation": "987654325"}, "organisation number 987654325"),
        ({"certificates": frozenset({SECOND})}, f"certificate {SECOND}"),
        ({"keys": (PublicKey("k-1", "t-2", "{}"),)}, "key id k-1"),
        ({"keys": (PublicKey("k-2", "t-1", "{}"),)}, "key with the thumbprint t-1"),
    ],
    ids=str,
)
def test_what_is_one_sender_s_is_no_other_s(change: dict[str, object], what: str) -> None:
    other = replace(Sender(frozenset({"1"})), **change)  # type: ignore[arg-type]
    full = replace(OFFICE, keys=(KEY,))
    with pytest.raises(MisconfiguredError) as error:
        Senders([full, BY_NUMBER, other])
    assert f"senders[0] and senders[2] both have the {what};" in str(error.value)
    # Twice in one sender is once.
    assert Senders([replace(full, keys=(KEY, KEY))]).of_key("k-1") is not None


def test_a_sender_is_found_by_all_that_is_its_own() -> None:
    assert ALL.registered == (OFFICE, BY_NUMBER, BY_KEY)
    assert [ALL.of_her(her) for her in ("8143060", "8143061", "8100001", "9")] == [OFFICE, OFFICE, BY_NUMBER, None]
    assert [ALL.of_organisation(number) for number in ("987654325", "9")] == [OFFICE, None]
    assert [ALL.of_key(id_) for id_ in ("k-1", "t-1")] == [BY_KEY, None]
    assert NOBODY.of_her("8143060") is None


@pytest.mark.parametrize("her", ["8143060", "08143060", "URN:oid:2.16.578.1.12.4.1.2.8143060", "８１４３０６０"])  # noqa: RUF001
def test_a_her_id_is_looked_up_however_it_is_written(her: str) -> None:
    assert ALL.of_her(her) == OFFICE


def test_who_is_known_by_something_to_sign_with_must_sign() -> None:
    assert [each.must_sign for each in ALL.registered] == [True, False, True]


def test_a_policy_is_of_a_sender_and_a_format() -> None:
    sender = replace(OFFICE, fhir_policy="hold", kith_policy="reject")
    assert [sender.policy(each) for each in ("fhir-json", "fhir-xml", "kith")] == ["hold", "hold", "reject"]
    assert [OFFICE.policy(each) for each in ("fhir-json", "kith")] == [None, None]


def test_no_key_is_shown() -> None:
    assert "secret" not in repr(PublicKey("k", "t", "secret"))


@pytest.mark.parametrize(
    "text, her",
    [
        ("8143060", "8143060"),
        (" 81 43\u00a0060\n", "8143060"),
        ("008143060", "8143060"),
        ("000", "0"),
        ("８１４３", "8143"),  # noqa: RUF001
        ("٨١٤٣", "8143"),
        ("²", "2"),
        ("\u202e8143\u200b", "8143"),
        ("urn:oid:2.16.578.1.12.4.1.2.8143", "8143"),
        ("Urn:OID:2.16.578.1.12.4.1.2:8143", "8143"),
        ("2.16.578.1.12.4.1.2.08143", "8143"),
        ("", None),
        ("x8143", None),
        ("urn:oid:2.16.578.1.12.4.1.2.", None),
        ("urn:oid:2.16.578.1.12.4.1.4.101.8143", None),
        ("2x16x578.1.12.4.1.2.8143", None),
        ("8143.1", None),
        ("-8143", None),
    ],
)
def test_a_her_id_is_read_as_people_read_it(text: str, her: str | None) -> None:
    assert plain_her(text) == her


def test_a_very_long_text_is_read_in_time_that_grows_with_it() -> None:
    """A regular expression that tried each of its zeros anew would take minutes."""
    assert plain_her("0" * 300_000 + "x") is None
    assert plain_her("0" * 300_000 + "1") == "1"


# ---- who has signed -------------------------------------------------------------------------------------------------


def test_a_signer_is_known_by_the_certificate_first() -> None:
    assert ALL.of_signer(signer(FIRST)) == ALL.of_signer(signer(SECOND, issued=False)) == OFFICE
    # Whatever number it states: the operator has looked at this certificate.
    assert ALL.of_signer(signer(FIRST, "974760673")) == OFFICE


def test_a_signer_is_known_by_a_key_that_one_has_registered() -> None:
    assert ALL.of_signer(SignedBy(None, None, key="k-1")) == BY_KEY
    # A key is nobody's by the number that stands beside it.
    assert ALL.of_signer(SignedBy(None, "974760673", issued=True, key="k-2")) is None
    assert ALL.of_signer(SignedBy(None, "974760673", issued=True)) is None


def test_an_organisation_has_the_her_ids_it_is_registered_with() -> None:
    assert ALL.her_ids("987654325") == OFFICE.hers
    assert ALL.her_ids("999999999") == frozenset()


def test_a_signer_is_known_by_a_number_that_a_pinned_issuer_vouches_for() -> None:
    assert ALL.of_signer(signer("c" * 64, "974760673")) == BY_NUMBER
    assert ALL.of_signer(signer("c" * 64, "974760673", issued=False)) is None
    assert ALL.of_signer(signer("c" * 64, "1")) is None
    assert ALL.of_signer(signer("c" * 64)) is None


def test_who_is_known_by_certificates_is_not_known_by_a_number() -> None:
    """Else a certificate that was taken out of the register would go on counting."""
    assert ALL.of_signer(signer("c" * 64, "987654325")) is None
    # Keys for JSON say nothing of who signs XML.
    keyed = replace(BY_NUMBER, keys=(KEY,))
    assert Senders([keyed]).of_signer(signer("c" * 64, "974760673")) == keyed


def test_nobody_is_verified_but_by_the_register() -> None:
    with pytest.raises(TypeError, match="held_to_register"):
        VerifiedSender(OFFICE, cast("module._Proof", object()))


# ---- whose a message is ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("her", sorted(OFFICE.hers))
def test_a_message_is_its_signer_s_under_each_own_her_id(her: str) -> None:
    assert held(of(her), signer()) == OFFICE
    assert held(of(her), signer(), only=True) == OFFICE
    assert held(of(her), signer(), trusted=True) == OFFICE


def test_another_s_her_id_is_refused_where_it_stands() -> None:
    assert held(of("8100001"), signer()) == refused("sender-other-than-signer")
    assert held(of("8100001"), signer("c" * 64)) == refused("sender-other-than-signer")
    assert held(of("9"), signer()) == refused("sender-other-than-signer")
    two = envelope("her:8143060", claim("8143060"), claim("9", "/other"))
    assert held(two, signer()) == refused("sender-other-than-signer", "/other")


def test_a_department_is_one_s_own_or_nobody_s() -> None:
    def with_department(her: str) -> Envelope:
        return envelope("her:8143060", claim("8143060"), claim(her, "/inner", inner=True))

    assert held(with_department("8143061"), signer()) == OFFICE
    assert held(with_department("9"), signer()) == OFFICE
    assert held(with_department("8100001"), signer()) == refused("sender-other-than-signer", "/inner")
    assert held(envelope("her:9", claim("9"), claim("8143060", "/inner", inner=True)), None) == refused(
        "signature-missing", "/inner"
    )


def test_the_name_that_a_message_is_kept_under_is_the_registered_one_to_the_letter() -> None:
    assert held(envelope("her:08143060", claim("08143060")), signer()) == refused("sender-other-than-signer")
    assert held(envelope("endpoint:1", claim("", "/source")), signer()) == refused(
        "sender-other-than-signer", "/source", "HER-id"
    )
    nothing = Finding("sender-other-than-signer", Effect.REFUSE, line=1, column=1)
    assert held(envelope("sender:1"), signer()) == nothing


def test_a_number_is_a_name_of_the_sender_where_there_is_no_other() -> None:
    number = SenderNumber("987654325", "/number")
    by_number = envelope("org:987654325", claim("", "/organisation"), numbers=(number,))
    assert held(by_number, signer()) == OFFICE
    assert held(by_number, None) == refused("signature-missing", "/number")
    assert held(by_number, signer("c" * 64)) == refused("sender-other-than-signer", "/number")
    # A sender without a number has none, and one that is not registered is nobody's.
    assert held(envelope("org:None", claim("")), SignedBy("c" * 64, None)) is None
    assert held(envelope("org:1", claim(""), numbers=(SenderNumber("1", "/number"),)), None) is None


def test_a_sender_that_has_no_number_is_not_named_by_one() -> None:
    register = Senders([replace(OFFICE, organisation=None)])
    found = held_to_register(envelope("org:None", claim("", "/o")), signer(), register, only_registered=False)
    assert found == refused("sender-other-than-signer", "/o", "HER-id")


def test_a_number_beside_the_her_id_is_the_registered_one_or_the_certificate_s() -> None:
    def numbered(number: str, *, inner: bool = False) -> Envelope:
        return envelope("her:8143060", claim("8143060"), numbers=(SenderNumber(number, "/number", inner),))

    assert held(numbered("987654325"), signer()) == OFFICE
    assert held(numbered("1"), signer(organisation="1")) == OFFICE
    assert held(numbered("1", inner=True), signer()) == OFFICE
    assert held(numbered("1"), signer()) == refused("signer-not-sender", "/number")
    unnumbered = Senders([replace(OFFICE, organisation=None)])
    found = held_to_register(numbered("1"), signer(), unnumbered, only_registered=False)
    assert isinstance(found, VerifiedSender)
    # An unsigned message is not made another's by a number beside its own HER-id.
    assert held(envelope("her:9", claim("9"), numbers=(SenderNumber("987654325", "/n"),)), None) is None


def test_who_must_sign_and_has_not_is_refused() -> None:
    for her in ("8143060", "8100002"):
        assert held(of(her), None) == refused("signature-missing")
    assert held(of("8100001"), None) is None
    both = envelope("her:8100001", claim("8100001"), claim("8143060", "/other"))
    assert held(both, None) == refused("signature-missing", "/other")


def test_who_was_verified_at_the_door_need_not_sign() -> None:
    assert held(of("8143060"), None, trusted=True) is None
    assert held(of("9"), None, only=True, trusted=True) is None
    # A signature that is there is held to what it says all the same.
    assert held(of("8143060"), signer("c" * 64), trusted=True) == refused("sender-other-than-signer")


def test_strangers_are_taken_at_their_word_or_not_at_all() -> None:
    for by in (None, signer("c" * 64)):
        assert held(of("9"), by) is None
        assert held(of("9"), by, only=True) == refused("sender-not-registered")
    assert held(of("8100001"), None, only=True) == refused("signature-missing")


def test_without_a_register_nothing_is_looked_for() -> None:
    def claims() -> tuple[SenderNumber, ...]:
        raise AssertionError("nobody is registered")

    message = replace(of("8143060"), claims=claims)
    for by in (None, signer()):
        assert held_to_register(message, by, NOBODY, only_registered=False) is None
    # Where only registered senders are taken, that is nobody.
    found = held_to_register(of("8143060"), signer(), NOBODY, only_registered=True)
    assert found == refused("sender-not-registered")


HER = "urn:oid:2.16.578.1.12.4.1.2."


@pytest.mark.parametrize(
    "text, is_address, is_sound",
    [
        ("8143060", False, True),
        ("0", False, True),
        ("0123", False, True),
        ("1234567890", False, True),
        (" \t\r\n8143060\n", False, True),
        ("", False, True),
        ("12345678901", False, False),
        ("8143060\u00a0", False, False),
        ("814\u200b3060", False, False),
        ("\uff18\uff11", False, False),
        ("8143060x", False, False),
        ("https://epj.example/fhir", False, False),
        (HER + "8143060", False, False),
        (HER + "8143060", True, True),
        (HER + "12345678901", True, False),
        (HER, True, False),
        (HER + "8143060\u2060", True, False),
        (HER + "\u0661", True, False),
        (HER.replace("o", "\u043e") + "8143060", True, False),
        (HER.upper() + "8143060", True, False),
        ("2.16.578.1.12.4.1.2:8143060", True, False),
        ("8143060", True, False),
        ("https://epj.example/fhir", True, True),
        ("https://epj.example/\u0430", True, False),
        ("https://epj.example/\x7f", True, False),
    ],
    ids=range(25),
)
def test_what_stands_for_a_her_id_is_one_or_another_address(text: str, *, is_address: bool, is_sound: bool) -> None:
    found = list(misspelt([SenderNumber(text, "the place", is_address=is_address)]))
    told = [Finding("her-id-invalid", Effect.REFUSE, path="the place")]
    assert found == ([] if is_sound else told)
