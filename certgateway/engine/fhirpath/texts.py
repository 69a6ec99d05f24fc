"""FHIRPath functions on text. An empty input gives an empty output; several items, or something else than text, raise.

Patterns come from profiles and are compiled when the expression is, so that a bad one is `NotCompilable` at once.
Nothing here may quote the text it works on in an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import re2  # type: ignore[import-untyped]

from certgateway.engine.fhirpath.environment import EMPTY, Frame, Function, boxed, spend_text
from certgateway.engine.fhirpath.syntax import NotCompilable
from certgateway.engine.fhirpath.values import Collection, NotEvaluable, TooMuchWork, single, single_text

Arguments = list[Collection]
# Java's unions and intersections of classes, which RE2 would read as something else.
_JAVA_ONLY = re.compile(r"\[(?!:)[^\]]*\[(?!:)|&&")
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_GROUP = re.compile(r"\$(?:(\d+)|\{([A-Za-z]\w*)\})")
# Bytes of text times instructions of the pattern: RE2 needs about a second for this.
_MOST_WORK = 400_000_000
_WORK_A_STEP = 200


def _options() -> re2.Options:
    options = re2.Options()
    options.dot_nl, options.log_errors, options.max_mem = True, False, 1 << 20
    return options


@lru_cache(maxsize=512)
def pattern(text: str) -> re2._Regexp:
    """A regular expression with Java's defaults: classes are ASCII, a dot takes line ends; raises `NotCompilable`.

    RE2 answers in linear time whatever the pattern; what it can't do so (looking around, back references) is refused.
    """
    if _JAVA_ONLY.search(_ESCAPED.sub("", text)):
        message = "the regular expression uses classes that are not supported"
        raise NotCompilable(message)
    try:
        return re2.compile(text, _options())
    except (re2.error, UnicodeEncodeError):
        message = "the regular expression is malformed, or of a kind that is not supported"
        raise NotCompilable(message) from None


def _pattern_for(frame: Frame, wanted: str, text: bytes) -> re2._Regexp:
    """The pattern, when its work on `text` is within what an evaluation may cost."""
    try:
        compiled = pattern(wanted)
    except NotCompilable as reason:
        raise NotEvaluable(str(reason)) from None
    work = compiled.programsize * len(text)
    if work > _MOST_WORK:
        message = "the regular expression asks for too much work"
        raise TooMuchWork(message)
    frame.spend(work // _WORK_A_STEP)
    return compiled


def _on_pattern(work: Callable[..., Collection]) -> Function:
    """A function of pattern, input text as UTF-8, and further arguments; empty as soon as one of them is."""

    def run(frame: Frame, given: Collection, arguments: Arguments) -> Collection:
        text, wanted, *rest = (single_text(collection) for collection in (given, *arguments))
        if text is None or wanted is None or None in rest:
            return EMPTY
        raw = text.encode("utf-8", "replace")
        return work(_pattern_for(frame, wanted, raw), raw, *rest)

    return run


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


def _replace(text: str, part: str, substitute: str) -> Collection:
    spend_text(len(text) + (text.count(part) if len(substitute) > len(part) else 0) * len(substitute))
    return [text.replace(part, substitute)]


def _replace_matches(compiled: re2._Regexp, text: bytes, substitute: str) -> Collection:
    # FHIRPath writes a group as $1 or ${name}, RE2 as \g<1>; everything else in the substitute is literal.
    escaped, groups = _GROUP.subn(r"\\g<\1\2>", substitute.replace("\\", "\\\\"))
    spend_text((len(text) + 1) * (len(substitute) + 1) + groups * len(text))
    try:
        return [compiled.sub(escaped.encode("utf-8", "replace"), text).decode()]
    except (IndexError, KeyError, re.error):
        message = "the substitute names a group that the regular expression does not have"
        raise NotEvaluable(message) from None


def _split(text: str, separator: str) -> Collection:
    return list(text.split(separator)) if separator else [text]


def _join(_: Frame, given: Collection, arguments: Arguments) -> Collection:
    separator = single_text(arguments[0]) if arguments else ""
    texts = [single_text([item]) or "" for item in given]
    spend_text(sum(len(text) + len(separator or "") for text in texts))
    return [(separator or "").join(texts)] if given else EMPTY


TEXT_FUNCTIONS: dict[str, tuple[int, int, Function]] = {
    "indexOf": (1, 1, _on_texts(_index_of)),
    "substring": (1, 2, _substring),
    "startsWith": (1, 1, _on_texts(lambda text, part: boxed(text.startswith(part)))),
    "endsWith": (1, 1, _on_texts(lambda text, part: boxed(text.endswith(part)))),
    "contains": (1, 1, _on_texts(lambda text, part: boxed(part in text))),
    "upper": (0, 0, _on_texts(lambda text: [text.upper()])),
    "lower": (0, 0, _on_texts(lambda text: [text.lower()])),
    "trim": (0, 0, _on_texts(lambda text: [text.strip()])),
    "replace": (2, 2, _on_texts(_replace)),
    # The reference validator searches: a pattern that must cover the whole text says so with ^ and $.
    "matches": (1, 1, _on_pattern(lambda compiled, text: boxed(compiled.search(text) is not None))),
    "matchesFull": (1, 1, _on_pattern(lambda compiled, text: boxed(compiled.fullmatch(text) is not None))),
    "replaceMatches": (2, 2, _on_pattern(_replace_matches)),
    "length": (0, 0, _on_texts(lambda text: [len(text)])),
    "toChars": (0, 0, _on_texts(list)),
    "split": (1, 1, _on_texts(_split)),
    "join": (0, 1, _join),
}
