"""Certificates, headers with them, and receipts at random, each valid by the standard as we read it.

Written from the structure of the standard, not from any schema file: what these make, every schema of the standard must
take. The persons have no numbers at all.
"""

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import cast

from lxml import etree

LEGEERKLARING = "http://www.kith.no/xmlstds/legeerklaring/2008-06-06"
MSGHEAD = "http://www.kith.no/xmlstds/msghead/2006-05-24"
BASE64 = "http://www.kith.no/xmlstds/base64container"
XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
APPREC_1_0 = "http://www.kith.no/xmlstds/apprec/2004-11-21"
APPREC_1_1 = "http://www.kith.no/xmlstds/apprec/2012-02-15"

Tree = etree._Element
Part = Tree | None

PROSE = ("", "   ", "Smerter i rygg.", "Går lite.\n\nSover dårlig.", "«Æ & ø» 😀", "\u00a0", "0150")
# Blanks around a date are allowed too; libxml2 does not know that, so a sound message has none here.
DATES = ("2026-02-28", "2024-02-29", "2017-11-05+01:00", "2026-05-12Z", "1999-12-31-05:00")
INSTANTS = ("2026-05-12T08:20:00", "2026-05-12T08:20:00.250+02:00", "2026-05-12T24:00:00", "2026-05-12T08:20:00Z")
POINTS = (*DATES, *INSTANTS, "2026", "2026-05", "08:20:00", "2026Z")
OIDS = ("1", "2.16.578.1.12.4.1.1.8116", " 1.2 ", "01.002", "1.2.३")
TOKENS = ("1", "FNR", " HER", "", "a  b", "Ø")
TYPED_OUT = ("", "Mann", "  ", "x\ty")
LINKS = ("tel:22000000", "", "mailto:post@example.test", "http://example.test/a?b=c", "22 00 00 00")
FILE = ("", "TQ==", "TWFu", " TW Fu ", "VGVrc3Q=", "TWFu\nTWFu")
COUNTS = ("0", "6", "12", "+3", "007", " 52 ")


class Writer:
    """Makes elements of one namespace, with what is optional there or not as the dice fall."""

    def __init__(self, random: Random, namespace: str) -> None:
        self.random = random
        self.namespace = namespace
        prefix = random.choice((None, None, "n"))
        # The stubs know no default namespace.
        self.nsmap = cast("dict[str, str]", {prefix: namespace})
        self.ids = 0

    def __call__(self, name: str, *parts: Part | Iterable[Tree], text: str | None = None, **attributes: str) -> Tree:
        made = etree.Element(f"{{{self.namespace}}}{name}", nsmap=self.nsmap)
        given = [(key, value) for key, value in attributes.items() if value != _ABSENT]
        self.random.shuffle(given)
        for key, value in given:
            made.set(key, value)
        made.text = text
        for part in parts:
            if part is not None:
                made.extend([part] if isinstance(part, etree._Element) else part)
        return made

    def perhaps(self, make: Callable[[], Tree], chance: float = 0.5) -> Part:
        return make() if self.random.random() < chance else None

    def several(self, make: Callable[[], Tree], least: int = 0, most: int = 3) -> list[Tree]:
        return [make() for _ in range(self.random.randint(least, most))]

    def some_of(self, kinds: Sequence[Callable[[], Tree]], least: int, most: int) -> list[Tree]:
        """Some of several kinds, drawn anew for each."""
        return [self.random.choice(kinds)() for _ in range(self.random.randint(least, most))]

    def one(self, values: Iterable[str]) -> str:
        return self.random.choice(tuple(values))

    def optional(self, values: Iterable[str]) -> str:
        return self.one(values) if self.random.random() < 0.6 else _ABSENT

    def number(self, most: int) -> str:
        """A code from 1, now and then written otherwise."""
        value = self.random.randint(1, most)
        return self.one((f"{value}", f"{value}", f"0{value}", f"+{value}", f" {value} "))

    def prose(self, name: str) -> Tree:
        return self(name, text=self.one(PROSE))

    def maybe_prose(self, name: str) -> Part:
        return self.perhaps(lambda: self.prose(name))

    def id(self) -> str:
        """An xs:ID that nothing else in the message bears, or none."""
        self.ids += 1
        return self.optional((f"id-{self.ids}",))

    def cs(self, name: str) -> Tree:
        return self(name, V=self.optional(TOKENS), DN=self.optional(TYPED_OUT))

    def cv(self, name: str) -> Tree:
        said = self.optional(OIDS)
        return self(name, V=self.optional(TOKENS), S=said, DN=self.optional(TYPED_OUT), OT=self.optional(TYPED_OUT))

    def maybe_cs(self, name: str) -> Part:
        return self.perhaps(lambda: self.cs(name))

    def maybe_cv(self, name: str) -> Part:
        return self.perhaps(lambda: self.cv(name))


