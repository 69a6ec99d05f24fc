"""Texts that fill a field and answer nothing, as data, each with the reason why it is no answer.

People type filler to pass checks. What is listed here counts as missing wherever it stands alone; a text that says
anything more is never a placeholder. Nothing here may judge whether an answer is good, and short clinical answers must
pass: "i.a." and "u.a." (nothing abnormal), "uendret", "normal", "AAA" (a diagnosis), a bare score, "Na" beside a value.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from certgateway.domain.prose import words


def _phrases(reasons: Mapping[str, tuple[str, ...]]) -> Mapping[tuple[str, ...], str]:
    """The table turned round: words of a phrase to the reason why it is no answer."""
    return MappingProxyType({words(phrase): reason for reason, phrases in reasons.items() for phrase in phrases})


# fmt: off
FILLERS: Final = _phrases(
    {
        "says that the answer is not known, which is what an empty field says": (
            "ukjent", "ukjend", "er ukjent", "er ukjend", "ikke kjent", "ikkje kjent", "ikkje kjend", "vet ikke",
            "veit ikkje", "vites ikke", "unknown", "not known", "don't know", "uvisst",
        ),
        "says that nothing was answered": (
            "ikke oppgitt", "ikkje oppgitt", "ikke angitt", "ikkje oppgjeve", "ikke besvart", "ikkje svart på",
            "ikke utfylt", "ikkje utfylt", "ikke fylt ut", "ikkje fylt ut", "mangler", "manglar", "tom", "tomt",
            "blank", "blankt", "not stated", "not answered", "null", "nil", "n/a", "&nbsp;", "undefined", "none given",
        ),
        "promises an answer for later": (
            "kommer", "kjem", "kommer senere", "kjem seinare", "fylles ut senere", "ettersendes", "blir ettersendt",
            "tbd", "to do", "todo", "to follow", "to be determined",
        ),
        "was typed to try the form or to pass a check": (
            "test", "tester", "testing", "dette er en test", "dette er ein test", "test tekst", "testtekst",
            "this is a test", "dummy", "foo", "lorem", "lorem ipsum", "bla", "blabla", "abc", "abcd",
            "1234", "12345", "123456", "x",
            "xx", "tekst", "text", "fritekst", "sett inn tekst", "sett inn tekst her", "skriv her", "tekst her",
        ),
        "points to another text without saying what it says": (
            "vedlagt", "vedlegg", "ovenfor", "ovanfor", "idem", "ditto", "dito", "det samme", "det same", "samme",
            "same",
        ),
    }
)
"""No answer anywhere."""

DENIALS: Final = _phrases(
    {
        "denies, which answers a short question but tells no history and assesses nothing": (
            "nei", "ja", "ingen", "inga", "intet", "ingenting", "ikkje noko", "ikke noe", "no", "yes", "none",
            "nothing", "ikke aktuelt", "ikkje aktuelt", "uaktuelt", "ikke relevant", "ikkje relevant", "irrelevant",
            "not applicable", "not relevant", "ikke vurdert", "ikkje vurdert", "not assessed", "ok", "ingen kommentar",
            "ingen merknad", "ingen merknader", "ingen merknadar",
        ),
    }
)
"""No answer in a narrative (history, assessment). Elsewhere they are: no occupation, no result, nothing that helps."""

UNCERTAINTIES: Final = frozenset(
    words(phrase)
    for phrase in (
        "usikkert", "usikker", "uviss", "uklart", "uklar", "uavklart", "varierende", "varierande", "uncertain",
        "usikker varighet", "usikker varigheit", "uviss varighet", "uviss varigheit", "uvisst når", "usikkert når",
        "vanskelig å si", "vanskeleg å seie", "vanskelig å anslå", "vanskeleg å anslå", "vanskelig å vurdere",
        "vanskeleg å vurdere", "kan ikke anslås", "kan ikkje anslåast", "ikke mulig å si", "ikkje mogleg å seie",
        "for tidlig å si", "for tidleg å seie", "det er usikkert", "det er uvisst", "dette er usikkert",
        "avhenger av behandling", "avheng av behandling", "avhenger av behandlingen", "avheng av behandlinga",
    )
)
"""No answer to the question how long, since they say neither why nor until when; answers to other questions."""

POINTERS: Final = frozenset(
    {
        "se", "sjå", "sja", "jf", "jfr", "jamfør", "cf", "ref", "vide", "viser", "vises", "visast", "det",
        "henviser", "som", "slik", "see", "refer", "as", "viz", "vedlagt", "vedlagte",
    }
)
"""How a text begins that only points elsewhere."""

TARGETS: Final = frozenset(
    {
        "over", "ovenfor", "ovanfor", "under", "nedenfor", "nedanfor", "foran", "nevnt", "nemnt", "beskrevet",
        "skildra", "omtalt", "omtala", "above", "below", "previous", "journal", "journalen", "journalnotat",
        "journalnotatet", "notat", "notatet", "notater", "notata", "record", "records", "notes", "attachment",
        "attached", "epikrise", "epikrisen", "epikrisa", "epikriser", "epikrisar", "vedlegg", "vedlegget",
        "vedlagt", "vedlagte", "tidligere", "tidlegare", "tidl", "forrige", "førre", "siste", "erklæring",
        "erklæringen", "erklæringa", "erklæringer", "erklæringar", "legeerklæring", "legeerklæringen",
        "legeerklæringa", "sykmelding", "sykmeldingen", "sykmeldinga", "sykemelding", "sjukmelding",
        "sjukmeldinga", "diagnose", "diagnosen", "diagnoser", "diagnosar", "anamnese", "anamnesen",
        "sykehistorie", "sykehistorien", "sjukehistorie", "sjukehistoria", "punkt", "pkt", "felt", "feltet",
        "rubrikk", "side", "dokumentasjon", "dokumenter", "dokument", "papirer", "papir", "spesialisterklæring",
        "spesialistuttalelse", "utredning",
    }
)
"""Where such a text points."""

LINKS: Final = frozenset(
    {
        "til", "i", "på", "av", "fra", "frå", "min", "mi", "mitt", "mine", "vår", "våre", "den", "det", "de",
        "dei", "der", "her", "og", "eller", "samt", "som", "er", "blir", "vises", "vist", "visast", "jf", "jfr",
        "se", "sjå", "også", "egen", "eiga", "eigen", "innsendt", "innsende", "sendt", "the", "in", "on", "to",
        "my", "our", "and", "or", "also", "is", "for", "vennligst", "please",
    }
)
"""What may stand between pointer and target without saying anything."""

# fmt: on

KEYBOARD_ROWS: Final = ("qwertyuiopå", "asdfghjkløæ", "zxcvbnm")

_SHORTEST_RUN: Final = 4  # "asd" is a heart defect, "ert" a pea
_SHORTEST_REPEAT: Final = 3  # "aa" and "bb" are abbreviations
_MEANT: Final = frozenset({"AAA", "III"})  # abdominal aortic aneurysm, and the grade

_GLANCE: Final = 120
_MANY_WORDS: Final = 1 + max(map(len, (*FILLERS, *DENIALS)))
"""So many different words among the first `_GLANCE` characters are no filler, whatever follows."""

NO_WORDS: Final = "holds no letter and no digit"
POINTS: Final = "points to another text without saying what it says"
REPEATS: Final = "is one letter over and over"
KEYBOARD: Final = "runs along a row of the keyboard"
BARE: Final = "is a single letter or a bare number, which tells no history and assesses nothing"


def placeholder_reason(text: str, *, narrative: bool = False) -> str | None:
    """Why the whole text is no answer, in English; None when it may be one. `narrative`: history or assessment."""
    if _is_plainly_told(text):
        return None
    said = words(text)
    if not said:
        return NO_WORDS
    # "test test" and "bla bla bla" say no more than their word.
    phrase = said[:1] if len(set(said)) == 1 else said
    return (
        FILLERS.get(phrase)
        or (POINTS if _points_elsewhere(said) else None)
        or _typed_at_random("".join(said), text)
        or (_too_bare(phrase) if narrative else None)
    )


def _is_plainly_told(text: str) -> bool:
    """Whether a glance is enough: many different words, and a beginning that does not point elsewhere."""
    beginning = text[:_GLANCE].casefold().split()
    if len({word for word in beginning if word[0].isalpha()}) < _MANY_WORDS:
        return False
    first = words(beginning[0])
    return bool(first) and first[0] not in POINTERS


def _points_elsewhere(said: tuple[str, ...]) -> bool:
    rest = said[1:]
    return (
        said[0] in POINTERS
        and any(word in TARGETS for word in rest)
        and all(word in TARGETS or word in LINKS or word.isdigit() for word in rest)
    )


def _typed_at_random(letters: str, text: str) -> str | None:
    if letters.isalpha() and len(letters) >= _SHORTEST_REPEAT and len(set(letters)) == 1:
        return None if text.strip() in _MEANT else REPEATS
    if not any(letters[:_SHORTEST_REPEAT] in row for row in KEYBOARD_ROWS):
        return None
    unit = letters[: (letters * 2).find(letters, 1)]  # "asd" of "asdasdasd", the whole of what does not repeat
    if len(letters) >= _SHORTEST_RUN and len(unit) >= _SHORTEST_REPEAT and any(unit in row for row in KEYBOARD_ROWS):
        return KEYBOARD
    return None


def _too_bare(phrase: tuple[str, ...]) -> str | None:
    joined = "".join(phrase)
    return BARE if len(joined) == 1 or joined.isdigit() else DENIALS.get(phrase)
