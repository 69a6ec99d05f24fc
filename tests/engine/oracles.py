"""The comparison with the peers on many more values than the tests take: `python -m tests.engine.oracles [--many]`.

It prints what differs without being declared and exits 1; without `--many` it takes as many values as the tests.
"""

from __future__ import annotations

import argparse
import sys

from tests.engine import test_fhirpath_peers as fhirpath
from tests.engine.invariant_places import NO_BASIS


def fhirpath_undeclared(each: int) -> list[tuple[str, str]]:
    """Peers and invariants that differ from ours and are declared nowhere."""
    places = fhirpath.own_places(each)
    if NO_BASIS.is_dir():
        places += fhirpath.no_basis_places(each)
    else:
        print(f"LOUD: HL7 Norway's profiles are not at {NO_BASIS}", file=sys.stderr)  # noqa: T201
    print(f"{len(places)} places, {sum(len(place.tried) for place in places)} values")  # noqa: T201
    known = {pair for name in ("invariants", "norwegian", "more") for pair in fhirpath.declared(name)}
    return sorted(fhirpath.invariants_that_differ(places) - known)


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.oracles", description="Our engine beside its peers.")
    parser.add_argument("--many", action="store_true", help="seven times as many values: some minutes")
    options = parser.parse_args()
    undeclared = fhirpath_undeclared(fhirpath.MANY if options.many else fhirpath.FEW)
    for peer, expression in undeclared:
        print(f"undeclared: {peer}: {expression}")  # noqa: T201
    return 1 if undeclared else 0


if __name__ == "__main__":
    sys.exit(main())
