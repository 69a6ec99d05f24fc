"""Only a signature that holds gives content and signer; each cause of refusal has its id, and its case here."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from functools import cache

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from lxml import etree

from certgateway.safejson import Unreadable
from certgateway.trust import xml_signatures
from certgateway.trust.certificates import Anchors
from certgateway.trust.revocation import NotAsked
from certgateway.trust.signature_refusal import CAUSES, SignatureRefused
from certgateway.trust.signed_info import find_signature
from certgateway.trust.xml_signatures import Signer, Verified, is_signed, verify
from certgateway.trust.xml_signing import Signatory, sign
from tests.calibration import assert_within, cpu
from tests.signing import (
    AT,
    DS,
    DSIG,
    EXCLUSIVE,
    INCLUSIVE,
    INCLUSIVE_11,
    Identity,
    authority,
    canonical,
    raw,
    resigned,
    signed_by_signxml,
    signed_by_xmlsec,
    signer,
    valid_messages,
    written,
)

ANCHORS = Anchors((authority().certificate,), (), NotAsked("made for this test"))
ENCODINGS = ("utf-8", "iso-8859-1")
SMALL = "kith/good/back-pain-one-tick"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
METHODS = [f"{kind}-sha{size}" for kind in ("rsa", "ecdsa") for size in (256, 384, 512)]
Edit = Callable[[etree._Element], None]


def signatory(identity: Identity) -> Signatory:
    return Signatory(identity.key, identity.certificate)


@cache
def signed(name: str = SMALL) -> bytes:
    return sign(raw(name), signatory(signer()))


def edited(edit: Edit, body: bytes | None = None) -> bytes:
    root = etree.fromstring(body or signed())
    edit(root)
    return written(root)


def part(root: etree._Element, name: str) -> etree._Element:
    found = root.find(f".//ds:{name}", DS)
    assert found is not None
    return found


def refused(body: bytes, anchors: Anchors = ANCHORS) -> str:
    with pytest.raises(SignatureRefused) as caught:
        verify(body, anchors, AT, encodings=ENCODINGS)
    assert str(caught.value) == caught.value.id
    return caught.value.id


# ---- what is taken --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", valid_messages())
def test_what_we_sign_is_taken_as_what_it_was(name: str) -> None:
    body = signed(name)
    verified = verify(body, ANCHORS, AT)
    assert verified.content == canonical(etree.fromstring(body))
    before = etree.fromstring(raw(name), etree.XMLParser(remove_comments=True))
    assert verified.content == etree.tostring(before, method="c14n", exclusive=True)


@pytest.mark.parametrize("method", METHODS)
def test_what_signxml_signs_is_taken(method: str) -> None:
    identity = signer("rsa3072" if method.startswith("rsa") else "p384")
    digest = "sha" + method[-3:]
    body = signed_by_signxml(raw(SMALL), identity, method=method, digest=digest, form=EXCLUSIVE)
    verified = verify(body, ANCHORS, AT)
    assert verified.content == canonical(etree.fromstring(body))


@pytest.mark.parametrize("size", [256, 384, 512])
def test_rsa_pss_is_taken(size: int) -> None:
    method = f"http://www.w3.org/2007/05/xmldsig-more#sha{size}-rsa-MGF1"
    body = signed_by_signxml(raw(SMALL), signer("rsa3072"), method=method, digest="sha256", form=EXCLUSIVE)
    assert verify(body, ANCHORS, AT).signer.name == "Legekontor 0"


@pytest.mark.parametrize("uri", ["", "#melding"])
@pytest.mark.parametrize("forms", [("C14N", "C14N"), ("C14N11", "C14N11"), ("EXCL_C14N", "C14N"), ("C14N",)], ids=str)
@pytest.mark.parametrize("name", [SMALL, "kith/good/prefixes-and-comment-first", "good/required-items-only"])
def test_inclusive_canonicalisation_is_taken_of_the_whole_document(name: str, forms: tuple[str, ...], uri: str) -> None:
    body = signed_by_xmlsec(raw(name), signer(), method="ECDSA_SHA256", digest="SHA384", forms=forms, uri=uri)
    root = etree.fromstring(body)
    assert verify(body, ANCHORS, AT).content == canonical(root, exclusive=False)


def test_the_signer_is_told_by_the_certificate() -> None:
    told = verify(signed(), ANCHORS, AT).signer
    assert (told.name, told.organisation, told.trusted_by) == ("Legekontor 0", "999999990", "issuer")
    assert len(told.certificate) == 64


def test_iso_8859_1_is_taken_where_it_is_asked_for() -> None:
    body = raw("kith/good/nynorsk-iso-8859-1")
    made = signed_by_signxml(body, signer(), method="ecdsa-sha256", digest="sha256", form=EXCLUSIVE)
    latin = b'<?xml version="1.0" encoding="ISO-8859-1"?>' + etree.tostring(etree.fromstring(made))
    assert verify(latin, ANCHORS, AT, encodings=ENCODINGS).content == canonical(etree.fromstring(made))
    with pytest.raises(SignatureRefused) as caught:
        verify(latin, ANCHORS, AT)
    assert caught.value.id == "encoding-refused"


def test_the_tree_is_that_of_the_signed_bytes() -> None:
    verified = verify(signed(), ANCHORS, AT)
    assert etree.tostring(verified.tree(), method="c14n", exclusive=True) == verified.content
    assert verified.tree().find("ds:Signature", DS) is None


def test_what_stands_around_the_signature_stays() -> None:
    body = etree.tostring(etree.fromstring(b"<a>before<b/>between</a>"))
    made = sign(body, signatory(signer()))
    assert verify(made, ANCHORS, AT).content == b"<a>before<b></b>between</a>"
    start, end = made.index(b"<Signature"), made.index(b"</a>")
    signature = made[start:end]
    for place, text in ((b"before", b"before"), (b"between", b"between")):
        moved = made.replace(signature, b"").replace(place, b"be" + signature + text[2:], 1)
        assert verify(moved, ANCHORS, AT).content == b"<a>before<b></b>between</a>"


def test_names_of_signatures_in_comments_and_other_vocabularies_are_no_signatures() -> None:
    body = b'<a><!-- <Signature/> --><o:Signature xmlns:o="urn:x"/><Reference/><Reference/><Reference/></a>'
    verify(sign(body, signatory(signer())), ANCHORS, AT).content.startswith(b"<a><o:Signature")


WRAPPER = "{urn:x-wrapper}Wrapper"


def wrapped(body: bytes, around: str = "", behind: str = "") -> bytes:
    document = body[body.index(b"?>") + 2 :].lstrip()
    return f'<Wrapper xmlns="urn:x-wrapper"{around}>\n '.encode() + document + f"\n{behind}</Wrapper>".encode()


@pytest.mark.parametrize("form", ["EXCL_C14N", "C14N"])
def test_what_was_signed_before_it_was_wrapped_is_taken_where_that_is_expected(form: str) -> None:
    body = signed_by_xmlsec(raw(SMALL), signer(), method="ECDSA_SHA256", digest="SHA256", forms=(form, form))
    found = verify(wrapped(body, behind="<Block/>"), ANCHORS, AT, wrappers=frozenset({WRAPPER}))
    assert found.content == verify(body, ANCHORS, AT).content
    assert found.wrapper == WRAPPER
    assert verify(body, ANCHORS, AT, wrappers=frozenset({WRAPPER})).wrapper is None
    assert refused(wrapped(body)) == "signature-misplaced"


def test_what_the_wrapper_declares_is_not_signed_and_does_no_harm() -> None:
    around = wrapped(signed(), ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="false"')
    found = verify(around, ANCHORS, AT, wrappers=frozenset({WRAPPER}))
    assert found.content == verify(signed(), ANCHORS, AT).content


def test_a_wrapper_holds_one_document_of_a_kind_and_its_signature_directly() -> None:
    another = '<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"/>'
    deeper = b'<Wrapper xmlns="urn:x-wrapper">' + wrapped(signed()) + b"</Wrapper>"
    below = edited(lambda root: root[0].append(part(root, "Signature")))
    for body in (wrapped(signed(), behind=another), deeper, wrapped(below)):
        with pytest.raises(SignatureRefused, match="signature-misplaced"):
            verify(body, ANCHORS, AT, wrappers=frozenset({WRAPPER}))


# ---- what cannot be had otherwise -----------------------------------------------------------------------------------


def test_nobody_else_can_say_who_signed_what() -> None:
    verified = verify(signed(), ANCHORS, AT)
    with pytest.raises(TypeError):
        Verified(b"<a/>", verified.signer, None, proof=object())  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Signer("00", None, None, "issuer", proof=object())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="proof"):
        dataclasses.replace(verified, content=b"<a/>")  # type: ignore[call-arg]
    with pytest.raises(dataclasses.FrozenInstanceError):
        verified.content = b"<a/>"  # type: ignore[misc]
    assert copy.copy(verified).content == verified.content


def test_neither_content_nor_name_is_shown() -> None:
    shown = repr(verify(signed(), ANCHORS, AT))
    assert "MsgHead" not in shown
    assert "Legekontor" not in shown


# ---- what is refused, and by which id -------------------------------------------------------------------------------


def _set(name: str, attribute: str, value: str) -> Edit:
    return lambda root: part(root, name).set(attribute, value)


def _unset(name: str, attribute: str) -> Edit:
    def edit(root: etree._Element) -> None:
        del part(root, name).attrib[attribute]

    return edit


def _text(name: str, text: str) -> Edit:
    def edit(root: etree._Element) -> None:
        part(root, name).text = text

    return edit


def _add(name: str, xml: str) -> Edit:
    return lambda root: part(root, name).append(etree.fromstring(xml.replace('"#"', f'"{DSIG}"')))


def _instead(name: str, xml: str) -> Edit:
    def edit(root: etree._Element) -> None:
        one = part(root, name)
        for child in list(one):
            one.remove(child)
        _add(name, xml)(root)

    return edit


def _without(name: str) -> Edit:
    def edit(root: etree._Element) -> None:
        one = part(root, name)
        parent = one.getparent()
        assert parent is not None
        parent.remove(one)

    return edit


def _after(name: str, *steps: Edit) -> Edit:
    def edit(root: etree._Element) -> None:
        for step in steps:
            step(root)

    edit.__name__ = name
    return edit


def _ids(*places: str) -> Edit:
    """The root named by an id attribute, the Reference by #x, and others with the same id."""

    def edit(root: etree._Element) -> None:
        root.set("Id", "x")
        part(root, "Reference").set("URI", "#x")
        for place in places:
            root[0].set(place, "x")

    return edit


XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
# The sender's own key signs all of these anew: what is refused is what they say, not that the signature fails.
RESIGNED: list[tuple[str, Edit]] = [
    ("canonicalization-refused", _set("CanonicalizationMethod", "Algorithm", f"{EXCLUSIVE}WithComments")),
    ("canonicalization-refused", _set("CanonicalizationMethod", "Algorithm", "")),
    (
        "canonicalization-refused",
        _add("CanonicalizationMethod", f'<InclusiveNamespaces xmlns="{EXCLUSIVE}" PrefixList="#default"/>'),
    ),
    ("signature-method-refused", _set("SignatureMethod", "Algorithm", f"{DSIG}rsa-sha1")),
    ("signature-method-refused", _set("SignatureMethod", "Algorithm", f"{MORE}ecdsa-sha1")),
    ("signature-method-refused", _set("SignatureMethod", "Algorithm", f"{MORE}rsa-md5")),
    ("signature-method-refused", _set("SignatureMethod", "Algorithm", f"{MORE}hmac-sha256")),
    ("signature-method-refused", _set("SignatureMethod", "Algorithm", "http://www.w3.org/2009/xmldsig11#dsa-sha256")),
    ("signature-method-refused", _add("SignatureMethod", '<HMACOutputLength xmlns="#">8</HMACOutputLength>')),
    ("digest-method-refused", _set("DigestMethod", "Algorithm", f"{DSIG}sha1")),
    ("digest-method-refused", _set("DigestMethod", "Algorithm", f"{MORE}md5")),
    ("digest-method-refused", _add("DigestMethod", '<x xmlns="urn:x"/>')),
    ("transforms-refused", _instead("Transforms", f'<Transform xmlns="#" Algorithm="{EXCLUSIVE}"/>')),
    (
        "transforms-refused",
        _add("Transforms", '<Transform xmlns="#" Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>'),
    ),
    (
        "transforms-refused",
        _add("Transforms", '<Transform xmlns="#" Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/>'),
    ),
    ("transforms-refused", _add("Transforms", f'<Transform xmlns="#" Algorithm="{EXCLUSIVE}"/>')),
    ("transforms-refused", lambda root: part(root, "Transforms").append(part(root, "Transform"))),
    ("transforms-refused", _add("Transform", '<XPath xmlns="#">not(self::x)</XPath>')),
    ("signature-malformed", _add("Transforms", '<XPath xmlns="#">not(self::x)</XPath>')),
    ("signature-malformed", _set("Transforms", "Id", "x")),
    ("signature-malformed", _set("Transform", "x", "x")),
    ("signature-malformed", _text("Transform", "x")),
    ("signature-malformed", _set("Reference", "Type", f"{DSIG}Manifest")),
    ("signature-malformed", _without("Transforms")),
    ("signature-malformed", _without("Reference")),
    ("signature-malformed", _add("SignedInfo", '<x xmlns="urn:x"/>')),
    ("signature-malformed", _set("SignedInfo", "x", "x")),
    ("signature-malformed", _set("Signature", "x", "x")),
    ("signature-malformed", _text("Signature", "x")),
    ("several-references", _add("SignedInfo", '<Reference xmlns="#" URI=""/>')),
    ("too-many-references", _after("four", *[_add("SignedInfo", '<Reference xmlns="#" URI=""/>')] * 3)),
    ("several-signatures", _add("Signature", '<Signature xmlns="#"/>')),
    ("reference-refused", _set("Reference", "URI", "http://127.0.0.1/x.xml")),
    ("reference-refused", _set("Reference", "URI", "file:///etc/hostname")),
    ("reference-refused", _set("Reference", "URI", "#xpointer(/)")),
    ("reference-refused", _set("Reference", "URI", "#nobody")),
    ("reference-refused", _unset("Reference", "URI")),
    ("reference-refused", _after("below", lambda root: root[0].set("Id", "y"), _set("Reference", "URI", "#y"))),
    ("id-ambiguous", _ids("Id")),
    ("id-ambiguous", _ids("ID")),
    ("id-ambiguous", _ids("id")),
    ("id-ambiguous", _ids(XML_ID)),
    ("object-refused", _add("Signature", '<Object xmlns="#"/>')),
    ("certificate-missing", _without("KeyInfo")),
    ("certificate-missing", _without("X509Data")),
    ("certificate-missing", _without("X509Certificate")),
    ("certificate-missing", _instead("X509Data", '<X509SubjectName xmlns="#">CN=x</X509SubjectName>')),
    ("certificate-missing", _instead("KeyInfo", '<KeyValue xmlns="#"><RSAKeyValue/></KeyValue>')),
    ("key-info-refused", _instead("KeyInfo", '<RetrievalMethod xmlns="#" URI="#x"/>')),
    ("key-info-refused", _add("KeyInfo", '<KeyName xmlns="#">x</KeyName>')),
    ("key-info-refused", _add("KeyInfo", '<X509Data xmlns="#"/>')),
    ("key-info-refused", _add("X509Data", '<X509CRL xmlns="#">AAAA</X509CRL>')),
    ("key-info-refused", _after("many", *[_add("X509Data", '<X509Certificate xmlns="#">AAAA</X509Certificate>')] * 4)),
    ("signature-malformed", _set("KeyInfo", "x", "x")),
    ("signature-malformed", _text("X509Data", "x")),
    ("signature-malformed", _text("X509Certificate", "A")),
    ("signature-malformed", _text("X509Certificate", "Ø")),
    ("signature-malformed", _text("X509Certificate", " ")),
    ("signature-malformed", _text("X509Certificate", "A" * 20_000)),
    ("signature-malformed", _add("X509Certificate", '<x xmlns="urn:x"/>')),
    ("signature-malformed", _set("X509Certificate", "Id", "x")),
    ("certificate-unreadable", _text("X509Certificate", "AAAA")),
]


