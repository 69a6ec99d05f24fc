"""Judges one answer of a QuestionnaireResponse by its question: type, options, value set, bounds, length, form, unit.

The first fault of a value says enough. Nothing here may know where in the Questionnaire a question stands, or quote
what was answered.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certgateway import safejson
from certgateway.engine.codes import in_value_set
from certgateway.engine.fhirpath.syntax import NotCompilable
from certgateway.engine.fhirpath.texts import pattern
from certgateway.engine.instance import path_of, type_of
from certgateway.engine.primitives import check_for
from certgateway.engine.questionnaires.effort import affords
from certgateway.engine.questionnaires.ordering import has_formal_unit, is_number, order_of
from certgateway.engine.questionnaires.questionnaires import ANSWER_TYPES, key_of, text_of, typed_value
from certgateway.engine.references import stated_type
from certgateway.engine.values import as_text, listed

if TYPE_CHECKING:
    from certgateway.engine.findings import Severity
    from certgateway.engine.instance import Scope, Trail
    from certgateway.engine.questionnaires.questionnaires import Codes, Form, Option, Question, Typed
    from certgateway.engine.run import Run

Tree = Any


class AnswerValues:
    """Judges the values of one response."""

    def __init__(self, run: Run, form: Form, scope: Scope) -> None:
        """Take where faults go, the Questionnaire, and where references of the response lead."""
        self._run = run
        self._form = form
        self._scope = scope

    def check(self, question: Question, answer: Tree, answer_trail: Trail, count: int) -> None:
        """Judge one answer, of `count` to the same question."""
        typed = typed_value(answer)
        trail: Trail = (answer_trail, "value", None)
        if typed is None or not _is_readable(typed):
            return  # Nothing to judge: only extensions, or what base R4 has refused.
        if question.types is not None and typed[0] not in question.types:
            self._refuse("answer-type-wrong", question, trail, " | ".join(question.types))
            return
        if self._is_listed(question, typed, trail, count) and self._is_in_form(question, typed, trail):
            self._check_limits(question, typed, trail)

    def _refuse(
        self, kind: str, question: Question, trail: Trail, expected: str, *, severity: Severity = "error"
    ) -> None:
        # What base R4 has refused already, and what is refused for one reason, is one fault.
        if path_of(trail) not in self._run.faulty:
            self._run.add(kind, trail, expected, severity=severity, detail={"question": question.link_id})

    def _is_listed(self, question: Question, typed: Typed, trail: Trail, count: int) -> bool:
        """Judge an answer by the options or the value set of its question."""
        if question.kind == "open-choice" and typed[0] == "string":
            return True
        if question.options:
            return self._is_option(question, typed, trail, count)
        if question.codes is None or typed[0] != "Coding":
            return True
        if _may_hold(question.codes, typed[1]):
            return True
        # A code without its system means nothing certain: as HL7's reference validator has it, worth a warning.
        known = question.codes.listed
        is_vague = "system" not in typed[1] and (known is None or text_of(typed[1], "code") in known.any_system)
        severity: Severity = "warning" if is_vague else "error"
        self._refuse("answer-not-allowed", question, trail, question.codes.value_set, severity=severity)
        return False

    def _is_option(self, question: Question, typed: Typed, trail: Trail, count: int) -> bool:
        found = question.options.get(key_of(*typed))
        if found is None:
            self._refuse("answer-not-allowed", question, trail, listed(map(_option_text, question.options.values())))
        elif found.exclusive and count > 1:
            self._refuse("answer-not-alone", question, trail, _option_text(found))
        return found is not None

    def _is_in_form(self, question: Question, typed: Typed, trail: Trail) -> bool:
        """Judge what a regular expression is for."""
        _, value = typed
        regex = question.limits.regex
        if regex is None or type(value) is not str:
            return True
        try:
            # An expression of the sender's own could be made to run for hours.
            matcher = pattern(regex) if self._form.trusted else None
        except NotCompilable:
            matcher = None
        if matcher is None:
            self._run.add("answer-not-tried", trail, severity="warning", detail={"question": question.link_id})
        elif matcher.fullmatch(value) is None:
            self._refuse("answer-format-wrong", question, trail, question.limits.entry_format or regex)
            return False
        return True

    def _check_limits(self, question: Question, typed: Typed, trail: Trail) -> None:
        limits, (type_, value) = question.limits, typed
        if limits.least is not None or limits.most is not None:
            self._check_bounds(question, typed, trail)
        if limits.max_length is not None or limits.min_length:
            self._check_length(question, value, trail)
        if limits.decimals is not None:
            number = value.get("value") if type_ == "Quantity" else value
            if type(number) is Decimal and -int(number.as_tuple().exponent) > limits.decimals:
                self._refuse("answer-too-precise", question, trail, str(limits.decimals))
        if type_ == "Quantity" and (limits.units or limits.unit_codes is not None):
            self._check_unit(question, value, trail)
        elif type_ == "Attachment" and (limits.mime_types or limits.max_size is not None):
            self._check_file(question, value, trail)
        elif type_ == "Reference" and limits.targets:
            self._check_target(question, value, trail)

    def _check_bounds(self, question: Question, typed: Typed, trail: Trail) -> None:
        bounds = (question.limits.least, question.limits.most)
        given = [bound for bound in bounds if bound is not None]
        if typed[0] == "Quantity" and not all(map(has_formal_unit, (typed[1], *(value for _, value in given)))):
            # As HL7's reference validator has it: without codes of units nobody can say that a limit is kept.
            self._refuse("answer-unit-wrong", question, trail, _bounds_text(given))
            return
        for bound, wrong in zip(bounds, (-1, 1), strict=True):
            order = None if bound is None else order_of(typed, bound)
            if order is False:
                self._refuse("answer-unit-wrong", question, trail, _bounds_text(given))
            elif order == wrong and type(order) is int:
                self._refuse("answer-out-of-range", question, trail, _bounds_text(bounds))

    def _check_length(self, question: Question, value: Tree, trail: Trail) -> None:
        text = safejson.number_text(Decimal(value)) if is_number(value) else value
        if type(text) is not str:
            return
        limits = question.limits
        if limits.max_length is not None and len(text) > limits.max_length:
            self._refuse("answer-too-long", question, trail, str(limits.max_length))
        elif len(text) < limits.min_length:
            self._refuse("answer-too-short", question, trail, str(limits.min_length))

    def _check_unit(self, question: Question, quantity: Tree, trail: Trail) -> None:
        limits = question.limits
        if limits.units:
            if affords(self._run, len(limits.units)) and not any(_is_unit(unit, quantity) for unit in limits.units):
                names = (str(unit.get("code") or unit.get("display")) for unit in limits.units)
                self._refuse("answer-unit-wrong", question, trail, listed(names))
        elif limits.unit_codes is not None and not _may_hold(limits.unit_codes, quantity):
            self._refuse("answer-unit-wrong", question, trail, limits.unit_codes.value_set)

    def _check_file(self, question: Question, attachment: Tree, trail: Trail) -> None:
        limits, received = question.limits, attachment.get("contentType")
        if not affords(self._run, len(limits.mime_types)):
            return
        if limits.mime_types and not any(_is_mime_type(received, allowed) for allowed in limits.mime_types):
            self._refuse("answer-file-type-wrong", question, trail, listed(limits.mime_types))
        elif limits.max_size is not None and _size(attachment) > limits.max_size:
            self._refuse("answer-file-too-large", question, trail, str(limits.max_size))

    def _check_target(self, question: Question, reference: Tree, trail: Trail) -> None:
        named = reference.get("reference")
        found = self._scope.find(named) if type(named) is str and named else []
        name = type_of(found[0][0]) if found else stated_type(reference, self._run.definitions)
        if name and affords(self._run, len(question.limits.targets)) and name not in question.limits.targets:
            self._refuse("reference-target-wrong", question, trail, listed(question.limits.targets))


def _is_readable(typed: Typed) -> bool:
    """Whether base R4 takes the value for what its name says."""
    type_, value = typed
    if type_ not in ANSWER_TYPES:
        return False
    return isinstance(value, dict) if type_[0].isupper() else check_for(type_)(value) is None


def _option_text(option: Option) -> str:
    if isinstance(option.value, dict):
        return str(option.value.get("code") or option.value.get("reference") or option.value.get("display"))
    return as_text(option.value)


def _may_hold(codes: Codes, coded: Tree) -> bool:
    """Whether the code of a Coding or Quantity may be in the set; what can't be listed may hold all of its systems."""
    if codes.listed is not None:
        return in_value_set(codes.listed, coded, "Coding")
    return codes.systems is None or text_of(coded, "system") in codes.systems


