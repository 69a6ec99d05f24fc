"""Derived data never depends on what was removed from a message of 2008: a benefit tick or measure anywhere in it.

Every place of every good message is planted, and drawn messages at drawn places. A message is held against the same
one without what was planted; what was planted is named, each by an XPath that selects it, and exists afterwards in one
place only: the sealed original (`test_kith_redaction_leaks.py`).
"""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import LANGUAGES
from certgateway.domain.message import Envelope
from certgateway.fhir.writing import NAV_HER_ID
from certgateway.kith import benefits
from certgateway.kith.names import XMLDSIG
from certgateway.kith.parties import Original
from certgateway.kith.writing import write_message
from certgateway.services.examine import House, examine
from certgateway.services.report import finding_data
from tests.property import redaction
from tests.property.kith_certificates import MESSAGE_ID, SENDER_HER, kith_certificates
from tests.property.kith_planting import (
    BENEFITS,
    MEASURE,
    TICK,
    TICK_VALUE,
    Benefit,
    Planted,
    Site,
    is_benefit,
    plant,
    plantings,
    selected,
    sites,
)
from tests.property.planting import MARK
from tests.property.redaction import Judged, judged

ROOT = Path(__file__).resolve().parents[2]
GOOD = ROOT / "fixtures" / "messages" / "kith" / "good"
FILES = sorted(path.name for path in GOOD.glob("*.xml"))
TOGETHER = 90
EVERY_ELEMENT = "every-element.xml"


@cache
def house() -> House:
    return redaction.house()


def good(name: str) -> bytes:
    return (GOOD / name).read_bytes()


def drawn(certificate: Certificate) -> bytes:
    return write_message(certificate, message_id=MESSAGE_ID, sender_her=SENDER_HER, receiver_her=NAV_HER_ID)


def addressed(raw: bytes) -> tuple[str | None, str, Original | None]:
    """Whom an answer goes to and what it is about; the digest is of the whole message, and may differ."""
    examined = examine(raw, "kith", house())
    envelope = examined.envelope or Envelope(None, "", str)
    return envelope.message_id, envelope.sender, examined.original


def told(message: Judged) -> Counter[tuple[str, str | None, str | None]]:
    """Findings by rule, item and element, all but those that tell of removal."""
    found = message.findings
    return Counter((one.rule, one.item, one.element) for one in found if one.rule != "benefit-removed")


def breaches(raw: bytes, planted: Planted, base: Judged) -> list[str]:
    """What is broken by planting; nothing when redaction kept every promise."""
    after = judged(planted.raw, house())
    compared = {
        "certificate": after.certificate == base.certificate,
        "verdict": after.verdict == base.verdict,
        f"findings {told(after) - told(base)} {told(base) - told(after)}": told(after) == told(base),
        "assessment data": after.assessment == base.assessment,
        "addresses": addressed(planted.raw) == addressed(raw),
    }
    found = [f"other {name}" for name, same in compared.items() if not same]
    found += _untold(planted, after, base)
    told_ = [finding_data(one, language) for one in after.findings for language in LANGUAGES]
    texts = {json.dumps(one, ensure_ascii=False) for one in told_}
    return found + [f"a finding quotes the message: {one}" for one in (*texts, after.text) if MARK in one]


def _untold(planted: Planted, after: Judged, base: Judged) -> Iterator[str]:
    notes = [finding.path for finding in after.findings if finding.rule == "benefit-removed"]
    if sorted(map(str, notes)) != sorted(after.removed):
        yield "the notes name other places than the removals"
    places = selected(planted.raw, after.removed)
    if any(len(found) != 1 for found in places):
        yield "a path selects nothing, or several"
    named = Counter(found[0] for found in places if found)
    missing = planted.places - named.keys()
    if missing:
        yield f"nothing tells of {sorted(missing)}"
    if len(named) - len(planted.places) != len(base.removed) or max(named.values(), default=1) > 1:
        yield "something is named that was not planted"


# ---- every place of every good message ----


@pytest.mark.parametrize("name", FILES)
def test_no_place_of_a_good_message_lets_a_benefit_through(name: str) -> None:
    raw, base = good(name), without(name)
    found: list[str] = []
    turn = FILES.index(name) * 7
    places = list(sites(etree.fromstring(raw)))
    for start in range(0, len(places), TOGETHER):
        batch = places[start : start + TOGETHER]
        wanted = [(site, BENEFITS[(turn + start + number) % len(BENEFITS)]) for number, site in enumerate(batch)]
        found += culprits(raw, wanted, base)
    assert found == []