@pytest.mark.parametrize(
    "cause,edit", RESIGNED, ids=[f"{number} {cause}" for number, (cause, _) in enumerate(RESIGNED)]
)
def test_what_a_signature_may_not_say_is_refused_though_its_key_signed_it(cause: str, edit: Edit) -> None:
    assert refused(resigned(edited(edit), signer())) == cause


def test_signing_anew_does_no_harm() -> None:
    """Else the cases above could pass for a signature that no longer holds."""
    verify(resigned(edited(lambda _: None), signer()), ANCHORS, AT)
    verify(resigned(edited(_ids()), signer()), ANCHORS, AT)


OTHER = signer(number=1).certificate_base64
BROKEN: list[tuple[str, Edit]] = [
    ("digest-differs", lambda root: root[0].set("x", "x")),
    ("signature-invalid", _text("DigestValue", "AAAA")),
    ("signature-invalid", _text("SignatureValue", "AAAA")),
    ("signature-invalid", _text("SignatureValue", "AAAA" * 21 + "AA==")),
    ("key-mismatch", _set("SignatureMethod", "Algorithm", f"{MORE}rsa-sha256")),
    ("signature-missing", _without("Signature")),
    ("signature-misplaced", lambda root: root[0].append(part(root, "Signature"))),
    ("key-value-differs", _add("KeyInfo", '<KeyValue xmlns="#"><RSAKeyValue/></KeyValue>')),
    ("certificate-ambiguous", _add("X509Data", f'<X509Certificate xmlns="#">{OTHER}</X509Certificate>')),
    ("certificate-ambiguous", _text("X509Certificate", authority().certificate_base64)),
]


