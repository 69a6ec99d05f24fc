"""Cases that only XML can have: order, namespace, attributes, stray text, repeated and unknown elements, XHTML."""

from __future__ import annotations

from tests.engine.case_form import XmlCase

NS = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
DOCUMENT = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<Patient xmlns="{NS}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{NS} patient.xsd">
  <id value="a"/>
  <text><status value="generated"/><div xmlns="{XHTML}"><p>x &amp; y</p></div></text>
  <contained><Practitioner><id value="p"/></Practitioner></contained>
  <extension url="https://e.example/any"><valueString value="x"/></extension>
  <identifier id="i"><system value="https://i.example"/><value value="1"/></identifier>
  <active value="true"/>
  <name><use value="usual"/><family value="x"/><given value="y"/><given value="z"/></name>
  <gender value="female"/>
  <birthDate value="1980-01-01"><extension url="https://e.example/any"><valueCode value="x"/></extension></birthDate>
  <multipleBirthInteger value="2"/>
  <contact><name><text value="x"/></name></contact>
  <generalPractitioner><reference value="#p"/></generalPractitioner>
</Patient>
"""
PREFIXED = f"""<f:Patient xmlns:f="{NS}"><f:active value="true"/><f:name><f:family value="x"/></f:name></f:Patient>"""
BUNDLE = f"""<Bundle xmlns="{NS}">
  <type value="collection"/>
  <entry>
    <fullUrl value="urn:uuid:00000000-0000-4000-8000-000000000001"/>
    <resource><Patient><active value="true"/></Patient></resource>
  </entry>
