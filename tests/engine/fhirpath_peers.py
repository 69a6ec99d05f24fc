"""One FHIRPath expression on one resource, answered by our compiler and by three others, in one comparable form.

An answer is a list of values, or None where the engine refuses the expression or fails. Numbers are compared by value,
dates, times and quantities by their text, elements by all they hold.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import warnings
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import fhirpathpy
import fhirpathrs  # type: ignore[import-untyped]
from fhirpathpy.models import models

from certgateway.engine.definitions import load_base
from certgateway.engine.fhirpath import (
    Environment,
    Node,
    NotCompilable,
    NotEvaluable,
    Temporal,
    compile_expression,
    root,
)
from certgateway.engine.fhirpath_numbers import to_text
from certgateway.engine.fhirpath_syntax import Quantity
from certgateway.engine.narrative import objection
from tests.engine.peers import ask_node

Json = Any
Answer = list[Any] | None
PEERS = ("fhirpath.js", "fhirpathpy", "fhirpathrs")
_BASE = load_base()
_SUPPORTED = frozenset({"htmlChecks"})
_R4 = models["r4"]


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
    return [plain(item) for item in found]


def javascript(asked: list[tuple[Json, list[str]]]) -> list[list[Answer]]:
    """What npm fhirpath answers, for each tree to each expression."""
    told = ask_node(
        "fhirpath",
        "ask_fhirpath.cjs",
        [{"tree": tree, "asked": [{"expression": each, "base": None} for each in some]} for tree, some in asked],
    )
    return [[None if answer is None else [plain(item) for item in answer] for answer in some] for some in told]


def python(tree: Json, expression: str) -> Answer:
    """What fhirpathpy answers."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
            found = fhirpathpy.evaluate(copy.deepcopy(tree), expression, {"resource": tree, "rootResource": tree}, _R4)
            return [plain(item) for item in found]
    except Exception:  # noqa: BLE001  Its own failures have no common type.
        return None


def rust(tree: Json, expression: str) -> Answer:
    """What fhirpathrs answers."""
    try:
        found = fhirpathrs.evaluate(expression, tree, {"resource": tree, "rootResource": tree})
    except BaseException as failure:  # A panic of Rust is no Exception.
        if isinstance(failure, KeyboardInterrupt | SystemExit):
            raise
        return None
    return [plain(item) for item in (found if isinstance(found, list) else [found])]


def exactly(tree: Json) -> Json:
    """The tree with the decimals that our engine reads."""
    return json.loads(json.dumps(tree), parse_float=Decimal)


def plain(item: object) -> object:
    """One item in the form that all engines can be brought to."""
    if isinstance(item, Node):
        item = item.value
    if isinstance(item, Temporal):
        return item.text()
    if isinstance(item, Quantity):
        return to_text(item)
    if isinstance(item, bool) or item is None:
        return item
    if isinstance(item, int | float | Decimal):
        return float(round(item, 8))
    if isinstance(item, dict | list):
        return json.dumps(item, default=float, sort_keys=True)
    return str(item)