_ABSENT = "\0"
"""No attribute; XML has no such character."""


def certificate(random: Random) -> Tree:
    """A Legeerklaring."""
    w = Writer(random, LEGEERKLARING)
    return w(
        "Legeerklaring",
        w.several(lambda: w("LegeerklaringGjelder", typeLegeerklaring=_maybe_number(w, 4)), 1, 4),
        w("Pasientopplysninger", _patient(w), flereArbeidsforhold=w.number(3)),
        w.perhaps(lambda: _plan(w)),
        _diagnosis(w),
        _measures(w),
        _function(w),
        w(
            "Prognose",
            w.maybe_prose("AntattVarighet"),
            w.maybe_prose("VarighetFunksjonsnedsettelse"),
            w.maybe_prose("VarighetNedsattArbeidsevne"),
            bedreArbeidsevne=_maybe_number(w, 2),
        ),
        w.maybe_prose("ArsakssammenhengLegeerklaring"),
        w("ForbeholdLegeerklaring", w.maybe_prose("BorTilbakeholdes"), tilbakeholdInnhold=_maybe_number(w, 2)),
        w.perhaps(lambda: w("AndreOpplysninger", w.prose("Opplysning"), onskesKopi=_maybe_number(w, 2))),
        w.several(lambda: w("Kontakt", kontakt=w.number(5), annenInstans=w.optional(PROSE))),
    )


def _maybe_number(w: Writer, most: int) -> str:
    return w.number(most) if w.random.random() < 0.7 else _ABSENT


def _patient(w: Writer) -> Tree:
    return w(
        "Pasient",
        w("Navn", w.prose("Etternavn"), w.prose("Fornavn"), w.maybe_prose("Mellomnavn")),
        w.perhaps(
            lambda: w(
                "Arbeidsforhold",
                w.perhaps(
                    lambda: w(
                        "Virksomhet",
                        w.perhaps(lambda: _address_2008(w, "VirksomhetsAdr")),
                        virksomhetsBetegnelse=w.optional(PROSE),
                        organisasjonsnummer=w.optional(PROSE),
                    )
                ),
                w.prose("Yrkesbetegnelse"),
                yrkeskode=w.optional(("7223", "")),
                primartArbeidsforhold=_maybe_number(w, 2),
            )
        ),
        w.several(lambda: _address_2008(w, "PersonAdr"), 0, 2),
        fodselsnummer=w.one(("et nummer", "")),
        trygdekontor=w.one(("0301", "")),
    )


def _address_2008(w: Writer, name: str) -> Tree:
    kinds = ("RES", "PST", "INV", "TMP", "BAD", "H", "HP", "HV", "WP", "ABC", "SYL", "IDE")
    phones = ("H", "HP", "HV", "WP", "WD", "WC", "AS", "EC", "PG", "MC", "F")
    return w(
        name,
        w.several(
            lambda: w(
                "PostalAddress",
                w.prose("StreetAddress"),
                w.prose("PostalCode"),
                w.prose("City"),
                w.maybe_prose("Country"),
            ),
            0,
            2,
        ),
        w.several(lambda: w("Teleinformasjon", text=w.one(PROSE), typeTelekom=w.optional(phones)), 0, 2),
        adressetype=w.optional(kinds),
    )


def _plan(w: Writer) -> Tree:
    def referred(name: str) -> Part:
        wait = w.one(COUNTS)
        return w.perhaps(
            lambda: w(name, w.prose("Spesifikasjon"), henvistDato=w.one(DATES), antattVentetid=wait),
        )

    return w(
        "PlanUtredBehandle",
        referred("HenvistUtredning"),
        referred("HenvistBehandling"),
        w.maybe_prose("NyeLegeopplysninger"),
        w.maybe_prose("IkkeVidereBehandling"),
        w.maybe_prose("NyVurdering"),
        w.maybe_prose("BehandlingsPlan"),
        w.maybe_prose("UtredningsPlan"),
    )


def _diagnosis(w: Writer) -> Tree:
    return w(
        "DiagnoseArbeidsuforhet",
        w(
            "DiagnoseKodesystem",
            w.several(
                lambda: w(
                    "Enkeltdiagnose",
                    diagnose=w.optional(PROSE),
                    kodeverdi=w.one(("L86", "", "P02")),
                    sortering=w.one(COUNTS),
                ),
                1,
            ),
            kodesystem=w.number(5),
        ),
        w("VurderingYrkesskade", borVurderes=_maybe_number(w, 2), skadeDato=w.optional(DATES)),
        w.prose("StatusPresens"),
        w.prose("SymptomerBehandling"),
        arbeidsuforFra=w.optional(DATES),
    )


