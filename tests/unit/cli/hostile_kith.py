"""Bodies nobody should send as KITH XML: each with the rules that must tell of it, its verdict, and how it is answered.

200 is an AppRec: the message could be named. Every body is made from a good message, none larger than is read.
"""

import base64
from collections.abc import Callable

from tests.kith import SMALL, attachment, changed, inserted, message_id, raw
from tests.unit.cli.hostile import FLOOD, MIB, NEARLY, Hostile, fixed

BACK = raw(SMALL)
DECLARATION, _, REST = BACK.partition(b"\n")
HEAD = '<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24">'
DSIG = 'xmlns="http://www.w3.org/2000/09/xmldsig#"'
ENTITIES = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 12))
FIRST = "<Type V="
TICK, MEASURE, STATUS, END = "<LegeerklaringGjelder ", "<Opplysninger>", "<StatusPresens>", "</MsgHead>"
REFERENCE = '<Reference URI=""><DigestMethod Algorithm="x"/><DigestValue>AAAA</DigestValue></Reference>'
DIAGNOSIS = "<Enkeltdiagnose "
CONTACT = '<Kontakt kontakt="2"/>'


def before(mark: str, piece: str, count: int = 1) -> Callable[[], bytes]:
    """A piece over and over, before a place in the message."""
    return lambda: inserted(BACK, mark, piece * count)


def numbered(mark: str, piece: str, count: int) -> Callable[[], bytes]:
    """The same with a number in each piece."""
    return lambda: inserted(BACK, mark, "".join(piece.format(number) for number in range(count)))


def spliced(old: str, new: str) -> Callable[[], bytes]:
    return lambda: changed(BACK, (old, new))


def signature(references: int) -> str:
    info = f'<CanonicalizationMethod Algorithm="x"/><SignatureMethod Algorithm="x"/>{REFERENCE * references}'
    return f"<Signature {DSIG}><SignedInfo>{info}</SignedInfo><SignatureValue>AAAA</SignatureValue></Signature>"


def attached(size: int) -> str:
    """A PDF of about so many bytes once it is read."""
    return attachment(base64.b64encode(b"%PDF-1.4\n" + bytes(size)).decode("ascii"))


def deep(levels: int) -> str:
    return "<a>" * levels + "</a>" * levels


def unread(name: str, make: Callable[[], bytes], rule: str) -> Hostile:
    """What nobody can name either."""
    return Hostile(name, make, frozenset({rule}), "rejected", 400)


def broken(name: str, make: Callable[[], bytes], *rules: str) -> Hostile:
    return Hostile(name, make, frozenset(rules), "rejected", 200)


def taken(name: str, make: Callable[[], bytes], *rules: str) -> Hostile:
    return Hostile(name, make, frozenset(rules), "incomplete", 200)


