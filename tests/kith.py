"""The KITH fixtures as bytes, and changes to them that a sender might make. Nothing here calls the gateway."""

import re
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "messages" / "kith"
WHOLE = "good/every-element"
SMALL = "good/back-pain-one-tick"
HEAD = "/*[local-name()='MsgHead'][1]"
FORM = f"{HEAD}/*[local-name()='Document'][1]/*[local-name()='RefDoc'][1]/*[local-name()='Content'][1]"
FORM += "/*[local-name()='Legeerklaring'][1]"
PDF = "JVBERi0xLjQK"
"""The first bytes of a PDF in base64."""


def raw(name: str = WHOLE) -> bytes:
    """A fixture by its name below fixtures/messages/kith."""
    return (FIXTURES / f"{name}.xml").read_bytes()


def changed(body: bytes, *changes: tuple[str, str], encoding: str = "utf-8") -> bytes:
    """The message with each text replaced; every one must stand in it exactly once."""
    for old, new in changes:
        before = old.encode(encoding)
        if body.count(before) != 1:
            raise ValueError(f"{old} stands {body.count(before)} times in the message")
        body = body.replace(before, new.encode(encoding))
    return body


def inserted(body: bytes, mark: str, piece: str) -> bytes:
    """The message with a piece of XML before the first place where the mark stands."""
    if mark.encode() not in body:
        raise ValueError(f"{mark} does not stand in the message")
    return body.replace(mark.encode(), piece.encode() + mark.encode(), 1)


def without(body: bytes, name: str) -> bytes:
    """The message without the first element of a name."""
    pattern = rb"<%b\b(?:[^>]*/>|.*?</%b>)" % (name.encode(), name.encode())
    found, number = re.subn(pattern, b"", body, count=1, flags=re.DOTALL)
    if not number:
        raise ValueError(f"{name} does not stand in the message")
    return found


def message_id(body: bytes) -> str:
    """MsgInfo/MsgId."""
    found = re.search(rb"<MsgId>(.*?)</MsgId>", body)
    if found is None:
        raise ValueError("the message has no MsgId")
    return found[1].decode()


def numbered(body: bytes, number: int) -> bytes:
    """The same content under another message id."""
    return changed(body, (f"<MsgId>{message_id(body)}<", f"<MsgId>0f5d0c1e-0000-4000-a000-{number:012}<"))


def at(*steps: str) -> str:
    """A place below the form as an XPath: `at("Prognose", "@bedreArbeidsevne")`; a number stands in brackets."""
    return FORM + "".join(_step(step) for step in steps)


def _step(step: str) -> str:
    name, _, number = step.rstrip("]").partition("[")
    return f"/{name}" if name.startswith("@") else f"/*[local-name()='{name}'][{number or 1}]"


def attachment(content: str = PDF, mime: str = "application/pdf", connection: str | None = "V", kind: str = "A") -> str:
    """A Document with bytes in base64, as text to be inserted."""
    marked = f'<DocumentConnection V="{connection}"/>' if connection else ""
    container = f'<Base64Container xmlns="http://www.kith.no/xmlstds/base64container">{content}</Base64Container>'
    return (
        f'<Document>{marked}<RefDoc><MsgType V="{kind}"/><MimeType>{mime}</MimeType>'
        f"<Content>{container}</Content></RefDoc></Document>"
    )
