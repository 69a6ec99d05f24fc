"""AppRec: valid by the published schemas, the right codes, the parties swapped, nobody's number, the same bytes."""

import os
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from certgateway import engine
from certgateway.domain.findings import Effect, Finding, Language, Verdict, judge
from certgateway.domain.vocabulary import systems
from certgateway.kith.apprec import NAMESPACES, AppRecFacts, AppRecVersion, write_apprec
from certgateway.kith.apprec_codes import ERROR_CODES, ERROR_NAMES, ERROR_SYSTEM, RULE_OID, error_code, error_codes
from certgateway.kith.apprec_errors import MOST_ERRORS, MOST_PLACES
from certgateway.kith.dates import in_norway
from certgateway.kith.parties import Ident, Original, Party
from certgateway.rules import RULES
from certgateway.services.report import text_of as catalogue_text_of
from fixtures.authoring.people import d_number, fnr, organisation_number

ROOT = Path(__file__).resolve().parents[3]
# The published schemas are not ours to copy; beside the checkout, or wherever the variables say.
PUBLISHED = Path(os.environ.get("KITH_XSD", ROOT.parent / "shared" / "kith-xsd"))
SAMPLES = Path(os.environ.get("KITH_SAMPLES", ROOT.parent / "shared" / "kith-samples")) / "apprec"
OURS = ROOT / "schemas" / "kith"
needs_published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason=f"no published KITH schemas at {PUBLISHED}")
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no KITH samples at {SAMPLES}")

SCHEMAS: dict[AppRecVersion, tuple[Path, ...]] = {
    "1.0": (
        PUBLISHED / "fiks-nhn-client" / "apprec-v1.0.xsd",
        PUBLISHED / "emottak-payload-xsd" / "AppRec-v1-2004-11-21.xsd",
        PUBLISHED / "syfo-xml-codegen" / "kith-apprec" / "AppRec-v1.0.xsd",
    ),
    "1.1": (PUBLISHED / "fiks-nhn-client" / "apprec-v1.1.xsd",),
}
VERSIONS: tuple[AppRecVersion, ...] = ("1.0", "1.1")
STATUSES: tuple[Literal["1", "3"], ...] = ("1", "3")
VERDICTS: tuple[Verdict, ...] = ("accepted", "accepted-with-remarks", "incomplete", "rejected")

PATIENT, DOCTOR, OTHER = fnr(3, 4, 1971, 100), fnr(12, 11, 1968, 200), d_number(7, 2, 1980, 300)
ORGANISATION = organisation_number(81234567)
PRACTICE = Party(
    name="Øvre Ås legesenter & Co 🏥",
    idents=(Ident("4123", "RSH", "Annen id"), Ident(ORGANISATION, " ENH "), Ident("8143060", "HER", "HER-id")),
    department=Party("Poliklinikken", (Ident("91126", "HER"),)),
    person=Party("Kari Lege", (Ident(DOCTOR, "FNR"), Ident("9144900", "HPR", "HPR-nummer"))),
)
NAV = Party("NAV", (Ident("79768", "HER"), Ident(ORGANISATION, "ENH")))
ORIGINAL = Original(
    type="LEGEERKL",
    type_name="Legeerklæring",
    issued="2026-05-12T10:15:00",
    id="5e1f0001-0d0c-4a10-9e00-000000000000",
    sender=PRACTICE,
    receiver=NAV,
)
FACTS = AppRecFacts(
    original=ORIGINAL,
    verdict="accepted",
    findings=(),
    arrival=datetime(2026, 5, 12, 8, 16, 2, 250000, tzinfo=UTC),
    digest="0f" * 32,
    gateway_her="79768",
    gateway_name="Portalen",
)
ERROR = "AppRec/Error"
PATH = "/*[local-name()='MsgHead'][1]/*[local-name()='Document'][1]"

