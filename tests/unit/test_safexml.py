"""XML within the limits or a refusal with a stable id and a place; nothing expanded, nothing fetched, nothing lost."""

from __future__ import annotations

import resource

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from certgateway import safexml
from certgateway.safejson import Unreadable
from tests.calibration import assert_within, cpu

KITH = ("utf-8", "iso-8859-1")
DECLARED = b'<?xml version="1.0" encoding="%s"?>'

REFUSED = [
    (b"", "empty-body", 1, 1),
    (b" \r\n", "empty-body", 1, 1),
    (b"hello", "not-xml", 1, 1),
    (b"<a>\n  <b></a>", "not-xml", 2, 8),
    (b"<a/>\n<b/>", "not-xml", 2, 1),
    (b'<a x="1" x="2"/>', "not-xml", 1, 10),
    (b"<a>&#0;</a>", "not-xml", 1, 4),
    (b'<?xml version="1.1"?><a/>', "not-xml", 1, 1),
    ("<a>\u00e6".encode() + b"\xff</a>", "not-utf8", 1, 5),
    ("<a/>".encode("utf-16"), "encoding-refused", 1, 1),
    ("<a/>".encode("utf-16-be"), "encoding-refused", 1, 1),
    (DECLARED % b"UTF-16" + b"<a/>", "encoding-refused", 1, 1),
    (DECLARED % b"UTF-7" + b"<a>+ADw-b+AD4-</a>", "encoding-refused", 1, 1),
    (DECLARED % b"ISO-8859-1" + b"<a>\xe6</a>", "encoding-refused", 1, 1),
    (DECLARED % b"utf8" + b"<a/>", "encoding-refused", 1, 1),
    (b'<?xml version="1.0"\n\n  encoding = "UTF-7" ?><a/>', "encoding-refused", 1, 1),
    (b"<!DOCTYPE a><a/>", "doctype-refused", 1, 12),
    (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "doctype-refused", 1, 40),
    (b'<!DOCTYPE a [<!ENTITY x "y">]>\n<a>&x;</a>', "doctype-refused", 1, 13),
    (b"<a>\n&x;</a>", "entity-refused", 2, 1),
    (b"<?run it?><a/>", "instruction-refused", 1, 1),
    (b"<a><b/>\n <?run it?></a>", "instruction-refused", 2, 2),
    (b"<a>" * 65 + b"</a>" * 65, "too-deep", 1, 64 * 3 + 1),
    (b"<a>" + b"<b/>" * 50_000 + b"</a>", "too-many-elements", 1, 3 + 49_999 * 4 + 1),
    (b"<a>\n<b " + b" ".join(b'x%d=""' % n for n in range(33)) + b"/></a>", "too-many-attributes", 2, 1),
    (b"<a " + b" ".join(b'xmlns:x%d="u"' % n for n in range(17)) + b"/>", "too-many-namespaces", 1, 1),
    (b"<a>" + b"".join(b'<b xmlns="u%02d"/>' % n for n in range(65)) + b"</a>", "too-many-namespaces", 1, 64 * 16 + 4),
]


@pytest.mark.parametrize("raw, id_, line, column", REFUSED, ids=[f"{case[1]}-{at}" for at, case in enumerate(REFUSED)])
def test_refuses_with_id_and_position(raw: bytes, id_: str, line: int, column: int) -> None:
    with pytest.raises(Unreadable) as refusal:
        safexml.parse(raw)
    assert (refusal.value.id, refusal.value.line, refusal.value.column) == (id_, line, column)


@pytest.mark.parametrize(
    "raw",
    [
        b"<a>" * 64 + b"</a>" * 64,
        b"<a>" + b"<b/>" * 49_999 + b"</a>",
        b"<a " + b" ".join(b'x%d=""' % n for n in range(32)) + b"/>",
        b"<a " + b" ".join(b'xmlns:x%d="u"' % n for n in range(16)) + b"/>",
        b"<a>" + b'<b xmlns="u"/>' * 1000 + b"</a>",
        b"<a>" + b"".join(b'<b xmlns="u%d"/>' % n for n in range(64)) + b"</a>",
    ],
    ids=["depth", "elements", "attributes", "namespaces-in-scope", "one-namespace-redeclared", "namespaces"],
)
def test_accepts_what_is_just_within_the_limits(raw: bytes) -> None:
    assert etree.QName(safexml.parse(raw)).localname == "a"


def test_text_around_comments_and_cdata_is_whole() -> None:
    root = safexml.parse(b"<a>fo<!-- hidden -->o<![CDATA[ & ]]>bar<b/><!-- x -->tail<!-- y -->!</a>")
    assert root.text == "foo & bar"
    assert [child.tag for child in root] == ["b"]
    assert root[0].tail == "tail!"


def test_a_comment_as_document_neighbour_is_no_fault() -> None:
    assert safexml.parse(b"<!-- before -->\n<a/>\n<!-- after -->").tag == "a"


def test_latin_1_is_read_where_it_is_allowed_and_declared() -> None:
    assert safexml.parse(DECLARED % b"ISO-8859-1" + b"<a>\xe6</a>", encodings=KITH).text == "\u00e6"
    assert safexml.parse("<a>\u00e6</a>".encode(), encodings=KITH).text == "\u00e6"
    with pytest.raises(Unreadable, match="not-utf8"):
        safexml.parse(b"<a>\xe6</a>", encodings=KITH)


def test_columns_count_code_points_in_the_declared_encoding() -> None:
    with pytest.raises(Unreadable) as refusal:
        safexml.parse(DECLARED % b"ISO-8859-1" + b"\n<a>\xe6\xf8</b>", encodings=KITH)
    assert (refusal.value.line, refusal.value.column) == (2, 8)