def culprits(raw: bytes, wanted: list[tuple[Site, Benefit]], base: Judged) -> Iterator[str]:
    """The single places that break something; a batch that holds is not looked into."""
    broken = breaches(raw, plant(raw, wanted), base)
    if not broken:
        return
    if len(wanted) == 1:
        yield f"{wanted[0]}: {broken}"
        return
    half = len(wanted) // 2
    single = [*culprits(raw, wanted[:half], base), *culprits(raw, wanted[half:], base)]
    yield from single or [f"{wanted}: {broken}"]


MEASURES = "measures-one-four-seven.xml"


@cache
def without(name: str) -> Judged:
    """What the message as it stands in the fixtures leads to."""
    return judged(good(name), house())


def numbered(raw: bytes, *names: str) -> list[int]:
    """The numbers, in document order, of the elements of these names."""
    elements = enumerate(etree.fromstring(raw).iter("*"))
    return [number for number, element in elements if etree.QName(element).localname in names]


@pytest.mark.parametrize("benefit", BENEFITS)
def test_every_spelling_is_removed_beside_what_may_stand(benefit: Benefit) -> None:
    """First to fourth among the ticks, and before and behind the measures that are none."""
    raw = good(MEASURES)
    for number in numbered(raw, "Legeerklaring", "ForslagTiltak"):
        for child in (0, 2):
            several = [(Site(number, child, 0), one) for one in (benefit, BENEFITS[0], benefit)]
            assert breaches(raw, plant(raw, several[: child + 1]), without(MEASURES)) == []


def test_what_is_blank_between_two_benefits_stays_in_the_text() -> None:
    raw = good(EVERY_ELEMENT)
    (number,) = numbered(raw, "KravArbeid")
    # Behind "Tolvtimersvakter" and behind the blank that follows: the second text is that blank alone.
    wanted = [(Site(number, 0, 17), BENEFITS[0]), (Site(number, 0, 16), BENEFITS[0])]
    planted = plant(raw, wanted)
    assert b"/> <" in planted.raw
    assert breaches(raw, planted, without(EVERY_ELEMENT)) == []


def test_what_may_be_empty_is_empty_though_a_benefit_stood_in_it() -> None:
    start, _, rest = good(EVERY_ELEMENT).partition(b"<Receiver>")
    raw = start + b"<Receiver><Organisation/>" + rest[rest.index(b"</Receiver>") :]
    base = judged(raw, house())
    (number,) = (number + 1 for number in numbered(raw, "Receiver"))
    for benefit in BENEFITS:
        assert breaches(raw, plant(raw, [(Site(number, 0, 0), benefit)]), base) == []


@pytest.mark.parametrize("name", [TICK, MEASURE])
def test_a_benefit_inside_what_nobody_knows_is_named_by_what_somebody_knows(name: str) -> None:
    raw = good(EVERY_ELEMENT)
    root = etree.fromstring(raw)
    place = next(element for element in root.iter("*") if etree.QName(element).localname == "Prognose")
    unknown = etree.SubElement(place, f"{{urn:example:other}}Ukjent{MARK}")
    unknown.append(Benefit(name, "2", body="worded").element())
    after = judged(etree.tostring(root), house())
    assert after.certificate == without(EVERY_ELEMENT).certificate
    assert len(after.removed) == 1
    assert after.removed[0].endswith("/*[local-name()='Prognose'][1]")
    assert MARK not in "".join(after.removed) + after.text


@given(name=st.sampled_from(FILES), wanted=plantings())
@settings(max_examples=50)
def test_no_drawn_place_of_a_good_message_lets_a_benefit_through(name: str, wanted: list[tuple[Site, Benefit]]) -> None:
    raw = good(name)
    assert breaches(raw, plant(raw, wanted), without(name)) == []


@given(certificate=kith_certificates(), wanted=plantings())
@settings(max_examples=50)
def test_no_drawn_message_depends_on_a_benefit(certificate: Certificate, wanted: list[tuple[Site, Benefit]]) -> None:
    raw = drawn(certificate)
    assert breaches(raw, plant(raw, wanted), judged(raw, house())) == []


def test_without_redaction_both_kinds_turn_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benefits, "strip", lambda _: ())
    raw = good(EVERY_ELEMENT)
    for name, holder in ((TICK, "Legeerklaring"), (MEASURE, "ForslagTiltak")):
        (number,) = numbered(raw, holder)
        planted = plant(raw, [(Site(number, 1, 0), Benefit(name, "2", body="worded"))])
        assert len(breaches(raw, planted, without(EVERY_ELEMENT))) >= 2


# ---- the copy that may be forwarded ----


