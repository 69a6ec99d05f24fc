"""Sorts values into slices by what costs one look: a label, a fixed value, a pattern, or a type.

It serves `profiles` and rests on what that rests on. Slices told apart by anything else are left to `slices`, which
alone decides for faults; nothing is guessed here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from certgateway.engine.instance import steps_of
from certgateway.engine.profiles.plans import allows
from certgateway.engine.slices import DEFAULT
from certgateway.engine.values import equals, pattern_test

if TYPE_CHECKING:
    from collections.abc import Sequence

    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.profiles.plans import RulePlan, Sorting, Test
    from certgateway.engine.profiles.profiles import Rule
    from certgateway.engine.slice_tests import SliceTests

Tree = Any
Sorter = Callable[[Tree], int | None]
# What a value is known by: a text, or whether it is of a CodeableConcept, with system and code.
Mark = str | tuple[bool, str | None, str | None]


def quick_sorter(plan: RulePlan, kind: str, slice_tests: SliceTests, definitions: Definitions) -> Sorter | None:
    """Which slice of a rule a value of type `kind` belongs to, by number; the answer is None for one that is in none.

    There is no such function where telling takes more than a label, a fixed value, a pattern or a type at the end of
    names.
    """
    if any(each.rule.slice_name == DEFAULT for each in plan.slices):
        return None
    sorting = slice_tests.sorting_of(plan)
    if sorting.tests and all(len(each) == 1 and _is_by_value(each[0]) for each in sorting.tests):
        names = _keys(sorting.tests[0][0].steps, kind, definitions)
        if names is None:
            return None
        rules = [each[0].rules for each in sorting.tests]
        marks = _marks(rules)
        return _by_value(rules, names) if marks is None else _by_mark(marks, names)
    return _by_type(plan, sorting, kind, definitions)


def _by_type(plan: RulePlan, sorting: Sorting, kind: str, definitions: Definitions) -> Sorter | None:
    """The first slice that the type of the value itself, or of the resource in an entry, is one of."""
    tests = [each[0] for each in sorting.tests if len(each) == 1 and each[0].kind == "type" and each[0].codes]
    if len(tests) < len(plan.slices) or any(test.steps != tests[0].steps for test in tests):
        return None

    def number_for(code: str) -> int | None:
        fits = (any(allows(each, code, definitions) for each in test.codes) for test in tests)
        return next((at for at, fit in enumerate(fits) if fit), None)

    if kind != "Resource" and tests[0].steps == ():
        number = number_for(kind)
        return lambda _value: number
    if tests[0].steps != (("name", "resource"),) or kind != "Bundle.entry":
        return None
    by_type: dict[str, int | None] = {}

    def number_of(value: Tree) -> int | None:
        resource = value.get("resource")
        name = resource["resourceType"] if resource is not None else ""
        if name not in by_type:
            by_type[name] = number_for(name)
        return by_type[name]

    return number_of


def _keys(steps: tuple[tuple[str, str], ...], code: str, definitions: Definitions) -> list[str] | None:
    """The JSON keys that steps by name stand for; None where one isn't by name, is a choice, or leads into a text."""
    keys: list[str] = []
    for kind, name in steps:
        facts = definitions.type(code)
        if facts is not None and facts.kind == "primitive-type":
            return None
        step = steps_of(definitions).step(code, name) if kind == "name" else None
        if step is None or step.only is None:
            return None
        keys.append(step.only[0])
        code = step.only[2]
    return keys


def _marks(rules: Sequence[tuple[Rule, ...]]) -> dict[Mark, int] | None:
    """The first slice for each mark that slices are known by; None where one is known by something else."""
    found: dict[Mark, int] = {}
    for number, each in enumerate(rules):
        for rule in each:
            mark = _mark(rule)
            if mark is None:
                return None
            found.setdefault(mark, number)
    return found


