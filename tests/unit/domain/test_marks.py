"""What a mark is, and which kinds are withheld."""

import dataclasses
from typing import get_args

import pytest

from certgateway.domain.marks import WITHHELD, Kind, Mark


def test_what_is_withheld_is_what_the_domain_says() -> None:
    assert {"benefit-recommendation", "work-ability-verdict", "vocational-advice", "unread"} == WITHHELD
    assert set(get_args(Kind)) >= WITHHELD


def test_a_mark_holds_no_text_and_cannot_change() -> None:
    mark = Mark("exemption", 3, 9, "a pattern")
    assert {field.name for field in dataclasses.fields(mark)} == {"kind", "start", "end", "pattern"}
    with pytest.raises(dataclasses.FrozenInstanceError):
        mark.start = 4  # type: ignore[misc]
