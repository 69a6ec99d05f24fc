"""Others look at the KITH fixtures: the published schemas, lxml's XPath, and a plain reading of what stands in them.

What they say binds the fixtures, not the gateway. A message that is declared good must be valid for everybody; one that
is declared to deviate must be refused by the schema, or the deviation is only ours; and a path must select one node.
"""

import base64
import copy
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "fixtures" / "messages"
PUBLISHED = Path(os.environ.get("KITH_XSD", ROOT.parent / "shared" / "kith-xsd"))
FORM_SCHEMA = "syfo-xml-codegen/legeerklaering/NAV-Legeerklaring-2008-06-06.xsd"
HEAD_SCHEMA = "syfo-xml-codegen/kith-hodemelding/MsgHead-v1_2.xsd"
CONTAINER_SCHEMA = "syfo-xml-codegen/base64container/kith-base64.xsd"
WRAPPING_SCHEMA = "emottak-payload-xsd/Fellesformat_1.0.xsd"
SCHEMA_NAMES = {
    "Legeerklaring": FORM_SCHEMA,
    "Base64Container": CONTAINER_SCHEMA,
    "MsgHead": HEAD_SCHEMA,
    "EI_fellesformat": WRAPPING_SCHEMA,
}
SECOND_WRAPPING = "{http://www.nav.no/xml/eiff/2/}EI_fellesformat"
"""The published schema of the second wrapping leaves everything open."""

ENTRIES: dict[str, dict[str, Any]] = {
    entry["file"]: entry
    for entry in tomllib.loads((ROOT / "fixtures/manifest.toml").read_text("utf-8"))["message"]
    if entry["file"].startswith("kith/")
}
OUTSIDE_THE_SCHEMA = frozenset({"schema-deviation", "value-invalid", "element-missing", "namespace-wrong"})
RULES = frozenset(
    {
        "attachment-refused",
        "author-is-patient",
        "author-missing",
        "benefit-removed",
        "code-system-mismatch",
        "contact-text-without-other",
        "date-in-future",
        "diagnosis-code-unknown",
        "diagnosis-missing",
        "element-missing",
        "event-after-authored",
        "fnr-invalid",
        "function-missing",
        "function-uncoded",
        "health-risk-missing",
        "hpr-invalid",
        "injury-date-without-injury",
        "measure-contradiction",
        "measure-text-without-other",
        "namespace-wrong",
        "not-a-message",
        "not-carried",
        "onset-after-authored",
        "organisation-number-invalid",
        "other-contact-unnamed",
        "other-measure-unnamed",
        "other-situation-unnamed",
        "patient-ambiguous",
        "patient-missing",
        "placeholder-text",
        "prognosis-missing",
        "reservation-contradiction",
        "resumption-time-without-answer",
        "schema-deviation",
        "several-certificates",
        "several-main-diagnoses",
        "situation-text-without-other",
        "text-repeats-diagnosis",
        "value-invalid",
    }
)
TRAPS = {
    "a second tick is lost": "note/benefit-removed-tick-second-beside-sick-leave",
    "the code system is dropped": "unanswered/diagnosis-missing-icpc-code-as-icd",
    "one code, two meanings": "good/same-code-icd-10 good/same-code-icpc-2",
    "the sort order is ignored": "good/sort-order-is-not-document-order",
    "the reservation is inverted": "good/reservation-kept-from-patient good/back-pain-one-tick",
    "unanswered turns into a no": "good/unanswered-stays-unanswered",
    "a postcode loses its zero": "good/every-element note/not-carried-two-addresses",
    "contact 3 is dropped": "good/contacts-one-to-five good/nynorsk-hip-referral",
    "the occupation code is dropped": "good/back-pain-one-tick good/occupational-injury",
    "several employments are dropped": "good/d-number-burn good/code-that-only-icpc-2-has",
    "code 5 is shown as a benefit": "good/depression-icpc-2-by-five note/benefit-removed-measure-five",
    "a crash on the absent tick": "good/no-treatment-left good/wrapped-in-first-namespace",
    "an attachment of unknown type is dropped": "remark/attachment-refused-word",
    "emoji break the output": "good/emoji-in-prose",
    "control characters break the output": "unreadable/not-xml-control-character",
    "only the first error is told": "refuse/everything-at-once",
}
"""What receivers stumble over, and the messages that lie in wait; the same message twice is no fixture's matter."""

