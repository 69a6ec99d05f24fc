"""The organisation numbers and HER-ids that a MsgHead gives its sender, outermost first, each where it stands."""

import pytest

from certgateway.domain.message import SenderNumber
from certgateway.kith.sender import sender_claims, sender_numbers
from tests.unit.kith.judging import tree

PLACE = "/*[local-name()='MsgInfo'][1]/*[local-name()='Sender'][1]/*[local-name()='Organisation'][1]"


def ident(number: str, type_: str = "ENH") -> str:
    return f'<Ident><Id>{number}</Id><TypeId V="{type_}"/></Ident>'


def numbers(organisation: str, beside: str = "") -> list[SenderNumber]:
    info = f"<MsgInfo>{beside}<Sender><Organisation>{organisation}</Organisation></Sender></MsgInfo>"
    return list(sender_numbers(tree(info)))


def id_at(*steps: int) -> str:
    """The path of an Id: the number of its Ident, inside so many departments."""
    *departments, last = steps
    inner = "".join(f"/*[local-name()='Organisation'][{step}]" for step in departments)
    return f"{PLACE}{inner}/*[local-name()='Ident'][{last}]/*[local-name()='Id'][1]"


def test_the_numbers_of_the_organisation_and_of_its_departments_are_read() -> None:
    department = f"<Organisation>{ident('3')}<Organisation>{ident('4')}</Organisation></Organisation>"
    assert numbers(ident("1", "HER") + ident("2") + department) == [
        SenderNumber("2", id_at(2)),
        SenderNumber("3", id_at(1, 1), inner=True),
        SenderNumber("4", id_at(1, 1, 1), inner=True),
    ]


@pytest.mark.parametrize("written", ["987654325", " 987 654 325\n", "987<!-- -->654325"])
def test_blanks_in_a_number_do_not_count(written: str) -> None:
    assert [stated.number for stated in numbers(ident(written))] == ["987654325"]


@pytest.mark.parametrize("unseen", ["\u00a0", "\u2007", "\u202f", "\u200b", "\u2028"])
def test_what_only_looks_like_a_blank_is_part_of_the_number(unseen: str) -> None:
    assert [stated.number for stated in numbers(ident(f"987 654{unseen}325"))] == [f"987654{unseen}325"]


@pytest.mark.parametrize("type_", ["enh", " ENH "])
def test_the_type_is_read_as_for_the_author(type_: str) -> None:
    assert [stated.number for stated in numbers(ident("1", type_))] == ["1"]


@pytest.mark.parametrize(
    "organisation",
    [
        "",
        ident("  "),
        ident("1", "AKO"),
        "<Ident><Id>1</Id></Ident>",
        '<Ident><TypeId V="ENH"/></Ident>',
        "<Ident><Id>1</Id><TypeId/></Ident>",
        f"<HealthcareProfessional>{ident('1')}</HealthcareProfessional>",
    ],
)
def test_what_is_no_organisation_number_is_none(organisation: str) -> None:
    assert numbers(organisation) == []


def test_the_receiver_and_what_stands_beside_the_sender_are_not_the_sender() -> None:
    receiver = f"<Receiver><Organisation>{ident('1')}</Organisation></Receiver>"
    assert numbers("", f"{receiver}<Organisation>{ident('2')}</Organisation>") == []
    assert list(sender_numbers(tree("<MsgInfo><Sender/></MsgInfo>"))) == []
    assert list(sender_numbers(tree("<MsgInfo/>"))) == []


def test_no_number_is_marked_as_carried() -> None:
    info = tree(f"<MsgInfo><Sender><Organisation>{ident('1')}</Organisation></Sender></MsgInfo>")
    assert len(list(sender_numbers(info))) == 1
    assert not any(node.carried or node.read for node in info.walk())


# ---- HER-ids ----


def claims(organisation: str) -> list[SenderNumber]:
    return list(sender_claims(tree(f"<MsgInfo><Sender><Organisation>{organisation}</Organisation></Sender></MsgInfo>")))


def test_her_ids_are_claimed_as_they_were_written() -> None:
    department = f"<Organisation>{ident('3', 'HER')}</Organisation>"
    assert claims(ident("1") + ident(" 02 ", " her ") + ident("", "HER") + department) == [
        SenderNumber(" 02 ", id_at(2)),
        SenderNumber("", id_at(3)),
        SenderNumber("3", id_at(1, 1), inner=True),
    ]


@pytest.mark.parametrize(
    "info, place",
    [
        ("<MsgInfo/>", "/*[local-name()='MsgInfo'][1]"),
        ("<MsgInfo><Sender/></MsgInfo>", "/*[local-name()='MsgInfo'][1]/*[local-name()='Sender'][1]"),
        (f"<MsgInfo><Sender><Organisation>{ident('1')}</Organisation></Sender></MsgInfo>", PLACE),
    ],
)
def test_without_a_her_id_nothing_is_claimed_at_the_nearest_place(info: str, place: str) -> None:
    assert list(sender_claims(tree(info))) == [SenderNumber("", place)]
