"""The syntax tree of a FHIRPath expression becomes Python closures, once, so that evaluating is calling.

Every construct has two forms: `run` gives a collection, `test` a three-valued answer without boxing it. Parts that
depend on the resource alone are evaluated once for a resource. What has no closure raises `NotCompilable`.
"""

from __future__ import annotations

from certgateway.engine.fhirpath import loops, operators
from certgateway.engine.fhirpath.environment import EMPTY, TEXT_VARIABLES, Frame, Function, Run, Test, boxed
from certgateway.engine.fhirpath.functions import FUNCTIONS
from certgateway.engine.fhirpath.numbers import NUMBER_FUNCTIONS, negate
from certgateway.engine.fhirpath.syntax import (
    Binary,
    Call,
    Index,
    Literal,
    Member,
    Negative,
    NotCompilable,
    Special,
    Syntax,
    Variable,
    type_name,
)
from certgateway.engine.fhirpath.texts import TEXT_FUNCTIONS, pattern
from certgateway.engine.fhirpath.values import Collection, Node, truth

_FUNCTIONS: dict[str, tuple[int, int, Function]] = {**FUNCTIONS, **TEXT_FUNCTIONS, **NUMBER_FUNCTIONS}
# These need an answer from outside that only some callers can give.
OPTIONAL_FUNCTIONS = frozenset({"memberOf", "conformsTo"})
_TEMPORAL_FUNCTIONS = frozenset({"now", "today", "timeOfDay"})
_TYPE_TESTS = frozenset({"is", "as", "ofType"})
_LOGIC = {
    "and": operators.both,
    "or": operators.either,
    "xor": operators.one_of_two,
    "implies": operators.implied,
}


_COMPARISONS = frozenset({"=", "!=", "~", "!~", "<", ">", "<=", ">="})
# A step from fewer items than this costs nothing worth counting.
_MANY = 16
_CONDITIONS = frozenset({"exists", "empty", "not", "all"})


def compile_run(syntax: Syntax, supported: frozenset[str]) -> Run:
    """The closure that gives the collection; raises `NotCompilable`."""
    return _Compiler(supported).run(syntax)


def compile_test(syntax: Syntax, supported: frozenset[str]) -> Test:
    """The closure that gives the three-valued answer; raises `NotCompilable`."""
    return _Compiler(supported).test(syntax)


