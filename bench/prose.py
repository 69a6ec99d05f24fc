"""`python -m bench.prose`: how well the marks on prose agree with labelled prose, and what they cost.

Every split is a pair of files in fixtures/prose: `<split>.tsv` and `texts-<split>.toml`; either may be missing.
"""

import argparse
import statistics
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from certgateway.domain.marks import Kind
from certgateway.domain.sentences import sentence_spans, withheld_sentences
from certgateway.prose import mark

FOLDER: Final = Path(__file__).parents[1] / "fixtures" / "prose"
SENTENCE_KINDS: Final[tuple[Kind, ...]] = (
    "benefit-recommendation",
    "work-ability-verdict",
    "vocational-advice",
    "patient-reported",
    "exemption",
)
PASTED: Final[Kind] = "pasted-epikrise"
SEED: Final = 2026
DRAWS: Final = 1000
Z: Final = 1.959964
LENGTH: Final = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence and the kinds that its labels give it."""

    id: str
    text: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Text:
    """One whole text with its labels; sentences are named by what they say."""

    id: str
    text: str
    kinds: frozenset[str]
    withheld: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Was a kind expected, was it found; and where, for the list of misses."""

    expected: bool
    found: bool
    id: str
    said: str


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one kind, and what follows from them."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what is there that was found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        whole = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / whole if whole else 1.0


def splits() -> list[str]:
    """Names of the splits that have files, development first."""
    names = {path.stem for path in FOLDER.glob("*.tsv")}
    names |= {path.stem.removeprefix("texts-") for path in FOLDER.glob("texts-*.toml")}
    return sorted(names, key=lambda name: (name != "development", name))


def rows(split: str) -> list[Row]:
    """The labelled sentences of a split."""
    file = FOLDER / f"{split}.tsv"
    if not file.exists():
        return []
    found = []
    for line in file.read_text("utf-8").splitlines()[1:]:
        id_, _, kinds, text = line.split("\t")
        found.append(Row(id_, _unescaped(text), frozenset(kinds.split(",")) - {"-"}))
    return found


def texts(split: str) -> list[Text]:
    """The labelled whole texts of a split."""
    file = FOLDER / f"texts-{split}.toml"
    if not file.exists():
        return []
    return [
        Text(
            each["id"],
            each["text"],
            frozenset(each["kinds"]),
            tuple(each["withheld"]),
            tuple((kind, said) for kind, said in each["labels"]),
        )
        for each in tomllib.loads(file.read_text("utf-8"))["text"]
    ]


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\u00a0", "\u00a0")


def row_outcomes(kind: Kind, split: str) -> list[Outcome]:
    """A row has a kind if any mark of the kind is in it."""
    return [
        Outcome(kind in row.kinds, any(each.kind == kind for each in mark(row.text)), row.id, row.text)
        for row in rows(split)
    ]


def sentence_outcomes(kind: Kind, split: str) -> list[Outcome]:
    """The same for every sentence of the whole texts."""
    found = []
    for text in texts(split):
        marks = [each for each in mark(text.text) if each.kind == kind]
        expected = {_words(said) for label, said in text.labels if label == kind}
        for start, end in sentence_spans(text.text):
            said = text.text[start:end]
            touched = any(each.start < end and each.end > start for each in marks)
            found.append(Outcome(_words(said) in expected, touched, text.id, said))
    return found


def text_outcomes(split: str) -> list[Outcome]:
    """Pasted discharge letters, by whole texts."""
    return [
        Outcome(PASTED in text.kinds, any(each.kind == PASTED for each in mark(text.text)), text.id, text.text[:60])
        for text in texts(split)
    ]


def withheld_outcomes(split: str) -> list[Outcome]:
    """Whole texts in which exactly the sentences listed are withheld."""
    found = []
    for text in texts(split):
        gone = [text.text[start:end] for _, (start, end) in withheld_sentences(text.text, mark(text.text))]
        same = _words(" ".join(gone)) == _words(" ".join(text.withheld))
        found.append(Outcome(expected=True, found=same, id=text.id, said=" | ".join(map(_words, gone))))
    return found


