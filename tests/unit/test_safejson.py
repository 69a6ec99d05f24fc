"""Strict JSON or a refusal with a stable id and a place, whatever the body does to get more."""

from __future__ import annotations

import json
import random
import sys
import tracemalloc
from decimal import Decimal

import pytest

from certgateway import safejson
from certgateway.safejson import JsonLimits, Unreadable
from tests.calibration import assert_within, cpu


@pytest.fixture(autouse=True, params=[0, sys.maxsize], ids=["with msgspec", "without"])
def _reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test holds for both readers: which of them reads a body hangs on how many came before it."""
    monkeypatch.setattr(safejson, "QUICK_AFTER", request.param)


READABLE = {
    b'{"a":1.50}': {"a": Decimal("1.50")},
    b"[0, -7, 1e5, 1E-9, -0.0]": [0, -7, Decimal("1E+5"), Decimal("1E-9"), Decimal("-0.0")],
    b' \n{"a":[true,false,null,""]}\r\n': {"a": [True, False, None, ""]},
    b'"\\ud83d\\ude00"': "\U0001f600",
    b'"\\\\ud800"': "\\ud800",
    '"\u00e6\u2028"'.encode(): "\u00e6\u2028",
    b'{"a":{"x":1},"b":{"x":1}}': {"a": {"x": 1}, "b": {"x": 1}},
    b"123456789012345678901234567890": 123456789012345678901234567890,
}

UNREADABLE = [
    (b"", "empty-body", 1, 1),
    (b" \n\t", "empty-body", 1, 1),
    (b"\xef\xbb\xbf{}", "byte-order-mark", 1, 1),
    ("{}".encode("utf-16"), "encoding-refused", 1, 1),
    ("{}".encode("utf-16-le"), "encoding-refused", 1, 1),
    ("{}".encode("utf-32-be"), "encoding-refused", 1, 1),
    (b'{"a":\n "\xc3\xa6\xff"}', "not-utf8", 2, 4),
    (b'"\xed\xa0\x80"', "not-utf8", 1, 2),
    (b"hello", "not-json", 1, 1),
    (b"[1,]", "not-json", 1, 4),
    (b'{"a":1,}', "not-json", 1, 8),
    (b"{'a':1}", "not-json", 1, 2),
    (b'["\x01"]', "not-json", 1, 3),
    (b"[01]", "not-json", 1, 3),
    (b"[NaN]", "not-json", 1, 2),
    (b'{"a":\n  -Infinity}', "not-json", 2, 3),
    (b'{"a":"' + b"x" * 100_000, "not-json", 1, 6),
    (b"{} {}", "trailing-data", 1, 4),
    (b"{}\n\x00", "trailing-data", 2, 1),
    (b"[1,\n 1e400]", "number-out-of-range", 2, 2),
    (b"[1e-400]", "number-out-of-range", 1, 2),
    (b"[0e999999999]", "number-out-of-range", 1, 2),
    (b"[1e99999999999999999999]", "number-out-of-range", 1, 2),
    (b'{"a":' + b"9" * 10_000 + b"}", "number-out-of-range", 1, 6),
    (b'{"a":0.' + b"9" * 10_000 + b"}", "number-out-of-range", 1, 6),
    (b'["\\ud800"]', "lone-surrogate", 1, 3),
    (b'["\\ude00\\ud83d"]', "lone-surrogate", 1, 3),
    (b'["\\ud83d\\ud83d\\ude00"]', "lone-surrogate", 1, 3),
    (b'["a\\ud83dx\\ude00"]', "lone-surrogate", 1, 4),
]


@pytest.mark.parametrize("raw", READABLE)
def test_reads_strict_json_exactly(raw: bytes) -> None:
    tree = safejson.parse(raw)
    assert tree == READABLE[raw]
    assert repr(tree) == repr(READABLE[raw])


@pytest.mark.parametrize(
    "raw, id_, line, column", UNREADABLE, ids=[f"{case[1]}-{at}" for at, case in enumerate(UNREADABLE)]
)
def test_refuses_with_id_and_position(raw: bytes, id_: str, line: int, column: int) -> None:
    with pytest.raises(Unreadable) as refusal:
        safejson.parse(raw)
    assert (refusal.value.id, refusal.value.line, refusal.value.column) == (id_, line, column)


def test_duplicate_name_tells_parent_and_place_of_the_second() -> None:
    raw = b'{"a":[{"b":1},\n{"b":{"c":1, "d":2,\n  "c":3}}], "z":[{"y":1,"y":2}]}'
    with pytest.raises(Unreadable) as refusal:
        safejson.parse(raw)
    assert (refusal.value.id, refusal.value.line, refusal.value.column) == ("duplicate-key", 3, 3)
    assert refusal.value.keys == ("a", 1, "b")


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a" :2,"x":":y"}',
        b'{"a":1,"a"\t:2,"x":":y"}',
        b'{"a":1,"a"\n:2,"x":":y"}',
        b'{"a":1,"a"\r:2,"x":":y"}',
        b'{"a":1,"a":2,"x":"\\":"}',
        b'{"x":[{"a":1},{"b":":","b":1}]}',
    ],
)
def test_a_duplicate_is_found_however_colons_stand(body: bytes) -> None:
    """The quick count of names is misled by colons after spaces and at the start of texts; nothing may hide in it."""
    with pytest.raises(safejson.Unreadable) as refusal:
        safejson.parse(body)
    assert refusal.value.id == "duplicate-key"


@pytest.mark.parametrize("at", [0, 1, 7])
def test_the_parent_of_a_duplicate_is_found_among_whatever_stands_before_it(at: int) -> None:
    """Brackets, commas and colons in texts, empty and nested values: none of them is counted as an item or a name."""
    before = [b'"],[{\\":"', b"[[],[[1,2],{}],3]", b'{"a":{"b":[1,2]},"c":"\\""}', b"{ }", b"-1.5e3", b"null", b"{}"][
        :at
    ]
    items = b",\n".join([*before, b'{"x":0,"y":[1,{"\\u0061":1,"a" :2}]}'])
    raw = b'{"z":{"y":{"x":1}},"w":[' + items + b"]}"
    with pytest.raises(Unreadable) as refusal:
        safejson.parse(raw)
    assert (refusal.value.id, refusal.value.keys) == ("duplicate-key", ("w", at, "y", 1))
    assert refusal.value.column == raw.splitlines()[-1].index(b'"a" :') + 1
    assert refusal.value.tree == json.loads(raw)


@pytest.mark.parametrize(
    "wrong, id_",
    [(b"1e999", "number-out-of-range"), (b"9" * 321, "number-out-of-range"), (b"-Infinity", "not-json"),
     (b"NaN", "not-json"), (b"[" * 64 + b"]" * 64, "too-deep")],
    ids=["exponent", "digits", "infinity", "nan", "deep"],
)  # fmt: skip
def test_what_is_refused_is_found_behind_texts_that_look_like_it(wrong: bytes, id_: str) -> None:
    before = b'{"1e999":["NaN","-1e999 [[[[\\"[",-0,1.5e-3,{"[":[]},true],"x":'
    with pytest.raises(Unreadable) as refusal:
        safejson.parse(before + wrong + b',"y":1}')
    place = len(before) + 1 + (63 if id_ == "too-deep" else 0)
    assert (refusal.value.id, refusal.value.column) == (id_, place)


def test_too_deep_is_told_where_it_comes_before_too_many() -> None:
    many, deep = b"[0]," * 100_001, b"[" * 64 + b"]" * 64 + b","
    for raw, id_ in ((b"[" + deep + many + b"0]", "too-deep"), (b"[" + many + deep + b"0]", "too-many-elements")):
        with pytest.raises(Unreadable, match=id_):
            safejson.parse(raw)


def test_names_equal_after_unescaping_are_duplicates() -> None:
    with pytest.raises(Unreadable) as refusal:
        safejson.parse(b'{"a":1,"\\u0061":2}')
    assert (refusal.value.id, refusal.value.column, refusal.value.keys) == ("duplicate-key", 8, ())


def test_depth_limit_counts_objects_and_arrays() -> None:
    assert safejson.parse(b"[" * 64 + b"]" * 64)
    with pytest.raises(Unreadable) as refusal:
        safejson.parse(b'{"a":[' * 32 + b"[]" + b"]}" * 32)
    assert (refusal.value.id, refusal.value.column) == ("too-deep", 32 * 6 + 1)


@pytest.mark.no_cover
@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_a_hundred_thousand_brackets_are_answered_at_once(opening: bytes) -> None:
    def read() -> None:
        with pytest.raises(Unreadable, match="too-deep"):
            safejson.parse(opening * 100_000)

    assert_within(0.5, lambda: cpu(read))


def test_brackets_inside_text_do_not_nest() -> None:
    assert safejson.parse(b'["' + b"[{" * 1000 + b'"]') == ["[{" * 1000]


def test_limits_are_settable() -> None:
    with pytest.raises(Unreadable, match="too-deep"):
        safejson.parse(b"[[1]]", JsonLimits(depth=1))
    with pytest.raises(Unreadable, match="number-out-of-range"):
        safejson.parse(b"[1e11]", JsonLimits(exponent=10))


@pytest.mark.no_cover
@pytest.mark.parametrize("unit", [b"{},", b"[],", b'{"":{}},', b"1e1,", b'"aa",', b"0,", b'{"":0},'])
def test_two_megabytes_of_tiny_values_are_refused_at_once(unit: bytes) -> None:
    def read() -> None:
        with pytest.raises(Unreadable, match="too-many-elements"):
            safejson.parse(b"[" + unit * (2**21 // len(unit)) + b"0]")

    assert_within(1, lambda: cpu(read))


@pytest.mark.no_cover
@pytest.mark.parametrize("unit, count", [(b'{"":{}},', 49_990), (b"1e1,", 299_990), (b'"aaa",', 299_990)])
def test_the_fullest_bodies_allowed_stay_within_the_budget(unit: bytes, count: int) -> None:
    raw = b"[" + unit * count + b"0]"
    tracemalloc.start()
    try:
        assert len(safejson.parse(raw)) == count + 1
        assert tracemalloc.get_traced_memory()[1] < 64 * 2**20
    finally:
        tracemalloc.stop()


def test_containers_and_values_are_counted_outside_text_only() -> None:
    tight = JsonLimits(containers=3, values=4)
    assert safejson.parse(b'[[],{"a":"[{[{,,,,,,"},1]', tight) == [[], {"a": "[{[{,,,,,,"}, 1]
    with pytest.raises(Unreadable) as refusal:
        safejson.parse(b"[[],[],[]]", tight)
    assert (refusal.value.id, refusal.value.column) == ("too-many-elements", 9 - 1)
    with pytest.raises(Unreadable) as refusal:
        safejson.parse(b"[1,2,3,4,5]", tight)
    assert (refusal.value.id, refusal.value.column) == ("too-many-elements", 9)


def test_no_refusal_quotes_the_body() -> None:
    for raw, *_ in UNREADABLE:
        with pytest.raises(Unreadable) as refusal:
            safejson.parse(raw.replace(b"x", b"canary"))
        assert "canary" not in str(refusal.value)
        assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1.50,"b":[1,-2,0.00000001,"\\"\\\\\\n\xc3\xa6",true,null],"c":{},"d":[]}',
        b"[100.0,1E+2,1E-31,-0.0]",
        b'"\xf0\x9f\x98\x80\xe2\x80\xa8"',
    ],
)
def test_writes_what_it_read(raw: bytes) -> None:
    assert safejson.write(safejson.parse(raw)) == raw


def test_writes_indented() -> None:
    assert safejson.write({"a": [1, {}], "b": []}, indent=2) == b'{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}'


@pytest.mark.parametrize("tree", [1.5, float("nan"), {"a": {1, 2}}, Decimal("NaN"), Decimal("Infinity"), (1,)])
def test_refuses_to_write_what_no_tree_holds(tree: object) -> None:
    with pytest.raises(TypeError):
        safejson.write(tree)


# Whatever may be read in two ways, or hides a name, a number or how deep a body goes.
SPACES = ["", "", "", " ", "\n", "\t"]
NAMES = ["a", "b", ":", "\\u0061", '\\":', "\\\\", " :", "]", "\\n"]
VALUES = ["1", "-0", "0", "1.0", "0.10", "1e5", "1E-9", "1e400", "9" * 20, "9" * 400, "true", "null", "NaN", "01", '""',
          '":"', '"\\u003a"', '"\\u0022:"', '"\\":"', '"\ud83d"', '"\\ud83d"', '"\\ud83d\\udE00"', '"\x7f"', '"\x0b"',
          '"\\/"', '"æ"']  # fmt: skip


def _body(dice: random.Random, depth: int = 0) -> str:
    """A value that is mostly sound JSON."""
    parts = dice.randrange(4) if depth < dice.randint(2, 6) else 0
    space = dice.choice(SPACES)
    kind = dice.randrange(3)
    if not parts or kind == 0:
        return space + dice.choice(VALUES if dice.random() < 0.1 else VALUES[:6]) + space
    inner = [_body(dice, depth + 1) for _ in range(parts)]
    if kind == 1:
        return f"[{','.join(inner)}{space}]"
    return "{" + ",".join(f'{space}"{dice.choice(NAMES)}"{space}:{each}' for each in inner) + "}"


def _read(raw: bytes, limits: JsonLimits) -> object:
    try:
        return repr(safejson.parse(raw, limits))
    except Unreadable as refusal:
        return (refusal.id, refusal.line, refusal.column, refusal.keys)


def test_both_readers_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(7)  # noqa: S311  The same bodies every time.
    limits = JsonLimits(depth=5)
    read = 0
    for _ in range(6_000):
        body = _body(dice).encode("utf-8", "surrogatepass")
        monkeypatch.setattr(safejson, "QUICK_AFTER", 0)
        one = _read(body, limits)
        monkeypatch.setattr(safejson, "QUICK_AFTER", sys.maxsize)
        other = _read(body, limits)
        assert one == other, body
        read += isinstance(one, str)
    assert read > 1_000


def test_most_bodies_are_read_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the second reader would go unseen whenever it is asked for nothing."""
    monkeypatch.setattr(safejson, "QUICK_AFTER", 0)
    monkeypatch.setattr(safejson, "_Numbers", None)  # What would be read without it fails.
    tree = safejson.parse(b'{"a":[{"b":"x","c":1.50},[true,null]],"d":{"a":"y: \\"z\\"","b":":"}}')
    assert tree["a"][0]["c"] == Decimal("1.50")
    assert safejson.parse(b' {"a" :\n[ 1 ] }') == {"a": [1]}


@pytest.mark.parametrize("offset", range(16))
def test_a_long_number_is_seen_wherever_it_begins(monkeypatch: pytest.MonkeyPatch, offset: int) -> None:
    """The quicker reader looks at every sixteenth byte only."""
    monkeypatch.setattr(safejson, "QUICK_AFTER", 0)
    assert safejson.parse(b" " * offset + b"9" * 309) == int("9" * 309)
    with pytest.raises(Unreadable, match="number-out-of-range"):
        safejson.parse(b" " * offset + b"9" * 310)
