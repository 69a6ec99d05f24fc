"""A text as its sentences and the codes of their words, and the way back from words to places in the text.

The text itself is never changed, so that every place is one of the text as received.
"""

from functools import cached_property
from itertools import accumulate, pairwise

from certgateway.domain.sentences import sentence_spans
from certgateway.prose.lexicon import BORDER, TOKEN, Codes, Lexicon
from certgateway.prose.matching import Place


class Reading:
    """One text, read by one lexicon. Word places count every word and sign, and the borders around sentences."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._spans = sentence_spans(text)
        codes = Codes(lexicon)
        sentences = ["".join(map(codes.__getitem__, TOKEN.findall(text, start, end))) for start, end in self._spans]
        self.codes = BORDER + "".join(sentence + BORDER for sentence in sentences)
        borders = accumulate((len(sentence) + 1 for sentence in sentences), initial=1)
        self.sentences = [
            (start, end - 1, lexicon.mask(sentence))
            for (start, end), sentence in zip(pairwise(borders), sentences, strict=True)
        ]
        """Start and end of each sentence in `codes`, and the word classes that occur in it."""

    @cached_property
    def _places(self) -> list[Place]:
        found: list[Place] = [(0, 0)]
        for start, end in self._spans:
            found += (match.span() for match in TOKEN.finditer(self._text, start, end))
            found.append((end, end))
        return found

    def span(self, place: Place) -> Place:
        """Where some words stand in the text."""
        return self._places[place[0]][0], self._places[place[1] - 1][1]
