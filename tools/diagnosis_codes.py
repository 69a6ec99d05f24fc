"""Turns the npm package @navikt/diagnosekoder into certgateway/data/diagnoses.json.

The table is built where the gateway is installed and never committed: WHO and WONCA hold the rights (see NOTICE).
The script must never download anything itself; `make diagnoses` has npm fetch the pinned package first. It refuses a
package whose shape or size is not what the gateway was written for, rather than write half a table.

Usage: python tools/diagnosis_codes.py [PACKAGE_FOLDER [OUTPUT_FILE]]
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = ROOT / "tools/node/diagnoses/node_modules/@navikt/diagnosekoder"
OUTPUT: Final = ROOT / "certgateway/data/diagnoses.json"

# name in our table -> (file in the package, form of a code, number of codes in version 1.2026.0). The Norwegian edition
# has codes that hold a lower-case letter where the original has a digit (X6n0), and lower-case suffixes (I210a).
TABLES: Final = {
    "icd-10": ("lib/ICD10.json", re.compile(r"[A-Z][0-9][0-9a-z]{1,3}"), 19_634),
    "icpc-2": ("lib/ICPC2.json", re.compile(r"[A-Z][0-9]{2,3}"), 708),
}


def read_table(file: Path, form: re.Pattern[str], size: int) -> dict[str, str]:
    """Code to title, in the package's order; raises ValueError when the file is not the one that is pinned."""
    rows = json.loads(file.read_bytes())
    table = {row["code"]: " ".join(row["text"].split()) for row in rows}
    if len(rows) != size or len(table) != size:
        raise ValueError(f"{file.name}: {len(rows)} rows, {len(table)} codes, expected {size} of each")
    odd = [code for code, title in table.items() if not form.fullmatch(code) or not title]
    if odd:
        raise ValueError(f"{file.name}: {len(odd)} codes without a title or of an unknown form, the first is {odd[0]}")
    return table


def build(package: Path) -> bytes:
    """The data file's bytes, the same for the same package: {"icd-10": {code: title}, "icpc-2": {code: title}}."""
    tables = {name: read_table(package / file, form, size) for name, (file, form, size) in TABLES.items()}
    return json.dumps(tables, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def main(arguments: list[str]) -> None:
    """Builds the file and puts it in place in one step, so that a reader never sees half of it."""
    package = Path(arguments[0]) if arguments else PACKAGE
    output = Path(arguments[1]) if arguments[1:] else OUTPUT
    content = build(package)
    output.parent.mkdir(parents=True, exist_ok=True)
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(output)
    print(f"{output.name}: {len(content)} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