def _words(text: str) -> str:
    return " ".join(text.split())


def score(outcomes: Iterable[Outcome]) -> Score:
    """Agreement of one kind."""
    pairs = [(each.expected, each.found) for each in outcomes]
    return Score(pairs.count((True, True)), pairs.count((False, True)), pairs.count((True, False)))


def wilson(hits: int, all_: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not all_:
        return 0.0, 1.0
    share = hits / all_
    middle = share + Z * Z / (2 * all_)
    spread = Z * (share * (1 - share) / all_ + Z * Z / (4 * all_ * all_)) ** 0.5
    return (middle - spread) / (1 + Z * Z / all_), (middle + spread) / (1 + Z * Z / all_)


def drawn(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """The 95 % interval of F1 by drawing the rows anew, with a fixed seed."""
    chance = Random(SEED)  # noqa: S311  Drawing rows, not keys.
    values = sorted(score(chance.choices(outcomes, k=len(outcomes))).f1 for _ in range(DRAWS))
    return values[DRAWS * 25 // 1000], values[DRAWS * 975 // 1000 - 1]


@cache
def realistic(length: int = LENGTH) -> str:
    """Prose of the development split, as much as is asked for."""
    chosen = [text.text for text in texts("development")] + [row.text for row in rows("development")]
    whole = "\n\n".join(chosen)
    return (whole * (length // len(whole) + 1))[:length]


def cpu_ms(text: str, repeats: int = 21) -> float:
    """Median milliseconds of CPU for marking a text."""
    mark(text)
    times = []
    for _ in range(repeats):
        start = time.process_time_ns()
        mark(text)
        times.append((time.process_time_ns() - start) / 1e6)
    return statistics.median(times)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.prose", description=__doc__)
    parser.add_argument("--misses", action="store_true", help="list what was missed and what was marked wrongly")
    options = parser.parse_args()
    for split in splits():
        print(f"\n{split}: {len(rows(split))} sentences, {len(texts(split))} whole texts")
        print(f"{'':26}{'':10}{'positive':>9}{'precision':>20}{'recall':>20}{'F1':>20}")
        for title, kind, outcomes in _measured(split):
            _print(title, kind, outcomes, misses=options.misses)
    short, long = cpu_ms(realistic()), cpu_ms(realistic(2 * LENGTH))
    print(f"\n{short:.2f} ms of CPU for {LENGTH} characters (median); twice as many take {long / short:.2f} times that")


def _measured(split: str) -> Iterator[tuple[str, str, list[Outcome]]]:
    levels: tuple[tuple[str, Callable[[Kind, str], list[Outcome]]], ...] = (
        ("sentences", row_outcomes),
        ("in texts", sentence_outcomes),
    )
    for title, outcomes in levels:
        yield from ((title, kind, outcomes(kind, split)) for kind in SENTENCE_KINDS)
    yield "texts", PASTED, text_outcomes(split)
    yield "texts", "withheld exactly", withheld_outcomes(split)


def _print(title: str, kind: str, outcomes: list[Outcome], *, misses: bool) -> None:
    if not outcomes:
        return
    found = score(outcomes)
    precision = _interval(found.precision, *wilson(found.right, found.right + found.wrong))
    recall = _interval(found.recall, *wilson(found.right, found.right + found.missed))
    print(
        f"{kind:26}{title:10}{found.right + found.missed:9}{precision:>20}{recall:>20}"
        f"{_interval(found.f1, *drawn(outcomes)):>20}"
    )
    for each in outcomes if misses else ():
        if each.expected != each.found:
            print(f"    {'missed' if each.expected else 'wrong':7}{each.id}: {_words(each.said)}")


def _interval(value: float, low: float, high: float) -> str:
    return f"{value:.3f} {low:.2f}-{high:.2f}"


if __name__ == "__main__":
    main()