class _Compiler:
    def __init__(self, supported: frozenset[str]) -> None:
        self.supported = supported

    def run(self, syntax: Syntax) -> Run:
        """A closure for the collection of any expression."""
        run = self._plain(syntax)
        if isinstance(syntax, Member | Call | Index | Binary) and is_fixed(syntax):
            return operators.remembered(run, object())
        return run

    def test(self, syntax: Syntax) -> Test:
        """A closure for the truth of any expression."""
        test = None if is_fixed(syntax) else self._test(syntax)
        if test is not None:
            return test
        run = self.run(syntax)
        return lambda frame: truth(run(frame))

    def _plain(self, syntax: Syntax) -> Run:
        test = self._test(syntax)
        if test is not None:
            return lambda frame: boxed(test(frame))
        if isinstance(syntax, Literal):
            fixed: Collection = EMPTY if syntax.value is None else [syntax.value]
            return lambda _: fixed
        if isinstance(syntax, Member):
            return self._member(syntax)
        if isinstance(syntax, Call):
            return self._call(syntax)
        if isinstance(syntax, Binary):
            return self._binary(syntax)
        return self._simple(syntax)

    def _simple(self, syntax: Syntax) -> Run:
        if isinstance(syntax, Index):
            return operators.indexed(self.run(syntax.left), self.run(syntax.index))
        if isinstance(syntax, Negative):
            operand = self.run(syntax.operand)
            return lambda frame: negate(operand(frame))
        if isinstance(syntax, Variable):
            return _variable(syntax.name)
        return _special(syntax.name) if isinstance(syntax, Special) else self._plain(syntax)

    def _test(self, syntax: Syntax) -> Test | None:
        """A direct test where the construct has one; None where its collection must be looked at."""
        if isinstance(syntax, Binary):
            return self._binary_test(syntax)
        if isinstance(syntax, Call) and syntax.name in _CONDITIONS:
            return self._call_test(syntax)
        return None

    def _binary_test(self, syntax: Binary) -> Test | None:
        operator = syntax.operator
        if operator in _LOGIC:
            return _LOGIC[operator](self.test(syntax.left), self.test(syntax.right))
        if operator in {"in", "contains"}:
            return self._membership(syntax)
        if operator not in _COMPARISONS:
            return None
        if operator in {"=", "!="}:
            return self._equality(syntax)
        left, right = self.run(syntax.left), self.run(syntax.right)
        if operator in {"~", "!~"}:
            return operators.is_equivalent(left, right, wanted=operator == "~")
        return operators.is_ordered(operator, left, right)

    def _equality(self, syntax: Binary) -> Test:
        wanted = syntax.operator == "="
        if _is_condition(syntax.left) and _is_condition(syntax.right):
            return operators.is_same_truth(self.test(syntax.left), self.test(syntax.right), wanted=wanted)
        return operators.is_equal(self.run(syntax.left), self.run(syntax.right), wanted=wanted)

    def _membership(self, syntax: Binary) -> Test:
        item, group = (syntax.left, syntax.right) if syntax.operator == "in" else (syntax.right, syntax.left)
        if is_fixed(group):
            return operators.is_member_of_fixed(self.run(item), self.run(group), object())
        return operators.is_member(self.run(item), self.run(group))

    def _call_test(self, syntax: Call) -> Test:
        _check_count(syntax, (1, 1) if syntax.name == "all" else (0, 1) if syntax.name == "exists" else (0, 0))
        if syntax.name == "all":
            return loops.all_hold(self._input(syntax), self.test(syntax.arguments[0]))
        if syntax.name == "exists" and syntax.arguments:
            return loops.any_holds(self._input(syntax), self.test(syntax.arguments[0]))
        if syntax.name == "not":
            inner = self.test(syntax.left) if syntax.left is not None else lambda frame: truth(frame.focus)
            return lambda frame: None if (answer := inner(frame)) is None else not answer
        wanted = syntax.name == "exists"
        step = syntax.left
        if isinstance(step, Member) and step.left is None and not step.name[:1].isupper():
            return operators.has_child(step.name, wanted=wanted)
        given = self._input(syntax)
        return lambda frame: bool(given(frame)) is wanted

    def _binary(self, syntax: Binary) -> Run:
        operator = syntax.operator
        if operator in {"is", "as"}:
            return loops.typed(operator, self.run(syntax.left), type_name(syntax.right))
        left, right = self.run(syntax.left), self.run(syntax.right)
        if operator == "|":
            return operators.united(left, right)
        if operator == "&":
            return operators.joined(left, right)
        return operators.computed(operator, left, right)

    def _member(self, syntax: Member) -> Run:
        name = syntax.name
        if syntax.left is None and name[:1].isupper():
            return _type_or_child(name)
        given = _focus if syntax.left is None else self.run(syntax.left)

        def run(frame: Frame) -> Collection:
            found: Collection = []
            children = frame.model.children
            items = given(frame)
            if len(items) > _MANY:
                frame.spend(len(items))
            for item in items:
                if type(item) is Node:
                    children(item, name, found)
            return found

        return run

    def _input(self, syntax: Call) -> Run:
        return _focus if syntax.left is None else self.run(syntax.left)

    def _call(self, syntax: Call) -> Run:
        name = syntax.name
        if name in _TYPE_TESTS:
            _check_count(syntax, (1, 1))
            return loops.typed(name, self._input(syntax), type_name(syntax.arguments[0]))
        if name in {"where", "select", "repeat", "iif", "aggregate"}:
            return self._loop(syntax)
        if name not in _FUNCTIONS or (name in OPTIONAL_FUNCTIONS and name not in self.supported):
            message = f"the function {name}() is not supported"
            raise NotCompilable(message)
        fewest, most, function = _FUNCTIONS[name]
        _check_count(syntax, (fewest, most))
        _check_pattern(syntax)
        given = self._input(syntax)
        # trace() is the identity: its projection is parsed, and then left alone.
        arguments = [] if name == "trace" else [self.run(argument) for argument in syntax.arguments]
        return lambda frame: function(frame, given(frame), [argument(frame) for argument in arguments])

    def _loop(self, syntax: Call) -> Run:
        given, arguments = self._input(syntax), syntax.arguments
        _check_count(syntax, {"iif": (2, 3), "aggregate": (1, 2)}.get(syntax.name, (1, 1)))
        if syntax.name == "where":
            return loops.where(given, self.test(arguments[0]))
        if syntax.name == "select":
            return loops.select(given, self.run(arguments[0]))
        if syntax.name == "repeat":
            return loops.repeat(given, self.run(arguments[0]))
        runs = [self.run(argument) for argument in arguments[1:]]
        if syntax.name == "iif":
            return loops.choose(given, self.test(arguments[0]), runs[0], runs[1] if len(runs) > 1 else None)
        return loops.aggregate(given, self.run(arguments[0]), runs[0] if runs else None)


