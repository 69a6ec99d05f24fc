"""Ended tokens: by each name that a token has, from an instant or for good, and never less than was told before."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.ended import Ended, FileEnded, read_ended
from certgateway.trust.issuers import ProfileName
from certgateway.trust.token_refusal import TokenRefused
from certgateway.trust.tokens import Identity, identify
from tests.tokens import AT, NAMES, NOW, ORGANISATION, Noted, good, issuers

ISSUED: Final = datetime.fromtimestamp(NOW - 10, UTC)


def file_of(folder: Path, text: str) -> Path:
    path = folder / "ended"
    path.write_text(text)
    return path


def identified(profile: ProfileName, ended: Ended, **claims: Any) -> Identity:  # noqa: ANN401  Any JSON.
    return identify(good(profile, claims), issuers(), Noted(), AT, ended)


NAMED: Final[list[tuple[ProfileName, dict[str, Any], str]]] = [
    ("helseid", {"jti": "one"}, "token one"),
    ("entra", {"uti": "two"}, "token two"),
    ("helseid", {}, "caller pseudonym"),
    ("entra", {}, "caller Z990001"),
    ("maskinporten", {}, f"caller 0192:{ORGANISATION}"),
    ("sandbox", {}, "caller me"),
    ("helseid", {}, "client epj"),
    ("entra", {}, "client modia"),
    ("maskinporten", {}, f"organisation {ORGANISATION}"),
    ("entra", {}, f"issuer {NAMES['entra']}"),
]


@pytest.mark.parametrize("profile, claims, line", NAMED)
def test_whoever_is_named_is_out_and_nobody_else_is(
    tmp_path: Path, profile: ProfileName, claims: dict[str, Any], line: str
) -> None:
    kind, value = line.split()
    identified(profile, Ended(), **claims)
    identified(profile, read_ended(file_of(tmp_path, f"{kind} {value}x\n# {line}\n")), **claims)
    for other in {"token", "caller", "client", "organisation", "issuer"} - {kind}:
        identified(profile, read_ended(file_of(tmp_path, f"{other} {value}")), **claims)
    with pytest.raises(TokenRefused) as raised:
        identified(profile, read_ended(file_of(tmp_path, f"token x\n\n  {line} # left on Friday\n")), **claims)
    assert (raised.value.cause, raised.value.part) == ("ended", "token")


@pytest.mark.parametrize("later, is_out", [(timedelta(0), True), (timedelta(seconds=-1), False)])
def test_who_logs_in_after_the_instant_comes_in(tmp_path: Path, later: timedelta, is_out: bool) -> None:  # noqa: FBT001
    ended = read_ended(file_of(tmp_path, f"caller Z990001 {(ISSUED + later).isoformat()}"))
    if is_out:
        with pytest.raises(TokenRefused):
            identified("entra", ended)
    else:
        identified("entra", ended)


@pytest.mark.parametrize("lines", [["", " 2000-01-01T00:00:00Z"], [" 2000-01-01T00:00:00Z", ""]])
def test_of_two_lines_the_one_counts_that_ends_more(tmp_path: Path, lines: list[str]) -> None:
    ended = read_ended(file_of(tmp_path, "\n".join(f"caller Z990001{each}" for each in lines)))
    with pytest.raises(TokenRefused):
        identified("entra", ended)


@pytest.mark.parametrize(
    "line",
    [
        "Z990001",
        "person Z990001",
        "Caller Z990001",
        "caller",
        "caller Z990001 yesterday",
        "caller Z990001 2026-11-28",
        "caller Z990001 2026-11-28T10:00:00",
        "caller Z990001 2026-11-28T10:00:00Z Z990002",
        "caller # Z990001",
    ],
)
def test_a_line_that_is_not_understood_stops_the_start_and_is_not_repeated(tmp_path: Path, line: str) -> None:
    path = file_of(tmp_path, f"token one\n{line}\n")
    with pytest.raises(MisconfiguredError, match="line 2") as raised:
        FileEnded(path)
    assert "Z990001" not in str(raised.value)


@pytest.mark.parametrize("content", [None, b"token \xff"])
def test_a_file_that_cannot_be_read_stops_the_start(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ended"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MisconfiguredError, match="cannot be read"):
        FileEnded(path)


def test_the_file_is_read_again_when_it_changes_and_what_cannot_be_used_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = file_of(tmp_path, "caller Z990001\n")
    file = FileEnded(path)
    with pytest.raises(TokenRefused):
        identified("entra", file.current())
    path.write_text("caller Z990002\n# more\n")
    identified("entra", file.current())
    path.write_text("caller Z990001 and so on\n")
    with caplog.at_level(logging.ERROR):
        assert file.current() is file.current()
        identified("entra", file.current())
        with pytest.raises(TokenRefused):
            identified("entra", file.current(), NAVident="Z990002")
    assert file.is_faulty
    assert [str(record.msg).count("ended tokens") for record in caplog.records] == [1]
    assert "Z9900" not in caplog.text
    path.unlink()
    with pytest.raises(TokenRefused):
        identified("entra", file.current(), NAVident="Z990002")
    path.write_text("")
    identified("entra", file.current(), NAVident="Z990002")
    assert not file.is_faulty
