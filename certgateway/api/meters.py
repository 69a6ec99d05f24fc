"""What can be counted without knowing anybody: answers by verdict, findings by rule, requests by route, and time.

A label is a word of ours (a route's template, a rule's id), never something received: no path, id, name or number of a
person can stand in a metric.
"""

import json
import math
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from certgateway.services.receive import Outcome

if TYPE_CHECKING:
    from certgateway.trust.anchors import FileAnchors
    from certgateway.trust.ended import FileEnded

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Meters:
    """The counters of one application, in a registry of its own."""

    __slots__ = (
        "_anchors_faulty",
        "_ended_faulty",
        "_findings",
        "_lists_end",
        "_messages",
        "_postings",
        "_registry",
        "_requests",
        "_seconds",
    )

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._messages = Counter(
            "certgateway_messages",
            "Messages answered, by format and verdict.",
            ("format", "verdict"),
            registry=self._registry,
        )
        self._findings = Counter(
            "certgateway_findings", "Findings told to senders, by rule.", ("rule",), registry=self._registry
        )
        self._requests = Counter(
            "certgateway_requests",
            "Requests, by method, route and status.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "certgateway_request_seconds",
            "Time to answer, by route.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )

        self._postings = Counter(
            "certgateway_postings",
            "Attempts to post a message to a receiver's own system, by what they came to: dead is given up.",
            ("outcome",),
            registry=self._registry,
        )

        self._anchors_faulty = Gauge(
            "certgateway_trust_anchors_faulty",
            "1 while the file of trust anchors cannot be used and those of before count.",
            registry=self._registry,
        )
        self._ended_faulty = Gauge(
            "certgateway_ended_tokens_faulty",
            "1 while the file of ended tokens cannot be used and what it said before counts.",
            registry=self._registry,
        )
        self._lists_end = Gauge(
            "certgateway_revocation_lists_end_timestamp_seconds",
            "When the first issuer is without a revocation list that is in force; NaN where none is asked.",
            registry=self._registry,
        )
        self._lists_end.set(math.nan)

    def ended(self, file: "FileEnded") -> None:
        """Note how the file of ended tokens stands now, which may be read for it."""
        file.current()
        self._ended_faulty.set(file.is_faulty)

    def anchors(self, file: "FileAnchors") -> None:
        """Note how the file of trust anchors stands now, which may be read for it."""
        file.current()
        self._anchors_faulty.set(file.is_faulty)
        self._lists_end.set(math.nan if file.lists_end is None else file.lists_end.timestamp())

    def posting(self, outcome: str) -> None:
        """Count one attempt; `outcome` is a word of `services.push.Outcome`."""
        self._postings.labels(outcome).inc()

    def message(self, outcome: Outcome, format_: str) -> None:
        """Count one answer to a message, a resend's too."""
        verdict = "conflict" if outcome.conflict else outcome.verdict or "none"
        self._messages.labels(format_, verdict).inc()
        for finding in json.loads(outcome.receipt)["findings"]:
            self._findings.labels(finding["rule"]).inc()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; `route` is a template such as `/receipts/{message_id}`."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)