def _is_unit(option: Tree, quantity: Tree) -> bool:
    """Whether a quantity is in a unit: by code and system, by its words where the option has no code."""
    if "code" in option:
        return all(option.get(name) in (None, quantity.get(name)) for name in ("code", "system"))
    return option.get("display") in (quantity.get("unit"), quantity.get("code"))


def _is_mime_type(received: object, allowed: str) -> bool:
    """`image/gif` is `image/gif` with or without parameters; `image/*` and `image` stand for all below."""
    if type(received) is not str:
        return False
    given, wanted = received.lower(), allowed.lower().removesuffix("*").removesuffix("/")
    return given == wanted or given.startswith((wanted + "/", wanted + ";"))


def _size(attachment: Tree) -> int:
    """The bytes of the data, or the size that is stated of what lies elsewhere."""
    data, size = attachment.get("data"), attachment.get("size")
    if type(data) is not str:
        return size if type(size) is int else 0
    plain = "".join(data.split())
    return len(plain) * 3 // 4 - (len(plain) - len(plain.rstrip("=")))


def _bounds_text(bounds: tuple[Typed | None, ...] | list[Typed]) -> str:
    """Both bounds, or all there are, with their units: `5 kg - 50 kg`, `2020 -`."""
    return " - ".join("" if bound is None else _bound_text(bound[1]) for bound in bounds).strip()


def _bound_text(value: Tree) -> str:
    if not isinstance(value, dict):
        return as_text(value)
    return f"{as_text(value.get('value'))} {value.get('code') or value.get('unit') or ''}".strip()
