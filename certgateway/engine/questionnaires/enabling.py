"""Whether a question of a Questionnaire is enabled, by what the response answers elsewhere.

R4's `enableWhen`: of the answers to the other question, those inside the innermost item around both count, and one that
fits is enough. Where it can't be told the answer is None. Nothing here may judge an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.fhirpath.values import NotEvaluable
from certgateway.engine.invariants import compiled, evaluated
from certgateway.engine.questionnaires.effort import affords
from certgateway.engine.questionnaires.ordering import order_of
from certgateway.engine.questionnaires.questionnaires import rows, text_of, typed_value

if TYPE_CHECKING:
    from certgateway.engine.instance import Place
    from certgateway.engine.questionnaires.questionnaires import Condition, Form, Question, Typed
    from certgateway.engine.run import Run

Tree = Any
# The items of the response around a place, each with its question, the outermost first.
Frames = tuple[tuple["Question", Tree], ...]

_ORDERED = {
    ">": lambda order: order > 0,
    "<": lambda order: order < 0,
    ">=": lambda order: order >= 0,
    "<=": lambda order: order <= 0,
}


class Enabling:
    """The conditions of one response; each is worked out once in each item that it looks into."""

    def __init__(self, run: Run, form: Form, place: Place) -> None:
        """Take the response and its compiled Questionnaire."""
        self._run = run
        self._form = form
        self._place = place
        self._answers: dict[int, dict[str, list[Typed]]] = {}
        self._known: dict[tuple[int, int], bool | None] = {}
        self._expressions: dict[str, bool | None] = {}

    def enabled(self, question: Question, frames: Frames) -> bool | None:
        """Whether a question stands open here; None where its conditions can't be judged."""
        if question.expression is not None:
            return self._expressed(question.expression)
        if not question.conditions:
            return True
        if not affords(self._run, len(question.conditions)):
            return None
        held = [self._holds(condition, frames) for condition in question.conditions]
        if len(held) == 1:
            return held[0]
        if question.every is None:
            return None
        deciding = not question.every
        return deciding if deciding in held else None if None in held else question.every

    def is_open(self, question: Question) -> bool:
        """Whether nothing but an expression that can't be tried decides on a question."""
        return question.expression is not None and self._expressed(question.expression) is None

    def _expressed(self, text: str) -> bool | None:
        if text not in self._expressions:
            expression = compiled(text) if self._form.trusted and text else None
            try:
                held = None if expression is None else evaluated(self._run, expression, self._place) is True
            except NotEvaluable:
                held = None
            self._expressions[text] = held
        return self._expressions[text]

    def _holds(self, condition: Condition | None, frames: Frames) -> bool | None:
        if condition is None:
            return None
        if condition.within is None:
            holder = self._place.value
        else:
            holder = next((item for question, item in frames if question is condition.within), None)
        if holder is None:
            return None
        key = (id(holder), id(condition))
        if key not in self._known:
            given = self._given(holder).get(condition.target.link_id, [])
            self._known[key] = _fits(condition, given) if affords(self._run, len(given)) else None
        return self._known[key]

    def _given(self, holder: Tree) -> dict[str, list[Typed]]:
        """The answers in an item (its own among them) or in the whole response, by link id."""
        found = self._answers.get(id(holder))
        if found is None:
            found = self._answers[id(holder)] = {}
            pending = [holder]
            while pending:
                item = pending.pop()
                answers = rows(item, "answer")
                link_id = text_of(item, "linkId")
                if link_id is not None:
                    typed = [value for value in map(typed_value, answers) if value is not None]
                    found.setdefault(link_id, []).extend(typed)
                pending += rows(item, "item")
                pending += [row for answer in answers for row in rows(answer, "item")]
        return found


def _fits(condition: Condition, given: list[Typed]) -> bool | None:
    """Whether one of the answers is what a condition asks for."""
    if condition.operator == "exists":
        return bool(given) is condition.expected[1] if type(condition.expected[1]) is bool else None
    told = {_fits_one(condition, answer) for answer in given}
    return True if True in told else None if None in told else False


def _fits_one(condition: Condition, answer: Typed) -> bool | None:
    types = condition.target.types
    if types is not None and answer[0] not in types:
        return None  # An answer of the wrong type is a fault by itself; what follows from it would be the same again.
    if condition.operator in ("=", "!="):
        same = _same(condition.expected, answer)
        return None if same is None else same is (condition.operator == "=")
    order = order_of(answer, condition.expected)
    test = _ORDERED.get(condition.operator)
    return None if type(order) is not int or test is None else test(order)


def _same(expected: Typed, answer: Typed) -> bool | None:
    if expected[0] != answer[0]:
        return False
    if expected[0] == "Coding":
        wanted, given = expected[1], answer[1]
        # A condition that names no system means the code in whatever system it is.
        return wanted.get("code") == given.get("code") and wanted.get("system") in (None, given.get("system"))
    if expected[0] == "Reference":
        return bool(expected[1].get("reference") == answer[1].get("reference"))
    if expected[0] in ("boolean", "string", "uri"):
        return bool(expected[1] == answer[1])
    order = order_of(answer, expected)
    return None if type(order) is not int else order == 0
