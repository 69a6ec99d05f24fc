"""Sentences end where the writer ends them, and what is withheld leaves no word behind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.assessment_element import cut
from certgateway.domain.marks import WITHHELD, Kind, Mark
from certgateway.domain.sentences import sentence_spans, withheld_sentences
from tests.calibration import assert_grows_by, cpu

PIECES = (
    "Pas. er syk. ",
    "- bør få AAP\n",
    "1. Funksjon",
    "\n\n",
    "Se § 11-5.",
    " ",
    "\r\n",
    "kl. 10.",
    "osv. Han",
    "!?",
)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "whole",
    [
        "Pas. oppgir smerter.",
        "Kontroll hos dr. Hansen i mai.",
        "Se bl.a. notat av 12.03.2026 fra poliklinikken.",
        "Går ca. 400 m, f.eks. til butikken.",
        "Jf. § 11-5 og kap. 12 i ftrl. er dette slik.",
        "Bruker 1.5 mg daglig.",
        "Ny time 3. mai.",
        "Ny time 3. Mai.",
        "Iflg. pas. er det verst mtp. søvn.",
        "Innkalles evt. på nytt, jf. nr. 4 over.",
        "Vekt, høyde osv. er målt.",
        "Hun ligger mye av dagen\nog sover dårlig.",
        "Han er henvist til\nNAV for oppfølging.",
        "P. opplyser om uro.",
        '"Jeg orker ikke mer!" sier hun.',
        "Smerter ... men bedre nå.",
        "Dette er en lang linje som er brutt fordi den var full og ikke rommet mer tekst, og så kommer\nNAV inn.",
        "han er syk. er ute",
        "Innlagt 12.03. 14 dager.",
        "Se www.nav.no for mer.",
        "1.Hun er syk",
        ". og så",
        "Går til f.eks.\nFysioterapeut Hansen.",
        "Se vedl.\nNotat fra mai.",
        "Tar beh.annet. Deretter",
    ],
)
def test_is_one_sentence(whole: str) -> None:
    assert sentences(whole) == [whole]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Han er syk. Hun er frisk.", ["Han er syk.", "Hun er frisk."]),
        ("Er han syk? Ja!", ["Er han syk?", "Ja!"]),
        ("Nedsatt med 60 %. Tåler 5 kg.", ["Nedsatt med 60 %.", "Tåler 5 kg."]),
        ("Som før (se under). Tåler 5 kg.", ["Som før (se under).", "Tåler 5 kg."]),
        ("pas sover dårlig. klarer lite", ["pas sover dårlig.", "klarer lite"]),
        ("Har smerter.Bør få AAP.", ["Har smerter.", "Bør få AAP."]),
        ("Vurdering\n\nHan er syk", ["Vurdering", "Han er syk"]),
        ("Kan:\n- gå\n- stå\n* sitte\n• ligge\n2) løpe", ["Kan:", "- gå", "- stå", "* sitte", "• ligge", "2) løpe"]),
        ("1. Funksjon: god.\n2. Prognose: usikker.", ["1. Funksjon: god.", "2. Prognose: usikker."]),
        ("Restarbeidsevnen er 30 %\nYtterligere behandling hjelper ikke.", None),
        ("Restarbeidsevnen er 30 %\nAAP bør forlenges", None),
        ("Kontroll i mai.\nHan går fint.", ["Kontroll i mai.", "Han går fint."]),
        ("Har vekt, puls, temp osv. Han er frisk.", ["Har vekt, puls, temp osv.", "Han er frisk."]),
        ("HbA1c er 71. Fotkontroll i mai.", ["HbA1c er 71.", "Fotkontroll i mai."]),
        ("Han er syk.\r\n\r\nHun er frisk.", ["Han er syk.", "Hun er frisk."]),
        ("Varer i 3 mnd. Deretter kontroll.", ["Varer i 3 mnd.", "Deretter kontroll."]),
        ("Sagt (og ment.) Deretter stille.", ["Sagt (og ment.)", "Deretter stille."]),
        ("Har vondt!\nBlir ikke bedre", ["Har vondt!", "Blir ikke bedre"]),
        ("Plager:\nSmerter", ["Plager:", "Smerter"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_ends_sentences(text: str, expected: list[str] | None) -> None:
    assert sentences(text) == (text.split("\n") if expected is None else expected)


def mark(text: str, phrase: str, kind: Kind = "benefit-recommendation") -> Mark:
    start = text.index(phrase)
    return Mark(kind, start, start + len(phrase), "pattern")


def held(text: str, *marks: Mark) -> list[tuple[Kind, str]]:
    return [(kind, text[start:end]) for kind, (start, end) in withheld_sentences(text, marks)]


def test_a_label_withholds_nothing() -> None:
    text = "Pas. oppgir smerter. "
    assert held(text, mark(text, "oppgir", "patient-reported")) == held("") == []


def test_the_whole_sentence_goes_and_no_other() -> None:
    text = "Hun er  syk.\nHun bør få AAP nå.  Kontroll i mai."
    assert held(text, mark(text, "bør få AAP")) == [("benefit-recommendation", "Hun bør få AAP nå.")]


def test_a_mark_over_a_border_takes_both_sentences_and_the_first_mark_names_the_kind() -> None:
    text = " Ufør er han. Og bør få AAP. Slutt."
    marks = mark(text, "AAP"), mark(text, "Ufør er han. Og", "work-ability-verdict")
    kind = "work-ability-verdict"
    assert held(text, *marks) == [(kind, "Ufør er han."), (kind, "Og bør få AAP.")]


def test_a_mark_on_all_of_a_text_takes_it_as_one() -> None:
    text = " Ufør er han. Og bør få AAP. "
    assert held(text, Mark("unread", 0, len(text), "")) == [("unread", text)]


KINDS = st.sampled_from(sorted(WITHHELD))


@given(
    st.lists(st.sampled_from(PIECES), max_size=12), st.lists(st.tuples(st.integers(0, 90), st.integers(1, 9), KINDS))
)
def test_exactly_the_touched_sentences_go_and_no_word_of_them_is_shown(
    pieces: list[str], places: list[tuple[int, int, Kind]]
) -> None:
    text = "".join(pieces)
    marks = [Mark(kind, start, start + length, "") for start, length, kind in places if start + length <= len(text)]
    spans = withheld_sentences(text, marks)
    gone = {place for _, (start, end) in spans for place in range(start, end)}
    for start, end in sentence_spans(text):
        touched = any(each.start < end and each.end > start for each in marks)
        assert touched == (not gone.isdisjoint(range(start, end))) == gone.issuperset(range(start, end))
    shown = "".join(part.get("text", "") for part in cut(text, spans))
    left = "".join(letter for place, letter in enumerate(text) if place not in gone)
    assert "".join(shown.split()) == "".join(left.split())


@pytest.mark.no_cover
def test_many_marks_in_many_sentences_cost_what_they_are() -> None:
    def taken(count: int) -> float:
        text = "Bør få AAP. " * count
        marks = [Mark("benefit-recommendation", 12 * number, 12 * number + 10, "") for number in range(count)]
        assert len(withheld_sentences(text, marks)) == count
        return cpu(lambda: withheld_sentences(text, marks))

    assert_grows_by(8, lambda: taken(5_000), lambda: taken(20_000))
