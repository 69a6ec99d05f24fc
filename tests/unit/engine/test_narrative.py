"""What passes for a plain narrative at a glance is what the careful reader allows."""

from __future__ import annotations

import random

import pytest

from certgateway.engine.resources.narrative import XHTML, is_plain, objection

PARTS = ["<p>", "</p>", "<div>", "</div>", " ", "\u00a0", "a", "æ", "&amp;", "&", "<", ">", '"', "\u00ad", "\x7f",
         "\x85", "\u024f", "\u0250", "\n", "b;", "<br/>", "<!-- -->", '<a href="x">b</a>']  # fmt: skip


def _narrative(inner: str) -> str:
    return f'<div xmlns="{XHTML}">{inner}</div>'


@pytest.mark.parametrize(
    "inner",
    ["Vurdert: ingen kjente", "<p>a</p><p>b</p>", "\u00a0a ", "<p>a<b>b</b></p>", "<table><tr><td>a</td></tr></table>"],
)
def test_usual_narratives_are_plain(inner: str) -> None:
    assert is_plain(_narrative(inner))
    assert objection(_narrative(inner)) is None


@pytest.mark.parametrize(
    "inner", ["", " ", "\u00a0", "<p> </p>", "<p>a", "a & b", "a\x85&nbsp;", "a\x00", "<p>a</p></div><div>", "<b>a</p>"]
)
def test_what_is_refused_is_not_plain(inner: str) -> None:
    assert objection(_narrative(inner)) is not None
    assert not is_plain(_narrative(inner))


def test_whatever_is_plain_is_allowed() -> None:
    dice = random.Random(3)  # noqa: S311  The same narratives every time.
    plain = 0
    for _ in range(10_000):
        text = _narrative("".join(dice.choice(PARTS) for _ in range(dice.randrange(6))))
        if is_plain(text):
            plain += 1
            assert objection(text) is None, text
    assert plain > 1_000
