"""The tables that are read from schemas: from ours and from the published ones the same, and never from half of one."""

import os
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

import certgateway
from certgateway.domain.errors import MisconfiguredError
from certgateway.kith import schema
from certgateway.kith.names import LEGEERKLARING, MSGHEAD
from certgateway.kith.schema import Element, Tables, load
from tests.calibration import assert_within, cpu
from tests.golden.kith_mutations import VALUES

ROOT = Path(__file__).resolve().parents[3]
OURS = ROOT / "schemas" / "kith"
PUBLISHED = Path(os.environ.get("KITH_XSD", ROOT.parent / "shared" / "kith-xsd"))
FORM, HEAD = "legeerklaring-2008-06-06.xsd", "msghead-1.2.xsd"
TEXTS = sorted({value for pool in VALUES for value in pool})


def of_form(name: str) -> Element:
    return load().elements[f"{{{LEGEERKLARING}}}{name}"]


def of_head(name: str) -> Element:
    return load().elements[f"{{{MSGHEAD}}}{name}"]


def walk(tables: Tables) -> Iterator[tuple[str, Element]]:
    """Every element that can be reached, once, with the way to it by the names of tops and children."""
    seen: set[int] = set()
    waiting = deque(sorted(tables.elements.items()))
    while waiting:
        path, element = waiting.popleft()
        if id(element) not in seen:
            seen.add(id(element))
            yield path, element
            waiting.extend((f"{path}/{child.name}", child.element) for child in element.children)


def published(folder: str = "syfo-xml-codegen") -> Tables:
    if not (PUBLISHED / folder).is_dir():
        pytest.skip(f"LOUD: the published KITH schemas are not at {PUBLISHED}; set KITH_XSD to their folder")
    return load(PUBLISHED / folder)


# ---- ours and theirs ----


@pytest.mark.parametrize("folder", ["syfo-xml-codegen", "."])
def test_published_schemas_give_the_same_tables(folder: str) -> None:
    """One set of them, and the whole heap with its copies and its schemas of other things."""
    ours, theirs = dict(walk(load())), dict(walk(published(folder)))
    assert sorted(ours) == sorted(theirs)
    assert {path: element for path, element in ours.items() if element != theirs[path]} == {}
    assert len(ours) > 100


def test_published_schemas_give_the_same_checks() -> None:
    ours, theirs = dict(walk(load())), dict(walk(published()))
    for path, element in ours.items():
        kinds = [(element.text, theirs[path].text)]
        kinds += [(element.attributes[name].type, theirs[path].attributes[name].type) for name in element.attributes]
        for own, other in kinds:
            if own is not None and other is not None:
                assert [own.check(text) for text in TEXTS] == [other.check(text) for text in TEXTS], path


# ---- what the tables say ----


def test_children_stand_in_the_order_of_the_form() -> None:
    children = of_form("Legeerklaring").children
    assert [(child.name, child.min, child.max) for child in children] == [
        ("LegeerklaringGjelder", 1, 4),
        ("Pasientopplysninger", 1, 1),
        ("PlanUtredBehandle", 0, 1),
        ("DiagnoseArbeidsuforhet", 1, 1),
        ("ForslagTiltak", 1, 1),
        ("VurderingFunksjonsevne", 1, 1),
        ("Prognose", 1, 1),
        ("ArsakssammenhengLegeerklaring", 0, 1),
        ("ForbeholdLegeerklaring", 1, 1),
        ("AndreOpplysninger", 0, 1),
        ("Kontakt", 0, None),
    ]
    assert [child.rank for child in children] == list(range(11))
    assert {child.choice for child in children} == {None}
    assert {child.namespace for child in children} == {LEGEERKLARING}


def test_alternatives_share_a_choice_and_a_rank() -> None:
    measures = of_form("ForslagTiltak").by_name
    limits, reason = measures["BegrensningerTiltak"], measures["BegrunnelseIkkeTiltak"]
    assert limits.choice is not None
    assert (limits.choice, limits.rank, limits.min) == (reason.choice, reason.rank, 1)
    assert measures["Opplysninger"].choice is None
    assert measures["Opplysninger"].rank < limits.rank


def test_alternatives_of_a_choice_that_may_be_absent_are_not_required() -> None:
    receiver = of_head("OtherReceiver").by_name
    group = {receiver[name].choice for name in ("Organisation", "Patient", "Person", "HealthcareProfessional")}
    assert len(group) == 1
    assert receiver["RoleReceiver"].choice is None
    assert {receiver[name].min for name in ("Organisation", "Patient")} == {0}
    document = of_head("RefDoc").by_name
    assert (document["Content"].min, document["FileReference"].min) == (0, 0)
    assert document["Content"].choice == document["FileReference"].choice is not None


