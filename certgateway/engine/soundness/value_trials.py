"""What a rule asks of a value by itself, as trials for `profiles`: fixed value, pattern, codes, bounds, length.

They rest on what that rests on: base R4 has found nothing wrong with the value. Nothing here may look further
than the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.bounds import within
from certgateway.engine.codes import CODED, allowed_codes, in_value_set
from certgateway.engine.soundness.shapes import Trial, never
from certgateway.engine.values import equals, pattern_test

if TYPE_CHECKING:
    from certgateway.engine.codes import AllowedCodes
    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.profiles.profiles import Rule

Tree = Any


def value_trials(rule: Rule, code: str, definitions: Definitions) -> list[Trial]:
    """The trials of a value of type `code`."""
    trials: list[Trial] = [] if rule.refined is None else [never]
    if rule.fixed is not None:
        trials.append(_is_equal(rule.fixed.value))
    if rule.pattern is not None:
        trials.append(_has_pattern(rule.pattern.value))
    if rule.value_set is not None and code in CODED:
        allowed = allowed_codes(definitions, rule.value_set)
        if allowed is not None:
            trials.append(_is_among(allowed, code))
    least, most = rule.least, rule.most
    if least is not None or most is not None:
        trials.append(lambda value, _scope, _run: within(least, most, value, code))
    if rule.max_length is not None or rule.min_length:
        shortest, longest = rule.min_length, rule.max_length
        trials.append(lambda value, _scope, _run: _fits(value, shortest, longest))
    return trials


def _is_equal(wanted: Tree) -> Trial:
    if isinstance(wanted, str):
        return lambda value, _scope, _run: value == wanted
    return lambda value, _scope, _run: equals(wanted, value)


def _has_pattern(pattern: Tree) -> Trial:
    test = pattern_test(pattern)
    return lambda value, _scope, _run: test(value)


def _is_among(allowed: AllowedCodes, code: str) -> Trial:
    if code != "CodeableConcept":
        return lambda value, _scope, _run: in_value_set(allowed, value, code)
    codes_of = allowed.by_system.get

    def trial(value: Tree, _scope: object, _run: object) -> bool:
        for coding in value.get("coding", ()):
            if coding.get("code") in codes_of(coding.get("system"), ()):
                return True
        return in_value_set(allowed, value, code)

    return trial


def _fits(value: Tree, shortest: int, longest: int | None) -> bool:
    return not isinstance(value, str) or (shortest <= len(value) and (longest is None or len(value) <= longest))
