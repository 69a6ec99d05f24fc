"""Requests that a parser in front may see differently, byte for byte as they go over a raw socket.

Each holds a second request, or what one parser takes for one. Nothing here calls the gateway.
"""

from collections.abc import Iterator

DOOR = b"/fhir/$validate"
SECOND = b"GET /assessments/feed HTTP/1.1\r\nHost: x\r\n\r\n"
JSON = b"Content-Type: application/fhir+json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
HIDDEN = b'5\r\n{"a":\r\n0\r\n\r\n'


def post(*fields: bytes, body: bytes = b"{}", version: bytes = b"HTTP/1.1", line: bytes | None = None) -> bytes:
    """A POST with these header lines, each with its own end, and then the second request."""
    start = line if line is not None else b"POST " + DOOR + b" " + version + b"\r\n"
    return start + b"Host: x\r\n" + JSON + b"".join(fields) + b"\r\n" + body + SECOND


def length(number: int | bytes) -> bytes:
    return b"Content-Length: %b\r\n" % (number if isinstance(number, bytes) else b"%d" % number)


def ambiguous() -> Iterator[tuple[str, bytes]]:
    """What must be refused, and its connection closed with nothing of the second request answered."""
    yield (
        "CL.TE, CL of the rest",
        post(length(len(HIDDEN) + len(SECOND)), b"Transfer-Encoding: gzip, chunked\r\n", body=HIDDEN),
    )
    for number in (
        b"+2",
        b"-2",
        b"2,",
        b"2, 3",
        b"2,3",
        b"0x2",
        b"2 2",
        b"2;",
        b"",
        b"\xc2\xb2",
        b"1e1",
        b"2.0",
        b"9" * 40,
        b"two",
        b"2\x00",
        b"\xef\xbc\x92",
    ):
        yield f"length {number!r}", post(length(number))
    yield "two lengths", post(length(2), length(3))
    yield "two lengths, the other way", post(length(3), length(2))
    yield "two lengths, one empty", post(length(2), length(b""))
    for coding in (
        b"identity",
        b"gzip",
        b"chunked, chunked",
        b"chunked, identity",
        b"gzip, chunked",
        b"xchunked",
        b"chunked;q=1",
        b"\x0bchunked",
        b"chunked\x00",
        b'"chunked"',
        b"chu nked",
        b"",
        b"chunked,",
    ):
        yield f"coding {coding!r}", post(b"Transfer-Encoding: " + coding + b"\r\n", body=HIDDEN)
        yield f"coding {coding!r} and a length", post(length(2), b"Transfer-Encoding: " + coding + b"\r\n", body=HIDDEN)
    yield from _other_names()
    yield from _other_ends()


def _other_names() -> Iterator[tuple[str, bytes]]:
    """Headers whose names or values are none."""
    yield "two codings", post(CHUNKED, b"Transfer-Encoding: identity\r\n", body=HIDDEN)
    yield "chunked twice", post(CHUNKED, CHUNKED, body=HIDDEN)
    for name in (
        b"Content-Length ",
        b"Content-Length\t",
        b" Content-Length",
        b"Content\x00Length",
        b"Content Length",
        b"Cont\xc3\xa9nt",
        b"Content-Length\x0b",
        b"",
        b"(x)",
        b"x\x7f",
    ):
        yield f"name {name!r}", post(length(2), name + b": 3\r\n")
    yield "no colon", post(length(2), b"Transfer-Encoding chunked\r\n")
    yield "nul in a value", post(length(2), b"X: a\x00b\r\n")
    yield "bare CR in a value", post(length(2), b"X: a\rTransfer-Encoding: chunked\r\n")


def _other_ends() -> Iterator[tuple[str, bytes]]:
    """Chunks, versions and first lines that are none."""
    for size in (b"0x5", b"+5", b"-5", b"5 5", b"", b"g", b"5" * 30, b"\xef\xbc\x95", b"5\x00"):
        yield f"chunk of {size!r}", post(CHUNKED, body=size + b'\r\n{"a":\r\n0\r\n\r\n')
    yield "chunk longer than said", post(CHUNKED, body=b'2\r\n{"a":1}\r\n0\r\n\r\n')
    yield "chunk without an end", post(CHUNKED, body=b"2\r\n{}0\r\n\r\n")
    yield "HTTP/0.9", b"GET /healthz\r\n" + b"\r\n" + SECOND
    for version in (b"HTTP/1", b"HTTP/01.1", b"http/1.1", b"HTTP/1.1 x", b"XTTP/1.1"):
        yield f"version {version!r}", post(length(2), version=version)
    yield "two blanks in the line", post(length(2), line=b"POST  " + DOOR + b" HTTP/1.1\r\n")
    yield "tab in the line", post(length(2), line=b"POST\t" + DOOR + b"\tHTTP/1.1\r\n")
    yield "no path", post(length(2), line=b"POST HTTP/1.1\r\n")
    yield "control in the path", post(length(2), line=b"POST /\x01 HTTP/1.1\r\n")
    yield "letters in the path", post(length(2), line=b"POST /\xc3\xa6 HTTP/1.1\r\n")
    yield "two hosts", post(b"Host: y\r\n", length(2))
    yield "no host", b"POST " + DOOR + b" HTTP/1.1\r\n" + JSON + length(2) + b"\r\n{}" + SECOND
    yield "TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + SECOND
    yield "nothing but a nul", b"\x00" + SECOND
    yield "head that is too large", post(length(2), b"X: " + b"a" * 200_000 + b"\r\n")
    yield "line that is too large", post(length(2), line=b"POST /" + b"a" * 200_000 + b" HTTP/1.1\r\n")


