"""Arguments to commands. Holds no work of its own."""

import argparse
import gc
import sys
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from traceback import extract_tb
from typing import TypeAlias

from certgateway.cli.clarification_commands import add_clarification_commands
from certgateway.cli.sources import NoSuchFileError, printable
from certgateway.cli.upkeep_commands import add_upkeep_commands
from certgateway.domain.errors import GatewayError
from certgateway.domain.findings import LANGUAGES

USAGE_FAULT = 2
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  The only name it has.


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never a traceback, whoever's fault it is."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser(given[:1]).parse_args(given)
    try:
        return int(options.run(options))
    except NoSuchFileError as fault:
        sys.stderr.write(f"certgateway: no such file: {printable(str(fault))}\n")
    except GatewayError as fault:
        sys.stderr.write(f"certgateway: {fault}\n")
    except BrokenPipeError:
        # The reader has seen enough (`| head`); Python would complain again when it flushes at exit.
        sys.stderr.close()
    except Exception as fault:  # noqa: BLE001  The front door of the command line: whoever calls it gets a code and a line.
        # The fault's own text may quote the message it met; its type and place do not.
        place = extract_tb(fault.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        sys.stderr.write(f"certgateway: a fault of our own: {type(fault).__name__} in {where}\n")
    return USAGE_FAULT


def _parser(command: Sequence[str]) -> argparse.ArgumentParser:
    """The arguments of every command; of `validate` alone where that is called, for it runs once a file somewhere."""
    about = "An open gateway for structured medical certificates."
    parser = argparse.ArgumentParser(prog="certgateway", description=about)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_validate(commands)
    if list(command) == ["validate"]:
        return parser
    _add_receive(commands)
    _add_convert(commands)
    _add_rules(commands)
    _add_prose(commands)
    _add_sandbox(commands)
    about = "List and drive the clarifications of a running gateway."
    add_clarification_commands(_command(commands, "clarifications", about))
    _add_verify(commands)
    _add_operations(commands)
    add_upkeep_commands(commands, _command)
    return parser


def _command(commands: Commands, name: str, about: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=about, description=about)
    command.set_defaults(run=_lazily(name))
    return command


def _lazily(name: str) -> Callable[[argparse.Namespace], int]:
    """A command's module is imported only when the command runs."""

    def run(options: argparse.Namespace) -> int:
        # What is loaded stays until the process ends: the collector need not look through it, neither now nor later.
        gc.disable()
        module = import_module(f"certgateway.cli.{name}")
        gc.freeze()
        gc.enable()
        return int(module.run(options))

    return run


def _add_validate(commands: Commands) -> None:
    command = _command(commands, "validate", "Judge messages by the gateway's own rules, without side effects.")
    command.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, glob, archive or - for standard input")
    command.add_argument("--format", default="text", choices=("text", "json", "junit", "sarif", "github", "ndjson"))
    command.add_argument("--fail-on", default="error", choices=("error", "warning"))
    command.add_argument("--lang", default="nb", choices=LANGUAGES)
    command.add_argument("--at", metavar="INSTANT", help="judge as if received at this time (ISO 8601 with zone)")
    about = "judge any FHIR R4 resource by the definitions in this folder, FHIR package (.tgz) or file; may be repeated"
    command.add_argument("--profiles", metavar="PATH", action="append", default=[], help=about)
    command.add_argument("--profile", metavar="URL", action="append", default=[], help="a profile to be met")
    about = "list on standard error everything in the definitions that cannot be judged"
    command.add_argument("--gaps", action="store_true", help=about)
    _add_signatures(command)


def _add_receive(commands: Commands) -> None:
    command = _command(commands, "receive", "Receive messages without HTTP: judge, record, and print receipts.")
    command.add_argument("paths", nargs="+", metavar="FILE")
    command.add_argument("--aev", action="store_true", help="print the assessment data too")
    command.add_argument("--database", metavar="URL", help="keep what is received here (default: a temporary store)")
    command.add_argument("--lang", default="nb", choices=LANGUAGES)
    _add_signatures(command)


def _add_signatures(command: argparse.ArgumentParser) -> None:
    about = (
        "signatures, FILE.jws too: not looked at (default), verified where there is one, or demanded of every message"
    )
    command.add_argument("--signatures", default="ignore", choices=("ignore", "verify", "require"), help=about)
    about = "PEM file with the certificates that are trusted, for verify and require"
    command.add_argument("--trust-anchors", metavar="FILE", type=Path, help=about)
    _add_trust(command)


def _add_trust(command: argparse.ArgumentParser) -> None:
    about = "revocation lists in that file: not asked, asked where there are any, or required (default: if it has any)"
    command.add_argument("--revocation", choices=("off", "listed", "require"), help=about)
    about = "the day (UTC) from which RSA keys of 2048 to 3071 bits are refused (default: they are)"
    command.add_argument("--rsa-2048-until", metavar="DATE", type=date.fromisoformat, help=about)


def _add_convert(commands: Commands) -> None:
    command = _command(commands, "convert", "Convert a certificate by way of the domain model; losses go to stderr.")
    command.add_argument("path", metavar="FILE")
    command.add_argument("--to", required=True, choices=("fhir-json", "fhir-xml", "kith", "json"))


def _add_prose(commands: Commands) -> None:
    command = _command(commands, "prose", "Print what the prose guard marks in texts, one text a line.")
    command.add_argument("path", nargs="?", default="-", metavar="FILE", help="default: standard input")
    command.add_argument("--format", default="json", choices=("text", "json"))


def _add_rules(commands: Commands) -> None:
    command = _command(commands, "rules", "Print the rule catalogue.")
    command.add_argument("--format", default="table", choices=("table", "json", "markdown"))
    command.add_argument("--lang", default="nb", choices=LANGUAGES)


def _add_verify(commands: Commands) -> None:
    command = _command(commands, "verify", "Verify a signed receipt, and that it is of a message; offline.")
    command.add_argument("receipt", metavar="RECEIPT", help="the signed receipt, a JWS in a file")
    command.add_argument("message", metavar="MESSAGE", help="the message as it was sent, byte for byte")
    about = "PEM file with the gateway's certificate, or the one above it"
    command.add_argument("--trust-anchors", metavar="FILE", type=Path, required=True, help=about)
    _add_trust(command)
    command.add_argument("--format", default="text", choices=("text", "json"))
    command.add_argument("--lang", default="nb", choices=LANGUAGES)


def _add_sandbox(commands: Commands) -> None:
    command = _command(commands, "sandbox", "Run a whole gateway on localhost with demonstration certificates.")
    command.add_argument("--port", type=int, default=8080, help="0 takes any free port")
    command.add_argument("--tokens", action="store_true", help="demand tokens, and hand them out at /sandbox/token")
    command.add_argument("--once", action="store_true", help="stop after the demonstration instead of serving on")
    command.add_argument("--webhook", metavar="URL", help="post what is for the doctor's system there as well, signed")


def _add_operations(commands: Commands) -> None:
    for name, about in (
        ("serve", "Run the gateway with the settings of the environment or a TOML file."),
        ("config", "Print and check the settings."),
        ("migrate", "Create or update the database's tables."),
    ):
        command = _command(commands, name, about)
        command.add_argument("--settings", metavar="FILE", help="a TOML file; the environment overrides it")
