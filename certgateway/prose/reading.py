"""A text as its sentences and the codes of their words, and the way back from words to places in the text.

Folding leaves every character in its place and the text itself is never changed, so that every place is one of the text
as received.
"""

from collections.abc import Iterator

from certgateway.domain.sentences import sentence_spans
from certgateway.prose.lexicon import BORDER, BREAK, TOKEN, pieces
from certgateway.prose.matching import Place, Words
from certgateway.prose.sources import Guard


class Sentence:
    """One sentence as codes between two borders, and which patterns may fit it. Places count its words."""

    __slots__ = ("_end", "_folded", "_start", "candidates", "words")

    def __init__(self, codes: str, candidates: int, folded_text: str, start: int, end: int) -> None:
        self.candidates = candidates
        self.words = Words(f"{BORDER}{codes}{BORDER}")
        self._folded = folded_text
        self._start = start
        self._end = end

    def spans(self) -> list[Place]:
        """Where each of its words stands in the text; a border stands before the first."""
        tokens = TOKEN.finditer(self._folded, self._start, self._end)
        return [(self._start, self._start), *(match.span() for match in tokens)]


def sentences(text: str, lower: str, rules: Guard) -> Iterator[Sentence]:
    """The sentences of a text, and the same folded, which any of the wanted patterns may fit."""
    spans = sentence_spans(text)
    parted = "".join([f" {BREAK} {lower[start:end]}" for start, end in spans])
    _, *each = "".join(rules.lexicon.codes(pieces(parted))).split(BORDER)
    for (start, end), codes in zip(spans, each, strict=True):
        candidates = rules.patterns.candidates(codes)
        if candidates & rules.wanted:
            yield Sentence(codes, candidates, lower, start, end)
