"""One judge of FHIR messages alone in a process: what it costs to start, the first message, and the ones after it.

Run by `bench.validate` as `python -m bench.alone JUDGE FILE ROUNDS`, never imported: it prints one JSON object of CPU
milliseconds, and leaves with NOT_AT_HAND where the judge or what it needs is absent.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
MODULES: Final = Path(os.environ.get("CERTGATEWAY_PEERS", ROOT / "tools" / "node" / "peers" / "node_modules"))
XSD: Final = Path(os.environ.get("FHIR_R4_XSD", ROOT.parent / "shared" / "fhir-r4-xsd")) / "fhir-single.xsd"
NOT_AT_HAND: Final = 3
WARM_UP: Final = 5
Judge = Callable[[bytes], object]


class NotAtHandError(Exception):
    """The judge can't be measured here; the text says what is missing."""


# ruff: noqa: PLC0415  Importing is part of what is measured, and of one judge only.


def _ours(*, general: bool) -> Judge:
    """From bytes to findings with their places, as the gateway asks, or with all a general validator would say."""
    from certgateway import bootstrap
    from certgateway.engine import GENERAL, validate

    definitions = bootstrap.definitions()
    if general:
        return lambda raw: validate(raw, definitions, options=GENERAL)
    from certgateway.fhir.bundle import OPTIONS

    return lambda raw: validate(raw, definitions, options=OPTIONS)


def _fhir_resources() -> Judge:
    from fhir.resources.R4B.bundle import Bundle

    return Bundle.model_validate_json


def _json_schema() -> Judge:
    import jsonschema_rs

    file = MODULES / "@asymmetrik" / "fhir-json-schema-validator" / "fhir.schema.json"
    if not file.is_file():
        raise NotAtHandError(f"no JSON schema at {file}; `make peers` installs it")
    schema = jsonschema_rs.Draft6Validator(json.loads(file.read_bytes()))
    return lambda raw: schema.is_valid(json.loads(raw))


def _fhirkit() -> Judge:
    import fhirkit

    judged: Judge = fhirkit.validate
    return judged


def _xml_schema() -> Judge:
    from lxml import etree

    if not XSD.is_file():
        raise NotAtHandError(f"no R4 schema at {XSD}; set FHIR_R4_XSD to its folder")
    schema = etree.XMLSchema(etree.parse(XSD))
    return lambda raw: schema.validate(etree.fromstring(raw))


JUDGES: Final[Mapping[str, Callable[[], Judge]]] = {
    "python alone": lambda: lambda _raw: None,
    "certgateway, JSON": lambda: _ours(general=False),
    "certgateway, XML": lambda: _ours(general=False),
    "certgateway, JSON, with advice": lambda: _ours(general=True),
    "certgateway, XML, with advice": lambda: _ours(general=True),
    "fhir.resources": _fhir_resources,
    "jsonschema-rs": _json_schema,
    "fhirkit-rs": _fhirkit,
    "lxml + R4 XSD": _xml_schema,
}


def _milliseconds() -> float:
    return time.process_time_ns() / 1e6


def _most_memory() -> float:
    """The most memory of this program in MiB, its libraries' included.

    What the kernel charges the process is more: it counts the pages of the parent that it was forked from.
    """
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise NotAtHandError("the kernel does not tell how much memory a process had")


def main() -> int:
    """Measure one judge."""
    name, file, rounds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    raw = file.read_bytes()
    try:
        judge = JUDGES[name]()
    except (ImportError, NotAtHandError) as reason:
        print(reason, file=sys.stderr)
        return NOT_AT_HAND
    found: dict[str, Any] = {"ready": _milliseconds()}
    times = []
    for _ in range(1 + WARM_UP + rounds):
        before = _milliseconds()
        judge(raw)
        times.append(_milliseconds() - before)
    kept = sorted(times[1 + WARM_UP :])
    found |= {"first": times[0], "median": statistics.median(kept)}
    found |= {"low": kept[len(kept) // 10], "high": kept[-1 - len(kept) // 10], "memory": _most_memory()}
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
