"""Cases of values: primitives, datatypes, narrative, and what profiles ask by the extensions of their definitions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.engine.general_form import CODES, COLOURS, QUIET, General, Json, extended, observation, patient, profile

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
OF_R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition."
UCUM = "http://unitsofmeasure.org"


def narrated(inner: str, **members: object) -> Json:
    """A Patient with this in its narrative."""
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{inner}</div>'
    return patient(text={"status": "generated", "div": div}, **members)


def weighing(value: object, code: str, system: str = UCUM) -> Json:
    """An Observation of an amount."""
    return observation(valueQuantity={"value": value, "system": system, "code": code})


def refined(identity: str, *extensions: Json, **members: object) -> Json:
    """A profile that says something of one element by extensions of its definition."""
    return profile(identity.partition(".")[0], {"id": identity, "extension": [*extensions], **members})


def about(profile_url: str) -> Json:
    """A resource whose element is of the type `canonical`."""
    return {
        "resourceType": "MessageHeader",
        "definition": profile_url,
        "eventUri": "urn:x",
        "source": {"endpoint": "urn:x"},
    }


def attached(data: str, size: int) -> Json:
    """An attachment that states its size."""
    return patient(photo=[{"contentType": "image/png", "data": data, "size": size}])


def identified(value: str) -> Json:
    """An identifier that is a URI."""
    return patient(identifier=[{"system": "urn:ietf:rfc:3986", "value": value}])


def coded(system: str, code: str) -> Json:
    """A coding that no value set binds."""
    return observation(category=[{"coding": [{"system": system, "code": code}]}])


HEAVY = profile("Observation", {"id": "Observation.value[x]", "type": [{"code": "Quantity"}],
                                "minValueQuantity": {"value": 1, "system": UCUM, "code": "kg"},
                                "maxValueQuantity": {"value": 2, "system": UCUM, "code": "kg"}})  # fmt: skip
LANGUAGES = STRUCTURE + "narrative-language-control"
SOURCES = STRUCTURE + "narrative-source-control"
IN_ENGLISH = '<div xml:lang="en">a</div>'

CASES: dict[str, General] = {
    "canonical that is relative": General(
        about("MessageDefinition/a"),
        ("primitive-invalid", "MessageHeader.definition", "canonical"),
        about("https://a.example/MessageDefinition/a|1"),
    ),
    "UUID in capitals": General(
        about("urn:uuid:0A3C0D7E-1111-4222-8333-123456789abc"),
        ("primitive-invalid", "MessageHeader.definition", "canonical"),
        about("urn:uuid:0a3c0d7e-1111-4222-8333-123456789abc"),
    ),
    "UUID without urn": General(
        patient(implicitRules="uuid:0a3c0d7e-1111-4222-8333-123456789abc"),
        ("primitive-invalid", "Patient.implicitRules", "uri"),
        patient(implicitRules="urn:uuid:0a3c0d7e-1111-4222-8333-123456789abc"),
    ),
    "OID with a leading nought": General(
        patient(implicitRules="urn:oid:2.016.578"),
        ("primitive-invalid", "Patient.implicitRules", "uri"),
        patient(implicitRules="urn:oid:2.16.578"),
    ),
    "required code with an extension alone": General(
        patient(_gender={"extension": [{"url": STRUCTURE + "data-absent-reason", "valueCode": "unknown"}]}),
        ("value-missing", "Patient.gender", None),
        patient(gender="unknown", _gender={"extension": [extended("https://example.org/x", "a")]}),
    ),
    "attachment of another size": General(
        attached("aGVp", 4), ("size-differs", "Patient.photo[0].size", None), attached("aGVp", 3)
    ),
    "padded attachment of another size": General(
        attached("aGVpIQ==", 6), ("size-differs", "Patient.photo[0].size", None), attached("aGVp\nIQ==", 4)
    ),
    "identifier that is no URI": General(
        identified("12"), ("uri-not-absolute", "Patient.identifier[0].value", None), identified("urn:oid:1.2.3")
    ),
    "code its loaded system lacks": General(
        coded(COLOURS, "green"),
        ("code-unknown", "Observation.category[0].coding[0].code", COLOURS),
        coded(COLOURS, "crimson"),
        known=(CODES,),
    ),
    "code FHIR's own system lacks": General(
        coded("http://hl7.org/fhir/observation-status", "done"),
        ("code-unknown", "Observation.category[0].coding[0].code", "http://hl7.org/fhir/observation-status"),
        coded("http://hl7.org/fhir/observation-status", "final"),
    ),
    "system that is a value set": General(
        coded("http://hl7.org/fhir/ValueSet/observation-status", "final"),
        ("system-is-value-set", "Observation.category[0].coding[0].system", None),
        coded("http://terminology.hl7.org/CodeSystem/observation-category", "not-listed-yet"),
    ),
    "link to nothing": General(
        narrated('<a href="#b">b</a>'),
        ("narrative-link-unresolved", "Patient.text.div", None),
        narrated('<a href="#b">b</a>', name=[{"id": "b", "text": "x"}]),
    ),
    "link to a mark in the text": General(
        narrated('<a href="#c">b</a><a name="b">x</a>'),
        ("narrative-link-unresolved", "Patient.text.div", None),
        narrated('<a href="#b">b</a><a name="b">x</a>'),
    ),
    "link that runs a script": General(
        narrated('<a href="javascript:x()">b</a>'),
        ("narrative-not-allowed", "Patient.text.div", "links that run nothing"),
        narrated('<a href="https://a.example">b</a>'),
    ),
    "link to a URN": General(
        narrated('<a href="urn:uuid:0a3c0d7e-1111-4222-8333-123456789abc">b</a>'),
        ("narrative-link-wrong", "Patient.text.div", None),
        narrated('<a href="mailto:a@b.example">b</a>'),
    ),
    "image that is nowhere": General(
        narrated('<img src="#b" alt=""/>'),
        ("narrative-link-unresolved", "Patient.text.div", None),
        narrated(
            '<img src="#b" alt=""/>', contained=[{"resourceType": "Binary", "id": "b", "contentType": "image/png"}]
        ),
    ),
    "list in a paragraph": General(
        narrated("<p><span><ul><li>b</li></ul></span></p>"),
        ("narrative-not-allowed", "Patient.text.div", "paragraphs without blocks"),
        narrated("<p>a</p><ul><li>b</li></ul>"),
    ),
    "too little after conversion": General(
        weighing(999, "g"),
        ("value-out-of-range", "Observation.value", None),
        weighing(Decimal("1000.0"), "g"),
        known=(HEAVY,),
    ),
    "too much after conversion": General(
        weighing(5, "[lb_av]"),
        ("value-out-of-range", "Observation.value", None),
        weighing(4, "[lb_av]"),
        known=(HEAVY,),
    ),
    "too much in the same unit": General(
        weighing(3, "kg"), ("value-out-of-range", "Observation.value", None), weighing(99, "cm"), known=(HEAVY,)
    ),
    "value that must be there": General(
        patient(_active={"extension": [extended("https://example.org/x", "a")]}),
        ("value-missing", "Patient.active", None),
        patient(active=True, _active={"extension": [extended("https://example.org/x", "a")]}),
        known=(refined("Patient.active", extended(OF_R5 + "mustHaveValue", value=True)),),
    ),
    "alternative that must be there": General(
        patient(_active={"extension": [extended("https://example.org/x", "a")]}),
        ("value-missing", "Patient.active", "https://example.org/y"),
        patient(_active={"extension": [extended("https://example.org/y", "a")]}),
        known=(
            refined(
                "Patient.active",
                {"url": OF_R5 + "valueAlternatives", "valueCanonical": "https://example.org/y"},
                extended("https://example.org/that-narrows-nothing", "z"),
            ),
        ),
    ),
    "form by a regular expression": General(
        patient(language="norsk"),
        ("form-differs", "Patient.language", "[a-z]{2}"),
        patient(language="nb"),
        known=(refined("Patient.language", extended(STRUCTURE + "regex", "[a-z]{2}")),),
    ),
    "attachment too large": General(
        patient(photo=[{"contentType": "image/png", "data": "aGVpISE="}]),
        ("size-exceeded", "Patient.photo[0]", "4"),
        patient(photo=[{"contentType": "image/png", "data": "aGVpIQ=="}]),
        known=(refined("Patient.photo", {"url": STRUCTURE + "maxSize", "valueDecimal": 4}),),
    ),
    "too many decimals": General(
        weighing(Decimal("1.25"), "kg"),
        ("decimals-exceeded", "Observation.value", "1"),
        weighing(Decimal("1.5"), "kg"),
        known=(
            refined("Observation.value[x]", extended(STRUCTURE + "maxDecimalPlaces", 1), type=[{"code": "Quantity"}]),
        ),
    ),
    "languages where none may be": General(
        narrated(IN_ENGLISH),
        ("narrative-language-wrong", "Patient.text", "no"),
        narrated("<p>a</p>"),
        known=(refined("Patient.text", {"url": LANGUAGES, "valueCode": "_no"}),),
    ),
    "no languages where they must be": General(
        narrated("<p>a</p>"),
        ("narrative-language-wrong", "Patient.text", "yes"),
        narrated(IN_ENGLISH),
        known=(refined("Patient.text", {"url": LANGUAGES, "valueCode": "#yes"}),),
    ),
    "language of the resource": General(
        narrated(IN_ENGLISH, language="nb"),
        ("narrative-language-wrong", "Patient.text", "resource"),
        narrated(IN_ENGLISH, language="en"),
        known=(refined("Patient.text", {"url": LANGUAGES, "valueCode": "_resource"}),),
    ),
    "part without a source": General(
        narrated('<p class="generated">a</p><p>b</p>'),
        ("narrative-source-missing", "Patient.text", "boilerplate, generated, original"),
        narrated('<p class="generated">a</p><p class="x original">b</p>'),
        known=(refined("Patient.text", {"url": SOURCES, "valueCode": "error"}),),
    ),
    "value set no code may leave": General(
        observation(code={"coding": [{"system": COLOURS, "code": "blue"}]}),
        ("code-not-allowed", "Observation.code", "https://general.example/ValueSet/reds"),
        observation(code={"coding": [{"system": COLOURS, "code": "red"}]}),
        known=(
            CODES,
            {
                "resourceType": "ValueSet",
                "url": "https://general.example/ValueSet/reds",
                "compose": {"include": [{"system": COLOURS, "concept": [{"code": "red"}]}]},
            },
            profile(
                "Observation",
                {
                    "id": "Observation.code",
                    "binding": {
                        "strength": "preferred",
                        "extension": [
                            {
                                "url": STRUCTURE + "elementdefinition-maxValueSet",
                                "valueCanonical": "https://general.example/ValueSet/reds",
                            }
                        ],
                    },
                },
            ),
        ),
    ),
    "tag in a string": General(
        patient(name=[{"text": "a <script>b</script>"}]),
        ("html-in-text", "Patient.name[0].text", None),
        patient(name=[{"text": "a < b > c"}]),
        options=replace(QUIET, html_in_text="error"),
    ),
    "tag in Markdown": General(
        observation(note=[{"text": "a <b>"}]),
        ("html-in-text", "Observation.note[0].text", None),
        observation(note=[{"text": "`a <b>`, <https://a.example> and 1 < 2"}]),
        options=replace(QUIET, html_in_markdown="error"),
    ),
    "two elements of one id": General(
        patient(name=[{"id": "a", "text": "x"}], telecom=[{"id": "a", "system": "phone", "value": "1"}]),
        ("id-duplicated", "Patient.telecom[0].id", None),
        patient(id="a", name=[{"id": "a", "text": "x"}], telecom=[{"id": "b", "system": "phone", "value": "1"}]),
    ),
    "one security label twice": General(
        patient(meta={"security": [{"system": "urn:a", "code": "x"}, {"system": "urn:a", "code": "x"}]}),
        ("label-repeated", "Patient.meta.security[1]", None),
        patient(meta={"security": [{"system": "urn:a", "code": "x"}, {"system": "urn:b", "code": "x"}]}),
    ),
}
