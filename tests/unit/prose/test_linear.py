"""The work of marking grows with the length of the text and with nothing else, whatever the text."""

import subprocess
import sys

import pytest

from bench.prose import realistic
from certgateway.prose import mark
from tests.calibration import assert_grows_by, assert_within, cpu

HOSTILE = {
    "trigger words": "bør ",
    "benefits": "uføretrygd ",
    "a trigger and what it waits for": "bør AAP ikke anbefaler ",
    "negations": "ikke ikke anbefaler ",
    "spaces": " ",
    "line breaks": "\n",
    "section signs": "§",
    "letters": "a",
    "misspelt letters": "uføretr",
    "full stops": ".",
    "full stops and letters": ".a",
    "brackets": "((",
    "closed brackets": ".)",
    "commas": ",",
    "digits": "1",
    "numbers": "1.1-",
    "hyphens at line ends": "a-\n",
    "soft hyphens": "a\u00ad",
    "tellers": "pas. sier at ",
    "headings": "aktuelt: ",
    "heading lines": "Aktuelt:\n",
    "values": "crp 1 ",
    "colons": ":",
    "doses": "mg x 1 ",
}
SIZE = 1_000_000
BUDGET = 12.0
"""CPU seconds for a text a thousand times as long as a field may be."""


@pytest.mark.no_cover
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_costs_twice_as_much_when_twice_as_long(piece: str) -> None:
    text = piece * (SIZE // 4 // len(piece))
    mark(text[:1000])
    half = text[: len(text) // 2]
    assert_grows_by(3, lambda: cpu(lambda: mark(half)), lambda: cpu(lambda: mark(text)))


@pytest.mark.no_cover
@pytest.mark.parametrize("piece", ["bør ", " ", "§", "a", "((", "bør AAP ikke anbefaler "])
def test_a_million_characters_are_marked_within_the_budget(piece: str) -> None:
    text = piece * (SIZE // len(piece))
    assert_within(BUDGET, lambda: cpu(lambda: mark(text)))


@pytest.mark.no_cover
def test_ten_thousand_characters_take_milliseconds() -> None:
    text = realistic()
    mark(text)
    assert_within(0.03, lambda: cpu(lambda: mark(text)))


@pytest.mark.no_cover
def test_the_patterns_are_ready_at_once() -> None:
    script = (
        "from time import process_time as t; from certgateway.prose import mark; a = t(); mark('x'); print(t() - a)"
    )
    command = [sys.executable, "-c", script]
    assert_within(0.5, lambda: float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
