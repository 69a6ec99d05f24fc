"""Questionnaires compiled for the judge of answers: questions by link id, with what each allows as an answer.

Whatever is misshapen in a Questionnaire asks for nothing, and a value set that can't be listed allows everything.
Nothing here may judge an answer, look at a response, or raise for what a Questionnaire holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certgateway.engine.codes import AllowedCodes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from certgateway.engine.questionnaires.sources import ValueSets

Tree = Any
# The name of a type as `value[x]` spells it without `value`, and a value of it.
Typed = tuple[str, Tree]
# What tells one option from another.
Key = tuple[object, ...]

_R4 = "http://hl7.org/fhir/StructureDefinition/"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
_KANTA = "http://phr.kanta.fi/StructureDefinition/fiphr-ext-questionnaire-enablewhen"
_TRANSLATION = _R4 + "translation"

CODED = frozenset({"choice", "open-choice"})
_ANSWERS_OF: dict[str, tuple[str, ...]] = {
    "group": (),
    "display": (),
    "boolean": ("boolean",),
    "decimal": ("decimal",),
    "integer": ("integer",),
    "date": ("date",),
    "dateTime": ("dateTime",),
    "time": ("time",),
    "string": ("string",),
    "text": ("string",),
    "url": ("uri",),
    "attachment": ("Attachment",),
    "reference": ("Reference",),
    "quantity": ("Quantity",),
}
_KINDRED = {"integer": "decimal", "date": "dateTime"}
_OPTION_TYPES = ("Coding", "date", "time", "integer", "string", "Reference")
ANSWER_TYPES = frozenset(kind for kinds in _ANSWERS_OF.values() for kind in kinds) | {"Coding"}


@dataclass(frozen=True, slots=True)
class Codes:
    """A value set that answers or units come from; both None where nothing can be told of its codes.

    `systems` are all code systems it may draw on, known of some sets that can't be listed.
    """

    value_set: str
    listed: AllowedCodes | None
    systems: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What R4's and SDC's extensions, and `maxLength`, ask of an answer."""

    min_length: int = 0
    max_length: int | None = None
    regex: str | None = None
    entry_format: str | None = None
    least: Typed | None = None
    most: Typed | None = None
    decimals: int | None = None
    mime_types: tuple[str, ...] = ()
    max_size: Decimal | int | None = None
    units: tuple[Tree, ...] = ()
    unit_codes: Codes | None = None
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers a question lists; an exclusive one stands alone."""

    type: str
    value: Tree
    exclusive: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One `enableWhen`. `within`: the innermost item around both questions, None for the whole Questionnaire."""

    operator: str
    expected: Typed
    target: Question
    within: Question | None


@dataclass(slots=True)
class Items:
    """The items in one place of a Questionnaire by link id, and those of them that must be there."""

    by_link: dict[str, Question] = field(default_factory=dict)
    required: list[Question] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Question:
    """One item of a Questionnaire: a question, a group or a display.

    `types` are the types of its answers, None where its own type is unknown. `most` counts answers, or occurrences of
    a group. `conditions` holds None for one that can't be judged; `every` tells whether all must hold, None where the
    Questionnaire doesn't say. `expression` is a FHIRPath condition, "" for one in another language.
    """

    link_id: str
    kind: str
    rank: int
    parent: Question | None
    types: tuple[str, ...] | None
    texts: dict[str, None]
    required: bool
    repeats: bool
    least: int
    most: int | None
    options: dict[Key, Option]
    codes: Codes | None
    limits: Limits
    every: bool | None = None
    expression: str | None = None
    conditions: tuple[Condition | None, ...] = ()
    below: Items = field(default_factory=Items)

    @property
    def ancestors(self) -> Iterator[Question]:
        """The item itself, then those around it, the innermost first."""
        step: Question | None = self
        while step is not None:
            yield step
            step = step.parent


@dataclass(slots=True, eq=False)
class Form:
    """A compiled Questionnaire. One that came with the message isn't `trusted`: its expressions are left alone."""

    trusted: bool
    subject_types: tuple[str, ...]
    top: Items
    questions: dict[str, Question]


