"""Judges a QuestionnaireResponse against its Questionnaire: which items, where, in what order, how often, how answered.

Base R4 has judged the response; what is misshapen in it is passed over. A Questionnaire that isn't here judges nothing
and is named. Nothing here may judge a single value (`answer_values`) or quote what was answered.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from certgateway.engine.instance import type_of
from certgateway.engine.questionnaires.answer_values import AnswerValues
from certgateway.engine.questionnaires.conditions import check_conditions
from certgateway.engine.questionnaires.effort import affords, is_exhausted
from certgateway.engine.questionnaires.enabling import Enabling
from certgateway.engine.questionnaires.questionnaires import text_of
from certgateway.engine.questionnaires.sources import form_of
from certgateway.engine.references import stated_type
from certgateway.engine.values import as_text, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgateway.engine.findings import Severity
    from certgateway.engine.instance import Place, Trail
    from certgateway.engine.questionnaires.enabling import Frames
    from certgateway.engine.questionnaires.questionnaires import Form, Items, Question
    from certgateway.engine.run import Run

Tree = Any
# An object in a list, with its trail.
Row = tuple[dict[str, Tree], "Trail"]

_FINISHED = frozenset({"completed", "amended"})
_ANSWERLESS = frozenset({"group", "display"})


def check_questioning(run: Run, place: Place) -> None:
    """Judge a Questionnaire's conditions, or a QuestionnaireResponse's answers."""
    if place.type == "Questionnaire":
        check_conditions(run, place)
    elif run.options.answers:
        check_answers(run, place)


def check_answers(run: Run, place: Place) -> None:
    """Judge the answers of a QuestionnaireResponse, where it names a Questionnaire."""
    canonical = text_of(place.value, "questionnaire")
    if canonical is None:
        return
    form = form_of(run, canonical, place)
    if form is not None:
        _Response(run, form, place).check()
    elif canonical.startswith("#") and not place.scope.contained(canonical):
        run.add("reference-unresolved", (place.trail, "questionnaire", None))
    elif run.options.unknown_profile is not None:
        run.add("questionnaire-unknown", (place.trail, "questionnaire", None), severity=run.options.unknown_profile)


class _Response:
    """One response under judgement."""

    def __init__(self, run: Run, form: Form, place: Place) -> None:
        self._run = run
        self._form = form
        self._place = place
        self._enabling = Enabling(run, form, place)
        self._values = AnswerValues(run, form, place.scope)
        # Questions that were answered though nobody asks them: what hangs on their answers isn't asked for either.
        self._not_asked: set[str] = set()
        # What is left open is a fault of a finished response only; of any other it is worth knowing.
        self._missing: Severity = "error" if text_of(place.value, "status") in _FINISHED else "warning"

    def check(self) -> None:
        """Judge the subject and all items."""
        self._subject()
        self._items(self._form.top, self._place.value, self._place.trail, ())
        if is_exhausted(self._run):
            self._run.add("answer-not-tried", self._place.trail, severity="warning", detail={"question": "item"})

    def _subject(self) -> None:
        subject, allowed = self._place.value.get("subject"), self._form.subject_types
        if not allowed or not isinstance(subject, dict):
            return
        named = text_of(subject, "reference")
        found = self._place.scope.find(named) if named else []
        name = type_of(found[0][0]) if found else stated_type(subject, self._run.definitions)
        if name and name not in allowed:
            self._run.add("answer-subject-wrong", (self._place.trail, "subject", None), " | ".join(allowed))

    def _items(self, questions: Items, holder: Tree, trail: Trail, frames: Frames) -> None:
        """Judge the items below the response, a group or an answer."""
        found: dict[str, list[Row]] = {}
        last = -1
        for row, row_trail in _listed(holder, "item", trail):
            link_id = text_of(row, "linkId")
            question = questions.by_link.get(link_id or "")
            if question is None:
                self._stranger(link_id, questions, row, row_trail)
                continue
            if question.rank < last:
                self._add("answer-out-of-order", row_trail, question, question.link_id)
            last = question.rank
            found.setdefault(question.link_id, []).append((row, row_trail))
        for link_id, given in found.items():
            self._question(questions.by_link[link_id], given, frames)
        if affords(self._run, len(questions.required)):
            for question in questions.required:
                if question.link_id not in found:
                    self._absent(question, trail, frames)

    def _stranger(self, link_id: str | None, questions: Items, row: Tree, trail: Trail) -> None:
        """Report an item that doesn't belong here; what it holds is judged by its own question if it has one."""
        if link_id is None:
            return  # Base R4 misses the linkId.
        known = self._form.questions.get(link_id)
        if known is None:
            self._run.add("answer-unknown", trail, listed(questions.by_link) or "–")  # noqa: RUF001  A dash for none.
            return
        self._add("answer-misplaced", trail, known, _home(known))
        self._item(known, row, trail, ())

    def _question(self, question: Question, found: list[Row], frames: Frames) -> None:
        """Judge all items of one question in one place."""
        enabled = self._enabling.enabled(question, frames)
        given = [row_trail for row, row_trail in found if "answer" in row or "item" in row]
        if enabled is False:
            self._not_asked.update((question.link_id,) if given else ())
            for row_trail in given:
                self._add("answer-disabled", row_trail, question, question.link_id)
            return
        if enabled is None and (given or question.required):
            self._untried(question, found[0][1])
        self._count(question, found)
        for row, row_trail in found:
            self._item(question, row, row_trail, frames, required=question.required and enabled is True)

    def _count(self, question: Question, found: list[Row]) -> None:
        """Judge how often an item stands: once, or as a group may be repeated."""
        most = question.most
        if most is not None and len(found) > most:
            self._add("answer-repeated", found[most][1], question, question.link_id, limit=most)
        elif question.kind == "group" and len(found) < question.least:
            self._too_few(question, found[0][1])

    def _untried(self, question: Question, trail: Trail) -> None:
        """Say that nobody knows whether a question is asked."""
        if self._enabling.is_open(question):
            self._add("answer-not-tried", trail, question, None, severity="warning")

    def _absent(self, question: Question, trail: Trail, frames: Frames) -> None:
        enabled = self._enabling.enabled(question, frames)
        if enabled is None:
            self._untried(question, trail)
        # One that stands elsewhere is misplaced; that it isn't here is the same fault.
        elif enabled and question.link_id not in self._misplaced:
            self._left_open(question, trail)

    @cached_property
    def _misplaced(self) -> set[str]:
        return set(_misplaced(self._form, self._place.value, None))

    def _item(self, question: Question, row: Tree, trail: Trail, frames: Frames, *, required: bool = False) -> None:
        """Judge one item by its question."""
        text = text_of(row, "text")
        if text is not None and question.texts and text.strip() not in question.texts:
            self._add("answer-text-differs", (trail, "text", None), question, as_text(next(iter(question.texts))))
        answers, items = list(_listed(row, "answer", trail)), list(_listed(row, "item", trail))
        if answers and items:  # qrs-1 has told that one of them is too much.
            answers = [] if question.kind in _ANSWERLESS else answers
            items = items if question.kind == "group" else []
        inner: Frames = (*frames, (question, row))
        if question.kind in _ANSWERLESS:
            self._answerless(question, row, trail, inner, answers[:1] or (items if question.kind == "display" else []))
            if required and question.kind == "group" and not answers and not items:
                self._left_open(question, trail)
            return
        if items:
            known = self._form.questions.get(text_of(items[0][0], "linkId") or "")
            self._add("answer-misplaced", items[0][1], known or question, f"{question.link_id}: answer")
        elif not answers and required:
            self._left_open(question, trail)
        self._answers(question, answers, trail, inner)

    def _answerless(self, question: Question, row: Tree, trail: Trail, frames: Frames, refused: list[Row]) -> None:
        """Judge what stands in a group or a display."""
        if refused:
            self._add("answer-not-taken", refused[0][1], question, question.link_id)
        elif question.kind == "group":
            self._items(question.below, row, trail, frames)

    def _left_open(self, question: Question, trail: Trail) -> None:
        if not self._not_asked.isdisjoint(row.target.link_id for row in question.conditions if row is not None):
            return
        self._add("answer-missing", trail, question, question.link_id, severity=self._missing)

    def _too_few(self, question: Question, trail: Trail) -> None:
        limit, severity = question.least, self._missing
        self._add("answer-too-few", trail, question, question.link_id, severity=severity, limit=limit)

    def _answers(self, question: Question, answers: list[Row], trail: Trail, frames: Frames) -> None:
        """Judge how many answers a question has, each of them, and the questions below each."""
        if question.most is not None and len(answers) > question.most:
            self._add("answer-repeated", answers[question.most][1], question, question.link_id, limit=question.most)
        elif len(answers) < question.least and not (question.required and not answers):
            self._too_few(question, trail)
        for answer, answer_trail in answers:
            self._values.check(question, answer, answer_trail, len(answers))
            self._items(question.below, answer, answer_trail, frames)

    def _add(
        self,
        kind: str,
        trail: Trail,
        question: Question,
        expected: str | None,
        *,
        severity: Severity = "error",
        limit: int | None = None,
    ) -> None:
        detail = {"question": question.link_id} | ({} if limit is None else {"limit": str(limit)})
        self._run.add(kind, trail, expected, severity=severity, detail=detail)


def _listed(holder: Tree, name: str, trail: Trail) -> Iterator[Row]:
    listed = holder.get(name)
    for index, row in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(row, dict):
            yield row, (trail, name, index)


def _home(question: Question) -> str:
    """Where an item belongs: the link id of what is around it, its answer where that is a question."""
    parent = question.parent
    if parent is None:
        return "QuestionnaireResponse"
    return parent.link_id if parent.kind in _ANSWERLESS else f"{parent.link_id}: answer"


def _misplaced(form: Form, holder: Tree, around: str | None, *, is_answer: bool = False) -> Iterator[str]:
    """The link ids of items that stand elsewhere than their question does, `around` being that of their holder."""
    for name in ("item", "answer"):
        for row, _ in _listed(holder, name, (None, "", None)):
            link_id = text_of(row, "linkId") if name == "item" else around
            question = form.questions.get(link_id or "")
            if question is not None and name == "item":
                parent = question.parent
                answered = parent is not None and parent.kind not in _ANSWERLESS
                if (parent.link_id if parent is not None else None) != around or answered != is_answer:
                    yield question.link_id
            yield from _misplaced(form, row, link_id, is_answer=name == "answer")
