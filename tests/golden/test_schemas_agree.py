"""Our schemas of the KITH messages and the published ones give the same verdict, on whatever a sender may think of.

The published files are compared, never copied; where they are absent, that half is skipped. The other half needs none
of them: a schema of ours that is broken in any one place gives another verdict on the same messages, so that the
comparison would have seen it.
"""

import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache, partial
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from tests.calibration import assert_within, cpu
from tests.golden import kith_dialogues as dialogues
from tests.golden import kith_documents as documents
from tests.golden.kith_mutations import MUTATIONS, mutated
from tests.golden.kith_schema_mutants import mutants
from tests.golden.kith_systematic import systematic

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "schemas" / "kith"
THEIRS = Path(os.environ.get("KITH_XSD", ROOT.parent / "shared" / "kith-xsd"))
XS = "{http://www.w3.org/2001/XMLSchema}"

# For each kind of message: how one is made, our schema, and what of the published set is compiled together.
Kind = tuple[Callable[[Random], etree._Element], str, dict[str, str]]
KINDS: dict[str, Kind] = {
    "Legeerklaring": (
        documents.certificate,
        "legeerklaring-2008-06-06.xsd",
        {documents.LEGEERKLARING: "syfo-xml-codegen/legeerklaering/NAV-Legeerklaring-2008-06-06.xsd"},
    ),
    "MsgHead": (
        documents.message,
        "messages.xsd",
        {
            documents.MSGHEAD: "syfo-xml-codegen/kith-hodemelding/MsgHead-v1_2.xsd",
            documents.LEGEERKLARING: "syfo-xml-codegen/legeerklaering/NAV-Legeerklaring-2008-06-06.xsd",
            documents.BASE64: "syfo-xml-codegen/base64container/kith-base64.xsd",
        },
    ),
    "MsgHead alone": (
        documents.message,
        "msghead-1.2.xsd",
        {documents.MSGHEAD: "syfo-xml-codegen/kith-hodemelding/MsgHead-v1_2.xsd"},
    ),
    "Signature": (
        documents.signature,
        "xmldsig.xsd",
        {documents.XMLDSIG: "syfo-xml-codegen/kith-hodemelding/xmldsig-core-schema.xsd"},
    ),
    "AppRec 1.0": (
        partial(documents.receipt, namespace=documents.APPREC_1_0),
        "apprec-1.0.xsd",
        {documents.APPREC_1_0: "fiks-nhn-client/apprec-v1.0.xsd"},
    ),
    "AppRec 1.1": (
        partial(documents.receipt, namespace=documents.APPREC_1_1),
        "apprec-1.1.xsd",
        {documents.APPREC_1_1: "fiks-nhn-client/apprec-v1.1.xsd"},
    ),
    "Dialogmelding 1.0": (
        partial(dialogues.dialogue, namespace=dialogues.DIALOG_1_0),
        "dialogmelding-1.0.xsd",
        {dialogues.DIALOG_1_0: "fiks-nhn-client/dialogmelding-v1.0.xsd"},
    ),
    "Dialogmelding 1.1": (
        partial(dialogues.dialogue, namespace=dialogues.DIALOG_1_1),
        "dialogmelding-1.1.xsd",
        {dialogues.DIALOG_1_1: "fiks-nhn-client/dialogmelding-v1.1.xsd"},
    ),
}
ALSO: dict[str, Callable[[Random], Iterable[etree._Element]]] = {
    "Dialogmelding 1.0": partial(dialogues.known_things, namespace=dialogues.DIALOG_1_0),
    "Dialogmelding 1.1": partial(dialogues.known_things, namespace=dialogues.DIALOG_1_1),
}
"""Messages of a kind that dice might not think of."""

SAMPLES, ROUNDS = 60, 20
"""Messages of each kind, and times that every mutation is applied, each to one of them."""

JUDGED_BY = {
    "legeerklaring-2008-06-06.xsd": "Legeerklaring",
    "msghead-1.2.xsd": "MsgHead",
    "base64container.xsd": "MsgHead",
    "xmldsig.xsd": "Signature",
    "apprec-1.0.xsd": "AppRec 1.0",
    "apprec-1.1.xsd": "AppRec 1.1",
    "datatypes.xsd": "AppRec 1.1",
    "dialogmelding-1.0.xsd": "Dialogmelding 1.0",
    "dialogmelding-1.1.xsd": "Dialogmelding 1.1",
    "felleskomponent1.xsd": "Dialogmelding 1.1",
    "dialogmelding-datatypes.xsd": "Dialogmelding 1.1",
}
"""Our schema files, each with the kind of message in which a slip of its pen must show."""

SAMPLE_FILES = Path(os.environ.get("KITH_SAMPLES", ROOT.parent / "shared" / "kith-samples"))
ROOTS = {
    "Legeerklaring": (documents.LEGEERKLARING, "Legeerklaring"),
    "MsgHead": (documents.MSGHEAD, "MsgHead"),
    "AppRec 1.0": (documents.APPREC_1_0, "AppRec"),
    "AppRec 1.1": (documents.APPREC_1_1, "AppRec"),
    "Dialogmelding 1.0": (dialogues.DIALOG_1_0, "Dialogmelding"),
    "Dialogmelding 1.1": (dialogues.DIALOG_1_1, "Dialogmelding"),
}


def dice(seed: str) -> Random:
    return Random(seed)  # noqa: S311  The same messages in every run, and nothing secret.


