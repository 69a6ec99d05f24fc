"""The patient's view as a page of plain text: the same sentences in the same order as the data, and nothing besides.

Nothing here may add, leave out or shorten a text. What somebody wrote is set in, so that no line of it can pass for a
heading of ours.
"""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def patient_page(view: Json) -> str:
    """A view (`domain.patient_view`) as text: headings underlined, paragraphs apart, and the words of others set in."""
    return "\n".join([*_lines(view), ""])


def _lines(view: Json) -> Iterator[str]:
    yield from _heading(view["title"], "=")
    yield from view["about"]
    yield from _section(view["answers"])
    for answer in view["answers"]["items"]:
        yield from _answer(answer)
    yield from _section(view["questions"])
    for clarification in view["questions"]["clarifications"]:
        yield from _clarification(clarification)
    yield from _section(view["shared"])
    yield from (f"- {each['text']}" for each in view["shared"]["withheld"])
    yield ""
    yield view["contact"]


def _heading(text: str, line: str) -> Iterator[str]:
    yield text
    yield line * len(text)
    yield ""


def _section(part: Json) -> Iterator[str]:
    yield ""
    yield from _heading(part["heading"], "-")
    if part.get("text"):
        yield part["text"]


def _answer(answer: Json) -> Iterator[str]:
    yield answer["title"]
    if answer["text"]:
        yield f"- {answer['text']}"
    for statement in answer["statements"]:
        if statement["sentences"]:
            yield f"- {' '.join(statement['sentences'])}"
        for part in statement["parts"]:
            yield from _set_in(part["text"])
    yield ""


def _clarification(clarification: Json) -> Iterator[str]:
    for text in clarification["measure"]:
        yield from _set_in(text)
    for target in clarification["targets"]:
        yield target["asked"]
        yield f"- {target['why']}"
        yield from _set_in(target["question"])
        yield from (f"- {step}" for step in target["steps"])
        yield f"- {target['text']}"
        yield ""


def _set_in(text: str) -> Iterator[str]:
    yield from (f"    {line}" for line in text.strip().splitlines())
