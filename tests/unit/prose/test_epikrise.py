"""Pasted letters and notes are told from a doctor's own account by the number of their signs."""

import pytest

from certgateway.prose import epikrise, mark

NOTE = """Epikrise, medisinsk avdeling
Innlagt: 12.03.2026

Aktuelt: Brystsmerter siden i går.
Forløp: Ukomplisert.
Medisiner ved utreise:
Albyl-E 75 mg x 1
Metoprolol 50 mg x 1

Med vennlig hilsen
overlege"""
LABORATORY = """Hemoglobin 12,1 g/dL
CRP 5 mg/L
Kreatinin 80 umol/L
ALAT 22 U/L
Ferritin 40 ug/L
HbA1c 40 mmol/mol"""


PERIOD = "Nevrologisk poliklinikk\nForløp: Rolig 03.11.2025 til 12.12.2025.\nStatus: CRP 4, Hb 14, TSH 2."


@pytest.mark.parametrize("text", [PERIOD, NOTE, LABORATORY, NOTE.upper(), NOTE.replace("\n", "\r\n")])
def test_pasted_record_is_marked(text: str) -> None:
    assert [each.kind for each in mark(text) if each.kind == "pasted-epikrise"] == ["pasted-epikrise"]


def test_the_mark_begins_where_the_paste_does() -> None:
    own = "Jeg har kjent pasienten lenge. Hun har det vanskelig.\n\n"
    (found,) = mark(f"{own}{NOTE}\n")
    assert (found.start, found.end) == (len(own), len(own) + len(NOTE))
    assert "overskrifter: " in found.pattern


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Diagnose: Artrose.\nBehandling: Protese i 2024.\nFunksjon: Går 200 m.\nPrognose: God.",
        "Jf. epikrise av 14.01.2026 fra ortopedisk avdeling. Hun går bedre nå.",
        "Bruker metformin 1000 mg x 2 og Levaxin 75 mikrogram x 1. HbA1c 58, BT 140/80.",
        "Aktuelt\nHan sliter med søvn.\n\nVurdering\nLangvarig forløp.",
        "Kan:\n- gå 200 m\n- løfte 5 kg\n- stå 10 min\n- sitte 30 min\n- lese 10 min\n- bære 2 kg",
        "Med vennlig hilsen\nfastlege",
    ],
)
def test_own_account_is_not_marked(text: str) -> None:
    assert [each for each in mark(text) if each.kind == "pasted-epikrise"] == []


def test_a_full_memory_of_words_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epikrise, "_met", {})
    expected = mark(NOTE)
    assert epikrise._met
    monkeypatch.setattr(epikrise, "_met", {})
    monkeypatch.setattr(epikrise, "_MOST_MET", 0)
    assert mark(NOTE) == expected
    assert not epikrise._met


def test_words_are_remembered_by_their_hash_alone() -> None:
    mark(NOTE.replace("siden", "Kvernsveen"))
    assert {type(key) for key in epikrise._met} == {int}
    assert {name for names in epikrise._met.values() for name in names} <= {"account", "jargon", "title"}


def test_a_heading_counts_once() -> None:
    twice = f"{NOTE}\nForløp: Som før."
    headings = [
        [each.entry for each in epikrise.judged(text, text.lower())[1]].count("forløp") for text in (NOTE, twice)
    ]
    assert headings == [1, 1]


def test_what_the_signs_are_does_not_depend_on_who_asks_first() -> None:
    tables = (epikrise._signs, epikrise._keyed, epikrise._of_words, epikrise._heads)
    before = [table() for table in tables]
    for table in tables:
        table.cache_clear()
    assert [table() for table in tables] == before
    assert all(before)