</Bundle>
"""
FAMILY = '<family value="x"/>'


def case(name: str, old: str, new: str, *faults: str, document: str = DOCUMENT) -> tuple[str, XmlCase]:
    """One replacement in a sound document."""
    return name, XmlCase(name, document, old, new, faults)


XML_CASES: dict[str, XmlCase] = dict(
    [
        case(
            "given before family",
            f'{FAMILY}<given value="y"/>',
            f'<given value="y"/>{FAMILY}',
            "element-out-of-order Patient.name[0].family HumanName",
        ),
        case(
            "narrative of no status", '<status value="generated"/><div', "<div", "element-missing Patient.text status"
        ),
        case(
            "value before system",
            '<system value="https://i.example"/><value value="1"/>',
            '<value value="1"/><system value="https://i.example"/>',
            "element-out-of-order Patient.identifier[0].system Identifier",
        ),
        case(
            "resource before fullUrl",
            '<fullUrl value="urn:uuid:00000000-0000-4000-8000-000000000001"/>\n'
            '    <resource><Patient><active value="true"/></Patient></resource>',
            '<resource><Patient><active value="true"/></Patient></resource>\n'
            '    <fullUrl value="urn:uuid:00000000-0000-4000-8000-000000000001"/>',
            "element-out-of-order Bundle.entry[0].fullUrl Bundle.entry",
            document=BUNDLE,
        ),
        case(
            "list torn apart",
            '<given value="y"/><given value="z"/></name>',
            '<given value="y"/><prefix value="dr"/><given value="z"/></name>',
            "element-out-of-order Patient.name[0].given[1] HumanName",
        ),
        case(
            "no namespace at all",
            f'xmlns:f="{NS}"',
            'xmlns:f="urn:none"',
            f"namespace-wrong Patient {NS}",
            document=PREFIXED,
        ),
        case(
            "namespace of another version",
            f'<Bundle xmlns="{NS}">',
            '<Bundle xmlns="http://hl7.org/fhir/R4">',
            f"namespace-wrong Bundle {NS}",
            document=BUNDLE,
        ),
        case(
            "one element of another namespace",
            '<active value="true"/>\n',
            '<active xmlns="urn:x" value="true"/>\n',
            f"namespace-wrong Patient {NS}",
        ),
        case(
            "foreign element",
            '<active value="true"/>\n',
            '<active value="true"/><x:y xmlns:x="urn:x"/>\n',
            f"namespace-wrong Patient {NS}",
        ),
        case(
            "resource of another namespace",
            "<resource><Patient>",
            '<resource><Patient xmlns="urn:x">',
            f"namespace-wrong Bundle.entry[0].resource {NS}",
            document=BUNDLE,
        ),
        case("div of no namespace", f'<div xmlns="{XHTML}">', "<div>", f"namespace-wrong Patient.text {XHTML}"),
        case(
            "unknown element",
            '<active value="true"/>\n',
            '<active value="true"/><colour value="x"/>\n',
            "element-unknown Patient Patient",
        ),
        case(
            "unknown element below", FAMILY, f'{FAMILY}<middle value="x"/>', "element-unknown Patient.name[0] HumanName"
        ),
        case(
            "unknown element of a primitive",
            '<gender value="female"/>',
            '<gender value="female"><x value="y"/></gender>',
            "element-unknown Patient.gender Element",
        ),
        case(
            "comment of old as an element",
            '<active value="true"/>\n',
            '<fhir_comments value="x"/><active value="true"/>\n',
            "element-unknown Patient Patient",
        ),
        case(
            "choice of no type",
            '<multipleBirthInteger value="2"/>',
            '<multipleBirth value="2"/>',
            "element-unknown Patient Patient",
        ),
        case(
            "unknown attribute of a resource",
            f'<Bundle xmlns="{NS}">',
            f'<Bundle xmlns="{NS}" version="4">',
            "attribute-unknown Bundle",
            document=BUNDLE,
        ),
        case(
            "id of a resource as an attribute",
            f'<Bundle xmlns="{NS}">',
            f'<Bundle xmlns="{NS}" id="a">',
            "attribute-unknown Bundle",
            document=BUNDLE,
        ),
        case("unknown attribute of a type", "<contact>", '<contact kind="x">', "attribute-unknown Patient.contact[0]"),
        case("value of a type", "<contact>", '<contact value="x">', "attribute-unknown Patient.contact[0]"),
        case("url of no extension", "<contact>", '<contact url="x">', "attribute-unknown Patient.contact[0]"),
        case(
            "unknown attribute of a primitive",
            '<gender value="female"/>',
            '<gender value="female" code="f"/>',
            "attribute-unknown Patient.gender",
        ),
        case(
            "attribute of another namespace",
            '<gender value="female"/>',
            '<gender xmlns:x="urn:x" x:value="f" value="female"/>',
            "attribute-unknown Patient.gender",
        ),
        case(
            "language by XML's own attribute",
            '<gender value="female"/>',
            '<gender xml:lang="nb" value="female"/>',
            "attribute-unknown Patient.gender",
        ),
        case(
            "attribute of the element around a resource",
            "<contained>",
            '<contained id="c">',
            "attribute-unknown Patient.contained[0]",
        ),
        case(
            "url as an element",
            '<extension url="https://e.example/any"><valueString',
            '<extension><url value="https://e.example/any"/><valueString',
            "element-unknown Patient.extension[0] Extension",
        ),
        case(
            "text in a resource", '<active value="true"/>\n', '<active value="true"/>yes\n', "text-not-allowed Patient"
        ),
        case("text in a type", FAMILY, f"{FAMILY}x", "text-not-allowed Patient.name[0]"),
        case(
            "text for a value", '<gender value="female"/>', "<gender>female</gender>", "text-not-allowed Patient.gender"
        ),
        case(
            "text beside a value",
            '<gender value="female"/>',
            '<gender value="female">x</gender>',
            "text-not-allowed Patient.gender",
        ),
        case("text as CDATA", FAMILY, f"{FAMILY}<![CDATA[x]]>", "text-not-allowed Patient.name[0]"),
        case("text around a resource", "<contained>", "<contained>x", "text-not-allowed Patient.contained[0]"),
        case(
            "single twice",
            '<gender value="female"/>',
            '<gender value="female"/><gender value="male"/>',
            "element-repeated Patient gender",
        ),
        case(
            "single of a type twice", FAMILY, f'{FAMILY}<family value="y"/>', "element-repeated Patient.name[0] family"
        ),
        case("id twice", '<id value="a"/>', '<id value="a"/><id value="b"/>', "element-repeated Patient id"),
        case(
            "two resources in one",
            "<resource><Patient>",
            "<resource><Patient/><Patient>",
            "element-repeated Bundle.entry[0].resource Resource",
            document=BUNDLE,
        ),
        case(
            "two types of a choice",
            '<multipleBirthInteger value="2"/>',
            '<multipleBirthBoolean value="true"/><multipleBirthInteger value="2"/>',
            "choice-several Patient multipleBirth",
        ),
        case(
            "nothing in a resource's element",
            '<resource><Patient><active value="true"/></Patient></resource>',
            "<resource/>",
            "value-empty Bundle.entry[0].resource",
            document=BUNDLE,
        ),
        case("no value", '<gender value="female"/>', "<gender/>", "value-empty Patient.gender"),
        case("empty value", '<gender value="female"/>', '<gender value=""/>', "value-empty Patient.gender"),
        case(
            "empty type",
            '<name><text value="x"/></name></contact>',
            "<name/></contact>",
            "value-empty Patient.contact[0].name",
        ),
        case(
            "boolean in capitals",
            '<active value="true"/>\n',
            '<active value="True"/>\n',
            "primitive-invalid Patient.active boolean",
        ),
        case(
            "boolean as a number",
            '<active value="true"/>\n',
            '<active value="1"/>\n',
            "primitive-invalid Patient.active boolean",
        ),
        case(
            "integer of a word",
            '<multipleBirthInteger value="2"/>',
            '<multipleBirthInteger value="two"/>',
            "primitive-invalid Patient.multipleBirth integer",
        ),
        case(
            "integer with spaces",
            '<multipleBirthInteger value="2"/>',
            '<multipleBirthInteger value=" 2"/>',
            "primitive-invalid Patient.multipleBirth integer",
        ),
        case(
            "resource nobody knows",
            '<Patient><active value="true"/></Patient>',
            "<Person2/>",
            "resource-type-unknown Bundle.entry[0].resource",
            document=BUNDLE,
        ),
        case(
            "script in a narrative",
            "<p>x &amp; y</p>",
            "<script>x</script>",
            "narrative-not-allowed Patient.text.div allowed elements",
        ),
        case(
            "handler in a narrative",
            "<p>x &amp; y</p>",
            '<p onclick="x()">x</p>',
            "narrative-not-allowed Patient.text.div allowed attributes",
        ),
        case(
            "FHIR in a narrative",
            "<p>x &amp; y</p>",
            f'<p>x</p><family xmlns="{NS}"/>',
            "narrative-not-allowed Patient.text.div allowed elements",
        ),
        case(
            "narrative of no namespace below",
            "<p>x &amp; y</p>",
            '<p xmlns="">x</p>',
            "narrative-not-allowed Patient.text.div allowed elements",
        ),
        case("empty narrative", "<p>x &amp; y</p>", "<p> </p>", "narrative-not-allowed Patient.text.div content"),
        case(
            "two narratives",
            "</div></text>",
            f'</div><div xmlns="{XHTML}">x</div></text>',
            "element-repeated Patient.text div",
        ),
    ]
)