@pytest.mark.parametrize("cause,edit", BROKEN, ids=[f"{at} {cause}" for at, (cause, _) in enumerate(BROKEN)])
def test_what_does_not_hold_is_refused(cause: str, edit: Edit) -> None:
    assert refused(edited(edit)) == cause


def test_a_key_of_another_kind_than_the_method_is_refused() -> None:
    body = sign(raw(SMALL), signatory(signer("rsa3072")))
    assert refused(edited(_set("SignatureMethod", "Algorithm", f"{MORE}ecdsa-sha256"), body)) == "key-mismatch"


def test_sha_1_by_the_sender_s_own_key_is_refused() -> None:
    body = edited(
        _after(
            "sha-1",
            _set("SignatureMethod", "Algorithm", f"{MORE}ecdsa-sha1"),
            _set("DigestMethod", "Algorithm", f"{DSIG}sha1"),
        )
    )
    weak = SHA1()  # noqa: S303  That is what is refused.
    assert refused(resigned(body, signer(), weak, digest="sha1")) == "signature-method-refused"


@pytest.mark.parametrize(
    "cause,body",
    [
        ("not-xml", b"<a>"),
        ("empty-body", b""),
        ("doctype-refused", b"<!DOCTYPE a><a/>"),
        ("instruction-refused", b"<?x y?><a/>"),
        ("encoding-refused", "<a/>".encode("utf-16")),
        ("signature-missing", b"<a/>"),
        ("too-many-references", f'<a xmlns="{DSIG}"><Reference/><Reference/><Reference/><Reference/></a>'.encode()),
        ("several-signatures", f'<a xmlns="{DSIG}"><Signature/><!-- --><Signature/></a>'.encode()),
    ],
)
def test_what_cannot_be_read_is_refused_by_the_reader_s_own_id(cause: str, body: bytes) -> None:
    assert refused(body) == cause