def compile_form(questionnaire: Tree, value_sets: ValueSets, *, trusted: bool) -> Form:
    """The questions of a Questionnaire; of two with one link id the first counts."""
    form = Form(trusted, tuple(_texts(questionnaire, "subjectType")), Items(), {})
    conditional: list[tuple[Question, Tree]] = []
    _add_items(form, questionnaire, None, value_sets, conditional)
    for question, item in conditional:
        question.conditions = tuple(_condition(form, question, row) for row in rows(item, "enableWhen"))
    return form


def _add_items(
    form: Form, holder: Tree, parent: Question | None, value_sets: ValueSets, conditional: list[tuple[Question, Tree]]
) -> None:
    siblings = form.top if parent is None else parent.below
    for rank, item in enumerate(rows(holder, "item")):
        link_id = text_of(item, "linkId")
        if link_id is None or link_id in form.questions:
            continue
        question = _question(item, link_id, rank, parent, value_sets)
        form.questions[link_id] = siblings.by_link[link_id] = question
        siblings.required += [question] if question.required else []
        if "enableWhen" in item:
            conditional.append((question, item))
        _add_items(form, item, question, value_sets, conditional)


def _question(item: Tree, link_id: str, rank: int, parent: Question | None, value_sets: ValueSets) -> Question:
    kind = text_of(item, "type") or ""
    extensions = _extensions(item)
    repeats = item.get("repeats") is True
    options = {key_of(option.type, option.value): option for option in _options(item)}
    listed = text_of(item, "answerValueSet") if kind in CODED and not options else None
    return Question(
        link_id=link_id,
        kind=kind,
        rank=rank,
        parent=parent,
        types=_types(kind, options.values(), listed),
        texts=dict.fromkeys(_item_texts(item)),
        required=item.get("required") is True,
        repeats=repeats,
        least=_whole(extensions, "questionnaire-minOccurs") or 0,
        most=_whole(extensions, "questionnaire-maxOccurs") if repeats else 1,
        options=options,
        codes=value_sets.codes(listed) if listed is not None else None,
        limits=_limits(item, extensions, value_sets) if extensions or "maxLength" in item else Limits(),
        every={"all": True, "any": False}.get(text_of(item, "enableBehavior") or ""),
        expression=_expression(extensions),
    )


def _types(kind: str, options: Collection[Option], value_set: str | None) -> tuple[str, ...] | None:
    """The types of answer; a choice takes those of its options, an open choice text beside them."""
    if kind not in CODED:
        return _ANSWERS_OF.get(kind)
    if options:
        types = tuple(dict.fromkeys(option.type for option in options))
    else:
        types = ("Coding",) if value_set is not None else _OPTION_TYPES
    return types if kind == "choice" or "string" in types else (*types, "string")


def key_of(type_: str, value: Tree) -> Key:
    """What an answer has in common with the option that it is.

    R4 lists no options of decimals and points of time: integers and dates stand for them.
    """
    if type_ == "Coding":
        return type_, text_of(value, "system"), text_of(value, "code")
    if type_ == "Reference":
        return type_, text_of(value, "reference")
    plain = value if isinstance(value, str | int | Decimal) else None
    return _KINDRED.get(type_, type_), plain


def _options(item: Tree) -> Iterator[Option]:
    for row in rows(item, "answerOption"):
        typed = typed_value(row)
        if typed is not None and typed[0] in _OPTION_TYPES:
            exclusive = ("boolean", True) in _extensions(row).get(_R4 + "questionnaire-optionExclusive", ())
            yield Option(*typed, exclusive)


def _item_texts(item: Tree) -> Iterator[str]:
    """The text of an item, and its translations."""
    yield from (text.strip() for text in (text_of(item, "text"),) if text is not None)
    beside = item.get("_text")
    for row in rows(beside, "extension") if isinstance(beside, dict) else ():
        if row.get("url") == _TRANSLATION:
            contents = [part for part in rows(row, "extension") if part.get("url") == "content"]
            yield from (typed[1].strip() for typed in map(typed_value, contents) if typed and type(typed[1]) is str)


