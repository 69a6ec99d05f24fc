"""Looks through everything that leaves in passing for a person: log lines, metrics, addresses, errors.

One canary sings for a whole run: what it has found by the end is a fault, whichever test it came by. Synthetic numbers
are known by their form, names and prose by the fixtures that have them.
"""

import logging
import re
import traceback
from collections.abc import Iterable
from functools import cache
from typing import Any

Json = dict[str, Any]

_NUMBER = re.compile(r"(?<![0-9A-Fa-f])[0-9]{11}(?![0-9A-Fa-f])")
_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_CLIENTS = ("httpx", "httpx2", "httpcore", "urllib3")
"""Loggers of the tests' own clients, which tell of the addresses that tests ask for; some ask badly on purpose."""
_SHORTEST = 24


class Canary(logging.Handler):
    """A handler of log records that notes what tells of a person. `found` has where, and what."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.found: set[tuple[str, str]] = set()
        self.looked_at = 0

    def emit(self, record: logging.LogRecord) -> None:
        """A log record with its traceback, as any formatter would write it."""
        if record.name.partition(".")[0] in _CLIENTS:
            return
        self.look(f"log {record.name}", record.getMessage())
        if record.exc_info and record.exc_info[1] is not None:
            self.look(f"log {record.name}", "".join(traceback.format_exception(record.exc_info[1])))

    def look(self, place: str, text: str) -> None:
        """Notes every person's number, name and sentence in a text that went out at a place."""
        self.looked_at += 1
        for number in _NUMBER.findall(text):
            if is_synthetic(number):
                self.found.add((place, number))
        # An AppRec goes back to who sent the message, and names them as they named themselves.
        patterns = (_words(),) if "<AppRec " in text else (_words(), _clinicians())
        for word in (word for pattern in patterns for word in pattern.findall(text)):
            self.found.add((place, word))


def is_synthetic(number: str) -> bool:
    """Whether 11 digits are a personal number of a synthetic person: 80 added to the month, both check digits right."""
    digits = [int(digit) for digit in number]
    month = int(number[2:4])
    first = sum(weight * digit for weight, digit in zip(_FIRST, digits, strict=False)) % 11
    second = sum(weight * digit for weight, digit in zip(_SECOND, digits, strict=False)) % 11
    return 81 <= month <= 92 and (-first % 11, -second % 11) == (digits[9], digits[10])


@cache
def _words() -> re.Pattern[str]:
    """Names of patients, and prose: what their certificates in the fixtures say, and answers in words."""
    # With the first text to look through: a run that writes none shall not pay for the fixtures.
    from fixtures.authoring import good  # noqa: PLC0415
    from tests.integration import replying, scenario  # noqa: PLC0415

    known = {replying.TEXT, " ".join(replying.NAME), scenario.WORDS, scenario.WISH}
    for each in good.messages().values():
        known |= set(_names(each.tree, "Patient")) | {text for text in _texts(each.tree) if len(text) >= _SHORTEST}
    return re.compile("|".join(map(re.escape, sorted(known))))


@cache
def _clinicians() -> re.Pattern[str]:
    """Names of those who wrote the certificates in the fixtures."""
    from fixtures.authoring import good  # noqa: PLC0415  as above

    known = {name for each in good.messages().values() for name in _names(each.tree, "Practitioner")}
    return re.compile("|".join(map(re.escape, sorted(known))))


def _names(tree: Json, kind: str) -> Iterable[str]:
    """People of one kind, as a message or a letter writes them."""
    for entry in tree["entry"]:
        if entry["resource"]["resourceType"] == kind:
            for name in entry["resource"].get("name", ()):
                yield name.get("text") or " ".join([*name.get("given", ()), name["family"]])


def _texts(tree: object) -> Iterable[str]:
    """Sentences that somebody wrote, with their full stops: what has none may be a title of ours."""
    if isinstance(tree, dict):
        for value in tree.values():
            yield from _texts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _texts(value)
    elif isinstance(tree, str) and " " in tree and tree.endswith(".") and not tree.startswith("<"):
        yield tree


CANARY = Canary()
"""The one that sings for the run."""