def test_two_signatures_are_none_to_choose_from() -> None:
    """The count before has found them; the tree says so again, for whoever comes without counting."""
    root = etree.fromstring(f'<a xmlns="{DSIG}"><Signature/><Signature/></a>')
    with pytest.raises(SignatureRefused, match="several-signatures"):
        find_signature(root)


def test_size_has_a_limit() -> None:
    assert refused(b" " * (20 * 1024 * 1024) + b"<a/>") == "too-large"


def test_inclusive_canonicalisation_is_for_few_declarations() -> None:
    def inclusive(root: etree._Element) -> None:
        part(root, "CanonicalizationMethod").set("Algorithm", INCLUSIVE_11)
        part(root, "Transforms")[1].set("Algorithm", INCLUSIVE)

    body = edited(inclusive)
    # Same pair each time, which costs nothing in exclusive form.
    many = body.replace(b"</MsgHead>", b'<x xmlns="urn:x"/>' * 64 + b"</MsgHead>")
    assert refused(many) == "namespaces-refused"
    assert refused(body.replace(b"</MsgHead>", b'<x xmlns="urn:x"/>' * 32 + b"</MsgHead>")) == "signature-invalid"
    assert refused(body.replace(b"<MsgHead ", b'<MsgHead xml:lang="nb" ', 1)) == "namespaces-refused"