REFUSED = Finding("fnr-invalid", Effect.REFUSE, "patient", path=PATH)
UNANSWERED = Finding("prognosis-missing", Effect.UNANSWERED, "prognosis", path=PATH)
REMARK = Finding("placeholder-text", Effect.REMARK, "assessment", path=PATH, span=(0, 3))
REMOVED = Finding("benefit-removed", Effect.NOTE, "benefit-type", path=PATH + "/@typeLegeerklaring")
NOT_CARRIED = Finding("not-carried", Effect.NOTE, path=PATH + "/@trygdekontor")
RESENT = Finding("likely-resend", Effect.NOTE)
UNVERIFIED = Finding("sender-not-verified", Effect.NOTE)
NOTES = (UNVERIFIED, NOT_CARRIED, RESENT, REMOVED)


def text_of(finding: Finding, language: Language) -> tuple[str, str]:
    return f"{finding.rule} in {language}", "Gjør noe."


def written(facts: AppRecFacts = FACTS, language: Language = "nb") -> etree._Element:
    return etree.fromstring(write_apprec(facts, language, text_of))


def judged(verdict: Verdict, *findings: Finding) -> AppRecFacts:
    return replace(FACTS, verdict=verdict, findings=findings)


def names(element: etree._Element) -> list[str]:
    """The path of local names of every element, in the order of the document."""
    tree = element.getroottree()
    steps = ([etree.QName(step).localname for step in (*reversed([*one.iterancestors()]), one)] for one in tree.iter())
    return ["/".join(path) for path in steps]


def find(root: etree._Element, path: str) -> etree._Element:
    (found,) = root.findall("/".join(f"{{*}}{step}" for step in path.split("/")))
    return found


def attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(text) for name, text in element.attrib.items()}


def value(root: etree._Element, path: str) -> str | None:
    return find(root, path).text


def errors(root: etree._Element) -> list[dict[str, str]]:
    return [attributes(one) for one in root.findall("{*}Error")]


def codes(root: etree._Element) -> list[str]:
    return [error["V"] for error in errors(root)]


@cache
def schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(path))


def breaches(raw: bytes, path: Path) -> list[str]:
    try:
        schema(path).assertValid(etree.fromstring(raw))
    except etree.DocumentInvalid as error:
        return [str(error)]
    return []


def every_finding() -> list[Finding]:
    """One finding for each rule and each kind of conformance fault."""
    ours = [Finding(rule.id, rule.effect, rule.item, path=PATH) for rule in RULES]
    known = {rule.id for rule in RULES}
    return ours + [
        Finding(kind, Effect.REFUSE, path=PATH, expected="x") for kind in engine.kinds() if kind not in known
    ]


def cases() -> Iterable[AppRecFacts]:
    """Each verdict with all findings that lead to it, in both versions and with both settings of an incomplete one."""
    worst = {"accepted": 0, "accepted-with-remarks": 1, "incomplete": 2, "rejected": 3}
    for version, verdict, status in product(VERSIONS, VERDICTS, STATUSES):
        findings = tuple(one for one in every_finding() if one.effect <= worst[verdict])
        assert judge(findings, "hold") == verdict
        yield replace(FACTS, version=version, verdict=verdict, findings=findings, incomplete_status=status)


@needs_published
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_verdict_with_every_rule_is_valid_by_the_published_schemas(language: Language) -> None:
    for facts in cases():
        raw = write_apprec(facts, language, catalogue_text_of)
        assert {path.name: breaches(raw, path) for path in SCHEMAS[facts.version]} == {
            path.name: [] for path in SCHEMAS[facts.version]
        }


@pytest.mark.parametrize("version", VERSIONS)
def test_every_verdict_with_every_rule_is_valid_by_our_schemas(version: AppRecVersion) -> None:
    path = OURS / f"apprec-{version}.xsd"
    if not path.is_file():
        pytest.skip(f"no schema of ours at {path}")
    for facts in cases():
        if facts.version == version:
            assert breaches(write_apprec(facts, "nb", catalogue_text_of), path) == []


ODD = st.text(st.characters(exclude_categories=()), max_size=12) | st.sampled_from(
    ["", "  ", "a\x00b", "\ud800", "🏥", "<&>\"'", "]]>", "linje\r\nto\tkolonner", "\ufffe", " HER", "FNR", "x" * 5000]
)
IDENTS = st.lists(st.builds(Ident, ODD, ODD | st.sampled_from(["HER", "ENH", "HPR"]), st.none() | ODD), max_size=3)


