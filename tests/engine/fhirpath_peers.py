"""One FHIRPath expression on one resource, answered by our compiler and by three others, in one comparable form.

An answer is a list of values, or None where the engine refuses the expression or fails. Numbers are compared by value,
dates, times and quantities by their text, elements by all they hold.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import re
import warnings
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import fhirpathpy
import fhirpathrs  # type: ignore[import-untyped]
from fhirpathpy.models import models

from certgateway.engine.definitions.definitions import load_base
from certgateway.engine.fhirpath.expressions import (
    Environment,
    Node,
    NotCompilable,
    NotEvaluable,
    Temporal,
    compile_expression,
    root,
)
from certgateway.engine.fhirpath.numbers import to_text
from certgateway.engine.fhirpath.syntax import CALENDAR_UNITS, Quantity
from certgateway.engine.resources.narrative import objection
from tests.engine.invariant_places import Place
from tests.engine.peers import ask_node

Json = Any
Answer = list[Any] | None
PEERS = ("fhirpath.js", "fhirpathpy", "fhirpathrs")
_BASE = load_base()
_SUPPORTED = frozenset({"htmlChecks"})
_R4 = models["r4"]
_ZULU = re.compile(r"(?<=:[0-9.]{2})[+-]00:00$|(?<=:[0-9]{2}\.[0-9]{3})[+-]00:00$")


def ours(tree: Json, expression: str) -> Answer:
    """What our compiler answers."""
    return ours_at(root(exactly(tree), _BASE), exactly(tree), expression)


def ours_at(node: Node, tree: Json, expression: str) -> Answer:
    """The same for an element of `tree`."""
    contained = {f"#{each['id']}": each for each in tree.get("contained", ())}
    environment = Environment(
        _BASE,
        root(tree, _BASE),
        resolve=lambda text: root(contained[text], _BASE) if text in contained else None,
        clock=lambda: datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
        html_is_sound=lambda text: objection(text) is None,
    )
    try:
        found = compile_expression(expression, _SUPPORTED).evaluate(node, environment)
    except (NotCompilable, NotEvaluable):
        return None
    return listed(found)


def javascript(asked: list[tuple[Json, list[str]]]) -> list[list[Answer]]:
    """What npm fhirpath answers, for each tree to each expression."""
    told = ask_node(
        "fhirpath",
        "ask_fhirpath.cjs",
        [{"tree": tree, "asked": [{"expression": each, "base": None} for each in some]} for tree, some in asked],
    )
    return [[None if answer is None else listed(answer) for answer in some] for some in told]


def python(tree: Json, expression: str) -> Answer:
    """What fhirpathpy answers."""
    return python_at(tree, tree, expression)


def python_at(value: Json, tree: Json, expression: str | dict[str, str]) -> Answer:
    """The same for an element of `tree`; the expression may come with the type of the element as its `base`."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
            found = fhirpathpy.evaluate(copy.deepcopy(value), expression, {"resource": tree, "rootResource": tree}, _R4)
            return listed(found)
    except Exception:  # noqa: BLE001  Its own failures have no common type.
        return None


def rust(tree: Json, expression: str) -> Answer:
    """What fhirpathrs answers."""
    return rust_at(tree, tree, expression)


def rust_at(value: Json, tree: Json, expression: str) -> Answer:
    """The same for an element of `tree`."""
    try:
        found = fhirpathrs.evaluate(expression, value, {"resource": tree, "rootResource": tree})
    except BaseException as failure:  # A panic of Rust is no Exception.
        if isinstance(failure, KeyboardInterrupt | SystemExit):
            raise
        return None
    return listed(found)


def exactly(tree: Json) -> Json:
    """The tree with the decimals that our engine reads."""
    return json.loads(json.dumps(tree), parse_float=Decimal)


def listed(items: object) -> list[Any]:
    """The values of a collection; an element that has extensions but no value counts for none, as peers have it."""
    return [plain(item) for item in (items if isinstance(items, list) else [items]) if _raw(item) is not None]


def _raw(item: object) -> object:
    return item.value if isinstance(item, Node) else item


def plain(item: object) -> Any:  # noqa: ANN401 JSON.
    """One item in the form that all engines can be brought to."""
    item = _raw(item)
    if isinstance(item, Temporal | Quantity):
        return to_text(item)
    if isinstance(item, bool) or item is None:
        return item
    if isinstance(item, int | float | Decimal):
        return round(float(item), 8)
    if isinstance(item, dict):
        return _element(item)
    if isinstance(item, list):
        return [plain(each) for each in item]
    # Zulu is written in three ways.
    return _ZULU.sub("Z", str(item))


def _element(item: dict[str, Any]) -> Any:  # noqa: ANN401  JSON.
    if item.keys() == {"value", "unit"}:  # how fhirpathrs gives a quantity
        number, unit = Decimal(str(item["value"])), str(item["unit"])
        return to_text(Quantity(number.normalize() if number % 1 else int(number), CALENDAR_UNITS.get(unit, unit)))
    return {name: plain(value) for name, value in item.items()}


def ours_of(place: Place) -> list[Answer]:
    """What our compiler answers to an invariant at each of its values."""
    return [ours_at(Node(exactly(value), place.type), exactly(tree), place.expression) for tree, value in place.tried]


def javascript_of(places: list[Place]) -> list[list[Answer]]:
    """What npm fhirpath answers, for each place at each of its values."""
    asked = [
        {"tree": tree, "asked": [{"expression": place.expression, "base": place.type, "node": value}]}
        for place in places
        for tree, value in place.tried
    ]
    told = iter(ask_node("fhirpath", "ask_fhirpath.cjs", asked))
    answers = [[next(told)[0] for _ in place.tried] for place in places]
    return [[None if answer is None else listed(answer) for answer in some] for some in answers]


def python_of(place: Place) -> list[Answer]:
    """What fhirpathpy answers at each value of a place."""
    where = {"base": place.type, "expression": place.expression}
    return [python_at(value, tree, where) for tree, value in place.tried]


def rust_of(place: Place) -> list[Answer]:
    """What fhirpathrs answers at each value of a place; it knows no types of elements."""
    return [rust_at(value, tree, place.expression) for tree, value in place.tried]
