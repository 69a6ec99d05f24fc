"""The commands below `certgateway clarifications`, as arguments only: what each is called, and what it takes.

Read at every start of the command line, so nothing may be imported here that takes time.
"""

import argparse
from typing import Final, TypeAlias

from certgateway.domain.findings import LANGUAGES

GATEWAY: Final = "http://127.0.0.1:8080"
"""Where the sandbox and `certgateway serve` listen unless told otherwise."""

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  The only name it has.


def add_clarification_commands(parser: argparse.ArgumentParser) -> None:
    """Every command takes where the gateway is, the language, and whether its answer is printed as it came."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--gateway", metavar="URL", default=GATEWAY, help=f"default: {GATEWAY}")
    shared.add_argument("--lang", default="nb", choices=LANGUAGES)
    shared.add_argument("--json", action="store_true", help="print the gateway's answer as it came")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="verb")
    _add_reading(commands, shared)
    _add_asking(commands, shared)
    _add_ordering(commands, shared)
    _add_following(commands, shared)
    _add_sorting(commands, shared)


def _command(commands: _Commands, shared: argparse.ArgumentParser, name: str, about: str) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=about, description=about, parents=[shared])


def _add_reading(commands: _Commands, shared: argparse.ArgumentParser) -> None:
    command = _command(commands, shared, "list", "The clarifications of a certificate, or all that wait for somebody.")
    command.add_argument("certificate", nargs="?", metavar="CERTIFICATE", help="the gateway's id of it")
    _one(commands, shared, "show", "Where a clarification stands, and what happened so far.")
    command = _command(commands, shared, "unsorted", "Answers that match no open question, or one of them.")
    command.add_argument("message", nargs="?", metavar="MESSAGE")
    _command(commands, shared, "dead", "Messages of ours that did not reach their receiver.")
    command = _command(commands, shared, "statistics", "How questions fare, by item and by sender.")
    command.add_argument("first", metavar="FROM", help="2026-01-01; widened to whole quarters")
    command.add_argument("last", metavar="TO")


def _add_asking(commands: _Commands, shared: argparse.ArgumentParser) -> None:
    command = _command(commands, shared, "ask", "Ask the author of a certificate; for all that is missing by default.")
    command.add_argument("certificate", metavar="CERTIFICATE", help="the gateway's id of it")
    command.add_argument(
        "targets", nargs="*", metavar="WHAT:REASON", help="an item or element, and why: prognosis:unclear"
    )
    command.add_argument("--settles", metavar="TEXT", help="what would settle it, in your words, for every target")
    command.add_argument("--measure", metavar="TEXT", help="the measure that is planned")
    command.add_argument("--demand", metavar="CODE", action="append", default=[], help="an activity it asks for")
    command.add_argument("--due", metavar="DAY", help="2026-12-24; default: after 14 working days")


def _add_ordering(commands: _Commands, shared: argparse.ArgumentParser) -> None:
    command = _command(commands, shared, "order", "Order a certificate that does not exist yet.")
    command.add_argument("file", metavar="FILE", help="the order as JSON, - for standard input: it names people")
    command = _command(commands, shared, "orders", "The orders about a patient.")
    command.add_argument("file", metavar="FILE", help='{"patient": "number"} as JSON, - for standard input')


def _add_sorting(commands: _Commands, shared: argparse.ArgumentParser) -> None:
    command = _command(commands, shared, "sort", "Join an answer in the tray to the clarification it belongs to.")
    command.add_argument("message", metavar="MESSAGE")
    command.add_argument("clarification", metavar="ID")
    command = _command(commands, shared, "file", "Take an answer off the tray that belongs nowhere.")
    command.add_argument("message", metavar="MESSAGE")
    command.add_argument("--reason", required=True, metavar="CODE", help="a code of unsorted-filing-reason")
    command = _command(commands, shared, "resend", "Let a message go out once more.")
    command.add_argument("message", metavar="MESSAGE")


def _add_following(commands: _Commands, shared: argparse.ArgumentParser) -> None:
    _one(commands, shared, "remind", "Send what is still open once more.")
    _one(commands, shared, "pause", "Stop the time until the answer is due.")
    _one(commands, shared, "resume", "Let the time go on.")
    command = _one(commands, shared, "return", "Send an answer back.")
    command.add_argument("--reason", required=True, metavar="CODE", help="a code of return-reason")
    command.add_argument("--item", action="append", default=[], metavar="ITEM", help="default: all that was answered")
    command.add_argument("--not-payable", action="store_true", help="a note for others; nothing is decided by it")
    command = _one(commands, shared, "settle", "Say which items an answer in words answers, if any.")
    command.add_argument("items", nargs="*", metavar="ITEM")
    command = _one(commands, shared, "withdraw", "Tell the doctor that the question need not be answered.")
    command.add_argument("--reason", required=True, metavar="CODE", help="a code of withdrawal-reason")
    command = _one(commands, shared, "hand-over", "Send what is open to another clinician's system.")
    command.add_argument("receiver", metavar="HER-ID")
    command = _one(commands, shared, "rate", "Say how useful the answer was: 1 not at all, 5 very.")
    command.add_argument("score", type=int, choices=range(1, 6), metavar="SCORE")


def _one(commands: _Commands, shared: argparse.ArgumentParser, name: str, about: str) -> argparse.ArgumentParser:
    command = _command(commands, shared, name, about)
    command.add_argument("clarification", metavar="ID")
    return command
