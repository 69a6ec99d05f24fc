"""The quick reader of XML gives the tree of the careful one or none, and a search finds the places that expat finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest

from certgateway import safexml
from certgateway.bootstrap import definitions
from certgateway.engine import Definitions, judge
from certgateway.engine.positions import Place
from certgateway.engine.positions_xml import xml_positions
from certgateway.engine.xml.form import read, read_bytes, typed
from certgateway.engine.xml.plan import Plans
from certgateway.engine.xml.quick import quick_read
from certgateway.safejson import Unreadable

ROOT: Final = Path(__file__).resolve().parents[2]
IN_FHIR: Final = b'"http://hl7.org/fhir"'
DOCUMENTS: Final = [
    path for path in sorted((ROOT / "fixtures" / "messages").rglob("*.xml")) if IN_FHIR in path.read_bytes()[:600]
]
GOOD: Final = [path for path in DOCUMENTS if path.parent.name == "good"]
DAMAGED_OF_EACH: Final = 8
PUT_IN: Final = (
    b"<!-- x -->", b"<a/>", b" ", b"x", b"&amp;", b"&#13;", b"&unknown;", b"<![CDATA[x]]>", b"<?pi?>", b"\r\n", b"]]>",
    b' id="a"', b' xmlns:q="urn:q"', b' value="1"', b"<br/>", b"\xc3\xa5", b'<!DOCTYPE a [<!ENTITY x "y">]>',
)  # fmt: skip
PATIENT: Final = '<Patient xmlns="http://hl7.org/fhir">{}</Patient>'
NARRATIVE: Final = '<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">{}</div></text>'
# What stands in a Patient, and whether the quick reader takes it.
WRITTEN: Final = {
    "nothing": ("", True),
    "spaces and lines": ('\n  <active value="true"/>\r\n', True),
    "a comment": ('<active value="true"/><!-- <gender value="x"/> -->', True),
    "an id": ('<name id="a"><family value="x"/></name>', True),
    "a number": ('<multipleBirthInteger value="2"/>', True),
    "a number that is none": ('<multipleBirthInteger value="two"/>', True),
    "an extension": ('<extension url="u"><valueCode value="c"/></extension>', True),
    "contained": ('<contained><Patient><id value="p"/></Patient></contained>', True),
    "a narrative": (NARRATIVE.format('a <b class="c">b&amp;</b><br/>c<p xml:lang="nb"></p>'), True),
    "a comment in a narrative": (NARRATIVE.format("a<!-- b -->c"), True),
    "marks in a narrative": (NARRATIVE.format('&lt;<a title="&quot;&#10;&lt;&gt;\'">x</a>&gt;]]&gt;'), True),
    "a prefix in a narrative": (NARRATIVE.format('<h:p xmlns:h="http://www.w3.org/1999/xhtml">x</h:p>'), True),
    "text": ("x", False),
    "text in a comment's place": ("<active value='true'/>x<!-- y -->", False),
    "an unknown element": ('<weight value="1"/>', False),
    "another namespace": ('<active xmlns="urn:other" value="true"/>', False),
    "another order": ('<gender value="male"/><active value="true"/>', False),
    "once too often": ('<active value="true"/><active value="true"/>', False),
    "no value": ("<active/>", False),
    "another attribute": ('<active val="true"/>', False),
    "an attribute more": ('<active value="true" id="a"/>', False),
    "a value where none may be": ('<name value="x"><family value="y"/></name>', False),
    "an extended primitive": ('<active value="true"><extension url="u"/></active>', False),
    "two contained in one": ("<contained><Patient/><Patient/></contained>", False),
    "an attribute on a container": ('<contained id="a"><Patient/></contained>', False),
    "a foreign attribute in a narrative": (NARRATIVE.format('<p xmlns:q="urn:q" q:a="b">x</p>'), False),
    "a foreign element in a narrative": (NARRATIVE.format('<p xmlns="urn:q">x</p>'), False),
    "an instruction": ("<?x y?>", False),
    "an entity": ('<language value="&nbsp;"/>', False),
}


@pytest.fixture(scope="module")
def ours() -> Definitions:
    """Base R4 and our profiles."""
    return definitions()


def damaged(raw: bytes, dice: Random) -> Iterator[bytes]:
    """The document, and it with small changes anywhere."""
    yield raw
    for _ in range(DAMAGED_OF_EACH):
        body = bytearray(raw)
        at = dice.randrange(len(body))
        end = at + dice.randint(0, 12)
        match dice.randrange(5):
            case 0:
                del body[at:end]
            case 1:
                body[at:at] = dice.choice(PUT_IN)
            case 2:
                body[at] = dice.randrange(32, 127)
            case 3:
                begun = body.find(b"<", at)
                body[begun:begun] = body[begun : body.find(b">", begun) + 1] if begun >= 0 else b""
            case _:
                body[at:end] = body[at:end][::-1]
        yield bytes(body)


def test_there_are_documents() -> None:
    assert len(DOCUMENTS) > 100
    assert len(GOOD) > 15


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_quick_reader_gives_the_same_tree(path: Path, ours: Definitions) -> None:
    plans = ours.remembered("xml plans", Plans)
    for raw in damaged(path.read_bytes(), Random(path.stem)):  # noqa: S311  The same every time.
        quick = quick_read(raw, plans, typed)
        if quick is not None:
            # Told apart by repr: True is no 1, 1.50 is no 1.5, and an order is an order.
            assert repr((quick, [])) == repr(read(safexml.parse(raw), ours))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_messages_are_read_quickly(path: Path, ours: Definitions) -> None:
    assert quick_read(path.read_bytes(), ours.remembered("xml plans", Plans), typed) is not None


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_what_the_quick_reader_takes(written: tuple[str, bool], ours: Definitions) -> None:
    inside, is_quick = written
    raw = PATIENT.format(inside).encode()
    quick = quick_read(raw, ours.remembered("xml plans", Plans), typed)
    assert (quick is not None) == is_quick
    if quick is not None:
        assert repr((quick, [])) == repr(read(safexml.parse(raw), ours))


@pytest.mark.parametrize("depth", [30, 36, 37, 63, 64, 65])
def test_depth_is_refused_alike(depth: int, ours: Definitions) -> None:
    """Nested extensions, and a narrative of nested elements: no deeper than the careful reader takes."""
    nested = '<extension url="u">' * (depth - 1) + "</extension>" * (depth - 1)
    narrative = NARRATIVE.format("<p>" * (depth - 3) + "x" + "</p>" * (depth - 3))
    for raw in (PATIENT.format(nested).encode(), PATIENT.format(narrative).encode()):
        quick = quick_read(raw, ours.remembered("xml plans", Plans), typed)
        if depth > safexml.DEFAULT_LIMITS.depth:
            assert quick is None
            with pytest.raises(Unreadable, match="too-deep"):
                read_bytes(raw, ours)
        else:
            assert quick is None or repr((quick, [])) == repr(read(safexml.parse(raw), ours))


def in_bundles(count: int, inner: str) -> str:
    """A resource in a Bundle in a Bundle, and so on."""
    head = '<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/><entry><resource>'
    return head * count + inner + "</resource></entry></Bundle>" * count


# What expat takes, and the careful reader refuses.
REFUSED: Final = {
    "a namespace that is no URI": PATIENT.format("<active xmlns:p='http://a b' value='true'/>"),
    "a namespace with a lone sign": PATIENT.format("<active xmlns:p='urn:%zz' value='true'/>"),
    "an xml:id that is no name": PATIENT.format(NARRATIVE.format('<b xml:id="1">x</b>')),
    "an xml:id that comes twice": PATIENT.format(NARRATIVE.format('<b xml:id="a">x</b><b xml:id="a">x</b>')),
    "a deep narrative far down": in_bundles(11, PATIENT.format(NARRATIVE.format("<b>" * 32 + "x" + "</b>" * 32))),
}


@pytest.mark.parametrize("written", REFUSED.values(), ids=REFUSED)
def test_what_the_careful_reader_refuses_is_refused(written: str, ours: Definitions) -> None:
    with pytest.raises(Unreadable):
        safexml.parse(written.encode())
    with pytest.raises(Unreadable):
        read_bytes(written.encode(), ours)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_search_finds_the_places_that_expat_finds(path: Path, ours: Definitions) -> None:
    raw = path.read_bytes()
    try:
        tree, form = read(safexml.parse(raw), ours)
    except Unreadable:
        return
    faults = [*form, *judge(tree, ours)]
    wanted = {Place(fault.path, fault.culprit) for fault in faults} | {Place(fault.path) for fault in faults}
    found = xml_positions(raw, wanted)
    # A comment behind the root says nothing, and takes the search away.
    assert found == xml_positions(raw + b"<!-- -->", wanted)
    assert found or {fault.path for fault in faults} <= {"Resource"}


def test_elements_of_one_name_within_one_another_are_passed_over() -> None:
    raw = (
        b'<Bundle><entry><entry><entry value="/"/></entry ><entryx/><entry a=">"></entry></entry><entry><link/></entry>'
        b"</Bundle>"
    )
    second, link = Place("Bundle.entry[1]"), Place("Bundle.entry[1].link[0]")
    assert xml_positions(raw, [second, link]) == {
        second: (1, raw.index(b"<entry><link") + 1),
        link: (1, raw.index(b"<link") + 1),
    }


@pytest.mark.parametrize(
    "limits", [safexml.XmlLimits(depth=2), safexml.XmlLimits(elements=2)], ids=["depth", "elements"]
)
def test_whoever_sets_other_limits_is_held_to_them(limits: safexml.XmlLimits) -> None:
    document = PATIENT.format('<name><family value="x"/></name>').encode()
    assert read_bytes(document, definitions())[1] == []
    with pytest.raises(Unreadable):
        read_bytes(document, definitions(), limits)
