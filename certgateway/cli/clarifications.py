"""`certgateway clarifications`: lists clarifications of a running gateway and drives them, as a counsellor would.

It talks to the gateway by its public routes only, so that whatever works here works for any other program. What a
gateway refuses is printed with every reason that it gives.
"""

import argparse
import http.client
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from certgateway.cli.sources import NoSuchFileError, printable
from certgateway.domain.errors import GatewayError

Json = dict[str, Any]
Request = tuple[str, str, Json | None]
_SECONDS: Final = 30.0
_REFUSED: Final = 1


def run(options: argparse.Namespace) -> int:
    """One command; exit code 1 when the gateway refuses it. Raises GatewayError when no gateway answers."""
    method, path, body = _request(options)
    status, answer = _ask(options.gateway, method, path, body, options.lang)
    if options.verb == "list" and options.certificate is None and status == http.client.OK:
        answer = _to_the_end(answer, options)
    refused = status >= http.client.BAD_REQUEST
    if options.json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")
    elif refused:
        sys.stderr.writelines(f"certgateway: {line}\n" for line in _refusal(status, answer))
    else:
        sys.stdout.writelines(f"{line}\n" for line in _told(answer))
    return _REFUSED if refused else 0


def _request(options: argparse.Namespace) -> Request:
    """Method, path and body of the route that does what a command says."""
    route = _ROUTES.get(options.verb)
    if route is not None:
        return route(options)
    return "POST", f"/clarifications/{_step(options.clarification)}/{options.verb}", _body(options)


def _list(options: argparse.Namespace) -> Request:
    wanted = {"certificate": options.certificate} if options.certificate else {}
    return "GET", _path("/clarifications", **wanted), None


def _in_tray(options: argparse.Namespace) -> Request:
    one = f"/{_step(options.message)}" if options.message else ""
    return "GET", f"/clarifications/unsorted{one}", None


def _statistics(options: argparse.Namespace) -> Request:
    days = {"from": options.first, "to": options.last}
    return "GET", _path("/clarifications/statistics", **days), None


def _sort(options: argparse.Namespace) -> Request:
    body = {"clarification": options.clarification}
    return "POST", f"/clarifications/unsorted/{_step(options.message)}/sort", body


def _file(options: argparse.Namespace) -> Request:
    return "POST", f"/clarifications/unsorted/{_step(options.message)}/file", {"reason": options.reason}


_ROUTES: Final[Mapping[str, Callable[[argparse.Namespace], Request]]] = {
    "list": _list,
    "show": lambda options: ("GET", f"/clarifications/{_step(options.clarification)}", None),
    "statistics": _statistics,
    "ask": lambda options: ("POST", "/clarifications", _question(options)),
    "order": lambda options: ("POST", "/orders", _read(options.file)),
    "orders": lambda options: ("POST", "/orders/search", _read(options.file)),
    "unsorted": _in_tray,
    "sort": _sort,
    "file": _file,
    "dead": lambda _: ("GET", "/messages/dead", None),
    "resend": lambda options: ("POST", f"/messages/{_step(options.message)}/resend", None),
}
"""The commands that are no verb on one clarification."""


def _read(path: str) -> Json:
    """A body out of a file: what names people must not stand in a shell's history."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
        body = json.loads(text)
    except FileNotFoundError as fault:
        raise NoSuchFileError(path) from fault
    except (OSError, ValueError) as fault:
        raise GatewayError(f"this is no JSON: {printable(path)}") from fault
    if not isinstance(body, dict):
        raise GatewayError(f"this is no JSON object: {printable(path)}")
    return body


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
        case "settle":
            return {"items": options.items}
        case "rate":
            return {"score": options.score}
        case _:
            return None


def _to_the_end(answer: Json, options: argparse.Namespace) -> Json:
    """The list with every page that follows; what has come is told though a later page should fail."""
    found = list(answer["clarifications"])
    while answer.get("next"):
        path = _path("/clarifications", after=answer["next"])
        status, answer = _ask(options.gateway, "GET", path, None, options.lang)
        if status != http.client.OK:
            break
        found += answer["clarifications"]
    return {"clarifications": found}


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


_PLACES: Final = ("target", "question")


def _refusal(status: int, problem: Json) -> Iterator[str]:
    yield str(problem.get("detail") or problem.get("title") or f"HTTP {status}")
    for refusal in problem.get("refusals", ()):
        place = next((f"{name} {refusal[name] + 1}: " for name in _PLACES if refusal.get(name) is not None), "")
        yield f"  {place}{refusal['text']} ({', '.join((refusal['why'], *refusal.get('rules', ())))})"


def _told(answer: Json) -> Iterator[str]:
    """An answer as lines; one that has a form of its own is printed as it came."""
    if "clarifications" in answer or "orders" in answer:
        yield from map(_line, [*answer.get("clarifications", ()), *answer.get("orders", ())])
    elif "targets" in answer:
        yield from _whole(answer)
    elif "answers" in answer:
        yield from (f"{each['message']}  {each['at'][:10]}  {each['why']}" for each in answer["answers"])
    elif "messages" in answer:
        yield from (f"{each['id']}  {each['receiver']}  {each['kind']}  {each['fault']}" for each in answer["messages"])
    elif answer:
        yield json.dumps(answer, ensure_ascii=False, indent=1)


def _line(told: Json) -> str:
    items = ", ".join(f"{each['item']} ({each['standing']})" for each in told["targets"])
    step = f"  -> {told['next_step']}" if told["next_step"] else ""
    return f"{told['clarification']}  {told['due']}  {told['status_display']}: {items}{step}"


def _whole(told: Json) -> Iterator[str]:
    yield _line(told)
    for each in told["targets"]:
        yield f"  {each['display']} ({each['reason']['display']}): {each['text']}"
    for reply in told.get("replies", ()):
        words = " ".join(part.get("text") or f"[{part['withheld']}]" for part in reply["parts"])
        yield f"  {reply['at']}  {reply['standing']}: {words}"
    for event in told["events"]:
        yield f"  {event['at']}  {event['kind']}"
