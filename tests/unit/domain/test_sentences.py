"""Sentences end where the writer ends them, and what is withheld leaves no word behind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.marks import WITHHELD, Kind, Mark
from certgateway.domain.sentences import Part, parts, sentence_spans

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
        ("", []),
        (" \n ", []),
    ],
)
def test_ends_sentences(text: str, expected: list[str] | None) -> None:
    assert sentences(text) == (text.split("\n") if expected is None else expected)


def mark(text: str, phrase: str, kind: Kind = "benefit-recommendation") -> Mark:
    start = text.index(phrase)
    return Mark(kind, start, start + len(phrase), "pattern")


def test_nothing_withheld_is_one_part() -> None:
    text = "Pas. oppgir smerter. "
    assert parts(text, [mark(text, "oppgir", "patient-reported")]) == (Part(text, None, 0, len(text)),)
    assert parts("", []) == (Part("", None, 0, 0),)


def test_the_whole_sentence_goes_and_the_rest_stays_as_it_is() -> None:
    text = "Hun er  syk.\nHun bør få AAP nå.  Kontroll i mai."
    found = parts(text, [mark(text, "bør få AAP")])
    assert [part.text for part in found] == ["Hun er  syk.\n", None, "  Kontroll i mai."]
    assert [part.withheld for part in found] == [None, "benefit-recommendation", None]


def test_neighbours_of_a_kind_merge_and_others_do_not() -> None:
    text = "Bør få AAP. Bør få hjelp. Varig ufør. Slutt."
    marks = [mark(text, "AAP"), mark(text, "hjelp"), mark(text, "ufør", "work-ability-verdict")]
    found = parts(text, marks)
    assert [(text[part.start : part.end], part.withheld) for part in found] == [
        ("Bør få AAP. Bør få hjelp. ", "benefit-recommendation"),
        ("Varig ufør.", "work-ability-verdict"),
        (" Slutt.", None),
    ]


def test_a_mark_over_a_border_takes_both_sentences_and_the_first_mark_names_the_kind() -> None:
    text = " Ufør er han. Og bør få AAP. "
    marks = [mark(text, "AAP"), mark(text, "Ufør er han. Og", "work-ability-verdict")]
    assert parts(text, marks) == (Part(None, "work-ability-verdict", 0, len(text)),)


KINDS = st.sampled_from(sorted(WITHHELD))


@given(
    st.lists(st.sampled_from(PIECES), max_size=12), st.lists(st.tuples(st.integers(0, 90), st.integers(1, 9), KINDS))
)
def test_parts_cover_the_text_and_leave_no_word_of_a_withheld_sentence(
    pieces: list[str], places: list[tuple[int, int, Kind]]
) -> None:
    text = "".join(pieces)
    marks = [Mark(kind, start, start + length, "") for start, length, kind in places if start + length <= len(text)]
    found = parts(text, marks)
    assert [part.start for part in found] == [0, *(part.end for part in found[:-1])]
    assert found[-1].end == len(text)
    assert all(part.text in {None, text[part.start : part.end]} for part in found)
    assert all((part.text is None) == (part.withheld in WITHHELD) for part in found)
    shown = {place for part in found if part.text is not None for place in range(part.start, part.end)}
    for start, end in sentence_spans(text):
        touched = any(each.start < end and each.end > start for each in marks)
        assert touched != (not shown.isdisjoint(range(start, end)))
