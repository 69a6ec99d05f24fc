"""The envelope: who sent what, under which name, and what can be saved of a message that breaks off."""

import re

import pytest

from certgateway import safexml
from certgateway.kith import msghead
from certgateway.kith.nodes import Tree
from certgateway.safejson import Unreadable
from certgateway.services.examine import examine
from tests.kith import HEAD, SMALL, WHOLE, changed, message_id, raw
from tests.unit.kith.judging import added, answer_to, element, error_codes, house, judged, tree

BACK = raw(SMALL)
FULL = raw(WHOLE)
INFO = f"{HEAD}/*[local-name()='MsgInfo'][1]"
LONG = "x" * 200
TYPE = '<Type V="LEGEERKL" DN="Legeerklæring ved arbeidsuførhet"/>'


def digest(text: str) -> str:
    return msghead.content_digest(tree(text))


# ---- the root ----


@pytest.mark.parametrize(
    "body", [b"<MsgHead/>", b'<x:MsgHead xmlns:x="urn:x"/>', b"<EI_fellesformat/>", b"<a/>", b"<a><MsgHead/></a>"]
)
def test_a_root_that_holds_no_message_is_no_message(body: bytes) -> None:
    found = judged(body)
    assert found.verdict == "rejected"
    assert not {"not-a-message", "namespace-wrong"}.isdisjoint(found.rules)
    assert (found.examined.original, found.examined.certificate) == (None, None)


def test_an_empty_wrapping_is_no_message() -> None:
    assert judged(b'<EI_fellesformat xmlns="http://www.nav.no/xml/eiff/2/"/>').rules == {"not-a-message": 1}


# ---- what an answer needs ----


@pytest.mark.parametrize(
    "old, new, rule, path, expected",
    [
        (TYPE, "", "element-missing", INFO, "Type"),
        ('V="LEGEERKL"', "", "element-missing", f"{INFO}/*[local-name()='Type'][1]", "@V"),
        ('V="LEGEERKL"', 'V=" "', "element-missing", f"{INFO}/*[local-name()='Type'][1]", "@V"),
        ("<GenDate>2026-03-16T10:42:00</GenDate>", "", "element-missing", INFO, "GenDate"),
        (
            "2026-03-16T10:42:00</GenDate>",
            " </GenDate>",
            "value-invalid",
            f"{INFO}/*[local-name()='GenDate'][1]",
            "dateTime",
        ),
        (
            "2026-03-16T10:42:00</GenDate>",
            "i dag</GenDate>",
            "value-invalid",
            f"{INFO}/*[local-name()='GenDate'][1]",
            "dateTime",
        ),
        (
            "2026-03-16T10:42:00</GenDate>",
            "12026-03-16T10:42:00</GenDate>",
            "value-invalid",
            f"{INFO}/*[local-name()='GenDate'][1]",
            "dateTime",
        ),
        (f"<MsgId>{message_id(BACK)}</MsgId>", "", "element-missing", INFO, "MsgId"),
        (
            f"<MsgId>{message_id(BACK)}",
            "<MsgId>",
            "value-invalid",
            f"{INFO}/*[local-name()='MsgId'][1]",
            "1-200 printable characters",
        ),
        (
            f"<MsgId>{message_id(BACK)}",
            f"<MsgId>{LONG}y",
            "value-invalid",
            f"{INFO}/*[local-name()='MsgId'][1]",
            "1-200 printable characters",
        ),
        (
            f"<MsgId>{message_id(BACK)}",
            "<MsgId>a\u202eb",
            "value-invalid",
            f"{INFO}/*[local-name()='MsgId'][1]",
            "1-200 printable characters",
        ),
    ],
)
def test_a_message_that_no_answer_can_name_is_refused_once(
    old: str, new: str, rule: str, path: str, expected: str
) -> None:
    """It is answered with 400; so it must not be registered, or nobody would know."""
    found = judged(changed(BACK, (old, new)))
    assert (found.verdict, found.examined.original) == ("rejected", None)
    refused = [finding for finding in found.judgement.findings if finding.effect.label == "refuse"]
    assert [(one.rule, one.path, one.expected) for one in refused] == [(rule, path, expected)]
    assert found.rules["schema-deviation"] == 0


@pytest.mark.parametrize("id_", [LONG, "{a}/b%20c?d#e", "æøå 🤕", "0"])
def test_any_printable_id_of_moderate_length_names_a_message(id_: str) -> None:
    body = changed(BACK, (f"<MsgId>{message_id(BACK)}", f"<MsgId> {id_} "))
    found = judged(body)
    assert added(body, BACK) == {}
    assert found.examined.envelope is not None
    assert found.examined.envelope.message_id == id_
    assert element(answer_to(found), "{*}OriginalMsgId/{*}Id").text == id_


