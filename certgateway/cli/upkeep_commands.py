"""The commands of who looks after keys and data, as arguments only: what each is called, and what it takes.

Read at every start of the command line, so nothing may be imported here that takes time.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  The only name it has.
_Add: TypeAlias = Callable[[Any, str, str], argparse.ArgumentParser]


def add_upkeep_commands(commands: _Commands, add: _Add) -> None:
    """`add` makes one command below `commands`, by name and description."""
    _add_keys(add(commands, "keys", "Replace the key that wraps all data keys, and take old ones out of the file."))
    command = add(commands, "hold", "Keep a certificate from being deleted, or let it go again.")
    command.add_argument("certificate", metavar="CERTIFICATE", help="the gateway's id of it")
    command.add_argument("--release", action="store_true", help="let it go")
    _answerable(command)
    _settings(command)
    about = "Open one sealed original to a new file; who and why goes into the ledger first."
    command = add(commands, "unseal", about)
    command.add_argument("message", metavar="MESSAGE", help="the gateway's id of it, or its message id")
    command.add_argument("--sender", metavar="SENDER", help="where several senders used the message id: whose")
    command.add_argument("--output", metavar="FILE", required=True, type=Path, help="a file that does not exist yet")
    _answerable(command)
    _settings(command)
    command = add(commands, "ledger", "Check the chain of the ledger, or list what operators did.")
    verbs = command.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="verb")
    about = "Verify every entry; tell position and digest, and the first entry that is broken."
    check = verbs.add_parser("check", help=about, description=about)
    about = "what an earlier check printed, or a signed receipt: the ledger must still have that entry; may be repeated"
    check.add_argument("--checkpoint", metavar="FILE", type=Path, action="append", default=[], help=about)
    _settings(check)
    about = "List who opened originals and held certificates, and why."
    _settings(verbs.add_parser("deeds", help=about, description=about))
    command = add(commands, "purge", "Delete what is older than the settings allow; ids and counts are printed.")
    command.add_argument("--dry-run", action="store_true", help="tell what would be deleted, and delete nothing")
    command.add_argument("--at", metavar="INSTANT", help="count from this time (ISO 8601 with zone), not from now")
    _settings(command)


def _add_keys(command: argparse.ArgumentParser) -> None:
    verbs = command.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="verb")
    for name, about in (
        ("status", "Tell which keys there are, and what hangs on older ones than the newest."),
        ("rotate", "Add a new key and put everything under it; what was stopped before is finished first."),
        ("retire", "Take all keys but the newest out of the file, once nothing hangs on them."),
    ):
        _settings(verbs.add_parser(name, help=about, description=about))


def _answerable(command: argparse.ArgumentParser) -> None:
    command.add_argument("--by", metavar="WHO", required=True, help="who does it; kept sealed")
    command.add_argument("--reason", metavar="TEXT", required=True, help="why; kept sealed")


def _settings(command: argparse.ArgumentParser) -> None:
    command.add_argument("--settings", metavar="FILE", help="a TOML file; the environment overrides it")
