"""Twice the KITH message takes about twice the CPU, whatever is repeated in it: nothing in that walk is quadratic.

Every element that may be repeated, by the standard or in spite of it, is repeated here. What takes the square of its
input takes four times as long for twice as much, and sixteen times for four times as much; that is what is measured.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from certgateway import bootstrap
from certgateway.services.answer import Receipt, answer_for
from certgateway.services.convert import convert
from certgateway.services.examine import examine, judge_examined, validation_facts
from tests.calibration import assert_grows_by, cpu
from tests.kith import PDF, WHOLE, attachment, inserted, raw

HOUSE = bootstrap.build_house()
AT = datetime(2026, 11, 1, 11, tzinfo=UTC)
BASE = raw(WHOLE)
TIMES = 4
MOST = 2.3**2
"""How much longer four times as much may take: twice 2 and some noise, not 4 times 4."""

DSIG = 'xmlns="http://www.w3.org/2000/09/xmldsig#"'
FORM = 'xmlns="http://www.kith.no/xmlstds/legeerklaring/2008-06-06"'
REFERENCE = '<Reference URI=""><DigestMethod Algorithm="x"/><DigestValue>AAAA</DigestValue></Reference>'
ROW = '<Enkeltdiagnose kodeverdi="A04" sortering="{}"/>'
WORDED = '<Enkeltdiagnose kodeverdi="A04" diagnose="Tretthet" sortering="1"/>'
SYSTEM = '<DiagnoseKodesystem kodesystem="3"><Enkeltdiagnose kodeverdi="F32" sortering="1"/></DiagnoseKodesystem>'
MEASURE = '<AktueltTiltak typeTiltak="#"><HvilkeAndreTiltak>x</HvilkeAndreTiltak></AktueltTiltak>'
OTHER = '<Document><RefDoc><MsgType V="XML"/><Content><x xmlns="u"/></Content></RefDoc></Document>'
EMPTY = '<Document><RefDoc><MsgType V="A"/></RefDoc></Document>'
PLACE = "<PersonAdr><PostalAddress><City>x</City></PostalAddress></PersonAdr>"
SIGNED = f"<Signature {DSIG}><SignedInfo>{{}}</SignedInfo></Signature>"

# What is repeated, before what, and how often at first.
CASES: dict[str, tuple[str, str, int]] = {
    "ticks": ('<LegeerklaringGjelder typeLegeerklaring="2"/>', "<LegeerklaringGjelder ", 2000),
    "empty ticks": ("<LegeerklaringGjelder/>", "<LegeerklaringGjelder ", 2000),
    "measures": (MEASURE.replace("#", "7"), "<AktueltTiltak ", 1500),
    "benefits": (MEASURE.replace("#", "5"), "<AktueltTiltak ", 1500),
    "code systems": (SYSTEM, "<DiagnoseKodesystem ", 1500),
    "diagnoses": (ROW, "<Enkeltdiagnose ", 2500),
    "main diagnoses": ('<Enkeltdiagnose kodeverdi="A04" sortering="1"/>', "<Enkeltdiagnose ", 2500),
    "blank diagnoses": ('<Enkeltdiagnose kodeverdi="" sortering="1"/>', "<Enkeltdiagnose ", 2500),
    "diagnoses in words": (WORDED, "<Enkeltdiagnose ", 1500),
    "situations": ('<Arbeidssituasjon arbeidssituasjon="4" annenArbeidssituasjon="x"/>', "<Arbeidssituasjon ", 2500),
    "contacts": ('<Kontakt kontakt="5" annenInstans="x y"/>', "<Kontakt ", 2500),
    "placeholders": ('<Kontakt kontakt="5" annenInstans="se journal"/>', "<Kontakt ", 1500),
    "bad contacts": ('<Kontakt kontakt="9"/>', "<Kontakt ", 2500),
    "addresses": (PLACE, "<PersonAdr ", 1500),
    "telephones": ("<Teleinformasjon>1</Teleinformasjon>", '<Teleinformasjon typeTelekom="MC">9', 2500),
    "prognoses": ('<Prognose bedreArbeidsevne="1"/>', "<Prognose ", 2500),
    "reservations": ("<ForbeholdLegeerklaring/>", "<ForbeholdLegeerklaring ", 2500),
    "certificates": (f"<Legeerklaring {FORM}/>", "<Legeerklaring ", 2500),
    "documents": (attachment(PDF), "</MsgHead>", 1000),
    "empty documents": (EMPTY, "</MsgHead>", 4000),
    "other documents": (OTHER, "</MsgHead>", 1500),
    "receivers": ('<OtherReceiver><RoleReceiver V="KOPI"/></OtherReceiver>', "<OtherReceiver>", 2500),
    "numbers of the patient": ('<Ident><Id>{}</Id><TypeId V="FNR"/></Ident>', "<FamilyName>Høstblad", 1500),
    "numbers of the author": ('<Ident><Id>{}</Id><TypeId V="FNR"/></Ident>', "<FamilyName>Berghylle", 1500),
    "numbers of the sender": ('<Ident><Id>{}</Id><TypeId V="LOK"/></Ident>', "<OrganisationName>Fjord", 1500),
    "signatures": (SIGNED.format(""), "</MsgHead>", 1500),
    "references": (REFERENCE, "</SignedInfo>", 2000),
    "unknown elements": ("<Ukjent/>", "<StatusPresens>", 2500),
    "unknown names": ("<U{0}>x</U{0}>", "<StatusPresens>", 2500),
    "unknown attributes": ('<Ukjent a="1" b="2" c="3" d="4"/>', "<StatusPresens>", 1500),
    "wrong namespaces": ('<StatusPresens xmlns="urn:x">x</StatusPresens>', "<StatusPresens>", 2500),
    "deep elements": ("<a>" * 20 + "</a>" * 20, "<StatusPresens>", 150),
    "text between": ("x<Ukjent/>", "<StatusPresens>", 2500),
    "mixed content": ("x <b>y</b> ", "</StatusPresens>", 2500),
    "comments": ("x<!-- y -->", "</StatusPresens>", 10_000),
    "cdata": ("x<![CDATA[y]]>", "</StatusPresens>", 10_000),
    "words": ("Pasienten oppgir smerter, se journal. ", "</StatusPresens>", 10_000),
    "benefit words": ("Anbefaler arbeidsavklaringspenger. ", "</StatusPresens>", 5_000),
    "letters": ("x", "</StatusPresens>", 500_000),
    "blanks": (" ", "</StatusPresens>", 500_000),
    "digits": ("1", "</MsgId>", 500_000),
    "name": ("x ", "</Etternavn>", 200_000),
    "organisation": ("1 ", "</OrganisationName>", 200_000),
    "bytes of an attachment": ("QUJD", "</Base64Container>", 200_000),
    "blanks of an attachment": ("\n", "</Base64Container>", 500_000),
}  # fmt: skip


def body(piece: str, mark: str, count: int) -> bytes:
    base = BASE
    if piece == REFERENCE:
        base = inserted(BASE, "</MsgHead>", SIGNED.format(""))
    repeated = "".join(piece.format(number) for number in range(count)) if "{" in piece else piece * count
    return inserted(base, mark, repeated)


def judged(raw_: bytes) -> object:
    """The whole walk but for the store: judged, positions and all, and put into words."""
    examined = examine(raw_, "kith", HOUSE)
    judgement = judge_examined(examined, validation_facts(HOUSE, AT), HOUSE.policies["kith"])
    receipt = Receipt(
        raw=raw_,
        envelope=examined.envelope,
        format="kith",
        language="nb",
        arrival=AT,
        judgement=judgement,
        unreadable=examined.unreadable,
        removed=examined.removed,
        original=examined.original,
    )
    return answer_for(receipt, "8140000", HOUSE.definitions)


def converted(raw_: bytes) -> object:
    return convert(raw_, "kith", "kith", HOUSE)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the collector, whose share grows with whatever else lies in memory."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def cost(step: Callable[[bytes], object], raw_: bytes) -> float:
    with undisturbed():
        return cpu(lambda: step(raw_))


def assert_no_square(step: Callable[[bytes], object], name: str) -> None:
    """Fail unless TIMES as much input costs about TIMES as much."""
    piece, mark, count = CASES[name]
    small, large = body(piece, mark, count), body(piece, mark, TIMES * count)
    assert_grows_by(MOST, lambda: cost(step, small), lambda: cost(step, large))


@pytest.mark.no_cover
@pytest.mark.parametrize("name", CASES)
def test_judging_takes_no_square_of_the_time(name: str) -> None:
    assert_no_square(judged, name)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "name", ["measures", "diagnoses", "contacts", "situations", "words", "documents", "main diagnoses", "letters"]
)
def test_writing_and_looking_for_losses_takes_no_square_of_the_time(name: str) -> None:
    assert_no_square(converted, name)
