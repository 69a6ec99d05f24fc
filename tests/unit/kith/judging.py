"""One message judged as `validate` does it, and short words for what is asked of the outcome again and again."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from lxml import etree

from certgateway import bootstrap, safexml
from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Finding, Language
from certgateway.kith.apprec import AppRecFacts, write_apprec
from certgateway.kith.nodes import Node, Tree
from certgateway.services.examine import Examined, House, Judgement, examine, judge_examined, validation_facts
from certgateway.services.report import text_of

AT = datetime(2026, 11, 1, 11, tzinfo=UTC)


@cache
def house() -> House:
    return bootstrap.build_house()


@dataclass(frozen=True)
class Judged:
    """What became of a message."""

    examined: Examined
    judgement: Judgement

    @property
    def certificate(self) -> Certificate:
        assert self.examined.certificate is not None
        return self.examined.certificate

    @property
    def verdict(self) -> str:
        return self.judgement.verdict

    @property
    def rules(self) -> Counter[str]:
        return Counter(finding.rule for finding in self.judgement.findings)

    def told(self, rule: str) -> list[Finding]:
        return [finding for finding in self.judgement.findings if finding.rule == rule]

    def places(self, rule: str) -> list[str | None]:
        return [finding.path for finding in self.told(rule)]

    @property
    def removed(self) -> list[tuple[str, str]]:
        return [(gone.item, gone.path) for gone in self.examined.removed]

    def answered(self, question: str) -> list[str]:
        """What stands as the answer to a question of the form in words."""
        return [statement.text for statement in self.certificate.assessment if statement.question == question]


def judged(body: bytes, at: datetime = AT) -> Judged:
    examined = examine(body, "kith", house())
    return Judged(examined, judge_examined(examined, validation_facts(house(), at), house().policies["kith"]))


def added(body: bytes, base: bytes) -> dict[str, int]:
    """How often a message breaks each rule more than the one that it was made from."""
    return dict(judged(body).rules - judged(base).rules)


def gone(body: bytes, base: bytes) -> dict[str, int]:
    """The reverse of `added`."""
    return dict(judged(base).rules - judged(body).rules)


def answer_to(found: Judged, language: Language = "nb") -> bytes:
    """The AppRec that the sender would get."""
    assert found.examined.original is not None
    facts = AppRecFacts(
        original=found.examined.original,
        verdict=found.judgement.verdict,
        findings=found.judgement.findings,
        arrival=AT,
        digest="0" * 64,
        gateway_her="8140000",
        gateway_name="NAV",
    )
    return write_apprec(facts, language, text_of)


def error_codes(answer: bytes) -> list[str]:
    return [error.get("V", "") for error in etree.fromstring(answer).iterfind(".//{*}Error")]


def element(answer: bytes, path: str) -> etree._Element:
    found = etree.fromstring(answer).find(path)
    assert found is not None
    return found


def tree(text: str) -> Node:
    """The nodes of a document."""
    built = Tree()
    safexml.parse_into(text.encode(), built)
    assert built.root is not None
    return built.root
