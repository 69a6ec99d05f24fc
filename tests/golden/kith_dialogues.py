"""Dialogue messages at random, and one for each thing that a place open to anything knows by name.

Written from the structure of the standard, as `kith_documents` is. What stands in a note, and from 1.1 on in a
question, may be anything at all; yet a type that it names, and an attribute or element of a known namespace in it, is
judged by its own.
"""

from collections.abc import Iterator, Mapping
from random import Random

from lxml import etree

from tests.golden.kith_documents import DATES, FILE, LINKS, OIDS, POINTS, PROSE, Part, Tree, Writer

DIALOG_1_0 = "http://www.kith.no/xmlstds/dialog/2006-10-11"
DIALOG_1_1 = "http://www.kith.no/xmlstds/dialog/2013-01-23"
PARTS = "http://www.kith.no/xmlstds/felleskomponent1"
DATA_TYPES = "http://www.kith.no/xmlstds"
XHTML = "http://www.w3.org/1999/xhtml"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
PREFIXES = {"kith": DATA_TYPES, "fk1": PARTS, "xs": "http://www.w3.org/2001/XMLSchema"}

NUMBERS = ("1e5", "-0.5", "INF", "NaN", "12")
# Every data type whose value stands in attributes, or in plain text, with such values.
ATTRIBUTED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "CS": {"V": ("1",), "DN": ("Mann",)},
    "CV": {"V": ("1",), "S": OIDS, "DN": ("Mann",), "OT": ("Mann",)},
    "URL": {"V": LINKS},
    "BL": {"V": ("true", "false")},
    "REAL": {"V": NUMBERS},
    "TS": {"V": POINTS},
    "PQ": {"V": NUMBERS, "U": ("kg",)},
    "MO": {"V": ("12.50", "-3"), "U": ("NOK",)},
}
WORDED = {"kith:ST": PROSE, "kith:INT": ("42", "-7", " 0 "), "xs:string": PROSE, "xs:date": DATES}
# Attributes of the shared namespace, which any such place and some types may have.
SHARED_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "MT": ("text/plain",),
    "COMPN": ("DF", "GZ", "ZL", "Z"),
    "IC": FILE,
    "ICA": ("SHA-1",),
    "NULL": ("NI", "NA", "UNK", "NASK", "ASKU", "NAV", "OTH", "PINF", "NINF"),
    "ENC": ("B64", "TXT"),
}
OF_TYPES = {"ED": ("MT",), "TN": ("MT", "COMPN", "IC", "ICA", "NULL")}


