"""The work of marking grows with the length of the text and with nothing else, whatever the text."""

import subprocess
import sys
import time

import pytest

from bench.prose import realistic
from certgateway.prose import mark
from tests.calibration import allowed

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


def cpu(text: str) -> float:
    start = time.process_time()
    mark(text)
    return time.process_time() - start


@pytest.mark.no_cover
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_costs_twice_as_much_when_twice_as_long(piece: str) -> None:
    text = piece * (SIZE // 4 // len(piece))
    mark(text[:1000])
    short, long = min(cpu(text[: len(text) // 2]) for _ in range(2)), min(cpu(text) for _ in range(2))
    assert long < 3 * short + allowed(0.05)


@pytest.mark.no_cover
@pytest.mark.parametrize("piece", ["bør ", " ", "§", "a", "((", "bør AAP ikke anbefaler "])
def test_a_million_characters_are_marked_within_the_budget(piece: str) -> None:
    taken = cpu(piece * (SIZE // len(piece)))
    assert taken < allowed(BUDGET)


@pytest.mark.no_cover
def test_ten_thousand_characters_take_milliseconds() -> None:
    text = realistic()
    mark(text)
    taken = min(cpu(text) for _ in range(9))
    assert taken < allowed(0.03)


@pytest.mark.no_cover
def test_the_patterns_are_ready_at_once() -> None:
    script = (
        "from time import process_time as t; from certgateway.prose import mark; a = t(); mark('x'); print(t() - a)"
    )
    runs = [subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True) for _ in "abc"]
    assert min(float(run.stdout) for run in runs) < allowed(0.5)