def _measures(w: Writer) -> Tree:
    return w(
        "ForslagTiltak",
        w.several(lambda: w("AktueltTiltak", w.prose("HvilkeAndreTiltak"), typeTiltak=w.number(7))),
        w.prose("Opplysninger"),
        w.prose(w.one(("BegrensningerTiltak", "BegrunnelseIkkeTiltak"))),
        tiltak=_maybe_number(w, 2),
    )


def _function(w: Writer) -> Tree:
    return w(
        "VurderingFunksjonsevne",
        w.several(
            lambda: w(
                "Arbeidssituasjon", arbeidssituasjon=_maybe_number(w, 4), annenArbeidssituasjon=w.optional(PROSE)
            ),
            1,
        ),
        w.perhaps(
            lambda: w(
                "VurderingArbeidsevne",
                w.maybe_prose("IkkeGjore"),
                w.maybe_prose("HensynAnnetYrke"),
                gjenopptaArbeid=_maybe_number(w, 2),
                narGjenopptaArbeid=_maybe_number(w, 2),
                taAnnetArbeid=_maybe_number(w, 2),
                narTaAnnetArbeid=_maybe_number(w, 2),
            )
        ),
        w.maybe_prose("Funksjonsevne"),
        w.maybe_prose("KravArbeid"),
    )


def message(random: Random) -> Tree:
    """A MsgHead with what it may carry."""
    w = Writer(random, MSGHEAD)
    carried = (
        w.several(lambda: _document(w), 1)
        if random.random() < 0.8
        else w.several(
            lambda: w(
                "PatientReport",
                w.maybe_cs("DocumentConnection"),
                w.prose("CaseNo"),
                w.several(lambda: _document(w), 1, 2),
                w.perhaps(lambda: _person(w, "Patient")),
            ),
            1,
            2,
        )
    )
    return w("MsgHead", _message_info(w), carried, w.perhaps(lambda: signature(random), 0.3))


def _message_info(w: Writer) -> Tree:
    return w(
        "MsgInfo",
        w.cs("Type"),
        w("MIGversion", text=w.one(("v1.2 2006-05-24", ""))),
        w("GenDate", text=w.one(INSTANTS)),
        w.prose("MsgId"),
        w.maybe_cs("ProcessingStatus"),
        w.maybe_cs("RequestedPriority"),
        w.maybe_cs("Ack"),
        w.perhaps(lambda: w("ConversationRef", w.prose("RefToParent"), w.prose("RefToConversation"))),
        w("Sender", w.maybe_cs("ComMethod"), _organisation(w)),
        w("Receiver", w.maybe_cs("ComMethod"), _organisation(w)),
        w.several(lambda: _other_receiver(w), 0, 2),
        w.perhaps(lambda: _person(w, "Patient")),
    )


def _other_receiver(w: Writer) -> Tree:
    kinds: tuple[Callable[[], Tree], ...] = (
        lambda: _organisation(w),
        lambda: _person(w, "Patient"),
        lambda: _person(w, "Person"),
        lambda: _professional(w),
    )
    return w("OtherReceiver", w.maybe_cs("ComMethod"), w.cs("RoleReceiver"), w.perhaps(w.random.choice(kinds), 0.8))


def _organisation(w: Writer, depth: int = 0) -> Tree:
    if w.random.random() < 0.1:
        return w("Organisation")
    return w(
        "Organisation",
        w.prose("OrganisationName"),
        w.maybe_cv("TypeOrganisation"),
        w.several(lambda: _ident(w), 1),
        w.perhaps(lambda: _address(w)),
        w.several(lambda: _telecom(w), 0, 2),
        w.perhaps(lambda: _organisation(w, depth + 1)) if depth < 3 else None,
        w.perhaps(lambda: _professional(w)),
    )


def _professional(w: Writer) -> Tree:
    return w(
        "HealthcareProfessional",
        w.maybe_cs("TypeHealthcareProfessional"),
        w.maybe_cv("RoleToPatient"),
        _particulars(w, 1),
    )


def _person(w: Writer, name: str) -> Tree:
    return w(name, _particulars(w, 0))


