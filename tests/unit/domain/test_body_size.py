"""What of a body counts as attachment data and what does not, to the byte, however the body is cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.body_size import BodySize, OutsideCounter, Oversize, oversize
from tests.calibration import assert_within, cpu

MOST = 1024 * 1024
DATA = b"QUJD" * 2000
JSON = b'{"resourceType":"Binary","data":"', b'","contentType":"application/pdf"}'
SPACED = b'{"data" : \n "', b'"}'
XML = b'<Binary xmlns="http://hl7.org/fhir"><data id="a" value="', b'"/></Binary>'
SINGLE = b"<Binary><data value = '", b"'/></Binary>"
PREFIXED = b'<f:Binary xmlns:f="http://hl7.org/fhir"><f:data value="', b'"/></f:Binary>'
KITH = b'<Vedlegg><base:Base64Container xmlns:base="b">', b"</base:Base64Container></Vedlegg>"
PLAIN_KITH = b"<Content><Base64Container>", b"</Base64Container></Content>"
CDATA = b"<Base64Container>\n <![CDATA[", b"]]></Base64Container>"
WRAPPED = b"".join(DATA[at : at + 76] + b"\r\n" for at in range(0, len(DATA), 76))


@pytest.mark.parametrize("before,after", [JSON, SPACED, XML, SINGLE, PREFIXED, KITH, PLAIN_KITH, CDATA])
@pytest.mark.parametrize(
    "data",
    [DATA, WRAPPED, WRAPPED.replace(b"\r\n", b"\\r\\n"), WRAPPED.replace(b"\r\n", b"&#xD;&#10;"), DATA + b"\\/=="],
    ids=["plain", "wrapped", "escaped", "referenced", "slash"],
)
def test_data_is_not_counted_and_all_else_is(before: bytes, after: bytes, data: bytes) -> None:
    assert OutsideCounter(MOST).count(before + data + after, whole=True) == len(before) + len(after)


@pytest.mark.parametrize(
    "body",
    [
        b'{"text":"' + DATA + b'"}',
        b'{"metadata":"' + DATA + b'"}',
        b'{"data":["' + DATA + b'"]}',
        b"{data:" + DATA + b"}",
        b'<div value="' + DATA + b'"/>',
        b'<database value="' + DATA + b'"/>',
        b'<data other="' + DATA + b'"/>',
        b'<data myvalue="' + DATA + b'"/>',
        b"<data>" + DATA + b"</data>",
        b"<Base64Containers>" + DATA + b"</Base64Containers>",
        DATA,
        b"",
    ],
)
def test_what_only_looks_like_data_is_counted(body: bytes) -> None:
    assert OutsideCounter(MOST).count(body, whole=True) == len(body)


@pytest.mark.parametrize("odd", [b"!", b"-", b"\xc3\xa6", b"{", b"<", b"\\u0041", b"&amp;", b"&#65;"])
def test_data_ends_where_it_is_no_base64(odd: bytes) -> None:
    before, after = b'{"data":"', b'"}'
    body = before + DATA + odd + DATA + after
    assert OutsideCounter(MOST).count(body, whole=True) == len(body) - len(DATA)


@given(
    st.lists(
        st.sampled_from(
            (
                DATA[:300],
                b"QU",
                b"\\n",
                b"&#10;",
                b"\r\n ",
                b'"data":"',
                b'<data value="',
                b'"',
                b">",
                b"<",
                b"&#1",
                b"<Base64Container>",
                b"<![CDATA[",
                b" " * 100,
                b"x!" * 700,
                b"data",
                b"\\",
                b"<a:data ",
                b"value='",
                b"y" * 66_000,
            )
        ),
        max_size=30,
    ),
    st.lists(st.integers(1, 400), min_size=1, max_size=60),
)
def test_the_count_does_not_depend_on_the_pieces(parts: list[bytes], sizes: list[int]) -> None:
    body = b"".join(parts)
    counter, so_far, told = OutsideCounter(MOST), bytearray(), 0
    at = 0
    for size in sizes:
        so_far += body[at : at + size]
        at += size
        found = counter.count(so_far)
        # What has been counted stays counted: a body that was refused could not have been accepted later.
        assert told <= found
        told = found
    so_far += body[at:]
    whole = OutsideCounter(MOST).count(body, whole=True)
    assert told <= counter.count(so_far, whole=True) == whole


def test_a_growing_body_is_counted_before_it_ends() -> None:
    counter, body = OutsideCounter(MOST), bytearray(b'{"text":"')
    for _ in range(100):
        body += b"smerter i ryggen, " * 60
        counter.count(body)
    assert counter.count(body) > len(body) - 2000


@pytest.mark.parametrize("extra,found", [(0, None), (1, Oversize("outside-attachments-too-large", 1000))])
@pytest.mark.parametrize("attached", [b"", DATA])
def test_outside_limit_to_the_byte(extra: int, found: Oversize | None, attached: bytes) -> None:
    frame = b'{"data":"' + attached + b'","text":""}'
    body = frame[:-2] + b"x" * (1000 - len(frame) + len(attached) + extra) + frame[-2:]
    assert oversize(body, BodySize(1_000_000, 1000)) == found


@pytest.mark.parametrize("extra,found", [(0, None), (1, Oversize("body-too-large", 10_000))])
def test_whole_limit_to_the_byte(extra: int, found: Oversize | None) -> None:
    body = b'{"data":"' + b"Q" * (10_000 - 11 + extra) + b'"}'
    assert oversize(body, BodySize(10_000, 1000)) == found


@pytest.mark.parametrize(
    "piece",
    [
        b'"',
        b"<",
        b"<data ",
        b'"data"',
        b'"data":"',
        b'<data value="',
        b"<" + b"a" * 79,
        b"<data " + b" " * 399,
        b"<data" + b" value " * 50,
        b'"data"' + b" " * 80,
        b"&#1",
        b"\\",
        b"Q\\n",
        b"Q&#10;",
        b"<Base64Container ",
        b'"data":"' + DATA,
    ],
)
def test_no_body_makes_the_count_slow(piece: bytes) -> None:
    body = piece * (20 * 1024 * 1024 // len(piece))
    assert_within(1, lambda: cpu(lambda: OutsideCounter(MOST).count(body, whole=True)))


def test_pieces_do_not_make_the_count_slow() -> None:
    def count() -> None:
        counter, body = OutsideCounter(MOST), bytearray()
        for _ in range(1300):
            body += b'<data value="' * 1260
            counter.count(body)

    assert_within(1, lambda: cpu(count))


@pytest.mark.parametrize(
    "body",
    [
        b'{"data" ' + b" " * 70 + b':  "' + DATA[:200] + b'"}',
        b'<f:data id="' + b"a" * 300 + b'" value = "' + DATA[:200] + b'"/>',
        b"<base:Base64Container" + b' a="b"' * 60 + b">" + b" " * 60 + b"<![CDATA[" + DATA[:200] + b"]]>",
        b'<data value="' + b"QUJD&#xD;&#10;" * 20 + b'"/>',
        b'{"data":"' + b"QUJD\\r\\n" * 20 + b'"}',
    ],
    ids=["json", "xml", "kith", "referenced", "escaped"],
)
def test_a_cut_at_any_place_changes_nothing(body: bytes) -> None:
    # What stands before lets the cut be where it is no more held back for being near to the beginning.
    body = b"x" * 2000 + body
    whole = OutsideCounter(MOST).count(body, whole=True)
    for cut in range(1900, len(body)):
        counter = OutsideCounter(MOST)
        assert counter.count(bytearray(body[:cut])) <= whole
        assert counter.count(body, whole=True) == whole