class Dialogue:
    """Makes one dialogue message, in two namespaces at once."""

    def __init__(self, random: Random, namespace: str) -> None:
        self.random = random
        self.is_new = namespace == DIALOG_1_1
        self.own = Writer(random, namespace)
        self.parts = Writer(random, PARTS)

    def whole(self) -> Tree:
        w = self.own
        of_one_kind = self.random.choice((self.question, self.note))
        return w(
            "Dialogmelding",
            w.maybe_cv("SakstypeKodet"),
            w.maybe_prose("Sakstype"),
            w.several(of_one_kind),
        )

    def question(self) -> Tree:
        w = self.own
        return w(
            "Foresporsel",
            w.cv("TypeForesp"),
            w.maybe_prose("EmneSporsmal") if self.is_new else None,
            w.perhaps(lambda: self.anything("Sporsmal")) if self.is_new else w.maybe_prose("Sporsmal"),
            w.maybe_cv("Formål"),
            w.maybe_prose("Begrunnelse"),
            w.maybe_cs("Hastegrad"),
            self._day("FraDato"),
            self._day("TilDato"),
            w.several(lambda: w.cv("TypeJournalinfo"), 0, 2 if self.is_new else 1),
            w.maybe_cv("KodetOpplysning") if self.is_new else None,
            w.maybe_prose("DokIdForesp"),
            w.several(self.role, 0, 2),
        )

    def note(self) -> Tree:
        w = self.own
        return w(
            "Notat",
            w.cv("TemaKodet"),
            w.maybe_prose("Tema"),
            w.perhaps(lambda: self.anything("TekstNotatInnhold")),
            w.maybe_prose("Merknad"),
            w.maybe_prose("DokIdNotat"),
            self._day("DatoNotat"),
            w.perhaps(self.question),
            w.several(self.role, 0, 2),
        )

    def role(self) -> Tree:
        w = self.own
        unit = w.perhaps(self.unit) if self.is_new else None
        return w("RollerRelatertNotat", w.maybe_cv("RolleNotat"), w.maybe_cv("RoleToPatient"), unit, self._somebody())

    def unit(self) -> Tree:
        w = self.own
        return w("TilknyttetEnhet", self.organisation(w, "Kontaktenhet"), w.maybe_prose("Merknad"), self._somebody())

    def _somebody(self) -> Part:
        made = self.person() if self.random.random() < 0.5 else self.professional()
        return None if self.is_new and self.random.random() < 0.3 else made

    def person(self) -> Tree:
        w = self.own
        names = ("GivenName", "MiddleName", "FamilyName")
        return w("Person", *map(w.maybe_prose, names), *self._particulars(w, 0))

    def professional(self) -> Tree:
        w = self.own
        return w("HealthcareProfessional", *self._profession(w), *self._particulars(w, 0))

    # ---- parts that the messages share ----

    def _profession(self, w: Writer) -> tuple[Part, ...]:
        names = ("FamilyName", "MiddleName", "GivenName")
        profession = w.maybe_cs("TypeHealthcareProfessional")
        return profession, w.maybe_cv("RoleToPatient"), *map(w.maybe_prose, names)

    def _particulars(self, w: Writer, least_idents: int) -> tuple[Part, ...]:
        day = w.perhaps(lambda: w("DateOfBirth", text=w.one(DATES)))
        return day, w.maybe_cs("Sex"), w.maybe_cs("Nationality"), *self._reached(w, least_idents)

    def _reached(self, w: Writer, least_idents: int) -> tuple[Part, ...]:
        return (
            *w.several(lambda: w("Ident", *self.of_type("Ident")), least_idents, 2),
            w.perhaps(lambda: w("Address", *self.of_type("Address"))),
            *w.several(lambda: w("TeleCom", *self.of_type("TeleCom")), 0, 2),
        )

    def organisation(self, w: Writer, name: str, depth: int = 0) -> Tree:
        return w(name, *self._of_organisation(depth))

    def _of_organisation(self, depth: int = 0) -> tuple[Part, ...]:
        f = self.parts
        inner = f.perhaps(lambda: self.organisation(f, "Organisation", depth + 1)) if depth < 3 else None
        return f.maybe_cv("TypeOrganisation"), f.prose("OrganisationName"), *self._reached(f, 1), inner

    def of_type(self, name: str) -> tuple[Part, ...]:
        """What an element of a shared type holds."""
        f = self.parts
        match name:
            case "Ident":
                return f.prose("Id"), f.cv("TypeId")
            case "TeleCom":
                return f.maybe_cs("TypeTelecom"), f("TeleAddress", V=f.optional(LINKS))
            case "Organisation":
                return self._of_organisation()
            case "HealthcareProfessional":
                return (*self._profession(f), *self._particulars(f, 1))
            case "Person":
                return (*map(f.maybe_prose, ("FamilyName", "MiddleName", "GivenName")), *self._particulars(f, 0))
        texts = map(f.maybe_prose, ("StreetAdr", "PostalCode", "City", "Postbox"))
        return f.maybe_cs("Type"), *texts, f.maybe_cs("County"), f.maybe_cs("Country")

    def _day(self, name: str) -> Part:
        return self.own.perhaps(lambda: self.own(name, text=self.own.one(DATES)))

    # ---- places open to anything ----

    def anything(self, name: str) -> Tree:
        w = self.own
        choice = self.random.random()
        if choice < 0.4:
            return w.prose(name)
        if choice < 0.7:
            return self.random.choice(tuple(self.known_things(name)))
        paragraph = etree.Element(f"{{{XHTML}}}p", {"class": "a"})
        paragraph.text = w.one(PROSE)
        foreign = etree.Element("{urn:example:other}Ukjent", {"V": "x"})
        return w(name, paragraph, w.perhaps(lambda: foreign), w.perhaps(self.person), text=w.one(PROSE))

    def known_things(self, name: str) -> Iterator[Tree]:
        """Every named type in it, every value of every known attribute on it, and every known element in it."""
        w = self.own
        for type_, attributes in ATTRIBUTED.items():
            yield self.typed(name, f"kith:{type_}")
            for attribute, values in attributes.items():
                yield from (self.typed(name, f"kith:{type_}", **{attribute: value}) for value in values)
        for type_, texts in WORDED.items():
            yield from (self.typed(name, type_, text=text) for text in texts)
        for attribute, values in SHARED_ATTRIBUTES.items():
            of = ("", *(f"kith:{type_}" for type_, known in OF_TYPES.items() if attribute in known))
            said = f"{{{DATA_TYPES}}}{attribute}"
            yield from (self.typed(name, type_, text="tekst", **{said: value}) for type_ in of for value in values)
        for type_ in OF_TYPES:
            yield self.typed(name, f"kith:{type_}", text="tekst")
        link = etree.Element(f"{{{DATA_TYPES}}}REF", {"V": "tel:22000000"})
        yield self.typed(name, "kith:TN", link, text="tekst")
        yield self.typed(name, "", etree.Element(f"{{{DATA_TYPES}}}REF", {"V": "tel:22000000"}), text="tekst")
        # These belong to no namespace, and so stand where nothing has one without saying so.
        for numbers in ((), ("NUM",), ("DENOM",), ("NUM", "DENOM")) if None not in {*w.nsmap} else ():
            yield self.typed(name, "kith:RTO", *map(_number, numbers))
        for type_ in ("Ident", "Address", "TeleCom", "Organisation", "HealthcareProfessional", "Person"):
            yield from (self.typed(name, f"fk1:{type_}", *self.of_type(type_)) for _ in range(12))
        for element in (self.person, self.professional, self.question, self.note):
            yield self.typed(name, "", element())

    def typed(self, name: str, type_: str, *parts: Part, text: str | None = None, **attributes: str) -> Tree:
        w = self.own
        bare, w.nsmap = w.nsmap, {**w.nsmap, **PREFIXES}
        made = w(name, *parts, text=text, **attributes, **({XSI_TYPE: type_} if type_ else {}))
        w.nsmap = bare
        return made


def _number(name: str) -> Tree:
    number = etree.Element(name)
    number.text = "-7"
    return number


def dialogue(random: Random, namespace: str) -> Tree:
    """A Dialogmelding of the version whose namespace is given."""
    return Dialogue(random, namespace).whole()


def known_things(random: Random, namespace: str) -> Iterator[Tree]:
    """For each thing that a place open to anything knows by name, a message with nothing else in it."""
    made = Dialogue(random, namespace)
    w = made.own
    w.nsmap = {"n": namespace}
    for thing in made.known_things("TekstNotatInnhold"):
        yield w("Dialogmelding", w("Notat", w("TemaKodet"), thing))
    for text in PROSE if not made.is_new else ():
        typed = made.typed("Sporsmal", "kith:ST", text=text)
        yield w("Dialogmelding", w("Foresporsel", w("TypeForesp"), typed))
