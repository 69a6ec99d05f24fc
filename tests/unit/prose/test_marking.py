"""What is marked and what is not, where exactly, and that looks make no difference."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, takewhile
from operator import contains

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench import prose as bench
from certgateway.domain.marks import WITHHELD, Kind, Mark
from certgateway.domain.sentences import sentence_spans, withheld_sentences
from certgateway.prose import lexicon, mark
from certgateway.prose.lexicon import BORDER, folded
from certgateway.prose.matching import Pattern, Words, _bits
from certgateway.prose.notation import Choice, Edge, Element, Gap
from certgateway.prose.reading import sentences
from certgateway.prose.sources import FILES, guard, written
from certgateway.prose.vocabulary import Vocabulary
from tests.unit.prose.own_sentences import OWN

NEUTRAL = "Vekten er uendret."
FLOORS = {
    "benefit-recommendation": 0.97,
    "work-ability-verdict": 0.95,
    "vocational-advice": 0.95,
    "patient-reported": 0.95,
    "exemption": 0.95,
}
TEXTS = [text for _, text in OWN]


def kinds(text: str) -> set[str]:
    return {each.kind for each in mark(text)}


@pytest.mark.parametrize("expected, text", OWN, ids=TEXTS)
def test_own_sentence_has_exactly_its_kinds(expected: frozenset[str], text: str) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize("kind", bench.SENTENCE_KINDS)
def test_development_rows_reach_the_floor(kind: Kind) -> None:
    assert bench.score(bench.row_outcomes(kind, "development")).f1 >= FLOORS[kind]


def test_development_texts_are_read_right() -> None:
    assert bench.score(bench.text_outcomes("development")).f1 >= 0.95
    assert bench.score(bench.withheld_outcomes("development")).recall >= 0.95


@pytest.mark.parametrize(
    "text, phrase",
    [
        ("Hun har vondt og bør få AAP nå.", "bør få AAP"),
        ("Etter mitt syn er vilkårene for uføretrygd oppfylt.", "Etter mitt syn er vilkårene for uføretrygd"),
        ("Han er 100 % arbeidsufør.", "100 % arbeidsufør"),
        ("Jeg anbefaler arbeidstrening to dager.", "anbefaler arbeidstrening"),
        ("I dag oppgir pasienten smerter.", "oppgir pasienten"),
        ("Hun bør skjermes for tiltak i vår.", "bør skjermes for tiltak"),
    ],
)
@pytest.mark.parametrize(
    "before", ["", "Se\u00ad her. ", "Kåre a\u030a. ", "👩\u200d⚕️ ok. ", "Linje.\r\n", "İstanbul. ", "Straße. "]
)
def test_spans_point_at_the_phrase_whatever_stands_before_it(text: str, phrase: str, before: str) -> None:
    whole = before + text
    (found,) = mark(whole)
    assert whole[found.start : found.end] == phrase


@pytest.mark.parametrize(
    "text",
    [
        "Bør få uføre\u00adtrygd.",
        "Bør få uføre\u200btrygd.",
        "Bør få uføre-\ntrygd.",
        "Bør få uføre-trygd.",
        "Bør få uføre trygd.",
        "Bo\u0308r få uføretrygd, bør få AAP.",
        "Bør f\u0061\u030a uføretrygd.",
        "Bør få uføre\u00a0trygd.",
        "Bør få 50 % uføretrygd.",
        "Bør få uføretrygd\ufb01.",
        "Bør få uføretyrgd.",
        "Bør få uføretryygd.",
        "Bør få uføretrigd.",
        "Boer faa ufoeretrygd.",
        "BOER FAA AAP.",
        "Bør få \u0410\u0410\u0420.",
        "Bør få A\u0391P.",
        "Bør få uføretr\u0443gd.",
    ],
)
def test_looks_and_slips_do_not_hide_a_benefit(text: str) -> None:
    assert kinds(text) == {"benefit-recommendation"}


def test_letters_written_with_two_do_not_change_words_that_have_those() -> None:
    assert kinds("Er 100 % arbeidsufoer.") == {"work-ability-verdict"}
    assert kinds("Pas. har diaré, tar Aerius 5 \u03bcg og poenget er at Aase er aapen.") == set()


def test_the_pattern_is_the_line_of_its_file() -> None:
    lines = {pattern.line for patterns in written().values() for pattern in patterns}
    assert all(each.pattern in lines for text in TEXTS for each in mark(text))


def test_marks_come_in_the_order_of_the_text() -> None:
    text = "Bør skjermes for tiltak. Bør få AAP. Varig ufør. Pas. oppgir smerter."
    found = mark(text)
    assert [each.start for each in found] == sorted(each.start for each in found)
    assert len(found) == 4


def example(pattern: Pattern) -> str:
    """Codes of words that the pattern asks for, one after the other; empty when no words could be those."""
    vocabulary, codes = pattern._vocabulary, BORDER
    for element in pattern.written.elements:
        if isinstance(element, Edge) and codes != BORDER:
            codes += min(vocabulary.lexicon.members(","))
        elif isinstance(element, Choice) and not element.optional:
            rows = sorted((row for run in element.runs for row in vocabulary._rows(run)), key=len, reverse=True)
            codes += next(("".join(map(min, row)) for row in rows if all(row)), "")
    return codes + BORDER


def test_every_pattern_fits_what_it_asks_for() -> None:
    """A line that fits nothing would be dead weight, and its writer would never know."""
    patterns = guard().patterns
    dead = []
    for pattern in patterns._patterns:
        codes = example(pattern)
        met = patterns.candidates(codes[1:-1]) >> patterns._patterns.index(pattern) & 1
        if not met or next(pattern.places(Words(codes)), None) is None:
            dead.append(pattern.line)
    assert dead == []


def ends(elements: Sequence[Element], place: int, codes: str, vocabulary: Vocabulary) -> Iterator[int]:
    """Where elements end that begin at a place, the likeliest first: word by word, as their definition has it."""
    if not elements:
        yield place
        return
    element, *others = elements
    behind: Iterable[int]
    if isinstance(element, Choice):
        rows = sorted((row for run in element.runs for row in vocabulary._rows(run)), key=len, reverse=True)
        fit = [len(row) for row in rows if all(map(contains, row, codes[place:])) and place + len(row) < len(codes)]
        behind = [place + length for length in (*fit, *([0] if element.optional else []))]
    elif isinstance(element, Gap):
        free = takewhile(lambda each: codes[each] not in vocabulary.gap_stops[element.far], range(place, len(codes)))
        behind = range(place, place + 1 + len(list(islice(free, element.most))))
        behind = behind if others else reversed(behind)
    else:
        sign = codes[place - 1] if element.sign != "$" else codes[place]
        behind = [place] if sign == BORDER or (element.sign != "^^" and sign in vocabulary.edges) else []
    for following in behind:
        yield from ends(others, following, codes, vocabulary)


@pytest.mark.parametrize("file", FILES)
def test_patterns_fit_where_they_do_word_by_word(file: str) -> None:
    rules = guard()
    for text in [row.text for row in bench.rows("development")[::3]]:
        for each in sentences(text, folded(text), rules._replace(wanted=-1)):
            codes = each.words.codes
            expected = []
            for bit in _bits(each.candidates & rules.patterns.among(file)):
                pattern = rules.patterns._patterns[bit.bit_length() - 1]
                for start in range(1, len(codes) - 1):
                    end = next(ends(pattern.written.elements, start, codes, pattern._vocabulary), None)
                    expected += [] if end is None else [((start, end), pattern.line)]
            assert [*rules.patterns.places(file, each.candidates, each.words)] == expected


def test_no_pattern_is_written_twice() -> None:
    for patterns in written().values():
        lines = [pattern.line for pattern in patterns]
        assert len(lines) == len(set(lines))


SAMPLES = st.sampled_from(TEXTS + [row.text for row in bench.rows("development")])


@given(SAMPLES)
def test_case_changes_nothing(text: str) -> None:
    # Where a sentence ends may hang on a capital letter; what its words say does not.
    assume(len(sentence_spans(text)) == len(sentence_spans(text.upper())) == 1)
    assert mark(text.upper()) == mark(text)


@given(SAMPLES, st.sampled_from(["  ", "\u00a0", " \u2009", "\t"]))
def test_other_spaces_between_words_change_nothing_but_spans(text: str, space: str) -> None:
    plain = " ".join(text.split())
    spaced = plain.replace(" ", space)
    assert [(each.kind, each.pattern) for each in mark(spaced)] == [(each.kind, each.pattern) for each in mark(plain)]


@given(SAMPLES)
def test_a_neutral_sentence_behind_changes_no_mark(text: str) -> None:
    ended = text if text.endswith((".", "!", "?")) else f"{text}."
    both = f"{ended} {NEUTRAL}"
    assume(len(sentence_spans(both)) == len(sentence_spans(ended)) + 1)

    def of_sentences(whole: str) -> list[Mark]:
        # Whether a text is pasted is judged on the whole, to its end.
        return [each for each in mark(whole) if each.kind != "pasted-epikrise"]

    assert of_sentences(both) == of_sentences(ended)


@given(SAMPLES, SAMPLES)
def test_no_marked_phrase_is_left_over(first: str, second: str) -> None:
    text = f"{first}\n\n{second}"
    found = mark(text)
    held = withheld_sentences(text, found)
    for each in found:
        inside = any(start <= each.start and each.end <= end for _, (start, end) in held)
        assert inside or each.kind not in WITHHELD


@given(st.text(max_size=300))
def test_any_text_is_read_and_every_mark_lies_within_it(text: str) -> None:
    found = mark(text)
    assert found == mark(text)
    assert all(0 <= each.start < each.end <= len(text) for each in found)


def test_a_full_memory_of_words_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text.text for text in bench.texts("development")[:12]]
    known = [mark(text) for text in texts]
    monkeypatch.setattr(lexicon, "_MOST_MET", 0)
    guard.cache_clear()
    assert [mark(text) for text in texts] == known


def test_a_text_without_words_has_no_marks() -> None:
    assert mark("- . " * 60) == ()