def _limits(item: Tree, extensions: dict[str, list[Typed]], value_sets: ValueSets) -> Limits:
    unit_set = _one_text(extensions, _R4 + "questionnaire-unitValueSet")
    max_length = item.get("maxLength")
    size = next(iter(extensions.get(_R4 + "maxSize", ())), ("", None))[1]
    return Limits(
        min_length=_whole(extensions, "minLength") or 0,
        max_length=max_length if type(max_length) is int else None,
        regex=_one_text(extensions, _R4 + "regex"),
        entry_format=_one_text(extensions, _R4 + "entryFormat"),
        least=_first(extensions, _R4 + "minValue", _SDC + "minQuantity"),
        most=_first(extensions, _R4 + "maxValue", _SDC + "maxQuantity"),
        decimals=_whole(extensions, "maxDecimalPlaces"),
        mime_types=tuple(_all_texts(extensions, _R4 + "mimeType")),
        max_size=size if type(size) is int or type(size) is Decimal else None,
        units=_units(extensions),
        unit_codes=value_sets.codes(unit_set) if unit_set is not None else None,
        targets=(
            *_all_texts(extensions, _R4 + "questionnaire-referenceResource"),
            *value_sets.types(_all_texts(extensions, _R4 + "questionnaire-referenceProfile")),
        ),
    )


def _units(extensions: dict[str, list[Typed]]) -> tuple[Tree, ...]:
    """The units that a quantity must be in; an open list is no limit."""
    if _SDC + "unitOpen" in extensions:
        return ()
    return tuple(unit for type_, unit in extensions.get(_R4 + "questionnaire-unitOption", ()) if type_ == "Coding")


def _expression(extensions: dict[str, list[Typed]]) -> str | None:
    """The FHIRPath condition of an item, in the form of SDC or in that of Finland's Kanta."""
    for _, value in extensions.get(_SDC + "enableWhenExpression", ()):
        if isinstance(value, dict) and value.get("language") == "text/fhirpath":
            return text_of(value, "expression") or ""
        return ""
    return _one_text(extensions, _KANTA)


def _condition(form: Form, question: Question, row: Tree) -> Condition | None:
    target = form.questions.get(text_of(row, "question") or "")
    expected, operator = typed_value(row, "answer"), text_of(row, "operator")
    if target is None or expected is None or operator is None:
        return None
    around = set(target.ancestors)
    return Condition(operator, expected, target, next((step for step in question.ancestors if step in around), None))


def rows(holder: Tree, name: str) -> list[dict[str, Tree]]:
    """The objects in a list of an object; none where there is no such list."""
    listed = holder.get(name)
    return [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []


def text_of(holder: Tree, name: str) -> str | None:
    """A text of an object, None where there is none."""
    value = holder.get(name)
    return value if type(value) is str else None


def typed_value(holder: Tree, name: str = "value") -> Typed | None:
    """The choice `name[x]` of an object with its type: `("Coding", {...})`, `("date", "2026-01-01")`."""
    for key, value in holder.items():
        if key.startswith(name) and key[len(name) :][:1].isupper():
            type_ = key[len(name) :]
            return type_ if isinstance(value, dict) else type_[0].lower() + type_[1:], value
    return None


def _texts(holder: Tree, name: str) -> list[str]:
    listed = holder.get(name)
    return [text for text in listed if type(text) is str] if isinstance(listed, list) else []


def _extensions(holder: Tree) -> dict[str, list[Typed]]:
    """The values of extensions by their url."""
    found: dict[str, list[Typed]] = {}
    for row in rows(holder, "extension"):
        url, typed = text_of(row, "url"), typed_value(row)
        if url is not None and typed is not None:
            found.setdefault(url, []).append(typed)
    return found


def _first(extensions: dict[str, list[Typed]], *urls: str) -> Typed | None:
    return next((typed for url in urls for typed in extensions.get(url, ())), None)


def _whole(extensions: dict[str, list[Typed]], name: str) -> int | None:
    typed = _first(extensions, _R4 + name)
    return typed[1] if typed is not None and type(typed[1]) is int else None


def _all_texts(extensions: dict[str, list[Typed]], url: str) -> Iterable[str]:
    return [value for _, value in extensions.get(url, ()) if type(value) is str]


def _one_text(extensions: dict[str, list[Typed]], url: str) -> str | None:
    return next(iter(_all_texts(extensions, url)), None)