@cache
def our_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(ROOT / "schemas" / "kith" / "messages.xsd"))


def is_valid(raw: bytes) -> bool:
    root = etree.fromstring(raw)
    head = root if etree.QName(root).localname == "MsgHead" else root[0]
    return bool(our_schema().validate(head))


def in_the_form(raw: bytes) -> list[tuple[Site, Benefit]]:
    """Benefits where the schema has them: one tick more than there is, and two measures in front."""
    form, proposal = numbered(raw, "Legeerklaring", "ForslagTiltak")
    measures = [Benefit(MEASURE, value, body="worded") for value in ("02", "6")]
    return [(Site(form, 0, 0), Benefit(TICK, "+3")), *((Site(proposal, 0, 0), measure) for measure in measures)]


def benefits_in(raw: bytes) -> list[str]:
    return [element.tag for element in etree.fromstring(raw).iter("*") if is_benefit(element)]


def signed(raw: bytes) -> bytes:
    """With a signature of the shape the schema wants, over nothing."""
    root = etree.fromstring(raw)
    head = root if etree.QName(root).localname == "MsgHead" else root[0]
    head.append(etree.fromstring(SIGNATURE))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


SIGNATURE = (
    f'<Signature xmlns="{XMLDSIG}"><SignedInfo><CanonicalizationMethod Algorithm="urn:x"/><SignatureMethod '
    'Algorithm="urn:x"/><Reference><DigestMethod Algorithm="urn:x"/><DigestValue>TWFu</DigestValue></Reference>'
    "</SignedInfo><SignatureValue>TWFu</SignatureValue></Signature>"
)


@pytest.mark.parametrize("name", FILES)
def test_a_stripped_copy_is_the_message_without_benefits(name: str) -> None:
    raw = good(name)
    planted = signed(plant(raw, in_the_form(raw)).raw)
    before = bytes(bytearray(planted))
    copy = benefits.stripped_copy(planted)
    assert planted == before
    assert benefits_in(planted) != []
    assert benefits_in(copy) == []
    assert is_valid(planted)
    assert is_valid(copy)
    assert b"Signature" not in copy
    assert MARK.encode() not in copy
    assert judged(copy, house()).certificate == judged(raw, house()).certificate
    assert told(judged(copy, house())) == told(judged(raw, house()))
    assert benefits.stripped_copy(copy) == copy
    assert canonical(copy) == canonical(raw)


@pytest.mark.parametrize("name", FILES)
def test_a_stripped_copy_loses_nothing_that_stood_around_a_measure(name: str) -> None:
    """Blanks and text before and behind it, wherever it stood."""
    raw = good(name)
    measures = [benefit for benefit in BENEFITS if benefit.name == MEASURE]
    places = enumerate(sites(etree.fromstring(raw)))
    wanted = [(site, measures[number % len(measures)]) for number, site in places if number % 3 == 0]
    assert canonical(benefits.stripped_copy(plant(raw, wanted).raw)) == canonical(raw)


def canonical(raw: bytes) -> bytes:
    """The document as it is, but for how it was written down: comments have no say."""
    parser = etree.XMLParser(remove_comments=True)
    return etree.tostring(etree.fromstring(raw, parser), method="c14n")


@pytest.mark.parametrize("values", [("2",), ("4", "03"), ("3", "2", " 4 ", "+2")])
def test_a_copy_of_nothing_but_benefits_keeps_one_tick_without_a_value(values: tuple[str, ...]) -> None:
    root = etree.fromstring(good("sick-leave-only.xml"))
    first = next(element for element in root.iter("*") if etree.QName(element).localname == TICK)
    first.set(TICK_VALUE, values[0])
    for value in values[1:]:
        first.addnext(Benefit(TICK, value).element())
    copy = benefits.stripped_copy(etree.tostring(root))
    ticks = [element for element in etree.fromstring(copy).iter("*") if etree.QName(element).localname == TICK]
    assert [dict(tick.attrib) for tick in ticks] == [{}]
    assert is_valid(copy)
    read = judged(copy, house())
    assert read.certificate == judged(etree.tostring(root), house()).certificate
    assert read.certificate is not None
    assert read.certificate.purpose is None


@given(certificate=kith_certificates(), wanted=plantings())
@settings(max_examples=40)
def test_a_stripped_copy_says_the_same_certificate(
    certificate: Certificate, wanted: list[tuple[Site, Benefit]]
) -> None:
    raw = drawn(certificate)
    copy = benefits.stripped_copy(plant(raw, wanted).raw)
    assert benefits_in(copy) == []
    assert judged(copy, house()).certificate == certificate
