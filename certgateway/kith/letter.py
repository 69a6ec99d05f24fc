"""A message of ours as a letter to be read on paper: the same words as the Dialogmelding, laid out as a PDF.

It names patient and clinician, the reference, what is asked, why, and until when. Nothing of the certificate stands
here. The same message gives the same bytes: no clock is read and no random id made. Signs that the letter's font lacks
are shown as a lozenge and told of; the message itself holds them.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from certgateway.domain.calendar import norwegian_date
from certgateway.domain.outgoing import Asking, Outgoing
from certgateway.domain.vocabulary import Title
from certgateway.domain.vocabulary.clarification import ORDER_QUESTION
from certgateway.domain.vocabulary.form import CERTIFICATE_ITEM
from certgateway.kith.dialogmelding import reasons, told

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import BaseDocTemplate, Flowable

_HEADINGS: Final[dict[str, Title]] = {
    "question": Title("Spørsmål om legeerklæring", "Spørsmål om legeerklæring", "Question about a medical certificate"),
    "reminder": Title(
        "Påminnelse: spørsmål om legeerklæring",
        "Påminning: spørsmål om legeerklæring",
        "Reminder: question about a medical certificate",
    ),
    "return": Title("Svar sendt tilbake", "Svar sendt tilbake", "Answer returned"),
    "withdrawal": Title(
        "Spørsmålet trenger ikke svar", "Spørsmålet treng ikkje svar", "The question need not be answered"
    ),
}
_ORDER_HEADINGS: Final[dict[str, Title]] = {
    "question": Title("Bestilling av legeerklæring", "Tinging av legeerklæring", "Order for a medical certificate"),
    "reminder": Title(
        "Påminnelse: bestilt legeerklæring",
        "Påminning: tinga legeerklæring",
        "Reminder: medical certificate ordered",
    ),
    "return": _HEADINGS["return"],
    "withdrawal": Title(
        "Legeerklæringen trengs ikke lenger",
        "Legeerklæringa trengst ikkje lenger",
        "The medical certificate is no longer needed",
    ),
}
_MESSAGE: Final = Title("Melding fra NAV", "Melding frå NAV", "Message from NAV")
_LABELS: Final[dict[str, Title]] = {
    "patient": Title("Pasient", "Pasient", "Patient"),
    "number": Title("Fødselsnummer/D-nummer", "Fødselsnummer/D-nummer", "National identity number"),
    "clinician": Title("Behandler, HPR-nummer", "Behandlar, HPR-nummer", "Clinician, HPR number"),
    "system": Title("Mottakers HER-id", "HER-id til mottakaren", "Receiver's HER-id"),
    "reference": Title("Vår referanse", "Vår referanse", "Our reference"),
    "message": Title("Melding", "Melding", "Message"),
    "sent": Title("Dato", "Dato", "Date"),
    "due": Title("Svarfrist", "Svarfrist", "Answer due"),
}
_WHY: Final = Title("Hvorfor vi spør: ", "Kvifor vi spør: ", "Why we ask: ")
_HOW: Final = Title(
    "Svar på denne meldingen i journalsystemet, med referansen over. Svar bare på det som det spørres om her.",
    "Svar på denne meldinga i journalsystemet, med referansen over. Svar berre på det som det blir spurt om her.",
    "Answer this message in the record system, with the reference above. Answer only what is asked here.",
)
_HOW_ORDERED: Final = Title(
    "Send en legeerklæring fra journalsystemet, med formålet «Bestilt av NAV» og referansen over.",
    "Send ei legeerklæring frå journalsystemet, med formålet «Tinga av NAV» og referansen over.",
    "Send a medical certificate from the record system, with the purpose “Ordered by NAV” and the reference above.",
)
_PAGE: Final = Title("Side {page}", "Side {page}", "Page {page}")
_NOT_SHOWN: Final = Title(
    "Tegn som ikke kan trykkes her, står som \u25ca. De står i meldingen.",
    "Teikn som ikkje kan trykkjast her, står som \u25ca. Dei står i meldinga.",
    "Signs that cannot be printed here stand as \u25ca. They stand in the message.",
)
_LOZENGE: Final = "\u25ca"
_LOCALES: Final = {"nb": "nb-NO", "nn": "nn-NO", "en": "en"}
_MARGIN: Final = 62
_SHOWN_AS_BLANK: Final = frozenset("\n\r\t ")
_HER: Final = "her:"
_NAV: Final = "NAV"


def write_letter(outgoing: Outgoing) -> bytes:
    """The letter as PDF. It never fails for a character."""
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415  Only who asks for a letter pays for the library.
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate  # noqa: PLC0415

    words = _Words(outgoing)
    kept = BytesIO()
    language = outgoing.language
    headings = _ORDER_HEADINGS if outgoing.order else _HEADINGS
    title = headings.get(outgoing.kind, _MESSAGE).text(language)
    document = BaseDocTemplate(
        kept, pagesize=A4, title=title, author=_NAV, creator="certgateway", lang=_LOCALES[language], invariant=1
    )
    width, height = A4
    frame = Frame(_MARGIN, _MARGIN, width - 2 * _MARGIN, height - 2 * _MARGIN, 0, 0, 0, 0, id="page")

    def numbered(canvas: "Canvas", _document: "BaseDocTemplate") -> None:
        canvas.setFont(_font()[0], 8)
        number = _PAGE.text(language).format(page=canvas.getPageNumber())
        canvas.drawRightString(width - _MARGIN, _MARGIN / 2, number)
        canvas.drawString(_MARGIN, _MARGIN / 2, outgoing.clarification)

    document.addPageTemplates([PageTemplate("page", [frame], onPage=numbered)])
    document.build(list(words.flowables(title)))
    return kept.getvalue()


class _Words:
    """The parts of one letter; `missing` is set when a sign was met that the font lacks."""

    def __init__(self, outgoing: Outgoing) -> None:
        from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415  As above.

        plain, bold = _font()
        self.outgoing = outgoing
        self.missing = False
        self.text = ParagraphStyle("text", fontName=plain, fontSize=10, leading=14, spaceAfter=6)
        self.item = ParagraphStyle("item", parent=self.text, fontName=bold, fontSize=10.5, spaceBefore=10, spaceAfter=3)
        self.heading = ParagraphStyle("heading", parent=self.item, fontSize=15, leading=19, spaceAfter=12)
        self.sender = ParagraphStyle("sender", parent=self.item, fontSize=12, spaceAfter=12)

    def flowables(self, title: str) -> Iterator["Flowable"]:
        """Everything in the order in which it is read."""
        outgoing, language = self.outgoing, self.outgoing.language
        yield self._paragraph(_NAV, self.sender)
        yield self._facts()
        yield self._paragraph(title, self.heading)
        if outgoing.kind in {"question", "reminder"}:
            for number, asking in enumerate(outgoing.asked, 1):
                yield self._asked(number, asking)
        else:
            yield self._paragraph(" ".join(told(outgoing)), self.text)
            for number, asking in enumerate(outgoing.asked, 1):
                yield self._paragraph(f"{number}. {asking.text}", self.text)
        if outgoing.asked:
            how = _HOW_ORDERED if outgoing.order else _HOW
            yield self._paragraph(how.text(language), self.text)
        if self.missing:
            yield self._paragraph(_NOT_SHOWN.text(language), self.text)

    def _asked(self, number: int, asking: Asking) -> "Flowable":
        """One question, on one page where a page has room for it."""
        from reportlab.platypus import KeepTogether  # noqa: PLC0415  As above.

        language = self.outgoing.language
        target = asking.target
        asked = ORDER_QUESTION.title(target.question, language) if target.question else None
        item = asked or CERTIFICATE_ITEM.title(target.item, language) or target.item
        why = _WHY.text(language) + " ".join(reasons(asking, self.outgoing))
        texts = ((f"{number}. {item}", self.item), (asking.text, self.text), (why, self.text))
        return KeepTogether([self._paragraph(text, style) for text, style in texts])

    def _facts(self) -> "Flowable":
        """Whom it is about and for, in two columns."""
        from reportlab.platypus import Table  # noqa: PLC0415  As above.

        language = self.outgoing.language
        rows: list[list[Any]] = [
            [self._paragraph(_LABELS[name].text(language), self.text), self._paragraph(value, self.text)]
            for name, value in _told_facts(self.outgoing)
        ]
        style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)]
        style += [("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), -3)]
        return Table(rows, colWidths=[160, None], hAlign="LEFT", style=style, spaceAfter=14)

    def _paragraph(self, text: str, style: Any) -> "Flowable":  # noqa: ANN401  the library's style
        from reportlab.platypus import Paragraph  # noqa: PLC0415  As above.

        shown = "".join(map(self._shown, text))
        return Paragraph(re.sub(r"\r\n?|\n", "<br/>", escape(shown)), style)

    def _shown(self, sign: str) -> str:
        if sign in _SHOWN_AS_BLANK or ord(sign) in _signs():
            return sign
        self.missing = True
        return _LOZENGE


def _told_facts(outgoing: Outgoing) -> Iterator[tuple[str, str]]:
    language, patient = outgoing.language, outgoing.patient
    if patient.name:
        yield "patient", patient.name
    if patient.number:
        yield "number", patient.number
    if outgoing.author.hpr:
        yield "clinician", outgoing.author.hpr
    if outgoing.receiver.startswith(_HER):
        yield "system", outgoing.receiver.removeprefix(_HER)
    yield "reference", outgoing.clarification
    yield "message", outgoing.id
    yield "sent", _day(norwegian_date(outgoing.at), language)
    if outgoing.asked:
        yield "due", _day(outgoing.due, language)


def _day(day: date, language: str) -> str:
    return day.isoformat() if language == "en" else f"{day.day}.{day.month}.{day.year}"


@cache
def _font() -> tuple[str, str]:
    """Names of the plain and the bold font, which come with the library and are set in the letter."""
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415  As above.
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415

    for name, file in (("Letter", "Vera.ttf"), ("Letter-Bold", "VeraBd.ttf")):
        pdfmetrics.registerFont(TTFont(name, _file(file)))
    return "Letter", "Letter-Bold"


def _file(name: str) -> str:
    import reportlab  # noqa: PLC0415  As above.

    return str(Path(reportlab.__file__).parent / "fonts" / name)


@cache
def _signs() -> frozenset[int]:
    """Code points that both fonts have."""
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415  As above.

    fonts: list[Any] = [pdfmetrics.getFont(name) for name in _font()]
    plain, bold = (frozenset(font.face.charToGlyph) for font in fonts)
    return plain & bold