def parties(inner: st.SearchStrategy[Party]) -> st.SearchStrategy[Party]:
    return st.builds(Party, st.none() | ODD, IDENTS.map(tuple), st.none() | inner, st.none() | inner)


PARTIES = st.recursive(st.builds(Party, st.none() | ODD, IDENTS.map(tuple)), parties, max_leaves=4)
ORIGINALS = st.builds(
    Original, ODD, st.none() | ODD, st.just(ORIGINAL.issued), ODD, st.none() | PARTIES, st.none() | PARTIES
)


@given(ORIGINALS, st.sampled_from(VERSIONS), ODD)
def test_no_text_of_the_sender_breaks_an_answer(original: Original, version: AppRecVersion, text: str) -> None:
    facts = replace(judged("rejected", REFUSED, REMOVED), original=original, version=version, gateway_name=text)
    raw = write_apprec(facts, "nb", lambda _finding, _language: (text, text))
    root = etree.fromstring(raw)
    assert etree.QName(root).namespace == NAMESPACES[version]
    if PUBLISHED.is_dir():
        assert [breaches(raw, path) for path in SCHEMAS[version]] == [[] for _ in SCHEMAS[version]]


@needs_samples
@pytest.mark.parametrize(
    "sample, facts",
    [
        ("app-rec-1.0-example-avvist.xml", judged("rejected", REFUSED)),
        ("app-rec-1.0-example-ok.xml", FACTS),
        ("app-rec-1.1-example-ok.xml", replace(FACTS, version="1.1")),
    ],
)
def test_elements_stand_as_in_the_published_samples(sample: str, facts: AppRecFacts) -> None:
    """All that a sample has stands here too and in the same order, save the roles, which the gateway does not know."""
    published = etree.parse(SAMPLES / sample).getroot()
    # The parties have the same parts as in the samples, where a doctor answers a department.
    answering = Party("NAV", (Ident("79768", "HER"),), person=Party("Kari Lege", (Ident("258521", "HER"),)))
    asking = Party("Legesenteret", (Ident("8143060", "HER"),), department=Party("Lab", (Ident("91126", "HER"),)))
    root = written(replace(facts, original=replace(ORIGINAL, sender=asking, receiver=answering)))
    expected = [name for name in names(published) if not name.endswith("/Role")]
    found = [name for name in names(root) if not name.startswith("AppRec/Software")]
    # A sample has one Error at most; ours come in a row, and count as one.
    assert [name for name, following in pairwise([*found, ""]) if (name, following) != (ERROR, ERROR)] == expected
    assert root.tag == published.tag
    for path in ("MsgType", "Status"):
        assert attributes(find(published, path)).items() <= attributes(find(root, path)).items()


def test_head_of_an_answer() -> None:
    root = written()
    assert attributes(find(root, "MsgType")) == {"V": "APPREC", "DN": "Applikasjonskvittering"}
    assert value(root, "MIGversion") == "1.0 2004-11-21"
    assert value(root, "SoftwareName") == "certgateway"
    assert value(root, "SoftwareVersion")
    assert value(root, "GenDate") == "2026-05-12T10:16:02+02:00"
    assert etree.QName(root).namespace == "http://www.kith.no/xmlstds/apprec/2004-11-21"


def test_version_1_1_differs_in_namespace_and_version_text_only() -> None:
    one, other = written(), written(replace(FACTS, version="1.1"))
    assert etree.QName(other).namespace == "http://www.kith.no/xmlstds/apprec/2012-02-15"
    assert value(other, "MIGversion") == "v1.1 2012-02-15"
    assert names(one) == names(other)
    assert value(one, "Id") == value(other, "Id")


def test_original_is_named_in_the_senders_own_words() -> None:
    root = written()
    assert attributes(find(root, "OriginalMsgId/MsgType")) == {"V": "LEGEERKL", "DN": "Legeerklæring"}
    assert value(root, "OriginalMsgId/IssueDate") == ORIGINAL.issued
    assert value(root, "OriginalMsgId/Id") == ORIGINAL.id


