"""The commands of who looks after keys and data, as arguments only: what each is called, and what it takes.

Read at every start of the command line, so nothing may be imported here that takes time.
"""

import argparse
from collections.abc import Callable
from typing import Any, TypeAlias

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  The only name it has.
_Add: TypeAlias = Callable[[Any, str, str], argparse.ArgumentParser]


def add_upkeep_commands(commands: _Commands, add: _Add) -> None:
    """`add` makes one command below `commands`, by name and description."""
    _add_keys(add(commands, "keys", "Replace the key that wraps all data keys, and take old ones out of the file."))


def _add_keys(command: argparse.ArgumentParser) -> None:
    verbs = command.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="verb")
    for name, about in (
        ("status", "Tell which keys there are, and what hangs on older ones than the newest."),
        ("rotate", "Add a new key and put everything under it; what was stopped before is finished first."),
        ("retire", "Take all keys but the newest out of the file, once nothing hangs on them."),
    ):
        _settings(verbs.add_parser(name, help=about, description=about))


def _settings(command: argparse.ArgumentParser) -> None:
    command.add_argument("--settings", metavar="FILE", help="a TOML file; the environment overrides it")
