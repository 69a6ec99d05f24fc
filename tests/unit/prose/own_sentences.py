"""Sentences of these tests' own, with the kinds that each must be given and no others."""

from pathlib import Path

OWN = [
    (frozenset(kinds.split(",")) - {"-"}, text)
    for kinds, text in (
        line.split("\t") for line in Path(__file__).with_name("own.tsv").read_text("utf-8").splitlines()[1:]
    )
]
