"""Values and Bundles that come near a fault: what is told of each, which is mostly nothing."""

from __future__ import annotations

from decimal import Decimal

from tests.engine.general_bundles import BUNDLED, HTTP, ONE, THREE, TWO, bundle, composition, document, entry, search
from tests.engine.general_form import BASE, CODES, COLOURS, Json, extended, observation, patient, profile
from tests.engine.general_values import LANGUAGES, OF_R5, SOURCES, STRUCTURE, attached, coded, narrated, refined

Near = tuple[Json, tuple[str, ...], tuple[Json, ...]]
"""A resource, what is told of it (`kind path expected`), what is loaded; the profile among that is asked for."""

UNFORMED = '<div xmlns="http://www.w3.org/1999/xhtml"><p>a</div>'
ELSEWHERE = [extended("https://example.org/x", "a")]


def _told(tree: Json, *faults: str, known: tuple[Json, ...] = ()) -> Near:
    return tree, faults, known


def _pictured(limit: int, **photo: object) -> Near:
    size = {"url": STRUCTURE + "maxSize", "valueDecimal": limit}
    return _told(patient(photo=[photo]), known=(refined("Patient.photo", size),))


def _too_large(near: Near) -> Near:
    return near[0], ("size-exceeded Patient.photo[0] 4",), near[2]


def _bound_by(code: str, *faults: str, **binding: object) -> Near:
    colours = {"resourceType": "ValueSet", "url": BASE + "ValueSet/reds", "compose": {"include": [
        {"system": COLOURS, "concept": [{"code": "red"}]}]}}  # fmt: skip
    rule = profile("Observation", {"id": "Observation.category", "binding": binding})
    return _told(coded(COLOURS, code), *faults, known=(CODES, colours, rule))


def _of_two(reference: Json) -> Json:
    return bundle("collection", entry(ONE, observation(subject=reference)), entry(TWO, patient()))