def one_way() -> Iterator[tuple[str, bytes]]:
    """What may be read, if in one way only: the first request ends where the second begins, or nothing is answered."""
    yield "obs-fold in a value", post(length(2), b"X: a\r\n b\r\n")
    yield "obs-fold that looks like a length", post(length(2), b"X: a\r\n Content-Length: 3\r\n")
    yield "bare LF", post(length(2)).replace(b"\r\n", b"\n")
    yield "bare LF at one end", post(b"Content-Length: 2\n")
    yield "underscore in a name", post(length(2), b"Content_Length: 3\r\n")
    yield "one length twice", post(length(2), length(2))
    yield "one length twice in a list", post(length(b"2, 2"))
    yield "leading zeros", post(length(b"0002"))
    yield "blanks around a length", post(length(b"  \t2  "))
    yield "name in capitals", post(b"CONTENT-LENGTH: 2\r\n")
    yield "absolute form", post(length(2), line=b"POST http://other.example" + DOOR + b" HTTP/1.1\r\n")
    yield "authority form", post(length(2), line=b"CONNECT other.example:443 HTTP/1.1\r\n")
    yield "asterisk form", post(length(2), line=b"OPTIONS * HTTP/1.1\r\n")
    yield "two slashes", post(length(2), line=b"POST //other.example" + DOOR + b" HTTP/1.1\r\n")
    yield "dots in the path", post(length(2), line=b"POST /fhir/../fhir/$validate HTTP/1.1\r\n")
    yield "dots in escapes", post(length(2), line=b"POST /%2e%2e/fhir/$validate HTTP/1.1\r\n")
    yield "fragment", post(length(2), line=b"POST /fhir/$validate#x HTTP/1.1\r\n")
    yield "lines in escapes", post(length(2), line=b"POST /%0d%0aX:%20y HTTP/1.1\r\n")
    yield "another method", post(length(2), line=b"FROB " + DOOR + b" HTTP/1.1\r\n")
    yield "method in small letters", post(length(2), line=b"post " + DOOR + b" HTTP/1.1\r\n")
    yield "method told otherwise", post(length(2), b"X-HTTP-Method-Override: DELETE\r\n")
    yield "path told otherwise", post(length(2), b"X-Original-URL: /assessments/feed\r\nX-Rewrite-URL: /x\r\n")
    yield "GET with a body", post(length(2), line=b"GET /healthz HTTP/1.1\r\n")
    yield "HEAD with a body", post(length(2), line=b"HEAD /healthz HTTP/1.1\r\n")
    yield "a line before the request", b"\r\n" + post(length(2))
    yield "chunk with an extension", post(CHUNKED, body=b"2;a=b\r\n{}\r\n0\r\n\r\n")
    yield "chunk with leading zeros", post(CHUNKED, body=b"0002\r\n{}\r\n0\r\n\r\n")
    yield "last chunk of many zeros", post(CHUNKED, body=b"2\r\n{}\r\n000\r\n\r\n")
    yield "trailer", post(CHUNKED, body=b"2\r\n{}\r\n0\r\nX: y\r\n\r\n")
    yield "trailer that is a length", post(CHUNKED, body=b"2\r\n{}\r\n0\r\nContent-Length: 9\r\n\r\n")
    yield "chunked in capitals", post(b"Transfer-Encoding: CHUNKED\r\n", body=b"2\r\n{}\r\n0\r\n\r\n")
    yield "one byte a chunk", post(CHUNKED, body=b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")
    yield "expectation", post(length(2), b"Expect: 100-continue\r\n")
    yield "another expectation", post(length(2), b"Expect: x\r\n")
    yield "upgrade", post(length(2), b"Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n")
    yield "length as a hop", post(length(2), b"Connection: Content-Length\r\n")
    yield "version HTTP/1.2", post(length(2), version=b"HTTP/1.2")
    yield "version HTTP/2.0", post(length(2), version=b"HTTP/2.0")


def both_lengths() -> Iterator[tuple[str, bytes]]:
    """Chunked and a length, or chunked where nobody knows it: never more than one answer on such a connection."""
    yield "CL.TE", post(length(len(HIDDEN)), CHUNKED, body=HIDDEN)
    yield "CL.TE, nothing left", post(length(len(HIDDEN) + len(SECOND)), CHUNKED, body=b"0\r\n\r\n")
    yield "TE.CL", post(CHUNKED, length(4), body=HIDDEN)
    yield "TE.CL of nothing", post(CHUNKED, length(0), body=HIDDEN)
    yield "chunked in HTTP/1.0", post(CHUNKED, b"Connection: keep-alive\r\n", body=HIDDEN, version=b"HTTP/1.0")
    yield "length in HTTP/1.0", post(length(2), b"Connection: keep-alive\r\n", version=b"HTTP/1.0")
    yield "closing", post(length(2), b"Connection: close\r\n")


def unfinished() -> Iterator[tuple[str, bytes]]:
    """What ends before it should: it is not acted on."""
    whole = post(length(2))[: -len(SECOND)]
    yield "in the line", whole[:9]
    yield "in a header", whole[:40]
    yield "before the body", whole[:-2]
    yield "in the body", whole[:-1]
    yield "in a chunk", post(CHUNKED, body=b"5\r\n{}")[: -len(SECOND)]
    yield "before the last chunk", post(CHUNKED, body=b"2\r\n{}\r\n")[: -len(SECOND)]
    yield "in the last chunk", post(CHUNKED, body=b"2\r\n{}\r\n0\r\n")[: -len(SECOND)]