def test_a_utf8_mark_is_accepted_before_utf8_only() -> None:
    assert safexml.parse(b"\xef\xbb\xbf<a/>").tag == "a"
    with pytest.raises(Unreadable, match="not-xml at line 1, column 1"):
        safexml.parse(b"\xef\xbb\xbf" * 2 + b"<a/>")
    with pytest.raises(Unreadable, match="encoding-refused"):
        safexml.parse(b"\xef\xbb\xbf" + DECLARED % b"ISO-8859-1" + b"<a/>", encodings=KITH)


def test_a_large_attachment_is_read() -> None:
    data = b"QUJD" * 3_000_000
    assert safexml.parse(b'<a v="' + data + b'">' + data + b"</a>").get("v") == data.decode()


@pytest.mark.parametrize(
    "raw",
    [
        b"<a " + b" ".join(b'x%d=""' % n for n in range(200_000)) + b"/>",
        b"<a>" + b"<b c=" * 300_000,
        b"<a>" + b"&amp;" * 400_000 + b"</a>",
        b"<a>" + b"<![CDATA[b]]>c<!---->" * 90_000 + b"</a>",
        b"<a>" + b"<b" + b"x" * 2_000_000 + b"/></a>",
        b"<" * 2_000_000,
    ],
    ids=["attributes", "unclosed", "entities", "cdata", "long-name", "brackets"],
)
@pytest.mark.no_cover
def test_two_hostile_megabytes_stay_within_the_budget(raw: bytes) -> None:
    def read() -> None:
        try:
            safexml.parse(raw)
        except Unreadable as refusal:
            assert refusal.id in {"too-many-attributes", "not-xml"}  # noqa: PT017  Some of these are well-formed.

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert_within(1, lambda: cpu(read))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_no_refusal_quotes_the_body() -> None:
    for raw in (b"<canary></x>", b"<a>&canary;</a>", b"<canary:a/>", b"<?canary x?><a/>", b"<!DOCTYPE canary><a/>"):
        with pytest.raises(Unreadable) as refusal:
            safexml.parse(raw)
        assert "canary" not in str(refusal.value)


_FRAGMENTS = [
    *("<a>", "</a>", "<b/>", "<a x='1'>", '<c xmlns="u">', "</c>", "<p:d xmlns:p='q'/>", "<p:e/>", "<f y='1' y='2'/>"),
    *("t", " ", "\n", "\u00e6", "&amp;", "&lt;", "&x;", "&#65;", "&#0;", "&#x110000;", "]]>", "<", ">", "&", '"'),
    *("<!-- c -->", "<!-- <?p?> -->", "<!--", "<![CDATA[<?p?>]]>", "<?p x?>", "<!DOCTYPE a>", "<!ENTITY x 'y'>"),
    *(
        '<?xml version="1.0"?>',
        "<?xml version='1.1'?>",
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<g" + " h" * 3 + ">",
    ),
    *(
        "<a>" * 63,
        "</a>" * 63,
        "".join(f" z{n}='1'" for n in range(40)),
        "<k" + "".join(f" z{n}=''" for n in range(33)) + "/>",
    ),
]


def _outcome(raw: bytes, *, by_counting: bool) -> object:
    try:
        if by_counting:
            safexml._Pass(raw, "utf-8", safexml.DEFAULT_LIMITS).run()
            return etree.tostring(safexml._build(raw, "utf-8"))
        return etree.tostring(safexml.parse(raw))
    except Unreadable as refusal:
        return refusal.id, refusal.line, refusal.column


@given(st.lists(st.sampled_from(_FRAGMENTS), min_size=1, max_size=8), st.booleans())
def test_the_glance_at_the_bytes_changes_no_answer(parts: list[str], wrapped: bool) -> None:  # noqa: FBT001
    raw = "".join(["<a>", *parts, "</a>"] if wrapped else parts).encode()
    if raw.strip(b" \n"):
        assert _outcome(raw, by_counting=False) == _outcome(raw, by_counting=True)


@pytest.mark.no_cover
def test_thousands_of_nested_elements_are_refused_at_once() -> None:
    def read() -> None:
        with pytest.raises(Unreadable) as refusal:
            safexml.parse(b"<a>" * 24_000 + b"</a>" * 24_000)
        assert (refusal.value.id, refusal.value.column) == ("too-deep", 193)

    assert_within(0.5, lambda: cpu(read))


@pytest.mark.parametrize("markup", ["<a><ȡdd/></a>", "<a ȡdd='1'/>", "<a><b x='1' ȡdd = \"2\"/></a>", "<🙂/>"])
def test_a_name_that_only_one_parser_takes_is_refused(markup: str) -> None:
    with pytest.raises(Unreadable) as refused:
        safexml.parse(markup.encode())
    assert refused.value.id == "not-xml"


def test_letters_of_the_language_are_no_strange_names() -> None:
    assert safexml.parse("<a b='æøå = 1'>Høyde = 10 <c å='1'/></a>".encode()).text == "Høyde = 10 "


def test_declarations_count_among_the_attributes_whatever_the_limit() -> None:
    limits = safexml.XmlLimits(attributes=4)
    for attributes, declarations in ((4, 0), (3, 1), (2, 2), (0, 4)):
        given = b"".join(b' a%d="x"' % at for at in range(attributes))
        declared = b"".join(b' xmlns:n%d="u"' % at for at in range(declarations))
        assert safexml.parse(b"<a" + given + declared + b"/>", limits).tag == "a"
        for more in (b' more="x"', b' xmlns:more="u"'):
            with pytest.raises(Unreadable, match="too-many-attributes"):
                safexml.parse(b"<a" + given + declared + more + b"/>", limits)