MAGIC = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG\r\n\x1a\n"}


def _rules(file: str) -> set[str]:
    return {found["rule"] for found in ENTRIES[file]["findings"]}


def _with_tree() -> list[str]:
    return [file for file in sorted(ENTRIES) if all("path" in found for found in ENTRIES[file]["findings"])]


def _certificates() -> list[str]:
    """Readable messages with one certificate in them."""
    return [file for file in _with_tree() if not file.startswith("kith/unreadable/")]


def _good() -> list[str]:
    return [file for file in sorted(ENTRIES) if file.startswith("kith/good/")]


def _read(file: str) -> etree._Element:
    return etree.parse(MESSAGES / file).getroot()


def _select(root: etree._Element, path: str) -> list[Any]:
    found = root.getroottree().xpath(path)
    assert isinstance(found, list)
    return found


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _alone(element: etree._Element) -> etree._Element:
    """The element as a document of its own, what others may place in a Content taken out."""
    document = copy.deepcopy(element)
    for content in document.iterfind(".//{*}RefDoc/{*}Content"):
        for child in list(content):
            content.remove(child)
    return document


def _documents(root: etree._Element) -> Iterator[etree._Element]:
    """Wrapping, envelope, certificate and attachments, each for its own schema."""
    if root.tag != SECOND_WRAPPING:
        yield _alone(root)
    if _name(root) == "EI_fellesformat":
        yield from (_alone(head) for head in root.iterfind("{*}MsgHead"))
    yield from (_alone(child) for child in root.iterfind(".//{*}RefDoc/{*}Content/{*}*"))


@pytest.fixture(scope="module")
def schemas() -> dict[str, etree.XMLSchema]:
    if not PUBLISHED.is_dir():
        pytest.skip(f"LOUD: the published KITH schemas are not at {PUBLISHED}; set KITH_XSD to their folder")
    return {name: etree.XMLSchema(etree.parse(PUBLISHED / file)) for name, file in SCHEMA_NAMES.items()}


def _complaints(file: str, schemas: dict[str, etree.XMLSchema]) -> list[str]:
    told = []
    for document in _documents(_read(file)):
        schema = schemas[_name(document)]
        if not schema.validate(document):
            told.append(str(schema.error_log))
    return told


@pytest.mark.parametrize("file", _with_tree())
def test_every_path_selects_one_node(file: str) -> None:
    root = _read(file)
    paths = {found["path"] for found in (*ENTRIES[file]["findings"], *ENTRIES[file]["removed"])}
    assert {path: len(_select(root, path)) for path in paths} == dict.fromkeys(paths, 1)


@pytest.mark.parametrize("file", [file for file in _certificates() if not _rules(file) & OUTSIDE_THE_SCHEMA])
def test_what_does_not_deviate_is_valid_by_the_published_schemas(
    file: str, schemas: dict[str, etree.XMLSchema]
) -> None:
    assert _complaints(file, schemas) == []


@pytest.mark.parametrize("file", [file for file in _certificates() if _rules(file) & OUTSIDE_THE_SCHEMA])
def test_what_deviates_is_refused_by_the_published_schemas(file: str, schemas: dict[str, etree.XMLSchema]) -> None:
    assert _complaints(file, schemas) != []


@pytest.mark.parametrize("file", sorted(set(ENTRIES) - set(_with_tree())))
def test_what_cannot_be_read_has_one_finding_without_a_path(file: str) -> None:
    assert [list(found) for found in ENTRIES[file]["findings"]] == [["rule"]]
    assert ENTRIES[file]["verdict"] == "rejected"


def test_verdicts_follow_from_the_folders() -> None:
    refused = ("kith/refuse/", "kith/unreadable/")
    wrong = [file for file, entry in ENTRIES.items() if (entry["verdict"] == "rejected") != file.startswith(refused)]
    assert wrong == []
    assert {entry["verdict"] for entry in ENTRIES.values()} == {"incomplete", "rejected"}


def test_nothing_on_the_form_answers_health_risk() -> None:
    assert [
        file
        for file in _certificates()
        if "namespace-wrong-form" not in file and "health-risk-missing" not in _rules(file)
    ] == []