def test_an_organisation_holds_another() -> None:
    organisation = of_head("Organisation")
    assert organisation.by_name["Organisation"].element is organisation
    assert organisation.may_be_empty
    assert organisation.by_name["OrganisationName"].min == 1


def test_what_is_made_to_hold_elements_is_a_container() -> None:
    assert {
        name: of_form(name).is_container for name in ("Prognose", "DiagnoseKodesystem", "Kontakt", "Etternavn")
    } == {
        "Prognose": True,
        "DiagnoseKodesystem": True,
        "Kontakt": False,
        "Etternavn": False,
    }
    content = of_head("RefDoc").by_name["Content"].element
    assert (content.any_content, content.is_container, content.children) == (True, True, ())


def test_an_element_of_another_schema_is_taken_as_it_comes() -> None:
    place = of_head("MsgHead").by_name["Signature"]
    assert (place.namespace, place.min, place.max) == ("http://www.w3.org/2000/09/xmldsig#", 0, 1)
    assert place.element.any_content
    assert place.element.attributes == {}


def test_attributes_are_required_or_not() -> None:
    measure, contact = of_form("AktueltTiltak").attributes["typeTiltak"], of_form("Kontakt").attributes
    assert (measure.required, measure.type.name, measure.type.base) == (True, "typeTiltak", "nonNegativeInteger")
    assert measure.type.values == frozenset("1234567")
    assert {name: attribute.required for name, attribute in contact.items()} == {"kontakt": True, "annenInstans": False}
    assert not of_form("LegeerklaringGjelder").attributes["typeLegeerklaring"].required
    phone = of_form("Teleinformasjon")
    assert phone.text is not None
    assert phone.attributes["typeTelekom"].type.values >= {"HP", "MC"}


@pytest.mark.parametrize("text", ["2", "02", "+2", " 2 "])
def test_a_tick_is_known_by_value(text: str) -> None:
    tick = of_form("LegeerklaringGjelder").attributes["typeLegeerklaring"].type
    assert tick.check(text)
    assert not tick.check(text.replace("2", "5"))


def test_values_have_their_types() -> None:
    info = {name: child.element for name, child in of_head("MsgInfo").by_name.items()}
    assert info["MIGversion"].fixed == "v1.2 2006-05-24"
    assert info["GenDate"].text is not None
    assert info["GenDate"].text.base == "dateTime"
    identifier = of_head("Patient").by_name["Ident"].element.by_name["TypeId"].element.attributes["S"].type
    assert (identifier.name, identifier.base, identifier.check("1.2"), identifier.check("1..2")) == (
        "oid",
        "oid",
        True,
        False,
    )
    moment = of_head("Document").by_name["FromDate"].element.attributes["V"].type
    assert moment.base == "union"
    assert [moment.check(text) for text in ("2026", "2026-05", "2026-05-12", "08:20:00", "mai")] == [True] * 4 + [False]
    assert of_form("HenvistUtredning").attributes["henvistDato"].type.base == "date"


# ---- where schemas come from ----


def test_ours_are_found_in_a_checkout_and_in_an_installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = Path(certgateway.__file__).parent / "data" / "schemas" / "kith"
    assert (installed, OURS) == schema._SHIPPED
    for file in OURS.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(schema, "_SHIPPED", (tmp_path, tmp_path / "absent"))
    assert schema._shipped() == tmp_path
    monkeypatch.setattr(schema, "_SHIPPED", (tmp_path / "absent",))
    with pytest.raises(MisconfiguredError, match="the package is incomplete"):
        schema._shipped()


def test_loading_is_quick_and_done_once() -> None:
    def anew() -> None:
        load.cache_clear()
        load()

    assert_within(0.015, lambda: cpu(anew))
    assert load() is load()


def folder_with(tmp_path: Path, **changes: tuple[str, str]) -> Path:
    """Our two schemas in a folder of their own, each with one text replaced."""
    for key, file in (("form", FORM), ("head", HEAD)):
        old, new = changes.get(key, ("", ""))
        text = (OURS / file).read_text("utf-8")
        assert old in text
        (tmp_path / file).write_text(text.replace(old, new, 1) if old else text, "utf-8")
    return tmp_path