def test_a_message_without_information_is_refused_and_has_no_name() -> None:
    start, end = BACK.index(b"<MsgInfo>"), BACK.index(b"</MsgInfo>") + len(b"</MsgInfo>")
    found = judged(BACK[:start] + BACK[end:])
    assert found.rules == {"element-missing": 1}
    assert (found.examined.envelope, found.examined.original, found.examined.certificate) == (None, None, None)


# ---- the sender ----


@pytest.mark.parametrize(
    "old, new, sender",
    [
        (
            'V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/>\n        </Ident>\n',
            'V="X"/>\n        </Ident>\n',
            "org:987654325",
        ),
        ("<Id>8094231<", "<Id>8094231x<", "org:987654325"),
        ("<Id>8094231<", "<Id>\uff18\uff10<", "org:987654325"),
        ("<Id>8094231<", "<Id>80942310000<", "org:987654325"),
        ("<Id>8094231<", "<Id>0<", "her:0"),
    ],
)
def test_a_sender_is_known_by_its_address_else_by_its_number(old: str, new: str, sender: str) -> None:
    body = BACK.replace(old.encode(), new.encode(), 1)
    assert body != BACK
    found = judged(body).examined.envelope
    assert found is not None
    assert found.sender == sender


def test_a_sender_without_numbers_is_known_by_what_it_says_of_itself() -> None:
    start, end = BACK.index(b"<Sender>"), BACK.index(b"</Sender>") + len(b"</Sender>")
    bodies = [
        BACK[:start] + told + BACK[end:]
        for told in (
            b"<Sender><Organisation/></Sender>",
            b"<Sender>\n<Organisation></Organisation></Sender>",
            b"",
            b"<Sender/>",
        )
    ]
    senders = [envelope.sender for body in bodies if (envelope := judged(body).examined.envelope)]
    assert len(senders) == 4
    assert senders[0] == senders[1]
    assert len(set(senders)) == 3
    assert all(re.fullmatch("sender:[0-9a-f]{0,32}", sender) for sender in senders)


# ---- what counts as the same content ----


@pytest.mark.parametrize(
    "one, other",
    [
        ("<a><b/></a>", "<a>\n  <b></b>\n</a>"),
        ("<a x='1' y='2'/>", '<a y="2" x="1"/>'),
        ('<a xmlns="urn:1"><b/></a>', '<p:a xmlns:p="urn:1"><p:b/></p:a>'),
        ("<a>x &amp; y</a>", "<a>x <![CDATA[&]]> y</a>"),
        ("<a><b/></a>", '<a><b/><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><x/></Signature></a>'),
        ("<a>\u00e6</a>", "<a>&#230;</a>"),
    ],
)
def test_layout_is_no_content(one: str, other: str) -> None:
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    "one, other",
    [
        ('<a xmlns="urn:1" k="A" t="&lt;/"/>', '<a xmlns="urn:1"><A xmlns="k">t</A></a>'),
        ('<a xmlns="u" k="A"><B xmlns="t">x</B></a>', '<a xmlns="u"><A xmlns="k" B="x">t</A></a>'),
        ("<a><b/><c/></a>", "<a><b><c/></b></a>"),
        ("<a><b>x</b></a>", "<a><b/>x</a>"),
        ("<a x=''/>", "<a/>"),
        ("<a x='1'/>", "<a x='1 '/>"),
        ("<a>x</a>", "<a>x </a>"),
        ("<a><b/><b/></a>", "<a><b/></a>"),
        ('<a><b xmlns="urn:1"/></a>', "<a><b/></a>"),
    ],
)
def test_every_other_difference_is_one(one: str, other: str) -> None:
    assert digest(one) != digest(other)


def test_what_reading_forgets_is_content_all_the_same() -> None:
    opened = msghead.open_message(raw("note/benefit-removed-tick-two"))
    assert opened.head is not None
    before = msghead.content_digest(opened.head)
    msghead.strip(opened)
    assert msghead.content_digest(opened.head) == before


# ---- what breaks off ----