HOSTILE_KITH: tuple[Hostile, ...] = (
    # What stops the reading.
    broken("kith: entity bomb", fixed(f"<!DOCTYPE x [<!ENTITY e0 'ha'>{ENTITIES}]>".encode() + REST),
           "doctype-refused"),
    unread("kith: an entity from a file", fixed(
        b'<!DOCTYPE MsgHead [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + REST.replace(b"LEGEERKL", b"&e;")),
        "doctype-refused"),
    unread("kith: an entity of nobody", spliced("LEGEERKL", "&nbsp;"), "entity-refused"),
    broken("kith: an instruction", fixed(DECLARATION + b"<?php system('id') ?>" + REST), "instruction-refused"),
    broken("kith: an instruction inside", before(STATUS, "<?x y?>"), "instruction-refused"),
    broken("kith: 65 levels", before(STATUS, deep(60)), "too-deep"),
    unread("kith: 100 000 levels", fixed(HEAD.encode() + b"<a>" * FLOOD), "too-deep"),
    broken("kith: 50 001 elements", before(STATUS, "<a/>", 50_000), "too-many-elements"),
    unread("kith: 33 attributes", spliced(FIRST, "<Type " + " ".join(f'a{n}="1"' for n in range(33)) + " V="),
           "too-many-attributes"),
    unread("kith: 100 000 attributes", spliced(FIRST, "<Type " + " ".join(f'a{n}=""' for n in range(FLOOD)) + " V="),
           "too-many-attributes"),
    broken("kith: 65 namespaces", numbered(STATUS, '<a xmlns="urn:{}"/>', 65), "too-many-namespaces"),
    unread("kith: 17 namespaces at once", spliced(
        FIRST, "<Type " + " ".join(f'xmlns:a{n}="urn:{n}"' for n in range(16)) + " V="), "too-many-namespaces"),
    broken("kith: utf-7", fixed(DECLARATION.replace(b"UTF-8", b"UTF-7") + REST), "encoding-refused"),
    broken("kith: utf-16", lambda: BACK.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "encoding-refused"),
    broken("kith: utf-16 without a mark", lambda: BACK.decode().encode("utf-16-be"), "encoding-refused"),
    unread("kith: utf-32", lambda: BACK.decode().encode("utf-32-be"), "encoding-refused"),
    broken("kith: windows-1252", fixed(DECLARATION.replace(b"UTF-8", b"windows-1252") + REST), "encoding-refused"),
    broken("kith: a mark and another declaration", fixed(
        b"\xef\xbb\xbf" + DECLARATION.replace(b"UTF-8", b"ISO-8859-1") + REST), "encoding-refused"),
    broken("kith: latin letters undeclared", lambda: BACK.decode().encode("iso-8859-1"), "not-utf8"),
    unread("kith: cut in its id", fixed(BACK[: BACK.index(b"</MsgId>")]), "not-xml"),
    broken("kith: cut behind its id", fixed(BACK[: BACK.index(b"</MsgInfo>")]), "not-xml"),
    broken("kith: a zero in a text", before(STATUS, "<StatusPresens>a\0b</StatusPresens>"), "not-xml"),
    broken("kith: a zero by number", before(STATUS, "<StatusPresens>a&#0;b</StatusPresens>"), "not-xml"),
    broken("kith: two roots", fixed(BACK + HEAD.encode() + b"</MsgHead>"), "not-xml"),
    broken("kith: an element closed by another", before(STATUS, "<a></b>"), "not-xml"),
    # What is read and refused.
    broken("kith: 10 000 prognoses that are none", before("<Prognose ", '<Prognose bedreArbeidsevne="9"/>', 10_000),
           "value-invalid"),
    broken("kith: 10 000 numbers of one patient", numbered(
        "<FamilyName>Fjelltopp", '<Ident><Id>{}</Id><TypeId V="FNR"/></Ident>', 10_000), "patient-ambiguous"),
    broken("kith: 10 000 contacts that are none", before(CONTACT, '<Kontakt kontakt="9"/>', 10_000), "value-invalid"),
    broken("kith: 1 000 certificates", before(
        "</Content>", '<Legeerklaring xmlns="http://www.kith.no/xmlstds/legeerklaring/2008-06-06"/>', 1000),
        "several-certificates"),
    broken("kith: a number of 10 000 digits", spliced('arbeidssituasjon="1"', f'arbeidssituasjon="{"9" * 10_000}"'),
           "value-invalid"),
    broken("kith: a number of nearly a MiB", spliced(
        'flereArbeidsforhold="2"', f'flereArbeidsforhold="{"2" * NEARLY}"'), "value-invalid"),
    unread("kith: an id of nearly a MiB", spliced(
        f"<MsgId>{message_id(BACK)}", f"<MsgId>{'x' * NEARLY}"), "value-invalid"),
    # What is read and taken.
    taken("kith: 10 000 benefit ticks", before(TICK, '<LegeerklaringGjelder typeLegeerklaring="2"/>', 10_000),
          "benefit-removed"),
    taken("kith: 10 000 benefit measures", before(
        MEASURE, '<AktueltTiltak typeTiltak="5"><HvilkeAndreTiltak>AAP</HvilkeAndreTiltak></AktueltTiltak>', 10_000),
        "benefit-removed"),
    taken("kith: 10 000 empty ticks", before(TICK, "<LegeerklaringGjelder/>", 10_000), "schema-deviation"),
    taken("kith: 10 000 other measures", before(
        MEASURE, '<AktueltTiltak typeTiltak="7"><HvilkeAndreTiltak>x</HvilkeAndreTiltak></AktueltTiltak>', 10_000)),
    taken("kith: 10 000 unknown elements", before(STATUS, "<Ukjent/>", 10_000), "schema-deviation"),
    taken("kith: 10 000 unknown names", numbered(STATUS, "<Ukjent{0}>x</Ukjent{0}>", 10_000), "schema-deviation",
          "not-carried"),
    taken("kith: 45 000 elements", before(STATUS, "<a/>", 45_000), "schema-deviation"),
    taken("kith: elements by turns in and out of depth", before(STATUS, deep(40), 600), "schema-deviation"),
    taken("kith: 10 000 diagnoses", numbered(DIAGNOSIS, '<Enkeltdiagnose kodeverdi="L86" sortering="{}"/>', 10_000)),
    taken("kith: 10 000 main diagnoses", before(DIAGNOSIS, '<Enkeltdiagnose kodeverdi="L86" sortering="0"/>', 10_000),
          "several-main-diagnoses"),
    taken("kith: 10 000 diagnoses in words", before(
        DIAGNOSIS, '<Enkeltdiagnose kodeverdi="" diagnose="x" sortering="3"/>', 10_000), "not-carried"),
    taken("kith: 10 000 contacts", before(CONTACT, '<Kontakt kontakt="5" annenInstans="se journal"/>', 10_000),
          "placeholder-text"),
    taken("kith: 10 000 situations", before(
        "<Arbeidssituasjon ", '<Arbeidssituasjon arbeidssituasjon="4" annenArbeidssituasjon="x"/>', 10_000),
        "not-carried"),
    taken("kith: 10 000 identifiers", numbered(
        "<OrganisationName>Granlia", '<Ident><Id>{}</Id><TypeId V="LOK"/></Ident>', 10_000), "schema-deviation"),
    taken("kith: 1 000 documents", before(END, attachment(), 1000), "attachment-refused"),
    taken("kith: 10 000 references", before(END, signature(10_000))),
    taken("kith: two signatures", before(END, signature(1), 2), "schema-deviation"),
    taken("kith: an oid of 10 000 digits", lambda: BACK.replace(
        b'S="2.16.578.1.12.4.1.1.9034"', b'S="' + b"2.16" * 2500 + b'"', 1), "schema-deviation"),
    taken("kith: an oid of 10 000 dots", lambda: BACK.replace(
        b'S="2.16.578.1.12.4.1.1.9034"', b'S="' + b"1." * 10_000 + b'"', 1), "schema-deviation"),
    taken("kith: nearly a MiB of text", before("</StatusPresens>", "Pasienten oppgir smerter. ", NEARLY // 26)),
    taken("kith: nearly a MiB of text in one word", before("</StatusPresens>", "x", NEARLY)),
    taken("kith: nearly a MiB of blanks in a value", spliced('kodeverdi="L86"', f'kodeverdi="{" " * NEARLY}L86"')),
    taken("kith: a name of nearly a MiB", spliced("<Etternavn>", f"<Etternavn>{'x' * NEARLY}")),
    taken("kith: an unknown name of nearly a MiB", before(STATUS, f"<{'x' * NEARLY}/>"), "schema-deviation"),
    taken("kith: 10 000 comments in a text", before("</StatusPresens>", "a<!-- b -->", 10_000)),
    taken("kith: 10 000 pieces of cdata", before("</StatusPresens>", "a<![CDATA[<b>]]>", 10_000)),
    taken("kith: mixed content", before("</StatusPresens>", "a<b>c</b>", 5_000), "schema-deviation", "not-carried"),
    taken("kith: 64 namespaces by and by", numbered(STATUS, '<a xmlns="urn:{}"/>', 60), "schema-deviation"),
    taken("kith: right-to-left in a text", before("</StatusPresens>", "\u202e\u2066\u200b\u0323")),
    taken("kith: an attachment of 12 MiB", before(END, attached(12 * MIB)), "attachment-refused"),
    taken("kith: an attachment of 8 MiB", before(END, attached(8 * MIB))),
    taken("kith: an attachment that is no base64", before(END, attachment("=" * MIB)), "attachment-refused"),
    taken("kith: blanks for base64", before(END, attachment(" \n" * MIB)), "attachment-refused"),
)  # fmt: skip