@cache
def sound(kind: str) -> tuple[etree._Element, ...]:
    """Messages that the standard takes."""
    make, _, _ = KINDS[kind]
    made = [make(dice(f"{kind} {seed}")) for seed in range(SAMPLES)]
    if kind in ALSO:
        made.extend(ALSO[kind](dice(f"{kind} also")))
    # Read anew from its text: an empty text in a tree is none in a file, and is judged otherwise.
    # As UTF-8, since lxml writes a name that is not ASCII as no parser reads it.
    return tuple(etree.fromstring(etree.tostring(document, encoding="utf-8")) for document in made)


@cache
def corpus(kind: str) -> tuple[etree._Element, ...]:
    """The sound ones, each place changed in each way, and what dice make of them; the same in every run."""
    random = dice(f"{kind} mutated")
    changed = [mutated(random.choice(sound(kind)), mutation, random) for _ in range(ROUNDS) for mutation in MUTATIONS]
    return (*sound(kind), *systematic(sound(kind)), *changed)


@cache
def ours(kind: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(OURS / KINDS[kind][1]))


@cache
def verdicts(kind: str) -> list[bool]:
    """Ours, on the whole corpus."""
    return [ours(kind).validate(document) for document in corpus(kind)]


@cache
def theirs(kind: str) -> etree.XMLSchema:
    together = etree.Element(f"{XS}schema")
    for namespace, file in KINDS[kind][2].items():
        if not (THEIRS / file).is_file():
            pytest.skip(f"LOUD: the published KITH schemas are not at {THEIRS}; set KITH_XSD to their folder")
        etree.SubElement(together, f"{XS}import", namespace=namespace, schemaLocation=(THEIRS / file).as_uri())
    return etree.XMLSchema(together)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "MsgHead alone"])
def test_our_schema_takes_what_the_standard_takes(kind: str) -> None:
    refused = [str(ours(kind).error_log) for document in sound(kind) if not ours(kind).validate(document)]
    assert refused == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_messages_are_valid_and_invalid_in_good_number(kind: str) -> None:
    told = verdicts(kind)
    assert len(told) >= 2000
    assert told.count(True) >= 400
    assert told.count(False) >= 1000


@pytest.mark.parametrize("kind", KINDS)
def test_our_schema_and_the_published_one_agree(kind: str) -> None:
    published = theirs(kind)
    apart = [
        etree.tostring(document, encoding="unicode")
        for document, verdict in zip(corpus(kind), verdicts(kind), strict=True)
        if published.validate(document) != verdict
    ]
    assert apart[:3] == []


def test_they_agree_on_messages_of_others() -> None:
    """Every part of a sample that one of the schemas is for, on its own."""
    samples = sorted(SAMPLE_FILES.rglob("*.xml"))
    if not samples:
        pytest.skip(f"LOUD: the samples of KITH messages are not at {SAMPLE_FILES}; set KITH_SAMPLES to their folder")
    roots = {f"{{{namespace}}}{name}": kind for kind, (namespace, name) in ROOTS.items()}
    parts = [part for sample in samples for part in etree.parse(sample).iter(*roots)]
    assert len(parts) >= 15
    for part in parts:
        kind, alone = roots[str(part.tag)], etree.fromstring(etree.tostring(part, encoding="utf-8", with_tail=False))
        assert ours(kind).validate(alone) == theirs(kind).validate(alone), part.tag


@pytest.mark.parametrize("file", JUDGED_BY)
def test_a_slip_in_our_schema_would_be_seen(file: str, tmp_path: Path) -> None:
    """Each mutant that libxml2 can make sense of gives another verdict on a message; every fifth, or all if asked."""
    folder = tmp_path / "kith"
    shutil.copytree(OURS, folder)
    kind = JUDGED_BY[file]
    unseen, tried = [], 0
    for name, mutant in islice(mutants(OURS / file), 0, None, 1 if os.environ.get("CERTGATEWAY_EVERY_WAY") else 5):
        (folder / file).write_bytes(etree.tostring(mutant))
        with suppress(etree.XMLSchemaParseError):
            broken = etree.XMLSchema(etree.parse(folder / KINDS[kind][1]))
            tried += 1
            if not differs(broken, kind):
                unseen.append(name)
    assert tried
    assert unseen == []


def differs(schema: etree.XMLSchema, kind: str) -> bool:
    judged = zip(corpus(kind), verdicts(kind), strict=True)
    return any(schema.validate(document) != verdict for document, verdict in judged)


def with_oid(oid: str) -> etree._Element:
    namespace = documents.APPREC_1_0
    receipt = next(made for made in sound("AppRec 1.0") if made.find(f"{{{namespace}}}Error") is not None)
    whole = etree.fromstring(etree.tostring(receipt))
    next(whole.iter(f"{{{namespace}}}Error")).set("S", oid)
    return whole


def test_an_object_identifier_is_capped_in_ours_alone() -> None:
    longest = "1" + ".2" * 127
    assert len(longest) == 255
    assert ours("AppRec 1.0").validate(with_oid(longest))
    assert not ours("AppRec 1.0").validate(with_oid(f"{longest}3"))
    assert theirs("AppRec 1.0").validate(with_oid(f"{longest}3"))


def test_our_object_identifier_costs_linear_time() -> None:
    """The published pattern needs minutes for this one and some seconds for a tenth of it."""
    document = with_oid("1" * 200_000 + "x")
    schema = ours("AppRec 1.0")
    assert not schema.validate(document)
    assert_within(1.0, lambda: cpu(lambda: schema.validate(document)))