def test_receiver_answers_and_sender_is_answered() -> None:
    root = written()
    assert value(root, "Sender/HCP/Inst/Name") == "NAV"
    assert value(root, "Sender/HCP/Inst/Id") == "79768"
    assert attributes(find(root, "Sender/HCP/Inst/TypeId")) == {"V": "HER", "DN": "HER-id"}
    assert value(root, "Sender/HCP/Inst/AdditionalId/Id") == ORGANISATION
    assert attributes(find(root, "Sender/HCP/Inst/AdditionalId/Type")) == {"V": "ENH", "DN": "Organisasjonsnummer"}
    institution = find(root, "Receiver/HCP/Inst")
    assert value(institution, "Name") == "Øvre Ås legesenter & Co 🏥"
    assert value(institution, "Id") == "8143060"
    assert [one.text for one in institution.findall("{*}AdditionalId/{*}Id")] == [ORGANISATION, "4123"]
    assert attributes(institution.findall("{*}AdditionalId/{*}Type")[1]) == {"V": "RSH", "DN": "Annen id"}
    assert value(institution, "Dept/Name") == "Poliklinikken"
    assert value(institution, "Dept/Id") == "91126"
    assert value(institution, "HCPerson/Name") == "Kari Lege"
    assert value(institution, "HCPerson/Id") == "9144900"
    assert attributes(find(institution, "HCPerson/TypeId")) == {"V": "HPR", "DN": "HPR-nummer"}


def test_the_first_identifier_counts_when_none_is_preferred() -> None:
    sender = Party("Legesenteret", (Ident("4123", "RSH"), Ident("77", "AVD"), Ident("4123", "rsh "), Ident("", "HER")))
    institution = find(written(replace(FACTS, original=replace(ORIGINAL, sender=sender))), "Receiver/HCP/Inst")
    assert value(institution, "Id") == "4123"
    assert attributes(find(institution, "TypeId")) == {"V": "RSH"}
    assert value(institution, "AdditionalId/Id") == "77"


@pytest.mark.parametrize("receiver", [None, Party(), Party("  ", (Ident(PATIENT, "HER"), Ident("79768", "")))])
def test_the_gateway_answers_when_nobody_can_be_told_to_have_been_asked(receiver: Party | None) -> None:
    root = written(replace(FACTS, original=replace(ORIGINAL, receiver=receiver, sender=None)))
    assert value(root, "Sender/HCP/Inst/Name") == "Portalen"
    assert value(root, "Sender/HCP/Inst/Id") == "79768"
    assert len(find(root, "Receiver/HCP/Inst")) == 0


def test_a_department_alone_is_somebody() -> None:
    receiver = Party(department=Party("Lab", department=Party("Skap", (Ident("12", "HER"),))))
    root = written(replace(FACTS, original=replace(ORIGINAL, receiver=receiver)))
    departments = find(root, "Sender/HCP/Inst").findall("{*}Dept/{*}Name")
    assert [one.text for one in departments] == ["Lab", "Skap"]


@pytest.mark.parametrize("ident", [Ident("AB12", "XXX"), Ident(DOCTOR, "FNR")])
def test_whoever_has_nothing_that_may_be_told_is_left_out(ident: Ident) -> None:
    sender = Party("Legesenteret", person=Party(" ", (ident,)), department=Party(" ", (replace(ident, id=DOCTOR),)))
    institution = find(written(replace(FACTS, original=replace(ORIGINAL, sender=sender))), "Receiver/HCP/Inst")
    assert [etree.QName(child).localname for child in institution] == ["Name"]