def test_every_rule_of_the_form_is_broken() -> None:
    broken = {rule for file in ENTRIES for rule in _rules(file)}
    assert broken >= RULES


@pytest.mark.parametrize("trap", sorted(TRAPS))
def test_every_trap_is_laid(trap: str) -> None:
    assert {f"kith/{name}.xml" for name in TRAPS[trap].split()} <= set(ENTRIES)


def test_a_removal_is_told_and_nothing_else_is() -> None:
    for file, entry in ENTRIES.items():
        told = sorted(found["path"] for found in entry["findings"] if found["rule"] == "benefit-removed")
        assert told == sorted(gone["path"] for gone in entry["removed"]), file


def test_no_benefit_is_left_unnamed() -> None:
    """By value, as the schema's types are compared: every tick and every measure for a benefit is one to be removed."""
    for file in _certificates():
        root = _read(file)
        ticks = _select(root, "//@typeLegeerklaring")
        measures = _select(root, "//@typeTiltak")
        benefits = sum(_is_one_of(value, {2, 3, 4}) for value in ticks)
        benefits += sum(_is_one_of(value, {2, 3, 5, 6}) for value in measures)
        assert benefits == len(ENTRIES[file]["removed"]), file


def _is_one_of(value: str, codes: set[int]) -> bool:
    text = value.strip()
    return text.lstrip("+").isdecimal() and int(text) in codes


def test_the_form_has_no_element_or_attribute_that_no_good_message_uses(schemas: dict[str, etree.XMLSchema]) -> None:
    """The names in the published schema of the form, types for other forms left aside."""
    declared = etree.parse(PUBLISHED / FORM_SCHEMA)
    kinds = ("element", "attribute")
    names = {
        f"{'@' if kind == 'attribute' else ''}{found.get('name')}"
        for kind in kinds
        for found in declared.iterfind(f".//{{http://www.w3.org/2001/XMLSchema}}{kind}")
        if found.get("name")
    }
    used = set()
    for file in _good():
        form = next(_read(file).iterfind(".//{*}Legeerklaring"))
        for element in form.iter("{*}*"):
            used |= {_name(element), *(f"@{name!s}" for name in element.attrib)}
    assert schemas
    assert names - used == set()
    assert used - names == set()


def test_every_code_of_the_form_occurs() -> None:
    """Good or removed, and in every way a number may be written."""
    used: dict[str, set[int]] = {}
    for file in _certificates():
        if "value-invalid" in _rules(file):
            continue
        for element in next(_read(file).iterfind(".//{*}RefDoc/{*}Content/{*}Legeerklaring")).iter("{*}*"):
            for name, value in element.attrib.items():
                if str(value).strip().lstrip("+").isdecimal():
                    used.setdefault(str(name), set()).add(int(value))
    assert used["typeLegeerklaring"] == {1, 2, 3, 4}
    assert used["typeTiltak"] == {1, 2, 3, 4, 5, 6, 7}
    assert used["arbeidssituasjon"] == {1, 2, 3, 4}
    assert used["kontakt"] == {1, 2, 3, 4, 5}
    assert used["flereArbeidsforhold"] == {1, 2, 3}
    assert used["kodesystem"] == {1, 2, 3, 4, 5}
    for yes_no in ("tiltak", "borVurderes", "gjenopptaArbeid", "taAnnetArbeid", "bedreArbeidsevne"):
        assert used[yes_no] == {1, 2}, yes_no
    assert used["tilbakeholdInnhold"] == used["narTaAnnetArbeid"] | {2} == {1, 2}


@pytest.mark.parametrize("file", _good())
def test_good_attachments_are_what_they_say(file: str) -> None:
    for document in _read(file).iterfind(".//{*}Document"):
        container = document.find(".//{*}Base64Container")
        if container is not None:
            mime = document.findtext("{*}RefDoc/{*}MimeType")
            assert base64.b64decode(str(container.text), validate=True).startswith(MAGIC[str(mime)])


@pytest.mark.parametrize("file", _good())
def test_good_messages_are_told_apart_by_their_ids(file: str) -> None:
    ids = [_read(other).findtext(".//{*}MsgId") for other in _good()]
    assert ids.count(_read(file).findtext(".//{*}MsgId")) == 1