REFINED: dict[str, Near] = {
    "R5's own word for a value that must be there": _told(
        patient(_active={"extension": ELSEWHERE}),
        "value-missing Patient.active",
        known=(profile("Patient", {"id": "Patient.active", "mustHaveValue": True}),),
    ),
    "R5's own word for a value that may be absent": _told(
        patient(_active={"extension": ELSEWHERE}),
        known=(profile("Patient", {"id": "Patient.active", "mustHaveValue": False}),),
    ),
    "R5's own word for what may stand for a value": _told(
        patient(_active={"extension": ELSEWHERE}),
        "value-missing Patient.active https://example.org/y, https://example.org/z",
        known=(
            profile(
                "Patient",
                {"id": "Patient.active", "valueAlternatives": ["https://example.org/y", "https://example.org/z"]},
            ),
        ),
    ),
    "an extension that says a value may be absent": _told(
        patient(_active={"extension": ELSEWHERE}),
        known=(refined("Patient.active", extended(OF_R5 + "mustHaveValue", value=False)),),
    ),
    "size of what lies elsewhere": _too_large(_pictured(4, contentType="a/b", url="https://a.example", size=5)),
    "size of what lies elsewhere and fits": _pictured(4, contentType="a/b", url="https://a.example", size=4),
    "no size of what lies elsewhere": _pictured(4, contentType="a/b", url="https://a.example"),
    "size of what lies here": _too_large(_pictured(4, contentType="a/b", data="aGVpISE=")),
    "size of data": _told(
        {"resourceType": "Binary", "contentType": "a/b", "data": "aGVpISE="},
        "size-exceeded Binary.data 4",
        known=(refined("Binary.data", {"url": STRUCTURE + "maxSize", "valueDecimal": 4}),),
    ),
    "form of a number": _told(
        patient(multipleBirthInteger=12),
        "form-differs Patient.multipleBirth [1-9]",
        known=(refined("Patient.multipleBirth[x]", extended(STRUCTURE + "regex", "[1-9]")),),
    ),
    "form that nobody can try": _told(
        patient(language="norsk"), known=(refined("Patient.language", extended(STRUCTURE + "regex", "(?=x)")),)
    ),
    "form of the type": _told(
        patient(language="norsk"),
        "form-differs Patient.language [a-z]{2}",
        known=(
            profile(
                "Patient",
                {
                    "id": "Patient.language",
                    "type": [{"code": "code", "extension": [extended(STRUCTURE + "regex", "[a-z]{2}")]}],
                },
            ),
        ),
    ),
    "decimals of a plain number": _told(
        {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "valueInteger": 5},
        known=(refined("Observation.value[x]", extended(STRUCTURE + "maxDecimalPlaces", 0)),),
    ),
    "least of what has no order": _told(
        patient(active=True), known=(profile("Patient", {"id": "Patient.active", "minValueInteger": 5}),)
    ),
    "what is called like a fixed value": _told(
        patient(active=True), known=(profile("Patient", {"id": "Patient.active", "fixedness": False}),)
    ),
    "as many decimals": _told(
        observation(valueQuantity={"value": Decimal("1.25")}),
        known=(refined("Observation.value[x]", extended(STRUCTURE + "maxDecimalPlaces", 2)),),
    ),
    "way of a reference in words": _told(observation(subject={"display": "somebody"}), known=(BUNDLED,)),
    "narrative that is not read, in no language": _told(
        patient(text={"status": "generated", "div": UNFORMED}),
        "narrative-not-allowed Patient.text.div well-formed XHTML",
        known=(refined("Patient.text", {"url": LANGUAGES, "valueCode": "yes"}),),
    ),
    "narrative without a text, in no language": _told(
        patient(text={"status": "empty"}),
        "element-missing Patient.text div",
        known=(refined("Patient.text", {"url": LANGUAGES, "valueCode": "yes"}),),
    ),
    "language that is named": _told(
        narrated('<div xml:lang="en">a</div>'),
        "narrative-language-wrong Patient.text nb",
        known=(refined("Patient.text", {"url": LANGUAGES, "valueCode": "nb"}),),
    ),
    "language of a resource that has none": _told(
        narrated('<div xml:lang="en">a</div>'),
        known=(refined("Patient.text", {"url": LANGUAGES, "valueCode": "resource"}),),
    ),
    "text behind a part, without a source": _told(
        narrated('<p class="generated">a</p>b'),
        "narrative-source-missing Patient.text boilerplate, generated, original",
        known=(refined("Patient.text", {"url": SOURCES, "valueCode": "error"}),),
    ),
    "image without a source": _told(
        narrated('<p><img src="https://a.example/b.png" alt=""/></p>'),
        "warning:narrative-source-missing Patient.text boilerplate, generated, original",
        known=(refined("Patient.text", {"url": SOURCES, "valueCode": "warning"}),),
    ),
    "nothing to see, without a source": _told(
        narrated('<p> </p><p class="original">a</p>'),
        known=(refined("Patient.text", {"url": SOURCES, "valueCode": "error"}),),
    ),
    "source asked for in no known way": _told(
        narrated("<p>b</p>"),
        "information:narrative-source-missing Patient.text boilerplate, generated, original",
        known=(refined("Patient.text", {"url": SOURCES, "valueCode": "perhaps"}),),
    ),
}
BOUND: dict[str, Near] = {
    "required": _bound_by(
        "blue",
        "code-not-allowed Observation.category[0] https://general.example/ValueSet/reds",
        strength="required",
        valueSet=BASE + "ValueSet/reds",
    ),
    "extensible": _bound_by("blue", strength="extensible", valueSet=BASE + "ValueSet/reds"),
    "required by a set nobody knows": _bound_by("blue", strength="required", valueSet=BASE + "ValueSet/unknown"),
}
ATTACHED: dict[str, Near] = {
    "data that is no base64, of another size": _told(
        attached("aGV", 9), "primitive-invalid Patient.photo[0].data base64Binary"
    ),
    "size that is none": _told(attached("aGVp", -1), "primitive-invalid Patient.photo[0].size unsignedInt"),
}
REFERENCES: dict[str, Near] = {
    "by UUID, of another type than it states": _told(
        _of_two({"reference": TWO, "type": "Group"}),
        "reference-type-differs Bundle.entry[0].resource.subject.type",
    ),
    "by UUID, of the type it states": _told(_of_two({"reference": TWO, "type": "Patient"})),
    "by UUID, to a type that may not be there": _told(
        bundle("collection", entry(ONE, observation(performer=[{"reference": TWO}])), entry(TWO, {
            "resourceType": "Substance", "code": {"text": "x"}})),
        "reference-target-wrong Bundle.entry[0].resource.performer[0]"
        " Practitioner | PractitionerRole | Organization | CareTeam | Patient | RelatedPerson",
    ),
    "by UUID, to two of that address": _told(
        bundle("collection", entry(ONE, observation(subject={"reference": TWO})), entry(TWO, patient()),
               entry(TWO, patient(active=True))),
        "full-url-duplicated Bundle.entry[2].fullUrl",
    ),
    "to nothing, twice, where a contained resource lacks its id": _told(
        patient(contained=[{"resourceType": "Practitioner"}],
                generalPractitioner=[{"reference": "#a"}, {"reference": "#b"}]),
        "element-missing Patient.contained[0] id",
    ),
    "to nothing, twice": _told(
        patient(contained=[{"resourceType": "Practitioner", "id": "c"}],
                generalPractitioner=[{"reference": "#c"}, {"reference": "#a"}, {"reference": "#b"}]),
        "reference-unresolved Patient.generalPractitioner[1].reference",
        "reference-unresolved Patient.generalPractitioner[2].reference",
    ),
    "by UUID, to nothing": _told(_of_two({"reference": THREE})),
}  # fmt: skip
BUNDLES: dict[str, Near] = {
    "found nothing to see": _told(
        bundle("searchset", {"fullUrl": HTTP + "x", "search": {"mode": "match"}}),
        "invariant-broken Bundle.entry[0] bdl-5",
    ),
    "found without a mode": _told(bundle("searchset", entry(HTTP + "x", patient()))),
    "include without id": _told(search("include", patient()), "element-missing Bundle.entry[0].resource id"),
    "included of another type": _told(search("include", observation(id="a"))),
    "outcome": _told(
        search("outcome", {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "login"}]})
    ),
    "match of a search of nobody knows what": _told(search("match", observation(id="a"), HTTP + "?name=x")),
    "match of a search in parts": _told(
        search("match", observation(id="a"), HTTP + "?name=x&_type=Patient&_type=Group"),
        "entry-type-wrong Bundle.entry[0].resource Group | Patient",
    ),
    "message of nothing": _told(
        {"resourceType": "Bundle", "type": "message"}, "invariant-broken Bundle bdl-12"
    ),
    "entry linked from an entry that is linked": _told(
        document(
            composition(subject={"reference": THREE}),
            entry(THREE, patient(generalPractitioner=[{"reference": ONE[:-1] + "4"}])),
            entry(ONE[:-1] + "4", {"resourceType": "Organization", "name": "x"}),
        )
    ),
    "entries of a Bundle in a document": _told(
        document(
            composition(subject={"reference": THREE}),
            entry(THREE, bundle(
                "collection",
                entry(HTTP + "Observation/o", observation(id="o", subject={"reference": HTTP + "Patient/p"})),
                entry(HTTP + "Patient/p", patient(id="p")),
            )),
        )
    ),
    "section in a section that leads nowhere": _told(
        document(
            composition(
                section=[{"title": "a", "section": [{"title": "b", "author": [{"reference": THREE}],
                                                     "focus": {"reference": ONE[:-1] + "4"},
                                                     "entry": [{"reference": ONE[:-1] + "5"}]}]}]
            )
        ),
        "reference-unresolved Bundle.entry[0].resource.section[0].section[0].author[0].reference",
        "reference-unresolved Bundle.entry[0].resource.section[0].section[0].focus.reference",
        "reference-unresolved Bundle.entry[0].resource.section[0].section[0].entry[0].reference",
    ),
    "parts of a document that lead nowhere": _told(
        document(
            composition(
                subject={"reference": ONE[:-1] + "4"},
                encounter={"reference": ONE[:-1] + "5"},
                custodian={"reference": ONE[:-1] + "6"},
                attester=[{"mode": "legal", "party": {"reference": ONE[:-1] + "7"}}],
                event=[{"detail": [{"reference": ONE[:-1] + "8"}]}],
            )
        ),
        "reference-unresolved Bundle.entry[0].resource.subject.reference",
        "reference-unresolved Bundle.entry[0].resource.encounter.reference",
        "reference-unresolved Bundle.entry[0].resource.custodian.reference",
        "reference-unresolved Bundle.entry[0].resource.attester[0].party.reference",
        "reference-unresolved Bundle.entry[0].resource.event[0].detail[0].reference",
    ),
}  # fmt: skip
LABELS: dict[str, Near] = {
    "one code of two systems": _told(
        patient(meta={"security": [{"system": "urn:a", "code": "x"}, {"system": "urn:b", "code": "x"}]})
    ),
    "one system of two codes": _told(
        patient(meta={"security": [{"system": "urn:a", "code": "x"}, {"system": "urn:a", "code": "y"}]})
    ),
}
ODDLY = BASE + "StructureDefinition/odd"
ROOTLESS = profile("Patient", {"id": "Patient.name", "min": 1}, url=ODDLY, baseDefinition="https://who.knows/x")
CLAIMED: dict[str, Near] = {
    "one profile twice, whose base nobody knows": _told(
        patient(meta={"profile": [ODDLY, ODDLY]}),
        "element-missing Patient name",
        "warning:profile-unknown Patient.meta.profile[0] https://who.knows/x",
        known=(ROOTLESS,),
    ),
    "one that nobody knows, twice": _told(
        patient(meta={"profile": [ODDLY, ODDLY]}),
        "warning:profile-unknown Patient.meta.profile[0]",
        "warning:profile-unknown Patient.meta.profile[1]",
    ),
}
# The last of the codes by which each of R4's vital signs is known, with the code that its profile asks for beside it.
VITALS: dict[str, str] = {
    "11291-2": "RespRateCode",
    "8886-4": "HeartRateCode",
    "97549-0": "OxygenSatCode",
    "98663-8": "BodyTempCode",
    "8308-9": "BodyHeightCode",
    "8287-5": "HeadCircumCode",
    "8351-9": "BodyWeightCode",
    "89270-3": "BMICode",
    "8480-6": "BPCode",
}
TABLES = (REFINED, BOUND, ATTACHED, REFERENCES, BUNDLES, LABELS, CLAIMED)