def test_nobodys_personal_number_is_told_wherever_it_was_sent() -> None:
    spaced = f"{PATIENT[:6]}  {PATIENT[6:]}"
    dotted = f"{PATIENT[:2]}.{PATIENT[2:4]}.{PATIENT[4:6]} {PATIENT[6:]}"
    hidden = Party(
        name=f"Lege {spaced}, {dotted} og {OTHER[:3]}\x00{OTHER[3:]}",
        idents=(
            Ident(DOCTOR, "FNR"),
            Ident(OTHER, " dnr"),
            Ident(DOCTOR, "HER"),
            Ident(spaced, "XXX"),
            Ident("8143060", "HER", DOCTOR),
            Ident("19710403-1234", "SEF"),
            Ident("N1234567", "PNR"),
            Ident("77", DOCTOR),
        ),
    )
    person = replace(hidden, idents=(*hidden.idents, Ident("AB12", "XXX"), Ident("4123", "HER")))
    party = replace(hidden, department=hidden, person=person)
    raw = write_apprec(replace(FACTS, original=replace(ORIGINAL, sender=party, receiver=party)), "nb", text_of).decode()
    assert [number for number in (PATIENT, DOCTOR, OTHER) if number in raw.replace(" ", "").replace(".", "")] == []
    assert [secret for secret in ("19710403", "N1234567", "AB12") if secret in raw] == []
    root = etree.fromstring(raw.encode())
    assert value(root, "Receiver/HCP/Inst/Name") == "Lege , og"
    assert [one.text for one in root.iter("{*}Id")][1:-1] == ["4123", "4123"]


@pytest.mark.parametrize("gap", ["", " ", "_", "/", "\u2013", "\u00a0", " - "])
def test_a_personal_number_is_told_in_no_spelling_and_in_no_type(gap: str) -> None:
    number = f"{PATIENT[:6]}{gap}{PATIENT[6:]}"
    sender = Party(f"Kontoret {number}", (Ident(number, "HER"),))
    for type_ in (number, f"LEGEERKL {number}"):
        root = written(replace(FACTS, original=replace(ORIGINAL, type=type_, type_name=number, sender=sender)))
        said = [*find(root, "Receiver").itertext(), *find(root, "OriginalMsgId/MsgType").attrib.values()]
        assert not any(PATIENT[6:] in str(text) for text in said)
        assert find(root, "OriginalMsgId/MsgType").get("V") == ("-" if type_ == number else "LEGEERKL")


def test_longer_numbers_than_personal_ones_are_told() -> None:
    sender = Party("Lab 7080001234567", (Ident("7080001234567", "GLN"),))
    institution = find(written(replace(FACTS, original=replace(ORIGINAL, sender=sender))), "Receiver/HCP/Inst")
    assert (value(institution, "Name"), value(institution, "Id")) == ("Lab 7080001234567", "7080001234567")


def test_what_xml_cannot_hold_is_dropped_and_what_it_can_is_kept() -> None:
    original = replace(ORIGINAL, id="a\x00b\ud83d", type=" LEGE\nERKL ", sender=Party("Bjørg\x0b 👩\u200d⚕️\ufffe"))
    root = written(replace(FACTS, original=original))
    assert value(root, "OriginalMsgId/Id") == "ab"
    assert find(root, "OriginalMsgId/MsgType").get("V") == "LEGE ERKL"
    assert value(root, "Receiver/HCP/Inst/Name") == "Bjørg 👩\u200d⚕️"


def test_same_facts_give_the_same_bytes() -> None:
    facts = judged("rejected", REMARK, REFUSED, *NOTES)
    assert write_apprec(facts, "nb", text_of) == write_apprec(facts, "nb", text_of)
    assert write_apprec(FACTS, "nb", text_of).startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<AppRec xmlns=")


def test_other_content_or_message_id_gives_another_id() -> None:
    ids = {
        value(written(facts), "Id")
        for facts in (
            FACTS,
            replace(FACTS, digest="ab" * 32),
            replace(FACTS, original=replace(ORIGINAL, id="another")),
            replace(FACTS, arrival=datetime(2027, 1, 1, tzinfo=UTC)),
        )
    }
    assert len(ids) == 3
    assert all(str(uuid.UUID(one)) == one for one in ids)


