"""Does a Dialogmelding, 1.0 or 1.1, have the form of the standard? Judged as leniently as a certificate is.

Whatever leaves every element placeable by its name is a remark. Refused is a wrong namespace alone. Nothing here reads
what is written, but for whether anything is.
"""

from collections.abc import Iterator
from typing import Final

from certgateway.domain.findings import Effect, Finding
from certgateway.kith.attachments import attachment_documents
from certgateway.kith.msghead import Opened
from certgateway.kith.names import BLANK, DIALOGMELDING, DIALOGMELDING_1_0
from certgateway.kith.nodes import XML, XSI, Node

_CHILDREN: Final[dict[str, tuple[str, ...]]] = {
    "Dialogmelding": ("SakstypeKodet", "Sakstype", "Foresporsel", "Notat"),
    "Notat": (
        "TemaKodet",
        "Tema",
        "TekstNotatInnhold",
        "Merknad",
        "DokIdNotat",
        "DatoNotat",
        "Foresporsel",
        "RollerRelatertNotat",
    ),
    "Foresporsel": (
        "TypeForesp",
        "EmneSporsmal",
        "Sporsmal",
        "Formål",
        "Begrunnelse",
        "Hastegrad",
        "FraDato",
        "TilDato",
        "TypeJournalinfo",
        "KodetOpplysning",
        "DokIdForesp",
        "RollerRelatertNotat",
    ),
}
"""What may stand in each element, in the order of 1.1; 1.0 has fewer of them, in the same order."""
_NAMESPACES: Final = frozenset({DIALOGMELDING, DIALOGMELDING_1_0})
_SEVERAL: Final = frozenset({"Notat", "RollerRelatertNotat", "TypeJournalinfo"})
_MUST: Final = {"Notat": "TemaKodet", "Foresporsel": "TypeForesp"}


def judge_form(opened: Opened) -> list[Finding]:
    """Every breach of the form of a Dialogmelding, mild ones as remarks; what it is about is not looked at."""
    head = opened.head
    if head is None:
        return []
    found: list[Finding] = []
    for dialogue in opened.dialogues:
        if dialogue.namespace in _NAMESPACES:
            found += _judge(dialogue)
        else:
            found.append(Finding("namespace-wrong", Effect.REFUSE, path=dialogue.path, expected=DIALOGMELDING))
    if (
        all(dialogue.known for dialogue in opened.dialogues)
        and not _says_something(opened)
        and not attachment_documents(head)
    ):
        # Whatever it was meant to say, it says nothing.
        found.append(Finding("placeholder-text", Effect.REMARK, path=opened.dialogues[0].path))
    return found


def _says_something(opened: Opened) -> bool:
    """Whether there is a word where an answer may stand; a subject alone answers nothing."""
    notes = [note for dialogue in opened.dialogues for note in dialogue.all("Notat")]
    asked = [] if notes else [each for dialogue in opened.dialogues for each in dialogue.all("Foresporsel")]
    texts = [node for note in notes for name in ("TekstNotatInnhold", "Merknad") for node in note.all(name)]
    texts += [node for each in asked for node in each.all("Sporsmal")]
    return any(below.text.strip() for node in texts for below in node.walk())


def _judge(node: Node) -> Iterator[Finding]:
    yield from _stray(node)
    order = _CHILDREN[node.name]
    must = _MUST.get(node.name)
    if must is not None and not node.all(must):
        yield _deviation("missing", node, expected=must)
    reached, seen = -1, set[str]()
    for child in list(node.present):
        if child.name not in order:
            _estrange(child)
            yield _deviation("unknown", child)
        elif child.namespace != node.namespace:
            _estrange(child)
            yield Finding("namespace-wrong", Effect.REFUSE, path=child.path, expected=node.namespace)
        else:
            rank = order.index(child.name)
            if rank < reached:
                yield _deviation("order", child)
            elif child.name in seen and child.name not in _SEVERAL and node.name != "Dialogmelding":
                yield _deviation("repeated", child)
            reached = max(reached, rank)
            seen.add(child.name)
            if child.name in _CHILDREN:
                yield from _judge(child)


def _stray(node: Node) -> Iterator[Finding]:
    """Attributes and text in an element that the standard gives neither."""
    for name in node.attributes:
        if not name.startswith((XSI, XML)):
            node.strange |= {name}
            yield _deviation("attribute", node, culprit=node.place(name))
    if node.text.strip(BLANK):
        yield _deviation("text", node)


def _deviation(kind: str, node: Node, *, expected: str | None = None, culprit: str | None = None) -> Finding:
    """A breach that costs nobody anything. An unknown name is the sender's word: what is around it stands for it."""
    culprit = culprit if node.known else node.path
    return Finding(
        "schema-deviation", Effect.REMARK, path=node.shown, expected=expected, detail={"kind": kind}, culprit=culprit
    )


def _estrange(node: Node) -> None:
    for below in node.walk():
        below.known = False