def test_a_namespace_that_has_no_canonical_form_is_refused() -> None:
    body = sign(b"<a/>", signatory(signer()))
    assert refused(body.replace(b"<a>", b'<a xmlns="relative">')) == "namespaces-refused"


def test_hints_beside_the_certificate_are_not_read() -> None:
    hint = '<X509SubjectName xmlns="#">CN=Noen andre</X509SubjectName>'
    assert verify(edited(_add("X509Data", hint)), ANCHORS, AT).signer.name == "Legekontor 0"


def test_the_certificates_above_may_come_along_in_any_order() -> None:
    above = f'<X509Certificate xmlns="{DSIG}">{authority().certificate_base64}</X509Certificate>'
    verify(edited(lambda root: part(root, "X509Data").insert(0, etree.fromstring(above))), ANCHORS, AT)


def test_a_signed_document_may_be_too_much_for_the_reader_all_the_same() -> None:
    """Exclusive form declares a namespace on each element that uses it, which counts as an attribute."""
    prefixes = "".join(f' xmlns:n{number}="urn:{number}"' for number in range(12))
    attributes = "".join(f' n{number % 12}:a{number}=""' for number in range(30))
    body = f"<a{prefixes}><b{attributes}/></a>".encode()
    verified = verify(sign(body, signatory(signer())), ANCHORS, AT)
    with pytest.raises(Unreadable):
        verified.tree()


def test_whether_anything_is_signed_is_told_by_a_glance() -> None:
    assert is_signed(signed())
    assert is_signed(b'<ds:Signature xmlns:ds="urn:x"/>')
    assert not any(is_signed(raw(name)) for name in valid_messages())


def test_every_cause_of_ours_has_its_case() -> None:
    told = {cause for cause, _ in (*RESIGNED, *BROKEN)} | {"too-large", "namespaces-refused"}
    elsewhere = {
        "certificate-untrusted",
        "certificate-not-for-signing",
        "certificate-extension-refused",
        "certificate-not-yet-valid",
        "certificate-expired",
        "certificate-revoked",
        "revocation-unknown",
        "key-refused",
    }
    of_json = {"jws-malformed", "jws-header-refused", "key-unknown", "signature-time-refused"}
    assert told | elsewhere | of_json == set(CAUSES)
    assert not told & (elsewhere | of_json)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["kith/good/every-element", "good/every-mapped-element"])
def test_counting_costs_little(name: str) -> None:
    body = signed(name)
    assert_within(0.001, lambda: cpu(lambda: xml_signatures._count(body, ENCODINGS)))


@pytest.mark.no_cover
def test_a_hostile_document_costs_little_before_it_is_refused() -> None:
    """1 000 declarations and 200 References keep others busy for seconds."""

    def hostile(root: etree._Element) -> None:
        for _ in range(200):
            _add("SignedInfo", '<Reference xmlns="#" URI=""/>')(root)

    declared = b"".join(b' xmlns:n%d="urn:%d"' % (number, number) for number in range(1000))
    body = edited(hostile).replace(b"<MsgHead ", b"<MsgHead" + declared + b" ", 1)
    assert refused(body) == "too-many-namespaces"
    assert_within(0.1, lambda: cpu(lambda: refused(body)))
