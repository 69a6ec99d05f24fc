"""Looks for a word in bytes, however it was written down: plain, escaped, UTF-16, base64, hex, percent, compressed.

Nothing is assumed of the bytes: a database file, a log and an answer are searched alike. What is compressed is opened
and searched again.
"""

import base64
import re
import zlib
from collections.abc import Iterator

_GZIP = re.compile(rb"\x1f\x8b\x08")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_WINDOW = 1024 * 1024
_DEEPEST = 2
_FIRST_BYTES = 16


def spellings(word: str) -> dict[str, bytes]:
    """Name of a way to write the word, to the bytes it is then found by. Three thirds of base64 cover every offset."""
    plain = word.encode()
    named = {
        "plain": plain,
        "upper case": word.upper().encode(),
        "utf-16-le": word.encode("utf-16-le"),
        "utf-16-be": word.encode("utf-16-be"),
        "json escapes": "".join(f"\\u{ord(letter):04x}" for letter in word).encode(),
        "xml decimal references": "".join(f"&#{ord(letter)};" for letter in word).encode(),
        "xml hexadecimal references": "".join(f"&#x{ord(letter):x};" for letter in word).encode(),
        "percent": "".join(f"%{ord(letter):02X}" for letter in word).encode(),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
        "backwards": plain[::-1],
    }
    for offset in range(3):
        # The first and last letters depend on what stands around the word, so only those in between are looked for.
        whole = base64.b64encode(b"\0" * offset + plain)
        named[f"base64 at {offset}"] = whole[4 if offset else 0 : len(whole) - 4]
    return named


def traces(content: bytes, word: str, depth: int = 0) -> set[str]:
    """The ways in which the word stands in the content; empty when it does not."""
    found = {name for name, needle in spellings(word).items() if needle in content}
    if depth < _DEEPEST:
        for opened in _opened(content):
            found |= {f"compressed {name}" for name in traces(opened, word, depth + 1)}
    return found


def _opened(content: bytes) -> Iterator[bytes]:
    view = memoryview(content)
    for start, bits in (
        *((match.start(), 31) for match in _GZIP.finditer(content)),
        *((match.start(), 15) for match in _ZLIB.finditer(content)),
    ):
        # Encrypted bytes look like a beginning now and then; that nothing sensible follows shows at once.
        if len(_inflated(view[start : start + 4096], bits)) >= _FIRST_BYTES:
            yield _inflated(view[start : start + _WINDOW], bits)


def _inflated(content: memoryview, bits: int) -> bytes:
    """As much of compressed content as can be read, at most a few windows long."""
    machine = zlib.decompressobj(bits)
    opened = b""
    try:
        for start in range(0, len(content), 1024):
            opened += machine.decompress(content[start : start + 1024], 4 * _WINDOW)
    except zlib.error:
        return opened
    return opened
