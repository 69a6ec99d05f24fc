"""Functions for the shapes of objects: when they are written, how many, and what they refuse."""

from __future__ import annotations

import pytest

from certgateway.engine.soundness import shapes
from certgateway.engine.soundness.shapes import Keys, Shapes, Source, Trial, never

KEYS = ("a", "b")
NAMES = (*KEYS, "one more", *map(str, range(2_500)))


def accepts_all(_keys: Keys) -> Trial:
    return Source("all").function()


def test_a_function_is_written_when_a_resource_comes_again() -> None:
    of_resources = Shapes(accepts_all, NAMES, is_resource=True)
    assert of_resources.met(KEYS) is never
    assert KEYS not in of_resources.known
    written = of_resources.met(KEYS)
    assert written({"a": 1}, None, None) is True
    assert of_resources.known == {KEYS: written}


def test_what_stands_in_a_resource_has_its_function_at_once() -> None:
    of_parts = Shapes(accepts_all, NAMES, is_resource=False)
    assert of_parts.met(KEYS)({}, None, None) is True


def test_a_shape_that_must_be_walked_is_remembered_as_that() -> None:
    asked: list[Keys] = []

    def write(keys: Keys) -> None:
        asked.append(keys)

    of_parts = Shapes(write, NAMES, is_resource=False)
    assert of_parts.met(KEYS) is never
    assert of_parts.known[KEYS] is never
    assert asked == [KEYS]


def test_a_sender_decides_neither_how_much_is_written_nor_how_much_is_remembered() -> None:
    of_parts = Shapes(accepts_all, NAMES, is_resource=False)
    for number in range(150):
        of_parts.met((str(number),))
    assert len(of_parts.known) == 100
    assert of_parts.met(("one more",)) is never
    of_resources = Shapes(accepts_all, NAMES, is_resource=True)
    for number in range(2_500):
        of_resources.met((str(number),))
    # Those that came once are forgotten at last; one that comes twice in a row has its function.
    assert of_resources.met(KEYS) is never
    assert of_resources.met(KEYS) is not never


def test_nobody_fills_the_room_for_good() -> None:
    of_parts = Shapes(accepts_all, NAMES, is_resource=False)
    for number in range(100):
        of_parts.met((str(number),))
    turned_away = [of_parts.met(KEYS) for _ in range(9_999)]
    assert set(turned_away) == {never}
    assert of_parts.met(KEYS) is not never
    assert list(of_parts.known) == [KEYS]


def test_a_function_gives_the_answer_it_was_written_with() -> None:
    source = Source("x")
    source.refuse_if("v == 1")
    trial = source.function(answer=("a",))
    found: object = trial(2, None, None)
    assert found == ("a",)
    assert trial(1, None, None) is False


def test_trials_refuse_in_turn() -> None:
    source = Source("x")
    source.add("c = v['a']")
    source.refuse_if("type(c) is not list or not c")
    source.begin("for c in c:")
    source.refuse_if(f"c not in {source.named(frozenset({1, 2}))}")
    source.end()
    source.refuse_if("v['b'] != s")
    trial = source.function()
    assert trial({"a": [1, 2], "b": 3}, 3, None) is True
    assert [trial({"a": a, "b": b}, 3, None) for a, b in (([], 3), ("x", 3), ([1, 3], 3), ([2], 4), ([[]], 3))] == [
        False
    ] * 5  # The last can't be looked up, so it is of the wrong type.


def test_an_object_is_tried_by_the_function_for_its_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "OFTEN", 1)

    def write(keys: Keys) -> Trial | None:
        return Source("inner").function() if keys == KEYS else None

    source = Source("outer")
    source.refuse_of_shape("v", Shapes(write, NAMES, is_resource=True))
    trial = source.function()
    assert trial({"a": 1, "b": 2}, None, None) is True
    assert trial({"b": 1, "a": 2}, None, None) is False


def test_nothing_but_what_is_named_can_be_spoken_of() -> None:
    source = Source("x")
    source.refuse_if("open('/etc/passwd')")
    with pytest.raises(NameError):
        source.function()({}, None, None)