@pytest.mark.parametrize(
    "utc, local",
    [
        ("2026-03-29T00:59:59", "2026-03-29T01:59:59+01:00"),
        ("2026-03-29T01:00:00", "2026-03-29T03:00:00+02:00"),
        ("2026-07-01T22:30:00", "2026-07-02T00:30:00+02:00"),
        ("2026-10-25T00:30:00", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T01:00:00", "2026-10-25T02:00:00+01:00"),
        ("2026-12-31T23:30:00", "2027-01-01T00:30:00+01:00"),
    ],
)
def test_times_are_told_by_the_clock_in_norway(utc: str, local: str) -> None:
    assert in_norway(datetime.fromisoformat(utc).replace(tzinfo=UTC)).isoformat() == local


@pytest.mark.parametrize(
    "verdict, status, name",
    [
        ("accepted", "1", "OK"),
        ("accepted-with-remarks", "1", "OK"),
        ("incomplete", "3", "OK, feil i delmelding"),
        ("rejected", "2", "Avvist"),
    ],
)
def test_status_follows_from_the_verdict(verdict: Verdict, status: str, name: str) -> None:
    assert attributes(find(written(judged(verdict)), "Status")) == {"V": status, "DN": name}


def test_incomplete_is_ok_where_the_setting_says_so() -> None:
    root = written(replace(judged("incomplete", UNANSWERED), incomplete_status="1"))
    assert attributes(find(root, "Status")) == {"V": "1", "DN": "OK"}
    assert codes(root) == ["X99", "prognosis-missing"]
    assert find(written(replace(FACTS, verdict="rejected", incomplete_status="1")), "Status").get("V") == "2"


def test_a_refusal_has_the_standards_codes_and_then_every_finding() -> None:
    root = written(judged("rejected", REMARK, UNANSWERED, REFUSED, Finding("not-a-message", Effect.REFUSE)))
    assert errors(root) == [
        {"V": "T10", "S": ERROR_SYSTEM, "DN": ERROR_NAMES["T10"]},
        {"V": "E31", "S": ERROR_SYSTEM, "DN": ERROR_NAMES["E31"]},
        {"V": "X99", "S": ERROR_SYSTEM, "DN": ERROR_NAMES["X99"]},
        {"V": "fnr-invalid", "S": RULE_OID, "DN": "fnr-invalid in nb", "OT": f"Gjør noe. Sted: {PATH}"},
        {"V": "not-a-message", "S": RULE_OID, "DN": "not-a-message in nb", "OT": "Gjør noe."},
        {"V": "prognosis-missing", "S": RULE_OID, "DN": "prognosis-missing in nb", "OT": f"Gjør noe. Sted: {PATH}"},
        {"V": "placeholder-text", "S": RULE_OID, "DN": "placeholder-text in nb", "OT": f"Gjør noe. Sted: {PATH}"},
    ]


def test_each_code_of_the_standard_is_told_once() -> None:
    root = written(judged("incomplete", UNANSWERED, replace(UNANSWERED, rule="function-missing")))
    assert codes(root) == ["X99", "prognosis-missing", "function-missing"]


def test_an_ok_with_remarks_has_no_code_of_the_standard() -> None:
    root = written(judged("accepted-with-remarks", REMARK, REMOVED))
    assert [(error["V"], error["S"]) for error in errors(root)] == [
        ("placeholder-text", RULE_OID),
        ("benefit-removed", RULE_OID),
    ]


@pytest.mark.parametrize(
    "language, opening, place",
    [
        ("nb", "Til orientering: ", "Sted: "),
        ("nn", "Til orientering: ", "Stad: "),
        ("en", "For information: ", "Place: "),
    ],
)
def test_notes_stand_last_and_say_that_they_are_for_information(language: Language, opening: str, place: str) -> None:
    root = written(judged("incomplete", *NOTES, UNANSWERED), language)
    assert codes(root) == ["X99", "prognosis-missing", "benefit-removed", "not-carried", "likely-resend"]
    assert [error["DN"].startswith(opening) for error in errors(root)] == [False, False, True, True, True]
    assert place + PATH in errors(root)[2]["OT"]


def test_what_was_not_carried_is_one_error_with_all_its_places() -> None:
    lost = [replace(NOT_CARRIED, path=f"/*[{at}]") for at in range(1, MOST_PLACES + 4)]
    (error,) = errors(written(judged("accepted", *lost)))
    named = "; ".join(f"/*[{at}]" for at in range(1, MOST_PLACES + 1))
    assert error["OT"] == f"Gjør noe. Sted: {named}; og 3 til"
    (error,) = errors(written(judged("accepted", *lost[:MOST_PLACES])))
    assert error["OT"] == f"Gjør noe. Sted: {named}"


def test_an_accepted_message_without_notes_has_no_error() -> None:
    assert errors(written()) == errors(written(judged("accepted", UNVERIFIED))) == []


def test_an_error_says_nothing_where_there_is_nothing_to_say() -> None:
    raw = write_apprec(judged("rejected", Finding("not-xml", Effect.REFUSE)), "nb", lambda *_: ("Funnet.", ""))
    assert errors(etree.fromstring(raw))[1] == {"V": "not-xml", "S": RULE_OID, "DN": "Funnet."}


@pytest.mark.parametrize("language, told", [("nb", "Ytterligere 3 "), ("nn", "Ytterlegare 3 "), ("en", "3 more ")])
def test_the_last_error_tells_how_many_more_there_are(language: Language, told: str) -> None:
    # A code, a note and the last Error take three of the places; the mildest findings are those that are left out.
    remarks = [REMARK] * (MOST_ERRORS - 1)
    root = written(judged("rejected", *remarks, REFUSED, REMOVED), language)
    assert len(errors(root)) == MOST_ERRORS
    assert codes(root)[:2] == ["E31", "fnr-invalid"]
    assert codes(root)[-2:] == ["benefit-removed", "too-many-faults"]
    assert errors(root)[-1]["DN"].startswith(told)
    assert errors(root)[-1]["S"] == RULE_OID
    assert codes(root).count("placeholder-text") == MOST_ERRORS - 4


def test_no_more_is_told_of_when_all_are_told() -> None:
    root = written(judged("rejected", *[REFUSED] * (MOST_ERRORS - 1)))
    assert codes(root) == ["E31", *["fnr-invalid"] * (MOST_ERRORS - 1)]


def test_every_rule_that_can_stop_a_message_has_a_code_and_every_code_a_rule() -> None:
    stopping = {rule.id for rule in RULES if rule.effect >= Effect.UNANSWERED} | set(engine.kinds())
    assert stopping - ERROR_CODES.keys() == set()
    assert ERROR_CODES.keys() - stopping == set()


@pytest.mark.parametrize(
    "rule, code",
    [
        ("not-xml", "T01"),
        ("element-missing", "T02"),
        ("namespace-wrong", "T02"),
        ("value-invalid", "T02"),
        ("not-a-message", "T10"),
        ("format-not-supported", "T10"),
        ("several-certificates", "T10"),
        ("too-many-elements", "T99"),
        ("too-deep", "T99"),
        ("body-too-large", "T99"),
        ("message-id-conflict", "E10"),
        ("author-missing", "E20"),
        ("hpr-invalid", "E20"),
        ("author-is-patient", "E20"),
        ("patient-missing", "E30"),
        ("fnr-invalid", "E31"),
        ("revision-of-other-patient", "E31"),
        ("person-wrong-environment", "E31"),
        ("health-risk-missing", "X99"),
        ("no-such-rule", "X99"),
    ],
)
def test_code_of_a_rule(rule: str, code: str) -> None:
    assert error_code(Finding(rule, Effect.REFUSE)) == code


def test_graver_findings_give_the_first_codes() -> None:
    rules = ("author-missing", Effect.UNANSWERED), ("fnr-invalid", Effect.REFUSE), ("not-xml", Effect.REFUSE)
    assert error_codes(Finding(*rule) for rule in rules) == ["T01", "E31", "E20"]
    x99 = Finding("diagnosis-missing", Effect.UNANSWERED), Finding("draft-submitted", Effect.REFUSE)
    author = Finding("author-missing", Effect.UNANSWERED)
    assert error_codes([author, *x99]) == error_codes([*reversed(x99), author]) == ["X99", "E20"]
    assert error_codes([REMARK, REMOVED]) == []


def test_our_rules_have_an_oid_made_from_the_address_of_their_code_system() -> None:
    assert f"2.25.{uuid.uuid5(uuid.NAMESPACE_URL, systems.CODE_SYSTEM + 'rule').int}" == RULE_OID
    assert ERROR_SYSTEM == "2.16.578.1.12.4.1.1.8221"


def test_every_code_has_a_name_of_its_own() -> None:
    assert set(ERROR_CODES.values()) <= ERROR_NAMES.keys()
    assert len(set(ERROR_NAMES.values())) == len(ERROR_NAMES)