def test_a_folder_of_the_operator_is_read_to_the_bottom(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    folder_with(below)
    assert load(tmp_path).elements == load().elements


def test_copies_may_lie_beside_each_other(tmp_path: Path) -> None:
    folder_with(tmp_path)
    copied = (
        (tmp_path / FORM)
        .read_text("utf-8")
        .replace("<xs:", "<s:")
        .replace("</xs:", "</s:")
        .replace("xmlns:xs=", "xmlns:s=")
    )
    (tmp_path / "zzz.xsd").write_text(copied.replace('"xs:', '"s:'), "utf-8")
    assert load(tmp_path).elements == load().elements


def test_copies_that_differ_are_refused(tmp_path: Path) -> None:
    folder_with(tmp_path)
    other = (
        (tmp_path / FORM)
        .read_text("utf-8")
        .replace('ref="LegeerklaringGjelder" maxOccurs="4"', 'ref="LegeerklaringGjelder"')
    )
    (tmp_path / "zzz.xsd").write_text(other, "utf-8")
    with pytest.raises(
        MisconfiguredError, match=rf"zzz\.xsd, line \d+: Legeerklaring is declared otherwise in .*{FORM}"
    ):
        load(tmp_path)


def test_ways_to_say_the_same_are_understood(tmp_path: Path) -> None:
    """A sequence in a sequence, a choice at the top, a simple type inside an element."""
    inner = '<xs:sequence><xs:element ref="Pasient"/></xs:sequence>'
    folder_with(tmp_path, form=('<xs:element ref="Pasient"/>', inner))
    text = (tmp_path / FORM).read_text("utf-8")
    typed = '"><xs:simpleType><xs:restriction base="xs:string"/></xs:simpleType></xs:element>'
    text = text.replace('<xs:element name="Etternavn" type="xs:string"/>', f'<xs:element name="Etternavn{typed}')
    (tmp_path / FORM).write_text(text, "utf-8")
    assert load(tmp_path).elements == load().elements
    assert "Etternavn" in text
    chosen = text.replace(
        '<xs:sequence>\n        <xs:element ref="Enkeltdiagnose"', '<xs:choice>\n<xs:element ref="Enkeltdiagnose"', 1
    )
    start = chosen.index("<xs:choice>\n<xs:element")
    (tmp_path / FORM).write_text(chosen[:start] + chosen[start:].replace("</xs:sequence>", "</xs:choice>", 1), "utf-8")
    load.cache_clear()
    entry = load(tmp_path).elements[f"{{{LEGEERKLARING}}}DiagnoseKodesystem"].by_name["Enkeltdiagnose"]
    assert (entry.min, entry.max, entry.choice) == (1, None, 0)


def test_a_file_that_is_no_schema_is_refused(tmp_path: Path) -> None:
    folder_with(tmp_path)
    (tmp_path / "zzz.xsd").write_text(f'<schema targetNamespace="{MSGHEAD}"/>')
    with pytest.raises(MisconfiguredError, match=r"zzz\.xsd, line 1: this is no schema"):
        load(tmp_path)
    (tmp_path / "zzz.xsd").unlink()
    (tmp_path / "zzz.xsd").mkdir()
    with pytest.raises(MisconfiguredError, match=r"the schema .*zzz\.xsd cannot be read: "):
        load(tmp_path)


def test_an_included_file_gives_its_part(tmp_path: Path) -> None:
    folder_with(tmp_path)
    text = (tmp_path / FORM).read_text("utf-8")
    found = re.search(r'  <xs:simpleType name="typeTiltak">.*?</xs:simpleType>\n', text, re.DOTALL)
    assert found
    head = text[: text.index("  <!-- The form")]
    (tmp_path / "types.xsd").write_text(f"{head}{found[0]}</xs:schema>\n", "utf-8")
    whole = text.replace(found[0], "").replace(head, f'{head}<xs:include schemaLocation="types.xsd"/>')
    (tmp_path / FORM).write_text(whole, "utf-8")
    assert load(tmp_path).elements == load().elements


def test_a_folder_without_a_schema_is_refused(tmp_path: Path) -> None:
    folder_with(tmp_path)
    (tmp_path / HEAD).unlink()
    with pytest.raises(MisconfiguredError, match=re.escape(f"no schema in {tmp_path} is for {MSGHEAD}")):
        load(tmp_path)
    with pytest.raises(MisconfiguredError, match="does not exist"):
        load(tmp_path / "absent")


def test_an_unreadable_schema_is_named(tmp_path: Path) -> None:
    folder_with(tmp_path, form=("</xs:schema>", ""))
    with pytest.raises(MisconfiguredError, match=rf"{FORM} cannot be read \(not-xml in line \d+\)"):
        load(tmp_path)


CONSTRUCTS = [
    (
        "form",
        '<xs:whiteSpace value="preserve"/>\n    </xs:restriction>',
        "</xs:restriction><xs:union/>",
        "a restriction or a",
    ),
    (
        "head",
        '<xs:union memberTypes="xs:dateTime xs:date xs:gYear xs:gYearMonth xs:time"/>',
        "<xs:union/>",
        "named types only",
    ),
    ("form", '<xs:restriction base="xs:string">', "<xs:restriction>", "restriction is not understood here"),
    ("form", "<xs:complexType>", "<xs:complexType><xs:any/>", "any is not understood here"),
    ("form", '<xs:complexType name="typeNavn">', "<xs:complexType>", "typeNavn is not declared in this folder"),
    ("form", '<xs:element name="HvilkeAndreTiltak"', "<xs:element", "element without a name is not understood here"),
    ("form", '<xs:extension base="xs:string">', "<xs:restriction/><xs:extension base='xs:string'>", "in simpleContent"),
    (
        "form",
        '<xs:restriction base="xs:nonNegativeInteger">',
        '<xs:restriction base="xs:date">',
        "enumerated values of date",
    ),
    (
        "form",
        "<xs:complexType>",
        '<xs:complexType><xs:complexContent><xs:restriction base="typeNavn"/></xs:complexContent>',
        "a restriction of another complex type",
    ),
    (
        "form",
        'name="StatusPresens" type="typeTekst"',
        'name="StatusPresens" type="typeNone"',
        "typeNone is not declared",
    ),
    ("form", 'ref="VurderingYrkesskade"', 'ref="Yrkesskade"', "Yrkesskade is not declared"),
    ("form", 'type="xs:date"', 'type="xs:gDay"', "the type gDay of XML Schema is not understood"),
    ("form", '<xs:whiteSpace value="preserve"/>', '<xs:whiteSpace value="collapse"/>', "restriction is not understood"),
    ("form", '<xs:whiteSpace value="preserve"/>', '<xs:pattern value="(a+)+b"/>', "this restriction is not understood"),
    ("form", '<xs:enumeration value="2"/>', '<xs:enumeration value="two"/>', "an enumerated value is no whole number"),
    (
        "form",
        '<xs:enumeration value="2"/>',
        '<xs:maxInclusive value="2"/>',
        "the construct maxInclusive is not understood",
    ),
    ("form", "<xs:choice>", '<xs:choice maxOccurs="2">', "a repeated choice is not understood"),
    (
        "form",
        '<xs:attribute name="tiltak"',
        '<xs:anyAttribute/><xs:attribute name="tiltak"',
        "anyAttribute is not understood",
    ),
    ("form", 'name="tiltak" type', 'name="tiltak" use="prohibited" type', "attribute is not understood here"),
    ("form", 'name="tiltak" type="typeJaNei"', 'name="tiltak"', "attribute without a type is not understood"),
    ("form", 'name="Opplysninger"', 'name="Opplysninger" nillable="true"', "element with nillable is not understood"),
    ("form", 'name="BegrunnelseIkkeTiltak"', 'name="Opplysninger"', "Opplysninger in two places of one element"),
    ("form", 'elementFormDefault="qualified"', "", "only qualified elements and unqualified attributes"),
    ("form", 'name="Legeerklaring"', 'name="Legeerklering"', "declare no"),
    ("form", 'ref="Pasient"/>', 'ref="Pasient"/><xs:any/>', "this any is not understood"),
    (
        "form",
        'ref="Pasient"/>',
        'ref="Pasient"/><xs:any minOccurs="0"/>',
        "anything beside elements, is not understood",
    ),
    ("form", 'maxOccurs="4"', 'maxOccurs="four"', "minOccurs or maxOccurs is no number"),
    ("head", '<xs:sequence minOccurs="0">', '<xs:sequence maxOccurs="2">', "a repeated group"),
    ("head", "<xs:choice>", "<xs:choice><xs:sequence/>", "sequence in a choice is not understood"),
    ("head", r'value="\d+(\.\d+)*"', r'value="(\d+\.)*\d+"', "of patterns, only that of object identifiers"),
    ("head", '<xs:maxLength value="255"/>', '<xs:maxLength value="99"/>', "this restriction is not understood"),
    ("head", "xs:dateTime xs:date xs:gYear", "xs:dateTime xs:month", "the type month of XML Schema is not understood"),
    ("head", '<xs:complexType name="CS">', '<xs:complexType name="CS" mixed="true">', "complexType with mixed is not"),
]


@pytest.mark.parametrize("which,old,new,why", CONSTRUCTS, ids=[case[3] for case in CONSTRUCTS])
def test_what_is_not_understood_stops_the_start(which: str, old: str, new: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match=re.escape(why)) as refusal:
        load(folder_with(tmp_path, **{which: (old, new)}))
    assert {"form": FORM, "head": HEAD}[which] in str(refusal.value) or str(tmp_path) in str(refusal.value)