def _mark(rule: Rule) -> Mark | None:
    """A text; or system and code of a Coding, or of one in a CodeableConcept, None for what isn't told."""
    if rule.fixed is not None:
        return rule.fixed.value if isinstance(rule.fixed.value, str) else None
    wanted = rule.pattern.value if rule.pattern is not None else None
    if isinstance(wanted, str):
        return wanted
    in_concept = isinstance(wanted, dict) and wanted.keys() == {"coding"}
    codings = wanted["coding"] if isinstance(wanted, dict) and in_concept else [wanted]
    coding = codings[0] if isinstance(codings, list) and len(codings) == 1 else None
    if not isinstance(coding, dict) or not coding or not coding.keys() <= {"system", "code"}:
        return None
    pair = (coding.get("system"), coding.get("code"))
    return (in_concept, *pair) if all(part is None or isinstance(part, str) for part in pair) else None


def _by_mark(marks: dict[Mark, int], keys: list[str]) -> Sorter:
    """The first slice that a mark at the end of these keys names."""
    if all(type(mark) is str for mark in marks) and len(keys) == 1:
        number_for, key = marks.get, keys[0]
        return lambda value: number_for(value.get(key))
    codings = {mark[1:]: number for mark, number in marks.items() if type(mark) is tuple and mark[0]}
    if len(keys) == 1 and len(codings) == len(marks) and all(None not in pair for pair in codings):
        return _by_concept(codings, keys[0])
    # How much of a coding the marks tell: a look for what none of them tells would find nothing.
    told = sorted({(mark[0], mark[1] is not None, mark[2] is not None) for mark in marks if type(mark) is tuple})

    def number_of(value: Tree) -> int | None:
        found: list[int] = []
        for one in _gathered(value, keys):
            if type(one) is not dict:
                found += [marks[one]] if type(one) is str and one in marks else ()
                continue
            for in_concept, by_system, by_code in told:
                for coding in one.get("coding", ()) if in_concept else (one,):
                    system, code = by_system and coding.get("system"), by_code and coding.get("code")
                    mark = (in_concept, system or None, code or None)
                    if mark in marks:
                        found.append(marks[mark])
        return min(found) if found else None

    return number_of


def _by_concept(marks: dict[tuple[str | None, str | None], int], key: str) -> Sorter:
    """The first slice that a Coding, by system and code, in the concepts under a key names."""

    def number_of(value: Tree) -> int | None:
        found = None
        inner = value.get(key)
        for concept in inner if type(inner) is list else () if inner is None else (inner,):
            for coding in concept.get("coding", ()):
                number = marks.get((coding.get("system"), coding.get("code")))
                if number is not None and (found is None or number < found):
                    found = number
        return found

    return number_of


def _gathered(value: Tree, keys: list[str]) -> Sequence[Tree]:
    """What stands at the end of keys; most lead one step to one element."""
    if not keys:
        return (value,)
    if len(keys) == 1:
        inner = value.get(keys[0])
        return inner if type(inner) is list else () if inner is None else (inner,)
    found: list[Tree] = []
    _gather(value, keys, 0, found)
    return found


def _is_by_value(test: Test) -> bool:
    """Whether a slice is known by fixed values and patterns alone."""
    told = all(rule.fixed is not None or rule.pattern is not None for rule in test.rules)
    return test.kind == "value" and bool(test.rules) and told


def _by_value(rules: Sequence[tuple[Rule, ...]], keys: list[str]) -> Sorter:
    """The first slice one of whose fixed values or patterns stands at the end of these keys."""
    tests = [[_of_rule(rule) for rule in each] for each in rules]

    def number_of(value: Tree) -> int | None:
        found = _gathered(value, keys)
        for number, each in enumerate(tests):
            if any(test(one) for test in each for one in found):
                return number
        return None

    return number_of


def _of_rule(rule: Rule) -> Callable[[Tree], bool]:
    fixed = rule.fixed.value if rule.fixed is not None else None
    pattern = rule.pattern.value if rule.pattern is not None else None
    return partial(equals, fixed) if fixed is not None else pattern_test(pattern)


def _gather(value: Tree, keys: list[str], at: int, found: list[Tree]) -> None:
    """What stands at the end of keys, through single elements and lists."""
    if at == len(keys):
        found.append(value)
        return
    inner = value.get(keys[at])
    for each in inner if type(inner) is list else () if inner is None else (inner,):
        _gather(each, keys, at + 1, found)
