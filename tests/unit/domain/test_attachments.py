"""Which attachments are taken, and what a document is by its first bytes, whatever somebody calls it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.attachments import TAKEN, AttachmentPolicy, media_type, refusals, sniff, type_of
from certgateway.domain.certificate import Attachment

DIGEST = "ab" * 32


def refused(
    content_type: str = "application/pdf",
    size: int = 1,
    index: int = 0,
    policy: AttachmentPolicy = TAKEN,
    infected: frozenset[str] = frozenset(),
) -> list[str]:
    return list(refusals(Attachment(content_type, size, DIGEST), index, policy, infected))


@pytest.mark.parametrize(
    "content,type_",
    [
        (b"%PDF-1.7\n%", "application/pdf"),
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\xff\xd8\xff\xdb", "image/jpeg"),
        (b"II*\x00\x08\x00\x00\x00", "image/tiff"),
        (b"MM\x00*\x00\x00\x00\x08", "image/tiff"),
        (b"", "other"),
        (b"%PDF", "other"),
        (b" %PDF-1.7", "other"),
        (b"\x89PNG\n\x1a\n", "other"),
        (b"\xff\xd8", "other"),
        (b"II\x00*", "other"),
        (b"MM*\x00", "other"),
        (b"II+\x00\x08\x00", "other"),
        (b"MZ\x90\x00", "other"),
        (b"PK\x03\x04", "other"),
        (b"GIF89a", "other"),
        (b"<html>", "other"),
    ],
)
def test_type_is_told_by_the_first_bytes(content: bytes, type_: str) -> None:
    assert sniff(content) == type_


@given(st.binary(max_size=16))
def test_any_bytes_are_of_a_type_that_may_be_taken_or_of_none(content: bytes) -> None:
    assert sniff(content) in {*TAKEN.types, "other"}


def test_what_is_taken_where_nothing_else_was_set() -> None:
    assert TAKEN.types == ("application/pdf", "image/png", "image/jpeg", "image/tiff")
    assert (TAKEN.largest, TAKEN.most) == (10 * 1024 * 1024, 10)


@pytest.mark.parametrize("content_type", [*TAKEN.types, "IMAGE/PNG", "application/pdf; name=a.pdf", " image/jpeg "])
def test_types_are_compared_without_case_and_parameters(content_type: str) -> None:
    assert media_type(content_type) in TAKEN.types
    assert refused(content_type) == []


@pytest.mark.parametrize("content_type", ["", "other", "text/html", "application/pdfx", "x/y; application/pdf"])
def test_another_type_is_refused(content_type: str) -> None:
    assert refused(content_type) == ["type"]


def test_the_limits_themselves_are_taken() -> None:
    policy = AttachmentPolicy(largest=1000, most=2)
    assert refused(size=1000, index=1, policy=policy) == []
    assert refused(size=1001, index=1, policy=policy) == ["size"]
    assert refused(size=1000, index=2, policy=policy) == ["count"]


def test_a_document_with_a_find_is_refused_by_its_digest() -> None:
    assert refused(infected=frozenset({DIGEST})) == ["malware"]
    assert refused(infected=frozenset({"cd" * 32})) == []


def test_every_reason_is_told_gravest_first() -> None:
    policy = AttachmentPolicy(types=(), largest=0, most=0)
    assert refused(policy=policy, infected=frozenset({DIGEST})) == ["malware", "type", "size", "count"]


@pytest.mark.parametrize("largest,text", [(10 * 1024 * 1024, "10 MiB"), (1024 * 1024, "1 MiB"), (1500, "1500 byte")])
def test_the_size_is_told_for_people(largest: int, text: str) -> None:
    assert AttachmentPolicy(largest=largest).largest_text == text


def test_an_empty_document_is_refused_for_that_and_not_for_its_type() -> None:
    assert refused("other", size=0) == ["empty"]
    assert refused("other", size=0, infected=frozenset({DIGEST})) == ["malware", "empty"]


PDF = b"%PDF-1.7"


@pytest.mark.parametrize(
    "stated, content, type_",
    [
        ("application/pdf", PDF, "application/pdf"),
        ("Application/PDF; x=y", PDF, "application/pdf"),
        (None, PDF, "application/pdf"),
        ("", PDF, "application/pdf"),
        ("application/octet-stream", PDF, "application/pdf"),
        ("image/jpg", b"\xff\xd8\xff", "image/jpeg"),
        ("image/png", PDF, "other"),
        ("application/pdf", b"MZ", "other"),
        ("application/octet-stream", b"MZ", "other"),
        ("text/html", b"<p>", "other"),
    ],
    ids=range(10),
)
def test_a_document_is_what_its_bytes_are_unless_its_sender_says_another(
    stated: str | None, content: bytes, type_: str
) -> None:
    assert type_of(stated, content) == type_


def test_a_document_that_is_not_the_one_that_was_described_is_refused_for_that() -> None:
    other = Attachment("other", 1, DIGEST, as_stated=False)
    assert list(refusals(other, 0, TAKEN)) == ["differs"]
    assert list(refusals(other, TAKEN.most, TAKEN, frozenset({DIGEST}))) == ["malware", "differs", "count"]
