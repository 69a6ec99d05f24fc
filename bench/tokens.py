"""`python -m bench.tokens`: what knowing one caller costs, by profile, without and with the durable list of proofs.

Tokens and proofs are made before anything is measured. A token that is not taken stops the run.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench import machine
from bench.timing import interleaved
from certgateway import bootstrap
from certgateway.services.identify import StoredProofs
from certgateway.trust.issuers import ProfileName
from certgateway.trust.sandbox_issuer import SandboxIssuer, Wish
from certgateway.trust.seal import create_key_file
from certgateway.trust.tokens import Credentials, UsedProofs, identify

Subject = Callable[[int], object]
_ADDRESS: Final = "http://127.0.0.1:8080"
_URL: Final = f"{_ADDRESS}/messages"


class _InMemory:
    """A list that forgets when the run ends."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str]] = set()

    def use(self, key: str, once: str, until: datetime) -> bool:  # noqa: ARG002
        first = (key, once) not in self.seen
        self.seen.add((key, once))
        return first


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.tokens", description=__doc__.partition(":")[0])
    parser.add_argument("--rounds", type=int, default=200, help="rounds in which everything takes its turn")
    options = parser.parse_args()
    found = machine.described()
    print(f"{found['processor']}, {found['cores']} cores, Python {found['python']}, load {found['load_average']}")
    issuer, now = SandboxIssuer(_ADDRESS), datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        create_key_file(Path(folder) / "key")
        gateway = bootstrap.gateway_on(f"sqlite:///{folder}/bench.db", Path(folder) / "key")
        subjects: dict[str, Subject] = {
            "maskinporten": _subject("maskinporten", None, issuer, now, _InMemory()),
            "helseid with its proof": _subject("helseid", _URL, issuer, now, _InMemory()),
            "helseid, the proof noted in SQLite": _subject("helseid", _URL, issuer, now, StoredProofs(gateway, now)),
        }
        for name, each in interleaved(subjects, options.rounds, warm_up=10).items():
            wall = statistics.median(each.wall)
            print(f"  {name:36} {each.summary()['cpu']:.2f} ms CPU, {wall:.2f} ms in all")
        gateway.store.close()


def _subject(profile: ProfileName, url: str | None, issuer: SandboxIssuer, now: datetime, used: UsedProofs) -> Subject:
    """One call for each round, every one with a token and a proof of its own."""

    def made() -> Iterator[Credentials]:
        while True:
            minted = issuer.mint(Wish(profile, "987654325", url=url), int(now.timestamp()))
            proofs = (minted.proof,) if minted.proof is not None else ()
            yield Credentials((f"{minted.scheme} {minted.token}",), proofs, "GET", _URL)

    source = made()
    ready = [next(source) for _ in range(1200)]
    return lambda _round: identify(ready.pop(), issuer.issuers(), used, now)


if __name__ == "__main__":
    main()
