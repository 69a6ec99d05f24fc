"""FHIRPath functions on text. An empty input gives an empty output; several items, or something else than text, raise.

Patterns come from profiles and are compiled when the expression is, so that a bad one is `NotCompilable` at once.
Nothing here may quote the text it works on in an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from certgateway.engine.fhirpath_environment import EMPTY, Frame, Function, boxed
from certgateway.engine.fhirpath_syntax import NotCompilable
from certgateway.engine.fhirpath_values import Collection, NotEvaluable, single, single_text

Arguments = list[Collection]
_JAVA_ONLY = re.compile(r"\\[pP]\{|\[\[|&&|\\[hHRX]")


@lru_cache(maxsize=512)
def pattern(text: str) -> re.Pattern[str]:
    """A regular expression with Java's defaults: classes are ASCII, a dot takes line ends; raises `NotCompilable`."""
    if _JAVA_ONLY.search(text):
        message = "the regular expression uses classes that are not supported"
        raise NotCompilable(message)
    try:
        return re.compile(text, re.DOTALL | re.ASCII)
    except re.error:
        message = "the regular expression is malformed"
        raise NotCompilable(message) from None


def _pattern_now(text: str) -> re.Pattern[str]:
    try:
        return pattern(text)
    except NotCompilable as reason:
        raise NotEvaluable(str(reason)) from None


def _on_texts(work: Callable[..., Collection]) -> Function:
    """A function of the input text and the argument texts; empty as soon as one of them is."""

    def run(_: Frame, given: Collection, arguments: Arguments) -> Collection:
        texts = [single_text(collection) for collection in (given, *arguments)]
        return EMPTY if None in texts else work(*texts)

    return run


def _index_of(text: str, part: str) -> Collection:
    return [text.find(part)]


def _substring(_: Frame, given: Collection, arguments: Arguments) -> Collection:
    text = single_text(given)
    start = single(arguments[0])
    length = single(arguments[1]) if len(arguments) > 1 else None
    if text is None or type(start) is not int or not 0 <= start < len(text):
        return EMPTY
    return [text[start:] if type(length) is not int else text[start : start + max(length, 0)]]


def _replace_matches(text: str, wanted: str, substitute: str) -> Collection:
    # FHIRPath writes a group as $1, Python as \1; everything else in the substitute is literal.
    escaped = re.sub(r"\$(\d+)", r"\\g<\1>", substitute.replace("\\", "\\\\"))
    return [_pattern_now(wanted).sub(escaped, text)]


def _split(text: str, separator: str) -> Collection:
    return list(text.split(separator)) if separator else [text]


def _join(_: Frame, given: Collection, arguments: Arguments) -> Collection:
    separator = single_text(arguments[0]) if arguments else ""
    return [(separator or "").join(single_text([item]) or "" for item in given)] if given else EMPTY


TEXT_FUNCTIONS: dict[str, tuple[int, int, Function]] = {
    "indexOf": (1, 1, _on_texts(_index_of)),
    "substring": (1, 2, _substring),
    "startsWith": (1, 1, _on_texts(lambda text, part: boxed(text.startswith(part)))),
    "endsWith": (1, 1, _on_texts(lambda text, part: boxed(text.endswith(part)))),
    "contains": (1, 1, _on_texts(lambda text, part: boxed(part in text))),
    "upper": (0, 0, _on_texts(lambda text: [text.upper()])),
    "lower": (0, 0, _on_texts(lambda text: [text.lower()])),
    "trim": (0, 0, _on_texts(lambda text: [text.strip()])),
    "replace": (2, 2, _on_texts(lambda text, part, substitute: [text.replace(part, substitute)])),
    # The reference validator searches: a pattern that must cover the whole text says so with ^ and $.
    "matches": (1, 1, _on_texts(lambda text, wanted: boxed(_pattern_now(wanted).search(text) is not None))),
    "matchesFull": (1, 1, _on_texts(lambda text, wanted: boxed(_pattern_now(wanted).fullmatch(text) is not None))),
    "replaceMatches": (2, 2, _on_texts(_replace_matches)),
    "length": (0, 0, _on_texts(lambda text: [len(text)])),
    "toChars": (0, 0, _on_texts(list)),
    "split": (1, 1, _on_texts(_split)),
    "join": (0, 1, _join),
}