def _particulars(w: Writer, least_idents: int) -> list[Tree]:
    parts = (
        w.maybe_prose("FamilyName"),
        w.maybe_prose("MiddleName"),
        w.maybe_prose("GivenName"),
        w.perhaps(lambda: w("DateOfBirth", text=w.one(DATES))),
        w.maybe_cs("Sex"),
        w.maybe_cs("Nationality"),
        *w.several(lambda: _ident(w), least_idents, 2),
        w.perhaps(lambda: _address(w)),
        *w.several(lambda: _telecom(w), 0, 2),
    )
    return [part for part in parts if part is not None]


def _ident(w: Writer) -> Tree:
    return w("Ident", w.prose("Id"), w.cv("TypeId"))


def _telecom(w: Writer) -> Tree:
    return w("TeleCom", w.maybe_cs("TypeTelecom"), w("TeleAddress", V=w.optional(LINKS)))


def _address(w: Writer) -> Tree:
    return w(
        "Address",
        w.maybe_cs("Type"),
        w.maybe_prose("StreetAdr"),
        w.maybe_prose("PostalCode"),
        w.maybe_prose("City"),
        w.maybe_prose("Postbox"),
        w.maybe_cs("County"),
        w.maybe_cs("Country"),
    )


def _document(w: Writer) -> Tree:
    contents: tuple[Callable[[], Tree], ...] = (
        lambda: w("FileReference", text=w.one(LINKS)),
        lambda: w("Content", w.several(lambda: _content(w.random), 0, 2)),
    )
    return w(
        "Document",
        w.maybe_cs("DocumentConnection"),
        w.maybe_cv("ContentType"),
        w.maybe_prose("ContentDescription"),
        w.maybe_cv("ContentCategory"),
        w.maybe_cv("Consent"),
        w.maybe_prose("Annotation"),
        w.perhaps(lambda: w("FromDate", V=w.optional(POINTS))),
        w.perhaps(lambda: w("ToDate", V=w.optional(POINTS))),
        w.perhaps(lambda: w("OidRef", text=w.one(OIDS))),
        w.maybe_prose("EnquiryRefId"),
        w(
            "RefDoc",
            w.perhaps(lambda: w("IssueDate", V=w.optional(POINTS))),
            w.cs("MsgType"),
            w.maybe_prose("Id"),
            w.maybe_prose("MimeType"),
            w.maybe_prose("Description"),
            w.maybe_cs("Compression"),
            w.perhaps(w.random.choice(contents), 0.9),
        ),
    )


def _content(random: Random) -> Tree:
    if random.random() < 0.5:
        return certificate(random)
    w = Writer(random, BASE64)
    return w("Base64Container", text=w.one(FILE))


