"""Whatever is done to a message of 2008: it is judged without a fault of ours, every finding stands where it says it
does, and none of them repeats a word of the message.

`CERTGATEWAY_MORE_DAMAGE=50 pytest tests/property/test_kith_hostile.py` tries fifty times as many.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from xml.parsers import expat

import pytest
from lxml import etree

from certgateway import safexml
from certgateway.domain.findings import LANGUAGES, Finding
from certgateway.kith.msghead import ENCODINGS
from certgateway.safejson import Unreadable
from certgateway.services.answer import Receipt, answer_for
from certgateway.services.examine import Examined, House, Judgement, examine, judge_examined, validation_facts
from certgateway.services.report import finding_data, removal_data
from tests.property import redaction
from tests.property.kith_damage import damaged
from tests.property.planting import MARK

GOOD = Path(__file__).resolve().parents[2] / "fixtures" / "messages" / "kith" / "good"
FILES = sorted(path.name for path in GOOD.glob("*.xml"))
ROUNDS = 25 * int(os.environ.get("CERTGATEWAY_MORE_DAMAGE", "1"))
AT = datetime(2026, 11, 1, 11, tzinfo=UTC)
PERSONAL = re.compile(r"\d{11}")
ATTRIBUTE = re.compile(r"(?:[\w.-]+:)?[\w.-]+\s*=")


@cache
def house() -> House:
    return redaction.house()


def judged(raw: bytes) -> tuple[Examined, Judgement]:
    examined = examine(raw, "kith", house())
    return examined, judge_examined(examined, validation_facts(house(), AT), "hold")


@cache
def tree_of(raw: bytes) -> etree._Element | None:
    try:
        return safexml.parse(raw, encodings=ENCODINGS)
    except Unreadable:
        return None


def complaints(raw: bytes) -> Iterator[str]:
    """What is wrong with how the message was judged."""
    examined, judgement = judged(raw)
    root = tree_of(raw)
    encoding = safexml.declared_encoding(raw)
    body = raw.removeprefix(b"\xef\xbb\xbf").decode(encoding if encoding in ENCODINGS else "utf-8", "replace")
    lines = body.split("\n")
    for finding in judgement.findings:
        yield from _misplaced(finding, root, lines)
    for removal in examined.removed:
        if root is None or _count(root, removal.path) != 1:
            yield f"a removal is not at {removal.path}"
    yield from _quoted(examined, judgement, root)


def _misplaced(finding: Finding, root: etree._Element | None, lines: list[str]) -> Iterator[str]:
    if finding.path is not None and (root is None or _count(root, finding.path) != 1):
        yield f"{finding.rule}: no single node is at {finding.path}"
    line, column = finding.line, finding.column
    if line is None and column is None:
        # Names that libxml2 takes and expat, which knows where they stand, does not: the place is told by the path.
        if _is_read_by_expat(lines):
            yield f"{finding.rule}: stands nowhere"
    elif line is None or column is None or line < 1 or column < 1:
        yield f"{finding.rule}: stands at {line}:{column}"
    elif finding.path is not None and not _begins(lines, line, column, attribute="/@" in finding.path):
        yield f"{finding.rule}: nothing begins at {line}:{column} for {finding.path}"


def _begins(lines: list[str], line: int, column: int, *, attribute: bool) -> bool:
    """Whether a tag or an attribute begins there; an attribute may stand for the element that bears it."""
    here = "\n".join(lines[line - 1 :])[column - 1 : column + 400]
    return bool(ATTRIBUTE.match(here)) if attribute else here.startswith("<") or bool(ATTRIBUTE.match(here))


def _is_read_by_expat(lines: list[str]) -> bool:
    try:
        expat.ParserCreate("utf-8").Parse("\n".join(lines).encode(), True)  # noqa: FBT003
    except expat.ExpatError:
        return False
    return True


def _count(root: etree._Element, path: str) -> int:
    found = root.getroottree().xpath(path)
    return len(found) if isinstance(found, list) else 0


def _quoted(examined: Examined, judgement: Judgement, root: etree._Element | None) -> Iterator[str]:
    told = [finding_data(one, language) for one in judgement.findings for language in LANGUAGES]
    told += [removal_data(removal, with_code=False) for removal in examined.removed]
    text = json.dumps(told, ensure_ascii=False)
    if MARK in text:
        yield f"a finding quotes: {text[max(0, text.index(MARK) - 300) : text.index(MARK) + 40]}"
    if PERSONAL.search(text):
        yield "a finding holds a personal number"
    for value in _values(root) if root is not None else ():
        if value in text:
            yield f"a finding quotes {value!r}"


def _values(root: etree._Element) -> Iterator[str]:
    """Everything in it that is long enough to be somebody's words, and has a blank between two of them."""
    for element in root.iter("*"):
        for value in (element.text, element.tail, *map(str, element.attrib.values())):
            words = json.dumps((value or "").strip(), ensure_ascii=False)[1:-1]
            if len(words) > 12 and " " in words and not any(words in own for own in OURS):
                yield words


OURS = frozenset({"v1.2 2006-05-24"})
"""Fixed values of the standard, which a finding names as what is expected."""


@pytest.mark.parametrize("name", FILES)
def test_damage_is_judged_at_its_place_and_never_quoted(name: str) -> None:
    good = (GOOD / name).read_bytes()
    for number in range(ROUNDS):
        seed = f"{name} {number}"
        raw = damaged(good, Random(seed))  # noqa: S311  Damage is no secret.
        try:
            found = list(complaints(raw))
        except Exception as fault:
            raise AssertionError(f"{seed}: {fault!r}") from fault
        assert found == [], seed


@pytest.mark.parametrize("letter", ["\u0221", "\U00010400", "\U0001f600", "\u2c00", "\ua000", "\u037f", "\u1e9e"])
def test_a_letter_that_not_every_parser_takes_in_a_name_hurts_nobody(letter: str) -> None:
    """The fifth edition of XML 1.0 lets more letters into names than the fourth, and not all parsers follow."""
    good = (GOOD / "every-element.xml").read_bytes()
    for old, new in (
        (b"</Prognose>", f"<x{letter}/></Prognose>"),
        (b"<Prognose ", f'<Prognose x{letter}="1" '),
        (b"<MsgHead ", f'<MsgHead xmlns:x{letter}="urn:x" x{letter}:y="1" '),
        (b"Prognose", f"Prognose{letter}"),
    ):
        assert list(complaints(good.replace(old, new.encode()))) == [], (old, letter)


def test_an_answer_never_breaks() -> None:
    verdicts = Counter[str]()
    for number in range(4 * ROUNDS):
        name = FILES[number % len(FILES)]
        raw = damaged((GOOD / name).read_bytes(), Random(f"answer {number}"))  # noqa: S311  As above.
        examined, judgement = judged(raw)
        receipt = Receipt(
            raw=raw,
            envelope=examined.envelope,
            format="kith",
            language="nb",
            arrival=AT,
            judgement=judgement,
            unreadable=examined.unreadable,
            removed=examined.removed,
            original=examined.original,
        )
        answer, _ = answer_for(receipt, "8140000", house().definitions)
        if answer.media_type == "application/xml":
            etree.fromstring(answer.body)
        verdicts[judgement.verdict] += 1
    # Some of it is harmless, some is not: neither may be all there is.
    assert verdicts["rejected"] > number // 4
    assert verdicts["incomplete"] > number // 8
