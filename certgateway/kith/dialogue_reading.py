"""An answer in words out of a Dialogmelding, 1.0 or 1.1: who wrote what, about which question; the way in.

Everything is read by its name, wherever it stands, and what stands otherwise than the standard has it is named and
costs nobody an answer. The words stay words: no item is answered by them. Of codes, only two of our own count: that a
text is about an item, and why the doctor cannot answer. Nothing here may decide which question is meant.
"""

from collections.abc import Iterator
from typing import Final

from certgateway.domain.amendment import ANSWERABLE
from certgateway.domain.certificate import Coding
from certgateway.domain.findings import Finding
from certgateway.domain.replies import Place, ReplyKind, ReplyText, Words, as_certificate, text_place
from certgateway.domain.reply import Reply
from certgateway.domain.vocabulary import systems
from certgateway.domain.vocabulary.clarification import DECLINE_REASON
from certgateway.kith import people
from certgateway.kith.attachments import attachment_documents
from certgateway.kith.carried import not_carried
from certgateway.kith.dates import instant
from certgateway.kith.dialogue_codes import DECLINE_OID, ITEM_OID
from certgateway.kith.legeerklaering import Parsed
from certgateway.kith.marked_up import read_marked_up
from certgateway.kith.msghead import Opened
from certgateway.kith.names import BLANK
from certgateway.kith.nodes import Node
from certgateway.kith.reading import Reading, Titles

# The places of a note, and in which of them an answer may stand; a subject alone answers nothing.
_PLACES: Final[tuple[tuple[str, Place], ...]] = (
    ("Tema", "subject"),
    ("TekstNotatInnhold", "text"),
    ("Merknad", "remark"),
)
_KINDS: Final[dict[str, ReplyKind]] = {"DIALOG_SVAR": "answer", "DIALOG_FORESPORSEL": "question"}


def understand(opened: Opened, titles: Titles) -> tuple[Parsed, Reply | None, list[Finding]]:
    """The words as a certificate that holds nothing else, what they answer, and what was not carried.

    Without a time or an id nothing can be said of when or in which message; then there is neither.
    """
    head = opened.head
    info = head.first("MsgInfo") if head is not None else None
    authored = instant(info.word("GenDate")) if info is not None else None
    message = info.word("MsgId") if info is not None else None
    if head is None or info is None or authored is None or message is None:
        return Parsed(None), None, []
    dialogue = opened.dialogues[0]
    reading = Reading(titles, origins={"": dialogue.path})
    reading.note("authored", info.first("GenDate"))
    texts = tuple(_noted(text, node, index, reading) for index, (text, node) in enumerate(_texts(opened)))
    documents = attachment_documents(head)
    for index, document in enumerate(documents):
        reading.note(f"attachment[{index}]", document.node)
    patient = people.patient(head, dialogue, reading)
    certificate = as_certificate(
        texts,
        [document.attachment for document in documents],
        identifier=Coding(systems.KITH_CONVERSATION, message),
        authored=authored,
        patient=patient,
        author=people.author(head, dialogue, patient, reading),
    )
    declined, items = _declined(opened)
    named = tuple(dict.fromkeys(_named(info, opened)))
    words = Words(_kind(info), texts, named)
    reply = Reply(named[0] if named else "", declined, items, words)
    for each in opened.dialogues:
        _pass_over(each)
    rest = set(opened.dialogues[1:])
    others = {document.shown for document in head.all("Document") if _holds(document, rest)}
    lost = [found for found in not_carried(head, dialogue, documents) if found.path not in others]
    return Parsed(certificate, reading.origins), reply, [*reading.findings, *lost]


def _holds(document: Node, dialogues: set[Node]) -> bool:
    return any(found in dialogues for found in document.every("RefDoc", "Content", "Dialogmelding"))


def _noted(text: ReplyText, node: Node, index: int, reading: Reading) -> ReplyText:
    """The same, once its place is known. In a text with elements in it no range can be told: the whole is its place."""
    place = text_place(index)
    reading.note(place if text.text == node.text else place.rpartition(".")[0], node)
    return text


def _texts(opened: Opened) -> Iterator[tuple[ReplyText, Node]]:
    """Every text that says something, in order, and where it stands."""
    places = list(_places(opened))
    marked = read_marked_up(opened.raw, [node for _, node, _ in places if any(node.present)])
    for place, node, item in places:
        text = marked[node.offset].strip(BLANK) if node.offset in marked else node.text
        _read(node)
        if text.strip():
            yield ReplyText(place, text, item), node


def _places(opened: Opened) -> Iterator[tuple[Place, Node, str | None]]:
    """The texts of every note; where there is no note, of the doctor's own questions."""
    notes = [note for dialogue in opened.dialogues for note in dialogue.all("Notat")]
    for note in notes:
        item = next((code for code, system in _codes(note.all("Foresporsel")) if system == ITEM_OID), None)
        for name, place in _PLACES:
            yield from ((place, node, item if item in ANSWERABLE else None) for node in note.all(name))
    if not notes:
        for dialogue in opened.dialogues:
            yield from (("text", node, None) for node in dialogue.every("Foresporsel", "Sporsmal"))


def _codes(asked: list[Node]) -> Iterator[tuple[str, str]]:
    """Code and system of each coded statement that stands with a question."""
    for question in asked:
        for coded in question.all("KodetOpplysning"):
            yield coded.attributes.get("V", "").strip(BLANK), coded.attributes.get("S", "").strip(BLANK)


def _declined(opened: Opened) -> tuple[str | None, frozenset[str]]:
    """Why the doctor cannot answer, where that is said in a code of ours; about everything that is open."""
    asked = [each for dialogue in opened.dialogues for each in dialogue.every("Notat", "Foresporsel")]
    asked += [each for dialogue in opened.dialogues for each in dialogue.all("Foresporsel")]
    codes = (code for code, system in _codes(asked) if system == DECLINE_OID and code in DECLINE_REASON)
    return next(codes, None), frozenset()


def _named(info: Node, opened: Opened) -> Iterator[str]:
    """The conversation, the message that is answered, and the id that the question told to answer by."""
    for conversation in info.all("ConversationRef"):
        for name in ("RefToConversation", "RefToParent"):
            yield from (text for node in conversation.all(name) if (text := node.word()) is not None)
    for dialogue in opened.dialogues:
        for asked in (*dialogue.every("Notat", "Foresporsel"), *dialogue.all("Foresporsel")):
            yield from (text for node in asked.all("DokIdForesp") if (text := node.word()) is not None)


def _kind(info: Node) -> ReplyKind:
    """By the message's type; some write its code where its name belongs."""
    type_ = info.first("Type")
    told = [type_.attributes.get(name, "").strip(BLANK).upper() for name in ("V", "DN")] if type_ is not None else []
    return next((_KINDS[each] for each in told if each in _KINDS), "note")


def _pass_over(dialogue: Node) -> None:
    """Marks what tells of the message and nothing of the patient, and what only repeats our question."""
    for note in dialogue.all("Notat"):
        for name in ("TemaKodet", "DokIdNotat", "DatoNotat", "Foresporsel"):
            for node in note.all(name):
                _read(node)
    for asked in dialogue.all("Foresporsel"):
        for name in ("TypeForesp", "KodetOpplysning", "DokIdForesp"):
            for node in asked.all(name):
                _read(node)


def _read(node: Node) -> None:
    for below in node.walk():
        below.carried = True
        below.read |= set(below.attributes)