def signature(random: Random) -> Tree:
    """A ds:Signature in the form of the standard; it signs nothing."""
    w = Writer(random, XMLDSIG)
    return w(
        "Signature",
        w(
            "SignedInfo",
            w("CanonicalizationMethod", Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
            w(
                "SignatureMethod",
                w.perhaps(lambda: w("HMACOutputLength", text="160"), 0.2),
                Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            ),
            w.several(lambda: _reference(w), 1, 2),
            Id=w.id(),
        ),
        w("SignatureValue", text=w.one(FILE), Id=w.id()),
        w.perhaps(lambda: _key_info(w)),
        w.several(lambda: _signed_object(w), 0, 2),
        Id=w.id(),
    )


def _reference(w: Writer) -> Tree:
    return w(
        "Reference",
        w.perhaps(lambda: _transforms(w)),
        w("DigestMethod", Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"),
        w("DigestValue", text=w.one(FILE)),
        Id=w.id(),
        URI=w.optional(("", "#a")),
        Type=w.optional(LINKS),
    )


def _transforms(w: Writer) -> Tree:
    def transform() -> Tree:
        return w("Transform", w.several(lambda: w("XPath", text="self::node()"), 0, 2), Algorithm=w.one(LINKS))

    return w("Transforms", w.several(transform, 1, 2))


def _key_info(w: Writer) -> Tree:
    crypto = ("", "AQAB")

    def foreign() -> Tree:
        return etree.Element("{urn:example:key}Key")

    kinds: tuple[Callable[[], Tree], ...] = (
        lambda: w.prose("KeyName"),
        lambda: w.prose("MgmtData"),
        lambda: w(
            "KeyValue",
            w("RSAKeyValue", w("Modulus", text=w.one(crypto)), w("Exponent", text=w.one(crypto))),
        ),
        lambda: w("KeyValue", _dsa_key(w)),
        lambda: w("RetrievalMethod", w.perhaps(lambda: _transforms(w)), URI=w.optional(LINKS), Type=w.optional(LINKS)),
        lambda: w("X509Data", w.several(lambda: _x509(w), 1, 5)),
        lambda: w("SPKIData", w.several(lambda: w("SPKISexp", text=w.one(FILE)), 1, 2)),
        lambda: w(
            "PGPData",
            w("PGPKeyID", text=w.one(FILE)),
            w.perhaps(lambda: w("PGPKeyPacket", text=w.one(FILE))),
            w.several(foreign, 0, 2),
        ),
        lambda: w("PGPData", w("PGPKeyPacket", text=w.one(FILE)), w.several(foreign, 0, 2)),
        lambda: w("KeyValue", foreign()),
        foreign,
    )
    return w("KeyInfo", w.some_of(kinds, 1, 10), Id=w.id())


def _dsa_key(w: Writer) -> Tree:
    numbers = [(w("P", text=""), w("Q", text="AQAB")) if w.random.random() < 0.5 else ()]
    seeds = [(w("Seed", text=""), w("PgenCounter", text="AQAB")) if w.random.random() < 0.5 else ()]
    return w(
        "DSAKeyValue",
        *numbers,
        w.perhaps(lambda: w("G", text="AQAB")),
        w("Y", text="AQAB"),
        w.perhaps(lambda: w("J", text="AQAB")),
        *seeds,
    )


def _x509(w: Writer) -> Tree:
    if w.random.random() < 0.3:
        return w("X509IssuerSerial", w.prose("X509IssuerName"), w("X509SerialNumber", text=w.one(("-1", "42"))))
    if w.random.random() < 0.3:
        return w.prose("X509SubjectName")
    return w(w.one(("X509SKI", "X509Certificate", "X509CRL")), text=w.one(FILE))


def _signed_object(w: Writer) -> Tree:
    kinds: tuple[Callable[[], Tree], ...] = (
        lambda: w("Manifest", w.several(lambda: _reference(w), 1, 2), Id=w.id()),
        lambda: w(
            "SignatureProperties",
            w.several(
                lambda: w("SignatureProperty", etree.Element("{urn:example:key}When"), Target="#a", Id=w.id()), 1, 2
            ),
            Id=w.id(),
        ),
        lambda: etree.Element("{urn:example:key}Anything"),
    )
    held = w.some_of(kinds, 0, 2)
    return w("Object", held, Id=w.id(), MimeType=w.optional(TYPED_OUT), Encoding=w.optional(LINKS))


def receipt(random: Random, namespace: str = APPREC_1_0) -> Tree:
    """An AppRec of the version whose namespace is given."""
    w = Writer(random, namespace)
    return w(
        "AppRec",
        w.cs("MsgType"),
        w("MIGversion", text=w.one(("1.0 2004-11-21", "v1.1 2012-02-15", ""))),
        w.maybe_prose("SoftwareName"),
        w.maybe_prose("SoftwareVersion"),
        w("GenDate", text=w.one(INSTANTS)),
        w.prose("Id"),
        w("Sender", w.maybe_cs("Role"), _party(w)),
        w("Receiver", w.maybe_cs("Role"), _party(w)),
        w.cs("Status"),
        w.several(lambda: w.cv("Error")),
        w("OriginalMsgId", w.cs("MsgType"), w("IssueDate", text=w.one(INSTANTS)), w.prose("Id")),
    )


def _party(w: Writer) -> Tree:
    def also_known_as() -> list[Tree]:
        return w.several(lambda: w("AdditionalId", w.prose("Id"), w.cs("Type")), 0, 2)

    def named(name: str, *first: Part) -> Tree:
        identified = (w.maybe_prose("Name"), w.maybe_prose("Id"), w.maybe_cs("TypeId"))
        return w(name, *first, *identified, also_known_as())

    def institution() -> Tree:
        return w(
            "Inst",
            w.maybe_prose("Name"),
            w.maybe_prose("Id"),
            w.maybe_cs("TypeId"),
            w.several(lambda: named("Dept", w.maybe_cs("Type")), 0, 2),
            also_known_as(),
            w.several(lambda: named("HCPerson"), 0, 2),
        )

    address = lambda: w(  # noqa: E731  Read where it is used.
        "Address",
        w.cs("Type"),
        w.maybe_prose("StreetAdr"),
        w.maybe_prose("PostalCode"),
        w.maybe_prose("City"),
        w.maybe_cs("County"),
        w.maybe_cs("Country"),
        w.maybe_cs("CityDistr"),
        w.several(lambda: w("TeleAddress", V=w.optional(LINKS)), 0, 2),
    )
    who = institution() if w.random.random() < 0.6 else named("HCProf", w.maybe_cs("Type"))
    return w("HCP", who, w.maybe_cv("MedSpeciality"), w.perhaps(address))
