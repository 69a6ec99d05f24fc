"""`certgateway clarifications`: lists clarifications of a running gateway and drives them, as a counsellor would.

It talks to the gateway by its public routes only, so that whatever works here works for any other program. What a
gateway refuses is printed with every reason that it gives.
"""

import argparse
import http.client
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from certgateway.cli.sources import printable
from certgateway.domain.errors import GatewayError

Json = dict[str, Any]
_SECONDS: Final = 30.0
_REFUSED: Final = 1


def run(options: argparse.Namespace) -> int:
    """One command; exit code 1 when the gateway refuses it. Raises GatewayError when no gateway answers."""
    method, path, body = _request(options)
    status, answer = _ask(options.gateway, method, path, body, options.lang)
    refused = status >= http.client.BAD_REQUEST
    if options.json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")
    elif refused:
        sys.stderr.writelines(f"certgateway: {line}\n" for line in _refusal(status, answer))
    else:
        sys.stdout.writelines(f"{line}\n" for line in _told(answer))
    return _REFUSED if refused else 0


def _request(options: argparse.Namespace) -> tuple[str, str, Json | None]:
    """Method, path and body of the route that does what a command says."""
    match options.verb:
        case "list":
            wanted = {"certificate": options.certificate} if options.certificate else {}
            return "GET", _path("/clarifications", **wanted), None
        case "show":
            return "GET", f"/clarifications/{_step(options.clarification)}", None
        case "unsorted":
            return "GET", "/clarifications/unsorted", None
        case "ask":
            return "POST", "/clarifications", _question(options)
        case verb:
            return "POST", f"/clarifications/{_step(options.clarification)}/{verb}", _body(options)


def _path(path: str, **parameters: str) -> str:
    return f"{path}?{urlencode(parameters)}" if parameters else path


def _step(text: str) -> str:
    return quote(text, safe="")


def _question(options: argparse.Namespace) -> Json:
    measure = {"description": options.measure, "demands": options.demand} if options.measure else None
    members = {
        "certificate": options.certificate,
        "targets": [_target(each, options.settles) for each in options.targets],
        "measure": measure,
        "due": options.due,
        "language": options.lang,
    }
    return {name: value for name, value in members.items() if value}


def _target(text: str, settles: str | None) -> Json:
    """`function[0].limits:unclear` is an element of the item function; without a reason it is missing."""
    what, _, reason = text.partition(":")
    item = what.partition(".")[0].partition("[")[0]
    members = {
        "item": item,
        "reason": reason or "missing",
        "element": None if what == item else what,
        "settles": settles,
    }
    return {name: value for name, value in members.items() if value}


def _body(options: argparse.Namespace) -> Json | None:
    match options.verb:
        case "return":
            return {"reason": options.reason, "items": options.item, "not_payable": options.not_payable}
        case "withdraw":
            return {"reason": options.reason}
        case "hand-over":
            return {"receiver": options.receiver}
        case "rate":
            return {"score": options.score}
        case _:
            return None


def _ask(gateway: str, method: str, path: str, body: Json | None, language: str) -> tuple[int, Json]:
    where = urlsplit(gateway)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    headers = {"Accept-Language": language} | ({} if body is None else {"Content-Type": "application/json"})
    try:
        with closing(kind(where.hostname or "", where.port, timeout=_SECONDS)) as connection:
            connection.request(method, where.path.rstrip("/") + path, json.dumps(body) if body else None, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"{}")
    except (OSError, ValueError, http.client.HTTPException) as fault:
        raise GatewayError(f"no gateway answers at {printable(gateway)}") from fault


def _refusal(status: int, problem: Json) -> Iterator[str]:
    yield str(problem.get("detail") or problem.get("title") or f"HTTP {status}")
    for refusal in problem.get("refusals", ()):
        where = "" if refusal["target"] is None else f"target {refusal['target'] + 1}: "
        yield f"  {where}{refusal['text']} ({refusal['why']})"


def _told(answer: Json) -> Iterator[str]:
    if "clarifications" in answer:
        yield from map(_line, answer["clarifications"])
    elif "clarification" in answer:
        yield from _whole(answer)
    else:
        for each in answer.get("answers", ()):
            yield f"{each['message']}  {each['at'][:10]}  {each['why']}"


def _line(told: Json) -> str:
    items = ", ".join(f"{each['item']} ({each['standing']})" for each in told["targets"])
    step = f"  -> {told['next_step']}" if told["next_step"] else ""
    return f"{told['clarification']}  {told['due']}  {told['status_display']}: {items}{step}"


def _whole(told: Json) -> Iterator[str]:
    yield _line(told)
    for each in told["targets"]:
        yield f"  {each['display']} ({each['reason']['display']}): {each['text']}"
    for event in told["events"]:
        yield f"  {event['at']}  {event['kind']}"
