"""Whatever is done to an answer in words, or to a receipt: it is judged without a fault of ours, every finding stands
where it says it does, and none of them repeats a word of the message.
"""

from collections import Counter
from contextlib import suppress
from random import Random

import pytest

from certgateway.kith.receipt_reading import read_receipt
from certgateway.services.confirm import receipt_in
from certgateway.services.examine import examine
from certgateway.services.hear import words_of
from tests.functional.test_kith_dialogue import receipt
from tests.integration.replying import DIALOG_1_0, code, echo, note, reply
from tests.kith import attachment
from tests.property.kith_damage import damaged
from tests.property.test_kith_hostile import ROUNDS, complaints, house, tree_of

HTML = '<TekstNotatInnhold><p xmlns="http://www.w3.org/1999/xhtml">Hun kan <b>gå</b> tur.</p></TekstNotatInnhold>'
ROLES = "<RollerRelatertNotat><Person><GivenName>Aud</GivenName></Person></RollerRelatertNotat>"
CONVERSATION = "7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01"
GOOD = {
    "plain": reply(CONVERSATION),
    "old": reply(CONVERSATION, note(subject="Svar her", remark="Og dette i tillegg."), namespace=DIALOG_1_0),
    "echo": reply(None, note(inside=echo(CONVERSATION, code("activity", "2.25.1")))),
    "marked-up": reply(CONVERSATION, note("", inside=HTML + ROLES), note("Og mer om det.")),
    "document": reply(CONVERSATION, note("Se vedlegg"), documents=attachment()),
    "question": reply(CONVERSATION, echo(CONVERSATION), kind='<Type V="DIALOG_FORESPORSEL" DN="Forespørsel"/>'),
}


@pytest.mark.parametrize("name", GOOD)
def test_damage_to_words_is_judged_at_its_place_and_never_quoted(name: str) -> None:
    heard = 0
    for number in range(4 * ROUNDS):
        seed = f"{name} {number}"
        raw = damaged(GOOD[name], Random(seed))  # noqa: S311  Damage is no secret.
        try:
            # One parser takes a namespace that is no address, the other does not: then no path can be tried.
            found = list(complaints(raw)) if tree_of(raw) is not None else []
            heard += words_of(examine(raw, "kith", house())) is not None
        except Exception as fault:
            raise AssertionError(f"{seed}: {fault!r}") from fault
        assert found == [], seed
    # Most of it is still read.
    assert heard > number // 4


def test_damage_to_a_receipt_hurts_nobody() -> None:
    good = receipt(CONVERSATION, '<Status V="2"/>', '<Error V="E35"/>')
    raw, outcomes = good, Counter[str]()
    for number in range(8 * ROUNDS):
        with suppress(ValueError):  # Nothing was left that could be damaged further.
            raw = damaged(good, Random(f"receipt {number}"))  # noqa: S311  As above.
        found = receipt_in(raw)
        read = None if found is None else read_receipt(found)
        outcomes["none" if found is None else "unreadable" if read is None else "read"] += 1
        assert read is None or read.refused in {None, "patient-unknown", "other"}
    assert min(outcomes["none"], outcomes["read"]) > number // 8
