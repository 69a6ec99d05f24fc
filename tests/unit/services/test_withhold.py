"""What of a certificate is marked and held back; and that what nobody has looked at is not shown."""

from datetime import UTC, datetime

from certgateway.domain.certificate import Author, Certificate, Coding, Section, Statement
from certgateway.domain.replies import ProseReply, ReplyText, text_place
from certgateway.services.withhold import MOST_PROSE, find_marks, withheld_in, withheld_in_replies

AT = datetime(2026, 5, 4, 8, tzinfo=UTC)
BENEFIT = "Bør få AAP. Går tur."


def with_texts(*texts: str) -> Certificate:
    """A certificate with no other prose."""
    statements = tuple(Statement(text) for text in texts)
    return Certificate(Coding("urn:x", "1"), AT, "final", assessment=Section("stated", statements))


def test_every_field_is_marked_by_itself_and_whole_sentences_go() -> None:
    certificate = with_texts("Går tur.", BENEFIT)
    marks = find_marks(certificate)
    assert {element: [each.kind for each in found] for element, found in marks.items()} == {
        "assessment[1].text": ["benefit-recommendation"]
    }
    assert withheld_in(certificate, marks) == {"assessment[1].text": (("benefit-recommendation", (0, 11)),)}


def test_of_answers_in_words_each_text_is_looked_at() -> None:
    def reply(message: str, *texts: str) -> ProseReply:
        return ProseReply(message, "c1", "answer", AT, AT, Author(), tuple(ReplyText("text", text) for text in texts))

    assert withheld_in_replies((reply("m1", "Går tur.", BENEFIT), reply("m2", "Går tur."))) == {
        "m1": {text_place(1): (("benefit-recommendation", (0, 11)),)},
        "m2": {},
    }


def test_a_label_holds_nothing_back() -> None:
    certificate = with_texts("Pasienten oppgir smerter.")
    marks = find_marks(certificate)
    assert [each.kind for found in marks.values() for each in found] == ["patient-reported"]
    assert withheld_in(certificate, marks) == {}


def test_prose_beyond_the_room_is_withheld_unread_and_short_fields_behind_it_are_read() -> None:
    full = "a " * (MOST_PROSE // 2 - len(BENEFIT))
    over = "Går tur. " * 10
    certificate = with_texts(full, over, BENEFIT, BENEFIT)
    held = withheld_in(certificate, find_marks(certificate))
    assert held == {
        "assessment[1].text": (("unread", (0, len(over))),),
        "assessment[2].text": (("benefit-recommendation", (0, 11)),),
        "assessment[3].text": (("benefit-recommendation", (0, 11)),),
    }
    assert "assessment[0].text" not in held
