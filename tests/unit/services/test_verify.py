"""The signer against the sender that the signed bytes name: who it is, who it is not, and what nobody can tell."""

from pathlib import Path

import pytest

from certgateway import bootstrap
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.message import Envelope, Format, SenderNumber, SignedBy
from certgateway.services.verify import Content, held_to_sender, signed_content
from certgateway.trust.xml_signing import Signatory, sign
from tests import jws
from tests.signing import AT, MESSAGES, Identity, authority, office, raw

OWN, OTHER = "987654325", "974760673"
SIGNER = SignedBy("0f" * 32, OWN)


def envelope(*numbers: SenderNumber) -> Envelope:
    return Envelope("m-1", "her:8143060", str, numbers)


def own(number: str, path: str = "/a") -> SenderNumber:
    return SenderNumber(number, path)


def inner(number: str) -> SenderNumber:
    return SenderNumber(number, "/a/b", inner=True)


@pytest.mark.parametrize("numbers", [[own(OWN)], [own(OWN), own(OWN)], [own(OWN), inner(OWN)]], ids=str)
def test_a_signer_with_the_sender_s_number_is_not_refused(numbers: list[SenderNumber]) -> None:
    assert held_to_sender(SIGNER, envelope(*numbers)) == SIGNER


@pytest.mark.parametrize(
    "numbers",
    [
        [own(OTHER, "/x")],
        [own(OWN), own(OTHER, "/x")],
        [own(OTHER, "/x"), own(OWN)],
        [own(OTHER, "/x"), inner(OWN)],
        [own(f"{OWN}0", "/x")],
        [own("NO987654325MVA", "/x")],
    ],
    ids=str,
)
def test_any_other_number_of_the_sender_is_a_finding_where_it_stands(numbers: list[SenderNumber]) -> None:
    assert held_to_sender(SIGNER, envelope(*numbers)) == Finding("signer-not-sender", Effect.REFUSE, path="/x")


@pytest.mark.parametrize(
    "numbers",
    [[], [inner(OWN)], [inner(OTHER)], [own(OWN), inner(OTHER)], [own(OWN), inner(OWN), inner(OTHER)]],
    ids=str,
)
def test_what_the_message_does_not_say_of_the_sender_leaves_it_open(numbers: list[SenderNumber]) -> None:
    assert held_to_sender(SIGNER, envelope(*numbers)) == SIGNER


def test_without_a_number_a_signature_or_a_readable_message_it_is_open_too() -> None:
    nameless = SignedBy("0f" * 32, None)
    assert held_to_sender(nameless, envelope(own(OWN))) == nameless
    assert held_to_sender(None, envelope(own(OWN))) is None
    assert held_to_sender(SIGNER, None) == SIGNER


def test_of_the_certificate_its_digest_and_number_are_told_and_no_name(tmp_path: Path) -> None:
    (tmp_path / "anchors.pem").write_bytes(authority().certificate_pem)
    asked = bootstrap.signatures_of("verify", tmp_path / "anchors.pem")
    assert asked is not None
    body = raw("good/back-pain-tolerates-load")
    content = signed_content(sign(body, Signatory(office().key, office().certificate)), "fhir-xml", asked, AT)
    assert isinstance(content, Content)
    assert content.signer is not None
    assert content.signer.organisation == OWN
    assert "Granlia" not in repr(content.signer)
    assert signed_content(body, "fhir-xml", asked, AT) == Content(body, None)


@pytest.mark.parametrize("anchor,issued", [(authority(), True), (office(), False)], ids=["issuer", "pinned"])
@pytest.mark.parametrize("format_", ["fhir-xml", "fhir-json"])
def test_by_whom_a_signer_is_vouched_for(tmp_path: Path, anchor: Identity, format_: Format, *, issued: bool) -> None:
    (tmp_path / "anchors.pem").write_bytes(anchor.certificate_pem)
    asked = bootstrap.signatures_of("require", tmp_path / "anchors.pem")
    assert asked is not None
    if format_ == "fhir-xml":
        body = sign(raw("good/back-pain-tolerates-load"), Signatory(office().key, office().certificate))
        content = signed_content(body, format_, asked, AT)
    else:
        body = (MESSAGES / "good/back-pain-tolerates-load.json").read_bytes()
        content = signed_content(body, format_, asked, AT, [jws.signed(body, jws.header(office()), office().key)])
    assert isinstance(content, Content)
    assert content.signer is not None
    assert content.signer.issued is issued


def test_a_detached_signature_belongs_to_json_alone(tmp_path: Path) -> None:
    (tmp_path / "anchors.pem").write_bytes(authority().certificate_pem)
    asked = bootstrap.signatures_of("require", tmp_path / "anchors.pem")
    assert asked is not None
    body = raw("good/back-pain-tolerates-load")
    found = signed_content(body, "fhir-xml", asked, AT, [jws.signed(body, jws.header(office()), office().key)])
    cause = {"cause": "signature-misplaced"}
    assert found == Finding("signature-refused", Effect.REFUSE, line=1, column=1, detail=cause)


@pytest.mark.parametrize(
    "format_,body,fault,place",
    [
        ("fhir-xml", b"<Bundle xmlns='http://hl7.org/fhir'>\n<Signature>\n</Bundle>", "not-xml", (3, 3)),
        ("fhir-json", b'{"signature":\n\n  {]}', "not-json", (3, 4)),
    ],
    ids=["xml", "json"],
)
def test_what_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, format_: Format, body: bytes, fault: str, place: tuple[int, int]
) -> None:
    (tmp_path / "anchors.pem").write_bytes(authority().certificate_pem)
    asked = bootstrap.signatures_of("require", tmp_path / "anchors.pem")
    assert asked is not None
    line, column = place
    assert signed_content(body, format_, asked, AT) == Finding(fault, Effect.REFUSE, line=line, column=column)