def _is_condition(syntax: Syntax) -> bool:
    """Whether the answer is true, false or nothing, whatever the input."""
    if isinstance(syntax, Binary):
        return syntax.operator in _LOGIC or syntax.operator in _COMPARISONS
    return isinstance(syntax, Call) and syntax.name in _CONDITIONS


def is_fixed(syntax: Syntax) -> bool:
    """Whether the collection is the same wherever in the resource it is evaluated."""
    if isinstance(syntax, Variable):
        return syntax.name != "context"
    if isinstance(syntax, Literal):
        return True
    if isinstance(syntax, Member):
        return syntax.left is not None and is_fixed(syntax.left)
    if isinstance(syntax, Call):
        return _is_fixed_call(syntax)
    if isinstance(syntax, Binary):
        is_type = syntax.operator in {"is", "as"}
        return is_fixed(syntax.left) and (is_type or is_fixed(syntax.right))
    return isinstance(syntax, Index) and is_fixed(syntax.left) and is_fixed(syntax.index)


def _is_fixed_call(syntax: Call) -> bool:
    if syntax.left is None or syntax.name in _TEMPORAL_FUNCTIONS or not is_fixed(syntax.left):
        return False
    if syntax.name in _TYPE_TESTS:
        return True
    # A criterion looks at the items of the fixed collection, but may still name a loop around it.
    return all(is_fixed(argument) for argument in syntax.arguments)


def _focus(frame: Frame) -> Collection:
    return frame.focus


def _type_or_child(name: str) -> Run:
    """A capitalised name at the head of a path: the focus itself if it is of that type, else a child."""

    def run(frame: Frame) -> Collection:
        found: Collection = []
        for item in frame.focus:
            if type(item) is Node and frame.model.descends(item.type, name):
                found.append(item)
            elif type(item) is Node:
                frame.model.children(item, name, found)
        return found

    return run


def _variable(name: str) -> Run:
    if name == "resource":
        return lambda frame: [frame.environment.resource]
    if name == "rootResource":
        return lambda frame: [frame.environment.root_resource or frame.environment.resource]
    if name == "context":
        return lambda frame: [frame.context]
    fixed: Collection = [_variable_text(name)]
    return lambda _: fixed


def _variable_text(name: str) -> str:
    if name in TEXT_VARIABLES:
        return TEXT_VARIABLES[name]
    if name.startswith("vs-"):
        return "http://hl7.org/fhir/ValueSet/" + name[3:]
    if name.startswith("ext-"):
        return "http://hl7.org/fhir/StructureDefinition/" + name[4:]
    message = f"the variable %{name} is not known"
    raise NotCompilable(message)


def _special(name: str) -> Run:
    if name == "index":
        return lambda frame: [frame.index]
    return (lambda frame: frame.total) if name == "total" else _focus


def _check_count(syntax: Call, allowed: tuple[int, int]) -> None:
    if not allowed[0] <= len(syntax.arguments) <= allowed[1]:
        message = f"the function {syntax.name}() has a wrong number of arguments"
        raise NotCompilable(message)


def _check_pattern(syntax: Call) -> None:
    if syntax.name not in {"matches", "matchesFull", "replaceMatches"}:
        return
    argument = syntax.arguments[0]
    if isinstance(argument, Literal) and isinstance(argument.value, str):
        pattern(argument.value)
