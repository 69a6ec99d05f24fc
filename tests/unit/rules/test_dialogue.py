"""What is said of a certificate that names an order which is not known as one of its sender's about its patient."""

from dataclasses import replace

import pytest

from certgateway.domain.certificate import Certificate, Purpose
from certgateway.domain.findings import LANGUAGES, Effect
from certgateway.rules import judge, rule
from certgateway.rules.declaration import Facts
from tests.unit.rules.conftest import Broken


@pytest.mark.parametrize("unknown", [True, False])
def test_an_order_that_is_not_known_is_a_note_at_the_purpose(
    good: Certificate,
    facts: Facts,
    broken: Broken,
    unknown: bool,  # noqa: FBT001
) -> None:
    named = replace(good, purpose=Purpose("ordered", "7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c02"))
    told = replace(facts, order_unknown=unknown)
    assert broken("order-unknown", named, told) == (["purpose.order"] if unknown else [])
    found = [each for each in judge(named, told) if each.rule == "order-unknown"]
    assert [(each.item, each.effect) for each in found] == [("purpose", Effect.NOTE)] * unknown


def test_the_texts_tell_nothing_of_anybody_else_s_order() -> None:
    known = rule("order-unknown")
    assert known is not None
    for language in LANGUAGES:
        text = known.text(language)
        # One text for every reason, without a place to put the id into.
        assert "{" not in f"{text.found}{text.action}{text.counsellor}"
