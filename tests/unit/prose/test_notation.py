"""What the pattern files may hold, and that a slip of the pen is refused by file and line."""

import pytest

from certgateway.prose import notation
from certgateway.prose.lexicon import BORDER, Lexicon
from certgateway.prose.matching import Patterns, Words
from certgateway.prose.notation import Choice, Edge, Gap, PatternFileError, read_classes, read_patterns
from certgateway.prose.vocabulary import Vocabulary

BASE = {"bars": ("ikke",), "joint": ("og",), "a": ("få", "gå på"), "b": ("{a}", "se")}


def places(pattern: str, text: str) -> list[tuple[int, int]]:
    written = read_patterns(pattern, "file")
    vocabulary = Vocabulary(BASE, written)
    codes = "".join(vocabulary.lexicon.codes(text.split()))
    patterns = Patterns({"file": written}, vocabulary)
    words = Words(f"{BORDER}{codes}{BORDER}")
    return [place for place, _ in patterns.places("file", patterns.candidates(codes), words)]


def test_classes_go_on_over_indented_lines() -> None:
    text = "# remark\n\na = få, gå på,\n    se\nb = ~uføre*\n"
    assert read_classes(text, "words") == {"a": ("få", "gå på", "se"), "b": ("~uføre*",)}


def test_patterns_are_read_element_by_element() -> None:
    # Elements are read once in a process, perhaps by another test.
    notation._element.cache_clear()
    (pattern,) = read_patterns("not ^ {a}/gå_på .. ...6 x? $", "file")
    assert pattern.cancels
    assert pattern.elements == (
        Edge("^"),
        Choice((("{a}",), ("gå", "på")), optional=False),
        Gap(3, far=False),
        Gap(6, far=True),
        Choice((("x",),), optional=True),
        Edge("$"),
    )


@pytest.mark.parametrize("text", ["a få", "a = b\na = c"])
def test_a_class_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(PatternFileError, match=r"words, line \d"):
        read_classes(text, "words")


def test_a_pattern_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(PatternFileError, match="file, line 2: an empty choice"):
        read_patterns("a b\na//b", "file")


@pytest.mark.parametrize("pattern", ["{nothing}", ".. x?", "a*b x"])
def test_a_pattern_that_can_never_fit_is_refused(pattern: str) -> None:
    with pytest.raises(PatternFileError):
        places(pattern, "x")


def test_a_class_may_name_another_and_not_itself() -> None:
    assert places("{b}", "få gå på se") == [(1, 2), (2, 4), (4, 5)]
    with pytest.raises(PatternFileError, match="is no other class"):
        Vocabulary({**BASE, "c": ("{c}",)}, [])


@pytest.mark.parametrize("entry", ["b*", "ab*c", "*"])
def test_an_entry_that_is_too_short_or_broken_is_refused(entry: str) -> None:
    with pytest.raises(PatternFileError, match="is no entry"):
        Lexicon({"a": [entry]})


@pytest.mark.parametrize(
    "pattern, text, expected",
    [
        ("få .. x", "få a b c x", [(1, 6)]),
        ("få .. x", "få a b c d x", []),
        ("få .. x", "få , x", []),
        ("få ... x", "få , x", [(1, 4)]),
        ("få .. x", "få ikke x", []),
        ("få ..", "få a b", [(1, 4)]),
        ("^ få", "a og få , få få", [(3, 4), (5, 6)]),
        ("^^ få", "få , få", [(1, 2)]),
        ("få $", "få a få og få", [(3, 4), (5, 6)]),
        ("få number? x", "få x", [(1, 3)]),
        ("{number} %", "50 %", [(1, 3)]),
    ],
)
def test_patterns_fit_where_they_say(pattern: str, text: str, expected: list[tuple[int, int]]) -> None:
    assert places(pattern, text) == expected


@pytest.mark.parametrize(
    "word, expected",
    [
        ("uføretrygden", True),
        ("uføretryd", True),
        ("uføretrgyd", True),
        ("ufføretrygd", True),
        ("uføretrxgd", True),
        ("uførekontor", False),
        ("ufør", False),
        ("grunnstønad", True),
        ("stønader", False),
        ("trygdekontor", False),
        ("trygder", True),
        ("arbeidsfør", True),
        ("arbeidsfø", True),
        ("arbeidsforhold", False),
    ],
)
def test_words_belong_to_classes(word: str, expected: bool) -> None:  # noqa: FBT001  A table.
    lexicon = Lexicon({"x": ["~uføretrygd*", "*stønad", "trygd*", "-trygdekontor*", "~arbeidsfør"]})
    assert lexicon.members("x").issuperset(lexicon.codes([word])) is expected


def test_the_longer_of_beginning_and_ending_says_what_a_word_is() -> None:
    lexicon = Lexicon({"x": ["omsorgs*"], "y": ["*arbeidarkurs"]})
    (code,) = lexicon.codes(["omsorgsarbeidarkurs"])
    assert code in lexicon.members("y") - lexicon.members("x")