def test_no_fragment_of_a_message_is_ever_taken_for_its_name() -> None:
    """Cut anywhere: either it is answered under its own id and time, or nobody knows whose it is."""
    whole = FULL.index(b"</MsgId>")
    for end in range(0, len(FULL) - len(b"</MsgHead>\n") + 1, 1):
        if end > whole + 400 and end % 61:
            continue
        original = examine(FULL[:end], "kith", house()).original
        if end < whole:
            assert original is None
        elif original is not None:
            assert (original.id, original.issued) == (message_id(FULL), "2026-10-01T11:25:00")
            assert original.sender is None or all(len(one.id) in {7, 9} for one in original.sender.idents)


def test_a_message_that_breaks_off_behind_its_information_is_answered_by_id() -> None:
    for end in (FULL.index(b"<Document>"), FULL.index(b"<Prognose"), len(FULL) - 3):
        found = judged(FULL[:end])
        assert found.rules == {"not-xml": 1}
        answer = answer_to(found)
        assert element(answer, "{*}Status").get("V") == "2"
        assert error_codes(answer) == ["T01", "not-xml"]
        assert element(answer, "{*}OriginalMsgId/{*}Id").text == message_id(FULL)
        assert element(answer, "{*}Receiver//{*}Inst/{*}Id").text == "8160733"
        assert found.examined.envelope is None


def test_a_broken_message_in_latin_letters_is_saved_too() -> None:
    body = raw("good/nynorsk-iso-8859-1")
    found = judged(body[: body.index(b"</Legeerklaring>")])
    assert found.examined.original is not None
    assert found.examined.original.id == message_id(body)


@pytest.mark.parametrize(
    "name", ["doctype-refused", "entity-refused", "instruction-refused", "too-deep", "not-utf8-declared"]
)
def test_what_is_refused_for_more_than_its_markup_is_answered_by_id_too(name: str) -> None:
    """As long as its type, time and id can be read: the sender's system then knows which message it was."""
    found = judged(raw(f"unreadable/{name}"))
    assert len(found.rules) == 1
    answer = answer_to(found)
    assert element(answer, "{*}Status").get("V") == "2"
    assert error_codes(answer)[1:] == list(found.rules)
    assert element(answer, "{*}OriginalMsgId/{*}Id").text == message_id(raw(f"unreadable/{name}"))


@pytest.mark.parametrize(
    "declared", ["UTF-16", "windows-1252", "utf-16-le", "zlib_codec", "idna", "no-such", "unicode_escape"]
)
def test_a_refused_encoding_never_breaks_the_answer(declared: str) -> None:
    text = FULL.decode().partition("?>")[2]
    body = f'<?xml version="1.0" encoding="{declared}"?>{text}'.encode("latin-1" if declared != "UTF-16" else "utf-16")
    found = judged(body)
    assert found.rules == {"encoding-refused": 1}
    if declared in {"UTF-16", "windows-1252"}:
        assert element(answer_to(found), "{*}OriginalMsgId/{*}Id").text == message_id(FULL)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE MsgHead>",
        '<!DOCTYPE MsgHead SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE MsgHead [<!ENTITY a "]"><!ENTITY b "&a;&a;">]>',
        "<!DOCTYPE a [ <!ELEMENT a ANY> ] >",
    ],
)
def test_a_document_type_is_cut_out_before_the_head_is_looked_for(doctype: str) -> None:
    found = judged(b'<?xml version="1.0"?>' + doctype.encode() + FULL.partition(b"?>")[2])
    assert found.rules == {"doctype-refused": 1}
    original = found.examined.original
    assert original is None or original.id == message_id(FULL)
    assert (original is None) == ('"]"' in doctype)


def test_an_id_that_is_an_entity_is_no_id() -> None:
    body = FULL.replace(message_id(FULL).encode(), b"&id;")
    with_entity = b'<?xml version="1.0"?><!DOCTYPE MsgHead [<!ENTITY id "M1">]>' + body.partition(b"?>")[2]
    assert judged(with_entity).examined.original is None


@pytest.mark.parametrize("body", [b"<", b"<a", b"<a></b>", b"</a>", b"x", b"<a/><b/>", b"<MsgHead><MsgInfo><Type V='x"])
def test_of_what_said_nothing_nothing_is_saved(body: bytes) -> None:
    with pytest.raises(Unreadable):
        msghead.open_message(body)
    assert msghead.salvage(body) is None


def test_an_element_that_was_open_at_the_break_has_no_text() -> None:
    top = Tree()
    safexml.salvage_into(b"<a>x<b>y</b>z<c>w<", top)
    assert top.root is not None
    assert [(node.name, node.text) for node in top.root.walk()] == [("a", ""), ("b", "y"), ("c", "")]
