"""`certgateway prose`: what the prose guard marks in texts, one a line, for whoever keeps the patterns or tries them.

Reads a file or standard input and keeps nothing. The texts are printed again, so this is for the terminal of whoever
wrote them and never for a log.
"""

import argparse
import json
import sys
from pathlib import Path

from certgateway.cli.sources import NoSuchFileError, printable
from certgateway.domain.marks import Mark
from certgateway.prose import mark


def run(options: argparse.Namespace) -> int:
    """Mark and print; whatever is marked, the exit code is 0."""
    found = [(text, mark(text)) for text in _texts(options.path)]
    if options.format == "json":
        rows = [{"text": text, "marks": [_data(each) for each in marks]} for text, marks in found]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return 0
    for text, marks in found:
        sys.stdout.write(f"{printable(text)}\n")
        for each in marks:
            phrase = printable(text[each.start : each.end])
            sys.stdout.write(f"  {each.kind} [{each.start}-{each.end}] «{phrase}» ({each.pattern})\n")
    return 0


def _texts(path: str) -> list[str]:
    """The lines of a file as its bytes say; only a line break ends a text."""
    if path == "-":
        raw = sys.stdin.buffer.read()
    else:
        try:
            raw = Path(path).read_bytes()
        except OSError:
            raise NoSuchFileError(path) from None
    lines = raw.decode("utf-8-sig", "replace").split("\n")
    return [line.removesuffix("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]


def _data(each: Mark) -> dict[str, object]:
    return {"kind": each.kind, "span": [each.start, each.end], "pattern": each.pattern}
